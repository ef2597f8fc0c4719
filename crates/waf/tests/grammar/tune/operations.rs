//! Honest requests of those who run systems: monitors, tickets, repositories, builds, devices, package clients.

use super::super::benign::{BenignGrammar, grammar};
use super::super::codec;
use super::super::rng::Rng;
use super::super::wire::{FORM, JSON, Part, Wire, multipart};
use super::super::words;
use super::carrier;

pub(super) const BENIGN: &[BenignGrammar] = &[
    grammar("tickets", 80, |rng| carrier::one_of(rng, "/secure/QuickCreateIssue.jspa", "description", TICKETS)),
    grammar("alarms", 60, alarms),
    grammar("repositories", 70, repositories),
    grammar("package-clients", 70, package_clients),
    grammar("devices-and-buildings", 60, things),
];

const TICKETS: &[&str] = &[
    "{code:java}\nNullPointerException at cn.his.dao.PatientDao.list(PatientDao.java:42)\n{code}\n复现: 1. 登录 2. 点\"查询\"",
    "h2. 步骤\n# 打开 /his/report?id=12\n# 点击 *打印*\n{noformat}Error: Cannot read property 'id' of undefined{noformat}",
    "<p>见 <ac:link><ri:page ri:content-title=\"HIS 部署\"/></ac:link></p><ac:image><ri:attachment ri:filename=\"a.png\"/></ac:image>",
    "重启后端口没起来: netstat -ano | findstr 8080 没有输出; telnet 10.1.2.3 8080 失败",
    "```sql\nSELECT * FROM visit WHERE dept = 'ICU' ORDER BY id DESC\n```\n这个查询很慢, 加索引?",
    "```\n$ curl -I http://10.12.8.5:8081/\nHTTP/1.1 502 Bad Gateway\nServer: nginx/1.20.1\n```",
    "升级步骤: cd /opt/his && ./stop.sh; cp his.jar his.jar.bak; ./start.sh; 观察 5 分钟",
    "磁盘满: df -h 显示 /data 100%; rm 了 /data/log 里 30 天前的文件; 现在 60%",
    "ORA-01555: snapshot too old; alert_orcl.log 里有 'Checkpoint not complete'",
    "Oracle 锁表: select sid, serial# from v$session where blocking_session is not null; 已 kill",
    "com.microsoft.sqlserver.jdbc.SQLServerException: 关键字 'or' 附近有语法错误。",
    "You have an error in your SQL syntax; check the manual ... near '' at line 1",
    "java.lang.ClassNotFoundException: com.mysql.cj.jdbc.Driver; classpath=D:\\his\\lib\\*;",
    "System.Data.SqlClient.SqlException (0x80131904): 超时时间已到。在操作完成之前超时时间已过或服务器未响应。",
    "ssh 登录慢: sshd_config 里 UseDNS no; GSSAPIAuthentication no; 已重启 sshd",
    "project = HIS AND status in (Open, \"In Progress\") AND assignee = currentUser() ORDER BY priority DESC, updated DESC",
    "text ~ \"login error\" AND created >= -7d AND labels not in (wontfix) OR reporter = membersOf(\"his-dev\")",
    "| 模块 | 状态 |\n|---|---|\n| HIS | `OK` |\n| LIS | **FAIL** <br> 500 |\n\n- [x] 备份 - [ ] 演练",
    "diff --git a/src/a.js b/src/a.js\n--- a/src/a.js\n+++ b/src/a.js\n@@ -1,3 +1,3 @@\n-if (a == 1 || b == 1)\n+if (a === 1 && b === 1)\n",
    "防火墙策略: src=any; dst=10.1.2.3/32; port=443,8443; action=permit; 备注: HTTPS",
    "XSS 整改: 对 <script>、onerror= 等做转义; 参考等保 8.1.4",
    "漏洞整改: Struts2 S2-045 升级到 2.3.32; Log4j2 升级 2.17.1; 关闭 /actuator",
    "扫描报告: http://10.1.2.3/his/login.do 存在 SQL 注入 (参数 userId); 请整改",
    "密码策略: 长度>=8; 含大小写+数字+特殊字符(!@#$%^&*); 90天更换; 'or' 弱口令字典已启用",
    "证书: openssl x509 -in his.crt -noout -dates; notAfter=Dec 31 23:59:59 2026 GMT",
    "iptables -L -n 显示 ACCEPT; selinux=disabled; 仍不通, 求助",
    "看日志: tail -n 100 /var/log/messages | grep -i oom; 结果: Out of memory: Kill process 1234 (java)",
    "crontab -l: 0 2 * * * /opt/scripts/backup.sh > /dev/null 2>&1; 昨晚没执行",
    "kubectl get pods -n his; CrashLoopBackOff; kubectl logs his-0 --previous; OOMKilled",
    "docker ps -a; docker logs his --tail 100; 显示 'exec format error'",
    "变更: ALTER TABLE visit ADD COLUMN source VARCHAR(10); 影响: 锁表<1s; 回退: DROP COLUMN",
    "数据修正申请: update patient set phone='100***' where id=12; 原因: 录入错误; 审批: 信息科",
    "<p>Hi team,<br>login page shows \"Invalid token '&lt;'\" &amp; blank.</p><pre>Uncaught SyntaxError: Unexpected token '&lt;'</pre>",
    "期望: a>=b; 实际: a<b; 环境: Win10 + Chrome 120; 版本 v3.2.1-rc.1+build.5",
    "见截图 ![image](/uploads/3f2a/截图.png) 和 #123 !45 $12 ~bug %\"v3.2\" @wang /assign @li /label ~\"P1\"",
    "SonarQube: squid:S2077 Formatting SQL queries is security-sensitive; resolve=falsepositive",
];

/// What monitors send to each other and to people.
fn alarms(rng: &mut Rng) -> Vec<u8> {
    let (id, host) = (rng.digits(5), rng.letters(5));
    let text = rng.pick(TICKETS);
    let value = rng.below(100);
    match rng.below(7) {
        0 => Wire::post("/api/v2/alerts", JSON, format!("[{{\"labels\":{{\"alertname\":\"HighCPU\",\"instance\":\"{host}:9100\",\"severity\":\"critical\",\"mountpoint\":\"/var/lib/docker\"}},\"annotations\":{{\"summary\":\"{host} CPU > {value}%\",\"description\":{}}},\"generatorURL\":\"http://prom:9090/graph?g0.expr=rate%28node_cpu_seconds_total%7Bmode%21%3D%22idle%22%7D%5B5m%5D%29+%3E+0.8&g0.tab=1\"}}]", codec::json(text))).program("Prometheus/2.47.0").finish(rng),
        1 => Wire::post("/zabbix/api_jsonrpc.php", "application/json-rpc", format!("{{\"jsonrpc\":\"2.0\",\"method\":\"trigger.get\",\"params\":{{\"output\":[\"triggerid\",\"description\"],\"filter\":{{\"value\":1}},\"search\":{{\"key_\":\"vfs.fs.size[/,pused]\"}},\"sortfield\":\"priority\",\"expandExpression\":true}},\"auth\":\"{}\",\"id\":{id}}}", rng.hex(32))).program("python-requests/2.31.0").finish(rng),
        2 => Wire::post("/zabbix.php?action=item.update", FORM, codec::form_body(&[("name", "磁盘使用率"), ("key", rng.pick(&["vfs.fs.size[/data,pused]", "system.run[df -h]", "log[/var/log/messages,\"error|fail\",,100,skip]", "net.tcp.port[10.1.2.3,1521]", "proc.num[java,,,his.jar]", "wmi.get[root\\cimv2,select status from Win32_DiskDrive where Name like '%PHYSICALDRIVE0%']", "db.odbc.select[conn,his]", "web.page.regexp[10.1.2.3,/health,8080,\"ok\",10,]"])), ("itemid", &id), ("delay", "1m;wd1-5h9-18"), ("units", "%"), ("sid", &rng.hex(16))])).desktop(rng).finish(rng),
        3 => Wire::post("/robot/send?key=".to_owned() + &rng.uuid(), JSON, format!("{{\"msgtype\":\"markdown\",\"markdown\":{{\"content\":{}}}}}", codec::json(format!("**告警** <font color=\"warning\">{host}</font>\n>级别:`P1`\n>值:{value}%\n{text}")))).program("Go-http-client/1.1").finish(rng),
        4 => Wire::post("/nagios/cgi-bin/cmd.cgi", FORM, codec::form_body(&[("cmd_typ", "33"), ("cmd_mod", "2"), ("host", &host), ("service", "disk /data"), ("sticky_ack", "on"), ("com_data", text), ("btnSubmit", "Commit")])).desktop(rng).finish(rng),
        5 => Wire::post("/services/collector/event", JSON, format!("{{\"time\":17{},\"host\":\"{host}\",\"source\":\"/var/log/secure\",\"sourcetype\":\"linux_secure\",\"event\":{}}}", rng.digits(8), codec::json(format!("Nov 20 08:30:00 {host} sudo: wang : TTY=pts/0 ; PWD=/home/wang ; USER=root ; COMMAND=/bin/cat /var/log/messages; id={id}")))).program("Splunk-HEC/1.0").finish(rng),
        _ => carrier::send(rng, "/monitor/alarm/ack", "note", text),
    }
}

/// Comments and edits in repositories, quality servers and build servers.
fn repositories(rng: &mut Rng) -> Vec<u8> {
    let (id, text) = (rng.below(9999), rng.pick(TICKETS));
    let code = rng.pick(SOURCES);
    match rng.below(7) {
        0 => Wire::post(format!("/his/portal/_edit/main/src/f{id}.js"), FORM, codec::form_body(&[("_csrf", &rng.token(40)), ("last_commit", &rng.hex(40)), ("tree_path", "src/a.js"), ("content", code), ("commit_summary", "fix: 登录 & 打印"), ("commit_message", text), ("commit_choice", "direct")])),
        1 => Wire::new("PUT", format!("/api/v4/projects/{id}/repository/files/src%2Fmain.py?ref=main")).body(JSON, format!("{{\"branch\":\"main\",\"content\":{},\"commit_message\":{}}}", codec::json(code), codec::json(text))),
        2 => Wire::post(format!("/his/portal/-/merge_requests/{id}/notes"), JSON, format!("{{\"note\":{{\"note\":{},\"noteable_type\":\"MergeRequest\",\"position\":{{\"old_path\":\"a.js\",\"new_path\":\"a.js\",\"new_line\":12}}}}}}", codec::json(format!("```suggestion:-0+0\n{code}\n```\n{text}")))),
        3 => Wire::post(format!("/job/his/configSubmit?n={id}"), FORM, codec::form_body(&[("name", "his"), ("json", &format!("{{\"name\":\"his\",\"builder\":{{\"stapler-class\":\"hudson.tasks.Shell\",\"command\":{}}}}}", codec::json("mvn -B clean package"))), ("Submit", "保存")])),
        4 => Wire::post("/api/issues/add_comment", FORM, codec::form_body(&[("issue", &rng.base64_url(20)), ("text", text)])),
        5 => Wire::get(format!("/api/issues/search?componentKeys=his&types=BUG,VULNERABILITY&rules=java%3AS2077%2Cjava%3AS2076&ps=100&p={id}&s=FILE_LINE&resolved=false")),
        _ => {
            let (kind, body) = multipart(&[Part::field("title", format!("片段 {id}")), Part::field("content", code), Part::field("file_name", "a.sh")], rng);
            Wire::post("/-/snippets", &kind, body)
        }
    }
    .desktop(rng)
    .finish(rng)
}

const SOURCES: &[&str] = &[
    "const http = require('http');\nhttp.createServer((req, res) => { res.end('ok'); }).listen(3000);\n",
    "import os\nimport sys\n\ndef main():\n    path = os.path.join('/data', 'his')\n    for name in os.listdir(path):\n        print(name)\n",
    "public class Patient {\n  private String name;\n  public String getName() { return name; }\n}\n",
    "<template>\n  <el-button @click=\"save(row)\" v-if=\"row.status === 1\">{{ row.name }}</el-button>\n</template>\n<script>\nexport default { data() { return { a: 1 } } }\n</script>\n",
    "SELECT p.id, p.name\nFROM patient p\nLEFT JOIN visit v ON v.pid = p.id\nWHERE v.day >= :day\n  AND p.valid = 1\nORDER BY p.id;\n",
    "server {\n  listen 443 ssl;\n  location ~ \\.php$ { fastcgi_pass unix:/run/php-fpm.sock; }\n  location /api/ { proxy_pass http://127.0.0.1:8080/; }\n}\n",
    "apiVersion: v1\nkind: Service\nmetadata:\n  name: his\nspec:\n  ports:\n    - port: 80\n      targetPort: 8080\n",
    "package main\n\nimport \"os/exec\"\n\nfunc version() string {\n\tout, _ := exec.Command(\"git\", \"describe\").Output()\n\treturn string(out)\n}\n",
    "{\n  \"name\": \"his-web\",\n  \"scripts\": { \"dev\": \"vite --host 0.0.0.0\", \"build\": \"vue-tsc && vite build\" },\n  \"dependencies\": { \"vue\": \"^3.4.0\" }\n}\n",
    "select * from t_visit where 1=1\n<if test=\"dept != null and dept != ''\">\n  and dept = #{dept}\n</if>\norder by ${orderBy}\n",
];

/// apt, pip, npm, docker, git, maven, Windows update and their kin behind a mirror.
fn package_clients(rng: &mut Rng) -> Vec<u8> {
    let (major, minor, digest) = (rng.below(20), rng.below(90), rng.hex(64));
    match rng.below(13) {
        0 => Wire::get(format!("/debian/pool/main/g/gcc-12/libstdc++6_12.2.0-{major}+deb12u{minor}_amd64.deb")).program("Debian APT-HTTP/1.3 (2.6.1)").header("Range", "bytes=1024-"),
        1 => Wire::get(format!("/ubuntu/dists/jammy/main/i18n/by-hash/SHA256/{digest}")).program("Debian APT-HTTP/1.3 (2.4.9) non-interactive").header("If-Modified-Since", "Fri, 20 Nov 2026 08:30:00 GMT"),
        2 => Wire::get(format!("/simple/his-client{minor}/")).header("User-Agent", "pip/23.2.1 {\"ci\":null,\"cpu\":\"x86_64\",\"distro\":{\"id\":\"bookworm\",\"libc\":{\"lib\":\"glibc\",\"version\":\"2.36\"},\"name\":\"Debian GNU/Linux\",\"version\":\"12\"},\"implementation\":{\"name\":\"CPython\",\"version\":\"3.11.2\"},\"installer\":{\"name\":\"pip\",\"version\":\"23.2.1\"},\"openssl_version\":\"OpenSSL 3.0.9 30 May 2023\",\"python\":\"3.11.2\",\"system\":{\"name\":\"Linux\",\"release\":\"6.1.0\"}}").header("Accept", "application/vnd.pypi.simple.v1+json, application/vnd.pypi.simple.v1+html; q=0.1, text/html; q=0.01"),
        3 => Wire::get(format!("/packages/{}/numpy-1.{minor}.{major}-cp311-cp311-manylinux_2_17_x86_64.manylinux2014_x86_64.whl#sha256={digest}", rng.hex(2)).split('#').next().unwrap_or_default().to_owned()).program("pip/23.2.1"),
        4 => Wire::get(format!("/@babel%2fcore/-/core-7.{minor}.{major}.tgz")).header("User-Agent", "npm/10.2.3 node/v20.10.0 linux x64 workspaces/false ci/gitlab").header("npm-command", "ci"),
        5 => Wire::post("/-/npm/v1/security/advisories/bulk", JSON, format!("{{\"lodash\":[\"4.17.{minor}\"],\"@vue/compiler-sfc\":[\"3.4.{major}\"],\"left-pad\":[\"1.3.0\"]}}")).header("User-Agent", "npm/10.2.3 node/v20.10.0 win32 x64"),
        6 => Wire::get(format!("/v2/library/nginx/manifests/sha256:{digest}")).header("Accept", "application/vnd.docker.distribution.manifest.v2+json, application/vnd.oci.image.index.v1+json, */*").header("User-Agent", "docker/24.0.7 go/go1.20.10 git-commit/311b9ff kernel/6.1.0 os/linux arch/amd64 UpstreamClient(Docker-Client/24.0.7 \\(linux\\))"),
        7 => Wire::new("PATCH", format!("/v2/his/web/blobs/uploads/{}?_state={}", rng.uuid(), rng.base64_url(120))).body("application/octet-stream", rng.bytes(300)).header("User-Agent", "docker/24.0.7"),
        8 => Wire::post(format!("/his/app{minor}.git/git-upload-pack"), "application/x-git-upload-pack-request", format!("0032want {}\n00000009done\n", rng.hex(40))).header("User-Agent", "git/2.39.2").header("Git-Protocol", "version=2"),
        9 => Wire::get(format!("/repository/maven-public/org/springframework/spring-core/5.3.{minor}/spring-core-5.3.{minor}.pom.sha1")).header("User-Agent", "Apache-Maven/3.9.5 (Java 1.8.0_392; Linux 6.1.0)").header("Cache-control", "no-cache"),
        10 => Wire::post("/ClientWebService/client.asmx", "text/xml; charset=utf-8", format!("<soap:Envelope xmlns:soap=\"http://schemas.xmlsoap.org/soap/envelope/\"><soap:Body><SyncUpdates xmlns=\"http://www.microsoft.com/SoftwareDistribution/Server/ClientWebService\"><cookie><EncryptedData>{}</EncryptedData></cookie><parameters><ExpressQuery>false</ExpressQuery><InstalledNonLeafUpdateIDs><int>{minor}</int></InstalledNonLeafUpdateIDs></parameters></SyncUpdates></soap:Body></soap:Envelope>", rng.token(60))).header("User-Agent", "Windows-Update-Agent/10.0.10011.16384 Client-Protocol/2.33").header("SOAPAction", "\"http://www.microsoft.com/SoftwareDistribution/Server/ClientWebService/SyncUpdates\""),
        11 => Wire::get(format!("/filestreamingservice/files/{}?P1=17{}&P2=404&P3=2&P4={}%3d%3d", rng.uuid(), rng.digits(8), rng.token(80))).header("User-Agent", "Microsoft-Delivery-Optimization/10.0").header("Range", "bytes=0-1048575"),
        _ => Wire::get(format!("/centos/7/os/x86_64/repodata/{digest}-primary.sqlite.bz2?n={minor}")).header("User-Agent", "urlgrabber/3.10 yum/3.4.3"),
    }
    .finish(rng)
}

/// Sensors, printers, cameras, buildings, conferences, backup agents.
fn things(rng: &mut Rng) -> Vec<u8> {
    let (id, value, mac) = (rng.digits(6), rng.below(100), rng.hex(12));
    match rng.below(10) {
        0 => Wire::post(format!("/api/v1/{}/telemetry", rng.token(20)), JSON, format!("{{\"ts\":{},\"values\":{{\"temp\":{value}.5,\"alarm\":\"T>8℃; door=open\",\"fw\":\"v1.2.3-rc#4\"}}}}", words::millis(rng))).program("ESP32HTTPClient"),
        1 => Wire::post("/ipp/print", "application/ipp", [b"\x01\x01\x00\x02\x00\x00\x00\x01\x01\x47\x00\x12attributes-charset\x00\x05utf-8\x48\x00\x1battributes-natural-language\x00\x05zh-cn\x45\x00\x0bprinter-uri\x00\x1eipp://10.1.2.3:631/ipp/print\x03".as_slice(), &rng.bytes(40)].concat()).program("CUPS/2.4.2 (Linux 6.1.0; x86_64) IPP/2.0"),
        2 => Wire::post("/onvif/device_service", "application/soap+xml; charset=utf-8", format!("<s:Envelope xmlns:s=\"http://www.w3.org/2003/05/soap-envelope\"><s:Header><Security s:mustUnderstand=\"1\" xmlns=\"http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd\"><UsernameToken><Username>admin</Username><Password Type=\"http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-username-token-profile-1.0#PasswordDigest\">{}=</Password><Nonce>{}==</Nonce></UsernameToken></Security></s:Header><s:Body><GetSnapshotUri xmlns=\"http://www.onvif.org/ver10/media/wsdl\"><ProfileToken>Profile_{value}</ProfileToken></GetSnapshotUri></s:Body></s:Envelope>", rng.token(27), rng.token(22))).program("ONVIF Client"),
        3 => Wire::new("PUT", "/ISAPI/Event/notification/httpHosts/1").body("application/xml", format!("<HttpHostNotification><id>{id}</id><url>/hik/event?ch=1</url><protocolType>HTTP</protocolType><parameterFormatType>XML</parameterFormatType><addressingFormatType>ipaddress</addressingFormatType><ipAddress>10.1.2.{value}</ipAddress><portNo>8080</portNo><httpAuthenticationMethod>none</httpAuthenticationMethod></HttpHostNotification>")).program("HikClient/2.0"),
        4 => Wire::post("/bacnet/write", JSON, format!("{{\"device\":{id},\"object\":\"analog-value,{value}\",\"property\":\"present-value\",\"value\":\"{value}.0\",\"expr\":\"IF(AI1>26 AND BI2=1, 100, 0)\"}}")).desktop(rng),
        5 => Wire::post("/meeting/create", FORM, codec::form_body(&[("subject", "MDT 会诊: 肺癌 IIIA; 3'rd & 病理"), ("password", rng.pick(&["1' or", "a&b=c", "';123", "<pw>"])), ("start", &words::date(rng)), ("id", &id), ("rrule", "RRULE:FREQ=WEEKLY;BYDAY=MO,WE;UNTIL=20261231T000000Z"), ("sdp", "v=0\r\no=- 4611 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=group:BUNDLE 0 1\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111\r\nc=IN IP4 0.0.0.0\r\n")])).desktop(rng),
        6 => Wire::post("/backup/agent/report", JSON, format!("{{\"agent\":\"{mac}\",\"job\":{id},\"files\":[{{\"path\":\"/data/mysql/his/visit.ibd\",\"size\":{value}}},{{\"path\":\"D:\\\\his\\\\data.mdb\",\"size\":1}}],\"exclude\":[\"*.tmp\",\"**/node_modules\"],\"script\":\"/usr/local/bin/pre-backup.sh\"}}")).program("BackupAgent/12.1"),
        7 => Wire::post("/fire/alarm", FORM, format!("loop=1&addr={value}&type=smoke&status=1%7C0%7C1&loc={}&raw=@@{mac}%23%23", codec::form("3#楼2F; 'A'区 (ICU) -> 走廊"))).program("SIMCOM_MODULE"),
        8 => Wire::get(format!("/cgi-bin/snapshot.cgi?channel={value}&subtype=1&loginuse=admin&loginpas={}", rng.token(8))).program("Lavf/58.29.100"),
        _ => Wire::post("/setup/time", FORM, format!("timezone=UTC%2B08%3A00&ntp1=ntp.aliyun.com&ntp2=10.1.2.{value}&cmd=save&go=time.asp&mac={mac}")).desktop(rng),
    }
    .finish(rng)
}
