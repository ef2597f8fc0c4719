//! The network of a client: what stays the same while a phone or an office changes its address.

use std::net::IpAddr;

/// The /24 of an IPv4 address or the /64 of an IPv6 one. One byte says which, the rest is the network, filled up with zeros.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Prefix([u8; PREFIX_BYTES]);

pub(crate) const PREFIX_BYTES: usize = 9;

impl Prefix {
    pub(crate) fn from_bytes(bytes: [u8; PREFIX_BYTES]) -> Self {
        Self(bytes)
    }

    pub(crate) fn as_bytes(&self) -> &[u8; PREFIX_BYTES] {
        &self.0
    }
}

pub(crate) fn of(address: IpAddr) -> Prefix {
    let mut prefix = [0; PREFIX_BYTES];
    let [family, network @ ..] = &mut prefix;
    match address.to_canonical() {
        IpAddr::V4(address) => {
            *family = 4;
            network.iter_mut().zip(address.octets()).take(3).for_each(|(to, from)| *to = from);
        }
        IpAddr::V6(address) => {
            *family = 6;
            network.iter_mut().zip(address.octets()).for_each(|(to, from)| *to = from);
        }
    }
    Prefix(prefix)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_network_is_one_prefix() {
        let check = |address: &str, expected: [u8; PREFIX_BYTES]| {
            assert_eq!(of(address.parse().unwrap()).0, expected, "{address}");
        };
        check("192.0.2.7", [4, 192, 0, 2, 0, 0, 0, 0, 0]);
        check("::ffff:192.0.2.9", [4, 192, 0, 2, 0, 0, 0, 0, 0]);
        check("2001:db8:1:2:3:4:5:6", [6, 0x20, 0x01, 0x0d, 0xb8, 0, 1, 0, 2]);
        check("400:c000:200::", [6, 4, 0, 0xc0, 0, 2, 0, 0, 0]);
    }
}
