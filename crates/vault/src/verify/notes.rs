//! Checkpoints to hold the records against: those in the vault and those kept outside.

use std::collections::{BTreeMap, BTreeSet};

use medward_contract::event::Stream;

use super::finding::Finding;
use crate::disk::Disk;
use crate::layout::Layout;
use crate::merkle::Hash;
use crate::note::{Checkpoint, VerifierKey};
use crate::streams::PerStream;
use crate::tiles;

/// Where a checkpoint was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Source {
    /// `ckpt/` of the vault, signature checked.
    Inside,
    /// A record of stream `vault`.
    Recorded,
    /// Kept outside, signature checked.
    Outside,
}

/// A size and root that somebody vouched for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Vouched {
    pub(super) size: u64,
    pub(super) root: Hash,
    pub(super) name: String,
    pub(super) source: Source,
}

/// A checkpoint kept outside: its name and text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutsideNote {
    /// Name for the report, for example the file's.
    pub name: String,
    /// The signed note.
    pub text: String,
    /// Given by name, so it must be of this vault; a folder may hold those of other sites, too.
    pub expected: bool,
}

/// All checkpoints with a good signature, by size; the others become findings. Also every note there is, good or bad.
pub(super) fn gather(
    disk: &dyn Disk,
    layout: &Layout,
    key: &VerifierKey,
    outside: &[OutsideNote],
    findings: &mut Vec<Finding>,
) -> (PerStream<Vec<Vouched>>, BTreeSet<(Stream, u64)>) {
    let mut listed = BTreeSet::new();
    let mut vouched = PerStream::<Vec<Vouched>>::default();
    for stream in Stream::ALL {
        let sizes = match tiles::list_notes(disk, layout, stream) {
            Ok(sizes) => sizes,
            Err(error) => {
                let file = layout.shown(&layout.note_dir(stream));
                findings.push(Finding::Incomplete { stream: Some(stream), file, error: error.to_string() });
                continue;
            }
        };
        let mut seen = Vec::new();
        for size in sizes {
            let path = layout.note(stream, size);
            let name = layout.shown(&path);
            listed.insert((stream, size));
            match disk.read(&path).ok().and_then(|bytes| checked(&bytes, key, stream)) {
                Some(checkpoint) if checkpoint.size == size => {
                    seen.push(Vouched { size, root: checkpoint.root, name, source: Source::Inside });
                }
                _ => findings.push(Finding::BadSignature { stream, size, note: name }),
            }
        }
        let newest = layout.newest(stream);
        if let Ok(bytes) = disk.read(&newest) {
            let checkpoint = checked(&bytes, key, stream);
            let known = checkpoint.as_ref().is_some_and(|checkpoint| {
                seen.iter().any(|other| (other.size, other.root) == (checkpoint.size, checkpoint.root))
            });
            // A checkpoint made since the notes were listed is not known yet, and not wrong.
            let newer = checkpoint.as_ref().is_some_and(|newest| seen.iter().all(|other| other.size < newest.size));
            if !known && !newer {
                let size = checkpoint.map_or(0, |checkpoint| checkpoint.size);
                findings.push(Finding::BadSignature { stream, size, note: layout.shown(&newest) });
            }
        }
        *vouched.of_mut(stream) = seen;
    }
    let (ours, foreign): (Vec<_>, Vec<_>) =
        outside.iter().filter_map(|note| Some((note, Checkpoint::parse(&note.text).ok()?))).partition(
            // A checkpoint of another site in a shared folder is none of our business.
            |(_, checkpoint)| checkpoint.stream(key.site()).is_some(),
        );
    let whole_is_foreign = ours.is_empty();
    for (note, checkpoint) in ours {
        add_outside(note, &checkpoint, key, &mut vouched, findings);
    }
    // But a vault that none of them knows may be another vault put in the place of the one that was signed.
    for (note, checkpoint) in newest_of_each(foreign) {
        if (whole_is_foreign || note.expected)
            && let Some(stream) = checkpoint.origin.rsplit('/').next().and_then(|stream| stream.parse().ok())
        {
            findings.push(Finding::BadSignature { stream, size: checkpoint.size, note: note.name.clone() });
        }
    }
    for stream in Stream::ALL {
        vouched.of_mut(stream).sort_by_key(|note| note.size);
    }
    (vouched, listed)
}

/// Of notes with one origin the largest.
fn newest_of_each(notes: Vec<(&OutsideNote, Checkpoint)>) -> Vec<(&OutsideNote, Checkpoint)> {
    let mut newest = BTreeMap::<String, (&OutsideNote, Checkpoint)>::new();
    for (note, checkpoint) in notes {
        match newest.get(&checkpoint.origin) {
            Some((_, known)) if known.size >= checkpoint.size => {}
            _ => drop(newest.insert(checkpoint.origin.clone(), (note, checkpoint))),
        }
    }
    newest.into_values().collect()
}

fn add_outside(
    note: &OutsideNote,
    checkpoint: &Checkpoint,
    key: &VerifierKey,
    vouched: &mut PerStream<Vec<Vouched>>,
    findings: &mut Vec<Finding>,
) {
    let Some(stream) = checkpoint.stream(key.site()) else { return };
    if checkpoint.verify(key).is_err() {
        findings.push(Finding::BadSignature { stream, size: checkpoint.size, note: note.name.clone() });
        return;
    }
    let vouched = vouched.of_mut(stream);
    vouched.push(Vouched {
        size: checkpoint.size,
        root: checkpoint.root,
        name: note.name.clone(),
        source: Source::Outside,
    });
}

fn checked(bytes: &[u8], key: &VerifierKey, stream: Stream) -> Option<Checkpoint> {
    let checkpoint = Checkpoint::parse(std::str::from_utf8(bytes).ok()?).ok()?;
    let ours = checkpoint.stream(key.site()) == Some(stream) && checkpoint.verify(key).is_ok();
    ours.then_some(checkpoint)
}
