//! Groups of rows and what is said of each, one row at a time.
//!
//! A missing value is no value, as in SQL: it is not summed, not counted as different and not the smallest; in a key it is a
//! group of its own. Sums of whole numbers are exact. Percentiles: `quantile.rs`.
//!
//! Invariant: memory is bounded by [`MAX_GROUPS`] and [`MAX_BYTES`], whatever stands in the records; what goes beyond is refused
//! and never left out.

use std::collections::{HashMap, HashSet};

use super::cell::{Cell, Row, to_float};
use super::filter::{Filter, Target};
use super::pipe::{Call, Fold, Function, Key};
use super::quantile::Quantiles;
use super::tally::{MAX_GROUPS, bucket_of};

/// Most memory that the groups of one query take.
pub(super) const MAX_BYTES: usize = 128 << 20;
/// Numbers that percentiles are exact of.
const MAX_EXACT: usize = 1_000_000;
/// What a group takes beside its values, about.
const GROUP_BYTES: usize = 160;

/// More groups, or longer values of them, than a query may keep (VLT-0203).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct TooMany;

/// Memory that is left.
#[derive(Debug)]
pub(super) struct Room(usize);

impl Room {
    pub(super) const fn new(bytes: usize) -> Self {
        Self(bytes)
    }

    pub(super) fn take(&mut self, bytes: usize) -> Result<(), TooMany> {
        self.0 = self.0.checked_sub(bytes).ok_or(TooMany)?;
        Ok(())
    }

    pub(super) const fn give(&mut self, bytes: usize) {
        self.0 = self.0.saturating_add(bytes);
    }
}

/// What is kept of a group; several functions may share it.
#[derive(Debug, Clone)]
enum Measure {
    Rows,
    RowsIf(Filter),
    Different(Target),
    Sum(Target),
    Smallest(Target),
    Largest(Target),
    Numbers(Target),
}

impl Measure {
    fn of(function: &Function) -> Self {
        match function {
            Function::Count => Self::Rows,
            Function::CountIf(filter) => Self::RowsIf(filter.clone()),
            Function::Of(fold, target) => {
                let target = target.clone();
                match fold {
                    Fold::CountUniq => Self::Different(target),
                    Fold::Sum | Fold::Avg => Self::Sum(target),
                    Fold::Min => Self::Smallest(target),
                    Fold::Max => Self::Largest(target),
                    Fold::Percentile(_) => Self::Numbers(target),
                }
            }
        }
    }

    fn is_shared_with(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Sum(one), Self::Sum(other)) | (Self::Numbers(one), Self::Numbers(other)) => one == other,
            _ => false,
        }
    }
}

#[derive(Debug, Clone)]
enum State {
    Rows(u64),
    Different(HashSet<Box<[u8]>>),
    Sum(Sum),
    Best(Cell<'static>),
    Numbers(Quantiles),
}

/// A sum that is exact while all numbers are whole.
#[derive(Debug, Clone, Copy, Default)]
struct Sum {
    whole: i128,
    broken: f64,
    is_broken: bool,
    count: u64,
}

impl Sum {
    fn add(&mut self, cell: &Cell<'_>) {
        match cell {
            // Records hold 64-bit numbers, so that 2^63 of them would be needed.
            Cell::Int(number) => self.whole = self.whole.saturating_add(*number),
            Cell::Float(number) => {
                self.broken += number;
                self.is_broken = true;
            }
            Cell::Null | Cell::Text(_) => return,
        }
        self.count += 1;
    }

    fn total(&self) -> Cell<'static> {
        match self {
            Self { count: 0, .. } => Cell::Null,
            Self { is_broken: true, .. } => Cell::of_float(self.broken + to_float(self.whole)),
            _ => Cell::Int(self.whole),
        }
    }

    #[expect(clippy::cast_precision_loss, reason = "a mean is an f64")]
    fn mean(&self) -> Cell<'static> {
        if self.count == 0 { Cell::Null } else { Cell::Float((self.broken + to_float(self.whole)) / self.count as f64) }
    }
}

#[derive(Debug)]
struct Group {
    key: Vec<Cell<'static>>,
    states: Vec<State>,
}

/// Groups by key, with what is said of each.
#[derive(Debug)]
pub(super) struct Aggregation {
    by: Vec<Key>,
    calls: Vec<(Function, usize)>,
    measures: Vec<Measure>,
    places: HashMap<Box<[u8]>, usize>,
    groups: Vec<Group>,
    different: usize,
    numbers: usize,
    sketched: bool,
    room: Room,
    scratch: Vec<u8>,
}

impl Aggregation {
    pub(super) fn new(by: &[Key], calls: &[Call], room: Room) -> Self {
        let mut measures: Vec<Measure> = Vec::new();
        let mut place = |function: &Function| {
            let wanted = Measure::of(function);
            measures.iter().position(|measure| measure.is_shared_with(&wanted)).unwrap_or_else(|| {
                measures.push(wanted);
                measures.len() - 1
            })
        };
        let calls = calls.iter().map(|call| (call.function.clone(), place(&call.function))).collect();
        Self {
            by: by.to_vec(),
            calls,
            measures,
            places: HashMap::new(),
            groups: Vec::new(),
            different: 0,
            numbers: 0,
            sketched: false,
            room,
            scratch: Vec::new(),
        }
    }

    /// Counts one row.
    pub(super) fn add(&mut self, row: &dyn Row) -> Result<(), TooMany> {
        self.scratch.clear();
        for key in &self.by {
            key_of(key, row).write_key(&mut self.scratch);
        }
        let place = match self.places.get(self.scratch.as_slice()) {
            Some(place) => *place,
            None => self.add_group(row)?,
        };
        let Some(group) = self.groups.get_mut(place) else { return Ok(()) };
        for (measure, state) in self.measures.iter().zip(&mut group.states) {
            match (measure, state) {
                (Measure::Rows, State::Rows(rows)) => *rows += 1,
                (Measure::RowsIf(filter), State::Rows(rows)) => *rows += u64::from(row.matches(filter)),
                (Measure::Different(target), State::Different(known)) => {
                    let cell = row.cell(target);
                    self.scratch.clear();
                    cell.write_key(&mut self.scratch);
                    if !cell.is_null() && !known.contains(self.scratch.as_slice()) {
                        self.different += 1;
                        self.room.take(self.scratch.len() + GROUP_BYTES / 2)?;
                        if self.different > MAX_GROUPS {
                            return Err(TooMany);
                        }
                        known.insert(self.scratch.as_slice().into());
                    }
                }
                (Measure::Sum(target), State::Sum(sum)) => sum.add(&row.cell(target)),
                (Measure::Smallest(target), State::Best(best)) => {
                    replace(best, row.cell(target), &mut self.room, |new, old| new < old)?;
                }
                (Measure::Largest(target), State::Best(best)) => {
                    replace(best, row.cell(target), &mut self.room, |new, old| new > old)?;
                }
                (Measure::Numbers(target), State::Numbers(numbers)) => {
                    let cell = row.cell(target);
                    if matches!(cell, Cell::Int(_) | Cell::Float(_)) {
                        self.numbers += 1;
                        self.room.take(numbers.add(cell.into_owned()))?;
                    }
                }
                // A state is made for its measure.
                _ => {}
            }
        }
        if self.numbers > MAX_EXACT && !self.sketched { self.sketch() } else { Ok(()) }
    }

    fn add_group(&mut self, row: &dyn Row) -> Result<usize, TooMany> {
        let key: Vec<_> = self.by.iter().map(|key| key_of(key, row).into_owned()).collect();
        let bytes = key.iter().map(Cell::bytes).sum::<usize>() + self.scratch.len();
        self.room.take(bytes + GROUP_BYTES + self.measures.len() * size_of::<State>())?;
        if self.groups.len() == MAX_GROUPS {
            return Err(TooMany);
        }
        self.groups.push(Group { key, states: self.states() });
        self.places.insert(self.scratch.as_slice().into(), self.groups.len() - 1);
        Ok(self.groups.len() - 1)
    }

    fn states(&self) -> Vec<State> {
        let state = |measure: &Measure| match measure {
            Measure::Rows | Measure::RowsIf(_) => State::Rows(0),
            Measure::Different(_) => State::Different(HashSet::new()),
            Measure::Sum(_) => State::Sum(Sum::default()),
            Measure::Smallest(_) | Measure::Largest(_) => State::Best(Cell::Null),
            Measure::Numbers(_) if self.sketched => {
                State::Numbers(Quantiles::Sketch(super::quantile::Sketch::default()))
            }
            Measure::Numbers(_) => State::Numbers(Quantiles::Exact(Vec::new())),
        };
        self.measures.iter().map(state).collect()
    }

    /// Too many numbers to keep: from here on their sizes are counted.
    fn sketch(&mut self) -> Result<(), TooMany> {
        self.sketched = true;
        self.room.give(self.numbers * size_of::<Cell<'static>>());
        for state in self.groups.iter_mut().flat_map(|group| &mut group.states) {
            if let State::Numbers(numbers) = state {
                self.room.take(numbers.sketch())?;
            }
        }
        Ok(())
    }

    /// Keys and values of each group, by key. All rows are one group even when there are none.
    pub(super) fn finish(mut self) -> Vec<Vec<Cell<'static>>> {
        if self.by.is_empty() && self.groups.is_empty() {
            let states = self.states();
            self.groups.push(Group { key: Vec::new(), states });
        }
        let mut groups = self.groups;
        groups.sort_unstable_by(|left, right| left.key.cmp(&right.key));
        let calls = self.calls;
        let row = |mut group: Group| {
            for state in &mut group.states {
                if let State::Numbers(numbers) = state {
                    numbers.settle();
                }
            }
            let states = &group.states;
            group.key.extend(
                calls
                    .iter()
                    .map(|(function, place)| states.get(*place).map_or(Cell::Null, |state| value(function, state))),
            );
            group.key
        };
        groups.into_iter().map(row).collect()
    }
}

fn key_of<'a>(key: &Key, row: &'a dyn Row) -> Cell<'a> {
    match key {
        Key::Field(target) => row.cell(target),
        Key::Step(step) => {
            let step = i64::try_from(step.as_micros()).unwrap_or(i64::MAX).max(1);
            row.time().map_or(Cell::Null, |at| Cell::Int(bucket_of(at, step).into()))
        }
    }
}

fn replace(
    best: &mut Cell<'static>,
    new: Cell<'_>,
    room: &mut Room,
    better: impl Fn(&Cell<'_>, &Cell<'_>) -> bool,
) -> Result<(), TooMany> {
    if new.is_null() || !(best.is_null() || better(&new, best)) {
        return Ok(());
    }
    room.give(best.bytes());
    room.take(new.bytes())?;
    *best = new.into_owned();
    Ok(())
}

fn value(function: &Function, state: &State) -> Cell<'static> {
    match (function, state) {
        (Function::Of(Fold::Avg, _), State::Sum(sum)) => sum.mean(),
        (_, State::Sum(sum)) => sum.total(),
        (Function::Of(Fold::Percentile(percent), _), State::Numbers(numbers)) => numbers.percentile(*percent),
        (_, State::Rows(rows)) => Cell::Int((*rows).into()),
        (_, State::Different(known)) => Cell::Int(known.len() as i128),
        (_, State::Best(best)) => best.clone(),
        (_, State::Numbers(_)) => Cell::Null,
    }
}

#[cfg(test)]
mod tests {
    use super::super::pipe::Pipe;
    use super::super::table::{Column, TableRow};
    use super::super::{Kind, parse_piped};
    use super::*;

    fn aggregation(stats: &str, room: usize) -> Aggregation {
        let piped = parse_piped(&format!("* | {stats}"), medward_contract::Timestamp::from_micros(0)).unwrap();
        let Some(Pipe::Stats { by, calls }) = piped.pipes.first() else { panic!("{stats}") };
        Aggregation::new(by, calls, Room::new(room))
    }

    fn columns() -> Vec<Column> {
        ["g", "n"].map(|name| Column { name: name.to_owned(), kind: Kind::Any }).to_vec()
    }

    /// The groups of rows `(g, n)`.
    fn check(stats: &str, rows: &[(&'static str, Option<i128>)], expected: &str) {
        let (columns, mut groups) = (columns(), aggregation(stats, MAX_BYTES));
        for (g, n) in rows {
            let cells = [Cell::from(*g), n.map_or(Cell::Null, Cell::Int)];
            groups.add(&TableRow { columns: &columns, cells: &cells }).unwrap();
        }
        let rows = groups
            .finish()
            .iter()
            .map(|row| row.iter().map(Cell::to_text).collect::<Vec<_>>().join(" "))
            .collect::<Vec<_>>();
        assert_eq!(rows.join("; "), expected, "{stats}");
    }

    #[test]
    fn missing_values_are_no_values_and_a_key_of_their_own() {
        let rows = [("a", Some(1)), ("a", None), ("b", None), ("a", Some(4)), ("b", None)];
        check(
            "stats by (g) count(), sum(n), avg(n), min(n), max(n), count_uniq(n), p50(n)",
            &rows,
            "a 3 5 2.5 1 4 2 4; b 2     0 ",
        );
        check("stats by (n) count()", &rows, " 3; 1 1; 4 1");
        check("stats count_if(n:>1) as c, count_if(g:b) as d", &rows, "1 2");
        check("stats count(), sum(n), count_uniq(n)", &[], "0  0");
        check("stats by (g) count()", &[], "");
    }

    #[test]
    fn sums_of_whole_numbers_are_exact() {
        let large = i128::from(i64::MAX);
        check(
            "stats sum(n), p99(n)",
            &[("a", Some(large)), ("b", Some(large)), ("c", Some(1))],
            "18446744073709551615 9223372036854775807",
        );
    }

    #[test]
    fn more_groups_or_longer_values_than_allowed_are_refused() {
        let columns = columns();
        let fill = |stats: &str, room: usize| {
            let mut groups = aggregation(stats, room);
            (0..=MAX_GROUPS).try_for_each(|at| {
                let cells = [Cell::from("a"), Cell::Int(at as i128)];
                groups.add(&TableRow { columns: &columns, cells: &cells })
            })
        };
        assert_eq!(fill("stats by (n) count()", MAX_BYTES), Err(TooMany));
        assert_eq!(fill("stats count_uniq(n)", MAX_BYTES), Err(TooMany));
        assert_eq!(fill("stats by (g) sum(n), max(n)", MAX_BYTES), Ok(()));
        assert_eq!(fill("stats by (n) count()", 1 << 20), Err(TooMany));
    }

    #[test]
    fn percentiles_of_very_many_numbers_are_within_one_percent() {
        let columns = columns();
        let mut groups = aggregation("stats by (g) p50(n), p99(n)", MAX_BYTES);
        for at in 0..=MAX_EXACT {
            let cells = [Cell::from(if at % 4 == 0 { "a" } else { "b" }), Cell::Int(at as i128)];
            groups.add(&TableRow { columns: &columns, cells: &cells }).unwrap();
        }
        assert!(groups.sketched);
        for row in groups.finish() {
            for (cell, expected) in row[1..].iter().zip([500_000.0, 990_000.0]) {
                let Cell::Float(found) = cell else { panic!("{cell:?}") };
                assert!((found - expected).abs() <= expected * 0.0101, "{found} for {expected}");
            }
        }
    }
}
