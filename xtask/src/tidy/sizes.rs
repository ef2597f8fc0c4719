//! Handwritten files stay small enough to proofread: a warning above 500 lines, a fault above 800.

use super::Finding;
use crate::tree::Tree;

const WISHED_LINES: usize = 500;
const HARD_LIMIT_LINES: usize = 800;

/// Written by `generate`, never by hand.
const GENERATED: &[&str] = &["console/src/api/schema.d.ts"];

pub(super) fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (path, text) in tree.with_extension(&["rs", "ts", "tsx"]) {
        if GENERATED.contains(&path) {
            continue;
        }
        let lines = text.lines().count();
        if lines > HARD_LIMIT_LINES {
            findings.push(Finding::fault(path, 0, format!("{lines} lines; the limit is {HARD_LIMIT_LINES}")));
        } else if lines > WISHED_LINES {
            findings.push(Finding::warning(
                path,
                0,
                format!("{lines} lines; split it before it passes {HARD_LIMIT_LINES}"),
            ));
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;
    use crate::tidy::planted;

    #[test]
    fn a_file_over_800_lines_is_a_fault_and_over_500_a_warning() {
        let files = [
            ("crates/a/src/short.rs", "x\n".repeat(500)),
            ("crates/a/src/long.rs", "x\n".repeat(501)),
            ("crates/a/src/too_long.rs", "x\n".repeat(801)),
            ("console/src/a/pages.tsx", "x\n".repeat(801)),
            ("console/src/api/schema.d.ts", "x\n".repeat(9000)),
        ];
        let files: Vec<(&str, &str)> = files.iter().map(|(path, text)| (*path, text.as_str())).collect();
        expect![[r"
            console/src/a/pages.tsx:0: 801 lines; the limit is 800
            crates/a/src/too_long.rs:0: 801 lines; the limit is 800
            warning crates/a/src/long.rs:0: 501 lines; split it before it passes 800"]]
        .assert_eq(&planted::check(check, &files));
    }
}
