//! The product as its users meet it.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test stops at the first surprise"
)]

mod access;
mod browser;
mod demo;
mod eyes;
mod faults;
mod hospital;
mod integrity;
mod nodes;
mod protect;
mod refusals;
mod report;
mod rescue;
mod routes;
mod rules;
mod sqlmap;
mod tproxy;
mod waf_bench;
mod waf_check;
mod waf_explain;
mod waf_ftw;
