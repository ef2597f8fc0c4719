//! Honest requests of wards, pharmacy and laboratories: notes, prescriptions, results, devices, thick clients.

use super::super::super::benign::{BenignGrammar, grammar};
use super::super::super::codec;
use super::super::super::rng::Rng;
use super::super::super::wire::{Part, multipart};
use super::super::super::words;
use super::clients::Ask;
use super::phrases;

pub(super) const BENIGN: &[BenignGrammar] = &[
    grammar("nursing-notes", 50, nursing),
    grammar("prescriptions", 50, prescription),
    grammar("bench-results", 46, bench),
    grammar("ward-devices", 42, device),
    grammar("thick-clients", 46, thick_client),
];

/// Handover, vital signs, course notes: forms, structured documents and plain text.
fn nursing(rng: &mut Rng) -> Vec<u8> {
    let (note, name, moment) = (phrases::note(rng), phrases::name(rng), phrases::moment(rng));
    let bed = rng.pick(&["+3床", "抢1", "12-B", "07", "VIP 2#"]);
    let id = rng.digits(7);
    match rng.below(8) {
        0 => Ask::form("/nurse/handover/save.aspx", &[("ward", "肝胆外科二病区"), ("shift", "N班(0:00-8:00)"), ("bed", bed), ("pat", name), ("S", phrases::clinical(rng)), ("B", phrases::clinical(rng)), ("A", phrases::clinical(rng)), ("R", "继续观察;必要时 call 二线"), ("hidRow", &format!("{id}|{bed}|0"))]).page(rng),
        1 => Ask::json("/emr/v1/document/save", format!("{{\"docId\":1{id},\"template\":\"护理记录单[一般]\",\"sections\":[{{\"code\":\"HDSD00.08.001\",\"text\":{}}},{{\"code\":\"HDSD00.08.002\",\"text\":{}}}],\"signer\":\"{name}\",\"time\":\"{moment}\",\"isLock\":0}}", codec::json(&note), codec::json(phrases::clinical(rng)))).data(rng),
        2 => Ask::json("/pda/vitals/batch", format!("[{{\"patId\":\"{id}\",\"bed\":\"{bed}\",\"rows\":[{{\"t\":\"{moment}\",\"T\":\"36.{}↓\",\"P\":{},\"R\":\"R(呼吸机)\",\"BP\":\"{}/{}\",\"note\":{}}},{{\"t\":\"{moment}\",\"T\":\"不升\",\"stool\":\"1/E\",\"urine\":\"1500+\",\"wt\":\"卧床\"}}]}}]", rng.below(9), rng.between(50, 140), rng.between(80, 190), rng.between(40, 110), codec::json(phrases::clinical(rng)))).app(rng),
        3 => {
            let document = format!("<XTextDocument xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" EditorVersionString=\"1.2026\"><XElements><Element xsi:type=\"XTextBody\"><XElements><Element xsi:type=\"XInputField\" StyleIndex=\"3\"><ID>f{id}</ID><ToolTip>现病史</ToolTip><InnerValue>{}</InnerValue><FieldSettings><EditStyle>DropdownList</EditStyle><ListSource><Items><Item><Text>无</Text><Value>0</Value></Item></Items></ListSource></FieldSettings></Element><Element xsi:type=\"XString\"><Text>{}</Text></Element></XElements></Element></XElements></XTextDocument>", codec::xml(phrases::clinical(rng)), codec::xml(&note));
            Ask::post(format!("/EMRService/SaveDoc.ashx?pid={id}&doctype=bcjl&tm={}", rng.digits(18)), "text/xml; charset=utf-8", document).windows(rng)
        }
        4 => {
            let (kind, body) = multipart(&[Part::field("patientNo", id), Part::field("recordText", note), Part::field("recorder", name), Part::field("attach", "")], rng);
            Ask::post("/his/bedside/record", &kind, body).data(rng)
        }
        5 => Ask::post("/api/asr/text2record", "text/plain;charset=UTF-8", format!("【{bed} {name}】{note}")).app(rng),
        6 => Ask::get(format!("/nis/exec?barcode={}&act=exec&route={}&by={}&at={}", codec::percent(format!("*{id}-2*")), codec::percent(rng.pick(&["ivgtt", "ih", "po(鼻饲)", "im/臀", "雾化吸入"])), codec::percent(name), codec::form(&moment))).app(rng),
        _ => Ask::form("/emr/consult/reply", &[("applyId", &id), ("opinion", &note), ("level", "普通/急(10min)"), ("dept", "呼吸与危重症医学科"), ("_charset_", "UTF-8")]).referer(format!("http://hisweb/emr/consult/edit?id={id}&tab=2")).page(rng),
    }
}

/// Orders with doses as doctors and pharmacists note them, herbs, and the checks of them.
fn prescription(rng: &mut Rng) -> Vec<u8> {
    let drug = rng.pick(&[
        "左氧氟沙星片 0.5g×4片/盒",
        "硝苯地平控释片(拜新同) 30mg",
        "门冬胰岛素30注射液 3ml:300IU",
        "Ceftriaxone 1.0g/vial",
        "氯化钾缓释片 0.5g",
        "甲氨蝶呤片 2.5mg(每周一次!)",
        "50%葡萄糖 20ml",
        "复方α-酮酸片",
        "维A酸乳膏 0.1%,15g",
        "苯磺酸氨氯地平/阿托伐他汀 5/10mg",
        "5-FU 0.25g",
        "吗啡缓释片 10mg[麻]",
        "地西泮 2.5mg[精二]",
    ]);
    let usage = rng.pick(&[
        "Sig: 1# qd po",
        "sig. 0.25g tid pc ×5d",
        "早2片-中1片-晚1片",
        "6u-6u-8u 三餐前ih",
        "st! iv慢推 >5min",
        "1/2片 qn, 失眠时 1片",
        "q4h prn (T>38.5℃)",
        "首剂加倍; 第2~5日 0.25 qd",
        "外用 bid <2周",
        "40gtt/min ivgtt qd",
        "d1,8,15 / q28d",
        "隔日1次(qod) & 监测INR 2-3",
        "滴双眼 ou qid",
        "含服,不咀嚼 --勿饮水",
    ]);
    let herbs = rng.pick(&[
        "黄芪30g 当归12g 炒白术15g 茯苓15g 炙甘草6g",
        "生石膏30g(先煎) 知母10g 大黄6g(后下)",
        "附子9g[先煎1h],干姜9g;细辛3g",
        "枸杞子15 女贞子15 旱莲草15 ×7付 水煎400ml 分2次",
    ]);
    let (name, id, days) = (phrases::name(rng), rng.digits(8), rng.between(1, 30));
    match rng.below(7) {
        0 => Ask::json("/opd/rx/submit", format!("{{\"rxNo\":\"{id}\",\"diag\":[\"{}\"],\"items\":[{{\"drug\":{},\"dose\":\"0.5\",\"usage\":{},\"days\":{days},\"skinTest\":\"免试(<72h)\"}}],\"herb\":{},\"dr\":\"{name}\",\"agent\":{{\"name\":\"\",\"id\":\"{}\"}}}}", rng.pick(&["慢性支气管炎伴(急性)加重", "肝郁脾虚证/胃痞病", "T2DM; HTN 2级"]), codec::json(drug), codec::json(usage), codec::json(herbs), words::identity_number(rng))).data(rng),
        1 => {
            let xml = format!("<CheckInput><Base><HospID>0{}</HospID><UserName>{name}</UserName></Base><Patient Weight='{}.5' Height='-1' IsLact=\"0\" IsPreg=\"1\" PregStartDate=\"20260{}01\"/><ScreenDrugs><Drug Index=\"1\" UniqueCode=\"{id}\" Name=\"{}\" Dose=\"0.5\" DoseUnit=\"g\" Freq=\"3/1\" Route=\"po\" Memo=\"{}\"/></ScreenDrugs><Allergen><A Name=\"头孢类(皮疹+++)\"/></Allergen></CheckInput>", rng.below(9), rng.between(3, 99), rng.between(1, 9), codec::xml(drug), codec::xml(usage));
            Ask::form("/pass/ws/mc_do_check", &[("input", &xml), ("type", "1")]).windows(rng)
        }
        2 => Ask::form("/zyy/herb/save", &[("cf", herbs), ("fs", &days.to_string()), ("jf", "浓煎,200ml×2/日;忌生冷 & 辛辣"), ("sm[]", "代煎"), ("dr", name), ("cfh", &id)]).page(rng),
        3 => Ask::json("/pivas/label", format!("{{\"batch\":\"#2\",\"mix\":[{},\"0.9%NS 100ml\",\"KCl 10% 10ml\"],\"rate\":\"50ml/h\",\"note\":{},\"limit\":\"K+ <=40mmol/L, 速度<=20mmol/h\",\"id\":1{id}}}", codec::json(drug), codec::json(usage))).java(rng),
        4 => Ask::get(format!("/drug/instructions?kw={}&fields=name,spec,usage&id={id}&cb=callback", codec::percent(drug))).script(rng),
        5 => Ask::json("/rx-flow/v1/audit", format!("{{\"bizContent\":{},\"pharmacist\":\"{name}\",\"result\":\"{}\",\"opinion\":{}}}", codec::json(format!("{{\"rxId\":\"{id}\",\"drug\":{},\"sig\":{}}}", codec::json(drug), codec::json(usage))), rng.pick(&["PASS", "REJECT"]), codec::json(rng.pick(&["用法用量不适宜:超说明书(qd→tid)", "重复用药; 相互作用 'A+B' ≥3级", "无", "请注明“皮试”结果(+/-)"])))).app(rng),
        _ => Ask::post("/SCM/order/import.do", "multipart/form-data; boundary=---------------------------7e5279210808", format!("-----------------------------7e5279210808\r\nContent-Disposition: form-data; name=\"xls\"; filename=\"D:\\药房\\{days}日 出库单.csv\"\r\nContent-Type: application/vnd.ms-excel\r\n\r\n编号,品名,用法,数量\r\n{id},\"{drug}\",\"{usage}\",{days}\r\n0,\"{herbs}\",,-1\r\n\r\n-----------------------------7e5279210808--\r\n")).old_page(rng),
    }
}

/// Results from analyzers and modalities, quality control, reports of images.
fn bench(rng: &mut Rng) -> Vec<u8> {
    let (code, result, range) = rng.pick(&[
        ("hs-cTnT", "<0.003", "0~0.014 ng/mL"),
        ("β-HCG", "0.21(<5)", "非孕<5; 孕4周 5-426"),
        ("ANA", "1:320 核颗粒型", "<1:100"),
        ("HBV-DNA", "<2.0E+01", "TND"),
        ("Cr(酶法)", "57.3 ↓", "57～97"),
        ("尿WBC", "3+ /HP", "0-5/HP"),
        ("抗-HIV(1+2)", "待复检", "S/CO<1.0"),
        ("PT/INR", "12.4/1.08", "0.8-1.2"),
        ("MIC:美罗培南", "<=0.25 S", "S≤1 I=2 R≥4"),
        ("HbA1c", "9.7%(83 mmol/mol)", "4.0%-6.0%"),
        ("25-OH-D", "13.6*", ">30 充足"),
        ("ABO/RhD", "AB/(+)", ""),
        ("镜检", "霉菌(-)清洁度Ⅲ°", ""),
    ]);
    let (sample, name, moment) = (rng.digits(10), phrases::name(rng), phrases::moment(rng));
    match rng.below(7) {
        0 => {
            let message = format!("\u{2}1H|\\^&|||{}^1|||||LIS||P|1394-97|20261121\r\u{3}A{}\r\n\u{2}2P|1||{sample}||^{name}\r\u{3}3F\r\n\u{2}3R|1|^^^{code}|{result}||{range}|N||F\r\u{3}7B\r\n\u{2}4L|1|N\r\u{3}07\r\n\u{4}", rng.pick(&["cobas8000", "XN-1000", "AU5800"]), rng.below(9));
            Ask::post(format!("/mw/astm?port=COM{}", rng.below(9)), "application/octet-stream", message).windows(rng)
        }
        1 => Ask::json("/ilab/result/confirm", format!("{{\"barcode\":\"{sample}\",\"list\":[{{\"item\":{},\"val\":{},\"ref\":{},\"delta\":\"-12.5%\",\"hint\":\">>\",\"od\":[0.0{},1.2]}}],\"auditor\":\"{name}\",\"time\":\"{moment}\"}}", codec::json(code), codec::json(result), codec::json(range), rng.below(99))).data(rng),
        2 => Ask::form("/lis/qc/westgard.jsp", &[("item", code), ("lot", &sample), ("x", &format!("{}.{}", rng.below(30), rng.below(99))), ("mean±SD", "5.02±0.11"), ("rule", "1-2s|1-3s|2-2s|R-4s|4-1s|10-x"), ("cause", "试剂批号更换; 定标后 z=-0.4 (在控)")]).page(rng),
        3 => {
            let findings = rng.pick(&["双肺纹理增多,右肺上叶见磨玻璃结节,大小约 7mm×5mm(Se3,Im127),边缘欠清。", "肝S6见类圆形T1WI低、T2WI高信号,Φ<10mm,DWI(b=800)未见扩散受限。", "L4/5、L5/S1椎间盘向后突出>3mm;椎管矢状径=11mm。", "EF 58%;E/A<1;二尖瓣反流(轻度);TR Vmax 2.6m/s,PASP≈31mmHg"]);
            Ask::json("/ris/report/draft", format!("{{\"accNo\":\"CT{sample}\",\"findings\":{},\"impression\":{},\"birads\":\"3/4A?\",\"urgent\":false,\"macro\":\"@@normal_chest\",\"author\":\"{name}\"}}", codec::json(findings), codec::json(format!("1、{findings}\r\n2、请结合临床,建议3~6个月复查。")))).data(rng)
        }
        4 => Ask::get(format!("/pacs/viewer.html?acc=CT{sample}&layout=2*2&wl=40/400|-600/1500&hp={}&user={}&key={}&from=ris:{}", codec::percent("Chest^Routine"), codec::percent(name), rng.hex(32), rng.below(99))).page(rng),
        5 => Ask::form("/micro/ast/save", &[("sid", &sample), ("org", "E.coli (ESBLs+)"), ("abx", &format!("{code}={result};AMK<=2 S;CIP>=4 R;TZP 16/4 SDD")), ("phone", "已电话通知:[3病区]"), ("time", &moment)]).windows(rng),
        _ => Ask::json("/cloud/path/slide", format!("{{\"slide\":\"B26-{sample}\",\"scanner\":\"40x/0.25μm\",\"rois\":[{{\"type\":\"polygon\",\"pts\":[[{},{}],[9,4],[-1,3]],\"label\":\"HSIL(CIN2/3)\"}}],\"diag\":{},\"tiles\":\"/{{z}}/{{x}}_{{y}}.jpeg\"}}", rng.below(40_000), rng.below(40_000), codec::json(phrases::clinical(rng)))).java(rng),
    }
}

/// Monitors, pumps, meters, refrigerators and the gateways that speak for them.
fn device(rng: &mut Rng) -> Vec<u8> {
    let (serial, moment) = (rng.hex(12).to_uppercase(), words::millis(rng));
    match rng.below(9) {
        0 => {
            let wave: Vec<_> = (0..rng.between(40, 200)).map(|_| format!("{}{}", rng.pick(&["", "-"]), rng.between(1, 2047))).collect();
            Ask::json("/iot/ecg/upload", format!("{{\"sn\":\"{serial}\",\"ts\":{moment},\"hz\":250,\"gain\":\"10mm/mV\",\"lead\":{{\"II\":[{}]}},\"alarm\":\"VT>VPC run; SpO2<85\"}}", wave.join(","))).program("lwIP/2.0.3 (http://savannah.nongnu.org/projects/lwip)", rng)
        }
        1 => Ask::get(format!("/upload.php?id={serial}&t1=-{}.{}&t2=4.2&h=61%25&bat=3.{}V&csq=21,99&door=0&ver=1.0.9b", rng.between(15, 80), rng.below(9), rng.below(99))).program("SIM800/1.0", rng),
        2 => Ask::post(format!("/api/v1/{}/telemetry", rng.token(20)), "application/json", format!("{{\"{serial}\":[{{\"ts\":{moment},\"values\":{{\"rate_ml_h\":{}.5,\"vtbi\":250,\"occl\":\"<300mmHg\",\"drug\":\"去甲肾上腺素 8mg/50ml\",\"state\":\"RUN\"}}}}]}}", rng.below(90))).program("ESP32HTTPClient", rng),
        3 => Ask::post("/influx/api/v2/write?org=icu&bucket=vital&precision=ms", "text/plain; charset=utf-8", (0..rng.between(1, 6)).map(|index| format!("vital,bed=ICU-{index:02},dev={serial} hr={}i,spo2={},art=\"{}/{}({})\" {moment}\n", rng.between(40, 160), rng.between(80, 100), rng.between(80, 180), rng.between(40, 100), rng.between(60, 120))).collect::<String>()).program("Telegraf/1.31.0 Go/1.22.4", rng),
        4 => Ask::post("/poct/glucose", "application/xml", format!("<?xml version=\"1.0\"?>\n<OBS.R01><HDR><HDR.message_type V=\"OBS.R01\"/><HDR.control_id V=\"{}\"/></HDR><SVC><SVC.role_cd V=\"OBS\"/><PT><PT.patient_id V=\"{}\"/><OBS><OBS.observation_id V=\"GLU\"/><OBS.value V=\"{}.{}\" U=\"mmol/L\"/><OBS.interpretation_cd V=\"&gt;\"/><OBS.note V=\"{}\"/></OBS></PT></SVC></OBS.R01>", rng.digits(5), rng.digits(9), rng.between(2, 30), rng.below(9), codec::xml(phrases::clinical(rng)))).program("", rng),
        5 => Ask::post("/gw/frame", "application/x-www-form-urlencoded", format!("dev={serial}&crc={}&hex={}", rng.hex(4), rng.hex(180).to_uppercase())).program("Mozilla/4.0", rng),
        6 => Ask::post(format!("/onenet/nb?imei={}&nonce={}&signature={}", rng.digits(15), rng.token(8), codec::percent(codec::base64(rng.bytes(16)))), "application/json", format!("{{\"msg\":[{{\"at\":{moment},\"type\":1,\"ds_id\":\"3200_0_5505\",\"value\":\"{}\"}}],\"msg_signature\":\"{}\"}}", rng.hex(48), codec::base64(rng.bytes(16)))).java(rng),
        7 => {
            let length = rng.between(200, 900);
            let file = [b"\x00\x00SCPECG\x00\x00".as_slice(), &rng.bytes(length)].concat();
            let (kind, body) = multipart(&[Part::field("deviceNo", serial), Part::field("collectTime", moment), Part::file("ecgFile", "20261121_0830.scp", "application/octet-stream", file)], rng);
            Ask::post("/ecgnet/file", &kind, body).windows(rng)
        }
        _ => Ask::new("PUT", format!("/shadow/{serial}/reported")).carrying("application/cbor", [b"\xa4\x62sn\x6c".as_slice(), serial.as_bytes(), b"\x61t\xfb\x40\x42\x80\x00\x00\x00\x00\x00\x63fan\xf5\x63raw\x58\x20", &rng.bytes(32)].concat()).program("esp-idf/5.1 esp32", rng),
    }
}

/// Thick clients of hospitals: DataSnap, packets of rows, PowerBuilder's windows, updates of themselves.
fn thick_client(rng: &mut Rng) -> Vec<u8> {
    let (name, id, day) = (phrases::name(rng), rng.digits(8), phrases::day(rng));
    match rng.below(9) {
        0 => Ask::get(format!("/datasnap/rest/TServerMethods1/GetInpatientFee/{id}/{day}/{}/", codec::percent(name))).with("Pragma", format!("dssession={}.{}.{}", rng.digits(6), rng.digits(6), rng.digits(6))).program("Embarcadero RESTClient/1.0", rng),
        1 => Ask::post("/datasnap/rest/TDoctorStation/%22SaveOrder%22", "text/plain;charset=UTF-8", format!("{{\"_parameters\":[{{\"table\":[[6,\"BRXM\",0,0,0,20,0,0,false,0,false,false]],\"BRXM\":[\"{name}\"],\"YZNR\":[{}]}},\"{day}\",-1]}}", codec::json(phrases::clinical(rng)))).program("Mozilla/3.0 (compatible; Indy Library)", rng),
        2 => {
            let packet = format!("<?xml version=\"1.0\" standalone=\"yes\"?>  <DATAPACKET Version=\"2.0\"><METADATA><FIELDS><FIELD attrname=\"ID\" fieldtype=\"i4\" required=\"true\" SUBTYPE=\"Autoinc\"/><FIELD attrname=\"XM\" fieldtype=\"string\" WIDTH=\"20\"/><FIELD attrname=\"BZ\" fieldtype=\"bin.hex\" SUBTYPE=\"Text\"/></FIELDS><PARAMS CHANGE_LOG=\"1 0 4\" LCID=\"2052\"/></METADATA><ROWDATA><ROW RowState=\"4\" ID=\"{id}\" XM=\"{name}\" BZ=\"{}\"/></ROWDATA></DATAPACKET>", codec::xml(&phrases::note(rng)).replace("\r\n", "&#013;&#010;"));
            Ask::post("/midas/httpsrvr.dll?ApplyUpdates=BRXX", "application/octet-stream", packet).program("Borland SOAP 1.2", rng)
        }
        3 => Ask::post("/pb/webservice", "application/x-www-form-urlencoded", format!("as_window=w_{}_main&as_dw=d_zy_fymx&al_row={}&as_data=XM%09NL%09JE%0D%0A{}%09{}%09-{}.50%0D%0A&as_filter={}", rng.letters(4), rng.below(90), codec::form(name), rng.below(99), rng.below(99), codec::form("(je > 0) and match(xm,'^张')"))).program("PowerBuilder WinInet/1.1", rng),
        4 => Ask::post("/HISNET/Exec", "text/plain", format!("[HEAD]\r\nfunc=MZ_SF_{}\r\nver=5.6.0.{}\r\nmac=00-1B-{}-3C-A0-11\r\n[DATA]\r\nbrxm={name}\r\nzje={}.00;0;0\r\nbz={}\r\n[END]\r\n", rng.below(99), rng.below(999), rng.hex(2).to_uppercase(), rng.below(999), phrases::clinical(rng))).windows(rng),
        5 => Ask::get(format!("/update/{}?f={}&crc={}&ver=3.1.{}.{}", rng.pick(&["filelist.ini", "his.exe.zip", "version.txt", "dll/pbvm126.dll"]), codec::percent(rng.pick(&["住院医生站.exe", "bin\\zyys.pbd", "报表/日结.rpt"])), rng.hex(8).to_uppercase(), rng.below(20), rng.below(999))).windows(rng),
        6 => Ask::post("/remoting/QueryService.rem", "text/xml; charset=\"utf-8\"", format!("<SOAP-ENV:Envelope xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xmlns:SOAP-ENV=\"http://schemas.xmlsoap.org/soap/envelope/\" xmlns:clr=\"http://schemas.microsoft.com/soap/encoding/clr/1.0\" SOAP-ENV:encodingStyle=\"http://schemas.xmlsoap.org/soap/encoding/\">\r\n<SOAP-ENV:Body>\r\n<i2:GetPatient id=\"ref-1\" xmlns:i2=\"http://schemas.microsoft.com/clr/nsassem/His.Common.IQuery/His.Common\">\r\n<patNo id=\"ref-3\">{id}</patNo>\r\n<memo id=\"ref-4\">{}</memo>\r\n</i2:GetPatient>\r\n</SOAP-ENV:Body>\r\n</SOAP-ENV:Envelope>", codec::xml(phrases::talk(rng))))
            .with("SOAPAction", "\"http://schemas.microsoft.com/clr/nsassem/His.Common.IQuery/His.Common#GetPatient\"").with("Expect", "100-continue").program("Mozilla/4.0+(compatible; MSIE 6.0; Windows 6.2.9200.0; MS .NET Remoting; MS .NET CLR 4.0.30319.42000 )", rng),
        7 => Ask::post("/svc/NamedQuery", "application/json; charset=utf-8", format!("{{\"queryId\":\"ZY.BRFY.ByDate@v2\",\"params\":{{\":ksrq\":\"{day}\",\":jsrq\":\"{day} 23:59:59\",\":ksdm\":\"'0301','0302'\",\":xm\":\"{}%\"}},\"order\":\"FYRQ DESC\",\"page\":[1,200]}}", name.chars().next().unwrap())).windows(rng),
        _ => Ask::post("/report/fr/print", "application/x-www-form-urlencoded", format!("reportlet={}&op=export&format=pdf&__parameters__={}", codec::form("/住院/费用清单[一日].cpt"), codec::form(format!("{{\"ZYH\":\"{id}\",\"XM\":\"{name}\",\"RQ\":\"{day}\",\"SQLX\":\"\"}}")))).program("Mozilla/4.0 (compatible; MSIE 8.0; Windows NT 6.1; Trident/4.0)", rng),
    }
}
