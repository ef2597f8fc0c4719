//! What every [`EventStore`] must do. A second implementation runs the same suite.

use std::sync::Arc;
use std::time::Duration;

use medward_contract::Timestamp;
use medward_contract::event::{Dataset, Event, Field, Stream};
use medward_contract::vault::RecordRef;
use medward_vault::EventStore;
use medward_vault::canonical::View;
use medward_vault::merkle::{Frontier, leaf_hash, verify_inclusion};
use medward_vault::query::{Search, parse};
use medward_vault::store::drafts_of;
use medward_vault::streams::StreamSet;

use crate::kit;

fn event(dataset: Dataset, at: i64, word: &str) -> Event {
    Event::new(dataset, dataset.actions()[0], Timestamp::from_micros(at)).set(Field::Message, word)
}

async fn append(store: &dyn EventStore, events: Vec<Event>) -> Option<u64> {
    store.append(drafts_of(events).unwrap(), "lane".into()).await.unwrap().first_seq
}

fn words(stored: &[medward_vault::store::Stored]) -> Vec<String> {
    stored.iter().map(|stored| View::parse(&stored.bytes).unwrap().text(Field::Message).unwrap().to_owned()).collect()
}

fn search(text: &str, limit: usize) -> Search {
    Search {
        query: Arc::new(parse(text, Timestamp::from_micros(100)).unwrap()),
        window: Some(kit::always()),
        streams: StreamSet::ALL,
        after: None,
        limit,
        budget: Duration::from_secs(30),
    }
}

/// Each stream has its own dense numbers from 0; reading gives them back in order.
async fn numbers_are_dense_per_stream(store: &dyn EventStore) {
    let first = append(
        store,
        vec![event(Dataset::AppLog, 1, "a"), event(Dataset::WafAttack, 2, "b"), event(Dataset::AppLog, 3, "c")],
    )
    .await;
    assert_eq!(first, Some(0));
    assert_eq!((store.size(Stream::App), store.size(Stream::Waf), store.size(Stream::Sms)), (2, 1, 0));
    assert_eq!(words(&store.read(Stream::App, 0, 10).await.unwrap()), ["a", "c"]);
    assert_eq!(words(&store.read(Stream::App, 1, 10).await.unwrap()), ["c"]);
    assert_eq!(words(&store.read(Stream::App, 0, 1).await.unwrap()), ["a"]);
    assert!(store.read(Stream::App, 2, 10).await.unwrap().is_empty());
}

/// The root is that of RFC 9162 over the canonical bytes, at every size; proofs lead to it.
async fn roots_and_proofs_are_those_of_the_records(store: &dyn EventStore) {
    for number in 0..300 {
        append(store, vec![event(Dataset::AuthLogin, number, "x")]).await;
    }
    let mut tree = Frontier::default();
    for stored in store.read(Stream::Auth, 0, 300).await.unwrap() {
        tree.push(leaf_hash(&stored.bytes), &mut |_, _| {});
        let size = tree.size();
        if [1, 2, 255, 256, 257, 300].contains(&size) {
            assert_eq!(store.root(Stream::Auth, size).await.unwrap(), tree.root(), "size {size}");
            let at = RecordRef { stream: Stream::Auth, seq: size - 1 };
            let path = store.prove(at, size).await.unwrap();
            assert!(verify_inclusion(&leaf_hash(&stored.bytes), at.seq, size, &path, &tree.root()));
        }
    }
}

/// A search finds what was appended, newest first, a page at a time.
async fn search_pages_through_matches(store: &dyn EventStore) {
    append(store, (0..5).map(|at| event(Dataset::SmsReply, at, "needle")).collect()).await;
    let first = store.search(search("stream:sms needle", 3)).await.unwrap();
    let times = |rows: &[medward_contract::vault::Record]| {
        rows.iter().map(|row| row.event.timestamp.as_micros()).collect::<Vec<_>>()
    };
    assert_eq!((times(&first.rows), first.coverage.is_complete()), (vec![4, 3, 2], true));
    let second = store.search(Search { after: first.next, ..search("stream:sms needle", 3) }).await.unwrap();
    assert_eq!((times(&second.rows), second.next), (vec![1, 0], None));
    assert!(store.search(search("stream:sms nothing", 3)).await.unwrap().rows.is_empty());
}

/// A tail sees what is committed after its place, in commit order, and waits when there is nothing.
async fn tail_waits_for_the_next_commit(store: &dyn EventStore) {
    let place = store.end();
    let wait = store.tail(place, 100);
    let write = append(store, vec![event(Dataset::ProbeResult, 1, "one"), event(Dataset::AppLog, 1, "two")]);
    let (seen, _) = tokio::join!(wait, write);
    let (stored, after) = seen.unwrap();
    assert_eq!(words(&stored), ["one", "two"]);
    assert!(after > place && after == store.end());
}

/// The same number of an agent is stored once.
async fn numbers_of_an_agent_are_stored_once(store: &dyn EventStore) {
    let numbered =
        |sequence: i64| event(Dataset::DeskSla, 1, "n").set(Field::AgentId, "conf").set(Field::EventSequence, sequence);
    append(store, vec![numbered(1), numbered(2)]).await;
    let again = store.append(drafts_of(vec![numbered(2), numbered(3)]).unwrap(), "lane".into()).await.unwrap();
    assert_eq!((again.stored, again.duplicates, store.size(Stream::Desk)), (1, 1, 3));
}

async fn run(store: &dyn EventStore) {
    numbers_are_dense_per_stream(store).await;
    roots_and_proofs_are_those_of_the_records(store).await;
    search_pages_through_matches(store).await;
    tail_waits_for_the_next_commit(store).await;
    numbers_of_an_agent_are_stored_once(store).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn local_store_conforms() {
    let directory = tempfile::tempdir().unwrap();
    let running = kit::start(&kit::options(directory.path()));
    run(&running.store).await;
    running.stop().await;
    kit::assert_sound(&kit::verify_at(directory.path(), Vec::new()));
}
