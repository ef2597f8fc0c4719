//! What a text can be found by: hashes of its words, of dotted quads, of single Chinese characters and pairs of them.
//!
//! A search asks first which row groups hold every token of its terms and reads only those. Invariant: when a
//! [`Term`](crate::query) stands in a text, every token that [`needed`] gives for it is among the text's tokens.

use twox_hash::XxHash3_64;

/// Longest beginning of a word that counts.
const LONGEST: usize = 64;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Between,
    Digit,
    Letter,
    Wide,
}

#[expect(clippy::indexing_slicing, reason = "the array has a place for every byte")]
const KINDS: [Kind; 256] = {
    let mut kinds = [Kind::Between; 256];
    let mut byte = 0;
    while byte < 256 {
        #[expect(clippy::cast_possible_truncation, reason = "it is below 256")]
        let letter = byte as u8;
        kinds[byte] = match letter {
            b'0'..=b'9' => Kind::Digit,
            b'a'..=b'z' | b'A'..=b'Z' | b'_' => Kind::Letter,
            0x80.. => Kind::Wide,
            _ => Kind::Between,
        };
        byte += 1;
    }
    kinds
};

fn kind(byte: u8) -> Kind {
    KINDS.get(usize::from(byte)).copied().unwrap_or(Kind::Between)
}

fn hash(bytes: &[u8]) -> u64 {
    XxHash3_64::oneshot(bytes)
}

/// Hash of a word regardless of ASCII case.
fn word_hash(word: &[u8]) -> u64 {
    let word = word.get(..LONGEST).unwrap_or(word);
    let mut lower = [0_u8; LONGEST];
    let Some(lower) = lower.get_mut(..word.len()) else { return 0 };
    for (to, from) in lower.iter_mut().zip(word) {
        *to = from.to_ascii_lowercase();
    }
    hash(lower)
}

/// Where the last numbers between dots began.
#[derive(Default)]
struct Quads {
    starts: [usize; 4],
    count: usize,
    end: usize,
}

impl Quads {
    /// Takes the next word; gives the start of the quad that ends with it.
    fn word(&mut self, text: &[u8], start: usize, end: usize, digits: bool) -> Option<usize> {
        if !digits || end - start > 3 {
            self.count = 0;
            return None;
        }
        let goes_on = self.count > 0 && self.end + 1 == start && text.get(self.end) == Some(&b'.');
        self.count = if goes_on { self.count + 1 } else { 1 };
        self.starts.rotate_left(1);
        if let Some(last) = self.starts.last_mut() {
            *last = start;
        }
        self.end = end;
        (self.count >= 4).then_some(self.starts[0])
    }
}

/// A token and the end of the word it belongs to.
struct Token {
    hash: u64,
    end: usize,
    word: bool,
}

fn scan(text: &[u8], visit: &mut impl FnMut(Token)) {
    let mut quads = Quads::default();
    let mut at = 0;
    while let Some(first) = text.get(at) {
        match kind(*first) {
            Kind::Between => at += 1,
            Kind::Wide => at = wide(text, at, visit),
            Kind::Digit | Kind::Letter => {
                let rest = text.get(at..).unwrap_or_default();
                let mut digits = true;
                let length = rest.iter().position(|byte| match kind(*byte) {
                    Kind::Digit => false,
                    Kind::Letter => {
                        digits = false;
                        false
                    }
                    Kind::Between | Kind::Wide => true,
                });
                let end = length.map_or(text.len(), |length| at + length);
                visit(Token { hash: word_hash(text.get(at..end).unwrap_or_default()), end, word: true });
                if let Some(start) = quads.word(text, at, end, digits) {
                    visit(Token { hash: hash(text.get(start..end).unwrap_or_default()), end, word: true });
                }
                at = end;
            }
        }
    }
}

/// Characters outside ASCII, each and in pairs. Gives the end of the run.
fn wide(text: &[u8], start: usize, visit: &mut impl FnMut(Token)) -> usize {
    let is_start = |byte: u8| byte & 0xc0 != 0x80;
    let (mut at, mut before) = (start, None);
    while text.get(at).is_some_and(|byte| kind(*byte) == Kind::Wide) {
        let rest = text.get(at + 1..).unwrap_or_default();
        let end = at + 1 + rest.iter().position(|byte| is_start(*byte)).unwrap_or(rest.len());
        visit(Token { hash: hash(text.get(at..end).unwrap_or_default()), end, word: false });
        if let Some(before) = before {
            visit(Token { hash: hash(text.get(before..end).unwrap_or_default()), end, word: false });
        }
        before = Some(at);
        at = end;
    }
    at
}

/// Hands every token of a text to `visit`.
pub fn for_each(text: &[u8], visit: &mut impl FnMut(u64)) {
    scan(text, &mut |token| visit(token.hash));
}

/// The same of JSON: also the words and dotted quads that begin behind an escape, as they do once the text is read.
pub fn for_each_in_json(text: &[u8], visit: &mut impl FnMut(u64)) {
    for_each(text, visit);
    for at in memchr::memchr_iter(b'\\', text) {
        let skipped = if text.get(at + 1) == Some(&b'u') { 6 } else { 2 };
        let rest = text.get(at + skipped..).unwrap_or_default();
        let end = rest.iter().position(|byte| !matches!(kind(*byte), Kind::Digit | Kind::Letter) && *byte != b'.');
        for_each(end.map_or(rest, |end| rest.get(..end).unwrap_or_default()), visit);
    }
}

/// Tokens that a text must have to hold this term; `prefix` lets its last word go on.
pub fn needed(term: &str, prefix: bool) -> Vec<u64> {
    let text = term.as_bytes();
    let mut tokens = Vec::new();
    scan(text, &mut |token| {
        let goes_on = prefix && token.word && token.end == text.len();
        if !goes_on {
            tokens.push(token.hash);
        }
    });
    tokens.sort_unstable();
    tokens.dedup();
    tokens
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use proptest::prelude::*;

    use super::*;
    use crate::query::Term;

    fn all(text: &str) -> HashSet<u64> {
        let mut tokens = HashSet::new();
        for_each(text.as_bytes(), &mut |token| tokens.extend([token]));
        tokens
    }

    #[test]
    fn addresses_and_chinese_are_found_inside() {
        let check = |term: &str, text: &str, expected: bool| {
            let there = needed(term, false).iter().all(|token| all(text).contains(token));
            assert_eq!(there, expected, "{term} in {text}");
        };
        check("203.0.113.9", "from 203.0.113.9:443", true);
        check("203.0.113.9", "113.9 203.0", false);
        check("203.0.113.9", "1.203.0.113.9.5", true);
        check("号挂", "门诊挂号成功", false);
        check("挂号成功", "门诊挂号成功", true);
        check("挂", "门诊挂号成功", true);
        check("SQLi", "a sqlI b", true);
        check("sql", "sqli", false);
    }

    #[test]
    fn word_behind_an_escape_is_found() {
        let mut tokens = HashSet::new();
        for_each_in_json(br#"{"a":"x\ny\u0001zed"}"#, &mut |token| tokens.extend([token]));
        for word in ["x", "y", "zed"] {
            assert!(needed(word, false).iter().all(|token| tokens.contains(token)), "{word}");
        }
    }

    proptest! {
        /// The same of a value in JSON, whose escapes hide where words begin.
        #[test]
        fn term_in_a_json_value_has_all_its_tokens(text in "[a-c_1-3. 挂号\"\\\\\n\t\u{1}/]{0,24}", term in "[a-c_1-3. 挂号/]{1,8}", prefix: bool) {
            if Term::new(&term, prefix).is_in(&text) {
                let mut tokens = HashSet::new();
                let json = serde_json::to_string(&serde_json::json!({ "x": text })).unwrap();
                for_each_in_json(json.as_bytes(), &mut |token| tokens.extend([token]));
                prop_assert!(needed(&term, prefix).iter().all(|token| tokens.contains(token)), "{} in {}", term, json);
            }
        }

        /// No match is missed: what a term finds, its tokens find.
        #[test]
        fn term_in_text_has_all_its_tokens(text in "[a-c_1-3. 挂号é/]{0,24}", term in "[a-c_1-3. 挂号é/]{1,6}", prefix: bool) {
            if Term::new(&term, prefix).is_in(&text) {
                let tokens = all(&text);
                prop_assert!(needed(&term, prefix).iter().all(|token| tokens.contains(token)));
            }
        }
    }
}
