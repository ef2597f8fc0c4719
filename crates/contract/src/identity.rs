//! Ports of identity (账号与权限).

mod login;

use std::net::IpAddr;

use async_trait::async_trait;
use serde::{Deserialize, Serialize};

use crate::id::{AccountId, ApprovalId, AuditId};
use crate::port::PortError;
use crate::principal::Principal;
use crate::time::Timestamp;

pub use login::{
    AccountChanged, AuthStep, Authenticator, Denial, EnrolmentOffer, Factor, LoginHandle, NoAuthenticator,
    PriorityClass, PriorityClassError, SignedAssertion, Subject, Typed,
};

/// What a caller shows to say who it is. Never printed.
#[derive(Clone, PartialEq, Eq)]
pub enum Credential {
    /// The secret in the console cookie.
    Session(String),
    /// An API token `mwt_…`.
    Token(String),
}

impl std::fmt::Debug for Credential {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Session(_) => "Session(***)",
            Self::Token(_) => "Token(***)",
        })
    }
}

/// What the server knows about the calling client.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClientFacts {
    /// Address of the peer.
    pub address: IpAddr,
    /// `User-Agent`, cut to 512 bytes.
    pub user_agent: String,
    /// Whether a person asks. A page that refreshes itself says that nobody does, or an open tab would keep a session
    /// alive for ever (PACS-057).
    pub attended: bool,
}

/// Who is behind a credential.
#[async_trait]
pub trait Directory: Send + Sync {
    /// The principal of a living credential. Counts as activity of its session when the client is attended.
    async fn principal(&self, credential: &Credential, client: &ClientFacts) -> Result<Option<Principal>, PortError>;
}

/// Console sessions as others may touch them.
#[async_trait]
pub trait Sessions: Send + Sync {
    /// Addresses administrators are working from now; never banned.
    fn admin_addresses(&self) -> Vec<IpAddr>;

    /// Ends every session of the account. Idempotent.
    async fn revoke(&self, account: AccountId, reason: &str) -> Result<(), PortError>;
}

/// What is to be done, as the capability that does it names it: `gateway.object.unprotect`. Part of what is approved, so
/// that an approval to disable a thing does not remove it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ApprovalAction(&'static str);

impl ApprovalAction {
    /// An action, `capability.thing.verb`.
    pub const fn new(name: &'static str) -> Self {
        Self(name)
    }

    /// Its name.
    pub const fn as_str(self) -> &'static str {
        self.0
    }
}

/// What [`Approvals::is_granted`] refuses with while nobody has decided: the same approval may still be given.
pub const APPROVAL_UNDECIDED: &str = "IDN-0431";

/// SHA-256 of a payload: the bytes that say everything the change will do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct PayloadHash([u8; 32]);

impl PayloadHash {
    /// Takes the hash that `medward_crypto::sha256` made of the payload.
    pub const fn from_sha256(hash: [u8; 32]) -> Self {
        Self(hash)
    }

    /// Its bytes.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

/// The bytes of a change that waits for approval. May hold secrets, so it is never printed.
#[derive(Clone, PartialEq, Eq)]
pub struct Payload(Vec<u8>);

impl Payload {
    /// Takes the bytes.
    pub const fn new(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }

    /// The bytes.
    pub fn expose(&self) -> &[u8] {
        &self.0
    }
}

impl std::fmt::Debug for Payload {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Payload(***)")
    }
}

/// A change that a second person shall approve.
#[derive(Debug, Clone)]
pub struct ApprovalRequest<'a> {
    /// What is to be done.
    pub action: ApprovalAction,
    /// What it needs: whoever approves must hold it then, as the matrix names it.
    pub permission: &'a str,
    /// What it does, in Chinese words for the approver. No secrets: it is listed, and kept.
    pub summary_zh: &'a str,
    /// The same in English.
    pub summary_en: &'a str,
    /// Exactly what will run.
    pub payload: &'a Payload,
    /// Who asks; never the one who approves. That this person may ask at all is checked by the route that asks.
    pub requested_by: &'a Principal,
    /// Why.
    pub reason: &'a str,
    /// From where it is asked, for the audit trail.
    pub client: &'a ClientFacts,
    /// Id of the request it came with, for the audit trail.
    pub request_id: &'a str,
}

/// A change that wants to run on an approval.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ApprovalClaim {
    /// The approval.
    pub approval: ApprovalId,
    /// What is about to be done.
    pub action: ApprovalAction,
    /// Hash of what is about to run.
    pub payload: PayloadHash,
    /// The begun audit record of the change. It is kept with the approval, so that whoever reads a used approval finds
    /// what became of the change.
    pub change: AuditId,
}

/// The second person: who approved, and when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Approver {
    /// The approval that was used.
    pub approval: ApprovalId,
    /// The person's account.
    pub account: AccountId,
    /// Login name, for records.
    pub login: String,
    /// When it was approved.
    pub approved_at: Timestamp,
}

impl std::fmt::Display for Approver {
    /// As the audit record of the change says it.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "approved by {} ({})", self.login, self.approval)
    }
}

/// Four eyes (四眼原则): what one person asks for, another one who holds the same permission approves, within 24 hours;
/// then exactly that runs, once. Closed: whatever is not a clear yes is a no.
///
/// How a change uses it:
///
/// ```text
/// request(payload)                          -> id, shown to the person who asked; nothing has changed
/// ... another person approves in the console ...
/// payload(id)                               -> the bytes, unless the person sends them again
/// is_granted(id, action, hash, audit id)    -> Approver; the approval is used up from here on
/// db.write(change, finish_in("...; approved by su.he (id)"))
/// ```
///
/// **At most once, and why not in the change's transaction.** A port has no transaction of its caller, and no capability
/// touches another one's tables, so approval and change commit one after the other. The approval goes first: if the
/// program dies between them, or the change fails, the approval is spent and nothing has changed; the person asks anew.
/// The other order, or giving an approval back after a failure, could run a change twice when the answer to a commit was
/// lost. Nothing is silent: the approval names the audit record of the change, which says success, failure or timeout.
#[async_trait]
pub trait Approvals: Send + Sync {
    /// Asks for approval. Nothing may change yet. `Refused` for an unknown permission, an empty reason or too much.
    async fn request(&self, request: ApprovalRequest<'_>) -> Result<ApprovalId, PortError>;

    /// The bytes that were requested, while the approval is open or approved.
    async fn payload(&self, approval: ApprovalId) -> Result<Payload, PortError>;

    /// Uses the approval up. `Ok` is given once per approval, to one caller; everything else is `Refused`: not decided,
    /// refused, withdrawn, expired or used before, or asked for another action or payload (which uses nothing up).
    async fn is_granted(&self, claim: &ApprovalClaim) -> Result<Approver, PortError>;
}

/// Stands in where there is no identity (`ports.md` D): nobody is signed in.
#[derive(Debug, Clone, Copy)]
pub struct NoSessions;

#[async_trait]
impl Sessions for NoSessions {
    fn admin_addresses(&self) -> Vec<IpAddr> {
        Vec::new()
    }

    async fn revoke(&self, _: AccountId, _: &str) -> Result<(), PortError> {
        Err(PortError::NotConfigured("identity"))
    }
}

/// Stands in where there is no identity (`ports.md` D): nobody can approve, so four-eyes actions refuse.
#[derive(Debug, Clone, Copy)]
pub struct NoApprovals;

#[async_trait]
impl Approvals for NoApprovals {
    async fn request(&self, _: ApprovalRequest<'_>) -> Result<ApprovalId, PortError> {
        Err(PortError::NotConfigured("identity"))
    }

    async fn payload(&self, _: ApprovalId) -> Result<Payload, PortError> {
        Err(PortError::NotConfigured("identity"))
    }

    async fn is_granted(&self, _: &ApprovalClaim) -> Result<Approver, PortError> {
        Err(PortError::NotConfigured("identity"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn payload_and_credential_are_never_printed() {
        let payload = Payload::new(b"hunter2".to_vec());
        let printed = format!("{payload:?} {:?}", Credential::Session("hunter2".to_owned()));
        assert_eq!(printed, "Payload(***) Session(***)");
    }
}
