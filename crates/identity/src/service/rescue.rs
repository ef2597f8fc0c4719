//! The way back in when nobody can sign in: whoever owns the data directory, with its keys and its database, may end a
//! lock or give an account a new one-time password. That person could alter anything here anyway; this way it is recorded.
//!
//! Works beside a running Medward and without one. It needs no ports: what it did reaches the vault through the audit
//! trail's outbox, carried by the running program or by the next one that starts.

use std::net::{IpAddr, Ipv4Addr};

use medward_contract::id::AccountId;
use medward_contract::{Principal, SensitivityLabel};
use medward_crypto::{Domain, KeyRing, Secret, random_array};
use medward_kernel::audit::{Begun, Intent};
use medward_kernel::{Audit, AuditAction, Clock};
use medward_store::{Db, Tx};

use crate::config::IdentityConfig;
use crate::error::IdentityError;
use crate::model::{Account, AccountState, Login};
use crate::password::{Owner, Password, Policy};
use crate::store::{account, attempt, credential, login_step, session};

/// Characters of a one-time password that nobody mistakes for one another.
const LETTERS: &[u8; 56] = b"ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnpqrstuvwxyz23456789";
/// Characters of a one-time password, unless the site asks for more: 17 drawn ones, about 98 bits.
const ONE_TIME_CHARACTERS: usize = 20;
/// A drawn password misses a class of characters, or holds a run by chance, in about one of ten draws.
const DRAWS: usize = 64;

/// What somebody at the machine itself may do. See the module.
#[derive(Debug, Clone)]
pub struct Rescue {
    config: IdentityConfig,
    db: Db,
    keys: KeyRing,
    clock: Clock,
    audit: Audit,
}

/// A rescued account.
#[derive(Debug, Clone)]
pub struct Rescued {
    /// Its login name.
    pub login: String,
    /// Where it stands; an account that is not active cannot log in yet.
    pub state: AccountState,
    /// Its new password, to be changed at the next login; after a reset only.
    pub password: Option<Secret<String>>,
}

/// What is done to the account.
enum Act {
    Unlock,
    Reset { password_hash: String },
}

impl Rescue {
    /// Over the database and the keys of an installation. Starts nothing.
    pub fn new(config: IdentityConfig, db: Db, keys: KeyRing, clock: Clock) -> Self {
        let audit = Audit::new(db.clone(), clock.clone());
        Self { config, db, keys, clock, audit }
    }

    /// Ends a lock before its time. `by` is the user of the operating system who asks.
    pub async fn unlock(&self, login: &str, by: &str) -> Result<Rescued, IdentityError> {
        let login = Login::parse(login)?;
        let change = self.begin(&login, by).await?;
        let rescued = self.act(&login, &Act::Unlock, &change).await;
        self.finished(rescued, &change).await
    }

    /// Gives the account a new one-time password, takes its second factor away, ends its sessions and its lock. `by` is
    /// the user of the operating system who asks.
    pub async fn reset(&self, login: &str, by: &str) -> Result<Rescued, IdentityError> {
        let login = Login::parse(login)?;
        let change = self.begin(&login, by).await?;
        let rescued = self.reset_begun(&login, &change).await;
        self.finished(rescued, &change).await
    }

    async fn reset_begun(&self, login: &Login, change: &Begun) -> Result<Rescued, IdentityError> {
        let found = account::account_by_login(&mut self.db.read().await?, &self.keys, login.as_str()).await?;
        let password = self.one_time_password(&found.ok_or(IdentityError::NotFound)?)?;
        let password_hash = self.keys.password_hasher().hash_password(password.expose())?;
        let rescued = self.act(login, &Act::Reset { password_hash }, change).await?;
        Ok(Rescued { password: Some(password), ..rescued })
    }

    /// The record names the user of the operating system; no login contains a colon, so nobody can be taken for one.
    async fn begin(&self, login: &Login, by: &str) -> Result<Begun, IdentityError> {
        let who = Principal {
            account: AccountId::NOBODY,
            login: format!("os:{by}"),
            name: String::new(),
            roles: Vec::new(),
            clearance: SensitivityLabel::L1,
            session: None,
        };
        let intent = Intent {
            action: AuditAction::new("identity_account", "update"),
            who: Some(who),
            source_ip: IpAddr::V4(Ipv4Addr::LOCALHOST).to_string(),
            request_id: "local-command".to_owned(),
            object_id: login.to_string(),
        };
        Ok(self.audit.begin(intent).await?)
    }

    async fn act(&self, login: &Login, act: &Act, change: &Begun) -> Result<Rescued, IdentityError> {
        self.db
            .write(|tx| {
                Box::pin(async move {
                    let account = account::account_by_login(tx, &self.keys, login.as_str()).await?;
                    let account = account.ok_or(IdentityError::NotFound)?;
                    let digest = self.keys.blind_index(Domain::IdentityRow, account.login.as_bytes());
                    attempt::attempt_clear(tx, &digest).await?;
                    let said = match act {
                        Act::Unlock => "unlocked at the machine",
                        Act::Reset { password_hash } => {
                            self.reset_in(tx, &account, password_hash).await?;
                            "password and second factor reset at the machine"
                        }
                    };
                    change.finish_in(tx, &account.id.to_string(), &format!("{}: {said}", account.login)).await?;
                    Ok(Rescued { login: account.login, state: account.state, password: None })
                })
            })
            .await
    }

    async fn reset_in(&self, tx: &mut Tx<'_>, account: &Account, password_hash: &str) -> Result<(), IdentityError> {
        let (id, now) = (account.id, self.clock.now());
        let mut stored = credential::credential_get(tx, &self.keys, id).await?.ok_or(IdentityError::NotFound)?;
        let keep = i64::from(self.config.history);
        credential::history_add(tx, id, &stored.password_hash, stored.password_set_at, keep).await?;
        password_hash.clone_into(&mut stored.password_hash);
        stored.password_set_at = now;
        stored.must_change = true;
        (stored.totp_sealed, stored.totp_step) = (None, None);
        stored.version += 1;
        credential::credential_put(tx, &self.keys, id, &stored).await?;
        credential::recovery_replace(tx, id, &[]).await?;
        login_step::login_step_delete_of(tx, id).await?;
        session::session_end_of_account(tx, id, now, "reset at the machine").await?;
        account::account_disprove(tx, &self.keys, id, now).await?;
        Ok(())
    }

    /// A failure is recorded too; the change itself has recorded its success.
    async fn finished(
        &self,
        outcome: Result<Rescued, IdentityError>,
        change: &Begun,
    ) -> Result<Rescued, IdentityError> {
        match outcome {
            Ok(rescued) => {
                change.committed();
                Ok(rescued)
            }
            Err(error) => {
                change.finish(false, None, error.code().code).await?;
                Err(error)
            }
        }
    }

    /// A random password that this site's own policy accepts for this account.
    fn one_time_password(&self, account: &Account) -> Result<Secret<String>, IdentityError> {
        let policy = Policy::new(self.config.min_length, &self.config.site_words);
        let owner = || Owner { login: &account.login, name: &account.name };
        for _ in 0..DRAWS {
            let drawn = draw(self.config.min_length.max(ONE_TIME_CHARACTERS))?;
            if policy.judge(&Password::from(&drawn), owner()).is_accepted() {
                return Ok(drawn);
            }
        }
        Err(IdentityError::Pool("no accepted one-time password could be drawn"))
    }
}

/// `length` characters, every sixth a hyphen.
fn draw(length: usize) -> Result<Secret<String>, IdentityError> {
    let mut text = String::with_capacity(length);
    while text.len() < length {
        for byte in random_array::<64>()? {
            // The last 32 of 256 values would make the first letters likelier than the others.
            let letter = LETTERS.get(usize::from(byte) % LETTERS.len()).filter(|_| byte < 224);
            if let Some(letter) = letter.filter(|_| text.len() < length) {
                text.push(if text.len() % 6 == 5 { '-' } else { char::from(*letter) });
            }
        }
    }
    Ok(Secret::new(text))
}
