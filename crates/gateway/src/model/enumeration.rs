//! Watching for clients that walk through identifiers (防遍历): what is watched, and what follows (gateway.md §10, CD-046).

use medward_defence::enumeration::EnumerationRule;
use medward_proxy::{EnumerationAction, EnumerationUse};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::settings::given;
use super::{Given, Layer, Settings, SpecError, wrong};

/// Most arguments that are watched.
const MAX_ARGUMENTS: usize = 16;
/// Longest name of one, bytes.
const MAX_NAME_BYTES: usize = 128;
/// Longest walk, gap and sample that are waited for.
const MAX_NUMBERS: u32 = 10_000;
/// One day.
const MAX_WINDOW_SECONDS: u32 = 24 * 60 * 60;

/// When a client walks through identifiers, and what follows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EnumerationSettings {
    /// `off` (nothing is watched, whatever the group or template says), `record`, `challenge`, `refuse` until the window is
    /// over, or `ban`.
    pub action: EnumerationAction,
    /// Whether numbers in paths are watched, `/report/1001`; by default yes.
    #[serde(default = "yes")]
    pub paths: bool,
    /// Arguments that are watched, `report_no`: of the query, of forms and of JSON. 16 at most.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub arguments: Vec<String>,
    /// Numbers in a row, up or down, that are a walk: 2 to 10,000; by default 20.
    #[serde(default = "twenty")]
    pub walk_length: u32,
    /// The longest step of a walk: 1 to 10,000; by default 5.
    #[serde(default = "five")]
    pub max_gap: u32,
    /// Answers of which the share of 403 and 404 is taken: 1 to 10,000; by default 30.
    #[serde(default = "thirty")]
    pub min_answers: u32,
    /// More than this share of them, in percent, is guessing: 0 to 100; by default 50, and 100 is never reached.
    #[serde(default = "fifty")]
    pub max_miss_percent: u8,
    /// How long a walk may pause, and how long a finding holds: 1 to 86,400 s; by default 600.
    #[serde(default = "ten_minutes")]
    pub window_seconds: u32,
}

fn yes() -> bool {
    true
}

fn twenty() -> u32 {
    EnumerationRule::default().walk_length
}

fn five() -> u32 {
    5
}

fn thirty() -> u32 {
    EnumerationRule::default().min_answers
}

fn fifty() -> u8 {
    EnumerationRule::default().max_miss_percent
}

fn ten_minutes() -> u32 {
    EnumerationRule::default().window_seconds
}

impl EnumerationSettings {
    pub(super) fn check(&self) -> Result<(), SpecError> {
        let wrong = |message: &str| Err(wrong("enumeration", message));
        if self.arguments.len() > MAX_ARGUMENTS {
            return wrong("enumeration may watch 16 arguments at most");
        }
        let is_name = |name: &String| (1..=MAX_NAME_BYTES).contains(&name.len()) && !name.chars().any(char::is_control);
        if !self.arguments.iter().all(is_name) {
            return wrong("enumeration.arguments has a name that is empty, too long, or not text");
        }
        if self.action != EnumerationAction::Off && !self.paths && self.arguments.is_empty() {
            return wrong("enumeration watches nothing: name arguments, or let it watch paths");
        }
        let numbers = 1..=MAX_NUMBERS;
        if !(2..=MAX_NUMBERS).contains(&self.walk_length) {
            return wrong("enumeration.walk_length must be 2 to 10,000");
        }
        if !numbers.contains(&self.max_gap) || !numbers.contains(&self.min_answers) {
            return wrong("enumeration.max_gap and enumeration.min_answers must be 1 to 10,000");
        }
        if self.max_miss_percent > 100 {
            return wrong("enumeration.max_miss_percent must be 0 to 100");
        }
        if !(1..=MAX_WINDOW_SECONDS).contains(&self.window_seconds) {
            return wrong("enumeration.window_seconds must be 1 to 86,400");
        }
        Ok(())
    }

    /// What is in force, unless it is switched off.
    pub(super) fn in_force(layers: &[(Layer, &Settings)]) -> Given<Option<Self>> {
        let said = given(layers, |settings| settings.enumeration.clone().map(Some), None);
        Given { value: said.value.filter(|said| said.action != EnumerationAction::Off), from: said.from }
    }

    /// What the data path is told.
    pub(crate) fn compile(&self) -> EnumerationUse {
        EnumerationUse {
            rule: EnumerationRule {
                walk_length: self.walk_length,
                max_gap: self.max_gap.into(),
                min_answers: self.min_answers,
                max_miss_percent: self.max_miss_percent,
                window_seconds: self.window_seconds,
            },
            action: self.action,
            paths: self.paths,
            arguments: self.arguments.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> EnumerationSettings {
        serde_json::from_str(text).unwrap()
    }

    #[test]
    fn defaults_are_those_of_the_rule() {
        let said = read(r#"{"action":"refuse"}"#);
        assert_eq!(said.compile().rule, EnumerationRule::default());
        assert!(said.paths && said.check().is_ok());
    }

    #[test]
    fn what_cannot_be_meant_is_refused() {
        for wrong in [
            r#"{"action":"record","paths":false}"#,
            r#"{"action":"record","arguments":[""]}"#,
            r#"{"action":"record","walk_length":1}"#,
            r#"{"action":"record","max_gap":0}"#,
            r#"{"action":"record","max_miss_percent":101}"#,
            r#"{"action":"record","window_seconds":0}"#,
        ] {
            assert_eq!(read(wrong).check().unwrap_err().field, "enumeration", "{wrong}");
        }
        assert!(read(r#"{"action":"off","paths":false}"#).check().is_ok());
    }

    #[test]
    fn object_may_switch_off_what_its_template_watches() {
        let says = |action: &str| Settings {
            enumeration: Some(read(&format!(r#"{{"action":"{action}"}}"#))),
            ..Settings::default()
        };
        let (object, template) = (says("off"), says("refuse"));
        let layers = [(Layer::Object, &object), (Layer::Template, &template)];
        assert_eq!(EnumerationSettings::in_force(&layers), Given { value: None, from: Layer::Object });
        let inherited = EnumerationSettings::in_force(&layers[1..]);
        assert_eq!((inherited.value.is_some(), inherited.from), (true, Layer::Template));
    }
}
