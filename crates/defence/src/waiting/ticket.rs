//! The signed text of a ticket: `base64url(fields).base64url(HMAC-SHA256)`.
//!
//! Fields, all of fixed length: version (1), object (16), number (8, big endian), last seen in microseconds since 1970 (8, big
//! endian), whether it was inside (1).

use std::time::Duration;

use data_encoding::BASE64URL_NOPAD;
use medward_contract::Timestamp;
use medward_crypto::{Secret, ct_eq, hmac_sha256_parts};

use super::ACTIVE_FOR;

const VERSION: u8 = 1;
const FIELD_BYTES: usize = 1 + 16 + 8 + 8 + 1;
/// 46 characters of fields, a dot, 43 of signature.
const TEXT_BYTES: usize = 46 + 1 + 43;
/// Keeps these signatures apart from all others under the same key.
const DOMAIN: &[u8] = b"medward waiting\0";
/// How far the clocks of two nodes that share a key may be apart.
const CLOCK_SKEW: Duration = Duration::from_secs(30);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Ticket {
    /// Lower numbers came earlier.
    pub(super) number: u64,
    pub(super) seen: Timestamp,
    pub(super) admitted: bool,
}

impl Ticket {
    pub(super) fn sign(&self, object: &[u8; 16], key: &Secret<[u8; 32]>) -> String {
        let fields = [
            &[VERSION][..],
            object,
            &self.number.to_be_bytes(),
            &self.seen.as_micros().to_be_bytes(),
            &[u8::from(self.admitted)],
        ]
        .concat();
        let mac = hmac_sha256_parts(key.expose(), &[DOMAIN, &fields]);
        format!("{}.{}", BASE64URL_NOPAD.encode(&fields), BASE64URL_NOPAD.encode(&mac))
    }

    /// Reads what was signed with this key for this object, and nothing else.
    pub(super) fn read(text: &str, object: &[u8; 16], key: &Secret<[u8; 32]>) -> Option<Self> {
        if text.len() != TEXT_BYTES {
            return None;
        }
        let (fields, mac) = text.split_once('.')?;
        let fields: [u8; FIELD_BYTES] = BASE64URL_NOPAD.decode(fields.as_bytes()).ok()?.try_into().ok()?;
        let mac = BASE64URL_NOPAD.decode(mac.as_bytes()).ok()?;
        if !ct_eq(&mac, &hmac_sha256_parts(key.expose(), &[DOMAIN, &fields])) {
            return None;
        }
        let ([version], rest) = fields.split_first_chunk::<1>()?;
        let (signed_object, rest) = rest.split_first_chunk::<16>()?;
        let (number, rest) = rest.split_first_chunk::<8>()?;
        let (seen, rest) = rest.split_first_chunk::<8>()?;
        let [admitted] = rest else { return None };
        let is_ours = *version == VERSION && signed_object == object;
        is_ours.then_some(Self {
            number: u64::from_be_bytes(*number),
            seen: Timestamp::from_micros(i64::from_be_bytes(*seen)),
            admitted: *admitted == 1,
        })
    }

    /// Since when its visitor was last seen, or none if that is further in the future than clocks are apart.
    pub(super) fn age(&self, now: Timestamp) -> Option<Duration> {
        (self.seen <= now.plus(CLOCK_SKEW)).then(|| now.since(self.seen))
    }

    /// Whether its visitor has not been away for too long, as far as the ticket tells.
    pub(super) fn is_good(&self, now: Timestamp) -> bool {
        self.age(now).is_some_and(|age| age < ACTIVE_FOR)
    }
}
