//! Fuzzes the reader of address groups: see `drivers/defence.rs`, `address`.
#![no_main]

#[path = "../drivers/defence.rs"]
#[allow(dead_code, reason = "each target uses one of the drivers")]
mod defence;

libfuzzer_sys::fuzz_target!(|data: &[u8]| defence::address(data));
