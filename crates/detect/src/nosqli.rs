//! Injection into document stores: query operators where a plain value should stand, and script in `$where`.
//!
//! An operator in the name of a parameter (`password[$ne]=x`) or as a JSON key in a value. Filters that an application's own
//! page sends use ranges (`$gte`, `$in`); what attacks need is "anything but" and "anything like".

use std::ops::Range;

use super::{Context, Finding, Place, Requirement, either, needs};
use crate::ByteMask;

#[cfg(test)]
mod tests;

/// Operators looked at in one value.
const OPERATORS: usize = 64;

pub(super) fn requirement() -> Requirement {
    either([
        needs(
            &[
                "$ne",
                "$gt",
                "$lt",
                "$nin",
                "$in",
                "$or",
                "$and",
                "$not",
                "$nor",
                "$exists",
                "$regex",
                "$where",
                "$expr",
                "$eq",
                "$all",
                "$size",
                "$type",
                "$mod",
                "$text",
                "$elem",
                "$json",
                "$function",
                "$accum",
                "$func",
            ],
            &[],
        ),
        needs(&["return", "this.", "sleep", "while", "db.", "this["], &[ByteMask::of(b"'\";|&")]),
        needs(&["db."], &[ByteMask::of(b"(")]),
    ])
}

pub(super) fn find(value: &[u8], context: Context) -> Option<Finding> {
    let mut best: Option<Finding> = None;
    let mut keep = |confidence: u8, span: Range<usize>, path: &'static str| {
        if confidence >= 40 && best.as_ref().is_none_or(|best| confidence > best.confidence) {
            best = Some(Finding { confidence, span, path });
        }
    };
    for at in memchr::memchr_iter(b'$', value).take(OPERATORS) {
        let name = value.iter().skip(at + 1).take(24).take_while(|byte| byte.is_ascii_alphabetic()).count();
        let operator = value.get(at + 1..at + 1 + name).unwrap_or_default();
        let Some(weight) = weigh(operator) else { continue };
        let before = at.checked_sub(1).and_then(|at| value.get(at)).copied();
        let after = value.get(at + 1 + name..).unwrap_or_default();
        let span = at..at + 1 + name;
        match (before, after) {
            (Some(b'['), [b']', rest @ ..]) => bracketed(weight, rest, context, span, &mut keep),
            (Some(quote @ (b'"' | b'\'')), [end, rest @ ..]) if quote == *end => {
                if let [b':', argument @ ..] = rest.trim_ascii_start() {
                    keep(member(weight, argument), span, "json/operator");
                }
            }
            (None | Some(b'{' | b',' | b' '), rest) if matches!(rest.trim_ascii_start(), [b':', ..]) => {
                let argument = rest.trim_ascii_start().get(1..).unwrap_or_default();
                let opened = value.get(..at).unwrap_or_default().trim_ascii_end().last();
                let sure = member(weight, argument);
                // Outside of braces prose may say `$not: x`; only script and alternatives are query language.
                let listed = opened == Some(&b'{') || (sure >= 86 && matches!(opened, None | Some(b',')));
                keep(if listed { sure } else { 0 }, span, "json/operator");
            }
            (None | Some(b'.'), rest) if context.place == Place::Name && matches!(rest, [] | [b'.' | b'[', ..]) => {
                keep(named(weight, value.get(..at).unwrap_or_default()), span, "name/operator");
            }
            _ => {}
        }
    }
    if let Some((confidence, span, path)) = script(value) {
        keep(confidence, span, path);
    }
    best
}

/// What an operator says.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Weight {
    /// Attacks need it, and filters of honest pages rarely.
    attack: bool,
    kind: Kind,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Kind {
    /// Runs script.
    Script,
    /// `$ne`, `$nin`, `$not`: anything but.
    Except,
    /// `$gt`, `$lt`: everything above.
    Above,
    Regex,
    Exists,
    /// `$or`, `$in`, `$gte`, …
    Other,
}

fn weigh(operator: &[u8]) -> Option<Weight> {
    let (attack, kind) = match operator {
        b"where" | b"function" | b"accumulator" | b"func" => (true, Kind::Script),
        b"ne" | b"nin" | b"not" | b"nor" => (true, Kind::Except),
        b"gt" | b"lt" => (true, Kind::Above),
        b"regex" => (true, Kind::Regex),
        b"exists" => (true, Kind::Exists),
        b"gte" | b"lte" | b"in" | b"or" | b"and" | b"eq" | b"all" | b"size" | b"type" | b"mod" | b"text"
        | b"elemMatch" | b"expr" | b"jsonSchema" => (false, Kind::Other),
        _ => return None,
    };
    Some(Weight { attack, kind })
}

/// `json.password.$ne`, `json.where.age.$lt`: an operator as a name of its own, by the names it stands under.
fn named(weight: Weight, above: &[u8]) -> u8 {
    // The condition on a field within a filter, which the application lets its pages write: `where`, then the field.
    let mut above = above.strip_suffix(b".").unwrap_or(above).rsplit(|byte| *byte == b'.').skip(1);
    let filter = above.any(|name| FILTERS.iter().any(|filter| filter.as_bytes().eq_ignore_ascii_case(name)));
    match weight.kind {
        _ if !weight.attack => 48,
        Kind::Above | Kind::Regex | Kind::Exists | Kind::Except if filter => 62,
        _ => 82,
    }
}

/// Members that hold a filter, in the interfaces that take one.
const FILTERS: [&str; 4] = ["where", "filter", "filters", "criteria"];

/// `password[$ne]=x`: in a name, or in a query inside a value.
fn bracketed(
    weight: Weight,
    rest: &[u8],
    context: Context,
    span: Range<usize>,
    keep: &mut dyn FnMut(u8, Range<usize>, &'static str),
) {
    let assigned = rest.starts_with(b"=") || rest.starts_with(b"[");
    let named = context.place == Place::Name && (rest.is_empty() || rest.starts_with(b"["));
    if named || assigned {
        keep(if weight.attack { 90 } else { 66 }, span, "name/operator");
    }
}

/// An operator as a JSON key, by what it is given.
fn member(weight: Weight, argument: &[u8]) -> u8 {
    let argument = argument.trim_ascii_start();
    let empty = matches!(argument, [b'"', b'"', ..] | [b'\'', b'\'', ..] | [b'[', b']', ..] | [b'{', b'}', ..])
        || argument.starts_with(b"null")
        || argument.starts_with(b"undefined");
    let string = matches!(argument, [b'"' | b'\'', ..]);
    match weight.kind {
        Kind::Script if string || argument.starts_with(b"{") || argument.starts_with(b"function") => 92,
        Kind::Except | Kind::Above if empty => 90,
        Kind::Script | Kind::Except => 80,
        Kind::Above if string => 60,
        Kind::Above => 48,
        Kind::Regex => match argument.get(1..) {
            Some([b'^' | b'.' | b'"', ..]) => 84,
            _ => 62,
        },
        Kind::Exists if argument.starts_with(b"true") || argument.starts_with(b"1") => 62,
        Kind::Exists => 50,
        Kind::Other if empty => 50,
        Kind::Other
            if matches!(argument, [b'[', ..])
                && memchr::memmem::find(argument.get(..64).unwrap_or(argument), b"{}").is_some() =>
        {
            86
        }
        Kind::Other => 42,
    }
}

/// What is done to a collection: `db.users.drop()`.
const METHODS: &[&[u8]] =
    &[b".insert(", b".insertone(", b".find(", b".findone(", b".drop(", b".remove(", b".update(", b".deletemany("];

/// Script in the query: `'; return true; var x='`, `' || this.password.match(/.*/)//`, `db.users.drop()`.
fn script(value: &[u8]) -> Option<(u8, Range<usize>, &'static str)> {
    if let Some(at) = memchr::memmem::find(value, b"db.") {
        let rest = value.get(at + 3..).unwrap_or_default();
        let collection = rest.iter().take(64).take_while(|byte| byte.is_ascii_alphanumeric() || **byte == b'_').count();
        let method = rest.get(collection..(collection + 12).min(rest.len())).unwrap_or_default().to_ascii_lowercase();
        let free = at
            .checked_sub(1)
            .and_then(|at| value.get(at))
            .is_none_or(|byte| !byte.is_ascii_alphanumeric() && *byte != b'.');
        if free && collection > 0 && METHODS.iter().any(|name| method.starts_with(name)) {
            return Some((if at == 0 { 70 } else { 80 }, at..at + 3 + collection, "script/collection"));
        }
    }
    for quote in [b'\'', b'"'] {
        let Some(at) = memchr::memchr(quote, value) else { continue };
        let after = value.get(at + 1..).unwrap_or_default();
        if let Some(confidence) = leaves_string(after, true) {
            return Some((confidence, at..value.len(), "script/string"));
        }
    }
    // Bare: `1; return true`, `0;while(true){}`.
    let number = value.iter().take_while(|byte| byte.is_ascii_alphanumeric()).count();
    let confidence = leaves_string(value.get(number..)?, false)?;
    (number > 0).then_some((confidence, number..value.len(), "script/bare"))
}

/// Whether separators and then script of a query follow.
fn leaves_string(after: &[u8], quoted: bool) -> Option<u8> {
    let marks =
        after.iter().take(8).take_while(|byte| matches!(byte, b' ' | b';' | b'|' | b'&' | b')' | b'}' | b'\n')).count();
    let joined = after.get(..marks).unwrap_or_default();
    let code = after.get(marks..).unwrap_or_default();
    let separated = joined.contains(&b';') || joined.windows(2).any(|pair| matches!(pair, b"||" | b"&&"));
    if !separated {
        return None;
    }
    let begins = |word: &[u8]| code.starts_with(word);
    let field = begins(b"this.") || begins(b"this[");
    let waits = (begins(b"sleep(") && code.get(6).is_some_and(u8::is_ascii_digit))
        || begins(b"while(true)")
        || begins(b"while(1)");
    // A loop that watches the clock, where there is no function that sleeps.
    let loops = (begins(b"var ") || begins(b"let ") || begins(b"do{") || begins(b"do {") || begins(b"d=new Date"))
        && memchr::memmem::find(code, b"new Date").is_some()
        && memchr::memmem::find(code, b"while")
            .is_some_and(|at| code.get(at..).is_some_and(|rest| rest.contains(&b'<')));
    let waits = waits || loops;
    let returns = code.strip_prefix(b"return").map(<[u8]>::trim_ascii_start);
    let returns = returns.is_some_and(|rest| {
        [b"true".as_slice(), b"1", b"(true", b"this", b"''", b"'a'", b"(1"].iter().any(|word| rest.starts_with(word))
    });
    match (quoted, field || returns || waits) {
        (true, true) => Some(84),
        (false, true) if waits || returns => Some(80),
        (false, true) => Some(60),
        _ => None,
    }
}
