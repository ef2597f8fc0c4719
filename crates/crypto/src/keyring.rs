//! The key ring: one 32-byte master key, and from it one set of keys per registered purpose.
//!
//! Every purpose is a [`Domain`]; an unregistered one does not compile. Within a domain the keys for data, index and
//! MAC differ, and no two domains share a key, so tables cannot be joined across purposes.
//!
//! *Not* here: wrapped random data keys with their own rows (`kernel_key`) and rotation; they come with the key custody
//! issue. Until then keys are derived: epoch [`EPOCH`], key id `domain << 8 | epoch`. Ids from 2^24 on are free for them.

use std::collections::HashMap;
use std::fmt;

use crate::hash::{ct_eq, hkdf_sha256, hmac_sha256, hmac_sha256_parts};
use crate::password::PasswordHasher;
use crate::random::{RandomError, random_array};
use crate::seal::{self, Place, SealError};
use crate::secret::Secret;

/// Epoch of the derived keys.
const EPOCH: u32 = 1;

/// What a key is for. Numbers are stored in sealed values and never reused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u16)]
pub enum Domain {
    /// Pepper of stored passwords.
    IdentityPassword = 1,
    /// Secrets of one-time-code generators (TOTP).
    IdentityTotp = 2,
    /// Recovery codes.
    IdentityRecovery = 3,
    /// Row MACs of accounts, credentials and role grants.
    IdentityRow = 4,
    /// Tokens against cross-site requests.
    WebCsrf = 5,
    /// Requests kept by the gateway.
    GatewayKeptRequest = 6,
    /// Private keys of the sites that the gateway serves.
    GatewayCertificateKey = 7,
    /// What a change that waits for approval will do.
    IdentityApproval = 8,
    /// Counters and challenges of the gateway.
    GatewayDefence = 9,
    /// Key that vouches for people towards applications.
    IdentityAssertion = 10,
    /// Key of the authority that vouches for remote nodes.
    KernelNodeAuthority = 11,
}

impl Domain {
    /// Every registered domain.
    pub const ALL: [Self; 11] = [
        Self::IdentityPassword,
        Self::IdentityTotp,
        Self::IdentityRecovery,
        Self::IdentityRow,
        Self::WebCsrf,
        Self::GatewayKeptRequest,
        Self::GatewayCertificateKey,
        Self::IdentityApproval,
        Self::GatewayDefence,
        Self::IdentityAssertion,
        Self::KernelNodeAuthority,
    ];

    /// The name in the derivation, `<capability>.<purpose>`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::IdentityPassword => "identity.password",
            Self::IdentityTotp => "identity.totp",
            Self::IdentityRecovery => "identity.recovery",
            Self::IdentityRow => "identity.row",
            Self::WebCsrf => "web.csrf",
            Self::GatewayKeptRequest => "gateway.kept_request",
            Self::GatewayCertificateKey => "gateway.certificate_key",
            Self::IdentityApproval => "identity.approval",
            Self::GatewayDefence => "gateway.defence",
            Self::IdentityAssertion => "identity.assertion",
            Self::KernelNodeAuthority => "kernel.node_authority",
        }
    }

    const fn key_id(self) -> u32 {
        (self as u32) << 8 | EPOCH
    }
}

/// The 32 random bytes everything hangs on. Lost, the sealed data is lost.
#[derive(Debug, Clone)]
pub struct MasterKey(Secret<[u8; 32]>);

impl MasterKey {
    /// Draws a new one.
    pub fn generate() -> Result<Self, RandomError> {
        Ok(Self(Secret::new(random_array()?)))
    }

    /// Takes the bytes read from custody.
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(Secret::new(bytes))
    }

    /// The bytes, for custody to write down.
    pub const fn expose(&self) -> &[u8; 32] {
        self.0.expose()
    }
}

/// Seals, indexes and authenticates under the keys of one site.
#[derive(Clone)]
pub struct KeyRing {
    master: MasterKey,
    site: Vec<u8>,
    /// MAC keys of another ring, by domain.
    lent: HashMap<Domain, Secret<[u8; 32]>>,
}

impl fmt::Debug for KeyRing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("KeyRing(***)")
    }
}

impl KeyRing {
    /// The ring of `site` (its id is the HKDF salt): the same master key on two sites gives unrelated keys.
    pub fn derive(master: &MasterKey, site: &[u8]) -> Self {
        Self { master: master.clone(), site: site.to_vec(), lent: HashMap::new() }
    }

    /// The MAC key of a domain, to be lent to a node of this house that must make the same MACs.
    pub fn lend(&self, domain: Domain) -> Secret<[u8; 32]> {
        self.mac_key(domain)
    }

    /// This ring, with the MAC key of a domain that the house has lent.
    #[must_use]
    pub fn with_lent(mut self, domain: Domain, key: Secret<[u8; 32]>) -> Self {
        self.lent.insert(domain, key);
        self
    }

    fn mac_key(&self, domain: Domain) -> Secret<[u8; 32]> {
        self.lent.get(&domain).cloned().unwrap_or_else(|| self.key("mac", domain))
    }

    /// Derived at each use (two HMACs, about 1 µs), so that no key lies around longer than its use.
    fn key(&self, kind: &str, domain: Domain) -> Secret<[u8; 32]> {
        let info = format!("medward/{kind}/{}/{EPOCH}", domain.as_str());
        hkdf_sha256(&self.site, self.master.expose(), info.as_bytes())
    }

    /// Encrypts `content` for the place it will be stored in.
    pub fn seal(&self, domain: Domain, place: &Place<'_>, content: &[u8]) -> Result<Vec<u8>, SealError> {
        seal::seal(&self.key("data", domain), domain.key_id(), place, content)
    }

    /// Decrypts a value read from `place`; fails on any other place, domain or master key.
    pub fn open(&self, domain: Domain, place: &Place<'_>, sealed: &[u8]) -> Result<Secret<Vec<u8>>, SealError> {
        seal::open(&self.key("data", domain), domain.key_id(), place, sealed)
    }

    /// Sixteen bytes by which an encrypted value can be found: HMAC of the normalised value, cut.
    pub fn blind_index(&self, domain: Domain, normalised: &[u8]) -> [u8; 16] {
        let full = hmac_sha256(self.key("index", domain).expose(), normalised);
        let mut index = [0; 16];
        for (slot, byte) in index.iter_mut().zip(full) {
            *slot = byte;
        }
        index
    }

    /// HMAC of `message`, for values that are only ever compared (recovery codes).
    pub fn mac(&self, domain: Domain, message: &[u8]) -> [u8; 32] {
        hmac_sha256(self.mac_key(domain).expose(), message)
    }

    /// MAC of one row: table, primary key, its fields in a fixed order, and its version.
    pub fn row_mac(&self, domain: Domain, table: &str, key: &str, fields: &[Field<'_>], version: i64) -> [u8; 32] {
        let mut text = Vec::with_capacity(128);
        for field in [Field::Text(table), Field::Text(key)].iter().chain(fields).chain([&Field::Int(version)]) {
            field.encode(&mut text);
        }
        hmac_sha256_parts(self.key("row", domain).expose(), &[&text])
    }

    /// Whether a stored MAC belongs to the row, in constant time.
    pub fn row_mac_holds(
        &self,
        domain: Domain,
        table: &str,
        key: &str,
        fields: &[Field<'_>],
        version: i64,
        stored: &[u8],
    ) -> bool {
        ct_eq(&self.row_mac(domain, table, key, fields, version), stored)
    }

    /// The password hasher peppered by this ring.
    pub fn password_hasher(&self) -> PasswordHasher {
        PasswordHasher::new(self.key("pepper", Domain::IdentityPassword))
    }
}

/// One field of a row as its MAC covers it: tagged and length-prefixed, so that no two rows encode alike.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Field<'a> {
    /// SQL NULL, different from empty text.
    Null,
    /// Text.
    Text(&'a str),
    /// Whole number, also times in microseconds.
    Int(i64),
    /// Truth value.
    Bool(bool),
    /// Bytes.
    Bytes(&'a [u8]),
}

impl Field<'_> {
    fn encode(&self, out: &mut Vec<u8>) {
        let (tag, content): (u8, &[u8]) = match self {
            Self::Null => (0, &[]),
            Self::Text(text) => (1, text.as_bytes()),
            Self::Int(number) => (2, &number.to_be_bytes()),
            Self::Bool(value) => (3, &[u8::from(*value)]),
            Self::Bytes(bytes) => (4, bytes),
        };
        out.push(tag);
        out.extend_from_slice(&(content.len() as u64).to_be_bytes());
        out.extend_from_slice(content);
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use medward_contract::SensitivityLabel;
    use proptest::prelude::*;

    use super::*;
    use crate::password::Verified;

    const PLACE: Place<'_> = Place { table: "t", column: "c", key: "1", label: SensitivityLabel::L3 };

    fn ring() -> KeyRing {
        KeyRing::derive(&MasterKey::from_bytes([1; 32]), b"site")
    }

    #[test]
    fn every_domain_kind_site_and_master_key_gives_another_key() {
        let rings = [ring(), KeyRing::derive(&MasterKey::from_bytes([1; 32]), b"other"), {
            KeyRing::derive(&MasterKey::from_bytes([2; 32]), b"site")
        }];
        let mut seen = HashSet::new();
        for ring in &rings {
            for domain in Domain::ALL {
                for kind in ["data", "index", "mac", "row", "pepper"] {
                    assert!(seen.insert(*ring.key(kind, domain).expose()), "{kind} {domain:?}");
                }
            }
        }
    }

    #[test]
    fn domain_names_and_key_ids_are_unique() {
        let names: HashSet<_> = Domain::ALL.into_iter().map(Domain::as_str).collect();
        let ids: HashSet<_> = Domain::ALL.into_iter().map(Domain::key_id).collect();
        assert_eq!((names.len(), ids.len()), (Domain::ALL.len(), Domain::ALL.len()));
    }

    #[test]
    fn value_of_one_domain_or_site_does_not_open_in_another() {
        let sealed = ring().seal(Domain::IdentityTotp, &PLACE, b"x").unwrap();
        assert_eq!(ring().open(Domain::IdentityTotp, &PLACE, &sealed).unwrap().expose(), b"x");
        assert!(matches!(ring().open(Domain::IdentityRow, &PLACE, &sealed), Err(SealError::UnknownKey(_))));
        let stranger = KeyRing::derive(&MasterKey::from_bytes([2; 32]), b"site");
        assert!(matches!(stranger.open(Domain::IdentityTotp, &PLACE, &sealed), Err(SealError::Authentication)));
    }

    #[test]
    fn blind_index_is_stable_within_a_domain_and_unrelated_across() {
        let first = ring().blind_index(Domain::IdentityRow, b"+8613800138000");
        assert_eq!(first, ring().blind_index(Domain::IdentityRow, b"+8613800138000"));
        assert_ne!(first, ring().blind_index(Domain::IdentityTotp, b"+8613800138000"));
    }

    #[test]
    fn ring_with_a_lent_key_makes_the_macs_of_the_lender_in_that_domain_only() {
        let stranger = KeyRing::derive(&MasterKey::from_bytes([2; 32]), b"other");
        let lent = ring().lend(Domain::GatewayDefence);
        let borrower = stranger.clone().with_lent(Domain::GatewayDefence, lent);
        assert_eq!(borrower.mac(Domain::GatewayDefence, b"m"), ring().mac(Domain::GatewayDefence, b"m"));
        assert_eq!(borrower.mac(Domain::WebCsrf, b"m"), stranger.mac(Domain::WebCsrf, b"m"));
        assert_eq!(borrower.lend(Domain::GatewayDefence).expose(), ring().lend(Domain::GatewayDefence).expose());
    }

    #[test]
    fn peppered_hash_needs_the_same_ring() {
        let stored = ring().password_hasher().hash_password("p").unwrap();
        assert_eq!(ring().password_hasher().verify_password("p", &stored).unwrap(), Verified::Right);
        let stranger = KeyRing::derive(&MasterKey::from_bytes([2; 32]), b"site");
        assert_eq!(stranger.password_hasher().verify_password("p", &stored).unwrap(), Verified::Wrong);
    }

    #[test]
    fn row_mac_covers_table_key_fields_their_borders_and_version() {
        let mac = |table: &str, key: &str, fields: &[Field<'_>], version| {
            ring().row_mac(Domain::IdentityRow, table, key, fields, version)
        };
        let row = mac("t", "1", &[Field::Text("ab"), Field::Text("c"), Field::Null, Field::Bool(true)], 3);
        let others = [
            mac("u", "1", &[Field::Text("ab"), Field::Text("c"), Field::Null, Field::Bool(true)], 3),
            mac("t", "2", &[Field::Text("ab"), Field::Text("c"), Field::Null, Field::Bool(true)], 3),
            mac("t", "1", &[Field::Text("a"), Field::Text("bc"), Field::Null, Field::Bool(true)], 3),
            mac("t", "1", &[Field::Text("ab"), Field::Bytes(b"c"), Field::Null, Field::Bool(true)], 3),
            mac("t", "1", &[Field::Text("ab"), Field::Text("c"), Field::Text(""), Field::Bool(true)], 3),
            mac("t", "1", &[Field::Text("ab"), Field::Text("c"), Field::Null, Field::Bool(false)], 3),
            mac("t", "1", &[Field::Text("ab"), Field::Text("c"), Field::Null, Field::Bool(true)], 4),
        ];
        assert!(others.iter().all(|other| *other != row));
    }

    proptest! {
        #[test]
        fn row_mac_holds_for_its_row_and_fails_for_any_flipped_bit(text: String, number: i64, bit in 0_usize..256) {
            let fields = [Field::Text(&text), Field::Int(number)];
            let mut mac = ring().row_mac(Domain::IdentityRow, "t", "1", &fields, 1);
            prop_assert!(ring().row_mac_holds(Domain::IdentityRow, "t", "1", &fields, 1, &mac));
            mac[bit / 8] ^= 1 << (bit % 8);
            prop_assert!(!ring().row_mac_holds(Domain::IdentityRow, "t", "1", &fields, 1, &mac));
        }
    }
}
