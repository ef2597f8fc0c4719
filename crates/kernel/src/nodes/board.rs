//! Sections as the house publishes them: read when they may have changed, numbered so that numbers only rise.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use data_encoding::HEXLOWER;
use medward_crypto::sha256;
use tokio::sync::watch;

use super::Section;
use crate::Clock;
use crate::supervisor::{Stop, TaskError, with_sources};

/// Sections are looked at this often.
const LOOK: Duration = Duration::from_secs(2);

/// A section as it stands.
#[derive(Debug, Clone)]
pub(super) struct Published {
    /// The moment of its last change, µs, for people.
    pub(super) generation: i64,
    pub(super) content: Arc<[u8]>,
    digest: [u8; 32],
    version: String,
}

impl Published {
    /// What the content is known by.
    pub(super) fn tag(&self) -> String {
        HEXLOWER.encode(&self.digest)
    }
}

/// Every section. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Board {
    sections: Arc<[Arc<dyn Section>]>,
    published: Arc<Mutex<BTreeMap<&'static str, Published>>>,
    changed: Arc<watch::Sender<u64>>,
    clock: Clock,
}

impl Board {
    pub(crate) fn new(sections: Vec<Arc<dyn Section>>, clock: Clock) -> Self {
        Self { sections: sections.into(), published: Arc::default(), changed: Arc::default(), clock }
    }

    pub(super) fn names(&self) -> Vec<String> {
        self.sections.iter().map(|section| section.name().to_owned()).collect()
    }

    /// The section, when it is another one than the node has, by its digest: clocks of two consoles differ, digests do not.
    /// Waits for that at most `wait`, or until the program stops. `None` when there is no such section, or nothing new.
    pub(super) async fn other(&self, name: &str, have: &str, wait: Duration, stop: &Stop) -> Option<Published> {
        let mut changed = self.changed.subscribe();
        let deadline = self.clock.sleep(wait);
        tokio::pin!(deadline);
        loop {
            changed.mark_unchanged();
            let found = self.published().get(name).filter(|one| one.tag() != have).cloned();
            if found.is_some() || !self.sections.iter().any(|section| section.name() == name) {
                return found;
            }
            tokio::select! {
                () = &mut deadline => return None,
                () = stop.accepting.cancelled() => return None,
                changed = changed.changed() => changed.ok()?,
            }
        }
    }

    /// Keeps the sections as they are in the database until the program stops.
    pub(crate) async fn follow(self, stop: Stop) -> Result<(), TaskError> {
        loop {
            for section in self.sections.iter() {
                // Nodes go on with what they have.
                if let Err(error) = self.look_at(&**section).await {
                    let error = with_sources(&*error);
                    tracing::warn!(section = section.name(), error, "a section for nodes cannot be read");
                }
            }
            tokio::select! {
                () = stop.running.cancelled() => return Ok(()),
                () = self.clock.sleep(LOOK) => {}
            }
        }
    }

    async fn look_at(&self, section: &dyn Section) -> Result<(), TaskError> {
        let (name, version) = (section.name(), section.version().await?);
        let before = self.published().get(name).cloned();
        if before.as_ref().is_some_and(|one| one.version == version) {
            return Ok(());
        }
        let content = section.content().await?;
        let digest = sha256(&content);
        let published = match before {
            Some(before) if before.digest == digest => Published { version, ..before },
            before => {
                let after = before.map_or(0, |one| one.generation);
                let generation = self.clock.now().as_micros().max(after + 1);
                Published { generation, content: content.into(), digest, version }
            }
        };
        self.published().insert(name, published);
        self.changed.send_modify(|count| *count += 1);
        Ok(())
    }

    fn published(&self) -> std::sync::MutexGuard<'_, BTreeMap<&'static str, Published>> {
        self.published.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
