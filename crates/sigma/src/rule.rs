//! What is known of a rule besides what it matches: who it is, how bad, how its alerts are grouped.

use std::time::Duration;

use medward_contract::Severity;
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use crate::read::Document;
use crate::report::Reason;

/// One alert for all hits of a key in so long, unless the rule says otherwise (`medward.dedupe`).
pub const DEFAULT_DEDUPE: Duration = Duration::from_secs(600);
const MAX_DEDUPE: Duration = Duration::from_secs(7 * 86_400);
const MAX_TEXT: usize = 2_000;
const MAX_GROUP: usize = 6;
const MAX_CAPACITY: u64 = 10_000;
const MAX_BAN: Duration = Duration::from_secs(30 * 86_400);

/// What a document is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RuleKind {
    /// Matches single events.
    Single,
    /// Counts hits of other rules over time.
    Correlation,
}

/// `medward.bucket`: when a rule's hits ask for a ban.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BucketSpec {
    /// Field whose value has a bucket, and is banned when it is an address.
    pub group_by: String,
    /// Field of which only different values are poured in.
    pub distinct: Option<String>,
    /// The bucket holds so many; one more runs over.
    pub capacity: u32,
    /// One leaks out in this time.
    pub leak: Duration,
    /// After running over, silence for this long.
    pub blackhole: Duration,
    /// How long the ban is to last.
    pub ttl: Duration,
}

/// Identity, weight and grouping of a rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleInfo {
    /// `MW-001`, or the rule's UUID.
    pub id: String,
    /// Name by which correlations refer to it.
    pub name: Option<String>,
    /// Its title as written; Chinese for Medward's rules.
    pub title: String,
    /// `medward.title_en`.
    pub title_en: Option<String>,
    /// What it means and what to do.
    pub description: Option<String>,
    /// `medward.description_en`.
    pub description_en: Option<String>,
    /// From `level` (events.md §4).
    pub severity: Severity,
    /// Tags, MITRE ATT&CK techniques among them.
    pub tags: Vec<String>,
    /// Author of an imported rule; stays on the alert (DRL 1.1).
    pub author: Option<String>,
    /// Links of the rule.
    pub references: Vec<String>,
    /// File it stands in.
    pub file: String,
    /// Single events or correlation.
    pub kind: RuleKind,
    /// `medward.dedupe`.
    pub dedupe: Duration,
    /// `medward.group`: fields whose values tell alerts of a single-event rule apart. Correlations have `group-by`.
    pub group: Vec<String>,
    /// `medward.bucket`.
    pub bucket: Option<BucketSpec>,
    /// SHA-256 of the document: state of a rule that changed is not taken over.
    pub fingerprint: [u8; 32],
}

impl RuleInfo {
    pub(crate) fn read(document: &Document, file: &str) -> Result<Self, Reason> {
        let text = |name: &str| document.get(name).and_then(Value::as_str).map(cut);
        let name = text("name");
        let id = text("id").or_else(|| name.clone()).ok_or(Reason::NoId)?;
        let kind = if document.contains_key("correlation") { RuleKind::Correlation } else { RuleKind::Single };
        Ok(Self {
            title: text("title").unwrap_or_else(|| id.clone()),
            id,
            name,
            title_en: attribute_text(document, "medward.title_en"),
            description: text("description"),
            description_en: attribute_text(document, "medward.description_en"),
            severity: severity(document)?,
            tags: list(document.get("tags")),
            author: text("author"),
            references: list(document.get("references")),
            file: file.to_owned(),
            kind,
            dedupe: dedupe(document)?,
            group: group(document)?,
            bucket: attribute(document, "medward.bucket").map(bucket).transpose()?,
            fingerprint: Sha256::digest(Value::Object(document.clone()).to_string()).into(),
        })
    }
}

/// An attribute at the top of the document, or under `custom_attributes`.
fn attribute<'a>(document: &'a Document, name: &str) -> Option<&'a Value> {
    document.get(name).or_else(|| document.get("custom_attributes")?.get(name))
}

fn attribute_text(document: &Document, name: &str) -> Option<String> {
    attribute(document, name).and_then(Value::as_str).map(cut)
}

fn cut(text: &str) -> String {
    text.chars().take(MAX_TEXT).collect()
}

fn list(value: Option<&Value>) -> Vec<String> {
    let items = value.and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    items.iter().filter_map(Value::as_str).take(64).map(cut).collect()
}

/// Without a level a rule informs, as the Sigma specification has it.
fn severity(document: &Document) -> Result<Severity, Reason> {
    match document.get("level").map(|level| level.as_str().unwrap_or_default()) {
        None | Some("informational") => Ok(Severity::Info),
        Some("low") => Ok(Severity::Low),
        Some("medium") => Ok(Severity::Medium),
        Some("high") => Ok(Severity::High),
        Some("critical") => Ok(Severity::Critical),
        Some(other) => Err(Reason::Level(other.chars().take(64).collect())),
    }
}

fn dedupe(document: &Document) -> Result<Duration, Reason> {
    let Some(value) = attribute(document, "medward.dedupe") else { return Ok(DEFAULT_DEDUPE) };
    let wrong = Reason::Attribute { name: "medward.dedupe", expected: "a duration of 1s to 7d" };
    let wanted = value.as_str().and_then(duration).filter(|wanted| !wanted.is_zero() && *wanted <= MAX_DEDUPE);
    wanted.ok_or(wrong)
}

fn group(document: &Document) -> Result<Vec<String>, Reason> {
    let wrong = Reason::Attribute { name: "medward.group", expected: "a list of up to 6 field names" };
    match attribute(document, "medward.group") {
        None => Ok(Vec::new()),
        Some(Value::Array(names)) if names.len() <= MAX_GROUP => {
            names.iter().map(|name| name.as_str().map(cut).ok_or_else(|| wrong.clone())).collect()
        }
        Some(_) => Err(wrong),
    }
}

/// Five, one leaking in ten seconds, silent for five minutes (vault.md §10).
fn bucket(value: &Value) -> Result<BucketSpec, Reason> {
    let wrong = |expected| Reason::Attribute { name: "medward.bucket", expected };
    let text = |name: &str| value.get(name).and_then(Value::as_str).map(cut);
    let time = |name: &str, default: u64, most: Duration, expected| match value.get(name) {
        None => Ok(Duration::from_secs(default)),
        Some(value) => {
            let wanted = value.as_str().and_then(duration).filter(|wanted| !wanted.is_zero() && *wanted <= most);
            wanted.ok_or_else(|| wrong(expected))
        }
    };
    let capacity = value.get("capacity").map_or(Some(5), Value::as_u64).filter(|capacity| *capacity <= MAX_CAPACITY);
    Ok(BucketSpec {
        group_by: text("groupby").ok_or_else(|| wrong("a field in groupby"))?,
        distinct: text("distinct"),
        capacity: capacity
            .and_then(|capacity| u32::try_from(capacity).ok())
            .ok_or_else(|| wrong("capacity 0 to 10000"))?,
        leak: time("leakspeed", 10, MAX_BAN, "leakspeed as a duration of 1s to 30d")?,
        blackhole: time("blackhole", 300, MAX_BAN, "blackhole as a duration of 1s to 30d")?,
        ttl: time("ttl", 3_600, MAX_BAN, "ttl as a duration of 1s to 30d")?,
    })
}

/// `90s`, `10m`, `1h`, `7d`, `2w`.
pub(crate) fn duration(text: &str) -> Option<Duration> {
    let (number, unit) = text.split_at_checked(text.len().checked_sub(1)?)?;
    let seconds: u64 = match unit {
        "s" => 1,
        "m" => 60,
        "h" => 3_600,
        "d" => 86_400,
        "w" => 604_800,
        _ => return None,
    };
    if !number.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    number.parse::<u64>().ok()?.checked_mul(seconds).map(Duration::from_secs)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(document: Value) -> Result<RuleInfo, Reason> {
        let Value::Object(document) = document else { panic!("a mapping") };
        RuleInfo::read(&document, "x.yml")
    }

    #[test]
    fn attributes_are_read_from_both_places() {
        let top = read(json!({"id": "a", "title": "t", "level": "high", "medward.dedupe": "1h"})).unwrap();
        assert_eq!(
            (top.dedupe, top.severity, top.kind),
            (Duration::from_secs(3_600), Severity::High, RuleKind::Single)
        );
        let below = read(json!({"name": "a", "custom_attributes": {"medward.dedupe": "2h"}})).unwrap();
        assert_eq!((below.dedupe, below.id.as_str()), (Duration::from_secs(7_200), "a"));
        assert_eq!(read(json!({"id": "a"})).unwrap().dedupe, DEFAULT_DEDUPE);
        assert_eq!(read(json!({"id": "a"})).unwrap().severity, Severity::Info);
    }

    #[test]
    fn bucket_has_the_defaults_of_the_specification() {
        let rule = read(json!({"id": "a", "medward.bucket": {"groupby": "source.ip"}})).unwrap();
        let expected = BucketSpec {
            group_by: "source.ip".into(),
            distinct: None,
            capacity: 5,
            leak: Duration::from_secs(10),
            blackhole: Duration::from_secs(300),
            ttl: Duration::from_secs(3_600),
        };
        assert_eq!(rule.bucket, Some(expected));
    }

    fn check_refused(document: Value, expected: &str) {
        let reason = read(document).unwrap_err().to_string();
        assert!(reason.contains(expected), "{reason}");
    }

    #[test]
    fn wrong_attributes_are_refused_by_name() {
        check_refused(json!({"title": "t"}), "neither id nor name");
        check_refused(json!({"id": "a", "level": "urgent"}), "\"urgent\" is no level");
        check_refused(json!({"id": "a", "level": 3}), "is no level");
        check_refused(json!({"id": "a", "medward.dedupe": "8d"}), "medward.dedupe");
        check_refused(json!({"id": "a", "medward.dedupe": 600}), "medward.dedupe");
        check_refused(json!({"id": "a", "medward.group": "source.ip"}), "medward.group");
        check_refused(json!({"id": "a", "medward.bucket": {}}), "groupby");
        check_refused(json!({"id": "a", "medward.bucket": {"groupby": "x", "capacity": 1_000_000}}), "capacity");
        check_refused(json!({"id": "a", "medward.bucket": {"groupby": "x", "leakspeed": "0s"}}), "leakspeed");
    }

    #[test]
    fn durations_are_whole_and_have_a_unit() {
        assert_eq!(duration("90s"), Some(Duration::from_secs(90)));
        assert_eq!(duration("2w"), Some(Duration::from_secs(1_209_600)));
        for wrong in ["", "s", "10", "+1s", "-1s", "1.5h", "1 m", "十m", "10M", "99999999999999999999s"] {
            assert_eq!(duration(wrong), None, "{wrong}");
        }
    }
}
