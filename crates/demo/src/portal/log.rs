//! The portal's own record of what reached it: the witness that a blocked attack never arrived.
//!
//! Kept in memory (the latest [`CAPACITY`] entries) and appended as JSON lines to `portal.log`.
//! Written before a request is handled, so that an attack that breaks the handler is recorded too.

use std::collections::VecDeque;
use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde::Serialize;

/// Entries kept in memory (about 1 KiB each); a round of the drill needs about 700, an hour of live traffic makes about 10,000.
const CAPACITY: usize = 20_000;

/// When `portal.log` passes this size it becomes `portal.log.1` and a new one begins.
const FILE_LIMIT_BYTES: u64 = 64 * 1024 * 1024;

/// The header that marks drill traffic; its value is the id of the drill's request.
pub const DRILL_HEADER: &str = "x-medward-drill";

/// One request as it reached the portal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Arrival {
    /// Position in the log, from 1, without gaps.
    pub id: u64,
    pub method: String,
    /// Path and query as received, undecoded.
    pub target: String,
    /// In the order received; a value that is not UTF-8 is shown with U+FFFD.
    pub headers: Vec<(String, String)>,
    /// Lower-case hex SHA-256 of the body.
    pub body_sha256: String,
    /// The value of `x-medward-drill`, when there is one.
    pub drill_id: Option<String>,
}

/// See the module.
pub struct Log {
    state: Mutex<State>,
}

struct State {
    arrivals: VecDeque<Arrival>,
    next_id: u64,
    path: PathBuf,
    file: File,
    written_bytes: u64,
}

impl Log {
    pub(crate) fn create(dir: &Path) -> io::Result<Self> {
        let path = dir.join("portal.log");
        let file = File::create(&path)?;
        let state = State { arrivals: VecDeque::new(), next_id: 1, path, file, written_bytes: 0 };
        Ok(Self { state: Mutex::new(state) })
    }

    /// Gives the arrival its id and keeps it. A full disk loses the line in the file, never the entry in memory.
    pub(crate) fn record(&self, mut arrival: Arrival) -> u64 {
        let mut state = self.lock();
        arrival.id = state.next_id;
        state.next_id += 1;
        if let Err(error) = state.append(&arrival) {
            tracing::warn!(%error, "portal log line lost");
        }
        let id = arrival.id;
        state.arrivals.push_back(arrival);
        if state.arrivals.len() > CAPACITY {
            state.arrivals.pop_front();
        }
        id
    }

    /// The id the next arrival will get: a mark to ask [`Log::since`] with.
    pub fn mark(&self) -> u64 {
        self.lock().next_id
    }

    /// The arrivals with an id of `mark` or later, oldest first.
    pub fn since(&self, mark: u64) -> Vec<Arrival> {
        self.lock().arrivals.iter().filter(|arrival| arrival.id >= mark).cloned().collect()
    }

    /// How many requests reached the portal since it was opened.
    pub fn count(&self) -> u64 {
        self.lock().next_id - 1
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn append(&mut self, arrival: &Arrival) -> io::Result<()> {
        let mut line = serde_json::to_vec(arrival)?;
        line.push(b'\n');
        if self.written_bytes > FILE_LIMIT_BYTES {
            std::fs::rename(&self.path, self.path.with_extension("log.1"))?;
            self.file = OpenOptions::new().create(true).append(true).open(&self.path)?;
            self.written_bytes = 0;
        }
        self.file.write_all(&line)?;
        self.written_bytes += u64::try_from(line.len()).unwrap_or(u64::MAX);
        Ok(())
    }
}
