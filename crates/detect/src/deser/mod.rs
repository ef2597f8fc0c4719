//! Serialised objects that a server might bring to life.
//!
//! Binary formats are confirmed by the structure of their beginning, read raw, from hexadecimal or from base64; pickles are
//! run through their opcodes. Formats in text are confirmed by the type they ask for: a class that is known to be abused, a
//! language tag of YAML, a bean of XMLDecoder. Random base64, JSON-LD and view states are none of these.

mod pickle;
mod stream;
#[cfg(test)]
mod tests;

use super::condense::Condensed;
use super::gate::{Best, Pattern, Shape, Words, prepare_all, shape};
use super::reading::{before, from, until, window};
use super::{Context, Finding, Place, Requirement, either, needs};
use crate::ByteMask;

/// Words of the formats in text.
static WORDS: Words = Words::of(&[
    "@type",
    "$type",
    "@class",
    "!!",
    "!ruby",
    "yaml.org,2002",
    "nd_func",
    "<void",
    "<object",
    "<java",
    "dynamic-proxy",
    "eventhandler",
    "xmldecoder",
    "jdbcrowsetimpl",
    "templatesimpl",
    "transformer",
    "invocationhandler",
    "badattributevalue",
    "objectdataprovider",
    "com.sun.",
    "com.mchange",
    "com.zaxxer",
    "com.caucho",
    "org.apache.",
    "org.springframework",
    "oracle.j",
    "javax.",
    "ch.qos.",
    "br.com.anteros",
    "datanucleus",
    "com.ibatis",
    "java.lang.",
    "java.net.",
    "java.util.",
    "java.io.",
    "java.rmi",
    "java.beans",
    "sorted-set",
    "jdk.nashorn",
    "sun.rmi",
    "sun.misc",
    "weblogic.",
    "com.bea.",
    "com.alibaba.druid",
    "org.hibernate",
    "com.p6spy",
    "org.jsecurity",
    "net.sf.",
    "workcontext",
    "system.",
    "groovy.",
    "bsh.",
    "org.python",
    "clojure.",
    "org.jboss",
    "com.nqadmin",
    "com.newrelic",
    "org.eclipse",
    "__js_function",
    "clr-namespace",
    "com.tangosol",
    "flex.messaging",
    "tree-map",
    "org.mozilla",
    "py/",
]);

static BASE64: Words = Words::of(stream::BASE64_STARTS);
/// Compiles what is looked for here.
pub(super) fn prepare() {
    prepare_all(&[&WORDS, &BASE64, &TYPED_GADGET, &WHOLE_GADGET, &HESSIAN_TYPE, &SEARCHED, &STACK_TRACE, &SHAPES]);
}

pub(super) fn requirement() -> Requirement {
    either([
        needs(WORDS.list(), &[]),
        needs(BASE64.list(), &[]),
        needs(&["aced0005", "\u{4}\u{8}", "O:", "C:"], &[]),
        needs(&["Mt\0", "c\u{2}\0", "c\u{1}\0", "H\u{2}\0"], &[]),
        // Java, .NET and pickles of protocol 2 to 5 in the raw.
        needs(&[], &[ByteMask::of(&[0xac, 0xff, 0x80])]),
        // Pickles of protocol 0: a class is named on lines, called and the machine stopped; MARK need not occur.
        needs(&[], &[ByteMask::of(b"\n"), ByteMask::of(b"ci"), ByteMask::of(b".")]),
    ])
}

/// The shapes of text formats.
static SHAPES: [Shape; 16] = [
    // What jsonpickle calls to make an object, and a type that runs commands.
    shape(86, "python/reduce", r"(?:^|['\x22.\[])py/reduce(?:$|['\x22.\]])"),
    shape(
        90,
        "python/type",
        r"['\x22]py/(?:type|object|function)['\x22]:['\x22](?:os|subprocess|builtins|__builtin__|posix|nt|pty|shutil|commands|importlib|runpy|code)\.",
    ),
    shape(
        88,
        "fastjson/type",
        r"(?i)['\x22]?@type['\x22]?:['\x22]?[l\[]*(?:java|javax|sun|oracle|weblogic|groovy|jdk|bsh)\.[\w.$]{3,}",
    ),
    shape(
        94,
        "dotnet/type",
        r"(?i)['\x22]\$type['\x22]:['\x22]system\.(?:windows|data|diagnostics|configuration|management|security|web|activities|identitymodel|resources|workflow|io)\b|objectdataprovider\b.*?(?:methodname|process|objectinstance)|clr-namespace:system\.diagnostics",
    ),
    shape(94, "yaml/python", r"(?i)!!python/(?:object|name|module|apply)|yaml\.org,2002:python/"),
    shape(92, "yaml/ruby", r"(?i)!ruby/(?:object|hash|struct|class|regexp|module|array)"),
    shape(
        91,
        "yaml/java",
        r"(?i)!!(?:java|javax|com|org|sun|ch|jdk|oracle|net)\.[\w.$]*\.[\w$]+[\[{(\x22 ]|yaml\.org,2002:(?:java|javax|com|org)\.",
    ),
    shape(96, "node/function", r"_\$\$ND_FUNC\$\$_|\x22__js_function\x22"),
    shape(
        93,
        "xml-decoder/bean",
        r"(?i)<(?:object|void|new) [^>]*?(?:class=['\x22](?:java\.(?:lang\.(?:processbuilder|runtime|class|thread)|io\.|net\.|beans)|javax\.|com\.|org\.|oracle\.|sun\.)|method=['\x22](?:start|exec|invoke|forname|println|getruntime|eval|newinstance)['\x22])|<java [^>]{0,80}class=['\x22]java\.beans\.xmldecoder",
    ),
    shape(
        84,
        "xml-decoder/context",
        r"(?i)<work:workcontext|<java(?: version=['\x22][\w.]+['\x22])?[^>]{0,80}>\s*<(?:void|object)[ >]",
    ),
    shape(
        92,
        "xstream/proxy",
        r"(?i)<dynamic-proxy>|<handler class=['\x22](?:java\.beans\.eventhandler|org\.|com\.|sun\.)|java\.beans\.eventhandler['\x22>]",
    ),
    shape(
        90,
        "xstream/element",
        r"(?i)<(?:java\.util\.priorityqueue|javax\.[\w.]+|jdk\.nashorn\.[\w.$_-]+|com\.sun\.[\w.$_-]+|sun\.[\w.$_-]+|org\.(?:apache|springframework|codehaus|mozilla)\.[\w.$_-]+|java\.lang\.(?:processbuilder|runtime)|groovy\.[\w.$]+|bsh\.[\w.$]+)[ >/]",
    ),
    shape(
        84,
        "xstream/collection",
        r"(?i)<(?:sorted-set|tree-map)><(?:string|dynamic|java)|<sorted-set>.{0,40}<dynamic",
    ),
    shape(
        82,
        "gadget/name",
        r"\b(?:JdbcRowSetImpl|TemplatesImpl|InvokerTransformer|ChainedTransformer|InstantiateTransformer|AnnotationInvocationHandler|BadAttributeValueExpException|TiedMapEntry|JndiRefForwardingDataSource|WrapperConnectionPoolDataSource|JndiDataSourceFactory|TypeConfuseDelegate|ObjectDataProvider|SwingLazyValue|JNDIConnectionSource|HikariConfig|UserOverridableTransformation|MarshalOutputStream|SpringPartiallyComparableAdvisorHolder|ResourceRef|UnicastRef)\b",
    ),
    shape(60, "fastjson/application-type", r"(?i)['\x22]@type['\x22]:['\x22](?:com|org|cn|net)\.[\w.$]{6,}"),
    shape(
        84,
        "jackson/type",
        r"(?i)['\x22](?:@class|class|_class|classname|javaclass|clazz|type)['\x22]:['\x22](?:java\.lang\.(?:processbuilder|runtime|class)|javax\.(?:script|naming|swing)|com\.sun\.(?:rowset|org))",
    ),
];

/// Packages of classes that deserialisers are abused with.
macro_rules! gadget_packages {
    () => {
        concat!(
            r"(?:",
            r"com\.sun\.(?:rowset|org\.apache|jndi|corba|syndication|naming)",
            r"|com\.(?:mchange|zaxxer|caucho|rometools|ibatis|p6spy|nqadmin|newrelic|bea|tangosol|alibaba\.druid",
            r"|pastdev|mysql\.(?:cj|jdbc))",
            r"|org\.apache\.(?:xbean|shiro|ibatis|commons\.(?:dbcp|configuration|collections|proxy|beanutils",
            r"|fileupload|jelly|io)|tomcat\.dbcp|ignite|hadoop|cocoon|aries|myfaces|cxf|axis2|activemq|drill",
            r"|openjpa|batik|logging|xalan|velocity|wicket|catalina|naming)",
            r"|oracle\.(?:jdbc|jms|net)",
            r"|org\.(?:springframework|hibernate|datanucleus|jsecurity|python|jboss|mozilla|eclipse\.jetty",
            r"|codehaus\.groovy|arrah|docx4j|quartz|objectweb)",
            r"|javax\.(?:swing|management|naming|script|media|sql\.rowset|imageio|xml\.transform)",
            r"|ch\.qos\.logback|br\.com\.anteros|net\.sf\.(?:ehcache|json)|jdk\.nashorn|groovy\.(?:lang|util)",
            r"|bsh|clojure|weblogic|sun\.(?:rmi|misc|reflect|swing|print)",
            r"|java\.(?:rmi|beans|lang\.(?:autocloseable|class(?:loader)?\b|runtime|processbuilder|throwable|exception",
            r"|readable|thread|character\$)|net\.(?:inet4address|inet6address|inetsocketaddress|url|uri)",
            r"|io\.(?:file|.*stream|.*reader|.*writer)|util\.(?:logging|scanner|jar|prefs|serviceloader",
            r"|priorityqueue))",
            r"|flex\.messaging",
            r")",
        )
    };
}

/// Such a class where a type is asked for: `@type`, an array of Jackson, a member named class.
static TYPED_GADGET: Pattern = Pattern::new(concat!(
    r"(?i)(?:['\x22]?(?:@type|@class|\$type)['\x22]?:['\x22]?[l\[]*|\[['\x22]|['\x22](?:class|clazz|classname|javaclass)['\x22]:['\x22])",
    gadget_packages!(),
    r"[\w.$]*\.[\w$]+",
));

/// A value that is nothing but such a class.
static WHOLE_GADGET: Pattern = Pattern::new(concat!(r"(?i)^\s*[l\[]{0,3}", gadget_packages!(), r"[\w.$]*;?\s*$"));

pub(super) fn find(value: &[u8], context: Context) -> Option<Finding> {
    if matches!(context.place, Place::ResponseBody | Place::ResponseHeader | Place::FileName) {
        return None;
    }
    let mut best = Best::default();
    binary(value, context, &mut best);
    if context.place != Place::FileContent && WORDS.is_in(value) {
        text(value, context, &mut best);
    }
    best.into_finding()
}

/// Streams in the raw, in hexadecimal and in base64.
fn binary(value: &[u8], context: Context, best: &mut Best) {
    if let Some((sure, path)) = stream::judge(value) {
        best.offer(sure, 0..value.len().min(64), path);
    }
    hessian(value, best);
    if let Some(at) = memchr::memmem::find(value, b"\xac\xed\x00\x05")
        && let Some((sure, path)) = stream::judge(from(value, at))
    {
        best.offer(sure, at..value.len().min(at + 64), path);
    }
    for at in memchr::memmem::find_iter(value, b"0005").take(64) {
        let start = at.saturating_sub(4);
        let marked = window(value, start, 4).eq_ignore_ascii_case(b"aced");
        if marked && let Some((sure, path)) = stream::judge(&stream::from_hex(from(value, start))) {
            best.offer(sure, start..value.len().min(start + 64), path);
        }
    }
    // What a text holds beyond this many is no longer one object.
    let starts = BASE64.find_iter(value).filter(|(span, word)| {
        let alone = before(value, span.start).is_none_or(|byte| match byte {
            // A segment of a path begins behind a slash.
            b'/' => context.place == Place::Path,
            _ => !byte.is_ascii_alphanumeric() && !matches!(byte, b'+' | b'_'),
        });
        alone && value.get(span.clone()) == Some(word.as_bytes())
    });
    for (span, word) in starts.take(8) {
        let bytes = stream::decoded(value, span.start);
        let php = word.ends_with("zo") || word.ends_with("To");
        let judged = if php { php_objects(&bytes).map(|_| (86, "php/object")) } else { stream::judge(&bytes) };
        if let Some((sure, path)) = judged {
            best.offer(sure, span.start..value.len().min(span.start + 64), path);
        }
    }
    if let Some(at) = php_objects(value) {
        best.offer(88, at..value.len().min(at + 64), "php/object");
    }
}

/// A call or reply of Hessian (`c` or `H` and a version) that builds a map or object of a class outside of the collections
/// of Java: the protocol of a service names its own classes, gadgets those of libraries.
fn hessian(value: &[u8], best: &mut Best) {
    let opens = matches!(value, [b'c' | b'r', 1 | 2, 0, ..] | [b'H', 2, 0, ..]);
    if opens && let Some(span) = HESSIAN_TYPE.find(until(value, HESSIAN_BYTES)) {
        best.offer(88, span, "hessian/gadget");
    }
}

/// How much of a Hessian message is read.
const HESSIAN_BYTES: usize = 16 * 1024;

/// A class of a gadget package behind the length of its name.
static HESSIAN_TYPE: Pattern = Pattern::new(concat!(r"(?i)[\x00-\x7f]", gadget_packages!(), r"[\w.$]*\.[\w$]+"));

/// Where an object in PHP's notation begins.
fn php_objects(value: &[u8]) -> Option<usize> {
    memchr::memchr_iter(b':', value).filter_map(|colon| colon.checked_sub(1)).find(|start| {
        let opens = before(value, *start).is_none_or(|byte| !byte.is_ascii_alphanumeric() && byte != b'_');
        matches!(value.get(*start), Some(b'O' | b'C')) && opens && stream::php_object(from(value, *start))
    })
}

/// Formats in text.
fn text(value: &[u8], context: Context, best: &mut Best) {
    let mut found = Best::default();
    let condensed = Condensed::of(value);
    condensed.offer_all(&SHAPES, &mut found);
    if let Some(part) = TYPED_GADGET.find(&condensed.text) {
        found.offer(93, condensed.span(&part), "type/gadget");
    }
    let short = value.len() <= 256 && matches!(context.place, Place::Value | Place::Cookie);
    if short && let Some(span) = WHOLE_GADGET.find(value) {
        // The name of an exception or of a stream is also what people look for.
        let abused = window(value, span.start, 12).contains(&b'.') && !SEARCHED.is_in(value);
        let runner = [b"java.lang.Runtime".as_slice(), b"java.lang.ProcessBuilder"].contains(&value.trim_ascii());
        found.offer(
            if abused {
                84
            } else if runner {
                62
            } else {
                30
            },
            span,
            "value/gadget",
        );
    }
    let found = match found.confidence() {
        0 => None,
        _ if found.line_of(value).is_some_and(|line| STACK_TRACE.is_in(line)) => found.at_most(30),
        sure if sure < 90 && found.is_in_prose(value) => found.at_most(50),
        _ => found.into_finding(),
    };
    if let Some(finding) = found {
        best.offer(finding.confidence, finding.span, finding.path);
    }
}

/// Names of classes that stand in questions and error messages, too.
static SEARCHED: Pattern = Pattern::new(
    r"(?i)^\s*(?:java\.(?:lang\.(?:exception|throwable|thread|processbuilder|runtime)|io\.|net\.(?:url|uri)|util\.)|org\.(?:springframework|hibernate|apache|eclipse|jboss|quartz)\.|.*(?:exception|error)\s*$)",
);

/// What a runtime prints when it fails.
static STACK_TRACE: Pattern = Pattern::new(
    r"^\s*at [\w$.<>/@-]+\((?:[\w$]+\.(?:java|kt|scala|groovy):\d{1,5}|Native Method|Unknown Source)\)\s*$|^(?:Caused by: |Exception in thread \S+ )?[\w$.]+(?:Exception|Error|Throwable)(?:: (?:[^(]|\(\))*)?$",
);
