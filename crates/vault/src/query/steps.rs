//! Counts by time step and key, a column at a time where records stand in columns: a histogram over millions of records looks at
//! two columns and makes no record of any row.

use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, HashMap};

use arrow_array::{Array as _, Int32Array, StringArray};
use medward_contract::event::{Field, FieldKind, Stream};

use super::aggregate::MAX_BYTES;
use super::filter::{Target, text_of};
use super::scan::Matching;
use super::tally::{Bucket, MAX_BUCKETS, MAX_GROUPS, bucket_of};
use crate::canonical::View;
use crate::segment::{Batch, Texts};

/// Counters of one batch that are worth an array.
const DENSE: usize = 1 << 18;

/// Counts that grow.
pub(super) struct Steps<'a> {
    by: Option<&'a Target>,
    /// Begin of the first step, µs.
    first: i64,
    /// µs.
    step: i64,
    /// Steps of the window, empty ones too.
    window: i64,
    slots: HashMap<String, u32>,
    /// Bytes of each key, by slot.
    lengths: Vec<usize>,
    /// Of all keys, here and in the answer.
    key_bytes: usize,
    /// By key and step.
    cells: HashMap<(u32, i64), u64>,
}

impl<'a> Steps<'a> {
    /// No counts in the steps that meet `[from, to)`. `None` when there are too many.
    pub(super) fn new(from: i64, to: i64, step: i64, by: Option<&'a Target>) -> Option<Self> {
        let step = step.max(1);
        let first = bucket_of(from, step);
        let window = to.saturating_sub(1).saturating_sub(first).div_euclid(step).saturating_add(1).max(0);
        let few = to.saturating_sub(from) / step < MAX_BUCKETS;
        few.then(|| Self {
            by,
            first,
            step,
            window,
            slots: HashMap::new(),
            lengths: Vec::new(),
            key_bytes: 0,
            cells: HashMap::new(),
        })
    }

    /// Whether there are more counts than allowed.
    pub(super) fn is_full(&self) -> bool {
        self.cells.len() > MAX_GROUPS || self.key_bytes > MAX_BYTES
    }

    fn slot(&mut self, key: &str) -> u32 {
        let next = u32::try_from(self.slots.len()).unwrap_or(u32::MAX);
        match self.slots.get(key) {
            Some(slot) => *slot,
            // Who is full already takes no more: the answer is refused.
            None if self.is_full() => 0,
            None => {
                self.key_bytes += key.len();
                self.lengths.push(key.len());
                *self.slots.entry(key.to_owned()).or_insert(next)
            }
        }
    }

    fn step_of(&self, timestamp: i64) -> i64 {
        timestamp.saturating_sub(self.first).div_euclid(self.step)
    }

    fn count(&mut self, slot: u32, step: i64, count: u64) {
        if count > 0 && !self.is_full() {
            match self.cells.entry((slot, step)) {
                Entry::Occupied(mut cell) => *cell.get_mut() += count,
                Entry::Vacant(cell) => {
                    cell.insert(count);
                    // The answer names the key in each step.
                    self.key_bytes += self.lengths.get(slot as usize).copied().unwrap_or_default();
                }
            }
        }
    }

    /// Counts one record.
    pub(super) fn add(&mut self, stream: Stream, view: &View<'_>) {
        let key = self.by.map(|target| text_of(target, stream, view).unwrap_or_default());
        let (slot, step) = (self.slot(key.as_deref().unwrap_or("all")), self.step_of(view.timestamp.as_micros()));
        self.count(slot, step, 1);
    }

    /// Counts rows of a batch.
    pub(super) fn add_batch(&mut self, stream: Stream, batch: &Batch, rows: &Matching) {
        let Some(keys) = self.keys_of(batch) else {
            rows.of(batch.len()).for_each(|row| self.add(stream, &batch.view(row)));
            return;
        };
        let times = batch.timestamps();
        let steps = rows.of(times.len()).filter_map(|row| times.get(row)).map(|time| self.step_of(*time));
        let Some((least, most)) = steps.fold(None, |range: Option<(i64, i64)>, step| {
            let (least, most) = range.unwrap_or((step, step));
            Some((least.min(step), most.max(step)))
        }) else {
            return;
        };
        let width = usize::try_from(most.saturating_sub(least)).unwrap_or(usize::MAX).saturating_add(1);
        let cells = width.saturating_mul(keys.len());
        if cells > DENSE {
            for row in rows.of(times.len()) {
                let (slot, time) = (self.slot(keys.text(keys.place(row))), times.get(row).copied().unwrap_or_default());
                self.count(slot, self.step_of(time), 1);
            }
            return;
        }
        let mut counts = vec![0_u64; cells];
        for row in rows.of(times.len()) {
            let step = usize::try_from(self.step_of(times.get(row).copied().unwrap_or_default()) - least).unwrap_or(0);
            if let Some(count) = counts.get_mut(keys.place(row) * width + step) {
                *count += 1;
            }
        }
        for (place, counts) in counts.chunks(width).enumerate() {
            // Only what a row has becomes a key.
            if counts.iter().any(|count| *count > 0) {
                let slot = self.slot(keys.text(place));
                (least..).zip(counts).for_each(|(step, count)| self.count(slot, step, *count));
            }
        }
    }

    /// The key of each row, where the batch has it as a dictionary or not at all.
    fn keys_of<'b>(&self, batch: &'b Batch) -> Option<Keys<'b>> {
        let Some(by) = self.by else { return Some(Keys::None("all")) };
        let texts = match by {
            Target::Dataset => batch.dataset(),
            Target::Action => batch.action(),
            Target::Outcome => batch.outcome(),
            // A message may stand in the original only.
            Target::Field(Field::Message) => return None,
            Target::Field(field) if field.kind() == FieldKind::Text => batch.texts(*field),
            _ => return None,
        };
        match texts {
            None => Some(Keys::None("")),
            Some(Texts::Dictionary(keys, values)) => Some(Keys::Dictionary(keys.keys(), values)),
            Some(Texts::Plain(_)) => None,
        }
    }

    /// Every step of the window, and those outside that hold something.
    pub(super) fn finish(self) -> Vec<Bucket> {
        let at = |step: i64| self.first.saturating_add(step.saturating_mul(self.step));
        let mut buckets: BTreeMap<i64, BTreeMap<String, u64>> =
            (0..self.window).map(|step| (at(step), BTreeMap::new())).collect();
        let names: HashMap<u32, &String> = self.slots.iter().map(|(name, slot)| (*slot, name)).collect();
        for ((slot, step), count) in &self.cells {
            let name = names.get(slot).map(|name| (*name).clone()).unwrap_or_default();
            *buckets.entry(at(*step)).or_default().entry(name).or_default() += count;
        }
        buckets.into_iter().map(|(at, counts)| Bucket { at, counts }).collect()
    }
}

/// Keys of a batch.
enum Keys<'a> {
    /// All rows have this one.
    None(&'a str),
    /// A number for each row, and the key of each number.
    Dictionary(&'a Int32Array, &'a StringArray),
}

impl Keys<'_> {
    /// Keys there are; the last is for rows without one.
    fn len(&self) -> usize {
        match self {
            Self::None(_) => 1,
            Self::Dictionary(_, values) => values.len() + 1,
        }
    }

    /// The number of a row's key.
    fn place(&self, row: usize) -> usize {
        match self {
            Self::None(_) => 0,
            Self::Dictionary(numbers, values) if row < numbers.len() && numbers.is_valid(row) => {
                usize::try_from(numbers.value(row)).map_or(values.len(), |place| place.min(values.len()))
            }
            Self::Dictionary(_, values) => values.len(),
        }
    }

    /// The key of a number.
    fn text(&self, place: usize) -> &str {
        match self {
            Self::None(text) => text,
            Self::Dictionary(_, values) if place < values.len() && values.is_valid(place) => values.value(place),
            Self::Dictionary(..) => "",
        }
    }
}
