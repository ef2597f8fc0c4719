//! `identity_credential`, `identity_password_history` and `identity_recovery`.

use medward_contract::Timestamp;
use medward_contract::id::AccountId;
use medward_crypto::{Domain, Field, KeyRing};
use medward_store::{Session as Connection, Tx, execute, fetch_all, fetch_optional};

use super::{RowError, altered};
use crate::model::StoredCredential;

const CREDENTIAL: &str = "identity_credential";

#[derive(sqlx::FromRow)]
struct CredentialRow {
    password_hash: String,
    password_set_at: i64,
    must_change: bool,
    totp_sealed: Option<Vec<u8>>,
    totp_step: Option<i64>,
    version: i64,
    mac: Vec<u8>,
}

fn credential_mac(keys: &KeyRing, id: AccountId, credential: &StoredCredential) -> [u8; 32] {
    let fields = [
        Field::Text(&credential.password_hash),
        Field::Int(credential.password_set_at.as_micros()),
        Field::Bool(credential.must_change),
        credential.totp_sealed.as_deref().map_or(Field::Null, Field::Bytes),
        credential.totp_step.map_or(Field::Null, Field::Int),
    ];
    keys.row_mac(Domain::IdentityRow, CREDENTIAL, &id.to_string(), &fields, credential.version)
}

/// Writes the credential of an account, new or changed; its version must have been raised by the caller.
pub(crate) async fn credential_put(
    tx: &mut Tx<'_>,
    keys: &KeyRing,
    id: AccountId,
    credential: &StoredCredential,
) -> Result<(), RowError> {
    execute!(
        tx,
        "INSERT INTO identity_credential
           (account_id, password_hash, password_set_at, must_change, totp_sealed, totp_step, version, mac)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
         ON CONFLICT (account_id) DO UPDATE SET password_hash = excluded.password_hash,
           password_set_at = excluded.password_set_at, must_change = excluded.must_change,
           totp_sealed = excluded.totp_sealed, totp_step = excluded.totp_step,
           version = excluded.version, mac = excluded.mac",
        id.to_string(),
        credential.password_hash.as_str(),
        credential.password_set_at.as_micros(),
        credential.must_change,
        credential.totp_sealed.clone(),
        credential.totp_step,
        credential.version,
        credential_mac(keys, id, credential).to_vec()
    )
    .await?;
    Ok(())
}

/// The credential of an account.
pub(crate) async fn credential_get<C: Connection>(
    connection: &mut C,
    keys: &KeyRing,
    id: AccountId,
) -> Result<Option<StoredCredential>, RowError> {
    let row = fetch_optional!(
        connection,
        CredentialRow,
        "SELECT password_hash, password_set_at, must_change, totp_sealed, totp_step, version, mac
         FROM identity_credential WHERE account_id = $1",
        id.to_string()
    )
    .await?;
    let Some(row) = row else { return Ok(None) };
    let credential = StoredCredential {
        password_hash: row.password_hash,
        password_set_at: Timestamp::from_micros(row.password_set_at),
        must_change: row.must_change,
        totp_sealed: row.totp_sealed,
        totp_step: row.totp_step,
        version: row.version,
    };
    if medward_crypto::ct_eq(&credential_mac(keys, id, &credential), &row.mac) {
        Ok(Some(credential))
    } else {
        Err(altered(CREDENTIAL, id))
    }
}

/// Whether the account has enrolled a second factor. For lists: says nothing that grants anything.
pub(crate) async fn second_factor_accounts<C: Connection>(connection: &mut C) -> Result<Vec<String>, RowError> {
    let rows = fetch_all!(
        connection,
        (String,),
        "SELECT account_id FROM identity_credential WHERE totp_sealed IS NOT NULL ORDER BY account_id"
    )
    .await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// Adds a former password and forgets all but the newest `keep`.
pub(crate) async fn history_add(
    tx: &mut Tx<'_>,
    id: AccountId,
    password_hash: &str,
    set_at: Timestamp,
    keep: i64,
) -> Result<(), RowError> {
    execute!(
        tx,
        "INSERT INTO identity_password_history (account_id, set_at, password_hash) VALUES ($1, $2, $3)
         ON CONFLICT (account_id, set_at) DO NOTHING",
        id.to_string(),
        set_at.as_micros(),
        password_hash
    )
    .await?;
    execute!(
        tx,
        "DELETE FROM identity_password_history WHERE account_id = $1 AND set_at NOT IN
           (SELECT set_at FROM identity_password_history WHERE account_id = $1 ORDER BY set_at DESC LIMIT $2)",
        id.to_string(),
        keep
    )
    .await?;
    Ok(())
}

/// Hashes of former passwords, newest first.
pub(crate) async fn history_list<C: Connection>(
    connection: &mut C,
    id: AccountId,
    limit: i64,
) -> Result<Vec<String>, RowError> {
    let rows = fetch_all!(
        connection,
        (String,),
        "SELECT password_hash FROM identity_password_history WHERE account_id = $1 ORDER BY set_at DESC LIMIT $2",
        id.to_string(),
        limit
    )
    .await?;
    Ok(rows.into_iter().map(|(hash,)| hash).collect())
}

/// Replaces all recovery codes by these (as MACs); an empty list removes them.
pub(crate) async fn recovery_replace(tx: &mut Tx<'_>, id: AccountId, codes: &[[u8; 32]]) -> Result<(), RowError> {
    execute!(tx, "DELETE FROM identity_recovery WHERE account_id = $1", id.to_string()).await?;
    for code in codes {
        execute!(
            tx,
            "INSERT INTO identity_recovery (account_id, code_mac, used_at) VALUES ($1, $2, NULL)",
            id.to_string(),
            code.to_vec()
        )
        .await?;
    }
    Ok(())
}

/// Uses up a recovery code; `false` when it is unknown or was used before.
pub(crate) async fn recovery_use(
    tx: &mut Tx<'_>,
    id: AccountId,
    code: &[u8; 32],
    at: Timestamp,
) -> Result<bool, RowError> {
    let used = execute!(
        tx,
        "UPDATE identity_recovery SET used_at = $3 WHERE account_id = $1 AND code_mac = $2 AND used_at IS NULL",
        id.to_string(),
        code.to_vec(),
        at.as_micros()
    )
    .await?;
    Ok(used == 1)
}
