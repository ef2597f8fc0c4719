//! Replays the fuzz corpora on stable, with the drivers the fuzz targets use.

use std::path::Path;

#[path = "../../../../fuzz/drivers/openapi.rs"]
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
fn document_corpus_is_compiled_or_refused() {
    replay("openapi_document", drivers::document);
}

#[test]
fn request_corpus_is_judged() {
    replay("openapi_request", drivers::lines);
}
