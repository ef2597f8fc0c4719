//! Login of people to applications that are not Medward's own: the port of the gateway's access guard (应用准入).

use std::borrow::Cow;

use async_trait::async_trait;
use serde::{Deserialize, Serialize};

use super::ClientFacts;
use crate::id::AccountId;
use crate::label::SensitivityLabel;
use crate::port::PortError;
use crate::principal::Role;
use crate::time::Timestamp;

/// Who goes first when there is not enough for all: 0 before 9. Classes 0 and 1 (急诊, ICU) are never turned away for
/// others (`identity.md` §9).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(try_from = "u8", into = "u8")]
#[schema(value_type = u8, minimum = 0, maximum = 9)]
pub struct PriorityClass(u8);

/// A number that is no priority class.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("read priority class: expected 0 to 9")]
pub struct PriorityClassError;

impl PriorityClass {
    /// What everybody has to whom nothing else was given.
    pub const NORMAL: Self = Self(5);
    /// The last class that is never turned away for others.
    pub const LAST_PROTECTED: Self = Self(1);
    /// The class that is turned away first.
    pub const LOWEST: Self = Self(9);

    /// The class of this number.
    ///
    /// # Errors
    /// Above 9.
    pub const fn new(number: u8) -> Result<Self, PriorityClassError> {
        if number <= 9 { Ok(Self(number)) } else { Err(PriorityClassError) }
    }

    /// Its number, 0 to 9.
    pub const fn number(self) -> u8 {
        self.0
    }

    /// Whether it is never turned away for others.
    pub const fn is_protected(self) -> bool {
        self.0 <= Self::LAST_PROTECTED.0
    }
}

impl Default for PriorityClass {
    fn default() -> Self {
        Self::NORMAL
    }
}

impl TryFrom<u8> for PriorityClass {
    type Error = PriorityClassError;

    fn try_from(number: u8) -> Result<Self, Self::Error> {
        Self::new(number)
    }
}

impl From<PriorityClass> for u8 {
    fn from(class: PriorityClass) -> Self {
        class.0
    }
}

/// A person as guarded applications get to know them. Given out only while the account is active.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subject {
    /// Their account.
    pub account: AccountId,
    /// Login name.
    pub login: String,
    /// The person's name.
    pub name: String,
    /// Roles held now.
    pub roles: Vec<Role>,
    /// Highest label they may read.
    pub clearance: SensitivityLabel,
    /// Departments (科室) they belong to.
    pub departments: Vec<String>,
    /// Who goes first when there is not enough for all.
    pub priority: PriorityClass,
}

/// Names a login between its steps, for ten minutes. A secret: who holds it has shown the password. Never printed; written
/// out only on the way between a remote node and its house.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct LoginHandle(String);

impl LoginHandle {
    /// Takes the text.
    pub const fn new(text: String) -> Self {
        Self(text)
    }

    /// The text.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for LoginHandle {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("LoginHandle(***)")
    }
}

/// Something typed that nobody else may see. Never printed; written out only on the way between a remote node and its
/// house.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Typed(String);

impl Typed {
    /// Takes the text.
    pub const fn new(text: String) -> Self {
        Self(text)
    }

    /// The text.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for Typed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Typed(***)")
    }
}

/// What is shown in the next step of a login.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub enum Factor {
    /// A code of the authenticator, or a recovery code.
    Code(Typed),
    /// The first code of an authenticator that was just enrolled.
    Enrolled(Typed),
    /// The password that is to be used from now on.
    NewPassword(Typed),
}

/// What comes next in a login.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub enum AuthStep {
    /// Nothing: this is who it is.
    Done {
        /// The person.
        subject: Subject,
        /// Shown once, after an authenticator was enrolled; empty otherwise.
        recovery_codes: Vec<Typed>,
    },
    /// The second factor.
    NeedFactor(LoginHandle),
    /// There is no second factor yet: one is to be enrolled.
    NeedEnrolment(LoginHandle),
    /// The password has to be changed first.
    MustChange(LoginHandle),
    /// Not with what was shown.
    Denied(Denial),
}

/// Why a login does not go on. Says nothing about which part was wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Denial {
    /// Login, password or code are wrong, or the account is not to be used.
    Wrong,
    /// The account is locked for a while.
    Locked {
        /// Until then.
        until: Timestamp,
    },
    /// Tried too often, or too fast.
    TooFast {
        /// Try again then.
        until: Timestamp,
    },
    /// The login took too long, or somebody else went on with it: it begins anew.
    Expired,
    /// The new password is not accepted; the step may be repeated.
    Password {
        /// What is wrong with it, as stable words: `too_short`, `reused`, ….
        findings: Vec<Cow<'static, str>>,
    },
}

/// What an authenticator application needs to be enrolled.
#[derive(Clone, Serialize, Deserialize)]
pub struct EnrolmentOffer {
    /// To type.
    pub secret_base32: Typed,
    /// The `otpauth` URI as a picture (SVG).
    pub qr_svg: Typed,
}

/// What an application is told about who asks, signed: a compact JWS (RFC 7515), `alg` ES256.
///
/// Claims: `iss` = `medward`, `aud`, `sub` = account, `preferred_username`, `name`, `roles`, `clearance`, `departments`,
/// `iat`, `exp`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignedAssertion {
    /// `header.claims.signature`.
    pub token: String,
    /// It must not be believed after this.
    pub expires_at: Timestamp,
}

/// Login for applications: password, lockout, expiry, complexity and second factors are the owner's; what is opened with it
/// is the caller's. Closed: without a clear answer nobody is let in.
#[async_trait]
pub trait Authenticator: Send + Sync {
    /// First step: login and password, both as typed.
    async fn begin(&self, login: &str, password: &Typed, client: &ClientFacts) -> Result<AuthStep, PortError>;

    /// The next step of a login.
    async fn finish(&self, handle: &LoginHandle, factor: Factor, client: &ClientFacts) -> Result<AuthStep, PortError>;

    /// Asks somebody who is known already for the second factor once more (step-up).
    async fn again(&self, account: AccountId) -> Result<AuthStep, PortError>;

    /// Offers a new authenticator at [`AuthStep::NeedEnrolment`]; a repeated call replaces the one before. None when the
    /// handle stands at another step, or is over.
    async fn enrolment(&self, handle: &LoginHandle) -> Result<Option<EnrolmentOffer>, PortError>;

    /// The person behind an account as they stand now; none when it is not active any more.
    async fn subject(&self, account: AccountId) -> Result<Option<Subject>, PortError>;

    /// Vouches for the person towards an application, for 60 s.
    async fn assertion(&self, subject: &Subject, audience: &str) -> Result<SignedAssertion, PortError>;

    /// Public keys of assertions, as a JSON Web Key Set (RFC 7517).
    fn assertion_keys(&self) -> Result<String, PortError>;
}

/// An account is not what it was: locked, disabled, other roles, other clearance. Consumed by gateway, desk and assets.
/// Key: account and version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountChanged {
    /// The account.
    pub account: AccountId,
    /// Where it stands: `invited`, `active`, `disabled`, `archived`.
    pub state: String,
    /// Rises with each change of the account.
    pub version: i64,
    /// Whether whoever is signed in with it must sign in again, because what proved them is no proof any more.
    pub ends_sessions: bool,
}

impl AccountChanged {
    /// Stored kind of this event in the outbox.
    pub const KIND: &'static str = "identity.account_changed.v1";
}

/// Stands in where there is no identity (`ports.md` D): nobody is let in.
#[derive(Debug, Clone, Copy)]
pub struct NoAuthenticator;

const MISSING: PortError = PortError::NotConfigured("identity");

#[async_trait]
impl Authenticator for NoAuthenticator {
    async fn begin(&self, _: &str, _: &Typed, _: &ClientFacts) -> Result<AuthStep, PortError> {
        Err(MISSING)
    }

    async fn finish(&self, _: &LoginHandle, _: Factor, _: &ClientFacts) -> Result<AuthStep, PortError> {
        Err(MISSING)
    }

    async fn again(&self, _: AccountId) -> Result<AuthStep, PortError> {
        Err(MISSING)
    }

    async fn enrolment(&self, _: &LoginHandle) -> Result<Option<EnrolmentOffer>, PortError> {
        Err(MISSING)
    }

    async fn subject(&self, _: AccountId) -> Result<Option<Subject>, PortError> {
        Err(MISSING)
    }

    async fn assertion(&self, _: &Subject, _: &str) -> Result<SignedAssertion, PortError> {
        Err(MISSING)
    }

    fn assertion_keys(&self) -> Result<String, PortError> {
        Err(MISSING)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_of_a_login_are_never_printed() {
        let printed = format!("{:?} {:?}", LoginHandle::new("hunter2".into()), Typed::new("hunter2".into()));
        assert_eq!(printed, "LoginHandle(***) Typed(***)");
    }

    #[test]
    fn priority_class_is_a_digit() {
        assert!(PriorityClass::new(10).is_err() && serde_json::from_str::<PriorityClass>("10").is_err());
        assert_eq!(serde_json::from_str::<PriorityClass>("9").unwrap(), PriorityClass::LOWEST);
        assert!(PriorityClass::LAST_PROTECTED.is_protected() && !PriorityClass::new(2).unwrap().is_protected());
    }

    /// Stored rows are replayed for ever: this text must always be read.
    #[test]
    fn first_stored_form_is_still_read() {
        let stored = include_str!("../../fixtures/outbox/identity.account_changed.v1.json");
        let changed: AccountChanged = serde_json::from_str(stored).unwrap();
        assert_eq!(changed.state, "disabled");
        assert_eq!(serde_json::to_value(&changed).unwrap(), serde_json::from_str::<serde_json::Value>(stored).unwrap());
    }
}
