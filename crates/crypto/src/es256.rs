//! ES256 (RFC 7518 §3.4): ECDSA over P-256 with SHA-256, for tokens that programs of others verify.
//!
//! *Not* here: tokens. Signatures are deterministic (RFC 6979), so no weak randomness can give the key away.

use p256::ecdsa::signature::{Signer, Verifier};
use p256::ecdsa::{Signature, SigningKey, VerifyingKey};

use crate::secret::Secret;
use crate::sign::SignError;

/// A private key. Wiped when dropped.
#[derive(Clone)]
pub struct Es256Key(SigningKey);

/// A public key: the coordinates of a point of the curve, big-endian, as a JSON Web Key holds them (RFC 7518 §6.2.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Es256PublicKey {
    /// First coordinate.
    pub x: [u8; 32],
    /// Second coordinate.
    pub y: [u8; 32],
}

impl std::fmt::Debug for Es256Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Es256Key(***)")
    }
}

impl Es256Key {
    /// The key with this number; none for 0 and for numbers not below the order of the curve (one of 2^32 random ones).
    pub fn from_bytes(bytes: &Secret<[u8; 32]>) -> Option<Self> {
        SigningKey::from_slice(bytes.expose()).ok().map(Self)
    }

    /// Its public key.
    pub fn public_key(&self) -> Es256PublicKey {
        let point = self.0.verifying_key().to_sec1_point(false);
        let (mut x, mut y) = ([0; 32], [0; 32]);
        // 0x04, then both coordinates; the point is never the one at infinity.
        let coordinates = point.as_bytes().iter().skip(1);
        for (slot, byte) in x.iter_mut().chain(y.iter_mut()).zip(coordinates) {
            *slot = *byte;
        }
        Es256PublicKey { x, y }
    }

    /// Signs `message`: r, then s. The same key and message always give the same signature.
    pub fn sign(&self, message: &[u8]) -> Result<[u8; 64], SignError> {
        let signature: Signature = self.0.try_sign(message).map_err(|_| SignError::Failed)?;
        Ok(signature.to_bytes().into())
    }
}

impl Es256PublicKey {
    /// Whether `signature` (r, then s) belongs to this key and message.
    pub fn verify(&self, message: &[u8], signature: &[u8; 64]) -> Result<(), SignError> {
        let point = [&[4], self.x.as_slice(), &self.y].concat();
        let key = VerifyingKey::from_sec1_bytes(&point).map_err(|_| SignError::PublicKey)?;
        let signature = Signature::from_slice(signature).map_err(|_| SignError::Mismatch)?;
        key.verify(message, &signature).map_err(|_| SignError::Mismatch)
    }
}

#[cfg(test)]
mod tests {
    use data_encoding::HEXUPPER;
    use proptest::prelude::*;

    use super::*;

    fn array<const N: usize>(text: &str) -> [u8; N] {
        HEXUPPER.decode(text.as_bytes()).unwrap().try_into().unwrap()
    }

    /// RFC 6979 A.2.5, with SHA-256, message "sample".
    #[test]
    fn p256_of_rfc_6979() {
        let secret = array("C9AFA9D845BA75166B5C215767B1D6934E50C3DB36E89B127B8A622B120F6721");
        let key = Es256Key::from_bytes(&Secret::new(secret)).unwrap();
        let public = Es256PublicKey {
            x: array("60FED4BA255A9D31C961EB74C6356D68C049B8923B61FA6CE669622E60F29FB6"),
            y: array("7903FE1008B8BC99A41AE9E95628BC64F2F1B20C2D7E9F5177A3C294D4462299"),
        };
        let signature = array(
            "EFD48B2AACB6A8FD1140DD9CD45E81D69D2C877B56AAF991C34D0EA84EAF3716\
             F7CB1C942D657C41D436C7A1B6E29F65F3E900DBB9AFF4064DC4AB2F843ACDA8",
        );
        assert_eq!(key.public_key(), public);
        assert_eq!(key.sign(b"sample"), Ok(signature));
        assert_eq!(public.verify(b"sample", &signature), Ok(()));
        assert_eq!(public.verify(b"Sample", &signature), Err(SignError::Mismatch));
    }

    #[test]
    fn numbers_outside_the_curve_are_no_keys() {
        let order = array("FFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551");
        for bytes in [[0; 32], order, [0xff; 32]] {
            assert!(Es256Key::from_bytes(&Secret::new(bytes)).is_none());
        }
        let nowhere = Es256PublicKey { x: [1; 32], y: [1; 32] };
        assert_eq!(nowhere.verify(b"", &[1; 64]), Err(SignError::PublicKey));
    }

    #[test]
    fn private_key_is_never_printed() {
        assert_eq!(format!("{:?}", Es256Key::from_bytes(&Secret::new([7; 32]))), "Some(Es256Key(***))");
    }

    proptest! {
        #[test]
        fn any_flipped_bit_of_a_signature_fails(first in 1_u8..255, message: Vec<u8>, bit in 0_usize..512) {
            let key = Es256Key::from_bytes(&Secret::new([first; 32])).unwrap();
            let mut signature = key.sign(&message).unwrap();
            prop_assert_eq!(key.public_key().verify(&message, &signature), Ok(()));
            signature[bit / 8] ^= 1 << (bit % 8);
            prop_assert!(key.public_key().verify(&message, &signature).is_err());
        }
    }
}
