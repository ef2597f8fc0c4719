//! How many connections there may be, in all and from one address.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Counts connections. Cheap to clone.
#[derive(Debug, Clone)]
pub(crate) struct Seats(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    total: u32,
    per_address: u32,
    taken: Mutex<Taken>,
}

#[derive(Debug, Default)]
struct Taken {
    total: u32,
    by_address: HashMap<IpAddr, u32>,
}

/// The seat of one connection; given back when dropped.
#[derive(Debug)]
pub(crate) struct Seat {
    seats: Seats,
    address: IpAddr,
}

/// Why a connection gets no seat.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Full {
    Total,
    Address,
}

impl Seats {
    pub(crate) fn new(total: u32, per_address: u32) -> Self {
        Self(Arc::new(Inner { total, per_address, taken: Mutex::default() }))
    }

    /// A seat for a connection from `address`. Addresses of one IPv6 /64 count as one. A trusted proxy brings the connections of
    /// many clients: it may have all there are.
    pub(crate) fn take(&self, address: IpAddr, is_trusted: bool) -> Result<Seat, Full> {
        let address = network_of(address);
        let mut taken = self.taken();
        if taken.total >= self.0.total {
            return Err(Full::Total);
        }
        let of_address = taken.by_address.entry(address).or_default();
        if !is_trusted && *of_address >= self.0.per_address {
            return Err(Full::Address);
        }
        *of_address += 1;
        taken.total += 1;
        drop(taken);
        Ok(Seat { seats: self.clone(), address })
    }

    fn taken(&self) -> MutexGuard<'_, Taken> {
        self.0.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut taken = self.seats.taken();
        taken.total = taken.total.saturating_sub(1);
        if let Some(count) = taken.by_address.get_mut(&self.address) {
            *count -= 1;
            if *count == 0 {
                taken.by_address.remove(&self.address);
            }
        }
    }
}

fn network_of(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(v4) => IpAddr::V4(v4),
        IpAddr::V6(v6) => {
            let [a, b, c, d, ..] = v6.segments();
            IpAddr::from([a, b, c, d, 0, 0, 0, 0])
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_address_cannot_take_every_seat() {
        let seats = Seats::new(3, 2);
        let (one, two) = (IpAddr::from([203, 0, 113, 1]), IpAddr::from([203, 0, 113, 2]));
        let first = seats.take(one, false).unwrap();
        let _second = seats.take(one, false).unwrap();
        assert_eq!(seats.take(one, false).unwrap_err(), Full::Address);
        let _third = seats.take(two, false).unwrap();
        assert_eq!(seats.take(two, false).unwrap_err(), Full::Total);
        drop(first);
        assert!(seats.take(one, false).is_ok());
    }

    #[test]
    fn trusted_proxy_may_have_every_seat() {
        let seats = Seats::new(3, 1);
        let proxy = IpAddr::from([203, 0, 113, 1]);
        let _taken: Vec<_> = (0..3).map(|_| seats.take(proxy, true).unwrap()).collect();
        assert_eq!(seats.take(proxy, true).unwrap_err(), Full::Total);
    }

    #[test]
    fn addresses_of_one_ipv6_network_count_as_one() {
        let seats = Seats::new(9, 1);
        let _seat = seats.take("2001:db8::1".parse().unwrap(), false).unwrap();
        assert_eq!(seats.take("2001:db8::2".parse().unwrap(), false).unwrap_err(), Full::Address);
        assert!(seats.take("2001:db8:0:1::1".parse().unwrap(), false).is_ok());
    }
}
