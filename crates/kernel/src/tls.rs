//! Certificates of this node's own listeners: configured PEM files, or a self-signed one made at first start.

use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustls::RootCertStore;
use rustls::crypto::CryptoProvider;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::server::danger::ClientCertVerifier;

/// A certificate ready to serve.
#[derive(Debug, Clone)]
pub struct ServerIdentity {
    /// TLS 1.2 and 1.3 with this certificate. Callers set ALPN.
    pub config: rustls::ServerConfig,
    /// SHA-256 of the end-entity certificate, `AB:CD:…`, to compare with what a browser shows.
    pub fingerprint: String,
    /// The end-entity certificate, DER.
    pub certificate: Vec<u8>,
}

/// A certificate that cannot be served.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// A file cannot be read or written.
    #[error("open {path}")]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// A file is not the PEM it should be.
    #[error("read {path}: expected {expected} in PEM form")]
    Pem {
        /// The file.
        path: PathBuf,
        /// What should be in it.
        expected: &'static str,
        /// Why.
        #[source]
        source: rustls::pki_types::pem::Error,
    },
    /// Key and certificate do not belong together, or are of a kind this program does not serve.
    #[error("use certificate {certificate} with key {key}: they must belong together (RSA, P-256, P-384 or Ed25519)")]
    Pair {
        /// Certificate file.
        certificate: PathBuf,
        /// Key file.
        key: PathBuf,
        /// Why.
        #[source]
        source: rustls::Error,
    },
    /// A certificate is not one of an authority.
    #[error("use {path} as authority of clients")]
    Authority {
        /// Certificate file.
        path: PathBuf,
        /// Why.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// A self-signed certificate cannot be made.
    #[error("make a self-signed certificate")]
    SelfSigned(#[source] rcgen::Error),
}

impl ServerIdentity {
    /// Reads a PEM chain and key.
    pub fn read(certificate: &Path, key: &Path) -> Result<Self, TlsError> {
        Self::read_asking(certificate, key, None)
    }

    /// Reads a PEM chain and key. With `client_authorities`, PEM certificates, only clients are let in that show a
    /// certificate of one of them.
    pub fn read_asking(certificate: &Path, key: &Path, client_authorities: Option<&Path>) -> Result<Self, TlsError> {
        let chain = certificates(certificate)?;
        let private_key = PrivateKeyDer::from_pem_slice(&read(key)?).map_err(|source| TlsError::Pem {
            path: key.to_owned(),
            expected: "a private key",
            source,
        })?;
        let end_entity = chain.first().map(|der| der.to_vec()).unwrap_or_default();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let clients = client_authorities.map(|path| client_verifier(path, &provider)).transpose()?;
        let config = rustls::ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .and_then(|builder| match clients {
                Some(clients) => builder.with_client_cert_verifier(clients).with_single_cert(chain, private_key),
                None => builder.with_no_client_auth().with_single_cert(chain, private_key),
            })
            .map_err(|source| TlsError::Pair { certificate: certificate.to_owned(), key: key.to_owned(), source })?;
        Ok(Self { config, fingerprint: fingerprint(&end_entity), certificate: end_entity })
    }

    /// Reads `<directory>/<name>.crt` and `.key`, making them self-signed for `names` when missing.
    pub fn read_or_make(directory: &Path, name: &str, names: &[String]) -> Result<Self, TlsError> {
        let (certificate, key) = (directory.join(format!("{name}.crt")), directory.join(format!("{name}.key")));
        if !certificate.exists() || !key.exists() {
            let made = rcgen::generate_simple_self_signed(names).map_err(TlsError::SelfSigned)?;
            std::fs::create_dir_all(directory)
                .and_then(|()| write(&key, 0o600, &made.signing_key.serialize_pem()))
                .and_then(|()| write(&certificate, 0o644, &made.cert.pem()))
                .map_err(|source| TlsError::File { path: certificate.clone(), source })?;
        }
        Self::read(&certificate, &key)
    }
}

/// All certificates of a PEM file, at least one.
fn certificates(path: &Path) -> Result<Vec<CertificateDer<'static>>, TlsError> {
    CertificateDer::pem_slice_iter(&read(path)?)
        .collect::<Result<Vec<_>, _>>()
        .and_then(|chain| if chain.is_empty() { Err(rustls::pki_types::pem::Error::NoItemsFound) } else { Ok(chain) })
        .map_err(|source| TlsError::Pem { path: path.to_owned(), expected: "a certificate", source })
}

/// Lets in who shows a certificate of one of these authorities.
fn client_verifier(path: &Path, provider: &Arc<CryptoProvider>) -> Result<Arc<dyn ClientCertVerifier>, TlsError> {
    let mut roots = RootCertStore::empty();
    for authority in certificates(path)? {
        roots
            .add(authority)
            .map_err(|source| TlsError::Authority { path: path.to_owned(), source: Box::new(source) })?;
    }
    WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider.clone())
        .build()
        .map_err(|source| TlsError::Authority { path: path.to_owned(), source: Box::new(source) })
}

/// SHA-256 of a DER certificate as browsers show it, `AB:CD:…`.
pub fn fingerprint(der: &[u8]) -> String {
    let bytes = medward_crypto::sha256(der);
    bytes.iter().map(|byte| format!("{byte:02X}")).collect::<Vec<_>>().join(":")
}

fn read(path: &Path) -> Result<Vec<u8>, TlsError> {
    std::fs::read(path).map_err(|source| TlsError::File { path: path.to_owned(), source })
}

fn write(path: &Path, mode: u32, text: &str) -> std::io::Result<()> {
    let mut file = std::fs::OpenOptions::new().write(true).create(true).truncate(true).mode(mode).open(path)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()
}

impl From<TlsError> for crate::capability::BuildError {
    fn from(error: TlsError) -> Self {
        Self::Other {
            what: "load the certificate".into(),
            remedy: "set certificate and private_key to PEM files that belong together, or unset both".into(),
            source: Some(Box::new(error)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn self_signed_certificate_is_made_once_and_kept() {
        let directory = tempfile::tempdir().unwrap();
        let first = ServerIdentity::read_or_make(directory.path(), "console", &["localhost".into()]).unwrap();
        let second = ServerIdentity::read_or_make(directory.path(), "console", &["localhost".into()]).unwrap();
        assert_eq!(first.fingerprint, second.fingerprint);
        assert_eq!(first.fingerprint.len(), 32 * 3 - 1);
    }

    #[test]
    fn foreign_key_and_broken_pem_are_named() {
        let directory = tempfile::tempdir().unwrap();
        ServerIdentity::read_or_make(directory.path(), "a", &["a".into()]).unwrap();
        ServerIdentity::read_or_make(directory.path(), "b", &["b".into()]).unwrap();
        let (certificate, key) = (directory.path().join("a.crt"), directory.path().join("b.key"));
        assert!(matches!(ServerIdentity::read(&certificate, &key), Err(TlsError::Pair { .. })));
        std::fs::write(&certificate, "nothing").unwrap();
        assert!(matches!(ServerIdentity::read(&certificate, &key), Err(TlsError::Pem { .. })));
    }
}
