//! What is stored, put in force: at start, after a change, and when another node made one.

use std::sync::{Arc, PoisonError};
use std::time::Duration;

use medward_contract::Timestamp;
use medward_defence::window::Holidays;
use medward_kernel::capability::PolicyStatus;
use medward_kernel::supervisor::{Stop, TaskError};
use medward_store::StoreError;

use super::change::rule_sets;
use super::{Inner, Service};
use crate::compile::{Compiled, Judges, PolicyErrors};
use crate::draft::Draft;
use crate::model::Written;
use crate::region::{Regions, unanswered};
use crate::store::{self, ItemRow};

/// Something that ends is looked at again after this at the earliest.
const AT_ONCE: Duration = Duration::from_millis(100);
/// Another node's change is seen after this at the latest.
const LOOK: Duration = Duration::from_secs(5);

/// The policy in force, beside what the data path has of it.
#[derive(Clone, Default)]
pub(super) struct Running {
    /// What it was compiled from.
    written: Arc<Written>,
    /// What judges its objects.
    judges: Arc<Judges>,
    /// When something in it ends and it has to be compiled again.
    ends_at: Option<Timestamp>,
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
    /// The files of addresses that are in force.
    lists: u64,
}

/// The stored policy, compiled.
struct Stored {
    compiled: Compiled,
    /// What it was made of.
    written: Arc<Written>,
    /// What is wrong with a policy that it uses.
    complaint: Option<String>,
    /// Revision of the engines in it.
    engines: u64,
}

impl Service {
    /// Which policy runs.
    pub fn loaded(&self) -> Loaded {
        self.0.loaded.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// What judges the objects of the policy in force.
    pub(crate) fn judges(&self) -> Arc<Judges> {
        self.running().judges
    }

    /// The region database of this node.
    pub(crate) fn regions(&self) -> &Regions {
        &self.0.regions
    }

    /// Days that count as holidays in time windows.
    pub(crate) fn holidays(&self) -> &Holidays {
        &self.0.compiler.holidays
    }

    fn running(&self) -> Running {
        self.0.running.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn put_in_force(&self, compiled: Compiled, written: Arc<Written>) {
        let Compiled { snapshot, judges, ends_at } = compiled;
        self.0.data_path.swap(snapshot);
        let running = Running { written, judges: Arc::new(judges), ends_at };
        *self.0.running.lock().unwrap_or_else(PoisonError::into_inner) = running;
    }

    /// Loads the newest policy and puts it in force if it compiles. What is wrong with it is kept for the console.
    pub async fn load(&self) -> Result<(), StoreError> {
        let _one_at_a_time = self.0.loading.lock().await;
        let mut reader = self.0.db.read().await?;
        let latest = store::generation_latest(&mut reader).await?;
        let stored = store::item_list(&mut reader).await?;
        drop(reader);
        let before = self.loaded();
        let lists = self.lists().revision();
        let loaded = match self.compile_stored(stored, latest).await {
            Ok(Stored { compiled, written, complaint, engines }) => {
                self.lists().forget_but(&written);
                self.schemas().forget_but(&written);
                self.put_in_force(compiled, written);
                Loaded { running: latest, latest, error: complaint, engines, lists }
            }
            Err(error) => {
                let engines = self.engines().revision();
                self.renew(before.running).await;
                Loaded { running: before.running, latest, error: Some(error), engines, lists }
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

    /// Compiles what runs once more, without what has ended meanwhile.
    async fn renew(&self, generation: i64) {
        let Running { written, ends_at, .. } = self.running();
        if ends_at.is_none_or(|end| end > self.now()) {
            return;
        }
        match self.compile(written.clone(), generation).await {
            Ok(Ok(compiled)) => self.put_in_force(compiled, written),
            Ok(Err(error)) => tracing::error!(%error, "exclusions that are over could not be ended"),
            Err(error) => tracing::error!(error, "exclusions that are over could not be ended"),
        }
    }

    /// Compiles a policy on a thread that serves no requests: thousands of objects take long.
    async fn compile(&self, written: Arc<Written>, generation: i64) -> Result<Result<Compiled, PolicyErrors>, String> {
        let (inner, now) = (self.0.clone(), self.now());
        let compiling = move || inner.compiler.compile(&written, generation, now);
        self.0.supervisor.blocking(compiling).await.map_err(|error| error.to_string())
    }

    async fn compile_stored(&self, stored: Vec<ItemRow>, latest: i64) -> Result<Stored, String> {
        let Inner { compiler, supervisor, .. } = &*self.0;
        let (written, errors) = Draft::new(stored, latest).written(&self.0.files);
        if let Some(error) = errors.into_iter().next() {
            return Err(error.to_string());
        }
        self.lists()
            .read(&self.0.db, &written, supervisor)
            .await
            .map_err(|error| format!("failed to read lists of addresses: {error}"))?;
        let read = self.schemas().read(&self.0.db, &written, supervisor).await;
        read.map_err(|error| format!("failed to read descriptions of interfaces: {error}"))?;
        let rule_sets = rule_sets(&written);
        compiler.engines.prepare(&rule_sets, supervisor).await;
        // Before they are asked for: one that is made meanwhile is loaded at the next look.
        let engines = compiler.engines.revision();
        let mut complaints: Vec<_> = rule_sets.iter().filter_map(|rules| compiler.engines.complaint(*rules)).collect();
        let written = Arc::new(written);
        let (compiled, written) = match self.compile(written.clone(), latest).await? {
            Ok(compiled) => (compiled, written),
            // Where nothing runs yet, a conflict of stored items with a changed medward.toml must not leave every system
            // unanswered: what is in conflict is left out, the rest runs.
            Err(errors) if self.0.data_path.snapshot().objects().is_empty() => {
                let rest = Arc::new(Written::clone(&written).without(&errors));
                let compiled = self.compile(rest.clone(), latest).await?.map_err(|_| errors.to_string())?;
                complaints.push(format!("what is in conflict was left out: {errors}"));
                (compiled, rest)
            }
            Err(errors) => return Err(errors.to_string()),
        };
        complaints.extend(self.lists().complaints(&written));
        if !self.regions().is_configured() {
            complaints.extend(unanswered(&written));
        }
        let complaint = (!complaints.is_empty()).then(|| complaints.join("; "));
        Ok(Stored { compiled, written, complaint, engines })
    }

    /// Whether these rows can be put in force; if not, why.
    pub(crate) async fn compiles(&self, rows: Vec<ItemRow>, generation: i64) -> Result<(), String> {
        self.compile_stored(rows, generation).await.map(drop)
    }

    /// Looks for a newer policy until the program stops.
    pub(crate) async fn follow(&self, stop: Stop) -> Result<(), TaskError> {
        loop {
            let look = self.running().ends_at.map_or(LOOK, |end| end.since(self.now()).clamp(AT_ONCE, LOOK));
            tokio::select! {
                () = stop.running.cancelled() => return Ok(()),
                () = self.0.clock.sleep(look) => {}
            }
            self.engines().follow_files(&self.0.supervisor).await;
            self.lists().follow_files(&self.running().written, &self.0.supervisor).await;
            let latest = store::generation_latest(&mut self.0.db.read().await?).await?;
            // Compared with what runs, not remembered from above: a database that fails in between ends this task, and the
            // one that comes after it has to see the new rules, too.
            let loaded = self.loaded();
            // Asked anew: something that ends may have been made while this slept.
            let is_over = self.running().ends_at.is_some_and(|end| end <= self.now());
            if is_over
                || latest != loaded.latest
                || self.engines().revision() != loaded.engines
                || self.lists().revision() != loaded.lists
            {
                self.load().await?;
            }
        }
    }
}
