//! What rules and limits may ask about one request, read from its head and body when asked.

use std::borrow::Cow;
use std::cell::OnceCell;
use std::net::IpAddr;

use bytes::Bytes;
use medward_defence::bot::{Assessment, Head as BotHead, assess};
use medward_defence::condition::{Fact, Facts, Named, Number, Text};
use medward_defence::limit::{KeyFacts, KeyPart};
use medward_waf::Head;

use super::policy::Addresses;
use crate::exchange::path_of;
use crate::path::normalised;
use crate::place::{Place, Region, Whereabouts, Zones};
use crate::snapshot::{Object, host_name};

/// Arguments that are read of one request; an application takes the first ones of a flood, too.
const MAX_ARGUMENTS: usize = 1_000;
/// How deep JSON is followed.
const MAX_JSON_DEPTH: usize = 16;

/// Names under which applications usually keep their session.
const SESSION_COOKIES: &[&[u8]] = &[
    b"JSESSIONID",
    b"SESSION",
    b"ASP.NET_SessionId",
    b".AspNetCore.Session",
    b"PHPSESSID",
    b"sessionid",
    b"connect.sid",
    b"SESSIONID",
    b"session",
];

/// Headers that carry the token of an API, the usual one first.
const TOKEN_HEADERS: &[&[u8]] = &[b"authorization", b"x-api-key", b"x-access-token", b"x-auth-token", b"token"];

/// The facts of one request.
pub(crate) struct RequestFacts<'r> {
    head: &'r Head,
    object: &'r Object,
    addresses: &'r Addresses,
    ip: IpAddr,
    tls: Option<&'static str>,
    is_https: bool,
    path: Cow<'r, [u8]>,
    query: Option<&'r [u8]>,
    /// What is known of the body; nothing before it was read.
    body: Option<BodyFacts>,
    status: Option<u16>,
    /// Where it comes from.
    place: Option<(&'r Zones, Whereabouts)>,
    /// Login name of who asks.
    user: Option<String>,
    host: OnceCell<Cow<'r, str>>,
    content_type: OnceCell<Vec<u8>>,
    template: OnceCell<Vec<u8>>,
    arguments: OnceCell<Vec<(String, Vec<u8>)>>,
}

/// A body as far as it was inspected.
#[derive(Default)]
pub(crate) struct BodyFacts {
    bytes: Vec<u8>,
    /// Announced, or what was read.
    size: u64,
}

impl BodyFacts {
    pub(crate) fn new(pieces: &[Bytes], announced: Option<u64>) -> Self {
        let bytes = pieces.concat();
        let size = announced.unwrap_or(0).max(bytes.len() as u64);
        Self { bytes, size }
    }
}

impl<'r> RequestFacts<'r> {
    pub(crate) fn new(
        head: &'r Head,
        object: &'r Object,
        addresses: &'r Addresses,
        ip: IpAddr,
        tls: Option<&'static str>,
        is_https: bool,
    ) -> Self {
        let target = head.target();
        let query = target.iter().position(|byte| *byte == b'?').and_then(|at| target.get(at + 1..));
        Self {
            head,
            object,
            addresses,
            ip,
            tls,
            is_https,
            path: normalised(path_of(head)),
            query,
            body: None,
            status: None,
            place: None,
            user: None,
            host: OnceCell::new(),
            content_type: OnceCell::new(),
            template: OnceCell::new(),
            arguments: OnceCell::new(),
        }
    }

    /// The body was read.
    pub(crate) fn with_body(mut self, body: BodyFacts) -> Self {
        self.body = Some(body);
        self
    }

    /// It is known where the client is.
    pub(crate) fn with_place(mut self, zones: &'r Zones, whereabouts: Whereabouts) -> Self {
        self.place = Some((zones, whereabouts));
        self
    }

    /// The access guard knows who asks.
    pub(crate) fn with_user(mut self, user: Option<String>) -> Self {
        self.user = user;
        self
    }

    /// The answer has begun.
    pub(crate) fn with_status(mut self, status: u16) -> Self {
        self.status = Some(status);
        self
    }

    /// What the head says about who sent it.
    pub(crate) fn bot(&self) -> Assessment {
        let has = |name: &[u8]| self.head.header(name).is_some();
        assess(&BotHead {
            user_agent: self.head.header(b"user-agent").unwrap_or_default(),
            has_accept: has(b"accept"),
            has_accept_language: has(b"accept-language"),
            has_fetch_metadata: has(b"sec-fetch-site") || has(b"sec-fetch-mode") || has(b"sec-fetch-dest"),
            is_https: self.is_https,
            is_http_1_0: self.head.version() == b"HTTP/1.0",
        })
    }

    /// The path as it is routed.
    pub(super) fn path(&self) -> &[u8] {
        &self.path
    }

    /// The client's address, of version 4 also where it is written as one of version 6.
    pub(super) fn address(&self) -> IpAddr {
        self.ip.to_canonical()
    }

    /// Whether it asks for a page, and not for a part of one.
    pub(crate) fn is_document(&self) -> bool {
        let accept = self.head.header(b"accept").unwrap_or_default();
        self.head.method() == b"GET" && memchr::memmem::find(accept, b"text/html").is_some()
    }

    pub(crate) fn cookie(&self, name: &[u8]) -> Option<&[u8]> {
        let mut found = None;
        self.each_cookie(&mut |key, value| {
            let same = key == name;
            if same {
                found = Some(value);
            }
            same
        });
        found
    }

    fn each_cookie(&self, see: &mut dyn FnMut(&'r [u8], &'r [u8]) -> bool) -> bool {
        let lines = self.head.header_lines(b"cookie");
        let pairs = lines.flat_map(|line| line.split(|byte| *byte == b';'));
        let mut pairs = pairs.filter_map(|pair| {
            let at = pair.iter().position(|byte| *byte == b'=')?;
            Some((pair.get(..at)?.trim_ascii(), pair.get(at + 1..)?.trim_ascii()))
        });
        pairs.any(|(name, value)| see(name, value))
    }

    fn content_type(&self) -> &[u8] {
        self.content_type.get_or_init(|| {
            let value = self.head.header(b"content-type").unwrap_or_default();
            let kind = value.split(|byte| *byte == b';').next().unwrap_or_default();
            kind.trim_ascii().to_ascii_lowercase()
        })
    }

    /// Arguments of the query and of a form or JSON body, decoded, in the order they were sent.
    fn arguments(&self) -> &[(String, Vec<u8>)] {
        self.arguments.get_or_init(|| {
            let mut all = Vec::new();
            push_form(&mut all, self.query.unwrap_or_default());
            if let Some(body) = self.body.as_ref().filter(|body| !body.bytes.is_empty()) {
                let kind = self.content_type();
                if kind == b"application/x-www-form-urlencoded" {
                    push_form(&mut all, &body.bytes);
                } else if kind.ends_with(b"json") {
                    push_json(&mut all, &body.bytes);
                } else if kind == b"multipart/form-data" {
                    let whole = self.head.header(b"content-type").unwrap_or_default();
                    push_multipart(&mut all, whole, &body.bytes);
                }
            }
            all
        })
    }

    fn argument(&self, name: &str) -> Option<&[u8]> {
        self.arguments().iter().find(|(known, _)| known == name).map(|(_, value)| value.as_slice())
    }

    fn token(&self) -> Option<&[u8]> {
        TOKEN_HEADERS.iter().find_map(|name| self.head.header(name)).map(<[u8]>::trim_ascii)
    }

    /// What the atlas says of the client. Without one nobody can know; an address that does not stand in it is somewhere, too.
    fn told(&self, of: impl Fn(&Place) -> Option<&str>) -> Fact<&[u8]> {
        match &self.place {
            None | Some((_, Whereabouts::NoAtlas)) => Fact::NotYet,
            Some((_, whereabouts)) => {
                whereabouts.place().and_then(of).map_or(Fact::Unknown, |text| Fact::Is(text.as_bytes()))
            }
        }
    }

    fn session(&self) -> Option<&[u8]> {
        SESSION_COOKIES.iter().find_map(|name| self.cookie(name))
    }
}

/// Decodes `a=1&b=2`.
fn push_form(all: &mut Vec<(String, Vec<u8>)>, text: &[u8]) {
    let room = MAX_ARGUMENTS.saturating_sub(all.len());
    let pairs = form_urlencoded::parse(text).take(room);
    all.extend(pairs.map(|(name, value)| (name.into_owned(), value.into_owned().into_bytes())));
}

/// Scalars of a JSON document by their names from the top, with dots between them; items of a list have its name.
fn push_json(all: &mut Vec<(String, Vec<u8>)>, text: &[u8]) {
    if let Ok(value) = serde_json::from_slice::<serde_json::Value>(text) {
        push_value(all, String::new(), &value, 0);
    }
}

fn push_value(all: &mut Vec<(String, Vec<u8>)>, name: String, value: &serde_json::Value, depth: usize) {
    use serde_json::Value;
    if depth > MAX_JSON_DEPTH || all.len() >= MAX_ARGUMENTS {
        return;
    }
    match value {
        Value::Object(fields) => {
            for (key, value) in fields {
                let name = if name.is_empty() { key.clone() } else { format!("{name}.{key}") };
                push_value(all, name, value, depth + 1);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| push_value(all, name.clone(), item, depth + 1)),
        Value::String(text) => all.push((name, text.clone().into_bytes())),
        Value::Null => {}
        Value::Bool(_) | Value::Number(_) => all.push((name, value.to_string().into_bytes())),
    }
}

/// Fields of a multipart form that are no files. The engine has checked the structure; here a part that looks different is
/// left out.
fn push_multipart(all: &mut Vec<(String, Vec<u8>)>, content_type: &[u8], body: &[u8]) {
    let Some(boundary) = parameter(content_type, b"boundary=") else { return };
    let mark = [b"--", boundary].concat();
    for part in split_on(body, &mark) {
        if all.len() >= MAX_ARGUMENTS {
            return;
        }
        let Some(at) = find(part, b"\r\n\r\n") else { continue };
        let (head, value) = (part.get(..at).unwrap_or_default(), part.get(at + 4..).unwrap_or_default());
        if parameter(head, b"filename=").is_some() || parameter(head, b"filename*=").is_some() {
            continue;
        }
        let Some(name) = parameter(head, b" name=").or_else(|| parameter(head, b";name=")) else { continue };
        let value = value.strip_suffix(b"\r\n").unwrap_or(value);
        all.push((String::from_utf8_lossy(name).into_owned(), value.to_vec()));
    }
}

fn parameter<'t>(text: &'t [u8], key: &[u8]) -> Option<&'t [u8]> {
    let at = text.windows(key.len()).position(|window| window.eq_ignore_ascii_case(key))?;
    let rest = text.get(at + key.len()..)?;
    match rest.strip_prefix(b"\"") {
        Some(quoted) => quoted.split(|byte| *byte == b'"').next(),
        None => rest.split(|byte| matches!(byte, b';' | b'\r' | b'\n' | b' ')).next(),
    }
    .filter(|value| !value.is_empty())
}

fn find(text: &[u8], needle: &[u8]) -> Option<usize> {
    memchr::memmem::find(text, needle)
}

fn split_on<'t>(text: &'t [u8], mark: &[u8]) -> Vec<&'t [u8]> {
    let ends: Vec<usize> = memchr::memmem::find_iter(text, mark).take(MAX_ARGUMENTS + 1).collect();
    let next = ends.iter().copied().skip(1);
    ends.iter().zip(next).filter_map(|(from, to)| text.get(from + mark.len()..to)).collect()
}

/// The path with its identifiers left out, `/report/{}/page/{}`: calls of one kind have one template.
fn template_of(path: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(path.len());
    for (at, segment) in path.split(|byte| *byte == b'/').enumerate() {
        if at > 0 {
            out.push(b'/');
        }
        out.extend_from_slice(if is_identifier(segment) { b"{}" } else { segment });
    }
    out
}

/// Numbers, UUIDs and long hexadecimal words.
fn is_identifier(segment: &[u8]) -> bool {
    let digits = segment.iter().filter(|byte| byte.is_ascii_digit()).count();
    let hex = segment.iter().all(|byte| byte.is_ascii_hexdigit() || *byte == b'-');
    digits > 0 && (digits == segment.len() || (hex && segment.len() >= 16))
}

impl Facts for RequestFacts<'_> {
    fn ip(&self) -> IpAddr {
        self.ip
    }

    fn in_address_group(&self, name: &str) -> bool {
        self.addresses.groups.get(name).is_some_and(|set| set.contains(self.ip))
    }

    fn text(&self, field: Text) -> Fact<&[u8]> {
        match field {
            Text::Host => {
                Fact::Is(self.host.get_or_init(|| host_name(self.head.header(b"host").unwrap_or_default())).as_bytes())
            }
            Text::Path => Fact::Is(&self.path),
            Text::Query => self.query.map_or(Fact::Absent, Fact::Is),
            Text::Method => Fact::Is(self.head.method()),
            Text::ContentType => match self.content_type() {
                b"" => Fact::Absent,
                kind => Fact::Is(kind),
            },
            Text::UserAgent => self.head.header(b"user-agent").map_or(Fact::Absent, Fact::Is),
            Text::Object => Fact::Is(self.object.name.as_bytes()),
            Text::Group => self.object.group.as_ref().map_or(Fact::Absent, |name| Fact::Is(name.as_bytes())),
            Text::TlsVersion => Fact::Is(self.tls.unwrap_or("none").as_bytes()),
            Text::BotClass => Fact::Is(self.bot().class.as_str().as_bytes()),
            Text::User => self.user.as_ref().map_or(Fact::Absent, |user| Fact::Is(user.as_bytes())),
            Text::Country => self.told(|place| Some(place.country.as_str())),
            Text::Region => self.told(|place| place.region.as_ref().map(Region::as_str)),
            Text::Zone => self.place.as_ref().map_or(Fact::NotYet, |(zones, _)| Fact::Is(zones.of(self.ip).as_bytes())),
            Text::Scenario => {
                self.object.scenario.map_or(Fact::Absent, |scenario| Fact::Is(scenario.as_str().as_bytes()))
            }
            Text::Label => Fact::Absent,
        }
    }

    fn number(&self, field: Number) -> Fact<u64> {
        match field {
            Number::BodySize => self.body.as_ref().map_or(Fact::NotYet, |body| Fact::Is(body.size)),
            Number::ResponseStatus => self.status.map_or(Fact::NotYet, |status| Fact::Is(u64::from(status))),
        }
    }

    fn each(&self, field: &Named, matches: &mut dyn FnMut(&[u8]) -> bool) -> Fact<bool> {
        let mut present = false;
        let mut ask = |value: &[u8]| {
            present = true;
            matches(value)
        };
        let found = match field {
            Named::Header(name) => self.head.header_lines(name.as_bytes()).any(&mut ask),
            Named::Cookie(name) => self.each_cookie(&mut |key, value| key == name.as_bytes() && ask(value)),
            Named::Argument(_) if self.body.is_none() => return Fact::NotYet,
            Named::Argument(name) => {
                self.arguments().iter().filter(|(key, _)| **key == **name).any(|(_, value)| ask(value))
            }
        };
        if present { Fact::Is(found) } else { Fact::Absent }
    }
}

impl KeyFacts for RequestFacts<'_> {
    fn ip(&self) -> IpAddr {
        self.ip
    }

    fn value(&self, part: &KeyPart) -> Option<&[u8]> {
        match part {
            KeyPart::User => self.user.as_ref().map(String::as_bytes),
            KeyPart::Ip | KeyPart::IpPrefix => None,
            KeyPart::Country => Some(self.place.as_ref()?.1.place()?.country.as_str().as_bytes()),
            KeyPart::Session => self.session(),
            KeyPart::Token => self.token(),
            KeyPart::Header(name) => self.head.header(name.as_bytes()),
            KeyPart::Argument(name) | KeyPart::JsonField(name) => self.argument(name),
            KeyPart::Object => Some(self.object.id.as_bytes()),
            KeyPart::PathTemplate => Some(self.template.get_or_init(|| template_of(&self.path))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn arguments(content_type: &str, body: &str) -> Vec<(String, String)> {
        let mut all = Vec::new();
        match content_type {
            "json" => push_json(&mut all, body.as_bytes()),
            "form" => push_form(&mut all, body.as_bytes()),
            other => push_multipart(&mut all, other.as_bytes(), body.as_bytes()),
        }
        all.into_iter().map(|(name, value)| (name, String::from_utf8(value).unwrap())).collect()
    }

    fn check(content_type: &str, body: &str, expected: &[(&str, &str)]) {
        let expected: Vec<_> = expected.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        assert_eq!(arguments(content_type, body), expected, "{body}");
    }

    #[test]
    fn arguments_are_read_from_forms_json_and_multipart() {
        check("form", "a=1&b=%E6%9D%8E+x&a=2", &[("a", "1"), ("b", "李 x"), ("a", "2")]);
        let json = r#"{"patient":{"id":7,"tags":["x","y"]},"ok":true,"none":null}"#;
        let mut read = arguments("json", json);
        read.sort();
        let expected = [("ok", "true"), ("patient.id", "7"), ("patient.tags", "x"), ("patient.tags", "y")];
        assert_eq!(read, expected.map(|(name, value)| (name.to_owned(), value.to_owned())));
        check("json", "{", &[]);
        let form = "--b1\r\nContent-Disposition: form-data; name=\"id\"\r\n\r\n42\r\n\
                    --b1\r\nContent-Disposition: form-data; name=\"f\"; filename=\"a.txt\"\r\n\r\nx\r\n--b1--\r\n";
        check("multipart/form-data; boundary=b1", form, &[("id", "42")]);
        check("multipart/form-data", form, &[]);
    }

    #[test]
    fn template_leaves_identifiers_out() {
        let check = |path: &str, expected: &str| {
            assert_eq!(String::from_utf8(template_of(path.as_bytes())).unwrap(), expected);
        };
        check("/report/20261120/page/3", "/report/{}/page/{}");
        check("/v2/u/0190f0c2-7f5e-7000-8000-0123456789ab", "/v2/u/{}");
        check("/face", "/face");
        check("/", "/");
    }

    #[test]
    fn hostile_json_neither_overflows_nor_fills_memory() {
        check("json", &format!("{}1{}", "[".repeat(100), "]".repeat(100)), &[]);
        let many = format!("[{}1]", "1,".repeat(5_000));
        assert_eq!(arguments("json", &many).len(), MAX_ARGUMENTS);
    }
}
