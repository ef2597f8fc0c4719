//! `/api/v1/gateway/…`: thin handlers over [`Service`]. Whoever may write policy (the security administrator) operates
//! nothing; everybody who runs systems may read it.

mod addresses;
mod author;
mod bans;
mod certificates;
mod changes;
mod exclusions;
mod groups;
mod guards;
mod objects;
mod observed;
mod presets;
mod schemas;
mod status;
mod traffic;

use axum::extract::FromRef;
use medward_contract::{PortError, Role};
use medward_kernel::permission::{Grant, Permission};
use medward_kernel::{AuditAction, Routes};
use medward_web::{ApiError, Paged};
use serde::{Deserialize, Serialize};
use utoipa_axum::routes;

use self::author::Author;
use crate::access::Guarded;
use crate::ban::BanList;
use crate::certificate::Certificates;
use crate::change::ChangeError;
use crate::codes;
use crate::model::{Item, Origin};
use crate::service::Service;

/// Reads protected objects, their groups and templates, and what changed in them.
pub(crate) const OBJECT_READ: Permission = Permission::new("gateway.object.read");
/// Changes protected objects.
pub(crate) const OBJECT_WRITE: Permission = Permission::new("gateway.object.write");
/// Reads the state of the gateway.
pub(crate) const STATUS_READ: Permission = Permission::new("gateway.status.read");

/// Reads which certificates there are.
pub(crate) const CERTIFICATE_READ: Permission = Permission::new("gateway.certificate.read");
/// Uploads certificates with their keys.
pub(crate) const CERTIFICATE_WRITE: Permission = Permission::new("gateway.certificate.write");

/// Reads who is banned.
pub(crate) const BAN_READ: Permission = Permission::new("gateway.ban.read");
/// Bans addresses, and lifts bans.
pub(crate) const BAN_WRITE: Permission = Permission::new("gateway.ban.write");

/// Reads who is signed in to guarded applications.
pub(crate) const SESSION_READ: Permission = Permission::new("gateway.session.read");
/// Ends sessions of guarded applications.
pub(crate) const SESSION_WRITE: Permission = Permission::new("gateway.session.write");

const READERS: &[Role] = &[Role::Sysadmin, Role::Secadmin, Role::Auditadmin, Role::Operator, Role::Auditor];

/// Who holds which of them.
pub(crate) const GRANTS: &[Grant] = &[
    Grant { permission: OBJECT_READ, roles: READERS, zh: "查看防护对象", en: "read protected objects" },
    Grant {
        permission: OBJECT_WRITE, roles: &[Role::Secadmin], zh: "修改防护对象", en: "change protected objects"
    },
    Grant {
        permission: CERTIFICATE_READ, roles: READERS, zh: "查看站点证书", en: "read the certificates of sites"
    },
    Grant {
        // Who runs the systems renews their certificates; who guards them may have to at night.
        permission: CERTIFICATE_WRITE,
        roles: &[Role::Sysadmin, Role::Secadmin],
        zh: "上传和删除站点证书",
        en: "upload and remove the certificates of sites",
    },
    Grant { permission: BAN_READ, roles: READERS, zh: "查看封禁", en: "read the ban list" },
    Grant {
        // Whoever is on duty at night has to stop an attack, and let in who was banned by mistake.
        permission: BAN_WRITE,
        roles: &[Role::Secadmin, Role::Operator],
        zh: "封禁和解封地址",
        en: "ban addresses and lift bans",
    },
    Grant {
        permission: SESSION_READ, roles: READERS, zh: "查看应用会话", en: "read sessions of guarded applications"
    },
    Grant {
        permission: SESSION_WRITE,
        roles: &[Role::Secadmin, Role::Operator],
        zh: "结束应用会话",
        en: "end sessions of guarded applications",
    },
    Grant { permission: STATUS_READ, roles: READERS, zh: "查看网关状态", en: "read the state of the gateway" },
];

/// The routes of this capability.
pub(crate) fn routes(service: Service, certificates: Certificates, bans: BanList, guarded: Guarded) -> Routes {
    let object = |verb| AuditAction::new("gateway_object", verb);
    let group = |verb| AuditAction::new("gateway_group", verb);
    let template = |verb| AuditAction::new("gateway_template", verb);
    let certificate = |verb| AuditAction::new("gateway_certificate", verb);
    let addresses = |verb| AuditAction::new("gateway_addresses", verb);
    let schema = |verb| AuditAction::new("gateway_schema", verb);
    let guard = |verb| AuditAction::new("gateway_guard", verb);
    let rule = |verb| AuditAction::new("gateway_rule", verb);
    let limit = |verb| AuditAction::new("gateway_limit", verb);
    let ban = |verb| AuditAction::new("gateway_ban", verb);
    let exclusion = |verb| AuditAction::new("gateway_exclusion", verb);
    Routes::<Rooms>::new()
        .read(OBJECT_READ, routes!(objects::object_list))
        .read(OBJECT_READ, routes!(objects::object_get))
        .write(OBJECT_WRITE, object("create"), routes!(objects::object_create))
        .write(OBJECT_WRITE, object("update"), routes!(objects::object_update))
        .write(OBJECT_WRITE, object("remove"), routes!(objects::object_delete))
        .write(OBJECT_WRITE, object("update"), routes!(objects::object_mode))
        .write(OBJECT_WRITE, object("update"), routes!(objects::object_bulk_mode))
        .read(OBJECT_READ, routes!(groups::group_list))
        .write(OBJECT_WRITE, group("create"), routes!(groups::group_create))
        .write(OBJECT_WRITE, group("update"), routes!(groups::group_update))
        .write(OBJECT_WRITE, group("remove"), routes!(groups::group_delete))
        .read(OBJECT_READ, routes!(groups::template_list))
        .write(OBJECT_WRITE, template("create"), routes!(groups::template_create))
        .write(OBJECT_WRITE, template("update"), routes!(groups::template_update))
        .write(OBJECT_WRITE, template("remove"), routes!(groups::template_delete))
        .read(OBJECT_READ, routes!(exclusions::exclusion_list))
        .write(OBJECT_WRITE, exclusion("create"), routes!(exclusions::exclusion_create))
        .write(OBJECT_WRITE, exclusion("update"), routes!(exclusions::exclusion_update))
        .write(OBJECT_WRITE, exclusion("remove"), routes!(exclusions::exclusion_delete))
        .read_by_post(OBJECT_WRITE, routes!(exclusions::exclusion_preview))
        .read(OBJECT_READ, routes!(observed::observed_report))
        .read(OBJECT_READ, routes!(observed::attack_report))
        .read(OBJECT_READ, routes!(changes::change_list))
        .write(OBJECT_WRITE, AuditAction::new("gateway_policy", "update"), routes!(changes::policy_rollback))
        .read(OBJECT_READ, routes!(presets::preset_list))
        .write(OBJECT_WRITE, AuditAction::new("gateway_policy", "update"), routes!(presets::preset_apply))
        .read(OBJECT_READ, routes!(changes::policy_export))
        .write(OBJECT_WRITE, AuditAction::new("gateway_policy", "update"), routes!(changes::policy_import))
        .read(STATUS_READ, routes!(status::gateway_status))
        .read(CERTIFICATE_READ, routes!(certificates::certificate_list))
        .read_by_post(CERTIFICATE_WRITE, routes!(certificates::certificate_check))
        .write(CERTIFICATE_WRITE, certificate("create"), routes!(certificates::certificate_create))
        .write(CERTIFICATE_WRITE, certificate("update"), routes!(certificates::certificate_replace))
        .write(CERTIFICATE_WRITE, certificate("remove"), routes!(certificates::certificate_delete))
        .read(OBJECT_READ, routes!(traffic::rule_list))
        .write(OBJECT_WRITE, rule("create"), routes!(traffic::rule_create))
        .write(OBJECT_WRITE, rule("update"), routes!(traffic::rule_update))
        .write(OBJECT_WRITE, rule("remove"), routes!(traffic::rule_delete))
        .read_by_post(OBJECT_WRITE, routes!(traffic::rule_try))
        .read(OBJECT_WRITE, routes!(traffic::rule_test))
        .read(OBJECT_READ, routes!(traffic::limit_list))
        .write(OBJECT_WRITE, limit("create"), routes!(traffic::limit_create))
        .write(OBJECT_WRITE, limit("update"), routes!(traffic::limit_update))
        .write(OBJECT_WRITE, limit("remove"), routes!(traffic::limit_delete))
        .read(OBJECT_READ, routes!(addresses::address_group_list))
        .read(OBJECT_READ, routes!(addresses::address_group_entries))
        .write(OBJECT_WRITE, addresses("create"), routes!(addresses::address_group_create))
        .write(OBJECT_WRITE, addresses("update"), routes!(addresses::address_group_update))
        .write(OBJECT_WRITE, addresses("remove"), routes!(addresses::address_group_delete))
        .read(OBJECT_READ, routes!(schemas::schema_list))
        .read(OBJECT_READ, routes!(schemas::schema_get))
        .write(OBJECT_WRITE, schema("create"), routes!(schemas::schema_create))
        .write(OBJECT_WRITE, schema("update"), routes!(schemas::schema_update))
        .write(OBJECT_WRITE, schema("remove"), routes!(schemas::schema_delete))
        .read(OBJECT_READ, routes!(guards::guard_list))
        .write(OBJECT_WRITE, guard("create"), routes!(guards::guard_create))
        .write(OBJECT_WRITE, guard("update"), routes!(guards::guard_update))
        .write(OBJECT_WRITE, guard("remove"), routes!(guards::guard_delete))
        .read(SESSION_READ, routes!(guards::guarded_session_list))
        .read(SESSION_READ, routes!(guards::guarded_application_list))
        .write(SESSION_WRITE, AuditAction::new("gateway_session", "remove"), routes!(guards::guarded_session_end))
        .read(BAN_READ, routes!(bans::ban_list))
        .write(BAN_WRITE, ban("create"), routes!(bans::ban_create))
        .write(BAN_WRITE, ban("remove"), routes!(bans::ban_lift))
        .with_state(Rooms { service, certificates, bans, guarded })
}

/// What the handlers work with.
#[derive(Clone)]
struct Rooms {
    service: Service,
    certificates: Certificates,
    bans: BanList,
    guarded: Guarded,
}

impl FromRef<Rooms> for Guarded {
    fn from_ref(rooms: &Rooms) -> Self {
        rooms.guarded.clone()
    }
}

impl FromRef<Rooms> for BanList {
    fn from_ref(rooms: &Rooms) -> Self {
        rooms.bans.clone()
    }
}

impl FromRef<Rooms> for Service {
    fn from_ref(rooms: &Rooms) -> Self {
        rooms.service.clone()
    }
}

impl FromRef<Rooms> for Certificates {
    fn from_ref(rooms: &Rooms) -> Self {
        rooms.certificates.clone()
    }
}

/// What a change says about itself.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
pub(crate) struct Said {
    /// Generation the caller has seen: a change made by somebody else meanwhile is then refused, not overwritten.
    generation: Option<i64>,
    /// Why, for the history.
    reason: String,
}

/// An item of the policy.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(crate) struct Stored<S> {
    /// UUIDv7, or `file:<name>`.
    id: String,
    /// Policy in which it was changed last.
    generation: i64,
    /// Where it is written down; what stands in files cannot be changed here.
    source: Origin,
    /// What it says.
    spec: S,
}

impl<S> From<Item<S>> for Stored<S> {
    fn from(item: Item<S>) -> Self {
        Self { id: item.id, generation: item.generation, source: item.origin, spec: item.spec }
    }
}

/// One page of rows that are sorted by id.
fn page<T>(rows: impl Iterator<Item = T>, limit: &medward_web::Limit, id: impl Fn(&T) -> String) -> Paged<T> {
    let count = limit.rows();
    let after = limit.cursor.as_deref().unwrap_or("");
    let mut rows: Vec<(String, T)> = rows.map(|row| (id(&row), row)).filter(|(id, _)| id.as_str() > after).collect();
    rows.sort_by(|(one, _), (other, _)| one.cmp(other));
    let fetched = rows.into_iter().take(count as usize + 1).map(|(_, row)| row).collect();
    Paged::of(fetched, count, id)
}

impl From<ChangeError> for ApiError {
    fn from(error: ChangeError) -> Self {
        let code = match &error {
            ChangeError::Store(_) | ChangeError::Approval(PortError::Unavailable(_)) => None,
            ChangeError::Unknown => Some(codes::OBJECT_UNKNOWN),
            ChangeError::InFile => Some(codes::OBJECT_IN_FILE),
            ChangeError::Changed => Some(codes::OBJECT_CHANGED),
            ChangeError::InUse(_) => Some(codes::ITEM_IN_USE),
            ChangeError::NoSuchGeneration { .. } => Some(codes::GENERATION_UNKNOWN),
            ChangeError::Policy(_) => Some(codes::POLICY_UNUSABLE),
            ChangeError::Invalid(_) | ChangeError::Unreadable(_) | ChangeError::TooMuch => Some(codes::OBJECT_INVALID),
            ChangeError::Same => Some(codes::NOTHING_TO_CHANGE),
            ChangeError::NeedsApproval(_) => Some(codes::APPROVAL_NEEDED),
            ChangeError::Approval(_) => Some(codes::APPROVAL_REFUSED),
        };
        let field = error.field();
        let approval = if let ChangeError::NeedsApproval(approval) = &error { Some(*approval) } else { None };
        match (code, error) {
            (None, ChangeError::Store(error)) => error.into(),
            (None, ChangeError::Approval(error)) => error.into(),
            (code, error) => {
                let problem = Self::new(code.unwrap_or(codes::OBJECT_INVALID), error.to_string());
                match (field, approval) {
                    (Some(field), _) => problem.arg("field", field),
                    (None, Some(approval)) => problem.arg("approval", approval.to_string()),
                    (None, None) => problem,
                }
            }
        }
    }
}
