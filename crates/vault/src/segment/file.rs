//! A segment on disk, open to be read.

use std::collections::HashMap;
use std::io::{self, Read};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use bytes::Bytes;
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{
    ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReaderBuilder, RowSelection, RowSelector,
};
use parquet::errors::ParquetError;
use parquet::file::metadata::{PageIndexPolicy, ParquetMetaData, RowGroupMetaData};
use parquet::file::reader::{ChunkReader, Length};

use super::batch::Batch;
use super::columns;
use super::encode::{SegmentError, describe, footer_bytes, is_schema};
use super::filter::may_hold;
use super::rows::Rows;
use super::sidecar::{GroupHead, MAX_HEAD_BYTES, Sidecar};
use crate::disk::{Disk, DiskReader};

/// Uncompressed bytes of a row group beyond which it is not one of ours.
const MAX_GROUP_BYTES: u64 = 512 << 20;
/// What is read at once where the length is not known before.
const PIECE_BYTES: usize = 64 * 1024;

/// The file as the Parquet reader sees it.
#[derive(Debug, Clone)]
pub(super) struct Chunks(Arc<dyn DiskReader>);

/// The file from one place on.
pub(super) struct Rest {
    file: Arc<dyn DiskReader>,
    at: u64,
}

impl Read for Rest {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let left = usize::try_from(self.file.length().saturating_sub(self.at)).unwrap_or(usize::MAX);
        let length = buffer.len().min(left);
        let Some(buffer) = buffer.get_mut(..length) else { return Ok(0) };
        self.file.read_exact_at(buffer, self.at)?;
        self.at += length as u64;
        Ok(length)
    }
}

impl Length for Chunks {
    fn len(&self) -> u64 {
        self.0.length()
    }
}

impl ChunkReader for Chunks {
    type T = io::BufReader<Rest>;

    fn get_read(&self, start: u64) -> Result<Self::T, ParquetError> {
        Ok(io::BufReader::with_capacity(PIECE_BYTES, Rest { file: self.0.clone(), at: start }))
    }

    fn get_bytes(&self, start: u64, length: usize) -> Result<Bytes, ParquetError> {
        // A forged length must not take memory that the file does not fill.
        if start.saturating_add(length as u64) > self.0.length() {
            return Err(ParquetError::EOF("a part of the segment lies behind its end".to_owned()));
        }
        let mut buffer = vec![0; length];
        self.0.read_exact_at(&mut buffer, start)?;
        Ok(buffer.into())
    }
}

/// Where a segment and its sidecar stand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paths {
    /// The Parquet file.
    pub parquet: PathBuf,
    /// The file beside it.
    pub sidecar: PathBuf,
}

impl Paths {
    /// Of the segment at `parquet`.
    pub fn of(parquet: PathBuf) -> Self {
        let sidecar = parquet.with_extension("bloom");
        Self { parquet, sidecar }
    }
}

/// An open segment.
#[derive(Debug)]
pub struct Segment {
    file: Chunks,
    sidecar: Option<Arc<dyn DiskReader>>,
    metadata: Arc<ParquetMetaData>,
    /// How each row group is read.
    readers: Vec<ArrowReaderMetadata>,
    head: Sidecar,
    /// Number of the first record of each row group.
    firsts: Vec<u64>,
}

fn unreadable(path: &Path) -> impl FnOnce(io::Error) -> SegmentError {
    let path = path.to_owned();
    move |source| SegmentError::Read { path, source }
}

/// Reads what stands in a segment from its sidecar alone.
pub fn read_head(disk: &dyn Disk, paths: &Paths) -> Result<Sidecar, SegmentError> {
    let file = disk.open_read(&paths.sidecar).map_err(unreadable(&paths.sidecar))?;
    let length = usize::try_from(file.length()).unwrap_or(usize::MAX).min(MAX_HEAD_BYTES);
    // Most heads are far shorter than the longest.
    for length in [length.min(4096), length] {
        let mut bytes = vec![0; length];
        file.read_exact_at(&mut bytes, 0).map_err(unreadable(&paths.sidecar))?;
        if let Some(head) = Sidecar::parse(&bytes) {
            return Ok(head);
        }
    }
    Err(SegmentError::Malformed("the head of its sidecar"))
}

/// What the sidecar of a segment was, made from its rows.
pub(crate) fn remake_sidecar(
    disk: &dyn Disk,
    paths: &Paths,
    first_seq: u64,
) -> Result<(Sidecar, Vec<u8>), SegmentError> {
    let segment = Segment::open_alone(disk, paths, first_seq)?;
    let (mut head, mut filters) =
        (Sidecar { first_seq, last_ingested: i64::MIN, footer_crc: 0, groups: Vec::new() }, Vec::new());
    for group in 0..segment.head.groups.len() {
        let batch = segment.read(group, &crate::read::ALL_COLUMNS, None)?;
        let mut rows = Rows::new();
        for row in 0..batch.len() {
            let view = batch.view(row);
            let record = crate::read::canonical_bytes(&view);
            rows.push(&view, record.len(), &crate::merkle::leaf_hash(&record));
        }
        let (group, last_ingested, words) = describe(&mut rows)?;
        head.last_ingested = head.last_ingested.max(last_ingested);
        head.groups.push(group);
        filters.push(words);
    }
    head.footer_crc = footer_crc(&segment.file.0).map_err(unreadable(&paths.parquet))?;
    let bytes = head.encode(&filters);
    Ok((head, bytes))
}

impl Segment {
    /// Opens a segment.
    pub fn open(disk: &dyn Disk, paths: &Paths) -> Result<Self, SegmentError> {
        let head = read_head(disk, paths)?;
        let file = Chunks(disk.open_read(&paths.parquet).map_err(unreadable(&paths.parquet))?);
        if footer_crc(&file.0).map_err(unreadable(&paths.parquet))? != head.footer_crc {
            return Err(SegmentError::Malformed("its footer was altered"));
        }
        let sidecar = disk.open_read(&paths.sidecar).map_err(unreadable(&paths.sidecar))?;
        let (metadata, readers) = metadata_of(&file)?;
        let inside = |group: &GroupHead| {
            group
                .words
                .checked_mul(8)
                .and_then(|bytes| bytes.checked_add(group.offset))
                .is_some_and(|end| end <= sidecar.length())
        };
        if !head.groups.iter().all(inside) {
            return Err(SegmentError::Malformed("its sidecar is short"));
        }
        if !rows_of(&metadata).eq(head.groups.iter().map(|group| group.rows)) {
            return Err(SegmentError::Malformed("its row groups are not those of its sidecar"));
        }
        Ok(Self { file, sidecar: Some(sidecar), metadata, readers, firsts: firsts_of(&head), head })
    }

    /// Opens a Parquet file whose first record has this number, whatever stands beside it. Its head says nothing of times, and
    /// every row group may hold everything.
    pub fn open_alone(disk: &dyn Disk, paths: &Paths, first_seq: u64) -> Result<Self, SegmentError> {
        let file = Chunks(disk.open_read(&paths.parquet).map_err(unreadable(&paths.parquet))?);
        let (metadata, readers) = metadata_of(&file)?;
        let group =
            |rows| GroupHead { rows, oldest: i64::MIN, newest: i64::MAX, raw_bytes: 0, tokens: 0, offset: 0, words: 0 };
        let groups = rows_of(&metadata).map(group).collect();
        let head = Sidecar { first_seq, last_ingested: i64::MAX, footer_crc: 0, groups };
        Ok(Self { file, sidecar: None, metadata, readers, firsts: firsts_of(&head), head })
    }

    /// What stands in it.
    pub const fn head(&self) -> &Sidecar {
        &self.head
    }

    /// What the Parquet reader knows of the file.
    pub(super) fn parquet(&self) -> &ParquetMetaData {
        &self.metadata
    }

    /// The file as the Parquet reader sees it.
    pub(super) const fn chunks(&self) -> &Chunks {
        &self.file
    }

    /// The filter of a row group.
    pub(super) fn filter(&self, group: usize) -> Option<Vec<u64>> {
        let (head, _) = self.group(group)?;
        // It stands inside the sidecar: that was seen when the segment was opened.
        let mut bytes = vec![0; usize::try_from(head.words).ok()?.checked_mul(8)?];
        self.sidecar.as_ref()?.read_exact_at(&mut bytes, head.offset).ok()?;
        Some(bytes.as_chunks::<8>().0.iter().map(|word| u64::from_le_bytes(*word)).collect())
    }

    /// A row group's head and the number of its first record.
    pub fn group(&self, group: usize) -> Option<(&GroupHead, u64)> {
        Some((self.head.groups.get(group)?, *self.firsts.get(group)?))
    }

    /// Whether a row group may hold a token.
    pub fn may_hold(&self, group: usize, token: u64) -> bool {
        let (Some((head, _)), Some(sidecar)) = (self.group(group), &self.sidecar) else { return true };
        may_hold(token, head.words, |word| {
            let mut bytes = [0; 8];
            sidecar.read_exact_at(&mut bytes, head.offset.checked_add(word * 8)?).ok()?;
            Some(u64::from_le_bytes(bytes))
        })
    }

    /// Reads columns of a row group; of all rows, or of those at `places`, which rise.
    pub fn read(&self, group: usize, columns: &[usize], places: Option<Vec<u32>>) -> Result<Batch, SegmentError> {
        let (head, first_seq) = self.group(group).ok_or(SegmentError::Malformed("it has fewer row groups"))?;
        let rows = usize::try_from(head.rows).unwrap_or(usize::MAX).min(columns::GROUP_ROWS);
        let wanted = places.as_ref().map_or(rows, Vec::len);
        if wanted == 0 || columns.is_empty() {
            return Ok(Batch::without_columns(wanted, first_seq, places));
        }
        let reader = self.readers.get(group).ok_or(SegmentError::Malformed("it has fewer row groups"))?;
        let builder = ParquetRecordBatchReaderBuilder::new_with_metadata(self.file.clone(), reader.clone());
        let mask = ProjectionMask::roots(builder.parquet_schema(), columns.iter().copied());
        let builder = builder.with_projection(mask).with_row_groups(vec![group]).with_batch_size(wanted);
        let builder = match &places {
            Some(places) => builder.with_row_selection(selection(places, rows)),
            None => builder,
        };
        let batch = guarded(|| {
            builder.build()?.next().ok_or(SegmentError::Malformed("a row group is empty"))?.map_err(SegmentError::from)
        })?;
        if batch.num_rows() != wanted {
            return Err(SegmentError::Malformed("a row group is short"));
        }
        Batch::new(&batch, columns, first_seq, places).ok_or(SegmentError::Malformed("a column is of another kind"))
    }
}

/// Reads with the Parquet library, which panics on some pages that nobody would write: what was altered is an error.
pub(super) fn guarded<T>(read: impl FnOnce() -> Result<T, SegmentError>) -> Result<T, SegmentError> {
    catch_unwind(AssertUnwindSafe(read)).unwrap_or(Err(SegmentError::Malformed("it was altered")))
}

/// What the footer says, and how to read each row group.
fn metadata_of(file: &Chunks) -> Result<(Arc<ParquetMetaData>, Vec<ArrowReaderMetadata>), SegmentError> {
    let options = ArrowReaderOptions::new()
        .with_schema(columns::written())
        .with_offset_index_policy(PageIndexPolicy::Optional)
        .with_column_index_policy(PageIndexPolicy::Skip)
        .with_encoding_stats_as_mask(false);
    let loaded = guarded(|| Ok(ArrowReaderMetadata::load(file, options)?))?;
    if !is_schema(loaded.schema()) {
        return Err(SegmentError::Malformed("its columns"));
    }
    let metadata = loaded.metadata().clone();
    let sizes = metadata.row_groups().iter().map(|group| u64::try_from(group.total_byte_size()).unwrap_or(u64::MAX));
    if sizes.clone().any(|bytes| bytes > MAX_GROUP_BYTES) {
        return Err(SegmentError::Malformed("a row group is larger than any that was written"));
    }
    let mut readers: HashMap<u64, ArrowReaderMetadata> = HashMap::new();
    let reader = |group: &RowGroupMetaData| {
        let (packed, schema) = guarded(|| Ok(columns::read(group)))?;
        if let Some(known) = readers.get(&packed) {
            return Ok(known.clone());
        }
        let options = ArrowReaderOptions::new().with_schema(schema);
        let made = guarded(|| Ok(ArrowReaderMetadata::try_new(metadata.clone(), options)?))?;
        readers.insert(packed, made.clone());
        Ok(made)
    };
    let each = metadata.row_groups().iter().map(reader).collect::<Result<Vec<_>, SegmentError>>()?;
    Ok((metadata, each))
}

/// Rows of each row group.
fn rows_of(metadata: &ParquetMetaData) -> impl Iterator<Item = u64> {
    metadata.row_groups().iter().map(|group| u64::try_from(group.num_rows()).unwrap_or(0))
}

/// Number of the first record of each row group.
fn firsts_of(head: &Sidecar) -> Vec<u64> {
    let first = |next: &mut u64, group: &GroupHead| {
        let first = *next;
        *next = next.saturating_add(group.rows);
        Some(first)
    };
    head.groups.iter().scan(head.first_seq, first).collect()
}

/// Checksum of the file's footer as it stands there.
fn footer_crc(file: &Arc<dyn DiskReader>) -> io::Result<u32> {
    let length = file.length();
    let mut tail = [0; 8];
    file.read_exact_at(&mut tail, length.saturating_sub(8))?;
    let bytes = (footer_bytes(&tail) as u64).min(length);
    let mut footer = vec![0; usize::try_from(bytes).unwrap_or(0)];
    file.read_exact_at(&mut footer, length - bytes)?;
    Ok(crc32c::crc32c(&footer))
}

/// The rows at `places` out of `rows`.
fn selection(places: &[u32], rows: usize) -> RowSelection {
    let mut selectors: Vec<RowSelector> = Vec::new();
    let mut next = 0;
    for place in places.iter().filter_map(|place| usize::try_from(*place).ok()) {
        if place > next {
            selectors.push(RowSelector::skip(place - next));
        }
        match selectors.last_mut().filter(|last| !last.skip && place == next) {
            Some(last) => last.row_count += 1,
            None => selectors.push(RowSelector::select(1)),
        }
        next = place + 1;
    }
    if next < rows {
        selectors.push(RowSelector::skip(rows - next));
    }
    selectors.into()
}
