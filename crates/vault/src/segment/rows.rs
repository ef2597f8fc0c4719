//! Rows on their way into a segment: columns that grow record by record.

use std::sync::Arc;

use arrow_array::builder::{
    BinaryBuilder, FixedSizeBinaryBuilder, Int64Builder, ListBuilder, StringBuilder, UInt8Builder, UInt32Builder,
    UInt64Builder,
};
use arrow_array::{ArrayRef, RecordBatch, TimestampMicrosecondArray};
use arrow_schema::{ArrowError, DataType, Field as ArrowField};
use medward_contract::event::{Field, FieldKind};

use super::columns::{self, place_of};
use crate::canonical::{Value, View, suffix_offset};
use crate::merkle::Hash;

/// One promoted field of the rows so far. Rows that lack it cost nothing until the column is used.
enum Column {
    Text(StringBuilder),
    Int(Int64Builder),
    Bytes(BinaryBuilder),
}

impl Column {
    fn of(kind: FieldKind) -> Self {
        match kind {
            FieldKind::Text => Self::Text(StringBuilder::new()),
            FieldKind::Int => Self::Int(Int64Builder::new()),
            FieldKind::Bytes => Self::Bytes(BinaryBuilder::new()),
        }
    }

    /// Fills up with nulls to `rows`.
    fn fill(&mut self, rows: usize) {
        use arrow_array::builder::ArrayBuilder as _;
        match self {
            Self::Text(column) => column.append_nulls(rows.saturating_sub(column.len())),
            Self::Int(column) => column.append_nulls(rows.saturating_sub(column.len())),
            Self::Bytes(column) => column.append_nulls(rows.saturating_sub(column.len())),
        }
    }

    fn push(&mut self, row: usize, value: Value<'_>) {
        self.fill(row);
        match (self, value) {
            (Self::Text(column), Value::Text(text)) => column.append_value(text),
            (Self::Int(column), Value::Int(number)) => column.append_value(number),
            (Self::Bytes(column), Value::Bytes(bytes)) => column.append_value(bytes),
            // A view has only values of their field's kind.
            _ => {}
        }
    }

    fn finish(&mut self, rows: usize) -> ArrayRef {
        self.fill(rows);
        match self {
            Self::Text(column) => Arc::new(column.finish()),
            Self::Int(column) => Arc::new(column.finish()),
            Self::Bytes(column) => Arc::new(column.finish()),
        }
    }
}

/// Columns that grow.
pub struct Rows {
    count: usize,
    bytes: usize,
    first_seq: u64,
    oldest: i64,
    newest: i64,
    last_ingested: i64,
    seq: UInt64Builder,
    timestamp: Vec<i64>,
    ingested: Vec<i64>,
    dataset: StringBuilder,
    action: StringBuilder,
    outcome: StringBuilder,
    severity: UInt8Builder,
    fields: Vec<Column>,
    message_off: UInt32Builder,
    tags: ListBuilder<StringBuilder>,
    attrs: StringBuilder,
    leaf_tag: FixedSizeBinaryBuilder,
}

impl Default for Rows {
    fn default() -> Self {
        Self::new()
    }
}

impl Rows {
    /// No rows.
    pub fn new() -> Self {
        let tag = ArrowField::new("item", DataType::Utf8, false);
        Self {
            count: 0,
            bytes: 0,
            first_seq: 0,
            oldest: i64::MAX,
            newest: i64::MIN,
            last_ingested: i64::MIN,
            seq: UInt64Builder::new(),
            timestamp: Vec::new(),
            ingested: Vec::new(),
            dataset: StringBuilder::new(),
            action: StringBuilder::new(),
            outcome: StringBuilder::new(),
            severity: UInt8Builder::new(),
            fields: Field::ALL.iter().map(|field| Column::of(field.kind())).collect(),
            message_off: UInt32Builder::new(),
            tags: ListBuilder::new(StringBuilder::new()).with_field(tag),
            attrs: StringBuilder::new(),
            leaf_tag: FixedSizeBinaryBuilder::new(2),
        }
    }

    /// Rows so far.
    pub const fn len(&self) -> usize {
        self.count
    }

    /// Whether there are none.
    pub const fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// Canonical bytes of the rows so far.
    pub const fn bytes(&self) -> usize {
        self.bytes
    }

    /// Sequence number of the first row.
    pub const fn first_seq(&self) -> u64 {
        self.first_seq
    }

    /// Smallest and largest `@timestamp`, µs.
    pub const fn times(&self) -> (i64, i64) {
        (self.oldest, self.newest)
    }

    /// Largest `event.ingested`, µs.
    pub const fn last_ingested(&self) -> i64 {
        self.last_ingested
    }

    /// Adds a record of `bytes` canonical bytes whose leaf has this hash.
    pub fn push(&mut self, view: &View<'_>, bytes: usize, leaf: &Hash) {
        if self.count == 0 {
            self.first_seq = view.seq;
        }
        let row = self.count;
        let (timestamp, ingested) = (view.timestamp.as_micros(), view.ingested.as_micros());
        self.oldest = self.oldest.min(timestamp);
        self.newest = self.newest.max(timestamp);
        self.last_ingested = self.last_ingested.max(ingested);
        self.seq.append_value(view.seq);
        self.timestamp.push(timestamp);
        self.ingested.push(ingested);
        self.dataset.append_value(view.dataset);
        self.action.append_value(view.action);
        self.outcome.append_value(view.outcome);
        self.severity.append_value(view.severity);
        let offset = suffix_offset(view).and_then(|offset| u32::try_from(offset).ok());
        for (field, value) in &view.fields {
            if *field == Field::Message && offset.is_some() {
                continue;
            }
            if let Some(column) = self.fields.get_mut(place_of(*field) - columns::FIRST_FIELD) {
                column.push(row, *value);
            }
        }
        self.message_off.append_option(offset);
        if view.tags.is_empty() {
            self.tags.append_null();
        } else {
            view.tags.iter().for_each(|tag| self.tags.values().append_value(tag));
            self.tags.append(true);
        }
        self.attrs.append_option(view.attrs);
        let [first, second, ..] = *leaf;
        // Two bytes are what the builder was made for.
        drop(self.leaf_tag.append_value([first, second]));
        self.count += 1;
        self.bytes += bytes;
    }

    /// Takes the rows out.
    pub fn finish(&mut self) -> Result<RecordBatch, ArrowError> {
        let rows = self.count;
        let mut arrays: Vec<ArrayRef> = vec![
            Arc::new(self.seq.finish()),
            Arc::new(TimestampMicrosecondArray::from(std::mem::take(&mut self.timestamp)).with_timezone("UTC")),
            Arc::new(TimestampMicrosecondArray::from(std::mem::take(&mut self.ingested)).with_timezone("UTC")),
            Arc::new(self.dataset.finish()),
            Arc::new(self.action.finish()),
            Arc::new(self.outcome.finish()),
            Arc::new(self.severity.finish()),
        ];
        arrays.extend(self.fields.iter_mut().map(|column| column.finish(rows)));
        arrays.push(Arc::new(self.message_off.finish()));
        arrays.push(Arc::new(self.tags.finish()));
        arrays.push(Arc::new(self.attrs.finish()));
        arrays.push(Arc::new(self.leaf_tag.finish()));
        (self.count, self.bytes) = (0, 0);
        (self.oldest, self.newest, self.last_ingested) = (i64::MAX, i64::MIN, i64::MIN);
        RecordBatch::try_new(columns::written(), arrays)
    }
}
