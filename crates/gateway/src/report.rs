//! What the report on the WAF (WAF 防护报告) is made of: attacks of a time, counted by who, what, where and what became of them
//! (gateway.md §12, CD-059). The vault counts; nothing is kept here, so a report of last year can be made again.

use medward_contract::vault::{Counted, Grouping, LogQuery, Window};
use medward_contract::{PortError, Timestamp};
use serde::Serialize;

/// Most rows of a table.
const MAX_ROWS: usize = 100;
/// Most points of the trend: 31 days, each of 24 hours, with four words for what became of a request.
const MAX_POINTS: usize = 31 * 24 * 4;
const HOUR_US: i64 = 3_600_000_000;
const DAY_US: i64 = 24 * HOUR_US;
/// Longer times are told by day.
const HOURLY: i64 = 7 * DAY_US;

/// Name of a table, and the fields it counts by.
const TABLES: [(&str, &[&str]); 10] = [
    ("actions", &["event.action"]),
    ("categories", &["rule.category"]),
    ("sources", &["source.ip", "client.geo.country_iso_code"]),
    ("urls", &["url.domain", "url.path"]),
    ("objects", &["waf.object"]),
    ("groups", &["waf.group"]),
    ("scenarios", &["waf.scenario"]),
    ("rules", &["rule.id", "rule.name"]),
    ("regions", &["client.geo.country_iso_code", "client.geo.region_iso_code"]),
    ("flows", &["source.ip", "rule.category", "waf.object"]),
];
const TREND: &[&str] = &["event.action"];

/// Attacks of a time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub(crate) struct Report {
    /// First moment, µs.
    pub from: Timestamp,
    /// First moment outside, µs.
    pub to: Timestamp,
    /// Requests in which an attack was found.
    pub attacks: u64,
    /// Whether all of the time asked for was counted; else the figures are at least what they say.
    pub is_complete: bool,
    /// Length of a step of the trend, µs: an hour up to seven days, else a day that begins at midnight in Shanghai.
    pub step_us: i64,
    /// Attacks of each step by what became of them, in the order of time; steps without any are missing.
    pub trend: Vec<Point>,
    /// `actions`, `categories`, `sources`, `urls`, `objects`, `groups`, `scenarios`, `rules`, `regions`, `flows`.
    pub tables: Vec<Table>,
}

/// One step of time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub(crate) struct Point {
    /// Its begin, µs.
    pub at: Timestamp,
    /// `block`, `challenge`, `observe` or `pass`.
    pub action: String,
    /// Attacks.
    pub count: u64,
}

/// Attacks by one or several fields.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub(crate) struct Table {
    /// Name of the table.
    pub name: String,
    /// The fields, names of the vault.
    pub by: Vec<String>,
    /// Different values there are, more than there are rows perhaps.
    pub distinct: u64,
    /// Whether all of them were kept while counting; else rare ones are missing, and there are at least so many.
    pub is_complete: bool,
    /// Most attacks first; 100 at most.
    pub rows: Vec<Row>,
}

/// Attacks that agree in the fields of a table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub(crate) struct Row {
    /// Values of the fields, in their order; empty where an event has none.
    pub values: Vec<String>,
    /// Attacks.
    pub count: u64,
}

/// Counts the attacks of this window, of one object or of all, for the person with this login.
pub(crate) async fn report(
    log: &dyn LogQuery,
    login: &str,
    window: Window,
    object: Option<&str>,
) -> Result<Report, PortError> {
    let step_us = if window.to.as_micros().saturating_sub(window.from.as_micros()) > HOURLY { DAY_US } else { HOUR_US };
    let mut ways = vec![Grouping { by: TREND, step_us: Some(step_us), limit: MAX_POINTS }];
    ways.extend(TABLES.iter().map(|(_, by)| Grouping { by, step_us: None, limit: MAX_ROWS }));
    let mut query = "stream:waf event.dataset:=waf.attack".to_owned();
    if let Some(object) = object {
        query.push_str(" waf.object:=");
        query.push_str(&quoted(object));
    }
    let counts = log.count(login, &query, window, &ways).await?;
    let mut each = counts.each.into_iter();
    let trend = each.next().map(points).unwrap_or_default();
    let tables = TABLES.iter().zip(each).map(|(table, counted)| rows(table, counted)).collect();
    let (from, to) = (window.from, window.to);
    Ok(Report { from, to, attacks: counts.total, is_complete: counts.complete, step_us, trend, tables })
}

/// Text as a value of a query (`vault.md` §7).
fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

fn points(counted: Counted) -> Vec<Point> {
    let mut points: Vec<Point> = counted
        .groups
        .into_iter()
        .filter_map(|group| {
            let mut values = group.values.into_iter();
            let at = Timestamp::from_micros(values.next()?.parse().ok()?);
            Some(Point { at, action: values.next()?, count: group.count })
        })
        .collect();
    points.sort_by(|one, other| (one.at, &one.action).cmp(&(other.at, &other.action)));
    points
}

fn rows((name, by): &(&str, &[&str]), counted: Counted) -> Table {
    Table {
        name: (*name).to_owned(),
        by: by.iter().map(|&field| field.to_owned()).collect(),
        distinct: counted.distinct,
        is_complete: counted.complete,
        rows: counted.groups.into_iter().map(|group| Row { values: group.values, count: group.count }).collect(),
    }
}
