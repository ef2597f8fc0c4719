//! The engine's part of a request: the head, then the body, held back until it is judged.
//!
//! Up to the inspection limit nothing of a body reaches the upstream before the verdict. A longer body is judged at the
//! limit and then flows, still watched; its last piece is held back until the engine has seen the end, so an attack
//! found late never arrives as a complete request.

use std::collections::VecDeque;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use futures_util::FutureExt as _;
use http_body::Body as _;
use http_body_util::BodyExt as _;
use medward_kernel::Supervisor;
use medward_waf::{Conn, Head, Outcome, UniqueId, Verdict};
use tokio::sync::mpsc;

use crate::event::{Reason, Record};
use crate::gateway::Gateway;
use crate::inspect::{Judgement, Said, failure};
use crate::listen::{ClientBody, ClientBodyError};
use crate::metrics::GatewayMetrics;
use crate::model::{Mode, OnError};
use crate::snapshot::Object;
use crate::upstream::{Piece, Progress, UpstreamBody};

/// What is held back of a body when the object does not say (gateway.md §5).
const FORM_BYTES: usize = 128 * 1024;
const STRUCTURED_BYTES: usize = 1024 * 1024;
const OTHER_BYTES: usize = 64 * 1024;

/// A request the engine lets through.
pub(super) struct Cleared {
    pub(super) body: UpstreamBody,
    /// Feeds a body that is judged while it flows.
    pub(super) pump: Option<Pump>,
    pub(super) progress: Progress,
    /// Memory of the held-back part, given back when the request is sent.
    pub(super) held: HeldMemory,
}

/// A request that goes no further.
#[derive(Debug)]
pub(super) enum Stopped {
    /// Refused with this status.
    Refused(Reason, u16),
    /// The client broke off, or broke the rules while sending its body.
    Client,
}

/// How a body that was judged while it flowed came to its end.
#[derive(Debug)]
pub(super) enum PumpEnd {
    /// It went to the upstream as a whole.
    Complete(Option<Box<Verdict>>),
    /// The same, and its verdict waits for the response.
    Waiting(Judgement),
    /// The engine found an attack, or failed and the object blocks: the upstream never gets the end.
    Refused(Box<Verdict>),
    /// The upstream wants no more of it.
    UpstreamClosed,
    /// It is larger than allowed.
    TooLarge,
    /// The client broke off.
    Client,
}

/// The rest of a request body, on its way.
pub(super) struct Pump(Pin<Box<dyn Future<Output = PumpEnd> + Send>>);

impl Pump {
    pub(super) fn poll(&mut self, cx: &mut Context<'_>) -> Poll<PumpEnd> {
        self.0.poll_unpin(cx)
    }
}

/// Bytes counted against the memory for held-back bodies.
pub(super) struct HeldMemory {
    metrics: GatewayMetrics,
    bytes: usize,
}

impl HeldMemory {
    pub(super) fn none(metrics: &GatewayMetrics) -> Self {
        Self { metrics: metrics.clone(), bytes: 0 }
    }

    /// Counts more; false when the memory is used up.
    pub(super) fn add(&mut self, bytes: usize, limit: u64) -> bool {
        self.bytes += bytes;
        self.metrics.hold(bytes, limit)
    }
}

impl Drop for HeldMemory {
    fn drop(&mut self) {
        if self.bytes > 0 {
            self.metrics.release(self.bytes);
        }
    }
}

/// Judges the request as far as it must be before the upstream may see it.
pub(super) async fn judge(
    gateway: &Gateway,
    object: &Object,
    record: &mut Record,
    mut incoming: ClientBody,
    tls: bool,
) -> Result<Cleared, Stopped> {
    let length = incoming.size_hint().exact();
    if length.is_some_and(|length| length > gateway.limits.body.0) {
        return Err(Stopped::Refused(Reason::BodyTooLarge, 413));
    }
    let mut held = HeldMemory::none(&gateway.reporter.metrics);
    let rest =
        Rest { length, allowed: gateway.limits.body.0, supervisor: &gateway.supervisor, on_error: object.on_error };
    if object.mode == Mode::Bypass {
        return Ok(rest.unjudged(VecDeque::new(), incoming, held));
    }
    let conn = Conn { client: record.client.address.ip(), client_port: record.client.address.port(), tls };
    let id = UniqueId(record.id.to_string());
    let mut judgement = Judgement::begin(&gateway.inspector, &object.options, conn, id);
    if let Said::Over(verdict) = judgement.head(&record.head) {
        settle(&verdict, object, record)?;
        return Ok(rest.unjudged(VecDeque::new(), incoming, held));
    }
    let limit = object.inspect_limit_bytes.unwrap_or_else(|| default_limit(&record.head));
    let mut frames = VecDeque::new();
    while !incoming.is_end_stream() {
        let Some(bytes) = next_data(&mut incoming).await.map_err(|_| Stopped::Client)? else { break };
        if let Said::Over(verdict) = judgement.body(&bytes) {
            settle(&verdict, object, record)?;
            frames.push_back(bytes);
            return Ok(rest.unjudged(frames, incoming, held));
        }
        let fits = held.add(bytes.len(), gateway.limits.held_bodies.0);
        frames.push_back(bytes);
        if held.bytes > limit || !fits {
            let (judgement, said) = judgement.judge(&gateway.supervisor).await;
            if let Said::Over(verdict) = said {
                settle(&verdict, object, record)?;
                return Ok(rest.unjudged(frames, incoming, held));
            }
            return Ok(rest.judged(frames, incoming, judgement, held));
        }
    }
    match judgement.end(&gateway.supervisor).await {
        (Some(judgement), Said::Continue) if judgement.wants_response() => {
            record.wait_for_response(judgement, object.on_error);
        }
        (Some(judgement), Said::Continue) => {
            let verdict = judgement.finish();
            settle(&verdict, object, record)?;
        }
        (_, Said::Over(verdict)) => settle(&verdict, object, record)?,
        (None, Said::Continue) => {}
    }
    Ok(Cleared { body: UpstreamBody::held(frames), pump: None, progress: Progress::whole(), held })
}

/// Records the verdict and says whether the request stops here.
pub(super) fn settle(verdict: &Verdict, object: &Object, record: &mut Record) -> Result<(), Stopped> {
    record.judged(verdict, object.on_error);
    match stops(verdict, object.on_error) {
        None => Ok(()),
        Some(reason) => Err(Stopped::Refused(reason, if verdict.status == 0 { 403 } else { verdict.status })),
    }
}

/// Why the request stops at this verdict; `None` lets it pass.
fn stops(verdict: &Verdict, on_error: OnError) -> Option<Reason> {
    match verdict.outcome {
        Outcome::Block => Some(Reason::Waf),
        // Whoever pads an attack until the budget is spent must not get it through: no honest body was seen to do both.
        Outcome::Exhausted if verdict.suspicious => Some(Reason::WafError),
        Outcome::Error(_) | Outcome::Exhausted if on_error == OnError::Block => Some(Reason::WafError),
        Outcome::Pass | Outcome::Observe | Outcome::Error(_) | Outcome::Exhausted => None,
    }
}

fn default_limit(head: &Head) -> usize {
    let kind = head.header(b"content-type").unwrap_or_default().to_ascii_lowercase();
    let has = |needle: &[u8]| kind.windows(needle.len()).any(|window| window == needle);
    if head.header(b"content-encoding").is_some() || has(b"json") || has(b"xml") {
        // Compressed bytes tell little before they are whole.
        STRUCTURED_BYTES
    } else if has(b"x-www-form-urlencoded") {
        FORM_BYTES
    } else {
        OTHER_BYTES
    }
}

/// The next piece of a body; trailers are left out, they would pass unjudged.
async fn next_data(incoming: &mut ClientBody) -> Result<Option<Bytes>, ClientBodyError> {
    while let Some(frame) = incoming.frame().await {
        if let Ok(data) = frame?.into_data()
            && !data.is_empty()
        {
            return Ok(Some(data));
        }
    }
    Ok(None)
}

/// What stays the same for the rest of a body.
struct Rest<'a> {
    length: Option<u64>,
    allowed: u64,
    supervisor: &'a Supervisor,
    on_error: OnError,
}

impl Rest<'_> {
    /// The engine has said what it had to say.
    fn unjudged(self, frames: VecDeque<Bytes>, incoming: ClientBody, held: HeldMemory) -> Cleared {
        if frames.is_empty() && (incoming.is_end_stream() || self.length.is_some()) {
            if incoming.is_end_stream() {
                return Cleared { body: UpstreamBody::Empty, pump: None, progress: Progress::whole(), held };
            }
            let progress = Progress::flowing();
            let body = UpstreamBody::Direct { incoming, progress: progress.clone() };
            return Cleared { body, pump: None, progress, held };
        }
        self.judged(frames, incoming, None, held)
    }

    /// The rest is judged while it flows.
    fn judged(
        self,
        frames: VecDeque<Bytes>,
        incoming: ClientBody,
        judgement: Option<Judgement>,
        held: HeldMemory,
    ) -> Cleared {
        let (sender, pieces) = mpsc::channel(1);
        let progress = Progress::flowing();
        let body = UpstreamBody::Judged { pieces, left: self.length, ended: false, progress: progress.clone() };
        let flow = FlowingBody {
            incoming,
            judgement,
            sender,
            supervisor: self.supervisor.clone(),
            on_error: self.on_error,
            left: self.allowed,
            last: None,
            verdict: None,
        };
        Cleared { body, pump: Some(Pump(Box::pin(flow.run(frames)))), progress, held }
    }
}

struct FlowingBody {
    incoming: ClientBody,
    judgement: Option<Judgement>,
    sender: mpsc::Sender<Piece>,
    supervisor: Supervisor,
    on_error: OnError,
    /// Bytes that may still come.
    left: u64,
    /// Held back until it is known not to be the end of something bad.
    last: Option<Bytes>,
    verdict: Option<Box<Verdict>>,
}

impl FlowingBody {
    async fn run(mut self, frames: VecDeque<Bytes>) -> PumpEnd {
        // What was held back has been judged and fed already.
        for frame in frames {
            if let Err(end) = self.pass(frame).await {
                return end;
            }
        }
        loop {
            let bytes = match next_data(&mut self.incoming).await {
                Ok(Some(bytes)) => bytes,
                Ok(None) => return self.end().await,
                Err(_) => return PumpEnd::Client,
            };
            if let Some(judgement) = &mut self.judgement
                && let Said::Over(verdict) = judgement.body(&bytes)
                && let Some(end) = self.over(verdict)
            {
                return end;
            }
            if let Err(end) = self.pass(bytes).await {
                return end;
            }
        }
    }

    /// Passes on the piece before this one.
    async fn pass(&mut self, bytes: Bytes) -> Result<(), PumpEnd> {
        self.left = self.left.checked_sub(bytes.len() as u64).ok_or(PumpEnd::TooLarge)?;
        match self.last.replace(bytes) {
            None => Ok(()),
            Some(before) => self.sender.send(Piece::Data(before)).await.map_err(|_| PumpEnd::UpstreamClosed),
        }
    }

    async fn end(mut self) -> PumpEnd {
        let mut waiting = None;
        if let Some(judgement) = self.judgement.take() {
            let verdict = match judgement.end(&self.supervisor).await {
                (Some(judgement), Said::Continue) if judgement.wants_response() => {
                    waiting = Some(judgement);
                    None
                }
                (Some(judgement), Said::Continue) => Some(Box::new(judgement.finish())),
                (_, Said::Over(verdict)) => Some(verdict),
                (None, Said::Continue) => return PumpEnd::UpstreamClosed,
            };
            if let Some(end) = verdict.and_then(|verdict| self.over(verdict)) {
                return end;
            }
        }
        if let Some(last) = self.last.take()
            && self.sender.send(Piece::Data(last)).await.is_err()
        {
            return PumpEnd::UpstreamClosed;
        }
        // An upstream that counts bytes has its whole body already and may be gone.
        drop(self.sender.send(Piece::End).await);
        waiting.map_or(PumpEnd::Complete(self.verdict), PumpEnd::Waiting)
    }

    /// The judgement is over; the end of the body, if it must not go on.
    fn over(&mut self, verdict: Box<Verdict>) -> Option<PumpEnd> {
        self.judgement = None;
        if stops(&verdict, self.on_error).is_some() {
            return Some(PumpEnd::Refused(verdict));
        }
        self.verdict = Some(verdict);
        None
    }
}

/// Whether the verdict is a failure of the engine, for the reason in events.
pub(super) fn reason_of(verdict: &Verdict) -> Reason {
    if failure(verdict).is_some() { Reason::WafError } else { Reason::Waf }
}
