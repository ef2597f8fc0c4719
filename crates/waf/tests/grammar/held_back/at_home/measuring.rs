//! Honest requests that no person writes: reports of apps, counting pixels, measurers' cookies.

use super::super::super::benign::{BenignGrammar, grammar};
use super::super::super::codec;
use super::super::super::rng::Rng;
use super::super::super::wire::{JSON, Wire};
use super::super::super::words;
use super::browsing::{app, call, mini, visit};

pub(super) const BENIGN: &[BenignGrammar] = &[
    grammar("reports-of-kits", 45, kits),
    grammar("pixels-with-addresses", 45, pixels),
    grammar("cookies-of-measurers", 45, measurers),
];

const EVENTS: &[&str] =
    &["page_view", "$AppStart", "$AppClick", "search_submit", "video_play", "add_to_cart", "share_success", "$WebStay"];
const MODELS: &[&str] =
    &["iPhone15,3", "22127RK46C", "V2309A", "ALN-AL00", "SM-S9180", "PHM110", "iPad13,18", "Mi 10 (lite)"];

fn kits(rng: &mut Rng) -> Vec<u8> {
    let host =
        rng.pick(&["log.tongji-sdk.example", "sdk.tuisong.example", "stats.yingyong.example", "crash.jiance.example"]);
    let (event, model, now) = (rng.pick(EVENTS), rng.pick(MODELS), words::millis(rng));
    let device = rng.uuid();
    let json = format!(
        "{{\"distinct_id\":\"{device}\",\"time\":{now},\"type\":\"track\",\"event\":\"{event}\",\"lib\":{{\"$lib\":\"Android\",\"$lib_version\":\"6.7.{}\",\"$lib_detail\":\"com.life.home.MainActivity$onCreate$1##invoke##MainActivity.kt##{}\"}},\"properties\":{{\"$model\":\"{model}\",\"$os_version\":\"14\",\"$screen_width\":1080,\"$is_first_day\":false,\"$title\":\"首页\",\"$url\":\"lifehome://tab/index?from=push&id={}\"}}}}",
        rng.below(12),
        rng.between(20, 400),
        rng.digits(6)
    );
    match rng.below(10) {
        0 => app(
            host,
            Wire::post(
                "/sa?project=production",
                "application/x-www-form-urlencoded",
                format!(
                    "crc=-{}&gzip=1&data_list={}",
                    rng.digits(9),
                    codec::form(codec::base64(codec::gzip(format!("[{json}]").as_bytes())))
                ),
            ),
            rng,
        ),
        1 => call(
            host,
            Wire::get(format!(
                "/sa.gif?project=default&data={}&ext=crc%3D{}",
                codec::percent(codec::base64(&json)),
                rng.digits(9)
            )),
            rng,
        ),
        2 => app(
            host,
            Wire::post("/v2/log/app", "application/json; charset=utf-8", codec::gzip(json.as_bytes()))
                .header("Content-Encoding", "gzip"),
            rng,
        ),
        3 => app(
            host,
            Wire::post("/unify_logs", "ut/utf-8", rng.bytes(180))
                .header("X-Umeng-Sdk", "Android/9.6.1+G")
                .header("Msg-Type", "envelope/json"),
            rng,
        ),
        4 => {
            let stack = rng.pick(&[
                "java.lang.IllegalStateException: Fragment e{a1b2} not attached to a context.\n\tat androidx.fragment.app.Fragment.requireContext(Fragment.java:967)\n\tat com.life.home.b.c.run(Unknown Source:12)",
                "*** -[__NSArrayM objectAtIndex:]: index 3 beyond bounds [0 .. 2]\n0 CoreFoundation 0x00000001a2b3c4d5 __exceptionPreprocess + 164",
                "TypeError: Cannot read properties of null (reading 'style')\n    at r.<anonymous> (https://h5.yingyong.example/static/js/chunk-2d0b.8f1c.js:1:20931)",
                "SocketTimeoutException: failed to connect to /10.0.2.2 (port 443) after 15000ms",
            ]);
            app(
                host,
                Wire::post(
                    "/crash/report",
                    JSON,
                    format!(
                        "{{\"appKey\":\"{}\",\"model\":\"{model}\",\"ts\":{now},\"stack\":{},\"extra\":{{\"mem\":\"{}/{}MB\",\"root\":false}}}}",
                        rng.hex(24),
                        codec::json(stack),
                        rng.between(100, 900),
                        4096
                    ),
                ),
                rng,
            )
        }
        5 => app(
            host,
            Wire::get(format!(
                "/conf/v3?appid={}&platform=android&model={}&osv=14&oaid={}&imei=&mac=02:00:00:00:00:00&net=wifi&carrier=46000&abi=arm64-v8a%2Carmeabi-v7a&sv=5.2.0",
                rng.digits(7),
                codec::percent(model),
                rng.hex(32)
            )),
            rng,
        ),
        6 => app(
            host,
            Wire::post(
                "/push/register",
                JSON,
                format!(
                    "{{\"regId\":\"{}\",\"alias\":\"u_{}\",\"tags\":[\"城市:杭州\",\"v>=8.0\",\"age[25,35)\"],\"channel\":\"HUAWEI\"}}",
                    rng.hex(11),
                    rng.digits(8)
                ),
            ),
            rng,
        ),
        7 => app(
            host,
            Wire::post(
                "/heartbeat.do",
                "application/x-protobuf",
                [b"\x08\x96\x01\x12\x20".as_slice(), rng.hex(32).as_bytes(), b"\x1a\x10", &rng.bytes(16), b"\x20\x01"]
                    .concat(),
            ),
            rng,
        ),
        8 => mini(
            host,
            Wire::post(
                "/mini/collect",
                "text/plain",
                format!(
                    "{{\"app\":\"home\",\"path\":\"pages/index/index?scene={}\",\"ev\":\"{event}\",\"t\":{now},\"sys\":{{\"SDKVersion\":\"3.5.{}\",\"model\":\"{model}<iPhone>\",\"pixelRatio\":3}}}}",
                    codec::percent("a=1&b=2"),
                    rng.below(9)
                ),
            ),
            rng,
        ),
        _ => app(
            host,
            Wire::new(
                "HEAD",
                format!("/attribution/v1/click/{}?idfa={}&ts={now}", rng.token(8), device.to_uppercase()),
            ),
            rng,
        ),
    }
}

fn address(rng: &mut Rng) -> String {
    let host = rng.pick(&["www.meishi.example", "m.haowu.example", "news.dushibao.example", "zhaopin.gongzuo.example"]);
    match rng.below(5) {
        0 => format!("https://{host}/"),
        1 => format!("https://{host}/list?cat={}&sort=price,desc&f=brand:{}|color:红", rng.below(90), rng.letters(5)),
        2 => format!(
            "https://{host}/s?wd={}&from=sem&e_matchtype=2&e_creative={}&e_keywordid={}",
            codec::percent(rng.pick(&["租房 两室一厅", "it's 英语", "儿童疫苗"])),
            rng.digits(11),
            rng.digits(12)
        ),
        3 => format!("https://{host}/#/detail/{}?share={}&t={}", rng.digits(6), rng.token(6), words::millis(rng)),
        _ => format!(
            "http://{host}/a/{}.html?bd_vid={}&utm_source=feed&utm_content={}",
            rng.digits(8),
            rng.digits(16),
            codec::percent("图文-A/B(1)")
        ),
    }
}

fn pixels(rng: &mut Rng) -> Vec<u8> {
    let host = rng.pick(&[
        "hm.jishu-tongji.example",
        "cnzz.tongji.example",
        "ad.toufang.example",
        "e.guanggao.example",
        "px.meiti.example",
    ]);
    let (page, from) = (address(rng), address(rng));
    let (once, from_once) = (codec::percent(&page), codec::percent(&from));
    match rng.below(9) {
        0 => call(
            host,
            Wire::get(format!(
                "/hm.gif?hca={}&cc=1&ck=1&cl=24-bit&ds=1920x1080&vl=937&et=0&ja=0&ln=zh-cn&lo=0&lt=17{}&rnd={}&si={}&su={from_once}&v=1.3.0&lv=2&sn={}&r=0&ww=1903&u={once}&tt={}",
                rng.hex(16).to_uppercase(),
                rng.digits(8),
                rng.digits(10),
                rng.hex(32),
                rng.digits(5),
                codec::percent("美食_家常菜做法大全 - 首页")
            )),
            rng,
        ),
        1 => call(
            host,
            Wire::get(format!(
                "/stat.htm?id={}&r={from_once}&lg=zh-cn&ntime=none&cnzz_eid={}-17{}-{}&showp=1536x864&p={once}&t={}&umuuid={}&h=1&rnd={}",
                rng.digits(10),
                rng.digits(9),
                rng.digits(8),
                from_once,
                codec::percent("首页|今天吃什么"),
                rng.hex(60),
                rng.digits(9)
            )),
            rng,
        ),
        2 => visit(
            host,
            Wire::get(format!(
                "/cpro/ui/uijs.php?app_id=&c=news&cf=1001&ch=0&di={}&fv=0&itm=0&lu_idc=tc&qn={}&tm=baiduad&u={once}&urlid=0&luki=1&n=10&q={}_cpr&k={}&k0={}&stid=5&t=tpclicked3_hc",
                rng.digits(6),
                rng.hex(16),
                rng.digits(8),
                codec::percent("二手房"),
                codec::percent("学区房")
            )),
            rng,
        ),
        3 => call(
            host,
            Wire::get(format!(
                "/imp?t={}&pid=mm_{}_{}_{}&ext={}&click={}",
                words::millis(rng),
                rng.digits(8),
                rng.digits(8),
                rng.digits(8),
                codec::percent(format!("bid={}|pos=1,2|os=ios", rng.digits(4))),
                codec::percent(format!("https://click.toufang.example/c?to={once}&b={}", rng.hex(8)))
            )),
            rng,
        ),
        4 => call(
            host,
            Wire::get(format!(
                "/collect?v=1&_v=j101&a={}&t=pageview&_s=1&dl={once}&dr={from_once}&ul=zh-cn&de=UTF-8&dt={}&sd=24-bit&sr=1440x900&je=0&_u=AACAAEABAAAAACAAI~&jid=&gjid=&cid={}.17{}&tid=UA-{}-1&z={}",
                rng.digits(9),
                codec::percent("关于我们 » 联系方式"),
                rng.digits(9),
                rng.digits(8),
                rng.digits(8),
                rng.digits(9)
            )),
            rng,
        ),
        5 => {
            let inner = codec::percent(format!("https://trk.meiti.example/r?u={once}&s={}", rng.hex(6)));
            visit(
                host,
                Wire::get(format!(
                    "/redirect/{}?url={}&clickid=__CLICKID__&os=__OS__&ip=__IP__&ts=__TS__",
                    rng.token(8),
                    codec::percent(format!("https://jump.toufang.example/?next={inner}"))
                )),
                rng,
            )
        }
        6 => call(
            host,
            Wire::post(
                "/g/collect?v=2&tid=G-ABCDE12345&_p=1&en=scroll&epn.percent_scrolled=90",
                "text/plain;charset=UTF-8",
                format!(
                    "dl={once}&dr={from_once}&dt={}\r\nen=user_engagement&_et={}",
                    codec::percent("详情页"),
                    rng.digits(4)
                ),
            ),
            rng,
        ),
        7 => call(
            host,
            Wire::post(
                "/perf",
                JSON,
                format!(
                    "{{\"page\":{},\"ref\":{},\"lcp\":{}.{},\"cls\":0.0{},\"res\":[\"{page}|img|12<200ms\",\"xhr;GET;/api/list?p=1;200\"]}}",
                    codec::json(&page),
                    codec::json(&from),
                    rng.between(300, 3000),
                    rng.below(9),
                    rng.below(9)
                ),
            ),
            rng,
        ),
        _ => call(
            host,
            Wire::get(format!(
                "/1.gif?type=3&kb=ctr&logactid=1234567890&q={}&ref={from_once}&screen=1920*1080&env={}&c={}",
                rng.digits(14),
                codec::percent("{\"ie\":0,\"chrome\":131,\"iframe\":\"top==self\"}"),
                rng.hex(10)
            )),
            rng,
        ),
    }
}

fn measurers(rng: &mut Rng) -> Vec<u8> {
    let host = rng.pick(&["www.meishi.example", "m.haowu.example", "house.anju.example", "auto.chezhu.example"]);
    let page = address(rng);
    let mut jar = vec![format!("Hm_lvt_{}=17{},17{}", rng.hex(32), rng.digits(8), rng.digits(8))];
    for _ in 0..rng.between(2, 5) {
        let crumb = match rng.below(13) {
            0 => format!(
                "CNZZDATA{}={}-17{}-{}%7C17{}",
                rng.digits(10),
                rng.digits(9),
                rng.digits(8),
                codec::percent(&page),
                rng.digits(8)
            ),
            1 => format!(
                "sensorsdata2015jssdkcross={}",
                codec::percent(format!(
                    "{{\"distinct_id\":\"{}\",\"first_id\":\"\",\"props\":{{\"$latest_traffic_source_type\":\"自然搜索流量\",\"$latest_search_keyword\":\"未取到值\",\"$latest_referrer\":\"{page}\"}},\"$device_id\":\"{}\"}}",
                    rng.hex(40),
                    rng.hex(40)
                ))
            ),
            2 => format!("UM_distinctid={}-{}-{}-{}-{}", rng.hex(14), rng.hex(14), rng.hex(8), rng.hex(6), rng.hex(14)),
            3 => format!(
                "__utmz={}.17{}.1.1.utmcsr=sousuo|utmccn=(organic)|utmcmd=organic|utmctr={}",
                rng.digits(8),
                rng.digits(8),
                codec::percent("怎么做红烧肉")
            ),
            4 => format!("__jdv={}|direct|-|none|-|{}", rng.digits(8), words::millis(rng)),
            5 => format!(
                "_pk_ref.12.{}={}",
                rng.hex(4),
                codec::percent(format!("[\"\",\"\",17{},\"{page}\"]", rng.digits(8)))
            ),
            6 => format!(
                "amp_{}={}...{}.{}.{}.1a.2b",
                rng.hex(6),
                rng.base64_url(22),
                rng.word("0123456789abcdefghijklmnopqrstuv", 9),
                rng.word("0123456789abcdefghijklmnopqrstuv", 9),
                rng.below(9)
            ),
            7 => format!("gr_user_id={}; gr_session_id_{}={}_true", rng.uuid(), rng.hex(16), rng.uuid()),
            8 => format!(
                "history={}",
                codec::percent(format!(
                    "[{{\"t\":\"红烧肉(家常)\",\"u\":\"/r/{}.html\"}},{{\"t\":\"Grandma's cookies\",\"u\":\"/r/2.html?a=1&b=2\"}}]",
                    rng.digits(5)
                ))
            ),
            9 => format!("_dd_s=logs=1&id={}&created={}&expire={}", rng.uuid(), words::millis(rng), words::millis(rng)),
            10 => format!("ab_test=\"exp_1:A|exp_2:B;v=3\"; lastview=%u7EA2%u70E7%u8089@@{}", rng.digits(6)),
            11 => format!(
                "userinfo={}",
                codec::base64(format!(
                    "{{\"uid\":{},\"nick\":\"{}\",\"vip\":0}}",
                    rng.between(1000, 99999),
                    words::person(rng)
                ))
            ),
            _ => format!("acw_tc={}; tfstk={}; isg=B{}", rng.hex(60), rng.base64_url(90), rng.base64_url(40)),
        };
        jar.push(crumb);
    }
    let target = match rng.below(4) {
        0 => "/".to_owned(),
        1 => format!("/r/{}.html", rng.digits(6)),
        2 => format!("/list/c{}-p{}/", rng.below(60), rng.between(1, 40)),
        _ => format!("/ajax/recommend?size=8&_={}", words::millis(rng)),
    };
    Wire::get(target)
        .host(host)
        .header("User-Agent", rng.pick(&[
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/127.0.0.0 Safari/537.36",
            "Mozilla/5.0 (iPhone; CPU iPhone OS 16_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/16.1 Mobile/15E148 Safari/604.1",
            "Mozilla/5.0 (Windows NT 10.0; WOW64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/94.0.4606.71 Safari/537.36 Core/1.94.225.400 QQBrowser/12.2.5544.400",
        ]))
        .header("Accept", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8")
        .header("Referer", page.split('#').next().unwrap())
        .header("Cookie", jar.join("; "))
        .finish(rng)
}
