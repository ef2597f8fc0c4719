//! SHA-256, HMAC (RFC 2104), HKDF (RFC 5869) and comparison in constant time.

use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use crate::secret::Secret;

/// Block length of SHA-256 in bytes.
const BLOCK: usize = 64;

/// SHA-256 of `bytes`.
pub fn sha256(bytes: &[u8]) -> [u8; 32] {
    sha256_parts(&[bytes])
}

/// SHA-256 of the concatenation of `parts`. The caller makes the boundaries unambiguous.
pub fn sha256_parts(parts: &[&[u8]]) -> [u8; 32] {
    let mut hasher = Sha256::new();
    for part in parts {
        hasher.update(part);
    }
    hasher.finalize().into()
}

/// HMAC-SHA256 of `message` under `key` of any length.
pub fn hmac_sha256(key: &[u8], message: &[u8]) -> [u8; 32] {
    hmac_sha256_parts(key, &[message])
}

/// HMAC-SHA256 of the concatenation of `parts`. The caller makes the boundaries unambiguous.
pub fn hmac_sha256_parts(key: &[u8], parts: &[&[u8]]) -> [u8; 32] {
    let mut mac = Hmac::<Sha256>::new((&*key_block(key)).into());
    for part in parts {
        mac.update(part);
    }
    mac.finalize().into_bytes().into()
}

/// The key as RFC 2104 §2 pads it to one block, so that no key length can fail.
fn key_block(key: &[u8]) -> Zeroizing<[u8; BLOCK]> {
    let mut block = Zeroizing::new([0_u8; BLOCK]);
    let hashed;
    let key = if key.len() > BLOCK {
        hashed = sha256(key);
        &hashed
    } else {
        key
    };
    for (slot, byte) in block.iter_mut().zip(key) {
        *slot = *byte;
    }
    block
}

/// HKDF-SHA256 (RFC 5869) with one block of output: 32 bytes are all that any of our keys needs, and cannot fail.
pub fn hkdf_sha256(salt: &[u8], key_material: &[u8], info: &[u8]) -> Secret<[u8; 32]> {
    let pseudorandom_key = Zeroizing::new(hmac_sha256(salt, key_material));
    Secret::new(hmac_sha256_parts(&*pseudorandom_key, &[info, &[1]]))
}

/// Whether both are equal, in a time that depends only on their lengths.
pub fn ct_eq(left: &[u8], right: &[u8]) -> bool {
    left.ct_eq(right).into()
}

#[cfg(test)]
mod tests {
    use data_encoding::HEXLOWER;

    use super::*;

    fn hex(text: &str) -> Vec<u8> {
        HEXLOWER.decode(text.as_bytes()).unwrap()
    }

    /// FIPS 180-4 example "abc".
    #[test]
    fn sha256_of_abc_is_the_published_value() {
        let expected = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(HEXLOWER.encode(&sha256(b"abc")), expected);
        assert_eq!(sha256(b"abc"), sha256_parts(&[b"a", b"", b"bc"]));
    }

    /// `identity.md` §1.4: HMAC-SHA256 over a telephone number with 32 zero bytes as key.
    #[test]
    fn hmac_of_the_specification_vector() {
        let expected = "cb5ef8aa0167c6f09e07f447be3b9de22bf5f36022701b9c8340889e95a79b90";
        assert_eq!(HEXLOWER.encode(&hmac_sha256(&[0; 32], b"+8613800138000")), expected);
    }

    /// RFC 4231 §4.2 (short key) and §4.7 (key longer than a block).
    #[test]
    fn hmac_of_rfc_4231_for_short_and_long_keys() {
        let check = |key: &[u8], message: &[u8], expected: &str| {
            assert_eq!(HEXLOWER.encode(&hmac_sha256(key, message)), expected);
        };
        check(&[0x0b; 20], b"Hi There", "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
        check(
            &[0xaa; 131],
            b"Test Using Larger Than Block-Size Key - Hash Key First",
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
        );
    }

    /// RFC 5869 A.1, first 32 of its 42 bytes (output blocks do not depend on the requested length).
    #[test]
    fn hkdf_of_rfc_5869() {
        let key = hkdf_sha256(&hex("000102030405060708090a0b0c"), &[0x0b; 22], &hex("f0f1f2f3f4f5f6f7f8f9"));
        let expected = "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf";
        assert_eq!(HEXLOWER.encode(key.expose()), expected);
    }

    #[test]
    fn comparison_sees_content_and_length() {
        assert!(ct_eq(b"abc", b"abc"));
        assert!(!ct_eq(b"abc", b"abd"));
        assert!(!ct_eq(b"abc", b"ab"));
    }
}
