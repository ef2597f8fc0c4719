//! What the fuzz targets of the WAF engine do with their bytes. The targets and the replay test on stable share it, so a
//! corpus file means the same to both.

use std::sync::{Arc, OnceLock};

use medward_waf::http1::{BodyFraming, HeadScanner};
use medward_waf::probe::{self, Processor};
use medward_waf::{
    CompileOptions, Conn, Head, Limits, ObjectOptions, Program, SourceFile, Sources, Tx, UniqueId, Verdict, compile,
    policy,
};

/// A head and its body, whole and in pieces: the answers must be the same. The first byte is the size of the pieces.
pub(crate) fn http1(data: &[u8]) {
    let Some((size, bytes)) = data.split_first() else { return };
    let size = usize::from(*size).max(1);
    let whole = HeadScanner::default().scan(bytes);
    let mut scanner = HeadScanner::default();
    let mut end = 0;
    let pieces = loop {
        end = (end + size).min(bytes.len());
        match scanner.scan(&bytes[..end]) {
            Ok(None) if end < bytes.len() => {}
            answer => break answer,
        }
    };
    assert_eq!(whole, pieces, "the head depends on how it was cut");
    let (framing, body) = match whole {
        Ok(Some(scanned)) => (scanned.framing, &bytes[scanned.length..]),
        // Chunk framing is worth its own inputs, without a head before it.
        _ => (BodyFraming::Chunked, bytes),
    };
    assert_eq!(
        read_body(framing, body, body.len().max(1)),
        read_body(framing, body, size),
        "the body depends on how it was cut"
    );
}

type BodyRead = (Vec<u8>, Option<usize>, Option<&'static str>);

fn read_body(framing: BodyFraming, body: &[u8], size: usize) -> BodyRead {
    let mut scanner = framing.scanner();
    let mut content = Vec::new();
    let mut taken = 0;
    loop {
        let piece = &body[taken..(taken + size).min(body.len())];
        let mut spans = Vec::new();
        let answer = scanner.scan(piece, &mut spans);
        for span in spans {
            content.extend_from_slice(&piece[span]);
        }
        match answer {
            Ok(Some(end)) => return (content, Some(taken + end), None),
            Ok(None) => taken += piece.len(),
            Err(error) => return (content, None, Some(error.finding.code())),
        }
        if taken == body.len() {
            return (content, None, None);
        }
    }
}

const CONTENT_TYPES: [&str; 6] = [
    "application/x-www-form-urlencoded",
    "application/json",
    "text/xml",
    "multipart/form-data; boundary=b",
    "text/plain",
    "application/octet-stream",
];

/// A whole transaction, its body in one piece and in many: the verdicts must be the same. The first byte chooses the
/// content type, the second the size of the pieces; then comes a raw request, or a target, a line end and a body.
pub(crate) fn tx(data: &[u8]) {
    let [kind, size, bytes @ ..] = data else { return };
    let size = usize::from(*size).max(1);
    let (head, body) = if let Ok(Some(scanned)) = HeadScanner::default().scan(bytes) {
        (scanned.head, &bytes[scanned.length..])
    } else {
        let end = bytes.iter().position(|byte| *byte == b'\n').unwrap_or(bytes.len());
        let content_type = CONTENT_TYPES[usize::from(*kind) % CONTENT_TYPES.len()];
        let head = Head::new(b"POST", &bytes[..end], b"HTTP/1.1")
            .with_header(b"Content-Type", content_type.as_bytes())
            .with_header(b"Cookie", &bytes[..end]);
        (head, bytes.get(end + 1..).unwrap_or_default())
    };
    let whole = judge(balanced(), &head, body, body.len().max(1));
    assert_eq!(whole, judge(balanced(), &head, body, size), "the verdict depends on how the body was cut");
    for hit in &whole.hits {
        assert!(hit.matched.start <= hit.matched.end && hit.matched.end as usize <= hit.decoded.bytes.len());
    }
}

fn balanced() -> Arc<Program> {
    static PROGRAM: OnceLock<Arc<Program>> = OnceLock::new();
    Arc::clone(PROGRAM.get_or_init(|| policy::balanced().expect("the built-in rules compile")))
}

fn judge(program: Arc<Program>, head: &Head, body: &[u8], size: usize) -> Verdict {
    // Small limits, so that short inputs reach them.
    let limits = Limits {
        form_bytes: 2048,
        structured_bytes: 2048,
        other_bytes: 1024,
        multipart_field_bytes: 512,
        file_bytes: 64,
        multipart_parts: 8,
        part_header_bytes: 256,
        arguments: 16,
        cookies: 8,
        json_depth: 8,
        json_values: 64,
        xml_depth: 8,
        xml_nodes: 64,
        hits: 4,
        ..Limits::default()
    };
    let options = ObjectOptions { limits, ..ObjectOptions::default() };
    let conn = Conn { client: std::net::Ipv4Addr::LOCALHOST.into(), client_port: 1, tls: false };
    let mut tx = Tx::new(program, &options, conn, UniqueId::default());
    tx.request_head(head);
    for piece in body.chunks(size) {
        tx.request_body(piece);
    }
    tx.request_end();
    tx.finish()
}

/// A rule file: read or refused, never a panic; what compiles judges a request.
pub(crate) fn seclang(data: &[u8]) {
    let file = SourceFile { path: "fuzz.conf".to_owned(), bytes: data.to_vec() };
    match compile(&Sources { files: vec![file], ..Sources::default() }, &CompileOptions::default()) {
        Ok((program, _)) => {
            let head = Head::new(b"POST", b"/a/../b?x=1%27+or+1&y", b"HTTP/1.1")
                .with_header(b"Content-Type", b"application/json")
                .with_header(b"Cookie", b"a=b");
            judge(program, &head, br#"{"a":["<b>",1,null]}"#, 7);
        }
        Err(errors) => assert!(!errors.is_empty()),
    }
}

/// One transformation, chosen by the first byte: the identity without its trigger bytes, and bounded.
pub(crate) fn transform(data: &[u8]) {
    let Some((number, value)) = data.split_first() else { return };
    let transformed = probe::transform(usize::from(*number), value).expect("there are transformations");
    let name = transformed.name;
    assert!(transformed.may_change || transformed.output == value, "{name} changed what it said it would not");
    // `%u10ffff` stands for four bytes, %hh for one; a digest has 20 bytes.
    assert!(transformed.output.len() <= value.len() * 5 + 20, "{name} grew its input");
}

/// Small limits, so that short inputs reach them.
fn small_limits() -> Limits {
    Limits {
        multipart_field_bytes: 512,
        file_bytes: 64,
        structured_bytes: 2048,
        multipart_parts: 8,
        part_header_bytes: 256,
        arguments: 16,
        cookies: 8,
        json_depth: 8,
        json_values: 64,
        xml_depth: 8,
        xml_nodes: 64,
        ..Limits::default()
    }
}

/// Most bytes that the values of a body of `length` bytes may have: each is part of the body, and a name is repeated for
/// each header of its part.
fn most_bytes(length: usize) -> usize {
    length * 2 + 512
}

/// Names are not counted: those of JSON and of part headers repeat what stands above them.
fn read(processor: Processor, body: &[u8], size: usize) {
    let limits = small_limits();
    let whole = probe::read_body(processor, body, body.len().max(1), &limits);
    let bytes: usize = whole.values.iter().map(|(_, value)| value.len()).sum();
    assert!(bytes <= most_bytes(body.len()), "{processor:?} made {bytes} bytes of {}", body.len());
    assert!(whole.values.len() <= 128 + body.len(), "{processor:?} made {} values", whole.values.len());
    assert_eq!(whole, probe::read_body(processor, body, size, &limits), "{processor:?} depends on how it was cut");
}

/// A urlencoded body, and the same as a Cookie header.
pub(crate) fn form(data: &[u8]) {
    read(Processor::Arguments, data, 1);
    let limits = small_limits();
    assert!(probe::cookies(data, &limits).len() <= limits.cookies + 1);
}

/// A JSON body.
pub(crate) fn json(data: &[u8]) {
    read(Processor::Json, data, 1);
}

/// An XML body.
pub(crate) fn xml(data: &[u8]) {
    read(Processor::Xml, data, 1);
}

/// A multipart body with the boundary `b`, whole and in pieces. The first byte is the size of the pieces.
pub(crate) fn multipart(data: &[u8]) {
    let Some((size, body)) = data.split_first() else { return };
    read(Processor::Multipart, body, usize::from(*size).max(1));
}

/// A compressed body; the first byte chooses its codings.
pub(crate) fn codings(data: &[u8]) {
    const CODINGS: [&str; 7] = ["gzip", "deflate", "br", "zstd", "br, gzip", "gzip, zstd", "gzip, gzip, gzip"];
    let Some((number, body)) = data.split_first() else { return };
    let (text, _) = probe::decode(CODINGS[usize::from(*number) % CODINGS.len()], body);
    // The limit is looked at after each piece of 8 KiB at most.
    assert!(text.len() <= (64 << 10).max(100 * body.len()) + (8 << 10), "{} bytes of {}", text.len(), body.len());
}
