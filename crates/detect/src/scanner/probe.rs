//! Paths of known holes and of consoles that answer without a login.
//!
//! Kept by structure, not by payload: the class of software and the part of it that should never be reachable. Products
//! that people use every day appear only with the interface that was abused.

use std::ops::Range;

use super::super::gate::{Best, Pattern, Shape, Words, prepare_all, shape};
use super::super::reading::before;
use super::holes::HOLES;

/// What every such path holds.
pub(super) const WORDS: &[&str] = &[
    "%2e",
    "%252",
    "%5c",
    "%2f",
    "%3b",
    "%c0",
    "%e0%80%ae",
    "%u",
    "%ef%bc%8e",
    "../",
    ";/",
    ";.",
    ".css",
    ".js",
    ".mjs",
    ".ico",
    ".woff",
    ".ttf",
    ".map",
    ".svg",
    ".htm",
    ".png",
    ".jp",
    ".gif",
    ".bak",
    ".old",
    ".orig",
    ".save",
    ".swp",
    ".rar",
    ".7z",
    ".tar",
    ".tgz",
    ".zip",
    "sessionlist",
    ".jsp",
    ".php",
    ".asp",
    ".ashx",
    ".do/",
    ".action/",
    ".cgi/",
    "/..",
    "/;",
    "/debug/",
    "/computer/",
    "/service/rest/",
    "/level/",
    "v1/kv",
    "v1/catalog",
    "v2/_catalog",
    "api/v1/",
    "manager/",
    "session-list",
    "eval-stdin",
    "actuator",
    "jolokia",
    "heapdump",
    "/solr/",
    "_ignition",
    "server-status",
    "server-info",
    "jmx-console",
    "web-console",
    "admin-console",
    "invoker/",
    "manager/html",
    "manager/text",
    "host-manager",
    "hnap1",
    "boaform",
    "cgi-bin",
    "wls-wsat",
    "_async/",
    "uddiexplorer",
    "bea_wls",
    "console.portal",
    "console/login",
    "showcase",
    "jenkins/script",
    "/script",
    "debug/pprof",
    "telescope/requests",
    "elfinder",
    "filemanager",
    "catchimage",
    "phpinfo",
    "adminer",
    "phpmyadmin",
    "pma/",
    "wp-",
    "xmlrpc",
    "autodiscover",
    "owa/",
    "ecp/",
    "druid/",
    "swagger",
    "api-docs",
    "nacos",
    "bshservlet",
    "bsh.servlet",
    "~ic/",
    "portal/pc",
    "seeyon",
    "weaver",
    "e-cology",
    "yyoa",
    "ispirit",
    "general/",
    "tplus",
    "servlet/",
    "defaultroot",
    "mobile/",
    "kms/",
    "sys/ui",
    "kindeditor",
    "ueditor",
    "fckeditor",
    "webuploader",
    "geoserver",
    "confluence",
    "pages/createpage",
    "struts",
    ".action",
    "spring",
    "functionrouter",
    "gateway/routes",
    "env",
    "trace",
    "configprops",
    "mappings",
    "threaddump",
    "webshell",
    "c99",
    "r57",
    "info.php",
    "php_info",
    "wso.",
    "b374k",
    "alfa.",
    "jspspy",
    "tunnel.",
    "info.",
    "test.",
    "/pi.",
    "/up",
    "nccloud",
    "uapjs",
    "portal/pt",
    "runningpods",
    "_nodes",
    "_wdt",
    "_profiler",
    "ws_utc",
    "myadmin",
    "mysqladmin",
    "dbadmin",
    "sqlmanager",
    "administrator",
    "sslvpn",
    "login.action",
    "vpns",
    "cscoe",
    "httptrace",
    "/dump",
    "beans",
    "autoconfig",
    "logfile",
    "loggers",
    "ckfinder",
    "shell.",
    "cmd.",
    "setup.php",
    "install.php",
    "remote/fgt_lang",
    "dana-na",
    "vpn/",
    "+cscoe+",
    "tmui/",
    "mgmt/tm",
    "luci",
    "setup-",
    "owncloud",
    "zabbix",
    "grafana",
    "public/plugins",
    "_cluster",
    "_cat/",
    "_search",
    "_plugin",
    "v1/agent",
    "v2/keys",
    "_all_dbs",
    "_config",
    "containers/json",
    "images/json",
    "api/v1/pods",
    "hudson",
    "telerik",
    "trace.axd",
    "elmah.axd",
    "crossdomain",
    "phpunit",
    "laravel",
    "storage/logs",
    "config.json",
    "backup",
    "admin.php",
    "goform",
    "currentsetting",
    "gponform",
    "sdk",
    "vsphere",
    "websso",
    "ui/vropspluginui",
    "analytics/telemetry",
    "casa/nodes",
    "ssvpn",
    "webui",
    "nagios",
    "axis2",
    "invoker",
    "jbossmq",
    "status.jsp",
    "examples/",
    "weblogic",
    "wp_",
    "jmxinvoker",
    "filereceive",
    "equipmap",
    "uapim",
    "uploaderoperate",
    "jhsoft.",
    "workflowcenter",
    "webtools/",
    "setupaccount",
    "infophp",
    "phptest",
    "priv8",
    "marijuana",
    "lock360",
    "0byte",
    "leafmailer",
    "indoxploit",
    "gel4y",
    "regeorg",
    "antsword",
    "behinder",
    "manage/",
    "monitor/",
    "management/",
    "avatar",
    "userfiles",
    "well-known",
    ".asp;",
    ".asa;",
    ".aspx;",
    ".php;",
    ".jsp;",
    "runtime/log",
    ".mdb",
    ".sqlite",
    ".db",
    "hystrix",
    "xxl-job",
    "dubbo-admin",
    "h2-console",
    "kibana",
    "graphiql",
    "nginx_status",
    "manage;",
    "monitor;",
    "management;",
];

/// A step up whose slash is escaped.
const ENCODED_STEP: &str = "probe/encoded-step";

/// A blank and a Chinese character behind it: a title or a search word that became an address, `/tag/..%2F 是什么`.
static WRITTEN: Pattern = Pattern::new(r"(?:%20|\+| )(?:%E[3-9]|[\xe3-\xe9])");

static SHAPES: [Shape; 36] = [
    // A parameter of no segment, and a step up glued to a name: one of the two readers goes on without them.
    shape(86, "probe/past-a-guard", r"/;[A-Za-z][\w.-]{0,31}/[A-Za-z_]"),
    shape(82, "probe/past-a-guard", r"/\.\.[A-Za-z][\w-]{1,31}/"),
    // What somebody put aside before a change, in a folder that says so.
    shape(
        82,
        "probe/copy",
        r"(?i)^/(?:\w{1,16}/)?(?:backups?|bak|back_?up|dbbackup|db_backup|sqlbackup|old|dumps?)/[\w.-]{1,48}\.(?:sql|sql\.gz|bak|dump|mdf|dmp)$",
    ),
    // Archives are also what a site offers of its older versions.
    shape(
        62,
        "probe/copy",
        r"(?i)^/(?:\w{1,16}/)?(?:backups?|bak|back_?up|dbbackup|db_backup|sqlbackup|old|dumps?)/[\w.-]{1,48}\.(?:rar|7z|tar|tgz|tar\.gz|tar\.bz2|zip)$",
    ),
    // A path that the guard in front and the application behind read differently. Parameters of a segment have a name and a
    // value (RFC 3986 3.3); without them the semicolon only hides what stands before it from one of the two. A number behind
    // it is the page of a search for a line of code: `/so/return;/2.html`.
    shape(
        86,
        "probe/past-a-guard",
        r"(?:^|/)\.{0,2};(?:/|$)|;\.[a-zA-Z]{2,5}$|(?:^|/)[\w.-]{1,32};[\w.-]{0,32}/[A-Za-z_]|(?i)\.(?:jspx?|php\d?|aspx?|ashx|do|action|cgi)/\.\.?/",
    ),
    shape(82, "probe/past-a-guard", r"(?i)[\w.-];[\w-]{0,32}\.(?:css|js|mjs|ico|woff2?|ttf|map|svg|html?)$"),
    shape(60, "probe/past-a-guard", r"(?i)[\w.-];[\w-]{0,32}\.(?:png|jpe?g|gif)$"),
    // Nobody escapes a dot or a backslash that stands for itself, least of all one of a step, nor a semicolon in a folder's
    // name.
    shape(
        86,
        "probe/past-a-guard",
        r"(?i)(?:^|/|%2f|%5c|\\)(?:\.|%(?:25)*2e|%c0%(?:25)*[a2]e|%e0%80%ae|%u(?:002e|ff0e)|%ef%bc%8e){0,1}(?:%(?:25)*2e|%c0%(?:25)*[a2]e|%e0%80%ae|%u(?:002e|ff0e)|%ef%bc%8e)\.?(?:/|%2f|%5c|\\|;|$)|/[\w.-]{0,32}%(?:25)*3b[\w.]{0,16}/[a-z_]",
    ),
    shape(84, ENCODED_STEP, r"(?i)\.\.%(?:25)*(?:5c|2f)"),
    // `/static../x`: where a folder of the server is named without its slash, the step leaves it.
    shape(80, "probe/past-a-guard", r"^/[a-z_-]{1,16}\.\./[\w.-]+"),
    // A copy beside what it was made of, under the root.
    shape(84, "probe/copy", r"(?i)^/[\w-]{1,24}\.(?:bak|old|orig|save|swp|backup)$"),
    shape(60, "probe/copy", r"(?i)^/[\w.-]{1,24}\.(?:rar|7z|tar|tgz|tar\.gz|tar\.bz2|tar\.xz|zip)$"),
    // Whoever is logged in, told to whoever asks.
    shape(84, "probe/session-list", r"(?i)/(?:get)?session-?list\.(?:jspx?|aspx?|php|do|action)$"),
    shape(93, "probe/phpunit", r"(?i)/phpunit/.*eval-stdin\.php|/eval-stdin\.php|/vendor/phpunit/"),
    shape(
        86,
        "probe/actuator",
        r"(?i)/(?:actuator|manage|management|monitor);?/(?:heapdump|jolokia|gateway/(?:routes|refresh)|configprops|threaddump|env|dump|trace|mappings|loggers|httptrace|beans|autoconfig|logfile|refresh|restart|shutdown|sessions|scheduledtasks|auditevents|caches|conditions|flyway|liquibase|integrationgraph|quartz|startup|sbom|features|bindings|channels|archaius|nacos\w*)(?:$|[/;.])|^/(?:heapdump|jolokia|configprops|threaddump|autoconfig|httptrace)(?:$|[/.])|/jolokia/(?:list|version|read|write|exec|search)(?:/|$)",
    ),
    shape(
        88,
        "probe/application-server",
        r"(?i)/(?:wls-wsat|bea_wls_\w+|uddiexplorer|ws_utc)(?:/|$)|/_async/asyncresponse|/console/(?:css|images)?/?.*console\.portal|/console/login/loginform\.jsp|/(?:jmx|web|admin)-console(?:/|$)|/invoker/(?:jmxinvoker|ejbinvoker|readonly)|/jbossmq-httpil|/axis2-admin|/host-manager/html|/manager/(?:html|text|status|jmxproxy)\b",
    ),
    shape(
        88,
        "probe/office-automation",
        r"(?i)/(?:bsh\.servlet\.bshservlet|bshservlet)|/servlet/~\w+/|/weaver/(?:bsh|org\.springframework)|/(?:yyoa|seeyon)/(?:thirdparty|autoinstall|htmlofficeservlet|common/js/menu/test|createmysql|ajax\.do|main\.do\?|webmail\.do|rest/(?:phone|authentication)|assess)|/ispirit/(?:interface/gateway|im/upload)|/general/\w+/.*\.\.|/(?:e-cology|mobile)/plugin/.*\.jsp|/sys/(?:ui/extend/varkind/custom|search/sys_search_main/syssearchmain)\.(?:jsp|do)|/tplus/.*\.aspx?\b.*preload|/defaultroot/(?:public|officeserver|extension|upload)\w*/.*\.jsp|/nccloud/|/uapjs/jsinvoke|/portal/pt/|/servlet/filereceiveservlet|/aim/equipmap/accept\.jsp|/uapim/upload/|/util/uploaderoperate\.jsp|/c6/jhsoft\.\S*/download|/browser/workflowcentertreedata|/webtools/control/(?:programexport|xmlrpc)|/seeyon/wpsassistservlet|/sm/setupaccount/upload\.aspx",
    ),
    shape(86, "probe/editor", r"(?i)/(?:fckeditor|ckfinder)/.*test\.html|/webuploader/.*(?:preview|fileupload)\.php"),
    // Where the editors of many sites send their pictures.
    shape(
        50,
        "probe/editor",
        r"(?i)/(?:fckeditor|ckfinder)/.*(?:connector|upload)|/kindeditor/.*(?:upload_json|file_manager_json)|/elfinder/.*connector|/webuploader/.*upload\.php",
    ),
    shape(
        88,
        "probe/appliance",
        r"(?i)/(?:hnap1|boaform|goform|gponform)(?:/|$)|/cgi-bin/(?:luci(?:/?$|/[^;]|/;(?:[^s]|stok=[0-9a-f]{0,15}(?:[^0-9a-f]|$)))|test-cgi|printenv|mainfunction|nobody|.*\.(?:sh|pl|bat|cmd)|php\d?(?:-cgi)?(?:\.exe)?$)|/remote/fgt_lang|/dana-na/|/\+cscoe\+/|/tmui/|/mgmt/tm/|/vpn/\.\./|/vpns?/(?:portal|cfg)|/currentsetting\.htm|/analytics/telemetry/|/ui/vropspluginui|/casa/nodes|/websso/saml|/sslvpn/",
    ),
    shape(
        86,
        "probe/service-api",
        r"(?i)^/(?:_cat|_cluster|_nodes|_all_dbs|_plugin)(?:/|$)|^/_search(?:$|\?)|^/v1/(?:agent/(?:self|members|checks|metrics|(?:service|check)/(?:de)?register)|kv/?$|catalog/(?:services|nodes|datacenters))|^/v2/keys/?$|^/containers/json|^/images/json|^/api/v1/(?:pods|secrets)/?$|^/runningpods|/solr/(?:admin|[\w-]+/(?:dataimport|config|debug/dump|replication))|/druid/(?:coordinator|indexer|v2)/|/nacos/v\d/(?:auth|cs|ns|console)|/geoserver/web/wicket",
    ),
    shape(
        88,
        "probe/debug",
        r"(?i)/_ignition/(?:execute|share|update)|/telescope/requests|/debug/(?:pprof|vars$|requests$|events$|default/view)|^/(?:[\w.-]+/)?server-(?:status|info)$|/(?:trace|elmah)\.axd|/jenkins/script|/scripttext$|/computer/[^/]{1,40}/script|/service/rest/v\d/script|/level/\d{1,2}/(?:exec|configure)/|/hudson/script|/storage/logs/laravel\.log|/_profiler(?:/|$)|/app_dev\.php|/_wdt/|/functionrouter|/struts2?-(?:rest-)?showcase|/telerik\.web\.ui\.webresource",
    ),
    shape(
        86,
        "probe/left-over",
        r"(?i)/(?:[\w-]{0,16}phpinfo[\w-]{0,8}|pinfo|php_info|infophp|phptest|adminer(?:-[\d.]+)?|shell|cmd|c99|r57|webshell|wso|b374k|alfa\w{0,4}|priv8|marijuana|lock360|0byte|leafmailer|indoxploit|gel4y|tunnel|regeorg)\.php\d?$|/(?:cmd|shell|webshell|jspspy|jspwebshell|tunnel(?:\.nosocket)?|regeorg|antsword|behinder)\.(?:jspx?|aspx?|ashx)$|/wp-\d{1,6}\.php$",
    ),
    // Folders that keep what visitors send, or hold only what a program includes: a script there was put there.
    shape(
        84,
        "probe/script-in-store",
        r"(?i)/(?:uploads?|uploadfiles?|upfiles?|userfiles|avatars?)/(?:[\w.-]+/)*\d[\w-]*\.(?:php\d?|phtml|jspx?|aspx?|ashx|asa|cer|cdx)$|/\.well-known/.*\.(?:php\d?|phtml|jspx?|aspx?)$|\.(?:asp|asa|aspx|php|jsp);[^/]*\.(?:jpe?g|gif|png|txt)$",
    ),
    shape(
        84,
        "probe/script-in-store",
        r"(?i)/wp-content/uploads/.*\.(?:php\d?|phtml)$|/wp-includes/(?:fonts|css|images|certificates|id3|text|widgets|pomo|simplepie|requests|assets|blocks|customize|rest-api|sitemaps|theme-compat|php-compat)/(?:.*/)?[\w.-]+\.php$|/wp-admin/(?:css|images|js)/(?:.*/)?[\w.-]+\.php$|/wp-content/themes/[^/]+/(?:404|db|functions|header|footer|up|upload|error)\.php$|/wp-content/plugins/[^/]+/(?:.*/)?(?:installer|connector[\w.]*|timthumb|uploader|shell|cmd)\.php$",
    ),
    shape(86, "probe/log", r"(?i)/runtime/logs?/(?:(?:[\w-]+/)*[\d_]+(?:_\w+)?\.log)?$"),
    // What a program includes, asked for by itself.
    shape(82, "probe/include", r"(?i)/(?:[\w-]{1,24}\.(?:inc|conf|cfg|config)|localconf|sites/default/settings)\.php$"),
    // Files of data beside the pages: `#` before the name was to hide them from visitors.
    shape(
        86,
        "probe/database",
        r"(?i)/(?:[\w-]*(?:data|db|database)[\w-]*|app_data|admin|inc)/(?:#|%23)?[\w#@-]+\.mdb$|/(?:#|%23)[\w-]+\.mdb$|^/(?:[\w-]+/)?(?:db|database|data|test|app|users?|main)\.(?:sqlite3?|db)$",
    ),
    // What a registry of images holds: the first that each of its clients asks for, too.
    shape(62, "probe/service-api", r"(?i)^/v2/_catalog"),
    // A status page of something else than the web server.
    shape(50, "probe/debug", r"(?i)/server-(?:status|info)$"),
    // Pages of honest applications are called so, too.
    shape(
        50,
        "probe/left-over",
        r"(?i)/ueditor/.*controller\.(?:ashx|jsp|php|aspx)|/(?:info|test|pi|up|uploader|uploadfile|filemanager)\.(?:php|jsp|aspx)$",
    ),
    shape(
        62,
        "probe/administration",
        r"(?i)/(?:phpmyadmin|pma|myadmin|mysqladmin|dbadmin|sqlmanager)[\w.-]*(?:/|$)|/wp-(?:config|content/(?:plugins|themes)/[\w-]+/(?:readme|changelog))|/wp-content/plugins/.*\.php|/wp-json/wp/v2/users|/xmlrpc\.php$",
    ),
    shape(
        84,
        "probe/plug-in-file",
        r"(?i)/public/plugins/[^/]+/.*\.\.|/grafana/public/plugins/|/wp-content/plugins/.*(?:upload|ajax|download|connector).*\.php\?|/autodiscover/autodiscover\.json.*(?:@|powershell)|/ecp/\w\.js$|/pages/createpage(?:-entervariables)?\.action|/pages/doenterpagevariables\.action",
    ),
    shape(
        45,
        "probe/login",
        r"(?i)/wp-(?:login|admin/install|cron|trackback)\.php|/administrator/index\.php|/admin\.php$|/user/login\.action|/(?:install|setup)\.php$",
    ),
    shape(
        50,
        "probe/documentation",
        r"(?i)/(?:v\d/)?api-docs$|/swagger-ui(?:\.html|/index\.html)|/swagger\.json$|/swagger-resources(?:/|$)|/druid/(?:index|login|websession|weburi|sql|spring|datasource)\.html|^/nginx_status$|/crossdomain\.xml$",
    ),
    shape(
        40,
        "probe/console",
        r"(?i)^/(?:nacos|zabbix|grafana|jenkins|solr|actuator|console|druid|hystrix|adminer|xxl-job-admin|dubbo-admin|h2-console|kibana|graphiql)/?$",
    ),
];

static KNOWN: Words = Words::of(HOLES);
/// Compiles what is looked for here.
pub(super) fn prepare() {
    prepare_all(&[&WRITTEN, &KNOWN, &GATE, &SHAPES]);
}

/// The first known hole in the path, whole words of it.
fn hole(path: &[u8]) -> Option<Range<usize>> {
    KNOWN.find_iter(path).map(|(span, _)| span).find(|span| {
        let open = |at| path.get(at).is_some_and(u8::is_ascii_alphabetic);
        !(open(span.end) && before(path, span.end).is_some_and(|last| last.is_ascii_alphanumeric()))
    })
}

static GATE: Words = Words::of(WORDS);

pub(super) fn find(path: &[u8], best: &mut Best) {
    if let Some(hole) = hole(path) {
        best.offer(87, hole, "probe/hole");
    }
    if !GATE.is_in(path) && memchr::memchr(b';', path).is_none() {
        return;
    }
    for shape in &SHAPES {
        if let Some(span) = shape.pattern.find(path) {
            let told = shape.path == ENCODED_STEP && WRITTEN.is_in(path);
            best.offer(if told { 35 } else { shape.confidence }, span, shape.path);
        }
    }
}
