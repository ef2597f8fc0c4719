//! Fuzzes the vault: see `drivers/vault.rs`, `note`.
#![no_main]

#[path = "../drivers/vault.rs"]
#[allow(dead_code, reason = "each target uses one of the drivers")]
mod vault;

libfuzzer_sys::fuzz_target!(|data: &[u8]| vault::note(data));
