//! Who a node is: its key, its certificate, its house. Made once by an invitation, kept in `<data_dir>/node`, mode 0600.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use data_encoding::BASE64;
use medward_contract::Timestamp;
use medward_contract::id::NodeId;
use medward_crypto::{Domain, KeyRing, Secret};
use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{WebPkiSupportedAlgorithms, verify_tls13_signature};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime};
use rustls::{CertificateError, ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme};
use serde::{Deserialize, Serialize};

use super::authority::SERVER_NAME;
use super::link::{Line, LinkError, ask};
use super::wire::{self, Enrol, Enrolled};
use super::{Invitation, invitation::InvitationError};
use crate::Clock;
use crate::supervisor::Supervisor;

/// Directory of the files, below the data directory.
const FOLDER: &str = "node";
/// The file with everything in it: it is replaced as a whole, so that key and certificate always belong together.
const FILE: &str = "identity.json";

/// A node that knows its house.
#[derive(Clone)]
pub struct NodeIdentity {
    /// Its id.
    pub id: NodeId,
    /// What people call it.
    pub name: String,
    path: PathBuf,
    kept: Kept,
}

#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Kept {
    id: String,
    name: String,
    key_pem: String,
    certificate_pem: String,
    authority_pem: String,
    keys: BTreeMap<String, String>,
}

/// Why there is no identity, or none that can be used.
#[derive(Debug, thiserror::Error)]
pub enum EnrolError {
    /// The invitation cannot be read.
    #[error(transparent)]
    Invitation(#[from] InvitationError),
    /// There is one already.
    #[error("enrol: {0} says that this node is enrolled already; remove the file to enrol it anew")]
    Enrolled(PathBuf),
    /// There is none.
    #[error("open {0}: this node is not enrolled; ask for an invitation and run `medward node enrol`")]
    Missing(PathBuf),
    /// A file cannot be read or written.
    #[error("open {path}")]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// A file does not say what it should.
    #[error("read {path}: {what}")]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        what: String,
    },
    /// A key or request cannot be made.
    #[error("make a key for this node")]
    Make(#[from] rcgen::Error),
    /// TLS cannot be set up.
    #[error("set up TLS to the house")]
    Tls(#[from] rustls::Error),
    /// The house did not answer, or refused.
    #[error("reach the house")]
    Link(#[from] LinkError),
}

/// Makes this node known to the house at `server` that invited it.
///
/// # Errors
/// When it is enrolled already, the house is not the one that invited it, refuses, or does not answer.
pub async fn enrol(
    data_dir: &Path,
    server: &str,
    invitation: &str,
    clock: &Clock,
    supervisor: &Supervisor,
) -> Result<NodeIdentity, EnrolError> {
    let path = data_dir.join(FOLDER).join(FILE);
    if path.exists() {
        return Err(EnrolError::Enrolled(path));
    }
    let invitation = Invitation::read(invitation)?;
    // Before the invitation is used up: what it brings has to be kept.
    writable(&path)?;
    let key = rcgen::KeyPair::generate()?;
    let config = config_builder()?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(Pinned::new(invitation.pin)))
        .with_no_client_auth();
    let line = Line::open(server, Arc::new(config), clock, supervisor).await?;
    let wanted = Enrol { secret: invitation.secret_text().expose().clone(), request_pem: request_pem(&key)? };
    let enrolled: Enrolled = ask(line, wire::ENROL, &wanted, clock).await?;
    let kept = Kept {
        id: enrolled.id,
        name: enrolled.name,
        key_pem: key.serialize_pem(),
        certificate_pem: enrolled.certificate_pem,
        authority_pem: enrolled.authority_pem,
        keys: enrolled.keys,
    };
    write(&path, &kept)?;
    NodeIdentity::of(path, kept)
}

impl NodeIdentity {
    /// Reads what the enrolment left.
    ///
    /// # Errors
    /// When this node is not enrolled, or its file is damaged.
    pub fn open(data_dir: &Path) -> Result<Self, EnrolError> {
        let path = data_dir.join(FOLDER).join(FILE);
        let text = std::fs::read(&path).map_err(|source| match source.kind() {
            std::io::ErrorKind::NotFound => EnrolError::Missing(path.clone()),
            _ => EnrolError::File { path: path.clone(), source },
        })?;
        let kept = serde_json::from_slice(&text)
            .map_err(|error| EnrolError::Damaged { path: path.clone(), what: error.to_string() })?;
        Self::of(path, kept)
    }

    fn of(path: PathBuf, kept: Kept) -> Result<Self, EnrolError> {
        let damaged = |what: &str| EnrolError::Damaged { path: path.clone(), what: what.to_owned() };
        let id = kept.id.parse().map_err(|_| damaged("its id is none"))?;
        let identity = Self { id, name: kept.name.clone(), path: path.clone(), kept };
        identity.tls()?;
        Ok(identity)
    }

    /// This node's ring with the keys that the house has lent.
    pub(crate) fn lend_to(&self, mut ring: KeyRing) -> KeyRing {
        for domain in Domain::ALL {
            let text = self.kept.keys.get(domain.as_str());
            let key = text.and_then(|text| BASE64.decode(text.as_bytes()).ok()?.try_into().ok());
            if let Some(key) = key {
                ring = ring.with_lent(domain, Secret::new(key));
            }
        }
        ring
    }

    /// TLS towards the house.
    pub(super) fn tls(&self) -> Result<Arc<ClientConfig>, EnrolError> {
        let pem =
            |_| EnrolError::Damaged { path: self.path.clone(), what: "a certificate or key is no PEM".to_owned() };
        let mut roots = RootCertStore::empty();
        roots.add(CertificateDer::from_pem_slice(self.kept.authority_pem.as_bytes()).map_err(pem)?)?;
        let certificate = CertificateDer::from_pem_slice(self.kept.certificate_pem.as_bytes()).map_err(pem)?;
        let key = PrivateKeyDer::from_pem_slice(self.kept.key_pem.as_bytes()).map_err(pem)?;
        let config = config_builder()?.with_root_certificates(roots).with_client_auth_cert(vec![certificate], key)?;
        Ok(Arc::new(config))
    }

    /// Until when its certificate is good.
    pub(super) fn not_after(&self) -> Option<Timestamp> {
        use x509_parser::prelude::FromDer as _;

        let der = CertificateDer::from_pem_slice(self.kept.certificate_pem.as_bytes()).ok()?;
        let (_, parsed) = x509_parser::certificate::X509Certificate::from_der(&der).ok()?;
        Some(Timestamp::from_micros(parsed.validity().not_after.timestamp().saturating_mul(1_000_000)))
    }

    /// A request for a fresh certificate for the same key.
    pub(super) fn renewal(&self) -> Result<String, EnrolError> {
        request_pem(&rcgen::KeyPair::from_pem(&self.kept.key_pem)?)
    }

    /// Takes a fresh certificate, on disk before in memory.
    pub(super) fn renewed(&self, certificate_pem: String) -> Result<Self, EnrolError> {
        let kept = Kept { certificate_pem, ..self.kept.clone() };
        let renewed = Self::of(self.path.clone(), kept)?;
        write(&self.path, &renewed.kept)?;
        Ok(renewed)
    }
}

fn request_pem(key: &rcgen::KeyPair) -> Result<String, EnrolError> {
    Ok(rcgen::CertificateParams::default().serialize_request(key)?.pem()?)
}

/// Whether the file can be written.
fn writable(path: &Path) -> Result<(), EnrolError> {
    let probe = path.with_extension("probe");
    let folder = path.parent().unwrap_or(Path::new("."));
    std::fs::create_dir_all(folder)
        .and_then(|()| std::fs::write(&probe, b"probe"))
        .and_then(|()| std::fs::remove_file(&probe))
        .map_err(|source| EnrolError::File { path: path.to_owned(), source })
}

/// Replaces the file as a whole.
fn write(path: &Path, kept: &Kept) -> Result<(), EnrolError> {
    let error = |source| EnrolError::File { path: path.to_owned(), source };
    let folder = path.parent().unwrap_or(Path::new("."));
    std::fs::create_dir_all(folder).map_err(error)?;
    let fresh = path.with_extension("new");
    let text = serde_json::to_vec_pretty(kept)
        .map_err(|source| EnrolError::Damaged { path: path.to_owned(), what: source.to_string() })?;
    let mut file =
        std::fs::OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&fresh).map_err(error)?;
    file.write_all(&text).and_then(|()| file.sync_all()).map_err(error)?;
    std::fs::rename(&fresh, path).map_err(error)?;
    std::fs::File::open(folder).and_then(|folder| folder.sync_all()).map_err(error)
}

fn config_builder() -> Result<rustls::ConfigBuilder<ClientConfig, rustls::WantsVerifier>, rustls::Error> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    ClientConfig::builder_with_provider(provider).with_protocol_versions(&[&rustls::version::TLS13])
}

/// Believes the house whose authority has this digest, and no other.
#[derive(Debug)]
struct Pinned {
    pin: [u8; 32],
    algorithms: WebPkiSupportedAlgorithms,
}

impl Pinned {
    fn new(pin: [u8; 32]) -> Self {
        Self { pin, algorithms: rustls::crypto::ring::default_provider().signature_verification_algorithms }
    }
}

impl ServerCertVerifier for Pinned {
    fn verify_server_cert(
        &self,
        leaf: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        _name: &ServerName<'_>,
        ocsp: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        let authority = intermediates.iter().find(|der| medward_crypto::sha256(der) == self.pin);
        let unknown = || rustls::Error::InvalidCertificate(CertificateError::UnknownIssuer);
        let mut roots = RootCertStore::empty();
        roots.add(authority.ok_or_else(unknown)?.clone().into_owned())?;
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let verifier =
            WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider).build().map_err(|_| unknown())?;
        let name = ServerName::try_from(SERVER_NAME).map_err(|_| unknown())?;
        verifier.verify_server_cert(leaf, &[], &name, ocsp, now)
    }

    fn verify_tls12_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        Err(rustls::Error::PeerIncompatible(rustls::PeerIncompatible::Tls12NotOffered))
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls13_signature(message, certificate, signed, &self.algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.algorithms.supported_schemes()
    }
}
