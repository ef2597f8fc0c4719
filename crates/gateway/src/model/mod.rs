//! What a policy says: the words an operator writes and the types they become.
//!
//! A policy is made of items: protected objects (防护对象), the groups they belong to, the templates that groups use,
//! exclusions from rules, custom rules, limits and groups of addresses.
//! [`Written`] is all of them together; [`crate::compile`] makes it run. No SQL, no HTTP.

mod addresses;
mod answers;
mod api;
mod enumeration;
mod exclusion;
mod file;
mod group;
mod guard;
mod object;
mod origin;
mod policy;
mod settings;
mod tls;
mod traffic;
mod waiting;
mod written;

pub use addresses::{AddressGroupSpec, AddressUse};
pub use answers::{AnswerSettings, EffectiveAnswers};
pub use api::{ApiSettings, ApiUse, EffectiveApi, SchemaSpec};
pub use enumeration::EnumerationSettings;
pub use exclusion::{ExclusionSpec, InForce};
pub use file::{FileAddresses, FileExclusion, FileGroup, FileLimit, FileObject, FileRule, FileSchema, PolicyFile};
use group::check_description;
pub use group::{GroupSpec, TemplateSpec};
pub(crate) use guard::Bands;
pub use guard::{GuardArea, GuardSpec, ServiceLevel, SessionBand};
pub(crate) use object::root;
pub use object::{MAX_ENTRIES, ObjectSpec};
pub use origin::SameOriginUse;
pub use policy::Policy;
pub use settings::{CrsLevels, Effective, Given, Layer, MAX_INSPECT_LIMIT_BYTES, RuleSet, RuleSwitch, Settings};
pub(crate) use tls::Trusts;
pub use tls::{ClientCertificates, EffectiveTls, TlsSettings};
pub use traffic::{LimitSpec, RuleSpec, TrafficInForce};
pub use waiting::WaitingRoomSettings;
pub use written::Written;

// Words of the operator that the data path acts on as they are.
pub use medward_proxy::{Mode, OnError};

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

/// Where an item is written down.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Origin {
    /// In `medward.toml`.
    File,
    /// In the database, changed in the console.
    Policy,
}

/// What an item is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// A protected object.
    Object,
    /// A group of them.
    Group,
    /// A template of settings.
    Template,
    /// An exclusion from a rule.
    Exclusion,
    /// A custom rule.
    Rule,
    /// A limit.
    Limit,
    /// A group of addresses.
    Addresses,
    /// The description of an interface.
    Schema,
    /// A guard of applications.
    Guard,
}

impl Kind {
    /// Every one of them.
    pub const ALL: [Self; 9] = [
        Self::Object,
        Self::Group,
        Self::Template,
        Self::Exclusion,
        Self::Rule,
        Self::Limit,
        Self::Addresses,
        Self::Schema,
        Self::Guard,
    ];

    /// The word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Object => "object",
            Self::Group => "group",
            Self::Template => "template",
            Self::Exclusion => "exclusion",
            Self::Rule => "rule",
            Self::Limit => "limit",
            Self::Addresses => "addresses",
            Self::Schema => "schema",
            Self::Guard => "guard",
        }
    }

    /// The kind of this word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == word)
    }
}

/// What somebody writes about one kind of item.
pub trait Spec: Clone + Serialize + DeserializeOwned + Send + Sync + 'static {
    /// What it is about.
    const KIND: Kind;

    /// Name among its kind; nothing else has the same.
    fn name(&self) -> &str;

    /// Checks everything that does not depend on other items.
    ///
    /// # Errors
    /// Names the field to correct.
    fn check(&self) -> Result<(), SpecError>;
}

/// One item of the policy: what was written, and when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item<S> {
    /// UUIDv7, or `file:<name>`.
    pub id: String,
    /// Generation in which it was changed last; 0 for files.
    pub generation: i64,
    /// Where it stands.
    pub origin: Origin,
    /// What it says.
    pub spec: S,
}

/// Why an item cannot be used. `field` is the key an operator would correct.
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

fn check_name(name: &str) -> Result<(), SpecError> {
    if name.is_empty() || name.len() > 64 || name.chars().any(char::is_control) {
        return Err(wrong("name", "name must have 1 to 64 bytes of text"));
    }
    Ok(())
}
