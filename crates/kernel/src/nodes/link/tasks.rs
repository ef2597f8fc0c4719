//! What a node does all the time: follow the sections, send its events, forward its outbox, say how it is.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use medward_store::{Db, OutboxRow, StoreError, outbox_done, outbox_due, outbox_failed, outbox_subscribe};
use tokio::sync::Notify;

use super::{LinkError, NodeLink, Sent, lock};
use crate::Clock;
use crate::nodes::sink::Lanes;
use crate::nodes::spool::Spool;
use crate::nodes::wire::{self, NodeReport, Renew, Renewed, SectionReport, Taken, Welcome};
use crate::nodes::{NodeParts, Section};
use crate::supervisor::{Criticality, Stop, Supervisor, TaskError, with_sources};

/// A node says how it is this often.
const HELLO: Duration = Duration::from_mins(1);
/// Pauses after the house did not answer: the first, and the longest.
const BACK_OFF: (Duration, Duration) = (Duration::from_millis(500), Duration::from_secs(20));
/// A section that could not be applied is tried again after this, and at most this long later.
const AGAIN: (Duration, Duration) = (Duration::from_secs(5), Duration::from_mins(5));
/// Events sent at once, bytes.
const BATCH_BYTES: usize = 1024 * 1024;
/// A certificate is renewed when less than this is left.
const RENEW_BEFORE: Duration = Duration::from_hours(30 * 24);
/// The outbox is looked at this often, woken or not.
const LOOK: Duration = Duration::from_secs(5);
/// Name of the consumer that forwards.
const CONSUMER: &str = "house";

/// The tasks of a node.
#[derive(Clone)]
pub(crate) struct Tasks {
    link: NodeLink,
    lanes: Lanes,
    db: Db,
    clock: Clock,
    parts: NodeParts,
    applied: Arc<Mutex<BTreeMap<String, SectionReport>>>,
    /// There is something new to say.
    news: Arc<Notify>,
}

/// How long to wait after how many failures.
struct Patience(Duration);

impl Patience {
    const fn new() -> Self {
        Self(BACK_OFF.0)
    }

    async fn pause(&mut self, clock: &Clock, stop: &Stop) {
        tokio::select! {
            () = stop.running.cancelled() => {}
            () = clock.sleep(self.0) => {}
        }
        self.0 = (self.0 * 2).min(BACK_OFF.1);
    }
}

impl Tasks {
    pub(crate) fn new(link: NodeLink, lanes: Lanes, db: Db, clock: Clock, parts: NodeParts) -> Self {
        Self { link, lanes, db, clock, parts, applied: Arc::default(), news: Arc::default() }
    }

    /// Starts all of them.
    pub(crate) fn start(&self, supervisor: &Supervisor) {
        for section in &self.parts.sections {
            let (tasks, section) = (self.clone(), section.clone());
            supervisor.service(&format!("nodes.section.{}", section.name()), Criticality::Isolated, move |stop| {
                let (tasks, section) = (tasks.clone(), section.clone());
                Box::pin(async move { tasks.follow(&*section, stop).await })
            });
        }
        for (lane, spool) in self.lanes.each() {
            let (tasks, spool) = (self.clone(), spool.clone());
            supervisor.service(&format!("nodes.ship.{lane}"), Criticality::Isolated, move |stop| {
                let (tasks, spool) = (tasks.clone(), spool.clone());
                Box::pin(async move { tasks.ship(lane, &spool, stop).await })
            });
        }
        let tasks = self.clone();
        supervisor.service("nodes.forward", Criticality::Isolated, move |stop| {
            let tasks = tasks.clone();
            Box::pin(async move { tasks.forward(stop).await })
        });
        let tasks = self.clone();
        supervisor.service("nodes.hello", Criticality::Isolated, move |stop| {
            let tasks = tasks.clone();
            Box::pin(async move { tasks.say_hello(stop).await })
        });
    }

    /// Applies a section whenever there is another one. One that could not be applied is tried again by itself: a database or a
    /// disk may have been busy.
    async fn follow(&self, section: &dyn Section, stop: Stop) -> Result<(), TaskError> {
        let (mut have, mut patience) = (String::new(), Patience::new());
        let mut failed: Option<(Sent, Duration)> = None;
        loop {
            let retry = failed.as_ref().map(|(_, after)| *after);
            let sent = tokio::select! {
                () = stop.running.cancelled() => return Ok(()),
                sent = self.link.section(section.name(), &have) => sent,
                () = self.clock.sleep(retry.unwrap_or_default()), if retry.is_some() => Ok(None),
            };
            let (sent, after) = match (sent, failed.take()) {
                (Ok(Some(sent)), _) => (sent, AGAIN.0),
                (Ok(None), Some((sent, after))) => (sent, (after * 2).min(AGAIN.1)),
                (Ok(None), None) => {
                    patience = Patience::new();
                    continue;
                }
                (Err(error), before) => {
                    tracing::debug!(section = section.name(), error = with_sources(&error), "the house is away");
                    failed = before;
                    patience.pause(&self.clock, &stop).await;
                    continue;
                }
            };
            have.clone_from(&sent.tag);
            patience = Patience::new();
            let applied = section.apply(&sent.body).await.map_err(|error| with_sources(&*error));
            if self.note(section.name(), sent.generation, applied) {
                failed = Some((sent, after));
            }
        }
    }

    /// Notes how it went with a section; whether it failed.
    fn note(&self, name: &str, generation: i64, applied: Result<(), String>) -> bool {
        let mut reports = lock(&self.applied);
        let report = reports.entry(name.to_owned()).or_default();
        let before = report.clone();
        match applied {
            Ok(()) => *report = SectionReport { running: generation, error: None },
            Err(error) => report.error = Some(error),
        }
        if let (Some(error), true) = (&report.error, *report != before) {
            tracing::error!(section = name, error, "a section stays as it was");
        }
        let (failed, is_news) = (report.error.is_some(), *report != before);
        drop(reports);
        if is_news {
            self.news.notify_one();
        }
        failed
    }

    /// Sends what is spooled, in order, and again until the house has it.
    async fn ship(&self, lane: &str, spool: &Spool, stop: Stop) -> Result<(), TaskError> {
        let (path, mut patience) = (format!("{}{lane}", wire::EVENTS), Patience::new());
        // What an earlier run of this task held in its hands was not sent.
        spool.rewind();
        loop {
            let batch = tokio::select! {
                () = stop.running.cancelled() => return Ok(()),
                batch = spool.next(BATCH_BYTES) => batch,
            };
            let last = batch.last;
            loop {
                let sent = tokio::select! {
                    () = stop.running.cancelled() => return Ok(()),
                    sent = self.link.post(&path, batch.lines.clone(), super::ANSWER) => sent,
                };
                match sent {
                    Ok(answer) => {
                        // Refused events of the batch are on record in the house: they are not sent for ever.
                        let taken: Option<Taken> = serde_json::from_slice(&answer).ok();
                        spool.acknowledge(taken.map_or(last, |taken| taken.through.max(last)));
                        patience = Patience::new();
                        break;
                    }
                    Err(error) => {
                        tracing::debug!(lane, error = with_sources(&error), "events wait in the spool");
                        patience.pause(&self.clock, &stop).await;
                        if stop.running.is_cancelled() {
                            return Ok(());
                        }
                    }
                }
            }
        }
    }

    /// Sends rows of the outbox to the house.
    async fn forward(&self, stop: Stop) -> Result<(), TaskError> {
        let kinds = self.parts.forwards.as_slice();
        self.db.write(|tx| Box::pin(async move { outbox_subscribe(tx, CONSUMER, kinds).await })).await?;
        let mut wake_up = self.db.outbox_wakeup();
        loop {
            wake_up.mark_unchanged();
            let now = self.clock.now().as_micros();
            for row in outbox_due(&mut self.db.read().await?, CONSUMER, kinds, now, 100).await? {
                self.forward_row(row).await?;
            }
            tokio::select! {
                () = stop.running.cancelled() => return Ok(()),
                changed = wake_up.changed() => changed?,
                () = self.clock.sleep(LOOK) => {}
            }
        }
    }

    async fn forward_row(&self, row: OutboxRow) -> Result<(), StoreError> {
        let sent = self.link.call(&row.kind, row.payload.into_bytes()).await.map_err(|error| error.to_string());
        let (id, now, sent) = (&row.id, self.clock.now().as_micros(), &sent);
        let write = self.db.write(|tx| {
            Box::pin(async move {
                match sent {
                    Ok(_) => outbox_done(tx, CONSUMER, id, now).await,
                    Err(error) => outbox_failed(tx, CONSUMER, id, error, now).await.map(drop),
                }
            })
        });
        write.await
    }

    /// Says how this node is, and renews its certificate in time.
    async fn say_hello(&self, stop: Stop) -> Result<(), TaskError> {
        loop {
            match self.link.ask::<_, Welcome>(wire::HELLO, &self.report()).await {
                Ok(_) => {
                    if let Err(error) = self.renew().await {
                        tracing::error!(error = with_sources(&*error), "the certificate of this node is not renewed");
                    }
                }
                Err(error @ LinkError::Refused { .. }) => {
                    tracing::error!(error = with_sources(&error), "the house does not take this node");
                }
                Err(error) => tracing::warn!(error = with_sources(&error), "the house is away: this node goes on"),
            }
            tokio::select! {
                () = stop.running.cancelled() => return Ok(()),
                () = self.clock.sleep(HELLO) => {}
                () = self.news.notified() => {}
            }
        }
    }

    async fn renew(&self) -> Result<(), TaskError> {
        let identity = self.link.identity();
        let left = identity.not_after().map_or(Duration::ZERO, |end| end.since(self.clock.now()));
        if left > RENEW_BEFORE {
            return Ok(());
        }
        let wanted = Renew { request_pem: identity.renewal()? };
        let Renewed { certificate_pem } = self.link.ask(wire::RENEW, &wanted).await?;
        self.link.renewed(identity.renewed(certificate_pem)?)?;
        tracing::info!("the certificate of this node was renewed");
        Ok(())
    }

    fn report(&self) -> NodeReport {
        let spools = self.lanes.each().map(|(lane, spool)| (lane.to_owned(), spool.fill().into()));
        NodeReport {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            sections: lock(&self.applied).clone(),
            spools: spools.into_iter().collect(),
        }
    }
}
