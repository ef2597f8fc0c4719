//! Our side: the engine that the gateway runs, driven as the gateway drives it; and the interpreter of the same rules.

use std::sync::Arc;
use std::time::Duration;

use medward_kernel::Clock;
use medward_waf::{Conn, ObjectOptions, Outcome, Program, Reference, ResponseHead, Step, Tx, UniqueId};

use super::Turn;
use super::mix::{Mix, Request};

/// Size of the response.
const RESPONSE_BYTES: usize = 1024;

/// What a server answers.
pub(super) fn page() -> Vec<u8> {
    let row = "<tr><td>Haemoglobin</td><td>141 g/L</td></tr>\n";
    row.bytes().cycle().take(RESPONSE_BYTES).collect()
}

/// Judges by one program.
pub(super) struct Ours {
    program: Arc<Program>,
    /// Asked in the engine's place when it is there.
    reference: Option<Arc<Reference>>,
    options: ObjectOptions,
    clock: Clock,
    budget: medward_waf::Clock,
    response: (ResponseHead, Vec<u8>),
}

impl Ours {
    /// The engine that the gateway runs, or the slow interpreter of the same rules.
    pub(super) fn new(program: Arc<Program>, reference: Option<Arc<Reference>>, clock: Clock) -> Self {
        let own = clock.clone();
        let budget = Arc::new(move || u64::try_from(own.thread_cpu().as_micros()).unwrap_or(u64::MAX));
        let page = page();
        let headers =
            [("Content-Type", "text/html; charset=utf-8".to_owned()), ("Content-Length", page.len().to_string())];
        let headers = headers.into_iter().map(|(name, value)| (name.as_bytes().to_vec(), value.into_bytes()));
        let head = ResponseHead { version: b"HTTP/1.1".to_vec(), status: 200, headers: headers.collect() };
        Self { program, reference, options: ObjectOptions::default(), clock, budget, response: (head, page) }
    }

    /// Judges the mix over and over until this processor time is spent.
    pub(super) fn turn(&self, mix: &Mix, response: bool, time: Duration) -> Turn {
        let start = self.clock.thread_cpu();
        let mut turn = Turn { requests: 0, blocked: 0, cpu: Duration::ZERO };
        loop {
            for request in &mix.requests {
                turn.requests += 1;
                turn.blocked += u64::from(self.is_refused(request, response));
            }
            turn.cpu = self.clock.thread_cpu().saturating_sub(start);
            if turn.cpu >= time {
                return turn;
            }
        }
    }

    fn is_refused(&self, request: &Request, response: bool) -> bool {
        let conn = Conn { client: std::net::Ipv4Addr::LOCALHOST.into(), client_port: 50_000, tls: false };
        let id = UniqueId("9f2c61aa".to_owned());
        let mut tx = Tx::new(self.program.clone(), &self.options, conn, id);
        // The interpreter is given the time it needs.
        tx = match &self.reference {
            Some(reference) => tx.with_reference(reference.clone()),
            None => tx.with_clock(self.budget.clone()),
        };
        let mut goes_on = tx.request_head(&request.head) == Step::Continue;
        if goes_on && !request.body.is_empty() {
            goes_on = tx.request_body(&request.body) == Step::Continue;
        }
        goes_on = goes_on && tx.request_end() == Step::Continue;
        if goes_on && response {
            let (head, body) = &self.response;
            if tx.response_head(head) == Step::Continue && tx.response_body(body) == Step::Continue {
                tx.response_end();
            }
        }
        // Anything else, a spent budget too, would have left rules unasked: it is no honest figure, and no pass.
        tx.finish().outcome != Outcome::Pass
    }
}
