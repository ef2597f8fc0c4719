//! `identity_session`. Only the SHA-256 of the cookie's secret is stored.

use medward_contract::Timestamp;
use medward_contract::id::{AccountId, SessionId};
use medward_store::{Session as Connection, Tx, execute, fetch_all, fetch_one, fetch_optional};

use super::{RowError, altered};
use crate::model::StoredSession;

#[derive(sqlx::FromRow)]
struct SessionRow {
    id: String,
    account_id: String,
    source_ip: String,
    user_agent: String,
    created_at: i64,
    last_seen_at: i64,
}

impl SessionRow {
    fn parsed(self) -> Result<StoredSession, RowError> {
        match (self.id.parse::<SessionId>(), self.account_id.parse::<AccountId>()) {
            (Ok(id), Ok(account)) => Ok(StoredSession {
                id,
                account,
                source_ip: self.source_ip,
                user_agent: self.user_agent,
                created_at: Timestamp::from_micros(self.created_at),
                last_seen_at: Timestamp::from_micros(self.last_seen_at),
            }),
            _ => Err(altered("identity_session", self.id)),
        }
    }
}

/// Opens a session. Fails on the unique index when the account has a living one.
pub(crate) async fn session_insert(
    tx: &mut Tx<'_>,
    session: &StoredSession,
    token_hash: &[u8; 32],
) -> Result<(), RowError> {
    execute!(
        tx,
        "INSERT INTO identity_session
           (id, token_hash, account_id, source_ip, user_agent, created_at, last_seen_at, ended_at, end_reason)
         VALUES ($1, $2, $3, $4, $5, $6, $7, NULL, NULL)",
        session.id.to_string(),
        token_hash.to_vec(),
        session.account.to_string(),
        session.source_ip.as_str(),
        session.user_agent.as_str(),
        session.created_at.as_micros(),
        session.last_seen_at.as_micros()
    )
    .await?;
    Ok(())
}

/// The session of this secret that has not been ended. Idle and absolute ends are the caller's to judge.
pub(crate) async fn session_by_token<C: Connection>(
    connection: &mut C,
    token_hash: &[u8; 32],
) -> Result<Option<StoredSession>, RowError> {
    let row = fetch_optional!(
        connection,
        SessionRow,
        "SELECT id, account_id, source_ip, user_agent, created_at, last_seen_at FROM identity_session
         WHERE token_hash = $1 AND ended_at IS NULL",
        token_hash.to_vec()
    )
    .await?;
    row.map(SessionRow::parsed).transpose()
}

/// The session with this id that has not been ended.
pub(crate) async fn session_get<C: Connection>(
    connection: &mut C,
    id: SessionId,
) -> Result<Option<StoredSession>, RowError> {
    let row = fetch_optional!(
        connection,
        SessionRow,
        "SELECT id, account_id, source_ip, user_agent, created_at, last_seen_at FROM identity_session
         WHERE id = $1 AND ended_at IS NULL",
        id.to_string()
    )
    .await?;
    row.map(SessionRow::parsed).transpose()
}

/// The account's session that has not been ended.
pub(crate) async fn session_of_account<C: Connection>(
    connection: &mut C,
    account: AccountId,
) -> Result<Option<StoredSession>, RowError> {
    let row = fetch_optional!(
        connection,
        SessionRow,
        "SELECT id, account_id, source_ip, user_agent, created_at, last_seen_at FROM identity_session
         WHERE account_id = $1 AND ended_at IS NULL",
        account.to_string()
    )
    .await?;
    row.map(SessionRow::parsed).transpose()
}

/// Every session that has not been ended, oldest first, with the hash of its secret.
pub(crate) async fn session_list<C: Connection>(
    connection: &mut C,
    limit: i64,
) -> Result<Vec<(StoredSession, Vec<u8>)>, RowError> {
    #[derive(sqlx::FromRow)]
    struct Listed {
        #[sqlx(flatten)]
        session: SessionRow,
        token_hash: Vec<u8>,
    }
    let rows = fetch_all!(
        connection,
        Listed,
        "SELECT id, account_id, source_ip, user_agent, created_at, last_seen_at, token_hash FROM identity_session
         WHERE ended_at IS NULL ORDER BY id LIMIT $1",
        limit
    )
    .await?;
    rows.into_iter().map(|row| Ok((row.session.parsed()?, row.token_hash))).collect()
}

/// How many sessions have not been ended.
pub(crate) async fn session_count<C: Connection>(connection: &mut C) -> Result<i64, RowError> {
    let (count,) =
        fetch_one!(connection, (i64,), "SELECT CAST(COUNT(*) AS BIGINT) FROM identity_session WHERE ended_at IS NULL")
            .await?;
    Ok(count)
}

/// Writes down the last activity; never moves it back.
pub(crate) async fn session_seen(tx: &mut Tx<'_>, id: SessionId, at: Timestamp) -> Result<(), RowError> {
    execute!(
        tx,
        "UPDATE identity_session SET last_seen_at = $2 WHERE id = $1 AND last_seen_at < $2",
        id.to_string(),
        at.as_micros()
    )
    .await?;
    Ok(())
}

/// Ends one session; `false` when it had ended before.
pub(crate) async fn session_end(tx: &mut Tx<'_>, id: SessionId, at: Timestamp, reason: &str) -> Result<bool, RowError> {
    let ended = execute!(
        tx,
        "UPDATE identity_session SET ended_at = $2, end_reason = $3 WHERE id = $1 AND ended_at IS NULL",
        id.to_string(),
        at.as_micros(),
        reason
    )
    .await?;
    Ok(ended == 1)
}

/// Ends every session of the account and gives their number.
pub(crate) async fn session_end_of_account(
    tx: &mut Tx<'_>,
    account: AccountId,
    at: Timestamp,
    reason: &str,
) -> Result<u64, RowError> {
    Ok(execute!(
        tx,
        "UPDATE identity_session SET ended_at = $2, end_reason = $3 WHERE account_id = $1 AND ended_at IS NULL",
        account.to_string(),
        at.as_micros(),
        reason
    )
    .await?)
}

/// Ends sessions that nobody used since `idle_before` or that began before `began_before`; forgets those ended long ago.
pub(crate) async fn session_sweep(
    tx: &mut Tx<'_>,
    now: Timestamp,
    idle_before: Timestamp,
    began_before: Timestamp,
    forget_before: Timestamp,
) -> Result<u64, RowError> {
    let ended = execute!(
        tx,
        "UPDATE identity_session SET ended_at = $1,
           end_reason = CASE WHEN created_at < $3 THEN 'absolute' ELSE 'idle' END
         WHERE ended_at IS NULL AND (last_seen_at < $2 OR created_at < $3)",
        now.as_micros(),
        idle_before.as_micros(),
        began_before.as_micros()
    )
    .await?;
    execute!(
        tx,
        "DELETE FROM identity_session WHERE ended_at IS NOT NULL AND ended_at < $1",
        forget_before.as_micros()
    )
    .await?;
    Ok(ended)
}
