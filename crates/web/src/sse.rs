//! Server-sent events: an answer that stays open, so what was asked at its beginning is asked again while it lasts.
//!
//! Invariant: no event leaves more than [`RECHECK`] after the end of the session or the loss of the permission, and a
//! quiet stream of theirs ends with the next heartbeat.

use std::collections::HashMap;
use std::convert::Infallible;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::response::IntoResponse;
use axum::response::sse::{Event, Sse};
use futures_util::{Stream, StreamExt as _, stream};
use medward_contract::Principal;
use medward_contract::id::{AccountId, SessionId};
use medward_contract::identity::{ClientFacts, Credential, Directory};
use medward_kernel::permission::{Matrix, Permission};
use medward_kernel::supervisor::Stop;
use medward_kernel::{Clock, Port};

use crate::codes;
use crate::extract::known;
use crate::problem::ApiError;

/// A comment line this often keeps proxies and browsers from giving up (`console.md` §6).
const HEARTBEAT: Duration = Duration::from_secs(15);

/// While events flow the directory is asked this often; it answers from memory in between.
const RECHECK: Duration = Duration::from_secs(1);

/// Streams of one session. `console.md` §6 reckons with two, shared by all tabs; the console opens one per tab.
const PER_SESSION: usize = 6;

/// Streams of this node (`console.md` §6).
const PER_NODE: usize = 2_000;

/// Who looks at a stream, and the place that stream takes.
pub struct Viewer {
    clock: Clock,
    directory: Port<dyn Directory>,
    matrix: Arc<Matrix>,
    permission: Permission,
    credential: Credential,
    client: ClientFacts,
    _place: Place,
}

/// What the gate leaves behind for a [`Viewer`].
#[derive(Clone)]
pub(crate) struct Standing {
    pub(crate) clock: Clock,
    pub(crate) directory: Port<dyn Directory>,
    pub(crate) matrix: Arc<Matrix>,
    pub(crate) permission: Permission,
    pub(crate) secret: Option<String>,
    pub(crate) places: Places,
}

impl Viewer {
    /// Whether the session lives and its owner still holds the permission. Looking on is no activity, or an open tab
    /// would keep a session alive for ever (PACS-057). Who cannot be asked about sees nothing more.
    async fn may_look(&self) -> bool {
        let Ok(directory) = self.directory.get() else { return false };
        let found = directory.principal(&self.credential, &self.client).await;
        matches!(found, Ok(Some(principal)) if self.matrix.allows(Some(&principal), self.permission))
    }
}

impl<S: Sync> FromRequestParts<S> for Viewer {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ApiError> {
        let known = known(parts)?;
        let (Some(principal), Some(secret)) = (&known.principal, &known.standing.secret) else {
            return Err(ApiError::new(codes::NOT_SIGNED_IN, "no session"));
        };
        let standing = &known.standing;
        let place = standing.places.take(Holder::of(principal)).ok_or_else(|| {
            ApiError::new(codes::TOO_MANY_STREAMS, format!("{PER_SESSION} per session, {PER_NODE} per node"))
                .retry_after(HEARTBEAT.as_secs())
        })?;
        Ok(Self {
            clock: standing.clock.clone(),
            directory: standing.directory.clone(),
            matrix: standing.matrix.clone(),
            permission: standing.permission,
            credential: Credential::Session(secret.clone()),
            client: ClientFacts { attended: false, ..known.client.clone() },
            _place: place,
        })
    }
}

/// An event stream that ends when the program stops, the session ends or its owner loses the permission.
pub fn stream<E: Stream<Item = Event> + Send + 'static>(
    events: E,
    viewer: Viewer,
    stop: &Stop,
) -> impl IntoResponse + use<E> {
    let end = stop.accepting.clone().cancelled_owned();
    let asked_at = viewer.clock.monotonic();
    let watched = Watched { events: Box::pin(events), viewer, asked_at };
    let watched =
        stream::unfold(watched, |mut watched| async move { watched.next().await.map(|event| (event, watched)) });
    let events = watched.map(Ok::<_, Infallible>).take_until(end);
    ([("cache-control", "no-store"), ("x-accel-buffering", "no")], Sse::new(events))
}

struct Watched<E> {
    events: std::pin::Pin<Box<E>>,
    viewer: Viewer,
    asked_at: Duration,
}

impl<E: Stream<Item = Event>> Watched<E> {
    async fn next(&mut self) -> Option<Event> {
        let clock = self.viewer.clock.clone();
        let event = match clock.timeout(HEARTBEAT, self.events.next()).await {
            Some(None) => return None,
            Some(Some(event)) => event,
            None => Event::default().comment("heartbeat"),
        };
        if clock.monotonic().saturating_sub(self.asked_at) >= RECHECK {
            self.asked_at = clock.monotonic();
            if !self.viewer.may_look().await {
                return None;
            }
        }
        Some(event)
    }
}

/// Whose streams are counted together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Holder {
    Session(SessionId),
    Account(AccountId),
}

impl Holder {
    fn of(principal: &Principal) -> Self {
        principal.session.map_or(Self::Account(principal.account), Self::Session)
    }
}

/// Open streams of this node, by holder.
#[derive(Debug, Clone, Default)]
pub(crate) struct Places(Arc<Mutex<HashMap<Holder, usize>>>);

impl Places {
    fn take(&self, holder: Holder) -> Option<Place> {
        let mut open = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (own, all) = (open.get(&holder).copied().unwrap_or(0), open.values().sum::<usize>());
        if own >= PER_SESSION || all >= PER_NODE {
            return None;
        }
        open.insert(holder, own + 1);
        Some(Place { places: self.clone(), holder })
    }
}

/// One open stream; given back when it is dropped.
#[derive(Debug)]
struct Place {
    places: Places,
    holder: Holder,
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut open = self.places.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = open.get_mut(&self.holder) {
            *count -= 1;
            if *count == 0 {
                open.remove(&self.holder);
            }
        }
    }
}
