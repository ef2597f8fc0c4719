//! One connection to Redis.
//!
//! The crate `redis` does the protocol; the connection under it is ours, with the gateway's own TLS and with a cap on what
//! is read. It is driven by whoever waits for an answer, so there is no task of its own.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll};

use futures_util::future::BoxFuture;
use medward_crypto::random_array;
use medward_defence::limit::{Contribution, Totals};
use redis::aio::MultiplexedConnection;
use redis::{AsyncConnectionConfig, RedisConnectionInfo, RedisError, Script, Value};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::UnixStream;

use super::exchange::{self, MAX_ANSWER_BYTES};
use super::{Place, SharedSettings};
use crate::upstream::{ConnectError, Connector};

/// Why counters are not shared.
#[derive(Debug, thiserror::Error)]
pub(super) enum LinkError {
    #[error("reach Redis")]
    Connect(#[source] ConnectError),
    #[error("reach Redis")]
    Socket(#[source] io::Error),
    #[error("draw a random number")]
    Random(#[source] medward_crypto::RandomError),
    #[error("open a connection to Redis")]
    Login(#[source] RedisError),
    #[error("exchange counters with Redis")]
    Exchange(#[source] RedisError),
    #[error("exchange counters with Redis: the connection ended")]
    Ended,
    #[error("exchange counters with Redis: not the answer that was asked for")]
    Garbage,
    #[error("no answer from Redis in time")]
    Silent,
}

/// A connection that is logged in.
pub(super) struct Link {
    connection: MultiplexedConnection,
    /// Moves bytes between the two; ends with the connection.
    driver: BoxFuture<'static, ()>,
    allowance: Arc<AtomicUsize>,
    script: Script,
    prefix: String,
    new_era: u64,
}

impl Link {
    pub(super) async fn open(settings: &SharedSettings, connector: &Connector) -> Result<Self, LinkError> {
        // To Redis all of it is one number below 2^53, which a script can hold.
        let new_era = u64::from_le_bytes(random_array().map_err(LinkError::Random)?) >> 11;
        let allowance = Arc::new(AtomicUsize::new(MAX_ANSWER_BYTES));
        let stream: Box<dyn Duplex> = match &settings.redis.place {
            Place::Network(address) => {
                Box::new(connector.stream(address, super::PATIENCE).await.map_err(LinkError::Connect)?)
            }
            Place::Socket(path) => Box::new(UnixStream::connect(path).await.map_err(LinkError::Socket)?),
        };
        let mut login = RedisConnectionInfo::default().set_db(settings.redis.database).set_skip_set_lib_name();
        if let Some(username) = &settings.username {
            login = login.set_username(username);
        }
        if let Some(password) = &settings.password {
            login = login.set_password(password.expose());
        }
        let capped = Capped { stream, allowance: allowance.clone() };
        // The caller keeps the time, by its own clock.
        let config = AsyncConnectionConfig::new().set_response_timeout(None).set_connection_timeout(None);
        let (connection, driver) =
            MultiplexedConnection::new_with_config(&login, capped, config).await.map_err(LinkError::Login)?;
        Ok(Self {
            connection,
            driver: Box::pin(driver),
            allowance,
            script: exchange::script(),
            prefix: settings.prefix.clone(),
            new_era,
        })
    }

    /// Adds these to the counters of all nodes, and reads what they hold now.
    pub(super) async fn push(&mut self, contributions: &[Contribution]) -> Result<Vec<Totals>, LinkError> {
        self.allowance.store(MAX_ANSWER_BYTES, Ordering::Relaxed);
        let call = exchange::call(&self.script, &self.prefix, self.new_era, contributions);
        let answer: Value = tokio::select! {
            biased;
            answer = call.invoke_async(&mut self.connection) => answer.map_err(LinkError::Exchange)?,
            () = &mut self.driver => return Err(LinkError::Ended),
        };
        exchange::totals(answer, contributions.len()).ok_or(LinkError::Garbage)
    }
}

trait Duplex: AsyncRead + AsyncWrite + Unpin + Send {}

impl<S: AsyncRead + AsyncWrite + Unpin + Send> Duplex for S {}

/// A stream of which no more is read than is allowed: without it, whoever answers in the place of Redis fills the memory.
struct Capped {
    stream: Box<dyn Duplex>,
    allowance: Arc<AtomicUsize>,
}

impl AsyncRead for Capped {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let before = buf.filled().len();
        std::task::ready!(Pin::new(&mut this.stream).poll_read(cx, buf))?;
        let read = buf.filled().len().saturating_sub(before);
        let left = this.allowance.load(Ordering::Relaxed).checked_sub(read);
        let left = left.ok_or_else(|| io::Error::new(io::ErrorKind::InvalidData, "the answer is too long"))?;
        this.allowance.store(left, Ordering::Relaxed);
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Capped {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.get_mut().stream).poll_write(cx, buf)
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_shutdown(cx)
    }
}
