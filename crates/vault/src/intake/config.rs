//! Section `[vault.syslog]` of `medward.toml`.

use std::path::PathBuf;
use std::time::Duration;

use medward_kernel::config::{DurationText, listen_address};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Doors for the logs of other machines; each is closed until it has an address.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct SyslogConfig {
    /// Address of the UDP door, usually `"0.0.0.0:514"`; empty turns it off. Datagrams may be lost on their way.
    pub udp: String,
    /// Address of the TCP door, usually `"0.0.0.0:601"`; empty turns it off.
    pub tcp: String,
    /// Address of the TLS door (RFC 5425), usually `"0.0.0.0:6514"`; empty turns it off.
    pub tls: String,
    /// PEM certificate chain of the TLS door.
    pub certificate: Option<PathBuf>,
    /// PEM private key of that certificate.
    pub private_key: Option<PathBuf>,
    /// PEM certificates of authorities; when set, only senders with a certificate of theirs are let in at the TLS door.
    pub client_ca: Option<PathBuf>,
    /// Zone of times that name none, an offset (`"+08:00"`) or a name this machine knows (`"Asia/Shanghai"`).
    pub time_zone: String,
    /// Most connections to the TCP and TLS doors at once, for each of them.
    pub max_connections: usize,
    /// A connection that sends nothing for so long is closed; senders open another when they have something to say.
    pub idle_timeout: DurationText,
}

impl Default for SyslogConfig {
    fn default() -> Self {
        Self {
            udp: String::new(),
            tcp: String::new(),
            tls: String::new(),
            certificate: None,
            private_key: None,
            client_ca: None,
            time_zone: "+08:00".to_owned(),
            max_connections: 4096,
            idle_timeout: DurationText(Duration::from_mins(10)),
        }
    }
}

impl SyslogConfig {
    pub(crate) fn validate(&self) -> Result<(), String> {
        for (key, address) in [("udp", &self.udp), ("tcp", &self.tcp), ("tls", &self.tls)] {
            if !address.is_empty() {
                listen_address(&format!("syslog.{key}"), address)?;
            }
        }
        if !self.tls.is_empty() && (self.certificate.is_none() || self.private_key.is_none()) {
            return Err("syslog.tls needs syslog.certificate and syslog.private_key".to_owned());
        }
        if medward_intake::zone(&self.time_zone).is_none() {
            return Err(format!(
                "syslog.time_zone = {:?} is neither an offset nor a zone this machine knows",
                self.time_zone
            ));
        }
        if !(1..=65_536).contains(&self.max_connections) {
            return Err(format!("syslog.max_connections = {} is not between 1 and 65536", self.max_connections));
        }
        if self.idle_timeout.0 < Duration::from_secs(1) {
            return Err(format!("syslog.idle_timeout = \"{}\" is shorter than \"1s\"", self.idle_timeout));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn default_opens_nothing_and_wrong_values_name_their_key() {
        assert_eq!(SyslogConfig::default().validate(), Ok(()));
        let check = |key: &str, change: fn(&mut SyslogConfig)| {
            let mut config = SyslogConfig::default();
            change(&mut config);
            assert!(config.validate().unwrap_err().starts_with(&format!("syslog.{key}")), "{key}");
        };
        check("udp", |config| config.udp = ":514".to_owned());
        check("tls", |config| config.tls = "0.0.0.0:6514".to_owned());
        check("time_zone", |config| config.time_zone = "Nowhere".to_owned());
        check("max_connections", |config| config.max_connections = 0);
        check("idle_timeout", |config| config.idle_timeout = DurationText(Duration::ZERO));
    }
}
