//! `cargo xtask generate`.
use anyhow::Result;
use std::path::Path;
use std::process::ExitCode;
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mode {
    Write,
    Check,
}
pub(crate) fn run(_root: &Path, _mode: Mode) -> Result<ExitCode> {
    Ok(ExitCode::SUCCESS)
}
