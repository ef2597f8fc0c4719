//! `identity_attempt`: failed logins by the keyed digest of the login name.

use medward_contract::Timestamp;
use medward_store::{Session as Connection, Tx, execute, fetch_all, fetch_optional};

use super::RowError;
use crate::lockout::{Attempts, LOCK_CEILING, LockPolicy};

/// Keyed digest of a login name.
pub(crate) type LoginDigest = [u8; 16];

#[derive(sqlx::FromRow)]
struct AttemptRow {
    recent: String,
    locks: i64,
    locked_until: Option<i64>,
    not_before: Option<i64>,
}

impl AttemptRow {
    fn parsed(self) -> Attempts {
        let moments = self.recent.split(',').filter_map(|text| text.parse().ok().map(Timestamp::from_micros));
        Attempts {
            recent: moments.collect(),
            locks: u32::try_from(self.locks).unwrap_or(u32::MAX),
            locked_until: self.locked_until.map(Timestamp::from_micros),
            not_before: self.not_before.map(Timestamp::from_micros),
        }
    }
}

/// What happened to this login so far.
pub(crate) async fn attempt_get<C: Connection>(connection: &mut C, login: &LoginDigest) -> Result<Attempts, RowError> {
    let row = fetch_optional!(
        connection,
        AttemptRow,
        "SELECT recent, locks, locked_until, not_before FROM identity_attempt WHERE login_digest = $1",
        login.to_vec()
    )
    .await?;
    Ok(row.map(AttemptRow::parsed).unwrap_or_default())
}

/// Writes what happened to this login.
pub(crate) async fn attempt_put(
    tx: &mut Tx<'_>,
    login: &LoginDigest,
    attempts: &Attempts,
    now: Timestamp,
) -> Result<(), RowError> {
    let recent: Vec<String> = attempts.recent.iter().map(|at| at.as_micros().to_string()).collect();
    execute!(
        tx,
        "INSERT INTO identity_attempt (login_digest, recent, locks, locked_until, not_before, updated_at)
         VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (login_digest) DO UPDATE SET recent = excluded.recent, locks = excluded.locks,
           locked_until = excluded.locked_until, not_before = excluded.not_before, updated_at = excluded.updated_at",
        login.to_vec(),
        recent.join(","),
        i64::from(attempts.locks),
        attempts.locked_until.map(Timestamp::as_micros),
        attempts.not_before.map(Timestamp::as_micros),
        now.as_micros()
    )
    .await?;
    Ok(())
}

/// Forgets the failures of this login: it succeeded or was unlocked. Returns whether there were any.
pub(crate) async fn attempt_clear(tx: &mut Tx<'_>, login: &LoginDigest) -> Result<bool, RowError> {
    Ok(execute!(tx, "DELETE FROM identity_attempt WHERE login_digest = $1", login.to_vec()).await? > 0)
}

/// Digests of logins locked now, and until when.
pub(crate) async fn attempt_locked<C: Connection>(
    connection: &mut C,
    now: Timestamp,
) -> Result<Vec<(Vec<u8>, Timestamp)>, RowError> {
    let rows = fetch_all!(
        connection,
        (Vec<u8>, i64),
        "SELECT login_digest, locked_until FROM identity_attempt WHERE locked_until > $1 ORDER BY login_digest",
        now.as_micros()
    )
    .await?;
    Ok(rows.into_iter().map(|(digest, until)| (digest, Timestamp::from_micros(until))).collect())
}

/// Forgets rows that cannot matter any more.
pub(crate) async fn attempt_sweep(tx: &mut Tx<'_>, now: Timestamp, policy: &LockPolicy) -> Result<u64, RowError> {
    let untouched_since = now.minus(policy.window).minus(LOCK_CEILING);
    Ok(execute!(
        tx,
        "DELETE FROM identity_attempt WHERE updated_at < $1 AND (locked_until IS NULL OR locked_until < $2)",
        untouched_since.as_micros(),
        now.minus(LOCK_CEILING).as_micros()
    )
    .await?)
}
