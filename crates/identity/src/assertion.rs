//! What applications are told about a person, signed: a compact JWS (RFC 7515) with ES256, good for a minute.
//!
//! *Not* here: who the person is, and whether they may be vouched for.

use data_encoding::BASE64URL_NOPAD;
use medward_contract::identity::{SignedAssertion, Subject};
use medward_contract::{SensitivityLabel, Timestamp};
use medward_crypto::{Domain, Es256Key, KeyRing, Secret, SignError, sha256};
use serde::Serialize;

/// Seconds an assertion is believed (`identity.md` §9).
const LIFE_SECONDS: i64 = 60;
/// Numbers tried as private key; one of 2^32 does not fit.
const KEY_DRAWS: u8 = 8;

/// Signs assertions of this house.
#[derive(Debug, Clone)]
pub(crate) struct Asserter {
    key: Es256Key,
    jwk: Jwk,
}

/// Why there is no assertion.
#[derive(Debug, thiserror::Error)]
pub(crate) enum AssertionError {
    #[error("write claims")]
    Claims(#[from] serde_json::Error),
    #[error("sign claims")]
    Sign(#[from] SignError),
}

/// A public key as RFC 7517 writes it.
#[derive(Debug, Clone, Serialize)]
struct Jwk {
    kty: &'static str,
    crv: &'static str,
    x: String,
    y: String,
    kid: String,
    alg: &'static str,
    #[serde(rename = "use")]
    usage: &'static str,
}

#[derive(Serialize)]
struct KeySet<'a> {
    keys: [&'a Jwk; 1],
}

#[derive(Serialize)]
struct Header<'a> {
    alg: &'static str,
    typ: &'static str,
    kid: &'a str,
}

#[derive(Serialize)]
struct Claims<'a> {
    iss: &'static str,
    aud: &'a str,
    sub: String,
    preferred_username: &'a str,
    name: &'a str,
    roles: Vec<&'static str>,
    clearance: SensitivityLabel,
    departments: &'a [String],
    iat: i64,
    exp: i64,
}

impl Asserter {
    /// The key of the house: the same after each start and on every node.
    pub(crate) fn new(keys: &KeyRing) -> Option<Self> {
        let draw = |number: u8| {
            let bytes = keys.mac(Domain::IdentityAssertion, format!("es256/{number}").as_bytes());
            Es256Key::from_bytes(&Secret::new(bytes))
        };
        let key = (1..=KEY_DRAWS).find_map(draw)?;
        let public = key.public_key();
        let (x, y) = (BASE64URL_NOPAD.encode(&public.x), BASE64URL_NOPAD.encode(&public.y));
        let kid = thumbprint(&x, &y);
        Some(Self { key, jwk: Jwk { kty: "EC", crv: "P-256", x, y, kid, alg: "ES256", usage: "sig" } })
    }

    /// Vouches for a person towards `audience`, from `now` on.
    pub(crate) fn sign(
        &self,
        subject: &Subject,
        audience: &str,
        now: Timestamp,
    ) -> Result<SignedAssertion, AssertionError> {
        let issued = now.as_seconds();
        let expires = issued.saturating_add(LIFE_SECONDS);
        let claims = Claims {
            iss: "medward",
            aud: audience,
            sub: subject.account.to_string(),
            preferred_username: &subject.login,
            name: &subject.name,
            roles: subject.roles.iter().map(|role| role.as_str()).collect(),
            clearance: subject.clearance,
            departments: &subject.departments,
            iat: issued,
            exp: expires,
        };
        let header = Header { alg: "ES256", typ: "JWT", kid: &self.jwk.kid };
        let signed = format!("{}.{}", part(&header)?, part(&claims)?);
        let signature = BASE64URL_NOPAD.encode(&self.key.sign(signed.as_bytes())?);
        let expires_at = Timestamp::from_micros(expires.saturating_mul(1_000_000));
        Ok(SignedAssertion { token: format!("{signed}.{signature}"), expires_at })
    }

    /// The public key as a JSON Web Key Set.
    pub(crate) fn key_set(&self) -> Result<String, AssertionError> {
        Ok(serde_json::to_string(&KeySet { keys: [&self.jwk] })?)
    }
}

fn part(value: &impl Serialize) -> Result<String, AssertionError> {
    Ok(BASE64URL_NOPAD.encode(&serde_json::to_vec(value)?))
}

/// RFC 7638 §3: SHA-256 of the required members in lexicographic order.
fn thumbprint(x: &str, y: &str) -> String {
    let members = format!(r#"{{"crv":"P-256","kty":"EC","x":"{x}","y":"{y}"}}"#);
    BASE64URL_NOPAD.encode(&sha256(members.as_bytes()))
}
