//! The engine's part of a request: the head, then the body, held back until it is judged.
//!
//! Up to the inspection limit nothing of a body reaches the upstream before the verdict. A longer body is judged at the
//! limit and then flows, still watched; its last piece is held back until the engine has seen the end, so an attack
//! found late never arrives as a complete request.

use std::collections::VecDeque;
use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};

use bytes::Bytes;
use futures_util::FutureExt as _;
use http_body::Body as _;
use http_body_util::BodyExt as _;
use medward_kernel::Supervisor;
use medward_waf::{Conn, Head, Outcome, UniqueId, Verdict};
use tokio::sync::mpsc;

use crate::data_path::DataPath;
use crate::event::{Reason, Record};
use crate::inspect::{Judgement, Said, failure};
use crate::kept::KeptRequest;
use crate::listen::{ClientBody, ClientBodyError};
use crate::metrics::GatewayMetrics;
use crate::snapshot::Object;
use crate::stance::{Mode, OnError};
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
    /// What was read of the body, where traffic defence wants to see it.
    pub(super) seen: Vec<Bytes>,
}

impl Cleared {
    /// Whether nothing of it depends on how fast the client sends: how long the answer takes then is the application's doing.
    pub(super) fn is_sent_at_once(&self) -> bool {
        self.pump.is_none() && !matches!(self.body, UpstreamBody::Direct { .. })
    }

    /// Whether all of the body was read.
    pub(super) fn is_whole(&self) -> bool {
        self.is_sent_at_once()
    }
}

/// How a request is looked at.
#[derive(Debug, Clone, Copy)]
pub(super) struct Look {
    /// The client spoke TLS.
    pub(super) tls: bool,
    /// The engine judges it.
    pub(super) is_inspected: bool,
    /// Traffic defence wants to see the body, too.
    pub(super) wants_body: bool,
}

impl Look {
    fn seen(self, frames: &VecDeque<Bytes>) -> Vec<Bytes> {
        if self.wants_body { frames.iter().cloned().collect() } else { Vec::new() }
    }
}

/// An exchange that goes no further.
#[derive(Debug)]
pub(super) enum Stopped {
    /// Refused, or given up, with this status.
    Refused(Reason, u16),
    /// The client broke off, or broke the rules while sending its body.
    Client,
}

/// How a body that was judged while it flowed came to its end.
pub(super) enum PumpEnd {
    /// It went to the upstream as a whole.
    Complete(Option<Box<Verdict>>),
    /// It went as a whole, or as far as the upstream wanted it, and the engine waits for the answer.
    Open(Judgement),
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
pub(super) struct Pump {
    flowing: Pin<Box<dyn Future<Output = PumpEnd> + Send>>,
    shared: Arc<Shared>,
    wants_response: bool,
    parked: bool,
}

/// What a flowing body and whoever polls it both know.
#[derive(Default)]
struct Shared {
    judgement: Mutex<Option<Judgement>>,
    /// A piece waits for the upstream to take it.
    sending: AtomicBool,
}

impl Shared {
    fn take(&self) -> Option<Judgement> {
        self.judgement.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    fn put(&self, judgement: Judgement) {
        *self.judgement.lock().unwrap_or_else(PoisonError::into_inner) = Some(judgement);
    }
}

impl Pump {
    pub(super) fn poll(&mut self, cx: &mut Context<'_>) -> Poll<PumpEnd> {
        if self.parked { Poll::Pending } else { self.flowing.poll_unpin(cx) }
    }

    /// Whether the engine waits for the answer to this request: its end is due before.
    pub(super) fn wants_response(&self) -> bool {
        self.wants_response && !self.parked
    }

    /// Whether it is the upstream that is waited for.
    pub(super) fn is_sending(&self) -> bool {
        self.shared.sending.load(Ordering::Relaxed)
    }

    /// Lets nothing more flow, and gives back the judgement. The body stays unended: an upstream that is told of a
    /// broken body would break off its answer.
    pub(super) fn park(&mut self) -> Option<Judgement> {
        self.parked = true;
        self.shared.take()
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
    data_path: &DataPath,
    object: &Object,
    record: &mut Record,
    mut incoming: ClientBody,
    look: Look,
) -> Result<Cleared, Stopped> {
    let length = incoming.size_hint().exact();
    if length.is_some_and(|length| length > data_path.limits.body.0) {
        return Err(Stopped::Refused(Reason::BodyTooLarge, 413));
    }
    let mut held = HeldMemory::none(&data_path.reporter.metrics);
    let rest =
        Rest { length, allowed: data_path.limits.body.0, supervisor: &data_path.supervisor, on_error: object.on_error };
    if object.mode == Mode::Bypass || !look.is_inspected {
        return Ok(rest.unjudged(VecDeque::new(), incoming, held));
    }
    let (client, client_port) = (record.client.address.ip(), record.client.address.port());
    let conn = Conn { client, client_port, tls: look.tls };
    let id = UniqueId(record.id.to_string());
    let mut judgement = Judgement::begin(&object.engine, &object.options, conn, id);
    let keep = |verdict: &Verdict, record: &Record, body: &VecDeque<Bytes>, is_whole| {
        if object.keeps_requests && record.is_noteworthy(verdict) {
            let body = body.iter().map(|piece| &**piece);
            let request = KeptRequest::new(conn, Head::clone(&record.head), body, is_whole);
            data_path.keeper.keep(record.note_of(verdict, object, request));
        }
    };
    if let Said::Over(verdict) = judgement.head(&record.head) {
        keep(&verdict, record, &VecDeque::new(), incoming.is_end_stream());
        settle(&verdict, object, record)?;
        return Ok(rest.unjudged(VecDeque::new(), incoming, held));
    }
    let limit = object.inspect_limit_bytes.unwrap_or_else(|| default_limit(&record.head));
    let mut frames = VecDeque::new();
    while !incoming.is_end_stream() {
        let Some(bytes) = next_data(&mut incoming).await.map_err(|_| Stopped::Client)? else { break };
        if let Said::Over(verdict) = judgement.body(&bytes) {
            frames.push_back(bytes);
            keep(&verdict, record, &frames, incoming.is_end_stream());
            settle(&verdict, object, record)?;
            let seen = look.seen(&frames);
            return Ok(Cleared { seen, ..rest.unjudged(frames, incoming, held) });
        }
        let fits = held.add(bytes.len(), data_path.limits.held_bodies.0);
        frames.push_back(bytes);
        if held.bytes > limit || !fits {
            let (judgement, said) = judgement.judge(&data_path.supervisor).await;
            if let Said::Over(verdict) = said {
                keep(&verdict, record, &frames, false);
                settle(&verdict, object, record)?;
                let seen = look.seen(&frames);
                return Ok(Cleared { seen, ..rest.unjudged(frames, incoming, held) });
            }
            let seen = look.seen(&frames);
            return Ok(Cleared { seen, ..rest.judged(frames, incoming, judgement, held) });
        }
    }
    match judgement.end(&data_path.supervisor).await {
        (Some(judgement), Said::Continue) if judgement.wants_response() => record.keep(judgement, object.on_error),
        (Some(judgement), Said::Continue) => {
            let verdict = judgement.finish();
            keep(&verdict, record, &frames, true);
            settle(&verdict, object, record)?;
        }
        (_, Said::Over(verdict)) => {
            keep(&verdict, record, &frames, true);
            settle(&verdict, object, record)?;
        }
        (None, Said::Continue) => {}
    }
    let seen = look.seen(&frames);
    Ok(Cleared { body: UpstreamBody::held(frames), pump: None, progress: Progress::whole(), held, seen })
}

/// Records the verdict and says whether the exchange stops here.
pub(super) fn settle(verdict: &Verdict, object: &Object, record: &mut Record) -> Result<(), Stopped> {
    record.judged(verdict, object.on_error);
    match stops(verdict, object.on_error) {
        None => Ok(()),
        Some(reason) => Err(Stopped::Refused(reason, if verdict.status == 0 { 403 } else { verdict.status })),
    }
}

/// Why the exchange stops at this verdict; `None` lets it pass.
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
pub(super) async fn next_data(incoming: &mut ClientBody) -> Result<Option<Bytes>, ClientBodyError> {
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
                let (body, progress) = (UpstreamBody::Empty, Progress::whole());
                return Cleared { body, pump: None, progress, held, seen: Vec::new() };
            }
            let progress = Progress::flowing();
            let body = UpstreamBody::Direct { incoming, progress: progress.clone() };
            return Cleared { body, pump: None, progress, held, seen: Vec::new() };
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
        let wants_response = judgement.as_ref().is_some_and(Judgement::wants_response);
        let shared = Arc::new(Shared { judgement: Mutex::new(judgement), ..Shared::default() });
        let flow = FlowingBody {
            incoming,
            shared: shared.clone(),
            sender,
            supervisor: self.supervisor.clone(),
            on_error: self.on_error,
            left: self.allowed,
            last: None,
            is_too_large: false,
            verdict: None,
        };
        let pump = Pump { flowing: Box::pin(flow.run(frames)), shared, wants_response, parked: false };
        Cleared { body, pump: Some(pump), progress, held, seen: Vec::new() }
    }
}

struct FlowingBody {
    incoming: ClientBody,
    shared: Arc<Shared>,
    sender: mpsc::Sender<Piece>,
    supervisor: Supervisor,
    on_error: OnError,
    /// Bytes that may still come.
    left: u64,
    /// Held back until it is known not to be the end of something bad.
    last: Option<Bytes>,
    is_too_large: bool,
    verdict: Option<Box<Verdict>>,
}

impl FlowingBody {
    async fn run(mut self, frames: VecDeque<Bytes>) -> PumpEnd {
        // What was held back has been judged and fed already.
        for frame in frames {
            if !self.pass(frame).await {
                return self.stopped().await;
            }
        }
        loop {
            let bytes = match next_data(&mut self.incoming).await {
                Ok(Some(bytes)) => bytes,
                Ok(None) => return self.end().await,
                Err(_) => return PumpEnd::Client,
            };
            if let Some(verdict) = self.look_at(&bytes)
                && let Some(end) = self.over(verdict)
            {
                return end;
            }
            if !self.pass(bytes).await {
                return self.stopped().await;
            }
        }
    }

    /// Shows the engine a piece; the verdict, if that ends the judgement.
    fn look_at(&self, bytes: &[u8]) -> Option<Box<Verdict>> {
        let mut judgement = self.shared.judgement.lock().unwrap_or_else(PoisonError::into_inner);
        match judgement.as_mut()?.body(bytes) {
            Said::Continue => None,
            Said::Over(verdict) => {
                *judgement = None;
                Some(verdict)
            }
        }
    }

    /// Passes on the piece before this one; false when it must not, or the upstream wants no more.
    async fn pass(&mut self, bytes: Bytes) -> bool {
        let Some(left) = self.left.checked_sub(bytes.len() as u64) else {
            self.is_too_large = true;
            return false;
        };
        self.left = left;
        match self.last.replace(bytes) {
            None => true,
            Some(before) => self.send(Piece::Data(before)).await,
        }
    }

    async fn send(&mut self, piece: Piece) -> bool {
        self.shared.sending.store(true, Ordering::Relaxed);
        let taken = self.sender.send(piece).await.is_ok();
        self.shared.sending.store(false, Ordering::Relaxed);
        taken
    }

    /// The body goes no further. What came of it is judged if its answer will be.
    async fn stopped(self) -> PumpEnd {
        if self.is_too_large {
            return PumpEnd::TooLarge;
        }
        match self.shared.take().filter(Judgement::wants_response) {
            Some(judgement) => judge_so_far(judgement, &self.supervisor, self.on_error).await,
            None => PumpEnd::UpstreamClosed,
        }
    }

    async fn end(mut self) -> PumpEnd {
        if let Some(judgement) = self.shared.take() {
            let verdict = match judgement.end(&self.supervisor).await {
                (Some(judgement), Said::Continue) if judgement.wants_response() => {
                    self.shared.put(judgement);
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
        let whole = match self.last.take() {
            Some(last) => self.send(Piece::Data(last)).await,
            None => true,
        };
        if whole {
            // An upstream that counts bytes has its whole body already and may be gone.
            self.send(Piece::End).await;
        }
        match self.shared.take() {
            Some(judgement) => PumpEnd::Open(judgement),
            None if whole => PumpEnd::Complete(self.verdict),
            None => PumpEnd::UpstreamClosed,
        }
    }

    /// The judgement is over; the end of the body, if it must not go on.
    fn over(&mut self, verdict: Box<Verdict>) -> Option<PumpEnd> {
        if stops(&verdict, self.on_error).is_some() {
            return Some(PumpEnd::Refused(verdict));
        }
        self.verdict = Some(verdict);
        None
    }
}

/// Judges what came of a request when no more of it will go out.
pub(super) async fn judge_so_far(judgement: Judgement, supervisor: &Supervisor, on_error: OnError) -> PumpEnd {
    match judgement.judge(supervisor).await {
        (Some(judgement), Said::Continue) => PumpEnd::Open(judgement),
        (_, Said::Over(verdict)) if stops(&verdict, on_error).is_some() => PumpEnd::Refused(verdict),
        (_, Said::Over(verdict)) => PumpEnd::Complete(Some(verdict)),
        (None, Said::Continue) => PumpEnd::UpstreamClosed,
    }
}

/// Whether the verdict is a failure of the engine, for the reason in events.
pub(super) fn reason_of(verdict: &Verdict) -> Reason {
    if failure(verdict).is_some() { Reason::WafError } else { Reason::Waf }
}
