//! Honest requests of the open Chinese web that read: suggestions, news, shops, maps and rates, statistics.

use super::super::super::benign::{BenignGrammar, grammar};
use super::super::super::codec;
use super::super::super::rng::Rng;
use super::super::super::words;
use super::clients::Ask;
use super::phrases;

pub(super) const BENIGN: &[BenignGrammar] = &[
    grammar("suggest-calls", 60, suggest),
    grammar("news-portals", 46, news),
    grammar("shelf-filters", 42, shelf),
    grammar("maps-weather-stocks", 44, rates),
    grammar("vendor-beacons", 50, beacon),
];

/// Every stroke of the keyboard asks for words to go on with; some pages escape less than others.
fn suggest(rng: &mut Rng) -> Vec<u8> {
    let whole = phrases::typed(rng);
    let characters = whole.chars().count();
    let kept = if rng.chance(40) { rng.between(1, characters) } else { characters };
    let typed: String = whole.chars().take(kept).collect();
    let (word, id, moment) = (codec::percent(&typed), rng.digits(10), words::millis(rng));
    match rng.below(11) {
        0 => Ask::get(format!("/su?wd={word}&json=1&p=3&sid={}_{}_{}&req=2&csor={kept}&pwd={}&cb=jQuery1102{id}_{moment}&_={moment}", rng.digits(5), rng.digits(5), rng.digits(5), codec::percent(typed.chars().take(kept - 1).collect::<String>()))).script(rng),
        1 => Ask::get(format!("/AS/Suggestions?pt=page.home&mkt=zh-cn&qry={}&cp={kept}&csr=1&msbqf=false&pths=1&cvid={}", codec::form(&typed), rng.hex(32).to_uppercase())).data(rng),
        2 => Ask::get(format!("/sugg/ajaj_json.jsp?key={word}&type=web&ori=yes&pr=web&abtestid={}&ipn=", rng.below(9))).script(rng),
        3 => Ask::get(format!("/suggest?encodein=utf-8&encodeout=utf-8&format=json&fields=word&word={word}&llbq=A5%2CB5%2CC5%2CD5&mid={}&callback=suggest_so", rng.hex(32))).script(rng),
        4 => Ask::get(format!("/sug?code=utf-8&q={}&_ksTS={moment}_{}&callback=jsonp{}&area=c2c&bucketid={}", codec::form(&typed), rng.below(9999), rng.below(9999), rng.below(20))).script(rng),
        5 => Ask::get(format!("/complete/search?q={}&client=firefox&hl=zh-CN", codec::form(&typed))).with("Sec-Fetch-Dest", "empty").program("Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:133.0) Gecko/20100101 Firefox/133.0", rng),
        6 => Ask::get(format!("/x/suggest?term={word}&main_ver=v1&highlight=&func=suggest&suggest_type=accurate&sub_type=tag&rnd=0.{id}")).referer("https://search.video.example/all").data(rng),
        7 => Ask::json("/api/hot/sug", format!("{{\"kw\":{},\"src\":\"top_bar\",\"his\":[{}],\"n\":10}}", codec::json(&typed), codec::json(phrases::typed(rng)))).data(rng),
        8 => Ask::get(format!("/s?q={}&src=360sou_newhome&fr=tab_www&psid={}", codec::form(whole), rng.hex(32)))
            .referer(format!("https://{}/s?q={}&pn=2", rng.pick(phrases::SITES), codec::form(phrases::typed(rng)))).page(rng),
        9 => Ask::get(format!("/dict/suggest?num=5&ver=3.0&doctype=json&cache=false&le=en&q={word}")).app(rng),
        // A box that only replaces blanks: the rest goes as the browser leaves it in a query.
        _ => Ask::get(format!("/tip.php?w={}&r=0.{id}", codec::percent_keeping(typed.as_bytes(), b"-_.!~*'();/?:@&=+$,")))
            .referer(format!("https://{}/", rng.pick(phrases::SITES))).data(rng),
    }
}

/// Portals: articles, lists as JSONP, comments, old anchors, hot words.
fn news(rng: &mut Rng) -> Vec<u8> {
    let (id, moment, day) = (rng.digits(9), words::millis(rng), phrases::day(rng));
    let site = rng.pick(phrases::SITES);
    match rng.below(12) {
        0 => Ask::get(format!("/{}/{}/doc-in{}.shtml?cre=tianyi&mod=pctech&loc={}&r=25&doct=0&rfunc={}&tj=none&tr=25&wm=", rng.pick(&["tech", "news/c", "sh", "zx"]), &day[..6], rng.letters(12), rng.below(40), rng.below(100))).referer(format!("https://{site}/")).page(rng),
        1 => Ask::get(format!("/dy/article/{}.html?f=post2020_dy_recommends&spss=dy_author", rng.token(16).to_uppercase())).page(rng),
        2 => Ask::get(format!("/feed/rt?ids={id},{},{}&fields=title,url,img%3D160x90&page={}&num=20&versionNumber=1.2.8&callback=feedCardJsonpCallback&_={moment}", rng.digits(9), rng.digits(9), rng.below(50))).script(rng),
        3 => Ask::get(format!("/article/{id}/?log_from={}_{moment}&share_token={}&tt_from=weixin_moments&utm_source=weixin&utm_medium=toutiao_android&utm_campaign=client_share&wxshare_count=1", rng.hex(13), rng.uuid())).phone(rng),
        4 => Ask::form("/comment/post", &[("newsid", &format!("comos-{}:0", rng.letters(9))), ("content", phrases::talk(rng)), ("parent", ""), ("usertype", "wb"), ("channel", "gn"), ("encoding", "utf-8"), ("ie", "utf-8")]).referer(format!("https://{site}/c/{day}/{id}.shtml#J_Comment_Wrap")).data(rng),
        5 => Ask::get(format!("/a/{id}_{}?scm=10001.325_13-325_13-68_68-{}.0.0.0&spm=smpc.channel_114.block3_77_O0F7zf_1_fd.{}.{moment}{}_1467", rng.digits(6), rng.below(999), rng.below(60), rng.token(6))).page(rng),
        6 => Ask::get(format!("/zwgk/list_{}.html?title={}&start={}&end={}&pubtype=%E9%80%9A%E7%9F%A5,%E5%85%AC%E5%91%8A&column={}[2]", rng.below(20), codec::percent(rng.pick(&["关于<临山区>征收", "三公经费", "\"十五五\"规划", "中标 & 成交"])), day, day, rng.below(90)).replace('[', "%5B").replace(']', "%5D")).page(rng),
        7 => Ask::get(format!("/video/play.html?vid={}&autoplay=1&volume=.5&t=00:{}:07&next={}", rng.token(11), rng.below(60), codec::percent(format!("/tv/list?cat=剧情|喜剧&y=2020-2026&p={}", rng.below(40))))).page(rng),
        8 => Ask::get(format!("/m/news/{id}.htm?from=timeline&isappinstalled=0&clicktime={}&enterid={}&s=(ABC)&b=a~z", rng.digits(10), rng.digits(10))).phone(rng),
        9 => Ask::get(format!("/search/s.do?channel=2&q={}&t={}&sort=date%20desc&pagesize=10&hlfields=title%3Aem", codec::form(phrases::typed(rng)), rng.below(4))).page(rng),
        10 => Ask::json("/like", format!("{{\"cid\":\"{id}\",\"act\":\"{}\",\"url\":\"https:\\/\\/{site}\\/c\\/{day}\\/{id}.shtml\"}}", rng.pick(&["up", "cancel", "report:广告/辱骂"]))).phone(rng),
        _ => Ask::get(format!("/include/top.shtml?{}{moment}", rng.pick(&["", "ver=20161129&", "undefined&", "_="]))).referer(format!("http://{site}/index.shtml?{id}")).data(rng),
    }
}

/// Filters of shops, second-hand markets, flats, jobs and tickets.
fn shelf(rng: &mut Rng) -> Vec<u8> {
    let (id, moment) = (rng.digits(11), words::millis(rng));
    let word = codec::percent(rng.pick(&[
        "老花镜 +150",
        "制氧机<5L>",
        "成人纸尿裤 L-XL",
        "护腰带(钢板)",
        "Dell'inspiron 16",
        "C&K 小方包",
        "五常大米10斤",
        "手表 男 -女",
        "\"进口\"奶粉1段",
        "床 1.8*2.0m",
        "T恤 S/M/L",
    ]));
    match rng.below(10) {
        0 => Ask::get(format!("/search_result.html?search_key={word}&search_met_track=history&list_id=h{}&filter=price%2C{}%2C{}&is_back=1&refer_page_sn=10002", rng.token(9), rng.below(50), rng.between(51, 900))).phone(rng),
        1 => Ask::get(format!("/Search?keyword={word}&enc=utf-8&wq={word}&ev=1_3184%7C%7C8551%5E244_116227%7C%7C110018%5E&stock=1&uc=0&cid3={}&psort=3&click={}", rng.digits(5), rng.below(9))).page(rng),
        2 => Ask::get(format!("/chuzu/pn{}/?minprice={}_{}&sourcetype=5&key={word}&cmcskey={word}&final=1&jump=1&specialtype=gls&PGTID=0d3090a7-0000-{}-{}", rng.below(40), rng.below(3000), rng.between(3001, 9000), rng.hex(4), rng.digits(12))).page(rng),
        3 => Ask::get(format!("/ershoufang/{}co32sf1l2a3p{}/?sug={word}", rng.pick(&["pudong/", "lc2lc3y2", "ng1hu1nb1"]), rng.below(9))).page(rng),
        4 => Ask::get(format!("/wapi/zpgeek/search/joblist.json?scene=1&query={}&city=101020100&experience=104,105&payType=&partTime=&degree=203&industry=&scale=303,304&stage=&salary=405&page={}&_={moment}", codec::percent(rng.pick(&["C++ 开发", "护士(三班倒)", ".NET / C#", "DBA", "Node.js", "前端 <3年", "销售&客服"])), rng.below(10))).data(rng),
        5 => Ask::json("/ota/flight/list", format!("{{\"flightWayEnum\":\"OW\",\"arrivalProvinceId\":0,\"flightSegments\":[{{\"departureCityCode\":\"SHA\",\"arrivalCityCode\":\"URC\",\"departureDate\":\"2026-12-{:02}\"}}],\"filters\":[\"airline:MU|CZ\",\"time:06:00~12:00\",\"price<800\"],\"transactionID\":\"{moment}001\",\"sort\":\"Price asc\"}}", rng.between(1, 31))).data(rng),
        6 => Ask::get(format!("/otn/leftTicket/queryG?leftTicketDTO.train_date=2026-12-{:02}&leftTicketDTO.from_station={}&leftTicketDTO.to_station={}&purpose_codes=ADULT", rng.between(1, 31), rng.pick(&["SHH", "BJP", "AOH"]), rng.pick(&["XAY", "CDW", "WAR"]))).with("If-Modified-Since", "0").with("Cache-Control", "no-cache").data(rng),
        7 => Ask::post(format!("/api/cart/add?t={moment}"), "application/x-www-form-urlencoded;charset=UTF-8", format!("skus=%5B%7B%22skuId%22%3A{id}%2C%22num%22%3A{}%2C%22promo%22%3A%22%E6%BB%A1199-100%22%7D%5D&spec%5B%E9%A2%9C%E8%89%B2%5D={}&spec%5B%E5%B0%BA%E7%A0%81%5D=170%2F92A&from=&functionId=pcCart&loginType=3", rng.between(1, 9), codec::percent("藏青<加绒>"))).data(rng),
        8 => Ask::form("/rate/append", &[("orderId", &id), ("score", "4.5"), ("content", phrases::talk(rng)), ("tags", "物流快|质量好|\"颜值高\""), ("anony", "on"), ("videoCover", "")]).phone(rng),
        _ => Ask::get(format!("/list-{id}-0-0-{}-0-0-0-3-0-2026.html?brand[]=12&brand[]=37&price={}-{}&attr=5:21;7:33,34&orderby=sales!desc", rng.below(9), rng.below(99), rng.between(99, 999)).replace('[', "%5B").replace(']', "%5D")).page(rng),
    }
}

/// Maps, weather, rates of stocks, places of telephone numbers: small answers for many pages.
fn rates(rng: &mut Rng) -> Vec<u8> {
    let (moment, id) = (words::millis(rng), rng.digits(6));
    let point = format!("{}.{},{}.{}", rng.between(75, 130), rng.digits(6), rng.between(20, 50), rng.digits(6));
    match rng.below(12) {
        0 => Ask::get(format!("/list=s_sh{id},s_sz{},gb_$dji,hf_CL,fx_susdcny", rng.digits(6))).referer("https://finance.portal.example/").script(rng),
        1 => Ask::get(format!("/q=r_sh{id},marketStat,v_s_hkHSI,usIXIC&r=0.{}", rng.digits(16))).script(rng),
        2 => Ask::get(format!("/api/qt/clist/get?cb=jQuery1123{}_{moment}&pn=1&pz=50&po=1&np=1&ut={}&fltt=2&invt=2&fid=f3&fs=m:0+t:6,m:0+t:80,m:1+t:2+f:!50&fields=f12,f14,f2,f3&_={moment}", rng.digits(16), rng.hex(32))).script(rng),
        3 => Ask::get(format!("/kline/get?secid=1.{id}&klt=101&fqt=1&beg=0&end=20500101&ma=[5,10,20]&expr=MA(C,5)%3EMA(C,10)").replace('[', "%5B").replace(']', "%5D")).data(rng),
        4 => Ask::get(format!("/weather_mini?citykey=101{id}&callback=jsonp_{moment}&lang=zh&unit=%E2%84%83")).script(rng),
        5 => Ask::get(format!("/v2.5/{}/{point}/weather.jsonp?dailysteps=3&hourlysteps=24&alert=true&callback=MAP_CALLBACK", rng.token(16))).script(rng),
        6 => Ask::get(format!("/v3/geocode/regeo?s=rsv3&language=zh_cn&location={point}&extensions=base&callback=jsonp_{}_&platform=JS&logversion=2.0&appname=https%3A%2F%2Fzyy.linshan.example%2Fdaohang&csid={}&sdkversion=1.4.16&key={}", rng.digits(6), rng.uuid().to_uppercase(), rng.hex(32))).script(rng),
        7 => Ask::get(format!("/direction/v2/transit?origin={point}&destination={point}&tactics_incity=0&sn={}&timestamp={moment}&ak={}&region={}", rng.hex(32), rng.token(32), codec::percent("江城市|临山区"))).app(rng),
        8 => Ask::get(format!("/cc/json/mobile_tel_segment.htm?tel=100{}&_={moment}&callback=__GetZoneResult_", rng.digits(8))).script(rng),
        9 => Ask::get(format!("/ws/place/v1/search?boundary=nearby({point},1000,1)&keyword={}&filter=category{}&orderby=_distance&output=jsonp&callback=QQmap&key={}", codec::percent("医院"), codec::percent("=医疗保健,药店"), rng.token(30).to_uppercase())).script(rng),
        10 => Ask::get(format!("/ipJson.jsp?ip=203.0.113.{}&json=true&cb={}", rng.below(256), rng.pick(&["IPCallBack", "window.parent.setCity", "top.cb"]))).script(rng),
        _ => Ask::get(format!("/timetable?line={}&dir={}&stop={}&cb=s.cb[{}]&z=-8%3A00", codec::percent(rng.pick(&["49路(区间)", "2号线/内环", "K1#夜"])), rng.below(2), codec::percent("中医院(东门)"), rng.below(99)).replace('[', "%5B").replace(']', "%5D")).phone(rng),
    }
}

/// Statistics of other vendors than the tune part has: addresses within addresses, JSON in text/plain, reports of browsers.
fn beacon(rng: &mut Rng) -> Vec<u8> {
    let (id, moment) = (rng.digits(10), words::millis(rng));
    let site = rng.pick(phrases::SITES);
    let from =
        format!("https://www.sogou.com/link?url={}&query={}", rng.base64_url(60), codec::form(phrases::typed(rng)));
    let page = format!(
        "https://{site}/{}/{id}.html?q={}&bd_vid={}",
        rng.pick(&["jibing", "a", "zt/2026"]),
        codec::percent(phrases::typed(rng)),
        rng.digits(19)
    );
    let (page_in, from_in) = (codec::percent(&page), codec::percent(&from));
    match rng.below(12) {
        0 => Ask::get(format!("/go1?id={id}&rt={moment}&rl=1536*864&lang=zh-CN&ct=unknow&pf=1&ins=1&vd={}&ce=1&cd=24&ds={}&ing={}&ekc=&sid={moment}&tt={}&kw={}&cu={page_in}&pu={from_in}", rng.below(9), codec::percent("临山区中医院_三级甲等_预约挂号"), rng.below(9), codec::percent("肝病科-就医指南|临山区中医院"), codec::percent("医院,挂号,\"名医\""))).referer(page).image(rng),
        1 => Ask::post(format!("/collect/v6?stm={moment}"), "text/plain;charset=UTF-8", format!("[{{\"u\":\"{}\",\"s\":\"{}\",\"t\":\"clck\",\"tm\":{moment},\"d\":\"{site}\",\"p\":\"/jibing\",\"e\":[{{\"x\":\"/div.main>ul.list>li[2]>a.btn-primary\",\"v\":{},\"h\":{},\"i\":2}}]}}]", rng.uuid(), rng.uuid(), codec::json(phrases::talk(rng)), codec::json(&page))).referer(page).data(rng),
        2 => Ask::post("/v1/list", "text/plain;charset=UTF-8", format!("[{{\"user\":{{\"web_id\":\"{}\"}},\"header\":{{\"app_id\":{},\"os_name\":\"windows\",\"referrer\":{},\"custom\":\"{{\\\"exp\\\":[\\\"a|b\\\"]}}\"}},\"events\":[{{\"event\":\"predefine_pageview\",\"params\":\"{{\\\"url\\\":{},\\\"title\\\":\\\"404 <Not Found>\\\"}}\",\"local_time_ms\":{moment}}}]}}]", rng.digits(19), rng.digits(6), codec::json(&from), codec::json(&page).replace('\\', "\\\\").replace('"', "\\\""))).referer(page).data(rng),
        3 => Ask::post("/report/csp", "application/csp-report", format!("{{\"csp-report\":{{\"document-uri\":{},\"referrer\":{},\"violated-directive\":\"script-src-elem\",\"effective-directive\":\"script-src-elem\",\"original-policy\":\"default-src 'self' data: blob: *.linshan.example; script-src 'self' 'unsafe-inline' 'unsafe-eval'; report-uri /report/csp\",\"disposition\":\"report\",\"blocked-uri\":\"{}\",\"line-number\":{},\"source-file\":\"chrome-extension\",\"status-code\":200,\"script-sample\":\"\"}}}}", codec::json(&page), codec::json(&from), rng.pick(&["inline", "eval", "https://hm.tongji.example/hm.js", "data"]), rng.below(900))).data(rng),
        4 => Ask::post("/nel", "application/reports+json", format!("[{{\"age\":{},\"body\":{{\"elapsed_time\":{},\"method\":\"GET\",\"phase\":\"application\",\"protocol\":\"h2\",\"sampling_fraction\":0.05,\"server_ip\":\"203.0.113.9\",\"status_code\":0,\"type\":\"abandoned\"}},\"type\":\"network-error\",\"url\":{},\"user_agent\":\"Mozilla/5.0\"}}]", rng.below(60_000), rng.below(9000), codec::json(&page))).data(rng),
        5 => Ask::get(format!("/stat.php?id={id}&l=&_p={page_in}&_r={from_in}&cnzz_eid={}-{}-{from_in}&showp=1920x1080&t={}&umuuid={}-{}&h=1&rnd={}", rng.digits(9), rng.digits(10), codec::percent("首页 - 临山区中医院"), rng.hex(14), rng.hex(30), rng.digits(9))).referer(page).image(rng),
        6 => Ask::get(format!("/r.png?t=perf&times=1&page={page_in}&tag=&begin={moment}&dns={}&tcp={}&ssl=-1&ttfb={}&uid={}&sid={}&sr=1707x960&vp=1707x821&ct=4g&_v=1.8.29&pv_id={}&z={}", rng.below(90), rng.below(90), rng.below(900), rng.token(22), rng.token(22), rng.token(22), rng.token(8))).image(rng),
        7 => Ask::post("/speed/webvitals", "application/x-www-form-urlencoded", format!("payload={}", codec::percent(format!("{{\"duration\":{{\"fields\":\"FCP;LCP;FID;CLS;INP\",\"bean\":[{{\"FCP\":{}.{},\"LCP\":-1}}]}},\"ext\":\"<br/>\",\"from\":\"{page}\"}}", rng.below(9000), rng.below(9))))).data(rng),
        8 => Ask::get(format!("/b.gif?appid=webapp&uin=0&platform=3&dm={site}&pt=/jibing&url=&rdm=&rurl=&pvid={}&scl=24-bit&scr=1280x720&lg=zh-cn&jv=&tz=-8&ct=&ext=adid%3D%3Btmkeywords%3D{}&r2={}", rng.digits(10), codec::percent(phrases::typed(rng)), rng.digits(6))).image(rng),
        9 => Ask::json("/browser/err", format!("{{\"t\":\"js_error\",\"m\":{},\"s\":{},\"u\":{},\"bc\":[\"click: div#app > button.el-button[type=button]\",\"xhr: POST /api/list?x=1 [500]\",\"console.warn: {{}}\"],\"ts\":{moment}}}", codec::json(rng.pick(&["Uncaught SyntaxError: Unexpected token '<'", "ReferenceError: WeixinJSBridge is not defined", "Object.hasOwn is not a function. (In 'Object.hasOwn(e,t)', 'Object.hasOwn' is undefined)", "ResizeObserver loop limit exceeded", "NotAllowedError: play() failed because the user didn't interact with the document first."])), codec::json(format!("    at r (https://{site}/js/chunk-vendors.{}.js:{}:{})\n    at Array.forEach (<anonymous>)\n    at HTMLButtonElement.<anonymous>", rng.hex(8), rng.below(99), rng.below(99_999))), codec::json(&page))).data(rng),
        10 => Ask::get(format!("/pixel?v=1&e={}&u={}&r={}&s=sr~1920x1080*lo~zh-CN*tz~-480&c[]={id}&p=$0;{moment}", rng.pick(&["view", "scroll:75%", "form'submit", "leave"]), codec::percent(codec::percent(&page)), codec::percent(codec::percent(&from))).replace("[]", "%5B%5D")).image(rng),
        _ => {
            let log = format!("{{\"__topic__\":\"web\",\"__source__\":\"{site}\",\"__logs__\":[{{\"uri\":{},\"ua\":\"Mozilla/5.0\",\"act\":\"搜索→结果→返回\",\"kw\":{}}}],\"__tags__\":{{}}}}", codec::json(&page), codec::json(phrases::typed(rng)));
            Ask::json("/logstores/web/track?APIVersion=0.6.0", log.clone()).with("x-log-apiversion", "0.6.0").with("x-log-bodyrawsize", log.len().to_string()).data(rng)
        }
    }
}
