//! Tests of the waiting room: its rules one by one, and its promises on made-up crowds.

mod crowd;
mod rules;

use super::*;

fn start() -> Timestamp {
    Timestamp::parse("2026-11-20T08:00:00+08:00").unwrap()
}

fn after(seconds: f64) -> Timestamp {
    start().plus(Duration::from_secs_f64(seconds))
}

fn limits(max_active: u32, admissions_per_second: u32, max_waiting: u32) -> RoomLimits {
    RoomLimits::compile(&RawRoom { max_active, admissions_per_second, max_waiting }).unwrap()
}

fn room(max_active: u32, admissions_per_second: u32) -> Room {
    Room::new("appointment", limits(max_active, admissions_per_second, 1_000), Secret::new([7; 32]))
}

/// A visitor's browser: keeps the cookie it was given.
#[derive(Debug, Clone, Default)]
struct Visitor {
    cookie: Option<String>,
}

/// What a visitor is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Told {
    Inside,
    Position(u32),
    Full,
}

impl Visitor {
    fn arrive(&mut self, room: &Room, now: Timestamp) -> Told {
        match room.arrive(now, self.cookie.as_deref(), false) {
            Entrance::Admitted { cookie } => {
                self.cookie = cookie.or(self.cookie.take());
                Told::Inside
            }
            Entrance::Waiting { cookie, position, .. } => {
                self.cookie = Some(cookie);
                Told::Position(position)
            }
            Entrance::Full { .. } => Told::Full,
        }
    }
}
