//! Who was found enumerating, for as long as it is held against them.

use std::time::Duration;

use medward_contract::Timestamp;

use super::EnumerationRule;
use crate::limit::CounterKey;
use crate::table::{Table, Verdict};

/// Keys of one generation of a shard: seven eighths of 1,024.
const ROOM: usize = 896;

/// Who was found, in bounded memory: 114,688 at most. A finding holds for one window of its rule.
pub struct Found(Table<Timestamp>);

impl Default for Found {
    fn default() -> Self {
        Self(Table::new(ROOM))
    }
}

impl Found {
    /// Notes a finding, unless one of this key holds already. Until when it holds, if it is news.
    pub fn note(&self, now: Timestamp, key: CounterKey, rule: &EnumerationRule) -> Option<Timestamp> {
        self.0.with(
            now,
            key,
            || now.plus(Duration::ZERO),
            |until| {
                let answer = (*until <= now).then(|| now.plus(rule.window()));
                *until = answer.unwrap_or(*until);
                Verdict { answer, hot_until: Some(*until) }
            },
        )
    }

    /// Until when a finding of this key holds.
    pub fn until(&self, now: Timestamp, key: CounterKey) -> Option<Timestamp> {
        self.0.look(key, |until| *until).filter(|until| *until > now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::limit::KeyHasher;

    #[test]
    fn finding_is_news_once_a_window_and_holds_that_long() {
        let (found, rule) = (Found::default(), EnumerationRule::default());
        let key = |client: &[u8]| KeyHasher::new([7; 16]).client_and(client, b"/report/{}");
        let second = |second: i64| Timestamp::from_micros(1_795_144_455_000_000 + second * 1_000_000);
        let end = second(600);
        assert_eq!(found.until(second(0), key(b"one")), None);
        assert_eq!(
            (found.note(second(0), key(b"one"), &rule), found.note(second(1), key(b"one"), &rule)),
            (Some(end), None)
        );
        assert_eq!((found.until(second(599), key(b"one")), found.until(end, key(b"one"))), (Some(end), None));
        assert_eq!(found.until(second(1), key(b"another")), None);
        assert_eq!(found.note(end, key(b"one"), &rule), Some(second(1_200)));
    }
}
