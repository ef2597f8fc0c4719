//! Responses are judged where the policy has rules for them: what a rule refuses never reaches the client, and what no rule
//! looks at is not held back.

use std::sync::Arc;

use medward_contract::ErrorCode;
use medward_contract::event::{Dataset, Field};
use medward_gateway::inspect::Waf;
use medward_gateway::{Gateway, GatewayConfig, build_with};
use medward_kernel::permission::Grant;
use medward_kernel::{BuildError, Capability, Kit, Parts};
use medward_store::Migration;
use medward_waf::{CompileOptions, SourceFile, Sources, compile};

use crate::backend::Backend;
use crate::client::{RawClient, get, post};
use crate::rig::{Rig, Setup, site};

const RULES: &str = r#"
SecResponseBodyAccess On
SecRule ARGS:word "@contains evil" "id:900,phase:2,pass,log,msg:'bad word',tag:attack-sqli,setvar:tx.score_in=+5"
SecRule RESPONSE_HEADERS:Set-Cookie "@streq b=2" "id:901,phase:3,deny,msg:'a cookie leaks',tag:attack-disclosure"
SecRule RESPONSE_BODY "@contains secret" "id:902,phase:4,deny,msg:'a secret leaks',tag:attack-disclosure"
"#;

/// The gateway with rules for responses.
struct LeakGateway;

impl Capability for LeakGateway {
    const NAME: &'static str = "gateway";
    type Config = GatewayConfig;
    const MIGRATIONS: &'static [Migration] = Gateway::MIGRATIONS;
    const ERRORS: &'static [ErrorCode] = &[];
    const GRANTS: &'static [Grant] = Gateway::GRANTS;

    fn build(config: GatewayConfig, kit: &Kit) -> Result<Parts, BuildError> {
        let files = vec![SourceFile { path: "rules.conf".to_owned(), bytes: RULES.into() }];
        let (program, _) = compile(&Sources { files, ..Sources::default() }, &CompileOptions::default()).unwrap();
        build_with(&config, kit, Arc::new(Waf::new(program, kit.clock.clone())))
    }
}

async fn rig(upstream: &str, more: &str) -> Rig {
    Setup::new(site(&[upstream.to_owned()], more)).with_engine::<LeakGateway>().start().await
}

/// The rules of the only attack on record.
async fn attack(rig: &Rig) -> String {
    let events = rig.recorder.wait(Dataset::WafAttack, 1).await;
    events[0].text(Field::RuleId).unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn answer_that_a_rule_refuses_never_reaches_the_client() {
    let backend = Backend::start();
    let rig = rig(&backend.url(), "").await;
    assert_eq!(get(rig.http(), "/report").await.text(), "you asked for /report");
    let refused = get(rig.http(), "/secret").await;
    assert_eq!(refused.status, 403);
    assert!(!refused.text().contains("you asked for"), "{}", refused.text());
    assert_eq!(backend.requests().len(), 2, "the system was asked");
    assert_eq!(attack(&rig).await, "902");
    assert_eq!(rig.recorder.access(2).await, [(200, String::new()), (403, "waf".to_owned())]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn answer_is_judged_by_its_head_before_its_body_is_read() {
    let backend = Backend::start();
    let rig = rig(&backend.url(), "").await;
    assert_eq!(get(rig.http(), "/headers").await.status, 403);
    assert_eq!(attack(&rig).await, "901");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn answer_to_a_body_that_was_judged_while_it_flowed_is_judged_too() {
    let backend = Backend::start();
    let rig = rig(&backend.url(), "").await;
    let body = vec![b'x'; 300_000];
    assert_eq!(post(rig.http(), "/report", "text/plain", &body).await.text(), "you asked for /report");
    assert_eq!(post(rig.http(), "/secret", "text/plain", &body).await.status, 403);
    assert_eq!(attack(&rig).await, "902");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn observing_object_passes_the_answer_and_records_request_and_answer_as_one_attack() {
    let backend = Backend::start();
    let rig = rig(&backend.url(), "mode = \"observe\"").await;
    let seen = get(rig.http(), "/secret?word=evil").await;
    assert_eq!((seen.status, seen.text().as_str()), (200, "you asked for /secret"));
    attack(&rig).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_found_in_a_request_is_recorded_although_no_answer_came() {
    let address = Backend::start().stop().await;
    let rig = rig(&format!("http://{address}"), "mode = \"observe\"").await;
    assert_eq!(get(rig.http(), "/?word=evil").await.status, 502);
    assert_eq!(attack(&rig).await, "900");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn long_answer_is_judged_by_its_beginning_and_arrives_whole() {
    let backend = Backend::start();
    let rig = rig(&backend.url(), "").await;
    let large = get(rig.http(), "/large").await;
    assert_eq!((large.status, large.body.len()), (200, 20_000_000));
    assert!(large.body.iter().all(|byte| *byte == b'x'));
    let events = rig.recorder.wait(Dataset::AccessRequest, 1).await;
    assert!(format!("{:?}", events[0]).contains("waf.partial"), "{:?}", events[0]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn answer_that_no_rule_looks_at_is_not_held_back() {
    let backend = Backend::start();
    let rig = rig(&backend.url(), "").await;
    let mut client = RawClient::connect(rig.http()).await;
    client.send("GET /sse HTTP/1.1\r\nHost: a\r\n\r\n").await;
    assert!(client.head().await.contains("text/event-stream"));
    assert_eq!(client.chunk().await, b"data: first\r\n\r\n");
    backend.go_on.notify_one();
    assert_eq!(client.chunk().await, b"data: second\r\n\r\n");
}
