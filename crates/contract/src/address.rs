//! What counts as one place in the network when attempts are counted per address.

use std::net::{IpAddr, Ipv6Addr};

/// Bits of an IPv6 address that name the network of one subscriber or one machine (RFC 6177, RFC 4291 2.5.4).
const IPV6_NETWORK_BITS: u32 = 64;

/// The network an address stands for: an IPv4 address for itself, also when it is written as an IPv4-mapped IPv6 address,
/// and an IPv6 address for its /64. Whoever has one IPv6 address has 2^64 of them, so a limit per address is none.
///
/// ```
/// # use medward_contract::address::network_of;
/// let network = |text: &str| network_of(text.parse().unwrap()).to_string();
/// assert_eq!(network("::ffff:192.0.2.7"), "192.0.2.7");
/// assert_eq!(network("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::");
/// ```
pub fn network_of(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => {
            let network = address.to_bits() & (u128::MAX << (u128::BITS - IPV6_NETWORK_BITS));
            IpAddr::V6(Ipv6Addr::from_bits(network))
        }
        address @ IpAddr::V4(_) => address,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_network_is_one_key_and_two_are_two() {
        let check = |address: &str, network: &str| {
            assert_eq!(network_of(address.parse().unwrap()), network.parse::<IpAddr>().unwrap(), "{address}");
        };
        check("192.0.2.7", "192.0.2.7");
        check("::ffff:192.0.2.7", "192.0.2.7");
        check("2001:db8:1:2::1", "2001:db8:1:2::");
        check("2001:db8:1:2:ffff:ffff:ffff:ffff", "2001:db8:1:2::");
        check("2001:db8:1:3::1", "2001:db8:1:3::");
        check("::1", "::");
        // Not mapped, only compatible: an IPv6 address like any other.
        check("::192.0.2.7", "::");
    }
}
