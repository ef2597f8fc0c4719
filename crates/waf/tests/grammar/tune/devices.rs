//! Honest requests of telephones, shops and sockets, and of clients that escape in their own way.

use super::super::benign::{BenignGrammar, grammar};
use super::super::codec;
use super::super::rng::Rng;
use super::super::wire::{FORM, JSON, Wire};
use super::super::words;
use super::sentences;

pub(super) const BENIGN: &[BenignGrammar] = &[
    grammar("mobile-apps", 60, mobile),
    grammar("shop-and-video-queries", 60, shop),
    grammar("sockets", 45, socket),
    grammar("escaping-variants", 50, escaping),
];

fn mobile(rng: &mut Rng) -> Vec<u8> {
    let moment = words::millis(rng);
    let device = format!(
        "{{\"os\":\"Android 13\",\"model\":\"{}\",\"oaid\":\"{}\",\"carrier\":\"中国移动\",\"net\":\"wifi\",\"root\":false,\"px\":\"1080*2400\"}}",
        rng.pick(&["22081212C", "ELS-AN00", "PEEM00", "SM-G9910"]),
        rng.uuid()
    );
    let wire = match rng.below(7) {
        0 => Wire::post(
            "/app/v3/gateway",
            JSON,
            format!(
                "{{\"head\":{{\"ver\":\"3.2.1\",\"ts\":{moment},\"nonce\":\"{}\",\"sign\":\"{}\"}},\"body\":\"{}\"}}",
                rng.uuid(),
                rng.hex(64),
                codec::base64(rng.bytes(320))
            ),
        ),
        1 => Wire::post(
            "/app/login",
            FORM,
            format!(
                "account={}&password={}&device={}&push_token={}",
                words::phone(rng),
                codec::form(codec::base64(rng.bytes(128))),
                codec::form(device),
                rng.base64_url(64)
            ),
        ),
        2 => Wire::get(format!(
            "/aweme/feed?iid={}&device_id={}&ac=wifi&channel=huawei_1&aid=1128&version_code=280300&device_platform=android&ssmix=a&device_type={}&language=zh&os_api=33&_rticket={moment}&cdid={}&mas={}&as=a1qwert123&cp=androide1",
            rng.digits(16),
            rng.digits(16),
            codec::form(rng.pick(&["M2102J2SC", "HUAWEI P40", "vivo X90 Pro+"])),
            rng.uuid(),
            rng.hex(52)
        )),
        3 => Wire::post(
            "/collect/app",
            JSON,
            format!(
                "[{{\"e\":\"page_view\",\"p\":\"com.his.app.ui.ReportActivity$Companion\",\"t\":{moment},\"x\":{device}}},{{\"e\":\"crash\",\"m\":\"java.lang.IllegalStateException: Fragment a{{b3f9e}} not attached to a context.\\n\\tat androidx.fragment.app.Fragment.requireContext(Fragment.java:900)\"}}]"
            ),
        ),
        4 => Wire::get(format!(
            "/update/check?pkg=cn.boai.app&vc={}&sign={}&extra={}",
            rng.below(9999),
            codec::percent(codec::base64(rng.bytes(128))),
            codec::percent(codec::base64(&device))
        )),
        5 => Wire::post(
            "/api/bluetooth/upload",
            JSON,
            format!(
                "{{\"sn\":\"BP-{}\",\"raw\":\"{}\",\"data\":[{{\"sys\":{},\"dia\":80,\"t\":{moment}}}],\"user\":{}}}",
                rng.hex(8),
                rng.hex(120),
                rng.between(90, 180),
                codec::json(words::person(rng))
            ),
        ),
        _ => Wire::post(
            format!(
                "/h5/mtop.hospital.queue.get/1.0/?jsv=2.6.1&appKey=12574478&t={moment}&sign={}&api=mtop.hospital.queue.get&v=1.0&type=originaljson",
                rng.hex(32)
            ),
            FORM,
            format!("data={}", codec::form(format!("{{\"dept\":{},\"page\":1}}", codec::json(words::department(rng))))),
        ),
    };
    wire.header("X-Sign", codec::base64(rng.bytes(32)))
        .header("X-Device-Info", codec::percent("{\"brand\":\"HUAWEI\",\"ua\":\"a/b (c; d)\"}"))
        .program(rng.pick(&[
            "okhttp/4.9.3",
            "HisApp/3.2.1 (iPhone; iOS 17.2; Scale/3.00)",
            "Dart/3.2 (dart:io)",
            "BoaiApp/5.1 CFNetwork/1490.0.4 Darwin/23.2.0",
        ]))
        .finish(rng)
}

/// Query strings of shops, video sites, social networks and map portals (their structure; the values are ours).
fn shop(rng: &mut Rng) -> Vec<u8> {
    let word = codec::percent(rng.pick(&[
        "血压计 家用 <医用>",
        "轮椅 & 拐杖",
        "维生素C+锌",
        "O'Neill 冲浪裤",
        "3M 口罩 (50只)",
        "体温计-水银",
        "鱼油 1000mg*200",
    ]));
    let (a, b, moment) = (rng.digits(12), rng.digits(9), words::millis(rng));
    let target = match rng.below(12) {
        0 => format!("/item.htm?spm=a230r.1.14.{b}.{}&id={a}&ns=1&abbucket={}&ali_refid=a3_430582_1006:{a}:N:{}%3D%3D:{}&ali_trackid=1_{}&skuId={a}", rng.hex(8), rng.below(20), rng.base64_url(20), rng.hex(32), rng.hex(32)),
        1 => format!("/search?q={word}&imgfile=&commend=all&ssid=s5-e&search_type=item&sourceId=tb.index&initiative_id=tbindexz_20261120&bcoffset=-1&ntoffset=-1&p4ppushleft=2%2C48&s=44&filter=reserve_price%5B10%2C200%5D&ppath=20000%3A3227291%3B1627207%3A28341"),
        2 => format!("/video/BV1{}?spm_id_from=333.337.search-card.all.click&vd_source={}&t={}.5", rng.token(9), rng.hex(32), rng.below(999)),
        3 => format!("/x/v2/reply/main?csrf={}&mode=3&next=0&oid={b}&plat=1&type=1&web_location=1315875&w_rid={}&wts={}&pagination_str=%7B%22offset%22:%22%22%7D", rng.hex(32), rng.hex(32), rng.digits(10)),
        4 => format!("/ajax/statuses/mymblog?uid={b}&page=2&feature=0&since_id={a}kp{}&containerid=107603{b}_-_WEIBO_SECOND_PROFILE_WEIBO", rng.below(9)),
        5 => format!("/weibo?q=%23{word}%23&Refer=index&page=2&typeall=1&suball=1&timescope=custom%3A2026-11-01-0%3A2026-11-20-23"),
        6 => format!("/list.html?cat=9192,9193,{b}&ev=exbrand_{}%5E1107_90253%5E&sort=sort_rank_asc&trans=1&JL=3_%E5%93%81%E7%89%8C_{word}&page={}#J_crumbsBar", rng.below(9999), rng.below(99)).replace('#', "&anchor="),
        7 => format!("/link?url={}&wd=&eqid={}", rng.base64_url(70), rng.hex(32)),
        8 => format!("/?qt=s&c=131&wd={word}&rn=10&ie=utf-8&oue=1&fromproduct=jsapi&res=api&callback=BMap._rd._cbk{b}&ak={}&seckey={}%2C{}&timeStamp={moment}", rng.token(32), codec::percent(codec::base64(rng.bytes(48))), rng.base64_url(60)),
        9 => format!("/rec?pid={b}&uid=-1&lim=6&cb=jsonp{moment}&ec=utf-8&p=506001&sku={a}&ck=pin,ipLocation,atw,aview&c1={b}&c2=&c3={}&_={moment}", rng.below(999)),
        10 => format!("/s?__biz=MzA{}==&mid={b}&idx=1&sn={}&chksm={}&scene=27&key={}&ascene=0&uin={}%3D%3D&devicetype=Windows+10+x64&version=6309&exportkey=n_{}&pass_ticket={}", rng.token(12), rng.hex(32), rng.hex(58), rng.hex(60), rng.token(10), rng.base64_url(40), codec::percent(codec::base64(rng.bytes(48)))),
        _ => format!("/ques/{a}/answer/{b}?utm_psn={a}&include=data%5B*%5D.is_normal%2Cadmin_closed_comment%3Bdata%5B*%5D.mark_infos%5B*%5D.url&limit=5&sort_by=default"),
    };
    let wire = Wire::get(target);
    let wire = if rng.chance(50) {
        wire.header("Referer", format!("https://s.shop.example/search?q={word}&spm=1.2.3"))
    } else {
        wire
    };
    if rng.chance(40) { wire.mobile(rng) } else { wire.desktop(rng) }.finish(rng)
}

/// Upgrades, long polling and event streams.
fn socket(rng: &mut Rng) -> Vec<u8> {
    let wire = match rng.below(6) {
        0 | 1 => Wire::get(format!("/{}?token=eyJhbGciOiJIUzI1NiJ9.{}.{}&room={}", rng.pick(&["ws", "websocket/notice", "signalr/connect", "hub/queue", "sockjs/318/abc/websocket"]), rng.base64_url(80), rng.base64_url(43), codec::percent(words::department(rng))))
            .header("Upgrade", "websocket").header("Connection", "Upgrade").header("Sec-WebSocket-Version", "13").header("Sec-WebSocket-Key", codec::base64(rng.bytes(16))).header("Sec-WebSocket-Extensions", "permessage-deflate; client_max_window_bits").header("Origin", "https://his.boai.example").header("Sec-WebSocket-Protocol", rng.pick(&["mqtt", "v12.stomp, v11.stomp", "graphql-transport-ws", "bearer"])).header("User-Agent", "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/122.0.0.0 Safari/537.36"),
        2 => Wire::post(format!("/socket.io/?EIO=4&transport=polling&t={}&sid={}", rng.token(7), rng.base64_url(20)), "text/plain;charset=UTF-8", format!("42[\"message\",{{\"to\":{},\"text\":{}}}]", codec::json(words::person(rng)), codec::json(sentences::sentence(rng)))).desktop(rng),
        3 => Wire::get(format!("/events?topics=queue,critical&lastEventId={}", rng.uuid())).header("Accept", "text/event-stream").header("Cache-Control", "no-cache").header("Last-Event-ID", rng.digits(13)).header("User-Agent", "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"),
        4 => Wire::post(format!("/signalr/send?transport=serverSentEvents&clientProtocol=2.1&connectionToken={}&connectionData={}", codec::percent(codec::base64(rng.bytes(96))), codec::percent("[{\"name\":\"queuehub\"}]")), FORM, format!("data={}", codec::form(format!("{{\"H\":\"queuehub\",\"M\":\"Call\",\"A\":[{},{}],\"I\":3}}", codec::json(words::person(rng)), rng.below(99))))).desktop(rng),
        _ => Wire::post("/http-bind", "text/xml; charset=utf-8", format!("<body rid=\"{}\" sid=\"{}\" xmlns=\"http://jabber.org/protocol/httpbind\"><message to=\"lilei@im.boai.example\" type=\"chat\"><body>{}</body><active xmlns=\"http://jabber.org/protocol/chatstates\"/></message></body>", rng.digits(9), rng.uuid(), codec::xml(sentences::sentence(rng)))).desktop(rng),
    };
    wire.finish(rng)
}

/// Honest clients escape too much, too little, twice, or not at all.
fn escaping(rng: &mut Rng) -> Vec<u8> {
    let (name, department, sentence) = (words::person(rng), words::department(rng), sentences::sentence(rng));
    let number = rng.below(99_999);
    match rng.below(9) {
        // Bytes above 0x7f as they are: old Internet Explorer and many programs.
        0 => Wire::get(format!("/报告/{number}/{}.html?科室={}", name.replace(' ', ""), department.replace([' ', '&'], ""))).program("Mozilla/4.0 (compatible; MSIE 7.0; Windows NT 5.1)"),
        1 => Wire::get(format!("/list?name={}&dept={}&n={number}", codec::percent_all(name.as_bytes()), codec::percent_all(department.as_bytes()))).desktop(rng),
        // Twice, by script and by library.
        2 => Wire::get(format!("/list?name={}&q={}", codec::percent(codec::percent(name)), codec::percent(codec::percent(sentence)))).desktop(rng),
        3 => Wire::get(format!("/tip?rate=100%&msg={}%&n={number}", codec::form(department))).program("DelphiClient/1.0"),
        // escape() of old scripts.
        4 => {
            let escaped: String = name.encode_utf16().map(|unit| if unit < 128 { char::from(unit as u8).to_string() } else { format!("%u{unit:04X}") }).collect();
            Wire::get(format!("/old/query.asp?n={number}&name={}", escaped.replace(' ', "%20"))).desktop(rng)
        }
        5 => Wire::post("/save", FORM, format!("title={}&text={}&n={number}", name.replace(['&', '+'], ""), sentence.replace('&', "%26").replace(' ', "+").replace('%', "%25"))).desktop(rng),
        6 => Wire::get(format!("/matrix;v={number};lang=zh/(a)/{}@home,~x/!$'*+:=?a=/?b=:@", codec::percent(department))).program("Go-http-client/1.1"),
        7 => Wire::post("/save", JSON, format!("{{\"name\":\"{}\",\"slash\":\"https:\\/\\/a.example\\/x\",\"n\":{number},\"t\":\"\\u003cb\\u003e{}\\u003c/b\\u003e\"}}", name.encode_utf16().map(|unit| format!("\\u{unit:04x}")).collect::<String>(), department.replace('"', ""))).desktop(rng),
        _ => Wire::get(format!("/a//b/./c/{number}/?;a=1&&b=2&=3&c&d=&e==&f=%00x&[]=1").replace("%00", "%20")).desktop(rng),
    }
    .finish(rng)
}
