//! Verification on demand, in the background, one at a time.

use std::sync::PoisonError;

use medward_contract::event::{Dataset, Event, Outcome};
use medward_contract::{Severity, Timestamp};

use super::{Service, VaultError};
use crate::verify::{Options, Progress, Report, verify};

/// What a verification is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum VerifyState {
    /// None has run since the program started.
    #[default]
    Never,
    /// One is running.
    Running,
    /// The last one ended.
    Done,
}

/// The running or last verification.
#[derive(Debug, Clone, Default)]
pub struct VerifyStatus {
    /// What it is doing.
    pub state: VerifyState,
    /// Files read of all files, 0 to 1.
    pub progress: f64,
    /// When it began.
    pub started: Option<Timestamp>,
    /// When it ended.
    pub finished: Option<Timestamp>,
    /// What it found.
    pub report: Report,
}

impl Service {
    /// The running or last verification.
    pub fn verify_status(&self) -> VerifyStatus {
        self.verifying.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn with_status(&self, change: impl FnOnce(&mut VerifyStatus)) {
        change(&mut self.verifying.lock().unwrap_or_else(PoisonError::into_inner));
    }

    /// Starts a verification of the whole vault; its result is put on record.
    pub fn verify_start(&self) -> Result<(), VaultError> {
        let now = self.store.shared().clock.now();
        let mut running = false;
        self.with_status(|status| {
            running = status.state == VerifyState::Running;
            if !running {
                *status = VerifyStatus { state: VerifyState::Running, started: Some(now), ..VerifyStatus::default() };
            }
        });
        if running {
            return Err(VaultError::VerifyRunning);
        }
        let service = self.clone();
        self.supervisor.group("vault.verify").spawn(async move { service.verify_now().await });
        Ok(())
    }

    async fn verify_now(&self) {
        let service = self.clone();
        let shared = self.store.shared().clone();
        let run = move || {
            let mut progress = |progress: Progress| service.with_status(|status| status.progress = share_of(progress));
            let _reading = shared.read_log();
            verify(&*shared.disk, &shared.layout, &shared.clock, &Options::default(), &mut progress)
        };
        let report = self.store.blocking(run).await.unwrap_or_default();
        let (clock, sound) = (&self.store.shared().clock, report.exit_code() == 0);
        let event = Event::new(Dataset::VaultVerify, "verify", clock.now())
            .outcome(if sound { Outcome::Success } else { Outcome::Failure })
            .severity(if sound { Severity::Info } else { Severity::Critical })
            .attr("vault.result", report.result_line());
        self.with_status(|status| {
            status.state = VerifyState::Done;
            status.progress = 1.0;
            status.finished = Some(clock.now());
            status.report = report;
        });
        self.store.append_own(vec![event]).await;
    }
}

#[expect(clippy::cast_precision_loss, reason = "a share of files, shown as a bar")]
fn share_of(progress: Progress) -> f64 {
    if progress.files == 0 { 1.0 } else { progress.files_done as f64 / progress.files as f64 }
}
