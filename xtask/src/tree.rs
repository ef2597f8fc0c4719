//! The files of the workspace as text, read once.
//!
//! Rules see a [`Tree`] and nothing else, so a test plants a fault by building a tree in memory.
//! Invariant: paths are relative to the root, with `/`; build results and installed packages are never in it.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context, Result};

/// Folders that hold what tools wrote, by name at any depth.
const SKIPPED_FOLDERS: &[&str] = &[".git", "target", "node_modules", "dist", "corpus", "artifacts", "screenshots"];

/// Nothing written by hand comes near this; a larger file is data and is not read.
const TEXT_FILE_LIMIT_BYTES: u64 = 4 * 1024 * 1024;

#[derive(Default)]
pub(crate) struct Tree {
    files: BTreeMap<String, String>,
}

impl Tree {
    pub(crate) fn read(root: &Path) -> Result<Self> {
        let mut tree = Self::default();
        tree.read_folder(root, "")?;
        Ok(tree)
    }

    #[cfg(test)]
    pub(crate) fn of(files: &[(&str, &str)]) -> Self {
        let mut tree = Self::default();
        for (path, text) in files {
            tree.files.insert((*path).to_owned(), (*text).to_owned());
        }
        tree
    }

    fn read_folder(&mut self, folder: &Path, prefix: &str) -> Result<()> {
        let entries = std::fs::read_dir(folder).with_context(|| format!("list {}", folder.display()))?;
        for entry in entries {
            let entry = entry.with_context(|| format!("list {}", folder.display()))?;
            let name = entry.file_name().to_string_lossy().into_owned();
            let path = format!("{prefix}{name}");
            let kind = entry.file_type().with_context(|| format!("look at {path}"))?;
            if kind.is_dir() {
                if !SKIPPED_FOLDERS.contains(&name.as_str()) {
                    self.read_folder(&entry.path(), &format!("{path}/"))?;
                }
            } else if kind.is_file() {
                self.read_file(&entry.path(), path)?;
            }
        }
        Ok(())
    }

    fn read_file(&mut self, from: &Path, path: String) -> Result<()> {
        let size_bytes = from.metadata().with_context(|| format!("look at {path}"))?.len();
        if size_bytes > TEXT_FILE_LIMIT_BYTES {
            return Ok(());
        }
        let bytes = std::fs::read(from).with_context(|| format!("read {path}"))?;
        // What is not UTF-8 is not source text; no rule has anything to say about it.
        if let Ok(text) = String::from_utf8(bytes) {
            self.files.insert(path, text);
        }
        Ok(())
    }

    pub(crate) fn text(&self, path: &str) -> Option<&str> {
        self.files.get(path).map(String::as_str)
    }

    pub(crate) fn files(&self) -> impl Iterator<Item = (&str, &str)> {
        self.files.iter().map(|(path, text)| (path.as_str(), text.as_str()))
    }

    /// Files whose name ends in one of `extensions` (no dot).
    pub(crate) fn with_extension<'a>(&'a self, extensions: &'a [&'a str]) -> impl Iterator<Item = (&'a str, &'a str)> {
        self.files().filter(|(path, _)| path.rsplit_once('.').is_some_and(|(_, end)| extensions.contains(&end)))
    }

    pub(crate) fn has_folder(&self, path: &str) -> bool {
        let inside = format!("{path}/");
        self.files.keys().any(|file| file.starts_with(&inside))
    }

    /// The names under `crates/` that hold a `Cargo.toml`, sorted.
    pub(crate) fn crate_folders(&self) -> Vec<&str> {
        self.files
            .keys()
            .filter_map(|path| path.strip_prefix("crates/")?.strip_suffix("/Cargo.toml"))
            .filter(|name| !name.contains('/'))
            .collect()
    }
}

/// The crate folder a path lies in: `crates/vault/src/lib.rs` gives `vault`.
pub(crate) fn crate_of(path: &str) -> Option<&str> {
    path.strip_prefix("crates/")?.split('/').next()
}
