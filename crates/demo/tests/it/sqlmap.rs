//! Debian's sqlmap against the portal itself: the negative control of the same attacks past Medward.

use std::process::Stdio;

use medward_demo::{SQLMAP_FOUND, SqlmapTarget, sqlmap_targets};
use tokio::process::Command;

use crate::bench_room::Room;

/// The output of sqlmap, or `None` where it is not installed; in CI that is a failure.
async fn sqlmap(room: &Room, target: &SqlmapTarget) -> Option<String> {
    let output = tempfile::tempdir().unwrap();
    let site = format!("http://{}", room.portal.address());
    let arguments = target.arguments(&site, output.path().to_str().unwrap());
    match Command::new("sqlmap").args(arguments).stdin(Stdio::null()).output().await {
        Ok(finished) => Some(String::from_utf8_lossy(&finished.stdout).into_owned()),
        Err(error) => {
            assert!(std::env::var_os("CI").is_none(), "sqlmap: {error}");
            println!("skipped: sqlmap is not installed ({error})");
            None
        }
    }
}

#[tokio::test]
async fn sqlmap_finds_every_hole_of_the_unguarded_portal() {
    let room = Room::open().await;
    for target in sqlmap_targets() {
        let Some(output) = sqlmap(&room, &target).await else { return };
        for expected in target.finds.iter().chain(&[SQLMAP_FOUND]) {
            assert!(output.contains(expected), "{}: no {expected:?} in\n{output}", target.name);
        }
    }
}
