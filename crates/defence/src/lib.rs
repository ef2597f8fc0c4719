//! Decisions of traffic defence in front of web systems (gateway.md §7–§9): facts of one request in, a decision out.
//!
//! Invariant: no I/O. No socket, file, clock or thread; time, secrets and randomness come in as values. The gateway asks for
//! every request, so a question costs nanoseconds to a few microseconds, and every answer is the same on every machine.
//! It is *not* the order of the pipeline, nor a response, nor a ban list: who asks, when, and what follows is the gateway's.
//!
//! Invariant: all input is hostile. What is read has a cap, what is kept has a bound, no lock is held while anybody waits.

pub mod address;
pub mod bot;
pub mod challenge;
pub mod condition;
pub mod enumeration;
pub mod leak;
pub mod limit;
pub mod page;
mod prefix;
pub mod rule;
mod table;
pub mod waiting;

pub mod login;
pub mod window;
