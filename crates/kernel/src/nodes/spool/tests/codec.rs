//! Segments as bytes.

use proptest::prelude::*;

use super::super::segment::{Header, MAX_PAYLOAD_BYTES, Scan, Tail, scan, write_frame};

fn encode(header: Header, payloads: &[Vec<u8>]) -> Vec<u8> {
    let mut bytes = header.encode();
    for payload in payloads {
        write_frame(&mut bytes, payload).unwrap();
    }
    bytes
}

fn read(bytes: &[u8]) -> Option<(Scan, Vec<Vec<u8>>)> {
    let mut payloads = Vec::new();
    scan(bytes, &mut |payload| payloads.push(payload.to_vec())).map(|scan| (scan, payloads))
}

#[test]
fn segment_has_the_layout_of_the_specification() {
    let bytes = encode(Header { lane: 1, first: 0x0102 }, &[b"123456789".to_vec()]);
    let crc = 0xe306_9283_u32.to_le_bytes(); // RFC 3720 B.4, CRC-32C of "123456789"
    let expected = [b"MWSP\x01\0\x01\0\x02\x01\0\0\0\0\0\0\x09\0\0\0", &crc[..], b"123456789"].concat();
    assert_eq!(bytes, expected);
}

#[test]
fn zeros_and_absurd_lengths_are_damage_and_no_frames() {
    let header = Header { lane: 0, first: 7 };
    let zeros = [header.encode(), vec![0; 4096]].concat();
    assert_eq!(read(&zeros).unwrap().0.tail, Tail::Damaged(1));
    let length = u32::try_from(MAX_PAYLOAD_BYTES + 1).unwrap().to_le_bytes();
    assert_eq!(read(&[header.encode(), length.to_vec()].concat()).unwrap().0.tail, Tail::Damaged(1));
    assert!(write_frame(&mut Vec::new(), &vec![1; MAX_PAYLOAD_BYTES + 1]).is_none());
    assert!(write_frame(&mut Vec::new(), &[]).is_none());
}

proptest! {
    #[test]
    fn what_is_encoded_is_read_and_a_cut_keeps_whole_frames(
        lane in any::<u16>(),
        first in 0..1_u64 << 62,
        payloads in prop::collection::vec(prop::collection::vec(any::<u8>(), 1..200), 0..20),
        cut in any::<prop::sample::Index>(),
    ) {
        let bytes = encode(Header { lane, first }, &payloads);
        let (found, read_back) = read(&bytes).unwrap();
        let whole = Scan { header: Header { lane, first }, frames: payloads.len() as u64, end: bytes.len(), tail: Tail::Clean };
        prop_assert_eq!((found, &read_back), (whole, &payloads));
        if let Some((cut, kept)) = read(&bytes[..cut.index(bytes.len())]) {
            prop_assert!(payloads.starts_with(&kept));
            prop_assert!(matches!(cut.tail, Tail::Clean | Tail::Torn));
        }
    }

    #[test]
    fn arbitrary_bytes_never_panic(start in any::<bool>(), bytes in prop::collection::vec(any::<u8>(), 0..2_000)) {
        let header = if start { Header { lane: 0, first: 1 }.encode() } else { Vec::new() };
        let bytes = [header, bytes].concat();
        if let Some((found, payloads)) = read(&bytes) {
            prop_assert!(found.end <= bytes.len() && payloads.len() as u64 == found.frames);
        }
    }
}
