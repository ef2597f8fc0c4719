//! Names that say nothing are banned: a module called `utils` collects whatever nobody placed.

use super::{Finding, source};
use crate::tree::{Tree, crate_of};

const BANNED_MODULES: &[&str] =
    &["common", "helper", "helpers", "manager", "managers", "misc", "util", "utilities", "utils"];

const BANNED_TYPE_ENDINGS: &[&str] = &["Helper", "Helpers", "Manager", "Util", "Utils"];

pub(super) fn is_banned_module(name: &str) -> bool {
    BANNED_MODULES.contains(&name)
}

pub(super) fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for folder in tree.crate_folders() {
        if folder.split('-').any(|word| BANNED_MODULES.contains(&word)) {
            findings.push(Finding::fault(format!("crates/{folder}"), 0, "a crate is named after what it owns"));
        }
    }
    for (path, text) in tree.with_extension(&["rs"]) {
        if crate_of(path).is_none() && !path.starts_with("xtask/") && !path.starts_with("tests/") {
            continue;
        }
        for (index, line) in source::code_only(text).lines().enumerate() {
            if let Some(name) = declared(line, &["mod"]).filter(|name| BANNED_MODULES.contains(name)) {
                findings.push(Finding::fault(
                    path,
                    index + 1,
                    format!("module `{name}` says nothing; name what it owns"),
                ));
            }
            let of_type = declared(line, &["struct", "enum", "trait", "type"]);
            if let Some(name) = of_type.filter(|name| BANNED_TYPE_ENDINGS.iter().any(|end| name.ends_with(end))) {
                findings.push(Finding::fault(
                    path,
                    index + 1,
                    format!("type `{name}` says nothing; name what it does"),
                ));
            }
        }
    }
    findings
}

/// The name after one of `keywords`, when the line declares one.
fn declared<'a>(line: &'a str, keywords: &[&str]) -> Option<&'a str> {
    let mut words = line.split_whitespace().skip_while(|word| word.starts_with("pub"));
    let keyword = words.next()?;
    if !keywords.contains(&keyword) {
        return None;
    }
    words.next()?.split(|character: char| !character.is_alphanumeric() && character != '_').next()
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;
    use crate::tidy::planted;

    #[test]
    fn empty_names_are_faults() {
        let files = [
            ("crates/common/Cargo.toml", ""),
            ("crates/a/src/lib.rs", "pub(crate) mod utils;\nmod session;\n// mod helpers;\n"),
            ("crates/a/src/b.rs", "pub struct SessionManager<T> {}\nenum State {}\nlet s = \"mod misc;\";\n"),
        ];
        expect![[r"
            crates/a/src/b.rs:1: type `SessionManager` says nothing; name what it does
            crates/a/src/lib.rs:1: module `utils` says nothing; name what it owns
            crates/common:0: a crate is named after what it owns"]]
        .assert_eq(&planted::check(check, &files));
    }
}
