//! Vaults to test on.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use medward_contract::Timestamp;
use medward_contract::event::{Dataset, Event, Field};
use medward_kernel::{Clock, Supervisor};
use medward_vault::disk::LocalDisk;
use medward_vault::layout::Layout;
use medward_vault::open::{OpenOptions, open};
use medward_vault::seal::LogLimits;
use medward_vault::verify::{Options, OutsideNote, Report, verify};
use medward_vault::wal::ROLL_BYTES;
use medward_vault::{LocalStore, Sink};

pub(crate) const NODE: &str = "it-1";

pub(crate) fn options(directory: &Path) -> OpenOptions {
    OpenOptions {
        directory: directory.to_owned(),
        node: NODE.to_owned(),
        site_id: None,
        new_site_id: Some("it".to_owned()),
        reserve_bytes: Some(0),
        roll_bytes: ROLL_BYTES,
        log_limits: LogLimits::default(),
    }
}

/// An open vault with its sink.
pub(crate) struct Running {
    pub(crate) store: LocalStore,
    pub(crate) sink: Sink,
}

pub(crate) fn start(options: &OpenOptions) -> Running {
    let clock = Clock::system();
    let supervisor = Supervisor::new(clock.clone());
    let opened = open(Arc::new(LocalDisk), clock, options).unwrap();
    let highs: Vec<(String, u64)> =
        Sink::agents(NODE).into_iter().map(|agent| (agent.clone(), opened.committer.high_sequence(&agent))).collect();
    let store = LocalStore::start(opened, &supervisor, Duration::from_millis(2));
    let high = |agent: &str| highs.iter().find(|(other, _)| other == agent).unwrap().1;
    let sink = Sink::start(store.clone(), &supervisor, &high, 64 << 20);
    Running { store, sink }
}

impl Running {
    /// Stops as the program does.
    pub(crate) async fn stop(self) {
        self.sink.close().await;
        let now = self.store.shared().clock.now();
        self.store.stop(Event::new(Dataset::VaultStop, "stop", now)).await;
    }
}

pub(crate) fn access(path: &str) -> Event {
    Event::new(Dataset::AccessRequest, "serve", Clock::system().now())
        .set(Field::SourceIp, "203.0.113.9")
        .set(Field::UrlDomain, "tj.example.org")
        .set(Field::UrlPath, path)
        .set(Field::HttpMethod, "GET")
        .set(Field::HttpStatus, 200_u16)
        .set(Field::EventDuration, 1_500_000_i64)
}

pub(crate) fn verify_at(directory: &Path, outside: Vec<OutsideNote>) -> Report {
    let options = Options { outside, ..Options::default() };
    verify(&LocalDisk, &Layout::new(directory), &Clock::system(), &options, &mut |_| {})
}

#[track_caller]
pub(crate) fn assert_sound(report: &Report) {
    let lines: Vec<String> = report.findings.iter().map(ToString::to_string).collect();
    assert_eq!((report.exit_code(), lines), (0, Vec::new()));
}

pub(crate) const fn always() -> medward_contract::vault::Window {
    medward_contract::vault::Window { from: Timestamp::from_micros(i64::MIN), to: Timestamp::from_micros(i64::MAX) }
}
