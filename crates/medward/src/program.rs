//! Medward running: built, wired, listening, and stopped in order.

use std::sync::Arc;

use anyhow::Context as _;
use medward_kernel::capability::Bound;
use medward_kernel::config::{KernelConfig, LoadedConfig};
use medward_kernel::house::{House, StartError};
use medward_kernel::{Clock, Kit};
use medward_web::Site;
use medward_web::system::{self, System};
use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::assets::EmbeddedConsole;
use crate::{capabilities, open_files, stand_ins};

/// A started Medward.
pub(crate) struct Program {
    house: House,
}

impl Program {
    /// Runs every start phase. When it returns, everything answers.
    pub(crate) async fn start(config: &LoadedConfig) -> Result<Self, StartError> {
        open_files::raise(config);
        if !KernelConfig::read(config)?.nodes.house.is_empty() {
            return Self::start_node(config).await;
        }
        let mut house = House::build(config, &capabilities::all(), Clock::system()).await?;
        stand_ins::fill(&house.kit().ports)?;
        let jobs = house.wire(stand_ins::ALL).await?;
        let kit = house.kit().clone();
        let own = system::routes(System { kit: kit.clone(), jobs: Some(jobs), nodes: house.nodes().cloned() });
        let mut routes = house.take_routes();
        routes.extend(own.checked("system", house.matrix())?);
        let site = Site { routes, matrix: house.matrix().clone(), assets: Arc::new(EmbeddedConsole) };
        let console = medward_web::console_listener(&kit, medward_web::router(&kit, site));
        house.listen(vec![console]).await?;
        house.ready();
        Ok(Self { house })
    }

    /// The same for a remote node: no console, no vault, nobody to sign in.
    async fn start_node(config: &LoadedConfig) -> Result<Self, StartError> {
        let mut house = House::build(config, &capabilities::of_node(), Clock::system()).await?;
        if let Some(link) = &house.kit().link {
            stand_ins::fill_node(&house.kit().ports, link)?;
        }
        drop(house.take_routes());
        house.wire(stand_ins::ALL).await?;
        house.listen(Vec::new()).await?;
        house.ready();
        Ok(Self { house })
    }

    /// The kit of this program.
    pub(crate) fn kit(&self) -> &Kit {
        self.house.kit()
    }

    /// The open socket of this name.
    pub(crate) fn bound(&self, name: &str) -> Option<Bound> {
        self.kit().status.bound_list().into_iter().find(|bound| bound.name == name)
    }

    /// Waits for the stop signal or the failure of a vital task; `true` when it was asked to stop.
    pub(crate) async fn until_asked_to_stop(&self, signal: &mut StopSignal) -> bool {
        tokio::select! {
            () = signal.received() => true,
            () = self.kit().supervisor.vital_failure() => false,
        }
    }

    /// Stops in order; says who did not stop in time.
    pub(crate) async fn stop(self) -> Vec<String> {
        self.house.stop().await
    }
}

/// Ctrl-C and SIGTERM, watched before anything starts: whoever reads that Medward is running may stop it at once.
pub(crate) struct StopSignal {
    interrupt: Signal,
    terminate: Signal,
}

impl StopSignal {
    pub(crate) fn watch() -> anyhow::Result<Self> {
        let watched = |kind| signal(kind).context("watch for the stop signals");
        Ok(Self { interrupt: watched(SignalKind::interrupt())?, terminate: watched(SignalKind::terminate())? })
    }

    /// Waits for either signal.
    pub(crate) async fn received(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }

    /// The result of `work`, or an error when the signal comes first. Dropped work is safe: a start may be cut anywhere.
    pub(crate) async fn or<T>(&mut self, work: impl Future<Output = anyhow::Result<T>>) -> anyhow::Result<T> {
        tokio::select! {
            result = work => result,
            () = self.received() => anyhow::bail!("start: asked to stop before everything was ready"),
        }
    }
}
