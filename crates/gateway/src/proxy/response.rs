//! The engine's part of a response: its head, then as much of its body as rules look at, held back until it is judged.
//!
//! Only where the policy has rules for responses, and only text: what no rule looks at flows as it comes. A body that is
//! longer than what may be held back is judged by its beginning, and the rest flows. The response of a system that answers
//! before it has its request passes unseen, since the judgement of the request is not over.

use bytes::BytesMut;
use http::response::Parts;
use http_body::Body as _;
use medward_waf::ResponseHead;

use super::body::Flow;
use super::judge::{HeldMemory, Stopped, settle};
use crate::event::{Reason, Record};
use crate::gateway::Gateway;
use crate::inspect::Said;
use crate::snapshot::Object;

/// Most of a response that is held back (gateway.md §5).
const HELD_BYTES: usize = 512 * 1024;

/// Judges the response to a request whose verdict waits for it. What was held back of its body is left in `flow`.
pub(super) async fn judge_response(
    gateway: &Gateway,
    object: &Object,
    record: &mut Record,
    head: &Parts,
    flow: &mut Flow,
) -> Result<(), Stopped> {
    let Some(judgement) = record.waiting() else { return Ok(()) };
    if let Said::Over(verdict) = judgement.response_head(&engine_head(head)) {
        record.take_waiting();
        return settle(&verdict, object, record);
    }
    hold_back(gateway, object, record, flow).await?;
    let Some(judgement) = record.take_waiting() else { return Ok(()) };
    match judgement.response_end(&gateway.supervisor).await {
        (Some(judgement), Said::Continue) => settle(&judgement.finish(), object, record),
        (_, Said::Over(verdict)) => settle(&verdict, object, record),
        (None, Said::Continue) => Ok(()),
    }
}

/// Reads as much of the body as rules look at and may be held back.
async fn hold_back(gateway: &Gateway, object: &Object, record: &mut Record, flow: &mut Flow) -> Result<(), Stopped> {
    let mut held = HeldMemory::none(&gateway.reporter.metrics);
    let mut bytes = BytesMut::new();
    while !flow.incoming.is_end_stream() {
        if bytes.len() >= HELD_BYTES {
            record.inspected_in_part();
            break;
        }
        let Some(judgement) = record.waiting().filter(|judgement| judgement.wants_response_body()) else { break };
        let data = match flow.frame().await {
            None => break,
            Some(Ok(frame)) => frame.into_data().unwrap_or_default(),
            Some(Err(_)) => return Err(Stopped::Refused(Reason::UpstreamBroken, 502)),
        };
        bytes.extend_from_slice(&data);
        if let Said::Over(verdict) = judgement.response_body(&data) {
            record.take_waiting();
            settle(&verdict, object, record)?;
        }
        if !held.add(data.len(), gateway.limits.held_bodies.0) {
            record.inspected_in_part();
            break;
        }
    }
    flow.rest = bytes.freeze();
    flow.held = Some(held);
    Ok(())
}

/// The head as the engine sees it.
fn engine_head(head: &Parts) -> ResponseHead {
    let headers = head.headers.iter().map(|(name, value)| (name.as_str().into(), value.as_bytes().to_vec()));
    ResponseHead { version: b"HTTP/1.1".to_vec(), status: head.status.as_u16(), headers: headers.collect() }
}
