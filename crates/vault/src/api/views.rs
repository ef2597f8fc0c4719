//! What the API shows.

use std::collections::BTreeMap;

use data_encoding::HEXLOWER;
use medward_contract::vault::Record;
use serde::Serialize;

use crate::canonical::View;
use crate::merkle::leaf_hash;
use crate::note::VerifierKey;
use crate::query::{Cell, Column, Found, Target};
use crate::service::{Proven, Searched, StreamState, VerifyState, VerifyStatus};
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

/// A column of a table.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(crate) struct ColumnView {
    /// Its name.
    name: String,
    /// `text`, `int`, `float` or `time` (µs).
    kind: &'static str,
}

/// A page of records, or a table of counts.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(crate) struct SearchView {
    /// Records, newest first unless the query orders them; none when it counts.
    pub(crate) rows: Vec<RecordView>,
    /// Give this as `cursor` for the next page.
    pub(crate) next_cursor: Option<String>,
    /// What the table holds, when the query counts.
    #[serde(skip_serializing_if = "Option::is_none")]
    columns: Option<Vec<ColumnView>>,
    /// A value for each column; null where there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Vec<Vec<Object>>>)]
    table: Option<Vec<Vec<serde_json::Value>>>,
    /// Whether nothing is missing up to `next_cursor`.
    pub(crate) complete: bool,
    /// Why something is: `budget` (the time was up), `limit` (there is more than one answer holds) or `damaged` (a segment does
    /// not read).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) reason: Option<String>,
    /// Cursor to go on with when the time was up. Counts cannot go on: ask for a shorter time.
    #[serde(skip_serializing_if = "Option::is_none")]
    resume: Option<String>,
    /// Streams of which a segment does not read.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    damaged: Vec<String>,
    /// `index` when token filters told where to look, `full` when everything in those streams and times was looked at.
    scan: &'static str,
    /// Records looked at.
    pub(crate) scanned: u64,
    /// Time taken.
    millis: u64,
}

/// What was found, as JSON.
pub(crate) fn search_view(searched: &Searched) -> SearchView {
    let (rows, next, table, coverage) = match &searched.found {
        Found::Rows(answer) => (answer.rows.as_slice(), answer.next.as_ref(), None, &answer.coverage),
        Found::Table(table, coverage) => (&[][..], None, Some(table), coverage),
    };
    let next_cursor = next.map(ToString::to_string);
    let column = |column: &Column| ColumnView { name: column.name.clone(), kind: column.kind.as_str() };
    SearchView {
        rows: rows.iter().map(|record| chosen_view(record, searched.fields.as_deref())).collect(),
        resume: next_cursor.clone().filter(|_| coverage.out_of_time),
        next_cursor,
        columns: table.map(|table| table.columns.iter().map(column).collect()),
        table: table.map(|table| table.rows.iter().map(|row| row.iter().map(Cell::to_json).collect()).collect()),
        complete: coverage.is_complete(),
        reason: coverage.reason().map(|reason| reason.as_str().to_owned()),
        damaged: coverage.damaged.iter().map(ToString::to_string).collect(),
        scan: coverage.scan(),
        scanned: coverage.scanned,
        millis: u64::try_from(searched.took.as_millis()).unwrap_or(u64::MAX),
    }
}

/// A record with only the fields wanted.
fn chosen_view(record: &Record, fields: Option<&[Target]>) -> RecordView {
    let mut view = record_view(record);
    if let (Some(fields), Some(keys)) = (fields, view.event.as_object_mut()) {
        keys.retain(|key, _| fields.iter().any(|field| field.name() == key));
    }
    view
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
