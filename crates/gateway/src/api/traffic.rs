//! Custom rules (自定义规则) and limits (限流).

use axum::extract::State;
use axum::http::StatusCode;
use medward_web::{ApiError, Json, Limit, Paged, Path, Query};
use serde::Serialize;

use super::{Author, Said, Stored, page};
use crate::change::ChangeError;
use crate::codes;
use crate::model::{Item, Kind, LimitSpec, RuleSpec, Written};
use crate::service::{Service, TrialError};
use crate::trial::RuleTrial;

/// A custom rule.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(crate) struct CustomRule {
    #[serde(flatten)]
    stored: Stored<RuleSpec>,
    /// What it belongs to; absent: it is for every object.
    scope: Option<Kind>,
    /// Name of that.
    scope_name: Option<String>,
}

/// A limit.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(crate) struct TrafficLimit {
    #[serde(flatten)]
    stored: Stored<LimitSpec>,
    /// What it belongs to; absent: it is for every object.
    scope: Option<Kind>,
    /// Name of that.
    scope_name: Option<String>,
}

/// Custom rules, by id.
#[utoipa::path(get, path = "/api/v1/gateway/rules", tag = "gateway", params(Limit), responses((status = 200, body = Paged<CustomRule>)))]
pub(crate) async fn rule_list(
    State(service): State<Service>,
    Query(limit): Query<Limit>,
) -> Result<Json<Paged<CustomRule>>, ApiError> {
    let written = service.standing().await?.written;
    let Paged { items, next_cursor } = page(written.rules.values().flatten(), &limit, |item| item.id.clone());
    let items = items.into_iter().map(|item| told_rule(item.clone(), &written)).collect();
    Ok(Json(Paged { items, next_cursor }))
}

/// Makes a custom rule. It is in force when this returns.
#[utoipa::path(post, path = "/api/v1/gateway/rules", tag = "gateway", params(Said), request_body = RuleSpec, responses((status = 201, body = CustomRule)))]
pub(crate) async fn rule_create(
    State(service): State<Service>,
    author: Author,
    Query(said): Query<Said>,
    Json(spec): Json<RuleSpec>,
) -> Result<(StatusCode, Json<CustomRule>), ApiError> {
    let written = service.standing().await?.written;
    scope_exists(spec.scope_id.as_deref(), &written)?;
    let spec = RuleSpec { name: spec.name.trim().to_owned(), ..spec };
    let item = service.item_create(&spec, author.by(&said.reason)?).await?;
    Ok((StatusCode::CREATED, Json(told_rule(item, &written))))
}

/// Replaces a custom rule.
#[utoipa::path(put, path = "/api/v1/gateway/rules/{id}", tag = "gateway", params(("id" = String, Path), Said), request_body = RuleSpec, responses((status = 200, body = CustomRule)))]
pub(crate) async fn rule_update(
    State(service): State<Service>,
    author: Author,
    Path(id): Path<String>,
    Query(said): Query<Said>,
    Json(spec): Json<RuleSpec>,
) -> Result<Json<CustomRule>, ApiError> {
    let written = service.standing().await?.written;
    scope_exists(spec.scope_id.as_deref(), &written)?;
    let spec = RuleSpec { name: spec.name.trim().to_owned(), ..spec };
    let item = service.item_update(&id, &spec, said.generation, author.by(&said.reason)?).await?;
    Ok(Json(told_rule(item, &written)))
}

/// Removes a custom rule.
#[utoipa::path(delete, path = "/api/v1/gateway/rules/{id}", tag = "gateway", params(("id" = String, Path), Said), responses((status = 204)))]
pub(crate) async fn rule_delete(
    State(service): State<Service>,
    author: Author,
    Path(id): Path<String>,
    Query(said): Query<Said>,
) -> Result<StatusCode, ApiError> {
    service.item_delete(Kind::Rule, &id, author.by(&said.reason)?).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What a rule would have met of the requests of the last 24 hours, before it is saved. Nothing is changed.
#[utoipa::path(post, path = "/api/v1/gateway/rules/test", tag = "gateway", request_body = RuleSpec, responses((status = 200, body = RuleTrial)))]
pub(crate) async fn rule_try(
    State(service): State<Service>,
    Json(spec): Json<RuleSpec>,
) -> Result<Json<RuleTrial>, ApiError> {
    scope_exists(spec.scope_id.as_deref(), &service.standing().await?.written)?;
    Ok(Json(service.rule_trial(spec).await?))
}

/// The same of a rule as it is saved.
#[utoipa::path(get, path = "/api/v1/gateway/rules/{id}/test", tag = "gateway", params(("id" = String, Path)), responses((status = 200, body = RuleTrial)))]
pub(crate) async fn rule_test(
    State(service): State<Service>,
    Path(id): Path<String>,
) -> Result<Json<RuleTrial>, ApiError> {
    let written = service.standing().await?.written;
    let rule = written.rules.values().flatten().find(|item| item.id == id);
    let spec = rule.map(|item| item.spec.clone()).ok_or(ChangeError::Unknown)?;
    Ok(Json(service.rule_trial(spec).await?))
}

impl From<TrialError> for ApiError {
    fn from(error: TrialError) -> Self {
        match error {
            TrialError::Change(error) => error.into(),
            TrialError::Log(error) => error.into(),
        }
    }
}

/// Limits, by id.
#[utoipa::path(get, path = "/api/v1/gateway/limits", tag = "gateway", params(Limit), responses((status = 200, body = Paged<TrafficLimit>)))]
pub(crate) async fn limit_list(
    State(service): State<Service>,
    Query(limit): Query<Limit>,
) -> Result<Json<Paged<TrafficLimit>>, ApiError> {
    let written = service.standing().await?.written;
    let Paged { items, next_cursor } = page(written.limits.values().flatten(), &limit, |item| item.id.clone());
    let items = items.into_iter().map(|item| told_limit(item.clone(), &written)).collect();
    Ok(Json(Paged { items, next_cursor }))
}

/// Makes a limit. It is in force when this returns.
#[utoipa::path(post, path = "/api/v1/gateway/limits", tag = "gateway", params(Said), request_body = LimitSpec, responses((status = 201, body = TrafficLimit)))]
pub(crate) async fn limit_create(
    State(service): State<Service>,
    author: Author,
    Query(said): Query<Said>,
    Json(spec): Json<LimitSpec>,
) -> Result<(StatusCode, Json<TrafficLimit>), ApiError> {
    let written = service.standing().await?.written;
    scope_exists(spec.scope_id.as_deref(), &written)?;
    let spec = LimitSpec { name: spec.name.trim().to_owned(), ..spec };
    let item = service.item_create(&spec, author.by(&said.reason)?).await?;
    Ok((StatusCode::CREATED, Json(told_limit(item, &written))))
}

/// Replaces a limit.
#[utoipa::path(put, path = "/api/v1/gateway/limits/{id}", tag = "gateway", params(("id" = String, Path), Said), request_body = LimitSpec, responses((status = 200, body = TrafficLimit)))]
pub(crate) async fn limit_update(
    State(service): State<Service>,
    author: Author,
    Path(id): Path<String>,
    Query(said): Query<Said>,
    Json(spec): Json<LimitSpec>,
) -> Result<Json<TrafficLimit>, ApiError> {
    let written = service.standing().await?.written;
    scope_exists(spec.scope_id.as_deref(), &written)?;
    let spec = LimitSpec { name: spec.name.trim().to_owned(), ..spec };
    let item = service.item_update(&id, &spec, said.generation, author.by(&said.reason)?).await?;
    Ok(Json(told_limit(item, &written)))
}

/// Removes a limit that no rule sends requests to.
#[utoipa::path(delete, path = "/api/v1/gateway/limits/{id}", tag = "gateway", params(("id" = String, Path), Said), responses((status = 204)))]
pub(crate) async fn limit_delete(
    State(service): State<Service>,
    author: Author,
    Path(id): Path<String>,
    Query(said): Query<Said>,
) -> Result<StatusCode, ApiError> {
    service.item_delete(Kind::Limit, &id, author.by(&said.reason)?).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn scope_exists(scope_id: Option<&str>, written: &Written) -> Result<(), ApiError> {
    if scope_id.is_none_or(|id| written.scope(id).is_some()) {
        return Ok(());
    }
    let detail = "scope_id names no object, group or template that exists";
    Err(ApiError::new(codes::OBJECT_INVALID, detail).arg("field", "scope_id"))
}

fn told_rule(item: Item<RuleSpec>, written: &Written) -> CustomRule {
    let (scope, name) = item.spec.scope_id.as_deref().and_then(|id| written.scope(id)).unzip();
    CustomRule { scope, scope_name: name.map(str::to_owned), stored: item.into() }
}

fn told_limit(item: Item<LimitSpec>, written: &Written) -> TrafficLimit {
    let (scope, name) = item.spec.scope_id.as_deref().and_then(|id| written.scope(id)).unzip();
    TrafficLimit { scope, scope_name: name.map(str::to_owned), stored: item.into() }
}
