//! Section `[vault]` of `medward.toml`.

use std::path::PathBuf;
use std::time::Duration;

use medward_kernel::config::{DurationText, Section, SizeText};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::intake::SyslogConfig;
use crate::keys::is_site_id;

/// Settings of the log vault on this node.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct VaultConfig {
    /// Directory of the vault; default: `vault` in the data directory.
    pub dir: Option<PathBuf>,
    /// Id of this site in every checkpoint, `[a-z0-9.-]{1,32}`; cannot change once the vault exists. Default: the site
    /// id of this installation.
    pub site_id: Option<String>,
    /// Longest time an event waits for others before both are written, at most `"50ms"`.
    pub commit_interval: DurationText,
    /// Time between two signed checkpoints of a stream that grew; 10,000 records make one earlier.
    pub checkpoint_interval: DurationText,
    /// Space kept back for the last records of a full disk; default: 5 % of the file system, at most `"2GiB"`.
    pub reserve: Option<SizeText>,
    /// Most space that events waiting for a slow or full disk may take, for each of two queues.
    pub spool: SizeText,
    /// Where copies of signed checkpoints are kept outside this machine; without one nobody else can tell that history was
    /// rewritten with the key.
    pub anchor: Vec<AnchorConfig>,
    /// Longest time one search may take; what was found until then is shown as incomplete.
    pub search_timeout: DurationText,
    /// Doors for the logs of other machines.
    pub syslog: SyslogConfig,
}

/// One place for copies of signed checkpoints.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AnchorConfig {
    /// Its name in records, `[a-z0-9.-]{1,32}`.
    pub name: String,
    /// An existing folder, mounted from another machine that only lets append to it.
    pub path: PathBuf,
    /// Whether the folder may stand on the file system of the vault, because another program carries it away; else such a folder
    /// is taken for one that is not mounted.
    #[serde(default)]
    pub same_disk: bool,
}

impl Default for VaultConfig {
    fn default() -> Self {
        Self {
            dir: None,
            site_id: None,
            commit_interval: DurationText(Duration::from_millis(10)),
            checkpoint_interval: DurationText(Duration::from_mins(1)),
            reserve: None,
            spool: SizeText(256 << 20),
            anchor: Vec::new(),
            search_timeout: DurationText(Duration::from_secs(30)),
            syslog: SyslogConfig::default(),
        }
    }
}

impl Section for VaultConfig {
    fn validate(&self) -> Result<(), String> {
        if self.commit_interval.0 > Duration::from_millis(50) {
            return Err(format!("commit_interval = \"{}\" is longer than \"50ms\"", self.commit_interval));
        }
        if self.checkpoint_interval.0 < Duration::from_secs(1) || self.checkpoint_interval.0 > Duration::from_mins(10) {
            return Err(format!(
                "checkpoint_interval = \"{}\" is not between \"1s\" and \"10m\"",
                self.checkpoint_interval
            ));
        }
        for (place, anchor) in self.anchor.iter().enumerate() {
            if !is_site_id(&anchor.name) {
                return Err(format!("anchor.name = {:?} is not 1 to 32 of a-z, 0-9, dot and hyphen", anchor.name));
            }
            if self.anchor.iter().skip(place + 1).any(|other| other.name == anchor.name) {
                return Err(format!("anchor.name = {:?} is there twice", anchor.name));
            }
            if !anchor.path.is_absolute() {
                return Err(format!("anchor.path = {:?} is not absolute", anchor.path.display()));
            }
        }
        self.syslog.validate()?;
        match &self.site_id {
            Some(site) if !is_site_id(site) => {
                Err(format!("site_id = {site:?} is not 1 to 32 of a-z, 0-9, dot and hyphen"))
            }
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn default_is_valid_and_wrong_values_name_their_key() {
        assert_eq!(VaultConfig::default().validate(), Ok(()));
        let slow = VaultConfig { commit_interval: DurationText(Duration::from_secs(1)), ..VaultConfig::default() };
        assert!(slow.validate().unwrap_err().starts_with("commit_interval"));
        let site = VaultConfig { site_id: Some("a b".into()), ..VaultConfig::default() };
        assert!(site.validate().unwrap_err().starts_with("site_id"));
        let anchored = |anchors: &[(&str, &str)]| {
            let anchor = |(name, path): &(&str, &str)| AnchorConfig {
                name: (*name).into(),
                path: (*path).into(),
                same_disk: false,
            };
            let anchor = anchors.iter().map(anchor).collect();
            VaultConfig { anchor, ..VaultConfig::default() }.validate()
        };
        assert_eq!(anchored(&[("a", "/mnt/a"), ("b", "/mnt/b")]), Ok(()));
        assert!(anchored(&[("a", "/mnt/a"), ("a", "/mnt/b")]).unwrap_err().contains("twice"));
        assert!(anchored(&[("a", "mnt")]).unwrap_err().contains("absolute"));
        assert!(anchored(&[("A b", "/mnt")]).unwrap_err().starts_with("anchor.name"));
    }
}
