//! Who is inside and who waits: the arithmetic of a room, without signatures.

use std::collections::HashMap;
use std::time::Duration;

use medward_contract::Timestamp;

use super::line::{Line, Place};
use super::pace::{Pace, SteadyClock};
use super::ticket::Ticket;
use super::{ACTIVE_FOR, FIRST_POLL_WITHIN, Occupancy, RoomLimits};

/// How often those who left are looked for. In between they count as there, so that nobody is let in too early.
const SWEEP_EVERY: u64 = 1_000_000;

/// Where a visitor stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Standing {
    Inside { number: u64 },
    InLine { number: u64, position: u32, estimated_wait: Duration },
    Outside,
}

/// Times are microseconds of `clock`.
#[derive(Debug)]
pub(super) struct State {
    limits: RoomLimits,
    clock: SteadyClock,
    /// When each visitor inside was last seen.
    inside: HashMap<u64, u64>,
    line: Line,
    pace: Pace,
    last_number: u64,
    swept: u64,
}

impl State {
    pub(super) fn new(limits: RoomLimits) -> Self {
        Self {
            limits,
            clock: SteadyClock::default(),
            inside: HashMap::new(),
            line: Line::default(),
            pace: Pace::default(),
            last_number: 0,
            swept: 0,
        }
    }

    pub(super) fn set_limits(&mut self, limits: RoomLimits) {
        self.limits = limits;
    }

    pub(super) fn occupancy(&self) -> Occupancy {
        Occupancy { active: self.inside.len(), waiting: self.line.len() }
    }

    pub(super) fn arrive(&mut self, now: Timestamp, ticket: Option<Ticket>) -> Standing {
        let at = self.clock.at(now);
        self.sweep(at);
        // Those who are due go in first, which may make the place in line that this visitor needs.
        self.let_in(at);
        let known = ticket.filter(|ticket| self.see(at, ticket.number));
        let number = match known.or_else(|| ticket.filter(|ticket| ticket.is_good(now))) {
            Some(ticket) => {
                self.take_back(at, ticket);
                ticket.number
            }
            None => self.take_number(at, now),
        };
        self.let_in(at);
        self.standing(at, number)
    }

    /// Notes that a visitor was here, if it is known and not gone.
    fn see(&mut self, at: u64, number: u64) -> bool {
        if let Some(seen) = self.inside.get_mut(&number) {
            let is_there = is_there(*seen, at);
            *seen = at;
            if !is_there {
                self.inside.remove(&number);
            }
            return is_there;
        }
        match self.line.find(number) {
            Some((_, place)) if keeps_place(place, at) => {
                place.seen = at;
                place.polled = true;
                true
            }
            Some(_) => {
                self.line.retain(|place| place.number != number);
                false
            }
            None => false,
        }
    }

    /// Gives a place to who has a good ticket and none: this room has forgotten it. Does nothing for who has one.
    fn take_back(&mut self, at: u64, ticket: Ticket) {
        let number = ticket.number;
        self.last_number = self.last_number.max(number);
        if self.inside.contains_key(&number) {
            return;
        }
        if ticket.admitted && self.inside.len() < self.limits.max_active {
            // It was inside already, so the pace does not concern it.
            self.inside.insert(number, at);
        } else if self.line.len() < self.limits.max_waiting {
            self.line.insert(Place { number, seen: at, polled: true });
        }
    }

    /// A new number, after all others: the time, so that numbers go on after a restart.
    fn take_number(&mut self, at: u64, now: Timestamp) -> u64 {
        let number = u64::try_from(now.as_micros()).unwrap_or(0).max(self.last_number.saturating_add(1));
        if self.line.len() < self.limits.max_waiting {
            self.last_number = number;
            self.line.insert(Place { number, seen: at, polled: false });
        }
        number
    }

    /// Lets in from the front while there are places and the pace allows.
    fn let_in(&mut self, at: u64) {
        while self.inside.len() < self.limits.max_active && self.pace.allows(at) {
            let Some(place) = self.line.pop_first() else { return };
            if keeps_place(&place, at) {
                self.inside.insert(place.number, place.seen);
                self.pace.admit(at, &self.limits);
            }
        }
    }

    fn standing(&mut self, at: u64, number: u64) -> Standing {
        if self.inside.contains_key(&number) {
            return Standing::Inside { number };
        }
        let Some((in_front, _)) = self.line.find(number) else { return Standing::Outside };
        let position = u32::try_from(in_front + 1).unwrap_or(u32::MAX);
        let free = self.limits.max_active.saturating_sub(self.inside.len());
        let free = u64::try_from(free).unwrap_or(u64::MAX);
        let seconds = self.pace.estimate_seconds(at, u64::from(position), free, &self.limits);
        Standing::InLine { number, position, estimated_wait: Duration::from_secs(seconds) }
    }

    fn sweep(&mut self, at: u64) {
        if at < self.swept.saturating_add(SWEEP_EVERY) {
            return;
        }
        self.swept = at;
        self.inside.retain(|_, seen| is_there(*seen, at));
        self.line.retain(|place| keeps_place(place, at));
    }
}

fn is_there(seen: u64, at: u64) -> bool {
    u128::from(at.saturating_sub(seen)) < ACTIVE_FOR.as_micros()
}

fn keeps_place(place: &Place, at: u64) -> bool {
    let within = if place.polled { ACTIVE_FOR } else { FIRST_POLL_WITHIN };
    u128::from(at.saturating_sub(place.seen)) < within.as_micros()
}
