//! `identity_account` and `identity_grant`.

use medward_contract::id::AccountId;
use medward_contract::identity::AccountChanged;
use medward_contract::{Role, Timestamp};
use medward_crypto::{Domain, Field, KeyRing};
use medward_store::sqlx::AssertSqlSafe;
use medward_store::{
    Session as Connection, Statement, Tx, execute, fetch_all, fetch_optional, outbox_put, placeholders,
};

use super::{RowError, altered};
use crate::model::{Account, AccountState, role_class};

const ACCOUNT: &str = "identity_account";
const GRANT: &str = "identity_grant";

#[derive(sqlx::FromRow)]
struct AccountRow {
    id: String,
    login: String,
    name: String,
    state: String,
    role_class: String,
    created_at: i64,
    last_login_at: Option<i64>,
    version: i64,
    mac: Vec<u8>,
}

#[derive(sqlx::FromRow)]
struct GrantRow {
    account_id: String,
    role: String,
    role_class: String,
    granted_by: String,
    granted_at: i64,
    mac: Vec<u8>,
}

/// The last login is left out: it changes with every login and proves nothing.
fn account_mac(keys: &KeyRing, row: &AccountRow) -> [u8; 32] {
    let fields = [
        Field::Text(&row.login),
        Field::Text(&row.name),
        Field::Text(&row.state),
        Field::Text(&row.role_class),
        Field::Int(row.created_at),
    ];
    keys.row_mac(Domain::IdentityRow, ACCOUNT, &row.id, &fields, row.version)
}

fn grant_mac(keys: &KeyRing, row: &GrantRow) -> [u8; 32] {
    let fields = [
        Field::Text(&row.role),
        Field::Text(&row.role_class),
        Field::Text(&row.granted_by),
        Field::Int(row.granted_at),
    ];
    keys.row_mac(Domain::IdentityRow, GRANT, &row.account_id, &fields, 1)
}

impl AccountRow {
    fn checked(self, keys: &KeyRing, grants: &[GrantRow]) -> Result<Account, RowError> {
        let holds = medward_crypto::ct_eq(&account_mac(keys, &self), &self.mac);
        let parsed = (self.id.parse::<AccountId>().ok(), AccountState::parse(&self.state));
        let (true, (Some(id), Some(state))) = (holds, parsed) else {
            return Err(altered(ACCOUNT, &self.id));
        };
        let mut roles = Vec::new();
        for grant in grants.iter().filter(|grant| grant.account_id == self.id) {
            let role = grant.role.parse::<Role>().ok();
            match role {
                Some(role)
                    if grant.role_class == self.role_class
                        && medward_crypto::ct_eq(&grant_mac(keys, grant), &grant.mac) =>
                {
                    roles.push(role);
                }
                _ => return Err(altered(GRANT, format!("{} {}", self.id, grant.role))),
            }
        }
        roles.sort_unstable();
        Ok(Account {
            id,
            login: self.login,
            name: self.name,
            state,
            roles,
            created_at: Timestamp::from_micros(self.created_at),
            last_login_at: self.last_login_at.map(Timestamp::from_micros),
            version: self.version,
        })
    }
}

const COLUMNS: &str = "id, login, name, state, role_class, created_at, last_login_at, version, mac";

/// Inserts a new account without roles.
pub(crate) async fn account_insert(tx: &mut Tx<'_>, keys: &KeyRing, account: &Account) -> Result<(), RowError> {
    let mut row = AccountRow {
        id: account.id.to_string(),
        login: account.login.clone(),
        name: account.name.clone(),
        state: account.state.as_str().to_owned(),
        role_class: "none".to_owned(),
        created_at: account.created_at.as_micros(),
        last_login_at: None,
        version: account.version,
        mac: Vec::new(),
    };
    row.mac = account_mac(keys, &row).to_vec();
    execute!(
        tx,
        "INSERT INTO identity_account (id, login, name, state, role_class, created_at, last_login_at, version, mac)
         VALUES ($1, $2, $3, $4, $5, $6, NULL, $7, $8)",
        row.id,
        row.login,
        row.name,
        row.state,
        row.role_class,
        row.created_at,
        row.version,
        row.mac
    )
    .await?;
    Ok(())
}

/// The account with this id.
pub(crate) async fn account_get<C: Connection>(
    connection: &mut C,
    keys: &KeyRing,
    id: AccountId,
) -> Result<Option<Account>, RowError> {
    let sql = AssertSqlSafe(format!("SELECT {COLUMNS} FROM identity_account WHERE id = $1"));
    let row = Statement::new(connection, sql).bind(id.to_string()).fetch_optional::<AccountRow>().await?;
    account_with_roles(connection, keys, row).await
}

/// The account with this normalised login.
pub(crate) async fn account_by_login<C: Connection>(
    connection: &mut C,
    keys: &KeyRing,
    login: &str,
) -> Result<Option<Account>, RowError> {
    let sql = AssertSqlSafe(format!("SELECT {COLUMNS} FROM identity_account WHERE login = $1"));
    let row = Statement::new(connection, sql).bind(login).fetch_optional::<AccountRow>().await?;
    account_with_roles(connection, keys, row).await
}

async fn account_with_roles<C: Connection>(
    connection: &mut C,
    keys: &KeyRing,
    row: Option<AccountRow>,
) -> Result<Option<Account>, RowError> {
    let Some(row) = row else { return Ok(None) };
    let grants = grants_of(connection, &[row.id.as_str()]).await?;
    row.checked(keys, &grants).map(Some)
}

async fn grants_of<C: Connection>(connection: &mut C, accounts: &[&str]) -> Result<Vec<GrantRow>, RowError> {
    if accounts.is_empty() {
        return Ok(Vec::new());
    }
    let sql = AssertSqlSafe(format!(
        "SELECT account_id, role, role_class, granted_by, granted_at, mac FROM identity_grant
         WHERE account_id IN ({}) ORDER BY account_id, role",
        placeholders(1, accounts.len())
    ));
    let statement = accounts.iter().fold(Statement::new(connection, sql), |statement, id| statement.bind(*id));
    Ok(statement.fetch_all().await?)
}

/// Whether any account exists.
pub(crate) async fn account_any<C: Connection>(connection: &mut C) -> Result<bool, RowError> {
    Ok(fetch_optional!(connection, (String,), "SELECT id FROM identity_account ORDER BY id LIMIT 1").await?.is_some())
}

/// Accounts by login, after `cursor`, whose login or name contains `filter` (any case).
pub(crate) async fn account_list<C: Connection>(
    connection: &mut C,
    keys: &KeyRing,
    cursor: &str,
    filter: &str,
    limit: i64,
) -> Result<Vec<Account>, RowError> {
    let sql = AssertSqlSafe(format!(
        "SELECT {COLUMNS} FROM identity_account
         WHERE login > $1 AND (login LIKE $2 ESCAPE '!' OR lower(name) LIKE $2 ESCAPE '!') ORDER BY login LIMIT $3"
    ));
    let rows: Vec<AccountRow> =
        Statement::new(connection, sql).bind(cursor).bind(like_pattern(filter)).bind(limit).fetch_all().await?;
    let ids: Vec<&str> = rows.iter().map(|row| row.id.as_str()).collect();
    let grants = grants_of(connection, &ids).await?;
    rows.into_iter().map(|row| row.checked(keys, &grants)).collect()
}

fn like_pattern(filter: &str) -> String {
    let mut pattern = "%".to_owned();
    for c in filter.chars().flat_map(char::to_lowercase) {
        if matches!(c, '%' | '_' | '!') {
            pattern.push('!');
        }
        pattern.push(c);
    }
    pattern.push('%');
    pattern
}

/// Moves the account to another state.
pub(crate) async fn account_set_state(
    tx: &mut Tx<'_>,
    keys: &KeyRing,
    id: AccountId,
    state: AccountState,
    at: Timestamp,
) -> Result<(), RowError> {
    account_rewrite(tx, keys, id, at, false, |row| state.as_str().clone_into(&mut row.state)).await
}

/// Notes a login.
pub(crate) async fn account_logged_in(tx: &mut Tx<'_>, id: AccountId, at: Timestamp) -> Result<(), RowError> {
    execute!(tx, "UPDATE identity_account SET last_login_at = $2 WHERE id = $1", id.to_string(), at.as_micros())
        .await?;
    Ok(())
}

/// Gives a role. The database refuses one that excludes a role held.
pub(crate) async fn grant_insert(
    tx: &mut Tx<'_>,
    keys: &KeyRing,
    id: AccountId,
    role: Role,
    granted_by: &str,
    at: Timestamp,
) -> Result<(), RowError> {
    if grants_of(tx, &[&id.to_string()]).await?.is_empty() {
        account_rewrite(tx, keys, id, at, false, |row| role_class(role).clone_into(&mut row.role_class)).await?;
    } else {
        account_rewrite(tx, keys, id, at, false, |_| ()).await?;
    }
    let mut row = GrantRow {
        account_id: id.to_string(),
        role: role.as_str().to_owned(),
        role_class: role_class(role).to_owned(),
        granted_by: granted_by.to_owned(),
        granted_at: at.as_micros(),
        mac: Vec::new(),
    };
    row.mac = grant_mac(keys, &row).to_vec();
    execute!(
        tx,
        "INSERT INTO identity_grant (account_id, role, role_class, granted_by, granted_at, mac)
         VALUES ($1, $2, $3, $4, $5, $6)",
        row.account_id,
        row.role,
        row.role_class,
        row.granted_by,
        row.granted_at,
        row.mac
    )
    .await?;
    Ok(())
}

/// Takes a role away; `false` when it was not held.
pub(crate) async fn grant_delete(
    tx: &mut Tx<'_>,
    keys: &KeyRing,
    id: AccountId,
    role: Role,
    at: Timestamp,
) -> Result<bool, RowError> {
    let removed =
        execute!(tx, "DELETE FROM identity_grant WHERE account_id = $1 AND role = $2", id.to_string(), role.as_str())
            .await?;
    if removed == 0 {
        return Ok(false);
    }
    let none_left = grants_of(tx, &[&id.to_string()]).await?.is_empty();
    account_rewrite(tx, keys, id, at, false, |row| {
        if none_left {
            "none".clone_into(&mut row.role_class);
        }
    })
    .await?;
    Ok(true)
}

/// Ids of accounts that hold `role` and are active.
pub(crate) async fn account_active_with_role<C: Connection>(
    connection: &mut C,
    role: Role,
) -> Result<Vec<String>, RowError> {
    let rows = fetch_all!(
        connection,
        (String,),
        "SELECT a.id FROM identity_account a JOIN identity_grant g ON g.account_id = a.id
         WHERE g.role = $1 AND a.state = 'active' ORDER BY a.id",
        role.as_str()
    )
    .await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// Notes that something that belongs to the account has changed: its version rises and others are told.
pub(crate) async fn account_touch(
    tx: &mut Tx<'_>,
    keys: &KeyRing,
    id: AccountId,
    at: Timestamp,
) -> Result<(), RowError> {
    account_rewrite(tx, keys, id, at, false, |_| ()).await
}

/// Notes that what proved the owner of the account is no proof any more: its version rises, and whoever let the owner in on it
/// is told.
pub(crate) async fn account_disprove(
    tx: &mut Tx<'_>,
    keys: &KeyRing,
    id: AccountId,
    at: Timestamp,
) -> Result<(), RowError> {
    account_rewrite(tx, keys, id, at, true, |_| ()).await
}

/// Reads, checks, changes and signs one row with the next version. Every change of an account comes through here, so
/// none is committed without [`AccountChanged`] beside it.
async fn account_rewrite(
    tx: &mut Tx<'_>,
    keys: &KeyRing,
    id: AccountId,
    at: Timestamp,
    ends_sessions: bool,
    change: impl FnOnce(&mut AccountRow),
) -> Result<(), RowError> {
    let sql = AssertSqlSafe(format!("SELECT {COLUMNS} FROM identity_account WHERE id = $1"));
    let row = Statement::new(tx, sql).bind(id.to_string()).fetch_optional::<AccountRow>().await?;
    let Some(mut row) = row.filter(|row| medward_crypto::ct_eq(&account_mac(keys, row), &row.mac)) else {
        return Err(altered(ACCOUNT, id));
    };
    change(&mut row);
    row.version += 1;
    row.mac = account_mac(keys, &row).to_vec();
    execute!(
        tx,
        "UPDATE identity_account SET state = $2, role_class = $3, version = $4, mac = $5 WHERE id = $1",
        row.id,
        row.state.as_str(),
        row.role_class,
        row.version,
        row.mac
    )
    .await?;
    let changed = AccountChanged { account: id, state: row.state, version: row.version, ends_sessions };
    changed_put(tx, &changed, at).await
}

async fn changed_put(tx: &mut Tx<'_>, changed: &AccountChanged, at: Timestamp) -> Result<(), RowError> {
    let payload = serde_json::to_string(changed).unwrap_or_default();
    let key = format!("{} {}", changed.account, changed.version);
    outbox_put(tx, AccountChanged::KIND, &key, &payload, at.as_micros()).await?;
    Ok(())
}
