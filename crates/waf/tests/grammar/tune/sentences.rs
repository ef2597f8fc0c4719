//! What people write to each other, in words that other grammars do not use: questions, remarks, changed appointments.

use super::super::rng::Rng;

const SENTENCES: &[&str] = &[
    "孩子昨晚发烧39.2℃, 吃了美林; 今天早上退了, 还需要去医院吗?",
    "预约改期:11/25(周三)下午 → 11/27(周五)上午;原因:出差",
    "既往:阑尾炎术后(2015)、青霉素过敏(++);家族史:父亲<60岁脑梗",
    "ALT 58 U/L(正常<40), AST 41, γ-GT 33 -- 医生建议戒酒",
    "My mother's report says \"benign\"; is it OK? She's 70+ & lives alone",
    "Please update my phone number and drop the old one; I can't log in since 9/1",
    "挂了3次都提示 'error code: -1', 换了浏览器也不行; 账号是 zhang_san@mail.example",
    "视力: 左 0.8, 右 1.0-2; 眼压 15/16 mmHg; C/D=0.3",
    "费用清单: A类 x2 = 56.00, B类 x1 = 120.50, 合计 ¥176.5 [已结清]",
    "手术同意书第3页“or/and”写错了, 请更正为“and”",
    "B超:肝右叶见 12mm×9mm 低回声 (边界清;CDFI:未见血流)",
    "药: 1/2片 bid, 必要时 q6h; max=4g/d; 禁与 'MAOI' 合用",
    "谁有 ICU 探视时间表? @李护士 #急# 【已读】",
    "他问:\"Which one shall I select -- left or right?\" 我说:都行~",
    "外送标本单号 SF-0012345678; 条码: *A00123*; 温度 2~8℃",
    "如遇 500/502 错误, 先 Ctrl+F5 刷新, 再联系 8123 (信息科 like-24h)",
    "网址打不开: https://portal.kangning.example/#/report?id=12&type=<空>",
    "第1组 vs 第2组: P=0.03 (<0.05), OR=1.8 (95%CI: 1.1~2.9)",
    "体重 -2kg/月; 睡眠 <5h; 情绪: 一般, 无自杀念头",
    "不良反应: 皮疹(+)/瘙痒(±); 处理: 停药; 转归: 好转…",
    "Gross: 0.3*0.2*0.2cm; IHC: ER(-), PR(-), HER2(1+), Ki-67(约20%+)",
    "请假条:本人因 fever & cough 需休息 3 days; 批准人:______",
    "会议室 A-301, 14:00-15:30; 议题=质控/DRG; 参会: 王(主任)、李、R.O'Hara",
    "where 写错了应该是 were; 另外 from/to 两栏填反了, 请 set 回来",
];

pub(super) fn sentence(rng: &mut Rng) -> &'static str {
    rng.pick(SENTENCES)
}

/// One to three sentences.
pub(super) fn remark(rng: &mut Rng) -> String {
    let count = rng.between(1, 3);
    (0..count).map(|_| sentence(rng)).collect::<Vec<_>>().join("\n")
}
