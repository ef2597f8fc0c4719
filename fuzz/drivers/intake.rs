//! What the fuzz targets of intake do with their bytes. The targets and the replay test on stable share it, so a corpus file
//! means the same to both.

use medward_contract::Timestamp;
use medward_contract::event::{Field, FieldValue, Stream};
use medward_intake::{Arrival, Bulk, Frame, Frames, Lines, MAX_FRAME_BYTES, Profile, Sender, decode, zone};

fn arrival() -> Arrival {
    Arrival { at: Timestamp::from_micros(1_795_144_455_926_535), peer: [192, 0, 2, 7].into() }
}

fn profile() -> Profile {
    let stream = Some(Stream::Network);
    Profile { source: "fuzz".to_owned(), zone: zone("+08:00").expect("an offset"), stream }
}

/// A connection: where a read ends changes nothing, and no frame is larger than what is kept.
pub(crate) fn frames(data: &[u8]) {
    let read = |piece: usize| {
        let (mut frames, mut found) = (Frames::new(), Vec::new());
        data.chunks(piece).for_each(|piece| frames.push(piece, &mut found));
        found.extend(frames.finish());
        found
    };
    let whole = read(data.len().max(1));
    assert_eq!(whole, read(7));
    assert!(whole.iter().all(|frame| (1..=MAX_FRAME_BYTES).contains(&frame.bytes.len())));
    let kept: usize = whole.iter().map(|frame| frame.bytes.len()).sum();
    assert!(kept <= data.len());
}

/// A frame: one valid event with its bytes.
pub(crate) fn event(data: &[u8]) {
    let event = decode(&Frame::datagram(data), &arrival(), &profile());
    event.validate().expect("a stranger's text is never refused");
    let Some(FieldValue::Bytes(original)) = event.fields.get(&Field::EventOriginal) else {
        panic!("the frame is kept")
    };
    assert!(data.starts_with(original));
}

/// A body of `_bulk` and the same as JSON lines: what is taken is valid.
pub(crate) fn bulk(data: &[u8]) {
    let (sender, profile) = (Sender { source: "fuzz".to_owned(), arrival: arrival() }, profile());
    let items = Bulk::new(data, "index", &sender, &profile).map(|item| item.result);
    let lines = Lines::new(data, &sender).map(|(_, result)| result);
    for event in items.chain(lines).flatten() {
        event.validate().expect("an event that is taken is valid");
        assert_eq!(event.text(Field::MedwardSource), Some("fuzz"));
        assert_eq!(event.text(Field::AgentId), None);
    }
}
