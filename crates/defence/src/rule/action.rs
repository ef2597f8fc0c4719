//! What a rule does when its condition holds.

use serde::{Deserialize, Serialize};

use crate::condition::is_token;

const MAX_TAG_BYTES: usize = 64;
const MAX_URL_BYTES: usize = 2_048;
const MAX_HEADER_VALUE_BYTES: usize = 1_024;

/// Headers that frame or route a message; a rule that set one would make two programs read it differently.
const FRAMING_HEADERS: &[&str] = &[
    "connection",
    "content-encoding",
    "content-length",
    "host",
    "keep-alive",
    "proxy-connection",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
];

/// `"block"`, `{"redirect":"https://…"}`, `{"tag":"…"}`, `{"set_header":{"name":…,"value":…}}` and so on.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// Ends the matter: no further rule is asked.
    Allow,
    /// Notes the hit in the request's event.
    Record,
    Block,
    /// Only a client that solved a challenge passes.
    Challenge,
    /// Only a client that read a captcha passes, and whom the access guard knows.
    Captcha,
    /// To an http or https URL, or a path of the same site.
    Redirect(String),
    /// Counts the request under the limit of this id.
    Limit(String),
    /// Blocks, and asks for a ban of the client's address.
    Ban,
    /// Marks the request for events and searches.
    Tag(String),
    /// Sets a header of the response.
    SetHeader(RawHeader),
}

/// A response header to set.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RawHeader {
    pub name: String,
    pub value: String,
}

/// What ends the matter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Terminal<'a> {
    Allow,
    Block,
    Challenge,
    Captcha,
    Redirect(&'a str),
    Ban,
}

/// Why an action was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ActionError {
    #[error("redirect: expected an http or https URL, or a path like /notice, of at most {MAX_URL_BYTES} bytes")]
    Redirect,
    #[error("tag: expected 1 to {MAX_TAG_BYTES} bytes without control characters")]
    Tag,
    #[error("limit: expected the id of a limit")]
    Limit,
    #[error("set_header.name: not a header name")]
    HeaderName,
    #[error("set_header.name: this header frames or routes the message and cannot be set")]
    FramingHeader,
    #[error("set_header.value: expected at most {MAX_HEADER_VALUE_BYTES} visible characters and blanks")]
    HeaderValue,
}

impl Action {
    pub(super) fn terminal(&self) -> Option<Terminal<'_>> {
        match self {
            Self::Allow => Some(Terminal::Allow),
            Self::Block => Some(Terminal::Block),
            Self::Challenge => Some(Terminal::Challenge),
            Self::Captcha => Some(Terminal::Captcha),
            Self::Redirect(target) => Some(Terminal::Redirect(target)),
            Self::Ban => Some(Terminal::Ban),
            Self::Record | Self::Limit(_) | Self::Tag(_) | Self::SetHeader(_) => None,
        }
    }

    pub(super) fn check(&self) -> Result<(), ActionError> {
        match self {
            Self::Allow | Self::Record | Self::Block | Self::Challenge | Self::Captcha | Self::Ban => Ok(()),
            Self::Redirect(target) => fits(is_redirect_target(target), ActionError::Redirect),
            Self::Limit(id) => fits(is_short_text(id), ActionError::Limit),
            Self::Tag(tag) => fits(is_short_text(tag), ActionError::Tag),
            Self::SetHeader(RawHeader { name, value }) => {
                fits(is_token(name), ActionError::HeaderName)?;
                let framing = FRAMING_HEADERS.iter().any(|framing| framing.eq_ignore_ascii_case(name));
                fits(!framing, ActionError::FramingHeader)?;
                let visible =
                    value.len() <= MAX_HEADER_VALUE_BYTES && value.bytes().all(|byte| (b' '..=b'~').contains(&byte));
                fits(visible, ActionError::HeaderValue)
            }
        }
    }
}

fn fits(fits: bool, otherwise: ActionError) -> Result<(), ActionError> {
    if fits { Ok(()) } else { Err(otherwise) }
}

fn is_short_text(text: &str) -> bool {
    (1..=MAX_TAG_BYTES).contains(&text.len()) && !text.chars().any(char::is_control)
}

/// Visible ASCII only, so nothing can end the header line; `//host` and `/\host` would leave the site.
fn is_redirect_target(target: &str) -> bool {
    if target.len() > MAX_URL_BYTES || !target.bytes().all(|byte| byte.is_ascii_graphic()) {
        return false;
    }
    let rest = target.strip_prefix("https://").or_else(|| target.strip_prefix("http://"));
    let has_host =
        rest.is_some_and(|rest| rest.starts_with(|first: char| first.is_ascii_alphanumeric() || first == '['));
    has_host || (target.starts_with('/') && !target.starts_with("//") && !target.starts_with("/\\"))
}
