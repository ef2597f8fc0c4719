//! A protected object (防护对象): which requests belong to it and where they go.

use medward_proxy::{AddressError, HostPattern, UpstreamAddress};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Kind, Settings, Spec, SpecError, check_name, wrong};

/// Most hosts and most upstreams of one object.
pub const MAX_ENTRIES: usize = 256;

/// What somebody writes about a protected object.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ObjectSpec {
    /// Name in events.
    pub name: String,
    /// Exact names, `*.example.org`, or `*` for everything.
    pub hosts: Vec<String>,
    /// Path prefix on segment boundaries.
    #[serde(default = "root")]
    pub path_prefix: String,
    /// Addresses of the protected system, `http://10.1.2.3:8080`; naming one twice gives it a double share.
    pub upstreams: Vec<String>,
    /// Path that health checks ask for; a TCP connection is enough when absent.
    #[serde(default)]
    pub health_path: Option<String>,
    /// The group it belongs to.
    #[serde(default)]
    pub group_id: Option<String>,
    /// What it sets for itself; the rest comes from its group, that group's template, and the default.
    #[serde(default)]
    pub settings: Settings,
}

impl ObjectSpec {
    /// Its hosts, understood.
    pub(crate) fn host_patterns(&self) -> Result<Vec<HostPattern>, SpecError> {
        let wrong = |error: AddressError| wrong("hosts", error.to_string());
        self.hosts.iter().map(|host| HostPattern::parse(host).map_err(wrong)).collect()
    }

    /// Its upstreams, understood.
    pub(crate) fn upstream_addresses(&self) -> Result<Vec<UpstreamAddress>, SpecError> {
        let wrong = |error: AddressError| wrong("upstreams", error.to_string());
        self.upstreams.iter().map(|upstream| UpstreamAddress::parse(upstream).map_err(wrong)).collect()
    }
}

pub(crate) fn root() -> String {
    "/".to_owned()
}

impl Spec for ObjectSpec {
    const KIND: Kind = Kind::Object;

    fn name(&self) -> &str {
        &self.name
    }

    fn check(&self) -> Result<(), SpecError> {
        check_name(&self.name)?;
        if self.hosts.is_empty() {
            return Err(wrong("hosts", "hosts names no host; write host names, or \"*\" for everything"));
        }
        if self.upstreams.is_empty() {
            return Err(wrong("upstreams", "upstreams names no address; write http://host:port"));
        }
        if self.hosts.len() > MAX_ENTRIES || self.upstreams.len() > MAX_ENTRIES {
            return Err(wrong("hosts", format!("hosts and upstreams may have {MAX_ENTRIES} entries each")));
        }
        self.host_patterns()?;
        self.upstream_addresses()?;
        check_path("path_prefix", &self.path_prefix)?;
        if let Some(path) = &self.health_path {
            check_path("health_path", path)?;
        }
        self.settings.check()
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
