use super::super::properties::check_properties;
use super::super::tests::{check_table, confidence};
use super::super::{Context, Detector, Place};

const LEAKS: &[&str] = &[
    "java.lang.NullPointerException: x\n\tat com.example.his.Foo.bar(Foo.java:42)\n\tat com.example.his.Foo.baz(Foo.java:50)\n",
    "<html><head><title>Error</title></head><body><h1>HTTP Status 500</h1><pre>java.sql.SQLException: x\n\tat oracle.jdbc.driver.T4CTTIoer.processError(T4CTTIoer.java:445)\n\tat oracle.jdbc.driver.T4C8Oall.processError(T4C8Oall.java:879)\n</pre></body></html>",
    "{\"message\":\"failed\",\"trace\":\"org.springframework.dao.DataAccessException: x\n\tat a.b.C.d(C.java:1)\n\tat a.b.C.e(C.java:2)\n",
    "Traceback (most recent call last):\n  File \"/srv/app/views.py\", line 12, in get\n    x()\nKeyError: 'a'",
    "<b>Warning</b>:  mysqli_query() expects parameter 1 to be mysqli in <b>/var/www/html/db.php</b> on line <b>12</b><br />",
    "Fatal error: Uncaught Error: Call to undefined function x() in /var/www/html/index.php on line 3",
    "Notice: Undefined index: id in D:\\phpStudy\\WWW\\a.php on line 5",
    "PHP Fatal error:  x\nStack trace:\n#0 /var/www/html/a.php(12): b()\n#1 {main}\n",
    "System.NullReferenceException: Object reference not set\r\n   at HIS.Web.Default.Page_Load(Object sender, EventArgs e) in D:\\a\\Default.cs:line 12\r\n   at System.Web.UI.Control.OnLoad(EventArgs e)\r\n",
    "<html><head><title>Runtime Error</title></head><body><span><H1>Server Error in '/his' Application.<hr>",
    "TypeError: Cannot read properties of undefined\n    at Object.<anonymous> (/srv/app/index.js:3:5)\n    at Module._compile (node:internal/modules/cjs/loader:1105:14)\n",
    "panic: runtime error: index out of range\n\ngoroutine 1 [running]:\nmain.main()\n",
    "/srv/app/app.rb:12:in `block in <main>'\n/srv/app/x.rb:3:in `call'",
    "You have an error in your SQL syntax; check the manual that corresponds to your MySQL server version for the right syntax to use near ''1''' at line 1",
    "<html><body>You have an error in your SQL syntax; check the manual that corresponds to your MariaDB server version for the right syntax to use near '' at line 1</body></html>",
    "ORA-00933: SQL command not properly ended\n",
    "ORA-01756: quoted string not properly terminated",
    "Unclosed quotation mark after the character string ''.",
    "Microsoft OLE DB Provider for ODBC Drivers error '80040e14'",
    "[Microsoft][ODBC SQL Server Driver][SQL Server]Incorrect syntax near 'x'.",
    "pg_query(): Query failed: ERROR:  syntax error at or near \"'\"",
    "ERROR:  syntax error at or near \"x\" LINE 1: select",
    "SQLSTATE[42000]: Syntax error or access violation: 1064",
    "SQLSTATE[HY000] [1045]: Access denied for user",
    "sqlite3.OperationalError: near \"x\": syntax error",
    "java.sql.SQLSyntaxErrorException: x",
    "com.microsoft.sqlserver.jdbc.SQLServerException: Incorrect syntax",
    "<!DOCTYPE HTML><html><head><title>Index of /backup</title></head><body><h1>Index of /backup</h1><pre><a href=\"../\">../</a>",
    "<html><head><title>Directory listing for /</title></head><body>",
    "<html><head><title>Directory Listing For [/]</title></head>",
    "<html><head><title>x - /</title></head><body><pre><A HREF=\"/\">[To Parent Directory]</A><br>",
    "<?php\n$db_host = 'localhost';\n$db_pass = 'x';\n",
    "<%@ page language=\"java\" import=\"java.util.*\" %>\n<html>",
    "root:x:0:0:root:/root:/bin/bash\ndaemon:x:1:1:daemon:/usr/sbin:/usr/sbin/nologin\n",
    "; for 16-bit app support\r\n[fonts]\r\n[extensions]\r\n",
    "[core]\n\trepositoryformatversion = 0\n\tfilemode = true\n",
    "ref: refs/heads/master\n",
    "uid=33(www-data) gid=33(www-data) groups=33(www-data)\n",
    "APP_NAME=his\nAPP_KEY=base64:abc\nDB_PASSWORD=secret\nDB_HOST=x\n",
    "<html><head><title>PHP 7.4.3 - phpinfo()</title></head><body>",
    "<configuration><connectionStrings><add name=\"his\" connectionString=\"Server=.;uid=sa;password=x1\" /></connectionStrings>",
    "-----BEGIN RSA PRIVATE KEY-----\nMIIEpAIBAAKCAQEA1234567890abcdefghijklmnopqrstuvwxyzABCDEFGHIJ12\nMIIEpAIBAAKCAQEA1234567890abcdefghijklmnopqrstuvwxyzABCDEFGHIJ12\nMIIEpAIBAAKCAQEA1234567890abcdefghijklmnopqrstuvwxyzABCDEFGHIJ12\n",
    "JAVA PROFILE 1.0.2\0\0\0\0\u{8}",
    "<!doctype html><html><head><title>KeyError // Werkzeug Debugger</title>",
];

const HONEST: &[&str] = &[
    "<html><body>您好,报告已出。</body></html>",
    "{\"code\":500,\"message\":\"internal error\"}",
    "{\"code\":0,\"data\":[]}",
    "Fatal error in the liver",
    "Warning: keep out of reach of children",
    "Notice: 门诊时间调整",
    "Index of /products",
    "<html><head><title>Index of refraction</title></head>",
    "ORA-001",
    "报错 ORA 怎么办",
    "SQL syntax guide",
    "You have an error in your SQL syntax",
    "<html><body><code>You have an error in your SQL syntax; check the manual that corresponds to your MySQL server version for the right syntax to use near ''</code></body></html>",
    "<html><body><pre class=\"java\">java.lang.NullPointerException: x\n\tat a.b.C.d(C.java:1)\n\tat a.b.C.e(C.java:2)\n</pre></body></html>",
    "<html><body><pre><code>Traceback (most recent call last):\n  File \"/a.py\", line 1, in x\n</code></pre></body></html>",
    "java.lang.NullPointerException",
    "at java.util",
    "-----BEGIN PUBLIC KEY-----\nMIIB\n-----END PUBLIC KEY-----",
    "-----BEGIN CERTIFICATE-----\nMIIBszCCAVmgAwIBAgIUQ\n-----END CERTIFICATE-----",
    "-----BEGIN RSA PRIVATE KEY-----\n...\n-----END RSA PRIVATE KEY-----",
    "Parent Directory",
    "uid=1001",
    "the uid=33(www-data) line",
    "password=",
    "<input name=password>",
    "var password='';",
    "a=1\nb=2\n",
    "LANG=zh_CN\nTZ=Asia/Shanghai\n",
    "<?xml version=\"1.0\"?><a/>",
    "use <?php to start",
    "#!",
    "root of the problem",
    "the root:x field",
    "Stack trace: none",
    "panic: attack or disorder",
    "goroutine 是什么",
    "PHP Version 8 发布",
    "console.log('Error: x')",
    "function(e){throw new TypeError(\"x\")}",
    "Whoops! Page not found",
    "jdbc:mysql://host/db",
    "AKIA is a prefix",
    "SQLSTATE codes explained",
    "File \"a.txt\" saved",
];

#[test]
fn responses_that_show_the_inside_are_confirmed() {
    check_table(Detector::Leak, Context::of(Place::ResponseBody), 80, LEAKS, HONEST);
}

#[test]
fn an_article_that_quotes_an_error_is_no_error_page() {
    let words = "本文介绍如何在生产环境中排查空指针异常的常见思路与方法。".repeat(30);
    let page = format!(
        "<!doctype html><html><body><p>{words}</p><p>java.lang.NullPointerException: x\n\tat a.b.C.d(C.java:1)\n\tat a.b.C.e(C.java:2)\n</p></body></html>"
    );
    let sure = confidence(Detector::Leak, page.as_bytes(), Context::of(Place::ResponseBody));
    assert!(sure < 60, "{sure}");
}

#[test]
fn requests_leak_nothing() {
    assert_eq!(confidence(Detector::Leak, b"root:x:0:0:root:/root:/bin/bash", Context::of(Place::Value)), 0);
}

#[test]
fn leak_findings_meet_the_requirement_in_linear_work() {
    check_properties(
        Detector::Leak,
        &[
            "java.lang.X",
            "Exception: x\n",
            "\tat a.b.C.d(C.java:1)\n",
            "Traceback (most recent call last):\n",
            "  File \"/a.py\", line 1, in x\n",
            "<b>Warning</b>: x in /a.php on line 1",
            "ORA-00933: x\n",
            "You have an error in your SQL syntax",
            "<title>Index of /x</title>",
            "<h1>Index of /",
            "<?php $a;",
            "root:x:0:0:r:/r:/b\n",
            "-----BEGIN PRIVATE KEY-----\n",
            "APP_KEY=1\n",
            "DB_PASSWORD=x\n",
            "<html>",
            "<script>",
            "</script>",
            "<code>",
            "</code>",
            "uid=1(a) gid=1(a)",
            "SQLSTATE[42000]: error",
            "<",
            ">",
            "x",
            "\n",
            "phpinfo()",
            "#0 /a\n",
        ],
    );
}
