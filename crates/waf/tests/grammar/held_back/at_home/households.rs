//! Honest requests of people at home: their accounts and what they shop for.

use super::super::super::benign::{BenignGrammar, grammar};
use super::super::super::codec;
use super::super::super::rng::Rng;
use super::super::super::wire::{FORM, JSON, Wire};
use super::super::super::words;
use super::browsing::{app, call, mini, object, send, text, visit};

pub(super) const BENIGN: &[BenignGrammar] =
    &[grammar("home-accounts", 45, accounts), grammar("baskets-and-reviews", 45, baskets)];

const PASSWORDS: &[&str] = &[
    "woaini1314",
    "Qwe123456",
    "zhangsan@2026",
    "Hello#World8",
    "abc.123!",
    "1qaz2wsx",
    "xiaoming*99",
    "P@ss'word&7",
    "a<b>c=3!",
    "dragon--88",
    "100%good",
    "My;Dog(5)",
    "it's-me-2020",
    "我的密码123",
];
const NICKNAMES: &[&str] = &[
    "风一样的少年",
    "小桔子",
    "momo",
    "爱吃鱼的猫",
    "user_99812",
    "老王修车",
    "Jack's Dad",
    "℡不想长大",
    "(。・ω・)ノ",
    "A0打印机维修-小李",
    "-_-||",
    "乐乐妈妈",
    "Tom & Jerry",
    "糖糖<3",
    "云淡风轻",
    "七里香",
    "admin不是我",
    "ゞ逝水年華",
];

fn accounts(rng: &mut Rng) -> Vec<u8> {
    let host =
        rng.pick(&["passport.lehuo.example", "www.tongcheng-bbs.example", "account.qiyue.example", "m.jiawu.example"]);
    let (phone, password, nick) = (words::phone(rng), rng.pick(PASSWORDS), rng.pick(NICKNAMES).to_owned());
    match rng.below(12) {
        0 => send(
            host,
            "/api/v2/login",
            &[("mobile", phone), ("password", password.to_owned()), ("remember", "1".to_owned())],
            rng,
        ),
        1 => {
            let sealed = codec::base64(rng.bytes(128));
            send(
                host,
                "/sso/login.do",
                &[
                    ("username", phone),
                    ("password", sealed),
                    ("rsaKeyVersion", "3".to_owned()),
                    ("vcode", rng.pick(&["8k3m", "Q7zP", "x2w9", "5+3=8"]).to_owned()),
                ],
                rng,
            )
        }
        2 => send(
            host,
            "/user/register",
            &[
                ("nickname", nick),
                ("email", format!("{}.{}+shop@mail.example", rng.letters(5), rng.digits(2))),
                ("pwd", password.to_owned()),
                ("pwd2", password.to_owned()),
                ("agree", "on".to_owned()),
            ],
            rng,
        ),
        3 => {
            let fields = [("phone", phone), ("areaCode", "+86".to_owned()), ("scene", "LOGIN".to_owned())];
            send(host, "/sms/send", &fields, rng)
        }
        4 => {
            let target = format!("/captcha/get?ts={}&w=300&h=150&sid={}", words::millis(rng), rng.uuid());
            call(host, Wire::get(target), rng)
        }
        5 => {
            let track: Vec<_> =
                (0..rng.between(6, 14)).map(|step| format!("[{},{},{}]", step * 9, rng.below(4), step * 17)).collect();
            let body = format!(
                "{{\"captchaId\":\"{}\",\"track\":[{}],\"bg\":\"600x320\",\"left\":{}}}",
                rng.hex(32),
                track.join(","),
                rng.between(40, 250)
            );
            call(host, Wire::post("/captcha/check", JSON, body), rng)
        }
        6 => send(
            host,
            "/member/profile/save",
            &[
                ("nick", nick),
                (
                    "signature",
                    text(
                        rng,
                        &["生活明朗,万物可爱", "随缘", "认真搬砖的打工人", "", "一个人也要好好吃饭"],
                        &[
                            "心若向阳,无畏悲伤 ~(@^_^@)~",
                            "I'm fine, thank you & you?",
                            "<<< 低调 >>>",
                            "好好学习;天天向上;",
                        ],
                        30,
                    ),
                ),
                ("birthday", words::date(rng)),
                ("gender", rng.below(3).to_string()),
            ],
            rng,
        ),
        7 => send(
            host,
            "/account/safe/question",
            &[
                ("q1", "你小学班主任的名字是?".to_owned()),
                ("a1", words::person(rng)),
                ("q2", rng.pick(&["你最喜欢的一本书?", "你的出生地?", "What was your first pet's name?"]).to_owned()),
                ("a2", rng.pick(&["平凡的世界", "西安", "Lucky", "O'Malley"]).to_owned()),
            ],
            rng,
        ),
        8 => {
            let target = format!(
                "/login?from={}&appid={}",
                codec::percent(format!("https://{host}/orders?tab=all&page={}", rng.between(1, 9))),
                rng.digits(6)
            );
            visit(host, Wire::get(target), rng)
        }
        9 => {
            let basic = codec::base64(format!("{phone}:{password}"));
            let wire = Wire::post("/oauth/token", FORM, "grant_type=client_credentials&scope=read%20write");
            call(host, wire.header("Authorization", format!("Basic {basic}")), rng)
        }
        10 => send(
            host,
            "/address/add",
            &[
                ("consignee", words::person(rng)),
                ("tel", phone),
                ("detail", words::address(rng)),
                ("tag", rng.pick(&["家", "公司", "学校", "爸妈家"]).to_owned()),
                ("isDefault", rng.below(2).to_string()),
            ],
            rng,
        ),
        _ => mini(
            host,
            Wire::post(
                "/wx/code2session",
                JSON,
                format!(
                    "{{\"code\":\"{}\",\"encryptedData\":\"{}\",\"iv\":\"{}\"}}",
                    rng.base64_url(32),
                    codec::base64(rng.bytes(96)),
                    codec::base64(rng.bytes(16))
                ),
            ),
            rng,
        ),
    }
}

const GOODS: &[&str] = &[
    "纯棉四件套 1.8m床",
    "大米 10kg 东北五常",
    "儿童保温杯 316不锈钢",
    "猫砂 豆腐混合",
    "机械键盘 87键 红轴",
    "女士羽绒服 中长款",
    "不锈钢炒锅 32cm",
    "Type-C 数据线 6A 2米",
    "Levi's 牛仔裤 501 W32/L34",
    "M&M's 巧克力豆 45g*12",
    "螺丝刀套装(25合1)",
    "5'显示屏 树莓派用",
    "Kiehl's 高保湿面霜 50ml",
    "山地车内胎 26*1.95/2.125",
    "SELECT 精选咖啡豆 454g",
    "婴儿奶粉3段 900g x 6罐",
];
const REVIEWS: &[&str] = &[
    "质量不错,物流很快,第二天就到了",
    "颜色和图片一样,妈妈很喜欢",
    "一般般吧,对得起这个价格",
    "已经是第三次回购了,好用",
    "客服态度很好,帮我换了大一码",
    "包装有点破,里面没坏",
    "味道偏甜,小朋友爱吃",
    "安装师傅很专业,给个好评",
    "尺码偏小,建议拍大一号",
    "此用户没有填写评价内容",
];
const ODD_REVIEWS: &[&str] = &[
    "身高165,体重52kg,穿M刚好;腰围>70的姐妹选L!!!",
    "5星★★★★★ 真香 o(* ̄▽ ̄*)ブ",
    "买了2件=158元,用券-20,红包-3.5,实付134.5,划算!",
    "客服说\"48小时内发货\",结果等了一周…… 差评!!!",
    "It's great! Would buy again :-) 就是说明书全是英文",
    "充电: 0%->100% 约1.5h; 续航 <8h; 温度还行",
    "and 赠品没收到??? or 漏发了?",
    "键帽 Ctrl/Alt 有划痕,C键& V键手感不一样",
];

fn baskets(rng: &mut Rng) -> Vec<u8> {
    let host = rng.pick(&["cart.youpin.example", "m.haowu.example", "shop.xiaodian.example", "item.jiaju.example"]);
    let good = rng.pick(GOODS);
    let number = rng.digits(12);
    match rng.below(11) {
        0 => visit(
            host,
            Wire::get(format!(
                "/item/{number}.html?spm=a21n57.1.item.{}.{}&skuId={}",
                rng.below(40),
                rng.token(10),
                rng.digits(13)
            )),
            rng,
        ),
        1 => {
            let mut target = format!("/search?keyword={}&enc=utf-8&pvid={}", codec::percent(good), rng.hex(32));
            if rng.chance(50) {
                target.push_str("&ev=exprice_50-200%5Eexbrand_%E5%AE%B6%E7%94%A8%40&psort=3&stock=1");
            }
            visit(host, Wire::get(target), rng)
        }
        2 => {
            let body = format!(
                "{{\"items\":[{{\"skuId\":\"{number}\",\"num\":{},\"price\":\"{}.90\",\"title\":{}}}],\"addrId\":{},\"coupon\":null,\"invoice\":{{\"type\":\"personal\",\"title\":\"个人\"}}}}",
                rng.between(1, 6),
                rng.between(9, 999),
                codec::json(good),
                rng.between(1_000_000, 9_999_999)
            );
            call(host, Wire::post("/api/order/confirm", JSON, body), rng)
        }
        3..=5 => send(
            host,
            "/comment/publish",
            &[
                ("orderId", number),
                ("goods", good.to_owned()),
                ("score", rng.between(3, 5).to_string()),
                ("content", text(rng, REVIEWS, ODD_REVIEWS, 30)),
                ("anonymous", rng.below(2).to_string()),
            ],
            rng,
        ),
        6 => send(
            host,
            "/im/send",
            &[
                ("sessionId", rng.uuid()),
                (
                    "msg",
                    text(
                        rng,
                        &["在吗", "什么时候发货", "可以便宜点吗", "有没有黑色的", "退货地址发我一下", "好的谢谢"],
                        &[
                            "XL码还有吗?胸围>110的那种",
                            "亲,我要改地址:3栋#1202,别放驿站!!",
                            "能不能用 满200-30 & 店铺券 一起?",
                        ],
                        25,
                    ),
                ),
                ("type", "text".to_owned()),
            ],
            rng,
        ),
        7 => {
            let data = format!(
                "{{\"itemNumId\":\"{number}\",\"exParams\":\"{{\\\"queryParams\\\":\\\"id={number}&from=cart\\\",\\\"utdid\\\":\\\"{}\\\"}}\"}}",
                codec::base64(rng.bytes(18))
            );
            let target = format!(
                "/h5/detail.getdetail/6.0/?jsv=2.6.1&appKey=12574478&t={}&sign={}&api=detail.getdetail&v=6.0&type=jsonp&dataType=jsonp&callback=mtopjsonp{}&data={}",
                words::millis(rng),
                rng.hex(32),
                rng.between(1, 12),
                codec::percent(data)
            );
            call(host, Wire::get(target), rng)
        }
        8 => send(
            host,
            "/aftersale/apply",
            &[
                ("orderNo", number),
                ("reason", rng.pick(&["七天无理由", "商品破损", "发错货/漏发", "与描述不符", "不想要了"]).to_owned()),
                (
                    "desc",
                    text(
                        rng,
                        &["杯盖漏水,倒过来就洒", "少了一个配件", "穿着太大", "开不了机"],
                        &[
                            "充电器插上没反应(指示灯不亮), 说明书写\"3秒\"我按了10秒也不行",
                            "标的是 1.5L, 实际 <1.2L; 图见附件",
                        ],
                        30,
                    ),
                ),
                ("amount", format!("{}.{:02}", rng.between(5, 800), rng.below(100))),
            ],
            rng,
        ),
        9 => mini(
            host,
            Wire::get(format!(
                "/mall/goods/list?cateId={}&sort=sales_desc&priceRange={}&pageNo={}&pageSize=20",
                rng.digits(4),
                rng.pick(&["0-100", "100,300", "%5B50%2C99%5D", "500-"]),
                rng.between(1, 30)
            )),
            rng,
        ),
        _ => {
            let fields =
                [("id", number), ("q", good.to_owned()), ("qty", "-1".to_owned()), ("_method", "PATCH".to_owned())];
            let body = object(rng, &fields);
            app(host, Wire::new("PATCH", "/v3/carts/mine/items").body(JSON, body), rng)
        }
    }
}
