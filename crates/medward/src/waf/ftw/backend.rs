//! The system behind, as the tests know it: it answers 200 with nothing, and `POST /reflect` with what it is told.

use std::collections::BTreeMap;

use data_encoding::BASE64;
use serde::Deserialize;

use super::message::{Request, Response};

/// What a request to `/reflect` asks for.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Reflection {
    status: Option<u16>,
    headers: BTreeMap<String, String>,
    body: String,
    /// The body as base64, where it is not text.
    encoded_body: String,
}

/// The answer. A reflection that cannot be read is answered with 400.
pub(super) fn answer(request: &Request) -> Response {
    let head = &request.head;
    let path = head.target().split(|byte| *byte == b'?').next().unwrap_or_default();
    if path != b"/reflect" || head.method() != b"POST" {
        return Response { status: 200, headers: Vec::new(), body: Vec::new() };
    }
    reflect(&request.body).unwrap_or(Response { status: 400, headers: Vec::new(), body: Vec::new() })
}

fn reflect(json: &[u8]) -> Option<Response> {
    let asked: Reflection = serde_json::from_slice(json).ok()?;
    let body = if asked.encoded_body.is_empty() {
        asked.body.into_bytes()
    } else {
        BASE64.decode(asked.encoded_body.as_bytes()).ok()?
    };
    let mut headers: Vec<(String, String)> = asked.headers.into_iter().collect();
    // Nearly every test gives a body without a type and means text: rules look only at responses that say so.
    if !body.is_empty() && !headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("content-type")) {
        headers.push(("Content-Type".to_owned(), "text/plain; charset=utf-8".to_owned()));
    }
    Some(Response { status: asked.status.unwrap_or(200), headers, body })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(line: &str, body: &str, expected: (u16, &[(&str, &str)], &[u8])) {
        let bytes = format!("{line} HTTP/1.1\r\nContent-Length: {}\r\n\r\n{body}", body.len());
        let response = answer(&Request::read(bytes.as_bytes()));
        let headers: Vec<_> = response.headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        assert_eq!((response.status, headers.as_slice(), response.body.as_slice()), expected, "{line} {body}");
    }

    const TEXT: (&str, &str) = ("Content-Type", "text/plain; charset=utf-8");

    #[test]
    fn everything_but_a_reflection_is_answered_with_nothing() {
        for line in ["GET /", "POST /post", "GET /reflect", "POST /reflected", "FOO /anything"] {
            check(line, r#"{"status":500}"#, (200, &[], b""));
        }
    }

    #[test]
    fn reflection_is_answered_with_exactly_what_it_asks_for() {
        check("POST /reflect", r#"{"body":"<?php 王"}"#, (200, &[TEXT], "<?php 王".as_bytes()));
        check("POST /reflect?x", r#"{"status":503,"encodedBody":"AP8="}"#, (503, &[TEXT], b"\0\xff"));
        let html = r#"{"headers":{"content-type":"text/html","X":"y"},"body":"a"}"#;
        check("POST /reflect", html, (200, &[("X", "y"), ("content-type", "text/html")], b"a"));
        check("POST /reflect", r#"{"other":"x"}"#, (200, &[], b""));
    }

    #[test]
    fn reflection_that_cannot_be_read_is_refused() {
        for body in ["<%- sidebar.id %>", "", r#"{"encodedBody":"!"}"#, r#"{"status":"x"}"#] {
            check("POST /reflect", body, (400, &[], b""));
        }
    }
}
