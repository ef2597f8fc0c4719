//! An exclusion (例外): where a rule does not count, why, and until when (gateway.md §10).

use medward_contract::Timestamp;
use medward_waf::{Exclusion, PathScope, Target};
use serde::{Deserialize, Serialize};

use super::settings::selector;
use super::{Kind, Layer, Spec, SpecError, wrong};

/// Longest rule id, tag, parameter or path, bytes.
const MAX_PART_BYTES: usize = 512;
/// Longest explanation, bytes.
const MAX_REASON_BYTES: usize = 1000;

/// What somebody writes about an exclusion. The narrowest one names all four: object, rule, parameter and path.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ExclusionSpec {
    /// Name in the history, made of rule, parameter, path and scope: no two exclusions say the same.
    #[serde(default)]
    pub name: String,
    /// Id of the object it belongs to; or of a group or template, for all objects of those.
    pub scope_id: String,
    /// The rule that does not count, by id (`MW-SQLI-001`, `942100`) or by tag (`tag:attack-sqli`).
    pub rule: String,
    /// The parameter in which it does not, `ARGS:q`; everywhere when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parameter: Option<String>,
    /// The path on which it does not, `/search`, or `/search/*` for every path that begins so; everywhere when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// When it ends, µs; never when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Timestamp>,
    /// Why, in the author's words.
    pub reason: String,
    /// Number of the request it was made from (`http.request.id`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
}

impl Spec for ExclusionSpec {
    const KIND: Kind = Kind::Exclusion;

    fn name(&self) -> &str {
        &self.name
    }

    fn check(&self) -> Result<(), SpecError> {
        let text = |part: &str| !part.is_empty() && part.len() <= MAX_PART_BYTES && !part.chars().any(char::is_control);
        if !text(self.rule.strip_prefix("tag:").unwrap_or(&self.rule)) {
            return Err(wrong("rule", "rule must be the id of a rule, or tag: and a tag"));
        }
        if let Some(parameter) = &self.parameter {
            let read = parameter.parse::<Target>().map_err(|error| wrong("parameter", format!("failed to {error}")));
            if !text(parameter) {
                return Err(wrong("parameter", "parameter is empty, too long, or not text"));
            }
            read?;
        }
        if self
            .path
            .as_ref()
            .is_some_and(|path| !text(path) || !path.starts_with('/') || path.contains(['?', '#', ' ']))
        {
            return Err(wrong("path", "path must begin with / and hold no blanks, ? or #"));
        }
        if self.reason.trim().is_empty() || self.reason.len() > MAX_REASON_BYTES || self.reason.contains('\0') {
            return Err(wrong("reason", format!("reason must say why, in {MAX_REASON_BYTES} bytes at most")));
        }
        Ok(())
    }
}

impl ExclusionSpec {
    /// The same, tidied and with its name made.
    #[must_use]
    pub fn named(mut self) -> Self {
        let blank = |part: &mut Option<String>| {
            if part.as_deref().is_some_and(|part| part.trim().is_empty()) {
                *part = None;
            }
        };
        blank(&mut self.parameter);
        blank(&mut self.path);
        self.rule = self.rule.trim().to_owned();
        let parts = [Some(self.rule.as_str()), self.parameter.as_deref(), self.path.as_deref(), Some(&*self.scope_id)];
        self.name = parts.into_iter().flatten().collect::<Vec<_>>().join(" ");
        self
    }

    /// Whether it is over.
    pub fn is_over(&self, now: Timestamp) -> bool {
        self.expires_at.is_some_and(|end| end <= now)
    }

    /// What the engine is told.
    pub(crate) fn for_engine(&self) -> Exclusion {
        Exclusion {
            rule: selector(&self.rule),
            target: self.parameter.as_deref().and_then(|parameter| parameter.parse().ok()),
            path: self.path.as_deref().map(|path| match path.strip_suffix('*') {
                Some(beginning) => PathScope::Beginning(beginning.into()),
                None => PathScope::Exactly(path.into()),
            }),
        }
    }
}

/// An exclusion as it is in force for an object, and who says so.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct InForce {
    /// Its id.
    pub id: String,
    /// What it says.
    pub spec: ExclusionSpec,
    /// Where it is said.
    pub from: Layer,
}
