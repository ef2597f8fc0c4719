//! Password hashing off the async threads, bounded: one hash costs about 20 ms of CPU and 19 MiB (`identity.md` §4).

use std::sync::Arc;
use std::time::Duration;

use medward_crypto::{PasswordHasher, Verified};
use medward_kernel::supervisor::Supervisor;
use medward_kernel::{Clock, metrics::Histogram};
use tokio::sync::{OnceCell, Semaphore};

use crate::error::IdentityError;
use crate::password::{Judgement, Owner, Password, Policy};

/// Longest wait for a hashing thread, or for one's turn among guesses at the same name, before the caller is told to come back.
pub(crate) const QUEUE_WAIT: Duration = Duration::from_secs(10);

/// Hashes, compares and judges passwords on the blocking pool, at most two per core at once.
#[derive(Clone)]
pub(crate) struct HashPool {
    hasher: PasswordHasher,
    policy: Policy,
    permits: Arc<Semaphore>,
    supervisor: Supervisor,
    clock: Clock,
    seconds: Histogram,
    /// What an unknown login is compared with, so that it takes as long as a known one.
    decoy: Arc<OnceCell<String>>,
}

impl HashPool {
    pub(crate) fn new(
        hasher: PasswordHasher,
        policy: Policy,
        supervisor: Supervisor,
        clock: Clock,
        seconds: Histogram,
    ) -> Self {
        let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        let permits = Arc::new(Semaphore::new(2 * cores));
        Self { hasher, policy, permits, supervisor, clock, seconds, decoy: Arc::default() }
    }

    /// Makes the decoy ahead of the first login, whose timing would otherwise differ.
    pub(crate) async fn warm_up(&self) -> Result<(), IdentityError> {
        self.decoy().await.map(drop)
    }

    async fn decoy(&self) -> Result<String, IdentityError> {
        let make = || self.hash(Password::new("decoy: no password equals this one".to_owned()));
        self.decoy.get_or_try_init(make).await.cloned()
    }

    /// Hashes a new password.
    pub(crate) async fn hash(&self, password: Password) -> Result<String, IdentityError> {
        Ok(self.run(move |hasher, _| hasher.hash_password(password.expose())).await??)
    }

    /// Compares with a stored hash, or with the decoy when the login is unknown (which is never right).
    pub(crate) async fn verify(&self, password: Password, stored: Option<String>) -> Result<Verified, IdentityError> {
        let is_known = stored.is_some();
        let stored = match stored {
            Some(stored) => stored,
            None => self.decoy().await?,
        };
        let verified = self
            .run(move |hasher, _| match hasher.verify_password(password.expose(), &stored) {
                // Too long to be anybody's password: wrong, not an error, and as slow as any other.
                Err(medward_crypto::PasswordError::TooLong) => {
                    hasher.verify_password("", &stored).map(|_| Verified::Wrong)
                }
                other => other,
            })
            .await??;
        Ok(if is_known { verified } else { Verified::Wrong })
    }

    /// Whether the password equals any of these stored hashes.
    pub(crate) async fn matches_any(&self, password: Password, stored: Vec<String>) -> Result<bool, IdentityError> {
        let found = self
            .run(move |hasher, _| {
                stored.iter().try_fold(false, |found, hash| {
                    hasher.verify_password(password.expose(), hash).map(|verdict| found || verdict != Verified::Wrong)
                })
            })
            .await?;
        Ok(found?)
    }

    /// Judges a password by the policy.
    pub(crate) async fn judge(
        &self,
        password: Password,
        login: String,
        name: String,
    ) -> Result<Judgement, IdentityError> {
        self.run(move |_, policy| policy.judge(&password, Owner { login: &login, name: &name })).await
    }

    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&PasswordHasher, &Policy) -> T + Send + 'static,
    ) -> Result<T, IdentityError> {
        let permit = self.clock.timeout(QUEUE_WAIT, self.permits.clone().acquire_owned()).await;
        let Some(Ok(permit)) = permit else {
            return Err(IdentityError::Pool("too many at once"));
        };
        let (hasher, policy) = (self.hasher.clone(), self.policy.clone());
        let begun = self.clock.monotonic();
        let outcome = self
            .supervisor
            .blocking(move || {
                let outcome = work(&hasher, &policy);
                drop(permit);
                outcome
            })
            .await;
        self.seconds.observe(self.clock.monotonic().saturating_sub(begun).as_secs_f64());
        outcome.map_err(|_| IdentityError::Pool("a hashing thread panicked"))
    }
}
