//! What stands at the margins of a request: paths, cookies, and headers that vendors fill as they like.

use super::super::super::benign::{BenignGrammar, grammar};
use super::letter::tell;

pub(super) const BENIGN: &[BenignGrammar] = &[
    grammar("paths-of-hospital-sites", 45, |rng| tell(PATHS, &[NAMES], rng)),
    grammar("headers-of-hospital-clients", 45, |rng| tell(HEADERS, &[NAMES], rng)),
];

const NAMES: &[&str] = &[
    "胸外科(二病区)",
    "出入院须知 & 流程",
    "§p",
    "§k-夜班",
    "儿科 0~14岁",
    "体检套餐A+B",
    "“互联网+”护理",
    "C/S客户端下载",
    "血压>140怎么办?",
    "100% 满意",
    "Dr. O'Hara",
    "疫苗[九价]",
];

const PATHS: &[&str] = &[
    r"GET /emr/view;jsessionid=§H.node§n?pid=§i - d",
    r"GET /«§1».html - d",
    r"GET /upload/2026/§n/«§1».pdf?page=§n - m",
    r"GET /doctor/§n/(S(§w§n))/index.aspx?name=«§1» - d",
    r"GET /pacs/thumb/§o/1.2.840.10008.1.2.4.70/frames/1,§n - d",
    r"GET /iiif/slide§i/0,0,§m,§m/^max/!90/default.jpg - d",
    r"GET /wsi/B26-§i_files/1§n/§n_§n.jpeg - d",
    r"GET /static/??css/base.css,css/his.css,js/§w.js?v=§n - d",
    r"GET /files/@§w/~§w/$temp/«§1».tmp - d",
    r"GET /tile/floor§n/{z}/§n/§n.png - m",
    r"GET /his/%E9%A6%96%E9%A1%B5;v=§n?tab=1 - d",
    r"GET /old/%CD%F2%BF%C6/%BD%E9%C9%DC§n.asp?bm=%B9%C7%BF%C6 - d",
    r"GET /api/beds/3F-§n:12/status,patient?fields=a,b(c,d) - p",
    r"GET /app/v3/%7Btoken%7D/news/§n - m",
    r"HEAD /download/HIS客户端_v3.2.§n(x86).exe - p",
    r"GET /ICD/I21.§n+B95.6*?t=§s - d",
    r"GET /report/2026-§n//summary.xls?x=y&&z=§n& - d",
    r"OPTIONS /fhir/$export?_since=§dT00:00:00%2B08:00&_type=Patient,Observation - p",
    r"GET /dept/§n?utm_source=«§1»&utm_term=%2B挂号%20-黄牛&from=singlemessage - m",
    r"GET /search/«§1»/p§n - m",
    r"GET /index.php?s=/home/article/detail/id/§n.html - d",
    r"GET /q?=«§1»&=§n - m",
    r"GET /his/js/lang.js?_=§s&amp;v=§n&amp;lang=zh - d",
    r"GET /wiki/«§1»?oldid=§n&section=用法 - d",
];

const HEADERS: &[&str] = &[
    r"GET /portal/home?t=§s - n
User-Agent: Mozilla/5.0 (Windows NT 6.1; WOW64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/78.0.3904.108 Safari/537.36 HISBrowser/2.1 (工位:0§n)
Cookie: user=%7B%22id%22%3A§i%2C%22name%22%3A%22«§1»%22%2C%22roles%22%3A%5B%22nurse%22%5D%7D; last=«§1»; JSESSIONID=§H",
    r#"GET /oa/index.jsp?id=§n - n
User-Agent: Mozilla/4.0 (compatible; MSIE 7.0; Windows NT 6.1; Trident/4.0; SLCC2; .NET CLR 2.0.50727; InfoPath.3; .NET4.0C)
Cookie: loginidweaver=§n; ecology_JSESSIONID=§T; menu={"open":[1,§n],"w":"20%"}; Hm_lvt_§H=17§i,17§i"#,
    r"GET /news/§n.html - n
User-Agent: Mozilla/5.0 (iPhone; CPU iPhone OS 16_1 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148 MicroMessenger/8.0.42
Referer: https://www.sousuo.example/s?wd=«§1»&rsv_spt=1&ie=utf-8&tn=baiduhome_pg",
    r"POST /api/ward/call json n
User-Agent: HIS-Nurse/3.§n (Android 9; §w)
X-User: ⌈{'id':§n,'dept':'§k'}⌉
X-Operator: «§1»
X-Forwarded-For: 10.12.§n.§n, 192.0.2.31
X-Request-Info: {ts=§s;nonce=§T;v=<2>}

{}",
    r#"GET /fhir/Patient/§i - n
User-Agent: HAPI-FHIR/6.8.0 (FHIR Client; FHIR 4.0.1/R4; apache)
Accept: application/fhir+json;q=1.0, application/json+fhir;q=0.9
Authorization: Digest username="lis §w", realm="HIS (测试区)", nonce="§H", uri="/fhir/Patient/§i", qop=auth, nc=00000001, cnonce="§h", response="§H"
If-None-Match: W/"§n", "§h""#,
    r"GET /pacs/viewer?acc=CT§i - n
User-Agent: Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/109.0.0.0 Safari/537.36
Cookie: layout=2x2%7CCT%7C%3E5mm; ww=W%3D§m%3BL%3D40; token=§b; _ga=GA1.2.§i.17§i; tags=%5B%22«§1»%22%5D
Referer: http://10.12.8.5:8081/ris/list?name=«§1»&from=§d",
    r"POST /pay/query form n
User-Agent: Mozilla/5.0 (Linux; Android 12) AlipayClient/10.3.20 Nebula PSDType(1) AliApp(AP/10.3.20)
Origin: null
X-Signature: keyId='§w',algorithm='SM3withSM2',headers='date digest',signature='§T/§T+=='
Digest: SM3=⌈§h⌉

out_trade_no=§l&remark=«§1»",
    r"GET /emr/img/§h.png - n
User-Agent: Mozilla/5.0 (X11; Linux loongarch64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/93.0.4577.63 Safari/537.36 UOS
Range: bytes=0-§m
If-Modified-Since: Fri, 20 Nov 2026 0§n:00:00 GMT
Via: 1.1 sangfor-ac (squid/3.5), 1.0 gw§n",
    r#"GET /socket/queue?room=§n&EIO=4&transport=websocket - n
User-Agent: LEDScreen/1.§n
Connection: Upgrade
Upgrade: websocket
Sec-WebSocket-Version: 13
Sec-WebSocket-Key: ⌈§h⌉
Sec-WebSocket-Protocol: v1.queue, json; dept="§n""#,
    r"PUT /device/bp/§i json n
User-Agent: BP-Monitor(0§n)/1.2 lwIP/2.1
traceparent: 00-§H-§h-01
baggage: ward=«§1»,bed=§n,alarm=%3E140
X-Geo: lat=39.9§n;lng=116.3§n;acc<30m

{'sys':1§n,'dia':8§n,'unit':'mmHg'}",
    r"GET /hr/photo/0§i?size=96x96 - d
Referer: http://oa.shiyiyuan.example/hr/search?kw=«§1»&cond=age>30|sex=1",
    r"POST /report/export form d
Referer: http://his.kangning-hospital.example:8080/report/view.jsp?rpt=«§1»&p={begin:'§d',end:'§d'}

fmt=xls&name=«§1»&cols=«科室,人次,金额(元)»",
    r"DELETE /booking/§l?why=«§1» - m
X-Csrf: §h'§n",
];
