//! What programs have in common: compiled patterns, word lists and prefilters, by what they were compiled from.
//!
//! Ten templates of one rule set differ in a few settings and exclusions, not in their patterns. So whatever is expensive
//! to keep is looked up here first, and lives as long as some program uses it. It changes nothing but memory and time.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use sha2::{Digest, Sha256};

/// Values of one kind, by the hash of what they were made from.
pub(crate) struct Pool<T> {
    known: Mutex<Option<HashMap<[u8; 32], Weak<T>>>>,
}

/// So many entries may be there before the dead ones are looked for.
const SWEEP_FROM: usize = 1024;

impl<T> Pool<T> {
    pub(crate) const fn new() -> Self {
        Self { known: Mutex::new(None) }
    }

    /// The value made from `source`: one that some program uses already, or a new one. It is made without the lock held,
    /// so two threads may make the same; one of them is kept.
    pub(crate) fn get<E>(&self, source: &[u8], make: impl FnOnce() -> Result<T, E>) -> Result<Arc<T>, E> {
        let key = Sha256::digest(source).into();
        let known = |pool: &mut Option<HashMap<[u8; 32], Weak<T>>>| {
            pool.get_or_insert_default().get(&key).and_then(Weak::upgrade)
        };
        if let Some(value) = known(&mut self.lock()) {
            return Ok(value);
        }
        let made = Arc::new(make()?);
        let mut pool = self.lock();
        if let Some(value) = known(&mut pool) {
            return Ok(value);
        }
        let entries = pool.get_or_insert_default();
        if entries.len() >= SWEEP_FROM && entries.len() == entries.capacity() {
            entries.retain(|_, value| value.strong_count() > 0);
        }
        entries.insert(key, Arc::downgrade(&made));
        Ok(made)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Option<HashMap<[u8; 32], Weak<T>>>> {
        // A panic while an entry was written leaves a map that is still a map.
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_in_use_is_shared_and_what_is_not_goes() {
        static POOL: Pool<String> = Pool::new();
        let make = |text: &str| POOL.get(text.as_bytes(), || Ok::<_, ()>(text.to_owned())).unwrap();
        let (one, same, other) = (make("a"), make("a"), make("b"));
        assert!(Arc::ptr_eq(&one, &same) && !Arc::ptr_eq(&one, &other));
        let weak = Arc::downgrade(&one);
        drop((one, same));
        assert!(weak.upgrade().is_none(), "the pool keeps nothing alive");
        assert_eq!(POOL.get(b"c", || Err::<String, _>("broken")), Err("broken"));
    }
}
