//! Honest requests of pages that are programs, and of programs inside of other apps.

use super::super::super::benign::{BenignGrammar, grammar};
use super::super::super::codec;
use super::super::super::rng::Rng;
use super::super::super::wire::{FORM, JSON, Wire};
use super::super::super::words;
use super::browsing::{app, call, jwt, mini, send, text, visit};

pub(super) const BENIGN: &[BenignGrammar] =
    &[grammar("pages-that-are-programs", 45, single_pages), grammar("mini-programs-at-large", 45, mini_programs)];

const SUMMARIES: &[&str] =
    &["周末家庭聚餐", "买菜清单", "打疫苗", "和小李去看车", "交水电费", "还信用卡", "接孩子放学", "续费宽带"];
const ODD_SUMMARIES: &[&str] = &[
    "Anna's birthday @ 7'30\"",
    "买:牛奶x2; 鸡蛋(30枚); 面包<当天的>",
    "a->b->c 三地自驾, 油费 = 0.7*900",
    "TODO: 1) 报税 2) R&D 会议 -- 周五",
    "select 颜色: 白 or 米?",
];

fn single_pages(rng: &mut Rng) -> Vec<u8> {
    let host = rng.pick(&["app.richeng.example", "web.jizhang.example", "home.zhineng.example", "api.zufang.example"]);
    let title = text(rng, SUMMARIES, ODD_SUMMARIES, 30);
    let (quoted, number) = (codec::json(&title), rng.between(10, 99999));
    match rng.below(14) {
        0 => call(host, Wire::post("/graphql", JSON, format!("{{\"operationName\":\"CreateEvent\",\"variables\":{{\"input\":{{\"title\":{quoted},\"start\":\"{}T09:00:00+08:00\",\"guests\":[]}}}},\"query\":\"mutation CreateEvent($input: EventInput!) {{\\n  createEvent(input: $input) {{\\n    id\\n    title\\n    __typename\\n  }}\\n}}\\n\"}}", words::date(rng))), rng),
        1 => call(host, Wire::get(format!("/graphql?operationName=Feed&variables={}&extensions={}", codec::percent(format!("{{\"first\":20,\"after\":\"{}\",\"filter\":{{\"kw\":{quoted}}}}}", codec::base64(format!("cursor:{number}")))), codec::percent(format!("{{\"persistedQuery\":{{\"version\":1,\"sha256Hash\":\"{}\"}}}}", rng.hex(64))))), rng),
        2 => call(host, Wire::post("/query", "application/graphql", format!("{{ house(id: {number}) {{ ...Card price(unit: CNY) }} }} fragment Card on House {{ id title area photos(first: 3) {{ url }} }}")), rng),
        3 => call(host, Wire::new("PATCH", format!("/api/tasks/{number}")).body("application/merge-patch+json", format!("{{\"done\":true,\"title\":{quoted}}}")), rng),
        4 => call(host, Wire::new("PATCH", format!("/api/bills/{number}")).body("application/json-patch+json", format!("[{{\"op\":\"replace\",\"path\":\"/memo\",\"value\":{quoted}}},{{\"op\":\"remove\",\"path\":\"/tags/0\"}}]")), rng),
        5 => call(host, Wire::new("DELETE", format!("/api/v1/events/{}?scope=this_and_following", rng.uuid())), rng),
        6 => call(host, Wire::get(format!("/api/houses?filter[price][gte]={}&filter[price][lte]=6000&filter[rooms]=2,3&sort=-updatedAt,price&include=agent&page[number]={}&q={}", number % 3000, rng.between(1, 30), codec::percent(&title))), rng),
        7 => call(host, Wire::get(format!("/rest/v1/bills?select=id,amount,category(name)&amount=gt.100&or=(type.eq.out,type.eq.in)&order=day.desc&limit=50&offset={number}")).header("apikey", jwt(rng)).header("Prefer", "count=exact"), rng),
        8 => call(host, Wire::post("/_batch", JSON, format!("[{{\"method\":\"GET\",\"url\":\"/lights?room=1\"}},{{\"method\":\"PUT\",\"url\":\"/lights/{number}/state\",\"body\":{{\"on\":true,\"bri\":254,\"name\":{quoted}}}}}]")), rng),
        9 => call(host, Wire::new("OPTIONS", format!("/api/v1/tasks/{number}")).header("Access-Control-Request-Method", "PUT").header("Access-Control-Request-Headers", "authorization,content-type,x-csrf-token"), rng),
        10 => call(host, Wire::new("PUT", format!("/api/scenes/{number}")).body(JSON, format!("{{\"name\":{quoted},\"when\":\"temp>28 && hour>=18\",\"then\":[{{\"device\":\"ac-1\",\"cmd\":\"set_temp\",\"value\":26}}],\"cron\":\"0 */2 * * 1-5\"}}")), rng),
        11 => call(host, Wire::post("/api/trpc/list.get,user.me?batch=1", JSON, format!("{{\"0\":{{\"json\":{{\"id\":{number},\"q\":{quoted}}}}},\"1\":{{\"json\":null,\"meta\":{{\"values\":[\"undefined\"]}}}}}}")), rng),
        12 => visit(host, Wire::get(format!("/assets/index-{}.js?import&t={}", rng.base64_url(8), words::millis(rng))), rng),
        _ => send(host, "/api/v1/ledger", &[("amount", format!("-{}.50", number % 700)), ("category", rng.pick(&["餐饮", "交通", "孩子", "人情/礼金", "宠物"]).to_owned()), ("memo", title), ("date", words::date(rng))], rng),
    }
}

fn mini_programs(rng: &mut Rng) -> Vec<u8> {
    let host = rng.pick(&[
        "mp.shequ-tuan.example",
        "api.dianming.example",
        "wxa.yuyue.example",
        "ali.chengshi.example",
        "h5.huodong.example",
    ]);
    let number = rng.between(10, 99999);
    match rng.below(13) {
        0 => mini(
            host,
            Wire::post(
                "/user/decrypt",
                JSON,
                format!(
                    "{{\"sessionKeyId\":\"{}\",\"encryptedData\":{},\"iv\":{},\"rawData\":{},\"signature\":\"{}\"}}",
                    rng.hex(16),
                    codec::json(codec::base64(rng.bytes(160))),
                    codec::json(codec::base64(rng.bytes(16))),
                    codec::json(format!(
                        "{{\"nickName\":\"{}\",\"gender\":0,\"language\":\"zh_CN\",\"city\":\"\",\"avatarUrl\":\"https://thirdwx.touxiang.example/mmopen/vi_32/{}/132\"}}",
                        rng.pick(&["阿婷", "A.暖阳🌞", "D&G", "<小王>", "李'ssr"]),
                        rng.token(40)
                    )),
                    rng.hex(40)
                ),
            ),
            rng,
        ),
        1 => mini(
            host,
            Wire::get(format!(
                "/group/list?lat=30.{}&lng=120.{}&scene={}",
                rng.digits(6),
                rng.digits(6),
                rng.pick(&["1001", "1007", "1089", "1154"])
            )),
            rng,
        ),
        2 => mini(
            host,
            Wire::get(format!(
                "/qrcode/parse?scene={}&path={}",
                codec::percent(format!("g={number}&u={}", rng.token(6))),
                codec::percent("pages/goods/detail?id=3&from=qr")
            )),
            rng,
        ),
        3 => mini(
            host,
            Wire::post(
                "/signup",
                JSON,
                format!(
                    "{{\"activityId\":{number},\"form\":[{{\"k\":\"姓名\",\"v\":\"{}\"}},{{\"k\":\"身高/体重\",\"v\":\"{}cm/{}kg\"}},{{\"k\":\"备注\",\"v\":{}}}]}}",
                    words::person(rng),
                    rng.between(150, 190),
                    rng.between(42, 90),
                    codec::json(text(
                        rng,
                        &["无", "", "素食", "自己开车去", "带一个孩子"],
                        &["花生过敏!!(严重)", "3大1小, 要 1.2m<身高 的儿童票", "let's go~ :)"],
                        25
                    ))
                ),
            ),
            rng,
        ),
        4 => mini(
            host,
            Wire::post(
                "/subscribe/accept",
                JSON,
                format!(
                    "{{\"tmplIds\":{{\"{}\":\"accept\",\"{}\":\"reject\"}},\"formId\":\"the formId is a mock one\"}}",
                    rng.base64_url(43),
                    rng.base64_url(43)
                ),
            ),
            rng,
        ),
        5 => call(
            host,
            Wire::get(format!(
                "/act/2026spring/index.html?from=singlemessage&isappinstalled=0&wechat_redirect=&code={}&state=STATE&shareId={number}",
                rng.base64_url(32)
            )),
            rng,
        ),
        6 => call(
            host,
            Wire::get(format!(
                "/jssdk/config?url={}&jsApiList={}&debug=false",
                codec::percent(format!("https://{host}/act/{number}?a=1&b={}#wechat", codec::percent("春节"))),
                codec::percent("[\"updateAppMessageShareData\",\"scanQRCode\",\"chooseImage\"]")
            )),
            rng,
        ),
        7 => mini(
            host,
            Wire::post(
                "/my/order/pay",
                FORM,
                format!(
                    "tradeNO={}&subject={}&buyerId=2088{}&totalAmount={}.01",
                    rng.digits(28),
                    codec::form(rng.pick(&["停车费", "公交卡充值", "社区食堂-晚餐", "水费(3-4月)"])),
                    rng.digits(12),
                    rng.below(200)
                ),
            ),
            rng,
        ),
        8 => call(
            host,
            Wire::get(format!(
                "/bridge?func=AlipayJSBridge.call&params={}",
                codec::percent(format!(
                    "{{\"title\":\"提示\",\"url\":\"alipays://platformapi/startapp?appId=20000{}&query=a%3D1%26b%3D2\"}}",
                    rng.digits(3)
                ))
            )),
            rng,
        ),
        9 => app(
            host,
            Wire::post(
                format!(
                    "/callback/message?signature={}&timestamp=17{}&nonce={}",
                    rng.hex(40),
                    rng.digits(8),
                    rng.digits(9)
                ),
                "text/xml",
                format!(
                    "<xml><ToUserName><![CDATA[gh_{}]]></ToUserName><FromUserName><![CDATA[o{}]]></FromUserName><CreateTime>17{}</CreateTime><MsgType><![CDATA[text]]></MsgType><Content><![CDATA[{}]]></Content><MsgId>{}</MsgId></xml>",
                    rng.hex(12),
                    rng.base64_url(27),
                    rng.digits(8),
                    rng.pick(&["营业时间", "人工", "你好", "怎么退款???", "1", "T恤 L码 & 裤子 <32>", "/::) 谢谢"]),
                    rng.digits(17)
                ),
            ),
            rng,
        ),
        10 => mini(
            host,
            Wire::post(
                "/cloud/callFunction",
                JSON,
                format!(
                    "{{\"name\":\"getMenu\",\"data\":{{\"where\":{{\"week\":{},\"type\":\"lunch\"}},\"orderBy\":[\"_id\",\"desc\"]}},\"config\":{{\"env\":\"prod-{}\"}}}}",
                    rng.below(53),
                    rng.hex(10)
                ),
            ),
            rng,
        ),
        11 => mini(
            host,
            Wire::post(
                "/clock/in",
                JSON,
                format!(
                    "{{\"lat\":30.{},\"lng\":120.{},\"acc\":{},\"bssid\":\"{}:{}:00:1a:2b:3c\",\"ssid\":{},\"step\":{number}}}",
                    rng.digits(6),
                    rng.digits(6),
                    rng.below(90),
                    rng.hex(2),
                    rng.hex(2),
                    codec::json(rng.pick(&["ChinaNet-5G", "TP-LINK_8F2A", "老王家的WiFi别蹭", "It's mine!"]))
                ),
            ),
            rng,
        ),
        _ => send(
            host,
            "/lottery/draw",
            &[
                ("actId", number.to_string()),
                ("openid", format!("o{}", rng.base64_url(27))),
                ("wish", text(rng, &["平安健康", "考试顺利", "早日脱单"], &["中奖!中奖!中奖!", "2026 > 2025 ^_^"], 25)),
            ],
            rng,
        ),
    }
}
