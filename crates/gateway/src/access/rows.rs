//! `gateway_session`: sessions of guarded applications. Only the SHA-256 of a cookie's secret is stored.

use std::net::IpAddr;

use medward_access::{EndReason, StoredSession, TokenHash};
use medward_contract::Timestamp;
use medward_contract::id::{AccountId, SessionId};
use medward_crypto::{Domain, Field, KeyRing, ct_eq};
use medward_store::{Session, StoreError, Tx, execute};

const TABLE: &str = "gateway_session";
/// Sessions that are loaded.
const MAX_LOADED: i64 = 100_000;

#[derive(Debug, Clone, sqlx::FromRow)]
pub(super) struct SessionRow {
    pub(super) id: String,
    token_hash: Vec<u8>,
    guard_id: String,
    application: String,
    subject: String,
    source_ip: String,
    user_agent: String,
    created_at: i64,
    last_seen_at: i64,
    factor_at: i64,
    pub(super) ended_at: Option<i64>,
    end_reason: Option<String>,
    mac: Option<Vec<u8>>,
}

impl SessionRow {
    fn of(session: &StoredSession) -> Self {
        let subject = serde_json::to_string(&session.subject).unwrap_or_default();
        Self {
            id: session.id.to_string(),
            token_hash: session.token.to_vec(),
            guard_id: session.guard.clone(),
            application: session.application.clone(),
            subject,
            source_ip: session.address.to_string(),
            user_agent: session.user_agent.clone(),
            created_at: session.created_at.as_micros(),
            last_seen_at: session.last_seen_at.as_micros(),
            factor_at: session.factor_at.as_micros(),
            ended_at: None,
            end_reason: None,
            mac: None,
        }
    }

    /// Everything but how it ended: an end takes the MAC away.
    fn mac(&self, keys: &KeyRing) -> [u8; 32] {
        let fields = [
            Field::Bytes(&self.token_hash),
            Field::Text(&self.guard_id),
            Field::Text(&self.application),
            Field::Text(&self.subject),
            Field::Text(&self.source_ip),
            Field::Text(&self.user_agent),
            Field::Int(self.created_at),
            Field::Int(self.last_seen_at),
            Field::Int(self.factor_at),
        ];
        keys.row_mac(Domain::GatewayDefence, TABLE, &self.id, &fields, 1)
    }

    /// The session, if nobody altered it.
    pub(super) fn checked(self, keys: &KeyRing) -> Option<StoredSession> {
        let holds = self.mac.as_ref().is_some_and(|mac| ct_eq(&self.mac(keys), mac));
        if !holds {
            tracing::error!(session = self.id, "a session was altered outside of medward; it opens nothing");
            return None;
        }
        Some(StoredSession {
            id: self.id.parse().ok()?,
            token: TokenHash::try_from(self.token_hash).ok()?,
            application: self.application,
            guard: self.guard_id,
            subject: serde_json::from_str(&self.subject).ok()?,
            address: self.source_ip.parse::<IpAddr>().ok()?,
            user_agent: self.user_agent,
            created_at: Timestamp::from_micros(self.created_at),
            last_seen_at: Timestamp::from_micros(self.last_seen_at),
            factor_at: Timestamp::from_micros(self.factor_at),
        })
    }

    /// Why it ended.
    pub(super) fn reason(&self) -> EndReason {
        self.end_reason.as_deref().and_then(EndReason::from_word).unwrap_or(EndReason::Killed)
    }
}

/// Writes a new session and ends the one before it.
pub(super) async fn session_open(
    tx: &mut Tx<'_>,
    keys: &KeyRing,
    session: &StoredSession,
    now: Timestamp,
) -> Result<(), StoreError> {
    let (now, account) = (now.as_micros(), session.subject.account.to_string());
    execute!(
        tx,
        "UPDATE gateway_session SET ended_at = $1, end_reason = $2, changed_at = $1, mac = NULL
         WHERE application = $3 AND account_id = $4 AND ended_at IS NULL",
        now,
        EndReason::Replaced.as_str(),
        session.application.as_str(),
        account.as_str()
    )
    .await?;
    let row = SessionRow::of(session);
    let mac = row.mac(keys).to_vec();
    execute!(
        tx,
        "INSERT INTO gateway_session (id, token_hash, guard_id, application, account_id, subject, source_ip, user_agent,
           created_at, last_seen_at, factor_at, ended_at, end_reason, changed_at, mac)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, NULL, NULL, $13, $12)",
        row.id,
        row.token_hash,
        row.guard_id,
        row.application,
        account,
        row.subject,
        row.source_ip,
        row.user_agent,
        row.created_at,
        row.last_seen_at,
        row.factor_at,
        mac,
        now
    )
    .await
    .map(drop)
}

/// Ends a session at `at`; it is `now` that the other nodes hear of.
pub(super) async fn session_end(
    tx: &mut Tx<'_>,
    id: SessionId,
    reason: EndReason,
    at: Timestamp,
    now: Timestamp,
) -> Result<(), StoreError> {
    execute!(
        tx,
        "UPDATE gateway_session SET ended_at = $1, end_reason = $2, changed_at = $3, mac = NULL
         WHERE id = $4 AND ended_at IS NULL",
        at.as_micros(),
        reason.as_str(),
        now.as_micros(),
        id.to_string()
    )
    .await
    .map(drop)
}

/// Writes down that the person of a living session is not what they were.
pub(super) async fn session_subject(
    tx: &mut Tx<'_>,
    keys: &KeyRing,
    session: &StoredSession,
    now: Timestamp,
) -> Result<(), StoreError> {
    // Read here: what happened in it since the caller looked must not be covered by a MAC that knows nothing of it.
    let Some(stored) = session_find(tx, &session.token).await?.and_then(|row| row.checked(keys)) else { return Ok(()) };
    let row = SessionRow::of(&StoredSession { subject: session.subject.clone(), ..stored });
    let mac = row.mac(keys).to_vec();
    execute!(
        tx,
        "UPDATE gateway_session SET subject = $1, mac = $2, changed_at = $3 WHERE id = $4 AND ended_at IS NULL",
        row.subject,
        mac,
        now.as_micros(),
        row.id
    )
    .await
    .map(drop)
}

/// Writes down what happened in a living session. The person stays as the store knows them: what this node has in memory may be
/// older than what another one has heard.
pub(super) async fn session_seen(tx: &mut Tx<'_>, keys: &KeyRing, seen: &StoredSession) -> Result<(), StoreError> {
    let Some(stored) = session_find(tx, &seen.token).await?.and_then(|row| row.checked(keys)) else { return Ok(()) };
    if stored.last_seen_at > seen.last_seen_at {
        return Ok(());
    }
    let factor_at = seen.factor_at.max(stored.factor_at);
    let row = SessionRow::of(&StoredSession { last_seen_at: seen.last_seen_at, factor_at, ..stored });
    let mac = row.mac(keys).to_vec();
    execute!(
        tx,
        "UPDATE gateway_session SET last_seen_at = $1, factor_at = $2, mac = $3 WHERE id = $4 AND ended_at IS NULL",
        row.last_seen_at,
        row.factor_at,
        mac,
        row.id
    )
    .await
    .map(drop)
}

/// On a node: makes the copy of a living session what the house says, and ends another one of the same account.
pub(super) async fn session_copy(
    tx: &mut Tx<'_>,
    keys: &KeyRing,
    session: &StoredSession,
    now: Timestamp,
) -> Result<(), StoreError> {
    let (id, account) = (session.id.to_string(), session.subject.account.to_string());
    let deleted =
        "DELETE FROM gateway_session WHERE id = $1 OR (application = $2 AND account_id = $3 AND ended_at IS NULL)";
    execute!(tx, deleted, id.as_str(), session.application.as_str(), account).await?;
    session_open(tx, keys, session, now).await
}

const COLUMNS: &str = "id, token_hash, guard_id, application, subject, source_ip, user_agent, created_at, last_seen_at, \
                       factor_at, ended_at, end_reason, mac";

/// The living session that is found by this.
pub(super) async fn session_find<S: Session + ?Sized>(
    session: &mut S,
    token: &TokenHash,
) -> Result<Option<SessionRow>, StoreError> {
    let sql = format!("SELECT {COLUMNS} FROM gateway_session WHERE token_hash = $1 AND ended_at IS NULL");
    let sql = medward_store::sqlx::AssertSqlSafe(sql);
    medward_store::Statement::new(session, sql).bind(token.to_vec()).fetch_optional().await
}

/// Living sessions of an account.
pub(super) async fn session_of_account<S: Session + ?Sized>(
    session: &mut S,
    account: AccountId,
) -> Result<Vec<SessionRow>, StoreError> {
    let sql = format!("SELECT {COLUMNS} FROM gateway_session WHERE account_id = $1 AND ended_at IS NULL ORDER BY id");
    let sql = medward_store::sqlx::AssertSqlSafe(sql);
    medward_store::Statement::new(session, sql).bind(account.to_string()).fetch_all().await
}

/// Every living session.
pub(super) async fn session_list<S: Session + ?Sized>(session: &mut S) -> Result<Vec<SessionRow>, StoreError> {
    let sql = format!("SELECT {COLUMNS} FROM gateway_session WHERE ended_at IS NULL ORDER BY id LIMIT $1");
    let sql = medward_store::sqlx::AssertSqlSafe(sql);
    medward_store::Statement::new(session, sql).bind(MAX_LOADED).fetch_all().await
}

/// Sessions that began or ended since then, living or not.
pub(super) async fn session_changed<S: Session + ?Sized>(
    session: &mut S,
    since: Timestamp,
) -> Result<Vec<SessionRow>, StoreError> {
    let sql = format!("SELECT {COLUMNS} FROM gateway_session WHERE changed_at >= $1 ORDER BY changed_at, id LIMIT $2");
    let sql = medward_store::sqlx::AssertSqlSafe(sql);
    medward_store::Statement::new(session, sql).bind(since.as_micros()).bind(MAX_LOADED).fetch_all().await
}

/// Forgets sessions that ended before then.
pub(super) async fn session_forget(tx: &mut Tx<'_>, before: Timestamp) -> Result<(), StoreError> {
    execute!(tx, "DELETE FROM gateway_session WHERE ended_at < $1", before.as_micros()).await.map(drop)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use medward_contract::identity::{PriorityClass, Subject};
    use medward_contract::{Role, SensitivityLabel};
    use medward_crypto::MasterKey;
    use medward_kernel::Capability as _;
    use medward_store::{Db, store_test};

    use super::*;

    const NOW: Timestamp = Timestamp::from_micros(1_795_144_455_000_000);

    fn session(token: u8, account: AccountId, created_at: Timestamp) -> StoredSession {
        StoredSession {
            id: SessionId::new(),
            token: [token; 32],
            application: "g/pacs".into(),
            guard: "g".into(),
            subject: Subject {
                account,
                login: "wang.min".into(),
                name: "王敏".into(),
                roles: vec![Role::Requester],
                clearance: SensitivityLabel::L3,
                departments: vec!["放射科".into()],
                priority: PriorityClass::NORMAL,
            },
            address: IpAddr::from([10, 1, 5, 19]),
            user_agent: "a browser".into(),
            created_at,
            last_seen_at: created_at,
            factor_at: created_at,
        }
    }

    #[store_test]
    async fn one_living_session_of_an_account_is_found_touched_and_ended(db: Db) {
        db.migrate("gateway", crate::Gateway::MIGRATIONS, 1).await.unwrap();
        let keys = &KeyRing::derive(&MasterKey::generate().unwrap(), b"site");
        let (account, later) = (AccountId::new(), NOW.plus(Duration::from_secs(60)));
        let (first, second) = (&session(1, account, NOW), &session(2, account, later));
        for opened in [first, second] {
            db.write(|tx| Box::pin(async move { session_open(tx, keys, opened, opened.created_at).await }))
                .await
                .unwrap();
        }
        let find = async |token: u8| {
            let row = session_find(&mut db.read().await.unwrap(), &[token; 32]).await.unwrap();
            row.and_then(|row| row.checked(keys))
        };
        assert_eq!((find(1).await, find(2).await.as_ref()), (None, Some(second)));
        let seen = &StoredSession { last_seen_at: later.plus(Duration::from_secs(30)), ..second.clone() };
        for told in [seen, second] {
            // What is older than what is known changes nothing.
            db.write(|tx| Box::pin(async move { session_seen(tx, keys, told).await })).await.unwrap();
        }
        assert_eq!(find(2).await.as_ref(), Some(seen));
        let person = Subject { clearance: SensitivityLabel::L1, ..seen.subject.clone() };
        let lowered = &StoredSession { subject: person, ..seen.clone() };
        let stale = &StoredSession { last_seen_at: later.plus(Duration::from_secs(60)), ..seen.clone() };
        db.write(|tx| Box::pin(async move { session_subject(tx, keys, lowered, later).await })).await.unwrap();
        db.write(|tx| Box::pin(async move { session_seen(tx, keys, stale).await })).await.unwrap();
        let found = find(2).await.unwrap();
        assert_eq!((found.subject.clearance, found.last_seen_at), (SensitivityLabel::L1, stale.last_seen_at));
        let other = KeyRing::derive(&MasterKey::generate().unwrap(), b"site");
        let row = session_find(&mut db.read().await.unwrap(), &[2; 32]).await.unwrap().unwrap();
        assert_eq!(row.checked(&other), None, "written by somebody else");
        db.write(|tx| Box::pin(async move { session_end(tx, second.id, EndReason::Idle, later, later).await }))
            .await
            .unwrap();
        assert_eq!(find(2).await, None);
        let changed = session_changed(&mut db.read().await.unwrap(), NOW).await.unwrap();
        let reasons: Vec<_> = changed.iter().map(SessionRow::reason).collect();
        assert_eq!(reasons, [EndReason::Replaced, EndReason::Idle]);
        let after = &later.plus(Duration::from_secs(1));
        db.write(|tx| Box::pin(async move { session_forget(tx, *after).await })).await.unwrap();
        assert!(session_changed(&mut db.read().await.unwrap(), NOW).await.unwrap().is_empty());
        assert!(session_list(&mut db.read().await.unwrap()).await.unwrap().is_empty());
    }
}
