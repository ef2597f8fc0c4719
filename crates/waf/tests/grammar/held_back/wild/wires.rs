//! The protocol itself, programs that look for holes, and doors that open to the right header or path.

use medward_waf::AttackClass;

use super::super::super::attack::{AttackGrammar, request};
use super::super::super::encode::Encoding::{Base64, DoublePercent, Percent, PercentU, Plain};
use super::super::super::place::Place;
use super::super::super::rng::Rng;
use super::super::super::words;
use super::make::{Filler, Hole, Whole, cookie, form, header, json, other, path, query, whole};

pub(super) const ATTACKS: &[AttackGrammar] = &[
    request("protocol-two-lengths", AttackClass::Protocol, 38, lengths),
    request("protocol-broken-heads", AttackClass::Protocol, 38, heads),
    request("protocol-hop-and-host-headers", AttackClass::Protocol, 36, |rng| whole(rng, HOPS)),
    request("scanner-programs-by-name", AttackClass::Scanner, 38, |rng| whole(rng, PROGRAMS)),
    request("scanner-first-looks", AttackClass::Scanner, 42, |rng| whole(rng, LOOKS)),
    request("scanner-copies-and-backups", AttackClass::Scanner, 36, copies),
    request("scanner-open-consoles", AttackClass::Scanner, 38, |rng| whole(rng, CONSOLES)),
    request("access-by-known-bypasses", AttackClass::Protocol, 36, |rng| whole(rng, BYPASSES)),
];

/// Requests within requests: the two servers disagree where the first one ends.
fn lengths(rng: &mut Rng) -> Whole {
    let host = rng.pick(words::HOSTS);
    let word = rng.letters(6);
    let inner = match rng.below(4) {
        0 => format!("GET /admin/{word} HTTP/1.1\r\nHost: localhost\r\n\r\n"),
        1 => format!("GET /{word} HTTP/1.1\r\nX-Ignore: "),
        2 => format!("POST /comment HTTP/1.1\r\nHost: {host}\r\nContent-Length: 400\r\n\r\ntext={word}"),
        _ => format!("GPOST /{word} HTTP/1.1\r\nContent-Length: 15\r\n\r\nx=1"),
    };
    let length = inner.len();
    let head = format!("POST /{} HTTP/1.1\r\nHost: {host}\r\n", rng.letters(3));
    let chunked = format!("0\r\n\r\n{inner}");
    let all = chunked.len();
    let raw = match rng.below(15) {
        0 => format!("{head}Content-Length: {all}\r\nTransfer-Encoding: chunked\r\n\r\n{chunked}"),
        1 => format!("{head}Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n{length:x}\r\n{inner}\r\n0\r\n\r\n"),
        2 => format!("{head}Content-Length: 0\r\nContent-Length: {length}\r\n\r\n{inner}"),
        3 => format!("{head}Content-Length: {all}\r\nTransfer-Encoding: xchunked\r\n\r\n{chunked}"),
        4 => format!("{head}Content-Length: {all}\r\nTransfer-Encoding : chunked\r\n\r\n{chunked}"),
        5 => format!("{head}Content-Length: {all}\r\n Transfer-Encoding: chunked\r\n\r\n{chunked}"),
        6 => format!("{head}Content-Length: {all}\r\nTransfer-Encoding: identity, chunked\r\n\r\n{chunked}"),
        7 => format!("{head}Content-Length: {all}\r\nTransfer-Encoding: \"chunked\"\r\n\r\n{chunked}"),
        8 => format!("{head}Content-Length: {all}\r\nTransfer-Encoding:\r\n chunked\r\n\r\n{chunked}"),
        9 => format!("{head}Content-Length: +{length}\r\n\r\n{inner}"),
        10 => format!("{head}Content-Length: 0,{length}\r\n\r\n{inner}"),
        11 => format!("{head}Transfer-Encoding: chunked\r\n\r\n0;ext\nx\r\n\r\n{inner}"),
        12 => format!("{head}Transfer-Encoding: chunked\r\n\r\n-1\r\n{inner}\r\n0\r\n\r\n"),
        13 => format!("{head}Transfer-Encoding: chunked\r\n\r\nfffffffffffffffe0\r\n{inner}\r\n0\r\n\r\n"),
        _ => format!(
            "{head}Content-Length: {length}\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n{chunked}"
        ),
    };
    (raw.into_bytes(), Place::Header, Plain)
}

/// Heads that no honest client writes.
fn heads(rng: &mut Rng) -> Whole {
    let host = rng.pick(words::HOSTS);
    let word = rng.letters(6);
    let tail = "User-Agent: Mozilla/5.0\r\nAccept: */*\r\n\r\n";
    let ranges: String = (0..rng.between(60, 200)).map(|at| format!(",5-{at}")).collect();
    let raw = match rng.below(16) {
        0 => format!("GET /{word}\0.jsp HTTP/1.1\r\nHost: {host}\r\n{tail}"),
        1 => format!("GET /{word} HTTP/1.1\r\nHost: {host}\r\nRange: bytes=0-{ranges}\r\n{tail}"),
        2 => format!("GET /{word} HTTP/1.1\r\nHost: {host}\r\nRange: bytes=0-18446744073709551615\r\n{tail}"),
        3 => format!("TRACE /{word} HTTP/1.1\r\nHost: {host}\r\nMax-Forwards: 0\r\n{tail}"),
        4 => format!("CONNECT 10.0.0.{}:22 HTTP/1.1\r\nHost: {host}\r\n{tail}", rng.between(1, 254)),
        5 => format!("GET /{word} HTTP/1.1\r\nHost: {host}\r\nHost: 127.0.0.1\r\n{tail}"),
        6 => format!("GET /{word} HTTP/1.1\r\n{tail}"),
        7 => format!("GET /{word} HTTP/1.1\r\nHost: {host}\r\nX-{word}: a\0b\r\n{tail}"),
        8 => format!("GET /{word} HTTP/1.1\nHost: {host}\n X-Folded: {word}\n\n"),
        9 => format!("GET /{word} HTTP/9.{}\r\nHost: {host}\r\n{tail}", rng.below(9)),
        10 => format!("GET http://169.254.169.254/latest/meta-data/{word} HTTP/1.1\r\nHost: {host}\r\n{tail}"),
        11 => format!("GET /{word} HTTP/1.1\r\nHost: {host}@127.0.0.1\r\n{tail}"),
        12 => format!("DEBUG /{word}.aspx HTTP/1.1\r\nHost: {host}\r\nCommand: stop-debug\r\n{tail}"),
        13 => format!("GET /{word} HTTP/1.1\r\nHost: {host}\r\nBad Name {word}: 1\r\n{tail}"),
        14 => format!("GET /{word} HTTP/1.1\r\nHost: {host}\r\nContent-Length: 99999999999999999999\r\n{tail}"),
        _ => format!("GET /{word} HTTP/1.1 \x0b\r\nHost: {host}\r\n{tail}"),
    };
    (raw.into_bytes(), Place::Header, Plain)
}

/// Headers that mean something between servers only, and protocols to change to.
const HOPS: &[Hole] = &[
    header("/admin/§w", "Connection: close, X-Forwarded-For"),
    header("/api/§w", "Connection: keep-alive, Authorization, X-Real-IP"),
    header("/§w", "Upgrade: h2c\nHTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA\nConnection: Upgrade, HTTP2-Settings"),
    header("/§w", "Proxy: http://§h:8080"),
    header("/§w", "X-Original-URL: /admin/§w"),
    header("/§w", "X-Rewrite-URL: /manage/§w"),
    header("POST /user/§n", "X-HTTP-Method-Override: DELETE\nContent-Length: 0"),
    header("/password/reset?u=§w", "X-Forwarded-Host: §h\nX-Forwarded-Server: §h"),
    header("/§w", "X-Forwarded-Host: a.example\"><script>alert(§n)</script>"),
    header("/§w", "X-Forwarded-Scheme: http\nX-Forwarded-Host: §h"),
    header("/§w", "X-Middleware-Subrequest: middleware:middleware:middleware:middleware:middleware"),
    header(
        "/dashboard/§w",
        "x-middleware-subrequest: src/middleware:src/middleware:src/middleware:src/middleware:src/middleware",
    ),
    header("/§w", "Translate: f\nX-Client: §w"),
    header("/§w.asp\\", "Translate: f"),
    header("/", "Range: bytes=18-18446744073709551615\nX-Id: §w"),
    header("/§w", "X-Accel-Redirect: /internal/§w\nX-Sendfile: /§f"),
    header("/§w", "Expect: <script>alert(§n)</script>"),
    header("/", "Transfer-Encoding: gzip, §w"),
    header("/§w", "X-Forwarded-Prefix: /..;/manager/html/§w"),
    header("/§w", "Content-Encoding: §w, gzip, gzip, gzip, gzip, gzip, gzip, gzip, gzip"),
    header("/index.php", "Accept-Encoding: gzip, §w,,,, ,§w, *;q=-§n\nAccept-Charset: ${§w}"),
];

const PROGRAMS: &[Hole] = &[
    header("/§w", "User-Agent: sqlmap/1.7.§d#stable (https://sqlmap.example)"),
    header("/§w.php", "User-Agent: Mozilla/5.00 (Nikto/2.1.6) (Evasions:None) (Test:§m)"),
    header("/§w/", "User-Agent: DirBuster-1.0-RC1 (http://www.owasp.example)"),
    header("/§w", "User-Agent: gobuster/3.§d"),
    header("/§w", "User-Agent: Fuzz Faster U Fool v2.0.0-dev"),
    header("/§w", "User-Agent: feroxbuster/2.10.§d"),
    header("/§w", "User-Agent: Wfuzz/3.1.§d"),
    header("/", "User-Agent: masscan/1.3 (https://masscan.example)\nX-Id: §w"),
    header("/", "User-Agent: Mozilla/5.0 zgrab/0.x\nX-Id: §w"),
    header("/§w", "User-Agent: WPScan v3.8.§d (https://wpscan.example)"),
    header(
        "/§w.asp",
        "User-Agent: Mozilla/5.0 (compatible; Nmap Scripting Engine; https://nmap.example/book/nse.html)",
    ),
    header("/§w", "User-Agent: Nuclei - Open-source project (github.example/nuclei)"),
    header("/§w", "User-Agent: Mozilla/4.0 (compatible; MSIE 8.0; Windows NT 6.0) Havij"),
    header("/nice%20ports%2C/Tri%6Eity.txt%2ebak?§w", "User-Agent: Mozilla/5.0 (compatible; Nmap Scripting Engine)"),
    header(
        "/?§w",
        "User-Agent: Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36\nAcunetix-Aspect: enabled\nAcunetix-Aspect-Password: 082119f75623eb7abd7bf357698ff66c\nAcunetix-Aspect-Queries: filelist;aspectalerts",
    ),
    header(
        "/§w.html",
        "User-Agent: Mozilla/5.0 (compatible; MSIE 9.0) Acunetix-Product: WVS/11.0 (Acunetix Web Vulnerability Scanner)",
    ),
    header(
        "/§w",
        "User-Agent: Mozilla/4.0 (compatible; MSIE 8.0; Windows NT 6.1)\nX-Scan-Memo: Category=\"Audit.Attack\"; Function=\"createStateRequestFromAttackDefinition\"; SID=\"§x\"",
    ),
    header("/appscan_fingerprint/mac_address?§w", "User-Agent: Mozilla/4.0 (compatible; MSIE 6.0; Win32)"),
    header("/§w", "User-Agent: Mozilla/5.0 (compatible; Nessus; §w)"),
    header("/§w", "User-Agent: OpenVAS-VT 21.4.§d"),
    header("/§w", "User-Agent: w3af.example"),
    header("/§w", "User-Agent: Arachni/v1.5.§d"),
    header("/§w", "User-Agent: Netsparker"),
    header("/§w", "User-Agent: Hydra/9.§d"),
    header("/§w", "User-Agent: whatweb/0.5.§d"),
    header("/§w", "User-Agent: commix/v3.8-stable (https://commixproject.example)"),
    header("/§w", "User-Agent: Jorgee"),
    header("/§w", "User-Agent: libredtail-http"),
    header("/§w", "User-Agent: r00ts3c-owned-you"),
    header("/§w", "User-Agent: Ronin/2.0"),
    header("/§w", "User-Agent: LMAO/2.0"),
    header("/§w", "User-Agent: Mozilla/5.0 (compatible; CensysInspect/1.1; +https://about.censys.example/)"),
    header("/§w", "User-Agent: Mozilla/5.0 Grendel-Scan/1.0"),
    header("/§w", "User-Agent: Hello, World"),
    header("/§w", "User-Agent: Wapiti 3.1.§d (wapiti-scanner)"),
    header("/§w", "User-Agent: Mozilla/5.0 Jaeles Scanner §d"),
    header("/§w", "User-Agent: dirsearch/0.4.§d"),
    header("/§w", "User-Agent: python-requests/2.28 xsstrike"),
    header("/§w", "User-Agent: l9explore/1.2.2"),
    header("/§w", "User-Agent: Mozilla/5.0 (Linux; U; Android 4) Morfeus Fucking Scanner"),
    header("/w00tw00t.at.ISC.SANS.DFind:)?§w", "User-Agent: ZmEu"),
];

/// What a program asks a host that it has never seen.
const LOOKS: &[Hole] = &[
    path("/.git/config?§w"),
    path("/.git/HEAD?§w"),
    path("/.svn/entries?§w"),
    path("/.svn/wc.db?§w"),
    path("/.DS_Store?§w"),
    path("/.env?§w"),
    path("/.env.production?§w"),
    path("/§w/.env"),
    path("/api/.env?§w"),
    path("/WEB-INF/web.xml?§w"),
    path("/WEB-INF/classes/jdbc.properties?§w"),
    path("/phpinfo.php?§w"),
    path("/info.php?=PHPE9568F36-D428-11d2-A769-00AA001ACF42&§w"),
    path("/wp-config.php.bak?§w"),
    path("/wp-config.php~?§w"),
    path("/config.inc.php.swp?§w"),
    path("/.index.php.swp?§w"),
    path("/web.config.bak?§w"),
    path("/.htpasswd?§w"),
    path("/.ssh/id_rsa?§w"),
    path("/.aws/credentials?§w"),
    path("/.bash_history?§w"),
    path("/.vscode/sftp.json?§w"),
    path("/.idea/dataSources.xml?§w"),
    path("/.npmrc?§w"),
    path("/docker-compose.yml?§w"),
    path("/Dockerfile?§w"),
    path("/.dockercfg?§w"),
    path("/composer.lock?§w"),
    path("/server-status?§w"),
    path("/phpmyadmin/scripts/setup.php?§w"),
    path("/pma/index.php?§w"),
    path("/.%67it/config?§w").spelled(Percent),
    path("/%2e%67%69%74/config?§w").spelled(Percent),
    path("/.%2567it/HEAD?§w").spelled(DoublePercent),
    path("/%u002egit/config?§w").spelled(PercentU),
    path("/static../.git/config?§w"),
    path("/id_rsa?§w"),
    path("/crossdomain.xml~?§w"),
    path("/sftp-config.json?§w"),
    path("/.well-known/../.git/index?§w"),
    path("/trace.axd?§w"),
    path("/elmah.axd/detail?id=§x"),
    path("/CVS/Root?§w"),
    path("/.hg/store/00manifest.i?§w"),
];

/// Archives and dumps that administrators forget beside the site.
fn copies(rng: &mut Rng) -> Whole {
    let templates: &[&str] = &[
        "/wwwroot.§E",
        "/www.§E",
        "/web.§E",
        "/website.§E",
        "/backup.§E",
        "/bak.§E",
        "/db.sql",
        "/dump.sql.gz",
        "/database.sql?§w",
        "/his.§E",
        "/his_backup_2026.§E",
        "/data.§E",
        "/mysql.sql",
        "/upload.§E",
        "/网站备份.§E",
        "/新建文件夹.§E",
        "/1.§E",
        "/admin.§E",
        "/index.php.bak",
        "/config.php.bak?§w",
        "/conn.asp.bak",
        "/web.config.old?§w",
        "/Login.aspx.cs.bak",
        "/application.yml.bak?§w",
        "/root.§E",
        "/html.§E",
        "/beifen.§E",
        "/kangning-hospital.example.§E",
        "/localhost.§E",
        "/源码.§E",
        "/#index.php#",
        "/database.mdb?§w",
        "/App_Data/#data.mdb",
        "/data/%23data.mdb",
        "/ROOT.war",
        "/sql.sql?§w",
    ];
    let ending = rng.pick(&["zip", "rar", "tar.gz", "7z", "tgz", "bak", "sql"]);
    let template = rng.pick(templates).replace("§E", ending);
    let text = Filler::new(rng).fill(rng, &template);
    let target = super::super::super::codec::percent_keeping(text.as_bytes(), b"/-_.~?%=");
    let wire = super::super::super::wire::Wire::new(rng.pick(&["GET", "HEAD", "HEAD"]), target);
    (super::make::agent(rng, wire, Place::Path).finish(rng), Place::Path, Plain)
}

/// Consoles without a lock, as published for products.
const CONSOLES: &[Hole] = &[
    path("/actuator/heapdump?§w"),
    path("/actuator/env?§w"),
    path("/env;.css?§w"),
    path("/;/actuator/env?§w"),
    path("/actuator/gateway/routes?§w"),
    path("/actuator/mappings?§w"),
    path("/jolokia/list?§w"),
    path("/druid/index.html?§w"),
    path("/druid/websession.html?§w"),
    path("/nacos/v1/auth/users?pageNo=1&pageSize=§d"),
    path("/nacos/v1/cs/configs?dataId=&group=&appName=&config_tags=&pageNo=1&pageSize=§n&tenant=&search=accurate"),
    path("/swagger-resources?§w"),
    path("/v2/api-docs?§w"),
    path("/solr/admin/info/system?wt=json&_=§n"),
    path("/_cat/indices?v&§w"),
    path("/_plugin/head/?§w"),
    path("/manager/html?§w"),
    path("/jmx-console/HtmlAdaptor?action=inspectMBean&name=jboss.system:type=ServerInfo&§w"),
    path("/console/login/LoginForm.jsp?§w"),
    path("/uddiexplorer/?§w"),
    path("/containers/json?all=§d"),
    path("/v1.24/containers/json?§w"),
    path("/api/v1/namespaces/kube-system/secrets?limit=§d"),
    path("/dubbo-admin/?§w"),
    path("/zabbix/setup.php?§w"),
    path("/script?§w"),
    path("/asynchPeople/api/json?depth=§d"),
    path("/invoker/JMXInvokerServlet?§w"),
    path("/axis2/axis2-admin/?§w"),
    path("/hystrix.stream?§w"),
    path("/debug/pprof/heap?debug=§d"),
    path("/telescope/requests?§w"),
    path("/_profiler/phpinfo?§w"),
    path("/CFIDE/administrator/index.cfm?§w"),
    path("/HNAP1/?§w"),
    path("/manager/text/list?§w"),
    path("/wp-json/wp/v2/users/?per_page=§d"),
    path("/xmlrpc.php?rsd&§w"),
];

/// Logins that a header, a fixed token or an odd path makes needless.
const BYPASSES: &[Hole] = &[
    header("/nacos/v1/auth/users?pageNo=1&pageSize=§d", "User-Agent: Nacos-Server"),
    form("/nacos/v1/auth/users", "username=§w&password=§x").with("User-Agent: Nacos-Server").at(Place::Header),
    query(
        "/nacos/v1/auth/users?accessToken=eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJuYWNvcyIsImV4cCI6NDA3MDkwODgwMH0.§t&pageNo=1&pageSize=§d",
    ),
    json("PUT /api/v2/cmdb/system/admin/admin", "{\"ssh-public-key1\":\"ssh-rsa AAAA§t §w\"}")
        .with("Forwarded: for=[127.0.0.1]:8000;by=[127.0.0.1]:9000;\nUser-Agent: Report Runner")
        .at(Place::Header),
    path("/System/configurationFile?auth=YWRtaW46MTEK&n=§n").at(Place::Query).spelled(Base64),
    path("/Security/users?auth=YWRtaW46MTEK&n=§n").at(Place::Query).spelled(Base64),
    path("/onvif-http/snapshot?auth=YWRtaW46MTEK&n=§n").at(Place::Query).spelled(Base64),
    path("/server-info.action?bootstrapStatusProvider.applicationConfig.setupComplete=false&§w").at(Place::Query),
    form(
        "/setup/setupadministrator.action",
        "username=§w&fullName=§w&email=§w%40mail.example&password=§x&confirm=§x&setup-next-button=Next",
    )
    .with("X-Atlassian-Token: no-check"),
    path("/setup/setup-s/%u002e%u002e/%u002e%u002e/user-create.jsp?csrf=§w&username=§w&password=§x&isadmin=on")
        .spelled(PercentU),
    path("/setup/setup-s/%u002e%u002e/%u002e%u002e/log.jsp?§w").spelled(PercentU),
    path("/;/admin/§w"),
    path("/xx/..;/admin/§w"),
    path("/admin/%20?§w").spelled(Percent),
    path("/admin/%3b§w").spelled(Percent),
    path("/%2e/admin/page?§w").spelled(Percent),
    path("/admin/%0d%0a?§w").spelled(Percent),
    path("/unauth/%252e%252e/php/ztp_gate.php/PAN_help/x.css?§w").with("X-PAN-AUTHCHECK: off").spelled(DoublePercent),
    path("/cgi-bin/slogin/login.py?§w").with("X-Forwarded-For: 127.0.0.1"),
    path("/app/rest/users/id:1/tokens/RPC2?§w"),
    path("/hax?jsp=/app/rest/server;.jsp&§w").at(Place::Query),
    path("/SetupWizard.aspx/§w"),
    cookie("/general/index.php?isIE=0&§w=1", "Cookie: PHPSESSID=§x; KEY_RANDOMDATA=§n"),
    form("/logincheck_code.php", "CODEUID=%7B§x%7D&UID=1"),
    form("/general/login_code.php?codeuid=§x", "UID=1&source=pc&codeuid=§x&type=confirm&username=admin"),
    form(
        "/seeyon/thirdpartyController.do",
        "method=access&enc=TT5uZnR0YmhmL21qb2wvZXBkL2dwbWVmcy9wcWZvJ04%2bLjgzODQxNDMxMjQzNDU4NTkyNzknVT4zNjk0NzI5NDo3MjU4&clientPath=127.0.0.§d",
    ),
    query("/mobile/plugin/VerifyQuickLogin.jsp?identifier=§d&language=1&ipaddress=x.x.x.x"),
    form("/mobile/plugin/VerifyQuickLogin.jsp", "identifier=1&language=1&ipaddress=x.x.x.§d"),
    json(
        "/jeecg-boot/sys/upload/../user/passwordChange",
        "{\"username\":\"admin\",\"password\":\"§x\",\"smscode\":\"\",\"phone\":\"\"}",
    )
    .at(Place::Path),
    path("/zabbix/setup.php?§w")
        .with("Cookie: zbx_session=eyJzZXNzaW9uaWQiOiI0IiwidXNlcmlkIjoxLCJ1c2VybmFtZV9hdHRyaWJ1dGUiOiJBZG1pbiJ9")
        .at(Place::Cookie)
        .spelled(Base64),
    header("/goanywhere/images/..;/wizard/InitialAccountSetup.xhtml?§w", "X-Client: §w").at(Place::Path),
    header("/webui_wsma_https", "Via: §w\nContent-Type: text/xml").at(Place::Header),
    path("/%2577ebui_wsma_http?§w").spelled(DoublePercent),
    path("POST /rest/v1/AccountService/Accounts?§w")
        .with("Connection: AAAAAAAAAAAAAAAAAAAAAAAAAAAAA\nContent-Length: 0")
        .at(Place::Header),
    path("/cgi-bin/luci/;stok=/../admin/§w"),
    other(
        "/redfish/v1/AccountService/Accounts?§w",
        "application/json",
        "{\"Name\":\"§w\",\"Password\":\"§x\",\"RoleId\":\"Administrator\",\"UserName\":\"§w\"}",
    )
    .with("X-Server-Addr: 169.254.0.17:")
    .at(Place::Header),
];
