use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use proptest::prelude::*;

use super::*;

fn set(text: &str) -> AddressSet {
    AddressSet::parse(text.as_bytes()).unwrap_or_else(|error| panic!("{error}"))
}

fn check(list: &str, inside: &[&str], outside: &[&str]) {
    let set = set(list);
    for address in inside {
        assert!(set.contains(address.parse().unwrap()), "{address} is in {list:?}");
    }
    for address in outside {
        assert!(!set.contains(address.parse().unwrap()), "{address} is not in {list:?}");
    }
}

fn refused(list: &[u8]) -> String {
    AddressSet::parse(list).expect_err("must be refused").to_string()
}

#[test]
fn addresses_blocks_and_ranges_hold_their_ends_and_nothing_beside() {
    check("192.0.2.7", &["192.0.2.7"], &["192.0.2.6", "192.0.2.8", "::c000:207"]);
    check("192.0.2.0/24", &["192.0.2.0", "192.0.2.255"], &["192.0.1.255", "192.0.3.0"]);
    check("192.0.2.5 - 192.0.2.9", &["192.0.2.5", "192.0.2.9"], &["192.0.2.4", "192.0.2.10"]);
    check(
        "2001:db8::/32",
        &["2001:db8::", "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff"],
        &["2001:db7:ffff::", "2001:db9::"],
    );
    check("2001:db8::1-2001:db8::3", &["2001:db8::1", "2001:db8::3"], &["2001:db8::", "2001:db8::4"]);
    check("0.0.0.0/0", &["0.0.0.0", "255.255.255.255"], &["::", "2001:db8::"]);
    check("::/0", &["::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"], &["1.2.3.4", "::ffff:1.2.3.4"]);
    check("10.1.2.3/8", &["10.0.0.0", "10.255.255.255"], &["11.0.0.0"]);
    check("", &[], &["0.0.0.0", "::"]);
}

#[test]
fn a_mapped_entry_is_the_ipv4_one_and_a_mapped_question_too() {
    check("::ffff:192.0.2.7", &["192.0.2.7", "::ffff:192.0.2.7"], &["192.0.2.8"]);
    check("::ffff:192.0.2.0/120", &["192.0.2.0", "192.0.2.255"], &["192.0.3.0"]);
    check("::ffff:192.0.2.1-192.0.2.3", &["192.0.2.1", "::ffff:192.0.2.3"], &["192.0.2.4"]);
    check("::ffff:0:0/96", &["0.0.0.0", "255.255.255.255"], &["::fffe:1.2.3.4"]);
}

#[test]
fn comments_blank_lines_mark_and_line_ends_are_no_entries() {
    let gbk_comment = b"\xef\xbb\xbf# \xba\xda\xc3\xfb\xb5\xa5\r\n192.0.2.1\r\n\r\n  192.0.2.3 \t# \xd6\xd0\n; by others\n198.51.100.0/24 ; SBL1";
    let set = AddressSet::parse(gbk_comment).unwrap();
    assert_eq!((set.entries(), set.ranges()), (3, 3));
    assert!(set.contains("198.51.100.9".parse().unwrap()));
}

#[test]
fn neighbours_and_overlaps_become_one_range() {
    let set = set("10.0.0.0/25\n10.0.0.128/25\n10.0.0.7\n10.0.1.0-10.0.1.9\n255.255.255.255\n255.255.255.255\n");
    assert_eq!((set.entries(), set.ranges(), set.memory_bytes()), (6, 2, 2 * 8 + 4));
    assert_eq!(AddressSet::parse(b"2001:db8::1").unwrap().memory_bytes(), 32 + 16);
}

#[test]
fn a_wrong_line_is_named_with_its_number_and_what_would_be_right() {
    let check = |line: &str, problem: &str| {
        let message = refused(format!("192.0.2.1\n\n{line}\n").as_bytes());
        assert!(message.starts_with(&format!("read address list: line 3: `{line}` is wrong: ")), "{message}");
        assert!(message.contains(problem), "{message}");
    };
    check("example.org", "not an address");
    check("192.0.2", "not an address");
    check("010.0.0.1", "not an address");
    check("fe80::1%eth0", "not an address");
    check("192.0.2.1 192.0.2.2", "not an address");
    check("192.0.2.1/33", "from 0 to 32");
    check("192.0.2.1/", "from 0 to 32");
    check("192.0.2.1/+8", "from 0 to 32");
    check("192.0.2.1/255.255.255.0", "from 0 to 32");
    check("2001:db8::/129", "from 0 to 128");
    check("192.0.2.9-192.0.2.1", "ends before it begins");
    check("192.0.2.9-2001:db8::1", "two kinds");
    check("192.0.2.1-192.0.2.0/24", "not an address");
}

#[test]
fn a_list_of_another_kind_does_not_fill_the_log() {
    let page = "<html>\u{1b}[31m 维护中\n".repeat(100_000);
    let AddressListError::Lines(lines) = AddressSet::parse(page.as_bytes()).unwrap_err() else { panic!("line errors") };
    assert_eq!(lines.len(), MAX_REPORTED_ERRORS);
    assert!(!lines[0].text.contains('\u{1b}'));
    let endless = vec![b'1'; 1 << 20];
    assert!(refused(&endless).len() < 300);
}

#[test]
fn more_than_the_caps_allow_is_refused() {
    let line = "192.0.2.1\n";
    let full = line.repeat(MAX_ENTRIES);
    assert_eq!(AddressSet::parse(full.as_bytes()).unwrap().entries(), MAX_ENTRIES);
    let over = full + line;
    assert_eq!(AddressSet::parse(over.as_bytes()), Err(AddressListError::TooMany(MAX_ENTRIES + 1)));
    let long = vec![b'#'; MAX_LIST_BYTES + 1];
    assert_eq!(AddressSet::parse(&long), Err(AddressListError::TooLong(MAX_LIST_BYTES + 1)));
    assert!(AddressSet::parse(&long[1..]).unwrap().is_empty());
}

/// Addresses close together, so that entries overlap and touch, and at both ends of the space.
fn near_v4() -> impl Strategy<Value = u32> {
    prop_oneof![0..40_u32, 0x0a00_0000..0x0a00_0028_u32, (u32::MAX - 40)..=u32::MAX]
}

fn near_v6() -> impl Strategy<Value = u128> {
    prop_oneof![0..40_u128, (1_u128 << 120)..((1 << 120) + 40), (u128::MAX - 40)..=u128::MAX]
}

fn entry() -> impl Strategy<Value = String> {
    let v4 = |bits| Ipv4Addr::from_bits(bits);
    let v6 = |bits| Ipv6Addr::from_bits(bits);
    prop_oneof![
        near_v4().prop_map(move |a| v4(a).to_string()),
        (near_v4(), 24..=32_u8).prop_map(move |(a, bits)| format!("{}/{bits}", v4(a))),
        (near_v4(), near_v4()).prop_map(move |(a, b)| format!("{}-{}", v4(a.min(b)), v4(a.max(b)))),
        near_v6().prop_map(move |a| v6(a).to_string()),
        (near_v6(), 100..=128_u8).prop_map(move |(a, bits)| format!("{}/{bits}", v6(a))),
        (near_v6(), near_v6()).prop_map(move |(a, b)| format!("{}-{}", v6(a.min(b)), v6(a.max(b)))),
    ]
}

proptest! {
    /// The merged ranges answer as the entries do one by one.
    #[test]
    fn the_set_answers_as_its_entries_do(entries in prop::collection::vec(entry(), 0..30), v4 in near_v4(), v6 in near_v6()) {
        let set = set(&entries.join("\n"));
        for address in [IpAddr::V4(Ipv4Addr::from_bits(v4)), IpAddr::V6(Ipv6Addr::from_bits(v6))] {
            let plainly = entries.iter().any(|entry| AddressEntry::parse(entry).unwrap().contains(address));
            prop_assert_eq!(set.contains(address), plainly, "{}", address);
        }
        prop_assert!(set.ranges() <= entries.len());
    }

    #[test]
    fn any_bytes_are_read_or_refused(text in prop::collection::vec(prop_oneof![Just(b'\n'), Just(b'.'), Just(b':'), Just(b'/'), b'0'..=b'9', any::<u8>()], 0..200)) {
        if let Ok(set) = AddressSet::parse(&text) {
            prop_assert!(set.ranges() <= set.entries());
        }
    }
}
