//! Nobody can sign in any more: `medward identity unlock | reset`, beside a running Medward and without one.

use std::path::Path;

use medward_tests::peer::{command, texts};
use medward_tests::{Medward, finished, medward_binary};
use serde_json::{Value, json};

const PASSWORDS: [&str; 3] = ["Regen-ueber.42-Dach", "Lampe;Kupfer-17-Meer", "Wolke_Ziegel-93.Tor"];
const WRONG: &str = "Falsch-Fluss.31-Brett";

/// Three failures lock, so that a test can lock without waiting between them; no flood control in the way.
const SETTINGS: &str = "[identity]\nlock_threshold = 3\nlogins_per_address = 1000\nfailures_per_address = 1000\n";

/// Posts to the console's API; gives the status and the answer.
fn post(console: &str, path: &str, body: &Value) -> (u16, Value) {
    let output = command("curl")
        .args(["--silent", "--show-error", "--insecure", "--write-out", "\n%{http_code}"])
        .args(["--header", "content-type: application/json", "--header", "sec-fetch-site: same-origin"])
        .args(["--data", &body.to_string(), &format!("{console}/api/v1/identity{path}")])
        .output()
        .unwrap();
    let (stdout, stderr, code) = texts(&output);
    assert_eq!(code, 0, "{stderr}");
    let (body, status) = stdout.rsplit_once('\n').unwrap();
    (status.parse().unwrap(), serde_json::from_str(body).unwrap_or_default())
}

/// Status and what comes next, or the code of the refusal.
fn login(console: &str, login: &str, password: &str) -> (u16, String) {
    let (status, body) = post(console, "/login", &json!({"login": login, "password": password}));
    (status, body["step"].as_str().or(body["code"].as_str()).unwrap_or_default().to_owned())
}

fn start(data: &Path) -> (Medward, String) {
    let medward = Medward::start(data, &["up"]);
    let console = medward.address("console", "https");
    (medward, console)
}

/// Creates the three administrators with the link of the first start.
fn set_up(medward: &Medward, console: &str) {
    let token = medward.welcome.split("/setup#").nth(1).unwrap().split_whitespace().next().unwrap();
    let people = [("sysadmin", "lin.zhou", "林舟"), ("secadmin", "su.he", "苏禾"), ("auditadmin", "gu.yan", "顾言")];
    let administrators: Vec<_> = people
        .iter()
        .zip(PASSWORDS)
        .map(
            |((role, login, name), password)| json!({"role": role, "login": login, "name": name, "password": password}),
        )
        .collect();
    let (status, body) = post(console, "/setup", &json!({"token": token, "administrators": administrators}));
    assert_eq!(status, 204, "{body}");
}

/// Runs `medward identity <verb> <login>`, which must succeed.
fn rescue(data: &Path, verb: &str, login: &str) -> String {
    let (stdout, stderr, code) = texts(&finished(data, &["identity", verb, login]));
    assert_eq!(code, 0, "{stderr}");
    stdout
}

fn one_time_password(said: &str) -> &str {
    said.split("one-time password").nth(1).unwrap().split_whitespace().next().unwrap()
}

/// Reasons of the `admin.change` events of changes made at the machine, newest first.
fn recorded(data: &Path) -> Vec<String> {
    let query = "stream:admin http.request.id:=local-command";
    let (stdout, stderr, code) = texts(&finished(data, &["vault", "search", query]));
    assert_eq!(code, 0, "{stdout}{stderr}");
    let events = stdout.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let reason = |event: Value| {
        assert_eq!((&event["event.outcome"], &event["source.ip"]), (&json!("success"), &json!("127.0.0.1")), "{event}");
        assert!(event["user.name"].as_str().unwrap().starts_with("os:"), "{event}");
        event["event.reason"].as_str().unwrap().to_owned()
    };
    events.map(reason).collect()
}

#[test]
fn whoever_owns_the_data_directory_lets_people_back_in_and_each_change_is_recorded_once() {
    let data = tempfile::tempdir().unwrap();
    std::fs::write(data.path().join("medward.toml"), SETTINGS).unwrap();
    let (medward, console) = start(data.path());
    set_up(&medward, &console);
    for _ in 0..3 {
        assert_eq!(login(&console, "su.he", WRONG), (401, "IDN-0401".to_owned()));
    }
    assert_eq!(login(&console, "su.he", PASSWORDS[1]), (423, "IDN-0423".to_owned()));

    // Beside the running program.
    assert!(rescue(data.path(), "unlock", "su.he").contains("su.he is unlocked"));
    assert_eq!(login(&console, "su.he", PASSWORDS[1]), (200, "change_password".to_owned()));
    let said = rescue(data.path(), "reset", "su.he");
    assert_eq!(login(&console, "su.he", PASSWORDS[1]), (401, "IDN-0401".to_owned()));
    assert_eq!(login(&console, "su.he", one_time_password(&said)), (200, "change_password".to_owned()));
    assert_eq!(medward.stop(), 0);
    assert_eq!(
        recorded(data.path()),
        ["su.he: password and second factor reset at the machine", "su.he: unlocked at the machine"]
    );

    // Without one: what it did is recorded by the next start.
    let said = rescue(data.path(), "reset", "lin.zhou");
    assert_eq!(recorded(data.path()).len(), 2);
    let (medward, console) = start(data.path());
    assert_eq!(login(&console, "lin.zhou", one_time_password(&said)), (200, "change_password".to_owned()));
    assert_eq!(medward.stop(), 0);
    let all = recorded(data.path());
    assert_eq!(all.len(), 3, "{all:?}");
    assert_eq!(all[0], "lin.zhou: password and second factor reset at the machine");
}

#[test]
fn rescue_that_cannot_be_is_one_clear_line_and_makes_nothing() {
    let data = tempfile::tempdir().unwrap();
    let refused = |folder: &Path, arguments: &[&str], words: &[&str]| {
        let (stdout, stderr, code) = texts(&finished(folder, arguments));
        assert_eq!((code, stdout.as_str(), stderr.lines().count()), (1, "", 1), "{stderr}");
        for word in words {
            assert!(stderr.contains(word), "{word:?} is missing in {stderr}");
        }
    };
    refused(data.path(), &["identity", "reset", "su.he"], &["no Medward keeps its data here", "master.key", "--data"]);
    assert!(!data.path().join("data").exists(), "an empty installation was made");

    let (medward, console) = start(data.path());
    set_up(&medward, &console);
    refused(data.path(), &["identity", "reset", "nobody"], &["reset nobody", "no account has this login name"]);
    refused(data.path(), &["identity", "unlock", "no body"], &["unlock no body", "2 to 64 letters"]);
    assert_eq!(medward.stop(), 0);
    let (_, stderr, code) = texts(&command(medward_binary()).args(["identity", "reset"]).output().unwrap());
    assert_eq!(code, 64, "{stderr}");
}
