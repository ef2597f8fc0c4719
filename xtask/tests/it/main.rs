//! The developer tools as a newcomer meets them: as programs, from outside.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

mod need;
mod packages;
#[expect(dead_code, reason = "part of it serves the walk through new-capability, which is not in the run yet")]
mod program;
