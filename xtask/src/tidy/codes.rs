//! Error codes are for ever: one crate, one prefix; one code, one meaning.
//!
//! A crate declares its codes in `src/codes.rs` as `XXX-0000`; a person finds them in `docs/errors.md`.

use std::collections::{BTreeMap, BTreeSet};

use super::Finding;
use crate::tree::{Tree, crate_of};

pub(super) fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut owner_of_code: BTreeMap<&str, (&str, usize)> = BTreeMap::new();
    let mut owner_of_prefix: BTreeMap<&str, &str> = BTreeMap::new();
    let lists = tree.with_extension(&["rs"]).filter(|(path, _)| path.ends_with("/src/codes.rs"));
    for (path, text) in lists {
        let folder = crate_of(path).unwrap_or_default();
        for (line, code) in declared(text) {
            let Some(prefix) = prefix_of(code) else {
                findings.push(Finding::fault(
                    path,
                    line,
                    format!("code `{code}` is not three letters, `-`, four digits"),
                ));
                continue;
            };
            if let Some((other, _)) = owner_of_code.insert(code, (path, line)) {
                findings.push(Finding::fault(path, line, format!("code {code} is already used in {other}")));
            }
            let owner = *owner_of_prefix.entry(prefix).or_insert(folder);
            if owner != folder {
                findings.push(Finding::fault(path, line, format!("prefix {prefix} belongs to {owner}")));
            }
        }
    }
    findings
}

/// The three letters that crates use already, sorted.
pub(super) fn prefixes(tree: &Tree) -> Vec<String> {
    let lists = tree.with_extension(&["rs"]).filter(|(path, _)| path.ends_with("/src/codes.rs"));
    let found = lists.flat_map(|(_, text)| declared(text)).filter_map(|(_, code)| prefix_of(code)).map(str::to_owned);
    found.collect::<BTreeSet<String>>().into_iter().collect()
}

/// Every quoted text that looks like a code, with its line.
fn declared(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.lines().enumerate().flat_map(|(index, line)| {
        let code_part = if line.trim_start().starts_with("//") { "" } else { line };
        let quoted = code_part.split('"').skip(1).step_by(2);
        quoted.filter(|text| looks_like_a_code(text)).map(move |text| (index + 1, text))
    })
}

/// Capitals and digits around one dash: a code, or a slip in writing one.
fn looks_like_a_code(text: &str) -> bool {
    let Some((left, right)) = text.split_once('-') else { return false };
    !left.is_empty()
        && !right.is_empty()
        && left.bytes().all(|byte| byte.is_ascii_uppercase())
        && right.bytes().all(|byte| byte.is_ascii_digit())
}

fn prefix_of(code: &str) -> Option<&str> {
    let (prefix, number) = code.split_once('-')?;
    (prefix.len() == 3 && number.len() == 4).then_some(prefix)
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;
    use crate::tidy::planted;

    #[test]
    fn a_code_used_twice_a_borrowed_prefix_and_a_misspelt_code_are_faults() {
        let files = [
            ("crates/sms/src/codes.rs", "code: \"SMS-0001\"\ncode: \"SMS-0002\"\n// was \"SMS-0001\"\n"),
            ("crates/vault/src/codes.rs", "code: \"VLT-0001\"\ncode: \"SMS-0002\"\ncode: \"VLT-17\"\n"),
        ];
        expect![[r"
            crates/vault/src/codes.rs:2: code SMS-0002 is already used in crates/sms/src/codes.rs
            crates/vault/src/codes.rs:2: prefix SMS belongs to sms
            crates/vault/src/codes.rs:3: code `VLT-17` is not three letters, `-`, four digits"]]
        .assert_eq(&planted::check(check, &files));
    }
}
