//! Identity and key of a vault: made at first start, read ever after.

use std::io;
use std::path::PathBuf;

use data_encoding::HEXLOWER;
use medward_crypto::random::random_array;
use medward_crypto::secret::Secret;

use crate::disk::{Disk, write_whole};
use crate::layout::Layout;
use crate::note::{NoteError, SigningKey, VerifierKey};

const FIRST_LINE: &str = "medward vault";

/// Which vault this is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// Stands in every file of the write-ahead log.
    pub vault_id: [u8; 16],
    /// Stands in every checkpoint's origin.
    pub site_id: String,
}

/// Why a vault's identity or key cannot be read or made.
#[derive(Debug, thiserror::Error)]
pub enum IdentityError {
    /// A file cannot be read or written.
    #[error("read or make {path}")]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// `VAULT` is not of this format.
    #[error("read {0}: not a vault of format 1")]
    Format(PathBuf),
    /// The key file is damaged.
    #[error("read {path}")]
    Key {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: NoteError,
    },
    /// The configured site id differs from the one in all checkpoints so far.
    #[error("use site id {wanted:?}: this vault's checkpoints are signed as {stored:?}")]
    OtherSite {
        /// Configured.
        wanted: String,
        /// In `VAULT`.
        stored: String,
    },
    /// No randomness.
    #[error("make a new vault")]
    Random(#[from] medward_crypto::random::RandomError),
}

/// Whether the text may stand in an origin: `[a-z0-9.-]{1,32}`.
pub fn is_site_id(text: &str) -> bool {
    (1..=32).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'.' | b'-'))
}

/// Reads the identity of an existing vault.
pub fn read_identity(disk: &dyn Disk, layout: &Layout) -> Result<Identity, IdentityError> {
    let path = layout.identity();
    let bytes = disk.read(&path).map_err(|source| IdentityError::File { path: path.clone(), source })?;
    parse_identity(&String::from_utf8_lossy(&bytes)).ok_or(IdentityError::Format(path))
}

fn parse_identity(text: &str) -> Option<Identity> {
    let mut lines = text.lines();
    (lines.next()? == FIRST_LINE && lines.next()? == "format=1").then_some(())?;
    let vault_id = HEXLOWER.decode(lines.next()?.strip_prefix("vault_id=")?.as_bytes()).ok()?.try_into().ok()?;
    let site_id = lines.next()?.strip_prefix("site_id=")?.to_owned();
    is_site_id(&site_id).then_some(Identity { vault_id, site_id })
}

/// Reads the identity, or makes a new vault: for `site_id`, else for `new_site_id`, else with an id of its own.
pub fn open_identity(
    disk: &dyn Disk,
    layout: &Layout,
    site_id: Option<&str>,
    new_site_id: Option<&str>,
) -> Result<Identity, IdentityError> {
    match read_identity(disk, layout) {
        Ok(identity) => {
            if let Some(wanted) = site_id.filter(|wanted| *wanted != identity.site_id) {
                return Err(IdentityError::OtherSite { wanted: wanted.to_owned(), stored: identity.site_id });
            }
            return Ok(identity);
        }
        Err(IdentityError::File { source, .. }) if source.kind() == io::ErrorKind::NotFound => {}
        Err(error) => return Err(error),
    }
    let vault_id: [u8; 16] = random_array()?;
    let drawn = HEXLOWER.encode(vault_id.get(..4).unwrap_or_default());
    let identity = Identity { vault_id, site_id: site_id.or(new_site_id).map_or(drawn, str::to_owned) };
    let text =
        format!("{FIRST_LINE}\nformat=1\nvault_id={}\nsite_id={}\n", HEXLOWER.encode(&vault_id), identity.site_id);
    let path = layout.identity();
    write_whole(disk, &path, text.as_bytes(), false).map_err(|source| IdentityError::File { path, source })?;
    Ok(identity)
}

/// Reads the signing key, or makes it (mode 0600) with the verifier key beside it.
pub fn open_key(disk: &dyn Disk, layout: &Layout, identity: &Identity) -> Result<SigningKey, IdentityError> {
    let path = layout.site_key();
    match disk.read(&path) {
        Ok(bytes) => {
            let text = Secret::new(String::from_utf8_lossy(&bytes).into_owned());
            let key = SigningKey::decode(text.expose()).map_err(|source| IdentityError::Key { path, source })?;
            // A power cut may have come between the two files.
            if matches!(disk.read(&layout.site_vkey()), Err(error) if error.kind() == io::ErrorKind::NotFound) {
                write_vkey(disk, layout, &key)?;
            }
            return Ok(key);
        }
        Err(source) if source.kind() != io::ErrorKind::NotFound => return Err(IdentityError::File { path, source }),
        Err(_) => {}
    }
    let key = SigningKey::new(&identity.site_id, Secret::new(random_array()?));
    write_whole(disk, &path, key.encode().expose().as_bytes(), true)
        .map_err(|source| IdentityError::File { path, source })?;
    write_vkey(disk, layout, &key)?;
    Ok(key)
}

fn write_vkey(disk: &dyn Disk, layout: &Layout, key: &SigningKey) -> Result<(), IdentityError> {
    let path = layout.site_vkey();
    write_whole(disk, &path, format!("{}\n", key.verifier()).as_bytes(), false)
        .map_err(|source| IdentityError::File { path, source })
}

/// The verifier key that stands beside the signing key.
pub fn read_vkey(disk: &dyn Disk, layout: &Layout) -> Result<VerifierKey, IdentityError> {
    let path = layout.site_vkey();
    let bytes = disk.read(&path).map_err(|source| IdentityError::File { path: path.clone(), source })?;
    String::from_utf8_lossy(&bytes).parse().map_err(|source| IdentityError::Key { path, source })
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;
    use crate::disk::LocalDisk;

    #[test]
    fn new_vault_keeps_its_identity_and_key() {
        let directory = tempfile::tempdir().unwrap();
        let layout = Layout::new(directory.path());
        std::fs::create_dir_all(directory.path().join("keys")).unwrap();
        let first = open_identity(&LocalDisk, &layout, None, None).unwrap();
        assert_eq!(open_identity(&LocalDisk, &layout, None, None).unwrap(), first);
        let key = open_key(&LocalDisk, &layout, &first).unwrap();
        assert_eq!(open_key(&LocalDisk, &layout, &first).unwrap().verifier(), key.verifier());
        assert_eq!(read_vkey(&LocalDisk, &layout).unwrap(), key.verifier());
        std::fs::remove_file(layout.site_vkey()).unwrap();
        open_key(&LocalDisk, &layout, &first).unwrap();
        assert_eq!(read_vkey(&LocalDisk, &layout).unwrap(), key.verifier(), "made again from the key");
        assert_eq!(std::fs::metadata(layout.site_key()).unwrap().permissions().mode() & 0o777, 0o600);
    }

    #[test]
    fn site_id_does_not_change_under_signed_checkpoints() {
        let directory = tempfile::tempdir().unwrap();
        let layout = Layout::new(directory.path());
        open_identity(&LocalDisk, &layout, Some("north"), None).unwrap();
        let error = open_identity(&LocalDisk, &layout, Some("south"), Some("north")).unwrap_err().to_string();
        assert!(error.contains("north") && error.contains("south"), "{error}");
    }

    #[test]
    fn text_of_another_format_is_not_a_vault() {
        assert_eq!(parse_identity("medward vault\nformat=2\n"), None);
        assert_eq!(parse_identity("medward vault\nformat=1\nvault_id=00\nsite_id=a\n"), None);
    }
}
