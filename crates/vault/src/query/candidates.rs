//! Which rows of a batch may match, told from whole columns: a dictionary's values are tested once each, and a word is looked for in
//! all texts of a column at once. Rows that may match are tested one by one afterwards.
//!
//! Invariant: no row that matches is left out.

use medward_contract::event::{Field, FieldKind};

use super::filter::{Filter, Target, Test};
use crate::segment::{Batch, TextColumn};

/// Bytes of a column that tell which byte of a word is rare.
const SAMPLE: usize = 4_096;

/// A set of rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct RowSet(Vec<u64>);

impl RowSet {
    fn none(rows: usize) -> Self {
        Self(vec![0; rows.div_ceil(64)])
    }

    fn add(&mut self, row: usize) {
        if let Some(word) = self.0.get_mut(row / 64) {
            *word |= 1 << (row % 64);
        }
    }

    fn and(mut self, other: &Self) -> Self {
        self.0.iter_mut().zip(&other.0).for_each(|(one, other)| *one &= other);
        self
    }

    fn or(mut self, other: &Self) -> Self {
        self.0.iter_mut().zip(&other.0).for_each(|(one, other)| *one |= other);
        self
    }

    /// The rows, in order.
    pub(super) fn rows(&self) -> impl Iterator<Item = usize> {
        self.0.iter().enumerate().flat_map(|(at, word)| {
            let mut left = *word;
            std::iter::from_fn(move || {
                let bit = usize::try_from(left.trailing_zeros()).ok().filter(|bit| *bit < 64)?;
                left &= left - 1;
                Some(at * 64 + bit)
            })
        })
    }
}

/// Rows that may match, or `None` when that may be any. The batch has every column that the filter looks at.
pub(super) fn candidates(filter: &Filter, batch: &Batch) -> Option<RowSet> {
    match filter {
        Filter::And(all) => {
            all.iter().filter_map(|filter| candidates(filter, batch)).reduce(|one, next| one.and(&next))
        }
        Filter::Or(any) => {
            let none = RowSet::none(batch.len());
            any.iter().try_fold(none, |sum, filter| Some(sum.or(&candidates(filter, batch)?)))
        }
        Filter::Match(target, test) => of_match(target, test, batch),
        Filter::All | Filter::Not(_) | Filter::Stream(_) | Filter::Time { .. } => None,
    }
}

fn of_match(target: &Target, test: &Test, batch: &Batch) -> Option<RowSet> {
    let wanted: fn(Option<Field>, Field) -> bool = match target {
        Target::AnyText => |_, _| true,
        Target::Field(field) if field.kind() != FieldKind::Int => {
            // A message may be the end of the original.
            |of, wanted| of == Some(wanted) || (wanted == Field::Message && of == Some(Field::EventOriginal))
        }
        _ => return None,
    };
    let field = if let Target::Field(field) = target { *field } else { Field::Message };
    let mut rows = RowSet::none(batch.len());
    let mut all = false;
    batch.each_text(&mut |of, column| {
        if wanted(of, field) && !add_rows(&mut rows, &column, test) {
            all = true;
        }
    });
    (!all).then_some(rows)
}

/// Adds the rows of a column that may pass the test; false when that may be any.
fn add_rows(rows: &mut RowSet, column: &TextColumn<'_>, test: &Test) -> bool {
    match column {
        TextColumn::Dictionary { keys, values } => {
            let passing: Vec<bool> = values.iter().map(|value| value.is_some_and(|text| test.text(text))).collect();
            if passing.contains(&true) {
                for (row, key) in keys.iter().enumerate() {
                    let place = key.and_then(|key| usize::try_from(key).ok());
                    if place.and_then(|place| passing.get(place)).is_some_and(|passes| *passes) {
                        rows.add(row);
                    }
                }
            }
            true
        }
        TextColumn::Plain { offsets, bytes } => {
            let mut look = |text: &str| {
                let hits = !text.is_empty();
                if hits {
                    each_hit(text.as_bytes(), offsets, bytes, &mut |row| rows.add(row));
                }
                hits
            };
            match test {
                Test::Term(term) => look(term.text()),
                Test::Equals(value) => look(value),
                Test::In(values) => values.iter().all(|value| look(value)),
                _ => false,
            }
        }
        TextColumn::Lists { lengths } => {
            lengths.iter().enumerate().filter(|(_, length)| **length > 0).for_each(|(row, _)| rows.add(row));
            true
        }
    }
}

/// Rows whose text holds the word, whatever the case of its letters and whatever stands around it.
fn each_hit(word: &[u8], offsets: &[i32], bytes: &[u8], visit: &mut impl FnMut(usize)) {
    let at = |row: usize| offsets.get(row).and_then(|offset| usize::try_from(*offset).ok());
    let (Some(begin), Some(end)) = (at(0), at(offsets.len().saturating_sub(1))) else { return };
    let Some(text) = bytes.get(..end) else { return };
    let rare = rarest(word, text.get(begin..).unwrap_or_default());
    let Some(letter) = word.get(rare) else { return };
    let (lower, upper) = (letter.to_ascii_lowercase(), letter.to_ascii_uppercase());
    let (mut from, mut row) = (begin, 0);
    while let Some(found) = text.get(from..).and_then(|rest| memchr::memchr2(lower, upper, rest)) {
        let place = from + found;
        from = place + 1;
        let Some(start) = place.checked_sub(rare) else { continue };
        if !text.get(start..start + word.len()).is_some_and(|there| there.eq_ignore_ascii_case(word)) {
            continue;
        }
        while at(row + 1).is_some_and(|end| end <= start) {
            row += 1;
        }
        let Some(row_end) = at(row + 1) else { return };
        // Two rows that touch are not one text.
        if start + word.len() <= row_end {
            visit(row);
            from = from.max(row_end);
        }
    }
}

/// Place in the word of the byte that is rarest in the text's beginning.
fn rarest(word: &[u8], text: &[u8]) -> usize {
    let sample = text.get(..SAMPLE).unwrap_or(text);
    let count = |byte: &u8| sample.iter().filter(|other| other.eq_ignore_ascii_case(byte)).count();
    let counts = word.iter().take(16).map(count).enumerate();
    counts.min_by_key(|(_, count)| *count).map_or(0, |(place, _)| place)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(word: &str, texts: &[&str], expected: &[usize]) {
        let bytes = texts.concat();
        let mut offsets = vec![0];
        for text in texts {
            offsets.push(offsets.last().unwrap() + i32::try_from(text.len()).unwrap());
        }
        let mut rows = Vec::new();
        each_hit(word.as_bytes(), &offsets, bytes.as_bytes(), &mut |row| rows.push(row));
        assert_eq!(rows, expected, "{word} in {texts:?}");
    }

    #[test]
    fn word_is_found_in_each_row_once_and_never_across_rows() {
        check("sqli", &["SQLi and sqli", "", "mysqli", "sq", "li", "x sqli"], &[0, 2, 5]);
        check("挂号", &["门诊挂号", "挂", "号", "挂号挂号"], &[0, 3]);
        check("a", &["a", "A", "b", "ba"], &[0, 1, 3]);
        check("aa", &["aa", "a", "aaa", "a", "a"], &[0, 2]);
        check("x", &[], &[]);
        check("needle", &["eeeeeeeee", "need", "le needle"], &[2]);
    }

    #[test]
    fn sets_give_their_rows_in_order() {
        let mut set = RowSet::none(200);
        for row in [0, 63, 64, 199, 5] {
            set.add(row);
        }
        assert_eq!(set.rows().collect::<Vec<_>>(), [0, 5, 63, 64, 199]);
        let mut other = RowSet::none(200);
        other.add(64);
        assert_eq!(set.clone().and(&other).rows().collect::<Vec<_>>(), [64]);
        assert_eq!(other.or(&set), set);
    }
}
