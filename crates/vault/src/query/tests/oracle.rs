//! Queries answered by us and by ClickHouse are the same (`vault.md`, Acceptance: query oracle).
//!
//! Each query is made up once, as something that can be written in our language and in SQL; the SQL is never made from what our
//! parser read. ClickHouse comes as chdb from PyPI into `target/peers` (`.ci/peers`).

mod question;

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value as Json, json};

use super::*;
use question::{Dice, Question};

const PEER: &str = "chdb-4.4.0";
const EVENTS: u64 = 1_500;
const QUERIES: usize = 500;

/// Where chdb is, or a visible skip; in CI a missing peer is a failure.
fn peer() -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/peers").join(PEER);
    if folder.exists() {
        return Some(folder);
    }
    #[expect(clippy::disallowed_methods, reason = "CI says by its environment that nothing may be skipped")]
    let in_ci = std::env::var_os("CI").is_some();
    assert!(!in_ci, "{} is missing; run .ci/peers {PEER}", folder.display());
    println!("skipped: {PEER} is not installed; run .ci/peers {PEER}");
    None
}

/// An event made up, in our words and as a row of the table. Late ones, ties, missing fields and Chinese words among them.
fn event(dice: &mut Dice) -> (Event, Json) {
    let dataset = dice.pick(&[Dataset::WafAttack, Dataset::AppLog, Dataset::AuthLogin, Dataset::AccessRequest]);
    let minutes = if dice.roll(20) == 0 { dice.roll(60 * 60) } else { dice.roll(600) };
    let at = NOW.as_micros() - minutes * 60_000_000 - dice.roll(3);
    let severity = dice.pick(&[Severity::Info, Severity::Low, Severity::Medium, Severity::High]);
    let mut event = Event::new(dataset, dataset.actions()[0], Timestamp::from_micros(at)).severity(severity);
    let mut row =
        json!({"stream": dataset.stream().as_str(), "ts": at, "severity": severity as u8, "dataset": dataset.as_str()});
    let texts = [
        (Field::UserName, "user", question::USERS),
        (Field::SourceIp, "ip", question::ADDRESSES),
        (Field::UrlPath, "path", question::PATHS),
        (Field::Message, "message", question::MESSAGES),
    ];
    for (field, column, values) in texts {
        if dice.roll(4) > 0 {
            let value = dice.pick(values);
            event.put(field, value.into());
            row[column] = value.into();
        }
    }
    for (field, column, values) in
        [(Field::HttpStatus, "status", question::STATUS), (Field::EventDuration, "duration", question::DURATIONS)]
    {
        if dice.roll(3) > 0 {
            let value = dice.pick(values);
            event.put(field, value.into());
            row[column] = value.into();
        }
    }
    if dice.roll(2) > 0 {
        let value = dice.roll(200) - 50;
        event = event.attr("waf.score", value);
        row["score"] = value.into();
    }
    (event, row)
}

fn vault_and_rows(dice: &mut Dice) -> (Arc<Shared>, String) {
    let (mut events, mut rows) = (Vec::new(), String::new());
    let mut next = std::collections::BTreeMap::new();
    for _ in 0..EVENTS {
        let (event, mut row) = event(dice);
        let seq = next.entry(event.dataset.stream()).or_insert(0_u64);
        row["seq"] = (*seq).into();
        *seq += 1;
        writeln!(rows, "{row}").unwrap();
        events.push(event);
    }
    (vault_on(&FakeDisk::default(), Clock::manual(NOW).0, events, 50), rows)
}

fn clickhouse(peer: &Path, rows: &str, questions: &[Question]) -> Vec<Json> {
    let directory = tempfile::tempdir().unwrap();
    let [events, queries] = ["events.jsonl", "queries.sql"].map(|name| directory.path().join(name));
    std::fs::write(&events, rows).unwrap();
    std::fs::write(&queries, questions.iter().fold(String::new(), |all, question| all + &question.sql() + "\n"))
        .unwrap();
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/query/tests/oracle.py");
    #[expect(clippy::disallowed_methods, reason = "the peer of this test is a program")]
    let output = Command::new("python3").arg(script).args([events, queries]).env("PYTHONPATH", peer).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn ours(vault: &Shared, text: &str) -> Json {
    let plan = parse_piped(text, NOW)
        .map_err(|error| error.to_string())
        .and_then(|piped| Plan::of(piped).map_err(|error| error.to_string()));
    let plan = plan.unwrap_or_else(|error| panic!("{text}: {error}"));
    let mut asked = search("*");
    (asked.query, asked.limit) = (Arc::new(plan.query.clone()), MAX_ROWS);
    let found = run(&plan, &asked, vault).unwrap_or_else(|error| panic!("{text}: {error}"));
    match found {
        Found::Rows(answer) => {
            assert!(answer.coverage.is_complete() && answer.next.is_none(), "{text}");
            answer.rows.iter().map(|row| json!([row.at.stream.as_str(), row.at.seq])).collect()
        }
        Found::Table(table, coverage) => {
            assert!(coverage.is_complete(), "{text}");
            table.rows.iter().map(|row| row.iter().map(Cell::to_json).collect::<Json>()).collect()
        }
    }
}

/// Equal, but for the last places of means.
fn same(ours: &Json, theirs: &Json) -> bool {
    match (ours, theirs) {
        (Json::Array(ours), Json::Array(theirs)) => {
            ours.len() == theirs.len() && ours.iter().zip(theirs).all(|(ours, theirs)| same(ours, theirs))
        }
        (Json::Number(ours), Json::Number(theirs)) if ours.as_i64().is_none() || theirs.as_i64().is_none() => {
            let (ours, theirs) = (ours.as_f64().unwrap(), theirs.as_f64().unwrap());
            (ours - theirs).abs() <= 1e-9 * ours.abs().max(theirs.abs())
        }
        _ => ours == theirs,
    }
}

#[test]
fn generated_queries_are_answered_as_by_clickhouse() {
    let Some(peer) = peer() else { return };
    let mut dice = Dice::new(42);
    let (vault, rows) = vault_and_rows(&mut dice);
    let questions: Vec<Question> = (0..QUERIES).map(|_| Question::any(&mut dice)).collect();
    let answers = clickhouse(&peer, &rows, &questions);
    assert_eq!(answers.len(), QUERIES);
    let filled = answers.iter().filter(|answer| answer.as_array().is_some_and(|rows| !rows.is_empty())).count();
    assert!(filled > QUERIES * 3 / 4, "{filled} answers hold anything: the queries are too narrow");
    let different: Vec<String> = questions
        .iter()
        .zip(&answers)
        .filter_map(|(question, theirs)| {
            let (text, ours) = (question.text(), ours(&vault, &question.text()));
            (!same(&ours, theirs))
                .then(|| format!("{text}\n{}\nours   {ours:.400}\ntheirs {theirs:.400}", question.sql()))
        })
        .collect();
    let first = different.iter().take(5).map(String::as_str).collect::<Vec<_>>().join("\n\n");
    assert!(different.is_empty(), "{} of {QUERIES} differ:\n{first}", different.len());
}
