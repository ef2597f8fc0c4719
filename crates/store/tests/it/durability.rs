//! What SQLite acknowledged is still there after `kill -9`.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use medward_store::testkit::SqliteDatabase;
use medward_store::{Db, StoreConfig, StoreError, execute, fetch_all, fetch_one};

const ROUNDS: u64 = 20;
/// Tells a copy of this test to be the process that is killed; its value is the data directory.
const COMMITTER: &str = "MEDWARD_STORE_TEST_COMMITTER";

#[tokio::test]
async fn acknowledged_commits_survive_kill_9() {
    if let Some(directory) = std::env::var_os(COMMITTER) {
        return commit_until_killed(Path::new(&directory)).await;
    }
    let database = SqliteDatabase::create();
    let db = database.open().await;
    db.write(|tx| {
        Box::pin(async move {
            execute!(tx, "CREATE TABLE test_entry (number BIGINT PRIMARY KEY, twin BIGINT NOT NULL)").await
        })
    })
    .await
    .unwrap();
    db.close().await;
    let mut acknowledged = 0;
    for round in 0..ROUNDS {
        let mut committer = committer_start(database.directory());
        let output = BufReader::new(committer.stdout.take().unwrap());
        let mut numbers =
            output.lines().filter_map(|line| line.unwrap().strip_prefix("committed ")?.parse::<i64>().ok());
        // A different number of commits each round; the child goes on while we kill it.
        for number in numbers.by_ref().take(usize::try_from(1 + round * 7 % 13).unwrap()) {
            acknowledged = number;
        }
        committer.kill().unwrap();
        for number in numbers {
            acknowledged = number;
        }
        committer.wait().unwrap();
        let db = database.open().await;
        check_entries(&db, acknowledged, round).await;
        db.close().await;
    }
    assert!(acknowledged >= 20, "every round commits at least once, yet only {acknowledged} were acknowledged");
}

async fn check_entries(db: &Db, acknowledged: i64, round: u64) {
    let mut reader = db.read().await.unwrap();
    let (integrity,) = fetch_one!(&mut reader, (String,), "PRAGMA integrity_check").await.unwrap();
    assert_eq!(integrity, "ok", "round {round}");
    let entries =
        fetch_all!(&mut reader, (i64, i64), "SELECT number, twin FROM test_entry ORDER BY number").await.unwrap();
    let count = i64::try_from(entries.len()).unwrap();
    assert!(count >= acknowledged, "round {round}: {acknowledged} acknowledged, {count} found");
    for (entry, number) in entries.iter().zip(1..) {
        assert_eq!(*entry, (number, number), "round {round}: a commit is whole and in order");
    }
}

fn committer_start(directory: &Path) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "durability::acknowledged_commits_survive_kill_9", "--nocapture"])
        .env(COMMITTER, directory)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap()
}

/// Commits one row after another and acknowledges each on standard output, as a server would to its client.
async fn commit_until_killed(directory: &Path) {
    let db = Db::open(&StoreConfig::default(), directory, None).await.unwrap();
    loop {
        let number = db
            .write(|tx| {
                Box::pin(async move {
                    let (last,) = fetch_one!(tx, (i64,), "SELECT COALESCE(MAX(number), 0) FROM test_entry").await?;
                    execute!(tx, "INSERT INTO test_entry (number, twin) VALUES ($1, 0)", last + 1).await?;
                    execute!(tx, "UPDATE test_entry SET twin = number WHERE number = $1", last + 1).await?;
                    Ok::<i64, StoreError>(last + 1)
                })
            })
            .await
            .unwrap();
        // The leading line break ends whatever the test harness has begun to print.
        let mut output = std::io::stdout().lock();
        write!(output, "\ncommitted {number}\n").unwrap();
        output.flush().unwrap();
    }
}

/// `kill -9` cannot show a missing fsync, so the settings that ask for it are looked at.
#[tokio::test]
async fn sqlite_syncs_every_commit_and_keeps_its_file_private() {
    let database = SqliteDatabase::create();
    let db = database.open().await;
    let pragmas = db
        .write(|tx| {
            Box::pin(async move {
                let (journal,) = fetch_one!(tx, (String,), "PRAGMA journal_mode").await?;
                let (synchronous,) = fetch_one!(tx, (i64,), "PRAGMA synchronous").await?;
                let (foreign_keys,) = fetch_one!(tx, (i64,), "PRAGMA foreign_keys").await?;
                Ok::<_, StoreError>((journal, synchronous, foreign_keys))
            })
        })
        .await
        .unwrap();
    // synchronous 2 is FULL (sqlite.org/pragma.html#pragma_synchronous)
    assert_eq!(pragmas, ("wal".to_owned(), 2, 1));
    for file in ["medward.sqlite", "medward.sqlite-wal"] {
        let metadata = std::fs::metadata(database.directory().join(file)).unwrap();
        assert_eq!(std::os::unix::fs::PermissionsExt::mode(&metadata.permissions()) & 0o777, 0o600, "{file}");
    }
}
