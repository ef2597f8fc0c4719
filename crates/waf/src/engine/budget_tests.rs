//! The budget held against a count that is not its own.
//!
//! The engine charges a step by the length of what it looks at, before it looks. The detectors, whose grammars are the only
//! part that could go back and forth over a value, count for themselves what they do. Neither count is a time, so that both
//! are the same on every machine.

use std::sync::Arc;

use medward_detect::probe::{REPEATED, steps_of};

use super::*;
use crate::options::ObjectOptions;
use crate::policy;

/// Steps that one unit pays for: a unit may take 10 ns on text made to be slow, a step takes one or two.
const STEPS_PER_UNIT: u64 = 4;

/// Judges a form with one value; what the engine charged, and the steps that detectors took meanwhile.
fn judge(program: &Arc<Program>, value: &[u8], options: &ObjectOptions) -> (Verdict, u64) {
    let conn = Conn { client: std::net::Ipv4Addr::LOCALHOST.into(), client_port: 1, tls: true };
    let mut tx = Tx::new(Arc::clone(program), options, conn, UniqueId::default());
    let form = b"application/x-www-form-urlencoded";
    let encoded = value.iter().fold(b"a=".to_vec(), |mut text, byte| {
        text.extend_from_slice(format!("%{byte:02x}").as_bytes());
        text
    });
    let steps = steps_of(|| {
        tx.request_head(&Head::new(b"POST", b"/a", b"HTTP/1.1").with_header(b"Content-Type", form));
        tx.request_body(&encoded);
        tx.request_end();
    });
    (tx.finish(), steps as u64)
}

#[test]
fn detectors_take_no_more_steps_than_the_budget_was_charged_for() {
    let program = policy::balanced().unwrap();
    let options = ObjectOptions::default();
    let mut counted = 0;
    for pattern in REPEATED {
        let value: Vec<u8> = pattern.bytes().cycle().take(48 * 1024).collect();
        let (verdict, steps) = judge(&program, &value, &options);
        assert!(
            steps <= verdict.work_units * STEPS_PER_UNIT,
            "{pattern:?}: {steps} steps for {} units",
            verdict.work_units
        );
        counted += u64::from(steps > value.len() as u64);
    }
    assert!(counted > 20, "only {counted} values were looked at by a grammar: the count sees nothing");
}

#[test]
fn detectors_stop_where_the_budget_ends() {
    let program = policy::balanced().unwrap();
    let limits = Limits { max_work_units: 100_000, ..Limits::default() };
    let options = ObjectOptions { limits, ..ObjectOptions::default() };
    for pattern in REPEATED {
        let value: Vec<u8> = pattern.bytes().cycle().take(48 * 1024).collect();
        let (_, steps) = judge(&program, &value, &options);
        // The step that spends the rest is done to its end.
        assert!(steps <= limits.max_work_units * STEPS_PER_UNIT, "{pattern:?}: {steps} steps");
    }
}
