//! Identity as its users meet it: the real house, the real console listener, HTTPS on port 0.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test stops at the first surprise"
)]

mod browser;

mod house;

mod first_start;

mod access;

mod failures;

mod approvals;
