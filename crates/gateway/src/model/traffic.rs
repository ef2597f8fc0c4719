//! Custom rules (自定义规则) and limits (限流), as somebody writes them (gateway.md §7, §8).

use medward_defence::condition::{Condition, Field, RawCondition, Text};
use medward_defence::limit::{Count, KeyPart, LimitAction, RawLimit, Shape};
use medward_defence::rule::{Action, RawRule, RuleSet};
use medward_defence::window::RawTimeWindow;
use medward_proxy::NamedLimit;
use serde::{Deserialize, Serialize};

use super::{Kind, Layer, Spec, SpecError, check_description, check_name, wrong};

/// What somebody writes about a custom rule.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RuleSpec {
    /// Name in events.
    pub name: String,
    /// What it is for, for people.
    #[serde(default)]
    pub description: String,
    /// Id of the object, group or template it belongs to; absent: it is for every object.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scope_id: Option<String>,
    /// Whether it is asked.
    #[serde(default = "yes")]
    pub enabled: bool,
    /// Its place in the order: the first rule that ends the matter wins.
    pub number: u32,
    /// `{"all":[…]}`, `{"any":[…]}`, `{"not":…}` or `{"field":…,"op":…,"value":…}`; absent: every request.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub condition: Option<RawCondition>,
    /// It applies while any of them is open; none: always.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub windows: Vec<RawTimeWindow>,
    /// What it does.
    pub action: Action,
}

/// What somebody writes about a limit.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LimitSpec {
    /// Name in events, and by which rules know it.
    pub name: String,
    /// What it is for, for people.
    #[serde(default)]
    pub description: String,
    /// Id of the object, group or template it belongs to; absent: it is for every object.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scope_id: Option<String>,
    /// Whether it counts.
    #[serde(default = "yes")]
    pub enabled: bool,
    /// Counts only requests that a rule with the action `limit` sends here.
    #[serde(default)]
    pub on_demand: bool,
    /// Whose counter it is, all parts together: `ip`, `ip_prefix`, `session`, `user`, `token`, `object`, `path_template`,
    /// `country` (needs a region database), `header.NAME`, `arg.NAME`, `json.NAME.NAME`.
    #[schema(value_type = Vec<String>)]
    pub keys: Vec<KeyPart>,
    /// What is counted.
    #[schema(value_type = Object)]
    pub count: Count,
    /// 1 to 86,400.
    pub window_seconds: u32,
    /// How the window moves.
    #[serde(default)]
    #[schema(value_type = Object)]
    pub shape: Shape,
    /// How much fits into one window.
    pub threshold: u32,
    /// What is done with the rest.
    pub action: LimitAction,
    /// Which requests it is about; absent: all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub when: Option<RawCondition>,
    /// Pictures, scripts and styles do not count.
    #[serde(default = "yes")]
    pub static_files_exempt: bool,
}

fn yes() -> bool {
    true
}

/// Something that is said about traffic of an object, and where.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct TrafficInForce {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Place in the order, of a rule.
    pub number: Option<u32>,
    /// Where it is said; `default`: for every object.
    pub from: Layer,
}

impl RuleSpec {
    /// The groups of addresses that its condition asks for.
    pub(crate) fn groups_asked(&self) -> Vec<String> {
        groups_of(self.condition.as_ref())
    }

    /// The field of its condition that only a region database tells.
    pub(crate) fn place_asked(&self) -> Option<String> {
        place_of(self.condition.as_ref())
    }

    /// The limit that it sends requests to.
    pub(crate) fn limit_asked(&self) -> Option<&str> {
        match &self.action {
            Action::Limit(name) => Some(name),
            _ => None,
        }
    }

    /// The rule as it is compiled.
    pub(crate) fn raw(&self) -> RawRule {
        RawRule {
            number: self.number,
            name: self.name.clone(),
            condition: self.condition.clone(),
            windows: self.windows.clone(),
            action: self.action.clone(),
        }
    }
}

impl Spec for RuleSpec {
    const KIND: Kind = Kind::Rule;

    fn name(&self) -> &str {
        &self.name
    }

    fn check(&self) -> Result<(), SpecError> {
        check_name(&self.name)?;
        check_description(&self.description)?;
        let compiled = RuleSet::compile(std::slice::from_ref(&self.raw()));
        compiled.map(drop).map_err(|error| wrong("rule", chain(&error)))?;
        check_told(self.condition.as_ref(), "condition")
    }
}

impl LimitSpec {
    /// The groups of addresses that its condition asks for.
    pub(crate) fn groups_asked(&self) -> Vec<String> {
        groups_of(self.when.as_ref())
    }

    /// What of it only a region database tells, and where that stands.
    pub(crate) fn place_asked(&self) -> Option<(&'static str, String)> {
        let counted = if let Count::Distinct(part) = &self.count { Some(part) } else { None };
        let part = self.keys.iter().chain(counted).find(|part| matches!(part, KeyPart::Country));
        let key = part.map(|part| ("keys", part.to_string()));
        key.or_else(|| Some(("when", place_of(self.when.as_ref())?)))
    }

    /// The limit of this id, compiled.
    pub(crate) fn compile(&self, id: &str) -> Result<NamedLimit, SpecError> {
        let raw = RawLimit {
            id: id.to_owned(),
            keys: self.keys.clone(),
            count: self.count.clone(),
            window_seconds: self.window_seconds,
            shape: self.shape,
            threshold: self.threshold,
            action: self.action,
            when: self.when.clone(),
            static_files_exempt: self.static_files_exempt,
        };
        NamedLimit::compile(&self.name, &raw, self.on_demand).map_err(|error| wrong("limit", chain(&error)))
    }
}

impl Spec for LimitSpec {
    const KIND: Kind = Kind::Limit;

    fn name(&self) -> &str {
        &self.name
    }

    fn check(&self) -> Result<(), SpecError> {
        check_name(&self.name)?;
        check_description(&self.description)?;
        self.compile("limit")?;
        check_told(self.when.as_ref(), "when")
    }
}

fn groups_of(condition: Option<&RawCondition>) -> Vec<String> {
    let condition = condition.and_then(|raw| Condition::compile(raw).ok());
    condition.map_or(Vec::new(), |condition| condition.address_groups().into_iter().map(str::to_owned).collect())
}

/// The first field of a condition that only a region database tells.
fn place_of(condition: Option<&RawCondition>) -> Option<String> {
    let condition = Condition::compile(condition?).ok()?;
    let of_place = |asked: &&Field| matches!(asked, Field::Text(Text::Country | Text::Region));
    condition.fields().iter().find(of_place).map(ToString::to_string)
}

/// Whether the gateway knows every field that a condition asks for. One that it never knows would make `ne` true for
/// everybody.
fn check_told(condition: Option<&RawCondition>, field: &'static str) -> Result<(), SpecError> {
    let condition = condition.and_then(|raw| Condition::compile(raw).ok());
    let untold = |asked: &&Field| {
        let Field::Text(text) = asked else { return false };
        matches!(text, Text::Label)
    };
    match condition.as_ref().and_then(|condition| condition.fields().iter().find(untold)) {
        Some(asked) => Err(wrong(field, format!("nothing tells {asked} yet: a condition on it would never be right"))),
        None => Ok(()),
    }
}

/// What went wrong, with what was behind it.
fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(error) = source {
        text = format!("{text}: {error}");
        source = error.source();
    }
    text
}
