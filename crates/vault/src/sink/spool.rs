//! Events on disk that wait for the commit thread, in order. Frames as in the write-ahead log; a torn tail is ignored.
//!
//! Not synced: a queued event may be lost in a power cut, not in a crash of the program.

use std::collections::VecDeque;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use medward_contract::Timestamp;
use medward_contract::event::Stream;

use crate::canonical::{Prepared, View};
use crate::commit::Draft;
use crate::disk::{Disk, DiskFile};
use crate::wal::{Frame, Kind, write_frame};

/// Files roll at this size, so that drained ones can be removed.
const FILE_BYTES: u64 = 8 * 1024 * 1024;
/// First number of a spool; lower ones are for what must come before it.
const FIRST: u64 = 1 << 32;

/// A queue in files.
pub(super) struct Spool {
    disk: Arc<dyn Disk>,
    directory: PathBuf,
    name: &'static str,
    most_bytes: u64,
    /// Files with their lengths, oldest first.
    files: VecDeque<(u64, u64)>,
    writer: Option<Box<dyn DiskFile>>,
    /// Bytes of the oldest file already stored.
    read: usize,
    highest: u64,
}

/// What stands at the front.
pub(super) struct Front {
    /// The events.
    pub(super) drafts: Vec<Draft>,
    end: usize,
}

impl Spool {
    /// Opens what an earlier run left.
    pub(super) fn open(disk: Arc<dyn Disk>, directory: PathBuf, name: &'static str, most_bytes: u64) -> Self {
        let mut spool =
            Self { disk, directory, name, most_bytes, files: VecDeque::new(), writer: None, read: 0, highest: 0 };
        let names = spool.disk.list(&spool.directory).unwrap_or_default();
        let mut numbers: Vec<u64> = names.iter().filter_map(|file| spool.number(file)).collect();
        numbers.sort_unstable();
        for number in numbers {
            let bytes = spool.disk.read(&spool.path(number)).unwrap_or_default();
            for_each_draft(&bytes, &mut |_, sequence, _| {
                spool.highest = spool.highest.max(sequence);
                true
            });
            spool.files.push_back((number, bytes.len() as u64));
        }
        spool
    }

    fn number(&self, file: &str) -> Option<u64> {
        let digits = file.strip_prefix(self.name)?.strip_prefix('-')?.strip_suffix(".spool")?;
        u64::from_str_radix(digits, 16).ok()
    }

    fn path(&self, number: u64) -> PathBuf {
        self.directory.join(format!("{}-{number:016x}.spool", self.name))
    }

    /// Highest `event.sequence` found at opening.
    pub(super) const fn highest_sequence(&self) -> u64 {
        self.highest
    }

    pub(super) fn is_empty(&self) -> bool {
        self.files.is_empty()
    }

    /// Adds events at the end.
    pub(super) fn push(&mut self, drafts: &[Draft]) -> io::Result<()> {
        let bytes = encode(drafts);
        let used: u64 = self.files.iter().map(|(_, length)| length).sum();
        if used + bytes.len() as u64 > self.most_bytes {
            return Err(io::ErrorKind::StorageFull.into());
        }
        if self.writer.is_none() || self.files.back().is_none_or(|(_, length)| *length >= FILE_BYTES) {
            let number = self.files.back().map_or(FIRST, |(number, _)| number + 1);
            self.writer = Some(self.disk.create(&self.path(number), false)?);
            self.files.push_back((number, 0));
        }
        let Some((writer, (_, length))) = self.writer.as_mut().zip(self.files.back_mut()) else { return Ok(()) };
        if let Err(error) = writer.append(&bytes) {
            // Half a batch must not stand before the next one.
            writer.set_len(*length)?;
            return Err(error);
        }
        *length += bytes.len() as u64;
        Ok(())
    }

    /// Puts events before all others.
    pub(super) fn push_front(&mut self, drafts: &[Draft]) -> io::Result<()> {
        if self.is_empty() {
            return self.push(drafts);
        }
        let number = self.files.front().map_or(FIRST, |(number, _)| number.saturating_sub(1));
        let bytes = encode(drafts);
        let mut file = self.disk.create(&self.path(number), false)?;
        if let Err(error) = file.append(&bytes) {
            self.disk.remove(&self.path(number))?;
            return Err(error);
        }
        self.files.push_front((number, bytes.len() as u64));
        self.read = 0;
        Ok(())
    }

    /// The oldest events, at most `limit`; files without any are removed.
    pub(super) fn front(&mut self, limit: usize) -> Option<Front> {
        while let Some((number, _)) = self.files.front().copied() {
            let bytes = self.disk.read(&self.path(number)).unwrap_or_default();
            let mut front = Front { drafts: Vec::new(), end: self.read };
            let start = self.read;
            for_each_draft(bytes.get(start..).unwrap_or_default(), &mut |draft, _, end| {
                front.drafts.push(draft);
                front.end = start + end;
                front.drafts.len() < limit
            });
            if !front.drafts.is_empty() {
                return Some(front);
            }
            self.drop_front();
        }
        None
    }

    /// The front is stored.
    pub(super) fn advance(&mut self, front: &Front) {
        self.read = front.end;
        if self.files.front().is_some_and(|(_, length)| front.end as u64 >= *length) {
            self.drop_front();
        }
    }

    fn drop_front(&mut self) {
        if let Some((number, _)) = self.files.pop_front()
            && let Err(error) = self.disk.remove(&self.path(number))
        {
            tracing::warn!(%error, "drained spool file not removed; its events are known and not stored again");
        }
        self.read = 0;
        if self.files.is_empty() {
            self.writer = None;
        }
    }
}

/// Frames of events; the place in the stream is not known yet, so the frame carries `event.sequence`.
fn encode(drafts: &[Draft]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for draft in drafts {
        let sequence = draft.prepared.agent().map_or(0, |(_, sequence)| sequence);
        write_frame(&mut bytes, Kind::Record, draft.stream.number(), sequence, |out| {
            draft.prepared.write(0, Timestamp::from_micros(0), None, out);
        });
    }
    bytes
}

/// Hands each event with its sequence and the offset behind it to `visit`, up to the first frame that does not read or
/// until it returns false.
fn for_each_draft(bytes: &[u8], visit: &mut impl FnMut(Draft, u64, usize) -> bool) {
    let mut at = 0;
    while let Some(Ok((frame, length))) = bytes.get(at..).map(Frame::parse) {
        at += length;
        let record = View::parse(frame.payload).ok().and_then(|view| view.to_record().ok());
        let prepared = record.and_then(|record| Prepared::new(&record.event).ok());
        if let (Some(stream), Some(prepared)) = (Stream::from_number(frame.stream), prepared)
            && !visit(Draft { stream, prepared }, frame.seq, at)
        {
            return;
        }
    }
}
