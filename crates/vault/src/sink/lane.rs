//! One lane: a bounded queue, and the feeder that empties it into the commit thread or, while that is slow or refuses,
//! into the spool.

use std::collections::VecDeque;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use medward_contract::event::{Dataset, Event, Field, Outcome};
use medward_contract::{Severity, Timestamp};
use medward_kernel::Supervisor;
use tokio::sync::watch;

use super::spool::Spool;
use crate::commit::{AppendError, Batch, Commits, Committed, Draft};
use crate::shared::Shared;
use crate::store::{draft_of, note_invalid};

/// Events a lane's queue holds.
pub const QUEUE_EVENTS: usize = 8_192;
/// Events handed over at once.
const BATCH_EVENTS: usize = 4_096;
/// While a batch is being stored the queue is looked at this often.
const LOOK: Duration = Duration::from_millis(2);
/// A commit that takes longer than this many looks sends the queue to the spool, however short it is.
const SLOW_LOOKS: u32 = 125;
/// A queue this long goes to the spool at once.
const QUEUE_LONG: usize = QUEUE_EVENTS / 2;
/// A refused batch is offered again after twenty of these; meanwhile the queue goes to the spool.
const BREATH: Duration = Duration::from_millis(50);
const BREATHS: u32 = 20;
/// Drops are put on record at least this often while they go on.
const REPORT_DROPS: Duration = Duration::from_mins(1);

/// Events lost because queue and spool were full, or because they have no canonical form.
#[derive(Debug, Clone, Copy)]
struct Dropped {
    count: u64,
    from: Timestamp,
    to: Timestamp,
}

#[derive(Debug, Default)]
struct State {
    queue: VecDeque<Event>,
    dropped: Option<Dropped>,
    /// The feeder sleeps until somebody wakes it. Waking costs a system call, asleep or not.
    asleep: bool,
    closing: bool,
}

impl State {
    fn count_dropped(&mut self, at: Timestamp) {
        let dropped = self.dropped.get_or_insert(Dropped { count: 0, from: at, to: at });
        dropped.count += 1;
        dropped.from = dropped.from.min(at);
        dropped.to = dropped.to.max(at);
    }
}

/// The queue side of a lane.
#[derive(Debug)]
pub(super) struct Lane {
    agent: Arc<str>,
    shared: Arc<Shared>,
    state: Mutex<State>,
    wake_up: Condvar,
    ended: watch::Sender<bool>,
}

impl Lane {
    pub(super) fn new(agent: &str, shared: Arc<Shared>) -> Self {
        Self {
            agent: agent.into(),
            shared,
            state: Mutex::default(),
            wake_up: Condvar::new(),
            ended: watch::Sender::new(false),
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Queues an event, or counts it as dropped.
    pub(super) fn emit(&self, event: Event) {
        let mut state = self.lock();
        if state.queue.len() < QUEUE_EVENTS && !state.closing {
            state.queue.push_back(event);
            let asleep = std::mem::take(&mut state.asleep);
            drop(state);
            if asleep {
                self.wake_up.notify_one();
            }
            return;
        }
        state.count_dropped(event.timestamp);
        self.shared.counters.dropped.fetch_add(1, Relaxed);
    }

    /// Takes up to `limit` events; waits up to a second for the first. The flag says that no more will come.
    fn take(&self, limit: usize, wait: Duration) -> (Vec<Event>, bool) {
        let idle = |state: &mut State| {
            state.asleep = state.queue.is_empty() && !state.closing;
            state.asleep
        };
        let waited = self.wake_up.wait_timeout_while(self.lock(), wait, idle);
        let (mut state, _) = waited.unwrap_or_else(PoisonError::into_inner);
        state.asleep = false;
        let count = state.queue.len().min(limit);
        let events = state.queue.drain(..count).collect();
        (events, state.closing && state.queue.is_empty())
    }

    fn is_long(&self) -> bool {
        self.lock().queue.len() >= QUEUE_LONG
    }

    fn is_closing(&self) -> bool {
        self.lock().closing
    }

    /// Waits a moment, or until the lane closes.
    fn breathe(&self) {
        drop(self.wake_up.wait_timeout_while(self.lock(), BREATH, |state| !state.closing));
    }

    /// Takes no more events and waits for the feeder.
    pub(super) async fn close(&self) {
        self.lock().closing = true;
        self.wake_up.notify_all();
        // An error means that the feeder is gone, which is what is waited for.
        drop(self.ended.subscribe().wait_for(|ended| *ended).await);
    }
}

/// The feeder side of a lane.
struct Feeder {
    lane: Arc<Lane>,
    commits: Commits,
    spool: Spool,
    next: u64,
    /// Refused events older than the spool, when not even the spool takes them.
    head: Option<Vec<Draft>>,
    /// Events newer than the spool that it does not take; while they wait, the queue fills and drops are counted.
    held: Option<Vec<Draft>>,
    reported: Duration,
}

/// Starts the feeder of a lane. `next` is the first number it gives.
pub(super) fn start(lane: Arc<Lane>, name: &str, spool: Spool, next: u64, commits: Commits, supervisor: &Supervisor) {
    let mut feeder = Feeder { lane, commits, spool, next, head: None, held: None, reported: Duration::ZERO };
    supervisor.thread(&format!("vault.feeder.{name}"), move || {
        feeder.run();
        feeder.lane.ended.send_replace(true);
        Ok(())
    });
}

enum Origin {
    Head,
    Spool(super::spool::Front),
    Held,
    Queue,
}

impl Feeder {
    fn run(&mut self) {
        loop {
            let (drafts, origin, last) = self.next_batch();
            if drafts.is_empty() {
                self.report_drops(last);
                if last {
                    return;
                }
                continue;
            }
            let drafts = Arc::new(drafts);
            match self.store(&drafts) {
                Ok(_) => {
                    if let Origin::Spool(front) = &origin {
                        self.spool.advance(front);
                    }
                    self.report_drops(false);
                }
                Err(error) => {
                    let closing = self.lane.is_closing();
                    self.put_back(Arc::unwrap_or_clone(drafts), origin);
                    if closing || error == AppendError::Stopped {
                        return self.save_all();
                    }
                    for _ in 0..BREATHS {
                        self.lane.breathe();
                        self.absorb();
                    }
                }
            }
        }
    }

    /// The oldest events there are.
    fn next_batch(&mut self) -> (Vec<Draft>, Origin, bool) {
        if let Some(drafts) = self.head.take() {
            return (drafts, Origin::Head, false);
        }
        if let Some(front) = self.spool.front(BATCH_EVENTS) {
            return (front.drafts.clone(), Origin::Spool(front), false);
        }
        if let Some(drafts) = self.held.take() {
            return (drafts, Origin::Held, false);
        }
        let (events, last) = self.lane.take(BATCH_EVENTS, Duration::from_secs(1));
        (self.number(events), Origin::Queue, last)
    }

    /// Checks events, gives them node and number, and encodes them. Invalid ones are counted and named.
    fn number(&mut self, events: Vec<Event>) -> Vec<Draft> {
        let mut drafts = Vec::with_capacity(events.len());
        for mut event in events {
            let at = event.timestamp;
            if let Err(invalid) = event.validate() {
                note_invalid(&self.lane.shared, &invalid);
                self.lane.lock().count_dropped(at);
                continue;
            }
            event.fields.insert_absent(Field::HostName, || self.lane.shared.node.as_str().into());
            let own_number = event.text(Field::AgentId).is_some() && event.int(Field::EventSequence).is_some();
            let draft = draft_of(event).and_then(|mut draft| {
                if !own_number {
                    draft.prepared.stamp(self.lane.agent.clone(), self.next)?;
                }
                Ok(draft)
            });
            match draft {
                Ok(draft) => {
                    drafts.push(draft);
                    self.next += u64::from(!own_number);
                }
                Err(error) => {
                    note_invalid(&self.lane.shared, &error);
                    self.lane.lock().count_dropped(at);
                }
            }
        }
        drafts
    }

    /// Stores a batch and waits for its fate; when the disk is slow or events come in a burst, the queue goes to the
    /// spool meanwhile.
    fn store(&mut self, drafts: &Arc<Vec<Draft>>) -> Result<Committed, AppendError> {
        let (told, fate) = channel();
        let done = Box::new(move |result| {
            // The feeder always waits; an error means that it was ended.
            _ = told.send(result);
        });
        self.commits.send(Batch { drafts: drafts.clone(), lane: None, done });
        let mut looks = 0;
        loop {
            match fate.recv_timeout(LOOK) {
                Ok(fate) => return fate,
                Err(RecvTimeoutError::Disconnected) => return Err(AppendError::Stopped),
                Err(RecvTimeoutError::Timeout) => {
                    looks += 1;
                    if looks >= SLOW_LOOKS || self.lane.is_long() {
                        self.absorb();
                    }
                }
            }
        }
    }

    /// Moves the queue to the end of the spool.
    fn absorb(&mut self) {
        if self.held.is_some() {
            return;
        }
        let (events, _) = self.lane.take(QUEUE_EVENTS, Duration::ZERO);
        let drafts = self.number(events);
        if !drafts.is_empty() && self.spool.push(&drafts).is_err() {
            self.held = Some(drafts);
        }
    }

    fn put_back(&mut self, drafts: Vec<Draft>, origin: Origin) {
        match origin {
            // Still in the spool.
            Origin::Spool(_) => {}
            Origin::Held if self.spool.is_empty() && self.held.is_none() => self.held = Some(drafts),
            // Since the batch was taken, newer events may have gone to the spool or be held back.
            Origin::Head | Origin::Held | Origin::Queue => {
                if self.spool.push_front(&drafts).is_err() {
                    self.head = Some(drafts);
                }
            }
        }
    }

    /// At the end: what is not stored goes to the spool, or is counted.
    fn save_all(&mut self) {
        let head = self.head.take().map_or(Ok(()), |drafts| self.spool.push_front(&drafts));
        let held = self.held.take().map_or(Ok(()), |drafts| self.spool.push(&drafts));
        self.absorb();
        if head.is_err() || held.is_err() || self.held.is_some() {
            tracing::error!(agent = &*self.lane.agent, "events lost at stop: neither vault nor spool took them");
        }
    }

    /// Puts drops on record once the vault takes events again.
    fn report_drops(&mut self, last: bool) {
        let now = self.lane.shared.clock.monotonic();
        let mut state = self.lane.lock();
        let due = last || state.queue.is_empty() || now.saturating_sub(self.reported) >= REPORT_DROPS;
        let Some(dropped) = state.dropped.take_if(|_| due) else { return };
        drop(state);
        self.reported = now;
        tracing::error!(
            agent = &*self.lane.agent,
            count = dropped.count,
            "events dropped: queue and spool were full, or invalid"
        );
        let event = Event::new(Dataset::VaultDropped, "dropped", self.lane.shared.clock.now())
            .outcome(Outcome::Failure)
            .severity(Severity::High)
            .set(Field::MedwardSource, &*self.lane.agent)
            .attr("vault.count", dropped.count)
            .attr("vault.from", dropped.from.as_micros())
            .attr("vault.to", dropped.to.as_micros());
        self.commits.note(event);
    }
}
