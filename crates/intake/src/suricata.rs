//! EVE, the JSON of Suricata: an alert is `network.ips`, everything else `app.log` (vault.md §8).

use medward_contract::Severity;
use medward_contract::event::{Dataset, Field, Outcome};
use serde_json::{Map, Value};

use crate::draft::Draft;
use crate::json::{put_moment, put_object, text_at};

/// Whether an object is one of Suricata's: each has these two.
pub(crate) fn is_eve(object: &Map<String, Value>) -> bool {
    object.get("event_type").is_some_and(Value::is_string)
        && object.get("timestamp").is_some_and(Value::is_string)
        && ["flow_id", "src_ip", "stats", "engine"].iter().any(|key| object.contains_key(*key))
}

/// Reads one.
pub(crate) fn read(draft: &mut Draft<'_>, object: Map<String, Value>) {
    put_moment(draft, &object);
    draft.field(Field::ServiceName, "suricata");
    let kind = text_at(&object, "event_type").unwrap_or_default().to_owned();
    match object.get("alert").and_then(Value::as_object) {
        Some(alert) if kind == "alert" => put_alert(draft, &object, alert),
        _ => {
            draft.message(&kind);
            draft.kind(Dataset::AppLog, "log", Outcome::Unknown);
        }
    }
    put_object(draft, object);
}

fn put_alert(draft: &mut Draft<'_>, object: &Map<String, Value>, alert: &Map<String, Value>) {
    let addresses = [(Field::SourceIp, "src_ip"), (Field::DestinationIp, "dest_ip")];
    for (field, name) in addresses {
        draft.field(field, text_at(object, name).unwrap_or_default());
    }
    // ICMP has no ports; 0 is reserved and means none.
    let port = |name: &str| object.get(name).and_then(Value::as_i64).filter(|port| (0..=65_535).contains(port));
    draft.number(Field::DestinationPort, port("dest_port").unwrap_or(0));
    if let Some(port) = port("src_port") {
        draft.number(Field::SourcePort, port);
    }
    draft.field(Field::NetworkTransport, &text_at(object, "proto").unwrap_or_default().to_ascii_lowercase());
    if let Some(id) = alert.get("signature_id").and_then(Value::as_u64) {
        draft.field(Field::RuleId, &id.to_string());
    }
    let signature = text_at(alert, "signature").unwrap_or_default();
    draft.field(Field::RuleName, signature);
    draft.message(signature);
    // A signature without class has an empty category.
    let category = text_at(alert, "category").filter(|category| !category.is_empty());
    draft.field(Field::RuleCategory, category.unwrap_or("unclassified"));
    // Suricata counts from 1, the worst.
    draft.severity(match alert.get("severity").and_then(Value::as_u64) {
        Some(1) => Severity::High,
        Some(2) => Severity::Medium,
        Some(3) => Severity::Low,
        _ => Severity::Info,
    });
    let is_blocked = text_at(alert, "action") == Some("blocked");
    draft.kind(Dataset::NetworkIps, if is_blocked { "block" } else { "alert" }, Outcome::Success);
}
