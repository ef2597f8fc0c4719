//! Protected objects (防护对象), with what is in force for each and who says so.

use axum::extract::State;
use axum::http::StatusCode;
use medward_web::{ApiError, Json, Limit, Paged, Path, Query};
use serde::{Deserialize, Serialize};

use super::{Author, Said, page};
use crate::change::ChangeError;
use crate::codes;
use crate::engines::Engines;
use crate::model::{Effective, Item, Kind, Mode, ObjectSpec, Origin, Written};
use crate::service::Service;

/// Most objects that are changed at once.
const MAX_BULK: usize = 10_000;

/// A protected object (防护对象).
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(crate) struct ProtectedObject {
    /// UUIDv7, or `file:<name>`.
    id: String,
    /// Policy in which it was changed last.
    generation: i64,
    /// Where it is written down; those of files cannot be changed here.
    source: Origin,
    /// What it says.
    spec: ObjectSpec,
    /// Name of its group.
    group: Option<String>,
    /// Name of the template that its group uses.
    template: Option<String>,
    /// What is in force for it, and who says so.
    effective: Effective,
    /// Rules named there that the policy in use does not have: what is said of them has no effect.
    unknown_rules: Vec<String>,
}

impl ProtectedObject {
    fn of(item: Item<ObjectSpec>, written: &Written, engines: &Engines) -> Self {
        let group = written.group_of(&item.spec);
        let template = group.and_then(|group| written.template_of(&group.spec));
        let effective = written.effective(&item);
        let (engine, _) = engines.judging(effective.rule_set());
        let unknown = effective.named_rules().filter(|(_, rule)| !engine.knows(rule));
        Self {
            unknown_rules: unknown.map(|(key, _)| key.to_owned()).collect(),
            group: group.map(|group| group.spec.name.clone()),
            template: template.map(|template| template.spec.name.clone()),
            effective,
            id: item.id,
            generation: item.generation,
            source: item.origin,
            spec: item.spec,
        }
    }
}

/// A new mode.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ModeInput {
    mode: Mode,
}

/// A new mode for many objects.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct BulkModeInput {
    /// Ids of the objects.
    objects: Vec<String>,
    mode: Mode,
    /// Why, for the history.
    #[serde(default)]
    reason: String,
}

/// Which objects are wanted.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
pub(crate) struct Wanted {
    /// Part of a name, host or upstream; upper and lower case are the same.
    q: Option<String>,
    /// Id of their group.
    group: Option<String>,
    /// Mode that is in force.
    mode: Option<Mode>,
    /// Where the page begins; from `next_cursor`.
    cursor: Option<String>,
    /// Rows wanted, 1 to 500; default 50.
    limit: Option<u32>,
}

impl Wanted {
    fn covers(&self, item: &Item<ObjectSpec>, written: &Written) -> bool {
        let spec = &item.spec;
        let part = self.q.as_deref().unwrap_or_default().trim().to_lowercase();
        let has = |text: &String| text.to_lowercase().contains(&part);
        (part.is_empty() || has(&spec.name) || spec.hosts.iter().chain(&spec.upstreams).any(has))
            && self.group.as_deref().is_none_or(|group| spec.group_id.as_deref() == Some(group))
            && self.mode.is_none_or(|mode| written.effective(item).mode.value == mode)
    }
}

/// Protected objects, by id.
#[utoipa::path(get, path = "/api/v1/gateway/objects", tag = "gateway", params(Wanted), responses((status = 200, body = Paged<ProtectedObject>)))]
pub(crate) async fn object_list(
    State(service): State<Service>,
    Query(wanted): Query<Wanted>,
) -> Result<Json<Paged<ProtectedObject>>, ApiError> {
    let written = service.standing().await?.written;
    let covered = written.objects.iter().filter(|object| wanted.covers(object, &written));
    let limit = Limit { cursor: wanted.cursor.clone(), limit: wanted.limit };
    let Paged { items, next_cursor } = page(covered, &limit, |object| object.id.clone());
    let items = items.into_iter().map(|item| ProtectedObject::of(item.clone(), &written, service.engines())).collect();
    Ok(Json(Paged { items, next_cursor }))
}

/// One protected object.
#[utoipa::path(get, path = "/api/v1/gateway/objects/{id}", tag = "gateway", params(("id" = String, Path)), responses((status = 200, body = ProtectedObject)))]
pub(crate) async fn object_get(
    State(service): State<Service>,
    Path(id): Path<String>,
) -> Result<Json<ProtectedObject>, ApiError> {
    let written = service.standing().await?.written;
    let item = written.objects.iter().find(|object| object.id == id).cloned().ok_or(ChangeError::Unknown)?;
    Ok(Json(ProtectedObject::of(item, &written, service.engines())))
}

/// Makes a protected object. It is in force when this returns.
#[utoipa::path(post, path = "/api/v1/gateway/objects", tag = "gateway", params(Said), request_body = ObjectSpec, responses((status = 201, body = ProtectedObject)))]
pub(crate) async fn object_create(
    State(service): State<Service>,
    author: Author,
    Query(said): Query<Said>,
    Json(spec): Json<ObjectSpec>,
) -> Result<(StatusCode, Json<ProtectedObject>), ApiError> {
    let item = service.item_create(&trimmed(spec), author.by(&said.reason)?).await?;
    Ok((StatusCode::CREATED, Json(told(&service, item).await?)))
}

/// Replaces a protected object.
#[utoipa::path(put, path = "/api/v1/gateway/objects/{id}", tag = "gateway", params(("id" = String, Path), Said), request_body = ObjectSpec, responses((status = 200, body = ProtectedObject)))]
pub(crate) async fn object_update(
    State(service): State<Service>,
    author: Author,
    Path(id): Path<String>,
    Query(said): Query<Said>,
    Json(spec): Json<ObjectSpec>,
) -> Result<Json<ProtectedObject>, ApiError> {
    let by = author.by(&said.reason)?;
    let item = service.item_update(&id, &trimmed(spec), said.generation, by).await?;
    Ok(Json(told(&service, item).await?))
}

/// Removes a protected object.
#[utoipa::path(delete, path = "/api/v1/gateway/objects/{id}", tag = "gateway", params(("id" = String, Path), Said), responses((status = 204)))]
pub(crate) async fn object_delete(
    State(service): State<Service>,
    author: Author,
    Path(id): Path<String>,
    Query(said): Query<Said>,
) -> Result<StatusCode, ApiError> {
    service.item_delete(Kind::Object, &id, author.by(&said.reason)?).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Changes how an object reacts.
#[utoipa::path(post, path = "/api/v1/gateway/objects/{id}/mode", tag = "gateway", params(("id" = String, Path), Said), request_body = ModeInput, responses((status = 200, body = ProtectedObject)))]
pub(crate) async fn object_mode(
    State(service): State<Service>,
    author: Author,
    Path(id): Path<String>,
    Query(said): Query<Said>,
    Json(input): Json<ModeInput>,
) -> Result<Json<ProtectedObject>, ApiError> {
    let by = author.by(&said.reason)?;
    let items = service.object_set_mode(&[id], input.mode, by).await?;
    let item = items.into_iter().next().ok_or(ChangeError::Unknown)?;
    Ok(Json(told(&service, item).await?))
}

/// Changes how many objects react, all at once or none.
#[utoipa::path(post, path = "/api/v1/gateway/objects/bulk-mode", tag = "gateway", request_body = BulkModeInput, responses((status = 204)))]
pub(crate) async fn object_bulk_mode(
    State(service): State<Service>,
    author: Author,
    Json(input): Json<BulkModeInput>,
) -> Result<StatusCode, ApiError> {
    if input.objects.is_empty() || input.objects.len() > MAX_BULK {
        let detail = format!("name 1 to {MAX_BULK} objects");
        return Err(ApiError::new(codes::OBJECT_INVALID, detail).arg("field", "objects"));
    }
    service.object_set_mode(&input.objects, input.mode, author.by(&input.reason)?).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn trimmed(spec: ObjectSpec) -> ObjectSpec {
    let name = spec.name.trim().to_owned();
    ObjectSpec { name, health_path: spec.health_path.filter(|path| !path.is_empty()), ..spec }
}

async fn told(service: &Service, item: Item<ObjectSpec>) -> Result<ProtectedObject, ApiError> {
    let written = service.standing().await?.written;
    Ok(ProtectedObject::of(item, &written, service.engines()))
}
