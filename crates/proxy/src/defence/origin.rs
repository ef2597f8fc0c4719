//! Requests that another site has a browser send with its visitor's cookies (跨站请求伪造, CSRF; gateway.md §5, CD-172), for
//! applications that do not look themselves.
//!
//! Asked are requests that change something, and WebSocket handshakes, which browsers send to any site. Browsers say where a
//! request comes from by `Origin`, or, the older ones, by `Referer`; what says neither is no browser that another site could make
//! send it (RFC 6454 §7), and passes. *Not* asked is who may read an answer: that is the browser's business (CORS).

use std::borrow::Cow;

use medward_waf::{Head, printable};

use super::stage::{Hit, Said, Stage, stop};
use crate::address::HostPattern;
use crate::event::{Reason, Record};
use crate::snapshot::host_name;

/// What people call it.
const NAME: &str = "跨站请求";
/// Bytes of an origin that an event shows.
const SHOWN_BYTES: usize = 120;

/// Where requests that change something may come from.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OriginGuard {
    /// Whether others are refused; otherwise they are told about.
    pub enforces: bool,
    /// Origins beside the object's own.
    pub allowed: Vec<AllowedOrigin>,
}

/// An origin that requests may come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AllowedOrigin {
    is_https: bool,
    host: HostPattern,
    port: u16,
}

/// Why an origin cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("origin {0:?} is not https://name, https://name:port or https://*.name, nor the same with http")]
pub struct OriginError(String);

/// Where a request comes from (RFC 6454 §4).
#[derive(Debug, PartialEq, Eq)]
struct Origin<'h> {
    is_https: bool,
    name: Cow<'h, str>,
    port: u16,
}

impl AllowedOrigin {
    /// Reads `https://name`, `https://name:port`, `https://*.name` for every name below it, or the same with `http`.
    ///
    /// # Errors
    /// When it is none of these.
    pub fn parse(text: &str) -> Result<Self, OriginError> {
        let wrong = || OriginError(text.to_owned());
        let (scheme, authority) = text.split_once("://").ok_or_else(wrong)?;
        let is_https = is_https(scheme).ok_or_else(wrong)?;
        let (name, port) = split_port(authority).ok_or_else(wrong)?;
        match HostPattern::parse(name) {
            Ok(HostPattern::Any) | Err(_) => Err(wrong()),
            Ok(host) => Ok(Self { is_https, host, port: port.unwrap_or(default_port(is_https)) }),
        }
    }

    fn is(&self, origin: &Origin<'_>) -> bool {
        let is_name = match &self.host {
            HostPattern::Exact(name) => *name == origin.name,
            HostPattern::Below(suffix) => origin.name.ends_with(suffix.as_str()),
            HostPattern::Any => true,
        };
        is_name && self.is_https == origin.is_https && self.port == origin.port
    }
}

impl<'h> Origin<'h> {
    /// Of a field: an origin, or an address of which the path is left out.
    fn read(field: &'h [u8]) -> Option<Self> {
        let (scheme, rest) = std::str::from_utf8(field).ok()?.split_once("://")?;
        let is_https = is_https(scheme)?;
        let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
        let (name, port) = split_port(authority).filter(|(name, _)| !name.is_empty())?;
        let port = port.unwrap_or(default_port(is_https));
        Some(Self { is_https, name: host_name(name.as_bytes()), port })
    }

    /// Whether it is that of the request itself. A page over plain HTTP, which anybody on the way could have written, is not of
    /// the same origin as what is asked for over HTTPS; where TLS ends in front of us unseen, the other way round must do.
    fn is_own(&self, head: &Head, is_https: bool) -> bool {
        let host = std::str::from_utf8(head.header(b"host").unwrap_or_default()).ok().and_then(split_port);
        host.is_some_and(|(name, port)| {
            host_name(name.as_bytes()) == self.name
                && port.unwrap_or(default_port(self.is_https)) == self.port
                && (self.is_https || !is_https)
        })
    }
}

impl OriginGuard {
    /// Where the request comes from, in words, unless it may.
    fn foreign(&self, head: &Head, is_https: bool) -> Option<String> {
        let said = |name: &'static [u8]| head.header_lines(name).filter(|value| !value.trim_ascii().is_empty());
        let may = |field: &[u8]| self.may(field.trim_ascii(), head, is_https);
        // Whoever sends two means to have one of them overlooked.
        let field = match said(b"origin").next() {
            Some(_) => said(b"origin").find(|field| !may(field)),
            None => said(b"referer").find(|field| !may(field)),
        };
        field.map(shown)
    }

    fn may(&self, field: &[u8], head: &Head, is_https: bool) -> bool {
        if field == b"null" {
            // Pages that say `no-referrer` send it to their own site, too; only newer browsers tell the two apart.
            return head.header(b"sec-fetch-site") == Some(b"same-origin");
        }
        Origin::read(field).is_some_and(|origin| {
            origin.is_own(head, is_https) || self.allowed.iter().any(|allowed| allowed.is(&origin))
        })
    }
}

impl Stage<'_> {
    /// Asks where a request that changes something, or opens a WebSocket, comes from.
    pub(super) fn crosses_sites(&self, record: &mut Record, websocket: bool) -> Said {
        let Some(guard) = &self.object.origins else { return Said::Go };
        if !websocket && matches!(record.head.method(), b"GET" | b"HEAD" | b"OPTIONS") {
            return Said::Go;
        }
        let Some(origin) = guard.foreign(&record.head, self.is_https) else { return Said::Go };
        let refuses = guard.enforces && self.enforces();
        let rule_id = if websocket { "origin:websocket" } else { "origin:request" };
        // Of whoever decides what to allow each origin is asked.
        if self.defence().is_news(record.client.address.ip(), &format!("{rule_id} {origin}")) {
            let action = if refuses { "block" } else { "observe" };
            let rule_name = format!("{NAME}（{origin}）");
            record.defended(&Hit { rule_id: rule_id.to_owned(), rule_name, category: "csrf", action });
        } else if refuses {
            record.refused_again("csrf", rule_id);
        }
        if !refuses {
            return Said::Go;
        }
        record.rule = Some((rule_id.to_owned(), NAME.into()));
        stop(Reason::CrossSite, 403)
    }
}

/// Scheme, name and port of a field: paths of other sites are nobody's business here.
fn shown(field: &[u8]) -> String {
    let slashes = field.windows(3).position(|three| three == b"://").map_or(0, |at| at + 3);
    let ends = |byte: &u8| matches!(byte, b'/' | b'?' | b'#');
    let end = field.iter().skip(slashes).position(ends).map_or(field.len(), |at| slashes + at);
    printable(field.get(..end.min(SHOWN_BYTES)).unwrap_or_default())
}

fn is_https(scheme: &str) -> Option<bool> {
    [("https", true), ("http", false)].into_iter().find(|(name, _)| scheme.eq_ignore_ascii_case(name)).map(|(_, is)| is)
}

fn default_port(is_https: bool) -> u16 {
    if is_https { 443 } else { 80 }
}

/// Name and port of `name:port`, `[v6]:port` or a name alone.
fn split_port(authority: &str) -> Option<(&str, Option<u16>)> {
    match authority.rsplit_once(':') {
        Some((_, rest)) if rest.ends_with(']') => Some((authority, None)),
        Some((name, "")) => Some((name, None)),
        Some((name, port)) => Some((name, Some(port.parse().ok()?))),
        None => Some((authority, None)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn guard(allowed: &[&str]) -> OriginGuard {
        let allowed = allowed.iter().map(|text| AllowedOrigin::parse(text).unwrap());
        OriginGuard { enforces: true, allowed: allowed.collect() }
    }

    fn foreign(guard: &OriginGuard, host: &str, is_https: bool, fields: &[(&str, &str)]) -> Option<String> {
        let head = Head::new(b"POST", b"/save", b"HTTP/1.1").with_header(b"host", host.as_bytes());
        let head = fields.iter().fold(head, |head, (name, value)| head.with_header(name.as_bytes(), value.as_bytes()));
        guard.foreign(&head, is_https)
    }

    #[test]
    fn request_comes_from_its_own_origin_or_from_elsewhere() {
        let check = |host: &str, is_https: bool, field: (&str, &str), expected: bool| {
            let told = foreign(&guard(&[]), host, is_https, &[field]);
            assert_eq!(told.is_none(), expected, "{host} {is_https} {field:?}");
        };
        check("his.example:8443", true, ("origin", "https://his.example:8443"), true);
        check("HIS.example", true, ("origin", "https://his.example"), true);
        check("his.example:443", true, ("origin", "https://his.example"), true);
        check("[2001:db8::1]:8080", false, ("origin", "http://[2001:db8::1]:8080"), true);
        check("[2001:db8::1]", false, ("origin", "http://[2001:db8::1]"), true);
        check("his.example", false, ("origin", "https://his.example"), true);
        check("his.example", true, ("origin", "http://his.example"), false);
        check("his.example:8443", true, ("origin", "https://his.example"), false);
        check("his.example", true, ("origin", "https://his.example:8443"), false);
        check("his.example", true, ("origin", "https://his.example.evil.example"), false);
        check("his.example", true, ("origin", "https://his.example@evil.example"), false);
        check("his.example", true, ("origin", "https://his.example:1@evil.example"), false);
        check("his.example", true, ("origin", "null"), false);
        check("his.example", true, ("origin", "chrome-extension://abc"), false);
        check("", false, ("origin", "http://"), false);
        check("his.example", true, ("referer", "https://his.example/a?b=https://evil.example"), true);
        check("his.example", true, ("referer", "https://evil.example/https://his.example/"), false);
        check("his.example", true, ("referer", "https://evil.example?his.example"), false);
        check("his.example", true, ("referer", "about:blank"), false);
    }

    #[test]
    fn who_says_nothing_passes_and_origin_counts_before_referer() {
        let none = guard(&[]);
        assert_eq!(foreign(&none, "a", true, &[]), None);
        assert_eq!(foreign(&none, "a", true, &[("origin", ""), ("referer", " ")]), None);
        let both = [("origin", "https://a"), ("referer", "https://b/")];
        assert_eq!(foreign(&none, "a", true, &both), None);
        let turned = [("origin", "https://b"), ("referer", "https://a/")];
        assert_eq!(foreign(&none, "a", true, &turned).as_deref(), Some("https://b"));
        let twice = [("origin", "https://a"), ("origin", "https://b")];
        assert_eq!(foreign(&none, "a", true, &twice).as_deref(), Some("https://b"));
        let own = [("origin", "null"), ("sec-fetch-site", "same-origin")];
        assert_eq!(foreign(&none, "a", true, &own), None);
    }

    #[test]
    fn allowed_origins_are_compared_with_scheme_and_port() {
        let portal = guard(&["https://Portal.example", "http://old.example:8080", "https://*.group.example"]);
        for (origin, expected) in [
            ("https://portal.example", true),
            ("https://portal.example:443", true),
            ("http://portal.example", false),
            ("https://portal.example:8443", false),
            ("http://old.example:8080", true),
            ("http://old.example", false),
            ("https://a.b.group.example", true),
            ("https://group.example", false),
            ("https://evilgroup.example", false),
        ] {
            assert_eq!(foreign(&portal, "a", true, &[("origin", origin)]).is_none(), expected, "{origin}");
        }
    }

    #[test]
    fn event_names_the_origin_and_no_path_of_it() {
        let told = |field: &str| foreign(&guard(&[]), "a", true, &[("referer", field)]).unwrap();
        assert_eq!(told("https://b:8443/patient/42?name=x"), "https://b:8443");
        assert_eq!(told("about:blank"), "about:blank");
        assert!(told(&"x".repeat(9_000)).len() <= SHOWN_BYTES);
    }

    #[test]
    fn what_is_no_origin_is_not_allowed() {
        for text in
            ["", "null", "*", "portal.example", "https://*", "ftp://a", "https://a/", "https://a:0x", "https://a b"]
        {
            assert!(AllowedOrigin::parse(text).is_err(), "{text:?}");
        }
    }
}
