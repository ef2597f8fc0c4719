//! Sans-IO scanner for HTTP/1 request heads and body framing.
//!
//! It reads bytes that somebody else received and answers two questions: where does this message end, and is its framing
//! beyond doubt. Everything that two parsers could read differently is refused with a stable code ([`HttpFinding`]);
//! there is no lenient mode. The gateway runs it *before* its HTTP library sees a byte, so nothing unjudged gets through.
//! It is *not* a client, knows no responses, and never decodes content.
//!
//! Invariant: the answer depends only on the bytes, never on how they were cut into reads (property-tested).
//!
//! ```
//! use medward_waf::http1::{BodyFraming, HeadScanner};
//! let mut scanner = HeadScanner::default();
//! let received = b"POST /q HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc";
//! let scanned = scanner.scan(received).unwrap().expect("the head is complete");
//! assert_eq!(scanned.framing, BodyFraming::Length(3));
//! let body = &received[scanned.length..];
//! let mut spans = Vec::new();
//! assert_eq!(scanned.framing.scanner().scan(body, &mut spans).unwrap(), Some(3));
//! ```

mod body;
mod field;
mod finding;
mod head;
#[cfg(test)]
mod tests;

pub use body::{BodyFraming, BodyScanner};
pub use finding::{FramingError, HttpFinding};
pub use head::{HeadLimits, HeadScanner, ScannedHead};
