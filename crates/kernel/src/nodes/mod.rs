//! Remote nodes: programs without the house's database, which run by sections of its policy and send it what they record.
//!
//! ```text
//! house                                       node
//! invitation ──────── operator ─────────────> enrol: key and request ──> certificate of the node authority
//! Section::content ── long poll, mTLS ──────> Section::apply (what does not compile changes nothing)
//! EventSink <──────── batches, fsynced ────── Spool <── EventSink of the node
//! NodeHandler <────── calls, outbox rows ──── NodeLink::call
//! ```
//!
//! A node opens every connection; nothing connects to it. What it was given it keeps, so it goes on for days without the
//! house and starts without it.
//!
//! *Not* here: what a section says and what a handler does (the capabilities), what the sensors of a node see.
//!
//! Invariants: without a certificate of the authority that is not revoked nothing but an enrolment is answered; a node is
//! known by its certificate and by nothing that it says; a number of the spool is acknowledged only after the vault has it
//! on disk.

pub mod codes;

mod authority;
mod invitation;
mod rows;
mod wire;

mod board;
mod house;
mod listener;

mod identity;
mod link;
mod sink;

pub mod spool;

use std::sync::Arc;

use async_trait::async_trait;
use futures_util::future::BoxFuture;
use medward_contract::PortError;
use medward_contract::id::NodeId;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::supervisor::TaskError;

pub(crate) use board::Board;
pub use house::{NodeFacts, NodeHouse, NodeRegistry, NodesError};
pub use identity::{EnrolError, NodeIdentity, enrol};
pub use invitation::Invitation;
pub use link::NodeLink;
pub(crate) use link::Tasks as NodeTasks;
pub(crate) use listener::listener;
pub(crate) use sink::{Lanes, NodeSink};
pub use wire::{NodeReport, SectionReport, SpoolReport};

/// Part of the policy by which nodes run; both directions of one format.
#[async_trait]
pub trait Section: Send + Sync {
    /// `<capability>.<what>`.
    fn name(&self) -> &'static str;

    /// In the house: differs whenever the content may. Asked every few seconds.
    async fn version(&self) -> Result<String, TaskError>;

    /// In the house: the whole section. It may hold secrets; it travels over mTLS only.
    async fn content(&self) -> Result<Vec<u8>, TaskError>;

    /// On a node: puts the section in force and keeps it. When this fails, what was in force before still is.
    async fn apply(&self, content: &[u8]) -> Result<(), TaskError>;
}

/// What a handler answers to what it cannot read, or will not do for anybody.
pub const UNREADABLE: PortError = PortError::Refused { code: codes::REQUEST.code };

/// Who calls a handler.
#[derive(Debug, Clone)]
pub struct NodeCaller {
    /// The node.
    pub id: NodeId,
    /// What people call it.
    pub name: Arc<str>,
}

/// What a handler does with the body of a call.
pub type NodeHandle = Arc<dyn Fn(NodeCaller, Vec<u8>) -> BoxFuture<'static, Result<Vec<u8>, PortError>> + Send + Sync>;

/// Answers one kind of call of the nodes.
#[derive(Clone)]
pub struct NodeHandler {
    /// `<capability>.<what>`; for rows of a node's outbox their kind, and then it is idempotent.
    pub name: &'static str,
    /// What it does.
    pub handle: NodeHandle,
}

impl NodeHandler {
    /// A handler whose question and answer are JSON; `state` is what it works on. A question that cannot be read is refused
    /// (`NOD-0400`).
    pub fn json<S, Q, A, F>(name: &'static str, state: S, run: fn(S, Q) -> F) -> Self
    where
        S: Clone + Send + Sync + 'static,
        Q: DeserializeOwned + Send + 'static,
        A: Serialize,
        F: Future<Output = Result<A, PortError>> + Send + 'static,
    {
        let handle = move |_, body: Vec<u8>| -> BoxFuture<'static, Result<Vec<u8>, PortError>> {
            let state = state.clone();
            Box::pin(async move {
                let question = serde_json::from_slice(&body).map_err(|error| {
                    tracing::error!(%error, call = name, "a call of a node cannot be read");
                    UNREADABLE
                })?;
                let answer = run(state, question).await?;
                serde_json::to_vec(&answer).map_err(|_| UNREADABLE)
            })
        };
        Self { name, handle: Arc::new(handle) }
    }
}

/// What a capability has to do with nodes.
#[derive(Default, Clone)]
pub struct NodeParts {
    /// Sections that it publishes in the house, and applies on a node.
    pub sections: Vec<Arc<dyn Section>>,
    /// Calls of nodes that it answers in the house.
    pub handlers: Vec<NodeHandler>,
    /// On a node: kinds of outbox rows that are sent to the house.
    pub forwards: Vec<&'static str>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn json_handler_answers_what_it_can_read_and_refuses_the_rest() {
        let handler = NodeHandler::json("test.sum", 2_u32, |two, other: u32| async move { Ok(two + other) });
        let caller = NodeCaller { id: NodeId::new(), name: "gw-2".into() };
        let ask = |body: &str| (handler.handle)(caller.clone(), body.as_bytes().to_vec());
        assert_eq!(ask("3").await, Ok(b"5".to_vec()));
        for wrong in ["", "three", "-1", "[3]"] {
            assert_eq!(ask(wrong).await, Err(UNREADABLE), "{wrong}");
        }
    }
}
