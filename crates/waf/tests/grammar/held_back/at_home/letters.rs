//! Honest requests that carry longer writing: mail, talks with assistants, texts to translate.

use super::super::super::benign::{BenignGrammar, grammar};
use super::super::super::codec;
use super::super::super::rng::Rng;
use super::super::super::wire::{FORM, JSON, Part, Wire, multipart};
use super::super::super::words;
use super::browsing::{app, call, quoted, send, text};

pub(super) const BENIGN: &[BenignGrammar] = &[
    grammar("household-mail", 45, mail),
    grammar("talks-with-chat-programs", 45, talks),
    grammar("phrases-to-translate", 45, phrases),
];

const SUBJECTS: &[&str] = &[
    "周六聚会的安排",
    "简历-行政专员",
    "发票已收到",
    "回复: 关于租房合同",
    "暑假班报名表",
    "照片",
    "Re: invoice #2026-118",
    "Fwd: [重要] 停电通知(3号楼)",
    "求职: C/C++ 开发 | 3年经验",
    "生日快乐!!! \\(^o^)/",
    "Tom & Jerry's wedding",
];
const LETTERS: &[&str] = &[
    "爸妈:\n我已经到学校了,宿舍四个人,都很好相处。食堂的菜有点咸。国庆就不回来了,票太难买。\n勿念",
    "您好,\n附件是我的简历,应聘贵公司行政专员一职,期待您的回复。\n此致\n敬礼",
    "房东您好,合同第六条写的是押一付三,和我们电话里说的不一样,麻烦您再核对一下,谢谢。",
    "各位家长:\n周五下午三点开家长会,请准时参加,自行车停在东门。收到请回复。",
    "照片都在附件里了,人多的那张我没拍好,等小李发给你。",
    "发票已经收到,抬头和税号都对,款项月底前会付。",
    "谢谢你寄来的茶叶,味道很好。下次来我们这里,一定要住几天。",
];
const ODD_LETTERS: &[&str] = &[
    "Hi Anne,\nIt's been ages! We'd love to come -- shall we say 7 o'clock? I'll bring Mum's apple pie & some wine.\nCheers,\nPat O'Leary",
    "> 你上次说的价格是 3,500?\n对的,3500/月;水电另算(1.2元/度; 5元/吨)。\n> 车位呢\n没有 or 每月 +300。",
    "群主:\n费用 = (场地 600 + 水果 150) / 12人 ≈ 62.5; 转账请备注 \"姓名+AA\"。\n--\n发自我的 iPhone",
    "老师好,作业第3题我是这样写的:\n  if (n % 2 == 0) { sum += n; }\n可是结果不对,n=100 时应该是 2550,我得到 2500,是不是少算一次?",
    "<张阿姨> 让我问:团购的鸡蛋到了没?30枚/板 x2,群里说 \"周三; 不是周二\"",
    "小王:网站后台登录不上去,提示 \"Error: session expired; please select your language and log in again\",截图见附件,麻烦看看。",
];

fn mail(rng: &mut Rng) -> Vec<u8> {
    let host =
        rng.pick(&["mail.youxiang.example", "w.yidong-mail.example", "webmail.gongsi.example", "ex.qiye-you.example"]);
    let (subject, body) = (rng.pick(SUBJECTS), text(rng, LETTERS, ODD_LETTERS, 35));
    let to = format!("\"{}\" <{}@mail.example>", words::person(rng), rng.letters(7));
    let html = format!(
        "<div style=\"font-family:'Microsoft YaHei';font-size:14px\">{}</div><div><br></div><div id=\"ntes-sign\"><a href=\"tel:{}\">手机</a></div>",
        codec::xml(&body).replace('\n', "<br>"),
        words::phone(rng)
    );
    match rng.below(10) {
        0 | 1 => {
            let xml = format!(
                "<?xml version=\"1.0\"?><object><string name=\"id\">c:{}</string><object name=\"attrs\"><array name=\"to\"><string>{}</string></array><string name=\"subject\">{}</string><boolean name=\"isHtml\">true</boolean><string name=\"content\">{}</string><int name=\"priority\">3</int></object><string name=\"action\">deliver</string></object>",
                words::millis(rng),
                codec::xml(&to),
                codec::xml(subject),
                codec::xml(&html)
            );
            call(
                host,
                Wire::post(
                    format!("/js6/s?sid={}&func=mbox:compose", rng.token(32)),
                    FORM,
                    format!("var={}", codec::percent(xml)),
                ),
                rng,
            )
        }
        2 | 3 => send(
            host,
            "/cgi-bin/compose_send",
            &[
                ("to", to),
                ("subject", subject.to_owned()),
                ("content__html", html),
                ("sendmailname", format!("{}@mail.example", rng.letters(6))),
                ("savesendbox", "1".to_owned()),
                ("actiontype", "send".to_owned()),
                ("t", "compose_send.json".to_owned()),
                ("s", "comm".to_owned()),
            ],
            rng,
        ),
        4 => {
            let file = words::jpeg(rng, 200);
            let parts = [
                Part::field("UploadMode", "html5"),
                Part::field("sid", rng.token(20)),
                Part::file(
                    "UploadFile",
                    rng.pick(&["IMG_2031.JPG", "全家福(1).jpg", "mum's cake.jpg", "合同-v2.3_最终版.docx"]),
                    "image/jpeg",
                    file,
                ),
            ];
            let (kind, body) = multipart(&parts, rng);
            call(host, Wire::post("/compose/upload", &kind, body), rng)
        }
        5 => call(
            host,
            Wire::get(format!(
                "/mail/list?fid=1&q={}&order=date%20desc&start={}&limit=50&ver={}",
                codec::percent(rng.pick(&[
                    "from:(老师)",
                    "has:attachment after:2026/1/1",
                    "invoice OR 发票",
                    "账单",
                    "subject:\"报名\""
                ])),
                rng.below(10) * 50,
                rng.digits(5)
            )),
            rng,
        ),
        6 => {
            let note = format!(
                "{{\"using\":[\"urn:ietf:params:jmap:mail\"],\"methodCalls\":[[\"Email/query\",{{\"accountId\":\"u1\",\"filter\":{{\"operator\":\"AND\",\"conditions\":[{{\"text\":{}}},{{\"hasKeyword\":\"$seen\"}}]}},\"sort\":[{{\"property\":\"receivedAt\"}}]}},\"c0\"]]}}",
                codec::json(subject)
            );
            call(host, Wire::post("/jmap/", JSON, note), rng)
        }
        7 => app(
            host,
            Wire::post(
                "/draft/autosave",
                JSON,
                format!(
                    "{{\"id\":\"{}\",\"to\":[{}],\"subject\":{},\"body\":{},\"format\":\"plain\"}}",
                    rng.uuid(),
                    codec::json(&to),
                    codec::json(subject),
                    codec::json(&body)
                ),
            ),
            rng,
        ),
        8 => send(
            host,
            "/filter/save",
            &[
                ("name", "广告归档".to_owned()),
                (
                    "cond",
                    rng.pick(&["from contains 'newsletter'", "subject has 促销|优惠|5折", "size > 5M"]).to_owned(),
                ),
                ("act", "move:广告".to_owned()),
                ("seq", rng.below(20).to_string()),
            ],
            rng,
        ),
        _ => {
            let eml = format!(
                "From: <{}@mail.example>\r\nTo: {to}\r\nSubject: =?UTF-8?B?{}?=\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n{}\r\n",
                rng.letters(6),
                codec::base64(subject),
                codec::base64(&body)
            );
            app(host, Wire::post("/mime/import?folder=INBOX", "message/rfc822", eml), rng)
        }
    }
}

const ASKS: &[&str] = &[
    "帮我写一段给老师的教师节祝福,不要太肉麻",
    "孩子七岁不爱吃青菜,有什么办法",
    "用一句话解释什么是通货膨胀",
    "把下面这段话改得更正式一些:我明天有事来不了了,不好意思",
    "推荐三个适合春天去的江南小镇,说明理由",
    "写一首关于秋天的七言绝句",
    "给我的小猫起十个名字,橘色的,很懒",
    "面试时被问到缺点怎么回答",
    "帮我列一个一周减脂食谱,不吃牛肉",
    "总结一下这篇文章的主要观点",
    "小学五年级怎么学分数加减法",
    "婆媳关系紧张,我该怎么和老公沟通",
];
const ODD_ASKS: &[&str] = &[
    "解方程组: 2x + y = 7; x - y = 2。要写步骤,孩子四年级能看懂的那种",
    "我是会计,表里 A 列是日期,B 列是金额,想统计 3 月份 >1000 的合计,公式怎么写?我试过 =SUMIFS(B:B,A:A,\">=2026-3-1\",B:B,\">1000\"),结果多了 4 月的。",
    "刚开始学 Python,作业是猜数字。我写了\n```python\nimport random\nn = random.randint(1, 100)\nwhile True:\n    g = int(input('猜: '))\n    if g == n: break\n```\n怎么加上猜了几次?请解释得简单一点。",
    "翻译并解释:\"If it ain't broke, don't fix it.\" 这里 ain't = isn't 吗?",
    "数据库老师布置:查询每个班平均分。我写 SELECT class, AVG(score) FROM exam GROUP BY class; 想只要平均分大于 80 的班,是 WHERE 还是 HAVING?为什么?",
    "帮我做一个生日倒计时网页,要有标题 <h1>、粉色背景,能放一张照片,其他我自己改。",
    "写个睡前故事,主角叫 Lily,要有对话,比如:\"Who's there?\" asked Lily.",
    "以 JSON 格式输出三道菜: {\"name\":\"\",\"time\":\"<30min\",\"steps\":[]}",
    "角色扮演:你是严格的英语老师,纠正我的句子:She don't likes apple, and me too.",
];

fn talks(rng: &mut Rng) -> Vec<u8> {
    let host = rng.pick(&["chat.zhushou.example", "www.wenda-ai.example", "api.moxing.example", "yuanbao.lao.example"]);
    let ask = text(rng, ASKS, ODD_ASKS, 40);
    let json = quoted(rng, &ask);
    let before = codec::json(rng.pick(&[
        "好的,以下是我的建议:\n\n1. **早睡**\n2. 多喝水\n3. 每天走 6000 步",
        "当然可以!\n\n| 菜名 | 时间 |\n|---|---|\n| 番茄炒蛋 | 10 分钟 |",
        "抱歉,我不太确定您的意思。",
        "答案:$x=3, y=1$ ✅",
    ]));
    match rng.below(9) {
        0..=2 => call(host, Wire::post("/v1/chat/completions", JSON, format!("{{\"model\":\"zhushou-plus\",\"stream\":true,\"temperature\":0.{},\"messages\":[{{\"role\":\"system\",\"content\":\"你是一个乐于助人的助手。\"}},{{\"role\":\"assistant\",\"content\":{before}}},{{\"role\":\"user\",\"content\":{json}}}]}}", rng.below(10))).header("x-request-id", rng.uuid()), rng),
        3 => call(host, Wire::post("/api/chat/completion", JSON, format!("{{\"messages\":[{{\"content\":{},\"content_type\":2001,\"attachments\":[]}}],\"completion_option\":{{\"need_create_conversation\":false,\"use_deep_think\":true}},\"local_message_id\":\"{}\",\"section_id\":\"{}\"}}", codec::json(format!("{{\"text\":{json}}}")), rng.uuid(), rng.digits(15))), rng),
        4 => send(host, "/eb/chat/new", &[("text", ask), ("sessionId", rng.hex(40)), ("model", "lite".to_owned()), ("deviceType", "pc".to_owned()), ("sign", format!("{}_{}", words::millis(rng), codec::base64(rng.bytes(60))))], rng),
        5 => app(host, Wire::post("/stream/ask", JSON, format!("{{\"q\":{json},\"history\":[[\"你好\",{before}]],\"lang\":\"zh\",\"net\":true}}")), rng),
        6 => {
            let image = words::jpeg(rng, 150);
            call(host, Wire::post("/v1/messages", JSON, format!("{{\"max_tokens\":1024,\"messages\":[{{\"role\":\"user\",\"content\":[{{\"type\":\"text\",\"text\":{json}}},{{\"type\":\"image_url\",\"image_url\":{{\"url\":\"data:image/jpeg;base64,{}\"}}}}]}}]}}", codec::base64(image))), rng)
        }
        7 => send(host, "/feedback/answer", &[("msgId", rng.uuid()), ("rate", rng.pick(&["like", "dislike"]).to_owned()), ("reason", text(rng, &["回答有用", "不准确", "太长了", "没有看懂"], &["算错了: 17*6=102 不是 112", "代码里少了 ';' 编译不过"], 30))], rng),
        _ => call(host, Wire::get(format!("/suggest/title?cid={}&prompt={}", rng.uuid(), codec::percent(ask))), rng),
    }
}

const ENGLISH: &[&str] = &[
    "The weather is lovely today.",
    "Could you tell me where the nearest pharmacy is?",
    "Keep out of reach of children.",
    "I would like to return this item.",
    "自行车",
    "请问洗手间在哪里",
    "お誕生日おめでとうございます",
    "안녕하세요",
    "Terms and conditions apply",
    "我想预订两个人的晚餐,靠窗的位置",
];
const ODD_ENGLISH: &[&str] = &[
    "It's raining cats and dogs; don't forget your umbrella!",
    "Select the dish from the menu where prices start at $5, or order by phone.",
    "Don't drop the union card, and update your address before you leave.",
    "\"You can't be serious,\" she said -- and left.",
    "L'été, j'ai mangé des glaces à l'eau; c'était bon.",
    "Warning: Contents under pressure (>50°C / <122°F). Do not puncture & burn.",
    "Insert coin into slot; delete message after reading.",
    "Preheat oven to 180°C/350°F. Mix 2 cups flour + 1/2 tsp salt; bake 25-30'.",
    "5'10\" tall, 160 lbs, brown eyes",
    "She's got the look, hasn't she? If 1 = yes, then 2 = no.",
];

fn phrases(rng: &mut Rng) -> Vec<u8> {
    let host =
        rng.pick(&["fanyi.cihai.example", "translate.tongyi-shi.example", "dict.waiyu.example", "m.fanyi.example"]);
    let phrase = text(rng, ENGLISH, ODD_ENGLISH, 40);
    match rng.below(9) {
        0 | 1 => send(
            host,
            "/v2transapi?from=en&to=zh",
            &[
                ("from", "en".to_owned()),
                ("to", "zh".to_owned()),
                ("query", phrase),
                ("simple_means_flag", "3".to_owned()),
                ("sign", format!("{}.{}", rng.digits(6), rng.digits(6))),
                ("token", rng.hex(32)),
                ("domain", "common".to_owned()),
            ],
            rng,
        ),
        2 => call(
            host,
            Wire::get(format!(
                "/translate_a/single?client=gtx&sl=auto&tl=zh-CN&dt=t&dt=bd&dj=1&q={}&tk={}.{}",
                codec::percent(&phrase),
                rng.digits(6),
                rng.digits(6)
            )),
            rng,
        ),
        3 => send(
            host,
            "/webtranslate",
            &[
                ("i", phrase),
                ("from", "auto".to_owned()),
                ("to", String::new()),
                ("useTerm", "false".to_owned()),
                ("dictResult", "true".to_owned()),
                ("keyid", "webfanyi".to_owned()),
                ("sign", rng.hex(32)),
                ("mysticTime", words::millis(rng)),
            ],
            rng,
        ),
        4 => call(
            host,
            Wire::post(
                "/jsonrpc?method=LMT_handle_texts",
                JSON,
                format!(
                    "{{\"jsonrpc\":\"2.0\",\"method\" : \"LMT_handle_texts\",\"id\":{},\"params\":{{\"texts\":[{{\"text\":{},\"requestAlternatives\":3}}],\"splitting\":\"newlines\",\"lang\":{{\"source_lang_user_selected\":\"auto\",\"target_lang\":\"ZH\"}},\"timestamp\":{}}}}}",
                    rng.between(10_000, 99_999),
                    codec::json(&phrase),
                    words::millis(rng)
                ),
            ),
            rng,
        ),
        5 => call(
            host,
            Wire::post(
                "/translate?api-version=3.0&from=&to=zh-Hans&includeSentenceLength=true",
                JSON,
                format!("[{{\"Text\":{}}},{{\"Text\":{}}}]", quoted(rng, &phrase), codec::json(rng.pick(ENGLISH))),
            ),
            rng,
        ),
        6 => call(
            host,
            Wire::get(format!(
                "/w/{}?keyfrom=dict2.index",
                codec::percent(rng.pick(&[
                    "o'clock",
                    "select",
                    "rock-n-roll",
                    "ain't",
                    "苹果",
                    "R&D",
                    "and/or",
                    "drop"
                ]))
            )),
            rng,
        ),
        7 => {
            let page = format!("<b id=\"0\">{}</b> <a i=1>{}</a>", codec::xml(&phrase), codec::xml(rng.pick(ENGLISH)));
            call(
                host,
                Wire::post(
                    "/translate_a/t?anno=3&client=te&format=html&v=1.0&sl=en&tl=zh-CN",
                    FORM,
                    format!("q={}&q={}", codec::form(page), codec::form(rng.pick(ENGLISH))),
                ),
                rng,
            )
        }
        _ => app(
            host,
            Wire::get(format!(
                "/api/trans/vip/translate?q={}&from=auto&to=jp&appid=2026{}&salt={}&sign={}",
                codec::form(&phrase),
                rng.digits(13),
                rng.digits(10),
                rng.hex(32)
            )),
            rng,
        ),
    }
}
