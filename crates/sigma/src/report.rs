//! What became of a load: which rules stand, which were refused and why.

use crate::cost::{
    MAX_CONDITION_BYTES, MAX_CONDITION_DEPTH, MAX_GROUP_FIELDS, MAX_PATTERN_BYTES, MAX_PATTERN_SIZE, MAX_PATTERNS,
    MAX_REFERENCES, MAX_STEPS, MAX_TIMEFRAME_DAYS, MAX_VALUES, MAX_VARIANTS, MAX_WILDCARDS,
};
use crate::engine::MAX_RULES;
use crate::read::{MAX_DOCUMENTS, MAX_FILE_BYTES, MAX_FILES};

/// Why a rule, or a whole file, was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Reason {
    #[error("{0} bytes are more than {MAX_FILE_BYTES}")]
    FileTooLong(usize),
    #[error("more than {MAX_FILES} files")]
    TooManyFiles,
    #[error("more than {MAX_RULES} rules")]
    TooManyRules,
    #[error("more than {MAX_DOCUMENTS} documents in one file")]
    TooManyDocuments,
    #[error("is not UTF-8")]
    NotUtf8,
    /// With the place as the reader tells it.
    #[error("is not YAML: {0}")]
    NotYaml(String),
    #[error("is not a mapping")]
    NotAMapping,
    #[error("holds no rule")]
    Empty,
    #[error("collections with `action` are not read: write each rule out")]
    Action,
    #[error("filters are not read: suppress the alert, or exclude it in the rule")]
    Filter,
    #[error("has neither id nor name")]
    NoId,
    #[error("its id stands in {0} already")]
    IdTaken(String),
    #[error("its name stands in {0} already")]
    NameTaken(String),
    #[error("its author gave it up: status {0}")]
    GivenUp(String),
    #[error("names no product, category or service")]
    NoLogSource,
    #[error("{0:?} is no level of Sigma")]
    Level(String),
    #[error("attribute {name}: expected {expected}")]
    Attribute {
        /// As written.
        name: &'static str,
        /// What it may be.
        expected: &'static str,
    },
    #[error("a condition is longer than {MAX_CONDITION_BYTES} bytes")]
    ConditionTooLong,
    #[error("a condition is nested deeper than {MAX_CONDITION_DEPTH} levels")]
    ConditionTooDeep,
    #[error("more than {MAX_VALUES} values")]
    TooManyValues,
    #[error("more than {MAX_PATTERNS} regular expressions")]
    TooManyPatterns,
    #[error("a regular expression is longer than {MAX_PATTERN_BYTES} bytes")]
    PatternTooLong,
    #[error("a regular expression is not understood, or takes more than {MAX_PATTERN_SIZE} bytes")]
    Pattern,
    #[error("a value has more than {MAX_WILDCARDS} wildcards")]
    TooManyWildcards,
    #[error("`windash` makes more than {MAX_VARIANTS} variants")]
    TooManyVariants,
    #[error("a correlation refers to more than {MAX_REFERENCES} rules")]
    TooManyReferences,
    #[error("an ordered correlation has more than {MAX_STEPS} steps")]
    TooManySteps,
    #[error("a correlation groups by more than {MAX_GROUP_FIELDS} fields")]
    TooManyGroupFields,
    #[error("expected a time frame of 1s to {MAX_TIMEFRAME_DAYS}d")]
    Timeframe,
    #[error("list %{0}% is not defined")]
    UnknownList(String),
    #[error("field {0} stands there twice once its list is put in")]
    FieldTwice(String),
    /// In the words of the engine.
    #[error("does not compile: {0}")]
    NotCompiled(String),
    #[error("refers to {0}, which is not loaded or refers back to it")]
    Reference(String),
}

/// A rule, or a file none of whose rules could be told apart.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("load rule {} of {file}: {reason}", id.as_deref().unwrap_or("-"))]
pub struct Refused {
    /// Where it stands.
    pub file: String,
    /// Its id, when it has one.
    pub id: Option<String>,
    /// Why.
    pub reason: Reason,
}

/// What became of a load.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LoadReport {
    /// Ids of the rules that stand, detections first.
    pub loaded: Vec<String>,
    /// Those that do not.
    pub refused: Vec<Refused>,
}

impl LoadReport {
    pub(crate) fn refuse(&mut self, file: &str, id: Option<&str>, reason: Reason) {
        self.refused.push(Refused { file: file.to_owned(), id: id.map(str::to_owned), reason });
    }
}
