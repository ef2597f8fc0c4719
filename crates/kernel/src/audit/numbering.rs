//! Numbers of finished records: dense from 1 within an **epoch**, which every start of the program draws anew.
//!
//! The vault takes a number of an agent once and drops what comes again, so a number must never be given twice. The
//! database alone cannot promise that: restored from a backup it counts on from the past. Hence the epoch stands in the
//! agent's name and in each record: what a restored database still holds is known to the vault by its old name, what is
//! finished after the restore has a name nobody used. Each node has its own epoch, also on a shared database.
//!
//! Invariant: a number at or below one that this process committed before is not used; the epoch ends instead.

use std::sync::{Arc, Mutex, PoisonError};

use medward_contract::id::AuditId;
use medward_store::{StoreError, Tx, fetch_one};

/// Gives numbers to finished records. Cheap to clone.
#[derive(Debug, Clone)]
pub(super) struct Numbering(Arc<Mutex<Epoch>>);

#[derive(Debug)]
struct Epoch {
    name: String,
    /// Highest number known to be committed.
    high: i64,
}

/// The number of one finished record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Number {
    pub(super) epoch: String,
    pub(super) sequence: i64,
}

impl Numbering {
    pub(super) fn new() -> Self {
        Self(Arc::new(Mutex::new(Epoch::new())))
    }

    /// The next number, given back when the transaction is.
    pub(super) async fn next(&self, tx: &mut Tx<'_>) -> Result<Number, StoreError> {
        let (epoch, high) = {
            let epoch = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            (epoch.name.clone(), epoch.high)
        };
        let sequence = raise(tx, &epoch).await?;
        if sequence > high {
            return Ok(Number { epoch, sequence });
        }
        tracing::error!(epoch, sequence, high, "numbers of the audit trail were set back in the database");
        let epoch = {
            let mut current = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            if current.name == epoch {
                *current = Epoch::new();
            }
            current.name.clone()
        };
        let sequence = raise(tx, &epoch).await?;
        Ok(Number { epoch, sequence })
    }

    /// Says that the transaction with this number has committed.
    pub(super) fn committed(&self, number: &Number) {
        let mut epoch = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if epoch.name == number.epoch {
            epoch.high = epoch.high.max(number.sequence);
        }
    }
}

impl Epoch {
    fn new() -> Self {
        Self { name: AuditId::new().to_string(), high: 0 }
    }
}

async fn raise(tx: &mut Tx<'_>, epoch: &str) -> Result<i64, StoreError> {
    let (sequence,) = fetch_one!(
        tx,
        (i64,),
        "INSERT INTO kernel_sequence (name, value) VALUES ($1, 1)
         ON CONFLICT (name) DO UPDATE SET value = kernel_sequence.value + 1 RETURNING value",
        format!("audit/{epoch}")
    )
    .await?;
    Ok(sequence)
}
