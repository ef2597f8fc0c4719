//! The outbox: facts that must not be lost between capabilities, written in the transaction that made them true.
//!
//! Every consumer subscribed to a kind gets each row *at least once* and must be idempotent by [`OutboxRow::id`]. A row
//! leaves when all subscribers have taken it. A kind nobody subscribes to waits and is counted ([`outbox_waiting`]).
//! The kernel runs the delivery loop, one per consumer, under the lease `outbox.<consumer>`; rows come in the order they
//! were put, but one that fails does not hold back those behind it.

use std::time::Duration;

use sqlx::AssertSqlSafe;
use uuid::Uuid;

use crate::error::StoreError;
use crate::statement::{Statement, placeholders};
use crate::tx::{Session, Tx};
use crate::{execute, fetch_all, fetch_one};

/// Pause after the first failed delivery; it doubles with each further one.
const BACK_OFF_FIRST: Duration = Duration::from_secs(1);
/// Longest pause between two deliveries of a row; a row is never given up.
const BACK_OFF_MAX: Duration = Duration::from_mins(10);
/// An error message is kept up to this many characters.
const LAST_ERROR_CHARACTERS: usize = 500;

/// One row due for one consumer.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct OutboxRow {
    /// UUIDv7; the consumer's idempotency key.
    pub id: String,
    /// Owner, event and version, such as `sms.final.v1`.
    pub kind: String,
    /// What the fact is about (a ticket, an account), for people who look.
    pub key: String,
    /// JSON of the versioned struct.
    pub payload: String,
    /// Microseconds UTC.
    pub created_at: i64,
    /// Failed deliveries to this consumer so far.
    pub attempts: i64,
    /// Why the last one failed.
    pub last_error: Option<String>,
}

/// How much of one kind is still in the outbox.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct OutboxWaiting {
    pub kind: String,
    /// Rows not yet taken by every subscriber.
    pub waiting: i64,
    /// Of these, rows whose delivery failed at least once.
    pub failing: i64,
    /// Subscribers of the kind; 0 means nobody will take the rows.
    pub consumers: i64,
    /// When the oldest waiting row was put, microseconds UTC.
    pub oldest_at: i64,
}

/// Puts a fact into the outbox and gives its id. The delivery loop wakes once the transaction is committed.
pub async fn outbox_put(
    tx: &mut Tx<'_>,
    kind: &str,
    key: &str,
    payload: &str,
    now_us: i64,
) -> Result<String, StoreError> {
    let id = Uuid::now_v7().to_string();
    execute!(
        tx,
        "INSERT INTO store_outbox (id, kind, key, payload, created_at) VALUES ($1, $2, $3, $4, $5)",
        id.as_str(),
        kind,
        key,
        payload,
        now_us
    )
    .await?;
    tx.outbox_mark();
    Ok(id)
}

/// Makes `kinds` exactly what `consumer` takes; called at every start. A new subscriber also gets the rows still waiting.
pub async fn outbox_subscribe(tx: &mut Tx<'_>, consumer: &str, kinds: &[&str]) -> Result<(), StoreError> {
    let current = fetch_all!(tx, (String,), "SELECT kind FROM store_outbox_subscription WHERE consumer = $1", consumer);
    for (kind,) in current.await? {
        if !kinds.contains(&kind.as_str()) {
            subscription_delete(tx, consumer, &kind).await?;
        }
    }
    for kind in kinds {
        execute!(
            tx,
            "INSERT INTO store_outbox_subscription (kind, consumer) VALUES ($1, $2) ON CONFLICT (kind, consumer) DO NOTHING",
            *kind,
            consumer
        )
        .await?;
    }
    Ok(())
}

/// Forgets a consumer that no longer exists; rows only it had not taken leave.
pub async fn outbox_unsubscribe(tx: &mut Tx<'_>, consumer: &str) -> Result<(), StoreError> {
    outbox_subscribe(tx, consumer, &[]).await
}

/// Rows of `kinds` that `consumer` has not taken and whose next attempt is due, oldest first, at most `limit`.
pub async fn outbox_due<S: Session + ?Sized>(
    session: &mut S,
    consumer: &str,
    kinds: &[&str],
    now_us: i64,
    limit: u32,
) -> Result<Vec<OutboxRow>, StoreError> {
    if kinds.is_empty() {
        return Ok(Vec::new());
    }
    let sql = format!(
        "SELECT o.id, o.kind, o.key, o.payload, o.created_at, COALESCE(d.attempts, 0) AS attempts, d.last_error
         FROM store_outbox o
         LEFT JOIN store_outbox_delivery d ON d.outbox_id = o.id AND d.consumer = $1
         WHERE (d.outbox_id IS NULL OR (d.done_at IS NULL AND d.next_attempt_at <= $2)) AND o.kind IN ({})
         ORDER BY o.id LIMIT $3",
        placeholders(4, kinds.len())
    );
    let statement = Statement::new(session, AssertSqlSafe(sql)).bind(consumer).bind(now_us).bind(i64::from(limit));
    kinds.iter().fold(statement, |statement, kind| statement.bind(*kind)).fetch_all().await
}

/// When the next row of `kinds` is due for `consumer` (microseconds UTC, possibly past), or `None` when none waits.
pub async fn outbox_next_at<S: Session + ?Sized>(
    session: &mut S,
    consumer: &str,
    kinds: &[&str],
) -> Result<Option<i64>, StoreError> {
    if kinds.is_empty() {
        return Ok(None);
    }
    let sql = format!(
        "SELECT MIN(COALESCE(d.next_attempt_at, o.created_at))
         FROM store_outbox o
         LEFT JOIN store_outbox_delivery d ON d.outbox_id = o.id AND d.consumer = $1
         WHERE (d.outbox_id IS NULL OR d.done_at IS NULL) AND o.kind IN ({})",
        placeholders(2, kinds.len())
    );
    let statement = Statement::new(session, AssertSqlSafe(sql)).bind(consumer);
    let (next_at,): (Option<i64>,) =
        kinds.iter().fold(statement, |statement, kind| statement.bind(*kind)).fetch_one().await?;
    Ok(next_at)
}

/// Records that `consumer` has taken the row; best in the transaction in which it did its work.
pub async fn outbox_done(tx: &mut Tx<'_>, consumer: &str, id: &str, now_us: i64) -> Result<(), StoreError> {
    execute!(
        tx,
        "INSERT INTO store_outbox_delivery (outbox_id, consumer, attempts, next_attempt_at, done_at)
         SELECT id, $2, 0, $3, $3 FROM store_outbox WHERE id = $1
         ON CONFLICT (outbox_id, consumer) DO UPDATE SET done_at = excluded.done_at",
        id,
        consumer,
        now_us
    )
    .await?;
    // With no subscriber at all the row stays: whoever took it did so without saying that it would.
    execute!(
        tx,
        "DELETE FROM store_outbox WHERE id = $1
         AND EXISTS (SELECT 1 FROM store_outbox_subscription s WHERE s.kind = store_outbox.kind)
         AND NOT EXISTS (
            SELECT 1 FROM store_outbox_subscription s WHERE s.kind = store_outbox.kind AND NOT EXISTS (
                SELECT 1 FROM store_outbox_delivery d
                WHERE d.outbox_id = store_outbox.id AND d.consumer = s.consumer AND d.done_at IS NOT NULL))",
        id
    )
    .await
    .map(drop)
}

/// Records a failed delivery and gives the time of the next attempt (microseconds UTC): 1 s, 2 s, 4 s … 10 min later.
pub async fn outbox_failed(
    tx: &mut Tx<'_>,
    consumer: &str,
    id: &str,
    error: &str,
    now_us: i64,
) -> Result<i64, StoreError> {
    let error: String = error.chars().filter(|character| *character != '\0').take(LAST_ERROR_CHARACTERS).collect();
    let (attempts,) = fetch_one!(
        tx,
        (i64,),
        "INSERT INTO store_outbox_delivery (outbox_id, consumer, attempts, next_attempt_at, last_error)
         VALUES ($1, $2, 1, $3, $4)
         ON CONFLICT (outbox_id, consumer) DO UPDATE SET
            attempts = store_outbox_delivery.attempts + 1, last_error = excluded.last_error
         RETURNING attempts",
        id,
        consumer,
        now_us,
        error
    )
    .await?;
    let next_at = now_us.saturating_add(back_off_us(attempts));
    execute!(
        tx,
        "UPDATE store_outbox_delivery SET next_attempt_at = $1 WHERE outbox_id = $2 AND consumer = $3",
        next_at,
        id,
        consumer
    )
    .await?;
    Ok(next_at)
}

/// What is still in the outbox, by kind, also of kinds without any subscriber.
pub async fn outbox_waiting<S: Session + ?Sized>(session: &mut S) -> Result<Vec<OutboxWaiting>, StoreError> {
    fetch_all!(
        session,
        OutboxWaiting,
        "SELECT o.kind,
            CAST(COUNT(*) AS BIGINT) AS waiting,
            CAST(SUM(CASE WHEN EXISTS (SELECT 1 FROM store_outbox_delivery d
                WHERE d.outbox_id = o.id AND d.done_at IS NULL AND d.attempts > 0) THEN 1 ELSE 0 END) AS BIGINT) AS failing,
            (SELECT CAST(COUNT(*) AS BIGINT) FROM store_outbox_subscription s WHERE s.kind = o.kind) AS consumers,
            MIN(o.created_at) AS oldest_at
         FROM store_outbox o GROUP BY o.kind ORDER BY o.kind"
    )
    .await
}

/// Ends one subscription and lets the rows go that only this consumer had not taken.
async fn subscription_delete(tx: &mut Tx<'_>, consumer: &str, kind: &str) -> Result<(), StoreError> {
    execute!(tx, "DELETE FROM store_outbox_subscription WHERE consumer = $1 AND kind = $2", consumer, kind).await?;
    execute!(
        tx,
        "DELETE FROM store_outbox WHERE kind = $1
         AND EXISTS (SELECT 1 FROM store_outbox_subscription s WHERE s.kind = store_outbox.kind)
         AND NOT EXISTS (
            SELECT 1 FROM store_outbox_subscription s WHERE s.kind = store_outbox.kind AND NOT EXISTS (
                SELECT 1 FROM store_outbox_delivery d
                WHERE d.outbox_id = store_outbox.id AND d.consumer = s.consumer AND d.done_at IS NOT NULL))",
        kind
    )
    .await
    .map(drop)
}

fn back_off_us(attempts: i64) -> i64 {
    let doublings = u32::try_from(attempts.saturating_sub(1)).unwrap_or(u32::MAX);
    let pause = BACK_OFF_FIRST.saturating_mul(2_u32.saturating_pow(doublings)).min(BACK_OFF_MAX);
    i64::try_from(pause.as_micros()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn back_off_doubles_from_one_second_to_ten_minutes() {
        let seconds: Vec<i64> = (1..=12).map(|attempts| back_off_us(attempts) / 1_000_000).collect();
        assert_eq!(seconds, [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 600, 600]);
        assert_eq!(back_off_us(i64::MAX), 600_000_000);
    }
}
