//! Fuzzes CEF, LEEF, EVE and JSON in syslog messages: see `drivers/intake.rs`, `event`.
#![no_main]

#[path = "../drivers/intake.rs"]
#[allow(dead_code, reason = "each target uses one driver")]
mod intake;

libfuzzer_sys::fuzz_target!(|data: &[u8]| intake::event(data));
