//! Binding, accepting, TLS handshakes.

use std::net::{IpAddr, SocketAddr, SocketAddrV4};
use std::sync::Arc;
use std::time::Duration;

use medward_kernel::BuildError;
use medward_kernel::capability::{Bound, Listener};
use medward_kernel::supervisor::{Criticality, Stop, TaskError, TaskGroup};
use medward_kernel::tls::ServerIdentity;
use rustls::server::Acceptor;
use socket2::TcpKeepalive;
use tokio::io::AsyncWriteExt as _;
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::LazyConfigAcceptor;
use tokio_rustls::server::TlsStream;

use super::faces::Faces;
use super::seats::{Full, Seat};
use super::seldom::Seldom;
use super::serve::{serve_http1, serve_http2};
use super::transparent;
use crate::data_path::DataPath;
use crate::exchange::Connection;

/// Shortest and longest pause after an accept that failed (gateway.md §3).
const BACK_OFF: (Duration, Duration) = (Duration::from_millis(5), Duration::from_secs(1));
/// The alert `unrecognized_name`, fatal, as it is sent before any key is agreed (RFC 8446 §6, RFC 6066 §3).
const UNRECOGNIZED_NAME: [u8; 7] = [21, 3, 3, 0, 2, 2, 112];

/// One address the gateway listens on.
pub struct Door {
    /// `gateway.http` or `gateway.https`; also the setting that names its address.
    pub name: &'static str,
    /// Address to bind.
    pub address: String,
    /// Certificate, when it speaks TLS.
    pub identity: Option<ServerIdentity>,
    /// It takes connections that were made to the protected systems themselves, and goes on with the client's address.
    pub transparent: bool,
}

/// The door as the kernel opens it.
pub fn listener(door: Door, data_path: Arc<DataPath>) -> Listener {
    let name = door.name;
    let open = move || -> futures_util::future::BoxFuture<'static, Result<Vec<Bound>, BuildError>> {
        Box::pin(async move {
            let error = |source| BuildError::bind(&door.address, name, source);
            let socket = if door.transparent {
                open_transparent(&door.address, name)?
            } else {
                TcpListener::bind(&door.address).await.map_err(error)?
            };
            // What is accepted inherits it: a client that vanished without a word is noticed, however long a WebSocket is silent.
            socket2::SockRef::from(&socket).set_tcp_keepalive(&alive()).map_err(error)?;
            let address = socket.local_addr().map_err(error)?;
            let fingerprint = door.identity.as_ref().map(|identity| identity.fingerprint.clone());
            let bound = Bound { name: name.to_owned(), address, fingerprint };
            data_path.note_bound(bound.clone());
            let faces = door
                .identity
                .map(|identity| Faces::new(data_path.sites.clone(), &identity.config, data_path.clock.clone()));
            let tls = faces.transpose().map_err(|source| BuildError::Other {
                what: format!("set up TLS for {name}"),
                remedy: "report this fault".into(),
                source: Some(Box::new(source)),
            })?;
            let supervisor = data_path.supervisor.clone();
            let group = supervisor.group("gateway.connections");
            let transparent = door.transparent;
            let accepting = Arc::new(Accepting { name, socket, tls, transparent, data_path, group });
            supervisor.service(name, Criticality::Isolated, move |stop| Box::pin(accepting.clone().run(stop)));
            Ok(vec![bound])
        })
    };
    Listener { name, open: Box::new(open) }
}

/// When the other side is asked whether it is still there, how often, and how often in vain.
const fn alive() -> TcpKeepalive {
    TcpKeepalive::new().with_time(Duration::from_secs(60)).with_interval(Duration::from_secs(15)).with_retries(4)
}

fn open_transparent(address: &str, name: &'static str) -> Result<TcpListener, BuildError> {
    let parsed: SocketAddrV4 = address.parse().map_err(|_| {
        BuildError::bind(
            address,
            name,
            std::io::Error::new(std::io::ErrorKind::InvalidInput, "an IPv4 address and port"),
        )
    })?;
    let opened = transparent::listen(parsed).and_then(TcpListener::from_std);
    opened.map_err(|source| match source.kind() {
        std::io::ErrorKind::PermissionDenied => BuildError::Bind {
            address: address.to_owned(),
            remedy: format!("the transparent mode needs CAP_NET_ADMIN; give it to the program, or unset {name}"),
            source,
        },
        _ => BuildError::bind(address, name, source),
    })
}

struct Accepting {
    name: &'static str,
    socket: TcpListener,
    tls: Option<Faces>,
    transparent: bool,
    data_path: Arc<DataPath>,
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
                    self.data_path.clock.sleep(pause).await;
                    pause = (pause * 2).min(BACK_OFF.1);
                }
            }
        }
    }

    fn admit(self: &Arc<Self>, stream: TcpStream, peer: SocketAddr, stop: &Stop) {
        let metrics = &self.data_path.reporter.metrics;
        if self.data_path.turns_away(peer.ip()) {
            return metrics.connection_refused("banned");
        }
        let seat = match self.data_path.seats.take(peer.ip(), self.data_path.is_trusted(peer.ip())) {
            Ok(seat) => seat,
            Err(full) => {
                metrics.connection_refused(if full == Full::Total { "total" } else { "address" });
                return;
            }
        };
        let (this, stop) = (self.clone(), stop.clone());
        self.group.spawn(async move {
            let _open = OpenConnection::new(&this.data_path, seat);
            let cut = stop.running.clone();
            // What has not ended when the drain is over is cut here, so that its event is written before the vault closes.
            tokio::select! {
                biased;
                () = this.serve(stream, peer, stop) => {}
                () = Seldom::new(cut.cancelled()) => {}
            }
        });
    }

    async fn serve(&self, stream: TcpStream, peer: SocketAddr, stop: Stop) {
        // Without this, small answers wait for acknowledgements; failing to set it costs speed only.
        drop(stream.set_nodelay(true));
        let data_path = &self.data_path;
        let Some(faces) = &self.tls else {
            let connection = Arc::new(Connection::plain(data_path.clone(), peer).transparent(self.transparent));
            return serve_http1(connection, stream, stop).await;
        };
        let handshake = data_path.clock.timeout(data_path.timeouts.tls_handshake.0, self.handshake(stream, faces));
        let stream = match handshake.await {
            Some(Ok(Some(stream))) => stream,
            Some(Ok(None)) => return,
            Some(Err(error)) => {
                data_path.reporter.metrics.connection_refused("tls");
                return tracing::debug!(%peer, %error, "TLS handshake failed");
            }
            None => return data_path.reporter.metrics.connection_refused("tls_timeout"),
        };
        let session = stream.get_ref().1;
        let http2 = session.alpn_protocol() == Some(b"h2");
        let connection = Arc::new(Connection::tls(data_path.clone(), peer, session).transparent(self.transparent));
        if http2 {
            serve_http2(connection, stream, stop).await;
        } else {
            serve_http1(connection, stream, stop).await;
        }
    }
}

impl Accepting {
    /// Agrees on keys with a client; with nobody, when it asks for a site that does not exist here.
    async fn handshake(&self, stream: TcpStream, faces: &Faces) -> std::io::Result<Option<TlsStream<TcpStream>>> {
        let mut start = LazyConfigAcceptor::new(Acceptor::default(), stream).await?;
        let name = start.client_hello().server_name().map(str::to_owned);
        // Whoever names nothing came to an address (RFC 6066 §3 has no addresses).
        let address = name.is_none().then(|| start.io.local_addr()).transpose()?.map(|local| local.ip().to_canonical());
        let host = name.or_else(|| address.map(host_of));
        let front = self.data_path.snapshot().front(host.as_deref().unwrap_or_default(), address.is_some());
        let Some(front) = front else {
            self.data_path.reporter.metrics.connection_refused("tls_name");
            // A client that is gone already need not be told.
            drop(start.io.write_all(&UNRECOGNIZED_NAME).await);
            drop(start.io.shutdown().await);
            return Ok(None);
        };
        let config = faces.of(&front, address).map_err(std::io::Error::other)?;
        start.into_stream(config).await.map(Some)
    }
}

/// An address as it stands in a host.
fn host_of(address: IpAddr) -> String {
    match address {
        IpAddr::V4(address) => address.to_string(),
        IpAddr::V6(address) => format!("[{address}]"),
    }
}

/// Counts an open connection for as long as it lives.
struct OpenConnection<'a> {
    data_path: &'a DataPath,
    _seat: Seat,
}

impl<'a> OpenConnection<'a> {
    fn new(data_path: &'a DataPath, seat: Seat) -> Self {
        data_path.reporter.metrics.connection_opened();
        Self { data_path, _seat: seat }
    }
}

impl Drop for OpenConnection<'_> {
    fn drop(&mut self) {
        self.data_path.reporter.metrics.connection_closed();
    }
}
