//! `identity_login_step`: a login between its steps, found by the SHA-256 of its handle. A row is given out only
//! if its MAC holds.

use data_encoding::HEXLOWER;
use medward_contract::Timestamp;
use medward_contract::id::AccountId;
use medward_crypto::{Domain, Field, KeyRing};
use medward_store::{Session as Connection, Tx, execute, fetch_optional};

use super::{RowError, altered};

const STEP: &str = "identity_login_step";

/// What the owner has to do next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// Show the second factor.
    Factor,
    /// Enrol a second factor.
    Enrol,
    /// Choose a new password.
    ChangePassword,
    /// Nothing: the session is open.
    Done,
}

impl Step {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Factor => "factor",
            Self::Enrol => "enrol",
            Self::ChangePassword => "change_password",
            Self::Done => "done",
        }
    }

    fn parse(text: &str) -> Option<Self> {
        [Self::Factor, Self::Enrol, Self::ChangePassword].into_iter().find(|step| step.as_str() == text)
    }
}

/// What a login was begun for. A handle of one is worth nothing in the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// A session of the console.
    Console,
    /// Applications behind the gateway: the account is told, no session is opened.
    Application,
}

impl Purpose {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Console => "console",
            Self::Application => "application",
        }
    }

    fn parse(text: &str) -> Option<Self> {
        [Self::Console, Self::Application].into_iter().find(|purpose| purpose.as_str() == text)
    }
}

/// A login whose password was right.
#[derive(Debug, Clone)]
pub(crate) struct LoginStep {
    pub(crate) account: AccountId,
    pub(crate) purpose: Purpose,
    pub(crate) step: Step,
    /// Chosen at `change_password`; becomes the password only together with the second factor.
    pub(crate) new_password_hash: Option<String>,
    /// Secret offered at `enrol`, sealed.
    pub(crate) totp_sealed: Option<Vec<u8>>,
    pub(crate) expires_at: Timestamp,
}

#[derive(sqlx::FromRow)]
struct StepRow {
    account_id: String,
    purpose: String,
    step: String,
    new_password_hash: Option<String>,
    totp_sealed: Option<Vec<u8>>,
    expires_at: i64,
    mac: Option<Vec<u8>>,
}

fn step_mac(keys: &KeyRing, handle_hash: &[u8; 32], step: &LoginStep) -> [u8; 32] {
    let account = step.account.to_string();
    let fields = [
        Field::Text(&account),
        Field::Text(step.purpose.as_str()),
        Field::Text(step.step.as_str()),
        step.new_password_hash.as_deref().map_or(Field::Null, Field::Text),
        step.totp_sealed.as_deref().map_or(Field::Null, Field::Bytes),
        Field::Int(step.expires_at.as_micros()),
    ];
    keys.row_mac(Domain::IdentityRow, STEP, &HEXLOWER.encode(handle_hash), &fields, 1)
}

/// Writes a login step, new or moved on.
pub(crate) async fn login_step_put(
    tx: &mut Tx<'_>,
    keys: &KeyRing,
    handle_hash: &[u8; 32],
    step: &LoginStep,
) -> Result<(), RowError> {
    execute!(
        tx,
        "INSERT INTO identity_login_step
           (handle_hash, account_id, purpose, step, new_password_hash, totp_sealed, expires_at, mac)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
         ON CONFLICT (handle_hash) DO UPDATE SET step = excluded.step,
           new_password_hash = excluded.new_password_hash, totp_sealed = excluded.totp_sealed, mac = excluded.mac",
        handle_hash.to_vec(),
        step.account.to_string(),
        step.purpose.as_str(),
        step.step.as_str(),
        step.new_password_hash.clone(),
        step.totp_sealed.clone(),
        step.expires_at.as_micros(),
        step_mac(keys, handle_hash, step).to_vec()
    )
    .await?;
    Ok(())
}

/// The login step of this handle, if it has not expired.
pub(crate) async fn login_step_get<C: Connection>(
    connection: &mut C,
    keys: &KeyRing,
    handle_hash: &[u8; 32],
    now: Timestamp,
) -> Result<Option<LoginStep>, RowError> {
    let row = fetch_optional!(
        connection,
        StepRow,
        "SELECT account_id, purpose, step, new_password_hash, totp_sealed, expires_at, mac
         FROM identity_login_step WHERE handle_hash = $1 AND expires_at > $2",
        handle_hash.to_vec(),
        now.as_micros()
    )
    .await?;
    let Some(row) = row else { return Ok(None) };
    let words = (row.account_id.parse(), Purpose::parse(&row.purpose), Step::parse(&row.step));
    let (Ok(account), Some(purpose), Some(step)) = words else { return Err(altered(STEP, row.account_id)) };
    let step = LoginStep {
        account,
        purpose,
        step,
        new_password_hash: row.new_password_hash,
        totp_sealed: row.totp_sealed,
        expires_at: Timestamp::from_micros(row.expires_at),
    };
    if row.mac.is_some_and(|mac| medward_crypto::ct_eq(&step_mac(keys, handle_hash, &step), &mac)) {
        Ok(Some(step))
    } else {
        Err(altered(STEP, row.account_id))
    }
}

/// Forgets every login step of the account: one succeeded, or none may go on.
pub(crate) async fn login_step_delete_of(tx: &mut Tx<'_>, account: AccountId) -> Result<(), RowError> {
    execute!(tx, "DELETE FROM identity_login_step WHERE account_id = $1", account.to_string()).await?;
    Ok(())
}

/// Forgets expired login steps.
pub(crate) async fn login_step_sweep(tx: &mut Tx<'_>, now: Timestamp) -> Result<u64, RowError> {
    Ok(execute!(tx, "DELETE FROM identity_login_step WHERE expires_at <= $1", now.as_micros()).await?)
}
