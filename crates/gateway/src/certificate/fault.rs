//! What is wrong with a certificate, and what is only doubtful.

use medward_contract::Timestamp;
use serde::Serialize;

use super::pair::{MAX_CHAIN_BYTES, MAX_KEY_BYTES};

/// Why a certificate cannot serve. `Display` says what to do about it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum CertificateFault {
    #[error("the {what} may have {limit} bytes")]
    TooLong { what: &'static str, limit: usize },
    #[error(
        "there is no certificate in it: paste the file from -----BEGIN CERTIFICATE----- on (PEM; a PFX file is turned into PEM by `openssl pkcs12`)"
    )]
    NoCertificate,
    #[error("certificate {position} of the chain is damaged")]
    Unreadable { position: usize },
    #[error("the chain may have {limit} certificates")]
    ChainTooLong { limit: usize },
    #[error("the chain holds a private key: it belongs into the other field")]
    KeyInChain,
    #[error("there is no private key in it: paste the file from -----BEGIN PRIVATE KEY----- on (PEM)")]
    NoKey,
    #[error("the private key is locked with a password: unlock it by `openssl pkey -in key.pem -out open.pem`")]
    KeyEncrypted,
    #[error("keys of this kind are not served: use RSA, P-256 or P-384")]
    KeyKind,
    #[error("the key belongs to none of the certificates")]
    KeyMismatch,
    #[error("{subject:?} is no part of the chain: nothing in it was signed by this certificate")]
    Stray { subject: String },
    #[error("{subject:?} is signed with MD5 or SHA-1, which no browser accepts")]
    WeakSignature { subject: String },
    #[error("{subject:?} has an RSA key of {bits} bits; 2048 are the least")]
    WeakKey { subject: String, bits: usize },
    #[error("it names no host: browsers look at its alternative names (SAN) only")]
    NoNames,
    #[error("it may have {limit} names")]
    TooManyNames { limit: usize },
    #[error("it is not meant for servers (extended key usage)")]
    NotForServers,
    #[error("it expired at {at}")]
    Expired { at: Timestamp },
}

impl CertificateFault {
    /// The word by which the console finds its own sentence.
    pub(crate) const fn word(&self) -> &'static str {
        match self {
            Self::TooLong { .. } | Self::ChainTooLong { .. } | Self::TooManyNames { .. } => "too_long",
            Self::NoCertificate => "no_certificate",
            Self::Unreadable { .. } => "unreadable",
            Self::KeyInChain => "key_in_chain",
            Self::NoKey => "no_key",
            Self::KeyEncrypted => "key_encrypted",
            Self::KeyKind => "key_kind",
            Self::KeyMismatch => "key_mismatch",
            Self::Stray { .. } => "stray",
            Self::WeakSignature { .. } => "weak_signature",
            Self::WeakKey { .. } => "weak_key",
            Self::NoNames => "no_names",
            Self::NotForServers => "not_for_servers",
            Self::Expired { .. } => "expired",
        }
    }

    /// The certificate that is meant, when the chain has several.
    pub(crate) fn subject(&self) -> &str {
        match self {
            Self::Stray { subject } | Self::WeakSignature { subject } | Self::WeakKey { subject, .. } => subject,
            _ => "",
        }
    }

    /// The field to correct.
    pub(crate) const fn field(&self) -> &'static str {
        match self {
            Self::NoKey | Self::KeyEncrypted | Self::KeyKind | Self::KeyMismatch => "private_key_pem",
            Self::TooLong { limit, .. } if *limit == MAX_KEY_BYTES && MAX_KEY_BYTES != MAX_CHAIN_BYTES => {
                "private_key_pem"
            }
            _ => "chain_pem",
        }
    }
}

/// What a person should look at, although it can serve.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Doubt {
    /// It is over.
    Expired,
    /// It is not yet good.
    NotYetValid,
    /// Nobody but itself vouches for it.
    SelfSigned,
    /// No intermediate certificate comes with it.
    ChainOfOne,
    /// Its key is of a kind that browsers do not take (Ed25519).
    NoBrowser,
}
