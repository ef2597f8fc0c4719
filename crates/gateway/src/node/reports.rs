//! What nodes report to the house: alarms, bans, requests to be kept.

use medward_contract::PortError;
use medward_contract::alert::{AlertCleared, AlertRaised};
use medward_kernel::nodes::{NodeHandler, UNREADABLE};
use medward_kernel::supervisor::with_sources;
use medward_kernel::{Clock, Kit};
use medward_store::{Db, StoreError};

use crate::alarm::put;
use crate::ban::{BanError, BanList, Banned, NODE_BAN};
use crate::kept::{KEPT_CALL, KeptRow, SentRequest, Shelf};

fn away(error: &StoreError) -> PortError {
    tracing::warn!(error = with_sources(error), "what a node reports waits at the node");
    PortError::Unavailable("the database of the house")
}

/// Alarms go into the outbox of the house. One whose answer was lost comes again: its `event_id` says so.
pub(super) fn alarms(kit: &Kit) -> NodeHandler {
    let state = (kit.db.clone(), kit.clock.clone());
    NodeHandler::json(AlertRaised::KIND, state, |(db, clock), alert: AlertRaised| async move {
        fact_put(&db, &clock, AlertRaised::KIND, &alert.fingerprint, &alert).await
    })
}

/// What they told of is over.
pub(super) fn ends_of_alarms(kit: &Kit) -> NodeHandler {
    let state = (kit.db.clone(), kit.clock.clone());
    NodeHandler::json(AlertCleared::KIND, state, |(db, clock), cleared: AlertCleared| async move {
        fact_put(&db, &clock, AlertCleared::KIND, &cleared.fingerprint, &cleared).await
    })
}

async fn fact_put(
    db: &Db,
    clock: &Clock,
    kind: &'static str,
    key: &str,
    fact: &(impl serde::Serialize + Sync),
) -> Result<(), PortError> {
    let now = clock.now();
    db.write(|tx| Box::pin(async move { put(tx, kind, key, fact, now).await })).await.map_err(|error| away(&error))
}

/// Bans that nodes decided are in force everywhere.
pub(super) fn bans(list: BanList) -> NodeHandler {
    NodeHandler::json(NODE_BAN, list, |list, ban: Banned| async move {
        list.take(ban).await.map_err(|error| match error {
            BanError::Store(error) => away(&error),
            error => {
                tracing::error!(error = with_sources(&error), "a ban of a node was refused");
                UNREADABLE
            }
        })
    })
}

/// Requests to be kept.
pub(super) fn kept(shelf: Shelf) -> NodeHandler {
    NodeHandler::json(KEPT_CALL, shelf, |shelf, sent: Vec<SentRequest>| async move {
        let rows: Vec<KeptRow> = sent.into_iter().filter_map(|one| shelf.row_of(one)).collect();
        shelf.put(&rows).await.map_err(|error| away(&error))
    })
}
