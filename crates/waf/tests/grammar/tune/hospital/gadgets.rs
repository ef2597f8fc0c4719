//! Devices of wards and houses, and assistants that are asked anything.

use super::super::super::benign::{BenignGrammar, grammar};
use super::letter::tell;

pub(super) const BENIGN: &[BenignGrammar] = &[
    grammar("devices-of-wards-and-houses", 45, |rng| tell(DEVICES, &[STATES], rng)),
    grammar("assistants-and-models", 45, |rng| tell(ASSISTANTS, &[ASKED, MATERIAL], rng)),
];

const STATES: &[&str] = &[
    "SpO2<88% 持续 30s;HR §m;导联脱落(V2)",
    "低电量 <20%;请充电 (E0§n)",
    "滴速 40→0 gtt/min;空瓶/打折?",
    "离床报警 02:§n;体动 12 次;鼾声 4§ndB",
    "冰箱#§n 8.6℃>8.0℃(上限) 持续 15min",
    "压差 -2.1Pa(目标≤-5);门开;换气 11.8 次/h",
    "LOW INSP PRESS; MV 3.1 < 4.0; apnea 20s",
    "呼叫:§n床-卫生间;响应 1'35\"",
    "AGV#§n 阻挡(3F 电梯厅),重试 2/3",
    "氧浓度 93%±3;流量 2L/min;累计 §m h",
];

const DEVICES: &[&str] = &[
    r#"POST /iot/v1/telemetry json n
User-Agent: ESP32HTTPClient/1.2
X-Device-Id: bed-§h

{"ts":§s,"v":{"hr":§n,"br":1§n,"mov":[0,1,2],"snore":"<40dB"},"evt":«§1»,"bat":"§n%"}"#,
    r#"POST /monitor/cms/alarm xml p

<Alarm Bed="ICU-§n" Level="**" Time="§dT§t"><Text>«§1»</Text><Limit low="&lt;50" high="&gt;120"/></Alarm>"#,
    r#"POST /things/infusion-§n/shadow json p

{"state":{"desired":{"rate":"40gtt/min","limit":[20,60]},"reported":{"rate":0,"msg":«§1»}},"version":§i}"#,
    r"GET /report.cgi?id=FR-0§n&t=§f&h=4§n&al=T%3E8.0%3BBAT%3C20%25&ts=17§i&crc=§h - n
User-Agent: SIM800",
    r"POST /nursecall/sip application/sdp p

v=0¶
o=bed§n §i 1 IN IP4 10.12.§n.§n¶
s=§n床 呼叫¶
c=IN IP4 10.12.8.5¶
m=audio 40§n RTP/AVP 8 0 101¶
a=fmtp:101 0-16¶
",
    r#"POST /camera/event multi p

%%event|event.xml|application/xml
<EventNotificationAlert version="2.0"><ipAddress>10.12.§n.§n</ipAddress><eventType>fielddetection</eventType><eventDescription>离床/跌倒? §n</eventDescription></EventNotificationAlert>
%%pic|p§s.jpg|image/jpeg
JFIF §h"#,
    r#"POST /gateway/modbus text/csv n
User-Agent: DTU/3.1

slave,reg,val,text
§n,40001,0x00A§n,"§1"
§n,40002,-32768,"N/A"
§n,40003,§f,"=""OK""" "#,
    r"POST /device/dialysis/data form p

sn=5008S-§i&tmp=1§n&uf=«§m/3000ml»&vp=-1§n&cond=14.0&alarm=«§1»&raw=%02§h%03",
    r#"PUT /robot/agv/§n/task json p

{"from":"B1 药库","to":"§k","path":[[1.2,-§n],[§f,8]],"speak":"请让一让~ 谢谢!","why":«§1»}"#,
    r"POST /wearable/ecg?uid=§i application/octet-stream m
X-Meta: hr=§n;rr<600ms;q=0.9

§h§H§T",
    r#"POST /ha/api/services/notify json p
Authorization: Bearer §b

{"title":"冷链 {{ now().strftime('%H:%M') }}","message":«§1»,"data":{"tag":"t{{ states('sensor.fridge_§n') | float > 8 }}"}}"#,
    r"POST /mdm/command/result text/plain p

PDA-§h;app=nis;ver=2.§n.0;wifi=-6§ndBm;disk=<1GB;§1",
];

const ASKED: &[&str] = &[
    "帮我把这段病程整理成 SOAP 格式,不要编造:",
    "患者 §n 岁,肌酐 18§n,万古霉素怎么调?eGFR<30 要不要减半",
    "把 <现病史> 里的时间统一成 yyyy-mm-dd",
    "写一个 Excel 公式:A 列>60 且 B 列=\"男\" 的个数",
    "用 Python 画 KM 曲线,lifelines 怎么分组?df['group']=='A'",
    "Oracle 查近 7 天门诊量,按科室汇总,怎么写?",
    "请将下列 HL7 消息中的 OBX-5 提取出来",
    "解释报错:ORA-01722: invalid number,是哪一列的问题?",
    "翻译成英文:结节边界清,未见“毛刺”;建议 6–12 月复查",
    "DRG 分组 FM19 与 FM11 的区别?权重 >1 吗",
    "总结会议纪要,输出 JSON:{\"议题\":\"\",\"负责人\":\"\",\"截止\":\"\"}",
    "孩子 3 岁退烧药一次几毫升?说明书上写 10mg/kg",
    "为什么 el-table 的 v-if=\"row.state > 1\" 不生效?",
    "如果一个患者同时服用 A 和 B,会怎样?or 该停哪一个",
];

const MATERIAL: &[&str] = &[
    "WBC 15.§n↑,CRP §n;T 39.1℃;予头孢曲松 2.0g qd×5d;今日 T<37.3",
    "select dept_name, count(*) from outp_visit where visit_date >= trunc(sysdate)-7 group by dept_name",
    "OBX|1|NM|K||6.§n|mmol/L|3.5-5.3|HH|||F",
    "kmf = KaplanMeierFitter(); kmf.fit(df['time'], df['event'], label='A')",
    "=COUNTIFS(A:A,\">60\",B:B,\"男\")",
    "<el-tag v-if=\"row.state > 1\" type=\"danger\">{{ row.name }}</el-tag>",
    "8:00 §p:本月药占比 28.§n%,目标 <30%;§p:下周上线新 PIVAS",
    "规则:①不知道就说“不知道”;②剂量带单位;③不输出姓名/证件号",
    "try { pay(); } catch (e) { alert('支付失败,请重试'); }",
    "既往 MI(2019),支架×2;氯吡格雷 75mg;拟行肠镜 + 息肉切除",
];

const ASSISTANTS: &[&str] = &[
    r#"POST /v1/chat/completions json p
Authorization: Bearer sk-§T

{"model":"qwen2.5-72b","stream":true,"temperature":0.§n,"messages":[{"role":"system","content":«你是医院助手。§2»},{"role":"user","content":«§1
§2»}]}"#,
    r#"POST /copilot/emr json d

{"task":"summary","patient":"§i","instruction":«§1»,"context":[{"type":"note","text":«§2»}],"maxTokens":§m}"#,
    r#"POST /dify/v1/chat-messages json p
Authorization: Bearer app-§T

{"inputs":{"dept":"§k","lang":"zh"},"query":«§1»,"response_mode":"streaming","conversation_id":"","user":"§w"}"#,
    r"POST /kb/documents multi d

%%file|指南(2026 §n版).md|text/markdown
# 高钾血症
> K+ >6.5 立即处理
§2
%%separator
\n##|。|;
%%chunk
size=§m;overlap=10%",
    r#"POST /embeddings json p

{"input":[«§1»,«§2»],"model":"bge-m3","filter":"dept == \"§w\" and year >= 2024"}"#,
    r"POST /robot/faq form d

q=«§1»&similar=«§1|怎么挂号?|挂号@时间»&answer=«<p>您好,§2</p>»&rule=«(挂|预约).{0,4}号»",
    r"GET /assistant/ask?q=«§1»&uid=§w&stream=1&_=§s - m
Accept: text/event-stream",
    r"POST /asr/correct text/plain;charset=UTF-8 p

[00:0§n.§n] §p: §1
[00:1§n.§n] 患者: 嗯……疼,三四天了",
    r#"POST /mcp json p
Mcp-Session-Id: §u

{"jsonrpc":"2.0","id":§i,"method":"tools/call","params":{"name":"search_guideline","arguments":{"q":«§1»,"top_k":5,"min_score":0.§n}}}"#,
    r#"POST /label/task xml d

<task id="§i"><prompt>«§1»</prompt><answer>«§2»</answer><score>4&gt;3</score></task>"#,
    r#"POST /feedback/llm json m

{"msg":"§u","thumb":"down","why":«剂量写错: 应 <0.5g; §2»,"asked":«§1»}"#,
    r#"PUT /agent/prompts/§w json d

{"template":«{% raw %}{{病历}}{% endraw %} §2
问题:{question}
要求:≤200字,用“①②③”»,"vars":["question","病历"],"note":«§1»}"#,
];
