//! `identity_clearance`: what a person may read in applications, where they belong and who goes first. A row is given out
//! only if its MAC holds.

use medward_contract::SensitivityLabel;
use medward_contract::id::AccountId;
use medward_contract::identity::PriorityClass;
use medward_crypto::{Domain, Field, KeyRing};
use medward_store::{Session as Connection, Tx, execute, fetch_optional};

use super::{RowError, altered};

const CLEARANCE: &str = "identity_clearance";
const LABELS: [SensitivityLabel; 4] =
    [SensitivityLabel::L1, SensitivityLabel::L2, SensitivityLabel::L3, SensitivityLabel::L4];

/// What applications may show a person, and whom they serve first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct StoredClearance {
    /// Highest label they may read.
    pub(crate) clearance: SensitivityLabel,
    /// Departments (科室) they belong to.
    pub(crate) departments: Vec<String>,
    /// Who goes first when there is not enough for all.
    pub(crate) priority: PriorityClass,
    /// Rises with each change; 0 while nothing was set.
    pub(crate) version: i64,
}

impl Default for StoredClearance {
    /// What an account has for which nothing was set.
    fn default() -> Self {
        Self { clearance: SensitivityLabel::L2, departments: Vec::new(), priority: PriorityClass::NORMAL, version: 0 }
    }
}

#[derive(sqlx::FromRow)]
struct ClearanceRow {
    clearance: String,
    departments: String,
    priority: i64,
    version: i64,
    mac: Vec<u8>,
}

/// The stored word of a label.
pub(crate) const fn label_word(label: SensitivityLabel) -> &'static str {
    match label {
        SensitivityLabel::L1 => "L1",
        SensitivityLabel::L2 => "L2",
        SensitivityLabel::L3 => "L3",
        SensitivityLabel::L4 => "L4",
    }
}

fn clearance_mac(keys: &KeyRing, id: AccountId, row: &ClearanceRow) -> [u8; 32] {
    let fields = [Field::Text(&row.clearance), Field::Text(&row.departments), Field::Int(row.priority)];
    keys.row_mac(Domain::IdentityRow, CLEARANCE, &id.to_string(), &fields, row.version)
}

impl ClearanceRow {
    fn parsed(&self) -> Option<StoredClearance> {
        Some(StoredClearance {
            clearance: LABELS.into_iter().find(|label| label_word(*label) == self.clearance)?,
            departments: serde_json::from_str(&self.departments).ok()?,
            priority: u8::try_from(self.priority).ok().and_then(|number| PriorityClass::new(number).ok())?,
            version: self.version,
        })
    }
}

/// The clearance of an account; the default where none was set.
pub(crate) async fn clearance_get<C: Connection>(
    connection: &mut C,
    keys: &KeyRing,
    id: AccountId,
) -> Result<StoredClearance, RowError> {
    let row = fetch_optional!(
        connection,
        ClearanceRow,
        "SELECT clearance, departments, priority, version, mac FROM identity_clearance WHERE account_id = $1",
        id.to_string()
    )
    .await?;
    let Some(row) = row else { return Ok(StoredClearance::default()) };
    let row = Some(row).filter(|row| medward_crypto::ct_eq(&clearance_mac(keys, id, row), &row.mac));
    row.and_then(|row| row.parsed()).ok_or_else(|| altered(CLEARANCE, id))
}

/// Writes the clearance of an account, new or changed; its version must have been raised by the caller.
pub(crate) async fn clearance_put(
    tx: &mut Tx<'_>,
    keys: &KeyRing,
    id: AccountId,
    stored: &StoredClearance,
) -> Result<(), RowError> {
    let mut row = ClearanceRow {
        clearance: label_word(stored.clearance).to_owned(),
        departments: serde_json::Value::from(stored.departments.clone()).to_string(),
        priority: i64::from(stored.priority.number()),
        version: stored.version,
        mac: Vec::new(),
    };
    row.mac = clearance_mac(keys, id, &row).to_vec();
    execute!(
        tx,
        "INSERT INTO identity_clearance (account_id, clearance, departments, priority, version, mac)
         VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (account_id) DO UPDATE SET clearance = excluded.clearance, departments = excluded.departments,
           priority = excluded.priority, version = excluded.version, mac = excluded.mac",
        id.to_string(),
        row.clearance,
        row.departments,
        row.priority,
        row.version,
        row.mac
    )
    .await?;
    Ok(())
}
