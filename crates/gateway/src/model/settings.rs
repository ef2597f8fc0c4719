//! Settings: what a template sets, a group changes for its objects and an object for itself, and what comes of it.

use std::collections::BTreeMap;
use std::sync::Arc;

use medward_contract::Timestamp;
use medward_waf::policy::BuiltIn;
use medward_waf::{ExclusionSet, Limits, Mode as EngineMode, ObjectOptions, RuleSelector, RuleState, Target};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use medward_proxy::{BotUse, ChallengeUse, Scenario};

use super::origin::check_origins;
use super::{
    AnswerSettings, ApiSettings, EffectiveAnswers, EffectiveApi, EffectiveTls, EnumerationSettings, ExclusionSpec,
    InForce, Mode, OnError, Policy, SameOriginUse, SpecError, TlsSettings, TrafficInForce, WaitingRoomSettings, wrong,
};

/// Largest inspection limit, bytes.
pub const MAX_INSPECT_LIMIT_BYTES: u64 = 16 << 20;
/// Most rules, and most parameters, that settings name.
const MAX_NAMED: usize = 1000;
/// Longest name of a rule, tag or parameter, bytes.
const MAX_NAME_BYTES: usize = 256;
/// What a tag is written with, to tell it from the id of a rule.
const TAG: &str = "tag:";

/// What one rule does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum RuleSwitch {
    /// Judges, as written. Says so where a group or a template says otherwise.
    On,
    /// Leaves evidence; counts for nothing and refuses nothing.
    Record,
    /// Is not asked.
    Off,
}

/// Settings as they stand in one place. What is not said there is inherited: an object's win over those of its group,
/// those over its template's, and those over the default (gateway.md §2).
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema, utoipa::ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// `block`, `observe` or `bypass`; by default `block`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mode: Option<Mode>,
    /// Rules that judge; by default `balanced`. `crs` needs an OWASP CRS on the gateway's machine.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub policy: Option<Policy>,
    /// What happens when the engine fails; by default `pass`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub on_error: Option<OnError>,
    /// Score at which a request is refused; by default what the policy says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub threshold_in: Option<u16>,
    /// Score at which a response is held back; by default what the policy says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub threshold_out: Option<u16>,
    /// With the policy `crs`: paranoia level up to which rules score, 1 to 4; by default what `[gateway.crs]` says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub paranoia_level: Option<u8>,
    /// With the policy `crs`: paranoia level up to which rules are asked and recorded; by default `paranoia_level`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detection_paranoia_level: Option<u8>,
    /// How much of a body is held back and inspected; 0 is the default of the content type.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub inspect_limit_bytes: Option<u64>,
    /// What single rules do, by id (`MW-SQLI-001`, `942100`) or by tag (`tag:attack-sqli`).
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub rules: BTreeMap<String, RuleSwitch>,
    /// Parameters that carry HTML on purpose, `ARGS:content`: only active content is looked for there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rich_text: Option<Vec<String>>,
    /// Further parameters whose values are masked in evidence.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub secrets: Option<Vec<String>>,
    /// Whether a few requests that a rule matched are kept for a week, sealed, to try changes of the policy on them; by
    /// default yes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub keep_requests: Option<bool>,
    /// What is done about clients that look like programs: `off`, `observe`, `challenge`, or `block`, which refuses scanners
    /// and challenges the rest; by default `off`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bots: Option<BotUse>,
    /// How many visitors are let in at once; the others wait in their order. By default nobody waits.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub waiting_room: Option<WaitingRoomSettings>,
    /// What people do there, for rules and events: `booking`, `query`, `payment`, `report`, `ai` or `other`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scenario: Option<Scenario>,
    /// Whether clients are found that walk through identifiers (防遍历), and what follows. By default nothing is watched.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub enumeration: Option<EnumerationSettings>,
    /// Whom a challenge is put to: `asked`, whom a rule or limit sends there, or `always`, everybody, while the site is under
    /// attack; by default `asked`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub challenge: Option<ChallengeUse>,
    /// What becomes of requests that another site has a browser send (CSRF): `off`, `observe` or `enforce`; by default `off`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub same_origin: Option<SameOriginUse>,
    /// Origins that requests may come from beside the object's own: `https://www.example.org`, `https://*.example.org`. 64 at
    /// most.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub allowed_origins: Option<Vec<String>>,
    /// Id of the guard that asks people to sign in; empty: nobody is asked, whatever the group or template says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub guard_id: Option<String>,
    /// Calls and answers.
    #[serde(skip_serializing_if = "ApiSettings::is_empty")]
    pub api: ApiSettings,
    /// What answers say in their heads, and what our own pages say.
    #[serde(skip_serializing_if = "AnswerSettings::is_empty")]
    pub answers: AnswerSettings,
    /// HTTPS, versions of TLS, certificates of clients.
    #[serde(skip_serializing_if = "TlsSettings::is_empty")]
    pub tls: TlsSettings,
}

/// Who says what is in force.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Layer {
    /// Nobody; it is the default.
    Default,
    /// The template of the group.
    Template,
    /// The group.
    Group,
    /// The object itself.
    Object,
}

/// A value in force, and who says so.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Given<T> {
    /// The value.
    pub value: T,
    /// Who says so.
    pub from: Layer,
}

/// What is in force for one object.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Effective {
    /// How it reacts.
    pub mode: Given<Mode>,
    /// Rules that judge.
    pub policy: Given<Policy>,
    /// What happens when the engine fails.
    pub on_error: Given<OnError>,
    /// Score at which a request is refused; absent: what the installed CRS says.
    pub threshold_in: Given<Option<u16>>,
    /// Score at which a response is held back; absent: what the installed CRS says.
    pub threshold_out: Given<Option<u16>>,
    /// Paranoia level up to which rules of a CRS score; absent: what `[gateway.crs]` says.
    pub paranoia_level: Given<Option<u8>>,
    /// Paranoia level up to which rules of a CRS are asked; absent: the other one.
    pub detection_paranoia_level: Given<Option<u8>>,
    /// How much of a body is held back; absent: the default of the content type.
    pub inspect_limit_bytes: Given<Option<u64>>,
    /// What single rules do.
    pub rules: BTreeMap<String, Given<RuleSwitch>>,
    /// Parameters that carry HTML on purpose.
    pub rich_text: Given<Vec<String>>,
    /// Parameters whose values are masked.
    pub secrets: Given<Vec<String>>,
    /// Whether requests that a rule matched are kept for a while.
    pub keep_requests: Given<bool>,
    /// What is done about clients that look like programs.
    pub bots: Given<BotUse>,
    /// How many visitors are let in at once; absent: nobody waits.
    pub waiting_room: Given<Option<WaitingRoomSettings>>,
    /// What people do there.
    pub scenario: Given<Option<Scenario>>,
    /// What finds clients that walk through identifiers; absent: nothing is watched.
    pub enumeration: Given<Option<EnumerationSettings>>,
    /// Whom a challenge is put to.
    pub challenge: Given<ChallengeUse>,
    /// What becomes of requests that another site has a browser send.
    pub same_origin: Given<SameOriginUse>,
    /// Origins that requests may come from beside the object's own.
    pub allowed_origins: Given<Vec<String>>,
    /// The guard that asks people to sign in.
    pub guard_id: Given<Option<String>>,
    /// Calls and answers.
    pub api: EffectiveApi,
    /// What answers say in their heads, and what our own pages say.
    pub answers: EffectiveAnswers,
    /// HTTPS, versions of TLS, certificates of clients.
    pub tls: EffectiveTls,
    /// Where rules do not count; those that are over, too.
    pub exclusions: Vec<InForce>,
    /// Custom rules, in their order.
    pub custom_rules: Vec<TrafficInForce>,
    /// Limits.
    pub limits: Vec<TrafficInForce>,
}

/// The rules that an engine is compiled from: objects with equal ones share it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct RuleSet {
    /// Which rules.
    pub policy: Policy,
    /// How those of a CRS are set; the default for all others.
    pub levels: CrsLevels,
}

/// What objects may set differently in a CRS. What is absent is what `[gateway.crs]` says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct CrsLevels {
    /// Paranoia level up to which rules score.
    pub paranoia: Option<u8>,
    /// Paranoia level up to which rules are asked.
    pub detection_paranoia: Option<u8>,
    /// Score at which a request is refused.
    pub inbound_threshold: Option<u16>,
    /// Score at which a response is held back.
    pub outbound_threshold: Option<u16>,
}

impl From<Policy> for RuleSet {
    fn from(policy: Policy) -> Self {
        Self { policy, levels: CrsLevels::default() }
    }
}

impl std::fmt::Display for RuleSet {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "policy {}", self.policy.as_str())?;
        match self.levels.paranoia {
            Some(level) => write!(f, " at paranoia level {level}"),
            None => Ok(()),
        }
    }
}

impl Settings {
    /// Checks everything that does not depend on where they stand.
    pub(super) fn check(&self) -> Result<(), SpecError> {
        for (field, threshold) in [("threshold_in", self.threshold_in), ("threshold_out", self.threshold_out)] {
            if threshold == Some(0) {
                return Err(wrong(field, format!("{field} must be at least 1: 0 is the score of an honest request")));
            }
        }
        let levels = [self.paranoia_level, self.detection_paranoia_level];
        for (field, level) in ["paranoia_level", "detection_paranoia_level"].into_iter().zip(levels) {
            if level.is_some_and(|level| !(1..=4).contains(&level)) {
                return Err(wrong(field, format!("{field} must be 1, 2, 3 or 4")));
            }
        }
        if self.inspect_limit_bytes.is_some_and(|limit| limit > MAX_INSPECT_LIMIT_BYTES) {
            return Err(wrong("inspect_limit_bytes", "the inspection limit may be 16 MiB at most"));
        }
        if let Some(room) = &self.waiting_room {
            room.check()?;
        }
        if let Some(enumeration) = &self.enumeration {
            enumeration.check()?;
        }
        check_origins(self.allowed_origins.as_deref().unwrap_or_default())?;
        self.api.check()?;
        self.answers.check()?;
        self.tls.check()?;
        check_names("rules", self.rules.keys())?;
        check_names("rich_text", self.rich_text.iter().flatten())?;
        check_names("secrets", self.secrets.iter().flatten())?;
        for target in self.rich_text.iter().flatten() {
            target.parse::<Target>().map_err(|error| wrong("rich_text", format!("failed to {error}")))?;
        }
        Ok(())
    }
}

fn check_names<'n>(field: &'static str, names: impl Iterator<Item = &'n String>) -> Result<(), SpecError> {
    for (number, name) in names.enumerate() {
        if number >= MAX_NAMED {
            return Err(wrong(field, format!("{field} may name {MAX_NAMED} at most")));
        }
        let text = name.strip_prefix(TAG).unwrap_or(name);
        if text.is_empty() || name.len() > MAX_NAME_BYTES || name.chars().any(char::is_control) {
            return Err(wrong(field, format!("{field} has a name that is empty, too long, or not text: {name:?}")));
        }
    }
    Ok(())
}

/// The rules that a key of [`Settings::rules`] means.
pub(super) fn selector(key: &str) -> RuleSelector {
    match key.strip_prefix(TAG) {
        Some(tag) => RuleSelector::Tag(tag.to_owned()),
        None => RuleSelector::Id(key.to_owned()),
    }
}

/// A key as it compares: ids and tags are the same in upper and lower case.
fn folded(key: &str) -> String {
    if key.starts_with(TAG) { key.to_ascii_lowercase() } else { key.to_ascii_uppercase() }
}

/// What the first of `layers`, the strongest, says that says anything.
pub(super) fn given<T: Clone>(
    layers: &[(Layer, &Settings)],
    of: impl Fn(&Settings) -> Option<T>,
    default: T,
) -> Given<T> {
    let said = layers.iter().find_map(|(layer, settings)| Some(Given { value: of(settings)?, from: *layer }));
    said.unwrap_or(Given { value: default, from: Layer::Default })
}

/// The id of an item that is used, unless an empty one says that none is.
pub(super) fn chosen(layers: &[(Layer, &Settings)], of: impl Fn(&Settings) -> Option<String>) -> Given<Option<String>> {
    let said = given(layers, |settings| of(settings).map(Some), None);
    Given { value: said.value.filter(|id| !id.is_empty()), from: said.from }
}

impl Effective {
    /// What comes of these settings, the strongest first.
    pub(super) fn of(layers: &[(Layer, &Settings)]) -> Self {
        let policy = given(layers, |settings| settings.policy, Policy::default());
        let of_policy = policy.value.built_in().map(BuiltIn::options);
        let threshold = |of: fn(&ObjectOptions) -> u16| of_policy.as_ref().map(of);
        let mut rules = BTreeMap::new();
        for (layer, settings) in layers {
            for (key, switch) in &settings.rules {
                rules.entry(folded(key)).or_insert(Given { value: *switch, from: *layer });
            }
        }
        let limit = given(layers, |settings| settings.inspect_limit_bytes.map(Some), None);
        Self {
            mode: given(layers, |settings| settings.mode, Mode::default()),
            policy,
            on_error: given(layers, |settings| settings.on_error, OnError::default()),
            threshold_in: given(
                layers,
                |settings| settings.threshold_in.map(Some),
                threshold(|options| options.threshold_in),
            ),
            threshold_out: given(
                layers,
                |settings| settings.threshold_out.map(Some),
                threshold(|options| options.threshold_out),
            ),
            paranoia_level: given(layers, |settings| settings.paranoia_level.map(Some), None),
            detection_paranoia_level: given(layers, |settings| settings.detection_paranoia_level.map(Some), None),
            inspect_limit_bytes: Given { value: limit.value.filter(|limit| *limit > 0), ..limit },
            rules,
            rich_text: given(layers, |settings| settings.rich_text.clone(), Vec::new()),
            secrets: given(layers, |settings| settings.secrets.clone(), Vec::new()),
            keep_requests: given(layers, |settings| settings.keep_requests, true),
            bots: given(layers, |settings| settings.bots, BotUse::default()),
            waiting_room: WaitingRoomSettings::of(layers),
            enumeration: EnumerationSettings::in_force(layers),
            scenario: given(layers, |settings| settings.scenario.map(Some), None),
            challenge: given(layers, |settings| settings.challenge, ChallengeUse::default()),
            same_origin: given(layers, |settings| settings.same_origin, SameOriginUse::default()),
            allowed_origins: given(layers, |settings| settings.allowed_origins.clone(), Vec::new()),
            guard_id: chosen(layers, |settings| settings.guard_id.clone()),
            api: EffectiveApi::of(layers),
            answers: EffectiveAnswers::of(layers),
            tls: EffectiveTls::of(layers),
            exclusions: Vec::new(),
            custom_rules: Vec::new(),
            limits: Vec::new(),
        }
    }

    /// Checks what only shows when the settings of all places are taken together.
    pub(crate) fn check(&self) -> Result<(), SpecError> {
        let (scoring, asked) = (self.paranoia_level.value, self.detection_paranoia_level.value);
        if asked.is_some_and(|asked| scoring.is_none_or(|scoring| asked < scoring)) {
            return Err(wrong(
                "detection_paranoia_level",
                "detection_paranoia_level needs a paranoia_level, and must not be below it",
            ));
        }
        Ok(())
    }

    /// The rules that are named one by one, as they are written and as the engine knows them.
    pub(crate) fn named_rules(&self) -> impl Iterator<Item = (&str, RuleSelector)> {
        let excluded = self.exclusions.iter().map(|exclusion| exclusion.spec.rule.as_str());
        self.rules.keys().map(String::as_str).chain(excluded).map(|key| (key, selector(key)))
    }

    /// The rules that judge.
    pub fn rule_set(&self) -> RuleSet {
        if self.policy.value != Policy::Crs {
            return self.policy.value.into();
        }
        let levels = CrsLevels {
            paranoia: self.paranoia_level.value,
            detection_paranoia: self.detection_paranoia_level.value,
            inbound_threshold: self.threshold_in.value,
            outbound_threshold: self.threshold_out.value,
        };
        RuleSet { policy: Policy::Crs, levels }
    }

    /// What the engine is told at this time when the object is judged by `judging`, which is its own policy unless that
    /// does not run.
    pub fn engine_options(&self, judging: Policy, now: Timestamp) -> ObjectOptions {
        let options = judging.built_in().map_or_else(ObjectOptions::default, BuiltIn::options);
        let mode = match (self.mode.value, options.mode) {
            (Mode::Bypass, _) => EngineMode::Off,
            (Mode::Observe, _) => EngineMode::Observe,
            (Mode::Block, of_policy) => of_policy,
        };
        let limits = match self.inspect_limit() {
            Some(limit) => Limits { form_bytes: limit, structured_bytes: limit, other_bytes: limit, ..options.limits },
            None => options.limits,
        };
        // The thresholds of a CRS are no measure for the policy that stands in for it.
        let own = judging == self.policy.value;
        let threshold = |said: Option<u16>, of_policy| said.filter(|_| own).unwrap_or(of_policy);
        let excluded = self.exclusions.iter().map(|exclusion| &exclusion.spec);
        let excluded = excluded.filter(|spec| !spec.is_over(now)).map(ExclusionSpec::for_engine);
        ObjectOptions {
            mode,
            limits,
            threshold_in: threshold(self.threshold_in.value, options.threshold_in),
            threshold_out: threshold(self.threshold_out.value, options.threshold_out),
            exclusions: Arc::new(ExclusionSet { exclusions: excluded.collect() }),
            switches: self.switches(),
            rich_text: self.rich_text.value.iter().filter_map(|target| target.parse().ok()).collect(),
            secrets: self.secrets.value.clone().into(),
            ..options
        }
    }

    /// What single rules do, in the order in which it counts: the stronger layer first, and there a rule by its id before
    /// one of its tags.
    fn switches(&self) -> Arc<[(RuleSelector, RuleState)]> {
        let mut rules: Vec<_> = self.rules.iter().collect();
        rules.sort_by_key(|(key, given)| (std::cmp::Reverse(given.from), key.starts_with(TAG)));
        let state = |switch: RuleSwitch| match switch {
            RuleSwitch::On => RuleState::Judges,
            RuleSwitch::Record => RuleState::Records,
            RuleSwitch::Off => RuleState::Off,
        };
        rules.into_iter().map(|(key, given)| (selector(key), state(given.value))).collect()
    }

    /// How much of a body is held back, when somebody says so.
    pub(crate) fn inspect_limit(&self) -> Option<usize> {
        self.inspect_limit_bytes.value.and_then(|limit| usize::try_from(limit).ok())
    }
}

#[cfg(test)]
mod tests;
