//! Honest requests of spiders and feed readers, and the small scripts that pages load with a callback.

use super::super::super::benign::{BenignGrammar, grammar};
use super::super::super::codec;
use super::super::super::rng::Rng;
use super::super::super::wire::Wire;
use super::super::super::words;
use super::browsing::{app, call, jwt};

pub(super) const BENIGN: &[BenignGrammar] =
    &[grammar("spiders-and-readers", 45, spiders), grammar("padded-callbacks", 45, callbacks)];

const SPIDERS: &[&str] = &[
    "Mozilla/5.0 (compatible; Baiduspider/2.0; +http://help.sousuo.example/spider.html)",
    "Mozilla/5.0 (Linux; Android 6.0.1; Nexus 5X Build/MMB29P) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.6723.58 Mobile Safari/537.36 (compatible; Googlebot/2.1; +http://help.ss.example/bot.html)",
    "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; bingbot/2.0; +http://help.by.example/bingbot.htm) Chrome/116.0.1938.76 Safari/537.36",
    "Sogou web spider/4.0(+http://help.sg.example/docs/help/webmasters.htm#07)",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/107.0.0.0 Safari/537.36; 360Spider",
    "Mozilla/5.0 (Linux; Android 7.0;) AppleWebKit/537.36 (KHTML, like Gecko) Mobile Safari/537.36 (compatible; PetalBot;+https://help.huaban.example/bot)",
    "Mozilla/5.0 (compatible; Bytespider; spider-feedback@mail.example) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/70.0.0.0 Safari/537.36",
    "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; GPTBot/1.2; +https://help.ai.example/gptbot)",
    "YisouSpider",
    "facebookexternalhit/1.1 (+http://help.fb.example/externalhit_uatext.php)",
];
const READERS: &[&str] = &[
    "Tiny Tiny RSS/21.11-7cfc30a (http://192.168.1.20/tt-rss/)",
    "FreshRSS/1.24.3 (Linux; https://rss.home.example)",
    "Feedly/1.0 (+http://help.fd.example/fetcher.html; 3 subscribers; like FeedFetcher-Google)",
    "NetNewsWire (RSS Reader; https://help.nnw.example/)",
    "Reeder/5050001 CFNetwork/1494.0.7 Darwin/23.4.0",
    "Inoreader/1.0 (+http://help.ino.example/feed-fetcher; 12 subscribers; )",
    "AntennaPod/3.4.0",
    "Mozilla/5.0 (compatible; Miniflux/2.1.3; +https://help.mf.example)",
];

fn spiders(rng: &mut Rng) -> Vec<u8> {
    let host = rng.pick(&["www.meishi.example", "blog.laowang.example", "www.linli.example", "podcast.xiaoyu.example"]);
    let reader = rng.chance(40);
    let target = if reader {
        match rng.below(6) {
            0 => "/feed/".to_owned(),
            1 => format!("/rss.xml?v={}", rng.below(99)),
            2 => format!("/category/{}/feed/atom/", codec::percent(rng.pick(&["生活", "读书", "C++", "R&B"]))),
            3 => format!(
                "/rsshub/weibo/user/{}?filter_title={}&limit=10&mode=fulltext",
                rng.digits(10),
                codec::percent("菜谱|烘焙")
            ),
            4 => format!("/index.php?option=com_content&view=category&id={}&format=feed&type=rss", rng.below(80)),
            _ => format!("/podcast/{}.m4a?_from=rss&size={}", rng.token(12), rng.digits(8)),
        }
    } else {
        match rng.below(9) {
            0 => "/robots.txt".to_owned(),
            1 => format!("/sitemap-{}.xml.gz", rng.below(300)),
            2 => format!(
                "/tag/{}/page/{}/",
                codec::percent(rng.pick(&["家常菜", "it's-me", "3-6岁", "O型血"])),
                rng.between(1, 60)
            ),
            3 => format!("/read.php?tid={}&fpage={}&toread=&page=e", rng.digits(5), rng.below(9)),
            4 => format!("/product.asp?bigclass={}&smallclass={}&order=hits+desc", rng.below(20), rng.below(40)),
            5 => format!("/{}-{}.html?replytocom={}", rng.digits(4), rng.digits(3), rng.digits(5)),
            6 => format!("/list.aspx?k=&p={}&o=time&__s=(S({}))", rng.below(90), rng.letters(24)),
            7 => format!("/static/js/{}.js?ver={}", rng.letters(7), rng.hex(8)),
            _ => format!(
                "/archives/{}/{}",
                rng.between(2008, 2026),
                codec::percent(rng.pick(&["关于-老照片", "sql-select-学习笔记", "hello-world", "妈妈的味道(一)"]))
            ),
        }
    };
    let mut wire = Wire::new(if rng.chance(8) { "HEAD" } else { "GET" }, target).host(host);
    wire = if reader {
        wire.header("User-Agent", rng.pick(READERS)).header("Accept", "application/atom+xml, application/rss+xml, application/rdf+xml;q=0.9, application/xml;q=0.8, text/xml;q=0.8, text/html;q=0.7, unknown/unknown;q=0.1")
    } else {
        wire.header("User-Agent", rng.pick(SPIDERS))
            .header("Accept", rng.pick(&["*/*", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"]))
            .header("From", "webmaster@sousuo.example")
    };
    if rng.chance(50) {
        let tag = rng.hex(13);
        wire = wire.header("If-None-Match", format!("W/\"{tag}\"")).header(
            "If-Modified-Since",
            format!("Tue, {:02} Oct 2026 08:1{}:00 GMT", rng.between(1, 28), rng.below(10)),
        );
    }
    wire.header("Accept-Encoding", rng.pick(&["gzip, deflate", "gzip", "gzip, br", "identity"])).finish(rng)
}

fn callbacks(rng: &mut Rng) -> Vec<u8> {
    let host = rng.pick(&[
        "api.tianqi.example",
        "suggest.haowu.example",
        "hq.caijing.example",
        "interface.shipin.example",
        "data.menhu.example",
    ]);
    let now = words::millis(rng);
    let callback = match rng.below(8) {
        0 => format!("jQuery{}_{now}", rng.digits(20)),
        1 => format!("__jp{}", rng.below(40)),
        2 => format!("jsonp_{}_{}", now, rng.digits(5)),
        3 => "window.cityInfo.render".to_owned(),
        4 => format!("bd__cbs__{}", rng.word("0123456789abcdefghijklmnopqrstuvwxyz", 6)),
        5 => format!("angular.callbacks._{}", rng.below(9)),
        6 => format!("KISSY.jsonp{}", rng.digits(3)),
        _ => format!("var%20hq_str_{}=", rng.letters(4)),
    };
    let name = rng.pick(&["callback", "cb", "jsonpCallback", "jsoncallback", "_callback"]);
    let target = match rng.below(9) {
        0 => format!("/city/{}?{name}={callback}&_={now}", codec::percent(rng.pick(&["西安", "哈尔滨", "Lu'an"]))),
        1 => format!(
            "/sug?code=utf-8&q={}&{name}={callback}&k=1&area=c2c&bucketid={}",
            codec::percent(rng.pick(&["连衣裙", "女鞋 3", "levi's", "a5笔记", "usb>type-c"])),
            rng.below(20)
        ),
        2 => format!("/list=sh{},sz{},s_sh000001?{name}={callback}&rn={now}", rng.digits(6), rng.digits(6)),
        3 => format!(
            "/qt/clist/get?{name}={callback}&pn=1&pz=20&po=1&np=1&ut={}&fltt=2&invt=2&fid=f3&fs=m:0+t:6,m:0+t:80,m:1+t:2,m:1+t:23&fields=f1,f2,f3,f12,f14&_={now}",
            rng.hex(32)
        ),
        4 => format!(
            "/getinfo?vids={}&platform=10201&charge=0&otype=json&defn=shd&{name}={callback}&g_tk=&pqk={}",
            rng.token(11),
            rng.hex(32)
        ),
        5 => format!("/user/islogin.do?{name}={callback}&t=0.{}", rng.digits(16)),
        6 => format!("/comment/count?ids=%5B{}%2C{}%5D&{name}={callback}&format=js", rng.digits(7), rng.digits(7)),
        7 => format!(
            "/stock/p?skuId=J_{}&venderId={}&cat=737,794,798&area=15_1213_3411_0&extraParam=%7B%22originid%22%3A%221%22%7D&{name}={callback}",
            rng.digits(9),
            rng.digits(6)
        ),
        _ => format!(
            "/sso/check?{name}={callback}&token={}&return_to={}",
            jwt(rng),
            codec::percent("https://www.menhu.example/?a=1&b=2#top")
        ),
    };
    if rng.chance(15) { app(host, Wire::get(target), rng) } else { call(host, Wire::get(target), rng) }
}
