//! One SQL text with `$n` placeholders, run on whichever engine the session has.
//!
//! The macros [`execute!`](crate::execute), [`fetch_all!`](crate::fetch_all), [`fetch_one!`](crate::fetch_one) and
//! [`fetch_optional!`](crate::fetch_optional) are short for [`Statement`]; a statement built at run time (an `IN` list)
//! uses [`Statement`] with [`placeholders`] and `sqlx::AssertSqlSafe`.

use sqlx::postgres::{PgArgumentBuffer, PgArguments, PgRow};
use sqlx::sqlite::{SqliteArguments, SqliteRow};
use sqlx::{Arguments, Encode, FromRow, Postgres, SqlSafeStr, SqlStr, Sqlite, Type};

use crate::error::StoreError;
use crate::tx::{Connection, EngineTransaction, Session};

/// A value both engines can store: `bool`, `i64`, `f64`, text, bytes, `Option` of these, and newtypes deriving
/// `sqlx::Type`. Integers other than `i64` and `i32` are refused by the compiler (PostgreSQL has no unsigned ones).
pub trait Bind<'v>: Encode<'v, Sqlite> + Type<Sqlite> + Encode<'v, Postgres> + Type<Postgres> {}

impl<'v, T> Bind<'v> for T where T: Encode<'v, Sqlite> + Type<Sqlite> + Encode<'v, Postgres> + Type<Postgres> {}

/// A row both engines can give: a type deriving `sqlx::FromRow`, or a tuple.
pub trait Row: for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> + Send + Unpin {}

impl<T> Row for T where T: for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> + Send + Unpin {}

/// A statement being put together; the first argument that cannot be bound is reported when it runs.
#[must_use = "a statement does nothing until it is executed or fetched"]
pub struct Statement<'s> {
    connection: &'s mut Connection,
    sql: SqlStr,
    arguments: EngineArguments,
    refused: Option<StoreError>,
}

enum EngineArguments {
    Sqlite(SqliteArguments),
    Postgres(PgArguments),
}

impl<'s> Statement<'s> {
    /// Starts a statement on `session` (a `&mut Tx` or `&mut Reader`).
    pub fn new<S: Session + ?Sized>(session: &'s mut S, sql: impl SqlSafeStr) -> Self {
        let connection = session.connection();
        let arguments = match connection.transaction {
            EngineTransaction::Sqlite(_) => EngineArguments::Sqlite(SqliteArguments::default()),
            EngineTransaction::Postgres(_) => EngineArguments::Postgres(PgArguments::default()),
        };
        Self { connection, sql: sql.into_sql_str(), arguments, refused: None }
    }

    /// Binds the next placeholder.
    pub fn bind<'v, T: Bind<'v>>(mut self, value: T) -> Self {
        if self.refused.is_some() {
            return self;
        }
        let text_check = text_holds_nul(&value);
        let added = match (&mut self.arguments, text_check) {
            (_, Err(error)) => Err(error),
            (arguments, Ok(true)) => {
                let position = arguments.len() + 1;
                self.refused = Some(StoreError::NulInText { sql: shortened(self.sql.as_str()), position });
                return self;
            }
            (EngineArguments::Sqlite(arguments), Ok(false)) => arguments.add(value),
            (EngineArguments::Postgres(arguments), Ok(false)) => arguments.add(value),
        };
        if let Err(error) = added {
            self.refused =
                Some(StoreError::Statement { sql: shortened(self.sql.as_str()), source: sqlx::Error::Encode(error) });
        }
        self
    }

    /// Runs the statement and gives the number of rows it changed.
    pub async fn execute(self) -> Result<u64, StoreError> {
        let ready = self.ready()?;
        let outcome = match (&mut ready.connection.transaction, ready.arguments) {
            (EngineTransaction::Sqlite(transaction), EngineArguments::Sqlite(arguments)) => {
                sqlx::query_with(ready.sql, arguments)
                    .execute(&mut **transaction)
                    .await
                    .map(|done| done.rows_affected())
            }
            (EngineTransaction::Postgres(transaction), EngineArguments::Postgres(arguments)) => {
                sqlx::query_with(ready.sql, arguments)
                    .execute(&mut **transaction)
                    .await
                    .map(|done| done.rows_affected())
            }
            _ => Err(other_engine()),
        };
        noted(ready.connection, ready.text, outcome)
    }

    /// Runs the statement and gives every row, in the order the engine gives them (say ORDER BY).
    pub async fn fetch_all<R: Row>(self) -> Result<Vec<R>, StoreError> {
        let ready = self.ready()?;
        let outcome = match (&mut ready.connection.transaction, ready.arguments) {
            (EngineTransaction::Sqlite(transaction), EngineArguments::Sqlite(arguments)) => {
                sqlx::query_as_with::<Sqlite, R, _>(ready.sql, arguments).fetch_all(&mut **transaction).await
            }
            (EngineTransaction::Postgres(transaction), EngineArguments::Postgres(arguments)) => {
                sqlx::query_as_with::<Postgres, R, _>(ready.sql, arguments).fetch_all(&mut **transaction).await
            }
            _ => Err(other_engine()),
        };
        noted(ready.connection, ready.text, outcome)
    }

    /// Runs the statement to its end and gives the first row, if any (say LIMIT 1 when there may be many).
    ///
    /// Reading to the end, rather than stopping at the first row as sqlx does, lets `INSERT … RETURNING` finish.
    pub async fn fetch_optional<R: Row>(self) -> Result<Option<R>, StoreError> {
        Ok(self.fetch_all().await?.into_iter().next())
    }

    /// Like [`Statement::fetch_optional`], but no row is an error ([`StoreError::is_row_missing`]).
    pub async fn fetch_one<R: Row>(self) -> Result<R, StoreError> {
        let text = self.sql.as_str().to_owned();
        let row = self.fetch_all().await?.into_iter().next();
        row.ok_or_else(|| StoreError::Statement { sql: shortened(&text), source: sqlx::Error::RowNotFound })
    }

    fn ready(self) -> Result<Ready<'s>, StoreError> {
        match self.refused {
            Some(error) => Err(error),
            None => Ok(Ready {
                connection: self.connection,
                text: self.sql.clone(),
                sql: self.sql,
                arguments: self.arguments,
            }),
        }
    }
}

struct Ready<'s> {
    connection: &'s mut Connection,
    text: SqlStr,
    sql: SqlStr,
    arguments: EngineArguments,
}

impl EngineArguments {
    fn len(&self) -> usize {
        match self {
            Self::Sqlite(arguments) => arguments.len(),
            Self::Postgres(arguments) => arguments.len(),
        }
    }
}

fn noted<T>(connection: &mut Connection, sql: SqlStr, outcome: Result<T, sqlx::Error>) -> Result<T, StoreError> {
    outcome.map_err(|source| {
        let error = StoreError::Statement { sql: shortened(sql.as_str()), source };
        connection.fault_note(&error);
        error
    })
}

/// Arguments are made for the session's engine in [`Statement::new`]; this arm exists so that nothing panics.
fn other_engine() -> sqlx::Error {
    sqlx::Error::Protocol("arguments of the other engine".to_owned())
}

/// PostgreSQL's encoding of text is its bytes, so it serves to look inside any text-like value, newtypes included.
fn text_holds_nul<'v, T: Encode<'v, Postgres> + Type<Postgres>>(value: &T) -> Result<bool, sqlx::error::BoxDynError> {
    let kind = value.produces().unwrap_or_else(T::type_info);
    if !<str as Type<Postgres>>::compatible(&kind) {
        return Ok(false);
    }
    let mut bytes = PgArgumentBuffer::default();
    let _ = value.encode_by_ref(&mut bytes)?.is_null();
    Ok(bytes.contains(&0))
}

/// The first 160 characters with runs of white space made one, for errors and logs.
pub(crate) fn shortened(sql: &str) -> String {
    let words = sql.split_whitespace().collect::<Vec<_>>().join(" ");
    words.chars().take(160).collect()
}

/// `"$4, $5, $6"` for `placeholders(4, 3)`; for `IN` lists, which must not be empty on either engine.
pub fn placeholders(first: usize, count: usize) -> String {
    let list: Vec<String> = (first..first.saturating_add(count)).map(|number| format!("${number}")).collect();
    list.join(", ")
}

/// Runs a statement: `execute!(tx, "UPDATE … WHERE id = $1", id).await?` gives the number of rows changed.
#[macro_export]
macro_rules! execute {
    ($session:expr, $sql:expr $(, $argument:expr)* $(,)?) => {
        $crate::Statement::new($session, $sql)$(.bind($argument))*.execute()
    };
}

/// Fetches every row: `fetch_all!(tx, RowType, "SELECT …", arg, …).await?` gives a `Vec<RowType>`.
#[macro_export]
macro_rules! fetch_all {
    ($session:expr, $row:ty, $sql:expr $(, $argument:expr)* $(,)?) => {
        $crate::Statement::new($session, $sql)$(.bind($argument))*.fetch_all::<$row>()
    };
}

/// Fetches one row; none is an error ([`StoreError::is_row_missing`](crate::StoreError::is_row_missing)).
#[macro_export]
macro_rules! fetch_one {
    ($session:expr, $row:ty, $sql:expr $(, $argument:expr)* $(,)?) => {
        $crate::Statement::new($session, $sql)$(.bind($argument))*.fetch_one::<$row>()
    };
}

/// Fetches one row or none.
#[macro_export]
macro_rules! fetch_optional {
    ($session:expr, $row:ty, $sql:expr $(, $argument:expr)* $(,)?) => {
        $crate::Statement::new($session, $sql)$(.bind($argument))*.fetch_optional::<$row>()
    };
}
