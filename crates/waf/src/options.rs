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
    /// What is inspected, and how much of it.
    pub limits: Limits,
    /// Parameters that carry HTML on purpose: cross-site scripting rules look only for active content there.
    pub rich_text: Vec<Target>,
    /// Further parameter names whose values are masked in evidence, beside the built-in ones; compared without case.
    pub secrets: Arc<[String]>,
}

impl Default for ObjectOptions {
    fn default() -> Self {
        Self {
            mode: Mode::Block,
            threshold_in: 5,
            threshold_out: 4,
            block_status: 403,
            exclusions: Arc::default(),
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

/// One exclusion: rule, and where it does not apply. Expiry, reason and author are the caller's business.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Exclusion {
    /// What is switched off.
    pub rule: RuleSelector,
    /// Only for these values; everywhere when absent.
    pub target: Option<Target>,
    /// Only for paths (normalised) that begin with this.
    pub path_prefix: Option<Vec<u8>>,
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
            let rule_matches = match &exclusion.rule {
                RuleSelector::Id(id) => id.eq_ignore_ascii_case(rule),
                RuleSelector::Tag(tag) => tags.contains(tag),
            };
            rule_matches
                && exclusion.target.as_ref().is_none_or(|target| target.covers(collection, name))
                && exclusion.path_prefix.as_ref().is_none_or(|prefix| path.starts_with(prefix))
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
