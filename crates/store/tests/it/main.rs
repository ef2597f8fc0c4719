//! The conformance suite: what the product relies on, shown on both engines.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "a test fails by panicking, and starts processes and tasks of its own"
)]

mod open;

mod writes;

mod statements;

mod migrations;

mod outbox;

mod leases;

mod blobs;

mod durability;
