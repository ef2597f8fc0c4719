//! Honest hospital traffic passes: values in every place an application takes them, and whole requests.

use medward_waf::{Head, Outcome};

use crate::requests::{
    Carry, Request, browser, get, json_string, judge, multipart, percent, post, rows, unescape, xml,
};

const VALUES: &str = include_str!("../data/benign-values.txt");
const FORM: &str = "application/x-www-form-urlencoded";

const PLACES: &[(&str, Carry)] = &[
    ("query", |value| get(format!("/search?q={}&page=1", percent(value)).as_bytes())),
    ("form", |value| post("/record", FORM, format!("name=wang&remark={}", percent(value)).as_bytes())),
    ("json", |value| {
        let body = format!("{{\"list\":[{{\"remark\":{}}}],\"n\":1}}", json_string(value, false));
        post("/api/record", "application/json;charset=UTF-8", body.as_bytes())
    }),
    ("json, broken tail", |value| {
        let body = format!("{{\"name\":\"wang\",\"remark\":{},}}", json_string(value, false));
        post("/api/record", "application/json", body.as_bytes())
    }),
    ("multipart", |value| multipart("remark", value)),
    ("xml", xml),
    ("cookie", |value| {
        let cookie = format!("SESSION=MDk4ZjZiY2Q0NjIxZDM3; last={}", percent(value));
        Request { head: browser("GET", b"/").with_header(b"Cookie", cookie.as_bytes()), body: Vec::new() }
    }),
    ("referer", |value| {
        let referer = format!("https://www.example.org/s?wd={}&ie=utf-8", percent(value));
        Request { head: browser("GET", b"/").with_header(b"Referer", referer.as_bytes()), body: Vec::new() }
    }),
];

fn passes(request: &Request, what: &str) -> Result<(), String> {
    let verdict = judge(request);
    let rules: Vec<_> = verdict.hits.iter().map(|hit| format!("{} on {}", hit.rule, hit.variable)).collect();
    if verdict.outcome == Outcome::Pass { Ok(()) } else { Err(format!("{what}: {:?} {rules:?}", verdict.outcome)) }
}

#[test]
fn every_honest_value_passes_in_every_place() {
    let values: Vec<&str> = rows(VALUES).collect();
    assert!(values.len() >= 150, "{} values", values.len());
    let mut blocked = Vec::new();
    for value in &values {
        for (place, carry) in PLACES {
            blocked.extend(passes(&carry(&unescape(value)), &format!("{value} in {place}")).err());
        }
    }
    assert!(blocked.is_empty(), "{} blocked:\n{}", blocked.len(), blocked.join("\n"));
}

#[test]
fn honest_values_do_not_even_score() {
    let scored: Vec<_> = rows(VALUES)
        .filter_map(|value| {
            let verdict = judge(&get(format!("/search?q={}", percent(&unescape(value))).as_bytes()));
            (verdict.score_in > 0)
                .then(|| format!("{value}: {:?}", verdict.hits.iter().map(|hit| &hit.rule).collect::<Vec<_>>()))
        })
        .collect();
    assert!(scored.is_empty(), "{}", scored.join("\n"));
}

#[test]
fn paths_and_queries_of_real_applications_pass() {
    for target in [
        "/",
        "/index.html",
        "/static/js/app.3f2a1c.js",
        "/static/css/chunk-vendors.css?v=1.2.3",
        "/favicon.ico",
        "/robots.txt",
        "/sitemap.xml",
        "/api/v1/patients/110101?fields=name,sex&expand=visits",
        "/api/report/list?page=1&size=20&sort=createTime,desc&filter=status:eq:1",
        "/pacs/wado?requestType=WADO&studyUID=1.2.840.113619.2.55.3&seriesUID=1.2.840&contentType=image%2Fjpeg",
        "/dicom-web/studies?PatientName=ZHANG*&StudyDate=20260101-20261120&includefield=all&limit=50",
        "/fhir/Observation?code=http://loinc.org|789-8&date=ge2026-01-01&_count=50&_sort=-date",
        "/wx/callback?signature=7f3c1e&timestamp=1795144455&nonce=123456&echostr=5838479218127813673",
        "/oauth?code=0a1B2c3D&state=STATE&redirect_uri=https%3A%2F%2Ftj.example.org%2Fcb%3Fa%3D1%26b%3D2",
        "/%E6%8A%A5%E5%91%8A/%E4%BD%93%E6%A3%80.pdf",
        "/报告/体检.pdf?姓名=王小明",
        "/a+b/c%20d/(1)/e,f;v=1/@me/~u/$x",
        "/search?q=%E8%A1%80%E5%8E%8B%3C120%2F80",
        "/search?q=C%2B%2B+and+Java",
        "/list?ids=1,2,3&ids=4&flag",
        "/?",
        "/news/2026/11/20/select-your-doctor.html",
        "/union-hospital/order-by-phone",
        "/files/report%20(1).docx",
        "/captcha?t=0.8273645182736&_=1795144455000",
        "/img?url=https://cdn.example.org/a.png&w=100&h=50",
        "/jump?target=/home/index%3Ftab%3D2",
        "/export?columns=name|sex|age&format=xlsx",
        "/cb?a=%",
        "/cb?a=%zz&b=100%",
        "/.well-known/acme-challenge/x",
        "/api/env/list",
        "/system/info",
        "/user/.../edit",
        "/print?id=3&copies=2",
        "/script/list?type=exec&sleep=1",
        "/app/config.js",
        "/data.json",
        "/backup/list",
        "/sql/help",
        "/download?file=2026/11/report.pdf",
    ] {
        passes(&get(target.as_bytes()), target).unwrap();
    }
}

#[test]
fn clients_of_all_kinds_pass() {
    for agent in [
        "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 MicroMessenger/8.0.49(0x18003137) NetType/WIFI Language/zh_CN",
        "Mozilla/5.0 (Linux; Android 14; V2302A Build/UP1A.231005.007; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/126.0 Mobile Safari/537.36 XWEB/1260 MMWEBSDK/20240501 MiniProgramEnv/android",
        "Mozilla/4.0 (compatible; MSIE 8.0; Windows NT 6.1; WOW64; Trident/4.0; SLCC2; .NET CLR 2.0.50727)",
        "Mozilla/5.0 (compatible; Baiduspider/2.0; +http://www.baidu.com/search/spider.html)",
        "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Safari/605.1.15",
        "curl/8.5.0",
        "python-requests/2.31.0",
        "Java/1.8.0_202",
        "Apache-HttpClient/4.5.13 (Java/11.0.20)",
        "okhttp/4.12.0",
        "Go-http-client/1.1",
        "Dalvik/2.1.0 (Linux; U; Android 12; M2102J2SC Build/SKQ1.211006.001)",
        "PostmanRuntime/7.39.0",
        "WinHTTP",
        "Microsoft-CryptoAPI/10.0",
        "-",
        "",
    ] {
        let head = Head::new(b"GET", b"/", b"HTTP/1.1")
            .with_header(b"Host", b"a")
            .with_header(b"User-Agent", agent.as_bytes());
        passes(&Request { head, body: Vec::new() }, agent).unwrap();
    }
}

#[test]
fn headers_of_browsers_and_proxies_pass() {
    let head = browser("GET", b"/portal/home")
        .with_header(b"Sec-Ch-Ua", br#""Google Chrome";v="131", "Chromium";v="131", "Not_A Brand";v="24""#)
        .with_header(b"Sec-Ch-Ua-Platform", br#""Windows""#)
        .with_header(b"If-None-Match", br#"W/"5e1-18f3a2b1c00""#)
        .with_header(b"If-Modified-Since", b"Fri, 20 Nov 2026 03:14:15 GMT")
        .with_header(b"Cache-Control", b"max-age=0")
        .with_header(b"Range", b"bytes=0-1023")
        .with_header(b"X-Forwarded-For", b"203.0.113.7, 10.0.0.1")
        .with_header(b"Via", b"1.1 proxy.example.org (squid/5.7)")
        .with_header(b"Forwarded", br#"for="[2001:db8::1]";proto=https;by=203.0.113.43"#)
        .with_header(b"Authorization", b"Bearer eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJ3YW5nIiwic2NvcGUiOiJyZWFkIn0.c2lnbmF0dXJl")
        .with_header(b"Referer", b"https://www.baidu.com/link?url=Xk9_a-b&wd=&eqid=9f2c61aa0003")
        .with_header(
            b"Cookie",
            b"JSESSIONID=8A3F; Hm_lvt_9f=1700000000,1700000100; _ga=GA1.2.3.4; sensors=%7B%22distinct_id%22%3A%2218c%22%2C%22props%22%3A%7B%22%24latest%22%3A%22direct%22%7D%7D; rememberMe=QmFzZTY0RGF0YSsvPT0=; theme=\"dark\"; menu=[1|2|3]; name=%E5%BC%A0%E4%B8%89",
        )
        .with_header(b"Cdn-Loop", b"cloudflare; loops=1")
        .with_header(b"Traceparent", b"00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01");
    passes(&Request { head, body: Vec::new() }, "browser headers").unwrap();
}

#[test]
fn messages_of_partner_systems_pass() {
    let wechat = "<xml><appid><![CDATA[wx2421b1c4370ec43b]]></appid><attach><![CDATA[支付测试]]></attach><bank_type><![CDATA[CFT]]></bank_type><fee_type><![CDATA[CNY]]></fee_type><mch_id><![CDATA[10000100]]></mch_id><nonce_str><![CDATA[5d2b6c2a8db53831f7eda20af46e531c]]></nonce_str><openid><![CDATA[oUpF8uMEb4qRXf22hE3X68TekukE]]></openid><out_trade_no><![CDATA[1409811653]]></out_trade_no><result_code><![CDATA[SUCCESS]]></result_code><sign><![CDATA[B552ED6B279343CB493C5DD0D78AB241]]></sign><total_fee>1</total_fee></xml>";
    let alipay = "gmt_create=2026-11-20+08%3A30%3A00&charset=utf-8&seller_email=pay%40example.org&subject=%E4%BD%93%E6%A3%80%E5%A5%97%E9%A4%90%28A%29&sign=HqT9z%2BkF%2F3mB0a%3D%3D&fund_bill_list=%5B%7B%22amount%22%3A%220.01%22%2C%22fundChannel%22%3A%22ALIPAYACCOUNT%22%7D%5D&trade_status=TRADE_SUCCESS";
    let soap = "<?xml version=\"1.0\" encoding=\"utf-8\"?><soap:Envelope xmlns:soap=\"http://schemas.xmlsoap.org/soap/envelope/\"><soap:Body><SendMsg xmlns=\"http://tempuri.org/\"><msg><![CDATA[<Request><Header><SourceSystem>HIS</SourceSystem></Header><Body><PatName>O'Brien &amp; 王</PatName><Range>3.5-9.5</Range></Body></Request>]]></msg></SendMsg></soap:Body></soap:Envelope>";
    let hl7 = "MSH|^~\\&|LIS|HOSP|EMR|HOSP|20261120083000||ORU^R01^ORU_R01|MSG00001|P|2.4|||AL|NE||UNICODE UTF-8\rPID|1||12345^^^HOSP^MR||张^三^^^先生||19900307|M|||建国路88号^^北京^^100000^CHN||010-12345678\rOBR|1|A1|B1|CBC^血常规|||20261120080000|||||||20261120081000|BLD&血|1234^李^医生||||||20261120082500||LAB|F\rOBX|1|NM|WBC^白细胞||5.2|10*9/L|3.5-9.5|N|||F\rOBX|2|ST|NOTE||<0.01; repeat if >3 days & fever||||||F\r";
    let fhir = r#"{"resourceType":"Observation","status":"final","code":{"coding":[{"system":"http://loinc.org","code":"789-8","display":"RBC"}],"text":"红细胞"},"subject":{"reference":"Patient/example"},"valueQuantity":{"value":4.5,"unit":"10*12/L"},"text":{"status":"generated","div":"<div xmlns=\"http://www.w3.org/1999/xhtml\"><p><b>Result</b>: 4.5 &lt; 5.5</p></div>"},"referenceRange":[{"low":{"value":4.0},"text":"4.0-5.5 (男)"}]}"#;
    let image = format!(
        r#"{{"name":"a.png","data":"data:image/png;base64,{}"}}"#,
        "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9".repeat(500)
    );
    let html = r#"{"content":"<h1 style=\"text-align:center\">体检报告</h1><p class='x' id=\"p1\">总检结论:<b>轻度脂肪肝</b>;<br/>建议:<a href=\"https://tj.example.org/a?id=1&b=2\">复查</a></p><table border=\"1\" cellspacing=\"0\"><tr><td>血压</td><td>&lt;120/80</td></tr></table><img src=\"/upload/2026/11/a.jpg\" alt=\"on the left\" width=\"600\">"}"#;
    let graphql = r#"{"query":"query Q($id: ID!) { patient(id: $id) { name visits(first: 10, orderBy: \"date\") { id date } } }","variables":{"id":"123"}}"#;
    let cases: &[(&str, &str, &str)] = &[
        ("WeChat payment callback", "text/xml", wechat),
        ("Alipay callback", FORM, alipay),
        ("SOAP with a document in CDATA", "text/xml; charset=utf-8", soap),
        ("HL7 v2", "text/plain", hl7),
        ("HL7 v2 by its own type", "application/hl7-v2; charset=utf-8", hl7),
        ("HL7 v2 without a type", "", hl7),
        ("FHIR", "application/fhir+json", fhir),
        ("base64 image in JSON", "application/json", &image),
        ("report HTML in JSON", "application/json", html),
        ("GraphQL", "application/json", graphql),
        ("XML with a bare DOCTYPE", "application/xml", "<!DOCTYPE note><note><to>王</to></note>"),
        ("CSV", "text/csv", "姓名,性别,结果\n王小明,男,\"<0.5; 正常\"\n李雷,女,'120/80'\n"),
        (
            "log lines",
            "text/plain",
            "2026-11-20 08:30:00 ERROR [main] c.e.A - java.lang.NullPointerException\n\tat c.e.A.b(A.java:1)\n",
        ),
        ("array of numbers", "application/json", "[1,2.5,-3e8,null,true,{\"a\":[]}]"),
        ("empty JSON", "application/json", ""),
    ];
    for (what, content_type, body) in cases {
        passes(&post("/partner/notify", content_type, body.as_bytes()), what).unwrap();
    }
}

#[test]
fn binary_bodies_and_uploads_pass() {
    let binary: Vec<u8> = (0..60_000u32).map(|at| (at.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
    for content_type in
        ["application/octet-stream", "application/dicom", "image/jpeg", "application/x-protobuf", "application/grpc"]
    {
        passes(&post("/stow", content_type, &binary), content_type).unwrap();
    }
    let names = [
        "体检报告(2026).pdf",
        "CT-1.2.840.dcm",
        "照片 1.JPG",
        "a.b.c.docx",
        "C:\\Users\\wang\\Desktop\\x.png",
        "O'Brien's x-ray & notes.jpeg",
        "data.tar.gz",
        "list.xlsx",
    ];
    for name in names {
        let mut body = format!("--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\nContent-Type: application/octet-stream\r\n\r\n").into_bytes();
        body.extend_from_slice(&binary);
        body.extend_from_slice(b"\r\n--b--\r\n");
        passes(&post("/upload", "multipart/form-data; boundary=b", &body), name).unwrap();
    }
}

#[test]
fn uploads_of_text_and_sloppy_clients_pass() {
    let hl7 = "MSH|^~\\&|LIS|HOSP|EMR|HOSP|20261120083000||ORU^R01|MSG00001|P|2.4\rPID|1||12345^^^HOSP^MR||张^三||19900307|M\rOBX|1|ST|NOTE||<0.01; repeat if >3 days & fever||||||F\r";
    let csv = "姓名,性别,结果,备注\r\n王小明,男,\"<0.5; 正常\",\"O'Brien's; see \"\"note\"\"\"\r\n李雷,女,'120/80',-- 无\r\n=SUM(A1:A3),,,\r\n";
    let log = "2026-11-20 08:30:00 ERROR [main] c.e.A - java.lang.NullPointerException: id is null\n\tat c.e.A.b(A.java:1)\n-- end --\n";
    let list = "a.txt;2026-11-20;1 KB\nb.txt;2026-11-20;2 KB\n# 说明: 数据来自检验科 & 放射科\n";
    let patient =
        "{\"resourceType\":\"Patient\",\"name\":[{\"text\":\"王小明\"}],\"telecom\":[{\"value\":\"010-12345678\"}]}";
    let report = "<?xml version=\"1.0\"?><ClinicalDocument xmlns=\"urn:hl7-org:v3\"><title>体检报告</title><text><paragraph>血压 &lt;120/80</paragraph></text></ClinicalDocument>";
    let letter = "尊敬的王先生:\r\n您的体检结果(2026-11-20)已出; 请携带身份证 & 就诊卡来院领取。\r\nRegards, Dr. O'Neill\r\n--\r\nUnion Hospital, select your doctor at the desk from 8 to 12\r\n";
    let files = [
        ("lab.hl7", "application/octet-stream", hl7),
        ("lab.hl7", "text/plain", hl7),
        ("名单.csv", "text/csv", csv),
        ("名单.csv", "application/vnd.ms-excel", csv),
        ("app.log", "text/plain", log),
        ("list.txt", "text/plain", list),
        ("patient.json", "application/json", patient),
        ("cda.xml", "text/xml", report),
        ("letter.txt", "text/plain", letter),
    ];
    for (name, kind, content) in files {
        for disposition in [
            format!("filename=\"{name}\""),
            format!("filename=\"{name}\"; filename*=UTF-8''{}", percent(name.as_bytes())),
        ] {
            let mut body = format!(
                "--b\r\nContent-Disposition: form-data; name=\"file\"; {disposition}\r\nContent-Type: {kind}\r\n\r\n"
            )
            .into_bytes();
            body.extend_from_slice(content.as_bytes());
            body.extend_from_slice(b"\r\n--b--\r\n");
            passes(&post("/upload", "multipart/form-data; boundary=b", &body), &format!("{disposition} as {kind}"))
                .unwrap();
            // Line ends without CR, a preamble: broken for some servers, and still honest.
            let sloppy = [b"This is a multi-part message in MIME format.\n".as_slice(), &without_cr(&body)].concat();
            passes(&post("/upload", "multipart/form-data; boundary=b", &sloppy), &format!("sloppy {disposition}"))
                .unwrap();
        }
    }
}

fn without_cr(body: &[u8]) -> Vec<u8> {
    String::from_utf8_lossy(body).replace("\r\n", "\n").into_bytes()
}
