//! By which rules an object is judged.

use medward_waf::policy::BuiltIn;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// By which rules an object is judged (waf.md §8).
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Default,
    Serialize,
    Deserialize,
    JsonSchema,
    utoipa::ToSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum Policy {
    /// 均衡: our own rules; one certain finding blocks.
    #[default]
    Balanced,
    /// 观察: the rules of the default, which only record, whatever the mode of the object.
    Observe,
    /// 严格: less certain findings block, unknown methods and content types are refused, and responses that leak.
    Strict,
    /// The OWASP CRS installed on this machine (`[gateway.crs]`).
    Crs,
}

impl Policy {
    /// Every one of them.
    pub const ALL: [Self; 4] = [Self::Balanced, Self::Observe, Self::Strict, Self::Crs];

    /// The word for it.
    pub const fn as_str(self) -> &'static str {
        match self.built_in() {
            Some(policy) => policy.name(),
            None => "crs",
        }
    }

    /// The policy of ours that is meant; the CRS is an operator's.
    pub const fn built_in(self) -> Option<BuiltIn> {
        match self {
            Self::Balanced => Some(BuiltIn::Balanced),
            Self::Observe => Some(BuiltIn::Observe),
            Self::Strict => Some(BuiltIn::Strict),
            Self::Crs => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_policies_are_those_of_the_engine_and_of_the_api() {
        let read = |word: &str| serde_json::from_value::<Policy>(word.into()).ok();
        for policy in Policy::ALL {
            assert_eq!(read(policy.as_str()), Some(policy));
        }
        assert_eq!(read("lenient"), None);
    }
}
