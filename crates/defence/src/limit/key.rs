//! Whose counter it is: the parts of a key, and the keyed hash over them.

use std::fmt;
use std::hash::Hasher as _;
use std::net::IpAddr;

use serde::{Deserialize, Serialize};
use siphasher::sip128::{Hasher128 as _, SipHasher24};

use super::{Quota, Shape};
use crate::condition::is_token;

const MAX_NAME_BYTES: usize = 128;

/// One part of a key. Written as `ip`, `header.NAME`, `json.a.b` and so on.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum KeyPart {
    /// The client's address.
    Ip,
    /// Its network: /24 of IPv4, /64 of IPv6, which one subscriber has whole (RFC 6177).
    IpPrefix,
    Session,
    User,
    Token,
    /// The name in lower case.
    Header(Box<str>),
    Argument(Box<str>),
    /// Names from the top, with dots between them.
    JsonField(Box<str>),
    Object,
    PathTemplate,
    Country,
}

const ONE_WORD_PARTS: &[(&str, KeyPart)] = &[
    ("ip", KeyPart::Ip),
    ("ip_prefix", KeyPart::IpPrefix),
    ("session", KeyPart::Session),
    ("user", KeyPart::User),
    ("token", KeyPart::Token),
    ("object", KeyPart::Object),
    ("path_template", KeyPart::PathTemplate),
    ("country", KeyPart::Country),
];

impl KeyPart {
    /// Whether the part tells clients apart, and not places.
    fn is_of_client(&self) -> bool {
        !matches!(self, Self::Object | Self::PathTemplate | Self::Country)
    }
}

impl TryFrom<String> for KeyPart {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        const EXPECTED: &str = "expected one of ip, ip_prefix, session, user, token, object, path_template, country, \
                                header.NAME, arg.NAME, json.NAME.NAME";
        if let Some((_, part)) = ONE_WORD_PARTS.iter().find(|(name, _)| *name == text) {
            return Ok(part.clone());
        }
        let (kind, name) = text.split_once('.').ok_or(EXPECTED)?;
        let fits = (1..=MAX_NAME_BYTES).contains(&name.len()) && !name.chars().any(char::is_control);
        match kind {
            "header" if is_token(name) => Ok(Self::Header(name.to_ascii_lowercase().into())),
            "arg" if fits => Ok(Self::Argument(name.into())),
            "json" if fits => Ok(Self::JsonField(name.into())),
            _ => Err(EXPECTED),
        }
    }
}

impl From<KeyPart> for String {
    fn from(part: KeyPart) -> Self {
        part.to_string()
    }
}

impl fmt::Display for KeyPart {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Header(name) => write!(f, "header.{name}"),
            Self::Argument(name) => write!(f, "arg.{name}"),
            Self::JsonField(name) => write!(f, "json.{name}"),
            other => {
                let name = ONE_WORD_PARTS.iter().find(|(_, part)| part == other).map(|(name, _)| *name);
                f.write_str(name.unwrap_or_default())
            }
        }
    }
}

/// What keys are made of, computed when asked for.
pub trait KeyFacts {
    /// The client's address as the gateway determined it.
    fn ip(&self) -> IpAddr;

    /// The value of a part other than the addresses, of several the one that the application takes. Empty counts as none.
    fn value(&self, part: &KeyPart) -> Option<&[u8]>;
}

/// A counter's name: 128 bits that only who knows the secret can aim at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct CounterKey {
    pub(crate) high: u64,
    pub(crate) low: u64,
}

impl fmt::Display for CounterKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}{:016x}", self.high, self.low)
    }
}

/// A hashed value, for `Count::Distinct`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ValueHash(pub(super) u64);

impl ValueHash {
    pub(crate) fn bits(self) -> u64 {
        self.0
    }
}

/// SipHash-2-4 with a secret: of one process, or of all nodes that share counters. Without the secret nobody finds two values
/// that share a counter, or many that share a shard. Values are hashed whole, however long.
#[derive(Clone)]
pub struct KeyHasher {
    seed: SipHasher24,
}

impl fmt::Debug for KeyHasher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("KeyHasher(***)")
    }
}

impl KeyHasher {
    pub fn new(secret: [u8; 16]) -> Self {
        Self { seed: SipHasher24::new_with_key(&secret) }
    }

    /// A value to count as different from others.
    pub fn value(&self, value: &[u8]) -> ValueHash {
        let mut hasher = self.seed;
        hasher.write(value);
        ValueHash(hasher.finish128().h1)
    }

    /// The network of an address as a key of its own, for `Ladder`.
    pub fn address(&self, address: IpAddr) -> CounterKey {
        let mut hasher = self.seed;
        hasher.write_u8(b'a');
        write_ip(&mut hasher, address);
        finish(&hasher)
    }

    /// A key for what somebody does about an address, told apart by `what`: which limit, which rule.
    pub fn address_and(&self, address: IpAddr, what: &[u8]) -> CounterKey {
        let mut hasher = self.seed;
        hasher.write_u8(b'w');
        write_ip(&mut hasher, address);
        write_value(&mut hasher, what);
        finish(&hasher)
    }

    /// A key for what a client does about something: which client, and which thing.
    pub fn client_and(&self, client: &[u8], what: &[u8]) -> CounterKey {
        let mut hasher = self.seed;
        hasher.write_u8(b'c');
        write_value(&mut hasher, client);
        write_value(&mut hasher, what);
        finish(&hasher)
    }

    /// A limit whose window or shape changed begins anew, so both are in the key.
    pub(super) fn key(&self, id: &str, quota: &Quota, parts: &[KeyPart], facts: &dyn KeyFacts) -> Option<CounterKey> {
        let mut hasher = self.seed;
        hasher.write_u8(b'l');
        write_value(&mut hasher, id.as_bytes());
        hasher.write_u64(quota.window_micros);
        hasher.write_u8(u8::from(matches!(quota.shape, Shape::TokenBucket { .. })));
        let (mut of_client, mut found, mut nowhere) = (false, false, false);
        for part in parts {
            of_client |= part.is_of_client();
            let known = write_part(&mut hasher, part, facts);
            found |= known && part.is_of_client();
            nowhere |= !known && *part == KeyPart::Country;
        }
        // Who comes from no known country comes from no common one.
        (found || !(of_client || nowhere)).then(|| finish(&hasher))
    }
}

fn write_part(hasher: &mut SipHasher24, part: &KeyPart, facts: &dyn KeyFacts) -> bool {
    match part {
        KeyPart::Ip => write_ip(hasher, facts.ip()),
        KeyPart::IpPrefix => write_prefix(hasher, facts.ip()),
        other => {
            let value = facts.value(other).filter(|value| !value.is_empty());
            write_value(hasher, value.unwrap_or_default());
            return value.is_some();
        }
    }
    true
}

/// The length first, so that `ab` and `c` are not `a` and `bc`.
fn write_value(hasher: &mut SipHasher24, value: &[u8]) {
    hasher.write_usize(value.len());
    hasher.write(value);
}

fn write_ip(hasher: &mut SipHasher24, address: IpAddr) {
    match address.to_canonical() {
        IpAddr::V4(address) => write_value(hasher, &address.octets()),
        IpAddr::V6(address) => write_value(hasher, &address.octets()),
    }
}

fn write_prefix(hasher: &mut SipHasher24, address: IpAddr) {
    let prefix = crate::prefix::of(address);
    write_value(hasher, prefix.as_bytes());
}

fn finish(hasher: &SipHasher24) -> CounterKey {
    let hash = hasher.finish128();
    CounterKey { high: hash.h1, low: hash.h2 }
}
