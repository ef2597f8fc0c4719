//! Conditions of custom rules (gateway.md §7; CD-065 to CD-070): a written expression tree is compiled once, then asked of
//! each request.
//!
//! `RawCondition` is what stands in JSON, `Condition` is what it means: all names known, all types right, patterns compiled.
//! A condition is *not* a decision; `rule` says what follows. Facts are asked for one by one and only when needed.
//!
//! A field that is absent equals nothing: `eq` is false and `ne` is true for it. What nobody knows, the country of an address
//! that stands in no database, makes nothing true: not `eq`, not `ne`, and not a `not` around them (only `exists` has an
//! answer). A condition that hangs on it does not hold. The same goes for a field that is not known *yet*; who asks before
//! `Condition::phase` gets an answer about less than the whole condition.
//!
//! ```
//! use medward_defence::condition::{Condition, Phase, RawCondition};
//!
//! let raw = RawCondition::from_json(r#"{"all":[
//!     {"field":"path","op":"prefix","value":"/report/"},
//!     {"not":{"field":"ip","op":"cidr","value":["10.0.0.0/8","192.168.0.0/16"]}}]}"#)?;
//! assert_eq!(Condition::compile(&raw)?.phase(), Phase::Head);
//!
//! let wrong = RawCondition::from_json(r#"{"not":{"field":"path","op":"cidr","value":"10.0.0.0/8"}}"#)?;
//! assert!(Condition::compile(&wrong).unwrap_err().to_string().starts_with("compile condition: not.op: "));
//! # Ok::<(), medward_defence::condition::ConditionError>(())
//! ```

mod compile;
mod error;
mod facts;
mod field;
mod raw;
mod test;
#[cfg(test)]
mod tests;

pub use self::error::{ConditionError, Fault, Problem};
pub use self::facts::{Fact, Facts};
pub(crate) use self::field::is_token;
pub use self::field::{Field, Named, Number, Phase, Text};
pub use self::raw::{RawCondition, RawLeaf};
use self::test::Test;

/// How deep a tree may be, its leaves counted.
pub const MAX_DEPTH: usize = 8;
/// Leaves of one condition.
pub const MAX_LEAVES: usize = 256;
/// Values of one `in` or `cidr`.
pub const MAX_VALUES: usize = 1_000;
/// Bytes of one value, and of one pattern.
pub const MAX_VALUE_BYTES: usize = 1_024;
/// Bytes that a compiled pattern may take.
pub const MAX_PATTERN_MEMORY: usize = 64 << 10;

/// A compiled condition.
#[derive(Debug, Clone)]
pub struct Condition {
    root: Node,
    fields: Vec<Field>,
}

#[derive(Debug, Clone)]
enum Node {
    All(Box<[Node]>),
    Any(Box<[Node]>),
    Not(Box<Node>),
    Leaf(Test),
}

impl Condition {
    /// Checks and compiles; the error names every fault with its path, up to a limit.
    pub fn compile(raw: &RawCondition) -> Result<Self, ConditionError> {
        compile::compile(raw)
    }

    /// Whether the condition holds for the request behind `facts`.
    pub fn holds(&self, facts: &dyn Facts) -> bool {
        self.known(facts) == Some(true)
    }

    /// The same where facts may never become known: none when it hangs on one that is not.
    pub fn known(&self, facts: &dyn Facts) -> Option<bool> {
        self.root.answer(facts)
    }

    /// The earliest phase in which every field that it uses is known.
    pub fn phase(&self) -> Phase {
        self.fields.iter().map(Field::phase).max().unwrap_or(Phase::Head)
    }

    /// The fields that it uses, each once, in reading order.
    pub fn fields(&self) -> &[Field] {
        &self.fields
    }

    /// Names of the address groups that it asks for; the caller knows whether they exist.
    pub fn address_groups(&self) -> Vec<&str> {
        let mut names = Vec::new();
        self.root.each_leaf(&mut |test| names.extend(test.address_groups()));
        names.sort_unstable();
        names.dedup();
        names
    }
}

impl Node {
    /// What the tree says; nothing when that hangs on what nobody knows (three values, as of Kleene).
    fn answer(&self, facts: &dyn Facts) -> Option<bool> {
        match self {
            Self::All(parts) => first_or_open(parts, false, facts),
            Self::Any(parts) => first_or_open(parts, true, facts),
            Self::Not(part) => part.answer(facts).map(|answer| !answer),
            Self::Leaf(test) => test.answer(facts),
        }
    }

    fn each_leaf<'a>(&'a self, see: &mut dyn FnMut(&'a Test)) {
        match self {
            Self::All(parts) | Self::Any(parts) => parts.iter().for_each(|part| part.each_leaf(see)),
            Self::Not(part) => part.each_leaf(see),
            Self::Leaf(test) => see(test),
        }
    }
}

/// `decisive` if one part says so, else nothing if one does not know, else the opposite.
fn first_or_open(parts: &[Node], decisive: bool, facts: &dyn Facts) -> Option<bool> {
    let mut open = false;
    for part in parts {
        match part.answer(facts) {
            Some(answer) if answer == decisive => return Some(decisive),
            Some(_) => {}
            None => open = true,
        }
    }
    (!open).then_some(!decisive)
}
