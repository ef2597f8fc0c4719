//! Reports: what would have been refused (观察报告), and what the report on the WAF is made of.

use std::time::Duration;

use axum::extract::State;
use medward_contract::Timestamp;
use medward_contract::vault::Window;
use medward_web::{ApiError, Caller, Json, Query};
use serde::Deserialize;

use crate::codes;
use crate::observed::Observed;
use crate::report::Report;
use crate::service::Service;

/// What a report reads when nothing is said.
const DEFAULT_SPAN: Duration = Duration::from_hours(7 * 24);
/// Most that it reads.
const MAX_SPAN: Duration = Duration::from_hours(31 * 24);
/// Longest name of an object that is asked for, bytes.
const MAX_OBJECT_BYTES: usize = 256;
/// Most that the report on the WAF counts: a year.
const MAX_REPORT_SPAN: Duration = Duration::from_hours(366 * 24);

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
    let window = asked.window(&service, MAX_SPAN)?;
    Ok(Json(service.observed(window, asked.object.as_deref()).await?))
}

/// What the report on the WAF is made of: attacks by source, kind, address asked for and more (CD-059).
#[utoipa::path(get, path = "/api/v1/gateway/report", tag = "gateway", params(Asked), responses((status = 200, body = Report)))]
pub(crate) async fn attack_report(
    Caller(caller): Caller,
    State(service): State<Service>,
    Query(asked): Query<Asked>,
) -> Result<Json<Report>, ApiError> {
    let window = asked.window(&service, MAX_REPORT_SPAN)?;
    let object = asked.object.as_deref().filter(|object| !object.is_empty());
    if object.is_some_and(|object| object.len() > MAX_OBJECT_BYTES) {
        let detail = format!("the name of an object has at most {MAX_OBJECT_BYTES} bytes");
        return Err(ApiError::new(codes::OBJECT_INVALID, detail).arg("field", "object"));
    }
    Ok(Json(service.report(&caller.login, window, object).await?))
}

impl Asked {
    fn window(&self, service: &Service, longest: Duration) -> Result<Window, ApiError> {
        let to = self.to.unwrap_or_else(|| service.now());
        let span = i64::try_from(DEFAULT_SPAN.as_micros()).unwrap_or(i64::MAX);
        let from = self.from.unwrap_or_else(|| Timestamp::from_micros(to.as_micros().saturating_sub(span)));
        if to.since(from) > longest || from >= to {
            let days = longest.as_secs() / 86_400;
            let detail = format!("the time asked for must be more than nothing and at most {days} days");
            return Err(ApiError::new(codes::OBJECT_INVALID, detail).arg("field", "from"));
        }
        Ok(Window { from, to })
    }
}
