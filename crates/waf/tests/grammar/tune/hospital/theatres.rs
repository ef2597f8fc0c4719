//! Theatres, intensive care, laboratories, pictures and check-ups: short notes full of units, ratios and abbreviations.

use super::super::super::benign::{BenignGrammar, grammar};
use super::letter::tell;

pub(super) const BENIGN: &[BenignGrammar] = &[
    grammar("anaesthesia-and-icu-sheets", 45, |rng| tell(SHEETS, &[EVENTS, SETTINGS], rng)),
    grammar("imaging-and-pathology-desks", 45, |rng| tell(PICTURES, &[SEEN, CONCLUDED], rng)),
    grammar("bench-and-check-up-desks", 45, |rng| tell(CHECKS, &[RESULTS, ADVICE], rng)),
];

pub(super) const EVENTS: &[&str] = &[
    "诱导:咪达唑仑 2mg + 丙泊酚 1§n0mg + 罗库溴铵 50mg + 舒芬太尼 25μg iv;ETT 7.5# 深 22cm;ETCO2 35",
    "维持:七氟烷 1.5–2%(MAC 0.8),瑞芬 0.1-0.2μg/(kg·min);BIS 40~60",
    "§t 血压 78/42mmHg ↓ → 去氧肾 50μg×2,加快补液;15' 后 10§n/6§n",
    "腰硬联合:L3-4 间隙,0.5%布比卡因 2.4ml;平面 T6(冷觉);脑脊液清、回流(+)",
    "出血约 §mml;尿量 §mml;晶体 1500 + 胶体 500 + RBC 2u + FFP 200ml;自体回收 §mml",
    "CRRT:CVVHDF,BFR 180ml/min,置换液 2000ml/h(前:后=1:1),脱水 §mml/h,枸橼酸抗凝,游离钙 0.3§n",
    "ECMO(VA)流量 3.§nL/min,转速 3§m rpm,FiO2 0.6;ACT 18§ns;左下肢动脉(±)皮温↓",
    "去甲肾 0.§nμg/kg/min ↑;MAP 6§n(目标≥65);Lac 4.§n→2.1;CVP 8-12",
    "拔管评估:VT >5ml/kg,RSBI<105,咳嗽有力(+),气囊漏气试验 (+);SBT 30min 通过",
    "俯卧位通气 16h;P/F 98→16§n;眼周水肿(+),面部压红 1cm×1cm",
    "Code blue @§t; PEA -> CPR x4 cycles, epi 1mg q3-5min x3; ROSC 14'; TTM 36°C",
    "Ppeak 38/Pplat 29; ΔP=Pplat-PEEP=15 (<15?); Cstat=VT/(Pplat-PEEP)",
    "APACHE II §n 分;SOFA 9(呼3+凝2+肝0+循3+神1+肾0)",
    "术毕 TOF 0.95>0.9,新斯的明 2mg+阿托品 1mg;Aldrete 9;送 PACU",
];

const SETTINGS: &[&str] = &[
    "A/C-PC;PC 1§n;PEEP 8;f 16;FiO2 0.5;I:E=1:2",
    "SIMV+PS: VT 420, RR 14, PS 10, PEEP 5, trig -2cmH2O",
    "泵1 NE 8mg/50ml @3.2;泵2 丙泊酚 @8;泵3 瑞芬 2mg/50 @4;泵4 RI 50u/50 @2",
    "报警: HR <50|>130; SpO2 <90; NBP-M <60|>110; RR <8|>30; 延迟 10s",
    "HFNC 50L/min, FiO2 0.45, 37℃;ROX=SpO2/FiO2/RR=4.9(>4.88)",
    "IABP 1:1;反搏压 95;气囊 40cc",
];

const SHEETS: &[&str] = &[
    r#"POST /ais/event json d
X-Room: OR-0§n

{"opId":"§i","t":"§t","kind":"event","text":«§1»,"mark":"▲","staff":["§p","§p"]}"#,
    r#"POST /aims/record/§i/trend?unit=mmHg json p
Content-Encoding: gzip

{"ch":[{"id":"NBP-S","v":[1§n,1§n,§n]},{"id":"SpO2","v":[98,99,null]},{"id":"ETCO2","v":[35,36]}],"alarm":"SpO2<90;HR>130","memo":«§1»,"vent":«§2»}"#,
    r"POST /icu/sheet/saveCell.do form d

sheet=§D&row=§n&col=vent&val=«§2»&old=«§2»&op=«§p»",
    r#"PUT /icis/api/patients/§i/vent-settings json d
X-XSRF-TOKEN: §u

{"mode":«§2»,"at":"§dT§t+08:00","by":"§w","reason":«§1»}"#,
    r#"POST /Anes/WebService1.asmx text/xml;charset=utf-8 p
SOAPAction: "http://tempuri.org/UploadMonitor"

<?xml version="1.0"?><soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Body><UploadMonitor xmlns="http://tempuri.org/"><bed>§n</bed><data><![CDATA[HR=§n|PVC=0|NBP=1§n/§n(§n)|SpO2=9§n%|T1=36.§n|T2=--]]></data><remark><![CDATA[§1]]></remark></UploadMonitor></soap:Body></soap:Envelope>"#,
    r"POST /or/schedule/move form d

from=OR03%4008%3A30&to=OR05%4013%3A00&op=«腹腔镜胆囊切除术(LC) ± 胆道探查»&note=«接台; HBsAg(+); 备血2u; §p主刀»&color=%23ff9900",
    r"GET /or/board?date=§d&room=OR%5B1-12%5D&state=«未开始|进行中»&sort=room,-start - d",
    r#"POST /or/checklist json m

{"signIn":{"site":"左/右=左","allergy":"无","airway":"Mallampati II"},"timeOut":{"abx":"头孢唑林 2g <60min","note":«§1»},"signOut":{"count":"纱布 20=20; 针 6=6","specimen":"1瓶→病理"}}"#,
    r#"POST /icu/score/calc text/json d

{"formula":"SOFA","input":{"pao2fio2":"<200 & 机械通气","plt":"<100","bil":"20-32","map":"NE>0.1","gcs":13,"cr":"171~299"},"note":«§1»}"#,
    r"POST /infusion/pump/log text/plain p
X-Pump-SN: BB-§i

§D§j;P3;RATE=§f;VOL=§m;OCC<0.4bar;§2
§D§j;P3;EVT:BOLUS 2.0ml;BY:§w",
    r"POST /pacu/handoff multi m

%%case
§i
%%sbar
S=LC术后; B=HTN/OSA; A=§1; R=SpO2<92% 叫麻醉
%%voice|rec§i.amr|audio/amr
#!AMR §h",
    r"GET /icu/trend.svg?pid=§i&items=HR,ABP_M,CVP&from=-6h&thr=MAP%3C65&w=800 - d",
];

pub(super) const SEEN: &[&str] = &[
    "双肺多发磨玻璃影,较大者位于 RUL(IM §m),约 1§nmm×9mm;纵隔窗未见;LN 短径<1cm",
    "肝右叶 S6 见类圆形低密度灶,CT值 2§nHU;动脉期明显强化(>80HU),门脉期廓清——“快进快出”",
    "L3/4、L4/5 椎间盘膨出,硬膜囊受压;椎管前后径 9.§nmm(正常>12)",
    "左乳 3点钟 CF 2cm:低回声 12×8×9mm,纵横比>1,边缘毛刺,RI 0.78;BI-RADS 4B",
    "胎儿:BPD 9.1,HC 32.6,AC 33.0,FL 7.0(cm);AFI 3.2/2.8/4.1/2.6;S/D 2.§n;脐绕颈“U”形压迹",
    "LA 4§nmm,LVEDD 5§n,EF 6§n%(Simpson);MV:E/A<1;TR Vmax 2.8m/s → PASP≈36mmHg",
    "胃窦小弯侧 0.6×0.5cm A1 期溃疡,底覆白苔;Hp 快速尿素酶(+);活检×3",
    "送检(子宫)一具 9×6×4cm,肌壁间结节 d=0.5~4.5cm,切面灰白、编织状;冰冻:平滑肌瘤",
    "CK(pan)(+), Vim(-), CD34(血管+), S-100(-), Ki-67(热点约 2§n%), P53(野生型)",
    "GGO c SUVmax 2.§n(延迟 2.1);18F-FDG 8.1mCi;余未见异常浓聚 (TNM: cT1bN0M0)",
    "MRA: no flow-limiting stenosis; R M1 ~30%; ASPECTS 9; DWI b=1000 (-), FLAIR (-)",
    "DSA:LAD 近段 90%,TIMI II;植入 3.0×28mm 支架 @12atm×10s;残余<10%",
    "窦律,HR 7§n;V2-V4 T 波双向 (±);QTc 4§nms;与 §d 比较:ST↓ 恢复",
];

pub(super) const CONCLUDED: &[&str] = &[
    "1.右肺上叶混合 GGO,LU-RADS 4A,建议 3 个月后复查;2.脂肪肝;3.余“未见明显异常”。",
    "考虑 HCC 可能性大(LI-RADS 5),请结合 AFP",
    "腰椎退变:L4/5、L5/S1 突出 > 膨出;请结合临床",
    "(左侧甲状腺)乳头状癌,d=0.6cm,未突破被膜;LN(VI区)0/5",
    "pT3N1a(2/18)M0,AJCC 8th;脉管(+)/神经(-);环周切缘>1mm",
    "TCT:NILM;HPV 52(+)、58(-);建议 12 月复查",
    "印象同前(§d 片);较前 ↓ 约 20%(PR),RECIST 1.1",
    "胎儿大小相当于 37W±3d;胎位 LOA;胎盘 II+级",
    "疑难:B-ALL vs. 反应性?送 IgH/TCR 重排;外院会诊 No.§i",
];

const PICTURES: &[&str] = &[
    r#"POST /ris/report/save json d
Authorization: Basic ⌈ris_§w:Ris#2026⌉

{"accNo":"CT§i","finding":«§1»,"impression":«§2»,"positive":1,"critical":false,"reporter":"§p"}"#,
    r"POST /ris/ReportEdit.aspx?acc=DR§i form d

__VIEWSTATE=%2FwEPDwUK§TZGQ%3D&ctl00%24MainContent%24txtFinding=«§1»&ctl00%24MainContent%24txtDiag=«§2»&ctl00%24MainContent%24btnSave=«保 存(S)»",
    r"GET /dicom-web/studies?PatientName=§w*&StudyDate=20260101-§D&ModalitiesInStudy=CT%5CPT&includefield=00081030,00201206&limit=51&fuzzymatching=true - n
Accept: application/dicom+json
User-Agent: OHIF/3.7",
    r"GET /wado?requestType=WADO&studyUID=§o&seriesUID=§o&objectUID=§o&contentType=image%2Fjp2;q=0.9,image/jpeg&windowCenter=40&windowWidth=400&region=0.1,0.1,0.9,0.9 - d",
    r#"POST /dicom-web/workitems?§o application/dicom+json p
Accept: application/dicom+json

[{"00080016":{"vr":"UI","Value":["1.2.840.10008.5.1.4.34.6.1"]},"00741204":{"vr":"LO","Value":[«AI分诊; LU-RADS>=3»]},"00100010":{"vr":"PN","Value":[{"Alphabetic":"ZHANG^SAN","Ideographic":"§p"}]},"00402016":{"vr":"LO","Value":["§i"]}}]"#,
    r#"PUT /pacs/rest/instances/§o/annotations json d

{"type":"ruler","handles":[[§m.5,§n],[§m,§m.25]],"text":«d=§f mm; HU=§n±12; "结节"<8mm»,"style":{"color":"lime"}}"#,
    r"POST /pis/grossing form d

pathNo=B26-§i&part=«A:左乳(象限切除);B:前哨 LN×3»&gross=«§1»&blocks=«A1-A6; B1~B3 (全取)»&diag=«§2»",
    r#"POST /pathology/api/ihc/order json d

{"block":"A3","markers":["ER","PR","HER2(4B5)","Ki-67(MIB-1)","CK5/6","P63"],"note":«§1»,"repeat":"HER2 2+ => FISH"}"#,
    r"POST /us/worklist/report multi d

%%study
§o
%%seen
§1
%%diag
§2
%%key1|L_Breast 3点 (BI-RADS 4B).jpg|image/jpeg
JFIF §h
%%template
乳腺(女)/常规 v2",
    r#"POST /pacs/forward xml n
User-Agent: PB/12.5 SOAP

<?xml version="1.0" encoding="utf-16"?>
<Report><AccessionNumber>US§i</AccessionNumber><Finding>«§1»</Finding><Impression>«§2»</Impression><Status>F</Status></Report>"#,
    r#"POST /cloudfilm/notify json p
X-Sign: §H

{"mobile":"§P","url":"https://pacs.shiyiyuan.example/film/s/§T?k=§h&t=§s","title":«§p的检查报告(CT平扫+增强)»,"abstract":«§2»}"#,
    r#"POST /ecg/upload application/xml p

<AnnotatedECG xmlns="urn:hl7-org:v3"><id root="§u"/><effectiveTime><low value="§D§j"/></effectiveTime><component><text>«§1»</text><value>QRS&lt;120ms; PR 1§nms</value></component></AnnotatedECG>"#,
    r"GET /ris/worklist/list?modality=CT&status=«已检查|未报告»&range=«§d ~ §d»&name=«§p»&_dc=§s - d",
    r"POST /ris/statistics/query form d

sql_id=RIS_POSITIVE_RATE&groupBy=«科室,设备»&expr=«阳性数/总数*100»&having=«阳性率<50%»&from=§d&to=§d",
];

pub(super) const RESULTS: &[&str] = &[
    "HbA1c §f%(NGSP, 4.0-6.0);FPG §f mmol/L;2hPG >11.1?",
    "AFP <0.605;CEA 2.§n;CA199 §f(<37);CA125 1§n.2↑(0~35) U/mL",
    "25-OH-VD 1§n.6 ng/mL(缺乏<20;不足20–30;充足>30)",
    "尿常规:PRO ±,BLD 2+,LEU 3+,SG≥1.030,pH 6.0;镜检 WBC 15-20/HP",
    "痰培养:肺炎克雷伯(ESBL+),MEM MIC≤0.25 S;CRO ≥64 R;TZP 16/4 I",
    "凝血:PT 11.§n s,INR 1.0§n,APTT 3§n.2,FIB 4.8↑,D-D 0.§n mg/L(FEU)",
    "标本溶血(++),K+ 6.2 仅供参考;建议重抽!!",
    "抗-HCV S/CO 0.0§n(<1.0);HIV Ag/Ab 0.1§n;TPPA(-);TRUST 1:4(+)?",
    "HLA-B27(+) 1§n5(>149);RF <20;Anti-CCP 3.1;ESR 4§nmm/h",
    "13C-UBT DOB=§f‰(≥4.0 阳性)",
    "COVID/流感: ORF1ab Ct 3§n.1; N Ct>40; FluA(+)/FluB(-)",
    "1₃s 失控:TG 水平2 = 2.8SD;原因:试剂批号更换;纠正:重新定标 → 在控",
];

pub(super) const ADVICE: &[&str] = &[
    "BMI 2§n.4(≥24 超重);腰围 9§ncm(男<90);建议:控制饮食 + 有氧运动 ≥150min/周",
    "血压 14§n/9§nmmHg,复测 138/88;1周内≥3次不同日测量,>140/90 请心内科就诊",
    "甲状腺结节 TI-RADS 3,6~12月复查;颈动脉斑块 1.5mm×6mm",
    "屈光不正:R -5.25DS/-0.75DC×180 → 0.8;L -4.50 → 1.0-2;色觉(正常)",
    "双肺纹理增多;建议戒烟(20支/日×15年=300年支)",
    "职业健康:噪声(85dB(A)<L<90);高频平均听阈 R 38/L 41dB;结论:复查/脱离48h",
    "入职体检:合格✔;备注“乙肝项目不查(依规)”",
    "低密度 4.§n>3.4;ASCVD 10年风险 5%~9%(中危);饮食控制 3 月 → 不达标则他汀",
];

const CHECKS: &[&str] = &[
    r#"POST /lis/result/input json d

{"sampleNo":"§D§n","items":[{"code":"K","val":"6.§n","flag":"↑↑","ref":"3.5~5.3"},{"code":"cTnI","val":">50.00","flag":"H","ref":"<0.04"},{"code":"PLT","val":"<10","flag":"LL"}],"remark":«§1»}"#,
    r"POST /lis/critical/ack.do form d

id=§i&value=«§1»&notified=«§k护士站 §p»&time=«§d §t»&handle=«已复查; 已报医生; <10min»",
    r"POST /mid/astm text/plain p
X-Instrument: AU§m#2

H|\^&|||AU^§i|||||||P|1|§D§j¶
P|1|||§i|§p||19§n0101|M¶
O|1|§i^0012^3||^^^GLU\^^^TG|R||||||A¶
R|1|^^^GLU|§f|mmol/L|3.9-6.1|H||F||§w|§D¶
R|2|^^^TG|<0.10|mmol/L|<1.70|<||F¶
C|1|I|§1|G¶
L|1|N¶",
    r#"POST /lis/qc/save json d

{"instrument":"XN-9000[B]","level":2,"lj":[{"d":"§d","v":§f},{"d":"§d","v":§f}],"rules":"1-3s,2-2s,R-4s,4-1s,10-x","cv":"<=1/3TEa","memo":«§1»}"#,
    r"POST /pes/main/summary form d

regNo=TJ§i&summary=«★异常结果:
1、§1
2、§2»&advice=«1)§2 2)定期复查»&chief=«§p»&group=«§p单位(B套餐, 男/已婚)»",
    r"GET /tj/package?sex=1&age=%3E%3D40&price=§m-1§m&items%5B%5D=«CT(胸部低剂量)»&items%5B%5D=«HPV分型 & TCT» - m",
    r"POST /tj/report/word.php multi d

%%report_no
TJ-§i
%%zongjian
§1<br/>§2
%%sign|主检医师_§p.png|image/png
PNG §h",
    r#"PUT /api/lims/samples/§u json p
X-Api-Version: 2026-01

{"type":"EDTA-K2 2ml(紫)","state":"rejected","reason":«凝块; 量不足(<1ml); 条码≠申请单»,"result":null,"note":«§1»}"#,
    r#"POST /poct/glucose xml p

<?xml version="1.0" encoding="UTF-8"?><POCT><Device sn="ACU-§i" ver="2.0.1&lt;b&gt;"/><Obs code="GLU" value="LO" limit="&lt;0.6" unit="mmol/L"/><Note>«§1»</Note></POCT>"#,
    r"GET /lis/report/query.aspx?cardno=§i&type=1|2&name=«§p»&t=§t - m",
    r#"POST /occupational/upload json p
sm3: §H§H

{"EMPLOYER_NAME":«R&D(苏州)有限公司»,"HAZARD":"苯及其化合物; 噪声>85dB(A)","CONCLUSION":«§2»,"items":[{"n":"WBC","v":"3.§n","u":"×10⁹/L","j":"<3.5偏低"}]}"#,
    r#"POST /micro/ast/save json d

{"isolate":"E. coli #2","drugs":{"AMP":">=32 R","CRO":"<=1 S","SXT":"<=1/19 S"},"phenotype":"ESBL(-) / CRE?","comment":«§1»}"#,
    r"POST /survey/pre-exam form m

q1=«A»&q2%5B%5D=B&q2%5B%5D=D&q3=«偶尔(<1次/周)»&q4=«父:高血压;母:T2DM;本人:胃息肉(已切)»&q5=«§2»&openid=o§T",
];
