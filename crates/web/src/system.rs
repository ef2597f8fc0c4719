//! The kernel's own pages: running state and audit trail.

use axum::extract::State;
use axum::response::IntoResponse;
use medward_kernel::audit::AuditEntry;
use medward_kernel::capability::{Bound, PolicyStatus};
use medward_kernel::house::{AUDIT_READ, NODE_WRITE, SYSTEM_READ};
use medward_kernel::job::{JobStatus, Jobs};
use medward_kernel::nodes::NodeHouse;
use medward_kernel::permission::Permission;
use medward_kernel::status::{PhaseDone, StandIn};
use medward_kernel::supervisor::TaskStatus;
use medward_kernel::{AuditAction, Kit, Routes};
use serde::{Deserialize, Serialize};
use utoipa_axum::routes;

use crate::extract::{Json, Query};
use crate::paging::{Limit, Paged};
use crate::problem::ApiError;
use crate::{nodes, sse};

/// State of the system pages.
#[derive(Clone)]
pub struct System {
    /// The kit.
    pub kit: Kit,
    /// Jobs of this node; `None` while only the API document is made.
    pub jobs: Option<Jobs>,
    /// Remote nodes of this house.
    pub nodes: Option<NodeHouse>,
}

/// Routes of the kernel.
pub fn routes(system: System) -> Routes {
    Routes::new()
        .read(SYSTEM_READ, routes!(state_get))
        .read(AUDIT_READ, routes!(audit_list))
        .read(Permission::SIGNED_IN, routes!(stream_get))
        .read(SYSTEM_READ, routes!(nodes::node_list))
        .write(NODE_WRITE, AuditAction::new("system_node", "create"), routes!(nodes::node_invite))
        .write(NODE_WRITE, AuditAction::new("system_node", "remove"), routes!(nodes::node_revoke))
        .with_state(system)
}

/// Everything 运行状态 shows.
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct SystemState {
    /// Version of this program.
    version: &'static str,
    /// Name of this node.
    node: String,
    /// When it started, µs.
    started_at: medward_contract::Timestamp,
    /// Whether everything answers.
    ready: bool,
    /// Phases of the start.
    phases: Vec<PhaseDone>,
    /// Capabilities in this program.
    capabilities: Vec<CapabilityState>,
    /// What stands in for missing ones.
    stand_ins: Vec<StandInState>,
    /// Open sockets.
    listeners: Vec<Bound>,
    /// Long-running tasks.
    tasks: Vec<TaskStatus>,
    /// Living short tasks by group, for example connections.
    groups: Vec<GroupState>,
    /// Timed jobs.
    jobs: Vec<JobStatus>,
    /// Generations of policies.
    policies: Vec<PolicyStatus>,
    /// Facts that wait in the outbox, by kind.
    outbox: Vec<OutboxState>,
}

/// One capability.
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct CapabilityState {
    /// Its name.
    name: &'static str,
    /// `running` or `degraded`.
    state: &'static str,
    /// What is wrong.
    detail: String,
}

/// One stand-in.
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct StandInState {
    /// The missing capability.
    missing: &'static str,
    /// What that means, in Chinese.
    effect_zh: &'static str,
    /// What that means, in English.
    effect_en: &'static str,
}

/// One group of short tasks.
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct GroupState {
    /// Its name.
    name: String,
    /// Living tasks.
    living: usize,
}

/// Facts of one kind that wait for a consumer.
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct OutboxState {
    /// Kind, `alert.raised.v1`.
    kind: String,
    /// Waiting rows.
    waiting: i64,
    /// Of these, rows that a consumer refused at least once.
    failing: i64,
    /// Consumers that exist.
    consumers: i64,
}

impl From<StandIn> for StandInState {
    fn from(stand_in: StandIn) -> Self {
        Self { missing: stand_in.missing, effect_zh: stand_in.effect_zh, effect_en: stand_in.effect_en }
    }
}

/// State of this node.
#[utoipa::path(get, path = "/api/v1/system/state", tag = "system", responses((status = 200, body = SystemState)))]
async fn state_get(State(system): State<System>) -> Result<Json<SystemState>, ApiError> {
    let kit = &system.kit;
    let findings = kit.status.findings_by_capability().await;
    let capabilities = kit
        .status
        .capabilities()
        .into_iter()
        .map(|name| {
            let wrong: Vec<_> =
                findings.iter().filter(|(owner, _)| *owner == name).map(|(_, text)| text.as_str()).collect();
            CapabilityState {
                name,
                state: if wrong.is_empty() { "running" } else { "degraded" },
                detail: wrong.join("; "),
            }
        })
        .collect();
    let outbox = {
        let mut reader = kit.db.read().await?;
        medward_store::outbox_waiting(&mut reader).await?
    };
    Ok(Json(SystemState {
        version: env!("CARGO_PKG_VERSION"),
        node: kit.config.node.node_name.clone(),
        started_at: kit.status.started_at(),
        ready: kit.status.is_ready(),
        phases: kit.status.phases(),
        capabilities,
        stand_ins: kit.status.stand_in_list().into_iter().map(Into::into).collect(),
        listeners: kit.status.bound_list(),
        tasks: kit.supervisor.tasks(),
        groups: kit.supervisor.group_sizes().into_iter().map(|(name, living)| GroupState { name, living }).collect(),
        jobs: match &system.jobs {
            Some(jobs) => jobs.list().await?,
            None => Vec::new(),
        },
        policies: kit.policies.list(),
        outbox: outbox
            .into_iter()
            .map(|row| OutboxState {
                kind: row.kind,
                waiting: row.waiting,
                failing: row.failing,
                consumers: row.consumers,
            })
            .collect(),
    }))
}

/// The audit trail, newest first.
#[utoipa::path(get, path = "/api/v1/system/audit", tag = "system", params(Limit), responses((status = 200, body = Paged<AuditEntry>)))]
async fn audit_list(
    State(system): State<System>,
    Query(limit): Query<Limit>,
) -> Result<Json<Paged<AuditEntry>>, ApiError> {
    let rows = limit.rows();
    let entries = system.kit.audit.list(limit.cursor, rows + 1).await?;
    Ok(Json(Paged::of(entries, rows, |entry| entry.id.clone())))
}

/// Topics wanted.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
struct Topics {
    /// Comma-separated topics; all when absent.
    topics: Option<String>,
}

/// Hints that something changed, without content (`console.md` §6).
#[utoipa::path(get, path = "/api/v1/system/stream", tag = "system", params(Topics), responses((status = 200, description = "server-sent events", content_type = "text/event-stream")))]
async fn stream_get(
    State(system): State<System>,
    Query(topics): Query<Topics>,
    viewer: sse::Viewer,
) -> impl IntoResponse {
    use axum::response::sse::Event;
    use tokio::sync::broadcast::error::RecvError;

    let wanted: Option<Vec<String>> = topics.topics.map(|list| list.split(',').map(str::to_owned).collect());
    let hints = futures_util::stream::unfold(system.kit.hub.subscribe(), move |mut receiver| {
        let wanted = wanted.clone();
        async move {
            loop {
                match receiver.recv().await {
                    Ok(hint) if wanted.as_ref().is_none_or(|topics| topics.iter().any(|topic| topic == hint.topic)) => {
                        let data = serde_json::json!({ "id": hint.id, "rev": hint.number, "op": hint.op });
                        let event =
                            Event::default().id(hint.number.to_string()).event(hint.topic).data(data.to_string());
                        return Some((event, receiver));
                    }
                    Ok(_) => {}
                    Err(RecvError::Lagged(_)) => return Some((Event::default().event("reset").data("{}"), receiver)),
                    Err(RecvError::Closed) => return None,
                }
            }
        }
    });
    sse::stream(hints, viewer, system.kit.supervisor.stop_signals())
}
