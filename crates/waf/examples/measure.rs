//! Prints CPU microseconds and work units per request for a few typical requests, then the slowest long values we know:
//! `cargo run --release -p medward-waf --example measure`. With the folder of a CRS as argument it measures that instead, and
//! says how long it takes to load and how much memory it holds.
#![allow(clippy::print_stdout, reason = "a command-line example")]

use std::path::Path;
use std::sync::Arc;

use medward_waf::{
    CompileOptions, Conn, Head, ObjectOptions, PolicyId, Profile, Program, SourceFile, Sources, Tx, UniqueId, Verdict,
    compile, policy,
};

const ROUNDS: u32 = 20000;

/// CPU time of this thread in microseconds, as the kernel counts it: a busy machine does not disturb it.
fn cpu_micros() -> Result<f64, Box<dyn std::error::Error>> {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat")?;
    let nanos: f64 = text.split(' ').next().unwrap_or_default().parse()?;
    Ok(nanos / 1000.0)
}

fn browser(method: &[u8], target: &[u8]) -> Head {
    Head::new(method, target, b"HTTP/1.1")
        .with_header(b"Host", b"tj.example.org")
        .with_header(b"User-Agent", b"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36")
        .with_header(b"Accept", b"text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8")
        .with_header(b"Accept-Language", b"zh-CN,zh;q=0.9,en;q=0.8")
        .with_header(b"Accept-Encoding", b"gzip, deflate, br")
        .with_header(b"Referer", b"https://tj.example.org/appointment/list?dept=12&date=2026-11-20")
        .with_header(b"Cookie", b"JSESSIONID=A1B2C3D4E5F60718293A4B5C6D7E8F90; _ga=GA1.2.1234567890.1700000000; lang=zh-CN; theme=light; uid=550e8400-e29b-41d4-a716-446655440000")
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let started = cpu_micros()?;
    let folder = std::env::args_os().nth(1);
    let program = match &folder {
        Some(folder) => installed(Path::new(folder))?,
        None => policy::balanced().map_err(|errors| format!("{errors:#?}"))?,
    };
    println!("compile {} rules: {} ms", program.rules().len(), ((cpu_micros()? - started) / 1000.0).round());
    let status = std::fs::read_to_string("/proc/self/status")?;
    println!("{}", status.lines().find(|line| line.starts_with("VmRSS")).unwrap_or_default());
    let judge = |head: &Head, body: &[u8]| -> Verdict {
        let conn = Conn { client: std::net::Ipv4Addr::LOCALHOST.into(), client_port: 1, tls: false };
        let mut tx = Tx::new(program.clone(), &ObjectOptions::default(), conn, UniqueId::default());
        tx.request_head(head);
        tx.request_body(body);
        tx.request_end();
        tx.finish()
    };
    let item = r#"{"code":"WBC","name":"白细胞计数","value":"5.2","unit":"10^9/L","range":"3.5-9.5","flag":"N"}"#;
    let json = format!(
        r#"{{"order":"20261120083012","patient":{{"name":"王小明","sex":"男"}},"items":[{}]}}"#,
        [item; 9].join(",")
    );
    let form = "name=%E7%8E%8B%E5%B0%8F%E6%98%8E&sex=1&phone=13800138000&date=2026-11-20&".repeat(5);
    let base64 = format!(r#"{{"image":"{}"}}"#, "iVBORw0KGgoAAAANSUhEUgAA".repeat(20_000));
    let text = format!(
        r#"{{"text":"{}"}}"#,
        "患者主诉:头晕、乏力3天;既往史: 'hypertension' 10 years, and so on. ".repeat(8_000)
    );
    let cases: Vec<(&str, Head, Vec<u8>)> = vec![
        (
            "get",
            browser(
                b"GET",
                b"/appointment/slots?dept=12&doctor=345&date=2026-11-20&page=1&size=20&sort=time&q=%E4%BD%93%E6%A3%80",
            ),
            Vec::new(),
        ),
        (
            "form",
            browser(b"POST", b"/appointment").with_header(b"Content-Type", b"application/x-www-form-urlencoded"),
            form.into_bytes(),
        ),
        ("json", browser(b"POST", b"/api/report").with_header(b"Content-Type", b"application/json"), json.into_bytes()),
        ("sqli get", browser(b"GET", b"/report?id=1'%20UNION%20SELECT%20NULL,NULL--%20-"), Vec::new()),
        (
            "json 480 KB base64",
            browser(b"POST", b"/api/image").with_header(b"Content-Type", b"application/json"),
            base64.into_bytes(),
        ),
        (
            "json 650 KB prose",
            browser(b"POST", b"/api/image").with_header(b"Content-Type", b"application/json"),
            text.into_bytes(),
        ),
    ];
    for (name, head, body) in &cases {
        let rounds = if body.len() > 10_000 { 1 } else { ROUNDS };
        let mut verdict = judge(head, body);
        let started = cpu_micros()?;
        for _ in 0..rounds {
            verdict = std::hint::black_box(judge(head, body));
        }
        let micros = (cpu_micros()? - started) / f64::from(rounds);
        println!("{name}: {micros:.1} us, {} units, {:?}", verdict.work_units, verdict.outcome);
    }
    let status = std::fs::read_to_string("/proc/self/status")?;
    println!("{}", status.lines().find(|line| line.starts_with("VmRSS")).unwrap_or_default());
    if folder.is_some() { Ok(()) } else { worst(&judge) }
}

/// The rules of an installed CRS at its own settings.
fn installed(folder: &Path) -> Result<Arc<Program>, Box<dyn std::error::Error>> {
    const BODIES: &str = "SecRule REQUEST_HEADERS:Content-Type \"@beginsWith application/json\" \\
        \"id:1,phase:1,pass,nolog,t:lowercase,ctl:requestBodyProcessor=JSON\"\n";
    let mut sources = Sources::default();
    sources.files.push(SourceFile { path: "bodies.conf".to_owned(), bytes: BODIES.into() });
    let mut paths = vec![folder.join("crs-setup.conf.example")];
    let rules = std::fs::read_dir(folder.join("rules"))?.collect::<Result<Vec<_>, _>>()?;
    paths.extend(rules.into_iter().map(|entry| entry.path()));
    paths.get_mut(1..).unwrap_or_default().sort();
    for path in paths {
        let is_list = path.extension().is_some_and(|extension| extension == "data");
        let file = SourceFile { bytes: std::fs::read(&path)?, path: path.display().to_string() };
        if is_list { sources.referenced.push(file) } else { sources.files.push(file) }
    }
    let options = CompileOptions { policy: PolicyId("crs".to_owned()), profile: Profile::ModSecurity };
    Ok(compile(&sources, &options).map_err(|errors| format!("{errors:#?}"))?.0)
}

/// Long values made of the beginnings of attacks, to find what a hostile client could make us spend.
fn worst(judge: &dyn Fn(&Head, &[u8]) -> Verdict) -> Result<(), Box<dyn std::error::Error>> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/attacks.tsv");
    let attacks = std::fs::read_to_string(path)?;
    let mut rows = Vec::new();
    for line in attacks.lines().filter(|line| !line.starts_with('#')) {
        let payload = line.split('\t').nth(1).unwrap_or_default();
        for cut in [payload.chars().count(), payload.chars().count() * 2 / 3, payload.chars().count() / 3] {
            let piece: String = payload.chars().take(cut.max(1)).collect();
            let body = piece.repeat(1_000_000 / piece.len());
            let head = browser(b"POST", b"/api").with_header(b"Content-Type", b"application/xml");
            let started = cpu_micros()?;
            let verdict = judge(&head, body.as_bytes());
            rows.push((cpu_micros()? - started, verdict.work_units, format!("{:?} {piece}", verdict.outcome)));
        }
    }
    rows.sort_by(|left, right| left.0.total_cmp(&right.0));
    for (micros, units, piece) in rows.iter().rev().take(12) {
        println!("{micros:.0} us, {units} units: {piece}");
    }
    Ok(())
}
