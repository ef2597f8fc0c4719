//! Who acts: the person or machine behind a call, and the seven built-in roles (`identity.md` §2).

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::id::{AccountId, SessionId};
use crate::label::SensitivityLabel;

/// A built-in role. The three administrators exclude one another (三权分立).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// 系统管理员: runs nodes, creates accounts without roles.
    Sysadmin,
    /// 安全管理员: activates, grants, policies; never operates systems.
    Secadmin,
    /// 审计管理员: reads and exports the audit trail; changes nothing else.
    Auditadmin,
    /// 运维员: alerts and runbooks in scope.
    Operator,
    /// 审计员: reads reports and evidence.
    Auditor,
    /// 报修人: own tickets.
    Requester,
    /// 厂商: approved assets in an approved window.
    Vendor,
}

impl Role {
    /// Every built-in role, in the order people read them.
    pub const ALL: [Self; 7] = [
        Self::Sysadmin,
        Self::Secadmin,
        Self::Auditadmin,
        Self::Operator,
        Self::Auditor,
        Self::Requester,
        Self::Vendor,
    ];

    /// The stored and spoken name, for example `sysadmin`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Sysadmin => "sysadmin",
            Self::Secadmin => "secadmin",
            Self::Auditadmin => "auditadmin",
            Self::Operator => "operator",
            Self::Auditor => "auditor",
            Self::Requester => "requester",
            Self::Vendor => "vendor",
        }
    }

    /// Whether one account may hold both roles.
    ///
    /// Administrators exclude one another, and an administrator holds no other role: who changes policy does not
    /// also operate, and who reviews does neither (GB/T 22239-2019 8.1.5).
    pub fn excludes(self, other: Self) -> bool {
        self != other && (self.is_administrator() || other.is_administrator())
    }

    /// Whether this is one of the three administrators.
    pub const fn is_administrator(self) -> bool {
        matches!(self, Self::Sysadmin | Self::Secadmin | Self::Auditadmin)
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A role name nobody knows.
#[derive(Debug, thiserror::Error)]
#[error("read role {0:?}: not a built-in role")]
pub struct RoleError(String);

impl std::str::FromStr for Role {
    type Err = RoleError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|role| role.as_str() == text).ok_or_else(|| RoleError(text.to_owned()))
    }
}

impl TryFrom<String> for Role {
    type Error = RoleError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

/// The person or machine that a request acts for, as the owner of accounts (identity) vouches for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Principal {
    /// The account acted for.
    pub account: AccountId,
    /// The unique login name, as printed in records.
    pub login: String,
    /// The person's name, as shown to people.
    pub name: String,
    /// Roles held now.
    pub roles: Vec<Role>,
    /// Highest label this principal may read.
    pub clearance: SensitivityLabel,
    /// The console session; none for machines.
    pub session: Option<SessionId>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_account_holds_two_administrators() {
        assert!(Role::Sysadmin.excludes(Role::Secadmin));
        assert!(Role::Auditadmin.excludes(Role::Operator));
        assert!(!Role::Operator.excludes(Role::Requester));
        assert!(!Role::Secadmin.excludes(Role::Secadmin));
    }

    #[test]
    fn role_names_round_trip() {
        for role in Role::ALL {
            assert_eq!(role.as_str().parse::<Role>().unwrap(), role);
            assert_eq!(serde_json::to_value(role).unwrap(), role.as_str());
        }
    }
}
