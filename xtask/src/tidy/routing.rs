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
        for (index, line) in source::code_only(text).lines().enumerate() {
            let nested_import = line.contains("axum::{") && line.contains("routing");
            if line.contains("axum::routing") || nested_import {
                let message = "declare routes with kernel's `Routes::read` and `Routes::write`";
                findings.push(Finding::fault(path, index + 1, message));
            }
        }
    }
    findings
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
        ];
        expect![[r"
            crates/sms/src/api.rs:2: declare routes with kernel's `Routes::read` and `Routes::write`
            crates/sms/src/b.rs:1: declare routes with kernel's `Routes::read` and `Routes::write`"]]
        .assert_eq(&planted::check(check, &files));
    }
}
