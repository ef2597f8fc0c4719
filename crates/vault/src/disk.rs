//! The file seam: everything the vault asks of a disk, so that a test can lose what was not synced.
//!
//! *Not* here: what the files mean ([`crate::layout`], [`crate::wal`]).
//!
//! Invariant: the vault touches files through [`Disk`] only; what must survive a power cut is synced by name
//! ([`DiskFile::sync_data`], [`Disk::sync_dir`]) before anybody is told so.

#[cfg(test)]
pub(crate) mod fake;

use std::fmt;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::os::unix::fs::FileExt as _;
use std::path::Path;
use std::sync::Arc;

/// Free and whole space of a file system, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Space {
    /// Whole size that unprivileged users can use.
    pub total: u64,
    /// Of it, still free.
    pub free: u64,
}

/// A file that only grows.
pub trait DiskFile: Send {
    /// Appends all bytes.
    fn append(&mut self, bytes: &[u8]) -> io::Result<()>;
    /// Cuts or extends the file; the next append goes to its end.
    fn set_len(&mut self, length: u64) -> io::Result<()>;
    /// Returns when everything appended so far would survive a power cut (`fdatasync`).
    fn sync_data(&mut self) -> io::Result<()>;
}

/// A file that is open to be read; it stays readable when its name is removed.
pub trait DiskReader: Send + Sync + fmt::Debug {
    /// Its length.
    fn length(&self) -> u64;
    /// Fills the buffer from `offset` on; fails when the file is shorter.
    fn read_exact_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<()>;
}

/// A directory tree.
pub trait Disk: Send + Sync + fmt::Debug {
    /// Makes a directory with its parents.
    fn create_dir_all(&self, directory: &Path) -> io::Result<()>;
    /// Makes a new empty file; fails when it exists. `private` files are readable by their owner only.
    fn create(&self, path: &Path, private: bool) -> io::Result<Box<dyn DiskFile>>;
    /// Opens an existing file for appending.
    fn open(&self, path: &Path) -> io::Result<Box<dyn DiskFile>>;
    /// Opens an existing file for reading.
    fn open_read(&self, path: &Path) -> io::Result<Arc<dyn DiskReader>>;
    /// The whole content of a file.
    fn read(&self, path: &Path) -> io::Result<Vec<u8>>;
    /// `length` bytes from `offset`; fewer at the end of the file.
    fn read_at(&self, path: &Path, offset: u64, length: usize) -> io::Result<Vec<u8>>;
    /// Names in a directory, sorted; none when it does not exist. Directories end in `/`.
    fn list(&self, directory: &Path) -> io::Result<Vec<String>>;
    /// Moves a file over another or to a new name.
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()>;
    /// Removes a file.
    fn remove(&self, path: &Path) -> io::Result<()>;
    /// Returns when creations, renames and removals in this directory would survive a power cut.
    fn sync_dir(&self, directory: &Path) -> io::Result<()>;
    /// Space of the file system below this path.
    fn space(&self, path: &Path) -> io::Result<Space>;
    /// Makes a file of `length` bytes that really occupy the disk.
    fn reserve(&self, path: &Path, length: u64) -> io::Result<()>;
    /// Keeps other processes out until the guard is dropped; fails with `WouldBlock` when one is in.
    fn lock(&self, path: &Path) -> io::Result<LockGuard>;
}

/// Holds a lock while it lives.
pub type LockGuard = Box<dyn fmt::Debug + Send + Sync>;

/// Writes a whole file so that a reader sees the old or the new content, and a power cut leaves one of both.
pub fn write_whole(disk: &dyn Disk, path: &Path, bytes: &[u8], private: bool) -> io::Result<()> {
    write_then_rename(disk, path, bytes, private, true)?;
    disk.sync_dir(path.parent().unwrap_or(path))
}

/// As [`write_whole`], for what can be made again from elsewhere: a power cut may leave anything.
pub fn write_rebuildable(disk: &dyn Disk, path: &Path, bytes: &[u8]) -> io::Result<()> {
    write_then_rename(disk, path, bytes, false, false)
}

fn write_then_rename(disk: &dyn Disk, path: &Path, bytes: &[u8], private: bool, sync: bool) -> io::Result<()> {
    let mut temporary = path.as_os_str().to_owned();
    temporary.push(".tmp");
    let temporary = Path::new(&temporary);
    match disk.remove(temporary) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut file = disk.create(temporary, private)?;
    file.append(bytes)?;
    if sync {
        file.sync_data()?;
    }
    drop(file);
    disk.rename(temporary, path)
}

/// Whether an error means that there is no room.
pub fn is_full(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded | io::ErrorKind::FileTooLarge)
}

/// The disk of this machine.
#[derive(Debug, Clone, Copy, Default)]
pub struct LocalDisk;

struct LocalFile(File);

impl DiskFile for LocalFile {
    fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.0.write_all(bytes)
    }

    fn set_len(&mut self, length: u64) -> io::Result<()> {
        self.0.set_len(length)?;
        self.0.seek(SeekFrom::Start(length)).map(drop)
    }

    fn sync_data(&mut self) -> io::Result<()> {
        self.0.sync_data()
    }
}

#[derive(Debug)]
struct LocalReader {
    file: File,
    length: u64,
}

impl DiskReader for LocalReader {
    fn length(&self) -> u64 {
        self.length
    }

    fn read_exact_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<()> {
        self.file.read_exact_at(buffer, offset)
    }
}

impl Disk for LocalDisk {
    fn create_dir_all(&self, directory: &Path) -> io::Result<()> {
        fs::create_dir_all(directory)
    }

    fn create(&self, path: &Path, private: bool) -> io::Result<Box<dyn DiskFile>> {
        use std::os::unix::fs::OpenOptionsExt as _;
        let mode = if private { 0o600 } else { 0o640 };
        let file = OpenOptions::new().write(true).create_new(true).mode(mode).open(path)?;
        Ok(Box::new(LocalFile(file)))
    }

    fn open(&self, path: &Path) -> io::Result<Box<dyn DiskFile>> {
        let mut file = OpenOptions::new().write(true).open(path)?;
        file.seek(SeekFrom::End(0))?;
        Ok(Box::new(LocalFile(file)))
    }

    fn open_read(&self, path: &Path) -> io::Result<Arc<dyn DiskReader>> {
        let file = File::open(path)?;
        let length = file.metadata()?.len();
        Ok(Arc::new(LocalReader { file, length }))
    }

    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        fs::read(path)
    }

    fn read_at(&self, path: &Path, offset: u64, length: usize) -> io::Result<Vec<u8>> {
        let mut file = File::open(path)?;
        file.seek(SeekFrom::Start(offset))?;
        let mut bytes = Vec::with_capacity(length);
        file.take(length as u64).read_to_end(&mut bytes)?;
        Ok(bytes)
    }

    fn list(&self, directory: &Path) -> io::Result<Vec<String>> {
        let entries = match fs::read_dir(directory) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(error),
        };
        let mut names = Vec::new();
        for entry in entries {
            let entry = entry?;
            let slash = if entry.file_type()?.is_dir() { "/" } else { "" };
            names.push(format!("{}{slash}", entry.file_name().to_string_lossy()));
        }
        names.sort();
        Ok(names)
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        fs::rename(from, to)
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        fs::remove_file(path)
    }

    fn sync_dir(&self, directory: &Path) -> io::Result<()> {
        File::open(directory)?.sync_all()
    }

    fn space(&self, path: &Path) -> io::Result<Space> {
        let stat = rustix::fs::statvfs(path)?;
        let used = stat.f_blocks.saturating_sub(stat.f_bfree);
        // As `df` counts: blocks kept back for root are neither free nor part of the whole.
        let total = used.saturating_add(stat.f_bavail).saturating_mul(stat.f_frsize);
        Ok(Space { total, free: stat.f_bavail.saturating_mul(stat.f_frsize) })
    }

    fn reserve(&self, path: &Path, length: u64) -> io::Result<()> {
        let file = OpenOptions::new().write(true).create(true).truncate(true).open(path)?;
        rustix::fs::fallocate(&file, rustix::fs::FallocateFlags::empty(), 0, length)?;
        file.sync_all()
    }

    fn lock(&self, path: &Path) -> io::Result<LockGuard> {
        let file = OpenOptions::new().write(true).create(true).truncate(false).open(path)?;
        file.try_lock()?;
        Ok(Box::new(file))
    }
}
