//! What a pattern cannot match without: the literals the prefilter looks for.
//!
//! The walk over a pattern's syntax tree keeps, for each part, the finite set of strings it matches exactly (as long as
//! that is small) and the best set of which every match contains at least one. All letters are lower-cased, since the
//! prefilter ignores case. The answer may only ever say "cannot match": a set that is too small would lose attacks, so
//! every doubt ends in "no requirement".

use regex_syntax::ParserBuilder;
use regex_syntax::hir::{Class, Hir, HirKind};

use crate::transform::ByteMask;

/// What a value must contain for an operator to be worth asking.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Requirement {
    /// Nothing: ask always.
    None,
    /// At least one byte of this set.
    Bytes(ByteMask),
    /// At least one of these lower-case strings of two bytes or more, in any case.
    Literals(Vec<Vec<u8>>),
}

/// More strings than this are not worth keeping apart.
const SET_SIZE: usize = 64;
/// A class of more bytes than this says next to nothing.
const CLASS_BYTES: usize = 24;
/// Longer strings say no more.
const LITERAL_BYTES: usize = 10;

impl Requirement {
    /// The requirement "contains one of these".
    pub(crate) fn of_literals(mut literals: Vec<Vec<u8>>) -> Self {
        for literal in &mut literals {
            literal.make_ascii_lowercase();
        }
        literals.sort_unstable();
        literals.dedup();
        match literals.iter().map(Vec::len).min() {
            None | Some(0) => Self::None,
            Some(1) => {
                // A shorter one would drown the automaton in matches; the first byte of each is still a sound test.
                let first: Vec<u8> = literals
                    .iter()
                    .filter_map(|literal| literal.first())
                    .flat_map(|byte| [byte.to_ascii_lowercase(), byte.to_ascii_uppercase()])
                    .collect();
                Self::Bytes(ByteMask::of(&first))
            }
            Some(_) => Self::Literals(literals),
        }
    }
}

/// The requirement of a pattern in our dialect; [`Requirement::None`] when it cannot be read.
pub(super) fn pattern_requirement(pattern: &str) -> Requirement {
    let hir = ParserBuilder::new().unicode(false).utf8(false).dot_matches_new_line(true).build().parse(pattern);
    match hir {
        Ok(hir) => walk(&hir).best().map_or(Requirement::None, Requirement::of_literals),
        Err(_) => Requirement::None,
    }
}

type Set = Vec<Vec<u8>>;

/// What is known about one part of a pattern.
#[derive(Default)]
struct Known {
    /// Every match is exactly one of these (lower-cased).
    exact: Option<Set>,
    /// Every match contains one of these.
    contains: Option<Set>,
}

impl Known {
    fn exactly(set: Set) -> Self {
        Self { exact: Some(set), contains: None }
    }

    fn best(self) -> Option<Set> {
        better(self.exact.map(shortened), self.contains)
    }
}

/// How selective a set is: long strings first, then few of them.
fn selectivity(set: &Set) -> (usize, usize) {
    let shortest = set.iter().map(Vec::len).min().unwrap_or(0);
    (shortest.min(5), usize::MAX - set.len())
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
                    Known { exact, contains: None }
                }
                (0, _) => Known::default(),
                (1, Some(1)) => inner,
                _ => Known { exact: None, contains: inner.best() },
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
    for part in parts {
        let known = walk(part);
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
        return Known { exact: Some(run), contains };
    }
    Known { exact: None, contains: better(contains, Some(shortened(run))) }
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
    for part in parts {
        let known = walk(part);
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
    Known { exact, contains }
}
