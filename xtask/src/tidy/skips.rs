//! No test is switched off, no lint is silenced without a reason, no test waits by sleeping.

use super::{Finding, source};
use crate::tree::Tree;

/// Calls that wait for real time. A `Clock` in the hands of a test waits for none.
const SLEEPS: &[&str] = &["thread::sleep", "time::sleep", "time::sleep_until"];

/// What switches off a console test, or keeps others from running, or waits for real time.
const CONSOLE_SKIPS: &[&str] = &[
    "describe.only(",
    "describe.skip(",
    "it.only(",
    "it.skip(",
    "test.only(",
    "test.skip(",
    "test.todo(",
    "waitForTimeout(",
];

pub(super) fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (path, text) in tree.with_extension(&["rs"]) {
        check_rust(path, text, &mut findings);
    }
    for (path, text) in tree.with_extension(&["ts", "tsx"]) {
        for (index, line) in text.lines().enumerate() {
            for skip in CONSOLE_SKIPS.iter().filter(|skip| line.contains(**skip)) {
                findings.push(Finding::fault(path, index + 1, format!("`{skip}…)` in a test")));
            }
        }
    }
    findings
}

fn check_rust(path: &str, text: &str, findings: &mut Vec<Finding>) {
    let code = source::code_only(text);
    let first_test_line = source::first_test_line(path, &code).unwrap_or(usize::MAX);
    for (index, line) in code.lines().enumerate() {
        let number = index + 1;
        if line.contains("#[ignore") {
            findings.push(Finding::fault(path, number, "`#[ignore]`: fix the test or delete it"));
        }
        if opens_allow(line) && !has_reason(&code, index) {
            findings.push(Finding::fault(
                path,
                number,
                "`allow` without a reason; write `#[expect(lint, reason = \"…\")]`",
            ));
        }
        if number >= first_test_line && SLEEPS.iter().any(|sleep| line.contains(sleep)) {
            findings.push(Finding::fault(path, number, "a test sleeps; wait for the event, or drive a test clock"));
        }
    }
}

fn opens_allow(line: &str) -> bool {
    line.contains("#[allow(") || line.contains("#![allow(") || line.contains("#[expect(") || line.contains("#![expect(")
}

/// The attribute may span lines: it ends at the first line with `)]`.
fn has_reason(code: &str, from: usize) -> bool {
    let mut attribute = String::new();
    for line in code.lines().skip(from) {
        attribute.push_str(line);
        if line.contains(")]") {
            break;
        }
    }
    attribute.contains("reason =")
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;
    use crate::tidy::planted;

    #[test]
    fn a_skipped_test_a_bare_allow_and_a_sleep_are_faults() {
        let files = [
            (
                "crates/a/src/a.rs",
                "#[allow(dead_code)]\nfn f() { thread::sleep(d) }\n#[cfg(test)]\n#[ignore]\nfn t() {}\n",
            ),
            ("crates/a/src/b.rs", "#[expect(\n    dead_code,\n    reason = \"x\"\n)]\nfn f() { clock.sleep(d) }\n"),
            ("crates/a/tests/it/main.rs", "fn t() { tokio::time::sleep(d).await }\n"),
            ("console/e2e/login.test.ts", "it.skip('x', () => {})\nawait page.waitForTimeout(500)\n"),
        ];
        expect![[r#"
            console/e2e/login.test.ts:1: `it.skip(…)` in a test
            console/e2e/login.test.ts:2: `waitForTimeout(…)` in a test
            crates/a/src/a.rs:1: `allow` without a reason; write `#[expect(lint, reason = "…")]`
            crates/a/src/a.rs:4: `#[ignore]`: fix the test or delete it
            crates/a/tests/it/main.rs:1: a test sleeps; wait for the event, or drive a test clock"#]]
        .assert_eq(&planted::check(check, &files));
    }
}
