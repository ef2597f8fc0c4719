//! One HTTP/1 connection to a member, driven by whoever uses it.

use std::fmt;
use std::future::Future as _;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use futures_util::future::poll_fn;
use http::{Request, Response};
use hyper::body::Incoming;
use hyper::client::conn::TrySendError;
use hyper::client::conn::http1::{Connection, SendRequest, handshake};
use hyper_util::rt::TokioIo;
use medward_contract::Timestamp;
use medward_kernel::Clock;

use super::connect::{HyperStream, Stream};
use super::{Member, UpstreamBody};
use crate::listen::LazyTimer;

/// An open connection in use.
pub(crate) struct Line {
    wire: Wire,
    member: Arc<Member>,
    /// The place that it takes at its member while that works on an answer.
    seat: Option<Seat>,
    reused: bool,
    /// It bears the address of one client.
    private: bool,
}

/// An open connection. Nobody polls it while it is idle: whoever takes it looks first whether it was closed.
pub(super) struct Wire {
    sender: SendRequest<UpstreamBody>,
    connection: Box<Connection<HyperStream, UpstreamBody>>,
    /// Armed once for many requests: setting and clearing one for each would cost more than it is worth.
    timer: LazyTimer,
    closed: bool,
    /// When it was found idle first; none while it is used.
    pub(super) idle_since: Option<Timestamp>,
}

/// One of the requests that a member works on at the same time. It is given back when it is dropped.
///
/// It is held until the head of the answer is there, and not while bodies flow or a WebSocket is open: how long that takes,
/// clients decide, and a few slow ones could have all the seats.
///
/// Not a permit of the semaphore's own, which would count references to it beside those to the member.
#[derive(Debug)]
pub(crate) struct Seat(Arc<Member>);

impl Seat {
    /// A seat at this member, if one is free.
    pub(super) fn take(member: &Arc<Member>) -> Option<Self> {
        member.room().try_acquire().ok()?.forget();
        Some(Self(member.clone()))
    }

    /// The next seat that gets free. Who came first gets it first.
    pub(crate) async fn wait(member: Arc<Member>) -> Self {
        // It is never closed.
        if let Ok(permit) = member.room().acquire().await {
            permit.forget();
        }
        Self(member)
    }

    /// Whose it is.
    pub(crate) fn member(&self) -> &Arc<Member> {
        &self.0
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        self.0.room().add_permits(1);
    }
}

impl fmt::Debug for Wire {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Wire").field("closed", &self.closed).finish_non_exhaustive()
    }
}

impl Wire {
    fn poll_drive(&mut self, cx: &mut Context<'_>) {
        if !self.closed && Pin::new(&mut *self.connection).poll(cx).is_ready() {
            self.closed = true;
        }
    }

    /// Whether it is open and can take a request.
    fn is_usable(&mut self, cx: &mut Context<'_>) -> bool {
        self.poll_drive(cx);
        !self.closed && matches!(self.sender.poll_ready(cx), Poll::Ready(Ok(())))
    }

    /// Looks at one that nobody uses: whether its member still holds it open.
    pub(super) fn is_open(&mut self) -> bool {
        self.is_usable(&mut Context::from_waker(Waker::noop()))
    }
}

impl fmt::Debug for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Line")
            .field("member", &self.member().address())
            .field("closed", &self.wire.closed)
            .finish_non_exhaustive()
    }
}

/// What came back instead of a response.
pub(crate) type SendError = TrySendError<Request<UpstreamBody>>;

impl Line {
    pub(super) async fn handshake(seat: Seat, stream: Stream, private: bool, clock: &Clock) -> hyper::Result<Self> {
        let (sender, connection) = handshake(TokioIo::new(stream)).await?;
        let timer = LazyTimer::new(clock.clone());
        let wire = Wire { sender, connection: Box::new(connection), timer, closed: false, idle_since: None };
        Ok(Self::new(wire, seat, private))
    }

    fn new(wire: Wire, seat: Seat, private: bool) -> Self {
        Self { wire, member: seat.member().clone(), seat: Some(seat), reused: false, private }
    }

    /// An idle connection of the member that is still open; the seat comes back when there is none.
    pub(crate) async fn idle(seat: Seat) -> Result<Self, Seat> {
        while let Some(mut wire) = seat.member().take_idle() {
            if poll_fn(|cx| Poll::Ready(wire.is_usable(cx))).await {
                wire.idle_since = None;
                return Ok(Self { reused: true, ..Self::new(wire, seat, false) });
            }
        }
        Err(seat)
    }

    /// Whether another request has used it before.
    pub(crate) fn is_reused(&self) -> bool {
        self.reused
    }

    /// The member at the other end.
    pub(crate) fn member(&self) -> &Arc<Member> {
        &self.member
    }

    /// Its member has done its work, or waits itself.
    pub(crate) fn give_seat_back(&mut self) {
        self.seat = None;
    }

    /// Moves bytes in both directions.
    pub(crate) fn poll_drive(&mut self, cx: &mut Context<'_>) {
        self.wire.poll_drive(cx);
    }

    /// Sends a request and waits for the head of its response, calling `meanwhile` at every turn with the timer of
    /// the connection; `meanwhile` may end the wait with a result of its own.
    pub(crate) async fn send<T>(
        &mut self,
        request: Request<UpstreamBody>,
        mut meanwhile: impl FnMut(&mut Context<'_>, &mut LazyTimer) -> Poll<T>,
    ) -> Result<Result<Response<Incoming>, Box<SendError>>, T> {
        let Wire { sender, connection, timer, closed, .. } = &mut self.wire;
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
        if !self.wire.closed && !self.private && !self.wire.sender.is_closed() {
            self.member.keep_idle(self.wire);
        }
    }

    /// Hands the connection over to a task that drives it until it is closed or switches protocols.
    pub(crate) fn into_upgradeable(
        self,
    ) -> (SendRequest<UpstreamBody>, impl Future<Output = ()> + Send + 'static, Option<Seat>) {
        let connection = self.wire.connection.with_upgrades();
        let drive = async move {
            if let Err(error) = connection.await {
                tracing::debug!(%error, "upstream connection ended");
            }
        };
        (self.wire.sender, drive, self.seat)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::net::TcpListener;

    use super::super::{Connector, Members};
    use super::*;
    use crate::address::UpstreamAddress;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_micros(seconds * 1_000_000)
    }

    /// A member, and a connection to it that is idle, as the other side sees it.
    async fn idle_line() -> (Arc<Member>, tokio::net::TcpStream) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = UpstreamAddress::parse(&format!("http://{}", listener.local_addr().unwrap())).unwrap();
        let pool = Members::default().pool([address], None);
        let member = pool.members()[0].clone();
        let connector = Connector::new(Clock::system(), Duration::from_secs(9), None).unwrap();
        let seat = Seat::take(&member).unwrap();
        let line = connector.line(seat, None).await.unwrap();
        let (stream, _) = listener.accept().await.unwrap();
        line.keep();
        (member, stream)
    }

    #[tokio::test]
    async fn idle_line_is_let_go_after_a_minute_without_use() {
        let (member, _stream) = idle_line().await;
        member.sweep_idle(at(0));
        member.sweep_idle(at(59));
        let line = Line::idle(Seat::take(&member).unwrap()).await.unwrap();
        assert!(line.is_reused());
        line.keep();
        // It was used: its minute begins anew.
        member.sweep_idle(at(100));
        member.sweep_idle(at(159));
        Line::idle(Seat::take(&member).unwrap()).await.unwrap().keep();
        member.sweep_idle(at(200));
        member.sweep_idle(at(260));
        assert!(Line::idle(Seat::take(&member).unwrap()).await.is_err());
    }

    #[tokio::test]
    async fn idle_line_that_the_upstream_closed_is_let_go_without_a_request() {
        let (member, stream) = idle_line().await;
        member.sweep_idle(at(0));
        drop(stream);
        let gone = async {
            while member.idle_lines() > 0 {
                member.sweep_idle(at(1));
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(Duration::from_secs(60), gone).await.expect("its end is seen");
    }

    #[tokio::test]
    async fn member_that_left_the_policy_takes_its_idle_lines_along() {
        let (member, mut stream) = idle_line().await;
        drop(member);
        let read = tokio::io::AsyncReadExt::read(&mut stream, &mut [0; 1]).await;
        assert_eq!(read.unwrap(), 0, "closed");
    }
}
