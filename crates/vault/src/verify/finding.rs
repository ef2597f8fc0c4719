//! What a verification says, line by line, with the exit codes of `vault.md` §6.

use std::fmt;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use medward_contract::Timestamp;
use medward_contract::event::Stream;

use crate::merkle::Hash;

/// Suspects named in one line; more are summed up by the range.
const MAX_SUSPECTS: usize = 16;

/// One thing that is not as it was signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Finding {
    /// A file cannot be read.
    Incomplete {
        /// The stream, when one is concerned.
        stream: Option<Stream>,
        /// The file.
        file: String,
        /// Why.
        error: String,
    },
    /// The vault signed a history that differs from one it signed before.
    Forked {
        /// The stream.
        stream: Stream,
        /// Size at which both are signed.
        size: u64,
        /// Root the records give.
        ours: Hash,
        /// Root that was signed.
        anchored: Hash,
        /// Where the other root stands.
        anchor: String,
    },
    /// Records that a checkpoint counts are missing at the end.
    Truncated {
        /// The stream.
        stream: Stream,
        /// Records there are.
        size: u64,
        /// Records there were.
        anchored_size: u64,
        /// The checkpoint.
        anchor: String,
    },
    /// A checkpoint is not signed by the site key, or its note is gone.
    BadSignature {
        /// The stream.
        stream: Stream,
        /// Its size.
        size: u64,
        /// The file.
        note: String,
    },
    /// A whole file of the log is missing.
    MissingSegment {
        /// The stream; `None` when no record is known to have stood in it.
        stream: Option<Stream>,
        /// First and last missing record.
        range: Option<(u64, u64)>,
    },
    /// Records are missing inside a file.
    Gap {
        /// The stream.
        stream: Stream,
        /// First and last missing record.
        range: (u64, u64),
        /// The file.
        segment: String,
    },
    /// Records or files were altered.
    Changed {
        /// The stream, when one is concerned.
        stream: Option<Stream>,
        /// First and last record concerned.
        range: Option<(u64, u64)>,
        /// The altered records, as far as they are known.
        suspects: Vec<u64>,
        /// The file.
        segment: String,
    },
    /// Records changed places or are there twice.
    Reordered {
        /// The stream.
        stream: Stream,
        /// First and last record concerned.
        range: (u64, u64),
        /// The file.
        segment: String,
    },
    /// A file that does not belong here.
    Extra {
        /// The file.
        file: String,
    },
    /// The vault did not say that it was alive for a while. Has no exit code.
    Interrupted {
        /// Last sign of life.
        from: Timestamp,
        /// Next sign of life.
        to: Timestamp,
    },
}

impl Finding {
    /// Exit code; 0 for what is only listed.
    pub const fn code(&self) -> u8 {
        match self {
            Self::Interrupted { .. } => 0,
            Self::Incomplete { .. } => 2,
            Self::Forked { .. } => 10,
            Self::Truncated { .. } => 11,
            Self::BadSignature { .. } => 12,
            Self::MissingSegment { .. } => 14,
            Self::Gap { .. } => 15,
            Self::Changed { .. } => 16,
            Self::Reordered { .. } => 17,
            Self::Extra { .. } => 18,
        }
    }

    /// First word of the line.
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Incomplete { .. } => "INCOMPLETE",
            Self::Forked { .. } => "FORKED",
            Self::Truncated { .. } => "TRUNCATED",
            Self::BadSignature { .. } => "BAD_SIG",
            Self::MissingSegment { .. } => "MISSING_SEGMENT",
            Self::Gap { .. } => "GAP",
            Self::Changed { .. } => "CHANGED",
            Self::Reordered { .. } => "REORDERED",
            Self::Extra { .. } => "EXTRA",
            Self::Interrupted { .. } => "INTERRUPTED",
        }
    }

    /// The stream concerned, if one is.
    pub const fn stream(&self) -> Option<Stream> {
        match self {
            Self::Incomplete { stream, .. } | Self::MissingSegment { stream, .. } | Self::Changed { stream, .. } => {
                *stream
            }
            Self::Forked { stream, .. }
            | Self::Truncated { stream, .. }
            | Self::BadSignature { stream, .. }
            | Self::Gap { stream, .. }
            | Self::Reordered { stream, .. } => Some(*stream),
            Self::Extra { .. } | Self::Interrupted { .. } => None,
        }
    }

    /// The file named in the line, if any.
    pub fn segment(&self) -> Option<&str> {
        match self {
            Self::Gap { segment, .. } | Self::Changed { segment, .. } | Self::Reordered { segment, .. } => {
                Some(segment)
            }
            Self::Extra { file } | Self::Incomplete { file, .. } => Some(file),
            _ => None,
        }
    }

    /// Stream and records concerned, when records are named.
    pub fn records(&self) -> Option<(Stream, u64, u64)> {
        match self {
            Self::Gap { stream, range: (first, last), .. }
            | Self::Reordered { stream, range: (first, last), .. }
            | Self::Changed { stream: Some(stream), range: Some((first, last)), .. }
            | Self::MissingSegment { stream: Some(stream), range: Some((first, last)) } => {
                Some((*stream, *first, *last))
            }
            _ => None,
        }
    }
}

struct OrDash<T>(Option<T>);

impl<T: fmt::Display> fmt::Display for OrDash<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Some(value) => value.fmt(f),
            None => f.write_str("-"),
        }
    }
}

struct Range(Option<(u64, u64)>);

impl fmt::Display for Range {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some((first, last)) => write!(f, "{first}..{last}"),
            None => f.write_str("-"),
        }
    }
}

fn suspects_text(suspects: &[u64]) -> String {
    if suspects.is_empty() || suspects.len() > MAX_SUSPECTS {
        return "-".to_owned();
    }
    suspects.iter().map(u64::to_string).collect::<Vec<_>>().join(",")
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let word = self.word();
        match self {
            Self::Incomplete { stream, file, error } => write!(f, "{word} {} {file}: {error}", OrDash(*stream)),
            Self::Forked { stream, size, ours, anchored, anchor } => {
                let (ours, anchored) = (BASE64_STANDARD.encode(ours), BASE64_STANDARD.encode(anchored));
                write!(f, "{word} {stream} size={size} ours={ours} anchored={anchored} anchor={anchor}")
            }
            Self::Truncated { stream, size, anchored_size, anchor } => {
                write!(f, "{word} {stream} size={size} anchored_size={anchored_size} anchor={anchor}")
            }
            Self::BadSignature { stream, size, note } => write!(f, "{word} {stream} size={size} note={note}"),
            Self::MissingSegment { stream, range } => write!(f, "{word} {} seq={}", OrDash(*stream), Range(*range)),
            Self::Gap { stream, range, segment } | Self::Reordered { stream, range, segment } => {
                write!(f, "{word} {stream} seq={} segment={segment}", Range(Some(*range)))
            }
            Self::Changed { stream, range, suspects, segment } => {
                let suspects = suspects_text(suspects);
                write!(f, "{word} {} seq={} suspect={suspects} segment={segment}", OrDash(*stream), Range(*range))
            }
            Self::Extra { file } => write!(f, "{word} {file}"),
            Self::Interrupted { from, to } => write!(f, "{word} {from} {to}"),
        }
    }
}

/// A stream whose every record gives the signed roots.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sound {
    /// The stream.
    pub stream: Stream,
    /// Records re-hashed.
    pub records: u64,
    /// Root over them.
    pub root: Hash,
    /// Checkpoints of the vault that agree.
    pub checkpoints: u64,
    /// Checkpoints kept outside that agree.
    pub anchored: u64,
}

impl fmt::Display for Sound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { stream, records, root, checkpoints, anchored } = self;
        let root = BASE64_STANDARD.encode(root);
        write!(
            f,
            "OK {stream} records={records} size={records} root={root} checkpoints={checkpoints} anchored={anchored}"
        )
    }
}

/// The whole answer.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Report {
    /// What is wrong.
    pub findings: Vec<Finding>,
    /// What is not.
    pub sound: Vec<Sound>,
    /// Records re-hashed.
    pub records: u64,
    /// Time taken.
    pub seconds: f64,
}

impl Report {
    /// Smallest code found; 0 when all is well.
    pub fn exit_code(&self) -> u8 {
        self.worst().map_or(0, Finding::code)
    }

    fn worst(&self) -> Option<&Finding> {
        self.findings.iter().filter(|finding| finding.code() > 0).min_by_key(|finding| finding.code())
    }

    /// `OK` or the word of the smallest code.
    pub fn word(&self) -> &'static str {
        self.worst().map_or("OK", Finding::word)
    }

    /// The last line.
    pub fn result_line(&self) -> String {
        let findings = self.findings.iter().filter(|finding| finding.code() > 0).count();
        format!("RESULT {} findings={findings} records={} seconds={:.3}", self.word(), self.records, self.seconds)
    }
}
