//! The pipeline: route, engine, upstream. Every way out ends in exactly one answer and one record.

use std::sync::Arc;

use http::header::{CONNECTION, RETRY_AFTER};
use http::{HeaderMap, HeaderValue, Request, Response, Version};
use http_body::Body as _;

use super::admit::{Admission, admit, goes_past_the_room, identify, turned};
use super::body::{Flow, Guard, ResponseBody, cut};
use super::connection::Connection;
use super::defend::{Wants, heed, refused};
use super::entrance::{Entrance, entrance, harden, point};
use super::forward::{Failed, QUEUE, forward};
use super::head::{HeadFault, head_fault};
use super::headers::{Passage, path_of, to_upstream, wants_websocket};
use super::judge::{Look, Pump, Stopped, judge};
use super::own::own;
use super::respond::respond;
use super::tunnel::tunnel;
use crate::defence::{OWN_PATHS, Stage};
use crate::event::{Reason, Record};
use crate::listen::ClientBody;
use crate::page::{Form, Told, page};
use crate::snapshot::{Object, Routed};
use crate::stance::Mode;

/// Serves a request whose framing is beyond doubt.
pub(super) async fn serve(
    connection: Arc<Connection>,
    mut record: Box<Record>,
    request: Request<ClientBody>,
    guard: Guard,
) -> Response<ResponseBody> {
    let websocket = request.version() == Version::HTTP_11 && wants_websocket(request.method(), request.headers());
    if let Some(fault) = head_fault(&record.head, websocket && !request.body().is_end_stream()) {
        return refuse_head(fault, record, guard, request.headers());
    }
    if path_of(&record.head).starts_with(OWN_PATHS) && connection.data_path.knows(&record.head) {
        return own(&connection, record, request, guard).await;
    }
    let object = match route(&connection, &mut record) {
        Ok(object) => object,
        Err((reason, status)) => {
            record.reason = Some(reason);
            return refuse(record, guard, status, request.headers());
        }
    };
    let head = record.head.clone();
    let mut response = serve_object(&connection, &object, record, request, guard, websocket).await;
    harden(response.headers_mut(), &connection, &object, &head);
    response
}

/// Serves a request of this object.
async fn serve_object(
    connection: &Arc<Connection>,
    object: &Arc<Object>,
    mut record: Box<Record>,
    request: Request<ClientBody>,
    guard: Guard,
    websocket: bool,
) -> Response<ResponseBody> {
    let data_path = &connection.data_path;
    let (mut parts, incoming) = request.into_parts();
    let form = Form::of(&parts.headers);
    let wants = Wants::of(&parts.headers, form);
    let mut stage = Stage::new(data_path, object, connection.is_https(&record.head));
    if let Err(refusal) = heed(data_path, stage.gate(&mut record)).await {
        return refused(data_path, refusal, record, guard, wants);
    }
    let certificate = match entrance(connection, object, &record.head, &parts.uri) {
        Entrance::Open(certificate) => certificate,
        Entrance::Redirect(redirect) => {
            record.reason = Some(Reason::PlainHttp);
            let mut response = own_page(record, guard, redirect.status, form);
            point(response.headers_mut(), redirect);
            return response;
        }
        Entrance::Closed(reason) => {
            record.reason = Some(reason);
            return own_page(record, guard, 403, form);
        }
    };
    let session = identify(data_path, object, &mut record).await;
    stage = stage.past_the_room(goes_past_the_room(object, session.as_deref(), &record.head));
    if let Err(refusal) = heed(data_path, stage.head(&mut record)).await {
        return refused(data_path, refusal, record, guard, wants);
    }
    let guest = match admit(data_path, object, session, &mut record).await {
        Admission::Free => None,
        Admission::Known(guest) => Some(guest),
        Admission::Stopped(why) => return turned(object, &why, record, guard, wants),
    };
    let announced = incoming.size_hint().exact();
    if let Err(refusal) = heed(data_path, stage.call(&mut record, announced, websocket)).await {
        return refused(data_path, refusal, record, guard, wants);
    }
    let look = Look { tls: connection.is_tls(), is_inspected: stage.is_inspected(), wants_body: stage.wants_body() };
    let cleared = match judge(data_path, object, &mut record, incoming, look).await {
        Ok(cleared) => cleared,
        Err(stopped) => return stop(stopped, record, guard, form),
    };
    if look.wants_body
        && let Err(refusal) =
            heed(data_path, stage.body(&mut record, &cleared.seen, announced, cleared.is_whole())).await
    {
        return refused(data_path, refusal, record, guard, wants);
    }
    let (head, client) = (record.head.clone(), record.client.text.clone());
    let passage = Passage {
        client: &client,
        tls: connection.is_https(&head),
        id: record.id,
        host: head.header(b"host"),
        certificate,
        source: connection.source(),
        is_guarded: object.access.is_some(),
        user: guest.as_ref().map(|guest| (&*guest.user, guest.assertion.as_deref())),
        answer_is_changed: object.mode == Mode::Block && object.answers.mask.is_some() && record.allowed_by.is_none(),
        answer_is_judged: record.is_open() || cleared.pump.as_ref().is_some_and(Pump::wants_response),
    };
    to_upstream(&mut parts.headers, &passage);
    let ended = guest.as_ref().map(|guest| guest.session.ended().clone());
    if websocket {
        return tunnel(connection.clone(), object, parts, ended, record, guard, form).await;
    }
    let sent = cleared.is_sent_at_once().then(|| data_path.clock.monotonic());
    let progress = cleared.progress.clone();
    let answered = forward(data_path, object, parts, &passage, cleared, &mut record).await;
    if let Some(application) = &record.application {
        let failed = match &answered {
            Ok((response, ..)) => Some(response.status().is_server_error()),
            Err(Failed::Unreachable | Failed::Busy | Failed::Broken | Failed::TimedOut) => Some(true),
            // The client's fault, not the application's.
            Err(Failed::Client | Failed::Refused(_)) => None,
        };
        if let Some((failed, sent)) = failed.zip(sent) {
            let took = data_path.clock.monotonic().saturating_sub(sent);
            application.note(data_path.clock.now(), took, failed);
        }
    }
    match answered {
        Ok((response, line, pump)) => {
            let (head, incoming) = response.into_parts();
            if let Err(refusal) = heed(data_path, stage.response(&mut record, head.status.as_u16())).await {
                return refused(data_path, refusal, record, guard, wants);
            }
            let flow = Flow {
                pump,
                progress,
                ended_session: ended.map(cut),
                ..Flow::new(incoming, Some(line), object.on_error, &guard)
            };
            let mut response = respond(connection, object, head, flow, record, guard, form).await;
            stage.set_headers(response.headers_mut());
            response
        }
        Err(failed) => fail(failed, record, guard, form),
    }
}

/// The object the request belongs to; or why there is none, and the status that says so.
fn route(connection: &Connection, record: &mut Record) -> Result<Arc<Object>, (Reason, u16)> {
    let head = record.head.clone();
    // HTTP/1.0 may leave Host out: only an object for everything takes such a request.
    let host = head.header(b"host").unwrap_or_default();
    let snapshot = connection.data_path.snapshot();
    let object = match snapshot.route(host, path_of(&head)) {
        Routed::To(object) => object,
        Routed::Unknown => return Err((Reason::UnknownHost, 404)),
        Routed::Ambiguous => return Err((Reason::AmbiguousPath, 400)),
    };
    record.set_object(object.clone(), snapshot.generation());
    match &connection.sni {
        Some(sni) if !snapshot.same_objects(sni, host) => Err((Reason::Misdirected, 421)),
        _ => Ok(object),
    }
}

/// Answers with a page of our own.
pub(super) fn refuse(record: Box<Record>, guard: Guard, status: u16, headers: &HeaderMap) -> Response<ResponseBody> {
    own_page(record, guard, status, Form::of(headers))
}

/// Nothing that follows on a connection with such a head is read.
fn refuse_head(fault: HeadFault, mut record: Box<Record>, guard: Guard, headers: &HeaderMap) -> Response<ResponseBody> {
    record.head_fault(fault);
    let http1 = matches!(guard, Guard::Http1(_));
    let mut response = refuse(record, guard, 400, headers);
    if http1 {
        response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
    }
    response
}

pub(super) fn own_page(mut record: Box<Record>, guard: Guard, status: u16, form: Form) -> Response<ResponseBody> {
    record.status = status;
    let told = Told { id: record.id, at: record.at(), client: record.client.address.ip(), contact: record.contact() };
    let response = page(form, status, &told);
    response.map(|bytes| ResponseBody::page(bytes, record, guard))
}

pub(super) fn stop(stopped: Stopped, mut record: Box<Record>, guard: Guard, form: Form) -> Response<ResponseBody> {
    match stopped {
        Stopped::Refused(reason, status) => {
            record.reason = Some(reason);
            own_page(record, guard, status, form)
        }
        Stopped::Client => client_fault(record, guard, form),
    }
}

/// The client broke off or broke the rules while it sent its body.
fn client_fault(mut record: Box<Record>, guard: Guard, form: Form) -> Response<ResponseBody> {
    let fault = guard.body_fault();
    let (status, reason) = Stopped::status(fault);
    match fault {
        Some(fault) => record.fault(fault),
        None => record.reason = Some(reason),
    }
    let mut response = own_page(record, guard, status, form);
    response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
    response
}

pub(super) fn fail(failed: Failed, mut record: Box<Record>, guard: Guard, form: Form) -> Response<ResponseBody> {
    let (reason, status) = match failed {
        Failed::Unreachable => (Reason::UpstreamUnreachable, 502),
        Failed::Busy => (Reason::UpstreamBusy, 503),
        Failed::Broken => (Reason::UpstreamBroken, 502),
        Failed::TimedOut => (Reason::UpstreamTimeout, 504),
        Failed::Client => return client_fault(record, guard, form),
        Failed::Refused(Reason::BodyTooLarge) => (Reason::BodyTooLarge, 413),
        Failed::Refused(reason) => (reason, 403),
    };
    record.reason = Some(reason);
    let mut response = own_page(record, guard, status, form);
    if reason == Reason::UpstreamBusy {
        response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(QUEUE.as_secs()));
    }
    response
}
