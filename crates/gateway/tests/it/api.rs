//! Calls held against an OpenAPI document, and what answers must not carry out (CD-046, gateway.md §5, §10).

use medward_contract::Role;
use medward_contract::event::{Dataset, Field};
use serde_json::{Value, json};

use crate::backend::Backend;
use crate::client::{RawClient, Response};
use crate::rig::Rig;

const CONFIG: &str = "[gateway]\nhttp = \"127.0.0.1:0\"\nhttps = \"\"\n";

const BOOKING: &str = r#"
openapi: 3.0.3
info: { title: 预约, version: "1" }
paths:
  /slots:
    get:
      operationId: listSlots
      parameters:
        - { name: day, in: query, required: true, schema: { type: string, format: date } }
        - { name: page, in: query, schema: { type: integer, minimum: 1 } }
  /mirror:
    post:
      requestBody:
        required: true
        content:
          application/json:
            schema:
              type: object
              required: [slot, patient]
              properties:
                slot: { type: integer }
                patient: { type: string, maxLength: 18 }
              additionalProperties: false
"#;

async fn protect(rig: &Rig, backend: &Backend, settings: Value) -> Value {
    let site = json!({ "name": "site", "hosts": ["*"], "upstreams": [backend.url()], "settings": settings });
    let (code, made) = rig.call(Role::Secadmin, "POST", "/objects", &site.to_string()).await;
    assert_eq!(code, 201, "{made}");
    made
}

async fn describe(rig: &Rig) -> Value {
    let input = json!({ "name": "预约接口", "document": BOOKING }).to_string();
    let (code, made) = rig.call(Role::Secadmin, "POST", "/schemas", &input).await;
    assert_eq!((code, made["operations"].as_u64()), (201, Some(2)), "{made}");
    made
}

async fn send(rig: &Rig, line: &str, headers: &str, body: &[u8]) -> Response {
    let mut raw = RawClient::connect(rig.http()).await;
    raw.send(format!("{line} HTTP/1.1\r\nHost: a\r\n{headers}Content-Length: {}\r\n\r\n", body.len())).await;
    raw.send(body).await;
    raw.response().await
}

async fn post(rig: &Rig, kind: &str, body: &str) -> u16 {
    send(rig, "POST /mirror", &format!("Content-Type: {kind}\r\n"), body.as_bytes()).await.status
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn cd046_calls_that_are_not_described_are_refused_and_never_reach_the_application() {
    let backend = Backend::start();
    let rig = Rig::start(CONFIG).await;
    let schema = describe(&rig).await;
    protect(&rig, &backend, json!({ "api": { "schema_id": schema["id"], "mode": "enforce" } })).await;
    assert_eq!(send(&rig, "GET /slots?day=2026-11-22&page=2", "", b"").await.status, 200);
    assert_eq!(send(&rig, "GET /slots", "", b"").await.status, 400, "day is missing");
    assert_eq!(send(&rig, "GET /slots?day=tomorrow", "", b"").await.status, 400);
    assert_eq!(send(&rig, "GET /slots?day=2026-11-22&page=0", "", b"").await.status, 400);
    assert_eq!(send(&rig, "DELETE /slots?day=2026-11-22", "", b"").await.status, 405);
    assert_eq!(send(&rig, "GET /admin", "", b"").await.status, 404);
    assert_eq!(post(&rig, "application/json", r#"{"slot":7,"patient":"王小明"}"#).await, 200);
    assert_eq!(post(&rig, "application/json", r#"{"slot":"7","patient":"王小明"}"#).await, 400);
    assert_eq!(post(&rig, "application/json", r#"{"slot":7}"#).await, 400);
    assert_eq!(post(&rig, "application/json", r#"{"slot":7,"patient":"x","admin":true}"#).await, 400);
    assert_eq!(post(&rig, "text/plain", "x").await, 415);
    assert_eq!(backend.requests().len(), 2);
    let reasons = rig.recorder.access(11).await;
    assert_eq!(reasons.iter().filter(|(_, reason)| reason == "api_schema").count(), 9, "{reasons:?}");
    for event in rig.recorder.of(Dataset::WafAttack) {
        assert_eq!(event.text(Field::RuleCategory), Some("api_abuse"));
        assert!(!format!("{event:?}").contains("王小明"), "what was sent may be a patient's");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn description_that_only_observes_tells_and_lets_pass_and_one_in_use_stays() {
    let backend = Backend::start();
    let rig = Rig::start(CONFIG).await;
    let schema = describe(&rig).await;
    protect(&rig, &backend, json!({ "api": { "schema_id": schema["id"] } })).await;
    assert_eq!(send(&rig, "GET /admin", "", b"").await.status, 200);
    let attacks = rig.recorder.wait(Dataset::WafAttack, 1).await;
    assert_eq!((attacks[0].text(Field::RuleId), &*attacks[0].action), (Some("api:unknown_path"), "observe"));
    let id = schema["id"].as_str().unwrap();
    assert_eq!(rig.call(Role::Secadmin, "DELETE", &format!("/schemas/{id}"), "").await.0, 409);
    let (code, told) = rig.call(Role::Operator, "GET", &format!("/schemas/{id}"), "").await;
    assert_eq!((code, told["operations"][1]["operation_id"].as_str()), (200, Some("listSlots")), "{told}");
    let wrong = json!({ "name": "x", "document": "openapi: 3.0.3\npaths: 7\n" }).to_string();
    let (code, problem) = rig.call(Role::Secadmin, "POST", "/schemas", &wrong).await;
    assert_eq!((code, problem["args"]["field"].as_str()), (422, Some("document")), "{problem}");
    let (_, file) = rig.call(Role::Secadmin, "GET", "/policy/export", "").await;
    assert_eq!(file["objects"][0]["settings"]["api"]["schema_id"], "预约接口");
    let other = Rig::start(CONFIG).await;
    let body = json!({ "policy": file }).to_string();
    let (code, told) = other.call(Role::Secadmin, "POST", "/policy/import", &body).await;
    assert_eq!((code, told["created"].as_u64()), (200, Some(2)), "{told}");
    assert_eq!(other.call(Role::Secadmin, "GET", "/policy/export", "").await.1, file);
}

const PATIENT: &str = r#"{"name":"王小明","card":"11010519491231002X","phone":"13800138000","no":"20261122000123"}"#;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn numbers_of_patients_are_masked_in_text_however_it_is_cut_and_nowhere_else() {
    let backend = Backend::start();
    let rig = Rig::start(CONFIG).await;
    protect(&rig, &backend, json!({ "api": { "mask_identity_numbers": true, "mask_mobile_numbers": true } })).await;
    let answer = async |headers: &str| {
        let headers = format!("Content-Type: application/json\r\nAccept-Encoding: gzip, br\r\n{headers}");
        let response = send(&rig, "POST /mirror", &headers, PATIENT.as_bytes()).await;
        assert_eq!(response.header("x-asked-coding"), Some("identity"));
        response.text()
    };
    let whole = answer("X-Answer-Type: application/json\r\n").await;
    assert_eq!(whole.len(), PATIENT.len());
    assert!(!whole.contains("19491231002X") && !whole.contains("13800138000"), "{whole}");
    assert!(whole.contains("王小明") && whole.contains("20261122000123"), "{whole}");
    for piece in [1, 7, 30] {
        assert_eq!(answer(&format!("X-Answer-Type: application/json\r\nX-Answer-Piece: {piece}\r\n")).await, whole);
    }
    assert_eq!(answer("X-Answer-Type: application/pdf\r\n").await, PATIENT, "a file is not text");
    let access = rig.recorder.wait(Dataset::AccessRequest, 5).await;
    let masked: Vec<_> =
        access.iter().map(|event| event.attrs.get("waf.masked").and_then(serde_json::Value::as_i64)).collect();
    assert_eq!(masked.iter().filter(|masked| **masked == Some(2)).count(), 4, "{masked:?}");
    assert!(access.iter().all(|event| event.int(Field::HttpStatus) == Some(200)), "each was complete");
}

const TRACE: &str = "<html><body><h1>HTTP Status 500</h1><pre>java.lang.NullPointerException\n\
    \tat com.hospital.report.ReportService.find(ReportService.java:42)\n\
    \tat org.springframework.web.servlet.FrameworkServlet.service(FrameworkServlet.java:897)\n</pre></body></html>";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn error_page_with_a_trace_is_replaced_and_an_honest_one_is_not() {
    let backend = Backend::start();
    let rig = Rig::start(CONFIG).await;
    protect(&rig, &backend, json!({ "api": { "hide_errors": true } })).await;
    let answer = async |status: &str, body: &str| {
        let headers = format!("Content-Type: text/html\r\nX-Answer-Status: {status}\r\n");
        let response = send(&rig, "POST /mirror", &headers, body.as_bytes()).await;
        (response.status, response.text())
    };
    let (status, page) = answer("500", TRACE).await;
    assert!(status == 500 && !page.contains("com.hospital"), "{page}");
    assert_eq!(
        answer("500", "<html>系统维护中，请稍后再试</html>").await,
        (500, "<html>系统维护中，请稍后再试</html>".into())
    );
    assert_eq!(answer("200", TRACE).await, (200, TRACE.into()), "a page about traces is no error page");
    let attacks = rig.recorder.wait(Dataset::WafAttack, 1).await;
    assert_eq!(attacks[0].text(Field::RuleCategory), Some("leak"));
    rig.recorder.access(3).await;
}
