//! A raw HTTP/1 client: sends exactly the bytes it is told to and reads whole responses.

use std::net::SocketAddr;

use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::recorder::PATIENCE;

#[derive(Debug, Clone)]
pub(crate) struct Response {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: Vec<u8>,
}

impl Response {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().skip(1).find_map(|line| {
            let (key, value) = line.split_once(": ")?;
            key.eq_ignore_ascii_case(name).then_some(value)
        })
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

pub(crate) struct RawClient<S = TcpStream> {
    pub(crate) stream: S,
    buffer: Vec<u8>,
}

impl RawClient {
    pub(crate) async fn connect(address: SocketAddr) -> Self {
        Self::over(TcpStream::connect(address).await.unwrap())
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> RawClient<S> {
    pub(crate) fn over(stream: S) -> Self {
        Self { stream, buffer: Vec::new() }
    }

    pub(crate) async fn send(&mut self, bytes: impl AsRef<[u8]>) {
        self.stream.write_all(bytes.as_ref()).await.unwrap();
        self.stream.flush().await.unwrap();
    }

    /// Reads more; false at the end of the connection.
    async fn more(&mut self) -> bool {
        let mut chunk = [0; 4096];
        let read = tokio::time::timeout(PATIENCE, self.stream.read(&mut chunk)).await.expect("an answer in time");
        let count = read.unwrap_or(0);
        self.buffer.extend_from_slice(&chunk[..count]);
        count > 0
    }

    /// The head of the next response.
    pub(crate) async fn head(&mut self) -> String {
        loop {
            if let Some(at) = self.buffer.windows(4).position(|four| four == b"\r\n\r\n") {
                let head: Vec<u8> = self.buffer.drain(..at + 4).collect();
                return String::from_utf8(head).unwrap();
            }
            assert!(
                self.more().await,
                "the connection ended before a head: {:?}",
                String::from_utf8_lossy(&self.buffer)
            );
        }
    }

    /// Exactly the next bytes.
    pub(crate) async fn bytes(&mut self, count: usize) -> Vec<u8> {
        while self.buffer.len() < count {
            assert!(self.more().await, "the connection ended early");
        }
        self.buffer.drain(..count).collect()
    }

    async fn line(&mut self) -> String {
        loop {
            if let Some(at) = self.buffer.windows(2).position(|pair| pair == b"\r\n") {
                let line: Vec<u8> = self.buffer.drain(..at + 2).collect();
                return String::from_utf8(line[..at].to_vec()).unwrap();
            }
            assert!(self.more().await, "the connection ended in a line");
        }
    }

    /// One chunk of a chunked body; empty at its end.
    pub(crate) async fn chunk(&mut self) -> Vec<u8> {
        let size = usize::from_str_radix(&self.line().await, 16).unwrap();
        let data = self.bytes(size).await;
        assert_eq!(self.bytes(2).await, b"\r\n");
        data
    }

    /// The next response as a whole, to a request other than HEAD.
    pub(crate) async fn response(&mut self) -> Response {
        let head = self.head().await;
        let status = head[9..12].parse().unwrap();
        let mut response = Response { status, head, body: Vec::new() };
        if let Some(length) = response.header("content-length") {
            response.body = self.bytes(length.parse().unwrap()).await;
        } else if response.header("transfer-encoding").is_some() {
            loop {
                let chunk = self.chunk().await;
                if chunk.is_empty() {
                    break;
                }
                response.body.extend(chunk);
            }
        } else if !matches!(status, 100..=199 | 204 | 304) {
            while self.more().await {}
            response.body = std::mem::take(&mut self.buffer);
        }
        response
    }

    /// Whatever comes until the connection ends.
    pub(crate) async fn rest(&mut self) -> Vec<u8> {
        while self.more().await {}
        std::mem::take(&mut self.buffer)
    }

    pub(crate) async fn get(&mut self, path: &str) -> Response {
        self.send(format!("GET {path} HTTP/1.1\r\nHost: tj.example.org\r\n\r\n")).await;
        self.response().await
    }
}

/// One GET on a connection of its own.
pub(crate) async fn get(address: SocketAddr, path: &str) -> Response {
    RawClient::connect(address).await.get(path).await
}

/// One POST on a connection of its own.
pub(crate) async fn post(address: SocketAddr, path: &str, kind: &str, body: &[u8]) -> Response {
    let mut client = RawClient::connect(address).await;
    let length = body.len();
    let head = format!(
        "POST {path} HTTP/1.1\r\nHost: tj.example.org\r\nContent-Type: {kind}\r\nContent-Length: {length}\r\n\r\n"
    );
    client.send(head).await;
    client.send(body).await;
    client.response().await
}
