//! Which rules and limits ask for the place of a client, and what is said of them where nothing tells it.

use crate::compile::PolicyError;
use crate::model::{Item, Kind, LimitSpec, RuleSpec, SpecError, Written};

/// Every rule and limit that asks for a country or region, with what is to be done about it where there is no database.
pub(crate) fn places_asked(written: &Written) -> Vec<PolicyError> {
    let rules = written.rules.values().flatten().filter_map(of_rule);
    rules.chain(written.limits.values().flatten().filter_map(of_limit)).collect()
}

/// What is wrong with a policy on a node that has no region database; nothing when none of it asks.
pub(crate) fn unanswered(written: &Written) -> Option<String> {
    let asked = places_asked(written);
    let first = asked.first()?;
    let more = asked.len() - 1;
    let rest = if more == 0 { String::new() } else { format!(" (and {more} more)") };
    Some(format!("nothing tells where clients are, what asks for it never applies: {first}{rest}"))
}

fn of_rule(item: &Item<RuleSpec>) -> Option<PolicyError> {
    let asked = item.spec.place_asked()?;
    Some(error(Kind::Rule, &item.spec.name, "condition", &format!("the condition asks for {asked}")))
}

fn of_limit(item: &Item<LimitSpec>) -> Option<PolicyError> {
    let (field, asked) = item.spec.place_asked()?;
    let what =
        if field == "keys" { format!("it counts by {asked}") } else { format!("the condition asks for {asked}") };
    Some(error(Kind::Limit, &item.spec.name, field, &what))
}

fn error(kind: Kind, name: &str, field: &'static str, what: &str) -> PolicyError {
    let remedy = "set gateway.region_database in medward.toml to an MMDB file";
    let source = SpecError { field, message: format!("{what}, and there is no region database: {remedy}") };
    PolicyError::Spec { kind, name: name.to_owned(), source }
}
