//! Where sessions outlive a restart, and reach the other nodes.

use std::net::IpAddr;

use async_trait::async_trait;
use medward_contract::Timestamp;
use medward_contract::id::SessionId;
use medward_contract::identity::Subject;
use serde::{Deserialize, Serialize};

use crate::secret::TokenHash;
use crate::session::EndReason;

/// A session as it is stored, and sent between a node and its house.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredSession {
    /// Its id, not its secret.
    pub id: SessionId,
    /// By what it is found.
    pub token: TokenHash,
    /// Of which application.
    pub application: String,
    /// Id of the guard that opened it.
    pub guard: String,
    /// The person.
    pub subject: Subject,
    /// From where it was opened.
    pub address: IpAddr,
    /// By which browser.
    pub user_agent: String,
    /// When.
    pub created_at: Timestamp,
    /// When something happened last.
    pub last_seen_at: Timestamp,
    /// When the second factor was shown last.
    pub factor_at: Timestamp,
}

/// The store does not answer, or cannot be trusted. Nobody is let in; who is in stays in.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("reach the store of sessions: {0}")]
pub struct StoreGone(pub String);

/// Keeps sessions.
#[async_trait]
pub trait SessionStore: Send + Sync {
    /// Writes a new session, and ends another one of the same account in the same application. It is durable when this
    /// returns.
    async fn open(&self, session: &StoredSession) -> Result<(), StoreGone>;

    /// Ends a session. Idempotent.
    async fn end(&self, id: SessionId, reason: EndReason, at: Timestamp) -> Result<(), StoreGone>;

    /// The living session that is found by this; another node may have opened it.
    async fn find(&self, token: &TokenHash) -> Result<Option<StoredSession>, StoreGone>;
}
