//! What every connection shares: the policy in force, the upstreams, the limits.

use std::collections::HashSet;
use std::net::IpAddr;
use std::ops::Deref;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use arc_swap::ArcSwap;
use ipnet::IpNet;
use medward_contract::vault::EventSink;
use medward_defence::limit::Counters;
use medward_kernel::capability::Bound;
use medward_kernel::metrics::Metrics;
use medward_kernel::supervisor::{Stop, TaskError, TaskGroup};
use medward_kernel::{BuildError, Clock, Port, Supervisor};
use medward_waf::Head;

use crate::access::{Access, AccessSetup};
use crate::alarm::{AlarmQueue, Alarms};
use crate::config::{ConnectionLimits, Timeouts};
use crate::defence::{BanQueue, Bans, Defence, DefenceKeys, WaitingRoom};
use crate::event::Reporter;
use crate::kept::{Keeper, KeptRequestQueue};
use crate::listen::{Seats, SiteCertificates};
use crate::metrics::GatewayMetrics;
use crate::place::{Atlas, Zones};
use crate::snapshot::{Snapshot, host_name};
use crate::upstream::{Connector, HealthChecks};

/// What a data path is built from.
pub struct Setup<'s> {
    /// Time.
    pub clock: Clock,
    /// Tasks.
    pub supervisor: Supervisor,
    /// Where its numbers are counted.
    pub metrics: &'s Metrics,
    /// Where its events go.
    pub events: Port<dyn EventSink>,
    /// How long it waits for whom.
    pub timeouts: Timeouts,
    /// How much it takes.
    pub limits: ConnectionLimits,
    /// Networks of proxies in front of it, whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<IpNet>,
    /// Networks by which it is told who is in the house.
    pub zones: Zones,
    /// Port by which clients reach HTTPS, where it is not the one that is listened on.
    pub https_port: Option<u16>,
    /// Keys of traffic defence.
    pub defence_keys: DefenceKeys,
    /// Where the counters of limits are kept.
    pub counters: Arc<dyn Counters>,
    /// What the access guard needs.
    pub access: AccessSetup,
    /// PEM file with authorities that `https://` upstreams are checked against, beside the public ones.
    pub upstream_ca: Option<&'s Path>,
}

/// What the data path leaves for whoever runs it to write down. All are bounded; what does not fit is lost, and traffic
/// goes on.
pub struct Queues {
    /// Alarms.
    pub alarms: AlarmQueue,
    /// Requests to be kept.
    pub kept: KeptRequestQueue,
    /// Bans that it decided.
    pub bans: BanQueue,
}

/// What was counted since the start.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Totals {
    /// Client connections open now.
    pub connections: i64,
    /// Requests answered.
    pub requests: u64,
    /// Requests blocked as attacks.
    pub blocked: u64,
}

/// The running data path.
pub struct DataPath {
    pub(crate) clock: Clock,
    pub(crate) supervisor: Supervisor,
    pub(crate) stop: Stop,
    pub(crate) timeouts: Timeouts,
    pub(crate) limits: ConnectionLimits,
    pub(crate) seats: Seats,
    pub(crate) reporter: Arc<Reporter>,
    pub(crate) keeper: Keeper,
    pub(crate) defence: Arc<Defence>,
    pub(crate) access: Access,
    pub(crate) connector: Connector,
    /// Certificates by the names they are good for.
    pub(crate) sites: Arc<ArcSwap<SiteCertificates>>,
    /// Tasks of HTTP/2 streams.
    pub(crate) streams: TaskGroup,
    /// Tasks of tunnels.
    pub(crate) tunnels: TaskGroup,
    pub(crate) zones: Zones,
    atlas: ArcSwap<Option<Arc<dyn Atlas>>>,
    trusted: Vec<IpNet>,
    https_port: Option<u16>,
    snapshot: ArcSwap<Snapshot>,
    bound: Mutex<Vec<Bound>>,
}

impl DataPath {
    /// A data path without objects, and what it leaves to be written down.
    ///
    /// # Errors
    /// When the file of authorities cannot be used, or a metric is already taken.
    pub fn new(setup: Setup<'_>) -> Result<(Arc<Self>, Queues), BuildError> {
        let Setup { clock, supervisor, timeouts, limits, .. } = setup;
        let (alarms, alarm_queue) = Alarms::new(clock.clone());
        let (keeper, kept_queue) = Keeper::new();
        let (defence, ban_queue) = Defence::new(setup.defence_keys, setup.counters, clock.clone());
        let reporter =
            Reporter { sink: setup.events, clock: clock.clone(), metrics: GatewayMetrics::new(setup.metrics)?, alarms };
        let data_path = Self {
            stop: supervisor.stop_signals().clone(),
            seats: Seats::new(limits.connections, limits.connections_per_address),
            reporter: Arc::new(reporter),
            keeper,
            defence: Arc::new(defence),
            access: Access::new(setup.access, clock.clone()),
            connector: Connector::new(clock.clone(), timeouts.upstream_connect.0, setup.upstream_ca)?,
            sites: Arc::default(),
            streams: supervisor.group("gateway.streams"),
            tunnels: supervisor.group("gateway.tunnels"),
            zones: setup.zones,
            atlas: ArcSwap::default(),
            trusted: setup.trusted_proxies,
            https_port: setup.https_port,
            snapshot: ArcSwap::default(),
            bound: Mutex::default(),
            clock,
            supervisor,
            timeouts,
            limits,
        };
        Ok((Arc::new(data_path), Queues { alarms: alarm_queue, kept: kept_queue, bans: ban_queue }))
    }

    /// Which networks are inside, and which are those of the VPN.
    pub fn zones(&self) -> &Zones {
        &self.zones
    }

    /// The policy in force.
    pub fn snapshot(&self) -> impl Deref<Target = Arc<Snapshot>> {
        self.snapshot.load()
    }

    /// Puts a policy in force. Requests under way keep the one they began with.
    pub fn swap(&self, snapshot: Snapshot) {
        let rooms = snapshot.objects().iter().filter_map(|object| object.waiting_room.as_ref());
        rooms.for_each(WaitingRoom::open);
        self.snapshot.store(Arc::new(snapshot));
    }

    /// What tells the country of a client.
    pub(crate) fn atlas(&self) -> impl Deref<Target = Arc<Option<Arc<dyn Atlas>>>> {
        self.atlas.load()
    }

    /// Tells countries by this atlas from the next request on.
    pub fn atlas_swap(&self, atlas: Option<Arc<dyn Atlas>>) {
        self.atlas.store(Arc::new(atlas));
    }

    /// The certificates that are served.
    pub fn sites(&self) -> impl Deref<Target = Arc<SiteCertificates>> {
        self.sites.load()
    }

    /// Port by which clients reach HTTPS, when there is one.
    pub(crate) fn https_port(&self) -> Option<u16> {
        let bound = self.bound.lock().unwrap_or_else(PoisonError::into_inner);
        let listened = bound.iter().find(|bound| bound.fingerprint.is_some()).map(|bound| bound.address.port());
        self.https_port.or(listened)
    }

    /// Serves these certificates from the next handshake on.
    pub fn sites_swap(&self, sites: SiteCertificates) {
        self.sites.store(Arc::new(sites));
    }

    /// Checks the upstreams in use, and raises an alarm for objects of which none answers, until the program stops.
    ///
    /// # Errors
    /// Never; it has the shape of a service.
    pub async fn watch_upstreams(self: Arc<Self>, stop: Stop) -> Result<(), TaskError> {
        let checks = HealthChecks::new(self.clock.clone(), self.connector.clone());
        loop {
            let mut members: Vec<_> = self.snapshot().members().cloned().collect();
            members.sort_by_key(|member| Arc::as_ptr(member).addr());
            members.dedup_by(|one, other| Arc::ptr_eq(one, other));
            tokio::select! {
                () = stop.running.cancelled() => return Ok(()),
                () = checks.round(members) => {}
            }
            self.tell_upstreams();
            tokio::select! {
                () = stop.running.cancelled() => return Ok(()),
                () = checks.pause() => {}
            }
        }
    }

    /// Raises alarms for objects of which no upstream can be used, and clears those that are over.
    fn tell_upstreams(&self) {
        let (now, snapshot, alarms) = (self.clock.now(), self.snapshot(), &self.reporter.alarms);
        for object in snapshot.objects().iter().filter(|object| object.pool.is_down(now)) {
            alarms.upstreams_down(&object.name, object.system.clone());
        }
        let objects = snapshot.objects().iter();
        let silent = objects.clone().filter(|object| !object.pool.answers(now)).map(|object| &*object.name).collect();
        alarms.upstreams_answer_but_for(&silent);
        let guarded: HashSet<&str> = objects.filter_map(|object| Some(&*object.access.as_ref()?.application)).collect();
        alarms.levels_are_of(&guarded);
        alarms.sweep();
    }

    /// Who is signed in to guarded applications.
    pub fn access(&self) -> &Access {
        &self.access
    }

    /// Who is banned.
    pub fn bans(&self) -> &Bans {
        &self.defence.bans
    }

    /// Whether the network holds an address that must not be banned: of a trusted proxy, or of the allow list.
    pub fn is_spared(&self, network: IpNet) -> bool {
        let network = network.trunc();
        let proxies = self.trusted.iter().any(|proxy| proxy.contains(&network) || network.contains(proxy));
        let snapshot = self.snapshot();
        let ends = [network.network(), network.broadcast()];
        proxies || ends.into_iter().any(|address| snapshot.addresses().allowed(address).is_some())
    }

    /// Whether a client that only wants to be refused is let go at once: it is banned and has been told often enough.
    pub(crate) fn turns_away(&self, peer: IpAddr) -> bool {
        let peer = peer.to_canonical();
        let worn = self.defence.bans.of(peer, self.clock.now()).is_some_and(|ban| ban.is_worn());
        worn && !self.is_trusted(peer) && self.snapshot().addresses().allowed(peer).is_none()
    }

    /// Whether any object answers for the host of a request.
    pub(crate) fn knows(&self, head: &Head) -> bool {
        let host = head.header(b"host").map(host_name).unwrap_or_default();
        self.snapshot().knows_host(&host)
    }

    /// Every open listener.
    pub fn bound(&self) -> Vec<Bound> {
        self.bound.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// What was counted since the start.
    pub fn totals(&self) -> Totals {
        self.reporter.metrics.totals()
    }

    /// Whether the address belongs to a proxy of ours.
    pub(crate) fn is_trusted(&self, address: IpAddr) -> bool {
        self.trusted.iter().any(|network| network.contains(&address))
    }

    /// Notes an open listener.
    pub(crate) fn note_bound(&self, bound: Bound) {
        self.bound.lock().unwrap_or_else(PoisonError::into_inner).push(bound);
    }
}
