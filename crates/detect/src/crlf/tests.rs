use super::super::properties::check_properties;
use super::super::tests::check_table;
use super::super::{Context, Detector, Place};

const VALUE: Context = Context::of(Place::Value);

/// Every prefix with every line: what the application meant, a line end, what the attack adds.
const PREFIXES: &[&str] = &["x\r\n", "zh-CN\n", "\r", "/index?a=1\r\n\r\n", "嘊嘍"];
const LINES: &[&str] = &[
    "Set-Cookie: a=b",
    "set-cookie:a=b; path=/",
    "Location: http://x.example/",
    "location://x.example",
    "Location: /admin",
    "Refresh: 0; url=http://x.example",
    "Content-Type: text/html",
    "Content-Length: 0",
    "Content-Length: 35\r\n\r\n<html>x</html>",
    "HTTP/1.1 200 OK",
    "HTTP/1.0 302 Found\r\nLocation: /",
    "X-XSS-Protection: 0",
    "Transfer-Encoding: chunked",
    "Content-Encoding: gzip",
    "Content-Disposition: attachment",
    "Access-Control-Allow-Origin: *",
    "Content-Security-Policy: x",
    "X-Frame-Options: ALLOWALL",
    "WWW-Authenticate: Basic",
    "X-Forwarded-For: 127.0.0.1",
    "Cache-Control: no-cache",
    "GET /admin HTTP/1.1",
];

const HONEST: &[&str] = &[
    "```\n$ curl -I http://10.12.8.5:8081/\nHTTP/1.1 502 Bad Gateway\nServer: nginx/1.20.1\n```",
    "可以指定一个\nhost:/path\n参数",
    "备注\nX-ray: 2 films\n复诊: 周三",
    "第一行\n第二行\n第三行: 完",
    "Dear Sir,\n\nPlease find my report.\nHost: Dr. Li\nThanks & regards",
    "Location: 3F\nTime: 9:00",
    "a\r\nb\r\nc",
    "a: b\nc: d",
    "医院\nLocation: 三楼",
    "note\nLocation: 3F, room 2",
    "x\nHost: Dr. Li",
    "x\nRefresh: weekly",
    "x\nAge: 45",
    "x\nCookie: chocolate",
    "x\nLink: see page 2",
    "x\nFrom: me",
    "x\nDate: 2026-11-20",
    "x\nSet: 3",
    "x\nServer: bring water",
    "x\nVia: metro",
    "x\nETag: none",
    "x\nAllow: rest",
    "x\nAccept: yes",
    "x\nContent: good",
    "x\nExpires: 2027-01-01",
    "x\nTrailer: no",
    "x\nUpgrade: yes",
    "x\nWarning: hot",
    "\n",
    "\r\n",
    "a\n",
    "\n\n\n",
    "主诉:头晕\n既往史:高血压",
    "1. 步行\n2. 休息",
    "BEGIN:VCARD\nVERSION:3.0\nFN:王\nEND:VCARD",
    "BEGIN:VCALENDAR\nVERSION:2.0\nSUMMARY:x",
    "MSH|^~\\&|A\rPID|1||2",
    "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----",
    "key: value\nother: value\n",
    "name:\n  - a\n  - b",
    "a=1\nb=2",
    "{\n  \"a\": \"b\"\n}",
    "<p>\n<b>x</b>\n</p>",
    "x\n\n<p>y</p>",
    "#!/bin/sh\necho a: b",
    "http://a.example\nhttp://b.example",
    "Q: why?\nA: because",
    "x\n\ny",
    "嘊",
    "嘊嘍",
    "嘊嘍x",
    "a嘊b: c",
    "时间: 9:00\n地点: 三楼",
    "GET started\nwith it",
    "HTTP\n200",
    "x\nHTTP status 200",
    "a\nb: http://x.example",
    "x\nURL: http://x.example",
    "Steps:\n1) open\n2) close",
    "To do:\n- Location: check http proxies",
    "Tel: 010\nFax: 020",
    "x\ncontent type: text",
    "x\nset cookie: yes",
    "x\nSet-Cookie",
    "x\nLocation",
];

#[test]
fn attacks_block_and_honest_values_pass() {
    check_table(
        Detector::Crlf,
        VALUE,
        80,
        &["https://x.example/\r\n\r\n<html><h1>1", "ftp://a:x@192.0.2.9/a\r\nPORT 192,0,2,9,0,157\r\nRETR a"],
        &["见下页\r\n第二行", "PORT 443,80\nopen"],
    );
    let attacks: Vec<String> =
        PREFIXES.iter().flat_map(|prefix| LINES.iter().map(move |line| format!("{prefix}{line}"))).collect();
    let attacks: Vec<&str> = attacks.iter().map(String::as_str).collect();
    check_table(Detector::Crlf, VALUE, 80, &attacks, HONEST);
}

#[test]
fn a_second_header_or_the_rest_of_a_request_line_makes_sure() {
    check_table(
        Detector::Crlf,
        VALUE,
        80,
        &[
            "x HTTP/1.1\r\nHost: 127.0.0.1:6379\r\n\r\nSET a 1\r\n",
            "video\rX-Injected:1\rX-Cache: hit",
            "zh\r\nX-Injected: 1",
            "/a\nX-Test: yes",
            "x\r\nSLAVEOF 192.0.2.1 6379\r\n",
            "1\r\nset a 0 3600 5\r\nhello\r\n",
        ],
        &["王医生\nE-mail: a@his.example", "obs\nset up 2 beds"],
    );
}

#[test]
fn pasted_messages_do_not_block() {
    for pasted in [
        "HTTP/1.1 502 Bad Gateway\r\nServer: nginx\r\nContent-Type: text/html",
        "GET /a HTTP/1.1\r\nHost: x.example\r\nCookie: a=b",
        "Content-Type: text/html\r\nSet-Cookie: a=b",
        "Server: nginx\r\nSet-Cookie: a=b",
        "请看抓包\n这是请求\n这是响应\n见下\nSet-Cookie: a=b",
    ] {
        let sure = Detector::Crlf.find(pasted.as_bytes(), VALUE).map_or(0, |finding| finding.confidence);
        assert!(sure < 80, "{pasted}: {sure}");
    }
}

#[test]
fn headers_of_a_request_below_a_sentence_are_quoted() {
    for quoted in [
        "请求头如下：\nContent-Type: application/json\nAuthorization: Bearer abc",
        "The token must be sent as follows:\nAuthorization: Bearer abc",
    ] {
        let sure = Detector::Crlf.find(quoted.as_bytes(), VALUE).map_or(0, |finding| finding.confidence);
        assert!(sure < 80, "{quoted}: {sure}");
    }
    for attack in ["张三李四\r\nSet-Cookie: a=b", "请求头如下：\nCache-Control: no-cache\nLocation: http://x.example/"]
    {
        let sure = Detector::Crlf.find(attack.as_bytes(), VALUE).map_or(0, |finding| finding.confidence);
        assert!(sure >= 80, "{attack}: {sure}");
    }
}

#[test]
fn bodies_of_several_lines_are_not_asked() {
    assert_eq!(Detector::Crlf.find(b"x\r\nSet-Cookie: a=b", Context::of(Place::BodyText)), None);
}

#[test]
fn crlf_findings_meet_the_requirement_in_linear_work() {
    check_properties(
        Detector::Crlf,
        &[
            "\r\n",
            "\n",
            "\r",
            "x",
            "Set-Cookie",
            "Location",
            ":",
            " ",
            "a=b",
            "http://x",
            "HTTP/1.1 200 OK",
            "GET / HTTP/1.1",
            "Content-Type: text/html",
            "嘊",
            "嘍",
            "嘊嘍",
            "<html>",
            "X-A: b",
            "中",
        ],
    );
}

#[test]
fn commands_and_requests_behind_a_value_are_confirmed() {
    let attacks = ["x HTTP/1.1\r\nHost: localhost:8080\r\n\r\nGET /x", "x\r\n*3\r\n$3\r\nSET\r\n$1\r\na\r\n"];
    check_table(Detector::Crlf, VALUE, 80, &attacks, &["价格\n*3\n$3 左右", "服务器\nHost: localhost 不通"]);
}
