//! Every Rust file opens with `//!`: what it is for, what it is not, its invariant.
//!
//! A `tests.rs` needs none: it belongs to the module beside it. Nor does a fuzz target: it hands bytes to a driver in
//! `fuzz/drivers/`, which says what is fuzzed and how.

use super::Finding;
use crate::tree::Tree;

pub(super) fn check(tree: &Tree) -> Vec<Finding> {
    tree.with_extension(&["rs"])
        .filter(|(path, text)| !is_exempt(path) && !opens_with_docs(text))
        .map(|(path, _)| Finding::fault(path, 1, "does not open with `//!`"))
        .collect()
}

fn is_exempt(path: &str) -> bool {
    // Files that a test expects the compiler to refuse: their lines are part of the expected message.
    let is_compile_fail_sample = path.contains("/tests/ui/");
    is_compile_fail_sample || path.ends_with("/tests.rs") || path.starts_with("fuzz/fuzz_targets/")
}

fn opens_with_docs(text: &str) -> bool {
    let first = text.lines().find(|line| !line.trim().is_empty() && !line.starts_with("#!["));
    first.is_some_and(|line| line.strip_prefix("//!").is_some_and(|words| !words.trim().is_empty()))
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;
    use crate::tidy::planted;

    #[test]
    fn a_module_without_docs_is_a_fault() {
        let files = [
            ("crates/a/src/good.rs", "//! What it is for.\nfn f() {}\n"),
            ("crates/a/src/empty_words.rs", "//!\nfn f() {}\n"),
            ("crates/a/src/item_docs.rs", "/// Not a module doc.\nfn f() {}\n"),
            ("fuzz/fuzz_targets/head.rs", "#![no_main]\n"),
            ("crates/a/examples/attributes_first.rs", "#![allow(x)]\n//! What it shows.\n"),
            ("crates/a/src/nothing.rs", ""),
            ("crates/a/src/good/tests.rs", "use super::*;\n"),
        ];
        expect![[r"
            crates/a/src/empty_words.rs:1: does not open with `//!`
            crates/a/src/item_docs.rs:1: does not open with `//!`
            crates/a/src/nothing.rs:1: does not open with `//!`"]]
        .assert_eq(&planted::check(check, &files));
    }
}
