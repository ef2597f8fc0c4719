//! Values in which libinjection cannot find SQL, whatever it does with them: a full call costs some hundred nanoseconds
//! for each word.
//!
//! A value is an injection when the kinds of its first tokens, folded, are in libinjection's list of fingerprints. Every one
//! of those needs more than bare words, numbers, operators, commas, colons and semicolons: a word that SQL knows, a string,
//! a variable, a comment, a bracket, `&&` or `||` (the tests walk the list). A value that has none of them is skipped. It may
//! only ever say "cannot be": any word that looks like one of the list is looked at by libinjection itself.

use std::sync::LazyLock;

use libinjectionrs::sqli::sqli_data::SQL_KEYWORDS;

/// What a byte means to the tokenizer.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Kind {
    /// Part of a word or number.
    Word,
    /// Blank, operator or separator.
    Between,
    /// The same, but not twice in a row (`--`, `&&`, `||`).
    Once,
    /// Begins what only libinjection can judge.
    Special,
}

fn kind(byte: u8) -> Kind {
    match byte {
        b'-' | b'&' | b'|' => Kind::Once,
        b'"' | b'\'' | b'`' | b'#' | b'$' | b'(' | b')' | b'@' | b'[' | b'\\' | b'{' | b'}' => Kind::Special,
        b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z' | b'_' | 0x80..=0x9f | 0xa1..=0xff => Kind::Word,
        _ => Kind::Between,
    }
}

/// Words that SQL knows, by their hashes: a word that is not here is none of them.
struct Words {
    hashes: Vec<u64>,
    longest: usize,
}

/// The set has this many places, some sixty for each word.
const PLACES: usize = 1 << 16;

static WORDS: LazyLock<Words> = LazyLock::new(|| {
    let mut words = Words { hashes: vec![0; PLACES / 64], longest: 0 };
    let keywords = SQL_KEYWORDS.iter().filter(|keyword| keyword.token_type != b'F');
    // Some are several words, and libinjection joins them.
    for word in
        keywords.flat_map(|keyword| keyword.word.split(|letter: char| !letter.is_alphanumeric() && letter != '_'))
    {
        let place = place(word.as_bytes());
        if let Some(bits) = words.hashes.get_mut(place / 64) {
            *bits |= 1 << (place % 64);
        }
        words.longest = words.longest.max(word.len());
    }
    words
});

/// Builds the set, which the first request would wait for.
pub(super) fn prepare() {
    LazyLock::force(&WORDS);
}

/// The place of a word in the set, in whichever case it is written.
fn place(word: &[u8]) -> usize {
    let step = |hash: u32, byte: &u8| (hash ^ u32::from(byte.to_ascii_lowercase())).wrapping_mul(0x0100_0193);
    let hash = word.iter().fold(0x811c_9dc5, step);
    (hash ^ (hash >> 16)) as usize % PLACES
}

impl Words {
    fn may_contain(&self, word: &[u8]) -> bool {
        if word.len() > self.longest {
            return false;
        }
        let place = place(word);
        self.hashes.get(place / 64).is_some_and(|bits| bits & (1 << (place % 64)) != 0)
    }

    /// Whether a run of letters and digits may hold such a word: it begins the run, or stands behind a number.
    fn may_begin(&self, run: &[u8]) -> bool {
        if !run.first().is_some_and(u8::is_ascii_digit) {
            return self.may_contain(run);
        }
        let first = run.len().saturating_sub(self.longest);
        (first..run.len()).any(|from| run.get(from..).is_some_and(|rest| self.may_contain(rest)))
    }
}

/// Whether libinjection's SQL detector certainly finds nothing in a value.
pub(super) fn cannot_be_sql(value: &[u8]) -> bool {
    let words = &*WORDS;
    let mut run = None;
    let mut before = 0;
    for (at, &byte) in value.iter().enumerate() {
        match kind(byte) {
            Kind::Word => {
                run.get_or_insert(at);
                before = byte;
                continue;
            }
            Kind::Special => return false,
            Kind::Once if before == byte => return false,
            // A comment.
            Kind::Between if byte == b'*' && before == b'/' => return false,
            Kind::Once | Kind::Between => before = byte,
        }
        if let Some(start) = run.take()
            && words.may_begin(value.get(start..at).unwrap_or_default())
        {
            return false;
        }
    }
    !run.is_some_and(|start| words.may_begin(value.get(start..).unwrap_or_default()))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn every_fingerprint_needs_more_than_what_is_skipped() {
        let fingerprints = SQL_KEYWORDS.iter().filter(|keyword| keyword.token_type == b'F');
        let mut count = 0;
        for fingerprint in fingerprints {
            let kinds = fingerprint.word.strip_prefix('0').unwrap();
            assert!(kinds.chars().any(|kind| !"N1O,:;.?".contains(kind)), "{kinds}");
            count += 1;
        }
        assert!(count > 8000, "{count}");
    }

    #[test]
    fn words_of_sql_and_what_begins_a_string_or_comment_are_not_skipped() {
        for value in
            ["zh-CN", "g/L", "%u8d75%u654f", "2026-11-21 09:30:00", "a=1&b=2; c: 5.0, x*y/z|w", "\u{5fc3}\u{7535}"]
        {
            assert!(cannot_be_sql(value.as_bytes()), "{value}");
        }
        for value in [
            "x union y",
            "1UNION-2",
            "a.Select",
            "0x1fsleep",
            "a'",
            "\"b",
            "f(",
            "a--",
            "1&&2",
            "1||2",
            "a/*",
            "#",
            "`",
            "@a",
            "{x",
            "[a",
            "$1",
        ] {
            assert!(!cannot_be_sql(value.as_bytes()), "{value}");
        }
    }

    fn piece() -> impl Strategy<Value = Vec<u8>> {
        let words: Vec<&str> =
            SQL_KEYWORDS.iter().filter(|keyword| keyword.token_type != b'F').map(|keyword| keyword.word).collect();
        let text = |pieces: &[&'static str]| prop::sample::select(pieces.to_vec());
        prop_oneof![
            4 => text(&["-", "/", "%", "+", "*", "=", "<", ">", "!", "~", "^", "&", "|", ":", ",", ";", ".", "?", " ", "\t", "]"])
                .prop_map(|text| text.as_bytes().to_vec()),
            3 => text(&["1", "0", "7.5", "1e5", "0x1f", "0b1", ".5", "1.", "2d", "1e", "u8d75", "zh", "n", "x", "q", "b", "e", "u", "\u{e4}\u{5fc3}", "A_1"])
                .prop_map(|text| text.as_bytes().to_vec()),
            1 => prop::sample::select(words).prop_map(|word| word.as_bytes().to_vec()),
            1 => any::<u8>().prop_map(|byte| vec![byte]),
            1 => text(&["--", "/*", "*/", "&&", "||", "'", "\"", "(", ")", "\\", "@", "#"]).prop_map(|text| text.as_bytes().to_vec()),
        ]
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(4000))]
        #[test]
        fn what_is_skipped_never_differs_from_the_full_call(pieces in prop::collection::vec(piece(), 0..14)) {
            let value = pieces.concat();
            if cannot_be_sql(&value) {
                prop_assert!(!libinjectionrs::detect_sqli(&value).is_injection(), "{}", value.escape_ascii());
            }
        }

        #[test]
        fn plain_words_and_operators_never_differ_from_the_full_call(
            value in "[a-z0-9A-Z.,:;=<>!~^?*%+/&| \t\u{0}\u{1}\u{7f}\u{a0}\u{5fc3}_-]{0,24}",
        ) {
            if cannot_be_sql(value.as_bytes()) {
                prop_assert!(!libinjectionrs::detect_sqli(value.as_bytes()).is_injection(), "{value:?}");
            }
        }
    }
}
