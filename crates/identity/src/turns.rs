//! One password at a time per login name, so that guesses sent all at once are judged one after another.
//!
//! Without turns a hundred parallel guesses all pass the gate before the first of them is counted, and each is judged:
//! the lock would bound guesses per minute, not guesses per burst. Each node keeps its own turns; with several nodes the
//! transaction that counts a failure looks at the gate once more, so a burst gains at most one guess per further node.
//!
//! Invariant: memory is bounded by the logins under way; a name nobody waits for is forgotten.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::store::attempt::LoginDigest;

/// Who is being judged now, by the digest of the login name.
#[derive(Debug, Default)]
pub(crate) struct Turns(Mutex<HashMap<LoginDigest, Weak<Semaphore>>>);

impl Turns {
    /// Waits until no other password of this name is being judged. The turn lasts until the permit is dropped; `None`
    /// never happens, because nobody closes a turn.
    pub(crate) async fn take(&self, name: &LoginDigest) -> Option<OwnedSemaphorePermit> {
        self.of(name).acquire_owned().await.ok()
    }

    fn of(&self, name: &LoginDigest) -> Arc<Semaphore> {
        let mut names = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(turn) = names.get(name).and_then(Weak::upgrade) {
            return turn;
        }
        names.retain(|_, turn| turn.strong_count() > 0);
        let turn = Arc::new(Semaphore::new(1));
        names.insert(*name, Arc::downgrade(&turn));
        turn
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn second_of_a_name_waits_others_do_not_and_nothing_is_left_behind() {
        let turns = Turns::default();
        let first = turns.take(&[1; 16]).await.unwrap();
        assert!(turns.of(&[1; 16]).try_acquire().is_err());
        let other = turns.take(&[2; 16]).await.unwrap();
        drop(first);
        drop(turns.take(&[1; 16]).await.unwrap());
        drop(other);
        drop(turns.take(&[3; 16]).await.unwrap());
        assert_eq!(turns.0.lock().unwrap().len(), 1, "names nobody waits for are kept");
    }
}
