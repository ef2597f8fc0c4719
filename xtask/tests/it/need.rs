//! `.ci/need`: a missing or old tool gives one line with the remedy, before anything is built.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use crate::program::{Said, command, root, said};

/// Runs `.ci/need` with a `PATH` whose first folder holds a tool that prints `version`.
fn need(tool: &str, version: &str) -> Said {
    let folder = tempfile::tempdir().unwrap();
    let fake = folder.path().join(tool);
    std::fs::write(&fake, format!("#!/bin/sh\necho '{version}'\n")).unwrap();
    std::fs::set_permissions(&fake, std::fs::Permissions::from_mode(0o755)).unwrap();
    let path = format!("{}:/usr/bin:/bin", folder.path().display());
    said(command(root().join(".ci/need")).arg(tool).env("PATH", path))
}

fn check(tool: &str, version: &str, expected: &str) {
    let said = need(tool, version);
    assert_eq!(said.err, expected);
    assert_eq!(said.code, Some(if expected.is_empty() { 0 } else { 69 }));
}

#[test]
fn old_node_is_named_with_the_remedy() {
    check(
        "node",
        "v18.19.0",
        "medward needs node 20.19 or newer and finds 18.19.0; install Node.js 20.19 or newer from https://nodejs.org\n",
    );
}

#[test]
fn old_npm_and_old_rust_are_named_with_the_remedy() {
    check("npm", "10.8.2", "medward needs npm 11 or newer and finds 10.8.2; run: npm install --global npm@11\n");
    check(
        "cargo",
        "cargo 1.94.1 (abc 2026-01-01)",
        "medward needs cargo 1.95 or newer and finds 1.94.1; install Rust from https://rustup.rs, or run: rustup update stable\n",
    );
}

#[test]
fn new_enough_tools_say_nothing() {
    check("node", "v20.19.0", "");
    check("node", "v22.1.0", "");
    check("npm", "11.0.0", "");
    check("cargo", "cargo 1.100.0 (abc 2027-01-01)", "");
}

#[test]
fn a_missing_tool_is_named_with_the_remedy() {
    let empty = tempfile::tempdir().unwrap();
    let bash = Path::new("/bin/bash");
    let said = said(command(bash).arg(root().join(".ci/need")).arg("node").env("PATH", empty.path()));
    assert!(said.err.starts_with("medward needs node 20.19 or newer and finds none; install Node.js"), "{}", said.err);
    assert_eq!(said.code, Some(69));
}
