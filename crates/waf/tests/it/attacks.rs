//! Every attack of the table, in every place and encoding in which it works, is blocked under its own class.

use std::collections::{BTreeMap, BTreeSet};

use medward_waf::{AttackClass, Outcome};

use crate::requests::{
    Carry, Request, browser, get, json_string, judge, multipart, percent, percent_all, post, rows, unescape, xml,
};

const ATTACKS: &str = include_str!("../data/attacks.tsv");
const FORM: &str = "application/x-www-form-urlencoded";

/// Where and how a value travels.
const PLACES: &[(&str, Carry)] = &[
    ("query", |value| get(format!("/report?id={}&lang=zh", percent(value)).as_bytes())),
    ("query, every byte encoded", |value| get(format!("/report?id={}", percent_all(value)).as_bytes())),
    ("query, encoded twice", |value| get(format!("/report?id={}", percent(percent(value).as_bytes())).as_bytes())),
    ("query, three times", |value| {
        get(format!("/report?id={}", percent(percent(percent(value).as_bytes()).as_bytes())).as_bytes())
    }),
    ("query name", |value| get(format!("/report?{}=1", percent(value)).as_bytes())),
    ("form", |value| post("/report", FORM, format!("name=wang&id={}", percent(value)).as_bytes())),
    ("json", |value| {
        post("/api", "application/json", format!("{{\"a\":[1,{{\"id\":{}}}]}}", json_string(value, false)).as_bytes())
    }),
    ("json, escaped", |value| {
        post("/api", "application/json;charset=UTF-8", format!("{{\"id\":{}}}", json_string(value, true)).as_bytes())
    }),
    ("json, no content type", |value| Request {
        head: browser("POST", b"/api"),
        body: format!("{{\"id\":{}}}", json_string(value, false)).into_bytes(),
    }),
    ("json, broken tail", |value| {
        post("/api", "application/json", format!("{{\"id\":{}, oops", json_string(value, false)).as_bytes())
    }),
    ("multipart", |value| multipart("id", value)),
    ("cookie", |value| {
        let cookie = format!("lang=zh; id={}; theme=dark", percent(value));
        Request { head: browser("GET", b"/report").with_header(b"Cookie", cookie.as_bytes()), body: Vec::new() }
    }),
    ("header", |value| Request {
        head: browser("GET", b"/report").with_header(b"X-Api-Version", value),
        body: Vec::new(),
    }),
    ("referer", |value| {
        let referer = format!("https://www.example.org/search?q={}", percent(value));
        Request { head: browser("GET", b"/report").with_header(b"Referer", referer.as_bytes()), body: Vec::new() }
    }),
    ("path", |value| get(format!("/report/{}/detail", percent(value)).as_bytes())),
    ("xml", xml),
];

/// Places in which a class means nothing or its rules do not look, each for a reason.
fn applies(class: &str, place: &str, value: &[u8]) -> bool {
    let is_head = matches!(place, "header" | "referer" | "cookie" | "path" | "query name" | "xml");
    match (class, place) {
        // Field values cannot hold line ends or NUL: the framing guard refuses them before any rule.
        (_, "header") if value.iter().any(|byte| *byte < b' ') => false,
        // A relative link in a Referer is honest; cookies and names are no file names on any server we know.
        ("traversal", "referer" | "header") => false,
        ("traversal", "query name" | "path" | "xml" | "cookie") => !value.contains(&0),
        // Clauses that need the very beginning of the value lose it behind a path, a URL or a name.
        ("sqli", "referer" | "path" | "header" | "query name" | "json, broken tail") => {
            let anchored: &[&[u8]] = &[b"admin", b"'='", b"1' ORDER", b"{", b"x' AND email"];
            !anchored.iter().any(|start| value.starts_with(start))
        }
        ("xss", "query name" | "referer" | "path" | "header" | "json, broken tail") => {
            !value.starts_with(b"' onmouseover") && !value.starts_with(b"\" autofocus")
        }
        // A bare command must end the value; in the middle of a path more follows.
        ("shell", "path") => {
            !value.ends_with(b"id")
                && !value.ends_with(b"id`")
                && !value.ends_with(b"whoami")
                && !value.starts_with(b"() {")
        }
        // A command without a way out of anything is what a parameter may run, but no header.
        ("shell", "header") => !value.starts_with(b"cmd.exe") && !value.starts_with(b"127.0.0.1;id"),
        ("shell", "query name" | "referer") if value.starts_with(b"127.0.0.1;id") => place == "query name",
        ("shell", "query name" | "referer") => !value.starts_with(b"() {") && !value.starts_with(b"cmd.exe"),
        ("ldap" | "ssrf" | "deser" | "node" | "php" | "ssti" | "java" | "xxe", _) => !is_head,
        _ => true,
    }
}

#[test]
fn every_attack_is_blocked_in_every_place_and_encoding() {
    let mut missed = Vec::new();
    let mut tried: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    let mut count = 0;
    for row in rows(ATTACKS) {
        let (class, value) = row.split_once('\t').expect("class, tab, value");
        let value = unescape(value);
        for (place, carry) in PLACES {
            if !applies(class, place, &value) {
                continue;
            }
            count += 1;
            tried.entry(class).or_default().insert(place);
            let verdict = judge(&carry(&value));
            let named = verdict.hits.iter().any(|hit| hit.class.code() == class);
            if verdict.outcome != Outcome::Block || !named {
                missed.push(format!("{class} in {place}: {} ({:?})", value.escape_ascii(), verdict.attack));
            }
        }
    }
    assert!(missed.is_empty(), "{} of {count} missed:\n{}", missed.len(), missed.join("\n"));
    assert!(tried.len() >= 6, "classes: {tried:?}");
    assert!(tried.values().all(|places| places.len() >= 4), "each class in at least four places: {tried:?}");
}

fn blocks(request: &Request, class: AttackClass, rule: &str) {
    let verdict = judge(request);
    assert_eq!(verdict.outcome, Outcome::Block, "{request:?}");
    assert!(
        verdict.hits.iter().any(|hit| hit.rule == rule && hit.class == class),
        "{request:?}: {:?}",
        verdict.hits.iter().map(|hit| &hit.rule).collect::<Vec<_>>()
    );
}

#[test]
fn scanners_are_blocked_by_their_name_at_the_head() {
    for agent in [
        "sqlmap/1.7.2#stable (https://sqlmap.org)",
        "Mozilla/5.0 (Nikto/2.5.0)",
        "masscan/1.3",
        "Nmap Scripting Engine",
        "Fuzz Faster U Fool v2.1.0",
    ] {
        let head = medward_waf::Head::new(b"GET", b"/", b"HTTP/1.1").with_header(b"User-Agent", agent.as_bytes());
        blocks(&Request { head, body: Vec::new() }, AttackClass::Scanner, "MW-SCANNER-001");
    }
}

#[test]
fn a_console_is_suspicious_when_a_program_asks_for_it() {
    let asks = |path: &str, headers: &[(&str, &str)]| {
        let head = medward_waf::Head::new(b"GET", path.as_bytes(), b"HTTP/1.1");
        let head = headers.iter().fold(head, |head, (name, value)| head.with_header(name.as_bytes(), value.as_bytes()));
        Request { head, body: Vec::new() }
    };
    let program = ("User-Agent", "python-requests/2.31.0");
    let person = ("User-Agent", "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36");
    let from_its_page = ("Referer", "http://www.example.org/druid/index.html");
    for path in ["/phpmyadmin/", "/wp-login.php", "/swagger-ui.html"] {
        // A monitor asks so, too: suspicious, and no more.
        let asked = judge(&asks(path, &[program]));
        assert_eq!(asked.outcome, Outcome::Pass, "{path}");
        assert!(asked.hits.iter().any(|hit| hit.rule == "MW-SCANNER-106" && hit.points == 3), "{path}");
        assert_eq!(judge(&asks(path, &[person])).outcome, Outcome::Pass, "{path}");
    }
    assert_eq!(judge(&asks("/api/list", &[program])).outcome, Outcome::Pass);
    blocks(&asks("/druid/weburi.json", &[person]), AttackClass::Scanner, "MW-SCANNER-107");
    assert_eq!(judge(&asks("/druid/weburi.json", &[person, from_its_page])).outcome, Outcome::Pass);
    blocks(&asks("/index.php?-s", &[person]), AttackClass::Scanner, "MW-SCANNER-108");
}

#[test]
fn probes_for_hidden_files_are_blocked() {
    for path in [
        "/phpinfo.php",
        "/actuator/env",
        "/vendor/phpunit/phpunit/src/Util/PHP/eval-stdin.php",
        "/cgi-bin/test.sh",
        "/manager/html",
    ] {
        blocks(&get(path.as_bytes()), AttackClass::Scanner, "MW-SCANNER-001");
    }
    for path in [
        "/.git/config",
        "/.env",
        "/a/.svn/entries",
        "/.%67it/HEAD",
        "//.env",
        "/backup.zip",
        "/db.sql",
        "/index.php.bak",
        "/WEB-INF/../web.config",
        "/wwwroot.rar",
        "/server.key",
    ] {
        blocks(&get(path.as_bytes()), AttackClass::Traversal, "MW-TRAVERSAL-001");
    }
}

#[test]
fn raw_paths_that_leave_the_root_are_blocked() {
    for path in [
        "/static/../../../../etc/passwd",
        "/static/..%2f..%2f..%2fetc/passwd",
        "/static/%2e%2e/%2e%2e/x",
        "/static/..%252f..%252fetc/passwd",
        "/static/..%c0%af..%c0%afetc/passwd",
        "/static/..;/..;/manager",
        "/static/..%5c..%5cwindows/win.ini",
        "/a/%uff0e%uff0e/%uff0e%uff0e/etc/passwd",
    ] {
        blocks(&get(path.as_bytes()), AttackClass::Traversal, "MW-TRAVERSAL-001");
    }
}

#[test]
fn xml_bodies_with_outside_entities_are_blocked_whatever_they_claim_to_be() {
    let body = br#"<?xml version="1.0"?><!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]><r>&x;</r>"#;
    for content_type in [
        "application/xml",
        "text/xml",
        "application/soap+xml",
        "text/plain",
        "application/octet-stream",
        "image/svg+xml",
        "application/vnd.ms-excel",
    ] {
        blocks(&post("/service", content_type, body), AttackClass::Xxe, "MW-XXE-001");
    }
    let utf16: Vec<u8> = [0xfffe_u16]
        .into_iter()
        .map(u16::swap_bytes)
        .chain(String::from_utf8_lossy(body).encode_utf16())
        .flat_map(u16::to_le_bytes)
        .collect();
    blocks(&post("/service", "text/xml", &utf16), AttackClass::Xxe, "MW-XXE-001");
}

#[test]
fn nosql_operators_and_prototype_keys_are_blocked() {
    blocks(&get(b"/login?user[$ne]=1&pw[$gt]="), AttackClass::Sqli, "MW-SQLI-002");
    blocks(&post("/login", "application/json", br#"{"user":{"$ne":null}}"#), AttackClass::Sqli, "MW-SQLI-002");
    blocks(&post("/api", "application/json", br#"{"__proto__":{"admin":true}}"#), AttackClass::Node, "MW-NODE-001");
    blocks(&get(b"/a?constructor[prototype][x]=1"), AttackClass::Node, "MW-NODE-001");
}

#[test]
fn dangerous_uploads_are_blocked_by_name_or_content() {
    let upload = |name: &str, content: &str| {
        let body = format!(
            "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\nContent-Type: image/png\r\n\r\n{content}\r\n--b--\r\n"
        );
        post("/upload", "multipart/form-data; boundary=b", body.as_bytes())
    };
    for name in [
        "shell.php",
        "a.PHP5",
        "x.jsp",
        "x.php.jpg",
        "x.asp;.jpg",
        "..%2fx.aspx",
        ".htaccess",
        "web.config",
        "x.phtml ",
    ] {
        blocks(&upload(name, "x"), AttackClass::Upload, "MW-UPLOAD-001");
    }
    blocks(&upload("a.png", "\u{89}PNG <?php eval($_POST['x']); ?>"), AttackClass::Php, "MW-PHP-001");
    blocks(&upload("a.png", "<%@ page import=\"java.io.*\" %>"), AttackClass::Upload, "MW-UPLOAD-001");
    blocks(&upload("../../../etc/cron.d/x", "x"), AttackClass::Traversal, "MW-TRAVERSAL-001");
}

#[test]
fn responses_are_not_split_through_arguments() {
    blocks(&get(b"/go?to=/a%0d%0aSet-Cookie:%20admin=1"), AttackClass::Crlf, "MW-CRLF-001");
    blocks(&get(b"/go?to=x%250d%250aLocation:%20http://evil.example"), AttackClass::Crlf, "MW-CRLF-001");
}

#[test]
fn a_flood_of_parameters_hides_nothing() {
    let filler = "a=1&".repeat(5000);
    let request = post("/report", FORM, format!("{filler}id=1%27%20UNION%20SELECT%20NULL,NULL--%20-").as_bytes());
    blocks(&request, AttackClass::Sqli, "MW-SQLI-001");
    let json = format!("{{{}\"z\":\"1' UNION SELECT NULL,NULL-- -\"}}", "\"a\":1,".repeat(20_000));
    blocks(&post("/api", "application/json", json.as_bytes()), AttackClass::Sqli, "MW-SQLI-001");
    let deep = format!("{}\"1' UNION SELECT NULL,NULL-- -\"{}", "[".repeat(500), "]".repeat(500));
    blocks(&post("/api", "application/json", deep.as_bytes()), AttackClass::Sqli, "MW-SQLI-001");
    let cookies = format!("{}x=1' UNION SELECT NULL,NULL-- -", "a=1;".repeat(500));
    let head = browser("GET", b"/").with_header(b"Cookie", cookies.as_bytes());
    blocks(&Request { head, body: Vec::new() }, AttackClass::Sqli, "MW-SQLI-001");
}
