//! Stable error codes: what a user quotes on the telephone. Explained one by one in `docs/errors.md`.

/// One refusal a user may meet. Declared in `codes.rs` of the room that refuses; `xtask tidy` keeps codes unique.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ErrorCode {
    /// `XXX-NNNN`, for example `IDN-0401`. Never reused.
    pub code: &'static str,
    /// HTTP status it maps to.
    pub status: u16,
    /// What happened, in English, as a sentence fragment.
    pub title: &'static str,
    /// What the reader can do about it.
    pub remedy: &'static str,
}
