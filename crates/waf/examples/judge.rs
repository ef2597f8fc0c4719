//! Judges raw HTTP/1 requests (head, blank line, body) from files and prints one line each:
//! `cargo run -p medward-waf --example judge -- FILE...`. With `--lines`, each line of the files is one query value; with
//! `--lines=header`, `cookie` or `path` it stands there.
#![allow(clippy::print_stdout, reason = "a command-line example")]

use medward_waf::http1::HeadScanner;
use medward_waf::{Conn, Head, ObjectOptions, Tx, UniqueId, policy};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let program = policy::balanced().map_err(|errors| format!("{errors:#?}"))?;
    let mut arguments: Vec<String> = std::env::args().skip(1).collect();
    let place = arguments.first().and_then(|first| first.strip_prefix("--lines")).map(|place| place.replace('=', ""));
    if place.is_some() {
        arguments.remove(0);
    }
    let judge = |head: &Head, body: &[u8]| {
        let conn = Conn { client: std::net::Ipv4Addr::LOCALHOST.into(), client_port: 1, tls: false };
        let mut tx = Tx::new(program.clone(), &ObjectOptions::default(), conn, UniqueId::default());
        tx.request_head(head);
        tx.request_body(body);
        tx.request_end();
        tx.finish()
    };
    let show = |name: &str, verdict: &medward_waf::Verdict| {
        let rules: Vec<_> = verdict
            .hits
            .iter()
            .map(|hit| {
                let quoted = medward_waf::printable(&hit.decoded.bytes);
                format!("{}@{} +{} {} <{quoted}>", hit.rule, hit.variable, hit.points, hit.msg)
            })
            .collect();
        println!("{:?}\t{}\t{}\t{}", verdict.outcome, verdict.score_in, name, rules.join(" "));
    };
    for path in &arguments {
        let bytes = std::fs::read(path)?;
        if let Some(place) = &place {
            for line in bytes.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()) {
                let encoded: String = line.iter().fold(String::new(), |text, byte| text + &format!("%{byte:02x}"));
                let get = |target: String| Head::new(b"GET", target.as_bytes(), b"HTTP/1.1");
                let head = match place.as_str() {
                    "header" => get("/".to_owned()).with_header(b"X-Forwarded-For", line),
                    "cookie" => get("/".to_owned()).with_header(b"Cookie", format!("theme={encoded}").as_bytes()),
                    "path" => get(format!("/report/{encoded}/view")),
                    _ => get(format!("/search?q={encoded}")),
                };
                show(&String::from_utf8_lossy(line), &judge(&head, b""));
            }
            continue;
        }
        match HeadScanner::default().scan(&bytes) {
            Ok(Some(scanned)) => {
                let body = bytes.get(scanned.length..).unwrap_or_default();
                show(path, &judge(&scanned.head, body));
            }
            Ok(None) => println!("Incomplete\t0\t{path}\t"),
            Err(error) => println!("Refused\t0\t{path}\t{}", error.finding.rule_id()),
        }
    }
    Ok(())
}
