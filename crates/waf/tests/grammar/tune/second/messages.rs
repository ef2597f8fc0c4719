//! Honest requests that carry messages: callbacks of work platforms and carriers, questionnaires, faces and voices, mail.

use super::super::super::benign::{BenignGrammar, grammar};
use super::super::super::codec;
use super::super::super::rng::Rng;
use super::super::super::wire::{Part, multipart};
use super::super::super::words;
use super::clients::Ask;
use super::phrases;

pub(super) const BENIGN: &[BenignGrammar] = &[
    grammar("work-platforms", 46, work_platform),
    grammar("carrier-receipts", 40, carrier),
    grammar("questionnaires", 46, questionnaire),
    grammar("faces-and-voices", 40, face_or_voice),
    grammar("web-mail", 46, mail),
];

/// WeCom, DingTalk, Feishu: events, bots, approvals.
fn work_platform(rng: &mut Rng) -> Vec<u8> {
    let (name, moment, talk) = (phrases::name(rng), words::millis(rng), phrases::talk(rng));
    match rng.below(9) {
        0 => Ask::post(format!("/wecom/event?msg_signature={}&timestamp={}&nonce={}", rng.hex(40), phrases::seconds(rng), rng.digits(9)), "text/xml", format!("<xml><ToUserName><![CDATA[ww{}]]></ToUserName><Encrypt><![CDATA[{}]]></Encrypt><AgentID><![CDATA[1000{}]]></AgentID></xml>", rng.hex(16), codec::base64(rng.bytes(384)), rng.digits(3))).program("Mozilla/4.0", rng),
        1 => Ask::get(format!("/wecom/event?msg_signature={}&timestamp={}&nonce={}&echostr={}", rng.hex(40), phrases::seconds(rng), rng.digits(10), codec::percent(codec::base64(rng.bytes(64))))).program("Mozilla/4.0", rng),
        2 => Ask::json(format!("/cgi-bin/webhook/send?key={}", rng.uuid()), format!("{{\"msgtype\":\"markdown\",\"markdown\":{{\"content\":{},\"mentioned_list\":[\"@all\"]}}}}", codec::json(format!("**危急值提醒** <font color=\"warning\">{}</font>\n>患者:<font color=\"comment\">{name}</font>\n>详情:[点击查看](https://zyy.linshan.example/cv?id={}&f=wecom)\n{}", rng.pick(&["K+ 6.9", "Hb<60", "INR>5"]), rng.digits(6), phrases::clinical(rng))))).program("python-requests/2.32.3", rng),
        3 => Ask::json(format!("/dingtalk/callback?signature={}&msg_signature={}&timestamp={moment}&nonce={}", rng.hex(40), rng.hex(40), rng.token(8)), format!("{{\"encrypt\":\"{}\"}}", codec::base64(rng.bytes(208)))).java(rng),
        4 => Ask::post("/dingtalk/robot", "application/json; charset=utf-8", format!("{{\"conversationId\":\"cid{}==\",\"atUsers\":[{{\"dingtalkId\":\"$:LWCP_v1:${}==\"}}],\"chatbotUserId\":\"$:LWCP_v1:${}\",\"msgId\":\"msg{}==\",\"senderNick\":{},\"isAdmin\":true,\"senderStaffId\":\"manager{}\",\"sessionWebhookExpiredTime\":{moment},\"createAt\":{moment},\"conversationType\":\"2\",\"text\":{{\"content\":{}}},\"msgtype\":\"text\"}}", rng.base64_url(20).replace('_', "+"), codec::base64(rng.bytes(20)).replace('=', ""), codec::base64(rng.bytes(20)), codec::base64(rng.bytes(12)).replace('=', ""), codec::json(rng.pick(phrases::NICKS)), rng.digits(4), codec::json(format!(" {talk} ")))).with("timestamp", moment.clone()).with("sign", codec::base64(rng.bytes(32))).program("Jakarta Commons-HttpClient/3.1", rng),
        5 => Ask::post("/feishu/event", "application/json;charset=utf-8", format!("{{\"schema\":\"2.0\",\"header\":{{\"event_id\":\"{}\",\"token\":\"{}\",\"create_time\":\"{moment}\",\"event_type\":\"im.message.receive_v1\",\"tenant_key\":\"{}\",\"app_id\":\"cli_a{}\"}},\"event\":{{\"message\":{{\"chat_id\":\"oc_{}\",\"chat_type\":\"group\",\"content\":{},\"mentions\":[{{\"key\":\"@_user_1\",\"name\":\"{name}\"}}],\"message_type\":\"text\"}}}}}}", rng.hex(32), rng.token(32), rng.hex(16), rng.hex(15), rng.hex(32), codec::json(format!("{{\"text\":{}}}", codec::json(format!("@_user_1 {talk}"))))))
            .with("X-Lark-Request-Timestamp", phrases::seconds(rng)).with("X-Lark-Request-Nonce", rng.digits(9)).with("X-Lark-Signature", rng.hex(64)).program("Go-http-client/1.1", rng),
        6 => Ask::json("/feishu/card/action", format!("{{\"open_id\":\"ou_{}\",\"open_message_id\":\"om_{}\",\"action\":{{\"value\":{{\"approve\":\"yes\",\"form\":\"{{\\\"leave\\\":\\\"{}天\\\"}}\"}},\"tag\":\"button\",\"timezone\":\"Asia/Shanghai\"}}}}", rng.hex(32), rng.hex(32), rng.below(9))).program("okhttp/4.12.0", rng),
        7 => Ask::form("/oa/flow/submit", &[("flowName", "采购申请(>5万元)"), ("opinion", talk), ("next", "部门负责人->分管院长&财务"), ("form_json", &format!("{{\"item\":\"{}\",\"cnt\":{},\"quote\":[\"A:{}\",\"B:-\"]}}", rng.pick(&["移动DR(含SID 180cm)", "打印机 A3+", "\"UPS\" 10kVA"]), rng.below(20), rng.digits(5))), ("sign", name)]).referer(format!("http://hisweb/oa/flow/edit?runid={}&step=2&_={moment}", rng.digits(6))).page(rng),
        _ => Ask::json("/api/calendar/meeting", format!("{{\"subject\":{},\"start\":{moment},\"rrule\":\"FREQ=WEEKLY;BYDAY=MO,WE;UNTIL=20261231T000000Z\",\"attendees\":[\"{name}<{}@linshan.example>\"],\"body\":{}}}", codec::json(rng.pick(&["晨会/交班", "R&D周会 #14", "等保测评 kick-off", "1对1: 孟 <-> 许"])), rng.letters(5), codec::json(talk))).phone(rng),
    }
}

/// Receipts, replies and balances from gateways of short messages and calls.
fn carrier(rng: &mut Rng) -> Vec<u8> {
    let (phone, id, moment) = (words::phone(rng), rng.digits(18), phrases::moment(rng));
    let reply = rng.pick(&[
        "Y",
        "TD",
        "T",
        "退订",
        "R",
        "收到,谢谢",
        "明天来不了,改周五行吗?",
        "不是本人!!",
        "1",
        "好的~",
        "确认#2",
        "谁啊?",
        "我是他女儿,他电话换成 1001234****",
        "?",
        "N/A",
    ]);
    let state =
        rng.pick(&["DELIVRD", "UNDELIV", "MK:0001", "REJECTD", "DB:0141", "SGIP:23", "-37", "R:00000", "IC:0015"]);
    match rng.below(8) {
        0 => Ask::get(format!("/sms/report?spid={}&mtmsgid={id}&spsc=00&mtstat={state}&mterrcode={}&sa={phone}&rt={}", rng.digits(4), rng.digits(3), rng.digits(10))).java(rng),
        1 => Ask::get(format!("/sms/mo.php?User={}&Pwd={}&sa={phone}&dc=15&sm={}&t={}", rng.letters(5), rng.hex(32), codec::hex(&codec::utf16_be(reply)[2..]), codec::form(&moment))).program("", rng),
        2 => Ask::form("/notify/sms/status", &[("report", &format!("{phone},{state},{id},{moment}^{},{state},{id},{moment}", words::phone(rng)))]).java(rng),
        3 => Ask::json("/notify/sms/up", format!("[{{\"send_time\":\"{moment}\",\"phone_number\":\"{phone}\",\"sign_name\":\"临山中医院\",\"content\":{},\"dest_code\":\"106{}\",\"sequence_id\":1{id}}}]", codec::json(reply), rng.digits(9))).program("Go-http-client/1.1", rng),
        4 => Ask::post("/cmpp/deliver", "text/xml;charset=UTF-8", format!("<?xml version='1.0' encoding='UTF-8'?><deliver><mobile>{phone}</mobile><msgId>{id}</msgId><content>{}</content><stat>{state}</stat></deliver>", codec::xml(reply))).java(rng),
        5 => Ask::form("/sms/send.aspx", &[("action", "send"), ("userid", &rng.digits(4)), ("mobile", &format!("{phone},{}", words::phone(rng))), ("content", &format!("【临山中医院】{}您好,您预约的{}({})请提前30min到2F签到;退订回T", phrases::name(rng), rng.pick(&["肠镜(无痛)", "心脏彩超", "体检A+套餐"]), moment)), ("sendTime", ""), ("extno", "")]).program("", rng),
        6 => Ask::json("/voice/cdr", format!("{{\"callId\":\"{}\",\"caller\":\"010{}\",\"callee\":\"{phone}\",\"dtmf\":\"{}#\",\"asr\":{},\"hangup\":\"NORMAL_CLEARING(16)\",\"recUrl\":\"http://rec.example/{id}.mp3?Expires={}&OSSAccessKeyId=LTAI{}&Signature={}\"}}", rng.uuid(), rng.digits(8), rng.below(999), codec::json(reply), rng.digits(10), rng.token(20), codec::percent(codec::base64(rng.bytes(20))))).program("ReactorNetty/1.0.24", rng),
        _ => Ask::get(format!("/cb/v2?appid={}&content={}&param=%7B%7D&smsid={id}&mobile={phone}&ts={}&sig={}", rng.digits(10), codec::form(reply), rng.digits(10), rng.hex(32))).program("curl/7.29.0", rng),
    }
}

/// Follow-up, satisfaction, scales, examinations of staff.
fn questionnaire(rng: &mut Rng) -> Vec<u8> {
    let (name, id) = (phrases::name(rng), rng.digits(8));
    let free = rng.pick(&[
        "排队>2小时,看病<3分钟",
        "很好!护士小姐姐很温柔",
        "停车难 & 贵",
        "无",
        "没有。",
        "建议:1、加床;2、加人;3、加钱(笑)",
        "食堂的菜 so so",
        "B超室态度…… -_-||",
        "希望能线上打印报告/发票,谢谢!",
        "厕所没纸!没纸!没纸!",
        "100分",
        "It's OK.",
        "'老年优先'窗口要真的优先",
        "术后第3天 疼痛=2/10",
    ]);
    match rng.below(7) {
        0 => Ask::post(format!("/joinnew/processjq.ashx?shortid={}&starttime={}&source=directphone&submittype=1&ktimes={}&hlv=1&rn={}.{}&jqpram={}&t={}&jqnonce={}&jqsign={}", rng.token(7), codec::percent(phrases::moment(rng)), rng.below(300), rng.digits(10), rng.digits(8), rng.letters(9), words::millis(rng), rng.uuid(), rng.word("abcdef`ghi~jkl{m", 36).replace(['`', '{'], "%60").replace('~', "%7e")), "application/x-www-form-urlencoded; charset=UTF-8", format!("submitdata={}", codec::percent(format!("1${}}}2${}|3}}3$-3}}4$1!5,2!4,3!{}}}5${free}}}6${name}", rng.between(1, 5), rng.between(1, 2), rng.between(1, 5))))).phone(rng),
        1 => Ask::json("/followup/answer", format!("{{\"taskId\":1{id},\"answers\":[{{\"qid\":\"Q1\",\"type\":\"radio\",\"v\":\"A\"}},{{\"qid\":\"Q2\",\"type\":\"checkbox\",\"v\":[\"B\",\"D\"],\"other\":\"\"}},{{\"qid\":\"Q3\",\"type\":\"text\",\"v\":{}}},{{\"qid\":\"Q4\",\"type\":\"matrix\",\"v\":{{\"r1\":\"c{}\",\"r2\":null}}}}],\"skip\":\"Q5:if(Q1==A)\",\"cost\":{}}}", codec::json(free), rng.below(5), rng.below(900))).mini(rng),
        2 => {
            let fields: Vec<_> = (1..=rng.between(7, 21)).map(|index| format!("scl%5B{index}%5D={}", rng.below(5))).collect();
            Ask::post("/scale/PHQ-9/submit", "application/x-www-form-urlencoded", format!("name={}&{}&q_self={}&score=&__token={}", codec::form(name), fields.join("&"), codec::form(free), rng.hex(32))).phone(rng)
        }
        3 => Ask::json("/exam/paper/submit", format!("{{\"paper\":1{id},\"ans\":{{\"s1\":\"A\",\"m2\":\"ABD\",\"j3\":true,\"f4\":[{},\"30:2\"],\"e5\":{}}},\"switchCount\":{},\"left\":\"00:{:02}:07\"}}", codec::json(rng.pick(&["左手 > 右手", "5~10cm", "≥1/2", "C-A-B(胸外按压→气道→呼吸)", "(1)评估;(2)呼救"])), codec::json(phrases::note(rng)), rng.below(4), rng.below(60))).data(rng),
        4 => Ask::get(format!("/survey/show?id={id}&prefill={}&from={}&wxopenid=o{}", codec::percent(format!("{{\"姓名\":\"{name}\",\"科室\":\"{}\"}}", rng.pick(&["产科(VIP)", "内镜中心", "日间手术"]))), codec::percent("短信|菜单"), rng.base64_url(27))).phone(rng),
        5 => {
            let (kind, body) = multipart(&[Part::field("entry[field_1]", name), Part::field("entry[field_2][]", "选项1"), Part::field("entry[field_2][]", "其他 (请注明)"), Part::field("entry[field_7]", free), Part::field("entry[x_field_1]", ""), Part::field("authenticity_token", codec::base64(rng.bytes(48)))], rng);
            Ask::post(format!("/f/{}", rng.token(6)), &kind, body).phone(rng)
        }
        _ => Ask::form("/redcap/surveys/index.php?pid=12&__page__=3", &[("record_id", &id), ("bmi", &format!("{}.{}", rng.between(16, 40), rng.below(9))), ("calc_egfr", ""), ("ae_desc", phrases::clinical(rng)), ("consent___1", "1"), ("submit-action", "submit-btn-saverecord"), ("branching", "[age] > 60 and [sex] = '1'"), ("comment", free)]).page(rng),
    }
}

/// Faces for entrance and payment, spoken words for recognition.
fn face_or_voice(rng: &mut Rng) -> Vec<u8> {
    let (name, id) = (phrases::name(rng), rng.digits(10));
    let size = rng.between(300, 6000);
    let noise = rng.bytes(size);
    let jpeg = [b"\xff\xd8\xff\xdb\x00\x43\x00".as_slice(), &noise, b"\xff\xd9"].concat();
    match rng.below(8) {
        0 => Ask::json("/faceid/v1/verify", format!("{{\"image_type\":\"BASE64\",\"image\":\"{}\",\"group_id_list\":\"staff,patient\",\"quality_control\":\"LOW\",\"liveness_control\":\"NORMAL\",\"user_info\":{}}}", codec::base64(&jpeg), codec::json(format!("{name}|住院部#3")))).app(rng),
        1 => Ask::form("/subDeviceFacePush", &[("sn", &rng.hex(16).to_uppercase()), ("type", "face_1"), ("personId", &id), ("time", &words::millis(rng)), ("ip", "172.18.40.91"), ("imgBase64", &codec::base64(&jpeg).as_bytes().chunks(76).map(|line| String::from_utf8_lossy(line).into_owned()).collect::<Vec<_>>().join("\r\n"))]).program("okhttp/3.9.1", rng),
        2 => Ask::post(format!("/server_api?dev_pid=1537&cuid={}&token=24.{}.2592000.{}.282335-{}", rng.hex(12), rng.hex(32), rng.digits(10), rng.digits(8)), "audio/pcm;rate=16000", noise).app(rng),
        3 => Ask::json("/v1/tts", format!("{{\"text\":{},\"voice\":\"xiaoyan\",\"speed\":1.0,\"ssml\":\"<speak>请 <say-as interpret-as=\\\"name\\\">{name}</say-as> 到<break time=\\\"200ms\\\"/>{}诊室就诊</speak>\"}}", codec::json(phrases::talk(rng)), rng.below(60))).java(rng),
        4 => {
            let (kind, body) = multipart(&[Part::field("scene", "问诊"), Part::file("voice", &format!("wx_voice_{id}.silk"), "application/octet-stream", [b"\x02#!SILK_V3".as_slice(), &noise].concat())], rng);
            Ask::post("/upload/voice", &kind, body).mini(rng)
        }
        5 => {
            let (kind, body) = multipart(&[Part::field("uid", id), Part::file("file", "录音 (12).amr", "audio/amr", [b"#!AMR\n".as_slice(), &noise].concat()), Part::field("lang", "zh_cn/四川话")], rng);
            Ask::post("/iat/upload", &kind, body).app(rng)
        }
        6 => Ask::post("/ISAPI/AccessControl/UserInfo/Record?format=json", "application/json; charset=UTF-8", format!("{{\"UserInfo\":{{\"employeeNo\":\"{id}\",\"name\":\"{name}\",\"userType\":\"visitor\",\"Valid\":{{\"enable\":true,\"beginTime\":\"2026-11-21T00:00:00\",\"endTime\":\"2037-12-31T23:59:59\"}},\"doorRight\":\"1\",\"RightPlan\":[{{\"doorNo\":1,\"planTemplateNo\":\"1,3\"}}]}}}}")).with("Authorization", format!("Digest username=\"admin\", realm=\"IP Camera(C{})\", nonce=\"{}:{}\", uri=\"/ISAPI/AccessControl/UserInfo/Record?format=json\", cnonce=\"{}\", nc=00000001, response=\"{}\", qop=\"auth\"", rng.digits(4), rng.hex(16), rng.hex(16), rng.hex(16), rng.hex(32))).program("Apache-HttpClient/4.5.3 (Java/1.8.0_271)", rng),
        _ => Ask::json("/asr/result", format!("{{\"taskId\":\"{}\",\"StatusText\":\"SUCCESS\",\"Result\":{{\"Sentences\":[{{\"EndTime\":{},\"BeginTime\":0,\"Text\":{},\"ChannelId\":0,\"SpeechRate\":{}}},{{\"Text\":{}}}]}}}}", rng.hex(32), rng.below(60_000), codec::json(phrases::talk(rng)), rng.below(400), codec::json(phrases::clinical(rng)))).java(rng),
    }
}

/// Web mail of the systems that schools, hospitals and portals run.
fn mail(rng: &mut Rng) -> Vec<u8> {
    let (name, talk, sid) = (phrases::name(rng), phrases::talk(rng), rng.token(32));
    let address =
        format!("{}@{}", rng.letters(6), rng.pick(&["linshan.example", "163-like.example", "nankang-edu.example"]));
    let html = format!(
        "<div style=\"font-family: 微软雅黑; font-size: 14px;\"><div>{}</div><div><br></div><div>{}</div><blockquote id=\"isReplyContent\" style=\"PADDING-LEFT: 1ex; MARGIN: 0px 0px 0px 0.8ex; BORDER-LEFT: #ccc 1px solid\">At 2026-11-{} 09:12:33, \"{name}\" &lt;{address}&gt; wrote:<br><pre>{}</pre></blockquote><div><includetail><!--<![endif]--></includetail></div></div>",
        codec::xml(talk),
        codec::xml(phrases::talk(rng)),
        rng.between(10, 20),
        codec::xml(phrases::talk(rng)),
    );
    match rng.below(8) {
        0 => {
            let object = format!("<?xml version=\"1.0\"?><object><string name=\"id\">c:{}</string><object name=\"attrs\"><string name=\"account\">\"{name}\"&lt;{address}&gt;</string><boolean name=\"showOneRcpt\">false</boolean><array name=\"to\"><string>{address}</string></array><array name=\"cc\"/><string name=\"subject\">{}</string><boolean name=\"isHtml\">true</boolean><string name=\"content\">{}</string><int name=\"priority\">3</int></object><boolean name=\"returnInfo\">false</boolean><string name=\"action\">deliver</string></object>", rng.digits(13), codec::xml(talk), codec::xml(&html));
            Ask::form(format!("/js6/s?sid={sid}&func=mbox:compose&cl_send=1&l=compose&action=deliver"), &[("var", &object)]).data(rng)
        }
        1 => Ask::json(format!("/coremail/s/json?sid={sid}&func=mbox%3Acompose"), format!("{{\"id\":\"{}\",\"attrs\":{{\"to\":[\"\\\"{name}\\\" <{address}>\"],\"subject\":{},\"isHtml\":true,\"content\":{},\"saveSentCopy\":true,\"encryptPassword\":\"\"}},\"action\":\"autosave\",\"autosaveRcpts\":false}}", rng.digits(9), codec::json(talk), codec::json(&html))).data(rng),
        2 => {
            let fields = [("sid", sid.as_str()), ("to", &format!("\"{name}\"<{address}>;")), ("subject", &format!("回复:{talk}")), ("content__html", &html), ("savesendbox", "1"), ("from_s", "cnew"), ("hitaddrbook", "0,0"), ("s", "comm"), ("t", "compose_send.json"), ("ef", "js"), ("resp_charset", "UTF8")];
            Ask::post(format!("/cgi-bin/compose_send?sid={}", rng.token(16)), "application/x-www-form-urlencoded; charset=UTF-8", codec::form_body(&fields)).referer("https://mail.linshan.example/zh_CN/htmledition/ajax_proxy.html?mail.linshan.example&v=140521").data(rng)
        }
        3 => Ask::get(format!("/js6/read/readhtml.jsp?mid={}:{}&userType=ud&font=15&color=138144&_host={}", rng.digits(3), rng.base64_url(20), rng.pick(phrases::SITES))).page(rng),
        4 => Ask::form(format!("/coremail/XT/jsp/mail.jsp?func=searchMessages&sid={sid}"), &[("conditions", &format!("[{{\"field\":\"subject\",\"operator\":\"contains\",\"operand\":{}}},{{\"field\":\"from\",\"operand\":\"{address}\"}}]", codec::json(phrases::typed(rng)))), ("windowSize", "100"), ("order", "receivedDate"), ("desc", "true")]).data(rng),
        5 => {
            let file = rng.pick(&["2026年终总结(定稿)v3.doc", "发票_滴滴 #0012.pdf", "照片 & 视频.zip", "re: fw: 合同.rar"]);
            let size = rng.between(200, 2000);
            let (kind, body) = multipart(&[Part::field("sid", sid), Part::file("Filedata", file, "application/octet-stream", rng.bytes(size))], rng);
            Ask::post("/cgi-bin/uploadfile?func=directTran&offset=0", &kind, body).data(rng)
        }
        6 => {
            let soap = format!("<?xml version=\"1.0\" encoding=\"utf-8\"?><s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\" xmlns:t=\"http://schemas.microsoft.com/exchange/services/2006/types\" xmlns:m=\"http://schemas.microsoft.com/exchange/services/2006/messages\"><s:Header><t:RequestServerVersion Version=\"Exchange2013_SP1\"/></s:Header><s:Body><m:CreateItem MessageDisposition=\"SendAndSaveCopy\"><m:Items><t:Message><t:Subject>{}</t:Subject><t:Body BodyType=\"HTML\">{}</t:Body><t:ToRecipients><t:Mailbox><t:EmailAddress>{address}</t:EmailAddress></t:Mailbox></t:ToRecipients></t:Message></m:Items></m:CreateItem></s:Body></s:Envelope>", codec::xml(talk), codec::xml(&html));
            Ask::post("/EWS/Exchange.asmx", "text/xml; charset=utf-8", soap).with("X-ClientStatistics", format!("MessageId={},ResponseTime={},SoapAction=SyncFolderItems", rng.uuid(), rng.below(900))).program("MacOutlook/16.89.24090815 (Intelx64 Mac OS X 14.6.1 (Build 23G93))", rng)
        }
        _ => Ask::form("/extmail/cgi/compose.cgi", &[("__mode", "edit_send"), ("sid", &sid), ("to", &address), ("subject", talk), ("body", &format!("{talk}\r\n\r\n--\r\n{name}\r\nTel: 010-0000{} | Fax: -\r\n> 原文: {}\r\n>> {}", rng.digits(4), phrases::talk(rng), phrases::talk(rng))), ("sign", "1"), ("dosend", " 发送 ")]).old_page(rng),
    }
}
