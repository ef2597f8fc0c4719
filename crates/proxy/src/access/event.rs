//! What the guard records: who signed in and out, and when others had to wait.

use medward_access::{EndReason, FloorChange, Session};
use medward_contract::event::{Dataset, Event, Field, Outcome};
use medward_contract::id::SystemId;
use medward_contract::{Severity, Timestamp};

use super::{AccessUse, Moved};

/// A session began, or ended for this reason.
pub(crate) fn login_event(session: &Session, name: &str, ended: Option<EndReason>, at: Timestamp) -> Event {
    let action = if ended.is_some() { "logout" } else { "login" };
    let method = if ended.is_some() { "session" } else { "password+totp" };
    Event::new(Dataset::AuthLogin, action, at)
        .outcome(Outcome::Success)
        .set(Field::UserName, session.subject().login.as_str())
        .set(Field::SourceIp, session.address.to_string())
        .set(Field::UserAgent, session.user_agent.as_str())
        .set_some(Field::EventReason, ended.map(EndReason::as_str))
        .attr("auth.method", method)
        .attr("auth.application", name)
        .attr("auth.session_id", session.id.to_string())
}

/// The admission floor of an application moved. Which business system it is, the gateway may not know.
pub(crate) fn level_event(wanted: &AccessUse, system: Option<&SystemId>, moved: &Moved, at: Timestamp) -> Event {
    let action = if moved.how == FloorChange::Rose { "below" } else { "restore" };
    let severity = if moved.how == FloorChange::Rose { Severity::High } else { Severity::Info };
    let (metric, value, limit) = moved.missed.map_or(("-", 0, 0), |(metric, is, should)| (metric.as_str(), is, should));
    Event::new(Dataset::ProbeLevel, action, at)
        .severity(severity)
        .set_some(Field::MedwardSystem, system.map(|system| system.0.as_str()))
        .attr("level.application", &*wanted.name)
        .attr("level.metric", metric)
        .attr("level.value", i64::try_from(value).unwrap_or(i64::MAX))
        .attr("level.limit", i64::try_from(limit).unwrap_or(i64::MAX))
        .attr("level.admits_up_to", i64::from(moved.admits_up_to))
        .tag("alerted")
}
