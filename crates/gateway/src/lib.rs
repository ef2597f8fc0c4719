//! 安全网关: takes the connections meant for a web system, refuses what is malformed, asks the engine about the rest, and
//! passes on what is clean. Stands at the steps *sense* and *respond*.
//!
//! *Not* here: detection rules (`medward-waf`), recording (`vault`), who may change what (`identity`, `kernel`).
//!
//! Invariants: a byte reaches the protected system only after its head was framed without ambiguity and judged; the data
//! path reads one immutable snapshot and waits for no database, vault or other capability; every request
//! becomes exactly one `access.request` event.

pub mod codes;

mod config;

pub mod model;
mod path;
mod snapshot;

pub mod crs;
pub mod inspect;

mod engines;

mod upstream;

mod alarm;
mod event;
mod metrics;
mod page;

mod gateway;

mod listen;
mod proxy;

mod store;

mod service;

mod api;

use std::path::Path;
use std::sync::Arc;

use medward_contract::ErrorCode;
use medward_kernel::capability::{Check, Listener, Start};
use medward_kernel::permission::Grant;
use medward_kernel::supervisor::Criticality;
use medward_kernel::tls::ServerIdentity;
use medward_kernel::{BuildError, Capability, Kit, Parts};
use medward_store::{Db, Migration, StoreError, migrations};

pub use config::{ConnectionLimits, CrsConfig, GatewayConfig, ObjectConfig, Timeouts, protect_config};
pub use proxy::HeadFault;
pub use service::{ChangeError, Loaded, Service};
pub use snapshot::{PolicyError, PolicyErrors};

use crate::engines::Engines;
use crate::gateway::Gateway as Running;
use crate::inspect::Inspector;
use crate::listen::{Door, listener};
use crate::model::ObjectSpec;
use crate::upstream::HealthChecks;

/// The capability, as the binary lists it.
pub struct Gateway;

impl Capability for Gateway {
    const NAME: &'static str = "gateway";
    type Config = GatewayConfig;
    const MIGRATIONS: &'static [Migration] = migrations!["0001_objects", "0002_policy"];
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
    let (running, alarm_queue) = Running::new(config, kit, engines)?;
    let service = Service::new(config, kit, running.clone());
    let listeners: Vec<Listener> =
        listeners.into_iter().map(|door| listener(door, running.clone(), kit.supervisor.clone())).collect();
    Ok(Parts {
        routes: Some(api::routes(service.clone())),
        jobs: Vec::new(),
        listeners,
        checks: vec![check(&service)],
        on_start: Some(start(service, running, alarm_queue, kit.clone())),
        on_stop: None,
    })
}

/// The protected object of this name as the newest policy has it, for commands that start nothing: of the files, or of the
/// database, when there is one.
///
/// # Errors
/// When the database cannot be read.
pub async fn object_find(
    config: &GatewayConfig,
    db: Option<&Db>,
    name: &str,
) -> Result<Option<ObjectSpec>, StoreError> {
    let written = config.objects.iter().map(ObjectConfig::spec).find(|object| object.name == name);
    match (written, db) {
        (None, Some(db)) => {
            let stored = store::object_list(&mut db.read().await?).await?;
            Ok(stored.into_iter().flatten().find(|object| object.name == name))
        }
        (written, _) => Ok(written),
    }
}

fn doors(config: &GatewayConfig, kit: &Kit) -> Result<Vec<Door>, BuildError> {
    let mut doors = Vec::new();
    if !config.http.is_empty() {
        doors.push(Door { name: "gateway.http", address: config.http.clone(), identity: None });
    }
    if !config.https.is_empty() {
        let identity = match (&config.certificate, &config.private_key) {
            (Some(certificate), Some(key)) => certificate_read(certificate, key)?,
            _ => ServerIdentity::read_or_make(&kit.data_dir(Gateway::NAME)?, "listener", &["localhost".to_owned()])?,
        };
        doors.push(Door { name: "gateway.https", address: config.https.clone(), identity: Some(identity) });
    }
    Ok(doors)
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
                let gateway = service.gateway();
                let now = gateway.clock.now();
                let down: Vec<String> = gateway
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

/// Loads the policy, then follows it, checks upstreams and writes alarms.
fn start(service: Service, running: Arc<Running>, alarm_queue: alarm::AlarmQueue, kit: Kit) -> Start {
    Box::new(move || {
        Box::pin(async move {
            service.load().await.map_err(|source| BuildError::Other {
                what: "load the protected objects".into(),
                remedy: "check that the database answers".into(),
                source: Some(Box::new(source)),
            })?;
            if let Loaded { running: 0, error: Some(error), .. } = service.loaded()
                && running.snapshot().objects().is_empty()
            {
                tracing::error!(error, "no policy is in force: every request is answered with 404");
            }
            kit.supervisor.service("gateway.policy", Criticality::Isolated, move |stop| {
                let service = service.clone();
                Box::pin(async move { service.follow(stop).await })
            });
            let (db, clock) = (kit.db.clone(), kit.clock.clone());
            kit.supervisor.service("gateway.alarms", Criticality::Isolated, move |stop| {
                Box::pin(alarm::write_alarms(alarm_queue.clone(), db.clone(), clock.clone(), stop))
            });
            let checks = HealthChecks::new(kit.clock.clone(), running.connector.clone());
            kit.supervisor.service("gateway.health", Criticality::Isolated, move |stop| {
                Box::pin(watch_upstreams(checks.clone(), running.clone(), stop))
            });
            Ok(())
        })
    })
}

async fn watch_upstreams(
    checks: HealthChecks,
    running: Arc<Running>,
    stop: medward_kernel::supervisor::Stop,
) -> Result<(), medward_kernel::supervisor::TaskError> {
    loop {
        let mut members: Vec<_> = running.snapshot().members().cloned().collect();
        members.sort_by_key(|member| Arc::as_ptr(member).addr());
        members.dedup_by(|one, other| Arc::ptr_eq(one, other));
        tokio::select! {
            () = stop.running.cancelled() => return Ok(()),
            () = checks.round(members) => {}
        }
        let now = running.clock.now();
        for object in running.snapshot().objects().iter().filter(|object| object.pool.is_down(now)) {
            running.reporter.alarms.upstreams_down(&object.name, object.system.clone());
        }
        tokio::select! {
            () = stop.running.cancelled() => return Ok(()),
            () = checks.pause() => {}
        }
    }
}
