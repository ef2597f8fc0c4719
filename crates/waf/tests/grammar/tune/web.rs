//! Honest requests of the wider web, as careless as they are: JSON and addresses in queries, script addresses in click
//! statistics, escapes written twice or forgotten, parameter names that sound like attacks.

use super::super::benign::{BenignGrammar, grammar};
use super::super::codec;
use super::super::rng::Rng;
use super::super::wire::{FORM, Wire};
use super::super::words;

pub(super) const BENIGN: &[BenignGrammar] =
    &[grammar("careless-queries", 75, careless), grammar("click-statistics", 50, clicks)];

fn careless(rng: &mut Rng) -> Vec<u8> {
    let (id, moment, token) = (rng.digits(8), words::millis(rng), rng.base64_url(24));
    let name = codec::percent(words::person(rng));
    let json = format!(
        "{{\"uid\":{id},\"ext\":{{\"from\":\"a|b\",\"t\":[1,2],\"u\":\"http://m.example/x?y=1&z='2'\"}},\"n\":null}}"
    );
    let target = match rng.below(20) {
        // Quotes, braces and bars as they are: many programs escape only blanks.
        0 => format!("/api/get?param={}&sign={token}", json.replace(' ', "")),
        1 => format!("/data?filter=[{{\"k\":\"dept\",\"op\":\"in\",\"v\":[1,2]}}]&cb=__jp{}", rng.below(99)),
        2 => format!("/list?select=id,name,count&order_by=id+desc&union_id={id}&where=1&limit=20&having="),
        3 => format!("/do?action=exec&cmd=getInfo&eval=0&system=ios&shell=0&file=index&path=/home/index&id={id}"),
        4 => format!("/jsonp?callback=window.top.cb_{id}&type=script&r=0.{}", rng.digits(17)),
        5 => format!("/page?url=http://www.boai.example/a?b=1&c=2#top&title={name}").replace('#', "%23"),
        6 => format!(
            "/redirect?to={}",
            codec::percent(format!(
                "https://a.example/r?u={}",
                codec::percent(format!("https://b.example/?q={}", codec::percent("血压&体检")))
            ))
        ),
        7 => format!("/s?q={name}&amp;page=2&amp;size=10&id={id}"),
        8 => format!("/p?d={}", codec::percent(codec::percent(codec::percent(&json)))),
        9 => format!("/t?b64={}&v=2", codec::percent(codec::base64(&json))),
        10 => format!("/t?data={}.{}&e=AQAB&iv={}", codec::base64_url(&json), token, rng.hex(32)),
        11 => format!("/mod?a=(1)&b=[2]&c={{3}}&d=4;5&e=6|7&f=8^9&g=~&h=`{id}`"),
        12 => format!("/q?sql_mode=0&table=patient&column=name&from=list&group=by&into=cart&id={id}&set=1&values=3"),
        13 => format!("/img?src=../images/{id}.jpg&w=200"),
        14 => format!("/v?ver=1.2.3-beta+{id}&build=0x{}&flags=--silent%20-v&k==", rng.hex(6)),
        15 => format!(
            "/share?text={}&hash=%23{name}%23",
            codec::percent(rng.pick(&[
                "【医院通知】明天(周三)停诊!!",
                "我在<仁爱医院>挂了号, 你也来吧~",
                "5折! \"体检\" & '洗牙' 2选1",
                "A>B? 1+1=2; 看完再说--真的"
            ]))
        ),
        16 => {
            format!("/log?msg=load%20error%3A%20%2Fstatic%2Fjs%2Fapp.js%3A12%3A3%20at%20Object.%3Canonymous%3E&id={id}")
        }
        17 => format!("/m?{moment}&{token}&{id}"),
        18 => format!("/w?w=select&v=option%20value%3D1&t=table&c=char(1)&n={id}"),
        _ => format!(
            "/time?from=2026-11-01%2000:00:00&to=2026-11-20%2023:59:59&tz=+08:00&sleep=8&delay={}",
            rng.below(99)
        ),
    };
    let wire = Wire::get(target);
    if rng.chance(40) { wire.mobile(rng) } else { wire.desktop(rng) }.finish(rng)
}

/// What a page tells about clicks: addresses that are scripts, paths of elements, pieces of the page's HTML.
fn clicks(rng: &mut Rng) -> Vec<u8> {
    let href = rng.pick(&[
        "javascript:;",
        "javascript:void(0)",
        "javascript:void(0);",
        "#",
        "javascript:history.back()",
        "tel:100-0000-0000",
        "mailto:a@b.example?subject=x",
        "/dept/12?from=banner&pos=1",
    ]);
    let element = rng.pick(&[
        "html>body>div#app>ul.list>li:nth-child(3)>a",
        "//*[@id='app']/div[2]/a[1]",
        "div.box[data-id=\"3\"] > img",
        "BODY/DIV[2]/TABLE[1]/TR[3]/TD[2]",
    ]);
    let text = rng.pick(&[
        "<em>体检</em>套餐 >> 更多",
        "立即预约 (剩余<3)",
        "上一页 | 下一页",
        "ICU & 急诊",
        "<i class=\"icon\"></i>首页",
        "“专家”门诊",
    ]);
    let (id, moment) = (rng.digits(9), words::millis(rng));
    let fields = format!(
        "href={}&el={}&txt={}&x={}&y={}&t={moment}&id={id}",
        codec::percent(href),
        codec::percent(element),
        codec::percent(text),
        rng.below(1920),
        rng.below(1080)
    );
    match rng.below(4) {
        0 => Wire::get(format!("/c.gif?{fields}")),
        1 => Wire::post("/collect/click", FORM, fields),
        2 => Wire::post(
            "/rum",
            "text/plain;charset=UTF-8",
            format!(
                "[{{\"e\":\"click\",\"href\":{},\"path\":{},\"html\":{},\"ts\":{moment}}}]",
                codec::json(href),
                codec::json(element),
                codec::json(format!("<a href=\"{href}\" onclick=\"\" class=\"btn\">{text}</a>"))
            ),
        ),
        _ => Wire::get(format!(
            "/heat?p={}&s={id}",
            codec::percent(codec::base64(format!("{{\"h\":\"{href}\",\"t\":\"{}\"}}", text.replace('"', "'"))))
        )),
    }
    .desktop(rng)
    .finish(rng)
}
