//! Address groups (gateway.md §7; CD-107: 100,000 entries and more): a list as text in, an immutable set out.
//!
//! The entries are kept as sorted ranges that neither overlap nor touch, so a question is one binary search, and an entry
//! costs 8.5 bytes (IPv4) or 34 (IPv6) at most. It is *not* a map: which of two overlapping entries matched is not kept.
//!
//! ```
//! use medward_defence::address::AddressSet;
//!
//! let set = AddressSet::parse("203.0.113.0/24 # scanner\n2001:db8::1-2001:db8::9\n".as_bytes())?;
//! assert!(set.contains("203.0.113.77".parse().unwrap()));
//! assert!(set.contains("::ffff:203.0.113.77".parse().unwrap()), "an IPv4 address in IPv6 form is the IPv4 address");
//! assert!(!set.contains("2001:db8::a".parse().unwrap()));
//! # Ok::<(), medward_defence::address::AddressListError>(())
//! ```

mod entry;
mod list;
mod ranges;
#[cfg(test)]
mod tests;

use std::net::IpAddr;

pub use self::entry::{AddressEntry, EntryError};
pub use self::list::{AddressListError, LineError, MAX_ENTRIES, MAX_LIST_BYTES, MAX_REPORTED_ERRORS};
use self::ranges::Ranges;

/// An immutable set of IPv4 and IPv6 addresses.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AddressSet {
    v4: Ranges<u32>,
    v6: Ranges<u128>,
    entries: usize,
}

impl AddressSet {
    /// Reads a list: one address, CIDR block or range `a-b` per line; `#` and `;` begin a comment; blank lines and a
    /// UTF-8 byte order mark are skipped. A comment may be in any encoding.
    ///
    /// A list with a wrong line is refused as a whole: half of a block list that looks loaded would be worse than the old one.
    pub fn parse(text: &[u8]) -> Result<Self, AddressListError> {
        list::parse(text)
    }

    /// Whether `address` is in the set. An IPv4-mapped IPv6 address is asked for as the IPv4 address it is.
    pub fn contains(&self, address: IpAddr) -> bool {
        match address.to_canonical() {
            IpAddr::V4(address) => self.v4.contains(address.to_bits()),
            IpAddr::V6(address) => self.v6.contains(address.to_bits()),
        }
    }

    /// Entries it was made of, before overlapping ones were merged.
    pub fn entries(&self) -> usize {
        self.entries
    }

    /// Ranges that are left after merging.
    pub fn ranges(&self) -> usize {
        self.v4.len() + self.v6.len()
    }

    pub fn is_empty(&self) -> bool {
        self.ranges() == 0
    }

    /// Bytes the ranges take on the heap.
    pub fn memory_bytes(&self) -> usize {
        self.v4.memory_bytes() + self.v6.memory_bytes()
    }
}

impl FromIterator<AddressEntry> for AddressSet {
    fn from_iter<I: IntoIterator<Item = AddressEntry>>(entries: I) -> Self {
        let (mut v4, mut v6, mut count) = (Vec::new(), Vec::new(), 0);
        for entry in entries {
            count += 1;
            match entry {
                AddressEntry::V4 { first, last } => v4.push((first, last)),
                AddressEntry::V6 { first, last } => v6.push((first, last)),
            }
        }
        Self { v4: Ranges::merge(v4), v6: Ranges::merge(v6), entries: count }
    }
}
