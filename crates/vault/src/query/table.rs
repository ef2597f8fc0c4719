//! Tables: what counting gives, and what further pipes make of it.

use std::cmp::Reverse;
use std::time::Duration;

use super::aggregate::{Aggregation, MAX_BYTES, Room, TooMany};
use super::cell::{Cell, Kind, Row, TIME};
use super::filter::{Filter, Target};
use super::pipe::{Call, FACETS, Fold, Function, Key, Order, Pipe};
use super::tally::{MAX_BUCKETS, bucket_of};

/// A column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// Its name.
    pub name: String,
    /// What it holds.
    pub kind: Kind,
}

impl Column {
    fn new(name: &str, kind: Kind) -> Self {
        Self { name: name.to_owned(), kind }
    }
}

/// Rows of values.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Table {
    /// Its columns.
    pub columns: Vec<Column>,
    /// A value for each column.
    pub rows: Vec<Vec<Cell<'static>>>,
}

/// A row of a table.
pub(super) struct TableRow<'a> {
    pub(super) columns: &'a [Column],
    pub(super) cells: &'a [Cell<'static>],
}

impl Row for TableRow<'_> {
    fn cell(&self, target: &Target) -> Cell<'_> {
        let found = self.columns.iter().zip(self.cells).find(|(column, _)| column.name == target.name());
        match found {
            None | Some((_, Cell::Null)) => Cell::Null,
            Some((_, Cell::Text(text))) => Cell::Text(text.as_ref().into()),
            Some((_, Cell::Int(number))) => Cell::Int(*number),
            Some((_, Cell::Float(number))) => Cell::Float(*number),
        }
    }

    fn time(&self) -> Option<i64> {
        let times = self.columns.iter().zip(self.cells).filter(|(column, _)| is_time(&column.name));
        times.map(|(_, cell)| cell).find_map(|cell| match cell {
            Cell::Int(at) => i64::try_from(*at).ok(),
            Cell::Null | Cell::Float(_) | Cell::Text(_) => None,
        })
    }

    fn matches(&self, filter: &Filter) -> bool {
        match filter {
            Filter::All => true,
            Filter::And(all) => all.iter().all(|filter| self.matches(filter)),
            Filter::Or(any) => any.iter().any(|filter| self.matches(filter)),
            Filter::Not(inner) => !self.matches(inner),
            Filter::Stream(stream) => self.cell(&Target::Stream) == Cell::from(stream.as_str()),
            Filter::Time { from, to } => self.time().is_some_and(|at| (*from..*to).contains(&at)),
            Filter::Match(Target::AnyText, test) => {
                self.cells.iter().any(|cell| matches!(cell, Cell::Text(_)) && test.cell(cell))
            }
            Filter::Match(target, test) => test.cell(&self.cell(target)),
        }
    }
}

/// Whether a column of this name says when a row was.
pub(super) fn is_time(name: &str) -> bool {
    name == TIME || name == Target::Timestamp.name()
}

/// A value to order by: what is not there comes last, in whichever direction.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Rank(bool, Directed);

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Directed {
    Up(Cell<'static>),
    Down(Reverse<Cell<'static>>),
}

impl Rank {
    pub(super) fn of(order: &[Order], row: &dyn Row) -> Vec<Self> {
        let rank = |order: &Order| {
            let cell = row.cell(&order.by).into_owned();
            Self(cell.is_null(), if order.descending { Directed::Down(Reverse(cell)) } else { Directed::Up(cell) })
        };
        order.iter().map(rank).collect()
    }

    pub(super) fn bytes(&self) -> usize {
        match &self.1 {
            Directed::Up(cell) | Directed::Down(Reverse(cell)) => cell.bytes(),
        }
    }
}

/// Name of a column that no query can name and no pipe takes away: which record a row is.
pub(super) const RECORD: &str = "#";

impl Table {
    /// What a pipe makes of it.
    pub(super) fn apply(mut self, pipe: &Pipe) -> Result<Self, TooMany> {
        let Self { columns, rows } = &mut self;
        match pipe {
            Pipe::Where(filter) => rows.retain(|cells| TableRow { columns, cells }.matches(filter)),
            Pipe::Limit(limit) => rows.truncate(*limit),
            Pipe::Sort(order) => rows.sort_by_cached_key(|cells| Rank::of(order, &TableRow { columns, cells })),
            Pipe::Fields(fields) => return Ok(self.only(fields)),
            Pipe::Stats { .. } | Pipe::Hist { .. } | Pipe::Facets { .. } | Pipe::Top { .. } | Pipe::Uniq { .. } => {
                let mut counting = Counting::of(pipe);
                rows.iter().try_for_each(|cells| counting.add(&TableRow { columns, cells }))?;
                let kind = |target: &Target| kind_in(columns, target);
                return counting.finish(&kind, (i64::MIN, i64::MAX));
            }
        }
        Ok(self)
    }

    fn only(self, fields: &[Target]) -> Self {
        let named =
            fields.iter().filter_map(|field| self.columns.iter().position(|column| column.name == field.name()));
        let record = self.columns.iter().position(|column| column.name == RECORD);
        let places: Vec<usize> = named.chain(record).collect();
        let columns = places.iter().filter_map(|place| self.columns.get(*place).cloned()).collect();
        let chosen = |row: Vec<Cell<'static>>| places.iter().filter_map(|place| row.get(*place).cloned()).collect();
        Self { columns, rows: self.rows.into_iter().map(chosen).collect() }
    }

    /// Says of columns what they hold that only their values tell.
    pub(super) fn settle(&mut self) {
        for (place, column) in self.columns.iter_mut().enumerate().filter(|(_, column)| column.kind == Kind::Any) {
            let cells = self.rows.iter().filter_map(|row| row.get(place)).filter(|cell| !cell.is_null());
            let all = cells.fold(None, |all, cell| {
                let kind = match cell {
                    Cell::Int(_) => Kind::Int,
                    Cell::Float(_) => Kind::Float,
                    Cell::Null | Cell::Text(_) => Kind::Text,
                };
                match (all, kind) {
                    (None, kind) => Some(kind),
                    (Some(Kind::Int), Kind::Float) | (Some(Kind::Float), Kind::Int) => Some(Kind::Float),
                    (Some(all), kind) => Some(if all == kind { kind } else { Kind::Text }),
                }
            });
            column.kind = all.unwrap_or(Kind::Text);
        }
    }
}

fn kind_in(columns: &[Column], target: &Target) -> Kind {
    columns.iter().find(|column| column.name == target.name()).map_or(Kind::Any, |column| column.kind)
}

/// The columns that a counting pipe gives, when `kind` says what the fields hold.
pub(super) fn columns_of(pipe: &Pipe, kind: &dyn Fn(&Target) -> Kind) -> Vec<Column> {
    let field = |target: &Target| Column::new(target.name(), kind(target));
    let count = || Column::new("count", Kind::Int);
    match pipe {
        Pipe::Stats { by, calls } => {
            let key = |key: &Key| match key {
                Key::Field(target) => field(target),
                Key::Step(_) => Column::new(TIME, Kind::Time),
            };
            let call = |call: &Call| Column::new(&call.name, kind_of_call(&call.function, kind));
            by.iter().map(key).chain(calls.iter().map(call)).collect()
        }
        Pipe::Hist { by, .. } => {
            let by = by.iter().map(field);
            [Column::new(TIME, Kind::Time)].into_iter().chain(by).chain([count()]).collect()
        }
        Pipe::Facets { .. } => vec![Column::new("field", Kind::Text), Column::new("value", Kind::Text), count()],
        Pipe::Top { by, .. } => vec![field(by), count()],
        Pipe::Uniq { by } => vec![field(by)],
        Pipe::Fields(_) | Pipe::Where(_) | Pipe::Sort(_) | Pipe::Limit(_) => Vec::new(),
    }
}

fn kind_of_call(function: &Function, kind: &dyn Fn(&Target) -> Kind) -> Kind {
    match function {
        Function::Count | Function::CountIf(_) | Function::Of(Fold::CountUniq, _) => Kind::Int,
        Function::Of(Fold::Avg, _) => Kind::Float,
        Function::Of(Fold::Min | Fold::Max, target) => kind(target),
        // Attributes may be broken numbers, and so is what a sketch says of whole ones.
        Function::Of(Fold::Sum | Fold::Percentile(_), _) => Kind::Any,
    }
}

/// A counting pipe at work.
pub(super) struct Counting<'q> {
    pipe: &'q Pipe,
    each: Vec<Aggregation>,
}

impl<'q> Counting<'q> {
    pub(super) fn of(pipe: &'q Pipe) -> Self {
        let count = [Call { function: Function::Count, name: "count".to_owned() }];
        let one = |by: &[Key], calls: &[Call]| vec![Aggregation::new(by, calls, Room::new(MAX_BYTES))];
        let each = match pipe {
            Pipe::Stats { by, calls } => one(by, calls),
            Pipe::Hist { step, by } => {
                let by = by.iter().cloned().map(Key::Field);
                one(&[Key::Step(*step)].into_iter().chain(by).collect::<Vec<_>>(), &count)
            }
            Pipe::Top { by, .. } | Pipe::Uniq { by } => one(&[Key::Field(by.clone())], &count),
            Pipe::Facets { fields, .. } => {
                let fields = facets(fields);
                let room = MAX_BYTES / fields.len().max(1);
                fields.into_iter().map(|by| Aggregation::new(&[Key::Field(by)], &count, Room::new(room))).collect()
            }
            Pipe::Fields(_) | Pipe::Where(_) | Pipe::Sort(_) | Pipe::Limit(_) => Vec::new(),
        };
        Self { pipe, each }
    }

    /// Counts one row.
    pub(super) fn add(&mut self, row: &dyn Row) -> Result<(), TooMany> {
        self.each.iter_mut().try_for_each(|aggregation| aggregation.add(row))
    }

    /// The table. `extent` is the time asked for, `[from, to)` µs.
    pub(super) fn finish(self, kind: &dyn Fn(&Target) -> Kind, extent: (i64, i64)) -> Result<Table, TooMany> {
        let columns = columns_of(self.pipe, kind);
        let mut each = self.each.into_iter().map(Aggregation::finish);
        let rows = match self.pipe {
            Pipe::Hist { step, by } => with_empty_steps(each.next().unwrap_or_default(), *step, by.is_some(), extent)?,
            Pipe::Top { limit, .. } => most_frequent(each.next().unwrap_or_default(), *limit),
            Pipe::Uniq { .. } => {
                let mut rows = each.next().unwrap_or_default();
                rows.retain(|row| !row.first().is_none_or(Cell::is_null));
                for row in &mut rows {
                    row.truncate(1);
                }
                rows
            }
            Pipe::Facets { limit, fields } => {
                let named = |(field, rows): (Target, Vec<_>)| {
                    let rows = most_frequent(rows, *limit).into_iter();
                    rows.map(move |row| facet(field.name(), row)).collect::<Vec<_>>()
                };
                facets(fields).into_iter().zip(each).flat_map(named).collect()
            }
            _ => each.next().unwrap_or_default(),
        };
        Ok(Table { columns, rows })
    }
}

pub(super) fn facets(fields: &[Target]) -> Vec<Target> {
    if fields.is_empty() { FACETS.into_iter().map(Target::of).collect() } else { fields.to_vec() }
}

fn facet(field: &str, row: Vec<Cell<'static>>) -> Vec<Cell<'static>> {
    let mut row = row.into_iter();
    let value = row.next().map_or(Cell::Null, |value| value.to_text().into());
    [field.to_owned().into(), value].into_iter().chain(row).collect()
}

/// Rows `(value, count)`, most frequent first, equal ones by value; what is missing is no value.
fn most_frequent(mut rows: Vec<Vec<Cell<'static>>>, limit: usize) -> Vec<Vec<Cell<'static>>> {
    rows.retain(|row| !row.first().is_none_or(Cell::is_null));
    let by_count = |left: &Vec<Cell<'_>>, right: &Vec<Cell<'_>>| right.get(1).cmp(&left.get(1));
    // Stable: they come by value.
    rows.sort_by(by_count);
    rows.truncate(limit);
    rows
}

/// Rows `(step, …, count)` with one for each step that has none.
fn with_empty_steps(
    rows: Vec<Vec<Cell<'static>>>,
    step: Duration,
    by: bool,
    (from, to): (i64, i64),
) -> Result<Vec<Vec<Cell<'static>>>, TooMany> {
    let step = i64::try_from(step.as_micros()).unwrap_or(i64::MAX).max(1);
    let at = |row: &Vec<Cell<'_>>| match row.first() {
        Some(Cell::Int(at)) => i64::try_from(*at).ok(),
        _ => None,
    };
    let seen = || rows.iter().filter_map(at);
    let first = if from == i64::MIN { seen().min() } else { Some(bucket_of(from, step)) };
    let end = if to == i64::MAX { seen().max().map(|last| last.saturating_add(1)) } else { Some(to) };
    let (Some(first), Some(end)) = (first, end) else { return Ok(rows) };
    if end.saturating_sub(first) / step >= MAX_BUCKETS {
        return Err(TooMany);
    }
    let mut all = Vec::new();
    let mut rows = rows.into_iter().peekable();
    let mut next = first;
    while next < end {
        while let Some(row) = rows.next_if(|row| at(row).is_none_or(|at| at < next)) {
            all.push(row);
        }
        let mut empty = true;
        while let Some(row) = rows.next_if(|row| at(row) == Some(next)) {
            all.push(row);
            empty = false;
        }
        if empty {
            let key = if by { vec![Cell::Int(next.into()), Cell::Null] } else { vec![Cell::Int(next.into())] };
            all.push(key.into_iter().chain([Cell::Int(0)]).collect());
        }
        next = next.saturating_add(step);
    }
    all.extend(rows);
    Ok(all)
}
