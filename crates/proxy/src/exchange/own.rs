//! What the gateway answers itself, for every host that it knows: solutions of challenges, places in waiting rooms, and the
//! pages of the access guard.

use std::sync::Arc;

use bytes::Bytes;
use http::header::{CACHE_CONTROL, CONTENT_TYPE, SET_COOKIE};
use http::{HeaderValue, Method, Request, Response};
use medward_defence::login;
use medward_defence::waiting::Entrance;
use medward_waf::Head;

use super::body::{Guard, ResponseBody};
use super::connection::Connection;
use super::defend::{Wants, heed, refused};
use super::headers::own_cookies;
use super::judge::next_data;
use super::login::{Desk, Posted};
use super::serve::own_page;
use super::solved::{reading, solution};
use crate::defence::{CAPTCHA_PATH, CHALLENGE_PATH, Stage, TRAP_PATH, WAITING_PATH, client_of, cookie_line};
use crate::event::{Reason, Record};
use crate::exchange::path_of;
use crate::listen::ClientBody;
use crate::page::Form;

/// A solution is a token, a number and a path.
const MAX_FORM_BYTES: usize = 40 * 1024;

/// Where applications find the public keys of assertions.
const KEYS_PATH: &[u8] = b"/.medward/keys";

/// Pages of the access guard.
#[derive(Clone, Copy)]
enum OfGuard {
    Login,
    Logout,
}

/// Answers a request for one of the gateway's own paths.
pub(super) async fn own(
    connection: &Arc<Connection>,
    mut record: Box<Record>,
    request: Request<ClientBody>,
    guard: Guard,
) -> Response<ResponseBody> {
    let data_path = &connection.data_path;
    let form = Form::of(request.headers());
    let address = record.client.address.ip();
    let now = data_path.clock.now();
    if data_path.snapshot().addresses().allowed(address).is_none()
        && let Some(ban) = data_path.defence.bans.of(address, now)
    {
        ban.hit();
        record.reason = Some(Reason::Banned);
        return own_page(record, guard, 403, form);
    }
    let is_get = matches!(*request.method(), Method::GET | Method::HEAD);
    let of_guard = match path_of(&record.head) {
        path if path == login::PATH.as_bytes() => Some(OfGuard::Login),
        path if path == login::LOGOUT_PATH.as_bytes() => Some(OfGuard::Logout),
        _ => None,
    };
    if let Some(path) = of_guard.filter(|_| is_get || *request.method() == Method::POST) {
        return guarded(connection, path, record, request, guard).await;
    }
    if path_of(&record.head) == KEYS_PATH && is_get {
        return keys(connection, record, guard);
    }
    if path_of(&record.head) == WAITING_PATH && *request.method() == Method::GET {
        return place(connection, record, guard);
    }
    if path_of(&record.head) == TRAP_PATH {
        // It is answered as everything that is not there.
        let token = record.head.target().get(TRAP_PATH.len() + 1..).and_then(|query| std::str::from_utf8(query).ok());
        data_path.defence.note_trap(&client_of(&record), address, token.unwrap_or_default());
    }
    match path_of(&record.head) {
        CHALLENGE_PATH if *request.method() == Method::POST => solution(connection, record, request, guard).await,
        CAPTCHA_PATH if *request.method() == Method::POST => reading(connection, record, request, guard).await,
        _ => {
            record.reason = Some(Reason::UnknownHost);
            own_page(record, guard, 404, form)
        }
    }
}

/// Says who waits how far it has come. A visitor of several objects of one host hears about the first that it waits for.
fn place(connection: &Arc<Connection>, mut record: Box<Record>, guard: Guard) -> Response<ResponseBody> {
    let data_path = &connection.data_path;
    let head = record.head.clone();
    let objects = data_path.snapshot().waiting_rooms(head.header(b"host").unwrap_or_default());
    let mut told = None;
    for room in objects.iter().filter_map(|object| object.waiting_room.as_ref()) {
        let Some(ticket) = cookie_of(&head, room.cookie()) else { continue };
        let entrance = room.arrive(data_path.clock.now(), Some(&ticket));
        let waits = !matches!(entrance, Entrance::Admitted { .. });
        told = Some((room.cookie().to_owned(), entrance));
        if waits {
            break;
        }
    }
    let Some((name, entrance)) = told else {
        record.reason = Some(Reason::UnknownHost);
        return own_page(record, guard, 404, Form::Json);
    };
    record.status = 200;
    let body = Bytes::from(entrance.to_json());
    let cookie = match &entrance {
        Entrance::Admitted { cookie } => cookie.clone(),
        Entrance::Waiting { cookie, .. } => Some(cookie.clone()),
        Entrance::Full { .. } => None,
    };
    let mut response = Response::new(ResponseBody::page(body, record, guard));
    let headers = response.headers_mut();
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    let line = cookie.map(|cookie| cookie_line(&name, &cookie, connection.is_https(&head)));
    if let Some(line) = line.and_then(|line| HeaderValue::try_from(line).ok()) {
        headers.append(SET_COOKIE, line);
    }
    response
}

/// The first cookie of this name, when it is text.
fn cookie_of(head: &Head, name: &str) -> Option<String> {
    own_cookies(head, name).next().and_then(|value| std::str::from_utf8(value).ok()).map(str::to_owned)
}

/// Answers for the access guard.
async fn guarded(
    connection: &Arc<Connection>,
    path: OfGuard,
    mut record: Box<Record>,
    request: Request<ClientBody>,
    guard: Guard,
) -> Response<ResponseBody> {
    let form = match Form::of(request.headers()) {
        Form::Json => Form::Chinese,
        form => form,
    };
    let wants = Wants::of(request.headers(), form);
    let is_post = *request.method() == Method::POST;
    let query = request.uri().query().unwrap_or_default().to_owned();
    let posted = if is_post {
        let Some(body) = small_body(request.into_body()).await else {
            record.reason = Some(Reason::BodyTooLarge);
            return own_page(record, guard, 413, form);
        };
        Posted::read(&body)
    } else {
        Posted::of_query(query.as_bytes())
    };
    let desk = match Desk::of(connection, &mut record, form, posted.to()) {
        Ok(desk) => desk,
        Err((reason, status)) => {
            record.reason = Some(reason);
            return own_page(record, guard, status, form);
        }
    };
    // Whom the object turns away may not try passwords there either.
    let data_path = &connection.data_path;
    let mut stage = Stage::new(data_path, &desk.object, connection.is_https(&record.head)).past_the_room(true);
    for phase in [Stage::gate, Stage::head] {
        if let Err(refusal) = heed(data_path, phase(&mut stage, &mut record)).await {
            return refused(data_path, refusal, record, guard, wants);
        }
    }
    match (path, is_post) {
        (OfGuard::Login, true) => desk.take(posted, record, guard).await,
        (OfGuard::Logout, true) => desk.leave(&posted, record, guard).await,
        (_, false) => desk.open(record, guard).await,
    }
}

/// Public keys by which applications check who the guard says is asking.
fn keys(connection: &Arc<Connection>, mut record: Box<Record>, guard: Guard) -> Response<ResponseBody> {
    let keys = connection.data_path.access.authenticator().map(|authenticator| authenticator.assertion_keys());
    let Some(Ok(keys)) = keys else {
        record.reason = Some(Reason::UnknownHost);
        return own_page(record, guard, 404, Form::Json);
    };
    record.status = 200;
    let mut response = Response::new(ResponseBody::page(Bytes::from(keys), record, guard));
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/jwk-set+json"));
    response
}

/// The whole body, when it is small; its time limits are those of every body.
pub(super) async fn small_body(mut body: ClientBody) -> Option<Vec<u8>> {
    let mut whole = Vec::new();
    while let Some(piece) = next_data(&mut body).await.ok()? {
        if whole.len() + piece.len() > MAX_FORM_BYTES {
            return None;
        }
        whole.extend_from_slice(&piece);
    }
    Some(whole)
}
