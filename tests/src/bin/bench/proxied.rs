//! Proxies side by side: each with a core for itself, one nginx behind them, and the load beside that (gateway.md §15).

use std::net::SocketAddr;
use std::path::Path;

use anyhow::{Context as _, Result, ensure};
use medward_tests::Peer;
use medward_tests::peer::{command, free_address, pinned};

use crate::processor;
use crate::rounds::Turn;
use crate::wrk::Measured;

/// Length of the backend's page.
pub(crate) const BODY_BYTES: usize = 1024;
/// A proxy that used less of its core than this was held up by something else, and its figures are doubtful.
const BUSY_LEAST: f64 = 0.85;

/// What the backend answers to everything.
pub(crate) fn page() -> String {
    "medward ".repeat(BODY_BYTES / 8)
}

/// An nginx that answers [`page`].
pub(crate) fn backend(nginx: &Path, folder: &Path, core: usize) -> Result<Peer> {
    let address = free_address();
    let server = format!("server {{ listen {address}; location / {{ return 200 \"{}\"; }} }}", page());
    start(nginx, folder, "backend", address, core, ["", &server])
}

/// An nginx as proxy. `modules` is loaded first, `more` stands in its server.
pub(crate) fn proxy(
    nginx: &Path,
    folder: &Path,
    name: &str,
    backend: &Peer,
    core: usize,
    [modules, more]: [&str; 2],
) -> Result<Peer> {
    let address = free_address();
    let server = format!(
        "upstream backend {{ server {}; keepalive 64; keepalive_requests 1000000000; }}\n\
         server {{ listen {address}; {more} location / {{ proxy_pass http://backend; proxy_http_version 1.1;\n\
         proxy_set_header Connection \"\"; }} }}",
        backend.address
    );
    start(nginx, folder, name, address, core, [modules, &server])
}

/// One nginx process: without a master, its pid is all of it, and ending it leaves no worker behind.
fn start(
    nginx: &Path,
    folder: &Path,
    name: &str,
    address: SocketAddr,
    core: usize,
    [modules, server]: [&str; 2],
) -> Result<Peer> {
    let folder = folder.join(name);
    std::fs::create_dir(&folder).context("make a folder for nginx")?;
    let config = folder.join("nginx.conf");
    let text = format!(
        "{modules}\ndaemon off; master_process off; pid {0}/nginx.pid; error_log stderr crit;\n\
         events {{ worker_connections 1024; }}\n\
         http {{ access_log off; keepalive_requests 1000000000; client_body_temp_path {0}/b; proxy_temp_path {0}/p;\n\
         fastcgi_temp_path {0}/f; uwsgi_temp_path {0}/u; scgi_temp_path {0}/s;\n{server} }}\n",
        folder.display()
    );
    std::fs::write(&config, text).context("write nginx.conf")?;
    let mut server = pinned(core, nginx);
    server.arg("-p").arg(&folder).arg("-c").arg(&config);
    Ok(Peer::listening(server, address))
}

/// `1.22.1`.
pub(crate) fn version(nginx: &Path) -> Result<String> {
    let output = command(nginx).arg("-v").output().context("ask nginx for its version")?;
    let text = String::from_utf8_lossy(&output.stderr);
    let version = text.trim().rsplit('/').next().unwrap_or_default().split(' ').next().unwrap_or_default();
    ensure!(version.starts_with(|c: char| c.is_ascii_digit()), "no version in {text:?}");
    Ok(version.to_owned())
}

/// Puts a load on the proxy with this pid and this core, and counts what that costs it.
pub(crate) fn turn(label: &str, pid: u32, core: usize, load: impl FnOnce() -> Result<Measured>) -> Result<Turn> {
    let core_before = processor::of_core(core)?;
    let before = processor::of_process(pid)?;
    let measured = load()?;
    let under_load = processor::of_process(pid)?.saturating_sub(before);
    let core = processor::of_core(core)?;
    if !processor::until_rest(pid)? {
        println!("bench: {label} still works long after the last answer");
    }
    let all = processor::of_process(pid)?.saturating_sub(before);
    let elapsed = core.total.saturating_sub(core_before.total).as_secs_f64();
    let core_busy = core.busy.saturating_sub(core_before.busy);
    #[expect(clippy::cast_precision_loss, reason = "a turn has far fewer than 2^52 requests")]
    let requests = measured.requests as f64;
    Ok(Turn {
        requests_per_second: measured.requests_per_second,
        cpu_us: all.as_secs_f64() * 1e6 / requests,
        p99: measured.p99,
        busy: under_load.as_secs_f64() / elapsed,
        foreign: core_busy.saturating_sub(under_load).as_secs_f64() / elapsed,
        stolen: core.stolen.saturating_sub(core_before.stolen).as_secs_f64() / elapsed,
    })
}

/// Throughput compares two proxies only when each had its core.
pub(crate) fn doubt(peer: &Turn, ours: &Turn) -> Option<String> {
    let (side, turn) = [("the peer", peer), ("ours", ours)].into_iter().find(|(_, turn)| turn.busy < BUSY_LEAST)?;
    Some(format!(
        "{side} used only {:.0} % of its core, others used {:.0} %; repeat on a quiet machine",
        turn.busy * 100.0,
        turn.foreign * 100.0
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_is_one_kibibyte() {
        assert_eq!(page().len(), BODY_BYTES);
    }
}
