//! Leases: of several nodes, one does the thing, and an old holder that wakes up late can be told apart.
//!
//! The *generation* is the fencing token: it rises with every change of hands, and [`lease_holds`] inside the write
//! transaction refuses a holder that was overtaken. Nodes' clocks must agree to well within the time to live.

use std::time::Duration;

use crate::error::StoreError;
use crate::tx::{Session, Tx};
use crate::{execute, fetch_optional};

/// A lease that was held when it was given; whether it still is, [`lease_holds`] tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lease {
    pub name: String,
    pub holder: String,
    /// Rises with every acquisition of this name.
    pub generation: i64,
    /// Microseconds UTC.
    pub expires_at: i64,
}

/// Takes the lease if it is free, expired, or already this holder's (which raises the generation too).
/// `holder` names one run of one process, not a machine.
pub async fn lease_acquire(
    tx: &mut Tx<'_>,
    name: &str,
    holder: &str,
    now_us: i64,
    ttl: Duration,
) -> Result<Option<Lease>, StoreError> {
    let expires_at = later(now_us, ttl);
    let generation = fetch_optional!(
        tx,
        (i64,),
        "INSERT INTO store_lease (name, holder, generation, expires_at) VALUES ($1, $2, 1, $3)
         ON CONFLICT (name) DO UPDATE SET
            holder = excluded.holder, generation = store_lease.generation + 1, expires_at = excluded.expires_at
         WHERE store_lease.expires_at <= $4 OR store_lease.holder = excluded.holder
         RETURNING generation",
        name,
        holder,
        expires_at,
        now_us
    )
    .await?;
    Ok(generation.map(|(generation,)| Lease {
        name: name.to_owned(),
        holder: holder.to_owned(),
        generation,
        expires_at,
    }))
}

/// Prolongs a lease that is still held; `None` when it expired or changed hands, and the work must stop.
pub async fn lease_renew(
    tx: &mut Tx<'_>,
    lease: &Lease,
    now_us: i64,
    ttl: Duration,
) -> Result<Option<Lease>, StoreError> {
    let expires_at = later(now_us, ttl);
    let renewed = execute!(
        tx,
        "UPDATE store_lease SET expires_at = $1 WHERE name = $2 AND holder = $3 AND generation = $4 AND expires_at > $5",
        expires_at,
        lease.name.as_str(),
        lease.holder.as_str(),
        lease.generation,
        now_us
    )
    .await?;
    Ok((renewed == 1).then(|| Lease { expires_at, ..lease.clone() }))
}

/// Gives the lease back, so that another node need not wait for it to expire. Harmless when it changed hands.
pub async fn lease_release(tx: &mut Tx<'_>, lease: &Lease) -> Result<(), StoreError> {
    execute!(
        tx,
        "UPDATE store_lease SET expires_at = 0 WHERE name = $1 AND holder = $2 AND generation = $3",
        lease.name.as_str(),
        lease.holder.as_str(),
        lease.generation
    )
    .await
    .map(drop)
}

/// Whether `lease` is still the newest generation and not expired; ask in the transaction that does the work.
pub async fn lease_holds<S: Session + ?Sized>(session: &mut S, lease: &Lease, now_us: i64) -> Result<bool, StoreError> {
    let found = fetch_optional!(
        session,
        (i64,),
        "SELECT generation FROM store_lease WHERE name = $1 AND holder = $2 AND generation = $3 AND expires_at > $4",
        lease.name.as_str(),
        lease.holder.as_str(),
        lease.generation,
        now_us
    )
    .await?;
    Ok(found.is_some())
}

fn later(now_us: i64, ttl: Duration) -> i64 {
    now_us.saturating_add(i64::try_from(ttl.as_micros()).unwrap_or(i64::MAX))
}
