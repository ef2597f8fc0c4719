//! Fuzzes OpenAPI requests against a fixed document: see `drivers/openapi.rs`, `lines`.
#![no_main]

#[path = "../drivers/openapi.rs"]
#[allow(dead_code, reason = "each target uses one driver")]
mod openapi;

libfuzzer_sys::fuzz_target!(|data: &[u8]| openapi::lines(data));
