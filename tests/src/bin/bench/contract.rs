//! Rows `gateway.balanced_tls_*` and `gateway.objects_10000_change_pct`: what the contracts ask for, with the built-in rules and
//! TLS, and what many objects cost (gateway.md §15, items 1 and 3).

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use medward_tests::peer::{command, free_address, require};
use medward_tests::{Medward, Peer};

use crate::figures::{Figure, Goal, Row};
use crate::proxied::{backend, doubt, page};
use crate::rounds::{Plan, Turn, alternate, middle};
use crate::wire::{HONEST, ask, lua, split};
use crate::wrk::Load;
use crate::{h2load, machine, processor, proxied};

/// The contract asks for 2,000 requests per second of every kind (000-10), the goal for GET is 5,000.
const MIXES: [Figure; 3] = [
    mix("gateway.balanced_tls_get_rps", 5_000.0),
    mix("gateway.balanced_tls_form_rps", 2_000.0),
    mix("gateway.balanced_tls_json_rps", 2_000.0),
];
const MIXES_CPU: [Figure; 3] = [
    cpu("gateway.balanced_tls_get_cpu_us"),
    cpu("gateway.balanced_tls_form_cpu_us"),
    cpu("gateway.balanced_tls_json_cpu_us"),
];
/// Of GET over TLS at half of the load that was just measured.
const HALF: Figure =
    Figure { name: "gateway.balanced_tls_get_p99_ms", unit: "ms", digits: 2, goal: Some(Goal::AtMost(20.0)) };
const HTTP2: Figure = mix("gateway.balanced_h2_get_rps", 2_000.0);
/// Connections of every load.
const CONNECTIONS: u32 = 32;
const OBJECTS: Figure = Figure {
    name: "gateway.objects_10000_change_pct",
    unit: "% more CPU/request than with 600 objects",
    digits: 1,
    goal: Some(Goal::Within(5.0)),
};
/// Few and many protected objects.
const FEW: usize = 600;
const MANY: usize = 10_000;
/// Requests to this many of the objects, over the whole of them.
const ASKED: usize = 200;

const fn mix(name: &'static str, least: f64) -> Figure {
    Figure { name, unit: "requests/s", digits: 0, goal: Some(Goal::AtLeast(least)) }
}

const fn cpu(name: &'static str) -> Figure {
    Figure { name, unit: "µs CPU/request", digits: 1, goal: None }
}

/// Where things run.
struct Bench {
    wrk: PathBuf,
    h2load: PathBuf,
    proxy_core: usize,
    load_core: usize,
}

/// One proxy to measure.
struct Subject {
    label: String,
    pid: u32,
    url: String,
    script: PathBuf,
}

/// The rows of this module.
pub(crate) fn measure(plan: &Plan) -> Result<Vec<Row>> {
    let date = machine::today();
    let [Some(nginx), Some(wrk), Some(h2load), Some(openssl)] = ["nginx", "wrk", "h2load", "openssl"].map(require)
    else {
        return Ok(gaps("nginx, wrk, h2load or openssl is not installed", &date));
    };
    let &[proxy_core, load_core, ..] = processor::cores()?.as_slice() else {
        return Ok(gaps("it needs two processor cores", &date));
    };
    let bench = Bench { wrk, h2load, proxy_core, load_core };
    let folder = tempfile::Builder::new().prefix("medward-bench-").tempdir().context("make a folder")?;
    let backend = backend(&nginx, folder.path(), load_core)?;
    let files = certificate(&openssl, folder.path())?;
    let mut rows = bench.mixes(plan, &nginx, &files, folder.path(), &backend, &date)?;
    rows.push(bench.objects(plan, folder.path(), &backend, &date)?);
    Ok(rows)
}

fn gaps(why: &str, date: &str) -> Vec<Row> {
    let figures = MIXES.iter().chain(&MIXES_CPU).chain([&HALF, &HTTP2, &OBJECTS]);
    figures.map(|figure| figure.gap(why, "nginx as TLS proxy", date)).collect()
}

/// A certificate and its key, PEM.
fn certificate(openssl: &Path, folder: &Path) -> Result<[String; 2]> {
    let files @ [certificate, key] = &["site.crt", "site.key"].map(|name| folder.join(name).display().to_string());
    let made = command(openssl)
        .args(["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"])
        .args(["-subj", "/CN=portal.example.org", "-out"])
        .args([certificate, "-keyout", key])
        .output()
        .context("run openssl")?;
    ensure!(made.status.success(), "openssl: {}", String::from_utf8_lossy(&made.stderr));
    Ok(files.clone())
}

fn objects(count: usize, backend: &Peer) -> String {
    let object = |number: usize| {
        format!(
            // Short: a settings file has 1 MiB at the most.
            "[[gateway.object]]\nname=\"o{number}\"\nhosts=[\"h{number}\"]\nupstreams=[\"http://{}\"]\nmode=\"block\"\n",
            backend.address
        )
    };
    (0..count).map(object).collect::<Vec<_>>().concat()
}

/// The same requests for `h2load`: their targets from a file, the fields of the first one but its host.
fn paced(requests: &[Vec<u8>], file: &Path) -> Result<h2load::Load> {
    let texts: Vec<_> = requests.iter().map(|request| String::from_utf8_lossy(request)).collect();
    let targets: Option<Vec<&str>> = texts.iter().map(|text| text.split(' ').nth(1)).collect();
    std::fs::write(file, targets.context("a request without target")?.join("\n")).context("write the targets")?;
    let lines = texts.first().context("a mix without requests")?.lines().skip(1);
    let headers = lines.filter(|line| !line.is_empty() && !line.starts_with("Host:")).map(str::to_owned).collect();
    let targets = file.to_owned();
    Ok(h2load::Load { base: String::new(), targets, headers, streams: None, connections: CONNECTIONS, pace: None })
}

fn gateway(data: &Path, settings: &str, core: usize) -> Result<Medward> {
    std::fs::create_dir(data).context("make a folder for medward")?;
    std::fs::write(data.join("medward.toml"), settings).context("write medward.toml")?;
    Ok(Medward::start_pinned(core, data, &["up"]))
}

impl Bench {
    fn mixes(
        &self,
        plan: &Plan,
        nginx: &Path,
        [certificate, key]: &[String; 2],
        folder: &Path,
        backend: &Peer,
        date: &str,
    ) -> Result<Vec<Row>> {
        let second = free_address();
        let tls = format!(
            "listen {second} http2; ssl on; ssl_certificate {certificate}; ssl_certificate_key {key}; ssl_protocols TLSv1.3;"
        );
        let peer = proxied::proxy(nginx, folder, "tls", backend, self.proxy_core, ["", &tls])?;
        let settings = format!(
            "[gateway]\ncertificate = {certificate:?}\nprivate_key = {key:?}\n[[gateway.object]]\nname = \"all\"\nhosts = [\"*\"]\n\
             upstreams = [\"http://{}\"]\nmode = \"block\"\n",
            backend.address
        );
        let medward = gateway(&folder.join("balanced"), &settings, self.proxy_core)?;
        let plain = medward.address("gateway", "http");
        let plain: SocketAddr = plain.trim_start_matches("http://").parse().context("read the gateway's address")?;
        let peer_name = format!("nginx {} as TLS proxy without rules", proxied::version(nginx)?);
        let mut rows = Vec::new();
        let mut get = None;
        for ((honest, figure), cpu) in HONEST.into_iter().zip(&MIXES).zip(&MIXES_CPU) {
            let requests = split(honest)?;
            for request in &requests {
                let answer = ask(plain, request)?;
                let right = answer.starts_with("HTTP/1.1 200 ") && answer.ends_with(&page());
                ensure!(right, "an honest request got {answer}");
            }
            let script = folder.join(format!("{}.lua", figure.name));
            std::fs::write(&script, lua(&requests)).context("write the script of wrk")?;
            let subject = |label: &str, pid: u32, url: String| Subject {
                label: label.to_owned(),
                pid,
                url,
                script: script.clone(),
            };
            let subjects = [
                subject("nginx, TLS", peer.pid(), format!("https://{}/", peer.address)),
                subject("gateway, rules, TLS", medward.pid(), format!("{}/", medward.address("gateway", "https"))),
            ];
            let [theirs, ours] = self.middles(plan, &subjects)?;
            let doubt = doubt(&theirs, &ours);
            let row = figure.row(ours.requests_per_second, theirs.requests_per_second, &peer_name, date);
            rows.push(row.doubted(doubt.as_deref()));
            rows.push(cpu.row(ours.cpu_us, theirs.cpu_us, &peer_name, date));
            get.get_or_insert((requests, ours.requests_per_second));
        }
        let (requests, full) = get.context("no mix was measured")?;
        let script = folder.join("targets");
        let theirs = |label: &str, address| Subject {
            label: format!("nginx, {label}"),
            pid: peer.pid(),
            url: format!("https://{address}"),
            script: script.clone(),
        };
        let ours = |label: &str| Subject {
            label: format!("gateway, rules, {label}"),
            pid: medward.pid(),
            url: medward.address("gateway", "https"),
            script: script.clone(),
        };
        let mut load = paced(&requests, &script)?;
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "some hundred per connection")]
        let pace = (full / 2.0 / f64::from(CONNECTIONS)).round() as u32;
        load.pace = Some(pace);
        let [theirs_half, ours_half] =
            self.by_h2load(plan, &[theirs("half load", peer.address), ours("half load")], &load)?;
        let ms = |turn: &Turn| turn.p99.as_secs_f64() * 1e3;
        rows.push(HALF.row(ms(&ours_half), ms(&theirs_half), &peer_name, date));
        (load.pace, load.streams) = (None, Some(10));
        let [theirs, ours] = self.by_h2load(plan, &[theirs("HTTP/2", second), ours("HTTP/2")], &load)?;
        rows.push(HTTP2.row(ours.requests_per_second, theirs.requests_per_second, &peer_name, date));
        Ok(rows)
    }

    fn objects(&self, plan: &Plan, folder: &Path, backend: &Peer, date: &str) -> Result<Row> {
        let mut running = Vec::new();
        let mut subjects = Vec::new();
        for count in [FEW, MANY] {
            let data = folder.join(format!("objects-{count}"));
            let medward = gateway(&data, &objects(count, backend), self.proxy_core)?;
            let requests: Vec<Vec<u8>> = (0..ASKED)
                .map(|at| at * (count / ASKED))
                .map(|number| format!("GET /report/list?page=2 HTTP/1.1\r\nHost: h{number}\r\n\r\n").into_bytes())
                .collect();
            let script = folder.join(format!("objects-{count}.lua"));
            std::fs::write(&script, lua(&requests)).context("write the script of wrk")?;
            let url = format!("{}/", medward.address("gateway", "http"));
            subjects.push(Subject { label: format!("{count} objects"), pid: medward.pid(), url, script });
            running.push(medward);
        }
        let subjects: [Subject; 2] = subjects.try_into().ok().context("two gateways")?;
        let [few, many] = self.middles(plan, &subjects)?;
        Ok(OBJECTS.alone((many.cpu_us / few.cpu_us - 1.0) * 100.0, date))
    }

    fn middles(&self, plan: &Plan, subjects: &[Subject; 2]) -> Result<[Turn; 2]> {
        let name = |subject: &Subject| subject.label.clone();
        let turns = alternate(subjects, plan, name, |subject, time| self.turn(subject, time))?;
        let middles: Vec<Turn> = turns.iter().filter_map(|turns| middle(turns)).collect();
        middles.try_into().ok().context("a subject without turns")
    }

    fn by_h2load(&self, plan: &Plan, subjects: &[Subject; 2], load: &h2load::Load) -> Result<[Turn; 2]> {
        let name = |subject: &Subject| subject.label.clone();
        let turn = |subject: &Subject, time| {
            let load = h2load::Load { base: subject.url.clone(), ..load.clone() };
            let run = || load.run(&self.h2load, self.load_core, time);
            proxied::turn(&subject.label, subject.pid, self.proxy_core, run)
        };
        let middles: Vec<Turn> =
            alternate(subjects, plan, name, turn)?.iter().filter_map(|turns| middle(turns)).collect();
        middles.try_into().ok().context("a subject without turns")
    }

    fn turn(&self, subject: &Subject, time: Duration) -> Result<Turn> {
        let (url, script) = (subject.url.clone(), Some(subject.script.clone()));
        let load = Load { url, script, headers: Vec::new(), connections: CONNECTIONS };
        proxied::turn(&subject.label, subject.pid, self.proxy_core, || load.run(&self.wrk, self.load_core, time))
    }
}
