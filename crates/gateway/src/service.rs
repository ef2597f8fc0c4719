//! The policy: what is stored, what is written in files, what runs. A change is compiled before it is stored, and what
//! is stored replaces what runs only if it compiles.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use medward_contract::id::ObjectId;
use medward_kernel::audit::Begun;
use medward_kernel::capability::{PolicyBoard, PolicyStatus};
use medward_kernel::hub::Hub;
use medward_kernel::supervisor::{Stop, TaskError};
use medward_kernel::{Clock, Kit};
use medward_store::{Db, StoreError, Tx};

use crate::config::GatewayConfig;
use crate::gateway::Gateway;
use crate::model::{Mode, ObjectSpec, Origin, Policy};
use crate::snapshot::{PolicyError, PolicyErrors, Snapshot};
use crate::store;

/// Another node's change is seen after this at the latest.
const LOOK: Duration = Duration::from_secs(5);
/// Topic of hints.
const TOPIC: &str = "gateway.object";

/// Changes and loads the policy. Cheap to clone.
#[derive(Clone)]
pub struct Service(Arc<Inner>);

struct Inner {
    db: Db,
    clock: Clock,
    hub: Hub,
    policies: PolicyBoard,
    gateway: Arc<Gateway>,
    files: Vec<ObjectSpec>,
    loading: tokio::sync::Mutex<()>,
    loaded: Mutex<Loaded>,
}

/// Which policy runs, which is the newest, and why they differ.
#[derive(Debug, Clone, Default)]
pub struct Loaded {
    /// Generation in force.
    pub running: i64,
    /// Newest generation stored.
    pub latest: i64,
    /// Why the newest does not run.
    pub error: Option<String>,
    /// The engines that run.
    engines: u64,
}

/// Why a change of the policy is refused.
#[derive(Debug, thiserror::Error)]
pub enum ChangeError {
    /// The object does not exist.
    #[error("find the object: there is none with this id")]
    Unknown,
    /// The object stands in a file.
    #[error("change the object: it is written in medward.toml")]
    InFile,
    /// Somebody changed it meanwhile.
    #[error("change the object: somebody else changed it first")]
    Changed,
    /// The object asks for a policy that does not run.
    #[error(transparent)]
    Policy(#[from] PolicyFault),
    /// The policy would not compile.
    #[error(transparent)]
    Invalid(#[from] PolicyErrors),
    /// The database failed.
    #[error("store the policy")]
    Store(#[from] StoreError),
}

/// A policy that does not run, and why.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("use the policy {}: {reason}", .policy.as_str())]
pub struct PolicyFault {
    policy: Policy,
    reason: String,
}

impl Service {
    pub(crate) fn new(config: &GatewayConfig, kit: &Kit, gateway: Arc<Gateway>) -> Self {
        Self(Arc::new(Inner {
            db: kit.db.clone(),
            clock: kit.clock.clone(),
            hub: kit.hub.clone(),
            policies: kit.policies.clone(),
            gateway,
            files: config.objects.iter().map(crate::config::ObjectConfig::spec).collect(),
            loading: tokio::sync::Mutex::default(),
            loaded: Mutex::default(),
        }))
    }

    pub(crate) fn gateway(&self) -> &Arc<Gateway> {
        &self.0.gateway
    }

    /// Which policy runs.
    pub fn loaded(&self) -> Loaded {
        self.0.loaded.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Objects of files first, then those of the database.
    pub async fn object_list(&self) -> Result<Vec<ObjectSpec>, StoreError> {
        let mut reader = self.0.db.read().await?;
        let stored = store::object_list(&mut reader).await?;
        Ok(self.0.files.iter().cloned().chain(stored.into_iter().filter_map(Result::ok)).collect())
    }

    /// Makes an object.
    pub async fn object_create(&self, mut object: ObjectSpec, change: &Begun) -> Result<ObjectSpec, ChangeError> {
        object.id = ObjectId::new().to_string();
        object.origin = Origin::Policy;
        self.policy_runs(object.policy).await?;
        let detail = format!("{} made: {} -> {}", object.name, object.hosts.join(" "), object.upstreams.join(" "));
        self.write(change, &object.id, &detail, |stored, generation| {
            let mut object = object.clone();
            object.generation = generation;
            stored.push(object.clone());
            Ok((Step::Insert(object.clone()), object))
        })
        .await
        .inspect(|object| self.0.hub.send(TOPIC, object.id.as_str(), "create"))
    }

    /// Replaces an object. `generation` is the one the caller has seen, when it wants to be told of other changes.
    pub async fn object_update(
        &self,
        id: &str,
        object: ObjectSpec,
        generation: Option<i64>,
        change: &Begun,
    ) -> Result<ObjectSpec, ChangeError> {
        let runs = self.policy_runs(object.policy).await;
        let detail = format!(
            "{}: mode {}, policy {}, {} -> {}",
            object.name,
            object.mode.as_str(),
            object.policy.as_str(),
            object.hosts.join(" "),
            object.upstreams.join(" ")
        );
        self.modify(id, generation, change, &detail, |current| {
            // An object that had a policy before it broke can still be changed in other ways.
            if current.policy != object.policy {
                runs.clone()?;
            }
            let (id, origin) = (current.id.clone(), current.origin);
            *current = ObjectSpec { id, origin, ..object.clone() };
            Ok(())
        })
        .await
    }

    /// Compiles the policy if nobody did yet. That takes long, so it is done before a transaction begins.
    async fn policy_runs(&self, policy: Policy) -> Result<(), PolicyFault> {
        let gateway = &self.0.gateway;
        gateway.engines.prepare(&BTreeSet::from([policy]), &gateway.supervisor).await;
        gateway.engines.engine(policy).map(drop).map_err(|reason| PolicyFault { policy, reason })
    }

    /// Changes how an object reacts.
    pub async fn object_set_mode(&self, id: &str, mode: Mode, change: &Begun) -> Result<ObjectSpec, ChangeError> {
        let detail = format!("mode {}", mode.as_str());
        self.modify(id, None, change, &detail, |current| {
            current.mode = mode;
            Ok(())
        })
        .await
    }

    async fn modify(
        &self,
        id: &str,
        generation_seen: Option<i64>,
        change: &Begun,
        detail: &str,
        edit: impl Fn(&mut ObjectSpec) -> Result<(), ChangeError> + Send + Sync,
    ) -> Result<ObjectSpec, ChangeError> {
        self.changeable(id)?;
        self.write(change, id, detail, |stored, generation| {
            let current = stored.iter_mut().find(|object| object.id == id).ok_or(ChangeError::Unknown)?;
            if generation_seen.is_some_and(|seen| seen != current.generation) {
                return Err(ChangeError::Changed);
            }
            edit(current)?;
            current.generation = generation;
            Ok((Step::Update(current.clone()), current.clone()))
        })
        .await
        .inspect(|object| self.0.hub.send(TOPIC, object.id.as_str(), "update"))
    }

    /// Removes an object.
    pub async fn object_delete(&self, id: &str, change: &Begun) -> Result<(), ChangeError> {
        self.changeable(id)?;
        let object_id: ObjectId = id.parse().map_err(|_| ChangeError::Unknown)?;
        self.write(change, id, "removed", |stored, _| {
            let before = stored.len();
            stored.retain(|object| object.id != id);
            if stored.len() == before { Err(ChangeError::Unknown) } else { Ok((Step::Delete(object_id), ())) }
        })
        .await?;
        self.0.hub.send(TOPIC, id, "remove");
        Ok(())
    }

    fn changeable(&self, id: &str) -> Result<(), ChangeError> {
        if self.0.files.iter().any(|object| object.id == id) { Err(ChangeError::InFile) } else { Ok(()) }
    }

    /// Applies `edit` to the stored objects, compiles the result, and stores it with the audit record in one transaction.
    async fn write<T: Send>(
        &self,
        change: &Begun,
        id: &str,
        detail: &str,
        edit: impl Fn(&mut Vec<ObjectSpec>, i64) -> Result<(Step, T), ChangeError> + Send + Sync,
    ) -> Result<T, ChangeError> {
        let (inner, edit) = (&self.0, &edit);
        let now = inner.clock.now();
        let result = inner
            .db
            .write(|tx| {
                Box::pin(async move {
                    let stored = store::object_list(tx).await?;
                    // A row that cannot be read stops no repair: it is left out here and reported by the load.
                    let mut stored: Vec<ObjectSpec> = stored.into_iter().filter_map(Result::ok).collect();
                    let generation = store::generation_next(tx).await?;
                    let (step, result) = edit(&mut stored, generation)?;
                    let all: Vec<ObjectSpec> = inner.files.iter().cloned().chain(stored).collect();
                    inner.gateway.compile(&all)?;
                    step.apply(tx, generation, now).await?;
                    change.finish_in(tx, id, detail).await?;
                    Ok::<_, ChangeError>(result)
                })
            })
            .await?;
        change.committed();
        if let Err(error) = self.load().await {
            tracing::error!(%error, "the new policy could not be loaded");
        }
        Ok(result)
    }

    /// Loads the newest policy and puts it in force if it compiles. What is wrong with it is kept for the console.
    pub async fn load(&self) -> Result<(), StoreError> {
        let _one_at_a_time = self.0.loading.lock().await;
        let mut reader = self.0.db.read().await?;
        let latest = store::generation_latest(&mut reader).await?;
        let stored = store::object_list(&mut reader).await?;
        drop(reader);
        let before = self.loaded();
        let loaded = match self.compile_stored(stored).await {
            Ok(Compiled { mut snapshot, complaint, engines }) => {
                snapshot.generation = latest;
                self.0.gateway.swap(snapshot);
                Loaded { running: latest, latest, error: complaint, engines }
            }
            Err(error) => {
                let engines = self.0.gateway.engines.revision();
                Loaded { running: before.running, latest, error: Some(error), engines }
            }
        };
        if loaded.error.is_some() && loaded.error != before.error {
            let error = loaded.error.as_deref();
            tracing::error!(latest, running = loaded.running, error, "the newest policy does not run as it is written");
        }
        self.0.policies.report(PolicyStatus {
            owner: "gateway",
            running: loaded.running,
            latest: loaded.latest,
            error: loaded.error.clone(),
            at: self.0.clock.now(),
        });
        *self.0.loaded.lock().unwrap_or_else(PoisonError::into_inner) = loaded;
        Ok(())
    }

    async fn compile_stored(&self, stored: Vec<Result<ObjectSpec, store::RowError>>) -> Result<Compiled, String> {
        let gateway = &self.0.gateway;
        let stored = stored.into_iter().collect::<Result<Vec<_>, _>>().map_err(|error| error.to_string())?;
        let all: Vec<ObjectSpec> = self.0.files.iter().cloned().chain(stored).collect();
        let policies: BTreeSet<Policy> = all.iter().map(|object| object.policy).collect();
        gateway.engines.prepare(&policies, &gateway.supervisor).await;
        // Before they are asked for: one that is made meanwhile is loaded at the next look.
        let engines = gateway.engines.revision();
        let snapshot = gateway.compile(&all).map_err(|error| error.to_string())?;
        let complaints: Vec<_> = policies.iter().filter_map(|policy| gateway.engines.complaint(*policy)).collect();
        let complaint = (!complaints.is_empty()).then(|| complaints.join("; "));
        Ok(Compiled { snapshot, complaint, engines })
    }

    /// Looks for a newer policy until the program stops.
    pub(crate) async fn follow(&self, stop: Stop) -> Result<(), TaskError> {
        loop {
            tokio::select! {
                () = stop.running.cancelled() => return Ok(()),
                () = self.0.clock.sleep(LOOK) => {}
            }
            let gateway = &self.0.gateway;
            gateway.engines.follow_files(&gateway.supervisor).await;
            let latest = store::generation_latest(&mut self.0.db.read().await?).await?;
            // Compared with what runs, not remembered from above: a database that fails in between ends this task, and the
            // one that comes after it has to see the new rules, too.
            let loaded = self.loaded();
            if latest != loaded.latest || gateway.engines.revision() != loaded.engines {
                self.load().await?;
            }
        }
    }
}

/// A policy that compiled.
struct Compiled {
    snapshot: Snapshot,
    /// What is wrong with a policy that it uses.
    complaint: Option<String>,
    /// Revision of the engines in it.
    engines: u64,
}

enum Step {
    Insert(ObjectSpec),
    Update(ObjectSpec),
    Delete(ObjectId),
}

impl Step {
    async fn apply(
        self,
        tx: &mut Tx<'_>,
        generation: i64,
        now: medward_contract::Timestamp,
    ) -> Result<(), ChangeError> {
        let found = match self {
            Self::Insert(object) => {
                store::object_insert(tx, &object, now).await?;
                true
            }
            Self::Update(object) => store::object_update(tx, &object, now).await?,
            Self::Delete(id) => store::object_delete(tx, id, generation, now).await?,
        };
        if found { Ok(()) } else { Err(ChangeError::Unknown) }
    }
}

impl ChangeError {
    /// Field to correct, when one is to blame.
    pub fn field(&self) -> Option<&'static str> {
        let errors = match self {
            Self::Policy(_) => return Some("policy"),
            Self::Invalid(PolicyErrors(errors)) => errors,
            _ => return None,
        };
        errors.first().map(|error| match error {
            PolicyError::Spec { source, .. } => source.field,
            PolicyError::Overlap { .. } => "hosts",
            PolicyError::Name(_) => "name",
        })
    }
}
