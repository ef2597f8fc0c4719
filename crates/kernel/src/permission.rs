//! Who may do what: every route names a [`Permission`], every permission is granted to roles here or nowhere.
//!
//! Invariant: deny by default. A permission that no capability grants cannot be used by a route (start-up fails).

use std::collections::BTreeMap;

use medward_contract::{Principal, Role};

/// What a route asks of its caller, `capability.resource.verb`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Permission(&'static str);

impl Permission {
    /// Anybody, signed in or not: sign-in and first set-up only.
    pub const PUBLIC: Self = Self("public");
    /// Anybody who is signed in: own session and own password.
    pub const SIGNED_IN: Self = Self("signed_in");

    /// A permission of a capability.
    pub const fn new(name: &'static str) -> Self {
        Self(name)
    }

    /// Its name.
    pub const fn as_str(self) -> &'static str {
        self.0
    }
}

/// Gives one permission to roles.
#[derive(Debug, Clone, Copy)]
pub struct Grant {
    /// The permission.
    pub permission: Permission,
    /// Roles that hold it.
    pub roles: &'static [Role],
    /// What it allows, for the permission matrix, in Chinese.
    pub zh: &'static str,
    /// What it allows, in English.
    pub en: &'static str,
}

/// All grants of this program.
#[derive(Debug, Clone, Default)]
pub struct Matrix(BTreeMap<Permission, Grant>);

impl Matrix {
    /// Builds the matrix; the built-in permissions are always in it.
    pub fn new(grants: impl IntoIterator<Item = Grant>) -> Self {
        let built_in = [
            Grant { permission: Permission::PUBLIC, roles: &Role::ALL, zh: "无需登录", en: "no sign-in needed" },
            Grant {
                permission: Permission::SIGNED_IN,
                roles: &Role::ALL,
                zh: "本人登录即可",
                en: "any signed-in person",
            },
        ];
        Self(built_in.into_iter().chain(grants).map(|grant| (grant.permission, grant)).collect())
    }

    /// Whether any capability grants this permission.
    pub fn contains(&self, permission: Permission) -> bool {
        self.0.contains_key(&permission)
    }

    /// Whether the caller may use a route that asks for `permission`.
    pub fn allows(&self, principal: Option<&Principal>, permission: Permission) -> bool {
        match (principal, permission) {
            (_, Permission::PUBLIC) | (Some(_), Permission::SIGNED_IN) => true,
            (None, _) => false,
            (Some(principal), _) => self
                .0
                .get(&permission)
                .is_some_and(|grant| grant.roles.iter().any(|role| principal.roles.contains(role))),
        }
    }

    /// Names of everything these roles may do.
    pub fn of_roles(&self, roles: &[Role]) -> Vec<&'static str> {
        self.0
            .values()
            .filter(|grant| grant.roles.iter().any(|role| roles.contains(role)))
            .map(|grant| grant.permission.as_str())
            .collect()
    }

    /// Every grant, by permission name.
    pub fn grants(&self) -> impl Iterator<Item = &Grant> {
        self.0.values()
    }
}

#[cfg(test)]
mod tests {
    use medward_contract::SensitivityLabel;
    use medward_contract::id::AccountId;

    use super::*;

    const WRITE: Permission = Permission::new("gateway.object.write");

    fn person(role: Role) -> Principal {
        Principal {
            account: AccountId::new(),
            login: "a".into(),
            name: "甲".into(),
            roles: vec![role],
            clearance: SensitivityLabel::L2,
            session: None,
        }
    }

    #[test]
    fn only_roles_with_the_grant_are_allowed() {
        let matrix = Matrix::new([Grant {
            permission: WRITE,
            roles: &[Role::Secadmin],
            zh: "改防护对象",
            en: "change protected objects",
        }]);
        assert!(matrix.allows(Some(&person(Role::Secadmin)), WRITE));
        assert!(!matrix.allows(Some(&person(Role::Sysadmin)), WRITE));
        assert!(!matrix.allows(None, WRITE));
        assert!(!matrix.allows(Some(&person(Role::Secadmin)), Permission::new("gateway.unheard")));
        assert!(matrix.allows(None, Permission::PUBLIC));
        assert!(!matrix.allows(None, Permission::SIGNED_IN));
    }
}
