//! Honest requests to public sites: old content systems and forums, crawlers, maps and media, sign-on.

use super::super::benign::{BenignGrammar, grammar};
use super::super::codec;
use super::super::rng::Rng;
use super::super::wire::{FORM, JSON, Wire};
use super::super::words;

pub(super) const BENIGN: &[BenignGrammar] = &[
    grammar("cms-urls", 80, cms_url),
    grammar("crawlers", 40, crawler),
    grammar("media-and-maps", 55, media),
    grammar("oauth", 60, oauth),
];

/// Address styles of content systems, forums and office systems that run on for decades.
fn cms_url(rng: &mut Rng) -> Vec<u8> {
    let number = |rng: &mut Rng| rng.below(99_999);
    let (a, b) = (number(rng), number(rng));
    let word = codec::percent(rng.pick(&["体检", "医院 招聘", "C++", "O'Brien", "R&D"]));
    let target = match rng.below(24) {
        0 => format!("/index.php?m=content&c=index&a=lists&catid={a}&page={}", rng.below(30)),
        1 => format!("/index.php?m=content&c=index&a=show&catid=5&id={a}"),
        2 => format!(
            "/forum.php?mod=viewthread&tid={a}&extra=page%3D1%26filter%3Dtypeid%26typeid%3D{b}%26orderby%3Ddateline&page=2"
        ),
        3 => format!(
            "/forum.php?mod=ajax&action=checkpostrule&ac=reply&fid={b}&inajax=yes&handlekey=vfastpost&r=0.{}",
            rng.digits(16)
        ),
        4 => format!("/home.php?mod=space&uid={a}&do=profile&from=space"),
        5 => format!("/plus/view.php?aid={a}&tid={b}"),
        6 => format!("/plus/search.php?kwtype=0&searchtype=titlekeyword&q={word}&typeid=0"),
        7 => format!("/index.php/Home/Article/detail/id/{a}.html"),
        8 => format!("/index.php?s=/index/article/read/id/{a}.html"),
        9 => format!("/index.php?s=/Home/Index/search&keyword={word}"),
        10 => format!("/news_view.asp?newsid={a}&classid={}", rng.below(50)),
        11 => format!("/ShowArticle.asp?ArticleID={a}"),
        12 => format!("/info/{}/{a}.htm", rng.below(2000)),
        13 => format!("/art/2026/{}/{}/art_{b}_{a}.html", rng.between(1, 12), rng.between(1, 28)),
        14 => format!("/cms/web/list.jsp?siteID={}&colID={b}&sql=&p={}", rng.below(9), rng.below(9)),
        15 => format!(
            "/seeyon/collaboration/collaboration.do?method=summary&openFrom=listPending&affairId=-{}",
            rng.digits(18)
        ),
        16 => format!("/general/index.php?isIE=0&modify_pwd=0&action=open&id={a}"),
        17 => format!("/wui/main.jsp?templateId=1&f_weaver_belongto_userid={a}&eval=0"),
        18 => format!("/yyoa/portal/tools/doDownload.jsp?fileid={a}&name={word}.doc"),
        19 => format!("/defaultroot/Logon!view.action?userAccount={}&lang=zh_CN", rng.letters(6)),
        20 => format!("/e/action/ListInfo/?classid={a}&ph=1&orderby=newstime&myorder=0&line=20"),
        21 => format!("/?cat={}&paged={}&s={word}", rng.below(30), rng.below(8)),
        22 => format!("/admin.php?m=system&f=index&t=log&select={word}&from=2026-11-01&to=2026-11-20&union=1"),
        _ => format!("/include/dialog/select_images.php?f=form1.picname&imgstick=small&v=picview&id={a}"),
    };
    if rng.chance(20) {
        let body = format!(
            "formhash={}&posttime={}&usesig=1&subject={}&message={}&replysubmit=yes",
            rng.hex(8),
            rng.digits(10),
            codec::form(words::sentence(rng)),
            codec::form(format!(
                "[quote][size=2][url=forum.php?mod=redirect&goto=findpost&pid={a}]王医生 发表于 2026-11-20[/url][/size]\n{}[/quote]\n{} [b]谢谢[/b] {{:1_1:}}",
                words::sentence(rng),
                words::remark(rng)
            ))
        );
        return Wire::post(format!("/forum.php?mod=post&action=reply&fid={b}&tid={a}&replysubmit=yes&infloat=yes&handlekey=fastpost&inajax=1"), FORM, body).desktop(rng).finish(rng);
    }
    Wire::get(target).desktop(rng).finish(rng)
}

fn crawler(rng: &mut Rng) -> Vec<u8> {
    let agent = rng.pick(&[
        "Mozilla/5.0 (compatible; Baiduspider/2.0; +http://www.baidu.com/search/spider.html)",
        "Mozilla/5.0 (Linux;u;Android 4.2.2;zh-cn;) AppleWebKit/534.46 (KHTML,like Gecko) Version/5.1 Mobile Safari/10600.6.3 (compatible; Baiduspider/2.0; +http://www.baidu.com/search/spider.html)",
        "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm) Chrome/116.0.1938.76 Safari/537.36",
        "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
        "Sogou web spider/4.0(+http://www.sogou.com/docs/help/webmasters.htm#07)",
        "Mozilla/5.0 (compatible; Bytespider; https://zhanzhang.toutiao.com/) AppleWebKit/537.36",
        "Mozilla/5.0 (compatible; YisouSpider/5.0; +http://www.yisou.com/help/webmaster/spider_guide.html)",
        "facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)",
        "Mozilla/5.0 (compatible; UptimeRobot/2.0; http://www.uptimerobot.com/)",
        "Zabbix", "Prometheus/2.45.0", "kube-probe/1.28", "check_http/v2.3.3 (monitoring-plugins 2.3.3)",
    ]);
    let target = match rng.below(8) {
        0 => "/robots.txt".to_owned(),
        1 => format!("/sitemap_{}.xml.gz", rng.below(90)),
        2 => format!("/doctor/{}.html?from=singlemessage&isappinstalled=0", rng.below(9999)),
        3 => format!("/news/{}/", codec::percent(rng.pick(&["体检须知", "乙肝两对半", "流感 & 新冠"]))),
        4 => "/.well-known/security.txt".to_owned(),
        5 => format!("/feed?type=rss2&since={}", rng.digits(10)),
        6 => format!(
            "/images/2026/{}.jpg?x-oss-process=image/resize,w_{},m_lfit/quality,q_80",
            rng.hex(8),
            rng.below(1200)
        ),
        _ => rng
            .pick(&[
                "/health",
                "/actuator/health",
                "/status?full",
                "/metrics",
                "/ping",
                "/favicon.ico",
                "/apple-touch-icon-precomposed.png",
                "/ads.txt",
            ])
            .to_owned(),
    };
    let wire = Wire::new(rng.pick(&["GET", "GET", "GET", "HEAD"]), target).program(agent);
    let wire = if rng.chance(40) {
        wire.header("If-Modified-Since", "Fri, 20 Nov 2026 03:14:15 GMT")
            .header("If-None-Match", format!("W/\"{}-{}\"", rng.hex(4), rng.hex(11)))
    } else {
        wire
    };
    if rng.chance(30) {
        wire.header("From", "spider(at)example.org").header("Accept-Encoding", "gzip,deflate")
    } else {
        wire
    }
    .finish(rng)
}

/// Map tiles, video segments, ranges, transformed pictures, telemetry by PUT.
fn media(rng: &mut Rng) -> Vec<u8> {
    let (a, b, c) = (rng.below(19), rng.below(500_000), rng.below(500_000));
    let wire = match rng.below(9) {
        0 => Wire::get(format!("/appmaptile?lang=zh_cn&size=1&scl=1&style=8&x={b}&y={c}&z={a}&ltype=11")),
        1 => Wire::get(format!(
            "/geoserver/wms?service=WMS&version=1.1.0&request=GetMap&layers=his%3Afloor&bbox={}.12%2C30.1%2C121.4%2C31.9&width=768&height=466&srs=EPSG%3A4326&styles=&format=image%2Fpng&CQL_FILTER={}",
            100 + a,
            codec::percent("floor=3 AND type IN ('ward','lab')")
        )),
        2 => Wire::get(format!(
            "/live/{}/{}/index.m3u8?auth_key={}-0-0-{}&token={}",
            rng.letters(4),
            rng.hex(8),
            rng.digits(10),
            rng.hex(32),
            codec::percent(codec::base64(rng.bytes(20)))
        )),
        3 => Wire::get(format!("/vod/{}/seg-{b}.ts", rng.hex(16))).header("Range", format!("bytes={b}-{}", b + c)),
        4 => Wire::get(format!("/download/CT-{}.zip", rng.digits(9)))
            .header("Range", "bytes=0-0,-500")
            .header("If-Range", format!("\"{}\"", rng.hex(16))),
        5 => Wire::get(format!(
            "/img/{}.jpg!/fw/{}/format/webp/quality/80/watermark/text/{}",
            rng.hex(10),
            rng.between(100, 900),
            codec::base64_url("仁爱医院")
        )),
        6 => Wire::get(format!(
            "/thumb?url={}&w={}&h=200&mode=crop",
            codec::percent(format!("http://pacs.renai.example:8042/instances/{}/preview", rng.uuid())),
            rng.below(900)
        )),
        7 => Wire::get(format!(
            "/tiles/{a}/{b}/{c}@2x.pbf?access_token=pk.{}.{}",
            rng.base64_url(60),
            rng.base64_url(22)
        )),
        _ => Wire::get(format!(
            "/place/around?key={}&location={}.4%2C31.2&keywords={}&types=090000%7C090100&radius=1000&offset=20&extensions=all&callback=jsonp_{}_",
            rng.hex(32),
            100 + a,
            codec::percent("医院|药店"),
            rng.digits(6)
        )),
    };
    if rng.chance(50) { wire.mobile(rng) } else { wire.desktop(rng) }.finish(rng)
}

/// OAuth 2, OpenID Connect, CAS; JSON Web Tokens in headers, bodies and fragments that became queries.
fn oauth(rng: &mut Rng) -> Vec<u8> {
    let claims = format!(
        "{{\"iss\":\"https://sso.boai.example/auth/realms/his\",\"sub\":\"{}\",\"aud\":[\"emr\",\"lis\"],\"exp\":17{},\"name\":{},\"roles\":\"ROLE_A,ROLE_B\"}}",
        rng.uuid(),
        rng.digits(8),
        codec::json(words::person(rng))
    );
    let token = format!(
        "{}.{}.{}",
        codec::base64_url(format!(
            "{{\"alg\":\"{}\",\"typ\":\"JWT\",\"kid\":\"{}\"}}",
            rng.pick(&["RS256", "ES256", "HS512"]),
            rng.hex(8)
        )),
        codec::base64_url(claims),
        rng.base64_url(342)
    );
    let redirect = codec::percent(format!(
        "https://emr.boai.example/callback?next={}&lang=zh",
        codec::percent(format!("/patient/{}?tab=lab#top", rng.below(9999)))
    ));
    match rng.below(8) {
        0 => Wire::get(format!("/auth/realms/his/protocol/openid-connect/auth?response_type=code&client_id=emr&redirect_uri={redirect}&scope=openid%20profile%20offline_access&state={}&nonce={}&code_challenge={}&code_challenge_method=S256", rng.base64_url(22), rng.uuid(), rng.base64_url(43))).desktop(rng),
        1 => Wire::post("/oauth/token", FORM, format!("grant_type=authorization_code&code={}&redirect_uri={redirect}&client_id=emr&client_secret={}&code_verifier={}", rng.base64_url(40), codec::form("s3cr'et;--&<1>"), rng.base64_url(64))).header("Authorization", format!("Basic {}", codec::base64(format!("emr:{}", rng.token(20))))).program("okhttp/4.10.0"),
        2 => Wire::get(format!("/callback?code={}&state={}&session_state={}&iss={}", rng.base64_url(100), codec::base64_url("{\"r\":\"/home\"}"), rng.uuid(), codec::percent("https://sso.boai.example/auth"))).desktop(rng),
        3 => Wire::get("/api/v1/me").header("Authorization", format!("Bearer {token}")).desktop(rng),
        4 => Wire::post("/oidc/cb", FORM, format!("id_token={token}&state={}&expires_in=3600", rng.hex(32))).desktop(rng),
        5 => Wire::get(format!("/cas/login?service={}&renew=false", codec::percent(format!("http://oa.boai.example:8080/j_spring_cas_security_check;jsessionid={}", rng.hex(32))))).desktop(rng),
        6 => Wire::get(format!("/portal?ticket=ST-{}-{}-cas01.boai.example", rng.below(99_999), rng.base64_url(20))).desktop(rng),
        _ => Wire::post("/token/introspect", JSON, format!("{{\"token\":\"{token}\",\"refresh_token\":\"{}\",\"scope\":[\"patient/*.read\",\"launch\"]}}", rng.base64_url(86))).program("axios/1.7.2"),
    }
    .finish(rng)
}
