//! Binding, accepting, TLS handshakes.

use std::net::{Shutdown, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use medward_contract::ErrorCode;
use medward_intake::Profile;
use medward_kernel::capability::{Bound, Listener};
use medward_kernel::supervisor::{Criticality, Stop, TaskError, TaskGroup};
use medward_kernel::tls::ServerIdentity;
use medward_kernel::{BuildError, Clock, Kit, Supervisor};
use socket2::SockRef;
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

use super::config::SyslogConfig;
use super::connection::{Connection, End};
use super::datagrams;
use super::writer::{Stopped, Writer};
use crate::api::Late;
use crate::codes;
use crate::metrics::IntakeMetrics;

/// A handshake may take this long.
const HANDSHAKE: Duration = Duration::from_secs(10);
/// Pause after the operating system refused a connection.
const ACCEPT_BACK_OFF: Duration = Duration::from_millis(50);

/// What every door needs.
#[derive(Clone)]
pub(super) struct Setup {
    pub(super) service: Late,
    pub(super) clock: Clock,
    pub(super) supervisor: Supervisor,
    pub(super) config: SyslogConfig,
    pub(super) profile: Profile,
    pub(super) metrics: IntakeMetrics,
}

impl Setup {
    /// The way into the vault, which is open before any door is.
    pub(super) fn writer(&self, door: &'static str) -> Result<Writer, BuildError> {
        let service = self.service.get().ok_or_else(|| BuildError::Other {
            what: "open the doors for logs".into(),
            remedy: "report this fault: the vault is not open".into(),
            source: None,
        })?;
        let (store, profile) = (service.store().clone(), self.profile.clone());
        Ok(Writer::new(store, &self.supervisor, profile, door, self.metrics.clone()))
    }
}

/// The doors that have an address.
pub(crate) fn listeners(config: &SyslogConfig, kit: &Kit, service: Late) -> Result<Vec<Listener>, BuildError> {
    // The address of a zone was checked with the config; without one the doors would be closed.
    let zone = medward_intake::zone(&config.time_zone).ok_or_else(|| BuildError::Other {
        what: "read vault.syslog.time_zone".into(),
        remedy: "write an offset, for example \"+08:00\"".into(),
        source: None,
    })?;
    let setup = Setup {
        service,
        clock: kit.clock.clone(),
        supervisor: kit.supervisor.clone(),
        config: config.clone(),
        profile: Profile::unregistered(zone),
        metrics: IntakeMetrics::new(&kit.metrics)?,
    };
    let mut listeners = Vec::new();
    if !config.udp.is_empty() {
        let setup = setup.clone();
        let open = move || -> futures_util::future::BoxFuture<'static, Result<Vec<Bound>, BuildError>> {
            Box::pin(async move { datagrams::open(&setup) })
        };
        listeners.push(Listener { name: datagrams::NAME, open: Box::new(open) });
    }
    if !config.tcp.is_empty() {
        listeners.push(stream_listener("vault.syslog_tcp", config.tcp.clone(), None, setup.clone()));
    }
    if let (false, Some(certificate), Some(key)) = (config.tls.is_empty(), &config.certificate, &config.private_key) {
        let identity = ServerIdentity::read_asking(certificate, key, config.client_ca.as_deref())?;
        listeners.push(stream_listener("vault.syslog_tls", config.tls.clone(), Some(identity), setup));
    }
    Ok(listeners)
}

fn stream_listener(name: &'static str, address: String, identity: Option<ServerIdentity>, setup: Setup) -> Listener {
    let open = move || -> futures_util::future::BoxFuture<'static, Result<Vec<Bound>, BuildError>> {
        Box::pin(async move {
            let setting = name.replace("syslog_", "syslog.");
            let bind_error = |source| BuildError::bind(&address, &setting, source);
            let socket = TcpListener::bind(&address).await.map_err(bind_error)?;
            let bound = socket.local_addr().map_err(bind_error)?;
            let kernel = socket.into_std().map_err(bind_error)?;
            let socket = kernel.try_clone().and_then(TcpListener::from_std).map_err(bind_error)?;
            let fingerprint = identity.as_ref().map(|identity| identity.fingerprint.clone());
            let door = Arc::new(Door {
                name,
                socket,
                kernel,
                tls: identity.map(|identity| TlsAcceptor::from(Arc::new(identity.config))),
                writer: setup.writer(name)?,
                connections: setup.supervisor.group(name),
                clock: setup.clock.clone(),
                max_connections: setup.config.max_connections,
                idle: setup.config.idle_timeout.0,
            });
            setup.supervisor.service(name, Criticality::Isolated, move |stop| Box::pin(door.clone().accept(stop)));
            Ok(vec![Bound { name: name.to_owned(), address: bound, fingerprint }])
        })
    };
    Listener { name, open: Box::new(open) }
}

struct Door {
    name: &'static str,
    socket: TcpListener,
    /// The same socket, to ask the kernel itself: the runtime learns a moment later who has connected.
    kernel: std::net::TcpListener,
    tls: Option<TlsAcceptor>,
    writer: Writer,
    connections: TaskGroup,
    clock: Clock,
    max_connections: usize,
    idle: Duration,
}

impl Door {
    async fn accept(self: Arc<Self>, stop: Stop) -> Result<(), TaskError> {
        loop {
            let accepted = tokio::select! {
                () = stop.accepting.cancelled() => return self.accept_waiting(&stop),
                accepted = self.socket.accept() => accepted,
            };
            match accepted {
                Ok((stream, peer)) => self.admit(stream, peer, &stop),
                Err(error) => {
                    tracing::warn!(door = self.name, %error, "a connection could not be accepted");
                    self.clock.sleep(ACCEPT_BACK_OFF).await;
                }
            }
        }
    }

    /// Who is connected already has sent his lines and thinks they have arrived: he is let in at a stop too.
    fn accept_waiting(self: &Arc<Self>, stop: &Stop) -> Result<(), TaskError> {
        for _ in 0..self.max_connections {
            let Ok((stream, peer)) = self.kernel.accept() else { break };
            stream.set_nonblocking(true)?;
            self.admit(TcpStream::from_std(stream)?, peer, stop);
        }
        // Not when the last connection lets go of it: whoever came until then would send into nothing.
        SockRef::from(&self.kernel).shutdown(Shutdown::Both)?;
        Ok(())
    }

    fn admit(self: &Arc<Self>, stream: TcpStream, peer: SocketAddr, stop: &Stop) {
        if self.connections.len() < self.max_connections {
            self.connections.spawn(self.clone().connection(stream, peer, stop.clone()));
        } else {
            self.turn_away(peer, codes::TOO_MANY_SENDERS, &self.max_connections);
        }
    }

    async fn connection(self: Arc<Self>, stream: TcpStream, peer: SocketAddr, stop: Stop) {
        let connection = Connection {
            writer: self.writer.clone(),
            clock: self.clock.clone(),
            stop,
            peer: peer.ip().to_canonical(),
            idle: self.idle,
        };
        let ended = match &self.tls {
            None => connection.run(stream).await,
            Some(tls) => match self.clock.timeout(HANDSHAKE, tls.accept(stream)).await {
                Some(Ok(stream)) => connection.run(stream).await,
                Some(Err(error)) => return self.turn_away(peer, codes::SENDER_HANDSHAKE, &error),
                // Who does not finish the handshake has sent nothing yet.
                None => return,
            },
        };
        match ended {
            Ok(End::Idle) => tracing::info!(door = self.name, %peer, "a silent sender was disconnected"),
            Ok(End::Closed | End::Broken | End::Stopping) => {}
            Err(Stopped) => tracing::warn!(door = self.name, %peer, "a sender was cut off: the vault has stopped"),
        }
    }

    fn turn_away(&self, peer: SocketAddr, code: ErrorCode, cause: &dyn std::fmt::Display) {
        self.writer.metrics().turned_away(self.name, peer.ip(), code, cause);
    }
}
