//! Descriptions of interfaces (OpenAPI), compiled once and kept as long as a policy names them.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};

use medward_kernel::Supervisor;
use medward_openapi::{Document, DocumentError};
use medward_store::{Db, StoreError};

use crate::document::{digest_of, document_find};
use crate::model::{SchemaSpec, Written};

/// The descriptions of one gateway. Cheap to clone.
#[derive(Clone, Default)]
pub(crate) struct Schemas(Arc<Mutex<HashMap<Key, Stored>>>);

/// A description in memory.
#[derive(Clone)]
struct Stored {
    document: Arc<Document>,
    /// No policy was put in force since it was read: the one that names it may be on its way.
    is_new: bool,
}

/// The document and the path that its paths begin with, when that is not what the document says.
type Key = (String, Option<String>);

fn key(spec: &SchemaSpec) -> Key {
    (spec.document.clone(), spec.base_path.clone())
}

impl Schemas {
    /// Reads a document, and keeps it for the policy that will name it.
    pub(crate) async fn parse(
        &self,
        text: Vec<u8>,
        base_path: Option<String>,
        supervisor: &Supervisor,
    ) -> Result<(String, Arc<Document>), String> {
        let key = (digest_of(&text), base_path.clone());
        let document = compile(text, base_path, supervisor).await?;
        self.known().insert(key.clone(), Stored { document: document.clone(), is_new: true });
        Ok((key.0, document))
    }

    /// The document of a description.
    pub(crate) fn document(&self, spec: &SchemaSpec) -> Result<Arc<Document>, String> {
        let known = self.known().get(&key(spec)).map(|stored| stored.document.clone());
        known.ok_or_else(|| "its document is not stored: upload it again".to_owned())
    }

    /// Forgets what the policy in force does not name, but for what came since the one before it.
    pub(crate) fn forget_but(&self, written: &Written) {
        let named: HashSet<Key> = written.schemas.values().map(|item| key(&item.spec)).collect();
        self.known().retain(|key, stored| std::mem::replace(&mut stored.is_new, false) || named.contains(key));
    }

    /// Reads what a policy names and is not in memory.
    pub(crate) async fn read(&self, db: &Db, written: &Written, supervisor: &Supervisor) -> Result<(), StoreError> {
        let wanted: HashSet<Key> = written.schemas.values().map(|item| key(&item.spec)).collect();
        for (digest, base_path) in &wanted {
            if let Some(stored) = self.known().get_mut(&(digest.clone(), base_path.clone())) {
                stored.is_new = true;
                continue;
            }
            let Some(text) = document_find(&mut db.read().await?, digest).await? else { continue };
            match compile(text, base_path.clone(), supervisor).await {
                Ok(document) => {
                    let stored = Stored { document, is_new: true };
                    self.known().insert((digest.clone(), base_path.clone()), stored);
                }
                Err(error) => tracing::error!(error, digest, "a stored description of an interface cannot be read"),
            }
        }
        Ok(())
    }

    fn known(&self) -> std::sync::MutexGuard<'_, HashMap<Key, Stored>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Thousands of paths take longer than a task may hold its thread.
async fn compile(text: Vec<u8>, base_path: Option<String>, supervisor: &Supervisor) -> Result<Arc<Document>, String> {
    let compile = move || -> Result<Document, DocumentError> {
        let document = Document::compile(&text)?;
        match base_path {
            Some(base) => Ok(document.with_base_path(&base)),
            None => Ok(document),
        }
    };
    let compiled = supervisor.blocking(compile).await.map_err(|error| error.to_string())?;
    compiled.map(Arc::new).map_err(|error| error.to_string())
}
