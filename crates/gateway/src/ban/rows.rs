//! Rows of bans.

use std::collections::HashMap;
use std::time::Duration;

use medward_contract::Timestamp;
use medward_store::{Session, StoreError, Tx, execute, fetch_all, fetch_one, fetch_optional};

use super::Banned;

/// Bans that are loaded; as many as the data path holds.
const MAX_LOADED: i64 = 100_000;
/// A ban of this node that is older has reached the house; if not, it comes back with the house's answer.
const UNHEARD: Duration = Duration::from_mins(2);

pub(crate) async fn ban_insert(tx: &mut Tx<'_>, row: &Banned) -> Result<(), StoreError> {
    execute!(
        tx,
        "INSERT INTO gateway_ban (id, network, origin, rule_id, rule_name, object, request_id, reason, author, began_at,
                                  until_at, lifted_at, lifted_by, expiry_told)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, NULL, NULL, FALSE)
         ON CONFLICT (id) DO NOTHING",
        row.id.as_str(),
        row.network.as_str(),
        row.origin.as_str(),
        row.rule_id.as_str(),
        row.rule_name.as_str(),
        row.object.as_str(),
        row.request_id.as_str(),
        row.reason.as_str(),
        row.author.as_str(),
        row.began_at,
        row.until_at
    )
    .await
    .map(drop)
}

/// Bans in force, those that end first last.
pub(crate) async fn ban_active<S: Session + ?Sized>(
    session: &mut S,
    now: Timestamp,
) -> Result<Vec<Banned>, StoreError> {
    fetch_all!(
        session,
        Banned,
        "SELECT id, network, origin, rule_id, rule_name, object, request_id, reason, author, began_at, until_at,
                lifted_at, lifted_by
         FROM gateway_ban WHERE until_at > $1 AND lifted_at IS NULL ORDER BY until_at DESC LIMIT $2",
        now.as_micros(),
        MAX_LOADED
    )
    .await
}

/// Bans that are over and of whose end nobody was told.
pub(crate) async fn ban_expired<S: Session + ?Sized>(
    session: &mut S,
    now: Timestamp,
) -> Result<Vec<Banned>, StoreError> {
    fetch_all!(
        session,
        Banned,
        "SELECT id, network, origin, rule_id, rule_name, object, request_id, reason, author, began_at, until_at,
                lifted_at, lifted_by
         FROM gateway_ban WHERE until_at <= $1 AND lifted_at IS NULL AND NOT expiry_told ORDER BY id LIMIT 1000",
        now.as_micros()
    )
    .await
}

pub(crate) async fn ban_expiry_told(tx: &mut Tx<'_>, id: &str) -> Result<(), StoreError> {
    execute!(tx, "UPDATE gateway_ban SET expiry_told = TRUE WHERE id = $1", id).await.map(drop)
}

pub(crate) async fn ban_list<S: Session + ?Sized>(
    session: &mut S,
    active: bool,
    before: &str,
    now: Timestamp,
    limit: i64,
) -> Result<Vec<Banned>, StoreError> {
    fetch_all!(
        session,
        Banned,
        "SELECT id, network, origin, rule_id, rule_name, object, request_id, reason, author, began_at, until_at,
                lifted_at, lifted_by
         FROM gateway_ban
         WHERE ($1 = '' OR id < $1) AND (NOT $2 OR (until_at > $3 AND lifted_at IS NULL))
         ORDER BY id DESC LIMIT $4",
        before,
        active,
        now.as_micros(),
        limit
    )
    .await
}

pub(crate) async fn ban_find<S: Session + ?Sized>(session: &mut S, id: &str) -> Result<Option<Banned>, StoreError> {
    fetch_optional!(
        session,
        Banned,
        "SELECT id, network, origin, rule_id, rule_name, object, request_id, reason, author, began_at, until_at,
                lifted_at, lifted_by
         FROM gateway_ban WHERE id = $1",
        id
    )
    .await
}

pub(crate) async fn ban_lift(tx: &mut Tx<'_>, network: &str, author: &str, now: Timestamp) -> Result<(), StoreError> {
    execute!(
        tx,
        "UPDATE gateway_ban SET lifted_at = $1, lifted_by = $2
         WHERE network = $3 AND lifted_at IS NULL AND until_at > $1",
        now.as_micros(),
        author,
        network
    )
    .await
    .map(drop)
}

/// Differs whenever bans in force may: how many there are, the newest, and when one was lifted last.
pub(crate) async fn ban_version<S: Session + ?Sized>(
    session: &mut S,
    now: Timestamp,
) -> Result<(i64, String, i64), StoreError> {
    fetch_one!(
        session,
        (i64, String, i64),
        "SELECT CAST(COUNT(*) AS BIGINT), COALESCE(MAX(id), ''), COALESCE(MAX(lifted_at), 0)
         FROM gateway_ban WHERE until_at > $1",
        now.as_micros()
    )
    .await
}

/// On a node: makes the bans in force those of the house, and those that it has not heard of yet. Their ends are told there.
pub(crate) async fn ban_mirror(tx: &mut Tx<'_>, wanted: &[Banned], now: Timestamp) -> Result<(), StoreError> {
    let wanted: HashMap<&str, &Banned> = wanted.iter().map(|ban| (ban.id.as_str(), ban)).collect();
    let known = fetch_all!(
        tx,
        (String, bool, i64),
        "SELECT id, expiry_told, began_at FROM gateway_ban WHERE until_at > $1 AND lifted_at IS NULL",
        now.as_micros()
    );
    for (id, told, began_at) in known.await? {
        let of_house = told || began_at < now.minus(UNHEARD).as_micros();
        if of_house && !wanted.contains_key(id.as_str()) {
            execute!(tx, "UPDATE gateway_ban SET lifted_at = $1 WHERE id = $2", now.as_micros(), id.as_str()).await?;
        }
    }
    for ban in wanted.into_values() {
        ban_insert(tx, ban).await?;
        let again = "UPDATE gateway_ban SET lifted_at = NULL, expiry_told = TRUE WHERE id = $1";
        execute!(tx, again, ban.id.as_str()).await?;
    }
    // What is over is the house's to remember.
    execute!(tx, "DELETE FROM gateway_ban WHERE until_at <= $1 AND expiry_told", now.as_micros()).await.map(drop)
}
