use std::path::Path;
use std::time::Duration;

use medward_contract::Timestamp;
use medward_contract::event::{Dataset, Field};

use super::*;
use crate::clock::ManualClock;

mod codec;
mod fake;
mod faults;
mod kill;

/// The time of the manual clock: numbers begin here.
const BEGIN: i64 = 1_795_000_000_000_000;
const FIRST: u64 = 1_795_000_000_000_000;

fn clock() -> (Clock, ManualClock) {
    Clock::manual(Timestamp::from_micros(BEGIN))
}

fn event(mark: u64) -> Event {
    Event::new(Dataset::AppLog, "log", Timestamp::from_micros(i64::try_from(mark).unwrap()))
        .set(Field::ServiceName, "test")
        .set(Field::Message, format!("message {mark}"))
        .attr("test.mark", mark)
}

fn settings(directory: &Path) -> SpoolSettings {
    SpoolSettings { directory: directory.to_owned(), agent: "agent-1".into(), cap_bytes: 448 * 1024 * 1024 }
}

fn open(directory: &Path, clock: &Clock) -> Spool {
    Spool::open("spool", settings(directory), "node-1", clock.clone(), &Supervisor::new(clock.clone())).unwrap()
}

/// A spool with segments of a few events.
fn open_small(disk: Arc<dyn Disk>, directory: &Path, limits: Limits, clock: &Clock) -> Spool {
    let sender = Sender { agent: "agent-1".into(), host: "node-1".into() };
    let supervisor = Supervisor::new(clock.clone());
    Spool::open_on(disk, directory.to_owned(), limits, "spool", sender, clock.clone(), &supervisor).unwrap()
}

const SMALL: Limits = Limits { cap_bytes: 8 << 20, segment_bytes: 1_000, ring_events: RING_EVENTS };

fn parse(lines: &[u8]) -> Vec<Event> {
    let text = std::str::from_utf8(lines).unwrap();
    text.lines().map(|line| Event::from_json(line).unwrap()).collect()
}

fn number(event: &Event) -> u64 {
    u64::try_from(event.int(Field::EventSequence).unwrap()).unwrap()
}

/// The marks of the events that the tests pushed, without gap records.
fn marks(events: &[Event]) -> Vec<u64> {
    events.iter().filter_map(|event| event.attrs.get("test.mark")?.as_u64()).collect()
}

/// Reason and count of each gap record.
fn gaps(events: &[Event]) -> Vec<(String, u64)> {
    let gaps = events.iter().filter(|event| event.dataset == Dataset::HostAgent);
    gaps.map(|gap| {
        assert_eq!((gap.action.as_ref(), gap.attrs["host.agent.id"].as_str()), ("gap", Some("agent-1")));
        assert!(gap.attrs["host.agent.from"].as_i64() <= gap.attrs["host.agent.to"].as_i64());
        (gap.text(Field::EventReason).unwrap().to_owned(), gap.attrs["host.agent.count"].as_u64().unwrap())
    })
    .collect()
}

/// Everything up to what is written now.
async fn read_all(spool: &Spool) -> Vec<Event> {
    spool.push_durable(Vec::new()).await.unwrap();
    let last = spool.fill().synced;
    let mut events = Vec::new();
    spool.rewind();
    while events.last().is_none_or(|event| number(event) < last) {
        let batch = spool.next(100_000).await;
        let part = parse(&batch.lines);
        assert_eq!(
            (batch.first, batch.last, batch.count),
            (number(&part[0]), number(part.last().unwrap()), part.len())
        );
        events.extend(part);
    }
    events
}

fn files(directory: &Path) -> Vec<std::path::PathBuf> {
    let entries = std::fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<_> = entries.filter(|path| path.extension().is_some_and(|end| end == "mws")).collect();
    files.sort();
    files
}

#[tokio::test]
async fn events_come_back_in_order_with_agent_host_and_gap_free_numbers_also_after_a_restart() {
    let directory = tempfile::tempdir().unwrap();
    let (clock, _) = clock();
    let spool = open(directory.path(), &clock);
    (0..100).for_each(|mark| spool.push(event(mark)));
    spool.close().await;
    let spool = open(directory.path(), &clock);
    spool.push_durable((100..150).map(event).collect()).await.unwrap();
    let events = read_all(&spool).await;
    assert_eq!(marks(&events), (0..150).collect::<Vec<_>>());
    assert_eq!(events.iter().map(number).collect::<Vec<_>>(), (FIRST..FIRST + 150).collect::<Vec<_>>());
    for event in &events {
        assert_eq!((event.text(Field::AgentId), event.text(Field::HostName)), (Some("agent-1"), Some("node-1")));
    }
    assert_eq!((spool.fill().events, spool.fill().lost, spool.fill().first), (150, 0, Some(FIRST)));
}

#[tokio::test]
async fn empty_directory_begins_at_the_time_of_the_clock() {
    let directory = tempfile::tempdir().unwrap();
    let (clock, hand) = clock();
    let spool = open(directory.path(), &clock);
    spool.push_durable(vec![event(1)]).await.unwrap();
    assert_eq!(spool.next(1).await.first, FIRST);
    spool.close().await;
    std::fs::remove_dir_all(directory.path()).unwrap();
    hand.advance(Duration::from_secs(1));
    let spool = open(directory.path(), &clock);
    spool.push_durable(vec![event(2)]).await.unwrap();
    assert_eq!(spool.next(1).await.first, FIRST + 1_000_000);
}

#[tokio::test]
async fn next_waits_hands_out_once_and_begins_again_after_rewind() {
    let directory = tempfile::tempdir().unwrap();
    let spool = open(directory.path(), &clock().0);
    {
        let mut early = Box::pin(spool.next(1));
        assert!(futures_util::poll!(&mut early).is_pending());
        spool.push_durable((0..3).map(event).collect()).await.unwrap();
        assert_eq!(early.await.first, FIRST);
    }
    // A reader that is dropped before it has its batch took nothing.
    let taken = u64::from(futures_util::poll!(Box::pin(spool.next(1))).is_ready());
    assert_eq!(spool.next(1_000_000).await.first, FIRST + 1 + taken);
    assert!(futures_util::poll!(Box::pin(spool.next(1))).is_pending());
    spool.acknowledge(FIRST);
    spool.rewind();
    let batch = spool.next(1_000_000).await;
    assert_eq!((batch.first, batch.last, batch.count), (FIRST + 1, FIRST + 2, 2));
}

#[tokio::test]
async fn acknowledged_segments_go_and_numbers_go_on_after_a_restart() {
    let directory = tempfile::tempdir().unwrap();
    let (clock, hand) = clock();
    let spool = open_small(Arc::new(LocalDisk), directory.path(), SMALL, &clock);
    for mark in 0..50 {
        spool.push_durable(vec![event(mark)]).await.unwrap();
    }
    assert!(files(directory.path()).len() > 5);
    spool.acknowledge(FIRST + 49);
    spool.close().await;
    assert_eq!(files(directory.path()).len(), 1, "the newest stays");
    assert_eq!((spool.fill().events, spool.fill().first), (0, None));
    hand.advance(Duration::from_secs(60));
    let spool = open_small(Arc::new(LocalDisk), directory.path(), SMALL, &clock);
    spool.push_durable(vec![event(50)]).await.unwrap();
    assert_eq!(spool.fill().synced, FIRST + 50);
}

#[tokio::test]
async fn second_process_is_kept_out() {
    let directory = tempfile::tempdir().unwrap();
    let (clock, _) = clock();
    let first = open(directory.path(), &clock);
    let supervisor = Supervisor::new(clock.clone());
    let second = Spool::open("spool", settings(directory.path()), "n", clock.clone(), &supervisor);
    assert!(matches!(second, Err(SpoolError::Open { source, .. }) if source.kind() == io::ErrorKind::WouldBlock));
    first.close().await;
}

#[tokio::test]
async fn long_event_loses_the_end_of_its_longest_texts_and_says_so() {
    let directory = tempfile::tempdir().unwrap();
    let spool = open(directory.path(), &clock().0);
    let long = |letter: &str| letter.repeat(30_000 / letter.len());
    let huge = event(1).set(Field::Message, long("医")).attr("test.long", long("\u{1}")).attr("test.kept", "kept");
    spool.push_durable(vec![huge]).await.unwrap();
    let batch = spool.next(1).await;
    assert!(batch.lines.len() <= segment::MAX_PAYLOAD_BYTES + 1);
    let event = &parse(&batch.lines)[0];
    assert_eq!(event.attrs["test.kept"], "kept");
    assert!(event.attrs["medward.truncated"].as_str().unwrap().contains("test.long"));
    assert_eq!(spool.fill().lost, 0);
}
