//! The words and patterns by which details of an error are known. Data for `trace`, in the order of its families.
//!
//! A pattern sees bytes, and a little of the page on either side of its word. `QUOTE` stands for a quotation mark as it is,
//! as HTML writes it, or as JSON does. Chinese words of Microsoft's messages stand in UTF-8 and in GBK.

use super::trace::ErrorTrace::{
    self, DotNet, Go, Java, MySql, Node, Oracle, Php, PostgreSql, Python, Ruby, ServerPage, SqlServer,
};

pub(super) struct Telltale {
    pub(super) trace: ErrorTrace,
    /// What the automaton looks for.
    pub(super) word: &'static [u8],
    /// What must hold around the word; empty if the word says it all.
    pub(super) pattern: &'static str,
}

const fn telltale(trace: ErrorTrace, word: &'static [u8], pattern: &'static str) -> Telltale {
    Telltale { trace, word, pattern }
}

/// 应用程序中的服务器错误, the title of ASP.NET's yellow page.
const YELLOW_PAGE: [&[u8]; 2] = [
    "应用程序中的服务器错误".as_bytes(),
    b"\xD3\xA6\xD3\xC3\xB3\xCC\xD0\xF2\xD6\xD0\xB5\xC4\xB7\xFE\xCE\xF1\xC6\xF7\xB4\xED\xCE\xF3",
];
/// 附近有语法错误 (error 102) and 后的引号不完整 (error 105).
const SYNTAX_NEAR: [&[u8]; 2] =
    ["附近有语法错误".as_bytes(), b"\xB8\xBD\xBD\xFC\xD3\xD0\xD3\xEF\xB7\xA8\xB4\xED\xCE\xF3"];
const OPEN_QUOTE: [&[u8]; 2] =
    ["后的引号不完整".as_bytes(), b"\xBA\xF3\xB5\xC4\xD2\xFD\xBA\xC5\xB2\xBB\xCD\xEA\xD5\xFB"];

pub(super) const TELLTALES: &[Telltale] = &[
    telltale(
        Java,
        b".java:",
        r"at (?:[\w.@-]{1,80}/){0,3}[\w$.]{1,200}(?:<|&lt;)?\w*(?:>|&gt;)?\([\w$]{1,80}\.java:\d",
    ),
    telltale(Java, b".kt:", r"at [\w$./]{1,200}\([\w$]{1,80}\.kt:\d"),
    telltale(Java, b"(Native Method)", r"at (?:[\w.@-]{1,80}/)?[\w$]{1,80}(?:\.[\w$]{1,80}){1,12}\(Native Method\)"),
    telltale(Java, b"(Unknown Source)", r"at (?:[\w.@-]{1,80}/)?[\w$]{1,80}(?:\.[\w$]{1,80}){2,12}\(Unknown Source\)"),
    telltale(Java, b"Caused by: ", r"Caused by: [a-z]\w{0,40}(?:\.\w{1,80}){1,12}(?:Exception|Error)\b"),
    telltale(
        Java,
        b"nested exception is ",
        r"nested exception is [a-z]\w{0,40}(?:\.\w{1,80}){1,12}(?:Exception|Error)\b",
    ),
    telltale(Java, b"Whitelabel Error Page", "(?s)Whitelabel Error Page.{0,300}no explicit mapping for /error"),
    telltale(
        DotNet,
        b".cs:",
        r"(?:at|\xE5\x9C\xA8|\xD4\xDA) [\w.`+<>\[\]&;]{3,300}\([^()\r\n]{0,300}\) [^\r\n]{1,20} [^\r\n]{1,300}\.cs:\D{1,12}\d",
    ),
    telltale(
        DotNet,
        b"System.",
        r"(?:at|\xE5\x9C\xA8|\xD4\xDA) [\w`+]{1,80}(?:\.[\w`+<>&;]{1,80}){1,12}(?:\[[^\]]{1,80}\])?\([^()\r\n]{0,300}\)(?:\\r|\\n|\r|\n|<br ?/?>|\s){1,8}(?:at|\xE5\x9C\xA8|\xD4\xDA) [\w`+]{1,80}(?:\.[\w`+<>&;]{1,80}){1,12}(?:\[[^\]]{1,80}\])?\(",
    ),
    telltale(DotNet, b"Server Error in ", r"Server Error in QUOTE?/[^\r\n<]{0,120}QUOTE? Application"),
    telltale(DotNet, YELLOW_PAGE[0], ""),
    telltale(DotNet, YELLOW_PAGE[1], ""),
    telltale(DotNet, b"Version Information:", "Microsoft .NET Framework Version:"),
    telltale(
        Php,
        b" on line ",
        r"(?:[Ee]rror|Warning|Notice|Deprecated)(?:</b>)?: [^\r\n]{1,400} in (?:<b>)?[^\r\n<>]{1,200}\.php(?:\(\d+\)[^\r\n<]{0,60})?(?:</b>)? on line (?:<b>)?\d",
    ),
    telltale(Php, b".php(", r"#\d+ [^\r\n<>]{1,200}\.php\(\d+\): "),
    telltale(
        Php,
        b".php",
        r#"(?:"|&quot;)file(?:"|&quot;): ?(?:"|&quot;)[^"&\r\n]{1,200}\.php(?:"|&quot;), ?(?:"|&quot;)line(?:"|&quot;): ?\d"#,
    ),
    telltale(Python, b", line ", r"File QUOTE[^\r\n]{1,200}(?:\.py|<\w{1,20}>|&lt;\w{1,20}&gt;)QUOTE, line \d"),
    telltale(Python, b"seeing this error because you have ", "you have (?:<code>)?DEBUG = True"),
    telltale(Python, b"Werkzeug Debugger", "(?:<title>|Werkzeug Debugger</title>|__debugger__)"),
    telltale(Node, b"node:internal/", r"at [^\r\n]{0,200}\(?node:internal/[\w/.-]{1,100}:\d+:\d"),
    telltale(
        Node,
        b".js:",
        r"at (?:async )?(?:[^\r\n()]{1,120} \()?(?:file:///|webpack:///|webpack-internal:///|/|[A-Za-z]:\\)[^\r\n()]{1,200}\.[cm]?js:\d+:\d",
    ),
    telltale(
        Node,
        b".ts:",
        r"at (?:async )?(?:[^\r\n()]{1,120} \()?(?:file:///|webpack:///|/|[A-Za-z]:\\)[^\r\n()]{1,200}\.ts:\d+:\d",
    ),
    telltale(Go, b"goroutine ", r"goroutine \d+ \[[a-z ,0-9()]{1,60}\]:"),
    telltale(Go, b".go:", r"/[^\s]{1,200}\.go:\d+ \+0x[0-9a-f]"),
    telltale(Ruby, b".rb:", r"\.rb:\d+:in (?:QUOTE|\xE2\x80\x98)"),
    telltale(Ruby, b"Action Controller: Exception caught", ""),
    telltale(Oracle, b"ORA-", r"\bORA-\d{5}: [^\r\n]{4}"),
    telltale(Oracle, b"Oracle JDBC", r"Oracle JDBC[^\r\n]{0,60}\b(?:Driver|error)"),
    telltale(
        MySql,
        b"You have an error in your SQL syntax",
        "check the manual that corresponds to your (?:MySQL|MariaDB)",
    ),
    telltale(MySql, b"Unknown column ", r"Unknown column QUOTE[^\r\n]{1,100}QUOTE in QUOTE"),
    telltale(
        MySql,
        b"doesn",
        r"Table QUOTE[\w$-]{1,64}\.[\w$-]{1,64}QUOTE doesn(?:'|&#0?39;|&#x27;|&apos;|\\'|\\u0027)t exist",
    ),
    telltale(MySql, b"Duplicate entry ", r"Duplicate entry QUOTE[^\r\n]{0,200}QUOTE for key QUOTE"),
    telltale(MySql, b"Access denied for user ", r"Access denied for user QUOTE[^\r\n]{0,64}QUOTE@QUOTE"),
    telltale(
        MySql,
        b"SQLSTATE[",
        r"SQLSTATE\[(?:HY000|42S02|42S22|23000|42000)\](?: \[\d+\]|: [^\r\n]{1,60}: \d{4}\b)",
    ),
    telltale(
        PostgreSql,
        b"ERROR: ",
        r"ERROR:  ?(?:relation QUOTE[^\r\n]{1,100}QUOTE does not exist|column [^\r\n]{1,100} does not exist|syntax error at or near QUOTE|duplicate key value violates unique constraint QUOTE|invalid input syntax for |operator does not exist: |unterminated quoted string at or near )",
    ),
    telltale(
        PostgreSql,
        b"violates ",
        r"violates (?:unique|foreign key|not-null|check) constraint QUOTE|in column QUOTE[^\r\n]{1,100}QUOTE[^\r\n]{0,60} violates not-null constraint",
    ),
    telltale(PostgreSql, b"SQLSTATE[", r"SQLSTATE\[(?:42P01|42703|42601|23505|23503|22P02|08006)\]"),
    telltale(PostgreSql, b"syntax error at or near ", r"syntax error at or near QUOTE[^\r\n]{1,60}QUOTE"),
    telltale(SqlServer, b"Unclosed quotation mark ", "Unclosed quotation mark (?:after|before) the character string"),
    telltale(SqlServer, b"Incorrect syntax near ", "Incorrect syntax near (?:QUOTE|the keyword QUOTE)"),
    telltale(SqlServer, b"Invalid object name ", "Invalid object name QUOTE"),
    telltale(SqlServer, b"Invalid column name ", "Invalid column name QUOTE"),
    telltale(SqlServer, b", Level ", r"Msg \d{1,6}, Level \d{1,2}, State \d{1,3}"),
    telltale(SqlServer, b"Conversion failed when converting ", r"converting [^\r\n]{1,200} to data type "),
    telltale(SqlServer, b"[SQL Server]", r"\[Microsoft\]\[[^\]\r\n]{1,60}\]\[SQL Server\]"),
    telltale(SqlServer, SYNTAX_NEAR[0], ""),
    telltale(SqlServer, SYNTAX_NEAR[1], ""),
    telltale(SqlServer, OPEN_QUOTE[0], ""),
    telltale(SqlServer, OPEN_QUOTE[1], ""),
    telltale(
        ServerPage,
        b"Apache Tomcat/",
        r"(?s)(?:HTTP Status|<h3>)[^\r\n]{0,400}Apache Tomcat/\d|<title>Apache Tomcat/\d[^<]{0,40}Error report",
    ),
    telltale(ServerPage, b"Detailed Error", r"<title>IIS \d[\d.]{0,4} Detailed Error"),
    telltale(ServerPage, b"<center>nginx/", r"<center>nginx/\d"),
    telltale(ServerPage, b"<center>openresty/", r"<center>openresty/\d"),
    telltale(ServerPage, b"Tengine/", r"<(?:center|hr/?>)[^\r\n]{0,40}Tengine/\d"),
    telltale(ServerPage, b"<address>Apache/", r"<address>Apache/\d[^\r\n<]{0,300} Server at "),
    telltale(ServerPage, b"Powered by Jetty", r"Jetty:// ?\d"),
];
