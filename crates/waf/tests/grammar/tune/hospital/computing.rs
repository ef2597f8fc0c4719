//! The computing department: tickets, logs, devices, backups, schedules, robots of chat rooms and builds.

use super::super::super::benign::{BenignGrammar, grammar};
use super::letter::tell;

pub(super) const BENIGN: &[BenignGrammar] = &[
    grammar("desk-tickets-and-chat-robots", 45, |rng| tell(TICKETS, &[TROUBLES, ANSWERS], rng)),
    grammar("shipped-logs-and-traces", 45, |rng| tell(LOGS, &[LINES], rng)),
    grammar("devices-backups-and-schedules", 45, |rng| tell(DEVICES, &[PATTERNS, REMARKS], rng)),
];

pub(super) const TROUBLES: &[&str] = &[
    "§k 3号机 HIS 登录报 “ORA-12541: TNS 无监听程序”,重启后好了",
    "打印处方时提示 Access violation at address 00§n in module 'his.exe'",
    "PACS 调图慢 >20s,ping 10.12.8.5 延迟 <1ms,丢包 0%",
    "Excel 导出乱码(锟斤拷),WPS 打开正常;版本 11.1.0.§m",
    "读卡器不识别:设备管理器有黄色 “!”;COM3→COM5 后仍不行",
    "数据库连接池满 (max=200, active=200);§t 起 10min;已扩容",
    "网页 404:/report/2026/§n.html;昨天还能看",
    "密码过期改不了,提示“不符合复杂性要求(大写+小写+数字,>=8位)”",
    "VPN 连不上 error §m;家里电信宽带",
    "LIS 结果没传:MQ 积压 1§m 条;consumer 挂了;日志见附件 lis_§D.log",
    "D: 盘满了(剩 0.3GB),备份 *.bak 能删吗?",
    "NullPointerException at line §m when 点“结账”;only happens if 金额=0",
];

pub(super) const ANSWERS: &[&str] = &[
    "已处理:重装驱动 v3.2.§n;注意别插 USB3.0 口",
    "原因:索引失效,已加 idx_fee_date;耗时 18s → 0.2s",
    "远程看过了,是 DNS 配错(首选改成 192.0.2.31)",
    "请先 Ctrl+F5 刷新;不行再清缓存(设置→隐私)",
    "转二线 @§p;SLA 4h;P2",
    "变更窗口 §d 22:00~24:00;回滚方案:快照+旧包",
    "duplicate of #§i, closing; see KB-§n",
    "wontfix: 需求变更,走 OA 流程 ;)",
];

const TICKETS: &[&str] = &[
    r##"POST /itsm/api/incident json d

{"title":«§1»,"impact":"§k(>10人)","urgency":2,"desc":«§1

§2»,"ci":"PC-§i","tags":["HIS","#慢"]}"##,
    r"POST /glpi/front/ticket.form.php multi d

%%name
§1
%%content
&lt;p&gt;§1&lt;/p&gt;&lt;p&gt;联系人 §p&lt;/p&gt;
%%_glpi_csrf_token
§H
%%filename[0]|截图 (§n).png|image/png
PNG §h",
    r#"POST /rest/api/2/issue/HIS-§n/comment json d

{"body":«h3. 原因
§1
{code:java}
if (fee == null || fee.compareTo(BigDecimal.ZERO) <= 0) { return; }
{code}
§2 [~§w] !image-§n.png|thumbnail!»}"#,
    r#"GET /rest/api/2/search?jql=«project = HIS AND status in (Open, "In Progress") AND text ~ "打印" AND created >= -7d ORDER BY priority DESC»&maxResults=50 - d"#,
    r"POST /zentao/bug-create-§n--moduleID=0.html form d

title=«§1»&steps=«<p>[步骤]</p>1. 打开 §k;2. 点“保存”<p>[结果]</p>§1<p>[期望]</p>正常»&keywords=&mailto%5B%5D=§w",
    r#####"POST /robot/send?access_token=§H json p

{"msgtype":"markdown","markdown":{"title":"告警","text":"#### §k 告警 \n> 主机: 10.12.§n.§n\n> 触发: cpu > 90% for 5m\n> ![](http://192.0.2.31/g.png?t=§s)\n","note":«§1»},"at":{"isAtAll":false}}"#####,
    r#"POST /cgi-bin/webhook/send?key=§u json p

{"msgtype":"markdown","markdown":{"content":«<font color="warning">§1</font>
> 处理人:<@§w>
> §2»}}"#,
    r"POST /slack/command form p
X-Slack-Signature: v0=§H§H

token=§T&command=%2Fdeploy&text=«his-web v3.2.§n --env uat --dry-run»&user_name=§w&response_url=https%3A%2F%2Fapi.jiankang.example%2Fr%2F§h",
    r#"POST /hooks/gitlab json p
X-Gitlab-Event: Push Hook
X-Gitlab-Token: §T

{"object_kind":"push","ref":"refs/heads/feature/§w","commits":[{"id":"§h§h","message":"fix: 挂号费=0 时报错 (#§n)\n\n§2","added":["src/main/java/his/Fee§n.java"],"modified":["pom.xml","db/V§n__add_col.sql"]}],"project":{"path_with_namespace":"his/web"}}"#,
    r#"POST /jenkins/job/his-web/§n/submitDescription form d

description=«§2 <br> by §w»&Submit=&json=«{"description":"§2"}»"#,
    r###"PUT /kb/article/§n json d

{"title":«§1»,"md":"## 处理\n1. 运行 `services.msc`,重启 *Print Spooler*\n2. `ping -t 192.0.2.31` 看丢包\n\n> §d 更新","answer":«§2»}"###,
    r##"POST /chatops/message json p

{"room":"#运维","text":"!status his-db-0§n","from":"§w","thread":«§1»}"##,
    r"POST /selfservice/ticket text/plain;charset=UTF-8 m

§1
位置:§k
电话:§P",
    r#"POST /review/§i/comments json d

{"file":"src/fee/Calc.cs","line":§m,"body":"这里 `a <> b` 应该是 `a >= b`?\n```suggestion\nif (total >= limit) return Limit;\n```","reply":«§2»}"#,
];

pub(super) const LINES: &[&str] = &[
    "§d §t.§m ERROR [http-nio-8080-exec-§n] c.h.fee.FeeService - 结算失败 visitNo=§i java.lang.NullPointerException: Cannot invoke \"java.math.BigDecimal.add\" because \"fee\" is null",
    "org.springframework.dao.DuplicateKeyException: PreparedStatementCallback; Duplicate entry '§i' for key 'uk_visit'",
    "System.Data.SqlClient.SqlException (0x80131904): Timeout expired. at His.Dal.Query(String sql) in D:\\build\\His\\Dal.cs:line §m",
    "Traceback (most recent call last):\n  File \"/app/lis/worker.py\", line §m, in run\n    val = float(item['value'])\nValueError: could not convert string to float: '<0.05'",
    "TypeError: Cannot read properties of undefined (reading 'name')\n    at o.render (https://emr.zhongxin.example/js/app.§h.js:1:§i)",
    "10.12.8.§n - - [20/Nov/2026:§t +0800] \"GET /his/css/main.css?v=§n HTTP/1.1\" 304 0 \"-\" \"Mozilla/4.0 (compatible; MSIE 8.0)\"",
    "<134>Nov 20 §t FW-01 %01SEC/4/SESSION(l): src=10.12.§n.§n:5§m dst=192.0.2.31:443 proto=6 action=permit",
    "%ASA-6-302013: Built inbound TCP connection §i for outside:198.51.100.§n/443 (…)",
    "WARN slow query 12.§n s: SELECT o.id, o.name FROM orders o JOIN visit v ON v.id=o.visit_id WHERE v.dept=? AND o.state IN (?,?)",
    "kernel: [§i.§m] EXT4-fs (sdb1): mounted filesystem; oom_score_adj=0; Out of memory: Killed process §m (java)",
    "pacs-storescu: A-ASSOCIATE-RJ result: 1, source: 1, reason: 7 (Called AE Title Not Recognized: STORE_§n)",
    "level=info ts=§s caller=head.go:§m msg=\"Head GC completed\" duration=§f ms",
    "nurse-pda: W/System.err(§m): java.net.SocketTimeoutException: failed to connect to /10.12.8.5 (port 8081) after 5000ms",
    "[HIS] user=§w act=登录 ip=10.12.§n.§n result=OK ver=3.2.§n <§k>",
    "Caused by: com.fasterxml.jackson.databind.exc.InvalidFormatException: Cannot deserialize value of type `java.util.Date` from String \"§d 24:61\"",
];

const LOGS: &[&str] = &[
    r#"POST /_bulk application/x-ndjson n
User-Agent: Elastic-filebeat/7.17.9 (linux; amd64)

{"create":{"_index":"filebeat-7.17.9"}}
{"@timestamp":"§dT§t.§mZ","message":‹§1›,"log":{"file":{"path":"/data/his/logs/his.log"},"offset":§i}}
{"create":{"_index":"filebeat-7.17.9"}}
{"@timestamp":"§dT§t.§mZ","message":‹§1›}"#,
    r#"POST /loki/api/v1/push json n
User-Agent: promtail/2.9.2
Content-Encoding: gzip

{"streams":[{"stream":{"app":"emr","host":"10.12.8.§n"},"values":[["§s000000",«§1»],["§s000001",«§1»]]}]}"#,
    r#"POST /services/collector/event json p
Authorization: Splunk §u

{"time":17§i,"sourcetype":"his:app","event":{"msg":«§1»,"lvl":"E"}}"#,
    r#"POST /api/§n/envelope/?sentry_key=§H text/plain;charset=UTF-8 d

{"event_id":"§H","sent_at":"§dT§tZ"}
{"type":"event"}
{"message":‹§1›,"exception":{"values":[{"type":"Error","stacktrace":{"frames":[{"filename":"app:///js/app.js","function":"<anonymous>","lineno":§n}]}}]},"breadcrumbs":[{"category":"ui.click","message":"div#app > button.el-button"}]}"#,
    r"POST /fe/error form d

msg=«§1»&url=«https://emr.zhongxin.example/#/bed/§n?tab=orders»&line=§m&ua=«Chrome/86»&stack=«    at Object.save (main.js:1:§m)
    at <anonymous>»",
    r"POST /syslog text/plain n
User-Agent: rsyslog/8.2302 omhttp

§1
§1
§1",
    r#"POST /gelf json p

{"version":"1.1","host":"lis-0§n","short_message":«§1»,"full_message":«§1
	at com.hosp.lis.Worker.run(Worker.java:§m)
	at java.lang.Thread.run(Thread.java:748)
	... §n more»,"level":3}"#,
    r"POST /pda/crash multi m

%%device
PDA-§h/Android 7.1.1
%%log|logcat_§s.txt|text/plain
--------- beginning of crash
§1
    at android.os.Handler.dispatchMessage(Handler.java:106)
%%note
闪退 ×2",
    r#"GET /log/query?q=«level:ERROR AND message:"§n" NOT path:/health*»&from=§s&to=§s&size=200 - d"#,
    r#"POST /v1/traces json p

{"resourceSpans":[{"scopeSpans":[{"spans":[{"traceId":"§H","name":"SELECT his.orders","attributes":[{"key":"db.statement","value":{"stringValue":"SELECT * FROM orders WHERE id = ?"}},{"key":"exception.message","value":{"stringValue":«§1»}}]}]}]}]}"#,
    r#"POST /audit/events xml p

<AuditMessage><EventIdentification EventActionCode="R" EventDateTime="§dT§t"/><ParticipantObjectIdentification><ParticipantObjectDetail type="log" value="⌈§1⌉"/><Text>«§1»</Text></ParticipantObjectIdentification></AuditMessage>"#,
];

const PATTERNS: &[&str] = &[
    "^(\\d{4})-(\\d{2})-(\\d{2})[ T](\\d{2}:\\d{2}).*ERROR",
    "(?i)^(his|lis|pacs)[-_]?\\d+\\.log(\\.gz)?$",
    "0 30 2 ? * MON-FRI",
    "*/15 8-17 * * 1-5",
    "[^\\w\\u4e00-\\u9fa5]+",
    "^1[3-9]\\d{9}$|^0\\d{2,3}-\\d{7,8}$",
    "10.12.0.0/16,!10.12.8.0/24",
    "*.dcm;*.jpg;!~$*",
    "avg(/host/system.cpu.util,5m)>90",
    "rate(http_requests_total{code=~\"5..\"}[5m]) / ignoring(code) rate(http_requests_total[5m]) > 0.05",
    "%{TIMESTAMP_ISO8601:ts} \\[%{DATA:thread}\\] %{GREEDYDATA:msg}",
    "(?<ip>\\d+(?:\\.\\d+){3})\\s+-\\s+(?<user>\\S+)",
];

pub(super) const REMARKS: &[&str] = &[
    "核心↔汇聚 Te1/0/§n",
    "§k-信息点 3F-§n",
    "备份>30天自动清理",
    "UPS#2 (A/B 路)",
    "§p 报修后改",
    "临时放行至 §d",
    "VLAN §n: PDA & 推车",
];

const DEVICES: &[&str] = &[
    r#"POST /zabbix/api_jsonrpc.php application/json-rpc p

{"jsonrpc":"2.0","method":"trigger.create","params":{"description":"{HOST.NAME} 磁盘<10% §n","expression":"last(/his-db/vfs.fs.size[/data,pfree])<§n and min(/his-db/vfs.fs.size[/data,free],10m)<20G","comments":«§2»},"id":§n}"#,
    r"POST /goform/SetVlan form d
Authorization: Basic ⌈admin:Kn-§h⌉

vlan_id=§n&name=«§2»&ports=1-24%2CTe1%2F0%2F1&tag=U%3B1%3AT&Apply=+%E5%BA%94%E7%94%A8+",
    r"POST /xxl-job-admin/jobinfo/update form d

jobDesc=«同步检验结果 §n»&scheduleConf=«0 0/5 * * * ?»&executorHandler=lisSyncHandler&executorParam=«begin=§d;match=§1»&alarmEmail=§w%40boai.example",
    r#"PUT /api/backup/jobs/§n json d

{"name":"HIS全备","source":["D:\\HISDATA\\*.mdf","\\\\192.0.2.31\\pacs$\\2026"],"exclude":«§1»,"keep":"7d4w12m","cron":"0 2 * * *","memo":«§2»}"#,
    r"GET /webui/?g=sys_dia_ping_show&host=10.12.§n.§n&count=5&memo=«§2» - d",
    r#"POST /grafana/api/ds/query json d

{"queries":[{"refId":"A","expr":"sum by (ward) (rate(call_total{job=\"nurse\"}[$__rate_interval]))","legendFormat":"{{ward}}"},{"refId":"B","rawSql":"SELECT $__timeGroup(at,'5m'), count(*) FROM alarm WHERE $__timeFilter(at) GROUP BY 1"}],"from":"now-6h","to":"now","tag":"§h"}"#,
    r"POST /regex/test form d

pattern=«§1»&sample=«§d §t ERROR his_0§n.log»&flags=gi",
    r#"POST /logstash/pipeline json d

{"id":"lis-§n","pipeline":"filter { grok { match => { \"message\" => \"%{TIMESTAMP_ISO8601:ts} %{LOGLEVEL:lv}\" } } if [lv] == \"DEBUG\" { drop { } } }","settings":{"pattern":«§1»}}"#,
    r"POST /firewall/policy.php form d

name=«§2»&src=10.12.§n.0%2F24&dst=any&svc=tcp%3A443%2C8000-8100&action=permit&comment=«§2; 工单#§i»&schedule=«08:00-18:00»",
    r"POST /snmp/config text/plain d

# §2
sysLocation §n F 弱电间
interface GigabitEthernet1/0/§n
 description to_§w
 switchport access vlan §n
 spanning-tree portfast
!",
    r#"POST /nas/webapi/entry.cgi form d

api=SYNO.Core.TaskScheduler&method=create&version=4&name=«"PACS 归档 §n"»&schedule=«{"date_type":0,"hour":2,"minute":§n}»&extra=«{"mail":"§w@boai.example","note":"§2"}»"#,
    r#"PUT /nacos/v1/cs/configs form d

dataId=his-web-§n.yaml&group=DEFAULT_GROUP&content=«spring:
  datasource:
    url: jdbc:mysql://10.12.8.§n:3306/his?useSSL=false&characterEncoding=utf8
    username: ${DB_USER:his}
logging:
  pattern: "%d{HH:mm:ss} [%t] %-5level %logger{36} - %msg%n"
remark: "§2"»"#,
    r#"POST /alert/rule json d

{"alert":"HisSlow","expr":«§1»,"for":"5m","annotations":{"summary":"{{ $labels.instance }} 慢 {{ $value | humanize }}s"},"note":«§2»}"#,
    r#"POST /dhcp/reservations multi d

%%file|reserve_§D.csv|text/csv
mac,ip,name
00:1B:44:§n:3A:B7,10.12.8.§n,"§2"
%%match
§1"#,
    r#"POST /vcenter/sdk text/xml;charset="utf-8" p
SOAPAction: urn:vim25/7.0

<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"><soapenv:Body><CreateSnapshot_Task xmlns="urn:vim25"><_this type="VirtualMachine">vm-§m</_this><name>«升级前 §d»</name><description>«§2»</description><memory>false</memory></CreateSnapshot_Task></soapenv:Body></soapenv:Envelope>"#,
];
