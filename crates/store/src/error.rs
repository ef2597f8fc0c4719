//! What can go wrong between a capability and its rows.

use std::borrow::Cow;

use sqlx::error::ErrorKind;

/// A database operation that failed. `Display` completes "failed to …" and never holds a bound value.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// No connection was free in time, or the server cannot be reached.
    #[error("begin a {access} transaction")]
    Begin {
        /// `read` or `write`.
        access: &'static str,
        #[source]
        source: sqlx::Error,
    },
    /// One statement failed. `sql` is its text, shortened, with placeholders and without values.
    #[error("run `{sql}`")]
    Statement {
        sql: String,
        #[source]
        source: sqlx::Error,
    },
    /// A text argument holds U+0000, which PostgreSQL cannot store and SQLite truncates in functions.
    #[error("run `{sql}`: argument ${position} holds a NUL character")]
    NulInText { sql: String, position: usize },
    /// The commit itself failed. When the connection broke, the change may or may not be stored.
    #[error("commit")]
    Commit {
        #[source]
        source: sqlx::Error,
    },
    /// A statement failed, its error was swallowed and the closure returned `Ok`; nothing was stored.
    #[error("commit: a statement of this transaction failed before")]
    StatementFailedBefore,
    /// Other transactions kept winning; nothing was stored and the caller may try again.
    #[error("commit after {attempts} attempts against concurrent changes")]
    Contention { attempts: u32 },
}

impl StoreError {
    /// A PRIMARY KEY or UNIQUE constraint refused the row.
    pub fn is_unique_violation(&self) -> bool {
        self.database_error().is_some_and(|error| error.kind() == ErrorKind::UniqueViolation)
    }

    /// `fetch_one!` found no row.
    pub fn is_row_missing(&self) -> bool {
        matches!(self, Self::Statement { source: sqlx::Error::RowNotFound, .. })
    }

    /// The database cannot serve just now (unreachable, busy, disk full, contended): the same call may succeed later.
    pub fn is_unavailable(&self) -> bool {
        match self {
            Self::Contention { .. } => true,
            Self::NulInText { .. } | Self::StatementFailedBefore => false,
            Self::Begin { source, .. } | Self::Statement { source, .. } | Self::Commit { source } => {
                is_unavailable(source)
            }
        }
    }

    /// SQLSTATE 40001 (serialization failure) or 40P01 (deadlock): the closure is run again.
    pub(crate) fn is_serialization_failure(&self) -> bool {
        self.database_error().is_some_and(is_serialization_failure)
    }

    fn database_error(&self) -> Option<&dyn sqlx::error::DatabaseError> {
        match self {
            Self::Begin { source, .. } | Self::Statement { source, .. } | Self::Commit { source } => {
                source.as_database_error()
            }
            Self::NulInText { .. } | Self::StatementFailedBefore | Self::Contention { .. } => None,
        }
    }
}

/// PostgreSQL documentation, appendix A: class 40, transaction rollback.
fn is_serialization_failure(error: &dyn sqlx::error::DatabaseError) -> bool {
    error.try_downcast_ref::<sqlx::postgres::PgDatabaseError>().is_some_and(|error| {
        // 40001 serialization_failure, 40P01 deadlock_detected
        matches!(error.code(), "40001" | "40P01")
    })
}

fn is_unavailable(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Io(_)
        | sqlx::Error::Tls(_)
        | sqlx::Error::PoolTimedOut
        | sqlx::Error::PoolClosed
        | sqlx::Error::WorkerCrashed => true,
        sqlx::Error::Database(error) => {
            let code = error.code().unwrap_or(Cow::Borrowed(""));
            if error.try_downcast_ref::<sqlx::postgres::PgDatabaseError>().is_some() {
                // Classes 08 connection, 53 insufficient resources, 57P shutdown, 58 system error; 40 serialization.
                ["08", "53", "57P", "58", "40"].iter().any(|class| code.starts_with(class))
            } else {
                // Low byte of the extended result code: BUSY, READONLY, IOERR, FULL, CANTOPEN (sqlite.org/rescode.html).
                code.parse::<u32>().is_ok_and(|code| matches!(code & 0xff, 5 | 8 | 10 | 13 | 14))
            }
        }
        _ => false,
    }
}

/// Errors found on our side of the connection; the transaction is still usable after them.
pub(crate) fn leaves_transaction_usable(error: &sqlx::Error) -> bool {
    matches!(
        error,
        sqlx::Error::RowNotFound
            | sqlx::Error::ColumnDecode { .. }
            | sqlx::Error::ColumnNotFound(_)
            | sqlx::Error::ColumnIndexOutOfBounds { .. }
            | sqlx::Error::Decode(_)
            | sqlx::Error::Encode(_)
    )
}
