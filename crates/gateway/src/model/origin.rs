//! Requests that other sites have browsers send (CSRF; gateway.md §5, CD-172): what becomes of them, and which may come.

use medward_proxy::{AllowedOrigin, OriginGuard};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Effective, SpecError, wrong};

/// Most origins that are allowed.
const MAX_ORIGINS: usize = 64;

/// What becomes of requests that change something, or open a WebSocket, and come from another origin.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum SameOriginUse {
    /// Nobody asks.
    #[default]
    Off,
    /// They are told about.
    Observe,
    /// They are refused.
    Enforce,
}

/// Checks the origins that an operator allows.
pub(super) fn check_origins(origins: &[String]) -> Result<(), SpecError> {
    if origins.len() > MAX_ORIGINS {
        return Err(wrong("allowed_origins", format!("allowed_origins may name {MAX_ORIGINS} origins at most")));
    }
    let refused = origins.iter().find_map(|text| AllowedOrigin::parse(text).err());
    refused.map_or(Ok(()), |error| Err(wrong("allowed_origins", error.to_string())))
}

impl Effective {
    /// What the data path is told about origins.
    pub(crate) fn origins(&self) -> Option<Box<OriginGuard>> {
        let enforces = match self.same_origin.value {
            SameOriginUse::Off => return None,
            SameOriginUse::Observe => false,
            SameOriginUse::Enforce => true,
        };
        let allowed = self.allowed_origins.value.iter().filter_map(|text| AllowedOrigin::parse(text).ok());
        Some(Box::new(OriginGuard { enforces, allowed: allowed.collect() }))
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Given, Layer, Settings};
    use super::*;

    #[test]
    fn object_may_switch_off_what_its_template_enforces_and_inherits_whom_it_allows() {
        let template = Settings {
            same_origin: Some(SameOriginUse::Enforce),
            allowed_origins: Some(vec!["https://portal.example".to_owned()]),
            ..Settings::default()
        };
        let object = |same_origin| Settings { same_origin: Some(same_origin), ..Settings::default() };
        let (off, observe) = (object(SameOriginUse::Off), object(SameOriginUse::Observe));
        let with = |object| Effective::of(&[(Layer::Object, object), (Layer::Template, &template)]);
        assert_eq!(with(&off).same_origin, Given { value: SameOriginUse::Off, from: Layer::Object });
        assert_eq!(with(&off).origins(), None);
        let guard = with(&observe).origins().unwrap();
        assert_eq!((guard.enforces, guard.allowed.len()), (false, 1));
        assert!(Effective::of(&[(Layer::Template, &template)]).origins().unwrap().enforces);
        assert_eq!(Effective::of(&[]).origins(), None, "nothing is asked unless somebody says so");
    }

    #[test]
    fn what_is_no_origin_is_refused() {
        let check = |origin: &str| check_origins(&[origin.to_owned()]).map_err(|error| error.field);
        assert_eq!(check("https://*.portal.example:8443"), Ok(()));
        for wrong in ["portal.example", "null", "*", "https://portal.example/"] {
            assert_eq!(check(wrong), Err("allowed_origins"), "{wrong}");
        }
        assert!(check_origins(&vec!["https://a".to_owned(); 65]).is_err());
    }
}
