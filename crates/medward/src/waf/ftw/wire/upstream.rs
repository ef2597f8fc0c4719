//! [`super::super::backend`] behind a socket: the system that the gateway protects while tests run over the wire.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};

use medward_kernel::Supervisor;
use medward_kernel::supervisor::Criticality;
use medward_waf::http1::HeadScanner;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use crate::waf::ftw::backend;
use crate::waf::ftw::message::{Request, Response};

/// Most bytes of a request that are kept: more than the gateway lets through in one test.
const REQUEST_BYTES: usize = 32 << 20;

/// Starts it on a free port.
pub(super) async fn start(supervisor: &Supervisor) -> io::Result<SocketAddr> {
    let listener = std::sync::Arc::new(TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?);
    let address = listener.local_addr()?;
    let connections = supervisor.group("ftw.upstream.connections");
    supervisor.service("ftw.upstream", Criticality::Isolated, move |stop| {
        let (listener, connections) = (listener.clone(), connections.clone());
        Box::pin(async move {
            loop {
                let (stream, _) = tokio::select! {
                    () = stop.running.cancelled() => return Ok(()),
                    accepted = listener.accept() => accepted?,
                };
                let stop = stop.clone();
                connections.spawn(async move {
                    tokio::select! {
                        // Nobody asks any more when the run stops: nothing is left to drain.
                        () = stop.accepting.cancelled() => {}
                        // The gateway tells its client when an exchange is cut off.
                        _ended = serve(stream) => {}
                    }
                });
            }
        })
    });
    Ok(address)
}

/// Answers one request after another until the gateway closes the connection.
async fn serve(mut stream: TcpStream) -> io::Result<()> {
    let mut buffer = Vec::new();
    while let Some(length) = read_request(&mut stream, &mut buffer).await? {
        let rest = buffer.split_off(length);
        let request = Request::read(&buffer);
        let bytes = response_bytes(&backend::answer(&request), request.head.method() == b"HEAD");
        stream.write_all(&bytes).await?;
        buffer = rest;
    }
    Ok(())
}

/// Reads until `buffer` begins with a whole request; its length, or `None` at the end of the connection.
async fn read_request(stream: &mut TcpStream, buffer: &mut Vec<u8>) -> io::Result<Option<usize>> {
    let broken = |what: String| io::Error::new(io::ErrorKind::InvalidData, what);
    let mut head = HeadScanner::default();
    let scanned = loop {
        match head.scan(buffer).map_err(|error| broken(error.to_string()))? {
            Some(scanned) => break scanned,
            None if fill(stream, buffer).await? => {}
            None => return Ok(None),
        }
    };
    let mut body = scanned.framing.scanner();
    let mut from = scanned.length;
    loop {
        let fresh = buffer.get(from..).unwrap_or_default();
        if let Some(end) = body.scan(fresh, &mut Vec::new()).map_err(|error| broken(error.to_string()))? {
            return Ok(Some(from + end));
        }
        from = buffer.len();
        if !fill(stream, buffer).await? {
            return Err(broken("the connection ended within a body".to_owned()));
        }
    }
}

/// Reads some more; false at the end of the connection.
async fn fill(stream: &mut TcpStream, buffer: &mut Vec<u8>) -> io::Result<bool> {
    if buffer.len() >= REQUEST_BYTES {
        return Err(io::Error::new(io::ErrorKind::InvalidData, "a request over 32 MiB"));
    }
    Ok(stream.read_buf(buffer).await? > 0)
}

fn response_bytes(response: &Response, to_head: bool) -> Vec<u8> {
    let mut bytes =
        format!("HTTP/1.1 {} -\r\nContent-Length: {}\r\n", response.status, response.body.len()).into_bytes();
    // The length above is right whatever a reflection claims.
    let own =
        |name: &str| name.eq_ignore_ascii_case("content-length") || name.eq_ignore_ascii_case("transfer-encoding");
    for (name, value) in response.headers.iter().filter(|(name, _)| !own(name)) {
        bytes.extend_from_slice(format!("{name}: {value}\r\n").as_bytes());
    }
    bytes.extend_from_slice(b"\r\n");
    if !to_head {
        bytes.extend_from_slice(&response.body);
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn requests_on_one_connection_are_answered_one_after_another() {
        let supervisor = Supervisor::new(medward_kernel::Clock::system());
        let address = start(&supervisor).await.unwrap();
        let mut stream = TcpStream::connect(address).await.unwrap();
        let reflected = r#"{"status":503,"body":"abc","headers":{"Content-Type":"text/html","Content-Length":"9"}}"#;
        let bytes = format!(
            "HEAD /x HTTP/1.1\r\nHost: a\r\n\r\nPOST /reflect HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n{:x}\r\n{reflected}\r\n0\r\n\r\n",
            reflected.len()
        );
        // Cut in the middle of the second request, so that it comes in two reads.
        let (one, two) = bytes.as_bytes().split_at(80);
        for (sent, expected) in [
            (one, "HTTP/1.1 200 -\r\nContent-Length: 0\r\n\r\n"),
            (two, "HTTP/1.1 503 -\r\nContent-Length: 3\r\nContent-Type: text/html\r\n\r\nabc"),
        ] {
            stream.write_all(sent).await.unwrap();
            let mut answer = vec![0; expected.len()];
            stream.read_exact(&mut answer).await.unwrap();
            assert_eq!(String::from_utf8(answer).unwrap(), expected);
        }
    }
}
