//! Password policy (`identity.md` §4): what a new password must be, as findings the form and the server share.
//!
//! *Not* here: hashing (crypto) and history (needs the stored hashes, see `service`). Pure and deterministic; costs up to
//! a few milliseconds for the strength estimate, so the service runs it off the async threads.
//!
//! Invariant: findings are codes, never text with parts of the password in it.

mod frequent;

mod number;

mod run;

use std::collections::BTreeSet;

use medward_crypto::Secret;
use serde::Serialize;
use unicode_normalization::UnicodeNormalization;
use zeroize::Zeroize;

/// No configuration may ask for fewer characters: the requirement is "more than 8" (CD-188).
pub(crate) const MIN_LENGTH_FLOOR: usize = 9;
/// Longest password in characters; the strength estimate grows with the square of the length.
pub(crate) const MAX_LENGTH: usize = 128;
/// Lowest accepted zxcvbn score: "safely unguessable", more than 10^8 guesses.
const MIN_SCORE: u8 = 3;
/// Keys next to each other, letters or digits in order.
const RUN_LIMIT: usize = 4;
/// The same character again and again.
const REPEAT_LIMIT: usize = 3;
/// Shorter names and logins are too common as parts of other words.
const OWN_WORD_FLOOR: usize = 3;

/// A password as typed, brought to Unicode NFKC: full-width letters of a Chinese input method equal plain ones.
#[derive(Debug, Clone)]
pub struct Password(Secret<String>);

impl Password {
    /// Normalises what was typed.
    pub fn new(mut typed: String) -> Self {
        let normalised = typed.nfkc().collect();
        typed.zeroize();
        Self(Secret::new(normalised))
    }

    /// The text, for hashing and judging.
    pub fn expose(&self) -> &str {
        self.0.expose()
    }
}

impl From<&Secret<String>> for Password {
    fn from(typed: &Secret<String>) -> Self {
        Self(Secret::new(typed.expose().nfkc().collect()))
    }
}

/// One reason why a password is not accepted. The console turns the code into words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Finding {
    /// Fewer characters than the policy asks for (CD-188).
    TooShort,
    /// More than [`MAX_LENGTH`] characters.
    TooLong,
    /// A control character.
    BadCharacter,
    /// No upper-case letter (CD-189).
    MissingUpper,
    /// No lower-case letter (CD-189).
    MissingLower,
    /// No digit (CD-189).
    MissingDigit,
    /// No symbol (CD-189).
    MissingSymbol,
    /// Contains the login name, forwards or backwards.
    ContainsLogin,
    /// Contains the person's name.
    ContainsName,
    /// Contains a word of this site, for example the hospital's name.
    ContainsSiteWord,
    /// Contains a date, which may be somebody's birthday.
    ContainsDate,
    /// Contains a mobile number.
    ContainsPhone,
    /// Four keys in a row, or four letters or digits in order.
    KeyboardRun,
    /// One character three times in a row.
    Repeated,
    /// On the list of common passwords (CD-194).
    Common,
    /// Too easily guessed: estimated strength below 3 of 4 (CD-193).
    Guessable,
    /// One of the last passwords of this account.
    Reused,
}

impl Finding {
    /// The code in answers.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::TooShort => "too_short",
            Self::TooLong => "too_long",
            Self::BadCharacter => "bad_character",
            Self::MissingUpper => "missing_upper",
            Self::MissingLower => "missing_lower",
            Self::MissingDigit => "missing_digit",
            Self::MissingSymbol => "missing_symbol",
            Self::ContainsLogin => "contains_login",
            Self::ContainsName => "contains_name",
            Self::ContainsSiteWord => "contains_site_word",
            Self::ContainsDate => "contains_date",
            Self::ContainsPhone => "contains_phone",
            Self::KeyboardRun => "keyboard_run",
            Self::Repeated => "repeated",
            Self::Common => "common",
            Self::Guessable => "guessable",
            Self::Reused => "reused",
        }
    }
}

/// The verdict on one password.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Judgement {
    /// Estimated strength, 0 (at once) to 4 (very hard to guess), after zxcvbn.
    pub score: u8,
    /// Everything that is wrong with it; empty = accepted.
    pub findings: BTreeSet<Finding>,
}

impl Judgement {
    /// Whether the password may be used.
    pub fn is_accepted(&self) -> bool {
        self.findings.is_empty()
    }
}

/// Whose password it is to be.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Owner<'a> {
    /// Login name.
    pub(crate) login: &'a str,
    /// Person's name.
    pub(crate) name: &'a str,
}

/// The rules of this site.
#[derive(Debug, Clone)]
pub(crate) struct Policy {
    min_length: usize,
    site_words: Vec<String>,
}

impl Policy {
    /// `min_length` in characters, at least [`MIN_LENGTH_FLOOR`] whatever is asked for; `site_words` in any case.
    pub(crate) fn new(min_length: usize, site_words: &[String]) -> Self {
        let site_words = site_words.iter().map(|word| fold(word)).filter(|word| is_long_enough(word)).collect();
        Self { min_length: min_length.max(MIN_LENGTH_FLOOR), site_words }
    }

    /// Judges `password` for `owner`.
    pub(crate) fn judge(&self, password: &Password, owner: Owner<'_>) -> Judgement {
        let text = password.expose();
        let mut findings = BTreeSet::new();
        let length = text.chars().count();
        if length < self.min_length {
            findings.insert(Finding::TooShort);
        }
        if length > MAX_LENGTH {
            // Everything below costs time by length, and there is nothing to learn from it.
            findings.insert(Finding::TooLong);
            return Judgement { score: 0, findings };
        }
        findings.extend(missing_classes(text));
        findings.extend(self.own_words(text, owner));
        if number::has_date(text) {
            findings.insert(Finding::ContainsDate);
        }
        if number::has_mobile_number(text) {
            findings.insert(Finding::ContainsPhone);
        }
        if run::longest(text) >= RUN_LIMIT {
            findings.insert(Finding::KeyboardRun);
        }
        if run::longest_repeat(text) >= REPEAT_LIMIT {
            findings.insert(Finding::Repeated);
        }
        if frequent::contains(text) {
            findings.insert(Finding::Common);
        }
        let score = self.strength(text, owner);
        if score < MIN_SCORE {
            findings.insert(Finding::Guessable);
        }
        Judgement { score, findings }
    }

    fn own_words(&self, text: &str, owner: Owner<'_>) -> Vec<Finding> {
        let plain = fold(text);
        let readings = [frequent::unmask(&plain), plain];
        let has = |word: &str| readings.iter().any(|reading| reading.contains(word));
        let mut findings = Vec::new();
        let login = fold(owner.login);
        let backwards: String = login.chars().rev().collect();
        if is_long_enough(&login) && (has(&login) || has(&backwards)) {
            findings.push(Finding::ContainsLogin);
        }
        if name_words(owner.name).iter().any(|word| has(word)) {
            findings.push(Finding::ContainsName);
        }
        if self.site_words.iter().any(|word| has(word)) {
            findings.push(Finding::ContainsSiteWord);
        }
        findings
    }

    fn strength(&self, text: &str, owner: Owner<'_>) -> u8 {
        let mut dictionary = vec![owner.login, owner.name, "medward"];
        dictionary.extend(self.site_words.iter().map(String::as_str));
        dictionary.extend_from_slice(frequent::words());
        u8::from(zxcvbn::zxcvbn(text, &dictionary).score())
    }
}

fn missing_classes(text: &str) -> Vec<Finding> {
    let has = |is_in: fn(char) -> bool| text.chars().any(is_in);
    let mut findings = Vec::new();
    if !has(char::is_uppercase) {
        findings.push(Finding::MissingUpper);
    }
    if !has(char::is_lowercase) {
        findings.push(Finding::MissingLower);
    }
    if !has(|c| c.is_ascii_digit()) {
        findings.push(Finding::MissingDigit);
    }
    if !has(|c| !c.is_alphanumeric() && !c.is_control()) {
        findings.push(Finding::MissingSymbol);
    }
    if text.chars().any(char::is_control) {
        findings.push(Finding::BadCharacter);
    }
    findings
}

/// The whole name and its parts; a Chinese name of two characters already counts, a Latin part from three.
fn name_words(name: &str) -> Vec<String> {
    let folded = fold(name);
    let joined: String = folded.split_whitespace().collect();
    let mut words: Vec<String> = folded.split_whitespace().map(str::to_owned).collect();
    words.push(joined);
    words.retain(|word| is_long_enough(word) || (word.chars().count() == 2 && !word.is_ascii()));
    words
}

fn is_long_enough(word: &str) -> bool {
    word.chars().count() >= OWN_WORD_FLOOR
}

fn fold(text: &str) -> String {
    text.nfkc().flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests;
