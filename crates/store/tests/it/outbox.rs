//! A fact put into the outbox reaches every subscriber at least once, and only if its transaction was committed.

use medward_store::{
    Db, OutboxRow, OutboxWaiting, StoreError, outbox_done, outbox_due, outbox_failed, outbox_next_at, outbox_put,
    outbox_subscribe, outbox_unsubscribe, outbox_waiting, store_test,
};

const KIND: &str = "sms.final.v1";
const NOW_US: i64 = 1_767_225_600_000_000;
const SECOND_US: i64 = 1_000_000;

async fn put(db: &Db, key: &str, at: i64) -> String {
    db.write(|tx| Box::pin(outbox_put(tx, KIND, key, "{}", at))).await.unwrap()
}

async fn subscribe(db: &Db, consumer: &str) {
    db.write(|tx| Box::pin(outbox_subscribe(tx, consumer, &[KIND]))).await.unwrap();
}

async fn due(db: &Db, consumer: &str, at: i64) -> Vec<OutboxRow> {
    outbox_due(&mut db.read().await.unwrap(), consumer, &[KIND], at, 10).await.unwrap()
}

async fn due_keys(db: &Db, consumer: &str, at: i64) -> Vec<String> {
    due(db, consumer, at).await.into_iter().map(|row| row.key).collect()
}

async fn done(db: &Db, consumer: &str, id: &str) {
    db.write(|tx| Box::pin(outbox_done(tx, consumer, id, NOW_US))).await.unwrap();
}

async fn waiting(db: &Db) -> Vec<OutboxWaiting> {
    outbox_waiting(&mut db.read().await.unwrap()).await.unwrap()
}

#[store_test]
async fn a_rolled_back_transaction_leaves_no_row_and_wakes_nobody(db: Db) {
    subscribe(&db, "desk").await;
    let wakeup = db.outbox_wakeup();
    let failed: Result<(), StoreError> = db
        .write(|tx| {
            Box::pin(async move {
                outbox_put(tx, KIND, "lost", "{}", NOW_US).await?;
                Err(StoreError::StatementFailedBefore)
            })
        })
        .await;
    assert!(failed.is_err());
    assert!(!wakeup.has_changed().unwrap());
    assert_eq!(due(&db, "desk", NOW_US).await, []);

    put(&db, "kept", NOW_US).await;
    assert!(wakeup.has_changed().unwrap());
    assert_eq!(due_keys(&db, "desk", NOW_US).await, ["kept"]);
}

#[store_test]
async fn every_subscriber_gets_each_row_until_it_says_done(db: Db) {
    subscribe(&db, "desk").await;
    subscribe(&db, "watch").await;
    let first = put(&db, "first", NOW_US).await;
    put(&db, "second", NOW_US).await;

    // Not done: a consumer that died after its work gets the row again.
    assert_eq!(due_keys(&db, "desk", NOW_US).await, ["first", "second"]);
    assert_eq!(due_keys(&db, "desk", NOW_US).await, ["first", "second"]);

    done(&db, "desk", &first).await;
    done(&db, "desk", &first).await;
    assert_eq!(due_keys(&db, "desk", NOW_US).await, ["second"]);
    assert_eq!(due_keys(&db, "watch", NOW_US).await, ["first", "second"]);

    done(&db, "watch", &first).await;
    assert_eq!(due_keys(&db, "watch", NOW_US).await, ["second"]);
    let left = OutboxWaiting { kind: KIND.to_owned(), waiting: 1, failing: 0, consumers: 2, oldest_at: NOW_US };
    assert_eq!(waiting(&db).await, [left]);
}

#[store_test]
async fn a_failed_row_comes_back_later_and_holds_nobody_up(db: Db) {
    subscribe(&db, "desk").await;
    let id = &put(&db, "stubborn", NOW_US).await;
    put(&db, "easy", NOW_US).await;
    let fail =
        async |at: i64| db.write(|tx| Box::pin(outbox_failed(tx, "desk", id, "peer said\0 no", at))).await.unwrap();

    assert_eq!(fail(NOW_US).await, NOW_US + SECOND_US);
    assert_eq!(due_keys(&db, "desk", NOW_US + SECOND_US - 1).await, ["easy"]);
    let again = &due(&db, "desk", NOW_US + SECOND_US).await[0];
    assert_eq!(
        (again.key.as_str(), again.attempts, again.last_error.as_deref()),
        ("stubborn", 1, Some("peer said no"))
    );
    assert_eq!(fail(NOW_US + SECOND_US).await, NOW_US + 3 * SECOND_US);
    assert_eq!(waiting(&db).await[0].failing, 1);

    let next = outbox_next_at(&mut db.read().await.unwrap(), "desk", &[KIND]).await.unwrap();
    assert_eq!(next, Some(NOW_US));
    done(&db, "desk", id).await;
    assert_eq!(waiting(&db).await[0].failing, 0);
}

#[store_test]
async fn a_kind_nobody_takes_waits_and_is_counted_until_somebody_comes(db: Db) {
    let id = &put(&db, "early", NOW_US).await;
    put(&db, "later", NOW_US + 7).await;
    let lonely = OutboxWaiting { kind: KIND.to_owned(), waiting: 2, failing: 0, consumers: 0, oldest_at: NOW_US };
    assert_eq!(waiting(&db).await, [lonely]);
    done(&db, "stranger", id).await;
    assert_eq!(waiting(&db).await[0].waiting, 2);

    subscribe(&db, "desk").await;
    subscribe(&db, "desk").await;
    assert_eq!(due_keys(&db, "desk", NOW_US + 7).await, ["early", "later"]);
    assert_eq!(waiting(&db).await[0].consumers, 1);
}

#[store_test]
async fn a_consumer_that_goes_takes_only_its_own_claim_along(db: Db) {
    subscribe(&db, "desk").await;
    subscribe(&db, "watch").await;
    let taken = put(&db, "taken", NOW_US).await;
    put(&db, "open", NOW_US).await;
    done(&db, "desk", &taken).await;
    db.write(|tx| Box::pin(outbox_unsubscribe(tx, "watch"))).await.unwrap();
    assert_eq!(due_keys(&db, "desk", NOW_US).await, ["open"]);
    assert_eq!(waiting(&db).await[0].waiting, 1);

    db.write(|tx| Box::pin(outbox_unsubscribe(tx, "desk"))).await.unwrap();
    assert_eq!(waiting(&db).await[0].waiting, 1);
}
