//! Content-Encoding of a body (RFC 9110 §8.4): gzip, deflate, br and zstd, bounded. The one way in, for requests and
//! responses alike.
//!
//! Few applications decode request bodies, but some frameworks do so before a handler sees them. What came is therefore
//! inspected in both readings. Other codings are told to the caller, who marks the body as not fully inspected.

use std::io::{BufRead, Read};

use brotli_decompressor::{BrotliDecompressStream, BrotliResult, BrotliState, StandardAlloc};
use flate2::bufread::{DeflateDecoder, MultiGzDecoder, ZlibDecoder};

use super::zstd;
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
/// What a failing call gave is not lost here.
const BROTLI_PIECE_BYTES: usize = 8192;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Coding {
    Gzip,
    Deflate,
    Brotli,
    Zstd,
}

/// The codings of a body, the outermost last.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(crate) struct Codings {
    known: Vec<Coding>,
    /// A coding we cannot undo.
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
                b"br" => codings.known.push(Coding::Brotli),
                b"zstd" => codings.known.push(Coding::Zstd),
                _ => codings.unknown = true,
            }
        }
        codings
    }

    /// Whether there is anything to undo.
    pub(crate) fn can_decode(&self) -> bool {
        !self.unknown && !self.known.is_empty()
    }

    /// The body without its codings, as far as it goes, and what was wrong with it. A body that only ends too early is
    /// broken too: the caller knows whether more may come.
    pub(crate) fn decode(&self, body: &[u8]) -> (Vec<u8>, Option<HttpFinding>) {
        // Nobody honest packs a third time.
        if self.known.len() > LAYERS {
            return (Vec::new(), Some(HttpFinding::DecompressionBomb));
        }
        let most = OUTPUT_BYTES.min(body.len().saturating_mul(RATIO).max(RATIO_FROM_BYTES));
        let mut finding = None;
        let mut text = body.to_vec();
        for coding in self.known.iter().rev() {
            let (decoded, wrong) = match coding {
                Coding::Gzip => read_bounded(MultiGzDecoder::new(text.as_slice()), most),
                Coding::Deflate => inflate(&text, most),
                Coding::Brotli => unbrotli(&text, most),
                Coding::Zstd => zstd::decode(&text, most),
            };
            // That a bomb was meant weighs more than that its outer layer is torn.
            finding = if wrong == Some(HttpFinding::DecompressionBomb) { wrong } else { finding.or(wrong) };
            text = decoded;
        }
        (text, finding)
    }
}

/// `deflate` is zlib by the RFC and raw deflate by what many clients send.
fn inflate(text: &[u8], most: usize) -> (Vec<u8>, Option<HttpFinding>) {
    let mut rest = text;
    let (decoded, wrong) = read_bounded(ZlibDecoder::new(&mut rest), most);
    if !decoded.is_empty() || wrong.is_none() {
        return trailed(decoded, wrong, rest);
    }
    let mut rest = text;
    let (decoded, wrong) = read_bounded(DeflateDecoder::new(&mut rest), most);
    trailed(decoded, wrong, rest)
}

/// Brotli (RFC 7932). The state is the strict one: with large windows a dozen bytes could ask for a gigabyte.
fn unbrotli(text: &[u8], most: usize) -> (Vec<u8>, Option<HttpFinding>) {
    let allocator = StandardAlloc::default;
    let mut state = BrotliState::new_strict(allocator(), allocator(), allocator());
    let (mut available, mut at, mut written) = (text.len(), 0, 0);
    let mut decoded = Vec::new();
    let mut piece = [0; BROTLI_PIECE_BYTES];
    loop {
        let (mut room, mut length) = (piece.len(), 0);
        let result = BrotliDecompressStream(
            &mut available,
            &mut at,
            text,
            &mut room,
            &mut length,
            &mut piece,
            &mut written,
            &mut state,
        );
        decoded.extend_from_slice(piece.get(..length).unwrap_or_default());
        if decoded.len() > most {
            return (decoded, Some(HttpFinding::DecompressionBomb));
        }
        match result {
            BrotliResult::NeedsMoreOutput => {}
            BrotliResult::ResultSuccess => return (decoded, (available > 0).then_some(HttpFinding::EncodingBroken)),
            BrotliResult::NeedsMoreInput | BrotliResult::ResultFailure => {
                return (decoded, Some(HttpFinding::EncodingBroken));
            }
        }
    }
}

/// What stands behind the compressed data belongs to no reading of it.
fn trailed(decoded: Vec<u8>, wrong: Option<HttpFinding>, rest: impl BufRead) -> (Vec<u8>, Option<HttpFinding>) {
    let mut rest = rest;
    let trailing = rest.fill_buf().is_ok_and(|bytes| !bytes.is_empty());
    (decoded, wrong.or_else(|| trailing.then_some(HttpFinding::EncodingBroken)))
}

/// Reads until `most` bytes are passed.
fn read_bounded(mut decoder: impl Read, most: usize) -> (Vec<u8>, Option<HttpFinding>) {
    let mut decoded = Vec::new();
    let mut piece = [0; PIECE_BYTES];
    loop {
        match decoder.read(&mut piece) {
            Ok(0) => return (decoded, None),
            Ok(length) => decoded.extend_from_slice(piece.get(..length).unwrap_or_default()),
            Err(_) => return (decoded, Some(HttpFinding::EncodingBroken)),
        }
        if decoded.len() > most {
            return (decoded, Some(HttpFinding::DecompressionBomb));
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    // Written by zlib.brotliCompressSync of Node.js 20: a query, 20 MiB of one letter, 60,000 of them.
    const BROTLI_QUERY: &str = "8b0880713d312b756e696f6e2b73656c6563742b3203";
    const BROTLI_BOMB: &str = "cbffff3ff825c2e2b14020f7fe8fffff7ff04b00c4611180eefd5ffeffffe0970088c30200ddfb1f";
    const BROTLI_RUN: &str = "1b5feaf825c2e2b14020431c00";

    fn bytes(hex: &str) -> Vec<u8> {
        let digit = |byte: u8| u8::try_from(char::from(byte).to_digit(16).unwrap()).unwrap();
        hex.as_bytes().chunks_exact(2).map(|pair| digit(pair[0]) << 4 | digit(pair[1])).collect()
    }

    fn gzip(text: &[u8]) -> Vec<u8> {
        let mut encoded = Vec::new();
        flate2::bufread::GzEncoder::new(text, flate2::Compression::best()).read_to_end(&mut encoded).unwrap();
        encoded
    }

    fn decode(codings: &str, body: &[u8]) -> (Vec<u8>, Option<HttpFinding>) {
        let codings = Codings::of(std::iter::once(codings.as_bytes()));
        assert!(codings.can_decode());
        codings.decode(body)
    }

    #[test]
    fn brotli_and_zstd_are_decoded() {
        let query = b"q=1+union+select+2";
        assert_eq!(decode("BR", &bytes(BROTLI_QUERY)), (query.to_vec(), None));
        let zstd = ruzstd::encoding::compress_to_vec(query.as_slice(), ruzstd::encoding::CompressionLevel::Fastest);
        assert_eq!(decode(" zstd", &zstd), (query.to_vec(), None));
        assert_eq!(decode("br, gzip", &gzip(&bytes(BROTLI_QUERY))), (query.to_vec(), None));
        let unknown = Codings::of(std::iter::once(b"br, compress".as_slice()));
        assert!(unknown.unknown && !unknown.can_decode());
    }

    #[test]
    fn a_cut_brotli_body_gives_what_it_has() {
        let mut body = bytes(BROTLI_QUERY);
        body.truncate(body.len() - 4);
        let (text, wrong) = decode("br", &body);
        assert_eq!(wrong, Some(HttpFinding::EncodingBroken));
        assert!(text.starts_with(b"q=1+union"), "{}", text.escape_ascii());
        let trailed = [bytes(BROTLI_QUERY), b"text".to_vec()].concat();
        assert_eq!(decode("br", &trailed), (b"q=1+union+select+2".to_vec(), Some(HttpFinding::EncodingBroken)));
        assert_eq!(decode("br", b"\xff\xff\xffplain").1, Some(HttpFinding::EncodingBroken));
    }

    #[test]
    fn bombs_are_cut_and_named() {
        // 60,000 bytes of 13 are below the size from which the ratio counts.
        assert_eq!(decode("br", &bytes(BROTLI_RUN)), (vec![b'a'; 60_000], None));
        let nested = gzip(&gzip(&vec![0; 5 << 20]));
        for (codings, body) in [("br", bytes(BROTLI_BOMB)), ("gzip", gzip(&vec![0; 1 << 20])), ("gzip, gzip", nested)] {
            let (text, wrong) = decode(codings, &body);
            assert_eq!(wrong, Some(HttpFinding::DecompressionBomb), "{codings}");
            assert!(
                text.len() <= RATIO_FROM_BYTES.max(body.len() * RATIO) + BROTLI_PIECE_BYTES,
                "{codings}: {}",
                text.len()
            );
        }
        let thrice = gzip(&gzip(&gzip(b"x")));
        assert_eq!(decode("gzip, gzip, gzip", &thrice), (Vec::new(), Some(HttpFinding::DecompressionBomb)));
    }

    proptest! {
        #[test]
        fn any_bytes_are_taken_for_any_coding(
            body in prop::collection::vec(any::<u8>(), 0..300),
            magic in prop::sample::select(vec![b"".as_slice(), b"\x1f\x8b\x08\0", b"\x78\x9c", b"\x28\xb5\x2f\xfd", b"\x0b"]),
            codings in prop::sample::select(vec!["gzip", "deflate", "br", "zstd", "zstd, br", "deflate, zstd"]),
        ) {
            let (text, _) = decode(codings, &[magic, &body].concat());
            prop_assert!(text.len() <= RATIO_FROM_BYTES + BROTLI_PIECE_BYTES);
        }
    }
}
