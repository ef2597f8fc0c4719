//! `medward vault prove` and `check-proof`.

use std::io::Write;
use std::path::{Path, PathBuf};

use medward_contract::vault::RecordRef;
use medward_kernel::Clock;

use super::{Failure, Where, open_vault, parse_record, parse_vkey};
use crate::merkle::{leaf_hash, verify_inclusion};
use crate::note::VerifierKey;
use crate::prove::ProofDocument;
use crate::read;

/// Exit code of a record that is not there.
const NOT_FOUND: u8 = 3;
/// Exit code of a record that no checkpoint covers yet.
const NOT_YET: u8 = 5;
/// Exit code of a proof that does not prove.
const BAD_PROOF: u8 = 6;

/// Arguments of `prove`.
#[derive(Debug, Clone, clap::Args)]
pub struct ProveArgs {
    /// The vault
    #[command(flatten)]
    pub place: Where,
    /// The record, `<stream>:<seq>`
    #[arg(value_parser = parse_record)]
    pub record: RecordRef,
    /// Where to write the proof; default `<stream>-<seq>.tlog-proof`
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// Write the record apart, as `.cbor` beside the proof
    #[arg(long)]
    pub detached: bool,
}

/// Arguments of `check-proof`.
#[derive(Debug, Clone, clap::Args)]
pub struct CheckProofArgs {
    /// The proof
    pub file: PathBuf,
    /// The site's verifier key: its text or a file with it
    #[arg(long, value_name = "KEY", value_parser = parse_vkey)]
    pub vkey: VerifierKey,
}

pub(super) fn prove(args: &ProveArgs, default_dir: &Path, clock: &Clock, out: &mut dyn Write) -> Result<u8, Failure> {
    let (vault, at) = (open_vault(&args.place, default_dir, clock)?, args.record);
    let Some(stored) = read::one(&vault, at).map_err(|error| Failure::unreadable(&error))? else {
        writeln!(out, "NOT_FOUND {at}")?;
        return Ok(NOT_FOUND);
    };
    let newest = vault.newest(at.stream);
    let size = newest.as_ref().map_or(0, |newest| newest.checkpoint.size);
    let Some(newest) = newest.filter(|newest| newest.checkpoint.size > at.seq) else {
        writeln!(out, "NOT_YET size={size}")?;
        return Ok(NOT_YET);
    };
    let path = read::prove(&vault, at, size).map_err(|error| Failure::unreadable(&error))?;
    if !verify_inclusion(&leaf_hash(&stored.bytes), at.seq, size, &path, &newest.checkpoint.root) {
        return Err(Failure {
            code: super::UNREADABLE,
            message: "prove: the tree is damaged; run medward vault verify".to_owned(),
        });
    }
    let file = args.output.clone().unwrap_or_else(|| PathBuf::from(format!("{}-{}.tlog-proof", at.stream, at.seq)));
    let record = (!args.detached).then(|| stored.bytes.clone());
    let proof = ProofDocument { record, index: at.seq, path, checkpoint: newest.note };
    let write = |path: &Path, bytes: &[u8]| {
        std::fs::write(path, bytes).map_err(|error| Failure::usage(format!("write {}: {error}", path.display())))
    };
    write(&file, proof.to_text().as_bytes())?;
    if args.detached {
        write(&file.with_extension("cbor"), &stored.bytes)?;
    }
    writeln!(out, "PROOF {} size={size}", file.display())?;
    Ok(0)
}

pub(super) fn check_proof(args: &CheckProofArgs, out: &mut dyn Write) -> Result<u8, Failure> {
    let text = std::fs::read_to_string(&args.file)
        .map_err(|error| Failure::usage(format!("read {}: {error}", args.file.display())))?;
    let detached = std::fs::read(args.file.with_extension("cbor")).ok();
    match ProofDocument::parse(&text).and_then(|proof| proof.check(&args.vkey, detached.as_deref())) {
        Ok(proven) => {
            writeln!(out, "PROVEN {proven}")?;
            Ok(0)
        }
        Err(why) => {
            writeln!(out, "BAD_PROOF {why}")?;
            Ok(BAD_PROOF)
        }
    }
}
