//! Ports of the vault (日志存证库): recording events and reading them back.

use async_trait::async_trait;

use crate::event::{Event, Stream};
use crate::port::PortError;
use crate::time::Timestamp;

/// How sure the caller must be before it goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Durability {
    /// Returns after the record is on disk (fsync), or an error.
    Durable,
    /// Returns after the record entered a bounded queue backed by a disk spool.
    Queued,
}

/// Where an appended batch stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ack {
    /// Stream of the batch.
    pub stream: Stream,
    /// Sequence number of its first record; not yet known (`None`) for [`Durability::Queued`].
    pub first_seq: Option<u64>,
    /// Records taken.
    pub count: u64,
}

/// Records what happened. Given by the vault; without it Medward does not start.
#[async_trait]
pub trait EventSink: Send + Sync {
    /// Queues one event without waiting; an overflow becomes a counted gap, never a blocked caller.
    fn emit(&self, event: Event);

    /// Appends events in their order. Idempotent by `agent.id` + `event.sequence` when the sensor set them. When they
    /// belong to several streams, the answer names the first one's and no number.
    async fn append(&self, events: Vec<Event>, durability: Durability) -> Result<Ack, PortError>;
}

/// Address of one record, `stream:seq`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct RecordRef {
    /// The stream.
    pub stream: Stream,
    /// Position in it, from 0.
    pub seq: u64,
}

impl std::fmt::Display for RecordRef {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}", self.stream, self.seq)
    }
}

/// A stored event with its address.
#[derive(Debug, Clone, PartialEq)]
pub struct Record {
    /// Where it stands.
    pub at: RecordRef,
    /// When the vault committed it.
    pub ingested: Timestamp,
    /// What it says.
    pub event: Event,
}

/// Half-open time window `[from, to)` on `@timestamp`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// First moment inside.
    pub from: Timestamp,
    /// First moment outside.
    pub to: Timestamp,
}

/// One page of an answer; `complete` is false when the search stopped at a limit.
#[derive(Debug, Clone, PartialEq)]
pub struct Page {
    /// Newest first.
    pub rows: Vec<Record>,
    /// Whether everything in the window was looked at.
    pub complete: bool,
    /// Continue here.
    pub next_cursor: Option<String>,
}

/// One way to count records.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Grouping<'a> {
    /// Names of the fields whose values together make a group; none: all records are one.
    pub by: &'a [&'a str],
    /// A first value before those: begin of the step of time, µs; a step of a day or more begins at midnight in Shanghai.
    pub step_us: Option<i64>,
    /// Most groups of the answer, those with most records first.
    pub limit: usize,
}

/// Records of one group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// Its values, in the order asked for; empty where a record has none. Long ones are cut.
    pub values: Vec<String>,
    /// Its records.
    pub count: u64,
}

/// What one way to count gave.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Counted {
    /// Most records first; of equals, by their values.
    pub groups: Vec<Group>,
    /// Groups there are, answered or not.
    pub distinct: u64,
    /// Whether every group was kept; else small ones are missing, and `distinct` is at least this.
    pub complete: bool,
}

/// Records counted in several ways at once.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Counts {
    /// In the order asked for.
    pub each: Vec<Counted>,
    /// Records that matched.
    pub total: u64,
    /// Whether every record of the window was looked at.
    pub complete: bool,
}

/// Inclusion of one record in a signed checkpoint (RFC 9162 §2.1.3).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proof {
    /// The record proven.
    pub record: RecordRef,
    /// Leaf hash, SHA-256(0x00 ‖ canonical bytes).
    pub leaf_hash: [u8; 32],
    /// Tree size of the checkpoint.
    pub size: u64,
    /// Audit path from leaf to root.
    pub path: Vec<[u8; 32]>,
    /// Signed checkpoint note (C2SP).
    pub checkpoint: String,
}

/// Reads what was recorded.
#[async_trait]
pub trait LogQuery: Send + Sync {
    /// Rows matching `query` (grammar of `vault.md` §7), newest first.
    async fn query(&self, query: &str, window: Window, cursor: Option<String>) -> Result<Page, PortError>;

    /// Counts what matches `query`, in all these ways in one go, for the person with this login: it is put on record, and four
    /// at once are enough for one person. `Refused` says what of the query is not understood; `Unavailable` that the vault is
    /// away, or that four searches of this person run already.
    async fn count(&self, login: &str, query: &str, window: Window, by: &[Grouping<'_>]) -> Result<Counts, PortError>;

    /// When the named log source was last heard.
    async fn last_seen(&self, source: &str) -> Result<Option<Timestamp>, PortError>;

    /// Proof that the record stands in a checkpoint.
    async fn prove(&self, record: RecordRef) -> Result<Proof, PortError>;
}
