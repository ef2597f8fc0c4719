//! Feeds the [`Committer`] from a channel on a thread of its own.

use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::Duration;

use medward_contract::event::Event;
use medward_kernel::Supervisor;
use medward_kernel::supervisor::TaskError;
use tokio::sync::oneshot;

use super::{AppendError, Batch, Committer, Done, GROUP_BYTES, GROUP_RECORDS};

enum Message {
    Batch(Batch),
    Note(Box<Event>),
    Stop(oneshot::Sender<()>),
}

/// Hands batches to the commit thread. Cheap to clone.
#[derive(Clone)]
pub struct Commits(Sender<Message>);

impl std::fmt::Debug for Commits {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Commits")
    }
}

impl Commits {
    /// Queues a batch; its `done` is called after the sync, or when the vault has stopped.
    pub fn send(&self, batch: Batch) {
        if let Err(refused) = self.0.send(Message::Batch(batch))
            && let Message::Batch(batch) = refused.0
        {
            (batch.done)(Err(AppendError::Stopped));
        }
    }

    /// Adds an event of the vault itself to the next group; lost when the vault has stopped.
    pub fn note(&self, event: Event) {
        drop(self.0.send(Message::Note(Box::new(event))));
    }

    /// Ends the thread after everything sent so far, and waits for it.
    pub async fn stop(&self) {
        let (ended, waiting) = oneshot::channel();
        if self.0.send(Message::Stop(ended)).is_ok() {
            // An error means that the thread is gone already.
            drop(waiting.await);
        }
    }
}

/// A `done` whose fate can be awaited; a dropped batch counts as stopped.
pub fn awaited() -> (Done, oneshot::Receiver<Result<super::Committed, AppendError>>) {
    let (sender, receiver) = oneshot::channel();
    // The caller may have gone away; then nobody needs to know.
    let done: Done = Box::new(move |fate| {
        _ = sender.send(fate);
    });
    (done, receiver)
}

/// Starts the commit thread. `interval` is the longest a first event waits for company.
pub fn start(committer: Committer, supervisor: &Supervisor, interval: Duration) -> Commits {
    let (sender, receiver) = channel();
    supervisor.thread("vault.commit", move || run(committer, &receiver, interval));
    Commits(sender)
}

fn run(mut committer: Committer, receiver: &Receiver<Message>, interval: Duration) -> Result<(), TaskError> {
    let result = serve(&mut committer, receiver, interval);
    for message in receiver.try_iter() {
        if let Message::Batch(batch) = message {
            (batch.done)(Err(AppendError::Stopped));
        }
    }
    result
}

/// What has been collected for the next group.
#[derive(Default)]
struct Collected {
    batches: Vec<Batch>,
    records: usize,
    bytes: usize,
    /// Dropped when the group is on disk, which tells who asked to stop.
    stop: Option<oneshot::Sender<()>>,
}

impl Collected {
    fn take(&mut self, message: Message, committer: &mut Committer) {
        match message {
            Message::Batch(batch) => {
                self.records += batch.drafts.len();
                self.bytes += batch.drafts.iter().map(|draft| draft.prepared.max_len()).sum::<usize>();
                self.batches.push(batch);
            }
            Message::Note(event) => committer.note(*event),
            Message::Stop(ended) => self.stop = Some(ended),
        }
    }

    fn wants_more(&self) -> bool {
        self.stop.is_none() && !self.batches.is_empty() && self.records < GROUP_RECORDS && self.bytes < GROUP_BYTES
    }
}

fn serve(committer: &mut Committer, receiver: &Receiver<Message>, interval: Duration) -> Result<(), TaskError> {
    loop {
        let mut collected = Collected::default();
        match receiver.recv_timeout(super::MEASURE_EVERY) {
            Ok(message) => collected.take(message, committer),
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => return Ok(()),
        }
        let started = committer.elapsed();
        while collected.wants_more() {
            let waited = committer.elapsed().saturating_sub(started);
            match receiver.recv_timeout(interval.saturating_sub(waited)) {
                Ok(message) => collected.take(message, committer),
                Err(_) => break,
            }
        }
        // A quiet second comes here empty-handed: the disk is looked at and the vault's own events are stored.
        committer.commit(collected.batches)?;
        if collected.stop.is_some() {
            return Ok(());
        }
    }
}
