//! A request of the drill and how it looks on the wire. Built with names and values; what is encoded how is visible at each call.

use data_encoding::BASE64;
use serde_json::Value;

use super::wire::Target;
use crate::DRILL_HEADER;
use crate::percent;

pub(crate) const CHROME: &str =
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/133.0.0.0 Safari/537.36";
pub(crate) const WECHAT: &str = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_3 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 MicroMessenger/8.0.56(0x18003830) NetType/WIFI Language/zh_CN";
pub(crate) const ANDROID: &str = "Mozilla/5.0 (Linux; Android 15; V2405A) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.6778.260 Mobile Safari/537.36";
pub(crate) const HIS: &str = "HIS-Bridge/3.2 (Java/17.0.13)";
pub(crate) const KIOSK: &str = "Kiosk/1.8 (terminal 12)";

/// The boundary a browser would make up, fixed so that plans repeat.
const BOUNDARY: &str = "----WebKitFormBoundaryYunShan7MA4YWxk";

/// One request; everything but Host, length and the drill mark is explicit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// Value of the drill mark.
    pub id: String,
    pub method: &'static str,
    /// Path and query as sent, already encoded.
    pub target: String,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
    /// Sent with `Transfer-Encoding: chunked` instead of a length.
    pub chunked: bool,
    /// Path of the page the request comes from; becomes `Referer`, and `Origin` on a POST.
    pub page: Option<&'static str>,
}

impl Request {
    /// `target` may hold Chinese and blanks; what a request line cannot carry is encoded.
    pub(crate) fn new(method: &'static str, target: &str) -> Self {
        Self {
            id: String::new(),
            method,
            target: percent::encode_target(target),
            headers: vec![
                ("User-Agent".to_owned(), CHROME.to_owned()),
                ("Accept".to_owned(), "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8".to_owned()),
                ("Accept-Language".to_owned(), "zh-CN,zh;q=0.9,en;q=0.8".to_owned()),
            ],
            body: Vec::new(),
            chunked: false,
            page: None,
        }
    }

    pub(crate) fn get(target: &str) -> Self {
        Self::new("GET", target)
    }

    pub(crate) fn post(target: &str) -> Self {
        Self::new("POST", target)
    }

    /// Adds a query parameter, fully percent-encoded.
    pub(crate) fn query(self, name: &str, value: &str) -> Self {
        let encoded = percent::encode(value.as_bytes());
        self.raw_query(&format!("{name}={encoded}"))
    }

    /// Adds to the query as it is.
    pub(crate) fn raw_query(mut self, text: &str) -> Self {
        self.target.push(if self.target.contains('?') { '&' } else { '?' });
        self.target.push_str(text);
        self
    }

    /// Adds text to the path as it is.
    pub(crate) fn raw_path(mut self, text: &str) -> Self {
        self.target.push_str(text);
        self
    }

    /// Sets a header, replacing one of the same name.
    pub(crate) fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.retain(|(known, _)| !known.eq_ignore_ascii_case(name));
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    pub(crate) fn agent(self, agent: &str) -> Self {
        self.header("User-Agent", agent)
    }

    /// Adds a cookie as it is.
    pub(crate) fn cookie(mut self, name: &str, value: &str) -> Self {
        let pair = format!("{name}={value}");
        match self.headers.iter_mut().find(|(known, _)| known == "Cookie") {
            Some((_, cookies)) => {
                cookies.push_str("; ");
                cookies.push_str(&pair);
            }
            None => self.headers.push(("Cookie".to_owned(), pair)),
        }
        self
    }

    pub(crate) fn on_page(self, page: &'static str) -> Self {
        Self { page: Some(page), ..self }
    }

    pub(crate) fn body(mut self, content_type: &str, body: impl Into<Vec<u8>>) -> Self {
        self.body = body.into();
        self.header("Content-Type", content_type)
    }

    pub(crate) fn form(self, fields: &[(&str, &str)]) -> Self {
        let pairs: Vec<String> = fields
            .iter()
            .map(|(name, value)| format!("{name}={}", percent::encode(value.as_bytes()).replace("%20", "+")))
            .collect();
        self.body("application/x-www-form-urlencoded", pairs.join("&"))
    }

    pub(crate) fn json(self, value: &Value) -> Self {
        self.body("application/json", value.to_string()).header("Accept", "application/json")
    }

    pub(crate) fn xml(self, text: &str) -> Self {
        self.body("text/xml; charset=utf-8", text)
    }

    pub(crate) fn multipart(self, fields: &[Field<'_>]) -> Self {
        let mut body = Vec::new();
        for field in fields {
            body.extend_from_slice(format!("--{BOUNDARY}\r\n").as_bytes());
            let head = match field {
                Field::Text { name, .. } => format!("Content-Disposition: form-data; name=\"{name}\"\r\n\r\n"),
                Field::File { name, file_name, content_type, .. } => {
                    format!(
                        "Content-Disposition: form-data; name=\"{name}\"; filename=\"{file_name}\"\r\nContent-Type: {content_type}\r\n\r\n"
                    )
                }
            };
            body.extend_from_slice(head.as_bytes());
            body.extend_from_slice(match field {
                Field::Text { value, .. } => value.as_bytes(),
                Field::File { content, .. } => content,
            });
            body.extend_from_slice(b"\r\n");
        }
        body.extend_from_slice(format!("--{BOUNDARY}--\r\n").as_bytes());
        self.body(&format!("multipart/form-data; boundary={BOUNDARY}"), body)
    }

    pub(crate) fn in_chunks(self) -> Self {
        Self { chunked: true, ..self }
    }

    /// The bytes to send to `target`.
    pub fn encode(&self, target: &Target) -> Vec<u8> {
        let mut out = format!(
            "{} {} HTTP/1.1\r\nHost: {}\r\n{DRILL_HEADER}: {}\r\n",
            self.method, self.target, target.host, self.id
        )
        .into_bytes();
        let mut header = |name: &str, value: &str| out.extend_from_slice(format!("{name}: {value}\r\n").as_bytes());
        for (name, value) in &self.headers {
            header(name, value);
        }
        if let Some(page) = self.page {
            let origin = format!("{}://{}", target.scheme(), target.host);
            header("Referer", &format!("{origin}{page}"));
            if self.method != "GET" {
                header("Origin", &origin);
            }
        }
        if self.chunked {
            header("Transfer-Encoding", "chunked");
        } else if !self.body.is_empty() || matches!(self.method, "POST" | "PUT") {
            header("Content-Length", &self.body.len().to_string());
        }
        out.extend_from_slice(b"\r\n");
        if self.chunked {
            for chunk in self.body.chunks(1000) {
                out.extend_from_slice(format!("{:x}\r\n", chunk.len()).as_bytes());
                out.extend_from_slice(chunk);
                out.extend_from_slice(b"\r\n");
            }
            out.extend_from_slice(b"0\r\n\r\n");
        } else {
            out.extend_from_slice(&self.body);
        }
        out
    }
}

/// A part of a multipart body.
pub(crate) enum Field<'a> {
    Text { name: &'a str, value: &'a str },
    File { name: &'a str, file_name: &'a str, content_type: &'a str, content: &'a [u8] },
}

/// `data:image/png;base64,…`
pub(crate) fn data_url(png: &[u8]) -> String {
    format!("data:image/png;base64,{}", BASE64.encode(png))
}
