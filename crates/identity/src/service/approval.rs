//! Four eyes (四眼原则): asking, deciding and using up, each in one transaction with its audit record.
//!
//! Whether somebody may decide is read from the account as it is at that moment, not from the session: who lost the role
//! a second ago decides nothing any more.

use std::net::{IpAddr, Ipv4Addr};

use async_trait::async_trait;
use medward_contract::id::ApprovalId;
use medward_contract::identity::{ApprovalClaim, ApprovalRequest, Approvals, Approver, ClientFacts, Payload};
use medward_contract::{PortError, Principal, SensitivityLabel, Timestamp};
use medward_crypto::{Domain, Place, sha256};
use medward_kernel::audit::{Begun, Intent};
use medward_kernel::{AuditAction, Permission};
use medward_store::Tx;
use serde::Serialize;

use super::{Inner, Service};
use crate::api::APPROVAL_DECIDE;
use crate::approval::{
    Approval, ApprovalPerson, ApprovalState, LIFE, OPEN_MAX, PAYLOAD_BYTES_MAX, reason_parse, summary_parse,
};
use crate::error::IdentityError;
use crate::metrics::ApprovalsOpen;
use crate::model::{Account, AccountState, InputError};
use crate::store::approval::{self, APPROVAL, Listed};
use crate::store::{RowError, account};

/// Most requests on one page.
const PAGE_MAX: u32 = 200;

/// Which requests to list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum ApprovalListing {
    /// Open ones that the caller may decide.
    #[default]
    Open,
    /// Everything the caller asked for.
    Own,
    /// What was decided, withdrawn, used or is over.
    Decided,
}

/// A request as the console shows it. What it will do stands in the summary; the payload itself is never shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct ApprovalView {
    /// Its id.
    #[schema(value_type = String)]
    pub id: ApprovalId,
    /// What is to be done, `capability.thing.verb`.
    pub action: String,
    /// The permission it needs.
    pub permission: String,
    /// What it does, in Chinese.
    pub summary_zh: String,
    /// What it does, in English.
    pub summary_en: String,
    /// SHA-256 of exactly what will run, hexadecimal.
    pub payload_sha256: String,
    /// Who asked.
    pub requester: ApprovalPerson,
    /// Why.
    pub reason: String,
    /// When, µs.
    pub requested_at: Timestamp,
    /// Until when it can be decided and used, µs.
    pub expires_at: Timestamp,
    /// Where it stands.
    pub state: ApprovalState,
    /// Who approved or refused.
    pub decider: Option<ApprovalPerson>,
    /// When it was approved, refused or withdrawn, µs.
    pub decided_at: Option<Timestamp>,
    /// Why it was refused.
    pub decision_reason: Option<String>,
    /// When the change was let through, µs.
    pub used_at: Option<Timestamp>,
    /// Audit record of the change that was let through.
    pub used_by: Option<String>,
    /// Whether the caller asked for it.
    pub own: bool,
    /// Whether the caller may approve or refuse it now.
    pub may_decide: bool,
}

/// A page of requests, newest first.
#[derive(Debug, Clone)]
pub struct ApprovalPage {
    /// The requests.
    pub items: Vec<ApprovalView>,
    /// Continue here.
    pub next_cursor: Option<String>,
}

/// What somebody does with a request in the console.
#[derive(Debug, Clone)]
enum Act {
    Approve,
    Refuse(String),
    Withdraw,
}

impl Service {
    /// Requests before `cursor`, newest first. A row altered by direct SQL is left out and logged.
    pub async fn approval_list(
        &self,
        caller: &Principal,
        listing: ApprovalListing,
        cursor: Option<ApprovalId>,
        limit: u32,
    ) -> Result<ApprovalPage, IdentityError> {
        let inner = &*self.0;
        let limit = limit.clamp(1, PAGE_MAX);
        let (now, held) = (inner.clock.now(), inner.deciding(caller)?);
        let listed = match listing {
            ApprovalListing::Open => Listed::Decidable { caller: caller.account, permissions: held.clone() },
            ApprovalListing::Own => Listed::Own { caller: caller.account },
            ApprovalListing::Decided => Listed::Decided,
        };
        let mut reader = inner.db.read().await?;
        let ask = i64::from(limit) + 1;
        let mut found = approval::approval_list(&mut reader, &inner.keys, &listed, now, cursor, ask).await?;
        let shown = usize::try_from(limit).unwrap_or(usize::MAX);
        let has_more = found.len() > shown;
        found.truncate(shown);
        let next_cursor = found.last().filter(|_| has_more).map(key_of);
        let readable = found
            .into_iter()
            .filter_map(|row| row.inspect_err(|error| tracing::error!(%error, "request for approval not listed")).ok());
        Ok(ApprovalPage { items: readable.map(|row| view(row, caller, &held, now)).collect(), next_cursor })
    }

    /// Says yes to somebody else's request.
    pub async fn approval_approve(
        &self,
        caller: &Principal,
        id: ApprovalId,
        change: &Begun,
        client: &ClientFacts,
    ) -> Result<ApprovalView, IdentityError> {
        self.approval_act(caller, id, Act::Approve, change, client).await
    }

    /// Says no to somebody else's request.
    pub async fn approval_refuse(
        &self,
        caller: &Principal,
        id: ApprovalId,
        reason: &str,
        change: &Begun,
        client: &ClientFacts,
    ) -> Result<ApprovalView, IdentityError> {
        self.approval_act(caller, id, Act::Refuse(reason_parse(reason)?), change, client).await
    }

    /// Takes one's own request back.
    pub async fn approval_withdraw(
        &self,
        caller: &Principal,
        id: ApprovalId,
        change: &Begun,
        client: &ClientFacts,
    ) -> Result<ApprovalView, IdentityError> {
        self.approval_act(caller, id, Act::Withdraw, change, client).await
    }

    async fn approval_act(
        &self,
        caller: &Principal,
        id: ApprovalId,
        act: Act,
        change: &Begun,
        client: &ClientFacts,
    ) -> Result<ApprovalView, IdentityError> {
        let inner = &*self.0;
        let (now, act) = (inner.clock.now(), &act);
        let outcome = inner
            .db
            .write(|tx| {
                Box::pin(async move {
                    let found = approval::approval_get(tx, &inner.keys, id).await?;
                    let mut approval = found.ok_or(IdentityError::ApprovalNotFound)?;
                    let said = inner.approval_act_in(tx, &mut approval, caller, act, now).await?;
                    approval::approval_update(tx, &inner.keys, &approval).await?;
                    change.finish_in(tx, &id.to_string(), &format!("{}: {said}", approval.action)).await?;
                    let open = approval::approval_open_count(tx, now).await?;
                    Ok::<_, IdentityError>((approval, open))
                })
            })
            .await;
        let (approval, open) = inner.alarmed(outcome, client)?;
        change.committed();
        inner.approval_changed(id, "update", open);
        Ok(view(approval, caller, &inner.deciding(caller)?, now))
    }
}

impl Inner {
    /// The act itself; gives what the audit record says about it.
    async fn approval_act_in(
        &self,
        tx: &mut Tx<'_>,
        approval: &mut Approval,
        caller: &Principal,
        act: &Act,
        now: Timestamp,
    ) -> Result<String, IdentityError> {
        match act {
            Act::Withdraw => {
                approval.withdraw(caller.account, now)?;
                Ok("withdrawn".to_owned())
            }
            Act::Refuse(reason) => {
                let decider = self.approval_decider_in(tx, approval, caller).await?;
                approval.refuse(decider, reason.clone(), now)?;
                Ok(format!("refused: {reason}"))
            }
            Act::Approve => {
                let decider = self.approval_decider_in(tx, approval, caller).await?;
                // What somebody asked for who has since been stopped is not let through.
                let requester = account::account_get(tx, &self.keys, approval.requester.account_id).await?;
                requester.filter(is_active).ok_or(IdentityError::WrongState)?;
                approval.approve(decider, now)?;
                Ok(format!("approved, requested by {}", approval.requester.login))
            }
        }
    }

    /// The caller as the second person, if they are one: another one, active, with the permission, at this moment.
    async fn approval_decider_in(
        &self,
        tx: &mut Tx<'_>,
        approval: &Approval,
        caller: &Principal,
    ) -> Result<ApprovalPerson, IdentityError> {
        if approval.requester.account_id == caller.account {
            return Err(IdentityError::OwnApproval);
        }
        let decider = account::account_get(tx, &self.keys, caller.account).await?;
        let decider = decider.filter(is_active).ok_or(IdentityError::ApprovalForbidden)?;
        let held = self.matrix.get()?.of_roles(&decider.roles);
        if [approval.permission.as_str(), APPROVAL_DECIDE.as_str()].iter().any(|needed| !held.contains(needed)) {
            return Err(IdentityError::ApprovalForbidden);
        }
        Ok(ApprovalPerson::from(&decider))
    }

    /// Permissions whose requests the caller may decide.
    fn deciding(&self, caller: &Principal) -> Result<Vec<&'static str>, IdentityError> {
        let held = self.matrix.get()?.of_roles(&caller.roles);
        Ok(if held.contains(&APPROVAL_DECIDE.as_str()) { held } else { Vec::new() })
    }

    fn approval_changed(&self, id: ApprovalId, op: &'static str, open: i64) {
        ApprovalsOpen(open).emit(&self.meters);
        self.hub.send("identity.approval", id.to_string(), op);
    }

    async fn approval_request(&self, request: &ApprovalRequest<'_>) -> Result<ApprovalId, IdentityError> {
        let id = ApprovalId::new();
        let intent = Intent {
            action: AuditAction::new("identity_approval", "create"),
            who: Some(request.requested_by.clone()),
            source_ip: request.client.address.to_string(),
            request_id: request.request_id.to_owned(),
            object_id: id.to_string(),
        };
        let change = self.audit.begin(intent).await?;
        match self.approval_request_in(id, request, &change).await {
            Ok(open) => {
                change.committed();
                self.approval_changed(id, "create", open);
                Ok(id)
            }
            Err(error) => {
                if let Err(failed) = change.finish(false, None, error.code().code).await {
                    tracing::warn!(%failed, %error, "refused request for approval waits for its timeout in the trail");
                }
                Err(error)
            }
        }
    }

    async fn approval_request_in(
        &self,
        id: ApprovalId,
        request: &ApprovalRequest<'_>,
        change: &Begun,
    ) -> Result<i64, IdentityError> {
        let asked = &self.approval_parse(id, request)?;
        let payload = request.payload.expose();
        let sealed = &self.keys.seal(Domain::IdentityApproval, &place(&id.to_string()), payload)?;
        let outcome = self
            .db
            .write(|tx| {
                Box::pin(async move {
                    let mut approval = asked.clone();
                    let requester = account::account_get(tx, &self.keys, approval.requester.account_id).await?;
                    let requester = requester.filter(is_active).ok_or(IdentityError::WrongState)?;
                    approval.requester = ApprovalPerson::from(&requester);
                    let alive = approval::approval_alive_of(tx, requester.id, approval.requested_at).await?;
                    if alive >= OPEN_MAX {
                        return Err(IdentityError::TooManyApprovals);
                    }
                    approval::approval_insert(tx, &self.keys, &approval, sealed).await?;
                    let said = format!("{}: {}", approval.action, approval.reason);
                    change.finish_in(tx, &id.to_string(), &said).await?;
                    Ok(approval::approval_open_count(tx, approval.requested_at).await?)
                })
            })
            .await;
        self.alarmed(outcome, request.client)
    }

    fn approval_parse(&self, id: ApprovalId, request: &ApprovalRequest<'_>) -> Result<Approval, IdentityError> {
        let matrix = self.matrix.get()?;
        let everybody = [Permission::PUBLIC, Permission::SIGNED_IN].map(Permission::as_str);
        let is_granted = matrix.grants().any(|grant| grant.permission.as_str() == request.permission);
        if !is_granted || everybody.contains(&request.permission) {
            return Err(InputError::Permission.into());
        }
        if request.payload.expose().len() > PAYLOAD_BYTES_MAX {
            return Err(InputError::Payload.into());
        }
        let (now, who) = (self.clock.now(), request.requested_by);
        Ok(Approval {
            id,
            action: request.action.as_str().to_owned(),
            permission: request.permission.to_owned(),
            summary_zh: summary_parse(request.summary_zh)?,
            summary_en: summary_parse(request.summary_en)?,
            payload_hash: sha256(request.payload.expose()),
            requester: ApprovalPerson { account_id: who.account, login: who.login.clone(), name: who.name.clone() },
            reason: reason_parse(request.reason)?,
            requested_at: now,
            expires_at: now.plus(LIFE),
            stored: ApprovalState::Open,
            decider: None,
            decided_at: None,
            decision_reason: None,
            used_at: None,
            used_by: None,
            version: 1,
        })
    }

    async fn approval_open_payload(&self, id: ApprovalId) -> Result<Payload, IdentityError> {
        let mut reader = self.db.read().await?;
        let found = approval::approval_get(&mut reader, &self.keys, id).await?;
        let approval = found.ok_or(IdentityError::ApprovalNotFound)?;
        if !approval.state_at(self.clock.now()).is_alive() {
            return Err(IdentityError::ApprovalSpent);
        }
        let sealed = approval::approval_payload(&mut reader, id).await?;
        let altered = || IdentityError::Altered { table: APPROVAL, key: id.to_string() };
        let key = id.to_string();
        let opened = self.keys.open(Domain::IdentityApproval, &place(&key), &sealed.ok_or_else(altered)?)?;
        if sha256(opened.expose()) != approval.payload_hash {
            return Err(altered());
        }
        Ok(Payload::new(opened.expose().clone()))
    }

    async fn approval_claim(&self, claim: &ApprovalClaim) -> Result<Approver, IdentityError> {
        let now = self.clock.now();
        let (approver, open) = self
            .db
            .write(|tx| {
                Box::pin(async move {
                    let found = approval::approval_get(tx, &self.keys, claim.approval).await?;
                    let mut approval = found.ok_or(IdentityError::ApprovalNotFound)?;
                    let approver = approval.claim(claim, now)?;
                    approval::approval_update(tx, &self.keys, &approval).await?;
                    let open = approval::approval_open_count(tx, now).await?;
                    Ok::<_, IdentityError>((approver, open))
                })
            })
            .await?;
        tracing::info!(approval = %claim.approval, audit = %claim.change, "approval used");
        self.approval_changed(claim.approval, "update", open);
        Ok(approver)
    }
}

/// Users of the port ask from inside the house.
pub(super) const INSIDE: ClientFacts =
    ClientFacts { address: IpAddr::V4(Ipv4Addr::LOCALHOST), user_agent: String::new(), attended: false };

#[async_trait]
impl Approvals for Service {
    async fn request(&self, request: ApprovalRequest<'_>) -> Result<ApprovalId, PortError> {
        self.0.approval_request(&request).await.map_err(|error| refusal(&error))
    }

    async fn payload(&self, approval: ApprovalId) -> Result<Payload, PortError> {
        let opened = self.0.approval_open_payload(approval).await;
        self.0.alarmed(opened, &INSIDE).map_err(|error| refusal(&error))
    }

    async fn is_granted(&self, claim: &ApprovalClaim) -> Result<Approver, PortError> {
        let claimed = self.0.approval_claim(claim).await;
        self.0.alarmed(claimed, &INSIDE).map_err(|error| refusal(&error))
    }
}

/// The user of the port turns it into an answer of its own; the causes stand here.
fn refusal(error: &IdentityError) -> PortError {
    tracing::info!(error = medward_kernel::supervisor::with_sources(error), "approval not given");
    error.to_port()
}

fn place(key: &str) -> Place<'_> {
    Place { table: APPROVAL, column: "payload_sealed", key, label: SensitivityLabel::L4 }
}

fn is_active(account: &Account) -> bool {
    account.state == AccountState::Active
}

/// Where the next page goes on, also behind a row that cannot be shown.
fn key_of(row: &Result<Approval, RowError>) -> String {
    match row {
        Ok(approval) => approval.id.to_string(),
        Err(RowError::Altered { key, .. }) => key.clone(),
        Err(RowError::Store(_)) => String::new(),
    }
}

fn view(approval: Approval, caller: &Principal, held: &[&'static str], now: Timestamp) -> ApprovalView {
    let state = approval.state_at(now);
    let own = approval.requester.account_id == caller.account;
    let may_decide = !own && state == ApprovalState::Open && held.contains(&approval.permission.as_str());
    ApprovalView {
        id: approval.id,
        action: approval.action,
        permission: approval.permission,
        summary_zh: approval.summary_zh,
        summary_en: approval.summary_en,
        payload_sha256: data_encoding::HEXLOWER.encode(&approval.payload_hash),
        requester: approval.requester,
        reason: approval.reason,
        requested_at: approval.requested_at,
        expires_at: approval.expires_at,
        state,
        decider: approval.decider,
        decided_at: approval.decided_at,
        decision_reason: approval.decision_reason,
        used_at: approval.used_at,
        used_by: approval.used_by,
        own,
        may_decide,
    }
}
