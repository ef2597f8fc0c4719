//! Designers of reports, rules, processes and pages: their users write formulas, conditions and places for values.

use super::super::super::benign::{BenignGrammar, grammar};
use super::letter::tell;

pub(super) const BENIGN: &[BenignGrammar] = &[
    grammar("designers-of-sheets", 45, |rng| tell(SHEETS, &[FORMULAS, TITLES], rng)),
    grammar("designers-of-rules-and-pages", 45, |rng| tell(RULES, &[CONDITIONS, TEXTS], rng)),
];

const FORMULAS: &[&str] = &[
    "=SUM(C3:C§n)/COUNTA(C3:C§n)",
    "=IF(OR(D2>100,D2<0),\"异常\",IFERROR(D2/E2,0))",
    "=ds1.group(科室,科室<>''&&金额>0)",
    "=ds1.sum(费用,类别=='药品')/ds1.sum(费用)*100+'%'",
    "=VLOOKUP($A2,字典!$A:$D,4,FALSE)&\"(\"&TEXT(B2,\"yyyy-mm-dd\")&\")\"",
    "${if(len(dept)==0,\"\",\"and dept_id in ('\"+dept+\"')\")}",
    "=SUMIFS(金额,科室,\"§k\",日期,\">=\"&DATE(2026,§n,1))",
    "$F{hb} < 90 ? \"↓\" : ($F{hb} > 160 ? \"↑\" : \"\")",
    "=format(now(),'yyyy年MM月dd日 HH:mm')",
    "iif({Table1.Sex}='1','男','女')",
    "sum(case when los>30 then 1 else 0 end)*1.0/count(*)",
    "DIVIDE([出院人数],[开放床日])*CALCULATE(SUM('床位'[数]),ALL('日期'))",
    "{FIXED [科室]: AVG([住院天数])} - AVG([住院天数])",
    "代码: {PatInfo.Name} / {PatInfo.Age}{PatInfo.AgeUnit}; 第{PageNum}/{PageCount}页",
    "RUNNING_SUM(SUM([收入])) >= 0.8 * TOTAL(SUM([收入]))",
];

const TITLES: &[&str] =
    &["门诊量(日)§n", "药占比<30%", "平均住院日↓", "手术 I/II/III/IV 级", "CMI & 费用消耗指数", "床位使用率>93%"];

const SHEETS: &[&str] = &[
    r#"POST /ureport/designer/saveReportFile form d

file=«file:门诊日报§n.ureport.xml»&content=«<?xml version="1.0" encoding="UTF-8"?><ureport><cell expand="Down" name="A§n" row="2" col="1"><expression-value><![CDATA[§1]]></expression-value></cell><datasource name="his" type="buildin"><dataset name="ds1" type="sql"><sql><![CDATA[select dept_name,sum(amount) amount from v_fee_day where fee_date between :b and :e group by dept_name]]></sql></dataset></datasource></ureport>»"#,
    r##"POST /jmreport/save json d
X-Access-Token: §b

{"designerObj":{"id":"§l","name":«§2»},"rows":{"1":{"cells":{"1":{"text":«§1»},"2":{"text":"#{ds.amount}","style":0}}}},"name":"sheet1","querySetting":{"izOpenQueryBar":false}}"##,
    r#"POST /WebReport/ReportServer?op=fr_write&cmd=calculate_cell form d

sessionID=§n&formula=«§1»&cell=B§n&cv=«[{"c":"A1","v":"§k"}]»"#,
    r#"POST /smartbi/vision/RMIServlet form d

className=CombinedQueryService&methodName=createSimpleReport&params=«["I§h","§2",{"filter":"§d<=日期<=§d"}]»"#,
    r#"PUT /superset/api/v1/chart/§n json d
X-CSRFToken: §T

{"slice_name":«§2»,"params":"{\"metrics\":[{\"expressionType\":\"SQL\",\"sqlExpression\":\"SUM(amount)/COUNT(DISTINCT visit_no)\",\"label\":\"均次费用\"}],\"adhoc_filters\":[{\"clause\":\"WHERE\",\"subject\":\"dept\",\"operator\":\"IN\",\"comparator\":[\"0301\"]}]}"}"#,
    r#"POST /api/card json d
X-Metabase-Session: §u

{"name":«§2»,"dataset_query":{"type":"native","native":{"query":"SELECT dept, AVG(los) AS alos FROM dw.discharge WHERE out_date >= {{begin}} [[AND dept = {{dept}}]] GROUP BY dept ORDER BY alos DESC"},"database":§n}}"#,
    r#"POST /report/preview multi d

%%tpl|住院清单 §n.frx|text/xml
<Report ScriptLanguage="CSharp"><TextObject Name="Text§n" Text="[Items.Price] * [Items.Qty]" Format="Currency"/></Report>
%%expr
§1
%%title
§2"#,
    r##"POST /luckysheet/update json d

{"t":"v","i":§n,"r":§n,"c":3,"v":{"f":«§1»,"v":"§f","m":"§f%","ct":{"fa":"#,##0.00_);(#,##0.00)","t":"n"}}}"##,
    r#"POST /bi/dashboard/widget json d

{"type":"echarts","title":«§2»,"option":{"tooltip":{"formatter":"{b}<br/>{c}人 ({d}%)"},"xAxis":{"data":["§k","§k"]},"visualMap":{"pieces":[{"gt":0,"lte":50},{"gt":100}]}},"calc":«§1»}"#,
    r"GET /report/view?__report=zy_fee.rptdesign&__format=pdf&p_begin=§d&p_dept=«§k»&title=«§2»&expr=«§1» - d",
    r#"POST /print/template/save form d

name=«腕带(成人)»&lodop=«LODOP.PRINT_INITA(0,0,"50mm","20mm","腕带");LODOP.ADD_PRINT_TEXT(5,5,120,20,"{姓名} {性别}");»&sample=«§1»"#,
    r"POST /excel/formula/check text/plain;charset=utf-8 d

§1",
    r"POST /qlik/measure xml d

<measure><label>«§2»</label><def>«§1»</def></measure>",
    r#"PATCH /kpi/§n json d

{"name":«§2»,"target":">=85%","warn":"[80%,85%)","formula":«§1»,"source":"手工+HIS","owner":"§p"}"#,
];

const CONDITIONS: &[&str] = &[
    "patient.age >= 65 && order.route == 'iv'",
    "lab['K'].value > 6.2 || lab['K'].value < 2.8",
    "amount > 50000 and dept.type != '临床'",
    "${days > 3 && level == 'A'}",
    "#{leave.days} <= 1",
    "IF 体温>38.5 且 持续>=3天 THEN 建议(血培养×2)",
    "contains(diagnosis, '肺炎') and not(contains(orders, '血培养'))",
    "form.total = form.items.reduce((s, i) => s + i.qty * i.price, 0)",
    "=[单价]*[数量]-IF([会员]=\"是\",[折扣],0)",
    "in(role, '护士长', '科主任') or user.id = owner.id",
    "when $o : Order(drug matches \"头孢.*\") and Patient(allergy contains \"青霉素\")",
    "CURRENT_USER.dept eq ROW.dept",
    "{{ form.type === '事假' ? '请填写事由' : '' }}",
    "not exists(sign) or sign.time - op.time > 24h",
];

const TEXTS: &[&str] = &[
    "{{patient.name}} 的 {{item}} 结果 {{value}} 超出 {{range}},请处理",
    "提交成功!单号:${billNo};下一步 → {nextNode}",
    "抗菌药物分级:特殊级需会诊(≥2 名专家);越级<24h",
    "您有 <b>{n}</b> 条待办;点击<a href=\"#/todo\">查看</a>",
    "%s 于 %s 驳回了您的申请:%s",
    "提示:[科室] 与 [医生] 不匹配 (code=E-§n)",
    "请输入 6~12 位,含字母+数字;不含 & < > \" '",
];

const RULES: &[&str] = &[
    r#"POST /cdss/rule/save json d

{"id":"R-§i","when":«§1»,"then":[{"act":"alert","level":2,"text":«§2»}],"priority":-§n,"enabled":true}"#,
    r##"POST /activiti/service/model/§n/save form d

name=«请假流程»&json_xml=«{"childShapes":[{"resourceId":"sid-§u","properties":{"conditionsequenceflow":"§n<=days"},"stencil":{"id":"SequenceFlow"}}]}»&svg_xml=«<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 §m §m"><g><path d="M10,20 L30,40" fill="none" stroke="#585858"/><text x="5" y="9">审批</text></g></svg>»&description=«§2»"##,
    r#"POST /flowable/repository/deployments multi d

%%deployment|leave§n.bpmn20.xml|text/xml
<?xml version="1.0" encoding="UTF-8"?><definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" targetNamespace="oa"><process id="p§i" name="用血审批"><sequenceFlow id="f1" sourceRef="gw" targetRef="yes"><conditionExpression><![CDATA[${amount >= 1600}]]></conditionExpression></sequenceFlow><userTask id="yes" name="医务处" assignee="${leader}"/></process></definitions>
%%note
§2"#,
    r#"POST /rules/table/import text/csv d

年龄,肌酐,结论,条件
">=65",">133","减量","§n"
"[18,65)","-","正常","a>1 && b<2"
"<18","*","请示上级","§2""#,
    r#"PUT /lowcode/page/§u json d

{"schema":{"componentName":"Page","children":[{"componentName":"Input","props":{"label":"体重(kg)","rules":[{"pattern":"^\\d{1,3}(\\.\\d)?$","message":«§2»}],"visible":{"type":"JSExpression","value":"this.state.sex === '1'"}}},{"componentName":"Text","props":{"text":«§2»}}]},"css":"body{font-size:14px}.a>.b{color:#333}"}"#,
    r#"POST /amis/schema json d

{"type":"form","api":"post:/api/save?id=${id}","body":[{"type":"input-number","name":"hr","visibleOn":"${type == 'vital'}","validations":{"minimum":20}},{"type":"tpl","tpl":«§2»},{"type":"formula","name":"t","formula":«§1»}]}"#,
    r"POST /formdesign/saveField form d

fieldId=f§i&label=«BMI(自动)»&formula=«§1»&placeholder=«§2»&regex=«^[1-9]\d{0,2}(\.\d{1,2})?$»&options=«1:男;2:女;9:<其他>»",
    r#"POST /camunda/engine-rest/decision-definition/key/abx/evaluate json p

{"variables":{"age":{"value":§n,"type":"Integer"},"cond":{"value":«§1»,"type":"String"}}}"#,
    r#"POST /drools/guvnor/rest/packages/cdss/assets text/plain d

rule "R§n 高钾提醒"
  salience §n
when
  $l : Lab(code == "K", value > 6.2)
  not Order(name == "葡萄糖酸钙")
then
  alert($l, "血钾 > 6.2, 请处理");
end"#,
    r"POST /pathway/variation form d

path=«急性阑尾炎(LC)»&day=§n&cond=«§1»&reason=«§2»&exit=«是|否=否»",
    r"GET /rules/search?expr=«§1»&state=on&sort=prio%2Bdesc - d",
    r##"POST /msg/template/§n json d

{"title":"危急值","body":«§2»,"vars":["{{name}}","${value}","%s","#range#","[[dept]]"],"when":«§1»}"##,
    r#"POST /api/nocode/automation json d

{"trigger":{"table":"tbl§h","cond":«§1»},"actions":[{"type":"http","url":"https://oa.shiyiyuan.example/hook?id={{record.id}}","body":"{\"text\":\"{{record.姓名}}\"}"},{"type":"im","text":«§2»}]}"#,
    r#"POST /perm/datascope xml d

<scope role="§w"><expr>«§1»</expr><cols deny="idcard|phone" mask="3,4,*"/><memo>«§2»</memo></scope>"#,
];
