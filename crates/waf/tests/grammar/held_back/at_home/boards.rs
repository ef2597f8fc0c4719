//! Honest requests of those who read and write: news, comments, boards.

use super::super::super::benign::{BenignGrammar, grammar};
use super::super::super::codec;
use super::super::super::rng::Rng;
use super::super::super::wire::{FORM, JSON, Wire};
use super::super::super::words;
use super::browsing::{app, call, mini, send, text, visit};

pub(super) const BENIGN: &[BenignGrammar] =
    &[grammar("readers-comments", 45, comments), grammar("neighbours-boards", 45, boards)];

const TALK: &[&str] = &[
    "说得好,支持一下",
    "这个政策对我们老百姓来说是好事",
    "沙发",
    "希望早日康复,加油",
    "小编能不能写清楚一点,到底是哪个区",
    "我家就住附近,昨天晚上确实听到了声音",
    "转发给家里老人看看",
    "现在的菜价真是一天一个样",
    "学到了,谢谢分享",
    "图三是在哪里拍的?好美",
    "前排围观",
    "坐等官方通报",
    "孩子今年中考,看得我很焦虑",
    "楼上说得对",
    "这场球踢得太臭了,下半场完全没有跑动",
    "退休金涨了没有?有没有知道的朋友",
    "早上六点就去排队了,还是没挂上号",
    "文章有错别字,第二段“以经”应为“已经”",
];
const ODD_TALK: &[&str] = &[
    "楼主是不是搞错了??? 2/3 > 1/2 好吧,小学数学......",
    "[doge][doge] 懂的都懂 (手动狗头)",
    "+1 +1 +10086",
    "回复 @小桔子:哈哈哈哈哈=_=!",
    "房价跌了20%,but 我还是买不起 T_T",
    "3:2 绝杀!!!!!!! 牛*",
    "“人均GDP>2万$”——我又拖后腿了;",
    "dddd,yyds; 建议去看看O'Henry的《麦琪的礼物》",
    "时间线:①3月被骗 --> ②报警 --> ③5月立案",
    "A: 有票吗 B: 没有 A: 那我 drop 了, 你们 select 下一场吧",
    "别信!那个链接 http://t.cn-short.example/A6xY?id=9&u=1 是假的",
    "¥998 只要998???? 呵呵 (¬_¬)",
];

fn comments(rng: &mut Rng) -> Vec<u8> {
    let host = rng.pick(&[
        "news.dushibao.example",
        "comment.menhu.example",
        "www.xinwen-zixun.example",
        "c.m.toutiao-ribao.example",
    ]);
    let article = rng.digits(10);
    match rng.below(12) {
        0 => visit(
            host,
            Wire::get(format!("/a/{}/{article}_{}.shtml", words::date(rng).replace('-', ""), rng.below(9))),
            rng,
        ),
        1 => visit(
            host,
            Wire::get(format!(
                "/article/{}.html?f=dsb&chan={}&source=wx_timeline&wxshare_count={}",
                rng.token(13),
                codec::percent("民生/社会"),
                rng.below(9)
            )),
            rng,
        ),
        2 => call(
            host,
            Wire::get(format!(
                "/feed/list?channel={}&max_behot_time=17{}&refresh_type=2&_signature=_{}&aid=24",
                codec::percent(rng.pick(&["热点", "国际", "体育", "美食", "__all__", "本地@杭州"])),
                rng.digits(8),
                rng.base64_url(36)
            )),
            rng,
        ),
        3 => call(
            host,
            Wire::get(format!(
                "/comments/get?id=cms.{article}&order=hot&page={}&size=20&cb=jsonComment{}",
                rng.between(1, 20),
                rng.below(99)
            )),
            rng,
        ),
        4..=8 => {
            let content = text(rng, TALK, ODD_TALK, 28);
            let path = rng.pick(&["/comment/post", "/api/reply/add", "/cmt/v2/submit.json", "/plus/feedback_ajax.php"]);
            match rng.below(3) {
                0 => send(
                    host,
                    path,
                    &[
                        ("aid", article),
                        ("content", content),
                        ("parent", rng.below(5000).to_string()),
                        ("ipLoc", "浙江".to_owned()),
                    ],
                    rng,
                ),
                1 => send(
                    host,
                    path,
                    &[
                        ("newsid", article),
                        ("msg", content),
                        ("action", "send".to_owned()),
                        ("comtype", "comments".to_owned()),
                        ("fid", "0".to_owned()),
                    ],
                    rng,
                ),
                _ => send(
                    host,
                    path,
                    &[
                        ("group_id", article),
                        ("text", content),
                        ("image_list", "[]".to_owned()),
                        ("is_repost", "0".to_owned()),
                    ],
                    rng,
                ),
            }
        }
        9 => send(host, "/vote/up", &[("cid", article), ("uid", rng.digits(8)), ("t", words::millis(rng))], rng),
        10 => send(
            host,
            "/feedback/report",
            &[
                ("type", rng.pick(&["标题党", "广告", "内容重复", "其他"]).to_owned()),
                ("contentId", article),
                (
                    "desc",
                    text(
                        rng,
                        &["标题和内容不符", "旧闻重发", "图片侵权", "诱导下载"],
                        &[
                            "第2段 <图> 显示不出来, 只有一个叉",
                            "全文复制自别处,见 https://blog.xx.example/p/77?ref=a&b=c",
                        ],
                        25,
                    ),
                ),
            ],
            rng,
        ),
        _ => app(
            host,
            Wire::get(format!(
                "/push/article/{article}?scheme={}&iid={}&ac=wifi",
                codec::percent(format!("dsb://detail?groupid={article}&gd_label=click_news_notify&stay=1")),
                rng.digits(19)
            )),
            rng,
        ),
    }
}

const TITLES: &[&str] = &[
    "求推荐附近靠谱的装修公司",
    "周末爬山有人一起吗",
    "丢了一只橘猫,望告知",
    "转让九成新婴儿床",
    "小区电梯又坏了,物业不管",
    "新手第一次烤蛋糕,居然成功了",
    "今年的油菜花什么时候开",
    "老公天天打游戏怎么办",
    "二手房过户流程记录",
    "家里老人血压高,大家都吃什么早餐",
    "请问三号线几点末班",
    "[转让] 健身卡还剩 8 个月",
    "【作业】摄影入门第3课:光圈 f/2.8 vs f/8",
    "《O记实录》第5集有人看了吗?",
    "RE: 关于停车费 200->350 的投诉",
    "(已解决)洗衣机报 E4 / F21",
];
const POSTS: &[&str] = &[
    "我们打算六月份开工,三室两厅,预算十五万左右,有没有做过的邻居推荐一下?最好是能看工地的。",
    "早上七点在东门集合,自带水和午饭,下午三点左右下山。新人也欢迎,跟帖报名。",
    "昨天晚上在七号楼附近走丢的,脖子上有红色项圈,很胆小,看到的请打我电话,必有重谢。",
    "自己带孩子去的,人不算多,排队十分钟。滑梯只开了两条,工作人员很耐心。下次还会来。",
    "材料:低筋面粉、鸡蛋、牛奶、白糖。先把蛋黄和牛奶搅匀,再筛入面粉,蛋白打发后分三次拌进去。",
    "谢谢大家的回复,问题已经解决了,是水压太低,让物业调了一下就好了。",
    "我妈今年六十八,血压一直在一百五左右,医生让少吃盐。大家都是怎么劝老人的?",
    "带了两双鞋,结果一双都没用上。民宿老板人很好,晚上还给我们煮了姜汤。",
    "已经和卖家沟通过,同意退一半,先观察吧。",
    "顶一下,别沉了",
];
const ODD_POSTS: &[&str] = &[
    "预算:硬装8w+软装5w+家电3w=16w;实际:硬装>10w……超了!\n1) 水电 1.2w\n2) 瓦工 1.5w (含辅料)\n3) 木门 5樘*1800",
    "[quote=小李]三号线末班几点[/quote]\n22:35(工作日)/23:05(周五、六);别记错啦~",
    "面粉 90g、糖 60g(蛋黄20+蛋白40)、油 40ml;150℃/50min -> 170℃/10min; 烤箱 \"温差\" ±10℃",
    "[b]重要[/b]:[color=red]周六上午 9:00--11:00 停水[/color] [img]https://img.shequ.example/2026/a.jpg?w=800&h=600[/img]",
    "洗衣机显示E4,按住[启动/暂停]+[脱水]3s 就复位了;; 不行就拔电源再试一次",
    "孩子他爸:\"我just看一局\" 我:\"and then?\" 他:\"再来一局\" ╮(╯▽╰)╭",
    "路由器我一般这么看:开始->运行->cmd,敲 ipconfig /all,找“默认网关”,再用浏览器打开 http://192.168.1.1 就行,不会的跟帖",
    "卖:iPhone 13 128G, 电池 87%, 5.4寸'小屏'; 换:>=256G 的补差价。-- 自提优先",
];

fn boards(rng: &mut Rng) -> Vec<u8> {
    let host =
        rng.pick(&["bbs.linli.example", "www.baobao-luntan.example", "club.chezhu.example", "tieba.shenghuo.example"]);
    let (thread, title) = (rng.digits(7), rng.pick(TITLES).to_owned());
    let post = text(rng, POSTS, ODD_POSTS, 30);
    match rng.below(11) {
        0 => visit(
            host,
            Wire::get(format!(
                "/forum.php?mod=viewthread&tid={thread}&extra=page%3D1%26filter%3Dtypeid%26typeid%3D{}&page={}",
                rng.below(40),
                rng.between(1, 30)
            )),
            rng,
        ),
        1 => visit(host, Wire::get(format!("/thread-{thread}-{}-1.html", rng.between(1, 9))), rng),
        2 => visit(
            host,
            Wire::get(format!(
                "/f?kw={}&ie=utf-8&pn={}",
                codec::percent(rng.pick(&["装修", "猫", "c4d", "Girls' Band Cry", "显卡"])),
                rng.below(20) * 50
            )),
            rng,
        ),
        3 | 4 => {
            let body = format!(
                "formhash={}&posttime=17{}&wysiwyg=1&subject={}&message={}&usesig=1&allownoticeauthor=1&tags=&addfeed=1",
                rng.hex(8),
                rng.digits(8),
                codec::form(&title),
                codec::form(&post)
            );
            call(
                host,
                Wire::post(
                    format!(
                        "/forum.php?mod=post&action=newthread&fid={}&topicsubmit=yes&infloat=yes&handlekey=fastnewpost&inajax=1",
                        rng.below(300)
                    ),
                    FORM,
                    body,
                ),
                rng,
            )
        }
        5 | 6 => send(
            host,
            "/f/commit/post/add",
            &[
                ("kw", "邻里".to_owned()),
                ("fid", rng.digits(6)),
                ("tid", thread),
                ("content", post),
                ("tbs", rng.hex(26)),
                ("floor_num", rng.between(1, 900).to_string()),
            ],
            rng,
        ),
        7 => send(
            host,
            "/api/topics",
            &[
                ("title", title),
                ("raw", post),
                ("category", rng.below(30).to_string()),
                ("archetype", "regular".to_owned()),
                ("typing_duration_msecs", rng.digits(5)),
                ("nested_post", "true".to_owned()),
            ],
            rng,
        ),
        8 => send(
            host,
            "/pm/send",
            &[
                ("touser", words::person(rng)),
                ("subject", title),
                (
                    "message",
                    text(
                        rng,
                        &["你好,东西还在吗", "可以加个微信吗", "周末方便看房吗", "多谢"],
                        &["几点?<周六> or <周日> 都行", "价格能到 ¥300 吗? 不能就算了 :)"],
                        25,
                    ),
                ),
            ],
            rng,
        ),
        9 => call(
            host,
            Wire::get(format!(
                "/home.php?mod=spacecp&ac=favorite&type=thread&id={thread}&formhash={}&infloat=yes&handlekey=k_favorite&inajax=1&ajaxtarget=fwin_content_k_favorite",
                rng.hex(8)
            )),
            rng,
        ),
        _ => mini(
            host,
            Wire::post(
                "/api/post/create",
                JSON,
                format!(
                    "{{\"circleId\":{},\"title\":{},\"body\":[{{\"type\":\"text\",\"value\":{}}},{{\"type\":\"img\",\"value\":\"https://img.linli.example/{}.webp!w600\"}}],\"location\":null}}",
                    rng.between(3, 480),
                    codec::json(&title),
                    codec::json(&post),
                    rng.hex(24)
                ),
            ),
            rng,
        ),
    }
}
