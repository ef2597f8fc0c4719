//! Java reached through expressions: OGNL, SpEL, EL, Groovy, Velocity, FreeMarker, and data sources that run code.
//!
//! Confirmed by a chain that leaves the application's own objects: to a class by name, to the runtime, to a process, a script
//! engine or a class loader. The chain is read without blanks, comments and glued literals. Stack traces name the same
//! classes; they are recorded only.

#[cfg(test)]
mod tests;

use super::condense::Condensed;
use super::gate::{Best, Pattern, Shape, Words, prepare_all, shape};
use super::{Context, Finding, Place, Requirement, needs};

static WORDS: Words = Words::of(&[
    "getruntime",
    "processbuilder",
    "processimpl",
    "scriptengine",
    "memberaccess",
    "classloader",
    "getclass",
    "forname",
    "ognl",
    "xwork",
    "java.",
    "javax.",
    "newinstance",
    "execute(",
    "#context",
    "#request",
    "#session",
    "#application",
    "#parameters",
    "#attr",
    "#root",
    "#this",
    "freemarker",
    "?new",
    "inspect",
    "runscript",
    "jdbc:",
    "exec(",
    "exec (",
    "java.type",
    "xmlapplicationcontext",
    "pagecontext",
    "facescontext",
    "applicationscope",
    "nashorn",
    "groovy",
    "getmethod",
    "getdeclared",
    "defineclass",
    "t(",
    "class.module",
    "class[",
    "org.apache",
    "com.sun",
    "#set",
    "bsh.",
    "unsafe",
    "jexl",
    "mvel",
    "interpreter",
    ".class.",
    "securitymanager",
    "#ognlutil",
    "#container",
    "getbean",
    "systemproperties",
    "bcel",
    "<%",
]);
/// Compiles what is looked for here.
pub(super) fn prepare() {
    prepare_all(&[&WORDS, &STACK_TRACE, &SHAPES]);
}

pub(super) fn requirement() -> Requirement {
    needs(WORDS.list(), &[])
}

static SHAPES: [Shape; 32] = [
    shape(
        95,
        "class-loader/property",
        r"(?i)(?:^|[^\w])class(?:\.module)?(?:\.|\[['\x22]?)class-?loader\b|(?:^|[^\w.])class\[['\x22]?(?:module|classloader)|class\.module\.classloader",
    ),
    shape(
        94,
        "ognl/static-member",
        r"@[a-z][\w$]*(?:\.[\w$]+)*\.[A-Z][\w$]*@[\w$]+|@(?:java|javax|ognl|org|com)\.[\w.$]+@",
    ),
    shape(
        94,
        "ognl/member-access",
        r"(?i)#_?memberaccess\b|#ognlutil\b|#context\.setmemberaccess|@ognl\.ognlcontext|#_?(?:allowstaticmethodaccess|excludedclasses)",
    ),
    shape(
        88,
        "ognl/context",
        r"(?i)#(?:context|application|session|request|parameters|attr|root|container|stack|this)(?:\[['\x22]|\.(?:get\(|put\(|getclass|remove\()|\.\w+\.getclass)",
    ),
    shape(93, "runtime/exec", r"(?i)getruntime\([^)]{0,8}\)\.?\)*\.?exec\b|getruntime\(\).{0,40}exec\("),
    shape(86, "runtime", r"(?i)\bgetruntime\(\)|\bruntime\.getruntime\b"),
    shape(
        92,
        "process/builder",
        r"(?i)new (?:java\.lang\.)?processbuilder\b[({\[]?|\bprocessbuilder\(|java\.lang\.(?:processimpl|unixprocess)\b",
    ),
    shape(
        92,
        "spel/type",
        r"(?i)(?:^|[^\w])t\((?:java|javax|org|com|sun|jdk|groovy)\.[\w.$]+\)|(?:^|[^\w.])t\((?:runtime|thread|system|class|processbuilder)\)\.",
    ),
    shape(
        92,
        "class/by-name",
        r"(?i)(?:getclass\(\)|\.class|['\x22]class['\x22]\]?)\.forname\(|\.getclass\(\)\.(?:getclassloader|forname|getmethod|getdeclared|newinstance|getconstructor)",
    ),
    shape(
        86,
        "class/of-literal",
        r"(?i)(?:['\x22]{2}|['\x22]\w{0,16}['\x22]|\(\)|[\])])\.(?:getclass\(\)|class)\.[a-z]",
    ),
    shape(
        92,
        "script-engine",
        r"(?i)scriptenginemanager\b.{0,80}(?:getengineby|eval\()|\bgetenginebyname\(|new javax\.script\.|javax\.script\.scriptenginemanager\b['\x22)\]({]",
    ),
    shape(
        92,
        "script-engine/type",
        r"(?i)\bjava\.type\(['\x22](?:java|javax)\.|\bpackages\.java\.|\bload\(['\x22]nashorn:|\bjavaimporter\(|jdk\.nashorn\.|java\.to\(\[",
    ),
    shape(
        90,
        "class-loader/define",
        r"(?i)\.(?:defineclass|loadclass|defineanonymousclass)\(|new java\.net\.urlclassloader|com\.sun\.org\.apache\.bcel|\$\$bcel\$\$|getsystemclassloader\(",
    ),
    shape(94, "spring/context", r"(?i)(?:classpath|filesystem)xmlapplicationcontext\b"),
    shape(90, "freemarker/new", r"(?i)freemarker\.template\.utility\.\w|['\x22]\?new\(|\?new\(\)"),
    shape(
        88,
        "velocity/inspect",
        r"(?i)#set\(\$\w+=.{0,80}(?:\.class\b|getclass\(|\.inspect\(|forname\()|\$class\.inspect\(|\$\w+\.class\.forname",
    ),
    shape(
        88,
        "groovy/execute",
        r"(?i)['\x22][^'\x22]+['\x22](?:\.tostring\(\))?\.execute\(\)|\]\.execute\(\)|@groovy\.transform\.|groovy\.lang\.(?:groovyshell|groovyclassloader)|new groovyshell\b|evaluate\(new (?:file|url)",
    ),
    shape(88, "expression/new", r"(?i)[$#%*@]\{+[^{}]*?\bnew (?:java|javax|org|com)\.[\w.]+\("),
    shape(
        84,
        "expression/class",
        r"(?i)[$#%*@]\{+[^{}]*?(?:\.getclass\(\)|\.class\b[.\[]|\bjava\.(?:lang|io|util|net|nio)\.[A-Z]|\bjavax\.\w+\.[A-Z])",
    ),
    shape(
        84,
        "expression/context",
        r"(?i)\b(?:pagecontext|facescontext)\.(?:request|session|response|servletcontext|getexternalcontext|getrequest|getsession|externalcontext)[.(]|\$\{(?:applicationscope|sessionscope|pagecontext)[}.\[]",
    ),
    shape(
        90,
        "reflection/invoke",
        r"(?i)getdeclared(?:method|constructor|field)s?\(.*?(?:\.invoke\(|setaccessible|newinstance)|\.getmethod\(['\x22].*?\.invoke\(|\.newinstance\(\).{0,40}(?:exec|eval)",
    ),
    shape(
        88,
        "thread/sleep",
        r"(?i)java\.lang\.thread\.sleep\(|java\.lang\.thread@sleep|thread\.currentthread\(\)\.(?:getcontextclassloader|sleep)",
    ),
    shape(
        86,
        "system/property",
        r"(?i)java\.lang\.system\.(?:getenv|getproperty|exit|setproperty|setsecuritymanager)\(|java\.lang\.system\)?\.getenv|java\.lang\.shutdown",
    ),
    shape(
        84,
        "io/stream",
        r"(?i)new (?:java\.util\.)?scanner\(.{0,80}(?:exec|start)|new java\.io\.(?:file|bufferedreader|inputstreamreader|fileoutputstream|fileinputstream|filewriter|printwriter)\(|java\.nio\.file\.files\.|org\.apache\.commons\.io\.(?:ioutils|fileutils)\b[.)@]",
    ),
    shape(
        92,
        "data-source/h2",
        r"(?i)jdbc:h2:[^\s]*?(?:init=|runscript|trace_level_system_out|create alias|create trigger)|\brunscript from ?['\x22]|;init=runscript",
    ),
    shape(
        90,
        "data-source/mysql",
        r"(?i)jdbc:(?:mysql|mariadb|postgresql|db2|oracle|jtopen|sqlite|derby|modeshape|jcr|ibmcloud)\S*?(?:autodeserialize|allowloadlocalinfile|allowurlinlocalinfile|queryinterceptors|statementinterceptors|socketfactory(?:arg)?=|loggerfile|clientrerouteserverlistjndiname|:resource:http|detectcustomcollations)",
    ),
    shape(
        84,
        "script/exec",
        r"(?i)^(?:ex\w{0,4}=)?(?:print\(|return )?exec\(['\x22](?:id|ls|cat|whoami|uname|wget|curl|ping|dir|echo|nc|bash|sh|pwd|cmd|powershell|touch|rm|ps|env|ifconfig|ipconfig|sleep|nslookup|python|perl|/)\b|\bbsh\.(?:script|interpreter|servlet)\b",
    ),
    shape(84, "class/forname", r"(?i)\bforname\(['\x22]?(?:java|javax|sun|jdk|com\.sun)\."),
    shape(
        84,
        "spring/bean",
        r"(?i)#\{?@?\w*\.?(?:getbean|systemproperties|systemenvironment|environment\.getproperty)[(\[]['\x22]|\{@?\w+\.getbean\(|@(?:systemproperties|systemenvironment|environment)\b[.\[]",
    ),
    shape(
        88,
        "java/class-path",
        r"(?i)\bjava\.lang\.(?:runtime|processbuilder|classloader|scriptengine)\b['\x22]?[)@\].(]|org\.apache\.(?:commons\.jexl|velocity\.app|tomcat\.instancemanager)",
    ),
    shape(
        82,
        "class/new",
        r"(?i)\bnew java\.(?:net\.(?:url|socket|serversocket)|io\.\w+|util\.scanner|lang\.(?:process|thread|security|inheritable)\w*)\(",
    ),
    shape(
        88,
        "server-page/tag",
        r"(?i)<%[=!@]?(?:out\.print|page (?:import|language|contenttype)|response\.(?:write|getwriter)|request\.getparameter|runtime\.|new java|java\.|class\.forname)",
    ),
];

/// What the Java runtime prints when it fails.
static STACK_TRACE: Pattern = Pattern::new(
    r"^\s*at [\w$.<>/@-]+\((?:[\w$]+\.(?:java|kt|scala|groovy):\d{1,5}|Native Method|Unknown Source)\)\s*$|^(?:Caused by: |Exception in thread \S+ )?[\w$.]+(?:Exception|Error|Throwable)(?:: (?:[^(]|\(\))*)?$",
);

pub(super) fn find(value: &[u8], context: Context) -> Option<Finding> {
    if matches!(context.place, Place::ResponseBody | Place::ResponseHeader | Place::FileContent) || !WORDS.is_in(value)
    {
        return None;
    }
    let mut best = Best::default();
    Condensed::of(value).offer_all(&SHAPES, &mut best);
    if best.confidence() == 0 {
        return None;
    }
    if best.line_of(value).is_some_and(|line| STACK_TRACE.is_in(line)) {
        return best.at_most(30);
    }
    if best.is_mentioned(value) { best.at_most(65) } else { best.into_finding() }
}
