//! The console's session cookie, `__Host-mw`: bound to this host and path, unreadable for scripts, never cross-site.

use axum::http::{HeaderMap, HeaderValue, header};

/// Name of the session cookie. `__Host-` makes browsers insist on Secure, Path=/ and no Domain.
pub const SESSION_COOKIE: &str = "__Host-mw";

/// The secret in the session cookie.
pub fn session_secret(headers: &HeaderMap) -> Option<String> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(name, value)| *name == SESSION_COOKIE && (20..=128).contains(&value.len()))
        .map(|(_, value)| value.to_owned())
}

/// `Set-Cookie` that starts a session. `secret` must be cookie-safe (base64url or hexadecimal).
pub fn set_session(secret: &str) -> Option<HeaderValue> {
    HeaderValue::from_str(&format!("{SESSION_COOKIE}={secret}; Path=/; Secure; HttpOnly; SameSite=Strict")).ok()
}

/// `Set-Cookie` that ends it.
pub fn clear_session() -> HeaderValue {
    HeaderValue::from_static("__Host-mw=; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age=0")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn session_is_found_among_other_cookies() {
        let mut headers = HeaderMap::new();
        headers.insert(header::COOKIE, HeaderValue::from_static("a=1; __Host-mw=0123456789012345678901; b=2"));
        assert_eq!(session_secret(&headers).as_deref(), Some("0123456789012345678901"));
        headers.insert(header::COOKIE, HeaderValue::from_static("__Host-mw=; __Host-mwx=0123456789012345678901"));
        assert_eq!(session_secret(&headers), None);
    }

    #[test]
    fn cookie_carries_every_protection() {
        let cookie = set_session("abc").unwrap();
        for attribute in ["Secure", "HttpOnly", "SameSite=Strict", "Path=/"] {
            assert!(cookie.to_str().unwrap().contains(attribute));
        }
        assert!(set_session("a\r\nb").is_none());
    }
}
