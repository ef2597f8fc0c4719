use proptest::prelude::*;

use super::super::tests::{check_table, satisfies};
use super::super::{Context, Detector, Place};

const VALUE: Context = Context::of(Place::Value);

const ATTACKS: &[&str] = &[
    "*)(uid=*))(|(uid=*",
    "*)(&",
    "*))%00",
    "admin)(&)",
    "admin)(!(&(1=0",
    "*)(objectClass=*",
    ")(cn=*))(|(cn=*",
    "*(|(mail=*))",
    "*(|(objectclass=*))",
    "x*)(userPassword=*)",
    "*)(|(password=*)",
    "admin*)((|userpassword=*)",
    "*)(uid=*)",
    "admin)(uid=*))(|(uid=*",
    "*)(cn=*))%00",
    "x)(|(cn=a)(sn=b",
    "wang)(mail=*",
    "*)(sAMAccountName=admin",
    "admin)(|(password=*))",
    "*)(userPassword>=a",
    "*))(|(objectclass=*",
    "x))(&(uid=*)(cn=*",
    "*) (uid=*)",
    "*)(member=cn=*",
    "a)(cn:dn:=admin*",
    "*)(homeDirectory=*",
    "*)(description=*)",
    "*)(telephoneNumber=1*",
    "test)(ou=*",
    "b*)(department=x*",
    "*)(!(uid=x))",
    "x)(&(objectClass=void",
    "*)(userAccountControl:1.2.840.113556.1.4.803:=2*",
    "*)(adminCount=1",
    "guest)(memberOf=cn=admins*",
    "*)(givenName~=a*",
    "*)(zzz=*",
    "admin)(customattr=*)",
    "*)(|(uid=a)(uid=b)",
    "*)(&(uid=*)",
    "q))(|(mail=*@x*",
    "*)(role=admin",
    "x)(group=*",
    "x)(type=*)",
    "a*)(name=*",
    "*)(username=*",
    "*)(pass=*",
    "*)(displayName=a*",
    "*)(userPrincipalName=*",
    "(x)))(|(uid=*",
    "*)(email=*",
    "1)(uidNumber>=0",
    "*)(gidNumber=0",
    "*)(dn=*",
    "x)(sn=*)(cn=*",
    "*)(security=low",
    "*)(servicePrincipalName=*",
    "*)(objectCategory=person",
    "doc)(directory=private",
    "x)(access=*",
    "*)(|(&(a=*)(b=*)",
];

const HONEST: &[&str] = &[
    "*",
    "王*",
    "a*b",
    "(a)",
    "f(x)(y=2)",
    "f(x) = (y)",
    "left(L) and right(R)",
    "O2 (sat) = 98%",
    "(none)",
    ":)",
    ":) (haha)",
    "a) first (b) second",
    "1) one 2) two",
    "1) (see below)",
    "1)(2)(3)",
    "x)(y)",
    "(a=b)",
    "(uid=1)",
    "if (a) (b)",
    "smile :)(ok)",
    "WBC(10^9/L)=5",
    "(A&B)",
    "A&E (dept)",
    "a|b",
    "(a|b)",
    "(x & y)",
    "name(张三)(李四)",
    "Tab(1)(2)",
    "版本(2.0)(新)",
    "😀)(😀",
    "function(a){return (a)}",
    "(function(){})()",
    "!function(){}()",
    "})(jQuery)",
    "})(window,document)",
    "})();",
    "a:not(.b)",
    "calc((1px + 2px) * 3)",
    "rgb(1,2,3)",
    "url(a.png)",
    "sum(a)(b)",
    "http://x.example/a(1)(2).pdf",
    "C:\\a (1)\\b (2).txt",
    "{\"a\":\"(b)(c)\"}",
    "SELECT (a)",
    "count(*)",
    "q=(a OR b)",
    "(a)(b)(c)=d",
    "1.(a) 2.(b)",
    "x) y (z",
    "mailto:(a)",
    "Rh(-)",
    "AB型 Rh(+)",
    "(+86)010",
    "010)(020",
    "tel) (fax",
    "a)(1=1",
    "a)(b",
    "))((",
    ")(",
    "*)",
    "(*)",
    "**)",
    "报告(一)(二)",
    "T(°C)=36",
];

#[test]
fn attacks_block_and_honest_values_pass() {
    let attacks: Vec<String> = ATTACKS.iter().map(|value| value.replace("%00", "\0")).collect();
    let attacks: Vec<&str> = attacks.iter().map(String::as_str).collect();
    check_table(Detector::Ldap, VALUE, 80, &attacks, HONEST);
}

fn any_value() -> impl Strategy<Value = Vec<u8>> {
    let piece =
        prop::sample::select(vec!["*", "(", ")", "|", "&", "!", "uid", "=", "cn", ":dn:=", "x", " ", "\0", ">=", "中"]);
    prop_oneof![
        prop::collection::vec(any::<u8>(), 0..120),
        prop::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat().into_bytes()),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]
    #[test]
    fn any_value_is_judged_and_a_finding_meets_the_requirement(value in any_value()) {
        for place in [Place::Value, Place::Name, Place::Path] {
            if let Some(finding) = Detector::Ldap.find(&value, Context::of(place)) {
                prop_assert!(value.get(finding.span.clone()).is_some());
                prop_assert!(satisfies(&value, &Detector::Ldap.requirement()), "{}", finding.path);
            }
        }
    }
}
