//! Fuzzes what a visitor sends to bots, pages and waiting rooms: see `drivers/defence.rs`, `visitor`.
#![no_main]

#[path = "../drivers/defence.rs"]
#[allow(dead_code, reason = "each target uses one of the drivers")]
mod defence;

libfuzzer_sys::fuzz_target!(|data: &[u8]| defence::visitor(data));
