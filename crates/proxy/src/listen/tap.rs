//! `HeadTap`: stands between the socket and hyper's HTTP/1 server and lets through only what is framed beyond doubt.
//!
//! It runs [`medward_waf::http1`] over every byte and releases one message at a time. A message it refuses never reaches
//! hyper: a harmless stand-in takes its place, and the service answers that with the refusal, so the order of answers on
//! a pipelined connection is kept. After a protocol switch it is transparent.
//!
//! Invariant: hyper reads nothing that the scanner has not passed.

use std::io;
use std::ops::Range;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::{Buf as _, BytesMut};
use futures_util::task::AtomicWaker;
use hyper::rt::{Read, ReadBufCursor, Write};
use medward_kernel::Clock;
use medward_waf::Head;
use medward_waf::http1::{BodyScanner, HeadScanner, HttpFinding, ScannedHead};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_util::io::poll_read_buf;

use super::copy::{LAST_CHUNK, REFUSED, is_chunked, write_chunk, write_head};
use super::pace::Pace;
use super::refused::head_of_refused;
use super::timer::LazyTimer;

/// Bytes of a body, and of anything else, read from the socket at once. Idle connections keep the smaller buffer only.
const BODY_READ_BYTES: usize = 16 * 1024;
const READ_BYTES: usize = 4 * 1024;
/// Bytes of a next message taken in while one is in flight; more waits in the socket.
const AHEAD_BYTES: usize = 64 * 1024;
/// After the last answer a client that still sends is listened to for this long and this much, so that it can read why.
const LINGER: Duration = Duration::from_secs(2);
const LINGER_BYTES: u64 = 8 << 20;

/// Why a message is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    /// Its framing is wrong.
    Framing(HttpFinding),
    /// The head did not come in time.
    HeadTimeout,
    /// The body came too slowly.
    BodyTimeout,
}

/// What the tap hands to the service beside hyper's request.
#[derive(Debug)]
pub(crate) enum Arrival {
    /// The head as it came.
    Request(Box<ScannedHead>),
    /// Refused; the head holds what could be read of it.
    Refused(Fault, Box<Head>),
}

/// What tap and service tell each other. Both run in the task of the connection.
#[derive(Debug, Default)]
pub(crate) struct TapLink {
    arrival: Mutex<Option<Arrival>>,
    body_fault: Mutex<Option<Fault>>,
    in_flight: AtomicBool,
    switched: AtomicBool,
    /// Whoever reads on once the message in flight is answered. Hyper does not ask again by itself when the answer went
    /// out in the same turn as the head came in.
    reader: AtomicWaker,
}

impl TapLink {
    /// The message hyper has just begun.
    pub(crate) fn take_arrival(&self) -> Option<Arrival> {
        self.arrival.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    /// Why the body of the message in flight broke off, if it was the client's fault.
    pub(crate) fn body_fault(&self) -> Option<Fault> {
        *self.body_fault.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The message in flight is answered: the next one may come.
    pub(crate) fn answered(&self) {
        self.in_flight.store(false, Ordering::Release);
        self.reader.wake();
    }

    /// From here on the bytes are another protocol.
    pub(crate) fn switch_protocol(&self) {
        self.switched.store(true, Ordering::Release);
        self.reader.wake();
    }

    fn announce(&self, arrival: Arrival) {
        *self.arrival.lock().unwrap_or_else(PoisonError::into_inner) = Some(arrival);
        self.in_flight.store(true, Ordering::Release);
    }

    fn break_body(&self, fault: Fault) {
        *self.body_fault.lock().unwrap_or_else(PoisonError::into_inner) = Some(fault);
    }
}

/// How long the tap waits for the client.
#[derive(Debug, Clone, Copy)]
pub(crate) struct TapTimes {
    pub(crate) head: Duration,
    pub(crate) body_grace: Duration,
    pub(crate) keep_alive: Duration,
}

enum Stage {
    /// Waiting for a head since then.
    Head { scanner: HeadScanner, since: Duration, first: bool },
    /// Passing a body on.
    Body { scanner: BodyScanner, chunked: bool, pace: Pace },
    /// The message is complete and not answered yet.
    InFlight,
    /// Nothing more is read as HTTP.
    Closed,
    /// Another protocol.
    Switched,
}

/// See the module.
pub(crate) struct HeadTap<I> {
    io: I,
    link: Arc<TapLink>,
    times: TapTimes,
    timer: LazyTimer,
    write_timer: LazyTimer,
    write_stalled_since: Option<Duration>,
    stage: Stage,
    /// Received and not yet released.
    inbox: BytesMut,
    /// Released and not yet read by hyper.
    outbox: BytesMut,
    spans: Vec<Range<usize>>,
    end_of_input: bool,
    linger: Option<Linger>,
}

struct Linger {
    until: Duration,
    left: u64,
}

/// What one turn of the read loop came to.
enum Turn {
    Again,
    Done(Poll<io::Result<()>>),
}

impl<I: AsyncRead + AsyncWrite + Unpin> HeadTap<I> {
    pub(crate) fn new(io: I, link: Arc<TapLink>, clock: &Clock, times: TapTimes) -> Self {
        let timer = LazyTimer::new(clock.clone());
        Self {
            stage: Stage::Head { scanner: HeadScanner::default(), since: timer.now(), first: true },
            write_timer: LazyTimer::new(clock.clone()),
            timer,
            io,
            link,
            times,
            write_stalled_since: None,
            inbox: BytesMut::new(),
            outbox: BytesMut::new(),
            spans: Vec::new(),
            end_of_input: false,
            linger: None,
        }
    }

    fn poll_fill(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<usize>> {
        if self.end_of_input {
            return Poll::Ready(Ok(0));
        }
        let in_body = matches!(self.stage, Stage::Body { .. });
        self.inbox.reserve(if in_body { BODY_READ_BYTES } else { READ_BYTES });
        let count = ready!(poll_read_buf(Pin::new(&mut self.io), cx, &mut self.inbox))?;
        self.end_of_input = count == 0;
        Poll::Ready(Ok(count))
    }

    fn turn(&mut self, cx: &mut Context<'_>, room: usize) -> Turn {
        match &mut self.stage {
            Stage::Head { .. } => self.turn_head(cx),
            Stage::Body { .. } => self.turn_body(cx, room),
            Stage::InFlight => self.turn_in_flight(cx),
            Stage::Closed => self.turn_closed(cx),
            Stage::Switched => self.turn_switched(cx),
        }
    }

    fn turn_head(&mut self, cx: &mut Context<'_>) -> Turn {
        let Stage::Head { scanner, since, first } = &mut self.stage else { return Turn::Again };
        match scanner.scan(&self.inbox) {
            Ok(Some(scanned)) => {
                self.release(scanned);
                return Turn::Again;
            }
            Err(error) => {
                self.refuse(Fault::Framing(error.finding));
                return Turn::Again;
            }
            Ok(None) => {}
        }
        let was_empty = self.inbox.is_empty();
        let limit = if was_empty && !*first { self.times.keep_alive } else { self.times.head };
        let deadline = *since + limit;
        match self.poll_fill(cx) {
            Poll::Ready(Ok(0)) => Turn::Done(Poll::Ready(Ok(()))),
            Poll::Ready(Ok(_)) => {
                if was_empty {
                    let now = self.timer.now();
                    if let Stage::Head { since, .. } = &mut self.stage {
                        *since = now;
                    }
                }
                Turn::Again
            }
            Poll::Ready(Err(error)) => Turn::Done(Poll::Ready(Err(error))),
            Poll::Pending if self.timer.poll(cx, deadline).is_pending() => Turn::Done(Poll::Pending),
            Poll::Pending if was_empty => {
                self.stage = Stage::Closed;
                // Silence: hyper sees the end of the connection.
                Turn::Done(Poll::Ready(Ok(())))
            }
            Poll::Pending => {
                self.refuse(Fault::HeadTimeout);
                Turn::Again
            }
        }
    }

    /// Lets a scanned head through.
    fn release(&mut self, scanned: ScannedHead) {
        write_head(&scanned, &mut self.outbox);
        self.inbox.advance(scanned.length);
        let framing = scanned.framing;
        self.stage = match framing {
            medward_waf::http1::BodyFraming::None => Stage::InFlight,
            _ => Stage::Body { scanner: framing.scanner(), chunked: is_chunked(framing), pace: Pace::default() },
        };
        self.link.announce(Arrival::Request(Box::new(scanned)));
    }

    /// Puts the stand-in in place of the message.
    fn refuse(&mut self, fault: Fault) {
        self.outbox.extend_from_slice(REFUSED);
        self.link.announce(Arrival::Refused(fault, Box::new(head_of_refused(&self.inbox))));
        self.inbox.clear();
        self.stage = Stage::Closed;
    }

    fn turn_body(&mut self, cx: &mut Context<'_>, room: usize) -> Turn {
        let Stage::Body { scanner, chunked, pace } = &mut self.stage else { return Turn::Again };
        let slice = self.inbox.get(..room.clamp(1, BODY_READ_BYTES).min(self.inbox.len())).unwrap_or_default();
        self.spans.clear();
        let end = match scanner.scan(slice, &mut self.spans) {
            Ok(end) => end,
            Err(error) => {
                self.link.break_body(Fault::Framing(error.finding));
                return self.broken("the body is malformed");
            }
        };
        for span in &self.spans {
            let data = slice.get(span.clone()).unwrap_or_default();
            pace.received(data.len());
            if *chunked {
                write_chunk(data, &mut self.outbox);
            } else {
                self.outbox.extend_from_slice(data);
            }
        }
        let taken = end.unwrap_or(slice.len());
        if end.is_some() {
            if *chunked {
                self.outbox.extend_from_slice(LAST_CHUNK);
            }
            self.stage = Stage::InFlight;
        }
        self.inbox.advance(taken);
        if !self.outbox.is_empty() || end.is_some() || !self.inbox.is_empty() {
            return Turn::Again;
        }
        self.fill_body(cx)
    }

    fn fill_body(&mut self, cx: &mut Context<'_>) -> Turn {
        let filled = self.poll_fill(cx);
        let Stage::Body { pace, .. } = &mut self.stage else { return Turn::Again };
        match filled {
            Poll::Ready(Ok(0)) => Turn::Done(Poll::Ready(Ok(()))),
            Poll::Ready(Ok(_)) => {
                pace.came(|| self.timer.now());
                Turn::Again
            }
            Poll::Ready(Err(error)) => Turn::Done(Poll::Ready(Err(error))),
            Poll::Pending => {
                let deadline = pace.deadline(|| self.timer.now(), self.times.body_grace);
                if self.timer.poll(cx, deadline).is_pending() {
                    return Turn::Done(Poll::Pending);
                }
                self.link.break_body(Fault::BodyTimeout);
                self.broken("the body came too slowly")
            }
        }
    }

    fn broken(&mut self, what: &'static str) -> Turn {
        self.stage = Stage::Closed;
        Turn::Done(Poll::Ready(Err(io::Error::new(io::ErrorKind::InvalidData, what))))
    }

    fn turn_in_flight(&mut self, cx: &mut Context<'_>) -> Turn {
        self.link.reader.register(cx.waker());
        if self.link.switched.load(Ordering::Acquire) {
            self.stage = Stage::Switched;
            return Turn::Again;
        }
        if !self.link.in_flight.load(Ordering::Acquire) {
            let since = self.timer.now();
            self.forget_large_buffers();
            self.stage = Stage::Head { scanner: HeadScanner::default(), since, first: false };
            return Turn::Again;
        }
        // Hyper asks only to learn whether the client is still there.
        while self.inbox.len() < AHEAD_BYTES {
            match self.poll_fill(cx) {
                Poll::Ready(Ok(0)) => return Turn::Done(Poll::Ready(Ok(()))),
                Poll::Ready(Ok(_)) => {}
                Poll::Ready(Err(error)) => return Turn::Done(Poll::Ready(Err(error))),
                Poll::Pending => break,
            }
        }
        Turn::Done(Poll::Pending)
    }

    fn forget_large_buffers(&mut self) {
        for buffer in [&mut self.inbox, &mut self.outbox] {
            if buffer.is_empty() && buffer.capacity() > 2 * READ_BYTES {
                *buffer = BytesMut::new();
            }
        }
    }

    fn turn_closed(&mut self, cx: &mut Context<'_>) -> Turn {
        loop {
            self.inbox.clear();
            match self.poll_fill(cx) {
                Poll::Ready(Ok(0)) => return Turn::Done(Poll::Ready(Ok(()))),
                Poll::Ready(Ok(_)) => {}
                Poll::Ready(Err(error)) => return Turn::Done(Poll::Ready(Err(error))),
                Poll::Pending => return Turn::Done(Poll::Pending),
            }
        }
    }

    fn turn_switched(&mut self, cx: &mut Context<'_>) -> Turn {
        if !self.inbox.is_empty() {
            std::mem::swap(&mut self.inbox, &mut self.outbox);
            return Turn::Again;
        }
        match self.poll_fill(cx) {
            Poll::Ready(Ok(0)) => Turn::Done(Poll::Ready(Ok(()))),
            Poll::Ready(Ok(_)) => Turn::Again,
            Poll::Ready(Err(error)) => Turn::Done(Poll::Ready(Err(error))),
            Poll::Pending => Turn::Done(Poll::Pending),
        }
    }

    /// Reads and throws away what the client still sends, so that closing does not destroy the answer on its way.
    fn poll_linger(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let expects_more = match self.stage {
            Stage::Head { .. } => !self.inbox.is_empty(),
            Stage::Body { .. } | Stage::Closed => true,
            Stage::InFlight | Stage::Switched => false,
        };
        if !expects_more {
            return Poll::Ready(Ok(()));
        }
        loop {
            self.inbox.clear();
            let now = self.timer.now();
            let linger = self.linger.get_or_insert_with(|| Linger { until: now + LINGER, left: LINGER_BYTES });
            let (until, left) = (linger.until, linger.left);
            if left == 0 {
                return Poll::Ready(Ok(()));
            }
            match self.poll_fill(cx) {
                Poll::Ready(Ok(0) | Err(_)) => return Poll::Ready(Ok(())),
                Poll::Ready(Ok(count)) => {
                    if let Some(linger) = &mut self.linger {
                        linger.left = linger.left.saturating_sub(count as u64);
                    }
                }
                Poll::Pending => return self.timer.poll(cx, until).map(Ok),
            }
        }
    }

    /// Ends a connection whose client takes nothing any more.
    fn watch_write<T>(&mut self, cx: &mut Context<'_>, result: Poll<io::Result<T>>) -> Poll<io::Result<T>> {
        if result.is_ready() {
            self.write_stalled_since = None;
            return result;
        }
        let since = *self.write_stalled_since.get_or_insert_with(|| self.write_timer.now());
        match self.write_timer.poll(cx, since + self.times.keep_alive) {
            Poll::Pending => Poll::Pending,
            Poll::Ready(()) => Poll::Ready(Err(io::ErrorKind::TimedOut.into())),
        }
    }
}

impl<I: AsyncRead + AsyncWrite + Unpin> Read for HeadTap<I> {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, mut cursor: ReadBufCursor<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        loop {
            if !this.outbox.is_empty() {
                let count = this.outbox.len().min(cursor.remaining());
                cursor.put_slice(this.outbox.get(..count).unwrap_or_default());
                this.outbox.advance(count);
                return Poll::Ready(Ok(()));
            }
            if let Turn::Done(result) = this.turn(cx, cursor.remaining()) {
                return result;
            }
        }
    }
}

impl<I: AsyncRead + AsyncWrite + Unpin> Write for HeadTap<I> {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let result = Pin::new(&mut this.io).poll_write(cx, bytes);
        this.watch_write(cx, result)
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let result = Pin::new(&mut this.io).poll_flush(cx);
        this.watch_write(cx, result)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        if this.linger.is_none() {
            let result = Pin::new(&mut this.io).poll_shutdown(cx);
            ready!(this.watch_write(cx, result))?;
        }
        this.poll_linger(cx)
    }

    fn is_write_vectored(&self) -> bool {
        self.io.is_write_vectored()
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let result = Pin::new(&mut this.io).poll_write_vectored(cx, bytes);
        this.watch_write(cx, result)
    }
}
