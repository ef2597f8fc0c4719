//! Certificates of the sites (站点证书): what is served until when, uploads, replacements. Keys only come in.

use axum::extract::State;
use axum::http::StatusCode;
use medward_contract::Timestamp;
use medward_web::{ApiError, Caller, Change, Json, Path};
use serde::{Deserialize, Serialize};

use crate::certificate::{CertificateError, Certificates, DEFAULT_ID, Doubt, Facts, Stored, Upload};
use crate::codes;

/// A certificate to upload, or to look at before.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CertificateUpload {
    /// What people call it; its first host name when empty.
    #[serde(default)]
    name: String,
    /// The certificate and those behind it, PEM, in any order.
    chain_pem: String,
    /// Its private key, PEM without password.
    private_key_pem: String,
}

/// What a certificate says about itself.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(crate) struct CertificateFacts {
    subject: String,
    issuer: String,
    serial: String,
    /// Host names and addresses it is good for.
    names: Vec<String>,
    /// µs.
    not_before: Timestamp,
    /// µs.
    not_after: Timestamp,
    /// SHA-256, `AB:CD:…`, as browsers show it.
    fingerprint: String,
    /// Kind of its key.
    key: String,
    /// Subjects of what is served behind it.
    chain: Vec<String>,
    /// What a person should look at.
    doubts: Vec<Doubt>,
    /// Names of it that no protected object answers for.
    idle_names: Vec<String>,
}

/// Where a certificate comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum CertificateSource {
    /// Uploaded.
    Upload,
    /// From `medward.toml`, or made at the first start: shown to whoever asks for a name that has none.
    Default,
}

/// A certificate that the gateway has.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(crate) struct SiteCertificate {
    /// UUIDv7, or `default`.
    id: String,
    name: String,
    source: CertificateSource,
    /// Login of who uploaded it.
    author: Option<String>,
    /// µs.
    uploaded_at: Option<Timestamp>,
    /// Whether any name is served with it; another one may be good for longer.
    in_use: bool,
    /// What it says; absent when it cannot be read any more.
    facts: Option<CertificateFacts>,
    /// Why it cannot.
    error: Option<String>,
}

/// Every certificate: the default one first, then by when they end.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(crate) struct SiteCertificates {
    items: Vec<SiteCertificate>,
    /// Host names for which visitors are warned: objects answer for them, and no certificate that anybody vouches for is
    /// there. The first 200.
    bare_hosts: Vec<String>,
    /// How many there are.
    bare_hosts_total: usize,
}

/// Certificates and the names that have none.
#[utoipa::path(get, path = "/api/v1/gateway/certificates", tag = "gateway", responses((status = 200, body = SiteCertificates)))]
pub(crate) async fn certificate_list(
    State(certificates): State<Certificates>,
) -> Result<Json<SiteCertificates>, ApiError> {
    let mut stored = certificates.list();
    stored.sort_by_key(|one| one.pair.as_ref().map_or(Timestamp::from_micros(0), |pair| pair.facts.not_after));
    let default = certificates.default().map(|facts| SiteCertificate {
        id: DEFAULT_ID.to_owned(),
        name: facts.names.first().unwrap_or(&facts.subject).clone(),
        source: CertificateSource::Default,
        author: None,
        uploaded_at: None,
        in_use: true,
        facts: Some(told_facts(&certificates, facts, &certificates.default_doubts())),
        error: None,
    });
    let items = default.into_iter().chain(stored.iter().map(|one| told(&certificates, one))).collect();
    let (bare_hosts, bare_hosts_total) = certificates.bare_hosts();
    Ok(Json(SiteCertificates { items, bare_hosts, bare_hosts_total }))
}

/// Reads what would be uploaded. Nothing is stored.
#[utoipa::path(post, path = "/api/v1/gateway/certificates/check", tag = "gateway", request_body = CertificateUpload, responses((status = 200, body = CertificateFacts)))]
pub(crate) async fn certificate_check(
    State(certificates): State<Certificates>,
    Json(upload): Json<CertificateUpload>,
) -> Result<Json<CertificateFacts>, ApiError> {
    let pair = certificates.check(&upload.as_upload()).await.map_err(CertificateError::from)?;
    Ok(Json(told_facts(&certificates, &pair.facts, &certificates.doubts(&pair))))
}

/// Uploads a certificate. The next handshake is served with it.
#[utoipa::path(post, path = "/api/v1/gateway/certificates", tag = "gateway", request_body = CertificateUpload, responses((status = 201, body = SiteCertificate)))]
pub(crate) async fn certificate_create(
    State(certificates): State<Certificates>,
    Caller(caller): Caller,
    Change(change): Change,
    Json(upload): Json<CertificateUpload>,
) -> Result<(StatusCode, Json<SiteCertificate>), ApiError> {
    let stored = certificates.put(None, &upload.as_upload(), &caller.login, &change).await?;
    Ok((StatusCode::CREATED, Json(told(&certificates, &stored))))
}

/// Puts another certificate in place of one, as after a renewal. The next handshake is served with it.
#[utoipa::path(put, path = "/api/v1/gateway/certificates/{id}", tag = "gateway", params(("id" = String, Path)), request_body = CertificateUpload, responses((status = 200, body = SiteCertificate)))]
pub(crate) async fn certificate_replace(
    State(certificates): State<Certificates>,
    Caller(caller): Caller,
    Change(change): Change,
    Path(id): Path<String>,
    Json(upload): Json<CertificateUpload>,
) -> Result<Json<SiteCertificate>, ApiError> {
    let stored = certificates.put(Some(&id), &upload.as_upload(), &caller.login, &change).await?;
    Ok(Json(told(&certificates, &stored)))
}

/// Removes a certificate and its key. Its names are served with the default one.
#[utoipa::path(delete, path = "/api/v1/gateway/certificates/{id}", tag = "gateway", params(("id" = String, Path)), responses((status = 204)))]
pub(crate) async fn certificate_delete(
    State(certificates): State<Certificates>,
    Change(change): Change,
    Path(id): Path<String>,
) -> Result<StatusCode, ApiError> {
    certificates.remove(&id, &change).await?;
    Ok(StatusCode::NO_CONTENT)
}

impl CertificateUpload {
    fn as_upload(&self) -> Upload<'_> {
        Upload { name: &self.name, chain_pem: &self.chain_pem, private_key_pem: &self.private_key_pem }
    }
}

fn told(certificates: &Certificates, stored: &Stored) -> SiteCertificate {
    let pair = stored.pair.as_ref();
    SiteCertificate {
        id: stored.id.clone(),
        name: stored.name.clone(),
        source: CertificateSource::Upload,
        author: Some(stored.author.clone()),
        uploaded_at: Some(stored.uploaded_at),
        in_use: pair.is_ok_and(|pair| certificates.serves(pair)),
        facts: pair.ok().map(|pair| told_facts(certificates, &pair.facts, &certificates.doubts(pair))),
        error: pair.err().cloned(),
    }
}

fn told_facts(certificates: &Certificates, facts: &Facts, doubts: &[Doubt]) -> CertificateFacts {
    CertificateFacts {
        subject: facts.subject.clone(),
        issuer: facts.issuer.clone(),
        serial: facts.serial.clone(),
        names: facts.names.clone(),
        not_before: facts.not_before,
        not_after: facts.not_after,
        fingerprint: facts.fingerprint.clone(),
        key: facts.key.clone(),
        chain: facts.chain.clone(),
        doubts: doubts.to_vec(),
        idle_names: certificates.idle_names(facts),
    }
}

impl From<CertificateError> for ApiError {
    fn from(error: CertificateError) -> Self {
        let field = match &error {
            CertificateError::Fault(fault) => Some(fault.field()),
            CertificateError::Name | CertificateError::NameTaken => Some("name"),
            _ => None,
        };
        let code = match error {
            CertificateError::Store(error) => return error.into(),
            CertificateError::Unknown => codes::CERTIFICATE_UNKNOWN,
            CertificateError::Seal(_) => codes::CERTIFICATE_NOT_SEALED,
            CertificateError::Fault(_) | CertificateError::Name | CertificateError::NameTaken => {
                codes::CERTIFICATE_INVALID
            }
        };
        let detail = match &error {
            CertificateError::Fault(fault) => fault.to_string(),
            error => error.to_string(),
        };
        let problem = Self::new(code, detail);
        let problem = match &error {
            CertificateError::Fault(fault) => problem.arg("fault", fault.word()).arg("subject", fault.subject()),
            CertificateError::NameTaken => problem.arg("fault", "name_taken").arg("subject", ""),
            _ => problem,
        };
        match field {
            Some(field) => problem.arg("field", field),
            None => problem,
        }
    }
}
