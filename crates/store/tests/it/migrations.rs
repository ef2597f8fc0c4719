//! Schema changes are applied once, in order, and a released one never changes.

use medward_store::{Db, MigrateError, Migration, fetch_all, migration_sha256, store_test, testkit};

const FIRST: Migration = Migration::of_file("0001_system", "CREATE TABLE test_system (id TEXT PRIMARY KEY);");
const SECOND: Migration = Migration::of_file(
    "0002_address",
    "ALTER TABLE test_system ADD COLUMN address TEXT; -- where it answers; may be empty
     INSERT INTO test_system (id, address) VALUES ('portal', 'a;b');",
);
const NOW_US: i64 = testkit::TEST_START_US;

async fn applied(db: &Db) -> Vec<(i64, String, String, i64)> {
    let mut reader = db.read().await.unwrap();
    let select =
        "SELECT version, name, sha256, applied_at FROM store_migrations WHERE capability = $1 ORDER BY version";
    fetch_all!(&mut reader, (i64, String, String, i64), select, "test").await.unwrap()
}

#[store_test]
async fn migrations_are_applied_once_and_in_order(db: Db) {
    assert_eq!(db.migrate("test", &[FIRST], NOW_US).await.unwrap(), 1);
    assert_eq!(db.migrate("test", &[FIRST, SECOND], NOW_US + 5).await.unwrap(), 1);
    assert_eq!(db.migrate("test", &[FIRST, SECOND], NOW_US + 9).await.unwrap(), 0);
    let expected = [
        (1, "0001_system".to_owned(), migration_sha256(FIRST.sql), NOW_US),
        (2, "0002_address".to_owned(), migration_sha256(SECOND.sql), NOW_US + 5),
    ];
    assert_eq!(applied(&db).await, expected);
    let mut reader = db.read().await.unwrap();
    let rows = fetch_all!(&mut reader, (String, String), "SELECT id, address FROM test_system").await.unwrap();
    assert_eq!(rows, [("portal".to_owned(), "a;b".to_owned())]);
}

#[store_test]
async fn a_changed_migration_is_refused_by_name(db: Db) {
    db.migrate("test", &[FIRST, SECOND], NOW_US).await.unwrap();
    let changed = Migration { sql: "CREATE TABLE test_system (id TEXT);", ..FIRST };
    let refused = db.migrate("test", &[changed, SECOND], NOW_US).await.unwrap_err();
    assert!(matches!(&refused, MigrateError::Changed { name, .. } if name == "0001_system"), "{refused:?}");
    assert!(refused.to_string().starts_with("migrate test: 0001_system was changed after it was applied"));
}

#[store_test]
async fn a_database_of_a_newer_program_is_refused(db: Db) {
    db.migrate("test", &[FIRST, SECOND], NOW_US).await.unwrap();
    let refused = db.migrate("test", &[FIRST], NOW_US).await.unwrap_err();
    assert!(matches!(&refused, MigrateError::Unknown { version: 2, .. }), "{refused:?}");
}

#[store_test]
async fn a_failing_migration_leaves_nothing_of_the_whole_call(db: Db) {
    let broken =
        Migration::of_file("0002_broken", "CREATE TABLE test_half (id TEXT); CREATE TABLE test_half (id TEXT);");
    let refused = db.migrate("test", &[FIRST, broken], NOW_US).await.unwrap_err();
    assert!(matches!(&refused, MigrateError::Apply { name: "0002_broken", .. }), "{refused:?}");
    assert_eq!(applied(&db).await, []);
    assert_eq!(db.migrate("test", &[FIRST, SECOND], NOW_US).await.unwrap(), 2);
}

#[store_test]
async fn migrations_must_rise(db: Db) {
    let refused = db.migrate("test", &[SECOND, FIRST], NOW_US).await.unwrap_err();
    assert!(matches!(&refused, MigrateError::Order { version: 1, .. }), "{refused:?}");
}

#[store_test]
async fn nodes_that_start_together_apply_each_migration_once(db: Db) {
    let nodes: Vec<_> = (0..6)
        .map(|_| {
            let db = db.clone();
            testkit::spawn(async move { db.migrate("test", &[FIRST, SECOND], NOW_US).await })
        })
        .collect();
    let mut applied = 0;
    for node in nodes {
        applied += node.await.unwrap().unwrap();
    }
    assert_eq!(applied, 2);
}
