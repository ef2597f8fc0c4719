//! Honest requests to sites of twenty years ago that still answer: GBK and Big5, percent-encoded and raw, `%u` of old
//! scripts, ASP and PHP with the parameters of that time.

use super::super::super::benign::{BenignGrammar, grammar};
use super::super::super::codec;
use super::super::super::rng::Rng;
use super::super::super::wire::{FORM, Part, Wire, multipart};
use super::super::super::words;
use super::browsing::{call, visit};

pub(super) const BENIGN: &[BenignGrammar] =
    &[grammar("sites-of-twenty-years-ago", 45, old_sites), grammar("guest-books-in-gbk", 45, guest_books)];

/// Words of such sites, percent-encoded from GBK.
const WORDS: &[&str] = &[
    "%D0%A1%CB%B5",                                                    // 小说
    "%CC%EC%C1%FA%B0%CB%B2%BF",                                        // 天龙八部
    "%B6%FE%CA%D6%B3%B5",                                              // 二手车
    "%D7%E2%B7%BF",                                                    // 租房
    "%CA%D6%BB%FA%B1%A8%BC%DB",                                        // 手机报价
    "%B5%E7%D3%B0%CF%C2%D4%D8",                                        // 电影下载
    "%B3%C9%BC%A8%B2%E9%D1%AF",                                        // 成绩查询
    "%CD%AC%D1%A7%C2%BC",                                              // 同学录
    "%C1%F4%D1%D4%B1%BE",                                              // 留言本
    "%C4%E3%BA%C3%2C%C7%EB%CE%CA%BB%B9%D3%D0%BB%F5%C2%F0%3F",          // 你好,请问还有货吗?
    "%BC%DB%B8%F1%3A1200%D4%AA%28%BF%C9%D2%E9%29",                     // 价格:1200元(可议)
    "%D3%D0%D2%E2%D5%DF%C7%EB%D6%C2%B5%E7%3B%B7%C7%B3%CF%CE%F0%C8%C5", // 有意者请致电;非诚勿扰
    "%B8%E8%B4%CA%3A%D4%C2%C1%C1%B4%FA%B1%ED%CE%D2%B5%C4%D0%C4",       // 歌词:月亮代表我的心
    "%C9%FA%BB%EE%2F%BC%D2%BE%D3",                                     // 生活/家居
    "%A1%B6%B6%C1%D5%DF%A1%B7%BA%CF%B6%A9%B1%BE",                      // 《读者》合订本
    "%C8%C8%C1%D2%C7%EC%D7%A3%B1%BE%D5%BE%BF%AA%CD%A8%21",             // 热烈庆祝本站开通!
    "C%D3%EF%D1%D4%BD%CC%B3%CC",                                       // C语言教程
    "%D5%C5%C8%FD%B7%E1%26%D0%A1%C1%FA%C5%AE",                         // 张三丰&小龙女
    "%C7%F3%B9%BA%20%3C%BE%C9%CA%E9%3E%20%C8%F4%B8%C9",                // 求购 <旧书> 若干
    "%B0%E6%D6%F7%C4%E3%BA%C3%A1%AD%A1%AD",                            // 版主你好……
];
/// The same from Big5.
const TRADITIONAL: &[&str] = &[
    "%A5x%A5%5F",                                // 台北
    "%A4p%BB%A1",                                // 小說
    "%BD%D7%BE%C2",                              // 論壇
    "%B9q%BCv",                                  // 電影
    "%BD%D0%B0%DD%B3o%AD%D3%A6h%A4%D6%BF%FA%3F", // 請問這個多少錢?
];
/// Texts as raw GBK, for bodies that are not escaped.
const RAW: &[&[u8]] = &[
    b"\xbd\xf1\xcc\xec\xcd\xf8\xd5\xbe\xb8\xc4\xb0\xe6,\xbb\xb6\xd3\xad\xb4\xf3\xbc\xd2\xcc\xe1\xd2\xe2\xbc\xfb", // 今天网站改版,欢迎大家提意见
    b"\xcd\xbc\xca\xe9:\xba\xec\xd3\xeb\xba\xda \xd7\xf7\xd5\xdf:\xcb\xbe\xcc\xc0\xb4\xef", // 图书:红与黑 作者:司汤达
    b"\xc3\xf7\xcc\xec\xcf\xc2\xce\xe7\xc8\xfd\xb5\xe3\xbc\xfb\xc3\xe6",                    // 明天下午三点见面
    b"\xbc\xdb\xb8\xf1 50<100, \xd0\xbb\xd0\xbb!",                                          // 价格 50<100, 谢谢!
    b"\xc8\xed\xbc\xfe\xa1\xb0\xc7\xa7\xc7\xa7\xbe\xb2\xcc\xfd\xa1\xb15.7\xb0\xe6",         // 软件“千千静听”5.7版
    b"\xc7\xac\xc2\xa1\xbc\xce\xc7\xec\xc4\xea\xbc\xe4\xb5\xc4\xb4\xc9\xc6\xf7\xd2\xbb\xd6\xbb", // 乾隆嘉庆年间的瓷器一只
    b"\xb1\xed\xb5\xa5\xb2\xe2\xca\xd4:\xc8\xbd\xc8\xbd \x81F \x82O",                            // 表单测试:冉冉 丗 侽
];

fn old_sites(rng: &mut Rng) -> Vec<u8> {
    let host = rng.pick(&[
        "www.laozhan.example",
        "bbs.xiaoyuan-lt.example",
        "data.tushuguan.example",
        "www.gangtai.example",
        "192.168.8.20:81",
    ]);
    let word = rng.pick(WORDS);
    match rng.below(13) {
        0 => visit(host, Wire::get(format!("/search.asp?keyword={word}&t={}&Submit=%CB%D1%CB%F7", rng.below(5))), rng),
        1 => visit(
            host,
            Wire::get(format!(
                "/search.php?searchtype=title&q={word}&pagesize=10&typeid=0&PageNo={}",
                rng.between(1, 20)
            )),
            rng,
        ),
        2 => visit(host, Wire::get(format!("/s?word={word}&cl=3&tn=laozhan&ct=0&ie=gb2312")), rng),
        3 => visit(
            host,
            Wire::get(format!(
                "/modules/article/search.php?searchtype=articlename&searchkey={word}&page={}",
                rng.between(1, 9)
            )),
            rng,
        ),
        4 => visit(
            host,
            Wire::get(format!("/soft/sort01/{}.htm?name={}", rng.between(1, 40), rng.pick(TRADITIONAL))),
            rng,
        ),
        5 => visit(
            host,
            Wire::get(format!("/viewthread.php?tid={}&extra=&highlight={}", rng.digits(6), rng.pick(TRADITIONAL))),
            rng,
        ),
        6 => visit(
            host,
            Wire::get(format!(
                "/Article/ShowClass.asp?ClassID={}&page={}&SpecialName={word}",
                rng.below(99),
                rng.between(1, 30)
            )),
            rng,
        ),
        7 => call(
            host,
            Wire::get(format!(
                "/inc/ajax.asp?action=title&name=%u{}%u{}%20(%u{})&timeStamp={}",
                rng.pick(&["4F60", "5C0F", "7535"]),
                rng.pick(&["597D", "8BF4", "5F71"]),
                rng.pick(&["4E0A", "4E0B"]),
                words::millis(rng)
            )),
            rng,
        ),
        8 => visit(
            host,
            Wire::get(format!(
                "/down.asp?id={}&no={}&url=ftp%3A%2F%2Fmovie%3A123%40192.168.8.20%3A21%2F{word}.rmvb",
                rng.digits(4),
                rng.between(1, 4)
            )),
            rng,
        ),
        9 => visit(
            host,
            Wire::get(format!(
                "/opac/openlink.php?strSearchType=title&match_flag=forward&historyCount=1&strText={word}&doctype=ALL&with_ebook=on&displaypg=20&showmode=list&sort=CATA_DATE&orderby=desc&location=ALL"
            )),
            rng,
        ),
        10 => Wire::get(format!("/images/{word}.jpg"))
            .host(host)
            .header("Accept", "*/*")
            .header("Referer", format!("http://{host}/show.asp?name={word}"))
            .header("User-Agent", "Mozilla/4.0 (compatible; MSIE 6.0; Windows NT 5.1; SV1; Maxthon; .NET CLR 1.1.4322)")
            .header("Connection", "Keep-Alive")
            .finish(rng),
        11 => {
            let raw = rng.pick(RAW);
            Wire::get(format!("/index.asp?page={}", rng.between(1, 90)))
                .host(host)
                .header("User-Agent", "Mozilla/5.0 (compatible; MSIE 9.0; Windows NT 6.1; Trident/5.0)")
                .header("Accept-Language", "zh-cn")
                .header(
                    "Cookie",
                    [b"ASPSESSIONIDQ=".as_slice(), rng.letters(24).to_uppercase().as_bytes(), b"; last=", raw].concat(),
                )
                .finish(rng)
        }
        _ => visit(
            host,
            Wire::get(format!(
                "/bbs/dispbbs.asp?boardID={}&ID={}&page={}&skin=0&username={word}",
                rng.below(60),
                rng.digits(5),
                rng.between(1, 9)
            )),
            rng,
        ),
    }
}

fn guest_books(rng: &mut Rng) -> Vec<u8> {
    let host = rng.pick(&["www.laozhan.example", "bbs.xiaoyuan-lt.example", "book.tongxue.example", "10.1.1.9:8000"]);
    let (word, second, raw) = (rng.pick(WORDS), rng.pick(WORDS), rng.pick(RAW));
    let path = rng.pick(&[
        "/guestbook/save.asp",
        "/post.php?action=reply",
        "/bbs/savepost.asp?action=new",
        "/liuyan/add.jsp",
        "/e/enews/index.php",
    ]);
    match rng.below(8) {
        0..=2 => {
            let body = format!(
                "username={second}&oicq={}&homepage=http%3A%2F%2F&face={}&content={word}%0D%0A{second}&Submit=%CC%E1%BD%BB",
                rng.digits(8),
                rng.below(30)
            );
            visit(host, Wire::post(path, FORM, body), rng)
        }
        3 => visit(
            host,
            Wire::post(
                path,
                "application/x-www-form-urlencoded; charset=GBK",
                format!(
                    "subject={word}&body=%5Bb%5D{second}%5B%2Fb%5D%5Bimg%5Dhttp%3A%2F%2F{host}%2Fa.gif%5B%2Fimg%5D&verify={}&UBB=1",
                    rng.digits(4)
                ),
            ),
            rng,
        ),
        4 => {
            let body = [b"title=".as_slice(), raw, b"&author=", rng.letters(6).as_bytes(), b"&submit=ok"].concat();
            visit(host, Wire::post(path, FORM, body), rng)
        }
        5 => {
            let icon = words::jpeg(rng, 120);
            let parts = [
                Part::field("subject", raw),
                Part::field("formhash", rng.hex(8)),
                Part::file("attach[]", "me.jpg", "image/pjpeg", icon),
                Part::field("message", [raw, b"\r\n[quote]".as_slice(), rng.pick(RAW), b"[/quote]"].concat()),
            ];
            let (kind, body) = multipart(&parts, rng);
            visit(host, Wire::post(path, &kind, body), rng)
        }
        6 => {
            let body = [
                b"<?xml version=\"1.0\" encoding=\"gb2312\"?><msg><to>".as_slice(),
                rng.digits(5).as_bytes(),
                b"</to><text><![CDATA[",
                raw,
                b"]]></text></msg>",
            ]
            .concat();
            call(host, Wire::post("/xmlhttp/send.asp", "text/xml; charset=gb2312", body), rng)
        }
        _ => call(
            host,
            Wire::post(
                "/ajax/msg.php",
                FORM,
                format!(
                    "inajax=1&msg={}&to=%u5C0F%u660E&rand=0.{}",
                    codec::percent(codec::percent(rng.pick(&["在吗?", "明天见!", "50%的折扣", "A&B"]))),
                    rng.digits(15)
                ),
            ),
            rng,
        ),
    }
}
