//! Errors as the products print them, and pages that only speak of errors.

use crate::leak::ErrorTrace::{self, *};
use crate::leak::MAX_SCANNED_BYTES;

fn check(expected: ErrorTrace, pages: &[&str]) {
    for page in pages {
        assert_eq!(ErrorTrace::find(page.as_bytes()), Some(expected), "{page}");
    }
}

#[test]
fn traces_of_languages_are_found() {
    check(
        Java,
        &[
            "java.lang.NullPointerException: null\n\tat com.hosp.his.PatientDao.load(PatientDao.java:88)\n",
            r#"{"status":500,"trace":"java.lang.IllegalStateException: x\r\n\tat com.hosp.A$B.run(A.java:7)\r\n"}"#,
            "<pre>\tat java.base/jdk.internal.reflect.NativeMethodAccessorImpl.invoke0(Native Method)\n</pre>",
            "at com.hosp.Query.&lt;init&gt;(Query.java:12)",
            "Caused by: org.hibernate.exception.SQLGrammarException: could not extract ResultSet",
            "Request processing failed; nested exception is org.springframework.dao.DataAccessException: x",
            "<h1>Whitelabel Error Page</h1><p>This application has no explicit mapping for /error, so</p>",
        ],
    );
    check(
        DotNet,
        &[
            "   at His.Web.Patient.Page_Load(Object sender, EventArgs e) in D:\\src\\Patient.aspx.cs:line 42",
            "   在 His.Web.Patient.Page_Load(Object sender, EventArgs e) 位置 D:\\src\\Patient.aspx.cs:行号 42",
            "   at System.Data.SqlClient.SqlCommand.ExecuteReader()\r\n   at His.Dal.Query(String sql)\r\n",
            "<title>Server Error in '/His' Application.</title>",
            "<h1>“/”应用程序中的服务器错误。<hr></h1>",
            "<b>Version Information:</b>&nbsp;Microsoft .NET Framework Version:4.0.30319",
        ],
    );
    check(
        Php,
        &[
            "<b>Warning</b>:  Undefined variable $a in <b>/var/www/his/index.php</b> on line <b>12</b><br />",
            "PHP Fatal error:  Uncaught Error: Call to undefined function f() in C:\\www\\a.php on line 3",
            "#0 /var/www/his/vendor/x/Db.php(55): PDO->query()\n#1 {main}",
            r#"{"message":"Server Error","file":"\/var\/www\/app\/Http\/A.php","line":31,"trace":[]}"#,
        ],
    );
    check(
        Python,
        &[
            "Traceback (most recent call last):\n  File \"/srv/his/views.py\", line 20, in get\n",
            "File &quot;/srv/his/views.py&quot;, line 20, in get",
            r#"{"detail":"File \"/srv/app.py\", line 3, in f"}"#,
            "You’re seeing this error because you have <code>DEBUG = True</code> in your settings",
            "<title>KeyError // Werkzeug Debugger</title>",
        ],
    );
    check(
        Node,
        &[
            "Error: x\n    at Object.query (/srv/his/db/pool.js:10:15)",
            "    at process.processTicksAndRejections (node:internal/process/task_queues:95:5)",
            "<pre>TypeError: x<br> &nbsp; &nbsp;at /srv/his/app.js:3:9<br></pre>",
            "    at async main (file:///srv/his/server.mjs.js:1:2)",
        ],
    );
    check(Go, &["panic: boom\n\ngoroutine 18 [running]:\nmain.f()", "\t/srv/his/main.go:31 +0x1d"]);
    check(
        Ruby,
        &[
            "app/models/a.rb:12:in `find'",
            "app/models/a.rb:12:in 'A#find'",
            "<title>Action Controller: Exception caught</title>",
        ],
    );
}

#[test]
fn errors_of_databases_are_found() {
    check(Oracle, &["ORA-00933: SQL command not properly ended", "错误:ORA-01756: 引号内的字符串没有正确结束"]);
    check(
        MySql,
        &[
            "You have an error in your SQL syntax; check the manual that corresponds to your MySQL server version for",
            "Unknown column 'id_card2' in 'where clause'",
            "Table &#39;his.patient2&#39; doesn&#39;t exist",
            "Duplicate entry '13800138000' for key 'uk_phone'",
            "SQLSTATE[HY000] [2002] Connection refused",
            "SQLSTATE[42S02]: Base table or view not found: 1146 Table 'his.a' doesn't exist",
            "Access denied for user 'root'@'localhost' (using password: YES)",
        ],
    );
    check(
        PostgreSql,
        &[
            "ERROR:  relation \"patient2\" does not exist\nLINE 1",
            "ERROR: syntax error at or near \"'\"",
            "duplicate key value violates unique constraint \"patient_pkey\"",
            "SQLSTATE[42P01]: Undefined table: 7 ERROR",
            r#"{"error":"null value in column \"name\" of relation \"p\" violates not-null constraint"}"#,
        ],
    );
    check(
        SqlServer,
        &[
            "Unclosed quotation mark after the character string ''.",
            "Incorrect syntax near 'FROM'.",
            "Msg 208, Level 16, State 1, Line 1",
            "[Microsoft][ODBC Driver 17 for SQL Server][SQL Server]Login failed",
            "Conversion failed when converting the varchar value 'a' to data type int.",
            "“)”附近有语法错误。",
            "字符串 '' 后的引号不完整。",
        ],
    );
}

#[test]
fn default_error_pages_with_versions_are_found() {
    check(
        ServerPage,
        &[
            "<h1>HTTP Status 404 – Not Found</h1><hr class=\"line\" /><h3>Apache Tomcat/9.0.71</h3>",
            "<title>Apache Tomcat/7.0.55 - Error report</title>",
            "<title>IIS 10.0 Detailed Error - 404.0 - Not Found</title>",
            "<hr><center>nginx/1.18.0 (Ubuntu)</center>",
            "<hr><center>openresty/1.21.4.1</center>",
            "<hr/>Powered by Tengine/2.3.2",
            "<address>Apache/2.4.41 (Ubuntu) Server at his.example Port 80</address>",
            "<hr><a href=\"https://eclipse.org/jetty\">Powered by Jetty:// 9.4.43</a>",
        ],
    );
}

#[test]
fn messages_in_gbk_are_found() {
    // 应用程序中的服务器错误; 在 … 位置 … 行号; 附近有语法错误.
    let pages: [(&[u8], ErrorTrace); 3] = [
        (b"\xA1\xB0/\xA1\xB1\xD3\xA6\xD3\xC3\xB3\xCC\xD0\xF2\xD6\xD0\xB5\xC4\xB7\xFE\xCE\xF1\xC6\xF7\xB4\xED\xCE\xF3", DotNet),
        (b"\xD4\xDA His.Web.P.Load(Object s) \xCE\xBB\xD6\xC3 D:\\a.cs:\xD0\xD0\xBA\xC5 42", DotNet),
        (b"'a' \xB8\xBD\xBD\xFC\xD3\xD0\xD3\xEF\xB7\xA8\xB4\xED\xCE\xF3\xA1\xA3", SqlServer),
    ];
    for (page, expected) in pages {
        assert_eq!(ErrorTrace::find(page), Some(expected));
    }
}

#[test]
fn ordinary_pages_are_left_alone() {
    for page in [
        "",
        "Release notes 2.4.1: fixed a NullPointerException in PatientDao.java and an ORA-01555 under load; \
         requires Java 17, PHP 8.1 or Python 3.11. Tomcat 9.0.71 and nginx 1.18.0 are supported. See main.go:12.",
        "<h1>常见问题</h1><p>如果页面提示 Exception 或 java.lang.NullPointerException,请联系信息科。\
         出现“系统错误”时请截图,并注明时间。at 8:00 我们会答复。</p>",
        r#"{"code":500,"message":"系统繁忙,请稍后再试","error":"Internal Server Error","path":"/api/a"}"#,
        r#"{"type":"about:blank","title":"Validation failed","status":422,"errors":[{"field":"id","message":"Incorrect length"}]}"#,
        "Traceback 是 Python 的错误堆栈。遇到 Traceback (most recent call last) 时先看最后一行。",
        "<script src=\"/static/app.js:v3\"></script> look at /static/app.js for details",
        "<center><h1>404 Not Found</h1></center><hr><center>nginx</center>",
        "The patient was seen at Chengdu.Hospital(West) in room 3, line 2 of the form.",
        "Version Information: 3.2. Server Error in the last hour: 0. Duplicate entry for key 3 was merged.",
        "Please check the syntax near the door; access denied for user without card. It doesn't exist.",
        "ERROR: the form is incomplete. Nested exception is a term of Java. Caused by: a power cut.",
    ] {
        assert_eq!(ErrorTrace::find(page.as_bytes()), None, "{page}");
    }
}

#[test]
fn only_the_beginning_is_looked_at() {
    let trace = "goroutine 1 [running]:";
    let at = |before: usize| ErrorTrace::find(format!("{}{trace}", " ".repeat(before)).as_bytes());
    assert_eq!(at(MAX_SCANNED_BYTES - trace.len()), Some(Go));
    assert_eq!(at(MAX_SCANNED_BYTES), None);
}

#[test]
fn every_telltale_compiles_and_names_are_unique() {
    assert_eq!(ErrorTrace::find(b"goroutine 1 [running]:"), Some(Go));
    let all = [Java, DotNet, Php, Python, Node, Go, Ruby, Oracle, MySql, PostgreSql, SqlServer, ServerPage];
    let names: std::collections::BTreeSet<_> = all.iter().map(|trace| trace.name()).collect();
    assert_eq!(names.len(), all.len());
}
