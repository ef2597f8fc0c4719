//! Honest requests of the open Chinese web that write: forums, blogs, and old sites whose pages speak GB 2312.

use super::super::super::benign::{BenignGrammar, grammar};
use super::super::super::codec;
use super::super::super::rng::Rng;
use super::super::super::wire::{Part, multipart};
use super::super::super::words;
use super::clients::Ask;
use super::phrases;

pub(super) const BENIGN: &[BenignGrammar] =
    &[grammar("forum-threads", 60, thread), grammar("blog-editors", 48, blog), grammar("gb2312-sites", 46, old_site)];

/// Threads as people open them.
const THREADS: &[&str] = &[
    "小区北门那家包子铺关了,知道搬哪去了吗?\n以前2.5元/个,肉馅的绝了",
    "[size=3][color=Red]【团购】[/color][/size]阳澄湖大闸蟹 公4两母3两 8只装\n[b]¥268[/b](原价 [s]388[/s])\n接龙:\n1. 3-502 两份\n2. 7-101 一份\n3.",
    "求助帖\n狗狗吃了巧克力,大概20g左右,体重8kg,要催吐吗??在线等 急急急",
    "[quote=老李头 #12]这事儿不能全怪物业[/quote]\n那怪谁?怪业主?→_→\n钱交了、事不办,<黑心>二字送给他们!",
    "[img=600,400]https://pic.example/2026/11/a1b2.jpg[/img]\n[url=https://pan.example/s/1AbC-dE]原图下载[/url] 提取码:x7k2\n[hide=20]回复可见[/hide]",
    "家里老人总收到\"您的医保卡已停用\"的短信,点开是 http://yb-gov.example/a?x=1 这种链接,千万别点!!",
    "今日份菜价:白菜 0.8/斤;排骨 26~28;鸡蛋 4.5↑;草鱼 7.9↓",
    "【影评】《某某》7/10\n优点:摄影>剧本>配乐;缺点:节奏 (前30min 太拖) & 结局 (?!)\n'你以为的结局不是结局' 这句台词真的...",
    "二手转让:儿童床 1.5m,200元自提;电动车(72V20Ah)~1500km,1200;有意站内信,勿扰",
    "昨晚10:40 左右,3号楼和5号楼之间有人放炮,吓得孩子直哭 T_T\n@物业小张 能不能管管?!",
    "{:5_144:}{:5_144:} 楼主好人一生平安",
    "吐槽:挂号App 更新以后 闪退,v6.4.1(build 882),华为 P40;客服让\"卸载重装\"——装了八遍!",
    "对联求下联:\n上联:红旗招展,春风又绿江南岸\n下联:______",
    "数学题:已知 a>0, b>0, 且 a+b=1, 求 1/a+4/b 的最小值。\n答:(1/a+4/b)(a+b)=5+b/a+4a/b>=5+2√4=9",
    "[table=98%][tr][td]时间[/td][td]线路[/td][/tr][tr][td]7:10[/td][td]东门->体育馆[/td][/tr][/table]\n[align=right]—— 业委会 2026/11/21[/align]",
    "🎵循环一天了:\"Don't cry because it's over, smile because it happened\"",
];

/// Threads of the corner for computers that every board has.
const COMPUTER_THREADS: &[&str] = &[
    "显卡驱动装完就黑屏,试过:\n1)DDU 卸载\n2)sfc /scannow 说没发现完整性冲突\n3)换 DP 线\n还是不行,电源 650W 会不会不够",
    "路由器刷机后进不去了,串口输出停在\n[code]Starting kernel ...\nUncompressing Linux... done, booting the kernel.\nKernel panic - not syncing: VFS: Unable to mount root fs on unknown-block(31,2)[/code]\n有没有大佬救砖",
    "分享一个批量改文件名的办法,新建文本文档输入:\n[code]@echo off\nsetlocal enabledelayedexpansion\nset n=1\nfor %%i in (*.jpg) do (\n  ren \"%%i\" 照片!n!.jpg\n  set /a n+=1\n)\npause[/code]\n另存为 .bat 双击就行",
    "请教 Excel 高手:=IFERROR(INDEX(Sheet2!$B$2:$B$99,MATCH(A2&\"\",Sheet2!$A$2:$A$99,0)),\"无\") 总返回 无,格式都是文本了",
    "网页不居中怎么回事?我这样写的\n<div style=\"margin:0 auto;width:980px\">\n  <img src=\"images/banner.gif\" />\n</div>\nIE 正常 火狐不行",
    "学 Python 第三天打卡\nfor i in range(1, 10):\n    for j in range(1, i + 1):\n        print(f\"{j}x{i}={i*j}\", end=\"\\t\")\n    print()\n九九乘法表搞定!",
    "毕业设计做图书管理,查询总报错\nselect * from book where name like '%三国%' order by id\n提示 Unknown column 'name' in 'where clause',字段明明有啊(截图)",
    "网吧电脑 cmd 输入 ipconfig /all 看 DNS 是 114.114.114.114,改成 223.5.5.5 快多了,亲测",
    "有人用过 Let's Encrypt 的证书吗?nginx 里 ssl_certificate /etc/nginx/ssl/fullchain.pem; 这样写对不对",
    "问:C语言 if (a = 1) 和 if (a == 1) 有啥不一样?老师说不能写错,但都能编译过",
];

fn thread(rng: &mut Rng) -> Vec<u8> {
    let list = if rng.chance(15) { COMPUTER_THREADS } else { THREADS };
    let mut text = rng.pick(list).to_owned();
    for _ in 0..rng.below(3) {
        text += "\n";
        text += phrases::talk(rng);
    }
    let (title, id) = (phrases::talk(rng), rng.digits(7));
    let text = text.replace('\n', "\r\n");
    match rng.below(9) {
        0 => Ask::form(format!("/post.php?action=new&fid={}&nowtime={}&verify={}", rng.below(99), words::millis(rng), rng.hex(8)), &[("magicname", ""), ("atc_title", title), ("atc_usesign", "1"), ("atc_convert", "1"), ("atc_content", &text), ("step", "2"), ("_hexie", &rng.hex(8))]).referer(format!("http://bbs.linjia.example/post.php?fid={id}")).page(rng),
        1 => Ask::post("/f/commit/post/add", "application/x-www-form-urlencoded; charset=UTF-8", format!("ie=utf-8&kw={}&fid={id}&tid={}&vcode_md5=&floor_num={}&rich_text=1&tbs={}&content={}&basilisk=1&files=%5B%5D&mouse_pwd={}%2C{}", codec::percent("临山吧"), rng.digits(10), rng.below(900), rng.hex(26), codec::percent(text.replace("\r\n", "[br]")), rng.digits(3), rng.digits(60))).data(rng),
        2 => Ask::json("/api/v3/topics", format!("{{\"_uid\":1,\"cid\":{},\"title\":{},\"content\":{},\"tags\":[\"水帖\",\"c++\"],\"timestamp\":0}}", rng.below(30), codec::json(title), codec::json(text.replace("\r\n", "\n")))).with("x-csrf-token", rng.hex(64)).data(rng),
        3 => {
            let (kind, body) = multipart(&[Part::field("_xfToken", format!("{},{}", rng.digits(10), rng.hex(32))), Part::field("message_html", format!("<p>{}</p>", codec::xml(&text).replace("\r\n", "</p><p>"))), Part::field("last_date", rng.digits(10)), Part::field("attachment_hash_combined", format!("{{\"type\":\"post\",\"context\":{{\"thread_id\":1{id}}},\"hash\":\"{}\"}}", rng.hex(32))), Part::field("_xfResponseType", "json")], rng);
            Ask::post(format!("/threads/{id}/add-reply"), &kind, body).data(rng)
        }
        4 => Ask::form("/t/new", &[("title", title), ("syntax", "default"), ("content", &text), ("node_name", "sandbox"), ("once", &rng.digits(5))]).page(rng),
        5 => Ask::form("/mobile/reply.json", &[("threadId", &id), ("text", phrases::talk(rng)), ("emoji", "[偷笑][doge][允悲]"), ("at", rng.pick(phrases::NICKS)), ("loc", "江城·临山区")]).phone(rng),
        6 => Ask::json("/app/weibo/create", format!("{{\"text\":{},\"visible\":0,\"pics\":[\"{}.jpg\"],\"topic\":\"#今天也要加油#\",\"device\":\"<a href=\\\"//weibo.example/\\\" rel=\\\"nofollow\\\">HUAWEI Mate 60</a>\"}}", codec::json(phrases::talk(rng)), rng.hex(32))).app(rng),
        7 => Ask::form("/ajax/draft", &[("subject", title), ("draft", &text), ("n", &id), ("nick", rng.pick(phrases::NICKS)), ("auto", "1")]).data(rng),
        _ => Ask::post(format!("/chat/room/{id}"), "text/plain;charset=UTF-8", format!("{}: {}", rng.pick(phrases::NICKS), text)).data(rng),
    }
}

/// Articles as the editors of blogs and content systems write them.
fn blog(rng: &mut Rng) -> Vec<u8> {
    let pieces = [
        format!("<p data-we-empty-p=\"\" style=\"text-align:justify;\"><span style=\"background-color: rgb(255, 255, 255); color: rgba(0, 0, 0, 0.9);\">{}</span></p>", codec::xml(phrases::talk(rng))),
        format!("<section data-role=\"outer\" label=\"edit by 135editor\" style=\"font-size:16px;\"><section class=\"_135editor\" data-id=\"{}\" style=\"border:0px none;\"><p>{}</p></section></section>", rng.digits(6), codec::xml(phrases::talk(rng))),
        format!("<p><img src=\"https://mmbiz.example/mmbiz_png/{}/640?wx_fmt=png&amp;from=appmsg\" class=\"rich_pages wxw-img\" data-ratio=\"0.{}\" data-type=\"png\" data-w=\"1080\" style=\"\" _src=\"\"></p>", rng.token(30), rng.digits(5)),
        "<p class=\"MsoNormal\" style=\"margin-left:21.0pt;mso-para-margin-left:0gd;text-indent:-21.0pt;mso-list:l0 level1 lfo1\"><span lang=\"EN-US\"><span style=\"mso-list:Ignore\">1.<span style='font:7.0pt \"Times New Roman\"'>&nbsp;&nbsp;</span></span></span>门诊时间</p>".to_owned(),
        format!("<iframe src=\"//player.video.example/player.html?aid={}&amp;page=1&amp;high_quality=1\" scrolling=\"no\" border=\"0\" frameborder=\"no\" framespacing=\"0\" allowfullscreen=\"true\"> </iframe>", rng.digits(9)),
        "<pre class=\"language-nginx\"><code>location ~* \\.(gif|jpg|png)$ {\n    expires 30d;\n    access_log off;\n}</code></pre>".to_owned(),
        "<pre><code class=\"language-js\">document.querySelectorAll('.tab').forEach((el, i) =&gt; {\n  el.addEventListener('click', () =&gt; show(i));\n});</code></pre>".to_owned(),
        "<pre class=\"prettyprint lang-sql\">update article set hits = hits + 1 where id = 5; -- 浏览量</pre>".to_owned(),
        "<p><a class=\"link-card\" href=\"https://zyy.linshan.example/jy/zn.html#step-2\" rel=\"noopener noreferrer\" target=\"_blank\" _src=\"https://zyy.linshan.example/jy/zn.html\">就诊指南 &gt;&gt;</a></p><p><br></p>".to_owned(),
        "<table class=\"ke-zeroborder\" bordercolor=\"#000000\" style=\"width:100%;\" cellpadding=\"2\" cellspacing=\"0\" border=\"1\"><tbody><tr><td>科室<br /></td><td>周一~周五(8:00-12:00)</td></tr></tbody></table>".to_owned(),
        "<p><span class=\"ql-formula\" data-value=\"e=mc^2\"></span><strong>注意:</strong><em>空腹 &lt;8h 不做</em><o:p></o:p></p>".to_owned(),
        "<blockquote><p>“病人不看你懂得多少,直到他知道你在乎多少。”</p></blockquote><hr class=\"wp-block-separator\"/>".to_owned(),
    ];
    let count = rng.between(2, 5);
    let html: String = (0..count).map(|_| pieces[rng.below(pieces.len())].clone()).collect();
    let (title, id) = (phrases::talk(rng), rng.digits(5));
    match rng.below(8) {
        0 => Ask::form("/action/contents-post-edit", &[("title", title), ("text", &html), ("fields[keywords]", "健康,科普"), ("category[]", "1"), ("do", "publish"), ("markdown", "0"), ("cid", &id), ("timezone", "28800"), ("_", &rng.hex(32))]).page(rng),
        1 => Ask::json("/apis/content.halo.run/v1/posts", format!("{{\"post\":{{\"spec\":{{\"title\":{},\"slug\":\"{}\",\"visible\":\"PUBLIC\"}},\"kind\":\"Post\"}},\"content\":{{\"raw\":{},\"content\":{},\"rawType\":\"HTML\"}}}}", codec::json(title), rng.letters(8), codec::json(&html), codec::json(&html))).with("X-XSRF-TOKEN", rng.uuid()).data(rng),
        2 => {
            let (kind, body) = multipart(&[Part::field("post[post_title]", title), Part::field("post[post_content]", html), Part::field("post[more][thumbnail]", "portal/20261121/a.jpg"), Part::field("post[published_time]", "2026-11-21 09:00"), Part::field("post[categories]", "3,5")], rng);
            Ask::post(format!("/portal/admin_article/editpost/id/{id}.html"), &kind, body).data(rng)
        }
        3 => Ask::post("/admin/News_Save.asp?action=modify", "application/x-www-form-urlencoded", codec::form_body(&[("ID", &id), ("Title", title), ("Content", &html), ("IncludePic", "yes"), ("Editor", "kindeditor"), ("Submit", " 修 改 ")])).old_page(rng),
        4 => Ask::json("/blogger/v2/post", format!("{{\"id\":1{id},\"title\":{},\"body\":{},\"description\":{},\"isMarkdown\":false,\"tags\":[\"养生\",\"中医\"],\"inSiteHomePage\":false}}", codec::json(title), codec::json(&html), codec::json(phrases::talk(rng)))).data(rng),
        5 => Ask::post("/xmlrpc.php", "text/xml", format!("<?xml version=\"1.0\"?><methodCall><methodName>metaWeblog.newPost</methodName><params><param><value><string>1</string></value></param><param><value><string>editor</string></value></param><param><value><string>{}</string></value></param><param><value><struct><member><name>title</name><value><string>{}</string></value></member><member><name>description</name><value><string>{}</string></value></member></struct></value></param><param><value><boolean>1</boolean></value></param></params></methodCall>", rng.token(10), codec::xml(title), codec::xml(&html))).program("Open Live Writer 0.6.2", rng),
        6 => Ask::form("/cgi-bin/operate_appmsg?t=ajax-response&sub=update&type=77", &[("token", &rng.digits(10)), ("AppMsgId", &id), ("count", "1"), ("title0", title), ("content0", &html), ("digest0", phrases::talk(rng)), ("fileid0", &rng.digits(9)), ("sourceurl0", "http://zyy.linshan.example/?p=12"), ("need_open_comment0", "1")]).data(rng),
        _ => {
            let (kind, body) = multipart(&[Part::field("content", html), Part::field("draft_id", id), Part::file("cover", "封面 (1).webp", "image/webp", [b"RIFF\x24\x10\x00\x00WEBPVP8 ".as_slice(), &rng.bytes(300)].concat())], rng);
            Ask::post("/creator/article/draft", &kind, body).data(rng)
        }
    }
}

/// Words in GB 2312, percent-encoded, as old sites have them in addresses and forms.
const GB: &[&str] = &[
    "%D2%BD%D4%BA",
    "%BD%A1%BF%B5",
    "%B8%D0%C3%B0",
    "%D0%C2%CE%C5",
    "%D1%A7%D0%A3",
    "%C6%FB%B3%B5",
    "%B1%B1%BE%A9",
    "%CC%EC%C6%F8",
    "%C8%ED%BC%FE%CF%C2%D4%D8",
    "%CD%F5%D0%A1%C3%F7",
    "%C0%EE%C4%C8",
    "%C4%FA%BA%C3,%C7%EB%CE%CA%BC%B8%B5%E3%C9%CF%B0%E0%3F",
    "%B5%D8%D6%B7%3A%C8%CB%C3%F1%C2%B712%BA%C5",
    "%D0%A1%CB%B5",
    "%B5%E7%D3%B0",
    "%B7%BF%BC%DB%D7%DF%CA%C6",
    "%CB%C4%B4%A8",
    "%D5%D0%C6%B8",
    "%B9%D8%D3%DA%B7%C5%BC%D9%B5%C4%CD%A8%D6%AA",
    "%C4%DA%BF%C6",
    "%D4%A4%D4%BC",
    "%B2%BB%CF%DE",
    "%BA%BA%D7%E5",
    "%B1%BE%BF%C6",
    "%CA%D6%BB%FA%BA%C5%C2%EB%B9%E9%CA%F4%B5%D8",
    "%B6%C5%B8%A6",
    "%CA%AB%B4%CA",
    "%B7%A8%B9%E6",
    "%BB%E1%BC%C6",
    "%C8%FD%CA%D2%D2%BB%CC%FC",
    "%B6%FE%CA%D6%B7%BF(%C4%CF%CF%F2)",
    "%BF%BC%CA%D4%B3%C9%BC%A8",
    "%D6%D0%D0%C4%D2%BD%D4%BA",
];

fn old_site(rng: &mut Rng) -> Vec<u8> {
    let (word, other, id) = (rng.pick(GB), rng.pick(GB), rng.digits(5));
    let button = rng.pick(&["%CB%D1%CB%F7", "%C8%B7%B6%A8", "%CC%E1%BD%BB", "+%CB%D1+%CB%F7+"]);
    let site = rng.pick(phrases::SITES);
    match rng.below(12) {
        0 => Ask::get(format!("/Search.asp?Field=Title&Keyword={word}&ClassID={}&Submit={button}&x={}&y={}", rng.below(40), rng.below(60), rng.below(20))).old_page(rng),
        1 => Ask::post("/guestbook/add.asp?action=save", "application/x-www-form-urlencoded", format!("UserName={word}&sex=%C4%D0&QQ={}&Homepage=http%3A%2F%2F&Email=&face=images%2Fface%2F{}.gif&Content={other}%0D%0A{word}%21%21&Submit={button}", rng.digits(9), rng.below(20))).referer(format!("http://{site}/guestbook/")).old_page(rng),
        2 => Ask::get(format!("/plus/search.php?kwtype=0&keyword={word}&searchtype=titlekeyword&typeid={}&pagesize=10&PageNo={}", rng.below(99), rng.below(40))).page(rng),
        3 => Ask::get(format!("/cgi-bin/ut/topic_show.cgi?id={id}&h=1&bpg={}&age=0&name={word}", rng.below(9))).old_page(rng),
        4 => Ask::get(format!("/so?word={word}&ie=gb2312&cl=3&rn=20&si={site}&ct=2097152&bs={other}&sr=&z=")).page(rng),
        5 => Ask::get(format!("/mobile.asp?mobile=100{}&action=mobile&B1={button}", rng.digits(8))).referer(format!("http://{site}/tools.asp?t={word}")).old_page(rng),
        6 => Ask::get(format!("/down/list.asp?id={id}&n={word}v{}.{}({other}).rar&mirror=%B5%E7%D0%C5", rng.below(9), rng.below(99))).old_page(rng),
        7 => Ask::post("/cx/score.jsp", "application/x-www-form-urlencoded; charset=GB2312", format!("zkzh={}&xm={word}&bmlb={other}&yzm={}&B1={button}", rng.digits(14), rng.token(4))).old_page(rng),
        8 => {
            let raw = [b"<?xml version=\"1.0\" encoding=\"gb2312\"?><q><k><![CDATA[".as_slice(), &unescape(word), b"]]></k><v>", &unescape(other), format!("</v><i>{id}</i></q>").as_bytes()].concat();
            Ask::post("/xmlhttp/server.asp", "text/xml", raw).old_page(rng)
        }
        9 => Ask::get(format!("/{word}/{other}/index{id}.html")).referer(format!("http://www.baidu.com/s?wd={word}&cl=3&ie=gb2312")).page(rng),
        10 => Ask::get(format!("/js/ad.asp?pos={}&title={word}&cookie={other}&refer=http%3A//{site}/s%3Fq%3D{word}", rng.below(9))).cookie(format!("ASPSESSIONIDQQ{}={}; UserInfo=UserName={word}&UserGrade={other}&LoginIP=203%2E0%2E113%2E{}", rng.word("ABCDQRST", 6), rng.word("ABCDEFGHIJKLMNOP", 24), rng.below(256))).script(rng),
        _ => {
            let parts = [Part::field("title", unescape(word)), Part::field("author", unescape(other)), Part::field("hits", id), Part::file("pic", "", "application/octet-stream", Vec::new()), Part::field("Submit", unescape(button))];
            let (kind, body) = multipart(&parts, rng);
            Ask::post("/admin/upload.asp", &kind, body).old_page(rng)
        }
    }
}

/// The bytes of a percent-encoded word.
fn unescape(word: &str) -> Vec<u8> {
    let mut bytes = word.bytes();
    let mut plain = Vec::new();
    while let Some(byte) = bytes.next() {
        if byte == b'%' {
            let digits: String = bytes.by_ref().take(2).map(char::from).collect();
            plain.push(u8::from_str_radix(&digits, 16).unwrap());
        } else {
            plain.push(byte);
        }
    }
    plain
}
