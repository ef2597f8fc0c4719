//! A protected system that gives away its internals, and the rules that see it do so.

use std::sync::Arc;

use medward_contract::ErrorCode;
use medward_gateway::{Gateway, GatewayConfig, build_with};
use medward_kernel::permission::Grant;
use medward_kernel::{BuildError, Capability, Kit, Parts};
use medward_proxy::Waf;
use medward_store::Migration;
use medward_waf::{CompileOptions, SourceFile, Sources, compile};

/// What no client may see.
pub(crate) const LEAK: &str = "ORA-00942: table or view does not exist";

/// How much of a body the rules look at.
pub(crate) const LIMIT_BYTES: usize = 100_000;

const RULES: &str = r#"
SecResponseBodyAccess On
SecResponseBodyMimeType text/html text/event-stream
SecResponseBodyLimit 100000
SecRule ARGS:q "@streq odd" \
    "id:95001,phase:2,pass,msg:'odd question',severity:CRITICAL,tag:'attack-sqli',setvar:tx.score_in=+3"
SecRule ARGS:q "@streq bad" "id:95002,phase:2,deny,msg:'bad question',tag:'attack-sqli'"
SecRule RESPONSE_HEADERS:X-Debug "@streq on" \
    "id:95003,phase:3,deny,status:500,msg:'debug header',tag:'attack-disclosure'"
SecRule RESPONSE_BODY "@contains ORA-00942" \
    "id:95004,phase:4,pass,msg:'database error',severity:CRITICAL,tag:'attack-disclosure',setvar:tx.score_out=+5"
SecRule ARGS:q "@streq late" "id:95005,phase:5,pass,msg:'seen at the end'"
"#;

/// The gateway with [`RULES`].
pub(crate) struct LeakGateway;

impl Capability for LeakGateway {
    const NAME: &'static str = "gateway";
    type Config = GatewayConfig;
    const MIGRATIONS: &'static [Migration] = Gateway::MIGRATIONS;
    const ERRORS: &'static [ErrorCode] = &[];
    const GRANTS: &'static [Grant] = Gateway::GRANTS;

    fn build(config: GatewayConfig, kit: &Kit) -> Result<Parts, BuildError> {
        let file = SourceFile { path: "leaks.conf".to_owned(), bytes: RULES.into() };
        let sources = Sources { files: vec![file], ..Sources::default() };
        let (program, _) = compile(&sources, &CompileOptions::default()).unwrap();
        build_with(&config, kit, Arc::new(Waf::new(program, kit.clock.clone())))
    }
}

/// A part of an answer.
pub(crate) enum Piece {
    Bytes(Vec<u8>),
    /// Until the test says so.
    Wait,
    Close,
}

fn whole(headers: &str, body: &[u8]) -> Vec<Piece> {
    let mut bytes = format!("HTTP/1.1 200 OK\r\n{headers}\r\nContent-Length: {}\r\n\r\n", body.len()).into_bytes();
    bytes.extend_from_slice(body);
    vec![Piece::Bytes(bytes)]
}

fn chunk(text: &str) -> Piece {
    Piece::Bytes(format!("{:x}\r\n{text}\r\n", text.len()).into_bytes())
}

fn chunked(kind: &str, between: Vec<Piece>, last: &str) -> Vec<Piece> {
    let head = format!("HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nTransfer-Encoding: chunked\r\n\r\n");
    let mut pieces = vec![Piece::Bytes(head.into_bytes()), chunk("the first piece")];
    pieces.extend(between);
    pieces.extend([chunk(last), Piece::Bytes(b"0\r\nX-Sum: 7\r\n\r\n".to_vec())]);
    pieces
}

/// A page whose leak stands behind what the rules look at.
pub(crate) fn late_page() -> String {
    format!("{}{LEAK}", "all is well ".repeat(LIMIT_BYTES / 10))
}

/// The answers of this system by path.
pub(crate) fn pieces(path: &str) -> Option<Vec<Piece>> {
    let html = "Content-Type: text/html; charset=utf-8";
    Some(match path {
        "/leak" => whole(html, format!("<html>{LEAK}</html>").as_bytes()),
        "/leak-as-download" => whole("Content-Type: application/octet-stream", LEAK.as_bytes()),
        "/leak-gzip" => whole(&format!("{html}\r\nContent-Encoding: gzip"), GZIPPED_LEAK),
        "/leak-in-head" => whole(&format!("{html}\r\nX-Debug: on"), &LEAK.repeat(40_000).into_bytes()),
        "/leak-late" => whole(html, late_page().as_bytes()),
        "/leak-chunked" => chunked("text/html", vec![], LEAK),
        "/clean" => whole(html, b"all is well"),
        "/clean-chunked" => chunked("text/html", vec![], "the last piece"),
        "/two-pieces" => chunked("text/html", vec![Piece::Wait], "the last piece"),
        "/download" => chunked("application/pdf", vec![Piece::Wait], "the last piece"),
        "/never-ends" => chunked("text/html", vec![Piece::Wait], LEAK),
        "/breaks-off" => {
            let head = format!("HTTP/1.1 200 OK\r\n{html}\r\nContent-Length: 1000\r\n\r\n{LEAK}");
            vec![Piece::Bytes(head.into_bytes()), Piece::Close]
        }
        "/nothing" => vec![Piece::Bytes(format!("HTTP/1.1 204 No Content\r\n{html}\r\n\r\n").into_bytes())],
        "/unchanged" => {
            vec![Piece::Bytes(format!("HTTP/1.1 304 Not Modified\r\n{html}\r\nETag: \"1\"\r\n\r\n").into_bytes())]
        }
        "/range" => {
            let head = format!(
                "HTTP/1.1 206 Partial Content\r\n{html}\r\nContent-Range: bytes 0-4/900\r\nContent-Length: 5\r\n\r\nhello"
            );
            vec![Piece::Bytes(head.into_bytes())]
        }
        "/head" => vec![Piece::Bytes(format!("HTTP/1.1 200 OK\r\n{html}\r\nContent-Length: 900\r\n\r\n").into_bytes())],
        _ => return None,
    })
}

/// A page with [`LEAK`] at its end.
const GZIPPED_LEAK: &[u8] = &[
    0x1f, 0x8b, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0x03, 0xb3, 0xc9, 0x28, 0xc9, 0xcd, 0xb1, 0x4b, 0xcc, 0xc9,
    0x51, 0xc8, 0x2c, 0x56, 0x28, 0x4f, 0x05, 0xd2, 0xa3, 0xec, 0xe1, 0xc7, 0xf6, 0x0f, 0x72, 0xd4, 0x35, 0x30, 0xb0,
    0x34, 0x31, 0xb2, 0x52, 0x28, 0x49, 0x4c, 0xca, 0x49, 0x55, 0xc8, 0x2f, 0x52, 0x28, 0xcb, 0x4c, 0x2d, 0x57, 0x48,
    0xc9, 0x4f, 0x2d, 0x56, 0xc8, 0xcb, 0x2f, 0x51, 0x48, 0xad, 0xc8, 0x2c, 0x2e, 0xb1, 0xd1, 0x07, 0xa7, 0x06, 0x00,
    0xd0, 0xba, 0x16, 0x1c, 0x14, 0x02, 0x00, 0x00,
];
