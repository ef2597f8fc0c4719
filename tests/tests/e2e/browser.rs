//! The console in Debian's Chromium: the journey in `console/e2e/` against the real program before the real portal.

use std::net::SocketAddr;
use std::path::Path;

use medward_demo::Portal;
use medward_tests::Medward;
use medward_tests::peer::{command, require, texts};

#[tokio::test(flavor = "multi_thread")]
async fn administrator_enrols_sees_a_live_attack_and_opens_its_evidence_in_a_browser() {
    if require("chromium").is_none() {
        return;
    }
    let console = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().join("console");
    assert!(console.join("node_modules").exists(), "the console's tools are missing: make console");
    let folder = tempfile::tempdir().unwrap();
    let portal = Portal::open(SocketAddr::from(([127, 0, 0, 1], 0)), &folder.path().join("portal")).await.unwrap();
    let mut tasks = tokio::task::JoinSet::new();
    tasks.spawn(portal.serve());
    let protect = format!("http://{}", portal.address());
    let medward = Medward::start(folder.path(), &["up", "--protect", &protect]);
    let url = medward.address("console", "https");
    let setup = medward.welcome.split_whitespace().find(|word| word.contains("/setup#")).unwrap().to_owned();
    let site = medward.address("gateway", "https");
    let mut journey = command("npm");
    journey
        .args(["run", "e2e"])
        .current_dir(&console)
        .env("MEDWARD_E2E_URL", &url)
        .env("MEDWARD_E2E_SETUP_URL", setup)
        .env("MEDWARD_E2E_SITE", site);
    let output = tokio::task::spawn_blocking(move || journey.output().unwrap()).await.unwrap();
    let (stdout, stderr, code) = texts(&output);
    println!("{stdout}");
    assert_eq!(code, 0, "{stderr}");
    assert!(!stdout.contains("skipped"), "{stdout}");
    assert_eq!(medward.stop(), 0);
}
