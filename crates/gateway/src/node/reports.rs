//! What nodes report to the house: alarms, bans, requests to be kept.

use std::sync::Arc;

use medward_contract::PortError;
use medward_contract::alert::AlertRaised;
use medward_kernel::Kit;
use medward_kernel::nodes::NodeHandler;
use medward_kernel::supervisor::with_sources;
use medward_store::{StoreError, outbox_put};

use crate::ban::{BanError, BanList, Banned, NODE_BAN};
use crate::kept::{KEPT_CALL, KeptRow, SentRequest, Shelf};

const AWAY: PortError = PortError::Unavailable("the database of the house");
const UNREADABLE: PortError = PortError::Refused { code: medward_kernel::nodes::codes::REQUEST.code };

fn read<T: serde::de::DeserializeOwned>(body: &[u8], what: &str) -> Result<T, PortError> {
    serde_json::from_slice(body).map_err(|error| {
        tracing::error!(%error, what, "what a node reports cannot be read");
        UNREADABLE
    })
}

fn away(error: &StoreError) -> PortError {
    tracing::warn!(error = with_sources(error), "what a node reports waits at the node");
    AWAY
}

/// Alarms go into the outbox of the house. One whose answer was lost comes again: its `event_id` says so.
pub(super) fn alarms(kit: &Kit) -> NodeHandler {
    let (db, clock) = (kit.db.clone(), kit.clock.clone());
    NodeHandler {
        name: AlertRaised::KIND,
        handle: Arc::new(move |_, body| {
            let (db, now) = (db.clone(), clock.now().as_micros());
            Box::pin(async move {
                let alert: AlertRaised = read(&body, "an alarm")?;
                let payload = serde_json::to_string(&alert).map_err(|_| UNREADABLE)?;
                let (key, payload) = (alert.fingerprint.as_str(), payload.as_str());
                let put =
                    db.write(|tx| Box::pin(async move { outbox_put(tx, AlertRaised::KIND, key, payload, now).await }));
                put.await.map_err(|error| away(&error))?;
                Ok(Vec::new())
            })
        }),
    }
}

/// Bans that nodes decided are in force everywhere.
pub(super) fn bans(list: BanList) -> NodeHandler {
    NodeHandler {
        name: NODE_BAN,
        handle: Arc::new(move |_, body| {
            let list = list.clone();
            Box::pin(async move {
                let ban: Banned = read(&body, "a ban")?;
                list.take(ban).await.map_err(|error| match error {
                    BanError::Store(error) => away(&error),
                    error => {
                        tracing::error!(error = with_sources(&error), "a ban of a node was refused");
                        UNREADABLE
                    }
                })?;
                Ok(Vec::new())
            })
        }),
    }
}

/// Requests to be kept.
pub(super) fn kept(shelf: Shelf) -> NodeHandler {
    NodeHandler {
        name: KEPT_CALL,
        handle: Arc::new(move |_, body| {
            let shelf = shelf.clone();
            Box::pin(async move {
                let sent: Vec<SentRequest> = read(&body, "kept requests")?;
                let rows: Vec<KeptRow> = sent.into_iter().filter_map(|one| shelf.row_of(one)).collect();
                shelf.put(&rows).await.map_err(|error| away(&error))?;
                Ok(Vec::new())
            })
        }),
    }
}
