//! A capability is a crate folder, a console folder and one line in each of two lists; all four agree.

use super::{Finding, floors};
use crate::tree::Tree;

pub(super) const CRATE_LIST: &str = "crates/medward/src/capabilities.rs";
pub(super) const CONSOLE_LIST: &str = "console/src/capabilities.ts";

pub(super) fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    let capabilities = floors::capabilities(tree);
    if let Some(text) = tree.text(CRATE_LIST) {
        for name in capabilities.iter().filter(|name| !mentions_crate(text, name)) {
            findings.push(Finding::fault(CRATE_LIST, 0, format!("crates/{name} is a capability and not in this list")));
        }
    }
    if let Some(text) = tree.text(CONSOLE_LIST) {
        for name in &capabilities {
            if !tree.has_folder(&format!("console/src/{name}")) {
                findings.push(Finding::fault(
                    format!("console/src/{name}"),
                    0,
                    format!("capability {name} has no pages"),
                ));
            }
            if !mentions_folder(text, name) {
                findings.push(Finding::fault(CONSOLE_LIST, 0, format!("console/src/{name} is not in this list")));
            }
        }
        for name in folders_imported(text).filter(|name| !tree.has_folder(&format!("console/src/{name}"))) {
            findings.push(Finding::fault(CONSOLE_LIST, 0, format!("console/src/{name} is listed and does not exist")));
        }
    }
    findings
}

/// `entry::<medward_sms::Sms>()`, or through a `use`.
fn mentions_crate(text: &str, name: &str) -> bool {
    text.lines().any(|line| !line.trim_start().starts_with("//") && line.contains(&format!("medward_{name}::")))
}

fn mentions_folder(text: &str, name: &str) -> bool {
    folders_imported(text).any(|folder| folder == name)
}

/// First path segment of every `'./sms/routes'`.
fn folders_imported(text: &str) -> impl Iterator<Item = &str> {
    text.split(['\'', '"']).filter_map(|part| part.strip_prefix("./")?.split_once('/')).map(|(folder, _)| folder)
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;
    use crate::tidy::planted;

    #[test]
    fn a_capability_missing_from_a_list_is_a_fault() {
        let files = [
            ("crates/sms/Cargo.toml", ""),
            ("crates/vault/Cargo.toml", ""),
            (CRATE_LIST, "pub fn all() { vec![entry::<medward_vault::Vault>()] }\n// medward_sms::Sms\n"),
            (CONSOLE_LIST, "import { routes as vault } from './vault/routes'\nimport { x } from './gone/routes'\n"),
            ("console/src/vault/routes.ts", ""),
        ];
        expect![[r"
            console/src/capabilities.ts:0: console/src/gone is listed and does not exist
            console/src/capabilities.ts:0: console/src/sms is not in this list
            console/src/sms:0: capability sms has no pages
            crates/medward/src/capabilities.rs:0: crates/sms is a capability and not in this list"]]
        .assert_eq(&planted::check(check, &files));
    }
}
