//! Content-Encoding of a body (RFC 9110 §8.4): gzip and deflate, bounded.
//!
//! Few applications decode request bodies, but some frameworks do so before a handler sees them. What came is therefore
//! inspected in both readings. Other codings are told to the caller, who marks the body as not fully inspected.

use std::io::{BufRead, Read};

use flate2::bufread::{DeflateDecoder, MultiGzDecoder, ZlibDecoder};

use crate::http1::HttpFinding;

/// Most a body may grow to (waf.md §5).
const OUTPUT_BYTES: usize = 10 << 20;
/// Most that one compressed byte may become, once the output is large enough to hurt.
const RATIO: usize = 100;
const RATIO_FROM_BYTES: usize = 64 * 1024;
/// Codings around each other that are undone.
const LAYERS: usize = 2;
/// Small, because what one read gave is lost when the same read fails.
const PIECE_BYTES: usize = 512;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Coding {
    Gzip,
    Deflate,
}

/// The codings of a body, the outermost last.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(crate) struct Codings {
    known: Vec<Coding>,
    /// A coding we cannot undo, or more of them than we undo.
    pub(crate) unknown: bool,
}

impl Codings {
    /// Reads the values of all Content-Encoding lines.
    pub(crate) fn of<'a>(lines: impl Iterator<Item = &'a [u8]>) -> Self {
        let mut codings = Self::default();
        for name in lines.flat_map(|line| line.split(|byte| *byte == b',')) {
            match name.trim_ascii().to_ascii_lowercase().as_slice() {
                b"" | b"identity" => {}
                b"gzip" | b"x-gzip" => codings.known.push(Coding::Gzip),
                b"deflate" => codings.known.push(Coding::Deflate),
                _ => codings.unknown = true,
            }
        }
        codings.unknown |= codings.known.len() > LAYERS;
        codings
    }

    /// Whether there is anything to undo.
    pub(crate) fn can_decode(&self) -> bool {
        !self.unknown && !self.known.is_empty()
    }

    /// The body without its codings, as far as it goes, and what was wrong with it. A body that only ends too early is
    /// broken too: the caller knows whether more may come.
    pub(crate) fn decode(&self, body: &[u8]) -> (Vec<u8>, Option<HttpFinding>) {
        let mut finding = None;
        let mut text = body.to_vec();
        for coding in self.known.iter().rev() {
            let (decoded, wrong) = match coding {
                Coding::Gzip => read_bounded(MultiGzDecoder::new(text.as_slice())),
                Coding::Deflate => inflate(&text),
            };
            finding = finding.or(wrong);
            text = decoded;
        }
        if text.len() > RATIO_FROM_BYTES && text.len() / RATIO > body.len() {
            finding = Some(HttpFinding::DecompressionBomb);
        }
        (text, finding)
    }
}

/// `deflate` is zlib by the RFC and raw deflate by what many clients send.
fn inflate(text: &[u8]) -> (Vec<u8>, Option<HttpFinding>) {
    let mut rest = text;
    let (decoded, wrong) = read_bounded(ZlibDecoder::new(&mut rest));
    if !decoded.is_empty() || wrong.is_none() {
        return trailed(decoded, wrong, rest);
    }
    let mut rest = text;
    let (decoded, wrong) = read_bounded(DeflateDecoder::new(&mut rest));
    trailed(decoded, wrong, rest)
}

/// What stands behind the compressed data belongs to no reading of it.
fn trailed(decoded: Vec<u8>, wrong: Option<HttpFinding>, rest: impl BufRead) -> (Vec<u8>, Option<HttpFinding>) {
    let mut rest = rest;
    let trailing = rest.fill_buf().is_ok_and(|bytes| !bytes.is_empty());
    (decoded, wrong.or_else(|| trailing.then_some(HttpFinding::EncodingBroken)))
}

fn read_bounded(mut decoder: impl Read) -> (Vec<u8>, Option<HttpFinding>) {
    let mut decoded = Vec::new();
    let mut piece = [0; PIECE_BYTES];
    loop {
        match decoder.read(&mut piece) {
            Ok(0) => return (decoded, None),
            Ok(length) => decoded.extend_from_slice(piece.get(..length).unwrap_or_default()),
            Err(_) => return (decoded, Some(HttpFinding::EncodingBroken)),
        }
        if decoded.len() > OUTPUT_BYTES {
            return (decoded, Some(HttpFinding::DecompressionBomb));
        }
    }
}
