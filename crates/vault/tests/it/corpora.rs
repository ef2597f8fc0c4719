//! Replays the fuzz corpora on stable, with the drivers the fuzz targets use.

use std::path::Path;

#[path = "../../../../fuzz/drivers/vault.rs"]
mod drivers;

fn replay(target: &str, drive: fn(&[u8])) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/corpus").join(target);
    let mut files = 0;
    for entry in std::fs::read_dir(&folder).expect("the corpus exists") {
        drive(&std::fs::read(entry.unwrap().path()).unwrap());
        files += 1;
    }
    assert!(files >= 8, "{} files in {}", files, folder.display());
}

#[test]
fn cbor_corpus_is_read_strictly() {
    replay("vault_cbor", drivers::cbor);
}

#[test]
fn wal_corpus_is_scanned_the_same_whole_and_cut() {
    replay("vault_wal", drivers::wal);
}

#[test]
fn query_corpus_is_read_or_refused_at_a_column() {
    replay("vault_query", drivers::query);
}

#[test]
fn note_corpus_is_read_and_never_trusted() {
    replay("vault_note", drivers::note);
}
