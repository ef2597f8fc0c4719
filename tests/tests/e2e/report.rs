//! What the report on the WAF is made of: attacks that really came, counted by the vault that recorded them.

use medward_kernel::Clock;
use medward_tests::curl;
use medward_tests::peer::{free_address, require};
use serde_json::{Value, json};

use crate::hospital::Hospital;
use crate::nodes::Patience;

/// Somebody walks through the door: from this address, to this host and target.
fn ask(gateway: &str, (from, host, target): (&str, &str, &str)) -> String {
    let (from, host) = (format!("X-Forwarded-For: {from}"), format!("Host: {host}"));
    curl(&["--header", &from, "--header", &host, &format!("{gateway}{target}")])
}

fn rows(report: &Value, table: &str) -> Vec<(String, u64)> {
    let tables = report["tables"].as_array().unwrap();
    let rows = &tables.iter().find(|found| found["name"] == table).unwrap()["rows"];
    let texts = |row: &Value| {
        row["values"]
            .as_array()
            .unwrap()
            .iter()
            .map(|value| value.as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
            .join(" ")
    };
    rows.as_array().unwrap().iter().map(|row| (texts(row), row["count"].as_u64().unwrap())).collect()
}

fn row(values: &str, count: u64) -> (String, u64) {
    (values.to_owned(), count)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn report_counts_attacks_by_source_kind_and_address_asked_for() {
    if require("curl").is_none() {
        return;
    }
    let (folder, site) = (tempfile::tempdir().unwrap(), free_address());
    let settings = format!("[gateway]\nhttp = \"{site}\"\nhttps = \"\"\ntrusted_proxies = [\"127.0.0.1/32\"]\n");
    let hospital = Hospital::start(folder.path(), &settings, (Clock::system(), None)).await;
    let people = hospital.administrators().await;
    let secadmin = hospital.login(&people[1]).await;
    for (name, host, mode) in [("体检", "a", "block"), ("取报告", "b", "observe")] {
        let object =
            json!({ "name": name, "hosts": [host], "upstreams": ["http://127.0.0.1:9"], "settings": { "mode": mode } });
        hospital.send(&secadmin, "POST", "/gateway/objects", &object).await;
    }
    let (empty, _) = hospital.send(&secadmin, "GET", "/gateway/report", &Value::Null).await;
    assert_eq!((&empty["attacks"], &empty["is_complete"]), (&json!(0), &json!(true)), "{empty}");

    let asked = [
        ("203.0.113.7", "a", "/list?id=1%27%20UNION%20SELECT%20password%20FROM%20users--%20"),
        ("203.0.113.7", "a", "/list?id=2%27%20UNION%20SELECT%20password%20FROM%20users--%20"),
        ("203.0.113.7", "a", "/list?id=3"),
        ("203.0.113.9", "b", "/find?q=%3Cscript%3Ealert(1)%3C/script%3E"),
    ];
    let gateway = format!("http://{site}");
    tokio::task::spawn_blocking(move || asked.iter().map(|one| ask(&gateway, *one)).collect::<Vec<_>>()).await.unwrap();
    let patience = Patience::new();
    let report = loop {
        patience.check("three attacks on record");
        let (report, _) = hospital.send(&secadmin, "GET", "/gateway/report", &Value::Null).await;
        if report["attacks"] == 3 && report["requests"] == 4 {
            break report;
        }
    };
    assert_eq!(rows(&report, "sources"), [row("203.0.113.7 ", 2), row("203.0.113.9 ", 1)]);
    assert_eq!(rows(&report, "urls"), [row("a /list", 2), row("b /find", 1)]);
    assert_eq!(rows(&report, "categories"), [row("sqli", 2), row("xss", 1)]);
    assert_eq!(rows(&report, "actions"), [row("block", 2), row("observe", 1)]);
    // Behind the gateway nobody listens, and what is said of that is no attack.
    assert_eq!(rows(&report, "outcomes"), [row("deny waf", 2), row("serve upstream_unreachable", 2)]);
    assert_eq!(rows(&report, "visited"), [row("体检", 3), row("取报告", 1)]);
    assert_eq!(rows(&report, "flows"), [row("203.0.113.7 sqli 体检", 2), row("203.0.113.9 xss 取报告", 1)]);
    assert_eq!(
        report["trend"].as_array().unwrap().iter().map(|point| point["count"].as_u64().unwrap()).sum::<u64>(),
        3
    );
    assert_eq!(report["step_us"], 3_600_000_000_u64);

    let (one, _) = hospital.send(&secadmin, "GET", "/gateway/report?object=%E4%BD%93%E6%A3%80", &Value::Null).await;
    assert_eq!(one["attacks"], 2);
    let (status, told, _) = hospital.call(&secadmin, "GET", "/gateway/report?from=1", &Value::Null, &[]).await;
    assert_eq!((status.as_u16(), &told["args"]["field"]), (422, &json!("from")), "more than a year: {told}");
}
