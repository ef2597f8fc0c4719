//! Groups of protected objects (对象组) and templates of settings (策略模板).

use axum::extract::State;
use axum::http::StatusCode;
use medward_web::{ApiError, Json, Limit, Paged, Path, Query};
use serde::Serialize;

use super::{Author, Said, Stored, page};
use crate::model::{GroupSpec, Item, Kind, TemplateSpec};
use crate::service::Service;

/// A group of protected objects (对象组).
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(crate) struct ObjectGroup {
    #[serde(flatten)]
    stored: Stored<GroupSpec>,
    /// Name of the template it uses.
    template: Option<String>,
    /// Objects that belong to it.
    objects: u64,
}

/// A template of settings (策略模板).
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(crate) struct PolicyTemplate {
    #[serde(flatten)]
    stored: Stored<TemplateSpec>,
    /// Groups that use it.
    groups: u64,
}

/// Groups, by id.
#[utoipa::path(get, path = "/api/v1/gateway/groups", tag = "gateway", params(Limit), responses((status = 200, body = Paged<ObjectGroup>)))]
pub(crate) async fn group_list(
    State(service): State<Service>,
    Query(limit): Query<Limit>,
) -> Result<Json<Paged<ObjectGroup>>, ApiError> {
    let written = service.standing().await?.written;
    let told = |item: &Item<GroupSpec>| {
        let belongs = |id: &Option<String>| id.as_deref() == Some(item.id.as_str());
        ObjectGroup {
            template: written.template_of(&item.spec).map(|template| template.spec.name.clone()),
            objects: written.objects.iter().filter(|object| belongs(&object.spec.group_id)).count() as u64,
            stored: item.clone().into(),
        }
    };
    Ok(Json(page(written.groups.values().map(told), &limit, |group| group.stored.id.clone())))
}

/// Makes a group.
#[utoipa::path(post, path = "/api/v1/gateway/groups", tag = "gateway", params(Said), request_body = GroupSpec, responses((status = 201, body = Stored<GroupSpec>)))]
pub(crate) async fn group_create(
    State(service): State<Service>,
    author: Author,
    Query(said): Query<Said>,
    Json(spec): Json<GroupSpec>,
) -> Result<(StatusCode, Json<Stored<GroupSpec>>), ApiError> {
    let spec = GroupSpec { name: spec.name.trim().to_owned(), ..spec };
    let item = service.item_create(&spec, author.by(&said.reason)?).await?;
    Ok((StatusCode::CREATED, Json(item.into())))
}

/// Replaces a group. Its objects follow at once.
#[utoipa::path(put, path = "/api/v1/gateway/groups/{id}", tag = "gateway", params(("id" = String, Path), Said), request_body = GroupSpec, responses((status = 200, body = Stored<GroupSpec>)))]
pub(crate) async fn group_update(
    State(service): State<Service>,
    author: Author,
    Path(id): Path<String>,
    Query(said): Query<Said>,
    Json(spec): Json<GroupSpec>,
) -> Result<Json<Stored<GroupSpec>>, ApiError> {
    let spec = GroupSpec { name: spec.name.trim().to_owned(), ..spec };
    let by = author.by(&said.reason)?;
    Ok(Json(service.item_update(&id, &spec, said.generation, by).await?.into()))
}

/// Removes a group that no object belongs to.
#[utoipa::path(delete, path = "/api/v1/gateway/groups/{id}", tag = "gateway", params(("id" = String, Path), Said), responses((status = 204)))]
pub(crate) async fn group_delete(
    State(service): State<Service>,
    author: Author,
    Path(id): Path<String>,
    Query(said): Query<Said>,
) -> Result<StatusCode, ApiError> {
    service.item_delete(Kind::Group, &id, author.by(&said.reason)?).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Templates, by id.
#[utoipa::path(get, path = "/api/v1/gateway/templates", tag = "gateway", params(Limit), responses((status = 200, body = Paged<PolicyTemplate>)))]
pub(crate) async fn template_list(
    State(service): State<Service>,
    Query(limit): Query<Limit>,
) -> Result<Json<Paged<PolicyTemplate>>, ApiError> {
    let written = service.standing().await?.written;
    let told = |item: &Item<TemplateSpec>| {
        let uses = |id: &Option<String>| id.as_deref() == Some(item.id.as_str());
        let groups = written.groups.values().filter(|group| uses(&group.spec.template_id)).count() as u64;
        PolicyTemplate { stored: item.clone().into(), groups }
    };
    Ok(Json(page(written.templates.values().map(told), &limit, |template| template.stored.id.clone())))
}

/// Makes a template.
#[utoipa::path(post, path = "/api/v1/gateway/templates", tag = "gateway", params(Said), request_body = TemplateSpec, responses((status = 201, body = Stored<TemplateSpec>)))]
pub(crate) async fn template_create(
    State(service): State<Service>,
    author: Author,
    Query(said): Query<Said>,
    Json(spec): Json<TemplateSpec>,
) -> Result<(StatusCode, Json<Stored<TemplateSpec>>), ApiError> {
    let spec = TemplateSpec { name: spec.name.trim().to_owned(), ..spec };
    let item = service.item_create(&spec, author.by(&said.reason)?).await?;
    Ok((StatusCode::CREATED, Json(item.into())))
}

/// Replaces a template. Every object of every group that uses it follows at once.
#[utoipa::path(put, path = "/api/v1/gateway/templates/{id}", tag = "gateway", params(("id" = String, Path), Said), request_body = TemplateSpec, responses((status = 200, body = Stored<TemplateSpec>)))]
pub(crate) async fn template_update(
    State(service): State<Service>,
    author: Author,
    Path(id): Path<String>,
    Query(said): Query<Said>,
    Json(spec): Json<TemplateSpec>,
) -> Result<Json<Stored<TemplateSpec>>, ApiError> {
    let spec = TemplateSpec { name: spec.name.trim().to_owned(), ..spec };
    let by = author.by(&said.reason)?;
    Ok(Json(service.item_update(&id, &spec, said.generation, by).await?.into()))
}

/// Removes a template that no group uses.
#[utoipa::path(delete, path = "/api/v1/gateway/templates/{id}", tag = "gateway", params(("id" = String, Path), Said), responses((status = 204)))]
pub(crate) async fn template_delete(
    State(service): State<Service>,
    author: Author,
    Path(id): Path<String>,
    Query(said): Query<Said>,
) -> Result<StatusCode, ApiError> {
    service.item_delete(Kind::Template, &id, author.by(&said.reason)?).await?;
    Ok(StatusCode::NO_CONTENT)
}
