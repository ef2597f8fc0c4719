//! `medward vault search` and `tail`: one JSON line per record; of a count a line per row, its columns apart by tabs.

use std::io::Write;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use medward_contract::Timestamp;
use medward_contract::vault::{Record, Window};
use medward_kernel::Clock;

use super::{Failure, Where, open_vault, parse_time};
use crate::query::{Cell, Coverage, Found, MAX_ROWS, Plan, Search, Table, Target, parse_piped, run};
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
    /// The query, for example `stream:waf _time:1h | top 10 by (source.ip)`
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
    /// Each row of a count as a JSON line too
    #[arg(long)]
    pub json: bool,
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

pub(super) fn search(args: &SearchArgs, default_dir: &Path, clock: &Clock, out: &mut dyn Write) -> Result<u8, Failure> {
    let vault = open_vault(&args.place, default_dir, clock)?;
    let window = (args.from.is_some() || args.to.is_some()).then(|| Window {
        from: args.from.unwrap_or(Timestamp::from_micros(i64::MIN)),
        to: args.to.unwrap_or(Timestamp::from_micros(i64::MAX)),
    });
    let plan = plan(&vault, &args.query)?;
    let coverage = match find(&vault, &plan, window, args.limit)? {
        Found::Rows(answer) => {
            answer.rows.iter().try_for_each(|record| print(record, plan.fields(), out))?;
            answer.coverage
        }
        Found::Table(table, coverage) => {
            if args.json {
                print_objects(&table, out)?;
            } else {
                print_table(&table, out)?;
            }
            coverage
        }
    };
    print_missing(&coverage, out)?;
    Ok(0)
}

pub(super) fn tail(args: &TailArgs, default_dir: &Path, clock: &Clock, out: &mut dyn Write) -> Result<u8, Failure> {
    let vault = open_vault(&args.place, default_dir, clock)?;
    let always = Window { from: Timestamp::from_micros(i64::MIN), to: Timestamp::from_micros(i64::MAX) };
    let plan = plan(&vault, &args.query)?;
    if !plan.is_plain() {
        return Err(Failure::usage("read query: tail takes no sort, limit or counts"));
    }
    if let Found::Rows(answer) = find(&vault, &plan, Some(always), args.lines)? {
        answer.rows.iter().rev().try_for_each(|record| print(record, plan.fields(), out))?;
        print_missing(&answer.coverage, out)?;
    }
    Ok(0)
}

fn plan(vault: &Shared, query: &str) -> Result<Plan, Failure> {
    let piped = parse_piped(query, vault.clock.now()).map_err(|error| Failure::usage(error.to_string()))?;
    Plan::of(piped).map_err(|error| Failure::usage(error.to_string()))
}

fn find(vault: &Shared, plan: &Plan, window: Option<Window>, limit: usize) -> Result<Found, Failure> {
    let (query, limit) = (Arc::new(plan.query.clone()), limit.clamp(1, MAX_ROWS));
    let search = Search { query, window, streams: StreamSet::ALL, after: None, limit, budget: BUDGET };
    run(plan, &search, vault).map_err(|error| Failure::unreadable(&error))
}

/// Says that something is missing, and what.
fn print_missing(coverage: &Coverage, out: &mut dyn Write) -> Result<(), Failure> {
    let Some(reason) = coverage.reason() else { return Ok(()) };
    let damaged: Vec<&str> = coverage.damaged.iter().map(|stream| stream.as_str()).collect();
    let said = serde_json::json!({"complete": false, "reason": reason.as_str(), "damaged": damaged});
    Ok(writeln!(out, "{said}")?)
}

/// The names of the columns and the rows below, apart by tabs. What others wrote may not move a terminal's cursor.
fn print_table(table: &Table, out: &mut dyn Write) -> Result<(), Failure> {
    let names: Vec<&str> = table.columns.iter().map(|column| column.name.as_str()).collect();
    writeln!(out, "{}", names.join("\t"))?;
    for row in &table.rows {
        let cells: Vec<String> = row.iter().map(|cell| without_controls(&cell.to_text())).collect();
        writeln!(out, "{}", cells.join("\t"))?;
    }
    Ok(())
}

fn without_controls(text: &str) -> String {
    text.chars()
        .flat_map(|letter| if letter.is_control() { letter.escape_default().collect() } else { vec![letter] })
        .collect()
}

fn print_objects(table: &Table, out: &mut dyn Write) -> Result<(), Failure> {
    for row in &table.rows {
        let cells = table.columns.iter().zip(row).map(|(column, cell)| (column.name.clone(), Cell::to_json(cell)));
        writeln!(out, "{}", serde_json::Value::Object(cells.collect()))?;
    }
    Ok(())
}

fn print(record: &Record, fields: Option<&[Target]>, out: &mut dyn Write) -> Result<(), Failure> {
    let mut event = record.event.to_value();
    if let Some(keys) = event.as_object_mut() {
        if let Some(fields) = fields {
            keys.retain(|key, _| fields.iter().any(|field| field.name() == key));
        }
        keys.insert("medward.address".to_owned(), record.at.to_string().into());
    }
    Ok(writeln!(out, "{event}")?)
}
