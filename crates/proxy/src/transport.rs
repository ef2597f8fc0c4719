//! What an object asks of the connection that carries its requests: HTTPS or not, which version of TLS, a certificate of
//! the client (gateway.md §3).
//!
//! A handshake knows the host only, and several objects may answer for it; so the handshake *asks* for what any of them
//! wants, and each request is checked against its own object. A client without the certificate then reads a page that
//! says so, not the name of a TLS alert.

use std::sync::Arc;

use http::HeaderValue;
use rustls::client::danger::HandshakeSignatureValid;
use rustls::crypto::ring::default_provider;
use rustls::crypto::{verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, UnixTime};
use rustls::server::WebPkiClientVerifier;
use rustls::server::danger::{ClientCertVerified, ClientCertVerifier};
use rustls::{DigitallySignedStruct, DistinguishedName, RootCertStore, SignatureScheme};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Longest list of authorities, bytes of PEM.
const MAX_AUTHORITIES_BYTES: usize = 64 * 1024;

/// What happens to a request over plain HTTP.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum PlainHttp {
    /// It is served.
    #[default]
    Serve,
    /// The client is sent to HTTPS.
    Redirect,
    /// It is refused.
    Refuse,
}

/// The oldest version of TLS that a client may speak.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Default,
    Serialize,
    Deserialize,
    JsonSchema,
    utoipa::ToSchema,
)]
pub enum TlsVersion {
    /// TLS 1.2, with forward secrecy and authenticated encryption only.
    #[default]
    #[serde(rename = "1.2")]
    Tls12,
    /// TLS 1.3.
    #[serde(rename = "1.3")]
    Tls13,
}

impl TlsVersion {
    /// As it stands in events.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Tls12 => "1.2",
            Self::Tls13 => "1.3",
        }
    }
}

/// What an object asks for.
#[derive(Default)]
pub struct Transport {
    /// What becomes of plain HTTP.
    pub plain_http: PlainHttp,
    /// What HTTPS answers say about later visits (`Strict-Transport-Security`, RFC 6797).
    pub hsts: Option<HeaderValue>,
    /// The oldest version of TLS.
    pub min_version: TlsVersion,
    /// Whose clients it knows by their certificates.
    pub clients: Option<ClientTrust>,
}

/// Authorities whose clients are trusted.
#[derive(Clone)]
pub struct ClientTrust {
    verifier: Arc<dyn ClientCertVerifier>,
    names: Arc<[DistinguishedName]>,
    /// Whether a client without a certificate of theirs is refused.
    pub needed: bool,
}

/// Why a list of authorities cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AuthorityError {
    /// Too much text.
    #[error("the authorities may have {MAX_AUTHORITIES_BYTES} bytes of PEM")]
    TooLong,
    /// A private key, which everybody who reads the policy would see.
    #[error("it holds a private key: only certificates belong here")]
    PrivateKey,
    /// No certificate in it.
    #[error("there is no certificate of an authority in it (PEM)")]
    None,
    /// One of them is no certificate of an authority.
    #[error("certificate {position} cannot be used as an authority")]
    Unusable {
        /// Which, from 1.
        position: usize,
    },
}

impl ClientTrust {
    /// Trusts clients of these authorities, PEM.
    ///
    /// # Errors
    /// When there is none in it, or one cannot be used.
    pub fn new(authorities_pem: &str, needed: bool) -> Result<Self, AuthorityError> {
        if authorities_pem.len() > MAX_AUTHORITIES_BYTES {
            return Err(AuthorityError::TooLong);
        }
        if authorities_pem.contains("PRIVATE KEY") {
            return Err(AuthorityError::PrivateKey);
        }
        let mut roots = RootCertStore::empty();
        for (at, der) in CertificateDer::pem_slice_iter(authorities_pem.as_bytes()).enumerate() {
            let usable = der.ok().and_then(|der| roots.add(der).ok());
            usable.ok_or(AuthorityError::Unusable { position: at + 1 })?;
        }
        let names = roots.subjects().into();
        let builder = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), Arc::new(default_provider()));
        let verifier = builder.build().map_err(|_| AuthorityError::None)?;
        Ok(Self { verifier, names, needed })
    }

    /// Whether they vouch for this client, whose key has been proved in the handshake.
    pub(crate) fn trusts(&self, chain: &[CertificateDer<'_>], now: UnixTime) -> bool {
        let Some((leaf, between)) = chain.split_first() else { return false };
        self.verifier.verify_client_cert(leaf, between, now).is_ok()
    }

    /// Whether both are the same list.
    pub(crate) fn is(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.verifier, &other.verifier)
    }

    pub(crate) fn names(&self) -> &[DistinguishedName] {
        &self.names
    }
}

/// Asks clients for a certificate by these authorities and takes what they send: whether it is trusted is decided for each
/// object. That the client holds its key is proved here.
#[derive(Debug)]
pub(crate) struct Asks(pub(crate) Vec<DistinguishedName>);

impl ClientCertVerifier for Asks {
    fn client_auth_mandatory(&self) -> bool {
        false
    }

    fn root_hint_subjects(&self) -> &[DistinguishedName] {
        &self.0
    }

    fn verify_client_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: UnixTime,
    ) -> Result<ClientCertVerified, rustls::Error> {
        Ok(ClientCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls12_signature(message, certificate, signed, &default_provider().signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls13_signature(message, certificate, signed, &default_provider().signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        default_provider().signature_verification_algorithms.supported_schemes()
    }
}
