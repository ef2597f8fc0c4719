//! One HTTP/1 connection to a member, driven by whoever uses it.

use std::fmt;
use std::future::Future as _;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll};

use futures_util::future::poll_fn;
use http::{Request, Response};
use hyper::body::Incoming;
use hyper::client::conn::TrySendError;
use hyper::client::conn::http1::{Connection, SendRequest, handshake};
use hyper_util::rt::TokioIo;

use medward_kernel::Clock;

use super::connect::{HyperStream, Stream};
use super::{Member, UpstreamBody};
use crate::listen::LazyTimer;

/// An open connection. Nobody polls it while it is idle: whoever takes it looks first whether it was closed.
pub(crate) struct Line {
    sender: SendRequest<UpstreamBody>,
    connection: Box<Connection<HyperStream, UpstreamBody>>,
    member: Arc<Member>,
    /// Armed once for many requests: setting and clearing one for each would cost more than it is worth.
    timer: LazyTimer,
    reused: bool,
    closed: bool,
    /// It bears the address of one client.
    private: bool,
}

impl fmt::Debug for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Line")
            .field("member", &self.member.address())
            .field("closed", &self.closed)
            .finish_non_exhaustive()
    }
}

/// What came back instead of a response.
pub(crate) type SendError = TrySendError<Request<UpstreamBody>>;

impl Line {
    pub(super) async fn handshake(
        member: Arc<Member>,
        stream: Stream,
        private: bool,
        clock: &Clock,
    ) -> hyper::Result<Self> {
        let (sender, connection) = handshake(TokioIo::new(stream)).await?;
        let timer = LazyTimer::new(clock.clone());
        Ok(Self { sender, connection: Box::new(connection), member, timer, reused: false, closed: false, private })
    }

    /// An idle connection of the member that is still open.
    pub(crate) async fn idle(member: &Member) -> Option<Self> {
        loop {
            let mut line = member.take_idle()?;
            let usable = poll_fn(|cx| {
                line.poll_drive(cx);
                Poll::Ready(!line.closed && matches!(line.sender.poll_ready(cx), Poll::Ready(Ok(()))))
            });
            if usable.await {
                line.reused = true;
                return Some(line);
            }
        }
    }

    /// Whether another request has used it before.
    pub(crate) fn is_reused(&self) -> bool {
        self.reused
    }

    /// The member at the other end.
    pub(crate) fn member(&self) -> &Arc<Member> {
        &self.member
    }

    /// Moves bytes in both directions.
    pub(crate) fn poll_drive(&mut self, cx: &mut Context<'_>) {
        if !self.closed && Pin::new(&mut *self.connection).poll(cx).is_ready() {
            self.closed = true;
        }
    }

    /// Sends a request and waits for the head of its response, calling `meanwhile` at every turn with the timer of
    /// the connection; `meanwhile` may end the wait with a result of its own.
    pub(crate) async fn send<T>(
        &mut self,
        request: Request<UpstreamBody>,
        mut meanwhile: impl FnMut(&mut Context<'_>, &mut LazyTimer) -> Poll<T>,
    ) -> Result<Result<Response<Incoming>, Box<SendError>>, T> {
        let Self { sender, connection, timer, closed, .. } = self;
        let mut response = pin!(sender.try_send_request(request));
        poll_fn(|cx| {
            if let Poll::Ready(ended) = meanwhile(cx, timer) {
                return Poll::Ready(Err(ended));
            }
            if !*closed && Pin::new(&mut **connection).poll(cx).is_ready() {
                *closed = true;
            }
            response.as_mut().poll(cx).map(|result| Ok(result.map_err(Box::new)))
        })
        .await
    }

    /// Gives the connection to the next request, when it can take one.
    pub(crate) fn keep(self) {
        if !self.closed && !self.private && !self.sender.is_closed() {
            let member = self.member.clone();
            member.keep_idle(self);
        }
    }

    /// Hands the connection over to a task that drives it until it is closed or switches protocols.
    pub(crate) fn into_upgradeable(self) -> (SendRequest<UpstreamBody>, impl Future<Output = ()> + Send + 'static) {
        let connection = self.connection.with_upgrades();
        let drive = async move {
            if let Err(error) = connection.await {
                tracing::debug!(%error, "upstream connection ended");
            }
        };
        (self.sender, drive)
    }
}
