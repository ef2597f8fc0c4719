//! Browsers, apps and mini programs of people at home, around whatever the grammars of this part have them say.

use std::fmt::Write as _;

use super::super::super::codec;
use super::super::super::rng::Rng;
use super::super::super::wire::{FORM, Part, Wire, multipart};
use super::super::super::words;

const CHROMES: &[(&str, &str, &str, &str)] = &[
    (
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36",
        "\"Google Chrome\";v=\"131\", \"Chromium\";v=\"131\", \"Not_A Brand\";v=\"24\"",
        "?0",
        "\"Windows\"",
    ),
    (
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/128.0.0.0 Safari/537.36 Edg/128.0.0.0",
        "\"Chromium\";v=\"128\", \"Not;A=Brand\";v=\"24\", \"Microsoft Edge\";v=\"128\"",
        "?0",
        "\"Windows\"",
    ),
    (
        "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36",
        "\"Not/A)Brand\";v=\"8\", \"Chromium\";v=\"126\", \"Google Chrome\";v=\"126\"",
        "?0",
        "\"macOS\"",
    ),
    (
        "Mozilla/5.0 (Linux; Android 14; 2311DRK48C) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/124.0.0.0 Mobile Safari/537.36",
        "\"Chromium\";v=\"124\", \"Google Chrome\";v=\"124\", \"Not-A.Brand\";v=\"99\"",
        "?1",
        "\"Android\"",
    ),
];
const OTHERS: &[&str] = &[
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:132.0) Gecko/20100101 Firefox/132.0",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_6_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.6 Mobile/15E148 Safari/604.1",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Safari/605.1.15",
    "Mozilla/5.0 (Windows NT 6.1; WOW64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/78.0.3904.108 Safari/537.36 SE 2.X MetaSr 1.0",
    "Mozilla/5.0 (Linux; U; Android 13; zh-CN; PGT-AN10) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/100.0.4896.58 UCBrowser/16.2.9.1268 Mobile Safari/537.36",
    "Mozilla/5.0 (Linux; Android 12; OXF-AN00; HMSCore 6.13.0.302) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/114.0.5735.196 HuaweiBrowser/15.0.4.300 Mobile Safari/537.36",
    "Mozilla/5.0 (iPad; CPU OS 15_8 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 MQQBrowser/14.9",
    "Mozilla/5.0 (Linux; Android 11; PEEM00; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/98.0.4758.102 Mobile Safari/537.36 baiduboxapp/13.40.0.10 (Baidu; P1 11)",
];
const APPS: &[&str] = &[
    "okhttp/4.12.0",
    "okhttp/3.14.9",
    "LifeHome/8.4.2 (iPhone; iOS 17.5.1; Scale/3.00)",
    "Dalvik/2.1.0 (Linux; U; Android 13; V2203A Build/TP1A.220624.014)",
    "Dart/3.4 (dart:io)",
    "CFNetwork/1494.0.7 Darwin/23.4.0",
    "Cronet/TTNetVersion:5f9540d6 2024-03-11",
    "Apache-HttpClient/UNAVAILABLE (java 1.4)",
];

/// Cookies of a visitor: a session of the site beside what statistics leave there.
pub(super) fn cookies(rng: &mut Rng) -> String {
    let mut all = match rng.below(5) {
        0 => format!("sid={}", rng.hex(32)),
        1 => format!("BAIDUID={}:FG=1; BIDUPSID={}", rng.hex(32).to_uppercase(), rng.hex(32).to_uppercase()),
        2 => format!("_uuid={}; buvid={}infoc", rng.uuid(), rng.hex(20).to_uppercase()),
        3 => format!("PHPSESSID={}", rng.word("abcdefghijklmnopqrstuv0123456789", 26)),
        _ => format!("token={}.{}.{}", rng.base64_url(20), rng.base64_url(90), rng.base64_url(43)),
    };
    if rng.chance(50) {
        write!(all, "; Hm_lvt_{}=17{}", rng.hex(32), rng.digits(8)).unwrap();
    }
    if rng.chance(30) {
        write!(all, "; city={}", codec::percent(rng.pick(&["杭州", "成都", "Xi'an", "石家庄"]))).unwrap();
    }
    if rng.chance(25) {
        write!(all, "; _ga=GA1.2.{}.17{}", rng.digits(9), rng.digits(8)).unwrap();
    }
    all
}

/// A page opened by a person.
pub(super) fn visit(host: &str, wire: Wire, rng: &mut Rng) -> Vec<u8> {
    browser(host, wire, true, rng)
}

/// A call of the page that is open.
pub(super) fn call(host: &str, wire: Wire, rng: &mut Rng) -> Vec<u8> {
    browser(host, wire, false, rng)
}

fn browser(host: &str, wire: Wire, page: bool, rng: &mut Rng) -> Vec<u8> {
    let mut wire = wire.host(host);
    if rng.chance(60) {
        let (agent, brands, mobile, platform) = rng.pick(CHROMES);
        wire = wire
            .header("sec-ch-ua-platform", platform)
            .header("User-Agent", agent)
            .header("sec-ch-ua", brands)
            .header("sec-ch-ua-mobile", mobile)
            .header("Sec-Fetch-Site", rng.pick(&["same-origin", "same-site", "cross-site", "none"]))
            .header("Sec-Fetch-Mode", if page { "navigate" } else { "cors" })
            .header("Sec-Fetch-Dest", if page { "document" } else { "empty" });
    } else {
        wire = wire.header("User-Agent", rng.pick(OTHERS));
    }
    let accept: &[&str] = if page {
        &[
            "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,image/apng,*/*;q=0.8,application/signed-exchange;v=b3;q=0.7",
            "text/html, application/xhtml+xml, image/jxr, */*",
        ]
    } else {
        &["application/json, text/plain, */*", "*/*", "application/json, text/javascript, */*; q=0.01"]
    };
    wire = wire
        .header("Accept", rng.pick(accept))
        .header("Accept-Language", rng.pick(&["zh-CN,zh;q=0.9,en;q=0.8", "zh-CN,zh-Hans;q=0.9", "zh-TW,zh;q=0.9"]))
        .header("Accept-Encoding", rng.pick(&["gzip, deflate, br, zstd", "gzip, deflate, br", "gzip, deflate"]));
    if rng.chance(65) {
        let path = rng.pick(&["/", "/index.html", "/list/2", "/home?from=share", "/mine?tab=1", "/t/8812.html?p=2"]);
        wire = wire.header("Referer", format!("https://{host}{path}"));
    }
    if !page && rng.chance(40) {
        wire = wire.header("X-Requested-With", "XMLHttpRequest");
    }
    if !page && rng.chance(30) {
        wire = wire.header("Origin", format!("https://{host}"));
    }
    if rng.chance(70) {
        let cookie = cookies(rng);
        wire = wire.header("Cookie", cookie);
    }
    wire.finish(rng)
}

/// A call of an app on a telephone.
pub(super) fn app(host: &str, wire: Wire, rng: &mut Rng) -> Vec<u8> {
    let mut wire = wire.host(host).header("User-Agent", rng.pick(APPS)).header("Accept-Encoding", "gzip");
    if rng.chance(60) {
        let device = rng.hex(16);
        wire = wire.header("X-Device-Id", device).header("X-App-Version", rng.pick(&["8.4.2", "5.0.11-beta", "10.2"]));
    }
    if rng.chance(50) {
        let (time, sign) = (words::millis(rng), rng.hex(32));
        wire = wire.header("X-Timestamp", time).header("X-Sign", sign);
    }
    if rng.chance(50) {
        let token = jwt(rng);
        wire = wire.header("Authorization", format!("Bearer {token}"));
    }
    wire.finish(rng)
}

/// A call of a mini program, which runs inside of another app.
pub(super) fn mini(host: &str, wire: Wire, rng: &mut Rng) -> Vec<u8> {
    let program = format!("wx{}", rng.hex(16));
    let mut wire = wire
        .host(host)
        .header("xweb_xhr", "1")
        .header("User-Agent", rng.pick(&[
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/122.0.0.0 Safari/537.36 MicroMessenger/7.0.20.1781(0x6700143B) NetType/WIFI MiniProgramEnv/Windows WindowsWechat/WMPF WindowsWechat(0x63090c11)XWEB/11275",
            "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 MicroMessenger/8.0.50(0x1800323d) NetType/4G Language/zh_CN miniProgram",
            "Mozilla/5.0 (Linux; U; Android 13; zh-CN; RMX3700) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/108.0 UCBS/3.22 Mobile Safari/537.36 AliApp(AP/10.6.20) AlipayClient/10.6.20 Language/zh-Hans MiniProgram",
        ]))
        .header("Accept", "*/*")
        .header("Referer", format!("https://mini.service.example/{program}/{}/page-frame.html", rng.between(3, 240)));
    if rng.chance(60) {
        let session = rng.base64_url(44);
        wire = wire.header(rng.pick(&["token", "X-Session", "thirdSession"]), session);
    }
    wire.finish(rng)
}

/// A JSON Web Token of nobody.
pub(super) fn jwt(rng: &mut Rng) -> String {
    let head =
        codec::base64_url(rng.pick(&["{\"alg\":\"HS256\",\"typ\":\"JWT\"}", "{\"alg\":\"RS256\",\"kid\":\"k2\"}"]));
    let body =
        format!("{{\"sub\":\"{}\",\"name\":\"{}\",\"exp\":17{}}}", rng.digits(9), words::person(rng), rng.digits(8));
    format!("{head}.{}.{}", codec::base64_url(body), rng.base64_url(43))
}

/// A JSON string; some writers leave nothing but ASCII.
pub(super) fn quoted(rng: &mut Rng, value: &str) -> String {
    let json = codec::json(value);
    if !rng.chance(15) {
        return json;
    }
    json.encode_utf16().fold(String::new(), |mut all, unit| {
        match u8::try_from(unit) {
            Ok(byte) if byte.is_ascii() => all.push(char::from(byte)),
            _ => write!(all, "\\u{unit:04x}").unwrap(),
        }
        all
    })
}

/// A JSON object of these fields, with short numbers bare as most writers have them.
pub(super) fn object(rng: &mut Rng, fields: &[(&str, String)]) -> String {
    let mut pairs = Vec::new();
    for (name, value) in fields {
        let is_number = !value.is_empty()
            && value.len() < 10
            && !value.starts_with('0')
            && value.bytes().all(|byte| byte.is_ascii_digit());
        pairs.push(format!("\"{name}\":{}", if is_number { value.clone() } else { quoted(rng, value) }));
    }
    format!("{{{}}}", pairs.join(","))
}

/// A query string or urlencoded body of these fields.
pub(super) fn pairs(fields: &[(&str, String)], blank_is_plus: bool) -> String {
    let escape = |value: &str| if blank_is_plus { codec::form(value) } else { codec::percent(value) };
    let all: Vec<_> = fields.iter().map(|(name, value)| format!("{}={}", escape(name), escape(value))).collect();
    all.join("&")
}

/// Fields sent as pages and apps send them: form, JSON, multipart, or in the address.
pub(super) fn send(host: &str, path: &str, fields: &[(&str, String)], rng: &mut Rng) -> Vec<u8> {
    let blank_is_plus = rng.chance(60);
    let wire = match rng.below(20) {
        0..=6 => {
            let kind = rng.pick(&[FORM, "application/x-www-form-urlencoded; charset=UTF-8"]);
            Wire::post(path, kind, pairs(fields, blank_is_plus))
        }
        7..=14 => {
            let body = object(rng, fields);
            let kind =
                rng.pick(&["application/json", "application/json;charset=UTF-8", "application/json; charset=utf-8"]);
            Wire::new(if rng.chance(95) { "POST" } else { "PUT" }, path).body(kind, body)
        }
        15 => {
            let body = object(rng, fields);
            Wire::post(path, "text/plain;charset=UTF-8", body)
        }
        16 | 17 => {
            let parts: Vec<_> = fields.iter().map(|(name, value)| Part::field(name, value.as_bytes())).collect();
            let (kind, body) = multipart(&parts, rng);
            Wire::post(path, &kind, body)
        }
        _ => {
            let mark = if path.contains('?') { '&' } else { '?' };
            Wire::get(format!("{path}{mark}{}", pairs(fields, blank_is_plus)))
        }
    };
    match rng.below(10) {
        0 | 1 => app(host, wire, rng),
        2 => mini(host, wire, rng),
        _ => call(host, wire, rng),
    }
}

/// Mostly one of the plain texts, in so many cases of a hundred one with odd signs.
pub(super) fn text(rng: &mut Rng, plain: &[&'static str], odd: &[&'static str], percent: usize) -> String {
    let texts = if rng.chance(percent) { odd } else { plain };
    rng.pick(texts).to_owned()
}
