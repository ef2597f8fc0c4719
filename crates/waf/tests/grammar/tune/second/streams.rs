//! Honest requests that large sites send by themselves while people watch and scroll: feeds, players, sealed telemetry,
//! and the cookies that have gathered over years.

use super::super::super::benign::{BenignGrammar, grammar};
use super::super::super::codec;
use super::super::super::rng::Rng;
use super::super::super::words;
use super::clients::Ask;
use super::phrases;

pub(super) const BENIGN: &[BenignGrammar] = &[
    grammar("feeds-and-players", 48, feed),
    grammar("sealed-telemetry", 44, sealed),
    grammar("portal-cookies", 42, portal),
];

/// Timelines, comments, likes, heartbeats of players, segments.
fn feed(rng: &mut Rng) -> Vec<u8> {
    let (id, moment) = (rng.digits(16), words::millis(rng));
    let token = rng.hex(32);
    match rng.below(14) {
        0 => Ask::get(format!("/x/web-interface/wbi/index/top/feed/rcmd?web_location=1430650&y_num=5&fresh_type=4&feed_version=V8&fresh_idx_1h={}&fetch_row={}&homepage_ver=1&screen=1536-730&seo_info=&last_showlist=av_n_{id},av_{},ad_n_{}&uniq_id={}&w_rid={token}&wts={}", rng.below(20), rng.below(90), rng.digits(9), rng.digits(6), rng.digits(12), phrases::seconds(rng))).data(rng),
        1 => Ask::post(format!("/x/click-interface/web/heartbeat?w_start_ts={}&w_mid={}&w_aid={id}&w_dt=2&w_realtime={}&w_rid={token}", phrases::seconds(rng), rng.digits(9), rng.below(900)), "application/x-www-form-urlencoded", format!("start_ts={}&aid={id}&cid={}&type=3&sub_type=0&dt=2&play_type=0&realtime={}&played_time={}&refer_url={}&spmid=333.788.0.0&from_spmid=&csrf={token}&extra=%7B%22player_version%22%3A%224.8.{}%22%7D", phrases::seconds(rng), rng.digits(10), rng.below(900), rng.below(900), codec::percent("https://search.video.example/all?keyword=c%2B%2B%20%E6%95%99%E7%A8%8B&from_source=webtop_search"), rng.below(60))).data(rng),
        2 => Ask::form("/x/v2/reply/add", &[("plat", "1"), ("oid", &id), ("type", "1"), ("message", &format!("{}[doge]{}", phrases::talk(rng), rng.pick(&["", "\n03:41 这里绝了", " 回复 @某某 :是的", "\n\n// 转发了"]))), ("at_name_to_mid", &format!("{{\"{}\":{}}}", rng.pick(phrases::NICKS).replace('"', ""), rng.between(1000, 99_999))), ("gaia_source", "main_web"), ("csrf", &token), ("statistics", "{\"appId\":100,\"platform\":5}")]).data(rng),
        3 => Ask::get(format!("/api/v4/comment_v5/answers/{}/root_comment?order_by=score&limit=20&offset={}_{}_0", rng.digits(10), rng.digits(10), rng.digits(11))).with("x-zse-93", "101_3_3.0").with("x-zse-96", format!("2.0_{}", codec::base64(rng.bytes(48)))).with("x-zst-81", format!("3_2.0{}", rng.base64_url(60))).data(rng),
        4 => Ask::post("/lastread/touch", "multipart/form-data; boundary=----WebKitFormBoundaryq7XcVw2LkPz0aYtE", format!("------WebKitFormBoundaryq7XcVw2LkPz0aYtE\r\nContent-Disposition: form-data; name=\"items\"\r\n\r\n[[\"answer\",\"{}\",\"touch\"],[\"article\",\"{}\",\"read\"]]\r\n------WebKitFormBoundaryq7XcVw2LkPz0aYtE--\r\n", rng.digits(10), rng.digits(9))).data(rng),
        5 => Ask::get(format!("/ajax/feed/unreadfriendstimeline?list_id=1000{}&refresh=4&since_id={id}&count=15&fid=1000{}&x={}", rng.digits(10), rng.digits(10), codec::percent("containerid=102803&extparam=remain_new|c_type:1"))).with("X-XSRF-TOKEN", rng.base64_url(24)).data(rng),
        6 => Ask::post("/ajax/statuses/update", "application/x-www-form-urlencoded", codec::form_body(&[("content", &format!("#{}# {} http://t.example/{} \u{200b}\u{200b}\u{200b}", rng.pick(&["每日一善", "C'est la vie", "猫猫<3", "A股3000点"]), phrases::talk(rng), rng.token(8))), ("visible", "0"), ("vote", "{}"), ("media", "{\"media_id\":null,\"titles\":[{\"title\":\"'夜景'\",\"default\":true}]}")])).data(rng),
        7 => Ask::get(format!("/aweme/v1/web/aweme/post/?device_platform=webapp&aid=6383&channel=channel_pc_web&sec_user_id=MS4wLjABAAAA{}&max_cursor={moment}&locate_query=false&cut_version=1&browser_name=Chrome&browser_version=131.0.0.0&os_name=Windows&cpu_core_num=8&downlink=10&effective_type=4g&round_trip_time=50&webid={}&msToken={}&a_bogus={}", rng.base64_url(43), rng.digits(19), rng.base64_url(106) + "%3D%3D", codec::percent(codec::base64(rng.bytes(132))))).data(rng),
        8 => Ask::get(format!("/{}/index.m3u8?wsSecret={token}&wsTime={}&ratio=2000&txyp=o%3Ac4%3Bs%3A{}&fs=bgct&sphdcdn=al_7-tx_3-js_3&sphdDC=huya&sphd=264_*-265_*&exsphd=264_500,264_2000,", rng.digits(10), rng.hex(8), rng.below(99))).data(rng),
        9 => Ask::get(format!("/upgcxcode/{}/{}/{id}_x1-1-30032.m4s?e=ig8euxZM2rNcNbRg{}&uipk=5&nbs=1&deadline={}&gen=playurlv2&os=cosbv&oi={}&trid={token}u&mid=0&platform=pc&upsig={token}&uparams=e,uipk,nbs,deadline,gen,os,oi,trid,mid,platform&bvc=vod&f=u_0_0&logo=80000000", rng.digits(2), rng.digits(2), rng.base64_url(50), phrases::seconds(rng), rng.digits(10))).with("Range", format!("bytes={}-{}", rng.digits(6), rng.between(1_000_000, 9_999_999))).data(rng),
        10 => Ask::json("/api/sns/web/v1/feed", format!("{{\"source_note_id\":\"{}\",\"image_formats\":[\"jpg\",\"webp\",\"avif\"],\"extra\":{{\"need_body_topic\":\"1\"}},\"xsec_source\":\"pc_search\",\"xsec_token\":\"{}=\"}}", rng.hex(24), rng.base64_url(43))).with("x-s", format!("XYW_{}", codec::base64(format!("{{\"signSvn\":\"56\",\"signType\":\"x2\",\"payload\":\"{}\"}}", rng.hex(96))))).with("x-t", moment).data(rng),
        11 => Ask::get(format!("/weapi/song/lyric?csrf_token={token}&id={}&lv=-1&kv=-1&tv=-1&name={}", rng.digits(9), codec::percent(rng.pick(&["Don't Stop Me Now", "Rock & Roll", "海阔天空 (Live)", "<3", "4:44", "P.S. I Love You"])))).data(rng),
        12 => Ask::post(format!("/weapi/radio/trash/add?alg=RT&time={}", rng.below(99)), "application/x-www-form-urlencoded", format!("params={}&encSecKey={}", codec::percent(codec::base64(rng.bytes(160))), rng.hex(256))).data(rng),
        _ => Ask::get(format!("/danmaku/list.so?oid={id}&p={}&filter={}&_={moment}", rng.below(9), codec::percent(rng.pick(&["r=^前方.*$", "t=第一|来了", "u!=0", "/233+/i"])))).data(rng),
    }
}

/// Telemetry that is compressed, enciphered or in the vendor's own code.
fn sealed(rng: &mut Rng) -> Vec<u8> {
    let moment = words::millis(rng);
    let size = rng.between(120, 2400);
    let noise = rng.bytes(size);
    match rng.below(11) {
        0 => Ask::post(format!("/log-reporter/web?ts={moment}&enc=1&v=2.3.{}", rng.below(99)), "text/plain", codec::base64(&noise)).data(rng),
        1 => Ask::post("/v2/track?e=gz", "application/json", codec::gzip(format!("[{{\"ev\":\"expose\",\"k\":{},\"t\":{moment}}}]", codec::json(phrases::typed(rng))).as_bytes())).with("Content-Encoding", "gzip").app(rng),
        2 => Ask::post("/mwp/collect", "application/octet-stream", [b"\x0a\x2b".as_slice(), &noise].concat()).app(rng),
        3 => Ask::get(format!("/v.gif?logid={}&pid=201&d={}&_r={}", rng.digits(10), codec::percent(codec::base64(&noise[..120])), rng.below(9999))).image(rng),
        4 => Ask::post("/api/risk/fp", "application/x-www-form-urlencoded;charset=UTF-8", format!("d={}&k={}&v=3.0.{}", codec::percent(codec::base64(&noise)), codec::percent(codec::base64(rng.bytes(128))), rng.below(9))).data(rng),
        5 => Ask::post("/fp/v3", "text/plain;charset=UTF-8", format!("{}~{}!{}*{}.", rng.base64_url(200), rng.base64_url(60), rng.word("!#$()*+,-.:;=?@[]^_{|}~abcdef0123", 180), moment)).data(rng),
        6 => Ask::post(format!("/repData?appKey={}&mt={moment}", rng.hex(16)), "application/x-protobuf", noise).with("X-Seal", rng.base64_url(44)).app(rng),
        7 => Ask::get(format!("/jsl.gif?a={}&b={}&c={}", rng.below(99), codec::percent(rng.word("0123456789abcdef!@$*_-~", 160)), moment)).image(rng),
        8 => Ask::json("/api/v1/captcha/verify", format!("{{\"pow_sign\":\"{}\",\"trace\":\"{}\",\"points\":\"{}\",\"w\":\"{}\"}}", rng.hex(32), codec::base64(&noise), (0..rng.between(8, 40)).map(|_| format!("{},{},{}", rng.below(300), rng.below(30), rng.below(900))).collect::<Vec<_>>().join("|"), rng.hex(300))).data(rng),
        9 => Ask::get(format!("/get.php?gt={}&challenge={}&lang=zh-cn&pt=0&client_type=web&w={}&callback=geetest_{moment}", rng.hex(32), rng.hex(34), rng.word("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789()!*.", 420))).script(rng),
        _ => Ask::post(format!("/rmonitor/apm?p=1&v=2&t={moment}"), "application/json", format!("{{\"base\":{{\"model\":\"{}\",\"ver\":\"8.9.{}\"}},\"lag\":[{{\"cost\":{},\"stack\":{}}}]}}", rng.pick(&["V2227A", "iPhone15,2", "SM-S9180"]), rng.below(99), rng.below(9000), codec::json(rng.pick(&[
            "at android.os.BinderProxy.transactNative(Native Method)\nat android.os.BinderProxy.transact(BinderProxy.java:571)\nat android.app.IActivityManager$Stub$Proxy.getRunningAppProcesses(IActivityManager.java:5430)",
            "0  libsystem_kernel.dylib  0x00000001f1a2b3c4 __psynch_cvwait + 8\n1  UIKitCore  0x00000001a2b3c4d5 -[UIView(Hierarchy) layoutSubviews] + 120\n2  App  0x0000000100f00ba4 main + 64",
            "java.net.SocketTimeoutException: failed to connect to api.example/203.0.113.7 (port 443) from /10.0.0.3 (port 40112) after 15000ms\n\tat okhttp3.internal.connection.RealConnection.connectSocket(SourceFile:144)",
        ])))).app(rng),
    }
}

/// Pages, pictures and scripts of portals whose cookies have grown for years: values in every notation of their makers.
fn portal(rng: &mut Rng) -> Vec<u8> {
    let seconds = phrases::seconds(rng);
    let nick = codec::percent(rng.pick(phrases::NICKS));
    let typed = codec::percent(phrases::typed(rng));
    let jars = [
        format!(
            "SINAGLOBAL={}.{}.{seconds}123; ULV={seconds}456:{}:1:1:{}.{}.{seconds}:",
            rng.digits(13),
            rng.digits(4),
            rng.below(90),
            rng.digits(13),
            rng.digits(4)
        ),
        format!(
            "SUB=_2A25{}; SUBP=0033WrSXqPxfM72-Ws9jqgMF55529P9D9W{}; ALF=02_{seconds}; SCF={}.",
            rng.base64_url(80),
            rng.token(12),
            rng.token(60)
        ),
        format!(
            "buvid3={}{}infoc; b_nut={seconds}; CURRENT_FNVAL=4048; bili_jct={}; PVID={}; bp_t_offset_{}={}",
            rng.uuid().to_uppercase(),
            rng.digits(5),
            rng.hex(32),
            rng.below(9),
            rng.digits(8),
            rng.digits(18)
        ),
        format!(
            "__jdu={}; __jda=76161171.{}.{seconds}.{seconds}.{seconds}.1; __jdv=76161171|direct|-|none|-|{seconds}789; areaId=2; ipLoc-djd=2-2830-51800-0; PCSYCityID=CN_310000_310100_310101; shshshfpb={}",
            rng.digits(20),
            rng.digits(20),
            codec::percent(codec::base64(rng.bytes(48)))
        ),
        format!(
            "thw=cn; lgc={nick}; tracknick={nick}; _l_g_=Ug%3D%3D; unb={}; cookie17={}%3D%3D; sg=%E4%BB%8E{}; uc1=cookie16={}%3D%3D&existShop=false&cookie21={}%3D&pas=0; mt=ci=0_1",
            rng.digits(10),
            rng.token(14),
            rng.hex(2),
            rng.token(20),
            rng.token(12)
        ),
        format!(
            "d_c0={}|{seconds}; _zap={}; z_c0=2|1:0|10:{seconds}|4:z_c0|80:{}=|{}; SESSIONID={}; captcha_session_v2=2|1:0|10:{seconds}|18:captcha_session_v2|88:{}==|{}",
            codec::base64(rng.bytes(24)),
            rng.uuid(),
            codec::base64(rng.bytes(60)),
            rng.hex(64),
            rng.token(43),
            rng.token(86),
            rng.hex(64)
        ),
        format!(
            "BAIDUID={}:FG=1; BDORZ={}; H_WISE_SIDS={}_{}_{}; BAIDUID_BFESS={}:FG=1; delPer=0; PSINO=7; BDRCVFR[{}]=mk3SLVN4HKm; ab_sr=1.0.1_{}",
            rng.hex(32).to_uppercase(),
            rng.hex(32).to_uppercase(),
            rng.digits(6),
            rng.digits(6),
            rng.digits(6),
            rng.hex(32).to_uppercase(),
            rng.token(11),
            codec::base64(rng.bytes(150))
        ),
        format!(
            "passport_csrf_token={}; ttwid=1%7C{}%7C{seconds}%7C{}; odin_tt={}; s_v_web_id=verify_{}_{}; __ac_nonce=0{}; __ac_signature=_02B4Z6wo00f01{}",
            rng.hex(32),
            rng.base64_url(43),
            rng.hex(64),
            rng.hex(128),
            rng.word("abcdefghijklmnopqrstuvwxyz0123456789", 8),
            rng.base64_url(36),
            rng.hex(20),
            rng.token(60)
        ),
        format!(
            "RK={}; ptcz={}; eas_sid={}; o_cookie={}; pac_uid=1_{}; _qimei_uuid42={}; iip=0; ts_uid={}; ptui_loginuin={}",
            rng.token(10),
            rng.hex(64),
            rng.token(26),
            rng.digits(9),
            rng.digits(9),
            rng.hex(42),
            rng.digits(10),
            rng.digits(9)
        ),
        format!(
            "kw_his={typed}|{}; read_mode=day; font={{16px}}; tip[close]=1; visited=/a/{}.html,/b/(c)",
            codec::percent(phrases::typed(rng)),
            rng.digits(6)
        ),
        format!(
            "uuid_tt_dd=10_{}-{seconds}-{}; dc_session_id=10_{seconds}.{}; c_first_ref=www.baidu.com; c_segment={}; log_Id_pv={}; https_waf_cookie={}",
            rng.digits(11),
            rng.digits(6),
            rng.digits(6),
            rng.below(15),
            rng.below(99),
            rng.uuid()
        ),
        format!(
            "_lxsdk_cuid={}-{}; _lxsdk_s={}-{}-{}-{}%7C%7C{}; ci=10; wm_order_channel=default; request_source=openh5",
            rng.hex(14),
            rng.hex(14),
            rng.hex(11),
            rng.hex(3),
            rng.hex(3),
            rng.hex(3),
            rng.below(90)
        ),
    ];
    let (first, count) = (rng.below(jars.len()), rng.between(2, 5));
    let cookie = (0..count).map(|step| jars[(first + 5 * step) % jars.len()].clone()).collect::<Vec<_>>().join("; ");
    let id = rng.digits(9);
    let ask = |target: String| Ask::get(target).cookie(cookie.clone());
    match rng.below(9) {
        0 => ask(format!("/?tn={}_oem_dg&ch={}", rng.digits(8), rng.below(20))).page(rng),
        1 => ask(format!("/u/{id}?is_all=1&stat_date=202611&_rnd={seconds}")).page(rng),
        2 => ask(format!("/article/details/{id}?spm=1001.2101.3001.6650.{}&utm_medium=distribute.pc_relevant.none-task-blog-2~default~CTRLIST~Rate-1-{id}-blog-{}.235%5Ev43%5Epc_blog_bottom_relevance_base9&depth_1-utm_source=distribute.pc_relevant.none-task-blog-2~default~CTRLIST~Rate-1&utm_relevant_index={}", rng.below(9), rng.digits(9), rng.below(20))).page(rng),
        3 => ask(format!("/favicon.ico?{id}")).image(rng),
        4 => ask(format!("/home/nav?jsonp=__jp{}&q={typed}&t={seconds}", rng.below(9))).script(rng),
        5 => ask(format!("/aggsite/AggStats?userid={id}")).data(rng),
        6 => ask(format!("/meishi/api/poi/getPoiList?cityName={}&cateId=0&areaId=0&sort=&page={}&userId=&uuid={}.1.0.0&platform=1&partner=126&originUrl=https%3A%2F%2Fsh.tuan.example%2Fmeishi%2F&riskLevel=1&optimusCode=10&_token={}", codec::percent("上海"), rng.below(40), rng.hex(54), codec::percent(codec::base64(rng.bytes(180))))).data(rng),
        7 => ask(format!("/bin/rec?cb=window['rec_{id}']&pos=home%3Eright&n=6&dedup={},{}", rng.digits(8), rng.digits(8))).script(rng),
        _ => ask(format!("/static/{}/{}.{}.css", rng.letters(4), rng.letters(6), rng.hex(8))).script(rng),
    }
}
