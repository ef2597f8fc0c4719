//! First start: a one-time link whose only right is to create the three administrators (三权分立, `identity.md` §2).

use std::net::{IpAddr, Ipv4Addr};
use std::time::Duration;

use data_encoding::BASE64URL_NOPAD;
use medward_contract::SensitivityLabel;
use medward_contract::id::AccountId;
use medward_contract::identity::ClientFacts;
use medward_contract::{Role, Severity, Timestamp};
use medward_crypto::{Domain, Place, Secret, ct_eq, random_array, sha256};
use medward_kernel::AuditAction;
use medward_kernel::audit::{Begun, Intent};
use medward_store::Tx;

use super::{Inner, Service};
use crate::error::IdentityError;
use crate::events::Actor;
use crate::model::{Account, AccountState, Login, PersonName, StoredCredential};
use crate::password::Password;
use crate::store::{account, credential, setup};
use crate::totp::TotpSecret;

/// How long a setup link lives.
const LINK_LIFE: Duration = Duration::from_hours(24);
const ADMINISTRATORS: [Role; 3] = [Role::Sysadmin, Role::Secadmin, Role::Auditadmin];

/// One of the three administrators, as asked for with the setup link.
#[derive(Debug, Clone)]
pub struct NewAdministrator {
    /// Which of the three.
    pub role: Role,
    /// Login name as typed.
    pub login: String,
    /// The person's name as typed.
    pub name: String,
    /// First password; must be changed at the first login.
    pub password: Password,
}

/// A demo administrator who can log in at once.
#[derive(Debug, Clone)]
pub struct ReadyAdministrator {
    /// Which of the three.
    pub role: Role,
    /// Login name.
    pub login: String,
    /// For an authenticator app.
    pub otpauth_uri: Secret<String>,
    /// The same secret, for a test that makes codes.
    pub totp: TotpSecret,
}

/// An administrator whose input is read and whose password is judged and hashed.
struct Prepared {
    account: Account,
    role: Role,
    credential: StoredCredential,
}

impl Service {
    /// Whether no account exists yet.
    pub async fn setup_required(&self) -> Result<bool, IdentityError> {
        let mut reader = self.0.db.read().await?;
        Ok(!account::account_any(&mut reader).await?)
    }

    /// Makes or replaces the setup link and gives its secret; `None` once an account exists.
    pub async fn setup_link(&self) -> Result<Option<Secret<String>>, IdentityError> {
        let secret = Secret::new(BASE64URL_NOPAD.encode(&random_array::<32>()?));
        let hash = sha256(secret.expose().as_bytes());
        let expires_at = self.0.clock.now().plus(LINK_LIFE);
        let made = self
            .0
            .db
            .write(|tx| {
                Box::pin(async move {
                    if account::account_any(tx).await? {
                        return Ok(false);
                    }
                    setup::setup_put(tx, &hash, expires_at).await?;
                    Ok::<_, IdentityError>(true)
                })
            })
            .await?;
        Ok(made.then_some(secret))
    }

    /// Creates the three administrators, all or none, and uses the link up.
    pub async fn setup(
        &self,
        token: &Secret<String>,
        administrators: &[NewAdministrator],
        change: &Begun,
        client: &ClientFacts,
    ) -> Result<(), IdentityError> {
        let inner = &*self.0;
        let token_hash = sha256(token.expose().as_bytes());
        // Before three expensive hashes: strangers must not be able to order them.
        self.0.link_check(&mut inner.db.read().await?, &token_hash).await?;
        let prepared = inner.prepare(administrators, true).await?;
        let (prepared, token_hash) = (&prepared, &token_hash);
        inner
            .db
            .write(|tx| {
                Box::pin(async move {
                    inner.link_check(tx, token_hash).await?;
                    inner.administrators_insert(tx, prepared).await?;
                    setup::setup_use(tx, inner.clock.now()).await?;
                    change.finish_in(tx, "administrators", "three administrators created").await?;
                    Ok::<_, IdentityError>(())
                })
            })
            .await?;
        change.committed();
        inner.administrators_announce(prepared, client);
        Ok(())
    }

    /// **Demo only**: creates the three administrators with these passwords and a confirmed authenticator each, so that
    /// a demonstration can log in without a person. Refused as soon as any account exists.
    pub async fn demo_administrators(
        &self,
        administrators: &[NewAdministrator],
    ) -> Result<Vec<ReadyAdministrator>, IdentityError> {
        let inner = &*self.0;
        let mut prepared = inner.prepare(administrators, false).await?;
        let mut ready = Vec::new();
        for administrator in &mut prepared {
            let totp = TotpSecret::generate()?;
            administrator.credential.totp_sealed = Some(inner.totp_seal(administrator.account.id, &totp)?);
            let login = administrator.account.login.clone();
            let otpauth_uri = totp.otpauth_uri(&inner.config.issuer, &login);
            ready.push(ReadyAdministrator { role: administrator.role, login, otpauth_uri, totp });
        }
        let client = ClientFacts {
            address: IpAddr::V4(Ipv4Addr::LOCALHOST),
            user_agent: "medward demo".to_owned(),
            attended: true,
        };
        let intent = Intent {
            action: AuditAction::new("identity_account", "create"),
            who: None,
            source_ip: client.address.to_string(),
            request_id: "demo".to_owned(),
            object_id: "administrators".to_owned(),
        };
        let change = inner.audit.begin(intent).await?;
        let (prepared, begun) = (&prepared, &change);
        let outcome = inner
            .db
            .write(|tx| {
                Box::pin(async move {
                    if account::account_any(tx).await? {
                        return Err(IdentityError::SetupDone);
                    }
                    inner.administrators_insert(tx, prepared).await?;
                    begun.finish_in(tx, "administrators", "three demo administrators created").await?;
                    Ok(())
                })
            })
            .await;
        if let Err(error) = outcome {
            change.finish(false, None, error.code().code).await?;
            return Err(error);
        }
        change.committed();
        inner.administrators_announce(prepared, &client);
        Ok(ready)
    }
}

impl Inner {
    /// Refuses a link that is not the current one, is older than a day, or comes after the first account.
    async fn link_check<C: medward_store::Session>(
        &self,
        connection: &mut C,
        token_hash: &[u8; 32],
    ) -> Result<(), IdentityError> {
        if account::account_any(connection).await? {
            return Err(IdentityError::SetupDone);
        }
        let now = self.clock.now();
        let living = setup::setup_get(connection)
            .await?
            .is_some_and(|link| ct_eq(&link.token_hash, token_hash) && link.used_at.is_none() && now < link.expires_at);
        if living { Ok(()) } else { Err(IdentityError::SetupLinkDead) }
    }

    async fn prepare(
        &self,
        administrators: &[NewAdministrator],
        must_change: bool,
    ) -> Result<Vec<Prepared>, IdentityError> {
        let now = self.clock.now();
        let people = three_people(administrators)?;
        let mut prepared = Vec::new();
        for (wanted, (login, name)) in administrators.iter().zip(people) {
            let password_hash = self.new_password(&wanted.password, login.as_str(), name.as_str()).await?;
            let account = new_account(&login, &name, AccountState::Active, now);
            let credential = new_credential(password_hash, must_change, now);
            prepared.push(Prepared { account, role: wanted.role, credential });
        }
        Ok(prepared)
    }

    async fn administrators_insert(&self, tx: &mut Tx<'_>, prepared: &[Prepared]) -> Result<(), IdentityError> {
        for Prepared { account, role, credential } in prepared {
            account::account_insert(tx, &self.keys, account).await?;
            credential::credential_put(tx, &self.keys, account.id, credential).await?;
            account::grant_insert(tx, &self.keys, account.id, *role, "setup", account.created_at).await?;
        }
        Ok(())
    }

    fn administrators_announce(&self, prepared: &[Prepared], client: &ClientFacts) {
        for Prepared { account, role, .. } in prepared {
            let actor = Actor { login: "setup", client };
            self.events.account("grant", &actor, &account.login, role.as_str(), Severity::Medium, self.clock.now());
        }
    }

    /// Where the TOTP secret of an account is stored; a secret moved to another account does not open.
    pub(super) fn totp_seal(&self, id: AccountId, secret: &TotpSecret) -> Result<Vec<u8>, IdentityError> {
        Ok(self.keys.seal(Domain::IdentityTotp, &totp_place(&id.to_string()), secret.expose())?)
    }
}

pub(super) fn totp_place(account: &str) -> Place<'_> {
    Place { table: "identity_credential", column: "totp_sealed", key: account, label: SensitivityLabel::L4 }
}

pub(super) fn new_account(login: &Login, name: &PersonName, state: AccountState, now: Timestamp) -> Account {
    Account {
        id: AccountId::new(),
        login: login.as_str().to_owned(),
        name: name.as_str().to_owned(),
        state,
        roles: Vec::new(),
        created_at: now,
        last_login_at: None,
        version: 1,
    }
}

pub(super) const fn new_credential(password_hash: String, must_change: bool, now: Timestamp) -> StoredCredential {
    StoredCredential {
        password_hash,
        password_set_at: now,
        must_change,
        totp_sealed: None,
        totp_step: None,
        version: 1,
    }
}

/// Exactly the three roles, for three different logins and names.
fn three_people(administrators: &[NewAdministrator]) -> Result<Vec<(Login, PersonName)>, IdentityError> {
    let has_each_role = ADMINISTRATORS.iter().all(|role| administrators.iter().any(|wanted| wanted.role == *role));
    if administrators.len() != ADMINISTRATORS.len() || !has_each_role {
        return Err(IdentityError::NotThreePeople);
    }
    let mut people: Vec<(Login, PersonName)> = Vec::new();
    for wanted in administrators {
        let (login, name) = (Login::parse(&wanted.login)?, PersonName::parse(&wanted.name)?);
        if people.iter().any(|(other, person)| *other == login || person.is_same_person(&name)) {
            return Err(IdentityError::NotThreePeople);
        }
        people.push((login, name));
    }
    Ok(people)
}
