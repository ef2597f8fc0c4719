//! The developer tools as a newcomer meets them: as programs, from outside.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

mod need;
mod new_capability;
mod packages;
mod program;
