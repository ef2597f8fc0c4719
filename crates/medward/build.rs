//! Copies the built console into the binary's own folder, or a page that says how to build it. Never runs npm or the network.

#![expect(clippy::disallowed_methods, reason = "cargo tells build scripts where they are by the environment")]

use std::path::{Path, PathBuf};
use std::{env, fs, io};

fn main() -> io::Result<()> {
    let root = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default()).join("../../console/dist");
    let out = PathBuf::from(env::var_os("OUT_DIR").unwrap_or_default()).join("ui");
    println!("cargo:rerun-if-changed=../../console/dist");
    if out.exists() {
        fs::remove_dir_all(&out)?;
    }
    fs::create_dir_all(&out)?;
    if root.join("index.html").exists() { copy(&root, &out) } else { fs::write(out.join("index.html"), NOT_BUILT) }
}

fn copy(from: &Path, to: &Path) -> io::Result<()> {
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            fs::create_dir_all(&target)?;
            copy(&entry.path(), &target)?;
        } else if entry.path().extension().is_none_or(|extension| extension != "map") {
            fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}

const NOT_BUILT: &str = "<!doctype html><meta charset=\"utf-8\"><title>Medward</title>\
<p>控制台未构建:请运行 <code>make console</code> 后重新构建。<p>The console is not built: run <code>make console</code> and build again.";
