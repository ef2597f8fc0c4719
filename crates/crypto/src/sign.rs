//! Ed25519 (RFC 8032): sign with a 32-byte seed, verify with a 32-byte public key.

use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};

use crate::secret::Secret;

/// Why a signature was not accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SignError {
    /// The public key is not a point of the curve.
    #[error("read public key")]
    PublicKey,
    /// The signature does not belong to this key and message.
    #[error("verify signature")]
    Mismatch,
    /// No signature could be made.
    #[error("sign")]
    Failed,
}

/// The public key of a seed.
pub fn public_key(seed: &Secret<[u8; 32]>) -> [u8; 32] {
    SigningKey::from_bytes(seed.expose()).verifying_key().to_bytes()
}

/// Signs `message`. The same seed and message always give the same signature.
pub fn sign(seed: &Secret<[u8; 32]>, message: &[u8]) -> [u8; 64] {
    SigningKey::from_bytes(seed.expose()).sign(message).to_bytes()
}

/// Verifies strictly: small-order keys and non-canonical signatures are refused (RFC 8032 §5.1.7).
pub fn verify(public_key: &[u8; 32], message: &[u8], signature: &[u8; 64]) -> Result<(), SignError> {
    let key = VerifyingKey::from_bytes(public_key).map_err(|_| SignError::PublicKey)?;
    key.verify_strict(message, &Signature::from_bytes(signature)).map_err(|_| SignError::Mismatch)
}

#[cfg(test)]
mod tests {
    use data_encoding::HEXLOWER;
    use proptest::prelude::*;

    use super::*;

    fn array<const N: usize>(text: &str) -> [u8; N] {
        HEXLOWER.decode(text.as_bytes()).unwrap().try_into().unwrap()
    }

    /// RFC 8032 §7.1, TEST 3.
    #[test]
    fn ed25519_of_rfc_8032() {
        let seed = Secret::new(array("c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7"));
        let public = array("fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025");
        let signature = array(
            "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc659\
             4a7c15e9716ed28dc027beceea1ec40a",
        );
        assert_eq!(public_key(&seed), public);
        assert_eq!(sign(&seed, &[0xaf, 0x82]), signature);
        assert_eq!(verify(&public, &[0xaf, 0x82], &signature), Ok(()));
        assert_eq!(verify(&public, &[0xaf, 0x83], &signature), Err(SignError::Mismatch));
    }

    #[test]
    fn small_order_key_is_refused() {
        let mut identity_point = [0; 32];
        identity_point[0] = 1;
        assert!(verify(&identity_point, b"", &[0; 64]).is_err());
    }

    proptest! {
        #[test]
        fn any_flipped_bit_of_a_signature_fails(seed: [u8; 32], message: Vec<u8>, bit in 0_usize..512) {
            let seed = Secret::new(seed);
            let mut signature = sign(&seed, &message);
            prop_assert_eq!(verify(&public_key(&seed), &message, &signature), Ok(()));
            signature[bit / 8] ^= 1 << (bit % 8);
            prop_assert!(verify(&public_key(&seed), &message, &signature).is_err());
        }
    }
}
