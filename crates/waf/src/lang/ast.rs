//! What a rule file says, before it is given meaning. Every part keeps its place for error messages.

use std::sync::Arc;

use regex::bytes::Regex;

use super::lexer::Place;
use super::template::Template;
use crate::transform::Transformation;
use crate::var::Collection;
use crate::verdict::Severity;

/// One directive.
#[derive(Clone, Debug)]
pub(crate) enum Statement {
    Rule(Box<Rule>),
    Marker(String),
    /// `SecDefaultAction`: what rules of a phase inherit.
    Defaults(Defaults),
    Setting(Setting),
    Include(Place, String),
    /// `SecRuleRemoveBy…`
    Remove(Place, RuleMatch),
    /// `SecRuleUpdateTargetBy…`
    UpdateTargets(Place, RuleMatch, Vec<Variable>),
    /// `SecRuleUpdateActionById`
    UpdateActions(Place, RuleMatch, Box<Actions>),
    /// Accepted, and without effect here.
    Ignored(Place, String),
}

/// One `SecRule` or `SecAction`, with the links of its chain in order. There is at least one link.
#[derive(Clone, Debug)]
pub(crate) struct Rule {
    /// Number of its file.
    pub(crate) file: u32,
    pub(crate) place: Place,
    pub(crate) links: Vec<Link>,
    pub(crate) meta: Meta,
}

/// What one link of a chain tests, and what each match of it does.
#[derive(Clone, Debug)]
pub(crate) struct Link {
    pub(crate) variables: Vec<Variable>,
    pub(crate) operator: Operator,
    pub(crate) transformations: Vec<Transformation>,
    /// `t:none` was said, so nothing is inherited.
    pub(crate) own_transformations: bool,
    /// The operator also looks at every stage on the way.
    pub(crate) multi_match: bool,
    pub(crate) capture: bool,
    pub(crate) setvars: Vec<SetVar>,
    pub(crate) ctls: Vec<Ctl>,
}

/// What only the first link of a chain carries.
#[derive(Clone, Debug)]
pub(crate) struct Meta {
    pub(crate) id: String,
    pub(crate) phase: u8,
    pub(crate) msg: Template,
    pub(crate) logdata: Template,
    pub(crate) severity: Option<Severity>,
    pub(crate) tags: Vec<String>,
    pub(crate) disruptive: Option<Disruptive>,
    pub(crate) status: Option<u16>,
    /// `log` or `nolog`; inherited when not said.
    pub(crate) log: Option<bool>,
    pub(crate) skip: u32,
    pub(crate) skip_after: Option<String>,
    /// `ver`, which a macro can ask for.
    pub(crate) version: String,
    /// `rev`
    pub(crate) revision: String,
}

/// The disruptive action.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Disruptive {
    /// Only the score counts.
    Pass,
    /// As the phase's `SecDefaultAction` says.
    Block,
    /// Refuse at once.
    Deny,
    /// Refuse by closing the connection.
    Drop,
    /// Refuse by sending the client elsewhere.
    Redirect(Template),
    Allow(AllowScope),
}

/// How much `allow` lets through.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum AllowScope {
    /// Every later phase but logging.
    Transaction,
    /// The rest of this phase.
    Phase,
    /// The rest of the request phases.
    Request,
}

/// `SecDefaultAction` of one phase.
#[derive(Clone, Debug)]
pub(crate) struct Defaults {
    pub(crate) phase: u8,
    pub(crate) disruptive: Disruptive,
    pub(crate) status: Option<u16>,
    pub(crate) log: bool,
    pub(crate) transformations: Vec<Transformation>,
}

/// All a comma-separated list of actions can say.
#[derive(Clone, Debug, Default)]
pub(crate) struct Actions {
    pub(crate) id: Option<String>,
    pub(crate) phase: Option<u8>,
    pub(crate) msg: Option<Template>,
    pub(crate) logdata: Option<Template>,
    pub(crate) severity: Option<Severity>,
    pub(crate) tags: Vec<String>,
    pub(crate) disruptive: Option<Disruptive>,
    pub(crate) status: Option<u16>,
    pub(crate) log: Option<bool>,
    pub(crate) skip: u32,
    pub(crate) skip_after: Option<String>,
    pub(crate) version: String,
    pub(crate) revision: String,
    pub(crate) transformations: Vec<Transformation>,
    pub(crate) own_transformations: bool,
    pub(crate) multi_match: bool,
    pub(crate) capture: bool,
    pub(crate) chain: bool,
    pub(crate) setvars: Vec<SetVar>,
    pub(crate) ctls: Vec<Ctl>,
    /// Place of an action that only the first link of a chain may carry.
    pub(crate) head_only: Option<Place>,
}

/// `setvar`, with the name after `tx.`.
#[derive(Clone, Debug)]
pub(crate) struct SetVar {
    pub(crate) name: Template,
    pub(crate) change: Change,
}

/// What `setvar` does to its variable.
#[derive(Clone, Debug)]
pub(crate) enum Change {
    Assign(Template),
    Add(Template),
    Subtract(Template),
    Unset,
}

/// `ctl`: what a match changes for the rest of the transaction.
#[derive(Clone, Debug)]
pub(crate) enum Ctl {
    Engine(EngineMode),
    Remove(RuleMatch),
    RemoveTarget(RuleMatch, Vec<Variable>),
    BodyProcessor(Processor),
    ForceBodyVariable(bool),
    RequestBodyAccess(bool),
    ResponseBodyAccess(bool),
    /// `auditEngine`: what is recorded is not the rules' business here.
    Nothing,
}

/// `SecRuleEngine` and `ctl:ruleEngine`.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) enum EngineMode {
    #[default]
    On,
    Off,
    DetectionOnly,
}

/// A body processor a rule can ask for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Processor {
    UrlEncoded,
    Multipart,
    Json,
    Xml,
}

impl Processor {
    /// The name as rules write and read it.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::UrlEncoded => "URLENCODED",
            Self::Multipart => "MULTIPART",
            Self::Json => "JSON",
            Self::Xml => "XML",
        }
    }

    pub(crate) fn from_name(name: &str) -> Option<Self> {
        let all = [Self::UrlEncoded, Self::Multipart, Self::Json, Self::Xml];
        all.into_iter().find(|processor| processor.name().eq_ignore_ascii_case(name))
    }
}

/// Which rules a removal or an update means.
#[derive(Clone, Debug)]
pub(crate) enum RuleMatch {
    /// Numbers from–to, both included, and ids of our own.
    Ids(Vec<(u32, u32)>, Vec<String>),
    Tag(Arc<Regex>),
    Msg(Arc<Regex>),
}

impl RuleMatch {
    /// Whether a rule is meant.
    pub(crate) fn covers(&self, id: &str, tags: &[String], msg: &[u8]) -> bool {
        match self {
            Self::Ids(ranges, names) => {
                let number = id.parse::<u32>().ok();
                let in_range = |(first, last): &(u32, u32)| number.is_some_and(|id| (*first..=*last).contains(&id));
                ranges.iter().any(in_range) || names.iter().any(|name| name.eq_ignore_ascii_case(id))
            }
            Self::Tag(pattern) => tags.iter().any(|tag| pattern.is_match(tag.as_bytes())),
            Self::Msg(pattern) => pattern.is_match(msg),
        }
    }
}

/// One variable of a rule: `ARGS`, `!ARGS:content`, `&TX:score`, `REQUEST_HEADERS:/^X-/`.
#[derive(Clone, Debug)]
pub(crate) struct Variable {
    pub(crate) collection: Collection,
    pub(crate) use_: Use,
    pub(crate) selector: Selector,
}

/// What a rule does with a variable.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Use {
    /// Look at each value.
    Value,
    /// Look at how many there are.
    Count,
    /// Leave it out.
    Exclude,
}

/// Which members of a collection are meant.
#[derive(Clone, Debug)]
pub(crate) enum Selector {
    All,
    /// Lower-case name.
    Name(Vec<u8>),
    Pattern(Arc<Regex>),
}

impl Selector {
    /// Whether a member of this name is meant. Names compare without case.
    pub(crate) fn covers(&self, name: &[u8]) -> bool {
        match self {
            Self::All => true,
            Self::Name(wanted) => wanted.eq_ignore_ascii_case(name),
            Self::Pattern(pattern) => pattern.is_match(name),
        }
    }
}

/// An operator with its argument.
#[derive(Clone, Debug)]
pub(crate) struct Operator {
    pub(crate) negated: bool,
    pub(crate) kind: OperatorKind,
    pub(crate) argument: Vec<u8>,
    pub(crate) place: Place,
}

/// `SecRuleEngine` and its like.
#[derive(Clone, Debug)]
pub(crate) enum Setting {
    Engine(EngineMode),
    RequestBodyAccess(bool),
    RequestBodyLimit(usize),
    RequestBodyNoFilesLimit(usize),
    RequestBodyLimitRejects(bool),
    RequestBodyJsonDepth(usize),
    ArgumentsLimit(usize),
    ArgumentSeparator(u8),
    /// Version 0, the only one in use.
    CookieFormat,
    /// The map of full-width forms is built in.
    UnicodeMap,
    ResponseBodyAccess(bool),
    ResponseBodyMimeTypes(Vec<String>),
    ResponseBodyMimeTypesClear,
    ResponseBodyLimit(usize),
    ResponseBodyLimitRejects(bool),
    /// Names the rule set in the logs of other servers.
    Signature,
}

macro_rules! operators {
    ($($variant:ident $name:literal $takes:ident),+ $(,)?) => {
        /// The operators.
        #[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
        pub(crate) enum OperatorKind {
            $($variant,)+
        }

        impl OperatorKind {
            pub(crate) fn from_name(name: &str) -> Option<Self> {
                $(if name.eq_ignore_ascii_case($name) { return Some(Self::$variant); })+
                None
            }

            /// Whether an argument must follow, and whether it may quote variables.
            pub(crate) const fn takes(self) -> Takes {
                match self { $(Self::$variant => Takes::$takes,)+ }
            }
        }
    };
}

/// What an operator takes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Takes {
    Nothing,
    Text,
    /// Text in which `%{…}` stands for a value.
    Template,
}

operators! {
    Rx "rx" Text,
    Pm "pm" Text,
    PmFromFile "pmFromFile" Text,
    PmF "pmf" Text,
    StrEq "streq" Template,
    Contains "contains" Template,
    ContainsWord "containsWord" Template,
    BeginsWith "beginsWith" Template,
    EndsWith "endsWith" Template,
    Within "within" Template,
    StrMatch "strmatch" Text,
    Eq "eq" Template,
    Ge "ge" Template,
    Gt "gt" Template,
    Le "le" Template,
    Lt "lt" Template,
    IpMatch "ipMatch" Text,
    IpMatchFromFile "ipMatchFromFile" Text,
    ValidateByteRange "validateByteRange" Text,
    ValidateUtf8Encoding "validateUtf8Encoding" Nothing,
    ValidateUrlEncoding "validateUrlEncoding" Nothing,
    DetectSqli "detectSQLi" Nothing,
    DetectXss "detectXSS" Nothing,
    Detect "detect" Text,
    UnconditionalMatch "unconditionalMatch" Nothing,
    NoMatch "noMatch" Nothing,
}
