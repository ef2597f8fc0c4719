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
    let (modules, test) = test.rsplit_once("::").unwrap_or(("", test));
    let root = if matches!(folder, "tests" | "xtask") { format!("{folder}/") } else { format!("crates/{folder}/") };
    let exists = tree
        .with_extension(&["rs"])
        .filter(|(path, _)| path.starts_with(&root) && stands_in(path, modules))
        .any(|(_, text)| is_test(&source::code_only(text), test));
    (!exists).then(|| format!("test `{name}` does not exist"))
}

/// Whether a file is where the module path says: each module is a folder or file of its path, in that order. An inline
/// `tests` has neither.
fn stands_in(path: &str, modules: &str) -> bool {
    let mut parts = path.trim_end_matches(".rs").split('/');
    modules
        .split("::")
        .filter(|module| !module.is_empty() && *module != "tests")
        .all(|module| parts.any(|part| part == module))
}

/// A function of that name whose own attributes say that it is a test.
fn is_test(code: &str, name: &str) -> bool {
    let lines: Vec<&str> = code.lines().collect();
    lines.iter().enumerate().any(|(index, line)| {
        let is_function = line.contains(&format!("fn {name}(")) || line.contains(&format!("fn {name}<"));
        is_function && attributes_above(lines.get(..index).unwrap_or_default()).any(makes_a_test)
    })
}

/// Lines of the item that follows, nearest first: up to the end of the item before it.
fn attributes_above<'a>(lines: &'a [&str]) -> impl Iterator<Item = &'a str> {
    let ends_an_item = |line: &&str| ["}", ";", "{"].iter().any(|end| line.ends_with(end));
    lines.iter().rev().map(|line| line.trim()).take_while(move |line| !ends_an_item(line))
}

/// `#[test]`, `#[tokio::test(…)]`, `#[store_test]`.
fn makes_a_test(line: &str) -> bool {
    let Some(attribute) = line.strip_prefix("#[") else { return false };
    let path = attribute.split(['(', ']']).next().unwrap_or_default();
    matches!(path.rsplit("::").next(), Some("test" | "store_test"))
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;
    use crate::tidy::planted;

    #[test]
    fn a_promise_without_proof_and_a_test_that_is_gone_are_faults() {
        let page = "# Proofs\n\n| promise | test or command |\n|---|---|\n\
                    | attacks are blocked | `make run ONCE=1`, `gateway::main::attack_is_blocked` |\n\
                    | nothing is lost | `vault::wal::acknowledged_survives_kill` |\n\
                    | it is seen | `console/e2e/login.test.ts` |\n\
                    | it is fast | measured once |\n\
                    | not a test | `gateway::helper_function` |\n\
                    | not a test | `gateway::main::latest_contest` |\n\
                    | elsewhere | `gateway::limits::attack_is_blocked` |\n";
        let files = [
            (PAGE, page),
            (
                "crates/gateway/tests/it/main.rs",
                "#[tokio::test]\nasync fn attack_is_blocked() {}\nfn helper_function() {}\n\
                 // the latest test\n#[derive(Test)]\nfn latest_contest() {}\n",
            ),
            ("crates/vault/src/wal.rs", "// fn acknowledged_survives_kill() was here\n"),
        ];
        expect![[r"
            docs/proofs.md:6: test `vault::wal::acknowledged_survives_kill` does not exist
            docs/proofs.md:7: `console/e2e/login.test.ts` names a file that does not exist
            docs/proofs.md:8: no proof is named for `it is fast`
            docs/proofs.md:9: test `gateway::helper_function` does not exist
            docs/proofs.md:10: test `gateway::main::latest_contest` does not exist
            docs/proofs.md:11: test `gateway::limits::attack_is_blocked` does not exist"]]
        .assert_eq(&planted::check(check, &files));
    }
}
