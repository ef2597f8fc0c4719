//! After a clean stop, against a checkpoint kept outside: what was done to the records is named by the exit code of `vault.md` §6.

use std::path::{Path, PathBuf};

use medward_tests::peer::texts;
use medward_tests::{Medward, curl, finished};

struct Kept {
    folder: tempfile::TempDir,
    vault: PathBuf,
    checkpoint: PathBuf,
}

/// A vault with some recorded requests, stopped cleanly, and its last checkpoint of stream `access` kept outside.
fn recorded() -> Kept {
    let folder = tempfile::tempdir().unwrap();
    let medward = Medward::start(folder.path(), &["up", "--protect", "http://127.0.0.1:1"]);
    let gateway = medward.address("gateway", "http");
    for number in 0..20 {
        curl(&[&format!("{gateway}/page-{number:04}")]);
    }
    assert_eq!(medward.stop(), 0);
    let vault = folder.path().join("data/vault");
    let notes = vault.join("ckpt/access");
    let newest = std::fs::read_dir(&notes).unwrap().map(|entry| entry.unwrap().path()).max().unwrap();
    let checkpoint = folder.path().join("outside.note");
    std::fs::copy(newest, &checkpoint).unwrap();
    Kept { folder, vault, checkpoint }
}

impl Kept {
    fn verify(&self) -> (String, i32) {
        let arguments = [
            "vault",
            "verify",
            "--dir",
            self.vault.to_str().unwrap(),
            "--checkpoint",
            self.checkpoint.to_str().unwrap(),
        ];
        let (stdout, stderr, code) = texts(&finished(self.folder.path(), &arguments));
        (stdout + &stderr, code)
    }

    fn wal(&self) -> PathBuf {
        let files = std::fs::read_dir(self.vault.join("wal")).unwrap();
        files.map(|entry| entry.unwrap().path()).find(|path| contains(path, b"/page-0007")).unwrap()
    }
}

fn contains(path: &Path, text: &[u8]) -> bool {
    std::fs::read(path).unwrap().windows(text.len()).any(|window| window == text)
}

#[test]
fn untouched_vault_verifies_against_the_outside_checkpoint() {
    let kept = recorded();
    let (said, code) = kept.verify();
    assert_eq!(code, 0, "{said}");
    assert!(said.contains("OK access records=20") && said.contains("RESULT OK"), "{said}");
}

#[test]
fn changed_record_is_named() {
    let kept = recorded();
    let path = kept.wal();
    let mut bytes = std::fs::read(&path).unwrap();
    let at = bytes.windows(10).position(|window| window == b"/page-0007").unwrap();
    bytes[at + 9] = b'8';
    std::fs::write(&path, bytes).unwrap();
    let (said, code) = kept.verify();
    assert_eq!(code, 16, "{said}");
    assert!(said.contains("CHANGED access seq=7..7"), "{said}");
}

#[test]
fn truncated_vault_is_named_by_the_outside_checkpoint() {
    let kept = recorded();
    let path = kept.wal();
    let bytes = std::fs::read(&path).unwrap();
    std::fs::write(&path, &bytes[..64]).unwrap();
    std::fs::remove_dir_all(kept.vault.join("ckpt")).unwrap();
    std::fs::remove_dir_all(kept.vault.join("tlog")).unwrap();
    let (said, code) = kept.verify();
    assert_eq!(code, 11, "{said}");
    assert!(said.contains("TRUNCATED access size=0 anchored_size=20"), "{said}");
}
