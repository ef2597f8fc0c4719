//! A certificate chain and its key as an operator uploads them, read and checked before they may serve anybody
//! (gateway.md §3).
//!
//! Files come from many hands: the chain may stand in any order and hold the root. What is found is put into the order in
//! which it is served; what belongs to nothing is refused by name, not left out.

use std::net::IpAddr;
use std::sync::Arc;

use medward_contract::Timestamp;
use medward_kernel::tls::fingerprint;
use rustls::crypto::ring::sign::any_supported_type;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::sign::CertifiedKey;
use x509_parser::certificate::X509Certificate;
use x509_parser::error::X509Error;
use x509_parser::extensions::GeneralName;
use x509_parser::oid_registry::{OID_PKCS1_MD5WITHRSAENC, OID_PKCS1_SHA1WITHRSA, OID_SIG_ED25519};
use x509_parser::prelude::FromDer as _;
use x509_parser::public_key::PublicKey;

use super::fault::{CertificateFault, Doubt};

/// Longest chain, bytes of PEM.
pub(super) const MAX_CHAIN_BYTES: usize = 64 * 1024;
/// Longest key, bytes of PEM.
pub(super) const MAX_KEY_BYTES: usize = 16 * 1024;
/// Most certificates of one chain.
const MAX_CHAIN: usize = 10;
/// Most names of one certificate.
const MAX_NAMES: usize = 256;
/// Shorter RSA keys are broken within years (NIST SP 800-131A).
const MIN_RSA_BITS: usize = 2048;
/// RFC 3279 §2.2.3.
const ECDSA_WITH_SHA1: &str = "1.2.840.10045.4.1";

/// What a certificate says about itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Facts {
    /// Whom it was made for.
    pub(crate) subject: String,
    /// Who made it.
    pub(crate) issuer: String,
    /// Its number with that issuer, `0a:1b:…`.
    pub(crate) serial: String,
    /// Host names and addresses it is good for, lower case.
    pub(crate) names: Vec<String>,
    pub(crate) not_before: Timestamp,
    pub(crate) not_after: Timestamp,
    /// SHA-256, `AB:CD:…`.
    pub(crate) fingerprint: String,
    /// `RSA 2048`, `P-256`, `P-384`, `Ed25519`.
    pub(crate) key: String,
    /// Subjects of what is served behind it, in order.
    pub(crate) chain: Vec<String>,
}

impl Facts {
    /// What a certificate says that was read before.
    pub(crate) fn of_leaf(der: &[u8]) -> Option<Self> {
        let (_, certificate) = X509Certificate::from_der(der).ok()?;
        let mut facts = Self::of(&certificate, der);
        facts.names = names(&certificate).unwrap_or_default();
        Some(facts)
    }

    /// Whether it is over, or not yet good.
    pub(crate) fn doubt_at(&self, now: Timestamp) -> Option<Doubt> {
        if self.not_after <= now { Some(Doubt::Expired) } else { (self.not_before > now).then_some(Doubt::NotYetValid) }
    }

    fn of(certificate: &X509Certificate<'_>, der: &[u8]) -> Self {
        Self {
            subject: subject(certificate),
            issuer: name(certificate.issuer()),
            serial: certificate.tbs_certificate.raw_serial_as_string(),
            names: Vec::new(),
            not_before: time(certificate.validity().not_before.timestamp()),
            not_after: time(certificate.validity().not_after.timestamp()),
            fingerprint: fingerprint(der),
            key: key_words(certificate),
            chain: Vec::new(),
        }
    }
}

/// A chain with its key, ready to serve.
#[derive(Debug, Clone)]
pub(crate) struct Pair {
    pub(crate) facts: Facts,
    /// Whatever the time is; [`Pair::doubts_at`] has all.
    doubts: Vec<Doubt>,
    pub(crate) served: Arc<CertifiedKey>,
}

impl Pair {
    /// Reads a PEM chain and its PEM key and checks them against each other and the time.
    ///
    /// # Errors
    /// Whatever would make visitors see a warning instead of the site.
    pub(crate) fn read(chain_pem: &str, key_pem: &str, now: Timestamp) -> Result<Self, CertificateFault> {
        let pair = Self::read_stored(chain_pem, key_pem)?;
        if pair.facts.not_after <= now {
            return Err(CertificateFault::Expired { at: pair.facts.not_after });
        }
        Ok(pair)
    }

    /// The same for what was checked before: one that expired since is better than none.
    pub(crate) fn read_stored(chain_pem: &str, key_pem: &str) -> Result<Self, CertificateFault> {
        let key = read_key(key_pem)?;
        let ders = read_chain(chain_pem)?;
        let parsed = ders
            .iter()
            .enumerate()
            .map(|(at, der)| match X509Certificate::from_der(der) {
                Ok(([], certificate)) => Ok(certificate),
                _ => Err(CertificateFault::Unreadable { position: at + 1 }),
            })
            .collect::<Result<Vec<_>, _>>()?;
        // A weak key does not load either; its certificate says better what is wrong with it.
        let signing = any_supported_type(&key).map_err(|_| {
            let mut faults = parsed.iter().filter_map(|certificate| check_strength(certificate).err());
            let weak = faults.find(|fault| matches!(fault, CertificateFault::WeakKey { .. }));
            weak.unwrap_or(CertificateFault::KeyKind)
        })?;
        let spki = signing.public_key().ok_or(CertificateFault::KeyKind)?;
        let leaf = parsed
            .iter()
            .position(|certificate| certificate.public_key().raw == spki.as_ref())
            .ok_or(CertificateFault::KeyMismatch)?;
        let order = chain_order(&parsed, leaf)?;
        let chain: Vec<&X509Certificate<'_>> = order.iter().filter_map(|at| parsed.get(*at)).collect();
        for certificate in &chain {
            check_strength(certificate)?;
        }
        let Some((certificate, issuers)) = chain.split_first() else { return Err(CertificateFault::KeyMismatch) };
        let mut facts = Facts::of(certificate, ders.get(leaf).map(CertificateDer::as_ref).unwrap_or_default());
        facts.names = names(certificate)?;
        facts.chain = issuers.iter().map(|issuer| subject(issuer)).collect();
        let doubts = doubts(&chain);
        let served = order.iter().filter_map(|at| ders.get(*at).cloned()).collect();
        Ok(Self { facts, doubts, served: Arc::new(CertifiedKey::new(served, signing)) })
    }

    /// Whether nobody but itself vouches for it.
    pub(crate) fn is_self_signed(&self) -> bool {
        self.doubts.contains(&Doubt::SelfSigned)
    }

    /// What a person should look at.
    pub(crate) fn doubts_at(&self, now: Timestamp) -> Vec<Doubt> {
        let time = self.facts.doubt_at(now);
        time.into_iter().chain(self.doubts.iter().copied()).collect()
    }
}

fn read_key(pem: &str) -> Result<PrivateKeyDer<'static>, CertificateFault> {
    if pem.len() > MAX_KEY_BYTES {
        return Err(CertificateFault::TooLong { what: "key", limit: MAX_KEY_BYTES });
    }
    if pem.contains("ENCRYPTED") {
        return Err(CertificateFault::KeyEncrypted);
    }
    PrivateKeyDer::from_pem_slice(pem.as_bytes()).map_err(|_| CertificateFault::NoKey)
}

fn read_chain(pem: &str) -> Result<Vec<CertificateDer<'static>>, CertificateFault> {
    if pem.len() > MAX_CHAIN_BYTES {
        return Err(CertificateFault::TooLong { what: "chain", limit: MAX_CHAIN_BYTES });
    }
    if pem.contains("PRIVATE KEY") {
        return Err(CertificateFault::KeyInChain);
    }
    let mut ders: Vec<CertificateDer<'static>> = CertificateDer::pem_slice_iter(pem.as_bytes())
        .collect::<Result<_, _>>()
        .map_err(|_| CertificateFault::NoCertificate)?;
    // The same certificate twice is a slip of whoever put the file together.
    let mut seen = std::collections::HashSet::new();
    ders.retain(|der| seen.insert(der.clone()));
    match ders.len() {
        0 => Err(CertificateFault::NoCertificate),
        1..=MAX_CHAIN => Ok(ders),
        _ => Err(CertificateFault::ChainTooLong { limit: MAX_CHAIN }),
    }
}

/// Positions in the order in which they are served: the leaf, who made it, who made that. A root at the end is left out:
/// visitors have it or do not trust it.
fn chain_order(parsed: &[X509Certificate<'_>], leaf: usize) -> Result<Vec<usize>, CertificateFault> {
    let mut order = vec![leaf];
    let mut rest: Vec<usize> = (0..parsed.len()).filter(|at| *at != leaf).collect();
    while let Some(last) = order.last().and_then(|at| parsed.get(*at)) {
        let made = |at: &usize| {
            parsed.get(*at).is_some_and(|issuer| issuer.subject() == last.issuer() && signed(last, issuer))
        };
        let Some(found) = rest.iter().position(made) else { break };
        order.push(rest.swap_remove(found));
    }
    if let Some(stray) = rest.iter().min().and_then(|at| parsed.get(*at)) {
        return Err(CertificateFault::Stray { subject: subject(stray) });
    }
    if order.len() > 1 && order.last().and_then(|at| parsed.get(*at)).is_some_and(is_self_signed) {
        order.pop();
    }
    Ok(order)
}

/// Whether one was signed by the other. A signature of a kind that is not known here is for the visitor to check.
fn signed(certificate: &X509Certificate<'_>, issuer: &X509Certificate<'_>) -> bool {
    let verified = certificate.verify_signature(Some(issuer.public_key()));
    matches!(verified, Ok(()) | Err(X509Error::SignatureUnsupportedAlgorithm))
}

fn is_self_signed(certificate: &X509Certificate<'_>) -> bool {
    certificate.subject() == certificate.issuer() && certificate.verify_signature(None).is_ok()
}

fn check_strength(certificate: &X509Certificate<'_>) -> Result<(), CertificateFault> {
    let signature = &certificate.signature_algorithm.algorithm;
    let weak = [OID_PKCS1_MD5WITHRSAENC, OID_PKCS1_SHA1WITHRSA].contains(signature);
    if weak || signature.to_id_string() == ECDSA_WITH_SHA1 {
        return Err(CertificateFault::WeakSignature { subject: subject(certificate) });
    }
    match certificate.public_key().parsed() {
        Ok(PublicKey::RSA(key)) if key.key_size() < MIN_RSA_BITS => {
            Err(CertificateFault::WeakKey { subject: subject(certificate), bits: key.key_size() })
        }
        _ => Ok(()),
    }
}

/// The names that browsers compare; the common name is none of them (RFC 9525 §2).
fn names(certificate: &X509Certificate<'_>) -> Result<Vec<String>, CertificateFault> {
    if let Ok(Some(usage)) = certificate.extended_key_usage()
        && !usage.value.server_auth
        && !usage.value.any
    {
        return Err(CertificateFault::NotForServers);
    }
    let alternative = certificate.subject_alternative_name().ok().flatten();
    let general = alternative.iter().flat_map(|names| &names.value.general_names);
    let names: Vec<String> = general
        .filter_map(|name| match name {
            GeneralName::DNSName(name) => Some(name.to_ascii_lowercase()),
            GeneralName::IPAddress(bytes) => address(bytes).map(|address| address.to_string()),
            _ => None,
        })
        .collect();
    match names.len() {
        0 => Err(CertificateFault::NoNames),
        1..=MAX_NAMES => Ok(names),
        _ => Err(CertificateFault::TooManyNames { limit: MAX_NAMES }),
    }
}

fn address(bytes: &[u8]) -> Option<IpAddr> {
    let v4 = <[u8; 4]>::try_from(bytes).ok().map(IpAddr::from);
    v4.or_else(|| <[u8; 16]>::try_from(bytes).ok().map(IpAddr::from))
}

fn doubts(chain: &[&X509Certificate<'_>]) -> Vec<Doubt> {
    let mut doubts = match chain {
        [only] if is_self_signed(only) => vec![Doubt::SelfSigned],
        // Some authorities sign with their root; most do not, and then phones show a warning where a desktop does not.
        [_] => vec![Doubt::ChainOfOne],
        _ => Vec::new(),
    };
    if chain.first().is_some_and(|leaf| leaf.public_key().algorithm.algorithm == OID_SIG_ED25519) {
        doubts.push(Doubt::NoBrowser);
    }
    doubts
}

fn key_words(certificate: &X509Certificate<'_>) -> String {
    match certificate.public_key().parsed() {
        Ok(PublicKey::RSA(key)) => format!("RSA {}", key.key_size()),
        Ok(PublicKey::EC(point)) => format!("P-{}", point.key_size()),
        _ if certificate.public_key().algorithm.algorithm == OID_SIG_ED25519 => "Ed25519".to_owned(),
        _ => "?".to_owned(),
    }
}

fn subject(certificate: &X509Certificate<'_>) -> String {
    name(certificate.subject())
}

/// A distinguished name, cut to what fits a line.
fn name(name: &x509_parser::x509::X509Name<'_>) -> String {
    let mut text: String = name.to_string().chars().filter(|character| !character.is_control()).collect();
    text.truncate(text.floor_char_boundary(256));
    text
}

fn time(seconds: i64) -> Timestamp {
    Timestamp::from_micros(seconds.saturating_mul(1_000_000))
}
