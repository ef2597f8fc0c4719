//! Replays the fuzz corpora on stable, with the drivers the fuzz targets use.

use std::path::Path;

#[path = "../../../../fuzz/drivers/intake.rs"]
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
fn frame_corpus_is_cut_the_same_whole_and_in_pieces() {
    replay("intake_frames", drivers::frames);
}

#[test]
fn syslog_corpus_becomes_one_valid_event_each() {
    replay("intake_syslog", drivers::event);
}

#[test]
fn body_corpus_becomes_one_valid_event_each() {
    replay("intake_bodies", drivers::event);
}

#[test]
fn bulk_corpus_is_taken_or_refused_item_by_item() {
    replay("intake_bulk", drivers::bulk);
}
