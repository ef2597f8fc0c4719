//! Response rules (gateway.md §5, "Response stage"): what an answer must not carry out of the house.
//!
//! `Masker` covers identity, mobile and bank card numbers while the body streams by; `ErrorTrace` says whether the beginning
//! of an error answer shows how the application is made. What to do then, and with which answers, is the caller's: it decodes
//! content codings first, and asks only about text.
//!
//! Invariant: the masked body is as long as the body, so that `Content-Length` stays right, and it does not depend on how the
//! body was cut into chunks. Invariant: what is held back between chunks is less than `MAX_HELD_BYTES`.
//!
//! ```
//! use medward_defence::leak::{MaskRules, Masker};
//!
//! let mut masker = Masker::new(MaskRules::default());
//! let mut sent = Vec::new();
//! masker.feed("手机:1380013".as_bytes(), &mut sent);
//! masker.feed(b"8000,", &mut sent);
//! masker.finish(&mut sent);
//! assert_eq!(sent, "手机:138****8000,".as_bytes());
//! assert_eq!(masker.masked().mobile_numbers, 1);
//! ```

mod masker;
mod number;
mod telltale;
mod trace;

#[cfg(test)]
mod tests;

pub use self::masker::{MAX_HELD_BYTES, Masked, Masker};
pub use self::number::MaskRules;
pub use self::trace::{ErrorTrace, MAX_SCANNED_BYTES};
