use proptest::prelude::*;

use super::super::tests::{check_table, satisfies};
use super::super::{Context, Detector, Place};

const VALUE: Context = Context::of(Place::Value);

const ATTACKS: &[&str] = &[
    "' or count(parent::*[position()=1])=0 or 'a'='b",
    "' or count(//*)=1 or 'a'='b",
    "'] | //user/*[contains(*,'",
    "'] | //* | //*['",
    "x' or name()='username' or 'x'='y",
    "' and substring(//user[1]/password,1,1)='a",
    "' or string-length(//user[1]/name)=5 or 'a'='b",
    "' or string-length(name(/*[1]))=4 or ''='",
    "'|//*|'",
    "' or contains(name,'adm') or '1'='2",
    "' or contains(., 'x') or ''='",
    "'] | //password | //foo[bar='",
    "'] | //password/text() | //x['",
    "' or true() or '",
    "' or position()=2 or '",
    "' or last()=1 or ''='",
    "1 or count(//user)=1",
    "1 or string-length(//a)>1",
    "1 or position()=1",
    "1] | //user | //x[1",
    "1 or count(/*)=1",
    "' or starts-with(name(),'a') or ''='",
    "' and starts-with(//user[1]/name,'a') and ''='",
    "' or local-name(/*[1])='users' or ''='",
    "' or doc('http://x.example/a') or ''='",
    "' or unparsed-text('/etc/passwd') or ''='",
    "' and doc-available('file:///etc/passwd') and ''='",
    "') or count(child::*)=2 or ('a'='b",
    "' or ancestor::x or '",
    "' or following-sibling::*[1] or ''='",
    "' or //user/password='x",
    "' and count(/*)=1 and '1'='1",
    "' and count(@*)=1 or count(//a)=1 or ''='",
    "' or substring(name(parent::*[position()=1]),1,1)='a",
    "' and count(/comment())=1 or position()=1 and ''='",
    "' and name(//user[position()=1])='a' or ''='",
    "\" or true() or \"",
    "\" or position()=1 or \"\"=\"",
    "\"] | //user | //x[\"",
    "\" or string-length(//a)=1 or \"\"=\"",
    "' or normalize-space(//a)='x' or ''='",
    "' or substring-before(//a,'x')='' or ''='",
    "' or substring-after(name(),'x')='' or ''='",
    "' or boolean(//user) or ''='",
    "' or not(//x) or ''='",
    "' or (//user) or ''='",
    "' or node()='x' or ''='",
    "' or text()='x' or ''='",
    "a' or text()='b",
    "' and not(false()) and ''='",
    "' or false() or ''='",
    "' or current()='x' or ''='",
    "' or self::node() or ''='",
    "' or descendant::password or ''='",
    "' or attribute::id='1' or ''='",
    "' or preceding-sibling::*[1]='x' or ''='",
    "' and string-to-codepoints(substring(//a,1,1))=97 and ''='",
    "' or namespace-uri(/*)='' or ''='",
    "wang' or //user[1]/name='x' or 'a'='b",
    "'] | /*[1]/*[1] | /x['",
    "0 or child::node()",
    "' or collection('x') or ''='",
    "x'] | //user[name='y",
];

const HONEST: &[&str] = &[
    "O'Brien",
    "it's true (or false)",
    "the doctor's or nurse's name()",
    "a | b",
    "a|b|c",
    "x' | y",
    "'a' | 'b'",
    "https://x.example/a|b",
    "http://a.example/?x=1 or //cdn.example.org/a.js",
    "1 or 2",
    "1 | 2",
    "5' or 6'",
    "//cdn.example.org/a.js",
    "'//cdn.example.org'|'x'",
    "name()",
    "position()",
    "text() or node()",
    "xpath: //div[@id='a']",
    "//div[@class='x']/a",
    "/html/body/div[1]/a",
    "count(a) or count(b)",
    "contains(a)",
    "not (a) or (b)",
    "true or false",
    "user's count (5) or so",
    "rock 'n' roll",
    "I'd like it and not(hing) else",
    "\"A\" or \"B\"",
    "it's | //comment",
    "a' or b",
    "it's 5 and contains lactose",
    "don't or can't",
    "child's parent::guardian",
    "std::vector<int>",
    "Foo::bar() | Baz::qux()",
    "{\"a\":\"b\"} | jq .",
    "cat a.txt | grep 'x'",
    "Mary's last() entry",
    "[1] | [2]",
    "a[0] or b[1]",
    "x[1]|y[2]",
    "(1) or (2)",
    "select a or b",
    "'' or ''",
    "''|''",
    "\"\"|\"\"",
    "男|女",
    "是'或'否",
    "2026 or 2027",
    "1 and 2",
    "100 and over",
    "10 or //",
    "3 | 4 | 5",
    "name or text",
    "document or string",
    "it's 'x' and string (y)",
    "'yes' and 'no' or 'maybe'",
    "l'or et l'argent",
    "d'or | d'argent",
    "rule: 'a' | 'b' | 'c'",
    "a'b|c'd",
    "x=1|y=2",
];

#[test]
fn attacks_block_and_honest_values_pass() {
    check_table(Detector::Xpath, VALUE, 80, ATTACKS, HONEST);
}

fn any_value() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop::sample::select(vec![
        "'",
        "\"",
        "]",
        "|",
        " or ",
        " and ",
        "//",
        "user",
        "/*",
        "[1]",
        "count(",
        "name()",
        "text()",
        "parent::",
        "(",
        ")",
        "=",
        "1",
        "contains(",
        "true()",
        " ",
        "中",
    ]);
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
            if let Some(finding) = Detector::Xpath.find(&value, Context::of(place)) {
                prop_assert!(value.get(finding.span.clone()).is_some());
                prop_assert!(satisfies(&value, &Detector::Xpath.requirement()), "{}", finding.path);
            }
        }
    }
}
