//! Honest requests of offices: mail and calendars, enterprise resource planning, calls and customers, libraries, lessons.

use super::super::benign::{BenignGrammar, grammar};
use super::super::codec;
use super::super::rng::Rng;
use super::super::wire::{FORM, JSON, Wire};
use super::super::words;
use super::carrier;

pub(super) const BENIGN: &[BenignGrammar] = &[
    grammar("mail-and-calendars", 70, mail),
    grammar("enterprise-planning", 60, |rng| carrier::one_of(rng, "/k3cloud/bill/save", "FNote", PLANNING)),
    grammar("library-searches", 80, library),
    grammar("examinations", 80, |rng| carrier::one_of(rng, "/exam/question/save", "stem", QUESTIONS)),
    grammar("questions-to-assistants", 70, assistants),
    grammar("translations-and-scans", 60, |rng| carrier::one_of(rng, "/translate/text", "source", SCANS)),
    grammar("calls-and-customers", 60, |rng| carrier::one_of(rng, "/crm/record/add", "note", CALLS)),
];

const MAILS: &[&str] = &[
    "Hi all,\r\n\r\nFrom: next week the ward round starts at 8:00.\r\nTo: all residents\r\nSubject: ward round\r\n\r\nThanks,\r\nDr. O'Hara",
    "-----原始邮件-----\n发件人: 王小明 <wang@mail.example>\n发送时间: 2026-11-20 08:30:00\n收件人: li@mail.example\n抄送: zhang@mail.example\n主题: 会诊\n\n请看附件。",
    "> On Fri, Nov 20, 2026 at 8:30 AM Li <li@mail.example> wrote:\n>> select one of the two dates; or drop me a line\n> OK",
    "<div dir=\"ltr\">Hi,<br><blockquote type=\"cite\" style=\"border-left:2px solid #1010ff\">&lt;li@mail.example&gt; wrote: \"a &lt; b\"</blockquote></div>",
    "<div style=\"font-family:'Microsoft YaHei'\"><includetail><div>--</div><sign signid=\"1\"><a href=\"mailto:wang@mail.example?subject=Re:%20hello&cc=a@b.example\">王</a></sign></includetail></div>",
    "Dear Sir; please find attached the invoice (USD 1,200); pay by wire; id #4521; Best regards",
    "Bcc 的用法: Bcc: 后面写地址; Cc: 同理\n请不要\"回复全部\"",
    "会议: 周五 14:00; 链接: https://meeting.example/j/123456789?pwd=Abc123&from=addon; 密码: 1234#",
    "Content-Type: text/plain 的附件打不开; MIME-Version: 1.0 这行是什么意思?",
    "规则: if subject contains 'spam' then move to \"Junk\"; stop processing",
];

fn mail(rng: &mut Rng) -> Vec<u8> {
    let (id, text) = (rng.digits(8), rng.pick(MAILS));
    let (day, name) = (words::date(rng).replace('-', ""), words::person(rng));
    match rng.below(8) {
        0 => Wire::post("/compose/send", FORM, codec::form_body(&[("to", &format!("\"{name}\" <wang@mail.example>; li@mail.example, <zhang@mail.example>")), ("cc", "主任;护士长"), ("bcc", ""), ("subject", "Re: [HIS] 报告 & 通知 (#12) <急>"), ("content__html", text), ("mid", &id)])).desktop(rng),
        1 => Wire::post("/EWS/Exchange.asmx", "text/xml; charset=utf-8", format!("<soap:Envelope xmlns:soap=\"http://schemas.xmlsoap.org/soap/envelope/\" xmlns:t=\"http://schemas.microsoft.com/exchange/services/2006/types\"><soap:Body><CreateItem MessageDisposition=\"SendAndSaveCopy\"><Items><t:Message><t:Subject>报告 {id}</t:Subject><t:Body BodyType=\"HTML\">{}</t:Body><t:ToRecipients><t:Mailbox><t:EmailAddress>li@mail.example</t:EmailAddress></t:Mailbox></t:ToRecipients></t:Message></Items></CreateItem></soap:Body></soap:Envelope>", codec::xml(text))).program("Microsoft Office/16.0 (Windows NT 10.0; Microsoft Outlook 16.0.17126; Pro)"),
        2 => Wire::post("/EWS/Exchange.asmx", "text/xml; charset=utf-8", format!("<soap:Envelope xmlns:soap=\"http://schemas.xmlsoap.org/soap/envelope/\"><soap:Body><FindItem Traversal=\"Shallow\"><QueryString>from:(\"{}\" OR 王) AND subject:(报告 OR \"lab*\") received&gt;={day}</QueryString><ParentFolderIds><DistinguishedFolderId Id=\"inbox\"/></ParentFolderIds></FindItem></soap:Body></soap:Envelope>", codec::xml(&name))).program("MacOutlook/16.80"),
        3 => Wire::new("PUT", format!("/caldav/wang/{id}.ics")).body("text/calendar; charset=utf-8", format!("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Mozilla.org/NONSGML Mozilla Calendar V1.1//EN\r\nBEGIN:VEVENT\r\nUID:{id}\r\nDTSTART;TZID=Asia/Shanghai:{day}T140000\r\nSUMMARY:会诊\\; MDT\\, 胸外\r\nDESCRIPTION:{}\r\nATTENDEE;CN=\"{name}\";RSVP=TRUE:mailto:li@mail.example\r\nRRULE:FREQ=WEEKLY;BYDAY=FR\r\nBEGIN:VALARM\r\nACTION:DISPLAY\r\nTRIGGER:-PT15M\r\nEND:VALARM\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n", text.replace("\r\n", "\n").replace('\n', "\\n").replace(';', "\\;"))).program("Mozilla/5.0 (X11; Linux x86_64; rv:115.0) Gecko/20100101 Thunderbird/115.6.0"),
        4 => Wire::new("REPORT", "/caldav/wang/").body("application/xml", format!("<c:calendar-query xmlns:d=\"DAV:\" xmlns:c=\"urn:ietf:params:xml:ns:caldav\"><d:prop><d:getetag/></d:prop><c:filter><c:comp-filter name=\"VCALENDAR\"><c:comp-filter name=\"VEVENT\"><c:time-range start=\"{day}T000000Z\"/></c:comp-filter></c:comp-filter></c:filter></c:calendar-query>")).program("iOS/17.2 (21C62) dataaccessd/1.0"),
        5 => Wire::post(format!("/Microsoft-Server-ActiveSync?Cmd=SendMail&User=hosp%5Cwang&DeviceId={id}&DeviceType=iPhone&SaveInSent=T"), "message/rfc822", format!("From: wang@mail.example\r\nTo: li@mail.example\r\nSubject: =?utf-8?B?{}?=\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{text}\r\n", codec::base64(&name))).program("Apple-iPhone14C2/2103.62"),
        6 => Wire::post("/service/soap/SendMsgRequest", JSON, format!("{{\"Body\":{{\"SendMsgRequest\":{{\"_jsns\":\"urn:zimbraMail\",\"m\":{{\"id\":\"{id}\",\"su\":{{\"_content\":\"Fwd: a;b|c & 'd'\"}},\"mp\":[{{\"ct\":\"text/html\",\"content\":{{\"_content\":{}}}}}]}}}}}}}}", codec::json(text))).desktop(rng),
        _ => Wire::post("/filter/save", JSON, format!("{{\"id\":{id},\"name\":\"规则\",\"conditions\":[{{\"field\":\"subject\",\"op\":\"contains\",\"value\":\"[HIS]|告警;or\"}}],\"actions\":[{{\"type\":\"reply\",\"text\":{}}}],\"sieve\":\"require [\\\"fileinto\\\"];\\nif header :contains \\\"subject\\\" \\\"his\\\" {{ fileinto \\\"HIS\\\"; stop; }}\"}}", codec::json(text)).replace("\"id\":0", "\"id\":1")).desktop(rng),
    }
    .finish(rng)
}

const PLANNING: &[&str] = &[
    "FDocumentStatus='C' and FDate>='2026-11-01'",
    "FMaterialId.FNumber='01.01.001' and FQty>0",
    "{\"FormId\":\"BD_MATERIAL\",\"FieldKeys\":\"FMATERIALID,FNumber,FName\",\"FilterString\":\"FUseOrgId.FNumber='100' and FForbidStatus='A'\",\"OrderString\":\"FNumber asc\",\"Limit\":2000}",
    "{\"FilterString\":[{\"Left\":\"(\",\"FieldName\":\"FBillNo\",\"Compare\":\"=\",\"Value\":\"CG-2026-001\",\"Right\":\")\",\"Logic\":\"AND\"}]}",
    "dr=0 and pk_org='0001A1100000000002Q1' and (ts>='2026-11-01 00:00:00' or def1='Y')",
    "科目=1002.01;借=12,000.00;贷=0;摘要:付XX公司(合同'HT-01')货款--银行转账",
    "凭证: 借:库存物资 1,000; 贷:应付账款 1,000; 附单 3#",
    "规格: 5ml*10支/盒; 型号 \"A-12/B\"; 批号 20261120#; 效期<6月",
    "CT球管; 型号: MX 200 -- 8.0; 数量=1; 单价>=50万",
    "公式: =GL(\"1002\",\"\",\"JF\",2026,11) - GL(\"1002\",\"\",\"DF\",2026,11)",
    "=ACCT(\"1001\",\"C\",\"\",0,0,0,\"\")+ACCTEXT(\"6001:6051\",\"SY\")",
    "QC(\"1001\",全年,\"借\",,,,,,)+FS(\"5001\",月,\"贷\")",
    "<P1>+<P2>*0.06; 当 [税率]=0 时取 0",
    "工资=基本+绩效*系数-社保; if 系数>1.5 then 1.5; 应发<=0 → 报错",
    "RFC_READ_TABLE; BUKRS EQ '1000' AND GJAHR EQ '2026'",
    "MATNR BETWEEN '100' AND '200' AND WERKS = '1000'",
    "/sap/opu/odata/sap/API_PURCHASEORDER?$filter=PurchaseOrder eq '4500000001' or Supplier eq '10'",
    "往来: A公司 & B公司; 差额 (A-B)=0.01; 原因: 四舍五入; update 后平",
    "采购: 手套(S/M/L) 各 100; 口罩 'N95'; 不要 \"KN95\"; 送 3#库",
    "库位: A-01-02; 条码:*6901234567890*; 盘亏 -3; 盘盈 +1; 合计=-2",
    "insert 管型耗材 5Fr; select 型号 PICC; union 接头; drop 滴斗; table 手术床 1台",
    "固定资产: 原值 100,000; 折旧年限 5; 残值率 5%; 月折旧=100000*(1-5%)/5/12",
    "{\"head\":{\"billno\":\"CGDD-001\",\"memo\":\"急! 'A'级;\"},\"body\":[{\"inv\":\"01\",\"qty\":1,\"free1\":\"L*W*H=1*2*3\"}]}",
];

fn library(rng: &mut Rng) -> Vec<u8> {
    let (word, id) = (rng.pick(SEARCHES), rng.below(9999));
    match rng.below(6) {
        0 => Wire::get(format!("/pubmed/?term={}&sort=date&page={id}", codec::form(word))),
        1 => Wire::get(format!("/entrez/eutils/esearch.fcgi?db=pubmed&retmax=20&retstart={id}&term={}", codec::percent(word))),
        2 => Wire::post("/kns8s/brief/grid", FORM, format!("boolSearch=true&QueryJson={}&pageNum={id}", codec::form(format!("{{\"Platform\":\"\",\"Resource\":\"CROSSDB\",\"QNode\":{{\"QGroup\":[{{\"Key\":\"Subject\",\"Items\":[{{\"Field\":\"SU\",\"Value\":{},\"Operator\":\"TOPRANK\",\"Logic\":0}}]}}]}},\"ExScope\":\"1\"}}", codec::json(word))))),
        3 => Wire::post("/wos/search", JSON, format!("{{\"query\":[{{\"rowText\":{}}}],\"count\":{id},\"refine\":[\"PY==2020-2026\"]}}", codec::json(word))),
        4 => Wire::get(format!("/opac/search?q={}&curpage={id}&rows=20", codec::percent(word))),
        _ => Wire::get(format!("/article/{id}")).header("Referer", format!("http://lib.example/s?wd={}", codec::percent(word))),
    }
    .desktop(rng)
    .finish(rng)
}

const SEARCHES: &[&str] = &[
    "(stroke OR 卒中) AND mri[Title/Abstract] NOT review",
    "((\"heart failure\"[MeSH Terms] OR HFpEF[tiab]) AND (\"2020/01/01\"[PDAT] : \"2026/12/31\"[PDAT])) NOT (animals[mh] NOT humans[mh])",
    "asthma[mh] AND (child* OR infant*) AND \"randomized controlled trial\"[pt]",
    "SU=('脑卒中'+'中风')*'康复' and FT='针灸' not KY='动物'",
    "SU='糖尿病' AND (TI='护理' OR KY='护理') AND AU='王'",
    "主题:(\"高血压\" and 护理) or 题名:(血压)",
    "TS=(sepsis NEAR/5 mortality) AND PY=(2015-2026) NOT DT=(Review)",
    "TITLE-ABS-KEY ( \"lung cancer\" AND ( ct OR \"low dose\" ) ) AND PUBYEAR > 2019",
    "'heart attack'/exp OR 'myocardial infarct*':ti,ab",
    "'diabetes mellitus'/exp AND 'insulin'/de AND [humans]/lim AND [2015-2026]/py",
    "exp Asthma/ or (asthma$ or wheez$).mp. and 1.sh.",
    "#1 AND #2 NOT #3",
    "1 or 2 and 3",
    "\"O'Brien\"[au] OR \"D'Angelo\"[au]",
    "SmithJ[au] AND (union OR intersection) AND selection[ti]",
    "M=(脑梗死+脑梗塞)*R=(溶栓)",
    "(题名=护理 OR 关键词=护理) AND 作者=李",
    "title:\"machine learning\"~3 AND year:[2020 TO *] -review +hospital",
    "au:(wang or li) and ti:\"select* union\"",
    "ti any \"cancer tumor\" and dc.date > 2019",
    "doi:10.1016/S0140-6736(20)30183-5",
    "10.1002/(SICI)1097-0142(19960101)77:1<1::AID-CNCR1>3.0.CO;2-#",
    "IL-6 OR \"interleukin 6\" OR IL6",
    "p53 AND (MDM2 OR \"murine double minute\") AND (-)-nutlin",
    "'5-HT' or \"5-hydroxytryptamine\"",
    "COVID-19 and (sleep or insomnia) and benchmark",
    "alpha/beta hydrolase; beta-lactam* and (\"or\" = odds ratio)",
    "A and B; C or D",
    "$PATH 变量 or %PATH%",
    "C++ or C# and .NET",
    "中图分类号=R473.5 and 出版年>=2020",
    "isbn=978-7-117-00000-0 or issn=0253-9624",
    "WRD=(护理学) AND PUB='人民卫生出版社'",
];

const QUESTIONS: &[&str] = &[
    "下列程序输出是? int a=1; printf(\"%d\", a++ + ++a);",
    "执行 SELECT COUNT(*) FROM student WHERE sex='男' OR age>20; 结果是( )",
    "SQL语句 UPDATE s SET score=60 WHERE score<60 的作用是( ) A.修改 B.删除 C.查询 D.插入",
    "以下哪条语句可以删除表? A. DROP TABLE t; B. DELETE FROM t; C. TRUNCATE TABLE t; D. ALTER TABLE t",
    "Linux中查看当前目录的命令: A. pwd; B. ls; C. cat; D. cd",
    "ls -l | grep txt | wc -l 的含义",
    "chmod 755 file; 权限为 rwxr-xr-x",
    "$\\int_0^1 x^2 \\, dx = \\frac{1}{3}$; 若 $a>b$ 且 $c<0$, 则 $ac<bc$",
    "\\begin{cases} x+y=1 \\\\ x-y=3 \\end{cases}",
    "<math xmlns=\"http://www.w3.org/1998/Math/MathML\"><mfrac><mi>a</mi><mi>b</mi></mfrac><mo>&lt;</mo><mn>1</mn></math>",
    "已知 f(x)=|x-1|; 求 f(-2)+f(3)/2",
    "A={x|x>1}, B={x|x<=3}; A∩B=?",
    "p∧q→r; ¬p∨q; a && !b || c",
    "2H2 + O2 = 2H2O; CaCO3 --> CaO + CO2↑; Fe^3+ + 3OH^- = Fe(OH)3↓",
    "Python: [x for x in range(10) if x % 2 == 0] 的结果",
    "print(''.join(['a','b'])); print(__name__)",
    "console.log(typeof null); console.log([] == ![]);",
    "function f(){ return this } new f() instanceof f",
    "public static void main(String[] args){ System.out.println(\"a\"+1+2); }",
    "#include <stdio.h>\nint main(){int i;for(i=0;i<3;i++)printf(\"%d\",i);return 0;}",
    "Excel: =IF(AND(A1>=60,B1>=60),\"及格\",\"不及格\")",
    "正则 ^\\d{3}-\\d{8}$ 匹配 A. 010-12345678 B. 12345678",
    "CPR: 按压:通气=30:2; 深度 5~6cm; 频率 100-120次/分 (对/错)",
    "单选: 成人正常血压 A.<120/80 B.≥140/90 C.>160/100; 答案:A",
    "_____ is the capital; select the best answer; A or B; B and C",
    "路径 ../images/a.png 和 ./images/a.png 的区别",
    "<p>读图<img src=\"/q/1.png\" onerror=\"this.src='/default.png'\">, 选择正确答案</p>",
    "while(1){ sleep(1); } 会怎样?",
    "ping 127.0.0.1 -n 4; ipconfig /all; netstat -an 分别的作用",
    "IP 192.168.1.1/24; 子网掩码=255.255.255.0; 网关?",
];

fn assistants(rng: &mut Rng) -> Vec<u8> {
    let (one, two) = (rng.pick(PROMPTS), rng.pick(QUESTIONS));
    let id = rng.uuid();
    match rng.below(4) {
        0 => Wire::post("/v1/chat/completions", JSON, format!("{{\"model\":\"deepseek-chat\",\"stream\":true,\"messages\":[{{\"role\":\"user\",\"content\":{}}},{{\"role\":\"assistant\",\"content\":{}}},{{\"role\":\"user\",\"content\":{}}}],\"user\":\"{id}\"}}", codec::json(two), codec::json(one), codec::json("继续"))).program("OpenAI/JS 4.20.1").finish(rng),
        1 => Wire::post("/api/chat-messages", JSON, format!("{{\"inputs\":{{\"dept\":\"ICU\"}},\"query\":{},\"response_mode\":\"streaming\",\"conversation_id\":\"{id}\",\"files\":[]}}", codec::json(format!("{one}\n\n{two}")))).desktop(rng).finish(rng),
        _ => carrier::send(rng, "/im/message/send", "content", one),
    }
}

const PROMPTS: &[&str] = &[
    "帮我看看这段 SQL 为什么慢:\n```sql\nSELECT a.*, b.name FROM visit a LEFT JOIN patient b ON a.pid=b.id WHERE a.day BETWEEN '2026-01-01' AND '2026-11-20' AND (a.dept='ICU' OR a.dept='CCU') ORDER BY a.id DESC;\n```",
    "写一个 shell 脚本, 每天凌晨2点备份 mysql:\n```bash\n#!/bin/bash\nmysqldump -uroot -p\"$PW\" his | gzip > /data/backup/his_$(date +%F).sql.gz\nfind /data/backup -mtime +7 -exec rm -f {} \\;\n```\n这样对吗?",
    "| 药名 | 剂量 | 频次 |\n|------|:----:|-----:|\n| 阿司匹林 | 100mg | qd |\n| 氯吡格雷 | 75mg | qd; po |\n\n请检查相互作用",
    "Explain: `const {a, b} = require('./x'); module.exports = {a, b};`",
    "怎么在 nginx 里把 http 跳到 https? 我写了 return 301 https://$host$request_uri; 不生效",
    "请用 jinja2 写模板: {% for p in patients %}{{ p.name }}: {{ p.age + 1 }}{% endfor %}",
    "vue 里 {{ a ? 'x' : 'y' }} 报错 'Cannot read properties of undefined (reading 'a')'",
    "解释 docker run -d --name his -p 8080:8080 -v /data:/data his:1.2 && docker logs -f his",
    "curl http://10.1.2.3:8080/actuator/health 返回 {\"status\":\"DOWN\"}, 怎么查?",
    "总结这份病历: 患者男, 58岁, 胸痛3h; BP 90/60; ECG: II,III,aVF ST↑; cTnI 2.5; 既往 HTN+, DM-; ...",
    "翻译: \"Select patients were randomized 1:1; those who dropped out before table 3 were excluded from the union of both sets.\"",
    "把 \"a=1&b=2;c='3'\" 解析成 json",
    "<div class=\"card\" onclick=\"toggle(this)\">改成 react 怎么写? ```jsx\n<div className=\"card\" onClick={() => toggle()}>\n```",
    "为什么 rm -rf node_modules && npm install 后还是报错?",
    "powershell 里 Get-Process | Where-Object {$_.CPU -gt 100} | Select-Object Name 怎么导出 csv",
    "/etc/passwd 和 /etc/shadow 有什么区别? cat /etc/passwd 看到一行 root:x:0:0:root:/root:/bin/bash",
    "log4j 漏洞 ${jndi:ldap://...} 的原理? 我们医院 HIS 要不要升级",
    "python 的 eval(\"1+1\") 与 exec 有什么区别? __import__ 是什么",
    "ssh root@10.1.2.3 'df -h; free -m; uptime' 一次执行多条命令",
    "数据库 '1' or '1'='1' 恒真, 如何用预编译避免?",
];

const SCANS: &[&str] = &[
    "处 方 笺\n姓名:王__ 性别:男 年龄:4l岁\nRp:\n1.阿莫西林 0.5g×24 / Sig:0.5g tid po\n2. VitC O.1g*100;; Sig: 2# tid\n医师:~~~ 审核:|| 金额:¥35.6o",
    "检 验 报 告 单 | WBC | 12.3 ↑ | 3.5--9.5 |\n| RBC | 4.5 | 4.3--5.8 |\nl/1 页 ' ` ^ _ ; ;",
    "发票代码: 0110022000ll 校验码: 12345 67890<+>*/-03<9*8/7+>-4<5\n密码区: 03*3187<4/+8490<+95-59+7<243",
    "INVOICE # 4521 ; QTY 1 ; \"LEFT' -> right ; $1,200.00 ; -- page 2 --",
    "<<知情同意书>> □是 ■否; 签名: (  ); 关系: '父子'; 日期 :20 26.1l.20",
    "The patient (M/58) presented w/ SOB; \"rule out\" PE or ACS; select labs drawn; x-ray ordered by ED.",
    "“他说:‘或者(or)你来,并且(and)我去’”; 译成英文",
    "10' x 12' room; 5'6\" tall; it's 3 o'clock; rock 'n' roll; '90s; ' 1=1 '",
    "No. 1 = one; No. 2 = two; or else; 'tis; \"and\" -- dash",
    "用法:<口服>一次1片;一日3次。[禁忌]对本品过敏者禁用!{批准文号}国药准字H10000000",
    "ISBN 978-7-117-0 | 定价:¥59.00 | 1/16 | 787*1092 | '26",
    "||: C | Am | F | G :|| x2; D.C. al Fine;",
    "~/!@#$%^&*()_+`-={}|[]\\:\";'<>?,./",
    "姓名=张三;性别=男;电话=100********;地址=3'单元#201",
    "T=36.5;P=80;R=20;BP=120/80|||;;; 签: 'W'",
    "a href 链接 click here; on click = 点击; script 脚本; alert 警报; src 源",
    "Table 3. Select results from 12 trials where n>100; group by age; order by year",
    "Having failed to drop weight, she was referred; insert line into vein; update chart; delete error",
    "if (a) then b; else c; end; goto 3; exec summary; print 2 copies; sleep 8h; wait for delay",
    "DELAY '0:0:5' 航班延误 5 分钟; WAITFOR 通知",
    "Il est né l'été d'1=1'; c'est \"ça\"; l'union d'un select groupe",
    "%d%s%n 打印; %20 空格; %u4e2d; &#20013; \\u4e2d",
];

const CALLS: &[&str] = &[
    "来电: 100****1234; 问: 挂号?停车? 答: 8:00-17:00; 转 3#; 满意=1",
    "IVR: 1->预约;2->报告;3->投诉;#->返回;*->重听",
    "客户 O'Brien & Co.; 联系人 'Li' ; 状态: new; 来源: web/400; 跟进: 11/21 or 11/22",
    "录音: /rec/2026/11/20/100-1234_083000.wav; 时长 3'25\"",
    "话术: “您好,{{agent}}为您服务”; 结束: “祝您{{wish}}”",
    "问卷: Q1=A;Q2=B,C;Q3=其他(wifi慢|停车难);Q4>=8",
    "他问 \"能不能 select 医生\"; 我说 app 里有; or 电话约",
    "回访: VAS 3'; 服药(+); 复查(-) ; 约 12/1 -- 李护",
    "SELECT 套餐 or VIP 套餐? 选了 SELECT; 价格 1,280",
    "投诉: drop call x3; 信号 <2格; 已 update 线路",
    "sip:8001@10.1.2.3:5060;transport=udp; codec=G.711a; loss>3%",
    "tel:+86-10-0000-0000;ext=8123",
    "商机阶段='谈判' and 金额>100000 and 负责人='张'",
    "[{\"field\":\"stage\",\"op\":\"eq\",\"value\":\"won\"},{\"logic\":\"or\",\"field\":\"amount\",\"op\":\">\",\"value\":\"1000\"}]",
    "SELECT Id, Name FROM Account WHERE Industry = 'Healthcare' AND CreatedDate = LAST_N_DAYS:30 LIMIT 50",
    "FIND {康宁*} IN NAME FIELDS RETURNING Account(Id, Name), Contact",
    "{!Account.Name} 您好, {!IF(Contact.Sex__c=='男','先生','女士')}",
    "<p>您好!<br/>感谢<b>来电</b> &amp; 支持<img src=\"https://t.crm.example/o.gif?u=1&amp;c=2\" width=\"1\" height=\"1\"/></p>",
    "微信: wx_123; 备注: (A) 类客户; 标签=[\"老客\",\"体检>2次\"]",
    "呼损率=3/100=3%; 接通>=95%; 15\"内; 放弃<5%",
    "退款 ¥200 = 280-80; 原因: 'no show'; 审批: 是/否 = 是",
];
