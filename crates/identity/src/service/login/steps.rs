//! Between the steps of a login: gates, lookup, counting failures, the handle.

use std::time::Duration;

use data_encoding::BASE64URL_NOPAD;
use medward_contract::address::network_of;
use medward_contract::id::AccountId;
use medward_contract::identity::ClientFacts;
use medward_contract::{Severity, Timestamp};
use medward_crypto::{Secret, random_array, sha256};
use medward_store::Tx;
use tokio::sync::OwnedSemaphorePermit;

use super::super::Inner;
use super::LoginBegun;
use crate::error::IdentityError;
use crate::events::{Actor, Method};
use crate::hashing::QUEUE_WAIT;
use crate::lockout::{Attempts, Gate};
use crate::metrics::{LoginEnded, LoginLocked};
use crate::model::{Account, AccountState, Login, StoredCredential};
use crate::store::attempt::LoginDigest;
use crate::store::login_step::{LoginStep, Purpose, Step};
use crate::store::{account, attempt, credential, login_step};

/// How long somebody may take from password to second factor.
const HANDLE_LIFE: Duration = Duration::from_mins(10);

impl Inner {
    /// Turns away addresses that try too fast or failed too often.
    pub(super) fn address_gate(&self, client: &ClientFacts) -> Result<(), IdentityError> {
        let (now, network) = (self.clock.now(), network_of(client.address));
        self.logins_by_address
            .check(&network, now)
            .and_then(|()| self.failures_by_address.check(&network, now))
            .map_err(|until| IdentityError::TooFast { until })
    }

    /// Waits until no other password of this name is being judged; held until the answer is counted, so that no more
    /// passwords of a burst are judged than the gate lets through.
    pub(super) async fn turn(&self, digest: &LoginDigest) -> Result<OwnedSemaphorePermit, IdentityError> {
        let turn = self.clock.timeout(QUEUE_WAIT, self.turns.take(digest)).await;
        turn.flatten().ok_or(IdentityError::Pool("too many at once"))
    }

    /// The account behind a login, if any, after the gate for its name. An altered row counts as none, loudly.
    pub(in crate::service) async fn look_up(
        &self,
        login: Option<&Login>,
        digest: &LoginDigest,
        client: &ClientFacts,
    ) -> Result<Option<(Account, StoredCredential)>, IdentityError> {
        let mut reader = self.db.read().await?;
        self.gate(&attempt::attempt_get(&mut reader, digest).await?)?;
        let Some(login) = login else { return Ok(None) };
        let found = async {
            let Some(account) = account::account_by_login(&mut reader, &self.keys, login.as_str()).await? else {
                return Ok(None);
            };
            let credential = credential::credential_get(&mut reader, &self.keys, account.id).await?;
            Ok(credential.map(|credential| (account, credential)))
        };
        match self.alarmed(found.await, client) {
            Err(IdentityError::Altered { .. }) => Ok(None),
            other => other,
        }
    }

    pub(super) fn gate(&self, attempts: &Attempts) -> Result<(), IdentityError> {
        gate_error(attempts.gate(self.clock.now())).map_or(Ok(()), Err)
    }

    /// Opens the next step of a login whose password was right.
    pub(in crate::service) async fn login_begin(
        &self,
        account: &Account,
        credential: StoredCredential,
        renewed_hash: Option<String>,
        digest: &LoginDigest,
        purpose: Purpose,
    ) -> Result<LoginBegun, IdentityError> {
        let now = self.clock.now();
        let is_due = credential.must_change || now.since(credential.password_set_at) >= self.config.max_age.0;
        let next = if is_due { Step::ChangePassword } else { factor_step(&credential) };
        let (handle, hash) = handle_draw()?;
        let step = LoginStep {
            account: account.id,
            purpose,
            step: next,
            new_password_hash: None,
            totp_sealed: None,
            expires_at: now.plus(HANDLE_LIFE),
        };
        let (step, renewed_hash, read_version) = (&step, &renewed_hash, credential.version);
        self.db
            .write(|tx| {
                Box::pin(async move {
                    // Many guesses at once all pass the first gate; the lock they cause holds here.
                    self.gate(&attempt::attempt_get(tx, digest).await?)?;
                    if let Some(hash) = renewed_hash
                        && let Some(mut current) = credential::credential_get(tx, &self.keys, step.account).await?
                        && current.version == read_version
                    {
                        current.password_hash.clone_from(hash);
                        current.version += 1;
                        credential::credential_put(tx, &self.keys, step.account, &current).await?;
                    }
                    login_step::login_step_put(tx, &self.keys, &hash, step).await?;
                    Ok::<_, IdentityError>(())
                })
            })
            .await?;
        LoginEnded { outcome: "password", reason: "right" }.emit(&self.meters);
        Ok(LoginBegun { step: next, handle })
    }

    /// Opens a login that stands at the second factor, without a password: the caller knows the person already.
    pub(in crate::service) async fn factor_step_open(
        &self,
        account: AccountId,
        purpose: Purpose,
    ) -> Result<LoginBegun, IdentityError> {
        let (handle, hash) = handle_draw()?;
        let step = &LoginStep {
            account,
            purpose,
            step: Step::Factor,
            new_password_hash: None,
            totp_sealed: None,
            expires_at: self.clock.now().plus(HANDLE_LIFE),
        };
        self.db
            .write(|tx| {
                Box::pin(async move {
                    login_step::login_step_put(tx, &self.keys, &hash, step).await?;
                    Ok::<_, IdentityError>(())
                })
            })
            .await?;
        Ok(LoginBegun { step: Step::Factor, handle })
    }

    /// Counts a failure and gives the error to answer with: always the same one while the gate is open, and the gate's own
    /// when it closed meanwhile. A right password meets the same gate, so an answer never tells the two apart.
    pub(in crate::service) async fn login_failed(
        &self,
        digest: &LoginDigest,
        actor: &Actor<'_>,
        method: Method,
        reason: &'static str,
    ) -> IdentityError {
        let policy = self.config.lock_policy();
        let written = self
            .db
            .write(|tx| {
                Box::pin(async move {
                    let (attempts, now) = (attempt::attempt_get(tx, digest).await?, self.clock.now());
                    if let Some(closed) = gate_error(attempts.gate(now)) {
                        return Err(closed);
                    }
                    let attempts = attempts.failed(now, &policy);
                    attempt::attempt_put(tx, digest, &attempts, now).await?;
                    Ok::<_, IdentityError>(attempts.locked_until.filter(|until| *until > now))
                })
            })
            .await;
        match written {
            Ok(locked_until) => {
                self.failure_announce(actor, method, reason, locked_until);
                IdentityError::LoginFailed
            }
            Err(closed @ (IdentityError::Locked { .. } | IdentityError::TooFast { .. })) => {
                self.failure_announce(actor, method, reason, None);
                closed
            }
            Err(error) => error,
        }
    }

    pub(super) fn failure_announce(
        &self,
        actor: &Actor<'_>,
        method: Method,
        reason: &'static str,
        locked_until: Option<Timestamp>,
    ) {
        let now = self.clock.now();
        self.failures_by_address.count(&network_of(actor.client.address), now);
        LoginEnded { outcome: "failed", reason }.emit(&self.meters);
        self.events.login_failed(actor, method, reason, now);
        if let Some(until) = locked_until {
            LoginLocked { seconds: until.since(now).as_secs() }.emit(&self.meters);
            let text = format!("locked until {until} after failed logins");
            self.events.account("lock", actor, actor.login, &text, Severity::Medium, now);
        }
    }

    /// The account of a handle of this purpose that stands at this step.
    pub(super) async fn step_peek(
        &self,
        handle: &Secret<String>,
        purpose: Purpose,
        wanted: Step,
    ) -> Result<AccountId, IdentityError> {
        let hash = sha256(handle.expose().as_bytes());
        let mut reader = self.db.read().await?;
        let step = login_step::login_step_get(&mut reader, &self.keys, &hash, self.clock.now()).await;
        let step = step.inspect_err(|error| tracing::error!(%error, "login step cannot be used"))?;
        let step = step.filter(|step| step.purpose == purpose && step.step == wanted);
        step.map(|step| step.account).ok_or(IdentityError::LoginExpired)
    }

    /// The step and its account, inside the transaction that goes on with it.
    pub(super) async fn step_load(
        &self,
        tx: &mut Tx<'_>,
        hash: &[u8; 32],
        purpose: Purpose,
        wanted: Step,
    ) -> Result<(LoginStep, Account), IdentityError> {
        let step = login_step::login_step_get(tx, &self.keys, hash, self.clock.now()).await?;
        let step = step.filter(|step| step.purpose == purpose && step.step == wanted);
        let step = step.ok_or(IdentityError::LoginExpired)?;
        let account = account::account_get(tx, &self.keys, step.account).await?;
        let account = account.filter(|account| account.state == AccountState::Active);
        Ok((step, account.ok_or(IdentityError::LoginExpired)?))
    }
}

/// A new handle, and what of it is stored.
fn handle_draw() -> Result<(Secret<String>, [u8; 32]), IdentityError> {
    let handle = Secret::new(BASE64URL_NOPAD.encode(&random_array::<32>()?));
    let hash = sha256(handle.expose().as_bytes());
    Ok((handle, hash))
}

pub(super) fn factor_step(credential: &StoredCredential) -> Step {
    if credential.totp_sealed.is_some() { Step::Factor } else { Step::Enrol }
}

pub(super) fn gate_error(gate: Gate) -> Option<IdentityError> {
    match gate {
        Gate::Open => None,
        Gate::Delayed { until } => Some(IdentityError::TooFast { until }),
        Gate::Locked { until } => Some(IdentityError::Locked { until }),
    }
}
