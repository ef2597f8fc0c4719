//! Honest requests of daily life: flats and jobs, lessons of children, bills and tickets, machines in the house.

use super::super::super::benign::{BenignGrammar, grammar};
use super::super::super::codec;
use super::super::super::rng::Rng;
use super::super::super::wire::{FORM, JSON, Part, Wire, multipart};
use super::super::super::words;
use super::browsing::{app, call, mini, send, text, visit};

pub(super) const BENIGN: &[BenignGrammar] = &[
    grammar("flats-and-jobs", 45, flats),
    grammar("lessons-at-home", 45, lessons),
    grammar("bills-and-tickets", 45, bills),
    grammar("machines-in-the-house", 45, machines),
];

const OFFERS: &[&str] = &[
    "精装两居,采光好,近地铁,随时看房",
    "有五年行政经验,熟练使用办公软件,性格开朗",
    "房子是父母的,一直没住过人,家电齐全",
    "负责客户接待、电话咨询以及资料整理",
    "急招送水工两名,包吃住,工资面议",
    "只限女生,不养宠物,爱干净",
    "应届毕业生,专业是学前教育,有教师资格证",
    "押一付一,水电自理,可短租",
];
const ODD_OFFERS: &[&str] = &[
    "2室1厅1卫/89㎡/南北通透;¥3,200/月(押1付3)-- 中介勿扰!!!",
    "精通 C/C++、C#、.NET;熟悉 SQL(select/join/union 等)及 Linux 常用命令;英语 CET-6>500",
    "薪资: 8k~12k*13薪 + 5险1金; 9:00--18:00; 双休 & 年假>=5天",
    "地铁\"口\"步行<5分钟; 1-3层商铺; 租金=保底 or 流水 8%",
    "My name's Chen; I've worked at O'Connor & Sons for 3 years.",
    "要求:①会 Excel(vlookup、if) ②会 PS/AI ③能 update 公众号",
];

fn flats(rng: &mut Rng) -> Vec<u8> {
    let host = rng.pick(&["bj.zufang.example", "www.zhaogong.example", "m.ershoufang.example", "hz.fenlei.example"]);
    let number = rng.digits(12);
    let offer = text(rng, OFFERS, ODD_OFFERS, 32);
    match rng.below(10) {
        0 => visit(
            host,
            Wire::get(format!("/zufang/{}/rt200600000001l1rp{}/?showMore=1", rng.letters(8), rng.between(1, 7))),
            rng,
        ),
        1 => visit(
            host,
            Wire::get(format!(
                "/ershoufang/pg{}co21l2l3bp200ep350rs{}/",
                rng.between(1, 90),
                codec::percent(rng.pick(&["地铁口", "学区房", "万科·城", "70-90平"]))
            )),
            rng,
        ),
        2 => {
            let target = format!(
                "/web/geek/job?query={}&city=101210100&experience=105,106&degree=203&salary=405&page={}",
                codec::percent(rng.pick(&["会计", "C++", "前台/文员", "Java & Go", "HR", "数据库 SQL"])),
                rng.between(1, 10)
            );
            visit(host, Wire::get(target), rng)
        }
        3 => visit(
            host,
            Wire::get(format!(
                "/chuzu/0/?minprice=1000_2500&key={}&PGTID=0d3090a7-{}&ClickID={}",
                codec::percent("整租|合租"),
                rng.hex(4),
                rng.below(9)
            )),
            rng,
        ),
        4 | 5 => send(
            host,
            "/post/publish",
            &[
                ("cate", rng.pick(&["rent", "job", "used"]).to_owned()),
                ("title", offer.chars().take(15).collect()),
                ("desc", offer),
                ("contact", words::person(rng)),
                ("tel", words::phone(rng)),
                ("price", rng.between(300, 9000).to_string()),
            ],
            rng,
        ),
        6 => send(
            host,
            "/resume/save",
            &[
                ("name", words::person(rng)),
                ("intro", offer),
                (
                    "skills",
                    rng.pick(&["Word,Excel,PPT", "驾驶证C1", "R语言;SPSS;'A'类电工证", "普通话二甲"]).to_owned(),
                ),
                ("expect", "5000-8000".to_owned()),
                ("edu[0][school]", "江南职业学院".to_owned()),
                ("edu[0][end]", words::date(rng)),
            ],
            rng,
        ),
        7 => send(
            host,
            "/chat/greet",
            &[
                ("jobId", number),
                ("lid", rng.base64_url(20)),
                (
                    "msg",
                    text(
                        rng,
                        &["您好,我对这个岗位很感兴趣", "请问还招人吗", "房子还在吗", "能便宜点吗"],
                        &["薪资 6k+ 能谈吗? (有 3 年经验)", "周六 10:00 or 14:00 看房可以吗~"],
                        25,
                    ),
                ),
            ],
            rng,
        ),
        8 => mini(
            host,
            Wire::post(
                "/house/search",
                JSON,
                format!(
                    "{{\"city\":330100,\"cond\":{{\"price\":\"[0,3000]\",\"room\":[1,2],\"tags\":\"近地铁&&可养猫\"}},\"order\":\"price asc\",\"page\":{}}}",
                    rng.between(1, 40)
                ),
            ),
            rng,
        ),
        _ => call(
            host,
            Wire::get(format!(
                "/api/house/map?min_longitude=120.{}&max_longitude=120.{}&filters={}&request_ts={}",
                rng.digits(6),
                rng.digits(6),
                codec::percent("{\"bp\":\">=100\",\"l\":[\"l1\",\"l2\"]}"),
                words::millis(rng)
            )),
            rng,
        ),
    }
}

const ANSWERS: &[&str] = &[
    "春天来了,小草从地里钻出来,像一个个绿色的娃娃。",
    "我最难忘的一件事是和爷爷一起钓鱼。",
    "甲乙两地相距三百千米,汽车每小时行六十千米,五小时到达。",
    "略",
    "B",
    "因为铁比水重,所以铁块会沉下去。",
    "老师,第三题我没看懂",
    "这首诗表达了诗人对家乡的思念之情。",
];
const ODD_ANSWERS: &[&str] = &[
    "解:设x个,则 3x+5=20, 3x=15, x=5; 答:5个。",
    "3/4 > 2/3; 0.5 = 1/2; 1'=60\"; 90°<α<180°",
    "He doesn't like it, does he? -- No, he doesn't.",
    "\\frac{1}{2}ab\\sin C = \\sqrt{3}, \\because a<b \\therefore A<B",
    "1.A 2.C 3.B;4.√ 5.× 6.(2,3)∪[5,+∞)",
    "2H2 + O2 == 点燃 == 2H2O; Fe + CuSO4 -> FeSO4 + Cu↓",
    "Scratch 里我用\"如果<碰到边缘?>那么\"让小猫 turn 180 度,可它头朝下了",
    "for 循环:s = 0; for i in range(1, 101): s = s + i,所以 s=5050",
];

fn lessons(rng: &mut Rng) -> Vec<u8> {
    let host =
        rng.pick(&["xue.ketang.example", "zuoye.bangmang.example", "api.beidanci.example", "www.jiaxiao-tong.example"]);
    let number = rng.digits(8);
    let answer = text(rng, ANSWERS, ODD_ANSWERS, 40);
    match rng.below(9) {
        0 => visit(
            host,
            Wire::get(format!("/course/{number}/lesson/{}?from=timetable&week={}", rng.digits(5), rng.between(1, 20))),
            rng,
        ),
        1..=3 => send(
            host,
            "/homework/submit",
            &[
                ("workId", number),
                ("questionId", rng.digits(6)),
                ("answer", answer),
                ("costTime", rng.between(10, 900).to_string()),
                ("studentName", words::person(rng)),
            ],
            rng,
        ),
        4 => {
            let cards: Vec<_> = (0..rng.between(3, 8))
                .map(|_| {
                    format!(
                        "{{\"w\":\"{}\",\"ok\":{}}}",
                        rng.pick(&[
                            "apple",
                            "don't",
                            "o'clock",
                            "select",
                            "union",
                            "insert",
                            "mother-in-law",
                            "alert",
                            "table"
                        ]),
                        rng.chance(70)
                    )
                })
                .collect();
            app(
                host,
                Wire::post(
                    "/words/review",
                    JSON,
                    format!(
                        "{{\"book\":\"小学英语三上\",\"list\":[{}],\"day\":{}}}",
                        cards.join(","),
                        rng.between(1, 60)
                    ),
                ),
                rng,
            )
        }
        5 => {
            let photo = words::jpeg(rng, 240);
            let parts = [
                Part::field("grade", "五年级"),
                Part::file("image", "题目.jpg", "image/jpeg", photo),
                Part::field("crop", "0,120,1080,640"),
            ];
            let (kind, body) = multipart(&parts, rng);
            app(host, Wire::post("/search/photo", &kind, body), rng)
        }
        6 => call(
            host,
            Wire::get(format!(
                "/api/dict?q={}&le=eng&client=web&dicts={}&jsonversion=2",
                rng.pick(&["it%27s", "drop", "rock%20%27n%27%20roll", "where", "cat", "%E8%8B%B9%E6%9E%9C"]),
                codec::percent("{\"count\":99,\"dicts\":[[\"ec\",\"ce\"],[\"web_trans\"]]}")
            )),
            rng,
        ),
        7 => send(
            host,
            "/exam/autosave",
            &[
                ("paper", number),
                ("data", format!("{{\"q1\":\"A\",\"q2\":[\"B\",\"D\"],\"q3\":{}}}", codec::json(&answer))),
                ("left", rng.between(1, 5400).to_string()),
                ("switchCount", "0".to_owned()),
            ],
            rng,
        ),
        _ => send(
            host,
            "/class/message",
            &[
                ("classId", number),
                ("to", "teacher".to_owned()),
                (
                    "text",
                    text(
                        rng,
                        &[
                            "老师好,孩子今天发烧请假一天",
                            "收到,谢谢老师",
                            "校服尺码 140,谢谢",
                            "今天谁接孩子?我可能晚到",
                        ],
                        &["请假:11/20--11/21(2天),原因:T 38.5℃", "接龙: 1.小明妈妈 2.子涵爸爸 3.Lily's mom +1"],
                        30,
                    ),
                ),
            ],
            rng,
        ),
    }
}

fn bills(rng: &mut Rng) -> Vec<u8> {
    let host = rng.pick(&[
        "kyfw.chepiao.example",
        "pay.jiaofei.example",
        "www.lvxing.example",
        "gjj.chaxun.example",
        "card.yinhang.example",
    ]);
    let (number, day, now) = (rng.digits(16), words::date(rng), words::millis(rng));
    match rng.below(11) {
        0 => Wire::get(format!("/otn/leftTicket/queryG?leftTicketDTO.train_date={day}&leftTicketDTO.from_station={}&leftTicketDTO.to_station={}&purpose_codes=ADULT", rng.letters(3).to_uppercase(), rng.letters(3).to_uppercase())).host(host).header("User-Agent", "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:130.0) Gecko/20100101 Firefox/130.0").header("Accept", "*/*").header("If-Modified-Since", "0").header("Cookie", format!("_jc_save_fromStation=%u676D%u5DDE%2CHZH; _jc_save_fromDate={day}; _jc_save_wfdc_flag=dc; route={}", rng.hex(32))).finish(rng),
        1 => call(host, Wire::post("/otn/confirmPassenger/checkOrderInfo", FORM, format!("cancel_flag=2&bed_level_order_num={}&passengerTicketStr=O%2C0%2C1%2C{}%2C1%2C{}%2C{}%2CN%2C{}&tour_flag=dc&randCode=&whatsSelect=1&_json_att=", "0".repeat(30), codec::form(words::person(rng)), words::identity_number(rng), words::phone(rng), rng.hex(64))), rng),
        2 => call(host, Wire::post("/flight/search", JSON, format!("{{\"segments\":[{{\"dep\":\"HGH\",\"arr\":\"CTU\",\"date\":\"{day}\"}}],\"cabin\":\"Y|S\",\"pax\":{{\"adt\":{},\"chd\":0}},\"passenger\":\"{}/{}\"}}", rng.between(1, 4), rng.pick(&["ZHANG", "O'NEIL", "LYU"]), rng.pick(&["SAN", "XIAO MING", "ANNE-MARIE"]))), rng),
        3 => visit(host, Wire::get(format!("/hotel/list?city=hangzhou&checkin={day}&checkout={day}&kw={}&star=3,4&price=200-500&sort=SCORE%7CDESC", codec::percent(rng.pick(&["西湖", "近地铁 & 早餐", "7天", "Holiday's Inn"])))), rng),
        4 => send(host, "/bill/query", &[("type", rng.pick(&["电费", "水费", "燃气费", "宽带", "物业费"]).to_owned()), ("account", number), ("ym", day.replace('-', "").chars().take(6).collect()), ("captcha", rng.pick(&["x7Kp", "3+8=?", "12-5", "mn4q"]).to_owned())], rng),
        5 => send(host, "/pay/submit", &[("out_trade_no", number), ("total_fee", format!("{}.{:02}", rng.below(900), rng.below(100))), ("subject", rng.pick(&["3月电费", "话费充值100元", "停车费(临停)", "A座-1202 物业费"]).to_owned()), ("return_url", format!("https://{host}/pay/return?o={}&s=1", rng.digits(8))), ("notify_url", format!("https://{host}/pay/notify")), ("sign", rng.hex(32).to_uppercase()), ("sign_type", "MD5".to_owned())], rng),
        6 => send(host, "/transfer/confirm", &[("payee", words::person(rng)), ("amount", rng.between(1, 20000).to_string()), ("purpose", text(rng, &["还款", "房租", "生日快乐", "货款", ""], &["AA饭钱 (火锅) 312/4=78", "份子钱<3 百年好合!", "房租&押金 3月--5月"], 30)), ("pwd", codec::base64(rng.bytes(128))), ("ts", now)], rng),
        7 => visit(host, Wire::post("/gjj/login.jspx", FORM, format!("idcard={}&pass={}&javax.faces.ViewState={}&loginForm%3Abtn=%E7%99%BB%E5%BD%95", words::identity_number(rng), codec::percent(codec::base64(rng.bytes(24))), codec::percent(format!("-{}:{}", rng.digits(19), rng.digits(19))))), rng),
        8 => visit(host, Wire::post("/Query.aspx", FORM, format!("__VIEWSTATE={}&__VIEWSTATEGENERATOR={}&__EVENTVALIDATION={}&ctl00%24Main%24txtName={}&ctl00%24Main%24btnQuery=%E6%9F%A5%E8%AF%A2", codec::percent(codec::base64(rng.bytes(140))), rng.hex(8).to_uppercase(), codec::percent(codec::base64(rng.bytes(60))), codec::form(words::person(rng)))), rng),
        9 => mini(host, Wire::post("/invoice/apply", JSON, format!("{{\"orders\":[\"{number}\"],\"title\":{},\"taxNo\":\"9133{}\",\"email\":\"{}@mail.example\",\"memo\":{}}}", codec::json(rng.pick(&["个人", "江南某某贸易有限公司", "B&B 民宿(西湖店)"])), rng.token(14).to_uppercase(), rng.letters(6), codec::json(rng.pick(&["", "餐饮服务*餐费", "请开 3%/普票"])))), rng),
        _ => app(host, Wire::get(format!("/card/bill?cardNo=6222****{}&period={}~{}&cur=CNY&mac={}", rng.digits(4), day, words::date(rng), rng.hex(16))), rng),
    }
}

fn machines(rng: &mut Rng) -> Vec<u8> {
    let host = rng.pick(&[
        "iot.zhineng-jia.example",
        "tv.hezi.example",
        "192.168.31.5:5000",
        "nas.jiali.example:8443",
        "ota.dianqi.example",
        "10.0.0.2",
    ]);
    let device = rng.hex(12);
    match rng.below(12) {
        0 => Wire::get(format!("/ota/check?model=rob-v{}&fw=3.5.8_{}&mac={}&region=cn", rng.between(1, 9), rng.digits(4), device)).host(host).header("User-Agent", "ESP32 HTTP Client/1.0").finish(rng),
        1 => Wire::post("/v1/telemetry", JSON, format!("[{{\"id\":\"{device}\",\"t\":{}.{},\"rh\":{},\"pm25\":\"<10\"}}]", rng.between(15, 30), rng.below(10), rng.between(30, 80))).host(host).header("User-Agent", "lwIP/2.1.3").finish(rng),
        2 => Wire::get(format!("/epg/api/page/{}.json?tv_type=4K&mac={}&sn={}&area={}", rng.letters(6), device, rng.token(16), codec::percent("浙江|杭州"))).host(host).header("User-Agent", "Dalvik/2.1.0 (Linux; U; Android 9; MiTV-MOOQ1 Build/PI)").finish(rng),
        3 => call(host, Wire::post("/webapi/entry.cgi", FORM, format!("api=SYNO.FileStation.List&version=2&method=list&folder_path={}&sort_by=%22mtime%22&sort_direction=%22DESC%22&additional=%5B%22size%22%2C%22time%22%5D", codec::percent(codec::json(rng.pick(&["/photo/2026 春节", "/video/Movies & TV", "/music/Guns N' Roses"]))))), rng),
        4 => Wire::new("PROPFIND", format!("/dav/{}/", codec::percent(rng.pick(&["照片", "备份(手机)", "Dad's docs"])))).host(host).header("User-Agent", "WebDAVFS/3.0.0 (03008000) Darwin/23.4.0 (x86_64)").header("Depth", "1").body("text/xml; charset=\"utf-8\"", "<?xml version=\"1.0\" encoding=\"utf-8\"?><D:propfind xmlns:D=\"DAV:\"><D:prop><D:getcontentlength/><D:getlastmodified/></D:prop></D:propfind>").header("X-Trace", rng.hex(8)).finish(rng),
        5 => call(host, Wire::get("/api/websocket").header("Connection", "Upgrade").header("Upgrade", "websocket").header("Sec-WebSocket-Version", "13").header("Sec-WebSocket-Key", codec::base64(rng.bytes(16))), rng),
        6 => app(host, Wire::post("/api/services/light/turn_on", JSON, format!("{{\"entity_id\":\"light.{}\",\"brightness_pct\":{},\"rgb_color\":[255,{},90]}}", rng.pick(&["ke_ting", "wo_shi", "chu_fang_2"]), rng.between(1, 100), rng.below(256))), rng),
        7 => app(host, Wire::post("/api/template", JSON, format!("{{\"name\":{},\"trigger\":\"temperature > {} && humidity < 40\",\"action\":\"turn_on;delay 10m;turn_off\"}}", codec::json(rng.pick(&["回家模式", "宝宝睡觉 zZ", "Mum's room"])), rng.between(20, 30))), rng),
        8 => Wire::post("/upnp/control/AVTransport", "text/xml; charset=\"utf-8\"", format!("<?xml version=\"1.0\"?><s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\"><s:Body><u:SetAVTransportURI xmlns:u=\"urn:schemas-upnp-org:service:AVTransport:1\"><InstanceID>0</InstanceID><CurrentURI>http://192.168.31.{}:8090/v/{}.mp4?a=1&amp;b=2</CurrentURI><CurrentURIMetaData>{}</CurrentURIMetaData></u:SetAVTransportURI></s:Body></s:Envelope>", rng.between(2, 250), rng.hex(8), codec::xml("<DIDL-Lite><item id=\"0\"><dc:title>春晚 & 小品</dc:title></item></DIDL-Lite>"))).host(host).header("SOAPACTION", "\"urn:schemas-upnp-org:service:AVTransport:1#SetAVTransportURI\"").header("User-Agent", "Linux/5.4 UPnP/1.0 Cast/2.0").finish(rng),
        9 => send(host, "/camera/alert/set", &[("deviceId", device), ("area", format!("[[0,0],[{},0],[{},80]]", rng.between(10, 99), rng.between(10, 99))), ("name", rng.pick(&["门口", "阳台(猫)", "爷爷家-客厅"]).to_owned()), ("level", ">=2".to_owned())], rng),
        10 => Wire::post("/speech/asr", "audio/x-speex-with-header-byte; rate=16000", rng.bytes(160)).host(host).header("User-Agent", "SmartBox/1.8").header("X-Device", device).finish(rng),
        _ => Wire::get(format!("/jsonrpc?request={}", codec::percent(format!("{{\"jsonrpc\":\"2.0\",\"method\":\"Player.GetItem\",\"params\":{{\"playerid\":{},\"properties\":[\"title\"]}},\"id\":\"{device}\"}}", rng.below(3))))).host(host).header("User-Agent", "Kore/2.5.3 (Android 13)").finish(rng),
    }
}
