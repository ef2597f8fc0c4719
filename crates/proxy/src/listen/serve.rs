//! One client connection, spoken to in HTTP/1.1 or HTTP/2 until it ends or the program stops.

use std::convert::Infallible;
use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use http::header::CONNECTION;
use http::{HeaderValue, StatusCode};
use hyper::server::conn::{http1, http2};
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use medward_kernel::supervisor::{Stop, TaskGroup};
use tokio::io::{AsyncRead, AsyncWrite};

use super::seldom::Seldom;
use super::stream::until_stalled;
use super::tap::{HeadTap, TapLink, TapTimes};
use crate::exchange::{Connection, H2Watch, answer_http1, answer_http2, report_disagreement};

/// gateway.md §4.
const H2_STREAMS: u32 = 100;
const H2_HEADER_LIST_BYTES: u32 = 64 * 1024;
/// What a client may send ahead on one stream and on one connection.
const H2_STREAM_WINDOW: u32 = 256 * 1024;
const H2_CONNECTION_WINDOW: u32 = 1024 * 1024;
/// Bytes of responses buffered per stream.
const H2_SEND_BUFFER: usize = 128 * 1024;

/// Runs the tasks of streams in a named group, each until its client takes nothing any more.
#[derive(Clone)]
struct Executor {
    group: TaskGroup,
    watch: Arc<H2Watch>,
    write_limit: Duration,
}

impl<F: Future<Output = ()> + Send + 'static> hyper::rt::Executor<F> for Executor {
    fn execute(&self, task: F) {
        // Hyper calls the service and, with what it returns, this: the newest stream is this task's.
        let Some(link) = self.watch.take_newest() else { return self.group.spawn(task) };
        let (watch, limit) = (self.watch.clone(), self.write_limit);
        self.group.spawn(async move {
            if until_stalled(task, &link, watch.clock.clone(), limit).await {
                watch.stalled();
            }
        });
    }
}

/// Serves HTTP/1 behind a [`HeadTap`].
pub(super) async fn serve_http1<I>(connection: Arc<Connection>, io: I, stop: Stop)
where
    I: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let data_path = &connection.data_path;
    let link = Arc::new(TapLink::default());
    let times = TapTimes {
        head: data_path.timeouts.head.0,
        body_grace: data_path.timeouts.body_grace.0,
        keep_alive: data_path.timeouts.keep_alive.0,
    };
    let tap = HeadTap::new(io, link.clone(), &data_path.clock, times);
    let service = {
        // A clone of the token itself takes its lock.
        let (connection, link, accepting) = (connection.clone(), link.clone(), Arc::new(stop.accepting.clone()));
        service_fn(move |request| {
            let (connection, link, accepting) = (connection.clone(), link.clone(), accepting.clone());
            async move {
                let mut response = answer_http1(connection, link, request).await;
                // An answer may be ready before the loop below has heard of the stop.
                if accepting.is_cancelled() && response.status() != StatusCode::SWITCHING_PROTOCOLS {
                    response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
                }
                Ok::<_, Infallible>(response)
            }
        })
    };
    let mut builder = http1::Builder::new();
    // Hyper takes 100 headers by default, as many as the scanner lets through; saying so would cost an allocation.
    builder.header_read_timeout(None);
    let mut serving = pin!(builder.serve_connection(tap, service).with_upgrades());
    let result = tokio::select! {
        biased;
        result = serving.as_mut() => result,
        () = Seldom::new(stop.accepting.cancelled()) => {
            serving.as_mut().graceful_shutdown();
            serving.await
        }
    };
    if let Err(error) = result {
        tracing::debug!(peer = %connection.peer, %error, "client connection ended");
        report_disagreement(&connection, &link);
    }
}

/// Serves HTTP/2. Framing is the library's; what it lets through is checked when the request is rebuilt.
pub(super) async fn serve_http2<I>(connection: Arc<Connection>, io: I, stop: Stop)
where
    I: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let data_path = connection.data_path.clone();
    let watch = Arc::new(H2Watch::new(&data_path.clock));
    let service = {
        let (connection, watch) = (connection.clone(), watch.clone());
        service_fn(move |request| {
            let (connection, stream) = (connection.clone(), watch.stream());
            async move { Ok::<_, Infallible>(answer_http2(connection, stream, request).await) }
        })
    };
    // A client that takes nothing is given as long as on HTTP/1.
    let write_limit = data_path.timeouts.keep_alive.0;
    let executor = Executor { group: data_path.streams.clone(), watch: watch.clone(), write_limit };
    let mut builder = http2::Builder::new(executor);
    builder
        .max_concurrent_streams(H2_STREAMS)
        .max_header_list_size(H2_HEADER_LIST_BYTES)
        .initial_stream_window_size(H2_STREAM_WINDOW)
        .initial_connection_window_size(H2_CONNECTION_WINDOW)
        .max_send_buf_size(H2_SEND_BUFFER);
    let mut serving = pin!(builder.serve_connection(TokioIo::new(io), service));
    let mut over = pin!(watch.over(data_path.timeouts.keep_alive.0));
    let result = tokio::select! {
        result = serving.as_mut() => result,
        () = stop.accepting.cancelled() => {
            serving.as_mut().graceful_shutdown();
            serving.await
        }
        ending = over.as_mut() => {
            serving.as_mut().graceful_shutdown();
            // GOAWAY goes out at once. Nobody waits for ever: bytes that the client does not take would keep it open.
            tokio::select! {
                result = serving.as_mut() => result,
                () = watch.spent(ending) => Ok(()),
            }
        }
    };
    if let Err(error) = result {
        tracing::debug!(peer = %connection.peer, %error, "client connection ended");
    }
}
