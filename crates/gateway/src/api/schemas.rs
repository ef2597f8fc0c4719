//! Descriptions of interfaces (接口描述).

use axum::extract::State;
use axum::http::StatusCode;
use medward_web::{ApiError, Json, Limit, Paged, Path, Query};
use serde::{Deserialize, Serialize};

use super::{Author, Said, Stored, page};
use crate::codes;
use crate::model::{Item, Kind, SchemaSpec};
use crate::service::Service;

/// The description of an interface.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(crate) struct ApiSchema {
    #[serde(flatten)]
    stored: Stored<SchemaSpec>,
    /// Operations that it describes; absent when it cannot be read.
    operations: Option<u64>,
}

/// A description as it is made.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ApiSchemaInput {
    /// Name.
    name: String,
    /// Whose interface it is, for people.
    #[serde(default)]
    description: String,
    /// OpenAPI 3.0 or 3.1, JSON or YAML, 5 MiB at most. Absent in a change: it stays.
    #[serde(default)]
    document: Option<String>,
    /// What its paths begin with, when that is not what it says itself.
    #[serde(default)]
    base_path: Option<String>,
}

/// A description with its document.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(crate) struct ApiSchemaDocument {
    /// As it was uploaded.
    document: String,
    /// What it describes.
    operations: Vec<ApiOperation>,
}

/// One call of an interface.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(crate) struct ApiOperation {
    /// Method.
    method: String,
    /// Path with its parameters, `/report/{id}`.
    path: String,
    /// What the document calls it.
    operation_id: Option<String>,
}

/// Descriptions, by id.
#[utoipa::path(get, path = "/api/v1/gateway/schemas", tag = "gateway", params(Limit), responses((status = 200, body = Paged<ApiSchema>)))]
pub(crate) async fn schema_list(
    State(service): State<Service>,
    Query(limit): Query<Limit>,
) -> Result<Json<Paged<ApiSchema>>, ApiError> {
    let written = service.standing().await?.written;
    let Paged { items, next_cursor } = page(written.schemas.values(), &limit, |item| item.id.clone());
    let items = items.into_iter().map(|item| told(&service, item.clone())).collect();
    Ok(Json(Paged { items, next_cursor }))
}

/// A description with its document and operations.
#[utoipa::path(get, path = "/api/v1/gateway/schemas/{id}", tag = "gateway", params(("id" = String, Path)), responses((status = 200, body = ApiSchemaDocument)))]
pub(crate) async fn schema_get(
    State(service): State<Service>,
    Path(id): Path<String>,
) -> Result<Json<ApiSchemaDocument>, ApiError> {
    let written = service.standing().await?.written;
    let unknown = || ApiError::new(codes::OBJECT_UNKNOWN, "there is no such description of an interface");
    let item = written.schemas.get(&id).ok_or_else(unknown)?;
    let text = service.document_text(&item.spec.document).await?.unwrap_or_default();
    let compiled = service.schemas().document(&item.spec).ok();
    let operations = compiled.iter().flat_map(|document| document.operations()).map(|info| ApiOperation {
        method: info.method.to_owned(),
        path: info.template.to_owned(),
        operation_id: info.operation_id.map(str::to_owned),
    });
    let operations = operations.collect();
    Ok(Json(ApiSchemaDocument { document: String::from_utf8_lossy(&text).into_owned(), operations }))
}

/// Uploads a description.
#[utoipa::path(post, path = "/api/v1/gateway/schemas", tag = "gateway", params(Said), request_body = ApiSchemaInput, responses((status = 201, body = ApiSchema)))]
pub(crate) async fn schema_create(
    State(service): State<Service>,
    author: Author,
    Query(said): Query<Said>,
    Json(input): Json<ApiSchemaInput>,
) -> Result<(StatusCode, Json<ApiSchema>), ApiError> {
    let spec = spec(&service, input, None).await?;
    let item = service.item_create(&spec, author.by(&said.reason)?).await?;
    Ok((StatusCode::CREATED, Json(told(&service, item))))
}

/// Replaces a description. Objects that are held against it follow at once.
#[utoipa::path(put, path = "/api/v1/gateway/schemas/{id}", tag = "gateway", params(("id" = String, Path), Said), request_body = ApiSchemaInput, responses((status = 200, body = ApiSchema)))]
pub(crate) async fn schema_update(
    State(service): State<Service>,
    author: Author,
    Path(id): Path<String>,
    Query(said): Query<Said>,
    Json(input): Json<ApiSchemaInput>,
) -> Result<Json<ApiSchema>, ApiError> {
    let written = service.standing().await?.written;
    let before = written.schemas.get(&id).map(|item| item.spec.document.clone());
    let spec = spec(&service, input, before).await?;
    let item = service.item_update(&id, &spec, said.generation, author.by(&said.reason)?).await?;
    Ok(Json(told(&service, item)))
}

/// Removes a description that no object is held against.
#[utoipa::path(delete, path = "/api/v1/gateway/schemas/{id}", tag = "gateway", params(("id" = String, Path), Said), responses((status = 204)))]
pub(crate) async fn schema_delete(
    State(service): State<Service>,
    author: Author,
    Path(id): Path<String>,
    Query(said): Query<Said>,
) -> Result<StatusCode, ApiError> {
    service.item_delete(Kind::Schema, &id, author.by(&said.reason)?).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What is to be stored; the document of `before` when it brings none.
async fn spec(service: &Service, input: ApiSchemaInput, before: Option<String>) -> Result<SchemaSpec, ApiError> {
    let ApiSchemaInput { name, description, document, base_path } = input;
    let base_path = base_path.filter(|path| !path.is_empty());
    let missing = || ApiError::new(codes::OBJECT_INVALID, "the document is missing").arg("field", "document");
    let document = match document {
        Some(text) => service.schema_store(&text, base_path.clone()).await?,
        None => before.ok_or_else(missing)?,
    };
    Ok(SchemaSpec { name: name.trim().to_owned(), description, document, base_path })
}

fn told(service: &Service, item: Item<SchemaSpec>) -> ApiSchema {
    let operations = service.schemas().document(&item.spec).ok().map(|document| document.operations().count() as u64);
    ApiSchema { operations, stored: item.into() }
}
