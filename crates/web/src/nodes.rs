//! Remote nodes in the console: who there is, who is invited, who is not let in any more.

use axum::extract::State;
use axum::http::StatusCode;
use medward_contract::Timestamp;
use medward_kernel::nodes::{NodeFacts, NodeReport, NodesError};
use serde::{Deserialize, Serialize};

use crate::codes;
use crate::extract::{Caller, Change, Json, Path};
use crate::problem::ApiError;
use crate::system::System;

/// A node that says nothing for this long is called silent: it says something every minute.
const SILENT_AFTER: std::time::Duration = std::time::Duration::from_mins(3);

/// A remote node.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(crate) struct SystemNode {
    /// Its id.
    id: String,
    /// What people call it.
    name: String,
    /// `online`, `silent` or `revoked`.
    state: &'static str,
    /// When it came, µs.
    enrolled_at: Timestamp,
    /// When it said something last, µs.
    seen_at: Option<Timestamp>,
    /// When it was revoked, µs.
    revoked_at: Option<Timestamp>,
    /// What it said.
    report: Option<NodeReport>,
}

/// Every remote node of this house.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(crate) struct SystemNodes {
    /// Whether this house has a listener for nodes.
    listening: bool,
    /// Oldest first.
    items: Vec<SystemNode>,
}

/// Whom to invite.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NodeInvite {
    /// What people will call it.
    name: String,
}

/// An invitation, shown once.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(crate) struct NodeInvited {
    /// To be typed at the node within a day: `medward node enrol …`.
    invitation: String,
}

/// Remote nodes.
#[utoipa::path(get, path = "/api/v1/system/nodes", tag = "system", responses((status = 200, body = SystemNodes)))]
pub(crate) async fn node_list(State(system): State<System>) -> Result<Json<SystemNodes>, ApiError> {
    let listening = !system.kit.config.nodes.listen.is_empty();
    let facts = match &system.nodes {
        Some(nodes) => nodes.list().await?,
        None => Vec::new(),
    };
    let now = system.kit.clock.now();
    Ok(Json(SystemNodes { listening, items: facts.into_iter().map(|one| told(one, now)).collect() }))
}

/// Invites a node.
#[utoipa::path(post, path = "/api/v1/system/nodes", tag = "system", request_body = NodeInvite, responses((status = 201, body = NodeInvited)))]
pub(crate) async fn node_invite(
    State(system): State<System>,
    Caller(caller): Caller,
    Change(change): Change,
    Json(input): Json<NodeInvite>,
) -> Result<(StatusCode, Json<NodeInvited>), ApiError> {
    let nodes = system.nodes.as_ref().ok_or_else(unavailable)?;
    let invitation = nodes.registry().invite(input.name.trim(), &caller.login, &change).await?;
    Ok((StatusCode::CREATED, Json(NodeInvited { invitation: invitation.text().expose().clone() })))
}

/// Lets a node in no more.
#[utoipa::path(delete, path = "/api/v1/system/nodes/{id}", tag = "system", params(("id" = String, Path)), responses((status = 204)))]
pub(crate) async fn node_revoke(
    State(system): State<System>,
    Change(change): Change,
    Path(id): Path<String>,
) -> Result<StatusCode, ApiError> {
    system.nodes.as_ref().ok_or_else(unavailable)?.revoke(&id, &change).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn unavailable() -> ApiError {
    ApiError::new(codes::UNAVAILABLE, "this program keeps no nodes")
}

fn told(facts: NodeFacts, now: Timestamp) -> SystemNode {
    let NodeFacts { id, name, enrolled_at, revoked_at, seen_at, report } = facts;
    let heard = seen_at.is_some_and(|seen| now.since(seen) < SILENT_AFTER);
    let state = match (revoked_at, heard) {
        (Some(_), _) => "revoked",
        (None, true) => "online",
        (None, false) => "silent",
    };
    SystemNode { id, name, state, enrolled_at, seen_at, revoked_at, report }
}

impl From<NodesError> for ApiError {
    fn from(error: NodesError) -> Self {
        match error {
            NodesError::Store(error) => error.into(),
            NodesError::Unknown => Self::new(codes::NOT_FOUND, error.to_string()),
            NodesError::Name | NodesError::NameTaken => {
                Self::new(codes::UNPROCESSABLE, error.to_string()).arg("field", "name")
            }
            error => {
                tracing::error!(error = medward_kernel::supervisor::with_sources(&error), "a change of nodes failed");
                Self::new(codes::INTERNAL, "the change of nodes failed")
            }
        }
    }
}
