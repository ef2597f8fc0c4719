//! The policy: what is stored, what is written in files, what runs. A change is compiled before it is stored, and what
//! is stored replaces what runs only if it compiles.

mod change;
mod load;
mod rules;

pub use load::Loaded;
pub(crate) use rules::TrialError;

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex};

use medward_contract::id::PolicyItemId;
use medward_contract::identity::Approvals;
use medward_contract::vault::{LogQuery, Window};
use medward_contract::{PortError, Timestamp};
use medward_crypto::{Domain, Secret};
use medward_kernel::audit::AuditError;
use medward_kernel::capability::PolicyBoard;
use medward_kernel::hub::Hub;
use medward_kernel::{Clock, Kit, Port, Supervisor};
use medward_proxy::{DataPath, KeptRequest, Members, Object};
use medward_store::{Db, StoreError};

use crate::change::{By, ChangeError};
use crate::compile::{Compiler, PolicyError, PolicyErrors};
use crate::config::GatewayConfig;
use crate::document::{document_find, document_put};
use crate::draft::{self, Draft};
use crate::engines::Engines;
use crate::import::{Imported, import};
use crate::kept::{KeptRow, Shelf};
use crate::lists::Lists;
use crate::model::SpecError;
use crate::model::{ExclusionSpec, Item, Kind, Mode, ObjectSpec, PolicyFile, RuleSpec, Settings, Spec, Written};
use crate::observed::{Observed, observed};
use crate::preview::{Preview, only_one, preview};
use crate::region::Regions;
use crate::report::{Report, report};
use crate::schemas::Schemas;
use crate::store::{self, ChangeRow};

/// Most kept requests that a change is tried on.
const MAX_REPLAYED: i64 = 1000;

/// Changes and loads the policy. Cheap to clone.
#[derive(Clone)]
pub struct Service(Arc<Inner>);

struct Inner {
    db: Db,
    clock: Clock,
    hub: Hub,
    policies: PolicyBoard,
    supervisor: Supervisor,
    compiler: Compiler,
    lists: Lists,
    schemas: Schemas,
    regions: Regions,
    data_path: Arc<DataPath>,
    files: Vec<Item<ObjectSpec>>,
    shelf: Shelf,
    running: Mutex<load::Running>,
    log: Port<dyn LogQuery>,
    approvals: Port<dyn Approvals>,
    /// Every change of the policy needs a second person.
    four_eyes: bool,
    loading: tokio::sync::Mutex<()>,
    loaded: Mutex<Loaded>,
}

/// A policy as it stands, for reading.
pub struct Standing {
    /// What is written.
    pub written: Written,
    /// The newest generation.
    pub generation: i64,
}

impl Service {
    pub(crate) fn new(
        config: &GatewayConfig,
        kit: &Kit,
        data_path: Arc<DataPath>,
        engines: Engines,
        lists: Lists,
    ) -> Self {
        let schemas = Schemas::default();
        Self(Arc::new(Inner {
            db: kit.db.clone(),
            clock: kit.clock.clone(),
            hub: kit.hub.clone(),
            policies: kit.policies.clone(),
            supervisor: kit.supervisor.clone(),
            compiler: Compiler::new(
                engines,
                lists.clone(),
                schemas.clone(),
                Arc::new(config.holiday_list()),
                Secret::new(kit.keys.mac(Domain::GatewayDefence, b"tickets")),
                Members::new(config.limits.upstream_concurrency),
            ),
            lists,
            schemas,
            regions: Regions::new(config.region_database.clone(), kit, data_path.clone()),
            data_path,
            files: config.objects.iter().map(crate::config::ObjectConfig::item).collect(),
            shelf: Shelf::of(kit),
            running: Mutex::default(),
            log: kit.ports.port::<dyn LogQuery>("gateway"),
            approvals: kit.ports.port::<dyn Approvals>("gateway"),
            four_eyes: config.four_eyes,
            loading: tokio::sync::Mutex::default(),
            loaded: Mutex::default(),
        }))
    }

    pub(crate) fn data_path(&self) -> &DataPath {
        &self.0.data_path
    }

    pub(crate) fn engines(&self) -> &Engines {
        &self.0.compiler.engines
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.0.clock.now()
    }

    /// The newest policy as it is written; rows that cannot be read are left out.
    pub async fn standing(&self) -> Result<Standing, StoreError> {
        let mut reader = self.0.db.read().await?;
        let generation = store::generation_latest(&mut reader).await?;
        let rows = store::item_list(&mut reader).await?;
        let (written, _) = Draft::new(rows, generation).written(&self.0.files);
        Ok(Standing { written, generation })
    }

    /// Changes of the policy before this generation and item, newest first.
    pub(crate) async fn change_list(
        &self,
        before: (i64, &str),
        item_id: Option<&str>,
        limit: i64,
    ) -> Result<Vec<ChangeRow>, StoreError> {
        store::change_list(&mut self.0.db.read().await?, before, item_id, limit).await
    }

    /// Makes an item.
    pub async fn item_create<S: Spec>(&self, spec: &S, by: By<'_>) -> Result<Item<S>, ChangeError> {
        let id = PolicyItemId::new().to_string();
        let detail = spec.name();
        let item = self.change(by, &id, detail, |draft| draft.insert(&id, spec)).await?;
        self.hint(S::KIND, &id, "create");
        Ok(item)
    }

    /// Replaces an item. `seen` is the generation the caller has read, when it wants to be told of other changes.
    pub async fn item_update<S: Spec>(
        &self,
        id: &str,
        spec: &S,
        seen: Option<i64>,
        by: By<'_>,
    ) -> Result<Item<S>, ChangeError> {
        self.changeable(id)?;
        let detail = spec.name();
        let item = self.change(by, id, detail, |draft| draft.replace(id, spec, seen)).await?;
        self.hint(S::KIND, id, "update");
        Ok(item)
    }

    /// Removes an item that nothing else needs.
    pub async fn item_delete(&self, kind: Kind, id: &str, by: By<'_>) -> Result<(), ChangeError> {
        self.changeable(id)?;
        let files = &self.0.files;
        let remove = |draft: &mut Draft| {
            if let Some(users) = users(&draft.written(files).0, id) {
                return Err(ChangeError::InUse(users));
            }
            draft.remove(kind, id)?;
            // What was said about it goes with it.
            let mut written = draft.written(files).0;
            let scope = Some(id.to_owned());
            let excluded = written.exclusions.remove(id).unwrap_or_default();
            let ruled = written.rules.remove(&scope).unwrap_or_default();
            let limited = written.limits.remove(&scope).unwrap_or_default();
            excluded.iter().try_for_each(|item| draft.remove(Kind::Exclusion, &item.id))?;
            ruled.iter().try_for_each(|item| draft.remove(Kind::Rule, &item.id))?;
            limited.iter().try_for_each(|item| draft.remove(Kind::Limit, &item.id))
        };
        self.change(by, id, "removed", remove).await?;
        self.hint(kind, id, "remove");
        Ok(())
    }

    /// Changes how objects react, all of them at once or none.
    pub async fn object_set_mode(
        &self,
        ids: &[String],
        mode: Mode,
        by: By<'_>,
    ) -> Result<Vec<Item<ObjectSpec>>, ChangeError> {
        for id in ids {
            self.changeable(id)?;
        }
        let set = |draft: &mut Draft| {
            let set_one = |id: &String| {
                let mut spec = draft.item::<ObjectSpec>(id)?.spec;
                spec.settings.mode = Some(mode);
                draft.replace(id, &spec, None)
            };
            ids.iter().map(set_one).collect::<Result<Vec<_>, ChangeError>>()
        };
        let about = if let [id] = ids { id } else { "objects" };
        let items = self.change(by, about, &format!("mode {} for {} objects", mode.as_str(), ids.len()), set).await?;
        for item in &items {
            self.hint(Kind::Object, &item.id, "update");
        }
        Ok(items)
    }

    /// Takes the policy, or one item of it, back to what it was when `generation` was the newest. That is a change like any
    /// other: it makes a new generation, and can be taken back itself.
    pub async fn rollback(&self, generation: i64, item: Option<&str>, by: By<'_>) -> Result<i64, ChangeError> {
        let mut reader = self.0.db.read().await?;
        let latest = store::generation_latest(&mut reader).await?;
        if !(0..=latest).contains(&generation) {
            return Err(ChangeError::NoSuchGeneration { wanted: generation, latest });
        }
        let bodies = store::bodies_at(&mut reader, generation).await?;
        drop(reader);
        let wanted: Vec<_> = bodies.into_iter().filter(|(id, ..)| item.is_none_or(|item| item == id)).collect();
        if wanted.is_empty() {
            return Err(ChangeError::Same);
        }
        let restore = |draft: &mut Draft| {
            if draft.generation() != latest + 1 {
                return Err(ChangeError::Changed);
            }
            for (id, kind, name, body) in &wanted {
                let name = body.as_deref().and_then(draft::name_of).unwrap_or_else(|| name.clone());
                draft.restore(id, kind, &name, body.clone());
            }
            Ok(draft.generation())
        };
        let detail = format!("as in policy {generation}");
        let made = self.change(by, item.unwrap_or("policy"), &detail, restore).await?;
        self.0.hub.send("gateway.policy", item.unwrap_or_default(), "update");
        Ok(made)
    }

    /// Lays a file over the policy, whole or not at all; without `dry_run` it is in force when this returns.
    pub async fn import(&self, file: &PolicyFile, dry_run: bool, by: By<'_>) -> Result<Imported, ChangeError> {
        let ids: Vec<String> = (0..=file.len()).map(|_| PolicyItemId::new().to_string()).collect();
        for schema in &file.schemas {
            self.schema_store(&schema.document, schema.base_path.clone()).await?;
        }
        for entries in file.addresses.iter().filter_map(|group| group.entries.as_deref()) {
            self.list_store(entries).await?;
        }
        let files = &self.0.files;
        let lay = |draft: &mut Draft| {
            let mut told = import(draft, files, file, |number| ids.get(number).cloned().unwrap_or_default())?;
            told.generation = draft.edits().next().map(|_| draft.generation());
            Ok(told)
        };
        let would = self.prepare(&lay).await?.result;
        if dry_run || would.generation.is_none() {
            by.change.finish(true, None, "nothing was changed").await.map_err(|error| match error {
                AuditError::Begin(source) | AuditError::Finish(source) => ChangeError::Store(source),
            })?;
            return Ok(Imported { generation: None, ..would });
        }
        let detail = format!("{} made, {} changed", would.created, would.updated);
        let told = self.change(by, "policy", &detail, lay).await?;
        self.0.hub.send("gateway.policy", "", "update");
        Ok(told)
    }

    /// Stores the entries of a group of addresses, once; its SHA-256, by which groups name them.
    pub(crate) async fn list_store(&self, entries: &str) -> Result<String, ChangeError> {
        let read = self.0.lists.parse(entries.as_bytes().to_vec(), &self.0.supervisor).await;
        let digest = read.map_err(|error| {
            let source = SpecError { field: "entries", message: error.to_string() };
            PolicyErrors(vec![PolicyError::Spec { kind: Kind::Addresses, name: String::new(), source }])
        })?;
        self.document_store(&digest, entries.as_bytes()).await?;
        Ok(digest)
    }

    /// Stores the description of an interface, once; its SHA-256.
    pub(crate) async fn schema_store(&self, text: &str, base_path: Option<String>) -> Result<String, ChangeError> {
        let read = self.0.schemas.parse(text.as_bytes().to_vec(), base_path, &self.0.supervisor).await;
        let (digest, _) = read.map_err(|message| {
            let source = SpecError { field: "document", message };
            PolicyErrors(vec![PolicyError::Spec { kind: Kind::Schema, name: String::new(), source }])
        })?;
        self.document_store(&digest, text.as_bytes()).await?;
        Ok(digest)
    }

    async fn document_store(&self, digest: &str, content: &[u8]) -> Result<(), StoreError> {
        let now = self.0.clock.now();
        self.0.db.write(|tx| Box::pin(async move { document_put(tx, digest, content, now).await })).await
    }

    pub(crate) fn schemas(&self) -> &Schemas {
        &self.0.schemas
    }

    /// The stored policy as a file.
    pub(crate) async fn export(&self) -> Result<PolicyFile, StoreError> {
        let written = self.standing().await?.written;
        let mut texts = HashMap::new();
        let lists = written.addresses.values().filter_map(|item| item.spec.list.as_ref());
        for digest in lists.chain(written.schemas.values().map(|item| &item.spec.document)) {
            if let Some(content) = self.document_text(digest).await? {
                texts.insert(digest.clone(), String::from_utf8_lossy(&content).into_owned());
            }
        }
        Ok(PolicyFile::of(&written, |digest| texts.get(digest).cloned()))
    }

    /// A stored list or description, as it was uploaded.
    pub(crate) async fn document_text(&self, digest: &str) -> Result<Option<Vec<u8>>, StoreError> {
        document_find(&mut self.0.db.read().await?, digest).await
    }

    pub(crate) fn lists(&self) -> &Lists {
        &self.0.lists
    }

    /// What an exclusion would let through of the requests that were kept.
    pub async fn exclusion_preview(&self, spec: &ExclusionSpec) -> Result<Preview, ChangeError> {
        spec.check().map_err(|source| {
            let name = spec.name.clone();
            PolicyErrors(vec![PolicyError::Spec { kind: Kind::Exclusion, name, source }])
        })?;
        let standing = self.standing().await?;
        let ids: BTreeSet<&str> = standing.written.objects_of(&spec.scope_id).map(|object| &*object.id).collect();
        let kept = self.0.shelf.newest(only_one(&ids), MAX_REPLAYED).await?;
        let snapshot = self.0.data_path.snapshot();
        let objects: HashMap<&str, &Object> =
            snapshot.objects().iter().map(|object| (&*object.id, &**object)).collect();
        let of_scope = |(row, request): (KeptRow, KeptRequest)| {
            let object = ids.get(&*row.object_id).and_then(|id| objects.get(id))?;
            Some((row, request, *object))
        };
        let requests: Vec<_> = kept.into_iter().filter_map(of_scope).collect();
        Ok(preview(&self.0.supervisor, spec, &requests).await)
    }

    /// What would have been refused in this window by objects that only observe.
    pub(crate) async fn observed(&self, window: Window, object: Option<&str>) -> Result<Observed, PortError> {
        observed(&**self.0.log.get()?, window, object).await
    }

    /// What the report on the WAF is made of.
    pub(crate) async fn report(&self, login: &str, window: Window, object: Option<&str>) -> Result<Report, PortError> {
        report(&**self.0.log.get()?, login, window, object).await
    }

    fn hint(&self, kind: Kind, id: &str, verb: &'static str) {
        let topic = match kind {
            Kind::Object => "gateway.object",
            Kind::Group => "gateway.group",
            Kind::Template => "gateway.template",
            Kind::Exclusion => "gateway.exclusion",
            Kind::Rule => "gateway.rule",
            Kind::Limit => "gateway.limit",
            Kind::Addresses => "gateway.addresses",
            Kind::Schema => "gateway.schema",
            Kind::Guard => "gateway.guard",
        };
        self.0.hub.send(topic, id, verb);
    }

    fn changeable(&self, id: &str) -> Result<(), ChangeError> {
        if self.0.files.iter().any(|object| object.id == id) { Err(ChangeError::InFile) } else { Ok(()) }
    }
}

/// Who needs the item with this id, in words; nobody when `None`.
fn users(written: &Written, id: &str) -> Option<String> {
    let groups = written.groups.values().filter(|group| group.spec.template_id.as_deref() == Some(id));
    let objects = written.objects.iter().filter(|object| object.spec.group_id.as_deref() == Some(id));
    let named = written.addresses.get(id).map(|item| item.spec.name.as_str());
    let limit = written.limits.values().flatten().find(|item| item.id == id).map(|item| item.spec.name.as_str());
    let asks = |rule: &&Item<RuleSpec>| {
        named.is_some_and(|name| rule.spec.groups_asked().iter().any(|asked| asked == name))
            || limit.is_some_and(|name| rule.spec.limit_asked() == Some(name))
    };
    let rules = written.rules.values().flatten().filter(asks);
    let limits = written.limits.values().flatten();
    let limited =
        limits.filter(|limit| named.is_some_and(|name| limit.spec.groups_asked().iter().any(|asked| asked == name)));
    let asks_schema =
        |settings: &Settings| settings.api.schema_id.as_deref() == Some(id) || settings.guard_id.as_deref() == Some(id);
    let described = [
        written.templates.values().find(|item| asks_schema(&item.spec.settings)).map(|item| &item.spec.name),
        written.groups.values().find(|item| asks_schema(&item.spec.settings)).map(|item| &item.spec.name),
        written.objects.iter().find(|item| asks_schema(&item.spec.settings)).map(|item| &item.spec.name),
    ];
    let mut names = groups
        .map(|group| &group.spec.name)
        .chain(objects.map(|object| &object.spec.name))
        .chain(rules.map(|rule| &rule.spec.name))
        .chain(described.into_iter().flatten())
        .chain(limited.map(|limit| &limit.spec.name));
    let first = names.next()?;
    Some(match names.count() {
        0 => format!("{first:?} needs it"),
        more => format!("{first:?} and {more} more need it"),
    })
}
