//! Where the workspace is.

use std::path::PathBuf;

use anyhow::{Context, Result, bail};

/// The nearest folder at or above the current one whose `Cargo.toml` declares `[workspace]`.
///
/// The current folder decides, not the place this binary was built in: a copy of the tree checks itself.
pub(crate) fn root() -> Result<PathBuf> {
    let start = std::env::current_dir().context("read the current folder")?;
    for folder in start.ancestors() {
        let manifest = folder.join("Cargo.toml");
        if !manifest.is_file() {
            continue;
        }
        let text = std::fs::read_to_string(&manifest).with_context(|| format!("read {}", manifest.display()))?;
        if text.lines().any(|line| line.trim() == "[workspace]") {
            return Ok(folder.to_path_buf());
        }
    }
    bail!("find a Cargo.toml with [workspace] at or above {}", start.display())
}
