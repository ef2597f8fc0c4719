//! A disk in memory that loses, at a power cut, what was not synced; and that fills up or cannot sync on demand.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard};

use super::super::disk::{Disk, LockGuard, SpoolFile};

#[derive(Debug, Default, Clone)]
struct Content {
    current: Vec<u8>,
    synced: Vec<u8>,
}

#[derive(Debug, Default)]
struct Inner {
    files: BTreeMap<PathBuf, Arc<Mutex<Content>>>,
    capacity: Option<usize>,
    sync_fails: bool,
}

/// The disk. Clones share it.
#[derive(Debug, Clone, Default)]
pub(super) struct FakeDisk(Arc<Mutex<Inner>>);

impl FakeDisk {
    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap()
    }

    /// Bytes that fit in all.
    pub(super) fn set_capacity(&self, capacity: Option<usize>) {
        self.lock().capacity = capacity;
    }

    pub(super) fn set_sync_fails(&self, fails: bool) {
        self.lock().sync_fails = fails;
    }

    pub(super) fn used(&self) -> usize {
        self.lock().files.values().map(|file| file.lock().unwrap().current.len()).sum()
    }

    /// What a machine finds after the power came back.
    pub(super) fn after_power_cut(&self) -> Self {
        let files = self.lock().files.clone();
        let keep = |file: Arc<Mutex<Content>>| {
            let synced = file.lock().unwrap().synced.clone();
            Arc::new(Mutex::new(Content { current: synced.clone(), synced }))
        };
        let files = files.into_iter().map(|(path, file)| (path, keep(file))).collect();
        Self(Arc::new(Mutex::new(Inner { files, ..Inner::default() })))
    }

    fn find(&self, path: &Path) -> io::Result<Arc<Mutex<Content>>> {
        self.lock().files.get(path).cloned().ok_or_else(|| io::ErrorKind::NotFound.into())
    }
}

struct FakeFile(FakeDisk, Arc<Mutex<Content>>);

impl SpoolFile for FakeFile {
    fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        let room = self.0.lock().capacity.map_or(usize::MAX, |capacity| capacity);
        let room = room.saturating_sub(self.0.used());
        let taken = bytes.len().min(room);
        self.1.lock().unwrap().current.extend_from_slice(&bytes[..taken]);
        if taken < bytes.len() { Err(io::ErrorKind::StorageFull.into()) } else { Ok(()) }
    }

    fn set_len(&mut self, length: u64) -> io::Result<()> {
        self.1.lock().unwrap().current.resize(usize::try_from(length).unwrap(), 0);
        Ok(())
    }

    fn sync(&mut self) -> io::Result<()> {
        if self.0.lock().sync_fails {
            return Err(io::Error::other("the sync failed"));
        }
        let mut content = self.1.lock().unwrap();
        content.synced = content.current.clone();
        Ok(())
    }
}

impl Disk for FakeDisk {
    fn create_dir_all(&self, _: &Path) -> io::Result<()> {
        Ok(())
    }

    fn lock(&self, _: &Path) -> io::Result<LockGuard> {
        Ok(Box::new(()))
    }

    fn create(&self, path: &Path) -> io::Result<Box<dyn SpoolFile>> {
        let content = Arc::<Mutex<Content>>::default();
        self.lock().files.insert(path.to_owned(), content.clone());
        Ok(Box::new(FakeFile(self.clone(), content)))
    }

    fn open(&self, path: &Path) -> io::Result<Box<dyn SpoolFile>> {
        Ok(Box::new(FakeFile(self.clone(), self.find(path)?)))
    }

    fn read(&self, path: &Path, offset: u64, most: u64) -> io::Result<Vec<u8>> {
        let content = self.find(path)?;
        let content = content.lock().unwrap();
        let bytes = content.current.get(usize::try_from(offset).unwrap()..).unwrap_or_default();
        Ok(bytes[..bytes.len().min(usize::try_from(most).unwrap())].to_vec())
    }

    fn list(&self, directory: &Path) -> io::Result<Vec<String>> {
        let inner = self.lock();
        let inside = inner.files.keys().filter(|path| path.parent() == Some(directory));
        Ok(inside.map(|path| path.file_name().unwrap().to_str().unwrap().to_owned()).collect())
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        self.lock().files.remove(path).map(drop).ok_or_else(|| io::ErrorKind::NotFound.into())
    }

    fn sync_dir(&self, _: &Path) -> io::Result<()> {
        Ok(())
    }
}
