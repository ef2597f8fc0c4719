//! Prints what a check costs in CPU time: `cargo run --release -p medward-openapi --example measure`. With names of files it
//! compiles these instead, and prints how long it took or what is wrong with them.
#![allow(clippy::print_stdout, reason = "a command-line example")]

use std::hint::black_box;

use medward_openapi::{Checks, Document, RequestHead};
use serde_json::json;

type Failure = Box<dyn std::error::Error>;

/// CPU time of this thread in nanoseconds, as the kernel counts it: a busy machine does not disturb it.
fn cpu_nanos() -> Result<f64, Failure> {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat")?;
    Ok(text.split(' ').next().unwrap_or_default().parse()?)
}

fn per_call(calls: u32, mut call: impl FnMut()) -> Result<f64, Failure> {
    let started = cpu_nanos()?;
    for _ in 0..calls {
        call();
    }
    Ok((cpu_nanos()? - started) / f64::from(calls))
}

fn compiled(name: &str, bytes: &[u8]) -> Result<Option<Document>, Failure> {
    let started = cpu_nanos()?;
    let document = Document::compile(bytes);
    let millis = (cpu_nanos()? - started) / 1e6;
    match document {
        Ok(document) => {
            let operations = document.operations().count();
            println!("{name}: {operations} operations of {} KiB compiled in {millis:.1} ms", bytes.len() >> 10);
            Ok(Some(document))
        }
        Err(error) => {
            println!("{name}: {error}");
            Ok(None)
        }
    }
}

fn checks(name: &str, document: &Document) -> Result<(), Failure> {
    let checks = Checks { refuse_unknown_parameters: true, ..Checks::default() };
    let header = |name: &str| match name {
        "x-trace" => Some(b"0123abcd".as_slice()),
        "cookie" => Some(b"sid=0123456789abcdef; lang=zh".as_slice()),
        "content-type" => Some(b"application/json".as_slice()),
        _ => None,
    };
    let head = |method, path, query| RequestHead { method, path, query, header: &header, content_length: None };
    let list = head("GET", "/internal/departments", Some("page=3&campus=north&tags=a&tags=b"));
    let get = head("GET", "/internal/appointments/104833", None);
    let unknown = head("GET", "/internal/admin/users", None);
    for (case, head) in [("four query parameters", list), ("one path parameter", get), ("an unknown path", unknown)] {
        let nanos = per_call(200_000, || drop(black_box(document.check_head(&head, &checks))))?;
        println!("{name}: head with {case}: {nanos:.0} ns");
    }
    let items: Vec<_> = (0..4).map(|at| json!({"code": format!("A{at}"), "price": 12})).collect();
    let good = json!({"patient": "王小明", "slot": 3, "remark": null, "items": items}).to_string();
    let bad = json!({"patient": 1, "slot": "3", "items": items}).to_string();
    for (case, body) in [("that fits", good), ("with two violations", bad)] {
        let check = || {
            let kind = Some(b"application/json".as_slice());
            black_box(document.check_body("POST", "/internal/appointments", kind, body.as_bytes(), &checks));
        };
        println!("{name}: JSON body of {} bytes {case}: {:.0} ns", body.len(), per_call(50_000, check)?);
    }
    Ok(())
}

fn main() -> Result<(), Failure> {
    let files: Vec<String> = std::env::args().skip(1).collect();
    for file in &files {
        compiled(file, &std::fs::read(file)?)?;
    }
    if !files.is_empty() {
        return Ok(());
    }
    let yaml = include_str!("../tests/fixtures/appointment.yaml");
    if let Some(document) = compiled("10 operations", yaml.as_bytes())? {
        checks("10 operations", &document)?;
    }
    // The same document among thousands of other paths.
    let others: Vec<_> = (0..4_000).map(|at| format!("  /other/{at}/b{at}: {{get: {{}}}}\n")).collect();
    let large = yaml.replacen("paths:\n", &format!("paths:\n{}", others.concat()), 1);
    if let Some(document) = compiled("4,000 more paths", large.as_bytes())? {
        checks("4,000 more paths", &document)?;
    }
    Ok(())
}
