//! The places of a request that an attack can stand in, and an ordinary request around each.

use std::fmt::Write as _;

use super::codec;
use super::encode::{Encoded, Encoding};
use super::rng::Rng;
use super::wire::{FORM, JSON, Part, Wire, multipart, session_cookie};
use super::words;

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) enum Place {
    Path,
    Query,
    Header,
    Cookie,
    Form,
    Json,
    Xml,
    Multipart,
    /// A body of another kind, binary mostly. Only whole requests stand there.
    Body,
}

impl Place {
    pub(crate) const ALL: &'static [Self] =
        &[Self::Path, Self::Query, Self::Header, Self::Cookie, Self::Form, Self::Json, Self::Xml, Self::Multipart];
    /// All but the path, where most payloads mean nothing.
    pub(crate) const PARAMETERS: &'static [Self] =
        &[Self::Query, Self::Form, Self::Json, Self::Cookie, Self::Multipart, Self::Xml, Self::Header];
    /// What an application reads as input of its user.
    pub(crate) const INPUTS: &'static [Self] = &[Self::Query, Self::Form, Self::Json, Self::Multipart, Self::Xml];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Path => "path",
            Self::Query => "query",
            Self::Header => "header",
            Self::Cookie => "cookie",
            Self::Form => "form",
            Self::Json => "json",
            Self::Xml => "xml",
            Self::Multipart => "multipart",
            Self::Body => "body",
        }
    }

    /// Whether a value can be written that way here.
    pub(crate) fn takes(self, encoding: Encoding) -> bool {
        match encoding {
            Encoding::JsonEscape => self == Self::Json,
            // A decoder of a target or a form; nobody else has one.
            Encoding::Overlong | Encoding::PercentU => {
                matches!(self, Self::Path | Self::Query | Self::Cookie | Self::Form)
            }
            // Twice: one more decoder than the server's own.
            Encoding::DoublePercent => {
                matches!(self, Self::Path | Self::Query | Self::Cookie | Self::Form | Self::Header)
            }
            Encoding::Base64 => self != Self::Path,
            Encoding::HtmlEntity => !matches!(self, Self::Path | Self::Header),
            _ => true,
        }
    }

    /// Whether the place can hold these bytes: XML has no control characters but tab and line ends (XML 1.0 §2.2).
    pub(crate) fn holds(self, payload: &Encoded) -> bool {
        self != Self::Xml || payload.bytes.iter().all(|byte| *byte >= 0x20 || matches!(byte, b'\t' | b'\n' | b'\r'))
    }
}

const PARAMETERS: &[&str] = &[
    "id",
    "q",
    "name",
    "keyword",
    "patientNo",
    "deptId",
    "sort",
    "remark",
    "title",
    "userName",
    "content",
    "code",
    "type",
    "filter",
    "orderNo",
    "lang",
    "data",
    "value",
    "cardNo",
    "page",
];
const PAGES: &[&str] = &[
    "/report/detail",
    "/his/patient/query.do",
    "/api/v1/order/list",
    "/search",
    "/index.php",
    "/Home/Index",
    "/lis/result.aspx",
    "/user/info",
    "/news/show.jsp",
    "/api/appointment",
    "/web/common/list",
    "/pacs/study",
    "/emr/record/save",
];
const HEADERS: &[&str] = &[
    "User-Agent",
    "Referer",
    "X-Forwarded-For",
    "X-Api-Version",
    "X-Requested-With",
    "Authorization",
    "Accept-Language",
    "X-Tenant-Id",
    "Origin",
    "X-Client-IP",
];

/// A request that carries the payload in this place.
pub(crate) fn carry(rng: &mut Rng, place: Place, encoding: Encoding, payload: &Encoded) -> Vec<u8> {
    let page = rng.pick(PAGES);
    let name = rng.pick(PARAMETERS);
    let in_target = |kept: &[u8]| {
        if payload.escaped { text(payload) } else { codec::percent_keeping(&payload.bytes, kept) }
    };
    let wire = match place {
        Place::Path => {
            let value = in_target(b"-_.~/;,:@!$'()*=");
            let slash = if value.starts_with('/') { "" } else { "/" };
            let tail = rng.pick(&["", "", "/detail", ".html"]);
            Wire::get(format!(
                "{}{slash}{value}{tail}",
                rng.pick(&["/static", "/files", "/report", "/api/v1/user", "/d"])
            ))
        }
        Place::Query => {
            // Programs that attack escape as little as they must, browsers more.
            let kept: &[u8] = if rng.chance(50) { b"-_.~/;,:@!$'()*=" } else { b"-_.~" };
            let value = in_target(kept);
            Wire::get(match rng.below(4) {
                0 => format!("{page}?{name}={value}"),
                1 => format!("{page}?page=1&size=20&{name}={value}"),
                2 => format!("{page}?{name}={value}&lang=zh&_={}", words::millis(rng)),
                _ => format!("{page}?deptId={}&{name}[]={value}", rng.below(90)),
            })
        }
        Place::Header => {
            let value = header_value(&payload.bytes);
            let header = rng.pick(HEADERS);
            let wire = Wire::get(format!("{page}?id={}", rng.below(9000)));
            match header {
                "User-Agent" => {
                    let wire = wire.header("User-Agent", value).header("Accept", "*/*");
                    return wire.finish(rng);
                }
                "Referer" | "Origin" => wire.header(header, [b"http://www.example.org/s?k=", &*value].concat()),
                "Authorization" => wire.header(header, [b"Bearer ", &*value].concat()),
                _ => wire.header(header, value),
            }
        }
        Place::Cookie => {
            let value =
                if payload.escaped { text(payload) } else { codec::percent_keeping(&payload.bytes, b"-_.~/:@!$'()*=") };
            let wire =
                Wire::get(page).header("User-Agent", "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36");
            let session = session_cookie(rng);
            let cookie = rng.pick(&["uid", "last", "theme", "rememberMe", "lang", "track"]);
            let wire = wire.header(
                "Cookie",
                if rng.chance(50) {
                    format!("{session}; {cookie}={value}")
                } else {
                    format!("{cookie}={value}; {session}")
                },
            );
            return wire.finish(rng);
        }
        Place::Form => {
            let value = if payload.escaped { text(payload) } else { codec::form(&payload.bytes) };
            let body = match rng.below(3) {
                0 => format!("{name}={value}"),
                1 => format!("name={}&{name}={value}&submit=1", codec::form(words::person(rng))),
                _ => format!("page=1&rows=20&query[0][{name}]={value}&sord=asc"),
            };
            Wire::post(page, rng.pick(&[FORM, "application/x-www-form-urlencoded; charset=UTF-8"]), body)
        }
        Place::Json => {
            Wire::post(page, rng.pick(&[JSON, "application/json;charset=UTF-8"]), in_json(rng, name, encoding, payload))
        }
        Place::Xml => {
            let value = String::from_utf8_lossy(&payload.bytes).into_owned();
            let value = if rng.chance(30) && !value.contains("]]>") {
                format!("<![CDATA[{value}]]>")
            } else {
                codec::xml(&value)
            };
            let body = if rng.chance(50) {
                format!(
                    "<?xml version=\"1.0\" encoding=\"utf-8\"?><soap:Envelope xmlns:soap=\"http://schemas.xmlsoap.org/soap/envelope/\"><soap:Body><Query xmlns=\"http://tempuri.org/\"><{name}>{value}</{name}><size>20</size></Query></soap:Body></soap:Envelope>"
                )
            } else {
                format!("<request><head><from>HIS</from></head><body><{name}>{value}</{name}></body></request>")
            };
            Wire::post(page, rng.pick(&["text/xml; charset=utf-8", "application/xml"]), body)
        }
        Place::Multipart | Place::Body => {
            let parts = [
                Part::field("submit", "1"),
                Part::field(name, payload.bytes.clone()),
                Part::field("name", words::person(rng)),
            ];
            let (kind, body) = multipart(&parts, rng);
            Wire::post(page, &kind, body)
        }
    };
    match rng.below(4) {
        0 => wire.program(rng.pick(&[
            "python-requests/2.31.0",
            "curl/8.4.0",
            "Go-http-client/1.1",
            "okhttp/4.9.3",
            "Java/1.8.0_333",
        ])),
        1 => wire.mobile(rng),
        _ => wire.desktop(rng),
    }
    .finish(rng)
}

fn text(payload: &Encoded) -> String {
    String::from_utf8_lossy(&payload.bytes).into_owned()
}

/// A header value may hold no control bytes: those are percent-encoded.
fn header_value(bytes: &[u8]) -> Vec<u8> {
    bytes.iter().fold(Vec::new(), |mut value, byte| {
        if *byte < 0x20 || *byte == 0x7f {
            value.extend_from_slice(format!("%{byte:02x}").as_bytes());
        } else {
            value.push(*byte);
        }
        value
    })
}

fn in_json(rng: &mut Rng, name: &str, encoding: Encoding, payload: &Encoded) -> String {
    let value = if encoding == Encoding::JsonEscape {
        let escapes = text(payload).encode_utf16().fold(String::new(), |mut all, unit| {
            write!(all, "\\u{unit:04x}").unwrap();
            all
        });
        format!("\"{escapes}\"")
    } else {
        codec::json(&payload.bytes)
    };
    match rng.below(4) {
        0 => format!("{{\"{name}\":{value}}}"),
        1 => format!("{{\"page\":1,\"size\":20,\"query\":{{\"{name}\":{value},\"deptId\":{}}}}}", rng.below(90)),
        2 => format!("{{\"list\":[{{\"id\":1}},{{\"{name}\":{value}}}],\"ts\":{}}}", words::millis(rng)),
        _ => format!("{{\"method\":\"query\",\"params\":[{value},true,null],\"id\":{}}}", rng.below(1000)),
    }
}
