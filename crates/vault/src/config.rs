//! Section `[vault]` of `medward.toml`.

use std::path::PathBuf;
use std::time::Duration;

use medward_kernel::config::{DurationText, Section, SizeText};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

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
    /// Longest time one search may take; what was found until then is shown as incomplete.
    pub search_timeout: DurationText,
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
            search_timeout: DurationText(Duration::from_secs(30)),
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
    }
}
