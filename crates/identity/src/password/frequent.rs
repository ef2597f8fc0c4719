//! The list of common passwords and how a password is recognised although it wears a capital, a year or an `@` for `a`.

use std::collections::HashSet;
use std::sync::LazyLock;

const LIST: &str = include_str!("frequent.txt");

static FREQUENT: LazyLock<HashSet<&'static str>> = LazyLock::new(|| entries().collect());

/// Words without digits: the dictionary for the strength estimate.
static WORDS: LazyLock<Vec<&'static str>> =
    LazyLock::new(|| entries().filter(|entry| entry.bytes().all(|byte| byte.is_ascii_lowercase())).collect());

fn entries() -> impl Iterator<Item = &'static str> {
    LIST.lines().filter(|line| !line.is_empty() && !line.starts_with('#'))
}

/// Common words, without the number variants.
pub(super) fn words() -> &'static [&'static str] {
    &WORDS
}

/// Whether the password is on the list, also in other case, with symbols added, with digits and symbols for letters, or
/// with any digits and symbols around one or two listed words (`Mima@20261120`, `Nihao!Nihao1`).
pub(super) fn contains(password: &str) -> bool {
    let folded = super::fold(password);
    let without_end = folded.trim_end_matches(|c: char| !c.is_alphanumeric());
    let without_tail = folded.trim_end_matches(|c: char| !c.is_alphabetic());
    let spelled = [folded.clone(), unmask(&folded), unmask(without_end), unmask(without_tail)];
    spelled.iter().any(|text| {
        FREQUENT.contains(text.as_str())
            || FREQUENT.contains(without_symbols(text).as_str())
            || is_one_or_two_words(&text.chars().filter(|c| c.is_alphabetic()).collect::<String>())
    })
}

fn is_one_or_two_words(letters: &str) -> bool {
    FREQUENT.contains(letters)
        || letters.char_indices().any(|(at, _)| match (letters.get(..at), letters.get(at..)) {
            (Some(first), Some(second)) => FREQUENT.contains(first) && FREQUENT.contains(second),
            _ => false,
        })
}

fn without_symbols(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).collect()
}

/// Reads the usual substitutes as the letters they stand for: `P@ssw0rd` → `password`.
pub(super) fn unmask(folded: &str) -> String {
    let letter = |c| match c {
        '@' | '4' => 'a',
        '3' => 'e',
        '1' | '!' => 'i',
        '0' => 'o',
        '$' | '5' => 's',
        '7' => 't',
        other => other,
    };
    folded.chars().map(letter).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn list_has_at_least_a_thousand_folded_unique_entries() {
        let all: Vec<_> = entries().collect();
        assert!(all.len() >= 1_000, "{}", all.len());
        assert_eq!(all.len(), FREQUENT.len());
        assert!(all.iter().all(|entry| super::super::fold(entry) == *entry && !entry.contains(' ')));
    }

    #[test]
    fn disguises_are_seen_through() {
        let check = |password, expected| assert_eq!(contains(password), expected, "{password}");
        check("Aa123456!", true);
        check("P@ssw0rd", true);
        check("P@$$w0rd!", true);
        check("WoAiNi1314!", true);
        check("Mima@2026!", true);
        check("2026Hospital#", true);
        check("Mima@20261120", true);
        check("Nihao!Nihao1", true);
        check("Admin_Root_99!", true);
        check("mima-lianxi-Xue-42", false);
        check("Gewitter;Lampe9", false);
    }
}
