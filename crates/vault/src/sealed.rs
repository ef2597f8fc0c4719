//! What a start needs to know of records that no longer stand in the write-ahead log: the edge of each stream's tree, the
//! highest number of each agent, when checkpoints were made. One file, written whole before the log is cut.
//!
//! *Not* evidence: [`verify`](crate::verify) does not look at it. When it is lost it is made again from the segments.

use std::collections::{BTreeMap, HashMap};
use std::io;

use data_encoding::HEXLOWER;
use medward_contract::Timestamp;
use medward_contract::event::Stream;
use serde::{Deserialize, Serialize};

use crate::canonical::View;
use crate::disk::{Disk, write_whole};
use crate::layout::Layout;
use crate::merkle::{Frontier, Hash, leaf_hash};
use crate::read::{ALL_COLUMNS, canonical_bytes};
use crate::recover::lost_leaf;
use crate::segment::{Catalog, Segment};
use crate::streams::PerStream;

/// State at the end of each stream's last segment when the log was cut last.
#[derive(Debug, Clone, Default)]
pub struct Sealed {
    /// Edge of each stream's tree.
    pub trees: PerStream<Frontier>,
    /// Highest `event.sequence` of each agent among all records read so far.
    pub agents: HashMap<String, u64>,
    /// Size and time of each stream's newest checkpoint.
    pub signed: BTreeMap<Stream, (u64, Timestamp)>,
}

#[derive(Serialize, Deserialize)]
struct Stored {
    streams: BTreeMap<String, StoredStream>,
    agents: BTreeMap<String, u64>,
}

#[derive(Serialize, Deserialize)]
struct StoredStream {
    size: u64,
    levels: Vec<String>,
    signed: Option<(u64, i64)>,
}

impl Sealed {
    /// Reads the state; `None` when there is none or it does not read as written.
    pub fn read(disk: &dyn Disk, layout: &Layout) -> Option<Self> {
        let text = String::from_utf8(disk.read(&layout.sealed()).ok()?).ok()?;
        let (crc, json) = text.split_once('\n')?;
        (u32::from_str_radix(crc, 16).ok()? == crc32c::crc32c(json.as_bytes())).then_some(())?;
        let stored: Stored = serde_json::from_str(json).ok()?;
        let mut sealed = Self { agents: stored.agents.into_iter().collect(), ..Self::default() };
        for (name, state) in stored.streams {
            let stream: Stream = name.parse().ok()?;
            let levels = state.levels.iter().map(|level| hashes(level)).collect::<Option<Vec<_>>>()?;
            *sealed.trees.of_mut(stream) = Frontier::from_levels(state.size, levels);
            if let Some((size, at)) = state.signed {
                sealed.signed.insert(stream, (size, Timestamp::from_micros(at)));
            }
        }
        Some(sealed)
    }

    /// Makes the state again from all segments: every record is read. What does not read leaves a hole, which shows in
    /// [`verify`](crate::verify).
    pub fn from_segments(disk: &dyn Disk, catalog: &Catalog) -> Self {
        let mut sealed = Self::default();
        for stream in Stream::ALL {
            for entry in catalog.of(stream).iter() {
                let Ok(segment) = Segment::open(disk, &entry.paths) else { continue };
                for group in 0..entry.head.groups.len() {
                    let Ok(batch) = segment.read(group, &ALL_COLUMNS, None) else { continue };
                    (0..batch.len()).for_each(|row| sealed.take(stream, &batch.view(row)));
                }
            }
        }
        sealed
    }

    fn take(&mut self, stream: Stream, view: &View<'_>) {
        let tree = self.trees.of_mut(stream);
        while tree.size() < view.seq {
            tree.push(lost_leaf(), &mut |_, _| {});
        }
        tree.push(leaf_hash(&canonical_bytes(view)), &mut |_, _| {});
        if let Some((agent, sequence)) = view.agent() {
            match self.agents.get_mut(agent) {
                Some(high) => *high = sequence.max(*high),
                None => drop(self.agents.insert(agent.to_owned(), sequence)),
            }
        }
    }

    /// Writes the state so that it survives a power cut.
    pub fn write(&self, disk: &dyn Disk, layout: &Layout) -> io::Result<()> {
        let streams = Stream::ALL.into_iter().map(|stream| {
            let tree = self.trees.of(stream);
            let levels = tree.levels().iter().map(|level| HEXLOWER.encode(level.as_flattened())).collect();
            let signed = self.signed.get(&stream).map(|(size, at)| (*size, at.as_micros()));
            (stream.as_str().to_owned(), StoredStream { size: tree.size(), levels, signed })
        });
        let agents = self.agents.iter().map(|(agent, high)| (agent.clone(), *high)).collect();
        let json = serde_json::to_string(&Stored { streams: streams.collect(), agents }).map_err(io::Error::other)?;
        let text = format!("{:08x}\n{json}", crc32c::crc32c(json.as_bytes()));
        write_whole(disk, &layout.sealed(), text.as_bytes(), false)
    }
}

fn hashes(hex: &str) -> Option<Vec<Hash>> {
    let bytes = HEXLOWER.decode(hex.as_bytes()).ok()?;
    let (hashes, rest) = bytes.as_chunks::<32>();
    rest.is_empty().then(|| hashes.to_vec())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::disk::LocalDisk;
    use crate::merkle::leaf_hash;

    #[test]
    fn state_reads_back_and_an_altered_one_does_not() {
        let directory = tempfile::tempdir().unwrap();
        let layout = Layout::new(directory.path());
        assert!(Sealed::read(&LocalDisk, &layout).is_none());
        let mut sealed = Sealed::default();
        for leaf in 0..700_u32 {
            sealed.trees.of_mut(Stream::Waf).push(leaf_hash(&leaf.to_le_bytes()), &mut |_, _| {});
        }
        sealed.agents.insert("gw-1".to_owned(), 88);
        sealed.signed.insert(Stream::Waf, (600, Timestamp::from_micros(5)));
        sealed.write(&LocalDisk, &layout).unwrap();
        let read = Sealed::read(&LocalDisk, &layout).unwrap();
        assert_eq!(read.trees.of(Stream::Waf), sealed.trees.of(Stream::Waf));
        assert_eq!((read.agents.get("gw-1"), read.signed), (Some(&88), sealed.signed));
        let text = std::fs::read_to_string(layout.sealed()).unwrap();
        std::fs::write(layout.sealed(), text.replace("\"size\":700", "\"size\":701")).unwrap();
        assert!(Sealed::read(&LocalDisk, &layout).is_none());
    }
}
