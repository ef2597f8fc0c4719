//! JSON in a message: `app.log` with every value that fits, or what Suricata writes.
//!
//! The kinds in which Medward itself writes cannot be chosen here: whoever reaches the port could else write "approved" into
//! the audit trail. A sensor of ours has routes of its own.

use medward_contract::Severity;
use medward_contract::event::{Dataset, Field, Outcome};
use serde_json::{Map, Value};

use crate::decode::Read;
use crate::draft::Draft;
use crate::moment::Moment;
use crate::suricata;
use crate::text::beginning;

/// Objects nested deeper stay JSON text.
const MAX_DEPTH: usize = 8;
/// Where a time stands.
const TIMES: [&str; 4] = ["@timestamp", "timestamp", "time", "ts"];
/// Where the sentence for people stands.
const MESSAGES: [&str; 5] = ["message", "msg", "log", "MESSAGE", "event"];
/// Where the name of the service stands.
const SERVICES: [&str; 4] = ["service.name", "service", "app", "logger"];
/// Where the severity stands.
const LEVELS: [&str; 4] = ["level", "log.level", "severity", "lvl"];

/// Reads a body that begins with `{`.
pub(crate) fn read(draft: &mut Draft<'_>, body: &str, app: Option<&str>) -> Read {
    let Ok(Value::Object(object)) = serde_json::from_str::<Value>(body) else { return Read::Broken };
    if suricata::is_eve(&object) {
        suricata::read(draft, object);
    } else {
        log(draft, object, app);
    }
    Read::Known
}

/// A log line of an application, `app.log`.
pub(crate) fn log(draft: &mut Draft<'_>, object: Map<String, Value>, app: Option<&str>) {
    put_moment(draft, &object);
    let word = |names: &[&str]| names.iter().find_map(|name| text_at(&object, name)).map(str::to_owned);
    if let Some(severity) = word(&LEVELS).and_then(|level| severity_of_word(&level)) {
        draft.severity(severity);
    }
    if let Some(message) = word(&MESSAGES) {
        draft.message(&message);
    }
    match word(&SERVICES).or_else(|| app.map(str::to_owned)) {
        Some(service) => draft.field(Field::ServiceName, &service),
        None => draft.field(Field::ServiceName, "json"),
    }
    draft.kind(Dataset::AppLog, "log", Outcome::Unknown);
    put_object(draft, object);
}

/// Every value of an object, by its dotted name.
pub(crate) fn put_object(draft: &mut Draft<'_>, object: Map<String, Value>) {
    put_inner(draft, "", object, 0);
}

fn put_inner(draft: &mut Draft<'_>, prefix: &str, object: Map<String, Value>, depth: usize) {
    for (key, value) in object {
        let name = if prefix.is_empty() { key } else { format!("{prefix}.{key}") };
        match value {
            Value::Null => {}
            Value::Object(inner) if depth < MAX_DEPTH => put_inner(draft, &name, inner, depth + 1),
            Value::Object(_) | Value::Array(_) => draft.named(&name, value.to_string().into()),
            // A record has no fractions of binary floating point: they stay text, as they were written.
            Value::Number(number) if number.is_f64() => draft.named(&name, number.to_string().into()),
            value => draft.named(&name, value),
        }
    }
}

/// The time of an object becomes that of the event.
pub(crate) fn put_moment(draft: &mut Draft<'_>, object: &Map<String, Value>) {
    let moment = TIMES.iter().find_map(|name| match object.get(*name)? {
        Value::String(text) => Moment::read_whole(text),
        Value::Number(number) => Moment::read_whole(&number.to_string()),
        _ => None,
    });
    draft.at(moment);
}

/// Text at a dotted name, written flat or nested.
pub(crate) fn text_at<'a>(object: &'a Map<String, Value>, name: &str) -> Option<&'a str> {
    match object.get(name) {
        Some(Value::String(text)) => Some(text),
        Some(_) => None,
        None => {
            let (outer, inner) = name.split_once('.')?;
            text_at(object.get(outer)?.as_object()?, inner)
        }
    }
}

/// The words of the usual loggers, by the levels of syslog they stand for (`events.md` §4).
fn severity_of_word(level: &str) -> Option<Severity> {
    Some(match beginning(level, 16).to_ascii_lowercase().as_str() {
        "trace" | "debug" | "info" | "information" | "informational" | "notice" => Severity::Info,
        "warn" | "warning" => Severity::Low,
        "err" | "error" => Severity::Medium,
        "crit" | "critical" | "fatal" => Severity::High,
        "alert" | "emerg" | "emergency" | "panic" => Severity::Critical,
        _ => return None,
    })
}
