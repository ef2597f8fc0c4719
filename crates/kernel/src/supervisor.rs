//! The only caller of `tokio::spawn`: every task has a name, is counted, restarted and shown in the console.
//!
//! Three kinds: a **service** runs as long as the program and is restarted with back-off; a **group** holds many short
//! tasks of one kind (connections); **blocking** work goes to the thread pool. Stopping has two steps:
//! [`Stop::accepting`] is cancelled first (no new work), [`Stop::running`] after the drain.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures_util::future::BoxFuture;
use medward_contract::Timestamp;
use serde::Serialize;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::clock::Clock;

/// Shortest and longest pause before a failed service starts again (DESIGN §5).
const BACK_OFF: (Duration, Duration) = (Duration::from_secs(1), Duration::from_mins(1));

/// Any error a task may end with.
pub type TaskError = Box<dyn std::error::Error + Send + Sync>;

/// What a failure of the task means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Criticality {
    /// The process exits, to be started again from outside.
    Vital,
    /// Its capability is degraded; everything else goes on.
    Isolated,
}

/// State of a task, as the console shows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum TaskState {
    /// Doing its work.
    Running,
    /// Failed; starts again after a pause.
    BackingOff,
    /// Ended by itself or was stopped.
    Ended,
}

/// One line of 运行状态 → 任务.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct TaskStatus {
    /// Name, `capability.task`.
    pub name: String,
    /// What it is doing.
    pub state: TaskState,
    /// What its failure means.
    pub criticality: Criticality,
    /// How often it was started again.
    pub restarts: u64,
    /// Why it failed last.
    pub last_error: Option<String>,
    /// Since when it is in this state.
    pub since: Timestamp,
}

/// The two signals of an orderly stop.
#[derive(Debug, Clone)]
pub struct Stop {
    /// Cancelled first: take no new work.
    pub accepting: CancellationToken,
    /// Cancelled after the drain: end now.
    pub running: CancellationToken,
}

/// Starts and watches tasks. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Supervisor(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    clock: Clock,
    stop: Stop,
    services: TaskTracker,
    groups: Mutex<BTreeMap<String, TaskTracker>>,
    tasks: Mutex<BTreeMap<String, TaskStatus>>,
    vital_failure: CancellationToken,
}

impl Supervisor {
    /// A supervisor without tasks.
    pub fn new(clock: Clock) -> Self {
        Self(Arc::new(Inner {
            clock,
            stop: Stop { accepting: CancellationToken::new(), running: CancellationToken::new() },
            services: TaskTracker::new(),
            groups: Mutex::default(),
            tasks: Mutex::default(),
            vital_failure: CancellationToken::new(),
        }))
    }

    /// The stop signals, for code that watches them inside a group.
    pub fn stop_signals(&self) -> &Stop {
        &self.0.stop
    }

    /// Runs `start` until it returns `Ok`, again and again with back-off when it fails or panics.
    ///
    /// A vital service is not restarted: its failure ends the process ([`vital_failure`](Self::vital_failure)).
    pub fn service<F>(&self, name: &str, criticality: Criticality, start: F)
    where
        F: Fn(Stop) -> BoxFuture<'static, Result<(), TaskError>> + Send + 'static,
    {
        let supervisor = self.clone();
        let name = name.to_owned();
        self.set(&name, criticality, TaskState::Running, None, false);
        spawn_on(&self.0.services, async move { supervisor.watch(&name, criticality, start).await });
    }

    async fn watch<F>(&self, name: &str, criticality: Criticality, start: F)
    where
        F: Fn(Stop) -> BoxFuture<'static, Result<(), TaskError>> + Send,
    {
        let mut pause = BACK_OFF.0;
        loop {
            let begun = self.0.clock.monotonic();
            let failure = match spawn_free(start(self.0.stop.clone())).await {
                Ok(Ok(())) => return self.set(name, criticality, TaskState::Ended, None, false),
                Ok(Err(error)) => with_sources(&*error),
                Err(panic) => format!("panicked: {panic}"),
            };
            if criticality == Criticality::Vital {
                tracing::error!(task = name, error = failure, "vital task failed");
                self.set(name, criticality, TaskState::Ended, Some(failure), false);
                return self.0.vital_failure.cancel();
            }
            if self.0.clock.monotonic().saturating_sub(begun) > BACK_OFF.1 {
                pause = BACK_OFF.0;
            }
            tracing::error!(task = name, error = failure, retry_s = pause.as_secs(), "task failed");
            self.set(name, criticality, TaskState::BackingOff, Some(failure), false);
            tokio::select! {
                () = self.0.stop.running.cancelled() => return,
                () = self.0.clock.sleep(pause) => {}
            }
            pause = (pause * 2).min(BACK_OFF.1);
            self.set(name, criticality, TaskState::Running, None, true);
        }
    }

    /// A named group of short tasks, for example the connections of one listener.
    pub fn group(&self, name: &str) -> TaskGroup {
        let tracker = lock(&self.0.groups).entry(name.to_owned()).or_default().clone();
        TaskGroup { name: name.into(), tracker }
    }

    /// Runs CPU-bound or blocking work on the thread pool. `Err` carries a panic's message.
    pub async fn blocking<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T, TaskError> {
        tokio::task::spawn_blocking(work).await.map_err(Into::into)
    }

    /// Runs a loop that blocks (file writes, fsync) on a thread of its own; a panic or error counts as vital failure.
    pub fn thread(&self, name: &str, work: impl FnOnce() -> Result<(), TaskError> + Send + 'static) {
        let supervisor = self.clone();
        let name = name.to_owned();
        self.set(&name, Criticality::Vital, TaskState::Running, None, false);
        let thread_name = name.clone();
        let run = move || {
            let failure = match std::panic::catch_unwind(std::panic::AssertUnwindSafe(work)) {
                Ok(Ok(())) => return supervisor.set(&thread_name, Criticality::Vital, TaskState::Ended, None, false),
                Ok(Err(error)) => with_sources(&*error),
                Err(_) => "panicked".to_owned(),
            };
            tracing::error!(task = thread_name, error = failure, "vital thread failed");
            supervisor.set(&thread_name, Criticality::Vital, TaskState::Ended, Some(failure), false);
            supervisor.0.vital_failure.cancel();
        };
        if let Err(error) = std::thread::Builder::new().name(name.clone()).spawn(run) {
            self.set(&name, Criticality::Vital, TaskState::Ended, Some(error.to_string()), false);
            self.0.vital_failure.cancel();
        }
    }

    /// Resolves when a vital task has failed: the process must end with an error.
    pub async fn vital_failure(&self) {
        self.0.vital_failure.cancelled().await;
    }

    /// Every service and thread, by name.
    pub fn tasks(&self) -> Vec<TaskStatus> {
        lock(&self.0.tasks).values().cloned().collect()
    }

    /// Living tasks of every group, by name.
    pub fn group_sizes(&self) -> Vec<(String, usize)> {
        lock(&self.0.groups).iter().map(|(name, tracker)| (name.clone(), tracker.len())).collect()
    }

    /// Takes no new work and waits up to `grace` for groups to empty. Returns who remained, `name (count)`.
    pub async fn drain(&self, grace: Duration) -> Vec<String> {
        self.0.stop.accepting.cancel();
        let trackers: Vec<_> = lock(&self.0.groups).values().cloned().collect();
        let all = async {
            for tracker in &trackers {
                tracker.close();
                tracker.wait().await;
            }
        };
        if self.0.clock.timeout(grace, all).await.is_some() {
            return Vec::new();
        }
        self.group_sizes()
            .into_iter()
            .filter(|(_, left)| *left > 0)
            .map(|(name, left)| format!("{name} ({left})"))
            .collect()
    }

    /// Ends services and waits up to `grace` for them. Returns the names of stragglers.
    pub async fn stop(&self, grace: Duration) -> Vec<String> {
        self.0.stop.accepting.cancel();
        self.0.stop.running.cancel();
        self.0.services.close();
        if self.0.clock.timeout(grace, self.0.services.wait()).await.is_some() {
            return Vec::new();
        }
        self.tasks().into_iter().filter(|task| task.state == TaskState::Running).map(|task| task.name).collect()
    }

    fn set(&self, name: &str, criticality: Criticality, state: TaskState, error: Option<String>, restarted: bool) {
        let since = self.0.clock.now();
        let mut tasks = lock(&self.0.tasks);
        let task = tasks.entry(name.to_owned()).or_insert_with(|| TaskStatus {
            name: name.to_owned(),
            state,
            criticality,
            restarts: 0,
            last_error: None,
            since,
        });
        task.state = state;
        task.since = since;
        task.restarts += u64::from(restarted);
        if error.is_some() {
            task.last_error = error;
        }
    }
}

/// Many short tasks under one name.
#[derive(Debug, Clone)]
pub struct TaskGroup {
    name: Arc<str>,
    tracker: TaskTracker,
}

impl TaskGroup {
    /// Runs one more task of the group. A panic ends that task only, and is logged.
    pub fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        let name = self.name.clone();
        spawn_on(&self.tracker, async move {
            if let Err(panic) = spawn_free(task).await {
                tracing::error!(group = &*name, %panic, "task panicked");
            }
        });
    }

    /// Living tasks.
    pub fn len(&self) -> usize {
        self.tracker.len()
    }

    /// Whether no task is living.
    pub fn is_empty(&self) -> bool {
        self.tracker.is_empty()
    }
}

fn spawn_on(tracker: &TaskTracker, task: impl Future<Output = ()> + Send + 'static) {
    drop(tracker.spawn(task));
}

#[expect(clippy::disallowed_methods, reason = "the supervisor is the one caller")]
fn spawn_free<T: Send + 'static>(task: impl Future<Output = T> + Send + 'static) -> AbortOnDrop<T> {
    AbortOnDrop(tokio::spawn(task))
}

/// A task that ends with its watcher.
struct AbortOnDrop<T>(tokio::task::JoinHandle<T>);

impl<T> Future for AbortOnDrop<T> {
    type Output = Result<T, tokio::task::JoinError>;

    fn poll(mut self: std::pin::Pin<&mut Self>, context: &mut std::task::Context<'_>) -> std::task::Poll<Self::Output> {
        std::pin::Pin::new(&mut self.0).poll(context)
    }
}

impl<T> Drop for AbortOnDrop<T> {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// An error with all its causes on one line.
pub fn with_sources(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        source = cause.source();
    }
    text
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests;
