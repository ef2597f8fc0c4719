//! What stands behind `|`: pipes that choose, order and count what a filter found.
//!
//! *Not* here: text (`parse/pipes.rs`, `print.rs`) and what they do (`aggregate.rs`, `table.rs`).

use std::time::Duration;

use super::filter::{Filter, Query, Target};

/// A query with its pipes, as it was written.
#[derive(Debug, Clone)]
pub struct Piped {
    /// What stands before the first pipe.
    pub query: Query,
    /// The pipes in their order.
    pub pipes: Vec<Pipe>,
}

/// One pipe.
#[derive(Debug, Clone)]
pub enum Pipe {
    /// Only these fields.
    Fields(Vec<Target>),
    /// Only rows that answer this.
    Where(Filter),
    /// In this order; what has no value comes last.
    Sort(Vec<Order>),
    /// The first of them.
    Limit(usize),
    /// One row for each group.
    Stats {
        /// What makes a group; nothing: all are one.
        by: Vec<Key>,
        /// What is said of it.
        calls: Vec<Call>,
    },
    /// Counts over time, empty steps too.
    Hist {
        /// Length of a step.
        step: Duration,
        /// Also apart by this.
        by: Option<Target>,
    },
    /// The most frequent values of several fields.
    Facets {
        /// Values of each.
        limit: usize,
        /// The fields; none: [`FACETS`].
        fields: Vec<Target>,
    },
    /// The most frequent values of a field.
    Top {
        /// How many.
        limit: usize,
        /// The field.
        by: Target,
    },
    /// The different values of a field.
    Uniq {
        /// The field.
        by: Target,
    },
}

impl Pipe {
    /// Whether it makes a table out of records.
    pub const fn aggregates(&self) -> bool {
        !matches!(self, Self::Fields(_) | Self::Where(_) | Self::Sort(_) | Self::Limit(_))
    }
}

/// What `facets` shows when nothing is named: what people narrow a search by.
pub const FACETS: [&str; 8] = [
    "stream",
    "event.dataset",
    "event.action",
    "event.outcome",
    "event.severity",
    "source.ip",
    "user.name",
    "rule.category",
];

/// One thing to order by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Order {
    /// The field.
    pub by: Target,
    /// Largest first.
    pub descending: bool,
}

/// What makes a group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Key {
    /// The value of a field.
    Field(Target),
    /// The step of time it was in.
    Step(Duration),
}

impl Key {
    /// Name of its column.
    pub fn name(&self) -> &str {
        match self {
            Self::Field(target) => target.name(),
            Self::Step(_) => super::cell::TIME,
        }
    }
}

/// A function and the name of its column.
#[derive(Debug, Clone)]
pub struct Call {
    /// The function.
    pub function: Function,
    /// Name of its column.
    pub name: String,
}

/// What is said of a group.
#[derive(Debug, Clone)]
pub enum Function {
    /// Rows.
    Count,
    /// Rows that answer a filter.
    CountIf(Filter),
    /// A function of the values of a field.
    Of(Fold, Target),
}

/// A function of values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fold {
    /// Different values.
    CountUniq,
    /// Sum of numbers, exact for whole ones.
    Sum,
    /// Mean of numbers.
    Avg,
    /// Smallest value.
    Min,
    /// Largest value.
    Max,
    /// A percentile of numbers: of `n` values in order the one behind the first `n · p / 100`, rounded down; at most the last.
    Percentile(u8),
}

impl Fold {
    /// Every function of values by name.
    pub const ALL: [(&'static str, Self); 9] = [
        ("count_uniq", Self::CountUniq),
        ("sum", Self::Sum),
        ("avg", Self::Avg),
        ("min", Self::Min),
        ("max", Self::Max),
        ("p50", Self::Percentile(50)),
        ("p90", Self::Percentile(90)),
        ("p95", Self::Percentile(95)),
        ("p99", Self::Percentile(99)),
    ];

    /// Its name.
    pub fn name(self) -> &'static str {
        Self::ALL.iter().find(|(_, fold)| *fold == self).map_or("", |(name, _)| name)
    }
}

impl Function {
    /// The name its column has when none is given.
    pub fn default_name(&self) -> String {
        match self {
            Self::Count => "count".to_owned(),
            Self::CountIf(_) => "count_if".to_owned(),
            Self::Of(fold, target) => format!("{}_{}", fold.name(), target.name()),
        }
    }
}
