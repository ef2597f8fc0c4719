//! Sealed values (`identity.md` §1.2): one encrypted field, bound to the place it is stored in.
//!
//! `0x01 | alg 1 (1 AES-256-GCM, 2 SM4-GCM) | key id 4 BE | nonce 12 random | ciphertext | tag 16`; overhead 34 bytes.
//!
//! Invariant: a value moved to another table, column, row or label fails to open; a failure is an error, never empty
//! text. The six header bytes are not in the additional data of the specification, but every one of them is checked:
//! version and algorithm against the known ones, the key id against the key that opens.

use aes_gcm::aead::{Aead, Payload};
use aes_gcm::{Aes256Gcm, KeyInit};
use medward_contract::SensitivityLabel;

use crate::random::{RandomError, random_array};
use crate::secret::Secret;

const VERSION: u8 = 1;
/// Algorithm byte of AES-256-GCM; 2 is SM4-GCM (later issue), everything else is unknown.
const AES_256_GCM: u8 = 1;
const HEADER: usize = 6;
const NONCE: usize = 12;
const TAG: usize = 16;

/// Bytes a sealed value is longer than its content.
pub const OVERHEAD: usize = HEADER + NONCE + TAG;

/// Where a sealed value is stored: the additional data of the encryption.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place<'a> {
    /// Table, for example `identity_credential`.
    pub table: &'a str,
    /// Column, for example `totp_sealed`.
    pub column: &'a str,
    /// Primary key of the row as text.
    pub key: &'a str,
    /// Label of the column.
    pub label: SensitivityLabel,
}

impl Place<'_> {
    /// `table 0x00 column 0x00 primary key 0x00 column label`; none of the parts may hold NUL.
    fn additional_data(&self) -> Result<Vec<u8>, SealError> {
        let parts = [self.table, self.column, self.key, label_text(self.label)];
        if parts.iter().any(|part| part.contains('\0')) {
            return Err(SealError::Place);
        }
        Ok(parts.join("\0").into_bytes())
    }
}

fn label_text(label: SensitivityLabel) -> &'static str {
    match label {
        SensitivityLabel::L1 => "L1",
        SensitivityLabel::L2 => "L2",
        SensitivityLabel::L3 => "L3",
        SensitivityLabel::L4 => "L4",
    }
}

/// Why a value was not sealed or opened.
#[derive(Debug, thiserror::Error)]
pub enum SealError {
    /// No randomness for the nonce.
    #[error("draw a nonce")]
    Nonce(#[source] RandomError),
    /// Table, column or key contains NUL.
    #[error("name the place of a sealed value: it contains NUL")]
    Place,
    /// The content is longer than AES-GCM allows (64 GiB).
    #[error("seal value: too long")]
    TooLong,
    /// Not the format of a sealed value: too short or another version.
    #[error("read sealed value: not in a known format")]
    Format,
    /// Sealed with an algorithm this build cannot open (2 is SM4-GCM).
    #[error("open sealed value: algorithm {0} is not available")]
    Algorithm(u8),
    /// Sealed with a key this ring does not hold.
    #[error("open sealed value: key {0} is not in the ring")]
    UnknownKey(u32),
    /// Altered, moved to another place, relabelled, or sealed under another master key.
    #[error("open sealed value: altered, moved, or sealed under another key")]
    Authentication,
}

/// Seals `content` with a fresh nonce.
pub(crate) fn seal(
    key: &Secret<[u8; 32]>,
    key_id: u32,
    place: &Place<'_>,
    content: &[u8],
) -> Result<Vec<u8>, SealError> {
    let nonce = random_array::<NONCE>().map_err(SealError::Nonce)?;
    let aad = place.additional_data()?;
    let cipher = Aes256Gcm::new(key.expose().into());
    let encrypted =
        cipher.encrypt(&nonce.into(), Payload { msg: content, aad: &aad }).map_err(|_| SealError::TooLong)?;
    let mut sealed = Vec::with_capacity(OVERHEAD + content.len());
    sealed.extend_from_slice(&[VERSION, AES_256_GCM]);
    sealed.extend_from_slice(&key_id.to_be_bytes());
    sealed.extend_from_slice(&nonce);
    sealed.extend_from_slice(&encrypted);
    Ok(sealed)
}

/// Opens a sealed value with the key its header names.
pub(crate) fn open(
    key: &Secret<[u8; 32]>,
    expected_key_id: u32,
    place: &Place<'_>,
    sealed: &[u8],
) -> Result<Secret<Vec<u8>>, SealError> {
    let parts = split(sealed)?;
    if parts.key_id != expected_key_id {
        return Err(SealError::UnknownKey(parts.key_id));
    }
    let aad = place.additional_data()?;
    Aes256Gcm::new(key.expose().into())
        .decrypt(&parts.nonce.into(), Payload { msg: parts.encrypted, aad: &aad })
        .map(Secret::new)
        .map_err(|_| SealError::Authentication)
}

struct Parts<'a> {
    key_id: u32,
    nonce: [u8; NONCE],
    encrypted: &'a [u8],
}

fn split(sealed: &[u8]) -> Result<Parts<'_>, SealError> {
    let (&[version, algorithm], rest) = sealed.split_first_chunk::<2>().ok_or(SealError::Format)?;
    let (key_id, rest) = rest.split_first_chunk::<4>().ok_or(SealError::Format)?;
    let (nonce, encrypted) = rest.split_first_chunk::<NONCE>().ok_or(SealError::Format)?;
    if version != VERSION || encrypted.len() < TAG {
        return Err(SealError::Format);
    }
    if algorithm != AES_256_GCM {
        return Err(SealError::Algorithm(algorithm));
    }
    Ok(Parts { key_id: u32::from_be_bytes(*key_id), nonce: *nonce, encrypted })
}

#[cfg(test)]
mod tests {
    use data_encoding::HEXLOWER;
    use proptest::prelude::*;

    use super::*;

    const PLACE: Place<'_> =
        Place { table: "identity_credential", column: "totp_sealed", key: "k1", label: SensitivityLabel::L4 };

    fn key() -> Secret<[u8; 32]> {
        Secret::new([5; 32])
    }

    fn hex(text: &str) -> Vec<u8> {
        HEXLOWER.decode(text.as_bytes()).unwrap()
    }

    /// NIST GCM specification, test case 16 (AES-256, 60-byte plain text, 20 bytes of additional data).
    #[test]
    fn aes_256_gcm_of_nist_case_16() {
        let key: [u8; 32] = hex("feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308").try_into().unwrap();
        let nonce: [u8; 12] = hex("cafebabefacedbaddecaf888").try_into().unwrap();
        let plain = hex(
            "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39",
        );
        let aad = hex("feedfacedeadbeeffeedfacedeadbeefabaddad2");
        let encrypted =
            Aes256Gcm::new((&key).into()).encrypt(&nonce.into(), Payload { msg: &plain, aad: &aad }).unwrap();
        let (ciphertext, tag) = encrypted.split_at(60);
        assert_eq!(
            HEXLOWER.encode(ciphertext),
            "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662"
        );
        assert_eq!(HEXLOWER.encode(tag), "76fc6ece0f4e1768cddf8853bb2d551b");
    }

    #[test]
    fn sealed_value_has_the_specified_layout() {
        let sealed = seal(&key(), 0x0102_0304, &PLACE, b"12345678901").unwrap();
        assert_eq!(&sealed[..6], &[1, 1, 1, 2, 3, 4]);
        assert_eq!(sealed.len(), 11 + OVERHEAD);
        assert_eq!(OVERHEAD, 34);
    }

    #[test]
    fn value_moved_or_relabelled_fails_to_open() {
        let sealed = seal(&key(), 1, &PLACE, b"secret").unwrap();
        let check = |place: Place<'_>| {
            assert!(matches!(open(&key(), 1, &place, &sealed), Err(SealError::Authentication)), "{place:?}");
        };
        check(Place { table: "identity_account", ..PLACE });
        check(Place { column: "phone", ..PLACE });
        check(Place { key: "k2", ..PLACE });
        check(Place { label: SensitivityLabel::L3, ..PLACE });
        assert_eq!(open(&key(), 1, &PLACE, &sealed).unwrap().expose(), b"secret");
    }

    #[test]
    fn boundaries_between_the_parts_of_a_place_cannot_be_shifted() {
        let shifted = Place { table: "a\0b", column: "c", key: "d", label: SensitivityLabel::L1 };
        assert!(matches!(seal(&key(), 1, &shifted, b""), Err(SealError::Place)));
    }

    #[test]
    fn other_versions_and_algorithms_are_named() {
        let mut sealed = seal(&key(), 1, &PLACE, b"secret").unwrap();
        sealed[1] = 2;
        assert!(matches!(open(&key(), 1, &PLACE, &sealed), Err(SealError::Algorithm(2))));
        sealed[0] = 9;
        assert!(matches!(open(&key(), 1, &PLACE, &sealed), Err(SealError::Format)));
    }

    #[test]
    fn every_single_flipped_bit_fails() {
        let sealed = seal(&key(), 7, &PLACE, "王小明 138".as_bytes()).unwrap();
        for bit in 0..sealed.len() * 8 {
            let mut altered = sealed.clone();
            altered[bit / 8] ^= 1 << (bit % 8);
            assert!(open(&key(), 7, &PLACE, &altered).is_err(), "bit {bit} went unnoticed");
        }
    }

    proptest! {
        #[test]
        fn what_is_sealed_opens_again(content: Vec<u8>, row in "[^\0]{0,40}", id: u32) {
            let place = Place { key: &row, ..PLACE };
            let sealed = seal(&key(), id, &place, &content).unwrap();
            let opened = open(&key(), id, &place, &sealed).unwrap();
            prop_assert_eq!(opened.expose(), &content);
        }

        #[test]
        fn arbitrary_bytes_never_open_and_never_panic(bytes: Vec<u8>) {
            prop_assert!(open(&key(), 1, &PLACE, &bytes).is_err());
        }
    }
}
