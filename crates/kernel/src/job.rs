//! Jobs: reconcilers that run on one node at a time, at intervals, cron times or on wake-up.
//!
//! A job takes no input: it reads what is intended and moves the world towards it. A lease keeps two nodes from running
//! it at once; a lost lease ends the run.

use std::collections::BTreeMap;
use std::str::FromStr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures_util::future::BoxFuture;
use jiff::tz::TimeZone;
use medward_contract::Timestamp;
use medward_store::{Db, Lease, StoreError, execute, fetch_all, lease_acquire, lease_release, lease_renew};
use serde::Serialize;
use tokio::sync::Notify;

use crate::clock::Clock;
use crate::supervisor::{Criticality, Supervisor, TaskError, with_sources};

/// A lease lives this long and is renewed at a third of it.
const LEASE: Duration = Duration::from_mins(1);

/// When a job runs.
#[derive(Debug, Clone)]
pub enum Schedule {
    /// Again this long after the last run ended.
    Every(Duration),
    /// At cron times (five fields) in Asia/Shanghai.
    Cron(&'static str),
}

/// The work of a job.
pub type Work = Arc<dyn Fn() -> BoxFuture<'static, Result<(), TaskError>> + Send + Sync>;

/// One job of a capability.
#[derive(Clone)]
pub struct Job {
    /// Name, `vault.checkpoint`.
    pub name: &'static str,
    /// When it runs.
    pub schedule: Schedule,
    /// Makes it run now.
    pub wake_up: Option<Arc<Notify>>,
    /// What it does.
    pub work: Work,
}

/// One line of 运行状态 → 定时任务.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct JobStatus {
    /// Name.
    pub name: String,
    /// When it ran last on any node, µs.
    pub last_run: Option<i64>,
    /// `success`, `failure` or empty.
    pub last_result: String,
    /// Why it failed last.
    pub last_error: String,
    /// When it runs next on this node, µs.
    pub next_run: Option<i64>,
}

/// Runs the jobs of this node. Cheap to clone.
#[derive(Clone)]
pub struct Jobs {
    db: Db,
    clock: Clock,
    holder: Arc<str>,
    next: Arc<Mutex<BTreeMap<&'static str, Timestamp>>>,
}

/// A cron text that is not one.
#[derive(Debug, thiserror::Error)]
#[error("schedule job {job}: {cron:?} is not five cron fields")]
pub struct ScheduleError {
    job: &'static str,
    cron: &'static str,
}

impl Jobs {
    /// Jobs of the node `holder`.
    pub fn new(db: Db, clock: Clock, holder: &str) -> Self {
        Self { db, clock, holder: holder.into(), next: Arc::default() }
    }

    /// Starts every job as an isolated service.
    pub fn start(&self, supervisor: &Supervisor, jobs: Vec<Job>) -> Result<(), ScheduleError> {
        for job in jobs {
            if let Schedule::Cron(cron) = job.schedule {
                next_cron(cron, self.clock.now()).ok_or(ScheduleError { job: job.name, cron })?;
            }
            let this = self.clone();
            supervisor.service(&format!("job.{}", job.name), Criticality::Isolated, move |stop| {
                let (this, job) = (this.clone(), job.clone());
                Box::pin(async move {
                    loop {
                        this.plan(&job);
                        tokio::select! {
                            () = stop.running.cancelled() => return Ok(()),
                            () = this.pause_before(&job) => {}
                        }
                        this.run_once(&job).await?;
                    }
                })
            });
        }
        Ok(())
    }

    fn plan(&self, job: &Job) {
        let now = self.clock.now();
        let at = match job.schedule {
            Schedule::Every(interval) => now.plus(interval),
            Schedule::Cron(cron) => next_cron(cron, now).unwrap_or_else(|| now.plus(Duration::from_hours(1))),
        };
        self.next.lock().unwrap_or_else(PoisonError::into_inner).insert(job.name, at);
    }

    async fn pause_before(&self, job: &Job) {
        let at = self.next.lock().unwrap_or_else(PoisonError::into_inner).get(job.name).copied();
        let pause = at.map_or(Duration::ZERO, |at| at.since(self.clock.now()));
        match &job.wake_up {
            None => self.clock.sleep(pause).await,
            Some(wake_up) => tokio::select! {
                () = wake_up.notified() => {}
                () = self.clock.sleep(pause) => {}
            },
        }
    }

    /// Runs the job if no other node is running it. Its failure is recorded and returned.
    pub async fn run_once(&self, job: &Job) -> Result<(), TaskError> {
        let lease_name = format!("job.{}", job.name);
        let Some(lease) = self.acquire(&lease_name).await? else { return Ok(()) };
        let keep = async {
            loop {
                self.clock.sleep(LEASE / 3).await;
                if !matches!(self.renew(&lease).await, Ok(Some(_))) {
                    return;
                }
            }
        };
        let result = tokio::select! {
            result = (job.work)() => result,
            () = keep => Err("the lease was lost".into()),
        };
        self.record(job.name, &result).await?;
        self.release(&lease).await?;
        result
    }

    async fn acquire(&self, name: &str) -> Result<Option<Lease>, StoreError> {
        let (holder, now) = (&self.holder, self.clock.now().as_micros());
        self.db.write(|tx| Box::pin(async move { lease_acquire(tx, name, holder, now, LEASE).await })).await
    }

    async fn renew(&self, lease: &Lease) -> Result<Option<Lease>, StoreError> {
        let now = self.clock.now().as_micros();
        self.db.write(|tx| Box::pin(async move { lease_renew(tx, lease, now, LEASE).await })).await
    }

    async fn release(&self, lease: &Lease) -> Result<(), StoreError> {
        self.db.write(|tx| Box::pin(async move { lease_release(tx, lease).await })).await
    }

    async fn record(&self, name: &'static str, result: &Result<(), TaskError>) -> Result<(), TaskError> {
        let (word, error) = match result {
            Ok(()) => ("success", String::new()),
            Err(error) => ("failure", with_sources(&**error)),
        };
        let now = self.clock.now().as_micros();
        self.db
            .write(|tx| {
                let error = error.clone();
                Box::pin(async move {
                    execute!(
                        tx,
                        "INSERT INTO kernel_job (name, last_run, last_result, last_error) VALUES ($1, $2, $3, $4)
                         ON CONFLICT (name) DO UPDATE SET last_run = excluded.last_run, last_result = excluded.last_result, last_error = excluded.last_error",
                        name,
                        now,
                        word,
                        error
                    )
                    .await
                })
            })
            .await?;
        Ok(())
    }

    /// State of every job this node runs.
    pub async fn list(&self) -> Result<Vec<JobStatus>, StoreError> {
        let mut reader = self.db.read().await?;
        let rows = fetch_all!(
            &mut reader,
            (String, i64, String, String),
            "SELECT name, last_run, last_result, last_error FROM kernel_job ORDER BY name"
        )
        .await?;
        let next = self.next.lock().unwrap_or_else(PoisonError::into_inner).clone();
        Ok(next
            .into_iter()
            .map(|(name, next_run)| {
                let row = rows.iter().find(|row| row.0 == name);
                JobStatus {
                    name: name.to_owned(),
                    last_run: row.map(|row| row.1),
                    last_result: row.map(|row| row.2.clone()).unwrap_or_default(),
                    last_error: row.map(|row| row.3.clone()).unwrap_or_default(),
                    next_run: Some(next_run.as_micros()),
                }
            })
            .collect())
    }
}

/// The first cron time after `now`, in Asia/Shanghai; `None` for a text that is not cron.
fn next_cron(cron: &str, now: Timestamp) -> Option<Timestamp> {
    let zone = TimeZone::get("Asia/Shanghai").ok()?;
    let cron = croner::Cron::from_str(cron).ok()?;
    let from = jiff::Timestamp::from_microsecond(now.as_micros()).ok()?.to_zoned(zone);
    let next = cron.find_next_occurrence(&from, false).ok()?;
    Some(Timestamp::from_micros(next.timestamp().as_microsecond()))
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use expect_test::{Expect, expect};
    use medward_store::store_test;

    use super::*;

    fn check_cron(cron: &str, now: &str, expected: Expect) {
        let next = next_cron(cron, Timestamp::parse(now).unwrap());
        expected.assert_eq(&next.map(|at| at.to_string()).unwrap_or_default());
    }

    #[test]
    fn cron_times_are_those_of_shanghai() {
        check_cron("30 3 * * *", "2026-11-20T18:00:00Z", expect!["2026-11-20T19:30:00.000000Z"]);
        check_cron("30 3 * * *", "2026-11-20T19:30:00Z", expect!["2026-11-21T19:30:00.000000Z"]);
        check_cron("0 9 * * 1", "2026-11-20T00:00:00Z", expect!["2026-11-23T01:00:00.000000Z"]);
        check_cron("every day", "2026-11-20T00:00:00Z", expect![""]);
    }

    fn job(work: impl Fn() -> BoxFuture<'static, Result<(), TaskError>> + Send + Sync + 'static) -> Job {
        Job {
            name: "test.count",
            schedule: Schedule::Every(Duration::from_secs(60)),
            wake_up: None,
            work: Arc::new(work),
        }
    }

    async fn two_nodes(db: &Db) -> (Jobs, Jobs) {
        db.migrate("kernel", crate::house::KERNEL_MIGRATIONS, 0).await.unwrap();
        let (clock, _handle) = Clock::manual(Timestamp::from_micros(1_795_000_000_000_000));
        (Jobs::new(db.clone(), clock.clone(), "node-1"), Jobs::new(db.clone(), clock, "node-2"))
    }

    #[store_test]
    async fn job_runs_on_one_node_at_a_time(db: Db) {
        let (first, second) = two_nodes(&db).await;
        let runs = Arc::new(AtomicUsize::new(0));
        let gate = Arc::new(Notify::new());
        let started = Arc::new(Notify::new());
        let (counter, hold, begun) = (runs.clone(), gate.clone(), started.clone());
        let job = job(move || {
            let (counter, hold, begun) = (counter.clone(), hold.clone(), begun.clone());
            Box::pin(async move {
                counter.fetch_add(1, Ordering::SeqCst);
                begun.notify_one();
                hold.notified().await;
                Ok(())
            })
        });
        let running = first.run_once(&job);
        let other = async {
            started.notified().await;
            second.run_once(&job).await.unwrap();
            gate.notify_one();
        };
        let (result, ()) = tokio::join!(running, other);
        result.unwrap();
        assert_eq!(runs.load(Ordering::SeqCst), 1, "the second node found the lease taken");
        gate.notify_one();
        second.run_once(&job).await.unwrap();
        assert_eq!(runs.load(Ordering::SeqCst), 2, "and runs it once it is free");
    }

    #[store_test]
    async fn failure_is_recorded_with_its_cause(db: Db) {
        let (jobs, _) = two_nodes(&db).await;
        let job = job(|| Box::pin(async { Err("the archive is away".into()) }));
        assert!(jobs.run_once(&job).await.is_err());
        jobs.plan(&job);
        let listed = jobs.list().await.unwrap();
        assert_eq!((listed[0].last_result.as_str(), listed[0].last_error.as_str()), ("failure", "the archive is away"));
    }
}
