//! What breaks, and that it is told (README, table of faults).

use super::fake::FakeDisk;
use super::*;

const PLACE: &str = "/spool";

fn fake(disk: &FakeDisk, limits: Limits, clock: &Clock) -> Spool {
    open_small(Arc::new(disk.clone()), Path::new(PLACE), limits, clock)
}

async fn push_each(spool: &Spool, marks: std::ops::Range<u64>) {
    for mark in marks {
        spool.push_durable(vec![event(mark)]).await.unwrap();
    }
}

#[tokio::test]
async fn torn_tail_is_cut_at_every_byte_and_numbers_go_on() {
    let directory = tempfile::tempdir().unwrap();
    let (clock, _) = clock();
    let spool = open(directory.path(), &clock);
    push_each(&spool, 0..3).await;
    let length = |path: &Path| usize::try_from(std::fs::metadata(path).unwrap().len()).unwrap();
    let file = files(directory.path()).remove(0);
    let before = length(&file);
    push_each(&spool, 3..4).await;
    spool.close().await;
    let whole = std::fs::read(&file).unwrap();
    for cut in before..=whole.len() {
        std::fs::write(&file, &whole[..cut]).unwrap();
        let spool = open(directory.path(), &clock);
        spool.push_durable(vec![event(9)]).await.unwrap();
        let events = read_all(&spool).await;
        let is_torn = cut > before && cut < whole.len();
        let kept: &[u64] = if cut == whole.len() { &[0, 1, 2, 3, 9] } else { &[0, 1, 2, 9] };
        assert_eq!(marks(&events), kept, "{cut}");
        assert_eq!(gaps(&events), vec![("torn_tail".to_owned(), 1); usize::from(is_torn)], "{cut}");
        let numbers: Vec<u64> = events.iter().map(number).collect();
        assert_eq!(numbers, (FIRST..FIRST + events.len() as u64).collect::<Vec<_>>(), "{cut}");
        spool.close().await;
    }
}

#[tokio::test]
async fn flipped_bit_in_an_older_segment_skips_its_rest_and_is_told() {
    for while_running in [false, true] {
        let directory = tempfile::tempdir().unwrap();
        let (clock, _) = clock();
        let mut spool = open_small(Arc::new(LocalDisk), directory.path(), SMALL, &clock);
        push_each(&spool, 0..30).await;
        let segments = spool.shared.lock().segments.clone();
        if !while_running {
            spool.close().await;
        }
        let file = files(directory.path()).remove(1);
        let mut bytes = std::fs::read(&file).unwrap();
        bytes[segment::HEADER_BYTES + segment::FRAME_HEADER_BYTES + 5] ^= 1;
        std::fs::write(&file, bytes).unwrap();
        if !while_running {
            spool = open_small(Arc::new(LocalDisk), directory.path(), SMALL, &clock);
        }
        let mut events = read_all(&spool).await;
        spool.push_durable(vec![event(30)]).await.unwrap();
        events = [events, read_all(&spool).await].concat();
        let lost = segments[1].count;
        let first = segments[1].first - FIRST;
        assert!((2..29).contains(&lost));
        let expected: Vec<u64> = (0..first).chain(first + lost..31).collect();
        let again: Vec<u64> = marks(&events).into_iter().rev().take(expected.len()).rev().collect();
        assert_eq!(again, expected, "{while_running}");
        let told: std::collections::BTreeSet<_> = gaps(&events).into_iter().collect();
        assert_eq!(told.into_iter().collect::<Vec<_>>(), [("segment_damaged".to_owned(), lost)], "{while_running}");
        assert_eq!(spool.fill().lost, lost);
    }
}

#[tokio::test]
async fn damage_at_the_end_makes_numbers_jump_because_the_house_may_know_them() {
    let directory = tempfile::tempdir().unwrap();
    let (clock, hand) = clock();
    let spool = open(directory.path(), &clock);
    push_each(&spool, 0..4).await;
    spool.close().await;
    let file = files(directory.path()).remove(0);
    let mut bytes = std::fs::read(&file).unwrap();
    *bytes.last_mut().unwrap() ^= 1;
    std::fs::write(&file, bytes).unwrap();
    hand.advance(Duration::from_secs(1));
    let spool = open(directory.path(), &clock);
    push_each(&spool, 4..5).await;
    let events = read_all(&spool).await;
    assert_eq!((marks(&events), gaps(&events)), (vec![0, 1, 2, 4], vec![("segment_damaged".to_owned(), 1)]));
    assert_eq!(number(&events[3]), FIRST + 1_000_000);
}

#[tokio::test]
async fn full_lane_drops_its_oldest_segment_and_tells_at_most_once_a_minute() {
    let directory = tempfile::tempdir().unwrap();
    let (clock, hand) = clock();
    let limits = Limits { cap_bytes: 5_000, ..SMALL };
    let spool = open_small(Arc::new(LocalDisk), directory.path(), limits, &clock);
    push_each(&spool, 0..100).await;
    hand.advance(Duration::from_secs(61));
    push_each(&spool, 100..102).await;
    let events = read_all(&spool).await;
    let marks = marks(&events);
    assert_eq!(marks, (marks[0]..102).collect::<Vec<_>>(), "the newest are there");
    assert!(spool.fill().bytes <= 5_000 && marks[0] > 50);
    // The first record was itself dropped, as an event like others.
    let gaps = gaps(&events);
    assert!(gaps.len() == 1 && gaps[0].0 == "spool_full" && gaps[0].1 > 20, "{gaps:?}");
}

#[tokio::test]
async fn ring_overflow_is_counted_and_told() {
    let disk = FakeDisk::default();
    let spool = fake(&disk, Limits { ring_events: 10, ..SMALL }, &clock().0);
    disk.set_capacity(Some(0));
    assert!(matches!(spool.push_durable(vec![event(0)]).await, Err(SpoolError::Refused(io::ErrorKind::StorageFull))));
    (1..31).for_each(|mark| spool.push(event(mark)));
    assert_eq!(spool.fill().lost, 20);
    assert!(spool.fill().refusing);
    assert!(matches!(spool.push_durable(vec![event(99)]).await, Err(SpoolError::Full)));
    disk.set_capacity(None);
    spool.close().await;
    let spool = fake(&disk, SMALL, &clock().0);
    let events = read_all(&spool).await;
    assert_eq!(marks(&events), (0..11).collect::<Vec<_>>());
    assert_eq!(gaps(&events), [("ring_overflow".to_owned(), 20)]);
}

#[tokio::test]
async fn full_disk_with_room_again_loses_nothing() {
    let disk = FakeDisk::default();
    let spool = fake(&disk, SMALL, &clock().0);
    let mut mark = 0;
    // Every byte of a segment and its successor's header is once the last that fits.
    for room in 0..600 {
        disk.set_capacity(Some(disk.used() + room % 300));
        let pushed = spool.push_durable(vec![event(mark), event(mark + 1)]).await;
        assert!(matches!(pushed, Ok(()) | Err(SpoolError::Refused(_))), "{pushed:?}");
        disk.set_capacity(None);
        spool.push_durable(vec![event(mark + 2)]).await.unwrap();
        mark += 3;
    }
    let events = read_all(&spool).await;
    assert!(marks(&events).into_iter().eq(0..mark));
    assert_eq!((gaps(&events).len(), spool.fill().lost), (0, 0));
}

#[tokio::test]
async fn failed_sync_is_written_again_before_anybody_is_told() {
    let disk = FakeDisk::default();
    let (clock, _) = clock();
    let spool = fake(&disk, SMALL, &clock);
    push_each(&spool, 0..1).await;
    disk.set_sync_fails(true);
    assert!(spool.push_durable(vec![event(1)]).await.is_err());
    assert_eq!(spool.fill().synced, FIRST);
    disk.set_sync_fails(false);
    push_each(&spool, 2..3).await;
    let spool = fake(&disk.after_power_cut(), SMALL, &clock);
    assert_eq!(marks(&read_all(&spool).await), [0, 1, 2]);
}

#[tokio::test]
async fn power_cut_takes_nothing_that_was_durable_or_handed_out() {
    let disk = FakeDisk::default();
    let (clock, _) = clock();
    let spool = fake(&disk, SMALL, &clock);
    let mut known = Vec::new();
    for mark in 0..200 {
        spool.push(event(mark));
        if mark % 7 == 0 {
            push_each(&spool, 1_000 + mark..1_001 + mark).await;
            let batch = spool.next(1_000_000).await;
            known.extend(parse(&batch.lines));
        }
        let after = fake(&disk.after_power_cut(), SMALL, &clock);
        after.push_durable(vec![event(9_999)]).await.unwrap();
        let kept = read_all(&after).await;
        assert_eq!(&kept[..known.len()], &known[..], "{mark}");
    }
}

#[tokio::test]
async fn invalid_event_is_counted_and_told() {
    let directory = tempfile::tempdir().unwrap();
    let (clock, _) = clock();
    let spool = open(directory.path(), &clock);
    let invalid = || Event::new(Dataset::AppLog, "no such action", Timestamp::from_micros(5));
    assert!(matches!(spool.push_durable(vec![event(0), invalid()]).await, Err(SpoolError::Invalid(_))));
    spool.push(invalid());
    spool.push(event(1));
    spool.close().await;
    let spool = open(directory.path(), &clock);
    let events = read_all(&spool).await;
    assert_eq!((marks(&events), gaps(&events)), (vec![1], vec![("event_invalid".to_owned(), 1)]));
}

#[tokio::test]
async fn house_that_knows_higher_numbers_is_overtaken_and_what_it_ignored_is_told() {
    let directory = tempfile::tempdir().unwrap();
    let (clock, _) = clock();
    let spool = open(directory.path(), &clock);
    push_each(&spool, 0..3).await;
    spool.acknowledge(FIRST + 500);
    push_each(&spool, 3..4).await;
    let events = parse(&spool.next(1_000_000).await.lines);
    assert_eq!((marks(&events), gaps(&events)), (vec![3], vec![("number_overtaken".to_owned(), 3)]));
    assert_eq!(number(&events[0]), FIRST + 501);
}
