//! Honest requests of those who ask, answer and chatter, with faces made of signs.

use super::super::super::benign::{BenignGrammar, grammar};
use super::super::super::codec;
use super::super::super::rng::Rng;
use super::super::super::wire::{JSON, Wire};
use super::super::super::words;
use super::browsing::{app, call, mini, send, text, visit};

pub(super) const BENIGN: &[BenignGrammar] =
    &[grammar("questions-of-laypeople", 45, questions), grammar("faces-in-chatter", 45, chatter)];

const ASKED: &[&str] = &[
    "电脑开机很慢,大概要三分钟才能进桌面,是不是该重装系统了?",
    "微信聊天记录怎么转到新手机上",
    "打印机显示脱机,重启过还是不行,怎么办",
    "笔记本风扇声音特别大,怎么清灰",
    "怎样把两个表格里的名字对上?一个表有电话,一个表有地址",
    "家里宽带三百兆,手机测速只有五十,正常吗",
    "孩子想学编程,从什么语言开始比较好",
    "照片误删了还能找回来吗",
    "火车票改签以后还能退吗?手续费怎么算",
    "种的绿萝叶子发黄是什么原因",
    "体检说尿酸偏高,以后不能吃海鲜了吗?",
    "公积金提取需要带哪些材料",
    "有人知道这个字怎么读吗:彧",
    "五年的二手车大概能卖多少钱",
];
const ASKED_ODD: &[&str] = &[
    "电脑蓝屏,代码 0x0000007E,提示 nvlddmkm.sys,换过显卡驱动也没用。平时就看看网页、玩连连看,求大神指点,最好不用重装,因为 D 盘有很多照片没备份。",
    "Excel 里我写的是 =VLOOKUP(A2,Sheet2!$A:$C,3,0),结果全是 #N/A。名字看着一模一样,难道有空格?有没有懂的,谢谢了!",
    "跟着视频学网页,老师写的 <div class=\"box\"> 我也照着写了,可是颜色就是不变,是不是文件没保存?我用的是记事本。",
    "刚学数据库,书上说 SELECT name, age FROM student WHERE age > 18 ORDER BY age 会按年龄排,我试了顺序是反的,是不是版本问题?书是二手的,2009年出版。",
    "树莓派上照教程敲 sudo apt-get update 之后一直卡在 0% [Connecting...],家里网是好的,手机都能上,是不是要换源?",
    "Python 初学:for i in range(10): print(i) 打出来是 0 到 9,没有 10,为什么这样设计?老师只说记住就行。",
    "C语言作业 int a[5]={1,2,3}; 后面两个是几?我猜是 0,但同学说是随机的。",
    "win11 更新后 IE 打不开单位的老系统(activex),if 有人知道 edge 的兼容模式在哪,请说一下 or 发个图。",
    "两个数相除 10/3=3.333…,计算器上乘回去是 10 不是 9.999,为什么??",
    "It's vs its 到底怎么分?老师说 \"it's = it is\",可是歌词里 it's been 又是 has……",
    "路由器后台显示 WAN口 0.0.0.0,PPPoE 691 错误;账号密码都对(抄了3遍),是光猫的问题 or 欠费?",
];
const ANSWERS: &[&str] = &[
    "加一条固态硬盘就好了,比重装管用。",
    "设置里有“聊天记录迁移与备份”,两部手机连同一个无线网,扫码就可以。",
    "先看线有没有插好,再到控制面板把“脱机使用打印机”的勾去掉。",
    "这种情况建议去医院看看,网上说的都不准。",
    "本人亲测有效,感谢!",
    "不用担心,浇水太勤了,放通风的地方过两周就好。",
    "楼上正解。补充一点:要在发车前四十八小时以上才免手续费。",
    "把 A 列先用 TRIM 处理一下再查,例如 =TRIM(CLEAN(A2)),多半是网页复制来的空格。",
    "按 Win+R,输入 msconfig,在“启动”里把不用的去掉;重启就快了。不敢动的就别动。",
    "先 ping 192.168.1.1 -t 看看丢不丢包,time<5ms 就说明路由器没事,那就是运营商的锅。",
];

fn questions(rng: &mut Rng) -> Vec<u8> {
    let host = rng.pick(&["wen.zhidao.example", "www.dawen.example", "ask.diannao.example", "q.baike-shequ.example"]);
    let number = rng.digits(9);
    match rng.below(10) {
        0 => visit(
            host,
            Wire::get(format!(
                "/question/{number}/answer/{}?utm_psn={}&utm_campaign=shareopn",
                rng.digits(10),
                rng.digits(19)
            )),
            rng,
        ),
        1 => visit(
            host,
            Wire::get(format!(
                "/search?lm=0&rn=10&pn=0&fr=search&ie=utf8&dyTabStr=null&word={}",
                codec::percent(text(rng, ASKED, ASKED_ODD, 15))
            )),
            rng,
        ),
        2..=4 => {
            let asked = text(rng, ASKED, ASKED_ODD, 32);
            let brief: String = asked.chars().take(18).collect();
            send(
                host,
                rng.pick(&["/ask/submit", "/api/v4/questions", "/new/question"]),
                &[
                    ("title", brief),
                    ("detail", asked),
                    ("tags", rng.pick(&["电脑/网络", "生活,家居", "健康", "Office", "其他", "C/C++"]).to_owned()),
                    ("reward", (rng.below(5) * 10).to_string()),
                ],
                rng,
            )
        }
        5 | 6 => {
            let html = format!(
                "<p>{}</p><p>{}</p>",
                codec::xml(rng.pick(ANSWERS)),
                rng.pick(&["希望能帮到你。", "望采纳,谢谢!", "以上,供参考。<br>", "<b>注意备份</b>"])
            );
            send(
                host,
                "/api/v4/answers",
                &[
                    ("question_id", number),
                    ("content", html),
                    ("reshipment_settings", "allowed".to_owned()),
                    ("draft", "false".to_owned()),
                ],
                rng,
            )
        }
        7 => send(
            host,
            "/submit/ajax",
            &[
                ("cm", "100009".to_owned()),
                ("qid", number),
                ("co", rng.pick(ANSWERS).to_owned()),
                ("utdata", format!("80,80,95,{},{}", rng.between(10, 99), words::millis(rng))),
            ],
            rng,
        ),
        8 => call(
            host,
            Wire::get(format!(
                "/api/v4/questions/{number}/feeds?cursor={}&include=data[*].is_normal,content,voteup_count;data[*].author.badge[?(type%3Dbest_answerer)].topics&limit=5&offset=0&order=default&platform=desktop",
                rng.hex(32)
            )),
            rng,
        ),
        _ => app(
            host,
            Wire::post(
                "/v1/comments",
                JSON,
                format!(
                    "{{\"resource\":\"answer\",\"id\":{},\"content\":{},\"mention\":[]}}",
                    rng.between(100_000, 999_999),
                    codec::json(text(rng, ANSWERS, ASKED_ODD, 10))
                ),
            ),
            rng,
        ),
    }
}

const FACES: &[&str] = &[
    "(╯°□°)╯︵ ┻━┻",
    "┑( ̄Д  ̄)┍",
    "o(╥﹏╥)o",
    "(´・ω・`)",
    "ヾ(≧▽≦*)o",
    "<( ̄︶ ̄)>",
    "=^_^=",
    "\\(^o^)/",
    "(=・ω・=)",
    "|ω・`)",
    "(>_<)",
    "Σ(っ °Д °;)っ",
    ":-D",
    ";-)",
    "<3",
    "-_-#",
    "(*^▽^*)",
    "^(* ̄(oo) ̄)^",
    "QAQ",
    "囧rz",
    "233333",
    "←_←",
    "orz",
    "♪(^∇^*)",
    "{{{(>_<)}}}",
    "(ง •_•)ง",
];
const LINES: &[&str] = &[
    "今天好冷",
    "终于下班了",
    "前方高能",
    "这段配乐叫什么",
    "打卡",
    "第一次来直播间",
    "主播唱得真好",
    "我先睡了晚安",
    "哈哈哈哈哈哈哈",
    "爷青回",
    "求BGM",
    "周一不想上班",
    "收到",
    "好吃吗",
    "等更新",
    "这集哭死我了",
];

fn chatter(rng: &mut Rng) -> Vec<u8> {
    let host = rng.pick(&["api.danmu.example", "live.zhibo.example", "weibo-lite.example", "chat.qunliao.example"]);
    let mut line = rng.pick(LINES).to_owned();
    // People add a face to perhaps every third line.
    if rng.chance(38) {
        line.push_str(rng.pick(&["", " ", "~", "!!"]));
        line.push_str(rng.pick(FACES));
    }
    let room = rng.digits(7);
    match rng.below(8) {
        0 | 1 => send(
            host,
            "/x/v2/dm/post",
            &[
                ("type", "1".to_owned()),
                ("oid", rng.digits(9)),
                ("msg", line),
                ("progress", rng.digits(6)),
                ("color", "16777215".to_owned()),
                ("fontsize", "25".to_owned()),
                ("mode", "1".to_owned()),
                ("csrf", rng.hex(32)),
            ],
            rng,
        ),
        2 | 3 => send(
            host,
            "/statuses/update",
            &[
                ("status", line),
                ("visible", "0".to_owned()),
                ("pic_id", rng.hex(32)),
                ("geo", String::new()),
                ("st", rng.hex(6)),
            ],
            rng,
        ),
        4 => send(
            host,
            "/msg/send",
            &[
                ("room", room),
                ("bubble", "0".to_owned()),
                ("msg", line),
                ("rnd", rng.digits(10)),
                ("reply_mid", "0".to_owned()),
            ],
            rng,
        ),
        5 => app(
            host,
            Wire::post(
                "/im/v1/messages?receive_id_type=chat_id",
                JSON,
                format!(
                    "{{\"receive_id\":\"oc_{}\",\"msg_type\":\"text\",\"content\":{}}}",
                    rng.hex(32),
                    codec::json(format!("{{\"text\":{}}}", codec::json(&line)))
                ),
            ),
            rng,
        ),
        6 => mini(
            host,
            Wire::post(
                "/gift/send",
                JSON,
                format!(
                    "{{\"roomId\":{},\"giftId\":{},\"count\":{},\"message\":{}}}",
                    rng.between(1000, 999_999),
                    rng.between(1, 400),
                    rng.pick(&[1, 10, 66, 520, 1314]),
                    codec::json(&line)
                ),
            ),
            rng,
        ),
        _ => send(
            host,
            "/user/rename",
            &[
                ("nick", format!("{}{}", rng.pick(&["小鹿", "阿离", "L.", "Mr.Wu", "夏天"]), rng.pick(FACES))),
                ("bio", line),
                ("csrf_token", rng.hex(32)),
            ],
            rng,
        ),
    }
}
