//! Where a client is: its country and region by a database that the operator brings, and its zone (院内, 院外, VPN) by networks.
//!
//! *Not* here: how that database is read and followed (the gateway). Invariant: what the database does not know stays unknown;
//! nobody is placed by guess.

use std::net::IpAddr;
use std::sync::Arc;

use ipnet::IpNet;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Tells in which country and region an address is.
pub trait Atlas: Send + Sync {
    /// The place of an address; nothing when it stands nowhere in the atlas.
    fn find(&self, address: IpAddr) -> Option<Place>;
}

/// A place on the map.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// Its country.
    pub country: Country,
    /// The part of the country, when that is known.
    pub region: Option<Region>,
}

/// A country: ISO 3166-1 alpha-2, `CN`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Country([u8; 2]);

impl Country {
    /// Reads two letters.
    pub fn parse(text: &str) -> Option<Self> {
        match text.as_bytes() {
            [first, second] if first.is_ascii_alphabetic() && second.is_ascii_alphabetic() => {
                Some(Self([first.to_ascii_uppercase(), second.to_ascii_uppercase()]))
            }
            _ => None,
        }
    }

    /// Two capital letters.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}

/// The first subdivision of a country, as the atlas has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Region {
    /// ISO 3166-2, `CN-ZJ`.
    Code(Arc<str>),
    /// Its name, where the atlas has no code: `浙江省`.
    Name(Arc<str>),
}

impl Region {
    /// The code or the name.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Code(text) | Self::Name(text) => text,
        }
    }
}

/// What is known of the place of a client.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Whereabouts {
    /// There is no atlas.
    NoAtlas,
    /// It stands nowhere in the atlas, as the addresses of a hospital's own network do.
    Unknown,
    /// It is there.
    At(Place),
}

impl Whereabouts {
    pub(crate) fn of(atlas: Option<&Arc<dyn Atlas>>, address: IpAddr) -> Self {
        atlas.map_or(Self::NoAtlas, |atlas| atlas.find(address).map_or(Self::Unknown, Self::At))
    }

    pub(crate) fn place(&self) -> Option<&Place> {
        match self {
            Self::At(place) => Some(place),
            Self::NoAtlas | Self::Unknown => None,
        }
    }
}

/// `[gateway.zones]`: which networks are 院内 (`inside`) and which are those of the VPN (`vpn`). Every other address is 院外
/// (`outside`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Zones {
    /// Networks of the hospital itself; default: the private ones of RFC 1918 and RFC 4193, link-local and loopback.
    #[schemars(with = "Vec<String>")]
    pub inside: Vec<IpNet>,
    /// Networks that clients of the VPN get their addresses from; they may be part of `inside`. Default: none.
    #[schemars(with = "Vec<String>")]
    pub vpn: Vec<IpNet>,
}

/// Networks that nobody reaches over the Internet: RFC 1918, RFC 4193, RFC 3927, RFC 4291 2.5.3 and 2.5.6, RFC 1122 3.2.1.3.
/// That of RFC 6598 is not among them: mobile carriers have whole cities behind it.
const PRIVATE: [&str; 8] = [
    "10.0.0.0/8",
    "172.16.0.0/12",
    "192.168.0.0/16",
    "169.254.0.0/16",
    "127.0.0.0/8",
    "fc00::/7",
    "fe80::/10",
    "::1/128",
];

impl Default for Zones {
    fn default() -> Self {
        Self { inside: PRIVATE.iter().filter_map(|network| network.parse().ok()).collect(), vpn: Vec::new() }
    }
}

impl Zones {
    /// `inside`, `outside` or `vpn`.
    pub fn of(&self, address: IpAddr) -> &'static str {
        let address = address.to_canonical();
        let holds = |networks: &[IpNet]| networks.iter().any(|network| network.contains(&address));
        if holds(&self.vpn) {
            "vpn"
        } else if holds(&self.inside) {
            "inside"
        } else {
            "outside"
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zone_is_that_of_the_network_and_the_vpn_wins_over_what_it_is_part_of() {
        let zones = Zones { vpn: vec!["10.8.0.0/16".parse().unwrap()], ..Zones::default() };
        let check =
            |address: &str, expected: &str| assert_eq!(zones.of(address.parse().unwrap()), expected, "{address}");
        check("10.1.2.3", "inside");
        check("::ffff:10.1.2.3", "inside");
        check("fd00::7", "inside");
        check("10.8.255.1", "vpn");
        check("203.0.113.9", "outside");
        check("100.64.0.1", "outside");
        check("2001:db8::1", "outside");
        assert_eq!(Zones::default().inside.len(), PRIVATE.len());
    }

    #[test]
    fn country_is_two_letters_in_capitals() {
        assert_eq!(Country::parse("cn").unwrap().as_str(), "CN");
        assert!(["", "C", "CHN", "中", "C1"].into_iter().all(|text| Country::parse(text).is_none()));
    }
}
