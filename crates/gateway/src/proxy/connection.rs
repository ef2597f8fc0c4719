//! What is known about a client's connection before its first request.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use medward_waf::Head;
use rustls::{ProtocolVersion, ServerConnection};

use crate::event::Client;
use crate::gateway::Gateway;

/// One accepted connection.
pub(crate) struct Connection {
    pub(crate) gateway: Arc<Gateway>,
    /// The socket's peer: the client, or a proxy in front of us.
    pub(crate) peer: SocketAddr,
    tls: Option<&'static str>,
    /// Name the client asked for in its TLS hello.
    pub(super) sni: Option<String>,
}

impl Connection {
    pub(crate) fn plain(gateway: Arc<Gateway>, peer: SocketAddr) -> Self {
        Self { gateway, peer: canonical(peer), tls: None, sni: None }
    }

    pub(crate) fn tls(gateway: Arc<Gateway>, peer: SocketAddr, session: &ServerConnection) -> Self {
        let version = match session.protocol_version() {
            Some(ProtocolVersion::TLSv1_3) => "1.3",
            Some(ProtocolVersion::TLSv1_2) => "1.2",
            _ => "unknown",
        };
        let sni = session.server_name().map(str::to_owned);
        Self { gateway, peer: canonical(peer), tls: Some(version), sni }
    }

    /// Whether the client spoke TLS to us.
    pub(super) fn is_tls(&self) -> bool {
        self.tls.is_some()
    }

    /// Who sent this request: the peer, or behind a trusted proxy the right-most address of `X-Forwarded-For` that is
    /// not itself a trusted proxy.
    pub(super) fn client(&self, head: &Head) -> Client {
        let address = self.forwarded_for(head).map_or(self.peer, |ip| SocketAddr::new(ip, 0));
        Client { address, tls: self.tls }
    }

    fn forwarded_for(&self, head: &Head) -> Option<IpAddr> {
        if !self.gateway.is_trusted(self.peer.ip()) {
            return None;
        }
        let mut farthest = None;
        let values = head.headers().filter(|(name, _)| name.eq_ignore_ascii_case(b"x-forwarded-for"));
        for (_, value) in values.collect::<Vec<_>>().into_iter().rev() {
            for part in value.rsplit(|byte| *byte == b',') {
                // What is no address was not written by a proxy of ours, and neither was what stands before it.
                let address = std::str::from_utf8(part.trim_ascii()).ok()?.parse::<IpAddr>().ok();
                let Some(address) = address.map(|address| address.to_canonical()) else { return farthest };
                if !self.gateway.is_trusted(address) {
                    return Some(address);
                }
                farthest = Some(address);
            }
        }
        farthest
    }
}

fn canonical(peer: SocketAddr) -> SocketAddr {
    SocketAddr::new(peer.ip().to_canonical(), peer.port())
}
