use medward_contract::Timestamp;
use medward_contract::event::{Dataset, Event, Field};
use proptest::prelude::*;

use super::*;
use crate::canonical::tests::any_event;
use crate::canonical::{View, encode as encode_record, write_view};
use crate::disk::{Disk, LocalDisk, write_whole};
use crate::merkle::leaf_hash;

/// Canonical records of these events, numbered from `first`.
fn records(first: u64, events: &[Event]) -> Vec<Vec<u8>> {
    let at = |micros| Timestamp::from_micros(micros);
    (first..)
        .zip(events)
        .map(|(seq, event)| encode_record(seq, at(5_000 + i64::try_from(seq).unwrap()), event).unwrap())
        .collect()
}

fn rows_of(records: &[Vec<u8>]) -> Rows {
    let mut rows = Rows::new();
    for record in records {
        rows.push(&View::parse(record).unwrap(), record.len(), &leaf_hash(record));
    }
    rows
}

/// A segment of these records in a directory of its own.
fn stored(records: &[Vec<u8>]) -> (tempfile::TempDir, Segment, Encoded) {
    let directory = tempfile::tempdir().unwrap();
    let encoded = encode(&mut rows_of(records)).unwrap();
    let paths = Paths::of(directory.path().join("x.parquet"));
    write_whole(&LocalDisk, &paths.parquet, &encoded.parquet, false).unwrap();
    write_whole(&LocalDisk, &paths.sidecar, &encoded.sidecar, false).unwrap();
    let segment = Segment::open(&LocalDisk, &paths).unwrap();
    (directory, segment, encoded)
}

fn all_columns() -> Vec<usize> {
    (0..columns::COLUMNS).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    /// Whatever goes in comes out byte for byte, whole or row by row.
    #[test]
    fn record_read_back_from_a_segment_is_the_one_put_in(
        events in prop::collection::vec(any_event(), 1..40),
        first in 0..1_000_000_u64,
        chosen in prop::collection::vec(any::<prop::sample::Index>(), 0..6),
    ) {
        let records = records(first, &events);
        let (_directory, segment, encoded) = stored(&records);
        prop_assert_eq!(encoded.head.count(), records.len() as u64);
        let batch = segment.read(0, &all_columns(), None).unwrap();
        prop_assert_eq!(batch.len(), records.len());
        for (row, record) in records.iter().enumerate() {
            let mut bytes = Vec::new();
            write_view(&batch.view(row), &mut bytes);
            prop_assert_eq!(&bytes, record);
            prop_assert_eq!(batch.said_seq(row), Some(first + row as u64));
            prop_assert_eq!(batch.leaf_tag(row), Some(&leaf_hash(record)[..2]));
        }
        let mut places: Vec<u32> = chosen.iter().map(|index| u32::try_from(index.index(records.len())).unwrap()).collect();
        places.sort_unstable();
        places.dedup();
        let some = segment.read(0, &all_columns(), Some(places.clone())).unwrap();
        prop_assert_eq!(some.len(), places.len());
        for (row, place) in places.iter().enumerate() {
            let mut bytes = Vec::new();
            write_view(&some.view(row), &mut bytes);
            prop_assert_eq!(&bytes, &records[*place as usize]);
        }
    }
}

#[test]
fn filter_holds_the_tokens_of_every_text() {
    let event = |message: &str| {
        Event::new(Dataset::AppLog, "log", Timestamp::from_micros(7))
            .set(Field::ServiceName, "his")
            .set(Field::Message, message)
            .set(Field::EventOriginal, format!("<13>{message}").into_bytes())
            .attr("ward.name", "内科\n三区")
    };
    let (_directory, segment, _) = stored(&records(3, &[event("挂号成功 10.2.3.4"), event("Needle_7")]));
    let may = |term: &str| tokens::needed(term, false).into_iter().all(|token| segment.may_hold(0, token));
    for there in ["挂号", "号成功", "10.2.3.4", "needle_7", "his", "app.log", "ward.name", "三区"] {
        assert!(may(there), "{there}");
    }
    for missing in ["成号", "needle", "203.0.113.9", "外科"] {
        assert!(!may(missing), "{missing}");
    }
}

#[test]
fn only_asked_columns_are_read() {
    let event = Event::new(Dataset::AppLog, "log", Timestamp::from_micros(7))
        .set(Field::HostName, "his-1")
        .set(Field::Message, "m");
    let (_directory, segment, _) = stored(&records(0, &[event]));
    let batch = segment.read(0, &places_of([Field::HostName]), None).unwrap();
    let view = batch.view(0);
    assert_eq!((view.text(Field::HostName), view.text(Field::Message), view.dataset), (Some("his-1"), None, ""));
}

#[test]
fn altered_file_gives_an_error_and_no_wrong_record() {
    let events: Vec<Event> = (0..50)
        .map(|at| {
            Event::new(Dataset::AppLog, "log", Timestamp::from_micros(at))
                .set(Field::ServiceName, "his")
                .set(Field::Message, format!("m{at}"))
        })
        .collect();
    let records = records(0, &events);
    let (directory, _, encoded) = stored(&records);
    let paths = Paths::of(directory.path().join("y.parquet"));
    write_whole(&LocalDisk, &paths.sidecar, &encoded.sidecar, false).unwrap();
    let mut silent = 0;
    for at in (0..encoded.parquet.len()).step_by(7) {
        let mut bytes = encoded.parquet.clone();
        bytes[at] ^= 0x10;
        write_whole(&LocalDisk, &paths.parquet, &bytes, false).unwrap();
        let read = Segment::open(&LocalDisk, &paths).and_then(|segment| segment.read(0, &all_columns(), None));
        let Ok(batch) = read else { continue };
        let same = (0..batch.len()).all(|row| {
            let mut bytes = Vec::new();
            write_view(&batch.view(row), &mut bytes);
            bytes == records[row]
        });
        silent += usize::from(!same);
    }
    // What still reads differs in places that no checksum covers (the footer); re-hashing tells.
    assert!(silent < 40, "{silent}");
    assert!(LocalDisk.open_read(&directory.path().join("none")).is_err());
}

/// Parts of the records as segments, one after another, as the catalog knows them.
fn stored_parts(records: &[Vec<u8>], parts: usize) -> (tempfile::TempDir, Vec<std::sync::Arc<Entry>>) {
    let directory = tempfile::tempdir().unwrap();
    let entries = records
        .chunks(records.len().div_ceil(parts))
        .enumerate()
        .map(|(number, part)| {
            let encoded = encode(&mut rows_of(part)).unwrap();
            let paths = Paths::of(directory.path().join(format!("{number}.parquet")));
            write_whole(&LocalDisk, &paths.parquet, &encoded.parquet, false).unwrap();
            write_whole(&LocalDisk, &paths.sidecar, &encoded.sidecar, false).unwrap();
            std::sync::Arc::new(Entry { paths, head: encoded.head, sums: None })
        })
        .collect();
    (directory, entries)
}

/// Records of a segment, by whole row groups and each row alone; and whether its filters know them.
fn read_back(encoded: &Encoded, directory: &std::path::Path) -> Vec<Vec<u8>> {
    let paths = Paths::of(directory.join("joined.parquet"));
    write_whole(&LocalDisk, &paths.parquet, &encoded.parquet, false).unwrap();
    write_whole(&LocalDisk, &paths.sidecar, &encoded.sidecar, false).unwrap();
    let segment = Segment::open(&LocalDisk, &paths).unwrap();
    assert_eq!(segment.head(), &encoded.head);
    let mut records = Vec::new();
    for group in 0..encoded.head.groups.len() {
        let batch = segment.read(group, &all_columns(), None).unwrap();
        for row in 0..batch.len() {
            let bytes = |batch: &Batch, row| {
                let mut bytes = Vec::new();
                write_view(&batch.view(row), &mut bytes);
                bytes
            };
            let alone = segment.read(group, &all_columns(), Some(vec![u32::try_from(row).unwrap()])).unwrap();
            assert_eq!(bytes(&alone, 0), bytes(&batch, row));
            let dataset = tokens::needed(batch.view(row).dataset, false);
            assert!(dataset.iter().all(|token| segment.may_hold(group, *token)), "the filter came along");
            records.push(bytes(&batch, row));
        }
    }
    records
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]
    /// Joined either way, the records are the same.
    #[test]
    fn joined_segments_give_the_same_records(
        events in prop::collection::vec(any_event(), 2..40),
        first in 0..1_000_000_u64,
        parts in 2..6_usize,
    ) {
        let records = records(first, &events);
        let (directory, entries) = stored_parts(&records, parts);
        let (rewritten, leaves) = join::rewrite(&LocalDisk, &entries).unwrap();
        prop_assert_eq!(rewritten.head.groups.len(), 1);
        prop_assert_eq!(leaves, records.iter().map(|record| leaf_hash(record)).collect::<Vec<_>>());
        prop_assert_eq!(&read_back(&rewritten, directory.path()), &records);
        let gathered = join::gather(&LocalDisk, &entries).unwrap();
        prop_assert_eq!(gathered.head.groups.len(), entries.len());
        prop_assert_eq!(&read_back(&gathered, directory.path()), &records);
    }
}
