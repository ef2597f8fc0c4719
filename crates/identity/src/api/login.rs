//! Before there is a session: state, set-up, password check, and the steps of a login.

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use medward_contract::Role;
use medward_crypto::Secret;
use medward_web::{ApiError, Change, Client, Json, cookie};
use serde::{Deserialize, Serialize};

use super::Api;
use crate::error::IdentityError;
use crate::password::{Finding, Password};
use crate::service::{LoginBegun, NewAdministrator, SessionOpened};
use crate::store::login_step::Step;

/// What the sign-in page needs to know.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(super) struct StateView {
    /// Whether the three administrators are still to be created.
    setup_required: bool,
    /// Name of the product.
    product: &'static str,
    /// Version of this program.
    version: &'static str,
}

/// State before sign-in.
#[utoipa::path(get, path = "/api/v1/identity/state", tag = "identity", responses((status = 200, body = StateView)))]
pub(super) async fn login_state_get(State(api): State<Api>) -> Result<Json<StateView>, ApiError> {
    let setup_required = api.service.setup_required().await.map_err(|error| api.problem(error))?;
    Ok(Json(StateView { setup_required, product: "Medward", version: env!("CARGO_PKG_VERSION") }))
}

/// The three administrators, with the secret of the setup link.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct SetupRequest {
    /// From the link printed at first start.
    #[schema(value_type = String)]
    token: Secret<String>,
    /// Three different roles for three different people.
    #[schema(min_items = 3, max_items = 3)]
    administrators: Vec<AdministratorRequest>,
}

/// One administrator.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct AdministratorRequest {
    /// `sysadmin`, `secadmin` or `auditadmin`.
    role: Role,
    /// Login name.
    login: String,
    /// The person's name.
    name: String,
    /// First password; changed at the first login.
    #[schema(value_type = String)]
    password: Secret<String>,
}

/// Creates the three administrators. The link is dead afterwards.
#[utoipa::path(post, path = "/api/v1/identity/setup", tag = "identity", request_body = SetupRequest, responses((status = 204)))]
pub(super) async fn setup_post(
    State(api): State<Api>,
    Client(client): Client,
    Change(change): Change,
    Json(request): Json<SetupRequest>,
) -> Result<StatusCode, ApiError> {
    let administrators: Vec<NewAdministrator> = request
        .administrators
        .into_iter()
        .map(|wanted| NewAdministrator {
            role: wanted.role,
            login: wanted.login,
            name: wanted.name,
            password: Password::from(&wanted.password),
        })
        .collect();
    let done = api.service.setup(&request.token, &administrators, &change, &client).await;
    done.map_err(|error| api.problem(error))?;
    Ok(StatusCode::NO_CONTENT)
}

/// A password to judge, and whose it is to be.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct PasswordCheckRequest {
    /// Login name; may be empty.
    #[serde(default)]
    login: String,
    /// The person's name; may be empty.
    #[serde(default)]
    name: String,
    /// The password.
    #[schema(value_type = String)]
    password: Secret<String>,
}

/// The verdict.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(super) struct PasswordVerdict {
    /// Whether it would be accepted (history is judged only when it is set).
    ok: bool,
    /// Estimated strength, 0 to 4.
    #[schema(minimum = 0, maximum = 4)]
    score: u8,
    /// What is wrong with it.
    findings: Vec<Finding>,
}

/// Judges a password, as the form shows it while typing.
#[utoipa::path(post, path = "/api/v1/identity/password/check", tag = "identity", request_body = PasswordCheckRequest, responses((status = 200, body = PasswordVerdict)))]
pub(super) async fn password_check_post(
    State(api): State<Api>,
    Client(client): Client,
    Json(request): Json<PasswordCheckRequest>,
) -> Result<Json<PasswordVerdict>, ApiError> {
    let password = Password::from(&request.password);
    let judged = api.service.password_check(password, &request.login, &request.name, &client).await;
    let judgement = judged.map_err(|error| api.problem(error))?;
    let findings = judgement.findings.iter().copied().collect();
    Ok(Json(PasswordVerdict { ok: judgement.is_accepted(), score: judgement.score, findings }))
}

/// Login and password.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct LoginRequest {
    /// Login name.
    login: String,
    /// Password.
    #[schema(value_type = String)]
    password: Secret<String>,
}

/// What comes next in a login.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(super) struct LoginAnswer {
    /// `factor`, `enrol`, `change_password` or `done`.
    step: Step,
    /// Give this in the next call; absent when done.
    #[serde(skip_serializing_if = "Option::is_none")]
    handle: Option<String>,
    /// Ten recovery codes, shown once, after enrolment.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    recovery_codes: Vec<String>,
}

impl From<LoginBegun> for LoginAnswer {
    fn from(begun: LoginBegun) -> Self {
        Self { step: begun.step, handle: Some(begun.handle.expose().clone()), recovery_codes: Vec::new() }
    }
}

/// First step: login and password.
#[utoipa::path(post, path = "/api/v1/identity/login", tag = "identity", request_body = LoginRequest, responses((status = 200, body = LoginAnswer)))]
pub(super) async fn login_post(
    State(api): State<Api>,
    Client(client): Client,
    Json(request): Json<LoginRequest>,
) -> Result<Json<LoginAnswer>, ApiError> {
    let begun = api.service.login(&request.login, &Password::from(&request.password), &client).await;
    Ok(Json(begun.map_err(|error| api.problem(error))?.into()))
}

/// A handle and a code.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct CodeRequest {
    /// From the step before.
    #[schema(value_type = String)]
    handle: Secret<String>,
    /// Six digits, or a recovery code.
    code: String,
}

/// Second factor: a code of the authenticator, or a recovery code. Opens the session.
#[utoipa::path(post, path = "/api/v1/identity/login/factor", tag = "identity", request_body = CodeRequest, responses((status = 200, body = LoginAnswer)))]
pub(super) async fn login_factor_post(
    State(api): State<Api>,
    Client(client): Client,
    Json(request): Json<CodeRequest>,
) -> Result<Response, ApiError> {
    let opened = api.service.login_factor(&request.handle, &request.code, &client).await;
    api.done(opened)
}

/// A handle.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct HandleRequest {
    /// From the step before.
    #[schema(value_type = String)]
    handle: Secret<String>,
}

/// A new authenticator.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(super) struct EnrolmentView {
    /// To scan.
    otpauth_uri: String,
    /// To type.
    secret_base32: String,
    /// The URI as a QR code (SVG).
    qr_svg: String,
}

/// Offers a new authenticator secret.
#[utoipa::path(post, path = "/api/v1/identity/login/enrol", tag = "identity", request_body = HandleRequest, responses((status = 200, body = EnrolmentView)))]
pub(super) async fn login_enrol_post(
    State(api): State<Api>,
    Json(request): Json<HandleRequest>,
) -> Result<Json<EnrolmentView>, ApiError> {
    let enrolment = api.service.login_enrol(&request.handle).await.map_err(|error| api.problem(error))?;
    Ok(Json(EnrolmentView {
        otpauth_uri: enrolment.otpauth_uri.expose().clone(),
        secret_base32: enrolment.secret_base32.expose().clone(),
        qr_svg: enrolment.qr_svg,
    }))
}

/// Confirms the authenticator with its first code. Opens the session.
#[utoipa::path(post, path = "/api/v1/identity/login/enrol/confirm", tag = "identity", request_body = CodeRequest, responses((status = 200, body = LoginAnswer)))]
pub(super) async fn login_enrol_confirm_post(
    State(api): State<Api>,
    Client(client): Client,
    Json(request): Json<CodeRequest>,
) -> Result<Response, ApiError> {
    let opened = api.service.login_enrol_confirm(&request.handle, &request.code, &client).await;
    api.done(opened)
}

/// A handle and a new password.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewPasswordRequest {
    /// From the step before.
    #[schema(value_type = String)]
    handle: Secret<String>,
    /// The new password.
    #[schema(value_type = String)]
    new_password: Secret<String>,
}

/// Chooses a new password where one is due; it takes effect together with the second factor.
#[utoipa::path(post, path = "/api/v1/identity/login/password", tag = "identity", request_body = NewPasswordRequest, responses((status = 200, body = LoginAnswer)))]
pub(super) async fn login_password_post(
    State(api): State<Api>,
    Json(request): Json<NewPasswordRequest>,
) -> Result<Json<LoginAnswer>, ApiError> {
    let begun = api.service.login_password(&request.handle, &Password::from(&request.new_password)).await;
    Ok(Json(begun.map_err(|error| api.problem(error))?.into()))
}

impl Api {
    /// The answer to the last step: the session goes into the cookie, never into the body.
    fn done(&self, opened: Result<SessionOpened, IdentityError>) -> Result<Response, ApiError> {
        let opened = opened.map_err(|error| self.problem(error))?;
        let mut headers = HeaderMap::new();
        if let Some(value) = cookie::set_session(opened.secret.expose()) {
            headers.insert(header::SET_COOKIE, value);
        }
        let recovery_codes = opened.recovery_codes.iter().map(|code| code.expose().clone()).collect();
        Ok((headers, Json(LoginAnswer { step: Step::Done, handle: None, recovery_codes })).into_response())
    }
}
