//! What 运行状态 shows: phases, capabilities, stand-ins of missing ones, open sockets, findings of checks.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use medward_contract::Timestamp;
use serde::Serialize;

use crate::capability::{Bound, Check};

/// Phases of a start, in order (DESIGN §5).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Phase {
    /// Settings read and checked.
    Config,
    /// Database and keys open.
    Store,
    /// Tables up to date.
    Migrate,
    /// Capabilities built.
    Build,
    /// Ports filled, state loaded, services started.
    Wire,
    /// Sockets open.
    Listen,
    /// Everything answers.
    Ready,
    /// Stopping.
    Stop,
}

/// One finished phase.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct PhaseDone {
    /// The phase.
    pub name: Phase,
    /// When it was reached.
    pub at: Timestamp,
    /// How long it took, milliseconds.
    pub ms: u64,
}

/// What stands in for a missing capability (`ports.md` D).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct StandIn {
    /// The missing capability.
    pub missing: &'static str,
    /// What that means, in Chinese.
    pub effect_zh: &'static str,
    /// What that means, in English.
    pub effect_en: &'static str,
}

/// The board every part of the program writes its state on. Cheap to clone.
#[derive(Clone, Default)]
pub struct StatusBoard(Arc<Mutex<Board>>);

#[derive(Default)]
struct Board {
    started_at: Timestamp,
    phases: Vec<PhaseDone>,
    capabilities: Vec<&'static str>,
    stand_ins: Vec<StandIn>,
    bound: Vec<Bound>,
    checks: Vec<(&'static str, Check)>,
}

impl StatusBoard {
    fn board(&self) -> MutexGuard<'_, Board> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes that a phase was reached.
    pub fn phase(&self, name: Phase, at: Timestamp, ms: u64) {
        tracing::info!(phase = ?name, ms, "start phase done");
        let mut board = self.board();
        if board.phases.is_empty() {
            board.started_at = at;
        }
        board.phases.push(PhaseDone { name, at, ms });
    }

    /// Notes a built capability and its checks.
    pub fn capability(&self, name: &'static str, checks: Vec<Check>) {
        let mut board = self.board();
        board.capabilities.push(name);
        board.checks.extend(checks.into_iter().map(|check| (name, check)));
    }

    /// Notes the stand-ins that were wired.
    pub fn stand_ins(&self, stand_ins: &[StandIn]) {
        for stand_in in stand_ins {
            tracing::info!(missing = stand_in.missing, effect = stand_in.effect_en, "stand-in wired");
        }
        self.board().stand_ins = stand_ins.to_vec();
    }

    /// Notes open sockets.
    pub fn bound(&self, bound: Vec<Bound>) {
        self.board().bound.extend(bound);
    }

    /// Whether phase Ready was reached and no stop has begun.
    pub fn is_ready(&self) -> bool {
        self.board().phases.last().is_some_and(|done| done.name == Phase::Ready)
    }

    /// When this process started.
    pub fn started_at(&self) -> Timestamp {
        self.board().started_at
    }

    /// Finished phases.
    pub fn phases(&self) -> Vec<PhaseDone> {
        self.board().phases.clone()
    }

    /// Names of built capabilities.
    pub fn capabilities(&self) -> Vec<&'static str> {
        self.board().capabilities.clone()
    }

    /// Wired stand-ins.
    pub fn stand_in_list(&self) -> Vec<StandIn> {
        self.board().stand_ins.clone()
    }

    /// Open sockets.
    pub fn bound_list(&self) -> Vec<Bound> {
        self.board().bound.clone()
    }

    /// What is wrong now, `capability check: finding`.
    pub async fn findings(&self) -> Vec<String> {
        self.findings_by_capability()
            .await
            .into_iter()
            .map(|(capability, finding)| format!("{capability} {finding}"))
            .collect()
    }

    /// What is wrong now, with the capability it concerns.
    pub async fn findings_by_capability(&self) -> Vec<(&'static str, String)> {
        let checks: Vec<_> = self
            .board()
            .checks
            .iter()
            .map(|(capability, check)| (*capability, check.name, check.run.clone()))
            .collect();
        let mut findings = Vec::new();
        for (capability, name, run) in checks {
            if let Err(finding) = run().await {
                findings.push((capability, format!("{name}: {finding}")));
            }
        }
        findings
    }
}
