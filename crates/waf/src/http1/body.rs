//! Where a body ends, and which of its bytes are content: fixed length or chunked.

use std::ops::Range;

use super::field::{forbidden_byte, is_forbidden_trailer, parse_field_line};
use super::{FramingError, HeadLimits, HttpFinding};

/// How the body of a request ends.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum BodyFraming {
    /// Neither Content-Length nor Transfer-Encoding: no body.
    None,
    /// Exactly this many bytes.
    Length(u64),
    /// Chunked transfer coding.
    Chunked,
}

impl BodyFraming {
    /// A scanner for a body framed this way.
    pub fn scanner(self) -> BodyScanner {
        match self {
            Self::None => BodyScanner { state: State::Fixed { left: 0 } },
            Self::Length(length) => BodyScanner { state: State::Fixed { left: length } },
            Self::Chunked => BodyScanner { state: State::Chunked(Box::default()) },
        }
    }
}

/// Finds content and end of one body, read after read, without keeping any of it.
#[derive(Clone, Debug)]
pub struct BodyScanner {
    state: State,
}

#[derive(Clone, Debug)]
enum State {
    Fixed { left: u64 },
    Chunked(Box<Chunked>),
}

impl BodyScanner {
    /// Looks at the next bytes of the body, each byte once. Ranges of `input` that are content are appended to `spans`.
    /// `Ok(Some(end))`: the body ended at `input[..end]`, the rest belongs to the next message. `Ok(None)`: all of
    /// `input` was body and more follows. After an error the connection is unusable; the spans before it are content.
    pub fn scan(&mut self, input: &[u8], spans: &mut Vec<Range<usize>>) -> Result<Option<usize>, FramingError> {
        match &mut self.state {
            State::Fixed { left } => {
                let take = usize::try_from(*left).map_or(input.len(), |left| left.min(input.len()));
                *left -= take as u64;
                if take > 0 {
                    spans.push(0..take);
                }
                Ok((*left == 0).then_some(take))
            }
            State::Chunked(chunked) => chunked.scan(input, spans),
        }
    }
}

/// Longest chunk extension, in bytes with its leading `;` (gateway.md §4).
const EXTENSION_BYTES: usize = 256;
/// Most hex digits of a chunk size.
const SIZE_DIGITS: u8 = 16;

#[derive(Clone, Debug, Default)]
struct Chunked {
    place: Place,
    /// Value of the size line being read, then bytes of data left.
    left: u64,
    digits: u8,
    extension_bytes: usize,
    trailer: Vec<u8>,
    trailer_bytes: usize,
    trailers: usize,
    scanned: usize,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
enum Place {
    #[default]
    Size,
    Extension,
    SizeLf,
    Data,
    DataCr,
    DataLf,
    Trailer,
    TrailerLf,
    End,
}

impl Chunked {
    fn scan(&mut self, input: &[u8], spans: &mut Vec<Range<usize>>) -> Result<Option<usize>, FramingError> {
        let mut at = 0;
        while self.place != Place::End {
            let Some(&byte) = input.get(at) else {
                self.scanned += at;
                return Ok(None);
            };
            if self.place == Place::Data {
                let available = input.len() - at;
                let take = usize::try_from(self.left).map_or(available, |left| left.min(available));
                spans.push(at..at + take);
                at += take;
                self.left -= take as u64;
                if self.left == 0 {
                    self.place = Place::DataCr;
                }
                continue;
            }
            self.step(byte).map_err(|finding| FramingError { finding, at: self.scanned + at })?;
            at += 1;
        }
        self.scanned += at;
        Ok(Some(at))
    }

    fn step(&mut self, byte: u8) -> Result<(), HttpFinding> {
        match self.place {
            Place::Size => self.size_byte(byte)?,
            Place::Extension if byte == b'\r' => self.place = Place::SizeLf,
            Place::Extension => {
                self.extension_bytes += 1;
                if self.extension_bytes > EXTENSION_BYTES || byte == b'\n' || forbidden_byte(byte).is_some() {
                    return Err(HttpFinding::ChunkExtensionInvalid);
                }
            }
            Place::SizeLf => {
                expect_byte(byte, b'\n', HttpFinding::ChunkSizeInvalid)?;
                (self.digits, self.extension_bytes) = (0, 0);
                self.place = if self.left == 0 { Place::Trailer } else { Place::Data };
            }
            Place::DataCr => {
                expect_byte(byte, b'\r', HttpFinding::ChunkEndInvalid)?;
                self.place = Place::DataLf;
            }
            Place::DataLf => {
                expect_byte(byte, b'\n', HttpFinding::ChunkEndInvalid)?;
                self.place = Place::Size;
            }
            Place::Trailer => self.trailer_byte(byte)?,
            Place::TrailerLf => {
                expect_byte(byte, b'\n', HttpFinding::BareCr)?;
                self.end_trailer_line()?;
            }
            Place::Data | Place::End => {}
        }
        Ok(())
    }

    fn size_byte(&mut self, byte: u8) -> Result<(), HttpFinding> {
        let value = match byte {
            b'0'..=b'9' => byte - b'0',
            b'a'..=b'f' => byte - b'a' + 10,
            b'A'..=b'F' => byte - b'A' + 10,
            b'\r' if self.digits > 0 => {
                self.place = Place::SizeLf;
                return Ok(());
            }
            b';' if self.digits > 0 => {
                self.place = Place::Extension;
                self.extension_bytes = 1;
                return Ok(());
            }
            _ => return Err(HttpFinding::ChunkSizeInvalid),
        };
        if self.digits == SIZE_DIGITS {
            return Err(HttpFinding::ChunkSizeInvalid);
        }
        self.digits += 1;
        self.left = (self.left << 4) | u64::from(value);
        Ok(())
    }

    fn trailer_byte(&mut self, byte: u8) -> Result<(), HttpFinding> {
        let limits = HeadLimits::default();
        match byte {
            b'\r' => self.place = Place::TrailerLf,
            b'\n' => return Err(HttpFinding::BareLf),
            _ => {
                if let Some(finding) = forbidden_byte(byte) {
                    return Err(finding);
                }
                self.trailer_bytes += 1;
                if self.trailer_bytes > limits.header_bytes {
                    return Err(HttpFinding::HeaderTooLarge);
                }
                self.trailer.push(byte);
            }
        }
        Ok(())
    }

    fn end_trailer_line(&mut self) -> Result<(), HttpFinding> {
        if self.trailer.is_empty() {
            self.place = Place::End;
            return Ok(());
        }
        let field = parse_field_line(&self.trailer)?;
        if is_forbidden_trailer(field.name) {
            return Err(HttpFinding::ForbiddenTrailer);
        }
        self.trailers += 1;
        if self.trailers > HeadLimits::default().headers {
            return Err(HttpFinding::TooManyHeaders);
        }
        self.trailer.clear();
        self.place = Place::Trailer;
        Ok(())
    }
}

fn expect_byte(byte: u8, expected: u8, otherwise: HttpFinding) -> Result<(), HttpFinding> {
    if byte == expected { Ok(()) } else { Err(otherwise) }
}
