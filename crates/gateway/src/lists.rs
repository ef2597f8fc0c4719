//! Lists of addresses: stored under the SHA-256 of what they say, or standing in files that are read again when they change.
//!
//! Invariant: a list that cannot be read never replaces one that can; what runs goes on with the last good one.

use std::collections::{HashMap, HashSet};
use std::os::unix::fs::MetadataExt as _;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use medward_contract::Timestamp;
use medward_defence::address::{AddressListError, AddressSet, MAX_LIST_BYTES};
use medward_kernel::supervisor::TaskError;
use medward_kernel::{Clock, Supervisor};
use medward_store::{Db, StoreError};

use crate::document::{digest_of, document_find};
use crate::model::{AddressGroupSpec, Written};

/// The lists of one gateway. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Lists(Arc<Inner>);

struct Inner {
    folder: PathBuf,
    clock: Clock,
    /// By digest; those that a policy names, or will name soon.
    stored: Mutex<HashMap<String, Stored>>,
    /// By name.
    files: Mutex<HashMap<String, FileList>>,
    revision: AtomicU64,
}

/// A list that was uploaded.
#[derive(Clone)]
struct Stored {
    set: Arc<AddressSet>,
    /// No policy was put in force since it was read: the one that names it may be on its way.
    is_new: bool,
}

impl Stored {
    fn new(set: AddressSet) -> Self {
        Self { set: Arc::new(set), is_new: true }
    }
}

/// By what a changed file is told: seconds and nanoseconds of its last change, and bytes.
type Stamp = (i64, i64, u64);

/// A file as it was read last.
#[derive(Clone, Default)]
struct FileList {
    stamp: Option<Stamp>,
    /// The last good list.
    set: Option<Arc<AddressSet>>,
    read_at: Option<Timestamp>,
    complaint: Option<String>,
}

/// What is known of the list of a group.
#[derive(Debug, Clone, Default)]
pub(crate) struct ListState {
    /// Entries, before overlapping ones were merged; nothing when there is no list.
    pub(crate) entries: Option<usize>,
    /// When the file was read, µs.
    pub(crate) read_at: Option<Timestamp>,
    /// Why the file as it stands is not in force.
    pub(crate) complaint: Option<String>,
}

/// Why a file is not in force.
#[derive(Debug, thiserror::Error)]
enum FileError {
    #[error("open {0}: {1}")]
    Open(PathBuf, std::io::Error),
    #[error("{0} has {1} bytes, {MAX_LIST_BYTES} are allowed")]
    TooLong(PathBuf, u64),
    #[error(transparent)]
    List(#[from] AddressListError),
}

impl Lists {
    pub(crate) fn new(folder: PathBuf, clock: Clock) -> Self {
        let (stored, files, revision) = (Mutex::default(), Mutex::default(), AtomicU64::new(0));
        Self(Arc::new(Inner { folder, clock, stored, files, revision }))
    }

    /// Grows whenever a file has changed.
    pub(crate) fn revision(&self) -> u64 {
        self.0.revision.load(Ordering::Relaxed)
    }

    /// Reads entries, and keeps them for the policy that will name them.
    pub(crate) async fn parse(&self, text: Vec<u8>, supervisor: &Supervisor) -> Result<String, TaskError> {
        let read = move || AddressSet::parse(&text).map(|set| (digest_of(&text), set));
        let (digest, set) = supervisor.blocking(read).await??;
        self.stored().insert(digest.clone(), Stored::new(set));
        Ok(digest)
    }

    /// The addresses of a group. A group without entries has none.
    pub(crate) fn set(&self, spec: &AddressGroupSpec) -> Result<Arc<AddressSet>, String> {
        match (&spec.list, &spec.file) {
            (Some(digest), _) => {
                let stored = self.stored().get(digest).map(|stored| stored.set.clone());
                stored.ok_or_else(|| "its list is not stored: upload it again".to_owned())
            }
            // What is wrong with the file is told elsewhere; a policy is not held up by it.
            (None, Some(name)) => Ok(self.files().get(name).and_then(|file| file.set.clone()).unwrap_or_default()),
            (None, None) => Ok(Arc::default()),
        }
    }

    pub(crate) fn state(&self, spec: &AddressGroupSpec) -> ListState {
        match (&spec.list, &spec.file) {
            (Some(digest), _) => {
                let entries = self.stored().get(digest).map(|stored| stored.set.entries());
                ListState { entries, ..ListState::default() }
            }
            (None, Some(name)) => {
                let file = self.files().get(name).cloned().unwrap_or_default();
                let entries = file.set.map(|set| set.entries());
                ListState { entries, read_at: file.read_at, complaint: file.complaint }
            }
            (None, None) => ListState { entries: Some(0), ..ListState::default() },
        }
    }

    /// What is wrong with the files that a policy names.
    pub(crate) fn complaints(&self, written: &Written) -> Vec<String> {
        let files = self.files();
        let complaint = |spec: &AddressGroupSpec| {
            let complaint = files.get(spec.file.as_ref()?)?.complaint.as_ref()?;
            Some(format!("the addresses of {:?} are those of before: failed to {complaint}", spec.name))
        };
        written.addresses.values().filter_map(|item| complaint(&item.spec)).collect()
    }

    /// Forgets what the policy in force does not name, but for what came since the one before it.
    pub(crate) fn forget_but(&self, written: &Written) {
        let named: HashSet<&String> = written.addresses.values().filter_map(|item| item.spec.list.as_ref()).collect();
        let files: HashSet<&String> = written.addresses.values().filter_map(|item| item.spec.file.as_ref()).collect();
        self.files().retain(|name, _| files.contains(name));
        self.stored().retain(|digest, stored| std::mem::replace(&mut stored.is_new, false) || named.contains(digest));
    }

    /// Reads what a policy names and is not in memory.
    pub(crate) async fn read(&self, db: &Db, written: &Written, supervisor: &Supervisor) -> Result<(), StoreError> {
        let specs = || written.addresses.values().map(|item| &item.spec);
        for digest in specs().filter_map(|spec| spec.list.as_ref()) {
            if let Some(stored) = self.stored().get_mut(digest) {
                stored.is_new = true;
                continue;
            }
            let Some(content) = document_find(&mut db.read().await?, digest).await? else { continue };
            match supervisor.blocking(move || AddressSet::parse(&content)).await {
                Ok(Ok(set)) => drop(self.stored().insert(digest.clone(), Stored::new(set))),
                Ok(Err(error)) => tracing::error!(%error, digest, "a stored list of addresses cannot be read"),
                Err(error) => tracing::error!(%error, digest, "a stored list of addresses cannot be read"),
            }
        }
        let files: HashSet<String> = specs().filter_map(|spec| spec.file.clone()).collect();
        self.look_at_all(files.into_iter().collect(), supervisor).await;
        Ok(())
    }

    /// Reads files again that have changed.
    pub(crate) async fn follow_files(&self, written: &Written, supervisor: &Supervisor) {
        let names: Vec<String> = written.addresses.values().filter_map(|item| item.spec.file.clone()).collect();
        if names.is_empty() {
            return;
        }
        self.look_at_all(names, supervisor).await;
    }

    /// What is new or has changed counts as another revision, whoever asked: the policy in force may name it, too.
    async fn look_at_all(&self, names: Vec<String>, supervisor: &Supervisor) {
        let this = self.clone();
        match supervisor.blocking(move || names.iter().filter(|name| this.look_at(name)).count()).await {
            Ok(0) => {}
            Ok(_) => drop(self.0.revision.fetch_add(1, Ordering::Relaxed)),
            Err(error) => tracing::error!(%error, "files of addresses could not be looked at"),
        }
    }

    /// The text of a file as it stands, if it is a list.
    pub(crate) fn file_text(&self, name: &str) -> Result<Vec<u8>, TaskError> {
        let path = self.0.folder.join(name);
        let bytes = std::fs::metadata(&path).map(|meta| meta.len()).unwrap_or_default();
        let text = read_text(&path, bytes)?;
        AddressSet::parse(&text)?;
        Ok(text)
    }

    /// Reads a file if it is new or has changed; whether it was.
    fn look_at(&self, name: &str) -> bool {
        let path = self.0.folder.join(name);
        let stamp = std::fs::metadata(&path).map(|meta| (meta.mtime(), meta.mtime_nsec(), meta.len())).ok();
        let before = self.files().get(name).cloned();
        if before.as_ref().is_some_and(|file| file.stamp == stamp) {
            return false;
        }
        let mut file = FileList { stamp, ..before.unwrap_or_default() };
        match read(&path, stamp.map_or(0, |(.., bytes)| bytes)) {
            Ok(set) => {
                (file.set, file.complaint) = (Some(Arc::new(set)), None);
                file.read_at = Some(self.0.clock.now());
            }
            Err(error) => {
                tracing::error!(%error, file = name, "a list of addresses cannot be read, the last one stays");
                file.complaint = Some(error.to_string());
            }
        }
        self.files().insert(name.to_owned(), file);
        true
    }

    fn stored(&self) -> std::sync::MutexGuard<'_, HashMap<String, Stored>> {
        self.0.stored.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn files(&self) -> std::sync::MutexGuard<'_, HashMap<String, FileList>> {
        self.0.files.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn read(path: &std::path::Path, bytes: u64) -> Result<AddressSet, FileError> {
    Ok(AddressSet::parse(&read_text(path, bytes)?)?)
}

fn read_text(path: &std::path::Path, bytes: u64) -> Result<Vec<u8>, FileError> {
    if bytes > MAX_LIST_BYTES as u64 {
        return Err(FileError::TooLong(path.to_owned(), bytes));
    }
    std::fs::read(path).map_err(|error| FileError::Open(path.to_owned(), error))
}
