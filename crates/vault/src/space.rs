//! How full the vault's file system is, and what that means (`vault.md` §5 "Disk"; QH-088).
//!
//! Invariant: nothing is overwritten or deleted early to make room; only the reserve, which holds nothing, is given up.

use medward_contract::event::Stream;

use crate::disk::Space;
use crate::streams::{StreamSet, VITAL};

/// What the fill level asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum Mode {
    /// Below 80 %.
    #[default]
    Normal,
    /// From 80 %: alarm with forecast.
    Filling,
    /// From 90 %: louder alarm.
    NearlyFull,
    /// From 95 %: only [`VITAL`] streams are accepted.
    VitalOnly,
    /// From 99 %, or after a write found no room: nothing is accepted, reads go on.
    Full,
}

impl Mode {
    /// The mode at this fill level, in tenths of a percent.
    pub const fn of_permille(used: u64) -> Self {
        match used {
            0..800 => Self::Normal,
            800..900 => Self::Filling,
            900..950 => Self::NearlyFull,
            950..990 => Self::VitalOnly,
            _ => Self::Full,
        }
    }

    /// Streams whose events are taken.
    pub const fn accepted(self) -> StreamSet {
        match self {
            Self::Normal | Self::Filling | Self::NearlyFull => StreamSet::ALL,
            Self::VitalOnly => VITAL,
            Self::Full => StreamSet::EMPTY,
        }
    }

    /// Whether an event of this stream is taken.
    pub const fn accepts(self, stream: Stream) -> bool {
        self.accepted().contains(stream)
    }

    /// The word in `vault.mode`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Normal => "normal",
            Self::Filling => "filling",
            Self::NearlyFull => "nearly_full",
            Self::VitalOnly => "vital_only",
            Self::Full => "full",
        }
    }
}

/// Most bytes kept back in `reserve.bin`: 2 GiB.
const RESERVE_MOST: u64 = 2 * 1024 * 1024 * 1024;

/// Size of `reserve.bin`: 5 % of the file system, at most 2 GiB.
pub const fn reserve_bytes(space: Space) -> u64 {
    let share = space.total / 20;
    if share < RESERVE_MOST { share } else { RESERVE_MOST }
}

/// Fill level in tenths of a percent. `released` bytes of the reserve count as used, or giving them up would look like
/// room and the vault would accept and refuse by turns.
pub const fn used_permille(space: Space, released: u64) -> u64 {
    if space.total == 0 {
        return 1000;
    }
    let used = space.total.saturating_sub(space.free).saturating_add(released);
    // Sizes in KiB keep the product inside 64 bits.
    (used / 1024).saturating_mul(1000) / (space.total / 1024).saturating_add(if space.total < 1024 { 1 } else { 0 })
}

/// What the vault last knew about its disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct DiskState {
    /// Fill level in tenths of a percent.
    pub used_permille: u64,
    /// What follows from it.
    pub mode: Mode,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fill_levels_are_those_of_the_specification() {
        let mode = |percent: u64| Mode::of_permille(percent * 10);
        assert_eq!(
            [79, 80, 89, 90, 94, 95, 98, 99, 100].map(mode),
            [
                Mode::Normal,
                Mode::Filling,
                Mode::Filling,
                Mode::NearlyFull,
                Mode::NearlyFull,
                Mode::VitalOnly,
                Mode::VitalOnly,
                Mode::Full,
                Mode::Full
            ]
        );
    }

    #[test]
    fn nearly_full_disk_takes_only_vital_streams() {
        assert!(Mode::VitalOnly.accepts(Stream::Admin) && !Mode::VitalOnly.accepts(Stream::Access));
        assert!(!Mode::Full.accepts(Stream::Admin));
        assert!(Mode::NearlyFull.accepts(Stream::Access));
    }

    #[test]
    fn released_reserve_does_not_look_like_room() {
        let space = Space { total: 100 << 20, free: 6 << 20 };
        assert_eq!(used_permille(space, 0), 940);
        assert_eq!(used_permille(space, 5 << 20), 990);
        assert_eq!(reserve_bytes(space), 5 << 20);
        assert_eq!(reserve_bytes(Space { total: 1 << 40, free: 0 }), 2 << 30);
        assert_eq!(used_permille(Space { total: 0, free: 0 }, 0), 1000);
        assert!(used_permille(Space { total: 200, free: 200 }, 0) == 0);
    }
}
