//! The waiting room (等候室) of a protected object (gateway.md §9; PACS-059, 000-14): no more visitors inside than the
//! application bears, the others in the order in which they came.
//!
//! A visitor carries a signed ticket in a cookie. It is inside while it was seen within `ACTIVE_FOR`; who waits polls, and loses
//! its place when it does not for as long. Tickets are bound to the object and not to an address, because phones change
//! networks. Who copies a ticket shares one place with its copies. A room is *not* a rate limit: who is inside does as it likes,
//! and who arrives without a ticket a thousand times holds a thousand places for `FIRST_POLL_WITHIN`, up to the ceiling. So the
//! gateway asks for documents, not for their pictures, and keeps a limit per address in front.
//!
//! Invariants, each a property test: never more than `max_active` inside; nobody who keeps polling is overtaken; in any time
//! `t` at most `r·t + r + 1` are let in, with `r` per second; who is inside stays while it is active; what is kept is bounded.
//!
//! A ticket says when its visitor was last seen. So a room that has forgotten everything, after a restart, takes each visitor
//! back at the place it had.
//!
//! ```
//! use medward_contract::Timestamp;
//! use medward_crypto::Secret;
//! use medward_defence::waiting::{Entrance, RawRoom, Room, RoomLimits};
//!
//! let limits = RoomLimits::compile(&RawRoom { max_active: 1, admissions_per_second: 10, max_waiting: 100 })?;
//! let room = Room::new("appointment", limits, Secret::new([7; 32]));
//! let now = Timestamp::from_micros(1_795_144_455_926_535);
//! assert!(matches!(room.arrive(now, None, false), Entrance::Admitted { .. }));
//! let Entrance::Waiting { cookie, position: 1, .. } = room.arrive(now, None, false) else { panic!() };
//! assert!(matches!(room.arrive(now, Some(&cookie), false), Entrance::Waiting { position: 1, .. }));
//! # Ok::<(), medward_defence::waiting::RoomError>(())
//! ```

mod limits;
mod line;
mod pace;
mod page;
mod room;
#[cfg(test)]
mod tests;
mod ticket;

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use medward_contract::Timestamp;
use medward_crypto::Secret;

pub use self::limits::{RawRoom, RoomError, RoomLimits};
pub use self::page::{POLL_PATH, page};
use self::room::{Standing, State};
use self::ticket::Ticket;
use crate::challenge::half_hash;

/// How long a visitor is inside after its last request, and keeps its place after its last poll (gateway.md §9).
pub const ACTIVE_FOR: Duration = Duration::from_secs(60);
/// How long a place is kept for who has not shown its ticket yet: the page polls every five seconds. It is taken back at its
/// place for the rest of `ACTIVE_FOR`; what ends earlier is what a flood of visitors without cookies holds.
pub const FIRST_POLL_WITHIN: Duration = Duration::from_secs(15);
/// How old the ticket of who is inside gets before it is renewed: not every response should set a cookie.
pub const RENEW_AFTER: Duration = Duration::from_secs(20);
/// When to come back to a room that has no place left to wait.
pub const FULL_RETRY_AFTER: Duration = Duration::from_secs(30);

/// What becomes of a visitor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Entrance {
    /// It goes on, with this cookie, or with the one it has.
    Admitted { cookie: Option<String> },
    /// It waits; `position` 1 is next. The estimate is one.
    Waiting { cookie: String, position: u32, estimated_wait: Duration },
    /// Too many wait already.
    Full { retry_after: Duration },
}

impl Entrance {
    /// The answer to a poll: `{"admitted": false, "position": 3, "estimated_seconds": 12}`; a full room has null for both.
    pub fn to_json(&self) -> String {
        let (position, seconds) = match self {
            Self::Waiting { position, estimated_wait, .. } => (Some(position), Some(estimated_wait.as_secs())),
            Self::Admitted { .. } | Self::Full { .. } => (None, None),
        };
        let admitted = matches!(self, Self::Admitted { .. });
        serde_json::json!({"admitted": admitted, "position": position, "estimated_seconds": seconds}).to_string()
    }
}

/// The waiting room of one object.
pub struct Room {
    key: Secret<[u8; 32]>,
    object: [u8; 16],
    state: Mutex<State>,
}

/// How many are where.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Occupancy {
    pub active: usize,
    pub waiting: usize,
}

impl Room {
    /// An empty room. The key is of this process, or of all nodes that take each other's tickets.
    pub fn new(object: &str, limits: RoomLimits, key: Secret<[u8; 32]>) -> Self {
        Self { key, object: half_hash(object.as_bytes()), state: Mutex::new(State::new(limits)) }
    }

    /// Asks for a request or a poll with this cookie. Who is privileged goes on without a place: it is not counted.
    pub fn arrive(&self, now: Timestamp, visitor: Option<&str>, privileged: bool) -> Entrance {
        if privileged {
            return Entrance::Admitted { cookie: None };
        }
        let ticket = visitor.and_then(|cookie| Ticket::read(cookie, &self.object, &self.key));
        let standing = self.state().arrive(now, ticket);
        let cookie = |number, admitted| Ticket { number, seen: now, admitted }.sign(&self.object, &self.key);
        match standing {
            Standing::Inside { number } => {
                let is_current = ticket.is_some_and(|ticket| {
                    ticket.admitted && ticket.number == number && ticket.age(now).is_some_and(|age| age < RENEW_AFTER)
                });
                Entrance::Admitted { cookie: (!is_current).then(|| cookie(number, true)) }
            }
            Standing::InLine { number, position, estimated_wait } => {
                Entrance::Waiting { cookie: cookie(number, false), position, estimated_wait }
            }
            Standing::Outside => Entrance::Full { retry_after: FULL_RETRY_AFTER },
        }
    }

    /// Changes the limits. Nobody is turned out: with fewer places nobody is let in until enough have left.
    pub fn set_limits(&self, limits: RoomLimits) {
        self.state().set_limits(limits);
    }

    /// Those who left are counted until the next arrival a second later.
    pub fn occupancy(&self) -> Occupancy {
        self.state().occupancy()
    }

    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        // A panic while it was held cannot leave half a state: nothing that is called panics.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
