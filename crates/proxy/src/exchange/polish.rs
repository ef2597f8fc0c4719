//! What an application says in the heads of its answers, made safer (gateway.md §5): what names its software goes, what
//! browsers should be told is added, named cookies are kept from scripts and from other sites.
//!
//! *Not* here: HSTS, which our own pages carry, too (see `entrance`).

use http::header::{
    CONTENT_SECURITY_POLICY, HeaderName, REFERRER_POLICY, SERVER, SET_COOKIE, X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use http::{HeaderMap, HeaderValue};

/// Fields that name the software of an application.
const NAMES_SOFTWARE: [HeaderName; 5] = [
    SERVER,
    HeaderName::from_static("x-powered-by"),
    HeaderName::from_static("x-aspnet-version"),
    HeaderName::from_static("x-aspnetmvc-version"),
    HeaderName::from_static("x-generator"),
];

/// Every cookie.
const ANY: &str = "*";

/// What is done to the heads of an application's answers.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct HeaderRules {
    /// Whether fields go that name its software.
    pub hides_server: bool,
    /// Whether `X-Content-Type-Options`, `X-Frame-Options` and `Referrer-Policy` are added where it sets none.
    pub adds_security: bool,
    /// Names of cookies that get `HttpOnly`, `SameSite=Lax` and, over HTTPS, `Secure`; `*` is every cookie.
    pub secure_cookies: Vec<String>,
}

impl HeaderRules {
    /// Changes the fields of an answer to a client that speaks HTTPS, or does not.
    pub(super) fn apply(&self, headers: &mut HeaderMap, is_https: bool) {
        if self.hides_server {
            for name in &NAMES_SOFTWARE {
                headers.remove(name);
            }
        }
        if self.adds_security {
            add_security(headers);
        }
        if !self.secure_cookies.is_empty() && headers.contains_key(SET_COOKIE) {
            self.secure(headers, is_https);
        }
    }

    fn secure(&self, headers: &mut HeaderMap, is_https: bool) {
        let meant = |name: &[u8]| self.secure_cookies.iter().any(|said| said == ANY || said.as_bytes() == name);
        let lines: Vec<_> = headers.get_all(SET_COOKIE).iter().cloned().collect();
        headers.remove(SET_COOKIE);
        for line in lines {
            let secured = if meant(name_of(&line)) { secured(&line, is_https) } else { None };
            headers.append(SET_COOKIE, secured.unwrap_or(line));
        }
    }
}

fn add_security(headers: &mut HeaderMap) {
    // Who names its frames in a content policy has said it; of browsers that know both, the policy counts (CSP3 §6.4.2.2).
    let names_frames = headers.get_all(CONTENT_SECURITY_POLICY).iter().any(|policy| {
        let mut directives = policy.as_bytes().split(|byte| matches!(byte, b';' | b',')).map(<[u8]>::trim_ascii_start);
        directives.any(|directive| {
            let name = directive.split(u8::is_ascii_whitespace).next().unwrap_or_default();
            name.eq_ignore_ascii_case(b"frame-ancestors")
        })
    });
    headers.entry(X_CONTENT_TYPE_OPTIONS).or_insert(HeaderValue::from_static("nosniff"));
    if !names_frames {
        headers.entry(X_FRAME_OPTIONS).or_insert(HeaderValue::from_static("SAMEORIGIN"));
    }
    headers.entry(REFERRER_POLICY).or_insert(HeaderValue::from_static("strict-origin-when-cross-origin"));
}

/// The name of the cookie that a line sets (RFC 6265 §5.2).
fn name_of(line: &HeaderValue) -> &[u8] {
    let pair = line.as_bytes().split(|byte| *byte == b';').next().unwrap_or_default();
    let name = pair.iter().position(|byte| *byte == b'=').and_then(|at| pair.get(..at));
    name.unwrap_or_default().trim_ascii()
}

/// The line with the attributes that it lacks; nothing when it lacks none.
fn secured(line: &HeaderValue, is_https: bool) -> Option<HeaderValue> {
    let attributes = || line.as_bytes().split(|byte| *byte == b';').skip(1);
    let says = |wanted: &[u8]| {
        attributes().any(|attribute| {
            let name = attribute.split(|byte| *byte == b'=').next().unwrap_or_default();
            name.trim_ascii().eq_ignore_ascii_case(wanted)
        })
    };
    let missing = [
        (&b"HttpOnly"[..], true, &b"; HttpOnly"[..]),
        (b"SameSite", true, b"; SameSite=Lax"),
        (b"Secure", is_https, b"; Secure"),
    ];
    let mut missing = missing.into_iter().filter(|(name, is_due, _)| *is_due && !says(name)).peekable();
    missing.peek()?;
    let mut text = line.as_bytes().trim_ascii();
    while let Some(rest) = text.strip_suffix(b";") {
        text = rest.trim_ascii_end();
    }
    let mut text = text.to_vec();
    for (_, _, attribute) in missing {
        text.extend_from_slice(attribute);
    }
    HeaderValue::from_bytes(&text).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&str, &str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.append(name.parse::<HeaderName>().unwrap(), value.parse().unwrap());
        }
        headers
    }

    #[test]
    fn fields_that_name_software_go_and_no_others() {
        let mut head = headers(&[
            ("server", "Apache-Coyote/1.1"),
            ("x-powered-by", "PHP/5.2"),
            ("x-powered-by", "ASP.NET"),
            ("x-aspnet-version", "4.0"),
            ("x-aspnetmvc-version", "3.0"),
            ("x-generator", "Drupal 7"),
            ("etag", "\"1\""),
        ]);
        HeaderRules { hides_server: true, ..HeaderRules::default() }.apply(&mut head, true);
        assert_eq!(head.keys().map(HeaderName::as_str).collect::<Vec<_>>(), ["etag"]);
    }

    #[test]
    fn what_the_application_says_itself_stays() {
        let rules = HeaderRules { adds_security: true, ..HeaderRules::default() };
        let told = |pairs: &[(&str, &str)]| {
            let mut head = headers(pairs);
            rules.apply(&mut head, false);
            [X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS, REFERRER_POLICY]
                .map(|name| head.get(name).map_or("", |value| value.to_str().unwrap()).to_owned())
        };
        assert_eq!(told(&[]), ["nosniff", "SAMEORIGIN", "strict-origin-when-cross-origin"]);
        let own = [("x-frame-options", "DENY"), ("referrer-policy", "no-referrer")];
        assert_eq!(told(&own), ["nosniff", "DENY", "no-referrer"]);
        let framed = [("content-security-policy", "default-src 'self'; Frame-Ancestors https://portal.example")];
        assert_eq!(told(&framed)[1], "", "the policy names who may frame it");
        let report = [("content-security-policy", "report-uri /frame-ancestors")];
        assert_eq!(told(&report)[1], "SAMEORIGIN");
    }

    fn check(names: &[&str], is_https: bool, line: &str, expected: &str) {
        let mut head = headers(&[("set-cookie", "before=1"), ("set-cookie", line), ("set-cookie", "after=1; Secure")]);
        let names = names.iter().map(|name| (*name).to_owned()).collect();
        HeaderRules { secure_cookies: names, ..HeaderRules::default() }.apply(&mut head, is_https);
        let lines: Vec<_> = head.get_all(SET_COOKIE).iter().map(|line| line.to_str().unwrap()).collect();
        assert_eq!(lines[1], expected, "{line}");
        assert_eq!(lines.len(), 3, "each cookie is a line of its own");
    }

    #[test]
    fn named_cookies_get_what_they_lack_once_and_in_their_order() {
        let named = &["JSESSIONID"][..];
        check(named, true, "JSESSIONID=1; Path=/", "JSESSIONID=1; Path=/; HttpOnly; SameSite=Lax; Secure");
        check(named, false, "JSESSIONID=1; Path=/", "JSESSIONID=1; Path=/; HttpOnly; SameSite=Lax");
        check(named, true, "jsessionid=1", "jsessionid=1");
        check(named, true, " JSESSIONID =1;httponly ; ", "JSESSIONID =1;httponly; SameSite=Lax; Secure");
        check(
            &["*"],
            true,
            "a=1; SECURE; samesite=None; HTTPONLY=; Path=/",
            "a=1; SECURE; samesite=None; HTTPONLY=; Path=/",
        );
        check(&["*"], true, "a=httponly; Path=/secure", "a=httponly; Path=/secure; HttpOnly; SameSite=Lax; Secure");
        check(&["b"], true, "a=b; HttpOnly", "a=b; HttpOnly");
    }
}
