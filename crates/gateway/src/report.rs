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
    ("regions", &["client.geo.country_iso_code", "client.geo.region_iso_code", "client.geo.region_name"]),
    ("flows", &["source.ip", "rule.category", "waf.object"]),
];
const TREND: &[&str] = &["event.action"];

/// The same of every request that was answered or refused: how much there was, what became of it and why it was refused.
const REQUESTS: [(&str, &[&str]); 4] = [
    ("outcomes", &["event.action", "event.reason"]),
    ("statuses", &["http.response.status_code"]),
    ("hosts", &["url.domain"]),
    ("visited", &["waf.object"]),
];

/// Attacks of a time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub(crate) struct Report {
    /// First moment, µs.
    pub from: Timestamp,
    /// First moment outside, µs.
    pub to: Timestamp,
    /// Requests, served and refused.
    pub requests: u64,
    /// Attacks on record: each request that the rules found fault with, and where traffic defence refused the same client many
    /// times for the same cause, one for each minute. How many were refused for what, `outcomes` tells.
    pub attacks: u64,
    /// Whether all of the time asked for was counted; else the figures are at least what they say.
    pub is_complete: bool,
    /// Length of a step of the trend, µs: an hour up to seven days, else a day that begins at midnight in Shanghai.
    pub step_us: i64,
    /// Attacks of each step by what became of them, in the order of time; steps without any are missing.
    pub trend: Vec<Point>,
    /// Of attacks `actions`, `categories`, `sources`, `urls`, `objects`, `groups`, `scenarios`, `rules`, `regions`, `flows`; of
    /// requests `outcomes`, `statuses`, `hosts`, `visited`.
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

/// Attacks or requests by one or several fields.
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

/// Attacks or requests that agree in the fields of a table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub(crate) struct Row {
    /// Values of the fields, in their order; empty where an event has none.
    pub values: Vec<String>,
    /// How many.
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
    ways.extend(TABLES.iter().map(way));
    let of_object = object.map_or_else(String::new, |object| format!(" waf.object:={}", quoted(object)));
    let attacks = format!("stream:waf event.dataset:=waf.attack{of_object}");
    let attacks = log.count(login, &attacks, window, &ways).await?;
    let requests = format!("stream:access event.dataset:=access.request{of_object}");
    let requests = log.count(login, &requests, window, &REQUESTS.each_ref().map(way)).await?;
    let mut each = attacks.each.into_iter();
    let trend = each.next().map(points).unwrap_or_default();
    let tables = TABLES.iter().zip(each).chain(REQUESTS.iter().zip(requests.each));
    Ok(Report {
        from: window.from,
        to: window.to,
        requests: requests.total,
        attacks: attacks.total,
        is_complete: attacks.complete && requests.complete,
        step_us,
        trend,
        tables: tables.map(|(table, counted)| rows(table, counted)).collect(),
    })
}

fn way<'t>((_, by): &(&'static str, &'t [&'t str])) -> Grouping<'t> {
    Grouping { by, step_us: None, limit: MAX_ROWS }
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
