//! Runs tests one after another and says what came of each, one line for each that did not pass.

use std::io::{self, Write};

use medward_proxy::HeadFault;
use medward_waf::http1::HeadScanner;

use super::backend;
use super::engine::Engine;
use super::expect::{Judged, Outcome, miss};
use super::message::Request;
use super::overrides::Overrides;
use super::stage::request_bytes;
use super::yaml::{Stage, Test};

/// Where requests are sent to.
pub(super) trait Server {
    /// Sends the bytes of one request and says what came of it.
    async fn exchange(&self, bytes: &[u8]) -> Outcome;
}

/// The front, the engine and the system behind without a socket between them.
pub(super) struct InProcess<E>(pub(super) E);

impl<E: Engine> Server for InProcess<E> {
    async fn exchange(&self, bytes: &[u8]) -> Outcome {
        let request = Request::read(bytes);
        let response = backend::answer(&request);
        let judgement = self.0.judge(&request, &response);
        let judged = Judged { status: response.status, fired: judgement.fired, cut_short: judgement.cut_short };
        Outcome { refused: refused(bytes), judged: Some(judged) }
    }
}

/// The status with which the gateway refuses these bytes before any rule is asked.
fn refused(bytes: &[u8]) -> Option<u16> {
    match HeadScanner::default().scan(bytes) {
        Err(error) => Some(error.status()),
        Ok(Some(scanned)) => HeadFault::of(&scanned.head).map(|_| HEAD_FAULT_STATUS),
        // A head that does not end is waited for until its time is over.
        Ok(None) => Some(HEAD_TIMEOUT_STATUS),
    }
}

/// Status of a well-framed head that can be read in two ways.
const HEAD_FAULT_STATUS: u16 = 400;
/// Status of a head that did not come in time (RFC 9110 §15.5.9).
const HEAD_TIMEOUT_STATUS: u16 = 408;

/// What came of all tests.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Tally {
    pub(super) passed: usize,
    pub(super) failed: usize,
    pub(super) skipped: usize,
}

/// Runs the tests. The last line sums up.
pub(super) async fn run(
    tests: &[&Test],
    overrides: &Overrides,
    server: &impl Server,
    out: &mut dyn Write,
) -> io::Result<Tally> {
    let mut tally = Tally::default();
    for test in tests {
        let fault = fault(test, server).await;
        match (overrides.reason(test.id), fault) {
            // An override that is not needed hides the day on which it is.
            (Some(reason), fault) => {
                tally.skipped += 1;
                let needless = if fault.is_none() { ", although it would pass" } else { "" };
                writeln!(out, "{} skipped{needless}: {reason}", test.id)?;
            }
            (None, Some(fault)) => {
                tally.failed += 1;
                writeln!(out, "{} failed: {fault}", test.id)?;
            }
            (None, None) => tally.passed += 1,
        }
    }
    writeln!(out, "{} passed, {} failed, {} skipped", tally.passed, tally.failed, tally.skipped)?;
    out.flush()?;
    Ok(tally)
}

/// Why the test fails. It ends at the first stage that does.
async fn fault(test: &Test, server: &impl Server) -> Option<String> {
    for (at, stage) in test.stages.iter().enumerate() {
        if let Some(fault) = stage_fault(stage, server).await {
            let many = test.stages.len() > 1;
            return Some(if many { format!("stage {}: {fault}", at + 1) } else { fault });
        }
    }
    None
}

async fn stage_fault(stage: &Stage, server: &impl Server) -> Option<String> {
    let bytes = match request_bytes(&stage.input) {
        Ok(bytes) => bytes,
        Err(error) => return Some(format!("failed to {error}")),
    };
    let first = miss(&stage.expected, &server.exchange(&bytes).await);
    if first.is_some() && stage.expected.retry_once {
        return miss(&stage.expected, &server.exchange(&bytes).await);
    }
    first
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;
    use std::collections::VecDeque;

    use super::*;
    use crate::waf::ftw::expect::Fired;
    use crate::waf::ftw::yaml::{Expected, Input, TestId};

    /// Gives these ids one request after another, then nothing.
    struct Scripted(RefCell<VecDeque<&'static str>>);

    impl Server for Scripted {
        async fn exchange(&self, _: &[u8]) -> Outcome {
            let id = self.0.borrow_mut().pop_front().unwrap_or_default();
            let fired = Fired { id: id.to_owned(), msg: String::new(), data: String::new() };
            Outcome { refused: None, judged: Some(Judged { status: 200, fired: vec![fired], cut_short: None }) }
        }
    }

    fn test(number: u32, expected: Vec<Expected>) -> Test {
        let stages = expected.into_iter().map(|expected| Stage { input: Input::default(), expected });
        Test { id: TestId { rule: 9, test: number }, stages: stages.collect() }
    }

    fn fires(id: u32) -> Expected {
        Expected { fires: vec![id], ..Expected::default() }
    }

    async fn check(tests: &[Test], overrides: &Overrides, script: &[&'static str], expected: &str) {
        let server = Scripted(RefCell::new(script.iter().copied().collect()));
        let mut out = Vec::new();
        let tests: Vec<&Test> = tests.iter().collect();
        run(&tests, overrides, &server, &mut out).await.unwrap();
        assert_eq!(String::from_utf8(out).unwrap(), expected);
        assert!(server.0.borrow().is_empty(), "not every exchange took place");
    }

    #[tokio::test]
    async fn each_test_that_does_not_pass_has_its_line_and_the_last_line_sums_up() {
        let tests = [test(1, vec![fires(1)]), test(2, vec![fires(2)]), test(3, vec![fires(3)])];
        let list = "version: v0\nmeta: {}\ntest_overrides:\n  - {rule_id: 9, test_ids: [2], reason: the wire}\n";
        check(
            &tests,
            &Overrides::parse(list).unwrap(),
            &["1", "5", "4"],
            "9-2 skipped: the wire\n9-3 failed: expected 3 to fire; fired: 4\n1 passed, 1 failed, 1 skipped\n",
        )
        .await;
    }

    #[tokio::test]
    async fn override_that_is_not_needed_is_told() {
        let list = "version: v0\nmeta: {}\ntest_overrides:\n  - {rule_id: 9, test_ids: [1], reason: the wire}\n";
        let said = "9-1 skipped, although it would pass: the wire\n0 passed, 0 failed, 1 skipped\n";
        check(&[test(1, vec![fires(1)])], &Overrides::parse(list).unwrap(), &["1"], said).await;
    }

    #[tokio::test]
    async fn test_passes_when_every_stage_does_and_ends_at_the_first_that_does_not() {
        let three = || [test(1, vec![fires(1), fires(2), fires(3)])];
        check(&three(), &Overrides::default(), &["1", "2", "3"], "1 passed, 0 failed, 0 skipped\n").await;
        let said = "9-1 failed: stage 2: expected 2 to fire; fired: 5\n0 passed, 1 failed, 0 skipped\n";
        check(&three(), &Overrides::default(), &["1", "5"], said).await;
    }

    #[tokio::test]
    async fn only_a_test_that_says_so_is_tried_again_and_only_once() {
        let again = || Expected { retry_once: true, ..fires(1) };
        check(&[test(1, vec![again()])], &Overrides::default(), &["5", "1"], "1 passed, 0 failed, 0 skipped\n").await;
        let said = "9-1 failed: expected 1 to fire; fired: 6\n0 passed, 1 failed, 0 skipped\n";
        check(&[test(1, vec![again()])], &Overrides::default(), &["5", "6"], said).await;
        check(&[test(1, vec![fires(1)])], &Overrides::default(), &["6"], said).await;
    }

    #[tokio::test]
    async fn stage_without_bytes_fails_its_test() {
        let mut broken = test(1, vec![fires(1)]);
        broken.stages[0].input.encoded_request = Some("!".to_owned());
        let said = "9-1 failed: failed to decode encoded_request as base64: invalid length at 0\n0 passed, 1 failed, 0 skipped\n";
        check(&[broken], &Overrides::default(), &[], said).await;
    }

    #[test]
    fn front_refuses_what_the_gateway_refuses() {
        for (head, expected) in [
            ("GET / HTTP/1.1\r\nHost: a\r\n\r\n", None),
            ("\tGET / HTTP/1.1\r\nHost: a\r\n\r\n", Some(400)),
            ("GET / HTTP/1.1\r\n\r\n", Some(400)),
            ("GET / JUNK/1.0\r\nHost: a\r\n\r\n", Some(400)),
            ("GET / HTTP/3.0\r\nHost: a\r\n\r\n", Some(505)),
            ("CONNECT a:80 HTTP/1.1\r\nHost: a\r\n\r\n", Some(405)),
            ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n", Some(400)),
            ("GET / HTTP/1.1\r\nHost: a\r\nContent-Type: a\r\nContent-Type: b\r\n\r\n", Some(400)),
            ("GET / HTTP/1.1\r\nHost: a\r\n", Some(408)),
        ] {
            assert_eq!(refused(head.as_bytes()), expected, "{head:?}");
        }
    }
}
