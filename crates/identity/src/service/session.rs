//! Sessions: who is behind a cookie, until when, and how they end.
//!
//! A living session is checked against the store at most once a second; while the store is unreachable the memory of this
//! node vouches for it until its idle end (DESIGN §6).

use std::net::IpAddr;
use std::sync::PoisonError;
use std::time::Duration;

use async_trait::async_trait;
use medward_contract::id::{AccountId, SessionId};
use medward_contract::identity::{ClientFacts, Credential, Directory, Sessions};
use medward_contract::{PortError, Principal, Timestamp};
use medward_crypto::sha256;
use medward_kernel::audit::Begun;
use medward_store::Tx;
use serde::Serialize;

use super::login::principal_of;
use super::{Inner, Service};
use crate::error::IdentityError;
use crate::events::Actor;
use crate::living::{LivingSession, TokenHash};
use crate::metrics::{ApprovalsOpen, ServedFromMemory, SessionsKnown};
use crate::model::AccountState;
use crate::store::{account, approval, attempt, login_step, session};

/// An ended session ends everywhere within this (`identity.md` §11).
const RECHECK: Duration = Duration::from_secs(1);
/// Longest wait for the store in a session check (`ports.md`: reads never block longer).
const STORE_WAIT: Duration = Duration::from_secs(2);
/// After a failed check the store is left alone for this long.
const STORE_REST: Duration = Duration::from_secs(5);
/// Activity is written down at most this often.
const WRITE_EVERY: Duration = Duration::from_secs(30);
/// Ended sessions are kept this long for the console's history.
const KEEP_ENDED: Duration = Duration::from_hours(30 * 24);
/// Most sessions listed; more than `max_sessions` allows by default.
const LIST_LIMIT: i64 = 2_000;

/// The caller's own session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Me {
    /// When it ends if nothing more happens.
    pub idle_ends_at: Timestamp,
    /// When it ends in any case.
    pub absolute_ends_at: Timestamp,
}

/// One living session as the console lists it.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct SessionView {
    /// Its id, not the secret.
    #[schema(value_type = String)]
    pub id: SessionId,
    /// Whose it is.
    #[schema(value_type = String)]
    pub account_id: AccountId,
    /// Login name of the owner.
    pub login: String,
    /// Address it was opened from.
    pub source_ip: String,
    /// Browser that opened it.
    pub user_agent: String,
    /// When it was opened, µs.
    pub created_at: Timestamp,
    /// Last activity, µs.
    pub last_seen: Timestamp,
    /// When it ends if nothing more happens, µs.
    pub idle_ends_at: Timestamp,
    /// When it ends in any case, µs.
    pub absolute_ends_at: Timestamp,
    /// Whether it is the caller's own.
    pub current: bool,
}

impl Service {
    /// Ends of the caller's own session.
    pub async fn me(&self, caller: &Principal) -> Result<Me, IdentityError> {
        let inner = &*self.0;
        let id = caller.session.ok_or(IdentityError::SessionEnded)?;
        let seen = inner.living.last_seen().get(&id).copied();
        let mut reader = inner.db.read().await?;
        let stored = session::session_get(&mut reader, &inner.keys, id).await?.ok_or(IdentityError::SessionEnded)?;
        let last_seen = seen.unwrap_or(stored.last_seen_at).max(stored.last_seen_at);
        let (idle_ends_at, absolute_ends_at) = inner.ends.of(stored.created_at, last_seen);
        Ok(Me { idle_ends_at, absolute_ends_at })
    }

    /// Every living session, oldest first.
    pub async fn session_list(&self, caller: &Principal) -> Result<Vec<SessionView>, IdentityError> {
        let inner = &*self.0;
        let (now, seen) = (inner.clock.now(), inner.living.last_seen());
        let mut reader = inner.db.read().await?;
        let mut views = Vec::new();
        for listed in session::session_list(&mut reader, &inner.keys, LIST_LIMIT).await? {
            // An altered row is no session; whoever shows its secret ends it (`session_disown`).
            let Ok((mut stored, _)) = listed else { continue };
            stored.last_seen_at = seen.get(&stored.id).copied().unwrap_or_default().max(stored.last_seen_at);
            if inner.ends.is_over(&stored, now) {
                continue;
            }
            let owner = account::account_get(&mut reader, &inner.keys, stored.account).await?;
            let (idle_ends_at, absolute_ends_at) = inner.ends.of(stored.created_at, stored.last_seen_at);
            views.push(SessionView {
                id: stored.id,
                account_id: stored.account,
                login: owner.map(|owner| owner.login).unwrap_or_default(),
                source_ip: stored.source_ip,
                user_agent: stored.user_agent,
                created_at: stored.created_at,
                last_seen: stored.last_seen_at,
                idle_ends_at,
                absolute_ends_at,
                current: caller.session == Some(stored.id),
            });
        }
        Ok(views)
    }

    /// Ends a session.
    pub async fn session_kill(
        &self,
        caller: &Principal,
        id: SessionId,
        change: &Begun,
        client: &ClientFacts,
    ) -> Result<(), IdentityError> {
        let inner = &*self.0;
        let owner = inner
            .db
            .write(|tx| {
                Box::pin(async move {
                    let stored = session::session_get(tx, &inner.keys, id).await?.ok_or(IdentityError::NotFound)?;
                    session::session_end(tx, id, inner.clock.now(), "killed").await?;
                    let owner = account::account_get(tx, &inner.keys, stored.account).await?;
                    change.finish_in(tx, &id.to_string(), "session ended").await?;
                    Ok::<_, IdentityError>(owner.map(|owner| owner.login).unwrap_or_default())
                })
            })
            .await?;
        change.committed();
        inner.living.remove_session(id);
        let reason = format!("ended by {}", caller.login);
        inner.events.logout(&Actor { login: &owner, client }, &reason, inner.clock.now());
        inner.hub.send("identity.session", id.to_string(), "remove");
        Ok(())
    }

    /// Ends the caller's own session: in the store, or not at all. An error means that the session goes on; dead on this
    /// node only, its cookie would come back to life on another one, or here once the store answers again.
    pub async fn logout(&self, caller: &Principal, change: &Begun, client: &ClientFacts) -> Result<(), IdentityError> {
        let inner = &*self.0;
        let id = caller.session.ok_or(IdentityError::SessionEnded)?;
        inner
            .db
            .write(|tx| {
                Box::pin(async move {
                    session::session_end(tx, id, inner.clock.now(), "logout").await?;
                    change.finish_in(tx, &id.to_string(), "logged out").await?;
                    Ok::<_, IdentityError>(())
                })
            })
            .await?;
        change.committed();
        // After the commit, so that a request that read the store just before it leaves no session behind in memory.
        inner.living.remove_session(id);
        inner.events.logout(&Actor { login: &caller.login, client }, "logout", inner.clock.now());
        inner.hub.send("identity.session", id.to_string(), "remove");
        Ok(())
    }

    /// Phase Wire: knows living sessions again after a restart, and makes the first login as slow as any other.
    pub(crate) async fn start(&self) -> Result<(), IdentityError> {
        let inner = &*self.0;
        inner.pool.warm_up().await?;
        let now = inner.clock.now();
        let mut reader = inner.db.read().await?;
        for listed in session::session_list(&mut reader, &inner.keys, LIST_LIMIT).await? {
            let (stored, token) = match listed {
                Ok(listed) => listed,
                Err(error) => {
                    tracing::error!(%error, "session not restored");
                    continue;
                }
            };
            if inner.ends.is_over(&stored, now) {
                continue;
            }
            match account::account_get(&mut reader, &inner.keys, stored.account).await {
                Ok(Some(owner)) if owner.state == AccountState::Active => {
                    let principal = principal_of(&owner, stored.id);
                    let written_at = stored.last_seen_at;
                    inner.living.put(token, LivingSession { session: stored, principal, checked_at: now, written_at });
                }
                Ok(_) => {}
                Err(error) => tracing::error!(%error, session = %stored.id, "session not restored"),
            }
        }
        Ok(())
    }

    /// The sweeping job: ends what is over, forgets what cannot matter any more.
    pub(crate) async fn sweep(&self) -> Result<(), IdentityError> {
        let inner = &*self.0;
        let now = inner.clock.now();
        // What this node knows better must be written down first, or a busy session would look idle.
        for (id, seen) in inner.living.last_seen() {
            match inner.seen_write(id, seen).await {
                // Its next request meets the altered row and ends it; the others are swept all the same.
                Err(IdentityError::Altered { .. }) => inner.living.remove_session(id),
                written => written?,
            }
        }
        let (ended, expired, open) = inner
            .db
            .write(|tx| {
                Box::pin(async move {
                    login_step::login_step_sweep(tx, now).await?;
                    attempt::attempt_sweep(tx, now, &inner.config.lock_policy()).await?;
                    let expired = approval::approval_sweep(tx, now).await?;
                    let open = approval::approval_open_count(tx, now).await?;
                    Ok::<_, IdentityError>((inner.session_sweep_in(tx).await?, expired, open))
                })
            })
            .await?;
        ApprovalsOpen(open).emit(&inner.meters);
        if expired > 0 {
            inner.hub.send("identity.approval", "", "update");
        }
        SessionsKnown(inner.living.sweep(now, &inner.ends)).emit(&inner.meters);
        if ended > 0 {
            inner.hub.send("identity.session", "", "remove");
        }
        Ok(())
    }
}

impl Inner {
    pub(super) async fn session_sweep_in(&self, tx: &mut Tx<'_>) -> Result<u64, IdentityError> {
        let now = self.clock.now();
        let idle_before = now.minus(self.ends.idle).minus(WRITE_EVERY);
        let (began_before, forget_before) = (now.minus(self.ends.absolute), now.minus(KEEP_ENDED));
        Ok(session::session_sweep(tx, now, idle_before, began_before, forget_before).await?)
    }

    /// Ends all sessions of an account inside a change; the caller forgets them from memory after the commit.
    pub(super) async fn sessions_end_in(
        &self,
        tx: &mut Tx<'_>,
        account: AccountId,
        reason: &str,
    ) -> Result<(), IdentityError> {
        login_step::login_step_delete_of(tx, account).await?;
        session::session_end_of_account(tx, account, self.clock.now(), reason).await?;
        Ok(())
    }

    async fn session_principal(&self, secret: &str, client: &ClientFacts) -> Result<Option<Principal>, PortError> {
        let attended = client.attended;
        let token = sha256(secret.as_bytes());
        let now = self.clock.now();
        let known = self.living.touch(&token, attended, now, &self.ends);
        if let Some(known) = &known
            && (now.since(known.checked_at) < RECHECK || self.is_store_resting(now))
        {
            return Ok(Some(known.principal.clone()));
        }
        match self.clock.timeout(STORE_WAIT, self.session_check(&token, attended, now)).await {
            Some(Ok(found)) => {
                if found.is_none() {
                    self.living.remove(&token);
                }
                Ok(found)
            }
            Some(Err(error @ IdentityError::Altered { table: session::SESSION, .. })) => {
                self.session_disown(&token, error, client).await;
                Ok(None)
            }
            Some(Err(IdentityError::Altered { table, key })) => {
                self.living.remove(&token);
                tracing::error!(table, key, "account record altered outside medward");
                Err(PortError::Refused { code: crate::codes::ROW_ALTERED.code })
            }
            failed => {
                let error = failed.and_then(Result::err).map_or_else(|| "timed out".to_owned(), |e| format!("{e}"));
                tracing::warn!(error, "account store unreachable, living sessions go on until idle");
                *self.store_down_until.lock().unwrap_or_else(PoisonError::into_inner) = now.plus(STORE_REST);
                match known {
                    Some(known) => {
                        ServedFromMemory { session: known.session.id }.emit(&self.meters);
                        Ok(Some(known.principal))
                    }
                    None => Err(PortError::Unavailable("identity")),
                }
            }
        }
    }

    /// A row that nobody of us wrote is no session. It is ended, so that it raises one alarm and not one per request.
    async fn session_disown(&self, token: &TokenHash, error: IdentityError, client: &ClientFacts) {
        self.living.remove(token);
        let now = self.clock.now();
        let ended: Result<bool, IdentityError> =
            self.db.write(|tx| Box::pin(async move { Ok(session::session_end_altered(tx, token, now).await?) })).await;
        match ended {
            Ok(false) => {}
            Ok(true) => drop(self.alarmed::<()>(Err(error), client)),
            Err(failed) => tracing::error!(%failed, altered = %error, "altered session not ended"),
        }
    }

    fn is_store_resting(&self, now: Timestamp) -> bool {
        now < *self.store_down_until.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Asks the store: is the session still open, and which roles does its owner hold now?
    async fn session_check(
        &self,
        token: &TokenHash,
        attended: bool,
        now: Timestamp,
    ) -> Result<Option<Principal>, IdentityError> {
        let (stored, owner) = {
            let mut reader = self.db.read().await?;
            let Some(stored) = session::session_by_token(&mut reader, &self.keys, token).await? else {
                return Ok(None);
            };
            let owner = account::account_get(&mut reader, &self.keys, stored.account).await?;
            (stored, owner)
        };
        let Some(owner) = owner.filter(|owner| owner.state == AccountState::Active) else { return Ok(None) };
        let principal = principal_of(&owner, stored.id);
        let (id, written_at) = (stored.id, stored.last_seen_at);
        let mut session = stored;
        if let Some(seen) = self.living.last_seen().get(&id) {
            session.last_seen_at = session.last_seen_at.max(*seen);
        }
        if self.ends.is_over(&session, now) {
            return Ok(None);
        }
        if attended {
            session.last_seen_at = now;
        }
        let seen_at = session.last_seen_at;
        self.living.put(*token, LivingSession { session, principal: principal.clone(), checked_at: now, written_at });
        if seen_at.since(written_at) >= WRITE_EVERY {
            self.seen_write(id, seen_at).await?;
            self.living.written(token, seen_at);
        }
        Ok(Some(principal))
    }

    async fn seen_write(&self, id: SessionId, at: Timestamp) -> Result<(), IdentityError> {
        self.db
            .write(|tx| {
                Box::pin(async move {
                    session::session_seen(tx, &self.keys, id, at).await?;
                    Ok::<_, IdentityError>(())
                })
            })
            .await
    }
}

#[async_trait]
impl Directory for Service {
    async fn principal(&self, credential: &Credential, client: &ClientFacts) -> Result<Option<Principal>, PortError> {
        match credential {
            Credential::Session(secret) => self.0.session_principal(secret, client).await,
            // API tokens come with a later issue; until then none is valid.
            Credential::Token(_) => Ok(None),
        }
    }
}

#[async_trait]
impl Sessions for Service {
    fn admin_addresses(&self) -> Vec<IpAddr> {
        self.0.living.admin_addresses(self.0.clock.now(), &self.0.ends)
    }

    async fn revoke(&self, account: AccountId, reason: &str) -> Result<(), PortError> {
        let inner = &*self.0;
        inner.living.remove_account(account, None);
        let ended = inner.db.write(|tx| {
            Box::pin(async move {
                inner.sessions_end_in(tx, account, reason).await?;
                account::account_disprove(tx, &inner.keys, account, inner.clock.now()).await?;
                Ok::<_, IdentityError>(())
            })
        });
        ended.await.map_err(|error| error.to_port())
    }
}
