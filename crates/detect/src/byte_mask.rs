//! Which bytes occur in a value: the cheapest thing to know about it.

/// Which of the 256 byte values occur in a value.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct ByteMask([u64; 4]);

impl ByteMask {
    /// The bytes of a value, in constants too.
    #[inline]
    pub const fn of(bytes: &[u8]) -> Self {
        let mut mask = [0u64; 4];
        let mut rest = bytes;
        while let [byte, tail @ ..] = rest {
            let bit = 1u64 << (*byte & 63);
            match *byte >> 6 {
                0 => mask[0] |= bit,
                1 => mask[1] |= bit,
                2 => mask[2] |= bit,
                _ => mask[3] |= bit,
            }
            rest = tail;
        }
        Self(mask)
    }

    /// [`ByteMask::of`] at run time, by whichever way is faster.
    #[inline]
    pub fn scan(bytes: &[u8]) -> Self {
        /// From here on a table of flags is faster than shifting bits, and then three times as fast.
        const LONG: usize = 96;
        if bytes.len() < LONG {
            return if bytes.is_ascii() { Self::of_ascii(bytes) } else { Self::of(bytes) };
        }
        let mut seen = [false; 256];
        for byte in bytes {
            if let Some(flag) = seen.get_mut(usize::from(*byte)) {
                *flag = true;
            }
        }
        let mut mask = [0u64; 4];
        for (word, flags) in mask.iter_mut().zip(seen.chunks_exact(64)) {
            *word = flags.iter().rev().fold(0, |bits, flag| bits << 1 | u64::from(*flag));
        }
        Self(mask)
    }

    /// Without a branch for each byte.
    fn of_ascii(bytes: &[u8]) -> Self {
        let (mut low, mut high) = (0, 0);
        for byte in bytes {
            let bit = 1u64 << (byte & 63);
            let is_high = u64::from(byte >> 6).wrapping_neg();
            high |= bit & is_high;
            low |= bit & !is_high;
        }
        Self([low, high, 0, 0])
    }

    /// Every byte from `first` to `last`.
    pub const fn range(first: u8, last: u8) -> Self {
        let mut mask = Self([0; 4]);
        let mut byte = first;
        loop {
            mask = mask.or(Self::of(&[byte]));
            if byte == last {
                return mask;
            }
            byte += 1;
        }
    }

    /// The bytes of either.
    #[must_use]
    #[inline]
    pub const fn or(self, other: Self) -> Self {
        let (left, right) = (self.0, other.0);
        Self([left[0] | right[0], left[1] | right[1], left[2] | right[2], left[3] | right[3]])
    }

    /// The bytes that occur in a value of these bytes when its ASCII letters are small.
    #[must_use]
    #[inline]
    pub const fn to_lowercase(self) -> Self {
        const UPPER: u64 = 0x07ff_fffe;
        let [control, letters, high, highest] = self.0;
        let lower = (letters & UPPER) << 32;
        Self([control, letters & !UPPER | lower, high, highest])
    }

    /// Whether the byte is among them.
    #[inline]
    pub const fn contains(self, byte: u8) -> bool {
        self.intersects(Self::of(&[byte]))
    }

    /// Every byte that is not in `self`.
    #[must_use]
    #[inline]
    pub const fn not(self) -> Self {
        let own = self.0;
        Self([!own[0], !own[1], !own[2], !own[3]])
    }

    /// The bytes that are not in `other`.
    #[must_use]
    #[inline]
    pub const fn without(self, other: Self) -> Self {
        let (left, right) = (self.0, other.0);
        Self([left[0] & !right[0], left[1] & !right[1], left[2] & !right[2], left[3] & !right[3]])
    }

    /// Whether a byte is in both.
    #[inline]
    pub const fn intersects(self, other: Self) -> bool {
        let (left, right) = (self.0, other.0);
        (left[0] & right[0]) | (left[1] & right[1]) | (left[2] & right[2]) | (left[3] & right[3]) != 0
    }

    /// How many bytes there are.
    #[inline]
    pub const fn count(self) -> u32 {
        let own = self.0;
        own[0].count_ones() + own[1].count_ones() + own[2].count_ones() + own[3].count_ones()
    }

    /// The bytes, ascending.
    pub fn iter(self) -> impl Iterator<Item = u8> {
        (0u8..4).zip(self.0).flat_map(|(word, mut bits)| {
            std::iter::from_fn(move || {
                let bit = bits.trailing_zeros();
                bits = bits.checked_sub(1).map(|lower| bits & lower)?;
                u8::try_from(bit).ok().map(|bit| word << 6 | bit)
            })
        })
    }

    /// Whether every byte of `self` is in `other`.
    pub const fn within(self, other: Self) -> bool {
        let (left, right) = (self.0, other.0);
        (left[0] & !right[0]) | (left[1] & !right[1]) | (left[2] & !right[2]) | (left[3] & !right[3]) == 0
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn both_ways_to_a_byte_mask_agree(input in prop::collection::vec(any::<u8>(), 0..300)) {
            prop_assert_eq!(ByteMask::of(&input), ByteMask::scan(&input));
            let ascii: Vec<u8> = input.iter().map(|byte| byte & 0x7f).collect();
            prop_assert_eq!(ByteMask::of(&ascii), ByteMask::scan(&ascii));
        }

        #[test]
        fn small_letters_have_the_mask_of_the_letters(input in prop::collection::vec(any::<u8>(), 0..300)) {
            prop_assert_eq!(ByteMask::of(&input).to_lowercase(), ByteMask::of(&input.to_ascii_lowercase()));
        }
    }
}
