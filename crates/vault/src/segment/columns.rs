//! The columns of a segment (`vault.md` §3) and how each is kept.
//!
//! Every segment has the same columns, so that two of them can be joined by copying column chunks.

use std::sync::{Arc, LazyLock};

use arrow_schema::{DataType, Field as ArrowField, Schema, SchemaRef, TimeUnit};
use medward_contract::event::{Field, FieldKind};
use parquet::basic::{Compression, Encoding, PageType, ZstdLevel};
use parquet::file::metadata::RowGroupMetaData;
use parquet::file::properties::{EnabledStatistics, WriterProperties, WriterPropertiesPtr};
use parquet::schema::types::ColumnPath;

/// Most rows of a row group.
pub const GROUP_ROWS: usize = 65_536;
/// Rows after which a page ends: what a reader that wants one row has to decode.
const PAGE_ROWS: usize = 8_192;
/// Bytes after which a page ends.
const PAGE_BYTES: usize = 1 << 20;
/// Places of the columns before the promoted fields.
pub const SEQ: usize = 0;
/// `@timestamp`.
pub const TIMESTAMP: usize = 1;
/// `event.ingested`.
pub const INGESTED: usize = 2;
/// `event.dataset`.
pub const DATASET: usize = 3;
/// `event.action`.
pub const ACTION: usize = 4;
/// `event.outcome`.
pub const OUTCOME: usize = 5;
/// `event.severity`.
pub const SEVERITY: usize = 6;
/// Place of the first promoted field.
pub const FIRST_FIELD: usize = 7;
/// Place of `message_off`.
pub const MESSAGE_OFF: usize = FIRST_FIELD + Field::ALL.len();
/// `tags`.
pub const TAGS: usize = MESSAGE_OFF + 1;
/// Everything else, as JSON.
pub const ATTRS: usize = TAGS + 1;
/// The first two bytes of the leaf hash, which point at an altered row.
pub const LEAF_TAG: usize = ATTRS + 1;
/// Number of columns.
pub const COLUMNS: usize = LEAF_TAG + 1;

/// Place of a promoted field's column.
pub fn place_of(field: Field) -> usize {
    // `Field::ALL` is in key order and holds every field.
    FIRST_FIELD + Field::ALL.binary_search(&field).unwrap_or(0)
}

/// Whether the values of a field are few and come again, so that a dictionary pays.
fn is_plain(field: Field) -> bool {
    matches!(
        field,
        Field::EventReason
            | Field::UrlQuery
            | Field::HttpRequestId
            | Field::ProcessCommandLine
            | Field::DbStatement
            | Field::Message
            | Field::EventOriginal
    )
}

fn micros() -> DataType {
    DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into()))
}

fn text_as(dictionary: bool) -> DataType {
    if dictionary { DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8)) } else { DataType::Utf8 }
}

/// Columns, with those texts as dictionaries whose places are `packed`.
fn schema(packed: u64) -> SchemaRef {
    let required = |name: &str, kind| ArrowField::new(name, kind, false);
    let mut fields = vec![
        required("medward.seq", DataType::UInt64),
        required("@timestamp", micros()),
        required("event.ingested", micros()),
        required("event.dataset", text_as(is_packed(packed, DATASET))),
        required("event.action", text_as(is_packed(packed, ACTION))),
        required("event.outcome", text_as(is_packed(packed, OUTCOME))),
        required("event.severity", DataType::UInt8),
    ];
    fields.extend(Field::ALL.iter().map(|field| {
        let kind = match field.kind() {
            FieldKind::Text => text_as(is_packed(packed, place_of(*field))),
            FieldKind::Int => DataType::Int64,
            FieldKind::Bytes => DataType::Binary,
        };
        ArrowField::new(field.name(), kind, true)
    }));
    fields.push(ArrowField::new("message_off", DataType::UInt32, true));
    let tag = ArrowField::new("item", DataType::Utf8, false);
    fields.push(ArrowField::new("tags", DataType::List(Arc::new(tag)), true));
    fields.push(ArrowField::new("attrs", DataType::Utf8, true));
    fields.push(required("leaf_tag", DataType::FixedSizeBinary(2)));
    Arc::new(Schema::new(fields))
}

/// Whether the column at this place is in a set of columns.
const fn is_packed(packed: u64, place: usize) -> bool {
    packed & (1 << place) != 0
}

/// Columns as they are written.
pub fn written() -> SchemaRef {
    static WRITTEN: LazyLock<SchemaRef> = LazyLock::new(|| schema(0));
    WRITTEN.clone()
}

/// Columns as a row group is read: texts stay dictionaries where all of their pages are. To pack others again would cost more than it
/// saves.
pub fn read(group: &RowGroupMetaData) -> (u64, SchemaRef) {
    let texts = [DATASET, ACTION, OUTCOME]
        .into_iter()
        .chain(Field::ALL.iter().filter(|field| field.kind() == FieldKind::Text).map(|field| place_of(*field)));
    let packed = texts.filter(|place| is_dictionary(group, *place)).fold(0, |packed, place| packed | (1 << place));
    (packed, schema(packed))
}

/// Bytes of a dictionary page without values. To read a column that has none as a dictionary takes as long as a full one.
const EMPTY_DICTIONARY_BYTES: i64 = 32;

fn is_dictionary(group: &RowGroupMetaData, place: usize) -> bool {
    // Before these columns there are no nested ones: place in the schema and number of the leaf are the same.
    let Some(column) = group.columns().get(place) else { return false };
    let dictionary = column.dictionary_page_offset().and_then(|offset| column.data_page_offset().checked_sub(offset));
    if dictionary.is_none_or(|bytes| bytes <= EMPTY_DICTIONARY_BYTES) {
        return false;
    }
    // Where it is not said how the pages are encoded, a dictionary is what takes no more memory than it should.
    column.page_encoding_stats().is_none_or(|stats| {
        let mut data =
            stats.iter().filter(|page| matches!(page.page_type, PageType::DATA_PAGE | PageType::DATA_PAGE_V2));
        data.all(|page| page.encoding == Encoding::RLE_DICTIONARY)
    })
}

/// How the columns are encoded.
pub fn properties() -> WriterPropertiesPtr {
    static PROPERTIES: LazyLock<WriterPropertiesPtr> = LazyLock::new(|| Arc::new(make_properties()));
    PROPERTIES.clone()
}

fn make_properties() -> WriterProperties {
    let column = |name: &str| ColumnPath::from(vec![name.to_owned()]);
    let mut builder = WriterProperties::builder()
        .set_created_by("medward vault".to_owned())
        .set_compression(Compression::ZSTD(ZstdLevel::try_new(3).unwrap_or_default()))
        .set_max_row_group_row_count(Some(GROUP_ROWS))
        .set_data_page_row_count_limit(PAGE_ROWS)
        .set_data_page_size_limit(PAGE_BYTES)
        .set_statistics_enabled(EnabledStatistics::None);
    for name in ["medward.seq", "@timestamp", "event.ingested", "event.sequence", "event.duration"] {
        builder = builder
            .set_column_dictionary_enabled(column(name), false)
            .set_column_encoding(column(name), Encoding::DELTA_BINARY_PACKED);
    }
    for name in ["medward.seq", "@timestamp"] {
        builder = builder.set_column_statistics_enabled(column(name), EnabledStatistics::Chunk);
    }
    for field in Field::ALL.iter().filter(|field| is_plain(**field)) {
        builder = builder.set_column_dictionary_enabled(column(field.name()), false);
    }
    for name in ["attrs", "leaf_tag"] {
        builder = builder.set_column_dictionary_enabled(column(name), false);
    }
    builder.build()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_field_has_its_column() {
        let schema = written();
        assert_eq!(schema.fields().len(), COLUMNS);
        for field in Field::ALL {
            assert_eq!(schema.field(place_of(*field)).name(), field.name());
        }
        assert_eq!(schema.field(LEAF_TAG).name(), "leaf_tag");
        assert_eq!(schema.field(ATTRS).name(), "attrs");
    }
}
