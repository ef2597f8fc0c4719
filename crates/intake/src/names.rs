//! Names a sender gives his fields, as names of ours. Some are not his to give.

use medward_contract::event::{Field, MAX_KEY_BYTES};

/// Fields that say where a record came from: the vault says that, not the sender.
const NOT_THE_SENDERS: [Field; 6] = [
    Field::AgentId,
    Field::EventSequence,
    Field::MedwardSource,
    Field::MedwardSystem,
    Field::ObserverIp,
    Field::EventOriginal,
];
/// The envelope, and what the vault writes itself.
const NOT_ATTRIBUTES: [&str; 9] = [
    "@timestamp",
    "event.dataset",
    "event.action",
    "event.outcome",
    "event.severity",
    "event.ingested",
    "event.original_bytes",
    "event.original_sha256",
    "tags",
];
/// Prefix of what a sender may say only of himself.
const SENDER: &str = "sender.";

/// What a sender's name means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Name {
    Field(Field),
    Attribute(String),
}

/// The name as `[a-z0-9_@.-]{1,64}`: lower case, everything else `_`.
pub(crate) fn clean(name: &str) -> String {
    let allowed = |character: char| match character.to_ascii_lowercase() {
        character @ ('a'..='z' | '0'..='9' | '_' | '@' | '.' | '-') => character,
        _ => '_',
    };
    let name: String = name.chars().take(MAX_KEY_BYTES).map(allowed).collect();
    if name.is_empty() { "_".to_owned() } else { name }
}

/// What a field of a sender becomes.
pub(crate) fn name_of(name: &str) -> Name {
    let name = clean(name);
    match Field::from_name(&name) {
        Some(field) if NOT_THE_SENDERS.contains(&field) => Name::Attribute(of_sender(&name)),
        Some(field) => Name::Field(field),
        None if is_ours(&name) => Name::Attribute(of_sender(&name)),
        None => Name::Attribute(name),
    }
}

/// Whether only Medward writes attributes of this name.
fn is_ours(name: &str) -> bool {
    NOT_ATTRIBUTES.contains(&name) || name.starts_with("medward.") || name.starts_with("vault.")
}

/// The name under which a sender's word about himself is kept.
pub(crate) fn of_sender(name: &str) -> String {
    let mut name = format!("{SENDER}{name}");
    name.truncate(MAX_KEY_BYTES);
    name
}

#[cfg(test)]
mod tests {
    use medward_contract::event::is_key;

    use super::*;

    #[test]
    fn every_name_becomes_one_of_ours_and_none_says_who_the_sender_is() {
        let check = |name: &str, expected: Name| assert_eq!(name_of(name), expected, "{name}");
        let attribute = |name: &str| Name::Attribute(name.to_owned());
        check("source.ip", Name::Field(Field::SourceIp));
        check("Source.IP", Name::Field(Field::SourceIp));
        check("agent.id", attribute("sender.agent.id"));
        check("medward.truncated", attribute("sender.medward.truncated"));
        check("event.dataset", attribute("sender.event.dataset"));
        check("患者 ID", attribute("___id"));
        check("", attribute("_"));
        for name in ["中".repeat(99), "medward.".repeat(30), String::from("\u{130}")] {
            let Name::Attribute(name) = name_of(&name) else { panic!("{name}") };
            assert!(is_key(&name), "{name}");
        }
    }
}
