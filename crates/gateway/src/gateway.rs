//! What every connection shares: the policy in force, the engine, the upstreams, the limits.

use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};

use arc_swap::ArcSwap;
use ipnet::IpNet;
use medward_contract::vault::EventSink;
use medward_kernel::capability::Bound;
use medward_kernel::supervisor::{Stop, TaskGroup};
use medward_kernel::{BuildError, Clock, Kit, Supervisor};

use crate::alarm::{AlarmQueue, Alarms};
use crate::config::{ConnectionLimits, GatewayConfig, Timeouts};
use crate::engines::Engines;
use crate::event::Reporter;
use crate::listen::Seats;
use crate::metrics::GatewayMetrics;
use crate::model::ObjectSpec;
use crate::snapshot::{PolicyErrors, Snapshot};
use crate::upstream::{Connector, Members};

/// The running gateway.
pub(crate) struct Gateway {
    pub(crate) clock: Clock,
    pub(crate) supervisor: Supervisor,
    pub(crate) stop: Stop,
    pub(crate) timeouts: Timeouts,
    pub(crate) limits: ConnectionLimits,
    pub(crate) seats: Seats,
    pub(crate) reporter: Arc<Reporter>,
    pub(crate) engines: Engines,
    pub(crate) connector: Connector,
    /// Tasks of HTTP/2 streams.
    pub(crate) streams: TaskGroup,
    /// Tasks of tunnels.
    pub(crate) tunnels: TaskGroup,
    trusted: Vec<IpNet>,
    snapshot: ArcSwap<Snapshot>,
    members: Mutex<Members>,
    bound: Mutex<Vec<Bound>>,
}

impl Gateway {
    pub(crate) fn new(
        config: &GatewayConfig,
        kit: &Kit,
        engines: Engines,
    ) -> Result<(Arc<Self>, AlarmQueue), BuildError> {
        let (alarms, queue) = Alarms::new(kit.clock.clone());
        let connect = config.timeouts.upstream_connect.0;
        let reporter = Reporter {
            sink: kit.ports.port::<dyn EventSink>("gateway"),
            clock: kit.clock.clone(),
            metrics: GatewayMetrics::new(&kit.metrics)?,
            alarms,
        };
        let gateway = Self {
            clock: kit.clock.clone(),
            supervisor: kit.supervisor.clone(),
            stop: kit.supervisor.stop_signals().clone(),
            timeouts: config.timeouts.clone(),
            limits: config.limits.clone(),
            seats: Seats::new(config.limits.connections, config.limits.connections_per_address),
            reporter: Arc::new(reporter),
            engines,
            connector: Connector::new(kit.clock.clone(), connect, config.upstream_ca.as_deref())?,
            streams: kit.supervisor.group("gateway.streams"),
            tunnels: kit.supervisor.group("gateway.tunnels"),
            trusted: config.trusted_proxies.clone(),
            snapshot: ArcSwap::default(),
            members: Mutex::default(),
            bound: Mutex::default(),
        };
        Ok((Arc::new(gateway), queue))
    }

    /// The policy in force.
    pub(crate) fn snapshot(&self) -> arc_swap::Guard<Arc<Snapshot>> {
        self.snapshot.load()
    }

    /// Compiles a policy without putting it in force.
    pub(crate) fn compile(&self, specs: &[ObjectSpec]) -> Result<Snapshot, PolicyErrors> {
        Snapshot::compile(specs, &mut self.members.lock().unwrap_or_else(PoisonError::into_inner), &self.engines)
    }

    /// Puts a compiled policy in force. Requests under way keep the one they began with.
    pub(crate) fn swap(&self, snapshot: Snapshot) {
        self.snapshot.store(Arc::new(snapshot));
    }

    /// Whether the address belongs to a proxy of ours.
    pub(crate) fn is_trusted(&self, address: IpAddr) -> bool {
        self.trusted.iter().any(|network| network.contains(&address))
    }

    /// Notes an open listener.
    pub(crate) fn note_bound(&self, bound: Bound) {
        self.bound.lock().unwrap_or_else(PoisonError::into_inner).push(bound);
    }

    /// Every open listener.
    pub(crate) fn bound(&self) -> Vec<Bound> {
        self.bound.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}
