//! Addresses that are refused for a while. The list that counts stands in the gateway's database; this is what the data
//! path knows of it, and what it decided itself and has not yet been written down.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::net::IpAddr;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use ipnet::IpNet;
use medward_contract::Timestamp;
use tokio::sync::mpsc;

/// Bans that are held at most; a list of addresses known beforehand is an address group, which holds more.
const MAX_BANS: usize = 100_000;
/// Bans waiting to be written.
const QUEUE: usize = 4_096;
/// Who comes more often than this while banned is not answered any more: its connections are closed at once.
const PAGES_SHOWN: u32 = 100;

/// A ban that the data path decided, to be written down.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BanNote {
    /// Whom it is about: an address, or the /64 of an IPv6 one.
    pub network: IpNet,
    /// When it began.
    pub at: Timestamp,
    /// When it ends.
    pub until: Timestamp,
    /// The limit or rule that asked for it, as in events.
    pub rule_id: String,
    /// What people call that.
    pub rule_name: String,
    /// The object that it was about.
    pub object: String,
    /// The request that earned it.
    pub request_id: String,
}

/// Bans to be written down, in their order. Who reads holds the lock for as long.
pub type BanQueue = Arc<tokio::sync::Mutex<mpsc::Receiver<BanNote>>>;

pub(crate) struct Ban {
    pub(crate) until: Timestamp,
    hits: AtomicU32,
    /// The database has it.
    is_stored: bool,
}

impl Ban {
    /// Counts a request of a banned client.
    pub(crate) fn hit(&self) {
        // Never wraps: whoever gets this far does not get in any more.
        self.hits.fetch_add(1, Ordering::Relaxed);
    }

    /// Whether the client has been told often enough.
    pub(crate) fn is_worn(&self) -> bool {
        self.hits.load(Ordering::Relaxed) > PAGES_SHOWN
    }
}

/// The bans in force.
pub struct Bans {
    list: RwLock<List>,
    /// Who is not refused, whatever stands on the list.
    spared: RwLock<HashSet<IpAddr>>,
    /// So that nobody waits for a lock while there is nothing to look for.
    any: AtomicBool,
    queue: mpsc::Sender<BanNote>,
}

#[derive(Default)]
struct List {
    bans: HashMap<IpNet, Arc<Ban>>,
    /// Prefix lengths that occur, of IPv4 and IPv6.
    lengths: [BTreeSet<u8>; 2],
}

impl List {
    fn find(&self, address: IpAddr, now: Timestamp) -> Option<&Arc<Ban>> {
        let [v4, v6] = &self.lengths;
        let lengths = if address.is_ipv4() { v4 } else { v6 };
        let networks = lengths.iter().rev().filter_map(|length| IpNet::new(address, *length).ok());
        networks.filter_map(|network| self.bans.get(&network.trunc())).find(|ban| ban.until > now)
    }

    fn put(&mut self, network: IpNet, ban: Arc<Ban>) {
        let [v4, v6] = &mut self.lengths;
        let lengths = if matches!(network, IpNet::V4(_)) { v4 } else { v6 };
        lengths.insert(network.prefix_len());
        self.bans.insert(network.trunc(), ban);
    }
}

impl Bans {
    pub(crate) fn new() -> (Self, BanQueue) {
        let (queue, receiver) = mpsc::channel(QUEUE);
        let bans = Self { list: RwLock::default(), spared: RwLock::default(), any: AtomicBool::new(false), queue };
        (bans, Arc::new(tokio::sync::Mutex::new(receiver)))
    }

    /// The ban that an address is under.
    pub(crate) fn of(&self, address: IpAddr, now: Timestamp) -> Option<Arc<Ban>> {
        if !self.any.load(Ordering::Relaxed) {
            return None;
        }
        let address = address.to_canonical();
        let found = self.list.read().unwrap_or_else(PoisonError::into_inner).find(address, now).cloned()?;
        let spared = self.spared.read().unwrap_or_else(PoisonError::into_inner).contains(&address);
        (!spared).then_some(found)
    }

    /// Bans a client from now on, and leaves it to be written down. False when it is banned for as long already, or the
    /// list is full.
    pub(crate) fn add(&self, note: BanNote) -> bool {
        let mut list = self.list.write().unwrap_or_else(PoisonError::into_inner);
        let network = note.network.trunc();
        if list.bans.get(&network).is_some_and(|ban| ban.until >= note.until) {
            return false;
        }
        if list.bans.len() >= MAX_BANS {
            list.bans.retain(|_, ban| ban.until > note.at);
        }
        if list.bans.len() >= MAX_BANS {
            tracing::error!(limit = MAX_BANS, "the ban list is full, a ban was not made");
            return false;
        }
        list.put(network, Arc::new(Ban { until: note.until, hits: AtomicU32::new(0), is_stored: false }));
        self.any.store(true, Ordering::Relaxed);
        drop(list);
        if let Err(error) = self.queue.try_send(note) {
            tracing::error!(%error, "a ban is in force until a restart and could not be queued to be written");
        }
        true
    }

    /// Takes over what is written down: these networks until these times, and what was decided here and is not written yet.
    pub fn replace(&self, stored: impl IntoIterator<Item = (IpNet, Timestamp)>, now: Timestamp) {
        let mut list = self.list.write().unwrap_or_else(PoisonError::into_inner);
        let mut next = List::default();
        for (network, until) in stored.into_iter().take(MAX_BANS) {
            let hits = list.bans.get(&network.trunc()).map_or(0, |ban| ban.hits.load(Ordering::Relaxed));
            next.put(network, Arc::new(Ban { until, hits: AtomicU32::new(hits), is_stored: true }));
        }
        for (network, ban) in list.bans.drain().filter(|(_, ban)| !ban.is_stored && ban.until > now) {
            if !next.bans.contains_key(&network) {
                next.put(network, ban);
            }
        }
        self.any.store(!next.bans.is_empty(), Ordering::Relaxed);
        *list = next;
    }

    /// From these addresses somebody works who could lift a ban: none of them is refused.
    pub fn spare(&self, addresses: impl IntoIterator<Item = IpAddr>) {
        let addresses = addresses.into_iter().map(|address| address.to_canonical()).collect();
        *self.spared.write().unwrap_or_else(PoisonError::into_inner) = addresses;
    }

    /// A ban that waited in the queue is written down now, or cannot be: from here on what is stored decides about it.
    pub fn written(&self, network: IpNet) {
        let mut list = self.list.write().unwrap_or_else(PoisonError::into_inner);
        if let Some(ban) = list.bans.get(&network.trunc()).cloned() {
            let hits = AtomicU32::new(ban.hits.load(Ordering::Relaxed));
            list.put(network, Arc::new(Ban { until: ban.until, hits, is_stored: true }));
        }
    }

    /// How often a banned network came since this program knows of its ban.
    pub fn hits(&self, network: IpNet) -> u32 {
        let list = self.list.read().unwrap_or_else(PoisonError::into_inner);
        list.bans.get(&network.trunc()).map_or(0, |ban| ban.hits.load(Ordering::Relaxed))
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    const NOW: Timestamp = Timestamp::from_micros(1_795_144_455_000_000);

    fn note(network: &str, minutes: u64) -> BanNote {
        BanNote {
            network: network.parse().unwrap(),
            at: NOW,
            until: NOW.plus(Duration::from_mins(minutes)),
            rule_id: "limit:x".into(),
            rule_name: "x".into(),
            object: "site".into(),
            request_id: "r".into(),
        }
    }

    fn banned(bans: &Bans, address: &str, minutes: u64) -> bool {
        bans.of(address.parse().unwrap(), NOW.plus(Duration::from_mins(minutes))).is_some()
    }

    #[test]
    fn network_is_banned_until_its_time_and_nobody_else() {
        let (bans, queue) = Bans::new();
        assert!(bans.add(note("203.0.113.9/32", 10)) && bans.add(note("2001:db8:0:1::/64", 10)));
        assert!(!bans.add(note("203.0.113.9/32", 5)), "it is banned for longer already");
        assert!(banned(&bans, "203.0.113.9", 9) && banned(&bans, "::ffff:203.0.113.9", 9));
        assert!(banned(&bans, "2001:db8:0:1::77", 0) && !banned(&bans, "2001:db8:0:2::77", 0));
        assert!(!banned(&bans, "203.0.113.9", 10) && !banned(&bans, "203.0.113.8", 0));
        let mut queue = queue.try_lock().unwrap();
        assert_eq!(std::iter::from_fn(|| queue.try_recv().ok()).count(), 2);
    }

    #[test]
    fn what_is_stored_replaces_the_list_but_for_what_waits_to_be_written() {
        let (bans, _queue) = Bans::new();
        bans.add(note("198.51.100.1/32", 10));
        bans.replace([("203.0.113.0/24".parse().unwrap(), NOW.plus(Duration::from_mins(1)))], NOW);
        assert!(banned(&bans, "203.0.113.200", 0) && banned(&bans, "198.51.100.1", 0));
        bans.written("198.51.100.1/32".parse().unwrap());
        bans.replace([], NOW);
        assert!(!banned(&bans, "203.0.113.200", 0) && !banned(&bans, "198.51.100.1", 0), "somebody lifted both");
    }

    #[test]
    fn who_could_lift_a_ban_is_not_refused() {
        let (bans, _queue) = Bans::new();
        bans.add(note("203.0.113.0/24", 10));
        bans.spare(["203.0.113.9".parse().unwrap()]);
        assert!(!banned(&bans, "203.0.113.9", 0) && banned(&bans, "203.0.113.8", 0));
        bans.spare([]);
        assert!(banned(&bans, "203.0.113.9", 0));
    }

    #[test]
    fn who_does_not_take_no_for_an_answer_is_worn() {
        let (bans, _queue) = Bans::new();
        bans.add(note("203.0.113.9/32", 10));
        let ban = bans.of("203.0.113.9".parse().unwrap(), NOW).unwrap();
        (0..PAGES_SHOWN).for_each(|_| ban.hit());
        assert!(!ban.is_worn());
        ban.hit();
        assert!(ban.is_worn());
        assert_eq!(bans.hits("203.0.113.9/32".parse().unwrap()), PAGES_SHOWN + 1);
    }
}
