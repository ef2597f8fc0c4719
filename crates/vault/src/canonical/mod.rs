//! Canonical bytes of a record: deterministic CBOR (RFC 8949 §4.2.1), a map with integer keys (`vault.md` §3).
//!
//! These bytes are what is hashed, so their form is final: a key is never reused and no release may encode the same
//! event differently. The decoder is strict: whatever [`View::parse`] accepts, [`encode`] would have written.
//!
//! *Not* here: where records are kept, and whether an event is allowed ([`Event::validate`]).
//!
//! ```
//! use medward_contract::event::{Dataset, Event, Field};
//! use medward_contract::Timestamp;
//! use medward_vault::canonical::{View, encode};
//!
//! let event = Event::new(Dataset::AppLog, "log", Timestamp::from_micros(5))
//!     .set(Field::ServiceName, "his")
//!     .set(Field::Message, "挂号成功");
//! let bytes = encode(7, Timestamp::from_micros(6), &event).unwrap();
//! let record = View::parse(&bytes).unwrap().to_record().unwrap();
//! assert_eq!((record.at.seq, record.event), (7, event));
//! ```

mod attrs;
mod cbor;
mod encode;
mod fit;
mod view;

pub use encode::{EncodeError, Prepared, encode, suffix_offset, write_view};
pub use fit::fit;
pub use view::{DecodeError, Value, View};

#[cfg(doc)]
use medward_contract::Event;

/// Longest canonical record in bytes: a C2SP entry bundle has 16-bit lengths.
pub const MAX_RECORD_BYTES: usize = 65_535;

/// Longest event as emitted (`events.md` §1); longer ones lose the end of their longest values, named in
/// `medward.truncated`.
pub const MAX_EVENT_BYTES: usize = 48 * 1024;

/// Integer keys outside the promoted fields.
mod key {
    pub(super) const SEQ: u64 = 0;
    pub(super) const TIMESTAMP: u64 = 1;
    pub(super) const INGESTED: u64 = 2;
    pub(super) const DATASET: u64 = 3;
    pub(super) const ACTION: u64 = 4;
    pub(super) const OUTCOME: u64 = 5;
    pub(super) const SEVERITY: u64 = 6;
    pub(super) const AGENT_ID: u64 = 9;
    pub(super) const EVENT_SEQUENCE: u64 = 10;
    pub(super) const MESSAGE_OFF: u64 = 46;
    pub(super) const TAGS: u64 = 48;
    pub(super) const ATTRS: u64 = 49;
}

#[cfg(test)]
pub(crate) mod tests;
