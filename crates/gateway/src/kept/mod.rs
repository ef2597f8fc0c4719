//! Requests that a rule had something to say about, kept for a while so that a change of the policy can be tried on them
//! before it is made (gateway.md §10, §12).
//!
//! They hold what people sent: they are sealed, few for each object and rule, gone after a week, and kept only where the
//! policy says so.

mod rows;

pub(crate) use rows::KeptRow;

use std::time::Duration;

use data_encoding::BASE64;
use medward_contract::SensitivityLabel;
use medward_crypto::{Domain, KeyRing, Place};
use medward_kernel::nodes::NodeLink;
use medward_kernel::supervisor::{Stop, TaskError};
use medward_kernel::{Clock, Kit};
use medward_proxy::{KeptRequest, KeptRequestQueue, Note};
use medward_store::{Db, StoreError};
use serde::{Deserialize, Serialize};

/// Most requests stored at once; after that the store has a rest, whatever comes.
const BATCH: usize = 64;
/// The rest.
const REST: Duration = Duration::from_secs(1);
/// How long a request is kept.
const KEPT_FOR: Duration = Duration::from_hours(7 * 24);
/// Name of the call by which a node sends requests to be kept.
pub(crate) const KEPT_CALL: &str = "gateway.kept";

/// How often those that are older are looked for.
const LOOK: Duration = Duration::from_hours(1);

/// Where kept requests are stored, and how they are sealed.
#[derive(Clone)]
pub(crate) struct Shelf {
    db: Db,
    keys: KeyRing,
    clock: Clock,
    /// On a node: the house, which keeps them.
    link: Option<NodeLink>,
}

/// A request as a node sends it to its house.
#[derive(Serialize, Deserialize)]
pub(crate) struct SentRequest {
    id: String,
    object_id: String,
    rule_id: String,
    source: String,
    at: i64,
    /// Base 64.
    request: String,
}

impl Shelf {
    pub(crate) fn of(kit: &Kit) -> Self {
        Self { db: kit.db.clone(), keys: kit.keys.clone(), clock: kit.clock.clone(), link: kit.link.clone() }
    }

    /// The newest kept requests, of one object or of all, with the object each belongs to.
    pub(crate) async fn newest(
        &self,
        object_id: Option<&str>,
        limit: i64,
    ) -> Result<Vec<(KeptRow, KeptRequest)>, StoreError> {
        let oldest = self.clock.now().as_micros().saturating_sub(micros(KEPT_FOR));
        let rows = rows::kept_list(&mut self.db.read().await?, object_id, oldest, limit).await?;
        let open = |row: KeptRow| {
            let content = self.keys.open(Domain::GatewayKeptRequest, &place(&row.id), &row.sealed).ok();
            let request = content.and_then(|content| KeptRequest::decode(content.expose()));
            if request.is_none() {
                tracing::warn!(id = row.id, "a kept request does not open with the keys of this house and is left out");
            }
            request.map(|request| (row, request))
        };
        Ok(rows.into_iter().filter_map(open).collect())
    }

    /// Stores what is kept, and removes what is old, until the program stops.
    pub(crate) async fn run(&self, queue: KeptRequestQueue, stop: Stop) -> Result<(), TaskError> {
        let mut queue = queue.lock().await;
        let mut notes = Vec::new();
        loop {
            tokio::select! {
                () = stop.running.cancelled() => return Ok(()),
                () = self.clock.sleep(LOOK) => self.forget_old().await?,
                count = queue.recv_many(&mut notes, BATCH) => {
                    if count == 0 {
                        return Ok(());
                    }
                    self.store(std::mem::take(&mut notes)).await?;
                    tokio::select! {
                        () = stop.running.cancelled() => return Ok(()),
                        () = self.clock.sleep(REST) => {}
                    }
                }
            }
        }
    }

    async fn store(&self, notes: Vec<Note>) -> Result<(), TaskError> {
        let sent: Vec<SentRequest> = notes.into_iter().map(SentRequest::of).collect();
        let Some(link) = &self.link else {
            let rows: Vec<KeptRow> = sent.into_iter().filter_map(|one| self.row_of(one)).collect();
            self.put(&rows).await?;
            return self.forget_old().await;
        };
        // They are samples: those of a time without the house are not kept.
        if link.call(KEPT_CALL, serde_json::to_vec(&sent)?).await.is_err() {
            tracing::debug!(count = sent.len(), "requests were not kept: the house is away");
        }
        Ok(())
    }

    /// A request as it is stored; none when it cannot be read or sealed.
    pub(crate) fn row_of(&self, sent: SentRequest) -> Option<KeptRow> {
        let SentRequest { id, object_id, rule_id, source, at, request } = sent;
        let request = BASE64.decode(request.as_bytes()).ok()?;
        KeptRequest::decode(&request)?;
        let sealed = self.keys.seal(Domain::GatewayKeptRequest, &place(&id), &request).ok()?;
        Some(KeptRow { id, object_id, rule_id, source, at, sealed })
    }

    /// Stores requests.
    pub(crate) async fn put(&self, rows: &[KeptRow]) -> Result<(), StoreError> {
        self.db.write(|tx| Box::pin(rows::kept_insert(tx, rows))).await
    }

    async fn forget_old(&self) -> Result<(), TaskError> {
        let oldest = self.clock.now().as_micros().saturating_sub(micros(KEPT_FOR));
        self.db.write(|tx| Box::pin(rows::kept_delete_before(tx, oldest))).await?;
        Ok(())
    }
}

impl SentRequest {
    fn of(note: Note) -> Self {
        let Note { id, object_id, rule_id, at, request } = note;
        let source = request.conn.client.to_string();
        let (object_id, at) = (object_id.to_string(), at.as_micros());
        Self { id, object_id, rule_id, source, at, request: BASE64.encode(&request.encode()) }
    }
}

fn micros(span: Duration) -> i64 {
    i64::try_from(span.as_micros()).unwrap_or(i64::MAX)
}

fn place(id: &str) -> Place<'_> {
    Place { table: "gateway_kept_request", column: "sealed", key: id, label: SensitivityLabel::L4 }
}
