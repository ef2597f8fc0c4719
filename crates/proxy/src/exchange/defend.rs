//! What traffic defence says to a request becomes an answer.

use std::time::Duration;

use http::header::{ACCEPT, HeaderName, LOCATION, RETRY_AFTER, SET_COOKIE};
use http::{HeaderMap, HeaderValue, Response};
use medward_defence::waiting::Entrance;

use super::body::{Guard, ResponseBody};
use super::serve::own_page;
use crate::data_path::DataPath;
use crate::defence::{Refusal, Said, Way, client_of};
use crate::event::Record;
use crate::page::{Form, Puzzle, captcha, puzzle, waiting};

/// A puzzle for clients that are no browsers: `token=…, bits=…`, or `captcha` where only a page with a picture will do.
const PUZZLE: HeaderName = HeaderName::from_static("x-medward-challenge");

/// What the client can read.
#[derive(Debug, Clone, Copy)]
pub(super) struct Wants {
    pub(super) form: Form,
    /// It asks for a page, and can solve a puzzle in it.
    pub(super) is_page: bool,
}

impl Wants {
    pub(super) fn of(headers: &HeaderMap, form: Form) -> Self {
        let accept = headers.get(ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
        Self { form, is_page: accept.contains("text/html") }
    }
}

/// Does as it is told; what it returns goes no further.
pub(super) async fn heed(data_path: &DataPath, said: Said) -> Result<(), Refusal> {
    match said {
        Said::Go => Ok(()),
        Said::Wait(time) => {
            data_path.clock.sleep(time).await;
            Ok(())
        }
        Said::Stop(refusal) => Err(refusal),
    }
}

/// Refuses.
pub(super) fn refused(
    data_path: &DataPath,
    refusal: Refusal,
    mut record: Box<Record>,
    guard: Guard,
    wants: Wants,
) -> Response<ResponseBody> {
    record.reason = Some(refusal.reason);
    let mut response = match refusal.way {
        Way::Page => own_page(record, guard, refusal.status, wants.form),
        Way::Redirect(target) => {
            let mut response = own_page(record, guard, refusal.status, wants.form);
            if let Ok(target) = HeaderValue::try_from(target) {
                response.headers_mut().insert(LOCATION, target);
            }
            response
        }
        Way::Challenge(bits) => challenge(data_path, bits, record, guard, wants),
        Way::Captcha => picture(data_path, record, guard, wants),
        Way::Wait(entrance, cookie) => wait(&entrance, cookie, record, guard, wants),
    };
    if let Some(wait) = refusal.retry_after {
        response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(whole_seconds(wait)));
    }
    response
}

/// Rounded up: who comes at the time it was told must not be too early.
fn whole_seconds(wait: Duration) -> u64 {
    wait.as_secs() + u64::from(wait.subsec_nanos() > 0)
}

fn wait(
    entrance: &Entrance,
    cookie: Option<String>,
    mut record: Box<Record>,
    guard: Guard,
    wants: Wants,
) -> Response<ResponseBody> {
    record.status = 503;
    let back = String::from_utf8_lossy(record.head.target()).into_owned();
    let response = waiting(wants.form, entrance, &back, record.id);
    let mut response = response.map(|bytes| ResponseBody::page(bytes, record, guard));
    if let Some(cookie) = cookie.and_then(|cookie| HeaderValue::try_from(cookie).ok()) {
        response.headers_mut().append(SET_COOKIE, cookie);
    }
    response
}

fn challenge(
    data_path: &DataPath,
    bits: u8,
    mut record: Box<Record>,
    guard: Guard,
    wants: Wants,
) -> Response<ResponseBody> {
    let Some(token) = data_path.defence.challenge(&client_of(&record), bits) else {
        return own_page(record, guard, 403, wants.form);
    };
    if !wants.is_page {
        let mut response = own_page(record, guard, 403, Form::Json);
        if let Ok(value) = HeaderValue::try_from(format!("token={token}, bits={bits}")) {
            response.headers_mut().insert(PUZZLE, value);
        }
        return response;
    }
    record.status = 403;
    let target = record.head.target();
    // What was posted is lost: the page goes back to where it was posted to, and the visitor does it again.
    let back = String::from_utf8_lossy(target).into_owned();
    let told = Puzzle { token: &token, bits, back: &back, id: record.id };
    let response = puzzle(wants.form, &told);
    response.map(|bytes| ResponseBody::page(bytes, record, guard))
}

/// A picture to read. Who shows no page is told that one is needed.
fn picture(data_path: &DataPath, mut record: Box<Record>, guard: Guard, wants: Wants) -> Response<ResponseBody> {
    if !wants.is_page {
        let mut response = own_page(record, guard, 403, Form::Json);
        response.headers_mut().insert(PUZZLE, HeaderValue::from_static("captcha"));
        return response;
    }
    let Some(picture) = data_path.defence.captcha(&client_of(&record), None) else {
        return own_page(record, guard, 403, wants.form);
    };
    record.status = 403;
    let back = String::from_utf8_lossy(record.head.target()).into_owned();
    let response = captcha(wants.form, &picture, false, &back, record.id);
    response.map(|bytes| ResponseBody::page(bytes, record, guard))
}
