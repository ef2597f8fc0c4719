//! Appends events to a vault until it is killed, and says after each acknowledgement which was the last one. Driven by
//! `tests/it/kill.rs`; not part of the product.
//!
//! `vault-append-child DIRECTORY FIRST`

use std::io::Write as _;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use medward_contract::Timestamp;
use medward_contract::event::{Dataset, Event, Field};
use medward_kernel::{Clock, Supervisor};
use medward_vault::disk::LocalDisk;
use medward_vault::open::{OpenOptions, open};
use medward_vault::seal::LogLimits;
use medward_vault::store::drafts_of;
use medward_vault::{EventStore as _, LocalStore};

type Failure = Box<dyn std::error::Error + Send + Sync>;

fn main() -> Result<(), Failure> {
    let mut arguments = std::env::args().skip(1);
    let (Some(directory), Some(first)) = (arguments.next(), arguments.next()) else {
        return Err("usage: vault-append-child DIRECTORY FIRST".into());
    };
    tokio::runtime::Runtime::new()?.block_on(append(PathBuf::from(directory), first.parse()?))
}

async fn append(directory: PathBuf, first: i64) -> Result<(), Failure> {
    let clock = Clock::system();
    let supervisor = Supervisor::new(clock.clone());
    let options = OpenOptions {
        directory,
        node: "child".to_owned(),
        site_id: None,
        new_site_id: None,
        reserve_bytes: Some(0),
        // Small files, so that kills also hit the start of a new one.
        roll_bytes: 64 * 1024,
        // And a short log, so that they hit segments and the cutting of the log.
        log_limits: LogLimits { bytes: 128 * 1024, grace: Duration::ZERO, joined: 3 },
    };
    let store = LocalStore::start(open(Arc::new(LocalDisk), clock, &options)?, &supervisor, Duration::from_millis(1));
    let mut next = first;
    loop {
        let count = 1 + next % 7;
        let mut events = Vec::new();
        for sequence in next..next + count {
            let event = Event::new(Dataset::AppLog, "log", Timestamp::from_micros(sequence))
                .set(Field::AgentId, "child")
                .set(Field::EventSequence, sequence)
                .set(Field::ServiceName, "his")
                .set(Field::Message, "x".repeat(usize::try_from(sequence % 400)?));
            events.push(event);
        }
        let drafts = drafts_of(events)?;
        store.append(drafts, "child".into()).await?;
        next += count;
        let mut out = std::io::stdout().lock();
        writeln!(out, "{}", next - 1)?;
        out.flush()?;
        drop(out);
        if next % 5 == 0 {
            store.checkpoint(1).await?;
        }
    }
}
