//! `medward vault bench-load`: lines of [`generating`](super::generating) from standard input into a scratch vault, durable,
//! hashed, sealed and signed, and what that cost. Kinds are not validated: only the vault is measured.

use std::borrow::Cow;
use std::io::{BufRead, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use medward_contract::event::{Dataset, Event, Field, Stream};
use medward_contract::{Severity, Timestamp};
use medward_kernel::Clock;
use serde::Deserialize;

use super::{Failure, processor_time};
use crate::checkpoint::Checkpointer;
use crate::commit::{Batch, Draft, GROUP_RECORDS};
use crate::disk::{Disk as _, LocalDisk};
use crate::open::{OpenOptions, Opened, open};
use crate::seal::{LogLimits, Sealer};
use crate::store::draft_of;

/// Longest line.
const MAX_LINE: u64 = 64 * 1024;
/// Groups between two looks of the sealer.
const GROUPS_EACH_LOOK: u64 = 8;
/// Groups between two checkpoints.
const GROUPS_EACH_CHECKPOINT: u64 = 64;

/// Arguments of `bench-load`.
#[derive(Debug, Clone, clap::Args)]
pub struct LoadArgs {
    /// Directory of the vault, which must not exist
    pub dir: PathBuf,
}

/// A line of profile `flat7`.
#[derive(Deserialize)]
struct Line<'a> {
    ts: i64,
    #[serde(borrow)]
    source: Cow<'a, str>,
    #[serde(borrow)]
    host: Cow<'a, str>,
    severity: u8,
    #[serde(borrow)]
    src_ip: Cow<'a, str>,
    #[serde(borrow)]
    user: Cow<'a, str>,
    #[serde(borrow)]
    message: Cow<'a, str>,
}

impl Line<'_> {
    fn event(self) -> Event {
        let (dataset, action) = match &*self.source {
            "waf" => (Dataset::WafAttack, "block"),
            "dbaudit" => (Dataset::DbauditStatement, "execute"),
            "sshd" => (Dataset::HostLogin, "login"),
            _ => (Dataset::AppLog, "log"),
        };
        Event::new(dataset, action, Timestamp::from_micros(self.ts))
            .severity(Severity::try_from(self.severity).unwrap_or_default())
            .set(Field::HostName, self.host.into_owned())
            .set(Field::SourceIp, self.src_ip.into_owned())
            .set(Field::UserName, self.user.into_owned())
            .set(Field::Message, self.message.into_owned())
    }
}

pub(super) fn load(args: &LoadArgs, clock: &Clock, out: &mut dyn Write) -> Result<u8, Failure> {
    if args.dir.exists() {
        return Err(Failure::usage(format!("write {}: it exists", args.dir.display())));
    }
    std::fs::create_dir_all(&args.dir)?;
    let options = OpenOptions {
        directory: args.dir.clone(),
        node: "bench".to_owned(),
        site_id: Some("bench".to_owned()),
        new_site_id: None,
        reserve_bytes: Some(0),
        roll_bytes: crate::wal::ROLL_BYTES,
        log_limits: LogLimits { grace: Duration::ZERO, ..LogLimits::default() },
    };
    let vault = open(Arc::new(LocalDisk), clock.clone(), &options).map_err(|error| Failure::unreadable(&error))?;
    let (started, wall) = (processor_time(), clock.monotonic());
    let mut loader = Loader::new(vault);
    let (lines, bytes) = loader.read(&mut std::io::stdin().lock())?;
    loader.finish()?;
    let (spent, wall) = (processor_time().saturating_sub(started), clock.monotonic().saturating_sub(wall));
    let size = |name: &str| bytes_below(&args.dir.join(name));
    let answer = serde_json::json!({
        "events": lines,
        "bytes": bytes,
        "cpu_s": spent.as_secs_f64(),
        "wall_s": wall.as_secs_f64(),
        "segment_bytes": size("seg"),
        "tree_bytes": size("tlog") + size("ckpt"),
        "log_bytes": size("wal"),
    });
    writeln!(out, "{answer}")?;
    Ok(0)
}

/// Bytes of all files below a directory.
fn bytes_below(directory: &Path) -> u64 {
    let of_name = |name: &String| match name.strip_suffix('/') {
        Some(below) => bytes_below(&directory.join(below)),
        None => std::fs::metadata(directory.join(name)).map_or(0, |file| file.len()),
    };
    LocalDisk.list(directory).unwrap_or_default().iter().map(of_name).sum()
}

struct Loader {
    vault: Opened,
    sealer: Sealer,
    checkpointer: Checkpointer,
    /// What the sealer wants on record.
    noted: Arc<Mutex<Vec<Event>>>,
    groups: u64,
}

impl Loader {
    fn new(vault: Opened) -> Self {
        let noted: Arc<Mutex<Vec<Event>>> = Arc::default();
        let notes = noted.clone();
        let notes = Box::new(move |event| notes.lock().unwrap_or_else(PoisonError::into_inner).push(event));
        let sealer = Sealer::new(vault.shared.clone(), notes, vault.sealer.sealed.clone(), vault.sealer.limits);
        let checkpointer = Checkpointer::new(vault.shared.clone(), vault.key.clone());
        Self { vault, sealer, checkpointer, noted, groups: 0 }
    }

    /// Gives the number of lines and their bytes.
    fn read(&mut self, input: &mut dyn BufRead) -> Result<(u64, u64), Failure> {
        let (mut lines, mut bytes, mut drafts) = (0_u64, 0_u64, Vec::new());
        let mut line = Vec::new();
        loop {
            line.clear();
            let length = std::io::Read::take(&mut *input, MAX_LINE).read_until(b'\n', &mut line)? as u64;
            if length == 0 {
                break;
            }
            lines += 1;
            bytes += length;
            let parsed: Line<'_> =
                serde_json::from_slice(&line).map_err(|error| Failure::usage(format!("read line {lines}: {error}")))?;
            drafts
                .push(draft_of(parsed.event()).map_err(|error| Failure::usage(format!("keep line {lines}: {error}")))?);
            if drafts.len() == GROUP_RECORDS {
                self.commit(std::mem::take(&mut drafts))?;
            }
        }
        self.commit(drafts)?;
        Ok((lines, bytes))
    }

    fn commit(&mut self, drafts: Vec<Draft>) -> Result<(), Failure> {
        let batch = Batch { drafts: Arc::new(drafts), lane: None, done: Box::new(|_| {}) };
        self.vault.committer.commit(vec![batch]).map_err(|error| Failure::unreadable(&error))?;
        self.groups += 1;
        if self.groups.is_multiple_of(GROUPS_EACH_LOOK) {
            self.seal()?;
        }
        if self.groups.is_multiple_of(GROUPS_EACH_CHECKPOINT) {
            self.sign()?;
        }
        Ok(())
    }

    fn seal(&mut self) -> Result<(), Failure> {
        while self.sealer.step().map_err(|error| Failure::unreadable(&error))? {}
        for event in std::mem::take(&mut *self.noted.lock().unwrap_or_else(PoisonError::into_inner)) {
            self.vault.committer.note(event);
        }
        Ok(())
    }

    fn sign(&mut self) -> Result<(), Failure> {
        let events = self.checkpointer.make_all(1).map_err(|error| Failure::unreadable(&error))?;
        for event in events {
            self.vault.committer.note(event);
        }
        let event = self.checkpointer.make(Stream::Vault).map_err(|error| Failure::unreadable(&error))?;
        self.vault.committer.note(event);
        Ok(())
    }

    /// Everything into segments, joined and signed.
    fn finish(&mut self) -> Result<(), Failure> {
        self.seal()?;
        for stream in Stream::ALL {
            self.sealer.seal(stream).map_err(|error| Failure::unreadable(&error))?;
        }
        while self.sealer.join().map_err(|error| Failure::unreadable(&error))? {}
        self.sign()?;
        self.seal()?;
        self.commit(Vec::new())?;
        self.checkpointer.make(Stream::Vault).map_err(|error| Failure::unreadable(&error))?;
        Ok(())
    }
}
