//! The body of an answer on its way to the client. It carries the request's [`Record`]: when the body is gone, the event
//! goes out.

use std::collections::VecDeque;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use hyper::body::Incoming;
use tokio_util::sync::{CancellationToken, WaitForCancellationFutureOwned};

use super::h2watch::H2StreamGuard;
use super::judge::{HeldMemory, Pump, PumpEnd};
use super::mask::Masking;
use crate::event::{Reason, Record};
use crate::listen::{BoxError, Fault, TapLink};
use crate::stance::OnError;
use crate::upstream::{Line, Progress};

/// A slow client is told from a stalled one by the pieces it takes, so these must not be large; HTTP/2 cuts them into
/// frames of this size anyway.
const H2_PIECE_BYTES: usize = 16 * 1024;

/// What must be told when the answer is over.
pub(super) enum Guard {
    /// The tap of an HTTP/1 connection: the next message may come.
    Http1(Arc<TapLink>),
    /// The watch of an HTTP/2 connection.
    Http2(H2StreamGuard),
}

impl Guard {
    fn answered(&mut self) {
        if let Self::Http2(stream) = self {
            stream.answered();
        }
    }

    /// Why the request body broke off, if the client was at fault.
    pub(super) fn body_fault(&self) -> Option<Fault> {
        match self {
            Self::Http1(link) => link.body_fault(),
            Self::Http2(stream) => stream.body_fault(),
        }
    }

    /// Largest piece of an answer that is handed over at once.
    pub(super) fn piece_bytes(&self) -> usize {
        match self {
            Self::Http1(_) => usize::MAX,
            Self::Http2(_) => H2_PIECE_BYTES,
        }
    }

    /// A piece of the answer is ready for the client. On HTTP/1 the tap sees what the client takes.
    fn offer(&self) {
        if let Self::Http2(stream) = self {
            stream.offer();
        }
    }

    /// The client has taken it.
    fn taken(&self) {
        if let Self::Http2(stream) = self {
            stream.link().taken();
        }
    }

    /// Whether the client took nothing of the answer for too long.
    fn was_cut(&self) -> bool {
        matches!(self, Self::Http2(stream) if stream.link().was_cut())
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        if let Self::Http1(link) = self {
            link.answered();
        }
    }
}

/// An answer's body.
pub(crate) struct ResponseBody {
    source: Source,
    // Dropped in this order: the event first, then the next message.
    record: Option<Box<Record>>,
    guard: Option<Guard>,
}

enum Source {
    /// A page of our own.
    Page(Option<Bytes>),
    /// The upstream's body.
    Upstream(Box<Flow>),
    /// Nothing more.
    Empty,
}

/// An upstream's body with all that keeps it flowing.
pub(super) struct Flow {
    pub(super) incoming: Incoming,
    /// The connection, when this task drives it.
    pub(super) line: Option<Line>,
    /// The rest of the request body, when the upstream answered before it was complete.
    pub(super) pump: Option<Pump>,
    /// How much of the request body has gone out.
    pub(super) progress: Progress,
    pub(super) on_error: OnError,
    /// The end was seen while the body was held back. Its length need not say so: that of a chunked one never does.
    pub(super) ended: bool,
    /// What was held back until it was judged; it goes out before anything else.
    pub(super) held: Option<Held>,
    /// Largest piece handed over at once, and what is left of a larger one.
    pub(super) piece_bytes: usize,
    pub(super) rest: Bytes,
    /// Masks numbers of patients on their way out.
    pub(super) masking: Option<Masking>,
    /// Comes when the session ends that the answer is for: a stream that goes on for ever must not.
    pub(super) ended_session: Option<Cut>,
}

/// Comes when a session ends.
pub(super) type Cut = Pin<Box<WaitForCancellationFutureOwned>>;

/// The end of a session.
pub(super) fn cut(ended: CancellationToken) -> Cut {
    Box::pin(ended.cancelled_owned())
}

/// The beginning of an answer that was judged before any of it went out.
pub(super) struct Held {
    pub(super) frames: VecDeque<Frame<Bytes>>,
    pub(super) bytes: u64,
    pub(super) memory: HeldMemory,
}

impl ResponseBody {
    /// A page of our own.
    pub(super) fn page(bytes: Bytes, mut record: Box<Record>, guard: Guard) -> Self {
        record.response_bytes = bytes.len() as u64;
        Self { source: Source::Page(Some(bytes)), record: Some(record), guard: Some(guard) }
    }

    /// An upstream's answer.
    pub(super) fn upstream(flow: Flow, record: Box<Record>, guard: Guard) -> Self {
        let mut body = Self { source: Source::Upstream(Box::new(flow)), record: Some(record), guard: Some(guard) };
        body.end_if_complete();
        body
    }

    /// An answer whose record somebody else carries on (a tunnel).
    pub(super) fn none(guard: Guard) -> Self {
        Self { source: Source::Empty, record: None, guard: Some(guard) }
    }

    /// Keeps the upstream connection for the next request when the answer is complete.
    fn end_if_complete(&mut self) {
        let complete = match &self.source {
            Source::Page(bytes) => bytes.is_none(),
            Source::Upstream(flow) => flow.is_end_stream(),
            Source::Empty => true,
        };
        if complete {
            self.end();
        }
    }

    fn end(&mut self) {
        if let Source::Upstream(flow) = std::mem::replace(&mut self.source, Source::Empty) {
            if let (Some(record), Some(masking)) = (&mut self.record, &flow.masking) {
                record.masked = masking.masked();
            }
            flow.keep_line();
        }
        if let Some(record) = &mut self.record {
            record.complete = true;
        }
        if let Some(guard) = &mut self.guard {
            guard.answered();
        }
    }

    /// Lets the rest of the request body flow. The reason to break off, if it turned out to be bad.
    fn poll_pump(&mut self, cx: &mut Context<'_>) -> Option<Reason> {
        let (Source::Upstream(flow), Some(record)) = (&mut self.source, &mut self.record) else { return None };
        let Poll::Ready(end) = flow.pump.as_mut()?.poll(cx) else { return None };
        flow.pump = None;
        end.note(record, flow.on_error)
    }

    fn fail(&mut self, reason: Reason, error: BoxError) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        self.source = Source::Empty;
        if let Some(record) = &mut self.record {
            match self.guard.as_ref().and_then(Guard::body_fault) {
                Some(fault) => record.fault(fault),
                None => record.reason = Some(reason),
            }
        }
        Poll::Ready(Some(Err(error)))
    }
}

impl Flow {
    /// A body that nothing was held back of.
    pub(super) fn new(incoming: Incoming, line: Option<Line>, on_error: OnError, guard: &Guard) -> Self {
        Self {
            incoming,
            line,
            pump: None,
            progress: Progress::whole(),
            on_error,
            ended: false,
            held: None,
            piece_bytes: guard.piece_bytes(),
            rest: Bytes::new(),
            masking: None,
            ended_session: None,
        }
    }

    /// Keeps the connection of an answer that has come to its end for the next request, when this one has, too.
    pub(super) fn keep_line(self) {
        if self.pump.is_none()
            && self.progress.is_whole()
            && let Some(line) = self.line
        {
            line.keep();
        }
    }

    /// Whether nothing more comes from the upstream.
    pub(super) fn has_ended(&self) -> bool {
        self.ended || self.incoming.is_end_stream()
    }

    fn is_end_stream(&self) -> bool {
        self.has_nothing_more() && self.masking.as_ref().is_none_or(Masking::is_over)
    }

    /// Whether the upstream's body is over and none of it is held back.
    pub(super) fn has_nothing_more(&self) -> bool {
        self.rest.is_empty() && self.held.as_ref().is_none_or(|held| held.frames.is_empty()) && self.has_ended()
    }

    fn size_hint(&self) -> SizeHint {
        let held = self.held.as_ref().map_or(0, |held| held.bytes);
        match self.incoming.size_hint().exact() {
            Some(length) => SizeHint::with_exact(length + held + self.rest.len() as u64),
            None => SizeHint::default(),
        }
    }

    /// Holds a frame back; false when the memory for that is used up.
    pub(super) fn hold(&mut self, frame: Frame<Bytes>, limit: u64) -> bool {
        let Some(held) = &mut self.held else { return false };
        let length = frame.data_ref().map_or(0, Bytes::len);
        held.frames.push_back(frame);
        held.bytes += length as u64;
        held.memory.add(length, limit)
    }

    /// The next frame that was held back.
    fn held_frame(&mut self) -> Option<Frame<Bytes>> {
        let held = self.held.as_mut()?;
        let frame = held.frames.pop_front();
        held.bytes =
            held.bytes.saturating_sub(frame.as_ref().and_then(Frame::data_ref).map_or(0, |data| data.len() as u64));
        if held.frames.is_empty() {
            self.held = None;
        }
        frame
    }

    /// The next piece, none larger than it may be.
    fn poll_piece(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, hyper::Error>>> {
        if self.rest.is_empty() {
            let frame = match self.held_frame() {
                Some(frame) => frame,
                None => match ready!(self.poll(cx)) {
                    Some(Ok(frame)) => frame,
                    other => return Poll::Ready(other),
                },
            };
            if frame.data_ref().is_none_or(|data| data.len() <= self.piece_bytes) {
                return Poll::Ready(Some(Ok(frame)));
            }
            self.rest = frame.into_data().unwrap_or_default();
        }
        let piece = self.rest.split_to(self.piece_bytes.min(self.rest.len()));
        Poll::Ready(Some(Ok(Frame::data(piece))))
    }

    /// The next piece, with what it must not carry out masked.
    fn poll_masked(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, hyper::Error>>> {
        loop {
            let Some(masking) = &mut self.masking else { return self.poll_piece(cx) };
            if let Some(frame) = masking.next() {
                return Poll::Ready(Some(Ok(frame)));
            }
            if masking.is_over() {
                return Poll::Ready(None);
            }
            let frame = ready!(self.poll_piece(cx));
            let Some(masking) = &mut self.masking else { return Poll::Ready(frame) };
            match frame {
                Some(Ok(frame)) => {
                    masking.take(frame);
                    // Nobody asks for more than the announced length: the end must be seen with the last piece.
                    if self.has_nothing_more()
                        && let Some(masking) = &mut self.masking
                    {
                        masking.end();
                    }
                }
                Some(Err(error)) => return Poll::Ready(Some(Err(error))),
                None => masking.end(),
            }
        }
    }

    /// Moves bytes until the body has a frame or nothing moves any more.
    pub(super) fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, hyper::Error>>> {
        if self.ended {
            return Poll::Ready(None);
        }
        // The connection delivers only after the body asked, so one turn may need two rounds.
        for _ in 0..2 {
            if let Some(line) = &mut self.line {
                line.poll_drive(cx);
            }
            let frame = Pin::new(&mut self.incoming).poll_frame(cx);
            if frame.is_ready() {
                return frame;
            }
        }
        Poll::Pending
    }
}

impl Body for ResponseBody {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        let this = self.get_mut();
        if let Some(guard) = &this.guard {
            guard.taken();
        }
        let frame = this.poll_source(cx);
        if let (Some(guard), Poll::Ready(Some(Ok(_)))) = (&this.guard, &frame) {
            guard.offer();
        }
        frame
    }

    fn is_end_stream(&self) -> bool {
        match &self.source {
            Source::Empty => true,
            Source::Page(bytes) => bytes.as_ref().is_none_or(Bytes::is_empty),
            Source::Upstream(flow) => flow.is_end_stream(),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match &self.source {
            Source::Empty => SizeHint::with_exact(0),
            Source::Page(bytes) => SizeHint::with_exact(bytes.as_ref().map_or(0, |bytes| bytes.len() as u64)),
            Source::Upstream(flow) => flow.size_hint(),
        }
    }
}

impl ResponseBody {
    fn poll_source(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        if let Some(reason) = self.poll_pump(cx) {
            return self.fail(reason, "the request body was cut off".into());
        }
        if let Source::Upstream(flow) = &mut self.source
            && let Some(ended) = &mut flow.ended_session
            && ended.as_mut().poll(cx).is_ready()
        {
            return self.fail(Reason::Session, "the session has ended".into());
        }
        let flow = match &mut self.source {
            Source::Empty => return Poll::Ready(None),
            Source::Page(bytes) => {
                let bytes = bytes.take();
                self.end();
                return Poll::Ready(bytes.map(|bytes| Ok(Frame::data(bytes))));
            }
            Source::Upstream(flow) => flow,
        };
        match flow.poll_masked(cx) {
            Poll::Pending => Poll::Pending,
            Poll::Ready(None) => {
                self.end();
                Poll::Ready(None)
            }
            Poll::Ready(Some(Ok(frame))) => {
                if let (Some(record), Some(data)) = (&mut self.record, frame.data_ref()) {
                    record.response_bytes += data.len() as u64;
                }
                self.end_if_complete();
                Poll::Ready(Some(Ok(frame)))
            }
            Poll::Ready(Some(Err(error))) => self.fail(Reason::UpstreamBroken, error.into()),
        }
    }
}

impl Drop for ResponseBody {
    fn drop(&mut self) {
        // What was handed over last never went out.
        if let (Some(record), Some(guard)) = (&mut self.record, &self.guard)
            && guard.was_cut()
        {
            record.complete = false;
        }
    }
}

impl PumpEnd {
    /// Writes into the record how the request body ended; the reason, if the exchange must end for it.
    pub(super) fn note(self, record: &mut Record, on_error: OnError) -> Option<Reason> {
        let refused = match self {
            Self::Complete(verdict) => {
                if let Some(verdict) = verdict {
                    record.judged(&verdict, on_error);
                }
                return None;
            }
            Self::Open(judgement) => {
                record.keep(judgement, on_error);
                return None;
            }
            Self::Refused(verdict) => {
                record.judged(&verdict, on_error);
                super::judge::reason_of(&verdict)
            }
            Self::UpstreamClosed => return None,
            Self::TooLarge => Reason::BodyTooLarge,
            Self::Client => Reason::ClientClosed,
        };
        Some(refused)
    }
}
