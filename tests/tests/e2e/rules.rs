//! The drill judged by the engine alone: quick to run, and it names each request that is judged wrong.

use std::sync::Arc;

use medward_demo::drill::{Request, Target, plan};
use medward_waf::{Conn, Head, ObjectOptions, Outcome, Program, Tx, UniqueId, Verdict, policy};

fn judge(program: &Arc<Program>, request: &Request) -> Verdict {
    let target = Target::plain("127.0.0.1:8080".parse().unwrap());
    let bytes = Request { chunked: false, ..request.clone() }.encode(&target);
    let end = bytes.windows(4).position(|window| window == b"\r\n\r\n").unwrap();
    let (head, body) = (&bytes[..end], &bytes[end + 4..]);
    let mut lines = head.split(|byte| *byte == b'\n').map(|line| line.strip_suffix(b"\r").unwrap_or(line));
    let mut first = lines.next().unwrap().split(|byte| *byte == b' ');
    let mut parsed = Head::new(first.next().unwrap(), first.next().unwrap(), first.next().unwrap());
    for line in lines {
        let colon = line.iter().position(|byte| *byte == b':').unwrap();
        parsed.push_header(&line[..colon], line[colon + 1..].trim_ascii());
    }
    let conn = Conn { client: "127.0.0.1".parse().unwrap(), client_port: 40_000, tls: false };
    let mut tx = Tx::new(program.clone(), &ObjectOptions::default(), conn, UniqueId(request.id.clone()));
    tx.request_head(&parsed);
    tx.request_body(body);
    tx.request_end();
    tx.finish()
}

#[test]
fn engine_blocks_every_drill_attack_and_no_benign_request() {
    let program = policy::balanced().unwrap();
    let mut wrong = Vec::new();
    for seed in 1..=3 {
        let plan = plan(seed);
        for request in &plan.benign {
            let verdict = judge(&program, request);
            if verdict.outcome == Outcome::Block {
                let rules: Vec<_> =
                    verdict.hits.iter().map(|hit| format!("{} at {}", hit.rule, hit.variable)).collect();
                wrong.push(format!("blocked benign {} {}: {rules:?}", request.method, request.target));
            }
        }
        for attack in &plan.attacks {
            if judge(&program, &attack.request).outcome != Outcome::Block {
                let body = String::from_utf8_lossy(&attack.request.body).chars().take(200).collect::<String>();
                wrong.push(format!(
                    "missed {}: {} {} {body}",
                    attack.name, attack.request.method, attack.request.target
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
