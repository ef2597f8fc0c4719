//! What a rule file says, before it is compiled. Every part keeps its place for error messages.

use super::lexer::Place;
use crate::transform::Transformation;
use crate::var::Collection;
use crate::verdict::Severity;

/// One `SecRule` or `SecAction`, with its chain children in order.
#[derive(Clone, Debug)]
pub(crate) struct Rule {
    pub(crate) place: Place,
    pub(crate) link: Link,
    pub(crate) children: Vec<Link>,
    pub(crate) meta: Meta,
}

/// What one link of a chain tests, and what it scores.
#[derive(Clone, Debug)]
pub(crate) struct Link {
    pub(crate) variables: Vec<Variable>,
    pub(crate) operator: Operator,
    pub(crate) transformations: Vec<Transformation>,
    /// `setvar:tx.score_in=+n`.
    pub(crate) points: u16,
}

/// What only the first link of a chain carries.
#[derive(Clone, Debug)]
pub(crate) struct Meta {
    pub(crate) id: String,
    pub(crate) phase: u8,
    pub(crate) msg: String,
    pub(crate) severity: Severity,
    pub(crate) tags: Vec<String>,
    pub(crate) disruptive: Disruptive,
    pub(crate) status: Option<u16>,
}

/// The disruptive action.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Disruptive {
    /// Only the score counts.
    Pass,
    /// As the policy says; ours is scoring, so the same as pass.
    Block,
    /// Refuse at once.
    Deny,
}

/// One variable of a rule: `ARGS`, `!ARGS:content`, `REQUEST_HEADERS:/^X-/`.
#[derive(Clone, Debug)]
pub(crate) struct Variable {
    pub(crate) collection: Collection,
    pub(crate) excluded: bool,
    pub(crate) selector: Selector,
}

/// Which members of a collection are meant.
#[derive(Clone, Debug)]
pub(crate) enum Selector {
    All,
    /// Lower-case name.
    Name(Vec<u8>),
    Pattern(regex::bytes::Regex),
}

/// An operator with its argument.
#[derive(Clone, Debug)]
pub(crate) struct Operator {
    pub(crate) negated: bool,
    pub(crate) kind: OperatorKind,
    pub(crate) argument: Vec<u8>,
    pub(crate) place: Place,
}

/// The operators of this subset.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum OperatorKind {
    Rx,
    Pm,
    Contains,
    StrEq,
    BeginsWith,
    EndsWith,
    DetectSqli,
    DetectXss,
    UnconditionalMatch,
}

impl OperatorKind {
    pub(crate) fn from_name(name: &str) -> Option<Self> {
        Some(match name.to_ascii_lowercase().as_str() {
            "rx" => Self::Rx,
            "pm" => Self::Pm,
            "contains" => Self::Contains,
            "streq" => Self::StrEq,
            "beginswith" => Self::BeginsWith,
            "endswith" => Self::EndsWith,
            "detectsqli" => Self::DetectSqli,
            "detectxss" => Self::DetectXss,
            "unconditionalmatch" => Self::UnconditionalMatch,
            _ => return None,
        })
    }

    /// Whether an argument must follow.
    pub(crate) fn takes_argument(self) -> bool {
        !matches!(self, Self::DetectSqli | Self::DetectXss | Self::UnconditionalMatch)
    }
}
