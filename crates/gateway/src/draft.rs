//! A policy being changed: the stored rows, what is edited in them, and the policy that comes of it. No database.

use std::collections::{BTreeMap, HashMap};

use crate::change::ChangeError;
use crate::model::{ExclusionSpec, Item, Kind, LimitSpec, ObjectSpec, Origin, RuleSpec, Spec, Written};
use crate::store::ItemRow;

/// A row that this program did not write.
#[derive(Debug, thiserror::Error)]
#[error("read {kind} {id} of the policy: {what}")]
pub(crate) struct RowError {
    id: String,
    kind: String,
    what: String,
}

/// The rows of a policy and the edits made to them.
pub(crate) struct Draft {
    rows: BTreeMap<String, ItemRow>,
    /// Ids by name, of rows whose kind is known.
    names: HashMap<(Kind, String), String>,
    /// Rows as they were before they were edited first; `None` for those that did not exist.
    before: BTreeMap<String, Option<ItemRow>>,
    generation: i64,
}

/// What was done to one row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Edit {
    /// `None` when it was made.
    pub(crate) before: Option<ItemRow>,
    /// `None` when it was removed.
    pub(crate) after: Option<ItemRow>,
}

impl Draft {
    /// Begins from these rows; what is edited belongs to `generation`.
    pub(crate) fn new(rows: Vec<ItemRow>, generation: i64) -> Self {
        let named = |row: &ItemRow| Some(((row.kind()?, row.name.clone()), row.id.clone()));
        let names = rows.iter().filter_map(named).collect();
        let rows = rows.into_iter().map(|row| (row.id.clone(), row)).collect();
        Self { rows, names, before: BTreeMap::new(), generation }
    }

    /// The generation that is being made.
    pub(crate) fn generation(&self) -> i64 {
        self.generation
    }

    /// Adds an item under a new id.
    pub(crate) fn insert<S: Spec>(&mut self, id: &str, spec: &S) -> Result<Item<S>, ChangeError> {
        self.put(id, S::KIND.as_str(), spec.name(), body(spec)?);
        Ok(Item { id: id.to_owned(), generation: self.generation, origin: Origin::Policy, spec: spec.clone() })
    }

    /// Replaces an item; `seen` is the generation the caller has read, when it wants to be told of other changes.
    pub(crate) fn replace<S: Spec>(&mut self, id: &str, spec: &S, seen: Option<i64>) -> Result<Item<S>, ChangeError> {
        let row = self.row(S::KIND, id)?;
        if seen.is_some_and(|seen| seen != row.generation) {
            return Err(ChangeError::Changed);
        }
        self.insert(id, spec)
    }

    /// An item as it stands.
    pub(crate) fn item<S: Spec>(&self, id: &str) -> Result<Item<S>, ChangeError> {
        read(self.row(S::KIND, id)?).map_err(|error| ChangeError::Unreadable(error.to_string()))
    }

    /// The id of the item that has this name.
    pub(crate) fn id_of(&self, kind: Kind, name: &str) -> Option<String> {
        self.names.get(&(kind, name.to_owned())).cloned()
    }

    /// Whether an item says exactly this already.
    pub(crate) fn says<S: Spec>(&self, id: &str, spec: &S) -> bool {
        self.rows.get(id).is_some_and(|row| body(spec).is_ok_and(|body| body == row.body))
    }

    /// Removes an item.
    pub(crate) fn remove(&mut self, kind: Kind, id: &str) -> Result<(), ChangeError> {
        self.row(kind, id)?;
        self.note(id);
        self.rows.remove(id);
        Ok(())
    }

    /// Puts an item back as it was: with this body, or away.
    pub(crate) fn restore(&mut self, id: &str, kind: &str, name: &str, body: Option<String>) {
        match body {
            Some(body) if self.rows.get(id).is_some_and(|row| row.body == body) => {}
            Some(body) => self.put(id, kind, name, body),
            None => {
                self.note(id);
                self.rows.remove(id);
            }
        }
    }

    fn row(&self, kind: Kind, id: &str) -> Result<&ItemRow, ChangeError> {
        self.rows.get(id).filter(|row| row.kind == kind.as_str()).ok_or(ChangeError::Unknown)
    }

    fn put(&mut self, id: &str, kind: &str, name: &str, body: String) {
        self.note(id);
        let row = ItemRow {
            id: id.to_owned(),
            kind: kind.to_owned(),
            name: name.to_owned(),
            body,
            generation: self.generation,
        };
        if let Some(kind) = row.kind() {
            self.names.insert((kind, name.to_owned()), id.to_owned());
        }
        self.rows.insert(id.to_owned(), row);
    }

    fn note(&mut self, id: &str) {
        let row = self.rows.get(id).cloned();
        if let Some((kind, name)) = row.as_ref().and_then(|row| Some((row.kind()?, row.name.clone()))) {
            self.names.remove(&(kind, name));
        }
        self.before.entry(id.to_owned()).or_insert(row);
    }

    /// Ids and names of all items, removed ones included.
    pub(crate) fn names(&self) -> impl Iterator<Item = (String, String)> {
        self.before.values().flatten().chain(self.rows.values()).map(|row| (row.id.clone(), row.name.clone()))
    }

    /// What was edited, by id.
    pub(crate) fn edits(&self) -> impl Iterator<Item = Edit> {
        let edits =
            self.before.iter().map(|(id, before)| Edit { before: before.clone(), after: self.rows.get(id).cloned() });
        edits.filter(|edit| edit.before != edit.after)
    }

    /// The policy that comes of it, with the objects of files before those stored; and the rows that cannot be read.
    pub(crate) fn written(&self, files: &[Item<ObjectSpec>]) -> (Written, Vec<RowError>) {
        let mut written = Written { objects: files.to_vec(), ..Written::default() };
        let mut errors = Vec::new();
        for row in self.rows.values() {
            let taken = match row.kind() {
                Some(Kind::Object) => read(row).map(|item| written.objects.push(item)),
                Some(Kind::Group) => read(row).map(|item| drop(written.groups.insert(row.id.clone(), item))),
                Some(Kind::Template) => read(row).map(|item| drop(written.templates.insert(row.id.clone(), item))),
                Some(Kind::Exclusion) => read(row).map(|item: Item<ExclusionSpec>| {
                    written.exclusions.entry(item.spec.scope_id.clone()).or_default().push(item);
                }),
                Some(Kind::Rule) => read(row).map(|item: Item<RuleSpec>| {
                    written.rules.entry(item.spec.scope_id.clone()).or_default().push(item);
                }),
                Some(Kind::Limit) => read(row).map(|item: Item<LimitSpec>| {
                    written.limits.entry(item.spec.scope_id.clone()).or_default().push(item);
                }),
                Some(Kind::Guard) => read(row).map(|item| drop(written.guards.insert(row.id.clone(), item))),
                Some(Kind::Schema) => read(row).map(|item| drop(written.schemas.insert(row.id.clone(), item))),
                Some(Kind::Addresses) => read(row).map(|item| drop(written.addresses.insert(row.id.clone(), item))),
                None => Err(error(row, "this program knows no such kind of item")),
            };
            errors.extend(taken.err());
        }
        (written, errors)
    }
}

fn read<S: Spec>(row: &ItemRow) -> Result<Item<S>, RowError> {
    let spec = serde_json::from_str(&row.body).map_err(|source| error(row, source))?;
    Ok(Item { id: row.id.clone(), generation: row.generation, origin: Origin::Policy, spec })
}

fn error(row: &ItemRow, what: impl ToString) -> RowError {
    RowError { id: row.id.clone(), kind: row.kind.clone(), what: what.to_string() }
}

fn body<S: Spec>(spec: &S) -> Result<String, ChangeError> {
    serde_json::to_string(spec).map_err(|error| ChangeError::Unreadable(error.to_string()))
}

/// The name that a body carries.
pub(crate) fn name_of(body: &str) -> Option<String> {
    #[derive(serde::Deserialize)]
    struct Named {
        name: String,
    }
    serde_json::from_str::<Named>(body).ok().map(|named| named.name)
}
