//! The signed text of tokens and cookies: `base64url(fields).base64url(HMAC-SHA256)`.
//!
//! Fields, all of fixed length: version (1), kind (1), object (16), network (9), user agent (16), microseconds since 1970 (8,
//! big endian), nonce (16), bits (1). The kind is signed, so a token is no cookie.

use data_encoding::BASE64URL_NOPAD;
use medward_contract::Timestamp;
use medward_crypto::{Secret, ct_eq, hmac_sha256_parts};

use super::{Client, Proof};
use crate::prefix::{PREFIX_BYTES, Prefix};

const VERSION: u8 = 1;
const FIELD_BYTES: usize = 1 + 1 + 16 + PREFIX_BYTES + 16 + 8 + 16 + 1;
/// 91 characters of fields, a dot, 43 of signature.
const TEXT_BYTES: usize = 91 + 1 + 43;
/// Keeps these signatures apart from all others under the same key.
const DOMAIN: &[u8] = b"medward challenge\0";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Token,
    Cookie,
    Captcha,
    CaptchaCookie,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Passport {
    pub(super) kind: Kind,
    pub(super) client: Client,
    pub(super) issued: Timestamp,
    pub(super) nonce: [u8; 16],
    pub(super) bits: u8,
}

impl Passport {
    pub(super) fn sign(&self, key: &Secret<[u8; 32]>) -> String {
        let fields = [
            &[VERSION, self.kind.byte()][..],
            &self.client.object,
            self.client.prefix.as_bytes(),
            &self.client.agent,
            &self.issued.as_micros().to_be_bytes(),
            &self.nonce,
            &[self.bits],
        ]
        .concat();
        let mac = hmac_sha256_parts(key.expose(), &[DOMAIN, &fields]);
        format!("{}.{}", BASE64URL_NOPAD.encode(&fields), BASE64URL_NOPAD.encode(&mac))
    }

    /// Reads what was signed with this key as this kind, and nothing else.
    pub(super) fn read(text: &str, kind: Kind, key: &Secret<[u8; 32]>) -> Option<Self> {
        if text.len() != TEXT_BYTES {
            return None;
        }
        let (fields, mac) = text.split_once('.')?;
        let fields: [u8; FIELD_BYTES] = BASE64URL_NOPAD.decode(fields.as_bytes()).ok()?.try_into().ok()?;
        let mac = BASE64URL_NOPAD.decode(mac.as_bytes()).ok()?;
        if !ct_eq(&mac, &hmac_sha256_parts(key.expose(), &[DOMAIN, &fields])) {
            return None;
        }
        let ([version, signed_kind], rest) = fields.split_first_chunk::<2>()?;
        let (object, rest) = rest.split_first_chunk::<16>()?;
        let (prefix, rest) = rest.split_first_chunk::<PREFIX_BYTES>()?;
        let (agent, rest) = rest.split_first_chunk::<16>()?;
        let (issued, rest) = rest.split_first_chunk::<8>()?;
        let (nonce, rest) = rest.split_first_chunk::<16>()?;
        let [bits] = rest else { return None };
        let client = Client { object: *object, prefix: Prefix::from_bytes(*prefix), agent: *agent };
        let issued = Timestamp::from_micros(i64::from_be_bytes(*issued));
        let is_ours = *version == VERSION && *signed_kind == kind.byte();
        is_ours.then_some(Self { kind, client, issued, nonce: *nonce, bits: *bits })
    }
}

impl Kind {
    pub(super) fn of_cookie(proof: Proof) -> Self {
        match proof {
            Proof::Work => Self::Cookie,
            Proof::Captcha => Self::CaptchaCookie,
        }
    }

    fn byte(self) -> u8 {
        match self {
            Self::Token => b't',
            Self::Cookie => b'c',
            Self::Captcha => b'p',
            Self::CaptchaCookie => b'r',
        }
    }
}
