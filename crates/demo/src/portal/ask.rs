//! A request as the portal's rooms see it: decoded path, query, cookies, form, JSON and multipart fields.
//!
//! Trusting and lenient, like the software it stands for. Not a model of how to parse: `waf` is.

use bytes::Bytes;
use http::request::Parts;
use http::{HeaderMap, Method};
use serde_json::Value;

use crate::percent;

pub(crate) type Pairs = Vec<(String, String)>;

pub(crate) struct Ask {
    pub(crate) method: Method,
    /// Undecoded.
    pub(crate) path: String,
    pub(crate) query: Pairs,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

/// One part of a multipart body.
pub(crate) struct Part {
    pub(crate) name: String,
    pub(crate) file_name: Option<String>,
    pub(crate) content: Vec<u8>,
}

impl Ask {
    pub(crate) fn new(parts: Parts, body: Bytes) -> Self {
        let query = parse_pairs(parts.uri.query().unwrap_or("").as_bytes());
        Self { method: parts.method, path: parts.uri.path().to_owned(), query, headers: parts.headers, body }
    }

    /// The path cut at slashes and then decoded, so that `%2f` stays inside a segment.
    pub(crate) fn segments(&self) -> Vec<String> {
        self.path
            .split('/')
            .filter(|segment| !segment.is_empty())
            .map(|segment| percent::decode_text(segment, false))
            .collect()
    }

    pub(crate) fn header(&self, name: &str) -> String {
        self.headers.get(name).map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned()).unwrap_or_default()
    }

    /// A cookie, percent-decoded.
    pub(crate) fn cookie(&self, name: &str) -> Option<String> {
        self.header("cookie").split(';').find_map(|pair| {
            let (key, value) = pair.trim().split_once('=')?;
            (key == name).then(|| percent::decode_text(value, false))
        })
    }

    pub(crate) fn query(&self, name: &str) -> Option<String> {
        find(&self.query, name)
    }

    /// Wherever the field stands: query, then form, JSON or multipart by content type. Empty when nowhere.
    pub(crate) fn field(&self, name: &str) -> String {
        self.query(name).or_else(|| self.body_field(name)).unwrap_or_default()
    }

    fn body_field(&self, name: &str) -> Option<String> {
        let content_type = self.header("content-type");
        if content_type.starts_with("application/json") {
            return self.json().get(name).map(as_text);
        }
        if content_type.starts_with("multipart/form-data") {
            let part = self.parts().into_iter().find(|part| part.name == name)?;
            return Some(String::from_utf8_lossy(&part.content).into_owned());
        }
        find(&parse_pairs(&self.body), name)
    }

    /// The body as JSON; `null` when it is none.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }

    pub(crate) fn parts(&self) -> Vec<Part> {
        let content_type = self.header("content-type");
        let Some((_, boundary)) = content_type.split_once("boundary=") else { return Vec::new() };
        let delimiter = format!("--{}", boundary.trim_matches('"'));
        split(&self.body, delimiter.as_bytes()).into_iter().filter_map(parse_part).collect()
    }
}

fn as_text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn find(pairs: &Pairs, name: &str) -> Option<String> {
    pairs.iter().find(|(key, _)| key == name).map(|(_, value)| value.clone())
}

fn parse_pairs(text: &[u8]) -> Pairs {
    let decode = |bytes: &[u8]| String::from_utf8_lossy(&percent::decode(bytes, true)).into_owned();
    text.split(|&byte| byte == b'&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| {
            let mut halves = pair.splitn(2, |&byte| byte == b'=');
            (decode(halves.next().unwrap_or_default()), decode(halves.next().unwrap_or_default()))
        })
        .collect()
}

fn parse_part(bytes: &[u8]) -> Option<Part> {
    let bytes = bytes.strip_prefix(b"\r\n")?;
    let bytes = bytes.strip_suffix(b"\r\n").unwrap_or(bytes);
    let end = find_bytes(bytes, b"\r\n\r\n")?;
    let (head, content) = bytes.split_at_checked(end)?;
    let head = String::from_utf8_lossy(head);
    let disposition =
        head.lines().find(|line| line.to_ascii_lowercase().starts_with("content-disposition"))?.to_owned();
    Some(Part {
        name: quoted(&disposition, "; name=\"")?,
        file_name: quoted(&disposition, "; filename=\""),
        content: content.get(4..).unwrap_or_default().to_vec(),
    })
}

fn quoted(line: &str, key: &str) -> Option<String> {
    let (_, after) = line.split_once(key)?;
    after.split('"').next().map(str::to_owned)
}

fn find_bytes(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    haystack.windows(needle.len()).position(|window| window == needle)
}

fn split<'a>(mut bytes: &'a [u8], delimiter: &[u8]) -> Vec<&'a [u8]> {
    let mut pieces = Vec::new();
    while let Some(at) = find_bytes(bytes, delimiter) {
        let (before, after) = bytes.split_at(at);
        pieces.push(before);
        bytes = after.get(delimiter.len()..).unwrap_or_default();
    }
    pieces.push(bytes);
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ask(method: &str, target: &str, content_type: &str, body: &str) -> Ask {
        let request = http::Request::builder().method(method).uri(target).header("content-type", content_type);
        let (parts, ()) = request.body(()).unwrap().into_parts();
        Ask::new(parts, Bytes::copy_from_slice(body.as_bytes()))
    }

    #[test]
    fn an_encoded_slash_stays_inside_its_segment() {
        assert_eq!(ask("GET", "/files/..%2fsecret", "", "").segments(), ["files", "../secret"]);
    }

    #[test]
    fn a_field_is_found_in_query_form_json_and_multipart() {
        let multipart = "--b\r\nContent-Disposition: form-data; name=\"q\"\r\n\r\n血糖\r\n--b--\r\n";
        assert_eq!(ask("GET", "/?q=%E8%A1%80%E7%B3%96", "", "").field("q"), "血糖");
        assert_eq!(
            ask("POST", "/", "application/x-www-form-urlencoded", "a=1&q=%E8%A1%80%E7%B3%96").field("q"),
            "血糖"
        );
        assert_eq!(ask("POST", "/", "application/json", r#"{"q":"\u8840\u7cd6"}"#).field("q"), "血糖");
        assert_eq!(ask("POST", "/", "multipart/form-data; boundary=b", multipart).field("q"), "血糖");
    }

    #[test]
    fn a_file_part_keeps_its_name_and_bytes() {
        let body = "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"胸片.png\"\r\nContent-Type: image/png\r\n\r\n\u{1}\r\n\u{2}\r\n--b--\r\n";
        let parts = ask("POST", "/", "multipart/form-data; boundary=b", body).parts();
        assert_eq!(parts.len(), 1);
        assert_eq!(parts[0].file_name.as_deref(), Some("胸片.png"));
        assert_eq!(parts[0].content, b"\x01\r\n\x02");
    }
}
