//! A thousand slow clients at once, by Debian's `slowhttptest`: they are sent away in time, and meanwhile everybody else is
//! served (gateway.md §15, item 4).

use std::process::Stdio;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use tokio::io::AsyncReadExt as _;

use crate::client::get;
use crate::peers::{have, nginx};
use crate::rig::{Rig, site};

const SLOW_CLIENTS: usize = 1_000;
/// Longer than a slow client is let be: ten seconds of grace, and what a busy machine adds.
const PATIENCE: Duration = Duration::from_secs(60);

/// What came of an attack.
struct Outcome {
    /// What `slowhttptest` printed.
    told: String,
    /// Requests of somebody else while the slow clients were connected.
    served: usize,
    rig: Rig,
}

/// Attacks a gateway before nginx and asks for a page all the while.
async fn attack(arguments: &[&str], page: &str) -> Outcome {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("report.pdf"), vec![b'x'; 1 << 20]).unwrap();
    let (_upstream, address) = nginx(folder.path()).await;
    let rig = Rig::start(format!(
        "[gateway]\nhttp = \"127.0.0.1:0\"\nhttps = \"\"\n[gateway.limits]\nconnections_per_address = 2000\n{}",
        site(&[address], "")
    ))
    .await;
    let mut child = tokio::process::Command::new("slowhttptest")
        .args(["-c", &SLOW_CLIENTS.to_string(), "-r", &SLOW_CLIENTS.to_string(), "-p", "30"])
        .args(arguments)
        .args(["-u", &format!("http://{}{page}", rig.http())])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let mut output = child.stdout.take().unwrap();
    let (is_over, served) = (Arc::new(AtomicBool::new(false)), AtomicUsize::new(0));
    let told = async {
        let mut told = Vec::new();
        tokio::time::timeout(PATIENCE, output.read_to_end(&mut told))
            .await
            .expect("the slow clients are still there")
            .unwrap();
        is_over.store(true, Ordering::SeqCst);
        String::from_utf8_lossy(&told).into_owned()
    };
    let others = async {
        while !is_over.load(Ordering::SeqCst) {
            let response = get(rig.http(), "/ok").await;
            assert_eq!((response.status, response.text().as_str()), (200, "nginx says ok"));
            served.fetch_add(1, Ordering::SeqCst);
        }
    };
    let (told, ()) = tokio::join!(told, others);
    assert!(child.wait().await.unwrap().success(), "{told}");
    Outcome { told, served: served.into_inner(), rig }
}

impl Outcome {
    /// All slow clients were connected at once, nobody else noticed, and the gateway ended them all by itself.
    async fn all_were_sent_away(&self, reason: &str) {
        assert!(self.told.contains("No open connections left"), "{}", self.told);
        assert!(!self.told.contains("service available:   NO"), "{}", self.told);
        assert!(self.served > 0, "nobody else was served");
        self.rig.recorder.refused(408, reason, SLOW_CLIENTS).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn thousand_heads_that_never_end_are_refused_and_everybody_else_is_served() {
    if have("slowhttptest") && have("nginx") {
        attack(&["-H", "-i", "3", "-l", "50"], "/").await.all_were_sent_away("head_timeout").await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn thousand_bodies_that_trickle_are_refused_and_everybody_else_is_served() {
    if have("slowhttptest") && have("nginx") {
        attack(&["-B", "-i", "3", "-l", "50", "-x", "8"], "/submit").await.all_were_sent_away("body_timeout").await;
    }
}

/// Who reads slowly but reads is a person on a bad line: nothing is taken from it, and nothing from anybody else.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn thousand_slow_readers_take_nothing_from_anybody() {
    if have("slowhttptest") && have("nginx") {
        let reading = ["-X", "-w", "256", "-y", "512", "-n", "1", "-z", "32", "-l", "8"];
        let outcome = attack(&reading, "/report.pdf").await;
        assert!(outcome.told.contains("Hit test time limit"), "{}", outcome.told);
        assert!(!outcome.told.contains("service available:   NO"), "{}", outcome.told);
        assert!(outcome.served > 0, "nobody else was served");
    }
}
