//! `medward vault export-tlog`: one stream as C2SP tlog-tiles, for verifiers that we did not write.

use std::io::Write;
use std::path::{Path, PathBuf};

use medward_contract::event::Stream;
use medward_kernel::Clock;

use super::{Failure, Where, open_vault};
use crate::keys;
use crate::merkle::{Frontier, Hash, TILE_WIDTH, TileId, leaf_hash, tiles_of};
use crate::read;
use crate::shared::Shared;

/// Exit code when there is no checkpoint to export under.
const NOT_YET: u8 = 5;

/// Arguments of `export-tlog`.
#[derive(Debug, Clone, clap::Args)]
pub struct ExportArgs {
    /// The vault
    #[command(flatten)]
    pub place: Where,
    /// The stream
    #[arg(long)]
    pub stream: Stream,
    /// Where to write; made if missing
    pub target: PathBuf,
}

pub(super) fn export_tlog(
    args: &ExportArgs,
    default_dir: &Path,
    clock: &Clock,
    out: &mut dyn Write,
) -> Result<u8, Failure> {
    let vault = open_vault(&args.place, default_dir, clock)?;
    let Some(newest) = vault.newest(args.stream) else {
        writeln!(out, "NOT_YET size=0")?;
        return Ok(NOT_YET);
    };
    let size = newest.checkpoint.size;
    let export = Export { vault: &vault, stream: args.stream, target: &args.target };
    let tree = export.entries(size)?;
    for (tile, width) in tiles_of(size).filter(|(_, width)| *width < TILE_WIDTH) {
        export.write(&format!("{tile}.p/{width}"), tree.partial(tile.level).as_flattened())?;
    }
    export.write("checkpoint", newest.note.as_bytes())?;
    let key = keys::read_vkey(&*vault.disk, &vault.layout).map_err(|error| Failure::unreadable(&error))?;
    let vkey = key.for_stream(args.stream);
    export.write("vkey", format!("{vkey}\n").as_bytes())?;
    writeln!(out, "EXPORTED {} size={size} vkey={vkey}", args.target.display())?;
    Ok(0)
}

struct Export<'a> {
    vault: &'a Shared,
    stream: Stream,
    target: &'a Path,
}

impl Export<'_> {
    fn write(&self, name: &str, bytes: &[u8]) -> Result<(), Failure> {
        let path = self.target.join(name);
        let made = path.parent().map_or(Ok(()), std::fs::create_dir_all).and_then(|()| std::fs::write(&path, bytes));
        made.map_err(|error| Failure::usage(format!("write {}: {error}", path.display())))
    }

    /// Writes the entry bundles and the full tiles over them; gives the edge of the tree.
    fn entries(&self, size: u64) -> Result<Frontier, Failure> {
        let mut tree = Frontier::default();
        let mut full: Vec<(TileId, Vec<Hash>)> = Vec::new();
        for index in 0..size.div_ceil(TILE_WIDTH) {
            let first = index * TILE_WIDTH;
            let width = TILE_WIDTH.min(size - first);
            let limit = usize::try_from(width).unwrap_or(0);
            let records =
                read::range(self.vault, self.stream, first, limit).map_err(|error| Failure::unreadable(&error))?;
            if records.iter().zip(first..).any(|(record, seq)| record.at.seq != seq) || records.len() != limit {
                return Err(Failure {
                    code: super::UNREADABLE,
                    message: format!(
                        "export records {first} to {}: some are missing; run medward vault verify",
                        first + width - 1
                    ),
                });
            }
            let mut bundle = Vec::new();
            for record in &records {
                // A canonical record is at most 65,535 bytes, which is why.
                bundle.extend(u16::try_from(record.bytes.len()).unwrap_or(u16::MAX).to_be_bytes());
                bundle.extend_from_slice(&record.bytes);
                tree.push(leaf_hash(&record.bytes), &mut |tile, hashes| full.push((tile, hashes.to_vec())));
            }
            let place = TileId { level: 0, index }.to_string().replacen("tile/0/", "tile/entries/", 1);
            let name = if width == TILE_WIDTH { place } else { format!("{place}.p/{width}") };
            self.write(&name, &bundle)?;
        }
        for (tile, hashes) in full {
            self.write(&tile.to_string(), hashes.as_flattened())?;
        }
        Ok(tree)
    }
}
