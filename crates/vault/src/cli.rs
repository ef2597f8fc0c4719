//! `medward vault verify | prove | check-proof | export-tlog | search | tail`: everything a person may do with a vault's
//! directory, without a running Medward and without changing anything in it; and `gen`, `bench-load` and `bench-query`, which
//! make and measure a vault of their own.
//!
//! *Not* here: printing. The caller gives the writer and exits with the code.

mod export;
mod generating;
mod loading;
mod proving;
mod searching;
mod timing;
mod verifying;

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use medward_contract::Timestamp;
use medward_contract::event::Stream;
use medward_contract::vault::RecordRef;
use medward_kernel::Clock;
use medward_kernel::supervisor::with_sources;

use crate::disk::LocalDisk;
use crate::note::{NoteError, VerifierKey};
use crate::open::open_read_only;
use crate::shared::Shared;

/// Exit code of wrong arguments.
pub const USAGE: u8 = 64;
/// Exit code of a vault that cannot be read.
pub const UNREADABLE: u8 = 2;

/// Subcommands of `medward vault`.
#[derive(Debug, Clone, clap::Subcommand)]
pub enum Command {
    /// Re-hash every record and compare with signed checkpoints; the exit code names the worst finding
    Verify(verifying::VerifyArgs),
    /// Write a proof that one record stands in a signed checkpoint
    Prove(proving::ProveArgs),
    /// Check such a proof; needs no vault
    CheckProof(proving::CheckProofArgs),
    /// Write a stream's tree and records for outside tools (C2SP tlog-tiles)
    ExportTlog(export::ExportArgs),
    /// Search records
    Search(searching::SearchArgs),
    /// Show the newest records
    Tail(searching::TailArgs),
    /// Write log lines to measure with
    Gen(generating::GenArgs),
    /// Read such lines from standard input into a new vault and say what that cost
    #[command(hide = true)]
    BenchLoad(loading::LoadArgs),
    /// Answer the questions of the benchmark on standard input
    #[command(hide = true)]
    BenchQuery(timing::TimingArgs),
}

/// Which vault.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct Where {
    /// Directory of the vault
    #[arg(long, value_name = "DIR")]
    pub dir: Option<PathBuf>,
}

impl Where {
    fn directory<'a>(&'a self, default: &'a Path) -> Result<&'a Path, Failure> {
        let directory = self.dir.as_deref().unwrap_or(default);
        // A vault that lost its first file is damaged, and that is said in its own words.
        if ["VAULT", "wal"].iter().any(|name| directory.join(name).exists()) {
            return Ok(directory);
        }
        let message =
            format!("read {}: no vault there; name it with --dir, or set MEDWARD_DATA_DIR", directory.display());
        Err(Failure { code: UNREADABLE, message })
    }
}

/// Runs a subcommand; `default_dir` is the vault of this installation. Gives the exit code.
pub fn run(command: &Command, default_dir: &Path, clock: &Clock, out: &mut dyn Write) -> u8 {
    let result = match command {
        Command::Verify(args) => verifying::verify_command(args, default_dir, clock, out),
        Command::Prove(args) => proving::prove(args, default_dir, clock, out),
        Command::CheckProof(args) => proving::check_proof(args, out),
        Command::ExportTlog(args) => export::export_tlog(args, default_dir, clock, out),
        Command::Search(args) => searching::search(args, default_dir, clock, out),
        Command::Tail(args) => searching::tail(args, default_dir, clock, out),
        Command::Gen(args) => generating::generate(args, out),
        Command::BenchLoad(args) => loading::load(args, clock, out),
        Command::BenchQuery(args) => timing::timing(args, clock, out),
    };
    match result {
        Ok(code) => code,
        Err(Failure { code, message }) => {
            // Nobody is left to tell when not even this can be written.
            _ = writeln!(out, "failed to {message}");
            code
        }
    }
}

/// Why a command did not run.
#[derive(Debug)]
struct Failure {
    code: u8,
    message: String,
}

impl Failure {
    fn usage(message: impl Into<String>) -> Self {
        Self { code: USAGE, message: message.into() }
    }

    fn unreadable(error: &(dyn std::error::Error + 'static)) -> Self {
        Self { code: UNREADABLE, message: with_sources(error) }
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self { code: UNREADABLE, message: format!("write the answer: {error}") }
    }
}

/// Processor time of this process, all threads.
fn processor_time() -> Duration {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ProcessCPUTime);
    Duration::new(u64::try_from(time.tv_sec).unwrap_or(0), u32::try_from(time.tv_nsec).unwrap_or(0))
}

fn parse_time(text: &str) -> Result<Timestamp, String> {
    Timestamp::parse(text).map_err(|error| error.to_string())
}

fn open_vault(place: &Where, default_dir: &Path, clock: &Clock) -> Result<Shared, Failure> {
    open_read_only(Arc::new(LocalDisk), clock.clone(), place.directory(default_dir)?)
        .map_err(|error| Failure::unreadable(&error))
}

/// `stream:seq` on the command line.
fn parse_record(text: &str) -> Result<RecordRef, String> {
    let (stream, seq) = text.split_once(':').ok_or("expected <stream>:<seq>, for example waf:12")?;
    let stream: Stream = stream.parse().map_err(|_| format!("{stream} is not a stream"))?;
    Ok(RecordRef { stream, seq: seq.parse().map_err(|_| format!("{seq} is not a number"))? })
}

/// A verifier key on the command line, as text or as the file that holds it.
fn parse_vkey(text: &str) -> Result<VerifierKey, String> {
    let file = std::fs::read_to_string(text).ok();
    let nothing = if file.is_none() { "no such file, and not a key: " } else { "" };
    file.as_deref().unwrap_or(text).parse().map_err(|error: NoteError| format!("{nothing}{error}"))
}
