//! Fuzzes byte streams of syslog connections: see `drivers/intake.rs`, `frames`.
#![no_main]

#[path = "../drivers/intake.rs"]
#[allow(dead_code, reason = "each target uses one driver")]
mod intake;

libfuzzer_sys::fuzz_target!(|data: &[u8]| intake::frames(data));
