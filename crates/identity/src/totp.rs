//! One-time codes: TOTP of RFC 6238 with SHA-1, six digits, thirty seconds, one step of tolerance (PACS-033, CD-190).
//!
//! Twenty lines over HMAC instead of a dependency. *Not* here: which step was accepted last; the caller stores it and
//! passes it in, so that no code is accepted twice (`identity.md` §4).

use data_encoding::BASE32_NOPAD;
use hmac::{Hmac, KeyInit, Mac};
use medward_contract::Timestamp;
use medward_crypto::{RandomError, Secret, ct_eq, random_array};
use sha1::Sha1;

/// Length of one step in seconds (RFC 6238 §5.2).
const STEP_SECONDS: i64 = 30;
/// Steps before and after now that are accepted, for clocks that differ.
const TOLERANCE: i64 = 1;
/// 10^6: six digits.
const MODULUS: u32 = 1_000_000;
/// Secret length in bytes, that of an HMAC-SHA-1 output (RFC 4226 §4, R6).
const SECRET_BYTES: usize = 20;

/// The shared secret of one authenticator.
#[derive(Debug, Clone)]
pub struct TotpSecret(Secret<[u8; SECRET_BYTES]>);

impl TotpSecret {
    /// Draws a new secret.
    pub fn generate() -> Result<Self, RandomError> {
        random_array().map(|bytes| Self(Secret::new(bytes)))
    }

    /// Takes a stored secret; `None` when it has another length.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(|bytes| Self(Secret::new(bytes)))
    }

    /// The bytes, for sealing.
    pub fn expose(&self) -> &[u8] {
        self.0.expose()
    }

    /// The form people type into an authenticator.
    pub fn base32(&self) -> Secret<String> {
        Secret::new(BASE32_NOPAD.encode(self.0.expose()))
    }

    /// The form an authenticator scans (Key Uri Format of Google Authenticator).
    pub fn otpauth_uri(&self, issuer: &str, login: &str) -> Secret<String> {
        let issuer = percent_encode(issuer);
        let login = percent_encode(login);
        let secret = self.base32();
        let secret = secret.expose();
        Secret::new(format!(
            "otpauth://totp/{issuer}:{login}?secret={secret}&issuer={issuer}&algorithm=SHA1&digits=6&period=30"
        ))
    }

    /// The code of the step that `now` lies in.
    pub fn code_at(&self, now: Timestamp) -> String {
        self.code(step_of(now))
    }

    /// Returns the step whose code this is, if it is near now and later than the last one accepted.
    ///
    /// The caller stores the returned step in the same transaction.
    pub fn accept(&self, code: &str, now: Timestamp, last_step: Option<i64>) -> Option<i64> {
        let current = step_of(now);
        (current - TOLERANCE..=current + TOLERANCE)
            .filter(|step| last_step.is_none_or(|last| *step > last))
            .find(|step| ct_eq(self.code(*step).as_bytes(), code.as_bytes()))
    }

    /// HOTP of RFC 4226 §5.3 with the step as counter.
    fn code(&self, step: i64) -> String {
        let mut block = [0_u8; 64];
        for (slot, byte) in block.iter_mut().zip(self.0.expose()) {
            *slot = *byte;
        }
        let mut mac = Hmac::<Sha1>::new(&block.into());
        mac.update(&step.to_be_bytes());
        let digest: [u8; 20] = mac.finalize().into_bytes().into();
        let offset = usize::from(digest[19] & 0x0f);
        let word = digest.iter().skip(offset).take(4).fold(0_u32, |word, byte| word << 8 | u32::from(*byte));
        format!("{:06}", (word & 0x7fff_ffff) % MODULUS)
    }
}

fn step_of(now: Timestamp) -> i64 {
    now.as_seconds().div_euclid(STEP_SECONDS)
}

/// Percent-encodes everything but the unreserved characters of RFC 3986 §2.3.
fn percent_encode(text: &str) -> String {
    use std::fmt::Write as _;
    text.bytes().fold(String::with_capacity(text.len()), |mut out, byte| {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            // Writing into a String cannot fail.
            let _infallible = write!(out, "%{byte:02X}");
        }
        out
    })
}

/// The URI did not fit into a QR code.
#[derive(Debug, thiserror::Error)]
#[error("draw QR code")]
pub struct QrError(#[from] qrcode::types::QrError);

/// Draws text as a QR code (SVG, black on white, so that it scans in dark mode too).
pub(crate) fn qr_svg(text: &Secret<String>) -> Result<String, QrError> {
    let code = qrcode::QrCode::new(text.expose().as_bytes())?;
    Ok(code.render::<qrcode::render::svg::Color<'_>>().min_dimensions(220, 220).build())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const RFC_SECRET: &[u8] = b"12345678901234567890";

    fn secret() -> TotpSecret {
        TotpSecret::from_bytes(RFC_SECRET).unwrap()
    }

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_micros(seconds * 1_000_000)
    }

    /// RFC 6238 Appendix B, SHA-1 column, last six of its eight digits.
    #[test]
    fn codes_of_rfc_6238() {
        let check = |seconds, expected| assert_eq!(secret().code_at(at(seconds)), expected, "{seconds}");
        check(59, "287082");
        check(1_111_111_109, "081804");
        check(1_111_111_111, "050471");
        check(1_234_567_890, "005924");
        check(2_000_000_000, "279037");
        check(20_000_000_000, "353130");
    }

    #[test]
    fn one_step_of_drift_is_accepted_and_two_are_not() {
        let now = at(1_000_000_000);
        let code_of = |shift: i64| secret().code_at(at(1_000_000_000 + shift * 30));
        for shift in -1..=1 {
            assert_eq!(secret().accept(&code_of(shift), now, None), Some(step_of(now) + shift));
        }
        assert_eq!(secret().accept(&code_of(-2), now, None), None);
        assert_eq!(secret().accept(&code_of(2), now, None), None);
    }

    #[test]
    fn accepted_code_is_refused_when_replayed_and_so_are_older_ones() {
        let now = at(1_000_000_000);
        let code = secret().code_at(now);
        let step = secret().accept(&code, now, None).unwrap();
        assert_eq!(secret().accept(&code, now, Some(step)), None);
        assert_eq!(secret().accept(&secret().code_at(at(1_000_000_000 - 30)), now, Some(step)), None);
        let next = secret().code_at(at(1_000_000_000 + 30));
        assert_eq!(secret().accept(&next, now, Some(step)), Some(step + 1));
    }

    #[test]
    fn uri_names_issuer_login_and_parameters() {
        let uri = secret().otpauth_uri("Medward 医垣", "li.na");
        assert_eq!(
            uri.expose(),
            "otpauth://totp/Medward%20%E5%8C%BB%E5%9E%A3:li.na?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ\
             &issuer=Medward%20%E5%8C%BB%E5%9E%A3&algorithm=SHA1&digits=6&period=30"
        );
        assert_eq!(format!("{uri:?} {:?}", secret()), "*** TotpSecret(***)");
    }

    #[test]
    fn qr_code_is_an_svg() {
        let svg = qr_svg(&secret().otpauth_uri("Medward", "li.na")).unwrap();
        assert!(svg.starts_with("<?xml") && svg.contains("<svg"), "{svg}");
    }

    proptest! {
        #[test]
        fn only_six_digits_ever_match(code in ".{0,12}", seconds in 0_i64..4_000_000_000) {
            let accepted = secret().accept(&code, at(seconds), None);
            prop_assert!(accepted.is_none() || (code.len() == 6 && code.bytes().all(|b| b.is_ascii_digit())));
        }
    }
}
