//! Answers a plan: rows page by page, the first rows of an order, or a table of counts.
//!
//! Only the columns that the filter and the pipes name are read; records of an answer are fetched whole at the end.

use std::collections::BinaryHeap;

use super::aggregate::{MAX_BYTES, Room, TooMany};
use super::cell::{Cell, Kind, RecordRow, Row as _};
use super::filter::Target;
use super::plan::Plan;
use super::scan::{Columns, Found as Place, Scan, Source};
use super::search::{Answer, Cursor, MAX_ROWS, Row, Search, records};
use super::table::{Column, Counting, RECORD, Rank, Table};
use super::tally::TallyError;
use super::walk::{Coverage, Walk};
use crate::read::ReadError;
use crate::shared::Shared;

/// Rows or a table.
#[derive(Debug, Clone, PartialEq)]
pub enum Found {
    /// Records.
    Rows(Answer),
    /// What was counted.
    Table(Table, Coverage),
}

impl Found {
    /// Says nothing of records that were looked at and are not in the answer: token filters would tell by it what stands in streams
    /// that the caller may not read.
    pub fn hide_effort(&mut self) {
        let (coverage, found) = match self {
            Self::Rows(answer) => (&mut answer.coverage, answer.rows.len()),
            Self::Table(table, coverage) => (coverage, table.rows.len()),
        };
        coverage.scanned = found as u64;
        coverage.damaged.clear();
    }
}

impl From<TooMany> for TallyError {
    fn from(_: TooMany) -> Self {
        Self::TooManyGroups
    }
}

/// Answers a plan. `search` holds the plan's query, narrowed to what the caller may read.
pub fn run(plan: &Plan, search: &Search, shared: &Shared) -> Result<Found, TallyError> {
    if plan.is_plain() {
        return Ok(Found::Rows(search.run(shared)?));
    }
    if plan.limit.is_none() && plan.counts() {
        let (table, coverage) = count(plan, search, shared)?;
        return Ok(finish(table, coverage));
    }
    let mut kept = Kept::collect(plan, search, shared)?;
    let mut table = kept.table();
    for pipe in &plan.pipes {
        table = table.apply(pipe)?;
    }
    if plan.counts() {
        return Ok(finish(table, kept.walk.coverage));
    }
    Ok(Found::Rows(kept.rows(&table, shared)?))
}

fn finish(mut table: Table, mut coverage: Coverage) -> Found {
    table.settle();
    if table.rows.len() > MAX_ROWS {
        table.rows.truncate(MAX_ROWS);
        coverage.over_limit = true;
    }
    Found::Table(table, coverage)
}

/// Counts every match, and lets the further pipes work on what that gives.
fn count(plan: &Plan, search: &Search, shared: &Shared) -> Result<(Table, Coverage), TallyError> {
    let Some((first, later)) = plan.pipes.split_first() else { return Ok(Default::default()) };
    let extent = search.extent(shared);
    let mut scan = Scan::new(shared, &search.query.filter, extent);
    let mut walk = Walk::new(shared, search, &scan);
    let wanted = Columns::of(&plan.wanted());
    let mut counting = Counting::of(first);
    for (_, source) in scan.sources(i64::MAX) {
        if walk.is_over() {
            break;
        }
        let mut counted = Ok(());
        let read = scan.read(&source, &wanted, &mut |stream, view, _| {
            counted = counting.add(&RecordRow { stream, view });
            counted.is_ok()
        });
        walk.took(&source, read)?;
        counted?;
    }
    // Steps that are still to come are not empty.
    let to = extent.2.min(shared.clock.now().as_micros().saturating_add(1));
    let mut table = counting.finish(&Kind::of, (extent.1, to))?;
    for pipe in later {
        table = table.apply(pipe)?;
    }
    Ok((table, walk.coverage))
}

/// The first rows of an order, with what later pipes look at.
struct Kept<'a> {
    walk: Walk<'a>,
    sources: Vec<(i64, Source)>,
    best: Vec<Entry>,
    wanted: Vec<Target>,
    /// Most records of the answer.
    most: usize,
}

/// A row and where it stands in the order: smaller is better.
struct Entry {
    rank: Vec<Rank>,
    place: Cursor,
    row: Row,
    cells: Vec<Cell<'static>>,
}

impl Entry {
    fn bytes(&self) -> usize {
        let row = if let Row::Log(bytes) = &self.row { bytes.len() } else { 0 };
        let rank: usize = self.rank.iter().map(Rank::bytes).sum();
        size_of::<Self>() + row + rank + self.cells.iter().map(Cell::bytes).sum::<usize>()
    }
}

impl Ord for Entry {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        (&self.rank, &self.place).cmp(&(&other.rank, &other.place))
    }
}

impl PartialOrd for Entry {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Entry {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Entry {}

impl<'a> Kept<'a> {
    fn collect(plan: &Plan, search: &Search, shared: &'a Shared) -> Result<Self, TallyError> {
        let extent = search.extent(shared);
        let mut scan = Scan::new(shared, &search.query.filter, extent);
        let mut walk = Walk::new(shared, search, &scan);
        let wanted = plan.wanted();
        let columns = Columns::of(wanted.iter().chain(plan.order.iter().map(|order| &order.by)));
        let most = plan.limit.map_or(search.limit, |limit| limit.min(MAX_ROWS)).clamp(1, MAX_ROWS);
        let limit = plan.limit.unwrap_or(most);
        let sources = scan.sources(i64::MAX);
        let (mut best, mut room) = (BinaryHeap::<Entry>::new(), Room::new(MAX_BYTES));
        let mut left_out = false;
        for (at, (newest, source)) in sources.iter().enumerate() {
            let full = best.len() == limit;
            let older = best.peek().is_some_and(|worst| worst.place.timestamp() > *newest);
            if (full && older && plan.order.is_empty()) || walk.is_over() {
                break;
            }
            let mut kept = Ok(());
            let read = scan.read(source, &columns, &mut |stream, view, found| {
                let record = RecordRow { stream, view };
                let place = Cursor::of(stream, view.seq, view.timestamp.as_micros());
                let rank = Rank::of(&plan.order, &record);
                let full = best.len() == limit;
                left_out |= full;
                if full && best.peek().is_some_and(|worst| (&rank, &place) > (&worst.rank, &worst.place)) {
                    return true;
                }
                let row = match found {
                    Place::Log(bytes) => Row::Log(bytes.to_vec()),
                    Place::Row(place) => Row::Segment { source: at, place },
                };
                let cells = wanted.iter().map(|target| record.cell(target).into_owned()).collect();
                let entry = Entry { rank, place, row, cells };
                kept = room.take(entry.bytes());
                best.push(entry);
                if let Some(worst) = if full { best.pop() } else { None } {
                    room.give(worst.bytes());
                }
                kept.is_ok()
            });
            walk.took(source, read)?;
            kept?;
        }
        // Who names a limit himself wants no more; otherwise the page is the limit.
        walk.coverage.over_limit = plan.limit.is_none() && left_out;
        Ok(Self { walk, sources, best: best.into_sorted_vec(), wanted, most })
    }

    /// The rows as a table of the fields that later pipes look at, each with its place here.
    fn table(&mut self) -> Table {
        let column = |target: &Target| Column { name: target.name().to_owned(), kind: Kind::of(target) };
        let record = Column { name: RECORD.to_owned(), kind: Kind::Int };
        let columns = self.wanted.iter().map(column).chain([record]).collect();
        let row = |(at, entry): (usize, &mut Entry)| {
            let mut cells = std::mem::take(&mut entry.cells);
            cells.push(Cell::Int(at as i128));
            cells
        };
        Table { columns, rows: self.best.iter_mut().enumerate().map(row).collect() }
    }

    /// The records of these rows.
    fn rows(mut self, table: &Table, shared: &Shared) -> Result<Answer, ReadError> {
        let place = |row: &Vec<Cell<'static>>| match row.last() {
            Some(Cell::Int(at)) => usize::try_from(*at).ok(),
            _ => None,
        };
        self.walk.coverage.over_limit |= table.rows.len() > self.most;
        let chosen: Vec<usize> = table.rows.iter().take(self.most).filter_map(place).collect();
        let rows: Vec<&Row> = chosen.iter().filter_map(|at| self.best.get(*at)).map(|entry| &entry.row).collect();
        let rows = records(shared, &self.sources, &rows, &mut self.walk)?;
        Ok(Answer { rows, next: None, coverage: self.walk.coverage })
    }
}
