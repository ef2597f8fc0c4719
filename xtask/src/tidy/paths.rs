//! Nothing in the tree names a folder of one person's machine.

use super::Finding;
use crate::tree::Tree;

/// Folders that exist on the machine where something was written and nowhere else. In pieces, so that this file does
/// not name them itself.
const MACHINE_FOLDERS: &[&str] = &[concat!("/", "work/"), concat!("/", "Users/"), concat!("/root/", ".cargo")];

/// What an attack asks for is a path by nature: rules and drills quote such paths.
const QUOTES_PATHS: &[&str] = &["crates/detect/", "crates/waf/", "crates/demo/"];

pub(super) fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (path, text) in tree.files() {
        if QUOTES_PATHS.iter().any(|folder| path.starts_with(folder)) {
            continue;
        }
        for (index, line) in text.lines().enumerate() {
            for folder in MACHINE_FOLDERS.iter().filter(|folder| line.contains(**folder) && !is_url(line, folder)) {
                findings.push(Finding::fault(path, index + 1, format!("names `{folder}` of one machine")));
            }
        }
    }
    findings
}

/// `https://example.org/work/…` is an address, not a folder.
fn is_url(line: &str, folder: &str) -> bool {
    let before = line.split(folder).next().unwrap_or_default();
    before.chars().next_back().is_some_and(|character| character.is_alphanumeric() || "._-}".contains(character))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::planted;

    #[test]
    fn a_path_of_one_machine_is_a_fault() {
        let text =
            format!("a\nlet p = \"{}main\";\nsee https://example.org{}x\n", MACHINE_FOLDERS[0], MACHINE_FOLDERS[0]);
        let files = [("docs/a.md", text.as_str()), ("crates/waf/src/a.rs", text.as_str())];
        let expected = format!("docs/a.md:2: names `{}` of one machine", MACHINE_FOLDERS[0]);
        assert_eq!(planted::check(check, &files), expected);
    }
}
