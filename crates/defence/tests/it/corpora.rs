//! Replays the fuzz corpora on stable, with the drivers the fuzz targets use.

use std::path::Path;

#[path = "../../../../fuzz/drivers/defence.rs"]
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
fn address_corpus_is_read_or_refused() {
    replay("defence_address", drivers::address);
}

#[test]
fn condition_corpus_is_compiled_or_refused() {
    replay("defence_condition", drivers::condition);
}

#[test]
fn visitor_corpus_is_assessed_and_kept_in_line() {
    replay("defence_visitor", drivers::visitor);
}
