//! Keys of this site on disk: the master key and the site id, made at first start, mode 0600.

use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use medward_crypto::{KeyRing, MasterKey};

/// Length of a site id, bytes.
const SITE_BYTES: usize = 8;

/// Keys that cannot be read or made.
#[derive(Debug, thiserror::Error)]
pub enum KeysError {
    /// A file cannot be read or written.
    #[error("open key file {path}")]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// A file does not hold a key.
    #[error(
        "read key file {0}: not 32 bytes in hexadecimal; restore it from your backup, sealed data cannot be read without it"
    )]
    Damaged(PathBuf),
    /// A file does not hold a site id.
    #[error(
        "read site id {0}: not 8 bytes in hexadecimal; restore it from your backup, sealed data cannot be read without it"
    )]
    DamagedSite(PathBuf),
    /// The operating system gave no randomness.
    #[error("generate keys")]
    Random(#[source] medward_crypto::RandomError),
}

/// Opens the keys in `directory`, making them when the directory is new.
pub fn open(directory: &Path) -> Result<(KeyRing, String), KeysError> {
    let at = |path: &Path| {
        let path = path.to_owned();
        move |source| KeysError::File { path, source }
    };
    std::fs::create_dir_all(directory).map_err(at(directory))?;
    let master_path = directory.join("master.key");
    let site_path = directory.join("site.id");
    if !master_path.exists() {
        let fresh: [u8; 32] = medward_crypto::random_array().map_err(KeysError::Random)?;
        write_private(&master_path, &hex(&fresh)).map_err(at(&master_path))?;
    }
    if !site_path.exists() {
        let site: [u8; SITE_BYTES] = medward_crypto::random_array().map_err(KeysError::Random)?;
        write_private(&site_path, &hex(&site)).map_err(at(&site_path))?;
    }
    let text = std::fs::read_to_string(&master_path).map_err(at(&master_path))?;
    let bytes = unhex(text.trim()).ok_or_else(|| KeysError::Damaged(master_path.clone()))?;
    let site = std::fs::read_to_string(&site_path).map_err(at(&site_path))?.trim().to_owned();
    // The site id goes into every key: an empty one would open this house with the keys of another.
    if data_encoding::HEXLOWER.decode(site.as_bytes()).map(|bytes| bytes.len()) != Ok(SITE_BYTES) {
        return Err(KeysError::DamagedSite(site_path));
    }
    Ok((KeyRing::derive(&MasterKey::from_bytes(bytes), site.as_bytes()), site))
}

fn write_private(path: &Path, text: &str) -> std::io::Result<()> {
    let mut file = std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    match path.parent() {
        Some(directory) => std::fs::File::open(directory)?.sync_all(),
        None => Ok(()),
    }
}

fn hex(bytes: &[u8]) -> String {
    data_encoding::HEXLOWER.encode(bytes)
}

fn unhex(text: &str) -> Option<[u8; 32]> {
    data_encoding::HEXLOWER.decode(text.as_bytes()).ok()?.try_into().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn damaged_site_id_is_named() {
        let directory = tempfile::tempdir().unwrap();
        open(directory.path()).unwrap();
        for damaged in ["", "\n", "0123", "0123456789abcdeg", "0123456789abcdef00"] {
            std::fs::write(directory.path().join("site.id"), damaged).unwrap();
            let error = open(directory.path()).map(drop).unwrap_err();
            assert!(error.to_string().contains("site.id: not 8 bytes in hexadecimal; restore it"), "{error}");
        }
    }

    #[test]
    fn keys_survive_a_restart_and_damage_is_named() {
        let directory = tempfile::tempdir().unwrap();
        let (_, site) = open(directory.path()).unwrap();
        assert_eq!(open(directory.path()).unwrap().1, site);
        std::fs::write(directory.path().join("master.key"), "short").unwrap();
        assert!(matches!(open(directory.path()), Err(KeysError::Damaged(_))));
    }
}
