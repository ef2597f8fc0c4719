//! Presets for the usual businesses (业务预置).

use axum::extract::State;
use medward_web::{ApiError, Json, Path, Query};
use serde::Serialize;

use super::{Author, Said};
use crate::codes;
use crate::import::Imported;
use crate::model::PolicyFile;
use crate::preset::{ALL, Preset};
use crate::service::Service;

/// A preset.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(crate) struct BusinessPreset {
    /// Word by which it is laid over the policy.
    scenario: &'static str,
    /// What people call it.
    zh: &'static str,
    /// The same in English.
    en: &'static str,
    /// What it would make.
    policy: PolicyFile,
}

/// All presets.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(crate) struct BusinessPresets {
    /// In the order of the contracts.
    items: Vec<BusinessPreset>,
}

/// Presets of the usual businesses: booking, queries, payment, report access, AI.
#[utoipa::path(get, path = "/api/v1/gateway/presets", tag = "gateway", responses((status = 200, body = BusinessPresets)))]
pub(crate) async fn preset_list() -> Json<BusinessPresets> {
    let told = |preset: Preset| {
        let Preset { scenario, zh, en, .. } = preset;
        BusinessPreset { scenario, zh, en, policy: preset.file() }
    };
    Json(BusinessPresets { items: ALL.into_iter().map(told).collect() })
}

/// Lays a preset over the policy: a template that observes, with limits and rules, to be edited and used by groups. What has been
/// made of it before is put back as it was.
#[utoipa::path(post, path = "/api/v1/gateway/presets/{scenario}", tag = "gateway", params(("scenario" = String, Path), Said), responses((status = 200, body = Imported)))]
pub(crate) async fn preset_apply(
    State(service): State<Service>,
    author: Author,
    Path(scenario): Path<String>,
    Query(said): Query<Said>,
) -> Result<Json<Imported>, ApiError> {
    let unknown = || ApiError::new(codes::OBJECT_UNKNOWN, "there is no such preset");
    let preset = Preset::of(&scenario).ok_or_else(unknown)?;
    let by = author.by(&said.reason)?;
    Ok(Json(service.import(&preset.file(), false, by).await?))
}
