//! What changed in the policy, when and by whom, and the way back.

use axum::extract::State;
use medward_web::{ApiError, Json, Limit, Paged, Query};
use serde::{Deserialize, Serialize};

use super::Author;
use crate::codes;
use crate::import::Imported;
use crate::model::{Kind, PolicyFile};
use crate::service::Service;
use crate::store::ChangeRow;

/// One change of one item.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(crate) struct PolicyChange {
    /// Generation that it made.
    generation: i64,
    /// The item.
    item_id: String,
    /// What the item is.
    kind: Option<Kind>,
    /// Its name after the change, or the last one it had.
    name: String,
    /// What it said before; absent when it was made.
    before: Option<serde_json::Value>,
    /// What it says since; absent when it was removed.
    after: Option<serde_json::Value>,
    /// Login of who did it.
    author: String,
    /// Why, in the author's words.
    reason: String,
    /// Record of it in the audit trail.
    audit_id: String,
    /// When, µs.
    at: i64,
}

impl From<ChangeRow> for PolicyChange {
    fn from(row: ChangeRow) -> Self {
        let json = |body: Option<String>| body.map(|body| serde_json::from_str(&body).unwrap_or(body.into()));
        Self {
            generation: row.generation,
            kind: Kind::from_word(&row.kind),
            item_id: row.item_id,
            name: row.name,
            before: json(row.body_before),
            after: json(row.body_after),
            author: row.author,
            reason: row.reason,
            audit_id: row.audit_id,
            at: row.at,
        }
    }
}

/// Which changes are wanted.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
pub(crate) struct Wanted {
    /// Only those of this item.
    item: Option<String>,
    /// Where the page before ended.
    cursor: Option<String>,
    /// Rows of a page, 1 to 500.
    limit: Option<u32>,
}

/// Where to go back to.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RollbackInput {
    /// The policy is made what it was when this generation was the newest.
    generation: i64,
    /// Only this item of it.
    #[serde(default)]
    item: Option<String>,
    /// Why, for the history.
    #[serde(default)]
    reason: String,
}

/// What came of it.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(crate) struct RolledBack {
    /// The generation that was made.
    generation: i64,
}

/// Changes of the policy, newest first.
#[utoipa::path(get, path = "/api/v1/gateway/policy/changes", tag = "gateway", params(Wanted), responses((status = 200, body = Paged<PolicyChange>)))]
pub(crate) async fn change_list(
    State(service): State<Service>,
    Query(wanted): Query<Wanted>,
) -> Result<Json<Paged<PolicyChange>>, ApiError> {
    let limit = Limit { cursor: wanted.cursor, limit: wanted.limit };
    let rows = limit.rows();
    let before = match limit.cursor.as_deref() {
        None => (i64::MAX, String::new()),
        Some(cursor) => cursor_read(cursor)?,
    };
    let fetch = i64::from(rows) + 1;
    let changes = service.change_list((before.0, &before.1), wanted.item.as_deref(), fetch).await?;
    let items = changes.into_iter().map(PolicyChange::from).collect();
    Ok(Json(Paged::of(items, rows, |change| format!("{}:{}", change.generation, change.item_id))))
}

fn cursor_read(cursor: &str) -> Result<(i64, String), ApiError> {
    let parts = cursor.split_once(':').and_then(|(generation, id)| Some((generation.parse().ok()?, id.to_owned())));
    parts.ok_or_else(|| ApiError::new(codes::OBJECT_INVALID, "the cursor is none of ours").arg("field", "cursor"))
}

/// Takes the policy, or one item of it, back to an earlier generation, as a new one.
#[utoipa::path(post, path = "/api/v1/gateway/policy/rollback", tag = "gateway", request_body = RollbackInput, responses((status = 200, body = RolledBack)))]
pub(crate) async fn policy_rollback(
    State(service): State<Service>,
    author: Author,
    Json(input): Json<RollbackInput>,
) -> Result<Json<RolledBack>, ApiError> {
    let by = author.by(&input.reason)?;
    let generation = service.rollback(input.generation, input.item.as_deref(), by).await?;
    Ok(Json(RolledBack { generation }))
}

/// What to import.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ImportInput {
    /// Items, by name.
    policy: PolicyFile,
    /// Says what would be done, and does nothing.
    #[serde(default)]
    dry_run: bool,
    /// Why, for the history.
    #[serde(default)]
    reason: String,
}

/// The stored policy as a file.
#[utoipa::path(get, path = "/api/v1/gateway/policy/export", tag = "gateway", responses((status = 200, body = PolicyFile)))]
pub(crate) async fn policy_export(State(service): State<Service>) -> Result<Json<PolicyFile>, ApiError> {
    Ok(Json(service.export().await?))
}

/// Lays a file over the policy: items are matched by name, made or replaced, never removed. All of it, or nothing.
#[utoipa::path(post, path = "/api/v1/gateway/policy/import", tag = "gateway", request_body = ImportInput, responses((status = 200, body = Imported)))]
pub(crate) async fn policy_import(
    State(service): State<Service>,
    author: Author,
    Json(input): Json<ImportInput>,
) -> Result<Json<Imported>, ApiError> {
    let by = author.by(&input.reason)?;
    Ok(Json(service.import(&input.policy, input.dry_run, by).await?))
}
