//! Rows read back from a segment: some columns of some rows of one row group.

use arrow_array::cast::AsArray as _;
use arrow_array::types::{Int32Type, Int64Type, TimestampMicrosecondType, UInt8Type, UInt32Type, UInt64Type};
use arrow_array::{
    Array as _, ArrayRef, BinaryArray, DictionaryArray, FixedSizeBinaryArray, Int32Array, Int64Array, ListArray,
    RecordBatch, StringArray, TimestampMicrosecondArray, UInt8Array, UInt32Array, UInt64Array,
};
use medward_contract::Timestamp;
use medward_contract::event::{Field, FieldKind};
use smallvec::SmallVec;

use super::columns::{self, place_of};
use crate::canonical::{Value, View};

/// Texts of a column.
#[derive(Debug, Clone)]
pub enum Texts {
    /// One text for each row.
    Plain(StringArray),
    /// A number for each row, and the texts by number.
    Dictionary(DictionaryArray<Int32Type>, StringArray),
}

impl Texts {
    fn of(array: &ArrayRef) -> Option<Self> {
        if let Some(plain) = array.as_string_opt::<i32>() {
            return Some(Self::Plain(plain.clone()));
        }
        let dictionary = array.as_dictionary_opt::<Int32Type>()?;
        let values = dictionary.values().as_string_opt::<i32>()?;
        Some(Self::Dictionary(dictionary.clone(), values.clone()))
    }

    /// The text of a row, if it has one.
    pub fn get(&self, row: usize) -> Option<&str> {
        match self {
            Self::Plain(texts) => texts.is_valid(row).then(|| texts.value(row)),
            Self::Dictionary(keys, values) => {
                let key = usize::try_from(keys.keys().is_valid(row).then(|| keys.keys().value(row))?).ok()?;
                (key < values.len()).then(|| values.value(key))
            }
        }
    }

    fn column(&self) -> TextColumn<'_> {
        match self {
            Self::Plain(texts) => TextColumn::Plain { offsets: texts.value_offsets(), bytes: texts.value_data() },
            Self::Dictionary(keys, values) => TextColumn::Dictionary { keys: keys.keys(), values },
        }
    }

    fn is_empty(&self) -> bool {
        match self {
            Self::Plain(texts) => texts.null_count() == texts.len(),
            Self::Dictionary(keys, _) => keys.null_count() == keys.len(),
        }
    }
}

/// A column of texts, or of bytes that may be texts, for who looks at all rows at once.
#[derive(Debug)]
pub enum TextColumn<'a> {
    /// A number for each row, and the texts by number.
    Dictionary {
        /// Numbers.
        keys: &'a Int32Array,
        /// Texts.
        values: &'a StringArray,
    },
    /// All texts behind one another.
    Plain {
        /// Where each begins, and where the last ends. One that is absent has no bytes.
        offsets: &'a [i32],
        /// The bytes.
        bytes: &'a [u8],
    },
    /// Several texts for each row.
    Lists {
        /// How many each row has.
        lengths: Vec<usize>,
    },
}

#[derive(Debug, Clone)]
enum Column {
    Text(Texts),
    Int(Int64Array),
    Bytes(BinaryArray),
}

impl Column {
    fn of(array: &ArrayRef, kind: FieldKind) -> Option<Self> {
        let column = match kind {
            FieldKind::Text => Self::Text(Texts::of(array)?),
            FieldKind::Int => Self::Int(array.as_primitive_opt::<Int64Type>()?.clone()),
            FieldKind::Bytes => Self::Bytes(array.as_binary_opt::<i32>()?.clone()),
        };
        Some(column)
    }

    fn is_empty(&self) -> bool {
        match self {
            Self::Text(texts) => texts.is_empty(),
            Self::Int(numbers) => numbers.null_count() == numbers.len(),
            Self::Bytes(bytes) => bytes.null_count() == bytes.len(),
        }
    }

    fn get(&self, row: usize) -> Option<Value<'_>> {
        match self {
            Self::Text(texts) => texts.get(row).map(Value::Text),
            Self::Int(numbers) => numbers.is_valid(row).then(|| Value::Int(numbers.value(row))),
            Self::Bytes(bytes) => bytes.is_valid(row).then(|| Value::Bytes(bytes.value(row))),
        }
    }
}

/// Columns of some rows. What was not asked for reads as absent.
#[derive(Debug, Default)]
pub struct Batch {
    rows: usize,
    /// Number of the first record of the row group.
    first_seq: u64,
    /// Rows of the row group that were read; none when all were.
    places: Option<Vec<u32>>,
    seq: Option<UInt64Array>,
    timestamp: Option<TimestampMicrosecondArray>,
    ingested: Option<TimestampMicrosecondArray>,
    dataset: Option<Texts>,
    action: Option<Texts>,
    outcome: Option<Texts>,
    severity: Option<UInt8Array>,
    fields: Vec<(Field, Column)>,
    message_off: Option<UInt32Array>,
    tags: Option<(ListArray, StringArray)>,
    attrs: Option<StringArray>,
    leaf_tag: Option<FixedSizeBinaryArray>,
}

impl Batch {
    /// Rows of a record batch that holds the columns at these places, in order. `None` when a column is of another kind.
    pub fn new(batch: &RecordBatch, columns: &[usize], first_seq: u64, places: Option<Vec<u32>>) -> Option<Self> {
        let mut found = Self { rows: batch.num_rows(), first_seq, places, ..Self::default() };
        for (array, place) in batch.columns().iter().zip(columns) {
            found.take(array, *place)?;
        }
        Some(found)
    }

    /// Rows of which nothing but their number is asked for.
    pub fn without_columns(rows: usize, first_seq: u64, places: Option<Vec<u32>>) -> Self {
        Self { rows, first_seq, places, ..Self::default() }
    }

    fn take(&mut self, array: &ArrayRef, place: usize) -> Option<()> {
        let times = || array.as_primitive_opt::<TimestampMicrosecondType>().cloned();
        match place {
            columns::SEQ => self.seq = Some(array.as_primitive_opt::<UInt64Type>()?.clone()),
            columns::TIMESTAMP => self.timestamp = Some(times()?),
            columns::INGESTED => self.ingested = Some(times()?),
            columns::DATASET => self.dataset = Some(Texts::of(array)?),
            columns::ACTION => self.action = Some(Texts::of(array)?),
            columns::OUTCOME => self.outcome = Some(Texts::of(array)?),
            columns::SEVERITY => self.severity = Some(array.as_primitive_opt::<UInt8Type>()?.clone()),
            columns::MESSAGE_OFF => self.message_off = Some(array.as_primitive_opt::<UInt32Type>()?.clone()),
            columns::TAGS => {
                let lists = array.as_list_opt::<i32>()?.clone();
                let texts = lists.values().as_string_opt::<i32>()?.clone();
                self.tags = Some((lists, texts));
            }
            columns::ATTRS => self.attrs = Some(array.as_string_opt::<i32>()?.clone()),
            columns::LEAF_TAG => self.leaf_tag = Some(array.as_fixed_size_binary_opt()?.clone()),
            _ => {
                let field = *Field::ALL.get(place.checked_sub(columns::FIRST_FIELD)?)?;
                let column = Column::of(array, field.kind())?;
                if !column.is_empty() {
                    self.fields.push((field, column));
                }
            }
        }
        Some(())
    }

    /// Number of rows.
    pub const fn len(&self) -> usize {
        self.rows
    }

    /// Whether there are none.
    pub const fn is_empty(&self) -> bool {
        self.rows == 0
    }

    /// Place of a row in its row group.
    pub fn place(&self, row: usize) -> usize {
        match &self.places {
            None => row,
            Some(places) => places.get(row).and_then(|place| usize::try_from(*place).ok()).unwrap_or(row),
        }
    }

    /// Sequence number of a row, by its place.
    pub fn seq(&self, row: usize) -> u64 {
        self.first_seq + self.place(row) as u64
    }

    /// Sequence number that the row itself says.
    pub fn said_seq(&self, row: usize) -> Option<u64> {
        self.seq.as_ref().filter(|seq| row < seq.len()).map(|seq| seq.value(row))
    }

    /// First two bytes of the leaf hash that the row itself says.
    pub fn leaf_tag(&self, row: usize) -> Option<&[u8]> {
        self.leaf_tag.as_ref().filter(|tags| row < tags.len()).map(|tags| tags.value(row))
    }

    /// `@timestamp` of a row, µs; 0 when it was not asked for.
    pub fn timestamp(&self, row: usize) -> i64 {
        self.timestamp.as_ref().filter(|times| row < times.len()).map_or(0, |times| times.value(row))
    }

    /// Every `@timestamp`, µs.
    pub fn timestamps(&self) -> &[i64] {
        self.timestamp.as_ref().map_or(&[], |times| times.values())
    }

    /// Texts of a promoted field, when it was asked for and some row has one.
    pub fn texts(&self, field: Field) -> Option<&Texts> {
        match self.fields.iter().find(|(other, _)| *other == field) {
            Some((_, Column::Text(texts))) => Some(texts),
            _ => None,
        }
    }

    /// Hands over every column of texts that was asked for, with its field.
    pub fn each_text<'a>(&'a self, visit: &mut dyn FnMut(Option<Field>, TextColumn<'a>)) {
        for texts in [&self.dataset, &self.action, &self.outcome].into_iter().flatten() {
            visit(None, texts.column());
        }
        for (field, column) in &self.fields {
            match column {
                Column::Text(texts) => visit(Some(*field), texts.column()),
                Column::Bytes(bytes) => {
                    let (offsets, bytes) = (bytes.value_offsets(), bytes.value_data());
                    visit(Some(*field), TextColumn::Plain { offsets, bytes });
                }
                Column::Int(_) => {}
            }
        }
        if let Some(attrs) = &self.attrs {
            visit(None, TextColumn::Plain { offsets: attrs.value_offsets(), bytes: attrs.value_data() });
        }
        if let Some((lists, _)) = &self.tags {
            let lengths = lists.offsets().lengths().collect();
            visit(None, TextColumn::Lists { lengths });
        }
    }

    /// `event.dataset`, when it was asked for.
    pub const fn dataset(&self) -> Option<&Texts> {
        self.dataset.as_ref()
    }

    /// `event.action`, when it was asked for.
    pub const fn action(&self) -> Option<&Texts> {
        self.action.as_ref()
    }

    /// `event.outcome`, when it was asked for.
    pub const fn outcome(&self) -> Option<&Texts> {
        self.outcome.as_ref()
    }

    /// A row as a record; columns that were not asked for are absent from it.
    pub fn view(&self, row: usize) -> View<'_> {
        let time = |times: Option<&TimestampMicrosecondArray>| {
            Timestamp::from_micros(times.map_or(0, |times| times.value(row)))
        };
        let mut view = View {
            seq: self.seq(row),
            timestamp: time(self.timestamp.as_ref()),
            ingested: time(self.ingested.as_ref()),
            dataset: self.dataset.as_ref().and_then(|texts| texts.get(row)).unwrap_or_default(),
            action: self.action.as_ref().and_then(|texts| texts.get(row)).unwrap_or_default(),
            outcome: self.outcome.as_ref().and_then(|texts| texts.get(row)).unwrap_or_default(),
            severity: self.severity.as_ref().map_or(0, |severity| severity.value(row)),
            fields: SmallVec::new(),
            tags: SmallVec::new(),
            attrs: self.attrs.as_ref().filter(|attrs| attrs.is_valid(row)).map(|attrs| attrs.value(row)),
        };
        view.fields.extend(self.fields.iter().filter_map(|(field, column)| Some((*field, column.get(row)?))));
        self.add_message(row, &mut view);
        if let Some((lists, texts)) = self.tags.as_ref().filter(|(lists, _)| lists.is_valid(row)) {
            let offsets = lists.value_offsets();
            let bounds = offsets.get(row).zip(offsets.get(row + 1));
            let bounds = bounds.and_then(|(from, to)| Some((usize::try_from(*from).ok()?, usize::try_from(*to).ok()?)));
            let (from, to) = bounds.unwrap_or((0, 0));
            view.tags.extend((from..to.min(texts.len())).map(|place| texts.value(place)));
        }
        view
    }

    /// `message` when only its offset is stored.
    fn add_message<'a>(&'a self, row: usize, view: &mut View<'a>) {
        let Some(offset) =
            self.message_off.as_ref().filter(|offsets| offsets.is_valid(row)).map(|offsets| offsets.value(row))
        else {
            return;
        };
        let original = view.fields.iter().position(|(field, _)| *field == Field::EventOriginal);
        if let Some(at) = original
            && let Some((_, Value::Bytes(bytes))) = view.fields.get(at)
            && let Some(message) = usize::try_from(offset).ok().and_then(|offset| bytes.get(offset..))
            && let Ok(message) = std::str::from_utf8(message)
        {
            view.fields.insert(at, (Field::Message, Value::Text(message)));
        }
    }
}

/// Places of the columns that give these fields, in order and once.
pub fn places_of(fields: impl IntoIterator<Item = Field>) -> Vec<usize> {
    let mut places: Vec<usize> = fields
        .into_iter()
        .flat_map(|field| {
            let whole_message = [columns::MESSAGE_OFF, place_of(Field::EventOriginal)];
            let more: &[usize] = if field == Field::Message { &whole_message } else { &[] };
            std::iter::once(place_of(field)).chain(more.to_vec())
        })
        .collect();
    places.sort_unstable();
    places.dedup();
    places
}
