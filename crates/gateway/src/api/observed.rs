//! The report of what would have been refused (观察报告).

use std::time::Duration;

use axum::extract::State;
use medward_contract::Timestamp;
use medward_contract::vault::Window;
use medward_web::{ApiError, Json, Query};
use serde::Deserialize;

use crate::codes;
use crate::observed::Observed;
use crate::service::Service;

/// What a report reads when nothing is said.
const DEFAULT_SPAN: Duration = Duration::from_hours(7 * 24);
/// Most that it reads.
const MAX_SPAN: Duration = Duration::from_hours(31 * 24);

/// Which time, and which object.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
pub(crate) struct Asked {
    /// First moment, µs or RFC 3339; seven days before the end when absent.
    #[param(value_type = Option<i64>)]
    from: Option<Timestamp>,
    /// First moment outside; now when absent.
    #[param(value_type = Option<i64>)]
    to: Option<Timestamp>,
    /// Name of one object.
    object: Option<String>,
}

/// What would have been refused, by object, rule and parameter.
#[utoipa::path(get, path = "/api/v1/gateway/observed", tag = "gateway", params(Asked), responses((status = 200, body = Observed)))]
pub(crate) async fn observed_report(
    State(service): State<Service>,
    Query(asked): Query<Asked>,
) -> Result<Json<Observed>, ApiError> {
    let to = asked.to.unwrap_or_else(|| service.now());
    let span = i64::try_from(DEFAULT_SPAN.as_micros()).unwrap_or(i64::MAX);
    let from = asked.from.unwrap_or_else(|| Timestamp::from_micros(to.as_micros().saturating_sub(span)));
    if to.since(from) > MAX_SPAN || from >= to {
        let detail = "the time asked for must be more than nothing and at most 31 days";
        return Err(ApiError::new(codes::OBJECT_INVALID, detail).arg("field", "from"));
    }
    Ok(Json(service.observed(Window { from, to }, asked.object.as_deref()).await?))
}
