//! Fuzzes the reader of rule conditions: see `drivers/defence.rs`, `condition`.
#![no_main]

#[path = "../drivers/defence.rs"]
#[allow(dead_code, reason = "each target uses one of the drivers")]
mod defence;

libfuzzer_sys::fuzz_target!(|data: &[u8]| defence::condition(data));
