//! Documents, calendars, shares and printers.

use super::super::super::benign::{BenignGrammar, grammar};
use super::letter::tell;

pub(super) const BENIGN: &[BenignGrammar] = &[
    grammar("shares-calendars-and-printers", 45, |rng| tell(SHARES, &[FILES, EVENTS], rng)),
    grammar("manuals-and-notice-boards", 45, |rng| tell(BOARDS, &[PARAGRAPHS, FILES], rng)),
];

const FILES: &[&str] = &[
    "§k排班表(§n月)~终稿.xlsx",
    "01 制度/1.3 三级查房 & 会诊.docx",
    "~$交班本_§D.doc",
    "CT#§i [平扫+增强].zip",
    "培训 PPT (v2.§n).pptx",
    "100%合格证书.pdf",
    "§p's 论文 — draft;§n.docx",
    "科研/数据 2026=§n/随访.sav",
    "新建文本文档 (§n).txt",
    "PIC_§D'晨会'.jpg",
];

const EVENTS: &[&str] = &[
    "科务会(§k):1)质控 2)带教; 地点: 示教室\\, 5F",
    "MDT: 胰腺占位 §n床\\; 外科/影像/肿瘤",
    "值班换班 §p <-> §p",
    "进修汇报 & Journal club: \"NEJM 2026\\;§n\"",
    "手术:LC §p 08:30—10:00",
];

const SHARES: &[&str] = &[
    r#"PROPFIND /dav/«§k»/«§1» application/xml n
User-Agent: Microsoft-WebDAV-MiniRedir/10.0.19045
Depth: 1
translate: f

<?xml version="1.0" encoding="utf-8" ?><D:propfind xmlns:D="DAV:" xmlns:Z="urn:schemas-microsoft-com:"><D:prop><D:getlastmodified/><D:getcontentlength/><Z:Win32FileAttributes/></D:prop></D:propfind>"#,
    r"MOVE /dav/share/«§1» - n
User-Agent: WPS Office/11.1
Destination: http://oa.shiyiyuan.example/dav/share/«§1»
Overwrite: F",
    r#"LOCK /webdav/docs/§n.docx application/xml n
User-Agent: Microsoft Office Word 2016
Timeout: Second-3600

<?xml version="1.0"?><D:lockinfo xmlns:D="DAV:"><D:lockscope><D:exclusive/></D:lockscope><D:locktype><D:write/></D:locktype><D:owner><D:href>HOSP\§w</D:href></D:owner></D:lockinfo>"#,
    r"PUT /dav/notes/«§1».md text/markdown;charset=utf-8 n
User-Agent: rclone/v1.64
If-None-Match: *

# §d 晨会
- [x] §2
- [ ] 联系 §p (§P)
| 床 | 事项 |
|---|:--:|
| §n | K+ <3.0 → 补钾 |",
    r#"PUT /caldav/§w/home/§u.ics text/calendar;charset=utf-8 n
User-Agent: iOS/17.2 (21C62) dataaccessd/1.0

BEGIN:VCALENDAR¶
VERSION:2.0¶
PRODID:-//Apple Inc.//iOS 17.2//EN¶
BEGIN:VEVENT¶
UID:§u¶
DTSTART;TZID=Asia/Shanghai:§DT083000¶
RRULE:FREQ=MONTHLY;BYDAY=1MO;COUNT=§n¶
SUMMARY:§2¶
ATTENDEE;CN="§p";PARTSTAT=NEEDS-ACTION;RSVP=TRUE:mailto:§w@boai.example¶
BEGIN:VALARM¶
TRIGGER:-PT15M¶
ACTION:DISPLAY¶
END:VALARM¶
END:VEVENT¶
END:VCALENDAR¶
"#,
    r#"REPORT /caldav/§w/ward/ application/xml;charset=utf-8 n
User-Agent: DAVx5/4.3
Depth: 1

<?xml version='1.0' encoding='UTF-8' ?><CAL:calendar-query xmlns="DAV:" xmlns:CAL="urn:ietf:params:xml:ns:caldav"><prop><getetag/></prop><CAL:filter><CAL:comp-filter name="VCALENDAR"><CAL:comp-filter name="VEVENT"><CAL:time-range start="§DT000000Z"/><CAL:prop-filter name="SUMMARY"><CAL:text-match collation="i;unicode-casemap">«§k»</CAL:text-match></CAL:prop-filter></CAL:comp-filter></CAL:comp-filter></CAL:filter></CAL:calendar-query>"#,
    r#"PUT /carddav/book/§u.vcf text/vcard;charset=utf-8 n
User-Agent: Thunderbird/115

BEGIN:VCARD¶
VERSION:4.0¶
N:;§p;;;¶
ORG:康宁医院;§k¶
TEL;TYPE="cell,voice";VALUE=uri:tel:+86-§P¶
NOTE:夜班\, 分机 8§m\; §2¶
END:VCARD¶
"#,
    r#"POST /wopi/files/§i/contents?access_token=§b application/octet-stream p
X-WOPI-Override: PUT
X-WOPI-Lock: {"S":"§u","F":4}

PK§h§T"#,
    r#"POST /onlyoffice/callback?doc=«§1» json p

{"key":"§h","status":2,"url":"https://oa.shiyiyuan.example/cache/files/§h/output.docx/output.docx?md5=§T&expires=17§i&disposition=attachment&ooname=output.docx","users":["§w"],"actions":[{"type":0,"userid":"§w"}]}"#,
    r#"POST /print/job multi p

%%printer
\\PRN-01\HP LaserJet (3F-§k)
%%ticket
{"duplex":"long-edge","pages":"1-3,5,7-","copies":2,"scale":"fit"}
%%doc|§1|application/pdf
%PDF-1.5 §h"#,
    r"POST /zpl text/plain p

^XA^CI28^LH0,0^FO20,20^A@N,24,24,E:SIMSUN.TTF^FD§p §n床 §k^FS^FO20,60^BCN,60,Y,N,N^FD>:§i^FS^FO300,20^BQN,2,4^FDQA,§l^FS^PQ1^XZ",
    r"POST /pan/rename form d

path=«/科室/§k/§1»&newname=«§1»&conflict=«重命名(1)»",
    r"GET /pan/download/«§1»?sign=§h-§T&e=17§i&attname=«§1» - d
Range: bytes=§m-",
    r#"SEARCH /dav/ text/xml p

<D:searchrequest xmlns:D="DAV:"><D:basicsearch><D:where><D:and><D:like><D:prop><D:displayname/></D:prop><D:literal>%«§p»%</D:literal></D:like><D:gt><D:prop><D:getcontentlength/></D:prop><D:literal>§m</D:literal></D:gt></D:and></D:where></D:basicsearch></D:searchrequest>"#,
    r#"POST /sign/pdf json p

{"file":"⌈%PDF-1.4 §h§T⌉","keyword":"医师签名:","offset":[10,-5],"cert":"CN=§p,OU=§w,O=\"康宁医院, 门诊\",C=CN","reason":«§2»}"#,
];

const PARAGRAPHS: &[&str] = &[
    "<h2>一、适用范围</h2><p>本制度适用于<strong>全院</strong>;自 §d 起执行。</p><ol><li>首诊负责</li><li>危急值 &lt;10min 报告</li></ol>",
    "<p>停水通知:§d §t~次日 6:00,1-§n 楼;&nbsp;咨询 §P</p><p><img src=\"/upload/2026/§h.png\" alt=\"示意\" width=\"80%\"></p>",
    "<table border=\"1\"><tbody><tr><td style=\"width:20%;\">项目</td><td>参考</td></tr><tr><td>血钾</td><td>3.5&mdash;5.3</td></tr></tbody></table>",
    "## 安装读卡器\n1. 下载 [驱动](/files/ic_§n.zip)\n2. 右键“以管理员身份运行”\n3. 若提示 `0x8010002E`,重启 Smart Card 服务",
    "科普|血压正常<120/80,高值≠高血压!3次非同日≥140/90 才诊断;记住“三少三多”。",
    "招标公告(KN-2026-§n):预算 ¥§m.5万;报名 §d 9:00–17:00;资料费 0 元;联系人 §p",
    "[b]求助[/b] §k 晚上停车 [color=red]太难[/color]!有人拼车吗?[quote]1楼: 同问[/quote]",
    "更正:上周《健康报》P§n “胰岛素 10u” 应为 “1.0u”;特此致歉。",
    "<p>专家简介:§p,教授;擅长:①冠脉介入 ②心衰(HFrEF/HFpEF);出诊:一、三上午</p><style type=\"text/css\">.doc{color:#069}</style>",
    "{{Infobox|name=§k|beds=§n}} '''概况''':[[文件:ward.jpg|thumb|病区]] == 流程 == # 评估 # 宣教",
    "- 院训:“厚德 精医”\n- 地址:§a\n- 公交:1/§n路;地铁 §n 号线 B 口",
];

const BOARDS: &[&str] = &[
    r"POST /cms/article/save form d

title=«§k工作动态(§n)»&content=«§1»&summary=«§1»&tags=«通知,§k»&status=1&publish_at=«§d §t»",
    r#"POST /wp-json/wp/v2/posts/§n?_locale=user json d
X-WP-Nonce: §h

{"title":"§k科普","content":«<!-- wp:paragraph -->
§1
<!-- /wp:paragraph -->
<!-- wp:image {"id":§n,"sizeSlug":"large"} -->
<figure class="wp-block-image"><img src="https://www.kangning-hospital.example/u/§h.jpg" alt=""/></figure>
<!-- /wp:image -->»,"status":"draft"}"#,
    r"POST /wiki/api.php multi d

%%action
edit
%%title
§k/操作规程
%%text
§1
%%summary
/* 流程 */ 更新§n处
%%token
§H+\",
    r#"PUT /confluence/rest/api/content/§i json d

{"version":{"number":§n},"title":"值班手册 §n","body":{"storage":{"value":«<ac:structured-macro ac:name="info"><ac:rich-text-body>§1</ac:rich-text-body></ac:structured-macro>»,"representation":"storage"}}}"#,
    r"POST /ueditor/controller?action=uploadimage&encode=utf-8 multi d

%%upfile|§2|image/png
PNG §h
%%pos
<p>§n</p>",
    r"POST /bbs/post.php?fid=§n form d

subject=«[转] §k §n问»&message=«§1»&usesig=1&formhash=§h&allownoticeauthor=1",
    r#"POST /screen/publish json d

{"screen":"门诊大厅-§n","html":«<marquee scrollamount="3">§1</marquee>»,"from":"§d","until":"§d","volume":"30%"}"#,
    r"POST /docs/diff text/plain;charset=utf-8 d

--- a/制度§n.md
+++ b/制度§n.md
@@ -1,3 +1,4 @@
-首诊医师应于 30min 内到位
+首诊医师应于 <20min 到位
 §1",
    r"GET /search.html?q=«§2»&channel=«新闻|公告»&highlight=%3Cem%3E&page=§n - d",
    r#"POST /wx/draft/add?access_token=§b json p

{"articles":[{"title":"科普§n","content":«<section style="margin:0 8px"><p style="line-height:1.75em">§1</p></section>»,"digest":"<120/80 才理想","thumb_media_id":"§T"}]}"#,
    r"POST /incident/learn xml d

<article><title>«§k RCA 分享»</title><body><![CDATA[§1]]></body><file>«§2»</file></article>",
    r#"POST /translate json d

{"from":"zh","to":"en","segments":[{"id":§n,"src":«§1»}],"tm":true,"keep":["<[^>]+>","%s","{n}"]}"#,
];
