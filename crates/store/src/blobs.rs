//! Objects too large for a row: report files, side files of backups. A directory now, S3 behind the same face later.
//!
//! `put` is atomic and durable: a temporary file is written, synced and renamed, then the directory is synced. A reader
//! sees the old object or the new one, never half of either. The directory needs no index and can be copied as it is.

use std::fmt;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::Arc;

use uuid::Uuid;

/// Longest key, bytes; every file system in use takes names of 255 bytes and paths of 4096.
const KEY_BYTES_MAX: usize = 512;
/// Longest piece between two `/`, bytes.
const SEGMENT_BYTES_MAX: usize = 200;
/// Where unfinished objects are written. No key may begin with a dot, so it is never an object.
const UNFINISHED: &str = ".unfinished";

/// The name of an object: pieces of `A-Z a-z 0-9 - _ .` separated by `/`, none beginning with a dot.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BlobKey(String);

/// Text that is not a [`BlobKey`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "use {key:?} as the name of an object: expected pieces of A-Z a-z 0-9 - _ . separated by /, none beginning with a dot"
)]
pub struct BlobKeyError {
    key: String,
}

impl BlobKey {
    /// The key as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for BlobKey {
    type Err = BlobKeyError;

    fn from_str(key: &str) -> Result<Self, Self::Err> {
        if key.len() <= KEY_BYTES_MAX && key.split('/').all(is_segment) {
            Ok(Self(key.to_owned()))
        } else {
            Err(BlobKeyError { key: key.chars().take(KEY_BYTES_MAX).collect() })
        }
    }
}

impl fmt::Display for BlobKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

fn is_segment(segment: &str) -> bool {
    !segment.is_empty()
        && segment.len() <= SEGMENT_BYTES_MAX
        && !segment.starts_with('.')
        && segment.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.'))
}

/// An object in a listing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BlobInfo {
    pub key: BlobKey,
    pub size_bytes: u64,
}

/// An operation on objects that failed. `Display` completes "failed to …".
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BlobError {
    #[error("{operation} object {key}")]
    Io {
        /// `put`, `get`, `delete` or `list`.
        operation: &'static str,
        key: String,
        #[source]
        source: io::Error,
    },
    #[error("get object {key}: it is larger than {cap_bytes} bytes")]
    TooLarge { key: BlobKey, cap_bytes: u64 },
}

/// Where objects are kept; cloning is cheap.
#[derive(Debug, Clone)]
pub struct Blobs {
    root: Arc<Path>,
}

impl Blobs {
    /// Keeps objects below `root`, which is made if missing, and clears what a crash left unfinished. One process at a
    /// time may open a directory.
    pub fn directory(root: impl Into<PathBuf>) -> Result<Self, BlobError> {
        let root: PathBuf = root.into();
        unfinished_clear(&root).map_err(|source| BlobError::Io {
            operation: "open",
            key: root.display().to_string(),
            source,
        })?;
        Ok(Self { root: root.into() })
    }

    /// Stores `content` under `key`, replacing what was there. When this returns, the object survives a power cut.
    pub async fn put(&self, key: &BlobKey, content: impl Into<Vec<u8>>) -> Result<(), BlobError> {
        let (root, key, content) = (Arc::clone(&self.root), key.clone(), content.into());
        self.blocking("put", key.0.clone(), move || object_put(&root, &key, &content)).await
    }

    /// Reads an object, or `None` when there is none. More than `cap_bytes` is refused before it is read.
    pub async fn get(&self, key: &BlobKey, cap_bytes: u64) -> Result<Option<Vec<u8>>, BlobError> {
        let path = self.root.join(key.as_str());
        let read = self.blocking("get", key.0.clone(), move || object_get(&path, cap_bytes)).await?;
        match read {
            ObjectRead::Missing => Ok(None),
            ObjectRead::Content(content) => Ok(Some(content)),
            ObjectRead::TooLarge => Err(BlobError::TooLarge { key: key.clone(), cap_bytes }),
        }
    }

    /// Deletes an object and tells whether there was one.
    pub async fn delete(&self, key: &BlobKey) -> Result<bool, BlobError> {
        let path = self.root.join(key.as_str());
        self.blocking("delete", key.0.clone(), move || object_delete(&path)).await
    }

    /// Every object whose key begins with `prefix` (empty: all), in the order of their keys.
    pub async fn list(&self, prefix: &str) -> Result<Vec<BlobInfo>, BlobError> {
        let (root, prefix) = (Arc::clone(&self.root), prefix.to_owned());
        self.blocking("list", prefix.clone(), move || objects_list(&root, &prefix)).await
    }

    async fn blocking<T: Send + 'static>(
        &self,
        operation: &'static str,
        key: String,
        work: impl FnOnce() -> io::Result<T> + Send + 'static,
    ) -> Result<T, BlobError> {
        let outcome = tokio::task::spawn_blocking(work).await.map_err(io::Error::other).and_then(|done| done);
        outcome.map_err(|source| BlobError::Io { operation, key, source })
    }
}

enum ObjectRead {
    Missing,
    TooLarge,
    Content(Vec<u8>),
}

fn unfinished_clear(root: &Path) -> io::Result<()> {
    let unfinished = root.join(UNFINISHED);
    match std::fs::remove_dir_all(&unfinished) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    std::fs::create_dir_all(unfinished)
}

fn object_put(root: &Path, key: &BlobKey, content: &[u8]) -> io::Result<()> {
    let unfinished = root.join(UNFINISHED).join(Uuid::now_v7().to_string());
    let outcome = object_write(root, key, content, &unfinished);
    if outcome.is_err() {
        // The first error is the one to report; what cannot be removed now is cleared at the next start.
        drop(std::fs::remove_file(&unfinished));
    }
    outcome
}

fn object_write(root: &Path, key: &BlobKey, content: &[u8], unfinished: &Path) -> io::Result<()> {
    let mut file = std::fs::File::create_new(unfinished)?;
    file.write_all(content)?;
    file.sync_all()?;
    let target = root.join(key.as_str());
    let directories = directories_above(root, &target);
    for directory in directories.iter().rev().skip(1) {
        match std::fs::create_dir(directory) {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error),
            _ => {}
        }
    }
    std::fs::rename(unfinished, &target)?;
    // A new name is durable only once its directory is, and a new directory only once the one above it is.
    directories.iter().try_for_each(|directory| std::fs::File::open(directory)?.sync_all())
}

/// From the directory of `target` up to and including `root`.
fn directories_above<'p>(root: &Path, target: &'p Path) -> Vec<&'p Path> {
    target.ancestors().skip(1).take_while(|directory| directory.starts_with(root)).collect()
}

fn object_get(path: &Path, cap_bytes: u64) -> io::Result<ObjectRead> {
    let file = match std::fs::File::open(path) {
        Ok(file) => file,
        Err(error) if is_missing(&error) => return Ok(ObjectRead::Missing),
        Err(error) => return Err(error),
    };
    if file.metadata()?.is_dir() {
        return Ok(ObjectRead::Missing);
    }
    let mut content = Vec::new();
    file.take(cap_bytes.saturating_add(1)).read_to_end(&mut content)?;
    if content.len() as u64 > cap_bytes { Ok(ObjectRead::TooLarge) } else { Ok(ObjectRead::Content(content)) }
}

/// A piece of the path that is an object itself means that nothing is stored below it.
fn is_missing(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory)
}

fn object_delete(path: &Path) -> io::Result<bool> {
    match std::fs::remove_file(path) {
        Ok(()) => {}
        Err(error) if is_missing(&error) => return Ok(false),
        Err(_) if path.is_dir() => return Ok(false),
        Err(error) => return Err(error),
    }
    if let Some(directory) = path.parent() {
        std::fs::File::open(directory)?.sync_all()?;
    }
    Ok(true)
}

fn objects_list(root: &Path, prefix: &str) -> io::Result<Vec<BlobInfo>> {
    let mut found = Vec::new();
    let mut directories = vec![root.to_owned()];
    while let Some(directory) = directories.pop() {
        for entry in std::fs::read_dir(&directory)? {
            let entry = entry?;
            let path = entry.path();
            let Some(key) = path.strip_prefix(root).ok().and_then(Path::to_str).and_then(|key| key.parse().ok()) else {
                continue;
            };
            let metadata = entry.metadata()?;
            if metadata.is_dir() {
                directories.push(path);
            } else if BlobKey::as_str(&key).starts_with(prefix) {
                found.push(BlobInfo { key, size_bytes: metadata.len() });
            }
        }
    }
    found.sort_by(|left, right| left.key.cmp(&right.key));
    Ok(found)
}
