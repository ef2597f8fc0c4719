//! What an answer must not carry out (gateway.md §5, §10): numbers of patients are masked as they flow, and error pages that
//! show how an application is built are replaced.

use std::collections::VecDeque;
use std::future::poll_fn;

use bytes::Bytes;
use http::response::Parts;
use http_body::Frame;
use medward_defence::leak::{ErrorTrace, MAX_SCANNED_BYTES, MaskRules, Masker};

use super::body::{Flow, Held};
use super::judge::{HeldMemory, Stopped};
use super::media::{Holds, holds, is_coded};
use crate::data_path::DataPath;
use crate::defence::Hit;
use crate::event::{Reason, Record};

/// Checksums of a body that is not what it was any more.
const CHECKSUMS: &[&str] = &["content-md5", "digest", "content-digest", "repr-digest"];

/// Rules for the answers of an object.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct AnswerRules {
    /// Numbers that are masked.
    pub mask: Option<MaskRules>,
    /// Whether error pages with traces are replaced.
    pub hides_errors: bool,
}

/// Masks the pieces of a body, which stays as long as it was.
pub(super) struct Masking {
    masker: Masker,
    ready: VecDeque<Frame<Bytes>>,
    trailers: Option<Frame<Bytes>>,
    is_over: bool,
}

impl Masking {
    fn new(rules: MaskRules) -> Self {
        Self { masker: Masker::new(rules), ready: VecDeque::new(), trailers: None, is_over: false }
    }

    /// Takes a piece in.
    pub(super) fn take(&mut self, frame: Frame<Bytes>) {
        match frame.into_data() {
            Ok(data) => {
                let mut out = Vec::with_capacity(data.len() + medward_defence::leak::MAX_HELD_BYTES);
                self.masker.feed(&data, &mut out);
                self.push(out);
            }
            Err(trailers) => self.trailers = Some(trailers),
        }
    }

    /// There is no more: what was held back to be sure goes out.
    pub(super) fn end(&mut self) {
        if self.is_over {
            return;
        }
        let mut out = Vec::new();
        self.masker.finish(&mut out);
        self.push(out);
        self.ready.extend(self.trailers.take());
        self.is_over = true;
    }

    fn push(&mut self, out: Vec<u8>) {
        if !out.is_empty() {
            self.ready.push_back(Frame::data(out.into()));
        }
    }

    pub(super) fn next(&mut self) -> Option<Frame<Bytes>> {
        self.ready.pop_front()
    }

    /// Whether everything has come and gone.
    pub(super) fn is_over(&self) -> bool {
        self.is_over && self.ready.is_empty()
    }

    /// Numbers that were masked.
    pub(super) fn masked(&self) -> u64 {
        self.masker.masked().total()
    }
}

/// Has the numbers in this answer masked, when it is text. Text that cannot be read goes out as it is, and is said.
pub(super) fn mask(rules: AnswerRules, head: &mut Parts, flow: &mut Flow, record: &mut Record) {
    let Some(rules) = rules.mask.filter(|_| !flow.has_nothing_more()) else { return };
    match holds(&head.headers) {
        Holds::NoText => return,
        Holds::Text if !is_coded(&head.headers) => {}
        // A coded one, although the upstream was asked for plain text, is among them.
        Holds::Text | Holds::Unread => {
            record.unmasked = true;
            return;
        }
    }
    for name in CHECKSUMS {
        head.headers.remove(*name);
    }
    flow.masking = Some(Masking::new(rules));
}

/// Looks whether an error answer shows how the application is built; it is replaced then.
pub(super) async fn hide_errors(
    data_path: &DataPath,
    head: &Parts,
    flow: &mut Flow,
    record: &mut Record,
    enforces: bool,
) -> Result<(), Stopped> {
    if head.status.as_u16() < 400 || holds(&head.headers) != Holds::Text || is_coded(&head.headers) {
        return Ok(());
    }
    let limit = data_path.timeouts.upstream_first_byte.0;
    if data_path.clock.timeout(limit, hold(data_path, flow)).await.is_none() {
        record.partial = true;
    }
    let mut seen = Vec::new();
    for data in flow.held.iter().flat_map(|held| &held.frames).filter_map(Frame::data_ref) {
        let room = MAX_SCANNED_BYTES.saturating_sub(seen.len());
        seen.extend(data.iter().take(room));
    }
    let Some(trace) = ErrorTrace::find(&seen) else { return Ok(()) };
    let action = if enforces { "block" } else { "observe" };
    let (rule_id, rule_name) = (format!("trace:{}", trace.name()), "错误页泄露".to_owned());
    record.defended(&Hit { rule_id: rule_id.clone(), rule_name: rule_name.clone(), category: "leak", action });
    if !enforces {
        return Ok(());
    }
    record.rule = Some((rule_id, rule_name.into()));
    Err(Stopped::Refused(Reason::ErrorTrace, head.status.as_u16()))
}

/// Holds as much of the body back as is looked at, unless it is held back already.
async fn hold(data_path: &DataPath, flow: &mut Flow) {
    if flow.held.is_none() {
        let memory = HeldMemory::none(&data_path.reporter.metrics);
        flow.held = Some(Held { frames: VecDeque::new(), bytes: 0, memory });
    }
    while flow.held.as_ref().is_some_and(|held| held.bytes < MAX_SCANNED_BYTES as u64) {
        let Some(Ok(frame)) = poll_fn(|cx| flow.poll(cx)).await else {
            flow.ended = true;
            return;
        };
        if !flow.hold(frame, data_path.limits.held_bodies.0) {
            return;
        }
    }
}
