//! Debian's sqlmap against the vulnerable portal: it succeeds directly (shown in `medward-demo`), and finds nothing past Medward.

use std::net::SocketAddr;

use medward_demo::{Portal, SQLMAP_FOUND, sqlmap_targets};
use medward_tests::Medward;
use medward_tests::peer::{command, require, texts};

#[tokio::test(flavor = "multi_thread")]
async fn sqlmap_finds_nothing_past_medward_and_the_hole_without_it() {
    let Some(sqlmap) = require("sqlmap") else { return };
    let folder = tempfile::tempdir().unwrap();
    let portal = Portal::open(SocketAddr::from(([127, 0, 0, 1], 0)), &folder.path().join("portal")).await.unwrap();
    let mut tasks = tokio::task::JoinSet::new();
    tasks.spawn(portal.serve());
    let unguarded = format!("http://{}", portal.address());
    let url = unguarded.clone();
    let data = tempfile::tempdir().unwrap();
    let medward = Medward::start(data.path(), &["up", "--protect", &url]);
    let guarded = medward.address("gateway", "http");
    for target in sqlmap_targets() {
        for (site, must_find) in [(&unguarded, true), (&guarded, false)] {
            let output = folder.path().join(if must_find { "direct" } else { "guarded" });
            let arguments = target.arguments(site, output.to_str().unwrap());
            let sqlmap = sqlmap.clone();
            let result =
                tokio::task::spawn_blocking(move || command(sqlmap).args(arguments).output().unwrap()).await.unwrap();
            let (stdout, stderr, _) = texts(&result);
            assert_eq!(stdout.contains(SQLMAP_FOUND), must_find, "{} at {site}: {stdout}{stderr}", target.name);
        }
    }
}
