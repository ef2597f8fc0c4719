//! `medward waf`: the detection engine at the command line, on requests that somebody captured.
//!
//! [`request`] judges one raw request; [`files`] finds what to read; [`policies`] names rules and [`crs`] reads those of
//! an installed CRS; [`check`] prints verdicts, [`explain`] why, [`ftw`] runs the tests of a CRS and [`bench`] says what its rules cost. *Not* here: rules and scores, which
//! are `medward_waf`'s.

mod bench;
mod check;
mod crs;
mod explain;
mod files;
mod ftw;
mod policies;
mod request;

use std::process::ExitCode;

use anyhow::Result;
use clap::Subcommand;
use medward_kernel::Clock;

/// The commands.
#[derive(Subcommand)]
pub(crate) enum Command {
    /// Judge files of one raw HTTP request each: one JSON line per file, then a summary.
    Check(check::CheckArgs),
    /// Run the regression tests of an installed CRS: one line per test that fails or is skipped, then a summary.
    Ftw(ftw::FtwArgs),
    /// Say rule by rule why one request is blocked or passes.
    Explain(explain::ExplainArgs),
    /// Measure what the rules of an installed CRS cost per request: one JSON line per kind of request, then a summary.
    Bench(bench::BenchArgs),
}

/// Runs `medward waf …`.
pub(crate) async fn run(command: Command, clock: &Clock) -> Result<ExitCode> {
    match command {
        Command::Check(args) => check::run(&args, clock).await,
        Command::Ftw(args) => ftw::run(&args, clock).await,
        Command::Explain(args) => explain::run(&args, clock),
        Command::Bench(args) => bench::run(&args, clock),
    }
}
