//! The engine from outside, on the built-in policy: tables of attacks and of honest traffic, evidence, limits, corpora.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "tests stop at the first surprise"
)]

#[path = "../grammar/mod.rs"]
mod grammar;

mod attacks;
mod benign;
mod budget;
mod corpora;
mod corpus;
mod differential;
mod evasions;
mod evidence;
mod headers;
mod installed;
mod limits;
mod policies;
mod protocol;
mod requests;
