//! To the upstream: choose a member, wait until it has room, get a connection, send, wait for the head of the answer, try again where that is
//! safe (gateway.md §6).

use std::error::Error as _;
use std::net::Ipv4Addr;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use futures_util::future::select_all;
use http::header::HOST;
use http::request::Parts;
use http::{HeaderValue, Method, Request, Response, Version};
use hyper::body::Incoming;
use medward_kernel::supervisor::with_sources;

use super::headers::{Passage, origin_form, rebuild, to_upstream};
use super::judge::{Cleared, Pump, PumpEnd};
use crate::data_path::DataPath;
use crate::event::{Reason, Record};
use crate::listen::LazyTimer;
use crate::snapshot::Object;
use crate::upstream::{BodyCut, Line, Member, Pick, Progress, Seat, SendError, UpstreamBody};

/// Members tried for one request.
const MEMBERS_TRIED: usize = 3;
/// Kept connections that may turn out to be closed, for one request.
const STALE_LINES: usize = 2;
/// Longest wait for a member that has as many exchanges as it takes (gateway.md §6).
pub(super) const QUEUE: Duration = Duration::from_secs(5);

/// Why there is no answer from the upstream.
#[derive(Debug)]
pub(super) enum Failed {
    /// No member could be reached.
    Unreachable,
    /// Every member has as many exchanges as it takes, and none ended in time.
    Busy,
    /// The connection broke, or what came was no HTTP.
    Broken,
    /// Nothing came in time.
    TimedOut,
    /// The client broke off while it sent its body.
    Client,
    /// The rest of the body turned out to be bad.
    Refused(Reason),
}

/// A head from the upstream, the connection its body comes on, and the rest of the request body, if any.
pub(super) type Answered = (Response<Incoming>, Line, Option<Pump>);

/// Sends a request that the engine has cleared.
pub(super) async fn forward(
    data_path: &DataPath,
    object: &Object,
    parts: Parts,
    passage: &Passage<'_>,
    cleared: Cleared,
    record: &mut Record,
) -> Result<Answered, Failed> {
    let Cleared { body, mut pump, progress, held, seen: _ } = cleared;
    let repeatable =
        matches!(body, UpstreamBody::Empty) && matches!(parts.method, Method::GET | Method::HEAD | Method::OPTIONS);
    let uri = origin_form(&parts.uri);
    let mut request = Request::from_parts(parts, body);
    *request.uri_mut() = uri.clone();
    *request.version_mut() = Version::HTTP_11;
    let mut search = Search::default();
    let mut stale = 0;
    loop {
        let mut line = reach(data_path, object, passage.source, &mut search).await?;
        if pump.is_some() {
            // How long the rest of the body takes, the client decides.
            line.give_seat_back();
        }
        let member = line.member().clone();
        if !request.headers().contains_key(HOST)
            && let Ok(host) = HeaderValue::from_str(&member.address().authority)
        {
            request.headers_mut().insert(HOST, host);
        }
        let mut sending = Sending { pump, ended: None };
        let sent = send(data_path, &mut line, request, &mut sending, &progress).await;
        pump = sending.pump;
        if let Some(end) = sending.ended
            && let Some(reason) = end.note(record, object.on_error)
        {
            return Err(if reason == Reason::ClientClosed { Failed::Client } else { Failed::Refused(reason) });
        }
        let mut error = match sent {
            Some(Ok(response)) => {
                line.give_seat_back();
                drop(held);
                note_status(data_path, &member, response.status().as_u16());
                return Ok((response, line, pump));
            }
            Some(Err(error)) => error,
            None => {
                member.note_failure("no answer in time", data_path.clock.now());
                return Err(Failed::TimedOut);
            }
        };
        let text = with_sources(error.error());
        tracing::debug!(member = %member.address(), error = text, reused = line.is_reused(), "no answer");
        let may_repeat = line.is_reused() && stale < STALE_LINES;
        stale += 1;
        request = match error.take_message() {
            // Nothing of it went out.
            Some(unsent) if may_repeat => unsent,
            None if may_repeat && repeatable => {
                let mut again = rebuild(&record.head, uri.clone(), UpstreamBody::Empty).ok_or(Failed::Broken)?;
                to_upstream(again.headers_mut(), passage);
                again
            }
            _ => return Err(broken(data_path, &member, error.error(), &text)),
        };
    }
}

/// Whose fault it was that the connection broke.
fn broken(data_path: &DataPath, member: &Member, error: &hyper::Error, text: &str) -> Failed {
    let mut source = error.source();
    while let Some(cause) = source {
        match cause.downcast_ref::<BodyCut>() {
            Some(BodyCut::Client(_)) => return Failed::Client,
            Some(BodyCut::Refused) => return Failed::Broken,
            None => source = cause.source(),
        }
    }
    member.note_failure(text, data_path.clock.now());
    Failed::Broken
}

/// Where a request was already, and how long it may still wait.
#[derive(Default)]
struct Search {
    tried: Vec<Arc<Member>>,
    /// When it has waited long enough for a seat; set when it waits first.
    patience: Option<Duration>,
}

/// A connection to the next member that takes one, a kept one if there is one.
async fn reach(
    data_path: &DataPath,
    object: &Object,
    source: Option<Ipv4Addr>,
    search: &mut Search,
) -> Result<Line, Failed> {
    while search.tried.len() < MEMBERS_TRIED {
        let mut seat = search.seat(data_path, object).await?;
        // A kept connection bears the address of whoever opened it.
        if source.is_none() {
            match Line::idle(seat).await {
                Ok(line) => return Ok(line),
                Err(given_back) => seat = given_back,
            }
        }
        if let Some(line) = search.connect(data_path, seat, source).await {
            return Ok(line);
        }
    }
    Err(Failed::Unreachable)
}

/// A fresh connection to the next member that takes one.
pub(super) async fn reach_fresh(
    data_path: &DataPath,
    object: &Object,
    source: Option<Ipv4Addr>,
) -> Result<Line, Failed> {
    let mut search = Search::default();
    while search.tried.len() < MEMBERS_TRIED {
        let seat = search.seat(data_path, object).await?;
        if let Some(line) = search.connect(data_path, seat, source).await {
            return Ok(line);
        }
    }
    Err(Failed::Unreachable)
}

impl Search {
    /// A seat at a member that was not tried. Where none is free, the first that gets free in time.
    async fn seat(&mut self, data_path: &DataPath, object: &Object) -> Result<Seat, Failed> {
        match object.pool.pick(data_path.clock.now(), &self.tried) {
            Pick::Seat(seat) => Ok(seat),
            Pick::Nobody => Err(Failed::Unreachable),
            Pick::Full(members) => {
                let now = data_path.clock.monotonic();
                let until = *self.patience.get_or_insert(now + QUEUE);
                let first = select_all(members.into_iter().map(|member| Box::pin(Seat::wait(member))));
                let waited = data_path.clock.timeout(until.saturating_sub(now), first).await;
                waited.map(|(seat, ..)| seat).ok_or(Failed::Busy)
            }
        }
    }

    /// A fresh connection for this seat. A member that takes none is noted as tried.
    async fn connect(&mut self, data_path: &DataPath, seat: Seat, source: Option<Ipv4Addr>) -> Option<Line> {
        let member = seat.member().clone();
        match data_path.connector.line(seat, source).await {
            Ok(line) => Some(line),
            Err(error) => {
                let text = with_sources(&error);
                tracing::debug!(member = %member.address(), error = text, "upstream not reached");
                member.note_failure(&text, data_path.clock.now());
                self.tried.push(member);
                None
            }
        }
    }
}

/// The rest of the request body while the head of the answer is awaited.
struct Sending {
    pump: Option<Pump>,
    ended: Option<PumpEnd>,
}

impl Sending {
    /// Lets the body flow; ready when the exchange must end for it.
    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        if let Some(pump) = &mut self.pump
            && let Poll::Ready(end) = pump.poll(cx)
        {
            self.pump = None;
            let harmless = matches!(end, PumpEnd::Complete(_) | PumpEnd::Open(_) | PumpEnd::UpstreamClosed);
            self.ended = Some(end);
            if !harmless {
                return Poll::Ready(());
            }
        }
        Poll::Pending
    }
}

/// Sends and waits for the head of the answer. `None` when there is none in time, or the body came to a bad end.
async fn send(
    data_path: &DataPath,
    line: &mut Line,
    request: Request<UpstreamBody>,
    sending: &mut Sending,
    progress: &Progress,
) -> Option<Result<Response<Incoming>, Box<SendError>>> {
    let limit = data_path.timeouts.upstream_first_byte.0;
    let mut deadline = data_path.clock.monotonic() + limit;
    let mut seen = progress.count();
    let meanwhile = |cx: &mut Context<'_>, timer: &mut LazyTimer| {
        if sending.poll(cx).is_ready() {
            return Poll::Ready(());
        }
        while timer.poll(cx, deadline).is_ready() {
            // A body that still moves is slow, not stuck.
            let now = progress.count();
            if now == seen {
                return Poll::Ready(());
            }
            seen = now;
            deadline = timer.now() + limit;
        }
        Poll::Pending
    };
    line.send(request, meanwhile).await.ok()
}

pub(super) fn note_status(data_path: &DataPath, member: &Member, status: u16) {
    if matches!(status, 502..=504) {
        member.note_failure(&format!("answered {status}"), data_path.clock.now());
    } else {
        member.note_success();
    }
}
