//! Signed checkpoints: C2SP notes over a stream's size and root, signed with the site key (`vault.md` §6).
//!
//! One Ed25519 key signs for every stream under the stream's own origin, so the key id differs per stream while the
//! public key does not.
//!
//! *Not* here: where notes and keys are kept ([`crate::keys`]), when checkpoints are made.

use std::fmt;
use std::str::FromStr;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use data_encoding::{Encoding, Specification};
use medward_contract::event::Stream;
use medward_crypto::hash::{sha256, sha256_parts};
use medward_crypto::secret::Secret;
use medward_crypto::sign;

use crate::merkle::Hash;

/// Signature type of Ed25519 in C2SP signed notes.
const ED25519: u8 = 1;
/// Longest note read, in bytes.
const MAX_NOTE_BYTES: usize = 64 * 1024;
/// Most signature lines read.
const MAX_SIGNATURES: usize = 16;

/// Why a text is not a checkpoint, or not one to trust.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoteError {
    /// Not in the form of a signed note or checkpoint.
    #[error("read note: {0}")]
    Malformed(&'static str),
    /// A verifier key that is not `<name>+<id>+<key>`.
    #[error("read verifier key: {0}")]
    Key(&'static str),
    /// No signature of the expected key, or a wrong one.
    #[error("verify note: no valid signature of {0}")]
    Signature(String),
}

/// A public key with the name it signs under (`<name>+<hex key id>+<base64>`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifierKey {
    name: String,
    public: [u8; 32],
}

impl VerifierKey {
    /// The key under `name`.
    pub fn new(name: &str, public: [u8; 32]) -> Self {
        Self { name: name.to_owned(), public }
    }

    /// Name of the key.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// SHA-256(name ‖ 0x0A ‖ 0x01 ‖ public key), first 4 bytes.
    pub fn key_id(&self) -> [u8; 4] {
        let [a, b, c, d, ..] = sha256_parts(&[self.name.as_bytes(), &[b'\n', ED25519], &self.public]);
        [a, b, c, d]
    }

    /// The same key for one stream of the same site: `medward/<site>` signs as `medward/<site>/<stream>`. A key that
    /// is already a stream's own stands for all streams of its site.
    #[must_use]
    pub fn for_stream(&self, stream: Stream) -> Self {
        Self { name: origin(self.site(), stream), public: self.public }
    }

    /// The site id inside the name.
    pub fn site(&self) -> &str {
        let rest = self.name.strip_prefix("medward/").unwrap_or(&self.name);
        rest.split_once('/').map_or(rest, |(site, _)| site)
    }
}

impl fmt::Display for VerifierKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut key = vec![ED25519];
        key.extend(self.public);
        write!(f, "{}+{:08x}+{}", self.name, u32::from_be_bytes(self.key_id()), BASE64_STANDARD.encode(key))
    }
}

impl FromStr for VerifierKey {
    type Err = NoteError;

    fn from_str(text: &str) -> Result<Self, NoteError> {
        // Base64 may hold `+`, so the key is everything after the second one.
        let mut parts = text.trim().splitn(3, '+');
        let (Some(name), Some(id), Some(key)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(NoteError::Key("expected <name>+<id>+<key>"));
        };
        let key = BASE64_STANDARD.decode(key).map_err(|_| NoteError::Key("not base64"))?;
        let Some((&ED25519, public)) = key.split_first() else { return Err(NoteError::Key("not an Ed25519 key")) };
        let public = public.try_into().map_err(|_| NoteError::Key("not 32 bytes"))?;
        let verifier = Self { name: name.to_owned(), public };
        if name.is_empty() || format!("{:08x}", u32::from_be_bytes(verifier.key_id())) != id {
            return Err(NoteError::Key("key id does not belong to name and key"));
        }
        Ok(verifier)
    }
}

/// The site's signing key.
#[derive(Debug, Clone)]
pub struct SigningKey {
    site: String,
    seed: Secret<[u8; 32]>,
}

impl SigningKey {
    /// A key for the site of this id.
    pub fn new(site: &str, seed: Secret<[u8; 32]>) -> Self {
        Self { site: site.to_owned(), seed }
    }

    /// The public half, named `medward/<site>`.
    pub fn verifier(&self) -> VerifierKey {
        VerifierKey { name: format!("medward/{}", self.site), public: sign::public_key(&self.seed) }
    }

    /// Signs a checkpoint of one stream. The same input always gives the same note.
    pub fn sign(&self, stream: Stream, size: u64, root: &Hash) -> String {
        let verifier = self.verifier().for_stream(stream);
        let text = checkpoint_text(&verifier.name, size, root);
        let mut signature = verifier.key_id().to_vec();
        signature.extend(sign::sign(&self.seed, text.as_bytes()));
        format!("{text}\n\u{2014} {} {}\n", verifier.name, BASE64_STANDARD.encode(signature))
    }

    /// `PRIVATE+KEY+<name>+<id>+<base64>`, the encoding of Go's `sumdb/note`.
    pub(crate) fn encode(&self) -> Secret<String> {
        let verifier = self.verifier();
        let mut key = vec![ED25519];
        key.extend(self.seed.expose());
        let id = u32::from_be_bytes(verifier.key_id());
        Secret::new(format!("PRIVATE+KEY+{}+{id:08x}+{}\n", verifier.name, BASE64_STANDARD.encode(key)))
    }

    pub(crate) fn decode(text: &str) -> Result<Self, NoteError> {
        let rest = text.trim().strip_prefix("PRIVATE+KEY+").ok_or(NoteError::Key("not a private key"))?;
        let mut parts = rest.splitn(3, '+');
        let (Some(name), Some(_), Some(key)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(NoteError::Key("expected PRIVATE+KEY+<name>+<id>+<key>"));
        };
        let site = name.strip_prefix("medward/").ok_or(NoteError::Key("not a site key"))?;
        let key = BASE64_STANDARD.decode(key).map_err(|_| NoteError::Key("not base64"))?;
        let Some((&ED25519, seed)) = key.split_first() else { return Err(NoteError::Key("not an Ed25519 key")) };
        let seed = seed.try_into().map_err(|_| NoteError::Key("not 32 bytes"))?;
        Ok(Self { site: site.to_owned(), seed: Secret::new(seed) })
    }
}

/// Origin of a stream's checkpoints.
pub fn origin(site: &str, stream: Stream) -> String {
    format!("medward/{site}/{stream}")
}

fn checkpoint_text(origin: &str, size: u64, root: &Hash) -> String {
    format!("{origin}\n{size}\n{}\n", BASE64_STANDARD.encode(root))
}

/// A checkpoint as read; trusted only after [`Checkpoint::verify`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    /// `medward/<site>/<stream>`.
    pub origin: String,
    /// Leaves covered.
    pub size: u64,
    /// Root over them.
    pub root: Hash,
    text: String,
    signatures: Vec<(String, Vec<u8>)>,
}

impl Checkpoint {
    /// Reads a signed note without extension lines.
    pub fn parse(note: &str) -> Result<Self, NoteError> {
        use NoteError::Malformed;
        if note.len() > MAX_NOTE_BYTES {
            return Err(Malformed("too long"));
        }
        let (text, signatures) = note.rsplit_once("\n\n").ok_or(Malformed("no blank line before the signatures"))?;
        let mut lines = text.split('\n');
        let origin = lines.next().filter(|line| !line.is_empty()).ok_or(Malformed("no origin"))?.to_owned();
        let size = lines.next().and_then(parse_decimal).ok_or(Malformed("size is not a decimal number"))?;
        let root = lines.next().and_then(decode_hash).ok_or(Malformed("root is not 32 bytes of base64"))?;
        if lines.next().is_some() {
            return Err(Malformed("extension lines"));
        }
        let signatures = signatures.strip_suffix('\n').ok_or(Malformed("no newline at the end"))?;
        let signatures = signatures.split('\n').map(parse_signature).collect::<Option<Vec<_>>>();
        let signatures = signatures.filter(|all| all.len() <= MAX_SIGNATURES).ok_or(Malformed("signature line"))?;
        Ok(Self { origin, size, root, text: format!("{text}\n"), signatures })
    }

    /// The stream of the origin, when it is a stream of `site`.
    pub fn stream(&self, site: &str) -> Option<Stream> {
        self.origin.strip_prefix("medward/")?.strip_prefix(site)?.strip_prefix('/')?.parse().ok()
    }

    /// Accepts the checkpoint when `key`, under the checkpoint's origin, signed it.
    pub fn verify(&self, key: &VerifierKey) -> Result<(), NoteError> {
        let key = VerifierKey { name: self.origin.clone(), public: key.public };
        let ours = self.signatures.iter().filter(|(name, _)| *name == key.name);
        for (_, bytes) in ours {
            let Some((id, signature)) = bytes.split_at_checked(4) else { continue };
            let Ok(signature) = <&[u8; 64]>::try_from(signature) else { continue };
            if id == key.key_id() && sign::verify(&key.public, self.text.as_bytes(), signature).is_ok() {
                return Ok(());
            }
        }
        Err(NoteError::Signature(key.name))
    }

    /// First 80 bits of SHA-256 over the signed text in Crockford's base32, `7K2M-9QX4-…`: short enough to be read
    /// aloud and to be printed in a report.
    pub fn fingerprint(&self) -> String {
        let hash = sha256(self.text.as_bytes());
        let text = crockford().encode(hash.get(..10).unwrap_or_default());
        let groups: Vec<_> = text.as_bytes().chunks(4).map(String::from_utf8_lossy).collect();
        groups.join("-")
    }
}

/// Crockford's base32 alphabet; ten bytes need no padding.
fn crockford() -> Encoding {
    let mut specification = Specification::new();
    specification.symbols.push_str("0123456789ABCDEFGHJKMNPQRSTVWXYZ");
    specification.encoding().unwrap_or(data_encoding::BASE32_NOPAD)
}

fn parse_signature(line: &str) -> Option<(String, Vec<u8>)> {
    let (name, signature) = line.strip_prefix("\u{2014} ")?.split_once(' ')?;
    let bytes = BASE64_STANDARD.decode(signature).ok()?;
    (!name.is_empty() && bytes.len() > 4).then(|| (name.to_owned(), bytes))
}

/// A decimal number without sign or leading zeroes.
pub(crate) fn parse_decimal(text: &str) -> Option<u64> {
    let plain = text.bytes().all(|byte| byte.is_ascii_digit()) && (text == "0" || !text.starts_with('0'));
    if plain { text.parse().ok() } else { None }
}

/// 32 bytes of standard base64.
pub(crate) fn decode_hash(text: &str) -> Option<Hash> {
    BASE64_STANDARD.decode(text).ok()?.try_into().ok()
}

#[cfg(test)]
mod tests;
