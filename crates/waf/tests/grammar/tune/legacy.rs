//! Honest requests of old sites, which are most of the land's: ASP, PHP and JSP pages with their ids, content systems, upload
//! endpoints of editors, forms and addresses in GBK, and the cookies of trackers.

use super::super::benign::{BenignGrammar, grammar};
use super::super::codec;
use super::super::rng::Rng;
use super::super::wire::{FORM, Part, Wire, multipart};
use super::super::words;

pub(super) const BENIGN: &[BenignGrammar] = &[
    grammar("old-site-addresses", 110, addresses),
    grammar("editor-endpoints", 60, editor_endpoints),
    grammar("double-byte-parameters", 60, double_byte),
    grammar("tracker-cookies", 70, cookies),
];

/// Text in a charset of two bytes a character, whose second byte may be any sign of ASCII from `@` to `~`, as in GBK.
pub(super) fn double_bytes(text: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    for character in text.chars() {
        if character.is_ascii() {
            bytes.push(character as u8);
        } else {
            let code = u32::from(character).wrapping_mul(2_654_435_761) >> 8;
            let trail = 0x40 + u8::try_from(code / 0x7e % 0xbe).unwrap();
            bytes.push(0x81 + u8::try_from(code % 0x7e).unwrap());
            bytes.push(if trail >= 0x7f { trail + 1 } else { trail });
        }
    }
    bytes
}

fn escaped(text: &str) -> String {
    let hex = |byte: &u8| {
        if byte.is_ascii_alphanumeric() { char::from(*byte).to_string() } else { format!("%{byte:02X}") }
    };
    double_bytes(text).iter().map(hex).collect()
}

/// The escapes of JavaScript's `escape`: `%uXXXX` for what is not Latin.
fn unicode_escaped(text: &str) -> String {
    text.encode_utf16()
        .map(|unit| match u8::try_from(unit) {
            Ok(byte) if byte.is_ascii_alphanumeric() || b"@*_+-./".contains(&byte) => char::from(byte).to_string(),
            Ok(byte) => format!("%{byte:02X}"),
            Err(_) => format!("%u{unit:04X}"),
        })
        .collect()
}

const ADDRESSES: &[&str] = &[
    "/news/shownews.asp?id={n}&typeid=12",
    "/NewsShow.asp?ArticleID={n}",
    "/list.asp?classid={n}&Nclassid=3&page=2",
    "/Article/ShowClass.asp?ClassID={n}&SpecialID=0&page=3",
    "/search.asp?keyword={k}&Field=Title&submit=%CB%D1%CB%F7&x=12&y=9",
    "/index.php?m=content&c=index&a=lists&catid={n}&page=2",
    "/index.php?m=content&c=index&a=show&catid=9&id={n}",
    "/index.php?m=member&c=index&a=login&forward=http%3A%2F%2Fwww.gov.example%2Findex.php%3Fm%3Dcontent%26c%3Dindex%26a%3Dshow%26id%3D{n}",
    "/index.php?m=search&c=index&a=init&typeid=1&siteid=1&q={k}",
    "/api.php?op=count&id={n}&modelid=1",
    "/plus/list.php?tid={n}&TotalResult=120&PageNo=2",
    "/plus/view.php?aid={n}",
    "/plus/search.php?kwtype=0&q={k}&searchtype=title&channeltype=0&orderby=sortrank&pagesize=20&typeid=0&TotalResult=12&PageNo=2",
    "/plus/count.php?view=yes&aid={n}&mid=1",
    "/plus/download.php?open=2&id={n}&uhash=abcdef0123456789",
    "/plus/ad_js.php?aid=3",
    "/member/login.php?gourl=%2Fmember%2Findex.php%3Fuid%3D{n}",
    "/e/action/ListInfo/?classid={n}&ph=1&andor=and&orderby=newstime&myorder=0",
    "/e/search/result/?searchid={n}",
    "/e/public/ViewClick/?classid=3&id={n}&addclick=1",
    "/e/member/doaction.php?enews=exit&ecmsfrom=..%2F..%2F",
    "/e/DownSys/DownSoft/?classid=3&id={n}&pathid=0",
    "/thread-{n}-1-1.html?_dsign=abc12345",
    "/forum.php?mod=viewthread&tid={n}&extra=page%3D1%26filter%3Dtypeid%26typeid%3D3&page=1",
    "/forum.php?mod=forumdisplay&fid=2&filter=author&orderby=dateline&typeid=1",
    "/forum.php?mod=attachment&aid=MTIzNHxhYmNkfDE2MTQ1Njc4OTB8MHwx&nothumb=yes",
    "/search.php?mod=forum&searchid={n}&orderby=lastpost&ascdesc=desc&searchsubmit=yes&kw={k}",
    "/home.php?mod=space&uid={n}&do=thread&view=me&order=dateline&from=space",
    "/plugin.php?id=dsu_paulsign:sign&operation=qiandao&infloat=1&inajax=1",
    "/misc.php?mod=seccode&update={n}&idhash=cSA",
    "/uc_server/avatar.php?uid={n}&size=middle&ts=1",
    "/batch.download.php?aid={n}",
    "/index.php?s=/Home/Article/detail/id/{n}.html",
    "/index.php?s=/index/search/index&keyword={k}",
    "/index.php?app=home&mod=Index&act=index&id={n}",
    "/index.php/Home/Index/index/p/2/keyword/{k}.html",
    "/?p={n}&preview=true",
    "/?s={k}&post_type=product&orderby=price&order=desc",
    "/wp-admin/admin-ajax.php?action=load_more&page=2&query=%7B%22cat%22%3A3%2C%22s%22%3A%22a%27b%22%7D",
    "/show.jsp?id={n}&urltype=news.NewsContentUrl&wbtreeid=1001&wbnewsid={n}",
    "/system/_content/download.jsp?urltype=news.DownloadAttachUrl&owner=123&wbfileid={n}",
    "/servlet/Report?File=yb.raq&args=dept%3D{n}%3Btype%3D2%3Bfrom%3D2026-01-01",
    "/ReportServer?reportlet=wk/rb.cpt&op=view&__parameters__=%7B%22A%22%3A%22%5B4e2d%5D%22%7D&id={n}",
    "/ReportServer?formlet=a%2Fb.frm&op=write&cmd=sql&dept={n}",
    "/jsearch/search.do?appid=1&ck=x&imageField=&od=&pagemode=result&pos=&q={k}&style=1&webid=1",
    "/module/download/down.jsp?i_ID={n}&colID=42",
    "/module/jslib/jquery/jpage/dataproxy.jsp?page=1&appid=1&webid=1&path=/&columnid={n}&unitid=123&webname=%E5%B8%82&permissiontype=0",
    "/xxgk/jcms_files/jcms1/web1/site/zfxxgk/ysqgk/sqindex.jsp?ysqgkid={n}",
    "/eportal/ui?pageId={n}&currentPage=1&moduleId=abc&staticRequest=yes",
    "/col/col{n}/index.html?uid=123&pageNum=2",
    "/art/2026/3/1/art_{n}_1.html?from=timeline&isappinstalled=0",
    "/WebApp/Default.aspx?q={k}&__VIEWSTATEENCRYPTED=",
    "/Handler/GetData.ashx?action=exec&method=select&table=news&where=id%3D{n}&order=id+desc&_=1614567890",
    "/ajax/GetList.ashx?cmd=query&sqlid=GetNews&strWhere=1%3D1%20and%20typeid%3D{n}&sort=addtime%20desc",
    "/ajax/list.ashx?condition=%20and%20Title%20like%20%27%25{k}%25%27&pageIndex=1",
    "/inc/vcode.asp?t=0.123{n}",
    "/inc/conn/count.asp?style=text&referer=http%3A//www.baidu.example/s%3Fwd%3D{k}&screen=1920*1080",
    "/Admin_Login.asp?Action=ChkLogin&ComeUrl=/admin/index.asp%3Fid%3D{n}",
    "/admin/main.php?menu=system&lang=../zh_cn&id={n}",
    "/down.php?file=/upload/2026/03/{n}.doc&name={k}.doc",
    "/download.asp?path=/uploadfile/2026-3/{n}.rar",
    "/download.ashx?f=~/upload/{n}.pdf&n={k}",
    "/viewer.html?file=..%2F..%2Fupload%2F{n}.pdf",
    "/pdfjs/web/viewer.html?file=/api/file/{n}?name={k}.pdf",
    "/include/dialog/select_images.php?f=form1.litpic&imgstick=smallundefined&id={n}",
    "/images/../upload/{n}.jpg",
    "/go.php?url=http://www.shop.example/?id={n}",
    "/jump.asp?http://www.shop.example/a.asp?id={n}&k={k}",
    "/link.php?id={n};from=index;pos=3",
    "/mod_{n}.html?a=1&&b=2&=&c",
    "/guestbook.asp?page=2&sort=id desc",
];

fn addresses(rng: &mut Rng) -> Vec<u8> {
    let word = rng.pick(&[
        "招聘公告",
        "医保 报销",
        "C++教程",
        "it's",
        "<通知>",
        "A&B",
        "2026年(第1批)",
        "公示;公告",
        "党建\"两学\"",
        "select",
    ]);
    let word = match rng.below(3) {
        0 => codec::percent(word),
        1 => escaped(word),
        _ => unicode_escaped(word),
    };
    let target = rng.pick(ADDRESSES).replace("{n}", &rng.digits(4)).replace("{k}", &word).replace(' ', "%20");
    let from = rng.pick(ADDRESSES).replace("{n}", &rng.digits(3)).replace("{k}", &word).replace(' ', "%20");
    Wire::get(target).header("Referer", format!("http://www.city.example{from}")).desktop(rng).finish(rng)
}

/// Uploads and look-ups of the editors that content systems bring along.
fn editor_endpoints(rng: &mut Rng) -> Vec<u8> {
    let picture = words::jpeg(rng, 200);
    let name = rng.pick(&[
        "微信图片_20260301.jpg",
        "IMG_0001.JPG",
        "a b(1).png",
        "截图'1'.png",
        "1;2.jpg",
        "图片&说明.jpg",
        "v1.0.2.php教程.jpg",
    ]);
    let office = rng.pick(&["通知(2026).docx", "报名表.xls", "附件1:说明.pdf", "source.zip", "数据.csv"]);
    let id = rng.digits(6);
    let upload = |path: String, field: &str, kind: &str, file: &str, rng: &mut Rng| {
        let parts = [
            Part::field("id", "WU_FILE_0"),
            Part::field("name", file),
            Part::field("type", kind),
            Part::field("lastModifiedDate", "Mon Mar 02 2026 09:00:00 GMT+0800 (中国标准时间)"),
            Part::file(field, file, kind, picture.clone()),
        ];
        let (kind, body) = multipart(&parts, rng);
        Wire::post(path, &kind, body)
    };
    match rng.below(9) {
        0 => upload("/ueditor/php/controller.php?action=uploadimage&encode=utf-8".into(), "upfile", "image/jpeg", name, rng),
        1 => upload(format!("/Content/ueditor/net/controller.ashx?action=uploadfile&encode=utf-8&n={id}"), "upfile", "application/octet-stream", office, rng),
        2 => Wire::get(format!("/ueditor/jsp/controller.jsp?action=config&&noCache={}&callback=bd__editor__{}", rng.digits(13), rng.letters(6))),
        3 => Wire::post("/ueditor/php/controller.php?action=catchimage", FORM, format!("source%5B%5D={}&source%5B%5D={}&n={id}", codec::percent("https://mmbiz.qpic.example/mmbiz_png/abc/640?wx_fmt=png&tp=webp"), codec::percent("http://img.bbs.example/a.jpg"))),
        4 => upload(format!("/kindeditor/php/upload_json.php?dir=image&k={id}"), "imgFile", "image/jpeg", name, rng),
        5 => Wire::get(format!("/kindeditor/asp.net/file_manager_json.ashx?path=2026%2F03%2F&order=NAME&dir=file&{id}")),
        6 => upload(format!("/ckfinder/core/connector/php/connector.php?command=FileUpload&type=Files&currentFolder=%2F&langCode=zh-cn&hash={id}"), "upload", "image/jpeg", name, rng),
        7 => Wire::get(format!("/FCKeditor/editor/filemanager/browser/default/connectors/asp/connector.asp?Command=GetFoldersAndFiles&Type=Image&CurrentFolder=/upload/&u={id}")),
        _ => Wire::post("/eWebEditor/asp/upload.asp?action=remote&type=remote&style=blue", FORM, format!("eWebEditor_UploadText={}&n={id}", codec::form("http://a.example/1.gif|http://b.example/2.jpg?x=1;2"))),
    }
    .desktop(rng)
    .finish(rng)
}

fn double_byte(rng: &mut Rng) -> Vec<u8> {
    let text = rng.pick(&[
        "我要咨询:医保卡丢了怎么办?",
        "姓名:李四;电话:100",
        "请问'新农合'报销比例是多少",
        "建议增加公交线路|延长末班车",
        "附件<1>下载不了(404)",
        "价格&优惠",
        "举报:某公司拖欠工资, 已超过30天; 望处理!",
        "\"两会\"专题",
    ]);
    let (who, id) = (words::person(rng), rng.digits(6));
    match rng.below(5) {
        0 => Wire::get(format!("/so.asp?word={}&n={id}", escaped(text))),
        1 => Wire::post(
            "/lyb/save.asp",
            FORM,
            format!(
                "name={}&title={}&content={}&Submit=%CC%E1%BD%BB&id={id}",
                escaped(&who),
                escaped(text),
                escaped(&words::sentence(rng).repeat(2))
            ),
        ),
        2 => {
            // Old clients write the bytes as they are.
            let mut body = format!("id={id}&content=").into_bytes();
            body.extend(double_bytes(&text.replace(['&', '+', '%'], " ")));
            Wire::post("/bbs/post.asp", FORM, body)
        }
        3 => {
            let (kind, body) = multipart(
                &[
                    Part::field("title", double_bytes(text)),
                    Part::field("body", double_bytes(&words::remark(rng))),
                    Part::field("id", id),
                ],
                rng,
            );
            Wire::post("/mailbox/submit.jsp", &kind, body)
        }
        _ => Wire::get(format!("/tag/{}.html?i={id}", escaped(text)))
            .header("Cookie", format!("user={}; visited={}", escaped(&who), unicode_escaped(text))),
    }
    .desktop(rng)
    .finish(rng)
}

/// Cookies as a dozen scripts of trackers leave them on one site.
fn cookies(rng: &mut Rng) -> Vec<u8> {
    let (hex, moment, digits) = (rng.hex(32), words::millis(rng), rng.digits(10));
    let all = [
        format!("Hm_lvt_{hex}={digits},{digits}; Hm_lpvt_{hex}={digits}"),
        format!("UM_distinctid={}-0{}-{}-1fa400-{}", rng.hex(14), rng.hex(13), rng.hex(8), rng.hex(15)),
        format!("CNZZDATA{}={}-{digits}-https%253A%252F%252Fwww.baidu.example%252F%7C{digits}", rng.digits(10), rng.digits(9)),
        format!("sensorsdata2015jssdkcross={}", codec::percent(format!("{{\"distinct_id\":\"{hex}\",\"first_id\":\"\",\"props\":{{\"$latest_traffic_source_type\":\"自然搜索流量\",\"$latest_search_keyword\":\"未取到值\",\"$latest_referrer\":\"https://www.baidu.example/link?url=a&wd=\"}},\"$device_id\":\"{hex}\"}}"))),
        format!("_ga=GA1.2.{digits}.{digits}; _gid=GA1.2.{digits}.{digits}; _gat=1"),
        format!("__jda=122270672.{moment}{digits}.{digits}.{digits}.{digits}.12; __jdv=122270672|baidu-search|t_{digits}_cpc|cpc|{digits}_0_{hex}|{moment}"),
        format!("__utmz={digits}.{digits}.1.1.utmcsr=baidu|utmccn=(organic)|utmcmd=organic|utmctr=%E5%8C%BB%E9%99%A2"),
        format!("mobile_iframe=0; history={}", codec::percent("[{\"id\":1,\"t\":\"第1章 <序>\",\"u\":\"/book/1.html?a=1&b=2\"},{\"id\":2,\"t\":\"it's\"}]")),
        format!("cart={{\"goods\":[{{\"id\":{digits}|\"n\":2}}]}}; viewed=\"{digits}_{digits}\""),
        format!("userinfo=uid={digits}&name={}&email=a@b.example&lev=1&ip=10.1.2.3; LastVisit=2026-3-1 10%3A00%3A00", codec::percent(words::person(rng))),
        format!("SINAGLOBAL={digits}.{digits}.{moment}; ULV={moment}:3:1:1:{digits}.{digits}.{moment}:{moment}; SUB=_2A25{}; SUBP=0033WrSXqPxfM725Ws9jqgMF55529P9D9W{}", rng.token(60), rng.token(30)),
        format!("cna={}; isg=B{}; l=eB{}..; tfstk=c{}.; t={hex}; thw=cn; lgc=\\u5F20\\u4E09; dnk=\\u5F20\\u4E09; tracknick=\\u5F20\\u4E09", codec::percent(codec::base64(rng.bytes(15))), rng.base64_url(60), rng.base64_url(100), rng.base64_url(80)),
        format!("bsource=search_baidu; PVID=1; CURRENT_FNVAL=4048; rpdid=|({}(k|{}~u'uY)l'JuRk)|R; sid={}", rng.letters(6), rng.token(4), rng.letters(8)),
        format!("pgv_pvid={digits}; ptcz={hex}; RK={}; _qpsvr_localtk=0.{digits}; pgv_info=ssid=s{digits}; o_cookie={digits}", rng.token(10)),
        format!("wluuid={hex}; ci=1%2C%E5%8C%97%E4%BA%AC; __mta={digits}.{moment}.{moment}.{moment}.1; latlng=39.9,116.4,{moment}; rvct=1|10;a"),
        format!("amplitude_id_{hex}_site.example={}", codec::base64(format!("{{\"deviceId\":\"{}\",\"userId\":null,\"optOut\":false,\"sessionId\":{moment},\"lastEventTime\":{moment},\"eventId\":0}}", rng.uuid()))),
        format!("mp_{hex}_mixpanel={}", codec::percent(format!("{{\"distinct_id\": \"{digits}\",\"$initial_referrer\": \"$direct\",\"$initial_referring_domain\": \"$direct\",\"__mps\": {{}},\"__alias\": \"x\"}}"))),
        "OptanonConsent=isGpcEnabled=0&datestamp=Mon+Mar+02+2026+09%3A00%3A00+GMT%2B0800+(%E4%B8%AD%E5%9B%BD%E6%A0%87%E5%87%86%E6%97%B6%E9%97%B4)&version=6.10.0&groups=C0001%3A1%2CC0002%3A0; uaw=50%; rate=100%25".to_owned(),
        format!("acw_tc={hex}; acw_sc__v2={hex}; ssxmod_itna=eqUx{}; aliyungf_tc={hex}", rng.token(60)),
        format!("bdshare_firstime={moment}; BAIDU_SSP_lcr=https://www.baidu.example/link?url={}&wd=&eqid={hex}", rng.base64_url(40)),
        format!("DedeUserID={digits}; DedeUserID__ckMd5={hex}; DedeLoginTime={digits}; last_vtime={digits}; last_vid=`{digits}`,`{digits}`"),
        format!("ecmsmlusername={}; ezn{}=1; kO7f_2132_lastact={digits}%09forum.php%09viewthread; kO7f_2132_saltkey={}; kO7f_2132_visitedfid=2D36D40; kO7f_2132_smile=1D1; kO7f_2132_st_p=0%7C{digits}%7C{hex}", codec::percent(words::person(rng)), rng.letters(4), rng.token(8)),
        format!("tt_webid={digits}; ttwid=1%7C{}%7C{digits}%7C{hex}; msToken={}==; __ac_nonce=0{hex}; s_v_web_id=verify_{}_{}", rng.base64_url(43), rng.base64_url(126), rng.letters(8), rng.token(20)),
        "filter=price:0-99;brand:A'B;sort:-sales; layout={grid:1,cols:[1,2]}; msg=<none>; ref=http://a.example/?x=1;y=2".to_string(),
    ];
    let count = rng.between(3, 7);
    let line = (0..count).map(|_| all[rng.below(all.len())].clone()).collect::<Vec<_>>().join("; ");
    Wire::get(format!("/{}/{}.html", rng.letters(5), rng.digits(5)))
        .header("Cookie", line)
        .program("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/119.0.0.0 Safari/537.36")
        .finish(rng)
}
