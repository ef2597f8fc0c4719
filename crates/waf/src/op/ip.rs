//! Sets of addresses and networks: `@ipMatch` and `@ipMatchFromFile`.
//!
//! Kept as sorted ranges that do not touch, so that a list of ten thousand networks is asked in a dozen steps. An IPv4
//! address written as an IPv6 one (`::ffff:192.0.2.1`) is the same address.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// First and last address of a network.
type AddressRange<T> = (T, T);

/// Addresses of both families.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(crate) struct IpSet {
    v4: Vec<AddressRange<u32>>,
    v6: Vec<AddressRange<u128>>,
}

impl IpSet {
    /// Reads the argument of `@ipMatch`: addresses and networks separated by commas.
    pub(crate) fn parse_list(list: &[u8]) -> Result<Self, String> {
        let mut set = Self::default();
        set.add_entries(list)?;
        if set == Self::default() {
            return Err("no addresses".to_owned());
        }
        set.order();
        Ok(set)
    }

    /// Adds the addresses of a file: one or more on a line, `#` begins a comment.
    pub(crate) fn add_file(&mut self, file: &[u8]) -> Result<(), String> {
        for (number, line) in file.split(|byte| *byte == b'\n').enumerate() {
            let text = line.split(|byte| *byte == b'#').next().unwrap_or_default();
            self.add_entries(text).map_err(|wrong| format!("line {}: {wrong}", number + 1))?;
        }
        self.order();
        Ok(())
    }

    /// Whether the address is one of the set.
    pub(crate) fn contains(&self, address: IpAddr) -> bool {
        match address.to_canonical() {
            IpAddr::V4(address) => covers(&self.v4, address.to_bits()),
            IpAddr::V6(address) => covers(&self.v6, address.to_bits()),
        }
    }

    /// [`IpSet::contains`] for an address as text; what is none is in no set.
    pub(crate) fn contains_text(&self, text: &[u8]) -> bool {
        std::str::from_utf8(text).ok().and_then(|text| text.parse().ok()).is_some_and(|address| self.contains(address))
    }

    fn add_entries(&mut self, list: &[u8]) -> Result<(), String> {
        let entries = list.split(|byte| *byte == b',').map(<[u8]>::trim_ascii).filter(|entry| !entry.is_empty());
        entries.map(String::from_utf8_lossy).try_for_each(|entry| {
            self.add(&entry).ok_or_else(|| format!("{entry:?} is neither an address nor a network such as 10.0.0.0/8"))
        })
    }

    fn add(&mut self, entry: &str) -> Option<()> {
        let (address, length) = match entry.split_once('/') {
            Some((address, length)) => (address, Some(prefix_length(length)?)),
            None => (entry, None),
        };
        match address.parse().ok()? {
            IpAddr::V4(address) => self.v4.push(network_v4(address, length.unwrap_or(32))?),
            IpAddr::V6(address) => {
                let length = length.unwrap_or(128);
                match address.to_ipv4_mapped() {
                    Some(mapped) if length >= 96 => self.v4.push(network_v4(mapped, length - 96)?),
                    _ => self.v6.push(network_v6(address, length)?),
                }
            }
        }
        Some(())
    }

    fn order(&mut self) {
        self.v4 = merged(std::mem::take(&mut self.v4));
        self.v6 = merged(std::mem::take(&mut self.v6));
    }
}

/// Digits only: `parse` would also take a sign.
fn prefix_length(text: &str) -> Option<u32> {
    text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok()).flatten()
}

fn network_v4(address: Ipv4Addr, length: u32) -> Option<AddressRange<u32>> {
    let hosts = u32::MAX.checked_shr(length).unwrap_or(0);
    (length <= 32).then(|| (address.to_bits() & !hosts, address.to_bits() | hosts))
}

fn network_v6(address: Ipv6Addr, length: u32) -> Option<AddressRange<u128>> {
    let hosts = u128::MAX.checked_shr(length).unwrap_or(0);
    (length <= 128).then(|| (address.to_bits() & !hosts, address.to_bits() | hosts))
}

fn merged<T: Ord + Copy>(mut ranges: Vec<AddressRange<T>>) -> Vec<AddressRange<T>> {
    ranges.sort_unstable();
    let mut merged: Vec<AddressRange<T>> = Vec::with_capacity(ranges.len());
    for (first, last) in ranges {
        match merged.last_mut() {
            Some(before) if first <= before.1 => before.1 = before.1.max(last),
            _ => merged.push((first, last)),
        }
    }
    merged
}

fn covers<T: Ord + Copy>(ranges: &[AddressRange<T>], address: T) -> bool {
    let behind = ranges.partition_point(|(first, _)| *first <= address);
    behind.checked_sub(1).and_then(|at| ranges.get(at)).is_some_and(|(_, last)| address <= *last)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn check(list: &str, inside: &[&str], outside: &[&str]) {
        let set = IpSet::parse_list(list.as_bytes()).unwrap();
        for address in inside {
            assert!(set.contains_text(address.as_bytes()), "{address} is in {list}");
        }
        for address in outside {
            assert!(!set.contains_text(address.as_bytes()), "{address} is not in {list}");
        }
    }

    #[test]
    fn addresses_are_found_in_lists_of_networks() {
        check("127.0.0.1,::1", &["127.0.0.1", "::1", "0:0:0:0:0:0:0:1"], &["127.0.0.2", "::2", "x", "", "127.0.0.1 "]);
        check(
            "10.0.0.0/8, 192.168.1.1",
            &["10.0.0.0", "10.255.255.255", "192.168.1.1"],
            &["11.0.0.0", "9.255.255.255"],
        );
        check("10.0.0.5/8", &["10.1.1.1"], &["11.1.1.1"]);
        check("0.0.0.0/0", &["0.0.0.0", "255.255.255.255"], &["::1"]);
        check("2001:db8::/32", &["2001:db8::", "2001:db8:ffff::1"], &["2001:db9::", "10.0.0.1"]);
        check("::/0", &["::", "ffff::"], &["10.0.0.1"]);
        check("10.0.0.0/24,10.0.0.128/25,10.0.0.0/8", &["10.0.0.200", "10.9.9.9"], &["11.0.0.0"]);
    }

    #[test]
    fn a_mapped_address_is_the_address_it_maps() {
        check("192.0.2.1", &["::ffff:192.0.2.1"], &["::192.0.2.1"]);
        check("::ffff:192.0.2.0/120", &["192.0.2.9", "::ffff:192.0.2.9"], &["192.0.3.9"]);
    }

    #[test]
    fn what_is_no_network_is_refused() {
        for list in
            ["", " , ", "bad", "10.0.0", "10.0.0.0/33", "2001:db8::/129", "10.0.0.0/", "10.0.0.0/+8", "!10.0.0.1"]
        {
            assert!(IpSet::parse_list(list.as_bytes()).is_err(), "{list}");
        }
        for list in ["10.0.0.0/255.0.0.0", "fe80::1%eth0", "10.0.0.1 10.0.0.2"] {
            let wrong = IpSet::parse_list(list.as_bytes()).unwrap_err();
            assert!(wrong.contains(list), "{wrong}");
        }
    }

    #[test]
    fn files_hold_comments_and_several_addresses_on_a_line() {
        let mut set = IpSet::default();
        set.add_file(b"# hospital\n10.0.0.0/8 # inside\r\n\n 2001:db8::1 \n8.8.8.8,9.9.9.9\n").unwrap();
        set.add_file(b"1.1.1.1").unwrap();
        for address in ["10.1.1.1", "2001:db8::1", "9.9.9.9", "1.1.1.1"] {
            assert!(set.contains_text(address.as_bytes()), "{address}");
        }
        assert!(!set.contains_text(b"1.1.1.2"));
        assert!(set.add_file(b"10.0.0.1\nx\n").unwrap_err().starts_with("line 2: \"x\""));
    }

    proptest! {
        #[test]
        fn a_set_of_ranges_answers_as_the_list_of_networks(
            networks in prop::collection::vec((any::<u32>(), 0u32..=32), 1..20),
            addresses in prop::collection::vec(any::<u32>(), 20),
        ) {
            let list: Vec<String> =
                networks.iter().map(|(bits, length)| format!("{}/{length}", Ipv4Addr::from_bits(*bits))).collect();
            let set = IpSet::parse_list(list.join(",").as_bytes()).unwrap();
            let edges = networks.iter().flat_map(|(bits, _)| [*bits, bits.wrapping_sub(1), bits.wrapping_add(1)]);
            for address in addresses.iter().copied().chain(edges) {
                let named = networks.iter().any(|(bits, length)| {
                    let hosts = u32::MAX.checked_shr(*length).unwrap_or(0);
                    bits & !hosts == address & !hosts
                });
                prop_assert_eq!(set.contains(Ipv4Addr::from_bits(address).into()), named);
            }
        }
    }
}
