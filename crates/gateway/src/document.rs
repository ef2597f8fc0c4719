//! Documents that are too long for an item of the policy: lists of addresses, descriptions of interfaces. They are known by
//! the SHA-256 of what they say, stored once, and never changed.

use data_encoding::HEXLOWER;
use medward_contract::Timestamp;
use medward_crypto::sha256;
use medward_store::{Session, StoreError, Tx, execute, fetch_optional};

/// By what a document is known.
pub(crate) fn digest_of(content: &[u8]) -> String {
    HEXLOWER.encode(&sha256(content))
}

/// What a digest stands for.
pub(crate) async fn document_find<S: Session + ?Sized>(
    session: &mut S,
    digest: &str,
) -> Result<Option<Vec<u8>>, StoreError> {
    let row = fetch_optional!(session, (Vec<u8>,), "SELECT content FROM gateway_document WHERE digest = $1", digest);
    Ok(row.await?.map(|(content,)| content))
}

/// Stores a document, unless it is there: what has one digest says one thing.
pub(crate) async fn document_put(
    tx: &mut Tx<'_>,
    digest: &str,
    content: &[u8],
    now: Timestamp,
) -> Result<(), StoreError> {
    execute!(
        tx,
        "INSERT INTO gateway_document (digest, content, created_at) VALUES ($1, $2, $3) ON CONFLICT (digest) DO NOTHING",
        digest,
        content,
        now.as_micros()
    )
    .await
    .map(drop)
}
