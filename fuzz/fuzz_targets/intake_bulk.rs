//! Fuzzes bodies of _bulk and JSON lines: see `drivers/intake.rs`, `bulk`.
#![no_main]

#[path = "../drivers/intake.rs"]
#[allow(dead_code, reason = "each target uses one driver")]
mod intake;

libfuzzer_sys::fuzz_target!(|data: &[u8]| intake::bulk(data));
