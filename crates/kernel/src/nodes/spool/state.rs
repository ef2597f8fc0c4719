//! What writer, reader and senders of a spool share: the ring, the table of segments and the reader's place.

use std::collections::VecDeque;
use std::path::PathBuf;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use medward_contract::Timestamp;
use medward_contract::event::Event;
use tokio::sync::{oneshot, watch};

use super::disk::Disk;
use super::loss::{Losses, Reason};
use super::record::Sender;
use super::recover::Recovered;
use super::segment::{HEADER_BYTES, MAX_FIRST};
use super::{Fill, Limits, SpoolError};
use crate::Clock;

/// One file. The table knows the newest one as far as it is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Segment {
    /// Stands in the file name.
    pub(super) file: u64,
    /// Number of its first event.
    pub(super) first: u64,
    /// Good events.
    pub(super) count: u64,
    /// Length of header and good frames.
    pub(super) bytes: u64,
    /// Times of its first and last event.
    pub(super) times: Option<(Timestamp, Timestamp)>,
}

impl Segment {
    /// The number behind its last.
    pub(super) const fn end(&self) -> u64 {
        self.first + self.count
    }
}

/// Waits until everything that entered the ring up to `through` is synced.
#[derive(Debug)]
pub(super) struct Waiter {
    pub(super) through: u64,
    pub(super) told: oneshot::Sender<Result<(), SpoolError>>,
}

/// The reader's place: `number` stands at `offset` of `file`, when it is that file where the number is looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Cursor {
    pub(super) number: u64,
    pub(super) file: u64,
    pub(super) offset: u64,
}

/// Where the next events stand.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
    pub(super) file: u64,
    pub(super) offset: u64,
    /// Frames at the offset that come before `first`.
    pub(super) skip: u64,
    pub(super) first: u64,
    /// Behind the last number that may be handed out.
    pub(super) end: u64,
    /// Bytes of good frames from the offset.
    pub(super) bytes: u64,
    /// Where the reader was.
    pub(super) cursor: Cursor,
}

#[derive(Debug)]
pub(super) struct State {
    /// The ring.
    pub(super) queue: VecDeque<Event>,
    /// Events that ever entered the ring.
    pub(super) entered: u64,
    pub(super) waiters: Vec<Waiter>,
    /// The writer is to look at once, even while it backs off.
    pub(super) urgent: bool,
    pub(super) closing: bool,
    /// Nobody writes any more.
    pub(super) ended: bool,
    /// The disk took nothing at the last attempt.
    pub(super) refusing: bool,
    pub(super) losses: Losses,
    /// Oldest first; never empty once something was written.
    pub(super) segments: VecDeque<Segment>,
    /// The house has everything up to this number.
    pub(super) acknowledged: u64,
    pub(super) cursor: Cursor,
    /// Number behind the last written.
    pub(super) written: u64,
    /// Number behind the last synced.
    pub(super) synced: u64,
    /// The next event gets at least this number.
    pub(super) least: u64,
    /// The next event goes to a new segment.
    pub(super) roll: bool,
}

impl State {
    pub(super) fn new(found: Recovered) -> Self {
        let Recovered { segments, next, roll, losses } = found;
        let oldest = segments.front().map_or(next, |segment| segment.first);
        Self {
            queue: VecDeque::new(),
            entered: 0,
            waiters: Vec::new(),
            urgent: false,
            closing: false,
            ended: false,
            refusing: false,
            losses,
            segments,
            acknowledged: oldest.saturating_sub(1),
            cursor: Cursor { number: oldest, file: 0, offset: 0 },
            written: next,
            synced: next,
            least: next,
            roll,
        }
    }

    /// Where the reader goes on; `None` when everything synced was handed out.
    pub(super) fn place(&self) -> Option<Place> {
        let cursor = self.cursor;
        let segment = self.segments.iter().find(|segment| segment.end() > cursor.number)?;
        let first = cursor.number.max(segment.first);
        let end = segment.end().min(self.synced);
        if first >= end {
            return None;
        }
        let known = cursor.file == segment.file && cursor.number == first && cursor.offset > 0;
        let (offset, skip) = if known { (cursor.offset, 0) } else { (HEADER_BYTES as u64, first - segment.first) };
        let bytes = segment.bytes.saturating_sub(offset);
        Some(Place { file: segment.file, offset, skip, first, end, bytes, cursor })
    }

    /// What stands in `file` from `number` on does not read: it is skipped and counted.
    pub(super) fn skip_rest(&mut self, file: u64, number: u64, now: Timestamp) {
        let is_newest = self.segments.back().is_some_and(|newest| newest.file == file);
        let Some(segment) = self.segments.iter_mut().find(|segment| segment.file == file) else { return };
        let end = segment.end().min(self.synced);
        let (from, to) = segment.times.unwrap_or((now, now));
        if !is_newest {
            segment.count = number.saturating_sub(segment.first);
        }
        // What is written behind the damage could not be read either.
        self.roll |= is_newest;
        self.losses.add(Reason::SegmentDamaged, end.saturating_sub(number), from, to);
        self.cursor = Cursor { number: end, file: 0, offset: 0 };
    }

    /// Moves the reader to the oldest event that the house does not have.
    pub(super) fn rewind(&mut self) {
        self.cursor = Cursor { number: self.acknowledged + 1, file: 0, offset: 0 };
    }

    pub(super) fn acknowledge(&mut self, through: u64, now: Timestamp) {
        if through >= self.written && through < MAX_FIRST {
            self.overtake(through, now);
        }
        self.acknowledged = self.acknowledged.max(through.min(self.synced.saturating_sub(1)));
        if self.cursor.number <= self.acknowledged {
            self.rewind();
        }
    }

    /// The house knows numbers that were never given here, for example because a snapshot of this machine was restored:
    /// it ignored what it was sent, and would ignore everything up to its number.
    fn overtake(&mut self, through: u64, now: Timestamp) {
        let waiting = self.waiting();
        tracing::error!(
            through,
            last = self.written - 1,
            waiting,
            "the house knows higher numbers than this spool gave"
        );
        self.losses.add(Reason::NumberOvertaken, waiting, now, now);
        self.least = self.least.max(through + 1);
        self.roll = true;
    }

    /// Events on disk that the house does not have.
    fn waiting(&self) -> u64 {
        self.segments.iter().map(|segment| self.waiting_in(segment)).sum()
    }

    fn waiting_in(&self, segment: &Segment) -> u64 {
        segment.end().saturating_sub(segment.first.max(self.acknowledged + 1))
    }

    /// The oldest segment, if the house has all of it and it is not the newest.
    pub(super) fn take_acknowledged(&mut self) -> Option<Segment> {
        let done = self.segments.len() > 1 && self.segments.front()?.end() <= self.acknowledged + 1;
        if done { self.segments.pop_front() } else { None }
    }

    /// Gives up the oldest segment, unless it is the newest.
    pub(super) fn drop_oldest(&mut self, now: Timestamp) -> Option<Segment> {
        if self.segments.len() < 2 {
            return None;
        }
        let segment = self.segments.pop_front()?;
        let waiting = self.waiting_in(&segment);
        let (from, to) = segment.times.unwrap_or((now, now));
        self.losses.add(Reason::SpoolFull, waiting, from, to);
        Some(segment)
    }

    /// Bytes of all segments.
    pub(super) fn bytes(&self) -> u64 {
        self.segments.iter().map(|segment| segment.bytes).sum()
    }

    pub(super) fn fill(&self, cap_bytes: u64) -> Fill {
        let oldest = self.segments.iter().find(|segment| self.waiting_in(segment) > 0);
        Fill {
            queued: self.queue.len(),
            events: self.waiting(),
            bytes: self.bytes(),
            cap_bytes,
            lost: self.losses.total,
            first: oldest.map(|segment| segment.first.max(self.acknowledged + 1)),
            last: self.written.saturating_sub(1),
            synced: self.synced.saturating_sub(1),
            refusing: self.refusing,
        }
    }
}

/// What all parts of a spool hold.
#[derive(Debug)]
pub(super) struct Shared {
    pub(super) disk: Arc<dyn Disk>,
    pub(super) directory: PathBuf,
    pub(super) limits: Limits,
    pub(super) sender: Sender,
    pub(super) clock: Clock,
    pub(super) state: Mutex<State>,
    /// Wakes the writer.
    pub(super) wake_up: Condvar,
    /// [`State::synced`], for the reader; the writer tells it after each sync.
    pub(super) synced: watch::Sender<u64>,
    /// [`State::ended`].
    pub(super) ended: watch::Sender<bool>,
}

impl Shared {
    pub(super) fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn path(&self, file: u64) -> PathBuf {
        self.directory.join(file_name(file))
    }
}

/// `00000001.mws`.
pub(super) fn file_name(file: u64) -> String {
    format!("{file:08}.mws")
}
