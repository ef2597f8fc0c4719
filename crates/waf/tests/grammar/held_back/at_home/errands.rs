//! Honest requests of people on their way: maps, weather, parcels, meals.

use super::super::super::benign::{BenignGrammar, grammar};
use super::super::super::codec;
use super::super::super::rng::Rng;
use super::super::super::wire::{JSON, Wire};
use super::super::super::words;
use super::browsing::{app, call, mini, send, text, visit};

pub(super) const BENIGN: &[BenignGrammar] = &[grammar("ways-and-parcels", 45, ways)];

const PLACES: &[&str] = &[
    "人民医院(东院区)",
    "万达广场3号门",
    "火车南站",
    "老码头火锅·总店",
    "M+购物中心 B2",
    "大学城北站A口",
    "星河湾一期-7栋",
    "Joe's Pizza 乔家披萨",
    "7-ELEVEn(科技路店)",
    "K11",
    "加油站 near me",
    "1912街区",
    "G15沈海高速/宁波北出口",
    "停车场 & 充电桩",
];

fn ways(rng: &mut Rng) -> Vec<u8> {
    let host = rng.pick(&[
        "restapi.ditu.example",
        "map.shoutu.example",
        "api.kuaidi.example",
        "waimai.chibao.example",
        "tianqi.example",
    ]);
    let (lng, lat) =
        (format!("{}.{}", rng.between(100, 122), rng.digits(6)), format!("{}.{}", rng.between(22, 40), rng.digits(6)));
    let place = rng.pick(PLACES);
    match rng.below(11) {
        0 => call(
            host,
            Wire::get(format!(
                "/v3/place/text?s=rsv3&key={}&keywords={}&city=0571&citylimit=true&platform=JS&logversion=2.0&callback=jsonp_{}_",
                rng.hex(32),
                codec::percent(place),
                rng.digits(6)
            )),
            rng,
        ),
        1 => call(
            host,
            Wire::get(format!(
                "/?qt=s&c={}&wd={}&rn=10&ie=utf-8&oue=1&res=api&b=({},{};{},{})",
                rng.between(1, 400),
                codec::percent(place),
                rng.digits(8),
                rng.digits(7),
                rng.digits(8),
                rng.digits(7)
            )),
            rng,
        ),
        2 => visit(
            host,
            Wire::get(format!(
                "/dir?from%5Bname%5D={}&to%5Bname%5D={}&to%5Blnglat%5D={lng}%2C{lat}&type=car&policy={}",
                codec::percent("我的位置"),
                codec::percent(place),
                rng.below(9)
            )),
            rng,
        ),
        3 => visit(
            host,
            Wire::get(format!(
                "/marker?location={lat},{lng}&title={}&content={}&output=html&src=webapp.home",
                codec::percent(place),
                codec::percent("集合点:下午2点,不见不散!")
            )),
            rng,
        ),
        4 => call(
            host,
            Wire::get(format!(
                "/query?type={}&postid={}&temp=0.{}&phone=",
                rng.pick(&["yuantong", "shunfeng", "jd", "ems"]),
                rng.pick(&["YT", "SF", "JDX", "7"]).to_owned() + &rng.digits(13),
                rng.digits(16)
            )),
            rng,
        ),
        5 => send(
            host,
            "/order/remark",
            &[
                ("orderId", rng.digits(18)),
                (
                    "remark",
                    text(
                        rng,
                        &["不要香菜", "多放辣", "放门口就行,谢谢", "到了打电话", "多给一双筷子", "不要葱姜蒜"],
                        &[
                            "微辣!微辣!微辣!(重要的事说3遍)",
                            "放1F前台/写\"302-李\";别敲门,宝宝睡了 zZ",
                            "米饭x2, 可乐->雪碧 谢谢^_^",
                            "少盐&少油",
                        ],
                        30,
                    ),
                ),
                ("tableware", rng.below(5).to_string()),
            ],
            rng,
        ),
        6 => app(
            host,
            Wire::get(format!(
                "/tile?lang=zh_cn&size=1&scale=2&style=8&x={}&y={}&z={}&ltype=11",
                rng.digits(5),
                rng.digits(5),
                rng.between(3, 18)
            ))
            .header("Range", "bytes=0-"),
            rng,
        ),
        7 => mini(
            host,
            Wire::post(
                "/geo/nearby",
                JSON,
                format!(
                    "{{\"polygon\":\"{lng},{lat}|{lng},{lat}|{lng},{lat}\",\"radius\":{},\"types\":\"050000|060000\",\"keyword\":{}}}",
                    rng.between(200, 5000),
                    codec::json(place)
                ),
            ),
            rng,
        ),
        8 => call(
            host,
            Wire::get(format!("/weather/now?location={lng}%2C{lat}&lang=zh&unit=m&gzip=n&_={}", words::millis(rng))),
            rng,
        ),
        9 => send(
            host,
            "/trip/call",
            &[
                ("start", format!("{lng},{lat}")),
                ("endName", place.to_owned()),
                ("time", format!("{} {}", words::date(rng), words::time(rng))),
                ("passengers", rng.between(1, 6).to_string()),
                (
                    "note",
                    text(
                        rng,
                        &["有一个大箱子", "带宠物", "", "走高速"],
                        &["2大1小; 行李 28\" x 1", "到了发短信(电话静音)~"],
                        25,
                    ),
                ),
            ],
            rng,
        ),
        _ => app(
            host,
            Wire::get(format!(
                "/ditu/navi://route?sourceApplication=home&dlat={lat}&dlon={lng}&dname={}&dev=0&t=0",
                codec::form(place)
            )),
            rng,
        ),
    }
}
