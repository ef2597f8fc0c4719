//! Server-sent events with a heartbeat, ended by the end of the session's page or of the program.

use std::convert::Infallible;
use std::time::Duration;

use axum::response::IntoResponse;
use axum::response::sse::{Event, KeepAlive, Sse};
use futures_util::{Stream, StreamExt as _};
use medward_kernel::supervisor::Stop;

/// A comment line this often keeps proxies and browsers from giving up (`console.md` §6).
const HEARTBEAT: Duration = Duration::from_secs(15);

/// An event stream that ends when the program stops.
pub fn stream<E: Stream<Item = Event> + Send + 'static>(events: E, stop: &Stop) -> impl IntoResponse + use<E> {
    let end = stop.accepting.clone().cancelled_owned();
    let events = events.map(Ok::<_, Infallible>).take_until(end);
    (
        [("cache-control", "no-store"), ("x-accel-buffering", "no")],
        Sse::new(events).keep_alive(KeepAlive::new().interval(HEARTBEAT).text("heartbeat")),
    )
}
