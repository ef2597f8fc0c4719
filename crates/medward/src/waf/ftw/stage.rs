//! The bytes that a stage sends (waf.md §10, "FTW details"): nothing is checked or mended, since much of what is sent is
//! broken on purpose.

use std::fmt::Write as _;

use data_encoding::BASE64;
use thiserror::Error;

use super::yaml::Input;

/// Content type of a form, and of data without one.
const FORM: &str = "application/x-www-form-urlencoded";

/// Most bytes that templates may blow a body up to. The largest of CRS 4 makes 64,200.
const TEMPLATE_BYTES: usize = 16 << 20;

/// Why a stage has no bytes.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub(super) enum StageError {
    #[error("decode encoded_request as base64: {0}")]
    Base64(data_encoding::DecodeError),
    #[error("fill in the templates: more than {} MiB", TEMPLATE_BYTES >> 20)]
    TooLarge,
}

/// The raw bytes of the request.
pub(super) fn request_bytes(input: &Input) -> Result<Vec<u8>, StageError> {
    if let Some(encoded) = &input.encoded_request {
        let digits: Vec<u8> = encoded.bytes().filter(|byte| !byte.is_ascii_whitespace()).collect();
        return BASE64.decode(&digits).map_err(StageError::Base64);
    }
    let mut headers = input.headers.clone();
    let mut data = fill_in(input.data.as_deref().unwrap_or_default())?;
    if input.autocomplete_headers && !data.is_empty() {
        add_when_absent(&mut headers, "Content-Type", || FORM.to_owned());
        if value(&headers, "Content-Type").is_some_and(|kind| kind.eq_ignore_ascii_case(FORM)) {
            data = percent_encoded(&data);
        }
    }
    if value(&headers, "Content-Type").is_some_and(|kind| kind.contains("multipart/form-data;")) {
        data = data.replace('\n', "\r\n");
    }
    if input.autocomplete_headers {
        add_when_absent(&mut headers, "Connection", || "close".to_owned());
        if !data.is_empty() || matches!(input.method.as_str(), "POST" | "PUT" | "PATCH" | "DELETE") {
            add_when_absent(&mut headers, "Content-Length", || data.len().to_string());
        }
    }
    let mut bytes = format!("{} {} {}\r\n", input.method, input.uri, input.version).into_bytes();
    for (name, value) in &headers {
        bytes.extend_from_slice(format!("{name}: {value}\r\n").as_bytes());
    }
    bytes.extend_from_slice(b"\r\n");
    bytes.extend_from_slice(data.as_bytes());
    Ok(bytes)
}

fn value<'a>(headers: &'a [(String, String)], name: &str) -> Option<&'a str> {
    headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
}

fn add_when_absent(headers: &mut Vec<(String, String)>, name: &str, make: impl FnOnce() -> String) {
    if value(headers, name).is_none() {
        headers.push((name.to_owned(), make()));
    }
}

/// Encodes keys and values of a form that is written in the clear. One that URL decoding would change, a broken escape
/// included, has been encoded by hand and stays.
fn percent_encoded(data: &str) -> String {
    if data.contains(['%', '+']) {
        return data.to_owned();
    }
    let pairs: Vec<String> = data
        .split('&')
        .map(|pair| match pair.split_once('=') {
            Some((key, value)) => format!("{}={}", escaped(key), escaped(value)),
            None => escaped(pair),
        })
        .collect();
    pairs.join("&")
}

fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => out.push(char::from(byte)),
            b' ' => out.push('+'),
            _ => {
                let _infallible = write!(out, "%{byte:02X}");
            }
        }
    }
    out
}

/// Fills in templates of the form `{{ "c" | repeat n }}`. Everything else in braces is data: template injection is one of
/// the attacks that are tested.
fn fill_in(data: &str) -> Result<String, StageError> {
    let mut out = String::with_capacity(data.len());
    let mut rest = data;
    while let Some((before, opened)) = rest.split_once("{{") {
        out.push_str(before);
        let template = opened.split_once("}}").and_then(|(inside, after)| Some((repeated(inside)?, after)));
        if let Some(((text, times), after)) = template {
            let fits = text.len().checked_mul(times).is_some_and(|bytes| out.len() + bytes <= TEMPLATE_BYTES);
            out.push_str(&if fits { text.repeat(times) } else { return Err(StageError::TooLarge) });
            rest = after;
        } else {
            out.push_str("{{");
            rest = opened;
        }
    }
    out.push_str(rest);
    Ok(out)
}

/// Text and number of `"c" | repeat n`.
fn repeated(inside: &str) -> Option<(&str, usize)> {
    let (text, pipe) = inside.trim().strip_prefix('"')?.split_once('"')?;
    let times = pipe.trim_start().strip_prefix('|')?.trim_start().strip_prefix("repeat ")?.trim().parse().ok()?;
    Some((text, times))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn input(method: &str, headers: &[(&str, &str)], data: &str) -> Input {
        let mut input = Input::default();
        input.method = method.to_owned();
        input.headers = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        input.data = (!data.is_empty()).then(|| data.to_owned());
        input
    }

    fn check(input: &Input, expected: &str) {
        let bytes = request_bytes(input).unwrap();
        assert_eq!(String::from_utf8(bytes).unwrap(), expected, "{input:?}");
    }

    #[test]
    fn request_without_data_gets_connection_and_a_length_only_where_the_method_has_a_body() {
        check(&input("GET", &[("Host", "a")], ""), "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
        let with_length = "POST / HTTP/1.1\r\nConnection: close\r\nContent-Length: 0\r\n\r\n";
        check(&input("POST", &[], ""), with_length);
        for method in ["PUT", "PATCH", "DELETE"] {
            check(&input(method, &[], ""), &with_length.replace("POST", method));
        }
        check(&input("POSTER", &[], ""), "POSTER / HTTP/1.1\r\nConnection: close\r\n\r\n");
    }

    #[test]
    fn data_without_a_type_is_a_form_and_is_encoded() {
        let expected = "POST / HTTP/1.1\r\nContent-Type: application/x-www-form-urlencoded\r\nConnection: close\r\nContent-Length: 45\r\n\r\na%5B%5D=%3Cscript%3E+~-_.&b=1%3D2&%E5%90%8D&=";
        check(&input("POST", &[], "a[]=<script> ~-_.&b=1=2&\u{540d}&="), expected);
        check(
            &input("GET", &[], "a=b"),
            "GET / HTTP/1.1\r\nContent-Type: application/x-www-form-urlencoded\r\nConnection: close\r\nContent-Length: 3\r\n\r\na=b",
        );
    }

    #[test]
    fn data_that_decoding_would_change_is_sent_as_it_is_written() {
        for data in ["a=%27 or'", "a=b+c d", "a=%1G<", "100%"] {
            let sent = request_bytes(&input("POST", &[], data)).unwrap();
            assert!(sent.ends_with(format!("\r\n\r\n{data}").as_bytes()), "{data:?}");
        }
    }

    #[test]
    fn data_of_another_type_is_sent_as_it_is_written() {
        for kind in ["application/json", "text/plain", "application/x-www-form-urlencoded; charset=utf-8", ""] {
            let sent = request_bytes(&input("POST", &[("cONTENT-tYPE", kind)], "a=<\n b>&c")).unwrap();
            let expected = format!(
                "POST / HTTP/1.1\r\ncONTENT-tYPE: {kind}\r\nConnection: close\r\nContent-Length: 9\r\n\r\na=<\n b>&c"
            );
            assert_eq!(String::from_utf8(sent).unwrap(), expected);
        }
    }

    #[test]
    fn given_headers_win_over_those_that_are_added() {
        check(
            &input("POST", &[("content-length", "99"), ("connection", "keep-alive")], "a"),
            "POST / HTTP/1.1\r\ncontent-length: 99\r\nconnection: keep-alive\r\nContent-Type: application/x-www-form-urlencoded\r\n\r\na",
        );
    }

    #[test]
    fn nothing_is_added_or_encoded_when_the_test_says_so() {
        let mut raw = input("POST", &[("Host", "a")], "a=<");
        raw.autocomplete_headers = false;
        check(&raw, "POST / HTTP/1.1\r\nHost: a\r\n\r\na=<");
    }

    #[test]
    fn lines_of_a_multipart_form_end_with_crlf_before_they_are_counted() {
        let kind = ("Content-Type", "multipart/form-data; boundary=x");
        let head = "POST / HTTP/1.1\r\nContent-Type: multipart/form-data; boundary=x\r\n";
        let sent = format!("{head}Connection: close\r\nContent-Length: 12\r\n\r\n--x\r\n--x--\r\n");
        check(&input("POST", &[kind], "--x\n--x--\n"), &sent);
        let mut raw = input("POST", &[kind], "--x\n");
        raw.autocomplete_headers = false;
        check(&raw, &format!("{head}\r\n--x\r\n"));
        let related = input("POST", &[("Content-Type", "multipart/related")], "--x\n");
        assert!(request_bytes(&related).unwrap().ends_with(b"\r\n\r\n--x\n"));
    }

    #[test]
    fn method_target_and_version_are_written_raw() {
        for (method, uri, version) in
            [("     GET", "/get", "HTTP/1.1"), ("\tGET", "\\", "HTTP\\1.0"), ("|GET", "/a b", "")]
        {
            let mut raw = input(method, &[], "");
            raw.uri = uri.to_owned();
            raw.version = version.to_owned();
            raw.autocomplete_headers = false;
            check(&raw, &format!("{method} {uri} {version}\r\n\r\n"));
        }
    }

    #[test]
    fn encoded_request_is_sent_alone() {
        let mut raw = input("POST", &[("X", "y")], "data");
        raw.encoded_request = Some("R0VUIC8gSFRU\nUC8xLjANCkhvc3Q6DQoNCg==\n".to_owned());
        check(&raw, "GET / HTTP/1.0\r\nHost:\r\n\r\n");
        raw.encoded_request = Some("R0V".to_owned());
        assert!(matches!(request_bytes(&raw), Err(StageError::Base64(_))));
    }

    #[test]
    fn only_the_repeat_template_is_filled_in() {
        for (data, expected) in [
            (r#"a={{ "xy" | repeat 3 }}!"#, "a=xyxyxy!"),
            (r#"{{"1"|repeat 2}}{{ "2" | repeat 0 }}{{ "" | repeat 5 }}"#, "11"),
            ("{{constructor.constructor('alert(1)')()}}", "{{constructor.constructor('alert(1)')()}}"),
            (
                r#"{{ "1" | repeat x }}{{ "a" | upper }}{{ 7*7 }}{{"#,
                r#"{{ "1" | repeat x }}{{ "a" | upper }}{{ 7*7 }}{{"#,
            ),
            (r#"{{ {{ "1" | repeat 2 }} }}"#, "{{ 11 }}"),
        ] {
            assert_eq!(fill_in(data).unwrap(), expected);
        }
        assert_eq!(fill_in(r#"{{ "1" | repeat 99999999999 }}"#), Err(StageError::TooLarge));
        let twice = format!(r#"{{{{ "1" | repeat {TEMPLATE_BYTES} }}}}"#).repeat(2);
        assert_eq!(fill_in(&twice), Err(StageError::TooLarge));
    }
}
