//! Start, run, stop: visible at once, signed to the end, sound against a checkpoint kept outside.

use std::sync::Arc;

use medward_contract::PortError;
use medward_contract::event::{Dataset, Event, Field, Stream};
use medward_contract::vault::{Durability, EventSink};
use medward_kernel::Clock;
use medward_vault::EventStore as _;
use medward_vault::canonical::View;
use medward_vault::disk::LocalDisk;
use medward_vault::open::{OpenError, open};
use medward_vault::verify::OutsideNote;

use crate::kit::{NODE, access, assert_sound, options, start, verify_at};

fn outside(running: &crate::kit::Running) -> Vec<OutsideNote> {
    let newest = |stream| running.store.shared().newest(stream);
    let notes = Stream::ALL.into_iter().filter_map(newest);
    notes
        .map(|newest| OutsideNote { name: newest.checkpoint.origin.clone(), text: newest.note, expected: true })
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn emitted_event_is_stored_with_node_and_number_and_seen_by_a_tail() {
    let directory = tempfile::tempdir().unwrap();
    let running = start(&options(directory.path()));
    let place = running.store.end();
    running.sink.emit(access("/a"));
    running.sink.emit(access("/b"));
    let mut seen = Vec::new();
    let mut place = place;
    while seen.len() < 2 {
        let (stored, after) = running.store.tail(place, 10).await.unwrap();
        // The vault may have something to say, too, for example about a full disk.
        let accesses = stored.into_iter().filter(|stored| stored.at.stream == Stream::Access);
        place = after;
        seen.extend(accesses);
    }
    let numbered: Vec<_> = seen.iter().map(|stored| View::parse(&stored.bytes).unwrap().agent().unwrap()).collect();
    assert_eq!(numbered, [(NODE, 1), (NODE, 2)]);
    running.stop().await;
    let again = start(&options(directory.path()));
    again.sink.emit(access("/c"));
    again.stop().await;
    assert_sound(&verify_at(directory.path(), Vec::new()));
}

#[tokio::test(flavor = "multi_thread")]
async fn clean_stop_signs_every_stream_to_its_end() {
    let directory = tempfile::tempdir().unwrap();
    let running = start(&options(directory.path()));
    running.sink.append(vec![access("/a"), access("/b")], Durability::Durable).await.unwrap();
    let store = running.store.clone();
    running.stop().await;
    for stream in [Stream::Access, Stream::Vault] {
        assert_eq!(store.shared().newest(stream).unwrap().checkpoint.size, store.size(stream), "{stream}");
    }
    drop(store);
    let running = start(&options(directory.path()));
    let kept = outside(&running);
    assert_eq!(kept.len(), 2);
    running.stop().await;
    let report = verify_at(directory.path(), kept);
    assert_sound(&report);
    assert!(report.sound.iter().all(|sound| sound.anchored == 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn invalid_events_are_refused_or_counted_and_never_stored() {
    let directory = tempfile::tempdir().unwrap();
    let running = start(&options(directory.path()));
    let invalid = Event::new(Dataset::WafAttack, "block", Clock::system().now());
    let refused = running.sink.append(vec![invalid.clone()], Durability::Durable).await;
    assert_eq!(refused, Err(PortError::Refused { code: "VLT-0110" }));
    let mixed = running.sink.append(vec![access("/a"), invalid.clone()], Durability::Durable).await;
    assert_eq!(mixed, Err(PortError::Refused { code: "VLT-0110" }), "a batch is taken whole or not at all");
    running.sink.emit(invalid);
    let shared = running.store.shared().clone();
    running.stop().await;
    assert_eq!(shared.counters.invalid.load(std::sync::atomic::Ordering::Relaxed), 3);
    assert_eq!((shared.size(Stream::Waf), shared.size(Stream::Access)), (0, 0));
}

/// A remote node sends what belongs to several streams in one order, numbered across them.
#[tokio::test(flavor = "multi_thread")]
async fn batch_of_several_streams_is_stored_in_order_once_and_without_a_gap() {
    let directory = tempfile::tempdir().unwrap();
    let running = start(&options(directory.path()));
    let numbered = |event: Event, number: i64| event.set(Field::AgentId, "node").set(Field::EventSequence, number);
    let first = 1_795_144_455_000_000;
    let login = Event::new(Dataset::HostAgent, "gap", Clock::system().now());
    let login = login.set(Field::EventReason, "ring_overflow").attr("host.agent.id", "node");
    let batch = vec![numbered(access("/a"), first), numbered(login, first + 1), numbered(access("/b"), first + 2)];
    for _ in 0..2 {
        let ack = running.sink.append(batch.clone(), Durability::Durable).await.unwrap();
        assert_eq!((ack.stream, ack.first_seq, ack.count), (Stream::Access, None, 3));
    }
    let shared = running.store.shared().clone();
    running.stop().await;
    assert_eq!((shared.size(Stream::Access), shared.size(Stream::Host)), (2, 1), "and no gap before the first number");
    assert_sound(&verify_at(directory.path(), Vec::new()));
}

#[tokio::test(flavor = "multi_thread")]
async fn second_process_is_kept_out() {
    let directory = tempfile::tempdir().unwrap();
    let running = start(&options(directory.path()));
    let second = open(Arc::new(LocalDisk), Clock::system(), &options(directory.path()));
    assert!(matches!(second.err().unwrap(), OpenError::Locked { .. }));
    running.stop().await;
    assert!(open(Arc::new(LocalDisk), Clock::system(), &options(directory.path())).is_ok(), "after a stop it opens");
}

/// Conformance of port `EventSink` (`ports.md`): an answer after the sync, one number per event, no numbers twice.
#[tokio::test(flavor = "multi_thread")]
async fn durable_appends_of_many_tasks_are_all_there_once() {
    let directory = tempfile::tempdir().unwrap();
    let running = start(&options(directory.path()));
    let sink: Arc<dyn EventSink> = Arc::new(running.sink.clone());
    let appends = (0..40).map(|_| sink.append(vec![access("/a"); 25], Durability::Durable));
    let acks = futures_util::future::join_all(appends).await;
    let mut firsts: Vec<u64> = acks.into_iter().map(|ack| ack.unwrap().first_seq.unwrap()).collect();
    firsts.sort_unstable();
    assert_eq!(firsts, (0..40).map(|number| number * 25).collect::<Vec<_>>());
    running.stop().await;
    assert_sound(&verify_at(directory.path(), Vec::new()));
}
