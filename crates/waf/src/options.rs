//! What a protected object brings along: mode, thresholds, exclusions, limits. Compiled programs are shared between
//! objects; everything that differs per object stands here.

use std::net::IpAddr;
use std::str::FromStr;
use std::sync::Arc;

use thiserror::Error;

use crate::var::Collection;

/// A monotonic clock in microseconds, given by a caller that wants [`Limits::max_micros`] kept.
pub type Clock = Arc<dyn Fn() -> u64 + Send + Sync>;

/// How an object reacts.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Mode {
    /// No inspection at all.
    Off,
    /// Everything is judged and recorded, nothing is blocked.
    Observe,
    /// Requests that reach the threshold are blocked.
    #[default]
    Block,
}

/// Settings of one protected object.
#[derive(Clone, Debug)]
pub struct ObjectOptions {
    /// How to react.
    pub mode: Mode,
    /// Inbound score at which a request is blocked.
    pub threshold_in: u16,
    /// Outbound score at which a response is blocked.
    pub threshold_out: u16,
    /// Status of a refusal when the rule names none.
    pub block_status: u16,
    /// Rules that do not apply somewhere.
    pub exclusions: Arc<ExclusionSet>,
    /// What single rules do: the first entry that covers a rule decides, and a rule that none covers judges.
    pub switches: Arc<[(RuleSelector, RuleState)]>,
    /// What is inspected, and how much of it.
    pub limits: Limits,
    /// Parameters that carry HTML on purpose: cross-site scripting rules look only for active content there.
    pub rich_text: Vec<Target>,
    /// Further parameter names whose values are masked in evidence, beside the built-in ones; compared without case.
    pub secrets: Arc<[String]>,
}

impl ObjectOptions {
    /// Whether matches of this rule are evidence only.
    pub fn only_records(&self, rule: &str, tags: &[String]) -> bool {
        self.state_of(rule, tags) == RuleState::Records
    }

    /// Whether this rule is not asked.
    pub(crate) fn is_off(&self, rule: &str, tags: &[String]) -> bool {
        self.state_of(rule, tags) == RuleState::Off
    }

    fn state_of(&self, rule: &str, tags: &[String]) -> RuleState {
        let decides = self.switches.iter().find(|(selector, _)| selector.covers(rule, tags));
        decides.map_or(RuleState::Judges, |(_, state)| *state)
    }
}

impl Default for ObjectOptions {
    fn default() -> Self {
        Self {
            mode: Mode::Block,
            threshold_in: 5,
            threshold_out: 4,
            block_status: 403,
            exclusions: Arc::default(),
            switches: Arc::from([]),
            limits: Limits::default(),
            rich_text: Vec::new(),
            secrets: Arc::from([]),
        }
    }
}

/// Bounds on what one transaction keeps and does. Whatever lies beyond sets `Verdict::partial`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Limits {
    /// Bytes of a urlencoded body.
    pub form_bytes: usize,
    /// Bytes of a JSON or XML body.
    pub structured_bytes: usize,
    /// Bytes of any other body.
    pub other_bytes: usize,
    /// Bytes of all multipart fields together that are kept.
    pub multipart_field_bytes: usize,
    /// Bytes of one uploaded file that are kept.
    pub file_bytes: usize,
    /// Parts of a multipart body.
    pub multipart_parts: usize,
    /// Bytes of the headers of one part.
    pub part_header_bytes: usize,
    /// Arguments of query and form together.
    pub arguments: usize,
    /// Cookies.
    pub cookies: usize,
    /// Nesting of JSON.
    pub json_depth: usize,
    /// Scalar values of JSON.
    pub json_values: usize,
    /// Nesting of XML.
    pub xml_depth: usize,
    /// Text nodes and attributes of XML.
    pub xml_nodes: usize,
    /// Hits kept in the verdict.
    pub hits: usize,
    /// Work after which the transaction is given up as exhausted, the same on every machine. One unit is about one byte
    /// compared: 0.3 ns on ordinary text, 5 to 10 ns on text made to be slow. Meant for up to 32 KiB of body; more
    /// gets as many times this, up to what [`Limits::structured_bytes`] allows.
    pub max_work_units: u64,
    /// Microseconds after which it is given up too, when the caller gave a clock (waf.md §6.7). Grows with the text as
    /// [`Limits::max_work_units`] does.
    pub max_micros: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            form_bytes: 128 * 1024,
            structured_bytes: 1024 * 1024,
            other_bytes: 64 * 1024,
            multipart_field_bytes: 128 * 1024,
            file_bytes: 64 * 1024,
            multipart_parts: 256,
            part_header_bytes: 16 * 1024,
            arguments: 1000,
            cookies: 256,
            json_depth: 64,
            json_values: 10_000,
            xml_depth: 128,
            xml_nodes: 10_000,
            hits: 64,
            max_work_units: 60_000_000,
            max_micros: 20_000,
        }
    }
}

/// A variable with an optional selector, as an operator writes it: `ARGS`, `ARGS:content`, `REQUEST_HEADERS:Referer`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Target {
    pub(crate) collection: Collection,
    pub(crate) selector: Option<Vec<u8>>,
}

/// A target that does not name a known variable.
#[derive(Clone, PartialEq, Eq, Debug, Error)]
#[error("read the target {0:?}: it names no known variable")]
pub struct TargetError(pub String);

impl FromStr for Target {
    type Err = TargetError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (name, selector) = text.split_once(':').map_or((text, None), |(name, selector)| (name, Some(selector)));
        let collection = Collection::from_name(name).ok_or_else(|| TargetError(text.to_owned()))?;
        Ok(Self { collection, selector: selector.map(|selector| selector.as_bytes().to_ascii_lowercase()) })
    }
}

impl Target {
    /// Whether the value `name` of `collection` is meant. Names compare without case.
    pub(crate) fn covers(&self, collection: Collection, name: &[u8]) -> bool {
        self.collection.includes(collection)
            && self.selector.as_ref().is_none_or(|selector| selector.eq_ignore_ascii_case(name))
    }
}

/// Which rules an exclusion switches off.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum RuleSelector {
    /// The rule with this id.
    Id(String),
    /// Every rule with this tag.
    Tag(String),
}

impl RuleSelector {
    /// Whether a rule with this id and these tags is meant. Ids and tags compare without case.
    pub fn covers(&self, rule: &str, tags: &[String]) -> bool {
        match self {
            Self::Id(id) => id.eq_ignore_ascii_case(rule),
            Self::Tag(tag) => tags.iter().any(|of_rule| of_rule.eq_ignore_ascii_case(tag)),
        }
    }
}

/// What a rule does.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum RuleState {
    /// It counts and refuses as it is written.
    Judges,
    /// Its matches are evidence only: they count no points and refuse nothing.
    Records,
    /// It is not asked.
    Off,
}

/// Where a path must lie. Paths are compared normalised.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum PathScope {
    /// This one.
    Exactly(Vec<u8>),
    /// Every path that begins with this.
    Beginning(Vec<u8>),
}

impl PathScope {
    fn covers(&self, path: &[u8]) -> bool {
        match self {
            Self::Exactly(wanted) => path == wanted,
            Self::Beginning(prefix) => path.starts_with(prefix),
        }
    }
}

/// One exclusion: rule, and where it does not apply. Expiry, reason and author are the caller's business.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Exclusion {
    /// What is switched off.
    pub rule: RuleSelector,
    /// Only for these values; everywhere when absent.
    pub target: Option<Target>,
    /// Only for these paths; everywhere when absent.
    pub path: Option<PathScope>,
}

/// The exclusions of an object.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct ExclusionSet {
    /// Checked one after the other, only for rules that have matched.
    pub exclusions: Vec<Exclusion>,
}

impl ExclusionSet {
    /// Whether a match of this rule on this value counts for nothing.
    pub(crate) fn covers(&self, rule: &str, tags: &[String], collection: Collection, name: &[u8], path: &[u8]) -> bool {
        self.exclusions.iter().any(|exclusion| {
            exclusion.rule.covers(rule, tags)
                && exclusion.target.as_ref().is_none_or(|target| target.covers(collection, name))
                && exclusion.path.as_ref().is_none_or(|scope| scope.covers(path))
        })
    }
}

/// The connection a request came over.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Conn {
    /// Client address after proxies were taken into account.
    pub client: IpAddr,
    /// Client port.
    pub client_port: u16,
    /// Whether the client spoke TLS.
    pub tls: bool,
}

/// Identity of the request (`http.request.id`, 事件编号), made by the caller.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct UniqueId(pub String);
