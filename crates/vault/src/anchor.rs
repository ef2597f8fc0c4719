//! Anchors (外部锚定): copies of signed checkpoints where whoever holds this machine and its key cannot change them unseen, for
//! example a folder mounted from the log server that only takes appends (`vault.md` §6; PACS-049, QH-084).
//!
//! Each anchor gets every stream's newest checkpoint as soon as it grew, appended to one file a day,
//! `<path>/<site id>/<year>/<month>/<day>.notes`. `medward vault verify --anchor <path>` holds the vault against them.
//!
//! *Not* here: deleting anything there. Stated limit: what was written since the last anchor can still be rewritten by an
//! intruder who holds the key; the age of what is not anchored is shown and is a failing check after ten minutes.

use std::collections::BTreeMap;
use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use medward_contract::Timestamp;
use medward_contract::event::{Dataset, Event, Stream};
use medward_kernel::supervisor::{Stop, TaskError};

use crate::recover::Newest;
use crate::shared::Shared;
use crate::store::LocalStore;

/// Older than this, what is not anchored is a failing check.
pub(crate) const LONGEST_AGE: Duration = Duration::from_mins(10);
/// How long a stop waits for anchors.
const LAST: Duration = Duration::from_secs(5);
/// How often it looks for something to anchor: as often as checkpoints are made.
const LOOK: Duration = Duration::from_mins(1);

/// Stream `vault` grows by its own anchoring; when nothing else grew, it is anchored this often.
const ALONE: Duration = Duration::from_mins(5);

/// One anchor and how far it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Anchor {
    /// Its name in records.
    pub name: String,
    /// Its folder.
    pub path: PathBuf,
    /// Whether the folder may stand on the file system of the vault.
    pub same_disk: bool,
    /// Size of the last checkpoint of each stream that it has.
    pub sizes: BTreeMap<Stream, u64>,
    /// The file system that has them.
    device: Option<u64>,
    /// Since when a checkpoint is waiting for it.
    pub waiting_since: Option<Timestamp>,
    /// When it took something last.
    pub last: Option<Timestamp>,
    /// Why it took nothing the last time.
    pub failed: Option<String>,
}

/// Checkpoints that an anchor does not have.
type Due = Vec<(Stream, Newest)>;

impl Anchor {
    /// An anchor that has nothing yet: after a start everything is anchored again.
    pub fn new(name: String, path: PathBuf, same_disk: bool) -> Self {
        let (sizes, device, waiting_since, last, failed) = (BTreeMap::new(), None, None, None, None);
        Self { name, path, same_disk, sizes, device, waiting_since, last, failed }
    }

    /// Whether something waits for too long.
    pub fn is_late(&self, now: Timestamp) -> bool {
        self.waiting_since.is_some_and(|since| now.since(since) > LONGEST_AGE)
    }

    /// What it does not have; from now on that waits for it.
    fn due(&mut self, shared: &Shared) -> Due {
        let now = shared.clock.now();
        let due: Due = Stream::ALL
            .into_iter()
            .filter_map(|stream| Some((stream, shared.newest(stream)?)))
            .filter(|(stream, newest)| self.sizes.get(stream).is_none_or(|size| newest.checkpoint.size > *size))
            .collect();
        let alone = due.iter().all(|(stream, _)| *stream == Stream::Vault);
        let early = self.last.is_some_and(|last| now.since(last) < ALONE);
        if due.is_empty() || (alone && early && self.waiting_since.is_none()) {
            return Vec::new();
        }
        self.waiting_since.get_or_insert(now);
        due
    }

    /// What became of handing them over; gives the record of it.
    fn took(&mut self, due: &Due, result: Result<u64, AnchorError>, now: Timestamp) -> Option<Event> {
        let device = match result {
            Ok(device) => device,
            Err(error) => {
                let error = error.to_string();
                if self.failed.as_ref() != Some(&error) {
                    tracing::error!(error, anchor = self.name, code = "VLT-0107", "checkpoints not anchored");
                }
                self.failed = Some(error);
                return None;
            }
        };
        // What another file system has, this one has not: it gets the rest the next time.
        if self.device.replace(device).is_some_and(|before| before != device) {
            self.sizes.clear();
        }
        (self.failed, self.waiting_since, self.last) = (None, None, Some(now));
        self.sizes.extend(due.iter().map(|(stream, newest)| (*stream, newest.checkpoint.size)));
        let sizes = due.iter().map(|(stream, newest)| format!("{stream}={}", newest.checkpoint.size));
        let vault = self.sizes.get(&Stream::Vault).copied().unwrap_or(0);
        Some(
            Event::new(Dataset::VaultAnchor, "anchor", now)
                // Stream `vault` commits to all others: the checkpoints of those are records of it.
                .attr("vault.stream", Stream::Vault.as_str())
                .attr("vault.size", vault)
                .attr("vault.anchor", self.name.as_str())
                .attr("vault.sizes", sizes.collect::<Vec<_>>().join(" ")),
        )
    }
}

/// Hands checkpoints over; gives the file system that took them. May hang as long as a folder on a network does.
fn hand_over(anchor: &Anchor, shared: &Shared, due: &Due) -> Result<u64, AnchorError> {
    let failed = |source| AnchorError { path: anchor.path.clone(), source };
    // A folder that is not mounted must not be made on this machine's own disk, nor taken for the one that is missing.
    let device = fs::metadata(&anchor.path).map_err(failed)?.dev();
    let own = fs::metadata(shared.layout.root()).map_err(failed)?.dev();
    if device == own && !anchor.same_disk {
        let why = "it stands on the file system of the vault: it is not mounted, or same_disk must be set";
        return Err(failed(io::Error::other(why)));
    }
    let notes = due.iter().map(|(_, newest)| newest.note.as_str());
    append(&anchor.path, &shared.identity.site_id, shared.clock.now(), notes).map(|()| device)
}

/// Appends notes to the file of the day, durably. A torn end, as a lost connection leaves it, is closed with an empty line first.
fn append<'a>(
    folder: &Path,
    site: &str,
    now: Timestamp,
    notes: impl Iterator<Item = &'a str>,
) -> Result<(), AnchorError> {
    let date = now.to_string();
    let (year, month, day) =
        (date.get(..4).unwrap_or("0000"), date.get(5..7).unwrap_or("00"), date.get(..10).unwrap_or("day"));
    let folder = folder.join(site).join(year).join(month);
    let path = folder.join(format!("{day}.notes"));
    let failed = |source| AnchorError { path: path.clone(), source };
    fs::create_dir_all(&folder).map_err(failed)?;
    let mut text = String::from("\n");
    for note in notes {
        text.push_str(note);
        text.push('\n');
    }
    let mut file = OpenOptions::new().create(true).append(true).open(&path).map_err(failed)?;
    file.write_all(text.as_bytes()).and_then(|()| file.sync_data()).map_err(failed)
}

/// An anchor did not take what it was given.
#[derive(Debug, thiserror::Error)]
#[error("write {path}: {source}")]
struct AnchorError {
    path: PathBuf,
    #[source]
    source: io::Error,
}

/// The notes in a file of [`append`]: what is torn, foreign or not text between them is left out and costs none of them.
pub fn notes_in(bytes: &[u8]) -> impl Iterator<Item = String> {
    let text = String::from_utf8_lossy(bytes).into_owned();
    let starts: Vec<usize> = text
        .match_indices("medward/")
        .map(|(at, _)| at)
        .filter(|at| *at == 0 || text.as_bytes().get(at - 1) == Some(&b'\n'))
        .collect();
    let notes: Vec<String> = starts.into_iter().filter_map(|start| note_at(text.get(start..)?)).collect();
    notes.into_iter()
}

/// The note with which a text begins: up to the last of the signatures behind its first empty line.
fn note_at(text: &str) -> Option<String> {
    let (body, rest) = text.split_once("\n\n")?;
    let signatures: Vec<&str> = rest.split('\n').take_while(|line| line.starts_with('\u{2014}')).collect();
    let note = format!("{body}\n\n{}\n", signatures.join("\n"));
    crate::note::Checkpoint::parse(&note).is_ok().then_some(note)
}

/// All anchors of this vault and how far they are.
pub type Anchors = Arc<Mutex<Vec<Anchor>>>;

/// Anchors until the program stops. A folder on a network that hangs keeps its own anchor waiting and nothing else.
pub(crate) async fn keep(store: LocalStore, anchors: Anchors, stop: Stop) -> Result<(), TaskError> {
    let count = anchors.lock().unwrap_or_else(PoisonError::into_inner).len();
    let each = (0..count).map(|place| keep_one(&store, &anchors, place));
    tokio::select! {
        () = stop.running.cancelled() => Ok(()),
        done = futures_util::future::try_join_all(each) => done.map(drop),
    }
}

async fn keep_one(store: &LocalStore, anchors: &Anchors, place: usize) -> Result<(), TaskError> {
    loop {
        store.shared().clock.sleep(LOOK).await;
        if let Some(event) = anchor_one(store, anchors, place).await? {
            store.append_own(vec![event]).await;
        }
    }
}

async fn anchor_one(store: &LocalStore, anchors: &Anchors, place: usize) -> Result<Option<Event>, TaskError> {
    let due = {
        let mut all = anchors.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(anchor) = all.get_mut(place) else { return Ok(None) };
        let due = anchor.due(store.shared());
        (!due.is_empty()).then(|| (anchor.clone(), due))
    };
    let Some((anchor, due)) = due else { return Ok(None) };
    let shared = store.shared().clone();
    let handing = move || (hand_over(&anchor, &shared, &due), due);
    let (result, due) = store.blocking(handing).await?;
    let now = store.shared().clock.now();
    let mut all = anchors.lock().unwrap_or_else(PoisonError::into_inner);
    Ok(all.get_mut(place).and_then(|anchor| anchor.took(&due, result, now)))
}

/// Hands the last checkpoints over when the vault has ended; they are on record only outside.
pub(crate) async fn last(store: &LocalStore, anchors: &Anchors) {
    let count = anchors.lock().unwrap_or_else(PoisonError::into_inner).len();
    let all = futures_util::future::join_all((0..count).map(|place| anchor_one(store, anchors, place)));
    if store.shared().clock.timeout(LAST, all).await.is_none() {
        tracing::warn!("the last checkpoints are not anchored; the next start hands them over");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::disk::LocalDisk;
    use crate::layout::Layout;
    use crate::verify::tests::rig::{START, build, clock, fill, open_at};
    use crate::verify::{Options, OutsideNote, verify};

    fn anchor(folder: &Path) -> Anchor {
        Anchor::new("log-server".into(), folder.to_owned(), true)
    }

    fn take(anchor: &mut Anchor, shared: &Shared) -> Option<Event> {
        let due = anchor.due(shared);
        let result = hand_over(anchor, shared, &due);
        if due.is_empty() { None } else { anchor.took(&due, result, shared.clock.now()) }
    }

    fn files(folder: &Path) -> Vec<PathBuf> {
        let mut found = Vec::new();
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() { found.extend(files(&path)) } else { found.push(path) }
        }
        found
    }

    fn outside(folder: &Path) -> Vec<OutsideNote> {
        let texts: Vec<u8> = files(folder).into_iter().flat_map(|path| fs::read(path).unwrap()).collect();
        notes_in(&texts).map(|text| OutsideNote { name: "log-server".into(), text, expected: false }).collect()
    }

    #[test]
    fn anchored_checkpoints_name_a_history_that_was_rewritten_with_the_key() {
        let (vault, folder) = (build(), tempfile::tempdir().unwrap());
        let mut opened = open_at(vault.path());
        let mut anchor = anchor(folder.path());
        let event = take(&mut anchor, &opened.shared).unwrap();
        assert_eq!(event.validate().map_err(|error| error.to_string()), Ok(()));
        assert_eq!(take(&mut anchor, &opened.shared), None, "nothing grew");
        fill(&mut opened, 1, "more");
        assert!(take(&mut anchor, &opened.shared).is_some());
        assert_eq!(anchor.sizes.get(&Stream::Waf), Some(&700));
        drop(opened);
        let check = |directory: &Path| {
            let options = Options { outside: outside(folder.path()), ..Options::default() };
            verify(&LocalDisk, &Layout::new(directory), &clock(), &options, &mut |_| {})
        };
        let report = check(vault.path());
        assert_eq!(report.findings, []);
        assert!(
            report.sound.iter().any(|sound| sound.stream == Stream::Waf && sound.anchored == 2),
            "{:?}",
            report.sound
        );

        // The intruder begins anew with the same identity and key.
        let forged = tempfile::tempdir().unwrap();
        for name in ["VAULT", "keys"] {
            let (from, to) = (vault.path().join(name), forged.path().join(name));
            if from.is_dir() {
                fs::create_dir(&to).unwrap();
                for entry in fs::read_dir(from).unwrap() {
                    let entry = entry.unwrap();
                    fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
                }
            } else {
                fs::copy(from, to).unwrap();
            }
        }
        let mut opened = open_at(forged.path());
        fill(&mut opened, 8, "forged");
        drop(opened);
        assert_eq!(check(forged.path()).exit_code(), 10, "FORKED");
    }

    #[test]
    fn folder_that_is_away_is_late_after_ten_minutes_and_gets_everything_when_it_is_back() {
        let (vault, parent) = (build(), tempfile::tempdir().unwrap());
        let folder = parent.path().join("mounted");
        let opened = open_at(vault.path());
        let mut anchor = anchor(&folder);
        assert_eq!(take(&mut anchor, &opened.shared), None);
        assert!(anchor.failed.is_some() && !folder.exists());
        let at = |seconds: i64| Timestamp::from_micros(START + seconds * 1_000_000);
        assert!(!anchor.is_late(at(600)) && anchor.is_late(at(601)));
        fs::create_dir(&folder).unwrap();
        assert!(take(&mut anchor, &opened.shared).is_some());
        assert!(!anchor.is_late(at(10_000)));
        assert_eq!(outside(&folder).len(), 3);
    }

    #[test]
    fn folder_on_the_file_system_of_the_vault_is_refused_unless_it_is_meant() {
        let (vault, folder) = (build(), tempfile::tempdir_in(std::env::temp_dir()).unwrap());
        let opened = open_at(vault.path());
        let mut anchor = anchor(folder.path());
        anchor.same_disk = false;
        assert_eq!(take(&mut anchor, &opened.shared), None);
        assert!(anchor.failed.as_deref().is_some_and(|why| why.contains("same_disk")), "{:?}", anchor.failed);
        assert!(anchor.waiting_since.is_some() && files(folder.path()).is_empty());
    }

    #[test]
    fn torn_foreign_and_unreadable_bytes_cost_no_note() {
        let vault = build();
        let note = vault.outside[0].text.as_str();
        let torn = note.get(..note.len() / 2).unwrap();
        let check = |text: &[u8], expected: usize| {
            let notes: Vec<String> = notes_in(text).collect();
            assert_eq!(notes, vec![note.to_owned(); expected], "{}", String::from_utf8_lossy(text));
        };
        check(format!("\n{note}\n{torn}\nsomething else\n{note}{note}\n").as_bytes(), 3);
        check(format!("{note}\n\ngarbage\n").as_bytes(), 1);
        check(format!("{note}\nmed").as_bytes(), 1);
        check(&[note.as_bytes(), &[0xff, 0xfe, b'\n'], note.as_bytes()].concat(), 2);
        check(b"", 0);
    }
}
