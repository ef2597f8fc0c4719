//! How a TLS listener meets clients: one configuration for each combination of what objects ask of the handshake. All of
//! them show the same certificates and share the keys of their session tickets.

use std::collections::{BTreeSet, HashMap};
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};

use arc_swap::ArcSwap;
use medward_kernel::Clock;
use rustls::crypto::ring::{Ticketer, default_provider};
use rustls::server::danger::ClientCertVerifier;
use rustls::server::{NoClientAuth, ProducesTickets, ServerConfig};
use rustls::version::{TLS12, TLS13};
use rustls::{DistinguishedName, SupportedProtocolVersion};

use super::sites::{Resolver, SiteCertificates};
use crate::transport::{Asks, ClientTrust, TlsVersion, Transport};

/// More combinations than a policy has; then all are forgotten and made again.
const MAX_FACES: usize = 64;
/// Names of authorities that a handshake carries (RFC 8446 §4.2.4 allows 64 KiB); beyond that clients are asked without.
const MAX_NAMES_BYTES: usize = 16 * 1024;

/// What a handshake is to bring.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub(crate) struct Front {
    /// The oldest version of TLS.
    pub(crate) min_version: TlsVersion,
    /// Names (DER) of authorities whose clients are asked for their certificate; nobody is asked when empty.
    pub(crate) authorities: BTreeSet<Vec<u8>>,
}

impl Front {
    /// What these objects ask for: the version that the most patient one takes, and the authorities of all.
    pub(crate) fn of<'t>(transports: impl Iterator<Item = &'t Transport>) -> Self {
        let fronts = transports.map(|transport| Self {
            min_version: transport.min_version,
            authorities: transport
                .clients
                .iter()
                .flat_map(ClientTrust::names)
                .map(|name| name.as_ref().to_vec())
                .collect(),
        });
        fronts.reduce(|front, other| front.and(&other)).unwrap_or_default()
    }

    /// What both ask for.
    pub(crate) fn and(mut self, other: &Self) -> Self {
        self.min_version = self.min_version.min(other.min_version);
        self.authorities.extend(other.authorities.iter().cloned());
        self
    }
}

/// The configurations of one listener.
pub(super) struct Faces {
    resolver: Arc<Resolver>,
    tickets: Option<Arc<dyn ProducesTickets>>,
    plain: Arc<ServerConfig>,
    others: Mutex<HashMap<Front, Arc<ServerConfig>>>,
}

impl Faces {
    /// Shows the certificates of `sites`, and for names that have none the one of `default`.
    pub(super) fn new(
        sites: Arc<ArcSwap<SiteCertificates>>,
        default: &ServerConfig,
        clock: Clock,
    ) -> Result<Self, rustls::Error> {
        let resolver = Arc::new(Resolver::new(sites, default.cert_resolver.clone(), clock));
        // Its keys change every six hours and are kept for as long again.
        let tickets = Ticketer::new().ok();
        let plain = Arc::new(config(&Front::default(), resolver.clone(), tickets.clone())?);
        Ok(Self { resolver, tickets, plain, others: Mutex::default() })
    }

    /// The configuration for a handshake; with the address that a client came to, when it names nothing.
    pub(super) fn of(&self, front: &Front, address: Option<IpAddr>) -> Result<Arc<ServerConfig>, rustls::Error> {
        let config = self.of_front(front)?;
        let Some(address) = address else { return Ok(config) };
        let mut config = (*config).clone();
        config.cert_resolver = Arc::new(self.resolver.at(address));
        Ok(Arc::new(config))
    }

    fn of_front(&self, front: &Front) -> Result<Arc<ServerConfig>, rustls::Error> {
        if *front == Front::default() {
            return Ok(self.plain.clone());
        }
        let mut others = self.others.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = others.get(front) {
            return Ok(known.clone());
        }
        let made = Arc::new(config(front, self.resolver.clone(), self.tickets.clone())?);
        if others.len() >= MAX_FACES {
            others.clear();
        }
        others.insert(front.clone(), made.clone());
        Ok(made)
    }
}

fn config(
    front: &Front,
    resolver: Arc<Resolver>,
    tickets: Option<Arc<dyn ProducesTickets>>,
) -> Result<ServerConfig, rustls::Error> {
    let versions: &[&'static SupportedProtocolVersion] = match front.min_version {
        TlsVersion::Tls12 => &[&TLS13, &TLS12],
        TlsVersion::Tls13 => &[&TLS13],
    };
    let clients: Arc<dyn ClientCertVerifier> = if front.authorities.is_empty() {
        Arc::new(NoClientAuth)
    } else {
        let names = front.authorities.iter().cloned().map(DistinguishedName::from);
        let fits = front.authorities.iter().map(Vec::len).sum::<usize>() <= MAX_NAMES_BYTES;
        Arc::new(Asks(if fits { names.collect() } else { Vec::new() }))
    };
    let builder = ServerConfig::builder_with_provider(Arc::new(default_provider()));
    let builder = builder.with_protocol_versions(versions)?.with_client_cert_verifier(clients);
    let mut config = builder.with_cert_resolver(resolver);
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    // A session that was begun without being asked for a certificate must not be resumed where one is asked for.
    if front.authorities.is_empty()
        && let Some(tickets) = tickets
    {
        config.ticketer = tickets;
    }
    Ok(config)
}
