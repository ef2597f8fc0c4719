//! Accounts and role grants: the system administrator creates, the security administrator activates, grants, unlocks.
//!
//! Invariant: nobody administers their own account, and what one person creates another one brings to life. Two security
//! administrators per grant (four eyes) come with the approvals of a later issue.

use std::collections::{HashMap, HashSet};

use medward_contract::id::AccountId;
use medward_contract::identity::ClientFacts;
use medward_contract::{Principal, Role, Severity, Timestamp};
use medward_kernel::audit::Begun;
use medward_store::{StoreError, Tx};
use serde::Serialize;

use super::setup::{new_account, new_credential};
use super::{Inner, Service};
use crate::error::IdentityError;
use crate::events::Actor;
use crate::model::{Account, AccountState, Login, PersonName, may_hold};
use crate::password::Password;
use crate::store::{account, attempt, credential};

/// Most accounts on one page.
const PAGE_MAX: u32 = 200;

/// An account as the console shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct AccountView {
    /// Its id.
    #[schema(value_type = String)]
    pub id: AccountId,
    /// Its login name.
    pub login: String,
    /// The person's name.
    pub name: String,
    /// `invited`, `active`, `disabled` or `archived`.
    pub state: AccountState,
    /// Roles held.
    pub roles: Vec<Role>,
    /// Whether a second factor is enrolled.
    pub second_factor: bool,
    /// When its owner logged in last, µs.
    pub last_login: Option<Timestamp>,
    /// When it was created, µs.
    pub created_at: Timestamp,
    /// Until when it is locked, µs.
    pub locked_until: Option<Timestamp>,
    /// Rises with each change.
    pub version: i64,
}

/// A page of accounts, by login name.
#[derive(Debug, Clone)]
pub struct AccountPage {
    /// The accounts.
    pub items: Vec<AccountView>,
    /// Continue here.
    pub next_cursor: Option<String>,
}

/// A change of one existing account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Act {
    Activate,
    Disable,
    Unlock,
    ResetFactor,
    Grant(Role),
    Revoke(Role),
}

impl Act {
    /// Verb of `auth.account`, and what it says.
    fn event(self) -> (&'static str, String) {
        match self {
            Self::Activate => ("grant", "activated".to_owned()),
            Self::Disable => ("revoke", "disabled".to_owned()),
            Self::Unlock => ("unlock", "unlocked".to_owned()),
            Self::ResetFactor => ("mfa", "second factor reset".to_owned()),
            Self::Grant(role) => ("grant", format!("role {role} granted")),
            Self::Revoke(role) => ("revoke", format!("role {role} revoked")),
        }
    }
}

impl Service {
    /// Accounts after `cursor` whose login or name contains `filter`.
    pub async fn account_list(
        &self,
        cursor: Option<&str>,
        filter: &str,
        limit: u32,
    ) -> Result<AccountPage, IdentityError> {
        let inner = &*self.0;
        let limit = limit.clamp(1, PAGE_MAX);
        let mut reader = inner.db.read().await?;
        let (cursor, ask) = (cursor.unwrap_or_default(), i64::from(limit) + 1);
        let mut accounts = account::account_list(&mut reader, &inner.keys, cursor, filter, ask).await?;
        let shown = usize::try_from(limit).unwrap_or(usize::MAX);
        let has_more = accounts.len() > shown;
        accounts.truncate(shown);
        let locked = attempt::attempt_locked(&mut reader, inner.clock.now()).await?.into_iter().collect();
        let enrolled = credential::second_factor_accounts(&mut reader).await?.into_iter().collect();
        let next_cursor = accounts.last().filter(|_| has_more).map(|last| last.login.clone());
        let items = accounts.into_iter().map(|account| inner.view(account, &locked, &enrolled)).collect();
        Ok(AccountPage { items, next_cursor })
    }

    /// Creates an account: invited, without roles, with a first password that must be changed.
    pub async fn account_create(
        &self,
        caller: &Principal,
        login: &str,
        name: &str,
        password: &Password,
        change: &Begun,
    ) -> Result<AccountView, IdentityError> {
        let inner = &*self.0;
        let (login, name) = (Login::parse(login)?, PersonName::parse(name)?);
        let hash = inner.new_password(password, login.as_str(), name.as_str()).await?;
        let now = inner.clock.now();
        let created = new_account(&login, &name, AccountState::Invited, now);
        let (created, stored) = (&created, &new_credential(hash, true, now));
        inner
            .db
            .write(|tx| {
                Box::pin(async move {
                    if account::account_by_login(tx, &inner.keys, &created.login).await?.is_some() {
                        return Err(IdentityError::LoginTaken);
                    }
                    account::account_insert(tx, &inner.keys, created).await?;
                    credential::credential_put(tx, &inner.keys, created.id, stored).await?;
                    change
                        .finish_in(tx, &created.id.to_string(), &format!("account {} created", created.login))
                        .await?;
                    Ok(())
                })
            })
            .await
            .map_err(taken)?;
        change.committed();
        tracing::info!(account = %created.id, by = %caller.account, "account created");
        inner.hub.send("identity.account", created.id.to_string(), "create");
        Ok(inner.view(created.clone(), &HashMap::new(), &HashSet::new()))
    }

    /// Lets an invited or disabled account log in.
    pub async fn account_activate(
        &self,
        caller: &Principal,
        id: AccountId,
        change: &Begun,
        client: &ClientFacts,
    ) -> Result<AccountView, IdentityError> {
        self.act(caller, id, Act::Activate, change, client).await
    }

    /// Stops an account and ends its sessions.
    pub async fn account_disable(
        &self,
        caller: &Principal,
        id: AccountId,
        change: &Begun,
        client: &ClientFacts,
    ) -> Result<AccountView, IdentityError> {
        self.act(caller, id, Act::Disable, change, client).await
    }

    /// Ends a lock before its time.
    pub async fn account_unlock(
        &self,
        caller: &Principal,
        id: AccountId,
        change: &Begun,
        client: &ClientFacts,
    ) -> Result<AccountView, IdentityError> {
        self.act(caller, id, Act::Unlock, change, client).await
    }

    /// Takes the authenticator and recovery codes away, after the person was identified; the next login enrols again.
    pub async fn account_reset_factor(
        &self,
        caller: &Principal,
        id: AccountId,
        change: &Begun,
        client: &ClientFacts,
    ) -> Result<AccountView, IdentityError> {
        self.act(caller, id, Act::ResetFactor, change, client).await
    }

    /// Gives a role that excludes none held.
    pub async fn role_grant(
        &self,
        caller: &Principal,
        id: AccountId,
        role: Role,
        change: &Begun,
        client: &ClientFacts,
    ) -> Result<AccountView, IdentityError> {
        self.act(caller, id, Act::Grant(role), change, client).await
    }

    /// Takes a role away.
    pub async fn role_revoke(
        &self,
        caller: &Principal,
        id: AccountId,
        role: Role,
        change: &Begun,
        client: &ClientFacts,
    ) -> Result<AccountView, IdentityError> {
        self.act(caller, id, Act::Revoke(role), change, client).await
    }

    async fn act(
        &self,
        caller: &Principal,
        id: AccountId,
        act: Act,
        change: &Begun,
        client: &ClientFacts,
    ) -> Result<AccountView, IdentityError> {
        let inner = &*self.0;
        if caller.account == id {
            return Err(IdentityError::OnOneself);
        }
        let (verb, text) = act.event();
        let said = &text;
        let outcome = inner
            .db
            .write(|tx| {
                Box::pin(async move {
                    let account = account::account_get(tx, &inner.keys, id).await?.ok_or(IdentityError::NotFound)?;
                    inner.act_in(tx, &account, act, &caller.login).await?;
                    change.finish_in(tx, &id.to_string(), &format!("{}: {said}", account.login)).await?;
                    let changed = account::account_get(tx, &inner.keys, id).await?.ok_or(IdentityError::NotFound)?;
                    let stored = credential::credential_get(tx, &inner.keys, id).await?;
                    let locked = attempt::attempt_locked(tx, inner.clock.now()).await?;
                    Ok::<_, IdentityError>((changed, stored.is_some_and(|stored| stored.totp_sealed.is_some()), locked))
                })
            })
            .await;
        let (changed, has_factor, locked) = inner.alarmed(outcome, client)?;
        change.committed();
        if matches!(act, Act::Disable | Act::ResetFactor) {
            inner.living.remove_account(id, None);
        }
        let actor = Actor { login: &caller.login, client };
        inner.events.account(verb, &actor, &changed.login, &text, Severity::Medium, inner.clock.now());
        inner.hub.send("identity.account", id.to_string(), "update");
        let enrolled = if has_factor { HashSet::from([id.to_string()]) } else { HashSet::new() };
        Ok(inner.view(changed, &locked.into_iter().collect(), &enrolled))
    }
}

impl Inner {
    async fn act_in(
        &self,
        tx: &mut Tx<'_>,
        account: &Account,
        act: Act,
        caller_login: &str,
    ) -> Result<(), IdentityError> {
        let (id, keys, now) = (account.id, &self.keys, self.clock.now());
        match act {
            Act::Activate => {
                if !matches!(account.state, AccountState::Invited | AccountState::Disabled) {
                    return Err(IdentityError::WrongState);
                }
                account::account_set_state(tx, keys, id, AccountState::Active, now).await?;
            }
            Act::Disable => {
                if !matches!(account.state, AccountState::Invited | AccountState::Active) {
                    return Err(IdentityError::WrongState);
                }
                self.not_the_last(tx, account, &account.roles).await?;
                account::account_set_state(tx, keys, id, AccountState::Disabled, now).await?;
                self.sessions_end_in(tx, id, "disabled").await?;
            }
            Act::Unlock => {
                attempt::attempt_clear(tx, &self.login_digest(&account.login)).await?;
            }
            Act::ResetFactor => {
                let mut stored = credential::credential_get(tx, keys, id).await?.ok_or(IdentityError::NotFound)?;
                (stored.totp_sealed, stored.totp_step) = (None, None);
                stored.version += 1;
                credential::credential_put(tx, keys, id, &stored).await?;
                credential::recovery_replace(tx, id, &[]).await?;
                self.sessions_end_in(tx, id, "second factor reset").await?;
                account::account_disprove(tx, keys, id, now).await?;
            }
            Act::Grant(role) => {
                if account.roles.contains(&role) || account.state == AccountState::Archived {
                    return Err(IdentityError::WrongState);
                }
                if !may_hold(&account.roles, role) {
                    return Err(IdentityError::RolesExclude);
                }
                account::grant_insert(tx, keys, id, role, caller_login, now).await?;
            }
            Act::Revoke(role) => {
                self.not_the_last(tx, account, &[role]).await?;
                if !account::grant_delete(tx, keys, id, role, now).await? {
                    return Err(IdentityError::NotFound);
                }
            }
        }
        Ok(())
    }

    /// Of each kind of administrator one active account must stay, or the house locks itself out.
    async fn not_the_last(&self, tx: &mut Tx<'_>, account: &Account, roles: &[Role]) -> Result<(), IdentityError> {
        for role in roles.iter().filter(|role| role.is_administrator() && account.roles.contains(role)) {
            let holders = account::account_active_with_role(tx, *role).await?;
            if holders.iter().all(|holder| *holder == account.id.to_string()) {
                return Err(IdentityError::LastAdministrator);
            }
        }
        Ok(())
    }

    fn view(&self, account: Account, locked: &HashMap<Vec<u8>, Timestamp>, enrolled: &HashSet<String>) -> AccountView {
        let digest = self.login_digest(&account.login);
        AccountView {
            second_factor: enrolled.contains(&account.id.to_string()),
            locked_until: locked.get(digest.as_slice()).copied(),
            id: account.id,
            login: account.login,
            name: account.name,
            state: account.state,
            roles: account.roles,
            last_login: account.last_login_at,
            created_at: account.created_at,
            version: account.version,
        }
    }
}

/// The unique index decides between two that create the same login at once.
fn taken(error: IdentityError) -> IdentityError {
    match error {
        IdentityError::Store(error) if StoreError::is_unique_violation(&error) => IdentityError::LoginTaken,
        other => other,
    }
}
