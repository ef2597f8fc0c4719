//! `medward waf check`: verdicts on files of one raw request each, as JSON lines (waf.md §10).
//!
//! Standard output holds the lines of the format and nothing else; what else a reader should know, such as a wrong
//! Content-Length or a file that could not be read, goes to standard error with the file's name.

use std::fmt::Display;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use anyhow::Result;
use clap::Args;
use medward_kernel::Clock;
use serde::Serialize;

use super::files::{self, Found};
use super::policies::ObjectArgs;
use super::request::{Judge, Judgement, RuleMatch};
use crate::cli::WrongUse;

/// `medward waf check`.
#[derive(Args)]
pub(crate) struct CheckArgs {
    #[command(flatten)]
    policy: ObjectArgs,
    /// Judge as if every request named this host.
    #[arg(long, value_name = "HOST")]
    host: Option<String>,
    /// Files of one raw HTTP request each (lines end with CRLF), and folders of such files.
    #[arg(required = true, value_name = "FILE|DIR")]
    paths: Vec<PathBuf>,
}

/// The line of one file.
#[derive(Serialize)]
struct Line<'a> {
    file: String,
    verdict: &'static str,
    score: u16,
    rules: &'a [RuleMatch],
    cpu_us: u64,
}

/// The last line.
#[derive(Serialize)]
struct LastLine {
    summary: Summary,
}

/// What came of all files: `files` is the sum of the three that follow. CPU times are of the files that were judged.
#[derive(Debug, PartialEq, Eq, Serialize)]
struct Summary {
    files: usize,
    pass: usize,
    block: usize,
    unreadable: usize,
    cpu_us_mean: u64,
    cpu_us_p99: u64,
    wall_ms: u64,
}

/// Runs the command: 0 when every file could be read, else 1.
pub(super) async fn run(args: &CheckArgs, clock: &Clock) -> Result<ExitCode> {
    let policy = args.policy.load().await?;
    let Some(judge) = Judge::new(policy, clock.clone(), args.host.clone()) else {
        let host = args.host.as_deref().unwrap_or_default();
        return Err(WrongUse(format!(
            "send requests to {host:?}: --host takes a name or address, with or without port"
        ))
        .into());
    };
    let mut out = BufWriter::new(io::stdout().lock());
    match check(&judge, files::list(&args.paths), clock, &mut out, &mut io::stderr().lock()) {
        Ok(summary) => Ok(ExitCode::from(u8::from(summary.unreadable > 0))),
        // Whoever reads our lines has seen enough.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(ExitCode::SUCCESS),
        Err(error) => Err(anyhow::Error::from(error).context("write the verdicts")),
    }
}

fn check(
    judge: &Judge,
    files: Vec<Found>,
    clock: &Clock,
    out: &mut dyn Write,
    notes: &mut dyn Write,
) -> io::Result<Summary> {
    let start = clock.monotonic();
    for note in judge.notes() {
        drop(writeln!(notes, "medward: {note}"));
    }
    let mut tally = Tally::default();
    for found in files {
        let (path, read) = match found {
            Ok(path) => {
                let read = files::read(&path);
                (path, read)
            }
            Err(unreadable) => (unreadable.path, Err(unreadable.error)),
        };
        let judged = match read {
            Ok(raw) => judge.judge(&raw).map_err(|_| io::Error::other("the head does not end with an empty line")),
            Err(error) => Err(error),
        };
        match judged {
            Ok(judgement) => {
                print(out, &tally.judged(&path, &judgement))?;
                for note in &judgement.notes {
                    say(notes, &path, note);
                }
            }
            Err(error) => {
                tally.unreadable += 1;
                say(notes, &path, format!("not read as a request: {error}"));
            }
        }
    }
    let summary = tally.summary(clock.monotonic().saturating_sub(start));
    let last = LastLine { summary };
    print(out, &last)?;
    out.flush()?;
    Ok(last.summary)
}

fn print(out: &mut dyn Write, line: &impl Serialize) -> io::Result<()> {
    serde_json::to_writer(&mut *out, line)?;
    out.write_all(b"\n")
}

/// A closed standard error keeps nobody from the verdicts.
fn say(notes: &mut dyn Write, path: &Path, what: impl Display) {
    drop(writeln!(notes, "medward: {}: {what}", path.display()));
}

/// Counts so far.
#[derive(Default)]
struct Tally {
    pass: usize,
    block: usize,
    unreadable: usize,
    cpu_us: Vec<u64>,
}

impl Tally {
    fn judged<'a>(&mut self, path: &Path, judgement: &'a Judgement) -> Line<'a> {
        let cpu_us = u64::try_from(judgement.cpu.as_micros()).unwrap_or(u64::MAX);
        self.cpu_us.push(cpu_us);
        let (count, verdict) = if judgement.blocked { (&mut self.block, "block") } else { (&mut self.pass, "pass") };
        *count += 1;
        Line { file: path.display().to_string(), verdict, score: judgement.score, rules: &judgement.rules, cpu_us }
    }

    fn summary(mut self, wall: Duration) -> Summary {
        self.cpu_us.sort_unstable();
        Summary {
            files: self.pass + self.block + self.unreadable,
            pass: self.pass,
            block: self.block,
            unreadable: self.unreadable,
            cpu_us_mean: mean(&self.cpu_us),
            cpu_us_p99: p99(&self.cpu_us),
            wall_ms: u64::try_from(wall.as_millis()).unwrap_or(u64::MAX),
        }
    }
}

/// The mean, rounded; 0 of nothing.
fn mean(values: &[u64]) -> u64 {
    let count = values.len() as u64;
    (values.iter().sum::<u64>() + count / 2).checked_div(count).unwrap_or(0)
}

/// The smallest value that at least 99 of 100 do not exceed (nearest rank), of sorted values; 0 of nothing.
fn p99(sorted: &[u64]) -> u64 {
    let rank = (sorted.len() * 99).div_ceil(100);
    sorted.get(rank.saturating_sub(1)).copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use medward_waf::policy::BuiltIn;

    use super::*;
    use crate::waf::policies::Policy;

    #[test]
    fn p99_is_the_nearest_rank() {
        let up_to = |last| (1..=last).collect::<Vec<u64>>();
        for (last, expected) in [(0, 0), (1, 1), (2, 2), (99, 99), (100, 99), (101, 100), (200, 198), (1000, 990)] {
            assert_eq!(p99(&up_to(last)), expected, "1 to {last}");
        }
    }

    #[test]
    fn mean_is_rounded_and_that_of_nothing_is_zero() {
        assert_eq!([mean(&[]), mean(&[7]), mean(&[1, 2]), mean(&[1, 1, 2])], [0, 7, 2, 1]);
    }

    #[test]
    fn who_judges_in_the_place_of_another_is_said_once_and_not_among_the_verdicts() {
        let clock = Clock::system();
        let told = |notes: &[&str]| {
            let notes = notes.iter().map(|note| (*note).to_owned()).collect();
            let policy = Policy { notes, ..Policy::built_in(BuiltIn::Balanced).unwrap() };
            let judge = Judge::new(policy, clock.clone(), None).unwrap();
            let (mut out, mut notes) = (Vec::new(), Vec::new());
            check(&judge, Vec::new(), &clock, &mut out, &mut notes).unwrap();
            assert!(out.starts_with(b"{\"summary\""));
            String::from_utf8(notes).unwrap()
        };
        assert_eq!(told(&[]), "");
        assert_eq!(told(&["GTW-0105: balanced judges"]), "medward: GTW-0105: balanced judges\n");
        assert_eq!(told(&["a.conf:1: x", "a.conf:2: y"]), "medward: a.conf:1: x\nmedward: a.conf:2: y\n");
    }

    #[test]
    fn whoever_stops_reading_ends_the_run() {
        struct Closed;
        impl Write for Closed {
            fn write(&mut self, _bytes: &[u8]) -> io::Result<usize> {
                Err(io::ErrorKind::BrokenPipe.into())
            }
            fn flush(&mut self) -> io::Result<()> {
                Ok(())
            }
        }
        let clock = Clock::system();
        let policy = Policy::built_in(BuiltIn::Balanced).unwrap();
        let judge = Judge::new(policy, clock.clone(), None).unwrap();
        let error = check(&judge, Vec::new(), &clock, &mut Closed, &mut Vec::new()).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::BrokenPipe);
    }
}
