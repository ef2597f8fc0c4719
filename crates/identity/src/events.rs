//! What identity records: `auth.login` and `auth.account` events with the fields `events.md` §3 requires.
//!
//! Changes made through the API are recorded by the audit trail as `admin.change` besides; these events are the
//! security view: who logged in, who was locked, whose factor or password changed.

use std::sync::Arc;

use medward_contract::event::{Dataset, Event, Field, Outcome};
use medward_contract::identity::ClientFacts;
use medward_contract::vault::EventSink;
use medward_contract::{Severity, Timestamp};
use medward_kernel::Port;

/// Longest login name kept in an event, in characters; what strangers type can be long.
const LOGIN_CHARACTERS: usize = 64;

/// Emits events through the vault's port.
#[derive(Debug, Clone)]
pub(crate) struct Events(Port<dyn EventSink>);

/// Who did it: the login name, and from where.
pub(crate) struct Actor<'a> {
    pub(crate) login: &'a str,
    pub(crate) client: &'a ClientFacts,
}

/// How somebody proved who they are, `auth.method`.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Method {
    Password,
    Totp,
    Recovery,
    Session,
}

impl Method {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Password => "password",
            Self::Totp => "password+totp",
            Self::Recovery => "password+recovery_code",
            Self::Session => "session",
        }
    }
}

impl Events {
    pub(crate) const fn new(port: Port<dyn EventSink>) -> Self {
        Self(port)
    }

    pub(crate) fn login(&self, actor: &Actor<'_>, method: Method, at: Timestamp) {
        self.emit(auth_login("login", actor, method, at).outcome(Outcome::Success));
    }

    pub(crate) fn login_failed(&self, actor: &Actor<'_>, method: Method, reason: &'static str, at: Timestamp) {
        self.emit(
            auth_login("login_failed", actor, method, at)
                .outcome(Outcome::Failure)
                .severity(Severity::Low)
                .set(Field::EventReason, reason),
        );
    }

    pub(crate) fn logout(&self, actor: &Actor<'_>, reason: &str, at: Timestamp) {
        self.emit(
            auth_login("logout", actor, Method::Session, at).outcome(Outcome::Success).set(Field::EventReason, reason),
        );
    }

    /// `action`: lock, unlock, password, mfa, grant or revoke.
    pub(crate) fn account(
        &self,
        action: &'static str,
        actor: &Actor<'_>,
        target: &str,
        reason: &str,
        severity: Severity,
        at: Timestamp,
    ) {
        let event = Event::new(Dataset::AuthAccount, action, at)
            .outcome(Outcome::Success)
            .severity(severity)
            .set(Field::UserName, shortened(actor.login))
            .set(Field::UserTargetName, shortened(target))
            .set(Field::SourceIp, actor.client.address.to_string())
            .set(Field::EventReason, reason);
        self.emit(event);
    }

    fn emit(&self, event: Event) {
        match self.0.get() {
            Ok(sink) => Arc::clone(sink).emit(event),
            // Before start-up has filled the port nobody can log in; the kernel checks it is filled.
            Err(error) => tracing::error!(%error, "event not recorded"),
        }
    }
}

fn auth_login(action: &'static str, actor: &Actor<'_>, method: Method, at: Timestamp) -> Event {
    Event::new(Dataset::AuthLogin, action, at)
        .set(Field::UserName, shortened(actor.login))
        .set(Field::SourceIp, actor.client.address.to_string())
        .set(Field::UserAgent, actor.client.user_agent.as_str())
        .attr("auth.method", method.as_str())
}

fn shortened(login: &str) -> String {
    login.chars().filter(|c| !c.is_control()).take(LOGIN_CHARACTERS).collect()
}
