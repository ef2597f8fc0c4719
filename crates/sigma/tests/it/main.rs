//! The rules of Medward against events, and an import in SigmaHQ layout.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::cast_possible_truncation,
    reason = "tests state what must hold"
)]

mod import;
mod pack;
mod scenario;
