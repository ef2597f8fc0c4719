//! The files of the regression tests: which tests there are, what each sends, what each expects.
//!
//! A test that asks for something this program cannot check is refused by name: it must not pass unlooked-at. What
//! describes a test and asks for nothing (author, description, where the original runner connects to) is not kept.

use std::collections::HashSet;
use std::fmt;
use std::path::{Path, PathBuf};

use regex::Regex;
use serde::de::{IgnoredAny, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use thiserror::Error;

use crate::waf::files;

/// Name of a test: the rule it is about, and its number there; `942100-7`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub(super) struct TestId {
    pub(super) rule: u32,
    pub(super) test: u32,
}

impl fmt::Display for TestId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}-{}", self.rule, self.test)
    }
}

/// One test: exchanges in order, each with what must come of it.
#[derive(Debug)]
pub(super) struct Test {
    pub(super) id: TestId,
    pub(super) stages: Vec<Stage>,
}

/// One exchange.
#[derive(Debug)]
pub(super) struct Stage {
    pub(super) input: Input,
    pub(super) expected: Expected,
}

/// What is sent. [`super::stage`] makes bytes of it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Input {
    pub(super) method: String,
    pub(super) uri: String,
    pub(super) version: String,
    /// In the order of the file.
    #[serde(deserialize_with = "headers")]
    pub(super) headers: Vec<(String, String)>,
    pub(super) data: Option<String>,
    /// A whole request, as base64; everything else is then without effect.
    pub(super) encoded_request: Option<String>,
    pub(super) autocomplete_headers: bool,
    #[serde(rename = "dest_addr")]
    _address: IgnoredAny,
    #[serde(rename = "port")]
    _port: IgnoredAny,
    #[serde(rename = "protocol")]
    _protocol: IgnoredAny,
}

impl Default for Input {
    fn default() -> Self {
        Self {
            method: "GET".to_owned(),
            uri: "/".to_owned(),
            version: "HTTP/1.1".to_owned(),
            headers: Vec::new(),
            data: None,
            encoded_request: None,
            autocomplete_headers: true,
            _address: IgnoredAny,
            _port: IgnoredAny,
            _protocol: IgnoredAny,
        }
    }
}

/// What must come of a stage; what is `None` or empty may be as it likes.
#[derive(Debug, Default)]
pub(super) struct Expected {
    pub(super) status: Option<u16>,
    /// The request must not get an answer of the system behind.
    pub(super) error: bool,
    /// Tried a second time before the test counts as failed.
    pub(super) retry_once: bool,
    /// Rules that fire.
    pub(super) fires: Vec<u32>,
    /// Rules that do not.
    pub(super) silent: Vec<u32>,
    /// Some log line matches.
    pub(super) line: Option<Regex>,
    /// No log line matches.
    pub(super) no_line: Option<Regex>,
}

#[derive(Deserialize)]
struct RawFile {
    rule_id: u32,
    tests: Vec<RawTest>,
}

#[derive(Deserialize)]
struct RawTest {
    test_id: u32,
    stages: Vec<RawStage>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawStage {
    input: Input,
    #[serde(default)]
    output: RawOutput,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct RawOutput {
    status: Option<u16>,
    expect_error: bool,
    retry_once: bool,
    log: RawLog,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct RawLog {
    expect_ids: Vec<u32>,
    no_expect_ids: Vec<u32>,
    match_regex: Option<String>,
    no_match_regex: Option<String>,
}

/// Why the tests cannot be run.
#[derive(Debug, Error)]
pub(super) enum TestsError {
    #[error("read {path}")]
    Read { path: PathBuf, source: std::io::Error },
    #[error("read {path} as tests: {message}")]
    Parse { path: PathBuf, message: String },
    #[error("read {path} as tests: the test {id} stands twice")]
    Repeated { path: PathBuf, id: TestId },
}

/// Every test below this folder, by the names of its files. As with the runner of the CRS a test file ends with `.yaml`; what
/// ends otherwise, `.yml` included, has been put aside.
pub(super) fn read(folder: &Path) -> Result<Vec<Test>, TestsError> {
    let mut tests = Vec::new();
    let mut seen = HashSet::new();
    for found in files::list(&[folder.to_owned()]) {
        let path = found.map_err(|unreadable| TestsError::Read { path: unreadable.path, source: unreadable.error })?;
        if path.extension().is_none_or(|extension| extension != "yaml") {
            continue;
        }
        let bytes = files::read(&path).map_err(|source| TestsError::Read { path: path.clone(), source })?;
        let more = parse(&bytes).map_err(|message| TestsError::Parse { path: path.clone(), message })?;
        if let Some(id) = more.iter().map(|test| test.id).find(|id| !seen.insert(*id)) {
            return Err(TestsError::Repeated { path, id });
        }
        tests.extend(more);
    }
    Ok(tests)
}

/// The tests of one file. A file may be empty or hold nothing but comments.
fn parse(bytes: &[u8]) -> Result<Vec<Test>, String> {
    let text = std::str::from_utf8(bytes).map_err(|error| error.to_string())?;
    let file: Option<RawFile> = serde_saphyr::from_str(text).map_err(|error| error.to_string())?;
    let Some(file) = file else { return Ok(Vec::new()) };
    let mut tests = Vec::with_capacity(file.tests.len());
    for raw in file.tests {
        let id = TestId { rule: file.rule_id, test: raw.test_id };
        let stages = raw.stages.into_iter().map(|stage| {
            let expected = expected(stage.output).map_err(|message| format!("{id}: {message}"))?;
            Ok(Stage { input: stage.input, expected })
        });
        tests.push(Test { id, stages: stages.collect::<Result<_, String>>()? });
    }
    Ok(tests)
}

fn expected(raw: RawOutput) -> Result<Expected, String> {
    let regex = |text: Option<String>| {
        let compiled = text.map(|text| Regex::new(&text)).transpose();
        compiled.map_err(|error| error.to_string())
    };
    let expected = Expected {
        status: raw.status,
        error: raw.expect_error,
        retry_once: raw.retry_once,
        fires: raw.log.expect_ids,
        silent: raw.log.no_expect_ids,
        line: regex(raw.log.match_regex)?,
        no_line: regex(raw.log.no_match_regex)?,
    };
    if expected.asks_nothing() { Err("the output expects nothing".to_owned()) } else { Ok(expected) }
}

impl Expected {
    fn asks_nothing(&self) -> bool {
        self.status.is_none()
            && !self.error
            && self.fires.is_empty()
            && self.silent.is_empty()
            && self.line.is_none()
            && self.no_line.is_none()
    }
}

/// A mapping as pairs: a header may be meant to come before another, and a map of Rust would forget that.
fn headers<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<(String, String)>, D::Error> {
    struct Pairs;
    impl<'de> Visitor<'de> for Pairs {
        type Value = Vec<(String, String)>;

        fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
            formatter.write_str("header fields")
        }

        fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
            let mut pairs = Vec::new();
            while let Some(pair) = map.next_entry()? {
                pairs.push(pair);
            }
            Ok(pairs)
        }
    }
    deserializer.deserialize_map(Pairs)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The only stage of the only test of rule 9.
    fn stage(input: &str, output: &str) -> Stage {
        parse_one(input, output).unwrap().pop().unwrap().stages.pop().unwrap()
    }

    fn parse_one(input: &str, output: &str) -> Result<Vec<Test>, String> {
        let text = format!(
            "---\nmeta:\n  author: x\nrule_id: 9\ntests:\n  - test_id: 1\n    desc: y\n    stages:\n      - input: {input}\n        output: {output}\n"
        );
        parse(text.as_bytes())
    }

    const EXPECTS: &str = "{log: {expect_ids: [9]}}";

    #[test]
    fn missing_fields_are_those_of_a_plain_get() {
        let input = stage("{dest_addr: localhost, port: 80}", EXPECTS).input;
        assert_eq!((input.method.as_str(), input.uri.as_str(), input.version.as_str()), ("GET", "/", "HTTP/1.1"));
        assert_eq!((input.data, input.encoded_request, input.autocomplete_headers), (None, None, true));
    }

    #[test]
    fn values_are_kept_as_they_are_written_even_where_yaml_knows_a_number() {
        let input = r#"{method: "\tGET", version: "", headers: {Z: 007, A: "x\ry", Content-Length: 1e2, B: 1.10, C: ""}, data: "a\x0D\xe4\n"}"#;
        let input = stage(input, EXPECTS).input;
        assert_eq!((input.method.as_str(), input.version.as_str()), ("\tGET", ""));
        let headers: Vec<_> = input.headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        assert_eq!(headers, [("Z", "007"), ("A", "x\ry"), ("Content-Length", "1e2"), ("B", "1.10"), ("C", "")]);
        assert_eq!(input.data.as_deref(), Some("a\r\u{e4}\n"));
    }

    #[test]
    fn everything_that_is_expected_is_read() {
        let output = "{status: 400, expect_error: true, retry_once: true, log: {expect_ids: [1, 2], no_expect_ids: [3], match_regex: 'a+', no_match_regex: 'b'}}";
        let expected = stage("{}", output).expected;
        assert_eq!((expected.status, expected.error, expected.retry_once), (Some(400), true, true));
        assert_eq!((expected.fires, expected.silent), (vec![1, 2], vec![3]));
        assert_eq!(expected.line.unwrap().as_str(), "a+");
        assert_eq!(expected.no_line.unwrap().as_str(), "b");
    }

    #[test]
    fn test_that_asks_for_nothing_or_for_something_unknown_is_refused() {
        for (input, output, word) in [
            ("{}", "{}", "9-1: the output expects nothing"),
            ("{}", "{log: {}}", "9-1: the output expects nothing"),
            ("{}", "{response_contains: x}", "response_contains"),
            ("{}", "{log: {log_contains: x}}", "log_contains"),
            ("{follow_redirect: true}", EXPECTS, "follow_redirect"),
            ("{}", "{log: {match_regex: '('}}", "unclosed group"),
        ] {
            let error = parse_one(input, output).unwrap_err();
            assert!(error.contains(word), "{input} {output}: {error}");
        }
    }

    #[test]
    fn file_may_be_empty() {
        for text in ["", "---\n", "# nothing yet\n"] {
            assert!(parse(text.as_bytes()).unwrap().is_empty(), "{text:?}");
        }
    }

    #[test]
    fn folder_is_read_in_the_order_of_names_and_a_test_must_not_stand_twice() {
        let folder = tempfile::tempdir().unwrap();
        let file = |rule: u32| {
            format!(
                "rule_id: {rule}\ntests:\n  - test_id: 1\n    stages:\n      - input: {{}}\n        output: {EXPECTS}\n"
            )
        };
        std::fs::create_dir(folder.path().join("b")).unwrap();
        for (name, text) in
            [("b/9.yaml", file(9)), ("a.yaml", file(8)), ("a.yml", file(7)), ("c", "no test".to_owned())]
        {
            std::fs::write(folder.path().join(name), text).unwrap();
        }
        let ids: Vec<_> = read(folder.path()).unwrap().iter().map(|test| test.id.to_string()).collect();
        assert_eq!(ids, ["8-1", "9-1"]);
        std::fs::write(folder.path().join("c.yaml"), file(8)).unwrap();
        let error = read(folder.path()).unwrap_err().to_string();
        assert!(error.ends_with("c.yaml as tests: the test 8-1 stands twice"), "{error}");
    }
}
