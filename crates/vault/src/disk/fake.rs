//! A disk in memory that loses, at a crash, what was not synced; and that fills up and fails on demand.
//!
//! After a crash, of each file survive its synced bytes and a random prefix of what was appended since (sometimes with
//! a zeroed page, as a file system may leave); of each directory the synced names and a random prefix of the changes
//! since.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::{Disk, DiskFile, DiskReader, Space};

#[derive(Debug, Clone, Default)]
struct Inode {
    synced: Vec<u8>,
    current: Vec<u8>,
    /// The file was cut below its synced length since the last sync.
    cut: bool,
}

#[derive(Debug, Clone)]
enum Change {
    Add(PathBuf, usize),
    Remove(PathBuf),
    /// A rename happens whole or not at all.
    Rename(PathBuf, PathBuf, usize),
}

impl Change {
    fn apply(self, names: &mut BTreeMap<PathBuf, usize>) {
        match self {
            Self::Add(path, inode) => drop(names.insert(path, inode)),
            Self::Remove(path) => drop(names.remove(&path)),
            Self::Rename(from, to, inode) => {
                names.remove(&from);
                names.insert(to, inode);
            }
        }
    }

    fn touches(&self, directory: &Path) -> bool {
        let here = |path: &Path| path.parent() == Some(directory);
        match self {
            Self::Add(path, _) | Self::Remove(path) => here(path),
            Self::Rename(from, to, _) => here(from) || here(to),
        }
    }
}

#[derive(Debug, Default)]
struct State {
    inodes: Vec<Inode>,
    names: BTreeMap<PathBuf, usize>,
    synced_names: BTreeMap<PathBuf, usize>,
    changes: Vec<Change>,
    directories: std::collections::BTreeSet<PathBuf>,
    operations: u64,
    reserved: u64,
    faults: Faults,
}

/// What goes wrong, and when.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Faults {
    /// Every operation from this one on fails, as after a power cut.
    pub(crate) crash_at: Option<u64>,
    /// This disk forgets to sync: the negative control.
    pub(crate) syncs_do_nothing: bool,
    /// Syncing file data fails from this operation on.
    pub(crate) sync_fails_at: Option<u64>,
    /// Bytes that fit.
    pub(crate) capacity: Option<u64>,
}

/// The disk. Clones share it.
#[derive(Debug, Clone, Default)]
pub(crate) struct FakeDisk(Arc<Mutex<State>>);

/// xorshift64: seeded, so that a failing crash point can be run again.
#[derive(Debug, Clone)]
pub(crate) struct Dice(pub(crate) u64);

impl Dice {
    pub(crate) fn roll(&mut self, below: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        if below == 0 { 0 } else { self.0 % below }
    }
}

fn other(text: &str) -> io::Error {
    io::Error::other(text)
}

impl State {
    fn step(&mut self) -> io::Result<()> {
        self.operations += 1;
        match self.faults.crash_at {
            Some(at) if self.operations >= at => Err(other("the power is cut")),
            _ => Ok(()),
        }
    }

    fn used(&self) -> u64 {
        self.reserved + self.names.values().map(|inode| self.inodes[*inode].current.len() as u64).sum::<u64>()
    }

    fn inode(&mut self, path: &Path) -> io::Result<usize> {
        self.names.get(path).copied().ok_or_else(|| io::Error::new(io::ErrorKind::NotFound, path.display().to_string()))
    }

    fn bind(&mut self, path: &Path, inode: usize) {
        self.names.insert(path.to_owned(), inode);
        self.changes.push(Change::Add(path.to_owned(), inode));
    }

    fn unbind(&mut self, path: &Path) -> io::Result<()> {
        self.inode(path)?;
        self.names.remove(path);
        self.changes.push(Change::Remove(path.to_owned()));
        Ok(())
    }
}

impl FakeDisk {
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn begin(&self) -> io::Result<MutexGuard<'_, State>> {
        let mut state = self.state();
        state.step()?;
        Ok(state)
    }

    pub(crate) fn set_faults(&self, faults: Faults) {
        self.state().faults = faults;
    }

    pub(crate) fn operations(&self) -> u64 {
        self.state().operations
    }

    /// Flips one bit of a file, behind the vault's back.
    pub(crate) fn flip(&self, path: &Path, at: usize, bit: u8) {
        let mut state = self.state();
        let inode = state.inode(path).unwrap();
        let inode = &mut state.inodes[inode];
        inode.current[at] ^= 1 << bit;
        inode.synced = inode.current.clone();
    }

    /// What a machine finds after the power came back.
    pub(crate) fn after_crash(&self, dice: &mut Dice) -> Self {
        let state = self.state();
        let mut names = state.synced_names.clone();
        let survive = dice.roll(state.changes.len() as u64 + 1);
        for change in state.changes.iter().take(usize::try_from(survive).unwrap()) {
            change.clone().apply(&mut names);
        }
        let inodes: Vec<Inode> = state
            .inodes
            .iter()
            .map(|inode| {
                let mut bytes = inode.synced.clone();
                if inode.cut {
                    if dice.roll(2) == 0 {
                        bytes.clone_from(&inode.current);
                    }
                } else {
                    let unsynced = &inode.current[inode.synced.len()..];
                    let mut tail = unsynced[..usize::try_from(dice.roll(unsynced.len() as u64 + 1)).unwrap()].to_vec();
                    if tail.len() > 8 && dice.roll(8) == 0 {
                        let from = usize::try_from(dice.roll(tail.len() as u64)).unwrap();
                        tail[from..].fill(0);
                    }
                    bytes.extend(tail);
                }
                Inode { synced: bytes.clone(), current: bytes, cut: false }
            })
            .collect();
        let directories = state.directories.clone();
        drop(state);
        Self(Arc::new(Mutex::new(State {
            inodes,
            synced_names: names.clone(),
            names,
            directories,
            ..State::default()
        })))
    }
}

struct FakeFile {
    disk: FakeDisk,
    inode: usize,
}

impl DiskFile for FakeFile {
    fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        let mut state = self.disk.state();
        let step = state.step();
        let room = state.faults.capacity.map_or(u64::MAX, |capacity| capacity.saturating_sub(state.used()));
        // A cut of the power in the middle of a write leaves part of it in the cache.
        let taken =
            if step.is_err() { bytes.len() / 2 } else { bytes.len().min(usize::try_from(room).unwrap_or(usize::MAX)) };
        let inode = self.inode;
        state.inodes[inode].current.extend_from_slice(&bytes[..taken]);
        step?;
        if taken < bytes.len() { Err(io::ErrorKind::StorageFull.into()) } else { Ok(()) }
    }

    fn set_len(&mut self, length: u64) -> io::Result<()> {
        let mut state = self.disk.begin()?;
        let inode = self.inode;
        let inode = &mut state.inodes[inode];
        inode.current.resize(usize::try_from(length).unwrap(), 0);
        inode.cut |= inode.current.len() < inode.synced.len();
        Ok(())
    }

    fn sync_data(&mut self) -> io::Result<()> {
        let mut state = self.disk.begin()?;
        if state.faults.sync_fails_at.is_some_and(|at| state.operations >= at) {
            return Err(other("sync failed"));
        }
        if !state.faults.syncs_do_nothing {
            let inode = self.inode;
            let inode = &mut state.inodes[inode];
            inode.synced = inode.current.clone();
            inode.cut = false;
        }
        Ok(())
    }
}

#[derive(Debug)]
struct FakeReader(Vec<u8>);

impl DiskReader for FakeReader {
    fn length(&self) -> u64 {
        self.0.len() as u64
    }

    fn read_exact_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<()> {
        let from = usize::try_from(offset).unwrap();
        let bytes = self.0.get(from..from + buffer.len()).ok_or(io::ErrorKind::UnexpectedEof)?;
        buffer.copy_from_slice(bytes);
        Ok(())
    }
}

impl Disk for FakeDisk {
    fn create_dir_all(&self, directory: &Path) -> io::Result<()> {
        self.begin()?.directories.insert(directory.to_owned());
        Ok(())
    }

    fn create(&self, path: &Path, _private: bool) -> io::Result<Box<dyn DiskFile>> {
        let mut state = self.begin()?;
        if state.names.contains_key(path) {
            return Err(io::ErrorKind::AlreadyExists.into());
        }
        let inode = state.inodes.len();
        state.inodes.push(Inode::default());
        state.bind(path, inode);
        Ok(Box::new(FakeFile { disk: self.clone(), inode }))
    }

    fn open(&self, path: &Path) -> io::Result<Box<dyn DiskFile>> {
        let inode = self.begin()?.inode(path)?;
        Ok(Box::new(FakeFile { disk: self.clone(), inode }))
    }

    fn open_read(&self, path: &Path) -> io::Result<Arc<dyn DiskReader>> {
        Ok(Arc::new(FakeReader(self.read(path)?)))
    }

    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        let mut state = self.begin()?;
        let inode = state.inode(path)?;
        Ok(state.inodes[inode].current.clone())
    }

    fn read_at(&self, path: &Path, offset: u64, length: usize) -> io::Result<Vec<u8>> {
        let bytes = self.read(path)?;
        let from = usize::try_from(offset).unwrap().min(bytes.len());
        Ok(bytes[from..(from + length).min(bytes.len())].to_vec())
    }

    fn list(&self, directory: &Path) -> io::Result<Vec<String>> {
        let state = self.begin()?;
        let children = state.names.keys().filter_map(|path| {
            let rest = path.strip_prefix(directory).ok()?;
            let first = rest.components().next()?.as_os_str().to_string_lossy().into_owned();
            Some(if rest.components().count() > 1 { format!("{first}/") } else { first })
        });
        Ok(children.collect::<std::collections::BTreeSet<_>>().into_iter().collect())
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        let mut state = self.begin()?;
        let inode = state.inode(from)?;
        let change = Change::Rename(from.to_owned(), to.to_owned(), inode);
        change.clone().apply(&mut state.names);
        state.changes.push(change);
        Ok(())
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        let mut state = self.begin()?;
        if path.ends_with("reserve.bin") {
            state.reserved = 0;
        }
        state.unbind(path)
    }

    fn sync_dir(&self, directory: &Path) -> io::Result<()> {
        let mut state = self.begin()?;
        if state.faults.syncs_do_nothing {
            return Ok(());
        }
        let (synced, left): (Vec<_>, Vec<_>) =
            std::mem::take(&mut state.changes).into_iter().partition(|change| change.touches(directory));
        for change in synced {
            change.apply(&mut state.synced_names);
        }
        state.changes = left;
        Ok(())
    }

    fn space(&self, _path: &Path) -> io::Result<Space> {
        let state = self.begin()?;
        let total = state.faults.capacity.unwrap_or(1 << 40);
        Ok(Space { total, free: total.saturating_sub(state.used()) })
    }

    fn reserve(&self, path: &Path, length: u64) -> io::Result<()> {
        drop(self.create(path, false)?);
        self.state().reserved = length;
        Ok(())
    }

    fn lock(&self, _path: &Path) -> io::Result<super::LockGuard> {
        Ok(Box::new(()))
    }
}
