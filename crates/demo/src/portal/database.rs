//! The portal's SQLite file, reached the wrong way on purpose: statements are built from text.
//!
//! Not a repository layer and not `medward-store`, whose macros cannot express an injection.
//! One connection behind a lock is enough for a demo and keeps answers in order.

use std::path::Path;

use sqlx::sqlite::{SqliteConnectOptions, SqliteRow, SqliteSynchronous};
use sqlx::{AssertSqlSafe, ConnectOptions, Row, SqliteConnection};
use tokio::sync::Mutex;

/// One row of an answer; whatever the type of a column, it is read as text.
pub(crate) type Cells = Vec<Option<String>>;

pub(crate) struct Database {
    connection: Mutex<SqliteConnection>,
}

impl Database {
    /// Creates the file and fills it with the invented hospital of `seed.sql`.
    pub(crate) async fn create(file: &Path) -> Result<Self, sqlx::Error> {
        let mut connection = SqliteConnectOptions::new()
            .filename(file)
            .create_if_missing(true)
            .synchronous(SqliteSynchronous::Off)
            .disable_statement_logging()
            .connect()
            .await?;
        sqlx::raw_sql(include_str!("seed.sql")).execute(&mut connection).await?;
        Ok(Self { connection: Mutex::new(connection) })
    }

    /// Runs text as SQL, several statements included. This is the hole: callers paste what visitors typed into `sql`.
    pub(crate) async fn run_text(&self, sql: String) -> Result<Vec<Cells>, sqlx::Error> {
        let mut connection = self.connection.lock().await;
        let rows = sqlx::raw_sql(AssertSqlSafe(sql)).fetch_all(&mut *connection).await?;
        rows.iter().map(cells).collect()
    }

    /// Runs a statement with bound values, where a page is meant to be sound.
    pub(crate) async fn run_bound(&self, sql: &'static str, values: &[&str]) -> Result<Vec<Cells>, sqlx::Error> {
        let mut query = sqlx::query(sql);
        for value in values {
            query = query.bind((*value).to_owned());
        }
        let mut connection = self.connection.lock().await;
        let rows = query.fetch_all(&mut *connection).await?;
        rows.iter().map(cells).collect()
    }
}

fn cells(row: &SqliteRow) -> Result<Cells, sqlx::Error> {
    (0..row.len()).map(|index| row.try_get_unchecked::<Option<String>, _>(index)).collect()
}

/// The text of column `index`, empty when it is NULL or missing.
pub(crate) fn cell(cells: &Cells, index: usize) -> &str {
    cells.get(index).and_then(Option::as_deref).unwrap_or("")
}
