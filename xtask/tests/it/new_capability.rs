//! `cargo xtask new-capability`: what it writes compiles without warnings, is formatted, and is tidy.

use std::path::{Path, PathBuf};

use crate::program::{command, root, said};

/// What a copy of the tree needs none of. The built console goes with it: cargo tells packages apart by their place in
/// the workspace, so the copy's build of the program writes where the real one's does, and must write the same.
const LEFT_OUT: &[&str] = &[".git", "target", "node_modules"];

/// A copy of the workspace. It always lies in the same place below the build folder, so that cargo finds what the last
/// run built there.
fn copied_tree() -> PathBuf {
    let target = Path::new(env!("CARGO_BIN_EXE_xtask")).ancestors().nth(2).unwrap();
    let copy = target.join("new-capability-tree");
    if copy.exists() {
        std::fs::remove_dir_all(&copy).unwrap();
    }
    copy_folder(&root(), &copy);
    copy
}

fn copy_folder(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let name = entry.file_name();
        if LEFT_OUT.iter().any(|left_out| name == *left_out) {
            continue;
        }
        let kind = entry.file_type().unwrap();
        if kind.is_dir() {
            copy_folder(&entry.path(), &to.join(name));
        } else if kind.is_file() {
            // Copied times and contents alike, so cargo sees an unchanged crate as unchanged.
            let copied = to.join(name);
            std::fs::copy(entry.path(), &copied).unwrap();
            let modified = entry.metadata().unwrap().modified().unwrap();
            std::fs::File::options().write(true).open(&copied).unwrap().set_modified(modified).unwrap();
        }
    }
}

#[test]
fn a_new_capability_compiles_without_warnings_and_is_tidy() {
    let tree = copied_tree();
    let target = Path::new(env!("CARGO_BIN_EXE_xtask")).ancestors().nth(2).unwrap();
    let run = |program: &str, arguments: &[&str]| {
        let said = said(command(program).args(arguments).current_dir(&tree).env("CARGO_TARGET_DIR", target));
        assert_eq!(said.code, Some(0), "{program} {arguments:?}\n{}\n{}", said.out, said.err);
    };

    let xtask = env!("CARGO_BIN_EXE_xtask");
    run(xtask, &["new-capability", "sample"]);
    run(xtask, &["tidy"]);
    run("cargo", &["fmt", "--package", "medward-sample", "--check"]);
    run("cargo", &["clippy", "--quiet", "--package", "medward-sample", "--all-targets", "--", "--deny", "warnings"]);
    run("cargo", &["check", "--quiet", "--package", "medward"]);
}
