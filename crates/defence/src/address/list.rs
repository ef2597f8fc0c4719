//! The text form of an address group, read line by line.

use std::fmt;

use super::{AddressEntry, AddressSet, EntryError};

/// Entries in one list; five times what gateway.md §2 asks for.
pub const MAX_ENTRIES: usize = 1_000_000;
/// Bytes of one list, comments included.
pub const MAX_LIST_BYTES: usize = 64 << 20;
/// After so many wrong lines the rest is not read: a list of another kind would have a million of them.
pub const MAX_REPORTED_ERRORS: usize = 20;
/// Characters of a wrong line that are quoted.
const QUOTED_CHARS: usize = 64;

/// Why a list was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AddressListError {
    #[error("read address list: {0} bytes are more than {MAX_LIST_BYTES}")]
    TooLong(usize),
    #[error("read address list: line {0} is entry number {limit}, {MAX_ENTRIES} are allowed", limit = MAX_ENTRIES + 1)]
    TooMany(usize),
    #[error("read address list: {}", Lines(.0))]
    Lines(Vec<LineError>),
}

/// A wrong line.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: `{text}` is wrong: {source}")]
pub struct LineError {
    /// From 1.
    pub line: usize,
    /// The line's beginning, with what is not UTF-8 or not printable replaced.
    pub text: String,
    pub source: EntryError,
}

struct Lines<'a>(&'a [LineError]);

impl fmt::Display for Lines<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, error) in self.0.iter().enumerate() {
            write!(f, "{}{error}", if index == 0 { "" } else { "; " })?;
        }
        if self.0.len() >= MAX_REPORTED_ERRORS {
            f.write_str("; reading stopped here")?;
        }
        Ok(())
    }
}

pub(super) fn parse(text: &[u8]) -> Result<AddressSet, AddressListError> {
    if text.len() > MAX_LIST_BYTES {
        return Err(AddressListError::TooLong(text.len()));
    }
    let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
    let mut entries = Vec::new();
    let mut errors = Vec::new();
    for (index, line) in text.split(|byte| *byte == b'\n').enumerate() {
        let line = without_comment(line).trim_ascii();
        if line.is_empty() {
            continue;
        }
        match std::str::from_utf8(line).map_err(|_| EntryError::NotAnAddress).and_then(AddressEntry::parse) {
            Ok(_) if entries.len() == MAX_ENTRIES => return Err(AddressListError::TooMany(index + 1)),
            Ok(entry) => entries.push(entry),
            Err(source) => errors.push(LineError { line: index + 1, text: quoted(line), source }),
        }
        if errors.len() == MAX_REPORTED_ERRORS {
            break;
        }
    }
    if errors.is_empty() { Ok(entries.into_iter().collect()) } else { Err(AddressListError::Lines(errors)) }
}

/// `#` is the spec's, `;` that of lists which others publish; neither stands in an address.
fn without_comment(line: &[u8]) -> &[u8] {
    line.split(|byte| matches!(byte, b'#' | b';')).next().unwrap_or_default()
}

fn quoted(line: &[u8]) -> String {
    let head = line.get(..line.len().min(QUOTED_CHARS * 4)).unwrap_or_default();
    let printable = |character: char| if character.is_control() { char::REPLACEMENT_CHARACTER } else { character };
    String::from_utf8_lossy(head).chars().take(QUOTED_CHARS).map(printable).collect()
}
