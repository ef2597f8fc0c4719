//! A database that cannot be opened says which one and why, and never what the password is.

use std::path::Path;

use medward_store::testkit::PostgresDatabase;
use medward_store::{Db, Engine, OpenError, StoreConfig};

async fn refusal(config: &StoreConfig, data_dir: &Path, url: Option<&str>) -> OpenError {
    Db::open(config, data_dir, url).await.unwrap_err()
}

fn postgres() -> StoreConfig {
    StoreConfig { engine: Engine::Postgres, ..StoreConfig::default() }
}

#[tokio::test]
async fn a_file_that_is_no_database_is_refused_and_left_alone() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("medward.sqlite");
    let content = "这不是数据库".repeat(100);
    std::fs::write(&file, &content).unwrap();
    let refused = refusal(&StoreConfig::default(), directory.path(), None).await;
    assert_eq!(refused.to_string(), format!("open the database file {}", file.display()));
    assert_eq!(std::fs::read_to_string(&file).unwrap(), content);
}

#[tokio::test]
async fn a_directory_that_cannot_be_made_is_named() {
    let directory = tempfile::tempdir().unwrap();
    std::fs::write(directory.path().join("data"), "").unwrap();
    let refused = refusal(&StoreConfig::default(), &directory.path().join("data/store"), None).await;
    assert!(
        matches!(&refused, OpenError::SqliteFile { path, .. } if path.ends_with("store/medward.sqlite")),
        "{refused:?}"
    );
}

#[tokio::test]
async fn a_postgresql_url_is_needed_and_never_repeated() {
    let here = Path::new(".");
    assert!(matches!(refusal(&postgres(), here, None).await, OpenError::PostgresUrlMissing));
    let unreadable = refusal(&postgres(), here, Some("postgres://u:hunter2@host:notaport/db")).await;
    assert!(!format!("{unreadable} {unreadable:?}").contains("hunter2"));
    assert!(matches!(unreadable, OpenError::PostgresUrl));
}

/// Port 1 (tcpmux) is closed on any machine this runs on.
#[tokio::test]
async fn an_unreachable_postgresql_is_named_by_host_and_port() {
    let refused = refusal(&postgres(), Path::new("."), Some("postgres://u:hunter2@127.0.0.1:1/db")).await;
    assert_eq!(refused.to_string(), "connect to PostgreSQL at 127.0.0.1:1");
    assert!(!format!("{refused:?}").contains("hunter2"));
    assert!(matches!(refused, OpenError::Postgres { source: medward_store::sqlx::Error::Io(_), .. }));
}

#[tokio::test]
async fn a_postgresql_database_of_another_encoding_or_order_is_refused() {
    for (options, expected) in [
        ("ENCODING 'LATIN1' LOCALE 'C'", "its encoding is LATIN1"),
        (
            "ENCODING 'UTF8' LOCALE 'C.UTF-8' LOCALE_PROVIDER icu ICU_LOCALE 'zh-CN'",
            "it does not order text by code point",
        ),
    ] {
        let Some(database) = PostgresDatabase::create_with(options).await else { return };
        let refused = refusal(&postgres(), Path::new("."), Some(database.url())).await;
        assert!(matches!(&refused, OpenError::PostgresLocale { found } if found == expected), "{refused:?}");
        database.remove().await;
    }
}
