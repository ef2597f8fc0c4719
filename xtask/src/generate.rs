//! `cargo xtask generate [--check]`: what is written by the program about itself.
//!
//! `medward dev-docs` writes the pages from the code that serves them (doc comments of the configuration, route
//! declarations, error codes); this module puts each where it belongs and has the console derive its API types. After
//! a merge conflict in one of these files, run it again; never merge them by hand.

use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context, Result};

use crate::process;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mode {
    Write,
    /// Writes nothing; fails when a committed file is not what would be written.
    Check,
}

struct Page {
    written_as: &'static str,
    kept_at: &'static str,
}

const PAGES: &[Page] = &[
    Page { written_as: "config.md", kept_at: "docs/reference/config.md" },
    Page { written_as: "routes.md", kept_at: "docs/reference/routes.md" },
    Page { written_as: "errors.md", kept_at: "docs/errors.md" },
    Page { written_as: "openapi.json", kept_at: "console/openapi.json" },
];

/// What the written text is kept under, below the build folder, until it is compared.
const SCRATCH: &str = "target/dev-docs";

pub(crate) fn run(root: &Path, mode: Mode) -> Result<ExitCode> {
    let scratch = root.join(SCRATCH);
    std::fs::create_dir_all(&scratch).with_context(|| format!("create {SCRATCH}"))?;
    process::run("cargo", &["run", "--quiet", "--package", "medward", "--", "dev-docs", "--out", SCRATCH], root)?;

    let differing = differing(root, &scratch)?;
    if mode == Mode::Check {
        return check(root, &differing);
    }
    for page in &differing {
        let to = root.join(page.kept_at);
        if let Some(folder) = to.parent() {
            std::fs::create_dir_all(folder).with_context(|| format!("create the folder of {}", page.kept_at))?;
        }
        std::fs::copy(scratch.join(page.written_as), to).with_context(|| format!("write {}", page.kept_at))?;
        println!("wrote {}", page.kept_at);
    }
    if console_is_installed(root) {
        process::run("npm", &["run", "--silent", "gen"], &root.join("console"))?;
    } else {
        println!(
            "console/node_modules is missing: run `make console`, then this again, for console/src/api/schema.d.ts"
        );
    }
    Ok(ExitCode::SUCCESS)
}

fn check(root: &Path, differing: &[&Page]) -> Result<ExitCode> {
    if console_is_installed(root) {
        process::run("npm", &["run", "--silent", "gen", "--", "--check"], &root.join("console"))?;
    }
    for page in differing {
        println!("{} is not what the code says", page.kept_at);
    }
    if differing.is_empty() {
        println!("generated files: {} compared, all as the code says", PAGES.len());
        return Ok(ExitCode::SUCCESS);
    }
    println!("run `cargo xtask generate` and commit the result");
    Ok(ExitCode::FAILURE)
}

/// Pages whose kept text is missing or not byte for byte the written one.
fn differing(root: &Path, scratch: &Path) -> Result<Vec<&'static Page>> {
    let mut differing = Vec::new();
    for page in PAGES {
        let written = std::fs::read(scratch.join(page.written_as))
            .with_context(|| format!("read {} that dev-docs should have written", page.written_as))?;
        let kept = std::fs::read(root.join(page.kept_at)).unwrap_or_default();
        if written != kept {
            differing.push(page);
        }
    }
    Ok(differing)
}

fn console_is_installed(root: &Path) -> bool {
    root.join("console/node_modules/.package-lock.json").is_file()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_changed_and_a_missing_page_are_named() {
        let folder = tempfile::tempdir().unwrap();
        let scratch = folder.path().join(SCRATCH);
        std::fs::create_dir_all(&scratch).unwrap();
        std::fs::create_dir_all(folder.path().join("docs/reference")).unwrap();
        std::fs::create_dir_all(folder.path().join("console")).unwrap();
        for page in PAGES {
            std::fs::write(scratch.join(page.written_as), "as the code says").unwrap();
            std::fs::write(folder.path().join(page.kept_at), "as the code says").unwrap();
        }
        assert_eq!(differing(folder.path(), &scratch).unwrap().len(), 0);

        std::fs::write(folder.path().join("docs/errors.md"), "edited by hand").unwrap();
        std::fs::remove_file(folder.path().join("console/openapi.json")).unwrap();
        let named: Vec<&str> =
            differing(folder.path(), &scratch).unwrap().into_iter().map(|page| page.kept_at).collect();
        assert_eq!(named, ["docs/errors.md", "console/openapi.json"]);
    }

    #[test]
    fn a_page_that_was_not_written_is_an_error() {
        let folder = tempfile::tempdir().unwrap();
        assert!(differing(folder.path(), folder.path()).is_err());
    }
}
