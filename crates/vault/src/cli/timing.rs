//! `medward vault bench-query`: answers the questions of the benchmark (`vault.md`, Acceptance), each as often as it is asked on
//! standard input, and says what that cost. A peer that reads the same lines must give the same answers.

use std::collections::BTreeMap;
use std::io::{BufRead as _, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use medward_contract::Timestamp;
use medward_contract::event::Field;
use medward_contract::vault::Window;
use medward_kernel::Clock;

use super::{Failure, Where, open_vault, processor_time};
use crate::query::{Search, Target, histogram, parse};
use crate::shared::Shared;
use crate::streams::StreamSet;

const MINUTE_US: i64 = 60_000_000;

/// Arguments of `bench-query`.
#[derive(Debug, Clone, clap::Args)]
pub struct TimingArgs {
    /// Directory of the vault
    pub dir: PathBuf,
    /// From this time (RFC 3339 or microseconds)
    #[arg(long, value_parser = super::parse_time)]
    pub from: Timestamp,
    /// Before this time
    #[arg(long, value_parser = super::parse_time)]
    pub to: Timestamp,
}

pub(super) fn timing(args: &TimingArgs, clock: &Clock, out: &mut dyn Write) -> Result<u8, Failure> {
    let place = Where { dir: Some(args.dir.clone()) };
    let vault = open_vault(&place, Path::new(""), clock)?;
    let window = Window { from: args.from, to: args.to };
    for line in std::io::stdin().lock().lines() {
        let line = line?;
        let started = processor_time();
        let answer = answer(&vault, &line, window)?;
        let spent = processor_time().saturating_sub(started);
        writeln!(out, "{}", serde_json::json!({"cpu_ms": spent.as_secs_f64() * 1e3, "answer": answer}))?;
        out.flush()?;
    }
    Ok(0)
}

/// `rows <limit> <query>` gives the times of the rows, newest first; `hist` gives records by minute and host.
fn answer(vault: &Shared, line: &str, window: Window) -> Result<String, Failure> {
    let (kind, rest) = line.split_once(' ').unwrap_or((line, ""));
    let search = |text: &str, limit| {
        let query = parse(text, vault.clock.now()).map_err(|error| Failure::usage(error.to_string()))?;
        let (streams, budget) = (StreamSet::ALL, Duration::from_mins(5));
        Ok::<_, Failure>(Search { query: Arc::new(query), window: Some(window), streams, after: None, limit, budget })
    };
    match (kind, rest.split_once(' ')) {
        ("rows", Some((limit, text))) => {
            let limit = limit.parse().map_err(|_| Failure::usage(format!("read {line}: expected rows LIMIT QUERY")))?;
            let found = search(text, limit)?.run(vault).map_err(|error| Failure::unreadable(&error))?;
            let times = found.rows.iter().map(|record| record.event.timestamp.as_micros().to_string());
            Ok(times.collect::<Vec<_>>().join(","))
        }
        ("hist", _) => {
            let by = Target::Field(Field::HostName);
            let counted = histogram(&search("*", 1)?, MINUTE_US, Some(&by), vault)
                .map_err(|error| Failure::unreadable(&error))?;
            // The vault's own records have no host.
            let cells = counted
                .buckets
                .into_iter()
                .flat_map(|bucket| bucket.counts.into_iter().map(move |(host, count)| ((bucket.at, host), count)));
            let cells: BTreeMap<(i64, String), u64> = cells.filter(|((_, host), _)| !host.is_empty()).collect();
            let lines: Vec<String> = cells.iter().map(|((at, host), count)| format!("{at} {host} {count}\n")).collect();
            let text = lines.concat();
            Ok(format!(
                "{} {}",
                cells.len(),
                data_encoding::HEXLOWER.encode(&medward_crypto::hash::sha256(text.as_bytes()))
            ))
        }
        _ => Err(Failure::usage(format!("answer {line}: expected rows or hist"))),
    }
}
