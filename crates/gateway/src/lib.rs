//! 安全网关: which web systems are protected, by which rules, and how each of them reacts. The policy is kept here, changed
//! through the API, compiled, and handed to the data path, which takes the connections. Stands at the steps *sense* and
//! *respond*.
//!
//! *Not* here: traffic (`medward-proxy`), detection rules (`medward-waf`), recording (`vault`), who may change what
//! (`identity`, `kernel`).
//!
//! Invariants: a policy that does not compile never replaces one that does; the data path is handed whole policies and
//! never waits for this crate.

pub mod codes;

mod config;

pub mod model;

pub mod crs;

mod engines;

mod applications;
mod compile;

mod alarm;
mod kept;

mod store;
mod tproxy;

mod access;
mod ban;
mod certificate;
mod document;
mod lists;
mod region;
mod schemas;

mod change;
mod draft;
mod eyes;
mod import;
mod node;
mod observed;
mod preset;
mod preview;
mod report;
mod service;
mod trial;

mod api;

use std::path::Path;
use std::sync::Arc;

use medward_contract::ErrorCode;
use medward_contract::identity::Authenticator;
use medward_contract::vault::EventSink;
use medward_crypto::{Domain, Secret};
use medward_defence::limit::{Counters, LocalCounters};
use medward_kernel::capability::{Check, Listener, Start};
use medward_kernel::config::secret_read;
use medward_kernel::permission::Grant;
use medward_kernel::supervisor::{Criticality, TaskError};
use medward_kernel::tls::ServerIdentity;
use medward_kernel::{BuildError, Capability, Kit, Parts};
use medward_proxy::{AccessSetup, DataPath, DefenceKeys, Door, Inspector, Queues, Setup, listener};
use medward_proxy::{RedisAddress, SharedCounters, SharedSettings};
use medward_store::{Db, Migration, StoreError, migrations};

pub use change::{By, ChangeError, PolicyFault};
pub use compile::{PolicyError, PolicyErrors};
pub use config::{CrsConfig, GatewayConfig, ObjectConfig, SharedCountersConfig, protect_config};
pub use import::Imported;
pub use service::{Loaded, Service};
pub use tproxy::{TproxyRules, tproxy_rules};

use crate::access::{Guarded, session_store};
use crate::ban::BanList;
use crate::certificate::{Certificates, watch_expiry};
use crate::draft::Draft;
use crate::engines::Engines;
use crate::kept::Shelf;
use crate::lists::Lists;
use crate::model::Effective;

/// The capability, as the binary lists it.
pub struct Gateway;

impl Capability for Gateway {
    const NAME: &'static str = "gateway";
    type Config = GatewayConfig;
    const MIGRATIONS: &'static [Migration] = migrations![
        "0001_objects",
        "0002_policy",
        "0003_items",
        "0004_kept_requests",
        "0005_certificates",
        "0006_defence",
        "0007_access"
    ];
    const ERRORS: &'static [ErrorCode] = codes::ALL;
    const GRANTS: &'static [Grant] = api::GRANTS;

    fn build(config: GatewayConfig, kit: &Kit) -> Result<Parts, BuildError> {
        let engines = Engines::of_rules(config.crs.clone(), &kit.clock).map_err(|errors| BuildError::Other {
            what: "compile the built-in policy".into(),
            remedy: "report this fault".into(),
            source: errors.into_iter().next().map(|error| Box::new(error).into()),
        })?;
        build(&config, kit, engines)
    }
}

/// Builds the gateway with an engine of the caller's choice for every policy.
pub fn build_with(config: &GatewayConfig, kit: &Kit, inspector: Arc<dyn Inspector>) -> Result<Parts, BuildError> {
    build(config, kit, Engines::one(inspector))
}

fn build(config: &GatewayConfig, kit: &Kit, engines: Engines) -> Result<Parts, BuildError> {
    let listeners = doors(config, kit)?;
    let shared = shared_counters(&config.shared_counters, kit)?;
    let counters: Arc<dyn Counters> = match &shared {
        Some(shared) => shared.clone(),
        None => Arc::new(LocalCounters::default()),
    };
    let setup = Setup {
        clock: kit.clock.clone(),
        supervisor: kit.supervisor.clone(),
        metrics: &kit.metrics,
        events: kit.ports.port::<dyn EventSink>(Gateway::NAME),
        timeouts: config.timeouts.clone(),
        limits: config.limits.clone(),
        zones: config.zones.clone(),
        trusted_proxies: config.trusted_proxies.clone(),
        https_port: config.public_https_port,
        upstream_ca: config.upstream_ca.as_deref(),
        defence_keys: defence_keys(kit),
        counters,
        access: AccessSetup {
            key: Secret::new(kit.keys.mac(Domain::GatewayDefence, b"sessions")),
            store: session_store(kit),
            authenticator: kit.ports.port::<dyn Authenticator>(Gateway::NAME),
        },
    };
    let (data_path, queues) = DataPath::new(setup)?;
    let lists = Lists::new(kit.data_dir(Gateway::NAME)?.join("address-lists"), kit.clock.clone());
    let sharing = shared.map(|shared| (data_path.clone(), shared));
    let service = Service::new(config, kit, data_path.clone(), engines, lists);
    let bans = BanList::new(kit, data_path.clone());
    let guarded = Guarded::new(kit, data_path.clone());
    let default = listeners.iter().find_map(|door| door.identity.as_ref());
    let certificates = Certificates::new(kit, data_path.clone(), default);
    let listeners: Vec<Listener> = listeners.into_iter().map(|door| listener(door, data_path.clone())).collect();
    let routes = api::routes(service.clone(), certificates.clone(), bans.clone(), guarded.clone());
    let checks = vec![check(&service), service.regions().check()];
    let nodes = node::parts(kit, &service, &certificates, &bans);
    let rooms = Rooms { service, certificates, bans, guarded, data_path, sharing, queues };
    Ok(Parts {
        routes: Some(routes),
        jobs: Vec::new(),
        listeners,
        checks,
        nodes,
        on_start: Some(start(rooms, kit.clone())),
        on_stop: None,
    })
}

/// Counters over Redis, where the operator has one for them.
fn shared_counters(config: &SharedCountersConfig, kit: &Kit) -> Result<Option<Arc<SharedCounters>>, BuildError> {
    let Some(redis) = &config.redis else { return Ok(None) };
    let error = |what: &str, remedy: &str, source: TaskError| BuildError::Other {
        what: what.to_owned(),
        remedy: remedy.to_owned(),
        source: Some(source),
    };
    let address = RedisAddress::parse(redis)
        .map_err(|source| error("read gateway.shared_counters.redis", "correct the address", source.into()))?;
    let password = config.password.as_ref().map(secret_read).transpose().map_err(|source| {
        let remedy = "set gateway.shared_counters.password to a file or variable that holds it";
        error("read gateway.shared_counters.password", remedy, source.into())
    })?;
    let settings = SharedSettings {
        redis: address,
        username: config.username.clone(),
        password: password.map(Secret::new),
        nodes: config.nodes,
        prefix: config.prefix.clone(),
    };
    Ok(Some(Arc::new(SharedCounters::new(settings, &kit.metrics)?)))
}

/// Keys that the nodes of one house share.
fn defence_keys(kit: &Kit) -> DefenceKeys {
    let mac = |what: &[u8]| kit.keys.mac(Domain::GatewayDefence, what);
    let mut counters = [0; 16];
    counters.iter_mut().zip(mac(b"counters")).for_each(|(to, from)| *to = from);
    DefenceKeys { counters, challenge: Secret::new(mac(b"challenge")) }
}

/// What is in force for the protected object of this name by the newest policy, for commands that start nothing: of the
/// files, and of the database, when there is one.
///
/// # Errors
/// When the database cannot be read.
pub async fn object_find(config: &GatewayConfig, db: Option<&Db>, name: &str) -> Result<Option<Effective>, StoreError> {
    let files: Vec<_> = config.objects.iter().map(ObjectConfig::item).collect();
    let rows = match db {
        Some(db) => store::item_list(&mut db.read().await?).await?,
        None => Vec::new(),
    };
    let (written, _) = Draft::new(rows, 0).written(&files);
    let object = written.objects.iter().find(|object| object.spec.name == name);
    Ok(object.map(|object| written.effective(object)))
}

fn doors(config: &GatewayConfig, kit: &Kit) -> Result<Vec<Door>, BuildError> {
    let identity = || {
        if let (Some(certificate), Some(key)) = (&config.certificate, &config.private_key) {
            return certificate_read(certificate, key);
        }
        let directory = kit.data_dir(Gateway::NAME)?;
        Ok(ServerIdentity::read_or_make(&directory, "listener", &["localhost".to_owned()])?)
    };
    let wanted = [
        ("gateway.http", &config.http, false, false),
        ("gateway.https", &config.https, true, false),
        ("gateway.tproxy_http", &config.tproxy_http, false, true),
        ("gateway.tproxy_https", &config.tproxy_https, true, true),
    ];
    let wanted = wanted.into_iter().filter(|(_, address, ..)| !address.is_empty());
    wanted
        .map(|(name, address, tls, transparent)| {
            let identity = tls.then(&identity).transpose()?;
            Ok(Door { name, address: address.clone(), identity, transparent })
        })
        .collect()
}

fn certificate_read(certificate: &Path, key: &Path) -> Result<ServerIdentity, BuildError> {
    ServerIdentity::read(certificate, key).map_err(|source| BuildError::Other {
        what: "load the certificate of gateway.https".into(),
        remedy: "set gateway.certificate and gateway.private_key to PEM files that belong together, or unset both"
            .into(),
        source: Some(Box::new(source)),
    })
}

/// Degraded while a policy does not compile or every upstream of an object is down.
fn check(service: &Service) -> Check {
    let service = service.clone();
    Check {
        name: "gateway.policy",
        run: Arc::new(move || {
            let service = service.clone();
            Box::pin(async move {
                if let Some(error) = service.loaded().error {
                    return Err(format!("the newest policy does not run: {error}"));
                }
                let now = service.now();
                let down: Vec<String> = service
                    .data_path()
                    .snapshot()
                    .objects()
                    .iter()
                    .filter(|object| object.pool.is_down(now))
                    .map(|object| object.name.to_string())
                    .collect();
                if down.is_empty() { Ok(()) } else { Err(format!("no upstream answers: {}", down.join(", "))) }
            })
        }),
    }
}

/// What runs beside the data path.
struct Rooms {
    service: Service,
    certificates: Certificates,
    bans: BanList,
    guarded: Guarded,
    data_path: Arc<DataPath>,
    sharing: Option<(Arc<DataPath>, Arc<SharedCounters>)>,
    queues: Queues,
}

/// Loads the policy, then follows it, checks upstreams and writes alarms.
fn start(rooms: Rooms, kit: Kit) -> Start {
    Box::new(move || {
        Box::pin(async move {
            let Rooms { service, certificates, bans, guarded, data_path, sharing, queues } = rooms;
            // Before the first request: it may be refused for where it comes from.
            service.regions().look().await;
            service.load().await.map_err(|source| BuildError::Other {
                what: "load the protected objects".into(),
                remedy: "check that the database answers".into(),
                source: Some(Box::new(source)),
            })?;
            certificates.load().await.map_err(|source| BuildError::Other {
                what: "load the certificates of sites".into(),
                remedy: "check that the database answers".into(),
                source: Some(Box::new(source)),
            })?;
            bans.load().await.map_err(|source| BuildError::Other {
                what: "load the ban list".into(),
                remedy: "check that the database answers".into(),
                source: Some(Box::new(source)),
            })?;
            guarded.load().await.map_err(|source| BuildError::Other {
                what: "load the sessions of guarded applications".into(),
                remedy: "check that the database answers".into(),
                source: Some(Box::new(source)),
            })?;
            if let Loaded { running: 0, error: Some(error), .. } = service.loaded()
                && data_path.snapshot().objects().is_empty()
            {
                tracing::error!(error, "no policy is in force: every request is answered with 404");
            }
            let regions = service.regions().clone();
            kit.supervisor.service("gateway.region_database", Criticality::Isolated, move |stop| {
                let regions = regions.clone();
                Box::pin(async move { regions.follow(stop).await })
            });
            kit.supervisor.service("gateway.policy", Criticality::Isolated, move |stop| {
                let service = service.clone();
                Box::pin(async move { service.follow(stop).await })
            });
            let following = certificates.clone();
            kit.supervisor.service("gateway.certificates", Criticality::Isolated, move |stop| {
                let certificates = following.clone();
                Box::pin(async move { certificates.follow(stop).await })
            });
            kit.supervisor.service("gateway.certificate_ends", Criticality::Isolated, move |stop| {
                Box::pin(watch_expiry(certificates.clone(), stop))
            });
            let ban_queue = queues.bans.clone();
            kit.supervisor.service("gateway.bans", Criticality::Isolated, move |stop| {
                let (bans, queue) = (bans.clone(), ban_queue.clone());
                Box::pin(async move { bans.run(queue, stop).await })
            });
            let followed = guarded.clone();
            kit.supervisor.service("gateway.accounts", Criticality::Isolated, move |stop| {
                let guarded = followed.clone();
                Box::pin(async move { guarded.follow_accounts(stop).await })
            });
            kit.supervisor.service("gateway.sessions", Criticality::Isolated, move |stop| {
                let guarded = guarded.clone();
                Box::pin(async move { guarded.run(stop).await })
            });
            let (db, clock) = (kit.db.clone(), kit.clock.clone());
            alarm::clear_left_open(&db, clock.now()).await.map_err(|source| BuildError::Other {
                what: "clear the alarms of the last run".into(),
                remedy: "check that the database answers".into(),
                source: Some(Box::new(source)),
            })?;
            kit.supervisor.service("gateway.alarms", Criticality::Isolated, move |stop| {
                Box::pin(alarm::write_alarms(queues.alarms.clone(), db.clone(), clock.clone(), stop))
            });
            let shelf = Shelf::of(&kit);
            kit.supervisor.service("gateway.kept_requests", Criticality::Isolated, move |stop| {
                let (shelf, queue) = (shelf.clone(), queues.kept.clone());
                Box::pin(async move { shelf.run(queue, stop).await })
            });
            if let Some((data_path, shared)) = sharing {
                kit.supervisor.service("gateway.shared_counters", Criticality::Isolated, move |stop| {
                    Box::pin(data_path.clone().share_counters(shared.clone(), stop))
                });
            }
            kit.supervisor.service("gateway.health", Criticality::Isolated, move |stop| {
                Box::pin(data_path.clone().watch_upstreams(stop))
            });
            Ok(())
        })
    })
}
