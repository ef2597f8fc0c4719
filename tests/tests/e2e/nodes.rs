//! A gateway node far from its house: a process of its own that is killed as a power cut would, and a house that goes away and
//! comes back (gateway.md §14; DESIGN §6, §8).

use std::collections::{BTreeMap, HashSet};
use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

use medward_contract::Timestamp;
use medward_contract::event::Field;
use medward_contract::vault::{LogQuery, Window};
use medward_kernel::Clock;
use medward_kernel::nodes::spool::segment;
use medward_tests::peer::{Peer, command, free_address, require, texts};
use medward_tests::{Medward, curl, finished};
use serde_json::{Value, json};

use crate::hospital::{Hospital, PASSWORD};

const ATTACK: &str = "id=1%27%20OR%20%271%27=%271";
/// A client on the other side of a proxy that the node trusts.
const VISITOR: &str = "203.0.113.9";

/// A house that listens for nodes, and no gateway of its own.
fn settings(nodes: SocketAddr) -> String {
    format!("[gateway]\nhttp = \"\"\nhttps = \"\"\n[nodes]\nlisten = \"{nodes}\"\n")
}

async fn house(folder: &Path, nodes: SocketAddr) -> Hospital {
    Hospital::start(folder, &settings(nodes), (Clock::system(), None)).await
}

/// A node that is enrolled and not started.
async fn enrolled(hospital: &Hospital, sysadmin: &str, folder: &Path, nodes: SocketAddr) {
    let text = format!("[nodes]\nhouse = \"{nodes}\"\n[gateway]\ntrusted_proxies = [\"127.0.0.1/32\"]\n");
    std::fs::write(folder.join("medward.toml"), text).unwrap();
    let (_, before, code) = texts(&finished(folder, &["up"]));
    assert!(code == 64 && before.contains("this node is not enrolled"), "{code}: {before}");
    let (invited, _) = hospital.send(sysadmin, "POST", "/system/nodes", &json!({ "name": "gw-2" })).await;
    let invitation = invited["invitation"].as_str().unwrap().to_owned();
    let enrol = |folder: &Path| {
        let (folder, invitation) = (folder.to_owned(), invitation.clone());
        tokio::task::spawn_blocking(move || texts(&finished(&folder, &["node", "enrol", &invitation])))
    };
    let (stdout, stderr, code) = enrol(folder).await.unwrap();
    assert!(code == 0 && stdout.contains("This is node gw-2"), "{stdout} {stderr}");
    let other = tempfile::tempdir().unwrap();
    std::fs::copy(folder.join("medward.toml"), other.path().join("medward.toml")).unwrap();
    let (_, stderr, code) = enrol(other.path()).await.unwrap();
    assert!(code == 1 && stderr.contains("NOD-0403"), "an invitation is for one node: {stderr}");
}

/// Status of an answer of the node to the visitor.
fn ask(gateway: &str, path: &str) -> String {
    let answer = curl(&["--header", &format!("X-Forwarded-For: {VISITOR}"), &format!("{gateway}{path}")]);
    answer.split(' ').nth(1).unwrap_or_default().to_owned()
}

/// Keeps a test that waits for what never comes from waiting for ever.
pub(crate) struct Patience(Clock, Duration);

impl Patience {
    pub(crate) fn new() -> Self {
        let clock = Clock::system();
        let end = clock.monotonic() + Duration::from_secs(120);
        Self(clock, end)
    }

    pub(crate) fn check(&self, what: &str) {
        assert!(self.0.monotonic() < self.1, "waited for {what} in vain");
    }
}

/// Asks until the node answers so.
fn until(gateway: &str, path: &str, status: &str) {
    let patience = Patience::new();
    while ask(gateway, path) != status {
        patience.check(path);
    }
}

/// Everything that the vault has of the node: paths by number and lane, and how often there is one.
async fn recorded(hospital: &Hospital) -> (BTreeMap<(String, i64), String>, usize) {
    let log = hospital.house.kit().ports.port::<dyn LogQuery>("test");
    let window = Window { from: Timestamp::from_micros(0), to: Timestamp::from_micros(i64::MAX) };
    let (mut found, mut count, mut cursor) = (BTreeMap::new(), 0, None);
    loop {
        let page = log.get().unwrap().query("host.name:=gw-2", window, cursor).await.unwrap();
        for row in &page.rows {
            let agent = row.event.text(Field::AgentId).unwrap().to_owned();
            let path = row.event.text(Field::UrlPath).unwrap_or_default().to_owned();
            found.insert((agent, row.event.int(Field::EventSequence).unwrap()), path);
            count += 1;
        }
        cursor = page.next_cursor;
        if cursor.is_none() {
            return (found, count);
        }
    }
}

/// Paths of the events in the spool of a node that does not run.
fn spooled(folder: &Path) -> HashSet<String> {
    let mut paths = HashSet::new();
    for lane in ["log", "alert"] {
        let node = std::fs::read_dir(folder.join("data/spool")).unwrap().next().unwrap().unwrap();
        for file in std::fs::read_dir(node.path().join(lane)).unwrap() {
            let bytes = std::fs::read(file.unwrap().path()).unwrap();
            let mut visit = |payload: &[u8]| {
                let event: Value = serde_json::from_slice(payload).unwrap();
                paths.insert(event["url.path"].as_str().unwrap_or_default().to_owned());
            };
            // The lock is no segment.
            let _is_segment = segment::scan(&bytes, &mut visit).is_some();
        }
    }
    paths
}

/// Attacks over connections of four clients until `enough` are answered; what was asked by each, in order.
fn attacks(gateway: &str, name: &str, enough: usize) -> Vec<Vec<String>> {
    let clients = (0..4).map(|client| {
        let gateway = gateway.to_owned();
        let paths: Vec<String> = (0..enough).map(|number| format!("/{name}/{client}/{number}")).collect();
        let urls: Vec<String> = paths.iter().map(|path| format!("{gateway}{path}?{ATTACK}")).collect();
        let child = command("curl")
            .args(["--silent", "--output", "/dev/null", "--write-out", "%{http_code}\n", "--max-time", "60"])
            .args(["--header", &format!("X-Forwarded-For: 198.51.100.{client}")])
            .args(urls.iter().flat_map(|url| [url.as_str(), "--output", "/dev/null"]))
            .stdout(std::process::Stdio::piped())
            .stderr(std::process::Stdio::null())
            .spawn()
            .unwrap();
        (paths, child)
    });
    let running: Vec<_> = clients.collect();
    let finished = running.into_iter().map(|(paths, child)| {
        let output = child.wait_with_output().unwrap();
        let answered = String::from_utf8_lossy(&output.stdout).lines().filter(|line| *line == "403").count();
        paths.into_iter().take(answered).collect()
    });
    finished.collect()
}

async fn protect(hospital: &Hospital, secadmin: &str, site: &Peer, guard: Option<&str>) -> Value {
    let object = json!({ "name": "体检", "hosts": ["*"], "upstreams": [format!("http://{}", site.address)],
        "settings": { "mode": "block", "guard_id": guard } });
    hospital.send(secadmin, "POST", "/gateway/objects", &object).await.0
}

#[tokio::test(flavor = "multi_thread")]
async fn node_killed_under_load_loses_nothing_and_goes_on_without_its_house() {
    let Some(python) = require("python3") else { return };
    if require("curl").is_none() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let (data, node_data) = (folder.path().join("house"), folder.path().join("node"));
    std::fs::create_dir_all(&node_data).unwrap();
    std::fs::write(folder.path().join("index.html"), "<p>体检").unwrap();
    let site = Peer::python_http_server(&python, folder.path());
    let nodes = free_address();
    let hospital = house(&data, nodes).await;
    let people = hospital.administrators().await;
    let (sysadmin, secadmin) = (hospital.login(&people[0]).await, hospital.login(&people[1]).await);
    enrolled(&hospital, &sysadmin, &node_data, nodes).await;

    let node = Medward::start(&node_data, &["up"]);
    let gateway = node.address("gateway", "http");
    assert_eq!(ask(&gateway, "/"), "404", "there is no policy yet");
    protect(&hospital, &secadmin, &site, None).await;
    until(&gateway, "/", "200");
    assert_eq!(ask(&gateway, &format!("/?{ATTACK}")), "403");
    let ban = json!({ "address": VISITOR, "minutes": 10, "reason": "试" });
    let (banned, _) = hospital.send(&secadmin, "POST", "/gateway/bans", &ban).await;
    until(&gateway, "/", "403");
    let lift = format!("/gateway/bans/{}", banned["id"].as_str().unwrap());
    hospital.send(&secadmin, "DELETE", &lift, &json!({})).await;
    until(&gateway, "/", "200");

    // Killed while it works.
    let target = gateway.clone();
    let killer = tokio::task::spawn_blocking(move || {
        (0..30).for_each(|number| drop(ask(&gateway, &format!("/meanwhile/{number}"))));
        node.kill();
    });
    let answered = tokio::task::spawn_blocking(move || attacks(&target, "load", 1000)).await.unwrap();
    killer.await.unwrap();
    let (before, _) = recorded(&hospital).await;
    let on_disk = spooled(&node_data);
    let known: HashSet<&str> = before.values().map(String::as_str).chain(on_disk.iter().map(String::as_str)).collect();
    let all: usize = answered.iter().map(Vec::len).sum();
    let missing = answered.iter().flatten().filter(|path| !known.contains(path.as_str())).count();
    assert!((1..4000).contains(&all), "it was killed in between: {all}");
    // What was answered in the last moment may still have been in memory.
    println!("{all} answered, {missing} of them not on disk when the node was killed");
    assert!(missing * 10 <= all, "{missing} of {all} were answered and not written");

    // The house is away when it starts again.
    let Hospital { house: running, api, .. } = hospital;
    drop(api);
    assert_eq!(running.stop().await, Vec::<String>::new());
    let node = Medward::start(&node_data, &["up"]);
    let gateway = node.address("gateway", "http");
    assert_eq!((ask(&gateway, "/alone"), ask(&gateway, &format!("/alone?{ATTACK}"))), ("404".into(), "403".into()));
    let alone = attacks(&gateway, "alone", 20);
    assert!(alone.iter().all(|paths| paths.len() == 20), "every attack is blocked: {alone:?}");

    let hospital = house(&data, nodes).await;
    let wanted: HashSet<&String> = on_disk.iter().chain(alone.iter().flatten()).collect();
    let patience = Patience::new();
    let (found, count) = loop {
        patience.check("what was spooled");
        let (found, count) = recorded(&hospital).await;
        let paths: HashSet<&String> = found.values().collect();
        if wanted.is_subset(&paths) {
            break (found, count);
        }
    };
    assert_eq!(found.len(), count, "nothing is recorded twice");
    for alerts in [false, true] {
        let of_lane = found.keys().filter(|(agent, _)| (agent.rsplit('.').next() == Some("a")) == alerts);
        let numbers: Vec<i64> = of_lane.map(|(_, number)| *number).collect();
        let span = numbers.last().unwrap() - numbers.first().unwrap() + 1;
        assert_eq!(numbers.len(), usize::try_from(span).unwrap(), "alerts: {alerts}; numbers are without a gap");
    }

    let (listed, _) = hospital.send(&sysadmin, "GET", "/system/nodes", &json!({})).await;
    assert_eq!((&listed["items"][0]["name"], &listed["items"][0]["state"]), (&json!("gw-2"), &json!("online")));
    let id = listed["items"][0]["id"].as_str().unwrap();
    hospital.send(&sysadmin, "DELETE", &format!("/system/nodes/{id}"), &json!({})).await;
    let (_, count) = recorded(&hospital).await;
    assert_eq!(ask(&gateway, &format!("/revoked?{ATTACK}")), "403", "it goes on with what it has");
    assert_eq!(node.stop(), 0);
    assert!(spooled(&node_data).contains("/revoked"));
    assert_eq!(recorded(&hospital).await.1, count, "and the house takes nothing from it");
}

/// Whether the person still reads the application. An answer that is under way when the session ends is cut off.
fn reads(jar: &Path, gateway: &str) -> bool {
    let output = command("curl").arg("--silent").arg("--cookie").arg(jar).arg(format!("{gateway}/")).output().unwrap();
    output.status.success() && String::from_utf8_lossy(&output.stdout).contains("体检")
}

/// What curl gets, with the cookies of one browser.
fn browse(jar: &Path, gateway: &str, path: &str, form: &[(&str, &str)]) -> String {
    let jar = jar.to_str().unwrap();
    let (origin, url) = (format!("Origin: {gateway}"), format!("{gateway}{path}"));
    let mut arguments =
        vec!["--cookie", jar, "--cookie-jar", jar, "--header", "Accept: text/html", "--header", &origin];
    let fields: Vec<String> = form.iter().map(|(name, value)| format!("{name}={value}")).collect();
    for field in &fields {
        arguments.extend(["--data-urlencode", field]);
    }
    arguments.push(&url);
    curl(&arguments)
}

#[tokio::test(flavor = "multi_thread")]
async fn person_signs_in_at_a_node_and_the_house_ends_the_session() {
    let Some(python) = require("python3") else { return };
    if require("curl").is_none() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let (data, node_data, jar) = (folder.path().join("house"), folder.path().join("node"), folder.path().join("jar"));
    std::fs::create_dir_all(&node_data).unwrap();
    std::fs::write(folder.path().join("index.html"), "<p>体检").unwrap();
    let site = Peer::python_http_server(&python, folder.path());
    let nodes = free_address();
    let hospital = house(&data, nodes).await;
    let people = hospital.administrators().await;
    let (sysadmin, secadmin) = (hospital.login(&people[0]).await, hospital.login(&people[1]).await);
    enrolled(&hospital, &sysadmin, &node_data, nodes).await;
    let node = Medward::start(&node_data, &["up"]);
    let gateway = node.address("gateway", "http");
    let guard = json!({ "name": "科室应用", "idle_minutes": 15, "allow_plain_http": true });
    let (guard, _) = hospital.send(&secadmin, "POST", "/gateway/guards", &guard).await;
    protect(&hospital, &secadmin, &site, guard["id"].as_str()).await;
    until(&gateway, "/", "401");

    let person = &people[2];
    let wrong = [("step", "password"), ("to", "/"), ("login", &*person.login), ("password", "Wrong#password-1")];
    assert!(browse(&jar, &gateway, "/.medward/login", &wrong).contains(" 403"));
    let right = [("step", "password"), ("to", "/"), ("login", &*person.login), ("password", PASSWORD)];
    let asked = browse(&jar, &gateway, "/.medward/login", &right);
    assert!(asked.contains(" 200"), "{asked}");
    let code = person.totp.code_at(Clock::system().now());
    let entered = browse(&jar, &gateway, "/.medward/login", &[("step", "factor"), ("to", "/"), ("code", &code)]);
    assert!(entered.contains(" 303") && entered.to_lowercase().contains("location: /\r"), "{entered}");
    assert!(browse(&jar, &gateway, "/", &[]).contains("体检"));

    let patience = Patience::new();
    let id = loop {
        patience.check("the session");
        let (sessions, _) = hospital.send(&secadmin, "GET", "/gateway/sessions", &json!({})).await;
        if let Some(id) = sessions["items"][0]["id"].as_str() {
            break id.to_owned();
        }
    };
    // It lives on at the node while the house is away, over a restart of both, and nobody new comes in meanwhile.
    let Hospital { house: running, api, .. } = hospital;
    drop(api);
    assert_eq!(running.stop().await, Vec::<String>::new());
    node.kill();
    let node = Medward::start(&node_data, &["up"]);
    let gateway = node.address("gateway", "http");
    assert!(browse(&jar, &gateway, "/", &[]).contains("体检"));
    let stranger = folder.path().join("stranger");
    let refused = browse(&stranger, &gateway, "/.medward/login", &right);
    assert!(refused.contains(" 503"), "{refused}");

    let hospital = house(&data, nodes).await;
    hospital.send(&secadmin, "DELETE", &format!("/gateway/sessions/{id}"), &json!({})).await;
    let patience = Patience::new();
    while reads(&jar, &gateway) {
        patience.check("the end of the session");
    }
    assert!(!browse(&jar, &gateway, "/", &[]).contains("体检"));
    assert_eq!(node.stop(), 0);
}
