//! Where the newest demo of this user stands, for `medward demo code`.
//!
//! The note lies in a directory that only this user can enter: one in `/tmp` could be laid there by anybody, as a link
//! to a file of ours or with a demo whose passwords somebody else knows.

use std::ffi::OsString;
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, ensure};

const NAME: &str = "demo-last";
/// Modes bits of everybody but the owner.
const OTHERS: u32 = 0o077;

/// Notes the directory of the demo that begins.
pub(super) fn write(demo: &Path) -> Result<()> {
    write_in(&directory()?, demo)
}

/// Directory of the newest demo of this user.
pub(super) fn read() -> Result<PathBuf> {
    read_in(&directory()?)
        .context("find the running demo: start it first (make run), or name its directory with --data")
}

/// `$XDG_RUNTIME_DIR/medward`, else `$XDG_STATE_HOME/medward` or `~/.local/state/medward` (XDG Base Directory).
fn directory() -> Result<PathBuf> {
    #[expect(clippy::disallowed_methods, reason = "where a user keeps things is no setting of Medward")]
    let from = |name: &str| std::env::var_os(name).filter(|value: &OsString| Path::new(value).is_absolute());
    let base = from("XDG_RUNTIME_DIR")
        .or_else(|| from("XDG_STATE_HOME"))
        .map(PathBuf::from)
        .or_else(|| from("HOME").map(|home| Path::new(&home).join(".local/state")));
    Ok(base.context("find a directory of this user: set HOME or XDG_STATE_HOME")?.join("medward"))
}

fn write_in(directory: &Path, demo: &Path) -> Result<()> {
    std::fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(directory)
        .with_context(|| format!("make {}", directory.display()))?;
    check_own(directory)?;
    // A new file that takes the name: what stood there, a link included, is replaced and not followed.
    let file = tempfile::NamedTempFile::new_in(directory).context("note the demo's directory")?;
    std::fs::write(file.path(), demo.as_os_str().as_encoded_bytes()).context("note the demo's directory")?;
    file.persist(directory.join(NAME)).context("note the demo's directory")?;
    Ok(())
}

fn read_in(directory: &Path) -> Result<PathBuf> {
    check_own(directory)?;
    let note = directory.join(NAME);
    check_own(&note)?;
    let text = std::fs::read_to_string(&note).with_context(|| format!("read {}", note.display()))?;
    Ok(PathBuf::from(text.trim()))
}

/// Fails on a link and on what somebody else owns or may enter.
fn check_own(path: &Path) -> Result<()> {
    let metadata = std::fs::symlink_metadata(path).with_context(|| format!("read {}", path.display()))?;
    let own = std::fs::metadata("/proc/self").context("find out who runs this")?.uid();
    let safe = !metadata.is_symlink() && metadata.uid() == own && metadata.mode() & OTHERS == 0;
    ensure!(safe, "{} must be no link and belong to this user alone; remove it", path.display());
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::{PermissionsExt as _, symlink};

    use super::*;

    #[test]
    fn note_is_read_back_and_replaces_a_link_without_following_it() {
        let home = tempfile::tempdir().unwrap();
        let (directory, victim) = (home.path().join("medward"), home.path().join("victim"));
        write_in(&directory, Path::new("/first")).unwrap();
        std::fs::write(&victim, "precious").unwrap();
        std::fs::remove_file(directory.join(NAME)).unwrap();
        symlink(&victim, directory.join(NAME)).unwrap();
        assert!(read_in(&directory).is_err(), "a link is not believed");
        write_in(&directory, Path::new("/second")).unwrap();
        assert_eq!(std::fs::read_to_string(&victim).unwrap(), "precious");
        assert_eq!(read_in(&directory).unwrap(), Path::new("/second"));
    }

    #[test]
    fn directory_that_others_may_enter_is_not_used() {
        let home = tempfile::tempdir().unwrap();
        let directory = home.path().join("medward");
        write_in(&directory, Path::new("/first")).unwrap();
        std::fs::set_permissions(&directory, std::fs::Permissions::from_mode(0o777)).unwrap();
        assert!(write_in(&directory, Path::new("/second")).is_err());
        assert!(read_in(&directory).is_err());
    }
}
