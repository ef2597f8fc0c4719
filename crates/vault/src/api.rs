//! `/api/v1/vault/…`: thin handlers over [`Service`]. No route changes or removes a record (PACS-028).

mod tail;
mod views;

use std::sync::{Arc, OnceLock};

use medward_contract::event::{Stream, is_key};
use medward_contract::vault::RecordRef;
use medward_contract::{ErrorCode, PortError, Role, Timestamp};
use medward_kernel::permission::{Grant, Permission};
use medward_kernel::{AuditAction, Routes};
use medward_web::{ApiError, Caller, Json, Path, Query};
use serde::Deserialize;
use utoipa_axum::routes;

use crate::codes;
use crate::query::{Cursor, MAX_ROWS, TallyError, Target};
use crate::service::{Question, Service, VaultError};
use views::{
    BucketView, HistogramView, ItemView, ProofView, RecordDetail, SearchView, StreamList, TopView, VerifyBegun,
    VerifyView, search_view, stream_view, verify_view,
};

/// Searches and reads records, counts, proofs and states of streams.
pub(crate) const READ: Permission = Permission::new("vault.read");
/// Starts a verification.
pub(crate) const VERIFY: Permission = Permission::new("vault.verify");

/// Who holds which of them (`vault.md` §12).
pub(crate) const GRANTS: &[Grant] = &[
    Grant {
        permission: READ,
        roles: &[Role::Sysadmin, Role::Secadmin, Role::Auditadmin, Role::Operator, Role::Auditor],
        zh: "检索日志(系统管理员与运维员只见本人的管理、登录与存证记录)",
        en: "search logs (of administration, logins and the vault, sysadmins and operators see their own rows only)",
    },
    Grant { permission: VERIFY, roles: &[Role::Auditadmin], zh: "校验存证", en: "verify the vault" },
];

/// The service, once the vault is open.
pub(crate) type Late = Arc<OnceLock<Service>>;

/// Every route of the vault.
pub(crate) fn routes(service: Late) -> Routes {
    Routes::new()
        .read(READ, routes!(search_get))
        .read_by_post(READ, routes!(search_post))
        .read(READ, routes!(event_get))
        .read(READ, routes!(prove_get))
        .read(READ, routes!(histogram_get))
        .read(READ, routes!(top_get))
        .read(READ, routes!(stream_list))
        .read(READ, routes!(tail::tail_get))
        .read(READ, routes!(verify_get))
        .write(VERIFY, AuditAction::new("vault_verify", "create"), routes!(verify_post))
        .with_state(service)
}

pub(crate) type State = axum::extract::State<Late>;

pub(crate) fn service_of(late: &Late) -> Result<&Service, ApiError> {
    late.get().ok_or_else(|| PortError::Unavailable("the vault before it is open").into())
}

pub(crate) fn refused(error: VaultError) -> ApiError {
    let with = |code: ErrorCode, error: &VaultError| ApiError::new(code, error.to_string());
    match &error {
        VaultError::Syntax(syntax) => with(codes::QUERY_SYNTAX, &error)
            .arg("column", syntax.column.to_string())
            .arg("expected", syntax.expected.join(", ")),
        VaultError::Type(wrong) => with(codes::QUERY_TYPE, &error).arg("parameter", wrong.what.clone()),
        VaultError::Tally(TallyError::TooManyGroups) => with(codes::QUERY_GROUPS, &error),
        VaultError::Busy => with(codes::QUERY_BUSY, &error).retry_after(1),
        VaultError::NotFound => with(codes::NOT_FOUND, &error),
        VaultError::VerifyRunning => with(codes::VERIFY_RUNNING, &error),
        VaultError::Unprovable => with(codes::RECORDS_ALTERED, &error),
        VaultError::Tally(TallyError::Read(_)) | VaultError::Store(_) => ApiError::internal("read the vault", &error),
    }
}

fn wrong_form(parameter: &str, expected: &str) -> ApiError {
    ApiError::new(codes::QUERY_TYPE, format!("{parameter}: expected {expected}")).arg("parameter", parameter)
}

fn target_of(parameter: &str, name: &str) -> Result<Target, ApiError> {
    if is_key(name) { Ok(Target::of(name)) } else { Err(wrong_form(parameter, "the name of a field")) }
}

/// Parameters of every search.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct SearchParams {
    /// Query, `vault.md` §7; empty finds everything.
    #[serde(default)]
    q: String,
    /// From this moment, µs or RFC 3339.
    #[param(value_type = Option<i64>)]
    from: Option<Timestamp>,
    /// Before this moment, µs or RFC 3339. Without both and without `_time:` the last 24 hours are searched.
    #[param(value_type = Option<i64>)]
    to: Option<Timestamp>,
    /// Where the page begins; from `next_cursor`.
    cursor: Option<String>,
    /// Rows wanted, 1 to 10,000; default 100.
    limit: Option<usize>,
    /// Length of a time step of a histogram, µs; default one minute.
    step_us: Option<i64>,
    /// Field to split a histogram by.
    by: Option<String>,
    /// Field whose most frequent values are wanted.
    field: Option<String>,
}

impl SearchParams {
    fn question(&self, default_limit: usize) -> Result<Question, ApiError> {
        let after = match self.cursor.as_deref().filter(|cursor| !cursor.is_empty()).map(str::parse::<Cursor>) {
            Some(Err(_)) => return Err(wrong_form("cursor", "a next_cursor of an earlier page")),
            Some(Ok(after)) => Some(after),
            None => None,
        };
        let limit = self.limit.unwrap_or(default_limit).clamp(1, MAX_ROWS);
        Ok(Question { query: self.q.clone(), from: self.from, to: self.to, after, limit })
    }
}

/// A search as a body.
#[derive(Debug, Default, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SearchBody {
    /// Query with its pipes, `vault.md` §7; empty finds everything.
    #[serde(default)]
    q: String,
    /// From this moment, µs or RFC 3339.
    #[schema(value_type = Option<i64>)]
    from: Option<Timestamp>,
    /// Before this moment, µs or RFC 3339. Without both and without `_time:` the last 24 hours are searched.
    #[schema(value_type = Option<i64>)]
    to: Option<Timestamp>,
    /// Where the page begins; from `next_cursor`.
    cursor: Option<String>,
    /// Rows wanted, 1 to 10,000; default 100. A `limit` in the query comes first.
    limit: Option<usize>,
}

/// Finds records, newest first, or counts them.
#[utoipa::path(get, path = "/api/v1/vault/search", params(SearchParams), responses((status = 200, body = SearchView)))]
async fn search_get(
    Caller(caller): Caller,
    Query(params): Query<SearchParams>,
    axum::extract::State(late): State,
) -> Result<Json<SearchView>, ApiError> {
    let searched = service_of(&late)?.search(&caller, &params.question(100)?).await.map_err(refused)?;
    Ok(Json(search_view(&searched)))
}

/// The same, for queries that are too long for an address line or name a person. It is put on record as any search.
#[utoipa::path(post, path = "/api/v1/vault/search", request_body = SearchBody, responses((status = 200, body = SearchView)))]
async fn search_post(
    Caller(caller): Caller,
    axum::extract::State(late): State,
    Json(body): Json<SearchBody>,
) -> Result<Json<SearchView>, ApiError> {
    let SearchBody { q, from, to, cursor, limit } = body;
    let params = SearchParams { q, from, to, cursor, limit, ..SearchParams::default() };
    let searched = service_of(&late)?.search(&caller, &params.question(100)?).await.map_err(refused)?;
    Ok(Json(search_view(&searched)))
}

fn record_ref((stream, seq): (String, u64)) -> Result<RecordRef, ApiError> {
    let stream: Stream = stream.parse().map_err(|_| refused(VaultError::NotFound))?;
    Ok(RecordRef { stream, seq })
}

/// One record with its bytes.
#[utoipa::path(get, path = "/api/v1/vault/events/{stream}/{seq}", params(("stream" = String, Path), ("seq" = u64, Path)), responses((status = 200, body = RecordDetail)))]
async fn event_get(
    Caller(caller): Caller,
    Path(path): Path<(String, u64)>,
    axum::extract::State(late): State,
) -> Result<Json<RecordDetail>, ApiError> {
    let stored = service_of(&late)?.record(&caller, record_ref(path)?).await.map_err(refused)?;
    RecordDetail::of(&stored).map(Json).ok_or_else(|| refused(VaultError::NotFound))
}

/// Proof that a record stands in a signed checkpoint.
#[utoipa::path(get, path = "/api/v1/vault/prove/{stream}/{seq}", params(("stream" = String, Path), ("seq" = u64, Path)), responses((status = 200, body = ProofView)))]
async fn prove_get(
    Caller(caller): Caller,
    Path(path): Path<(String, u64)>,
    axum::extract::State(late): State,
) -> Result<Json<ProofView>, ApiError> {
    let (service, at) = (service_of(&late)?, record_ref(path)?);
    service.record(&caller, at).await.map_err(refused)?;
    let proven = service.prove_record(at).await.map_err(refused)?;
    Ok(Json(ProofView::of(&proven, &service.store().checkpointer().verifier())))
}

/// Matching records per time step.
#[utoipa::path(get, path = "/api/v1/vault/histogram", params(SearchParams), responses((status = 200, body = HistogramView)))]
async fn histogram_get(
    Caller(caller): Caller,
    Query(params): Query<SearchParams>,
    axum::extract::State(late): State,
) -> Result<Json<HistogramView>, ApiError> {
    let step_us = params.step_us.unwrap_or(60_000_000);
    if step_us < 1_000 {
        return Err(wrong_form("step_us", "at least 1000"));
    }
    let by = params.by.as_deref().map(|name| target_of("by", name)).transpose()?;
    let counted = service_of(&late)?.histogram(&caller, &params.question(1)?, step_us, by).await.map_err(refused)?;
    let bucket = |bucket: crate::query::Bucket| BucketView { at: bucket.at, counts: bucket.counts };
    Ok(Json(HistogramView { buckets: counted.buckets.into_iter().map(bucket).collect(), complete: counted.complete }))
}

/// Most frequent values of a field among matching records.
#[utoipa::path(get, path = "/api/v1/vault/top", params(SearchParams), responses((status = 200, body = TopView)))]
async fn top_get(
    Caller(caller): Caller,
    Query(params): Query<SearchParams>,
    axum::extract::State(late): State,
) -> Result<Json<TopView>, ApiError> {
    let name = params.field.as_deref().ok_or_else(|| wrong_form("field", "the name of a field"))?;
    let field = target_of("field", name)?;
    let top = service_of(&late)?.top_values(&caller, &params.question(10)?, field).await.map_err(refused)?;
    let items = top.items.into_iter().map(|(value, count)| ItemView { value, count }).collect();
    Ok(Json(TopView { items, total: top.total, complete: top.complete }))
}

/// Size, root and last checkpoint of every stream.
#[utoipa::path(get, path = "/api/v1/vault/streams", responses((status = 200, body = StreamList)))]
async fn stream_list(axum::extract::State(late): State) -> Result<Json<StreamList>, ApiError> {
    let service = service_of(&late)?;
    let site_vkey = service.store().checkpointer().verifier().to_string();
    Ok(Json(StreamList { items: service.streams().iter().map(stream_view).collect(), next_cursor: None, site_vkey }))
}

/// Verifies the whole vault in the background.
#[utoipa::path(post, path = "/api/v1/vault/verify", responses((status = 200, body = VerifyBegun)))]
async fn verify_post(
    medward_web::Change(change): medward_web::Change,
    axum::extract::State(late): State,
) -> Result<Json<VerifyBegun>, ApiError> {
    service_of(&late)?.verify_start().map_err(refused)?;
    Ok(Json(VerifyBegun { id: change.id().to_string() }))
}

/// The running or last verification.
#[utoipa::path(get, path = "/api/v1/vault/verify", responses((status = 200, body = VerifyView)))]
async fn verify_get(axum::extract::State(late): State) -> Result<Json<VerifyView>, ApiError> {
    Ok(Json(verify_view(&service_of(&late)?.verify_status())))
}
