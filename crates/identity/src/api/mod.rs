//! `/api/v1/identity/…`: thin handlers over [`Service`]; every rule is in `service`.
//!
//! The public routes are those a person needs before there is a session: state, set-up, password check and login. They
//! are declared as changing routes like all others, so each attempt is in the audit trail.

mod login;

mod account;

mod clearance;

mod session;

mod approval;

use std::sync::Arc;

use medward_contract::{Role, Timestamp};
use medward_crypto::KeyRing;
use medward_kernel::permission::{Grant, Matrix, Permission};
use medward_kernel::{AuditAction, Port, Routes};
use medward_web::ApiError;
use utoipa_axum::routes;

use crate::error::IdentityError;
use crate::service::Service;

/// Reads the list of accounts.
pub(crate) const ACCOUNT_READ: Permission = Permission::new("identity.account.read");
/// Creates accounts, inactive and without roles.
pub(crate) const ACCOUNT_CREATE: Permission = Permission::new("identity.account.create");
/// Activates, disables, unlocks, resets second factors.
pub(crate) const ACCOUNT_UPDATE: Permission = Permission::new("identity.account.update");
/// Grants and revokes roles.
pub(crate) const GRANT_UPDATE: Permission = Permission::new("identity.grant.update");
/// Reads clearances.
pub(crate) const CLEARANCE_READ: Permission = Permission::new("identity.clearance.read");
/// Sets clearances of others.
pub(crate) const CLEARANCE_WRITE: Permission = Permission::new("identity.clearance.write");
/// Reads the list of sessions.
pub(crate) const SESSION_READ: Permission = Permission::new("identity.session.read");
/// Ends sessions of others.
pub(crate) const SESSION_END: Permission = Permission::new("identity.session.end");

/// Reads requests for approval.
pub(crate) const APPROVAL_READ: Permission = Permission::new("identity.approval.read");
/// Approves and refuses requests of others, together with the permission that the request names.
pub(crate) const APPROVAL_DECIDE: Permission = Permission::new("identity.approval.decide");
/// Withdraws requests of one's own.
pub(crate) const APPROVAL_WITHDRAW: Permission = Permission::new("identity.approval.withdraw");

/// Who can ask for the approval of something, and look up what became of it.
const ASKING: &[Role] = &[Role::Sysadmin, Role::Secadmin, Role::Auditadmin, Role::Operator];

/// Who holds which of them (`identity.md` §2).
pub(crate) const GRANTS: &[Grant] = &[
    Grant {
        permission: ACCOUNT_READ,
        roles: &[Role::Sysadmin, Role::Secadmin, Role::Auditadmin],
        zh: "查看账号",
        en: "read accounts",
    },
    Grant {
        permission: ACCOUNT_CREATE,
        roles: &[Role::Sysadmin],
        zh: "新建账号(未激活、无角色)",
        en: "create accounts (inactive, without roles)",
    },
    Grant {
        permission: ACCOUNT_UPDATE,
        roles: &[Role::Secadmin],
        zh: "激活、停用、解锁账号,重置双因子",
        en: "activate, disable and unlock accounts, reset second factors",
    },
    Grant {
        permission: GRANT_UPDATE, roles: &[Role::Secadmin], zh: "授予和收回角色", en: "grant and revoke roles"
    },
    Grant {
        permission: CLEARANCE_READ,
        roles: &[Role::Sysadmin, Role::Secadmin, Role::Auditadmin],
        zh: "查看人员的密级、科室和优先级",
        en: "read clearances, departments and priorities of people",
    },
    Grant {
        permission: CLEARANCE_WRITE,
        roles: &[Role::Secadmin],
        zh: "设置他人的密级、科室和优先级",
        en: "set clearances, departments and priorities of others",
    },
    Grant {
        permission: SESSION_READ,
        roles: &[Role::Sysadmin, Role::Secadmin, Role::Auditadmin],
        zh: "查看会话",
        en: "read sessions",
    },
    Grant { permission: SESSION_END, roles: &[Role::Secadmin], zh: "结束会话", en: "end sessions" },
    Grant { permission: APPROVAL_READ, roles: ASKING, zh: "查看审批", en: "read requests for approval" },
    Grant {
        permission: APPROVAL_DECIDE,
        roles: &[Role::Sysadmin, Role::Secadmin, Role::Auditadmin],
        zh: "审批他人的申请(另须有申请所需的权限)",
        en: "decide on requests of others (with the permission the request names)",
    },
    Grant {
        permission: APPROVAL_WITHDRAW, roles: ASKING, zh: "撤回本人的申请", en: "withdraw one's own requests"
    },
];

/// What the handlers share.
#[derive(Clone)]
pub(crate) struct Api {
    service: Service,
    keys: KeyRing,
    matrix: Port<Matrix>,
}

/// Every route of identity.
pub(crate) fn routes(service: Service, keys: KeyRing, matrix: Port<Matrix>) -> Routes {
    let (public, signed_in) = (Permission::PUBLIC, Permission::SIGNED_IN);
    let action = AuditAction::new;
    Routes::new()
        .read(public, routes!(login::login_state_get))
        .write(public, action("identity_setup", "create"), routes!(login::setup_post))
        .read_by_post(public, routes!(login::password_check_post))
        .write(public, action("identity_login", "create"), routes!(login::login_post))
        .write(public, action("identity_login", "update"), routes!(login::login_factor_post))
        .write(public, action("identity_login", "update"), routes!(login::login_enrol_post))
        .write(public, action("identity_login", "update"), routes!(login::login_enrol_confirm_post))
        .write(public, action("identity_login", "update"), routes!(login::login_password_post))
        .write(signed_in, action("identity_session", "remove"), routes!(session::logout_post))
        .read(signed_in, routes!(session::me_get))
        .read(SESSION_READ, routes!(session::session_list))
        .write(SESSION_END, action("identity_session", "remove"), routes!(session::session_delete))
        .read(signed_in, routes!(account::role_list))
        .read(ACCOUNT_READ, routes!(account::account_list))
        .write(ACCOUNT_CREATE, action("identity_account", "create"), routes!(account::account_post))
        .write(ACCOUNT_UPDATE, action("identity_account", "enable"), routes!(account::account_activate))
        .write(ACCOUNT_UPDATE, action("identity_account", "disable"), routes!(account::account_disable))
        .write(ACCOUNT_UPDATE, action("identity_account", "update"), routes!(account::account_unlock))
        .write(ACCOUNT_UPDATE, action("identity_account", "update"), routes!(account::account_reset_factor))
        .write(GRANT_UPDATE, action("identity_grant", "create"), routes!(account::grant_post))
        .write(GRANT_UPDATE, action("identity_grant", "remove"), routes!(account::grant_delete))
        .read(CLEARANCE_READ, routes!(clearance::clearance_get))
        .write(CLEARANCE_WRITE, action("identity_clearance", "update"), routes!(clearance::clearance_put))
        .read(APPROVAL_READ, routes!(approval::approval_list))
        .write(APPROVAL_DECIDE, action("identity_approval", "approve"), routes!(approval::approval_approve))
        .write(APPROVAL_DECIDE, action("identity_approval", "update"), routes!(approval::approval_refuse))
        .write(APPROVAL_WITHDRAW, action("identity_approval", "remove"), routes!(approval::approval_withdraw))
        .with_state(Api { service, keys, matrix })
}

impl Api {
    fn matrix(&self) -> Result<&Arc<Matrix>, ApiError> {
        Ok(self.matrix.get()?)
    }

    /// Turns a refusal into a problem document; failures of ours go to the log with their causes.
    fn problem(&self, error: IdentityError) -> ApiError {
        let code = error.code();
        self.service.denied(&error);
        let problem = |detail: &str| ApiError::new(code, detail);
        match error {
            IdentityError::Store(error) if error.is_unavailable() => {
                tracing::error!(error = medward_kernel::supervisor::with_sources(&error), "account store unreachable");
                problem("the account store cannot be reached")
            }
            error @ (IdentityError::Store(_)
            | IdentityError::Pool(_)
            | IdentityError::Audit(_)
            | IdentityError::Port(_)
            | IdentityError::Hash(_)
            | IdentityError::Random(_)
            | IdentityError::Seal(_)
            | IdentityError::Qr(_)) => {
                tracing::error!(error = medward_kernel::supervisor::with_sources(&error), "identity failed");
                problem("see the log")
            }
            IdentityError::Altered { table, .. } => problem(table),
            IdentityError::Locked { until } | IdentityError::TooFast { until } => self.wait(problem(code.title), until),
            IdentityError::Password(findings) => {
                let list: Vec<&str> = findings.iter().map(|finding| finding.as_str()).collect();
                problem(code.title).arg("findings", list.join(" "))
            }
            IdentityError::Input(input) => problem(&input.to_string()),
            _ => problem(code.title),
        }
    }

    fn wait(&self, problem: ApiError, until: Timestamp) -> ApiError {
        let seconds = until.since(self.service.now()).as_micros().div_ceil(1_000_000);
        problem.arg("until", until.as_micros().to_string()).retry_after(u64::try_from(seconds).unwrap_or(u64::MAX))
    }
}
