//! WebSocket through the gateway, with a peer we did not write on both sides.

use futures_util::{SinkExt as _, StreamExt as _};
use medward_contract::event::{Dataset, Field};
use medward_store::testkit::spawn;
use tokio::net::{TcpListener, TcpStream};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;
use tokio_tungstenite::{accept_async, client_async};

use crate::backend::Backend;
use crate::client::RawClient;
use crate::rig::{Rig, site};
use crate::upstreams::ONE_EACH;

pub(crate) async fn echo_server() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            spawn(echo(stream));
        }
    });
    url
}

async fn echo(stream: TcpStream) {
    // A health check only connects.
    let Ok(mut socket) = accept_async(stream).await else { return };
    while let Some(Ok(message)) = socket.next().await {
        if message.is_close() {
            break;
        }
        socket.send(message).await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn messages_of_every_size_come_back_and_the_tunnel_is_one_request() {
    let rig = Rig::start(site(&[echo_server().await], "")).await;
    let stream = TcpStream::connect(rig.http()).await.unwrap();
    let (mut socket, response) = client_async("ws://tj.example.org/ws", stream).await.unwrap();
    assert_eq!(response.status(), 101);
    for size in [0, 1, 125, 126, 65_536, 1_000_000] {
        let message = Message::binary(vec![7; size]);
        socket.send(message.clone()).await.unwrap();
        assert_eq!(socket.next().await.unwrap().unwrap(), message, "{size}");
    }
    socket.close(None).await.unwrap();
    drop(socket);
    let access = rig.recorder.wait(Dataset::AccessRequest, 1).await.remove(0);
    assert_eq!(access.int(Field::HttpStatus), Some(101));
    assert!(access.attrs["http.response.bytes"].as_u64().unwrap() > 1_000_000);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn client_is_told_that_the_gateway_goes_away_and_the_upstream_hears_the_answer() {
    let rig = Rig::start(site(&[echo_server().await], "")).await;
    let stream = TcpStream::connect(rig.http()).await.unwrap();
    let (mut socket, _) = client_async("ws://tj.example.org/ws", stream).await.unwrap();
    socket.send(Message::text("在吗")).await.unwrap();
    assert_eq!(socket.next().await.unwrap().unwrap(), Message::text("在吗"));
    let Rig { house, api, directory: _kept, .. } = rig;
    drop(api);
    let told = async {
        let close = socket.next().await.unwrap().unwrap();
        // What is read on is the end of the connection, after the answer was sent.
        (close, socket.next().await.is_none())
    };
    let (stragglers, (close, ended)) = tokio::join!(house.stop(), told);
    let Message::Close(Some(frame)) = close else { panic!("{close}") };
    assert_eq!((frame.code, ended), (CloseCode::Away, true));
    assert_eq!(stragglers, Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn handshake_is_judged_like_any_request() {
    let rig = Rig::start(site(&[echo_server().await], "")).await;
    let stream = TcpStream::connect(rig.http()).await.unwrap();
    let error = client_async("ws://tj.example.org/ws?id=1'%20or%20'1'='1", stream).await.unwrap_err();
    assert!(error.to_string().contains("403"), "{error}");
    rig.recorder.wait(Dataset::WafAttack, 1).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn handshake_with_a_body_is_refused() {
    let backend = Backend::start();
    let rig = Rig::start(site(&[backend.url()], "")).await;
    let ask = "GET /ws HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n";
    for body in ["Content-Length: 10\r\n\r\n0123456789", "Transfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n\r\n"] {
        let mut client = RawClient::connect(rig.http()).await;
        client.send(format!("{ask}{body}")).await;
        assert_eq!(client.response().await.status, 400, "{body}");
        assert_eq!(client.rest().await, b"");
    }
    let refused = rig.recorder.wait(Dataset::AccessRequest, 2).await;
    assert!(refused.iter().all(|event| event.text(Field::RuleName) == Some("upgrade_with_body")));
    assert!(backend.bytes().is_empty());
    // An announced length of nothing is no body.
    let mut client = RawClient::connect(rig.http()).await;
    client.send(format!("{ask}Content-Length: 0\r\n\r\n")).await;
    assert_eq!(client.response().await.text(), "you asked for /ws");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn switch_that_the_system_declines_or_that_is_no_websocket_stays_http() {
    let backend = Backend::start();
    let rig = Rig::start(site(&[backend.url()], "")).await;
    let mut client = RawClient::connect(rig.http()).await;
    client.send("GET /plain HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n").await;
    assert_eq!(client.response().await.text(), "you asked for /plain");
    client
        .send("GET /h2c HTTP/1.1\r\nHost: a\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AA\r\n\r\n")
        .await;
    assert_eq!(client.response().await.text(), "you asked for /h2c");
    let seen = backend.requests();
    assert_eq!(seen[0].header("upgrade"), Some("websocket"));
    assert_eq!((seen[1].header("upgrade"), seen[1].header("http2-settings")), (None, None));
    rig.recorder.access(2).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn open_websocket_takes_no_place_at_the_upstream_from_others() {
    let rig = Rig::start(format!("{ONE_EACH}{}", site(&[echo_server().await], ""))).await;
    let mut open = Vec::new();
    for text in ["here", "there"] {
        let stream = TcpStream::connect(rig.http()).await.unwrap();
        let (mut socket, _) = client_async("ws://tj.example.org/ws", stream).await.unwrap();
        socket.send(Message::text(text)).await.unwrap();
        assert_eq!(socket.next().await.unwrap().unwrap(), Message::text(text));
        open.push(socket);
    }
}
