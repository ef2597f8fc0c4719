//! Live records over SSE: at most 500 a second, the rest counted as skipped; resumable by `Last-Event-ID`.

use std::collections::VecDeque;
use std::time::Duration;

use axum::response::IntoResponse;
use axum::response::sse::Event;
use futures_util::stream;
use http::HeaderMap;
use medward_contract::vault::Record;
use medward_kernel::Clock;
use medward_web::{ApiError, Caller, Query, Viewer};
use serde::Deserialize;

use super::views::record_view;
use super::{State, refused, service_of};
use crate::index::Position;
use crate::service::{Fresh, Tail};

/// Records sent per second (`vault.md` §8).
const PER_SECOND: usize = 500;

/// Parameters of a tail.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct TailParams {
    /// Query; empty shows everything.
    #[serde(default)]
    q: String,
}

/// Records as they are committed: `event: record` with a record, `event: skipped` with a count.
#[utoipa::path(get, path = "/api/v1/vault/tail", params(TailParams), responses((status = 200, content_type = "text/event-stream", body = String)))]
pub(crate) async fn tail_get(
    Caller(caller): Caller,
    Query(params): Query<TailParams>,
    headers: HeaderMap,
    viewer: Viewer,
    axum::extract::State(late): State,
) -> Result<impl IntoResponse, ApiError> {
    let service = service_of(&late)?;
    let resume = headers.get("last-event-id").and_then(|id| id.to_str().ok()).and_then(parse_position);
    let tail = service.tail(&caller, &params.q, resume).await.map_err(refused)?;
    let clock = service.store().shared().clock.clone();
    let feed = Feed { tail, clock, second: Duration::ZERO, sent: 0, ready: VecDeque::new() };
    let events = stream::unfold(feed, |mut feed| async move { feed.next().await.map(|event| (event, feed)) });
    Ok(medward_web::sse::stream(events, viewer, service.stop()))
}

fn parse_position(text: &str) -> Option<Position> {
    let (file, offset) = text.split_once('-')?;
    Some(Position { file: file.parse().ok()?, offset: offset.parse().ok()? })
}

struct Feed {
    tail: Tail,
    clock: Clock,
    second: Duration,
    sent: usize,
    ready: VecDeque<Event>,
}

impl Feed {
    async fn next(&mut self) -> Option<Event> {
        loop {
            if let Some(event) = self.ready.pop_front() {
                return Some(event);
            }
            match self.tail.next().await {
                Ok(fresh) => self.take(&fresh),
                Err(error) => {
                    tracing::warn!(%error, "live view ended");
                    return None;
                }
            }
        }
    }

    fn take(&mut self, fresh: &Fresh) {
        let now = self.clock.monotonic();
        if now.saturating_sub(self.second) >= Duration::from_secs(1) {
            (self.second, self.sent) = (now, 0);
        }
        let room = PER_SECOND.saturating_sub(self.sent).min(fresh.records.len());
        self.sent += room;
        let skipped = fresh.records.len() - room;
        for (place, record) in fresh.records.iter().skip(skipped).enumerate() {
            // A page that resumes in the middle sees a few records again rather than missing one.
            let id = if place + 1 == room { fresh.after } else { fresh.before };
            self.ready.extend(record_event(record, id));
        }
        if skipped > 0 {
            self.ready.push_back(Event::default().event("skipped").data(skipped.to_string()));
        }
    }
}

fn record_event(record: &Record, id: Position) -> Option<Event> {
    let data = serde_json::to_string(&record_view(record)).ok()?;
    Some(Event::default().event("record").id(format!("{}-{}", id.file, id.offset)).data(data))
}
