//! Raw request bytes read the way a lenient server reads them: whatever can be told apart goes to the engine.
//!
//! The tests send heads that `http1` refuses, to see what the *rules* say about them. So this reader knows no errors; it is
//! for tests only and stands in front of nothing.

use medward_waf::Head;
use medward_waf::http1::BodyFraming;

/// One request, taken apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Request {
    pub(super) head: Head,
    /// Its content, without chunks.
    pub(super) body: Vec<u8>,
}

/// One response of the system behind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Response {
    pub(super) status: u16,
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: Vec<u8>,
}

impl Request {
    /// Takes `bytes` apart. Lines end with LF, with or without CR; a blank line ends the head.
    pub(super) fn read(bytes: &[u8]) -> Self {
        let (line, mut rest) = split_line(bytes);
        let (method, target, version) = split_request_line(line);
        let mut head = Head::new(method, target, version);
        loop {
            let (line, after) = split_line(rest);
            rest = after;
            if line.is_empty() {
                break;
            }
            let colon = line.iter().position(|byte| *byte == b':').unwrap_or(line.len());
            let (name, value) = line.split_at(colon);
            head.push_header(name, value.strip_prefix(b":").unwrap_or_default().trim_ascii());
        }
        let body = body(&head, rest);
        Self { head, body }
    }
}

/// The line at the beginning, without its end, and what follows it.
fn split_line(bytes: &[u8]) -> (&[u8], &[u8]) {
    let end = bytes.iter().position(|byte| *byte == b'\n').unwrap_or(bytes.len());
    let (line, rest) = bytes.split_at(end);
    (line.strip_suffix(b"\r").unwrap_or(line), rest.strip_prefix(b"\n").unwrap_or_default())
}

/// Method before the first blank that follows a method, version behind the last blank: a target may hold blanks.
fn split_request_line(line: &[u8]) -> (&[u8], &[u8], &[u8]) {
    let blanks = line.iter().take_while(|byte| **byte == b' ').count();
    let rest = line.get(blanks..).unwrap_or_default();
    let Some(first) = rest.iter().position(|byte| *byte == b' ').map(|at| at + blanks) else {
        return (line, b"", b"");
    };
    let (method, rest) = line.split_at(first);
    let rest = rest.strip_prefix(b" ").unwrap_or_default();
    let last = rest.iter().rposition(|byte| *byte == b' ').unwrap_or(rest.len());
    let (target, version) = rest.split_at(last);
    (method, target, version.strip_prefix(b" ").unwrap_or_default())
}

/// The content of the body, as far as it came (RFC 9112 §6.3): chunks win over a length, and without either there is none.
fn body(head: &Head, rest: &[u8]) -> Vec<u8> {
    let chunked = head.header_lines(b"transfer-encoding").any(|value| {
        let coding = value.rsplit(|byte| *byte == b',').next().unwrap_or_default();
        coding.trim_ascii().eq_ignore_ascii_case(b"chunked")
    });
    if chunked {
        let mut spans = Vec::new();
        // Broken chunks end the body; what came before them was received.
        let _end = BodyFraming::Chunked.scanner().scan(rest, &mut spans);
        return spans.into_iter().filter_map(|span| rest.get(span)).flatten().copied().collect();
    }
    let length = head.header(b"content-length").and_then(|value| std::str::from_utf8(value).ok()?.parse().ok());
    rest.get(..length.unwrap_or(0)).unwrap_or(rest).to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(bytes: &str, expected: (&str, &str, &str), headers: &[(&str, &str)], body: &str) {
        let request = Request::read(bytes.as_bytes());
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
        let head = &request.head;
        let (method, target, version) = (text(head.method()), text(head.target()), text(head.version()));
        assert_eq!((method.as_str(), target.as_str(), version.as_str()), expected, "{bytes:?}");
        let found: Vec<_> = head.headers().map(|(name, value)| (text(name), text(value))).collect();
        let found: Vec<_> = found.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        assert_eq!(found, headers, "{bytes:?}");
        assert_eq!(text(&request.body), body, "{bytes:?}");
    }

    #[test]
    fn request_line_is_kept_raw_whatever_stands_in_it() {
        for (line, expected) in [
            ("GET / HTTP/1.1", ("GET", "/", "HTTP/1.1")),
            ("     GET /get HTTP/1.1", ("     GET", "/get", "HTTP/1.1")),
            ("\tGET /get HTTP/1.1", ("\tGET", "/get", "HTTP/1.1")),
            ("GET /a b?c d HTTP\\1.0", ("GET", "/a b?c d", "HTTP\\1.0")),
            ("GET / ", ("GET", "/", "")),
            ("GET /", ("GET", "/", "")),
            ("GET", ("GET", "", "")),
        ] {
            check(&format!("{line}\r\nHost: a\r\n\r\n"), expected, &[("Host", "a")], "");
            assert!(line.starts_with(
                &String::from_utf8_lossy(Request::read(line.as_bytes()).head.line()).trim_end().to_owned()
            ));
        }
    }

    #[test]
    fn headers_keep_order_case_and_what_servers_refuse() {
        let bytes = "GET / HTTP/1.1\r\nb:  x \r\nA: c\rd\r\nB:y\nnone\r\nEmpty:\r\n\r\n";
        let headers = [("b", "x"), ("A", "c\rd"), ("B", "y"), ("none", ""), ("Empty", "")];
        check(bytes, ("GET", "/", "HTTP/1.1"), &headers, "");
    }

    #[test]
    fn body_has_the_length_that_is_announced_as_far_as_it_came() {
        let of = |fields: &str, body: &str| {
            String::from_utf8(Request::read(format!("POST / HTTP/1.1\r\n{fields}\r\n{body}").as_bytes()).body).unwrap()
        };
        assert_eq!(of("Content-Length: 3\r\n", "abcdef"), "abc");
        assert_eq!(of("Content-Length: 9\r\n", "abcdef"), "abcdef");
        assert_eq!(of("", "abcdef"), "");
        assert_eq!(of("Content-Length: x\r\n", "abcdef"), "");
        assert_eq!(of("Transfer-Encoding: chunked\r\n", "3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"), "abcde");
        assert_eq!(of("Content-Length: 7\r\nTransfer-Encoding: gzip, Chunked\r\n", "3\r\nabc\r\n0\r\n\r\n"), "abc");
        assert_eq!(of("Transfer-Encoding: chunked\r\n", "3\r\nabc\r\nzz\r\n"), "abc");
    }
}
