//! Schema changes: each capability's numbered SQL files, applied once, in order, and never changed after release.
//!
//! Files live in `crates/<capability>/migrations/NNNN_name.sql` and are listed with [`migrations!`](crate::migrations).
//! The table `store_migrations` remembers the SHA-256 of every applied file, so a changed file, or a database written by
//! a newer program, is refused before anything runs.

use sha2::{Digest, Sha256};
use sqlx::AssertSqlSafe;

use crate::db::Db;
use crate::error::StoreError;
use crate::tx::{Connection, EngineTransaction, Session, Tx};
use crate::{execute, fetch_all};

/// One numbered schema change of one capability.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Migration {
    /// Rising from 1 within the capability; the `NNNN` of the file name.
    pub version: u32,
    /// The file name without `.sql`, such as `0001_message`.
    pub name: &'static str,
    /// One or more portable statements, separated by `;`.
    pub sql: &'static str,
}

impl Migration {
    /// The migration in the file `NNNN_name.sql`; [`migrations!`](crate::migrations) calls it at compile time.
    pub const fn of_file(name: &'static str, sql: &'static str) -> Self {
        Self { version: version_of(name), name, sql }
    }
}

const fn version_of(name: &str) -> u32 {
    let [thousands, hundreds, tens, ones, b'_', _, ..] = name.as_bytes() else {
        panic!("a migration file is called NNNN_name.sql");
    };
    digit(*thousands) * 1000 + digit(*hundreds) * 100 + digit(*tens) * 10 + digit(*ones)
}

const fn digit(character: u8) -> u32 {
    assert!(character.is_ascii_digit(), "a migration file is called NNNN_name.sql");
    (character - b'0') as u32
}

/// Lists the files of the calling crate in `migrations/`, without `.sql`:
///
/// ```text
/// const MIGRATIONS: &[Migration] = migrations!["0001_message", "0002_receipt"];
/// ```
///
/// A name that does not begin with four digits and `_` does not compile.
#[macro_export]
macro_rules! migrations {
    ($($file:literal),* $(,)?) => {
        &[$($crate::Migration::of_file(
            $file,
            include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/migrations/", $file, ".sql")),
        )),*]
    };
}

/// The tables of this crate: outbox and leases. Applied as capability `store`, before all others.
pub const STORE_MIGRATIONS: &[Migration] = migrations!["0001_outbox_and_leases"];

/// Why the schema could not be brought up to date. Nothing of the failing call was applied.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum MigrateError {
    #[error(
        "migrate {capability}: {name} was changed after it was applied to this database; restore the released file and add a new migration"
    )]
    Changed { capability: String, version: i64, name: String },
    #[error(
        "migrate {capability}: this database holds migration {name}, which this program does not know; it was written by a newer version"
    )]
    Unknown { capability: String, version: i64, name: String },
    #[error("migrate {capability}: migration {name} is not numbered after the one before it")]
    Order { capability: String, version: u32, name: &'static str },
    #[error("migrate {capability}: apply {name}")]
    Apply {
        capability: String,
        name: &'static str,
        #[source]
        source: StoreError,
    },
    #[error("migrate {capability}: read or write the list of migrations")]
    List {
        capability: String,
        #[source]
        source: StoreError,
    },
}

#[derive(sqlx::FromRow)]
struct AppliedMigration {
    version: i64,
    name: String,
    sha256: String,
}

/// Any two nodes that start together must agree on this number ("medward" as seven ASCII bytes).
const MIGRATION_LOCK: i64 = 0x006d_6564_7761_7264;

const TABLE: &str = "CREATE TABLE IF NOT EXISTS store_migrations (
    capability TEXT NOT NULL,
    version BIGINT NOT NULL,
    name TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    applied_at BIGINT NOT NULL,
    PRIMARY KEY (capability, version)
)";

impl Db {
    /// Applies what is missing of `migrations` in one transaction and gives the number applied. Nodes starting together
    /// wait for each other. `now_us`: microseconds UTC, remembered in `store_migrations.applied_at`.
    pub async fn migrate(
        &self,
        capability: &str,
        migrations: &[Migration],
        now_us: i64,
    ) -> Result<usize, MigrateError> {
        order_check(capability, migrations)?;
        let list = |source| MigrateError::List { capability: capability.to_owned(), source };
        let mut tx = self.begin_migration().await.map_err(list)?;
        lock_take(&mut tx).await.map_err(list)?;
        execute!(&mut tx, TABLE).await.map_err(list)?;
        let applied = fetch_all!(
            &mut tx,
            AppliedMigration,
            "SELECT version, name, sha256 FROM store_migrations WHERE capability = $1 ORDER BY version",
            capability
        )
        .await
        .map_err(list)?;
        applied_check(capability, migrations, &applied)?;
        let missing = migrations.get(applied.len()..).unwrap_or_default();
        for migration in missing {
            for statement in statements(migration.sql) {
                run(tx.connection(), statement).await.map_err(|source| MigrateError::Apply {
                    capability: capability.to_owned(),
                    name: migration.name,
                    source,
                })?;
            }
            execute!(
                &mut tx,
                "INSERT INTO store_migrations (capability, version, name, sha256, applied_at) VALUES ($1, $2, $3, $4, $5)",
                capability,
                i64::from(migration.version),
                migration.name,
                migration_sha256(migration.sql),
                now_us
            )
            .await
            .map_err(list)?;
        }
        tx.commit().await.map_err(list)?;
        Ok(missing.len())
    }
}

fn order_check(capability: &str, migrations: &[Migration]) -> Result<(), MigrateError> {
    let mut previous = 0;
    for migration in migrations {
        if migration.version <= previous {
            let capability = capability.to_owned();
            return Err(MigrateError::Order { capability, version: migration.version, name: migration.name });
        }
        previous = migration.version;
    }
    Ok(())
}

/// The applied ones must be exactly the first of ours: same number, same text.
fn applied_check(capability: &str, migrations: &[Migration], applied: &[AppliedMigration]) -> Result<(), MigrateError> {
    for (position, row) in applied.iter().enumerate() {
        let ours = migrations.get(position).filter(|ours| i64::from(ours.version) == row.version);
        let (capability, version, name) = (capability.to_owned(), row.version, row.name.clone());
        match ours {
            None => return Err(MigrateError::Unknown { capability, version, name }),
            Some(ours) if migration_sha256(ours.sql) != row.sha256 => {
                return Err(MigrateError::Changed { capability, version, name });
            }
            Some(_) => {}
        }
    }
    Ok(())
}

/// SQLite's BEGIN IMMEDIATE is the lock; PostgreSQL needs one that also covers tables not made yet.
async fn lock_take(tx: &mut Tx<'_>) -> Result<(), StoreError> {
    match tx.engine() {
        crate::Engine::Sqlite => Ok(()),
        crate::Engine::Postgres => {
            let _: Vec<(bool,)> =
                fetch_all!(tx, (bool,), "SELECT pg_advisory_xact_lock($1) IS NULL", MIGRATION_LOCK).await?;
            Ok(())
        }
    }
}

/// Runs one schema statement unprepared: preparing would fill the statement cache with text used once.
async fn run(connection: &mut Connection, statement: &'static str) -> Result<(), StoreError> {
    let raw = sqlx::raw_sql(AssertSqlSafe(statement));
    let outcome = match &mut connection.transaction {
        EngineTransaction::Sqlite(transaction) => raw.execute(&mut **transaction).await.map(drop),
        EngineTransaction::Postgres(transaction) => raw.execute(&mut **transaction).await.map(drop),
    };
    outcome.map_err(|source| {
        let error = StoreError::Statement { sql: crate::statement::shortened(statement), source };
        connection.fault_note(&error);
        error
    })
}

/// Lower-case hexadecimal SHA-256 of a migration's text, the form kept in `store_migrations` and in the hash list.
pub fn migration_sha256(sql: &str) -> String {
    use std::fmt::Write;
    let digest = Sha256::digest(sql.as_bytes());
    digest.iter().fold(String::with_capacity(64), |mut hex, byte| {
        // Writing to a String cannot fail.
        let _infallible = write!(hex, "{byte:02x}");
        hex
    })
}

/// Splits at each `;` that stands outside quotes and comments; pieces without SQL are left out.
fn statements(sql: &'static str) -> Vec<&'static str> {
    let mut pieces = Vec::new();
    let (mut start, mut has_sql) = (0, false);
    let mut place = Place::Sql;
    let mut characters = sql.char_indices().peekable();
    while let Some((at, character)) = characters.next() {
        let next = characters.peek().map(|(_, next)| *next);
        match (place, character) {
            (Place::Sql, ';') => {
                if has_sql {
                    pieces.extend(sql.get(start..at));
                }
                (start, has_sql) = (at + 1, false);
            }
            (Place::Sql, '-') if next == Some('-') => place = Place::LineComment,
            (Place::Sql, '/') if next == Some('*') => {
                characters.next();
                place = Place::BlockComment;
            }
            (Place::Sql, '\'' | '"') => (place, has_sql) = (Place::Quoted(character), true),
            (Place::Sql, other) => has_sql |= !other.is_whitespace(),
            // A doubled quote closes and opens again, which comes to the same.
            (Place::Quoted(quote), other) if other == quote => place = Place::Sql,
            (Place::LineComment, '\n') => place = Place::Sql,
            (Place::BlockComment, '*') if next == Some('/') => {
                characters.next();
                place = Place::Sql;
            }
            _ => {}
        }
    }
    if has_sql {
        pieces.extend(sql.get(start..));
    }
    pieces
}

#[derive(Clone, Copy)]
enum Place {
    Sql,
    Quoted(char),
    LineComment,
    BlockComment,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statements_are_split_only_outside_quotes_and_comments() {
        let check = |sql: &'static str, expected: &[&str]| {
            let pieces: Vec<&str> = statements(sql).into_iter().map(str::trim).collect();
            assert_eq!(pieces, expected, "{sql}");
        };
        check("SELECT 1; SELECT 2", &["SELECT 1", "SELECT 2"]);
        check("SELECT ';';", &["SELECT ';'"]);
        check("SELECT 'it''s; fine'; SELECT 2;", &["SELECT 'it''s; fine'", "SELECT 2"]);
        check("SELECT \"a;b\";\n\n", &["SELECT \"a;b\""]);
        check("-- one; two\nSELECT 1;", &["-- one; two\nSELECT 1"]);
        check("/* it's; */ SELECT 1; -- end;", &["/* it's; */ SELECT 1"]);
        check("SELECT 5 - 3 / 2; -- 医;垣\n;", &["SELECT 5 - 3 / 2"]);
        check("", &[]);
    }

    #[test]
    fn migration_hash_is_sha256_in_lower_case_hexadecimal() {
        // FIPS 180-4 example: SHA-256("abc").
        let expected = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(migration_sha256("abc"), expected);
    }
}
