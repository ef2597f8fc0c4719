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

    pub(crate) fn get(&self, at: usize) -> Option<Value> {
        self.values.get(at).copied()
    }

    /// Where the members of each collection stand.
    pub(crate) fn index(&self, index: &mut Index) {
        index.ends.clear();
        index.ends.resize(Collection::ALL.len() + 1, 0);
        for value in &self.values {
            if let Some(end) = index.ends.get_mut(value.collection as usize + 1) {
                *end += 1;
            }
        }
        let mut sum = 0;
        for end in &mut index.ends {
            sum += *end;
            *end = sum;
        }
        let mut next = index.ends.clone();
        index.order.clear();
        index.order.resize(self.values.len(), 0);
        for (at, value) in self.values.iter().enumerate() {
            if let Some(slot) = next.get_mut(value.collection as usize) {
                if let Some(place) = index.order.get_mut(*slot) {
                    *place = at;
                }
                *slot += 1;
            }
        }
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

/// The numbers of the values, sorted by collection.
#[derive(Clone, Debug, Default)]
pub(crate) struct Index {
    /// Where in `order` the members of a collection begin; those of the next one begin where they end.
    ends: Vec<usize>,
    order: Vec<usize>,
}

impl Index {
    /// The numbers of a collection's own values (not of those it stands for), in the order they were read.
    pub(crate) fn members(&self, collection: Collection) -> &[usize] {
        let at = collection as usize;
        let range = self.ends.get(at).copied().unwrap_or(0)..self.ends.get(at + 1).copied().unwrap_or(0);
        self.order.get(range).unwrap_or_default()
    }
}
