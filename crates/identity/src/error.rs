//! Why identity refuses, and which code the caller gets for it.

use std::collections::BTreeSet;

use medward_contract::{ErrorCode, PortError, Timestamp};
use medward_crypto::{PasswordError, RandomError, SealError};
use medward_store::StoreError;

use crate::codes;
use crate::model::InputError;
use crate::password::Finding;
use crate::store::RowError;
use crate::totp::QrError;

/// A refusal or a failure of identity.
#[derive(Debug, thiserror::Error)]
pub enum IdentityError {
    /// Wrong login, password or code, or an account that may not log in. Uniform on purpose.
    #[error("log in")]
    LoginFailed,
    /// Locked after too many failures; the right password is refused too.
    #[error("log in: locked until {until}")]
    Locked {
        /// When the lock ends.
        until: Timestamp,
    },
    /// Too early after the last failure, or too many attempts from one address.
    #[error("log in: not before {until}")]
    TooFast {
        /// When the next attempt may come.
        until: Timestamp,
    },
    /// The handle of a login is unknown, used, or older than ten minutes.
    #[error("go on with a login that has expired")]
    LoginExpired,
    /// `on_second = "refuse"` and the account has a session.
    #[error("open a second session")]
    SecondSession,
    /// `max_sessions` reached.
    #[error("open one more session")]
    TooManySessions,
    /// The password policy refuses.
    #[error("accept password: {}", list(.0))]
    Password(BTreeSet<Finding>),
    /// A field cannot be used.
    #[error("accept input")]
    Input(#[from] InputError),
    /// Administrators exist.
    #[error("set up again")]
    SetupDone,
    /// The setup link is not the current one, or too old.
    #[error("use setup link")]
    SetupLinkDead,
    /// Not three roles for three people.
    #[error("set up three administrators")]
    NotThreePeople,
    /// The login was used before.
    #[error("use login name again")]
    LoginTaken,
    /// No such account or session.
    #[error("find account or session")]
    NotFound,
    /// The caller administers its own account.
    #[error("administer one's own account")]
    OnOneself,
    /// The roles exclude one another.
    #[error("grant a role that excludes one held")]
    RolesExclude,
    /// The account's state does not allow it.
    #[error("change account in this state")]
    WrongState,
    /// Somebody else changed the clearance.
    #[error("change a clearance that was changed meanwhile")]
    ClearanceChanged,
    /// Nobody else holds this administrator role.
    #[error("take away the last administrator of a kind")]
    LastAdministrator,
    /// Nobody has approved yet.
    #[error("run a change that a second person has not approved yet")]
    ApprovalNeeded,
    /// The caller asked for it.
    #[error("decide on one's own request")]
    OwnApproval,
    /// Decided, withdrawn, used or over.
    #[error("change a request for approval that is closed")]
    ApprovalClosed,
    /// The caller lacks the permission named in the request, or did not ask for it.
    #[error("decide on or withdraw a request without being the person for it")]
    ApprovalForbidden,
    /// Approved was another action or another payload.
    #[error("run a change on the approval of another one")]
    ApprovalOther,
    /// Refused, withdrawn, used or over.
    #[error("run a change on an approval that is spent")]
    ApprovalSpent,
    /// No such request.
    #[error("find request for approval")]
    ApprovalNotFound,
    /// The person has too many requests open.
    #[error("ask for one more approval")]
    TooManyApprovals,
    /// Start-up has not filled a port yet.
    #[error("ask the permission matrix")]
    Port(#[from] PortError),
    /// The session ended while it was used.
    #[error("use a session that has ended")]
    SessionEnded,
    /// A stored row was altered.
    #[error("read {table} {key}: altered outside Medward")]
    Altered {
        /// The table.
        table: &'static str,
        /// Primary key of the row.
        key: String,
    },
    /// The database failed.
    #[error("use the account store")]
    Store(#[source] StoreError),
    /// A password could not be hashed.
    #[error("hash password")]
    Hash(#[from] PasswordError),
    /// The pool of hashing threads failed or is overloaded.
    #[error("hash password: {0}")]
    Pool(&'static str),
    /// No randomness.
    #[error("draw a secret")]
    Random(#[from] RandomError),
    /// A sealed value could not be opened or made.
    #[error("use sealed secret")]
    Seal(#[from] SealError),
    /// The QR code could not be drawn.
    #[error("draw enrolment code")]
    Qr(#[from] QrError),
    /// The audit trail refused to record the change.
    #[error("record the change")]
    Audit(#[from] medward_kernel::audit::AuditError),
}

impl From<StoreError> for IdentityError {
    /// What the caller sent is the caller's to correct; only the rest is a failure of the store.
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::NulInText { .. } => Self::Input(InputError::Nul),
            error => Self::Store(error),
        }
    }
}

impl From<RowError> for IdentityError {
    fn from(error: RowError) -> Self {
        match error {
            RowError::Store(error) => error.into(),
            RowError::Altered { table, key } => Self::Altered { table, key },
        }
    }
}

impl IdentityError {
    /// The code a user quotes.
    pub const fn code(&self) -> ErrorCode {
        match self {
            Self::LoginFailed => codes::LOGIN_FAILED,
            Self::Locked { .. } => codes::LOCKED,
            Self::TooFast { .. } => codes::TOO_FAST,
            Self::LoginExpired => codes::LOGIN_EXPIRED,
            Self::SecondSession => codes::SECOND_SESSION,
            Self::TooManySessions => codes::TOO_MANY_SESSIONS,
            Self::Password(_) => codes::PASSWORD_REFUSED,
            Self::Input(_) => codes::BAD_INPUT,
            Self::SetupDone => codes::SETUP_DONE,
            Self::SetupLinkDead => codes::SETUP_LINK_DEAD,
            Self::NotThreePeople => codes::NOT_THREE_PEOPLE,
            Self::LoginTaken => codes::LOGIN_TAKEN,
            Self::NotFound => codes::NOT_FOUND,
            Self::OnOneself => codes::NOT_ON_ONESELF,
            Self::RolesExclude => codes::ROLES_EXCLUDE,
            Self::WrongState => codes::WRONG_STATE,
            Self::ClearanceChanged => codes::CLEARANCE_CHANGED,
            Self::LastAdministrator => codes::LAST_ADMINISTRATOR,
            Self::ApprovalNeeded => codes::APPROVAL_NEEDED,
            Self::OwnApproval => codes::OWN_APPROVAL,
            Self::ApprovalClosed => codes::APPROVAL_CLOSED,
            Self::ApprovalForbidden => codes::APPROVAL_FORBIDDEN,
            Self::ApprovalOther => codes::APPROVAL_OTHER,
            Self::ApprovalSpent => codes::APPROVAL_SPENT,
            Self::ApprovalNotFound => codes::APPROVAL_NOT_FOUND,
            Self::TooManyApprovals => codes::TOO_MANY_APPROVALS,
            Self::SessionEnded => codes::SESSION_ENDED,
            Self::Altered { .. } => codes::ROW_ALTERED,
            Self::Store(_) | Self::Pool(_) | Self::Audit(_) | Self::Port(_) => codes::UNAVAILABLE,
            Self::Hash(_) | Self::Random(_) | Self::Seal(_) | Self::Qr(_) => codes::INTERNAL,
        }
    }

    /// What this means to a user of a port.
    pub(crate) fn to_port(&self) -> PortError {
        match self {
            Self::Store(_) | Self::Pool(_) | Self::Audit(_) | Self::Port(_) => PortError::Unavailable("identity"),
            other => PortError::Refused { code: other.code().code },
        }
    }
}

fn list(findings: &BTreeSet<Finding>) -> String {
    findings.iter().map(|finding| finding.as_str()).collect::<Vec<_>>().join(", ")
}
