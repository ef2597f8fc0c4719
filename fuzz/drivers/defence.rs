//! What the fuzz targets of traffic defence do with their bytes. The targets and the replay test on stable share it, so a
//! corpus file means the same to both.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use medward_contract::Timestamp;
use medward_crypto::Secret;
use medward_defence::address::{AddressEntry, AddressSet};
use medward_defence::bot::{Head, assess};
use medward_defence::challenge;
use medward_defence::condition::{Condition, Fact, Facts, MAX_LEAVES, Named, Number, RawCondition, Text};
use medward_defence::page::{Language, safe_return_path};
use medward_defence::waiting::{Entrance, RawRoom, Room, RoomLimits};

/// A list of addresses: what is read answers as its entries do one by one.
pub(crate) fn address(data: &[u8]) {
    let Ok(set) = AddressSet::parse(data) else { return };
    assert!(set.ranges() <= set.entries());
    let lines = data.split(|byte| *byte == b'\n').take(100);
    let entries = lines.filter_map(|line| AddressEntry::parse(std::str::from_utf8(line).ok()?).ok());
    for entry in entries {
        let ends: [IpAddr; 2] = match entry {
            AddressEntry::V4 { first, last } => [first, last].map(|end| Ipv4Addr::from_bits(end).into()),
            AddressEntry::V6 { first, last } => [first, last].map(|end| Ipv6Addr::from_bits(end).into()),
        };
        // An IPv6 block may end among the mapped addresses, which are asked for as IPv4.
        for end in ends.into_iter().filter(|end| end.to_canonical() == *end) {
            assert!(entry.contains(end) && set.contains(end), "{end} is in {entry:?}");
        }
    }
}

/// A request of which everything is known and every text is the same.
struct Request<'a>(&'a [u8]);

impl Facts for Request<'_> {
    fn ip(&self) -> IpAddr {
        Ipv4Addr::LOCALHOST.into()
    }

    fn in_address_group(&self, _: &str) -> bool {
        true
    }

    fn text(&self, _: Text) -> Fact<&[u8]> {
        Fact::Is(self.0)
    }

    fn number(&self, _: Number) -> Fact<u64> {
        Fact::Is(200)
    }

    fn each(&self, _: &Named, matches: &mut dyn FnMut(&[u8]) -> bool) -> Fact<bool> {
        Fact::Is(matches(self.0))
    }
}

/// A condition in JSON: what compiles uses bounded fields, and its opposite holds where it does not.
pub(crate) fn condition(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let Ok(raw) = RawCondition::from_json(text) else { return };
    let Ok(condition) = Condition::compile(&raw) else { return };
    assert!((1..=MAX_LEAVES).contains(&condition.fields().len()));
    if let Ok(opposite) = Condition::compile(&RawCondition::Not(Box::new(raw))) {
        assert_ne!(condition.holds(&Request(data)), opposite.holds(&Request(data)));
        assert_eq!(condition.phase(), opposite.phase());
    }
}

/// What a visitor sends, a line each: user agent, ticket of a waiting room, path, and the rest for pages.
pub(crate) fn visitor(data: &[u8]) {
    let mut lines = data.splitn(4, |byte| *byte == b'\n');
    let mut line = || lines.next().unwrap_or_default();
    let assessment = assess(&Head { user_agent: line(), ..Head::default() });
    assert!(assessment.score() <= 100);
    let ticket = String::from_utf8_lossy(line());
    // Nobody has been signed a ticket: whatever comes is a new visitor, and the room has one place.
    let limits = RoomLimits::compile(&RawRoom { max_active: 1, admissions_per_second: 1, max_waiting: 1 });
    let room = Room::new("o", limits.expect("these are allowed"), Secret::new([7; 32]));
    let arrive = || room.arrive(Timestamp::from_micros(1), Some(&ticket), false);
    assert!(matches!(arrive(), Entrance::Admitted { cookie: Some(_) }));
    assert!(matches!(arrive(), Entrance::Waiting { position: 1, .. }));
    assert!(matches!(arrive(), Entrance::Full { .. }));
    let path = String::from_utf8_lossy(line());
    let to = safe_return_path(&path);
    assert!(to.starts_with('/') && !to.starts_with("//") && !to.starts_with("/\\"), "{to}");
    assert_eq!(safe_return_path(to), to);
    let text = String::from_utf8_lossy(line());
    let scripts = |page: &str| (page.matches("<script").count(), page.matches("</script>").count());
    let plain = challenge::page(Language::English, "", 18, "/", "", "n");
    let page = challenge::page(Language::English, &text, 18, &path, &text, &text);
    assert_eq!(scripts(&page), scripts(&plain));
}
