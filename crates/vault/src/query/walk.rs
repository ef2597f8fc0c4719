//! How far a look over the vault came: an answer that does not reach everything says why.
//!
//! Invariant: a segment that does not read takes its own records from the answer and no others, and is named. Damage of the log
//! itself is an error: it is the newest there is, and a start puts what is damaged aside.

use std::time::Duration;

use medward_contract::event::Stream;

use super::scan::{Scan, Source};
use super::search::Search;
use crate::read::ReadError;
use crate::shared::Shared;

/// Why an answer is not complete. The words are stable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    /// The time was up.
    Budget,
    /// There is more than one answer holds.
    Limit,
    /// A segment does not read.
    Damaged,
}

impl Reason {
    /// The word of the API.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Budget => "budget",
            Self::Limit => "limit",
            Self::Damaged => "damaged",
        }
    }
}

/// What an answer reaches.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Coverage {
    /// The time was up before everything was looked at.
    pub out_of_time: bool,
    /// There is more than the answer holds.
    pub over_limit: bool,
    /// Streams of which a segment does not read, each once.
    pub damaged: Vec<Stream>,
    /// Records looked at.
    pub scanned: u64,
    /// Whether token filters told where to look; else everything in those streams and times was looked at.
    pub indexed: bool,
}

impl Coverage {
    /// Why the answer is not complete, the gravest first.
    pub fn reason(&self) -> Option<Reason> {
        match self {
            Self { out_of_time: true, .. } => Some(Reason::Budget),
            Self { damaged, .. } if !damaged.is_empty() => Some(Reason::Damaged),
            Self { over_limit: true, .. } => Some(Reason::Limit),
            _ => None,
        }
    }

    /// Whether nothing is missing.
    pub fn is_complete(&self) -> bool {
        self.reason().is_none()
    }

    /// How was looked: `index` or `full`.
    pub const fn scan(&self) -> &'static str {
        if self.indexed { "index" } else { "full" }
    }

    pub(super) fn add_damaged(&mut self, stream: Stream) {
        if !self.damaged.contains(&stream) {
            self.damaged.push(stream);
        }
    }
}

/// A look that counts its time and what it could not read.
pub(super) struct Walk<'a> {
    shared: &'a Shared,
    started: Duration,
    budget: Duration,
    pub(super) coverage: Coverage,
}

impl<'a> Walk<'a> {
    pub(super) fn new(shared: &'a Shared, search: &Search, scan: &Scan<'_>) -> Self {
        let coverage = Coverage { indexed: scan.is_indexed(), ..Coverage::default() };
        Self { shared, started: shared.clock.monotonic(), budget: search.budget, coverage }
    }

    /// Whether the time is up.
    pub(super) fn is_over(&mut self) -> bool {
        self.coverage.out_of_time = self.shared.clock.monotonic().saturating_sub(self.started) > self.budget;
        self.coverage.out_of_time
    }

    /// What is true of the answer after one more place was read.
    pub(super) fn took(&mut self, source: &Source, read: Result<u64, ReadError>) -> Result<(), ReadError> {
        self.coverage.scanned += self.or_damaged(source, read)?.unwrap_or_default();
        Ok(())
    }

    /// What was read, or nothing of a segment that does not read.
    pub(super) fn or_damaged<T>(
        &mut self,
        source: &Source,
        read: Result<T, ReadError>,
    ) -> Result<Option<T>, ReadError> {
        match (read, source) {
            (Ok(read), _) => Ok(Some(read)),
            (Err(error @ ReadError::Segment { .. }), Source::Group(stream, ..)) => {
                let why = medward_kernel::supervisor::with_sources(&error);
                tracing::warn!(
                    stream = stream.as_str(),
                    error = why,
                    "segment left out of an answer: it does not read"
                );
                self.coverage.add_damaged(*stream);
                Ok(None)
            }
            (Err(error), _) => Err(error),
        }
    }
}
