//! Which segments there are: one list for each stream, in the order of their numbers.
//!
//! In memory stands what the sidecars' heads say, about 60 bytes for each row group. Nothing is read from a segment before a
//! query needs it.

use std::collections::VecDeque;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use medward_contract::event::Stream;

use super::encode::SegmentError;
use super::file::{Paths, Segment, read_head, remake_sidecar};
use super::sidecar::Sidecar;
use crate::disk::{Disk, write_whole};
use crate::layout::{FileRole, Layout, role_of};
use crate::merkle::Hash;
use crate::streams::PerStream;

/// Segments kept open between queries.
const OPEN_SEGMENTS: usize = 64;

/// A segment as the catalog knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Where it stands.
    pub paths: Paths,
    /// What stands in it.
    pub head: Sidecar,
    /// SHA-256 of the Parquet file and of the one beside it, where this process wrote them.
    pub sums: Option<[Hash; 2]>,
}

impl Entry {
    /// Number of the first record.
    pub const fn first(&self) -> u64 {
        self.head.first_seq
    }

    /// Number behind the last record.
    pub fn end(&self) -> u64 {
        self.head.first_seq + self.head.count()
    }
}

/// Segments of a stream, in order and without overlap.
pub type Entries = Arc<Vec<Arc<Entry>>>;

/// All segments.
#[derive(Debug, Clone, Default)]
pub struct Catalog(PerStream<Entries>);

impl Catalog {
    /// Reads the heads of all segments. One whose records stand in a longer one as well is left over from joining and is not
    /// listed; nor is one that does not read, which is given by name. A
    /// lost sidecar is made again, and kept when this process may `write`.
    pub fn load(disk: &dyn Disk, layout: &Layout, write: bool) -> std::io::Result<(Self, Vec<(Stream, Paths)>)> {
        let (mut catalog, mut unreadable) = (Self::default(), Vec::new());
        for stream in Stream::ALL {
            let mut entries = Vec::new();
            for paths in list(disk, layout, stream)? {
                match read_head(disk, &paths) {
                    Ok(head) => entries.push(Arc::new(Entry { paths, head, sums: None })),
                    // The disk itself fails: a vault without these records must not begin to work.
                    Err(SegmentError::Read { source, .. }) if !missing(&source) => return Err(source),
                    Err(_) => match remake(disk, layout, &paths, write) {
                        Some(head) => entries.push(Arc::new(Entry { paths, head, sums: None })),
                        None => unreadable.push((stream, paths)),
                    },
                }
            }
            *catalog.0.of_mut(stream) = Arc::new(without_overlap(entries));
        }
        Ok((catalog, unreadable))
    }

    /// Whether there are no segments.
    pub fn is_empty(&self) -> bool {
        self.0.iter().all(|(_, entries)| entries.is_empty())
    }

    /// Segments of a stream.
    pub fn of(&self, stream: Stream) -> &Entries {
        self.0.of(stream)
    }

    /// Number behind the last record of a stream that stands in a segment.
    pub fn end(&self, stream: Stream) -> u64 {
        self.of(stream).last().map_or(0, |entry| entry.end())
    }

    /// The segment that holds a record, or else the next one behind it.
    pub fn at_or_after(&self, stream: Stream, seq: u64) -> Option<Arc<Entry>> {
        let entries = self.of(stream);
        entries.get(entries.partition_point(|entry| entry.end() <= seq)).cloned()
    }

    /// Whether records `[from, to)` all stand in segments.
    pub fn covers(&self, stream: Stream, from: u64, to: u64) -> bool {
        let mut next = from;
        while next < to {
            match self.at_or_after(stream, next).filter(|entry| entry.first() <= next) {
                Some(entry) => next = entry.end(),
                None => return false,
            }
        }
        true
    }

    /// Adds a segment behind all others of its stream.
    pub(crate) fn push(&mut self, stream: Stream, entry: Entry) {
        Arc::make_mut(self.0.of_mut(stream)).push(Arc::new(entry));
    }

    /// Puts a segment in the place of those whose records it holds; gives them.
    pub(crate) fn replace(&mut self, stream: Stream, entry: Entry) -> Vec<Arc<Entry>> {
        let entries = Arc::make_mut(self.0.of_mut(stream));
        let from = entries.partition_point(|other| other.first() < entry.first());
        let to = entries.partition_point(|other| other.end() <= entry.end()).max(from);
        entries.splice(from..to, [Arc::new(entry)]).collect()
    }
}

fn missing(error: &std::io::Error) -> bool {
    matches!(error.kind(), std::io::ErrorKind::NotFound | std::io::ErrorKind::UnexpectedEof)
}

/// Makes a lost sidecar again from its segment.
fn remake(disk: &dyn Disk, layout: &Layout, paths: &Paths, write: bool) -> Option<Sidecar> {
    let Some(FileRole::Segment(_, first, _)) = role_of(&layout.shown(&paths.parquet)) else { return None };
    let made = remake_sidecar(disk, paths, first);
    let (head, bytes) = made.map_err(|error| tracing::error!(%error, "segment does not read")).ok()?;
    if write && let Err(error) = write_whole(disk, &paths.sidecar, &bytes, false) {
        tracing::warn!(%error, "sidecar not kept; it is made again at the next start");
    }
    Some(head)
}

/// Of segments that overlap only the longest.
fn without_overlap(mut entries: Vec<Arc<Entry>>) -> Vec<Arc<Entry>> {
    entries.sort_by_key(|entry| (entry.first(), std::cmp::Reverse(entry.end())));
    let mut kept: Vec<Arc<Entry>> = Vec::with_capacity(entries.len());
    for entry in entries {
        if kept.last().is_none_or(|last| last.end() <= entry.first()) {
            kept.push(entry);
        }
    }
    kept
}

/// Every segment of a stream on disk, by its Parquet file.
pub fn list(disk: &dyn Disk, layout: &Layout, stream: Stream) -> std::io::Result<Vec<Paths>> {
    let files = files(disk, layout, stream)?;
    Ok(files.into_iter().filter(|path| has_kind(path, "parquet")).map(Paths::of).collect())
}

/// Segments on disk whose records all stand in a longer one of the same month, each with that one: what a crash may have left after
/// joining. Whether the longer one is what it should be is for the caller to see.
pub(crate) fn left_over(
    disk: &dyn Disk,
    layout: &Layout,
    catalog: &Catalog,
    stream: Stream,
) -> Vec<(Paths, Arc<Entry>)> {
    let listed = list(disk, layout, stream).unwrap_or_default();
    let longer = |paths: Paths| {
        let role = role_of(&layout.shown(&paths.parquet))?;
        let FileRole::Segment(_, first, last) = role else { return None };
        let longer = catalog.at_or_after(stream, first).filter(|entry| entry.paths != paths)?;
        let holds =
            longer.first() <= first && last < longer.end() && (longer.first(), longer.end()) != (first, last + 1);
        let beside = longer.paths.parquet.parent() == paths.parquet.parent();
        (holds && beside).then_some((paths, longer))
    };
    listed.into_iter().filter_map(longer).collect()
}

/// Removes what a crash left of a segment that was never whole: its sidecar, which is written first, and unfinished files.
pub(crate) fn remove_unfinished(disk: &dyn Disk, layout: &Layout, stream: Stream) -> std::io::Result<()> {
    let files = files(disk, layout, stream)?;
    for path in &files {
        let alone = has_kind(path, "bloom") && files.binary_search(&path.with_extension("parquet")).is_err();
        if alone || has_kind(path, "tmp") {
            disk.remove(path)?;
        }
    }
    Ok(())
}

fn has_kind(path: &Path, kind: &str) -> bool {
    path.extension().is_some_and(|extension| extension == kind)
}

/// Every file below a stream's segments, in order.
fn files(disk: &dyn Disk, layout: &Layout, stream: Stream) -> std::io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let top = layout.segment_dir(stream);
    for year in directories(disk, &top)? {
        for month in directories(disk, &top.join(&year))? {
            let directory = top.join(&year).join(&month);
            found.extend(disk.list(&directory)?.iter().map(|name| directory.join(name)));
        }
    }
    found.sort();
    Ok(found)
}

fn directories(disk: &dyn Disk, below: &Path) -> std::io::Result<Vec<String>> {
    Ok(disk.list(below)?.iter().filter_map(|name| name.strip_suffix('/')).map(str::to_owned).collect())
}

/// Segments that were read last stay open.
#[derive(Debug, Default)]
pub struct OpenSegments(Mutex<VecDeque<(Paths, Arc<Segment>)>>);

impl OpenSegments {
    /// The segment, open.
    pub fn get(&self, disk: &dyn Disk, entry: &Entry) -> Result<Arc<Segment>, SegmentError> {
        let paths = &entry.paths;
        let mut open = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(at) = open.iter().position(|(other, _)| other == paths)
            && let Some(found) = open.remove(at)
        {
            open.push_back(found.clone());
            return Ok(found.1);
        }
        drop(open);
        let segment = Arc::new(match Segment::open(disk, paths) {
            // Without its filter a segment is slower to search, and no less true.
            Err(SegmentError::Read { source, .. }) if missing(&source) => {
                Segment::open_alone(disk, paths, entry.first())?
            }
            opened => opened?,
        });
        let mut open = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        open.push_back((paths.clone(), segment.clone()));
        if open.len() > OPEN_SEGMENTS {
            open.pop_front();
        }
        Ok(segment)
    }

    /// Closes a segment that goes: an open file keeps its room on disk.
    pub(crate) fn close(&self, paths: &Paths) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).retain(|(other, _)| other != paths);
    }
}
