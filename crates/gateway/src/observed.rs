//! What would have been refused: the recorded matches of objects that only observe, by object, rule and parameter
//! (观察报告, gateway.md §10). Whoever reads it decides what to exclude before the object begins to block.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use medward_contract::event::{Event, Field};
use medward_contract::vault::{LogQuery, RecordRef, Window};
use medward_contract::{PortError, Timestamp};
use serde::{Deserialize, Serialize};

/// Most events that a report reads; of more it says so.
const MAX_EVENTS: usize = 20_000;
/// Most rows of a report, those with most requests first.
const MAX_ROWS: usize = 500;
/// Most paths and addresses that a row keeps.
const MAX_SAMPLES: usize = 5;

/// What would have been refused.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub(crate) struct Observed {
    /// Requests that would have been refused.
    pub requests: u64,
    /// Whether all of the time asked for was read.
    pub is_complete: bool,
    /// By object, rule and parameter; 500 at most, those with most requests first.
    pub rows: Vec<ObservedRow>,
}

/// One rule that matched in one parameter of one object.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub(crate) struct ObservedRow {
    /// Name of the object.
    pub object: String,
    /// The rule.
    pub rule: String,
    /// What the rule says about itself.
    pub message: String,
    /// The parameter, `ARGS:q`.
    pub parameter: String,
    /// Requests in which it matched.
    pub requests: u64,
    /// Addresses they came from.
    pub sources: u64,
    /// Paths they went to; five at most.
    pub paths: Vec<String>,
    /// Number of the newest of them (`http.request.id`).
    pub request_id: String,
    /// Record of the newest of them, `stream:seq`.
    pub record: String,
    /// When it began, µs.
    pub last_at: Timestamp,
    /// When the oldest of them began, µs.
    pub first_at: Timestamp,
}

/// What a hit of an event says that matters here.
#[derive(Deserialize)]
struct Hit {
    rule: String,
    #[serde(default)]
    msg: String,
    variable: String,
}

#[derive(Default)]
struct Group {
    message: String,
    requests: u64,
    sources: HashSet<String>,
    paths: BTreeSet<String>,
    newest: Option<(Timestamp, RecordRef, String)>,
    oldest: Option<Timestamp>,
}

/// Reads what was observed in this window, of one object or of all.
pub(crate) async fn observed(log: &dyn LogQuery, window: Window, object: Option<&str>) -> Result<Observed, PortError> {
    let mut groups: BTreeMap<(String, String, String), Group> = BTreeMap::new();
    let mut told = Observed { is_complete: true, ..Observed::default() };
    let (mut cursor, mut read) = (None, 0);
    loop {
        let page = log.query("stream:waf event.action:observe", window, cursor).await?;
        told.is_complete &= page.complete;
        read += page.rows.len();
        for record in page.rows {
            let named = text(&record.event, "waf.object");
            if object.is_none_or(|object| object == named) {
                told.requests += 1;
                add(&mut groups, named, record.at, &record.event);
            }
        }
        cursor = page.next_cursor;
        if cursor.is_none() {
            break;
        }
        if read >= MAX_EVENTS {
            told.is_complete = false;
            break;
        }
    }
    told.rows = groups.into_iter().filter_map(row).collect();
    told.rows.sort_by_key(|row| std::cmp::Reverse(row.requests));
    told.rows.truncate(MAX_ROWS);
    Ok(told)
}

fn add(groups: &mut BTreeMap<(String, String, String), Group>, object: &str, at: RecordRef, event: &Event) {
    let hits: Vec<Hit> = serde_json::from_str(text(event, "waf.hits")).unwrap_or_default();
    let mut seen = HashSet::new();
    for hit in hits {
        if !seen.insert((hit.rule.clone(), hit.variable.clone())) {
            continue;
        }
        let group = groups.entry((object.to_owned(), hit.rule, hit.variable)).or_default();
        group.requests += 1;
        group.message = hit.msg;
        group.sources.insert(event.text(Field::SourceIp).unwrap_or_default().to_owned());
        if group.paths.len() < MAX_SAMPLES {
            group.paths.insert(event.text(Field::UrlPath).unwrap_or_default().to_owned());
        }
        if group.newest.as_ref().is_none_or(|(newest, ..)| *newest < event.timestamp) {
            let request = event.text(Field::HttpRequestId).unwrap_or_default().to_owned();
            group.newest = Some((event.timestamp, at, request));
        }
        group.oldest = Some(group.oldest.map_or(event.timestamp, |oldest| oldest.min(event.timestamp)));
    }
}

fn row(((object, rule, parameter), group): ((String, String, String), Group)) -> Option<ObservedRow> {
    let (last_at, record, request_id) = group.newest?;
    Some(ObservedRow {
        object,
        rule,
        message: group.message,
        parameter,
        requests: group.requests,
        sources: group.sources.len() as u64,
        paths: group.paths.into_iter().collect(),
        request_id,
        record: record.to_string(),
        last_at,
        first_at: group.oldest.unwrap_or(last_at),
    })
}

fn text<'e>(event: &'e Event, key: &str) -> &'e str {
    event.attrs.get(key).and_then(|value| value.as_str()).unwrap_or_default()
}
