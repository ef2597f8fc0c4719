//! What is known about a client's connection before its first request.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use medward_waf::Head;
use rustls::pki_types::{CertificateDer, UnixTime};
use rustls::{ProtocolVersion, ServerConnection};

use crate::data_path::DataPath;
use crate::event::Client;
use crate::place::Whereabouts;
use crate::transport::{ClientTrust, TlsVersion};

/// One accepted connection.
pub(crate) struct Connection {
    pub(crate) data_path: Arc<DataPath>,
    /// The socket's peer: the client, or a proxy in front of us.
    pub(crate) peer: SocketAddr,
    /// Its address as text, which every request of the connection needs twice.
    peer_text: Arc<str>,
    tls: Option<TlsVersion>,
    /// What the client showed in its handshake.
    certificates: Vec<CertificateDer<'static>>,
    /// Whether the authorities that were asked last vouch for it.
    vouched: Mutex<Option<(ClientTrust, bool)>>,
    /// The client meant to speak to the protected system itself, which is to see its address.
    transparent: bool,
    /// Name the client asked for in its TLS hello.
    pub(super) sni: Option<String>,
}

impl Connection {
    pub(crate) fn plain(data_path: Arc<DataPath>, peer: SocketAddr) -> Self {
        let peer = canonical(peer);
        Self {
            data_path,
            peer,
            peer_text: text_of(peer),
            tls: None,
            certificates: Vec::new(),
            vouched: Mutex::default(),
            transparent: false,
            sni: None,
        }
    }

    pub(crate) fn tls(data_path: Arc<DataPath>, peer: SocketAddr, session: &ServerConnection) -> Self {
        let version = match session.protocol_version() {
            Some(ProtocolVersion::TLSv1_3) => TlsVersion::Tls13,
            // There is no third.
            _ => TlsVersion::Tls12,
        };
        let certificates = session.peer_certificates().unwrap_or_default().iter().map(|der| der.clone().into_owned());
        let certificates = certificates.collect();
        let sni = session.server_name().map(str::to_owned);
        Self { tls: Some(version), certificates, sni, ..Self::plain(data_path, peer) }
    }

    /// The same of a client that meant to speak to the protected system itself.
    pub(crate) fn transparent(self, transparent: bool) -> Self {
        Self { transparent, ..self }
    }

    /// The address that connections to the protected system leave with, where it is not this machine's.
    pub(super) fn source(&self) -> Option<Ipv4Addr> {
        match self.peer.ip() {
            IpAddr::V4(client) if self.transparent => Some(client),
            _ => None,
        }
    }

    /// Whether the client spoke TLS to us.
    pub(super) fn is_tls(&self) -> bool {
        self.tls.is_some()
    }

    /// The version of TLS that the client spoke to us.
    pub(super) fn tls_version(&self) -> Option<TlsVersion> {
        self.tls
    }

    /// Whether the client speaks HTTPS: to us, or to a trusted proxy in front of us that says so.
    pub(super) fn is_https(&self, head: &Head) -> bool {
        // Of several proxies the last one is ours, whether it goes on with the line of the one before or begins its own.
        let told = || {
            let line = head.header_lines(b"x-forwarded-proto").last();
            let last = line.and_then(|proto| proto.rsplit(|byte| *byte == b',').next());
            last.is_some_and(|proto| proto.trim_ascii().eq_ignore_ascii_case(b"https"))
        };
        self.is_tls() || (self.data_path.is_trusted(self.peer.ip()) && told())
    }

    /// The client's certificate, when these authorities vouch for it.
    pub(super) fn client_certificate(&self, trust: &ClientTrust) -> Option<&CertificateDer<'static>> {
        let leaf = self.certificates.first()?;
        let mut vouched = self.vouched.lock().unwrap_or_else(PoisonError::into_inner);
        let known = vouched.as_ref().filter(|(asked, _)| asked.is(trust)).map(|(_, trusted)| *trusted);
        let trusted = known.unwrap_or_else(|| {
            let micros = u64::try_from(self.data_path.clock.now().as_micros()).unwrap_or_default();
            trust.trusts(&self.certificates, UnixTime::since_unix_epoch(Duration::from_micros(micros)))
        });
        *vouched = Some((trust.clone(), trusted));
        trusted.then_some(leaf)
    }

    /// Who sent this request: the peer, or behind a trusted proxy the right-most address of `X-Forwarded-For` that is
    /// not itself a trusted proxy.
    pub(super) fn client(&self, head: &Head) -> Client {
        let tls = self.tls.map(TlsVersion::as_str);
        let (address, text) = match self.forwarded_for(head).map(|ip| SocketAddr::new(ip, 0)) {
            None => (self.peer, self.peer_text.clone()),
            Some(address) => (address, text_of(address)),
        };
        let whereabouts = Whereabouts::of((**self.data_path.atlas()).as_ref(), address.ip());
        Client { address, text, whereabouts, tls }
    }

    fn forwarded_for(&self, head: &Head) -> Option<IpAddr> {
        if !self.data_path.is_trusted(self.peer.ip()) {
            return None;
        }
        let mut farthest = None;
        let values = head.headers().filter(|(name, _)| name.eq_ignore_ascii_case(b"x-forwarded-for"));
        for (_, value) in values.collect::<Vec<_>>().into_iter().rev() {
            for part in value.rsplit(|byte| *byte == b',') {
                // What is no address was not written by a proxy of ours, and neither was what stands before it.
                let address = std::str::from_utf8(part.trim_ascii()).ok()?.parse::<IpAddr>().ok();
                let Some(address) = address.map(|address| address.to_canonical()) else { return farthest };
                if !self.data_path.is_trusted(address) {
                    return Some(address);
                }
                farthest = Some(address);
            }
        }
        farthest
    }
}

fn text_of(address: SocketAddr) -> Arc<str> {
    address.ip().to_string().into()
}

fn canonical(peer: SocketAddr) -> SocketAddr {
    SocketAddr::new(peer.ip().to_canonical(), peer.port())
}
