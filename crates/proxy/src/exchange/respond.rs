//! The engine's part of an answer: the head, then the body, held back until it is judged.
//!
//! Nothing is held, and nothing copied, unless a rule looks at it. What is held is as much as the engine looks at: a longer
//! body is judged at that limit and then flows. Until then nothing of the answer has left, so a refusal is a clean page.

use std::collections::VecDeque;
use std::future::poll_fn;
use std::task::Poll;
use std::time::Duration;

use http::header::CONTENT_TYPE;
use http::response::Parts;
use http::{HeaderValue, Response, Version};
use medward_waf::ResponseHead;

use super::body::{Flow, Guard, Held, ResponseBody};
use super::connection::Connection;
use super::forward::Failed;
use super::headers::to_client;
use super::judge::{HeldMemory, Stopped, judge_so_far, settle};
use super::mask::{AnswerRules, hide_errors, mask};
use super::serve::{fail, stop};
use crate::data_path::DataPath;
use crate::event::{Reason, Record};
use crate::inspect::Said;
use crate::page::Form;
use crate::snapshot::Object;
use crate::stance::Mode;

/// An upstream that has answered and takes nothing of the rest of the request for this long wants no more of it.
const TAKES_NOTHING: Duration = Duration::from_secs(1);

/// Hands the answer of an upstream to the client, once the engine has nothing against it.
pub(super) async fn respond(
    connection: &Connection,
    object: &Object,
    mut head: Parts,
    mut flow: Flow,
    mut record: Box<Record>,
    guard: Guard,
    form: Form,
) -> Response<ResponseBody> {
    let data_path = &connection.data_path;
    record.status = head.status.as_u16();
    if let Err(failed) = end_request(data_path, &mut flow, &mut record).await {
        return fail(failed, record, guard, form);
    }
    if record.is_open()
        && let Err(stopped) = judge(data_path, object, &head, &mut flow, &mut record).await
    {
        if flow.has_ended() {
            flow.keep_line();
        }
        return stop(stopped, record, guard, form);
    }
    let rules = if record.allowed_by.is_some() { AnswerRules::default() } else { object.answers };
    if rules.hides_errors
        && let Err(stopped) = hide_errors(data_path, &head, &mut flow, &mut record, object.mode == Mode::Block).await
    {
        if flow.has_ended() {
            flow.keep_line();
        }
        return stop(stopped, record, guard, form);
    }
    if object.mode == Mode::Block {
        mask(rules, &mut head, &mut flow, &mut record);
    }
    to_client(&mut head.headers);
    polish(connection, object, &mut head, &record);
    // Each side of an intermediary speaks its own version (RFC 9110 section 2.5).
    head.version = Version::HTTP_11;
    Response::from_parts(head, ResponseBody::upstream(flow, record, guard))
}

/// Makes the head of an application's answer safer, where the object asks for that.
pub(super) fn polish(connection: &Connection, object: &Object, head: &mut Parts, record: &Record) {
    if let Some(rules) = &object.answer_headers {
        rules.apply(&mut head.headers, connection.is_https(&record.head));
    }
}

/// An answer that came before the request was complete waits for it: rules see a request before its answer.
async fn end_request(data_path: &DataPath, flow: &mut Flow, record: &mut Record) -> Result<(), Failed> {
    let Flow { line, pump: Some(pump), progress, .. } = flow else { return Ok(()) };
    if !pump.wants_response() {
        return Ok(());
    }
    let mut seen = progress.count();
    let mut patience = Box::pin(data_path.clock.sleep(TAKES_NOTHING));
    let end = poll_fn(|cx| {
        let end = pump.poll(cx);
        if let Some(line) = line {
            line.poll_drive(cx);
        }
        if let Poll::Ready(end) = end {
            return Poll::Ready(Some(end));
        }
        while patience.as_mut().poll(cx).is_ready() {
            let now = progress.count();
            if now == seen && pump.is_sending() {
                return Poll::Ready(None);
            }
            seen = now;
            patience = Box::pin(data_path.clock.sleep(TAKES_NOTHING));
        }
        Poll::Pending
    })
    .await;
    let end = match end {
        Some(end) => {
            flow.pump = None;
            end
        }
        None => match pump.park() {
            Some(judgement) => judge_so_far(judgement, &data_path.supervisor, flow.on_error).await,
            None => return Ok(()),
        },
    };
    match end.note(record, flow.on_error) {
        None => Ok(()),
        Some(Reason::ClientClosed) => Err(Failed::Client),
        Some(reason) => Err(Failed::Refused(reason)),
    }
}

/// Judges an answer: its head, and of its body what the engine looks at.
async fn judge(
    data_path: &DataPath,
    object: &Object,
    head: &Parts,
    flow: &mut Flow,
    record: &mut Record,
) -> Result<(), Stopped> {
    if let Some(verdict) = record.judging(|judgement| judgement.response_head(&engine_head(head))) {
        return settle(&verdict, object, record);
    }
    if record.wants_response_body() && !flow.has_ended() {
        if is_event_stream(head) {
            // It never ends, and each event counts now (gateway.md section 5).
            record.partial = true;
        } else {
            // An upstream has as long to send what is held as it has to begin.
            let limit = data_path.timeouts.upstream_first_byte.0;
            match data_path.clock.timeout(limit, hold(data_path, object, flow, record)).await {
                Some(held) => held?,
                None => record.partial = true,
            }
        }
    }
    end_response(data_path, object, record).await
}

async fn end_response(data_path: &DataPath, object: &Object, record: &mut Record) -> Result<(), Stopped> {
    let Some(judgement) = record.take_open() else { return Ok(()) };
    match judgement.response_end(&data_path.supervisor).await {
        (Some(judgement), Said::Continue) => settle(&judgement.finish(), object, record),
        (_, Said::Over(verdict)) => settle(&verdict, object, record),
        (None, Said::Continue) => Ok(()),
    }
}

/// Holds the body back until the engine has seen of it what it looks at, or memory is used up.
async fn hold(data_path: &DataPath, object: &Object, flow: &mut Flow, record: &mut Record) -> Result<(), Stopped> {
    let memory = HeldMemory::none(&data_path.reporter.metrics);
    flow.held = Some(Held { frames: VecDeque::new(), bytes: 0, memory });
    while record.wants_response_body() {
        let frame = match poll_fn(|cx| flow.poll(cx)).await {
            Some(Ok(frame)) => frame,
            Some(Err(error)) => {
                tracing::debug!(%error, "the upstream broke off while its answer was held");
                return Err(Stopped::Refused(Reason::UpstreamBroken, 502));
            }
            None => {
                flow.ended = true;
                return Ok(());
            }
        };
        let over = frame.data_ref().and_then(|data| record.judging(|judgement| judgement.response_body(data)));
        let fits = flow.hold(frame, data_path.limits.held_bodies.0);
        if let Some(verdict) = over {
            return settle(&verdict, object, record);
        }
        if !fits {
            record.partial = true;
            return Ok(());
        }
    }
    Ok(())
}

fn engine_head(head: &Parts) -> ResponseHead {
    let version: &[u8] = if head.version == Version::HTTP_10 { b"HTTP/1.0" } else { b"HTTP/1.1" };
    let headers = head.headers.iter();
    let headers = headers.map(|(name, value)| (name.as_str().as_bytes().to_vec(), value.as_bytes().to_vec()));
    ResponseHead { version: version.to_vec(), status: head.status.as_u16(), headers: headers.collect() }
}

fn is_event_stream(head: &Parts) -> bool {
    const KIND: &[u8] = b"text/event-stream";
    let kind = head.headers.get(CONTENT_TYPE).map(HeaderValue::as_bytes).unwrap_or_default();
    kind.get(..KIND.len()).is_some_and(|kind| kind.eq_ignore_ascii_case(KIND))
}

/// Judges the head of an answer that switches protocols.
pub(super) async fn judge_switch(
    data_path: &DataPath,
    object: &Object,
    head: &Parts,
    record: &mut Record,
) -> Result<(), Stopped> {
    if let Some(verdict) = record.judging(|judgement| judgement.response_head(&engine_head(head))) {
        return settle(&verdict, object, record);
    }
    end_response(data_path, object, record).await
}
