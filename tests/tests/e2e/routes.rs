//! The route walk: every operation of the API document is called without a session, and by every administrator.
//! Who lacks the permission is refused; nobody is refused what `permissions.txt` allows. All seven roles of the matrix
//! are compared with that table.

use std::collections::{BTreeMap, BTreeSet};

use medward_tests::peer::{command, require, texts};
use medward_tests::{Medward, finished, medward_binary};
use serde_json::Value;

/// POSTs that may leave no record, written here a second time on purpose: `SECRET_QUESTIONS` of the kernel cannot grow
/// unseen.
const UNRECORDED_POSTS: [&str; 5] = [
    "/api/v1/identity/password/check",
    "/api/v1/gateway/exclusions/preview",
    "/api/v1/gateway/certificates/check",
    "/api/v1/gateway/rules/test",
    "/api/v1/vault/search",
];

struct Answer {
    status: u16,
    body: Value,
    cookie: Option<String>,
}

fn call(console: &str, method: &str, path: &str, session: Option<&Session>, body: Option<&Value>) -> Answer {
    let mut curl = command("curl");
    curl.args(["--silent", "--insecure", "--include", "--http1.1", "--max-time", "5", "--request", method]);
    curl.args(["--header", "content-type: application/json", "--data", &body.unwrap_or(&Value::Null).to_string()]);
    if let Some(session) = session {
        curl.args(["--header", &format!("cookie: {}", session.cookie)]);
        curl.args(["--header", &format!("x-medward-csrf: {}", session.csrf)]);
    }
    let (text, stderr, _) = texts(&curl.arg(format!("{console}{path}")).output().unwrap());
    let (head, body) = text.split_once("\r\n\r\n").unwrap_or_else(|| panic!("{method} {path}: {text}{stderr}"));
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    let cookie = head
        .lines()
        .filter_map(|line| line.split_once(": "))
        .find(|(name, _)| name.eq_ignore_ascii_case("set-cookie"))
        .map(|(_, value)| value.split(';').next().unwrap().to_owned());
    Answer { status, body: serde_json::from_str(body).unwrap_or_default(), cookie }
}

struct Session {
    role: String,
    cookie: String,
    csrf: String,
}

/// What each role may do, by `permissions.txt`.
fn expected() -> BTreeMap<String, BTreeSet<String>> {
    let mut lines = include_str!("permissions.txt").lines().filter(|line| !line.starts_with('#'));
    let roles: Vec<&str> = lines.next().unwrap().split_whitespace().skip(1).collect();
    let mut may: BTreeMap<String, BTreeSet<String>> =
        roles.iter().map(|role| ((*role).to_owned(), BTreeSet::new())).collect();
    for line in lines {
        let (permission, marks) = line.split_once(' ').unwrap();
        let marks: Vec<&str> = marks.split_whitespace().collect();
        assert_eq!(marks.len(), roles.len(), "{line}");
        for (role, _) in roles.iter().zip(&marks).filter(|(_, mark)| **mark == "x") {
            may.get_mut(*role).unwrap().insert(permission.to_owned());
        }
    }
    may
}

/// What each role may do, as the program says it.
fn matrix(console: &str, session: &Session) -> BTreeMap<String, BTreeSet<String>> {
    let answer = call(console, "GET", "/api/v1/identity/roles", Some(session), None).body;
    let names = |role: &Value| {
        let names = role["permissions"].as_array().unwrap().iter().map(|name| name.as_str().unwrap().to_owned());
        names.filter(|name| name != "public" && name != "signed_in").collect()
    };
    let roles = answer["roles"].as_array().unwrap_or_else(|| panic!("{answer}"));
    roles.iter().map(|role| (role["role"].as_str().unwrap().to_owned(), names(role))).collect()
}

fn sign_in(console: &str, person: &Value) -> Session {
    let oathtool = require("oathtool").expect("oathtool makes the codes");
    let seed = person["totp_base32"].as_str().unwrap();
    let (code, _, _) = texts(&command(oathtool).args(["--totp", "--base32", seed]).output().unwrap());
    let login = serde_json::json!({ "login": person["login"], "password": person["password"] });
    let begun = call(console, "POST", "/api/v1/identity/login", None, Some(&login));
    assert_eq!(begun.body["step"], "factor", "{}", begun.body);
    let factor = serde_json::json!({ "handle": begun.body["handle"], "code": code.trim() });
    let done = call(console, "POST", "/api/v1/identity/login/factor", None, Some(&factor));
    let mut session = Session {
        role: person["role"].as_str().unwrap().to_owned(),
        cookie: done.cookie.unwrap_or_else(|| panic!("no session: {}", done.body)),
        csrf: String::new(),
    };
    let me = call(console, "GET", "/api/v1/identity/me", Some(&session), None).body;
    me["csrf"].as_str().unwrap().clone_into(&mut session.csrf);
    session
}

/// Method, path with parameters filled in, permission, and whether it changes something.
fn operations() -> Vec<(String, String, String, bool)> {
    let folder = tempfile::tempdir().unwrap();
    let (text, stderr, code) =
        texts(&command(medward_binary()).arg("openapi").current_dir(folder.path()).output().unwrap());
    assert_eq!(code, 0, "{stderr}");
    let document: Value = serde_json::from_str(&text).unwrap();
    let paths: BTreeMap<String, BTreeMap<String, Value>> = serde_json::from_value(document["paths"].clone()).unwrap();
    let mut all = Vec::new();
    for (path, methods) in paths {
        for (method, operation) in methods {
            let permission = operation["x-medward-permission"].as_str().unwrap().to_owned();
            let changes = operation["x-medward-audit"].is_string();
            let asks = method == "get" || (method == "post" && UNRECORDED_POSTS.contains(&path.as_str()));
            assert_eq!(changes, !asks, "{method} {path}: a change needs an audit action");
            let filled = path
                .split('/')
                .map(|part| match part {
                    "{stream}" => "waf",
                    "{seq}" => "0",
                    "{role}" => "operator",
                    part if part.starts_with('{') => "00000000-0000-7000-8000-000000000000",
                    part => part,
                })
                .collect::<Vec<_>>()
                .join("/");
            all.push((method.to_uppercase(), filled, permission, changes));
        }
    }
    all
}

#[test]
fn every_route_asks_for_its_permission() {
    if require("oathtool").is_none() || require("curl").is_none() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("demo");
    std::fs::create_dir(&data).unwrap();
    let medward = Medward::start(folder.path(), &["demo", "--data", data.to_str().unwrap()]);
    let console = medward.address("console", "https");
    let people: Value =
        serde_json::from_str(&std::fs::read_to_string(data.join("demo-administrators.json")).unwrap()).unwrap();
    let sessions: Vec<_> = people.as_array().unwrap().iter().map(|person| sign_in(&console, person)).collect();
    assert_eq!(sessions.len(), 3);
    let may = expected();
    assert_eq!(matrix(&console, &sessions[0]), may, "the matrix is not that of permissions.txt");
    let operations = operations();
    assert!(operations.len() > 25, "the walk found only {} operations", operations.len());

    let mut refused = 0;
    for (method, path, permission, changes) in operations.iter().filter(|operation| operation.2 != "public") {
        let stranger = call(&console, method, path, None, None);
        assert_eq!(stranger.status, 401, "{method} {path} without a session");
        for session in &sessions {
            let allowed = permission == "signed_in" || may[&session.role].contains(permission);
            // Streams never end and allowed changes would change what the walk stands on.
            if allowed && (*changes || path.ends_with("/tail") || path.ends_with("/stream")) {
                continue;
            }
            let answer = call(&console, method, path, Some(session), None);
            let is_refusal = answer.status == 403 && answer.body["code"] == "WEB-0403";
            assert_eq!(
                is_refusal, !allowed,
                "{} {method} {path} {permission}: {} {}",
                session.role, answer.status, answer.body
            );
            assert!(!allowed || answer.status < 500, "{} {method} {path}: {}", session.role, answer.body);
            refused += usize::from(is_refusal);
        }
    }
    assert!(refused > 10, "the walk met only {refused} refusals");
    drop(finished(folder.path(), &["demo", "code", "--data", data.to_str().unwrap()]));
    assert_eq!(medward.stop(), 0);
}
