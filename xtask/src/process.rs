//! The one place where xtask starts other programs.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};

/// A command that will run in `folder`.
#[expect(clippy::disallowed_methods, reason = "this is the one wrapper of xtask that starts processes")]
pub(crate) fn command(program: &str, folder: &Path) -> Command {
    let mut command = Command::new(program);
    command.current_dir(folder);
    command
}

/// Runs to the end with the output shown; anything but exit code 0 is an error that names the command.
pub(crate) fn run(program: &str, arguments: &[&str], folder: &Path) -> Result<()> {
    let shown = format!("{program} {}", arguments.join(" "));
    let status = command(program, folder)
        .args(arguments)
        .status()
        .with_context(|| format!("start `{shown}` (is it installed?)"))?;
    if !status.success() {
        bail!("run `{shown}`: {status}");
    }
    Ok(())
}
