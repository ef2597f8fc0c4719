//! Honest requests of enterprise software: payment callbacks, SAML, Struts and JSF, remoting, office suites, filter
//! languages.

use super::super::benign::{BenignGrammar, grammar};
use super::super::codec;
use super::super::rng::Rng;
use super::super::wire::{FORM, JSON, Wire};
use super::super::words;
use super::sentences;

pub(super) const BENIGN: &[BenignGrammar] = &[
    grammar("alipay-and-unionpay", 60, payment),
    grammar("saml", 45, saml),
    grammar("struts-and-jsf", 55, action),
    grammar("remoting", 45, remoting),
    grammar("office-suites", 50, office),
    grammar("filter-languages", 50, filter),
];

fn payment(rng: &mut Rng) -> Vec<u8> {
    let (order, trade) = (rng.digits(18), rng.digits(28));
    let subject = rng.pick(&[
        "体检套餐(A)+加项",
        "门诊缴费-心内科",
        "挂号费:王医生 <专家>",
        "核酸&抗体检测",
        "住院预交金 O'Brien",
        "药品 3 种; 共 120.5 元",
    ]);
    let signature = codec::base64(rng.bytes(256));
    match rng.below(5) {
        0 => {
            let body = format!("gmt_create={}&charset=UTF-8&gmt_payment={}&notify_time={}&subject={}&sign={}&buyer_id=2088{}&body={}&invoice_amount=0.01&version=1.0&notify_id=2026112000222{}&fund_bill_list={}&notify_type=trade_status_sync&out_trade_no={order}&total_amount={}.01&trade_status=TRADE_SUCCESS&trade_no={trade}&auth_app_id=2026{}&receipt_amount=0.01&point_amount=0.00&passback_params={}&sign_type=RSA2&seller_email={}", codec::form("2026-11-20 08:30:00"), codec::form("2026-11-20 08:30:05"), codec::form("2026-11-20 08:30:06"), codec::form(subject), codec::form(&signature), rng.digits(12), codec::form(sentences::sentence(rng)), rng.digits(20), codec::form("[{\"amount\":\"0.01\",\"fundChannel\":\"ALIPAYACCOUNT\"}]"), rng.below(2000), rng.digits(12), codec::form(codec::form("dept=12&type=a|b")), codec::form("pay@renai.example"));
            Wire::post("/alipay/notify_url.php", FORM, body).program("Mozilla/4.0")
        }
        1 => Wire::get(format!("/alipay/return?charset=utf-8&out_trade_no={order}&method=alipay.trade.page.pay.return&total_amount=1.00&sign={}&trade_no={trade}&auth_app_id=2026{}&version=1.0&app_id=2026{}&sign_type=RSA2&seller_id=2088{}&timestamp={}", codec::percent(&signature), rng.digits(12), rng.digits(12), rng.digits(12), codec::form("2026-11-20 08:30:00"))).mobile(rng),
        2 => {
            let content = format!("{{\"out_trade_no\":\"{order}\",\"total_amount\":\"88.88\",\"subject\":{},\"product_code\":\"QUICK_MSECURITY_PAY\",\"goods_detail\":[{{\"goods_id\":\"a-1\",\"price\":9.5}}],\"extend_params\":{{\"sys_service_provider_id\":\"\"}}}}", codec::json(subject));
            Wire::post("/gateway.do?charset=utf-8", FORM, format!("app_id=2026{}&method=alipay.trade.create&format=JSON&sign_type=RSA2&timestamp={}&version=1.0&biz_content={}&sign={}&app_cert_sn={}&alipay_root_cert_sn={}_{}", rng.digits(12), codec::form("2026-11-20 08:30:00"), codec::form(content), codec::form(&signature), rng.hex(32), rng.hex(32), rng.hex(32))).program("aop-sdk-java-20260520")
        }
        3 => {
            let body = format!("accNo={}&accessType=0&bizType=000201&certId={}&currencyCode=156&encoding=UTF-8&merId=777290058{}&orderId={order}&queryId={}&reqReserved={}&respCode=00&respMsg={}&settleAmt=1000&signMethod=01&signature={}&txnAmt=1000&txnTime=20261120083000&version=5.1.0", codec::form("6216***********0000"), rng.digits(11), rng.digits(6), rng.digits(21), codec::form("{a=1&b=2|c}"), codec::form("成功[0000000]"), codec::form(&signature));
            Wire::post("/unionpay/backRcvResponse", "application/x-www-form-urlencoded;charset=UTF-8", body).program("Java1.7.0_131")
        }
        _ => Wire::post("/yb/settle", JSON, format!("{{\"infno\":\"2207\",\"msgid\":\"H{order}{}\",\"insuplc_admdvs\":\"999999\",\"signtype\":\"SM3\",\"cainfo\":\"{}\",\"input\":{{\"data\":{{\"psn_no\":\"{}\",\"medfee_sumamt\":128.5,\"diag\":{},\"exp_content\":{}}}}}}}", rng.digits(8), codec::base64(rng.bytes(64)), rng.digits(20), codec::json(subject), codec::json(format!("{{\"a\":\"{}\"}}", rng.token(5))))).header("x-tif-signature", rng.hex(64)).header("x-tif-nonce", rng.uuid()).program("Apache-HttpClient/4.5.2 (Java/1.8.0_151)"),
    }
    .finish(rng)
}

fn saml(rng: &mut Rng) -> Vec<u8> {
    let id = format!("_{}", rng.hex(32));
    let relay = rng.pick(&["/app/home?x=1&y=2", "https://emr.boai.example/#/patient/3", "ss:mem:9f2c61aa", "a\"b'c"]);
    let request = format!(
        "<samlp:AuthnRequest xmlns:samlp=\"urn:oasis:names:tc:SAML:2.0:protocol\" ID=\"{id}\" Version=\"2.0\" IssueInstant=\"2026-11-20T00:30:00Z\" Destination=\"https://idp.boai.example/sso\" AssertionConsumerServiceURL=\"https://emr.boai.example/saml/acs?org=1&amp;t=2\"><saml:Issuer xmlns:saml=\"urn:oasis:names:tc:SAML:2.0:assertion\">https://emr.boai.example/metadata</saml:Issuer><samlp:NameIDPolicy AllowCreate=\"true\"/></samlp:AuthnRequest>"
    );
    let response = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><samlp:Response xmlns:samlp=\"urn:oasis:names:tc:SAML:2.0:protocol\" ID=\"{id}\" InResponseTo=\"_{}\" Version=\"2.0\"><ds:Signature xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\"><ds:SignatureValue>{}</ds:SignatureValue><ds:X509Certificate>{}</ds:X509Certificate></ds:Signature><saml:Assertion xmlns:saml=\"urn:oasis:names:tc:SAML:2.0:assertion\"><saml:AttributeStatement><saml:Attribute Name=\"displayName\"><saml:AttributeValue>{}</saml:AttributeValue></saml:Attribute><saml:Attribute Name=\"department\"><saml:AttributeValue>{}</saml:AttributeValue></saml:Attribute></saml:AttributeStatement></saml:Assertion></samlp:Response>",
        rng.hex(32),
        codec::base64(rng.bytes(256)),
        codec::base64(rng.bytes(600)),
        codec::xml(&words::person(rng)),
        codec::xml(words::department(rng))
    );
    match rng.below(5) {
        0 => Wire::get(format!("/idp/profile/SAML2/Redirect/SSO?SAMLRequest={}&RelayState={}&SigAlg={}&Signature={}", codec::percent(codec::base64(codec::deflate(request.as_bytes()))), codec::percent(relay), codec::percent("http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"), codec::percent(codec::base64(rng.bytes(256))))),
        1 => Wire::post("/saml/acs", FORM, format!("SAMLResponse={}&RelayState={}", codec::form(codec::base64(&response)), codec::form(relay))),
        2 => Wire::post("/adfs/ls/", FORM, format!("wa=wsignin1.0&wresult={}&wctx={}", codec::form(&response), codec::form("rm=0&id=passive&ru=%2fHis%2f"))),
        3 => Wire::get(format!("/saml/SLO?SAMLResponse={}&RelayState={}", codec::percent(codec::base64(codec::deflate(response.as_bytes()))), codec::percent(relay))),
        _ => Wire::post("/saml/ecp", "text/xml", format!("<S:Envelope xmlns:S=\"http://schemas.xmlsoap.org/soap/envelope/\"><S:Body>{request}</S:Body></S:Envelope>")).header("PAOS", "ver=\"urn:liberty:paos:2003-08\";\"urn:oasis:names:tc:SAML:2.0:profiles:SSO:ecp\""),
    }
    .desktop(rng)
    .finish(rng)
}

/// `.do`, `.action` and `.jsf` pages with the parameters that belong to them.
fn action(rng: &mut Rng) -> Vec<u8> {
    let (name, department, remark) = (words::person(rng), words::department(rng), sentences::sentence(rng));
    let number = rng.below(99_999);
    match rng.below(7) {
        0 => Wire::get(format!("/his/patient_list.action?pageBean.pageNo={}&queryBean.name={}&queryBean.dept.id={number}&struts.token.name=token&token={}", rng.below(20), codec::form(&name), rng.token(32).to_uppercase())),
        1 => Wire::post(format!("/emr/save!submit.action?id={number}"), FORM, format!("entity.name={}&entity.items%5B0%5D.code=A1&entity.items%5B0%5D.value={}&entity.remark={}&redirectUrl=%2Flist.action%3Fid%3D{number}", codec::form(&name), codec::form("<0.5"), codec::form(remark))),
        2 => Wire::post("/oa/workflow.do", FORM, format!("method=saveForm&opinion={}&taskId={number}&class=urgent&action=next&next=&dept={}", codec::form(remark), codec::form(department))),
        3 => Wire::post("/pages/patient/edit.jsf", FORM, format!("mainForm=mainForm&mainForm%3Aname={}&mainForm%3Adept_input={}&mainForm%3Atable%3A0%3Aremark={}&mainForm%3Aj_idt{}=&javax.faces.ViewState={}", codec::form(&name), codec::form(department), codec::form(remark), rng.below(99), codec::form(format!("-{}:{}", rng.digits(19), rng.digits(19))))),
        4 => Wire::post("/pages/list.xhtml", FORM, format!("javax.faces.partial.ajax=true&javax.faces.source=form%3Atable&javax.faces.partial.execute=%40all&javax.faces.partial.render=form%3Atable+form%3Amsg&form%3Atable_pagination=true&form%3Atable_first={number}&form%3Atable%3Aglobal={}&javax.faces.ViewState={}", codec::form(&name), codec::form(codec::base64(rng.bytes(900))))).header("Faces-Request", "partial/ajax"),
        5 => Wire::get(format!("/report/ReportServer?reportlet=%2Fhis%2Fdaily.cpt&op=view&__bypagesize__=false&dept={}&from=2026-11-01&fr_locale=zh_CN&n={number}", codec::percent(codec::percent(department)))),
        _ => Wire::post(format!("/ajax/Handler.ashx?action=GetList&t=0.{}", rng.digits(16)), FORM, format!("where={}&order=id+desc&fields=id%2Cname%2Cdept&name={}&top={number}", codec::form("status:1"), codec::form(&name))),
    }
    .desktop(rng)
    .finish(rng)
}

/// Remote calls of DWR, Ext.Direct, GWT, XML-RPC, JSON-RPC, Hessian over text.
fn remoting(rng: &mut Rng) -> Vec<u8> {
    let (name, remark) = (words::person(rng), sentences::sentence(rng));
    let number = rng.below(9999);
    match rng.below(6) {
        0 => {
            let body = format!("callCount=1\nwindowName=\nc0-scriptName=PatientService\nc0-methodName=findByName\nc0-id=0\nc0-e1=string:{}\nc0-e2=number:{number}\nc0-e3=null:null\nc0-param0=Object_Object:{{name:reference:c0-e1, dept:reference:c0-e2, x:reference:c0-e3}}\nc0-param1=boolean:false\nbatchId={}\ninstanceId=0\npage=%2Fhis%2Findex.jsp%3Fid%3D{number}\nscriptSessionId={}/{}-{}\n", codec::percent(&name), rng.below(30), rng.token(32), rng.token(7), rng.token(9));
            Wire::post("/his/dwr/call/plaincall/PatientService.findByName.dwr", "text/plain", body)
        }
        1 => Wire::post("/ext/router", JSON, format!("[{{\"action\":\"Report\",\"method\":\"select\",\"data\":[{{\"page\":1,\"start\":0,\"limit\":25,\"filter\":[{{\"property\":\"name\",\"operator\":\"like\",\"value\":{}}}],\"sort\":[{{\"property\":\"time\",\"direction\":\"DESC\"}}]}}],\"type\":\"rpc\",\"tid\":{number}}}]", codec::json(&name))),
        2 => Wire::post("/gwt/rpc", "text/x-gwt-rpc; charset=utf-8", format!("7|0|8|https://his.boai.example/gwt/|{}|cn.his.client.ReportService|save|java.lang.String/2004016611|I|{}|{remark}|1|2|3|4|2|5|6|7|{number}|", rng.hex(32).to_uppercase(), name.replace('|', "\\!"))),
        3 => Wire::post("/xmlrpc.php", "text/xml", format!("<?xml version=\"1.0\"?><methodCall><methodName>metaWeblog.newPost</methodName><params><param><value><int>{number}</int></value></param><param><value><struct><member><name>title</name><value><string>{}</string></value></member><member><name>description</name><value><string>{}</string></value></member></struct></value></param></params></methodCall>", codec::xml(remark), codec::xml("<p>a &amp; b</p>"))),
        4 => Wire::post("/jsonrpc", JSON, format!("{{\"jsonrpc\":\"2.0\",\"method\":\"call\",\"params\":{{\"model\":\"his.patient\",\"method\":\"search_read\",\"args\":[[[\"name\",\"ilike\",{}],[\"age\",\">\",18],\"|\",[\"dept\",\"=\",false],[\"dept\",\"!=\",3]]],\"kwargs\":{{\"limit\":80,\"order\":\"create_date desc\"}}}},\"id\":{number}}}", codec::json(&name))),
        _ => Wire::post("/dcomnet/rpc.aspx", FORM, format!("xml={}&cmd=GetPatient&n={number}", codec::form(format!("<root><row name='{}' remark=\"{}\"/></root>", codec::xml(&name).replace('\'', "&apos;"), codec::xml(remark))))),
    }
    .desktop(rng)
    .finish(rng)
}

/// Office suites and their servers: WOPI, OnlyOffice callbacks, SharePoint, CalDAV of telephones, mail push.
fn office(rng: &mut Rng) -> Vec<u8> {
    let id = rng.hex(24);
    let name = codec::percent(rng.pick(&["体检报告 2026.docx", "排班表(11月).xlsx", "R&D 汇报.pptx", "O'Brien.doc"]));
    match rng.below(8) {
        0 => Wire::get(format!("/wopi/files/{id}?access_token={}&access_token_ttl={}", rng.base64_url(120), words::millis(rng))).header("X-WOPI-CorrelationId", rng.uuid()).header("X-WOPI-Proof", codec::base64(rng.bytes(128))).program("Microsoft Office Protocol Discovery"),
        1 => {
            let size = rng.between(200, 2000);
            Wire::post(format!("/wopi/files/{id}/contents?access_token={}", rng.base64_url(90)), "application/octet-stream", [b"PK\x03\x04".as_slice(), &rng.bytes(size)].concat()).header("X-WOPI-Override", "PUT").header("X-WOPI-Lock", format!("{{\"S\":\"{}\",\"F\":4}}", rng.uuid())).program("MSWAC")
        }
        2 => Wire::post(format!("/onlyoffice/callback?doc={id}"), JSON, format!("{{\"key\":\"{id}\",\"status\":2,\"url\":\"http://10.12.8.9/cache/files/data/{id}/output.docx/output.docx?md5={}&expires={}&shardkey={id}&filename={name}\",\"changesurl\":\"http://10.12.8.9/c.zip\",\"history\":{{\"serverVersion\":\"7.5.1\",\"changes\":[{{\"user\":{{\"id\":\"1\",\"name\":{}}}}}]}},\"users\":[\"1\"],\"actions\":[{{\"type\":0,\"userid\":\"1\"}}]}}", rng.base64_url(22), rng.digits(10), codec::json(words::person(rng)))).header("Authorization", format!("Bearer eyJhbGciOiJIUzI1NiJ9.{}.{}", rng.base64_url(300), rng.base64_url(43))).program("Node.js/6.13"),
        3 => Wire::new("PROPFIND", format!("/sites/his/Shared%20Documents/{name}")).header("Depth", "0").header("Translate", "f").body("text/xml; charset=\"utf-8\"", "<?xml version=\"1.0\"?><a:propfind xmlns:a=\"DAV:\" xmlns:b=\"urn:schemas-microsoft-com:office:office\"><a:prop><a:displayname/><b:modifiedby/></a:prop></a:propfind>").program("Microsoft Office Excel 2016"),
        4 => Wire::post("/_vti_bin/cellstorage.svc/CellStorageService", "text/xml; charset=utf-8", format!("<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\"><s:Body><RequestCollection CorrelationId=\"{{{}}}\" xmlns=\"http://schemas.microsoft.com/sharepoint/soap/\"><Request Url=\"http://oa.boai.example/{name}\" RequestToken=\"1\"><SubRequest Type=\"Cell\"><SubRequestData PartitionID=\"{{{}}}\" BinaryDataSize=\"88\">{}</SubRequestData></SubRequest></Request></RequestCollection></s:Body></s:Envelope>", rng.uuid(), rng.uuid(), codec::base64(rng.bytes(88)))).program("Microsoft Office Upload Center 2013"),
        5 => Wire::get(format!("/sites/his/_layouts/15/WopiFrame.aspx?sourcedoc=%7B{}%7D&file={name}&action=default&IsList=1&ListId=%7B{}%7D&ListItemId=12", rng.uuid(), rng.uuid())).desktop(rng),
        6 => Wire::post("/Microsoft-Server-ActiveSync?Cmd=Sync&User=renai%5Clilei&DeviceId=".to_owned() + &rng.token(28) + "&DeviceType=iPhone", "application/vnd.ms-sync.wbxml", [b"\x03\x01\x6a\x00\x45\x5c\x4f".as_slice(), &rng.bytes(60)].concat()).program("Apple-iPhone14C2/2101.93"),
        _ => Wire::post("/wps/api/save", JSON, format!("{{\"file\":{{\"id\":\"{id}\",\"name\":\"{name}\",\"version\":{},\"modifier\":{{\"name\":{}}},\"acl\":{{\"rename\":1}}}},\"_w_appid\":\"AK2026\",\"_w_signature\":\"{}\"}}", rng.below(99), codec::json(words::person(rng)), codec::percent(codec::base64(rng.bytes(20))))).program("okhttp/3.12.1"),
    }
    .finish(rng)
}

/// Interfaces whose clients send filters: OData, RSQL, search engines, JSON Logic, Spring Data.
fn filter(rng: &mut Rng) -> Vec<u8> {
    let (name, department, date) = (words::person(rng).replace('\'', "''"), words::department(rng), words::date(rng));
    let number = rng.below(9999);
    match rng.below(8) {
        0 => Wire::get(format!("/odata/Patients?$filter={}&$select=Id,Name&$expand=Visits($top=3;$orderby=Date desc)&$orderby=Name asc&$top=20&$count=true", codec::percent(format!("contains(Name,'{name}') and Age gt {} and (Dept eq 'R&D' or Dept ne null)", rng.below(90)))).replace(' ', "%20")),
        1 => Wire::get(format!("/api/visits?search={}&page={number}&sort=-date", codec::percent(format!("name==*{}*;age=gt=18,(dept=in=(1,2,3);date=ge={date})", words::person(rng))))),
        2 => Wire::post("/es/report/_search", JSON, format!("{{\"from\":0,\"size\":20,\"query\":{{\"bool\":{{\"must\":[{{\"match\":{{\"text\":{}}}}},{{\"range\":{{\"date\":{{\"gte\":\"{date}\",\"lt\":\"now/d\"}}}}}}],\"must_not\":[{{\"exists\":{{\"field\":\"deleted\"}}}}],\"filter\":{{\"terms\":{{\"dept\":[{}]}}}}}}}},\"sort\":[{{\"_score\":\"desc\"}}],\"highlight\":{{\"pre_tags\":[\"<em>\"],\"post_tags\":[\"</em>\"]}},\"aggs\":{{\"d\":{{\"date_histogram\":{{\"field\":\"date\",\"calendar_interval\":\"month\"}}}}}}}}", codec::json(sentences::sentence(rng)), codec::json(department))),
        3 => Wire::get(format!("/solr/report/select?q={}&fq=dept:%22{}%22&fq=date:%5B{date}T00:00:00Z%20TO%20*%5D&rows=10&fl=id,title,score&hl=true&hl.simple.pre=%3Cem%3E&wt=json&facet.field=dept", codec::percent(format!("title:({} OR 报告~2) AND -deleted:true^2", words::person(rng))), codec::percent(department))),
        4 => Wire::get(format!("/users?where[name][contains]={}&where[and][0][age][greater_than]=18&populate[visits][fields][0]=date&filters[$or][0][dept][$eq]={}&n={number}", codec::percent(words::person(rng)), codec::percent(department)).replace('[', "%5B").replace(']', "%5D").replace('$', "%24")),
        5 => Wire::post("/api/query", JSON, format!("{{\"conditions\":{{\"operator\":\"and\",\"rules\":[{{\"field\":\"name\",\"op\":\"like\",\"value\":{}}},{{\"field\":\"result\",\"op\":\">=\",\"value\":\"{number}\"}},{{\"field\":\"dept\",\"op\":\"is not null\",\"value\":\"\"}}]}},\"orderBy\":\"create_time desc, id asc\",\"groupBy\":[\"dept\"],\"select\":[\"count(*)\",\"dept\"]}}", codec::json(words::person(rng)))),
        6 => Wire::get(format!("/jira/rest/api/2/search?jql={}&startAt=0&maxResults=50&fields=summary,status&n={number}", codec::percent(format!("project = HIS AND summary ~ \"{department}\" AND status in (Open, \"In Progress\") AND created >= -7d ORDER BY updated DESC")))),
        _ => Wire::get(format!("/admin/user/list?filter={}&range=%5B0,24%5D&sort=%5B%22id%22,%22DESC%22%5D&n={number}", codec::percent(format!("{{\"q\":{},\"age_gte\":18,\"role\":[\"a\",\"b\"]}}", codec::json(words::person(rng)))))),
    }
    .header("X-Requested-With", "XMLHttpRequest")
    .desktop(rng)
    .finish(rng)
}
