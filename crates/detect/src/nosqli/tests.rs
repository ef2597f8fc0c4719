use super::super::properties::check_properties;
use super::super::tests::check_table;
use super::super::{Context, Detector, Place};

const VALUE: Context = Context::of(Place::Value);

const NAME: Context = Context::of(Place::Name);

const NAMES: &[&str] = &[
    "username[$ne]",
    "password[$ne]",
    "user[$gt]",
    "user[$regex]",
    "login[$nin][]",
    "pass[$exists]",
    "a[$where]",
    "q[$not][$eq]",
    "$where",
    "password.$ne",
    "json.password.$ne",
    "json.user.$gt",
    "json.user.$regex",
    "filter[name][$ne]",
    "x[$lt]",
    "x[$nor][0]",
    "json.a.$where",
    "json.a.$nin",
    "json.$function",
];

const HONEST_NAMES: &[&str] = &[
    "$top",
    "$filter",
    "$select",
    "$expand",
    "$orderby",
    "$skip",
    "$count",
    "$format",
    "$search",
    "$ref",
    "$schema",
    "$id",
    "json.$lib",
    "json.properties.$os",
    "json.$set.name",
    "json.$type_of",
    "a[b]",
    "a[]",
    "a[0][b]",
    "price$",
    "x$ne",
    "user$name",
    "json.$is_first_day",
    "$",
    "$$",
    "a.$",
    "$new",
    "$order",
    "$inbox",
];

const ATTACKS: &[&str] = &[
    "0;var d=new Date();do{c=new Date();}while(c-d<10000)",
    "';var d=new Date();do{c=new Date();}while(c-d<8785);var x='",
    "{\"$ne\": null}",
    "{\"$ne\":\"\"}",
    "{\"$gt\":\"\"}",
    "{\"username\":{\"$ne\":null},\"password\":{\"$ne\":null}}",
    "{\"$ne\": 1}",
    "{\"user\":{\"$gt\":undefined}}",
    "{\"$nin\":[]}",
    "{\"a\":{\"$nin\":[\"x\",\"y\"]}}",
    "{\"$where\":\"sleep(1000)\"}",
    "{\"$where\":\"1==1\"}",
    "{\"$where\":\"this.a=='b'\"}",
    "{$where: '1==1'}",
    "{\"a\":{\"$regex\":\"^a\"}}",
    "{\"a\":{\"$regex\":\".*\"}}",
    "{'$ne':'x'}",
    "{$gt:''}",
    "{ $ne: 1 }",
    "true, $where: '1 == 1'",
    "$where: '1 == 1'",
    "', $or: [ {}, { 'a':'a",
    "{$ne:1}",
    "{\"$or\":[{},{\"a\":\"a\"}]}",
    "{\"$or\": [ {}, {\"x\":1} ]}",
    "{\"a\":{\"$not\":{\"$eq\":\"x\"}}}",
    "{\"$nor\":[{\"a\":1}]}",
    "{\"$function\":{\"body\":\"function(){return true}\"}}",
    "{\"$expr\":{\"$function\":{\"body\":\"x\"}}}",
    "x[$ne]=1",
    "a=b&password[$ne]=1",
    "user[$regex]=.*&x=1",
    "login[$gt]=&a",
    "a[$nin][]=b",
    "a[$exists]=true",
    "'; return true; var x='",
    "'; return 1; //",
    "' || this.password.match(/.*/)//",
    "' && this.password.length>0 && 'a'=='a",
    "'; sleep(5000); var a='",
    "';sleep(5000);'",
    "'; while(true){}; '",
    "\"; return true; var a=\"",
    "' || this['password']!='x",
    "1; return true",
    "1;sleep(5000)",
    "0;while(true){}",
    "' && this.a=='b' || 'x'=='y",
    "'}); db.users.drop(); //",
    "';db.users.insert({a:1});//",
    "x'; return this.a != 'b",
    "'; return (true); var d='",
    "a'; return 'a'=='a' && ''=='",
    "{\"pwd\":{\"$gt\": null}}",
    "{\"pwd\":{\"$lt\":\"\"}}",
    "{\"a\":{\"$ne\":[]}}",
    "{\"a\":{\"$ne\":{}}}",
    "[{\"$where\":\"x\"}]",
    "{\"a\":1,\"$where\":\"function(){return 1}\"}",
    "1 || db.users.find()",
    "'||this.a||'",
    "'&&this.b&&'",
    "'; return ''==''; var z='",
    "') || this.a=='b",
];

const HONEST: &[&str] = &[
    "var d=new Date(); 怎么格式化",
    "it's; var d = 3",
    "{\"a\":1}",
    "{\"score\":{\"$gte\":1000,\"$lt\":2000}}",
    "{\"score\":{\"$gte\":1000}}",
    "{\"id\":{\"$in\":[1,2,3]}}",
    "{\"$ref\":\"#/a\"}",
    "{\"$set\":{\"a\":1}}",
    "{\"$lib\":\"js\",\"$os\":\"iOS\"}",
    "{\"properties\":{\"$title\":\"x\",\"$url\":\"y\"}}",
    "{\"$and\":[{\"a\":1},{\"b\":2}]}",
    "$ne",
    "$100",
    "$gt 5",
    "costs $in total",
    "US$ and HK$",
    "$where is it",
    "a $or b",
    "{{ $t('x') }}",
    "$(document).ready(function(){})",
    "$.ajax({})",
    "jQuery.noConflict(); $('#a')",
    "return true",
    "it's true; return it",
    "it's || yes",
    "'a' || 'b'",
    "a && b",
    "this.a",
    "this is 'x'; ok",
    "function(){return this.a}",
    "var a='x'; return a;",
    "x; return the form",
    "1; see below",
    "2; return tomorrow",
    "db.example.org",
    "db.users",
    "mydb.users.find(x)",
    "sleep; rest",
    "it's; while you wait",
    "a;b;c",
    "'; '",
    "\"; \"",
    "don't; can't",
    "price[$]=1",
    "a[b]=c",
    "a[0]=c",
    "a[]=b&c[]=d",
    "a[$]=x",
    "[$]",
    "[x]=y",
    "$eq",
    "$all of it",
    "{\"a\":\"$ne\"}",
    "{\"a\":\"$where\"}",
    "{\"fields\":[\"$gt\"]}",
    "$size: 5",
    "{\"$schema\":\"http://json-schema.org\",\"$id\":\"x\"}",
    "{\"$type\":\"A.B, C\"}",
    "$text",
    "$regex",
    "echo $not",
    "$exists",
    "{\"type\":\"$mod\"}",
    "{\"x\":\"$or\"}",
    "O'Brien && sons",
    "Tom's || Jerry's",
];

#[test]
fn attacks_block_and_honest_values_pass() {
    // Ranges and lists may count a little: filters of pages have them, too.
    let honest: Vec<&str> = HONEST
        .iter()
        .copied()
        .filter(|value| {
            !value.contains("$gte")
                && !value.contains("$in\"")
                && !value.contains("$and\"")
                && !value.contains("$type\"")
        })
        .collect();
    check_table(Detector::NoSqli, VALUE, 80, ATTACKS, &honest);
    for value in HONEST {
        let sure = Detector::NoSqli.find(value.as_bytes(), VALUE).map_or(0, |finding| finding.confidence);
        assert!(sure < 60, "{value}: {sure}");
    }
}

#[test]
fn operators_in_names_block_and_other_dollars_pass() {
    check_table(Detector::NoSqli, NAME, 80, NAMES, HONEST_NAMES);
}

#[test]
fn nosqli_findings_meet_the_requirement_in_linear_work() {
    check_properties(
        Detector::NoSqli,
        &[
            "$",
            "$ne",
            "$gt",
            "$where",
            "$or",
            "[",
            "]",
            "=",
            "\"",
            "'",
            "{",
            "}",
            ":",
            "null",
            ";",
            "||",
            "return true",
            "this.a",
            "sleep(5)",
            "db.",
            "users.drop(",
            " ",
            "1",
            "a",
            ".",
            "中",
        ],
    );
}

#[test]
fn filter_quoted_in_a_text_does_not_block() {
    let value =
        "按照教程写的查询语句结果不对请帮忙看看 db.user.find({ age: { $gt: 18, $ne: null }, $or: [{ name: /^张/ }] })";
    let sure = Detector::NoSqli.find(value.as_bytes(), VALUE).map_or(0, |finding| finding.confidence);
    assert!(sure < 60, "{value}: {sure}");
}

#[test]
fn operator_below_a_filter_is_doubtful_and_below_a_field_blocks() {
    for name in ["json.where.age.$lt", "json.where.name.$regex", "json.filter.visit.ward.$ne", "where.age.$gt"] {
        let sure = Detector::NoSqli.find(name.as_bytes(), NAME).map_or(0, |finding| finding.confidence);
        assert!((40..80).contains(&sure), "{name}: {sure}");
    }
    for name in ["json.login.password.$ne", "json.where.$ne", "json.where.age.$where", "json.whereabouts.age.$lt"] {
        let sure = Detector::NoSqli.find(name.as_bytes(), NAME).map_or(0, |finding| finding.confidence);
        assert!(sure >= 80, "{name}: {sure}");
    }
}
