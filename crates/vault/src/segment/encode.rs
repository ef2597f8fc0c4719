//! From rows to the bytes of a segment: a Parquet file and the token filters beside it. No files here.

use std::sync::Arc;

use arrow_array::cast::AsArray as _;
use arrow_array::types::UInt32Type;
use arrow_array::{Array as _, ArrayRef, RecordBatch, StringArray};
use arrow_schema::ArrowError;
use medward_contract::event::{Field, FieldKind};
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_writer::ArrowWriterOptions;
use parquet::errors::ParquetError;
use twox_hash::XxHash3_64;

use super::columns::{self, place_of};
use super::filter::Tokens;
use super::rows::Rows;
use super::sidecar::{GroupHead, Sidecar};
use super::tokens;

/// Bits of the filter for each distinct token.
const FILTER_BITS: usize = 10;

/// Why rows have no segment.
#[derive(Debug, thiserror::Error)]
pub enum SegmentError {
    /// The rows do not make columns.
    #[error("make columns")]
    Columns(#[from] ArrowError),
    /// The columns do not make a Parquet file, or the file does not read.
    #[error("make or read a Parquet file")]
    Parquet(#[from] ParquetError),
    /// The file is not a segment.
    #[error("read segment: {0}")]
    Malformed(&'static str),
    /// A file cannot be read.
    #[error("read {path}")]
    Read {
        /// The file.
        path: std::path::PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
}

/// A segment before it is written.
#[derive(Debug)]
pub struct Encoded {
    /// The Parquet file.
    pub parquet: Vec<u8>,
    /// The file beside it.
    pub sidecar: Vec<u8>,
    /// What stands in it.
    pub head: Sidecar,
}

/// Encodes rows as a segment of one row group.
pub fn encode(rows: &mut Rows) -> Result<Encoded, SegmentError> {
    let first_seq = rows.first_seq();
    let (batch, group, last_ingested, words) = take(rows)?;
    let options =
        ArrowWriterOptions::new().with_properties((*columns::properties()).clone()).with_skip_arrow_metadata(true);
    let mut writer = ArrowWriter::try_new_with_options(Vec::with_capacity(1 << 20), columns::written(), options)?;
    writer.write(&batch)?;
    writer.flush()?;
    let parquet = writer.into_inner()?;
    let footer_crc = footer_crc_of(&parquet);
    let mut head = Sidecar { first_seq, last_ingested, footer_crc, groups: vec![group] };
    let sidecar = head.encode(&[words]);
    Ok(Encoded { parquet, sidecar, head })
}

/// What a sidecar says of these rows: head of the row group, largest `event.ingested`, filter.
pub(super) fn describe(rows: &mut Rows) -> Result<(GroupHead, i64, Vec<u64>), SegmentError> {
    take(rows).map(|(_, group, last_ingested, words)| (group, last_ingested, words))
}

fn take(rows: &mut Rows) -> Result<(RecordBatch, GroupHead, i64, Vec<u64>), SegmentError> {
    let (count, raw_bytes) = (rows.len() as u64, rows.bytes() as u64);
    let ((oldest, newest), last_ingested) = (rows.times(), rows.last_ingested());
    let batch = rows.finish()?;
    let mut collected = Tokens::default();
    collect(&batch, &mut collected);
    let tokens = collected.distinct() as u64;
    let words = collected.take(FILTER_BITS);
    let group = GroupHead { rows: count, oldest, newest, raw_bytes, tokens, offset: 0, words: words.len() as u64 };
    Ok((batch, group, last_ingested, words))
}

/// Checksum of the footer of a whole Parquet file.
pub(super) fn footer_crc_of(parquet: &[u8]) -> u32 {
    crc32c::crc32c(parquet.get(parquet.len().saturating_sub(footer_bytes(parquet))..).unwrap_or_default())
}

/// Length of the footer of a Parquet file with its last eight bytes, from those; at most the file's.
pub(super) fn footer_bytes(tail: &[u8]) -> usize {
    let length = tail.len().checked_sub(8).and_then(|at| tail.get(at..at + 4)).and_then(|bytes| bytes.try_into().ok());
    usize::try_from(length.map_or(0, u32::from_le_bytes)).unwrap_or(usize::MAX).saturating_add(8)
}

/// Adds the tokens of every text of the batch.
fn collect(batch: &RecordBatch, into: &mut Tokens) {
    let column = |place: usize| batch.columns().get(place);
    for place in [columns::DATASET, columns::ACTION, columns::OUTCOME] {
        collect_texts(column(place), into);
    }
    for field in Field::ALL {
        match field.kind() {
            FieldKind::Text => collect_texts(column(place_of(*field)), into),
            FieldKind::Bytes => {
                let values = column(place_of(*field)).and_then(|array| array.as_binary_opt::<i32>());
                // Bytes that are not text are not searched as such.
                let texts = values.into_iter().flatten().flatten().filter(|bytes| std::str::from_utf8(bytes).is_ok());
                texts.for_each(|text| tokens::for_each(text, &mut |token| into.add(token)));
            }
            FieldKind::Int => {}
        }
    }
    collect_messages(batch, into);
    if let Some(tags) = column(columns::TAGS).and_then(|array| array.as_list_opt::<i32>()) {
        collect_texts(Some(tags.values()), into);
    }
    if let Some(attrs) = column(columns::ATTRS).and_then(|array| array.as_string_opt::<i32>()) {
        for text in attrs.iter().flatten() {
            tokens::for_each_in_json(text.as_bytes(), &mut |token| into.add(token));
        }
    }
}

/// Adds the tokens of messages that begin inside a word of their original: there the original has other ones.
fn collect_messages(batch: &RecordBatch, into: &mut Tokens) {
    let originals = batch.columns().get(place_of(Field::EventOriginal)).and_then(|array| array.as_binary_opt::<i32>());
    let offsets = batch.columns().get(columns::MESSAGE_OFF).and_then(|array| array.as_primitive_opt::<UInt32Type>());
    let (Some(originals), Some(offsets)) = (originals, offsets) else { return };
    let is_word = |byte: Option<&u8>| byte.is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b'_');
    for (original, offset) in originals.iter().zip(offsets.iter()) {
        let (Some(original), Some(offset)) = (original, offset.and_then(|offset| usize::try_from(offset).ok())) else {
            continue;
        };
        let before = offset.checked_sub(1).and_then(|at| original.get(at));
        if is_word(before) && is_word(original.get(offset)) {
            tokens::for_each(original.get(offset..).unwrap_or_default(), &mut |token| into.add(token));
        }
    }
}

fn collect_texts(array: Option<&ArrayRef>, into: &mut Tokens) {
    let Some(texts) = array.and_then(|array| array.as_string_opt::<i32>()) else { return };
    if texts.null_count() == texts.len() {
        return;
    }
    let mut seen = Seen::default();
    each_text(texts, &mut |text| {
        if seen.is_new(text) {
            tokens::for_each(text.as_bytes(), &mut |token| into.add(token));
        }
    });
}

fn each_text(texts: &StringArray, visit: &mut impl FnMut(&str)) {
    texts.iter().flatten().for_each(visit);
}

/// Values met in a column, so that what comes again is not taken apart again.
#[derive(Default)]
struct Seen {
    values: Tokens,
    asked: usize,
}

impl Seen {
    fn is_new(&mut self, text: &str) -> bool {
        // Where nearly every value is new, remembering them costs more than it saves.
        if self.asked >= 4_096 && self.values.distinct() * 2 > self.asked {
            return true;
        }
        self.asked += 1;
        self.values.insert(XxHash3_64::oneshot(text.as_bytes()))
    }
}

/// The schema, for readers.
pub(super) fn is_schema(schema: &arrow_schema::Schema) -> bool {
    let wanted = columns::written();
    schema.fields().len() == wanted.fields().len()
        && schema
            .fields()
            .iter()
            .zip(wanted.fields())
            .all(|(one, other)| Arc::ptr_eq(one, other) || one.name() == other.name())
}
