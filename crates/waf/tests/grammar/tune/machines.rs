//! Honest requests about machines: settings of switches and routers, logs in batches, tracebacks, settings pages.

use super::super::benign::{BenignGrammar, grammar};
use super::super::codec;
use super::super::rng::Rng;
use super::super::wire::{FORM, JSON, Wire};
use super::carrier;

pub(super) const BENIGN: &[BenignGrammar] = &[
    grammar("switch-settings", 30, |rng| carrier::one_of(rng, "/itsm/device/config", "config", SWITCHES)),
    grammar("python-tracebacks", 40, |rng| carrier::one_of(rng, "/log/collect", "message", TRACEBACKS)),
    grammar("log-batches", 40, log_batches),
    grammar("router-pages", 30, router_pages),
    grammar("settings-pages", 30, settings_pages),
    grammar("configuration-items", 30, |rng| carrier::one_of(rng, "/apollo/items", "value", ITEMS)),
    grammar("alarm-bots", 30, |rng| carrier::one_of(rng, "/robot/send", "content", ALARMS)),
    grammar("hl7-messages", 30, |rng| carrier::one_of(rng, "/hl7/ingest", "msg", HL7)),
];

/// Several lines of different programs, as a shipper sends them at once.
fn log_batches(rng: &mut Rng) -> Vec<u8> {
    let count = rng.between(3, 8);
    let lines: Vec<String> =
        (0..count).map(|at| format!("{{\"n\":{at},\"line\":{}}}", codec::json(rng.pick(LOGS)))).collect();
    let body = format!("{{\"host\":\"lis-{}\",\"events\":[{}]}}", rng.digits(2), lines.join(","));
    Wire::post("/logs/bulk", JSON, body).program("vector/0.43").finish(rng)
}

/// Pages of a router, whose address carries the session.
fn router_pages(rng: &mut Rng) -> Vec<u8> {
    let path = format!("/cgi-bin/luci/;stok={}/admin/network", rng.hex(32));
    carrier::one_of(rng, &path, "value", ROUTERS)
}

/// One long form with many settings.
fn settings_pages(rng: &mut Rng) -> Vec<u8> {
    let names = ["log_file", "sendmail", "exclude", "rewrite", "footer", "cron"];
    let fields: Vec<(&str, &str)> = names.iter().map(|name| (*name, rng.pick(SETTINGS))).collect();
    Wire::post("/admin/options", FORM, codec::form_body(&fields)).desktop(rng).finish(rng)
}

const SWITCHES: &[&str] = &[
    "hostname SW-CORE-01\nip domain-name his.local\nip routing\n!\ninterface Vlan10\n ip address 10.10.1.1 255.255.255.0\n ip helper-address 10.10.2.5\n!\nip route 0.0.0.0 0.0.0.0 10.10.1.254\nend",
    "sysname H3C\nacl number 3000\n rule 5 permit ip source 10.1.1.0 0.0.0.255 destination any\n rule 10 deny tcp destination-port eq 3389\n#\ninterface Vlan-interface10\n ip address 10.1.10.254 255.255.255.0\n#",
    "set interfaces ge-0/0/0 unit 0 family inet address 10.1.1.1/24\nset system host-name fw1\nset security zones security-zone trust",
    "config system interface\n    edit \"port1\"\n        set ip 10.1.1.1 255.255.255.0\n        set allowaccess ping https ssh\n    next\nend",
    "! ACL\naccess-list 101 permit tcp any host 10.1.1.5 eq 443\nip access-group 101 in\nlogging host 10.1.1.9",
    "host jump\n    hostname 10.0.0.9\n    user ops\n    port 22\nhost *\n    ServerAliveInterval 60",
    "host pacs01 {\n  hardware ethernet 00:11:22:33:44:55;\n  fixed-address 10.1.1.20;\n}",
    "subnet 10.1.1.0 netmask 255.255.255.0 {\n range 10.1.1.100 10.1.1.200;\n option routers 10.1.1.254;\n}",
    "snmp-agent\nsnmp-agent community read cipher public\nsnmp-agent target-host trap address udp-domain 10.1.1.9",
    "ntp server 10.1.1.1\nclock timezone CST 8\nip http server\nip ssh version 2\nip name-server 10.1.1.53 114.114.114.114",
    "line vty 0 4\n transport input ssh\n login local\n exec-timeout 10 0",
    "dhcp enable\nip pool office\n gateway-list 10.1.1.1\n network 10.1.1.0 mask 255.255.255.0\n dns-list 10.1.1.53",
    "user-interface vty 0 4\n authentication-mode aaa\n protocol inbound ssh\ntime-range work 8:00 to 18:00 working-day",
    "/ip address add address=10.1.1.1/24 interface=ether1\n/ip firewall nat add chain=srcnat action=masquerade",
];

const TRACEBACKS: &[&str] = &[
    "Traceback (most recent call last):\n  File \"/app/sync.py\", line 12, in <module>\n    subprocess.check_call(cmd)\nsubprocess.CalledProcessError: Command '['ls', '-l']' returned non-zero exit status 1",
    "Traceback (most recent call last):\n  File \"/app/x.py\", line 1, in <module>\n    import os; import foo\nModuleNotFoundError: No module named 'foo'",
    "Traceback (most recent call last):\n  File \"/app/etl/run.py\", line 88, in main\n    os.system('sync')\nOSError: [Errno 12] Cannot allocate memory",
    "Traceback (most recent call last):\n  File \"/app/a.py\", line 3, in start\n    subprocess.run(args, check=True)\nFileNotFoundError: [Errno 2] No such file or directory: '/opt/x'",
    "Traceback (most recent call last):\n  File \"/app/host.py\", line 5, in name\n    out = os.popen('hostname').read()\nUnicodeDecodeError: 'gbk' codec can't decode byte 0x80",
    "Traceback (most recent call last):\n  File \"/app/q.py\", line 40, in find\n    cur.execute(\"select * from t where a='%s'\" % a)\npymysql.err.ProgrammingError: (1064, \"near ''' at line 1\")",
    "Traceback (most recent call last):\n  File \"/app/calc.py\", line 9, in <listcomp>\n    return eval(s)\nSyntaxError: invalid syntax",
    "Traceback (most recent call last):\n  File \"/app/m.py\", line 2, in load\n    __import__('os')\nImportError: cannot import name 'os'",
    "Traceback (most recent call last):\n  File \"/app/r.py\", line 7, in get\n    f = urllib.request.urlopen('http://127.0.0.1:8080/')\nurllib.error.URLError: <urlopen error [Errno 111] Connection refused>",
    "Traceback (most recent call last):\n  File \"/app/p.py\", line 30, in Job.run\n    subprocess.Popen(['java','-jar', jar])\nPermissionError: [Errno 13] Permission denied: 'java'",
    "Traceback (most recent call last):\n  File \"/app/d.py\", line 4, in div\n    x = 1/0\nZeroDivisionError: division by zero",
];

const LOGS: &[&str] = &[
    "open() \"/etc/nginx/nginx.conf\" failed (13: Permission denied)",
    "user typed `df -h /data`",
    "tail /var/log/messages",
    "COMMAND=/bin/systemctl restart nginx; ok",
    "CRON[99]: (root) CMD (/usr/lib/sa/sa1 1 1)",
    "reading /etc/hosts",
    "run `kubectl get pods -n his`",
    "/var/log/his/app.log rotated",
    "{{ .Values.x }}",
    "2026-05-01 10:00:00 INFO [main] c.h.A - load /etc/his/app.yml",
    "==> Preparing: SELECT id,name FROM t WHERE a = ? OR b = ?",
    "<Response><Code>0</Code></Response>",
    "java.io.FileNotFoundException: /opt/app/conf/x.yml (No such file or directory)",
    "ERROR 1064 (42000): You have an error in your SQL syntax; check near ''' at line 1",
    "sshd[123]: Failed password for invalid user admin from 10.1.1.4 port 22 ssh2",
    "sudo: ops : TTY=pts/0 ; PWD=/home/ops ; USER=root ; COMMAND=/usr/bin/systemctl restart nginx",
    "java.lang.NullPointerException\n\tat a.B.c(B.java:1)",
    "<iframe src='/a'></iframe> removed",
    "/dev/sda1 > 90% (VALUE = 91.2)",
    "{\"level\":\"warn\",\"uri\":\"/x?redirect=http%3A%2F%2Fa\"}",
];

const ROUTERS: &[&str] = &[
    "192.168.1.1;192.168.1.2",
    "00:11:22:33:44:55",
    "eth0.2 br-lan",
    "/volume1/homes/张三/照片 (2024)/",
    "WPA2-PSK/AES",
    "P@ss'w0rd\"<>&;|",
    "ping",
    "www.baidu.com",
    "ntp.aliyun.com pool.ntp.org",
    "socket://192.168.1.50:9100",
    "ipp://printer.local/ipp/print?waitjob=false",
    "-o sides=two-sided-long-edge",
    "admin@his:/share/backup",
    "SYNO.FileStation.List",
];

const SETTINGS: &[&str] = &[
    "/var/log/his/his.log",
    "/var/log/emr/emr-error.log",
    "/usr/sbin/sendmail -t -i",
    "../tmp;*.bak",
    "{$title} - {$site}",
    "^/a/(\\d+)$ /index.php?id=$1",
    "jpg|png|gif|pdf",
    "0 2 * * *",
    "Disallow: /admin/",
    "<p>&copy; 2026 <a href=\"https://beian.example/\" target=\"_blank\">备案</a></p>",
];

const ITEMS: &[&str] = &[
    "spring:\n  datasource:\n    url: jdbc:mysql://db:3306/his?useSSL=false&allowPublicKeyRetrieval=true\n    username: his",
    "logging.file.path=/var/log/his",
    "jdbc:oracle:thin:@10.0.0.1:1521/orcl",
    "server.tomcat.basedir=/tmp/tomcat",
    "spring.redis.sentinel.nodes=a:26379,b:26379",
    "cors.allowed=*;http://localhost:3000",
    "${HOME}/data:${TMP:-/tmp}",
    "security.ignore=/login,/**/*.js,/actuator/**",
    "log4j.appender.A=org.apache.log4j.RollingFileAppender",
    "driver-class-name: com.mysql.cj.jdbc.Driver",
    "management.endpoints.web.exposure.include=\"*\"",
    "zuul.routes.a.path=/a/**",
    "hystrix.command.default.execution.timeout=3000",
];

const ALARMS: &[&str] = &[
    "# 告警\n> 主机: 10.0.0.8\n> 挂载点: /var/lib/mysql\n> 使用率: <font color=\"warning\">92%</font>",
    "[zabbix] Problem: /: Disk space is critically low (used > 90%)",
    "磁盘 /home 使用 95%; inode 80%",
    "任务 #12 失败: exit code 1; 查看 http://ci.local/job/12/console",
    "进程 java(12345) 已重启 && 恢复正常",
    "接口 POST /api/v1/order 5xx > 1%",
    "`order-service` 重启 3 次 (OOMKilled)",
    "证书 *.his.local 将于 7 天后过期",
    "10.0.0.3 ping 丢包率 20% > 10%",
    "[恢复] mysql slave delay = 0s; Seconds_Behind_Master: 0",
    "ssh 登录告警: root from 10.0.0.9 port 52211",
    "/data 分区 | 80% | 正常",
    "定时任务 /opt/scripts/backup.sh 执行失败; 日志 /var/log/backup.log",
    "Nginx 502: upstream timed out (110: Connection timed out)",
    "命令 `systemctl status docker` 返回 3",
];

const HL7: &[&str] = &[
    "MSH|^~\\&|LIS|JYK|HIS|ZY|202405011000||ORU^R01|1|P|2.4\rOBX|1|NM|WBC^白细胞||<0.5|10*9/L|4.0-10.0|L\\S\\||",
    "OBX|2|ST|COLOR||黄;浑浊||||",
    "NTE|1||建议复查 && 随访\\.br\\见备注",
    "PID|||1||O\\T\\Neil^John",
    "ZIN|1|$$|{}|;|",
    "OBX|1|TX|||>1000 or >TNTC",
    "RXO|1^a&b|100||mg^毫克",
    "AL1|1|DA|'青霉素'",
    "DG1|1|I10|I10.x00^高血压^ICD10",
    "IN1|1|1=自费|2=医保",
    "OBX|3|ED|PDF||^application^pdf^Base64^JVBERi0xLjQ=",
    "EVN|A08|20240501||||",
    "FT1|1|||20240501|||CG|项目--A",
    "ORC|SC|1^A|2^B||CM;x",
    "MSA|AE|1|Required field `PID-3` missing; see log",
];
