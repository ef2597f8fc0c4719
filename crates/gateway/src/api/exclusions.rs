//! Exclusions (例外): where a rule does not count, and what that would let through.

use axum::extract::State;
use axum::http::StatusCode;
use medward_web::{ApiError, Json, Limit, Paged, Path, Query};
use serde::Serialize;

use super::{Author, Said, Stored, page};
use crate::codes;
use crate::model::{ExclusionSpec, Item, Kind, Written};
use crate::preview::Preview;
use crate::service::Service;

/// An exclusion from a rule.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(crate) struct RuleExclusion {
    #[serde(flatten)]
    stored: Stored<ExclusionSpec>,
    /// What it belongs to.
    scope: Option<Kind>,
    /// Name of that.
    scope_name: Option<String>,
    /// Whether it is over.
    is_over: bool,
}

/// Exclusions, by id.
#[utoipa::path(get, path = "/api/v1/gateway/exclusions", tag = "gateway", params(Limit), responses((status = 200, body = Paged<RuleExclusion>)))]
pub(crate) async fn exclusion_list(
    State(service): State<Service>,
    Query(limit): Query<Limit>,
) -> Result<Json<Paged<RuleExclusion>>, ApiError> {
    let written = service.standing().await?.written;
    let Paged { items, next_cursor } = page(written.exclusions.values().flatten(), &limit, |item| item.id.clone());
    let items = items.into_iter().map(|item| told(&service, item.clone(), &written)).collect();
    Ok(Json(Paged { items, next_cursor }))
}

/// Makes an exclusion. It is in force when this returns.
#[utoipa::path(post, path = "/api/v1/gateway/exclusions", tag = "gateway", request_body = ExclusionSpec, responses((status = 201, body = RuleExclusion)))]
pub(crate) async fn exclusion_create(
    State(service): State<Service>,
    author: Author,
    Json(spec): Json<ExclusionSpec>,
) -> Result<(StatusCode, Json<RuleExclusion>), ApiError> {
    let written = service.standing().await?.written;
    let spec = named(spec, &written)?;
    let now = service.now();
    if spec.is_over(now) {
        let problem = ApiError::new(codes::OBJECT_INVALID, "expires_at lies in the past");
        return Err(problem.arg("field", "expires_at"));
    }
    let by = author.by(&spec.reason)?;
    // One that has ended is taken up again.
    let mut same = written.exclusions.values().flatten().filter(|item| item.spec.name == spec.name);
    let item = match same.find(|item| item.spec.is_over(now)) {
        Some(ended) => service.item_update(&ended.id, &spec, None, by).await?,
        None => service.item_create(&spec, by).await?,
    };
    Ok((StatusCode::CREATED, Json(told(&service, item, &written))))
}

/// Replaces an exclusion.
#[utoipa::path(put, path = "/api/v1/gateway/exclusions/{id}", tag = "gateway", params(("id" = String, Path), Said), request_body = ExclusionSpec, responses((status = 200, body = RuleExclusion)))]
pub(crate) async fn exclusion_update(
    State(service): State<Service>,
    author: Author,
    Path(id): Path<String>,
    Query(said): Query<Said>,
    Json(spec): Json<ExclusionSpec>,
) -> Result<Json<RuleExclusion>, ApiError> {
    let written = service.standing().await?.written;
    let spec = named(spec, &written)?;
    let item = service.item_update(&id, &spec, said.generation, author.by(&spec.reason)?).await?;
    Ok(Json(told(&service, item, &written)))
}

/// Removes an exclusion.
#[utoipa::path(delete, path = "/api/v1/gateway/exclusions/{id}", tag = "gateway", params(("id" = String, Path), Said), responses((status = 204)))]
pub(crate) async fn exclusion_delete(
    State(service): State<Service>,
    author: Author,
    Path(id): Path<String>,
    Query(said): Query<Said>,
) -> Result<StatusCode, ApiError> {
    service.item_delete(Kind::Exclusion, &id, author.by(&said.reason)?).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What an exclusion would let through, tried on the requests that were kept. Nothing is changed.
#[utoipa::path(post, path = "/api/v1/gateway/exclusions/preview", tag = "gateway", request_body = ExclusionSpec, responses((status = 200, body = Preview)))]
pub(crate) async fn exclusion_preview(
    State(service): State<Service>,
    Json(spec): Json<ExclusionSpec>,
) -> Result<Json<Preview>, ApiError> {
    // Whoever tries it may not know yet whether there is a reason.
    let spec = ExclusionSpec { reason: "preview".to_owned(), ..spec };
    let written = service.standing().await?.written;
    Ok(Json(service.exclusion_preview(&named(spec, &written)?).await?))
}

/// The exclusion with its name, when what it belongs to exists.
fn named(spec: ExclusionSpec, written: &Written) -> Result<ExclusionSpec, ApiError> {
    if written.scope(&spec.scope_id).is_none() {
        let detail = "scope_id names no object, group or template that exists";
        return Err(ApiError::new(codes::OBJECT_INVALID, detail).arg("field", "scope_id"));
    }
    Ok(spec.named())
}

fn told(service: &Service, item: Item<ExclusionSpec>, written: &Written) -> RuleExclusion {
    let scope = written.scope(&item.spec.scope_id);
    RuleExclusion {
        scope: scope.map(|(kind, _)| kind),
        scope_name: scope.map(|(_, name)| name.to_owned()),
        is_over: item.spec.is_over(service.now()),
        stored: item.into(),
    }
}
