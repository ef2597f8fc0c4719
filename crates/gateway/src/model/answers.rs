//! What answers say in their heads, and what our own pages say (gateway.md §5, §12).

use medward_proxy::HeaderRules;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::settings::given;
use super::{Given, Layer, Mode, Settings, SpecError, wrong};

/// Most cookies that are named.
const MAX_COOKIES: usize = 64;
/// Longest name of one, bytes.
const MAX_COOKIE_BYTES: usize = 128;
/// Longest contact, characters.
const MAX_CONTACT: usize = 500;

/// What is said in one place about the heads of answers and about our pages; the rest is inherited.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema, utoipa::ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct AnswerSettings {
    /// Whether fields are removed that name the application's software, `Server` and `X-Powered-By` among them; by default not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hide_server: Option<bool>,
    /// Whether `X-Content-Type-Options`, `X-Frame-Options` and `Referrer-Policy` are added where the application sets none; by
    /// default not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub security_headers: Option<bool>,
    /// Cookies that get `HttpOnly`, `SameSite=Lax` and over HTTPS `Secure` where the application does not say so; `*` is every
    /// one. Empty: none, whatever the group or template says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub secure_cookies: Option<Vec<String>>,
    /// Whom refused visitors turn to, as our pages say it; 500 characters at most. Empty: nobody is named.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub block_page_contact: Option<String>,
}

/// What is in force for the answers of one object.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct EffectiveAnswers {
    /// Whether fields are removed that name the application's software.
    pub hide_server: Given<bool>,
    /// Whether fields are added that browsers should be told.
    pub security_headers: Given<bool>,
    /// Cookies that are kept from scripts and other sites; `*` is every one.
    pub secure_cookies: Given<Vec<String>>,
    /// Whom refused visitors turn to; empty: nobody is named.
    pub block_page_contact: Given<String>,
}

impl AnswerSettings {
    pub(super) fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    pub(super) fn check(&self) -> Result<(), SpecError> {
        let cookies = self.secure_cookies.as_deref().unwrap_or_default();
        if cookies.len() > MAX_COOKIES {
            return Err(wrong("secure_cookies", format!("secure_cookies may name {MAX_COOKIES} cookies at most")));
        }
        if let Some(name) = cookies.iter().find(|name| !is_cookie_name(name)) {
            return Err(wrong("secure_cookies", format!("{name:?} is no name of a cookie, nor * for every one")));
        }
        let is_text = |text: &String| text.chars().count() <= MAX_CONTACT && !text.chars().any(char::is_control);
        if !self.block_page_contact.iter().all(is_text) {
            let message = format!("block_page_contact may have {MAX_CONTACT} characters of text in one line");
            return Err(wrong("block_page_contact", message));
        }
        Ok(())
    }
}

/// Whether it is a token (RFC 6265 §4.1.1), which `*` is, too.
fn is_cookie_name(name: &str) -> bool {
    let is_token = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    (1..=MAX_COOKIE_BYTES).contains(&name.len()) && name.bytes().all(is_token)
}

impl EffectiveAnswers {
    pub(super) fn of(layers: &[(Layer, &Settings)]) -> Self {
        Self {
            hide_server: given(layers, |settings| settings.answers.hide_server, false),
            security_headers: given(layers, |settings| settings.answers.security_headers, false),
            secure_cookies: given(layers, |settings| settings.answers.secure_cookies.clone(), Vec::new()),
            block_page_contact: given(layers, |settings| settings.answers.block_page_contact.clone(), String::new()),
        }
    }

    /// What is done to the heads of answers; nothing where nothing is asked for, or nothing may be changed.
    pub(crate) fn headers(&self, mode: Mode) -> Option<Box<HeaderRules>> {
        let rules = HeaderRules {
            hides_server: self.hide_server.value,
            adds_security: self.security_headers.value,
            secure_cookies: self.secure_cookies.value.clone(),
        };
        (mode == Mode::Block && rules != HeaderRules::default()).then(|| Box::new(rules))
    }

    /// Whom refused visitors turn to.
    pub(crate) fn contact(&self) -> Option<&str> {
        Some(self.block_page_contact.value.trim()).filter(|contact| !contact.is_empty())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(text: &str) -> Settings {
        Settings { answers: serde_json::from_str(text).unwrap(), ..Settings::default() }
    }

    #[test]
    fn each_setting_is_inherited_by_itself_and_what_is_empty_takes_back() {
        let template = settings(
            r#"{"hide_server":true,"secure_cookies":["*"],"block_page_contact":"信息科 8888","security_headers":true}"#,
        );
        let object = settings(r#"{"security_headers":false,"secure_cookies":[],"block_page_contact":" "}"#);
        let inherited = EffectiveAnswers::of(&[(Layer::Template, &template)]);
        assert_eq!(inherited.contact(), Some("信息科 8888"));
        assert_eq!(inherited.headers(Mode::Block).unwrap().secure_cookies, ["*"]);
        let own = EffectiveAnswers::of(&[(Layer::Object, &object), (Layer::Template, &template)]);
        assert_eq!(own.hide_server, Given { value: true, from: Layer::Template });
        assert_eq!(own.security_headers, Given { value: false, from: Layer::Object });
        let rules = HeaderRules { hides_server: true, ..HeaderRules::default() };
        assert_eq!((own.headers(Mode::Block), own.contact()), (Some(Box::new(rules)), None));
    }

    #[test]
    fn object_that_does_not_block_changes_no_answer_and_one_that_asks_for_nothing_costs_nothing() {
        let asked = EffectiveAnswers::of(&[(Layer::Object, &settings(r#"{"hide_server":true}"#))]);
        assert!(asked.headers(Mode::Block).is_some());
        assert_eq!((asked.headers(Mode::Observe), asked.headers(Mode::Bypass)), (None, None));
        assert_eq!(EffectiveAnswers::of(&[]).headers(Mode::Block), None);
    }

    #[test]
    fn wrong_settings_name_the_field() {
        let field = |text: &str| settings(text).answers.check().map_err(|error| error.field);
        assert_eq!(field(r#"{"secure_cookies":["JSESSIONID","*",".ASPXAUTH"]}"#), Ok(()));
        for name in ["", "a b", "a=b", "a;b", "姓名"] {
            assert_eq!(field(&format!(r#"{{"secure_cookies":["{name}"]}}"#)), Err("secure_cookies"), "{name}");
        }
        let contact = |length: usize| format!(r#"{{"block_page_contact":"{}"}}"#, "院".repeat(length));
        assert_eq!(field(&contact(500)), Ok(()));
        assert_eq!(field(&contact(501)), Err("block_page_contact"));
        assert_eq!(field(r#"{"block_page_contact":"a\nb"}"#), Err("block_page_contact"));
    }
}
