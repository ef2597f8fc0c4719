//! Section `[gateway]` of `medward.toml`: how this node listens, and objects that are written down instead of being
//! changed in the console.

use std::num::NonZeroU32;
use std::path::PathBuf;

use ipnet::IpNet;
use medward_defence::window::{Day, Holidays};
use medward_kernel::config::{SecretRef, Section, SizeText, listen_address};
use medward_proxy::{ConnectionLimits, RedisAddress, Timeouts, Zones};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::compile::{self, PolicyErrors};
use crate::crs::{CrsPlace, CrsSettings};
use crate::model::{CrsLevels, Item, Mode, ObjectSpec, OnError, Origin, Policy, Settings, Spec as _, Written, root};

/// Settings of the gateway on this node.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct GatewayConfig {
    /// Address of the plain HTTP listener; empty turns it off.
    pub http: String,
    /// Address of the HTTPS listener (HTTP/1.1 and HTTP/2); empty turns it off.
    pub https: String,
    /// Address of the transparent listener for HTTP, IPv4 (`0.0.0.0:15080`): connections to the protected systems that the
    /// firewall brings here go on with the client's address (TPROXY). Needs CAP_NET_ADMIN; see `medward gateway tproxy`.
    pub tproxy_http: String,
    /// The same for HTTPS.
    pub tproxy_https: String,
    /// PEM certificate chain of the HTTPS listener; default: self-signed, made at first start.
    pub certificate: Option<PathBuf>,
    /// PEM private key of that certificate.
    pub private_key: Option<PathBuf>,
    /// Networks of proxies in front of the gateway, whose `X-Forwarded-For` is believed, for example `["10.0.0.0/8"]`.
    #[schemars(with = "Vec<String>")]
    pub trusted_proxies: Vec<IpNet>,
    /// Port by which clients reach HTTPS, where a firewall changes it: sites that send plain HTTP on to HTTPS name it. By
    /// default the port of `https`.
    pub public_https_port: Option<u16>,
    /// PEM file with certification authorities that `https://` upstreams are checked against, beside the public ones.
    pub upstream_ca: Option<PathBuf>,
    /// MMDB file, laid out as GeoIP2 Country or City, that tells the country and region of clients; read again when it
    /// changes. Default: none, and no rule or limit can ask for them.
    pub region_database: Option<PathBuf>,
    /// Which networks are inside the hospital, and which are those of its VPN.
    pub zones: Zones,
    /// Holidays (节假日) of time windows, `["2026-10-01", "2026-10-02"]`. None are built in: the State Council publishes them
    /// each year.
    #[schemars(with = "Vec<String>")]
    pub holidays: Vec<Day>,
    /// Whether a second security administrator has to approve every change of the policy (四眼原则). Default: no, one person
    /// may. Bans and certificates are not part of it.
    pub four_eyes: bool,
    /// How long the gateway waits for whom.
    pub timeouts: Timeouts,
    /// How much the gateway takes.
    pub limits: ConnectionLimits,
    /// The OWASP CRS for objects with `policy = "crs"`.
    pub crs: CrsConfig,
    /// Counters of limits that the nodes of one house share.
    pub shared_counters: SharedCountersConfig,
    /// Protected objects written down here. They are shown in the console and cannot be changed there.
    #[serde(rename = "object")]
    pub objects: Vec<ObjectConfig>,
}

/// `[gateway.crs]`: an OWASP CRS that the operator has installed, a release of CRS 4. Its files are read at start and
/// again when they change.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct CrsConfig {
    /// Folder with `rules/` and `crs-setup.conf` (or `crs-setup.conf.example`); default: none, and no object can have the
    /// policy `crs`.
    pub directory: Option<PathBuf>,
    /// Its setup file when it stands elsewhere, such as `/etc/modsecurity/crs/crs-setup.conf`; exclusions beside it
    /// (`REQUEST-900*.conf`, `RESPONSE-999*.conf`) are read, too.
    pub setup: Option<PathBuf>,
    /// Paranoia level up to which rules score towards a block, 1 to 4; default: what the setup says.
    pub paranoia_level: Option<u8>,
    /// Paranoia level up to which rules are asked and recorded, 1 to 4; default: `paranoia_level`.
    pub detection_paranoia_level: Option<u8>,
    /// Score at which a request is blocked; default: what the setup says.
    pub inbound_threshold: Option<u16>,
    /// Score at which a response is blocked; default: what the setup says.
    pub outbound_threshold: Option<u16>,
}

/// `[gateway.shared_counters]`: limits count on all nodes together, over one Redis. Every 100 ms a node hears what the
/// others have counted, so a limit can be passed by what arrives in that time. While Redis does not answer, each node enforces its part
/// of every limit. Token buckets always have their part on each node; different values are counted by each node for itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct SharedCountersConfig {
    /// `redis://host:port`, with TLS `rediss://host:port`, or `redis+unix:///path`; with `/database` if it is not 0. TLS
    /// trusts the public authorities and those of `gateway.upstream_ca`. Not a Redis Cluster. Default: none, and each node
    /// counts for itself.
    pub redis: Option<String>,
    /// Whom to log in as; default: the default user of Redis.
    pub username: Option<String>,
    /// Where the password is kept, `{ file = "…" }` or `{ env = "…" }`.
    pub password: Option<SecretRef>,
    /// How many nodes share the counters: each takes its part of a limit while Redis does not answer, 1 to 1000.
    pub nodes: NonZeroU32,
    /// What the names of all keys in Redis begin with; houses that share a Redis differ in it.
    pub prefix: String,
}

/// `[[gateway.object]]`: one protected object (防护对象).
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ObjectConfig {
    /// Name in events and in the console.
    pub name: String,
    /// Exact names, `*.example.org`, or `*` for everything.
    pub hosts: Vec<String>,
    /// Path prefix on segment boundaries.
    #[serde(default = "root")]
    pub path_prefix: String,
    /// Addresses of the protected system, `http://10.1.2.3:8080`; naming one twice gives it a double share.
    pub upstreams: Vec<String>,
    /// `block`, `observe` or `bypass`; default: `block`.
    #[serde(default)]
    pub mode: Option<Mode>,
    /// Rules it is judged by: `balanced`, `observe`, `strict` or `crs` (see `gateway.crs`); default: `balanced`.
    #[serde(default)]
    pub policy: Option<Policy>,
    /// When the engine fails on a request: `pass` (with an alarm) or `block`; default: `pass`.
    #[serde(default)]
    pub on_error: Option<OnError>,
    /// How much of a body is held back and inspected; default: 128 KiB of a form, 1 MiB of JSON or XML, 64 KiB else.
    #[serde(default)]
    pub inspect_limit: Option<SizeText>,
    /// Path that health checks ask for; default: a TCP connection is enough.
    #[serde(default)]
    pub health_path: Option<String>,
}

impl Default for GatewayConfig {
    fn default() -> Self {
        Self {
            http: "127.0.0.1:8080".to_owned(),
            https: "127.0.0.1:8443".to_owned(),
            tproxy_http: String::new(),
            tproxy_https: String::new(),
            certificate: None,
            private_key: None,
            trusted_proxies: Vec::new(),
            public_https_port: None,
            upstream_ca: None,
            region_database: None,
            zones: Zones::default(),
            holidays: Vec::new(),
            four_eyes: false,
            timeouts: Timeouts::default(),
            limits: ConnectionLimits::default(),
            crs: CrsConfig::default(),
            shared_counters: SharedCountersConfig::default(),
            objects: Vec::new(),
        }
    }
}

impl Section for GatewayConfig {
    fn validate(&self) -> Result<(), String> {
        for (key, address) in [("http", &self.http), ("https", &self.https)] {
            if !address.is_empty() {
                listen_address(key, address)?;
            }
        }
        if self.certificate.is_some() != self.private_key.is_some() {
            return Err("certificate and private_key must be set together".to_owned());
        }
        Holidays::new(self.holidays.iter().copied()).map_err(|error| format!("holidays: {error}"))?;
        self.crs.check()?;
        self.shared_counters.check()?;
        let written = Written { objects: self.objects.iter().map(ObjectConfig::item).collect(), ..Written::default() };
        if let Err(PolicyErrors(errors)) = compile::check(&written) {
            return Err(errors.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "));
        }
        match self.objects.iter().find(|object| object.policy == Some(Policy::Crs)) {
            Some(object) if self.crs.directory.is_none() => Err(format!(
                "object {:?}: the policy crs needs crs.directory, the folder of an installed OWASP CRS",
                object.name
            )),
            _ => Ok(()),
        }
    }
}

impl GatewayConfig {
    /// Days that count as holidays in time windows. A section with too many of them was refused.
    pub(crate) fn holiday_list(&self) -> Holidays {
        Holidays::new(self.holidays.iter().copied()).unwrap_or_default()
    }
}

impl CrsConfig {
    fn check(&self) -> Result<(), String> {
        if self.directory.is_none() && *self != Self::default() {
            return Err("crs.directory must be set when anything else of crs is".to_owned());
        }
        let (blocking, detection) = (self.paranoia_level, self.detection_paranoia_level);
        for (key, level) in [("paranoia_level", blocking), ("detection_paranoia_level", detection)] {
            if level.is_some_and(|level| !(1..=4).contains(&level)) {
                return Err(format!("crs.{key} must be 1, 2, 3 or 4"));
            }
        }
        if blocking.zip(detection).is_some_and(|(blocking, detection)| detection < blocking) {
            return Err("crs.detection_paranoia_level must not be below crs.paranoia_level".to_owned());
        }
        for (key, threshold) in
            [("inbound_threshold", self.inbound_threshold), ("outbound_threshold", self.outbound_threshold)]
        {
            if threshold == Some(0) {
                return Err(format!("crs.{key} must be at least 1: a score of 0 is that of an honest request"));
            }
        }
        Ok(())
    }

    /// Where the CRS is, when there is one.
    pub fn place(&self) -> Option<CrsPlace> {
        Some(CrsPlace { directory: self.directory.clone()?, setup: self.setup.clone() })
    }

    /// How it is set up for objects that want these levels.
    pub fn settings(&self, levels: CrsLevels) -> CrsSettings {
        let thresholds = [
            ("inbound_anomaly_score_threshold", levels.inbound_threshold.or(self.inbound_threshold)),
            ("outbound_anomaly_score_threshold", levels.outbound_threshold.or(self.outbound_threshold)),
        ];
        let (paranoia, detection) = match levels.paranoia {
            Some(level) => (Some(level), levels.detection_paranoia),
            None => (self.paranoia_level, self.detection_paranoia_level),
        };
        CrsSettings {
            blocking_paranoia: paranoia,
            // Never below the other: a CRS refuses every request when it is.
            detection_paranoia: detection.or(paranoia),
            variables: thresholds
                .into_iter()
                .filter_map(|(name, threshold)| Some((name, u32::from(threshold?))))
                .collect(),
            ..CrsSettings::as_installed()
        }
    }
}

impl Default for SharedCountersConfig {
    fn default() -> Self {
        Self { redis: None, username: None, password: None, nodes: NonZeroU32::MIN, prefix: "mw:rl".to_owned() }
    }
}

impl SharedCountersConfig {
    fn check(&self) -> Result<(), String> {
        let Some(redis) = &self.redis else {
            let is_empty = *self == Self::default();
            return if is_empty {
                Ok(())
            } else {
                Err("shared_counters.redis must be set when anything else of shared_counters is".to_owned())
            };
        };
        RedisAddress::parse(redis).map_err(|error| format!("shared_counters.redis: {error}"))?;
        if self.nodes.get() > 1_000 {
            return Err("shared_counters.nodes must be 1 to 1000".to_owned());
        }
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b":._-".contains(&byte);
        if !(1..=64).contains(&self.prefix.len()) || !self.prefix.bytes().all(is_plain) {
            return Err("shared_counters.prefix must be 1 to 64 letters, digits, or `:._-`".to_owned());
        }
        Ok(())
    }
}

impl ObjectConfig {
    /// The object it describes.
    pub fn item(&self) -> Item<ObjectSpec> {
        let settings = Settings {
            mode: self.mode,
            policy: self.policy,
            on_error: self.on_error,
            inspect_limit_bytes: self.inspect_limit.map(|size| size.0),
            ..Settings::default()
        };
        let spec = ObjectSpec {
            name: self.name.clone(),
            hosts: self.hosts.clone(),
            path_prefix: self.path_prefix.clone(),
            upstreams: self.upstreams.clone(),
            health_path: self.health_path.clone(),
            group_id: None,
            settings,
        };
        Item { id: format!("file:{}", self.name), generation: 0, origin: Origin::File, spec }
    }
}

/// The value of `gateway.object` that protects everything that arrives with one catch-all object in block mode, for
/// `medward up --protect URL`. It is TOML: hand it to `Override::option("--protect", &["gateway", "object"], …)`.
///
/// # Errors
/// Says what is wrong with the URL.
pub fn protect_config(url: &str) -> Result<String, String> {
    let object = ObjectConfig {
        name: "site".to_owned(),
        hosts: vec!["*".to_owned()],
        path_prefix: root(),
        upstreams: vec![url.trim_end_matches('/').to_owned()],
        mode: Some(Mode::Block),
        policy: None,
        on_error: None,
        inspect_limit: None,
        health_path: None,
    };
    object.item().spec.check().map_err(|error| error.to_string())?;
    let quoted = toml::Value::String(object.upstreams.concat());
    Ok(format!("[{{ name = \"site\", hosts = [\"*\"], upstreams = [{quoted}], mode = \"block\" }}]"))
}

#[cfg(test)]
mod tests {
    use medward_kernel::config::{LoadedConfig, Override};

    use super::*;

    #[test]
    fn protecting_a_url_is_one_catch_all_object_in_block_mode() {
        let value = protect_config("http://127.0.0.1:3000/").unwrap();
        let overrides = vec![Override::option("--protect", &["gateway", "object"], value)];
        let config: GatewayConfig =
            LoadedConfig::from_text(None, String::new(), overrides).unwrap().section("gateway").unwrap();
        assert_eq!(config.objects.len(), 1);
        assert_eq!(config.objects[0].hosts, ["*"]);
        assert_eq!(config.objects[0].upstreams, ["http://127.0.0.1:3000"]);
        assert_eq!(config.objects[0].mode, Some(Mode::Block));
        assert!(protect_config("ftp://x").unwrap_err().contains("http://"));
    }

    fn check(text: &str, expected: &str) {
        let loaded = LoadedConfig::from_text(None, text.to_owned(), Vec::new()).unwrap();
        let error = loaded.section::<GatewayConfig>("gateway").unwrap_err().to_string();
        assert!(error.contains(expected), "{error}");
    }

    #[test]
    fn wrong_settings_are_named_with_the_remedy() {
        check("[gateway]\nhttp = \"8080\"\n", "defaults:2");
        check("[gateway]\ncertificate = \"a.pem\"\n", "must be set together");
        check(
            "[[gateway.object]]\nname = \"a\"\nhosts = [\"*\"]\nupstreams = [\"10.0.0.1\"]\n",
            "object \"a\": upstream \"10.0.0.1\" is not http://host:port or https://host:port",
        );
        let object = |name: &str, host: &str| {
            format!("[[gateway.object]]\nname = \"{name}\"\nhosts = [\"{host}\"]\nupstreams = [\"http://a\"]\n")
        };
        check(
            &(object("x", "a") + &object("y", "a")),
            "objects \"x\" and \"y\" both answer for a/: give one another host or path_prefix",
        );
        check(&(object("x", "a") + &object("x", "b")), "two objects are called \"x\"");
        check("[[gateway.object]]\nname = \"a\"\nhosts = []\nupstreams = [\"http://a\"]\n", "names no host");
        check(
            "[[gateway.object]]\nname = \"a\"\nhosts = [\"*\"]\nmode = \"off\"\nupstreams = []\n",
            "expected one of `block`, `observe`, `bypass`",
        );
        let judged_by = |policy: &str| format!("{}policy = \"{policy}\"\n", object("a", "a"));
        check(&judged_by("lenient"), "expected one of `balanced`, `observe`, `strict`, `crs`");
        check(&judged_by("crs"), "object \"a\": the policy crs needs crs.directory");
        check("[gateway.crs]\nparanoia_level = 1\n", "crs.directory must be set");
        let crs = |more: &str| format!("[gateway.crs]\ndirectory = \"/crs\"\n{more}\n");
        check(&crs("paranoia_level = 5"), "crs.paranoia_level must be 1, 2, 3 or 4");
        check(&crs("detection_paranoia_level = 0"), "crs.detection_paranoia_level must be 1, 2, 3 or 4");
        check(&crs("paranoia_level = 3\ndetection_paranoia_level = 2"), "must not be below");
        let shared = |text: &str| format!("[gateway.shared_counters]\n{text}\n");
        check(&shared("nodes = 3"), "shared_counters.redis must be set");
        check(&shared("redis = \"10.0.0.5\""), "shared_counters.redis: expected redis://host:port");
        check(&shared("redis = \"redis://:secret@10.0.0.5\""), "without a password");
        check(&shared("redis = \"redis://10.0.0.5\"\nnodes = 0"), "expected a nonzero u32");
        check(&shared("redis = \"redis://10.0.0.5\"\nnodes = 2000"), "shared_counters.nodes must be 1 to 1000");
        check(&shared("redis = \"redis://10.0.0.5\"\nprefix = \"a b\""), "shared_counters.prefix must be");
        check(&shared("redis = \"redis://10.0.0.5\"\npassword = \"secret\""), "expected `file` or `env`");
        check("[gateway]\nholidays = [\"2026-10-01\",\"1.10.\"]\n", "defaults:2: gateway: \"1.10.\" is not a date");
        check("[gateway]\nholidays = [\"2026-02-30\"]\n", "\"2026-02-30\" is not a date like 2026-10-01");
        check("[gateway.zones]\nvpn = [\"10.8.0.0/33\"]\n", "defaults:2");
        check(&crs("inbound_threshold = 0"), "crs.inbound_threshold must be at least 1");
    }

    #[test]
    fn settings_of_the_crs_are_those_that_are_written_and_levels_agree() {
        let as_installed = CrsConfig { directory: Some("/crs".into()), ..CrsConfig::default() };
        assert_eq!(as_installed.settings(CrsLevels::default()), CrsSettings::as_installed());
        assert_eq!(as_installed.place().unwrap().directory, PathBuf::from("/crs"));
        assert_eq!(CrsConfig::default().place(), None);
        let third = CrsConfig { paranoia_level: Some(3), outbound_threshold: Some(9), ..as_installed };
        let other = third.settings(CrsLevels { paranoia: Some(1), inbound_threshold: Some(7), ..CrsLevels::default() });
        assert_eq!((other.blocking_paranoia, other.detection_paranoia), (Some(1), Some(1)));
        let thresholds = [("inbound_anomaly_score_threshold", 7), ("outbound_anomaly_score_threshold", 9)];
        assert_eq!(other.variables, thresholds, "what an object does not say is what the file says");
        let third = third.settings(CrsLevels::default());
        assert_eq!((third.blocking_paranoia, third.detection_paranoia), (Some(3), Some(3)));
        assert_eq!(third.variables, [("outbound_anomaly_score_threshold", 9)]);
    }

    #[test]
    fn default_section_round_trips_through_toml() {
        let text = toml::to_string_pretty(&GatewayConfig::default()).unwrap();
        let back: GatewayConfig = toml::from_str(&text).unwrap();
        assert_eq!(back.limits.connections_per_address, 200);
    }
}
