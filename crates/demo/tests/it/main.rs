//! The portal and the drill on real sockets: every attack works when sent straight, and the drill notices all a gateway may do wrong.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "test code: a panic is the failure report, tasks live as long as their test, and sqlmap is a process"
)]

mod bench_room;
mod drilling;
mod portal;
mod sqlmap;
