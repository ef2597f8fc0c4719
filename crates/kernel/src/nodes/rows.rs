//! Rows of nodes: the authority, invitations, nodes and their certificates.

use medward_contract::Timestamp;
use medward_store::{Session, StoreError, Tx, execute, fetch_all, fetch_one, fetch_optional};

/// Id of the one authority.
pub(super) const AUTHORITY_ID: &str = "authority";
/// Nodes of one house.
const MAX_NODES: i64 = 10_000;

#[derive(Debug, Clone, sqlx::FromRow)]
pub(super) struct AuthorityRow {
    pub(super) certificate_pem: String,
    pub(super) key_sealed: Vec<u8>,
}

#[derive(Debug, Clone, sqlx::FromRow)]
pub(super) struct NodeRow {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) enrolled_at: i64,
    pub(super) revoked_at: Option<i64>,
    pub(super) seen_at: Option<i64>,
    pub(super) report: Option<String>,
}

pub(super) async fn authority_find<S: Session + ?Sized>(session: &mut S) -> Result<Option<AuthorityRow>, StoreError> {
    let sql = "SELECT certificate_pem, key_sealed FROM kernel_node_authority WHERE id = $1";
    fetch_optional!(session, AuthorityRow, sql, AUTHORITY_ID).await
}

/// Stores an authority, unless there is one; gives the one that is stored.
pub(super) async fn authority_put(
    tx: &mut Tx<'_>,
    made: &AuthorityRow,
    now: Timestamp,
) -> Result<AuthorityRow, StoreError> {
    execute!(
        tx,
        "INSERT INTO kernel_node_authority (id, certificate_pem, key_sealed, created_at) VALUES ($1, $2, $3, $4)
         ON CONFLICT (id) DO NOTHING",
        AUTHORITY_ID,
        made.certificate_pem.as_str(),
        made.key_sealed.as_slice(),
        now.as_micros()
    )
    .await?;
    let sql = "SELECT certificate_pem, key_sealed FROM kernel_node_authority WHERE id = $1";
    fetch_one!(tx, AuthorityRow, sql, AUTHORITY_ID).await
}

pub(super) async fn invitation_put(
    tx: &mut Tx<'_>,
    token_hash: &str,
    node_name: &str,
    author: &str,
    now: Timestamp,
    expires_at: Timestamp,
) -> Result<(), StoreError> {
    execute!(
        tx,
        "INSERT INTO kernel_node_invitation (token_hash, node_name, author, created_at, expires_at)
         VALUES ($1, $2, $3, $4, $5)",
        token_hash,
        node_name,
        author,
        now.as_micros(),
        expires_at.as_micros()
    )
    .await
    .map(drop)
}

/// Uses an invitation up; the name in it, when it was good.
pub(super) async fn invitation_use(
    tx: &mut Tx<'_>,
    token_hash: &str,
    now: Timestamp,
) -> Result<Option<String>, StoreError> {
    let used = fetch_optional!(
        tx,
        (String,),
        "UPDATE kernel_node_invitation SET used_at = $1
         WHERE token_hash = $2 AND used_at IS NULL AND expires_at > $1 RETURNING node_name",
        now.as_micros(),
        token_hash
    );
    Ok(used.await?.map(|(name,)| name))
}

pub(super) async fn node_insert(tx: &mut Tx<'_>, id: &str, name: &str, now: Timestamp) -> Result<(), StoreError> {
    let sql = "INSERT INTO kernel_node (id, name, enrolled_at) VALUES ($1, $2, $3)";
    execute!(tx, sql, id, name, now.as_micros()).await.map(drop)
}

/// Whether a living node has this name.
pub(super) async fn node_named<S: Session + ?Sized>(session: &mut S, name: &str) -> Result<bool, StoreError> {
    let sql = "SELECT id FROM kernel_node WHERE name = $1 AND revoked_at IS NULL";
    Ok(fetch_optional!(session, (String,), sql, name).await?.is_some())
}

pub(super) async fn certificate_insert(
    tx: &mut Tx<'_>,
    node: &str,
    fingerprint: &str,
    not_after: Timestamp,
) -> Result<(), StoreError> {
    execute!(
        tx,
        "INSERT INTO kernel_node_certificate (fingerprint, node_id, not_after) VALUES ($1, $2, $3)",
        fingerprint,
        node,
        not_after.as_micros()
    )
    .await?;
    // The newest ones: the one in use, and those of renewals whose answers were lost.
    execute!(
        tx,
        "DELETE FROM kernel_node_certificate WHERE node_id = $1 AND fingerprint NOT IN
            (SELECT fingerprint FROM kernel_node_certificate WHERE node_id = $1 ORDER BY not_after DESC LIMIT 4)",
        node
    )
    .await
    .map(drop)
}

/// Fingerprint, id and name of every certificate of a node that is not revoked.
pub(super) async fn certificate_list<S: Session + ?Sized>(
    session: &mut S,
    now: Timestamp,
) -> Result<Vec<(String, String, String)>, StoreError> {
    fetch_all!(
        session,
        (String, String, String),
        "SELECT c.fingerprint, n.id, n.name FROM kernel_node_certificate c JOIN kernel_node n ON n.id = c.node_id
         WHERE n.revoked_at IS NULL AND c.not_after > $1",
        now.as_micros()
    )
    .await
}

/// Every node, newest last.
pub(super) async fn node_list<S: Session + ?Sized>(session: &mut S) -> Result<Vec<NodeRow>, StoreError> {
    let sql = "SELECT id, name, enrolled_at, revoked_at, seen_at, report FROM kernel_node ORDER BY id LIMIT $1";
    fetch_all!(session, NodeRow, sql, MAX_NODES).await
}

/// Revokes a node; whether there was a living one.
pub(super) async fn node_revoke(tx: &mut Tx<'_>, id: &str, now: Timestamp) -> Result<bool, StoreError> {
    let sql = "UPDATE kernel_node SET revoked_at = $1 WHERE id = $2 AND revoked_at IS NULL";
    Ok(execute!(tx, sql, now.as_micros(), id).await? > 0)
}

/// Notes what a node said of itself.
pub(super) async fn node_seen(tx: &mut Tx<'_>, id: &str, report: &str, now: Timestamp) -> Result<(), StoreError> {
    let sql = "UPDATE kernel_node SET seen_at = $1, report = $2 WHERE id = $3";
    execute!(tx, sql, now.as_micros(), report, id).await.map(drop)
}
