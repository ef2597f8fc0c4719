//! Invented people, places and sentences that our requests are filled with. Nobody here exists: identity numbers begin
//! with 99, which is no region, and telephone numbers with 100, which no carrier has.

use super::rng::Rng;

const SURNAMES: &[&str] = &[
    "王",
    "李",
    "张",
    "刘",
    "陈",
    "杨",
    "赵",
    "黄",
    "周",
    "吴",
    "徐",
    "孙",
    "胡",
    "朱",
    "高",
    "林",
    "何",
    "郭",
    "欧阳",
    "司马",
    "买买提·",
    "巴特尔·",
];
const GIVEN: &[&str] = &[
    "小明", "建国", "秀英", "伟", "芳", "子涵", "浩然", "雨萱", "丽", "军", "婷婷", "志强", "诗涵", "宇轩", "玉兰",
    "海燕", "晓东", "思远", "一诺", "国庆",
];
const LATIN: &[&str] = &["O'Brien", "D'Angelo", "Smith-Jones", "Anne Marie", "Zhang Wei", "LI LEI", "Nguyễn", "Müller"];
const DEPARTMENTS: &[&str] = &[
    "心内科",
    "神经内科",
    "消化内科",
    "骨科",
    "儿科",
    "妇产科",
    "眼科",
    "耳鼻喉科",
    "皮肤科",
    "急诊科",
    "放射科",
    "检验科",
    "体检中心",
    "中医科",
    "口腔科",
    "ICU",
    "血液净化室",
    "超声医学科",
    "R&D 中心",
];
const CITIES: &[&str] =
    &["北京市朝阳区", "上海市浦东新区", "广州市天河区", "成都市武侯区", "杭州市西湖区", "西安市雁塔区"];
const ROADS: &[&str] = &["建国路", "人民大道", "解放北路", "科技园南路", "学院路", "健康街"];

pub(crate) const DIAGNOSES: &[&str] = &[
    "高血压3级(极高危)",
    "2型糖尿病",
    "急性上呼吸道感染",
    "腰椎间盘突出症(L4/5)",
    "甲状腺结节 TI-RADS 3类",
    "慢性胃炎?",
    "冠状动脉粥样硬化性心脏病",
    "乳腺增生",
    "脂肪肝(轻度)",
    "肺结节 <5mm",
    "S06.000 脑震荡",
    "I10.x00 原发性高血压",
    "Ⅱ°房室传导阻滞",
    "骨折(左桡骨远端)",
    "Union of fracture, delayed",
];

/// Laboratory items: code, name, unit, range, a value as people write it.
pub(crate) const LABS: &[(&str, &str, &str, &str, &str)] = &[
    ("WBC", "白细胞计数", "10^9/L", "3.5-9.5", "5.2"),
    ("HGB", "血红蛋白", "g/L", "130~175", "142"),
    ("CRP", "C-反应蛋白", "mg/L", "<10", "<0.5"),
    ("GLU", "葡萄糖", "mmol/L", "3.9-6.1", ">33.3"),
    ("TSH", "促甲状腺激素", "mIU/L", "0.27--4.20", "2.11"),
    ("HBsAg", "乙肝表面抗原", "IU/mL", "<0.05", "0.00(-)"),
    ("eGFR", "肾小球滤过率", "mL/min/1.73m²", ">=90", "87↓"),
    ("pH", "酸碱度", "", "7.35–7.45", "7.40"),
    ("BP", "血压", "mmHg", "<120/80", "135/88"),
    ("UREA", "尿素", "mmol/L", "2.8 - 7.6", "6.1"),
    ("NIT", "亚硝酸盐", "", "阴性(-)", "阳性(+)"),
    ("PSA", "前列腺特异性抗原", "ng/mL", "0<x<=4.0", "1.02"),
    ("HPV16/18", "高危型", "", "阴性", "阴性"),
    ("T.BIL", "总胆红素", "μmol/L", "≤23", "12.4 *"),
];

pub(crate) const DRUGS: &[&str] = &[
    "阿莫西林胶囊 0.5g*24",
    "氨氯地平片 5mg qd",
    "二甲双胍 0.5g tid; 餐后",
    "0.9% 氯化钠注射液 250ml",
    "阿司匹林肠溶片 100mg",
    "维生素C 0.1g×100片",
    "胰岛素 8u (早) - 6u (晚)",
    "Omeprazole 20 mg b.i.d.",
];

/// What people type, with the characters that worry a filter.
pub(crate) const SENTENCES: &[&str] = &[
    "患者主诉:头晕、乏力3天;无发热,无恶心/呕吐。",
    "建议复查: 1) 血常规; 2) 肝肾功能; 3) 心电图。如 WBC<4.0 或 PLT<100, 请及时就诊!",
    "空腹血糖 >= 7.0 mmol/L 或 餐后2h > 11.1 mmol/L",
    "医生您好,我的报告里 “低密度脂蛋白” 是 3.8 (参考 <3.4), 要紧吗?",
    "请把张三的检查改到周五上午 9:00 -- 谢谢",
    "血压 150/95 mmHg; HR 78 次/分; SpO2 98%",
    "Dr. O'Neill said: \"the patient's range is 3.5-9.5\" and left at 5 o'clock",
    "select a doctor from union hospital where you feel at home; order by phone or drop in",
    "身高*体重: BMI = 70/(1.75*1.75) = 22.9",
    "既往史: 'hypertension' 10 years; and 'diabetes' or not?",
    "a && b || c; if (x > 1) { return y; } // 这是接口文档里的例子",
    "链接: http://192.0.2.10:8080/his/login?user=wang&from=/index (内网)",
    "邮箱 wang.xm+his@mail.example, 电话 010-00000000 转 8008",
    "已执行医嘱; 更新(update)了过敏史; 删除(delete)重复记录 3 条",
    "报告日期:2026-11-20, 打印 2/2 页, 费用 ¥1,280.50 (自费 30%)",
    "C:\\HIS\\report\\2026 文件夹里没有我的片子",
    "#体检# @张医生 请看 [图片] 谢谢🙏",
    "1=正常, 2=异常, 0=未查; 'Y'/'N' 表示是否空腹",
    "肿瘤标志物全套:AFP、CEA、CA19-9;结果--正常",
    "select 系列奶粉有货吗? having a baby & need advice (union 店)",
    "他说:“别让我 wait for delay”,我说:‘好吧’……",
    "体温 36.5℃~37.2℃,咳嗽 + 咳痰 ×3d",
    "<无>  见附页(2) / 详见 [附件1]",
    "exec 会议纪要: 1. table 3 的数据 from 2025; 2. group by 科室",
];

pub(crate) const HOSTS: &[&str] = &[
    "www.kangning-hospital.example",
    "his.kangning-hospital.example:8080",
    "tj.boai.example",
    "wx.boai.example",
    "192.0.2.31",
    "10.12.8.5:8081",
    "pacs.shiyiyuan.example",
    "oa.shiyiyuan.example",
    "m.jiankang.example",
    "api.jiankang.example",
    "lis.zhongxin.example:9000",
    "emr.zhongxin.example",
];

pub(crate) fn person(rng: &mut Rng) -> String {
    if rng.chance(8) { rng.pick(LATIN).to_owned() } else { format!("{}{}", rng.pick(SURNAMES), rng.pick(GIVEN)) }
}

pub(crate) fn department(rng: &mut Rng) -> &'static str {
    rng.pick(DEPARTMENTS)
}

pub(crate) fn address(rng: &mut Rng) -> String {
    format!(
        "{}{}{}号{}单元#{}",
        rng.pick(CITIES),
        rng.pick(ROADS),
        rng.between(1, 999),
        rng.between(1, 9),
        rng.between(101, 2805)
    )
}

pub(crate) fn phone(rng: &mut Rng) -> String {
    format!("100{}", rng.digits(8))
}

pub(crate) fn identity_number(rng: &mut Rng) -> String {
    format!("99{}19{}{:02}{:02}{}", rng.digits(4), rng.between(40, 99), rng.between(1, 12), rng.between(1, 28), {
        rng.digits(3) + rng.pick(&["X", "1", "2", "7"])
    })
}

pub(crate) fn date(rng: &mut Rng) -> String {
    format!("2026-{:02}-{:02}", rng.between(1, 12), rng.between(1, 28))
}

pub(crate) fn time(rng: &mut Rng) -> String {
    format!("{:02}:{:02}:{:02}", rng.below(24), rng.below(60), rng.below(60))
}

/// Milliseconds since 1970, some day of 2026.
pub(crate) fn millis(rng: &mut Rng) -> String {
    format!("17{}", rng.digits(11))
}

pub(crate) fn sentence(rng: &mut Rng) -> &'static str {
    rng.pick(SENTENCES)
}

/// One to three sentences.
pub(crate) fn remark(rng: &mut Rng) -> String {
    let count = rng.between(1, 3);
    (0..count).map(|_| sentence(rng)).collect::<Vec<_>>().join("\n")
}

/// A root of DICOM identifiers that belongs to nobody (2.25 and a number).
pub(crate) fn dicom_uid(rng: &mut Rng) -> String {
    format!("2.25.{}{}", rng.between(1, 9), rng.digits(30))
}

/// Bytes that look like a picture: a JPEG head and noise.
pub(crate) fn jpeg(rng: &mut Rng, length: usize) -> Vec<u8> {
    let mut bytes = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x48\x00\x48\x00\x00".to_vec();
    bytes.extend(rng.bytes(length));
    bytes.extend_from_slice(b"\xff\xd9");
    bytes
}
