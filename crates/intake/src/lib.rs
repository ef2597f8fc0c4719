//! What other machines send, as events (vault.md §8; CD-116, CD-117, QH-074 to QH-077): frames of a byte stream, syslog of
//! both standards, and the bodies that security devices put into it.
//!
//! [`Frames`] cuts a connection into frames, [`decode`] makes exactly one [`Event`](medward_contract::Event) of a frame,
//! [`Lines`] and [`Bulk`] read what comes over HTTP. Who the sender is, where events are kept and what is acknowledged is
//! the caller's business.
//!
//! *Not* here: sockets, clocks, settings, the store.
//!
//! Invariant: text of a stranger is never refused and never lost: what no parser understands is `syslog.message` with the
//! frame as `event.original`. Invariant: no sender chooses who he is: `medward.source`, `observer.ip`, `agent.id`,
//! `event.sequence` and the kinds in which Medward writes about itself are not taken from what was sent. Invariant: memory
//! is bounded before it is taken, whatever a length field says.
//!
//! ```
//! use medward_contract::Timestamp;
//! use medward_contract::event::Field;
//! use medward_intake::{Arrival, Frames, Profile, decode};
//!
//! let mut frames = Vec::new();
//! Frames::new().push(b"<38>Nov 23 10:00:01 his-db sshd[7]: Failed password for root from 10.1.2.3 port 4711 ssh2\n", &mut frames);
//! let arrival = Arrival { at: Timestamp::parse("2026-11-23T02:00:02Z")?, peer: [10, 0, 0, 9].into() };
//! let event = decode(&frames[0], &arrival, &Profile::unregistered(medward_intake::zone("+08:00").unwrap()));
//! assert_eq!(event.dataset.as_str(), "host.login");
//! assert_eq!(event.text(Field::SourceIp), Some("10.1.2.3"));
//! # Ok::<(), medward_contract::time::TimestampError>(())
//! ```

mod frame;

mod moment;
mod text;

mod syslog;

mod draft;
mod names;

mod cef;
mod leef;

mod json;
mod suricata;

mod linux;

mod decode;

mod bulk;
mod lines;

#[cfg(test)]
mod tests;

pub use self::bulk::{Bulk, BulkAction, BulkItem, BulkWord};
pub use self::decode::{Arrival, Profile, UNREGISTERED, decode};
pub use self::frame::{Cut, Frame, FrameFault, Frames, MAX_FRAME_BYTES};
pub use self::lines::{LineRefused, Lines, MAX_LINE_BYTES, Sender};
pub use self::moment::zone;
