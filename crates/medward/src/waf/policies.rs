//! Which rules the commands judge by: a built-in policy, or those of an installed CRS.

use std::path::PathBuf;
use std::sync::Arc;

use anyhow::{Result, anyhow};
use clap::Args;
use medward_waf::policy::BuiltIn;
use medward_waf::{ObjectOptions, Program};

use super::crs::{self, CrsSettings};
use crate::cli::WrongUse;

/// The options that name a policy.
#[derive(Args)]
pub(super) struct PolicyArgs {
    /// Policy to judge by: balanced, observe, strict or crs.
    #[arg(long, value_name = "POLICY")]
    policy: String,
    /// With --policy crs: folder of an installed CRS, with crs-setup.conf (or .example) and rules/.
    #[arg(long, value_name = "DIR")]
    crs: Option<PathBuf>,
}

/// Compiled rules, and how an object that uses them is set up.
pub(super) struct Policy {
    pub(super) program: Arc<Program>,
    pub(super) options: ObjectOptions,
}

impl PolicyArgs {
    /// The policy that is meant.
    pub(super) fn load(&self) -> Result<Policy> {
        let name = self.policy.as_str();
        match (BuiltIn::from_name(name), name, &self.crs) {
            (Some(policy), _, None) => Policy::built_in(policy),
            (None, "crs", Some(folder)) => {
                let (program, _) = crs::compile(&crs::read(folder, &CrsSettings::as_installed())?)?;
                Ok(Policy { program, options: ObjectOptions::default() })
            }
            (None, "crs", None) => Err(wrong("use the policy crs: --crs must name the folder of an installed CRS")),
            (Some(_), _, Some(_)) => Err(wrong(&format!("use --crs with the policy {name}: it belongs to crs"))),
            _ => {
                let known = BuiltIn::ALL.map(BuiltIn::name).join(", ");
                Err(wrong(&format!("find the policy {name:?}: there is no such policy; there is {known} and crs")))
            }
        }
    }
}

impl Policy {
    pub(super) fn built_in(policy: BuiltIn) -> Result<Self> {
        let program = policy.program().map_err(|errors| {
            let first = errors.into_iter().next().map_or_else(String::new, |error| error.to_string());
            anyhow!("compile the policy {}: {first}", policy.name())
        })?;
        Ok(Self { program, options: policy.options() })
    }
}

fn wrong(what: &str) -> anyhow::Error {
    WrongUse(what.to_owned()).into()
}
