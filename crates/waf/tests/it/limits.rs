//! Bounds: partial inspection, budgets, and bodies that arrive in pieces.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use medward_waf::http1::HttpFinding;
use medward_waf::{Limits, ObjectOptions, Outcome, Step, Verdict};
use proptest::prelude::*;

use crate::requests::{Request, get, judge, judge_with, multipart, post, transaction};

const FORM: &str = "application/x-www-form-urlencoded";
const ATTACK: &str = "1' UNION SELECT NULL,NULL-- -";

#[test]
fn what_lies_beyond_the_limit_makes_the_verdict_partial() {
    let within = post("/a", FORM, format!("a={}&b=1", "x".repeat(100_000)).as_bytes());
    assert!(!judge(&within).partial);
    let beyond = post("/a", FORM, format!("a={}&b={ATTACK}", "x".repeat(200_000)).as_bytes());
    let verdict = judge(&beyond);
    assert!(verdict.partial);
    assert_eq!(verdict.outcome, Outcome::Pass);
    let before = post("/a", FORM, format!("b={ATTACK}&a={}", "x".repeat(200_000)).as_bytes());
    assert_eq!(judge(&before).outcome, Outcome::Block);
}

/// A multipart body with the delimiter `b`.
fn parts(contents: &[String]) -> Vec<u8> {
    let part = |content: &String| format!("--b\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n{content}\r\n");
    (contents.iter().map(part).collect::<String>() + "--b--\r\n").into_bytes()
}

#[test]
fn a_flood_of_parts_or_a_long_field_hides_no_attack() {
    let judge_parts = |contents: &[String]| judge(&post("/a", "multipart/form-data; boundary=b", &parts(contents)));
    let flood = |last: &str| [vec!["x".to_owned(); 256], vec![last.to_owned()]].concat();
    let honest = judge_parts(&flood("1"));
    assert_eq!((honest.outcome, honest.partial), (Outcome::Pass, true));
    let verdict = judge_parts(&flood(ATTACK));
    assert_eq!((verdict.outcome, verdict.partial), (Outcome::Block, true));
    let verdict = judge_parts(&["x ".repeat(65_536), ATTACK.to_owned()]);
    assert_eq!((verdict.outcome, verdict.partial), (Outcome::Block, true));
    // The limit cuts through the attack.
    let verdict = judge_parts(&[format!("{}{ATTACK}", "x ".repeat(65_529))]);
    assert_eq!((verdict.outcome, verdict.partial), (Outcome::Block, true));
}

#[test]
fn a_transaction_says_when_it_has_seen_enough() {
    let mut tx = transaction(&ObjectOptions::default());
    let request = post("/a", "image/png", b"");
    tx.request_head(&request.head);
    assert!(tx.wants_request_body());
    tx.request_body(&vec![b'x'; 64 * 1024]);
    assert!(tx.wants_request_body(), "one more byte would make the verdict partial");
    tx.request_body(b"x");
    assert!(!tx.wants_request_body());
    tx.request_end();
    assert!(tx.finish().partial);
}

#[test]
fn a_large_upload_hides_no_field_behind_it() {
    let mut tx = transaction(&ObjectOptions::default());
    let request = post("/upload", "multipart/form-data; boundary=b", b"");
    tx.request_head(&request.head);
    tx.request_body(b"--b\r\nContent-Disposition: form-data; name=\"f\"; filename=\"ct.dcm\"\r\n\r\n");
    let piece = vec![0u8; 64 * 1024];
    for _ in 0..200 {
        assert!(tx.wants_request_body());
        assert_eq!(tx.request_body(&piece), Step::Continue);
    }
    assert_eq!(tx.request_judge(), Step::Continue);
    tx.request_body(
        format!("\r\n--b\r\nContent-Disposition: form-data; name=\"id\"\r\n\r\n{ATTACK}\r\n--b--").as_bytes(),
    );
    assert_eq!(tx.request_end(), Step::Block);
    assert!(tx.finish().hits.iter().any(|hit| hit.rule == "MW-SQLI-001" && hit.variable == "ARGS:id"));
}

#[test]
fn judging_early_and_again_gives_the_same_verdict_as_judging_once() {
    let request = post("/a", FORM, format!("x=%3cscript%3ealert(1)&a={ATTACK}").as_bytes());
    let mut tx = transaction(&ObjectOptions::default());
    tx.request_head(&request.head);
    tx.request_body(&request.body[..26]);
    assert_eq!(tx.request_judge(), Step::Block);
    tx.request_body(&request.body[26..]);
    assert_eq!(tx.request_judge(), Step::Block);
    assert_eq!(tx.request_end(), Step::Block);
    let early = Verdict { work_units: 0, ..tx.finish() };
    let once = Verdict { work_units: 0, ..judge(&request) };
    assert_eq!(early, once);
}

#[test]
fn a_spent_budget_is_reported_not_passed() {
    let limits = Limits { max_work_units: 2_000, ..Limits::default() };
    let options = ObjectOptions { limits, ..ObjectOptions::default() };
    let request = get(b"/search?q=hello%20world");
    let mut tx = transaction(&options);
    tx.request_head(&request.head);
    assert_eq!(tx.request_end(), Step::Undecided);
    assert_eq!(tx.finish().outcome, Outcome::Exhausted);
    assert!(judge(&request).work_units > 2_000);
}

#[test]
fn the_callers_clock_ends_a_transaction_too() {
    let reading = Arc::new(AtomicU64::new(0));
    let ticking = Arc::clone(&reading);
    // Every look at this clock takes 15 ms, so the second one is beyond 20 ms.
    let clock = Arc::new(move || ticking.fetch_add(15_000, Ordering::Relaxed));
    let request = post("/a", "application/json", format!("[{}]", "\"it's fine and 5 > 4\",".repeat(20_000)).as_bytes());
    let mut tx = transaction(&ObjectOptions::default()).with_clock(clock.clone());
    tx.request_head(&request.head);
    tx.request_body(&request.body);
    assert_eq!(tx.request_end(), Step::Undecided);
    let verdict = tx.finish();
    assert_eq!(verdict.outcome, Outcome::Exhausted);
    assert!(verdict.cpu_us > 20_000);
    assert!(verdict.work_units < 10_000_000, "{}", verdict.work_units);

    // A thread that was only put to sleep still judges a small request to its end.
    let attack = get(b"/a?q=%3cscript%3ealert(1)");
    let mut tx = transaction(&ObjectOptions::default()).with_clock(clock);
    tx.request_head(&attack.head);
    assert_eq!(tx.request_end(), Step::Block);
}

#[test]
fn bodies_that_are_not_what_they_claim_leave_a_finding_and_are_still_inspected() {
    let table: &[(&str, String, HttpFinding)] = &[
        ("application/json", format!("{{\"a\":\"{ATTACK}\","), HttpFinding::JsonBroken),
        ("application/json", ATTACK.to_owned(), HttpFinding::JsonBroken),
        ("text/xml", format!("<a><b>{ATTACK}</a>"), HttpFinding::XmlBroken),
        ("multipart/form-data", format!("--x\r\n\r\n{ATTACK}"), HttpFinding::MultipartBroken),
        ("multipart/form-data; boundary=b", format!("--c\r\n\r\n{ATTACK}"), HttpFinding::MultipartBroken),
        (
            "multipart/form-data; boundary=b",
            format!("--b\nContent-Disposition: form-data; name=\"a\"\n\n{ATTACK}\n--b--\n"),
            HttpFinding::MultipartBroken,
        ),
    ];
    for (content_type, body, finding) in table {
        let verdict = judge(&post("/a", content_type, body.as_bytes()));
        assert_eq!(verdict.outcome, Outcome::Block, "{content_type} {body}");
        assert!(verdict.parse.contains(finding), "{content_type} {body}: {:?}", verdict.parse);
    }
}

#[test]
fn hits_beyond_the_limit_are_counted() {
    let limits = Limits { hits: 2, ..Limits::default() };
    let options = ObjectOptions { limits, ..ObjectOptions::default() };
    let verdict =
        judge_with(&get(b"/a?a=%3cscript%3ealert(1)&b=%3cscript%3ealert(2)&c=%3cscript%3ealert(3)"), &options);
    assert_eq!(verdict.hits.len(), 2);
    assert!(verdict.hits_dropped > 0);
    assert_eq!(verdict.outcome, Outcome::Block);
}

fn judge_in_pieces(request: &Request, sizes: &[usize]) -> Verdict {
    let mut tx = transaction(&ObjectOptions::default());
    tx.request_head(&request.head);
    let mut rest = request.body.as_slice();
    for size in sizes.iter().cycle() {
        if rest.is_empty() {
            break;
        }
        let (piece, more) = rest.split_at((*size).clamp(1, rest.len()));
        tx.request_body(piece);
        rest = more;
    }
    tx.request_end();
    tx.finish()
}

fn body_like() -> impl Strategy<Value = Request> {
    let piece = prop::sample::select(vec![
        "a=1",
        "&",
        "b=%3cscript%3e",
        "{\"a\":",
        "[1,2]",
        "\"x'or'1'='1\"",
        "}",
        "<a>",
        "</a>",
        "<![CDATA[",
        "]]>",
        "--b",
        "\r\n",
        "\n",
        "--",
        "Content-Disposition: form-data; name=\"x\"",
        "; filename=\"a.php\"",
        "\r\n\r\n",
        "1 UNION SELECT 1,2",
        ":",
        ",",
        "\\u003c",
        "é",
        "\0",
    ]);
    let kind = prop::sample::select(vec![
        FORM,
        "application/json",
        "text/xml",
        "multipart/form-data; boundary=b",
        "text/plain",
        "application/octet-stream",
    ]);
    (kind, prop::collection::vec(piece, 0..30)).prop_map(|(kind, pieces)| post("/a", kind, pieces.concat().as_bytes()))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn the_verdict_does_not_depend_on_how_the_body_was_cut(
        request in body_like(),
        sizes in prop::collection::vec(1usize..20, 1..4),
    ) {
        let whole = judge(&request);
        prop_assert_eq!(&judge_in_pieces(&request, &[1]), &whole);
        prop_assert_eq!(&judge_in_pieces(&request, &sizes), &whole);
    }

    #[test]
    fn arbitrary_bytes_are_judged_without_panic(
        target in prop::collection::vec(any::<u8>(), 0..60),
        header in prop::collection::vec(any::<u8>(), 0..60),
        body in prop::collection::vec(any::<u8>(), 0..200),
        kind in prop::sample::select(vec![FORM, "application/json", "text/xml", "multipart/form-data; boundary=b", ""]),
    ) {
        let mut request = post("/", kind, &body);
        request.head = medward_waf::Head::new(b"POST", &target, b"HTTP/1.1")
            .with_header(b"Cookie", &header)
            .with_header(b"Content-Type", kind.as_bytes());
        judge(&request);
    }
}

#[test]
fn multipart_survives_every_single_cut() {
    let request = multipart("id", ATTACK.as_bytes());
    let whole = judge(&request);
    assert_eq!(whole.outcome, Outcome::Block);
    for cut in 1..request.body.len() {
        assert_eq!(judge_in_pieces(&request, &[cut, usize::MAX]), whole, "cut at {cut}");
    }
}

/// A clock that counts its looks and gives each of them what 100,000 units of work take on a slow machine: 0.5 ms.
fn slow_machine() -> medward_waf::Clock {
    let reading = AtomicU64::new(0);
    Arc::new(move || reading.fetch_add(500, Ordering::Relaxed))
}

fn judge_by_clock(body: &str) -> Verdict {
    let request = post("/a", "application/json", body.as_bytes());
    let mut tx = transaction(&ObjectOptions::default()).with_clock(slow_machine());
    tx.request_head(&request.head);
    tx.request_body(&request.body);
    tx.request_end();
    tx.finish()
}

#[test]
fn padding_carries_no_attack_past_the_budget() {
    let english = "The patient was seen on Monday and complained of dizziness, for which she's taken 5 mg of amlodipine; \
                   her blood pressure was 150/95 (right arm), and the lab's results were normal. ";
    for (padding, size) in [("&lt;&amp;&#x27;%2527%25", 300_000), (english, 495_000)] {
        let values =
            (0..size / padding.len()).fold(String::new(), |text, at| text + &format!("\"k{at}\":\"{padding}\","));
        let verdict = judge_by_clock(&format!("{{{values}\"q\":\"{ATTACK}\"}}"));
        assert_eq!(verdict.outcome, Outcome::Block, "{padding}: {} units", verdict.work_units);
        // One long value costs no more than many short ones.
        let verdict =
            judge_by_clock(&format!("{{\"k\":\"{}\",\"q\":\"{ATTACK}\"}}", padding.repeat(size / padding.len())));
        assert_eq!(verdict.outcome, Outcome::Block, "{padding}: {} units", verdict.work_units);
    }
}

#[test]
fn a_megabyte_of_charts_is_judged_to_its_end() {
    let text = "患者男,45岁。主诉:头晕、乏力3天;既往史:高血压病史10年。体格检查:T 36.5℃,P 80次/分,BP 150/95mmHg(右上肢);神志清楚,精神可。建议:低盐饮食,定期复查血常规、肝功能。";
    let chart = format!("{{\"id\":1234,\"name\":\"王小明\",\"note\":\"{text}{text}\"}},");
    let verdict = judge_by_clock(&format!("[{}0]", chart.repeat(1_040_000 / chart.len())));
    assert_eq!((verdict.outcome, verdict.partial), (Outcome::Pass, false), "{} units", verdict.work_units);
    // 30 units a byte; the budget of such a body is nearly a thousand.
    assert!(verdict.work_units < 40_000_000, "{} units", verdict.work_units);
}

#[test]
fn an_exhausted_verdict_says_whether_something_suspicious_was_left() {
    let limits = Limits { max_work_units: 15_000, ..Limits::default() };
    let options = ObjectOptions { limits, ..ObjectOptions::default() };
    let judge_rest = |rest: &str| {
        let padding = "\"it's fine; or 5 > 4 (see 'note')\",".repeat(400);
        judge_with(&post("/a", "application/json", format!("[{padding}\"{rest}\"]").as_bytes()), &options)
    };
    let verdict = judge_rest(&crate::requests::percent_all(ATTACK.as_bytes()));
    assert_eq!((verdict.outcome, verdict.suspicious), (Outcome::Exhausted, true));
    // Enough to be through with the head, so that only numbers are left.
    let limits = Limits { max_work_units: 60_000, ..Limits::default() };
    let numbers = format!("[{}0]", "12345678,".repeat(1_500));
    let options = ObjectOptions { limits, ..ObjectOptions::default() };
    let verdict = judge_with(&post("/a", "application/json", numbers.as_bytes()), &options);
    assert_eq!((verdict.outcome, verdict.suspicious), (Outcome::Exhausted, false));
    assert!(!judge(&get(b"/a?q=it's+fine")).suspicious);
}
