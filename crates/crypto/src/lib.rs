//! Cryptography in one place: secrets that do not print, hashes, passwords, signatures, sealed values, key ring.
//!
//! *Not* here: files, sockets, clocks, SQL, key custody (who keeps the master key is the binary's business) and the
//! GM suite (SM2, SM3, SM4), whose place is kept by the algorithm byte of a sealed value.
//!
//! Invariant: pure functions, except that [`random`] asks the operating system. A failure is a typed error, never an
//! empty or default value; nothing here logs.
//!
//! ```
//! use medward_contract::SensitivityLabel;
//! use medward_crypto::{Domain, KeyRing, MasterKey, Place};
//!
//! let ring = KeyRing::derive(&MasterKey::from_bytes([7; 32]), b"site-1");
//! let place = Place { table: "identity_credential", column: "totp_sealed", key: "42", label: SensitivityLabel::L4 };
//! let sealed = ring.seal(Domain::IdentityTotp, &place, b"secret")?;
//! assert_eq!(ring.open(Domain::IdentityTotp, &place, &sealed)?.expose(), b"secret");
//! # Ok::<(), medward_crypto::SealError>(())
//! ```

pub mod secret;

pub mod random;

pub mod hash;

pub mod password;

pub mod sign;

pub mod es256;

pub mod seal;

pub mod keyring;

pub use es256::{Es256Key, Es256PublicKey};
pub use hash::{ct_eq, hkdf_sha256, hmac_sha256, hmac_sha256_parts, sha256, sha256_parts};
pub use keyring::{Domain, Field, KeyRing, MasterKey};
pub use password::{PasswordError, PasswordHasher, Verified};
pub use random::{RandomError, random_array};
pub use seal::{Place, SealError};
pub use secret::Secret;
pub use sign::{SignError, public_key, sign, verify};
