//! Guards (应用准入), and who is signed in to the applications behind them (优先级与会话).

use axum::extract::State;
use axum::http::StatusCode;
use medward_contract::Timestamp;
use medward_contract::id::{AccountId, SessionId};
use medward_web::{ApiError, Change, Json, Limit, Paged, Path, Query};
use serde::{Deserialize, Serialize};

use super::{Author, Said, Stored, page};
use crate::access::{EndError, Guarded};
use crate::codes;
use crate::model::{GuardSpec, Kind};
use crate::service::Service;

/// Guards, by id.
#[utoipa::path(get, path = "/api/v1/gateway/guards", tag = "gateway", params(Limit), responses((status = 200, body = Paged<Stored<GuardSpec>>)))]
pub(crate) async fn guard_list(
    State(service): State<Service>,
    Query(limit): Query<Limit>,
) -> Result<Json<Paged<Stored<GuardSpec>>>, ApiError> {
    let written = service.standing().await?.written;
    let Paged { items, next_cursor } = page(written.guards.values(), &limit, |item| item.id.clone());
    Ok(Json(Paged { items: items.into_iter().map(|item| item.clone().into()).collect(), next_cursor }))
}

/// Makes a guard. Objects use it by `settings.guard_id`.
#[utoipa::path(post, path = "/api/v1/gateway/guards", tag = "gateway", params(Said), request_body = GuardSpec, responses((status = 201, body = Stored<GuardSpec>)))]
pub(crate) async fn guard_create(
    State(service): State<Service>,
    author: Author,
    Query(said): Query<Said>,
    Json(spec): Json<GuardSpec>,
) -> Result<(StatusCode, Json<Stored<GuardSpec>>), ApiError> {
    let spec = GuardSpec { name: spec.name.trim().to_owned(), ..spec };
    let item = service.item_create(&spec, author.by(&said.reason)?).await?;
    Ok((StatusCode::CREATED, Json(item.into())))
}

/// Replaces a guard. Living sessions are held against it at once.
#[utoipa::path(put, path = "/api/v1/gateway/guards/{id}", tag = "gateway", params(("id" = String, Path), Said), request_body = GuardSpec, responses((status = 200, body = Stored<GuardSpec>)))]
pub(crate) async fn guard_update(
    State(service): State<Service>,
    author: Author,
    Path(id): Path<String>,
    Query(said): Query<Said>,
    Json(spec): Json<GuardSpec>,
) -> Result<Json<Stored<GuardSpec>>, ApiError> {
    let spec = GuardSpec { name: spec.name.trim().to_owned(), ..spec };
    let item = service.item_update(&id, &spec, said.generation, author.by(&said.reason)?).await?;
    Ok(Json(item.into()))
}

/// Removes a guard that no object uses.
#[utoipa::path(delete, path = "/api/v1/gateway/guards/{id}", tag = "gateway", params(("id" = String, Path), Said), responses((status = 204)))]
pub(crate) async fn guard_delete(
    State(service): State<Service>,
    author: Author,
    Path(id): Path<String>,
    Query(said): Query<Said>,
) -> Result<StatusCode, ApiError> {
    service.item_delete(Kind::Guard, &id, author.by(&said.reason)?).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Somebody who is signed in to a guarded application.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(crate) struct GuardedSession {
    /// Its id, not its secret.
    id: SessionId,
    /// Name of the application.
    application: String,
    /// Whose it is.
    account_id: AccountId,
    /// Login name.
    login: String,
    /// The person's name.
    name: String,
    /// Priority class, 0 before 9.
    priority: u8,
    /// From where it was opened.
    source_ip: String,
    /// By which browser.
    user_agent: String,
    /// When, µs.
    created_at: Timestamp,
    /// Last activity, µs.
    last_seen_at: Timestamp,
    /// When it ends if nothing more happens, µs.
    idle_ends_at: Timestamp,
    /// When it ends in any case, µs.
    absolute_ends_at: Timestamp,
}

/// Which sessions are wanted.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
pub(crate) struct Wanted {
    /// Only those whose login, name, application or address holds this.
    text: String,
    /// Where the page before ended.
    cursor: Option<String>,
    /// Rows of a page, 1 to 500.
    limit: Option<u32>,
}

/// Living sessions of guarded applications, oldest first.
#[utoipa::path(get, path = "/api/v1/gateway/sessions", tag = "gateway", params(Wanted), responses((status = 200, body = Paged<GuardedSession>)))]
pub(crate) async fn guarded_session_list(
    State(guarded): State<Guarded>,
    Query(wanted): Query<Wanted>,
) -> Result<Json<Paged<GuardedSession>>, ApiError> {
    let applications = guarded.applications();
    let told = |session: std::sync::Arc<medward_access::Session>| {
        let used = applications.get(&session.application)?;
        let subject = session.subject();
        let (idle_ends_at, absolute_ends_at) = session.ends_at(&used.policy);
        Some(GuardedSession {
            id: session.id,
            application: used.name.to_string(),
            account_id: session.account,
            login: subject.login.clone(),
            name: subject.name.clone(),
            priority: subject.priority.number(),
            source_ip: session.address.to_string(),
            user_agent: session.user_agent.clone(),
            created_at: session.created_at,
            last_seen_at: session.last_seen_at(),
            idle_ends_at,
            absolute_ends_at,
        })
    };
    let text = wanted.text.trim().to_lowercase();
    let matches = |session: &GuardedSession| {
        let fields = [&session.login, &session.name, &session.application, &session.source_ip];
        fields.into_iter().any(|field| field.to_lowercase().contains(&text))
    };
    let limit = Limit { cursor: wanted.cursor, limit: wanted.limit };
    let sessions = guarded.access().list().into_iter().filter_map(told).filter(matches);
    Ok(Json(page(sessions, &limit, |session| session.id.to_string())))
}

/// Ends a session of a guarded application.
#[utoipa::path(delete, path = "/api/v1/gateway/sessions/{id}", tag = "gateway", params(("id" = String, Path)), responses((status = 204)))]
pub(crate) async fn guarded_session_end(
    State(guarded): State<Guarded>,
    Change(change): Change,
    Path(id): Path<String>,
) -> Result<StatusCode, ApiError> {
    let id = id.parse().map_err(|_| ApiError::from(EndError::Unknown))?;
    guarded.kill(id, &change).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// How a guarded application fares.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(crate) struct GuardedApplication {
    /// Name, that of its object.
    name: String,
    /// Id of its guard.
    guard_id: String,
    /// Name of its guard.
    guard: String,
    /// Living sessions.
    sessions: u32,
    /// How many there may be now.
    max_sessions: u32,
    /// Requests of the last minute; absent when they were too few to say.
    requests: Option<u32>,
    /// 95 of 100 answers began within this, ms.
    p95_ms: Option<u64>,
    /// Of a million requests, so many failed.
    error_ppm: Option<u32>,
    /// The lowest priority class that is let in; 9 is everybody.
    admits_up_to: u8,
}

/// Guarded applications and how they fare on this node.
#[utoipa::path(get, path = "/api/v1/gateway/applications", tag = "gateway", params(Limit), responses((status = 200, body = Paged<GuardedApplication>)))]
pub(crate) async fn guarded_application_list(
    State(guarded): State<Guarded>,
    Query(limit): Query<Limit>,
) -> Result<Json<Paged<GuardedApplication>>, ApiError> {
    let told = guarded.applications().into_iter().map(|(id, used)| {
        let state = guarded.access().state(&used);
        let told = GuardedApplication {
            name: used.name.to_string(),
            guard_id: used.policy.id.to_string(),
            guard: used.policy.name.to_string(),
            sessions: state.sessions,
            max_sessions: state.max_sessions,
            requests: state.sample.map(|sample| sample.requests),
            p95_ms: state.sample.and_then(|sample| u64::try_from(sample.p95.as_millis()).ok()),
            error_ppm: state.sample.map(|sample| sample.error_ppm),
            admits_up_to: state.admits_up_to,
        };
        (id, told)
    });
    let Paged { items, next_cursor } = page(told, &limit, |(id, _)| id.to_string());
    Ok(Json(Paged { items: items.into_iter().map(|(_, told)| told).collect(), next_cursor }))
}

impl From<EndError> for ApiError {
    fn from(error: EndError) -> Self {
        match error {
            EndError::Unknown => Self::new(codes::SESSION_UNKNOWN, error.to_string()),
            EndError::Store(error) => error.into(),
        }
    }
}
