//! How bans escalate (gateway.md §8): ten minutes, then an hour; the third within a day is for everybody to know.

use std::time::Duration;

use medward_contract::Timestamp;

use super::CounterKey;
use crate::table::{Table, Verdict};

/// Keys of one generation of a shard; at most 114,688 addresses are remembered.
const ROOM: usize = 896;
const MEMORY: Duration = Duration::from_secs(24 * 60 * 60);

/// What to do about an address that has earned a ban.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BanStep {
    /// On the gateway's own list, for this long.
    Local(Duration),
    /// To whoever decides for all of Medward (port `Decisions`).
    Decisions,
}

impl Default for BanStep {
    fn default() -> Self {
        Self::Local(FIRST)
    }
}

const FIRST: Duration = Duration::from_secs(10 * 60);
const SECOND: Duration = Duration::from_secs(60 * 60);

/// Remembers for a day which addresses were banned.
pub struct Ladder {
    /// The last two bans of an address.
    bans: Table<[Option<Timestamp>; 2]>,
}

impl Default for Ladder {
    fn default() -> Self {
        Self { bans: Table::new(ROOM) }
    }
}

impl Ladder {
    /// Notes a ban of the address behind `key` (`KeyHasher::address`), and says which step it is. Ask once per ban, not for
    /// each request of a burst that earned it.
    pub fn climb(&self, now: Timestamp, key: CounterKey) -> BanStep {
        self.bans.with(now, key, Default::default, |bans| {
            let recent = bans.iter().flatten().filter(|ban| now.since(**ban) < MEMORY).count();
            let [_, last] = *bans;
            *bans = [last, Some(now)];
            let answer = match recent {
                0 => BanStep::Local(FIRST),
                1 => BanStep::Local(SECOND),
                _ => BanStep::Decisions,
            };
            Verdict { answer, hot_until: Some(now.plus(MEMORY)) }
        })
    }
}

/// Remembers for a while what was told about which key, so that a flood is one event and not a million.
pub struct Herald {
    told: Table<Timestamp>,
}

impl Default for Herald {
    fn default() -> Self {
        Self { told: Table::new(ROOM) }
    }
}

impl Herald {
    /// Whether it is time to tell about `key` again: nothing was told of it within `quiet`, or it is forgotten.
    pub fn is_due(&self, now: Timestamp, key: CounterKey, quiet: Duration) -> bool {
        self.told.with(
            now,
            key,
            || now.plus(Duration::ZERO),
            |until| {
                let answer = *until <= now;
                if answer {
                    *until = now.plus(quiet);
                }
                Verdict { answer, hot_until: None }
            },
        )
    }
}
