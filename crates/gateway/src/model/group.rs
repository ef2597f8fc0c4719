//! Groups of protected objects, and the templates of settings that groups use (gateway.md §2).

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Kind, Settings, Spec, SpecError, check_name, wrong};

/// Longest description, bytes.
const MAX_DESCRIPTION_BYTES: usize = 1000;

/// What somebody writes about a group of protected objects (对象组).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct GroupSpec {
    /// Name in events.
    pub name: String,
    /// What its objects have in common, for people.
    #[serde(default)]
    pub description: String,
    /// The template it uses.
    #[serde(default)]
    pub template_id: Option<String>,
    /// What it sets differently from its template.
    #[serde(default)]
    pub settings: Settings,
}

/// What somebody writes about a template of settings (策略模板).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TemplateSpec {
    /// Name in events.
    pub name: String,
    /// What it is for, for people.
    #[serde(default)]
    pub description: String,
    /// What it sets.
    #[serde(default)]
    pub settings: Settings,
}

impl Spec for GroupSpec {
    const KIND: Kind = Kind::Group;

    fn name(&self) -> &str {
        &self.name
    }

    fn check(&self) -> Result<(), SpecError> {
        check_name(&self.name)?;
        check_description(&self.description)?;
        self.settings.check()
    }
}

impl Spec for TemplateSpec {
    const KIND: Kind = Kind::Template;

    fn name(&self) -> &str {
        &self.name
    }

    fn check(&self) -> Result<(), SpecError> {
        check_name(&self.name)?;
        check_description(&self.description)?;
        self.settings.check()
    }
}

pub(super) fn check_description(text: &str) -> Result<(), SpecError> {
    if text.len() > MAX_DESCRIPTION_BYTES || text.contains('\0') {
        return Err(wrong("description", format!("description may have {MAX_DESCRIPTION_BYTES} bytes of text")));
    }
    Ok(())
}
