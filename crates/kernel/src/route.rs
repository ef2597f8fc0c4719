//! How a capability declares its HTTP API. A route that changes something cannot exist without a permission and an
//! audit action: there is no other way to declare one.
//!
//! Method and path come from the handler's `#[utoipa::path]`, once. `web` adds sessions, checks and the audit trail.

use axum::routing::MethodRouter;
use utoipa::openapi::path::{HttpMethod, Paths};
use utoipa_axum::router::UtoipaMethodRouter;

use crate::permission::Permission;

/// What a route does to what, for the audit trail: becomes `event.action` and `object.type` of one `admin.change`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AuditAction {
    /// Kind of thing acted on, for example `gateway_object`.
    pub object_type: &'static str,
    /// One of create, update, remove, enable, disable, approve.
    pub verb: &'static str,
}

impl AuditAction {
    /// An action; `verb` must be one that `admin.change` allows (checked when the program starts).
    pub const fn new(object_type: &'static str, verb: &'static str) -> Self {
        Self { object_type, verb }
    }
}

/// Every POST that changes nothing and leaves no record. Whoever adds a line here says in its commit why the question
/// may not stand in an address line and why its answer changes nothing; the route walk keeps a list of its own.
pub const SECRET_QUESTIONS: [&str; 5] = [
    "/api/v1/identity/password/check",
    "/api/v1/gateway/exclusions/preview",
    "/api/v1/gateway/certificates/check",
    "/api/v1/gateway/rules/test",
    "/api/v1/vault/search",
];

/// One declared route.
pub struct Route<S = ()> {
    /// What the caller must hold.
    pub permission: Permission,
    /// Set on every route that changes something.
    pub audit: Option<AuditAction>,
    /// Full path, `/api/v1/…` with `{parameters}`.
    pub path: String,
    /// Its methods (`GET`, `POST`, …).
    pub methods: Vec<HttpMethod>,
    /// Schemas used by its documentation.
    pub schemas: Vec<(String, utoipa::openapi::RefOr<utoipa::openapi::schema::Schema>)>,
    /// Its documentation.
    pub docs: Paths,
    /// Its handler.
    pub handler: MethodRouter<S>,
}

/// Declared routes of one capability.
pub struct Routes<S = ()> {
    routes: Vec<Route<S>>,
    errors: Vec<RouteError>,
}

/// How a route was declared.
#[derive(Debug, Clone, Copy)]
enum Kind {
    Read,
    ReadByPost,
    Write(AuditAction),
}

/// A route that may not be declared.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RouteError {
    /// A reading route with a method that changes something.
    #[error("declare route {0}: it changes something, use Routes::write")]
    WriteDeclaredAsRead(String),
    /// A changing route with a method that only reads.
    #[error("declare route {0}: it only reads, use Routes::read")]
    ReadDeclaredAsWrite(String),
    /// A secret question by another method than POST.
    #[error("declare route {0}: it must be a POST, or use Routes::read or Routes::write")]
    NotPost(String),
    /// A changing method without audit action, on a path that nobody allowed it on.
    #[error("declare route {0}: a POST without audit must be listed in SECRET_QUESTIONS, or use Routes::write")]
    NotASecretQuestion(String),
    /// An audit verb that `admin.change` does not know.
    #[error("declare route {path}: audit verb {verb:?} is not one of admin.change")]
    UnknownVerb {
        /// Path of the route.
        path: String,
        /// The unknown verb.
        verb: &'static str,
    },
    /// A permission that nobody grants.
    #[error("declare route {path}: permission {permission:?} is missing from the matrix")]
    UnknownPermission {
        /// Path of the route.
        path: String,
        /// The permission.
        permission: &'static str,
    },
    /// A path outside the capability's prefix.
    #[error("declare route {path}: it must stand under /api/v1/{capability}/")]
    ForeignPath {
        /// Path of the route.
        path: String,
        /// The declaring capability.
        capability: &'static str,
    },
}

impl<S: Clone + Send + Sync + 'static> Routes<S> {
    /// No routes yet.
    #[expect(clippy::new_without_default, reason = "routes are always declared, never defaulted")]
    pub fn new() -> Self {
        Self { routes: Vec::new(), errors: Vec::new() }
    }

    /// Declares a route that only reads (GET).
    #[must_use]
    pub fn read(mut self, permission: Permission, handler: UtoipaMethodRouter<S>) -> Self {
        self.push(permission, Kind::Read, handler);
        self
    }

    /// Declares a POST that changes nothing and is not audited: what it judges is too secret for an address line. It is
    /// guarded against other sites like a changing one. Only for the paths of [`SECRET_QUESTIONS`].
    #[must_use]
    pub fn read_by_post(mut self, permission: Permission, handler: UtoipaMethodRouter<S>) -> Self {
        self.push(permission, Kind::ReadByPost, handler);
        self
    }

    /// Declares a route that changes something (POST, PUT, PATCH, DELETE): audited, two-phase.
    #[must_use]
    pub fn write(mut self, permission: Permission, audit: AuditAction, handler: UtoipaMethodRouter<S>) -> Self {
        self.push(permission, Kind::Write(audit), handler);
        self
    }

    fn push(&mut self, permission: Permission, kind: Kind, (schemas, docs, handler): UtoipaMethodRouter<S>) {
        for (path, item) in &docs.paths {
            let methods = methods_of(item);
            let reads = methods.iter().all(|method| matches!(method, HttpMethod::Get | HttpMethod::Head));
            let posts = methods.iter().all(|method| *method == HttpMethod::Post);
            match kind {
                Kind::Read if !reads => self.errors.push(RouteError::WriteDeclaredAsRead(path.clone())),
                Kind::ReadByPost if !posts => self.errors.push(RouteError::NotPost(path.clone())),
                Kind::ReadByPost if !SECRET_QUESTIONS.contains(&path.as_str()) => {
                    self.errors.push(RouteError::NotASecretQuestion(path.clone()));
                }
                Kind::Write(_) if reads => self.errors.push(RouteError::ReadDeclaredAsWrite(path.clone())),
                Kind::Write(AuditAction { verb, .. })
                    if !medward_contract::event::Dataset::AdminChange.actions().contains(&verb) =>
                {
                    self.errors.push(RouteError::UnknownVerb { path: path.clone(), verb });
                }
                _ => {}
            }
            self.routes.push(Route {
                permission,
                audit: match kind {
                    Kind::Write(audit) => Some(audit),
                    Kind::Read | Kind::ReadByPost => None,
                },
                path: path.clone(),
                methods,
                schemas: schemas.clone(),
                docs: docs.clone(),
                handler: handler.clone(),
            });
        }
    }

    /// Gives every handler its state.
    pub fn with_state(self, state: S) -> Routes {
        let routes = self
            .routes
            .into_iter()
            .map(|route| Route {
                permission: route.permission,
                audit: route.audit,
                path: route.path,
                methods: route.methods,
                schemas: route.schemas,
                docs: route.docs,
                handler: route.handler.with_state(state.clone()),
            })
            .collect();
        Routes { routes, errors: self.errors }
    }
}

impl Routes {
    /// The declared routes, or the first declaration that breaks a rule.
    pub fn checked(
        self,
        capability: &'static str,
        matrix: &crate::permission::Matrix,
    ) -> Result<Vec<Route>, RouteError> {
        if let Some(error) = self.errors.into_iter().next() {
            return Err(error);
        }
        let prefix = format!("/api/v1/{capability}/");
        for route in &self.routes {
            if !route.path.starts_with(&prefix) {
                return Err(RouteError::ForeignPath { path: route.path.clone(), capability });
            }
            if !matrix.contains(route.permission) {
                return Err(RouteError::UnknownPermission {
                    path: route.path.clone(),
                    permission: route.permission.as_str(),
                });
            }
        }
        Ok(self.routes)
    }
}

fn methods_of(item: &utoipa::openapi::path::PathItem) -> Vec<HttpMethod> {
    [
        (HttpMethod::Get, &item.get),
        (HttpMethod::Put, &item.put),
        (HttpMethod::Post, &item.post),
        (HttpMethod::Delete, &item.delete),
        (HttpMethod::Patch, &item.patch),
        (HttpMethod::Head, &item.head),
        (HttpMethod::Options, &item.options),
        (HttpMethod::Trace, &item.trace),
    ]
    .into_iter()
    .filter(|(_, operation)| operation.is_some())
    .map(|(method, _)| method)
    .collect()
}

#[cfg(test)]
mod tests {
    use medward_contract::Role;
    use utoipa_axum::routes;

    use super::*;
    use crate::permission::{Grant, Matrix};

    const READ: Permission = Permission::new("test.thing.read");

    #[utoipa::path(get, path = "/api/v1/test/things", responses((status = 200)))]
    async fn thing_list() {}

    #[utoipa::path(post, path = "/api/v1/test/things", responses((status = 200)))]
    async fn thing_create() {}

    #[utoipa::path(post, path = "/api/v1/identity/password/check", responses((status = 200)))]
    async fn secret_question() {}

    fn matrix() -> Matrix {
        Matrix::new([Grant { permission: READ, roles: &[Role::Operator], zh: "看", en: "read" }])
    }

    #[test]
    fn changing_route_cannot_be_declared_as_reading() {
        let result = Routes::<()>::new().read(READ, routes!(thing_create)).checked("test", &matrix());
        assert_eq!(result.err(), Some(RouteError::WriteDeclaredAsRead("/api/v1/test/things".into())));
    }

    #[test]
    fn secret_question_is_a_post_without_audit() {
        let routes = Routes::<()>::new().read_by_post(READ, routes!(secret_question));
        assert_eq!(routes.checked("identity", &matrix()).unwrap()[0].audit, None);
        let result = Routes::<()>::new().read_by_post(READ, routes!(thing_list)).checked("test", &matrix());
        assert_eq!(result.err(), Some(RouteError::NotPost("/api/v1/test/things".into())));
        let result = Routes::<()>::new().read_by_post(READ, routes!(thing_create)).checked("test", &matrix());
        assert_eq!(result.err(), Some(RouteError::NotASecretQuestion("/api/v1/test/things".into())));
    }

    #[test]
    fn permission_missing_from_the_matrix_is_refused() {
        let write = Permission::new("test.thing.write");
        let routes = Routes::<()>::new().write(write, AuditAction::new("thing", "create"), routes!(thing_create));
        let error = routes.checked("test", &matrix()).err().unwrap();
        assert!(error.to_string().contains("test.thing.write"), "{error}");
    }

    #[test]
    fn unknown_audit_verb_and_foreign_path_are_refused() {
        let routes = Routes::<()>::new().write(READ, AuditAction::new("thing", "frobnicate"), routes!(thing_create));
        assert!(matches!(routes.checked("test", &matrix()), Err(RouteError::UnknownVerb { .. })));
        let routes = Routes::<()>::new().read(READ, routes!(thing_list));
        assert!(matches!(routes.checked("other", &matrix()), Err(RouteError::ForeignPath { .. })));
    }

    #[test]
    fn method_and_path_come_from_the_handler() {
        let routes = Routes::<()>::new().read(READ, routes!(thing_list)).checked("test", &matrix()).unwrap();
        assert_eq!(routes[0].path, "/api/v1/test/things");
        assert!(routes[0].methods == [HttpMethod::Get]);
    }
}
