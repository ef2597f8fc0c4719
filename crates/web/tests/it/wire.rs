//! A client of our own on real sockets: it may fall silent at any moment, and time moves only when it says so.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use medward_kernel::clock::ManualClock;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use tokio_rustls::rustls::crypto::{
    CryptoProvider, WebPkiSupportedAlgorithms, ring, verify_tls12_signature, verify_tls13_signature,
};
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use tokio_rustls::rustls::{ClientConfig, DigitallySignedStruct, Error, SignatureScheme};

/// Turns of the runtime that are more than enough for the server to take what lies in its sockets.
const SETTLE: usize = 2_000;

/// Steps of one second before a test gives up.
const PATIENCE: usize = 100_000;

pub(crate) struct Wire {
    stream: TlsStream<TcpStream>,
    pub(crate) seen: String,
}

impl Wire {
    /// Finishes the handshake on both sides and says nothing.
    pub(crate) async fn open(address: SocketAddr, alpn: &str) -> Self {
        let provider = Arc::new(ring::default_provider());
        let verifier = Arc::new(AnyCertificate(provider.signature_verification_algorithms));
        let mut config = client_config(provider, verifier);
        config.alpn_protocols = vec![alpn.as_bytes().to_vec()];
        let socket = TcpStream::connect(address).await.unwrap();
        let name = ServerName::try_from("localhost").unwrap();
        let stream = TlsConnector::from(Arc::new(config)).connect(name, socket).await.unwrap();
        settle().await;
        Self { stream, seen: String::new() }
    }

    pub(crate) async fn send(&mut self, bytes: &[u8]) {
        self.stream.write_all(bytes).await.unwrap();
        self.stream.flush().await.unwrap();
        settle().await;
    }

    pub(crate) async fn get(&mut self, path: &str, secret: &str) {
        let head = format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nCookie: __Host-mw={secret}\r\n\r\n");
        self.send(head.as_bytes()).await;
    }

    /// Reads until `mark` was seen.
    pub(crate) async fn read_until(&mut self, mark: &str) {
        while !self.seen.contains(mark) {
            assert!(self.read().await, "the server closed after {:?}", self.seen);
        }
    }

    /// Whether the server ends the connection while time moves on, second by second.
    pub(crate) async fn ends(&mut self, clock: &ManualClock) -> bool {
        for _ in 0..PATIENCE {
            tokio::select! {
                biased;
                more = self.read() => if !more { return true },
                () = tokio::task::yield_now() => clock.advance(Duration::from_secs(1)),
            }
        }
        false
    }

    /// Moves time on until `mark` was seen.
    pub(crate) async fn sees(&mut self, mark: &str, clock: &ManualClock) -> bool {
        for _ in 0..PATIENCE {
            if self.seen.contains(mark) {
                return true;
            }
            tokio::select! {
                biased;
                more = self.read() => if !more { return self.seen.contains(mark) },
                () = tokio::task::yield_now() => clock.advance(Duration::from_secs(1)),
            }
        }
        false
    }

    async fn read(&mut self) -> bool {
        let mut buffer = [0; 4096];
        let count = self.stream.read(&mut buffer).await.unwrap_or(0);
        self.seen.push_str(&String::from_utf8_lossy(&buffer[..count]));
        count > 0
    }
}

/// Lets everybody do what can be done now.
pub(crate) async fn settle() {
    for _ in 0..SETTLE {
        tokio::task::yield_now().await;
    }
}

fn client_config(provider: Arc<CryptoProvider>, verifier: Arc<AnyCertificate>) -> ClientConfig {
    ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .dangerous()
        .with_custom_certificate_verifier(verifier)
        .with_no_client_auth()
}

/// The console's certificate is self-signed and these tests are not about it.
#[derive(Debug)]
struct AnyCertificate(WebPkiSupportedAlgorithms);

impl ServerCertVerifier for AnyCertificate {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls12_signature(message, certificate, signature, &self.0)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(message, certificate, signature, &self.0)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.supported_schemes()
    }
}
