//! The writer thread: empties the ring into the newest segment.
//!
//! Invariant: an event leaves memory only when it is synced. What a failed write or sync may have left in the file is
//! cut off and written again from memory.

use std::collections::VecDeque;
use std::io;
use std::sync::{Arc, PoisonError};
use std::time::Duration;

use medward_contract::Timestamp;
use medward_contract::event::Event;

use super::disk::SpoolFile;
use super::loss::{Reason, gap_event};
use super::record::payload;
use super::segment::{HEADER_BYTES, Header, write_frame};
use super::state::{Segment, Shared, State};
use super::{SpoolError, lane_of};

/// A written event is synced within this time (`spec/guard.md` §3).
const SYNC_EVERY: Duration = Duration::from_millis(200);
/// Or when this much is not synced.
const SYNC_BYTES: usize = 1024 * 1024;
/// A batch ends behind this many bytes or events.
const BATCH_BYTES: usize = 256 * 1024;
const BATCH_EVENTS: usize = 1_024;
/// With nothing to do, the writer looks once in this time whether a loss is to be told.
const IDLE: Duration = Duration::from_secs(1);
/// Shortest and longest pause before a disk that refused is tried again.
const BACK_OFF: (Duration, Duration) = (Duration::from_millis(100), Duration::from_secs(5));

/// Encoded events that are not in the file yet.
#[derive(Default)]
struct Batch {
    bytes: Vec<u8>,
    count: u64,
    times: Option<(Timestamp, Timestamp)>,
}

impl Batch {
    fn note_time(&mut self, at: Timestamp) {
        self.times = Some(self.times.map_or((at, at), |(from, _)| (from, at)));
    }
}

pub(super) struct Writer {
    shared: Arc<Shared>,
    /// Taken from the ring, without a number yet.
    taken: VecDeque<Event>,
    /// Events that left the ring and are part of what is encoded, or lost.
    left: u64,
    /// As `left`, of what is in the file.
    appended: u64,
    batch: Option<Batch>,
    /// Number of the first event of the batch, or of the next one.
    next: u64,
    /// `None` before the first write and after a failure.
    file: Option<Box<dyn SpoolFile>>,
    /// Length of the newest segment that is synced.
    synced_bytes: u64,
    /// What follows it; the first `written` bytes are in the file.
    unsynced: Vec<u8>,
    written: usize,
    dirty_since: Duration,
    back_off: Duration,
    /// Kinds of refused events that were logged.
    named: Vec<&'static str>,
}

impl Writer {
    pub(super) fn new(shared: Arc<Shared>) -> Self {
        let state = shared.lock();
        let (next, synced_bytes) = (state.written, state.segments.back().map_or(0, |segment| segment.bytes));
        drop(state);
        Self {
            shared,
            taken: VecDeque::new(),
            left: 0,
            appended: 0,
            batch: None,
            next,
            file: None,
            synced_bytes,
            unsynced: Vec::new(),
            written: 0,
            dirty_since: Duration::ZERO,
            back_off: BACK_OFF.0,
            named: Vec::new(),
        }
    }

    /// Works until the spool is closed.
    pub(super) fn run(mut self) {
        loop {
            let sync_now = self.wait();
            self.remove_acknowledged();
            self.encode();
            match self.store(sync_now) {
                Ok(()) => self.note_taken(),
                Err(error) => {
                    if self.note_refused(&error) {
                        self.give_up();
                        break;
                    }
                }
            }
            if self.is_done() {
                break;
            }
        }
        // What was acknowledged during the last round.
        self.remove_acknowledged();
        let mut state = self.shared.lock();
        state.ended = true;
        for waiter in state.waiters.drain(..) {
            // Nobody may wait any more.
            drop(waiter.told.send(Err(SpoolError::Closed)));
        }
    }

    /// Waits for something to do; true when what is written must be synced now.
    fn wait(&mut self) -> bool {
        let state = self.shared.lock();
        let (pause, idle): (_, fn(&State) -> bool) = if state.refusing {
            (self.back_off, |state| !state.urgent && !state.closing)
        } else if !self.taken.is_empty() {
            (Duration::ZERO, |_| false)
        } else {
            let pause = if self.unsynced.is_empty() { IDLE } else { SYNC_EVERY };
            (pause, |state| !state.urgent && !state.closing && state.queue.is_empty())
        };
        let waited = self.shared.wake_up.wait_timeout_while(state, pause, |state| idle(state));
        let (mut state, timeout) = waited.unwrap_or_else(PoisonError::into_inner);
        state.urgent = false;
        let asked = state.closing || !state.waiters.is_empty();
        asked || (timeout.timed_out() && self.taken.is_empty())
    }

    fn remove_acknowledged(&self) {
        loop {
            let taken = self.shared.lock().take_acknowledged();
            let Some(segment) = taken else { return };
            self.remove(segment);
        }
    }

    fn remove(&self, segment: Segment) {
        if let Err(error) = self.shared.disk.remove(&self.shared.path(segment.file)) {
            tracing::warn!(%error, file = segment.file, "spool segment not removed; it is sent again after a restart");
        }
    }

    /// Makes the next batch, losses first.
    fn encode(&mut self) {
        if self.batch.is_some() {
            return;
        }
        let shared = self.shared.clone();
        let mut state = shared.lock();
        if self.taken.is_empty() {
            let count = state.queue.len().min(BATCH_EVENTS);
            self.taken = state.queue.drain(..count).collect();
        }
        let last = state.closing && state.queue.is_empty();
        let losses = state.losses.take_due(shared.clock.monotonic(), last);
        self.next = self.next.max(state.least);
        drop(state);
        let mut batch = Batch::default();
        for (reason, loss) in losses {
            self.add(&mut batch, gap_event(&shared.sender.agent, reason, loss, shared.clock.now()));
        }
        while batch.bytes.len() < BATCH_BYTES.min(shared.limits.segment_bytes / 2)
            && let Some(event) = self.taken.pop_front()
        {
            self.left += 1;
            self.add(&mut batch, event);
        }
        self.batch = Some(batch).filter(|batch| batch.count > 0);
        if self.batch.is_none() && self.unsynced.is_empty() {
            // Nothing but invalid events: nothing to wait for.
            self.appended = self.left;
        }
    }

    fn add(&mut self, batch: &mut Batch, event: Event) {
        let (at, kind) = (event.timestamp, event.dataset.as_str());
        let problem = match event.validate() {
            Ok(()) => {
                let payload = payload(event, &self.shared.sender, self.next + batch.count);
                if payload.and_then(|payload| write_frame(&mut batch.bytes, &payload)).is_some() {
                    batch.count += 1;
                    batch.note_time(at);
                    return;
                }
                "does not fit into a frame".to_owned()
            }
            Err(invalid) => invalid.to_string(),
        };
        self.shared.lock().losses.add(Reason::EventInvalid, 1, at, at);
        if !self.named.contains(&kind) {
            self.named.push(kind);
            tracing::error!(kind, problem, "spool refused an event; later ones of this kind are only counted");
        }
    }

    /// Brings the file in order, appends the batch, and syncs when it is time.
    fn store(&mut self, sync_now: bool) -> io::Result<()> {
        self.repair()?;
        if let Some(batch) = self.batch.take().filter(|batch| !self.is_overtaken(batch)) {
            let appended = self.append(&batch);
            if appended.is_err() {
                self.batch = Some(batch);
            }
            appended?;
        }
        if self.unsynced.is_empty() {
            return Ok(());
        }
        let age = self.shared.clock.monotonic().saturating_sub(self.dirty_since);
        if sync_now || age >= SYNC_EVERY || self.unsynced.len() >= SYNC_BYTES { self.sync() } else { Ok(()) }
    }

    /// Whether the house came to know higher numbers than those of the batch since it was encoded.
    fn is_overtaken(&self, batch: &Batch) -> bool {
        let mut state = self.shared.lock();
        let overtaken = state.least > self.next;
        if let (true, Some((from, to))) = (overtaken, batch.times) {
            state.losses.add(Reason::NumberOvertaken, batch.count, from, to);
        }
        overtaken
    }

    /// Opens the newest segment and makes it hold exactly what it should.
    fn repair(&mut self) -> io::Result<()> {
        let newest = self.shared.lock().segments.back().copied();
        let (None, Some(newest)) = (&self.file, newest) else { return Ok(()) };
        let mut file = self.shared.disk.open(&self.shared.path(newest.file))?;
        file.set_len(self.synced_bytes + self.written as u64)?;
        let missing = self.unsynced.get(self.written..).unwrap_or_default();
        if !missing.is_empty() {
            file.append(missing)?;
            self.written = self.unsynced.len();
        }
        self.file = Some(file);
        Ok(())
    }

    fn append(&mut self, batch: &Batch) -> io::Result<()> {
        let length = batch.bytes.len() as u64;
        let state = self.shared.lock();
        let (newest, roll) = (state.segments.back().copied(), state.roll);
        drop(state);
        let full =
            |segment: Segment| segment.count > 0 && segment.bytes + length > self.shared.limits.segment_bytes as u64;
        if roll || newest.is_none_or(full) {
            self.start_segment()?;
        }
        self.make_room(length);
        let Some(file) = self.file.as_mut() else { return Err(io::ErrorKind::NotFound.into()) };
        if let Err(error) = file.append(&batch.bytes) {
            self.file = None;
            return Err(error);
        }
        if self.unsynced.is_empty() {
            self.dirty_since = self.shared.clock.monotonic();
        }
        self.unsynced.extend(&batch.bytes);
        self.written = self.unsynced.len();
        self.next += batch.count;
        self.appended = self.left;
        let mut state = self.shared.lock();
        state.written = self.next;
        if let Some(segment) = state.segments.back_mut() {
            segment.count += batch.count;
            segment.bytes += length;
            let from = segment.times.or(batch.times).map(|(from, _)| from);
            segment.times = from.zip(batch.times.map(|(_, to)| to));
        }
        Ok(())
    }

    /// Starts the next file. Only the newest may hold anything that is not synced.
    fn start_segment(&mut self) -> io::Result<()> {
        if !self.unsynced.is_empty() {
            self.sync()?;
        }
        let number = self.shared.lock().segments.back().map_or(1, |newest| newest.file + 1);
        let mut file = self.shared.disk.create(&self.shared.path(number))?;
        let header = Header { lane: lane_of(&self.shared.sender.agent), first: self.next };
        file.append(&header.encode())?;
        file.sync()?;
        self.shared.disk.sync_dir(&self.shared.directory)?;
        self.file = Some(file);
        self.synced_bytes = HEADER_BYTES as u64;
        let segment = Segment { file: number, first: self.next, count: 0, bytes: HEADER_BYTES as u64, times: None };
        let mut state = self.shared.lock();
        state.segments.push_back(segment);
        state.roll = false;
        Ok(())
    }

    /// Drops the oldest segments until `length` more bytes stay below the cap.
    fn make_room(&self, length: u64) {
        loop {
            let mut state = self.shared.lock();
            if state.bytes() + length <= self.shared.limits.cap_bytes {
                return;
            }
            let dropped = state.drop_oldest(self.shared.clock.now());
            drop(state);
            let Some(segment) = dropped else { return };
            self.remove(segment);
        }
    }

    fn sync(&mut self) -> io::Result<()> {
        let Some(file) = self.file.as_mut() else { return Err(io::ErrorKind::NotFound.into()) };
        if let Err(error) = file.sync() {
            // After a failed sync nobody knows what is on disk, and a second one may wrongly say "all of it".
            self.file = None;
            self.written = 0;
            return Err(error);
        }
        self.synced_bytes += self.unsynced.len() as u64;
        self.unsynced.clear();
        self.written = 0;
        let mut state = self.shared.lock();
        state.synced = self.next;
        drop(state);
        self.shared.synced.send_replace(self.next);
        Ok(())
    }

    /// The disk took everything it was given.
    fn note_taken(&mut self) {
        let mut state = self.shared.lock();
        if std::mem::take(&mut state.refusing) {
            self.back_off = BACK_OFF.0;
            tracing::info!(agent = self.shared.sender.agent, "spool disk takes events again");
        }
        if self.unsynced.is_empty() {
            let appended = self.appended;
            for waiter in state.waiters.extract_if(.., |waiter| waiter.through <= appended) {
                // The sender may have stopped waiting.
                drop(waiter.told.send(Ok(())));
            }
        }
    }

    /// The batch stays in memory, who waits is told; true when there is no later attempt.
    fn note_refused(&mut self, error: &io::Error) -> bool {
        let mut state = self.shared.lock();
        if std::mem::replace(&mut state.refusing, true) {
            self.back_off = (self.back_off * 2).min(BACK_OFF.1);
        } else {
            tracing::error!(agent = self.shared.sender.agent, %error, "spool disk refuses events; they wait in memory");
        }
        for waiter in state.waiters.drain(..) {
            drop(waiter.told.send(Err(SpoolError::Refused(error.kind()))));
        }
        state.closing
    }

    fn is_done(&self) -> bool {
        let state = self.shared.lock();
        let nothing_left = self.taken.is_empty() && self.batch.is_none() && self.unsynced.is_empty();
        state.closing && state.queue.is_empty() && nothing_left && state.losses.is_told()
    }

    /// The spool closes and the disk refuses: what is in memory is lost, and at least said.
    fn give_up(&self) {
        let state = self.shared.lock();
        let batch = self.batch.as_ref().map_or(0, |batch| batch.count);
        let count = batch + (self.taken.len() + state.queue.len()) as u64;
        tracing::error!(agent = self.shared.sender.agent, count, "events lost at stop: the spool disk refuses them");
    }
}
