//! Token filters: which row groups cannot hold a token.
//!
//! One Bloom filter for each row group over the tokens of all its texts, six probes from one 64-bit hash. With ten bits for
//! each distinct token one of 120 answers is a false "perhaps"; every hit is tested on the row anyway.

/// Probes for each token.
const PROBES: u64 = 6;

/// Distinct tokens of a row group that is being filled.
#[derive(Debug, Default)]
pub struct Tokens {
    /// Open addressing; 0 is an empty place.
    places: Vec<u64>,
    count: usize,
}

impl Tokens {
    /// Adds a token.
    pub fn add(&mut self, token: u64) {
        self.insert(token);
    }

    /// Adds a token; false when it was there.
    pub fn insert(&mut self, token: u64) -> bool {
        // A token of hash 0 shares the place of 1: it is found all the same.
        let token = token.max(1);
        if self.count * 2 >= self.places.len() {
            self.grow();
        }
        let mask = self.places.len() - 1;
        #[expect(clippy::cast_possible_truncation, reason = "the lowest bits choose the place")]
        let mut at = token as usize & mask;
        while let Some(place) = self.places.get_mut(at) {
            if *place == token {
                return false;
            }
            if *place == 0 {
                *place = token;
                self.count += 1;
                return true;
            }
            at = (at + 1) & mask;
        }
        false
    }

    fn grow(&mut self) {
        let length = (self.places.len() * 2).max(1 << 12);
        let old = std::mem::replace(&mut self.places, vec![0; length]);
        self.count = 0;
        for token in old.into_iter().filter(|token| *token != 0) {
            self.insert(token);
        }
    }

    /// Number of distinct tokens.
    pub const fn distinct(&self) -> usize {
        self.count
    }

    /// The filter's words, and no tokens left.
    pub fn take(&mut self, bits_per_token: usize) -> Vec<u64> {
        let mut words = vec![0_u64; (self.count * bits_per_token).div_ceil(64).max(1)];
        for token in self.places.iter().filter(|token| **token != 0) {
            for (word, bit) in probes(*token, words.len() as u64) {
                if let Some(word) = usize::try_from(word).ok().and_then(|word| words.get_mut(word)) {
                    *word |= bit;
                }
            }
        }
        self.places.fill(0);
        self.count = 0;
        words
    }
}

/// Word and bit of each probe in a filter of `words` words.
fn probes(token: u64, words: u64) -> impl Iterator<Item = (u64, u64)> {
    let token = token.max(1);
    let (first, step) = (token >> 32, (token & 0xffff_ffff) | 1);
    (0..PROBES).map(move |probe| {
        let mixed = (first + probe * step) & 0xffff_ffff;
        let bit = (mixed * (words * 64)) >> 32;
        (bit / 64, 1 << (bit % 64))
    })
}

/// Whether a filter of `words` words may hold the token; `word` reads one of them. A word that cannot be read says yes.
pub(super) fn may_hold(token: u64, words: u64, mut word: impl FnMut(u64) -> Option<u64>) -> bool {
    probes(token, words).all(|(at, bit)| word(at).is_none_or(|word| word & bit != 0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn holds_what_was_put_in_and_little_else() {
        let mut tokens = Tokens::default();
        let token = |at: u64| twox_hash::XxHash3_64::oneshot(&at.to_le_bytes());
        for at in 0..20_000 {
            tokens.insert(token(at));
            tokens.insert(token(at / 2));
        }
        assert_eq!(tokens.distinct(), 20_000);
        let words = tokens.take(10);
        let holds = |at: u64| {
            may_hold(token(at), words.len() as u64, |word| words.get(usize::try_from(word).unwrap()).copied())
        };
        assert!((0..20_000).all(holds));
        let wrong = (20_000..120_000).filter(|at| holds(*at)).count();
        assert!((400..1_500).contains(&wrong), "{wrong} of 100,000 answers are false");
        assert_eq!(tokens.distinct(), 0);
    }
}
