//! One HTTP/2 stream: what its task, its bodies and the watch of its connection tell each other, the pace of its request
//! body, and the end of a stream whose client takes nothing.
//!
//! The library knows no time. On HTTP/1 the tap keeps these clocks.

use std::fmt;
use std::future::Future;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use futures_util::future::poll_fn;
use http_body::{Body, Frame, SizeHint};
use hyper::body::Incoming;
use medward_kernel::Clock;

use super::pace::Pace;
use super::tap::Fault;
use super::timer::LazyTimer;

/// The counterpart of [`TapLink`](super::TapLink) for one stream.
#[derive(Debug, Default)]
pub(crate) struct StreamLink {
    too_slow: AtomicBool,
    /// Since when a piece of the answer waits for the client, microseconds of the monotonic clock and one; 0: none does.
    offered: AtomicU64,
    cut: AtomicBool,
}

impl StreamLink {
    /// Why the body of the request broke off, if it was the client's fault.
    pub(crate) fn body_fault(&self) -> Option<Fault> {
        self.too_slow.load(Ordering::Acquire).then_some(Fault::BodyTimeout)
    }

    /// A piece of the answer is ready.
    pub(crate) fn offer(&self, now: Duration) {
        let micros = u64::try_from(now.as_micros()).unwrap_or(u64::MAX);
        self.offered.store(micros.saturating_add(1), Ordering::Release);
    }

    /// The client has taken it: the next one is asked for.
    pub(crate) fn taken(&self) {
        self.offered.store(0, Ordering::Release);
    }

    /// The stream was ended because its client took nothing.
    pub(crate) fn was_cut(&self) -> bool {
        self.cut.load(Ordering::Acquire)
    }

    fn offered_since(&self) -> Option<Duration> {
        self.offered.load(Ordering::Acquire).checked_sub(1).map(Duration::from_micros)
    }
}

/// Runs the task of a stream to its end, or until a piece of the answer has not been taken for `limit`; true if so.
pub(super) async fn until_stalled(
    task: impl Future<Output = ()>,
    link: &StreamLink,
    clock: Clock,
    limit: Duration,
) -> bool {
    let mut task = pin!(task);
    let mut timer = LazyTimer::new(clock);
    poll_fn(|cx| {
        if task.as_mut().poll(cx).is_ready() {
            return Poll::Ready(false);
        }
        match link.offered_since() {
            Some(since) if timer.poll(cx, since + limit).is_ready() => {
                link.cut.store(true, Ordering::Release);
                Poll::Ready(true)
            }
            _ => Poll::Pending,
        }
    })
    .await
}

/// The body of a request as it comes from the client.
pub(crate) struct ClientBody {
    incoming: Incoming,
    /// On HTTP/2 only, and only if there is a body.
    clock: Option<Box<PaceClock>>,
}

struct PaceClock {
    pace: Pace,
    timer: LazyTimer,
    grace: Duration,
    link: Arc<StreamLink>,
}

/// Why a body ends before its end.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ClientBodyError {
    #[error("read the body")]
    Read(#[source] hyper::Error),
    #[error("wait for the body: it came too slowly")]
    TooSlow,
}

impl ClientBody {
    /// A body whose pace the tap watches.
    pub(crate) fn http1(incoming: Incoming) -> Self {
        Self { incoming, clock: None }
    }

    /// A body of a stream.
    pub(crate) fn http2(incoming: Incoming, link: &Arc<StreamLink>, clock: &Clock, grace: Duration) -> Self {
        let clock = (!incoming.is_end_stream()).then(|| {
            let timer = LazyTimer::new(clock.clone());
            Box::new(PaceClock { pace: Pace::default(), timer, grace, link: link.clone() })
        });
        Self { incoming, clock }
    }
}

impl PaceClock {
    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<ClientBodyError> {
        let Self { pace, timer, grace, link } = self;
        let deadline = pace.deadline(|| timer.now(), *grace);
        timer.poll(cx, deadline).map(|()| {
            link.too_slow.store(true, Ordering::Release);
            ClientBodyError::TooSlow
        })
    }
}

impl Body for ClientBody {
    type Data = Bytes;
    type Error = ClientBodyError;

    fn poll_frame(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, ClientBodyError>>> {
        let this = self.get_mut();
        match Pin::new(&mut this.incoming).poll_frame(cx) {
            Poll::Ready(frame) => {
                if let Some(clock) = &mut this.clock {
                    clock.pace.came(|| clock.timer.now());
                    if let Some(Ok(frame)) = &frame {
                        clock.pace.received(frame.data_ref().map_or(0, Bytes::len));
                    }
                }
                Poll::Ready(frame.map(|frame| frame.map_err(ClientBodyError::Read)))
            }
            Poll::Pending => match &mut this.clock {
                Some(clock) => clock.poll(cx).map(|error| Some(Err(error))),
                None => Poll::Pending,
            },
        }
    }

    fn is_end_stream(&self) -> bool {
        self.incoming.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.incoming.size_hint()
    }
}

impl fmt::Debug for ClientBody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientBody").field("incoming", &self.incoming).finish_non_exhaustive()
    }
}
