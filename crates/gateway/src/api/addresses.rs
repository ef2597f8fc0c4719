//! Groups of addresses (地址组).

use axum::extract::State;
use axum::http::StatusCode;
use medward_contract::Timestamp;
use medward_web::{ApiError, Json, Limit, Paged, Path, Query};
use serde::{Deserialize, Serialize};

use super::{Author, Said, Stored, page};
use crate::codes;
use crate::model::{AddressGroupSpec, AddressUse, Item, Kind};
use crate::service::Service;

/// A group of addresses.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(crate) struct AddressGroup {
    #[serde(flatten)]
    stored: Stored<AddressGroupSpec>,
    /// Entries, before overlapping ones were merged; absent when there is no list yet.
    entries: Option<u64>,
    /// When the file was read, µs.
    read_at: Option<Timestamp>,
    /// Why the file as it stands is not in force.
    complaint: Option<String>,
}

/// A group of addresses as it is made.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AddressGroupInput {
    /// Name by which rules know it, and in events.
    name: String,
    /// Whose addresses these are, for people.
    #[serde(default)]
    description: String,
    /// What it is for.
    #[serde(default)]
    purpose: AddressUse,
    /// One address, block or range `a-b` a line, `#` begins a comment. Absent in a change: they stay.
    #[serde(default)]
    entries: Option<String>,
    /// Name of a file in `gateway/address-lists` of the data directory instead.
    #[serde(default)]
    file: Option<String>,
}

/// The entries of a group.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(crate) struct AddressEntries {
    /// As they were uploaded.
    entries: String,
}

/// Groups of addresses, by id.
#[utoipa::path(get, path = "/api/v1/gateway/address-groups", tag = "gateway", params(Limit), responses((status = 200, body = Paged<AddressGroup>)))]
pub(crate) async fn address_group_list(
    State(service): State<Service>,
    Query(limit): Query<Limit>,
) -> Result<Json<Paged<AddressGroup>>, ApiError> {
    let written = service.standing().await?.written;
    let Paged { items, next_cursor } = page(written.addresses.values(), &limit, |item| item.id.clone());
    let items = items.into_iter().map(|item| told(&service, item.clone())).collect();
    Ok(Json(Paged { items, next_cursor }))
}

/// The entries of a group as they were uploaded.
#[utoipa::path(get, path = "/api/v1/gateway/address-groups/{id}/entries", tag = "gateway", params(("id" = String, Path)), responses((status = 200, body = AddressEntries)))]
pub(crate) async fn address_group_entries(
    State(service): State<Service>,
    Path(id): Path<String>,
) -> Result<Json<AddressEntries>, ApiError> {
    let written = service.standing().await?.written;
    let unknown = || ApiError::new(codes::OBJECT_UNKNOWN, "there is no such group of addresses");
    let group = written.addresses.get(&id).ok_or_else(unknown)?;
    let text = match &group.spec.list {
        Some(digest) => service.document_text(digest).await?.unwrap_or_default(),
        None => Vec::new(),
    };
    Ok(Json(AddressEntries { entries: String::from_utf8_lossy(&text).into_owned() }))
}

/// Makes a group of addresses.
#[utoipa::path(post, path = "/api/v1/gateway/address-groups", tag = "gateway", params(Said), request_body = AddressGroupInput, responses((status = 201, body = AddressGroup)))]
pub(crate) async fn address_group_create(
    State(service): State<Service>,
    author: Author,
    Query(said): Query<Said>,
    Json(input): Json<AddressGroupInput>,
) -> Result<(StatusCode, Json<AddressGroup>), ApiError> {
    let spec = spec(&service, input, None).await?;
    let item = service.item_create(&spec, author.by(&said.reason)?).await?;
    Ok((StatusCode::CREATED, Json(told(&service, item))))
}

/// Replaces a group of addresses. What names it follows at once.
#[utoipa::path(put, path = "/api/v1/gateway/address-groups/{id}", tag = "gateway", params(("id" = String, Path), Said), request_body = AddressGroupInput, responses((status = 200, body = AddressGroup)))]
pub(crate) async fn address_group_update(
    State(service): State<Service>,
    author: Author,
    Path(id): Path<String>,
    Query(said): Query<Said>,
    Json(input): Json<AddressGroupInput>,
) -> Result<Json<AddressGroup>, ApiError> {
    let written = service.standing().await?.written;
    let before = written.addresses.get(&id).and_then(|item| item.spec.list.clone());
    let spec = spec(&service, input, before).await?;
    let item = service.item_update(&id, &spec, said.generation, author.by(&said.reason)?).await?;
    Ok(Json(told(&service, item)))
}

/// Removes a group of addresses that no rule names.
#[utoipa::path(delete, path = "/api/v1/gateway/address-groups/{id}", tag = "gateway", params(("id" = String, Path), Said), responses((status = 204)))]
pub(crate) async fn address_group_delete(
    State(service): State<Service>,
    author: Author,
    Path(id): Path<String>,
    Query(said): Query<Said>,
) -> Result<StatusCode, ApiError> {
    service.item_delete(Kind::Addresses, &id, author.by(&said.reason)?).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What is to be stored; the entries of `before` when it names none.
async fn spec(
    service: &Service,
    input: AddressGroupInput,
    before: Option<String>,
) -> Result<AddressGroupSpec, ApiError> {
    let AddressGroupInput { name, description, purpose, entries, file } = input;
    let file = file.filter(|file| !file.is_empty());
    let list = match (&entries, &file) {
        (Some(entries), _) => Some(service.list_store(entries).await?),
        (None, Some(_)) => None,
        (None, None) => before,
    };
    Ok(AddressGroupSpec { name: name.trim().to_owned(), description, purpose, list, file })
}

fn told(service: &Service, item: Item<AddressGroupSpec>) -> AddressGroup {
    let state = service.lists().state(&item.spec);
    AddressGroup {
        entries: state.entries.map(|entries| entries as u64),
        read_at: state.read_at,
        complaint: state.complaint,
        stored: item.into(),
    }
}
