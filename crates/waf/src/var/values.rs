//! The values of one transaction, in one buffer.

use super::Collection;
use crate::head::Span;

/// Name and value of one member of a collection, as spans into the buffer.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Value {
    pub(crate) collection: Collection,
    name: Span,
    bytes: Span,
}

/// Everything a transaction knows, in the order it was read.
#[derive(Clone, Debug, Default)]
pub(crate) struct Values {
    bytes: Vec<u8>,
    values: Vec<Value>,
}

/// How much was there at some moment, to go back to.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) struct Mark {
    bytes: usize,
    values: usize,
}

impl Values {
    pub(crate) fn push(&mut self, collection: Collection, name: &[u8], value: &[u8]) {
        let name = self.store(name);
        let bytes = self.store(value);
        self.values.push(Value { collection, name, bytes });
    }

    fn store(&mut self, bytes: &[u8]) -> Span {
        let start = self.bytes.len();
        self.bytes.extend_from_slice(bytes);
        Span::new(start, self.bytes.len())
    }

    pub(crate) fn name(&self, value: Value) -> &[u8] {
        value.name.of(&self.bytes)
    }

    pub(crate) fn bytes(&self, value: Value) -> &[u8] {
        value.bytes.of(&self.bytes)
    }

    pub(crate) fn iter(&self) -> impl ExactSizeIterator<Item = Value> {
        self.values.iter().copied()
    }

    /// Bytes of all names and values.
    pub(crate) fn size_bytes(&self) -> usize {
        self.bytes.len()
    }

    pub(crate) fn mark(&self) -> Mark {
        Mark { bytes: self.bytes.len(), values: self.values.len() }
    }

    /// What was pushed after `mark`.
    pub(crate) fn since(&self, mark: Mark) -> impl Iterator<Item = Value> {
        self.values.iter().copied().skip(mark.values)
    }

    /// Forgets everything pushed after `mark`.
    pub(crate) fn rewind(&mut self, mark: Mark) {
        self.bytes.truncate(mark.bytes);
        self.values.truncate(mark.values);
    }
}
