//! A policy, or a part of one, as a file that people keep, compare and carry to another installation: items are known by
//! their names, for ids differ from place to place.

use medward_contract::Timestamp;
use serde::{Deserialize, Serialize};

use super::object::root;
use super::{
    AddressGroupSpec, AddressUse, ExclusionSpec, GroupSpec, GuardSpec, Item, Kind, LimitSpec, ObjectSpec, RuleSpec,
    SchemaSpec, Settings, TemplateSpec, Written,
};

/// What an export writes and an import reads.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct PolicyFile {
    /// Templates of settings.
    pub templates: Vec<TemplateSpec>,
    /// Groups of objects.
    pub groups: Vec<FileGroup>,
    /// Protected objects.
    pub objects: Vec<FileObject>,
    /// Exclusions from rules.
    pub exclusions: Vec<FileExclusion>,
    /// Descriptions of interfaces. Settings of a file name them in `api.schema_id`.
    pub schemas: Vec<FileSchema>,
    /// Guards of applications. Settings of a file name them in `guard_id`.
    pub guards: Vec<GuardSpec>,
    /// Groups of addresses.
    pub addresses: Vec<FileAddresses>,
    /// Custom rules.
    pub rules: Vec<FileRule>,
    /// Limits.
    pub limits: Vec<FileLimit>,
}

/// The description of an interface, with its document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FileSchema {
    /// Name, by which settings of the file know it.
    pub name: String,
    /// Whose interface it is.
    #[serde(default)]
    pub description: String,
    /// OpenAPI 3.0 or 3.1, JSON or YAML.
    pub document: String,
    /// What its paths begin with, when that is not what it says itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub base_path: Option<String>,
}

/// A group of addresses, with its entries.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FileAddresses {
    /// Name by which rules know it.
    pub name: String,
    /// Whose addresses these are.
    #[serde(default)]
    pub description: String,
    /// What it is for.
    #[serde(default)]
    pub purpose: AddressUse,
    /// One entry a line; absent when they stand in a file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub entries: Option<String>,
    /// The file that they stand in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
}

/// A custom rule, with what it belongs to by name.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FileRule {
    /// What it belongs to; absent: it is for every object.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scope: Option<Kind>,
    /// The name of that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub of: Option<String>,
    /// The rule, without `scope_id`.
    pub rule: RuleSpec,
}

/// A limit, with what it belongs to by name.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FileLimit {
    /// What it belongs to; absent: it is for every object.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scope: Option<Kind>,
    /// The name of that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub of: Option<String>,
    /// The limit, without `scope_id`.
    pub limit: LimitSpec,
}

/// A group, with its template by name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FileGroup {
    /// Name in events.
    pub name: String,
    /// What its objects have in common, for people.
    #[serde(default)]
    pub description: String,
    /// Name of the template it uses.
    #[serde(default)]
    pub template: Option<String>,
    /// What it sets differently from its template.
    #[serde(default)]
    pub settings: Settings,
}

/// A protected object, with its group by name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FileObject {
    /// Name in events.
    pub name: String,
    /// Name of the group it belongs to.
    #[serde(default)]
    pub group: Option<String>,
    /// Exact names, `*.example.org`, or `*` for everything.
    pub hosts: Vec<String>,
    /// Path prefix on segment boundaries.
    #[serde(default = "root")]
    pub path_prefix: String,
    /// Addresses of the protected system.
    pub upstreams: Vec<String>,
    /// Path that health checks ask for.
    #[serde(default)]
    pub health_path: Option<String>,
    /// What it sets for itself.
    #[serde(default)]
    pub settings: Settings,
}

/// An exclusion, with what it belongs to by name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FileExclusion {
    /// What it belongs to.
    pub scope: Kind,
    /// The name of that.
    pub of: String,
    /// The rule that does not count, by id or by tag.
    pub rule: String,
    /// The parameter in which it does not.
    #[serde(default)]
    pub parameter: Option<String>,
    /// The path on which it does not; `*` at its end stands for everything that follows.
    #[serde(default)]
    pub path: Option<String>,
    /// Number of the request it was made from.
    #[serde(default)]
    pub request_id: Option<String>,
    /// When it ends, µs.
    #[serde(default)]
    pub expires_at: Option<Timestamp>,
    /// Why.
    pub reason: String,
}

impl PolicyFile {
    /// Everything that is stored of a policy; what stands in `medward.toml` is not. `entries` knows the lists of groups of
    /// addresses by their digests.
    pub fn of(written: &Written, entries: impl Fn(&str) -> Option<String>) -> Self {
        // What is known by its id here is known by its name elsewhere.
        let portable = |settings: &Settings| {
            let mut settings = settings.clone();
            if let Some(id) = settings.api.schema_id.as_deref().filter(|id| !id.is_empty()) {
                settings.api.schema_id = written.schemas.get(id).map(|item| item.spec.name.clone());
            }
            if let Some(id) = settings.guard_id.as_deref().filter(|id| !id.is_empty()) {
                settings.guard_id = written.guards.get(id).map(|item| item.spec.name.clone());
            }
            settings
        };
        let schema = |item: &Item<SchemaSpec>| {
            let SchemaSpec { name, description, document, base_path } = item.spec.clone();
            Some(FileSchema { name, description, document: entries(&document)?, base_path })
        };
        let group = |item: &Item<GroupSpec>| FileGroup {
            template: written.template_of(&item.spec).map(|template| template.spec.name.clone()),
            name: item.spec.name.clone(),
            description: item.spec.description.clone(),
            settings: portable(&item.spec.settings),
        };
        let object = |item: &Item<ObjectSpec>| {
            let ObjectSpec { name, hosts, path_prefix, upstreams, health_path, group_id: _, settings } =
                item.spec.clone();
            let group = written.group_of(&item.spec).map(|group| group.spec.name.clone());
            let settings = portable(&settings);
            FileObject { name, group, hosts, path_prefix, upstreams, health_path, settings }
        };
        let exclusion = |item: &Item<ExclusionSpec>| {
            let ExclusionSpec { name: _, scope_id, rule, parameter, path, expires_at, reason, request_id } =
                item.spec.clone();
            let (scope, of) = written.scope(&scope_id)?;
            Some(FileExclusion { scope, of: of.to_owned(), rule, parameter, path, expires_at, reason, request_id })
        };
        let place = |scope_id: &Option<String>| {
            let (kind, name) = written.scope(scope_id.as_deref()?)?;
            Some((kind, name.to_owned()))
        };
        let rule = |item: &Item<RuleSpec>| {
            let (scope, of) = place(&item.spec.scope_id).unzip();
            // A rule of something that is gone has no effect, and must not become one for everything.
            let lost = item.spec.scope_id.is_some() && scope.is_none();
            (!lost).then(|| FileRule { scope, of, rule: RuleSpec { scope_id: None, ..item.spec.clone() } })
        };
        let limit = |item: &Item<LimitSpec>| {
            let (scope, of) = place(&item.spec.scope_id).unzip();
            let lost = item.spec.scope_id.is_some() && scope.is_none();
            (!lost).then(|| FileLimit { scope, of, limit: LimitSpec { scope_id: None, ..item.spec.clone() } })
        };
        let addresses = |item: &Item<AddressGroupSpec>| {
            let AddressGroupSpec { name, description, purpose, list, file } = item.spec.clone();
            FileAddresses { name, description, purpose, entries: list.as_deref().and_then(&entries), file }
        };
        let stored = written.objects.iter().filter(|item| item.origin == super::Origin::Policy);
        Self {
            templates: written
                .templates
                .values()
                .map(|item| TemplateSpec { settings: portable(&item.spec.settings), ..item.spec.clone() })
                .collect(),
            guards: written.guards.values().map(|item| item.spec.clone()).collect(),
            schemas: written.schemas.values().filter_map(schema).collect(),
            groups: written.groups.values().map(group).collect(),
            objects: stored.map(object).collect(),
            exclusions: written.exclusions.values().flatten().filter_map(exclusion).collect(),
            addresses: written.addresses.values().map(addresses).collect(),
            rules: written.rules.values().flatten().filter_map(rule).collect(),
            limits: written.limits.values().flatten().filter_map(limit).collect(),
        }
    }

    /// How many items it has.
    pub fn len(&self) -> usize {
        let traffic =
            self.schemas.len() + self.guards.len() + self.addresses.len() + self.rules.len() + self.limits.len();
        self.templates.len() + self.groups.len() + self.objects.len() + self.exclusions.len() + traffic
    }

    /// Whether it says nothing.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl FileGroup {
    /// The group, when its template has this id.
    pub fn spec(&self, template_id: Option<String>) -> GroupSpec {
        let Self { name, description, template: _, settings } = self.clone();
        GroupSpec { name, description, template_id, settings }
    }
}

impl FileExclusion {
    /// The exclusion, when what it belongs to has this id.
    pub fn spec(&self, scope_id: String) -> ExclusionSpec {
        let Self { scope: _, of: _, rule, parameter, path, expires_at, reason, request_id } = self.clone();
        ExclusionSpec { name: String::new(), scope_id, rule, parameter, path, expires_at, reason, request_id }.named()
    }
}

impl FileObject {
    /// The object, when its group has this id.
    pub fn spec(&self, group_id: Option<String>) -> ObjectSpec {
        let Self { name, group: _, hosts, path_prefix, upstreams, health_path, settings } = self.clone();
        ObjectSpec { name, hosts, path_prefix, upstreams, health_path, group_id, settings }
    }
}
