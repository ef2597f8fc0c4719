//! Fuzzes OpenAPI documents: see `drivers/openapi.rs`, `document`.
#![no_main]

#[path = "../drivers/openapi.rs"]
#[allow(dead_code, reason = "each target uses one driver")]
mod openapi;

libfuzzer_sys::fuzz_target!(|data: &[u8]| openapi::document(data));
