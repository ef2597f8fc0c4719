//! `identity_session`. Only the SHA-256 of the cookie's secret is stored. A row is given out only if its MAC holds.

use medward_contract::Timestamp;
use medward_contract::id::{AccountId, SessionId};
use medward_crypto::{Domain, Field, KeyRing};
use medward_store::sqlx::AssertSqlSafe;
use medward_store::{Session as Connection, Statement, Tx, execute, fetch_one};

use super::{RowError, altered};
use crate::living::TokenHash;
use crate::model::StoredSession;

/// The table, as an altered row names it.
pub(crate) const SESSION: &str = "identity_session";
const COLUMNS: &str = "id, token_hash, account_id, source_ip, user_agent, created_at, last_seen_at, mac";

#[derive(sqlx::FromRow)]
struct SessionRow {
    id: String,
    token_hash: Vec<u8>,
    account_id: String,
    source_ip: String,
    user_agent: String,
    created_at: i64,
    last_seen_at: i64,
    mac: Option<Vec<u8>>,
}

/// Covers everything that says whose session it is, which secret opens it and how long it lives. The end is not covered
/// but takes the MAC away: what has ended cannot be made to live again by one statement.
fn session_mac(keys: &KeyRing, row: &SessionRow) -> [u8; 32] {
    let fields = [
        Field::Bytes(&row.token_hash),
        Field::Text(&row.account_id),
        Field::Text(&row.source_ip),
        Field::Text(&row.user_agent),
        Field::Int(row.created_at),
        Field::Int(row.last_seen_at),
    ];
    keys.row_mac(Domain::IdentityRow, SESSION, &row.id, &fields, 1)
}

impl SessionRow {
    fn checked(self, keys: &KeyRing) -> Result<(StoredSession, TokenHash), RowError> {
        let holds = self.mac.as_ref().is_some_and(|mac| medward_crypto::ct_eq(&session_mac(keys, &self), mac));
        let ids = (self.id.parse::<SessionId>(), self.account_id.parse::<AccountId>());
        match (holds, ids, TokenHash::try_from(self.token_hash)) {
            (true, (Ok(id), Ok(account)), Ok(token)) => {
                let session = StoredSession {
                    id,
                    account,
                    source_ip: self.source_ip,
                    user_agent: self.user_agent,
                    created_at: Timestamp::from_micros(self.created_at),
                    last_seen_at: Timestamp::from_micros(self.last_seen_at),
                };
                Ok((session, token))
            }
            _ => Err(altered(SESSION, self.id)),
        }
    }
}

/// Opens a session. Fails on the unique index when the account has a living one.
pub(crate) async fn session_insert(
    tx: &mut Tx<'_>,
    keys: &KeyRing,
    session: &StoredSession,
    token_hash: &TokenHash,
) -> Result<(), RowError> {
    let row = SessionRow {
        id: session.id.to_string(),
        token_hash: token_hash.to_vec(),
        account_id: session.account.to_string(),
        source_ip: session.source_ip.clone(),
        user_agent: session.user_agent.clone(),
        created_at: session.created_at.as_micros(),
        last_seen_at: session.last_seen_at.as_micros(),
        mac: None,
    };
    let mac = session_mac(keys, &row).to_vec();
    execute!(
        tx,
        "INSERT INTO identity_session
           (id, token_hash, account_id, source_ip, user_agent, created_at, last_seen_at, ended_at, end_reason, mac)
         VALUES ($1, $2, $3, $4, $5, $6, $7, NULL, NULL, $8)",
        row.id,
        row.token_hash,
        row.account_id,
        row.source_ip,
        row.user_agent,
        row.created_at,
        row.last_seen_at,
        mac
    )
    .await?;
    Ok(())
}

/// The session of this secret that has not been ended. Idle and absolute ends are the caller's to judge.
pub(crate) async fn session_by_token<C: Connection>(
    connection: &mut C,
    keys: &KeyRing,
    token_hash: &TokenHash,
) -> Result<Option<StoredSession>, RowError> {
    let sql =
        AssertSqlSafe(format!("SELECT {COLUMNS} FROM identity_session WHERE token_hash = $1 AND ended_at IS NULL"));
    let row = Statement::new(connection, sql).bind(token_hash.to_vec()).fetch_optional::<SessionRow>().await?;
    row.map(|row| row.checked(keys).map(|(session, _)| session)).transpose()
}

/// The session with this id that has not been ended.
pub(crate) async fn session_get<C: Connection>(
    connection: &mut C,
    keys: &KeyRing,
    id: SessionId,
) -> Result<Option<StoredSession>, RowError> {
    let row = session_row(connection, id).await?;
    row.map(|row| row.checked(keys).map(|(session, _)| session)).transpose()
}

async fn session_row<C: Connection>(connection: &mut C, id: SessionId) -> Result<Option<SessionRow>, RowError> {
    let sql = AssertSqlSafe(format!("SELECT {COLUMNS} FROM identity_session WHERE id = $1 AND ended_at IS NULL"));
    Ok(Statement::new(connection, sql).bind(id.to_string()).fetch_optional().await?)
}

/// The account's session that has not been ended.
pub(crate) async fn session_of_account<C: Connection>(
    connection: &mut C,
    keys: &KeyRing,
    account: AccountId,
) -> Result<Option<StoredSession>, RowError> {
    let sql =
        AssertSqlSafe(format!("SELECT {COLUMNS} FROM identity_session WHERE account_id = $1 AND ended_at IS NULL"));
    let row = Statement::new(connection, sql).bind(account.to_string()).fetch_optional::<SessionRow>().await?;
    row.map(|row| row.checked(keys).map(|(session, _)| session)).transpose()
}

/// Every session that has not been ended, oldest first, with the hash of its secret. One altered row is one error, and
/// hides no other.
pub(crate) async fn session_list<C: Connection>(
    connection: &mut C,
    keys: &KeyRing,
    limit: i64,
) -> Result<Vec<Result<(StoredSession, TokenHash), RowError>>, RowError> {
    let sql =
        AssertSqlSafe(format!("SELECT {COLUMNS} FROM identity_session WHERE ended_at IS NULL ORDER BY id LIMIT $1"));
    let rows: Vec<SessionRow> = Statement::new(connection, sql).bind(limit).fetch_all().await?;
    Ok(rows.into_iter().map(|row| row.checked(keys)).collect())
}

/// How many sessions have not been ended.
pub(crate) async fn session_count<C: Connection>(connection: &mut C) -> Result<i64, RowError> {
    let (count,) =
        fetch_one!(connection, (i64,), "SELECT CAST(COUNT(*) AS BIGINT) FROM identity_session WHERE ended_at IS NULL")
            .await?;
    Ok(count)
}

/// Writes down the last activity; never moves it back, and leaves an altered row as it is.
pub(crate) async fn session_seen(
    tx: &mut Tx<'_>,
    keys: &KeyRing,
    id: SessionId,
    at: Timestamp,
) -> Result<(), RowError> {
    let Some(mut row) = session_row(tx, id).await?.filter(|row| row.last_seen_at < at.as_micros()) else {
        return Ok(());
    };
    if !row.mac.as_ref().is_some_and(|mac| medward_crypto::ct_eq(&session_mac(keys, &row), mac)) {
        return Err(altered(SESSION, row.id));
    }
    row.last_seen_at = at.as_micros();
    let mac = session_mac(keys, &row).to_vec();
    execute!(
        tx,
        "UPDATE identity_session SET last_seen_at = $2, mac = $3 WHERE id = $1",
        row.id,
        row.last_seen_at,
        mac
    )
    .await?;
    Ok(())
}

/// Ends the session of this secret, whatever else its row says.
pub(crate) async fn session_end_altered(
    tx: &mut Tx<'_>,
    token_hash: &TokenHash,
    at: Timestamp,
) -> Result<bool, RowError> {
    let ended = execute!(
        tx,
        "UPDATE identity_session SET ended_at = $2, end_reason = 'altered', mac = NULL
         WHERE token_hash = $1 AND ended_at IS NULL",
        token_hash.to_vec(),
        at.as_micros()
    )
    .await?;
    Ok(ended > 0)
}

/// Ends one session; `false` when it had ended before.
pub(crate) async fn session_end(tx: &mut Tx<'_>, id: SessionId, at: Timestamp, reason: &str) -> Result<bool, RowError> {
    let ended = execute!(
        tx,
        "UPDATE identity_session SET ended_at = $2, end_reason = $3, mac = NULL WHERE id = $1 AND ended_at IS NULL",
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
        "UPDATE identity_session SET ended_at = $2, end_reason = $3, mac = NULL WHERE account_id = $1 AND ended_at IS NULL",
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
        "UPDATE identity_session SET ended_at = $1, mac = NULL,
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
