//! A whole policy as it is written, before it is compiled.

use std::collections::BTreeMap;

use super::{
    AddressGroupSpec, Effective, ExclusionSpec, GroupSpec, GuardSpec, InForce, Item, Kind, Layer, LimitSpec,
    ObjectSpec, Origin, RuleSpec, SchemaSpec, Settings, TemplateSpec, TrafficInForce,
};
use crate::compile::{PolicyError, PolicyErrors};

/// Every item of a policy, those of files first.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Written {
    /// Protected objects.
    pub objects: Vec<Item<ObjectSpec>>,
    /// Groups, by id.
    pub groups: BTreeMap<String, Item<GroupSpec>>,
    /// Templates, by id.
    pub templates: BTreeMap<String, Item<TemplateSpec>>,
    /// Exclusions, by the id of what they belong to.
    pub exclusions: BTreeMap<String, Vec<Item<ExclusionSpec>>>,
    /// Custom rules, by the id of what they belong to; `None` is every object.
    pub rules: BTreeMap<Option<String>, Vec<Item<RuleSpec>>>,
    /// Limits, likewise.
    pub limits: BTreeMap<Option<String>, Vec<Item<LimitSpec>>>,
    /// Descriptions of interfaces, by id.
    pub schemas: BTreeMap<String, Item<SchemaSpec>>,
    /// Guards of applications, by id.
    pub guards: BTreeMap<String, Item<GuardSpec>>,
    /// Groups of addresses, by id.
    pub addresses: BTreeMap<String, Item<AddressGroupSpec>>,
}

impl Written {
    /// The group of an object, when it has one that exists.
    pub fn group_of(&self, object: &ObjectSpec) -> Option<&Item<GroupSpec>> {
        self.groups.get(object.group_id.as_deref()?)
    }

    /// The template of a group, when it has one that exists.
    pub fn template_of(&self, group: &GroupSpec) -> Option<&Item<TemplateSpec>> {
        self.templates.get(group.template_id.as_deref()?)
    }

    /// What is left when stored items that these errors name are left out; those of `medward.toml` stay.
    #[must_use]
    pub(crate) fn without(mut self, errors: &PolicyErrors) -> Self {
        for error in &errors.0 {
            let (kind, name) = match error {
                PolicyError::Overlap { second, .. } => (Kind::Object, second),
                PolicyError::Spec { kind, name, .. } | PolicyError::Name { kind, name } => (*kind, name),
            };
            match kind {
                Kind::Object => self.objects.retain(|item| item.origin == Origin::File || item.spec.name != *name),
                Kind::Group => self.groups.retain(|_, item| item.spec.name != *name),
                Kind::Template => self.templates.retain(|_, item| item.spec.name != *name),
                Kind::Exclusion => {
                    self.exclusions.values_mut().for_each(|items| items.retain(|item| item.spec.name != *name));
                }
                Kind::Rule => self.rules.values_mut().for_each(|items| items.retain(|item| item.spec.name != *name)),
                Kind::Limit => self.limits.values_mut().for_each(|items| items.retain(|item| item.spec.name != *name)),
                Kind::Guard => self.guards.retain(|_, item| item.spec.name != *name),
                Kind::Schema => self.schemas.retain(|_, item| item.spec.name != *name),
                Kind::Addresses => self.addresses.retain(|_, item| item.spec.name != *name),
            }
        }
        self
    }

    /// The name of the object, group or template with this id.
    pub fn scope(&self, id: &str) -> Option<(Kind, &str)> {
        let group = self.groups.get(id).map(|item| (Kind::Group, item.spec.name.as_str()));
        let template = || self.templates.get(id).map(|item| (Kind::Template, item.spec.name.as_str()));
        let object = || self.objects.iter().find(|item| item.id == id).map(|item| (Kind::Object, &*item.spec.name));
        group.or_else(template).or_else(object)
    }

    /// Objects that an exclusion of this scope reaches.
    pub fn objects_of<'s>(&'s self, scope_id: &'s str) -> impl Iterator<Item = &'s Item<ObjectSpec>> {
        self.objects
            .iter()
            .filter(move |object| self.layers(object).into_iter().flatten().any(|layer| layer.1 == scope_id))
    }

    /// What is in force for an object, and who says so.
    pub fn effective(&self, object: &Item<ObjectSpec>) -> Effective {
        let layers: Vec<_> = self.layers(object).into_iter().flatten().collect();
        let settings: Vec<_> = layers.iter().map(|(layer, _, settings)| (*layer, *settings)).collect();
        let mut effective = Effective::of(&settings);
        for (layer, id, _) in layers {
            let told =
                |item: &Item<ExclusionSpec>| InForce { id: item.id.clone(), spec: item.spec.clone(), from: layer };
            effective.exclusions.extend(self.exclusions.get(id).into_iter().flatten().map(told));
        }
        effective.custom_rules = self.rules_of(object).map(|(from, item)| told_rule(from, item)).collect();
        effective.custom_rules.sort_by_key(|rule| rule.number);
        effective.limits = self.limits_of(object).map(|(from, item)| told_limit(from, item)).collect();
        effective
    }

    /// Id of the guard of an object, as [`Self::effective`] tells it.
    pub(crate) fn guard_of<'s>(&'s self, object: &'s Item<ObjectSpec>) -> Option<&'s str> {
        let said = |(_, _, settings): (Layer, &'s str, &'s Settings)| settings.guard_id.as_deref();
        self.layers(object).into_iter().flatten().find_map(said).filter(|id| !id.is_empty())
    }

    /// Custom rules that are asked about an object, and who says so.
    pub(crate) fn rules_of<'s>(
        &'s self,
        object: &'s Item<ObjectSpec>,
    ) -> impl Iterator<Item = (Layer, &'s Item<RuleSpec>)> {
        self.said(object, &self.rules).filter(|(_, item)| item.spec.enabled)
    }

    /// Limits that count for an object, and who says so.
    pub(crate) fn limits_of<'s>(
        &'s self,
        object: &'s Item<ObjectSpec>,
    ) -> impl Iterator<Item = (Layer, &'s Item<LimitSpec>)> {
        self.said(object, &self.limits).filter(|(_, item)| item.spec.enabled)
    }

    /// What stands under the scopes that an object belongs to.
    fn said<'s, S>(
        &'s self,
        object: &'s Item<ObjectSpec>,
        by_scope: &'s BTreeMap<Option<String>, Vec<Item<S>>>,
    ) -> impl Iterator<Item = (Layer, &'s Item<S>)> {
        let own = self.layers(object).into_iter().flatten().map(|(layer, id, _)| (layer, Some(id.to_owned())));
        let scopes = own.chain([(Layer::Default, None)]);
        scopes.flat_map(|(layer, scope)| by_scope.get(&scope).into_iter().flatten().map(move |item| (layer, item)))
    }

    /// Where something is said about an object, the strongest first: by whom, its id, and its settings.
    fn layers<'s>(&'s self, object: &'s Item<ObjectSpec>) -> [Option<(Layer, &'s str, &'s Settings)>; 3] {
        let group = self.group_of(&object.spec);
        let template = group.and_then(|group| self.template_of(&group.spec));
        [
            Some((Layer::Object, &*object.id, &object.spec.settings)),
            group.map(|group| (Layer::Group, &*group.id, &group.spec.settings)),
            template.map(|template| (Layer::Template, &*template.id, &template.spec.settings)),
        ]
    }
}

fn told_rule(from: Layer, item: &Item<RuleSpec>) -> TrafficInForce {
    TrafficInForce { id: item.id.clone(), name: item.spec.name.clone(), number: Some(item.spec.number), from }
}

fn told_limit(from: Layer, item: &Item<LimitSpec>) -> TrafficInForce {
    TrafficInForce { id: item.id.clone(), name: item.spec.name.clone(), number: None, from }
}
