//! From the bytes of a rule file to its documents.
//!
//! Rules come from outside: size, depth and number are bounded before anything is built. Aliases are refused altogether; no rule
//! needs them, and every YAML bomb does.

use serde_json::{Map, Value};

use crate::pack::RuleFile;
use crate::report::Reason;

/// Longest file; the longest public rule, a list of file hashes, takes a third of it.
pub const MAX_FILE_BYTES: usize = 256 << 10;
/// Most files of one load; the largest public folder has some 3,500.
pub const MAX_FILES: usize = 20_000;
/// Most documents in one file.
pub const MAX_DOCUMENTS: usize = 32;

const MAX_DEPTH: usize = 24;
const MAX_NODES: usize = 40_000;
/// Characters of a reader's message that are kept.
const MAX_MESSAGE: usize = 200;

/// One document: a rule.
pub(crate) type Document = Map<String, Value>;

pub(crate) fn documents(file: &RuleFile) -> Result<Vec<Document>, Reason> {
    if file.bytes.len() > MAX_FILE_BYTES {
        return Err(Reason::FileTooLong(file.bytes.len()));
    }
    let text = std::str::from_utf8(&file.bytes).map_err(|_| Reason::NotUtf8)?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let values: Vec<Value> = serde_saphyr::from_multiple_with_options(text, options())
        .map_err(|error| Reason::NotYaml(short(&error.to_string())))?;
    if values.is_empty() {
        return Err(Reason::Empty);
    }
    if values.len() > MAX_DOCUMENTS {
        return Err(Reason::TooManyDocuments);
    }
    values
        .into_iter()
        .map(|value| match value {
            Value::Object(document) => Ok(document),
            _ => Err(Reason::NotAMapping),
        })
        .collect()
}

fn options() -> serde_saphyr::Options {
    serde_saphyr::options! {
        budget: serde_saphyr::budget! {
            max_depth: MAX_DEPTH,
            max_nodes: MAX_NODES,
            max_events: 2 * MAX_NODES,
            max_aliases: 0,
            max_anchors: 0,
            max_merge_keys: 0,
            max_documents: MAX_DOCUMENTS + 1,
        },
        strict_booleans: true,
        with_snippet: false,
    }
}

/// The first line of a foreign message, cut.
pub(crate) fn short(message: &str) -> String {
    message.lines().next().unwrap_or_default().chars().take(MAX_MESSAGE).collect()
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;

    use super::*;

    fn check(text: &str, expected: Result<usize, &str>) {
        let file = RuleFile { name: "x.yml".into(), bytes: Cow::Owned(text.as_bytes().to_vec()) };
        match (documents(&file), expected) {
            (Ok(documents), Ok(count)) => assert_eq!(documents.len(), count, "{text:.60}"),
            (Err(reason), Err(expected)) => assert!(reason.to_string().contains(expected), "{text:.60}: {reason}"),
            (got, _) => panic!("{text:.60}: {got:?}"),
        }
    }

    #[test]
    fn documents_of_a_file_are_told_apart() {
        check("title: a", Ok(1));
        check("\u{feff}title: a\n---\ntitle: b\n", Ok(2));
        check("- a\n- b", Err("is not a mapping"));
        check("", Err("holds no rule"));
        check("title: 'a", Err("is not YAML"));
    }

    #[test]
    fn bombs_are_refused_before_they_are_built() {
        let bomb = "a: &a [x, x, x, x]\nb: &b [*a, *a, *a, *a]\nc: [*b, *b, *b, *b]\n";
        check(bomb, Err("is not YAML"));
        check("a: &a 1\nb: *a\n", Err("is not YAML"));
        check(&format!("a: {}{}", "[".repeat(40), "]".repeat(40)), Err("is not YAML"));
        check(&format!("a: [{}]", "1,".repeat(50_000)), Err("is not YAML"));
        check(&"---\na: 1\n".repeat(40), Err(""));
        check(&" ".repeat(MAX_FILE_BYTES + 1), Err("bytes are more than"));
    }

    #[test]
    fn bytes_that_are_no_text_are_refused() {
        let file = RuleFile { name: "x.yml".into(), bytes: Cow::Borrowed(b"title: \xff") };
        assert_eq!(documents(&file), Err(Reason::NotUtf8));
    }
}
