//! The last step of a login: the second factor is accepted, used up and written together with the session it opens.

use data_encoding::{BASE64URL_NOPAD, HEXLOWER};
use medward_contract::id::{AccountId, SessionId};
use medward_contract::identity::ClientFacts;
use medward_contract::{Principal, SensitivityLabel, Severity, Timestamp};
use medward_crypto::{Domain, Place, SealError, Secret, random_array, sha256};
use medward_store::Tx;

use super::super::Inner;
use super::super::setup::totp_place;
use super::SessionOpened;
use super::steps::gate_error;
use crate::config::OnSecond;
use crate::error::IdentityError;
use crate::events::{Actor, Method};
use crate::living::{LivingSession, TokenHash};
use crate::lockout::Gate;
use crate::metrics::LoginEnded;
use crate::model::{Account, StoredSession};
use crate::recovery;
use crate::store::RowError;
use crate::store::login_step::{LoginStep, Purpose, Step};
use crate::store::{account, attempt, credential, login_step, session};
use crate::totp::TotpSecret;

/// What is shown as second factor.
pub(super) enum Proof {
    Totp(String),
    Recovery([u8; 10]),
    Enrolled { code: String, recovery: Vec<[u8; 32]> },
}

impl Proof {
    /// Where a login stands that is to show this.
    const fn step(&self) -> Step {
        match self {
            Self::Totp(_) | Self::Recovery(_) => Step::Factor,
            Self::Enrolled { .. } => Step::Enrol,
        }
    }

    const fn method(&self) -> Method {
        match self {
            Self::Totp(_) | Self::Enrolled { .. } => Method::Totp,
            Self::Recovery(_) => Method::Recovery,
        }
    }
}

/// What the last step of a login opens.
enum Opens<'a> {
    Session { id: SessionId, token: &'a TokenHash },
    Nothing,
}

impl Opens<'_> {
    const fn purpose(&self) -> Purpose {
        match self {
            Self::Session { .. } => Purpose::Console,
            Self::Nothing => Purpose::Application,
        }
    }
}

/// Somebody has shown both factors.
struct Accepted {
    account: Account,
    /// The session that was opened, if one was to be.
    session: Option<StoredSession>,
    password_changed: bool,
}

/// What the transaction of the last step came to.
enum Completed {
    Accepted(Accepted),
    Refused { account: Account, locked_until: Option<Timestamp> },
    Gated(Gate),
}

impl Inner {
    /// Last step of a login to the console: checks the proof and opens the session, in one transaction.
    pub(super) async fn login_complete_console(
        &self,
        handle: &Secret<String>,
        proof: &Proof,
        client: &ClientFacts,
    ) -> Result<SessionOpened, IdentityError> {
        let secret = Secret::new(BASE64URL_NOPAD.encode(&random_array::<32>()?));
        let (id, token) = (SessionId::new(), sha256(secret.expose().as_bytes()));
        let opens = Opens::Session { id, token: &token };
        let Accepted { account, session, password_changed } =
            self.login_complete(handle, proof, &opens, client).await?;
        let session = session.ok_or(IdentityError::SessionEnded)?;
        self.events.login(&Actor { login: &account.login, client }, proof.method(), self.clock.now());
        self.accepted_announce(&account, proof, password_changed, client);
        self.hub.send("identity.session", account.id.to_string(), "create");
        let principal = principal_of(&account, session.id);
        self.session_remember(token, session, principal.clone());
        Ok(SessionOpened { secret, principal, recovery_codes: Vec::new() })
    }

    /// Last step of a login to an application: checks the proof and says who it is. Opens no session, ends none and does
    /// not count as one; the gateway records the login when it opens its own session.
    pub(super) async fn login_complete_application(
        &self,
        handle: &Secret<String>,
        proof: &Proof,
        client: &ClientFacts,
    ) -> Result<AccountId, IdentityError> {
        let accepted = self.login_complete(handle, proof, &Opens::Nothing, client).await?;
        self.accepted_announce(&accepted.account, proof, accepted.password_changed, client);
        Ok(accepted.account.id)
    }

    async fn login_complete(
        &self,
        handle: &Secret<String>,
        proof: &Proof,
        opens: &Opens<'_>,
        client: &ClientFacts,
    ) -> Result<Accepted, IdentityError> {
        self.address_gate(client)?;
        let hash = &sha256(handle.expose().as_bytes());
        let outcome = self.db.write(|tx| Box::pin(self.login_complete_in(tx, hash, proof, opens, client))).await;
        match self.alarmed(outcome, client)? {
            Completed::Accepted(accepted) => Ok(accepted),
            Completed::Gated(gate) => Err(gate_error(gate).unwrap_or(IdentityError::LoginExpired)),
            Completed::Refused { account, locked_until } => {
                let actor = Actor { login: &account.login, client };
                self.failure_announce(&actor, proof.method(), "wrong code", locked_until);
                Err(IdentityError::LoginFailed)
            }
        }
    }

    async fn login_complete_in(
        &self,
        tx: &mut Tx<'_>,
        hash: &[u8; 32],
        proof: &Proof,
        opens: &Opens<'_>,
        client: &ClientFacts,
    ) -> Result<Completed, IdentityError> {
        let (step, account) = self.step_load(tx, hash, opens.purpose(), proof.step()).await?;
        let digest = self.login_digest(&account.login);
        let attempts = attempt::attempt_get(tx, &digest).await?;
        let now = self.clock.now();
        if attempts.gate(now) != Gate::Open {
            return Ok(Completed::Gated(attempts.gate(now)));
        }
        if !self.proof_accept(tx, hash, &step, proof, now).await? {
            let attempts = attempts.failed(now, &self.config.lock_policy());
            attempt::attempt_put(tx, &digest, &attempts, now).await?;
            return Ok(Completed::Refused { account, locked_until: attempts.locked_until });
        }
        attempt::attempt_clear(tx, &digest).await?;
        login_step::login_step_delete_of(tx, account.id).await?;
        account::account_logged_in(tx, account.id, now).await?;
        let session = match opens {
            Opens::Session { id, token } => Some(self.session_open(tx, account.id, *id, token, client).await?),
            Opens::Nothing => None,
        };
        Ok(Completed::Accepted(Accepted { account, session, password_changed: step.new_password_hash.is_some() }))
    }

    /// Checks the second factor and writes what it changes: accepted step, used code, new factor, new password.
    async fn proof_accept(
        &self,
        tx: &mut Tx<'_>,
        handle_hash: &[u8; 32],
        step: &LoginStep,
        proof: &Proof,
        now: Timestamp,
    ) -> Result<bool, IdentityError> {
        let id = step.account;
        let Some(mut stored) = credential::credential_get(tx, &self.keys, id).await? else { return Ok(false) };
        match proof {
            Proof::Recovery(code) => {
                let mac = recovery::mac(&self.keys, id, code);
                if stored.totp_sealed.is_none() || !credential::recovery_use(tx, id, &mac, now).await? {
                    return Ok(false);
                }
            }
            Proof::Totp(code) => {
                let Some(sealed) = &stored.totp_sealed else { return Ok(false) };
                let secret = self.totp_open(&totp_place(&id.to_string()), sealed)?;
                let Some(accepted) = secret.accept(code, now, stored.totp_step) else { return Ok(false) };
                stored.totp_step = Some(accepted);
            }
            Proof::Enrolled { code, recovery } => {
                let Some(sealed) = &step.totp_sealed else { return Ok(false) };
                let handle_text = HEXLOWER.encode(handle_hash);
                let secret = self.totp_open(&offer_place(&handle_text), sealed)?;
                let Some(accepted) = secret.accept(code, now, None) else { return Ok(false) };
                stored.totp_sealed = Some(self.totp_seal(id, &secret)?);
                stored.totp_step = Some(accepted);
                credential::recovery_replace(tx, id, recovery).await?;
            }
        }
        if let Some(new_hash) = &step.new_password_hash {
            let keep = i64::from(self.config.history);
            credential::history_add(tx, id, &stored.password_hash, stored.password_set_at, keep).await?;
            stored.password_hash.clone_from(new_hash);
            stored.password_set_at = now;
            stored.must_change = false;
        }
        stored.version += 1;
        credential::credential_put(tx, &self.keys, id, &stored).await?;
        Ok(true)
    }

    fn totp_open(&self, place: &Place<'_>, sealed: &[u8]) -> Result<TotpSecret, IdentityError> {
        let bytes = self.keys.open(Domain::IdentityTotp, place, sealed)?;
        TotpSecret::from_bytes(bytes.expose()).ok_or(IdentityError::Seal(SealError::Format))
    }

    /// Opens the session: one per account, never more than the maximum.
    async fn session_open(
        &self,
        tx: &mut Tx<'_>,
        account: AccountId,
        id: SessionId,
        token: &TokenHash,
        client: &ClientFacts,
    ) -> Result<StoredSession, IdentityError> {
        let now = self.clock.now();
        match session::session_of_account(tx, &self.keys, account).await {
            Ok(None) => {}
            Ok(Some(other)) => {
                let is_over = self.ends.is_over(&other, now);
                if !is_over && self.config.on_second == OnSecond::Refuse {
                    return Err(IdentityError::SecondSession);
                }
                session::session_end(tx, other.id, now, if is_over { "idle" } else { "replaced" }).await?;
            }
            // No session of ours, and it must not keep the account's owner out.
            Err(error @ RowError::Altered { .. }) => {
                tracing::error!(%error, "altered session ended by a login");
                session::session_end_of_account(tx, account, now, "altered").await?;
            }
            Err(error) => return Err(error.into()),
        }
        if session::session_count(tx).await? >= i64::from(self.config.max_sessions) {
            self.session_sweep_in(tx).await?;
            if session::session_count(tx).await? >= i64::from(self.config.max_sessions) {
                return Err(IdentityError::TooManySessions);
            }
        }
        let opened = StoredSession {
            id,
            account,
            source_ip: client.address.to_string(),
            user_agent: client.user_agent.chars().filter(|c| !c.is_control()).take(256).collect(),
            created_at: now,
            last_seen_at: now,
        };
        session::session_insert(tx, &self.keys, &opened, token).await?;
        Ok(opened)
    }

    fn session_remember(&self, token: TokenHash, session: StoredSession, principal: Principal) {
        self.living.remove_account(session.account, Some(session.id));
        let (checked_at, written_at) = (session.created_at, session.last_seen_at);
        self.living.put(token, LivingSession { session, principal, checked_at, written_at });
    }

    fn accepted_announce(&self, account: &Account, proof: &Proof, password_changed: bool, client: &ClientFacts) {
        let (now, actor) = (self.clock.now(), Actor { login: &account.login, client });
        LoginEnded { outcome: "success", reason: proof.method().as_str() }.emit(&self.meters);
        if password_changed {
            self.events.account("password", &actor, &account.login, "changed at login", Severity::Info, now);
        }
        if matches!(proof, Proof::Enrolled { .. }) {
            self.events.account("mfa", &actor, &account.login, "authenticator enrolled", Severity::Info, now);
        }
        if matches!(proof, Proof::Recovery(_)) {
            self.events.account("mfa", &actor, &account.login, "recovery code used", Severity::Medium, now);
        }
    }
}

pub(in crate::service) fn principal_of(account: &Account, session: SessionId) -> Principal {
    Principal {
        account: account.id,
        login: account.login.clone(),
        name: account.name.clone(),
        roles: account.roles.clone(),
        // The console has no labels yet: nobody reads above 内部 there, whatever their clearance for applications.
        clearance: SensitivityLabel::L2,
        session: Some(session),
    }
}

pub(super) fn offer_place(handle: &str) -> Place<'_> {
    Place { table: "identity_login_step", column: "totp_sealed", key: handle, label: SensitivityLabel::L4 }
}
