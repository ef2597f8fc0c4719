//! The refusal table of gateway.md §4, and the proof that reads may be cut anywhere.

use std::ops::Range;

use proptest::prelude::*;

use super::HttpFinding as F;
use super::*;

fn scan_whole(bytes: &[u8]) -> Result<Option<ScannedHead>, FramingError> {
    HeadScanner::default().scan(bytes)
}

fn scan_bytewise(bytes: &[u8]) -> Result<Option<ScannedHead>, FramingError> {
    let mut scanner = HeadScanner::default();
    for end in 1..=bytes.len() {
        if let Some(scanned) = scanner.scan(&bytes[..end])? {
            return Ok(Some(scanned));
        }
    }
    Ok(None)
}

fn refuse(request: &str, finding: HttpFinding) {
    let refused = scan_whole(request.as_bytes()).map_err(|error| error.finding);
    assert_eq!(refused.map(|_| ()), Err(finding), "{request:?}");
}

fn accept(request: &str, framing: BodyFraming) {
    let scanned = scan_whole(request.as_bytes()).unwrap_or_else(|error| panic!("{request:?}: {error}"));
    assert_eq!(scanned.expect("complete").framing, framing, "{request:?}");
}

#[test]
fn every_smuggling_trick_is_refused_with_its_reason() {
    let with = |headers: &str| format!("POST / HTTP/1.1\r\nHost: a\r\n{headers}\r\n\r\n");
    let table: &[(&str, F)] = &[
        ("Content-Length: 3\r\nTransfer-Encoding: chunked", F::LengthAndTransferEncoding),
        ("Transfer-Encoding: chunked\r\nContent-Length: 3", F::LengthAndTransferEncoding),
        ("content-length: 3\r\nTRANSFER-ENCODING: chunked", F::LengthAndTransferEncoding),
        ("Content-Length: 3\r\nContent-Length: 4", F::LengthRepeated),
        ("Content-Length: 3\r\nContent-Length: 3", F::LengthRepeated),
        ("Content-Length: 3, 3", F::LengthInvalid),
        ("Content-Length: +3", F::LengthInvalid),
        ("Content-Length: -3", F::LengthInvalid),
        ("Content-Length: 3 4", F::LengthInvalid),
        ("Content-Length: 3 ", F::LengthInvalid),
        ("Content-Length:  3", F::LengthInvalid),
        ("Content-Length:\t3", F::LengthInvalid),
        ("Content-Length: 0x3", F::LengthInvalid),
        ("Content-Length: 3.0", F::LengthInvalid),
        ("Content-Length:", F::LengthInvalid),
        ("Content-Length: 12345678901234567890", F::LengthInvalid),
        ("Transfer-Encoding: identity", F::TransferEncodingInvalid),
        ("Transfer-Encoding: gzip, chunked", F::TransferEncodingInvalid),
        ("Transfer-Encoding: chunked, identity", F::TransferEncodingInvalid),
        ("Transfer-Encoding: Chunked", F::TransferEncodingInvalid),
        ("Transfer-Encoding: \"chunked\"", F::TransferEncodingInvalid),
        ("Transfer-Encoding: xchunked", F::TransferEncodingInvalid),
        ("Transfer-Encoding:  chunked", F::TransferEncodingInvalid),
        ("Transfer-Encoding:\tchunked", F::TransferEncodingInvalid),
        ("Transfer-Encoding: chunked ", F::TransferEncodingInvalid),
        ("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked", F::TransferEncodingInvalid),
        ("Transfer-Encoding: chunked\r\nTransfer-Encoding: identity", F::TransferEncodingInvalid),
        ("Transfer-Encoding:", F::TransferEncodingInvalid),
        ("Transfer-Encoding: \u{b}chunked", F::ControlByte),
        ("Transfer_Encoding: chunked", F::FramingHeaderLookalike),
        ("Content_Length: 3", F::FramingHeaderLookalike),
        ("Transfer-Encoding : chunked", F::BlankBeforeColon),
        ("Content-Length\t: 3", F::BlankBeforeColon),
        (" Transfer-Encoding: chunked", F::ObsFold),
        ("X: a\r\n Transfer-Encoding: chunked", F::ObsFold),
        ("X: a\r\n\tb", F::ObsFold),
        ("X: a\rTransfer-Encoding: chunked", F::BareCr),
        ("X: a\nTransfer-Encoding: chunked", F::BareLf),
        ("X: a\r\r\nB: c", F::BareCr),
        ("X: a\0b", F::NulByte),
        ("X: a\u{1}b", F::ControlByte),
        ("X: a\u{7f}b", F::ControlByte),
        ("X\u{1}: a", F::ControlByte),
        ("no colon here", F::BadHeaderName),
        (": empty name", F::BadHeaderName),
        ("X(y): a", F::BadHeaderName),
        ("Ключ: a", F::BadHeaderName),
        ("Host: b", F::HostRepeated),
        ("Host: a", F::HostRepeated),
    ];
    for (headers, finding) in table {
        refuse(&with(headers), *finding);
    }
}

#[test]
fn request_lines_and_hosts_are_refused_with_their_reason() {
    let table: &[(&str, F)] = &[
        ("GET / HTTP/1.1\r\n\r\n", F::HostMissing),
        ("GET / HTTP/1.1\r\nHost:\r\n\r\n", F::HostInvalid),
        ("GET / HTTP/1.1\r\nHost: a b\r\n\r\n", F::HostInvalid),
        ("GET / HTTP/1.1\r\nHost: a/b\r\n\r\n", F::HostInvalid),
        ("GET / HTTP/1.1\r\nHost: user@a\r\n\r\n", F::HostInvalid),
        ("GET / HTTP/1.1\r\nHost: a:b\r\n\r\n", F::HostInvalid),
        ("GET / HTTP/1.1\r\nHost: [::1\r\n\r\n", F::HostInvalid),
        ("GET http://b/ HTTP/1.1\r\nHost: a\r\n\r\n", F::HostMismatch),
        ("GET http://a:81/ HTTP/1.1\r\nHost: a\r\n\r\n", F::HostMismatch),
        ("GET https://a:80/ HTTP/1.1\r\nHost: a\r\n\r\n", F::HostMismatch),
        ("GET ftp://a/ HTTP/1.1\r\nHost: a\r\n\r\n", F::BadTarget),
        ("GET http://u@a/ HTTP/1.1\r\nHost: a\r\n\r\n", F::BadTarget),
        ("GET a HTTP/1.1\r\nHost: a\r\n\r\n", F::BadTarget),
        ("GET * HTTP/1.1\r\nHost: a\r\n\r\n", F::BadTarget),
        ("CONNECT a:443 HTTP/1.1\r\nHost: a\r\n\r\n", F::MethodNotAllowed),
        ("TRACE / HTTP/1.1\r\nHost: a\r\n\r\n", F::MethodNotAllowed),
        ("GET / HTTP/1.2\r\nHost: a\r\n\r\n", F::UnsupportedVersion),
        ("GET / HTTP/2.0\r\nHost: a\r\n\r\n", F::UnsupportedVersion),
        ("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", F::UnsupportedVersion),
        ("GET / HTTP/0.9\r\n\r\n", F::UnsupportedVersion),
        ("GET / http/1.1\r\nHost: a\r\n\r\n", F::BadVersion),
        ("GET / HTTP/1.1x\r\nHost: a\r\n\r\n", F::BadVersion),
        ("GET / JUNK/1.0\r\nHost: a\r\n\r\n", F::BadVersion),
        ("GET /\r\n\r\n", F::BadRequestLine),
        ("GET\r\n\r\n", F::BadRequestLine),
        ("GET  / HTTP/1.1\r\nHost: a\r\n\r\n", F::BadRequestLine),
        ("GET /a b HTTP/1.1\r\nHost: a\r\n\r\n", F::BadRequestLine),
        (" GET / HTTP/1.1\r\nHost: a\r\n\r\n", F::BadMethod),
        ("G@T / HTTP/1.1\r\nHost: a\r\n\r\n", F::BadMethod),
        ("\tGET / HTTP/1.1\r\nHost: a\r\n\r\n", F::ControlByte),
        ("GET\t/ HTTP/1.1\r\nHost: a\r\n\r\n", F::ControlByte),
        ("GET /\0 HTTP/1.1\r\nHost: a\r\n\r\n", F::NulByte),
        ("GET / HTTP/1.1\nHost: a\n\n", F::BareLf),
        ("\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", F::BadRequestLine),
        ("GET / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n", F::TransferEncodingInHttp10),
        ("GET / HTTP/1.0\r\nHost: a\r\nHost: a\r\n\r\n", F::HostRepeated),
    ];
    for (request, finding) in table {
        refuse(request, *finding);
    }
}

#[test]
fn honest_requests_are_framed() {
    accept("GET / HTTP/1.1\r\nHost: a\r\n\r\n", BodyFraming::None);
    accept("\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", BodyFraming::None);
    accept("GET / HTTP/1.0\r\n\r\n", BodyFraming::None);
    accept("OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n", BodyFraming::None);
    accept("GET http://A:80/x HTTP/1.1\r\nHost: a\r\n\r\n", BodyFraming::None);
    accept("GET https://a/x HTTP/1.1\r\nHost: a:443\r\n\r\n", BodyFraming::None);
    accept("GET / HTTP/1.1\r\nHost: [2001:db8::1]:8080\r\n\r\n", BodyFraming::None);
    accept("GET /查询?姓名=王 HTTP/1.1\r\nHost: tj_1.example.org:80\r\nReferer: 中文\r\n\r\n", BodyFraming::None);
    accept("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n", BodyFraming::Length(0));
    accept("POST / HTTP/1.1\r\nHost: a\r\nContent-Length:7\r\n\r\n", BodyFraming::Length(7));
    accept(
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9999999999999999999\r\n\r\n",
        BodyFraming::Length(9_999_999_999_999_999_999),
    );
    accept("POST / HTTP/1.1\r\nHost: a\r\ntransfer-encoding: chunked\r\nX: \t v \t\r\n\r\n", BodyFraming::Chunked);
}

#[test]
fn head_keeps_raw_line_order_and_spelling() {
    let bytes = b"\r\nGET /a%20b?c#d HTTP/1.1\r\nhOST: a\r\nX-Two:  2 \r\nX-One:\r\n\r\nbody";
    let scanned = scan_whole(bytes).unwrap().unwrap();
    assert_eq!(scanned.head.line(), b"GET /a%20b?c#d HTTP/1.1");
    assert_eq!(scanned.head.target(), b"/a%20b?c#d");
    let headers: Vec<_> = scanned.head.headers().collect();
    assert_eq!(headers, [(&b"hOST"[..], &b"a"[..]), (b"X-Two", b"2"), (b"X-One", b"")]);
    assert_eq!(&bytes[scanned.length..], b"body");
}

#[test]
fn oversized_heads_are_refused_before_they_are_complete() {
    let head = "GET / HTTP/1.1\r\nHost: a\r\n";
    refuse(&format!("GET /{}", "a".repeat(33 * 1024)), F::TargetTooLong);
    refuse(&format!("GET /{} HTTP/1.1\r\nHost: a\r\n\r\n", "a".repeat(32 * 1024)), F::TargetTooLong);
    accept(&format!("GET /{} HTTP/1.1\r\nHost: a\r\n\r\n", "a".repeat(32 * 1024 - 1)), BodyFraming::None);
    refuse(&format!("{head}X: {}", "a".repeat(17 * 1024)), F::HeaderTooLarge);
    accept(&format!("{head}X: {}\r\n\r\n", "a".repeat(16 * 1024 - 3)), BodyFraming::None);
    refuse(&format!("{head}{}", format!("X: {}\r\n", "a".repeat(8000)).repeat(9)), F::HeadTooLarge);
    refuse(&format!("{head}{}\r\n", "X: a\r\n".repeat(100)), F::TooManyHeaders);
    accept(&format!("{head}{}\r\n", "X: a\r\n".repeat(99)), BodyFraming::None);
    let statuses = [F::TargetTooLong, F::HeaderTooLarge, F::UnsupportedVersion, F::MethodNotAllowed, F::BareLf];
    assert_eq!(statuses.map(HttpFinding::status), [414, 431, 505, 405, 400]);
}

type Body = (Vec<u8>, Result<Option<usize>, HttpFinding>);

fn read_body(framing: BodyFraming, bytes: &[u8], cuts: &[usize]) -> Body {
    let mut scanner = framing.scanner();
    let mut content = Vec::new();
    let mut taken = 0usize;
    let mut cuts = cuts.iter().copied().cycle();
    loop {
        let size = cuts.next().unwrap_or(usize::MAX).max(1);
        let piece = &bytes[taken..(taken.saturating_add(size)).min(bytes.len())];
        let mut spans: Vec<Range<usize>> = Vec::new();
        let result = scanner.scan(piece, &mut spans);
        for span in spans {
            content.extend_from_slice(&piece[span]);
        }
        match result {
            Err(error) => return (content, Err(error.finding)),
            Ok(Some(end)) => return (content, Ok(Some(taken + end))),
            Ok(None) => taken += piece.len(),
        }
        if taken == bytes.len() {
            return (content, Ok(None));
        }
    }
}

fn chunked(bytes: &str, content: &str, end: Result<Option<usize>, HttpFinding>) {
    for cuts in [&[usize::MAX][..], &[1], &[2, 3]] {
        let read = read_body(BodyFraming::Chunked, bytes.as_bytes(), cuts);
        assert_eq!(read, (content.as_bytes().to_vec(), end), "{bytes:?} cut by {cuts:?}");
    }
}

#[test]
fn chunked_bodies_end_where_they_must() {
    chunked("0\r\n\r\nrest", "", Ok(Some(5)));
    chunked("3\r\nabc\r\n0\r\n\r\nGET", "abc", Ok(Some(13)));
    chunked("3;a=b\r\nabc\r\nA\r\n0123456789\r\n000\r\nX-Sum: 1\r\n\r\n", "abc0123456789", Ok(Some(44)));
    chunked("3\r\nab", "ab", Ok(None));
    chunked("", "", Ok(None));
}

#[test]
fn chunk_tricks_are_refused() {
    let long = "a".repeat(256);
    let longest = "a".repeat(255);
    let table: Vec<(String, &str, F)> = vec![
        ("\r\n".into(), "", F::ChunkSizeInvalid),
        (" 3\r\nabc\r\n".into(), "", F::ChunkSizeInvalid),
        ("3 \r\nabc\r\n".into(), "", F::ChunkSizeInvalid),
        ("3\nabc\r\n".into(), "", F::ChunkSizeInvalid),
        ("3\rabc\r\n".into(), "", F::ChunkSizeInvalid),
        ("0x3\r\nabc\r\n".into(), "", F::ChunkSizeInvalid),
        ("+3\r\nabc\r\n".into(), "", F::ChunkSizeInvalid),
        ("-1\r\n".into(), "", F::ChunkSizeInvalid),
        (";a\r\n".into(), "", F::ChunkSizeInvalid),
        ("00000000000000003\r\nabc".into(), "", F::ChunkSizeInvalid),
        ("3\r\nabcd\r\n".into(), "abc", F::ChunkEndInvalid),
        ("3\r\nabc\n0\r\n\r\n".into(), "abc", F::ChunkEndInvalid),
        ("3\r\nabc0\r\n\r\n".into(), "abc", F::ChunkEndInvalid),
        ("3\r\nabc\rX".into(), "abc", F::ChunkEndInvalid),
        (format!("3;{long}\r\nabc\r\n"), "", F::ChunkExtensionInvalid),
        ("3;a\nabc\r\n".into(), "", F::ChunkExtensionInvalid),
        ("3;a\0\r\nabc\r\n".into(), "", F::ChunkExtensionInvalid),
        ("0\r\nContent-Length: 5\r\n\r\n".into(), "", F::ForbiddenTrailer),
        ("0\r\nTransfer-Encoding: chunked\r\n\r\n".into(), "", F::ForbiddenTrailer),
        ("0\r\nHost: b\r\n\r\n".into(), "", F::ForbiddenTrailer),
        ("0\r\nX-Forwarded-For: 1.2.3.4\r\n\r\n".into(), "", F::ForbiddenTrailer),
        ("0\r\nContent_Length: 5\r\n\r\n".into(), "", F::ForbiddenTrailer),
        ("0\r\nX : 1\r\n\r\n".into(), "", F::BlankBeforeColon),
        ("0\r\nX: 1\n\r\n".into(), "", F::BareLf),
        ("0\r\nX: 1\rY\r\n".into(), "", F::BareCr),
        ("0\r\nX: \0\r\n".into(), "", F::NulByte),
        (format!("0\r\nX: {}\r\n", "a".repeat(17_000)), "", F::HeaderTooLarge),
    ];
    for (bytes, content, finding) in &table {
        chunked(bytes, content, Err(*finding));
    }
    chunked(&format!("3;{longest}\r\nabc\r\n0\r\n\r\n"), "abc", Ok(Some(269)));
    assert_eq!(read_body(BodyFraming::Chunked, b"FFFFFFFFFFFFFFFF\r\nab", &[1]), (b"ab".to_vec(), Ok(None)));
}

#[test]
fn fixed_bodies_end_at_their_length() {
    assert_eq!(read_body(BodyFraming::Length(3), b"abcGET", &[1]), (b"abc".to_vec(), Ok(Some(3))));
    assert_eq!(read_body(BodyFraming::None, b"GET", &[9]), (Vec::new(), Ok(Some(0))));
}

#[test]
fn codes_and_rule_ids_are_unique_and_stable() {
    let mut codes: Vec<_> = F::ALL.iter().map(|finding| finding.code()).collect();
    codes.sort_unstable();
    codes.dedup();
    assert_eq!(codes.len(), F::ALL.len());
    assert_eq!(F::BadRequestLine.rule_id(), "MW-HTTP-001");
    assert_eq!(F::ForbiddenTrailer.rule_id(), "MW-HTTP-031");
}

/// Heads close to valid ones, so that every branch is reached often.
fn head_like() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop::sample::select(vec![
        "GET ",
        "POST ",
        "/",
        "http://a/",
        "*",
        " HTTP/1.1",
        " HTTP/1.0",
        " HTTP/3.0",
        "\r\n",
        "\r",
        "\n",
        "\r\n\r\n",
        "Host: a\r\n",
        "Host:",
        "Content-Length: 3\r\n",
        "Content-Length",
        "Transfer-Encoding: chunked\r\n",
        ": ",
        " ",
        "\t",
        "\0",
        "x",
        "é",
        "3",
        "chunked",
    ]);
    prop::collection::vec(piece, 0..14).prop_map(|pieces| pieces.concat().into_bytes())
}

fn chunked_like() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop::sample::select(vec![
        "3\r\nabc\r\n",
        "0\r\n\r\n",
        "0\r\n",
        "\r\n",
        "a",
        "1",
        ";x=y",
        "\n",
        "\r",
        "X: y\r\n",
        "F",
        "Host: a\r\n",
    ]);
    prop::collection::vec(piece, 0..14).prop_map(|pieces| pieces.concat().into_bytes())
}

proptest! {
    #[test]
    fn head_answer_does_not_depend_on_how_reads_were_cut(bytes in head_like()) {
        prop_assert_eq!(scan_whole(&bytes), scan_bytewise(&bytes));
    }

    #[test]
    fn arbitrary_heads_are_cut_invariant_too(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        prop_assert_eq!(scan_whole(&bytes), scan_bytewise(&bytes));
    }

    #[test]
    fn chunked_answer_does_not_depend_on_how_reads_were_cut(
        bytes in chunked_like(),
        cuts in prop::collection::vec(1usize..9, 1..5),
    ) {
        let whole = read_body(BodyFraming::Chunked, &bytes, &[usize::MAX]);
        prop_assert_eq!(&whole, &read_body(BodyFraming::Chunked, &bytes, &cuts));
        prop_assert_eq!(&whole, &read_body(BodyFraming::Chunked, &bytes, &[1]));
    }

    #[test]
    fn encoded_chunks_decode_to_what_was_encoded(chunks in prop::collection::vec(prop::collection::vec(any::<u8>(), 1..40), 0..6)) {
        let mut wire = Vec::new();
        for chunk in &chunks {
            wire.extend_from_slice(format!("{:x}\r\n", chunk.len()).as_bytes());
            wire.extend_from_slice(chunk);
            wire.extend_from_slice(b"\r\n");
        }
        wire.extend_from_slice(b"0\r\n\r\n");
        let length = wire.len();
        wire.extend_from_slice(b"next");
        prop_assert_eq!(read_body(BodyFraming::Chunked, &wire, &[7]), (chunks.concat(), Ok(Some(length))));
    }
}
