//! `medward waf`: the detection engine at the command line, on requests that somebody captured.
//!
//! [`request`] judges one raw request; [`files`] finds what to read; [`crs`] reads an installed CRS; [`check`] prints
//! verdicts, [`ftw`] runs the tests of a CRS and [`bench`] says what its rules cost. *Not* here: rules and scores, which
//! are `medward_waf`'s.

mod bench;
mod check;
mod crs;
mod files;
mod ftw;
mod request;

use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Result, anyhow};
use clap::Subcommand;
use medward_kernel::Clock;
use medward_waf::{Program, policy};

use crate::cli::WrongUse;

/// The commands.
#[derive(Subcommand)]
pub(crate) enum Command {
    /// Judge files of one raw HTTP request each: one JSON line per file, then a summary.
    Check(check::CheckArgs),
    /// Run the regression tests of an installed CRS: one line per test that fails or is skipped, then a summary.
    Ftw(ftw::FtwArgs),
    /// Measure what the rules of an installed CRS cost per request: one JSON line per kind of request, then a summary.
    Bench(bench::BenchArgs),
}

/// Runs `medward waf …`.
pub(crate) async fn run(command: Command, clock: &Clock) -> Result<ExitCode> {
    match command {
        Command::Check(args) => check::run(&args, clock),
        Command::Ftw(args) => ftw::run(&args, clock).await,
        Command::Bench(args) => bench::run(&args, clock),
    }
}

/// The compiled policy of this name.
fn policy_of(name: &str) -> Result<Arc<Program>> {
    match name {
        "balanced" => policy::balanced().map_err(|errors| {
            let first = errors.into_iter().next().map_or_else(String::new, |error| error.to_string());
            anyhow!("compile the policy balanced: {first}")
        }),
        "observe" | "strict" | "crs" => {
            Err(WrongUse(format!("find the policy {name}: this version does not have it yet; it has balanced")).into())
        }
        _ => {
            Err(WrongUse(format!("find the policy {name:?}: there is no such policy; this version has balanced"))
                .into())
        }
    }
}
