//! Against requests that another site makes the browser send: a token bound to the session, and the browser's own word
//! on where the request came from.

use axum::http::{HeaderMap, header};
use medward_crypto::{Domain, KeyRing, ct_eq};

/// Header that every changing request with a session cookie carries.
pub const CSRF_HEADER: &str = "x-medward-csrf";

/// The token of a session: HMAC over its secret. Given by `GET /api/v1/identity/me`.
pub fn token(keys: &KeyRing, session_secret: &str) -> String {
    data_encoding::BASE64URL_NOPAD.encode(&keys.mac(Domain::WebCsrf, session_secret.as_bytes()))
}

/// Whether a changing request comes from our own pages. Signing in is judged by its origin alone
/// ([`comes_from_own_origin`]): the cookie of a session that ended long ago must not stand in the way.
pub(crate) fn is_own(keys: &KeyRing, headers: &HeaderMap, session_secret: Option<&str>) -> bool {
    if !comes_from_own_origin(headers) {
        return false;
    }
    let Some(secret) = session_secret else { return true };
    let sent = headers.get(CSRF_HEADER).map(http::HeaderValue::as_bytes).unwrap_or_default();
    ct_eq(sent, token(keys, secret).as_bytes())
}

/// `Sec-Fetch-Site` when the browser sends it, else `Origin` against `Host`. Programs send neither, and have no cookie.
pub(crate) fn comes_from_own_origin(headers: &HeaderMap) -> bool {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    if let Some(site) = text(header::HeaderName::from_static("sec-fetch-site")) {
        return matches!(site, "same-origin" | "none");
    }
    match (text(header::ORIGIN), text(header::HOST)) {
        (None, _) => true,
        (Some(origin), Some(host)) => origin.split_once("://").is_some_and(|(_, authority)| authority == host),
        (Some(_), None) => false,
    }
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderName, HeaderValue};
    use medward_crypto::MasterKey;

    use super::*;

    fn check(headers: &[(&'static str, &str)], session: Option<&str>, expected: bool) {
        let keys = KeyRing::derive(&MasterKey::from_bytes([1; 32]), b"site");
        let good = token(&keys, "secret");
        let headers: HeaderMap = headers
            .iter()
            .map(|(name, value)| {
                let value = if *value == "GOOD" { good.as_str() } else { value };
                (HeaderName::from_static(name), HeaderValue::from_str(value).unwrap())
            })
            .collect();
        assert_eq!(is_own(&keys, &headers, session), expected, "{headers:?}");
    }

    #[test]
    fn token_must_belong_to_the_session() {
        check(&[("x-medward-csrf", "GOOD")], Some("secret"), true);
        check(&[("x-medward-csrf", "GOOD")], Some("other"), false);
        check(&[], Some("secret"), false);
        check(&[], None, true);
    }

    #[test]
    fn other_origins_are_refused_even_with_a_token() {
        check(&[("x-medward-csrf", "GOOD"), ("sec-fetch-site", "cross-site")], Some("secret"), false);
        check(&[("x-medward-csrf", "GOOD"), ("sec-fetch-site", "same-origin")], Some("secret"), true);
        check(&[("origin", "https://evil.example"), ("host", "mw.example:9443")], None, false);
        check(&[("origin", "https://mw.example:9443"), ("host", "mw.example:9443")], None, true);
    }
}
