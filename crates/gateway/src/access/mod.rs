//! Sessions of guarded applications: kept in the database, followed by every node, ended by people and by time.
//!
//! The data path decides with what it has in memory; here is what outlives it. Fail stance: while the database is away nobody
//! new is let in, who is in stays in, and what ends meanwhile is written later (DESIGN §6).

mod remote;
mod rows;

pub(crate) use remote::handlers;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use medward_access::{EndReason, Session, SessionStore, StoreGone, StoredSession, TokenHash};
use medward_contract::Timestamp;
use medward_contract::id::SessionId;
use medward_contract::identity::{AccountChanged, Authenticator};
use medward_contract::vault::EventSink;
use medward_crypto::KeyRing;
use medward_kernel::audit::Begun;
use medward_kernel::hub::Hub;
use medward_kernel::supervisor::{Stop, TaskError, with_sources};
use medward_kernel::{Clock, Kit, Port};
use medward_proxy::{Access, AccessUse, DataPath};
use medward_store::{Db, StoreError, outbox_done, outbox_due, outbox_failed, outbox_subscribe};

use remote::{Changed, Changes};

/// Activity is written down at most this often.
const WRITE_EVERY: Duration = Duration::from_secs(30);
/// What other nodes did is seen after this at the latest.
const LOOK: Duration = Duration::from_secs(5);
/// Clocks of nodes may be apart by this much.
const SKEW: Duration = Duration::from_secs(10);
/// Ended sessions are kept this long.
const KEEP_ENDED: Duration = Duration::from_hours(30 * 24);
/// Name of this consumer in the outbox.
const CONSUMER: &str = "gateway-accounts";

/// The database as the data path sees it.
pub(crate) struct Keep {
    db: Db,
    keys: KeyRing,
    clock: Clock,
}

impl Keep {
    pub(crate) fn new(kit: &Kit) -> Self {
        Self { db: kit.db.clone(), keys: kit.keys.clone(), clock: kit.clock.clone() }
    }
}

/// Where sessions are opened and ended: in the database, or at the house of this node.
pub(crate) fn session_store(kit: &Kit) -> Arc<dyn SessionStore> {
    match remote::RemoteKeep::of(kit) {
        Some(remote) => Arc::new(remote),
        None => Arc::new(Keep::new(kit)),
    }
}

fn gone(error: StoreError) -> StoreGone {
    StoreGone(with_sources(&error))
}

#[async_trait]
impl SessionStore for Keep {
    async fn open(&self, session: &StoredSession) -> Result<(), StoreGone> {
        let now = self.clock.now();
        let written =
            self.db.write(|tx| Box::pin(async move { rows::session_open(tx, &self.keys, session, now).await }));
        written.await.map_err(gone)
    }

    async fn end(&self, id: SessionId, reason: EndReason, at: Timestamp) -> Result<(), StoreGone> {
        let now = self.clock.now();
        let ended = self.db.write(|tx| Box::pin(async move { rows::session_end(tx, id, reason, at, now).await }));
        ended.await.map_err(gone)
    }

    async fn find(&self, token: &TokenHash) -> Result<Option<StoredSession>, StoreGone> {
        let mut reader = self.db.read().await.map_err(gone)?;
        let row = rows::session_find(&mut reader, token).await.map_err(gone)?;
        Ok(row.and_then(|row| row.checked(&self.keys)))
    }
}

/// Why a session is not ended.
#[derive(Debug, thiserror::Error)]
pub(crate) enum EndError {
    #[error("end it: no such session is living")]
    Unknown,
    #[error("end the session")]
    Store(#[from] StoreError),
}

/// Sessions of guarded applications. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Guarded(Arc<Inner>);

struct Inner {
    db: Db,
    keys: KeyRing,
    clock: Clock,
    hub: Hub,
    data_path: Arc<DataPath>,
    events: Port<dyn EventSink>,
    authenticator: Port<dyn Authenticator>,
    /// Up to when the changes of other nodes are known.
    followed: Mutex<Timestamp>,
    store: Arc<dyn SessionStore>,
    /// On a remote node: where sessions are kept.
    house: Option<remote::House>,
}

impl Guarded {
    pub(crate) fn new(kit: &Kit, data_path: Arc<DataPath>) -> Self {
        Self(Arc::new(Inner {
            db: kit.db.clone(),
            keys: kit.keys.clone(),
            clock: kit.clock.clone(),
            hub: kit.hub.clone(),
            data_path,
            events: kit.ports.port::<dyn EventSink>("gateway"),
            authenticator: kit.ports.port::<dyn Authenticator>("gateway"),
            followed: Mutex::default(),
            house: remote::House::of(kit),
            store: session_store(kit),
        }))
    }

    pub(crate) fn access(&self) -> &Access {
        self.0.data_path.access()
    }

    /// Knows living sessions again after a restart.
    pub(crate) async fn load(&self) -> Result<(), StoreError> {
        let inner = &self.0;
        let now = inner.clock.now();
        let rows = rows::session_list(&mut inner.db.read().await?).await?;
        let known = self.applications();
        let mut strange = 0_usize;
        for stored in rows.into_iter().filter_map(|row| row.checked(&inner.keys)) {
            strange += usize::from(!known.contains_key(stored.application.as_str()));
            self.access().restore(stored);
        }
        if strange > 0 {
            tracing::warn!(sessions = strange, "sessions of applications that the policy does not know open nothing");
        }
        // A node does not know what happened while it was not there: it asks for everything.
        let known = if inner.house.is_some() { Timestamp::default() } else { now };
        *inner.followed.lock().unwrap_or_else(PoisonError::into_inner) = known;
        Ok(())
    }

    /// Ends what is over, writes down what happened and follows the other nodes, until the program stops.
    pub(crate) async fn run(&self, stop: Stop) -> Result<(), TaskError> {
        loop {
            tokio::select! {
                biased;
                () = stop.running.cancelled() => break,
                () = self.0.clock.sleep(LOOK) => {}
            }
            self.round().await;
        }
        // What was touched since the last round would seem idle after a restart.
        self.write_seen(Duration::ZERO).await?;
        Ok(())
    }

    /// One round. What fails is tried again in the next one.
    pub(crate) async fn round(&self) {
        let inner = &self.0;
        let wanted = self.applications();
        for (session, reason) in self.access().sweep(&wanted).await {
            self.told(&session, reason);
        }
        for (id, reason, at) in self.access().take_unwritten() {
            if inner.store.end(id, reason, at).await.is_err() {
                self.access().put_unwritten(vec![(id, reason, at)]);
            }
        }
        inner.data_path.look_at_levels();
        let followed = async {
            self.write_seen(WRITE_EVERY).await?;
            self.follow().await?;
            let before = inner.clock.now().minus(KEEP_ENDED);
            inner.db.write(|tx| Box::pin(async move { rows::session_forget(tx, before).await })).await?;
            Ok::<_, TaskError>(())
        };
        if let Err(error) = followed.await {
            tracing::warn!(error = with_sources(&*error), "sessions of guarded applications are not written down");
        }
    }

    async fn write_seen(&self, after: Duration) -> Result<(), TaskError> {
        let inner = &self.0;
        let due: Vec<Arc<Session>> = self.access().list().into_iter().filter(|session| session.is_due(after)).collect();
        if due.is_empty() {
            return Ok(());
        }
        let seen: Vec<StoredSession> = due.iter().map(|session| stored(session)).collect();
        remote::seen(&inner.db, &inner.keys, &seen).await?;
        if let Some(house) = &inner.house {
            house.seen(&seen).await?;
        }
        due.iter().zip(&seen).for_each(|(session, stored)| session.written(stored.last_seen_at));
        Ok(())
    }

    /// Learns what other nodes did.
    async fn follow(&self) -> Result<(), TaskError> {
        let inner = &self.0;
        let (now, since) = (inner.clock.now(), *inner.followed.lock().unwrap_or_else(PoisonError::into_inner));
        let Changes { sessions, now } = if let Some(house) = &inner.house {
            let changes = house.changed(since.minus(SKEW)).await?;
            remote::copy(inner, &changes.sessions).await?;
            changes
        } else {
            let rows = rows::session_changed(&mut inner.db.read().await?, since.minus(SKEW)).await?;
            let sessions = rows.into_iter().filter_map(|row| Changed::of(row, &inner.keys)).collect();
            Changes { sessions, now }
        };
        for one in sessions {
            match one {
                Changed::Living(stored) => self.access().restore(*stored),
                Changed::Ended { id, reason } => self.access().ended_elsewhere(id, reason),
            }
        }
        *inner.followed.lock().unwrap_or_else(PoisonError::into_inner) = now;
        Ok(())
    }

    /// Guarded applications of the policy in force.
    pub(crate) fn applications(&self) -> HashMap<Arc<str>, AccessUse> {
        let snapshot = self.0.data_path.snapshot();
        let wanted = snapshot.objects().iter().filter_map(|object| object.access.as_ref());
        wanted.map(|wanted| (wanted.application.clone(), wanted.clone())).collect()
    }

    /// Ends a session because somebody says so.
    pub(crate) async fn kill(&self, id: SessionId, change: &Begun) -> Result<(), EndError> {
        let inner = &self.0;
        let session = self.access().list().into_iter().find(|session| session.id == id).ok_or(EndError::Unknown)?;
        let (now, login) = (inner.clock.now(), session.subject().login.clone());
        let login = &login;
        inner
            .db
            .write(|tx| {
                Box::pin(async move {
                    rows::session_end(tx, id, EndReason::Killed, now, now).await?;
                    change.finish_in(tx, &id.to_string(), &format!("session of {login} ended")).await?;
                    Ok::<_, EndError>(())
                })
            })
            .await?;
        change.committed();
        self.access().ended_elsewhere(id, EndReason::Killed);
        self.told(&session, EndReason::Killed);
        Ok(())
    }

    fn told(&self, session: &Session, reason: EndReason) {
        let name = self.applications().get(&session.application).map(|wanted| wanted.name.clone());
        let name = name.unwrap_or_else(|| session.application.clone());
        if let Ok(sink) = self.0.events.get() {
            sink.emit(Access::ended_event(session, reason, &name, self.0.clock.now()));
        }
        self.0.hub.send("gateway.session", session.id.to_string(), "remove");
    }

    /// Follows what becomes of accounts, until the program stops.
    pub(crate) async fn follow_accounts(&self, stop: Stop) -> Result<(), TaskError> {
        let inner = &self.0;
        inner
            .db
            .write(|tx| Box::pin(async move { outbox_subscribe(tx, CONSUMER, &[AccountChanged::KIND]).await }))
            .await?;
        let mut wake_up = inner.db.outbox_wakeup();
        loop {
            wake_up.mark_unchanged();
            if let Err(error) = self.take_accounts().await {
                tracing::warn!(error = with_sources(&error), "changes of accounts wait in the outbox");
            }
            tokio::select! {
                biased;
                () = stop.running.cancelled() => return Ok(()),
                changed = wake_up.changed() => changed?,
                () = inner.clock.sleep(LOOK) => {}
            }
        }
    }

    async fn take_accounts(&self) -> Result<(), StoreError> {
        let inner = &self.0;
        let now = inner.clock.now().as_micros();
        let rows = outbox_due(&mut inner.db.read().await?, CONSUMER, &[AccountChanged::KIND], now, 100).await?;
        for row in rows {
            let taken = match serde_json::from_str::<AccountChanged>(&row.payload) {
                Ok(changed) => self.take_account(&changed).await.map_err(|error| error.to_string()),
                Err(error) => Err(error.to_string()),
            };
            let (id, taken) = (&row.id, &taken);
            inner
                .db
                .write(|tx| {
                    Box::pin(async move {
                        match taken {
                            Ok(()) => outbox_done(tx, CONSUMER, id, now).await,
                            Err(error) => outbox_failed(tx, CONSUMER, id, error, now).await.map(drop),
                        }
                    })
                })
                .await?;
        }
        Ok(())
    }

    /// Gives the sessions of an account its person as they stand now, or ends them; those of other nodes, too.
    async fn take_account(&self, changed: &AccountChanged) -> Result<(), TaskError> {
        let inner = &self.0;
        let rows = rows::session_of_account(&mut inner.db.read().await?, changed.account).await?;
        let living: Vec<_> = rows.into_iter().filter_map(|row| row.checked(&inner.keys)).collect();
        if living.is_empty() {
            return Ok(());
        }
        let subject = inner.authenticator.get()?.subject(changed.account).await?;
        let (now, keys) = (inner.clock.now(), &inner.keys);
        let Some(subject) = subject.filter(|_| !changed.ends_sessions) else {
            return self.end_all(&living, now).await.map_err(Into::into);
        };
        let living: Vec<_> = living.into_iter().map(|one| StoredSession { subject: subject.clone(), ..one }).collect();
        let written = &living;
        let write = inner.db.write(|tx| {
            Box::pin(async move {
                for session in written {
                    rows::session_subject(tx, keys, session, now).await?;
                }
                Ok::<_, StoreError>(())
            })
        });
        write.await?;
        for stored in living {
            self.access().restore(stored);
        }
        Ok(())
    }

    async fn end_all(&self, living: &[StoredSession], now: Timestamp) -> Result<(), StoreError> {
        let write = self.0.db.write(|tx| {
            Box::pin(async move {
                for session in living {
                    rows::session_end(tx, session.id, EndReason::Account, now, now).await?;
                }
                Ok::<_, StoreError>(())
            })
        });
        write.await?;
        for stored in living {
            self.access().ended_elsewhere(stored.id, EndReason::Account);
            self.told(&Session::new(stored.clone()), EndReason::Account);
        }
        Ok(())
    }
}

/// A living session as it is to be stored.
fn stored(session: &Session) -> StoredSession {
    StoredSession {
        id: session.id,
        token: session.token,
        application: session.application.to_string(),
        guard: session.guard.to_string(),
        subject: (*session.subject()).clone(),
        address: session.address,
        user_agent: session.user_agent.clone(),
        created_at: session.created_at,
        last_seen_at: session.last_seen_at(),
        factor_at: session.factor_at(),
    }
}
