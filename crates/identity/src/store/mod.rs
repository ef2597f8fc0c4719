//! Repository of identity: SQL and row MACs, nothing else. Functions are `noun_verb`.
//!
//! Invariant: rows of accounts, credentials, clearances, grants, sessions, login steps and approvals are given out only if
//! their MAC holds. A row altered by direct SQL is [`RowError::Altered`], on either engine, and therefore grants nothing (`identity.md` §1.2).

pub(crate) mod account;

pub(crate) mod credential;

pub(crate) mod clearance;

pub(crate) mod session;

pub(crate) mod login_step;

pub(crate) mod approval;

pub(crate) mod attempt;

pub(crate) mod setup;

use medward_store::StoreError;

/// Why a row could not be read.
#[derive(Debug, thiserror::Error)]
pub(crate) enum RowError {
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The row's MAC does not hold, or it holds a word we never write.
    #[error("read {table} {key}: altered outside Medward")]
    Altered {
        /// The table.
        table: &'static str,
        /// Primary key of the row.
        key: String,
    },
}

fn altered(table: &'static str, key: impl std::fmt::Display) -> RowError {
    RowError::Altered { table, key: key.to_string() }
}
