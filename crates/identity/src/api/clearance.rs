//! Clearances of accounts.

use axum::extract::State;
use medward_contract::id::AccountId;
use medward_web::{ApiError, Caller, Change, Client, Json, Path};

use super::Api;
use crate::service::{ClearanceView, WantedClearance};

/// What a person may read in applications, where they belong and who goes first.
#[utoipa::path(get, path = "/api/v1/identity/accounts/{id}/clearance", tag = "identity", params(("id" = String, Path)), responses((status = 200, body = ClearanceView)))]
pub(super) async fn clearance_get(
    State(api): State<Api>,
    Client(client): Client,
    Path(id): Path<AccountId>,
) -> Result<Json<ClearanceView>, ApiError> {
    let read = api.service.clearance_get(id, &client).await;
    Ok(Json(read.map_err(|error| api.problem(error))?))
}

/// Sets the clearance of somebody else.
#[utoipa::path(put, path = "/api/v1/identity/accounts/{id}/clearance", tag = "identity", params(("id" = String, Path)), request_body = WantedClearance, responses((status = 200, body = ClearanceView)))]
pub(super) async fn clearance_put(
    State(api): State<Api>,
    Caller(caller): Caller,
    Client(client): Client,
    Change(change): Change,
    Path(id): Path<AccountId>,
    Json(wanted): Json<WantedClearance>,
) -> Result<Json<ClearanceView>, ApiError> {
    let changed = api.service.clearance_set(&caller, id, &wanted, &change, &client).await;
    Ok(Json(changed.map_err(|error| api.problem(error))?))
}
