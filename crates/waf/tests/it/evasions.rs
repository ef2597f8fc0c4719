//! Bodies that two servers read differently: whatever one of them would take for an argument is inspected.

use medward_waf::http1::HttpFinding;
use medward_waf::{Outcome, Verdict};

use crate::requests::{judge, post};

const ATTACK: &str = "1' union select username,password from users-- -";

fn is_blocked(verdict: &Verdict, what: &str) {
    assert_eq!(verdict.outcome, Outcome::Block, "{what}: {:?}", verdict.parse);
    assert!(verdict.hits.iter().any(|hit| hit.rule.starts_with("MW-SQLI-")), "{what}");
}

fn part(headers: &str, content: &str) -> String {
    format!("{headers}\r\n\r\n{content}\r\n")
}

#[test]
fn multipart_bodies_that_servers_read_differently_hide_nothing() {
    let field = |content: &str| part("Content-Disposition: form-data; name=\"q\"", content);
    let (attack, harmless) = (field(ATTACK), field("report"));
    let quoted_printable: String = ATTACK.bytes().map(|byte| format!("={byte:02X}")).collect();
    let encoded = |name: &str, content: &str| {
        part(&format!("Content-Disposition: form-data; name=\"q\"\r\nContent-Transfer-Encoding: {name}"), content)
    };
    let far = "x".repeat(100_000);
    let cases: &[(&str, &str, String)] = &[
        (
            "the last of two boundaries counts for Werkzeug",
            "boundary=BB; boundary=AA",
            format!("--BB\r\n{harmless}--BB--\r\n--AA\r\n{attack}--AA--\r\n"),
        ),
        (
            "an attack under the other boundary and far away",
            "boundary=BB; boundary=AA",
            format!(
                "--BB\r\n{}--AA\r\n{attack}--AA--\r\n--BB--\r\n",
                part("Content-Disposition: form-data; name=f; filename=x", &far)
            ),
        ),
        (
            "an extended boundary",
            "boundary=BB; boundary*=us-ascii''AA",
            format!("--BB\r\n{harmless}--BB--\r\n--AA\r\n{attack}--AA--\r\n"),
        ),
        ("parts behind the end", "boundary=AA", format!("--AA--\r\n--AA\r\n{attack}--AA--\r\n")),
        ("parts far behind the end", "boundary=AA", format!("--AA--\r\n{far}\r\n--AA\r\n{attack}--AA--\r\n")),
        ("text before the parts", "boundary=AA", format!("q={ATTACK}\r\n--AA\r\n{harmless}--AA--\r\n")),
        ("text behind the parts", "boundary=AA", format!("--AA\r\n{harmless}--AA--\r\nq={ATTACK}\r\n")),
        (
            "quoted-printable",
            "boundary=AA",
            format!("--AA\r\n{}--AA--\r\n", encoded("quoted-printable", &quoted_printable)),
        ),
        ("an encoding nobody knows", "boundary=AA", format!("--AA\r\n{}--AA--\r\n", encoded("x-none", ATTACK))),
        (
            "parts in a part",
            "boundary=AA",
            format!(
                "--AA\r\nContent-Disposition: form-data; name=\"f\"\r\nContent-Type: multipart/mixed; boundary=CC\r\n\r\n--CC\r\n{attack}--CC--\r\n--AA--\r\n"
            ),
        ),
    ];
    for (what, parameters, body) in cases {
        let verdict = judge(&post("/a", &format!("multipart/form-data; {parameters}"), body.as_bytes()));
        is_blocked(&verdict, what);
        assert!(verdict.parse.contains(&HttpFinding::MultipartBroken), "{what}");
    }
}

#[test]
fn the_text_of_an_upload_is_inspected_like_an_argument() {
    for disposition in [
        "filename*=UTF-8''x.txt",
        "filename=\"x.txt\"",
        "filename=\"\"",
        "filename=\"x.bin\"\r\nContent-Type: application/octet-stream",
        "filename=\"x.bin\"\r\nContent-Type: text/plain",
    ] {
        let part = part(&format!("Content-Disposition: form-data; name=\"q\"; {disposition}"), ATTACK);
        let verdict =
            judge(&post("/a", "multipart/form-data; boundary=AA", format!("--AA\r\n{part}--AA--\r\n").as_bytes()));
        is_blocked(&verdict, disposition);
        assert!(verdict.hits.iter().any(|hit| hit.variable == "ARGS:q"), "{disposition}");
    }
}

#[test]
fn commands_in_a_broken_multipart_body_are_found_too() {
    let body = "--AA--\r\nContent-Disposition: form-data; name=\"host\"\r\n\r\n127.0.0.1; cat /etc/hosts\r\n";
    let verdict = judge(&post("/a", "multipart/form-data; boundary=AA", body.as_bytes()));
    assert!(verdict.hits.iter().any(|hit| hit.rule == "MW-SHELL-102"), "{:?}", verdict.hits);
}
