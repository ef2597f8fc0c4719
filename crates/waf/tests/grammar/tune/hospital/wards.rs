//! What doctors, nurses and pharmacists save in the course of a day.

use super::super::super::benign::{BenignGrammar, grammar};
use super::letter::tell;

pub(super) const BENIGN: &[BenignGrammar] = &[
    grammar("inpatient-notes", 45, |rng| tell(NOTES, &[COURSE, EXAMINED, PLANS], rng)),
    grammar("nursing-and-handover", 45, |rng| tell(NURSING, &[WATCHED, HANDOVER], rng)),
    grammar("pharmacy-and-blood-bank", 45, |rng| tell(PHARMACY, &[DOSES, REVIEWS], rng)),
];

pub(super) const COURSE: &[&str] = &[
    "患者§n岁,因“间断胸痛1周,加重2h”入院。疼痛位于胸骨后,呈压榨样,每次持续3-5min,含服硝酸甘油可缓解。",
    "今日查房:患者诉夜间咳嗽较前减轻,痰少、白色、易咳出;体温最高37.§n℃。",
    "术后第§n天,切口敷料干燥,无渗血渗液;引流管通畅,24h引出淡红色液体约§mml(昨日>§mml)。",
    "家属诉“昨晚没怎么睡,老是喊疼”,NRS 评分 4→2;已加用布洛芬 0.3g。",
    "发热待查:①感染性(血培养×2未回);②风湿免疫病?③肿瘤热?——继续观察热型",
    "反复腹泻(5~6次/日,水样)伴里急后重;大便常规 WBC ++,RBC 3-5/HP;否认不洁饮食史",
    "患儿,男,§n月,36+2周早产,出生体重 2.35kg;现奶量 60ml q3h,尿量 >1ml/(kg·h)",
    "Admitted w/ 2/52 hx of exertional dyspnoea; NYHA II-III; no orthopnoea/PND; wt +4kg",
    "CKD5期,规律透析(MHD)3次/周,干体重 §f kg;透中低血压1次(85/50mmHg),予 NS 200ml 后好转",
    "产妇孕39+4周,规律宫缩 3'/40\",宫口 4cm,S-1,胎膜未破,胎心 §m 次/分",
    "血糖谱(空腹/早后/午后/晚后/睡前):7.8/11.2/9.6/13.1/8.4,目标:<7.0/<10.0",
    "醉酒后摔伤3h;GCS 14(E4V4M6);额部裂伤 3cm×0.5cm,已清创缝合§n针,TAT 皮试(-)",
    "肿瘤科第3周期:AC-T方案 d1,化疗前 ANC 2.1,PLT §m;恶心I°,未吐",
    "转科记录:由§k转入§k;转出诊断同前;注意事项:防跌倒/防坠床",
];

pub(super) const EXAMINED: &[&str] = &[
    "T 36.§n℃,P §n次/分,R 1§n次/分,BP 1§n/7§nmmHg;双肺呼吸音粗,右下肺可闻及湿啰音(++)",
    "腹平软,肝脾肋下未及,移动性浊音(-),肠鸣音 4次/分;双下肢水肿(±)",
    "心率齐,A2>P2,心尖部 2/6 级收缩期杂音;颈静脉怒张(+),肝颈回流征(+)",
    "肌力:左上 V-,左下 IV+;右侧 V;病理征:Babinski L(+) R(-);NIHSS=§n",
    "SpO2 94%(FiO2 0.35);P/F≈§m;Lac 1.§n;PCT <0.05;CRP §n.2(参考 <10)",
    "ALT 4§n U/L(9–50),Cr §m μmol/L(57-97),K+ 3.1↓,Na+ 13§n;D-二聚体>5.0",
    "眼压:OD 2§nmmHg / OS 1§nmmHg;C/D 0.6/0.4;角膜透明,KP(-),Tyn(-)",
    "专科:左膝 ROM 0°—95°;Lachman(+),McMurray(±),浮髌(-);VAS 5'",
    "口腔:#36 远中邻𬌗面龋,探(+)冷(++)叩(-),松动 I°;X线:根尖周无暗影",
    "Alert, A&Ox3. Chest: CTAB. Abd: soft, NT/ND, BS+. Ext: no c/c/e. Labs: WBC 12.§n, Hgb 9.§n, <10 = transfuse?",
];

pub(super) const PLANS: &[&str] = &[
    "1.继续抗感染;2.复查血常规+CRP;3.若体温>38.5℃,予物理降温;4.明日拔除尿管",
    "拟行 CAG±PCI;术前阿司匹林300mg+替格瑞洛180mg 嚼服;签署知情同意书",
    "请§k会诊:是否有手术指征?能否耐受全麻?谢谢!",
    "调整利尿剂:呋塞米 20mg bid→40mg qd;目标:出量>入量 500ml/d",
    "停 PPI 静滴,改口服(20mg bid, ac);流质 → 半流质",
    "A/P: 1) CAP, CURB-65 = 1; ceftriaxone 1g q24h + azithro 500mg; 2) HTN: hold ACEi if SBP <100",
    "出院带药:氯吡格雷75mg*7#×4盒;随访:1、3、6、12月;不适随诊",
    "若 INR >3.5 则停 1 次;2.0<=INR<=3.0 维持原量;每周二、五复查",
    "化疗延期1周(WBC 1.8×10^9/L);G-CSF 300μg ih qd×3d",
    "PDCA:P-制定压疮预案;D-翻身q2h;C-Braden<12每日评;A-纳入月度质控",
];

const NOTES: &[&str] = &[
    r#"POST /emr/api/v2/records/§i/paragraphs json d
Authorization: Bearer eyJ0eXAiOiJKV1QifQ.§b
X-Dept-Code: 030§n

{"recordId":"§i","section":"course","author":"§p","content":«§1§2»,"plan":«§3»,"signed":false}"#,
    r#"PUT /emr/record/§i?version=§n json d
If-Match: "§h"

{"templateCode":"RYJL-0§n","fields":[{"key":"chief","text":«§1»},{"key":"pe","text":«§2»},{"key":"dx","text":«§g;§g»}]}"#,
    r"POST /EMR/Save.ashx?op=SaveCourse&inpno=§i&r=0.§l form d
X-Requested-With: XMLHttpRequest

hidPatId=§i&txtTitle=«日常病程记录 §d §t»&txtBody=«§1
§2
§3»&chkSign=on&ddlLevel=2",
    r"POST /mz/doctor/saveCase.do form d

visitNo=MZ§i&zs=«咳嗽、咳痰3天»&xbs=«§1»&tgjc=«§2»&cz=«§3»&zdList%5B0%5D.name=«§g»&zdList%5B0%5D.main=1&zdList%5B1%5D.name=«§g»",
    r#"POST /emr-service/structured/save json p
X-Trace-Id: §H
Accept-Encoding: gzip

{"head":{"sys":"EMR","ver":"3.1","ts":§s},"body":{"xml":«<document type="progress"><p><span class="label">病程:</span>§1</p><p>§2</p><p>§3</p></document>»}}"#,
    r#"POST /emr/editor/saveHtml multi d
Referer: http://emr.zhongxin.example/emr/editor.html?pid=§i

%%patientId
§i
%%docHtml
<div class="emr-page" contenteditable="true"><p style="text-indent:2em">§1</p><p>查体:§2</p><p>处理:§3</p></div>
%%docText
§1 §2
%%thumbnail|page1.png|image/png
PNG §h"#,
    r#"PATCH /api/encounters/§u/notes/§n application/merge-patch+json d
X-Csrf-Token: §T

{"assessment":«§2»,"plan":«§3»,"updatedBy":"dr_§w"}"#,
    r"GET /emr/search/fulltext?kw=«§g»&from=§d&to=§d&dept=«§k»&page=1&size=20 - d",
    r"GET /emr/templates?q=«胸痛 (急诊) > 心内»&scope=dept|hospital&_=§s - d",
    r"POST /quality/emr/defects text/plain;charset=UTF-8 d

§i|§p|§k|首次病程超8h|§1|扣2分|§3",
    r"POST /emr/consult/apply form m

from=«§k»&to=«§k»&urgent=1&reason=«§1»&question=«§3»&patient=«§p»&bed=«§n床»",
    r#"POST /HisEmr/DocService.svc/SaveDocument xml p
SOAPAction: "http://tempuri.org/IDocService/SaveDocument"

<?xml version="1.0" encoding="utf-8"?><s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><SaveDocument xmlns="http://tempuri.org/"><doc><PatientId>§i</PatientId><Title>查房记录</Title><Content>«§1§2»</Content><Plan>«§3»</Plan></doc></SaveDocument></s:Body></s:Envelope>"#,
    r#"POST /discharge/summary/§i json d

{"in":{"dx":[«§g»,«§g»],"status":«§1»},"course":«§2»,"out":{"advice":«§3»,"followUp":"§d"},"days":§n}"#,
    r#"POST /emr/autosave?k=§i application/x-www-form-urlencoded;charset=UTF-8 d
X-Requested-With: XMLHttpRequest

draft=«{"t":"§d §t","sec":{"现病史":‹§1›,"体格检查":‹§2›,"诊疗计划":‹§3›},"cursor":§m}»"#,
];

pub(super) const WATCHED: &[&str] = &[
    "§t 翻身拍背,骶尾部皮肤完整;受压处发红(压之褪色)<30min消退",
    "留置针(左前臂,22G)d3,穿刺点无红肿,回血好;敷料 §d 更换",
    "患者烦躁,RASS +2;约束带 2 条(双上肢),q2h 松解;家属已签字",
    "24h 入量 §m0ml(口服 §m + 静脉 §m),出量 §m0ml;尿色深黄",
    "输血开始 §t,A型Rh(+)悬浮红细胞 2u,15gtt/min×15min,无不适→40gtt/min",
    "血糖 2.9mmol/L!!立即予 50%GS 20ml iv,15min后复测 6.§n;已报告§p医生",
    "PICC 置管长度 42cm,外露 §n cm;臂围 L 26cm/R 26.5cm;冲管 NS 10ml 脉冲",
    "跌倒评分 Morse 55(>45 高危);床头挂“防跌倒”标识;地面干燥;呼叫器置于枕旁",
    "造口袋渗漏 ×1,底盘裁剪 3.5cm;周围皮肤 D2E1T0;宣教:“1/3满即倒”",
    "导尿管 14Fr d§n,尿液澄清;会阴护理 bid;尿量<30ml/h × 2h → 已告知值班",
    "疼痛 3'→1'(NRS);PCA 按压 6/有效 4;镇静 Ramsay 2;恶心(-)",
    "新生儿:脐部干燥,黄疸 TCB 9.8/10.§n/8.7mg/dl;奶量 45ml×8;大便 4 次",
    "T>38.5 物理降温;q4h 测 T;寒战时停;家属拒绝冰毯 & 签字",
    "I/O: 2300/1850 (+450); wt 61.§n; skin intact; turned Q2H; pt's daughter @ bedside",
];

pub(super) const HANDOVER: &[&str] = &[
    "S:§n床 §p,今日术后第1天;B:高血压、DM;A:BP 1§n/9§n,引流 §mml;R:若引流>100ml/h 请叫医生",
    "原有 4§n 人,入院 3,出院 5,转入 1(来自§k),转出 0,手术 6,病危 1,病重 4",
    "重点:§n床(昨晚谵妄)、§n床(K+ 6.1 已处理)、§n床(明晨禁食禁饮, 7:30 接手术)",
    "毒麻药清点:吗啡 10mg×5、哌替啶 50mg×3、芬太尼 0.1mg×10;帐物相符;钥匙已交接 -> §p",
    "待办:①抽血(§n床, 血培养 ×2 双侧)②12:00 雾化 ③CT 平扫+增强(已签字)④ 家属缴费",
    "急救车封条号 §i;除颤仪自检 OK(200J);吸引器负压 0.04MPa;氧气筒 >5MPa",
    "夜班小结: 平稳; 3床 q1h 瞳孔 (L 3mm=R 3mm, +/+); 8床 22:00 -> 06:00 未眠, 给 stilnox 10mg",
];

const NURSING: &[&str] = &[
    r#"POST /nis/vitalSigns/batch json d
Token: §H

[{"bed":"§n","pid":"§i","time":"§d §t","T":36.§n,"P":§n,"R":18,"BP":"1§n/7§n","memo":«§1»},{"bed":"§n","pid":"§i","time":"§d §t","T":37.1,"P":§n,"R":20,"BP":"—","memo":«拒测;外出»}]"#,
    r"POST /nurse/record/add form d

pid=§i&recTime=«§d §t»&observe=«§1»&measure=«遵医嘱执行»&effect=«§1»&nurse=«§p»&type=3",
    r"POST /pda/exec.aspx?uid=N0§n&dev=PDA-§h form n
User-Agent: Mozilla/4.0 (compatible; MSIE 4.01; Windows CE; PPC; 240x320)

barcode=T§i%2B01%2BIV&action=start&rate=«40gtt/min»&remark=«§1»",
    r#"POST /pda/api/v1/order/execute json m
X-Device: §h

{"wristband":"$P$§i$§p$§n床$","bottle":"0§i^^1/3","drug":«§r»,"remark":«§1»,"geo":null}"#,
    r#"PUT /nis/handover/§D/1 json d

{"ward":«§k»,"sbar":«§2»,"items":[«§2»,«§1»],"from":"§p","to":"§p"}"#,
    r"POST /nis/assess/save multi d

%%scale
Braden
%%score
1§n
%%items
感知=3;潮湿=2;活动=1;移动=2;营养=3;摩擦=1
%%note
§1
%%photo|骶尾部(3×2cm) §d.jpg|image/jpeg
JFIF §h",
    r"GET /nis/tempSheet/print?pid=§i&week=2&opt=«脉搏短绌=1;疼痛=1;<35℃标注»&fmt=pdf - d",
    r#"POST /nis/event/report xml d

<?xml version="1.0" encoding="UTF-8"?>
<event level="III"><ward>«§k»</ward><bed>§n</bed><time>§dT§t</time><desc>«§1»</desc><cause>«人员不足 & 宣教不到位; 床栏未拉起»</cause><action>«§2»</action></event>"#,
    r"POST /nursing/whiteboard/sync text/plain d

#§k §d 白班#
§2
---
§1
>>> 责任组长: §p",
    r"POST /nis/shift/message form m

room=§n&msg=«@§p §2»&quote=«§1»&_t=§s",
    r"DELETE /nis/infusion/§i?reason=«渗漏(静脉炎 II级), 改右上肢» - d",
    r#"POST /nis/io json d

{"d":"§d","in":[{"k":"po","v":"200×3"},{"k":"iv","v":"§m+§m"}],"out":[{"k":"尿","v":">§m"},{"k":"引流(T管)","v":"<50"}],"note":«§1»}"#,
];

pub(super) const DOSES: &[&str] = &[
    "注射用头孢他啶 1.0g×2 + NS 100ml ivgtt q8h;皮试 (-) §D",
    "华法林钠片 3mg/片 ×60;用法:1# qn;INR 2.1",
    "盐酸吗啡缓释片 30mg q12h po;癌痛(NRS 7/10);麻卡 §i",
    "胰岛素泵:基础 0.8u/h(0:00–4:00)/1.1u/h(4:00-8:00);餐前 6-6-8u",
    "小儿氨酚黄那敏颗粒 0.5 袋 tid;体重 §f kg;发热>38.5℃加布洛芬混悬液 5ml",
    "万古霉素 1g q12h,谷浓度 22.§n μg/ml(目标 10–20)→ 750mg q12h",
    "中药:柴胡12g 黄芩9g 半夏9g(先煎) 党参15g 甘草6g 生姜3片 大枣5枚;×7付",
    "TPN 1号:氨基酸 8.5% §mml;GS 50% 250ml;脂肪乳 20% 250ml;KCl 30ml;RI 2§nu",
    "奥沙利铂 130mg/m² × 1.7§nm² = 2§nmg + 5%GS 500ml ivgtt >2h (d1);卡培他滨 1.5g bid d1-14",
    "Heparin 25,000u/250ml D5W @ 12 mL/h; aPTT 58.§n (target 50–70); recheck 6h",
    "利伐沙班 15mg qd(CrCl 4§nml/min,30<CrCl<50)",
    "地塞米松磷酸钠 5mg + 庆大霉素 8万u + α-糜蛋白酶 4000u 雾化 bid",
];

const REVIEWS: &[&str] = &[
    "超说明书用药:循证等级 2A;已备案(药事会 2025-§n)",
    "相互作用:克拉霉素 + 辛伐他汀 → 横纹肌溶解风险↑↑;建议停用他汀 or 换阿奇",
    "溶媒不当:奥沙利铂 不可用 NS;应为 5%GS;请医生修改后重新提交",
    "剂量偏大:§f mg/kg/d > 50mg/kg/d;患者 Cr 18§n,eGFR<30",
    "重复用药(布洛芬 & 双氯芬酸);皮试结果未录入!",
    "通过。备注:首剂加倍 (500mg→250mg)",
    "配伍禁忌:头孢曲松 + 含钙溶液 ==> 沉淀;间隔>48h 或冲管",
    "不良反应:面部潮红、瘙痒(++),停药30'后缓解;关联性:很可能",
    "退药原因:患者出院;数量 2盒(未拆封);批号 2§i;效期 2027/11",
    "临床诊断与用药不符:'上感' vs '氯吡格雷';请补充诊断",
    "Trough >20 mg/L: hold next dose; re-dose when <15; Dr. notified & agreed",
];

const PHARMACY: &[&str] = &[
    r#"POST /pass/api/check json p
sign: §H

{"patient":{"age":"§n岁","weight":§f,"allergy":["青霉素(+)"],"pregnant":false},"drugs":[{"seq":1,"text":«§1»},{"seq":2,"text":«§1»}],"diag":[«§g»]}"#,
    r"POST /pharmacy/audit/reply form d

rxNo=§i&result=2&opinion=«§2»&pharmacist=«§p»&suggest=«§1»",
    r#"POST /pivas/label/print xml p

<?xml version="1.0" encoding="GBK"?><labels printer="\\PIVAS-01\ZDesigner GK888t"><label no="§i/3"><drug>«§1»</drug><check>«√»</check></label></labels>"#,
    r#"POST /bb/apply/save json d

{"type":"红细胞悬液","amount":"2u","abo":"A","rh":"D(+)","hb":"<70g/L","plt":"§m×10^9/L","reason":«§2»,"crossmatch":"主侧(-)/次侧(-)","history":"输血史: 有(1999 & 2015); 孕3产1"}"#,
    r#"POST /bloodbank/reaction multi d

%%bagNo
=§l;=%§i
%%symptom
寒战、高热(T 39.§n℃);BP 9§n/5§n;Hb尿(-);直抗(±)
%%handle
停止输血;地塞米松 5mg iv;复查血型 "A" or "AB"?
%%attach|交叉配血单 (§D).pdf|application/pdf
%PDF-1.4 §h"#,
    r"GET /pharmacy/drug/suggest?py=«amxl*»&spec=«0.25g×24粒/盒»&stock=«>0»&callback=jQuery1124§i_§s - d",
    r"GET /drugs/catalog?filter=«kind eq '抗菌药' and ddd gt 2.5»&top=50 - d",
    r"POST /pharmacy/tdm/calc form d

drug=vancomycin&wt=§f&scr=1§n&dose=«1000mg q12h»&formula=«CrCl=(140-§n)*§f/(72*1.2)*0.85»&note=«§2»",
    r#"POST /adr/national/submit text/xml p

<ADRReport><No>§l</No><Drug><Name>«§1»</Name><Batch>§i</Batch></Drug><Process>«§2»</Process><Result code="2">好转</Result></ADRReport>"#,
    r#"PUT /smartcabinet/§n/inventory json p
X-Api-Key: §H

{"slot":"A-0§n","drug":«§r»,"count":§n,"expire":"2027-0§n","op":"§p/§p","reason":"破损(1支) & 近效期(<6月)"}"#,
    r#"POST /rx/circulation/upload json p
timestamp: §s
signature: §b

{"rxTraceCode":"§l","hosRxDetail":[{"drugName":«§1»,"usage":"tid po","memo":«§2»}],"certSn":"§h","extras":«{"a":"1|2","b":"<=7天"}»}"#,
    r"POST /herb/decoct/bill form d
Referer: http://his.kangning-hospital.example:8080/herb/index.jsp?from=mz&tab=2

billNo=§i&herbs=«§1»&doses=7&way=«水煎 400ml, 分2次; 饭后30'»&remark=«先煎/后下/包煎/烊化»",
];
