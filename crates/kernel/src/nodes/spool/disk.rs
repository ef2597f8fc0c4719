//! The file seam: everything the spool asks of a disk, so that a test can lose what was not synced or leave no room.

use std::fmt;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

/// A file that only grows.
pub(super) trait SpoolFile: Send {
    /// Appends all bytes with one write; after an error any part of them may stand in the file.
    fn append(&mut self, bytes: &[u8]) -> io::Result<()>;
    /// Cuts the file; the next append goes to its end.
    fn set_len(&mut self, length: u64) -> io::Result<()>;
    /// Returns when everything appended so far would survive a power cut.
    fn sync(&mut self) -> io::Result<()>;
}

/// Holds a lock while it lives.
pub(super) type LockGuard = Box<dyn fmt::Debug + Send + Sync>;

/// One directory of segments and the file system below it.
pub(super) trait Disk: Send + Sync + fmt::Debug {
    /// Makes the directory with its parents.
    fn create_dir_all(&self, directory: &Path) -> io::Result<()>;
    /// Keeps other processes out until the guard is dropped; fails with `WouldBlock` when one is in.
    fn lock(&self, path: &Path) -> io::Result<LockGuard>;
    /// Makes an empty file, or empties one.
    fn create(&self, path: &Path) -> io::Result<Box<dyn SpoolFile>>;
    /// Opens an existing file for appending.
    fn open(&self, path: &Path) -> io::Result<Box<dyn SpoolFile>>;
    /// At most `most` bytes from `offset`; fewer at the end of the file.
    fn read(&self, path: &Path, offset: u64, most: u64) -> io::Result<Vec<u8>>;
    /// Names in a directory.
    fn list(&self, directory: &Path) -> io::Result<Vec<String>>;
    /// Removes a file.
    fn remove(&self, path: &Path) -> io::Result<()>;
    /// Returns when files made in this directory would be found after a power cut.
    fn sync_dir(&self, directory: &Path) -> io::Result<()>;
}

/// The disk of this machine. Files are readable by their owner only: events name people.
#[derive(Debug)]
pub(super) struct LocalDisk;

struct LocalFile(File);

impl SpoolFile for LocalFile {
    fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.0.write_all(bytes)
    }

    fn set_len(&mut self, length: u64) -> io::Result<()> {
        self.0.set_len(length)?;
        self.0.seek(SeekFrom::Start(length)).map(drop)
    }

    fn sync(&mut self) -> io::Result<()> {
        self.0.sync_data()
    }
}

impl Disk for LocalDisk {
    fn create_dir_all(&self, directory: &Path) -> io::Result<()> {
        fs::create_dir_all(directory)
    }

    fn lock(&self, path: &Path) -> io::Result<LockGuard> {
        let file = OpenOptions::new().write(true).create(true).truncate(false).mode(0o600).open(path)?;
        file.try_lock()?;
        Ok(Box::new(file))
    }

    fn create(&self, path: &Path) -> io::Result<Box<dyn SpoolFile>> {
        let file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(path)?;
        Ok(Box::new(LocalFile(file)))
    }

    fn open(&self, path: &Path) -> io::Result<Box<dyn SpoolFile>> {
        let mut file = OpenOptions::new().write(true).open(path)?;
        file.seek(SeekFrom::End(0))?;
        Ok(Box::new(LocalFile(file)))
    }

    fn read(&self, path: &Path, offset: u64, most: u64) -> io::Result<Vec<u8>> {
        let mut file = File::open(path)?;
        file.seek(SeekFrom::Start(offset))?;
        let mut bytes = Vec::new();
        file.take(most).read_to_end(&mut bytes)?;
        Ok(bytes)
    }

    fn list(&self, directory: &Path) -> io::Result<Vec<String>> {
        fs::read_dir(directory)?.map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned())).collect()
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        fs::remove_file(path)
    }

    fn sync_dir(&self, directory: &Path) -> io::Result<()> {
        File::open(directory)?.sync_all()
    }
}
