//! A client that behaves like a browser: TLS, one cookie jar, the token against cross-site requests.

use std::net::SocketAddr;
use std::sync::Arc;

use http_body_util::{BodyExt as _, Full};
use hyper::header::{CONTENT_TYPE, COOKIE, SET_COOKIE};
use hyper_util::rt::TokioIo;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{DigitallySignedStruct, SignatureScheme};
use serde_json::Value;

/// What came back.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) body: Value,
    pub(crate) set_cookie: Option<String>,
    pub(crate) retry_after: Option<u64>,
    pub(crate) content_type: String,
}

pub(crate) struct Browser {
    address: SocketAddr,
    pub(crate) cookie: Option<String>,
    pub(crate) csrf: Option<String>,
}

impl Browser {
    pub(crate) const fn new(address: SocketAddr) -> Self {
        Self { address, cookie: None, csrf: None }
    }

    pub(crate) async fn get(&mut self, path: &str) -> Answer {
        self.call("GET", path, None).await
    }

    pub(crate) async fn post(&mut self, path: &str, body: Value) -> Answer {
        self.call("POST", path, Some(body.to_string())).await
    }

    /// Asks for the own session and keeps its token, as the console does when it loads.
    pub(crate) async fn learn_csrf(&mut self) {
        let me = self.get("/identity/me").await;
        assert_eq!(me.status, 200, "{}", me.body);
        self.csrf = me.body["csrf"].as_str().map(str::to_owned);
    }

    /// `path` is taken from `/api/v1`.
    pub(crate) async fn call(&mut self, method: &str, path: &str, body: Option<String>) -> Answer {
        let mut request = hyper::Request::builder()
            .method(method)
            .uri(format!("/api/v1{path}"))
            .header("host", "localhost")
            .header("sec-fetch-site", "same-origin")
            .header("user-agent", "medward-test");
        if let Some(cookie) = &self.cookie {
            request = request.header(COOKIE, cookie);
        }
        if let Some(csrf) = &self.csrf {
            request = request.header("x-medward-csrf", csrf);
        }
        if body.is_some() {
            request = request.header(CONTENT_TYPE, "application/json");
        }
        let request = request.body(Full::new(hyper::body::Bytes::from(body.unwrap_or_default()))).unwrap();
        let answer = self.send(request).await;
        if let Some(set) = &answer.set_cookie {
            let pair = set.split(';').next().unwrap().to_owned();
            self.cookie = (!pair.ends_with('=')).then_some(pair);
        }
        answer
    }

    async fn send(&self, request: hyper::Request<Full<hyper::body::Bytes>>) -> Answer {
        let stream = tokio::net::TcpStream::connect(self.address).await.unwrap();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = rustls::ClientConfig::builder_with_provider(provider.clone())
            .with_safe_default_protocol_versions()
            .unwrap()
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(AnyCertificate(provider)))
            .with_no_client_auth();
        let name = ServerName::try_from("localhost").unwrap();
        let stream = tokio_rustls::TlsConnector::from(Arc::new(config)).connect(name, stream).await.unwrap();
        let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await.unwrap();
        let driver = medward_store::testkit::spawn(connection);
        let response = sender.send_request(request).await.unwrap();
        let header = |name: hyper::header::HeaderName| {
            response.headers().get(name).map(|value| value.to_str().unwrap().to_owned())
        };
        let (set_cookie, content_type) = (header(SET_COOKIE), header(CONTENT_TYPE).unwrap_or_default());
        let retry_after = header(hyper::header::RETRY_AFTER).map(|value| value.parse().unwrap());
        let status = response.status().as_u16();
        let bytes = response.into_body().collect().await.unwrap().to_bytes();
        driver.abort();
        let body = serde_json::from_slice(&bytes).unwrap_or(Value::Null);
        Answer { status, body, set_cookie, retry_after, content_type }
    }
}

/// The console's certificate is self-signed and these tests are not about it.
#[derive(Debug)]
struct AnyCertificate(Arc<CryptoProvider>);

impl ServerCertVerifier for AnyCertificate {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls12_signature(message, certificate, signature, &self.0.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls13_signature(message, certificate, signature, &self.0.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}
