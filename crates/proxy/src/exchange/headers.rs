//! Heads on their way through: what belongs to one connection only is taken out, what the next side must know is put in.
//!
//! Towards the upstream a head is always built from parsed fields, never copied (gateway.md §4).

use std::net::Ipv4Addr;

use http::header::{ACCEPT_ENCODING, CONNECTION, COOKIE, HOST, HeaderName, IF_RANGE, RANGE, SET_COOKIE, UPGRADE};
use http::{HeaderMap, HeaderValue, Method, Request, Uri, Version};
use medward_contract::id::RequestId;
use medward_waf::Head;

use crate::access::OWN_COOKIES;
use crate::event::Target;
use crate::page::REQUEST_ID;

const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
const FORWARDED_PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");
/// RFC 9440.
const CLIENT_CERT: HeaderName = HeaderName::from_static("client-cert");
const FORWARDED_HOST: HeaderName = HeaderName::from_static("x-forwarded-host");

/// Login name of a visitor whom the access guard let in, and the proof of it.
const USER: HeaderName = HeaderName::from_static("x-medward-user");
const ASSERTION: HeaderName = HeaderName::from_static("x-medward-assert");

/// Fields that concern one connection (RFC 9110 §7.6.1), and `expect`, which the gateway answers itself.
fn is_hop_by_hop(name: &str) -> bool {
    matches!(
        name,
        "connection"
            | "keep-alive"
            | "proxy-connection"
            | "proxy-authenticate"
            | "proxy-authorization"
            | "te"
            | "trailer"
            | "transfer-encoding"
            | "upgrade"
            | "http2-settings"
            | "expect"
    )
}

/// Fields by which a client could pretend to come from elsewhere, to ask for another path, or to have passed Medward's
/// guard.
const FORGED: [&str; 12] = [
    "client-cert",
    "client-cert-chain",
    "forwarded",
    "x-forwarded",
    "x-real-ip",
    "x-client-ip",
    "true-client-ip",
    "x-request-id",
    "x-original-url",
    "x-rewrite-url",
    "x-medward-user",
    "x-medward-assert",
];

/// Whether a client could forge something by this field. CGI and WSGI cannot tell `_` from `-`, and some tell it from nothing that
/// is no letter, so neither does this.
fn is_forged(name: &str) -> bool {
    const PREFIX: &str = "x-forwarded-";
    let reads_as = |bytes: &[u8], field: &str| {
        bytes.len() == field.len()
            && bytes
                .iter()
                .zip(field.bytes())
                .all(|(byte, expected)| *byte == expected || (expected == b'-' && !byte.is_ascii_alphanumeric()))
    };
    let bytes = name.as_bytes();
    bytes.get(..PREFIX.len()).is_some_and(|begin| reads_as(begin, PREFIX))
        || FORGED.iter().any(|field| reads_as(bytes, field))
}

/// Fields that say what the message is, whom it is for and who sent it. `Connection` may not name them (RFC 9110 §7.6.1
/// forbids it to a sender): the engine judged the request with them, so the upstream gets it with them.
fn is_end_to_end(name: &str) -> bool {
    const PREFIXES: [&str; 6] = ["content-", "accept", "if-", "sec-", "x-forwarded-", "x-medward-"];
    matches!(
        name,
        "host" | "authorization" | "cookie" | "set-cookie" | "origin" | "referer" | "user-agent" | "range" | "location"
    ) || PREFIXES.iter().any(|prefix| name.starts_with(prefix))
}

/// What the upstream is told about the client.
pub(super) struct Passage<'a> {
    pub(super) client: &'a str,
    pub(super) tls: bool,
    pub(super) id: RequestId,
    /// Host as the client wrote it.
    pub(super) host: Option<&'a [u8]>,
    /// The engine will read the answer.
    pub(super) answer_is_judged: bool,
    /// The answer is to be changed on its way: it must come whole and as plain text.
    pub(super) answer_is_changed: bool,
    /// The client's certificate, DER, when the object trusts it.
    pub(super) certificate: Option<&'a [u8]>,
    /// The client's address, when the protected system is to see it as its peer.
    pub(super) source: Option<Ipv4Addr>,
    /// The object has a guard.
    pub(super) is_guarded: bool,
    /// Login name of who asks, and what they are vouched for with.
    pub(super) user: Option<(&'a str, Option<&'a str>)>,
}

/// Makes a client's fields fit for the upstream.
pub(super) fn to_upstream(headers: &mut HeaderMap, passage: &Passage<'_>) {
    remove_matching(headers, |name| is_hop_by_hop(name) || is_forged(name));
    join_cookies(headers);
    hide_own_cookies(headers);
    if passage.is_guarded {
        // What is asked of a method was asked of the one in the request line.
        for name in ["x-http-method-override", "x-http-method", "x-method-override"] {
            headers.remove(name);
        }
    }
    if passage.answer_is_changed {
        headers.insert(ACCEPT_ENCODING, HeaderValue::from_static("identity"));
        // By asking for parts, a number could be had in halves that nobody knows.
        headers.remove(RANGE);
        headers.remove(IF_RANGE);
    } else if passage.answer_is_judged {
        ask_for_readable_codings(headers);
    }
    // Of what was parsed already there is no copy made.
    let parsed = headers.get(HOST).filter(|value| Some(value.as_bytes()) == passage.host).cloned();
    let host = parsed.or_else(|| HeaderValue::from_bytes(passage.host?).ok());
    let mut set = |name, value: Result<HeaderValue, _>| {
        if let Ok(value) = value {
            headers.insert(name, value);
        }
    };
    if let Some(host) = &host {
        set(HOST, Ok(host.clone()));
        set(FORWARDED_HOST, Ok(host.clone()));
    }
    set(FORWARDED_FOR, HeaderValue::from_str(passage.client));
    set(FORWARDED_PROTO, Ok(HeaderValue::from_static(if passage.tls { "https" } else { "http" })));
    if let Some(der) = passage.certificate {
        // A structured field of type byte sequence (RFC 9440 §2.2).
        set(CLIENT_CERT, HeaderValue::from_str(&format!(":{}:", data_encoding::BASE64.encode(der))));
    }
    if let Some((user, assertion)) = passage.user {
        set(USER, HeaderValue::from_str(user));
        if let Some(assertion) = assertion {
            set(ASSERTION, HeaderValue::from_str(assertion));
        }
    }
    set(REQUEST_ID, HeaderValue::from_str(passage.id.text(&mut [0; 36])));
}

/// Makes an upstream's fields fit for the client.
pub(super) fn to_client(headers: &mut HeaderMap) {
    remove_matching(headers, is_hop_by_hop);
    // An application that could set our cookies could choose its visitors' sessions.
    let sets_ours = |line: &HeaderValue| line.as_bytes().trim_ascii_start().starts_with(OWN_COOKIES);
    if headers.get_all(SET_COOKIE).iter().any(sets_ours) {
        let others: Vec<_> = headers.get_all(SET_COOKIE).iter().filter(|line| !sets_ours(line)).cloned().collect();
        headers.remove(SET_COOKIE);
        for line in others {
            headers.append(SET_COOKIE, line);
        }
    }
}

/// Removes what matches, and what `Connection` may name and does.
fn remove_matching(headers: &mut HeaderMap, matches: impl Fn(&str) -> bool) {
    let mut doomed: Vec<HeaderName> = headers.keys().filter(|name| matches(name.as_str())).cloned().collect();
    if headers.contains_key(CONNECTION) {
        let named = headers.get_all(CONNECTION).iter().flat_map(|value| value.as_bytes().split(|byte| *byte == b','));
        let named = named.filter_map(|name| HeaderName::from_bytes(name.trim_ascii()).ok());
        doomed.extend(named.filter(|name| !is_end_to_end(name.as_str())));
    }
    for name in doomed {
        headers.remove(name);
    }
}

/// HTTP/2 may send a cookie in crumbs; HTTP/1 knows one field only (RFC 9113 §8.2.3).
fn join_cookies(headers: &mut HeaderMap) {
    if headers.get_all(COOKIE).iter().nth(1).is_none() {
        return;
    }
    let crumbs: Vec<&[u8]> = headers.get_all(COOKIE).iter().map(HeaderValue::as_bytes).collect();
    if let Ok(joined) = HeaderValue::from_bytes(&crumbs.join(&b"; "[..])) {
        headers.insert(COOKIE, joined);
    }
}

/// Takes out the cookies of the gateway: no application ever sees a session of the access guard.
fn hide_own_cookies(headers: &mut HeaderMap) {
    let Some(cookies) = headers.get(COOKIE).filter(|line| memchr::memmem::find(line.as_bytes(), OWN_COOKIES).is_some())
    else {
        return;
    };
    let pairs = cookies.as_bytes().split(|byte| *byte == b';').map(<[u8]>::trim_ascii);
    let others: Vec<&[u8]> = pairs.filter(|pair| !pair.is_empty() && !pair.starts_with(OWN_COOKIES)).collect();
    match HeaderValue::from_bytes(&others.join(&b"; "[..])) {
        Ok(line) if !others.is_empty() => drop(headers.insert(COOKIE, line)),
        _ => drop(headers.remove(COOKIE)),
    }
}

/// The values of a cookie of ours; there should be one.
pub(crate) fn own_cookies<'h>(head: &'h Head, name: &str) -> impl Iterator<Item = &'h [u8]> {
    let pairs = head.header_lines(b"cookie").flat_map(|line| line.split(|byte| *byte == b';'));
    pairs.filter_map(move |pair| pair.trim_ascii().strip_prefix(name.as_bytes())?.strip_prefix(b"="))
}

/// Leaves out the content codings that the engine cannot undo: by asking for one of them a client would choose that its
/// answer is not judged.
fn ask_for_readable_codings(headers: &mut HeaderMap) {
    if !headers.contains_key(ACCEPT_ENCODING) {
        return;
    }
    let is_readable = |coding: &&[u8]| {
        let name = coding.split(|byte| *byte == b';').next().unwrap_or_default().trim_ascii();
        [&b"gzip"[..], b"x-gzip", b"deflate", b"br", b"zstd", b"identity"]
            .iter()
            .any(|known| name.eq_ignore_ascii_case(known))
    };
    let asked = headers.get_all(ACCEPT_ENCODING).iter();
    let codings = asked.flat_map(|value| value.as_bytes().split(|byte| *byte == b',')).map(<[u8]>::trim_ascii);
    let readable: Vec<&[u8]> = codings.filter(is_readable).collect();
    let value = if readable.is_empty() { b"identity".to_vec() } else { readable.join(&b", "[..]) };
    if let Ok(value) = HeaderValue::from_bytes(&value) {
        headers.insert(ACCEPT_ENCODING, value);
    }
}

/// Whether the client asks to switch to WebSocket (RFC 6455 §4.2.1). Other protocols are not switched to: the fields that
/// ask for them are left out.
pub(super) fn wants_websocket(method: &Method, headers: &HeaderMap) -> bool {
    let token = |name, token: &[u8]| {
        let values = headers.get_all(name).iter();
        values
            .flat_map(|value| value.as_bytes().split(|byte| *byte == b','))
            .any(|part| part.trim_ascii().eq_ignore_ascii_case(token))
    };
    method == Method::GET && token(CONNECTION, b"upgrade") && token(UPGRADE, b"websocket")
}

/// Asks the upstream to switch to WebSocket.
pub(super) fn ask_websocket(headers: &mut HeaderMap) {
    headers.insert(CONNECTION, HeaderValue::from_static("Upgrade"));
    headers.insert(UPGRADE, HeaderValue::from_static("websocket"));
}

/// A request without body, built anew from the head as it came, for a second attempt.
pub(super) fn rebuild<B>(head: &Head, uri: Uri, body: B) -> Option<Request<B>> {
    let mut request = Request::new(body);
    *request.method_mut() = Method::from_bytes(head.method()).ok()?;
    *request.uri_mut() = uri;
    *request.version_mut() = Version::HTTP_11;
    for (name, value) in head.headers() {
        let (name, value) = (HeaderName::from_bytes(name).ok()?, HeaderValue::from_bytes(value).ok()?);
        request.headers_mut().append(name, value);
    }
    Some(request)
}

/// The path an upstream is asked for: the raw one, as hyper holds it.
pub(super) fn origin_form(uri: &Uri) -> Uri {
    match uri.path_and_query() {
        Some(path) if uri.scheme().is_some() => path.clone().into(),
        _ => uri.clone(),
    }
}

/// Path of a head, for routing.
pub(crate) fn path_of(head: &Head) -> &[u8] {
    Target::of(head.target()).path
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

    fn passage() -> Passage<'static> {
        Passage {
            client: "203.0.113.9",
            tls: true,
            id: RequestId::new(),
            host: Some(b"tj.example.org"),
            answer_is_changed: false,
            answer_is_judged: false,
            certificate: None,
            source: None,
            is_guarded: false,
            user: None,
        }
    }

    #[test]
    fn hop_by_hop_and_forged_fields_do_not_reach_the_upstream() {
        let mut headers = headers(&[
            ("connection", "close, X-Private, Cookie, Content-Length"),
            ("x-private", "1"),
            ("cookie", "a=1"),
            ("content-length", "3"),
            ("te", "trailers"),
            ("transfer-encoding", "chunked"),
            ("upgrade", "h2c"),
            ("http2-settings", "AA"),
            ("x-forwarded-for", "127.0.0.1"),
            ("x-forwarded-port", "1"),
            ("forwarded", "for=127.0.0.1"),
            ("x-real-ip", "127.0.0.1"),
            ("x_real_ip", "127.0.0.1"),
            ("x_forwarded_for", "127.0.0.1"),
            ("x-forwarded_host", "other"),
            ("x_medward_user", "admin"),
            ("x-original-url", "/admin"),
            ("x_rewrite_url", "/admin"),
            ("x-request-id", "mine"),
            ("client-cert", ":AA:"),
            ("client_cert_chain", ":AA:"),
            ("x-medward-user", "admin"),
            ("x-medward-drill", "7"),
            ("host", "other"),
        ]);
        let passage = passage();
        to_upstream(&mut headers, &passage);
        let mut names: Vec<_> = headers.keys().map(HeaderName::as_str).collect();
        names.sort_unstable();
        assert_eq!(
            names,
            [
                "content-length",
                "cookie",
                "host",
                "x-forwarded-for",
                "x-forwarded-host",
                "x-forwarded-proto",
                "x-medward-drill",
                "x-request-id"
            ]
        );
        assert_eq!(headers["x-forwarded-for"], "203.0.113.9");
        assert_eq!(headers["x-forwarded-proto"], "https");
        assert_eq!(headers["host"], "tj.example.org");
        assert_eq!(headers["x-request-id"], passage.id.to_string().as_str());
    }

    #[test]
    fn cookie_crumbs_become_one_cookie() {
        let mut headers = headers(&[("cookie", "a=1"), ("cookie", "b=2")]);
        to_upstream(&mut headers, &passage());
        assert_eq!(headers.get_all("cookie").iter().collect::<Vec<_>>(), ["a=1; b=2"]);
    }

    #[test]
    fn only_websocket_is_switched_to() {
        let ask = |method: Method, upgrade| {
            wants_websocket(&method, &headers(&[("connection", "keep-alive, Upgrade"), ("upgrade", upgrade)]))
        };
        assert!(ask(Method::GET, "WebSocket"));
        assert!(!ask(Method::GET, "h2c"));
        assert!(!ask(Method::POST, "websocket"));
        assert!(!wants_websocket(&Method::GET, &headers(&[("upgrade", "websocket")])));
    }

    #[test]
    fn cookies_of_the_gateway_stay_at_the_gateway() {
        let mut headers = headers(&[("cookie", "__mw_s=secret; JSESSIONID=1"), ("cookie", "__mw_c=x")]);
        to_upstream(&mut headers, &passage());
        assert_eq!(headers[COOKIE], "JSESSIONID=1");
        let mut headers = self::headers(&[("cookie", "__mw_s=secret")]);
        to_upstream(&mut headers, &passage());
        assert!(!headers.contains_key(COOKIE));
        let mut headers = self::headers(&[("set-cookie", "a=1"), ("set-cookie", " __mw_s=chosen; Path=/")]);
        to_client(&mut headers);
        assert_eq!(headers.get_all(SET_COOKIE).iter().collect::<Vec<_>>(), ["a=1"]);
    }

    #[test]
    fn who_asks_is_said_by_the_gateway_alone() {
        let mut headers = headers(&[("x-medward-user", "admin"), ("x_medward_assert", "forged")]);
        to_upstream(&mut headers, &Passage { user: Some(("wang.min", None)), ..passage() });
        assert_eq!(headers["x-medward-user"], "wang.min");
        assert!(!headers.contains_key("x-medward-assert") && !headers.contains_key("x_medward_assert"));
    }
}
