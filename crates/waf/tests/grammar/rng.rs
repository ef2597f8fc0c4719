//! A small deterministic source of choices (SplitMix64): the same name gives the same requests on every machine.
//!
//! Each grammar draws from its own source, seeded by its name, so that a new grammar changes no other one's output.

pub(crate) struct Rng(u64);

impl Rng {
    /// Seeded by the FNV-1a hash of `name`.
    pub(crate) fn named(name: &str) -> Self {
        Self(
            name.bytes()
                .fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)),
        )
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below `end`; 0 when `end` is 0.
    pub(crate) fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() >> 33).unwrap_or_default() % end.max(1)
    }

    /// A number from `low` to `high`, both included.
    pub(crate) fn between(&mut self, low: usize, high: usize) -> usize {
        low + self.below(high - low + 1)
    }

    /// True in so many cases of a hundred.
    pub(crate) fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    pub(crate) fn pick<T: Copy>(&mut self, items: &[T]) -> T {
        items[self.below(items.len())]
    }

    pub(crate) fn byte(&mut self) -> u8 {
        self.next().to_le_bytes()[0]
    }

    pub(crate) fn bytes(&mut self, length: usize) -> Vec<u8> {
        (0..length).map(|_| self.byte()).collect()
    }

    /// A word of `length` characters of `alphabet`.
    pub(crate) fn word(&mut self, alphabet: &str, length: usize) -> String {
        let letters: Vec<char> = alphabet.chars().collect();
        (0..length).map(|_| self.pick(&letters)).collect()
    }

    pub(crate) fn digits(&mut self, length: usize) -> String {
        self.word("0123456789", length)
    }

    pub(crate) fn hex(&mut self, length: usize) -> String {
        self.word("0123456789abcdef", length)
    }

    pub(crate) fn letters(&mut self, length: usize) -> String {
        self.word("abcdefghijklmnopqrstuvwxyz", length)
    }

    pub(crate) fn token(&mut self, length: usize) -> String {
        self.word("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789", length)
    }

    /// Text in the URL-safe alphabet of base64.
    pub(crate) fn base64_url(&mut self, length: usize) -> String {
        self.word("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_", length)
    }

    /// A version 4 UUID.
    pub(crate) fn uuid(&mut self) -> String {
        let [low, mid, high, sequence, node] = [8, 4, 3, 3, 12].map(|length| self.hex(length));
        format!("{low}-{mid}-4{high}-{}{sequence}-{node}", self.pick(&["8", "9", "a", "b"]))
    }
}
