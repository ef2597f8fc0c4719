//! Every object judged by the rules it asks for: ours, or those of a CRS that the operator has installed (CD-051).

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use medward_contract::Role;
use medward_contract::event::{Dataset, Field};
use medward_kernel::clock::ManualClock;
use medward_store::execute;
use serde_json::{Value, json};

use crate::backend::Backend;
use crate::client::{self, RawClient};
use crate::recorder::PATIENCE;
use crate::rig::{Rig, Setup};

const SQLI: &str = "/?id=1'%20or%20'1'='1";
/// Three points: the default policy records it, a strict one blocks it.
const UNUSUAL: &str = "/?file=/x/.env";
const LEAK: &str = "/leak";

/// Rules laid out as a CRS is, and scoring as one does; nothing of them is a CRS's.
struct Rules(PathBuf);

impl Rules {
    fn install(folder: &Path) -> Self {
        let rules = Self(folder.join("crs"));
        rules.write(
            "crs-setup.conf",
            "SecDefaultAction \"phase:1,log,pass\"\nSecDefaultAction \"phase:2,log,pass\"\n\
             SecAction \"id:9100,phase:1,pass,nolog,t:none,setvar:tx.blocking_paranoia_level=1,\
             setvar:tx.inbound_anomaly_score_threshold=5,setvar:tx.outbound_anomaly_score_threshold=4\"\n",
        );
        rules.write(
            "rules/REQUEST-901-START.conf",
            "SecRule &TX:detection_paranoia_level \"@eq 0\" \
             \"id:9101,phase:1,pass,nolog,t:none,setvar:tx.detection_paranoia_level=%{TX.blocking_paranoia_level}\"\n\
             SecAction \"id:9102,phase:1,pass,nolog,t:none,setvar:tx.points_in=0,setvar:tx.points_out=0\"\n",
        );
        rules.words("forbidden");
        rules.write(
            "rules/REQUEST-940-WORDS.conf",
            "SecRule ARGS \"@pmFromFile words.data\" \
             \"id:9401,phase:2,block,t:none,msg:'Word of the list',tag:'attack-sqli',severity:'CRITICAL',setvar:tx.points_in=+5\"\n\
             SecRule TX:DETECTION_PARANOIA_LEVEL \"@lt 2\" \"id:9402,phase:2,pass,nolog,skipAfter:END-WORDS\"\n\
             SecRule ARGS \"@contains suspect\" \
             \"id:9403,phase:2,block,t:none,msg:'Suspect word',severity:'CRITICAL',setvar:tx.points_in=+5\"\n\
             SecMarker END-WORDS\n",
        );
        rules.write(
            "rules/REQUEST-949-VERDICT.conf",
            "SecRule TX:points_in \"@ge %{tx.inbound_anomaly_score_threshold}\" \
             \"id:9490,phase:2,deny,t:none,log,msg:'Too many points'\"\n",
        );
        rules.write(
            "rules/RESPONSE-950-LEAKS.conf",
            "SecRule RESPONSE_BODY \"@contains ORA-00942\" \
             \"id:9501,phase:4,block,t:none,msg:'Database error',tag:'attack-disclosure',severity:'ERROR',setvar:tx.points_out=+4\"\n\
             SecRule TX:points_out \"@ge %{tx.outbound_anomaly_score_threshold}\" \"id:9590,phase:4,deny,t:none,log\"\n",
        );
        rules
    }

    fn write(&self, name: &str, text: &str) {
        let path = self.0.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn words(&self, words: &str) {
        self.write("rules/words.data", &format!("{words}\n"));
    }

    fn section(&self, more: &str) -> String {
        format!("[gateway.crs]\ndirectory = {:?}\n{more}\n", self.0.display().to_string())
    }
}

/// An object for the host of its policy's name.
fn object(policy: &str, backend: &Backend) -> String {
    format!(
        "[[gateway.object]]\nname = \"{policy}\"\nhosts = [\"{policy}\"]\nupstreams = [{:?}]\npolicy = \"{policy}\"\n",
        backend.url()
    )
}

/// The gateway's own section stands before that of its CRS.
fn config(section: &str, objects: &str) -> String {
    format!("[gateway]\nhttp = \"127.0.0.1:0\"\nhttps = \"\"\n{section}{objects}")
}

async fn status(rig: &Rig, host: &str, target: &str) -> u16 {
    let mut client = RawClient::connect(rig.http()).await;
    client.send(format!("GET {target} HTTP/1.1\r\nHost: {host}\r\n\r\n")).await;
    client.response().await.status
}

/// Lets time pass until the state of the gateway is as wanted.
async fn state_when(rig: &Rig, hand: &ManualClock, wanted: impl Fn(&Value) -> bool) -> Value {
    let reached = async {
        loop {
            let (_, state) = rig.call(Role::Operator, "GET", "/status", "").await;
            if wanted(&state) {
                return state;
            }
            hand.advance(Duration::from_secs(5));
        }
    };
    tokio::time::timeout(PATIENCE, reached).await.unwrap()
}

fn error_of(state: &Value) -> &str {
    state["error"].as_str().unwrap_or_default()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_object_is_judged_by_the_policy_it_asks_for() {
    let (backend, folder) = (Backend::start(), tempfile::tempdir().unwrap());
    let rules = Rules::install(folder.path());
    let objects: String = ["balanced", "observe", "strict", "crs"].map(|policy| object(policy, &backend)).concat();
    let rig = Rig::start(config(&rules.section(""), &objects)).await;
    for (policy, sqli, unusual, leak, forbidden) in [
        ("balanced", 403, 200, 200, 200),
        ("observe", 200, 200, 200, 200),
        ("strict", 403, 403, 403, 200),
        ("crs", 200, 200, 403, 403),
    ] {
        assert_eq!(status(&rig, policy, SQLI).await, sqli, "{policy}");
        assert_eq!(status(&rig, policy, UNUSUAL).await, unusual, "{policy}");
        assert_eq!(status(&rig, policy, LEAK).await, leak, "{policy}");
        assert_eq!(status(&rig, policy, "/?q=forbidden").await, forbidden, "{policy}");
        assert_eq!(status(&rig, policy, "/?q=honest").await, 200, "{policy}");
    }
    let access = rig.recorder.wait(Dataset::AccessRequest, 20).await;
    assert_eq!(access[1].attrs["waf.score"], 3, "what balanced lets through it records");
    let attacks = rig.recorder.of(Dataset::WafAttack);
    let seen: Vec<_> =
        attacks.iter().map(|event| (event.attrs["waf.policy"].as_str().unwrap(), event.action.as_ref())).collect();
    let expected = [
        ("balanced", "block"),
        ("observe", "observe"),
        ("strict", "block"),
        ("strict", "block"),
        ("strict", "block"),
        ("crs", "block"),
        ("crs", "block"),
    ];
    assert_eq!(seen, expected);
    let hits = attacks[6].attrs["waf.hits"].as_str().unwrap();
    assert!(hits.contains("9401") && hits.contains("9490") && hits.contains("forbidden"), "{hits}");
    assert_eq!(attacks[6].int(Field::HttpStatus), Some(403));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn settings_of_the_crs_are_laid_over_its_setup() {
    let (backend, folder) = (Backend::start(), tempfile::tempdir().unwrap());
    let rules = Rules::install(folder.path());
    let setup = folder.path().join("etc/crs-setup.conf");
    fs::create_dir(setup.parent().unwrap()).unwrap();
    let own = fs::read_to_string(rules.0.join("crs-setup.conf")).unwrap().replace("threshold=5", "threshold=11");
    fs::write(&setup, own).unwrap();
    let elsewhere = format!("setup = {:?}", setup.display().to_string());
    for (more, forbidden, suspect, both) in [
        ("", 403, 200, 403),
        ("paranoia_level = 2", 403, 403, 403),
        ("inbound_threshold = 6", 200, 200, 200),
        ("inbound_threshold = 6\ndetection_paranoia_level = 2", 200, 200, 403),
        ("outbound_threshold = 9", 403, 200, 403),
        (elsewhere.as_str(), 200, 200, 200),
    ] {
        let rig = Rig::start(config(&rules.section(more), &object("crs", &backend))).await;
        assert_eq!(status(&rig, "crs", "/?q=forbidden").await, forbidden, "{more}");
        assert_eq!(status(&rig, "crs", "/?q=suspect").await, suspect, "{more}");
        assert_eq!(status(&rig, "crs", "/?q=suspect&r=forbidden").await, both, "{more}");
        let leak = if more.starts_with("outbound") { 200 } else { 403 };
        assert_eq!(status(&rig, "crs", LEAK).await, leak, "{more}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn broken_crs_leaves_the_rules_that_were_read_before_in_force_and_says_so() {
    let (backend, folder) = (Backend::start(), tempfile::tempdir().unwrap());
    let rules = Rules::install(folder.path());
    let (setup, hand) = Setup::new(config(&rules.section(""), &object("crs", &backend))).with_manual_clock();
    let rig = setup.start().await;
    let (_, good) = rig.call(Role::Operator, "GET", "/status", "").await;
    assert_eq!(error_of(&good), "");
    let verdict = fs::read_to_string(rules.0.join("rules/REQUEST-949-VERDICT.conf")).unwrap();

    rules.write("rules/REQUEST-949-VERDICT.conf", &verdict.replace("@ge", "@atLeast"));
    let state = state_when(&rig, &hand, |state| !error_of(state).is_empty()).await;
    let told = error_of(&state);
    assert!(told.starts_with("policy crs: failed to compile the policy: rules/REQUEST-949-VERDICT.conf:1:"), "{told}");
    assert!(told.ends_with("the rules that were read before stay in force"), "{told}");
    assert_eq!(state["policies"][0]["error"], told);
    assert_eq!(state["policies"][0]["program"], good["policies"][0]["program"]);
    assert!(rig.house.kit().status.findings().await[0].contains("REQUEST-949"));
    assert!(rig.house.kit().policies.list()[0].error.is_some());
    assert_eq!(status(&rig, "crs", "/?q=forbidden").await, 403);
    assert_eq!(status(&rig, "crs", "/").await, 200);

    fs::rename(&rules.0, folder.path().join("gone")).unwrap();
    let state = state_when(&rig, &hand, |state| error_of(state).contains("crs-setup.conf")).await;
    assert_eq!(state["policies"][0]["program"], good["policies"][0]["program"]);
    assert_eq!(status(&rig, "crs", "/?q=forbidden").await, 403);

    fs::rename(folder.path().join("gone"), &rules.0).unwrap();
    rules.write("rules/REQUEST-949-VERDICT.conf", &verdict);
    rules.words("unwanted");
    let state = state_when(&rig, &hand, |state| error_of(state).is_empty()).await;
    assert_ne!(state["policies"][0]["program"], good["policies"][0]["program"]);
    assert_eq!(status(&rig, "crs", "/?q=forbidden").await, 200);
    assert_eq!(status(&rig, "crs", "/?q=unwanted").await, 403);
    // The clock was moved by hand, and far: a question to the upstream that was on its way then has had no answer in time.
    let findings = rig.house.kit().status.findings().await;
    assert!(findings.iter().all(|finding| finding.ends_with("no upstream answers: crs")), "{findings:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn start_with_a_broken_crs_judges_by_the_default_policy_until_it_is_repaired() {
    let (backend, folder) = (Backend::start(), tempfile::tempdir().unwrap());
    let rules = Rules::install(folder.path());
    fs::remove_file(rules.0.join("rules/words.data")).unwrap();
    let objects = object("crs", &backend) + &object("balanced", &backend);
    let (setup, hand) = Setup::new(config(&rules.section(""), &objects)).with_manual_clock();
    let rig = setup.start().await;
    assert_eq!(status(&rig, "crs", SQLI).await, 403, "not judging would be worse");
    assert_eq!(status(&rig, "crs", "/").await, 200, "not answering, too");
    let (_, state) = rig.call(Role::Operator, "GET", "/status", "").await;
    assert!(error_of(&state).contains("words.data"), "{state}");
    assert!(error_of(&state).ends_with("its objects are judged by balanced until that is repaired"), "{state}");
    let policies = state["policies"].as_array().unwrap();
    assert_eq!((&policies[1]["policy"], &policies[1]["judged_by"]), (&json!("crs"), &json!("balanced")));
    assert_eq!((&policies[0]["policy"], &policies[0]["error"]), (&json!("balanced"), &Value::Null));

    rules.words("forbidden");
    let state = state_when(&rig, &hand, |state| error_of(state).is_empty()).await;
    assert_eq!(state["policies"][1]["judged_by"], "crs");
    assert_eq!(status(&rig, "crs", SQLI).await, 200);
    assert_eq!(status(&rig, "crs", "/?q=forbidden").await, 403);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn policy_is_chosen_in_the_console_and_in_force_when_the_call_returns() {
    let (backend, folder) = (Backend::start(), tempfile::tempdir().unwrap());
    let rules = Rules::install(folder.path());
    let rig = Rig::start(config(&rules.section(""), "")).await;
    let input = |policy: &str| {
        json!({ "name": "a", "hosts": ["a"], "upstreams": [backend.url()], "settings": { "policy": policy } })
            .to_string()
    };
    let unsaid = json!({ "name": "b", "hosts": ["b"], "upstreams": [backend.url()] }).to_string();
    let (code, made) = rig.call(Role::Secadmin, "POST", "/objects", &unsaid).await;
    assert_eq!((code, &made["effective"]["policy"]["value"]), (201, &json!("balanced")));
    let (code, made) = rig.call(Role::Secadmin, "POST", "/objects", &input("strict")).await;
    assert_eq!((code, &made["effective"]["policy"]["value"]), (201, &json!("strict")));
    assert_eq!(status(&rig, "a", UNUSUAL).await, 403);
    assert_eq!(status(&rig, "b", UNUSUAL).await, 200);
    let path = format!("/objects/{}", made["id"].as_str().unwrap());
    for (policy, unusual, forbidden) in [("balanced", 200, 200), ("crs", 200, 403), ("observe", 200, 200)] {
        let (code, changed) = rig.call(Role::Secadmin, "PUT", &path, &input(policy)).await;
        assert_eq!((code, &changed["effective"]["policy"]["value"]), (200, &json!(policy)));
        assert_eq!(status(&rig, "a", UNUSUAL).await, unusual, "{policy}");
        assert_eq!(status(&rig, "a", "/?q=forbidden").await, forbidden, "{policy}");
    }
    let (code, _) = rig.call(Role::Secadmin, "PUT", &path, &input("balanced")).await;
    assert_eq!(code, 200);
    let (_, state) = rig.call(Role::Operator, "GET", "/status", "").await;
    let policies = state["policies"].as_array().unwrap();
    assert_eq!((policies.len(), &policies[0]["objects"]), (1, &json!(2)), "objects of one policy share its program");
    let (_, list) = rig.call(Role::Operator, "GET", "/objects", "").await;
    assert_eq!(list["items"][1]["effective"]["policy"]["value"], "balanced");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn policy_that_is_unknown_or_does_not_run_is_refused_and_nothing_changes() {
    let (backend, folder) = (Backend::start(), tempfile::tempdir().unwrap());
    let rules = Rules(folder.path().join("crs"));
    let input = |policy: &str| {
        json!({ "name": "a", "hosts": ["a"], "upstreams": [backend.url()], "settings": { "policy": policy } })
            .to_string()
    };
    let refused = async |rig: &Rig, method: &str, path: &str, policy: &str| {
        let (code, problem) = rig.call(Role::Secadmin, method, path, &input(policy)).await;
        let field = problem["args"]["field"].as_str().unwrap_or("");
        assert_eq!((code, field.trim_start_matches("settings.")), (422, "policy"), "{problem}");
        (problem["code"].as_str().unwrap().to_owned(), problem["detail"].as_str().unwrap().to_owned())
    };
    let without = Rig::start("").await;
    let (code, detail) = refused(&without, "POST", "/objects", "lenient").await;
    assert_eq!(code, "WEB-0422");
    assert!(detail.contains("`balanced`, `observe`, `strict`, `crs`"), "{detail}");
    let (code, detail) = refused(&without, "POST", "/objects", "crs").await;
    assert_eq!(code, "GTW-0105");
    assert!(detail.contains("gateway.crs.directory"), "{detail}");

    let rig = Rig::start(config(&rules.section(""), "")).await;
    let (code, detail) = refused(&rig, "POST", "/objects", "crs").await;
    assert_eq!(code, "GTW-0105");
    assert!(detail.contains("neither crs-setup.conf nor"), "{detail}");
    let (_, list) = rig.call(Role::Operator, "GET", "/objects", "").await;
    assert!(list["items"].as_array().unwrap().is_empty(), "{list}");
    let (code, made) = rig.call(Role::Secadmin, "POST", "/objects", &input("balanced")).await;
    assert_eq!((code, &made["generation"]), (201, &json!(1)), "refused changes used no generation");
    let path = format!("/objects/{}", made["id"].as_str().unwrap());
    refused(&rig, "PUT", &path, "crs").await;
    assert_eq!(status(&rig, "a", SQLI).await, 403);
    Rules::install(folder.path());
    assert_eq!(rig.call(Role::Secadmin, "PUT", &path, &input("crs")).await.0, 200, "tried again once it is repaired");
    assert_eq!(status(&rig, "a", "/?q=forbidden").await, 403);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn long_body_is_judged_by_the_crs_as_far_as_it_is_read_and_is_not_refused_for_its_length() {
    let (backend, folder) = (Backend::start(), tempfile::tempdir().unwrap());
    let rules = Rules::install(folder.path());
    let rig = Rig::start(config(&rules.section(""), &object("crs", &backend).replace("[\"crs\"]", "[\"*\"]"))).await;
    let list = |first: &str| format!("[\"{first}\",{}0]", "12,".repeat(12_000));
    // Longer than what is held back: it is judged a first time before its end.
    let long = format!("{{\"a\":\"{}\"}}", "x".repeat(1_200_000));
    let upload = format!(
        "--b\r\nContent-Disposition: form-data; name=\"f\"; filename=\"a.dcm\"\r\n\r\n{}\r\n--b--\r\n",
        "x".repeat(200_000)
    );
    for (kind, body, status) in [
        ("application/json", list("honest"), 200),
        ("application/json", list("forbidden"), 403),
        ("application/json", "[1 2]".to_owned(), 400),
        ("application/json", long, 200),
        ("multipart/form-data; boundary=b", upload, 200),
    ] {
        let answer = client::post(rig.http(), "/a", kind, body.as_bytes()).await;
        assert_eq!(answer.status, status, "{kind}, {} bytes", body.len());
    }
    let access = rig.recorder.wait(Dataset::AccessRequest, 5).await;
    let partial: Vec<_> = access.iter().map(|event| event.attrs.contains_key("waf.partial")).collect();
    assert_eq!(partial, [true, true, false, false, false]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rules_that_were_read_while_the_database_failed_are_in_force_when_it_answers_again() {
    let (backend, folder) = (Backend::start(), tempfile::tempdir().unwrap());
    let rules = Rules::install(folder.path());
    let (setup, hand) = Setup::new(config(&rules.section(""), &object("crs", &backend))).with_manual_clock();
    let rig = setup.start().await;
    let (_, before) = rig.call(Role::Operator, "GET", "/status", "").await;
    assert_eq!(status(&rig, "crs", "/?q=unwanted").await, 200);
    let db = &rig.house.kit().db;
    db.write(|tx| Box::pin(async { execute!(tx, "ALTER TABLE gateway_generation RENAME TO gateway_away").await }))
        .await
        .unwrap();

    rules.words("unwanted");
    // Every look goes to the files first and ends at the database. The third has seen that they changed, that they rest,
    // and has read them.
    let looks_failed = || {
        let tasks = rig.house.kit().supervisor.tasks();
        tasks.iter().find(|task| task.name == "gateway.policy").unwrap().restarts
    };
    let failed = async {
        while looks_failed() < 4 {
            hand.advance(Duration::from_secs(5));
            rig.call(Role::Operator, "GET", "/status", "").await;
        }
    };
    tokio::time::timeout(PATIENCE, failed).await.unwrap();
    assert_eq!(status(&rig, "crs", "/?q=unwanted").await, 200, "nothing could be loaded");

    db.write(|tx| Box::pin(async { execute!(tx, "ALTER TABLE gateway_away RENAME TO gateway_generation").await }))
        .await
        .unwrap();
    let program = |state: &Value| state["policies"][0]["program"].clone();
    state_when(&rig, &hand, |state| program(state) != program(&before)).await;
    assert_eq!(status(&rig, "crs", "/?q=unwanted").await, 403, "no object was changed since");
}
