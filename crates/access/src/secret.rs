//! The secret in the cookie of a session: 256 random bits and 128 bits of HMAC, in hexadecimal digits, in which no rule finds
//! an attack.
//!
//! The signature says nothing but that a node of this house made it: guesses stop here and never reach the store.

use data_encoding::HEXLOWER;
use medward_crypto::{RandomError, Secret, ct_eq, hmac_sha256_parts, random_array, sha256};

/// Length of the text.
pub const SECRET_CHARACTERS: usize = 96;

const DOMAIN: &[u8] = b"medward access\0";

/// By what a session is found: SHA-256 of its secret.
pub type TokenHash = [u8; 32];

/// Makes secrets and knows its own.
#[derive(Debug)]
pub struct SessionKey(Secret<[u8; 32]>);

impl SessionKey {
    /// Nodes that share sessions have the same key.
    pub const fn new(key: Secret<[u8; 32]>) -> Self {
        Self(key)
    }

    /// A new secret, and what it is found by.
    ///
    /// # Errors
    /// When there is no randomness.
    pub fn issue(&self) -> Result<(Secret<String>, TokenHash), RandomError> {
        let random = random_array::<32>()?;
        let text = HEXLOWER.encode(&[&random[..], &self.tag(&random)].concat());
        let hash = sha256(text.as_bytes());
        Ok((Secret::new(text), hash))
    }

    /// What a secret is found by; none when it is not one of this house.
    pub fn hash_of(&self, text: &[u8]) -> Option<TokenHash> {
        if text.len() != SECRET_CHARACTERS {
            return None;
        }
        let bytes = HEXLOWER.decode(text).ok()?;
        let (random, tag) = bytes.split_first_chunk::<32>()?;
        ct_eq(tag, &self.tag(random)).then(|| sha256(text))
    }

    fn tag(&self, random: &[u8; 32]) -> [u8; 16] {
        let mac = hmac_sha256_parts(self.0.expose(), &[DOMAIN, random]);
        mac.first_chunk::<16>().copied().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secret_is_known_only_to_its_own_key_and_only_whole() {
        let key = SessionKey::new(Secret::new([1; 32]));
        let (secret, hash) = key.issue().unwrap();
        assert_eq!(secret.expose().len(), SECRET_CHARACTERS);
        assert_eq!(key.hash_of(secret.expose().as_bytes()), Some(hash));
        assert_eq!(SessionKey::new(Secret::new([2; 32])).hash_of(secret.expose().as_bytes()), None);
        for at in 0..SECRET_CHARACTERS {
            let mut altered = secret.expose().clone().into_bytes();
            altered[at] = if altered[at] == b'a' { b'b' } else { b'a' };
            assert_eq!(key.hash_of(&altered), None, "{at}");
        }
        assert_eq!(key.hash_of(b""), None);
    }
}
