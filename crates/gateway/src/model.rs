//! What a protected object is: the words an operator writes and the types they become.
//!
//! [`ObjectSpec`] is what somebody wrote, in a file or in the console; [`crate::snapshot`] makes it run. No SQL, no HTTP.

use std::net::IpAddr;

use http::uri::{Authority, Scheme, Uri};
use medward_waf::policy::BuiltIn;
use medward_waf::{Limits, Mode as EngineMode, ObjectOptions};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How an object reacts to attacks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    /// Attacks are refused.
    #[default]
    Block,
    /// Attacks are recorded and let through.
    Observe,
    /// Nothing is inspected; framing is still enforced.
    Bypass,
}

impl Mode {
    /// The word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Block => "block",
            Self::Observe => "observe",
            Self::Bypass => "bypass",
        }
    }
}

/// What happens to a request that the engine could not judge (gateway.md §14).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum OnError {
    /// It passes, with an alarm.
    #[default]
    Pass,
    /// It is refused, with an alarm.
    Block,
}

impl OnError {
    /// The word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Block => "block",
        }
    }
}

/// By which rules an object is judged (waf.md §8).
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Default,
    Serialize,
    Deserialize,
    JsonSchema,
    utoipa::ToSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum Policy {
    /// 均衡: our own rules; one certain finding blocks.
    #[default]
    Balanced,
    /// 观察: the rules of the default, which only record, whatever the mode of the object.
    Observe,
    /// 严格: less certain findings block, unknown methods and content types are refused, and responses that leak.
    Strict,
    /// The OWASP CRS installed on this machine (`[gateway.crs]`).
    Crs,
}

impl Policy {
    /// Every one of them.
    pub const ALL: [Self; 4] = [Self::Balanced, Self::Observe, Self::Strict, Self::Crs];

    /// The word for it.
    pub const fn as_str(self) -> &'static str {
        match self.built_in() {
            Some(policy) => policy.name(),
            None => "crs",
        }
    }

    /// The policy of ours that is meant; the CRS is an operator's.
    pub const fn built_in(self) -> Option<BuiltIn> {
        match self {
            Self::Balanced => Some(BuiltIn::Balanced),
            Self::Observe => Some(BuiltIn::Observe),
            Self::Strict => Some(BuiltIn::Strict),
            Self::Crs => None,
        }
    }
}

/// Where an object is written down.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Origin {
    /// In `medward.toml`.
    File,
    /// In the database, changed in the console.
    Policy,
}

/// A protected object as somebody wrote it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ObjectSpec {
    /// UUIDv7, or `file:<name>`.
    pub id: String,
    /// Name in events.
    pub name: String,
    /// Host patterns.
    pub hosts: Vec<String>,
    /// Path prefix on segment boundaries.
    pub path_prefix: String,
    /// Upstream addresses.
    pub upstreams: Vec<String>,
    /// How it reacts.
    pub mode: Mode,
    /// By which rules it is judged.
    pub policy: Policy,
    /// What happens when the engine fails.
    pub on_error: OnError,
    /// How much of a body is held back, in bytes.
    pub inspect_limit_bytes: Option<u64>,
    /// Path of health checks.
    pub health_path: Option<String>,
    /// Generation in which it was changed last; 0 for files.
    pub generation: i64,
    /// Where it stands.
    pub origin: Origin,
}

/// Most hosts and most upstreams of one object.
pub const MAX_ENTRIES: usize = 256;
/// Largest inspection limit, bytes.
pub const MAX_INSPECT_LIMIT_BYTES: u64 = 16 << 20;

/// Why an object cannot be used. `field` is the key an operator would correct.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct SpecError {
    /// Key of the wrong value.
    pub field: &'static str,
    /// What is wrong and what would be right.
    pub message: String,
}

fn wrong(field: &'static str, message: impl Into<String>) -> SpecError {
    SpecError { field, message: message.into() }
}

impl ObjectSpec {
    /// What the engine is told of this object when it is judged by `policy`, which is its own unless that does not run.
    pub fn engine_options(&self, policy: Policy) -> ObjectOptions {
        let options = policy.built_in().map_or_else(ObjectOptions::default, BuiltIn::options);
        let mode = match (self.mode, options.mode) {
            (Mode::Bypass, _) => EngineMode::Off,
            (Mode::Observe, _) => EngineMode::Observe,
            (Mode::Block, of_policy) => of_policy,
        };
        let limits = match self.inspect_limit() {
            Some(limit) => Limits { form_bytes: limit, structured_bytes: limit, other_bytes: limit, ..options.limits },
            None => options.limits,
        };
        ObjectOptions { mode, limits, ..options }
    }

    /// How much of a body is held back, when the object says so.
    pub(crate) fn inspect_limit(&self) -> Option<usize> {
        self.inspect_limit_bytes.and_then(|limit| usize::try_from(limit).ok())
    }

    /// Checks everything that does not depend on other objects.
    pub fn check(&self) -> Result<(), SpecError> {
        if self.name.is_empty() || self.name.len() > 64 || self.name.chars().any(char::is_control) {
            return Err(wrong("name", "name must have 1 to 64 bytes of text"));
        }
        if self.hosts.is_empty() {
            return Err(wrong("hosts", "hosts names no host; write host names, or \"*\" for everything"));
        }
        if self.upstreams.is_empty() {
            return Err(wrong("upstreams", "upstreams names no address; write http://host:port"));
        }
        if self.hosts.len() > MAX_ENTRIES || self.upstreams.len() > MAX_ENTRIES {
            return Err(wrong("hosts", format!("hosts and upstreams may have {MAX_ENTRIES} entries each")));
        }
        for host in &self.hosts {
            HostPattern::parse(host)?;
        }
        for upstream in &self.upstreams {
            UpstreamAddress::parse(upstream)?;
        }
        check_path("path_prefix", &self.path_prefix)?;
        if let Some(path) = &self.health_path {
            check_path("health_path", path)?;
        }
        if self.inspect_limit_bytes.is_some_and(|limit| limit > MAX_INSPECT_LIMIT_BYTES) {
            return Err(wrong("inspect_limit_bytes", "the inspection limit may be 16 MiB at most"));
        }
        Ok(())
    }
}

fn check_path(field: &'static str, path: &str) -> Result<(), SpecError> {
    let plain = path.bytes().all(|byte| byte.is_ascii_graphic() && !matches!(byte, b'?' | b'#'));
    if path.starts_with('/') && plain && path.len() <= 1024 {
        Ok(())
    } else {
        Err(wrong(field, format!("{field} {path:?} must begin with / and hold no blanks, ? or #")))
    }
}

/// Which hosts an object answers for. Names are lower case and without port.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum HostPattern {
    /// Exactly this name.
    Exact(String),
    /// Any name below this one; holds `.example.org` of `*.example.org`.
    Below(String),
    /// Everything.
    Any,
}

impl HostPattern {
    /// Reads `name`, `*.name` or `*`.
    pub fn parse(text: &str) -> Result<Self, SpecError> {
        let lower = text.to_ascii_lowercase();
        if lower == "*" {
            return Ok(Self::Any);
        }
        let (suffix, name) = match lower.strip_prefix('*') {
            Some(rest) => (true, rest.strip_prefix('.').unwrap_or("")),
            None => (false, lower.as_str()),
        };
        let valid = !name.is_empty()
            && name.len() <= 253
            && (is_name(name) || (!suffix && name.starts_with('[') && name.ends_with(']')));
        match (valid, suffix) {
            (false, _) => {
                Err(wrong("hosts", format!("host {text:?} is not a name without port, *.name, or * for everything")))
            }
            (true, true) => Ok(Self::Below(format!(".{name}"))),
            (true, false) => Ok(Self::Exact(lower)),
        }
    }
}

fn is_name(name: &str) -> bool {
    name.split('.').all(|label| {
        !label.is_empty() && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
    })
}

/// Where a protected system answers.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct UpstreamAddress {
    /// Whether it is spoken to over TLS.
    pub tls: bool,
    /// Name or address, without brackets.
    pub host: String,
    /// Port.
    pub port: u16,
    /// `host:port` as it stands in a Host header.
    pub authority: String,
}

impl UpstreamAddress {
    /// Reads `http://host:port` or `https://host:port`.
    pub fn parse(text: &str) -> Result<Self, SpecError> {
        let error = || wrong("upstreams", format!("upstream {text:?} is not http://host:port or https://host:port"));
        let uri: Uri = text.parse().map_err(|_| error())?;
        let tls = match uri.scheme() {
            Some(scheme) if *scheme == Scheme::HTTP => false,
            Some(scheme) if *scheme == Scheme::HTTPS => true,
            _ => return Err(error()),
        };
        let authority: &Authority = uri.authority().ok_or_else(error)?;
        if authority.as_str().contains('@') || !matches!(uri.path(), "" | "/") || uri.query().is_some() {
            return Err(error());
        }
        let host = authority.host().trim_start_matches('[').trim_end_matches(']').to_ascii_lowercase();
        let port = authority.port_u16().unwrap_or(if tls { 443 } else { 80 });
        if host.is_empty() || port == 0 {
            return Err(error());
        }
        let literal: Option<IpAddr> = host.parse().ok();
        if literal.is_some_and(is_forbidden_upstream) || is_metadata_name(&host) {
            return Err(wrong("upstreams", format!("upstream {text:?} is a link-local or metadata address")));
        }
        Ok(Self { tls, host, port, authority: authority.as_str().to_ascii_lowercase() })
    }
}

impl std::fmt::Display for UpstreamAddress {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}://{}", if self.tls { "https" } else { "http" }, self.authority)
    }
}

/// Addresses that no upstream may have: link-local ones and the metadata services of clouds (gateway.md §6). Names are
/// checked again after each resolution.
pub fn is_forbidden_upstream(address: IpAddr) -> bool {
    match address.to_canonical() {
        // 169.254.169.254 (most clouds) is link-local; 100.100.100.200 is that of Alibaba Cloud.
        IpAddr::V4(v4) => v4.is_link_local() || v4.octets() == [100, 100, 100, 200] || v4.is_unspecified(),
        // fe80::/10, and fd00:ec2::254 of Amazon.
        IpAddr::V6(v6) => {
            v6.is_unicast_link_local() || v6.segments() == [0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254] || v6.is_unspecified()
        }
    }
}

fn is_metadata_name(host: &str) -> bool {
    matches!(host, "metadata" | "metadata.google.internal" | "metadata.tencentyun.com" | "instance-data")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn policy_sets_an_object_up_and_the_object_changes_what_it_says() {
        let object = |mode, inspect_limit_bytes| ObjectSpec {
            id: "a".into(),
            name: "a".into(),
            hosts: Vec::new(),
            path_prefix: "/".into(),
            upstreams: Vec::new(),
            mode,
            policy: Policy::Strict,
            on_error: OnError::Pass,
            inspect_limit_bytes,
            health_path: None,
            generation: 0,
            origin: Origin::File,
        };
        let blocks = object(Mode::Block, Some(7));
        let strict = blocks.engine_options(Policy::Strict);
        assert_eq!((strict.mode, strict.threshold_in, strict.limits.form_bytes), (EngineMode::Block, 3, 7));
        assert_eq!(strict.limits.json_depth, Limits::default().json_depth);
        assert_eq!(blocks.engine_options(Policy::Balanced).threshold_in, 5);
        assert_eq!(blocks.engine_options(Policy::Crs).mode, EngineMode::Block);
        assert_eq!(blocks.engine_options(Policy::Observe).mode, EngineMode::Observe, "the policy never blocks");
        assert_eq!(object(Mode::Observe, None).engine_options(Policy::Strict).mode, EngineMode::Observe);
        assert_eq!(object(Mode::Bypass, None).engine_options(Policy::Observe).mode, EngineMode::Off);
    }

    #[test]
    fn words_of_policies_are_those_of_the_engine_and_of_the_api() {
        let read = |word: &str| serde_json::from_value::<Policy>(word.into()).ok();
        for policy in Policy::ALL {
            assert_eq!(read(policy.as_str()), Some(policy));
        }
        assert_eq!(read("lenient"), None);
    }

    #[test]
    fn upstreams_that_lead_to_metadata_services_are_refused() {
        for text in [
            "http://169.254.169.254",
            "http://[fe80::1]:80",
            "http://[::ffff:169.254.169.254]",
            "http://100.100.100.200",
            "http://metadata.google.internal",
            "http://[fd00:ec2::254]",
        ] {
            assert!(UpstreamAddress::parse(text).is_err(), "{text}");
        }
        for text in ["ftp://a", "http://", "http://a/path", "http://u@a", "a:80", "http://a:0", ""] {
            assert!(UpstreamAddress::parse(text).is_err(), "{text}");
        }
        let address = UpstreamAddress::parse("https://Tj.Example.org").unwrap();
        assert_eq!((address.tls, address.port, address.host.as_str()), (true, 443, "tj.example.org"));
        assert_eq!(UpstreamAddress::parse("http://[::1]:81").unwrap().host, "::1");
    }

    #[test]
    fn host_patterns_are_names_below_or_any() {
        assert_eq!(HostPattern::parse("Tj.Example.org").unwrap(), HostPattern::Exact("tj.example.org".into()));
        assert_eq!(HostPattern::parse("*.example.org").unwrap(), HostPattern::Below(".example.org".into()));
        assert_eq!(HostPattern::parse("*").unwrap(), HostPattern::Any);
        for text in ["", "a:80", "*a", "*.", "a..b", "a b", "http://a"] {
            assert!(HostPattern::parse(text).is_err(), "{text}");
        }
    }
}
