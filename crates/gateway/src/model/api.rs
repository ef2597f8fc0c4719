//! Interfaces (接口): their descriptions, what is held against them, and what answers must not carry out (gateway.md §5, §10).

use medward_defence::leak::MaskRules;
use medward_openapi::Checks;
use medward_proxy::AnswerRules;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::settings::{chosen, given};
use super::{Given, Kind, Layer, Settings, Spec, SpecError, check_description, check_name, wrong};

/// Largest body that a description may allow, bytes.
const MAX_BODY_BYTES: u64 = 16 << 20;

/// What somebody writes about the description of an interface.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SchemaSpec {
    /// Name, by which files of the policy know it.
    pub name: String,
    /// Whose interface it is, for people.
    #[serde(default)]
    pub description: String,
    /// SHA-256 of the stored document.
    pub document: String,
    /// What the paths of the document begin with, when that is not what it says itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub base_path: Option<String>,
}

impl Spec for SchemaSpec {
    const KIND: Kind = Kind::Schema;

    fn name(&self) -> &str {
        &self.name
    }

    fn check(&self) -> Result<(), SpecError> {
        check_name(&self.name)?;
        check_description(&self.description)?;
        let plain = |path: &String| path.starts_with('/') && path.len() <= 256 && !path.contains(['?', '#', ' ']);
        if self.base_path.as_ref().is_some_and(|path| !plain(path)) {
            return Err(wrong("base_path", "base_path must begin with / and hold no blanks, ? or #"));
        }
        Ok(())
    }
}

/// What becomes of calls that are not in the description.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum ApiUse {
    /// They are told about.
    #[default]
    Observe,
    /// They are refused.
    Enforce,
}

/// What is said in one place about calls and answers; the rest is inherited.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema, utoipa::ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct ApiSettings {
    /// Id of the description that calls are held against; empty: of none, whatever the group or template says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub schema_id: Option<String>,
    /// What becomes of calls that are not in it: `observe` or `enforce`; by default `observe`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mode: Option<ApiUse>,
    /// Whether a query parameter that is not described is one of them; by default not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refuse_unknown_parameters: Option<bool>,
    /// Largest body of a call, bytes; by default 1 MiB.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_body_bytes: Option<u64>,
    /// Whether numbers of identity cards are masked in answers; by default not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mask_identity_numbers: Option<bool>,
    /// Whether mobile numbers are; by default not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mask_mobile_numbers: Option<bool>,
    /// Whether numbers of bank cards are; by default not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mask_bank_cards: Option<bool>,
    /// Whether error pages that show how the application is built are replaced; by default not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hide_errors: Option<bool>,
}

/// What is in force for calls and answers of one object.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct EffectiveApi {
    /// The description that calls are held against.
    pub schema_id: Given<Option<String>>,
    /// What becomes of calls that are not in it.
    pub mode: Given<ApiUse>,
    /// Whether a query parameter that is not described is one of them.
    pub refuse_unknown_parameters: Given<bool>,
    /// Largest body of a call, bytes.
    pub max_body_bytes: Given<u64>,
    /// Whether numbers of identity cards are masked in answers.
    pub mask_identity_numbers: Given<bool>,
    /// Whether mobile numbers are.
    pub mask_mobile_numbers: Given<bool>,
    /// Whether numbers of bank cards are.
    pub mask_bank_cards: Given<bool>,
    /// Whether error pages that show how the application is built are replaced.
    pub hide_errors: Given<bool>,
}

impl ApiSettings {
    pub(super) fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    pub(super) fn check(&self) -> Result<(), SpecError> {
        match self.max_body_bytes {
            Some(bytes) if !(1..=MAX_BODY_BYTES).contains(&bytes) => {
                Err(wrong("max_body_bytes", "the largest body must have 1 byte to 16 MiB"))
            }
            _ => Ok(()),
        }
    }
}

impl EffectiveApi {
    pub(super) fn of(layers: &[(Layer, &Settings)]) -> Self {
        let flag = |of: fn(&ApiSettings) -> Option<bool>| given(layers, |settings| of(&settings.api), false);
        Self {
            schema_id: chosen(layers, |settings| settings.api.schema_id.clone()),
            mode: given(layers, |settings| settings.api.mode, ApiUse::default()),
            refuse_unknown_parameters: flag(|api| api.refuse_unknown_parameters),
            max_body_bytes: given(
                layers,
                |settings| settings.api.max_body_bytes,
                medward_openapi::DEFAULT_MAX_BODY_BYTES,
            ),
            mask_identity_numbers: flag(|api| api.mask_identity_numbers),
            mask_mobile_numbers: flag(|api| api.mask_mobile_numbers),
            mask_bank_cards: flag(|api| api.mask_bank_cards),
            hide_errors: flag(|api| api.hide_errors),
        }
    }

    /// What is checked beyond the description.
    pub(crate) fn checks(&self) -> Checks {
        Checks {
            refuse_unknown_parameters: self.refuse_unknown_parameters.value,
            max_body_bytes: self.max_body_bytes.value,
        }
    }

    /// Rules for answers.
    pub(crate) fn answers(&self) -> AnswerRules {
        let rules = MaskRules {
            identity_numbers: self.mask_identity_numbers.value,
            old_identity_numbers: false,
            mobile_numbers: self.mask_mobile_numbers.value,
            bank_cards: self.mask_bank_cards.value,
        };
        let any = rules.identity_numbers || rules.mobile_numbers || rules.bank_cards;
        AnswerRules { mask: any.then_some(rules), hides_errors: self.hide_errors.value }
    }
}
