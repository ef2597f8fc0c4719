//! Programs we did not write, on both sides: Debian's nginx and Python's http.server behind the gateway, curl and nghttp
//! in front of it.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};

use medward_contract::event::{Dataset, Field};

use crate::client::{get, post};
use crate::recorder::PATIENCE;
use crate::rig::{Rig, site};

/// Whether the program is there. Where it is not, the test says so and passes; with `CI=true` it fails.
pub(crate) fn have(program: &str) -> bool {
    let found = Command::new("sh").args(["-c", &format!("command -v {program}")]).stdout(Stdio::null()).status();
    let found = found.is_ok_and(|status| status.success());
    if !found {
        assert!(!std::env::var("CI").is_ok_and(|ci| ci == "true"), "nothing is skipped in CI: {program} is missing");
        eprintln!("skipped: {program} is not installed");
    }
    found
}

/// A started program, ended with the test.
pub(crate) struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

/// Python's http.server on a port it chose, serving `directory`.
fn python(directory: &std::path::Path) -> (Running, String) {
    let mut child = Command::new("python3")
        .args(["-u", "-m", "http.server", "0", "--bind", "127.0.0.1", "--protocol", "HTTP/1.1", "--directory"])
        .arg(directory)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let port = line.split("port ").nth(1).unwrap().split(' ').next().unwrap().to_owned();
    (Running(child), format!("http://127.0.0.1:{port}"))
}

/// nginx on a port of the system's choice: a site with a page, a POST target and a redirect.
pub(crate) async fn nginx(directory: &std::path::Path) -> (Running, String) {
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let path = directory.display();
    let temporary: String = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
        .map(|name| format!("{name}_temp_path {path}/{name};"))
        .concat();
    let config = format!(
        "daemon off; master_process off; pid {path}/pid; error_log {path}/error.log; events {{ worker_connections 4096; }}\n\
         http {{ access_log off; {temporary} server {{ listen 127.0.0.1:{port}; root {path};\n\
         location /ok {{ return 200 \"nginx says ok\"; }} location /away {{ return 302 /ok; }} }} }}"
    );
    let file = directory.join("nginx.conf");
    std::fs::write(&file, config).unwrap();
    let mut command = Command::new("nginx");
    command.arg("-p").arg(directory).arg("-c").arg(&file).stderr(Stdio::null());
    let child = Running(command.spawn().unwrap());
    let up = async {
        while tokio::net::TcpStream::connect(("127.0.0.1", port)).await.is_err() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(PATIENCE, up).await.expect("nginx starts");
    (child, format!("http://127.0.0.1:{port}"))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn python_server_is_protected_and_serves_its_files_unchanged() {
    if !have("python3") {
        return;
    }
    let directory = tempfile::tempdir().unwrap();
    let page: Vec<u8> = (0..300_000_u32).map(|number| (number % 251) as u8).collect();
    std::fs::write(directory.path().join("file.bin"), &page).unwrap();
    let (_python, url) = python(directory.path());
    let rig = Rig::start(site(&[url], "")).await;
    for _ in 0..3 {
        let response = get(rig.http(), "/file.bin").await;
        assert_eq!(response.status, 200);
        assert!(response.body == page);
    }
    assert_eq!(get(rig.http(), "/missing").await.status, 404);
    assert_eq!(get(rig.http(), "/?q=%3Cscript%3Ealert(1)%3C/script%3E").await.status, 403);
    assert_eq!(post(rig.http(), "/x", "text/plain", b"hi").await.status, 501, "python's own answer");
    rig.recorder.wait(Dataset::AccessRequest, 6).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nginx_is_protected_and_curl_and_nghttp_are_served() {
    if !have("nginx") || !have("curl") || !have("nghttp") {
        return;
    }
    let directory = tempfile::tempdir().unwrap();
    let (_nginx, url) = nginx(directory.path()).await;
    let rig = Rig::start(site(&[url], "")).await;
    let (http, https) = (rig.http(), rig.https());
    let run = async |program: &str, arguments: &[&str]| {
        let output = tokio::process::Command::new(program).args(arguments).output().await.unwrap();
        String::from_utf8_lossy(&output.stdout).into_owned()
    };
    let curl = async |version: &str, url: String, more: &[&str]| {
        let mut arguments = vec!["-sk", version, "-o", "-", "-w", "|%{http_code}|%{http_version}", url.as_str()];
        arguments.extend_from_slice(more);
        run("curl", &arguments).await
    };
    assert_eq!(curl("--http1.1", format!("http://{http}/ok"), &[]).await, "nginx says ok|200|1.1");
    assert_eq!(curl("--http1.1", format!("https://{https}/ok"), &[]).await, "nginx says ok|200|1.1");
    assert_eq!(curl("--http2", format!("https://{https}/ok"), &[]).await, "nginx says ok|200|2");
    assert!(curl("--http2", format!("https://{https}/away"), &[]).await.ends_with("|302|2"));
    assert!(curl("--http2", format!("https://{https}/ok?id=1%27%20or%20%271%27=%271"), &[]).await.ends_with("|403|2"));
    let form = ["--data", "id=1' union select password from users-- "];
    assert!(curl("--http2", format!("https://{https}/ok"), &form).await.ends_with("|403|2"));
    let many: Vec<String> = (0..20).map(|number| format!("https://{https}/ok?n={number}")).collect();
    let arguments: Vec<&str> = std::iter::once("-nv").chain(many.iter().map(String::as_str)).collect();
    let said = run("nghttp", &arguments).await;
    assert_eq!(said.matches(":status: 200").count(), 20, "{said}");
    let access = rig.recorder.wait(Dataset::AccessRequest, 26).await;
    assert!(access.iter().all(|event| event.text(Field::SourceIp) == Some("127.0.0.1")));
    rig.recorder.wait(Dataset::WafAttack, 2).await;
}
