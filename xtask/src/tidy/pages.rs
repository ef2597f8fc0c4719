//! Every crate says in a README what it is for, and every capability has a page in `docs/`.

use super::{Finding, floors};
use crate::tree::Tree;

/// Shorter than this is a heading, not an explanation.
const SHORTEST_PAGE_BYTES: usize = 200;

const ROOT_PAGES: &[&str] = &["README.md", "README.zh-CN.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "docs/proofs.md"];

pub(super) fn check(tree: &Tree) -> Vec<Finding> {
    let mut wanted: Vec<String> = ROOT_PAGES.iter().map(|page| (*page).to_owned()).collect();
    wanted.extend(tree.crate_folders().into_iter().map(|folder| format!("crates/{folder}/README.md")));
    wanted.extend(floors::capabilities(tree).into_iter().map(|name| format!("docs/{name}.md")));
    wanted
        .into_iter()
        .filter(|page| tree.text(page).is_none_or(|text| text.len() < SHORTEST_PAGE_BYTES))
        .map(|page| Finding::fault(page, 0, "is missing or says too little"))
        .collect()
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;
    use crate::tidy::planted;

    #[test]
    fn a_crate_without_readme_and_a_capability_without_page_are_faults() {
        let page = "It does one thing. ".repeat(20);
        let mut files: Vec<(&str, &str)> = ROOT_PAGES.iter().map(|path| (*path, page.as_str())).collect();
        files.extend([
            ("crates/sms/Cargo.toml", ""),
            ("crates/kernel/Cargo.toml", ""),
            ("crates/kernel/README.md", page.as_str()),
            ("crates/sms/README.md", "# sms\n"),
        ]);
        expect![[r"
            crates/sms/README.md:0: is missing or says too little
            docs/sms.md:0: is missing or says too little"]]
        .assert_eq(&planted::check(check, &files));
    }
}
