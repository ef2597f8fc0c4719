//! The product as its users meet it.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test stops at the first surprise"
)]

mod demo;
mod rules;

// Written, and not in the run yet: browser, faults, integrity, protect, refusals, routes, sqlmap. Each joins this list
// when it has passed on a quiet machine.
