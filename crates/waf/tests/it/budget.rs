//! No input makes a transaction exceed its budget: patterns on which backtracking engines hang, and bodies of ten thousand
//! parameters, judged by the built-in rules and by rules that hold such patterns.
//!
//! Time is not measured here. A clock that is late from its first reading shows how much work is done before the engine
//! looks at it again, whatever the input: that is what a transaction can be late by.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use medward_waf::policy::BuiltIn;
use medward_waf::{
    CompileOptions, Conn, Limits, ObjectOptions, Outcome, PolicyId, Program, SourceFile, Tx, UniqueId, Verdict, compile,
};

use crate::requests::{Request, get, percent_all, post};

const FORM: &str = "application/x-www-form-urlencoded";

/// Patterns with nested or overlapping repeats, and the text that makes a backtracking engine try them all.
const BOMBS: [(&str, &str, &str); 9] = [
    ("(a+)+$", "a", "!"),
    ("^(a|aa)+$", "a", "!"),
    ("(a|a?)+$", "a", "!"),
    ("(.*a){12}$", "a", "!"),
    ("(x+x+)+y", "x", ""),
    ("^(([a-z])+.)+[A-Z]([a-z])+$", "a", ""),
    ("(?:[^<]*<[^>]*>)*b$", "<x>", "c"),
    ("^(?:\\s*\\w+\\s*,?)+;$", "a ", "!"),
    ("(?:union.{0,64}){3}select.{0,64}from", "union ", "select"),
];

fn program() -> Arc<Program> {
    let mut sources = BuiltIn::Balanced.sources();
    let rules: Vec<String> = BOMBS
        .iter()
        .enumerate()
        .map(|(at, (pattern, ..))| {
            format!(
                "SecRule ARGS|ARGS_NAMES|REQUEST_BODY \"@rx {pattern}\" \"id:{},phase:2,pass,t:none,t:lowercase,msg:'bomb',tag:'attack-other',setvar:tx.score_in=+1\"\n",
                at + 1
            )
        })
        .collect();
    sources.files.push(SourceFile { path: "local.conf".to_owned(), bytes: rules.concat().into_bytes() });
    let options = CompileOptions { policy: PolicyId("bombs".to_owned()), ..CompileOptions::default() };
    compile(&sources, &options).unwrap().0
}

fn judge(program: &Arc<Program>, request: &Request, clock: Option<medward_waf::Clock>) -> Verdict {
    let conn = Conn { client: std::net::Ipv4Addr::LOCALHOST.into(), client_port: 1, tls: true };
    let mut tx = Tx::new(Arc::clone(program), &ObjectOptions::default(), conn, UniqueId::default());
    if let Some(clock) = clock {
        tx = tx.with_clock(clock);
    }
    tx.request_head(&request.head);
    tx.request_body(&request.body);
    tx.request_end();
    tx.finish()
}

fn bomb(unit: &str, end: &str, bytes: usize) -> Request {
    post("/a", "application/json", format!("[\"{}{end}\"]", unit.repeat(bytes / unit.len())).as_bytes())
}

/// What arrives to spend time: bombs, and many values of every sort.
fn slow_requests() -> Vec<(String, Request)> {
    let many = |count: usize, write: &dyn Fn(usize) -> String| (0..count).map(write).collect::<Vec<String>>().concat();
    let parts = many(250, &|at| {
        format!("--b\r\nContent-Disposition: form-data; name=\"p{at}\"\r\n\r\nit's {at} < 5 or 1=1; (x)\r\n")
    });
    let cookies = many(500, &|at| format!("c{at}=' or {at}; "));
    let mut cookie_head = get(b"/a");
    cookie_head.head = cookie_head.head.with_header(b"Cookie", cookies.as_bytes());
    let encoded = percent_all(percent_all(b"' or 1=1 <x onx=(`id`)> ../.. ${a} {{b}} ").as_bytes());
    let mut all = vec![
        ("ten thousand parameters of one name".to_owned(), post("/a", FORM, "a=1&".repeat(10_000).as_bytes())),
        ("ten thousand names".to_owned(), post("/a", FORM, many(10_000, &|at| format!("n{at}=it's {at}&")).as_bytes())),
        (
            "ten thousand parameters in the address".to_owned(),
            get(format!("/a?{}", many(10_000, &|at| format!("{at}=%27&"))).as_bytes()),
        ),
        (
            "ten thousand members".to_owned(),
            post(
                "/a",
                "application/json",
                format!("{{{}\"z\":0}}", many(10_000, &|at| format!("\"k{at}\":\"<{at}' or (\","))).as_bytes(),
            ),
        ),
        ("deep brackets".to_owned(), post("/a", "application/json", "[{\"a\":".repeat(20_000).as_bytes())),
        (
            "ten thousand elements".to_owned(),
            post("/a", "text/xml", format!("<r>{}</r>", "<e a='1'>x' or 1</e>".repeat(10_000)).as_bytes()),
        ),
        ("parts".to_owned(), post("/a", "multipart/form-data; boundary=b", format!("{parts}--b--").as_bytes())),
        ("cookies".to_owned(), cookie_head),
        ("layers of encoding".to_owned(), post("/a", FORM, format!("a={}", encoded.repeat(100)).as_bytes())),
        ("quotes".to_owned(), post("/a", FORM, format!("a={}", "'\"`(".repeat(16_000)).as_bytes())),
        ("separators".to_owned(), post("/a", FORM, format!("a={}", "%3bid|$(".repeat(8_000)).as_bytes())),
        ("dots".to_owned(), post("/a", FORM, format!("a={}", "../..;/".repeat(9_000)).as_bytes())),
    ];
    all.extend(BOMBS.iter().map(|(pattern, unit, end)| ((*pattern).to_owned(), bomb(unit, end, 64 * 1024))));
    all
}

/// Bytes in no order: of any value, printable, and the letters of base64.
fn random(bytes: usize, of: impl Fn(u8) -> u8) -> Vec<u8> {
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    let byte = |_| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        of(state.to_le_bytes()[5])
    };
    (0..bytes).map(byte).collect()
}

/// What honest applications send in one piece and no grammar can make sense of.
fn dense_requests(bytes: usize) -> [(&'static str, Request); 5] {
    let base64 = |byte: u8| b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"[usize::from(byte & 63)];
    let base85 = |byte: u8| match b'!' + byte % 85 {
        b'"' | b'\\' => b'v',
        digit => digit,
    };
    let json = |text: Vec<u8>| post("/a", "application/json", &[&b"{\"q\":\""[..], &text, b"\"}"].concat());
    let printable = |byte: u8| match b' ' + byte % 95 {
        b'"' | b'\\' => b'v',
        other => other,
    };
    [
        ("bytes as text", post("/a", "text/plain", &random(bytes, |byte| byte))),
        ("printable bytes as text", post("/a", "text/plain", &random(bytes, printable))),
        ("printable bytes in JSON", json(random(bytes, printable))),
        ("base85 in JSON", json(random(bytes, base85))),
        ("base64 in JSON", json(random(bytes, base64))),
    ]
}

/// An honest upload that nobody has time for is refused when something in it looks suspicious, and in random text something
/// always does: so there must be time for it.
#[test]
fn random_text_is_judged_to_its_end() {
    let program = BuiltIn::Balanced.program().unwrap();
    for bytes in [20 * 1024, 60 * 1024, 64 * 1024, 200 * 1024] {
        for (name, request) in dense_requests(bytes) {
            let verdict = judge(&program, &request, None);
            eprintln!("{name} {bytes}: {} units", verdict.work_units);
            assert_ne!(verdict.outcome, Outcome::Exhausted, "{name}: {} units for {bytes} bytes", verdict.work_units);
        }
    }
}

/// A doubled text costs twice the work, not its square or worse.
#[test]
fn patterns_that_hang_backtracking_engines_cost_in_proportion_to_the_text() {
    let program = program();
    for (pattern, unit, end) in BOMBS {
        let [half, whole] = [16 * 1024, 32 * 1024].map(|bytes| judge(&program, &bomb(unit, end, bytes), None));
        assert_ne!(half.outcome, Outcome::Exhausted, "{pattern}");
        let most = half.work_units * 5 / 2;
        assert!(whole.work_units <= most, "{pattern}: {} units, then {}", half.work_units, whole.work_units);
    }
}

/// A budget is for the bytes that came, however many values are made of them.
#[test]
fn copies_of_a_body_get_no_budget_of_their_own() {
    let program = program();
    let limits = Limits { max_work_units: 400_000, ..Limits::default() };
    let options = ObjectOptions { limits, ..ObjectOptions::default() };
    let conn = Conn { client: std::net::Ipv4Addr::LOCALHOST.into(), client_port: 1, tls: true };
    let values = (0..1000).map(|at| format!("n{at}=it's ({at}) < 5; or 1=1 and $HOME {{x}} `y`&")).collect::<Vec<_>>();
    let values = values.concat();
    let request = post("/a", FORM, values.as_bytes());
    assert!((32 * 1024..64 * 1024).contains(&request.body.len()));
    let mut tx = Tx::new(program, &options, conn, UniqueId::default());
    tx.request_head(&request.head);
    tx.request_body(&request.body);
    tx.request_end();
    let verdict = tx.finish();
    assert_eq!(verdict.outcome, Outcome::Exhausted);
    let two = 2 * limits.max_work_units;
    assert!((two..two + 100_000).contains(&verdict.work_units), "{} units", verdict.work_units);
}

/// The most work before the first look at the clock (two million units, which no machine takes 20 ms for), one interval
/// between two looks, the largest single step, and telling what was found until then.
const LATE_BY: u64 = 4_000_000;

#[test]
fn whatever_arrives_the_clock_is_looked_at_in_time() {
    let program = program();
    let mut ended = 0;
    for (name, request) in slow_requests() {
        // One reading at the beginning, and from then on it is an hour later.
        let readings = AtomicU64::new(0);
        let late = Arc::new(move || if readings.fetch_add(1, Ordering::Relaxed) == 0 { 0 } else { 3_600_000_000 });
        let verdict = judge(&program, &request, Some(late));
        assert!(verdict.work_units <= LATE_BY, "{name}: {} units behind an expired clock", verdict.work_units);
        ended += u64::from(verdict.outcome == Outcome::Exhausted);
    }
    assert!(ended >= 4, "only {ended} requests were long enough to be ended by the clock");
}

#[test]
fn whatever_arrives_the_budget_in_units_holds() {
    let program = program();
    let limits = ObjectOptions::default().limits;
    for (name, request) in slow_requests() {
        let verdict = judge(&program, &request, None);
        // A budget is for 32 KiB of body; a larger one has as many of them.
        let budgets = request.body.len().div_ceil(32 * 1024).max(1) as u64;
        let most = limits.max_work_units * budgets + 400_000;
        assert!(verdict.work_units <= most, "{name}: {} units of {most}", verdict.work_units);
    }
}
