//! The gate over real HTTP: what a route asks for is asked, and a change without a record does not happen.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test stops at the first surprise"
)]

mod hold;
mod live;
mod wire;

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use axum::body::Body;
use axum::extract::State;
use axum::http::{Request, StatusCode, header};
use http_body_util::BodyExt as _;
use medward_contract::event::Event;
use medward_contract::id::AccountId;
use medward_contract::identity::{ClientFacts, Credential, Directory};
use medward_contract::vault::{Ack, Durability, EventSink};
use medward_contract::{PortError, Principal, Role, SensitivityLabel};
use medward_kernel::capability::{Capability, Parts};
use medward_kernel::config::{LoadedConfig, Override, Section};
use medward_kernel::house::House;
use medward_kernel::permission::{Grant, Permission};
use medward_kernel::supervisor::Stop;
use medward_kernel::{AuditAction, BuildError, Clock, Kit, Routes, entry};
use medward_web::{ApiError, Asset, Assets, Caller, Change, Json, Site, Viewer};
use serde::{Deserialize, Serialize};
use tower::ServiceExt as _;
use utoipa_axum::routes;

/// Asks for nothing, like signing in.
#[utoipa::path(post, path = "/api/v1/shelf/knock", responses((status = 200)))]
async fn knock() {}

#[utoipa::path(post, path = "/api/v1/shelf/secrets", responses((status = 200)))]
async fn secret_create(Json(book): Json<Book>) {
    drop(book);
}

/// A live view without events.
#[utoipa::path(get, path = "/api/v1/shelf/watch", responses((status = 200)))]
async fn watch_get(State(books): State<Books>, viewer: Viewer) -> impl axum::response::IntoResponse {
    medward_web::sse::stream(futures_util::stream::pending(), viewer, &books.1)
}

const READ: Permission = Permission::new("shelf.book.read");
const SECRET_READ: Permission = Permission::new("shelf.secret.read");
const WRITE: Permission = Permission::new("shelf.book.write");

struct Shelf;

#[derive(Default, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
struct ShelfConfig {}

impl Section for ShelfConfig {}

#[derive(Clone)]
struct Books(Arc<Mutex<Vec<String>>>, Stop);

#[derive(Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct Book {
    title: String,
}

#[utoipa::path(get, path = "/api/v1/shelf/books", responses((status = 200, body = Vec<Book>)))]
async fn book_list(State(books): State<Books>, Caller(_caller): Caller) -> Json<Vec<Book>> {
    Json(books.0.lock().unwrap().iter().map(|title| Book { title: title.clone() }).collect())
}

#[utoipa::path(post, path = "/api/v1/shelf/books", responses((status = 200, body = Book)))]
async fn book_create(
    State(books): State<Books>,
    change: Change,
    Json(book): Json<Book>,
) -> Result<Json<Book>, ApiError> {
    assert!(!change.0.is_finished());
    books.0.lock().unwrap().push(book.title.clone());
    Ok(Json(book))
}

impl Capability for Shelf {
    const NAME: &'static str = "shelf";
    type Config = ShelfConfig;
    const MIGRATIONS: &'static [medward_store::Migration] = &[];
    const ERRORS: &'static [medward_contract::ErrorCode] = &[];
    const GRANTS: &'static [Grant] = &[
        Grant { permission: READ, roles: &[Role::Operator, Role::Secadmin], zh: "看书", en: "read books" },
        Grant { permission: SECRET_READ, roles: &[Role::Auditadmin], zh: "看密书", en: "read secret books" },
        Grant { permission: WRITE, roles: &[Role::Secadmin], zh: "写书", en: "write books" },
    ];

    fn build(_: ShelfConfig, kit: &Kit) -> Result<Parts, BuildError> {
        let routes = Routes::new()
            .read(READ, routes!(book_list))
            .write(WRITE, AuditAction::new("book", "create"), routes!(book_create))
            .write(Permission::PUBLIC, AuditAction::new("door", "update"), routes!(knock))
            .read(SECRET_READ, routes!(watch_get))
            .write(SECRET_READ, AuditAction::new("secret", "create"), routes!(secret_create))
            .with_state(Books(Arc::default(), kit.supervisor.stop_signals().clone()));
        Ok(Parts { routes: Some(routes), ..Parts::default() })
    }
}

/// Two people, known by their cookies.
struct TwoPeople;

const SECADMIN: &str = "secadmin-0123456789012345";
const OPERATOR: &str = "operator-0123456789012345";

#[async_trait]
impl Directory for TwoPeople {
    async fn principal(&self, credential: &Credential, _: &ClientFacts) -> Result<Option<Principal>, PortError> {
        let Credential::Session(secret) = credential else { return Ok(None) };
        let role = match secret.as_str() {
            SECADMIN => Role::Secadmin,
            OPERATOR => Role::Operator,
            _ => return Ok(None),
        };
        Ok(Some(Principal {
            account: AccountId::new(),
            login: role.to_string(),
            name: "测试".into(),
            roles: vec![role],
            clearance: SensitivityLabel::L2,
            session: None,
        }))
    }
}

struct Nowhere;

#[async_trait]
impl EventSink for Nowhere {
    fn emit(&self, _: Event) {}

    async fn append(&self, _: Vec<Event>, _: Durability) -> Result<Ack, PortError> {
        Err(PortError::Unavailable("the vault"))
    }
}

struct NoFiles;

impl Assets for NoFiles {
    fn get(&self, path: &str) -> Option<Asset> {
        (path == "index.html").then(|| Asset {
            bytes: b"<html>".as_slice().into(),
            mime: "text/html".into(),
            sha256: "ab".repeat(32),
        })
    }
}

struct Running {
    router: axum::Router,
    kit: Kit,
    _directory: tempfile::TempDir,
}

async fn running() -> Running {
    let directory = tempfile::tempdir().unwrap();
    let data_dir = Override::option("test", &["data_dir"], directory.path().to_str().unwrap());
    let config = LoadedConfig::read(None, vec![data_dir]).unwrap();
    let mut house = House::build(&config, &[entry::<Shelf>()], Clock::system()).await.unwrap();
    let kit = house.kit().clone();
    kit.ports.give::<dyn Directory>("test", Arc::new(TwoPeople)).unwrap();
    kit.ports.give::<dyn EventSink>("test", Arc::new(Nowhere)).unwrap();
    let site = Site { routes: house.take_routes(), matrix: house.matrix().clone(), assets: Arc::new(NoFiles) };
    Running { router: medward_web::router(&kit, site), kit, _directory: directory }
}

impl Running {
    async fn call(
        &self,
        method: &str,
        path: &str,
        session: Option<&str>,
        csrf: bool,
        body: &str,
    ) -> (StatusCode, serde_json::Value) {
        let mut request = Request::builder().method(method).uri(path).header(header::CONTENT_TYPE, "application/json");
        if let Some(secret) = session {
            request = request.header(header::COOKIE, format!("__Host-mw={secret}"));
            if csrf {
                request = request.header("x-medward-csrf", medward_web::csrf::token(&self.kit.keys, secret));
            }
        }
        let response = self.router.clone().oneshot(request.body(Body::from(body.to_owned())).unwrap()).await.unwrap();
        let status = response.status();
        assert!(response.headers().contains_key("content-security-policy"));
        let bytes = response.into_body().collect().await.unwrap().to_bytes();
        (status, serde_json::from_slice(&bytes).unwrap_or_default())
    }

    async fn outcomes(&self) -> Vec<(String, String)> {
        self.kit.audit.list(None, 10).await.unwrap().into_iter().map(|entry| (entry.who, entry.outcome)).collect()
    }
}

const BOOKS: &str = "/api/v1/shelf/books";
const BOOK: &str = r#"{"title":"本草"}"#;

#[tokio::test]
async fn change_needs_session_token_and_permission_and_leaves_a_record() {
    let shelf = running().await;
    let (status, problem) = shelf.call("POST", BOOKS, None, false, BOOK).await;
    assert_eq!((status.as_u16(), problem["code"].as_str()), (401, Some("WEB-0401")));
    let (status, problem) = shelf.call("POST", BOOKS, Some(SECADMIN), false, BOOK).await;
    assert_eq!((status.as_u16(), problem["code"].as_str()), (403, Some("WEB-0419")));
    let (status, problem) = shelf.call("POST", BOOKS, Some(OPERATOR), true, BOOK).await;
    assert_eq!((status.as_u16(), problem["args"]["permission"].as_str()), (403, Some("shelf.book.write")));
    assert!(shelf.outcomes().await.is_empty(), "a refused caller begins nothing");

    let (status, _) = shelf.call("POST", BOOKS, Some(SECADMIN), true, BOOK).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(shelf.outcomes().await, [("secadmin".to_owned(), "success".to_owned())]);
    let (_, books) = shelf.call("GET", BOOKS, Some(OPERATOR), false, "").await;
    assert_eq!(books[0]["title"], "本草");
}

#[tokio::test]
async fn wrong_field_is_named_and_recorded_as_failure() {
    let shelf = running().await;
    let (status, problem) = shelf.call("POST", BOOKS, Some(SECADMIN), true, r#"{"titel":"x"}"#).await;
    assert_eq!(status.as_u16(), 422);
    assert!(problem["detail"].as_str().unwrap().contains("titel"), "{problem}");
    assert!(!problem["request_id"].as_str().unwrap().is_empty());
    assert_eq!(shelf.outcomes().await[0].1, "failure");
}

#[tokio::test]
async fn change_is_refused_and_not_made_when_the_audit_trail_cannot_be_written() {
    let shelf = running().await;
    shelf.kit.db.close().await;
    let (status, problem) = shelf.call("POST", BOOKS, Some(SECADMIN), true, BOOK).await;
    assert_eq!((status.as_u16(), problem["code"].as_str()), (503, Some("WEB-0504")));
    let (_, books) = shelf.call("GET", BOOKS, Some(OPERATOR), false, "").await;
    assert_eq!(books.as_array().unwrap().len(), 0);
}

#[tokio::test]
async fn unknown_paths_methods_and_oversized_bodies_are_problems() {
    let shelf = running().await;
    let (status, problem) = shelf.call("GET", "/api/v1/nothing", None, false, "").await;
    assert_eq!((status.as_u16(), problem["code"].as_str()), (404, Some("WEB-0404")));
    let (status, problem) = shelf.call("DELETE", BOOKS, Some(SECADMIN), true, "").await;
    assert_eq!((status.as_u16(), problem["code"].as_str()), (405, Some("WEB-0405")));
    let large = format!(r#"{{"title":"{}"}}"#, "x".repeat(2 << 20));
    let (status, _) = shelf.call("POST", BOOKS, Some(SECADMIN), true, &large).await;
    assert_eq!(status.as_u16(), 200, "whoever may make the change may send much");
    let larger = format!(r#"{{"title":"{}"}}"#, "x".repeat(17 << 20));
    for (path, who, body) in [(BOOKS, Some(SECADMIN), &larger), ("/api/v1/shelf/knock", None, &large)] {
        let (status, problem) = shelf.call("POST", path, who, who.is_some(), body).await;
        assert_eq!((status.as_u16(), problem["code"].as_str()), (413, Some("WEB-0413")), "{path}");
    }
}

#[tokio::test]
async fn openapi_names_the_permission_of_every_operation() {
    let directory = tempfile::tempdir().unwrap();
    let data_dir = Override::option("test", &["data_dir"], directory.path().to_str().unwrap());
    let config = LoadedConfig::read(None, vec![data_dir]).unwrap();
    let mut house = House::build(&config, &[entry::<Shelf>()], Clock::system()).await.unwrap();
    let routes = house.take_routes();
    let document = serde_json::to_value(medward_web::openapi::document(&routes, house.matrix())).unwrap();
    assert_eq!(document["paths"][BOOKS]["post"]["x-medward-permission"], "shelf.book.write");
    assert_eq!(document["paths"][BOOKS]["get"]["x-medward-permission"], "shelf.book.read");
    assert!(document["components"]["schemas"]["Book"].is_object());
}

#[tokio::test]
async fn stranger_cannot_fill_the_audit_trail() {
    let shelf = running().await;
    let mut answered = 0;
    for _ in 0..300 {
        let (status, problem) = shelf.call("POST", "/api/v1/shelf/knock", None, false, "").await;
        if status == StatusCode::TOO_MANY_REQUESTS {
            assert_eq!(problem["code"], "WEB-0429");
            break;
        }
        answered += 1;
    }
    assert_eq!(answered, 240);
    assert_eq!(shelf.kit.audit.list(None, 500).await.unwrap().len(), 240, "the refused attempt left no record");
}
