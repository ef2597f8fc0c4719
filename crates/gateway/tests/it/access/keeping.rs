//! Sessions over restarts, without their database, and at their end.

use std::time::Duration;

use futures_util::{SinkExt as _, StreamExt as _};
use medward_contract::Role;
use serde_json::json;
use tokio::net::TcpStream;
use tokio_tungstenite::client_async;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;

use super::people::PASSWORD;
use super::{House, PAGE, form};
use crate::client::RawClient;
use crate::rig::Setup;
use crate::websocket::echo_server;

impl House {
    /// Stops the gateway and starts it again on the same data.
    async fn restart(self) -> Self {
        let Self { rig, backend, people, guard, .. } = self;
        let crate::rig::Rig { house, api, directory, .. } = rig;
        drop(api);
        assert_eq!(house.stop().await, Vec::<String>::new());
        let (mut setup, hand) = Setup::new(super::CONFIG).with_manual_clock();
        (setup.authenticator, setup.directory) = (people.clone(), directory);
        Self { rig: setup.start().await, backend, people, hand, guard }
    }

    async fn sql(&self, text: &'static str) {
        let db = self.rig.house.kit().db.clone();
        db.write(|tx| Box::pin(async move { medward_store::execute!(tx, text).await.map(drop) })).await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn session_outlives_a_restart_and_one_altered_in_the_database_does_not() {
    let house = House::new(json!({})).await;
    let (wang, batch) = (house.login("wang").await, house.login("batch").await);
    house.sql("UPDATE gateway_session SET subject = replace(subject, '\"priority\":9', '\"priority\":0')").await;
    let house = house.restart().await;
    assert_eq!(house.get("/", &wang).await.status, 200);
    assert_eq!(house.get("/", &batch).await.status, 303, "a class that nobody gave");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_its_database_the_gateway_keeps_who_is_in_and_lets_nobody_in() {
    let house = House::new(json!({})).await;
    let (wang, batch) = (house.login("wang").await, house.login("batch").await);
    house.sql("ALTER TABLE gateway_session RENAME TO away").await;
    assert_eq!(house.get("/", &wang).await.status, 200);
    let refused = house.try_login("急诊", "/").await;
    assert!(refused.status == 503 && refused.text().contains("目前无法登录"), "{}", refused.text());
    assert_eq!(house.post("/.medward/logout", &batch, "").await.status, 200);
    assert_eq!(house.get("/", &batch).await.status, 303, "who leaves is out, whatever the database says");
    house.sql("ALTER TABLE away RENAME TO gateway_session").await;
    // The end is written down when the database is back, or a restart would bring the session back to life.
    house.hand.advance(Duration::from_secs(5));
    let ended = async {
        loop {
            let db = &house.rig.house.kit().db;
            let mut reader = db.read().await.unwrap();
            let row: Option<(i64,)> = medward_store::fetch_optional!(
                &mut reader,
                (i64,),
                "SELECT CAST(COUNT(*) AS BIGINT) FROM gateway_session WHERE ended_at IS NULL"
            )
            .await
            .unwrap();
            if row == Some((1,)) {
                return;
            }
            house.hand.advance(Duration::from_secs(5));
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(crate::recorder::PATIENCE, ended).await.expect("the end is written in time");
    let house = house.restart().await;
    assert_eq!(house.get("/", &batch).await.status, 303);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn stream_ends_with_the_session() {
    let house = House::new(json!({})).await;
    let session = house.login("wang").await;
    let mut stream = RawClient::connect(house.rig.http()).await;
    stream.send(format!("GET /sse HTTP/1.1\r\nHost: pacs.local\r\n{PAGE}Cookie: {session}\r\n\r\n")).await;
    assert!(stream.head().await.starts_with("HTTP/1.1 200"));
    stream.chunk().await;
    let (_, listed) = house.rig.call(Role::Auditor, "GET", "/sessions", "").await;
    let id = listed["items"][0]["id"].as_str().unwrap();
    assert_eq!(house.rig.call(Role::Secadmin, "DELETE", &format!("/sessions/{id}"), "").await.0, 204);
    let rest = stream.rest().await;
    assert!(!rest.ends_with(b"0\r\n\r\n"), "it is cut, not ended: {rest:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn websocket_ends_with_the_session() {
    let house = House::new(json!({})).await;
    let echo = json!({ "name": "会诊", "hosts": ["*"], "path_prefix": "/ws", "upstreams": [echo_server().await],
        "settings": { "guard_id": house.guard } });
    assert_eq!(house.rig.call(Role::Secadmin, "POST", "/objects", &echo.to_string()).await.0, 201);
    let session = house.login("wang").await;
    let shake = |cookie: &str| {
        let mut request = "ws://pacs.local/ws".into_client_request().unwrap();
        request.headers_mut().insert("cookie", cookie.parse().unwrap());
        request
    };
    let stream = TcpStream::connect(house.rig.http()).await.unwrap();
    let refused = client_async(shake("a=1"), stream).await.unwrap_err();
    assert!(refused.to_string().contains("401") || refused.to_string().contains("303"), "{refused}");
    let stream = TcpStream::connect(house.rig.http()).await.unwrap();
    let (mut socket, _) = client_async(shake(&session), stream).await.unwrap();
    socket.send(Message::text("在吗")).await.unwrap();
    assert_eq!(socket.next().await.unwrap().unwrap(), Message::text("在吗"));
    assert_eq!(house.post("/.medward/logout", &session, "").await.status, 200);
    let end = tokio::time::timeout(crate::recorder::PATIENCE, socket.next()).await.expect("an end in time");
    assert!(end.is_none_or(|message| message.is_err()), "the tunnel is cut");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_logins_of_one_account_at_once_leave_one_session() {
    let house = House::new(json!({ "on_second": "replace" })).await;
    let (first, second) = tokio::join!(house.login("wang"), house.login("wang"));
    let living = [house.get("/", &first).await.status, house.get("/", &second).await.status];
    assert_eq!(living.iter().filter(|status| **status == 200).count(), 1, "{living:?}");
    let (_, listed) = house.rig.call(Role::Auditor, "GET", "/sessions", "").await;
    assert_eq!(listed["items"].as_array().unwrap().len(), 1);
    let body = form(&[("step", "password"), ("to", "/"), ("login", "wang"), ("password", PASSWORD)]);
    assert_eq!(house.post("/.medward/login", "", &body).await.status, 200);
}
