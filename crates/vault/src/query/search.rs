//! Rows that match, newest first, a page at a time.

use std::cmp::{Ordering, Reverse};
use std::collections::{BTreeMap, BinaryHeap};
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use medward_contract::event::Stream;
use medward_contract::vault::{Record, Window};

use super::filter::Query;
use super::scan::{Columns, Found, Scan, Source};
use super::walk::{Coverage, Walk};
use crate::canonical::View;
use crate::read::{ALL_COLUMNS, ReadError, open_segment, unreadable};
use crate::shared::Shared;
use crate::streams::StreamSet;

/// Most rows of one page.
pub const MAX_ROWS: usize = 10_000;
/// How far back a query looks that names no time.
pub const DEFAULT_WINDOW: Duration = Duration::from_hours(24);

/// A place in the order of rows: newest first, then by stream and sequence number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cursor {
    timestamp: i64,
    stream: String,
    seq: u64,
}

impl Ord for Cursor {
    fn cmp(&self, other: &Self) -> Ordering {
        (Reverse(self.timestamp), &self.stream, self.seq).cmp(&(Reverse(other.timestamp), &other.stream, other.seq))
    }
}

impl PartialOrd for Cursor {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Cursor {
    /// The place of a record.
    pub fn of(stream: Stream, seq: u64, timestamp: i64) -> Self {
        Self { timestamp, stream: stream.as_str().to_owned(), seq }
    }

    pub(super) const fn timestamp(&self) -> i64 {
        self.timestamp
    }

    /// Before every record of this moment.
    fn before_all_at(timestamp: i64) -> Self {
        Self { timestamp, stream: String::new(), seq: 0 }
    }
}

/// `ts,stream,seq`.
impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{},{},{}", self.timestamp, self.stream, self.seq)
    }
}

/// A cursor that is not `ts,stream,seq`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("read cursor: expected ts,stream,seq")]
pub struct CursorError;

impl FromStr for Cursor {
    type Err = CursorError;

    fn from_str(text: &str) -> Result<Self, CursorError> {
        let mut parts = text.splitn(3, ',');
        let (Some(timestamp), Some(stream), Some(seq)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(CursorError);
        };
        if !stream.is_empty() && stream.parse::<Stream>().is_err() {
            return Err(CursorError);
        }
        Ok(Self {
            timestamp: timestamp.parse().map_err(|_| CursorError)?,
            stream: stream.to_owned(),
            seq: seq.parse().map_err(|_| CursorError)?,
        })
    }
}

/// What to look for, and how long.
#[derive(Debug, Clone)]
pub struct Search {
    /// The condition.
    pub query: Arc<Query>,
    /// `@timestamp` in this window; without it the query's own time or the last 24 hours.
    pub window: Option<Window>,
    /// Streams the caller may read.
    pub streams: StreamSet,
    /// Rows strictly behind this place.
    pub after: Option<Cursor>,
    /// Most rows, at most [`MAX_ROWS`].
    pub limit: usize,
    /// Longest time to look.
    pub budget: Duration,
}

/// Rows, and whether they are all.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    /// Newest first.
    pub rows: Vec<Record>,
    /// Where the next page begins; none when there is nothing more.
    pub next: Option<Cursor>,
    /// Whether everything before `next` was looked at, and what was done for it.
    pub coverage: Coverage,
}

impl Search {
    /// Streams and `[from, to)` that can hold a match.
    pub(super) fn extent(&self, shared: &Shared) -> (StreamSet, i64, i64) {
        let streams = self.streams.and(self.query.filter.streams());
        let (mut from, mut to) = self.query.filter.bounds();
        match self.window {
            Some(window) => (from, to) = (from.max(window.from.as_micros()), to.min(window.to.as_micros())),
            None if !self.query.has_time => {
                let now = shared.clock.now();
                from = from.max(now.minus(DEFAULT_WINDOW).as_micros());
            }
            None => {}
        }
        (streams, from, to)
    }

    /// Looks.
    pub fn run(&self, shared: &Shared) -> Result<Answer, ReadError> {
        let extent = self.extent(shared);
        let limit = self.limit.clamp(1, MAX_ROWS);
        let latest = self.after.as_ref().map_or(i64::MAX, |cursor| cursor.timestamp).min(extent.2.saturating_sub(1));
        let mut scan = Scan::new(shared, &self.query.filter, extent);
        let sources = scan.sources(latest);
        let mut walk = Walk::new(shared, self, &scan);
        // One row more than asked for tells whether there is a next page. The worst row stands on top.
        let mut best: BinaryHeap<(Cursor, Row)> = BinaryHeap::new();
        let mut stopped_at = None;
        for (at, (newest, source)) in sources.iter().enumerate() {
            if best.len() > limit && best.peek().is_some_and(|(worst, _)| worst.timestamp > *newest) {
                break;
            }
            if walk.is_over() {
                stopped_at = Some((*newest).min(latest));
                break;
            }
            let read = scan.read(source, &Columns::default(), &mut |stream, view, found| {
                let place = Cursor::of(stream, view.seq, view.timestamp.as_micros());
                let behind = self.after.as_ref().is_none_or(|after| place > *after);
                let worse = best.len() > limit && best.peek().is_some_and(|(worst, _)| place > *worst);
                if behind && !worse {
                    let row = match found {
                        Found::Log(bytes) => Row::Log(bytes.to_vec()),
                        Found::Row(place) => Row::Segment { source: at, place },
                    };
                    best.push((place, row));
                    if best.len() > limit + 1 {
                        best.pop();
                    }
                }
                true
            });
            walk.took(source, read)?;
        }
        let (rows, next) = Self::choose(best, limit, stopped_at);
        let rows: Vec<&Row> = rows.iter().map(|(_, row)| row).collect();
        let rows = records(shared, &sources, &rows, &mut walk)?;
        Ok(Answer { rows, next, coverage: walk.coverage })
    }

    /// The rows of the page, and where the next one begins.
    fn choose(
        best: BinaryHeap<(Cursor, Row)>,
        limit: usize,
        stopped_at: Option<i64>,
    ) -> (Vec<(Cursor, Row)>, Option<Cursor>) {
        let mut rows = best.into_sorted_vec();
        let mut next = None;
        if let Some(newest_unseen) = stopped_at {
            // Rows newer than anything unseen are sure; the rest is looked at again from here.
            rows.retain(|(place, _)| place.timestamp > newest_unseen);
            next = Some(Cursor::before_all_at(newest_unseen));
        }
        if rows.len() > limit {
            rows.truncate(limit);
            next = rows.last().map(|(place, _)| place.clone());
        }
        (rows, next)
    }
}

/// The records of these rows, in their order. Each row group is read once, and of it only these rows; one that does not read is
/// left out and said.
pub(super) fn records(
    shared: &Shared,
    sources: &[(i64, Source)],
    rows: &[&Row],
    walk: &mut Walk<'_>,
) -> Result<Vec<Record>, ReadError> {
    let mut groups: BTreeMap<usize, Vec<(u32, usize)>> = BTreeMap::new();
    let mut found: Vec<Option<Record>> = Vec::with_capacity(rows.len());
    for (at, row) in rows.iter().enumerate() {
        found.push(match row {
            Row::Log(bytes) => View::parse(bytes).ok().and_then(|view| view.to_record().ok()),
            Row::Segment { source, place } => {
                groups.entry(*source).or_default().push((*place, at));
                None
            }
        });
    }
    for (source, mut wanted) in groups {
        let Some((_, source @ Source::Group(_, entry, group))) = sources.get(source) else { continue };
        wanted.sort_unstable();
        let places = wanted.iter().map(|(place, _)| *place).collect();
        let read = open_segment(shared, entry).and_then(|segment| {
            segment.read(*group, &ALL_COLUMNS, Some(places)).map_err(|source| unreadable(entry, source))
        });
        let Some(batch) = walk.or_damaged(source, read)? else { continue };
        for (row, (_, at)) in wanted.iter().enumerate() {
            if let Some(slot) = found.get_mut(*at) {
                *slot = batch.view(row).to_record().ok();
            }
        }
    }
    Ok(found.into_iter().flatten().collect())
}

/// Where a row stands; does not take part in ordering.
pub(super) enum Row {
    /// In the log: its bytes.
    Log(Vec<u8>),
    /// In a row group: which source, and its place there.
    Segment { source: usize, place: u32 },
}

impl PartialEq for Row {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for Row {}

impl PartialOrd for Row {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Row {
    fn cmp(&self, _: &Self) -> Ordering {
        Ordering::Equal
    }
}
