//! What the API shows.

use std::collections::BTreeMap;

use data_encoding::HEXLOWER;
use medward_contract::vault::Record;
use serde::Serialize;

use crate::canonical::View;
use crate::merkle::leaf_hash;
use crate::note::VerifierKey;
use crate::service::{Proven, StreamState, VerifyState, VerifyStatus};
use crate::store::Stored;

/// A record as people and programs read it.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(crate) struct RecordView {
    /// Its stream.
    pub(crate) stream: String,
    /// Its number.
    pub(crate) seq: u64,
    /// `stream:seq`.
    pub(crate) address: String,
    /// Flat ECS keys with their values; `event.ingested` and `medward.seq` are the vault's own.
    #[schema(value_type = Object)]
    pub(crate) event: serde_json::Value,
}

/// A record as JSON.
pub(crate) fn record_view(record: &Record) -> RecordView {
    let mut event = record.event.to_value();
    if let Some(keys) = event.as_object_mut() {
        keys.insert("event.ingested".to_owned(), record.ingested.as_micros().into());
        keys.insert("medward.seq".to_owned(), record.at.seq.into());
    }
    RecordView { stream: record.at.stream.to_string(), seq: record.at.seq, address: record.at.to_string(), event }
}

/// A page of records.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(crate) struct SearchView {
    /// Newest first.
    pub(crate) rows: Vec<RecordView>,
    /// Give this as `cursor` for the next page.
    pub(crate) next_cursor: Option<String>,
    /// Whether everything before `next_cursor` was looked at.
    pub(crate) complete: bool,
    /// Why not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) reason: Option<String>,
    /// Records looked at.
    pub(crate) scanned: u64,
}

/// A record with its bytes.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(crate) struct RecordDetail {
    #[serde(flatten)]
    record: RecordView,
    /// The bytes that are hashed, in hexadecimal.
    canonical_hex: String,
    /// Their leaf hash, in hexadecimal.
    leaf_hash: String,
}

impl RecordDetail {
    pub(crate) fn of(stored: &Stored) -> Option<Self> {
        let record = View::parse(&stored.bytes).ok()?.to_record().ok()?;
        Some(Self {
            record: record_view(&record),
            canonical_hex: HEXLOWER.encode(&stored.bytes),
            leaf_hash: HEXLOWER.encode(&leaf_hash(&stored.bytes)),
        })
    }
}

/// A proof of inclusion.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(crate) struct ProofView {
    /// The stream.
    stream: String,
    /// The record's number.
    seq: u64,
    /// Its leaf hash, in hexadecimal.
    leaf_hash: String,
    /// Records of the checkpoint.
    size: u64,
    /// Audit path from leaf to root, in hexadecimal.
    path: Vec<String>,
    /// Root of the checkpoint, in hexadecimal.
    root: String,
    /// The signed checkpoint (C2SP note).
    checkpoint: String,
    /// Key to check the signature with.
    site_vkey: String,
    /// Everything in one text (C2SP tlog-proof), for `medward vault check-proof`.
    proof_text: String,
}

impl ProofView {
    pub(crate) fn of(proven: &Proven, key: &VerifierKey) -> Self {
        let proof = &proven.proof;
        let root =
            crate::note::Checkpoint::parse(&proof.checkpoint).map(|checkpoint| HEXLOWER.encode(&checkpoint.root));
        Self {
            stream: proof.record.stream.to_string(),
            seq: proof.record.seq,
            leaf_hash: HEXLOWER.encode(&proof.leaf_hash),
            size: proof.size,
            path: proof.path.iter().map(|hash| HEXLOWER.encode(hash)).collect(),
            root: root.unwrap_or_default(),
            checkpoint: proof.checkpoint.clone(),
            site_vkey: key.for_stream(proof.record.stream).to_string(),
            proof_text: proven.text.clone(),
        }
    }
}

/// Counts of one time step.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(crate) struct BucketView {
    /// Begin of the step, µs.
    pub(crate) at: i64,
    /// Records by value of `by`; `all` without it.
    pub(crate) counts: BTreeMap<String, u64>,
}

/// Counts over time.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(crate) struct HistogramView {
    /// Every step, empty ones too.
    pub(crate) buckets: Vec<BucketView>,
    /// Whether everything was counted in time.
    pub(crate) complete: bool,
}

/// A value and how often it stands there.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(crate) struct ItemView {
    /// The value.
    pub(crate) value: String,
    /// Records with it.
    pub(crate) count: u64,
}

/// Most frequent values.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(crate) struct TopView {
    /// Most frequent first.
    pub(crate) items: Vec<ItemView>,
    /// Records with any value.
    pub(crate) total: u64,
    /// Whether everything was counted in time.
    pub(crate) complete: bool,
}

/// State of one stream.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(crate) struct StreamView {
    stream: String,
    /// Records.
    size: u64,
    /// Root over them, in hexadecimal.
    root: String,
    /// Records of the last checkpoint.
    checkpoint_size: u64,
    /// When it was made, µs.
    checkpoint_at: Option<i64>,
    /// Its fingerprint, to be read aloud and compared.
    fingerprint: Option<String>,
    /// Bytes of the blocks that hold its records.
    bytes: u64,
    /// Smallest `@timestamp`, µs.
    first_at: Option<i64>,
    /// Largest `@timestamp`, µs.
    last_at: Option<i64>,
}

pub(crate) fn stream_view(state: &StreamState) -> StreamView {
    StreamView {
        stream: state.stream.to_string(),
        size: state.size,
        root: HEXLOWER.encode(&state.root),
        checkpoint_size: state.checkpoint_size,
        checkpoint_at: state.checkpoint_at.map(medward_contract::Timestamp::as_micros),
        fingerprint: state.fingerprint.clone(),
        bytes: state.bytes,
        first_at: state.first_at,
        last_at: state.last_at,
    }
}

/// State of every stream.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(crate) struct StreamList {
    /// One per stream.
    pub(crate) items: Vec<StreamView>,
    /// Always absent: all streams are on one page.
    pub(crate) next_cursor: Option<String>,
    /// Key that all checkpoints are signed with.
    pub(crate) site_vkey: String,
}

/// A verification was started.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(crate) struct VerifyBegun {
    /// Id of its audit record.
    pub(crate) id: String,
}

/// One thing found.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(crate) struct FindingView {
    /// Exit code of `medward vault verify`; 0 for what is only listed.
    code: u8,
    /// First word of the line.
    word: &'static str,
    /// The whole line.
    line: String,
}

/// The running or last verification.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(crate) struct VerifyView {
    /// `never`, `running` or `done`.
    state: &'static str,
    /// Share of files read, 0 to 1.
    progress: f64,
    /// When it began, µs.
    started_at: Option<i64>,
    /// When it ended, µs.
    finished_at: Option<i64>,
    /// What is wrong.
    findings: Vec<FindingView>,
    /// Lines of the sound streams.
    sound: Vec<String>,
    /// Records re-hashed.
    records: u64,
    /// Time taken.
    seconds: f64,
}

pub(crate) fn verify_view(status: &VerifyStatus) -> VerifyView {
    let report = &status.report;
    let finding = |finding: &crate::verify::Finding| FindingView {
        code: finding.code(),
        word: finding.word(),
        line: finding.to_string(),
    };
    VerifyView {
        state: match status.state {
            VerifyState::Never => "never",
            VerifyState::Running => "running",
            VerifyState::Done => "done",
        },
        progress: status.progress,
        started_at: status.started.map(medward_contract::Timestamp::as_micros),
        finished_at: status.finished.map(medward_contract::Timestamp::as_micros),
        findings: report.findings.iter().map(finding).collect(),
        sound: report.sound.iter().map(ToString::to_string).collect(),
        records: report.records,
        seconds: report.seconds,
    }
}
