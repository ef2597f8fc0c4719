//! Replays the fuzz corpora on stable, with the drivers the fuzz targets use.

use std::path::Path;

#[path = "../../../../fuzz/drivers/waf.rs"]
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
fn http1_corpus_is_read_the_same_whole_and_in_pieces() {
    replay("http1", drivers::http1);
}

#[test]
fn tx_corpus_is_judged_the_same_whole_and_in_pieces() {
    replay("tx", drivers::tx);
}

#[test]
fn seclang_corpus_is_compiled_or_refused() {
    replay("seclang", drivers::seclang);
}

#[test]
fn transform_corpus_is_transformed_within_bounds() {
    replay("transform", drivers::transform);
}

#[test]
fn body_corpora_are_read_the_same_whole_and_in_pieces() {
    replay("form", drivers::form);
    replay("json", drivers::json);
    replay("xml", drivers::xml);
    replay("multipart", drivers::multipart);
}

#[test]
fn codings_corpus_is_decoded_within_bounds() {
    replay("codings", drivers::codings);
}
