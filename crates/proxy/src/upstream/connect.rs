//! Opening a connection to a member: resolve, refuse forbidden addresses, connect, speak TLS when asked to.

use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use hyper_util::rt::TokioIo;
use medward_kernel::{BuildError, Clock};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpSocket, TcpStream};
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use super::{Line, Seat};
use crate::address::{UpstreamAddress, is_forbidden_upstream};
use crate::listen::from_client;

/// Why there is no connection to an upstream.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ConnectError {
    #[error("resolve {0}")]
    Resolve(String, #[source] io::Error),
    #[error("connect to {0}: a link-local or metadata address")]
    Forbidden(SocketAddr),
    #[error("connect to {0}")]
    Tcp(String, #[source] io::Error),
    #[error("connect to {0}: no answer in time")]
    TimedOut(String),
    #[error("speak TLS with {0}")]
    Tls(String, #[source] io::Error),
    #[error("begin HTTP with {0}")]
    Http(String, #[source] hyper::Error),
}

/// Opens connections to upstreams.
#[derive(Clone)]
pub(crate) struct Connector {
    clock: Clock,
    limit: Duration,
    tls: TlsConnector,
}

impl Connector {
    /// A connector that trusts the public authorities and those in the PEM file `authorities`.
    pub(crate) fn new(clock: Clock, limit: Duration, authorities: Option<&Path>) -> Result<Self, BuildError> {
        let mut roots = rustls::RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
        if let Some(path) = authorities {
            let error = |source: crate::listen::BoxError| BuildError::Other {
                what: format!("read gateway.upstream_ca {}", PathBuf::from(path).display()),
                remedy: "set it to a PEM file with certificates of certification authorities".into(),
                source: Some(source),
            };
            let mut found = 0;
            for certificate in CertificateDer::pem_file_iter(path).map_err(|source| error(source.into()))? {
                let certificate = certificate.map_err(|source| error(source.into()))?;
                roots.add(certificate).map_err(|source| error(source.into()))?;
                found += 1;
            }
            if found == 0 {
                return Err(error("it holds no certificate".into()));
            }
        }
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = rustls::ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(|source| BuildError::Other {
                what: "set up TLS to upstreams".into(),
                remedy: "report this fault".into(),
                source: Some(Box::new(source)),
            })?
            .with_root_certificates(roots)
            .with_no_client_auth();
        Ok(Self { clock, limit, tls: TlsConnector::from(Arc::new(config)) })
    }

    /// A fresh connection that speaks HTTP/1.
    ///
    /// With a `source` it leaves with that address, and serves the requests of nobody else.
    pub(crate) async fn line(&self, seat: Seat, source: Option<Ipv4Addr>) -> Result<Line, ConnectError> {
        let member = seat.member().clone();
        let stream = self.stream_from(member.address(), self.limit, source).await?;
        Line::handshake(seat, stream, source.is_some(), &self.clock)
            .await
            .map_err(|source| ConnectError::Http(member.address().to_string(), source))
    }

    /// A fresh connection, at most `limit` later.
    pub(crate) async fn stream(&self, address: &UpstreamAddress, limit: Duration) -> Result<Stream, ConnectError> {
        self.stream_from(address, limit, None).await
    }

    async fn stream_from(
        &self,
        address: &UpstreamAddress,
        limit: Duration,
        source: Option<Ipv4Addr>,
    ) -> Result<Stream, ConnectError> {
        match self.clock.timeout(limit, self.open(address, source)).await {
            Some(result) => result,
            None => Err(ConnectError::TimedOut(address.to_string())),
        }
    }

    async fn open(&self, address: &UpstreamAddress, source: Option<Ipv4Addr>) -> Result<Stream, ConnectError> {
        let tcp = connect(address, source).await?;
        // Without this, small answers wait for acknowledgements; failing to set it costs speed only.
        drop(tcp.set_nodelay(true));
        if !address.tls {
            return Ok(Stream::Plain(tcp));
        }
        let error = |source| ConnectError::Tls(address.to_string(), source);
        let name = ServerName::try_from(address.host.clone()).map_err(|name| error(io::Error::other(name)))?;
        let tls = self.tls.connect(name, tcp).await.map_err(error)?;
        Ok(Stream::Tls(Box::new(tls)))
    }
}

async fn connect(address: &UpstreamAddress, source: Option<Ipv4Addr>) -> Result<TcpStream, ConnectError> {
    let found: Vec<SocketAddr> = match address.host.parse::<IpAddr>() {
        Ok(ip) => vec![SocketAddr::new(ip, address.port)],
        Err(_) => tokio::net::lookup_host((address.host.as_str(), address.port))
            .await
            .map_err(|source| ConnectError::Resolve(address.host.clone(), source))?
            .collect(),
    };
    let mut last = io::Error::new(io::ErrorKind::NotFound, "the name has no address");
    for socket in found {
        if is_forbidden_upstream(socket.ip()) {
            return Err(ConnectError::Forbidden(socket));
        }
        match connect_to(socket, source).await {
            Ok(stream) => return Ok(stream),
            Err(error) => last = error,
        }
    }
    Err(ConnectError::Tcp(address.to_string(), last))
}

async fn connect_to(to: SocketAddr, source: Option<Ipv4Addr>) -> io::Result<TcpStream> {
    match source {
        Some(client) if to.is_ipv4() => TcpSocket::from_std_stream(from_client(client)?).connect(to).await,
        _ => TcpStream::connect(to).await,
    }
}

/// A connection to an upstream.
#[derive(Debug)]
pub(crate) enum Stream {
    Plain(TcpStream),
    Tls(Box<TlsStream<TcpStream>>),
}

/// The same, as hyper wants it.
pub(super) type HyperStream = TokioIo<Stream>;

impl AsyncRead for Stream {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_read(cx, buf),
            Self::Tls(stream) => Pin::new(stream).poll_read(cx, buf),
        }
    }
}

impl AsyncWrite for Stream {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_write(cx, buf),
            Self::Tls(stream) => Pin::new(stream).poll_write(cx, buf),
        }
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_flush(cx),
            Self::Tls(stream) => Pin::new(stream).poll_flush(cx),
        }
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_shutdown(cx),
            Self::Tls(stream) => Pin::new(stream).poll_shutdown(cx),
        }
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_write_vectored(cx, bufs),
            Self::Tls(stream) => Pin::new(stream).poll_write_vectored(cx, bufs),
        }
    }

    fn is_write_vectored(&self) -> bool {
        matches!(self, Self::Plain(_))
    }
}
