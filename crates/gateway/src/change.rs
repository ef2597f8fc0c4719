//! A change of the policy: who makes it, and why it is refused.

use medward_contract::PortError;
use medward_contract::id::ApprovalId;
use medward_kernel::audit::Begun;
use medward_store::StoreError;

use crate::compile::{PolicyError, PolicyErrors};
use crate::eyes::Asker;
use crate::model::RuleSet;

/// Who changes the policy, and what they say about it.
#[derive(Debug, Clone, Copy)]
pub struct By<'a> {
    /// The audit record of the change.
    pub change: &'a Begun,
    /// Login of the author.
    pub author: &'a str,
    /// Why, in the author's words; may be empty.
    pub reason: &'a str,
    /// For whom a second person is asked, and on which approval it runs.
    pub asker: &'a Asker,
}

/// Why a change of the policy is refused.
#[derive(Debug, thiserror::Error)]
pub enum ChangeError {
    /// The item does not exist.
    #[error("find it: there is none with this id")]
    Unknown,
    /// The object stands in a file.
    #[error("change the object: it is written in medward.toml")]
    InFile,
    /// Somebody changed it meanwhile.
    #[error("change it: somebody else changed it first")]
    Changed,
    /// Others need it.
    #[error("remove it: {0}")]
    InUse(String),
    /// The generation to go back to never was.
    #[error("go back to policy {wanted}: the newest is {latest}")]
    NoSuchGeneration {
        /// What was asked for.
        wanted: i64,
        /// What there is.
        latest: i64,
    },
    /// It is so already.
    #[error("change it: it says that already")]
    Same,
    /// What is stored is not what this program writes.
    #[error("read it: {0}")]
    Unreadable(String),
    /// The item asks for rules that do not run.
    #[error(transparent)]
    Policy(#[from] PolicyFault),
    /// The policy would not compile.
    #[error(transparent)]
    Invalid(#[from] PolicyErrors),
    /// No approval covers so much.
    #[error("ask for approval of so much at once: change it in parts")]
    TooMuch,
    /// A second person has to approve it first.
    #[error("change it: it waits for approval {0}")]
    NeedsApproval(ApprovalId),
    /// The approval does not let this change through.
    #[error("change it with the approval")]
    Approval(#[source] PortError),
    /// The database failed.
    #[error("store the policy")]
    Store(#[from] StoreError),
}

/// Rules that do not run, and why.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("use the {rules}: {reason}")]
pub struct PolicyFault {
    pub(crate) rules: RuleSet,
    pub(crate) reason: String,
}

impl ChangeError {
    /// Field to correct, when one is to blame.
    pub fn field(&self) -> Option<&'static str> {
        let errors = match self {
            Self::Policy(_) => return Some("policy"),
            Self::Invalid(PolicyErrors(errors)) => errors,
            _ => return None,
        };
        errors.first().map(|error| match error {
            PolicyError::Spec { source, .. } => source.field,
            PolicyError::Overlap { .. } => "hosts",
            PolicyError::Name { .. } => "name",
        })
    }
}
