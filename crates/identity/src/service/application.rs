//! Login of people to applications behind the gateway (应用准入): the port [`Authenticator`].
//!
//! The rules of a login are those of the console (`login`); here is only what the port makes of them. Invariant: without a
//! clear answer nobody is let in, and an altered row is nobody.

use async_trait::async_trait;
use medward_contract::PortError;
use medward_contract::id::AccountId;
use medward_contract::identity::{
    AuthStep, Authenticator, ClientFacts, Denial, EnrolmentOffer, Factor, LoginHandle, SignedAssertion, Subject, Typed,
};
use medward_crypto::Secret;
use medward_kernel::supervisor::with_sources;

use super::approval::INSIDE;
use super::login::{LoginBegun, Proven};
use super::{Inner, Service};
use crate::error::IdentityError;
use crate::model::{Account, AccountState};
use crate::password::Password;
use crate::store::clearance::{self, StoredClearance};
use crate::store::login_step::{Purpose, Step};
use crate::store::{account, credential};

/// What a port says when it cannot tell.
const NO_ANSWER: PortError = PortError::Unavailable("identity");

impl Inner {
    /// The person behind an active account. An altered row counts as nobody, loudly.
    async fn subject_find(&self, id: AccountId) -> Result<Option<Subject>, IdentityError> {
        let found = async {
            let mut reader = self.db.read().await?;
            let account = account::account_get(&mut reader, &self.keys, id).await?;
            let Some(account) = account.filter(|account| account.state == AccountState::Active) else {
                return Ok(None);
            };
            let clearance = clearance::clearance_get(&mut reader, &self.keys, id).await?;
            Ok(Some(subject_of(account, clearance)))
        };
        match self.alarmed(found.await, &INSIDE) {
            Err(IdentityError::Altered { .. }) => Ok(None),
            other => other,
        }
    }

    /// Opens a login at the second factor for somebody whose password was shown before; none for an account that is not
    /// active or has no authenticator.
    async fn factor_again(&self, id: AccountId) -> Result<Option<LoginBegun>, IdentityError> {
        let outcome = self.login_again(id).await;
        match self.alarmed(outcome, &INSIDE) {
            Err(IdentityError::Altered { .. }) => Ok(None),
            other => other,
        }
    }

    async fn login_again(&self, id: AccountId) -> Result<Option<LoginBegun>, IdentityError> {
        let has_factor = {
            let mut reader = self.db.read().await?;
            let account = account::account_get(&mut reader, &self.keys, id).await?;
            let stored = credential::credential_get(&mut reader, &self.keys, id).await?;
            account.is_some_and(|account| account.state == AccountState::Active)
                && stored.is_some_and(|stored| stored.totp_sealed.is_some())
        };
        if has_factor { self.factor_step_open(id, Purpose::Application).await.map(Some) } else { Ok(None) }
    }

    async fn application_next(
        &self,
        handle: &Secret<String>,
        factor: Factor,
        client: &ClientFacts,
    ) -> Result<AuthStep, IdentityError> {
        let proven = match factor {
            Factor::Code(code) => self.login_factor_application(handle, code.expose(), client).await?,
            Factor::Enrolled(code) => self.login_enrolled_application(handle, code.expose(), client).await?,
            Factor::NewPassword(typed) => {
                let password = Password::new(typed.expose().to_owned());
                return Ok(step_of(self.login_password_choose(handle, &password, Purpose::Application).await?));
            }
        };
        self.application_done(proven).await
    }

    /// Read anew, so that an account stopped meanwhile is not let in.
    async fn application_done(&self, proven: Proven) -> Result<AuthStep, IdentityError> {
        let recovery_codes = proven.recovery_codes.iter().map(typed).collect();
        Ok(match self.subject_find(proven.account).await? {
            Some(subject) => AuthStep::Done { subject, recovery_codes },
            None => AuthStep::Denied(Denial::Wrong),
        })
    }
}

#[async_trait]
impl Authenticator for Service {
    async fn begin(&self, login: &str, password: &Typed, client: &ClientFacts) -> Result<AuthStep, PortError> {
        let password = Password::new(password.expose().to_owned());
        let begun = self.0.login_password_shown(login, &password, Purpose::Application, client).await;
        answer(begun.map(step_of))
    }

    async fn finish(&self, handle: &LoginHandle, factor: Factor, client: &ClientFacts) -> Result<AuthStep, PortError> {
        answer(self.0.application_next(&secret(handle), factor, client).await)
    }

    async fn again(&self, account: AccountId) -> Result<AuthStep, PortError> {
        let begun = self.0.factor_again(account).await;
        answer(begun.map(|begun| begun.map_or(AuthStep::Denied(Denial::Wrong), step_of)))
    }

    async fn enrolment(&self, handle: &LoginHandle) -> Result<Option<EnrolmentOffer>, PortError> {
        match self.0.login_enrolment_offer(&secret(handle), Purpose::Application).await {
            Ok(offer) => {
                let (secret_base32, qr_svg) = (typed(&offer.secret_base32), Typed::new(offer.qr_svg));
                Ok(Some(EnrolmentOffer { secret_base32, qr_svg }))
            }
            Err(IdentityError::LoginExpired) => Ok(None),
            Err(error) => Err(failed(&error)),
        }
    }

    async fn subject(&self, account: AccountId) -> Result<Option<Subject>, PortError> {
        self.0.subject_find(account).await.map_err(|error| failed(&error))
    }

    async fn assertion(&self, subject: &Subject, audience: &str) -> Result<SignedAssertion, PortError> {
        let signed = self.0.asserter.sign(subject, audience, self.0.clock.now());
        signed.map_err(|error| {
            tracing::error!(error = with_sources(&error), "assertion not made");
            NO_ANSWER
        })
    }

    fn assertion_keys(&self) -> Result<String, PortError> {
        self.0.asserter.key_set().map_err(|error| {
            tracing::error!(error = with_sources(&error), "keys of assertions not written");
            NO_ANSWER
        })
    }
}

fn subject_of(account: Account, stored: StoredClearance) -> Subject {
    Subject {
        account: account.id,
        login: account.login,
        name: account.name,
        roles: account.roles,
        clearance: stored.clearance,
        departments: stored.departments,
        priority: stored.priority,
    }
}

fn step_of(begun: LoginBegun) -> AuthStep {
    let handle = LoginHandle::new(begun.handle.expose().clone());
    match begun.step {
        Step::Factor => AuthStep::NeedFactor(handle),
        Step::Enrol => AuthStep::NeedEnrolment(handle),
        Step::ChangePassword => AuthStep::MustChange(handle),
        // Never stored: a login that is done has no next step.
        Step::Done => AuthStep::Denied(Denial::Expired),
    }
}

/// What the person can do something about is an answer; the rest is a failure, and its causes stand in the log.
fn answer(outcome: Result<AuthStep, IdentityError>) -> Result<AuthStep, PortError> {
    let denial = match outcome {
        Ok(step) => return Ok(step),
        Err(IdentityError::LoginFailed) => Denial::Wrong,
        Err(IdentityError::Locked { until }) => Denial::Locked { until },
        Err(IdentityError::TooFast { until }) => Denial::TooFast { until },
        Err(IdentityError::LoginExpired) => Denial::Expired,
        Err(IdentityError::Password(findings)) => {
            Denial::Password { findings: findings.iter().map(|finding| finding.as_str().into()).collect() }
        }
        Err(error) => return Err(failed(&error)),
    };
    Ok(AuthStep::Denied(denial))
}

fn failed(error: &IdentityError) -> PortError {
    tracing::error!(error = with_sources(error), "login to an application failed");
    NO_ANSWER
}

fn secret(handle: &LoginHandle) -> Secret<String> {
    Secret::new(handle.expose().to_owned())
}

fn typed(secret: &Secret<String>) -> Typed {
    Typed::new(secret.expose().clone())
}
