#![no_main]

#[path = "../drivers/waf.rs"]
#[allow(dead_code, reason = "each target uses one of the drivers")]
mod waf;

libfuzzer_sys::fuzz_target!(|data: &[u8]| waf::xml(data));
