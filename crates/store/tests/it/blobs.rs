//! Objects in a directory: whole or not there, and never outside it.

use medward_store::{BlobError, BlobKey, Blobs};

fn key(text: &str) -> BlobKey {
    text.parse().unwrap()
}

fn listed(infos: Vec<medward_store::BlobInfo>) -> Vec<(String, u64)> {
    infos.into_iter().map(|info| (info.key.to_string(), info.size_bytes)).collect()
}

#[tokio::test]
async fn an_object_is_read_listed_replaced_and_deleted() {
    let directory = tempfile::tempdir().unwrap();
    let blobs = Blobs::directory(directory.path().join("objects")).unwrap();
    let monthly = key("report/2026-01/monthly.pdf");
    assert_eq!(blobs.get(&monthly, 10).await.unwrap(), None);
    blobs.put(&monthly, "first").await.unwrap();
    blobs.put(&monthly, "second one").await.unwrap();
    blobs.put(&key("report/2026-01.txt"), vec![0; 3]).await.unwrap();
    blobs.put(&key("backup"), vec![]).await.unwrap();

    assert_eq!(blobs.get(&monthly, 10).await.unwrap().unwrap(), b"second one");
    let all = [("backup", 0), ("report/2026-01.txt", 3), ("report/2026-01/monthly.pdf", 10)];
    assert_eq!(listed(blobs.list("").await.unwrap()), all.map(|(key, size)| (key.to_owned(), size)));
    assert_eq!(listed(blobs.list("report/2026-01/").await.unwrap()), [("report/2026-01/monthly.pdf".to_owned(), 10)]);

    assert!(blobs.delete(&monthly).await.unwrap());
    assert!(!blobs.delete(&monthly).await.unwrap());
    assert_eq!(blobs.get(&monthly, 10).await.unwrap(), None);
    assert_eq!(blobs.get(&key("report"), 10).await.unwrap(), None, "a directory is not an object");
    assert!(!blobs.delete(&key("report")).await.unwrap());
}

#[tokio::test]
async fn an_object_over_the_cap_is_refused() {
    let directory = tempfile::tempdir().unwrap();
    let blobs = Blobs::directory(directory.path()).unwrap();
    blobs.put(&key("big"), vec![7; 11]).await.unwrap();
    assert!(matches!(blobs.get(&key("big"), 10).await, Err(BlobError::TooLarge { cap_bytes: 10, .. })));
    assert_eq!(blobs.get(&key("big"), 11).await.unwrap().unwrap().len(), 11);
}

#[test]
fn a_key_cannot_leave_the_directory() {
    let check = |text: &str, valid: bool| assert_eq!(text.parse::<BlobKey>().is_ok(), valid, "{text:?}");
    for bad in [
        "",
        "/",
        "/etc/passwd",
        "a//b",
        "a/",
        "..",
        "../a",
        "a/../b",
        ".",
        ".unfinished/a",
        "a/.b",
        "a\\b",
        "a\0",
        "报告",
        "a b",
    ] {
        check(bad, false);
    }
    for good in ["a", "a/b.c", "2026-01-31_x", "a..b"] {
        check(good, true);
    }
    check(&"a".repeat(200), true);
    check(&"a".repeat(201), false);
    check(&["a".repeat(200), "b".repeat(200), "c".repeat(200)].join("/"), false);
}

#[tokio::test]
async fn what_a_crash_left_unfinished_is_no_object_and_is_cleared() {
    let directory = tempfile::tempdir().unwrap();
    Blobs::directory(directory.path()).unwrap();
    let leftover = directory.path().join(".unfinished/half");
    std::fs::write(&leftover, "ha").unwrap();
    let blobs = Blobs::directory(directory.path()).unwrap();
    assert_eq!(blobs.list("").await.unwrap(), []);
    assert!(!leftover.exists());
}

#[tokio::test]
async fn a_failed_put_leaves_the_old_object_and_nothing_else() {
    let directory = tempfile::tempdir().unwrap();
    let blobs = Blobs::directory(directory.path()).unwrap();
    blobs.put(&key("report"), "old").await.unwrap();
    // `report` is a file, so nothing can be stored below it.
    let refused = blobs.put(&key("report/january"), "new").await.unwrap_err();
    assert_eq!(refused.to_string(), "put object report/january");
    assert_eq!(blobs.get(&key("report"), 10).await.unwrap().unwrap(), b"old");
    assert_eq!(std::fs::read_dir(directory.path().join(".unfinished")).unwrap().count(), 0);
}
