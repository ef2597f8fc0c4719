//! Values as pipes see them: of a record or of a row of a table.
//!
//! *Not* here: which values a filter looks at in a record (`filter.rs`).
//!
//! Invariant: values have one total order and one equality. Nothing comes before numbers, numbers before texts; a whole
//! number is an integer however JSON spelt it, so that 5 and 5.0 are one value.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::hash::{Hash, Hasher};

use medward_contract::event::{FieldKind, Stream};
use serde_json::Value as Json;

use super::filter::{Filter, Target, attr};
use crate::canonical::{Value, View};

/// Whole numbers up to here are exact in an `f64`.
const EXACT: f64 = 9_007_199_254_740_992.0;

/// A value, or none.
#[derive(Debug, Clone)]
pub enum Cell<'a> {
    /// No value.
    Null,
    /// A whole number; times are µs. Sums of many are exact.
    Int(i128),
    /// Any other number.
    Float(f64),
    /// A text.
    Text(Cow<'a, str>),
}

impl Cell<'_> {
    /// A number as JSON or arithmetic gives it.
    pub(super) fn of_float(number: f64) -> Self {
        if number.fract() == 0.0 && number.abs() < EXACT {
            #[expect(clippy::cast_possible_truncation, reason = "it is whole and below 2^53")]
            let whole = number as i128;
            return Self::Int(whole);
        }
        Self::Float(number)
    }

    /// The same value, kept.
    pub(super) fn into_owned(self) -> Cell<'static> {
        match self {
            Self::Null => Cell::Null,
            Self::Int(number) => Cell::Int(number),
            Self::Float(number) => Cell::Float(number),
            Self::Text(text) => Cell::Text(Cow::Owned(text.into_owned())),
        }
    }

    /// Whether there is no value.
    pub const fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }

    /// The value as text; empty when there is none.
    pub fn to_text(&self) -> String {
        match self {
            Self::Null => String::new(),
            Self::Int(number) => number.to_string(),
            Self::Float(number) => number.to_string(),
            Self::Text(text) => text.to_string(),
        }
    }

    /// The value as JSON; a sum beyond 64 bits is its digits as text.
    pub fn to_json(&self) -> Json {
        match self {
            Self::Null => Json::Null,
            Self::Int(number) => match (i64::try_from(*number), u64::try_from(*number)) {
                (Ok(number), _) => number.into(),
                (_, Ok(number)) => number.into(),
                (Err(_), Err(_)) => number.to_string().into(),
            },
            Self::Float(number) => Json::from(*number),
            Self::Text(text) => text.as_ref().into(),
        }
    }

    /// Adds bytes that are the same for equal values and for no others, whatever stands behind them.
    pub(super) fn write_key(&self, bytes: &mut Vec<u8>) {
        match self {
            Self::Null => bytes.push(0),
            Self::Int(number) => {
                bytes.push(1);
                bytes.extend(number.to_le_bytes());
            }
            Self::Float(number) => {
                bytes.push(2);
                bytes.extend(number.to_bits().to_le_bytes());
            }
            Self::Text(text) => {
                bytes.push(3);
                bytes.extend((text.len() as u64).to_le_bytes());
                bytes.extend_from_slice(text.as_bytes());
            }
        }
    }

    /// Bytes that a kept value takes.
    pub(super) fn bytes(&self) -> usize {
        let text = if let Self::Text(text) = self { text.len() } else { 0 };
        size_of::<Cell<'static>>() + text
    }

    const fn rank(&self) -> u8 {
        match self {
            Self::Null => 0,
            Self::Int(_) | Self::Float(_) => 1,
            Self::Text(_) => 2,
        }
    }
}

#[expect(clippy::cast_precision_loss, reason = "beyond 2^53 numbers compare and average roughly")]
pub(super) const fn to_float(number: i128) -> f64 {
    number as f64
}

impl Ord for Cell<'_> {
    fn cmp(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Self::Int(left), Self::Int(right)) => left.cmp(right),
            (Self::Float(left), Self::Float(right)) => left.total_cmp(right),
            // Never equal: what is whole and below 2^53 is an Int. Rounding keeps the order of integers, so this is one order.
            (Self::Int(left), Self::Float(right)) => to_float(*left).total_cmp(right).then(Ordering::Less),
            (Self::Float(left), Self::Int(right)) => left.total_cmp(&to_float(*right)).then(Ordering::Greater),
            (Self::Text(left), Self::Text(right)) => left.cmp(right),
            _ => self.rank().cmp(&other.rank()),
        }
    }
}

impl PartialOrd for Cell<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Cell<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Cell<'_> {}

impl Hash for Cell<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.rank().hash(state);
        match self {
            Self::Null => {}
            Self::Int(number) => number.hash(state),
            Self::Float(number) => number.to_bits().hash(state),
            Self::Text(text) => text.hash(state),
        }
    }
}

impl<'a> From<&'a str> for Cell<'a> {
    fn from(text: &'a str) -> Self {
        Self::Text(Cow::Borrowed(text))
    }
}

impl From<String> for Cell<'_> {
    fn from(text: String) -> Self {
        Self::Text(Cow::Owned(text))
    }
}

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Texts.
    Text,
    /// Whole numbers.
    Int,
    /// Numbers.
    Float,
    /// Times, µs.
    Time,
    /// Whatever sensors put there; known once the values are.
    Any,
}

impl Kind {
    /// The word of the API.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Text | Self::Any => "text",
            Self::Int => "int",
            Self::Float => "float",
            Self::Time => "time",
        }
    }

    /// What the values of a field of a record are.
    pub(super) fn of(target: &Target) -> Self {
        match target {
            Target::Severity | Target::Seq => Self::Int,
            Target::Timestamp | Target::Ingested => Self::Time,
            Target::Field(field) if field.kind() == FieldKind::Int => Self::Int,
            Target::Attr(name) if name == TIME => Self::Time,
            Target::Attr(_) => Self::Any,
            Target::AnyText
            | Target::Stream
            | Target::Dataset
            | Target::Action
            | Target::Outcome
            | Target::Tags
            | Target::Field(_) => Self::Text,
        }
    }
}

/// Name of the column of time steps; of a record it is `@timestamp`.
pub(super) const TIME: &str = "_time";

/// What pipes read from.
pub(super) trait Row {
    /// The value of a field or column.
    fn cell(&self, target: &Target) -> Cell<'_>;
    /// When it was, µs.
    fn time(&self) -> Option<i64>;
    /// Whether the filter holds.
    fn matches(&self, filter: &Filter) -> bool;
}

/// A record as a row.
pub(super) struct RecordRow<'a, 'v> {
    pub(super) stream: Stream,
    pub(super) view: &'a View<'v>,
}

impl Row for RecordRow<'_, '_> {
    fn cell(&self, target: &Target) -> Cell<'_> {
        let view = self.view;
        match target {
            Target::AnyText => Cell::Null,
            Target::Stream => self.stream.as_str().into(),
            Target::Dataset => view.dataset.into(),
            Target::Action => view.action.into(),
            Target::Outcome => view.outcome.into(),
            Target::Severity => Cell::Int(view.severity.into()),
            Target::Timestamp => Cell::Int(view.timestamp.as_micros().into()),
            Target::Ingested => Cell::Int(view.ingested.as_micros().into()),
            Target::Seq => Cell::Int(view.seq.into()),
            Target::Tags => view.tags.first().map_or(Cell::Null, |tag| (*tag).into()),
            Target::Field(field) => match view.get(*field) {
                None => Cell::Null,
                Some(Value::Text(text)) => text.into(),
                Some(Value::Int(number)) => Cell::Int(number.into()),
                Some(Value::Bytes(bytes)) => Cell::Text(String::from_utf8_lossy(bytes)),
            },
            Target::Attr(name) if name == TIME => Cell::Int(view.timestamp.as_micros().into()),
            Target::Attr(name) => view.attrs.and_then(|attrs| attr(attrs, name)).map_or(Cell::Null, cell_of_json),
        }
    }

    fn time(&self) -> Option<i64> {
        Some(self.view.timestamp.as_micros())
    }

    fn matches(&self, filter: &Filter) -> bool {
        filter.matches(self.stream, self.view)
    }
}

fn cell_of_json(value: Json) -> Cell<'static> {
    match value {
        Json::Null => Cell::Null,
        Json::String(text) => text.into(),
        Json::Number(number) => match (number.as_i128(), number.as_f64()) {
            (Some(number), _) => Cell::Int(number),
            (None, Some(number)) => Cell::of_float(number),
            (None, None) => Cell::Null,
        },
        Json::Bool(_) | Json::Array(_) | Json::Object(_) => value.to_string().into(),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn any_cell() -> impl Strategy<Value = Cell<'static>> {
        let number =
            prop_oneof![Just(0.0), Just(5.0), Just(5.5), Just(-0.0), Just(9.007_199_254_740_993e15), any::<f64>()];
        prop_oneof![
            Just(Cell::Null),
            (-3_i128..3).prop_map(Cell::Int),
            any::<i64>().prop_map(|number| Cell::Int(number.into())),
            number.prop_map(Cell::of_float),
            "[ab]{0,2}".prop_map(Cell::from),
        ]
    }

    fn key(cell: &Cell<'_>) -> Vec<u8> {
        let mut bytes = Vec::new();
        cell.write_key(&mut bytes);
        bytes
    }

    proptest! {
        #[test]
        fn values_have_one_order_and_one_equality(cells in prop::collection::vec(any_cell(), 3)) {
            let [a, b, c] = &cells[..] else { unreachable!() };
            prop_assert_eq!(a.cmp(b), b.cmp(a).reverse());
            prop_assert_eq!(a == b, key(a) == key(b));
            if a <= b && b <= c {
                prop_assert!(a <= c);
            }
        }
    }

    #[test]
    fn whole_number_is_one_value_however_it_is_spelt() {
        assert_eq!(Cell::of_float(5.0), Cell::Int(5));
        assert!(Cell::of_float(5.5) > Cell::Int(5) && Cell::of_float(5.5) < Cell::Int(6));
        assert!(Cell::Null < Cell::Int(-9) && Cell::Int(9) < Cell::from("0"));
    }

    #[test]
    fn sum_beyond_64_bits_keeps_its_digits() {
        let json = |number: i128| Cell::Int(number).to_json();
        assert_eq!(json(-5), -5);
        assert_eq!(json(i128::from(u64::MAX)), u64::MAX);
        assert_eq!(json(i128::from(u64::MAX) + 1), "18446744073709551616");
    }
}
