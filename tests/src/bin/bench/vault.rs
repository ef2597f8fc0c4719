//! Area `vault`: the log vault beside ClickHouse, on the data of the specification (vault.md, Acceptance; issue 5).
//!
//! `medward vault gen | bench-load | bench-query | verify` do the work; here are the goals, the turns and the peer.
#![expect(clippy::cast_precision_loss, reason = "counts and bytes of a benchmark are far below 2^53")]

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use anyhow::{Context as _, Result, ensure};
use medward_tests::peer::{command, texts};
use medward_tests::{Medward, medward_binary};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::figures::{Figure, Goal, Row, median};
use crate::rounds::Plan;
use crate::{machine, processor};

/// For `docs/benchmarks.md`.
pub(crate) const METHOD: &str = "\
`medward vault gen` makes 2,000,000 JSON lines (seed 42, profile `flat7`, some 230 bytes each). `medward vault bench-load` reads them
into an empty vault: parsed, encoded, hashed, appended to the write-ahead log with `fdatasync` after each 8,192 records, moved into
segments with their token filters, signed; all in one thread, and its processor time counts from the first line to the last
checkpoint. ClickHouse (PyPI `chdb`, in one process) reads the same file into a MergeTree table sorted by source and time with
ZSTD and a token filter of the message; it neither syncs nor hashes. Both take turns; the figures are medians.

`ratio` is the bytes of the lines over the bytes of segments, filters, tree and signed notes (the log is empty by then); the peer's
is over its table's parts.

Queries: both programs stay open and answer the same questions in turn, once unmeasured, then as often as there are rounds; what
counts is processor time of the whole process for one answer, and different answers end the run without figures. `rare` is a word
that stands in one line, `two` two words in one message, `newest` the last 50 lines of all sources, `histogram` the number of
lines for each minute and host.

`verify_rec_s_core`: `medward vault verify` of the loaded vault, records re-hashed per second of processor time.

`idle_mib`: resident memory of the whole of Medward on that vault, without traffic.

`growth_*`: the same questions about the last 24 hours of 2, 10 and 50 million lines with 43.2 ms between two, so that each day has
2 million; processor time at 50 million over that at 2 million.
";

const INGEST_MB: Figure =
    Figure { name: "vault.ingest_mb_s_core", unit: "MB/s", digits: 1, goal: Some(Goal::AtLeast(60.0)) };
const INGEST_EVENTS: Figure =
    Figure { name: "vault.ingest_ev_s_core", unit: "events/s", digits: 0, goal: Some(Goal::AtLeast(200_000.0)) };
const RATIO: Figure = Figure { name: "vault.ratio", unit: "raw bytes/byte", digits: 2, goal: Some(Goal::AtLeast(5.5)) };
const VERIFY: Figure =
    Figure { name: "vault.verify_rec_s_core", unit: "records/s", digits: 0, goal: Some(Goal::AtLeast(500_000.0)) };

const IDLE: Figure = Figure { name: "vault.idle_mib", unit: "MiB RSS", digits: 0, goal: Some(Goal::AtMost(150.0)) };

/// What the growth of a vault changes, in the order of [`QUESTIONS`].
const GROWTH: [Figure; 4] = [
    growth("vault.growth_rare"),
    growth("vault.growth_two"),
    growth("vault.growth_newest"),
    growth("vault.growth_histogram"),
];

const fn growth(name: &'static str) -> Figure {
    Figure { name, unit: "times the cost at 2 million", digits: 2, goal: Some(Goal::AtMost(1.5)) }
}

/// Time between two lines when a day has two million of them, µs.
const GROWTH_STEP_US: u64 = 43_200;
const DAY_US: u64 = 86_400_000_000;
/// `@timestamp` of the first line, µs.
const BEGIN_US: u64 = 1_760_000_000_000_000;

/// A question in the words of `bench-query`, and its figure.
const QUESTIONS: [(&str, Figure); 4] = [
    ("rows 10 needle_zq400002x", question("vault.rare_ms", 30.0)),
    ("rows 10000 message:publickey message:u0123", question("vault.two_ms", 50.0)),
    ("rows 50 *", question("vault.newest_ms", 20.0)),
    ("hist", question("vault.histogram_ms", 80.0)),
];

const fn question(name: &'static str, most: f64) -> Figure {
    Figure { name, unit: "ms CPU", digits: 1, goal: Some(Goal::AtMost(most)) }
}

/// Every so many lines one holds a rare word.
const NEEDLE_EVERY: u64 = 400_003;
/// Lines of a trial run: just enough for one rare word.
const QUICK_EVENTS: u64 = 450_000;
const EVENTS: u64 = 2_000_000;
/// `@timestamp` of the first line, and a moment behind the last.
const WINDOW: [&str; 4] = ["--from", "1760000000000000", "--to", "1760100000000000"];

/// What `bench-load` says.
#[derive(Debug, Deserialize)]
struct Loaded {
    events: u64,
    bytes: u64,
    cpu_s: f64,
    segment_bytes: u64,
    tree_bytes: u64,
}

/// What the peer says after loading.
#[derive(Debug, Deserialize)]
struct PeerLoaded {
    events: u64,
    cpu_s: f64,
    table_bytes: u64,
}

#[derive(Debug, Deserialize)]
struct Answer {
    cpu_ms: f64,
    answer: String,
}

/// A program that answers questions, one line each.
struct Answering {
    child: Child,
    questions: Option<ChildStdin>,
    answers: BufReader<ChildStdout>,
}

impl Answering {
    fn start(mut program: Command) -> Result<Self> {
        let mut child =
            program.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().context("start a program that answers")?;
        let answers = BufReader::new(child.stdout.take().context("its answers")?);
        let questions = child.stdin.take();
        Ok(Self { child, questions, answers })
    }

    fn ask(&mut self, question: &str) -> Result<Answer> {
        writeln!(self.questions.as_mut().context("its input")?, "{question}")?;
        let mut line = String::new();
        self.answers.read_line(&mut line)?;
        serde_json::from_str(&line).with_context(|| format!("read the answer to {question}: {line:?}"))
    }
}

impl Drop for Answering {
    fn drop(&mut self) {
        drop(self.questions.take());
        drop(self.child.wait());
    }
}

/// ClickHouse as a Python package, and the script that drives it.
struct ClickHouse {
    /// Where `make bench` installed `chdb`.
    package: PathBuf,
    script: PathBuf,
    name: String,
}

impl ClickHouse {
    fn find() -> Option<Self> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let (package, script) = (root.join(PACKAGE), root.join("benches/vault_clickhouse.py"));
        let found = Self { package, script, name: String::new() };
        let output = found.command(&[Path::new("version")]).output().ok()?;
        let (name, _, code) = texts(&output);
        (code == 0).then(|| Self { name: name.trim().to_owned(), ..found })
    }

    fn command(&self, arguments: &[&Path]) -> Command {
        let mut python = command("python3");
        python.env("PYTHONPATH", &self.package).arg(&self.script).args(arguments);
        python
    }
}

/// Where `.ci/peers` puts it.
const PACKAGE: &str = "target/peers/chdb-4.4.0";

/// The rows of this area.
pub(crate) fn measure(plan: &Plan) -> Result<Vec<Row>> {
    let date = machine::today();
    let folder = tempfile::Builder::new().prefix("medward-bench-vault-").tempdir().context("make a folder")?;
    let events = if plan.rounds < Plan::full().rounds { QUICK_EVENTS } else { EVENTS };
    let lines = folder.path().join("lines.jsonl");
    let file = std::fs::File::create(&lines).context("make the lines")?;
    let made = command(medward_binary()).args(["vault", "gen", "--events", &events.to_string()]).stdout(file).status();
    ensure!(made.context("run medward vault gen")?.success(), "medward vault gen failed");
    let peer = ClickHouse::find();
    let peer_name = peer.as_ref().map_or_else(|| "ClickHouse (chdb)".to_owned(), |peer| peer.name.clone());
    let bench = Bench { folder: folder.path(), lines: &lines, peer: peer.as_ref(), peer_name: &peer_name, date: &date };
    let (mut rows, vault, table) = bench.load(plan)?;
    rows.extend(bench.ask(plan, &vault, &table)?);
    rows.push(bench.verify(&vault)?);
    rows.push(idle(&vault, &date)?);
    if events == EVENTS {
        rows.extend(grown(plan, folder.path(), &date)?);
    }
    Ok(rows)
}

struct Bench<'a> {
    folder: &'a Path,
    lines: &'a Path,
    peer: Option<&'a ClickHouse>,
    peer_name: &'a str,
    date: &'a str,
}

impl Bench<'_> {
    fn row(&self, figure: &Figure, ours: f64, peer: Option<f64>) -> Row {
        if let Some(peer) = peer {
            return figure.row(ours, peer, self.peer_name, self.date);
        }
        let gap = figure.gap("PyPI chdb is not installed", self.peer_name, self.date);
        Row { ours: Some(ours), met: figure.alone(ours, self.date).met, ..gap }
    }

    /// Loads in turn; gives the last vault and table.
    fn load(&self, plan: &Plan) -> Result<(Vec<Row>, PathBuf, PathBuf)> {
        let (mut ours, mut theirs) = (Vec::new(), Vec::new());
        let place = |name: &str, round: usize| self.folder.join(format!("{name}-{round}"));
        for round in 1..=plan.rounds {
            let (vault, table) = (place("vault", round), place("table", round));
            let mut load = command(medward_binary());
            load.args(["vault", "bench-load"]).arg(&vault).stdin(std::fs::File::open(self.lines)?);
            let loaded: Loaded = said(load)?;
            println!(
                "  round {round}  medward     {:>6.1} MB/s  {:>9.0} events/s",
                loaded.bytes as f64 / 1e6 / loaded.cpu_s,
                loaded.events as f64 / loaded.cpu_s
            );
            if let Some(peer) = self.peer {
                let of_peer: PeerLoaded = said(peer.command(&[Path::new("load"), self.lines, &table]))?;
                ensure!(of_peer.events == loaded.events, "the peer has {} lines of {}", of_peer.events, loaded.events);
                println!("  round {round}  ClickHouse  {:>6.1} MB/s", loaded.bytes as f64 / 1e6 / of_peer.cpu_s);
                theirs.push(of_peer);
            }
            ours.push(loaded);
            if round < plan.rounds {
                // Nothing may be there: without a peer there is no table.
                drop((std::fs::remove_dir_all(&vault), std::fs::remove_dir_all(&table)));
            }
        }
        let raw = ours.first().context("no round")?.bytes as f64;
        let of = |figure: &dyn Fn(&Loaded) -> f64| median(ours.iter().map(figure)).context("no round");
        let of_peer = |figure: &dyn Fn(&PeerLoaded) -> f64| median(theirs.iter().map(figure));
        let rows = vec![
            self.row(&INGEST_MB, of(&|loaded| raw / 1e6 / loaded.cpu_s)?, of_peer(&|loaded| raw / 1e6 / loaded.cpu_s)),
            self.row(
                &INGEST_EVENTS,
                of(&|loaded| loaded.events as f64 / loaded.cpu_s)?,
                of_peer(&|loaded| loaded.events as f64 / loaded.cpu_s),
            ),
            self.row(
                &RATIO,
                of(&|loaded| raw / (loaded.segment_bytes + loaded.tree_bytes) as f64)?,
                of_peer(&|loaded| raw / loaded.table_bytes as f64),
            ),
        ];
        Ok((rows, place("vault", plan.rounds), place("table", plan.rounds)))
    }

    fn ask(&self, plan: &Plan, vault: &Path, table: &Path) -> Result<Vec<Row>> {
        let mut program = command(medward_binary());
        program.args(["vault", "bench-query"]).arg(vault).args(WINDOW);
        let mut ours = Answering::start(program)?;
        let peer = self.peer.map(|peer| peer.command(&[Path::new("query"), table]));
        let mut theirs = peer.map(Answering::start).transpose()?;
        let mut rows = Vec::new();
        for (question, figure) in &QUESTIONS {
            let (mut of_ours, mut of_theirs) = (Vec::new(), Vec::new());
            for round in 0..=plan.rounds {
                let answer = ours.ask(question)?;
                if let Some(theirs) = &mut theirs {
                    let other = theirs.ask(question)?;
                    ensure!(answer.answer == other.answer, "{question}: {} and {}", answer.answer, other.answer);
                    of_theirs.push(other.cpu_ms);
                }
                ensure!(!answer.answer.is_empty(), "{question}: nothing was found");
                of_ours.push(answer.cpu_ms);
                if round == 0 {
                    // The first answer of each reads what the others have in memory.
                    of_ours.clear();
                    of_theirs.clear();
                }
            }
            let (of_ours, of_theirs) = (median(of_ours), median(of_theirs));
            let of_ours = of_ours.context("no round")?;
            println!("  {:<20} {of_ours:>8.1} ms CPU, ClickHouse {:>8.1}", figure.name, of_theirs.unwrap_or(f64::NAN));
            rows.push(self.row(figure, of_ours, of_theirs));
        }
        Ok(rows)
    }

    fn verify(&self, vault: &Path) -> Result<Row> {
        #[derive(Deserialize)]
        struct Verified {
            records: u64,
            cpu_seconds: f64,
        }
        let mut verify = command(medward_binary());
        verify.args(["vault", "verify", "--json", "--dir"]).arg(vault);
        let verified: Verified = said(verify)?;
        let per_second = verified.records as f64 / verified.cpu_seconds;
        println!("  {:<20} {per_second:>8.0} records/s", VERIFY.name);
        Ok(VERIFY.alone(per_second, self.date))
    }
}

/// Memory of the whole program on this vault, at rest.
fn idle(vault: &Path, date: &str) -> Result<Row> {
    let folder = tempfile::Builder::new().prefix("medward-bench-idle-").tempdir().context("make a folder")?;
    let data = folder.path().join("data");
    std::fs::create_dir(&data)?;
    std::fs::rename(vault, data.join("vault")).context("move the vault")?;
    let medward = Medward::start(folder.path(), &["up"]);
    ensure!(processor::until_rest(medward.pid())?, "medward does not come to rest");
    let resident = processor::resident_mib(medward.pid())?;
    println!("  {:<20} {resident:>8.0} MiB", IDLE.name);
    medward.stop();
    Ok(IDLE.alone(resident, date))
}

/// The same questions about one day in vaults of 2, 10 and 50 million records.
fn grown(plan: &Plan, folder: &Path, date: &str) -> Result<Vec<Row>> {
    let mut costs: Vec<Vec<f64>> = Vec::new();
    for events in [EVENTS, 5 * EVENTS, 25 * EVENTS] {
        let vault = folder.join(format!("grown-{events}"));
        let mut make = command(medward_binary());
        make.args(["vault", "gen", "--events", &events.to_string(), "--step-us", &GROWTH_STEP_US.to_string()]);
        let mut making = make.stdout(Stdio::piped()).spawn().context("run medward vault gen")?;
        let mut load = command(medward_binary());
        load.args(["vault", "bench-load"]).arg(&vault).stdin(making.stdout.take().context("its lines")?);
        let loaded: Loaded = said(load)?;
        ensure!(making.wait()?.success() && loaded.events == events, "{} of {events} lines", loaded.events);
        let end = BEGIN_US + events * GROWTH_STEP_US;
        let mut program = command(medward_binary());
        program.args(["vault", "bench-query"]).arg(&vault);
        program.args(["--from", &(end - DAY_US).to_string(), "--to", &end.to_string()]);
        let mut answering = Answering::start(program)?;
        let needle = (events / NEEDLE_EVERY) * NEEDLE_EVERY - 1;
        let questions =
            QUESTIONS.map(|(question, _)| question.replace("needle_zq400002x", &format!("needle_zq{needle}x")));
        let mut of_size = Vec::new();
        for question in &questions {
            answering.ask(question)?;
            let answers = (0..plan.rounds).map(|_| answering.ask(question)).collect::<Result<Vec<_>>>()?;
            ensure!(answers.iter().all(|answer| !answer.answer.is_empty()), "{question}: nothing was found");
            of_size.push(median(answers.iter().map(|answer| answer.cpu_ms)).context("no round")?);
        }
        println!(
            "  {events:>9} lines: {}",
            of_size.iter().map(|cost| format!("{cost:.1} ms")).collect::<Vec<_>>().join(", ")
        );
        costs.push(of_size);
        drop(answering);
        std::fs::remove_dir_all(&vault)?;
    }
    let (Some(small), Some(large)) = (costs.first(), costs.last()) else { return Ok(Vec::new()) };
    Ok(GROWTH
        .iter()
        .zip(large.iter().zip(small))
        .map(|(figure, (large, small))| figure.alone(large / small, date))
        .collect())
}

/// The one JSON document a program says.
fn said<T: DeserializeOwned>(mut program: Command) -> Result<T> {
    let (stdout, stderr, code) = texts(&program.output().context("run a program")?);
    ensure!(code == 0, "{program:?} ended with {code}: {stdout}{stderr}");
    serde_json::from_str(&stdout).with_context(|| format!("read {stdout}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn goal_of_our_own_is_judged_without_the_peer_too() {
        let nowhere = Path::new("/nowhere");
        let bench = Bench { folder: nowhere, lines: nowhere, peer: None, peer_name: "ClickHouse", date: "2026-11-23" };
        let rare = &QUESTIONS[0].1;
        let alone = bench.row(rare, 29.9, None);
        assert_eq!((alone.ours, alone.met, alone.gap.is_some()), (Some(29.9), Some(true), true));
        assert_eq!(bench.row(rare, 30.1, None).met, Some(false));
        let beside = bench.row(&RATIO, 5.6, Some(5.9));
        assert_eq!((beside.met, beside.gap), (Some(true), None));
    }

    #[test]
    fn what_the_command_says_is_read() {
        let said = r#"{"bytes":439324799,"cpu_s":7.17,"events":2000000,"log_bytes":1,"segment_bytes":78175357,"tree_bytes":277164,"wall_s":8.8}"#;
        let loaded: Loaded = serde_json::from_str(said).unwrap();
        assert_eq!((loaded.events, loaded.segment_bytes + loaded.tree_bytes), (2_000_000, 78_452_521));
        assert!(serde_json::from_str::<Answer>(r#"{"cpu_ms":1.5}"#).is_err());
    }
}
