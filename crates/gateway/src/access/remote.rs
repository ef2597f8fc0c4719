//! Sessions of guarded applications on a remote node: opened, found and ended at the house, because a person has one session
//! over all nodes; copied into the node's own database, because who is in stays in while the house is away.
//!
//! Both directions of each call stand here.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use medward_access::{EndReason, SessionStore, StoreGone, StoredSession, TokenHash};
use medward_contract::id::SessionId;
use medward_contract::identity::Authenticator;
use medward_contract::{PortError, Timestamp};
use medward_kernel::nodes::{NodeHandler, NodeLink, UNREADABLE};
use medward_kernel::{Kit, Port};
use medward_store::{Db, StoreError};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use tokio::sync::Semaphore;

use super::{Keep, rows};

const OPEN: &str = "gateway.session.open";
const END: &str = "gateway.session.end";
const FIND: &str = "gateway.session.find";
const SEEN: &str = "gateway.session.seen";
const CHANGED: &str = "gateway.session.changed";

/// No session is longer than this.
const LONGEST: Duration = Duration::from_hours(24);
/// Sessions that are looked for at once: whoever sends made-up cookies to a node must not keep its house busy.
const MAX_FINDS: usize = 8;

/// What happened to sessions.
#[derive(Serialize, Deserialize)]
pub(super) struct Changes {
    pub(super) sessions: Vec<Changed>,
    /// Up to when, by the clock of the house.
    pub(super) now: Timestamp,
}

/// What became of a session.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) enum Changed {
    /// It lives, and this is how.
    Living(Box<StoredSession>),
    /// It ended.
    Ended { id: SessionId, reason: EndReason },
}

#[derive(Serialize, Deserialize)]
struct End {
    id: SessionId,
    reason: EndReason,
    at: Timestamp,
}

/// Asks the house, as far as sessions go.
#[derive(Clone)]
pub(super) struct House(NodeLink);

impl House {
    pub(super) fn of(kit: &Kit) -> Option<Self> {
        kit.link.clone().map(Self)
    }

    async fn ask<Q: Serialize, A: DeserializeOwned>(&self, name: &str, question: &Q) -> Result<A, StoreGone> {
        let body = serde_json::to_vec(question).map_err(|error| StoreGone(error.to_string()))?;
        let answer = self.0.call(name, body).await.map_err(|error| StoreGone(error.to_string()))?;
        serde_json::from_slice(&answer).map_err(|error| StoreGone(error.to_string()))
    }

    /// Writes down what happened in sessions.
    pub(super) async fn seen(&self, sessions: &[StoredSession]) -> Result<(), StoreGone> {
        self.ask(SEEN, &sessions).await
    }

    /// What happened to sessions since then, by the clock of the house.
    pub(super) async fn changed(&self, since: Timestamp) -> Result<Changes, StoreGone> {
        self.ask(CHANGED, &since).await
    }
}

/// The store of a node: first the house, then the copy.
pub(crate) struct RemoteKeep {
    house: House,
    copy: Keep,
    finds: Semaphore,
}

impl RemoteKeep {
    /// None in a house.
    pub(crate) fn of(kit: &Kit) -> Option<Self> {
        House::of(kit).map(|house| Self { house, copy: Keep::new(kit), finds: Semaphore::new(MAX_FINDS) })
    }
}

#[async_trait]
impl SessionStore for RemoteKeep {
    async fn open(&self, session: &StoredSession) -> Result<(), StoreGone> {
        self.house.ask::<_, ()>(OPEN, session).await?;
        self.copy.open(session).await
    }

    async fn end(&self, id: SessionId, reason: EndReason, at: Timestamp) -> Result<(), StoreGone> {
        self.house.ask::<_, ()>(END, &End { id, reason, at }).await?;
        self.copy.end(id, reason, at).await
    }

    async fn find(&self, token: &TokenHash) -> Result<Option<StoredSession>, StoreGone> {
        let _turn = self.finds.try_acquire().map_err(|_| StoreGone("too many are looked for".to_owned()))?;
        self.house.ask(FIND, token).await
    }
}

/// Copies what the house told into the node's own database.
pub(super) async fn copy(kit: &super::Inner, changed: &[Changed]) -> Result<(), StoreError> {
    let (keys, now) = (&kit.keys, kit.clock.now());
    let written = kit.db.write(|tx| {
        Box::pin(async move {
            for one in changed {
                match one {
                    Changed::Living(session) => rows::session_copy(tx, keys, session, now).await?,
                    Changed::Ended { id, reason } => rows::session_end(tx, *id, *reason, now, now).await?,
                }
            }
            Ok::<_, StoreError>(())
        })
    });
    written.await
}

/// What the house answers.
pub(crate) fn handlers(kit: &Kit) -> Vec<NodeHandler> {
    let keep = || Arc::new(Keep::new(kit));
    let people = kit.ports.port::<dyn Authenticator>("gateway");
    vec![
        NodeHandler::json(OPEN, (keep(), people), |(keep, people), session| async move {
            open(&keep, &people, session).await
        }),
        NodeHandler::json(END, keep(), |keep, End { id, reason, at }| async move {
            keep.end(id, reason, at).await.map_err(away)
        }),
        NodeHandler::json(FIND, keep(), |keep, token: TokenHash| async move { keep.find(&token).await.map_err(away) }),
        NodeHandler::json(SEEN, keep(), |keep, sessions: Vec<StoredSession>| async move {
            keep.seen(&sessions).await.map_err(away)
        }),
        NodeHandler::json(
            CHANGED,
            keep(),
            |keep, since: Timestamp| async move { keep.changed(since).await.map_err(away) },
        ),
    ]
}

fn away(error: StoreGone) -> PortError {
    tracing::warn!(%error, "a node has to wait");
    PortError::Unavailable("the sessions of the house")
}

/// The person in a new session is who the account belongs to: a node that was broken into makes nobody up.
async fn open(keep: &Keep, people: &Port<dyn Authenticator>, session: StoredSession) -> Result<(), PortError> {
    let subject = people.get()?.subject(session.subject.account).await?.ok_or(UNREADABLE)?;
    keep.open(&StoredSession { subject, ..session }).await.map_err(away)
}

impl Keep {
    async fn seen(&self, sessions: &[StoredSession]) -> Result<(), StoreGone> {
        seen(&self.db, &self.keys, sessions).await.map_err(super::gone)
    }

    async fn changed(&self, since: Timestamp) -> Result<Changes, StoreGone> {
        let now = self.clock.now();
        let mut reader = self.db.read().await.map_err(super::gone)?;
        // Who asks for everything, a node that starts, needs those that live, and to know of those that died lately.
        let recent = since.max(now.minus(LONGEST));
        let mut rows = rows::session_changed(&mut reader, recent).await.map_err(super::gone)?;
        if recent > since {
            rows.extend(rows::session_list(&mut reader).await.map_err(super::gone)?);
        }
        let sessions = rows.into_iter().filter_map(|row| Changed::of(row, &self.keys)).collect();
        Ok(Changes { sessions, now })
    }
}

/// Writes down what happened in sessions.
pub(super) async fn seen(
    db: &Db,
    keys: &medward_crypto::KeyRing,
    sessions: &[StoredSession],
) -> Result<(), StoreError> {
    let write = db.write(|tx| {
        Box::pin(async move {
            for session in sessions {
                rows::session_seen(tx, keys, session).await?;
            }
            Ok::<_, StoreError>(())
        })
    });
    write.await
}

impl Changed {
    /// What a row says; nothing when it was altered.
    pub(super) fn of(row: rows::SessionRow, keys: &medward_crypto::KeyRing) -> Option<Self> {
        match (row.ended_at, row.id.parse()) {
            (Some(_), Ok(id)) => Some(Self::Ended { id, reason: row.reason() }),
            _ => row.checked(keys).map(Box::new).map(Self::Living),
        }
    }
}
