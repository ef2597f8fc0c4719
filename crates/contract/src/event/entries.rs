//! A map of a few entries, in one piece of memory and in the order of its keys.
//!
//! Every request becomes an event of some twenty entries, made by one thread and taken apart by another. A `BTreeMap` takes
//! five pieces of memory for that, and each is given back across threads. It is *not* for many entries: inserting moves what
//! comes after.
//!
//! ```
//! use medward_contract::event::Entries;
//!
//! let mut entries = Entries::default();
//! entries.insert("b", 2);
//! entries.insert("a", 1);
//! assert_eq!(entries.iter().collect::<Vec<_>>(), [(&"a", &1), (&"b", &2)]);
//! ```

use std::borrow::Borrow;
use std::ops::Index;

/// A map of a few entries. Invariant: keys rise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entries<K, V>(Vec<(K, V)>);

impl<K, V> Default for Entries<K, V> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<K: Ord, V> Entries<K, V> {
    /// An empty map with room for so many entries; more make it grow.
    pub fn with_capacity(entries: usize) -> Self {
        Self(Vec::with_capacity(entries))
    }

    /// Number of entries.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The value of a key.
    pub fn get<Q: Ord + ?Sized>(&self, key: &Q) -> Option<&V>
    where
        K: Borrow<Q>,
    {
        self.0.get(self.find(key).ok()?).map(|(_, value)| value)
    }

    /// The value of a key, to change.
    pub fn get_mut<Q: Ord + ?Sized>(&mut self, key: &Q) -> Option<&mut V>
    where
        K: Borrow<Q>,
    {
        let at = self.find(key).ok()?;
        self.0.get_mut(at).map(|(_, value)| value)
    }

    /// Whether the key has a value.
    pub fn contains_key<Q: Ord + ?Sized>(&self, key: &Q) -> bool
    where
        K: Borrow<Q>,
    {
        self.find(key).is_ok()
    }

    /// Sets a value; gives the one it replaces.
    pub fn insert(&mut self, key: K, value: V) -> Option<V> {
        match self.find(&key) {
            Ok(at) => self.0.get_mut(at).map(|(_, old)| std::mem::replace(old, value)),
            Err(at) => {
                self.0.insert(at, (key, value));
                None
            }
        }
    }

    /// Sets a value where there is none yet.
    pub fn insert_absent(&mut self, key: K, value: impl FnOnce() -> V) {
        if let Err(at) = self.find(&key) {
            self.0.insert(at, (key, value()));
        }
    }

    /// Takes a value out.
    pub fn remove<Q: Ord + ?Sized>(&mut self, key: &Q) -> Option<V>
    where
        K: Borrow<Q>,
    {
        self.find(key).ok().map(|at| self.0.remove(at).1)
    }

    /// All entries, by key.
    pub fn iter(&self) -> impl Iterator<Item = (&K, &V)> {
        self.0.iter().map(|(key, value)| (key, value))
    }

    /// All values, by key.
    pub fn values(&self) -> impl Iterator<Item = &V> {
        self.0.iter().map(|(_, value)| value)
    }

    /// Where a key stands, or where it would. Most come in their order: those are not searched for.
    fn find<Q: Ord + ?Sized>(&self, key: &Q) -> Result<usize, usize>
    where
        K: Borrow<Q>,
    {
        match self.0.last() {
            Some((last, _)) if last.borrow() < key => Err(self.0.len()),
            _ => self.0.binary_search_by(|(other, _)| other.borrow().cmp(key)),
        }
    }
}

/// Of two values of one key the later one stays.
impl<K: Ord, V> FromIterator<(K, V)> for Entries<K, V> {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(entries: I) -> Self {
        let entries = entries.into_iter();
        let mut all = Self::with_capacity(entries.size_hint().0);
        for (key, value) in entries {
            all.insert(key, value);
        }
        all
    }
}

impl<K: Ord + Borrow<Q>, Q: Ord + ?Sized, V> Index<&Q> for Entries<K, V> {
    type Output = V;

    #[expect(clippy::expect_used, reason = "as with every map, who is not sure that the key is there asks `get`")]
    fn index(&self, key: &Q) -> &V {
        self.get(key).expect("the key has a value")
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    #[derive(Debug, Clone)]
    enum Step {
        Insert(u8, u16),
        InsertAbsent(u8, u16),
        Remove(u8),
        Change(u8, u16),
    }

    fn step() -> impl Strategy<Value = Step> {
        let key = || 0..12_u8;
        prop_oneof![
            (key(), any::<u16>()).prop_map(|(key, value)| Step::Insert(key, value)),
            (key(), any::<u16>()).prop_map(|(key, value)| Step::InsertAbsent(key, value)),
            key().prop_map(Step::Remove),
            (key(), any::<u16>()).prop_map(|(key, value)| Step::Change(key, value)),
        ]
    }

    proptest! {
        #[test]
        fn entries_are_what_a_btree_map_is(steps in proptest::collection::vec(step(), 0..60)) {
            let (mut ours, mut theirs) = (Entries::default(), BTreeMap::new());
            for step in steps {
                match step {
                    Step::Insert(key, value) => prop_assert_eq!(ours.insert(key, value), theirs.insert(key, value)),
                    Step::InsertAbsent(key, value) => {
                        ours.insert_absent(key, || value);
                        theirs.entry(key).or_insert(value);
                    }
                    Step::Remove(key) => prop_assert_eq!(ours.remove(&key), theirs.remove(&key)),
                    Step::Change(key, value) => {
                        if let (Some(ours), Some(theirs)) = (ours.get_mut(&key), theirs.get_mut(&key)) {
                            (*ours, *theirs) = (value, value);
                        }
                    }
                }
                prop_assert!(ours.iter().eq(theirs.iter()));
                prop_assert!((0..12).all(|key| ours.get(&key) == theirs.get(&key)));
                prop_assert_eq!((ours.len(), ours.is_empty()), (theirs.len(), theirs.is_empty()));
            }
            prop_assert_eq!(theirs.into_iter().collect::<Entries<_, _>>(), ours);
        }
    }
}
