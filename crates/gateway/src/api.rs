//! `/api/v1/gateway/…`: thin handlers over [`Service`]. Whoever may write policy (the security administrator) operates
//! nothing; everybody who runs systems may read it.

use axum::extract::State;
use axum::http::StatusCode;
use medward_contract::Role;
use medward_kernel::permission::{Grant, Permission};
use medward_kernel::{AuditAction, Routes};
use medward_web::{ApiError, Change, Json, Limit, Paged, Path, Query};
use serde::{Deserialize, Serialize};
use utoipa_axum::routes;

use crate::codes;
use crate::event::hex;
use crate::gateway::Gateway;
use crate::model::{Mode, ObjectSpec, OnError, Origin, Policy};
use crate::service::{ChangeError, Service};
use crate::upstream::MemberState;

/// Reads protected objects.
pub(crate) const OBJECT_READ: Permission = Permission::new("gateway.object.read");
/// Changes protected objects.
pub(crate) const OBJECT_WRITE: Permission = Permission::new("gateway.object.write");
/// Reads the state of the gateway.
pub(crate) const STATUS_READ: Permission = Permission::new("gateway.status.read");

const READERS: &[Role] = &[Role::Sysadmin, Role::Secadmin, Role::Auditadmin, Role::Operator, Role::Auditor];

/// Who holds which of them.
pub(crate) const GRANTS: &[Grant] = &[
    Grant { permission: OBJECT_READ, roles: READERS, zh: "查看防护对象", en: "read protected objects" },
    Grant {
        permission: OBJECT_WRITE, roles: &[Role::Secadmin], zh: "修改防护对象", en: "change protected objects"
    },
    Grant { permission: STATUS_READ, roles: READERS, zh: "查看网关状态", en: "read the state of the gateway" },
];

/// The routes of this capability.
pub(crate) fn routes(service: Service) -> Routes {
    let action = |verb| AuditAction::new("gateway_object", verb);
    Routes::new()
        .read(OBJECT_READ, routes!(object_list))
        .write(OBJECT_WRITE, action("create"), routes!(object_create))
        .write(OBJECT_WRITE, action("update"), routes!(object_update))
        .write(OBJECT_WRITE, action("remove"), routes!(object_delete))
        .write(OBJECT_WRITE, action("update"), routes!(object_mode))
        .read(STATUS_READ, routes!(gateway_status))
        .with_state(service)
}

/// A protected object (防护对象).
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(crate) struct ProtectedObject {
    /// UUIDv7, or `file:<name>`.
    id: String,
    /// Name in events.
    name: String,
    /// Exact names, `*.example.org`, or `*`.
    hosts: Vec<String>,
    /// Path prefix on segment boundaries.
    path_prefix: String,
    /// Addresses of the protected system.
    upstreams: Vec<String>,
    /// How it reacts.
    mode: Mode,
    /// By which rules it is judged.
    policy: Policy,
    /// What happens when the engine fails.
    on_error: OnError,
    /// How much of a body is held back and inspected; 0 is the default of the content type.
    inspect_limit_bytes: u64,
    /// Path of health checks; a TCP connection is enough when absent.
    health_path: Option<String>,
    /// Policy in which it was changed last.
    generation: i64,
    /// Where it is written down; those of files cannot be changed here.
    source: Origin,
}

impl From<ObjectSpec> for ProtectedObject {
    fn from(spec: ObjectSpec) -> Self {
        Self {
            id: spec.id,
            name: spec.name,
            hosts: spec.hosts,
            path_prefix: spec.path_prefix,
            upstreams: spec.upstreams,
            mode: spec.mode,
            policy: spec.policy,
            on_error: spec.on_error,
            inspect_limit_bytes: spec.inspect_limit_bytes.unwrap_or(0),
            health_path: spec.health_path,
            generation: spec.generation,
            source: spec.origin,
        }
    }
}

/// What a caller may say about an object.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ProtectedObjectInput {
    name: String,
    hosts: Vec<String>,
    #[serde(default = "root")]
    path_prefix: String,
    upstreams: Vec<String>,
    #[serde(default)]
    mode: Mode,
    /// `crs` needs an OWASP CRS on the gateway's machine.
    #[serde(default)]
    policy: Policy,
    #[serde(default)]
    on_error: OnError,
    /// 0 or absent: the default of the content type.
    #[serde(default)]
    inspect_limit_bytes: u64,
    #[serde(default)]
    health_path: Option<String>,
    /// Generation the caller has seen: a change made by somebody else meanwhile is then refused, not overwritten.
    #[serde(default)]
    generation: Option<i64>,
}

fn root() -> String {
    "/".to_owned()
}

impl ProtectedObjectInput {
    fn spec(self) -> ObjectSpec {
        ObjectSpec {
            id: String::new(),
            name: self.name.trim().to_owned(),
            hosts: self.hosts,
            path_prefix: self.path_prefix,
            upstreams: self.upstreams,
            mode: self.mode,
            policy: self.policy,
            on_error: self.on_error,
            inspect_limit_bytes: (self.inspect_limit_bytes > 0).then_some(self.inspect_limit_bytes),
            health_path: self.health_path.filter(|path| !path.is_empty()),
            generation: 0,
            origin: Origin::Policy,
        }
    }
}

/// A new mode.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ModeInput {
    mode: Mode,
}

/// Protected objects, by id.
#[utoipa::path(get, path = "/api/v1/gateway/objects", tag = "gateway", params(Limit), responses((status = 200, body = Paged<ProtectedObject>)))]
pub(crate) async fn object_list(
    State(service): State<Service>,
    Query(page): Query<Limit>,
) -> Result<Json<Paged<ProtectedObject>>, ApiError> {
    let mut objects = service.object_list().await?;
    objects.sort_by(|one, other| one.id.cmp(&other.id));
    let after = page.cursor.as_deref().unwrap_or("");
    let rows = page.rows();
    let fetched = objects.into_iter().filter(|object| object.id.as_str() > after).take(rows as usize + 1);
    let items: Vec<ProtectedObject> = fetched.map(Into::into).collect();
    Ok(Json(Paged::of(items, rows, |object| object.id.clone())))
}

/// Makes a protected object. It is in force when this returns.
#[utoipa::path(post, path = "/api/v1/gateway/objects", tag = "gateway", request_body = ProtectedObjectInput, responses((status = 201, body = ProtectedObject)))]
pub(crate) async fn object_create(
    State(service): State<Service>,
    Change(change): Change,
    Json(input): Json<ProtectedObjectInput>,
) -> Result<(StatusCode, Json<ProtectedObject>), ApiError> {
    let object = service.object_create(input.spec(), &change).await?;
    Ok((StatusCode::CREATED, Json(object.into())))
}

/// Replaces a protected object.
#[utoipa::path(put, path = "/api/v1/gateway/objects/{id}", tag = "gateway", params(("id" = String, Path)), request_body = ProtectedObjectInput, responses((status = 200, body = ProtectedObject)))]
pub(crate) async fn object_update(
    State(service): State<Service>,
    Change(change): Change,
    Path(id): Path<String>,
    Json(input): Json<ProtectedObjectInput>,
) -> Result<Json<ProtectedObject>, ApiError> {
    let seen = input.generation;
    Ok(Json(service.object_update(&id, input.spec(), seen, &change).await?.into()))
}

/// Removes a protected object.
#[utoipa::path(delete, path = "/api/v1/gateway/objects/{id}", tag = "gateway", params(("id" = String, Path)), responses((status = 204)))]
pub(crate) async fn object_delete(
    State(service): State<Service>,
    Change(change): Change,
    Path(id): Path<String>,
) -> Result<StatusCode, ApiError> {
    service.object_delete(&id, &change).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Changes how an object reacts.
#[utoipa::path(post, path = "/api/v1/gateway/objects/{id}/mode", tag = "gateway", params(("id" = String, Path)), request_body = ModeInput, responses((status = 200, body = ProtectedObject)))]
pub(crate) async fn object_mode(
    State(service): State<Service>,
    Change(change): Change,
    Path(id): Path<String>,
    Json(input): Json<ModeInput>,
) -> Result<Json<ProtectedObject>, ApiError> {
    Ok(Json(service.object_set_mode(&id, input.mode, &change).await?.into()))
}

/// State of the gateway on this node.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(crate) struct GatewayStatus {
    /// Policy in force.
    generation_running: i64,
    /// Newest policy.
    generation_latest: i64,
    /// Why the newest is not in force.
    error: Option<String>,
    /// Detection policies that objects ask for.
    policies: Vec<PolicyState>,
    /// Open listeners.
    listeners: Vec<ListenerStatus>,
    /// Upstreams by object.
    pools: Vec<PoolStatus>,
    /// Open client connections.
    connections: i64,
    /// Requests answered since the start.
    requests_total: u64,
    /// Requests blocked as attacks since the start.
    blocked_total: u64,
}

/// A detection policy in use.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(crate) struct PolicyState {
    policy: Policy,
    /// Objects that ask for it.
    objects: u64,
    /// The rules that judge them: those of another policy when this one does not run.
    judged_by: String,
    /// Fingerprint of those rules, as `waf.program` in events.
    program: String,
    /// Why its newest rules are not in force.
    error: Option<String>,
}

/// An open listener.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(crate) struct ListenerStatus {
    name: String,
    address: String,
    tls: bool,
    /// SHA-256 of the certificate, `AB:CD:…`.
    fingerprint: Option<String>,
}

/// The upstreams of one object.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(crate) struct PoolStatus {
    /// Name of the object.
    object: String,
    members: Vec<PoolMember>,
}

/// One upstream.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(crate) struct PoolMember {
    url: String,
    state: MemberState,
    last_error: Option<String>,
    /// When it was checked last, µs.
    checked_at: Option<i64>,
}

/// Listeners, upstreams, policy generations and counts of this node.
#[utoipa::path(get, path = "/api/v1/gateway/status", tag = "gateway", responses((status = 200, body = GatewayStatus)))]
pub(crate) async fn gateway_status(State(service): State<Service>) -> Json<GatewayStatus> {
    let gateway = service.gateway();
    let loaded = service.loaded();
    let now = gateway.clock.now();
    let (connections, requests_total, blocked_total) = gateway.reporter.metrics.totals();
    let listeners = gateway.bound().into_iter().map(|bound| ListenerStatus {
        name: bound.name,
        address: bound.address.to_string(),
        tls: bound.fingerprint.is_some(),
        fingerprint: bound.fingerprint,
    });
    let pools = gateway
        .snapshot()
        .objects()
        .iter()
        .map(|object| PoolStatus {
            object: object.name.to_string(),
            members: object
                .pool
                .members()
                .iter()
                .map(|member| {
                    let (last_error, checked_at) = member.last_check();
                    PoolMember {
                        url: member.address().to_string(),
                        state: member.state(now),
                        last_error,
                        checked_at: checked_at.map(medward_contract::Timestamp::as_micros),
                    }
                })
                .collect(),
        })
        .collect();
    Json(GatewayStatus {
        generation_running: loaded.running,
        generation_latest: loaded.latest,
        error: loaded.error,
        policies: policy_states(gateway),
        listeners: listeners.collect(),
        pools,
        connections,
        requests_total,
        blocked_total,
    })
}

fn policy_states(gateway: &Gateway) -> Vec<PolicyState> {
    let mut states: Vec<PolicyState> = Vec::new();
    for object in gateway.snapshot().objects() {
        if let Some(state) = states.iter_mut().find(|state| state.policy == object.policy) {
            state.objects += 1;
            continue;
        }
        let (judged_by, program) = object.engine.policy();
        let error = gateway.engines.complaint(object.policy);
        let program = hex(&program);
        states.push(PolicyState { policy: object.policy, objects: 1, judged_by: judged_by.0, program, error });
    }
    states.sort_by_key(|state| state.policy);
    states
}

impl From<ChangeError> for ApiError {
    fn from(error: ChangeError) -> Self {
        let code = match &error {
            ChangeError::Store(_) => None,
            ChangeError::Unknown => Some(codes::OBJECT_UNKNOWN),
            ChangeError::InFile => Some(codes::OBJECT_IN_FILE),
            ChangeError::Changed => Some(codes::OBJECT_CHANGED),
            ChangeError::Policy(_) => Some(codes::POLICY_UNUSABLE),
            ChangeError::Invalid(_) => Some(codes::OBJECT_INVALID),
        };
        let field = error.field();
        match (code, error) {
            (None, ChangeError::Store(error)) => error.into(),
            (code, error) => {
                let problem = Self::new(code.unwrap_or(codes::OBJECT_INVALID), error.to_string());
                match field {
                    Some(field) => problem.arg("field", field),
                    None => problem,
                }
            }
        }
    }
}
