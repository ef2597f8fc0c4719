//! Area `waf`: the detection engine beside libmodsecurity 3, with the same rules of an OWASP CRS (waf.md §11, items 2 and 8).
//!
//! `medward waf bench --peer` measures; here are its goals, and where a CRS comes from.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, ensure};
use medward_tests::medward_binary;
use medward_tests::peer::{command, require, texts};
use serde::Deserialize;

use crate::figures::{Figure, Goal, Row};
use crate::rounds::Plan;
use crate::{machine, wire};

/// For `docs/benchmarks.md`.
pub(crate) const METHOD: &str = "\
`medward waf bench --peer`: the rules of an OWASP CRS as installed (paranoia level 1, blocking), once in the engine that the
gateway runs and once in Debian's libmodsecurity 3, around which `benches/libmodsec.cc` is built with g++. Both read the
same rule files, judge the same requests in one thread, one transaction after the other, and count its processor time
(`CLOCK_THREAD_CPUTIME_ID`, `CLOCK_PROCESS_CPUTIME_ID`). They take turns of one second, five rounds in changing order after
an unmeasured turn each; a turn that refuses an honest request, or lets an attack pass, ends the run without figures.

`benches/mix/` holds sixteen requests of each kind with values of their own: `get` has 7 query arguments, 7 headers and 5
cookies; `form` has 500 bytes and 20 percent-encoded UTF-8 fields; `json` has 1,155 bytes and 9 nested items; `sqli` is a
`get` with an SQL injection. In the rows `*_response` a page of 1 KiB is judged, too. Processor time hardly depends on what
else the machine does, but shared caches and hyper-threads do make both sides slower.

`load_s` is reading and compiling the rules, median of five, on the clock. `memory_mb` is the growth of resident memory by
one compiled program after it has judged every request; `objects_mb` that by ten programs of different settings (paranoia
levels 1 to 4, thresholds, rules left out), equally warm, and the options of 600 objects with an exclusion each.

`wire_rps` and `wire_cpu_us`: the gateway with one object of policy `crs` before an nginx that answers 1 KiB of text, and
Debian's nginx with its module `libnginx-mod-http-modsecurity` before the same; both with the same setup and rules, behind the same base
profile (which bodies are read: requests and answers, both). `wrk` (1 thread, 32 kept-alive connections, plain HTTP/1.1 on loopback) sends the 48
honest requests of `get`, `form` and `json` in turn. They take turns of five seconds, five rounds in changing order after a
warm-up, one process each with one core for itself; `wrk` and the backend share another. Before and after the rounds every honest request
must get the backend's page on both sides and each of the sixteen attacks a 403, and no answer to `wrk` may be another than 2xx: else the run
ends without figures. `wire_cpu_us` is processor time of the whole process (`/proc/PID/stat`) until it rests again: Medward
records every request in its vault meanwhile, the peer writes no log.

The rules are those of `../shared/crs`; the rows name their version.
";

const TIMES_LESS: Option<Goal> = Some(Goal::TimesLess { wanted: 25.0, required: 10.0 });
const UNIT: &str = "µs CPU/request";

/// The kinds of requests, without and with response.
const MIXES: [(&str, bool, Figure); 8] = [
    ("get", false, figure("waf.get")),
    ("form", false, figure("waf.form")),
    ("json", false, figure("waf.json")),
    ("sqli", false, figure("waf.sqli")),
    ("get", true, figure("waf.get_response")),
    ("form", true, figure("waf.form_response")),
    ("json", true, figure("waf.json_response")),
    ("sqli", true, figure("waf.sqli_response")),
];

const LOAD: Figure = Figure { name: "waf.load_s", unit: "s", digits: 3, goal: Some(Goal::AtMost(1.5)) };
const MEMORY: Figure = Figure { name: "waf.memory_mb", unit: "MiB", digits: 1, goal: Some(Goal::AtMost(60.0)) };
/// The contract asks for 600 objects and 10 templates (000-11).
const OBJECTS: Figure = Figure { name: "waf.objects_mb", unit: "MiB", digits: 1, goal: Some(Goal::AtMost(200.0)) };

const fn figure(name: &'static str) -> Figure {
    Figure { name, unit: UNIT, digits: 1, goal: TIMES_LESS }
}

/// A line of `medward waf bench`; other members are of no interest here.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Line {
    Mix { mix: String, response: bool, fast_us: f64, peer_us: Option<f64> },
    Last { summary: Summary },
}

#[derive(Debug, Deserialize)]
struct Summary {
    load_s: f64,
    memory_mb: f64,
    objects_mb: f64,
    peer: Option<String>,
    peer_load_s: Option<f64>,
}

/// The rows of this area.
pub(crate) fn measure(plan: &Plan) -> Result<Vec<Row>> {
    let date = machine::today();
    let Some((folder, name)) = rules()? else {
        return Ok(gaps("no OWASP CRS 4 is there: it is looked for in ../shared/crs", &date));
    };
    println!("bench: rules of {name}");
    let has_peer = require("g++").is_some() && Path::new("/usr/include/modsecurity/modsecurity.h").exists();
    let mut bench = command(medward_binary());
    bench.args(["waf", "bench", "--crs"]).arg(&folder).args(["--rounds", &plan.rounds.to_string()]);
    if has_peer && !plan.calibrate {
        bench.arg("--peer");
    }
    let (stdout, stderr, code) = texts(&bench.output().context("run medward waf bench")?);
    ensure!(code == 0, "medward waf bench ended with {code}: {stderr}");
    print!("{stdout}");
    let mut rows = rows(&stdout, &name, &date)?;
    let engine = engine(&stdout)?.unwrap_or_else(|| "libmodsecurity".to_owned());
    rows.extend(wire::measure(plan, &folder, &name, &engine, &date).context("measure over the wire")?);
    Ok(rows)
}

/// Which libmodsecurity `medward waf bench` measured.
fn engine(stdout: &str) -> Result<Option<String>> {
    let last = stdout.lines().last().unwrap_or_default();
    let Line::Last { summary } = serde_json::from_str(last).context("read the summary")? else { return Ok(None) };
    Ok(summary.peer)
}

/// From the lines of `medward waf bench` to rows.
fn rows(stdout: &str, rules: &str, date: &str) -> Result<Vec<Row>> {
    let lines: Vec<Line> =
        stdout.lines().map(serde_json::from_str).collect::<Result<_, _>>().context("read figures")?;
    let summary = lines.iter().find_map(|line| match line {
        Line::Last { summary } => Some(summary),
        Line::Mix { .. } => None,
    });
    let summary = summary.context("no summary from medward waf bench")?;
    let peer = summary.peer.as_deref().unwrap_or("libmodsecurity");
    let peer = format!("{peer}, {rules}");
    let mut rows = Vec::new();
    for (mix, response, figure) in MIXES {
        let found = lines.iter().find_map(|line| match line {
            Line::Mix { mix: name, response: with, fast_us, peer_us } if name == mix && *with == response => {
                Some((*fast_us, *peer_us))
            }
            _ => None,
        });
        let (ours, of_peer) = found.with_context(|| format!("no figure of {mix} from medward waf bench"))?;
        rows.push(match of_peer {
            Some(of_peer) => figure.row(ours, of_peer, &peer, date),
            None => Row { ours: Some(ours), ..figure.gap("g++ or libmodsecurity-dev is not installed", &peer, date) },
        });
    }
    rows.push(match summary.peer_load_s {
        Some(of_peer) => LOAD.row(summary.load_s, of_peer, &peer, date),
        None => LOAD.alone(summary.load_s, date),
    });
    rows.push(MEMORY.alone(summary.memory_mb, date));
    rows.push(OBJECTS.alone(summary.objects_mb, date));
    Ok(rows)
}

fn gaps(why: &str, date: &str) -> Vec<Row> {
    let figures = MIXES.into_iter().map(|(_, _, figure)| figure).chain([LOAD, MEMORY, OBJECTS]);
    figures.map(|figure| figure.gap(why, "libmodsecurity", date)).chain(wire::gaps(why, date)).collect()
}

/// Where the rules are, and which they are. Debian's `modsecurity-crs` is CRS 3 with what the language no longer has.
pub(crate) fn rules() -> Result<Option<(PathBuf, String)>> {
    let shared = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/crs");
    if !shared.join("rules").is_dir() {
        return Ok(None);
    }
    let name = version(&shared.join("rules"))?;
    Ok(Some((shared, name)))
}

/// `CRS 4.28.0`, as the rules sign themselves.
fn version(rules: &Path) -> Result<String> {
    let path = rules.join("REQUEST-901-INITIALIZATION.conf");
    let text = std::fs::read_to_string(&path).with_context(|| format!("read {}", path.display()))?;
    Ok(signature(&text).map_or_else(|| "CRS of unknown version".to_owned(), |version| format!("CRS {version}")))
}

fn signature(text: &str) -> Option<&str> {
    // Comments quote other versions.
    let mut rules = text.lines().filter(|line| !line.trim_start().starts_with('#'));
    let (_, after) = rules.find_map(|line| line.split_once("OWASP_CRS/"))?;
    after.split(|c: char| !c.is_ascii_digit() && c != '.').next().filter(|version| !version.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn output(peer: bool) -> String {
        let figures =
            |ours: &str| if peer { format!("{ours},\"peer_us\":2500.0,\"ratio\":25.0") } else { ours.to_owned() };
        let mut lines: Vec<String> = MIXES
            .iter()
            .map(|(mix, response, _)| {
                format!("{{\"mix\":\"{mix}\",\"response\":{response},{}}}", figures("\"fast_us\":101.0"))
            })
            .collect();
        let of_peer = if peer { ",\"peer\":\"libmodsecurity 3.0.9\",\"peer_load_s\":0.1" } else { "" };
        lines.push(format!(
            "{{\"summary\":{{\"rules\":700,\"load_s\":0.2,\"memory_mb\":61.0,\"objects_mb\":199.0{of_peer}}}}}"
        ));
        lines.join("\n")
    }

    #[test]
    fn figures_of_the_command_become_rows_with_their_goals() {
        let rows = rows(&output(true), "CRS 4.28.0", "2026-07-31").unwrap();
        let get = &rows[0];
        assert_eq!(
            (get.name.as_str(), get.ours, get.peer, get.ratio),
            ("waf.get", Some(101.0), Some(2500.0), Some(24.752))
        );
        assert_eq!((get.met, get.peer_name.as_str()), (Some(false), "libmodsecurity 3.0.9, CRS 4.28.0"));
        let rest: Vec<_> = rows[8..].iter().map(|row| (row.name.as_str(), row.ours, row.met)).collect();
        assert_eq!(
            rest,
            [
                ("waf.load_s", Some(0.2), Some(true)),
                ("waf.memory_mb", Some(61.0), Some(false)),
                ("waf.objects_mb", Some(199.0), Some(true)),
            ]
        );
    }

    #[test]
    fn missing_peer_or_rules_are_gaps_and_a_missing_figure_is_an_error() {
        let alone = rows(&output(false), "CRS 4.28.0", "2026-07-31").unwrap();
        assert_eq!((alone[0].ours, alone[0].met), (Some(101.0), None));
        assert!(alone[..8].iter().all(|row| row.gap.is_some()));
        assert_eq!(gaps("no rules", "2026-07-31").iter().filter(|row| row.gap.is_some()).count(), 13);
        let cut: Vec<_> = output(true).lines().skip(1).map(str::to_owned).collect();
        assert!(rows(&cut.join("\n"), "CRS", "2026-07-31").unwrap_err().to_string().contains("no figure of get"));
        assert!(rows("{}", "CRS", "2026-07-31").is_err());
    }

    #[test]
    fn rules_sign_with_their_version() {
        assert_eq!(signature("# Producer: OWASP_CRS/3.1.0.\nver:'OWASP_CRS/4.28.0',\\\n"), Some("4.28.0"));
        assert_eq!(signature("SecComponentSignature \"OWASP_CRS/3.3.4\""), Some("3.3.4"));
        assert_eq!(signature("OWASP_CRS/x"), None);
    }
}
