//! `.ci/packages`: what cannot be installed is named in one line, and is a failure in CI.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use crate::program::{Said, command, root, said};

fn put(folder: &Path, name: &str, script: &str) {
    let path = folder.join(name);
    std::fs::write(&path, format!("#!/bin/sh\n{script}\n")).unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
}

/// Asks for `nginx` and `wrk` on a machine where only `wrk` is there, as a person without root.
fn ask_as_plain_user(ci: &str) -> Said {
    let folder = tempfile::tempdir().unwrap();
    put(folder.path(), "dpkg-query", "case \"$*\" in *wrk*) printf installed ;; *) exit 1 ;; esac");
    put(folder.path(), "id", "echo 1000");
    let path = format!("{}:/usr/bin:/bin", folder.path().display());
    said(command(root().join(".ci/packages")).args(["nginx", "wrk"]).env("PATH", path).env("CI", ci))
}

#[test]
fn a_package_that_cannot_be_installed_is_named_in_one_line() {
    let said = ask_as_plain_user("");
    assert_eq!(said.err, "medward: missing, and the tests that need them are skipped: sudo apt-get install nginx\n");
    assert_eq!(said.code, Some(0));
}

#[test]
fn in_ci_a_missing_package_is_a_failure() {
    assert_eq!(ask_as_plain_user("true").code, Some(1));
}
