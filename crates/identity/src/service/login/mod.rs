//! Login: password, then second factor, then a session. Password alone never yields one (PACS-032).
//!
//! Between the steps the caller holds a *handle*: 256 random bits, good for ten minutes, stored as a hash. A new password
//! chosen on the way becomes the password only together with the second factor.

mod steps;

mod complete;

use medward_contract::Principal;
use medward_contract::address::network_of;
use medward_contract::identity::ClientFacts;
use medward_crypto::{Domain, Secret, Verified, sha256};

use self::complete::{Proof, offer_place};
use self::steps::factor_step;
use super::Service;
use crate::error::IdentityError;
use crate::events::{Actor, Method};
use crate::model::{AccountState, Login};
use crate::password::{Finding, Password};
use crate::recovery;
use crate::store::login_step::Step;
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

impl Service {
    /// First step: login and password.
    pub async fn login(
        &self,
        typed: &str,
        password: &Password,
        client: &ClientFacts,
    ) -> Result<LoginBegun, IdentityError> {
        let inner = &*self.0;
        inner.address_gate(client)?;
        inner.logins_by_address.count(&network_of(client.address), inner.clock.now());
        let login = Login::parse(typed).ok();
        let name = login.as_ref().map_or("-", Login::as_str);
        let digest = inner.login_digest(login.as_ref().map_or(typed, Login::as_str));
        let _turn = inner.turn(&digest).await?;
        let found = inner.look_up(login.as_ref(), &digest, client).await?;
        let actor = Actor { login: name, client };
        let stored = found.as_ref().map(|(_, credential)| credential.password_hash.clone());
        let verified = inner.pool.verify(password.clone(), stored).await?;
        match found {
            Some((account, credential)) if verified != Verified::Wrong && account.state == AccountState::Active => {
                let renewed = match verified {
                    Verified::RightButOld => Some(inner.pool.hash(password.clone()).await?),
                    _ => None,
                };
                inner.login_begin(&account, credential, renewed, &digest).await
            }
            found => {
                let reason = match &found {
                    None => "unknown login",
                    Some(_) if verified == Verified::Wrong => "wrong password",
                    Some(_) => "account not active",
                };
                Err(inner.login_failed(&digest, &actor, Method::Password, reason).await)
            }
        }
    }

    /// Offers a new authenticator secret; a repeated call replaces the one before.
    pub async fn login_enrol(&self, handle: &Secret<String>) -> Result<Enrolment, IdentityError> {
        let inner = &*self.0;
        let hash = sha256(handle.expose().as_bytes());
        let secret = TotpSecret::generate()?;
        let handle_text = data_encoding::HEXLOWER.encode(&hash);
        let sealed = inner.keys.seal(Domain::IdentityTotp, &offer_place(&handle_text), secret.expose())?;
        let sealed = &sealed;
        let login = inner
            .db
            .write(|tx| {
                Box::pin(async move {
                    let (mut step, account) = inner.step_load(tx, &hash, Step::Enrol).await?;
                    step.totp_sealed = Some(sealed.clone());
                    login_step::login_step_put(tx, &inner.keys, &hash, &step).await?;
                    Ok::<_, IdentityError>(account.login)
                })
            })
            .await?;
        let otpauth_uri = secret.otpauth_uri(&inner.config.issuer, &login);
        let qr_svg = qr_svg(&otpauth_uri)?;
        Ok(Enrolment { otpauth_uri, secret_base32: secret.base32(), qr_svg })
    }

    /// Confirms the authenticator with its first code; opens the session and gives the recovery codes, once.
    pub async fn login_enrol_confirm(
        &self,
        handle: &Secret<String>,
        code: &str,
        client: &ClientFacts,
    ) -> Result<SessionOpened, IdentityError> {
        let inner = &*self.0;
        let account = inner.step_peek(handle, Step::Enrol).await?;
        let codes = (0..recovery::COUNT).map(|_| recovery::generate()).collect::<Result<Vec<_>, _>>()?;
        let macs = codes
            .iter()
            .filter_map(|code| recovery::parse(code.expose()))
            .map(|code| recovery::mac(&inner.keys, account, &code))
            .collect();
        let proof = Proof::Enrolled { code: digits(code), recovery: macs };
        let mut opened = inner.login_complete(handle, Step::Enrol, proof, client).await?;
        opened.recovery_codes = codes;
        Ok(opened)
    }

    /// Shows the second factor: a code of the authenticator, or a recovery code.
    pub async fn login_factor(
        &self,
        handle: &Secret<String>,
        code: &str,
        client: &ClientFacts,
    ) -> Result<SessionOpened, IdentityError> {
        let proof = match recovery::parse(code) {
            Some(code) => Proof::Recovery(code),
            None => Proof::Totp(digits(code)),
        };
        self.0.login_complete(handle, Step::Factor, proof, client).await
    }

    /// Chooses a new password where one is due. It takes effect together with the second factor.
    pub async fn login_password(
        &self,
        handle: &Secret<String>,
        password: &Password,
    ) -> Result<LoginBegun, IdentityError> {
        let inner = &*self.0;
        let hash = sha256(handle.expose().as_bytes());
        let id = inner.step_peek(handle, Step::ChangePassword).await?;
        let (account, stored, mut former) = {
            let mut reader = inner.db.read().await?;
            let account = account::account_get(&mut reader, &inner.keys, id).await?;
            let stored = credential::credential_get(&mut reader, &inner.keys, id).await?;
            let former = credential::history_list(&mut reader, id, i64::from(inner.config.history)).await?;
            (account, stored, former)
        };
        let (Some(account), Some(stored)) = (account, stored) else { return Err(IdentityError::LoginExpired) };
        // Judged before it is compared with a dozen former ones, each of which costs a hash.
        let new_hash = inner.new_password(password, &account.login, &account.name).await?;
        former.insert(0, stored.password_hash.clone());
        if inner.pool.matches_any(password.clone(), former).await? {
            return Err(IdentityError::Password([Finding::Reused].into()));
        }
        let (next, new_hash) = (factor_step(&stored), &new_hash);
        inner
            .db
            .write(|tx| {
                Box::pin(async move {
                    let (mut step, _) = inner.step_load(tx, &hash, Step::ChangePassword).await?;
                    step.step = next;
                    step.new_password_hash = Some(new_hash.clone());
                    login_step::login_step_put(tx, &inner.keys, &hash, &step).await?;
                    Ok::<_, IdentityError>(())
                })
            })
            .await?;
        Ok(LoginBegun { step: next, handle: handle.clone() })
    }
}

/// A code as typed, without the space some apps show in the middle.
fn digits(code: &str) -> String {
    code.chars().filter(|c| !c.is_whitespace()).take(16).collect()
}
