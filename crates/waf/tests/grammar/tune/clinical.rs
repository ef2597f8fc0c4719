//! Honest requests of hospital systems: registration forms, HL7, SOAP, laboratory results, pictures, reports.

use super::super::benign::{BenignGrammar, grammar};
use super::super::codec;
use super::super::rng::Rng;
use super::super::wire::{FORM, JSON, Part, Wire, multipart};
use super::super::words::{self, DIAGNOSES, DRUGS, LABS};

pub(super) const BENIGN: &[BenignGrammar] = &[
    grammar("registration-form", 75, registration),
    grammar("gbk-form", 40, gbk_form),
    grammar("hl7-v2", 60, hl7),
    grammar("soap-his", 60, soap),
    grammar("lab-json", 65, lab_json),
    grammar("image-json", 40, image_json),
    grammar("report-html", 60, report_html),
    grammar("csv-import", 40, csv_import),
];

/// Registration of a patient, as forms of several ages send it.
fn registration(rng: &mut Rng) -> Vec<u8> {
    let name = words::person(rng);
    let (address, phone, id, remark) =
        (words::address(rng), words::phone(rng), words::identity_number(rng), words::remark(rng));
    let birthday = words::date(rng);
    let department = words::department(rng);
    let diagnosis = rng.pick(DIAGNOSES);
    let fields = [
        ("patientName", name.as_str()),
        ("sex", rng.pick(&["男", "女", "1", "2"])),
        ("birthday", &birthday),
        ("idCard", &id),
        ("phone", &phone),
        ("address", &address),
        ("dept", department),
        ("diagnosis", diagnosis),
        ("remark", &remark),
        ("password", rng.pick(&["Abc#123456", "p@ss;w0rd--", "密码1=1!", "a'b\"c<d>", "100%sure&ok"])),
    ];
    let kept = rng.between(4, fields.len());
    let fields = &fields[..kept];
    let page =
        rng.pick(&["/his/register/save", "/Patient/Add.aspx", "/reg/save.do", "/index.php/guahao/add", "/api/patient"]);
    let wire = match rng.below(4) {
        0 => {
            let parts: Vec<Part> = fields.iter().map(|(name, value)| Part::field(name, *value)).collect();
            let (kind, body) = multipart(&parts, rng);
            Wire::post(page, &kind, body)
        }
        1 => Wire::get(format!("{page}?{}", codec::form_body(fields))),
        // Lower-case escapes, as some Java and mobile clients write them.
        2 => Wire::post(page, FORM, codec::form_body(fields).replace("%E", "%e").replace("%A", "%a")),
        _ => Wire::post(page, "application/x-www-form-urlencoded; charset=UTF-8", codec::form_body(fields))
            .header("X-Requested-With", "XMLHttpRequest"),
    };
    if rng.chance(25) { wire.mobile(rng) } else { wire.desktop(rng) }.finish(rng)
}

/// Old systems speak GBK, in forms and in addresses.
fn gbk_form(rng: &mut Rng) -> Vec<u8> {
    let text = rng.pick(&[
        "体检报告",
        "王小三",
        "血压正常",
        "北大医院",
        "儿科",
        "张三 李一",
        "中国人民医院",
        "无(不高)",
        "一生",
        "血常检 <正常>",
        "高血压?",
        "内科/外科",
    ]);
    let value = codec::percent_keeping(&codec::gbk(text), b"-_.");
    let second = codec::percent_keeping(&codec::gbk(rng.pick(&["正常", "无", "外科", "学生", "大名"])), b"");
    let number = rng.digits(5);
    match rng.below(4) {
        0 => Wire::get(format!("/search.asp?keyword={value}&type={second}&page={}", rng.below(30))).desktop(rng),
        1 => Wire::post(
            rng.pick(&["/guestbook/save.asp", "/yygh/add.jsp"]),
            "application/x-www-form-urlencoded; charset=GBK",
            format!(
                "username={value}&dept={second}&no={number}&submit={}",
                codec::percent_keeping(&codec::gbk("正"), b"")
            ),
        )
        .desktop(rng),
        2 => Wire::get(format!("/{value}/{number}.shtml")).desktop(rng),
        _ => {
            let body = [
                b"<?xml version=\"1.0\" encoding=\"GBK\"?><req><name>".as_slice(),
                &codec::gbk(text),
                format!("</name><no>{number}</no></req>").as_bytes(),
            ]
            .concat();
            Wire::post("/interface/yb", "text/xml; charset=GBK", body).program("Jakarta Commons-HttpClient/3.1")
        }
    }
    .finish(rng)
}

/// HL7 v2 over HTTP (HAPI style), by itself or inside a form or JSON.
fn hl7(rng: &mut Rng) -> Vec<u8> {
    let control = rng.digits(10);
    let kind = rng.pick(&["ORU^R01^ORU_R01", "ADT^A01", "ADT^A08", "ORM^O01", "SIU^S12", "MDM^T02", "QBP^Q22"]);
    let moment = format!("202611{:02}{:02}{:02}00", rng.between(1, 28), rng.below(24), rng.below(60));
    let mut message = format!(
        "MSH|^~\\&|LIS|RENAI|EMR|RENAI|{moment}||{kind}|{control}|P|2.4|||AL|NE|CHN|UNICODE UTF-8\rPID|1||{}^^^RENAI^MR~{}^^^^NI||{}^^^^^^L||19{}0307|{}|||{}^^北京^^100000^CHN||{}\rPV1|1|{}|{}^^12&床||||1001^{}^^^^医生|||||||||||V{control}\r",
        rng.digits(8),
        words::identity_number(rng),
        words::person(rng),
        rng.between(40, 99),
        rng.pick(&["M", "F", "U"]),
        words::address(rng),
        words::phone(rng),
        rng.pick(&["I", "O", "E"]),
        words::department(rng),
        words::person(rng),
    );
    if kind.starts_with("ORU") || rng.chance(40) {
        message += &format!(
            "OBR|1|{control}|A{control}|CBC^血常规^L|||{moment}|||||||||1001^{}||||||{moment}||LAB|F\r",
            words::person(rng)
        );
        for index in 1..=rng.between(1, 5) {
            let (code, name, unit, range, value) = rng.pick(LABS);
            message += &format!(
                "OBX|{index}|{}|{code}^{name}^L||{value}|{unit}|{range}|{}|||F|||{moment}\r",
                rng.pick(&["NM", "ST", "SN"]),
                rng.pick(&["N", "H", "L", "HH", ""])
            );
        }
        message += &format!("NTE|1||{}\\.br\\{}\r", words::sentence(rng), words::sentence(rng));
    }
    match rng.below(6) {
        0 => Wire::post("/mirth/receive", "text/plain", message).program("Mirth Connect/4.4"),
        1 => Wire::post("/hl7", "application/hl7-v2+er7; charset=utf-8", message).program("Java/1.8.0_202"),
        2 => Wire::post("/hl7/in", "application/hl7-v2", format!("\x0b{message}\x1c\r")).program("Rebex"),
        3 => Wire::post(
            "/interface/receive",
            FORM,
            format!("msgType={}&msg={}", codec::form(kind), codec::form(&message)),
        )
        .program("Apache-HttpClient/4.5.13 (Java/1.8.0_202)"),
        4 => Wire::post("/api/hl7", JSON, format!("{{\"id\":\"{control}\",\"message\":{}}}", codec::json(&message)))
            .program("axios/1.6.2"),
        _ => Wire::post("/esb/HL7", "", message).program("Ensemble"),
    }
    .finish(rng)
}

/// SOAP as Chinese hospital buses use it: one operation with XML in a string.
fn soap(rng: &mut Rng) -> Vec<u8> {
    let (code, name, unit, range, value) = rng.pick(LABS);
    let inner = format!(
        "<Request><Header><SourceSystem>{}</SourceSystem><MessageID>{}</MessageID></Header><Body><PatientID>{}</PatientID><PatName>{}</PatName><DeptDesc>{}</DeptDesc><Item Code=\"{code}\" Unit=\"{unit}\"><Name>{name}</Name><Result>{}</Result><Range>{}</Range></Item><Remark>{}</Remark></Body></Request>",
        rng.pick(&["HIS", "LIS", "02", "PACS"]),
        rng.uuid(),
        rng.digits(10),
        codec::xml(&words::person(rng)),
        codec::xml(words::department(rng)),
        codec::xml(value),
        codec::xml(range),
        codec::xml(&words::remark(rng)),
    );
    let operation = rng.pick(&["SendMessage", "HIPMessageServer", "GetPatInfo", "UploadReport", "CallInterface"]);
    let argument = if rng.chance(50) { format!("<![CDATA[{inner}]]>") } else { codec::xml(&inner) };
    let namespace =
        rng.pick(&["http://tempuri.org/", "http://www.dhcc.com.cn", "urn:hl7-org:v3", "http://service.his.example/"]);
    if rng.chance(60) {
        let header = if rng.chance(30) {
            format!("<soapenv:Header><wsse:Security xmlns:wsse=\"http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd\"><wsse:UsernameToken><wsse:Username>lis</wsse:Username><wsse:Password>{}</wsse:Password></wsse:UsernameToken></wsse:Security></soapenv:Header>", codec::xml(&rng.token(10)))
        } else {
            "<soapenv:Header/>".to_owned()
        };
        let body = format!("<soapenv:Envelope xmlns:soapenv=\"http://schemas.xmlsoap.org/soap/envelope/\" xmlns:ser=\"{namespace}\">{header}<soapenv:Body><ser:{operation}><ser:action>{}</ser:action><ser:message>{argument}</ser:message></ser:{operation}></soapenv:Body></soapenv:Envelope>", rng.pick(&["S0012", "Bs008", "patient.query"]));
        Wire::post("/services/HIPService", "text/xml;charset=UTF-8", body)
            .header("SOAPAction", format!("\"{namespace}{operation}\""))
            .program(rng.pick(&["Apache CXF 3.1.6", "gSOAP/2.8", "Axis/1.4", "Apache-HttpClient/4.5.5 (Java/16.0.1)"]))
    } else {
        let body = format!("<?xml version=\"1.0\" encoding=\"utf-8\"?>\r\n<soap12:Envelope xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xmlns:soap12=\"http://www.w3.org/2003/05/soap-envelope\"><soap12:Body><{operation} xmlns=\"{namespace}\"><xml>{argument}</xml></{operation}></soap12:Body></soap12:Envelope>");
        Wire::post("/HisService.asmx", &format!("application/soap+xml; charset=utf-8; action=\"{namespace}{operation}\""), body)
            .program("Mozilla/4.0 (compatible; MSIE 6.0; MS Web Services Client Protocol 4.0.30319.42000)")
    }
    .finish(rng)
}

fn lab_json(rng: &mut Rng) -> Vec<u8> {
    let items: Vec<String> = (0..rng.between(1, 9))
        .map(|_| {
            let (code, name, unit, range, value) = rng.pick(LABS);
            format!(
                "{{\"itemCode\":\"{code}\",\"itemName\":{},\"result\":{},\"unit\":{},\"refRange\":{},\"flag\":{},\"low\":null}}",
                codec::json(name),
                codec::json(value),
                codec::json(unit),
                codec::json(range),
                codec::json(rng.pick(&["", "↑", "↓", "H", "*", "<>"])),
            )
        })
        .collect();
    let drugs: Vec<String> = (0..rng.below(3)).map(|_| codec::json(rng.pick(DRUGS))).collect();
    let body = format!(
        "{{\"reportNo\":\"{}\",\"patient\":{{\"name\":{},\"age\":{},\"idNo\":\"{}\",\"address\":{}}},\"dept\":{},\"diagnosis\":{},\"items\":[{}],\"drugs\":[{}],\"comment\":{},\"critical\":{},\"reportTime\":\"{} {}\"}}",
        rng.digits(12),
        codec::json(words::person(rng)),
        rng.between(1, 99),
        words::identity_number(rng),
        codec::json(words::address(rng)),
        codec::json(words::department(rng)),
        codec::json(rng.pick(DIAGNOSES)),
        items.join(","),
        drugs.join(","),
        codec::json(words::remark(rng)),
        rng.chance(20),
        words::date(rng),
        words::time(rng),
    );
    let method = rng.pick(&["POST", "PUT", "PATCH"]);
    let page = rng.pick(&["/api/lis/report", "/lis/v2/results", "/emr/api/order/save", "/gateway/critical-value"]);
    Wire::new(method, page).body(rng.pick(&[JSON, "application/json;charset=UTF-8"]), body).desktop(rng).finish(rng)
}

/// Photographs, signatures and scans travel as base64 in JSON and in forms.
fn image_json(rng: &mut Rng) -> Vec<u8> {
    let size = rng.between(300, 9000);
    let image = codec::base64(words::jpeg(rng, size));
    let name = words::person(rng);
    match rng.below(4) {
        0 => Wire::post(
            "/api/face/verify",
            JSON,
            format!(
                "{{\"image\":\"data:image/jpeg;base64,{image}\",\"name\":{},\"idcard\":\"{}\",\"liveness\":true}}",
                codec::json(name),
                words::identity_number(rng)
            ),
        ),
        1 => Wire::post("/ocr/idcard", FORM, format!("image={}&side=front&detect_direction=true", codec::form(image))),
        2 => Wire::post(
            "/emr/sign",
            JSON,
            format!(
                "{{\"docId\":{},\"sign\":{{\"png\":\"{image}\",\"w\":320,\"h\":120}},\"doctor\":{}}}",
                rng.below(99_999),
                codec::json(name)
            ),
        ),
        _ => Wire::post("/api/upload/base64", JSON, format!("[\"{image}\",\"{}\"]", codec::base64(rng.bytes(200)))),
    }
    .mobile(rng)
    .finish(rng)
}

/// What rich-text editors send: reports and notices in HTML.
fn report_html(rng: &mut Rng) -> Vec<u8> {
    let (code, name, unit, range, value) = rng.pick(LABS);
    let table = format!(
        "<table border=\"1\" cellspacing=\"0\" style=\"width:100%;border-collapse:collapse\"><thead><tr><th>项目</th><th>结果</th><th>参考</th></tr></thead><tbody><tr><td>{name}({code})</td><td><span style=\"color:#f00\">{}</span></td><td>{} {unit}</td></tr></tbody></table>",
        codec::xml(value),
        codec::xml(range)
    );
    let paragraph = format!(
        "<p style=\"text-indent: 2em; line-height: 1.75em; font-family: 宋体, SimSun\">{}</p>",
        codec::xml(&words::remark(rng)).replace('\n', "<br/>")
    );
    let link = format!(
        "<a href=\"https://tj.boai.example/report?id={}&amp;from=mail\" target=\"_blank\" title=\"查看\">详情</a>&nbsp;",
        rng.below(9999)
    );
    let picture = format!(
        "<img src=\"/upload/image/2026{:02}/{}.png\" alt=\"{}\" width=\"600\" height=\"auto\" data-latex=\"\"/>",
        rng.between(1, 12),
        rng.digits(12),
        rng.pick(&["on the left", "胸片", "onset of disease = 3d"])
    );
    let extra = rng.pick(&[
        "<ul class=\" list-paddingleft-2\"><li><p>低盐低脂</p></li><li><p>复查 &lt;3个月&gt;</p></li></ul>",
        "<blockquote>医嘱:卧床 &amp; 休息</blockquote><hr/>",
        "<video class=\"edui-upload-video\" controls=\"\" preload=\"none\" width=\"420\" src=\"/upload/v.mp4\"><source src=\"/upload/v.mp4\" type=\"video/mp4\"/></video>",
        "<p><!--[if gte mso 9]><xml><w:WordDocument><w:View>Normal</w:View></w:WordDocument></xml><![endif]--></p><p class=\"MsoNormal\"><span lang=\"EN-US\">&nbsp;<o:p></o:p></span></p>",
        "<sup>2</sup><sub>n</sub><font face=\"arial\" size=\"2\" color=\"#333\">x</font><center>签字</center>",
        "<pre class=\"brush:sql;toolbar:false\">select name from dept where id = 3;</pre>",
    ]);
    let mut pieces = [table, paragraph, link, picture, extra.to_owned()];
    pieces.rotate_left(rng.below(5));
    let html = format!("<h2>{}</h2>{}", words::sentence(rng).replace('<', "&lt;"), pieces.concat());
    match rng.below(3) {
        0 => Wire::post(
            "/cms/article/save.do",
            FORM,
            format!(
                "title={}&catid={}&content={}&status=1",
                codec::form(words::sentence(rng)),
                rng.below(99),
                codec::form(html)
            ),
        ),
        1 => Wire::post(
            "/api/report/save",
            JSON,
            format!("{{\"id\":{},\"content\":{},\"draft\":true}}", rng.below(99_999), codec::json(html)),
        ),
        _ => {
            let (kind, body) =
                multipart(&[Part::field("editorValue", html), Part::field("title", words::sentence(rng))], rng);
            Wire::post("/ueditor/save", &kind, body)
        }
    }
    .desktop(rng)
    .finish(rng)
}

fn csv_import(rng: &mut Rng) -> Vec<u8> {
    let mut rows = "姓名,性别,身份证号,项目,结果,参考范围,备注\r\n".to_owned();
    for _ in 0..rng.between(3, 25) {
        let (code, _, unit, range, value) = rng.pick(LABS);
        let remark = words::sentence(rng).replace('"', "\"\"");
        rows += &format!(
            "{},{},{},{code},{value},{range}{unit},\"{remark}\"\r\n",
            words::person(rng),
            rng.pick(&["男", "女"]),
            words::identity_number(rng)
        );
    }
    if rng.chance(30) {
        rows += "合计,=SUM(E2:E9),,\"=IF(E2>10,\"\"高\"\",\"\"正常\"\")\",,,\r\n";
    }
    let content = if rng.chance(30) {
        codec::utf16_le(&rows.replace(',', "\t"))
    } else {
        [b"\xef\xbb\xbf".as_slice(), rows.as_bytes()].concat()
    };
    let name = rng.pick(&["体检名单.csv", "import (3).csv", "LIS-2026-11.csv", "O'Brien list.csv", "a;b.csv"]);
    match rng.below(3) {
        0 => Wire::post("/api/import", "text/csv; charset=utf-8", rows).program("python-requests/2.28.1"),
        1 => {
            let (kind, body) = multipart(
                &[Part::file("file", name, "text/csv", content), Part::field("mapping", "{\"name\":0,\"sex\":1}")],
                rng,
            );
            Wire::post("/physical/import.do", &kind, body).desktop(rng)
        }
        _ => {
            let (kind, body) = multipart(
                &[Part::field("deptId", "12"), Part::file("upfile", name, "application/vnd.ms-excel", content)],
                rng,
            );
            Wire::post("/excel/upload", &kind, body).desktop(rng)
        }
    }
    .finish(rng)
}
