use super::super::properties::check_properties;
use super::super::tests::{check_table, confidence};
use super::super::{Context, Detector, Place};

const ATTACKS: &[&str] = &[
    "feed:http://192.168.1.1:2375/images/json",
    "view-source:http://127.0.0.1/",
    "http://[fe80::1%25eth0]:80/",
    "http://localhost:10255/pods",
    "http://127.0.0.1:8080/pods?x",
    "http://www.boai.example:80#@0.0.0.0:239/x",
    "http://www.boai.example&@127.0.0.1#@boai.example/",
    "http://192.168.155.1/cgi-bin/luci?x\\@www.boai.example/",
    "http://127.0.0.1\0.boai.example/",
    "http://127.0.0.1;.boai.example/",
    "///127.0.0.1:8080/",
    "http://mail.example:25/x",
    "https://git.example:22/",
    "ssh://-oProxyCommand=id/x",
    "unix:AAAAAAAA|http://127.0.0.1/x",
    "[img]http://127.0.0.1:7001/a.png[/img]",
    "[img=1,1]http://127.0.0.1:6379/x.png[/img]",
    "sftp://evil.example:11111/",
    "sftp://evil.example:6379/x",
    "ftp://10.1.2.3:6379",
    "http:///127.0.0.1/x",
    "http:127.0.0.1:8080/x",
    "<iframe src=\"http://127.0.0.1:6379/\"></iframe>",
    "<image xlink:href='http://localhost:9200/_cat'/>",
    "http://192.168.1.1:2375/images/json",
    "http://127.0.0.1/@shop.example/login",
    "ldap://10.9.8.7:389/Exploit",
    "x=ldap://evil.example/a",
    "http://127.0.0.1#@www.example.org/",
    "http:\\\\127.0.0.1\\x",
    "http://127.127.127.127/",
    "http://[::1]/",
    "http://127。0。0。1/",
    "http://redis.default.svc.cluster.local:6379/",
    "http://10.0.0.5:8080/manager/html",
    "http://172.16.0.10:2375/containers/json",
    "http://127.0.0.1:2379/v2/keys",
    "https://webhook.site/0b1c-2d",
    "http://169.254.169.254/latest/meta-data/",
    "http://169.254.169.254",
    "169.254.169.254",
    "http://100.100.100.200/latest/meta-data/",
    "http://metadata.google.internal/computeMetadata/v1/",
    "http://metadata.tencentyun.com/latest/",
    "http://[fd00:ec2::254]/latest/",
    "gopher://127.0.0.1:6379/_FLUSHALL",
    "dict://127.0.0.1:6379/info",
    "tftp://evil.example:69/x",
    "netdoc:///etc/passwd",
    "jar:http://evil.example/a.jar!/x",
    "jar:file:///tmp/a.zip!/b",
    "ldap://evil.example:1389/a",
    "ldaps://evil.example/a",
    "ldap://evil.example:1389",
    "ldap://127.0.0.1:389",
    "ldap://x9f.burpcollaborator.net",
    "rmi://evil.example:1099/Exploit",
    "http://0x7f000001/admin",
    "http://0x7f.0x0.0x0.0x1/",
    "http://2130706433/",
    "http://017700000001/",
    "http://0177.0.0.1/",
    "http://127.1:80/",
    "http://0251.0376.0251.0376/",
    "http://0xA9FEA9FE/",
    "http://2852039166/latest",
    "http://[::ffff:169.254.169.254]/",
    "http://[::ffff:a9fe:a9fe]/",
    "http://[0:0:0:0:0:ffff:127.0.0.1]/",
    "http://\u{2460}\u{2461}\u{2466}.\u{24ea}.\u{24ea}.\u{2460}/",
    "http://www.example.com@127.0.0.1/",
    "http://www.example.com:80@10.0.0.1/",
    "http://127.0.0.1:6379/",
    "http://localhost:22",
    "http://127.0.0.1:3306",
    "http://localhost:9200/_cat/indices",
    "http://127.0.0.1/admin",
    "http://127.0.0.1/server-status",
    "http://localhost/actuator/env",
    "http://127.0.0.1.nip.io/",
    "http://localtest.me/",
    "http://169.254.169.254.xip.io/",
    "http://x9f.burpcollaborator.net/",
    "http://c0a8.oast.fun",
    "abcd.dnslog.cn",
    "//169.254.169.254/latest",
    "http:\\\\169.254.169.254\\latest",
    "https://169.254.170.2/v2/credentials",
    "url=http://169.254.169.254/",
    "http://192.0.0.192/latest/",
];

const HONEST: &[&str] = &[
    "feed:https://www.example.org/rss.xml",
    "http://[fe80::1]/",
    "http://[fd12:3456:789a::5]:8080/lis",
    "http://his-server:8080/lis",
    "https://www.example.org/a;v=1?x=a@b.example",
    "unix:socket|pipe http://a.example/",
    "[img]http://10.1.2.3:8080/a.png[/img]",
    "[图1]http://127.0.0.1:8080/a.png",
    "https://www.example.org/share?to=\\@li",
    "http:8080",
    "https:端口",
    "<a href=\"http://127.0.0.1:8080/x\">x</a>",
    "<img src=\"http://10.1.2.3:8080/a.png\">",
    "http://localhost:3000/@wang_li",
    "http://127.0.0.1:3000/@li@social.example/117020",
    "${jndi:ldap://...} 是什么",
    "# rmi://... 或 ldap://... 开头的地址",
    "ldap://10.1.2.3:389/dc=hospital,dc=local",
    "https://www.example.org/path/page.html?a=1&b=2#top",
    "http://10.1.2.3:8080/pacs/viewer?study=1.2.840.113619.2.55",
    "http://192.168.1.1/",
    "http://172.16.0.9/api",
    "http://localhost:8080/cb",
    "http://localhost:3000/",
    "http://127.0.0.1:8848/index.html",
    "http://127.0.0.1:5500/a/b.html?x=1",
    "https://example.org/oauth?redirect_uri=http://localhost:8080/cb",
    "weixin://dl/business/?t=abc",
    "baiduboxapp://v1/browser/open?url=https://www.baidu.com",
    "alipays://platformapi/startapp?appId=20000067",
    "taobao://item.taobao.com/item.htm?id=1",
    "intent://scan/#Intent;scheme=zxing;end",
    "mailto:info@example.org",
    "tel:010-12345678",
    "data:image/png;base64,iVBORw0KGgo=",
    "javascript:void(0)",
    "https://user:pass@git.example.org/a.git",
    "https://medium.com/@name/post",
    "ws://10.0.0.9:8080/ws",
    "wss://push.example.org/ws",
    "ftp://ftp.example.org/pub/a.zip",
    "urn:oid:1.2.3",
    "urn:uuid:550e8400-e29b-41d4-a716-446655440000",
    "http://loinc.org|789-8",
    "08:30:00",
    "note: see below",
    "2026-11-20T08:30:00+08:00",
    "1.2.840.113619.2.55",
    "v1.2.3.4",
    "192.168.1.1",
    "http://1.2.3.4/a",
    "http://123.45.67.89:8080/x.jpg",
    "http://www.12306.cn/",
    "http://163.com",
    "http://4399.com/a",
    "https://www.1688.com/",
    "//cdn.example.org/a.js",
    "dict: a dictionary",
    "the jar: honey",
    "ssh: connect",
    "C:/Users/a",
    "file:///C:/Users/wang/Desktop/a.html",
    "http://example.org:8080",
    "https://m.example.org/s?word=%E8%A1%80&from=http://127.0.0.1:8020/a.html",
    "{\"url\":\"http://localhost:8081/x\"}",
    "about:blank",
    "blob:https://www.example.org/1f2e",
    "chrome-extension://abc/page.html",
    "http://10/",
    "oss://bucket/key",
];

#[test]
fn urls_that_only_a_server_could_use_are_confirmed() {
    check_table(Detector::Ssrf, Context::of(Place::Value), 80, ATTACKS, HONEST);
}

#[test]
fn the_intranet_and_the_machine_of_a_developer_are_recorded_only() {
    for value in ["http://10.1.2.3:8080/pacs", "http://192.168.1.1/", "http://localhost:8080/cb"] {
        let sure = confidence(Detector::Ssrf, value.as_bytes(), Context::of(Place::Value));
        assert!((1..40).contains(&sure), "{sure} for {value}");
    }
    let referer = confidence(Detector::Ssrf, b"http://127.0.0.1/index.html", Context::of(Place::Header));
    assert!(referer < 40, "{referer}");
}

#[test]
fn a_directory_server_alone_counts_one_point() {
    for value in ["ldap://ad01.hosp.example:389", "ldaps://10.1.2.3/", "ldap://dc1.hosp.example:3268"] {
        let sure = confidence(Detector::Ssrf, value.as_bytes(), Context::of(Place::Value));
        assert!((40..60).contains(&sure), "{sure} for {value}");
    }
}

#[test]
fn ssrf_findings_meet_the_requirement_in_linear_work() {
    check_properties(
        Detector::Ssrf,
        &[
            "http://",
            "https:/",
            "//",
            ":",
            "@",
            "127.0.0.1",
            "169.254.169.254",
            "0x7f",
            ".",
            "[::1]",
            "[::ffff:",
            "]",
            "gopher://",
            "jar:",
            "netdoc:",
            "ldap://",
            "localhost",
            ":6379",
            "/admin",
            "\u{2460}",
            ".oast.fun",
            "abcd.dnslog.cn",
            ".nip.io",
            "2130706433",
            "017700000001",
            "/latest/meta-data",
            "x",
            "\\",
            " ",
        ],
    );
}

#[test]
fn a_file_server_at_its_own_port_is_what_people_enter() {
    for url in ["sftp://10.0.0.4:22", "sftp://backup@10.0.0.4:2222/data", "ftp://10.1.2.3:21/pub", "sftp://a.example/x"]
    {
        let sure = confidence(Detector::Ssrf, url.as_bytes(), Context::of(Place::Value));
        assert!(sure < 80, "{sure} for {url}");
    }
}
