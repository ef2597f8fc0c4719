//! Honest requests of search boxes: what people type, whole and half, among it words that are also code; and titles.

use super::super::super::benign::{BenignGrammar, grammar};
use super::super::super::codec;
use super::super::super::rng::Rng;
use super::super::super::wire::{JSON, Wire};
use super::super::super::words;
use super::browsing::{app, call, mini, send, text, visit};

pub(super) const BENIGN: &[BenignGrammar] = &[
    grammar("boxes-typed-into", 45, boxes),
    grammar("words-that-are-also-code", 45, technical),
    grammar("films-songs-and-books", 45, titles),
];

const EVERYDAY: &[&str] = &[
    "感冒发烧吃什么药好得快",
    "高铁时刻表",
    "红烧肉的做法",
    "天气预报15天",
    "社保查询个人账户缴费明细",
    "羽绒服怎么洗",
    "今日金价",
    "手机内存满了怎么清理",
    "英语四级成绩查询",
    "附近的停车场",
    "怎么给孩子起名字",
    "车牌摇号",
    "小学三年级数学应用题",
    "空调不制冷是什么原因",
    "公务员报名入口",
    "世界杯赛程",
    "新生儿黄疸正常值",
    "腰疼挂什么科",
    "房贷计算器",
    "老黄历 宜嫁娶",
    "电影票房排行榜",
    "宫保鸡丁",
    "淄博烧烤",
    "how to learn english",
    "xuexi",
    "weixin wangyeban",
];
const SIGNED: &[&str] = &[
    "1+1为什么等于2",
    "C++ 和 C# 区别",
    "3/4÷2/3=?",
    "AT&T 是什么公司",
    "what's up 是什么意思",
    "\"人生若只如初见\" 全文",
    "血压 140/90 算高吗?",
    "18*24=",
    "x²-5x+6=0 怎么解",
    "iPhone 15 vs 16 哪个好???",
    "site:edu.example 招生简章 filetype:pdf",
    "50% off 怎么读",
    "<<三体>> 作者",
    "{}怎么打出来",
    "don't 缩写",
    "$100等于多少人民币",
    "#话题# 怎么发",
    "5' 8\" 是多少cm",
];

fn boxes(rng: &mut Rng) -> Vec<u8> {
    let host = rng.pick(&["www.sousuo.example", "m.sousuo.example", "so.souyixia.example", "s.daohang.example"]);
    let word = text(rng, EVERYDAY, SIGNED, 27);
    let wd = if rng.chance(50) { codec::percent(&word) } else { codec::form(&word) };
    // Most of what a box sends are beginnings of words.
    let typed: String = word.chars().take(rng.between(1, 9)).collect();
    let typed = codec::percent(&typed);
    match rng.below(11) {
        0 => visit(
            host,
            Wire::get(format!(
                "/s?wd={wd}&rsv_spt=1&rsv_iqid=0x{}&issp=1&f=8&rsv_bp=1&rsv_idx=2&ie=utf-8&tn=baiduhome_pg&rsv_enter=1&rsv_dl=tb&rsv_sug3={}&rsv_t={}",
                rng.hex(16),
                rng.between(2, 30),
                codec::percent(rng.base64_url(58))
            )),
            rng,
        ),
        1 => visit(
            host,
            Wire::get(format!(
                "/web?query={wd}&_asf=www.sousuo.example&_ast=&w=01019900&p=40040100&ie=utf8&from=index-nologin&s_from=index&oq=&ri=0&sourceid=sugg&stj=0%3B0%3B0%3B0&sst0={}",
                words::millis(rng)
            )),
            rng,
        ),
        2 => call(
            host,
            Wire::get(format!(
                "/sugrec?pre=1&p=3&ie=utf-8&json=1&prod=pc&from=pc_web&sugsid={},{}&wd={typed}&req=2&bs={wd}&pbs={wd}&csor={}&pwd={typed}&cb=jQuery1102{}_{}&_={}",
                rng.digits(5),
                rng.digits(5),
                rng.between(1, 9),
                rng.digits(16),
                words::millis(rng),
                words::millis(rng)
            )),
            rng,
        ),
        3 => call(
            host,
            Wire::get(format!(
                "/AS/Suggestions?pt=page.home&bq={typed}&mkt=zh-cn&qry={typed}&cp={}&csr=1&msbqf=false&cvid={}",
                rng.between(1, 12),
                rng.hex(32).to_uppercase()
            )),
            rng,
        ),
        4 => visit(
            host,
            Wire::get(format!(
                "/search?q={wd}&form=QBLH&sp=-1&ghc=1&lq=0&pq={typed}&sc=10-{}&qs=n&sk=&first={}",
                rng.below(30),
                rng.between(1, 51)
            )),
            rng,
        ),
        5 => visit(
            host,
            Wire::get(format!(
                "/search?hl=zh-CN&q={wd}&tbm=isch&sa=X&ved=2ahUKEwi{}&biw=1536&bih=730&tbs=isz:l,ic:color",
                rng.base64_url(28)
            )),
            rng,
        ),
        6 => mini(host, Wire::get(format!("/api/search/suggest?keyword={typed}&scene=home&size=10")), rng),
        7 => send(
            host,
            "/search/history/save",
            &[("kw", word), ("ts", words::millis(rng)), ("src", "hot_board".to_owned())],
            rng,
        ),
        8 => app(
            host,
            Wire::post(
                "/search/general/v1",
                JSON,
                format!(
                    "{{\"query\":{},\"cursor\":0,\"filters\":{{\"sort\":\"time_desc\",\"publish_time\":\"<7d\"}},\"search_id\":\"{}\"}}",
                    codec::json(&word),
                    rng.hex(40)
                ),
            ),
            rng,
        ),
        9 => visit(host, Wire::get(format!("/link?url={}&wd=&eqid={}", rng.base64_url(70), rng.hex(32))), rng),
        _ => visit(
            host,
            Wire::get(format!(
                "/from=844b/ssid=0/s?word={wd}&sa=ts_{}&ts={}&t_kt=0&ie=utf-8&rsv_sug4={}&ss=110",
                rng.between(1, 6),
                rng.digits(7),
                rng.digits(4)
            )),
            rng,
        ),
    }
}

const NEARLY: &[&str] = &[
    "电脑蓝屏怎么办",
    "win10 激活不了",
    "打印机驱动下载",
    "鼠标左键失灵",
    "office 2016 安装失败",
    "压缩包密码忘了",
    "u盘提示格式化",
    "chrome 打不开网页",
    "显卡 RTX 4060 和 3070 区别",
    "无线网卡驱动",
    "excel 下拉菜单怎么做",
    "word 页码从第三页开始",
    "数据库课程设计 图书管理系统",
    "python 入门 pdf",
    "单位换算 mb gb",
    "安卓手机投屏到电视",
];
const TECHNICAL: &[&str] = &[
    "select * from 是什么意思",
    "sql server 2008 安装教程 order by 用法",
    "union 和 union all 区别",
    "insert into values 多条",
    "drop table 之后能恢复吗",
    "where 1=1 有什么用",
    "group by having count(*)>1 查重复",
    "0x80070005 拒绝访问 解决方法",
    "java.lang.NullPointerException 怎么解决",
    "error: 'x' was not declared in this scope",
    "Uncaught TypeError: Cannot read property 'length' of undefined",
    "HTTP Error 404.0 - Not Found IIS",
    "cmd 命令 netstat -ano 查端口",
    "linux chmod 777 什么意思",
    "printf(\"%d\\n\") 为什么换行",
    "<br> 和 <br/> 的区别",
    "document.getElementById 返回 null",
    "alert 弹窗中文乱码",
    "excel if(and(a1>0,b1<5),\"是\",\"否\")",
    "order by rand() 慢",
    "C:\\Windows\\System32 能删吗",
    "python print('hello') 报错 invalid syntax",
    "如何 select 一家好的 union 医院 where to go",
    "delete from 和 truncate 哪个快",
    "&nbsp; 是什么",
    "the table doesn't exist mysql 1146",
    "sleep() 函数 c语言 头文件",
    "update 你的 iOS set 了吗",
    "case when then else end 用法",
    "127.0.0.1 localhost 拒绝了我们的连接请求",
];

fn technical(rng: &mut Rng) -> Vec<u8> {
    let host =
        rng.pick(&["www.sousuo.example", "so.jishu-wenda.example", "search.boke.example", "xiazai.ruanjian.example"]);
    let word = text(rng, NEARLY, TECHNICAL, 42);
    let wd = codec::percent(&word);
    match rng.below(9) {
        0 => visit(
            host,
            Wire::get(format!("/s?wd={wd}&ie=UTF-8&oq={wd}&rsv_pq={}&inputT={}", rng.hex(16), rng.digits(4))),
            rng,
        ),
        1 => visit(
            host,
            Wire::get(format!("/so/search?spm=1000.2115.3001.4501&q={}&t=&u=&urw=", codec::form(&word))),
            rng,
        ),
        2 => call(
            host,
            Wire::get(format!(
                "/api/v3/search?t=all&q={wd}&page={}&platform=pc&size=30&utm_source=blogsearch",
                rng.between(1, 9)
            )),
            rng,
        ),
        3 => visit(host, Wire::get(format!("/?s={}&submit=%E6%90%9C%E7%B4%A2", codec::form(&word))), rng),
        4 => visit(
            host,
            Wire::get(format!(
                "/t/{}/{}",
                codec::percent(rng.pick(&["c#", "sql", "office技巧", "网络/路由"])),
                rng.between(1, 40)
            )),
            rng,
        ),
        5 => visit(
            host,
            Wire::get(format!(
                "/article/details/{}?ops_request_misc={}&request_id={}&biz_id=0&spm=1018.2226.3001.4187",
                rng.digits(9),
                codec::percent(codec::percent(format!(
                    "{{\"request_id\":\"{}\",\"scm\":\"20140713.130102334..\"}}",
                    rng.digits(27)
                ))),
                rng.digits(27)
            )),
            rng,
        ),
        6 => call(
            host,
            Wire::post(
                "/graphql/search",
                JSON,
                format!(
                    "{{\"operationName\":\"Search\",\"variables\":{{\"text\":{},\"first\":10}},\"query\":\"query Search($text: String!, $first: Int) {{ search(text: $text, first: $first) {{ id title }} }}\"}}",
                    codec::json(&word)
                ),
            ),
            rng,
        ),
        7 => {
            // The words come along once more, as the page the visitor came from.
            let from = format!("https://www.sousuo.example/s?ie=utf-8&wd={wd}&tn=dealio_dg");
            Wire::get(format!("/{}/{}.html", rng.pick(&["post", "p", "jiaocheng"]), rng.digits(6)))
                .host(host)
                .header("User-Agent", "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/109.0.0.0 Safari/537.36")
                .header("Referer", from)
                .header("Accept-Language", "zh-CN,zh;q=0.9")
                .finish(rng)
        }
        _ => send(
            host,
            "/hot/click",
            &[
                ("keyword", word),
                ("pos", rng.below(20).to_string()),
                ("url", format!("https://{host}/post/{}.html", rng.digits(6))),
            ],
            rng,
        ),
    }
}

const CHINESE_TITLES: &[&str] = &[
    "红楼梦",
    "活着",
    "西游记 86版",
    "平凡的世界",
    "晴天",
    "月亮代表我的心",
    "流浪地球2",
    "知否知否应是绿肥红瘦",
    "百年孤独",
    "小猪佩奇 第三季",
    "东北往事",
    "三国演义(新版)",
    "龙族Ⅲ·黑月之潮",
    "庆余年",
    "茉莉花",
    "甄嬛传",
];
const LATIN_TITLES: &[&str] = &[
    "Don't Look Back in Anger",
    "Rock 'n' Roll",
    "Schindler's List",
    "Ocean's Eleven",
    "Harry Potter and the Philosopher's Stone",
    "Pan's Labyrinth",
    "Sophie's Choice",
    "Where'd You Go, Bernadette",
    "Romeo + Juliet",
    "Fast & Furious 9",
    "Se7en (1995) [BluRay 1080p]",
    "WALL·E",
    "=^..^= OST",
    "Guns N' Roses",
    "P!nk",
    "Let It Be... Naked",
    "Alice's Adventures in Wonderland",
    "O'Neill; Long Day's Journey into Night",
    "Love, Death & Robots S01E02",
    "Select Poems of Union Square",
    "Now You See Me 2: The Second Act -- 惊天魔盗团",
    "Having It All or Nothing at All",
];
const SINGERS: &[&str] = &[
    "林小雅",
    "The O'Jays",
    "张子轩/陈一诺",
    "Sinéad O'Connor",
    "乐队 N.E.X.T",
    "群星",
    "Kool & the Gang",
    "未知歌手",
];

fn titles(rng: &mut Rng) -> Vec<u8> {
    let host = rng.pick(&["music.tingge.example", "v.shipin.example", "book.dushu.example", "fm.tingshu.example"]);
    let title = text(rng, CHINESE_TITLES, LATIN_TITLES, 45);
    let escaped = codec::percent(&title);
    match rng.below(11) {
        0 => visit(host, Wire::get(format!("/search?key={escaped}&type=song&page={}", rng.between(1, 5))), rng),
        1 => call(
            host,
            Wire::get(format!(
                "/soso/fcgi-bin/client_search_cp?ct=24&qqmusic_ver=1298&new_json=1&remoteplace=txt.yqq.top&t=0&aggr=1&cr=1&p=1&n=20&w={escaped}&g_tk={}&format=json",
                rng.digits(9)
            )),
            rng,
        ),
        2 => app(
            host,
            Wire::get(format!(
                "/lyric/search?songName={escaped}&singer={}&duration={}&ver=1&man=yes&hash={}",
                codec::form(rng.pick(SINGERS)),
                rng.digits(6),
                rng.hex(32).to_uppercase()
            )),
            rng,
        ),
        3 => send(
            host,
            "/weapi/playlist/create",
            &[("params", codec::base64(rng.bytes(144))), ("encSecKey", rng.hex(256))],
            rng,
        ),
        4 => send(
            host,
            "/playlist/add",
            &[
                ("name", title),
                ("singer", rng.pick(SINGERS).to_owned()),
                ("trackIds", format!("[{},{}]", rng.between(100_000, 999_999), rng.between(100_000, 999_999))),
                ("op", "add".to_owned()),
            ],
            rng,
        ),
        5 => visit(
            host,
            Wire::get(format!("/book/{}/{}.html?title={}", rng.digits(5), rng.digits(7), codec::form(&title))),
            rng,
        ),
        6 => visit(host, Wire::get(format!("/play/{escaped}/{}-{}", rng.between(1, 4), rng.between(1, 48))), rng),
        7 => call(
            host,
            Wire::get(format!(
                "/video/{}/seg-{}-v1-a1.ts?auth_key=17{}-0-0-{}&range={}-{}",
                rng.hex(24),
                rng.between(1, 400),
                rng.digits(8),
                rng.hex(32),
                rng.digits(6),
                rng.digits(7)
            )),
            rng,
        ),
        8 => send(
            host,
            "/report/heartbeat",
            &[
                ("vid", rng.token(11)),
                ("title", title),
                ("playedTime", rng.digits(4)),
                ("quality", "1080P+".to_owned()),
                ("speed", "1.25x".to_owned()),
                ("err", "0|0|0".to_owned()),
            ],
            rng,
        ),
        9 => send(
            host,
            "/shelf/note/add",
            &[
                ("bookName", title),
                ("chapter", "第十二回 上".to_owned()),
                (
                    "quote",
                    text(
                        rng,
                        &["人生天地间,忽如远行客", "他站在雨里,没有说话", "很久以后,她才明白这句话"],
                        &[
                            "“我不去!”他喊道——“Never!”",
                            "It was the children's hour; nobody spoke.",
                            "他在纸上写:1+1<2?",
                        ],
                        30,
                    ),
                ),
                ("range", format!("{}-{}", rng.digits(5), rng.digits(5))),
            ],
            rng,
        ),
        _ => call(
            host,
            Wire::post(
                "/api/scrobble",
                JSON,
                format!(
                    "{{\"track\":{},\"artist\":{},\"ts\":{},\"player\":\"H5\"}}",
                    codec::json(&title),
                    codec::json(rng.pick(SINGERS)),
                    words::millis(rng)
                ),
            ),
            rng,
        ),
    }
}
