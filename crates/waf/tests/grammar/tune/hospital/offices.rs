//! Offices behind the wards: documents, purchases, people, goods, money, buildings.

use super::super::super::benign::{BenignGrammar, grammar};
use super::letter::tell;

pub(super) const BENIGN: &[BenignGrammar] = &[
    grammar("papers-and-people-of-offices", 45, |rng| tell(OFFICE, &[PAPERS, PEOPLE], rng)),
    grammar("goods-money-and-buildings", 45, |rng| tell(GOODS, &[LINES, REPAIRS], rng)),
];

pub(super) const PAPERS: &[&str] = &[
    "关于召开2026年第§n次院周会的通知(各科室:请于 §d 前报送议题)",
    "拟同意。请§p院长阅示;附:①可行性报告 ②预算(¥§m.5万)",
    "会议纪要:1. 三级查房制度;2. DRG/DIP 入组率>98%;3. “以患者为中心”;——办公室",
    "用印申请:《设备维保合同》(编号 HT-2026/§n),一式4份,骑缝章",
    "出差:北京—成都,G§m,二等座;§d~§d;住宿<450元/晚",
    "请示:购置 3.0T MRI 一台(预算≤1800万元),单一来源?已论证",
    "转发:省卫健委〔2026〕§n号;落实情况:完成/未完成 = 12/3",
    "采购流程卡在“分管领导”节点 3 天了,请催办@§p",
    "FYI: R&D budget FY26 (draft) -- see tab 2; Q3 < Q2 by 8%",
    "周报:完成 HIS 接口联调 5/7;风险:字段长度 varchar(20) 不够;下周:上线 & 培训",
];

pub(super) const PEOPLE: &[&str] = &[
    "§p,主治医师,§k,工号 0§i;2018/07—至今",
    "年假 5d(已休 2.5d);病假 3d;调休 -0.5d",
    "论文:SCI 2篇(IF>5),第一作者*;课题:省自然(No.2026-§n)",
    "绩效=基础*0.6+RVU*单价*系数(1.§n)-扣罚;本月 ¥§m§n.00",
    "夜班费 120×§n;超劳务(节假日)×3;个税 -¥§m",
    "应聘岗位:护士(N1~N2);英语 CET-4/6;身高 16§ncm;C++ 不会:)",
    "考核等次:优秀<20%;合格;不合格=0;一票否决项:无",
    "离职原因:家庭(异地);交接:钥匙#§n、U盾、门禁卡",
];

const OFFICE: &[&str] = &[
    r#"POST /seeyon/collaboration/collaboration.do?method=saveForm form d

subject=«§1»&content=«<p style="text-indent: 2em;">§1</p><p align="right">§p<br>§d</p>»&opinion=«§2»&field0001=«§2»&policy=«协同|审批»"#,
    r"POST /weaver/workflow/request/RequestOperation multi d

%%requestid
§i
%%field§i
§1
%%remark
<div>已阅。<span style='font-family: 仿宋_GB2312'>§2</span></div>
%%isFromMobile
0
%%field_attach|附件1 (盖章扫描).pdf|application/pdf
%PDF §h",
    r#"POST /oa/api/doc/draft json d

{"no":"康医办〔2026〕§n号","title":«§1»,"body":«§2»,"to":["§k","各党支部<1-§n>"],"secret":"内部★6个月"}"#,
    r#"POST /dingtalk/process/create json p
x-acs-dingtalk-access-token: §H

{"processCode":"PROC-§u","formComponentValues":[{"name":"事由","value":«§1»},{"name":"明细","value":"[[{\"name\":\"日期\",\"value\":\"§d\"},{\"name\":\"金额(元)\",\"value\":\"§f\"}]]"}],"deptId":-1}"#,
    r"GET /hr/resume/list?kw=«§2»&edu=«硕士|博士»&age=«<35»&order=score%2Cdesc - d",
    r#"POST /hr/employee/import multi d

%%file|花名册_§D.csv|text/csv
工号,姓名,公式,备注
0§i,§p,=VLOOKUP(A2,薪资!A:C,3,0),"§2"
0§i,§p,"=IF(D3>=60,""退休"",""在职"")",+86 §P
%%mode
merge"#,
    r#"PUT /hr/performance/formula/§n json d

{"name":"临床医师","expr":"IF(工作量>=100, 基础*1.2 + (工作量-100)*8.5, 基础*工作量/100) - 扣罚 & ''","memo":«§2»}"#,
    r#"POST /mail/compose form d

to=«"§p" <§w@boai.example>; 全院<all@boai.example>»&subject=«Re: §1»&html=«<div dir="ltr">§1<blockquote>&gt; §2</blockquote></div>»&priority=3"#,
    r#"POST /attendance/sync text/xml p

<rows><row emp="0§i" in="08:0§n" out="" memo="«§2»"/></rows>"#,
    r#"POST /meeting/book json m

{"room":"行政楼 5F-§n","topic":«§1»,"when":"§d §t","repeat":"FREQ=WEEKLY;BYDAY=MO,FR;UNTIL=§DT000000Z","who":["§p","§p"]}"#,
    r"POST /party/study text/plain;charset=UTF-8 m

心得体会(§p):§1……“不忘初心”!
§2",
    r#"POST /contract/review json d

{"clause":"第5.2条","old":"“甲方”应于30日内付款","new":"“甲方”应于 <60> 日内付款[见附件B]","comment":«§1»,"range":{"s":§m,"e":§m}}"#,
    r"DELETE /oa/todo/§i?reason=«§1» - m",
];

const LINES: &[&str] = &[
    "一次性使用无菌注射器 5ml(0.7×32TWLB) ×§m00支;批号 2§i",
    "A4纸 70g 500张*8包/箱;硒鼓 CF277A/X(原装≠兼容)",
    "3M N95 1860S(S码);效期>18月;最低价 ¥4.§n",
    "钛板 6孔 L/R;螺钉 Φ3.5×16mm*§n;灭菌包#§n",
    "冰箱 2~8℃,-20℃;220V/50Hz;≤45dB(A)",
    "试剂 CRP(胶乳法) R1:4×50ml R2:2*25ml;冷链(2-8℃)",
    "12\" monitor arm, 5/8\" bolt, w/ VESA 75x75 & 100x100",
    "发票 §i 金额 ¥§m.80 ≠ 入库 ¥§m.50;差异 <1%",
    "凭证:借 5001.01 药品支出 §f 万 / 贷 2202 应付(§k)",
    "折旧=(原值-残值5%)/(年限*12);本月 ¥§m.33",
    "预算执行率 72.§n%<80%;红色预警",
];

const REPAIRS: &[&str] = &[
    "§k 空调漏水!!天花板滴水,旁边有插座,快点",
    "1号电梯 3F 门夹人(2次);困梯 5min;已报维保",
    "氧气压力 0.38MPa<0.4;备用汇流排已切换;§t 恢复",
    "厕所堵了(女)+灯不亮*2 谢谢师傅",
    "电脑开不了机,按 F1/DEL 没反应,嘀嘀响(1长2短)",
    "打印机卡纸 E13.F0;换纸盒2 → OK",
    "PM 完成:除颤仪 150J±15%;漏电流 <100μA;合格☑",
    "病床摇把断;轮椅 2/5 坏;请派人带 M8*30 螺丝",
    "机房 UPS 报警 “BATT LOW”;温度 31℃↑;已通知 & 开窗",
];

const GOODS: &[&str] = &[
    r#"POST /erp/purchase/order json d

{"supplier":"XX医疗科技(苏州)有限公司","lines":[{"sku":"HC-§i","desc":«§1»,"qty":§n,"price":§f},{"sku":"HC-§i","desc":«§1»,"qty":-1}],"remark":«§1»}"#,
    r"POST /spd/scan form m

code=«(01)0690§l(17)27§n30(10)2§i(21)A-§n»&loc=A%2F03%2F§n&qty=§n&note=«§1»",
    r#"POST /k3cloud/Kingdee.BOS.WebApi.ServicesStub.DynamicFormService.ExecuteBillQuery.common.kdsvc json p

{"data":{"FormId":"STK_INVENTORY","FieldKeys":"FMaterialId.FNumber,FBaseQty","FilterString":"FStockId.FNumber='0§n' and FBaseQty<10","OrderString":"FBaseQty ASC","TopRowCount":100}}"#,
    r#"POST /u8/voucher/save xml p

<?xml version="1.0" encoding="utf-8"?><ufinterface sender="hrp" roottag="voucher"><voucher><entry><abstract>«§1»</abstract><account_code>5001.§n</account_code><natural_debit_currency>§f</natural_debit_currency></entry></voucher></ufinterface>"#,
    r"POST /repair/report multi m

%%place
§k §n室
%%desc
§2
%%tel
§P
%%pic|微信图片_§D§j.jpg|image/jpeg
JFIF §h",
    r"GET /asset/list?search=«§1»&state%5B%5D=1&price%3E=§m&buy_date%3C=§d&_search=true&nd=§s - d",
    r#"PUT /asset/§i/formula json d

{"method":"直线法","expr":"(原值-原值*5%)/(年限*12)","when":"状态 <> '报废' && 原值 >= 1000","memo":«§1»}"#,
    r#"POST /logistics/trolley/task json m

{"from":"药房","to":"§k","what":«§1»,"urgent":"1/3","note":«§2»}"#,
    r"POST /canteen/order form m

meal=«午餐: 糖尿病餐(1800kcal) ×1; 低盐<3g»&bed=§n%2B&memo=«不要葱&香菜; 家属加1份;»&pay=«¥§f»",
    r#"POST /bms/setpoint json p

{"point":"AHU-§n/SA_T","value":"22.0","cond":"if OAT>28 then 24 else 22","alarm":"RH>60%|ΔP<5Pa","reason":«§2»}"#,
    r#"POST /finance/reimburse multi d

%%items
[{"t":"交通","amt":"§f"},{"t":"住宿(<450)","amt":"§f"}]
%%reason
§1
%%invoice|dzfp_§l_§p.ofd|application/octet-stream
PK §h"#,
    r#"POST /wms/rfid application/json p
Authorization: Digest username="rfid", realm="spd", nonce="§H", uri="/wms/rfid", response="§H"

{"gate":"G0§n","tags":["E280§h","E280§h"],"diff":"应到 §n <> 实到 §n","memo":«§1»}"#,
    r#"PATCH /tickets/facility/§i json m

{"status":"done","log":«§2»,"parts":[{"n":"灯管 T8 36W","c":2}],"score":"5/5"}"#,
    r#"POST /bid/answer text/csv d

序号,要求,响应,偏离
1,"分辨率≥0.35mm","0.33mm","+"
2,"★质保>=5年","5年;§1","="
§n,"接口: HL7/DICOM","是(见P.§n)","-""#,
];
