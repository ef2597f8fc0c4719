//! Protected systems for tests: a small TCP server that records every byte it gets and answers by path.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use medward_store::testkit::spawn;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Notify, oneshot};
use tokio::task::JoinHandle;

use crate::leaks::Piece;

/// One request as it arrived.
#[derive(Debug, Clone)]
pub(crate) struct Seen {
    /// Head with its empty line.
    pub(crate) head: String,
    pub(crate) body: Vec<u8>,
}

impl Seen {
    pub(crate) fn line(&self) -> &str {
        self.head.lines().next().unwrap()
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().skip(1).find_map(|line| {
            let (key, value) = line.split_once(": ")?;
            key.eq_ignore_ascii_case(name).then_some(value)
        })
    }
}

#[derive(Default)]
struct State {
    requests: Vec<Seen>,
    bytes: Vec<u8>,
    connections: usize,
}

pub(crate) struct Backend {
    pub(crate) address: SocketAddr,
    state: Arc<Mutex<State>>,
    /// Lets `/sse` send its second event and `/slow` its answer.
    pub(crate) go_on: Arc<Notify>,
    accepting: JoinHandle<()>,
    /// Dropping it stops the backend, too.
    stop: oneshot::Sender<()>,
}

impl Backend {
    pub(crate) fn start() -> Self {
        Self::on("127.0.0.1:0")
    }

    pub(crate) fn on(address: &str) -> Self {
        let socket = tokio::net::TcpSocket::new_v4().unwrap();
        socket.set_reuseaddr(true).unwrap();
        socket.bind(address.parse().unwrap()).unwrap();
        let listener: TcpListener = socket.listen(64).unwrap();
        let address = listener.local_addr().unwrap();
        let state = Arc::<Mutex<State>>::default();
        let go_on = Arc::new(Notify::new());
        let (shared, notify) = (state.clone(), go_on.clone());
        let (stop, mut stopped) = oneshot::channel();
        let accepting = spawn(async move {
            let mut connections = tokio::task::JoinSet::new();
            loop {
                tokio::select! {
                    accepted = listener.accept() => {
                        connections.spawn(serve(accepted.unwrap().0, shared.clone(), notify.clone()));
                    }
                    _ = &mut stopped => break,
                }
            }
            // Only now is it certain that nobody answers any more.
            connections.shutdown().await;
        });
        Self { address, state, go_on, accepting, stop }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    pub(crate) fn requests(&self) -> Vec<Seen> {
        self.state.lock().unwrap().requests.clone()
    }

    /// Every byte that arrived, in order of arrival.
    pub(crate) fn bytes(&self) -> Vec<u8> {
        self.state.lock().unwrap().bytes.clone()
    }

    pub(crate) fn connections(&self) -> usize {
        self.state.lock().unwrap().connections
    }

    /// Stops answering; connections are cut.
    pub(crate) async fn stop(self) -> SocketAddr {
        drop(self.stop);
        self.accepting.await.unwrap();
        self.address
    }
}

/// Reads into `buffer` until it holds `count` bytes; false at the end of the connection.
async fn fill(stream: &mut TcpStream, buffer: &mut Vec<u8>, count: usize, state: &Mutex<State>) -> bool {
    let mut chunk = [0; 4096];
    while buffer.len() < count {
        match stream.read(&mut chunk).await {
            Ok(0) | Err(_) => return false,
            Ok(read) => {
                let mut state = state.lock().unwrap();
                // Large uploads are counted, not kept: this process is measured.
                if state.bytes.len() < 1 << 20 {
                    state.bytes.extend_from_slice(&chunk[..read]);
                }
                buffer.extend_from_slice(&chunk[..read]);
            }
        }
    }
    true
}

async fn read_line(stream: &mut TcpStream, buffer: &mut Vec<u8>, state: &Mutex<State>) -> Option<Vec<u8>> {
    loop {
        if let Some(at) = buffer.windows(2).position(|pair| pair == b"\r\n") {
            let line = buffer[..at].to_vec();
            buffer.drain(..at + 2);
            return Some(line);
        }
        let wanted = buffer.len() + 1;
        if !fill(stream, buffer, wanted, state).await {
            return None;
        }
    }
}

async fn read_body(stream: &mut TcpStream, buffer: &mut Vec<u8>, seen: &Seen, state: &Mutex<State>) -> Option<Vec<u8>> {
    if seen.header("transfer-encoding").is_some_and(|coding| coding.eq_ignore_ascii_case("chunked")) {
        let (mut body, mut kept) = (Vec::new(), 0);
        loop {
            let size = String::from_utf8(read_line(stream, buffer, state).await?).unwrap();
            let size = usize::from_str_radix(size.split(';').next().unwrap().trim(), 16).unwrap();
            if !fill(stream, buffer, size + 2, state).await {
                return None;
            }
            let data: Vec<u8> = buffer.drain(..size).collect();
            if kept <= 1 << 20 {
                kept += data.len();
                body.extend(data);
            }
            assert_eq!(buffer.drain(..2).collect::<Vec<_>>(), b"\r\n");
            if size == 0 {
                return Some(body);
            }
        }
    }
    let length: usize = seen.header("content-length").map_or(0, |length| length.parse().unwrap());
    let mut body = Vec::new();
    let mut count = 0;
    while count < length {
        if buffer.is_empty() && !fill(stream, buffer, 1, state).await {
            return None;
        }
        let take = buffer.len().min(length - count);
        count += take;
        let taken = buffer.drain(..take);
        if length <= 1 << 20 {
            body.extend(taken);
        }
    }
    Some(body)
}

async fn serve(mut stream: TcpStream, state: Arc<Mutex<State>>, go_on: Arc<Notify>) {
    let mut buffer = Vec::new();
    // A health check that only connects is no connection of a request.
    if !fill(&mut stream, &mut buffer, 1, &state).await {
        return;
    }
    state.lock().unwrap().connections += 1;
    loop {
        let mut head = Vec::new();
        loop {
            let Some(line) = read_line(&mut stream, &mut buffer, &state).await else { return };
            head.extend_from_slice(&line);
            head.extend_from_slice(b"\r\n");
            if line.is_empty() {
                break;
            }
        }
        let mut seen = Seen { head: String::from_utf8_lossy(&head).into_owned(), body: Vec::new() };
        let Some(body) = read_body(&mut stream, &mut buffer, &seen, &state).await else { return };
        seen.body = body;
        let path = seen.line().split(' ').nth(1).unwrap().split('?').next().unwrap().to_owned();
        state.lock().unwrap().requests.push(seen.clone());
        if !answer(&mut stream, &path, &seen, &go_on).await {
            return;
        }
    }
}

/// Answers; false when the connection is over.
async fn answer(stream: &mut TcpStream, path: &str, seen: &Seen, go_on: &Notify) -> bool {
    let text = |text: &str| {
        format!("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: {}\r\n\r\n{text}", text.len())
    };
    if let Some(pieces) = crate::leaks::pieces(path) {
        for piece in pieces {
            match piece {
                Piece::Bytes(bytes) if stream.write_all(&bytes).await.is_ok() => {}
                Piece::Wait => go_on.notified().await,
                Piece::Bytes(_) | Piece::Close => return false,
            }
        }
        return true;
    }
    let reply = match path {
        "/echo" => {
            let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n", seen.body.len());
            stream.write_all(head.as_bytes()).await.unwrap();
            return stream.write_all(&seen.body).await.is_ok();
        }
        "/mirror" => return mirror(stream, seen).await,
        "/sse" => {
            let first = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n\
                         f\r\ndata: first\r\n\r\n\r\n";
            stream.write_all(first.as_bytes()).await.unwrap();
            go_on.notified().await;
            "10\r\ndata: second\r\n\r\n\r\n0\r\n\r\n".to_owned()
        }
        "/slow" => {
            go_on.notified().await;
            text("slow")
        }
        "/large" => {
            let head = "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 20000000\r\n\r\n";
            stream.write_all(head.as_bytes()).await.unwrap();
            return stream.write_all(&vec![b'x'; 20_000_000]).await.is_ok();
        }
        "/unavailable" => "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n".to_owned(),
        "/garbage" => "this is no HTTP\r\n\r\n".to_owned(),
        "/close" => {
            drop(stream.write_all(text("bye").replacen("\r\n", "\r\nConnection: close\r\n", 1).as_bytes()).await);
            return false;
        }
        "/cut" => return false,
        "/headers" => {
            "HTTP/1.1 200 OK\r\nConnection: X-Hop, keep-alive\r\nX-Hop: 1\r\nKeep-Alive: timeout=5\r\nX-Kept: 2\r\n\
             Set-Cookie: a=1\r\nSet-Cookie: b=2\r\nContent-Length: 2\r\n\r\nok"
                .to_owned()
        }
        "/telltale" => {
            "HTTP/1.1 200 OK\r\nServer: Microsoft-IIS/7.5\r\nX-Powered-By: ASP.NET\r\nX-AspNet-Version: 4.0.30319\r\n\
             Referrer-Policy: no-referrer\r\nSet-Cookie: ASP.NET_SessionId=7; path=/; httponly\r\n\
             Set-Cookie: theme=dark\r\nContent-Length: 2\r\n\r\nok"
                .to_owned()
        }
        path if path.starts_with("/even-missing/") && path.ends_with(['0', '2', '4', '6', '8']) => {
            "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n".to_owned()
        }
        _ => text(&format!("you asked for {path}")),
    };
    stream.write_all(reply.as_bytes()).await.is_ok()
}

/// Answers with the body it got, in the way that the request asks for: `X-Answer-Status`, `X-Answer-Type` (`none`: it has none), and with
/// `X-Answer-Piece` in chunks of so many bytes.
async fn mirror(stream: &mut TcpStream, seen: &Seen) -> bool {
    let status = seen.header("x-answer-status").unwrap_or("200");
    let kind = match seen.header("x-answer-type").unwrap_or("text/html") {
        "none" => String::new(),
        kind => format!("Content-Type: {kind}\r\n"),
    };
    let coding = seen.header("accept-encoding").unwrap_or("-");
    let head = format!("HTTP/1.1 {status} OK\r\n{kind}X-Asked-Coding: {coding}\r\n");
    let Some(piece) = seen.header("x-answer-piece").and_then(|piece| piece.parse::<usize>().ok()) else {
        let head = format!("{head}Content-Length: {}\r\n\r\n", seen.body.len());
        return stream.write_all(head.as_bytes()).await.is_ok() && stream.write_all(&seen.body).await.is_ok();
    };
    let mut answer = format!("{head}Transfer-Encoding: chunked\r\n\r\n").into_bytes();
    for chunk in seen.body.chunks(piece) {
        answer.extend_from_slice(format!("{:x}\r\n", chunk.len()).as_bytes());
        answer.extend_from_slice(chunk);
        answer.extend_from_slice(b"\r\n");
    }
    answer.extend_from_slice(b"0\r\n\r\n");
    stream.write_all(&answer).await.is_ok()
}
