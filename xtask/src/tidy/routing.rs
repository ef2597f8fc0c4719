//! Routes are declared through `kernel::route` alone, so none can exist without a permission.
//!
//! `axum::routing` is therefore named only in kernel and web.

use super::{Finding, source};
use crate::tree::{Tree, crate_of};

const ALLOWED: &[&str] = &["kernel", "web"];

pub(super) fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (path, text) in tree.with_extension(&["rs"]) {
        let Some(folder) = crate_of(path) else { continue };
        if ALLOWED.contains(&folder) {
            continue;
        }
        let code = source::code_only(text);
        for line in lines_naming_routing(&code) {
            let message = "declare routes with kernel's `Routes::read` and `Routes::write`";
            findings.push(Finding::fault(path, line, message));
        }
    }
    findings
}

/// Lines (from 1) that name `axum::routing`, also inside the braces of an import over several lines.
fn lines_naming_routing(code: &str) -> Vec<usize> {
    let mut places: Vec<usize> = code.match_indices("axum::routing").map(|(at, _)| at).collect();
    for (at, open) in code.match_indices("axum::{") {
        let inside = at + open.len();
        let mut depth = 1;
        for (offset, word) in
            code.get(inside..).unwrap_or_default().split_inclusive([',', '{', '}']).scan(inside, |next, word| {
                let start = *next;
                *next += word.len();
                Some((start, word))
            })
        {
            let name = word.trim_start();
            if depth == 1 && name.starts_with("routing") {
                places.push(offset + (word.len() - name.len()));
            }
            depth += usize::from(word.ends_with('{'));
            depth -= usize::from(word.ends_with('}'));
            if depth == 0 {
                break;
            }
        }
    }
    let line_of = |at: usize| code.get(..at).unwrap_or_default().matches('\n').count() + 1;
    let mut lines: Vec<usize> = places.into_iter().map(line_of).collect();
    lines.sort_unstable();
    lines.dedup();
    lines
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;
    use crate::tidy::planted;

    #[test]
    fn a_route_past_the_permission_matrix_is_a_fault() {
        let files = [
            ("crates/kernel/src/route.rs", "use axum::routing::MethodRouter;\n"),
            ("crates/sms/src/api.rs", "//! axum::routing is banned.\nuse axum::routing::post;\n"),
            ("crates/sms/src/b.rs", "use axum::{Json, routing::get};\n"),
            ("crates/sms/src/c.rs", "use axum::{\n    extract::{Path, Query},\n    routing::{get, post},\n};\n"),
            ("crates/sms/src/d.rs", "use axum::{Json};\nuse crate::{routing, store};\n"),
        ];
        expect![[r"
            crates/sms/src/api.rs:2: declare routes with kernel's `Routes::read` and `Routes::write`
            crates/sms/src/b.rs:1: declare routes with kernel's `Routes::read` and `Routes::write`
            crates/sms/src/c.rs:3: declare routes with kernel's `Routes::read` and `Routes::write`"]]
        .assert_eq(&planted::check(check, &files));
    }
}
