//! People who have shown everything and have not said yet what becomes of their other session.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use medward_contract::Timestamp;
use medward_contract::identity::Subject;
use medward_crypto::{RandomError, random_array, sha256};

/// How long somebody may think about it.
const PATIENCE: Duration = Duration::from_mins(2);
/// How many may think at once; the first of them begin anew.
const MAX_PENDING: usize = 10_000;

/// Somebody who thinks.
#[derive(Debug, Clone)]
pub(crate) struct Pending {
    pub(crate) subject: Subject,
    pub(crate) application: Arc<str>,
    until: Timestamp,
}

/// All of them, by the hash of a secret that they hold.
#[derive(Debug, Default)]
pub(crate) struct PendingLogins(Mutex<HashMap<[u8; 32], Pending>>);

impl PendingLogins {
    /// Waits for an answer; gives the secret that it must come with.
    pub(crate) fn ask(&self, subject: Subject, application: Arc<str>, now: Timestamp) -> Result<String, RandomError> {
        let secret = data_encoding::BASE64URL_NOPAD.encode(&random_array::<32>()?);
        let mut pending = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if pending.len() >= MAX_PENDING {
            pending.retain(|_, one| one.until > now);
        }
        if pending.len() >= MAX_PENDING {
            pending.clear();
        }
        pending.insert(sha256(secret.as_bytes()), Pending { subject, application, until: now.plus(PATIENCE) });
        Ok(secret)
    }

    /// Takes the one who holds this secret.
    pub(crate) fn take(&self, secret: &str, application: &str, now: Timestamp) -> Option<Subject> {
        let pending = self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&sha256(secret.as_bytes()))?;
        (pending.until > now && *pending.application == *application).then_some(pending.subject)
    }
}
