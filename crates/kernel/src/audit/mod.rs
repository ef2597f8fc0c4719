//! The one audit trail (两阶段审计). A change begins only after its `begin` is committed; its `finish` commits together
//! with the change and an outbox row that becomes exactly one `admin.change` event in the vault's `admin` stream.
//!
//! *Not* here: reading events back (vault), deciding who may change what ([`crate::permission`]).
//!
//! Invariant: no code path updates a finished row or deletes any row. Begun rows that nobody finished become `timeout`.

mod numbering;

mod ship;

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use medward_contract::event::{Dataset, Event, Field, Outcome};
use medward_contract::id::AuditId;
use medward_contract::{Principal, Severity, Timestamp};
use medward_store::{Db, StoreError, Tx, execute, fetch_all, fetch_one};
use serde::{Deserialize, Serialize};

pub use ship::ship_audit;

use self::numbering::{Number, Numbering};
use crate::clock::Clock;
use crate::route::AuditAction;

/// A begin without a finish becomes `timeout` after this (`identity.md` §8).
pub const STALE_AFTER: Duration = Duration::from_mins(15);

/// Outbox kind of a finished change.
pub const AUDITED: &str = "kernel.audited.v1";

/// Writes the audit trail. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Audit {
    db: Db,
    clock: Clock,
    numbering: Numbering,
}

/// Who wants to do what to what, from where.
#[derive(Debug, Clone)]
pub struct Intent {
    /// The change.
    pub action: AuditAction,
    /// Who; `None` before sign-in.
    pub who: Option<Principal>,
    /// Address of the peer.
    pub source_ip: String,
    /// Id of the request, as in logs and problem documents.
    pub request_id: String,
    /// What it acts on, when the path says so.
    pub object_id: String,
}

/// Why an audit record cannot be written. The change is then refused (DESIGN §6).
#[derive(Debug, thiserror::Error)]
pub enum AuditError {
    /// The begin could not be committed.
    #[error("begin audit record")]
    Begin(#[source] StoreError),
    /// The finish could not be committed.
    #[error("finish audit record")]
    Finish(#[source] StoreError),
}

/// A begun change. Finish it in the transaction of the change.
#[derive(Debug, Clone)]
pub struct Begun(Arc<BegunInner>);

#[derive(Debug)]
struct BegunInner {
    audit: Audit,
    id: AuditId,
    finished: AtomicBool,
    number: Mutex<Option<Number>>,
}

/// What `admin.change` says, as stored in the outbox. Versioned by [`AUDITED`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Audited {
    /// Empty in records finished before there were epochs.
    #[serde(default)]
    epoch: String,
    sequence: i64,
    at: Timestamp,
    finished_at: Timestamp,
    login: String,
    roles: String,
    source_ip: String,
    request_id: String,
    verb: String,
    object_type: String,
    object_id: String,
    outcome: String,
    detail: String,
}

/// One row as the console lists it.
#[derive(Debug, Clone, Serialize, sqlx::FromRow, utoipa::ToSchema)]
pub struct AuditEntry {
    /// Id of the record.
    pub id: String,
    /// When it began, µs.
    pub at: i64,
    /// When it finished, µs.
    pub finished_at: Option<i64>,
    /// Login of who acted; empty before sign-in.
    #[sqlx(rename = "login")]
    pub who: String,
    /// Roles held then, comma separated.
    pub roles: String,
    /// Peer address.
    pub source_ip: String,
    /// Verb of the change.
    #[sqlx(rename = "verb")]
    pub action: String,
    /// Kind of thing.
    pub object_type: String,
    /// Which thing.
    pub object_id: String,
    /// `begun`, `success`, `failure` or `timeout`.
    pub outcome: String,
    /// Why it failed, or what changed.
    pub detail: String,
    /// Id of the request.
    pub request_id: String,
}

impl Audit {
    /// An audit trail in this database.
    pub fn new(db: Db, clock: Clock) -> Self {
        Self { db, clock, numbering: Numbering::new() }
    }

    /// Commits the begin. On error the caller must not change anything.
    pub async fn begin(&self, intent: Intent) -> Result<Begun, AuditError> {
        let id = AuditId::new();
        let at = self.clock.now().as_micros();
        let (account, login, roles) = match &intent.who {
            None => Default::default(),
            Some(who) => (who.account.to_string(), who.login.clone(), join_roles(who)),
        };
        let row = BegunRow { id: id.to_string(), at, account, login, roles, intent };
        self.db
            .write(|tx| {
                let row = row.clone();
                Box::pin(async move { row.insert(tx).await })
            })
            .await
            .map_err(AuditError::Begin)?;
        let begun = BegunInner { audit: self.clone(), id, finished: AtomicBool::new(false), number: Mutex::default() };
        Ok(Begun(Arc::new(begun)))
    }

    /// Turns begun rows older than [`STALE_AFTER`] into `timeout`. Returns how many.
    pub async fn expire_stale(&self) -> Result<u64, StoreError> {
        let now = self.clock.now();
        let before = now.minus(STALE_AFTER).as_micros();
        let expired = self
            .db
            .write(|tx| {
                let numbering = self.numbering.clone();
                Box::pin(async move {
                    let stale = fetch_all!(
                        tx,
                        (String,),
                        "SELECT id FROM kernel_audit WHERE outcome = 'begun' AND at < $1 ORDER BY at LIMIT 1000",
                        before
                    )
                    .await?;
                    let mut numbers = Vec::with_capacity(stale.len());
                    for (id,) in &stale {
                        let finish = Finish { outcome: "timeout", object_id: None, detail: "nobody finished it", now };
                        numbers.push(finish.write(tx, &numbering, id).await?);
                    }
                    Ok(numbers)
                })
            })
            .await?;
        for number in &expired {
            self.numbering.committed(number);
        }
        Ok(expired.len() as u64)
    }

    /// Newest entries first; `before` is the id of the last entry of the previous page.
    pub async fn list(&self, before: Option<String>, limit: u32) -> Result<Vec<AuditEntry>, StoreError> {
        let mut reader = self.db.read().await?;
        let before = before.unwrap_or_else(|| "~".to_owned());
        fetch_all!(
            &mut reader,
            AuditEntry,
            "SELECT id, at, finished_at, login, roles, source_ip, verb, object_type, object_id, outcome, detail, request_id
             FROM kernel_audit WHERE id < $1 ORDER BY id DESC LIMIT $2",
            before,
            i64::from(limit)
        )
        .await
    }
}

#[derive(Debug, Clone)]
struct BegunRow {
    id: String,
    at: i64,
    account: String,
    login: String,
    roles: String,
    intent: Intent,
}

impl BegunRow {
    async fn insert(self, tx: &mut Tx<'_>) -> Result<(), StoreError> {
        execute!(
            tx,
            "INSERT INTO kernel_audit (id, at, account, login, roles, source_ip, request_id, verb, object_type, object_id, outcome, detail)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 'begun', '')",
            self.id,
            self.at,
            self.account,
            self.login,
            self.roles,
            self.intent.source_ip,
            self.intent.request_id,
            self.intent.action.verb,
            self.intent.action.object_type,
            self.intent.object_id
        )
        .await?;
        Ok(())
    }
}

impl Begun {
    /// Id of the record.
    pub fn id(&self) -> AuditId {
        self.0.id
    }

    /// Whether a finish is committed or under way.
    pub fn is_finished(&self) -> bool {
        self.0.finished.load(Ordering::Acquire)
    }

    /// Writes the success into the transaction of the change. `object_id` names what was changed or made.
    pub async fn finish_in(&self, tx: &mut Tx<'_>, object_id: &str, detail: &str) -> Result<(), StoreError> {
        let now = self.0.audit.clock.now();
        let finish = Finish { outcome: "success", object_id: Some(object_id), detail, now };
        let number = finish.write(tx, &self.0.audit.numbering, &self.0.id.to_string()).await?;
        *self.0.number.lock().unwrap_or_else(PoisonError::into_inner) = Some(number);
        Ok(())
    }

    /// Says that the transaction given to [`finish_in`](Self::finish_in) has committed.
    pub fn committed(&self) {
        self.0.finished.store(true, Ordering::Release);
        if let Some(number) = &*self.0.number.lock().unwrap_or_else(PoisonError::into_inner) {
            self.0.audit.numbering.committed(number);
        }
    }

    /// Finishes in a transaction of its own: a refusal, a failure, or a change outside the database.
    pub async fn finish(&self, success: bool, object_id: Option<&str>, detail: &str) -> Result<(), AuditError> {
        let (id, now) = (self.0.id.to_string(), self.0.audit.clock.now());
        let (outcome, detail) = (if success { "success" } else { "failure" }, detail.to_owned());
        let object_id = object_id.map(str::to_owned);
        let numbering = &self.0.audit.numbering;
        let number = self
            .0
            .audit
            .db
            .write(|tx| {
                let (id, detail, object_id) = (id.clone(), detail.clone(), object_id.clone());
                let numbering = numbering.clone();
                Box::pin(async move {
                    let finish = Finish { outcome, object_id: object_id.as_deref(), detail: &detail, now };
                    finish.write(tx, &numbering, &id).await
                })
            })
            .await
            .map_err(AuditError::Finish)?;
        *self.0.number.lock().unwrap_or_else(PoisonError::into_inner) = Some(number);
        self.committed();
        Ok(())
    }
}

#[derive(sqlx::FromRow)]
struct FinishedRow {
    at: i64,
    login: String,
    roles: String,
    source_ip: String,
    request_id: String,
    verb: String,
    object_type: String,
    object_id: String,
}

/// How a begun change ended.
struct Finish<'a> {
    outcome: &'a str,
    object_id: Option<&'a str>,
    detail: &'a str,
    now: Timestamp,
}

impl Finish<'_> {
    async fn write(&self, tx: &mut Tx<'_>, numbering: &Numbering, id: &str) -> Result<Number, StoreError> {
        let detail: String = self.detail.chars().take(2000).filter(|c| *c != '\0').collect();
        let number = numbering.next(tx).await?;
        // Matches only a begun row: a second finish finds none and fails the transaction it stands in.
        let row = fetch_one!(
            tx,
            FinishedRow,
            "UPDATE kernel_audit SET outcome = $2, finished_at = $3, detail = $4, sequence = $5,
               object_id = COALESCE($6, object_id)
             WHERE id = $1 AND outcome = 'begun'
             RETURNING at, login, roles, source_ip, request_id, verb, object_type, object_id",
            id,
            self.outcome,
            self.now.as_micros(),
            detail.clone(),
            number.sequence,
            self.object_id.map(str::to_owned)
        )
        .await?;
        let audited = Audited {
            epoch: number.epoch.clone(),
            sequence: number.sequence,
            at: Timestamp::from_micros(row.at),
            finished_at: self.now,
            login: row.login,
            roles: row.roles,
            source_ip: row.source_ip,
            request_id: row.request_id,
            verb: row.verb,
            object_type: row.object_type,
            object_id: row.object_id,
            outcome: self.outcome.to_owned(),
            detail,
        };
        let payload = serde_json::to_string(&audited).unwrap_or_default();
        medward_store::outbox_put(tx, AUDITED, id, &payload, self.now.as_micros()).await?;
        Ok(number)
    }
}

impl Audited {
    /// The event; `agent.id` and `event.sequence` make its delivery idempotent.
    fn to_event(&self) -> Event {
        self.event_of(self.agent(), self.sequence)
    }

    /// The event of a record that was refused before. Others have passed it since, so it comes from an agent of its own.
    fn to_late_event(&self) -> Event {
        self.event_of(format!("{}/{}", self.agent(), self.sequence), 1)
    }

    fn agent(&self) -> String {
        if self.epoch.is_empty() { "kernel-audit".to_owned() } else { format!("kernel-audit/{}", self.epoch) }
    }

    fn event_of(&self, agent: String, sequence: i64) -> Event {
        let (outcome, severity) = match self.outcome.as_str() {
            "success" => (Outcome::Success, Severity::Info),
            "failure" => (Outcome::Failure, Severity::Low),
            _ => (Outcome::Unknown, Severity::Medium),
        };
        let mut event = Event::new(Dataset::AdminChange, self.verb.clone(), self.at)
            .outcome(outcome)
            .severity(severity)
            .set(Field::AgentId, agent)
            .set(Field::EventSequence, sequence)
            .set(Field::UserName, if self.login.is_empty() { "-" } else { &self.login })
            .set(Field::SourceIp, self.source_ip.as_str())
            .set(Field::HttpRequestId, self.request_id.as_str())
            .set(Field::EventDuration, self.finished_at.since(self.at).as_nanos().try_into().unwrap_or(i64::MAX))
            .attr("object.type", self.object_type.as_str())
            .attr("object.id", if self.object_id.is_empty() { "-" } else { &self.object_id })
            .attr("user.roles", self.roles.as_str());
        if !self.detail.is_empty() {
            event = event.set(Field::EventReason, self.detail.as_str());
        }
        event
    }
}

fn join_roles(who: &Principal) -> String {
    who.roles.iter().map(|role| role.as_str()).collect::<Vec<_>>().join(",")
}

#[cfg(test)]
mod tests;
