//! What a pattern cannot match without: the literals the prefilter looks for.
//!
//! The walk over a pattern's syntax tree keeps, for each part, the finite set of strings it matches exactly (as long as
//! that is small) and the best set of which every match contains at least one. All letters are lower-cased, since the
//! prefilter ignores case. The answer may only ever say "cannot match": a set that is too small would lose attacks, so
//! every doubt ends in "no requirement".

use regex_syntax::ParserBuilder;
use regex_syntax::hir::{Class, Hir, HirKind};

use super::ByteMask;

/// What a value must contain for an operator to be worth asking.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Requirement {
    /// Nothing: ask always.
    None,
    /// One of these branches.
    Any(Vec<Branch>),
}

/// One way in which a pattern may match, and what it cannot do without.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Branch {
    /// At least one of these lower-case strings of two bytes or more, in any case; none is asked for when empty.
    pub literals: Vec<Vec<u8>>,
    /// Of each of these sets at least one byte.
    pub bytes: Vec<ByteMask>,
}

/// More strings than this are not worth keeping apart.
const SET_SIZE: usize = 64;
/// A class of more bytes than this says next to nothing.
const CLASS_BYTES: usize = 24;
/// A value has a byte of a set of more than this anyway.
const MOST_NEEDED: u32 = 64;
/// Longer strings say no more.
const LITERAL_BYTES: usize = 10;

impl Requirement {
    /// The requirement "contains one of these".
    pub fn of_literals(mut literals: Vec<Vec<u8>>) -> Self {
        for literal in &mut literals {
            literal.make_ascii_lowercase();
        }
        Self::of_branches(branches(literals, &[]))
    }

    /// The requirement "a byte of this set".
    pub fn of_bytes(bytes: ByteMask) -> Self {
        Self::Any(vec![Branch { literals: Vec::new(), bytes: vec![bytes] }])
    }

    /// The requirement of a pattern in our dialect; [`Requirement::None`] when it cannot be read.
    pub fn of_pattern(pattern: &str) -> Self {
        let hir = ParserBuilder::new().unicode(false).utf8(false).dot_matches_new_line(true).build().parse(pattern);
        match hir {
            Ok(hir) => {
                let alternatives = match hir.kind() {
                    HirKind::Alternation(parts) => parts.as_slice(),
                    _ => std::slice::from_ref(&hir),
                };
                let each = alternatives.iter().map(|alternative| {
                    let known = walk(alternative);
                    let needs = known.needs.clone();
                    branches(known.best().unwrap_or_default(), &needs)
                });
                // One alternative that needs nothing makes the whole pattern need nothing.
                let all: Option<Vec<Vec<Branch>>> = each.collect();
                Self::of_branches(all.map(|branches| branches.into_iter().flatten().collect()))
            }
            Err(_) => Self::None,
        }
    }

    fn of_branches(branches: Option<Vec<Branch>>) -> Self {
        branches.map_or(Self::None, Self::Any)
    }
}

/// The branches of "one of these, and of each set a byte". Single bytes get a branch of their own: in the automaton they
/// would drown it in matches, and beside longer strings they would make them worthless.
fn branches(mut set: Set, needs: &[ByteMask]) -> Option<Vec<Branch>> {
    set.sort_unstable();
    set.dedup();
    if set.is_empty() || set.iter().any(Vec::is_empty) {
        return (!needs.is_empty()).then(|| vec![Branch { literals: Vec::new(), bytes: needs.to_vec() }]);
    }
    let (single, literals): (Set, Set) = set.into_iter().partition(|literal| literal.len() == 1);
    let mut branches = Vec::new();
    if !single.is_empty() {
        let mut bytes = needs.to_vec();
        let first = first_bytes(&single);
        if !bytes.contains(&first) {
            bytes.push(first);
        }
        branches.push(Branch { literals: Vec::new(), bytes });
    }
    if !literals.is_empty() {
        branches.push(Branch { literals, bytes: needs.to_vec() });
    }
    Some(branches)
}

/// The bytes, in either case, of which one begins each of these strings.
fn first_bytes(set: &Set) -> ByteMask {
    let first: Vec<u8> = set
        .iter()
        .filter_map(|literal| literal.first())
        .flat_map(|byte| [byte.to_ascii_lowercase(), byte.to_ascii_uppercase()])
        .collect();
    ByteMask::of(&first)
}

type Set = Vec<Vec<u8>>;

/// What is known about one part of a pattern.
#[derive(Default)]
struct Known {
    /// Every match is exactly one of these (lower-cased).
    exact: Option<Set>,
    /// Every match contains one of these.
    contains: Option<Set>,
    /// Every match contains a byte of each of these.
    needs: Vec<ByteMask>,
}

impl Known {
    fn exactly(set: Set) -> Self {
        let needs = if set.iter().any(Vec::is_empty) { Vec::new() } else { vec![first_bytes(&set)] };
        Self { exact: Some(set), contains: None, needs }
    }

    fn best(self) -> Option<Set> {
        better(self.exact.map(shortened), self.contains)
    }
}

/// How selective a set is: few single bytes, then long strings, then few of them.
fn selectivity(set: &Set) -> (usize, usize, usize) {
    let single = set.iter().filter(|literal| literal.len() == 1).count();
    let shortest = set.iter().map(Vec::len).filter(|length| *length > 1).min().unwrap_or(0);
    (usize::MAX - single, shortest.min(5), usize::MAX - set.len())
}

fn better(left: Option<Set>, right: Option<Set>) -> Option<Set> {
    let useful = |set: &Set| !set.is_empty() && set.iter().all(|literal| !literal.is_empty());
    match (left.filter(useful), right.filter(useful)) {
        (Some(left), Some(right)) => Some(if selectivity(&left) >= selectivity(&right) { left } else { right }),
        (left, right) => left.or(right),
    }
}

fn shortened(mut set: Set) -> Set {
    for literal in &mut set {
        literal.truncate(LITERAL_BYTES);
    }
    set.sort_unstable();
    set.dedup();
    set
}

fn walk(hir: &Hir) -> Known {
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => Known::exactly(vec![Vec::new()]),
        HirKind::Literal(literal) => Known::exactly(vec![literal.0.to_ascii_lowercase()]),
        HirKind::Class(class) => class_set(class).map_or_else(Known::default, Known::exactly),
        HirKind::Capture(capture) => walk(&capture.sub),
        HirKind::Repetition(repetition) => {
            let inner = walk(&repetition.sub);
            match (repetition.min, repetition.max) {
                (0, Some(1)) => {
                    let exact = inner.exact.map(|mut set| {
                        set.push(Vec::new());
                        set
                    });
                    Known { exact, ..Known::default() }
                }
                (0, _) => Known::default(),
                (1, Some(1)) => inner,
                (least, _) => {
                    // Two or more in a row begin with two.
                    let pairs = inner.exact.as_ref().filter(|_| least > 1).and_then(|set| product(set, set));
                    Known { exact: None, needs: inner.needs.clone(), contains: better(inner.best(), pairs) }
                }
            }
        }
        HirKind::Concat(parts) => concat(parts),
        HirKind::Alternation(parts) => alternation(parts),
    }
}

/// The single bytes of a class, when they are few.
fn class_set(class: &Class) -> Option<Set> {
    let mut bytes = Vec::new();
    let mut add = |start: u32, end: u32| {
        for value in start..=end {
            let byte = u8::try_from(value).ok()?.to_ascii_lowercase();
            if !bytes.contains(&byte) {
                bytes.push(byte);
            }
            if bytes.len() > CLASS_BYTES {
                return None;
            }
        }
        Some(())
    };
    match class {
        Class::Bytes(class) => {
            for range in class.ranges() {
                add(u32::from(range.start()), u32::from(range.end()))?;
            }
        }
        Class::Unicode(class) => {
            for range in class.ranges() {
                // A code point beyond ASCII is several bytes, so a single byte would be wrong.
                if u32::from(range.end()) > 0x7f {
                    return None;
                }
                add(u32::from(range.start()), u32::from(range.end()))?;
            }
        }
    }
    Some(bytes.into_iter().map(|byte| vec![byte]).collect())
}

fn concat(parts: &[Hir]) -> Known {
    let mut run: Set = vec![Vec::new()];
    let mut all_exact = true;
    let mut contains = None;
    let mut needs = Vec::new();
    for part in parts {
        let known = walk(part);
        needs.extend(known.needs);
        contains = better(contains, known.contains);
        let product = known.exact.as_ref().and_then(|set| product(&run, set));
        match (product, known.exact) {
            (Some(product), _) => run = product,
            (None, exact) => {
                all_exact = false;
                contains = better(contains, Some(shortened(std::mem::take(&mut run))));
                run = exact.unwrap_or_else(|| vec![Vec::new()]);
            }
        }
    }
    if all_exact {
        return Known { exact: Some(run), contains, needs };
    }
    Known { exact: None, contains: better(contains, Some(shortened(run))), needs }
}

fn product(left: &Set, right: &Set) -> Option<Set> {
    if left.len() * right.len() > SET_SIZE {
        return None;
    }
    let pairs = left.iter().flat_map(|start| right.iter().map(move |end| [start.as_slice(), end].concat()));
    Some(pairs.collect())
}

fn alternation(parts: &[Hir]) -> Known {
    let mut exact = Some(Set::new());
    let mut contains = Some(Set::new());
    let mut needs = Some(ByteMask::default());
    for part in parts {
        let known = walk(part);
        // Of each way the set of fewest bytes: every match has a byte of one of them.
        needs = match (needs, known.needs.iter().min_by_key(|mask| mask.count())) {
            (Some(all), Some(mask)) => Some(all.or(*mask)),
            _ => None,
        };
        exact = match (exact, &known.exact) {
            (Some(mut all), Some(set)) if all.len() + set.len() <= SET_SIZE * 4 => {
                all.extend(set.iter().cloned());
                Some(all)
            }
            _ => None,
        };
        contains = match (contains, known.best()) {
            (Some(mut all), Some(set)) => {
                all.extend(set);
                Some(all)
            }
            _ => None,
        };
    }
    let useful = needs.filter(|mask| !parts.is_empty() && mask.count() <= MOST_NEEDED);
    Known { exact, contains, needs: useful.into_iter().collect() }
}

#[cfg(test)]
mod tests;
