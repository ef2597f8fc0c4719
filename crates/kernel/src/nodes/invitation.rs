//! What an operator hands to a new node: `mwe1.<secret>.<pin of the authority>`.

use data_encoding::{BASE32_NOPAD, BASE64URL_NOPAD, HEXLOWER};
use medward_crypto::{RandomError, Secret, random_array, sha256};

const FORM: &str = "mwe1";

/// A one-time invitation.
#[derive(Debug, Clone)]
pub struct Invitation {
    secret: Secret<[u8; 32]>,
    /// SHA-256 of the authority's certificate.
    pub(super) pin: [u8; 32],
}

/// A text that is no invitation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("read the invitation: expected {FORM}.…, as the console shows it once")]
pub struct InvitationError;

impl Invitation {
    /// Draws a new one.
    pub(super) fn draw(pin: [u8; 32]) -> Result<Self, RandomError> {
        Ok(Self { secret: Secret::new(random_array()?), pin })
    }

    /// Reads what an operator typed.
    pub fn read(text: &str) -> Result<Self, InvitationError> {
        let mut parts = text.trim().split('.');
        let (form, secret, pin, rest) = (parts.next(), parts.next(), parts.next(), parts.next());
        let (Some(FORM), Some(secret), Some(pin), None) = (form, secret, pin, rest) else {
            return Err(InvitationError);
        };
        let secret = BASE32_NOPAD.decode(secret.to_ascii_uppercase().as_bytes()).map_err(|_| InvitationError)?;
        let pin = BASE64URL_NOPAD.decode(pin.as_bytes()).map_err(|_| InvitationError)?;
        Ok(Self {
            secret: Secret::new(secret.try_into().map_err(|_| InvitationError)?),
            pin: pin.try_into().map_err(|_| InvitationError)?,
        })
    }

    /// The text to hand over; shown once.
    pub fn text(&self) -> Secret<String> {
        let secret = BASE32_NOPAD.encode(self.secret.expose()).to_ascii_lowercase();
        Secret::new(format!("{FORM}.{secret}.{}", BASE64URL_NOPAD.encode(&self.pin)))
    }

    /// What the node sends.
    pub(super) fn secret_text(&self) -> Secret<String> {
        Secret::new(BASE32_NOPAD.encode(self.secret.expose()))
    }

    /// By what it is stored.
    pub(super) fn hash(&self) -> String {
        hash(self.secret.expose())
    }
}

/// By what a sent secret is looked for; none when it cannot be one.
pub(super) fn hash_of(secret_text: &str) -> Option<String> {
    let secret: [u8; 32] = BASE32_NOPAD.decode(secret_text.as_bytes()).ok()?.try_into().ok()?;
    Some(hash(&secret))
}

fn hash(secret: &[u8; 32]) -> String {
    HEXLOWER.encode(&sha256(secret))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn invitation_is_read_back_and_its_secret_is_not_what_is_stored() {
        let drawn = Invitation::draw([7; 32]).unwrap();
        let text = drawn.text();
        let read = Invitation::read(&format!(" {}\n", text.expose())).unwrap();
        assert_eq!((read.pin, read.hash()), (drawn.pin, drawn.hash()));
        assert_eq!(hash_of(read.secret_text().expose()), Some(drawn.hash()));
        assert!(!text.expose().contains(&drawn.hash()) && !format!("{drawn:?}").contains(&drawn.hash()));
    }

    #[test]
    fn anything_else_is_no_invitation() {
        let good = Invitation::draw([7; 32]).unwrap().text();
        for wrong in
            ["", "mwe1", "mwe1..", "mwe2.a.b", &good.expose().replace("mwe1", "mwe0"), &format!("{}.x", good.expose())]
        {
            assert_eq!(Invitation::read(wrong).map(drop), Err(InvitationError), "{wrong}");
        }
    }
}
