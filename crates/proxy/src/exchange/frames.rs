//! Where one WebSocket frame ends and the next begins (RFC 6455 §5.2), so that a frame of ours can stand between two of theirs.
//!
//! It is *not* a check: what stands in frames is the business of the two sides, and what is no frame is passed on like one.

/// FIN and opcode 8, two bytes: 1001, the endpoint goes away (RFC 6455 §5.5.1, §7.4.1). Between any two frames, also those of one
/// message (§5.4).
pub(super) const GOING_AWAY: [u8; 4] = [0x88, 2, 0x03, 0xe9];

/// How far the frame is that is under way.
#[derive(Debug, Default)]
pub(super) struct Frames {
    /// Bytes of its header that were seen: two, an extended length, a mask.
    header: Vec<u8>,
    /// Bytes of its payload that are still to come.
    payload: u64,
}

impl Frames {
    /// Whether no frame is under way.
    pub(super) fn is_between(&self) -> bool {
        self.header.is_empty() && self.payload == 0
    }

    /// Sees what comes next; the place in it behind the last frame that it ends, if it ends one.
    pub(super) fn see(&mut self, bytes: &[u8]) -> Option<usize> {
        let (mut left, mut end) = (bytes, None);
        while let Some((first, rest)) = left.split_first() {
            if self.payload > 0 {
                let here = usize::try_from(self.payload).unwrap_or(usize::MAX).min(left.len());
                self.payload = self.payload.saturating_sub(here as u64);
                left = left.get(here..).unwrap_or_default();
            } else {
                self.header.push(*first);
                left = rest;
                if let Some(payload) = length_of(&self.header) {
                    self.header.clear();
                    self.payload = payload;
                }
            }
            if self.is_between() {
                end = Some(bytes.len() - left.len());
            }
        }
        end
    }
}

/// Bytes of payload that follow this header, when it is whole.
fn length_of(header: &[u8]) -> Option<u64> {
    let (_, rest) = header.split_first()?;
    let (second, rest) = rest.split_first()?;
    let mask = if second & 0x80 == 0 { 0 } else { 4 };
    let (length, more) = match second & 0x7f {
        126 => {
            let (length, more) = rest.split_first_chunk::<2>()?;
            (u64::from(u16::from_be_bytes(*length)), more)
        }
        127 => {
            let (length, more) = rest.split_first_chunk::<8>()?;
            (u64::from_be_bytes(*length), more)
        }
        short => (u64::from(short), rest),
    };
    (more.len() == mask).then_some(length)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// A frame as either side sends it.
    fn frame(length: usize, masked: bool) -> Vec<u8> {
        let bit = if masked { 0x80 } else { 0 };
        let mut frame = vec![0x82];
        match length {
            0..126 => frame.push(bit | u8::try_from(length).unwrap()),
            126..65_536 => {
                frame.push(bit | 0x7e);
                frame.extend(u16::try_from(length).unwrap().to_be_bytes());
            }
            _ => {
                frame.push(bit | 0x7f);
                frame.extend((length as u64).to_be_bytes());
            }
        }
        frame.resize(frame.len() + if masked { 4 } else { 0 } + length, 0x88);
        frame
    }

    #[test]
    fn frame_ends_where_its_length_says() {
        for (length, masked) in [(0, false), (0, true), (125, false), (126, true), (65_535, false), (65_536, true)] {
            let mut frames = Frames::default();
            let frame = frame(length, masked);
            let (last, before) = frame.split_last().unwrap();
            assert_eq!((frames.see(before), frames.is_between()), (None, false), "{length}");
            assert_eq!((frames.see(&[*last]), frames.is_between()), (Some(1), true), "{length}");
        }
        let mut frames = Frames::default();
        assert_eq!(frames.see(&GOING_AWAY), Some(4));
        assert_eq!(frames.see(&[0x82, 127, 255, 255, 255, 255, 255, 255, 255, 255, 0]), None);
    }

    proptest! {
        #[test]
        fn ends_are_found_however_the_stream_is_cut(
            sent in proptest::collection::vec((0_usize..300, any::<bool>()), 1..12),
            pieces in proptest::collection::vec(1_usize..200, 1..20),
        ) {
            let (mut stream, mut ends) = (Vec::new(), vec![0]);
            for (length, masked) in sent {
                stream.extend(frame(length, masked));
                ends.push(stream.len());
            }
            let (mut frames, mut at) = (Frames::default(), 0);
            for piece in pieces.iter().cycle() {
                let until = stream.len().min(at + piece);
                let found = frames.see(&stream[at..until]).map(|end| at + end);
                let expected = ends.iter().rfind(|end| **end > at && **end <= until).copied();
                prop_assert_eq!(found, expected);
                prop_assert_eq!(frames.is_between(), ends.contains(&until));
                at = until;
                if at == stream.len() {
                    break;
                }
            }
        }
    }
}
