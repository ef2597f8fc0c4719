use medward_contract::Timestamp;
use proptest::prelude::*;

use super::*;

fn header() -> FileHeader {
    FileHeader {
        vault_id: *b"0123456789abcdef",
        number: 3,
        chain: [5; 16],
        created: Timestamp::from_micros(1_795_144_455_926_535),
    }
}

/// A file of groups, each a list of payloads.
fn file(groups: &[&[&[u8]]]) -> Vec<u8> {
    let mut bytes = header().encode();
    let mut seq = 0;
    for group in groups {
        for payload in *group {
            write_frame(&mut bytes, Kind::Record, 1, seq, |out| out.extend(*payload));
            seq += 1;
        }
        write_commit(&mut bytes, u32::try_from(group.len()).unwrap(), Timestamp::from_micros(9));
    }
    bytes
}

fn scan(bytes: &[u8]) -> (Vec<Group<'_>>, Scan) {
    let mut groups = Vec::new();
    let scan = scan_file(bytes, &mut |group| groups.push(group));
    (groups, scan)
}

fn payloads<'a>(groups: &[Group<'a>]) -> Vec<&'a [u8]> {
    groups.iter().flat_map(|group| &group.records).map(|frame| frame.payload).collect()
}

/// The layout of `vault.md` §4, byte by byte; the checksums were calculated apart, bit by bit in Python.
#[test]
fn file_of_one_record_is_laid_out_as_specified() {
    let bytes = file(&[&[b"abc"]]);
    expect_test::expect![[r"
        header 4d5757414c3030313031323334353637383961626364656603000000000000000505050505050505050505050505050507b39da3ac600600000000004ca01bac
        record 03000000b98d7d52010001000000000000000000616263
        commit 0c000000ceb2fecf020000000000000000000000010000000900000000000000
    "]].assert_eq(&{
        let hex = |range: std::ops::Range<usize>| data_encoding::HEXLOWER.encode(&bytes[range]);
        format!("header {}\nrecord {}\ncommit {}\n", hex(0..64), hex(64..87), hex(87..bytes.len()))
    });
}

#[test]
fn header_round_trips_and_any_flipped_bit_is_refused() {
    let bytes = header().encode();
    assert_eq!(FileHeader::parse(&bytes), Some(header()));
    for bit in 0..bytes.len() * 8 {
        let mut wrong = bytes.clone();
        wrong[bit / 8] ^= 1 << (bit % 8);
        assert_eq!(FileHeader::parse(&wrong), None, "bit {bit}");
    }
}

#[test]
fn group_without_commit_frame_does_not_count() {
    let whole = file(&[&[b"a", b"b"]]);
    let mut bytes = file(&[&[b"a", b"b"], &[b"c"]]);
    for cut in whole.len()..bytes.len() {
        let (groups, scan) = scan(&bytes[..cut]);
        assert_eq!(payloads(&groups), [b"a", b"b"], "cut at {cut}");
        assert_eq!((scan.end, scan.damaged), (whole.len(), false), "cut at {cut}");
    }
    bytes.extend([0; 4096]);
    let (groups, scan) = scan(&bytes);
    assert_eq!(
        (groups.len(), scan.damaged, scan.end),
        (2, false, bytes.len() - 4096),
        "zeros at the end are a torn tail"
    );
}

#[test]
fn damage_before_a_valid_commit_is_told_and_costs_only_what_it_hit() {
    let bytes = file(&[&[b"aaaa", b"bbbb"], &[b"cccc"], &[b"dddd"]]);
    let place = bytes.windows(4).position(|window| window == b"cccc").unwrap();
    // The payload itself, and the length before it, which hides where the next frame stands.
    for (at, bit) in [(place, 1), (place - 20, 0x40), (place - 17, 0x80)] {
        let mut wrong = bytes.clone();
        wrong[at] ^= bit;
        let (groups, scan) = scan(&wrong);
        assert_eq!(payloads(&groups), [b"aaaa", b"bbbb", b"dddd"], "byte {at}");
        assert!(scan.damaged && !groups[1].is_whole() && groups[0].is_whole() && groups[2].is_whole());
        assert_eq!(scan.end, bytes.len());
    }
}

#[test]
fn damaged_commit_frame_keeps_the_records_and_is_told() {
    let mut bytes = file(&[&[b"aaaa"], &[b"bbbb"]]);
    let commit = 64 + 24;
    bytes[commit + 21] ^= 1;
    let (groups, scan) = scan(&bytes);
    assert_eq!(payloads(&groups), [b"aaaa", b"bbbb"]);
    assert!(scan.damaged);
}

#[test]
fn chain_is_that_of_the_last_commit_frame() {
    let bytes = file(&[&[b"a"], &[b"b"]]);
    let (_, scan) = scan(&bytes);
    assert_eq!(scan.chain, Some(chain_of(&bytes[bytes.len() - 32..])));
}

proptest! {
    #[test]
    fn any_groups_read_back(groups in proptest::collection::vec(proptest::collection::vec(proptest::collection::vec(any::<u8>(), 0..300), 1..5), 0..6)) {
        let borrowed: Vec<Vec<&[u8]>> = groups.iter().map(|group| group.iter().map(Vec::as_slice).collect()).collect();
        let bytes = file(&borrowed.iter().map(Vec::as_slice).collect::<Vec<_>>());
        let (found, scan) = scan(&bytes);
        prop_assert_eq!(payloads(&found), borrowed.concat());
        prop_assert!(!scan.damaged && scan.end == bytes.len() && found.iter().all(Group::is_whole));
    }

    #[test]
    fn any_flipped_bit_after_the_header_is_seen(bit in 0_usize..(3 * 24 + 3 * 32) * 8) {
        let mut bytes = file(&[&[b"aaaa"], &[b"bbbb"], &[b"cccc"]]);
        bytes[64 + bit / 8] ^= 1 << (bit % 8);
        let (_, scan) = scan(&bytes);
        prop_assert!(scan.damaged || scan.end < bytes.len());
    }

    #[test]
    fn arbitrary_bytes_never_panic(bytes: Vec<u8>, cut in 0_usize..300) {
        let mut file = file(&[&[b"aaaa", b"b"], &[b"cccc"]]);
        file.truncate(cut);
        file.extend(bytes);
        scan(&file);
    }
}
