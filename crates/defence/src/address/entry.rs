//! One entry of an address group: an address, a CIDR block or a range.

use std::net::{IpAddr, Ipv6Addr};
use std::str::FromStr;

/// The longest entry there is: two full IPv6 addresses with an IPv4 tail, and a dash between blanks.
const MAX_ENTRY_BYTES: usize = 96;

/// Where the IPv4-mapped addresses begin (RFC 4291 2.5.5.2), and how many bits of a block they share.
const MAPPED: u128 = 0xffff_0000_0000;
const MAPPED_BITS: u8 = 96;

/// The addresses from `first` to `last`, both included. An IPv4-mapped IPv6 block is an IPv4 one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AddressEntry {
    V4 { first: u32, last: u32 },
    V6 { first: u128, last: u128 },
}

/// Why a text is no entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum EntryError {
    #[error("not an address, a block like 10.0.0.0/8 or a range like 10.0.0.1-10.0.0.9")]
    NotAnAddress,
    #[error("the prefix length must be a number from 0 to {0}")]
    PrefixLength(u8),
    #[error("the ends of the range are of two kinds, IPv4 and IPv6")]
    MixedRange,
    #[error("the range ends before it begins")]
    BackwardRange,
}

impl AddressEntry {
    /// Reads one entry. Host bits of a block may be set, `10.1.2.3/8` is `10.0.0.0/8`, as packet filters read it too.
    pub fn parse(text: &str) -> Result<Self, EntryError> {
        let text = text.trim();
        if text.len() > MAX_ENTRY_BYTES {
            return Err(EntryError::NotAnAddress);
        }
        if let Some((address, bits)) = text.split_once('/') {
            return block(ip(address)?, bits);
        }
        if let Some((first, last)) = text.split_once('-') {
            return range(ip(first.trim_end())?, ip(last.trim_start())?);
        }
        single(ip(text)?)
    }

    /// Whether the entry holds `address`.
    pub fn contains(self, address: IpAddr) -> bool {
        match (self, address.to_canonical()) {
            (Self::V4 { first, last }, IpAddr::V4(address)) => (first..=last).contains(&address.to_bits()),
            (Self::V6 { first, last }, IpAddr::V6(address)) => (first..=last).contains(&address.to_bits()),
            _ => false,
        }
    }
}

impl FromStr for AddressEntry {
    type Err = EntryError;

    fn from_str(text: &str) -> Result<Self, EntryError> {
        Self::parse(text)
    }
}

/// The parser of the standard library: it refuses leading zeros, which half of the world reads as octal, and zone ids.
fn ip(text: &str) -> Result<IpAddr, EntryError> {
    text.parse().map_err(|_| EntryError::NotAnAddress)
}

fn single(address: IpAddr) -> Result<AddressEntry, EntryError> {
    range(address, address)
}

fn range(first: IpAddr, last: IpAddr) -> Result<AddressEntry, EntryError> {
    let entry = match (first.to_canonical(), last.to_canonical()) {
        (IpAddr::V4(first), IpAddr::V4(last)) => AddressEntry::V4 { first: first.to_bits(), last: last.to_bits() },
        (IpAddr::V6(first), IpAddr::V6(last)) => AddressEntry::V6 { first: first.to_bits(), last: last.to_bits() },
        _ => return Err(EntryError::MixedRange),
    };
    let backward = match entry {
        AddressEntry::V4 { first, last } => first > last,
        AddressEntry::V6 { first, last } => first > last,
    };
    if backward { Err(EntryError::BackwardRange) } else { Ok(entry) }
}

fn block(address: IpAddr, bits: &str) -> Result<AddressEntry, EntryError> {
    let widest = if address.is_ipv4() { 32 } else { 128 };
    // `u8::from_str` takes a sign; a prefix length has none.
    let digits = !bits.is_empty() && bits.bytes().all(|byte| byte.is_ascii_digit());
    let bits = bits.parse::<u8>().ok().filter(|bits| digits && *bits <= widest);
    let bits = bits.ok_or(EntryError::PrefixLength(widest))?;
    match address {
        IpAddr::V4(address) => Ok(v4_block(address.to_bits(), bits)),
        IpAddr::V6(address) if is_mapped(address) && bits >= MAPPED_BITS => {
            let low = u32::try_from(address.to_bits() - MAPPED).map_err(|_| EntryError::NotAnAddress)?;
            Ok(v4_block(low, bits - MAPPED_BITS))
        }
        IpAddr::V6(address) => {
            let host = u128::MAX.checked_shr(u32::from(bits)).unwrap_or(0);
            let first = address.to_bits() & !host;
            Ok(AddressEntry::V6 { first, last: first | host })
        }
    }
}

fn v4_block(address: u32, bits: u8) -> AddressEntry {
    let host = u32::MAX.checked_shr(u32::from(bits)).unwrap_or(0);
    let first = address & !host;
    AddressEntry::V4 { first, last: first | host }
}

fn is_mapped(address: Ipv6Addr) -> bool {
    address.to_ipv4_mapped().is_some()
}
