//! Where everything stands below the vault's directory (`vault.md` §2).

use std::path::{Path, PathBuf};

use medward_contract::Timestamp;
use medward_contract::event::Stream;

use crate::merkle::TileId;

/// Paths of one vault.
#[derive(Debug, Clone)]
pub struct Layout {
    root: PathBuf,
}

/// What a file below the vault's directory is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileRole {
    /// `VAULT`, `LOCK`, `reserve.bin`, keys.
    Furniture,
    /// A write-ahead log file of this number.
    Wal(u64),
    /// A damaged write-ahead log file of this number.
    Quarantined(u64),
    /// A full tile.
    Tile(Stream, TileId),
    /// A partial tile of this width.
    PartialTile(Stream, TileId, u64),
    /// The newest checkpoint of a stream.
    Newest(Stream),
    /// The checkpoint of a stream at this size.
    Note(Stream, u64),
    /// A segment of these records, first and last.
    Segment(Stream, u64, u64),
    /// The file beside it.
    Sidecar(Stream, u64, u64),
    /// A segment or sidecar that is being written.
    Unfinished,
    /// Events that wait for the disk.
    Spool,
}

impl Layout {
    /// The vault below `root`.
    pub fn new(root: impl Into<PathBuf>) -> Self {
        Self { root: root.into() }
    }

    /// The vault's directory.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Vault id, site id, format.
    pub fn identity(&self) -> PathBuf {
        self.root.join("VAULT")
    }

    /// Held by the one process that writes.
    pub fn lock(&self) -> PathBuf {
        self.root.join("LOCK")
    }

    /// Space kept for the last records of a full disk.
    pub fn reserve(&self) -> PathBuf {
        self.root.join("reserve.bin")
    }

    /// Stands there while the reserve is given up.
    pub fn reserve_released(&self) -> PathBuf {
        self.root.join("reserve.released")
    }

    /// Directory of the write-ahead log.
    pub fn wal_dir(&self) -> PathBuf {
        self.root.join("wal")
    }

    /// File `number` of the write-ahead log.
    pub fn wal(&self, number: u64) -> PathBuf {
        self.root.join(format!("wal/{number:016x}.wal"))
    }

    /// Directory of damaged files.
    pub fn quarantine_dir(&self) -> PathBuf {
        self.root.join("quarantine")
    }

    /// Damaged file `number`.
    pub fn quarantined(&self, number: u64) -> PathBuf {
        self.root.join(format!("quarantine/{number:016x}.wal"))
    }

    /// The signing key.
    pub fn site_key(&self) -> PathBuf {
        self.root.join("keys/site.key")
    }

    /// The verifier key, to be handed out.
    pub fn site_vkey(&self) -> PathBuf {
        self.root.join("keys/site.vkey")
    }

    /// Directory of a stream's tree.
    pub fn tlog_dir(&self, stream: Stream) -> PathBuf {
        self.root.join(format!("tlog/{stream}"))
    }

    /// Newest checkpoint of a stream.
    pub fn newest(&self, stream: Stream) -> PathBuf {
        self.root.join(format!("tlog/{stream}/checkpoint"))
    }

    /// A full tile.
    pub fn tile(&self, stream: Stream, tile: TileId) -> PathBuf {
        self.root.join(format!("tlog/{stream}/{tile}"))
    }

    /// A partial tile of `width` hashes.
    pub fn partial_tile(&self, stream: Stream, tile: TileId, width: u64) -> PathBuf {
        self.root.join(format!("tlog/{stream}/{tile}.p/{width}"))
    }

    /// Directory of a stream's checkpoints.
    pub fn note_dir(&self, stream: Stream) -> PathBuf {
        self.root.join(format!("ckpt/{stream}"))
    }

    /// The checkpoint at `size`.
    pub fn note(&self, stream: Stream, size: u64) -> PathBuf {
        self.root.join(format!("ckpt/{stream}/{size:020}.note"))
    }

    /// Directory of events that wait for the disk.
    pub fn spool_dir(&self) -> PathBuf {
        self.root.join("spool")
    }

    /// Directory of a stream's segments.
    pub fn segment_dir(&self, stream: Stream) -> PathBuf {
        self.root.join(format!("seg/{stream}"))
    }

    /// The segment of records `first..=last`, the first of which came at `ingested` (UTC year and month).
    pub fn segment(&self, stream: Stream, first: u64, last: u64, ingested: Timestamp) -> PathBuf {
        let date = ingested.to_string();
        let (year, month) = (date.get(..4).unwrap_or("0000"), date.get(5..7).unwrap_or("00"));
        self.root.join(format!("seg/{stream}/{year}/{month}")).join(Self::segment_name(first, last))
    }

    /// Name of the segment of records `first..=last`.
    pub fn segment_name(first: u64, last: u64) -> String {
        format!("{first:020}-{last:020}.parquet")
    }

    /// What was true of all streams when the last file of the write-ahead log was given up.
    pub fn sealed(&self) -> PathBuf {
        self.root.join("sealed")
    }

    /// Path for people, relative to the vault.
    pub fn shown(&self, path: &Path) -> String {
        path.strip_prefix(&self.root).unwrap_or(path).display().to_string()
    }
}

/// What the file at this relative path is; `None` for a stray one.
pub fn role_of(relative: &str) -> Option<FileRole> {
    let unfinished = relative.strip_suffix(".tmp");
    if relative.starts_with("seg/") && unfinished.is_some_and(|whole| role_of(whole).is_some()) {
        return Some(FileRole::Unfinished);
    }
    let relative = unfinished.unwrap_or(relative);
    match relative {
        "VAULT" | "LOCK" | "reserve.bin" | "reserve.released" | "sealed" | "keys/site.key" | "keys/site.vkey" => {
            return Some(FileRole::Furniture);
        }
        _ => {}
    }
    let (directory, rest) = relative.split_once('/')?;
    match directory {
        "wal" => wal_number(rest).map(FileRole::Wal),
        "quarantine" => wal_number(rest).map(FileRole::Quarantined),
        "spool" => rest.strip_suffix(".spool").map(|_| FileRole::Spool),
        "seg" => segment_role(rest),
        "ckpt" => {
            let (stream, name) = rest.split_once('/')?;
            let size: u64 = name.strip_suffix(".note").filter(|name| name.len() == 20)?.parse().ok()?;
            Some(FileRole::Note(stream.parse().ok()?, size))
        }
        "tlog" => {
            let (stream, rest) = rest.split_once('/')?;
            let stream = stream.parse().ok()?;
            if rest == "checkpoint" {
                return Some(FileRole::Newest(stream));
            }
            match rest.split_once(".p/") {
                Some((tile, width)) => Some(FileRole::PartialTile(stream, tile_of(tile)?, width.parse().ok()?)),
                None => Some(FileRole::Tile(stream, tile_of(rest)?)),
            }
        }
        _ => None,
    }
}

/// Number of a write-ahead log file from its name.
pub fn wal_number(name: &str) -> Option<u64> {
    let digits = name.strip_suffix(".wal").filter(|digits| digits.len() == 16)?;
    let number = u64::from_str_radix(digits, 16).ok()?;
    (format!("{number:016x}") == digits).then_some(number)
}

/// `<stream>/<yyyy>/<mm>/<first>-<last>.parquet` or `.bloom`.
fn segment_role(rest: &str) -> Option<FileRole> {
    let parts: Vec<&str> = rest.split('/').collect();
    let [stream, year, month, name] = parts.as_slice() else { return None };
    let digits = |text: &str, length| text.len() == length && text.bytes().all(|byte| byte.is_ascii_digit());
    let stream = stream.parse().ok().filter(|_| digits(year, 4) && digits(month, 2))?;
    let (range, kind) = name.split_once('.')?;
    let (first, last) = range.split_once('-').filter(|(first, last)| digits(first, 20) && digits(last, 20))?;
    let (first, last) = (first.parse().ok()?, last.parse().ok()?);
    match kind {
        "parquet" => Some(FileRole::Segment(stream, first, last)),
        "bloom" => Some(FileRole::Sidecar(stream, first, last)),
        _ => None,
    }
}

fn tile_of(path: &str) -> Option<TileId> {
    let (level, index_path) = path.strip_prefix("tile/")?.split_once('/')?;
    let digits: String = index_path.chars().filter(char::is_ascii_digit).collect();
    let tile = TileId { level: level.parse().ok()?, index: digits.parse().ok()? };
    (tile.to_string() == path).then_some(tile)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_path_made_is_known_again() {
        let layout = Layout::new("/v");
        let tile = TileId { level: 1, index: 1_234_067 };
        let check = |path: PathBuf, role| assert_eq!(role_of(&layout.shown(&path)), Some(role), "{}", path.display());
        check(layout.identity(), FileRole::Furniture);
        check(layout.site_key(), FileRole::Furniture);
        check(layout.wal(0x1f), FileRole::Wal(0x1f));
        check(layout.quarantined(3), FileRole::Quarantined(3));
        check(layout.tile(Stream::Waf, tile), FileRole::Tile(Stream::Waf, tile));
        check(layout.partial_tile(Stream::Waf, tile, 7), FileRole::PartialTile(Stream::Waf, tile, 7));
        check(layout.newest(Stream::Auth), FileRole::Newest(Stream::Auth));
        check(layout.note(Stream::Auth, 42), FileRole::Note(Stream::Auth, 42));
        let segment = layout.segment(Stream::Waf, 7, 65_535, Timestamp::from_micros(1_795_144_455_926_535));
        assert!(segment.to_string_lossy().contains("/seg/waf/2026/11/"), "{}", segment.display());
        check(segment.clone(), FileRole::Segment(Stream::Waf, 7, 65_535));
        check(segment.with_extension("bloom"), FileRole::Sidecar(Stream::Waf, 7, 65_535));
        check(layout.sealed(), FileRole::Furniture);
        check(segment.with_extension("parquet.tmp"), FileRole::Unfinished);
    }

    #[test]
    fn stray_names_are_not_known() {
        for stray in [
            "x",
            "wal/1.wal",
            "wal/000000000000000G.wal",
            "ckpt/waf/42.note",
            "ckpt/nobody/00000000000000000042.note",
            "tlog/waf/tile/0/1",
            "wal/0000000000000001.wal.bak",
            "seg/waf/2026/11/7-9.parquet",
            "seg/waf/2026/00000000000000000007-00000000000000000009.parquet",
            "seg/waf/2026/11/00000000000000000007-00000000000000000009.txt",
        ] {
            assert_eq!(role_of(stray), None, "{stray}");
        }
    }
}
