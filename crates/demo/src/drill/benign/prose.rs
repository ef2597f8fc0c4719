//! What people really type: the texts of searches, remarks and messages.

/// Names of invented patients with their cards, as the portal knows them.
pub(super) const PATIENTS: [(&str, &str); 4] =
    [("MZ100001", "林小满"), ("MZ100002", "何白露"), ("MZ100003", "O'Brien Sean"), ("MZ100004", "顾谷雨")];

/// Words for the site search.
pub(super) const SEARCHES: [&str; 34] = [
    "血糖",
    "高血压 饮食",
    "儿科 夜间门诊",
    "O'Brien",
    "O'Brien 试验 阳性",
    "C 反应蛋白 < 8 mg/L",
    "血压 < 140/90",
    "肌酐 > 106 μmol/L",
    "HbA1c<6.5%",
    "eGFR >= 60 且 <= 90",
    "R&D 病房楼",
    "select a doctor from union hospital",
    "union of tibia fracture",
    "drop foot",
    "血氧 98%",
    "心电图 (ECG) + 超声",
    "PET-CT 价格?",
    "医保; 异地结算",
    "\"胸痛中心\" 电话",
    "杜仲明 主任",
    "where is the pharmacy and when does it open",
    "order by phone",
    "5-HT3 受体拮抗剂",
    "α-地中海贫血",
    "维生素D 25(OH)D",
    "T-SPOT.TB",
    "ICD-10 I20.0",
    "1+1 护理",
    "script for insulin pump",
    "#儿童 疫苗",
    "a/b 型血友病",
    "CA19-9 | CEA",
    "膏方　预约",
    "ｆｕｌｌ　ｗｉｄｔｈ",
];

/// Complaints written into the appointment form.
pub(super) const REMARKS: [&str; 14] = [
    "发热 38.5℃，咳嗽 3 天，无胸痛",
    "血压 150/95 mmHg, 头晕; 服药后 < 140/90",
    "空腹血糖 7.2 (参考 < 6.1)，餐后 > 11",
    "右膝疼痛，上下楼加重 <3 个月",
    "孩子's fever since Monday",
    "复诊：CRP 11.4 mg/L ↑，上次 < 8",
    "外院报告见 ../2025 年体检，结论：甲状腺结节 TI-RADS 3",
    "既往 O'Brien 试验阳性 -- 考虑肩锁关节病变",
    "药物过敏：青霉素；其他：无",
    "体重指数 BMI = 24.2; 腰围 86 cm",
    "需要开具 \"病假证明\"，谢谢！",
    "line one\nline two\n第三行",
    "R&D 部门同事介绍来的，想约 周三 OR 周四 上午",
    "",
];

/// Title and text of messages to the hospital.
pub(super) const MESSAGES: [(&str, &str); 18] = [
    ("感谢心内科", "感谢杜主任和护士站，<3 祝工作顺利！"),
    ("挂号建议", "能否按医生排序？I would like to order by name and select from the list."),
    ("系统问题", "手机上点“提交”没有反应，换了浏览器也一样；截图见附件。"),
    ("报告疑问", "血常规里 NEUT# 2.1 < 正常吗？参考 1.8 - 6.3 之间。"),
    ("O'Brien 先生的轮椅", "Mr O'Brien's wheelchair was left at the east gate; it's blue."),
    ("费用", "发票 1=挂号 2=检查，为什么 1 = 1 项却收了两次？"),
    ("发热门诊", "where can I update my phone number and delete the old one?"),
    ("停车", "停车费 5 元/小时 & 夜间减半，希望在首页公示。"),
    ("检验单", "A/G 比值 1.2, ALT <40 U/L, AST >35 U/L; 请医生解读"),
    ("网站字体", "老人看不清，字体能不能放大到 120%？"),
    ("药品说明", "说明书写的是 2 片/次; 3 次/日，饭后。是否可以 1 片/次?"),
    ("陪护", "夜间陪护床 (¥15) 是否还能租？谢谢。"),
    ("英文服务", "Is there a union card discount? Please select all that apply."),
    ("隔壁床", "隔壁床位太吵，“安静”标识形同虚设 :("),
    ("表扬", "程半夏医生讲得明白，还画了图：肺 -> 支气管 -> 肺泡。"),
    ("疫苗", "孩子 6 个月，流感疫苗 0.25ml 还是 0.5ml？"),
    ("体检套餐", "套餐 A+B 与 C 有什么区别？价格 {{见附件}} 看不到。"),
    ("导航", "从地铁 2 号线 D 口出来，怎么走？(10 min?)"),
];
