//! What people do at a protected object (gateway.md §2; CD-065 to CD-070).

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What people do at a protected object: rules can ask for it, events name it (`waf.scenario`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Scenario {
    /// 预约.
    Booking,
    /// 查询.
    Query,
    /// 支付.
    Payment,
    /// 报告访问.
    Report,
    /// 智能问诊 and the like.
    Ai,
    /// None of these.
    Other,
}

impl Scenario {
    /// The word for it, in rules and events.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Booking => "booking",
            Self::Query => "query",
            Self::Payment => "payment",
            Self::Report => "report",
            Self::Ai => "ai",
            Self::Other => "other",
        }
    }
}
