//! Content-Encoding `zstd` (RFC 8878, RFC 9659), bounded, and as far as it goes.
//!
//! The decoder gives out nothing of its window before a frame has ended. A frame that breaks off is therefore decoded once
//! more, as if it ended behind its last good block: what a server shows of a cut body is what the rules must see.

use ruzstd::decoding::errors::{FrameDecoderError, ReadFrameHeaderError};
use ruzstd::decoding::{BlockDecodingStrategy, FrameDecoder};

use crate::http1::HttpFinding;

/// RFC 9659 §3: no decoder of this coding need take more.
const WINDOW_BYTES: u64 = 8 << 20;
/// Frames in one body. Honest bodies have one; each costs a reset of the decoder's tables.
const FRAMES: usize = 1024;
/// An empty raw block that is the last one (RFC 8878 §3.1.1.2).
const LAST_BLOCK: [u8; 3] = [1, 0, 0];

/// Decodes until `most` bytes are passed.
pub(super) fn decode(mut text: &[u8], most: usize) -> (Vec<u8>, Option<HttpFinding>) {
    let mut decoded = Vec::new();
    let mut decoder = FrameDecoder::new();
    decoder.set_max_window_size(WINDOW_BYTES);
    for _ in 0..FRAMES {
        if text.is_empty() {
            return (decoded, None);
        }
        let frame = text;
        let start = decoded.len();
        match decode_frame(&mut decoder, &mut text, &mut decoded, most) {
            Ok(()) => {}
            Err(Stop::Bomb) => return (decoded, Some(HttpFinding::DecompressionBomb)),
            Err(Stop::Broken) => {
                let mut finding = HttpFinding::EncodingBroken;
                if let Some(repaired) = repaired_frame(frame, decoder.blocks_decoded()) {
                    decoded.truncate(start);
                    if let Err(Stop::Bomb) = decode_frame(&mut decoder, &mut repaired.as_slice(), &mut decoded, most) {
                        finding = HttpFinding::DecompressionBomb;
                    }
                }
                return (decoded, Some(finding));
            }
        }
    }
    (decoded, Some(HttpFinding::EncodingBroken))
}

enum Stop {
    Broken,
    Bomb,
}

/// Decodes one frame, or skips one that is to be skipped.
fn decode_frame(decoder: &mut FrameDecoder, text: &mut &[u8], decoded: &mut Vec<u8>, most: usize) -> Result<(), Stop> {
    match decoder.reset(&mut *text) {
        Ok(()) => {}
        Err(FrameDecoderError::ReadFrameHeaderError(ReadFrameHeaderError::SkipFrame { length, .. })) => {
            let length = usize::try_from(length).map_err(|_| Stop::Broken)?;
            *text = text.get(length..).ok_or(Stop::Broken)?;
            return Ok(());
        }
        Err(_) => return Err(Stop::Broken),
    }
    loop {
        let finished =
            decoder.decode_blocks(&mut *text, BlockDecodingStrategy::UptoBlocks(1)).map_err(|_| Stop::Broken)?;
        decoder.collect_to_writer(&mut *decoded).map_err(|_| Stop::Broken)?;
        if decoded.len() > most {
            // A whole window may have come at once.
            decoded.truncate(most);
            return Err(Stop::Bomb);
        }
        if finished {
            return Ok(());
        }
    }
}

/// The frame with its first `blocks` blocks and an end.
fn repaired_frame(frame: &[u8], blocks: usize) -> Option<Vec<u8>> {
    // Without the checksum, which is of the whole content.
    const CHECKSUM_FLAG: u8 = 1 << 2;
    let mut rest = frame.get(header_bytes(*frame.get(4)?)..)?;
    for _ in 0..blocks {
        let [a, b, c, ..] = rest else { return None };
        let header = usize::from(*a) | usize::from(*b) << 8 | usize::from(*c) << 16;
        // Of a run of one byte the block holds that byte only.
        let length = if header >> 1 & 3 == 1 { 1 } else { header >> 3 };
        rest = rest.get(3 + length..)?;
    }
    let mut repaired = frame.get(..frame.len() - rest.len())?.to_vec();
    *repaired.get_mut(4)? &= !CHECKSUM_FLAG;
    repaired.extend_from_slice(&LAST_BLOCK);
    Some(repaired)
}

/// Length of magic number and frame header, by its descriptor (RFC 8878 §3.1.1.1).
fn header_bytes(descriptor: u8) -> usize {
    let single_segment = descriptor >> 5 & 1 == 1;
    let dictionary = match descriptor & 3 {
        3 => 4,
        length => usize::from(length),
    };
    let content_size = match descriptor >> 6 {
        0 => usize::from(single_segment),
        power => 1 << power,
    };
    4 + 1 + usize::from(!single_segment) + dictionary + content_size
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use ruzstd::encoding::{CompressionLevel, compress_to_vec};

    use super::*;

    const MOST: usize = 1 << 20;

    /// `zstd` 1.5.4 of Debian wrote this of `q=1+union+select+2` ten times.
    const FROM_THE_TOOL: &[u8] = b"(\xb5/\xfd\x04h\xcd\x00\x00\x90q=1+union+select+2\x01\x00>E\xcd0\xf1_\xc1b";

    fn compress(text: &[u8]) -> Vec<u8> {
        compress_to_vec(text, CompressionLevel::Fastest)
    }

    #[test]
    fn what_the_command_line_tool_wrote_is_read() {
        assert_eq!(decode(FROM_THE_TOOL, MOST), (b"q=1+union+select+2".repeat(10), None));
    }

    #[test]
    fn frames_follow_each_other_and_some_are_skipped() {
        let skipped = [b"\x50\x2a\x4d\x18\x03\0\0\0abc".as_slice(), &compress(b"y")].concat();
        let text = [compress(b"x"), skipped, FROM_THE_TOOL.to_vec()].concat();
        assert_eq!(decode(&text, MOST), ([b"xy".to_vec(), b"q=1+union+select+2".repeat(10)].concat(), None));
        assert_eq!(decode(b"", MOST), (Vec::new(), None));
        let (decoded, wrong) = decode(&compress(b"x").repeat(FRAMES + 1), MOST);
        assert_eq!((decoded.len(), wrong), (FRAMES, Some(HttpFinding::EncodingBroken)));
    }

    #[test]
    fn a_cut_frame_gives_its_whole_blocks() {
        let text: Vec<u8> = (0..600_000u64).map(|at| b"0123456789abcdef \n"[(at * at % 18) as usize]).collect();
        let whole = compress(&text);
        let (decoded, wrong) = decode(whole.get(..whole.len() - 1).unwrap(), MOST);
        assert_eq!(wrong, Some(HttpFinding::EncodingBroken));
        assert!(decoded.len() >= 400_000 && text.starts_with(&decoded), "{}", decoded.len());
        assert_eq!(decode(b"plain", MOST), (Vec::new(), Some(HttpFinding::EncodingBroken)));
        let trailed = [compress(b"x"), b"trailing".to_vec()].concat();
        assert_eq!(decode(&trailed, MOST), (b"x".to_vec(), Some(HttpFinding::EncodingBroken)));
    }

    #[test]
    fn bombs_and_wide_windows_are_refused() {
        let (decoded, wrong) = decode(&compress(&vec![b'a'; 3 * MOST]), MOST);
        assert_eq!(wrong, Some(HttpFinding::DecompressionBomb));
        assert_eq!(decoded.len(), MOST);
        // Magic number, no flags, a window of 2^31 bytes.
        let wide = [0x28, 0xb5, 0x2f, 0xfd, 0, 21 << 3, 1, 0, 0];
        assert_eq!(decode(&wide, MOST), (Vec::new(), Some(HttpFinding::EncodingBroken)));
    }

    proptest! {
        #[test]
        fn what_was_compressed_comes_back(text in prop::collection::vec(any::<u8>(), 0..2000), times in 1usize..50) {
            let text = text.repeat(times);
            prop_assert_eq!(decode(&compress(&text), MOST), (text, None));
        }

        #[test]
        fn damaged_frames_are_read_as_far_as_they_go(text in prop::collection::vec(any::<u8>(), 0..500), at in 0usize..600, byte in any::<u8>()) {
            let mut damaged = compress(&text);
            let length = damaged.len();
            if let Some(place) = damaged.get_mut(at % length) {
                *place = byte;
            }
            let (decoded, _) = decode(&damaged, MOST);
            prop_assert!(decoded.len() <= MOST);
        }
    }
}
