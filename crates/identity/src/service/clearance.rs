//! Clearances (敏感标记): what a person may read in applications, where they belong and who goes first. Set by a security
//! administrator, never for oneself (`identity.md` §3, §9).

use medward_contract::id::AccountId;
use medward_contract::identity::{ClientFacts, PriorityClass};
use medward_contract::{Principal, SensitivityLabel, Severity};
use medward_kernel::audit::Begun;
use medward_store::Tx;
use serde::{Deserialize, Serialize};

use super::{Inner, Service};
use crate::error::IdentityError;
use crate::events::Actor;
use crate::model::departments_parse;
use crate::store::account;
use crate::store::clearance::{self, StoredClearance, label_word};

/// The clearance of an account as the console shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct ClearanceView {
    /// Whose it is.
    #[schema(value_type = String)]
    pub account_id: AccountId,
    /// Highest label they may read in applications.
    pub clearance: SensitivityLabel,
    /// Departments (科室) they belong to.
    pub departments: Vec<String>,
    /// Who goes first when there is not enough for all: 0 before 9; 0 and 1 are never turned away for others.
    pub priority: PriorityClass,
    /// Rises with each change; 0 while nothing was set.
    pub version: i64,
}

/// What a clearance is to be.
#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WantedClearance {
    /// Highest label they may read in applications.
    pub clearance: SensitivityLabel,
    /// Departments (科室) they belong to: at most 20 of 1 to 64 characters.
    pub departments: Vec<String>,
    /// Who goes first when there is not enough for all: 0 before 9.
    pub priority: PriorityClass,
    /// The version the caller has seen: a change made by somebody else meanwhile is then refused, not overwritten.
    pub version: i64,
}

impl Service {
    /// The clearance of an account.
    pub async fn clearance_get(&self, id: AccountId, client: &ClientFacts) -> Result<ClearanceView, IdentityError> {
        let inner = &*self.0;
        let read = async {
            let mut reader = inner.db.read().await?;
            let account = account::account_get(&mut reader, &inner.keys, id).await?;
            account.ok_or(IdentityError::NotFound)?;
            Ok(clearance::clearance_get(&mut reader, &inner.keys, id).await?)
        };
        Ok(view(id, inner.alarmed(read.await, client)?))
    }

    /// Sets the clearance of somebody else.
    pub async fn clearance_set(
        &self,
        caller: &Principal,
        id: AccountId,
        wanted: &WantedClearance,
        change: &Begun,
        client: &ClientFacts,
    ) -> Result<ClearanceView, IdentityError> {
        let inner = &*self.0;
        if caller.account == id {
            return Err(IdentityError::OnOneself);
        }
        let stored = &StoredClearance {
            clearance: wanted.clearance,
            departments: departments_parse(&wanted.departments)?,
            priority: wanted.priority,
            version: wanted.version.saturating_add(1),
        };
        let said = &summary(stored);
        let outcome = inner
            .db
            .write(|tx| {
                Box::pin(async move {
                    let login = inner.clearance_set_in(tx, id, stored, wanted.version).await?;
                    change.finish_in(tx, &id.to_string(), &format!("{login}: {said}")).await?;
                    Ok::<_, IdentityError>(login)
                })
            })
            .await;
        let login = inner.alarmed(outcome, client)?;
        change.committed();
        let actor = Actor { login: &caller.login, client };
        inner.events.account("grant", &actor, &login, said, Severity::Medium, inner.clock.now());
        inner.hub.send("identity.account", id.to_string(), "update");
        Ok(view(id, stored.clone()))
    }
}

impl Inner {
    /// Gives the login name of the account.
    async fn clearance_set_in(
        &self,
        tx: &mut Tx<'_>,
        id: AccountId,
        stored: &StoredClearance,
        seen: i64,
    ) -> Result<String, IdentityError> {
        let account = account::account_get(tx, &self.keys, id).await?.ok_or(IdentityError::NotFound)?;
        if clearance::clearance_get(tx, &self.keys, id).await?.version != seen {
            return Err(IdentityError::ClearanceChanged);
        }
        clearance::clearance_put(tx, &self.keys, id, stored).await?;
        account::account_touch(tx, &self.keys, id, self.clock.now()).await?;
        Ok(account.login)
    }
}

fn view(account_id: AccountId, stored: StoredClearance) -> ClearanceView {
    ClearanceView {
        account_id,
        clearance: stored.clearance,
        departments: stored.departments,
        priority: stored.priority,
        version: stored.version,
    }
}

fn summary(stored: &StoredClearance) -> String {
    let (label, priority) = (label_word(stored.clearance), stored.priority.number());
    match stored.departments.join(", ") {
        none if none.is_empty() => format!("clearance {label}, priority {priority}"),
        departments => format!("clearance {label}, priority {priority}, departments {departments}"),
    }
}
