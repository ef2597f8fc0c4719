//! The drill's HTTP/1.1 client: raw, so that a request goes out exactly as written, over TCP or TLS with a pinned certificate.
//!
//! One connection, kept alive, one request at a time. Not a general client: no redirects, no cookies, no HTTP/2;
//! heads are capped at 64 KiB, bodies at 64 MiB, an exchange at 30 seconds.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, verify_tls12_signature, verify_tls13_signature};
use rustls::{CertificateError, ClientConfig, DigitallySignedStruct, SignatureScheme};
use rustls_pki_types::{CertificateDer, ServerName, UnixTime};
use sha2::{Digest, Sha256};
use thiserror::Error;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};

use super::request::Request;

const HEAD_LIMIT_BYTES: usize = 64 * 1024;
const BODY_LIMIT_BYTES: usize = 64 * 1024 * 1024;
const EXCHANGE_TIME_LIMIT: Duration = Duration::from_secs(30);

/// Where the drill goes.
#[derive(Clone, Debug)]
pub struct Target {
    pub address: SocketAddr,
    /// The `Host` header (and the server name of TLS, without the port).
    pub host: String,
    /// SHA-256 of the server's certificate (DER); TLS when given, plain TCP when not.
    pub pin: Option<[u8; 32]>,
    /// The address to connect from (any of 127.0.0.0/8 on Linux); ignored where the system refuses it.
    pub source: Option<IpAddr>,
}

impl Target {
    /// Plain HTTP, with the address as host.
    pub fn plain(address: SocketAddr) -> Self {
        Self { address, host: address.to_string(), pin: None, source: None }
    }

    /// HTTPS to a server whose certificate has this SHA-256; names and dates are not looked at.
    pub fn pinned(address: SocketAddr, pin: [u8; 32]) -> Self {
        Self { pin: Some(pin), ..Self::plain(address) }
    }

    #[must_use]
    pub fn with_host(self, host: &str) -> Self {
        Self { host: host.to_owned(), ..self }
    }

    #[must_use]
    pub fn with_source(self, source: IpAddr) -> Self {
        Self { source: Some(source), ..self }
    }

    pub(crate) fn scheme(&self) -> &'static str {
        if self.pin.is_some() { "https" } else { "http" }
    }
}

/// Why an exchange gave no answer.
#[derive(Debug, Error)]
pub enum WireError {
    #[error("connect to {address}")]
    Connect { address: SocketAddr, source: io::Error },
    #[error("agree on TLS with {address}")]
    Tls { address: SocketAddr, source: io::Error },
    #[error("exchange with {address}")]
    Exchange { address: SocketAddr, source: io::Error },
    #[error("get an answer: {address} closed the connection")]
    Closed { address: SocketAddr },
    #[error("read the answer of {address}: {what}")]
    Malformed { address: SocketAddr, what: &'static str },
    #[error("get an answer of {address} within 30 seconds")]
    TimedOut { address: SocketAddr },
}

/// An answer, complete.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    pub status: u16,
    /// Names in lower case, in the order received.
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Reply {
    /// The first header of that name (lower case), empty when missing.
    pub fn header(&self, name: &str) -> &str {
        self.headers.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value)
    }

    pub fn contains(&self, text: &str) -> bool {
        self.body.windows(text.len().max(1)).any(|window| window == text.as_bytes())
    }
}

trait Stream: AsyncRead + AsyncWrite + Send {}
impl<T: AsyncRead + AsyncWrite + Send> Stream for T {}

struct Connection {
    stream: Pin<Box<dyn Stream>>,
    buffer: Vec<u8>,
}

/// See the module.
pub struct Client {
    target: Target,
    connection: Option<Connection>,
}

impl Client {
    pub fn new(target: Target) -> Self {
        Self { target, connection: None }
    }

    /// Sends and waits for the answer. A connection that the server had closed meanwhile is replaced once.
    pub async fn send(&mut self, request: &Request) -> Result<Reply, WireError> {
        let address = self.target.address;
        let exchange = async {
            if let Some(connection) = self.connection.take() {
                match self.exchange(connection, request).await {
                    // Only when no byte of an answer came: then the server had closed before it saw the request.
                    Err(WireError::Closed { .. }) => {}
                    outcome => return outcome,
                }
            }
            let fresh = connect(&self.target).await?;
            self.exchange(fresh, request).await
        };
        tokio::time::timeout(EXCHANGE_TIME_LIMIT, exchange).await.map_err(|_| WireError::TimedOut { address })?
    }

    async fn exchange(&mut self, mut connection: Connection, request: &Request) -> Result<Reply, WireError> {
        let bytes = request.encode(&self.target);
        let (reply, reusable) = connection.exchange(self.target.address, &bytes, request.method == "HEAD").await?;
        if reusable && !reply.header("connection").eq_ignore_ascii_case("close") {
            self.connection = Some(connection);
        }
        Ok(reply)
    }
}

async fn connect(target: &Target) -> Result<Connection, WireError> {
    let address = target.address;
    let tcp = connect_tcp(target).await.map_err(|source| WireError::Connect { address, source })?;
    let stream: Pin<Box<dyn Stream>> = match target.pin {
        None => Box::pin(tcp),
        Some(pin) => {
            let failed = |source| WireError::Tls { address, source };
            let name = target.host.rsplit_once(':').map_or(target.host.as_str(), |(name, _)| name).to_owned();
            let name = ServerName::try_from(name)
                .map_err(|error| failed(io::Error::new(io::ErrorKind::InvalidInput, error)))?;
            let config = pinned_config(pin).map_err(|error| failed(io::Error::other(error)))?;
            Box::pin(tokio_rustls::TlsConnector::from(Arc::new(config)).connect(name, tcp).await.map_err(failed)?)
        }
    };
    Ok(Connection { stream, buffer: Vec::new() })
}

async fn connect_tcp(target: &Target) -> io::Result<TcpStream> {
    if let (Some(source), SocketAddr::V4(_)) = (target.source, target.address) {
        let socket = TcpSocket::new_v4()?;
        if socket.bind(SocketAddr::new(source, 0)).is_ok() {
            return socket.connect(target.address).await;
        }
    }
    TcpStream::connect(target.address).await
}

/// One exchange over a connection of its own.
#[derive(Debug)]
pub struct RawExchange {
    /// The address it was sent from.
    pub source: SocketAddr,
    pub reply: Result<Reply, WireError>,
}

/// Sends exactly these bytes over plain TCP and waits for the answer, of which nothing but the status matters much: the bytes
/// may be no request at all. `is_head`: an answer to HEAD has no body.
pub async fn exchange_raw(address: SocketAddr, bytes: &[u8], is_head: bool) -> Result<RawExchange, WireError> {
    let failed = |source| WireError::Connect { address, source };
    let stream = TcpStream::connect(address).await.map_err(failed)?;
    let source = stream.local_addr().map_err(failed)?;
    let mut connection = Connection { stream: Box::pin(stream), buffer: Vec::new() };
    let exchange = connection.exchange(address, bytes, is_head);
    let reply = match tokio::time::timeout(EXCHANGE_TIME_LIMIT, exchange).await {
        Ok(exchanged) => exchanged.map(|(reply, _)| reply),
        Err(_) => Err(WireError::TimedOut { address }),
    };
    Ok(RawExchange { source, reply })
}

impl Connection {
    /// Sends a request; the reply, and whether the connection can carry another.
    async fn exchange(&mut self, address: SocketAddr, bytes: &[u8], is_head: bool) -> Result<(Reply, bool), WireError> {
        // A server may answer and close before it has read a long body; then the answer counts, not the failed write.
        let written = match self.stream.write_all(bytes).await {
            Ok(()) => self.stream.flush().await,
            Err(error) => Err(error),
        };
        match (self.read_reply(address, is_head).await, written) {
            (Ok(read), _) => Ok(read),
            (Err(WireError::Closed { .. }), _) => Err(WireError::Closed { address }),
            (Err(_), Err(source)) => Err(WireError::Exchange { address, source }),
            (Err(error), Ok(())) => Err(error),
        }
    }

    /// The reply, and whether the connection can carry another.
    async fn read_reply(&mut self, address: SocketAddr, is_head: bool) -> Result<(Reply, bool), WireError> {
        let malformed = |what| WireError::Malformed { address, what };
        let failed = |source| WireError::Exchange { address, source };
        let mut reply = loop {
            let head = self.read_head(address).await?;
            let reply = parse_head(&head).ok_or(malformed("the head"))?;
            // Interim answers (100, 103) precede the real one.
            if !(100..200).contains(&reply.status) || reply.status == 101 {
                break reply;
            }
        };
        if is_head || matches!(reply.status, 204 | 304) {
            return Ok((reply, true));
        }
        if reply.header("transfer-encoding").eq_ignore_ascii_case("chunked") {
            reply.body = self.read_chunks(address).await?;
            return Ok((reply, true));
        }
        if let Ok(length) = reply.header("content-length").parse::<usize>() {
            if length > BODY_LIMIT_BYTES {
                return Err(malformed("a body over 64 MiB"));
            }
            reply.body = self.read_exact(address, length).await?;
            return Ok((reply, true));
        }
        while self.buffer.len() <= BODY_LIMIT_BYTES && self.fill().await.map_err(failed)? > 0 {}
        reply.body = std::mem::take(&mut self.buffer);
        Ok((reply, false))
    }

    async fn fill(&mut self) -> io::Result<usize> {
        self.stream.read_buf(&mut self.buffer).await
    }

    async fn more(&mut self, address: SocketAddr) -> Result<(), WireError> {
        match self.fill().await.map_err(|source| WireError::Exchange { address, source })? {
            0 => Err(WireError::Malformed { address, what: "the connection ended within the answer" }),
            _ => Ok(()),
        }
    }

    async fn read_head(&mut self, address: SocketAddr) -> Result<Vec<u8>, WireError> {
        loop {
            if let Some(end) = find(&self.buffer, b"\r\n\r\n") {
                return Ok(self.take(end + 4));
            }
            if self.buffer.len() > HEAD_LIMIT_BYTES {
                return Err(WireError::Malformed { address, what: "a head over 64 KiB" });
            }
            let untouched = self.buffer.is_empty();
            match self.fill().await {
                Ok(0) if untouched => return Err(WireError::Closed { address }),
                Ok(0) => return Err(WireError::Malformed { address, what: "the connection ended within the head" }),
                Ok(_) => {}
                Err(error) if untouched && is_reset(&error) => return Err(WireError::Closed { address }),
                Err(source) => return Err(WireError::Exchange { address, source }),
            }
        }
    }

    async fn read_exact(&mut self, address: SocketAddr, length: usize) -> Result<Vec<u8>, WireError> {
        while self.buffer.len() < length {
            self.more(address).await?;
        }
        Ok(self.take(length))
    }

    async fn read_line(&mut self, address: SocketAddr) -> Result<String, WireError> {
        loop {
            if let Some(end) = find(&self.buffer, b"\r\n") {
                let line = self.take(end + 2);
                return Ok(String::from_utf8_lossy(&line).trim_end().to_owned());
            }
            if self.buffer.len() > HEAD_LIMIT_BYTES {
                return Err(WireError::Malformed { address, what: "a line over 64 KiB" });
            }
            self.more(address).await?;
        }
    }

    async fn read_chunks(&mut self, address: SocketAddr) -> Result<Vec<u8>, WireError> {
        let malformed = |what| WireError::Malformed { address, what };
        let mut body = Vec::new();
        loop {
            let line = self.read_line(address).await?;
            let size = line.split(';').next().unwrap_or_default().trim();
            let size = usize::from_str_radix(size, 16).map_err(|_| malformed("a chunk size"))?;
            if size == 0 {
                while !self.read_line(address).await?.is_empty() {}
                return Ok(body);
            }
            if size > BODY_LIMIT_BYTES - body.len() {
                return Err(malformed("a body over 64 MiB"));
            }
            body.extend_from_slice(&self.read_exact(address, size).await?);
            if !self.read_line(address).await?.is_empty() {
                return Err(malformed("the end of a chunk"));
            }
        }
    }

    fn take(&mut self, length: usize) -> Vec<u8> {
        let rest = self.buffer.split_off(length.min(self.buffer.len()));
        std::mem::replace(&mut self.buffer, rest)
    }
}

fn is_reset(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::ConnectionReset | io::ErrorKind::BrokenPipe)
}

fn find(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    haystack.windows(needle.len()).position(|window| window == needle)
}

fn parse_head(head: &[u8]) -> Option<Reply> {
    let text = String::from_utf8_lossy(head);
    let mut lines = text.split("\r\n");
    let status = lines.next()?.strip_prefix("HTTP/1.")?.split(' ').nth(1)?.parse().ok()?;
    let headers = lines
        .filter(|line| !line.is_empty())
        .map(|line| line.split_once(':').map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned())))
        .collect::<Option<Vec<_>>>()?;
    Some(Reply { status, headers, body: Vec::new() })
}

fn pinned_config(pin: [u8; 32]) -> Result<ClientConfig, rustls::Error> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let verifier = Pinned { pin, provider: Arc::clone(&provider) };
    let builder = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions()?;
    let mut config = builder.dangerous().with_custom_certificate_verifier(Arc::new(verifier)).with_no_client_auth();
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(config)
}

/// Accepts exactly one certificate. Signatures of the handshake are still checked, so the server must hold its key.
#[derive(Debug)]
struct Pinned {
    pin: [u8; 32],
    provider: Arc<CryptoProvider>,
}

impl ServerCertVerifier for Pinned {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        if Sha256::digest(end_entity).as_slice() == self.pin {
            return Ok(ServerCertVerified::assertion());
        }
        Err(CertificateError::ApplicationVerificationFailure.into())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls12_signature(message, cert, dss, &self.provider.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls13_signature(message, cert, dss, &self.provider.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}
