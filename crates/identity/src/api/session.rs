//! The own session, and the list of all.

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use medward_contract::id::{AccountId, SessionId};
use medward_contract::{Role, Timestamp};
use medward_web::{ApiError, Caller, Change, Client, Json, Paged, Path, cookie, csrf};
use serde::Serialize;

use super::Api;
use crate::service::SessionView;

/// Who is signed in.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(super) struct MeView {
    /// Account.
    #[schema(value_type = String)]
    account_id: AccountId,
    /// Login name.
    login: String,
    /// The person's name.
    name: String,
    /// Roles held.
    roles: Vec<Role>,
    /// Everything these roles may do.
    permissions: Vec<&'static str>,
    /// Value of `X-Medward-CSRF` for changing calls.
    csrf: String,
    /// When the session ends if nothing more happens, µs.
    idle_ends_at: Timestamp,
    /// When it ends in any case, µs.
    absolute_ends_at: Timestamp,
}

/// The caller's own session.
#[utoipa::path(get, path = "/api/v1/identity/me", tag = "identity", responses((status = 200, body = MeView)))]
pub(super) async fn me_get(
    State(api): State<Api>,
    Caller(caller): Caller,
    headers: HeaderMap,
) -> Result<Json<MeView>, ApiError> {
    let me = api.service.me(&caller).await.map_err(|error| api.problem(error))?;
    let secret = cookie::session_secret(&headers).unwrap_or_default();
    let permissions = api.matrix()?.of_roles(&caller.roles);
    Ok(Json(MeView {
        account_id: caller.account,
        login: caller.login,
        name: caller.name,
        roles: caller.roles,
        permissions,
        csrf: csrf::token(&api.keys, &secret),
        idle_ends_at: me.idle_ends_at,
        absolute_ends_at: me.absolute_ends_at,
    }))
}

/// Ends the own session.
#[utoipa::path(post, path = "/api/v1/identity/logout", tag = "identity", responses((status = 204)))]
pub(super) async fn logout_post(
    State(api): State<Api>,
    Caller(caller): Caller,
    Client(client): Client,
    Change(change): Change,
) -> Result<Response, ApiError> {
    api.service.logout(&caller, &change, &client).await.map_err(|error| api.problem(error))?;
    Ok((StatusCode::NO_CONTENT, [(header::SET_COOKIE, cookie::clear_session())]).into_response())
}

/// Living sessions, oldest first.
#[utoipa::path(get, path = "/api/v1/identity/sessions", tag = "identity", responses((status = 200, body = Paged<SessionView>)))]
pub(super) async fn session_list(
    State(api): State<Api>,
    Caller(caller): Caller,
) -> Result<Json<Paged<SessionView>>, ApiError> {
    let items = api.service.session_list(&caller).await.map_err(|error| api.problem(error))?;
    Ok(Json(Paged { items, next_cursor: None }))
}

/// Ends a session.
#[utoipa::path(delete, path = "/api/v1/identity/sessions/{id}", tag = "identity", params(("id" = String, Path)), responses((status = 204)))]
pub(super) async fn session_delete(
    State(api): State<Api>,
    Caller(caller): Caller,
    Client(client): Client,
    Change(change): Change,
    Path(id): Path<SessionId>,
) -> Result<StatusCode, ApiError> {
    api.service.session_kill(&caller, id, &change, &client).await.map_err(|error| api.problem(error))?;
    Ok(StatusCode::NO_CONTENT)
}
