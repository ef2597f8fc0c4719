//! The seam to the detection engine, and the net under it: an engine that panics takes nothing down but its own
//! judgement of one request (DESIGN §6).
//!
//! The gateway knows the engine as [`Inspector`]; [`Waf`] is the real one. Tests hang in engines that fail.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use medward_kernel::{Clock, Supervisor};
use medward_waf::{
    Conn, EngineError, Head, ObjectOptions, Outcome, PolicyId, Program, ResponseHead, RuleSelector, Step, Tx, UniqueId,
    Verdict,
};

/// An engine: makes one [`Inspection`] for each exchange.
pub trait Inspector: Send + Sync {
    /// Begins the judgement of one exchange.
    fn begin(&self, options: &ObjectOptions, conn: Conn, id: UniqueId) -> Box<dyn Inspection>;

    /// Name and hash of the policy in force.
    fn policy(&self) -> (PolicyId, [u8; 16]);

    /// Whether it has a rule that is meant. An engine without rules does not know.
    fn knows(&self, _rule: &RuleSelector) -> bool {
        true
    }
}

/// The judgement of one request and its response, fed in order. The methods are those of [`Tx`].
pub trait Inspection: Send {
    /// Judges the head.
    fn request_head(&mut self, head: &Head) -> Step;
    /// Whether more of the body would still be looked at.
    fn wants_request_body(&self) -> bool;
    /// Takes in body bytes.
    fn request_body(&mut self, bytes: &[u8]) -> Step;
    /// Judges the body so far although more may follow.
    fn request_judge(&mut self) -> Step;
    /// The request is complete: judges the rest.
    fn request_end(&mut self) -> Step;
    /// Whether the response would be looked at. If not, the judgement is over with the request.
    fn wants_response(&self) -> bool;
    /// Judges the head of the response.
    fn response_head(&mut self, head: &ResponseHead) -> Step;
    /// Whether more of the response body would still be looked at.
    fn wants_response_body(&self) -> bool;
    /// Takes in bytes of the response body.
    fn response_body(&mut self, bytes: &[u8]) -> Step;
    /// The response is complete, or as much of it as is looked at: judges it.
    fn response_end(&mut self) -> Step;
    /// What came out.
    fn finish(self: Box<Self>) -> Verdict;
}

/// The engine of `medward-waf` with one compiled policy.
pub struct Waf {
    program: Arc<Program>,
    clock: medward_waf::Clock,
}

impl Waf {
    /// An engine with this policy, which keeps its time budget by this clock.
    pub fn new(program: Arc<Program>, clock: Clock) -> Self {
        let micros = move || u64::try_from(clock.thread_cpu().as_micros()).unwrap_or(u64::MAX);
        Self { program, clock: Arc::new(micros) }
    }
}

impl Inspector for Waf {
    fn begin(&self, options: &ObjectOptions, conn: Conn, id: UniqueId) -> Box<dyn Inspection> {
        Box::new(Tx::new(self.program.clone(), options, conn, id).with_clock(self.clock.clone()))
    }

    fn policy(&self) -> (PolicyId, [u8; 16]) {
        (self.program.policy().clone(), self.program.id())
    }

    fn knows(&self, rule: &RuleSelector) -> bool {
        self.program.has_rule(rule)
    }
}

impl Inspection for Tx {
    fn request_head(&mut self, head: &Head) -> Step {
        Self::request_head(self, head)
    }

    fn wants_request_body(&self) -> bool {
        Self::wants_request_body(self)
    }

    fn request_body(&mut self, bytes: &[u8]) -> Step {
        Self::request_body(self, bytes)
    }

    fn request_judge(&mut self) -> Step {
        Self::request_judge(self)
    }

    fn request_end(&mut self) -> Step {
        Self::request_end(self)
    }

    fn wants_response(&self) -> bool {
        Self::wants_response(self)
    }

    fn response_head(&mut self, head: &ResponseHead) -> Step {
        Self::response_head(self, head)
    }

    fn wants_response_body(&self) -> bool {
        Self::wants_response_body(self)
    }

    fn response_body(&mut self, bytes: &[u8]) -> Step {
        Self::response_body(self, bytes)
    }

    fn response_end(&mut self) -> Step {
        Self::response_end(self)
    }

    fn finish(self: Box<Self>) -> Verdict {
        Self::finish(*self)
    }
}

/// Work above this many bytes of body goes to the CPU pool instead of being done inline (gateway.md §5). Async code may
/// block for half a millisecond; of ordinary Chinese text in JSON 16 KiB were measured to take 0.3 ms, 64 KiB 1.5 ms.
const INLINE_BYTES: usize = 16 * 1024;

/// One exchange being judged. Once the engine has failed or refused, there is nothing left to feed.
pub(crate) struct Judgement {
    inspection: Option<Box<dyn Inspection>>,
    inspector: Arc<dyn Inspector>,
    /// Body bytes taken in since the last judgement.
    fresh_bytes: usize,
}

/// What a step of the judgement says.
#[derive(Debug)]
pub(crate) enum Said {
    /// Go on.
    Continue,
    /// Over: refused, or the engine failed. The verdict says which.
    Over(Box<Verdict>),
}

impl Judgement {
    pub(crate) fn begin(inspector: &Arc<dyn Inspector>, options: &ObjectOptions, conn: Conn, id: UniqueId) -> Self {
        let inspection = catch_unwind(AssertUnwindSafe(|| inspector.begin(options, conn, id))).ok();
        Self { inspection, inspector: inspector.clone(), fresh_bytes: 0 }
    }

    /// Judges the head.
    pub(crate) fn head(&mut self, head: &Head) -> Said {
        self.step(|inspection| inspection.request_head(head))
    }

    /// Takes in body bytes.
    pub(crate) fn body(&mut self, bytes: &[u8]) -> Said {
        self.fresh_bytes += bytes.len();
        self.step(
            |inspection| {
                if inspection.wants_request_body() { inspection.request_body(bytes) } else { Step::Continue }
            },
        )
    }

    /// Judges the body so far.
    pub(crate) async fn judge(self, supervisor: &Supervisor) -> (Option<Self>, Said) {
        self.heavy(supervisor, |inspection| inspection.request_judge()).await
    }

    /// Judges the complete request. The verdict comes from [`finish`](Self::finish) when nothing speaks against it.
    pub(crate) async fn end(self, supervisor: &Supervisor) -> (Option<Self>, Said) {
        self.heavy(supervisor, |inspection| inspection.request_end()).await
    }

    /// Whether the engine still waits for the response.
    pub(crate) fn wants_response(&self) -> bool {
        self.asked(|inspection| inspection.wants_response())
    }

    /// Judges the head of the response.
    pub(crate) fn response_head(&mut self, head: &ResponseHead) -> Said {
        self.step(|inspection| inspection.response_head(head))
    }

    /// Whether more of the response body would still be looked at.
    pub(crate) fn wants_response_body(&self) -> bool {
        self.asked(|inspection| inspection.wants_response_body())
    }

    /// Takes in bytes of the response body.
    pub(crate) fn response_body(&mut self, bytes: &[u8]) -> Said {
        self.fresh_bytes += bytes.len();
        self.step(|inspection| inspection.response_body(bytes))
    }

    /// Judges the response.
    pub(crate) async fn response_end(self, supervisor: &Supervisor) -> (Option<Self>, Said) {
        self.heavy(supervisor, |inspection| inspection.response_end()).await
    }

    /// An engine that panics at a question is found out at the next step.
    fn asked(&self, question: impl FnOnce(&dyn Inspection) -> bool) -> bool {
        let Some(inspection) = self.inspection.as_deref() else { return false };
        catch_unwind(AssertUnwindSafe(|| question(inspection))).unwrap_or(false)
    }

    /// What came out of an exchange that passed.
    pub(crate) fn finish(mut self) -> Verdict {
        self.verdict()
    }

    async fn heavy(
        mut self,
        supervisor: &Supervisor,
        step: impl FnOnce(&mut dyn Inspection) -> Step + Send + 'static,
    ) -> (Option<Self>, Said) {
        let inline = self.fresh_bytes <= INLINE_BYTES;
        self.fresh_bytes = 0;
        if inline {
            let said = self.step(step);
            return (Some(self), said);
        }
        let inspector = self.inspector.clone();
        let work = supervisor.blocking(move || {
            let said = self.step(step);
            (self, said)
        });
        match work.await {
            Ok((judgement, said)) => (Some(judgement), said),
            Err(error) => {
                tracing::error!(%error, "the engine's thread was lost");
                (None, Said::Over(Box::new(failed(&*inspector))))
            }
        }
    }

    fn step(&mut self, step: impl FnOnce(&mut dyn Inspection) -> Step) -> Said {
        let Some(inspection) = self.inspection.as_deref_mut() else {
            return Said::Over(Box::new(failed(&*self.inspector)));
        };
        match catch_unwind(AssertUnwindSafe(|| step(inspection))) {
            Ok(Step::Continue) => Said::Continue,
            Ok(Step::Block | Step::Undecided) => Said::Over(Box::new(self.verdict())),
            Err(_) => {
                self.inspection = None;
                Said::Over(Box::new(failed(&*self.inspector)))
            }
        }
    }

    fn verdict(&mut self) -> Verdict {
        let finished = self.inspection.take().map(|inspection| catch_unwind(AssertUnwindSafe(|| inspection.finish())));
        match finished {
            Some(Ok(verdict)) => verdict,
            _ => failed(&*self.inspector),
        }
    }
}

fn failed(inspector: &dyn Inspector) -> Verdict {
    let (policy, program) = inspector.policy();
    Verdict::failed(EngineError::Panicked, policy, program)
}

/// Whether the verdict is a failure of the engine and not a judgement; with a text for `error.message`.
pub(crate) fn failure(verdict: &Verdict) -> Option<String> {
    match verdict.outcome {
        Outcome::Error(error) => Some(error.to_string()),
        Outcome::Exhausted => Some("judge the request: the work budget was spent".to_owned()),
        Outcome::Pass | Outcome::Block | Outcome::Observe => None,
    }
}
