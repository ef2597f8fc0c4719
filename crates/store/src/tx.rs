//! Transactions: [`Tx`] for writes, [`Reader`] for one consistent snapshot.

use std::fmt;
use std::marker::PhantomData;

use sqlx::{Postgres, Sqlite, Transaction};

use crate::Engine;
use crate::error::StoreError;

/// A write transaction. Only [`crate::Db::write`] makes one, so retry and commit cannot be forgotten.
///
/// `'env` is the lifetime of what the closure borrows from its surroundings; repository functions write `&mut Tx<'_>`.
pub struct Tx<'env> {
    connection: Connection,
    outbox_written: bool,
    surroundings: PhantomData<&'env ()>,
}

/// A read-only transaction that sees one snapshot of the database, taken at its first statement.
///
/// Hold it briefly: on SQLite a living snapshot keeps the write-ahead log from being reused.
pub struct Reader {
    connection: Connection,
}

/// What statements run on: a [`Tx`] or a [`Reader`]. Lets a repository function serve both.
pub trait Session: Send + sealed::Sealed {
    /// The engine behind this session, for the rare statement with a measured reason to differ.
    fn engine(&self) -> Engine;

    #[doc(hidden)]
    fn connection(&mut self) -> &mut Connection;
}

mod sealed {
    pub trait Sealed {}
    impl Sealed for super::Tx<'_> {}
    impl Sealed for super::Reader {}
}

impl Session for Tx<'_> {
    fn engine(&self) -> Engine {
        self.connection.engine()
    }

    fn connection(&mut self) -> &mut Connection {
        &mut self.connection
    }
}

impl Session for Reader {
    fn engine(&self) -> Engine {
        self.connection.engine()
    }

    fn connection(&mut self) -> &mut Connection {
        &mut self.connection
    }
}

impl fmt::Debug for Tx<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tx").field("engine", &self.engine()).finish_non_exhaustive()
    }
}

impl fmt::Debug for Reader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reader").field("engine", &self.engine()).finish_non_exhaustive()
    }
}

impl Tx<'_> {
    pub(crate) fn new(transaction: EngineTransaction) -> Self {
        Self { connection: Connection::new(transaction), outbox_written: false, surroundings: PhantomData }
    }

    /// Asks [`crate::Db::write`] to wake the delivery loop after the commit.
    pub(crate) fn outbox_mark(&mut self) {
        self.outbox_written = true;
    }

    pub(crate) fn outbox_written(&self) -> bool {
        self.outbox_written
    }

    pub(crate) fn fault(&self) -> Fault {
        self.connection.fault
    }

    pub(crate) async fn commit(self) -> Result<(), StoreError> {
        match self.connection.fault {
            Fault::None => self.connection.commit().await,
            Fault::Statement | Fault::Serialization => Err(StoreError::StatementFailedBefore),
        }
    }
}

impl Reader {
    pub(crate) fn new(transaction: EngineTransaction) -> Self {
        Self { connection: Connection::new(transaction) }
    }
}

/// One open transaction on either engine. Public only because [`Session`] names it.
#[doc(hidden)]
pub struct Connection {
    pub(crate) transaction: EngineTransaction,
    fault: Fault,
}

pub(crate) enum EngineTransaction {
    Sqlite(Transaction<'static, Sqlite>),
    Postgres(Transaction<'static, Postgres>),
}

/// Why a transaction may not commit any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    None,
    /// PostgreSQL turns the COMMIT of a failed transaction into a silent ROLLBACK, so we remember it ourselves.
    Statement,
    /// Another transaction won; running the closure again may succeed.
    Serialization,
}

impl Connection {
    fn new(transaction: EngineTransaction) -> Self {
        Self { transaction, fault: Fault::None }
    }

    fn engine(&self) -> Engine {
        match self.transaction {
            EngineTransaction::Sqlite(_) => Engine::Sqlite,
            EngineTransaction::Postgres(_) => Engine::Postgres,
        }
    }

    /// Remembers that `error` ended this transaction, unless it was found on our side of the connection.
    pub(crate) fn fault_note(&mut self, error: &StoreError) {
        if error.is_serialization_failure() {
            self.fault = Fault::Serialization;
        } else if let StoreError::Statement { source, .. } = error
            && !crate::error::leaves_transaction_usable(source)
            && self.fault == Fault::None
        {
            self.fault = Fault::Statement;
        }
    }

    async fn commit(self) -> Result<(), StoreError> {
        match self.transaction {
            EngineTransaction::Sqlite(transaction) => transaction.commit().await,
            EngineTransaction::Postgres(transaction) => transaction.commit().await,
        }
        .map_err(|source| StoreError::Commit { source })
    }
}
