//! From a query as written to what is done: what is read, what is kept of it, and what becomes of that.
//!
//! `where` before the first `limit` joins the filter, so that it decides what is read. Rows behind a `limit`, like those of a
//! count, are a table: only the fields that later pipes name are kept of them.
//!
//! Invariant: what a plan accepts has a meaning for every pipe; a name that is no column, or a sum of texts, is refused before
//! anything is read (VLT-0202).

use std::slice;

use super::cell::{Kind, TIME};
use super::filter::{Filter, Query, Target};
use super::pipe::{Fold, Function, Key, Order, Pipe, Piped};
use super::table::{Column, columns_of, facets, is_time};

/// A query that reads but asks for something that is not there (VLT-0202).
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("use {what} in this query: expected {expected}")]
pub struct TypeError {
    /// The name or function.
    pub what: String,
    /// What could stand there.
    pub expected: String,
}

/// What is done.
#[derive(Debug, Clone)]
pub struct Plan {
    /// Which records are read.
    pub query: Query,
    /// The order in which the first of them are wanted; none: newest first.
    pub(super) order: Vec<Order>,
    /// How many of them are wanted.
    pub(super) limit: Option<usize>,
    /// What is done with these, in order.
    pub(super) pipes: Vec<Pipe>,
    /// The fields wanted of the rows; none: all.
    fields: Option<Vec<Target>>,
}

impl Plan {
    /// How the query is answered.
    pub fn of(piped: Piped) -> Result<Self, TypeError> {
        let mut scope = Scope { columns: None, bare_words: true };
        for pipe in &piped.pipes {
            scope.check(pipe)?;
            scope.pass(pipe);
        }
        let Piped { query, pipes } = piped;
        let mut plan = Self { query, order: Vec::new(), limit: None, pipes: Vec::new(), fields: None };
        for pipe in pipes {
            plan.add(pipe);
        }
        if plan.counts() && plan.limit.is_none() {
            // All records are counted; in which order does not matter.
            plan.order.clear();
        }
        Ok(plan)
    }

    fn add(&mut self, pipe: Pipe) {
        let counts = self.counts();
        match pipe {
            Pipe::Fields(fields) if !counts => {
                self.fields = Some(fields);
            }
            Pipe::Where(filter) if !counts && self.limit.is_none() => {
                self.query.has_time |= filter.names_time();
                let before = std::mem::replace(&mut self.query.filter, Filter::All);
                self.query.filter =
                    if matches!(before, Filter::All) { filter } else { Filter::And(vec![before, filter]) };
            }
            Pipe::Sort(order) if !counts && self.limit.is_none() => {
                // A later order decides, and the earlier one among its equals.
                self.order.splice(0..0, order);
            }
            Pipe::Limit(limit) if !counts && self.limit.is_none() => self.limit = Some(limit),
            pipe => self.pipes.push(pipe),
        }
    }

    /// Whether the answer is a table of counts.
    pub fn counts(&self) -> bool {
        self.pipes.iter().any(Pipe::aggregates)
    }

    /// Whether the answer is every matching record, newest first, page by page.
    pub fn is_plain(&self) -> bool {
        self.order.is_empty() && self.limit.is_none() && self.pipes.is_empty()
    }

    /// The fields wanted of the records of the answer; none: all.
    pub fn fields(&self) -> Option<&[Target]> {
        self.fields.as_deref()
    }

    /// The fields of records that pipes look at, up to the first count.
    pub(super) fn wanted(&self) -> Vec<Target> {
        let mut wanted = Vec::new();
        for pipe in &self.pipes {
            add_fields(pipe, &mut wanted);
            if pipe.aggregates() {
                break;
            }
        }
        wanted.sort_unstable_by(|left, right| left.name().cmp(right.name()));
        wanted.dedup();
        wanted
    }
}

/// Fields that a pipe looks at.
pub(super) fn add_fields(pipe: &Pipe, fields: &mut Vec<Target>) {
    match pipe {
        Pipe::Fields(_) | Pipe::Limit(_) => {}
        Pipe::Where(filter) => add_fields_of_filter(filter, fields),
        Pipe::Sort(order) => fields.extend(order.iter().map(|order| order.by.clone())),
        Pipe::Stats { by, calls } => {
            for key in by {
                match key {
                    Key::Field(target) => fields.push(target.clone()),
                    Key::Step(_) => fields.push(Target::Timestamp),
                }
            }
            for call in calls {
                match &call.function {
                    Function::Count => {}
                    Function::CountIf(filter) => add_fields_of_filter(filter, fields),
                    Function::Of(_, target) => fields.push(target.clone()),
                }
            }
        }
        Pipe::Hist { by, .. } => fields.extend(by.iter().cloned().chain([Target::Timestamp])),
        Pipe::Facets { fields: named, .. } => fields.extend(facets(named)),
        Pipe::Top { by, .. } | Pipe::Uniq { by } => fields.push(by.clone()),
    }
}

fn add_fields_of_filter(filter: &Filter, fields: &mut Vec<Target>) {
    match filter {
        Filter::All => {}
        Filter::And(parts) | Filter::Or(parts) => parts.iter().for_each(|part| add_fields_of_filter(part, fields)),
        Filter::Not(inner) => add_fields_of_filter(inner, fields),
        Filter::Stream(_) => fields.push(Target::Stream),
        Filter::Time { .. } => fields.push(Target::Timestamp),
        Filter::Match(target, _) => fields.push(target.clone()),
    }
}

/// What a pipe may name.
struct Scope {
    /// The columns there are; none: every field of a record.
    columns: Option<Vec<Column>>,
    /// Whether a word without a field has texts to stand in.
    bare_words: bool,
}

impl Scope {
    fn kind(&self, target: &Target) -> Result<Kind, TypeError> {
        let Some(columns) = &self.columns else { return Ok(Kind::of(target)) };
        let found = columns.iter().find(|column| column.name == target.name());
        found
            .map(|column| column.kind)
            .ok_or_else(|| TypeError { what: target.name().to_owned(), expected: one_of(columns) })
    }

    fn check(&self, pipe: &Pipe) -> Result<(), TypeError> {
        let all = |targets: &[Target]| targets.iter().try_for_each(|target| self.kind(target).map(drop));
        match pipe {
            Pipe::Fields(fields) => all(fields),
            Pipe::Where(filter) => self.check_filter(filter),
            Pipe::Sort(order) => order.iter().try_for_each(|order| self.kind(&order.by).map(drop)),
            Pipe::Limit(_) => Ok(()),
            Pipe::Stats { by, calls } => {
                by.iter().try_for_each(|key| match key {
                    Key::Field(target) => self.kind(target).map(drop),
                    Key::Step(_) => self.check_time(),
                })?;
                calls.iter().try_for_each(|call| self.check_function(&call.function))
            }
            Pipe::Hist { by, .. } => {
                self.check_time()?;
                by.iter().try_for_each(|by| self.kind(by).map(drop))
            }
            Pipe::Facets { fields, .. } => all(&facets(fields)),
            Pipe::Top { by, .. } | Pipe::Uniq { by } => all(slice::from_ref(by)),
        }
    }

    fn check_function(&self, function: &Function) -> Result<(), TypeError> {
        match function {
            Function::Count => Ok(()),
            Function::CountIf(filter) => self.check_filter(filter),
            Function::Of(fold, target) => match (fold, self.kind(target)?) {
                (Fold::Sum | Fold::Avg | Fold::Percentile(_), Kind::Text) => Err(TypeError {
                    what: format!("{}({})", fold.name(), target.name()),
                    expected: "a field that holds numbers".to_owned(),
                }),
                _ => Ok(()),
            },
        }
    }

    fn check_filter(&self, filter: &Filter) -> Result<(), TypeError> {
        match filter {
            Filter::And(parts) | Filter::Or(parts) => parts.iter().try_for_each(|part| self.check_filter(part)),
            Filter::Not(inner) => self.check_filter(inner),
            Filter::Stream(_) => self.kind(&Target::Stream).map(drop),
            Filter::Time { .. } => self.check_time(),
            Filter::Match(Target::AnyText, test) if !self.bare_words => Err(TypeError {
                what: test.to_string(),
                expected: "a field before it: behind fields and limit only named fields are kept".to_owned(),
            }),
            Filter::All | Filter::Match(Target::AnyText, _) => Ok(()),
            Filter::Match(target, _) => self.kind(target).map(drop),
        }
    }

    fn check_time(&self) -> Result<(), TypeError> {
        match &self.columns {
            Some(columns) if !columns.iter().any(|column| is_time(&column.name)) => {
                Err(TypeError { what: TIME.to_owned(), expected: one_of(columns) })
            }
            _ => Ok(()),
        }
    }

    /// What the next pipe may name.
    fn pass(&mut self, pipe: &Pipe) {
        let columns = {
            let kind = |target: &Target| self.kind(target).unwrap_or(Kind::Any);
            match pipe {
                Pipe::Where(_) | Pipe::Sort(_) | Pipe::Limit(_) => None,
                Pipe::Fields(fields) => {
                    let column = |field: &Target| Column { name: field.name().to_owned(), kind: kind(field) };
                    Some(fields.iter().map(column).collect())
                }
                _ => Some(columns_of(pipe, &kind)),
            }
        };
        let of_records = self.columns.is_none() || !self.bare_words;
        match pipe {
            Pipe::Fields(_) | Pipe::Limit(_) if of_records => self.bare_words = false,
            pipe if pipe.aggregates() => self.bare_words = true,
            _ => {}
        }
        self.columns = columns.or(self.columns.take());
    }
}

fn one_of(columns: &[Column]) -> String {
    let names: Vec<&str> = columns.iter().map(|column| column.name.as_str()).collect();
    format!("one of {}", names.join(", "))
}

#[cfg(test)]
mod tests {
    use super::super::parse_piped;
    use super::*;

    fn plan(text: &str) -> Result<Plan, TypeError> {
        Plan::of(parse_piped(text, medward_contract::Timestamp::from_micros(0)).unwrap())
    }

    #[test]
    fn where_decides_what_is_read_and_limit_ends_that() {
        let check = |text: &str, filter: &str, rest: usize| {
            let plan = plan(text).unwrap();
            assert_eq!((plan.query.filter.to_string().as_str(), plan.pipes.len()), (filter, rest), "{text}");
            plan
        };
        assert!(check("a | where b | fields url.path", "\"a\" and \"b\"", 0).is_plain());
        assert!(check("| where _time:1h", "_time:[-3600000000,1)", 0).query.has_time);
        assert_eq!(check("a | limit 5 | where x:b", "\"a\"", 1).limit, Some(5));
        let sorted = check("a | sort by (x) | sort by (y desc) | limit 5 | limit 3", "\"a\"", 1);
        assert_eq!(sorted.order.iter().map(ToString::to_string).collect::<Vec<_>>(), ["y desc", "x"]);
        assert!(check("a | sort by (x) | stats count()", "\"a\"", 1).order.is_empty());
        assert!(!check("a | stats count_if(_time:1h)", "\"a\"", 1).query.has_time);
    }

    #[test]
    fn names_that_are_no_columns_and_sums_of_texts_are_refused() {
        let check = |text: &str, what: &str, expected: &str| {
            let error = plan(text).unwrap_err();
            assert_eq!((error.what.as_str(), error.expected.as_str()), (what, expected), "{text}");
        };
        check("* | stats sum(user.name)", "sum(user.name)", "a field that holds numbers");
        check("* | stats by (user.name) count() as n | where m:>1", "m", "one of user.name, n");
        check("* | stats count() as n | hist 1h", "_time", "one of n");
        check("* | stats by (user.name) max(user.name) as m | stats p50(m)", "p50(m)", "a field that holds numbers");
        check("* | fields user.name | where rule.id:x", "rule.id", "one of user.name");
        check("* | top 3 by (user.name) | where stream:waf", "stream", "one of user.name, count");
        let bare = "a field before it: behind fields and limit only named fields are kept";
        check("* | fields user.name | where x", "\"x\"", bare);
        check("* | limit 3 | where x", "\"x\"", bare);
        for sound in [
            "* | stats sum(waf.score), p99(event.duration), max(user.name)",
            "* | hist 1h | where _time:1h | sort by (count desc) | fields _time",
            "* | stats by (user.name) count() as n | where anna n:>1",
            "* | limit 5 | stats by (_time:1h) count() | limit 3 | where *",
        ] {
            assert!(plan(sound).is_ok(), "{sound}");
        }
    }
}
