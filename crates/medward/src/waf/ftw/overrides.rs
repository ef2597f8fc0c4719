//! Tests that do not apply, each with the reason why. An overridden test is skipped and its reason is printed; it never
//! counts as passed.
//!
//! The file has the schema of the CRS, so that lists written for other engines can be read too. What a list says a test
//! should give instead (`output`) is without effect: a test that is not run as written has not been passed.

use std::collections::HashMap;

use serde::Deserialize;
use serde::de::IgnoredAny;

use super::yaml::TestId;

/// In process every test can be run.
const IN_PROCESS: &str = include_str!("overrides/in-process.yaml");
/// Over the wire the gateway refuses what some tests send.
const WIRE: &str = include_str!("overrides/wire.yaml");

/// Why each of them is not run.
#[derive(Debug, Default)]
pub(super) struct Overrides(HashMap<TestId, String>);

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawFile {
    #[serde(rename = "version")]
    _version: String,
    #[serde(rename = "meta")]
    _meta: IgnoredAny,
    #[serde(default)]
    test_overrides: Vec<RawOverride>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawOverride {
    rule_id: u32,
    test_ids: Vec<u32>,
    reason: String,
    #[serde(rename = "output", default)]
    _output: IgnoredAny,
}

impl Overrides {
    /// Our own list.
    pub(super) fn built_in(wire: bool) -> Result<Self, String> {
        Self::parse(if wire { WIRE } else { IN_PROCESS })
    }

    /// A list of somebody else's.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let file: RawFile = serde_saphyr::from_str(text).map_err(|error| error.to_string())?;
        let mut reasons = HashMap::new();
        for raw in file.test_overrides {
            let reason = raw.reason.split_whitespace().collect::<Vec<_>>().join(" ");
            for test in raw.test_ids {
                let id = TestId { rule: raw.rule_id, test };
                if reason.is_empty() {
                    return Err(format!("{id} is overridden without a reason"));
                }
                if reasons.insert(id, reason.clone()).is_some() {
                    return Err(format!("{id} is overridden twice"));
                }
            }
        }
        Ok(Self(reasons))
    }

    /// Why this test is not run.
    pub(super) fn reason(&self, id: TestId) -> Option<&str> {
        self.0.get(&id).map(String::as_str)
    }

    /// Overridden tests that are not among these, in order.
    pub(super) fn without_test(&self, tests: impl IntoIterator<Item = TestId>) -> Vec<TestId> {
        let known: std::collections::HashSet<TestId> = tests.into_iter().collect();
        let mut unknown: Vec<TestId> = self.0.keys().copied().filter(|id| !known.contains(id)).collect();
        unknown.sort_unstable();
        unknown
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(rule: u32, test: u32) -> TestId {
        TestId { rule, test }
    }

    fn file(overrides: &str) -> Result<Overrides, String> {
        Overrides::parse(&format!("version: \"v0\"\nmeta:\n  engine: x\ntest_overrides:\n{overrides}"))
    }

    #[test]
    fn each_test_of_an_entry_has_its_reason_on_one_line() {
        let text = "  - rule_id: 920100\n    test_ids: [4, 8]\n    reason: |\n      One\n      two\n    output:\n      status: 400\n      log:\n        expect_ids: [1]\n";
        let overrides = file(text).unwrap();
        assert_eq!(overrides.reason(id(920_100, 8)), Some("One two"));
        assert_eq!(overrides.reason(id(920_100, 5)), None);
        assert_eq!(overrides.without_test([id(920_100, 8), id(1, 1)]), [id(920_100, 4)]);
    }

    #[test]
    fn entry_without_a_reason_or_given_twice_is_refused() {
        let entry = |reason: &str| format!("  - rule_id: 1\n    test_ids: [2]\n    reason: {reason}\n");
        assert_eq!(file(&entry("' '")).unwrap_err(), "1-2 is overridden without a reason");
        assert_eq!(file(&entry("a").repeat(2)).unwrap_err(), "1-2 is overridden twice");
        assert!(file("  - rule_id: 1\n    test_ids: [2]\n").unwrap_err().contains("reason"));
    }

    #[test]
    fn our_own_lists_can_be_read() {
        for wire in [false, true] {
            Overrides::built_in(wire).unwrap();
        }
    }
}
