//! Binding, accepting, TLS handshakes.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use medward_kernel::capability::{Bound, Listener};
use medward_kernel::supervisor::{Criticality, Stop, TaskError, TaskGroup};
use medward_kernel::tls::ServerIdentity;
use medward_kernel::{BuildError, Supervisor};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

use super::seats::{Full, Seat};
use super::serve::{serve_http1, serve_http2};
use crate::gateway::Gateway;
use crate::proxy::Connection;

/// Shortest and longest pause after an accept that failed (gateway.md §3).
const BACK_OFF: (Duration, Duration) = (Duration::from_millis(5), Duration::from_secs(1));

/// One address the gateway listens on.
pub(crate) struct Door {
    /// `gateway.http` or `gateway.https`; also the setting that names its address.
    pub(crate) name: &'static str,
    /// Address to bind.
    pub(crate) address: String,
    /// Certificate, when it speaks TLS.
    pub(crate) identity: Option<ServerIdentity>,
}

/// The door as the kernel opens it.
pub(crate) fn listener(door: Door, gateway: Arc<Gateway>, supervisor: Supervisor) -> Listener {
    let name = door.name;
    let open = move || -> futures_util::future::BoxFuture<'static, Result<Vec<Bound>, BuildError>> {
        Box::pin(async move {
            let error = |source| BuildError::bind(&door.address, name, source);
            let socket = TcpListener::bind(&door.address).await.map_err(error)?;
            let address = socket.local_addr().map_err(error)?;
            let fingerprint = door.identity.as_ref().map(|identity| identity.fingerprint.clone());
            let bound = Bound { name: name.to_owned(), address, fingerprint };
            gateway.note_bound(bound.clone());
            let tls = door.identity.map(|identity| {
                let mut config = identity.config;
                config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
                TlsAcceptor::from(Arc::new(config))
            });
            let group = supervisor.group("gateway.connections");
            let accepting = Arc::new(Accepting { name, socket, tls, gateway, group });
            supervisor.service(name, Criticality::Isolated, move |stop| Box::pin(accepting.clone().run(stop)));
            Ok(vec![bound])
        })
    };
    Listener { name, open: Box::new(open) }
}

struct Accepting {
    name: &'static str,
    socket: TcpListener,
    tls: Option<TlsAcceptor>,
    gateway: Arc<Gateway>,
    group: TaskGroup,
}

impl Accepting {
    async fn run(self: Arc<Self>, stop: Stop) -> Result<(), TaskError> {
        let mut pause = BACK_OFF.0;
        loop {
            let accepted = tokio::select! {
                () = stop.accepting.cancelled() => return Ok(()),
                accepted = self.socket.accept() => accepted,
            };
            match accepted {
                Ok((stream, peer)) => {
                    pause = BACK_OFF.0;
                    self.admit(stream, peer, &stop);
                }
                Err(error) => {
                    tracing::warn!(listener = self.name, %error, pause_ms = pause.as_millis(), "accept failed");
                    self.gateway.clock.sleep(pause).await;
                    pause = (pause * 2).min(BACK_OFF.1);
                }
            }
        }
    }

    fn admit(self: &Arc<Self>, stream: TcpStream, peer: SocketAddr, stop: &Stop) {
        let metrics = &self.gateway.reporter.metrics;
        let seat = match self.gateway.seats.take(peer.ip()) {
            Ok(seat) => seat,
            Err(full) => {
                metrics.connection_refused(if full == Full::Total { "total" } else { "address" });
                return;
            }
        };
        let (this, stop) = (self.clone(), stop.clone());
        self.group.spawn(async move {
            let _open = OpenConnection::new(&this.gateway, seat);
            let cut = stop.running.clone();
            // What has not ended when the drain is over is cut here, so that its event is written before the vault closes.
            tokio::select! {
                () = this.serve(stream, peer, stop) => {}
                () = cut.cancelled() => {}
            }
        });
    }

    async fn serve(&self, stream: TcpStream, peer: SocketAddr, stop: Stop) {
        // Without this, small answers wait for acknowledgements; failing to set it costs speed only.
        drop(stream.set_nodelay(true));
        let gateway = &self.gateway;
        let Some(acceptor) = &self.tls else {
            let connection = Arc::new(Connection::plain(gateway.clone(), peer));
            return serve_http1(connection, stream, stop).await;
        };
        let handshake = gateway.clock.timeout(gateway.timeouts.tls_handshake.0, acceptor.accept(stream));
        let stream = match handshake.await {
            Some(Ok(stream)) => stream,
            Some(Err(error)) => {
                gateway.reporter.metrics.connection_refused("tls");
                return tracing::debug!(%peer, %error, "TLS handshake failed");
            }
            None => return gateway.reporter.metrics.connection_refused("tls_timeout"),
        };
        let session = stream.get_ref().1;
        let http2 = session.alpn_protocol() == Some(b"h2");
        let connection = Arc::new(Connection::tls(gateway.clone(), peer, session));
        if http2 {
            serve_http2(connection, stream, stop).await;
        } else {
            serve_http1(connection, stream, stop).await;
        }
    }
}

/// Counts an open connection for as long as it lives.
struct OpenConnection<'a> {
    gateway: &'a Gateway,
    _seat: Seat,
}

impl<'a> OpenConnection<'a> {
    fn new(gateway: &'a Gateway, seat: Seat) -> Self {
        gateway.reporter.metrics.connection_opened();
        Self { gateway, _seat: seat }
    }
}

impl Drop for OpenConnection<'_> {
    fn drop(&mut self) {
        self.gateway.reporter.metrics.connection_closed();
    }
}
