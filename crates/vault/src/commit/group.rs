//! One commit group being put together: frames, leaf hashes, spans, and how to take it all back.

use std::collections::HashMap;

use medward_contract::Timestamp;
use medward_contract::event::{Event, Stream};

use super::{Batch, Committed, Draft, gap_event, own_lane, with_node};
use crate::canonical::Prepared;
use crate::index::{Span, Spans, include};
use crate::merkle::{Hash, leaf_hash};
use crate::streams::PerStream;
use crate::wal::{FRAME_HEADER_BYTES, Kind, write_commit, write_frame};

/// Bytes of a commit frame.
const COMMIT_FRAME_BYTES: usize = FRAME_HEADER_BYTES + 12;

pub(super) struct GroupBuilder<'a> {
    bytes: Vec<u8>,
    now: Timestamp,
    node: &'a str,
    next_seq: &'a mut PerStream<u64>,
    agents: &'a mut HashMap<String, u64>,
    seq_before: PerStream<u64>,
    agents_before: Vec<(String, Option<u64>)>,
    leaves: Vec<(Stream, Hash)>,
    spans: Spans,
    duplicates: u64,
    closed: bool,
}

impl<'a> GroupBuilder<'a> {
    pub(super) fn new(
        mut bytes: Vec<u8>,
        now: Timestamp,
        node: &'a str,
        next_seq: &'a mut PerStream<u64>,
        agents: &'a mut HashMap<String, u64>,
    ) -> Self {
        bytes.clear();
        let seq_before = next_seq.clone();
        Self {
            bytes,
            now,
            node,
            next_seq,
            agents,
            seq_before,
            agents_before: Vec::new(),
            leaves: Vec::new(),
            spans: Spans::new(),
            duplicates: 0,
            closed: false,
        }
    }

    pub(super) fn add_batch(&mut self, batch: &Batch) -> Committed {
        let mut fate = Committed::default();
        for draft in batch.drafts.iter() {
            match self.add(draft, batch.lane.as_deref()) {
                Some(seq) => {
                    fate.first_seq.get_or_insert(seq);
                    fate.stored += 1;
                }
                None => fate.duplicates += 1,
            }
        }
        self.duplicates += fate.duplicates;
        fate
    }

    /// Adds an event of the vault itself.
    pub(super) fn add_own(&mut self, event: &Event) {
        let prepared = match Prepared::new(&with_node(event, self.node)) {
            Ok(prepared) => prepared,
            Err(error) => return tracing::error!(%error, dataset = %event.dataset, "event of the vault not stored"),
        };
        let lane = own_lane(self.node);
        self.add(&Draft { stream: event.dataset.stream(), prepared }, Some(&lane));
    }

    /// Places one event; `None` when its agent sent it before.
    fn add(&mut self, draft: &Draft, lane: Option<&str>) -> Option<u64> {
        match (draft.prepared.agent(), lane) {
            (Some((agent, sequence)), _) => {
                let known = self.agents.get(agent).copied();
                let high = known.unwrap_or(0);
                if sequence <= high {
                    return None;
                }
                self.raise(agent, sequence);
                let seq = self.place(draft.stream, &draft.prepared, None);
                // An agent begins with a number of its choice: those of remote nodes begin with the time.
                if known.is_some() && sequence > high + 1 {
                    let gap = gap_event(self.now, ("vault.agent", agent.to_owned()), high + 1, sequence - 1);
                    tracing::warn!(agent, from = high + 1, to = sequence - 1, "events of an agent are missing");
                    self.add_own(&gap);
                }
                Some(seq)
            }
            (None, Some(lane)) => {
                let sequence = self.agents.get(lane).copied().unwrap_or(0) + 1;
                self.raise(lane, sequence);
                Some(self.place(draft.stream, &draft.prepared, Some((lane, sequence))))
            }
            (None, None) => Some(self.place(draft.stream, &draft.prepared, None)),
        }
    }

    fn raise(&mut self, agent: &str, sequence: u64) {
        let before = match self.agents.get_mut(agent) {
            Some(high) => Some(std::mem::replace(high, sequence)),
            None => self.agents.insert(agent.to_owned(), sequence),
        };
        // Of several in a row the first is what there was before all of them.
        if self.agents_before.last().is_none_or(|(last, _)| last != agent) {
            self.agents_before.push((agent.to_owned(), before));
        }
    }

    fn place(&mut self, stream: Stream, prepared: &Prepared, stamp: Option<(&str, u64)>) -> u64 {
        let next = self.next_seq.of_mut(stream);
        let seq = *next;
        *next += 1;
        let (now, number) = (self.now, stream.number());
        let payload =
            write_frame(&mut self.bytes, Kind::Record, number, seq, |out| prepared.write(seq, now, stamp, out));
        self.leaves.push((stream, leaf_hash(self.bytes.get(payload).unwrap_or_default())));
        include(&mut self.spans, &Span::one(stream, seq, prepared.timestamp().as_micros()));
        seq
    }

    /// Ends the group with its commit frame.
    pub(super) fn close(&mut self) {
        if !self.closed && !self.leaves.is_empty() {
            write_commit(&mut self.bytes, u32::try_from(self.leaves.len()).unwrap_or(u32::MAX), self.now);
            self.closed = true;
        }
    }

    /// Takes back every number drawn for this group.
    pub(super) fn undo(&mut self) {
        *self.next_seq = self.seq_before.clone();
        for (agent, before) in self.agents_before.drain(..).rev() {
            match before {
                Some(high) => drop(self.agents.insert(agent, high)),
                None => drop(self.agents.remove(&agent)),
            }
        }
    }

    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    pub(super) fn commit_frame(&self) -> &[u8] {
        self.bytes.get(self.bytes.len().saturating_sub(COMMIT_FRAME_BYTES)..).unwrap_or_default()
    }

    pub(super) fn spans(&self) -> &Spans {
        &self.spans
    }

    pub(super) fn records(&self) -> u64 {
        self.leaves.len() as u64
    }

    pub(super) fn duplicates(&self) -> u64 {
        self.duplicates
    }

    /// Leaf hashes, by stream.
    pub(super) fn leaves(&self) -> impl Iterator<Item = (Stream, impl Iterator<Item = Hash>)> {
        self.spans.iter().map(|span| {
            let stream = span.stream;
            (stream, self.leaves.iter().filter(move |(of, _)| *of == stream).map(|(_, leaf)| *leaf))
        })
    }

    pub(super) fn into_buffer(self) -> Vec<u8> {
        self.bytes
    }
}
