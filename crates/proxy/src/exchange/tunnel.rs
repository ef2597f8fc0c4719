//! WebSocket: the handshake is judged like any request; after 101 the bytes are tunnelled until either side ends.

use std::net::Ipv4Addr;
use std::sync::Arc;
use std::time::Duration;

use http::header::{HOST, RETRY_AFTER};
use http::request::Parts;
use http::{HeaderValue, Request, Response, StatusCode, Version};
use hyper::body::Incoming;
use hyper::upgrade::{OnUpgrade, Upgraded};
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio_util::sync::CancellationToken;

use super::body::{Flow, Guard, ResponseBody, cut};
use super::connection::Connection;
use super::forward::{Failed, QUEUE, note_status, reach_fresh};
use super::frames::{Frames, GOING_AWAY};
use super::headers::{ask_websocket, origin_form, to_client};
use super::respond::{judge_switch, polish, respond};
use super::serve::{own_page, stop};
use crate::data_path::DataPath;
use crate::event::{Reason, Record};
use crate::page::Form;
use crate::snapshot::Object;
use crate::upstream::UpstreamBody;

/// A tunnel may go on for this long after the program began to stop.
const GRACE: Duration = Duration::from_secs(5);
/// What is read from an upstream at once.
const PIECE_BYTES: usize = 16 * 1024;

/// Asks the upstream to switch and tunnels.
pub(super) async fn tunnel(
    connection: Arc<Connection>,
    object: &Object,
    mut parts: Parts,
    ended: Option<CancellationToken>,
    mut record: Box<Record>,
    guard: Guard,
    form: Form,
) -> Response<ResponseBody> {
    let data_path = connection.data_path.clone();
    let client_side = parts.extensions.remove::<OnUpgrade>();
    ask_websocket(&mut parts.headers);
    let mut request = Request::from_parts(parts, UpstreamBody::Empty);
    *request.uri_mut() = origin_form(request.uri());
    *request.version_mut() = Version::HTTP_11;
    let answer = ask(&data_path, object, connection.source(), request).await;
    let (mut response, client_side) = match (answer, client_side) {
        (Ok(answer), Some(client_side)) => (answer, client_side),
        (Ok(_), None) => return failed(record, guard, form, (Reason::Malformed, 400)),
        (Err(why), _) => return failed(record, guard, form, why),
    };
    let switched = response.status() == StatusCode::SWITCHING_PROTOCOLS;
    let upstream_side = hyper::upgrade::on(&mut response);
    let (mut head, incoming) = response.into_parts();
    if !switched {
        let flow = Flow { ended_session: ended.map(cut), ..Flow::new(incoming, None, object.on_error, &guard) };
        return respond(&connection, object, head, flow, record, guard, form).await;
    }
    record.status = head.status.as_u16();
    if let Err(stopped) = judge_switch(&data_path, object, &head, &mut record).await {
        return stop(stopped, record, guard, form);
    }
    to_client(&mut head.headers);
    polish(&connection, object, &mut head, &record);
    ask_websocket(&mut head.headers);
    if let Guard::Http1(link) = &guard {
        link.switch_protocol();
    }
    let tunnels = data_path.tunnels.clone();
    tunnels.spawn(async move {
        // The record lives as long as the tunnel: its event says how long it was and how much came back.
        let mut record = record;
        let carrying = async {
            if let (Ok(client), Ok(upstream)) = (client_side.await, upstream_side.await) {
                carry(&data_path, client, upstream, &mut record).await;
            }
        };
        let ended = async {
            match ended {
                Some(ended) => ended.cancelled().await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            () = carrying => {}
            () = ended => {}
            () = data_path.stop.running.cancelled() => {}
        }
    });
    Response::from_parts(head, ResponseBody::none(guard))
}

/// Sends the handshake to a member. WebSocket connections are long, so each gets a connection of its own.
async fn ask(
    data_path: &DataPath,
    object: &Object,
    source: Option<Ipv4Addr>,
    mut request: Request<UpstreamBody>,
) -> Result<Response<Incoming>, (Reason, u16)> {
    let line = reach_fresh(data_path, object, source).await.map_err(|failed| match failed {
        Failed::Busy => (Reason::UpstreamBusy, 503),
        _ => (Reason::UpstreamUnreachable, 502),
    })?;
    let member = line.member().clone();
    if !request.headers().contains_key(HOST)
        && let Ok(host) = HeaderValue::from_str(&member.address().authority)
    {
        request.headers_mut().insert(HOST, host);
    }
    let (mut sender, drive, _seat) = line.into_upgradeable();
    data_path.tunnels.spawn(drive);
    let limit = data_path.timeouts.upstream_first_byte.0;
    match data_path.clock.timeout(limit, sender.send_request(request)).await {
        Some(Ok(response)) => {
            note_status(data_path, &member, response.status().as_u16());
            Ok(response)
        }
        Some(Err(error)) => {
            member.note_failure(&error.to_string(), data_path.clock.now());
            Err((Reason::UpstreamBroken, 502))
        }
        None => Err((Reason::UpstreamTimeout, 504)),
    }
}

/// Carries bytes both ways until a side ends, or for [`GRACE`] after the program began to stop, which the client is told.
async fn carry(data_path: &DataPath, client: Upgraded, upstream: Upgraded, record: &mut Record) {
    let (from_client, to_client) = tokio::io::split(TokioIo::new(client));
    let (from_upstream, to_upstream) = tokio::io::split(TokioIo::new(upstream));
    let stopping = async {
        data_path.stop.accepting.cancelled().await;
        data_path.clock.sleep(GRACE).await;
    };
    let bytes = &mut record.response_bytes;
    tokio::select! {
        _ = async { tokio::try_join!(
            pass_on(from_client, to_upstream),
            pass_frames(from_upstream, to_client, &data_path.stop.accepting, bytes),
        ) } => {}
        () = stopping => {}
    }
    record.complete = true;
}

/// Passes on what a client sends.
async fn pass_on(
    mut from: impl AsyncRead + Unpin + Send,
    mut to: impl AsyncWrite + Unpin + Send,
) -> std::io::Result<()> {
    tokio::io::copy(&mut from, &mut to).await?;
    to.shutdown().await
}

/// Passes on what the upstream sends. When the program begins to stop, the client is told so with a close frame as soon as no frame
/// is under way (gateway.md §14); what the upstream sends after that nobody may send any more, so it is read until the upstream,
/// which hears of the client's answer, ends.
async fn pass_frames(
    mut from: impl AsyncRead + Unpin + Send,
    mut to: impl AsyncWrite + Unpin + Send,
    stop: &CancellationToken,
    bytes: &mut u64,
) -> std::io::Result<()> {
    let mut frames = Frames::default();
    let mut piece = vec![0; PIECE_BYTES];
    loop {
        let stopping = stop.is_cancelled();
        if stopping && frames.is_between() {
            break;
        }
        let read = tokio::select! {
            biased;
            () = stop.cancelled(), if !stopping => continue,
            read = from.read(&mut piece) => read?,
        };
        let seen = piece.get(..read).unwrap_or_default();
        if seen.is_empty() {
            return to.shutdown().await;
        }
        let end = frames.see(seen).filter(|_| stopping);
        let passed = end.and_then(|end| seen.get(..end)).unwrap_or(seen);
        to.write_all(passed).await?;
        to.flush().await?;
        *bytes = bytes.saturating_add(passed.len() as u64);
        if end.is_some() {
            break;
        }
    }
    to.write_all(&GOING_AWAY).await?;
    to.flush().await?;
    tokio::io::copy(&mut from, &mut tokio::io::sink()).await?;
    to.shutdown().await?;
    // Both sides have said goodbye: there is nothing to pass on in the other direction either.
    Err(std::io::ErrorKind::ConnectionAborted.into())
}

fn failed(
    mut record: Box<Record>,
    guard: Guard,
    form: Form,
    (reason, status): (Reason, u16),
) -> Response<ResponseBody> {
    record.reason = Some(reason);
    let mut response = own_page(record, guard, status, form);
    if reason == Reason::UpstreamBusy {
        response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(QUEUE.as_secs()));
    }
    response
}
