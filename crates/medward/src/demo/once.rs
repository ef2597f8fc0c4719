//! `medward demo --once`: the whole loop on real traffic, each step proven, exit 0 only if every one did what it must.
//!
//! sense (drill past the gateway) → record (events of every request) → prove (evidence, second factor, verified vault).

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsStr;
use std::fmt::Write as _;
use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context as _, Result};
use clap::Parser as _;
use medward_contract::event::{Field, Stream};
use medward_contract::vault::{LogQuery, Record, Window};
use medward_contract::{Role, Timestamp};
use medward_demo::drill::{self, Outcome};
use medward_kernel::{Clock, Kit};
use serde::Serialize;

use super::sign_in::{code_of, sign_in};
use super::stage::Stage;
use crate::cli::{DemoArgs, Sabotage, write_out};

/// Events are queued behind the traffic; they must be recorded within this.
const RECORDED_WITHIN: Duration = Duration::from_secs(30);

/// What one run showed. The keys are a promise to scripts.
#[derive(Debug, Default, Serialize)]
struct Summary {
    benign: usize,
    benign_blocked: usize,
    attacks: usize,
    attacks_blocked: usize,
    attack_classes: usize,
    classes: BTreeMap<String, [usize; 2]>,
    events: usize,
    events_by_stream: BTreeMap<&'static str, usize>,
    vault_verified: bool,
    second_factor: bool,
    seconds: f64,
    /// Everything that was not as it must be; empty on success.
    failures: Vec<String>,
}

/// The same command that an auditor runs.
#[derive(clap::Parser)]
struct Verify {
    #[command(subcommand)]
    vault: medward_vault::cli::Command,
}

/// Runs once and reports.
pub(crate) async fn run(args: &DemoArgs) -> Result<ExitCode> {
    let stage = Stage::set(args, true).await?;
    let clock = stage.program.kit().clock.clone();
    let began = clock.monotonic();
    let mut summary = Summary::default();

    let plan = drill::plan(1);
    if args.sabotage == Some(Sabotage::Page) {
        stage.portal.disturb("/guide");
    }
    let from = clock.now();
    let outcome = drill::run_once(&stage.guarded()?, &stage.portal, &plan).await.context("run the drill")?;
    summary.judge_traffic(&outcome);
    summary.judge_events(&stage, &outcome, from).await?;
    summary.judge_sign_in(&stage, args.sabotage == Some(Sabotage::Totp)).await?;

    let Stage { directory, portal: _portal, program, administrators: _, fresh } = stage;
    for straggler in program.stop().await {
        summary.failures.push(format!("{straggler} did not stop in time"));
    }
    let vault = directory.join("data").join("vault");
    if args.sabotage == Some(Sabotage::Record) {
        alter_one_record(&vault)?;
    }
    summary.judge_vault(&vault);
    summary.seconds = (clock.monotonic().saturating_sub(began)).as_secs_f64();
    drop(fresh);

    let ok = summary.failures.is_empty();
    if args.json {
        write_out(&(serde_json::to_string(&summary)? + "\n"))?;
    } else {
        write_out(&summary.for_people())?;
    }
    Ok(if ok { ExitCode::SUCCESS } else { ExitCode::from(1) })
}

impl Summary {
    fn must(&mut self, holds: bool, otherwise: impl FnOnce() -> String) {
        if !holds {
            self.failures.push(otherwise());
        }
    }

    fn judge_traffic(&mut self, outcome: &Outcome) {
        self.benign = outcome.benign;
        self.benign_blocked = outcome.benign_blocked;
        self.attacks = outcome.attacks;
        self.attacks_blocked = outcome.attacks_blocked;
        self.attack_classes = outcome.attack_classes.len();
        self.classes = outcome
            .attack_classes
            .iter()
            .map(|(class, tally)| (class.to_string(), [tally.sent, tally.blocked]))
            .collect();
        self.must(outcome.benign >= 200, || format!("only {} benign requests were sent", outcome.benign));
        self.must(outcome.attacks >= 60, || format!("only {} attacks were sent", outcome.attacks));
        self.must(outcome.attack_classes.len() >= 6, || {
            format!("only {} attack classes", outcome.attack_classes.len())
        });
        for difference in outcome.altered.iter().take(10) {
            self.failures.push(format!(
                "{} {} {}: not the portal's own answer: {}",
                difference.drill_id, difference.method, difference.target, difference.what
            ));
        }
        self.must(outcome.benign_blocked == 0, || format!("{} benign requests were blocked", outcome.benign_blocked));
        self.must(outcome.benign_arrived == outcome.benign, || {
            format!("the portal saw {} of {} benign requests", outcome.benign_arrived, outcome.benign)
        });
        self.must(outcome.attacks_blocked == outcome.attacks, || {
            format!("{} of {} attacks were not blocked", outcome.attacks - outcome.attacks_blocked, outcome.attacks)
        });
        self.must(outcome.attacks_arrived.is_empty(), || {
            format!("attacks that reached the portal: {}", outcome.attacks_arrived.join(", "))
        });
    }

    async fn judge_events(&mut self, stage: &Stage, outcome: &Outcome, from: Timestamp) -> Result<()> {
        let kit = stage.program.kit();
        let expected = [(Stream::Access, outcome.sent), (Stream::Waf, outcome.blocked.len())];
        for (stream, sent) in expected {
            let records = recorded(kit, stream, from, sent).await?;
            self.events += records.len();
            self.events_by_stream.insert(stream.as_str(), records.len());
            self.must(records.len() == sent, || {
                format!("stream {stream} holds {} events of the drill, the client counted {sent}", records.len())
            });
            if stream == Stream::Waf {
                self.judge_evidence(outcome, &records);
            }
        }
        Ok(())
    }

    fn judge_evidence(&mut self, outcome: &Outcome, records: &[Record]) {
        let with_evidence: BTreeSet<&str> = records
            .iter()
            .filter(|record| names_rule_variable_and_text(record))
            .filter_map(|record| record.event.text(Field::HttpRequestId))
            .collect();
        for blocked in &outcome.blocked {
            self.must(with_evidence.contains(blocked.event_id.as_str()), || {
                format!(
                    "{}: block {:?} has no event naming rule, variable and matched text",
                    blocked.drill_id, blocked.event_id
                )
            });
        }
    }

    async fn judge_sign_in(&mut self, stage: &Stage, wrong_code: bool) -> Result<()> {
        let person = stage.administrators.of(Role::Secadmin)?;
        let code = code_of(person, stage.program.kit().clock.now(), wrong_code)?;
        let seen = match sign_in(stage.console()?, person, &code).await {
            Ok(mut signed) => signed.get("/api/v1/vault/search?q=stream:waf&limit=1").await,
            Err(error) => Err(error),
        };
        match seen {
            Ok(page) if page.pointer("/rows/0/event").is_some() => self.second_factor = true,
            Ok(page) => self.failures.push(format!("the signed-in administrator sees no attack: {page}")),
            Err(error) => self.failures.push(format!("{error:#}")),
        }
        Ok(())
    }

    fn judge_vault(&mut self, vault: &Path) {
        let mut report = Vec::new();
        let command =
            Verify::parse_from([OsStr::new("medward"), OsStr::new("verify"), OsStr::new("--dir"), vault.as_os_str()]);
        let code = medward_vault::cli::run(&command.vault, vault, &Clock::system(), &mut report);
        self.vault_verified = code == 0;
        self.must(code == 0, || {
            let report = String::from_utf8_lossy(&report);
            format!(
                "the vault does not verify (exit {code}): {}",
                report.lines().take(3).collect::<Vec<_>>().join("; ")
            )
        });
    }

    fn for_people(&self) -> String {
        let mark = |holds: bool| if holds { "ok  " } else { "FAIL" };
        let mut text = String::new();
        let lines = [
            (self.benign_blocked == 0, format!("{} benign requests, {} blocked", self.benign, self.benign_blocked)),
            (
                self.attacks_blocked == self.attacks,
                format!(
                    "{} attacks of {} classes, {} blocked",
                    self.attacks, self.attack_classes, self.attacks_blocked
                ),
            ),
            (self.events > 0, format!("{} events recorded {:?}", self.events, self.events_by_stream)),
            (self.second_factor, "signed in with second factor and saw the attacks".to_owned()),
            (self.vault_verified, "vault verified".to_owned()),
        ];
        for (holds, line) in lines {
            let _infallible = writeln!(text, "{} {line}", mark(holds));
        }
        for failure in &self.failures {
            let _infallible = writeln!(text, "     {failure}");
        }
        let word =
            if self.failures.is_empty() { "every step did what it must" } else { "not every step did what it must" };
        let _infallible = writeln!(text, "{} {word}, {:.1} s", mark(self.failures.is_empty()), self.seconds);
        text
    }
}

/// Drill events of a stream, read until `expected` are there or the time is up.
async fn recorded(kit: &Kit, stream: Stream, from: Timestamp, expected: usize) -> Result<Vec<Record>> {
    let port = kit.ports.port::<dyn LogQuery>("medward");
    let log = port.get()?;
    let deadline = kit.clock.monotonic() + RECORDED_WITHIN;
    loop {
        let window = Window { from, to: kit.clock.now().plus(Duration::from_secs(1)) };
        let mut records = Vec::new();
        let mut cursor = None;
        loop {
            let page = log.query(&format!("stream:{stream}"), window, cursor).await.context("read recorded events")?;
            records.extend(page.rows.into_iter().filter(|record| record.event.attrs.contains_key("drill.id")));
            cursor = page.next_cursor;
            if cursor.is_none() {
                break;
            }
        }
        if records.len() >= expected || kit.clock.monotonic() > deadline {
            return Ok(records);
        }
        kit.clock.sleep(Duration::from_millis(100)).await;
    }
}

/// Whether an attack event shows what was found, where, and by which rule.
fn names_rule_variable_and_text(record: &Record) -> bool {
    let hits = record.event.attrs.get("waf.hits").and_then(|hits| hits.as_str()).unwrap_or("[]");
    let hits: Vec<serde_json::Value> = serde_json::from_str(hits).unwrap_or_default();
    let has = |hit: &serde_json::Value, key: &str| {
        hit.get(key).and_then(|text| text.as_str()).is_some_and(|text| !text.is_empty())
    };
    record.event.text(Field::RuleId).is_some_and(|rule| !rule.is_empty())
        && hits.iter().any(|hit| has(hit, "rule") && has(hit, "variable") && has(hit, "match"))
}

/// Changes one letter of one recorded drill event on disk, as somebody with root would.
fn alter_one_record(vault: &Path) -> Result<()> {
    let mark = b"drill1-a0";
    let files = std::fs::read_dir(vault.join("wal")).context("list the vault's files")?;
    for file in files {
        let path = file?.path();
        let mut bytes = std::fs::read(&path)?;
        if let Some(at) = bytes.windows(mark.len()).position(|window| window == mark)
            && let Some(letter) = bytes.get_mut(at)
        {
            *letter = b'D';
            return std::fs::write(&path, bytes).with_context(|| format!("alter {}", path.display()));
        }
    }
    anyhow::bail!("alter a record: no drill event was found in {}", vault.display())
}
