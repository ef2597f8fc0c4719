//! Where a request enters: from hyper's HTTP/1 server with what the tap saw, or from its HTTP/2 server.

use std::sync::Arc;

use http::header::{CONNECTION, HOST};
use http::{HeaderValue, Method, Request, Response};
use hyper::body::Incoming;
use medward_waf::Head;
use medward_waf::http1::HttpFinding;

use super::body::{Guard, ResponseBody};
use super::connection::Connection;
use super::h2watch::H2StreamGuard;
use super::serve::{refuse, serve};
use crate::event::{Reason, Record};
use crate::listen::{Arrival, ClientBody, Fault, TapLink};

/// gateway.md §4; the same numbers as for HTTP/1.
const TARGET_BYTES: usize = 32 * 1024;
const HEADER_BYTES: usize = 16 * 1024;
const HEADERS: usize = 100;

/// Answers one HTTP/1 request.
pub(crate) async fn answer_http1(
    connection: Arc<Connection>,
    link: Arc<TapLink>,
    request: Request<Incoming>,
) -> Response<ResponseBody> {
    let arrival = link.take_arrival();
    let guard = Guard::Http1(link);
    match arrival {
        Some(Arrival::Request(scanned)) => {
            let record = begin(&connection, scanned.head);
            serve(connection, record, request.map(ClientBody::http1), guard).await
        }
        Some(Arrival::Refused(fault, head)) => {
            let mut record = begin(&connection, *head);
            record.fault(fault);
            let status = match fault {
                Fault::Framing(finding) => finding.status(),
                Fault::HeadTimeout | Fault::BodyTimeout => 408,
            };
            let mut response = refuse(record, guard, status, request.headers());
            response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
            response
        }
        // Hyper saw a message that the tap did not announce: nothing of it is believed.
        None => {
            let mut record = begin(&connection, Head::new(b"-", b"/", b"-"));
            record.fault(Fault::Framing(HttpFinding::BadRequestLine));
            let mut response = refuse(record, guard, 400, request.headers());
            response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
            response
        }
    }
}

/// The tap let a message through that hyper then refused with 400 by itself: it is recorded like any other refusal.
pub(crate) fn report_disagreement(connection: &Connection, link: &TapLink) {
    if let Some(Arrival::Request(scanned)) = link.take_arrival() {
        let mut record = begin(connection, scanned.head);
        record.fault(Fault::Framing(HttpFinding::BadRequestLine));
        record.status = 400;
        record.complete = true;
    }
}

/// Answers one HTTP/2 request.
pub(crate) async fn answer_http2(
    connection: Arc<Connection>,
    stream: H2StreamGuard,
    request: Request<Incoming>,
) -> Response<ResponseBody> {
    let link = stream.link().clone();
    let guard = Guard::Http2(stream);
    let uri = request.uri();
    let target = uri.path_and_query().map_or("", |path| path.as_str());
    let headers = request.headers().iter().map(|(name, value)| (name.as_str().as_bytes(), value.as_bytes()));
    let authority = uri.authority().map(|authority| authority.as_str().as_bytes());
    let own_host = request.headers().get(HOST).map(HeaderValue::as_bytes);
    // A Host beside :authority says the same or is refused; the engine sees it once.
    let rest = headers.filter(|(name, _)| authority.is_none() || *name != b"host");
    let head = Head::http2(request.method().as_str().as_bytes(), target.as_bytes(), authority, rest);
    let finding = check_http2(request.method(), target, authority, own_host, &head);
    let mut record = begin(&connection, head);
    match finding {
        None => {
            let (clock, grace) = (connection.data_path.clock.clone(), connection.data_path.timeouts.body_grace.0);
            let request = request.map(|incoming| ClientBody::http2(incoming, &link, &clock, grace));
            serve(connection, record, request, guard).await
        }
        Some(finding) => {
            record.fault(Fault::Framing(finding));
            refuse(record, guard, finding.status(), request.headers())
        }
    }
}

/// What the library does not refuse already (it does connection fields, `te`, upper case, CR, LF, NUL, pseudo-header
/// misuse and a content-length that is not the length of DATA).
fn check_http2(
    method: &Method,
    target: &str,
    authority: Option<&[u8]>,
    host: Option<&[u8]>,
    head: &Head,
) -> Option<HttpFinding> {
    if matches!(*method, Method::CONNECT | Method::TRACE) {
        return Some(HttpFinding::MethodNotAllowed);
    }
    if !(target.starts_with('/') || (target == "*" && method == Method::OPTIONS)) {
        return Some(HttpFinding::BadTarget);
    }
    if target.len() > TARGET_BYTES {
        return Some(HttpFinding::TargetTooLong);
    }
    match (authority, host) {
        (None, None) => return Some(HttpFinding::HostMissing),
        (Some(authority), Some(host)) if !authority.eq_ignore_ascii_case(host) => {
            return Some(HttpFinding::HostMismatch);
        }
        (Some(name), _) | (None, Some(name)) if !is_plain_host(name) => return Some(HttpFinding::HostInvalid),
        _ => {}
    }
    if head.headers().filter(|(name, _)| name.eq_ignore_ascii_case(b"host")).count() > 1 {
        return Some(HttpFinding::HostRepeated);
    }
    if head.headers().len() > HEADERS {
        return Some(HttpFinding::TooManyHeaders);
    }
    let too_large = |(name, value): (&[u8], &[u8])| name.len() + value.len() > HEADER_BYTES;
    head.headers().any(too_large).then_some(HttpFinding::HeaderTooLarge)
}

/// A name or address with an optional port, and no user part.
fn is_plain_host(host: &[u8]) -> bool {
    !host.is_empty()
        && host
            .iter()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b':' | b'[' | b']'))
}

fn begin(connection: &Connection, head: Head) -> Box<Record> {
    let client = connection.client(&head);
    Box::new(Record::begin(&connection.data_path.reporter, Arc::new(head), client))
}

impl Stopped {
    /// Status for a client that broke off or broke the rules.
    pub(super) fn status(fault: Option<Fault>) -> (u16, Reason) {
        match fault {
            Some(Fault::Framing(finding)) => (finding.status(), Reason::Malformed),
            Some(Fault::HeadTimeout | Fault::BodyTimeout) => (408, Reason::BodyTimeout),
            None => (400, Reason::ClientClosed),
        }
    }
}

use super::judge::Stopped;
