//! What clients bring back to pass a challenge: solutions of the proof of work, and what they read in a captcha.

use std::sync::Arc;

use bytes::Bytes;
use http::header::{CACHE_CONTROL, LOCATION, SET_COOKIE};
use http::{HeaderValue, Request, Response, StatusCode};
use medward_defence::challenge::{COOKIE_LIFETIME, Refusal};
use medward_defence::page::safe_return_path;

use super::body::{Guard, ResponseBody};
use super::connection::Connection;
use super::defend::Wants;
use super::own::small_body;
use super::serve::own_page;
use crate::defence::{COOKIE, client_of};
use crate::event::{Reason, Record};
use crate::listen::ClientBody;
use crate::page::{Form, REQUEST_ID, captcha};
use crate::path::percent_encoded;

/// The form that a page sends.
#[derive(Default)]
struct Brought {
    token: String,
    /// `counter` of the proof of work, `answer` of the captcha.
    answer: String,
    /// Where the visitor wanted to go.
    to: String,
}

impl Brought {
    fn read(body: &[u8], answer: &str) -> Self {
        let mut brought = Self::default();
        for (name, value) in form_urlencoded::parse(body) {
            match &*name {
                "token" => brought.token = value.into_owned(),
                "to" => brought.to = value.into_owned(),
                name if name == answer => brought.answer = value.into_owned(),
                _ => {}
            }
        }
        brought
    }
}

/// Takes a solution of the proof of work: 204 with a cookie, or 403. The page's script goes on by itself.
pub(super) async fn solution(
    connection: &Arc<Connection>,
    mut record: Box<Record>,
    request: Request<ClientBody>,
    guard: Guard,
) -> Response<ResponseBody> {
    let form = Form::of(request.headers());
    let Some(body) = small_body(request.into_body()).await else {
        return too_large(record, guard, form);
    };
    let brought = Brought::read(&body, "counter");
    match connection.data_path.defence.redeem(&client_of(&record), &brought.token, &brought.answer) {
        Ok(cookie) => done(StatusCode::NO_CONTENT, &cookie_set(&cookie, connection, &record), record, guard),
        Err(refusal) => {
            not_taken(refusal, &mut record);
            own_page(record, guard, 403, Form::Json)
        }
    }
}

/// Takes what was read in a captcha: the way back with a cookie, or a picture once more.
pub(super) async fn reading(
    connection: &Arc<Connection>,
    mut record: Box<Record>,
    request: Request<ClientBody>,
    guard: Guard,
) -> Response<ResponseBody> {
    let form = Form::of(request.headers());
    let wants = Wants::of(request.headers(), form);
    let Some(body) = small_body(request.into_body()).await else {
        return too_large(record, guard, form);
    };
    let brought = Brought::read(&body, "answer");
    let (defence, client) = (&connection.data_path.defence, client_of(&record));
    let refusal = match defence.redeem_captcha(&client, &brought.token, &brought.answer) {
        Ok(cookie) => {
            let cookie = cookie_set(&cookie, connection, &record);
            let mut response = done(StatusCode::SEE_OTHER, &cookie, record, guard);
            let back = percent_encoded(safe_return_path(&brought.to), |byte| byte.is_ascii_graphic());
            if let Ok(back) = HeaderValue::try_from(back) {
                response.headers_mut().insert(LOCATION, back);
            }
            return response;
        }
        Err(refusal) => refusal,
    };
    not_taken(refusal, &mut record);
    // The same picture while it has tries left.
    let again = (refusal == Refusal::Unsolved).then_some(brought.token.as_str());
    let picture = defence.captcha(&client, again).filter(|_| wants.is_page);
    let Some(picture) = picture else { return own_page(record, guard, 403, Form::Json) };
    record.status = 403;
    let response = captcha(form, &picture, true, &brought.to, record.id);
    response.map(|bytes| ResponseBody::page(bytes, record, guard))
}

fn too_large(mut record: Box<Record>, guard: Guard, form: Form) -> Response<ResponseBody> {
    record.reason = Some(Reason::BodyTooLarge);
    own_page(record, guard, 413, form)
}

fn not_taken(refusal: Refusal, record: &mut Record) {
    tracing::debug!(%refusal, client = %record.client.address.ip(), "a challenge was not solved");
    record.reason = Some(Reason::Challenge);
}

fn cookie_set(value: &str, connection: &Connection, record: &Record) -> String {
    let secure = if connection.is_https(&record.head) { "; Secure" } else { "" };
    let seconds = COOKIE_LIFETIME.as_secs();
    format!("{COOKIE}={value}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure}")
}

fn done(status: StatusCode, cookie: &str, mut record: Box<Record>, guard: Guard) -> Response<ResponseBody> {
    record.status = status.as_u16();
    let id = record.id;
    let mut response = Response::new(ResponseBody::page(Bytes::new(), record, guard));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if let Ok(cookie) = HeaderValue::try_from(cookie) {
        headers.insert(SET_COOKIE, cookie);
    }
    if let Ok(id) = HeaderValue::try_from(id.to_string()) {
        headers.insert(REQUEST_ID, id);
    }
    response
}
