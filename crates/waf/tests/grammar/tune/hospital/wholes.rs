//! Long bodies: whole records, thick batches and threads. What is rare in one line is certain in two hundred of them.

use super::super::super::benign::{BenignGrammar, grammar};
use super::letter::tell;
use super::{computing, insurers, offices, theatres, wards};

pub(super) const BENIGN: &[BenignGrammar] = &[
    grammar("whole-records-of-patients", 45, |rng| {
        let lists = &[
            wards::COURSE,
            wards::EXAMINED,
            wards::PLANS,
            theatres::SEEN,
            theatres::CONCLUDED,
            theatres::RESULTS,
            wards::DOSES,
            DAYS,
        ];
        tell(RECORDS, lists, rng)
    }),
    grammar("thick-batches-and-threads", 45, |rng| {
        let lists = &[
            computing::TROUBLES,
            computing::ANSWERS,
            computing::LINES,
            offices::PAPERS,
            offices::PEOPLE,
            insurers::ASKED,
            insurers::CLAIMS,
            wards::WATCHED,
            wards::HANDOVER,
        ];
        tell(BATCHES, lists, rng)
    }),
];

/// A day of a stay.
const DAYS: &[&str] = &[
    "§d §t §p\n§1\n查体:§2\n辅检:§6;§6\n处理:§3\n",
    "§d §t 查房记录(§p主任)\n§1§2\nCT:§4\n印象:§5\n医嘱:§7;§7\n§3\n",
    "§d 病程\n§2\n§6\n§3\n",
    "§d 术后第§n天\n§2\n引流 <50ml;§6\n§3\n§7 st.\n",
    "§d §t 抢救记录\n§1\n§2\n立即予 §7;§7\n家属已签字。§3\n",
];

const RECORDS: &[&str] = &[
    r#"POST /emr/document/§i/save json d
X-Csrf-Token: §T

{"patient":"§p","type":"course","text":«§8§8§8§8§8§8»,"print":{"from":§n,"lines":"1~40"},"dx":[«§g»,«§g»,«§g»]}"#,
    r"POST /emr/saveDoc.do form d

docId=§i&content=«§8§8§8§8§8»&digest=§H&memo=«§5»",
    r#"POST /emr/html/save multi d

%%id
§i
%%html
<!DOCTYPE html><html><head><meta charset="utf-8"><style>td{border:1px solid #000;padding:2px}</style></head><body><h3>出院记录</h3><table><tr><td>姓名</td><td>§p</td><td>床号</td><td>§n</td></tr></table><pre>§8§8§8</pre><p>出院带药:§7<br>§7<br>§7</p><p>医师签名:<img src="data:image/png;base64,⌈§h§h⌉"></p></body></html>
%%text
§8§8§8"#,
    r#"POST /share/cda text/xml;charset=utf-8 p

<?xml version="1.0" encoding="UTF-8"?><ClinicalDocument xmlns="urn:hl7-org:v3"><title>住院病案</title><component><section><text>«§8§8§8»</text></section></component><component><section><text><![CDATA[§8§8]]></text></section></component></ClinicalDocument>"#,
    r#"POST /hip/upload json p
Content-Encoding: gzip

{"docs":[{"t":"CT","v":«§4 §5»},{"t":"LIS","v":«§6
§6
§6
§6»},{"t":"course","v":«§8§8§8§8»},{"t":"orders","v":[«§7»,«§7»,«§7»,«§7»]}]}"#,
    r"POST /archive/text text/plain;charset=utf-8 p

【病案号】§i 【姓名】§p
§8§8§8§8§8
【检查】
§4
§5
【检验】
§6
§6
§6",
    r"POST /hl7/mdm text/plain p

MSH|^~\&|EMR|KNYY|CDR|KNYY|§D§j||MDM^T02|§i|P|2.5¶
TXA|1|CN|TX|§D|||||||§u||||AU¶
OBX|1|TX|1||§1~§2~§3||||||F¶
OBX|2|TX|2||§4~§5||||||F¶
OBX|3|TX|3||§6~§6~§6~§6||||||F¶
OBX|4|TX|4||§7~§7~§7||||||F¶",
    r#"POST /ai/quality-check json p
Authorization: Bearer §T

{"rules":["R§n","首程<8h","三级查房"],"record":{"admission":«§1§2§6§5§3»,"courses":[«§8»,«§8»,«§8»,«§8»],"op":«§4§5»,"discharge":«§1§3§7§7»}}"#,
];

const BATCHES: &[&str] = &[
    r#"POST /itsm/export/import multi d

%%file|工单_§D.csv|text/csv
编号,问题,处理,处理人
§i,"§1","§2",§p
§i,"§1","§2",§p
§i,"§1","§2",§p
§i,"§1","§2",§p
§i,"§1","§2",§p
%%skip
1"#,
    r#"POST /im/thread/sync json m

{"thread":"§u","messages":[{"from":"§p","t":«§1»},{"from":"§p","t":«§2»},{"from":"§p","t":«§6»},{"from":"§p","t":«§4»},{"from":"§p","t":«§8»},{"from":"§p","t":«§9»},{"from":"§p","t":«§6»},{"from":"§p","t":«§2»}]}"#,
    r"POST /log/ingest text/plain p
X-Source: his-app-0§n

§3
§3
§3
§3
§3
§3
§3
§3
§3
§3",
    r#"POST /mail/import message/rfc822 p

From: "§p" <§w@boai.example>¶
To: all@boai.example¶
Subject: =?UTF-8?B?⌈§4⌉?=¶
Content-Type: text/plain; charset=utf-8¶
¶
§4¶
§4¶
> §5¶
> §7¶
>> §2¶
--¶
§p / §k / §P¶"#,
    r#"POST /nis/shift/archive json p

{"ward":"§k","day":"§d","rows":[«§8»,«§8»,«§8»,«§8»,«§8»,«§8»,«§9»,«§9»]}"#,
    r#"POST /yb/appeal/batch xml p

<appeals date="§d"><a id="§i"><why>«§7»</why></a><a id="§i"><why>«§7»</why></a><a id="§i"><why>«§7»</why></a><a id="§i"><why>«§7»</why><doc>«§8»</doc></a></appeals>"#,
    r"POST /consult/export form d

title=«问诊记录(§d)»&body=«Q:§6
A:§2
Q:§6
A:请线下就诊
Q:§6
Q:§6»&staff=«§5»&memo=«§9»",
    r"PUT /dav/meeting/§D.md text/markdown;charset=utf-8 p

# 周会 §d
1. §4
2. §4
3. §4

## 人事
- §5
- §5

## 信息
- [ ] §1
- [x] §2

| 科室 | 情况 |
|---|---|
| §k | §9 |
| §k | §8 |",
    r#"POST /_bulk application/x-ndjson p

{"index":{"_index":"tickets"}}
{"q":‹§1›,"a":‹§2›}
{"index":{"_index":"chat"}}
{"q":‹§6›,"dept":‹§k›}
{"index":{"_index":"logs"}}
{"m":‹§3›}
{"index":{"_index":"claims"}}
{"m":‹§7›}
{"index":{"_index":"notes"}}
{"m":‹§8›}"#,
];
