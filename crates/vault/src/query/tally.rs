//! Counting: records per time step and key, and the most frequent values of a field.

use std::collections::{BTreeMap, HashMap};

use medward_contract::event::Stream;
use medward_contract::vault::{Counted, Counts, Group};

use super::aggregate::MAX_BYTES;
use super::filter::{Target, text_of};
use super::scan::{Columns, Matched, Scan};
use super::search::Search;
use super::steps::Steps;
use super::walk::Walk;
use crate::canonical::View;
use crate::read::ReadError;
use crate::shared::Shared;

/// Most groups one count keeps (`vault.md` §7).
pub(super) const MAX_GROUPS: usize = 100_000;
/// Most groups that one of several ways to count keeps.
const MAX_KEPT: usize = 20_000;
/// Longest value by which records are counted together, bytes: an attacker chooses how long paths are.
const MAX_KEY_BYTES: usize = 512;
/// Most time steps of a histogram.
pub(super) const MAX_BUCKETS: i64 = 10_000;
/// A step of a day or more begins at midnight in Asia/Shanghai, eight hours ahead of UTC without summer time.
const DAY_US: i64 = 86_400_000_000;
const SHANGHAI_US: i64 = 8 * 3_600_000_000;

/// Why nothing was counted.
#[derive(Debug, thiserror::Error)]
pub enum TallyError {
    /// Reading failed.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// More groups or longer values than allowed (VLT-0203).
    #[error("answer: more than {MAX_GROUPS} groups, {MAX_BUCKETS} time steps or {MAX_BYTES} bytes of values")]
    TooManyGroups,
}

/// One time step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bucket {
    /// Its begin, µs.
    pub at: i64,
    /// Records by key.
    pub counts: BTreeMap<String, u64>,
}

/// Counts over time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Histogram {
    /// Every step of the window, empty ones too.
    pub buckets: Vec<Bucket>,
    /// Whether everything was counted.
    pub complete: bool,
}

/// Most frequent values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TopValues {
    /// Value and count, most frequent first.
    pub items: Vec<(String, u64)>,
    /// Records counted, all values together.
    pub total: u64,
    /// Whether everything was counted.
    pub complete: bool,
}

/// Begin of the step that holds `at`.
pub(super) fn bucket_of(at: i64, step: i64) -> i64 {
    let shift = if step >= DAY_US { SHANGHAI_US } else { 0 };
    (at.saturating_add(shift)).div_euclid(step).saturating_mul(step).saturating_sub(shift)
}

/// Counts matching records per step of `step_us` and per value of `by` (all together without it).
pub fn histogram(search: &Search, step_us: i64, by: Option<&Target>, shared: &Shared) -> Result<Histogram, TallyError> {
    let (_, mut from, mut to) = search.extent(shared);
    to = to.min(shared.clock.now().as_micros().saturating_add(1).max(from.saturating_add(1)));
    if from == i64::MIN {
        from = to.saturating_sub(step_us);
    }
    let mut steps = Steps::new(from, to, step_us, by).ok_or(TallyError::TooManyGroups)?;
    let mut scan = Scan::new(shared, &search.query.filter, search.extent(shared));
    let (wanted, mut walk) = (Columns::of(by), Walk::new(shared, search, &scan));
    for (_, source) in scan.sources(i64::MAX) {
        if walk.is_over() {
            break;
        }
        let read = scan.read_columns(&source, &wanted, &mut |stream, rows| match rows {
            Matched::Record(view) => steps.add(stream, view),
            Matched::Rows(batch, rows) => steps.add_batch(stream, batch, rows),
        });
        walk.took(&source, read)?;
        if steps.is_full() {
            return Err(TallyError::TooManyGroups);
        }
    }
    Ok(Histogram { buckets: steps.finish(), complete: walk.coverage.is_complete() })
}

/// The `limit` most frequent values of a field among matching records; equal counts by value.
pub fn top_values(search: &Search, field: &Target, limit: usize, shared: &Shared) -> Result<TopValues, TallyError> {
    let mut counts: BTreeMap<String, u64> = BTreeMap::new();
    let (mut total, mut bytes) = (0, 0_usize);
    let complete = for_each_match(search, shared, &Columns::of([field]), &mut |stream, view| {
        if let Some(value) = text_of(field, stream, view) {
            total += 1;
            if let Some(count) = counts.get_mut(&value) {
                *count += 1;
            } else {
                bytes += value.len();
                counts.insert(value, 1);
            }
        }
        counts.len() <= MAX_GROUPS && bytes <= MAX_BYTES
    })?;
    if counts.len() > MAX_GROUPS || bytes > MAX_BYTES {
        return Err(TallyError::TooManyGroups);
    }
    let mut items: Vec<_> = counts.into_iter().collect();
    items.sort_by(|(left_value, left), (right_value, right)| right.cmp(left).then_with(|| left_value.cmp(right_value)));
    items.truncate(limit);
    Ok(TopValues { items, total, complete })
}

/// One way to count, understood.
#[derive(Debug, Clone)]
pub struct Way {
    /// Fields whose values together make a group.
    pub by: Vec<Target>,
    /// Step of time, µs, that comes before them.
    pub step_us: Option<i64>,
    /// Most groups of the answer.
    pub limit: usize,
}

/// Groups of one way to count. When there is no room left, those with one record make some, once; those that come when it is
/// full again do not count.
#[derive(Default)]
struct Groups {
    counts: HashMap<Vec<String>, u64>,
    /// Whether groups were given up.
    pruned: bool,
    /// Whether some record did not count.
    full: bool,
}

impl Groups {
    fn add(&mut self, key: Vec<String>) {
        if let Some(count) = self.counts.get_mut(&key) {
            *count += 1;
            return;
        }
        if self.counts.len() >= MAX_KEPT && !self.pruned {
            self.counts.retain(|_, count| *count > 1);
            self.pruned = true;
        }
        if self.counts.len() < MAX_KEPT {
            self.counts.insert(key, 1);
        } else {
            self.full = true;
        }
    }
}

/// Counts matching records in several ways at once.
pub fn counts(search: &Search, ways: &[Way], shared: &Shared) -> Result<Counts, ReadError> {
    let mut kept: Vec<Groups> = ways.iter().map(|_| Groups::default()).collect();
    let mut total = 0;
    let wanted = Columns::of(ways.iter().flat_map(|way| &way.by));
    let complete = for_each_match(search, shared, &wanted, &mut |stream, view| {
        total += 1;
        for (way, groups) in ways.iter().zip(&mut kept) {
            groups.add(values_of(way, stream, view));
        }
        true
    })?;
    let each = ways.iter().zip(kept).map(|(way, groups)| largest(groups, way.limit)).collect();
    Ok(Counts { each, total, complete })
}

fn values_of(way: &Way, stream: Stream, view: &View<'_>) -> Vec<String> {
    let step = way.step_us.map(|step| bucket_of(view.timestamp.as_micros(), step.max(1)).to_string());
    let texts = way.by.iter().map(|target| {
        let mut text = text_of(target, stream, view).unwrap_or_default();
        text.truncate(text.floor_char_boundary(MAX_KEY_BYTES));
        text
    });
    step.into_iter().chain(texts).collect()
}

fn largest(groups: Groups, limit: usize) -> Counted {
    let (distinct, complete) = (groups.counts.len() as u64, !groups.pruned && !groups.full);
    let mut groups: Vec<_> = groups.counts.into_iter().map(|(values, count)| Group { values, count }).collect();
    groups.sort_by(|one, other| other.count.cmp(&one.count).then_with(|| one.values.cmp(&other.values)));
    groups.truncate(limit);
    Counted { groups, distinct, complete }
}

/// Hands every matching record to `visit` until it returns false; false when the time was up first or a segment does not read. Of a record in a segment
/// `visit` sees its time and `wanted`.
fn for_each_match(
    search: &Search,
    shared: &Shared,
    wanted: &Columns,
    visit: &mut impl FnMut(Stream, &View<'_>) -> bool,
) -> Result<bool, ReadError> {
    let mut scan = Scan::new(shared, &search.query.filter, search.extent(shared));
    let mut walk = Walk::new(shared, search, &scan);
    let mut more = true;
    for (_, source) in scan.sources(i64::MAX) {
        if walk.is_over() {
            break;
        }
        let read = scan.read(&source, wanted, &mut |stream, view, _| {
            more = visit(stream, view);
            more
        });
        walk.took(&source, read)?;
        if !more {
            break;
        }
    }
    Ok(walk.coverage.is_complete())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flood_of_new_values_takes_the_rare_ones_and_no_frequent_one() {
        let mut groups = Groups::default();
        let key = |at: usize| vec![at.to_string()];
        for at in [0, 0, 0, 1] {
            groups.add(key(at));
        }
        for at in 2..MAX_KEPT {
            groups.add(key(at));
        }
        assert!(!groups.pruned && groups.counts.len() == MAX_KEPT);
        groups.add(key(MAX_KEPT));
        assert_eq!((groups.counts.len(), groups.counts.get(&key(0))), (2, Some(&3)));
        for at in 0..2 * MAX_KEPT {
            groups.add(key(at));
        }
        let counted = largest(groups, 1);
        assert_eq!((counted.distinct, counted.complete), (MAX_KEPT as u64, false));
        assert_eq!(counted.groups, [Group { values: key(0), count: 4 }]);
    }
}
