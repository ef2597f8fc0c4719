//! Requests for approval: list, approve, refuse, withdraw. They are made by the capability whose change needs one.

use axum::extract::State;
use medward_contract::id::ApprovalId;
use medward_web::{ApiError, Caller, Change, Client, Json, Paged, Path, Query, codes};
use serde::Deserialize;

use super::Api;
use crate::service::{ApprovalListing, ApprovalView};

/// Which requests to list.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct ApprovalQuery {
    /// `open` (the caller may decide them), `own` or `decided`; default `open`.
    #[param(inline)]
    view: Option<ApprovalListing>,
    /// From `next_cursor`.
    cursor: Option<String>,
    /// Rows wanted, 1 to 200; default 50.
    limit: Option<u32>,
}

/// Requests for approval, newest first.
#[utoipa::path(get, path = "/api/v1/identity/approvals", tag = "identity", params(ApprovalQuery), responses((status = 200, body = Paged<ApprovalView>)))]
pub(super) async fn approval_list(
    State(api): State<Api>,
    Caller(caller): Caller,
    Query(query): Query<ApprovalQuery>,
) -> Result<Json<Paged<ApprovalView>>, ApiError> {
    let cursor = query.cursor.map(|text| text.parse::<ApprovalId>()).transpose();
    let cursor = cursor.map_err(|error| ApiError::new(codes::BAD_REQUEST, format!("cursor: {error}")))?;
    let (listing, limit) = (query.view.unwrap_or_default(), query.limit.unwrap_or(50));
    let page = api.service.approval_list(&caller, listing, cursor, limit).await;
    let page = page.map_err(|error| api.problem(error))?;
    Ok(Json(Paged { items: page.items, next_cursor: page.next_cursor }))
}

/// Approves somebody else's request. Needs the permission named in it, too.
#[utoipa::path(post, path = "/api/v1/identity/approvals/{id}/approve", tag = "identity", params(("id" = String, Path)), responses((status = 200, body = ApprovalView)))]
pub(super) async fn approval_approve(
    State(api): State<Api>,
    Caller(caller): Caller,
    Client(client): Client,
    Change(change): Change,
    Path(id): Path<ApprovalId>,
) -> Result<Json<ApprovalView>, ApiError> {
    let decided = api.service.approval_approve(&caller, id, &change, &client).await;
    Ok(Json(decided.map_err(|error| api.problem(error))?))
}

/// Why not.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct RefusalRequest {
    /// For the person who asked, 1 to 500 characters.
    reason: String,
}

/// Refuses somebody else's request. Needs the permission named in it, too.
#[utoipa::path(post, path = "/api/v1/identity/approvals/{id}/refuse", tag = "identity", params(("id" = String, Path)), request_body = RefusalRequest, responses((status = 200, body = ApprovalView)))]
pub(super) async fn approval_refuse(
    State(api): State<Api>,
    Caller(caller): Caller,
    Client(client): Client,
    Change(change): Change,
    Path(id): Path<ApprovalId>,
    Json(request): Json<RefusalRequest>,
) -> Result<Json<ApprovalView>, ApiError> {
    let decided = api.service.approval_refuse(&caller, id, &request.reason, &change, &client).await;
    Ok(Json(decided.map_err(|error| api.problem(error))?))
}

/// Withdraws one's own request, also after it was approved.
#[utoipa::path(delete, path = "/api/v1/identity/approvals/{id}", tag = "identity", params(("id" = String, Path)), responses((status = 200, body = ApprovalView)))]
pub(super) async fn approval_withdraw(
    State(api): State<Api>,
    Caller(caller): Caller,
    Client(client): Client,
    Change(change): Change,
    Path(id): Path<ApprovalId>,
) -> Result<Json<ApprovalView>, ApiError> {
    let withdrawn = api.service.approval_withdraw(&caller, id, &change, &client).await;
    Ok(Json(withdrawn.map_err(|error| api.problem(error))?))
}
