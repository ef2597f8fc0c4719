//! Ways to carry a value in a request, and to judge the result.

use std::sync::{Arc, OnceLock};

use medward_waf::{Conn, Head, ObjectOptions, Program, Tx, UniqueId, Verdict, policy};

/// A way to put a value into a request.
pub(crate) type Carry = fn(&[u8]) -> Request;

/// A head and a body.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    pub(crate) head: Head,
    pub(crate) body: Vec<u8>,
}

/// The default policy, compiled once.
pub(crate) fn program() -> Arc<Program> {
    static PROGRAM: OnceLock<Arc<Program>> = OnceLock::new();
    Arc::clone(PROGRAM.get_or_init(|| policy::balanced().expect("the built-in rules compile")))
}

pub(crate) fn transaction(options: &ObjectOptions) -> Tx {
    let conn = Conn { client: std::net::Ipv4Addr::new(203, 0, 113, 9).into(), client_port: 50_000, tls: true };
    Tx::new(program(), options, conn, UniqueId("test".to_owned()))
}

/// Judges a request with the default options.
pub(crate) fn judge(request: &Request) -> Verdict {
    judge_with(request, &ObjectOptions::default())
}

pub(crate) fn judge_with(request: &Request, options: &ObjectOptions) -> Verdict {
    let mut tx = transaction(options);
    tx.request_head(&request.head);
    tx.request_body(&request.body);
    tx.request_end();
    tx.finish()
}

/// A head as a browser sends it.
pub(crate) fn browser(method: &str, target: &[u8]) -> Head {
    Head::new(method.as_bytes(), target, b"HTTP/1.1")
        .with_header(b"Host", b"tj.example.org")
        .with_header(
            b"User-Agent",
            b"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36",
        )
        .with_header(b"Accept", b"text/html,application/xhtml+xml,application/xml;q=0.9,image/webp,*/*;q=0.8")
        .with_header(b"Accept-Language", b"zh-CN,zh;q=0.9")
}

pub(crate) fn get(target: &[u8]) -> Request {
    Request { head: browser("GET", target), body: Vec::new() }
}

pub(crate) fn post(target: &str, content_type: &str, body: &[u8]) -> Request {
    let head = browser("POST", target.as_bytes()).with_header(b"Content-Type", content_type.as_bytes());
    Request { head, body: body.to_vec() }
}

/// Percent-encodes every byte that is not a letter or digit.
pub(crate) fn percent(value: &[u8]) -> String {
    value
        .iter()
        .map(|byte| if byte.is_ascii_alphanumeric() { char::from(*byte).to_string() } else { format!("%{byte:02X}") })
        .collect()
}

/// Percent-encodes every byte.
pub(crate) fn percent_all(value: &[u8]) -> String {
    value.iter().fold(String::new(), |encoded, byte| encoded + &format!("%{byte:02x}"))
}

/// A JSON string; every character beyond letters and digits as `\uHHHH` when `escaped`.
pub(crate) fn json_string(value: &[u8], escaped: bool) -> String {
    let text = String::from_utf8_lossy(value);
    if !escaped {
        return serde_json::to_string(&*text).unwrap();
    }
    let unit = |unit: u16| match char::from_u32(u32::from(unit)) {
        Some(character) if character.is_ascii_alphanumeric() => character.to_string(),
        _ => format!("\\u{unit:04x}"),
    };
    format!("\"{}\"", text.encode_utf16().map(unit).collect::<String>())
}

pub(crate) fn multipart(field: &str, value: &[u8]) -> Request {
    let boundary = "----WebKitFormBoundary7MA4YWxkTrZu0gW";
    let mut body = format!(
        "--{boundary}\r\nContent-Disposition: form-data; name=\"kind\"\r\n\r\nreport\r\n\
         --{boundary}\r\nContent-Disposition: form-data; name=\"{field}\"\r\n\r\n"
    )
    .into_bytes();
    body.extend_from_slice(value);
    body.extend_from_slice(format!("\r\n--{boundary}--\r\n").as_bytes());
    post("/upload", &format!("multipart/form-data; boundary={boundary}"), &body)
}

pub(crate) fn xml(value: &[u8]) -> Request {
    let escaped = String::from_utf8_lossy(value).replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    post("/service", "text/xml; charset=utf-8", format!("<order><id>7</id><note>{escaped}</note></order>").as_bytes())
}

/// `\n`, `\r`, `\t`, `\0` and `\\` of the tables in `tests/data`.
pub(crate) fn unescape(text: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut characters = text.chars();
    while let Some(character) = characters.next() {
        let escape = if character == '\\' { characters.clone().next() } else { None };
        let byte = match escape {
            Some('n') => b'\n',
            Some('r') => b'\r',
            Some('t') => b'\t',
            Some('0') => 0,
            Some('\\') => b'\\',
            _ => {
                bytes.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
                continue;
            }
        };
        bytes.push(byte);
        characters.next();
    }
    bytes
}

/// The lines of a table, without comments.
pub(crate) fn rows(table: &str) -> impl Iterator<Item = &str> {
    table.lines().filter(|line| !line.is_empty() && !line.starts_with("# "))
}
