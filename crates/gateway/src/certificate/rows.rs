//! Rows of certificates, and the number of their newest change.

use medward_contract::Timestamp;
use medward_store::{Session, StoreError, Tx, execute, fetch_all, fetch_one, fetch_optional};

/// More certificates than one gateway has sites (gateway.md §2: 10,000 objects).
const MAX_CERTIFICATES: i64 = 10_000;

/// A certificate as it is stored.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub(crate) struct CertificateRow {
    /// UUIDv7.
    pub(crate) id: String,
    /// What people call it; no two have the same.
    pub(crate) name: String,
    pub(crate) chain_pem: String,
    /// Its key, PEM, sealed.
    pub(crate) key_sealed: Vec<u8>,
    /// Login of who uploaded it.
    pub(crate) author: String,
    /// Change of the certificates in which it was uploaded.
    pub(crate) generation: i64,
    pub(crate) updated_at: i64,
}

/// Every certificate, oldest first.
pub(crate) async fn certificate_list<S: Session + ?Sized>(session: &mut S) -> Result<Vec<CertificateRow>, StoreError> {
    fetch_all!(
        session,
        CertificateRow,
        "SELECT id, name, chain_pem, key_sealed, author, generation, updated_at FROM gateway_certificate
         ORDER BY id LIMIT $1",
        MAX_CERTIFICATES
    )
    .await
}

/// Writes a certificate, new or in place of the one with its id.
pub(crate) async fn certificate_put(tx: &mut Tx<'_>, row: &CertificateRow) -> Result<(), StoreError> {
    execute!(
        tx,
        "INSERT INTO gateway_certificate (id, name, chain_pem, key_sealed, author, generation, updated_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7)
         ON CONFLICT (id) DO UPDATE SET
            name = $2, chain_pem = $3, key_sealed = $4, author = $5, generation = $6, updated_at = $7",
        row.id.as_str(),
        row.name.as_str(),
        row.chain_pem.as_str(),
        row.key_sealed.as_slice(),
        row.author.as_str(),
        row.generation,
        row.updated_at
    )
    .await
    .map(drop)
}

/// Removes a certificate and its key. Whether there was one.
pub(crate) async fn certificate_delete(tx: &mut Tx<'_>, id: &str) -> Result<bool, StoreError> {
    Ok(execute!(tx, "DELETE FROM gateway_certificate WHERE id = $1", id).await? > 0)
}

/// Id of the certificate of this name.
pub(crate) async fn certificate_named<S: Session + ?Sized>(
    session: &mut S,
    name: &str,
) -> Result<Option<String>, StoreError> {
    let row = fetch_optional!(session, (String,), "SELECT id FROM gateway_certificate WHERE name = $1", name).await?;
    Ok(row.map(|(id,)| id))
}

/// Number of the newest change; 0 before the first one.
pub(crate) async fn generation_latest<S: Session + ?Sized>(session: &mut S) -> Result<i64, StoreError> {
    let row =
        fetch_optional!(session, (i64,), "SELECT value FROM gateway_generation WHERE name = 'certificates'").await?;
    Ok(row.map_or(0, |(value,)| value))
}

/// Begins a new change.
pub(crate) async fn generation_next(tx: &mut Tx<'_>) -> Result<i64, StoreError> {
    let (value,) = fetch_one!(
        tx,
        (i64,),
        "INSERT INTO gateway_generation (name, value) VALUES ('certificates', 1)
         ON CONFLICT (name) DO UPDATE SET value = gateway_generation.value + 1 RETURNING value"
    )
    .await?;
    Ok(value)
}

/// On a node: takes over the number of the house.
pub(crate) async fn generation_set(tx: &mut Tx<'_>, generation: i64) -> Result<(), StoreError> {
    execute!(
        tx,
        "INSERT INTO gateway_generation (name, value) VALUES ('certificates', $1)
         ON CONFLICT (name) DO UPDATE SET value = $1",
        generation
    )
    .await
    .map(drop)
}

/// When a row was written.
pub(crate) const fn stamp(now: Timestamp) -> i64 {
    now.as_micros()
}
