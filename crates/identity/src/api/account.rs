//! Accounts, role grants, and the list of roles.

use axum::extract::State;
use axum::http::StatusCode;
use medward_contract::Role;
use medward_contract::id::AccountId;
use medward_crypto::Secret;
use medward_web::{ApiError, Caller, Change, Client, Json, Paged, Path, Query};
use serde::{Deserialize, Serialize};

use super::Api;
use crate::password::Password;
use crate::service::AccountView;

/// Which accounts to list.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct AccountQuery {
    /// From `next_cursor`.
    cursor: Option<String>,
    /// Rows wanted, 1 to 200; default 50.
    limit: Option<u32>,
    /// Part of a login name or name.
    q: Option<String>,
}

/// Accounts by login name.
#[utoipa::path(get, path = "/api/v1/identity/accounts", tag = "identity", params(AccountQuery), responses((status = 200, body = Paged<AccountView>)))]
pub(super) async fn account_list(
    State(api): State<Api>,
    Query(query): Query<AccountQuery>,
) -> Result<Json<Paged<AccountView>>, ApiError> {
    let (filter, limit) = (query.q.unwrap_or_default(), query.limit.unwrap_or(50));
    let page = api.service.account_list(query.cursor.as_deref(), &filter, limit).await;
    let page = page.map_err(|error| api.problem(error))?;
    Ok(Json(Paged { items: page.items, next_cursor: page.next_cursor }))
}

/// A new account.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct AccountRequest {
    /// Login name; never reused.
    login: String,
    /// The person's name.
    name: String,
    /// First password; changed at the first login.
    #[schema(value_type = String)]
    password: Secret<String>,
}

/// Creates an account: invited, without roles.
#[utoipa::path(post, path = "/api/v1/identity/accounts", tag = "identity", request_body = AccountRequest, responses((status = 201, body = AccountView)))]
pub(super) async fn account_post(
    State(api): State<Api>,
    Caller(caller): Caller,
    Change(change): Change,
    Json(request): Json<AccountRequest>,
) -> Result<(StatusCode, Json<AccountView>), ApiError> {
    let password = Password::from(&request.password);
    let created = api.service.account_create(&caller, &request.login, &request.name, &password, &change).await;
    Ok((StatusCode::CREATED, Json(created.map_err(|error| api.problem(error))?)))
}

macro_rules! account_acts {
    ($($(#[$doc:meta])* $name:ident = $path:literal, $act:ident;)+) => {$(
        $(#[$doc])*
        #[utoipa::path(post, path = $path, tag = "identity", params(("id" = String, Path)), responses((status = 200, body = AccountView)))]
        pub(super) async fn $name(
            State(api): State<Api>,
            Caller(caller): Caller,
            Client(client): Client,
            Change(change): Change,
            Path(id): Path<AccountId>,
        ) -> Result<Json<AccountView>, ApiError> {
            let changed = api.service.$act(&caller, id, &change, &client).await;
            Ok(Json(changed.map_err(|error| api.problem(error))?))
        }
    )+};
}

account_acts! {
    /// Lets an account log in.
    account_activate = "/api/v1/identity/accounts/{id}/activate", account_activate;
    /// Stops an account and ends its sessions.
    account_disable = "/api/v1/identity/accounts/{id}/disable", account_disable;
    /// Ends a lock before its time.
    account_unlock = "/api/v1/identity/accounts/{id}/unlock", account_unlock;
    /// Takes the second factor away; the next login enrols again.
    account_reset_factor = "/api/v1/identity/accounts/{id}/reset-factor", account_reset_factor;
}

/// A role to grant.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct GrantRequest {
    /// The role.
    role: Role,
}

/// Grants a role that excludes none held.
#[utoipa::path(post, path = "/api/v1/identity/accounts/{id}/grants", tag = "identity", params(("id" = String, Path)), request_body = GrantRequest, responses((status = 200, body = AccountView)))]
pub(super) async fn grant_post(
    State(api): State<Api>,
    Caller(caller): Caller,
    Client(client): Client,
    Change(change): Change,
    Path(id): Path<AccountId>,
    Json(request): Json<GrantRequest>,
) -> Result<Json<AccountView>, ApiError> {
    let changed = api.service.role_grant(&caller, id, request.role, &change, &client).await;
    Ok(Json(changed.map_err(|error| api.problem(error))?))
}

/// Revokes a role.
#[utoipa::path(delete, path = "/api/v1/identity/accounts/{id}/grants/{role}", tag = "identity", params(("id" = String, Path), ("role" = Role, Path)), responses((status = 200, body = AccountView)))]
pub(super) async fn grant_delete(
    State(api): State<Api>,
    Caller(caller): Caller,
    Client(client): Client,
    Change(change): Change,
    Path((id, role)): Path<(AccountId, Role)>,
) -> Result<Json<AccountView>, ApiError> {
    let changed = api.service.role_revoke(&caller, id, role, &change, &client).await;
    Ok(Json(changed.map_err(|error| api.problem(error))?))
}

/// The built-in roles.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(super) struct RoleList {
    /// In the order people read them.
    roles: Vec<RoleView>,
}

/// One built-in role.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(super) struct RoleView {
    /// Its name.
    role: Role,
    /// Its name in Chinese.
    zh: &'static str,
    /// Its name in English.
    en: &'static str,
    /// What it may do.
    permissions: Vec<&'static str>,
    /// Roles that may not stand beside it.
    excludes: Vec<Role>,
}

/// Roles with what they may do and what excludes them.
#[utoipa::path(get, path = "/api/v1/identity/roles", tag = "identity", responses((status = 200, body = RoleList)))]
pub(super) async fn role_list(State(api): State<Api>) -> Result<Json<RoleList>, ApiError> {
    let matrix = api.matrix()?;
    let view = |role: Role| {
        let (zh, en) = names(role);
        let excludes = Role::ALL.into_iter().filter(|other| role.excludes(*other)).collect();
        RoleView { role, zh, en, permissions: matrix.of_roles(&[role]), excludes }
    };
    Ok(Json(RoleList { roles: Role::ALL.into_iter().map(view).collect() }))
}

const fn names(role: Role) -> (&'static str, &'static str) {
    match role {
        Role::Sysadmin => ("系统管理员", "system administrator"),
        Role::Secadmin => ("安全管理员", "security administrator"),
        Role::Auditadmin => ("审计管理员", "audit administrator"),
        Role::Operator => ("运维员", "operator"),
        Role::Auditor => ("审计员", "auditor"),
        Role::Requester => ("报修人", "requester"),
        Role::Vendor => ("厂商", "vendor"),
    }
}
