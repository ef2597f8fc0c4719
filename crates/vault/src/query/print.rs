//! Queries as text: what is printed reads as the same query again.

use std::fmt::{self, Display, Formatter};

use super::filter::{Filter, Query, Target, Test};
use super::pipe::{Call, Function, Key, Order, Pipe, Piped};

/// Text between quotes.
struct Quoted<'a>(&'a str);

impl Display for Quoted<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str("\"")?;
        for letter in self.0.chars() {
            if matches!(letter, '"' | '\\') {
                f.write_str("\\")?;
            }
            write!(f, "{letter}")?;
        }
        f.write_str("\"")
    }
}

/// Things with something between them.
fn join<T: Display>(f: &mut Formatter<'_>, things: impl IntoIterator<Item = T>, between: &str) -> fmt::Result {
    for (at, thing) in things.into_iter().enumerate() {
        if at > 0 {
            f.write_str(between)?;
        }
        write!(f, "{thing}")?;
    }
    Ok(())
}

/// A part of a filter, in parentheses where it would not stay together without them.
struct Part<'a>(&'a Filter, bool);

impl Display for Part<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        if self.1 { write!(f, "({})", self.0) } else { write!(f, "{}", self.0) }
    }
}

impl Display for Filter {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let several = |filter: &Self| matches!(filter, Self::And(_) | Self::Or(_));
        match self {
            Self::All => f.write_str("*"),
            Self::And(all) => join(f, all.iter().map(|part| Part(part, several(part))), " and "),
            Self::Or(any) => join(f, any.iter().map(|part| Part(part, matches!(part, Self::Or(_)))), " or "),
            Self::Not(inner) => write!(f, "not {}", Part(inner, several(inner))),
            Self::Stream(stream) => write!(f, "stream:{stream}"),
            Self::Time { from, to } => write!(f, "_time:[{from},{to})"),
            Self::Match(Target::AnyText, test) => write!(f, "{test}"),
            Self::Match(target, test) => write!(f, "{}:{test}", target.name()),
        }
    }
}

impl Display for Test {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Term(term) => write!(f, "{}{}", Quoted(term.text()), if term.is_prefix() { "*" } else { "" }),
            Self::Equals(value) => write!(f, "={}", Quoted(value)),
            Self::NotEquals(value) => write!(f, "!={}", Quoted(value)),
            Self::In(values) => {
                f.write_str("in(")?;
                join(f, values.iter().map(|value| Quoted(value)), ",")?;
                f.write_str(")")
            }
            Self::Regex(regex) => write!(f, "~{}", Quoted(regex.as_str())),
            Self::Exists => f.write_str("*"),
            Self::Between(low, high) if *high == f64::INFINITY => write!(f, ">={low}"),
            Self::Between(low, high) if *low == f64::NEG_INFINITY => write!(f, "<={high}"),
            Self::Between(low, high) => write!(f, "[{low},{high}]"),
            Self::Below(limit) => write!(f, "<{limit}"),
            Self::Above(limit) => write!(f, ">{limit}"),
            Self::Cidr(net) => write!(f, "cidr({net})"),
        }
    }
}

fn names<'a>(targets: impl IntoIterator<Item = &'a Target>) -> impl Iterator<Item = &'a str> {
    targets.into_iter().map(Target::name)
}

impl Display for Order {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.by.name(), if self.descending { " desc" } else { "" })
    }
}

impl Display for Key {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Field(target) => f.write_str(target.name()),
            Self::Step(step) => write!(f, "_time:{}s", step.as_secs()),
        }
    }
}

impl Display for Call {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match &self.function {
            Function::Count => f.write_str("count()")?,
            Function::CountIf(filter) => write!(f, "count_if({filter})")?,
            Function::Of(fold, target) => write!(f, "{}({})", fold.name(), target.name())?,
        }
        write!(f, " as {}", self.name)
    }
}

impl Display for Pipe {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Fields(fields) => {
                f.write_str("fields ")?;
                join(f, names(fields), " ")
            }
            Self::Where(filter) => write!(f, "where {filter}"),
            Self::Sort(order) => {
                f.write_str("sort by (")?;
                join(f, order, ", ")?;
                f.write_str(")")
            }
            Self::Limit(limit) => write!(f, "limit {limit}"),
            Self::Stats { by, calls } => {
                f.write_str("stats ")?;
                if !by.is_empty() {
                    f.write_str("by (")?;
                    join(f, by, ", ")?;
                    f.write_str(") ")?;
                }
                join(f, calls, ", ")
            }
            Self::Hist { step, by } => {
                write!(f, "hist {}s", step.as_secs())?;
                by.as_ref().map_or(Ok(()), |by| write!(f, " by ({})", by.name()))
            }
            Self::Facets { limit, fields } => {
                write!(f, "facets {limit}")?;
                if fields.is_empty() {
                    return Ok(());
                }
                f.write_str(" (")?;
                join(f, names(fields), ", ")?;
                f.write_str(")")
            }
            Self::Top { limit, by } => write!(f, "top {limit} by ({})", by.name()),
            Self::Uniq { by } => write!(f, "uniq by ({})", by.name()),
        }
    }
}

impl Display for Query {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.filter)
    }
}

impl Display for Piped {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.query)?;
        self.pipes.iter().try_for_each(|pipe| write!(f, " | {pipe}"))
    }
}
