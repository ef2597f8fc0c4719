//! The authority that vouches for nodes: a P-256 certificate made once for a house, its key sealed in the database.

use std::time::Duration;

use medward_contract::id::NodeId;
use medward_contract::{SensitivityLabel, Timestamp};
use medward_crypto::{Domain, KeyRing, Place, SealError, Secret};
use medward_store::{Db, StoreError};
use rcgen::{
    BasicConstraints, CertificateParams, CertificateSigningRequestParams, DnType, ExtendedKeyUsagePurpose, IsCa,
    Issuer, KeyPair, KeyUsagePurpose, PublicKeyData,
};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};

use super::rows::{self, AuthorityRow};

/// Name in the certificate of the nodes' listener; it is not looked up anywhere.
pub(super) const SERVER_NAME: &str = "nodes.medward.internal";
/// How long a node's certificate is good for; it is renewed when a third of that is left.
const NODE_CERTIFICATE: Duration = Duration::from_hours(90 * 24);
/// The authority, and the certificate of the listener, which is made at each start.
const AUTHORITY: Duration = Duration::from_hours(20 * 365 * 24);
/// Clocks of nodes may be behind by this much.
const SKEW: Duration = Duration::from_hours(24);

/// The authority cannot vouch.
#[derive(Debug, thiserror::Error)]
pub enum AuthorityError {
    /// The database does not answer.
    #[error("read the authority of nodes")]
    Store(#[from] StoreError),
    /// Its key was sealed by another house, or cannot be sealed.
    #[error("open the key of the authority of nodes")]
    Seal(#[from] SealError),
    /// Making a certificate failed.
    #[error("make a certificate")]
    Make(#[from] rcgen::Error),
    /// What is stored, or sent, is not a certificate or key.
    #[error("read a certificate or key: expected PEM")]
    Pem(#[from] rustls::pki_types::pem::Error),
    /// The time does not fit into a certificate.
    #[error("make a certificate for this time")]
    Time,
}

/// Makes certificates.
pub(super) struct Authority {
    pub(super) certificate_pem: String,
    pub(super) certificate: CertificateDer<'static>,
    key_pem: Secret<String>,
}

/// A certificate that was made.
pub(super) struct Issued {
    pub(super) pem: String,
    pub(super) fingerprint: String,
    pub(super) not_after: Timestamp,
}

fn place() -> Place<'static> {
    Place { table: "kernel_node_authority", column: "key_sealed", key: rows::AUTHORITY_ID, label: SensitivityLabel::L4 }
}

impl Authority {
    /// The authority of this house; made when there is none yet. Two that start at once agree on one.
    pub(super) async fn open_or_make(db: &Db, keys: &KeyRing, now: Timestamp) -> Result<Self, AuthorityError> {
        let stored = rows::authority_find(&mut db.read().await?).await?;
        let row = if let Some(row) = stored {
            row
        } else {
            let made = &make(keys, now)?;
            db.write(|tx| Box::pin(async move { rows::authority_put(tx, made, now).await })).await?
        };
        let key = keys.open(Domain::KernelNodeAuthority, &place(), &row.key_sealed)?;
        Ok(Self {
            certificate: CertificateDer::from_pem_slice(row.certificate_pem.as_bytes())?,
            certificate_pem: row.certificate_pem,
            key_pem: Secret::new(String::from_utf8_lossy(key.expose()).into_owned()),
        })
    }

    /// SHA-256 of its certificate, by which an invited node knows it.
    pub(super) fn pin(&self) -> [u8; 32] {
        medward_crypto::sha256(&self.certificate)
    }

    /// A certificate for the key in a node's request. Nothing else in the request counts.
    pub(super) fn issue(&self, node: NodeId, request_pem: &str, now: Timestamp) -> Result<Issued, AuthorityError> {
        let request = CertificateSigningRequestParams::from_pem(request_pem)?;
        let not_after = now.plus(NODE_CERTIFICATE);
        let mut params = params(&node.to_string(), now, not_after)?;
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
        self.sign(&params, &request.public_key, not_after)
    }

    /// Chain and key of the listener.
    pub(super) fn server(&self, now: Timestamp) -> Result<ServerPair, AuthorityError> {
        let key = KeyPair::generate()?;
        let not_after = now.plus(AUTHORITY);
        let mut params = params(SERVER_NAME, now, not_after)?;
        params.subject_alt_names = vec![rcgen::SanType::DnsName(SERVER_NAME.try_into()?)];
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        let issued = self.sign(&params, &key, not_after)?;
        let leaf = CertificateDer::from_pem_slice(issued.pem.as_bytes())?;
        let key = PrivateKeyDer::from_pem_slice(key.serialize_pem().as_bytes())?;
        Ok((vec![leaf, self.certificate.clone()], key))
    }

    fn sign(
        &self,
        params: &CertificateParams,
        key: &impl PublicKeyData,
        not_after: Timestamp,
    ) -> Result<Issued, AuthorityError> {
        let own = KeyPair::from_pem(self.key_pem.expose())?;
        let issuer = Issuer::from_ca_cert_pem(&self.certificate_pem, own)?;
        let made = params.signed_by(key, &issuer)?;
        Ok(Issued { fingerprint: crate::tls::fingerprint(made.der()), pem: made.pem(), not_after })
    }
}

/// A chain and its key.
type ServerPair = (Vec<CertificateDer<'static>>, PrivateKeyDer<'static>);

fn make(keys: &KeyRing, now: Timestamp) -> Result<AuthorityRow, AuthorityError> {
    let key = KeyPair::generate()?;
    let mut params = params("Medward nodes", now, now.plus(AUTHORITY))?;
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    let certificate_pem = params.self_signed(&key)?.pem();
    let key_pem = Secret::new(key.serialize_pem());
    let key_sealed = keys.seal(Domain::KernelNodeAuthority, &place(), key_pem.expose().as_bytes())?;
    Ok(AuthorityRow { certificate_pem, key_sealed })
}

fn params(name: &str, now: Timestamp, not_after: Timestamp) -> Result<CertificateParams, AuthorityError> {
    let mut params = CertificateParams::default();
    params.distinguished_name = rcgen::DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, name);
    params.use_authority_key_identifier_extension = true;
    let (year, month, day) = date(now.minus(SKEW))?;
    params.not_before = rcgen::date_time_ymd(year, month, day);
    // From the beginning of the day after, so that it is good for the whole of the last one.
    let (year, month, day) = date(not_after.plus(SKEW))?;
    params.not_after = rcgen::date_time_ymd(year, month, day);
    Ok(params)
}

/// Year, month and day, UTC.
fn date(at: Timestamp) -> Result<(i32, u8, u8), AuthorityError> {
    let date = jiff::Timestamp::from_microsecond(at.as_micros()).map_err(|_| AuthorityError::Time)?;
    let date = date.to_zoned(jiff::tz::TimeZone::UTC);
    let part = |number: i8| u8::try_from(number).map_err(|_| AuthorityError::Time);
    Ok((i32::from(date.year()), part(date.month())?, part(date.day())?))
}
