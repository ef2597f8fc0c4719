//! Honest requests of report designers, workflows, dashboards and low-code platforms: expressions that people configure.

use super::super::benign::{BenignGrammar, grammar};
use super::super::codec;
use super::super::rng::Rng;
use super::super::wire::{FORM, JSON, Wire};
use super::super::words;
use super::carrier;
use super::platforms::{JOBS, LOW_CODE, SETTINGS, TEMPLATES};

pub(super) const BENIGN: &[BenignGrammar] = &[
    grammar("report-designers", 70, |rng| carrier::one_of(rng, "/WebReport/ReportServer", "__parameters__", REPORTS)),
    grammar("workflow-conditions", 70, |rng| {
        carrier::one_of(rng, "/workflow/model/save", "conditionExpression", FLOWS)
    }),
    grammar("office-forms", 60, |rng| carrier::one_of(rng, "/seeyon/form/submit", "content", OFFICE)),
    grammar("dashboards", 70, dashboards),
    grammar("low-code", 70, |rng| carrier::one_of(rng, "/jeecg-boot/online/api/form", "config", LOW_CODE)),
    grammar("settings-with-patterns", 80, |rng| carrier::one_of(rng, "/admin/setting/save", "value", SETTINGS)),
    grammar("message-templates", 60, |rng| carrier::one_of(rng, "/sms/template/save", "template", TEMPLATES)),
    grammar("job-schedules", 60, |rng| carrier::one_of(rng, "/monitor/job/edit", "jobParams", JOBS)),
];

const REPORTS: &[&str] = &[
    "=IF(B2>9.5,\"高\",IF(B2<3.5,\"低\",\"正常\"))",
    "=sum(ds1.select(amount,dept==\"ICU\" && date>=date(\"2026-01-01\")))",
    "=ds1.group(dept:1;amount:-1)",
    "${if(len(dept)==0,\"\",\"and dept_code='\"+dept+\"'\")}",
    "${param_startDate} ~ ${param_endDate}",
    "$F{patient_name} + \" (\" + $F{sex} + \")\"",
    "$F{amount} != null ? $F{amount}.doubleValue() : 0.0",
    "$P{START_DATE} == null ? \"全部\" : new java.text.SimpleDateFormat(\"yyyy-MM-dd\").format($P{START_DATE})",
    "msg($V{PAGE_NUMBER}, \"第{0}页\") + $V{PAGE_COUNT}",
    "=FORMAT(TODAY(),\"yyyy-MM-dd\")",
    "=CONCATENATE($A3,\"/\",C3) & \"科\"",
    "=VLOOKUP(A2,Sheet2!$A$2:$C$99,3,FALSE)",
    "=SUMIFS(C:C,A:A,\">=2026-1-1\",B:B,\"<>门诊\")",
    "=IFERROR(INDEX(B:B,MATCH(1,(A:A=E1)*(C:C=F1),0)),\"-\")",
    "=Fields!Amount.Value / Sum(Fields!Amount.Value, \"DataSet1\") * 100 & \"%\"",
    "=IIF(Fields!Result.Value > Parameters!Max.Value, \"Red\", \"Black\")",
    "{\"START\":\"2026-11-01\",\"END\":\"2026-11-30\",\"DEPT\":\"'01','02','03'\"}",
    "reportlet=/门诊/日报.cpt&op=write&__bypagesize__=false&dept=内科",
    "value>=100 and value<200 or value=0",
    "_FIELD_(\"金额\")>AVG({金额}) OR {科室} IN [\"内科\",\"外科\"]",
    "=case when(比例>0.3,'超标';'达标')",
    "if(row()%2==0,\"#FFFFFF\",\"#F5F5F5\")",
    "{@日期公式}: {TB_VISIT.DATE} in {?开始} to {?结束}",
    "ToText({Command.AMT},2) + ' 元'; if {Command.AMT}>0 then crRed else crBlack",
    "[{\"name\":\"dept\",\"value\":\"内科;外科;妇产科\"},{\"name\":\"type\",\"value\":\"1,2\"}]",
    "@{m_lbl_Amount.Text} / @{page}",
    "[Amount * 100 / [Total]] [Page#] of [TotalPages#] [IIf([Qry.Sex]=1,\"男\",\"女\")]",
    "DEPT_NAME like '%科%'",
    "科室='内科' and 日期>='2026-11-01' and 日期<='2026-11-30'",
    "order by 金额 desc, 科室 asc",
];

const FLOWS: &[&str] = &[
    "${amount>1000 && dept=='ICU'}",
    "${days <= 3}",
    "${outcome == '同意' || outcome == \"退回\"}",
    "${approve==true}",
    "${user.deptId==applicant.deptId and level ge 3}",
    "${leaveDays gt 3 and not empty manager}",
    "#{dept.leader}",
    "${execution.getVariable('amount') > 5000}",
    "${nrOfCompletedInstances/nrOfInstances >= 0.5}",
    "${nrOfCompletedInstances==nrOfInstances}",
    "<conditionExpression xsi:type=\"tFormalExpression\"><![CDATA[${days>3 && type=='病假'}]]></conditionExpression>",
    "<bpmn2:sequenceFlow id=\"Flow_1\" sourceRef=\"A\" targetRef=\"B\"><bpmn2:conditionExpression xsi:type=\"bpmn2:tFormalExpression\">${pass}</bpmn2:conditionExpression></bpmn2:sequenceFlow>",
    "<userTask id=\"t1\" name=\"科主任审批\" flowable:assignee=\"${deptLeader}\" flowable:formKey=\"leave/form\"/>",
    "<serviceTask id=\"s1\" activiti:delegateExpression=\"${noticeDelegate}\"/>",
    "金额 > 10000 且 部门 = '采购中心'",
    "amount>1000;dept='ICU'|role='主任'",
    "{\"and\":[{\"field\":\"amount\",\"op\":\">\",\"value\":1000},{\"or\":[{\"field\":\"dept\",\"op\":\"in\",\"value\":[\"ICU\",\"CCU\"]}]}]}",
    "$.data.amount > 1000 && $.data.dept == \"ICU\"",
    "form.days >= 3 ? 'leader' : 'hr'",
    "if (form.amount > 5000) { return '院长'; } else { return '科长'; }",
    "SUM(明细.金额)-预付款>=0",
    "{#金额#} >= 1000 and {#类型#} == \"设备\"",
    "@if(field0012 > 3, 'A', 'B')",
    "CONTAINS({科室},\"内科\") && !ISEMPTY({电话})",
    "PT${hours}H",
    "R3/PT10H",
    "= if amount > 1000 and dept = \"ICU\" then \"A\" else \"B\"",
    "[\"A\",\"B\"], not(\"C\"), [1..10], > date(\"2026-01-01\")",
    "cause = 'other' or cause = 'none'",
];

const OFFICE: &[&str] = &[
    "<p style=\"text-align:center;\"><strong>关于2026年春节放假的通知</strong></p><p>各科室:<br/>&nbsp;&nbsp;放假时间 1/28~2/3; 值班见<a href=\"/oa/file?id=12\" target=\"_blank\">附件</a></p>",
    "<p class=MsoNormal><span lang=EN-US style='font-size:12.0pt;font-family:宋体'>SOP-001<o:p></o:p></span></p>",
    "<!--[if gte mso 9]><xml><w:WordDocument><w:View>Normal</w:View></w:WordDocument></xml><![endif]--><p>会议纪要</p>",
    "<table border=\"1\" cellspacing=\"0\"><tr><td onclick=\"\">姓名</td><td>金额&gt;1000</td></tr></table>",
    "<style type=\"text/css\">p{margin:0}</style><p>申请事由:设备采购 (预算<50万)</p>",
    "<img src=\"data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==\" alt=\"签名\"/>",
    "<p>下载地址:<a href=\"file:///D:/共享/模板.docx\">file:///D:/共享/模板.docx</a></p>",
    "<a href=\"javascript:void(0)\" class=\"at-user\" data-id=\"12\">@王主任</a> 请审批",
    "<a href=\"javascript:;\">展开</a><p>采购清单: 1. CT球管 x1; 2. 耗材(A/B/C)</p>",
    "<iframe src=\"https://v.qq.com/txp/iframe/player.html?vid=a123\" allowfullscreen></iframe><p>学习视频</p>",
    "<input type=\"checkbox\" checked=\"checked\" disabled>已阅 <select name=\"s\"><option value=\"1\">同意</option></select>",
    "<video controls=\"controls\" src=\"/upload/2026/a.mp4\" poster=\"/upload/a.jpg\"></video><p>培训</p>",
    "申请原因: A栋3楼 wifi 断; IP: 10.12.8.5; ping 10.12.8.1 超时; tracert 到 3 跳后 * * *",
    "申请开通: telnet 10.1.2.3 8080; 用途: HIS <-> LIS; 期限: 2026-12-31",
    "请开放 D:\\data\\export 共享给 \\\\192.168.1.10\\share$; 权限: 读/写",
    "路径: C:\\Program Files (x86)\\HIS\\bin\\his.exe; 报错 0xc000007b",
    "同意。or 请补充材料; and 重新提交",
    "转: 院办 -> 财务科 -> 审计科; 抄送: (信息科|设备科)",
    "费用: ¥12,000.00 = 1000*12; 合同号: HT-2026-0012#; 'A'方: 康宁医院; “B”方: 某公司",
    "加班: 11/20 18:00--21:00 (3h); 11/21 8:00-12:00; 合计=7h; 调休 or 加班费: 调休",
    "密级:内部;份数:1/3;签发:__;  '请示' <2026> 12号",
    "Re: Re: 回复: 关于 \"select committee\" 会议; 时间 from 9:00 to 11:00; where: A-301",
    "服务器巡检: CPU 35%; mem 60%; /data 80%; cat 日志无异常; df -h 正常; 重启 nginx; 备份 ok",
    "请在 /etc/hosts 里加一行 10.1.2.3 lis.local; 然后重启 tomcat",
    "帮我把 /data/backup/his_20261120.dmp 还原到测试库; 用户 his_test",
    "电脑蓝屏: 0x0000007B; 杀毒: 360; 系统: win7 sp1; 文件夹: %temp%; cmd 打不开",
    "set 打印机 = HP M403; 端口 LPT1; net use 之后不行; ping 不通; 请处理",
];

/// Queries that a viewer's browser sends when it opens a dashboard.
fn dashboards(rng: &mut Rng) -> Vec<u8> {
    let (from, to) = (words::millis(rng), words::millis(rng));
    let dept = words::department(rng);
    let id = rng.below(9999);
    match rng.below(9) {
        0 => Wire::post("/api/ds/query?ds_type=prometheus&requestId=Q100", JSON, format!("{{\"queries\":[{{\"refId\":\"A\",\"expr\":{},\"datasource\":{{\"type\":\"prometheus\",\"uid\":\"P{}\"}},\"intervalMs\":15000,\"maxDataPoints\":{id}}}],\"from\":\"{from}\",\"to\":\"{to}\"}}", codec::json(rng.pick(MONITORED)), rng.hex(12))),
        1 => Wire::post("/api/ds/query", JSON, format!("{{\"queries\":[{{\"refId\":\"A\",\"format\":\"table\",\"rawSql\":{},\"datasource\":{{\"type\":\"mysql\",\"uid\":\"{}\"}}}}],\"from\":\"{from}\",\"to\":\"{to}\"}}", codec::json(rng.pick(PANELS)), rng.token(9))),
        2 => Wire::post("/elasticsearch/_msearch?rest_total_hits_as_int=true", "application/x-ndjson", format!("{{\"index\":\"his-*\",\"ignore_unavailable\":true}}\n{{\"query\":{{\"bool\":{{\"filter\":[{{\"query_string\":{{\"query\":{}}}}},{{\"range\":{{\"@timestamp\":{{\"gte\":{from},\"lte\":{to},\"format\":\"epoch_millis\"}}}}}}]}}}},\"aggs\":{{\"2\":{{\"terms\":{{\"field\":\"dept.keyword\",\"size\":{id}}},\"aggs\":{{\"1\":{{\"sum\":{{\"field\":\"fee\",\"script\":\"_value * 0.01\"}}}}}}}}}}}}\n", codec::json(rng.pick(LUCENE)))),
        3 => Wire::post(format!("/api/v1/chart/data?form_data={}", codec::percent(format!("{{\"slice_id\":{id}}}"))), JSON, format!("{{\"datasource\":{{\"id\":{id},\"type\":\"table\"}},\"queries\":[{{\"filters\":[{{\"col\":\"dept\",\"op\":\"IN\",\"val\":[{}]}},{{\"col\":\"fee\",\"op\":\">=\",\"val\":\"100\"}}],\"metrics\":[{{\"expressionType\":\"SQL\",\"sqlExpression\":{},\"label\":\"m\"}}],\"extras\":{{\"having\":\"\",\"where\":\"(dept <> '其他')\"}},\"orderby\":[[\"count\",false]],\"row_limit\":1000}}],\"result_format\":\"json\"}}", codec::json(dept), codec::json(rng.pick(METRICS)))),
        4 => Wire::post("/api/dataset", JSON, format!("{{\"database\":{id},\"type\":\"query\",\"query\":{{\"source-table\":12,\"filter\":[\"and\",[\"=\",[\"field\",3,null],{}],[\">\",[\"field\",4,null],100]],\"aggregation\":[[\"count\"],[\"sum\",[\"field\",5,null]]],\"breakout\":[[\"field\",6,{{\"temporal-unit\":\"month\"}}]]}},\"parameters\":[]}}", codec::json(dept))),
        5 => Wire::get(format!("/d/abc/his?orgId=1&from={from}&to={to}&var-dept={}&var-host=$__all&var-filter=level%7C%3D%7Cerror", codec::percent(dept))),
        6 => Wire::get(format!("/app/kibana#/discover?_g=(time:(from:now-15m,to:now))&_a=(query:(language:kuery,query:'{}'),id:'{id}')", codec::percent(rng.pick(LUCENE)))),
        7 => Wire::post("/bi/chart/query", FORM, format!("chartId={id}&filter={}&start={from}", codec::form(format!("[{{\"field\":\"科室\",\"op\":\"in\",\"value\":\"{dept}\"}},{{\"expr\":{}}}]", codec::json(rng.pick(METRICS)))))),
        _ => Wire::get(format!("/grafana/api/datasources/proxy/uid/{}/loki/api/v1/query_range?query={}&start={from}000000&end={to}000000&limit={id}", rng.token(9), codec::percent(rng.pick(LOKI)))),
    }
    .desktop(rng)
    .finish(rng)
}

const MONITORED: &[&str] = &[
    "sum by (instance) (rate(node_cpu_seconds_total{mode!=\"idle\"}[5m])) * 100 > 80",
    "histogram_quantile(0.95, sum(rate(http_request_duration_seconds_bucket{job=~\"his|lis\",path!~\"/health.*\"}[$__rate_interval])) by (le))",
    "up{job=\"his\"} == 0 or absent(up{job=\"his\"})",
    "100 - (node_filesystem_avail_bytes{mountpoint=\"/\",fstype!~\"tmpfs|overlay\"} / node_filesystem_size_bytes) * 100",
    "mysql_global_status_threads_running{instance=~\"$host\"} and on(instance) mysql_up == 1 unless foo",
    "label_replace(up, \"host\", \"$1\", \"instance\", \"(.*):.*\")",
    "predict_linear(node_filesystem_free_bytes{mountpoint=~\"/data|/var/log\"}[1h], 4*3600) < 0",
];
const PANELS: &[&str] = &[
    "SELECT $__timeGroup(visit_time,'1h') AS time, count(*) AS \"就诊人次\" FROM visit WHERE $__timeFilter(visit_time) GROUP BY 1 ORDER BY 1",
    "SELECT dept_name AS metric, sum(fee)/100 AS value FROM v_fee WHERE dept_name IN ($dept) AND day >= '2026-11-01' GROUP BY dept_name ORDER BY value DESC LIMIT 10",
    "select date(t) as d, avg(wait_min) from queue where t between $__timeFrom() and $__timeTo() group by d",
    "SELECT mean(\"value\") FROM \"cpu\" WHERE (\"host\" =~ /^$host$/) AND $timeFilter GROUP BY time($__interval) fill(null)",
];
const LUCENE: &[&str] = &[
    "level:ERROR AND (app:his OR app:lis) AND NOT message:\"health check\"",
    "status:[500 TO 599] AND path:\\/api\\/* AND -agent:*bot*",
    "message: /.*timeout.*/ and dept : \"ICU\" or not user.id : *",
    "fee:>=100 AND fee:<1000 || _exists_:cardno",
    "event.code: (4624 or 4625) and winlog.event_data.LogonType : \"3\"",
    "process.command_line: \"nginx -g daemon off;\" and host.name: his-*",
];
const METRICS: &[&str] = &[
    "SUM(fee)/NULLIF(COUNT(DISTINCT visit_id),0)",
    "SUM(CASE WHEN result = '阳性' THEN 1 ELSE 0 END) * 1.0 / COUNT(*)",
    "COUNT(DISTINCT patient_id)",
    "AVG(DATEDIFF(out_date, in_date))",
    "IF(SUM([金额])>0, SUM([金额])/COUNTD([病人]), 0)",
    "CALCULATE(SUM('Visit'[Fee]), FILTER(ALL('Date'), 'Date'[Year] = 2026))",
    "DATE_FORMAT(day,'%Y-%m')",
];
const LOKI: &[&str] = &[
    "{app=\"his\",level=~\"error|warn\"} |= \"timeout\" != \"health\" | json | status>=500 | line_format \"{{.method}} {{.path}}\"",
    "sum by (host) (count_over_time({job=\"nginx\"} |~ `POST /login|/token` [5m])) > 10",
    "{job=\"mysql\"} |= \"slow\" | logfmt | duration > 5s and user!=\"root\"",
    "{job=\"varlogs\",filename=\"/var/log/syslog\"} |= \"sshd\" | regexp \"(?P<ip>\\\\d+\\\\.\\\\d+)\"",
];
