//! `cargo xtask tidy`: the rules of the house that a compiler cannot see.
//!
//! Every rule is a pure function from [`Tree`] to findings, in its own module, with a test that plants the fault it
//! guards against. Nothing is compiled; the whole run takes about a second. The rules also run as the ordinary test
//! `the_tree_is_tidy`, so nobody can forget them.

mod codes;
mod floors;
mod lists;
mod locales;
mod migrations;
mod module_docs;
mod names;
mod pages;
mod paths;
mod proofs;
mod routing;
mod sizes;
mod skips;
mod source;

use std::path::Path;
use std::process::ExitCode;

use anyhow::Result;

use crate::tree::Tree;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Weight {
    /// Tidy fails.
    Fault,
    /// Shown, and nothing fails.
    Warning,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Finding {
    weight: Weight,
    path: String,
    /// From 1; 0 when the whole file or its absence is meant.
    line: usize,
    message: String,
}

impl Finding {
    fn fault(path: impl Into<String>, line: usize, message: impl Into<String>) -> Self {
        Self { weight: Weight::Fault, path: path.into(), line, message: message.into() }
    }

    fn warning(path: impl Into<String>, line: usize, message: impl Into<String>) -> Self {
        Self { weight: Weight::Warning, path: path.into(), line, message: message.into() }
    }
}

struct Rule {
    name: &'static str,
    check: fn(&Tree) -> Vec<Finding>,
}

const RULES: &[Rule] = &[
    Rule { name: "floors", check: floors::check },
    Rule { name: "lists", check: lists::check },
    Rule { name: "sizes", check: sizes::check },
    Rule { name: "module-docs", check: module_docs::check },
    Rule { name: "names", check: names::check },
    Rule { name: "routing", check: routing::check },
    Rule { name: "skips", check: skips::check },
    Rule { name: "migrations", check: migrations::check },
    Rule { name: "codes", check: codes::check },
    Rule { name: "locales", check: locales::check },
    Rule { name: "pages", check: pages::check },
    Rule { name: "proofs", check: proofs::check },
    Rule { name: "paths", check: paths::check },
];

/// Prints every finding; exit code 1 when one of them is a fault.
pub(crate) fn run(root: &Path) -> Result<ExitCode> {
    let tree = Tree::read(root)?;
    let mut faults = 0_usize;
    let mut warnings = 0_usize;
    for rule in RULES {
        for finding in sorted((rule.check)(&tree)) {
            let place = if finding.line == 0 { finding.path } else { format!("{}:{}", finding.path, finding.line) };
            match finding.weight {
                Weight::Fault => {
                    faults += 1;
                    println!("fault    [{}] {place}: {}", rule.name, finding.message);
                }
                Weight::Warning => {
                    warnings += 1;
                    println!("warning  [{}] {place}: {}", rule.name, finding.message);
                }
            }
        }
    }
    println!("tidy: {} rules, {faults} faults, {warnings} warnings", RULES.len());
    Ok(if faults == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Adds migrations that are not yet in `migrations.sha256`; never touches a line that is there.
pub(crate) fn bless(root: &Path) -> Result<()> {
    migrations::bless(root)
}

/// Whether a module or crate of this name would be refused.
pub(crate) fn is_banned_module(name: &str) -> bool {
    names::is_banned_module(name)
}

/// The three letters of every declared error code, sorted.
pub(crate) fn code_prefixes(tree: &Tree) -> Vec<String> {
    codes::prefixes(tree)
}

fn sorted(mut findings: Vec<Finding>) -> Vec<Finding> {
    findings.sort();
    findings.dedup();
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tree_is_tidy() {
        let root = crate::workspace::root().unwrap();
        let tree = Tree::read(&root).unwrap();
        let faults: Vec<Finding> = RULES
            .iter()
            .flat_map(|rule| (rule.check)(&tree))
            .filter(|finding| finding.weight == Weight::Fault)
            .collect();
        assert_eq!(faults, Vec::new());
    }

    /// A walk that finds no files would make every rule pass.
    #[test]
    fn the_walk_sees_this_file() {
        let root = crate::workspace::root().unwrap();
        let tree = Tree::read(&root).unwrap();
        assert!(tree.text("xtask/src/tidy.rs").is_some());
        assert!(tree.crate_folders().contains(&"kernel"));
    }
}

/// What the rule tests share.
#[cfg(test)]
pub(crate) mod planted {
    use super::{Finding, Tree, Weight, sorted};

    /// `path:line: message` of every finding for a tree made of `files`.
    pub(crate) fn check(rule: fn(&Tree) -> Vec<Finding>, files: &[(&str, &str)]) -> String {
        let lines: Vec<String> = sorted(rule(&Tree::of(files)))
            .into_iter()
            .map(|finding| {
                let mark = if finding.weight == Weight::Warning { "warning " } else { "" };
                format!("{mark}{}:{}: {}", finding.path, finding.line, finding.message)
            })
            .collect();
        lines.join("\n")
    }
}
