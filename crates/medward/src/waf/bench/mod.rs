//! `medward waf bench`: what the rules of an installed CRS cost per request (waf.md §10), beside libmodsecurity on request.
//!
//! The requests ([`mix`]) are taken apart before any clock runs; what is counted is the processor time of one thread that
//! judges one transaction after the other ([`ours`]), as the gateway does it, budget clock included. The peer ([`peer`]) is
//! a program of the same shape with the same rule files. Both take turns of equal length in rounds, each round beginning
//! with the other, and the figures are medians. Before that, [`memory`] says what compiled rules take up.
//!
//! *Not* here: goals and the comparison over the wire, which are those of `make bench`.

mod memory;
mod mix;
mod ours;
mod peer;

use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use clap::Args;
use medward_kernel::Clock;
use serde::Serialize;

use super::crs::{self, CrsSettings};
use mix::Mix;
use ours::Ours;
use peer::Peer;

/// `medward waf bench`.
#[derive(Args)]
pub(crate) struct BenchArgs {
    /// Folder of an installed CRS: crs-setup.conf (or .example) and rules/. Its own settings apply.
    #[arg(long, value_name = "DIR")]
    crs: PathBuf,
    /// Build a program around libmodsecurity (Debian: g++, libmodsecurity-dev) and let it take turns with ours.
    #[arg(long)]
    peer: bool,
    /// Rounds; the figures are their medians.
    #[arg(long, value_name = "N", default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..=1000))]
    rounds: u32,
    /// Processor time of one turn, in milliseconds.
    #[arg(long, value_name = "MS", default_value_t = 1000, value_parser = clap::value_parser!(u32).range(1..=600_000))]
    turn_ms: u32,
}

/// What one turn of one side gave.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Turn {
    requests: u64,
    blocked: u64,
    cpu: Duration,
}

impl Turn {
    fn cpu_us(&self) -> f64 {
        #[expect(clippy::cast_precision_loss, reason = "a turn has far fewer than 2^52 requests")]
        let requests = self.requests as f64;
        self.cpu.as_secs_f64() * 1e6 / requests
    }
}

/// The line of one kind of request: processor time per request in microseconds.
#[derive(Debug, Serialize, PartialEq)]
struct Line {
    mix: &'static str,
    /// Whether a response of 1 KiB was judged, too.
    response: bool,
    /// The engine that the gateway runs.
    fast_us: f64,
    /// The slow interpreter that it is compared with.
    reference_us: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    peer_us: Option<f64>,
    /// `peer_us / fast_us`.
    #[serde(skip_serializing_if = "Option::is_none")]
    ratio: Option<f64>,
    fast_rounds_us: Vec<f64>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    peer_rounds_us: Vec<f64>,
}

/// Processor time per request in microseconds, by round.
#[derive(Default)]
struct Rounds {
    fast: Vec<f64>,
    reference: Vec<f64>,
    peer: Vec<f64>,
}

impl Line {
    fn new(mix: &'static str, response: bool, rounds: &Rounds) -> Option<Self> {
        let Rounds { fast: ours, reference, peer } = rounds;
        let fast = median(ours)?;
        let peer_us = median(peer);
        Some(Self {
            mix,
            response,
            fast_us: rounded(fast),
            reference_us: rounded(median(reference)?),
            peer_us: peer_us.map(rounded),
            ratio: peer_us.map(|peer| rounded(peer / fast)),
            fast_rounds_us: ours.iter().copied().map(rounded).collect(),
            peer_rounds_us: peer.iter().copied().map(rounded).collect(),
        })
    }
}

/// The last line.
#[derive(Serialize)]
struct LastLine<'a> {
    summary: Summary<'a>,
}

#[derive(Serialize)]
struct Summary<'a> {
    /// Rules of the program.
    rules: usize,
    /// Reading the files and compiling them, seconds on the clock, median of five.
    load_s: f64,
    #[serde(flatten)]
    memory: memory::Grown,
    #[serde(skip_serializing_if = "Option::is_none")]
    peer: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    peer_load_s: Option<f64>,
}

/// Runs the command.
pub(super) fn run(args: &BenchArgs, clock: &Clock) -> Result<ExitCode> {
    let mut out = io::stdout().lock();
    match bench(args, clock, &mut out) {
        // Whoever reads our lines has seen enough.
        Err(error) if error.downcast_ref::<io::Error>().is_some_and(|it| it.kind() == io::ErrorKind::BrokenPipe) => {
            Ok(ExitCode::SUCCESS)
        }
        result => result.map(|()| ExitCode::SUCCESS),
    }
}

fn bench(args: &BenchArgs, clock: &Clock, out: &mut dyn Write) -> Result<()> {
    let mixes = Mix::all()?;
    // First of all: what later measurements leave behind would count as memory of the rules.
    let memory = memory::measure(&args.crs, &mixes, clock)?;
    let settings = CrsSettings::as_installed();
    let mut loads = Vec::new();
    for _ in 0..5 {
        let before = clock.monotonic();
        crs::compile(&crs::read(&args.crs, &settings)?)?;
        loads.push(clock.monotonic().saturating_sub(before).as_secs_f64());
    }
    let sources = crs::read(&args.crs, &settings)?;
    let (program, _) = crs::compile(&sources)?;
    let rules = program.rules().len();
    let mut sides = Sides {
        fast: Ours::new(program.clone(), None, clock.clone()),
        reference: Ours::new(program, Some(crs::reference(&sources)?), clock.clone()),
        peer: if args.peer { Some(Peer::start(&sources)?) } else { None },
    };
    let turn = Duration::from_millis(u64::from(args.turn_ms));
    for mix in &mixes {
        for response in [false, true] {
            let rounds = sides.rounds(mix, response, args.rounds, turn)?;
            let line = Line::new(mix.name, response, &rounds).context("measure: no round was run")?;
            serde_json::to_writer(&mut *out, &line).map_err(io::Error::from)?;
            out.write_all(b"\n")?;
            out.flush()?;
        }
    }
    let (name, load) = sides.peer.as_ref().map(|peer| (peer.name.as_str(), rounded(peer.load_s))).unzip();
    let load_s = rounded(median(&loads).unwrap_or_default());
    let last = LastLine { summary: Summary { rules, load_s, memory, peer: name, peer_load_s: load } };
    serde_json::to_writer(&mut *out, &last).map_err(io::Error::from)?;
    Ok(out.write_all(b"\n")?)
}

/// Whom to measure.
struct Sides {
    fast: Ours,
    reference: Ours,
    peer: Option<Peer>,
}

impl Sides {
    /// Lets all take turns, each round beginning with another; an unmeasured turn each comes first.
    fn rounds(&mut self, mix: &Mix, response: bool, rounds: u32, time: Duration) -> Result<Rounds> {
        let mut all = Rounds::default();
        for round in 0..=rounds {
            for side in 0..3 {
                let (of_side, name, turn) = match ((round + side) % 3, &mut self.peer) {
                    (0, _) => (&mut all.fast, "our engine", self.fast.turn(mix, response, time)),
                    (1, _) => (&mut all.reference, "our reference", self.reference.turn(mix, response, time)),
                    (_, Some(peer)) => (&mut all.peer, "the peer", peer.turn(mix, response, time)?),
                    (_, None) => continue,
                };
                let cpu_us = checked(mix, name, turn)?;
                if round > 0 {
                    of_side.push(cpu_us);
                }
            }
        }
        Ok(all)
    }
}

/// A fast wrong answer is not a figure.
fn checked(mix: &Mix, side: &str, turn: Turn) -> Result<f64> {
    let expected = if mix.attacks { turn.requests } else { 0 };
    ensure!(
        turn.blocked == expected,
        "measure {}: {side} refused {} of {} requests instead of {expected}",
        mix.name,
        turn.blocked,
        turn.requests
    );
    Ok(turn.cpu_us())
}

/// The middle value; of an even number the mean of the two in the middle.
fn median(values: &[f64]) -> Option<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let upper = *sorted.get(sorted.len() / 2)?;
    let lower = *sorted.get((sorted.len() - 1) / 2)?;
    Some(f64::midpoint(lower, upper))
}

/// Three digits behind the point.
fn rounded(value: f64) -> f64 {
    (value * 1e3).round() / 1e3
}

#[cfg(test)]
mod tests {
    use super::*;

    fn turn(requests: u64, blocked: u64) -> Turn {
        Turn { requests, blocked, cpu: Duration::from_millis(requests) }
    }

    #[test]
    fn line_holds_the_medians_and_how_many_times_ours_the_peer_needs() {
        let mut rounds =
            Rounds { fast: vec![90.0, 100.0, 400.0], reference: vec![700.0], peer: vec![1000.0, 3000.0, 2500.0] };
        let line = Line::new("get", false, &rounds).unwrap();
        assert_eq!((line.fast_us, line.peer_us, line.ratio), (100.0, Some(2500.0), Some(25.0)));
        rounds.peer.clear();
        rounds.fast.truncate(2);
        let alone = serde_json::to_string(&Line::new("get", true, &rounds).unwrap()).unwrap();
        let text = r#"{"mix":"get","response":true,"fast_us":95.0,"reference_us":700.0,"fast_rounds_us":[90.0,100.0]}"#;
        assert_eq!(alone, text);
        rounds.fast.clear();
        assert_eq!(Line::new("get", true, &rounds), None);
    }

    #[test]
    fn wrong_answer_is_no_figure() {
        let mixes = Mix::all().unwrap();
        for (name, blocked, right) in [("get", 0, true), ("get", 1, false), ("sqli", 8, true), ("sqli", 7, false)] {
            let mix = mixes.iter().find(|mix| mix.name == name).unwrap();
            let result = checked(mix, "the peer", turn(8, blocked));
            assert_eq!(result.is_ok(), right, "{name} {blocked}");
            assert!(result.is_ok_and(|cpu_us| (cpu_us - 1000.0).abs() < 1e-6) || !right);
        }
    }
}
