//! Kit for tests: fresh databases on both engines. Behind the feature `testkit`, never in the product.
//!
//! [`crate::store_test`] is the usual way in. A test of a whole program takes a database from [`PostgresDatabase`] or
//! [`SqliteDatabase`] and passes its address on.
//!
//! PostgreSQL comes from Debian's package and is shared by all tests running on the machine (see `postgres`). Where it
//! is missing, a test prints `skipped: …` and passes; with `CI=true` it fails.

mod postgres;

use std::fmt;
use std::future::Future;
use std::path::Path;
use std::pin::Pin;

use sqlx::{AssertSqlSafe, ConnectOptions, Connection};
use tempfile::TempDir;
use uuid::Uuid;

use crate::config::{Engine, StoreConfig};
use crate::db::Db;
use crate::migrate::STORE_MIGRATIONS;

/// 2026-01-01T00:00:00Z in microseconds: when the databases of tests were made.
pub const TEST_START_US: i64 = 1_767_225_600_000_000;

/// What a test may return.
pub trait TestOutcome {
    /// Panics when the test failed.
    fn assert_passed(self);
}

impl TestOutcome for () {
    fn assert_passed(self) {}
}

impl<E: fmt::Debug> TestOutcome for Result<(), E> {
    fn assert_passed(self) {
        if let Err(error) = self {
            panic!("the test returned {error:?}");
        }
    }
}

/// A fresh SQLite database in its own directory, removed when dropped, kept and named when the test panics.
#[derive(Debug)]
pub struct SqliteDatabase {
    directory: Option<TempDir>,
    config: StoreConfig,
}

/// A fresh PostgreSQL database on the shared server.
#[derive(Debug)]
pub struct PostgresDatabase {
    url: String,
    name: String,
}

/// The body of `name::sqlite`.
pub fn sqlite_test<T: TestOutcome>(name: &str, test: impl FnOnce(Db) -> Pin<Box<dyn Future<Output = T>>>) {
    let database = SqliteDatabase::create();
    let outcome = runtime().block_on(async {
        let db = database.open().await;
        let outcome = test(db.clone()).await;
        db.close().await;
        outcome
    });
    eprintln!("{name}: ran on SQLite");
    outcome.assert_passed();
}

/// The body of `name::postgres`. When the test panics its database stays until the server goes.
pub fn postgres_test<T: TestOutcome>(name: &str, test: impl FnOnce(Db) -> Pin<Box<dyn Future<Output = T>>>) {
    let outcome = runtime().block_on(async {
        let database = PostgresDatabase::create().await?;
        let db = database.open().await;
        let outcome = test(db.clone()).await;
        db.close().await;
        database.remove().await;
        Some(outcome)
    });
    if let Some(outcome) = outcome {
        eprintln!("{name}: ran on PostgreSQL");
        outcome.assert_passed();
    }
}

/// Starts a task in a test; the product starts tasks through its supervisor.
#[expect(clippy::disallowed_methods, reason = "tests have no supervisor")]
pub fn spawn<F>(future: F) -> tokio::task::JoinHandle<F::Output>
where
    F: Future + Send + 'static,
    F::Output: Send + 'static,
{
    tokio::spawn(future)
}

impl SqliteDatabase {
    /// Makes the directory; the file comes with the first [`SqliteDatabase::open`].
    #[expect(clippy::expect_used, reason = "a test that has no directory has failed")]
    pub fn create() -> Self {
        let directory = tempfile::Builder::new().prefix("medward-test-").tempdir().expect("make a temporary directory");
        Self { directory: Some(directory), config: StoreConfig::default() }
    }

    /// The directory that holds the database.
    pub fn directory(&self) -> &Path {
        self.directory.as_ref().map_or(Path::new("."), TempDir::path)
    }

    /// Opens the database and applies the store's own migrations. May be called again after [`Db::close`].
    pub async fn open(&self) -> Db {
        open(&self.config, self.directory(), None).await
    }
}

impl Drop for SqliteDatabase {
    fn drop(&mut self) {
        if std::thread::panicking()
            && let Some(directory) = self.directory.take()
        {
            eprintln!("the database of the failed test is kept in {}", directory.keep().display());
        }
    }
}

impl PostgresDatabase {
    /// Makes a database, starting the server if this is the first test. `None` after saying `skipped: …` where
    /// PostgreSQL is not installed; a panic there when `CI=true`.
    pub async fn create() -> Option<Self> {
        Self::create_with("ENCODING 'UTF8' LOCALE 'C.UTF-8'").await
    }

    /// Like [`PostgresDatabase::create`] with other options of `CREATE DATABASE`, to try what the product refuses.
    #[expect(clippy::expect_used, reason = "a test without the database it asked for has failed")]
    pub async fn create_with(options: &str) -> Option<Self> {
        let server = match postgres::server() {
            Ok(server) => server,
            Err(reason) => {
                assert!(!continuous_integration(), "nothing is skipped in CI: {reason}");
                eprintln!("skipped: {reason}");
                return None;
            }
        };
        let name = format!("test_{}", Uuid::now_v7().simple());
        let mut administrator = administrator_connect(&server.url("postgres")).await;
        sqlx::raw_sql(AssertSqlSafe(format!("CREATE DATABASE {name} TEMPLATE template0 {options}")))
            .execute(&mut administrator)
            .await
            .expect("create a database for the test");
        administrator.close().await.expect("close the administrator's connection");
        Some(Self { url: server.url(&name), name })
    }

    /// The connection URL, as it would stand in the file `store.url` refers to.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Opens the database and applies the store's own migrations. May be called several times: one handle per node.
    pub async fn open(&self) -> Db {
        let config = StoreConfig { engine: Engine::Postgres, ..StoreConfig::default() };
        open(&config, Path::new("."), Some(&self.url)).await
    }

    /// Drops the database, ending connections that are still open.
    #[expect(clippy::expect_used, reason = "a database left behind is a defect of the kit")]
    pub async fn remove(self) {
        let server = postgres::server().expect("the server that has this database");
        let mut administrator = administrator_connect(&server.url("postgres")).await;
        sqlx::raw_sql(AssertSqlSafe(format!("DROP DATABASE {} WITH (FORCE)", self.name)))
            .execute(&mut administrator)
            .await
            .expect("drop the database of the test");
        administrator.close().await.expect("close the administrator's connection");
    }
}

#[expect(clippy::expect_used, reason = "a test without a database has failed")]
async fn open(config: &StoreConfig, directory: &Path, url: Option<&str>) -> Db {
    let db = Db::open(config, directory, url).await.expect("open the database of the test");
    db.migrate("store", STORE_MIGRATIONS, TEST_START_US).await.expect("make the tables of the store");
    db
}

#[expect(clippy::expect_used, reason = "the kit has just seen this server answer")]
async fn administrator_connect(url: &str) -> sqlx::PgConnection {
    let options: sqlx::postgres::PgConnectOptions = url.parse().expect("the kit's own URL");
    options.connect().await.expect("connect to the test server")
}

#[expect(clippy::disallowed_methods, reason = "tests have no configuration; CI is told by its environment")]
fn continuous_integration() -> bool {
    std::env::var("CI").is_ok_and(|value| value == "true")
}

#[expect(clippy::expect_used, reason = "a test without a runtime has failed")]
fn runtime() -> tokio::runtime::Runtime {
    // Several threads, so that a race in a test is a real one.
    tokio::runtime::Builder::new_multi_thread().worker_threads(4).enable_all().build().expect("start a runtime")
}
