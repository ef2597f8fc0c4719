//! Honest requests at the hospital's counters: registration by apps of several vendors, medical insurance, invoices,
//! groups for payment, signatures.

use super::super::super::benign::{BenignGrammar, grammar};
use super::super::super::codec;
use super::super::super::rng::Rng;
use super::super::super::words;
use super::clients::Ask;
use super::phrases;

pub(super) const BENIGN: &[BenignGrammar] = &[
    grammar("appointment-apps", 50, appointment),
    grammar("insurance-interfaces", 50, insurance),
    grammar("fiscal-invoices", 42, invoice),
    grammar("front-page-uploads", 42, front_page),
    grammar("certificates-and-seals", 42, seal),
];

const CLINICS: &[&str] = &[
    "肝胆胰外科专病门诊",
    "妊娠期糖尿病(GDM)门诊",
    "全科/便民门诊",
    "HPV疫苗接种门诊",
    "生殖中心-男科",
    "记忆障碍&睡眠门诊",
    "特需(国际部)",
    "麻醉评估",
    "MDT:肺结节",
];

/// Booking, queueing and paying in mini programs, apps and terminals.
fn appointment(rng: &mut Rng) -> Vec<u8> {
    let (name, clinic, day) = (phrases::name(rng), rng.pick(CLINICS), phrases::day(rng));
    let (phone, identity, number) = (words::phone(rng), words::identity_number(rng), rng.digits(9));
    match rng.below(9) {
        0 => Ask::json("/gw/patient/card/bind", format!("{{\"patName\":\"{name}\",\"cardType\":\"01\",\"cardNo\":\"{identity}\",\"mobile\":\"{phone}\",\"relation\":\"本人/子女\",\"guardian\":null,\"nation\":\"汉族\",\"smsCode\":\"{}\",\"agree\":[1,3]}}", rng.digits(6)))
            .with("token", rng.uuid()).with("hospitalCode", rng.digits(6)).mini(rng),
        1 => Ask::get(format!("/wx-api/schedule/list?deptName={}&beginDate={day}&endDate={day}&timeType=AM,PM&regLevel=1|2|3&_t={}", codec::percent(clinic), words::millis(rng)))
            .with("authorization", format!("bearer {}", rng.uuid())).mini(rng),
        2 => Ask::json("/yuyue/lock", format!("{{\"service\":\"register.lockSource\",\"param\":\"{{\\\"schId\\\":\\\"{number}\\\",\\\"period\\\":\\\"08:30-09:00\\\",\\\"fee\\\":\\\"25.00\\\",\\\"doc\\\":\\\"{name}\\\"}}\",\"nonceStr\":\"{}\",\"sign\":\"{}\"}}", rng.token(16), rng.hex(32).to_uppercase())).app(rng),
        3 => Ask::form("/selfservice/QueryFee", &[("cardno", &rng.digits(18)), ("trackdata2", &format!(";{}={}?", rng.digits(16), rng.digits(12))), ("term", "ZZJ-1F-03"), ("ksmc", clinic), ("opr", "自助机")]).windows(rng),
        4 => Ask::get(format!("/mobile/doctor/search.jhtml?kw={}&area=310000,310101&title=%E4%B8%BB%E4%BB%BB%E5%8C%BB%E5%B8%88&sort=score%2Cdesc&lat=31.{}&lng=121.{}", codec::percent(phrases::typed(rng)), rng.digits(6), rng.digits(6)))
            .referer(format!("https://{}/mobile/index.html?channel=menu", rng.pick(phrases::SITES))).phone(rng),
        5 => Ask::json("/api/inquiry/msg/send", format!("{{\"sessionId\":\"{number}\",\"msgType\":\"TEXT\",\"content\":{},\"ext\":{{\"patient\":{{\"name\":\"{name}\",\"ageDesc\":\"{}岁{}月\"}},\"pics\":[]}}}}", codec::json(phrases::clinical(rng)), rng.below(80), rng.below(12)))
            .referer(format!("https://{}/h5/chat?id={number}#/room", rng.pick(phrases::SITES))).phone(rng),
        6 => Ask::json("/callback/order/refund", format!("{{\"outTradeNo\":\"GH{day}{number}\",\"refundFee\":2500,\"reason\":{},\"notifyTime\":\"{}\",\"attach\":\"deptId=12&amp;src=wx\"}}", codec::json(rng.pick(&["临时有事,去不了", "医生停诊(8:00-12:00)", "重复挂号;选错院区", "other"])), phrases::moment(rng))).java(rng),
        7 => {
            let fields = [("ReqHead.TransCode", "QY011"), ("ReqHead.Time", &phrases::moment(rng)), ("ReqBody.DeptName", clinic), ("ReqBody.PatName", name), ("ReqBody.Remark", rng.pick(&["初诊", "复诊,需开药", "带了外院片子(CT+MRI)", "无"]))];
            Ask::post("/Bank/Trans.ashx", "application/x-www-form-urlencoded; charset=utf-8", codec::form_body(&fields)).program("Mozilla/4.0 (compatible; MSIE 6.0; Windows NT 5.0)", rng)
        }
        _ => Ask::get(format!("/queue/screen?room={}&ticket=A{}&name={}*&cb=__jp{}", rng.below(60), rng.digits(3), codec::percent(name.chars().next().unwrap().to_string()), rng.below(99))).script(rng),
    }
}

/// The interfaces of the national insurance platform and of the old local ones.
fn insurance(rng: &mut Rng) -> Vec<u8> {
    let (name, identity, day) = (phrases::name(rng), words::identity_number(rng), phrases::day(rng));
    let message = format!("H31010{}{day}{}", rng.digits(7), rng.digits(10));
    let visit = rng.digits(14);
    let amount = format!("{}.{:02}", rng.below(9000), rng.below(100));
    let (number, input) = match rng.below(8) {
        0 => (
            "1101",
            format!(
                "{{\"data\":{{\"mdtrt_cert_type\":\"02\",\"mdtrt_cert_no\":\"{identity}\",\"card_sn\":\"\",\"begntime\":\"\",\"psn_cert_type\":\"01\",\"certno\":\"{identity}\",\"psn_name\":\"{name}\"}}}}"
            ),
        ),
        1 => (
            "2201",
            format!(
                "{{\"data\":{{\"psn_no\":\"{}\",\"insutype\":\"310\",\"begntime\":\"{}\",\"mdtrt_cert_type\":\"03\",\"ipt_otp_no\":\"{visit}\",\"atddr_no\":\"D{}\",\"dr_name\":\"{name}\",\"dept_code\":\"A03.04\",\"dept_name\":\"消化内科\",\"caty\":\"A03\"}}}}",
                rng.digits(20),
                phrases::moment(rng),
                rng.digits(12)
            ),
        ),
        2 => (
            "2204",
            format!(
                "{{\"feedetail\":[{{\"feedetl_sn\":\"{visit}1\",\"mdtrt_id\":\"{visit}\",\"det_item_fee_sumamt\":{amount},\"cnt\":{}.0000,\"pric\":1.5,\"med_list_codg\":\"XA02BCA{}A001010101445\",\"medins_list_name\":{},\"sin_dos_dscr\":\"0.5g/次\",\"used_frqu_dscr\":\"q12h\",\"prd_days\":7,\"hosp_appr_flag\":\"1\",\"rx_circ_flag\":null}}]}}",
                rng.between(1, 30),
                rng.digits(3),
                codec::json(rng.pick(&[
                    "奥美拉唑肠溶胶囊[20mg*14粒]",
                    "一次性使用输液器(带针) 0.7#",
                    "CT平扫(64排以上)/每部位",
                    "注射用头孢曲松钠 1.0g"
                ]))
            ),
        ),
        3 => (
            "2304",
            format!(
                "{{\"data\":{{\"mdtrt_id\":\"{visit}\",\"medfee_sumamt\":\"{amount}\",\"psn_setlway\":\"01\",\"acct_used_flag\":\"1\",\"invono\":\"{}\",\"fulamt_ownpay_amt\":0,\"preselfpay_amt\":{amount}}}}}",
                rng.digits(10)
            ),
        ),
        4 => (
            "4101A",
            format!(
                "{{\"setlinfo\":{{\"setl_id\":\"{visit}\",\"fixmedins_name\":\"江城市临山区中医院(本部)\",\"psn_name\":\"{name}\",\"gend\":\"2\",\"ntly\":\"CHN\",\"curr_addr\":\"城南街道/乡(镇) 7组#12\",\"maindiag_flag\":\"1\"}},\"diseinfo\":[{{\"diag_type\":\"1\",\"diag_code\":\"K35.800x001\",\"diag_name\":\"急性阑尾炎,其他和未特指的\",\"adm_cond_type\":\"1\"}}],\"oprninfo\":[]}}"
            ),
        ),
        5 => (
            "3101",
            format!(
                "{{\"data\":{{\"syscode\":\"HIS\",\"patient_dtos\":[{{\"patn_name\":\"{name}\",\"fsi_encounter_dtos\":[{{\"mdtrt_id\":\"{visit}\",\"dscg_main_dise_name\":\"肺部感染?\",\"fsi_diagnose_dtos\":[{{\"dise_name\":\"高血压病2级(中危)\"}}]}}]}}],\"rule_ids\":[],\"task_id\":\"\"}}}}"
            ),
        ),
        6 => (
            "9001",
            format!(
                "{{\"signIn\":{{\"opter_no\":\"{}\",\"mac\":\"{}\",\"ip\":\"172.18.{}.7\"}}}}",
                rng.digits(4),
                rng.word("0123456789ABCDEF", 2).repeat(6),
                rng.below(256)
            ),
        ),
        _ => (
            "3505",
            format!(
                "{{\"selinfo\":{{\"med_list_codg\":\"XJ01CAA{}\",\"fixmedins_bchno\":\"{visit}\",\"prsc_dr_name\":\"{name}\",\"rx_flag\":\"1\",\"trdn_flag\":\"0\",\"sel_retn_cnt\":2,\"memo\":\"拆零 3/24 片\",\"drugtracinfo\":[{{\"drug_trac_codg\":\"{}\"}}]}}}}",
                rng.digits(6),
                rng.digits(20)
            ),
        ),
    };
    let envelope = format!(
        "{{\"infno\":\"{number}\",\"msgid\":\"{message}\",\"mdtrtarea_admvs\":\"310199\",\"insuplc_admdvs\":\"310100\",\"recer_sys_code\":\"FSI\",\"dev_no\":null,\"dev_safe_info\":null,\"cainfo\":\"{}\",\"signtype\":\"SM3\",\"infver\":\"V1.0\",\"opter_type\":\"1\",\"opter\":\"0{}\",\"opter_name\":\"{name}\",\"inf_time\":\"{}\",\"fixmedins_code\":\"H31010{}\",\"sign_no\":\"{}\",\"input\":{input}}}",
        codec::base64(rng.bytes(24)),
        rng.digits(3),
        phrases::moment(rng),
        rng.digits(6),
        rng.digits(6)
    );
    let signed = |ask: Ask, rng: &mut Rng| {
        ask.with("x-rio-paasid", "xinx_h310101")
            .with("x-rio-signature", rng.hex(64).to_uppercase())
            .with("x-rio-timestamp", phrases::seconds(rng))
            .with("x-rio-nonce", rng.token(12))
    };
    match rng.below(5) {
        0 | 1 => {
            let ask = Ask::post(
                format!("/fsi/api/fsiService/callService{}", rng.pick(&["", "?v=1"])),
                "application/json;charset=UTF-8",
                envelope,
            );
            signed(ask, rng).java(rng)
        }
        2 => {
            let ask = Ask::post(format!("/isp-api/powercsb/{number}"), "text/plain; charset=utf-8", envelope);
            signed(ask, rng).windows(rng)
        }
        3 => {
            let sealed = format!(
                "{{\"appId\":\"{}\",\"encType\":\"SM4\",\"signType\":\"SM2\",\"version\":\"2.0.1\",\"timestamp\":{},\"encData\":\"{}\",\"signData\":\"{}\"}}",
                rng.hex(32).to_uppercase(),
                rng.digits(10),
                codec::hex(envelope.as_bytes()).to_uppercase(),
                codec::base64(rng.bytes(64))
            );
            Ask::json("/hsa/epc/ecQuery", sealed).java(rng)
        }
        _ => {
            let text = format!(
                "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?><program><version>1.0</version><cxjb/><akc190>{visit}</akc190><aac003>{name}</aac003><aac002>{identity}</aac002><feedetail><row aka120=\"J06.900\" aac004='1' yka055=\"{amount}\"/><row aka120=\"\" aae013=\"自费药品 &gt; 30%, 已告知\"/></feedetail></program>"
            );
            Ask::form("/yinhai/hisif", &[("jybh", "41"), ("jysr_xml", &text), ("jyscyzm", &rng.hex(16))]).windows(rng)
        }
    }
}

/// Electronic fiscal invoices: requests with a body within the body, notices, pictures, pages that show them.
fn invoice(rng: &mut Rng) -> Vec<u8> {
    let (name, day, batch) = (phrases::name(rng), phrases::day(rng), rng.digits(8));
    let number = rng.digits(10);
    let inner = format!(
        "{{\"busNo\":\"MZ{day}{number}\",\"busType\":\"02\",\"payer\":\"{name}\",\"busDateTime\":\"{day}101500000\",\"placeCode\":\"0{}\",\"payee\":\"{}\",\"author\":\"收费处-3号窗\",\"totalAmt\":{}.50,\"remark\":{},\"chargeDetail\":[{{\"sortNo\":1,\"chargeCode\":\"0102\",\"chargeName\":\"治疗费\",\"unit\":\"次\",\"std\":85.0,\"number\":2,\"amt\":170.0,\"selfAmt\":\"\"}}],\"payMentVoucher\":[]}}",
        rng.digits(2),
        phrases::name(rng),
        rng.below(5000),
        codec::json(rng.pick(&[
            "",
            "医保统筹支付:120.00;个人账户支付:35.50",
            "体检团单(10人以上)9折",
            "补开,原票号 00013342 作废"
        ]))
    );
    match rng.below(6) {
        0 | 1 => Ask::json("/medical-web/api/medical/invoiceEBillOutpatient", format!("{{\"appid\":\"LSZYY{}\",\"data\":\"{}\",\"noise\":\"{}\",\"version\":\"1.0\",\"sign\":\"{}\"}}", rng.digits(7), codec::base64(inner), rng.uuid(), rng.hex(32).to_uppercase())).java(rng),
        2 => Ask::form("/einv/notify", &[("billBatchCode", &batch), ("billNo", &number), ("random", &rng.hex(6)), ("ivcDateTime", &day), ("billQRCode", &codec::base64(rng.bytes(300))), ("pictureUrl", &format!("http://fp.example/v?c={batch}&n={number}&r={}", rng.hex(6)))]).java(rng),
        3 => Ask::get(format!("/billcheck/html/index.html?billBatchCode={batch}&billNo={number}&random={}&ivcDateTime={day}&totalAmt=&data={}", rng.hex(6), codec::percent(codec::base64(rng.bytes(90))))).phone(rng),
        4 => {
            let xml = format!("<?xml version=\"1.0\" encoding=\"utf-8\"?><EInvoice><Header><EInvoiceTag>CZ-EI</EInvoiceTag><Version>3.0</Version></Header><EInvoiceData><InvoicingPartyName>江城市临山区中医院</InvoicingPartyName><PayerPartyName>{name}</PayerPartyName><Item Name=\"化验费\" Amount=\"{}.00\"/><Remark>{}</Remark></EInvoiceData><Signatures><SignatureValue>{}</SignatureValue></Signatures></EInvoice>", rng.below(900), codec::xml(rng.pick(&["门诊号:0012 & 结算号:88", "<自费>", "无"])), codec::base64(rng.bytes(71)));
            Ask::post("/ws/rest/archive", "application/xml;charset=utf-8", xml).java(rng)
        }
        _ => Ask::get(format!("/invoice/pdf?u={}&fileName={}.pdf&disposition=inline", codec::percent(codec::base64(format!("{batch}|{number}|{day}"))), codec::percent(format!("{name}-医疗门诊收费票据(电子)")))).page(rng),
    }
}

/// The front page of a case for grouping and statistics, and infectious disease cards.
fn front_page(rng: &mut Rng) -> Vec<u8> {
    let (name, day, case) = (phrases::name(rng), phrases::day(rng), rng.digits(8));
    let diagnosis = rng.pick(&[
        "I63.902 脑梗死(急性期)",
        "O34.201 妊娠合并子宫瘢痕",
        "C34.101 右肺上叶恶性肿瘤 cT2aN1M0",
        "S72.001 股骨颈骨折(左,GardenⅢ)",
        "N18.5+ 慢性肾脏病5期",
    ]);
    let surgery = rng.pick(&[
        "47.0100 腹腔镜下阑尾切除术",
        "74.1x01 剖宫产术,子宫下段横切口",
        "88.7200x001 经食管超声",
        "00.6600 PTCA <2支",
        "-",
    ]);
    match rng.below(6) {
        0 => {
            let rows: String = (0..rng.between(1, 4)).map(|_| format!("\"A1A2{}\",\"1\",\"{}\",\"{name}\",\"2\",\"19{}-03-07\",{},\"{diagnosis}\",\"{surgery}\",\"-\",\"{}.12\",\"Ⅱ\",\"甲\",,\"{day}\"\r\n", rng.digits(4), rng.digits(10), rng.between(40, 99), rng.below(99), rng.below(90_000))).collect();
            Ask::post(format!("/hqms/upload?type=N041&month={}&encoding=gb18030", &day[..6]), "text/csv", format!("USERNAME,YLFKFS,JKKH,XM,XB,CSRQ,NL,JBDM,SSJCZMC1,HL,ZFY,QKDJ,QKYHLB,SSLB,CYSJ\r\n{rows}")).page(rng)
        }
        1 => Ask::json("/drg/group/v2", format!("{{\"caseNo\":\"{case}\",\"sex\":1,\"age\":{},\"ageDay\":null,\"los\":{},\"mainDiag\":\"{diagnosis}\",\"otherDiag\":[\"E11.900|1\",\"I10.x05|2\",\"J96.000|4\"],\"oprs\":[\"{surgery}\"],\"vent\":\"0/0/0\",\"dscgWay\":\"1\",\"fee\":{}.7,\"ver\":\"CHS-DRG2.0\"}}", rng.below(99), rng.below(60), rng.below(99_999))).java(rng),
        2 => Ask::form("/emr/frontpage/check.action", &[("mrPage.caseNo", &case), ("mrPage.xm", name), ("mrPage.diags[0].name", diagnosis), ("mrPage.diags[0].rybq", "1"), ("mrPage.oprs[0].name", surgery), ("mrPage.oprs[0].qkyhdj", "Ⅱ/甲"), ("mrPage.rule", "年龄<28天 则 新生儿体重必填; 性别=男 且 诊断 in O00-O99 -> 提示"), ("_method", "put")]).data(rng),
        3 => {
            let record = format!("<RECORD><P900>4123{}</P900><P3>{case}</P3><P4>{name}</P4><P22>{day}</P22><P321>{}</P321><P490>{}</P490><P8600/><P561>1~2天</P561></RECORD>", rng.digits(8), codec::xml(diagnosis), codec::xml(surgery));
            Ask::post("/whqms/import", "text/xml", format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\r\n<TABLE NAME=\"P\" COUNT=\"1\">{record}</TABLE>")).windows(rng)
        }
        4 => Ask::json("/cdc/report/card", format!("{{\"cardKind\":\"1\",\"reportKind\":\"初次报告\",\"patientName\":\"{name}\",\"parent\":\"\",\"unit\":\"临山区第二小学 三(4)班\",\"disease\":{},\"onset\":\"{day}\",\"caseType\":[\"临床诊断\",\"(急性)\"],\"address\":\"本县区 > 城南街道 > 7组\",\"reason\":null,\"remark\":{}}}", codec::json(rng.pick(&["手足口病", "流行性感冒(甲型)", "肺结核/利福平敏感", "梅毒-隐性"])), codec::json(phrases::clinical(rng)))).data(rng),
        _ => Ask::get(format!("/bi/drg/analysis?dim=dept%2Cdoctor&measure=CMI,%E6%97%B6%E9%97%B4%E6%B6%88%E8%80%97%E6%8C%87%E6%95%B0&where={}&period={}~{}&compare=yoy%7Cmom&case={case}", codec::percent(rng.pick(&["rw>2", "1<=rw<2", "los>=60", "dead=1|2h"])), &day[..6], &day[..6])).data(rng),
    }
}

/// Certificates, signatures, time stamps and seals; the checks that clients make of certificates.
fn seal(rng: &mut Rng) -> Vec<u8> {
    let serial = rng.hex(32).to_uppercase();
    let name = phrases::name(rng);
    let certificate = codec::base64(
        [b"\x30\x82\x03\x5a\x30\x82\x02\xfe\xa0\x03\x02\x01\x02\x02\x10".as_slice(), &rng.bytes(600)].concat(),
    );
    match rng.below(8) {
        0 => Ask::json("/signet/v1/sign/p7", format!("{{\"deviceId\":\"DEV_{}\",\"msspId\":\"{}\",\"data\":\"{}\",\"dataType\":\"HASH\",\"algo\":\"SM3WithSM2\",\"desc\":{}}}", rng.hex(32), rng.uuid(), codec::base64(rng.bytes(32)), codec::json(format!("{name}|电子病历签名|{}", rng.pick(&["出院记录", "手术同意书(二次)", "会诊单 & 答复"]))))).java(rng),
        1 => Ask::form("/ca/verify", &[("cert", &certificate), ("plain", phrases::clinical(rng)), ("signValue", &codec::base64([b"\x30\x45\x02\x20".as_slice(), &rng.bytes(67)].concat())), ("oid", "1.2.156.10197.1.501")]).windows(rng),
        2 => {
            let lines: Vec<_> = certificate.as_bytes().chunks(64).map(|line| String::from_utf8_lossy(line).into_owned()).collect();
            Ask::json("/api/cert/import", format!("{{\"cn\":\"{name}\",\"dn\":\"CN={name},OU=心内科,O=临山区中医院,L=江城,ST=江城,C=CN\",\"pem\":{}}}", codec::json(format!("-----BEGIN CERTIFICATE-----\n{}\n-----END CERTIFICATE-----\n", lines.join("\n"))))).data(rng)
        }
        3 => Ask::post("/", "application/ocsp-request", [b"\x30\x51\x30\x4f\x30\x4d\x30\x4b\x30\x49\x30\x09\x06\x05\x2b\x0e\x03\x02\x1a\x05\x00\x04\x14".as_slice(), &rng.bytes(20), b"\x04\x14", &rng.bytes(20), b"\x02\x10", &rng.bytes(16)].concat()).program(rng.pick(&["com.apple.trustd/3.0", "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:133.0) Gecko/20100101 Firefox/133.0", ""]), rng),
        4 => Ask::get(format!("/{}", codec::percent(codec::base64([b"\x30\x51\x30\x4f\x30\x4d\x30\x4b\x30\x49\x30\x09\x06\x05\x2b\x0e\x03\x02\x1a\x05\x00\x04\x14".as_slice(), &rng.bytes(56)].concat()))))
            .with("Cache-Control", "max-age = 7200").program("Microsoft-CryptoAPI/10.0", rng),
        5 => Ask::get(format!("/pki/crl{}/{}.crl?{}", rng.below(30), rng.pick(&["ROOTSM2", "GlobalTrust%20CN%20CA-G2", "UserCA(SM2)"]), rng.hex(16)))
            .with("If-Modified-Since", format!("Mon, {:02} Nov 2026 04:25:09 GMT", rng.between(1, 28))).program("Microsoft-CryptoAPI/6.1", rng),
        6 => Ask::post(format!("/tsa?serial={serial}"), "application/timestamp-query", [b"\x30\x39\x02\x01\x01\x30\x31\x30\x0d\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x01\x05\x00\x04\x20".as_slice(), &rng.bytes(32), b"\x01\x01\xff"].concat()).java(rng),
        _ => {
            let strokes: Vec<_> = (0..rng.between(6, 40)).map(|_| format!("{},{},{}", rng.below(900), rng.below(400), rng.below(2))).collect();
            Ask::json("/anysign/encdata", format!("{{\"WONo\":\"{}\",\"DocStyleTag\":\"<知情同意书>\",\"Signer\":{{\"UName\":\"{name}\",\"IDType\":\"1\",\"Relation\":\"夫妻/其他\"}},\"Script\":{{\"Color\":\"#000\",\"Points\":\"{};-1,0,-1\"}},\"Img\":\"{}\",\"Geo\":\"31.2,121.4\"}}", rng.digits(12), strokes.join(";"), codec::base64([b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".as_slice(), &rng.bytes(400)].concat()))).app(rng)
        }
    }
}
