//! Area `gateway`: the reverse proxy beside plain nginx (gateway.md §15, items 1 and 2).
//!
//! Four subjects take turns on one core: nginx as proxy, the same with an access log, the gateway with its engine off (`bypass`),
//! and the gateway with its built-in rules (`block`). Both gateway subjects are one process with two protected objects. Behind all of them
//! is one more nginx; it and the load run on another core.

use std::cell::Cell;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use medward_tests::peer::{command, require};
use medward_tests::{Medward, Peer, curl, medward_binary};

use crate::figures::{Figure, Goal, Row};
use crate::proxied::{backend, doubt, page};
use crate::rounds::{Plan, Turn, alternate, middle};
use crate::wrk::Load;
use crate::{contract, crowd, machine, processor, proxied, waf, wire};

/// For `docs/benchmarks.md`.
pub(crate) const METHOD: &str = "\
Debian's `wrk` (1 thread, 32 kept-alive connections, plain HTTP/1.1 on loopback) sends a GET with query arguments, usual
browser headers and cookies. Four proxies take turns, five rounds of five seconds each, in changing order, after a
warm-up:

- plain Debian nginx as proxy: one worker, kept-alive upstream connections, no access log, no body rewriting;
- the same with the access log that Debian's nginx.conf has, one line for each request, written at once: the peer of
  `off_vs_logging_nginx`, which is nearer to a gateway that records everything and has no goal;
- the gateway with the engine off (`mode = \"bypass\"`): rows `gateway.off_*`;
- the gateway with its built-in rules (`mode = \"block\"`): rows `gateway.first_rules_*`.

Behind each stands the same nginx with `return 200` and a body of 1 KiB. The proxy has one core for itself; `wrk` and the
backend share another. Before the rounds each proxy must give the backend's page, and an SQL injection must arrive at the
backend through nginx and the bypass object and be refused by the block object. One answer that is not 2xx, or one lost
connection, ends the run without figures.

`*_cpu_us` is processor time of the proxy's process (all threads, user and system, from `/proc/PID/stat`) per request,
including what it does after the last answer until it rests: the gateway records every request in the vault, the peer
records nothing. Lower is better there; in the other rows higher is better.

`recorded_share`: after the rounds the gateway is stopped, `medward vault verify` re-hashes the stream `access`, and its
records are counted against the answers that `wrk` counted. Less than 1 means that requests went unrecorded.

`balanced_tls_*`: the requests of `benches/mix` (16 each of GET, form, JSON), one kind at a time, over TLS 1.3 with one P-256
certificate and 32 kept-alive connections, to the gateway with its built-in rules (`mode = \"block\"`) and, in turn, to the same
nginx as proxy with TLS and without any rules.

`balanced_tls_get_p99_ms`: the GET requests of the same mix by Debian's `h2load` over 32 connections of HTTP/1.1 at half of
the rate that was just measured; 99 of 100 answers were whole within this time. `balanced_h2_get_rps`: the same over HTTP/2, 32
connections with ten requests at once each, as fast as it goes.

`objects_10000_change_pct`: two gateways with the built-in rules take turns, one with 600 protected objects, one with 10,000; 200
of them, spread over all, are asked for a page. The figure is the change of processor time per request.

`idle_10000_mib`: memory of a gateway (resident set) with 10,000 connections that were answered once and stay open.
`slow_p99_change`: 99 of 100 answers to `wrk` as fast as it goes, with 1,000 clients of `slowhttptest` beside it (heads that never
end, bodies that trickle, readers that take little: the worst of them), against the same without them; its own connections are made
within the turn.

`crs_vs_modsec`: throughput with the policy `crs` beside nginx with ModSecurity and the same rules, measured as `waf.wire_rps`.
";

const OFF: Figure =
    Figure { name: "gateway.off_vs_nginx", unit: "requests/s", digits: 0, goal: Some(Goal::RatioAtLeast(0.6)) };
/// Beside an nginx that writes down each request, too, though it does not wait for the disk as the vault does.
const OFF_LOGGING: Figure = Figure { name: "gateway.off_vs_logging_nginx", unit: "requests/s", digits: 0, goal: None };
const OFF_CPU: Figure = Figure { name: "gateway.off_cpu_us", unit: "µs CPU/request", digits: 1, goal: None };
/// The contract asks for 2,000 requests per second with inspection (000-10).
const RULES: Figure =
    Figure { name: "gateway.first_rules_rps", unit: "requests/s", digits: 0, goal: Some(Goal::AtLeast(2_000.0)) };
const RULES_CPU: Figure = Figure { name: "gateway.first_rules_cpu_us", unit: "µs CPU/request", digits: 1, goal: None };

const RECORDED: Figure =
    Figure { name: "gateway.recorded_share", unit: "records/answer", digits: 6, goal: Some(Goal::AtLeast(1.0)) };

/// What a page request of a hospital portal looks like.
const TARGET: &str = "/report/list?patient=20260731001&page=2&size=20&q=%E4%BD%93%E6%A3%80&sort=date";
const HEADERS: [&str; 6] = [
    "User-Agent: Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36",
    "Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    "Accept-Language: zh-CN,zh;q=0.9,en;q=0.8",
    "Accept-Encoding: gzip, deflate, br",
    "Referer: http://portal.example.org/report?tab=2",
    "Cookie: session=3f9a1c77d2be40558a6e0f2b9c1d4e8a; theme=light; department=17",
];
const ATTACK: &str = "/report/list?patient=1%27%20UNION%20SELECT%20login,password%20FROM%20users--%20";
/// One proxy to measure.
struct Subject {
    label: &'static str,
    pid: u32,
    url: String,
    /// Chooses the protected object.
    host: &'static str,
    /// Whether it must refuse attacks.
    refuses: bool,
    /// Whether its answers must be on record.
    counted: bool,
}

/// Where things run.
struct Bench {
    wrk: PathBuf,
    proxy_core: usize,
    load_core: usize,
    /// Answers of the gateway so far.
    answered: Cell<u64>,
}

/// The rows of this area.
pub(crate) fn measure(plan: &Plan) -> Result<Vec<Row>> {
    let date = machine::today();
    let (Some(nginx), Some(wrk)) = (require("nginx"), require("wrk")) else {
        return Ok(gaps("nginx or wrk is not installed", &date));
    };
    let &[proxy_core, load_core, ..] = processor::cores()?.as_slice() else {
        return Ok(gaps("it needs two processor cores", &date));
    };
    let bench = Bench { wrk, proxy_core, load_core, answered: Cell::new(0) };
    let folder = tempfile::Builder::new().prefix("medward-bench-").tempdir().context("make a folder")?;
    let backend = backend(&nginx, folder.path(), load_core)?;
    let peer = proxied::proxy(&nginx, folder.path(), "peer", &backend, proxy_core, [""; 2])?;
    let peer_name = format!("nginx {} as proxy", proxied::version(&nginx)?);
    let log = format!("access_log {}/access.log;", folder.path().display());
    let logging = proxied::proxy(&nginx, folder.path(), "logging", &backend, proxy_core, ["", &log])?;
    if plan.calibrate {
        let second = proxied::proxy(&nginx, folder.path(), "second", &backend, proxy_core, [""; 2])?;
        let [peer, off, rules] = bench.middles(plan, &[of_nginx(&peer), of_nginx(&second), of_nginx(&second)])?;
        return Ok(rows(peer, off, rules, &peer_name, &date).to_vec());
    }
    let data = folder.path().join("medward");
    let medward = gateway(&data, &backend, proxy_core)?;
    let logging = Subject { label: "nginx, access log", ..of_nginx(&logging) };
    let subjects = [of_nginx(&peer), logging, of_gateway(&medward, false), of_gateway(&medward, true)];
    let [peer, logging, off, rules] = bench.middles(plan, &subjects)?;
    let code = medward.stop();
    ensure!(code == 0, "medward ended with {code}");
    let recorded = recorded(&data)?;
    println!("bench: {} answers, {recorded} access records", bench.answered.get());
    let share = RECORDED.alone(share(recorded, bench.answered.get()), &date);
    let logged = format!("{peer_name} with access log");
    let logged = OFF_LOGGING.row(off.requests_per_second, logging.requests_per_second, &logged, &date);
    let logged = logged.doubted(doubt(&logging, &off).as_deref());
    let mut all = rows(peer, off, rules, &peer_name, &date).to_vec();
    all.extend([logged, share]);
    drop(backend);
    all.extend(contract::measure(plan).context("measure what the contracts ask for")?);
    all.extend(crowd::measure(plan).context("measure what clients cost that ask for nothing")?);
    if let Some((folder, name)) = waf::rules()? {
        let beside = wire::measure(plan, &folder, &name, "libmodsecurity", &date).context("measure over the wire")?;
        all.extend(wire::of_gateway(beside));
    }
    Ok(all)
}

/// Records in the stream `access` of a stopped Medward.
fn recorded(data: &Path) -> Result<u64> {
    let mut verify = command(medward_binary());
    verify.args(["vault", "verify", "--stream", "access", "--json", "--dir"]).arg(data.join("data/vault"));
    let output = verify.output().context("run medward vault verify")?;
    let report = String::from_utf8_lossy(&output.stdout);
    ensure!(output.status.success(), "the vault does not verify: {report}");
    let report: serde_json::Value = serde_json::from_str(&report).context("read the report of medward vault verify")?;
    report.get("records").and_then(serde_json::Value::as_u64).context("no number of records from medward vault verify")
}

/// At most 1: requests that `wrk` broke off at its end are recorded and not counted by it.
#[expect(clippy::cast_precision_loss, reason = "far fewer than 2^52 requests")]
fn share(recorded: u64, answered: u64) -> f64 {
    (recorded as f64 / answered as f64).min(1.0)
}

fn rows(peer: Turn, off: Turn, rules: Turn, peer_name: &str, date: &str) -> [Row; 4] {
    let row = |throughput: Figure, cpu: Figure, ours: Turn| {
        let doubt = doubt(&peer, &ours);
        let throughput = throughput.row(ours.requests_per_second, peer.requests_per_second, peer_name, date);
        let cpu = cpu.row(ours.cpu_us, peer.cpu_us, peer_name, date);
        [throughput.doubted(doubt.as_deref()), cpu.doubted(doubt.as_deref())]
    };
    let ([off, off_cpu], [rules, rules_cpu]) = (row(OFF, OFF_CPU, off), row(RULES, RULES_CPU, rules));
    [off, off_cpu, rules, rules_cpu]
}

fn gaps(why: &str, date: &str) -> Vec<Row> {
    [OFF, OFF_LOGGING, OFF_CPU, RULES, RULES_CPU, RECORDED]
        .map(|figure| figure.gap(why, "nginx as proxy", date))
        .to_vec()
}

fn of_nginx(peer: &Peer) -> Subject {
    let url = format!("http://{}", peer.address);
    Subject { label: "nginx", pid: peer.pid(), url, host: "portal.example.org", refuses: false, counted: false }
}

fn of_gateway(medward: &Medward, rules: bool) -> Subject {
    let (label, host) = if rules {
        ("gateway, first rules", "block.example.org")
    } else {
        ("gateway, engine off", "bypass.example.org")
    };
    Subject { label, pid: medward.pid(), url: medward.address("gateway", "http"), host, refuses: rules, counted: true }
}

fn gateway(data: &Path, backend: &Peer, core: usize) -> Result<Medward> {
    std::fs::create_dir(data).context("make a folder for medward")?;
    let object = |mode: &str| {
        format!(
            "[[gateway.object]]\nname = \"{mode}\"\nhosts = [\"{mode}.example.org\"]\n\
             upstreams = [\"http://{}\"]\nmode = \"{mode}\"\n",
            backend.address
        )
    };
    std::fs::write(data.join("medward.toml"), object("bypass") + &object("block")).context("write medward.toml")?;
    Ok(Medward::start_pinned(core, data, &["up"]))
}

impl Subject {
    /// A wrong answer is not worth timing: the page must be the backend's, and an attack must end as the mode says.
    fn check(&self) -> Result<()> {
        let ask = |target: &str| {
            let headers = self.headers();
            let mut arguments: Vec<&str> = headers.iter().flat_map(|header| ["--header", header]).collect();
            let url = format!("{}{target}", self.url);
            arguments.push(&url);
            curl(&arguments)
        };
        let honest = ask(TARGET);
        ensure!(honest.starts_with("HTTP/1.1 200 ") && honest.ends_with(&page()), "not the backend's page: {honest}");
        let attack = ask(ATTACK);
        let expected = if self.refuses { "HTTP/1.1 403 " } else { "HTTP/1.1 200 " };
        ensure!(attack.starts_with(expected), "an attack got, instead of {expected}: {attack}");
        Ok(())
    }

    fn headers(&self) -> Vec<String> {
        let host = format!("Host: {}", self.host);
        HEADERS.iter().map(|&header| header.to_owned()).chain([host]).collect()
    }
}

impl Bench {
    /// Checks the subjects, lets them take turns, and gives the middle of each.
    fn middles<const N: usize>(&self, plan: &Plan, subjects: &[Subject; N]) -> Result<[Turn; N]> {
        for subject in subjects {
            subject.check().with_context(|| format!("check {} before the rounds", subject.label))?;
        }
        let name = |subject: &Subject| subject.label.to_owned();
        let turns = alternate(subjects, plan, name, |subject, time| self.turn(subject, time))?;
        let middles: Vec<Turn> = turns.iter().filter_map(|turns| middle(turns)).collect();
        middles.try_into().ok().context("a subject without turns")
    }

    fn turn(&self, subject: &Subject, time: Duration) -> Result<Turn> {
        let load =
            Load { url: format!("{}{TARGET}", subject.url), script: None, headers: subject.headers(), connections: 32 };
        proxied::turn(subject.label, subject.pid, self.proxy_core, || {
            let measured = load.run(&self.wrk, self.load_core, time)?;
            if subject.counted {
                self.answered.set(self.answered.get() + measured.requests);
            }
            Ok(measured)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn turn(requests_per_second: f64, cpu_us: f64) -> Turn {
        Turn { requests_per_second, cpu_us, p99: Duration::from_millis(1), busy: 1.0, foreign: 0.0, stolen: 0.0 }
    }

    #[test]
    fn rows_compare_each_mode_with_the_same_peer() {
        let rows = rows(turn(60_000.0, 15.0), turn(42_000.0, 24.0), turn(1_500.0, 600.0), "nginx", "2026-07-31");
        let shown: Vec<_> =
            rows.iter().map(|row| (row.name.as_str(), row.ours.unwrap(), row.ratio.unwrap(), row.met)).collect();
        assert_eq!(
            shown,
            [
                ("gateway.off_vs_nginx", 42_000.0, 0.7, Some(true)),
                ("gateway.off_cpu_us", 24.0, 1.6, None),
                ("gateway.first_rules_rps", 1_500.0, 0.025, Some(false)),
                ("gateway.first_rules_cpu_us", 600.0, 40.0, None),
            ]
        );
    }

    #[test]
    fn a_proxy_without_its_core_makes_a_row_doubtful() {
        let held_up = Turn { busy: 0.49, foreign: 0.5, ..turn(60_000.0, 15.0) };
        let rows = rows(held_up, turn(42_000.0, 24.0), turn(3_000.0, 600.0), "nginx", "2026-07-31");
        assert!(rows.iter().all(|row| row.doubt.as_deref().is_some_and(|doubt| doubt.contains("49 %"))));
        assert_eq!((rows[0].met, rows[2].met), (None, Some(true)));
    }

    #[test]
    fn a_missing_peer_is_a_gap_in_every_row() {
        let gaps = gaps("wrk is not installed", "2026-07-31");
        assert_eq!(gaps.len(), 6);
        assert!(gaps.iter().all(|row| row.ours.is_none() && row.met.is_none() && row.gap.is_some()));
    }

    #[test]
    fn one_unrecorded_request_in_a_million_misses_the_goal() {
        let date = "2026-07-31";
        assert_eq!(RECORDED.alone(share(1_000_000, 1_000_000), date).met, Some(true));
        assert_eq!(RECORDED.alone(share(1_000_032, 1_000_000), date).ours, Some(1.0));
        let lost = RECORDED.alone(share(999_999, 1_000_000), date);
        assert_eq!((lost.ours, lost.met), (Some(0.999_999), Some(false)));
    }
}
