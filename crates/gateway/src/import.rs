//! Laying a [`PolicyFile`] over the stored policy: items are matched by name, made or replaced, never removed.

use std::collections::HashSet;

use serde::Serialize;

use crate::change::ChangeError;
use crate::compile::{PolicyError, PolicyErrors};
use crate::document::digest_of;
use crate::draft::Draft;
use crate::model::{
    AddressGroupSpec, FileLimit, FileRule, FileSchema, GroupSpec, Item, Kind, LimitSpec, ObjectSpec, PolicyFile,
    RuleSpec, SchemaSpec, Settings, Spec, SpecError, TemplateSpec,
};

/// What an import does, or would do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, utoipa::ToSchema)]
pub struct Imported {
    /// Items that did not exist.
    pub created: u64,
    /// Items that said something else.
    pub updated: u64,
    /// Items that said the same already.
    pub unchanged: u64,
    /// The generation that was made; absent when nothing was changed.
    pub generation: Option<i64>,
}

/// Lays `file` over the draft. `new_id` is asked for every item that does not exist; asked again for the same number, it
/// says the same.
pub(crate) fn import(
    draft: &mut Draft,
    files: &[Item<ObjectSpec>],
    file: &PolicyFile,
    new_id: impl Fn(usize) -> String,
) -> Result<Imported, ChangeError> {
    let mut import = Import { draft, files, told: Imported::default(), number: 0, seen: HashSet::new(), new_id };
    for guard in &file.guards {
        import.lay(guard)?;
    }
    for FileSchema { name, description, document, base_path } in &file.schemas {
        import.lay(&SchemaSpec {
            name: name.clone(),
            description: description.clone(),
            document: digest_of(document.as_bytes()),
            base_path: base_path.clone(),
        })?;
    }
    for template in &file.templates {
        let settings = import.settings(Kind::Template, &template.name, &template.settings)?;
        import.lay(&TemplateSpec { settings, ..template.clone() })?;
    }
    for group in &file.groups {
        let template = import.named(Kind::Template, group.template.as_deref());
        let template_id = template.map_err(|message| wrong(Kind::Group, &group.name, "template", message))?;
        let settings = import.settings(Kind::Group, &group.name, &group.settings)?;
        import.lay(&GroupSpec { settings, ..group.spec(template_id) })?;
    }
    for object in &file.objects {
        let group = import.named(Kind::Group, object.group.as_deref());
        let group_id = group.map_err(|message| wrong(Kind::Object, &object.name, "group", message))?;
        let settings = import.settings(Kind::Object, &object.name, &object.settings)?;
        import.lay(&ObjectSpec { settings, ..object.spec(group_id) })?;
    }
    for exclusion in &file.exclusions {
        let scope = import.named(exclusion.scope, Some(&exclusion.of));
        let refused = |message| wrong(Kind::Exclusion, &exclusion.rule, "of", message);
        let scope = scope.and_then(|id| id.ok_or_else(|| "an exclusion belongs to something".to_owned()));
        import.lay(&exclusion.spec(scope.map_err(refused)?))?;
    }
    for group in &file.addresses {
        let spec = AddressGroupSpec {
            name: group.name.clone(),
            description: group.description.clone(),
            purpose: group.purpose,
            list: group.entries.as_deref().map(|entries| digest_of(entries.as_bytes())),
            file: group.file.clone(),
        };
        import.lay(&spec)?;
    }
    for FileRule { scope, of, rule } in &file.rules {
        let place = import.place(*scope, of.as_deref());
        let scope_id = place.map_err(|message| wrong(Kind::Rule, &rule.name, "of", message))?;
        import.lay(&RuleSpec { scope_id, ..rule.clone() })?;
    }
    for FileLimit { scope, of, limit } in &file.limits {
        let place = import.place(*scope, of.as_deref());
        let scope_id = place.map_err(|message| wrong(Kind::Limit, &limit.name, "of", message))?;
        import.lay(&LimitSpec { scope_id, ..limit.clone() })?;
    }
    Ok(import.told)
}

struct Import<'d, I> {
    draft: &'d mut Draft,
    /// Objects of `medward.toml`; they cannot be changed, but exclusions may belong to them.
    files: &'d [Item<ObjectSpec>],
    told: Imported,
    number: usize,
    /// What the file has named already.
    seen: HashSet<(Kind, String)>,
    new_id: I,
}

impl<I: Fn(usize) -> String> Import<'_, I> {
    fn lay<S: Spec>(&mut self, spec: &S) -> Result<(), ChangeError> {
        self.number += 1;
        if !self.seen.insert((S::KIND, spec.name().to_owned())) {
            let message = "it stands twice in the file".to_owned();
            return Err(wrong(S::KIND, spec.name(), "name", message));
        }
        match self.draft.id_of(S::KIND, spec.name()) {
            None => {
                self.draft.insert(&(self.new_id)(self.number), spec)?;
                self.told.created += 1;
            }
            Some(id) if self.draft.says(&id, spec) => self.told.unchanged += 1,
            Some(id) => {
                self.draft.replace(&id, spec, None)?;
                self.told.updated += 1;
            }
        }
        Ok(())
    }

    /// Settings of a file, in which a description of an interface or a guard is named, with its id here instead.
    fn settings(&self, kind: Kind, name: &str, settings: &Settings) -> Result<Settings, ChangeError> {
        let mut settings = settings.clone();
        if let Some(schema) = settings.api.schema_id.as_deref().filter(|schema| !schema.is_empty()) {
            let id = self.named(Kind::Schema, Some(schema));
            settings.api.schema_id = id.map_err(|message| wrong(kind, name, "schema_id", message))?;
        }
        if let Some(guard) = settings.guard_id.as_deref().filter(|guard| !guard.is_empty()) {
            let id = self.named(Kind::Guard, Some(guard));
            settings.guard_id = id.map_err(|message| wrong(kind, name, "guard_id", message))?;
        }
        Ok(settings)
    }

    /// The id of what a rule or limit belongs to; none is everything, and must have been meant.
    fn place(&self, scope: Option<Kind>, of: Option<&str>) -> Result<Option<String>, String> {
        match (scope, of) {
            (None, None) => Ok(None),
            (Some(kind), Some(name)) => self.named(kind, Some(name)),
            _ => Err("scope and of belong together: name both, or neither for every object".to_owned()),
        }
    }

    fn named(&self, kind: Kind, name: Option<&str>) -> Result<Option<String>, String> {
        let Some(name) = name else { return Ok(None) };
        let of_files = || self.files.iter().find(|object| kind == Kind::Object && object.spec.name == name);
        let id = self.draft.id_of(kind, name).or_else(|| of_files().map(|object| object.id.clone()));
        id.map(Some).ok_or_else(|| format!("there is no {} called {name:?}, here or in the file", kind.as_str()))
    }
}

fn wrong(kind: Kind, name: &str, field: &'static str, message: String) -> ChangeError {
    let source = SpecError { field, message };
    ChangeError::Invalid(PolicyErrors(vec![PolicyError::Spec { kind, name: name.to_owned(), source }]))
}
