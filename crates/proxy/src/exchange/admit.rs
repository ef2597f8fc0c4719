//! The access guard's part of a request: nobody comes to a guarded application before login (gateway.md §11).

use std::borrow::Cow;
use std::sync::Arc;
use std::time::Duration;

use http::header::{LOCATION, RETRY_AFTER};
use http::{HeaderValue, Response};
use medward_access::{Asked, Exceeded, FloorChange, Session};
use medward_contract::Timestamp;
use medward_contract::identity::PriorityClass;
use medward_defence::login::{self, View};
use medward_waf::Head;

use super::body::{Guard, ResponseBody};
use super::defend::Wants;
use super::headers::path_of;
use super::serve::own_page;
use crate::access::{AccessUse, Application, level_event};
use crate::data_path::DataPath;
use crate::event::{Reason, Record};
use crate::page::{Form, login_page};
use crate::path::{percent_encoded, readings};
use crate::snapshot::{Object, host_name};

/// When somebody who had to wait may come again.
pub(super) const SHED_RETRY: Duration = Duration::from_secs(10);

/// Somebody who may go on to the application.
pub(super) struct Guest {
    /// Login name, as a header carries it.
    pub(super) user: String,
    /// What they are vouched for with.
    pub(super) assertion: Option<String>,
    pub(super) session: Arc<Session>,
}

/// What the guard says.
pub(super) enum Admission {
    /// The object has no guard, or the path is open to everybody.
    Free,
    /// Somebody known.
    Known(Guest),
    /// It goes no further.
    Stopped(Turned),
}

/// Why a request goes no further.
pub(super) enum Turned {
    /// Nobody is signed in.
    Login,
    /// The second factor was shown too long ago.
    StepUp,
    /// The person may not see this.
    Denied,
    /// The account has used up its share.
    Share,
    /// Others come first.
    Shed,
}

/// Who asks, where the object has a guard that knows: limits and rules may want to know, too.
pub(super) async fn identify(data_path: &DataPath, object: &Object, record: &mut Record) -> Option<Arc<Session>> {
    let wanted = object.access.as_ref()?;
    let head = record.head.clone();
    let session = data_path.access.session_of(wanted, &head).await.ok()?;
    record.user = Some(session.subject().login.clone());
    Some(session)
}

/// Whether the waiting room is not for this visitor: people of the first classes go by it (gateway.md §9), and who signs in first
/// waits afterwards, if at all.
pub(super) fn goes_past_the_room(object: &Object, session: Option<&Session>, head: &Head) -> bool {
    match (&object.access, session) {
        (None, _) => false,
        (Some(_), Some(session)) => session.comes_first(),
        (Some(wanted), None) => !asked(wanted, head.method(), path_of(head)).is_public,
    }
}

/// Asks the guard of the object whether this visitor may go on.
pub(super) async fn admit(
    data_path: &DataPath,
    object: &Object,
    session: Option<Arc<Session>>,
    record: &mut Record,
) -> Admission {
    let Some(wanted) = &object.access else { return Admission::Free };
    let access = &data_path.access;
    let head = record.head.clone();
    let asked = asked(wanted, head.method(), path_of(&head));
    let application = access.application(wanted);
    look(data_path, object, wanted, &application);
    let floor = application.admits_up_to().min(wanted.policy.admit_up_to);
    let Some(session) = session else {
        return match () {
            () if !asked.is_public => Admission::Stopped(Turned::Login),
            () if is_shed(asked.class_of_anybody(), floor) => Admission::Stopped(Turned::Shed),
            () => Admission::Free,
        };
    };
    let now = data_path.clock.now();
    let subject = session.subject();
    if let Err(denied) = asked.admits(&subject) {
        record.rule = Some((format!("access:{}", denied.as_str()), wanted.name.to_string().into()));
        return Admission::Stopped(Turned::Denied);
    }
    if is_step_up_due(wanted, &asked, &session, now) {
        return Admission::Stopped(Turned::StepUp);
    }
    if is_shed(asked.class_of(&subject), floor) {
        return Admission::Stopped(Turned::Shed);
    }
    match session.enter(&wanted.policy.share, now) {
        Ok(visit) => record.visit = Some(visit),
        Err(exceeded) => {
            let part = if exceeded == Exceeded::Rate { "rate" } else { "concurrency" };
            record.rule = Some((format!("access:{part}"), wanted.name.to_string().into()));
            return Admission::Stopped(Turned::Share);
        }
    }
    if !asked.is_polling {
        session.touch(now);
    }
    record.application = Some(application);
    let audience = host_name(head.header(b"host").unwrap_or_default());
    let assertion = access.assertion(&session, &audience).await;
    Admission::Known(Guest {
        user: percent_encoded(&subject.login, |byte| byte.is_ascii_graphic() && byte != b'%'),
        assertion,
        session,
    })
}

/// Whether others come before this class while the floor stands there (gateway.md §11).
pub(super) fn is_shed(class: PriorityClass, floor: u8) -> bool {
    class.number() > floor && !class.is_protected()
}

/// What is asked of whoever wants this.
pub(super) fn asked<'a>(wanted: &'a AccessUse, method: &[u8], path: &[u8]) -> Asked<'a> {
    let readings = readings(path);
    let readings: Vec<&[u8]> = readings.iter().map(Cow::as_ref).collect();
    wanted.policy.areas.ask(method, &readings)
}

/// Whether the second factor was shown too long ago for this.
pub(super) fn is_step_up_due(wanted: &AccessUse, asked: &Asked<'_>, session: &Session, now: Timestamp) -> bool {
    let Some(step_up) = &wanted.policy.step_up else { return false };
    asked.label.is_some_and(|label| label >= step_up.from) && now.since(session.factor_at()) > step_up.after
}

impl DataPath {
    /// Looks at the service level of every guarded application: one that nobody asks for has no load.
    pub fn look_at_levels(&self) {
        let snapshot = self.snapshot();
        for object in snapshot.objects() {
            if let Some(wanted) = &object.access {
                look(self, object, wanted, &self.access.application(wanted));
            }
        }
    }
}

/// Looks whether the application keeps its service level, and tells when others have to wait for it.
fn look(data_path: &DataPath, object: &Object, wanted: &AccessUse, application: &Application) {
    let now = data_path.clock.now();
    let Some(moved) = application.look(now, wanted.policy.goal.as_ref()) else { return };
    tracing::warn!(application = &*wanted.name, admits_up_to = moved.admits_up_to, "the admission floor moved");
    data_path.reporter.emit(level_event(wanted, object.system.as_ref(), &moved, now));
    match moved.how {
        FloorChange::Rose => {
            data_path.reporter.alarms.level_below(&wanted.application, &wanted.name, moved.admits_up_to);
        }
        FloorChange::Restored => data_path.reporter.alarms.level_restored(&wanted.application),
        FloorChange::Fell => {}
    }
}

/// The answer to somebody who goes no further.
pub(super) fn turned(
    object: &Object,
    why: &Turned,
    mut record: Box<Record>,
    guard: Guard,
    wants: Wants,
) -> Response<ResponseBody> {
    let is_get = matches!(record.head.method(), b"GET" | b"HEAD");
    let (reason, status) = match why {
        Turned::Login | Turned::StepUp => (Reason::Session, if is_get && wants.is_page { 303 } else { 401 }),
        Turned::Denied => (Reason::Label, 403),
        Turned::Share => (Reason::Share, 429),
        Turned::Shed => (Reason::Shed, 503),
    };
    record.reason = Some(reason);
    let back = String::from_utf8_lossy(record.head.target()).into_owned();
    if status == 303 {
        let mut response = own_page(record, guard, 303, wants.form);
        let to: String = form_urlencoded::byte_serialize(back.as_bytes()).collect();
        if let Ok(location) = HeaderValue::try_from(format!("{}?to={to}", login::PATH)) {
            response.headers_mut().insert(LOCATION, location);
        }
        return response;
    }
    let view = match why {
        Turned::Login | Turned::StepUp => View::Password { login: "" },
        Turned::Denied => View::Denied,
        Turned::Share => View::Share,
        Turned::Shed => View::Shed,
    };
    let mut response = if wants.form == Form::Json || !wants.is_page {
        own_page(record, guard, status, Form::Json)
    } else {
        record.status = status;
        let name = object.access.as_ref().map_or("", |wanted| &wanted.name);
        login_page(wants.form, status, name, &back, record.id, view, None)
            .map(|bytes| ResponseBody::page(bytes, record, guard))
    };
    if matches!(why, Turned::Share | Turned::Shed) {
        let wait = if matches!(why, Turned::Share) { 1 } else { SHED_RETRY.as_secs() };
        response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(wait));
    }
    response
}
