//! Fields of the head that only a proxy or framework may write, messages in messages, scripts put in place.

use medward_waf::{Head, Outcome};

use crate::requests::{Request, judge, post};

const FORM: &str = "application/x-www-form-urlencoded";

fn asks(method: &str, target: &str, headers: &[(&str, &str)]) -> Request {
    let head = Head::new(method.as_bytes(), target.as_bytes(), b"HTTP/1.1");
    let head = headers.iter().fold(head, |head, (name, value)| head.with_header(name.as_bytes(), value.as_bytes()));
    Request { head, body: Vec::new() }
}

/// The rule blocks each of `attacks` (target, header, value) and no rule says anything of `honest`.
fn check_headers(rule: &str, attacks: &[(&str, &str, &str)], honest: &[(&str, &str, &str)]) {
    for (target, name, value) in attacks {
        let judged = judge(&asks("GET", target, &[(name, value)]));
        assert_eq!(judged.outcome, Outcome::Block, "{name}: {value}");
        assert!(judged.hits.iter().any(|hit| hit.rule == rule), "{name}: {value}: {:?}", judged.hits);
    }
    for (target, name, value) in honest {
        let judged = judge(&asks("GET", target, &[(name, value)]));
        assert!(judged.hits.is_empty(), "{name}: {value}: {:?}", judged.hits);
    }
}

#[test]
fn another_page_than_the_one_asked_for_is_doubtful() {
    for (target, name, value) in
        [("/", "X-Original-URL", "/admin"), ("/a?b=1", "x-rewrite-url", "/a"), ("/", "X-Override-URL", "/admin/")]
    {
        let judged = judge(&asks("GET", target, &[(name, value)]));
        assert_eq!((judged.outcome, judged.score_in), (Outcome::Pass, 3), "{name}: {value}");
        assert_eq!(judged.hits[0].rule, "MW-PROTOCOL-101");
    }
    // What a proxy in front writes says the same as the request line, or names the host, too.
    let same = [("/a?b=1", "X-Original-URL", "/a?b=1"), ("/a", "X-Original-URL", "https://www.example.org/a")];
    check_headers("MW-PROTOCOL-101", &[], &same);
}

#[test]
fn fields_of_the_application_are_not_of_this_hop() {
    check_headers(
        "MW-PROTOCOL-102",
        &[
            ("/", "Connection", "close, X-Forwarded-For"),
            ("/", "Connection", "keep-alive, Authorization"),
            ("/", "connection", "x-f5-auth-token"),
            ("/", "Connection", "Cookie ,close"),
        ],
        &[
            ("/", "Connection", "keep-alive"),
            ("/", "Connection", "Upgrade, HTTP2-Settings"),
            ("/", "Connection", "TE, close"),
            ("/", "Connection", "keep-alive, Upgrade"),
        ],
    );
}

#[test]
fn fields_that_no_client_sends_are_blocked() {
    check_headers(
        "MW-PROTOCOL-103",
        &[("/", "Proxy", "http://evil.example:8080"), ("/", "x-middleware-subrequest", "middleware")],
        &[("/", "Proxy-Connection", "keep-alive"), ("/", "X-Proxy-Id", "1")],
    );
    check_headers(
        "MW-PROTOCOL-105",
        &[("/", "X-HTTP-Method-Override", "TRACE"), ("/", "X-Method-Override", "debug")],
        &[("/", "X-HTTP-Method-Override", "PATCH"), ("/", "X-HTTP-Method-Override", "DELETE")],
    );
    check_headers(
        "MW-PROTOCOL-107",
        &[("/", "X-Originating-IP", "127.0.0.1"), ("/", "X-Custom-IP-Authorization", "localhost")],
        &[("/", "X-Originating-IP", "10.1.2.3"), ("/", "X-Forwarded-For", "127.0.0.1"), ("/", "X-Real-IP", "::1")],
    );
}

#[test]
fn ranges_that_exhaust_a_server_are_blocked() {
    check_headers(
        "MW-PROTOCOL-104",
        &[
            ("/a.png", "Range", "bytes=0-18446744073709551615"),
            ("/a.png", "Range", "bytes=0-,5-0,5-1,5-2,5-3,5-4,5-5"),
            ("/a.png", "Request-Range", "bytes=5-0,1-1,2-2,3-3,4-4,5-5,6-6"),
        ],
        &[
            ("/a.pdf", "Range", "bytes=0-1023"),
            ("/a.pdf", "Range", "bytes=65536-131071, 196608-262143, 393216-458751, 589824-655359, 720896-786431"),
            ("/a.mp4", "Range", "bytes=0-"),
        ],
    );
}

#[test]
fn negotiation_that_servers_understand_differently_is_blocked() {
    check_headers(
        "MW-PROTOCOL-108",
        &[("/ws", "Sec-WebSocket-Version", "777"), ("/ws", "Sec-WebSocket-Version", "13, 99")],
        &[("/ws", "Sec-WebSocket-Version", "13"), ("/ws", "Sec-WebSocket-Version", "13, 8, 7")],
    );
    check_headers(
        "MW-PROTOCOL-109",
        &[("/", "Expect", "x 100-continue"), ("/", "Expect", "100-continue, y")],
        &[("/", "Expect", "100-continue"), ("/", "Expect", "100-Continue")],
    );
}

#[test]
fn methods_of_debuggers_are_blocked() {
    for method in ["DEBUG", "TRACK"] {
        let judged = judge(&asks(method, "/a.aspx", &[]));
        assert!(judged.outcome == Outcome::Block && judged.hits.iter().any(|hit| hit.rule == "MW-PROTOCOL-106"));
    }
    for method in ["PROPFIND", "REPORT", "PATCH"] {
        assert!(judge(&asks(method, "/a", &[])).hits.is_empty(), "{method}");
    }
}

#[test]
fn a_request_inside_a_body_is_blocked() {
    let inner = b"GET /admin HTTP/1.1\r\nHost: localhost\r\nX: ";
    for kind in ["", FORM, "text/plain"] {
        let judged = judge(&post("/static/a.js", kind, inner));
        assert_eq!(judged.outcome, Outcome::Block, "{kind}");
        assert!(judged.hits.iter().any(|hit| hit.rule == "MW-PROTOCOL-110"), "{kind}: {:?}", judged.hits);
    }
    let batch =
        b"--b\r\nContent-Type: application/http\r\n\r\nGET /odata/Patients HTTP/1.1\r\nAccept: */*\r\n\r\n--b--\r\n";
    let judged = judge(&post("/odata/$batch", "multipart/mixed; boundary=b", batch));
    assert!(judged.outcome == Outcome::Pass, "{:?}", judged.hits);
    assert!(judge(&post("/log", "text/plain", "访问日志: GET /a HTTP/1.1 200".as_bytes())).outcome == Outcome::Pass);
}

#[test]
fn scripts_put_in_place_under_a_hidden_name_are_blocked() {
    let destination = [("Destination", "http://www.example.org/a.asp;.jpg")];
    let outside = [("Destination", "file:///opt/webapps/a.jsp")];
    for (method, target, headers) in [
        ("PUT", "/a.jsp/", [].as_slice()),
        ("PUT", "/a.jsp%20", &[]),
        ("PUT", "/a.php.", &[]),
        ("PUT", "/a.jsp::$DATA", &[]),
        ("MOVE", "/a.txt", &destination),
        ("MOVE", "/a.txt", &outside),
    ] {
        let judged = judge(&asks(method, target, headers));
        assert_eq!(judged.outcome, Outcome::Block, "{method} {target}");
        assert!(judged.hits.iter().any(|hit| hit.rule == "MW-UPLOAD-101"), "{method} {target}: {:?}", judged.hits);
    }
    let renamed = [("Destination", "http://www.example.org/b.php")];
    for (method, target, headers) in [
        ("PUT", "/a.php", [].as_slice()),
        ("PUT", "/a.docx", &[]),
        ("MOVE", "/a.php", &renamed),
        ("GET", "/a.jsp/", &[]),
    ] {
        let judged = judge(&asks(method, target, headers));
        assert!(judged.hits.iter().all(|hit| hit.rule != "MW-UPLOAD-101"), "{method} {target}: {:?}", judged.hits);
    }
}

#[test]
fn names_that_open_known_doors_are_blocked() {
    check_headers(
        "MW-SCANNER-109",
        &[("/", "User-Agent", "Nacos-Server")],
        &[("/", "User-Agent", "Nacos-Server:v2.3.0"), ("/", "User-Agent", "Nacos-Java-Client:v2.3.0")],
    );
    check_headers("MW-SCANNER-110", &[("/", "User-Agentt", "x")], &[("/", "User-Agent", "x")]);
}

#[test]
fn functions_that_run_commands_are_no_callbacks() {
    for (rule, body) in [
        ("MW-PHP-101", "mail%5B%23post_render%5D%5B%5D=x&a=1"),
        ("MW-PHP-101", "a[#lazy_builder][0]=x"),
        ("MW-PHP-102", "callback=shell_exec&arg=x"),
        ("MW-PHP-102", "filter[]=passthru"),
    ] {
        let judged = judge(&post("/a", FORM, body.as_bytes()));
        assert_eq!(judged.outcome, Outcome::Block, "{body}");
        assert!(judged.hits.iter().any(|hit| hit.rule == rule), "{body}: {:?}", judged.hits);
    }
    // A module or a level is called so, too.
    for body in ["filter=system", "func=exec"] {
        let judged = judge(&post("/a", FORM, body.as_bytes()));
        assert_eq!((judged.outcome, judged.score_in), (Outcome::Pass, 3), "{body}");
        assert_eq!(judged.hits[0].rule, "MW-PHP-103");
    }
    for body in ["callback=jQuery123_456&a=1", "filter[]=dept", "type=system&exec=1", "title=%23post_render"] {
        assert!(judge(&post("/a", FORM, body.as_bytes())).hits.is_empty(), "{body}");
    }
}
