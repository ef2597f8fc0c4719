//! The ban list (封禁).

use axum::extract::State;
use axum::http::StatusCode;
use medward_web::{ApiError, Caller, Change, Client, Json, Limit, Paged, Path, Query};
use serde::{Deserialize, Serialize};

use crate::ban::{BanError, BanList, Banned};
use crate::codes;

/// A ban.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(crate) struct GatewayBan {
    #[serde(flatten)]
    ban: Banned,
    /// Whether it is in force.
    is_active: bool,
    /// How often the banned came since this program knows of it.
    hits: u32,
}

/// Which bans are wanted.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
pub(crate) struct Wanted {
    /// Only those in force.
    active: bool,
    /// Where the page before ended.
    cursor: Option<String>,
    /// Rows of a page, 1 to 500.
    limit: Option<u32>,
}

/// Whom to ban.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct BanInput {
    /// An address, or a block of them, `203.0.113.0/24`.
    address: String,
    /// For how long.
    minutes: u32,
    /// Why.
    reason: String,
}

/// Bans, newest first.
#[utoipa::path(get, path = "/api/v1/gateway/bans", tag = "gateway", params(Wanted), responses((status = 200, body = Paged<GatewayBan>)))]
pub(crate) async fn ban_list(
    State(bans): State<BanList>,
    Query(wanted): Query<Wanted>,
) -> Result<Json<Paged<GatewayBan>>, ApiError> {
    let limit = Limit { cursor: wanted.cursor, limit: wanted.limit };
    let rows = limit.rows();
    let before = limit.cursor.unwrap_or_default();
    let found = bans.list(wanted.active, &before, i64::from(rows) + 1).await?;
    let items = found.into_iter().map(|ban| told(&bans, ban)).collect();
    Ok(Json(Paged::of(items, rows, |ban: &GatewayBan| ban.ban.id.clone())))
}

/// Bans an address. It is refused when this returns.
#[utoipa::path(post, path = "/api/v1/gateway/bans", tag = "gateway", request_body = BanInput, responses((status = 201, body = GatewayBan)))]
pub(crate) async fn ban_create(
    State(bans): State<BanList>,
    Caller(caller): Caller,
    Client(client): Client,
    Change(change): Change,
    Json(input): Json<BanInput>,
) -> Result<(StatusCode, Json<GatewayBan>), ApiError> {
    let from = (caller.login.as_str(), client.address);
    let ban = bans.ban(&input.address, input.minutes, &input.reason, from, &change).await?;
    Ok((StatusCode::CREATED, Json(told(&bans, ban))))
}

/// Lifts a ban, and every other one of the same addresses.
#[utoipa::path(delete, path = "/api/v1/gateway/bans/{id}", tag = "gateway", params(("id" = String, Path)), responses((status = 204)))]
pub(crate) async fn ban_lift(
    State(bans): State<BanList>,
    Caller(caller): Caller,
    Change(change): Change,
    Path(id): Path<String>,
) -> Result<StatusCode, ApiError> {
    bans.lift(&id, &caller.login, &change).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn told(bans: &BanList, ban: Banned) -> GatewayBan {
    GatewayBan { is_active: bans.is_active(&ban), hits: bans.hits(&ban), ban }
}

impl From<BanError> for ApiError {
    fn from(error: BanError) -> Self {
        let (code, field) = match &error {
            BanError::Store(_) => (codes::BAN_INVALID, ""),
            BanError::Unknown => (codes::BAN_UNKNOWN, ""),
            BanError::Address | BanError::TooWide(_) | BanError::Sacred(_) => (codes::BAN_INVALID, "address"),
            BanError::Time => (codes::BAN_INVALID, "minutes"),
            BanError::Reason => (codes::BAN_INVALID, "reason"),
        };
        match error {
            BanError::Store(error) => error.into(),
            error if field.is_empty() => Self::new(code, error.to_string()),
            error => Self::new(code, error.to_string()).arg("field", field),
        }
    }
}
