//! The waiting room (等候室) of an object, and its tickets in cookies.

use std::sync::Arc;

use medward_contract::Timestamp;
use medward_crypto::{Secret, sha256};
use medward_defence::waiting::{Entrance, Room, RoomLimits};

/// Names of ticket cookies begin so; the rest tells the objects of one host apart.
const COOKIE: &str = "__mw_w_";

/// A room, and how many it is to hold. The room outlives policies; what it is to hold is told by the policy in force.
pub struct WaitingRoom {
    room: Arc<Room>,
    limits: RoomLimits,
    cookie: String,
}

impl WaitingRoom {
    /// A new and empty room for the object of this id. Nodes with the same key take each other's tickets.
    pub fn new(object: &str, limits: RoomLimits, key: Secret<[u8; 32]>) -> Self {
        let [first, second, third, ..] = sha256(object.as_bytes());
        let cookie = format!("{COOKIE}{first:02x}{second:02x}{third:02x}");
        Self { room: Arc::new(Room::new(object, limits, key)), limits, cookie }
    }

    /// The same room, with everybody in it, for a policy that lets in as many as these.
    #[must_use]
    pub fn with_limits(&self, limits: RoomLimits) -> Self {
        Self { room: self.room.clone(), limits, cookie: self.cookie.clone() }
    }

    /// From now on as many as this says may be inside.
    pub(crate) fn open(&self) {
        self.room.set_limits(self.limits);
    }

    /// Name of the cookie that carries its tickets.
    pub(crate) fn cookie(&self) -> &str {
        &self.cookie
    }

    /// Asks for somebody with this ticket. Who comes first is not sent here.
    pub(crate) fn arrive(&self, now: Timestamp, ticket: Option<&str>) -> Entrance {
        self.room.arrive(now, ticket, false)
    }

    /// Whether somebody without a ticket would have to wait.
    pub(crate) fn is_full(&self) -> bool {
        self.room.occupancy().waiting > 0
    }

    /// How many are inside, and how many wait.
    pub fn occupancy(&self) -> (usize, usize) {
        let occupancy = self.room.occupancy();
        (occupancy.active, occupancy.waiting)
    }
}
