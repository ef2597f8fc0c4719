//! Signing in and out before a guarded application (gateway.md §11).
//!
//! Between the steps of a login the browser holds a cookie that names the step and the handle; nothing of it is in a page.
//! A form counts only when it comes from a page of the same site.

use std::net::IpAddr;
use std::sync::Arc;

use bytes::Bytes;
use http::header::{CACHE_CONTROL, LOCATION, RETRY_AFTER, SET_COOKIE};
use http::{HeaderValue, Response, StatusCode, Uri};
use medward_access::{EndReason, Ended, Refusal, Session};
use medward_contract::PortError;
use medward_contract::id::{AccountId, RequestId};
use medward_contract::identity::{AuthStep, ClientFacts, Denial, Factor, LoginHandle, Subject, Typed};
use medward_defence::login::{Notice, View};
use medward_defence::page::safe_return_path;
use medward_waf::Head;

use super::admit::{SHED_RETRY, asked, is_shed, is_step_up_due};
use super::body::{Guard, ResponseBody};
use super::connection::Connection;
use super::entrance::{Entrance, entrance};
use super::headers::own_cookies;
use super::serve::own_page;
use crate::access::{Access, AccessUse, LOGIN_COOKIE, NotOpened, Opened, Outside, login_event};
use crate::data_path::DataPath;
use crate::event::{Reason, Record};
use crate::page::{Form, login_page};
use crate::path::percent_encoded;
use crate::snapshot::{Object, Routed, host_name};

/// Bytes of a browser's name that are kept.
const USER_AGENT_BYTES: usize = 512;

/// What a form says.
#[derive(Default)]
pub(super) struct Posted {
    step: String,
    to: String,
    login: String,
    password: String,
    code: String,
    new_password: String,
    repeat: String,
    everywhere: bool,
}

impl Posted {
    /// What the address of a page says: where the visitor wants to go, and nothing that a form decides.
    pub(super) fn of_query(query: &[u8]) -> Self {
        Self { to: Self::read(query).to, ..Self::default() }
    }

    /// Path and query the visitor wants.
    pub(super) fn to(&self) -> &str {
        &self.to
    }

    pub(super) fn read(body: &[u8]) -> Self {
        let mut posted = Self::default();
        for (name, value) in form_urlencoded::parse(body) {
            let field = match &*name {
                "step" => &mut posted.step,
                "to" => &mut posted.to,
                "login" => &mut posted.login,
                "password" => &mut posted.password,
                "code" => &mut posted.code,
                "new_password" => &mut posted.new_password,
                "repeat" => &mut posted.repeat,
                "everywhere" => {
                    posted.everywhere = value == "yes";
                    continue;
                }
                _ => continue,
            };
            *field = value.into_owned();
        }
        posted
    }
}

/// One request for a page of the guard.
pub(super) struct Desk<'c> {
    connection: &'c Arc<Connection>,
    pub(super) object: Arc<Object>,
    wanted: AccessUse,
    head: Arc<Head>,
    form: Form,
    back: String,
    id: RequestId,
    client: ClientFacts,
}

/// What the browser gets; a [`Reason`] among its extensions is recorded.
type Answer = Response<Bytes>;

/// The step that a login stands at, as its cookie says.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Stand {
    Factor,
    Enrol,
    NewPassword,
    TakeOver,
}

impl Stand {
    const fn letter(self) -> char {
        match self {
            Self::Factor => 'f',
            Self::Enrol => 'e',
            Self::NewPassword => 'n',
            Self::TakeOver => 't',
        }
    }
}

impl<'c> Desk<'c> {
    /// The desk of the guarded object that `to` leads to.
    ///
    /// # Errors
    /// When there is none, or the connection is not what the object asks for; with the status that says so.
    pub(super) fn of(
        connection: &'c Arc<Connection>,
        record: &mut Record,
        form: Form,
        to: &str,
    ) -> Result<Self, (Reason, u16)> {
        let back = safe_return_path(to).to_owned();
        let head = record.head.clone();
        let path = back.split(['?', '#']).next().unwrap_or("/");
        let snapshot = connection.data_path.snapshot();
        let Routed::To(object) = snapshot.route(head.header(b"host").unwrap_or_default(), path.as_bytes()) else {
            return Err((Reason::UnknownHost, 404));
        };
        let wanted = object.access.clone().ok_or((Reason::UnknownHost, 404))?;
        let host = head.header(b"host").unwrap_or_default();
        if connection.sni.as_ref().is_some_and(|sni| !snapshot.same_objects(sni, host)) {
            return Err((Reason::Misdirected, 421));
        }
        record.set_object(object.clone(), snapshot.generation());
        match entrance(connection, &object, &head, &Uri::default()) {
            Entrance::Open(_) => {
                let (id, client) = (record.id, client_facts(&head, record.client.address.ip()));
                Ok(Self { connection, object, wanted, head, form, back, id, client })
            }
            Entrance::Redirect(_) => Err((Reason::PlainHttp, 403)),
            Entrance::Closed(reason) => Err((reason, 403)),
        }
    }

    fn data_path(&self) -> &'c Arc<DataPath> {
        &self.connection.data_path
    }

    /// The page that somebody opens.
    pub(super) async fn open(&self, record: Box<Record>, guard: Guard) -> Response<ResponseBody> {
        let access = &self.data_path().access;
        let found = access.session_of(&self.wanted, &self.head).await;
        let answer = match found {
            Ok(session) => {
                let now = self.data_path().clock.now();
                // Whoever is sent here asked for it by GET, and will again.
                let path = self.back.split(['?', '#']).next().unwrap_or("/");
                let asked = asked(&self.wanted, b"GET", path.as_bytes());
                if is_step_up_due(&self.wanted, &asked, &session, now) {
                    if !session.may_ask(now) {
                        return respond(self.page(429, View::Share, None), record, guard);
                    }
                    self.again(session.account).await
                } else {
                    let subject = session.subject();
                    let until = session.ends_at(&self.wanted.policy).1;
                    let view = View::Within { name: &subject.name, login: &subject.login, until };
                    self.page(200, view, None)
                }
            }
            Err(outside) => {
                let notice = match outside {
                    Outside::Ended(ended) => notice_of(&ended),
                    Outside::Unknown => None,
                };
                self.page(200, View::Password { login: "" }, notice)
            }
        };
        respond(answer, record, guard)
    }

    /// Asks somebody who is in for the second factor once more.
    async fn again(&self, account: AccountId) -> Answer {
        let Some(authenticator) = self.data_path().access.authenticator() else { return self.unavailable() };
        match authenticator.again(account).await {
            Ok(AuthStep::NeedFactor(handle)) => {
                let mut answer = self.page(200, View::Factor { again: true }, None);
                set_cookie(&mut answer, &self.login_cookie(Stand::Factor, handle.expose()));
                answer
            }
            Ok(_) => self.page(403, View::Denied, None),
            Err(error) => self.failed(&error),
        }
    }

    /// The form that somebody posts.
    pub(super) async fn take(&self, posted: Posted, mut record: Box<Record>, guard: Guard) -> Response<ResponseBody> {
        if !is_same_site(&self.head, self.connection.is_https(&self.head)) {
            record.reason = Some(Reason::CrossSite);
            return own_page(record, guard, 403, self.form);
        }
        let answer = self.step(&posted).await;
        respond(answer, record, guard)
    }

    async fn step(&self, posted: &Posted) -> Answer {
        let client = &self.client;
        let access = &self.data_path().access;
        let Some(authenticator) = access.authenticator() else { return self.unavailable() };
        let now = self.data_path().clock.now();
        let (stand, secret) = match (posted.step.as_str(), self.stand()) {
            ("password", _) => {
                let step = authenticator.begin(&posted.login, &Typed::new(posted.password.clone()), client).await;
                return self.go_on(step, None, posted).await;
            }
            (_, Some(stand)) => stand,
            (_, None) => return self.page(403, View::Password { login: "" }, Some(Notice::Expired)),
        };
        let handle = LoginHandle::new(secret.clone());
        let step = match (stand, posted.step.as_str()) {
            (Stand::Factor, "factor") => {
                authenticator.finish(&handle, Factor::Code(Typed::new(posted.code.clone())), client).await
            }
            (Stand::Enrol, "enrol") => {
                authenticator.finish(&handle, Factor::Enrolled(Typed::new(posted.code.clone())), client).await
            }
            (Stand::NewPassword, "new_password") if posted.new_password == posted.repeat => {
                let password = Typed::new(posted.new_password.clone());
                authenticator.finish(&handle, Factor::NewPassword(password), client).await
            }
            (Stand::NewPassword, "new_password") => {
                return self.page(403, View::NewPassword { findings: &["mismatch".into()] }, None);
            }
            (Stand::TakeOver, "take_over") => {
                return match access.logins.take(&secret, &self.wanted.application, now) {
                    Some(subject) => self.enter(subject, Vec::new(), true).await,
                    None => self.page(403, View::Password { login: "" }, Some(Notice::Expired)),
                };
            }
            _ => return self.page(403, View::Password { login: "" }, Some(Notice::Expired)),
        };
        self.go_on(step, Some(stand), posted).await
    }

    /// What follows from what the authenticator says.
    async fn go_on(&self, step: Result<AuthStep, PortError>, stand: Option<Stand>, posted: &Posted) -> Answer {
        let (view, cookie) = match step {
            Err(error) => return self.failed(&error),
            Ok(AuthStep::Done { subject, recovery_codes }) => {
                return self.enter(subject, recovery_codes, false).await;
            }
            Ok(AuthStep::Denied(denial)) => return self.denied(&denial, stand, posted),
            Ok(AuthStep::NeedEnrolment(handle)) => return self.enrol(&handle).await,
            Ok(AuthStep::NeedFactor(handle)) => (View::Factor { again: false }, (Stand::Factor, handle)),
            Ok(AuthStep::MustChange(handle)) => (View::NewPassword { findings: &[] }, (Stand::NewPassword, handle)),
        };
        let mut answer = self.page(200, view, None);
        set_cookie(&mut answer, &self.login_cookie(cookie.0, cookie.1.expose()));
        answer
    }

    async fn enrol(&self, handle: &LoginHandle) -> Answer {
        let Some(authenticator) = self.data_path().access.authenticator() else { return self.unavailable() };
        match authenticator.enrolment(handle).await {
            Ok(Some(offer)) => {
                let view = View::Enrol { qr_svg: offer.qr_svg.expose(), secret: offer.secret_base32.expose() };
                let mut answer = self.page(200, view, None);
                set_cookie(&mut answer, &self.login_cookie(Stand::Enrol, handle.expose()));
                answer
            }
            Ok(None) => self.page(403, View::Password { login: "" }, Some(Notice::Expired)),
            Err(error) => self.failed(&error),
        }
    }

    fn denied(&self, denial: &Denial, stand: Option<Stand>, posted: &Posted) -> Answer {
        let anew = View::Password { login: &posted.login };
        match denial {
            Denial::Password { findings } => self.page(403, View::NewPassword { findings }, None),
            Denial::Expired => self.page(403, anew, Some(Notice::Expired)),
            Denial::Locked { until } => self.page(403, anew, Some(Notice::Locked(*until))),
            Denial::TooFast { until } => self.page(429, anew, Some(Notice::TooFast(*until))),
            Denial::Wrong => {
                let view = match stand {
                    Some(Stand::Factor) => View::Factor { again: false },
                    Some(Stand::Enrol) => View::EnrolCode,
                    _ => anew,
                };
                self.page(403, view, Some(Notice::Wrong))
            }
        }
    }

    /// Lets somebody in who has shown everything.
    async fn enter(&self, subject: Subject, recovery_codes: Vec<Typed>, takes_over: bool) -> Answer {
        let answer = self.try_enter(subject, takes_over).await;
        if recovery_codes.is_empty() {
            return answer;
        }
        // They are shown this once, whatever becomes of the login; what it comes to is met on the way back.
        let codes: Vec<&str> = recovery_codes.iter().map(Typed::expose).collect();
        let mut page = self.page(200, View::RecoveryCodes { codes: &codes }, None);
        for line in answer.headers().get_all(SET_COOKIE) {
            page.headers_mut().append(SET_COOKIE, line.clone());
        }
        page
    }

    async fn try_enter(&self, subject: Subject, takes_over: bool) -> Answer {
        let (data_path, wanted) = (self.data_path(), &self.wanted);
        let access = &data_path.access;
        let now = data_path.clock.now();
        match access.session_of(wanted, &self.head).await {
            Ok(session) if session.account == subject.account => {
                session.stepped_up(now);
                return self.go();
            }
            // Somebody else sits at this browser now.
            Ok(session) => self.end(&session).await,
            Err(_) => {}
        }
        let floor = access.application(wanted).admits_up_to().min(wanted.policy.admit_up_to);
        if is_shed(subject.priority, floor) {
            let mut answer = self.page(503, View::Shed, None);
            answer.extensions_mut().insert(Reason::Shed);
            answer.headers_mut().insert(RETRY_AFTER, HeaderValue::from(SHED_RETRY.as_secs()));
            return answer;
        }
        let from = (self.client.address, self.client.user_agent.clone());
        let refusal = match access.open(wanted, subject.clone(), takes_over, from).await {
            Ok(opened) => return self.entered(opened).await,
            Err(NotOpened::Gone(error)) => {
                tracing::error!(%error, "nobody can sign in");
                return self.unavailable();
            }
            Err(NotOpened::Refused(refusal)) => refusal,
        };
        match refusal {
            Refusal::Full => self.page(503, View::Full, None),
            Refusal::Second(other) => self.page(403, View::Second { address: other.address, since: other.since }, None),
            Refusal::Ask(other) => {
                let asked = access.logins.ask(subject, wanted.application.clone(), now);
                let Ok(secret) = asked else { return self.unavailable() };
                let view = View::Ask { address: other.address, since: other.since };
                let mut answer = self.page(200, view, None);
                set_cookie(&mut answer, &self.login_cookie(Stand::TakeOver, &secret));
                answer
            }
        }
    }

    async fn entered(&self, opened: Opened) -> Answer {
        let (data_path, name) = (self.data_path(), &self.wanted.name);
        let now = data_path.clock.now();
        let Opened { secret, session, replaced } = opened;
        if let Some(replaced) = replaced {
            data_path.reporter.emit(login_event(&replaced, name, Some(EndReason::Replaced), now));
        }
        data_path.reporter.emit(login_event(&session, name, None, now));
        // What became of the account while it was signing in told nobody: there was no session yet.
        if let Some(authenticator) = data_path.access.authenticator()
            && let Ok(None) = authenticator.subject(session.account).await
        {
            self.end(&session).await;
            return self.page(403, View::Password { login: "" }, Some(Notice::Account));
        }
        let mut answer = self.go();
        set_cookie(&mut answer, &self.kept(&self.wanted.cookie(), secret.expose()));
        set_cookie(&mut answer, &self.forgotten(LOGIN_COOKIE, "/.medward/", "Strict"));
        answer
    }

    fn kept(&self, name: &str, secret: &str) -> String {
        let secure = if self.connection.is_https(&self.head) { "; Secure" } else { "" };
        format!("{name}={secret}; Path=/; HttpOnly; SameSite=Lax{secure}")
    }

    async fn end(&self, session: &Session) {
        let data_path = self.data_path();
        if let Some(session) = data_path.access.end(session.id, EndReason::Logout).await {
            let at = data_path.clock.now();
            data_path.reporter.emit(login_event(&session, &self.wanted.name, Some(EndReason::Logout), at));
        }
    }

    /// Ends the session of whoever asks.
    pub(super) async fn leave(&self, posted: &Posted, mut record: Box<Record>, guard: Guard) -> Response<ResponseBody> {
        if !is_same_site(&self.head, self.connection.is_https(&self.head)) {
            record.reason = Some(Reason::CrossSite);
            return own_page(record, guard, 403, self.form);
        }
        let data_path = self.data_path();
        let access = &data_path.access;
        if let Ok(session) = access.session_of(&self.wanted, &self.head).await {
            self.end(&session).await;
            if posted.everywhere {
                let now = data_path.clock.now();
                for other in access.end_account(session.account, EndReason::Logout).await {
                    let name = Access::name_of(&data_path.snapshot(), &other);
                    data_path.reporter.emit(login_event(&other, &name, Some(EndReason::Logout), now));
                }
            }
        }
        let mut answer = self.page(200, View::Password { login: "" }, Some(Notice::LoggedOut));
        set_cookie(&mut answer, &self.forgotten(&self.wanted.cookie(), "/", "Lax"));
        respond(answer, record, guard)
    }

    fn failed(&self, error: &PortError) -> Answer {
        tracing::warn!(%error, "nobody can sign in");
        self.unavailable()
    }

    fn unavailable(&self) -> Answer {
        self.page(503, View::Password { login: "" }, Some(Notice::Unavailable))
    }

    /// What the cookie of the login says.
    fn stand(&self) -> Option<(Stand, String)> {
        let text = std::str::from_utf8(own_cookies(&self.head, LOGIN_COOKIE).next()?).ok()?;
        let (letter, secret) = text.split_once('.')?;
        let all = [Stand::Factor, Stand::Enrol, Stand::NewPassword, Stand::TakeOver];
        let stand = all.into_iter().find(|stand| letter.chars().eq([stand.letter()]))?;
        Some((stand, secret.to_owned()))
    }

    fn login_cookie(&self, stand: Stand, secret: &str) -> String {
        let secure = if self.connection.is_https(&self.head) { "; Secure" } else { "" };
        let letter = stand.letter();
        format!("{LOGIN_COOKIE}={letter}.{secret}; Path=/.medward/; Max-Age=600; HttpOnly; SameSite=Strict{secure}")
    }

    fn forgotten(&self, name: &str, path: &str, same_site: &str) -> String {
        let secure = if self.connection.is_https(&self.head) { "; Secure" } else { "" };
        format!("{name}=; Path={path}; Max-Age=0; HttpOnly; SameSite={same_site}{secure}")
    }

    fn page(&self, status: u16, view: View<'_>, notice: Option<Notice>) -> Answer {
        login_page(self.form, status, &self.wanted.name, &self.back, self.id, view, notice)
    }

    fn go(&self) -> Answer {
        let mut answer = Response::new(Bytes::new());
        *answer.status_mut() = StatusCode::SEE_OTHER;
        answer.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if let Ok(back) = HeaderValue::try_from(percent_encoded(&self.back, |byte| byte.is_ascii_graphic())) {
            answer.headers_mut().insert(LOCATION, back);
        }
        answer
    }
}

fn client_facts(head: &Head, address: IpAddr) -> ClientFacts {
    let agent = String::from_utf8_lossy(head.header(b"user-agent").unwrap_or_default());
    let mut user_agent: String = agent.chars().filter(|c| !c.is_control()).take(USER_AGENT_BYTES).collect();
    user_agent.truncate(user_agent.floor_char_boundary(USER_AGENT_BYTES));
    ClientFacts { address, user_agent, attended: true }
}

fn respond(answer: Answer, mut record: Box<Record>, guard: Guard) -> Response<ResponseBody> {
    record.status = answer.status().as_u16();
    record.reason = answer.extensions().get().copied();
    answer.map(|bytes| ResponseBody::page(bytes, record, guard))
}

fn set_cookie(answer: &mut Answer, line: &str) {
    if let Ok(line) = HeaderValue::try_from(line) {
        answer.headers_mut().append(SET_COOKIE, line);
    }
}

/// What somebody is told whose session ended.
fn notice_of(ended: &Ended) -> Option<Notice> {
    match ended.reason {
        EndReason::Logout => None,
        EndReason::Idle => Some(Notice::Idle),
        EndReason::Absolute => Some(Notice::Absolute),
        EndReason::Replaced => Some(Notice::TakenOver(ended.by.map(|other| (other.address, other.since)))),
        EndReason::Killed => Some(Notice::Killed),
        EndReason::Shed => Some(Notice::Shed),
        EndReason::Account => Some(Notice::Account),
    }
}

/// Whether a form comes from a page of the same site. Browsers say where from, by `Sec-Fetch-Site`, `Origin` or `Referer`; what
/// says nothing at all is no browser that somebody else could make send it (RFC 6454 §7).
fn is_same_site(head: &Head, is_https: bool) -> bool {
    if let Some(site) = head.header(b"sec-fetch-site") {
        return matches!(site, b"same-origin" | b"none");
    }
    // Browsers of old systems send neither, but say from which page they come.
    let Some(origin) = head.header(b"origin").or_else(|| head.header(b"referer")) else { return true };
    let Ok(origin) = std::str::from_utf8(origin) else { return false };
    let Some((scheme, authority)) = origin.split_once("://") else { return false };
    let host = head.header(b"host").unwrap_or_default();
    let authority = authority.split('/').next().unwrap_or_default();
    (scheme == "https") == is_https && host_name(authority.as_bytes()) == host_name(host)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn head(fields: &[(&str, &str)]) -> Head {
        let head = Head::new(b"POST", b"/.medward/login", b"HTTP/1.1").with_header(b"host", b"pacs.local:8443");
        fields.iter().fold(head, |head, (name, value)| head.with_header(name.as_bytes(), value.as_bytes()))
    }

    #[test]
    fn form_of_another_site_does_not_count() {
        let check = |fields: &[(&str, &str)], expected: bool| {
            assert_eq!(is_same_site(&head(fields), true), expected, "{fields:?}");
        };
        check(&[("origin", "https://pacs.local:8443")], true);
        check(&[("origin", "https://PACS.local")], true);
        check(&[("sec-fetch-site", "same-origin"), ("origin", "null")], true);
        check(&[], true);
        check(&[("referer", "https://pacs.local/.medward/login?to=/")], true);
        check(&[("referer", "https://evil.example/pacs.local/")], false);
        check(&[("origin", "null")], false);
        check(&[("origin", "http://pacs.local:8443")], false);
        check(&[("origin", "https://evil.example")], false);
        check(&[("sec-fetch-site", "cross-site")], false);
        check(&[("sec-fetch-site", "same-site")], false);
    }
}
