//! Honest requests of schools, offices and banks.

use super::super::super::benign::{BenignGrammar, grammar};
use super::super::super::codec;
use super::super::super::rng::Rng;
use super::super::super::wire::{Part, multipart};
use super::super::super::words;
use super::clients::Ask;
use super::phrases;

pub(super) const BENIGN: &[BenignGrammar] =
    &[grammar("campus-systems", 46, campus), grammar("government-halls", 42, hall), grammar("bank-pages", 42, bank)];

/// Single sign-on of universities, systems of lessons, examinations on line.
fn campus(rng: &mut Rng) -> Vec<u8> {
    let (name, id, moment) = (phrases::name(rng), rng.digits(10), words::millis(rng));
    match rng.below(11) {
        0 => Ask::form(format!("/authserver/login?service={}", codec::percent("http://jwxt.nankang-edu.example/sso/jznewsixlogin?x=1&y=%2Fjsxsd%2F")), &[("username", &id), ("password", &codec::base64(rng.bytes(112))), ("captcha", ""), ("_eventId", "submit"), ("cllt", "userNameLogin"), ("dllt", "generalLogin"), ("lt", ""), ("execution", &format!("{}_{}", rng.uuid(), codec::base64(rng.bytes(500))))]).page(rng),
        1 => Ask::post(format!("/jwglxt/cjcx/cjcx_cxXsgrcj.html?doType=query&gnmkdm=N305005&su={id}"), "application/x-www-form-urlencoded;charset=UTF-8", format!("xnm=2026&xqm=3&_search=false&nd={moment}&queryModel.showCount=15&queryModel.currentPage=1&queryModel.sortName=+&queryModel.sortOrder=asc&time={}", rng.below(9))).data(rng),
        2 => Ask::get(format!("/xs_main.aspx?xh={id}&xm={}&gnmkdm=N121603", rng.pick(&["%CD%F5%D0%A1%C3%F7", "%C0%EE%C4%C8"]))).referer(format!("http://jwxt.nankang-edu.example/(mkkrcf{})/default2.aspx", rng.word("abcdefghijklmnopqrstuvwxyz012345", 18))).old_page(rng),
        3 => Ask::post(format!("/exam/test/reVersionTestStartNew?keyboardDisplayRequiresUserAction=1&getTheNextQuestion=1&cpi={}&_t={moment}", rng.digits(9)), "application/x-www-form-urlencoded; charset=UTF-8", codec::form_body(&[("courseId", &id), ("answertype404", "4"), ("answerEditor404", &format!("<p>{}</p><p>解:设 x&gt;0,则 f(x)=x+1/x≥2</p>", codec::xml(phrases::talk(rng)))), ("answer405", "A"), ("answercheck406", "ABD"), ("remainTime", &rng.digits(4)), ("enc", &rng.hex(32))])).data(rng),
        4 => Ask::json("/oj/submit", format!("{{\"problem_id\":{},\"language\":\"{}\",\"code\":{},\"captcha\":\"\"}}", rng.below(9999), rng.pick(&["C++", "Python3", "Java", "C"]), codec::json(rng.pick(&["#include <stdio.h>\nint main() {\n    int a, b;\n    scanf(\"%d%d\", &a, &b);\n    printf(\"%d\\n\", a + b);\n    return 0;\n}\n", "n = int(input())\nprint(sum(map(int, input().split())) % n)\n", "import java.util.*;\npublic class Main {\n  public static void main(String[] args) {\n    Scanner in = new Scanner(System.in);\n    System.out.println(in.nextInt() * 2);\n  }\n}\n", "#include<bits/stdc++.h>\nusing namespace std;\nint f[100005];\nint main(){ios::sync_with_stdio(0);int n;cin>>n;for(int i=1;i<=n;i++)cin>>f[i];cout<<*max_element(f+1,f+n+1)<<\"\\n\";}\n"])))).with("X-CSRFToken", rng.token(64)).data(rng),
        5 => Ask::get(format!("/space/index?knowledgeid={id}&ut=s&clazzId={}&chapters={}&mooc2=1&hidetype=0&enc={}", rng.digits(8), codec::percent("第3章 不等式 (a<b)"), rng.hex(32))).page(rng),
        6 => Ask::form("/cet/query", &[("km", "1"), ("xm", name), ("no", &rng.digits(15)), ("source", "pc"), ("v", "<验证码>")]).data(rng),
        7 => Ask::get(format!("/opac/search?q={}&searchType=standard&isFacet=true&view=standard&searchWay={}&rows=10&sortWay=score&sortOrder=desc&scWay=full&hasholding=1&floc[]=A", codec::form(rng.pick(&["内科学 第9版", "C++ Primer", "isbn:978-7-111", "王阳明 & 心学", "What's Math?", "SQL必知必会", "<道德经>"])), rng.pick(&["title", "title200a", "author"])).replace("[]", "%5B%5D")).page(rng),
        8 => {
            let (kind, body) = multipart(&[Part::field("studentNo", id), Part::field("thesisTitle", rng.pick(&["基于B/S架构的挂号系统设计与实现", "Th17/Treg 与 IgA 肾病的相关性(n=86)", "论“以患者为中心”——兼评O'Neil模型"])), Part::field("abstract", phrases::note(rng)), Part::file("file", &format!("{name}_毕业论文_终稿(打死不改版).docx"), "application/vnd.openxmlformats-officedocument.wordprocessingml.document", [b"PK\x03\x04\x14\x00\x06\x00\x08\x00".as_slice(), &rng.bytes(700)].concat())], rng);
            Ask::post("/thesis/upload.do", &kind, body).page(rng)
        }
        9 => Ask::json("/live/heartbeat", format!("{{\"lesson\":1{id},\"uid\":\"{}\",\"cards\":[{{\"type\":\"quiz\",\"ans\":\"{}\"}},{{\"type\":\"danmu\",\"msg\":{}}}],\"slide\":\"{}/{}\"}}", rng.digits(8), rng.pick(&["A", "B,C", "x=3", "√"]), codec::json(phrases::talk(rng)), rng.below(40), rng.between(40, 90))).phone(rng),
        _ => Ask::get(format!("/eportal/InterFace.do?method=login&userId={id}&password={}&service={}&queryString={}&operatorPwd=&validcode=&passwordEncrypt=true", rng.hex(256), codec::percent(codec::percent("校园网")), codec::percent(codec::percent(format!("wlanuserip={}&wlanacname={}&ssid=&nasip={}&mac={}&t=wireless-v2&url={}", rng.hex(32), rng.hex(32), rng.hex(32), rng.hex(32), rng.hex(60)))))).data(rng),
    }
}

/// Affairs of citizens and firms: forms of matters, letters, hotlines, taxes, licences.
fn hall(rng: &mut Rng) -> Vec<u8> {
    let (name, identity, id) = (phrases::name(rng), words::identity_number(rng), rng.digits(12));
    let matter = rng.pick(&[
        "《医疗机构执业许可证》变更(法定代表人/主要负责人)",
        "灵活就业人员社保登记",
        "食品经营许可-新办(含冷食类)",
        "公积金提取:租房|购房",
        "新生儿\"出生一件事\"联办",
        "Ⅲ类射线装置辐射安全许可",
    ]);
    match rng.below(9) {
        0 => Ask::json("/icity/api-v2/app.icity.govservice.ApplyRecord/submit", format!("{{\"itemCode\":\"{id}-001\",\"itemName\":{},\"applicant\":{{\"type\":\"20\",\"name\":\"江城市{name}口腔诊所(个体工商户)\",\"creditCode\":\"91310{}\",\"legal\":{{\"name\":\"{name}\",\"idcard\":\"{identity}\"}}}},\"formData\":\"{{\\\"scope\\\":\\\"口腔科****;<以下空白>\\\"}}\",\"materials\":[{{\"id\":\"m1\",\"from\":\"电子证照库\",\"must\":true}}]}}", codec::json(matter), rng.digits(13))).data(rng),
        1 => Ask::form("/hotline/12345/submit.do", &[("title", "关于医院门口乱停车的投诉"), ("content", phrases::talk(rng)), ("name", name), ("tel", &words::phone(rng)), ("type", "投诉/建议"), ("isOpen", "是否公开:否"), ("captchaKey", &rng.uuid())]).page(rng),
        2 => Ask::get(format!("/portal/search?searchWord={}&areaCode=3101{}&deptCode=all&themeCode=S01%7CS02&hot={}&_csrf={}", codec::percent(matter), rng.digits(2), rng.below(2), rng.uuid())).page(rng),
        3 => Ask::form("/web/saml-free/login", &[("loginType", "fr"), ("loginName", &identity), ("loginPwd", &format!("04{}", rng.hex(256))), ("backUrl", "https://zwfw.luzhou-gov.example/index?a=1&b=/user/space#/home"), ("sliderToken", &rng.base64_url(80))]).page(rng),
        4 => {
            let xml = format!("<?xml version=\"1.0\" encoding=\"utf-8\"?><taxML xsi:type=\"sbywbw\" xmlns=\"http://www.chinatax.example/dataspec/\" xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\"><nsrxx><nsrsbh>91310{}</nsrsbh><nsrmc>江城{name}医药有限公司</nsrmc><skssqq>2026-10-01</skssqq></nsrxx><sbbhead><hj>{}.{:02}</hj><bz>{}</bz></sbbhead></taxML>", rng.digits(13), rng.below(99_999), rng.below(100), codec::xml(rng.pick(&["免税收入 & 出口", "小规模<10万/月", "无"])));
            Ask::form("/sbzx/api/sb/submit", &[("bwXml", &xml), ("djxh", &id), ("gdslxDm", "1")]).data(rng)
        }
        5 => Ask::json("/share/iface/request", format!("{{\"gateway_rtime\":{},\"gateway_sig\":\"{}\",\"gateway_appid\":\"{}\",\"data\":{{\"xm\":\"{name}\",\"sfzh\":\"{identity}\",\"cxyy\":\"{}\"}}}}", words::millis(rng), codec::base64(rng.bytes(32)), rng.uuid(), rng.pick(&["办理入学", "医保参保核查(跨省)", "低保年审/复核"]))).java(rng),
        6 => {
            let (kind, body) = multipart(&[Part::field("cl_id", id), Part::field("sm", matter), Part::file("file", &format!("C:\\Users\\Administrator\\Desktop\\{name} 身份证(正反面).jpg"), "image/pjpeg", [b"\xff\xd8\xff\xe1\x1c\x45Exif\x00\x00II*\x00".as_slice(), &rng.bytes(600)].concat())], rng);
            Ask::post("/spxt/upfile.jsp?rowguid=&cliengtag=&callback=parent.uploadDone", &kind, body).old_page(rng)
        }
        7 => Ask::get(format!("/zfxxgk/jsearch.do?appid=1&webid=1&pg=12&p={}&tpl=&category=&q={}&pos=title%2Ccontent&od=2&date=&date=&sort=1&_cus_eq_=&oq=", rng.below(20), codec::form(rng.pick(&["医保局 (2026) 15号", "<关于印发>", "公示 AND 拟录用", "\"带量采购\"", "江政办发〔2026〕3号", "招标--更正"])))).page(rng),
        _ => Ask::json("/nucleic/register", format!("{{\"name\":\"{name}\",\"idNo\":\"{identity}\",\"addr\":\"临山区/城南街道/幸福里社区-3#-502\",\"symptom\":[\"无\"],\"trip\":{},\"qr\":\"{}\"}}", codec::json(rng.pick(&["11.18 G7102(5车03A) 江城->上海", "无外出", "自驾;途经A、B两市"])), codec::base64(rng.bytes(90)))).mini(rng),
    }
}

/// Pages of banks and payment houses: signed forms that a browser carries between two sites, notices, bills.
fn bank(rng: &mut Rng) -> Vec<u8> {
    let (order, name, day) = (rng.digits(16), phrases::name(rng), phrases::day(rng));
    let amount = format!("{}.{:02}", rng.below(9000), rng.below(100));
    match rng.below(9) {
        0 => {
            let data = format!("<?xml version=\"1.0\" encoding=\"GBK\" standalone=\"no\"?><B2CReq><interfaceName>ICBC_PERBANK_B2C</interfaceName><interfaceVersion>1.0.0.11</interfaceVersion><orderInfo><orderDate>{day}101010</orderDate><curType>001</curType><merID>{}</merID><subOrderInfoList><subOrderInfo><orderid>{order}</orderid><amount>{}</amount><goodsName>YYGH</goodsName></subOrderInfo></subOrderInfoList></orderInfo><message><creditType>2</creditType><notifyType>HS</notifyType></message></B2CReq>", rng.digits(12), rng.digits(4));
            Ask::form("/servlet/ICBCINBSEBusinessServlet", &[("interfaceName", "ICBC_PERBANK_B2C"), ("tranData", &codec::base64(data)), ("merSignMsg", &codec::base64(rng.bytes(128))), ("merCert", &codec::base64(rng.bytes(700)))]).page(rng)
        }
        1 => Ask::get(format!("/CCBIS/ccbMain?MERCHANTID=105{}&POSID={}&BRANCHID=310000000&ORDERID={order}&PAYMENT={amount}&CURCODE=01&TXCODE=520100&REMARK1=&REMARK2={}&TYPE=1&GATEWAY=&CLIENTIP=203.0.113.{}&REGINFO={}&PROINFO={}&REFERER=&MAC={}", rng.digits(12), rng.digits(9), rng.pick(&["zy", "mz-2F"]), rng.below(256), codec::percent("escape:%u4f4f%u9662"), codec::percent("%u9884%u4ea4%u91d1"), rng.hex(32))).page(rng),
        2 => Ask::post("/netpay/notify", "application/x-www-form-urlencoded", codec::form_body(&[("jsonRequestData", &format!("{{\"version\":\"1.0\",\"charset\":\"UTF-8\",\"sign\":\"{}\",\"signType\":\"SHA-256\",\"noticeData\":{{\"dateTime\":\"{day}120101\",\"httpMethod\":\"POST\",\"noticeSerialNo\":\"2026{order}\",\"branchNo\":\"0021\",\"amount\":\"{amount}\",\"merchantPara\":\"pat={name}|dept=13\"}}}}", rng.hex(64)))])).java(rng),
        3 => Ask::form("/ecb/return", &[("notifyMsg", &format!("301310063009501|{order}|{amount}|CNY|{day}| |{day}|120101|{}|1|0.00|2|{}|10.1.2.3|{}|", rng.hex(8).to_uppercase(), codec::base64(name), codec::base64(rng.bytes(256))))]).page(rng),
        4 => Ask::json("/gateway/uap/trade", format!("{{\"head\":{{\"appid\":\"{}\",\"req_ssn\":\"{order}\",\"nonce\":\"{}\"}},\"body\":{{\"pay_mode\":\"WX-JSAPI\",\"amt\":\"{amount}\",\"goods_desc\":{},\"ret_url\":\"https://zyy.linshan.example/pay/ok?o={order}&from=abc#ok\",\"split\":[{{\"acct\":\"6222****{}\",\"ratio\":\"100%\"}}]}},\"sign\":\"{}\"}}", rng.hex(16), rng.token(16), codec::json(rng.pick(&["住院预交金(第2次)", "门诊缴费-检查&化验", "停车费 3h", "体检套餐<B>"])), rng.digits(4), codec::base64(rng.bytes(64)))).java(rng),
        5 => Ask::post("/pweb/TransferSubmit.do", "application/x-www-form-urlencoded; charset=UTF-8", format!("_viewReferer=default%2CTransfer%2FPre&PayeeName={}&PayeeAcNo=6222{order}&Amount={amount}&Remark={}&Password={}&_tokenName={}&BankId=9999&LoginType=R&_locale=zh_CN", codec::form(name), codec::form(rng.pick(&["房租(12月)", "还款~谢谢", "AA 火锅 68*3", "工资/奖金", "借款-请勿催"])), codec::form(codec::base64(rng.bytes(128))), rng.token(10))).page(rng),
        6 => Ask::get(format!("/unionpay/front?txnType=01&orderId={order}&respMsg={}&signMethod=01&certId={}&signature={}&reqReserved={}", codec::percent("交易成功[0000000]"), rng.digits(10), codec::percent(codec::base64(rng.bytes(256))), codec::percent(format!("{{name={name}&cls=R/A}}")))).page(rng),
        7 => {
            let lines: String = (0..rng.between(2, 8)).map(|index| format!("`{day} 09:{:02}:11,`wx{},`1{},`{order}{index},`JSAPI,`SUCCESS,`OTHERS,`CNY,`{amount},`0.00,`门诊缴费({})\r\n", rng.below(60), rng.hex(16), rng.digits(9), rng.below(9))).collect();
            let (kind, body) = multipart(&[Part::field("billDate", day), Part::file("bill", "对账单[20261120].csv", "text/csv", format!("\u{feff}交易时间,公众账号ID,商户号,商户订单号,交易类型,交易状态,付款银行,币种,总金额,退款,商品\r\n{lines}总交易单数,应结\r\n`8,`{amount}\r\n"))], rng);
            Ask::post("/finance/recon/upload", &kind, body).page(rng)
        }
        _ => Ask::json("/mbank/log", format!("{{\"deviceFp\":\"{}\",\"sensors\":\"acc:0.01,-9.8,0.3;gyro:0,0,0\",\"apps\":[],\"page\":\"转账>确认\",\"kb\":\"{}\"}}", codec::base64(rng.bytes(300)), rng.hex(64))).app(rng),
    }
}
