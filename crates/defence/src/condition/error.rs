//! What can be wrong with a written condition, and where in the tree.

use std::fmt;

use super::field::field_names;
use super::{MAX_DEPTH, MAX_LEAVES, MAX_PATTERN_MEMORY, MAX_VALUE_BYTES, MAX_VALUES};
use crate::address::EntryError;

/// Faults that are told at once.
pub(super) const MAX_FAULTS: usize = 20;

/// Why a condition was refused.
#[derive(Debug, thiserror::Error)]
pub enum ConditionError {
    #[error("read condition: {0} bytes are more than {1}")]
    TooLong(usize, usize),
    #[error("read condition: {path}")]
    Shape { path: String, source: serde_json::Error },
    #[error("compile condition: {}", Faults(.0))]
    Faults(Vec<Fault>),
}

/// One fault. Its path reads like `all[1].not.value`, and is empty for the whole condition.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{path}{}{problem}", if path.is_empty() { "" } else { ": " })]
pub struct Fault {
    pub path: String,
    #[source]
    pub problem: Problem,
}

/// What is wrong, and what is allowed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    #[error("deeper than {MAX_DEPTH} levels")]
    TooDeep,
    #[error("more than {MAX_LEAVES} tests")]
    TooManyLeaves,
    #[error("needs at least one part")]
    Empty,
    #[error("no such field; there are {}", field_names())]
    UnknownField,
    #[error("`{field}` allows {allowed}")]
    Op { field: String, allowed: String },
    #[error("expected {0}")]
    Kind(&'static str),
    #[error("expected one of {0}")]
    NotOneOf(String),
    #[error("more than {MAX_VALUES} values")]
    TooManyValues,
    #[error("more than {MAX_VALUE_BYTES} bytes")]
    TooLong,
    #[error("{0}")]
    Address(EntryError),
    #[error("not a pattern: {0}")]
    Pattern(String),
    #[error(
        "the pattern needs more than {MAX_PATTERN_MEMORY} bytes; use shorter repetitions, or `(?-u)` for ASCII only"
    )]
    PatternTooLarge,
}

struct Faults<'a>(&'a [Fault]);

impl fmt::Display for Faults<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, fault) in self.0.iter().enumerate() {
            write!(f, "{}{fault}", if index == 0 { "" } else { "; " })?;
        }
        Ok(())
    }
}
