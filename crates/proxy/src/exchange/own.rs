//! What the gateway answers itself, for every host that it knows: solutions of challenges.

use std::sync::Arc;

use bytes::Bytes;
use http::header::{CACHE_CONTROL, SET_COOKIE};
use http::{HeaderValue, Method, Request, Response, StatusCode};

use super::body::{Guard, ResponseBody};
use super::connection::Connection;
use super::judge::next_data;
use super::serve::own_page;
use crate::defence::{CHALLENGE_PATH, COOKIE, client_of};
use crate::event::{Reason, Record};
use crate::exchange::path_of;
use crate::listen::ClientBody;
use crate::page::{Form, REQUEST_ID};

/// A solution is a token, a number and a path.
const MAX_FORM_BYTES: usize = 40 * 1024;
/// How long a solved challenge holds, as its cookie says.
const COOKIE_SECONDS: u64 = medward_defence::challenge::COOKIE_LIFETIME.as_secs();

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
    if path_of(&record.head) != CHALLENGE_PATH || *request.method() != Method::POST {
        record.reason = Some(Reason::UnknownHost);
        return own_page(record, guard, 404, form);
    }
    let Some(body) = small_body(request.into_body()).await else {
        record.reason = Some(Reason::BodyTooLarge);
        return own_page(record, guard, 413, form);
    };
    let (mut token, mut counter) = (String::new(), String::new());
    for (name, value) in form_urlencoded::parse(&body) {
        match &*name {
            "token" => token = value.into_owned(),
            "counter" => counter = value.into_owned(),
            _ => {}
        }
    }
    let client = client_of(&record);
    match data_path.defence.redeem(&client, &token, &counter) {
        Ok(cookie) => {
            let secure = if connection.is_https(&record.head) { "; Secure" } else { "" };
            let cookie = format!("{COOKIE}={cookie}; Path=/; Max-Age={COOKIE_SECONDS}; HttpOnly; SameSite=Lax{secure}");
            done(record, guard, &cookie)
        }
        Err(refusal) => {
            tracing::debug!(%refusal, client = %address, "a challenge was not solved");
            record.reason = Some(Reason::Challenge);
            own_page(record, guard, 403, Form::Json)
        }
    }
}

fn done(mut record: Box<Record>, guard: Guard, cookie: &str) -> Response<ResponseBody> {
    record.status = StatusCode::NO_CONTENT.as_u16();
    let id = record.id;
    let mut response = Response::new(ResponseBody::page(Bytes::new(), record, guard));
    *response.status_mut() = StatusCode::NO_CONTENT;
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

/// The whole body, when it is small; its time limits are those of every body.
async fn small_body(mut body: ClientBody) -> Option<Vec<u8>> {
    let mut whole = Vec::new();
    while let Some(piece) = next_data(&mut body).await.ok()? {
        if whole.len() + piece.len() > MAX_FORM_BYTES {
            return None;
        }
        whole.extend_from_slice(&piece);
    }
    Some(whole)
}
