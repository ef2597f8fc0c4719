//! `identity_setup`: at most one row, the link of the first start.

use medward_contract::Timestamp;
use medward_store::{Session as Connection, Tx, execute, fetch_optional};

use super::RowError;

/// The setup link as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct StoredSetup {
    pub(crate) token_hash: Vec<u8>,
    pub(crate) expires_at: Timestamp,
    pub(crate) used_at: Option<Timestamp>,
}

/// The current link.
pub(crate) async fn setup_get<C: Connection>(connection: &mut C) -> Result<Option<StoredSetup>, RowError> {
    let row = fetch_optional!(
        connection,
        (Vec<u8>, i64, Option<i64>),
        "SELECT token_hash, expires_at, used_at FROM identity_setup WHERE id = 1"
    )
    .await?;
    Ok(row.map(|(token_hash, expires_at, used_at)| StoredSetup {
        token_hash,
        expires_at: Timestamp::from_micros(expires_at),
        used_at: used_at.map(Timestamp::from_micros),
    }))
}

/// Makes or replaces the link; the one before is dead.
pub(crate) async fn setup_put(tx: &mut Tx<'_>, token_hash: &[u8; 32], expires_at: Timestamp) -> Result<(), RowError> {
    execute!(
        tx,
        "INSERT INTO identity_setup (id, token_hash, expires_at, used_at) VALUES (1, $1, $2, NULL)
         ON CONFLICT (id) DO UPDATE SET token_hash = excluded.token_hash, expires_at = excluded.expires_at",
        token_hash.to_vec(),
        expires_at.as_micros()
    )
    .await?;
    Ok(())
}

/// Uses the link up.
pub(crate) async fn setup_use(tx: &mut Tx<'_>, at: Timestamp) -> Result<(), RowError> {
    execute!(tx, "UPDATE identity_setup SET used_at = $1 WHERE id = 1", at.as_micros()).await?;
    Ok(())
}
