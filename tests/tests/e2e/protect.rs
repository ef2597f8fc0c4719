//! `medward up --protect URL` before sites that know nothing of it.

use medward_tests::peer::{Peer, require};
use medward_tests::{Medward, curl};

const PAGE: &str = "<!doctype html><title>体检</title><p>血压 &lt;120/80";

fn check_site(site: &Peer) {
    let data = tempfile::tempdir().unwrap();
    let medward = Medward::start(data.path(), &["up", "--protect", &format!("http://{}", site.address)]);
    for gateway in [medward.address("gateway", "http"), medward.address("gateway", "https")] {
        let honest = curl(&[&format!("{gateway}/index.html?q=%E9%A2%84%E7%BA%A6")]);
        assert!(honest.contains(" 200") && honest.ends_with(PAGE), "{honest}");
        let attack = curl(&[&format!("{gateway}/index.html?id=1%27%20UNION%20SELECT%20password%20FROM%20users--%20")]);
        assert!(attack.contains(" 403") && attack.contains("x-request-id"), "{attack}");
        let missing = curl(&[&format!("{gateway}/nothing")]);
        assert!(missing.contains(" 404"), "{missing}");
    }
    assert!(medward.welcome.contains("/setup#"), "{}", medward.welcome);
    assert_eq!(medward.stop(), 0);
}

#[test]
fn python_http_server_is_protected() {
    let Some(python) = require("python3") else { return };
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("index.html"), PAGE).unwrap();
    check_site(&Peer::python_http_server(&python, folder.path()));
}

#[test]
fn nginx_is_protected() {
    let Some(nginx) = require("nginx") else { return };
    let folder =
        tempfile::Builder::new().permissions(std::os::unix::fs::PermissionsExt::from_mode(0o755)).tempdir().unwrap();
    std::fs::create_dir(folder.path().join("site")).unwrap();
    std::fs::write(folder.path().join("site/index.html"), PAGE).unwrap();
    check_site(&Peer::nginx(&nginx, folder.path()));
}
