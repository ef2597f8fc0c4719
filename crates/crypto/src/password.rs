//! Password storage: argon2id with a random salt and a pepper (`identity.md` §1.1, §4; CD-191).
//!
//! Hashing costs about 20 ms of CPU and 19 MiB; callers run it off the async threads and bound how many run at once.

use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _};
use argon2::{Algorithm, Argon2, Params, Version};

use crate::random::{RandomError, random_array};
use crate::secret::Secret;

/// Memory in KiB (`identity.md` §1.1, the second choice of RFC 9106's and OWASP's tables for servers).
const MEMORY_KIB: u32 = 19_456;
/// Passes over the memory.
const PASSES: u32 = 2;
/// Lanes.
const LANES: u32 = 1;
/// Most memory a stored hash may ask for, in KiB: a planted row must not exhaust the machine.
const MEMORY_CEILING_KIB: u32 = 262_144;
/// Longest password hashed, in bytes; longer input only costs time.
pub const PASSWORD_BYTES_MAX: usize = 1_024;

/// Why a password could not be hashed or compared.
#[derive(Debug, thiserror::Error)]
pub enum PasswordError {
    /// No randomness for the salt.
    #[error("draw a salt")]
    Salt(#[source] RandomError),
    /// The password is longer than [`PASSWORD_BYTES_MAX`].
    #[error("hash password: longer than {PASSWORD_BYTES_MAX} bytes")]
    TooLong,
    /// The parameters or the memory were refused.
    #[error("hash password")]
    Hash(#[source] argon2::password_hash::Error),
    /// The stored text is not a PHC string of argon2id within our limits.
    #[error("read stored password hash")]
    Stored,
}

/// The verdict on a password.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verified {
    /// It is the one.
    Right,
    /// It is the one, but stored with older parameters: hash it again and store that.
    RightButOld,
    /// It is not.
    Wrong,
}

/// Hashes and compares passwords under one pepper.
#[derive(Debug, Clone)]
pub struct PasswordHasher {
    pepper: Secret<[u8; 32]>,
}

impl PasswordHasher {
    /// `pepper` is argon2's secret key (RFC 9106 §3.1): without it a stolen table cannot be attacked off line.
    pub const fn new(pepper: Secret<[u8; 32]>) -> Self {
        Self { pepper }
    }

    /// Hashes into a PHC string, `$argon2id$v=19$m=19456,t=2,p=1$<salt>$<hash>`.
    pub fn hash_password(&self, password: &str) -> Result<String, PasswordError> {
        refuse_long(password)?;
        let salt = random_array::<16>().map_err(PasswordError::Salt)?;
        let argon2 = self.argon2(current_params()?)?;
        let hash = argon2.hash_password_with_salt(password.as_bytes(), &salt).map_err(PasswordError::Hash)?;
        Ok(hash.to_string())
    }

    /// Compares `password` with a stored PHC string, with the parameters written there.
    pub fn verify_password(&self, password: &str, stored: &str) -> Result<Verified, PasswordError> {
        refuse_long(password)?;
        let stored = PasswordHash::new(stored).map_err(|_| PasswordError::Stored)?;
        if stored.algorithm != Algorithm::Argon2id.ident() {
            return Err(PasswordError::Stored);
        }
        let params = Params::try_from(&stored).map_err(|_| PasswordError::Stored)?;
        if params.m_cost() > MEMORY_CEILING_KIB {
            return Err(PasswordError::Stored);
        }
        let as_now = (params.m_cost(), params.t_cost(), params.p_cost()) == (MEMORY_KIB, PASSES, LANES);
        match self.argon2(params)?.verify_password(password.as_bytes(), &stored) {
            Ok(()) if as_now => Ok(Verified::Right),
            Ok(()) => Ok(Verified::RightButOld),
            Err(argon2::password_hash::Error::PasswordInvalid) => Ok(Verified::Wrong),
            Err(error) => Err(PasswordError::Hash(error)),
        }
    }

    fn argon2(&self, params: Params) -> Result<Argon2<'_>, PasswordError> {
        Argon2::new_with_secret(self.pepper.expose(), Algorithm::Argon2id, Version::V0x13, params)
            .map_err(|error| PasswordError::Hash(error.into()))
    }
}

fn current_params() -> Result<Params, PasswordError> {
    Params::new(MEMORY_KIB, PASSES, LANES, None).map_err(|error| PasswordError::Hash(error.into()))
}

fn refuse_long(password: &str) -> Result<(), PasswordError> {
    if password.len() > PASSWORD_BYTES_MAX { Err(PasswordError::TooLong) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use argon2::{AssociatedData, ParamsBuilder};
    use data_encoding::HEXLOWER;

    use super::*;

    fn hasher() -> PasswordHasher {
        PasswordHasher::new(Secret::new([9; 32]))
    }

    /// RFC 9106 §5.3: argon2id, 4 lanes, 32 KiB, 3 passes, with secret and associated data.
    #[test]
    fn argon2id_of_rfc_9106() {
        let params = ParamsBuilder::new()
            .m_cost(32)
            .t_cost(3)
            .p_cost(4)
            .data(AssociatedData::new(&[4; 12]).unwrap())
            .output_len(32)
            .build()
            .unwrap();
        let argon2 = Argon2::new_with_secret(&[3; 8], Algorithm::Argon2id, Version::V0x13, params).unwrap();
        let mut tag = [0; 32];
        argon2.hash_password_into(&[1; 32], &[2; 16], &mut tag).unwrap();
        let expected = "0d640df58d78766c08c037a34a8b53c9d01ef0452d75b65eb52520e96b01e659";
        assert_eq!(HEXLOWER.encode(&tag), expected);
    }

    #[test]
    fn right_password_verifies_and_wrong_one_does_not() {
        let stored = hasher().hash_password("Qiu-tian 2026!").unwrap();
        assert!(stored.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{stored}");
        assert_eq!(hasher().verify_password("Qiu-tian 2026!", &stored).unwrap(), Verified::Right);
        assert_eq!(hasher().verify_password("Qiu-tian 2026?", &stored).unwrap(), Verified::Wrong);
    }

    #[test]
    fn equal_passwords_give_different_hashes() {
        assert_ne!(hasher().hash_password("same").unwrap(), hasher().hash_password("same").unwrap());
    }

    #[test]
    fn without_the_pepper_the_right_password_fails() {
        let stored = hasher().hash_password("Qiu-tian 2026!").unwrap();
        let other = PasswordHasher::new(Secret::new([8; 32]));
        assert_eq!(other.verify_password("Qiu-tian 2026!", &stored).unwrap(), Verified::Wrong);
    }

    #[test]
    fn older_parameters_are_accepted_and_reported() {
        let params = Params::new(64, 1, 1, None).unwrap();
        let weak = hasher().argon2(params).unwrap().hash_password_with_salt(b"old", &[1; 16]).unwrap().to_string();
        assert_eq!(hasher().verify_password("old", &weak).unwrap(), Verified::RightButOld);
    }

    #[test]
    fn planted_hashes_are_refused_before_they_cost_anything() {
        let check = |stored: &str| assert!(hasher().verify_password("x", stored).is_err(), "{stored}");
        check("");
        check("plain");
        check("$argon2i$v=19$m=64,t=1,p=1$c2FsdHNhbHRzYWx0$c2FsdHNhbHRzYWx0c2FsdHNhbHQ");
        check("$argon2id$v=19$m=4194304,t=1,p=1$c2FsdHNhbHRzYWx0$c2FsdHNhbHRzYWx0c2FsdHNhbHQ");
        assert!(hasher().hash_password(&"x".repeat(PASSWORD_BYTES_MAX + 1)).is_err());
    }
}
