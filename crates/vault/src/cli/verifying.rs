//! `medward vault verify`.

use std::io::Write;
use std::path::{Path, PathBuf};

use medward_contract::event::Stream;
use medward_kernel::Clock;

use super::{Failure, Where, parse_vkey};
use crate::anchor::notes_in;
use crate::disk::{Disk as _, LocalDisk};
use crate::layout::Layout;
use crate::note::{Checkpoint, VerifierKey};
use crate::verify::{Finding, Options, OutsideNote, Report, verify};

/// Exit code of `--strict` when the vault was silent for a while and nothing worse was found.
const INTERRUPTED: u8 = 20;

/// Arguments of `verify`.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct VerifyArgs {
    /// The vault
    #[command(flatten)]
    pub place: Where,
    /// Only this stream
    #[arg(long)]
    pub stream: Option<Stream>,
    /// A checkpoint kept outside the vault; may be given several times
    #[arg(long, value_name = "FILE")]
    pub checkpoint: Vec<PathBuf>,
    /// A folder of checkpoints kept outside the vault
    #[arg(long, value_name = "DIR")]
    pub anchor: Option<PathBuf>,
    /// The site's verifier key as known outside: its text or a file with it
    #[arg(long, value_name = "KEY", value_parser = parse_vkey)]
    pub site_vkey: Option<VerifierKey>,
    /// Also fail when the vault was silent for a while
    #[arg(long)]
    pub strict: bool,
    /// Answer as one JSON document
    #[arg(long)]
    pub json: bool,
}

pub(super) fn verify_command(
    args: &VerifyArgs,
    default_dir: &Path,
    clock: &Clock,
    out: &mut dyn Write,
) -> Result<u8, Failure> {
    let mut outside = Vec::new();
    for path in &args.checkpoint {
        let text = std::fs::read_to_string(path)
            .map_err(|error| Failure::usage(format!("read {}: {error}", path.display())))?;
        Checkpoint::parse(&text).map_err(|error| Failure::usage(format!("read {}: {error}", path.display())))?;
        outside.push(OutsideNote { name: path.display().to_string(), text, expected: true });
    }
    if let Some(folder) = &args.anchor {
        let named = outside.len();
        anchored(folder, &mut outside)?;
        if outside.len() == named {
            let folder = folder.display();
            return Err(Failure::usage(format!(
                "read {folder}: no checkpoint in it; name the folder they are kept in"
            )));
        }
    }
    let options = Options { stream: args.stream, outside, site_vkey: args.site_vkey.clone() };
    let layout = Layout::new(args.place.directory(default_dir)?);
    let report = verify(&LocalDisk, &layout, clock, &options, &mut |_| {});
    if args.json {
        writeln!(out, "{}", json(&report))?;
    } else {
        for finding in &report.findings {
            writeln!(out, "{finding}")?;
        }
        for sound in &report.sound {
            writeln!(out, "{sound}")?;
        }
        writeln!(out, "{}", report.result_line())?;
    }
    let silent = report.findings.iter().any(|finding| matches!(finding, Finding::Interrupted { .. }));
    Ok(if args.strict && silent && report.exit_code() == 0 { INTERRUPTED } else { report.exit_code() })
}

/// Every note in a folder and its folders; other files are not looked at.
fn anchored(folder: &Path, outside: &mut Vec<OutsideNote>) -> Result<(), Failure> {
    let names =
        LocalDisk.list(folder).map_err(|error| Failure::usage(format!("read {}: {error}", folder.display())))?;
    for name in names {
        let path = folder.join(&name);
        if name.ends_with('/') {
            anchored(&path, outside)?;
        } else {
            let name = path.display().to_string();
            let bytes = std::fs::read(&path).map_err(|error| Failure::usage(format!("read {name}: {error}")))?;
            // A file holds one note, or those of a day.
            let notes = notes_in(&bytes).map(|text| OutsideNote { name: name.clone(), text, expected: false });
            outside.extend(notes);
        }
    }
    Ok(())
}

fn json(report: &Report) -> serde_json::Value {
    let finding = |finding: &Finding| serde_json::json!({"code": finding.code(), "word": finding.word(), "line": finding.to_string()});
    serde_json::json!({
        "result": report.word(),
        "code": report.exit_code(),
        "findings": report.findings.iter().map(finding).collect::<Vec<_>>(),
        "sound": report.sound.iter().map(ToString::to_string).collect::<Vec<_>>(),
        "records": report.records,
        "seconds": report.seconds,
        "cpu_seconds": super::processor_time().as_secs_f64(),
    })
}
