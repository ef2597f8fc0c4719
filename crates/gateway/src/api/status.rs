//! State of the gateway on this node.

use axum::extract::State;
use data_encoding::HEXLOWER;
use medward_contract::Timestamp;
use medward_proxy::{MemberState, Totals};
use medward_web::Json;
use serde::Serialize;

use crate::compile::Judge;
use crate::model::{Policy, RuleSet};
use crate::region::RegionState;
use crate::service::Service;

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
    /// The database that countries are told by; absent: none is set.
    region_database: Option<RegionDatabaseStatus>,
    /// Holidays of time windows.
    holidays: HolidayStatus,
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
    /// Paranoia level at which objects ask for a CRS, when they say one.
    paranoia_level: Option<u8>,
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

/// The region database of this node.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(crate) struct RegionDatabaseStatus {
    /// Name of its file.
    file: String,
    /// What the database in force calls itself, `GeoLite2-City`; absent: none is in force, and no country is known.
    kind: Option<String>,
    /// When the database in force was made, µs.
    built_at: Option<i64>,
    /// How old it is, whole days.
    age_days: Option<u64>,
    /// When it was read, µs.
    read_at: Option<i64>,
    /// Why the file as it stands is not in force.
    error: Option<String>,
}

/// The list of holidays of this node.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(crate) struct HolidayStatus {
    /// Days in it.
    days: u64,
    /// The last of them, `2026-10-07`: how far the list reaches.
    last_day: Option<String>,
    /// Whether that has passed: windows that ask for holidays know of none any more.
    ran_out: bool,
}

/// Listeners, upstreams, policy generations and counts of this node.
#[utoipa::path(get, path = "/api/v1/gateway/status", tag = "gateway", responses((status = 200, body = GatewayStatus)))]
pub(crate) async fn gateway_status(State(service): State<Service>) -> Json<GatewayStatus> {
    let data_path = service.data_path();
    let loaded = service.loaded();
    let now = service.now();
    let Totals { connections, requests: requests_total, blocked: blocked_total } = data_path.totals();
    let listeners = data_path.bound().into_iter().map(|bound| ListenerStatus {
        name: bound.name,
        address: bound.address.to_string(),
        tls: bound.fingerprint.is_some(),
        fingerprint: bound.fingerprint,
    });
    let pools = data_path
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
                        checked_at: checked_at.map(Timestamp::as_micros),
                    }
                })
                .collect(),
        })
        .collect();
    Json(GatewayStatus {
        generation_running: loaded.running,
        generation_latest: loaded.latest,
        error: loaded.error,
        policies: policy_states(&service),
        listeners: listeners.collect(),
        pools,
        region_database: service.regions().state().map(|state| region_database(state, now)),
        holidays: HolidayStatus {
            days: service.holidays().len() as u64,
            last_day: service.holidays().last().map(String::from),
            ran_out: service.holidays().ran_out(now),
        },
        connections,
        requests_total,
        blocked_total,
    })
}

fn region_database(state: RegionState, now: Timestamp) -> RegionDatabaseStatus {
    let RegionState { file, in_force, complaint } = state;
    let age = in_force.as_ref().map(|in_force| now.since(in_force.built_at).as_secs() / 86_400);
    RegionDatabaseStatus {
        file,
        kind: in_force.as_ref().map(|in_force| in_force.kind.clone()),
        built_at: in_force.as_ref().map(|in_force| in_force.built_at.as_micros()),
        age_days: age,
        read_at: in_force.as_ref().map(|in_force| in_force.read_at.as_micros()),
        error: complaint,
    }
}

fn policy_states(service: &Service) -> Vec<PolicyState> {
    let state = |(rules, judge): (&RuleSet, &Judge)| {
        let (judged_by, program) = judge.engine.policy();
        PolicyState {
            policy: rules.policy,
            paranoia_level: rules.levels.paranoia,
            objects: judge.objects,
            judged_by: judged_by.0,
            program: HEXLOWER.encode(&program),
            error: service.engines().complaint(*rules),
        }
    };
    service.judges().iter().map(state).collect()
}
