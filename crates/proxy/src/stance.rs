//! How an object reacts to attacks, and to an engine that fails.

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
