//! Words in text: ASCII words match as whole words regardless of case, anything else as a substring.

/// Letters, digits and `_` make words; every other character stands between them.
const fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

/// A word, phrase or beginning of a word to look for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Term {
    lower: String,
    prefix: bool,
}

impl Term {
    /// A term; `prefix` lets the last word go on (`repor*`).
    pub fn new(text: &str, prefix: bool) -> Self {
        Self { lower: text.to_ascii_lowercase(), prefix }
    }

    /// What is looked for, in lower case.
    pub fn text(&self) -> &str {
        &self.lower
    }

    /// Whether its last word may go on.
    pub const fn is_prefix(&self) -> bool {
        self.prefix
    }

    /// Whether the text holds the term.
    ///
    /// Example: `sqli` stands in `waf SQLi: id=1` and not in `mysqli_query`; `挂号` stands in `门诊挂号成功`.
    pub fn is_in(&self, text: &str) -> bool {
        let (needle, haystack) = (self.lower.as_bytes(), text.as_bytes());
        let (Some(first), Some(last)) = (needle.first(), needle.last()) else { return true };
        let mut from = 0;
        while let Some(rest) = haystack.get(from..) {
            let Some(found) = memchr::memchr2(*first, first.to_ascii_uppercase(), rest) else { return false };
            let start = from + found;
            from = start + 1;
            let Some(candidate) = haystack.get(start..start + needle.len()) else { return false };
            if !candidate.eq_ignore_ascii_case(needle) {
                continue;
            }
            let before = start.checked_sub(1).and_then(|place| haystack.get(place));
            let after = haystack.get(start + needle.len());
            let begins = !is_word(*first) || before.is_none_or(|byte| !is_word(*byte));
            let ends = self.prefix || !is_word(*last) || after.is_none_or(|byte| !is_word(*byte));
            if begins && ends {
                return true;
            }
        }
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_match_whole_and_chinese_matches_inside() {
        let check = |term: &str, text: &str, expected: bool| {
            assert_eq!(Term::new(term, false).is_in(text), expected, "{term} in {text}");
        };
        check("sqli", "waf SQLi: id=1", true);
        check("sqli", "mysqli_query, then sqli", true);
        check("sqli", "mysqli_query", false);
        check("挂号", "门诊挂号成功", true);
        check("号挂", "门诊挂号成功", false);
        check("203.0.113.9", "from 203.0.113.9:443", true);
        check("203.0.113.9", "from 203.0.113.99", false);
        check("union select", "1 UNION SELECT 2", true);
        check("/api/", "GET /api/v1", true);
        check("x", "", false);
        assert!(Term::new("repor", true).is_in("/api/report") && !Term::new("eport", true).is_in("/api/report"));
    }
}
