//! Honest requests of hospital software: what doctors, nurses, technicians and coders write, with every notation they use.

use super::super::benign::{BenignGrammar, grammar};
use super::super::codec;
use super::super::rng::Rng;
use super::super::wire::{FORM, Wire};
use super::super::words;
use super::carrier;

pub(super) const BENIGN: &[BenignGrammar] = &[
    grammar("record-templates", 80, |rng| carrier::one_of(rng, "/emr/record/save", "content", RECORDS)),
    grammar("doctors-orders", 70, |rng| carrier::one_of(rng, "/cpoe/order/submit", "orderText", ORDERS)),
    grammar("critical-results", 60, |rng| carrier::one_of(rng, "/lis/criticalValue/report", "result", RESULTS)),
    grammar("genes-and-pathology", 70, |rng| carrier::one_of(rng, "/pathology/report", "diagnosis", PATHOLOGY)),
    grammar("images-and-curves", 60, |rng| carrier::one_of(rng, "/pis/report/finding", "finding", IMAGING)),
    grammar("incidents-and-follow-up", 60, |rng| carrier::one_of(rng, "/quality/event/add", "description", EVENTS)),
    grammar("coding-and-insurance", 60, |rng| carrier::one_of(rng, "/mrms/front/page", "codes", CODING)),
    grammar("messages-in-fields", 60, messages),
];

const RECORDS: &[&str] = &[
    "T:36.5℃ P:78次/分 R:18次/分 BP:120/80mmHg; 神志清, 精神可; 双肺(-); 腹软, 压痛(±), 反跳痛(-); Murphy's sign(-); McBurney 点压痛(+)",
    "主诉:反复胸闷2+年,再发3-天。现病史:1#室间隔缺损?2#肺炎;—— 待排",
    "身高5'7\", 体重 160lb; BMI=25.1 (>24); 腰围 3'1\"",
    "瞳孔 L:R=3mm:3mm, 光反应(+/+); GCS: E4V5M6=15; NIHSS 4'",
    "Rp: 1. NS 250ml + 头孢曲松 2.0 iv gtt qd; 2. 5%GS 500ml + Vit C 2.0; sig: q8h; po/iv",
    "[既往史]:高血压病10+年,最高 180/110mmHg;糖尿病(-);冠心病(-)。[个人史]:吸烟 20支/日*30年; 饮酒(+)",
    "{{主诉}}:{{现病史}};{{体格检查}} → {{诊断}}",
    "<主诉>发热3天</主诉><现病史>患者3天前无明显诱因出现发热, Tmax 39.5℃, 伴咳嗽</现病史>",
    "术中见:胆囊大小约 8*4*3cm, 壁厚 >4mm; 胆总管直径 <8mm; 予 3-0 Vicryl 缝合; 出血 <50ml; 'T'管引流 1根",
    "Pt c/o SOB & CP x 2/7; PMHx: HTN, T2DM; Rx: ASA 81mg po qd; A/P: r/o ACS; trops q6h x3; EKG NSR @ 72bpm",
    "S: “胸口痛”; O: BP 150/95↑; A: 1) AMI? 2) PE not excluded; P: CTA -- stat",
    "神经查体: 左上肢肌力 III-级, 右 V 级; Babinski sign: L(+)/R(-); 腱反射(++)",
    "入院诊断: 1、冠心病; 不稳定型心绞痛; 心功能II级(NYHA) 2、高血压病3级;很高危 || 出院诊断: 同上",
    "胎心 140bpm; 宫高 32cm; LMP:2026-1-3; EDC:2026-10-10; G2P1A0; 宫口开 3'",
    "补液: (1.5~2.0)ml/(kg·h) × 60kg × 24h = 2160~2880ml/d",
    "Apgar 1'-5'-10': 9-10-10; 脐带绕颈 x1; 羊水 I°",
    "#1 牙 #36 深龋; 冷(+) 叩(±); 拟 RCT; select shade A2; 咬合 or 关节 ok",
    "既往 'PCN' 过敏; 'or' 头孢皮试(-); \"and\" 磺胺不详",
    "NRS=3'; Braden=14'; Morse=45'; Barthel=60'; 跌倒高危;已告知",
    "患者诉:'我头晕' -- 测血糖 2.8mmol/L; 予 50%GS 40ml iv; 15'后复测 5.6",
    "3'后转入ICU; 5\"内恢复窦律; 除颤 200J*1",
    "上级医师查房: 王主任 : 同意目前诊断; 治疗 : ①抗感染 ②补液 ; 注意 : 电解质(K+ Na+ Cl-)",
    "${patient.name}, ${patient.sex}, ${patient.age}岁, 因\"${mainComplaint}\"于${admitDate}入院",
    "病情告知: 如不同意手术或/and 麻醉, 请签字: ______ ; 日期: ____年__月__日",
    "体查:心界不大,HR 102bpm,律齐,P2>A2,各瓣膜区未闻及杂音;肝肋下2cm,质I°,脾(-)",
    "1=无; 2=轻度; 3=中度; 4=重度 --> 目前=2; 昨日=3",
    "x 3 d; y/n? = y; 评分: 0'-10' = 4'",
];

const ORDERS: &[&str] = &[
    "0.9%NS 100ml + 头孢哌酮/舒巴坦 3.0g ivgtt q8h; 皮试(-)",
    "胰岛素 4u-4u-6u ih tid ac; 甘精 10u qn; 若 BG<3.9 → 停; if BG>16.7 then call MD",
    "Morphine 2-4 mg IV q4h prn pain >7/10; hold if RR<10 or SBP<90",
    "KCl 10mEq IVPB x2; recheck K+ @ 18:00; d/c when K>4.0",
    "阿托品 0.5mg im st!; 地西泮 10mg iv (缓慢>5'); 持续心电监护; SpO2 q1h",
    "1#: 测血糖 7次/日; 2#: 低盐低脂饮食; 3#: I级护理; 4#: 病重/病危",
    "NS 50ml|胰岛素 50u|微泵 2ml/h; 根据血糖调整|||",
    "Vancomycin 15 mg/kg q12h; trough 15-20; order by pharmacy; update dose; insert PICC",
    "drop rate 20 gtt/min; set alarm = 90; select vein: L/R; union of fracture check",
    "华法林 2.5mg 1/2# qn; INR目标 2.0~3.0; 若>3 则减 1/4#",
    "青霉素 80万u im bid; AST(  ); 执行: 8am-4pm",
    "TPN: 脂肪乳(20%) 250ml; 氨基酸(8.5%) 500ml; GS(50%) 200ml; K 3.0; RI 20u; @ 80ml/h",
    "O2 2L/min by NC; titrate to SpO2>=92%; wean as tolerated; echo in AM; sleep study; kill time 15min",
    "地高辛 0.125mg qd (HR<60 停用); 呋塞米 20mg iv; 出入量: q8h; 体重 qd",
    "停: 一级护理; 停: 吸氧 prn; 开: 二级护理; 普食; --> 明日出院",
    "美罗培南 1.0 + NS100ml ivgtt q8h (8-16-24); exec by: RN Li; call Dr. O'Neil",
    "氢化可的松 100mg/iv/q8h*3d; 甲强龙 40mg(d1-d3); 20mg(d4-d6); ;",
    "中药: 黄芪30g 党参15g 白术10g; 7剂; 水煎服; 1剂/日; bid; 'ac'/'pc'",
    "Rituximab 375mg/m2 d0; CTX 750mg/m2 d1; ADM 50mg/m2 d1; VCR 1.4mg/m2 (max 2mg) d1; Pred 100mg d1-5; q21d",
    "like Rx last time; same as before; or change to 'bid'",
    "iv;po;im;sc;pr;sl | qd;bid;tid;qid;qod;prn;st",
];

const RESULTS: &[&str] = &[
    "K+ 6.8↑↑ mmol/L (3.5~5.3); 复查=6.9; 已电话通知 李医生 @ 09:05",
    "PLT 8*10^9/L ↓↓ (<20); PT>120s; APTT>180s; Fib<0.5 g/L",
    "血气: pH 7.12; pCO2 88; pO2 45; BE -12; Lac 9.8; FiO2 0.6; PF=75",
    "cTnI >50.000 ng/ml; NT-proBNP >35000 pg/ml; CK-MB 300 u/L",
    "WBC|98.6|10^9/L|3.5-9.5|H^HH;RBC|1.2|10^12/L|4.3-5.8|L",
    "血培养(需氧): G+c; 报阳时间 12h; 'MRSA' ? ; van: S, oxa: R(>=4)",
    "HBsAg(+) HBsAb(-) HBeAg(-) HBeAb(+) HBcAb(+); HBV-DNA 2.3E+06 IU/mL",
    "ANA 1:320(+) 颗粒型; dsDNA(±); anti-Sm(-) ; SSA/Ro52(+++)",
    "尿: PRO(3+); BLD(2+); GLU(-); KET(±); RBC 25~30/HP; 管型 0-1/LP",
    "Glu <1.1 mmol/L -- 危急; Ca=1.5; Mg=0.3; Na<115",
    "T-SPOT: A=12 B=20 (>=6 阳性); PPD 15*18mm (+++)",
    "CSF: WBC 1200×10^6/L; N%=85; Pro 2.1g/L; Glc 1.0; 墨汁(-)",
    "Hb 45g/L; HCT 0.14; MCV<80; Ret 0.2%; Coombs' test (+)",
    "结果=>阳性;Ct(ORF1ab)=28.5;Ct(N)=27.9;Ct<=38 为阳性",
    "D-二聚体>20mg/L FEU; FDP>120; AT-III 45%; 3P(+)",
    "HR 38bpm; III°AVB; R-R>3\"; 已通知; select: 转CCU or 起搏",
    "{\"K\":\">6.5\",\"Na\":\"<120\",\"note\":\"复核=1; '溶血'(-)\"}",
    "CV%=3.2; SD=0.12; x±s=5.21±0.12; 1-2s/1-3s/R-4s: pass; 2SD<x<3SD",
    "Y=0.98X+0.03; R^2=0.999; bias<1/2TEa; n=20",
    "a<b or b<c; 5<=x<=10; 3 > 2 = true (示例)",
    "1' 10^5 CFU/ml; 2' 10^4; or = 混合菌群",
];

const PATHOLOGY: &[&str] = &[
    "EGFR exon19 del c.2235_2249del15 p.(Glu746_Ala750del) AF=23.5%; KRAS c.35G>A p.(Gly12Asp)",
    "IHC: CK7(+), TTF-1(+), NapsinA(+), P40(-), ALK(D5F3)(-), PD-L1(22C3) TPS=60%; Ki-67(+,约30%)",
    "HER2(2+), FISH: HER2/CEP17=1.8 (<2.0); 平均拷贝数 3.9 (<4.0) → 阴性",
    "pT2N1M0, IIIA期; LN 2/15(+); LVI(+), PNI(-); R0; 切缘(-) >1cm",
    "BRCA1 c.5266dupC (p.Gln1756fs*74) het; BRCA2 c.7397T>C p.(Val2466Ala) hom; rs1801133 C>T",
    "46,XX,t(9;22)(q34;q11.2)[18]/46,XX[2]; BCR::ABL1 p210=35.6%(IS)",
    "47,XY,+21; inv(16)(p13q22); del(5)(q13q33); arr[GRCh37] 22q11.21(18916842_21465659)x1",
    "NM_000546.6(TP53):c.524G>A (p.Arg175His); ACMG: PS1+PM1+PM2 => Pathogenic",
    "chr7:g.140453136A>T; NC_000007.13:g.55249071C>T; VAF 0.05; depth >1000x",
    "HLA-B*15:02(-), HLA-B*58:01(+); CYP2C19 *2/*3 (PM); VKORC1 -1639G>A; UGT1A1*28",
    "Gleason 4+3=7 (GG 3); PSA>20ng/ml; 包膜侵犯(+); 精囊(-)",
    "(左乳)浸润性导管癌 II级 (3+2+2=7'); ER(90%,+++), PR(60%,++), Her-2(1+), AR(-); \"三阴\"(-)",
    "HP(+)/活动性(++)/萎缩(+)/肠化(++)/异型(-); OLGA II; 5块; '窦'",
    "LSIL/CIN1; HPV16(+), 18(-), other 12(-); p16(+/-); TCT:ASC-US",
    "MSI-H; MLH1(-), PMS2(-), MSH2(+), MSH6(+); dMMR; BRAF V600E(-)",
    "CD3(+) CD20(-) CD30(+)>75% ALK(+) EMA(+); EBER(-); TIA-1(+); Ki-67>80%",
    "TCRβ/γ 重排(+); IgH(-); JAK2 V617F=12%; CALR(-); MPL(-)",
    "m.3243A>G (heteroplasmy 35%); MT-TL1; DMD exon 45-50 del; FMR1 (CGG)n>200",
    "SMN1 0拷贝; SMN2 3拷贝; GJB2 c.235delC/c.299_300del; SLC26A4 c.919-2A>G",
    "5'-UTR c.-124C>T (TERT); 3'-UTR; primers: 5'-ATGCGTACC-3' / 5'-GGCATTCAG-3'",
    "N,N-二甲基-1,2-乙二胺; (2R,3S)-3-(叔丁氧羰基); C6H12O6; Na+/K+-ATPase; [18F]FDG; NaHCO3; 1α,25-(OH)2D3",
    "CC(=O)OC1=CC=CC=C1C(=O)O aspirin; N[C@@H](C)C(=O)O; [Na+].[Cl-]; c1ccccc1-c2ccc(cc2)C#N",
    "InChI=1S/C9H8O4/c1-6(10)13-8-5-3-2-4-7(8)9(11)12/h2-5H,1H3,(H,11,12)",
];

const IMAGING: &[&str] = &[
    "窦性心律; P-R 0.18\"; QRS 0.09\"; QT/QTc 380/412ms; V1-V3 ST↑ 0.2mV; aVR(-)",
    "ECG: Sinus tachycardia, rate=110; LAD -35°; RV5+SV1>4.0mV; T(V4~V6) 低平/倒置; *** Abnormal ECG ***",
    "CT: 右肺上叶见 GGO, 约 8mm×6mm (Se3/Im45); CT值 -600HU; 边界清; LU-RADS 3",
    "LVEF=35%; LVEDd 65mm; E/A<1; E/e'=18; TAPSE 15mm; PASP>50mmHg; MR(++), TR(+)",
    "E'/A'<1; e'=5cm/s; a'=8; S'=6cm/s; 室壁运动减弱",
    "MRI: T1WI(低)/T2WI(高)/DWI(b=1000)↑; ADC=0.8×10^-3; 增强(+); L4/5, L5/S1 突出 > 5mm",
    "双侧颈动脉 IMT L=1.2mm R=1.1mm (>1.0); 斑块 10*2.5mm; PSV<125cm/s; 狭窄<50%",
    "BI-RADS 4a; 12点 距乳头 3cm; 9mm×7mm; 纵横比>1; RI=0.75",
    "TI-RADS 4b: 2+1+1=4'; 低回声; 点状强回声(+); CDFI: (-)",
    "<br>所见:心影增大, C/T=0.58;<br>印象:心衰?<br/>",
    "<p><b>影像所见:</b>双肺纹理增多 &lt;br&gt;</p><p style=\"color:red\">结论:肺炎 &gt; 结核</p>",
    "结节: ①8mm<d<10mm ②d<5mm; ③d>=15mm",
    "EEG: α 8-13Hz <50μV; θ 4~7Hz(+); 棘慢波 3Hz x 5\"; HV 3'(+)",
    "EMG: MCV 38m/s(<50), DML 5.2ms(>4.2); SNAP↓; F波(-)",
    "肺功能: FEV1/FVC=58%(<70%); FEV1 45%pred; DLCO 60%; BDT: ΔFEV1=12%, 210ml (+)",
    "Holter: 24h QRS 108,234; VE 1,203(1.1%); Lown's III; max RR 2.8\" @ 03:15; SDNN<50",
    "胃镜: 40cm 齿状线; 胃窦 0.5*0.6cm 溃疡(A1); HP(+); 钳取'窦'x2; Forrest IIb",
    "动态血压: 24h 145/92; 白天 150/95 (>135/85); 夜间 130/80 (>120/70); 非杓型 <10%",
    "眼底: C/D L=0.6 R=0.4; OCT: RNFL <80μm; IOP 28/16mmHg; VA 0.3/-3.50DS/-0.75DC*180=1.0",
    "OD -3.25/-0.50x175 20/20-2; OS -2.75/-0.75x10; ADD +2.00; PD=63",
];

const EVENTS: &[&str] = &[
    "给药错误: 应为 'qd' 误为 'qid'; 未造成伤害(I级/II级/III级); 原因: 未执行 \"三查七对\"",
    "跌倒: 02:15 床边; 约束带(-); 床栏 (2/4)up; 伤: 左额 2cm*1cm; 处理: 冰敷; 报告: 护士长→科主任",
    "5Why: 1)why? -> 人力不足; 2)why? -> 排班; PDCA: P->D->C->A; 目标 <0.5‰",
    "针刺伤: HBV(+)/HCV(-)/HIV(-)/TP(-) 源; 1h内 注射 HBIG 400u; 0-1-3-6月 复查",
    "随访: 术后1m/3m/6m; VAS 2'; 满意度=95%; 问: \"疼吗?\" 答: 'no'; 下次: 2026/12/1",
    "您好!您的检查单(编号#A-102)已出; 请 1) 携带身份证 2) 空腹>8h; 退订回T",
    "会诊意见: 1.同意贵科诊断; 2.建议 PET/CT; 3.必要时 MDT; ——谢邀! Dr. O'Hara/王",
    "压疮: III期, 3*4*0.5cm; 潜行 12-3点; 渗液(++) ; 敷料 q3d; Braden<=12'",
    "器械故障: 呼吸机(SN:PB-840/0031) 报警 'LOSS OF POWER; CODE=0x1F'; 更换; 厂家 R&D 回访",
    "投诉: 收费有误! 多收 ¥120.00 (床位费*2) ; 要求: 退费 and 道歉; 回复: 已退",
    "ADR: 头孢曲松 → 皮疹(+), 瘙痒(++), BP 80/50↓; 肾上腺素 0.5mg im st; 转归=好转; 关联性: 很可能/可能",
    "用血反应: 输 O型Rh(D)(+) RBC 2u; T 39.2; 停; 查 Coombs(+)?",
    "VTE: Caprini=7'; Wells>=2; D-dimer(+); IPC bid; LMWH 4000u ih qd; 出血(-)",
    "医院感染: CLABSI 1例/1000导管日=2.1 (>1.5‰); 鲍曼 (XDR); 隔离; 接触(标识#蓝)",
    "事件时间=2026-11-20 08:00; 发现人=1(护士)|2(医生)|3(其他); 等级>=3? N",
    "问卷: 1.A 2.B 3.C&D 4.(其他: 停车难; wifi 慢; 'WC' 脏)",
    "Fall; no LOC; neuro checks q15' x4; CT head (-); family notified; select 'no harm'",
    "or 错填为 of; 已改; 见附件 (incident_2026-11.docx)",
    "患者家属:“你们 drop 了我的号!” 解释:系统 update 导致; 已恢复",
];

const CODING: &[&str] = &[
    "I21.0;I10.x05;E11.900|N18.303+D63.8*",
    "M84.4*;A17.0+G01*;S72.000x001;Z51.102;M8070/3",
    "99213-25;93000;36415;J1885 x2;99284-25,59",
    "DRG=FM19;RW=1.8652;CMI>1.2;LOS<=30;费用/均费>3 or <0.4 → 极端",
    "ES23 呼吸系统感染/炎症, 伴CC; 主诊 J18.900; 手术 96.7201; 天数=12; 3<=d<=60",
    "IF(主诊='J18.9' AND 年龄>17, 'ES2', 'ES1')",
    "CASE: 年龄<1 and 体重<1500g; 主诊 in ('P07.0','P07.1')",
    "sum(床位费)+sum(护理费)>总额*0.3? 是/否",
    "限: 二级及以上; 支付: 限 LDL-C>=2.6; 不超过12个月; 禁: 'A' and 'B' 同用",
    "乙类|10%|限门诊; 丙类|100%; 甲类|0; 起付线 600; 封顶 50万",
    "违规: 性别不符('男'-'妇科检查'); 重复收费(A=B*2); 超限 >1次/日; 分解住院 <15天",
    "0DTJ4ZZ;10E0XZZ;3E033GC;B2151ZZ",
    "LOINC 2345-7=葡萄糖; SCT 44054006|Diabetes mellitus type 2 (disorder)|",
    "<<404684003|Clinical finding|:363698007|Finding site|=<<39057004|Pulmonary valve|",
    "< 19829001 |Disorder of lung| AND < 301867009 |Edema of trunk|",
    "^700043003 |Example problem list| MINUS << 73211009",
    "373873005:{411116001=385268001,127489000=(<<387517004 or <<387207008)}",
    "入院病情: 1有,2临床未确定,3情况不明,4无; 填: 1;1;4;2",
    "主要手术=47.0100; 级别=2; 切口 I/甲; 麻醉: 全麻(插管); 术者='王'; I助=\"李\"",
    "结算清单: 校验(E0012) select 项目为空; union code 不存在; table 3-1 第5行",
    "年龄>=18 AND (主诊 LIKE 'I21%' OR 次诊 LIKE 'I50%')",
    "C34.9 & Z51.1 ; 如 '化疗' 则 Z51.1 -- 主诊",
];

/// HL7, JSON and XML carried as the text of one parameter, as older interfaces do.
fn messages(rng: &mut Rng) -> Vec<u8> {
    let (id, name, day) = (rng.digits(8), words::person(rng), words::date(rng).replace('-', ""));
    let text = rng.pick(RESULTS);
    match rng.below(6) {
        0 => Wire::post(
            "/esb/hl7",
            FORM,
            format!("msg={}&ack=AL", codec::form(format!("MSH|^~\\&|LIS|JYK|HIS|XXK|{day}083000||ORU^R01|{id}|P|2.4\rPID|1||{id}^^^HIS&1.2.3&ISO||{name}^^||19700101|M\rOBX|1|TX|K^钾||{text}|mmol/L|3.5-5.3|HH|||F\r"))),
        )
        .program("Java/1.8.0_202")
        .finish(rng),
        1 => carrier::send(rng, "/hip/service", "message", &format!("<Request><Header><SourceSystem>HIS</SourceSystem><MessageID>{id}</MessageID></Header><Body><Patient id=\"{id}\" name=\"{name}\"/><Result><![CDATA[{text}]]></Result></Body></Request>")),
        2 => carrier::send(rng, "/WebService/HisService.asmx/Call", "xmlInput", &format!("<?xml version=\"1.0\" encoding=\"GB2312\"?><root><param><cardno>{id}</cardno><memo>{}</memo><day>{day}</day></param></root>", codec::xml(text))),
        3 => carrier::send(rng, "/yibao/trade", "input", &format!("{{\"infno\":\"2207\",\"msgid\":\"H99010100001{day}{id}\",\"input\":{{\"data\":{{\"psn_no\":\"{id}\",\"chfpay_flag\":\"1\",\"exp_content\":{}}}}}}}", codec::json(text))),
        4 => carrier::send(rng, "/pacs/callback", "body", &format!("0$$OK@@{id}|{name}|{day}|{text}@@@@END")),
        _ => Wire::get(format!("/interface/trade.ashx?code=2001&param={}&sign={}", codec::percent(format!("{id}^{name}^{day}^{text}^^|~")), rng.hex(32))).program("WinHttp.WinHttpRequest.5").finish(rng),
    }
}
