//! Reading along: records as they are committed, and the state of each stream.

use std::sync::Arc;

use medward_contract::event::Stream;
use medward_contract::vault::Record;
use medward_contract::{Principal, Timestamp};

use super::{Asked, Service, VaultError, restricted};
use crate::canonical::View;
use crate::index::Position;
use crate::query::{Query, parse};
use crate::store::EventStore as _;

/// Records fetched at once.
const FETCH: usize = 2_000;

/// A tail of the vault for one person.
pub(crate) struct Tail {
    service: Service,
    query: Arc<Query>,
    position: Position,
}

/// New records, and where the next ones begin.
pub(crate) struct Fresh {
    pub(crate) records: Vec<Record>,
    /// Resume here to see them again.
    pub(crate) before: Position,
    /// Resume here to see only later ones.
    pub(crate) after: Position,
}

/// One line of 存证校验.
#[derive(Debug, Clone)]
pub(crate) struct StreamState {
    pub(crate) stream: Stream,
    pub(crate) size: u64,
    pub(crate) root: [u8; 32],
    pub(crate) checkpoint_size: u64,
    pub(crate) checkpoint_at: Option<Timestamp>,
    pub(crate) fingerprint: Option<String>,
    pub(crate) bytes: u64,
    pub(crate) first_at: Option<i64>,
    pub(crate) last_at: Option<i64>,
}

impl Service {
    /// Records matching the query from `position` (or now) on; opening it is put on record.
    pub(crate) async fn tail(
        &self,
        caller: &Principal,
        query: &str,
        position: Option<Position>,
    ) -> Result<Tail, VaultError> {
        let parsed = restricted(parse(query, self.store.shared().clock.now())?, caller);
        self.put_on_record(Asked::new(caller, "tail", query), 0).await;
        let end = self.store.end();
        let position = position.filter(|position| *position <= end).unwrap_or(end);
        Ok(Tail { service: self.clone(), query: Arc::new(parsed), position })
    }

    /// The state of every stream.
    pub(crate) fn streams(&self) -> Vec<StreamState> {
        let shared = self.store.shared();
        let state = |stream| {
            let tree = shared.tree(stream);
            let newest = shared.newest(stream);
            let extent = shared.index().stream_extent(stream);
            StreamState {
                stream,
                size: tree.size(),
                root: tree.root(),
                checkpoint_size: newest.as_ref().map_or(0, |newest| newest.checkpoint.size),
                checkpoint_at: newest.as_ref().and_then(|newest| newest.at),
                fingerprint: newest.map(|newest| newest.checkpoint.fingerprint()),
                bytes: extent.map_or(0, |(bytes, _, _)| bytes),
                first_at: extent.map(|(_, oldest, _)| oldest),
                last_at: extent.map(|(_, _, newest)| newest),
            }
        };
        Stream::ALL.into_iter().map(state).collect()
    }
}

impl Tail {
    /// Waits until something matching is committed.
    pub(crate) async fn next(&mut self) -> Result<Fresh, VaultError> {
        loop {
            let before = self.position;
            let (stored, after) = self.service.store.tail(before, FETCH).await?;
            self.position = after;
            let matching = stored.iter().filter_map(|stored| {
                let view = View::parse(&stored.bytes).ok()?;
                if self.query.filter.matches(stored.at.stream, &view) { view.to_record().ok() } else { None }
            });
            let records: Vec<Record> = matching.collect();
            if !records.is_empty() {
                return Ok(Fresh { records, before, after });
            }
        }
    }
}
