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
/// How often it looks for something to anchor: as often as checkpoints are made.
const LOOK: Duration = Duration::from_mins(1);

/// One anchor and how far it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Anchor {
    /// Its name in records.
    pub name: String,
    /// Its folder.
    pub path: PathBuf,
    /// Size of the last checkpoint of each stream that it has.
    pub sizes: BTreeMap<Stream, u64>,
    /// Since when a checkpoint is waiting for it.
    pub waiting_since: Option<Timestamp>,
    /// When it took something last.
    pub last: Option<Timestamp>,
    /// Why it took nothing the last time.
    pub failed: Option<String>,
}

impl Anchor {
    /// An anchor that has nothing yet: after a start everything is anchored again.
    pub const fn new(name: String, path: PathBuf) -> Self {
        Self { name, path, sizes: BTreeMap::new(), waiting_since: None, last: None, failed: None }
    }

    /// Whether something waits for too long.
    pub fn is_late(&self, now: Timestamp) -> bool {
        self.waiting_since.is_some_and(|since| now.since(since) > LONGEST_AGE)
    }

    /// Hands over what grew; gives the record of it, if there was anything.
    pub fn take(&mut self, shared: &Shared) -> Option<Event> {
        let newest: Vec<(Stream, Newest)> = Stream::ALL
            .into_iter()
            .filter_map(|stream| Some((stream, shared.newest(stream)?)))
            .filter(|(stream, newest)| self.sizes.get(stream).is_none_or(|size| newest.checkpoint.size > *size))
            .collect();
        // Its own record makes stream `vault` grow: alone that is nothing to anchor.
        if newest.iter().all(|(stream, _)| *stream == Stream::Vault) && self.last.is_some() && self.failed.is_none() {
            return None;
        }
        let now = shared.clock.now();
        self.waiting_since.get_or_insert(now);
        let notes = newest.iter().map(|(_, newest)| newest.note.as_str());
        if let Err(error) = append(&self.path, &shared.identity.site_id, now, notes) {
            let error = error.to_string();
            if self.failed.as_ref() != Some(&error) {
                tracing::error!(error, anchor = self.name, code = "VLT-0107", "checkpoints not anchored");
            }
            self.failed = Some(error);
            return None;
        }
        (self.failed, self.waiting_since, self.last) = (None, None, Some(now));
        self.sizes.extend(newest.iter().map(|(stream, newest)| (*stream, newest.checkpoint.size)));
        let sizes = newest.iter().map(|(stream, newest)| format!("{stream}={}", newest.checkpoint.size));
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
    // A folder that is not mounted must not be made on this machine's own disk.
    if !folder.is_dir() {
        return Err(AnchorError { path: folder.to_owned(), source: io::ErrorKind::NotFound.into() });
    }
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

/// The notes in a file of [`append`]; what is torn or foreign is left out.
pub fn notes_in(text: &str) -> impl Iterator<Item = String> {
    let starts: Vec<usize> = text
        .match_indices("medward/")
        .map(|(at, _)| at)
        .filter(|at| *at == 0 || text.as_bytes().get(at - 1) == Some(&b'\n'))
        .collect();
    let ends = starts.iter().skip(1).copied().chain([text.len()]);
    let parts: Vec<String> =
        starts.iter().zip(ends).filter_map(|(from, to)| Some(text.get(*from..to)?.to_owned())).collect();
    parts.into_iter().filter_map(|part| {
        let note = format!("{}\n", part.trim_end());
        crate::note::Checkpoint::parse(&note).is_ok().then_some(note)
    })
}

/// All anchors of this vault and how far they are.
pub type Anchors = Arc<Mutex<Vec<Anchor>>>;

/// Anchors until the program stops. A folder on a network that hangs stops this task and nothing else.
pub(crate) async fn keep(store: LocalStore, anchors: Anchors, stop: Stop) -> Result<(), TaskError> {
    let clock = store.shared().clock.clone();
    loop {
        tokio::select! {
            () = stop.running.cancelled() => return Ok(()),
            () = clock.sleep(LOOK) => {}
        }
        let names = anchors.lock().unwrap_or_else(PoisonError::into_inner).len();
        for place in 0..names {
            let Some(mut anchor) = anchors.lock().unwrap_or_else(PoisonError::into_inner).get(place).cloned() else {
                continue;
            };
            let shared = store.shared().clone();
            let taking = move || {
                let event = anchor.take(&shared);
                (anchor, event)
            };
            let (anchor, event) = store.blocking(taking).await?;
            if let Some(known) = anchors.lock().unwrap_or_else(PoisonError::into_inner).get_mut(place) {
                *known = anchor;
            }
            if let Some(event) = event {
                store.append_own(vec![event]).await;
            }
        }
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
        Anchor::new("log-server".into(), folder.to_owned())
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
        let texts = files(folder).into_iter().map(|path| fs::read_to_string(path).unwrap()).collect::<String>();
        notes_in(&texts).map(|text| OutsideNote { name: "log-server".into(), text, expected: false }).collect()
    }

    #[test]
    fn anchored_checkpoints_name_a_history_that_was_rewritten_with_the_key() {
        let (vault, folder) = (build(), tempfile::tempdir().unwrap());
        let mut opened = open_at(vault.path());
        let mut anchor = anchor(folder.path());
        let event = anchor.take(&opened.shared).unwrap();
        assert_eq!(event.validate().map_err(|error| error.to_string()), Ok(()));
        assert_eq!(anchor.take(&opened.shared), None, "nothing grew");
        fill(&mut opened, 1, "more");
        assert!(anchor.take(&opened.shared).is_some());
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
        assert_eq!(anchor.take(&opened.shared), None);
        assert!(anchor.failed.is_some() && !folder.exists());
        let at = |seconds: i64| Timestamp::from_micros(START + seconds * 1_000_000);
        assert!(!anchor.is_late(at(600)) && anchor.is_late(at(601)));
        fs::create_dir(&folder).unwrap();
        assert!(anchor.take(&opened.shared).is_some());
        assert!(!anchor.is_late(at(10_000)));
        assert_eq!(outside(&folder).len(), 3);
    }

    #[test]
    fn torn_and_foreign_text_between_notes_is_left_out() {
        let vault = build();
        let note = &vault.outside[0].text;
        let torn = note.get(..note.len() / 2).unwrap();
        let text = format!("\n{note}\n{torn}\nsomething else\n{note}{note}\n");
        assert_eq!(notes_in(&text).collect::<Vec<_>>(), [note.clone(), note.clone(), note.clone()]);
        assert_eq!(notes_in("").count(), 0);
    }
}
