//! Several adjacent segments as one: rows of small ones are put together in one row group, full row groups are copied as they
//! stand.
//!
//! Invariant: what is joined gives the same records, and was held against what was written before. A file that is not the one that
//! was written is evidence, and is not joined.

use std::sync::Arc;

use parquet::column::writer::ColumnCloseResult;
use parquet::file::writer::SerializedFileWriter;

use super::catalog::Entry;
use super::columns;
use super::encode::{Encoded, SegmentError, describe, encode, footer_crc_of};
use super::file::{Segment, guarded};
use super::rows::Rows;
use super::sidecar::{GroupHead, Sidecar};
use crate::disk::Disk;
use crate::merkle::{Hash, leaf_hash};
use crate::read::{ALL_COLUMNS, canonical_bytes};

/// Leaf hashes of a segment's records, when each row is the one that was written, as far as it says itself, and the filters are those
/// of the rows.
pub fn checked(disk: &dyn Disk, entry: &Entry) -> Result<Vec<Hash>, SegmentError> {
    let segment = Segment::open(disk, &entry.paths)?;
    let mut leaves = Vec::new();
    for group in 0..entry.head.groups.len() {
        let mut rows = Rows::new();
        add_rows(&segment, group, &mut rows, &mut leaves)?;
        let (made, _, words) = describe(&mut rows)?;
        let same = entry.head.groups.get(group).is_some_and(|head| GroupHead { offset: head.offset, ..made } == *head);
        if !same || segment.filter(group) != Some(words) {
            return Err(SegmentError::Malformed("its sidecar is not that of its rows"));
        }
    }
    Ok(leaves)
}

/// Adds the rows of a row group.
fn add_rows(segment: &Segment, group: usize, rows: &mut Rows, leaves: &mut Vec<Hash>) -> Result<(), SegmentError> {
    let batch = segment.read(group, &ALL_COLUMNS, None)?;
    for row in 0..batch.len() {
        let view = batch.view(row);
        let record = canonical_bytes(&view);
        let leaf = leaf_hash(&record);
        let told = batch.leaf_tag(row).is_some_and(|tag| leaf.starts_with(tag));
        if !told || batch.said_seq(row) != Some(view.seq) {
            return Err(SegmentError::Malformed("a row is not the one that was written"));
        }
        rows.push(&view, record.len(), &leaf);
        leaves.push(leaf);
    }
    Ok(())
}

/// Makes one row group of all rows; gives their leaf hashes, too.
pub fn rewrite(disk: &dyn Disk, entries: &[Arc<Entry>]) -> Result<(Encoded, Vec<Hash>), SegmentError> {
    let (mut rows, mut leaves) = (Rows::new(), Vec::new());
    for entry in entries {
        let segment = Segment::open(disk, &entry.paths)?;
        for group in 0..entry.head.groups.len() {
            add_rows(&segment, group, &mut rows, &mut leaves)?;
        }
    }
    Ok((encode(&mut rows)?, leaves))
}

/// Puts the row groups of all segments into one file, with their filters, without decoding them.
pub fn gather(disk: &dyn Disk, entries: &[Arc<Entry>]) -> Result<Encoded, SegmentError> {
    let none = || SegmentError::Malformed("there is nothing to join");
    let segments = entries
        .iter()
        .map(|entry| Segment::open(disk, &entry.paths))
        .collect::<Result<Vec<Segment>, SegmentError>>()?;
    let first = segments.first().ok_or_else(none)?;
    let schema = first.parquet().file_metadata().schema_descr().root_schema_ptr();
    let mut writer = SerializedFileWriter::new(Vec::with_capacity(1 << 20), schema, columns::properties())?;
    let mut head =
        Sidecar { first_seq: first.head().first_seq, last_ingested: i64::MIN, footer_crc: 0, groups: Vec::new() };
    let mut filters = Vec::new();
    for segment in &segments {
        for (group, group_head) in segment.head().groups.iter().enumerate() {
            guarded(|| copy_group(segment, group, &mut writer))?;
            filters.push(segment.filter(group).ok_or(SegmentError::Malformed("it has no filter"))?);
            head.groups.push(*group_head);
        }
        head.last_ingested = head.last_ingested.max(segment.head().last_ingested);
    }
    let parquet = guarded(|| Ok(writer.into_inner()?))?;
    head.footer_crc = footer_crc_of(&parquet);
    let sidecar = head.encode(&filters);
    Ok(Encoded { parquet, sidecar, head })
}

fn copy_group(segment: &Segment, group: usize, into: &mut SerializedFileWriter<Vec<u8>>) -> Result<(), SegmentError> {
    let metadata = segment.parquet();
    let source = metadata.row_groups().get(group).ok_or(SegmentError::Malformed("it has fewer row groups"))?;
    let pages = metadata.page_index_for_row_group(group);
    let mut target = into.next_row_group()?;
    for (place, column) in source.columns().iter().enumerate() {
        let close = ColumnCloseResult {
            bytes_written: u64::try_from(column.compressed_size()).unwrap_or(0),
            rows_written: u64::try_from(source.num_rows()).unwrap_or(0),
            metadata: column.clone(),
            bloom_filter: None,
            column_index: None,
            offset_index: pages.offset_index(place).cloned(),
        };
        target.append_column(segment.chunks(), close)?;
    }
    target.close()?;
    Ok(())
}
