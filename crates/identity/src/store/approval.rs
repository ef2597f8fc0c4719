//! `identity_approval`: changes that wait for a second person. A row is given out only if its MAC holds.
//!
//! The sealed payload is not under the MAC: it opens only in its own row, and its hash is.

use medward_contract::Timestamp;
use medward_contract::id::{AccountId, ApprovalId};
use medward_crypto::{Domain, Field, KeyRing};
use medward_store::sqlx::AssertSqlSafe;
use medward_store::{Session as Connection, Statement, Tx, execute, fetch_one, fetch_optional, placeholders};

use super::{RowError, altered};
use crate::approval::{Approval, ApprovalPerson, ApprovalState};

/// The table, as an altered row and a sealed payload name it.
pub(crate) const APPROVAL: &str = "identity_approval";
const COLUMNS: &str = "id, action, permission, summary_zh, summary_en, payload_hash, requester_id, requester_login,
    requester_name, reason, requested_at, expires_at, state, decider_id, decider_login, decider_name, decided_at,
    decision_reason, used_at, used_by, version, mac";

/// Which requests to list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Listed {
    /// Open ones of others that need one of these permissions.
    Decidable { caller: AccountId, permissions: Vec<&'static str> },
    /// Everything somebody asked for.
    Own { caller: AccountId },
    /// What is decided, withdrawn, used or over.
    Decided,
}

#[derive(sqlx::FromRow)]
struct ApprovalRow {
    id: String,
    action: String,
    permission: String,
    summary_zh: String,
    summary_en: String,
    payload_hash: Vec<u8>,
    requester_id: String,
    requester_login: String,
    requester_name: String,
    reason: String,
    requested_at: i64,
    expires_at: i64,
    state: String,
    decider_id: Option<String>,
    decider_login: Option<String>,
    decider_name: Option<String>,
    decided_at: Option<i64>,
    decision_reason: Option<String>,
    used_at: Option<i64>,
    used_by: Option<String>,
    version: i64,
    mac: Vec<u8>,
}

impl From<&Approval> for ApprovalRow {
    fn from(approval: &Approval) -> Self {
        let decider = approval.decider.as_ref();
        Self {
            id: approval.id.to_string(),
            action: approval.action.clone(),
            permission: approval.permission.clone(),
            summary_zh: approval.summary_zh.clone(),
            summary_en: approval.summary_en.clone(),
            payload_hash: approval.payload_hash.to_vec(),
            requester_id: approval.requester.account_id.to_string(),
            requester_login: approval.requester.login.clone(),
            requester_name: approval.requester.name.clone(),
            reason: approval.reason.clone(),
            requested_at: approval.requested_at.as_micros(),
            expires_at: approval.expires_at.as_micros(),
            state: approval.stored.as_str().to_owned(),
            decider_id: decider.map(|person| person.account_id.to_string()),
            decider_login: decider.map(|person| person.login.clone()),
            decider_name: decider.map(|person| person.name.clone()),
            decided_at: approval.decided_at.map(Timestamp::as_micros),
            decision_reason: approval.decision_reason.clone(),
            used_at: approval.used_at.map(Timestamp::as_micros),
            used_by: approval.used_by.clone(),
            version: approval.version,
            mac: Vec::new(),
        }
    }
}

impl ApprovalRow {
    fn mac(&self, keys: &KeyRing) -> [u8; 32] {
        fn text(value: Option<&String>) -> Field<'_> {
            value.map_or(Field::Null, |text| Field::Text(text))
        }
        let number = |value: Option<i64>| value.map_or(Field::Null, Field::Int);
        let fields = [
            Field::Text(&self.action),
            Field::Text(&self.permission),
            Field::Text(&self.summary_zh),
            Field::Text(&self.summary_en),
            Field::Bytes(&self.payload_hash),
            Field::Text(&self.requester_id),
            Field::Text(&self.requester_login),
            Field::Text(&self.requester_name),
            Field::Text(&self.reason),
            Field::Int(self.requested_at),
            Field::Int(self.expires_at),
            Field::Text(&self.state),
            text(self.decider_id.as_ref()),
            text(self.decider_login.as_ref()),
            text(self.decider_name.as_ref()),
            number(self.decided_at),
            text(self.decision_reason.as_ref()),
            number(self.used_at),
            text(self.used_by.as_ref()),
        ];
        keys.row_mac(Domain::IdentityRow, APPROVAL, &self.id, &fields, self.version)
    }

    fn checked(self, keys: &KeyRing) -> Result<Approval, RowError> {
        if !medward_crypto::ct_eq(&self.mac(keys), &self.mac) {
            return Err(altered(APPROVAL, self.id));
        }
        let id = self.id.clone();
        self.read().ok_or_else(|| altered(APPROVAL, id))
    }

    /// `None` for words we never write.
    fn read(self) -> Option<Approval> {
        let decider = match (self.decider_id, self.decider_login, self.decider_name) {
            (Some(id), Some(login), Some(name)) => Some(ApprovalPerson { account_id: id.parse().ok()?, login, name }),
            _ => None,
        };
        Some(Approval {
            id: self.id.parse().ok()?,
            action: self.action,
            permission: self.permission,
            summary_zh: self.summary_zh,
            summary_en: self.summary_en,
            payload_hash: self.payload_hash.try_into().ok()?,
            requester: ApprovalPerson {
                account_id: self.requester_id.parse().ok()?,
                login: self.requester_login,
                name: self.requester_name,
            },
            reason: self.reason,
            requested_at: Timestamp::from_micros(self.requested_at),
            expires_at: Timestamp::from_micros(self.expires_at),
            stored: ApprovalState::parse(&self.state)?,
            decider,
            decided_at: self.decided_at.map(Timestamp::from_micros),
            decision_reason: self.decision_reason,
            used_at: self.used_at.map(Timestamp::from_micros),
            used_by: self.used_by,
            version: self.version,
        })
    }
}

/// Writes a new request.
pub(crate) async fn approval_insert(
    tx: &mut Tx<'_>,
    keys: &KeyRing,
    approval: &Approval,
    payload_sealed: &[u8],
) -> Result<(), RowError> {
    let row = ApprovalRow::from(approval);
    let mac = row.mac(keys).to_vec();
    execute!(
        tx,
        "INSERT INTO identity_approval
           (id, action, permission, summary_zh, summary_en, payload_hash, payload_sealed, requester_id, requester_login,
            requester_name, reason, requested_at, expires_at, state, version, mac)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)",
        row.id,
        row.action,
        row.permission,
        row.summary_zh,
        row.summary_en,
        row.payload_hash,
        payload_sealed.to_vec(),
        row.requester_id,
        row.requester_login,
        row.requester_name,
        row.reason,
        row.requested_at,
        row.expires_at,
        row.state,
        row.version,
        mac
    )
    .await?;
    Ok(())
}

/// Writes what became of a request, whose version the caller has raised by one. What can no longer run is forgotten.
pub(crate) async fn approval_update(tx: &mut Tx<'_>, keys: &KeyRing, approval: &Approval) -> Result<(), RowError> {
    let row = ApprovalRow::from(approval);
    let mac = row.mac(keys).to_vec();
    let changed = execute!(
        tx,
        "UPDATE identity_approval SET state = $2, decider_id = $3, decider_login = $4, decider_name = $5,
           decided_at = $6, decision_reason = $7, used_at = $8, used_by = $9, version = $10, mac = $11,
           payload_sealed = CASE WHEN $12 THEN payload_sealed ELSE NULL END
         WHERE id = $1 AND version = $10 - 1",
        row.id.clone(),
        row.state,
        row.decider_id,
        row.decider_login,
        row.decider_name,
        row.decided_at,
        row.decision_reason,
        row.used_at,
        row.used_by,
        row.version,
        mac,
        approval.stored.is_alive()
    )
    .await?;
    // The row was read in this transaction; if it is another one now, nothing of it can be believed.
    if changed == 1 { Ok(()) } else { Err(altered(APPROVAL, row.id)) }
}

/// The request with this id.
pub(crate) async fn approval_get<C: Connection>(
    connection: &mut C,
    keys: &KeyRing,
    id: ApprovalId,
) -> Result<Option<Approval>, RowError> {
    let sql = AssertSqlSafe(format!("SELECT {COLUMNS} FROM identity_approval WHERE id = $1"));
    let row = Statement::new(connection, sql).bind(id.to_string()).fetch_optional::<ApprovalRow>().await?;
    row.map(|row| row.checked(keys)).transpose()
}

/// The sealed payload, while there is one.
pub(crate) async fn approval_payload<C: Connection>(
    connection: &mut C,
    id: ApprovalId,
) -> Result<Option<Vec<u8>>, RowError> {
    let row = fetch_optional!(
        connection,
        (Option<Vec<u8>>,),
        "SELECT payload_sealed FROM identity_approval WHERE id = $1",
        id.to_string()
    )
    .await?;
    Ok(row.and_then(|(sealed,)| sealed))
}

/// Requests before `cursor`, newest first. One altered row is one error, and hides no other.
pub(crate) async fn approval_list<C: Connection>(
    connection: &mut C,
    keys: &KeyRing,
    listed: &Listed,
    now: Timestamp,
    cursor: Option<ApprovalId>,
    limit: i64,
) -> Result<Vec<Result<Approval, RowError>>, RowError> {
    let condition = match listed {
        Listed::Decidable { permissions, .. } if permissions.is_empty() => return Ok(Vec::new()),
        Listed::Decidable { permissions, .. } => {
            let list = placeholders(5, permissions.len());
            format!("requester_id <> $3 AND state = 'open' AND expires_at > $4 AND permission IN ({list})")
        }
        Listed::Own { .. } => "requester_id = $3".to_owned(),
        Listed::Decided => "(state <> 'open' OR expires_at <= $3)".to_owned(),
    };
    let sql = AssertSqlSafe(format!(
        "SELECT {COLUMNS} FROM identity_approval WHERE id < $1 AND {condition} ORDER BY id DESC LIMIT $2"
    ));
    // `~` sorts after every id.
    let before = cursor.map_or_else(|| "~".to_owned(), String::from);
    let statement = Statement::new(connection, sql).bind(before).bind(limit);
    let statement = match listed {
        Listed::Decidable { caller, permissions } => {
            let statement = statement.bind(caller.to_string()).bind(now.as_micros());
            permissions.iter().fold(statement, |statement, permission| statement.bind(*permission))
        }
        Listed::Own { caller } => statement.bind(caller.to_string()),
        Listed::Decided => statement.bind(now.as_micros()),
    };
    let rows: Vec<ApprovalRow> = statement.fetch_all().await?;
    Ok(rows.into_iter().map(|row| row.checked(keys)).collect())
}

/// How many requests wait for somebody.
pub(crate) async fn approval_open_count<C: Connection>(connection: &mut C, now: Timestamp) -> Result<i64, RowError> {
    let (count,) = fetch_one!(
        connection,
        (i64,),
        "SELECT CAST(COUNT(*) AS BIGINT) FROM identity_approval WHERE state = 'open' AND expires_at > $1",
        now.as_micros()
    )
    .await?;
    Ok(count)
}

/// How many requests of this person can still run one day.
pub(crate) async fn approval_alive_of<C: Connection>(
    connection: &mut C,
    requester: AccountId,
    now: Timestamp,
) -> Result<i64, RowError> {
    let (count,) = fetch_one!(
        connection,
        (i64,),
        "SELECT CAST(COUNT(*) AS BIGINT) FROM identity_approval
         WHERE requester_id = $1 AND state IN ('open', 'approved') AND expires_at > $2",
        requester.to_string(),
        now.as_micros()
    )
    .await?;
    Ok(count)
}

/// Forgets the payloads of requests that are over; gives how many.
pub(crate) async fn approval_sweep(tx: &mut Tx<'_>, now: Timestamp) -> Result<u64, RowError> {
    Ok(execute!(
        tx,
        "UPDATE identity_approval SET payload_sealed = NULL WHERE payload_sealed IS NOT NULL AND expires_at <= $1",
        now.as_micros()
    )
    .await?)
}
