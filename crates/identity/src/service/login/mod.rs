//! Login: password, then second factor, then a session. Password alone never yields one (PACS-032).
//!
//! Between the steps the caller holds a *handle*: 256 random bits, good for ten minutes, stored as a hash. A new password
//! chosen on the way becomes the password only together with the second factor.
//!
//! The rules are the same whatever a login is for ([`Purpose`]); only what its last step opens differs.

mod steps;

mod complete;

use medward_contract::Principal;
use medward_contract::address::network_of;
use medward_contract::id::AccountId;
use medward_contract::identity::ClientFacts;
use medward_crypto::{Domain, Secret, Verified, sha256};

use self::complete::{Proof, offer_place};
use self::steps::factor_step;
use super::{Inner, Service};
use crate::error::IdentityError;
use crate::events::{Actor, Method};
use crate::model::{AccountState, Login};
use crate::password::{Finding, Password};
use crate::recovery;
use crate::store::login_step::{Purpose, Step};
use crate::store::{account, credential, login_step};
use crate::totp::{TotpSecret, qr_svg};

pub(super) use self::complete::principal_of;

/// The password was right; this comes next.
#[derive(Debug, Clone)]
pub struct LoginBegun {
    /// What to do next.
    pub step: Step,
    /// Names this login in the next call.
    pub handle: Secret<String>,
}

/// A session is open.
#[derive(Debug, Clone)]
pub struct SessionOpened {
    /// For the cookie; stored nowhere.
    pub secret: Secret<String>,
    /// Who it is.
    pub principal: Principal,
    /// Given once, after enrolment; empty otherwise.
    pub recovery_codes: Vec<Secret<String>>,
}

/// What an authenticator needs.
#[derive(Debug, Clone)]
pub struct Enrolment {
    /// To scan.
    pub otpauth_uri: Secret<String>,
    /// To type.
    pub secret_base32: Secret<String>,
    /// The URI as a picture.
    pub qr_svg: String,
}

/// Somebody has proven who they are to an application; no session was opened.
pub(super) struct Proven {
    pub(super) account: AccountId,
    /// Given once, after enrolment; empty otherwise.
    pub(super) recovery_codes: Vec<Secret<String>>,
}

impl Service {
    /// First step: login and password.
    pub async fn login(
        &self,
        typed: &str,
        password: &Password,
        client: &ClientFacts,
    ) -> Result<LoginBegun, IdentityError> {
        self.0.login_password_shown(typed, password, Purpose::Console, client).await
    }

    /// Offers a new authenticator secret; a repeated call replaces the one before.
    pub async fn login_enrol(&self, handle: &Secret<String>) -> Result<Enrolment, IdentityError> {
        self.0.login_enrolment_offer(handle, Purpose::Console).await
    }

    /// Confirms the authenticator with its first code; opens the session and gives the recovery codes, once.
    pub async fn login_enrol_confirm(
        &self,
        handle: &Secret<String>,
        code: &str,
        client: &ClientFacts,
    ) -> Result<SessionOpened, IdentityError> {
        let (proof, recovery_codes) = self.0.enrolment_proof(handle, code, Purpose::Console).await?;
        let opened = self.0.login_complete_console(handle, &proof, client).await?;
        Ok(SessionOpened { recovery_codes, ..opened })
    }

    /// Shows the second factor: a code of the authenticator, or a recovery code.
    pub async fn login_factor(
        &self,
        handle: &Secret<String>,
        code: &str,
        client: &ClientFacts,
    ) -> Result<SessionOpened, IdentityError> {
        self.0.login_complete_console(handle, &factor_proof(code), client).await
    }

    /// Chooses a new password where one is due. It takes effect together with the second factor.
    pub async fn login_password(
        &self,
        handle: &Secret<String>,
        password: &Password,
    ) -> Result<LoginBegun, IdentityError> {
        self.0.login_password_choose(handle, password, Purpose::Console).await
    }
}

impl Inner {
    /// First step: login and password.
    pub(super) async fn login_password_shown(
        &self,
        typed: &str,
        password: &Password,
        purpose: Purpose,
        client: &ClientFacts,
    ) -> Result<LoginBegun, IdentityError> {
        self.address_gate(client)?;
        self.logins_by_address.count(&network_of(client.address), self.clock.now());
        let login = Login::parse(typed).ok();
        let name = login.as_ref().map_or("-", Login::as_str);
        let digest = self.login_digest(login.as_ref().map_or(typed, Login::as_str));
        let _turn = self.turn(&digest).await?;
        let found = self.look_up(login.as_ref(), &digest, client).await?;
        let actor = Actor { login: name, client };
        let stored = found.as_ref().map(|(_, credential)| credential.password_hash.clone());
        let verified = self.pool.verify(password.clone(), stored).await?;
        match found {
            Some((account, credential)) if verified != Verified::Wrong && account.state == AccountState::Active => {
                let renewed = match verified {
                    Verified::RightButOld => Some(self.pool.hash(password.clone()).await?),
                    _ => None,
                };
                self.login_begin(&account, credential, renewed, &digest, purpose).await
            }
            found => {
                let reason = match &found {
                    None => "unknown login",
                    Some(_) if verified == Verified::Wrong => "wrong password",
                    Some(_) => "account not active",
                };
                Err(self.login_failed(&digest, &actor, Method::Password, reason).await)
            }
        }
    }

    /// Offers a new authenticator secret; a repeated call replaces the one before.
    pub(super) async fn login_enrolment_offer(
        &self,
        handle: &Secret<String>,
        purpose: Purpose,
    ) -> Result<Enrolment, IdentityError> {
        let hash = sha256(handle.expose().as_bytes());
        let secret = TotpSecret::generate()?;
        let handle_text = data_encoding::HEXLOWER.encode(&hash);
        let sealed = self.keys.seal(Domain::IdentityTotp, &offer_place(&handle_text), secret.expose())?;
        let sealed = &sealed;
        let login = self
            .db
            .write(|tx| {
                Box::pin(async move {
                    let (mut step, account) = self.step_load(tx, &hash, purpose, Step::Enrol).await?;
                    step.totp_sealed = Some(sealed.clone());
                    login_step::login_step_put(tx, &self.keys, &hash, &step).await?;
                    Ok::<_, IdentityError>(account.login)
                })
            })
            .await?;
        let otpauth_uri = secret.otpauth_uri(&self.config.issuer, &login);
        let qr_svg = qr_svg(&otpauth_uri)?;
        Ok(Enrolment { otpauth_uri, secret_base32: secret.base32(), qr_svg })
    }

    /// The first code of an authenticator as a proof, with the recovery codes that are written together with it.
    async fn enrolment_proof(
        &self,
        handle: &Secret<String>,
        code: &str,
        purpose: Purpose,
    ) -> Result<(Proof, Vec<Secret<String>>), IdentityError> {
        let account = self.step_peek(handle, purpose, Step::Enrol).await?;
        let codes = (0..recovery::COUNT).map(|_| recovery::generate()).collect::<Result<Vec<_>, _>>()?;
        let macs = codes
            .iter()
            .filter_map(|code| recovery::parse(code.expose()))
            .map(|code| recovery::mac(&self.keys, account, &code))
            .collect();
        Ok((Proof::Enrolled { code: digits(code), recovery: macs }, codes))
    }

    /// The second factor, shown to an application.
    pub(super) async fn login_factor_application(
        &self,
        handle: &Secret<String>,
        code: &str,
        client: &ClientFacts,
    ) -> Result<Proven, IdentityError> {
        let account = self.login_complete_application(handle, &factor_proof(code), client).await?;
        Ok(Proven { account, recovery_codes: Vec::new() })
    }

    /// The first code of a new authenticator, shown to an application.
    pub(super) async fn login_enrolled_application(
        &self,
        handle: &Secret<String>,
        code: &str,
        client: &ClientFacts,
    ) -> Result<Proven, IdentityError> {
        let (proof, recovery_codes) = self.enrolment_proof(handle, code, Purpose::Application).await?;
        let account = self.login_complete_application(handle, &proof, client).await?;
        Ok(Proven { account, recovery_codes })
    }

    /// Chooses a new password where one is due. It takes effect together with the second factor.
    pub(super) async fn login_password_choose(
        &self,
        handle: &Secret<String>,
        password: &Password,
        purpose: Purpose,
    ) -> Result<LoginBegun, IdentityError> {
        let hash = sha256(handle.expose().as_bytes());
        let id = self.step_peek(handle, purpose, Step::ChangePassword).await?;
        let (account, stored, mut former) = {
            let mut reader = self.db.read().await?;
            let account = account::account_get(&mut reader, &self.keys, id).await?;
            let stored = credential::credential_get(&mut reader, &self.keys, id).await?;
            let former = credential::history_list(&mut reader, id, i64::from(self.config.history)).await?;
            (account, stored, former)
        };
        let (Some(account), Some(stored)) = (account, stored) else { return Err(IdentityError::LoginExpired) };
        // Judged before it is compared with a dozen former ones, each of which costs a hash.
        let new_hash = self.new_password(password, &account.login, &account.name).await?;
        former.insert(0, stored.password_hash.clone());
        if self.pool.matches_any(password.clone(), former).await? {
            return Err(IdentityError::Password([Finding::Reused].into()));
        }
        let (next, new_hash) = (factor_step(&stored), &new_hash);
        self.db
            .write(|tx| {
                Box::pin(async move {
                    let (mut step, _) = self.step_load(tx, &hash, purpose, Step::ChangePassword).await?;
                    step.step = next;
                    step.new_password_hash = Some(new_hash.clone());
                    login_step::login_step_put(tx, &self.keys, &hash, &step).await?;
                    Ok::<_, IdentityError>(())
                })
            })
            .await?;
        Ok(LoginBegun { step: next, handle: handle.clone() })
    }
}

/// What was typed where the second factor is due: a recovery code, or else a code of the authenticator.
fn factor_proof(code: &str) -> Proof {
    match recovery::parse(code) {
        Some(code) => Proof::Recovery(code),
        None => Proof::Totp(digits(code)),
    }
}

/// A code as typed, without the space some apps show in the middle.
fn digits(code: &str) -> String {
    code.chars().filter(|c| !c.is_whitespace()).take(16).collect()
}
