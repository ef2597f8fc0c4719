//! One value per stream, and sets of streams.

use medward_contract::event::Stream;

/// Streams accepted even when the disk is nearly full (`vault.md` §5): without them nobody could say what happened.
pub const VITAL: StreamSet = StreamSet::EMPTY
    .with(Stream::Admin)
    .with(Stream::Auth)
    .with(Stream::Dbaudit)
    .with(Stream::Alert)
    .with(Stream::Critical)
    .with(Stream::Vault);

/// A value for each stream.
#[derive(Debug, Clone)]
pub struct PerStream<T>([T; Stream::ALL.len()]);

impl<T: Default> Default for PerStream<T> {
    fn default() -> Self {
        Self(std::array::from_fn(|_| T::default()))
    }
}

impl<T> PerStream<T> {
    /// A value made for each stream.
    pub fn from_fn(mut make: impl FnMut(Stream) -> T) -> Self {
        Self(Stream::ALL.map(&mut make))
    }

    /// The value of one stream.
    #[expect(clippy::indexing_slicing, reason = "stream numbers are 1 to 19, one per place")]
    pub fn of(&self, stream: Stream) -> &T {
        &self.0[usize::from(stream.number()) - 1]
    }

    /// The value of one stream, to change.
    #[expect(clippy::indexing_slicing, reason = "stream numbers are 1 to 19, one per place")]
    pub fn of_mut(&mut self, stream: Stream) -> &mut T {
        &mut self.0[usize::from(stream.number()) - 1]
    }

    /// Every stream with its value.
    pub fn iter(&self) -> impl Iterator<Item = (Stream, &T)> {
        Stream::ALL.into_iter().zip(&self.0)
    }
}

/// A set of streams.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StreamSet(u32);

impl StreamSet {
    /// No stream.
    pub const EMPTY: Self = Self(0);
    /// Every stream.
    pub const ALL: Self = {
        let (mut set, mut place) = (Self::EMPTY, 1);
        while place <= Stream::ALL.len() {
            set.0 |= 1 << place;
            place += 1;
        }
        set
    };

    /// This set and one more.
    #[must_use]
    pub const fn with(self, stream: Stream) -> Self {
        Self(self.0 | 1 << stream.number())
    }

    /// Streams in both.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// Streams in either.
    #[must_use]
    pub const fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Streams of `ALL` not in this set.
    #[must_use]
    pub const fn complement(self) -> Self {
        Self(Self::ALL.0 & !self.0)
    }

    /// Whether the stream is in the set.
    pub const fn contains(self, stream: Stream) -> bool {
        self.0 >> stream.number() & 1 == 1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sets_know_their_streams() {
        for stream in Stream::ALL {
            assert!(StreamSet::ALL.contains(stream) && !StreamSet::EMPTY.contains(stream));
            assert_ne!(VITAL.contains(stream), VITAL.complement().contains(stream));
        }
        assert!(VITAL.contains(Stream::Admin) && !VITAL.contains(Stream::Waf));
    }

    #[test]
    fn each_stream_has_its_own_place() {
        let mut places = PerStream::<u16>::default();
        for stream in Stream::ALL {
            *places.of_mut(stream) = stream.number();
        }
        assert!(places.iter().all(|(stream, number)| stream.number() == *number));
    }
}
