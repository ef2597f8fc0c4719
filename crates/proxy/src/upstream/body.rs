//! The body of a request on its way to the upstream.

use std::collections::VecDeque;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use tokio::sync::mpsc;

use crate::listen::{ClientBody, ClientBodyError};

/// Why a body ends before its end: the upstream must not take it for a whole one.
#[derive(Debug, thiserror::Error)]
pub(crate) enum BodyCut {
    #[error("read the request body from the client")]
    Client(#[source] ClientBodyError),
    #[error("send the whole body: it was refused on the way")]
    Refused,
}

/// One piece of a body that is judged on its way.
#[derive(Debug)]
pub(crate) enum Piece {
    Data(Bytes),
    /// The body is complete and nothing speaks against it. Without this the request is cut off.
    End,
}

/// How far a flowing body has come: a time-out tells slow from stuck by it, and a connection whose upstream answered
/// before the end of the body is not used again.
#[derive(Debug, Clone)]
pub(crate) struct Progress(Option<Arc<AtomicU64>>);

/// Set once the body has gone out whole.
const WHOLE: u64 = 1 << 63;

impl Progress {
    /// The progress of a body that begins to flow.
    pub(crate) fn flowing() -> Self {
        Self(Some(Arc::default()))
    }

    /// The progress of a body that does not flow.
    pub(crate) const fn whole() -> Self {
        Self(None)
    }

    pub(crate) fn count(&self) -> u64 {
        self.0.as_ref().map_or(WHOLE, |count| count.load(Ordering::Relaxed))
    }

    pub(crate) fn is_whole(&self) -> bool {
        self.count() & WHOLE != 0
    }

    fn note(&self) {
        if let Some(count) = &self.0 {
            count.fetch_add(1, Ordering::Relaxed);
        }
    }

    fn note_end(&self) {
        if let Some(count) = &self.0 {
            count.fetch_or(WHOLE, Ordering::Relaxed);
        }
    }
}

/// A request body as the upstream gets it.
#[derive(Debug)]
pub(crate) enum UpstreamBody {
    /// No body.
    Empty,
    /// A body that was judged as a whole.
    Held { frames: VecDeque<Bytes>, left: u64 },
    /// A body that nobody looks at.
    Direct { incoming: ClientBody, progress: Progress },
    /// A body that is judged while it passes.
    Judged { pieces: mpsc::Receiver<Piece>, left: Option<u64>, ended: bool, progress: Progress },
}

impl UpstreamBody {
    /// A body held back as a whole.
    pub(crate) fn held(frames: VecDeque<Bytes>) -> Self {
        let left = frames.iter().map(|frame| frame.len() as u64).sum();
        if left == 0 { Self::Empty } else { Self::Held { frames, left } }
    }
}

impl Body for UpstreamBody {
    type Data = Bytes;
    type Error = BodyCut;

    fn poll_frame(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Self::Data>, Self::Error>>> {
        match self.get_mut() {
            Self::Empty => Poll::Ready(None),
            Self::Held { frames, left } => Poll::Ready(frames.pop_front().map(|frame| {
                *left = left.saturating_sub(frame.len() as u64);
                Ok(Frame::data(frame))
            })),
            Self::Direct { incoming, progress } => loop {
                let frame = match ready!(Pin::new(&mut *incoming).poll_frame(cx)) {
                    None => {
                        progress.note_end();
                        return Poll::Ready(None);
                    }
                    Some(Err(error)) => return Poll::Ready(Some(Err(BodyCut::Client(error)))),
                    Some(Ok(frame)) => frame,
                };
                progress.note();
                if incoming.is_end_stream() {
                    progress.note_end();
                }
                // Trailers end here: they would reach the upstream unjudged.
                if frame.is_data() {
                    return Poll::Ready(Some(Ok(frame)));
                }
            },
            Self::Judged { pieces, left, ended, progress } => match ready!(pieces.poll_recv(cx)) {
                Some(Piece::Data(bytes)) => {
                    progress.note();
                    if let Some(left) = left {
                        *left = left.saturating_sub(bytes.len() as u64);
                        // An upstream that counts bytes never asks for the end.
                        if *left == 0 {
                            progress.note_end();
                        }
                    }
                    Poll::Ready(Some(Ok(Frame::data(bytes))))
                }
                Some(Piece::End) => {
                    *ended = true;
                    progress.note_end();
                    Poll::Ready(None)
                }
                None if *ended => Poll::Ready(None),
                None => Poll::Ready(Some(Err(BodyCut::Refused))),
            },
        }
    }

    fn is_end_stream(&self) -> bool {
        match self {
            Self::Empty => true,
            Self::Held { left, .. } => *left == 0,
            Self::Direct { incoming, .. } => incoming.is_end_stream(),
            Self::Judged { ended, .. } => *ended,
        }
    }

    fn size_hint(&self) -> SizeHint {
        match self {
            Self::Empty => SizeHint::with_exact(0),
            Self::Held { left, .. } | Self::Judged { left: Some(left), .. } => SizeHint::with_exact(*left),
            Self::Direct { incoming, .. } => incoming.size_hint(),
            Self::Judged { left: None, .. } => SizeHint::default(),
        }
    }
}
