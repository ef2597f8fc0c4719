//! One holder at a time, and a late old holder can be told apart.

use std::time::Duration;

use medward_store::{Db, Lease, lease_acquire, lease_holds, lease_release, lease_renew, store_test, testkit};

const NOW_US: i64 = 1_767_225_600_000_000;
const TTL: Duration = Duration::from_secs(30);
const TTL_US: i64 = 30_000_000;

async fn acquire(db: &Db, holder: &str, at: i64) -> Option<Lease> {
    db.write(|tx| Box::pin(lease_acquire(tx, "outbox.desk", holder, at, TTL))).await.unwrap()
}

async fn renew(db: &Db, lease: &Lease, at: i64) -> Option<Lease> {
    db.write(|tx| Box::pin(lease_renew(tx, lease, at, TTL))).await.unwrap()
}

async fn holds(db: &Db, lease: &Lease, at: i64) -> bool {
    db.write(|tx| Box::pin(lease_holds(tx, lease, at))).await.unwrap()
}

#[store_test]
async fn a_living_lease_keeps_others_out_and_renewing_prolongs_it(db: Db) {
    let lease = acquire(&db, "node-a", NOW_US).await.unwrap();
    assert_eq!((lease.generation, lease.expires_at), (1, NOW_US + TTL_US));
    assert_eq!(acquire(&db, "node-b", NOW_US + TTL_US - 1).await, None);
    let renewed = renew(&db, &lease, NOW_US + TTL_US - 1).await.unwrap();
    assert_eq!((renewed.generation, renewed.expires_at), (1, NOW_US + 2 * TTL_US - 1));
    assert_eq!(acquire(&db, "node-b", NOW_US + TTL_US).await, None);
}

#[store_test]
async fn an_overtaken_holder_can_neither_work_nor_renew_nor_release(db: Db) {
    let old = acquire(&db, "node-a", NOW_US).await.unwrap();
    let later = NOW_US + TTL_US;
    assert!(!holds(&db, &old, later).await);
    let new = acquire(&db, "node-b", later).await.unwrap();
    assert_eq!(new.generation, 2);
    assert_eq!(renew(&db, &old, later).await, None);
    db.write(|tx| Box::pin(lease_release(tx, &old))).await.unwrap();
    assert!(holds(&db, &new, later).await);
    // Back with the first node, its old lease is still not worth anything.
    db.write(|tx| Box::pin(lease_release(tx, &new))).await.unwrap();
    assert_eq!(acquire(&db, "node-a", later).await.unwrap().generation, 3);
    assert!(!holds(&db, &old, later - 1).await);
}

#[store_test]
async fn the_same_holder_that_starts_again_gets_a_new_generation(db: Db) {
    let first = acquire(&db, "node-a", NOW_US).await.unwrap();
    let second = acquire(&db, "node-a", NOW_US + 1).await.unwrap();
    assert_eq!(second.generation, 2);
    assert!(!holds(&db, &first, NOW_US + 1).await);
    assert!(holds(&db, &second, NOW_US + 1).await);
}

#[store_test]
async fn of_many_that_ask_at_once_one_gets_the_lease(db: Db) {
    let askers: Vec<_> = (0..8)
        .map(|number| {
            let db = db.clone();
            testkit::spawn(async move { acquire(&db, &format!("node-{number}"), NOW_US).await })
        })
        .collect();
    let mut winners = 0;
    for asker in askers {
        winners += usize::from(asker.await.unwrap().is_some());
    }
    assert_eq!(winners, 1);
}
