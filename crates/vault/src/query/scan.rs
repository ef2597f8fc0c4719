//! Where a query looks: row groups of segments and blocks of the log, newest first; and how one of them is read.
//!
//! Of a row group first only the columns that the filter needs are read, then of the rows that match what the caller wants to
//! see. A record that stands in a segment is not read from the log as well.

use std::sync::Arc;

use medward_contract::event::{Field, Stream};

use super::candidates::candidates;
use super::filter::{Filter, Target, Test};
use crate::canonical::View;
use crate::index::{Block, newest_of};
use crate::read::{ReadError, block_bytes, for_each_frame, open_segment, unreadable};
use crate::segment::{Batch, Entry, columns, places_of, tokens};
use crate::shared::Shared;
use crate::streams::{PerStream, StreamSet};

/// Columns of a segment, by place; each once, in order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Columns(Vec<usize>);

impl Columns {
    /// Columns at these places.
    fn new(mut places: Vec<usize>) -> Self {
        places.sort_unstable();
        places.dedup();
        Self(places)
    }

    /// The columns that give these targets.
    pub(super) fn of<'a>(targets: impl IntoIterator<Item = &'a Target>) -> Self {
        Self::new(targets.into_iter().flat_map(places_of_target).collect())
    }

    /// These and those.
    pub(super) fn with(&self, other: &Self) -> Self {
        Self::new(self.0.iter().chain(&other.0).copied().collect())
    }

    fn contains(&self, other: &Self) -> bool {
        other.0.iter().all(|place| self.0.binary_search(place).is_ok())
    }
}

fn places_of_target(target: &Target) -> Vec<usize> {
    match target {
        Target::AnyText => {
            let texts = Field::ALL.iter().filter(|field| field.kind() != medward_contract::event::FieldKind::Int);
            let mut places = places_of(texts.copied());
            places.extend([columns::DATASET, columns::ACTION, columns::TAGS, columns::ATTRS]);
            places
        }
        Target::Dataset => vec![columns::DATASET],
        Target::Action => vec![columns::ACTION],
        Target::Outcome => vec![columns::OUTCOME],
        Target::Severity => vec![columns::SEVERITY],
        Target::Timestamp => vec![columns::TIMESTAMP],
        Target::Ingested => vec![columns::INGESTED],
        Target::Seq | Target::Stream => Vec::new(),
        Target::Tags => vec![columns::TAGS],
        Target::Field(field) => places_of([*field]),
        Target::Attr(_) => vec![columns::ATTRS],
    }
}

/// Columns that the filter looks at.
pub(super) fn columns_of(filter: &Filter) -> Columns {
    match filter {
        Filter::All | Filter::Stream(_) => Columns::default(),
        Filter::Time { .. } => Columns(vec![columns::TIMESTAMP]),
        Filter::And(all) | Filter::Or(all) => {
            all.iter().map(columns_of).fold(Columns::default(), |sum, next| sum.with(&next))
        }
        Filter::Not(inner) => columns_of(inner),
        Filter::Match(target, _) => Columns::of([target]),
    }
}

/// Tokens without which no record answers the filter.
#[derive(Debug, PartialEq, Eq)]
enum Needed {
    Nothing,
    Token(u64),
    All(Vec<Needed>),
    OneOf(Vec<Needed>),
}

impl Needed {
    fn of(filter: &Filter) -> Self {
        match filter {
            Filter::And(all) => Self::All(all.iter().map(Self::of).collect()),
            Filter::Or(any) => Self::OneOf(any.iter().map(Self::of).collect()),
            Filter::Match(target, test) if is_text(target) => Self::of_test(target, test),
            Filter::All | Filter::Stream(_) | Filter::Time { .. } | Filter::Not(_) | Filter::Match(..) => Self::Nothing,
        }
    }

    fn of_test(target: &Target, test: &Test) -> Self {
        // A number in JSON may be spelt otherwise than it is compared.
        let spelt = |text: &str| !matches!(target, Target::Attr(_)) || text.parse::<f64>().is_err();
        let text = |text: &str, prefix| {
            if spelt(text) {
                Self::All(tokens::needed(text, prefix).into_iter().map(Self::Token).collect())
            } else {
                Self::Nothing
            }
        };
        match test {
            Test::Term(term) => text(term.text(), term.is_prefix()),
            Test::Equals(value) => text(value, false),
            Test::In(values) => Self::OneOf(values.iter().map(|value| text(value, false)).collect()),
            Test::NotEquals(_)
            | Test::Regex(_)
            | Test::Exists
            | Test::Between(..)
            | Test::Below(_)
            | Test::Above(_)
            | Test::Cidr(_) => Self::Nothing,
        }
    }

    fn may_be(&self, has: &impl Fn(u64) -> bool) -> bool {
        match self {
            Self::Nothing => true,
            Self::Token(token) => has(*token),
            Self::All(all) => all.iter().all(|needed| needed.may_be(has)),
            Self::OneOf(any) => any.iter().any(|needed| needed.may_be(has)),
        }
    }
}

/// Whether the values of a target are texts whose tokens stand in the filters.
fn is_text(target: &Target) -> bool {
    match target {
        Target::AnyText | Target::Dataset | Target::Action | Target::Outcome | Target::Tags | Target::Attr(_) => true,
        Target::Field(field) => field.kind() != medward_contract::event::FieldKind::Int,
        Target::Severity | Target::Timestamp | Target::Ingested | Target::Seq | Target::Stream => false,
    }
}

/// A place to look.
#[derive(Debug, Clone)]
pub(super) enum Source {
    /// A block of the log.
    Log(Block),
    /// A row group of a segment.
    Group(Stream, Arc<Entry>, usize),
}

impl Source {
    fn newest(&self, streams: StreamSet) -> i64 {
        match self {
            Self::Log(block) => newest_of(block, streams),
            Self::Group(_, entry, group) => entry.head.groups.get(*group).map_or(i64::MIN, |head| head.newest),
        }
    }
}

/// Where a record was found.
#[derive(Debug, Clone)]
pub(super) enum Found<'a> {
    /// In the log: its bytes.
    Log(&'a [u8]),
    /// In a row group: its place there.
    Row(u32),
}

/// Rows of a batch that match.
#[derive(Debug)]
pub(super) enum Matching {
    /// All of them.
    All,
    /// These, in order.
    These(Vec<usize>),
}

impl Matching {
    /// The rows, of so many.
    pub(super) fn of(&self, rows: usize) -> impl Iterator<Item = usize> {
        let (all, these) = match self {
            Self::All => (0..rows, [].as_slice()),
            Self::These(these) => (0..0, these.as_slice()),
        };
        all.chain(these.iter().copied())
    }
}

/// What matched: one record of the log, or rows of a batch.
pub(super) enum Matched<'a, 'b> {
    /// A record.
    Record(&'a View<'b>),
    /// Rows.
    Rows(&'a Batch, &'a Matching),
}

/// A filter over the streams and times it is asked for.
pub(super) struct Scan<'a> {
    shared: &'a Shared,
    filter: &'a Filter,
    streams: StreamSet,
    from: i64,
    to: i64,
    filter_columns: Columns,
    needed: Needed,
    /// Where the segments of each stream ended when the sources were chosen.
    sealed: PerStream<u64>,
}

impl<'a> Scan<'a> {
    /// Records of `streams` with `@timestamp` in `[from, to)`, µs, that answer the filter.
    pub(super) fn new(shared: &'a Shared, filter: &'a Filter, (streams, from, to): (StreamSet, i64, i64)) -> Self {
        let (filter_columns, needed) = (columns_of(filter), Needed::of(filter));
        Self { shared, filter, streams, from, to, filter_columns, needed, sealed: PerStream::default() }
    }

    /// Whether the token filters of segments can tell where no match is; else every record of those streams and times is
    /// looked at.
    pub(super) fn is_indexed(&self) -> bool {
        !self.needed.may_be(&|_| false)
    }

    /// Places that may hold a match not newer than `latest`, with the newest time of each; newest first.
    pub(super) fn sources(&mut self, latest: i64) -> Vec<(i64, Source)> {
        let latest = latest.min(self.to.saturating_sub(1));
        if self.from > latest {
            return Vec::new();
        }
        let index = self.shared.index();
        self.sealed = PerStream::from_fn(|stream| index.sealed(stream));
        let mut sources: Vec<Source> =
            index.select(self.streams, self.from, latest).into_iter().map(Source::Log).collect();
        for stream in Stream::ALL.into_iter().filter(|stream| self.streams.contains(*stream)) {
            for entry in index.catalog().of(stream).iter() {
                let groups = (0..).zip(&entry.head.groups);
                let inside = groups.filter(|(_, head)| head.newest >= self.from && head.oldest <= latest);
                sources.extend(inside.map(|(group, _)| Source::Group(stream, entry.clone(), group)));
            }
        }
        drop(index);
        let mut sources: Vec<_> = sources.into_iter().map(|source| (source.newest(self.streams), source)).collect();
        sources.sort_by_key(|(newest, _)| std::cmp::Reverse(*newest));
        sources
    }

    /// Hands every match of a source to `visit` until it returns false; gives the number of records looked at. What `visit`
    /// sees of a record in a segment is its time and `wanted`.
    pub(super) fn read(
        &self,
        source: &Source,
        wanted: &Columns,
        visit: &mut impl FnMut(Stream, &View<'_>, Found<'_>) -> bool,
    ) -> Result<u64, ReadError> {
        match source {
            Source::Log(block) => self.read_block(block, visit),
            Source::Group(stream, entry, group) => {
                self.read_group(*stream, entry, *group, wanted, &mut |batch, rows| show(*stream, batch, rows, visit))
            }
        }
    }

    /// The same, but what stands in columns is handed over in columns.
    pub(super) fn read_columns(
        &self,
        source: &Source,
        wanted: &Columns,
        visit: &mut impl FnMut(Stream, Matched<'_, '_>),
    ) -> Result<u64, ReadError> {
        match source {
            Source::Log(block) => self.read_block(block, &mut |stream, view, _| {
                visit(stream, Matched::Record(view));
                true
            }),
            Source::Group(stream, entry, group) => {
                self.read_group(*stream, entry, *group, wanted, &mut |batch, rows| {
                    visit(*stream, Matched::Rows(batch, rows));
                })
            }
        }
    }

    fn read_block(
        &self,
        block: &Block,
        visit: &mut impl FnMut(Stream, &View<'_>, Found<'_>) -> bool,
    ) -> Result<u64, ReadError> {
        let bytes = block_bytes(self.shared, block)?;
        let (mut scanned, mut more) = (0, true);
        for_each_frame(&bytes, &mut |frame, _| {
            let Some(stream) = Stream::from_number(frame.stream).filter(|stream| self.streams.contains(*stream)) else {
                return;
            };
            if !more || frame.seq < *self.sealed.of(stream) {
                return;
            }
            scanned += 1;
            let Ok(view) = View::parse(frame.payload) else { return };
            if (self.from..self.to).contains(&view.timestamp.as_micros()) && self.filter.matches(stream, &view) {
                more = visit(stream, &view, Found::Log(frame.payload));
            }
        });
        Ok(scanned)
    }

    fn read_group(
        &self,
        stream: Stream,
        entry: &Entry,
        group: usize,
        wanted: &Columns,
        take: &mut impl FnMut(&Batch, &Matching),
    ) -> Result<u64, ReadError> {
        let segment = open_segment(self.shared, entry)?;
        if !self.needed.may_be(&|token| segment.may_hold(group, token)) {
            return Ok(0);
        }
        let read = |columns: &Columns, places| {
            segment.read(group, &columns.0, places).map_err(|source| unreadable(entry, source))
        };
        let wanted = Columns(vec![columns::TIMESTAMP]).with(wanted);
        let inside = entry.head.groups.get(group).is_some_and(|head| head.oldest >= self.from && head.newest < self.to);
        let tests = if inside {
            self.filter_columns.clone()
        } else {
            Columns(vec![columns::TIMESTAMP]).with(&self.filter_columns)
        };
        // What is read anyway is read once.
        let first = if wanted.contains(&tests) || tests.contains(&wanted) { tests.with(&wanted) } else { tests };
        let batch = read(&first, None)?;
        let scanned = batch.len() as u64;
        let rows = if inside && matches!(self.filter, Filter::All) {
            Matching::All
        } else {
            let matching = |row: &usize| {
                let in_time = inside || (self.from..self.to).contains(&batch.timestamp(*row));
                in_time && (matches!(self.filter, Filter::All) || self.filter.matches(stream, &batch.view(*row)))
            };
            Matching::These(match candidates(self.filter, &batch) {
                Some(set) => set.rows().filter(matching).collect(),
                None => (0..batch.len()).filter(matching).collect(),
            })
        };
        if first.contains(&wanted) {
            take(&batch, &rows);
            return Ok(scanned);
        }
        let places: Vec<u32> = rows.of(batch.len()).filter_map(|row| u32::try_from(row).ok()).collect();
        let chosen = if places.len() == batch.len() { None } else { Some(places) };
        let batch = read(&wanted, chosen)?;
        take(&batch, &Matching::All);
        Ok(scanned)
    }
}

fn show(stream: Stream, batch: &Batch, rows: &Matching, visit: &mut impl FnMut(Stream, &View<'_>, Found<'_>) -> bool) {
    for row in rows.of(batch.len()) {
        let place = u32::try_from(batch.place(row)).unwrap_or(u32::MAX);
        if !visit(stream, &batch.view(row), Found::Row(place)) {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::query::parse;

    #[test]
    fn only_what_every_match_must_hold_is_needed() {
        let now = medward_contract::Timestamp::from_micros(0);
        let needs = |text: &str| Needed::of(&parse(text, now).unwrap().filter);
        let words = |words: &[&str]| words.iter().flat_map(|word| tokens::needed(word, false)).collect::<Vec<_>>();
        let may = |query: &str, there: &[&str]| needs(query).may_be(&|token| words(there).contains(&token));
        assert!(may("sqli and login", &["sqli", "login"]) && !may("sqli and login", &["sqli"]));
        assert!(may("sqli or login", &["login"]) && !may("sqli or login", &["x"]));
        assert!(may("not sqli", &["x"]) && may("rule.id:!=5", &["x"]) && may("message:~\"a.c\"", &["x"]));
        assert!(!may("host.name:=his-1", &["x"]) && may("host.name:=his-1", &["his", "1"]));
        assert!(may("x.count:=5", &["x"]), "5 may be spelt 5.0");
        assert!(may("http.response.status_code:=404", &["x"]), "numbers are not tokens");
        assert!(may("repor*", &["report"]) && !may("big repor*", &["report"]));
        assert!(!may("user.name:in(anna, bert)", &["carl"]) && may("user.name:in(anna, bert)", &["bert"]));
    }
}
