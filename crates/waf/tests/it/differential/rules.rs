//! Random rule files over the whole language: every variable, operator, transformation and action, chains, jumps, macros.
//!
//! Names and arguments are few and short, so that rules meet values and each other.

use proptest::prelude::*;
use proptest::sample::select;

/// Most rules of a file; `ctl` and updates name some of them.
const RULES: usize = 12;

/// Variables with members, and without.
const COLLECTIONS: &[&str] = &[
    "ARGS",
    "ARGS",
    "ARGS",
    "ARGS_GET",
    "ARGS_POST",
    "ARGS_NAMES",
    "ARGS_GET_NAMES",
    "ARGS_POST_NAMES",
    "FILES",
    "FILES_NAMES",
    "FILES_SIZES",
    "FILES_TMP_CONTENT",
    "MULTIPART_PART_HEADERS",
    "REQUEST_COOKIES",
    "REQUEST_COOKIES_NAMES",
    "REQUEST_HEADERS",
    "REQUEST_HEADERS_NAMES",
    "RESPONSE_HEADERS",
    "RESPONSE_HEADERS_NAMES",
    "TX",
    "TX",
    "TX",
    "MATCHED_VARS",
    "MATCHED_VARS",
    "MATCHED_VARS_NAMES",
    "RULE",
    "IP",
    "GLOBAL",
];
const SCALARS: &[&str] = &[
    "QUERY_STRING",
    "REMOTE_ADDR",
    "REMOTE_PORT",
    "REQUEST_BASENAME",
    "REQUEST_BODY",
    "REQUEST_BODY_LENGTH",
    "REQUEST_FILENAME",
    "REQUEST_LINE",
    "REQUEST_METHOD",
    "REQUEST_PROTOCOL",
    "REQUEST_URI",
    "REQUEST_URI_RAW",
    "XML",
    "XML:/*",
    "XML://@*",
    "ARGS_COMBINED_SIZE",
    "FILES_COMBINED_SIZE",
    "REQBODY_PROCESSOR",
    "REQBODY_ERROR",
    "REQBODY_ERROR_MSG",
    "REQBODY_PROCESSOR_ERROR",
    "MULTIPART_STRICT_ERROR",
    "MULTIPART_UNMATCHED_BOUNDARY",
    "SERVER_NAME",
    "UNIQUE_ID",
    "DURATION",
    "RESPONSE_STATUS",
    "RESPONSE_PROTOCOL",
    "RESPONSE_BODY",
    "RESPONSE_CONTENT_TYPE",
    "RESPONSE_CONTENT_LENGTH",
    "MATCHED_VAR",
    "MATCHED_VAR",
    "MATCHED_VAR_NAME",
];
const SELECTORS: &[&str] = &[
    "a",
    "A",
    "b",
    "id",
    "session",
    "n",
    "N1",
    "s",
    "x-a",
    "/^a/",
    "/a|b/",
    "'/^[abn]/'",
    "/./",
    "score_in",
    "0",
    "1",
    "/^c_/",
    "ARGS:a",
    "/ARGS/",
    "host",
];
const TRANSFORMATIONS: &[&str] = &[
    "none",
    "lowercase",
    "lowercase",
    "uppercase",
    "urlDecode",
    "urlDecodeUni",
    "urlDecodeUni",
    "urlEncode",
    "htmlEntityDecode",
    "jsDecode",
    "cssDecode",
    "escapeSeqDecode",
    "removeNulls",
    "replaceNulls",
    "removeWhitespace",
    "compressWhitespace",
    "trim",
    "trimLeft",
    "trimRight",
    "replaceComments",
    "removeComments",
    "removeCommentsChar",
    "normalizePath",
    "normalizePathWin",
    "cmdLine",
    "base64Decode",
    "base64DecodeExt",
    "base64Encode",
    "hexDecode",
    "hexEncode",
    "sqlHexDecode",
    "utf8toUnicode",
    "sha1",
    "length",
];
const TEXTS: &[&str] = &["a", "b", "ab", "abc", "1", "10", "select", "/", "GET", "a b", "<", "URLENCODED"];
const MACROS: &[&str] = &[
    "%{tx.n}",
    "%{TX.N1}",
    "%{tx.s}",
    "%{tx.0}",
    "%{tx.1}",
    "%{MATCHED_VAR}",
    "%{MATCHED_VAR_NAME}",
    "%{ARGS.a}",
    "%{args.B}",
    "%{REQUEST_HEADERS.x-a}",
    "%{REMOTE_ADDR}",
    "%{REQUEST_LINE}",
    "%{RULE.id}",
    "%{RULE.msg}",
    "%{RULE.severity}",
    "%{REQUEST_METHOD}",
    "%{tx.c_ARGS:a}",
    "%{MATCHED_VARS}",
    "%{MATCHED_VARS_NAMES}",
    "%{UNIQUE_ID}",
    "%{RESPONSE_STATUS}",
];
const PATTERNS: &[&str] = &[
    "a",
    "^a",
    "b$",
    "(?i)ab",
    "(a)(b)?",
    "(a)|(b)",
    "[a-c]{2}",
    "\\d+",
    "(\\d)(\\d)?",
    "^$",
    ".",
    "^.*$",
    "select|union",
    "union\\s+select",
    "<[a-z]+",
    "['<>]",
    "[^a]",
    "a.?b",
    "%[0-9a-f]{2}",
    "\\x{61}",
    "(?:a|b)c?",
    "\\.\\./",
    "[\\x80-\\xff]",
];

fn one_of(texts: &'static [&'static str]) -> impl Strategy<Value = String> {
    select(texts).prop_map(str::to_owned)
}

/// Sometimes empty.
fn often(strategy: impl Strategy<Value = String> + 'static, share: f64) -> impl Strategy<Value = String> {
    prop::option::weighted(share, strategy).prop_map(Option::unwrap_or_default)
}

fn variable() -> impl Strategy<Value = String> {
    let member = (one_of(COLLECTIONS), prop::option::weighted(0.6, one_of(SELECTORS)));
    let member =
        member.prop_map(|(name, selector)| selector.map_or(name.clone(), |selector| format!("{name}:{selector}")));
    let sign = select(&["", "", "", "", "", "&", "!"][..]);
    (sign, prop_oneof![3 => member, 2 => one_of(SCALARS)]).prop_map(|(sign, name)| format!("{sign}{name}"))
}

fn variables() -> impl Strategy<Value = String> {
    prop::collection::vec(variable(), 1..5).prop_map(|variables| variables.join("|"))
}

/// Text in which a macro may stand.
fn template() -> impl Strategy<Value = String> {
    (often(one_of(TEXTS), 0.6), often(one_of(MACROS), 0.6)).prop_map(|(text, quoted)| {
        let text = text + &quoted;
        if text.is_empty() { "a".to_owned() } else { text }
    })
}

fn operator() -> impl Strategy<Value = String> {
    let compare = select(
        &["streq", "contains", "containsWord", "beginsWith", "endsWith", "within", "eq", "ge", "gt", "le", "lt"][..],
    );
    let fixed = select(
        &[
            "pm a b",
            "pm select union |3c 73|",
            "pm ab abc c",
            "pmFromFile words.data",
            "pmf words.data",
            "strmatch ab",
            "ipMatch 203.0.113.0/24,10.0.0.1",
            "ipMatchFromFile nets.data",
            "validateByteRange 32-126",
            "validateByteRange 97,98",
            "validateUtf8Encoding",
            "validateUrlEncoding",
            "detectSQLi",
            "detectXSS",
            "detect sqli",
            "detect xss",
            "detect shell",
            "detect jndi",
            "detect traversal",
            "detect php",
            "unconditionalMatch",
            "noMatch",
        ][..],
    );
    let operator = prop_oneof![
        4 => one_of(PATTERNS).prop_map(|pattern| format!("@rx {pattern}")),
        4 => (compare, template()).prop_map(|(name, text)| format!("@{name} {text}")),
        3 => fixed.prop_map(|text| format!("@{text}")),
    ];
    (prop::bool::weighted(0.2), operator)
        .prop_map(|(not, operator)| if not { format!("!{operator}") } else { operator })
}

/// `t:` actions. Layers at most once: twice is a lot of work for nothing.
fn transformations() -> impl Strategy<Value = String> {
    let chain = prop::collection::vec(one_of(TRANSFORMATIONS), 0..4);
    (chain, prop::option::weighted(0.25, 0..4_usize)).prop_map(|(mut chain, layers)| {
        if let Some(at) = layers {
            chain.insert(at.min(chain.len()), "decodeLayers".to_owned());
        }
        chain.iter().fold(String::new(), |text, name| text + ",t:" + name)
    })
}

fn setvar() -> impl Strategy<Value = String> {
    let name = select(
        &[
            "n",
            "n",
            "n1",
            "s",
            "score_in",
            "score_out",
            "inbound_anomaly_score_pl1",
            "c_%{MATCHED_VAR_NAME}",
            "c_%{tx.0}",
            "%{ARGS.a}",
            "5",
        ][..],
    );
    let amount = prop_oneof![select(&["1", "2", "3", "5", "x"][..]).prop_map(str::to_owned), one_of(MACROS)];
    let change = prop_oneof![
        3 => amount.clone().prop_map(|amount| format!("=+{amount}")),
        1 => amount.prop_map(|amount| format!("=-{amount}")),
        2 => template().prop_map(|text| format!("={text}")),
        1 => Just(String::new()),
    ];
    let set = (name, change).prop_map(|(name, change)| format!(",setvar:'tx.{name}{change}'"));
    prop_oneof![8 => set, 1 => name_only()]
}

fn name_only() -> impl Strategy<Value = String> {
    select(&["n", "n1", "s", "0", "c_%{tx.0}"][..]).prop_map(|name| format!(",setvar:!tx.{name}"))
}

fn target() -> impl Strategy<Value = String> {
    (
        select(&["ARGS", "ARGS_GET", "REQUEST_COOKIES", "REQUEST_HEADERS", "TX", "MATCHED_VARS"][..]),
        often(one_of(SELECTORS), 0.7),
    )
        .prop_map(|(name, selector)| if selector.is_empty() { name.to_owned() } else { format!("{name}:{selector}") })
}

fn ctl() -> impl Strategy<Value = String> {
    let id = 1..=RULES;
    prop_oneof![
        id.clone().prop_map(|id| format!(",ctl:ruleRemoveById={id}")),
        id.clone().prop_map(|id| format!(",ctl:ruleRemoveById={id}-{}", id + 2)),
        select(&["attack-sqli", "other"][..]).prop_map(|tag| format!(",ctl:ruleRemoveByTag={tag}")),
        Just(",ctl:ruleRemoveByMsg=found".to_owned()),
        (id, target()).prop_map(|(id, target)| format!(",ctl:'ruleRemoveTargetById={id};{target}'")),
        target().prop_map(|target| format!(",ctl:'ruleRemoveTargetByTag=attack;{target}'")),
        select(&["On", "Off", "DetectionOnly", "DetectionOnly"][..]).prop_map(|mode| format!(",ctl:ruleEngine={mode}")),
        select(
            &[
                "requestBodyProcessor=JSON",
                "requestBodyProcessor=URLENCODED",
                "forceRequestBodyVariable=On",
                "requestBodyAccess=Off",
                "responseBodyAccess=On",
                "auditEngine=Off"
            ][..]
        )
        .prop_map(|what| format!(",ctl:{what}")),
    ]
}

/// What any link of a chain may carry.
fn link_actions() -> impl Strategy<Value = String> {
    let capture = often(Just(",capture".to_owned()), 0.3);
    let multi = often(Just(",multiMatch".to_owned()), 0.2);
    let setvars = prop::collection::vec(setvar(), 0..3).prop_map(|setvars| setvars.concat());
    let ctls = often(ctl(), 0.15);
    (transformations(), capture, multi, setvars, ctls).prop_map(|(transformations, capture, multi, setvars, ctls)| {
        transformations + &capture + &multi + &setvars + &ctls
    })
}

/// What only the first link carries.
fn head_actions() -> impl Strategy<Value = String> {
    let phase = select(&["1", "2", "2", "2", "request", "3", "4", "5"][..]).prop_map(|phase| format!("phase:{phase}"));
    let msg = often(prop_oneof![Just("found".to_owned()), template()].prop_map(|msg| format!(",msg:'{msg}'")), 0.8);
    let logdata = often(template().prop_map(|text| format!(",logdata:'{text}'")), 0.3);
    let tag = often(
        select(&["attack-sqli", "attack-xss", "active-content',tag:'attack-xss", "other", "paranoia-level/2"][..])
            .prop_map(|tag| format!(",tag:'{tag}'")),
        0.7,
    );
    let disruptive = select(
        &[
            "",
            ",pass",
            ",pass",
            ",pass",
            ",block",
            ",deny",
            ",deny,status:418",
            ",drop",
            ",redirect:'http://a/%{tx.n}'",
            ",allow",
            ",allow:phase",
            ",allow:request",
            ",nolog,pass",
            ",severity:2",
        ][..],
    );
    let jump = often(
        prop_oneof![
            select(&["M1", "M2"][..]).prop_map(|marker| format!(",skipAfter:{marker}")),
            (1..3).prop_map(|count| format!(",skip:{count}")),
        ],
        0.15,
    );
    (phase, msg, logdata, tag, disruptive, jump)
        .prop_map(|(phase, msg, logdata, tag, disruptive, jump)| phase + &msg + &logdata + &tag + disruptive + &jump)
}

/// One rule, with `@@` where its id belongs.
fn rule() -> impl Strategy<Value = String> {
    let link = || (variables(), operator(), link_actions());
    let chain = prop::collection::vec(link(), 0..3);
    let chain = prop_oneof![3 => Just(Vec::new()), 1 => chain];
    let action =
        (head_actions(), link_actions()).prop_map(|(head, link)| format!("SecAction \"id:@@,{head}{link}\"\n"));
    let rule = (link(), head_actions(), chain).prop_map(|((variables, operator, actions), head, chain)| {
        let more = |rest: usize| if rest > 0 { ",chain" } else { "" };
        let first = format!("SecRule {variables} \"{operator}\" \"id:@@,{head}{actions}{}\"\n", more(chain.len()));
        chain.iter().enumerate().fold(first, |text, (at, (variables, operator, actions))| {
            let actions = format!("t:none{actions}{}", more(chain.len() - at - 1));
            text + &format!("    SecRule {variables} \"{operator}\" \"{actions}\"\n")
        })
    });
    prop_oneof![8 => rule, 1 => action]
}

/// What stands before the rules, or after them.
fn directives() -> impl Strategy<Value = String> {
    let id = 1..=RULES;
    let directive = prop_oneof![
        Just("SecResponseBodyAccess On\n".to_owned()),
        select(&["On", "DetectionOnly"][..]).prop_map(|mode| format!("SecRuleEngine {mode}\n")),
        (1..=5, select(&["pass", "deny,status:406", "drop", "pass,nolog", "pass,t:lowercase"][..]))
            .prop_map(|(phase, actions)| format!("SecDefaultAction \"phase:{phase},{actions}\"\n")),
        id.clone().prop_map(|id| format!("SecRuleRemoveById {id}\n")),
        Just("SecRuleRemoveByTag other\n".to_owned()),
        (id.clone(), target(), any::<bool>()).prop_map(|(id, target, not)| format!(
            "SecRuleUpdateTargetById {id} \"{}{target}\"\n",
            if not { "!" } else { "" }
        )),
        (id, setvar()).prop_map(|(id, setvar)| format!("SecRuleUpdateActionById {id} \"pass,t:lowercase{setvar}\"\n")),
    ];
    prop::collection::vec(directive, 0..3).prop_map(|directives| directives.concat())
}

/// A rule file.
pub(crate) fn rule_file() -> impl Strategy<Value = String> {
    let rules = prop::collection::vec((rule(), prop::bool::weighted(0.1)), 1..RULES);
    (directives(), rules, directives()).prop_map(|(before, rules, after)| {
        let rules = rules.into_iter().enumerate().map(|(at, (rule, marker))| {
            let marker = if marker { "SecMarker M1\n" } else { "" };
            rule.replace("@@", &(at + 1).to_string()) + marker
        });
        before + &rules.collect::<String>() + "SecMarker M1\nSecMarker M2\n" + &after
    })
}
