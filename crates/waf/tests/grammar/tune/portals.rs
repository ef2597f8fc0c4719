//! Honest requests of the wider web in other shapes than web.rs: macros that nobody replaced, combined files, paths
//! whose words sound like a system's.

use super::super::benign::{BenignGrammar, grammar};
use super::super::codec;
use super::super::rng::Rng;
use super::super::wire::{JSON, Wire};
use super::super::words;

pub(super) const BENIGN: &[BenignGrammar] =
    &[grammar("ad-macros", 60, macros), grammar("paths-of-all-kinds", 60, paths)];

/// Exchanges of advertisements: placeholders in several notations stay where the value is unknown.
fn macros(rng: &mut Rng) -> Vec<u8> {
    let macro_name = rng.pick(&[
        "__IMEI__",
        "${AUCTION_PRICE}",
        "{{click_id}}",
        "[timestamp]",
        "%%CACHEBUSTER%%",
        "$$oaid$$",
        "{clickid}",
        "__CALLBACK_URL__",
        "#{device.id}",
        "<%ip%>",
        "@gaid@",
        "undefined",
        "NaN",
        "[object Object]",
        "null",
    ]);
    let (id, moment) = (rng.digits(10), words::millis(rng));
    let landing =
        format!("https://m.boai.example/lp/{id}?adid=__AID__&kw={{keyword}}&src={}", codec::percent(macro_name));
    match rng.below(6) {
        0 => Wire::get(format!("/click?aid={id}&imei={}&os=0&ip=__IP__&ts={moment}&callback={}", codec::percent(macro_name), codec::percent(&landing))),
        1 => Wire::get(format!("/win?price={}&bid={}&cb={moment}", codec::percent(macro_name), rng.uuid())),
        2 => Wire::post("/openrtb/bid", JSON, format!("{{\"id\":\"{}\",\"imp\":[{{\"id\":\"1\",\"banner\":{{\"w\":640,\"h\":100,\"mimes\":[\"text/javascript\"]}},\"bidfloor\":0.{},\"ext\":{{\"macro\":{}}}}}],\"site\":{{\"page\":{},\"keywords\":\"体检,<无>\"}},\"device\":{{\"ua\":\"Mozilla/5.0\",\"geo\":{{\"lat\":31.2}}}},\"bcat\":[\"IAB7-3\"]}}", rng.uuid(), rng.below(99), codec::json(macro_name), codec::json(&landing))),
        3 => Wire::get(format!("/track?m={}&u={}&v=3|{id}|{}|1;2;3", codec::percent(macro_name), codec::percent(codec::percent(&landing)), rng.token(6))),
        4 => Wire::get(format!("/adx/render?tpl={}&data={}", rng.below(99), codec::percent(format!("{{\"title\":\"{}\",\"img\":\"//cdn.example/{id}.webp\",\"deeplink\":\"tbopen://m.shop.example/tbopen/index.html?h5Url={}\"}}", rng.pick(&["种植牙<半价>", "近视手术 1+1", "“名医”在线"]), codec::percent(&landing))))),
        _ => Wire::get(format!("/pixel/{id}/{}?r={moment}", codec::percent(macro_name))),
    }
    .mobile(rng)
    .finish(rng)
}

fn paths(rng: &mut Rng) -> Vec<u8> {
    let (id, hash) = (rng.below(99_999), rng.hex(8));
    let target = match rng.below(22) {
        0 => format!("/??js/jquery.min.js,js/bootstrap.min.js,plugins/layer/layer.js?v={id}"),
        1 => format!("/min/?b=static/js&f=a.js,b.js,c/d.js&{id}"),
        2 => format!("/etc.clientlibs/his/clientlibs/site.min.{hash}.css"),
        3 => format!("/bin/his/getDoctor.{id}.json"),
        4 => format!("/cgi-bin/webscr?cmd=_express&token=EC-{id}"),
        5 => format!("/scripts/exec/run/{id}/shell.html"),
        6 => format!("/db/backup/list?id={id}"),
        7 => format!("/static/../static/js/app.{hash}.js"),
        8 => format!("/a/b/../c/./img/{hash}.png"),
        9 => format!(
            "/download/{}-{hash}.tar.gz",
            rng.pick(&["his-client", "phpstudy教程", "sql-server-2019-数据字典", "passwd管理说明"])
        ),
        10 => format!("/user/{}@his.example/profile;v=2", rng.letters(5)),
        11 => format!(
            "/wiki/{}",
            codec::percent(rng.pick(&["C++", "SQL注入", "<canvas>", "/etc/hosts文件", "What's_new?", "50%", "A&B"]))
        ),
        12 => format!("/tag/{}/page/{id}", codec::percent("java script & c#")),
        13 => format!("/file/{}/{hash}.doc", codec::percent("科教科/2026年 (第3批)/附件;1")),
        14 => format!("/api/v1/objects/{}%2F{}%2F{hash}.dcm", rng.hex(2), rng.hex(2)),
        15 => format!("/git/his.git/info/refs?service=git-upload-pack&n={id}"),
        16 => format!("/index.php/admin/login/index.html?ref=%2Fadmin%2F{id}"),
        17 => format!("/console/api/env/{id}/config.json"),
        18 => format!("/WebResource.axd?d={}&t=637{}", rng.base64_url(80), rng.digits(15)),
        19 => format!("/ScriptResource.axd?d={}&t=ffffffff{}", rng.base64_url(120), rng.hex(8)),
        20 => format!("/_next/data/{hash}/doctor/[id].json?id={id}"),
        _ => format!("/@fs/src/views/Report.vue?vue&type=style&index=0&scoped={hash}&lang.less&t={id}"),
    };
    let wire = Wire::get(target);
    let wire = if rng.chance(40) {
        wire.header(
            "Referer",
            format!("http://www.boai.example/../index.html?from={}", codec::percent(words::department(rng))),
        )
    } else {
        wire
    };
    wire.desktop(rng).finish(rng)
}
