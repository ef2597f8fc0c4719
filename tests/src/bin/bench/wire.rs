//! Rows `waf.wire_*`: the gateway with the policy `crs` beside Debian's nginx with ModSecurity, over real sockets
//! (gateway.md §15, item 2).
//!
//! Both are one process on one core, have the same rule files, and stand before the same backend.

use std::fmt::Write as _;
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, Result, bail, ensure};
use medward_tests::peer::require;
use medward_tests::{Medward, Peer};
use medward_waf::http1::{BodyFraming, HeadScanner};

use crate::figures::{Figure, Goal, Row};
use crate::proxied::{backend, doubt, page};
use crate::rounds::{Plan, Turn, alternate, middle};
use crate::wrk::Load;
use crate::{processor, proxied};

/// Where Debian's `libnginx-mod-http-modsecurity` puts it.
const MODULE: &str = "/usr/lib/nginx/modules/ngx_http_modsecurity_module.so";
/// What the gateway puts before the rules of a CRS: which bodies are read and how.
const BASE_PROFILE: &str = "../crates/gateway/src/crs/base.conf";
/// The kinds of honest requests, and the attacks.
pub(crate) const HONEST: [&[u8]; 3] = [
    include_bytes!("../../../../benches/mix/get.http"),
    include_bytes!("../../../../benches/mix/form.http"),
    include_bytes!("../../../../benches/mix/json.http"),
];
const ATTACKS: &[u8] = include_bytes!("../../../../benches/mix/sqli.http");

/// gateway.md §15, item 2.
const RPS: Figure =
    Figure { name: "waf.wire_rps", unit: "requests/s", digits: 0, goal: Some(Goal::RatioAtLeast(10.0)) };
const CPU: Figure = Figure {
    name: "waf.wire_cpu_us",
    unit: "µs CPU/request",
    digits: 1,
    goal: Some(Goal::TimesLess { wanted: 10.0, required: 10.0 }),
};

/// One side.
struct Subject {
    label: &'static str,
    pid: u32,
    address: SocketAddr,
}

/// The rows of a CRS in `folder`; `rules` says which, `engine` which libmodsecurity.
pub(crate) fn measure(plan: &Plan, folder: &Path, rules: &str, engine: &str, date: &str) -> Result<Vec<Row>> {
    let (Some(nginx), Some(wrk)) = (require("nginx"), require("wrk")) else {
        return Ok(gaps("nginx or wrk is not installed", date));
    };
    if !Path::new(MODULE).exists() {
        return Ok(gaps("libnginx-mod-http-modsecurity is not installed", date));
    }
    let &[proxy_core, load_core, ..] = processor::cores()?.as_slice() else {
        return Ok(gaps("it needs two processor cores", date));
    };
    let own = tempfile::Builder::new().prefix("medward-bench-").tempdir().context("make a folder")?;
    let mixes: Vec<_> = HONEST.into_iter().map(split).collect::<Result<_>>()?;
    let (honest, attacks) = (interleaved(&mixes), split(ATTACKS)?);
    let script = own.path().join("mix.lua");
    std::fs::write(&script, lua(&honest)).context("write the script of wrk")?;

    let backend = backend(&nginx, own.path(), load_core)?;
    let list = rules_list(own.path(), folder)?;
    let peer = modsecurity(&nginx, own.path(), "peer", &backend, proxy_core, &list)?;
    let name = format!("nginx {} with {engine}, {rules}", proxied::version(&nginx)?);
    let of_peer = Subject { label: "nginx, ModSecurity", pid: peer.pid(), address: peer.address };
    let bench = Bench { wrk, script, proxy_core, load_core, honest, attacks };
    let second;
    let medward;
    let of_ours = if plan.calibrate {
        second = modsecurity(&nginx, own.path(), "second", &backend, proxy_core, &list)?;
        Subject { label: "the same again", pid: second.pid(), address: second.address }
    } else {
        medward = gateway(&own.path().join("medward"), &backend, proxy_core, folder)?;
        let url = medward.address("gateway", "http");
        let address = url.trim_start_matches("http://").parse().context("read the gateway's address")?;
        Subject { label: "gateway, policy crs", pid: medward.pid(), address }
    };
    let [peer, ours] = bench.middles(plan, &[of_peer, of_ours])?;
    Ok(rows(peer, ours, &name, date).to_vec())
}

fn rows(peer: Turn, ours: Turn, name: &str, date: &str) -> [Row; 2] {
    let doubt = doubt(&peer, &ours);
    let rps = RPS.row(ours.requests_per_second, peer.requests_per_second, name, date);
    let cpu = CPU.row(ours.cpu_us, peer.cpu_us, name, date);
    [rps.doubted(doubt.as_deref()), cpu.doubted(doubt.as_deref())]
}

/// Rows without figures.
pub(crate) fn gaps(why: &str, date: &str) -> Vec<Row> {
    [RPS, CPU].map(|figure| figure.gap(why, "nginx with ModSecurity", date)).to_vec()
}

/// The same throughput as the area `gateway` shows it.
pub(crate) fn of_gateway(rows: Vec<Row>) -> Option<Row> {
    let row = rows.into_iter().find(|row| row.name == RPS.name)?;
    Some(Row { name: "gateway.crs_vs_modsec".to_owned(), ..row })
}

/// The same files in the same order as the gateway reads them.
fn rules_list(folder: &Path, crs: &Path) -> Result<PathBuf> {
    let base =
        Path::new(env!("CARGO_MANIFEST_DIR")).join(BASE_PROFILE).canonicalize().context("find the base profile")?;
    let setup = ["crs-setup.conf", "crs-setup.conf.example"].map(|name| crs.join(name));
    let setup = setup.iter().find(|path| path.is_file()).context("find the setup of the CRS")?;
    let list = folder.join("rules.conf");
    let text = format!(
        "SecRuleEngine On\nSecAuditEngine Off\nInclude {}\nInclude {}\nInclude {}/rules/*.conf\n",
        base.display(),
        setup.canonicalize().context("find the setup of the CRS")?.display(),
        crs.canonicalize().context("find the CRS")?.display()
    );
    std::fs::write(&list, text).context("write the list of rule files")?;
    Ok(list)
}

fn modsecurity(nginx: &Path, folder: &Path, name: &str, backend: &Peer, core: usize, rules: &Path) -> Result<Peer> {
    let module = format!("load_module {MODULE};");
    let rules = format!("modsecurity on; modsecurity_rules_file {};", rules.display());
    proxied::proxy(nginx, folder, name, backend, core, [&module, &rules])
}

fn gateway(data: &Path, backend: &Peer, core: usize, crs: &Path) -> Result<Medward> {
    std::fs::create_dir(data).context("make a folder for medward")?;
    let crs = crs.canonicalize().context("find the CRS")?;
    let settings = format!(
        "[gateway.crs]\ndirectory = {:?}\n[[gateway.object]]\nname = \"crs\"\nhosts = [\"*\"]\npolicy = \"crs\"\n\
         upstreams = [\"http://{}\"]\nmode = \"block\"\n",
        crs.display().to_string(),
        backend.address
    );
    std::fs::write(data.join("medward.toml"), settings).context("write medward.toml")?;
    Ok(Medward::start_pinned(core, data, &["up"]))
}

/// Where things run, and what is sent.
struct Bench {
    wrk: PathBuf,
    script: PathBuf,
    proxy_core: usize,
    load_core: usize,
    honest: Vec<Vec<u8>>,
    attacks: Vec<Vec<u8>>,
}

impl Bench {
    fn middles(&self, plan: &Plan, subjects: &[Subject; 2]) -> Result<[Turn; 2]> {
        self.check(subjects).context("before the rounds")?;
        let name = |subject: &Subject| subject.label.to_owned();
        let turns = alternate(subjects, plan, name, |subject, time| self.turn(subject, time))?;
        self.check(subjects).context("after the rounds")?;
        let middles: Vec<Turn> = turns.iter().filter_map(|turns| middle(turns)).collect();
        middles.try_into().ok().context("a subject without turns")
    }

    fn turn(&self, subject: &Subject, time: Duration) -> Result<Turn> {
        let url = format!("http://{}/", subject.address);
        let load = Load { url, script: Some(self.script.clone()), headers: Vec::new(), connections: 32 };
        proxied::turn(subject.label, subject.pid, self.proxy_core, || load.run(&self.wrk, self.load_core, time))
    }

    /// A wrong answer is not worth timing: every honest request must get the backend's page, every attack be refused.
    fn check(&self, subjects: &[Subject; 2]) -> Result<()> {
        for subject in subjects {
            for request in &self.honest {
                let answer = ask(subject.address, request)?;
                let right = answer.starts_with("HTTP/1.1 200 ") && answer.ends_with(&page());
                ensure!(right, "{}: an honest request got {answer}", subject.label);
            }
            for request in &self.attacks {
                let answer = ask(subject.address, request)?;
                ensure!(answer.starts_with("HTTP/1.1 403 "), "{}: an attack got {answer}", subject.label);
            }
        }
        Ok(())
    }
}

/// One request on a connection of its own, and its whole answer.
pub(crate) fn ask(address: SocketAddr, request: &[u8]) -> Result<String> {
    let mut stream = TcpStream::connect(address).context("connect")?;
    stream.set_read_timeout(Some(Duration::from_secs(10)))?;
    let line = request.windows(2).position(|pair| pair == b"\r\n").context("a request without line")?;
    let (line, rest) = request.split_at(line);
    stream.write_all(&[line, b"\r\nConnection: close", rest].concat()).context("send a request")?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).context("read an answer")?;
    Ok(String::from_utf8_lossy(&answer).into_owned())
}

/// The requests of a file, in which they follow each other as on one connection.
pub(crate) fn split(mut rest: &[u8]) -> Result<Vec<Vec<u8>>> {
    let mut requests = Vec::new();
    while !rest.is_empty() {
        let scanned = HeadScanner::default().scan(rest).map_err(|error| anyhow::anyhow!("{error}"))?;
        let scanned = scanned.context("the mix ends within a head")?;
        let length = match scanned.framing {
            BodyFraming::None => 0,
            BodyFraming::Length(length) => usize::try_from(length).unwrap_or(usize::MAX),
            BodyFraming::Chunked => bail!("a body of the mix is chunked"),
        };
        let end = scanned.length.saturating_add(length);
        ensure!(rest.len() >= end, "the mix ends within a body");
        let (request, further) = rest.split_at(end);
        requests.push(request.to_vec());
        rest = further;
    }
    Ok(requests)
}

/// One of each kind after the other.
fn interleaved(mixes: &[Vec<Vec<u8>>]) -> Vec<Vec<u8>> {
    let most = mixes.iter().map(Vec::len).max().unwrap_or(0);
    (0..most).flat_map(|at| mixes.iter().filter_map(move |mix| mix.get(at).cloned())).collect()
}

/// A script that lets wrk send these requests in turn.
pub(crate) fn lua(requests: &[Vec<u8>]) -> String {
    let mut text = String::from("local requests = {\n");
    for request in requests {
        text.push('"');
        for byte in request {
            let _infallible = write!(text, "\\{byte:03}");
        }
        text.push_str("\",\n");
    }
    text.push_str("}\nlocal at = 0\nfunction request()\n  at = at % #requests + 1\n  return requests[at]\nend\n");
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn turn(requests_per_second: f64, cpu_us: f64, busy: f64) -> Turn {
        Turn { requests_per_second, cpu_us, p99: Duration::from_millis(1), busy, foreign: 0.0, stolen: 0.0 }
    }

    #[test]
    fn ten_times_as_many_requests_for_a_tenth_of_the_time_is_the_goal() {
        let [rps, cpu] = rows(turn(150.0, 6_600.0, 1.0), turn(1_500.0, 661.0, 1.0), "nginx", "2026-07-31");
        assert_eq!((rps.name.as_str(), rps.ratio, rps.met), ("waf.wire_rps", Some(10.0), Some(true)));
        assert_eq!((cpu.name.as_str(), cpu.ratio, cpu.met), ("waf.wire_cpu_us", Some(9.985), Some(false)));
        let held_up = rows(turn(150.0, 6_600.0, 0.5), turn(1_500.0, 661.0, 1.0), "nginx", "2026-07-31");
        assert!(held_up.iter().all(|row| row.doubt.is_some() && row.met.is_none()));
        assert!(gaps("no wrk", "2026-07-31").iter().all(|row| row.gap.is_some() && row.ours.is_none()));
    }

    #[test]
    fn requests_are_sent_in_turn_and_byte_for_byte() {
        let mixes: Vec<_> = HONEST.into_iter().map(|mix| split(mix).unwrap()).collect();
        let all = interleaved(&mixes);
        assert_eq!((all.len(), split(ATTACKS).unwrap().len()), (48, 16));
        let methods: Vec<_> = all.iter().take(4).map(|request| &request[..4]).collect();
        assert_eq!(methods, [b"GET ", b"POST", b"POST", b"GET "]);
        assert_eq!(mixes.concat().concat(), HONEST.concat());
        let text = lua(&[b"a\r\n\"\xff".to_vec(), b"b".to_vec()]);
        assert!(text.starts_with("local requests = {\n\"\\097\\013\\010\\034\\255\",\n\"\\098\",\n}\n"), "{text}");
    }

    #[test]
    fn cut_mix_is_no_mix() {
        let mix = b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhi";
        assert_eq!(split(mix).unwrap(), [mix.to_vec()]);
        assert!(split(&mix[..mix.len() - 1]).is_err());
        assert!(split(&mix[..10]).is_err());
    }
}
