//! What can be wrong with a document, and where.

use std::fmt;

use crate::compile::{MAX_OPERATIONS, MAX_PARAMETERS};
use crate::read::{MAX_DEPTH, MAX_DOCUMENT_BYTES};
use crate::schema::{MAX_CHAIN, MAX_PATTERNS, MAX_SCHEMAS, MAX_WEIGHT};

/// Faults that are told at once.
pub const MAX_FAULTS: usize = 20;

/// Why a document was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DocumentError {
    #[error("read document: {0} bytes are more than {MAX_DOCUMENT_BYTES}")]
    TooLong(usize),
    #[error("read document as UTF-8")]
    NotUtf8,
    /// With the place as the reader tells it.
    #[error("read document as {format}: {message}")]
    Unreadable { format: &'static str, message: String },
    /// In the order of the document, `MAX_FAULTS` at most.
    #[error("compile document: {}", Faults(.0))]
    Faults(Vec<Fault>),
}

/// One fault, with a JSON pointer (RFC 6901) to its place.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{pointer}: {problem}")]
pub struct Fault {
    pub pointer: String,
    #[source]
    pub problem: Problem,
}

/// What is wrong, and what is allowed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    #[error("expected {0}")]
    Kind(&'static str),
    #[error("is missing")]
    Missing,
    #[error("only OpenAPI 3.0 and 3.1 are known")]
    Version,
    #[error("deeper than {MAX_DEPTH} levels")]
    TooDeep,
    #[error("more than {MAX_OPERATIONS} operations")]
    TooManyOperations,
    #[error("more than {MAX_PARAMETERS} parameters")]
    TooManyParameters,
    #[error("more than {MAX_SCHEMAS} schemas")]
    TooManySchemas,
    #[error("more than {MAX_PATTERNS} patterns")]
    TooManyPatterns,
    #[error("the reference leaves the document")]
    Outside,
    #[error("the reference leads nowhere")]
    Dangling,
    #[error("refers to itself without going into the value")]
    Circular,
    #[error("goes through more than {MAX_CHAIN} schemas")]
    ChainTooLong,
    #[error("one value would be held against more than {MAX_WEIGHT} schemas")]
    TooHeavy,
    #[error("the same path as {0}")]
    SamePath(String),
    #[error("`{{{0}}}` is not described as a path parameter")]
    PathParameter(String),
    #[error("the keyword {0} is not supported")]
    Keyword(&'static str),
    #[error("not a pattern of linear time and moderate size")]
    Pattern,
    #[error("not a schema: {0}")]
    Schema(String),
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

/// Collects faults while the compiler goes on.
#[derive(Debug, Default)]
pub(crate) struct FaultList(Vec<Fault>);

impl FaultList {
    pub(crate) fn add(&mut self, pointer: impl Into<String>, problem: Problem) {
        let fault = Fault { pointer: pointer.into(), problem };
        if self.0.len() < MAX_FAULTS && !self.0.contains(&fault) {
            self.0.push(fault);
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn into_error(self) -> DocumentError {
        DocumentError::Faults(self.0)
    }
}
