//! Requests that a rule had something to say about, on their way to whoever keeps them (gateway.md §10, §12), and judged
//! once more.
//!
//! Keeping one never delays or fails a request; what does not fit into the queue is not kept.

mod replay;
mod request;

pub use replay::judge_again;
pub use request::KeptRequest;

use std::sync::Arc;

use medward_contract::Timestamp;
use tokio::sync::mpsc;

/// Requests waiting to be stored.
const QUEUE: usize = 256;

/// Takes requests in. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Keeper(mpsc::Sender<Note>);

/// Requests to be kept, in the order they were judged. Who reads holds the lock for as long.
pub type KeptRequestQueue = Arc<tokio::sync::Mutex<mpsc::Receiver<Note>>>;

/// A request to be kept.
pub struct Note {
    /// Number of the request, UUIDv7.
    pub id: String,
    /// Id of the object it went to.
    pub object_id: Arc<str>,
    /// The rule that names its event.
    pub rule_id: String,
    /// When it began.
    pub at: Timestamp,
    /// What was sent.
    pub request: KeptRequest,
}

impl Keeper {
    pub(crate) fn new() -> (Self, KeptRequestQueue) {
        let (sender, receiver) = mpsc::channel(QUEUE);
        (Self(sender), Arc::new(tokio::sync::Mutex::new(receiver)))
    }

    /// Keeps a request, if there is room for it.
    pub(crate) fn keep(&self, note: Note) {
        if self.0.try_send(note).is_err() {
            tracing::debug!("a request was not kept: too many at once");
        }
    }
}
