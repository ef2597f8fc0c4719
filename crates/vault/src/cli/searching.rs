//! `medward vault search` and `tail`: one JSON line per record.

use std::io::Write;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use medward_contract::Timestamp;
use medward_contract::vault::{Record, Window};
use medward_kernel::Clock;

use super::{Failure, Where, open_vault};
use crate::query::{Answer, MAX_ROWS, Search, parse};
use crate::shared::Shared;
use crate::streams::StreamSet;

/// A person at a terminal may wait longer than a page does.
const BUDGET: Duration = Duration::from_mins(5);

/// Arguments of `search`.
#[derive(Debug, Clone, clap::Args)]
pub struct SearchArgs {
    /// The vault
    #[command(flatten)]
    pub place: Where,
    /// The query, for example `stream:waf rule.category:=sqli _time:1h`
    pub query: String,
    /// From this time (RFC 3339 or microseconds)
    #[arg(long, value_parser = parse_time)]
    pub from: Option<Timestamp>,
    /// Before this time
    #[arg(long, value_parser = parse_time)]
    pub to: Option<Timestamp>,
    /// Most records
    #[arg(long, default_value_t = 100)]
    pub limit: usize,
}

/// Arguments of `tail`.
#[derive(Debug, Clone, clap::Args)]
pub struct TailArgs {
    /// The vault
    #[command(flatten)]
    pub place: Where,
    /// Only records matching this query
    #[arg(default_value = "")]
    pub query: String,
    /// How many
    #[arg(short = 'n', long, default_value_t = 10)]
    pub lines: usize,
}

fn parse_time(text: &str) -> Result<Timestamp, String> {
    Timestamp::parse(text).map_err(|error| error.to_string())
}

pub(super) fn search(args: &SearchArgs, default_dir: &Path, clock: &Clock, out: &mut dyn Write) -> Result<u8, Failure> {
    let vault = open_vault(&args.place, default_dir, clock)?;
    let window = (args.from.is_some() || args.to.is_some()).then(|| Window {
        from: args.from.unwrap_or(Timestamp::from_micros(i64::MIN)),
        to: args.to.unwrap_or(Timestamp::from_micros(i64::MAX)),
    });
    let answer = find(&vault, &args.query, window, args.limit)?;
    answer.rows.iter().try_for_each(|record| print(record, out))?;
    if !answer.complete {
        writeln!(out, "{}", serde_json::json!({"complete": false, "reason": answer.reason}))?;
    }
    Ok(0)
}

pub(super) fn tail(args: &TailArgs, default_dir: &Path, clock: &Clock, out: &mut dyn Write) -> Result<u8, Failure> {
    let vault = open_vault(&args.place, default_dir, clock)?;
    let always = Window { from: Timestamp::from_micros(i64::MIN), to: Timestamp::from_micros(i64::MAX) };
    let answer = find(&vault, &args.query, Some(always), args.lines)?;
    answer.rows.iter().rev().try_for_each(|record| print(record, out))?;
    Ok(0)
}

fn find(vault: &Shared, query: &str, window: Option<Window>, limit: usize) -> Result<Answer, Failure> {
    let query = parse(query, vault.clock.now()).map_err(|error| Failure::usage(error.to_string()))?;
    let limit = limit.clamp(1, MAX_ROWS);
    let search = Search { query: Arc::new(query), window, streams: StreamSet::ALL, after: None, limit, budget: BUDGET };
    search.run(vault).map_err(|error| Failure::unreadable(&error))
}

fn print(record: &Record, out: &mut dyn Write) -> Result<(), Failure> {
    let mut event = record.event.to_value();
    if let Some(keys) = event.as_object_mut() {
        keys.insert("medward.address".to_owned(), record.at.to_string().into());
    }
    Ok(writeln!(out, "{event}")?)
}
