//! What a browser has kept for a site.

use super::super::super::codec;
use super::super::super::rng::Rng;
use super::phrases;

/// Cookies of one site: its session, its load balancer or shield, and the trackers it has signed up with.
pub(super) fn cookies(rng: &mut Rng) -> String {
    let moment = phrases::seconds(rng);
    let mut all = vec![match rng.below(6) {
        0 => format!("ASPSESSIONID{}={}", rng.word("ABCDQRST", 8), rng.word("ABCDEFGHIJKLMNOP", 24)),
        1 => format!("sid={}; ci_session={}", rng.hex(24), rng.hex(40)),
        2 => format!("connect.sid=s%3A{}.{}", rng.base64_url(32), rng.base64_url(43)),
        3 => format!("csrftoken={}; sessionid={}", rng.token(64), rng.word("abcdefghijklmnopqrstuvwxyz0123456789", 32)),
        4 => format!("JSESSIONID={}.node{}", rng.hex(32).to_uppercase(), rng.below(5)),
        _ => format!("satoken={}; HWWAFSESID={}; HWWAFSESTIME={moment}000", rng.uuid(), rng.hex(19)),
    }];
    let (first, statistics) = (rng.below(16), rng.token(16));
    // Five is prime to sixteen, so no tracker comes twice.
    for step in 0..rng.below(6) {
        all.push(match (first + 5 * step) % 16 {
            0 => format!("BIGipServerpool_web_80={}.20480.0000", rng.digits(9)),
            1 => format!("__jsluid_s={}", rng.hex(32)),
            2 => format!(
                "__51uvsct__{statistics}=1; __51vcke__{statistics}={}; __51vuft__{statistics}={moment}123",
                rng.uuid()
            ),
            3 => format!("gr_user_id={}; {}_gr_session_id={}", rng.uuid(), rng.hex(16), rng.uuid()),
            4 => format!("zg_did={}", codec::percent(format!("{{\"did\": \"{}-{}\"}}", rng.hex(13), rng.hex(14)))),
            5 => format!(
                "_qddaz=QD.{}; Qs_lvt_{}={moment}; Qs_pv_{}={}",
                rng.digits(15),
                rng.digits(6),
                rng.digits(6),
                rng.digits(18)
            ),
            6 => format!("pgv_pvid={}; pgv_info=ssid=s{}", rng.digits(10), rng.digits(10)),
            7 => format!("cna={}; isg={}", codec::base64(rng.bytes(16)).replace('=', ""), rng.base64_url(60)),
            8 => format!(
                "nb-referrer-hostname={}; nb-start-page-url={}",
                rng.pick(phrases::SITES),
                codec::percent(format!("https://{}/index/{}.html", rng.pick(phrases::SITES), rng.below(999)))
            ),
            9 => format!(
                "lastvisit={moment}; viewed={}",
                codec::percent(format!("{}|{}|{}", rng.digits(5), rng.digits(5), rng.digits(5)))
            ),
            10 => format!("keyword_history={}", codec::percent(rng.pick(phrases::TYPED))),
            11 => format!("Hm_lpvt_{}={moment}; HMACCOUNT={}", rng.hex(32), rng.hex(16).to_uppercase()),
            12 => format!("SL_G_WPT_TO=zh-CN; SL_GWPT_Show_Hide_tmp=1; route={}", rng.hex(32)),
            13 => format!(
                "city={}; cityid={}",
                codec::percent(rng.pick(&["上海", "西安市", "乌鲁木齐", "%u5357%u4eac"])),
                rng.below(900)
            ),
            14 => format!(
                "userinfo={}",
                codec::percent(format!(
                    "{{\"uid\":{},\"nick\":\"{}\",\"vip\":false}}",
                    rng.digits(7),
                    rng.pick(phrases::NICKS)
                ))
            ),
            _ => format!(
                "arialoadData=false; _trs_uv={}_{}_{}; fontSize=16",
                rng.letters(8),
                rng.below(9999),
                rng.letters(4)
            ),
        });
    }
    all.join("; ")
}
