//! `docs/proofs.md`: each promise names the test or command that shows it, and each named test exists.
//!
//! A row is `| promise | proof |`; the proof holds one or more of these in backquotes: `crate::path::test_name` (the
//! crate by its folder; `tests` is the end-to-end crate), `console/e2e/file.ts`, or a command a newcomer can type.

use super::{Finding, source};
use crate::tree::Tree;

const PAGE: &str = "docs/proofs.md";

/// Commands that count as a proof.
const COMMANDS: &[&str] = &["make ", "cargo ", "medward ", "npm "];

pub(super) fn check(tree: &Tree) -> Vec<Finding> {
    let Some(text) = tree.text(PAGE) else { return Vec::new() };
    let mut findings = Vec::new();
    for (index, line) in text.lines().enumerate() {
        let Some((promise, proof)) = row(line) else { continue };
        let named: Vec<&str> = proof.split('`').skip(1).step_by(2).collect();
        if named.is_empty() {
            findings.push(Finding::fault(PAGE, index + 1, format!("no proof is named for `{promise}`")));
        }
        for name in named {
            if let Some(message) = wrong(tree, name) {
                findings.push(Finding::fault(PAGE, index + 1, message));
            }
        }
    }
    findings
}

/// The two cells of a table row that is neither heading nor rule.
fn row(line: &str) -> Option<(&str, &str)> {
    let cells = line.trim().strip_prefix('|')?.strip_suffix('|')?;
    let (promise, proof) = cells.split_once('|')?;
    let (promise, proof) = (promise.trim(), proof.trim());
    let is_frame = promise.starts_with("---") || promise.eq_ignore_ascii_case("promise");
    (!is_frame).then_some((promise, proof))
}

fn wrong(tree: &Tree, name: &str) -> Option<String> {
    if COMMANDS.iter().any(|command| name.starts_with(command)) {
        return None;
    }
    if name.contains('/') {
        let file = name.split("::").next().unwrap_or(name);
        return tree.text(file).is_none().then(|| format!("`{name}` names a file that does not exist"));
    }
    let Some((folder, test)) = name.split_once("::") else {
        return Some(format!("`{name}` is neither crate::path::test, a file nor a command"));
    };
    let test = test.rsplit("::").next().unwrap_or(test);
    let root = if matches!(folder, "tests" | "xtask") { format!("{folder}/") } else { format!("crates/{folder}/") };
    let exists = tree
        .with_extension(&["rs"])
        .filter(|(path, _)| path.starts_with(&root))
        .any(|(_, text)| is_test(&source::code_only(text), test));
    (!exists).then(|| format!("test `{name}` does not exist"))
}

/// A function of that name with a test attribute in the lines above it, or a name given to a macro that makes tests.
fn is_test(code: &str, name: &str) -> bool {
    let lines: Vec<&str> = code.lines().collect();
    lines.iter().enumerate().any(|(index, line)| {
        let is_function = line.contains(&format!("fn {name}(")) || line.contains(&format!("fn {name}<"));
        is_function && lines.iter().take(index).rev().take(6).any(|above| above.contains("test"))
    })
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;
    use crate::tidy::planted;

    #[test]
    fn a_promise_without_proof_and_a_test_that_is_gone_are_faults() {
        let page = "# Proofs\n\n| promise | test or command |\n|---|---|\n\
                    | attacks are blocked | `make run ONCE=1`, `gateway::proxy::attack_is_blocked` |\n\
                    | nothing is lost | `vault::wal::acknowledged_survives_kill` |\n\
                    | it is seen | `console/e2e/login.test.ts` |\n\
                    | it is fast | measured once |\n\
                    | not a test | `gateway::helper_function` |\n";
        let files = [
            (PAGE, page),
            (
                "crates/gateway/tests/it/main.rs",
                "#[tokio::test]\nasync fn attack_is_blocked() {}\n\n\n\n\n\n\nfn helper_function() {}\n",
            ),
            ("crates/vault/src/wal.rs", "// fn acknowledged_survives_kill() was here\n"),
        ];
        expect![[r"
            docs/proofs.md:6: test `vault::wal::acknowledged_survives_kill` does not exist
            docs/proofs.md:7: `console/e2e/login.test.ts` names a file that does not exist
            docs/proofs.md:8: no proof is named for `it is fast`
            docs/proofs.md:9: test `gateway::helper_function` does not exist"]]
        .assert_eq(&planted::check(check, &files));
    }
}
