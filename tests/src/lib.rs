//! End-to-end tests: the real binary, real sockets, peers we did not write. The tests are in `tests/e2e/`.
//!
//! This kit starts the program and its peers, waits for them without sleeping, and ends them with the test.
#![expect(clippy::expect_used, clippy::missing_panics_doc, reason = "a test kit stops at the first surprise")]

pub mod medward;
pub mod peer;

pub use medward::{Medward, finished, medward_binary};
pub use peer::{Peer, curl, require};
