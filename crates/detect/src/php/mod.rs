//! PHP: code, calls, superglobals, stream wrappers, and the dispatchers of its frameworks.
//!
//! Read without blanks, comments and glued literals (`'sys' . 'tem'`). Confirmed by an opening tag with a statement, a
//! dangerous call with an argument, an indexed superglobal, or a wrapper that is a URL. Names of functions alone are words.

#[cfg(test)]
mod tests;

use super::condense::Condensed;
use super::gate::{Best, Pattern, Shape, Words, prepare_all, shape, spend};
use super::reading::{is_listed, is_word_byte, window};
use super::{Context, Finding, Place, Requirement, needs};

static WORDS: Words = Words::of(&[
    "<?",
    "$_",
    "php",
    "eval",
    "assert",
    "system",
    "exec",
    "passthru",
    "phar:",
    "expect:",
    "data:",
    "zip:",
    "zlib:",
    "bzip2:",
    "glob:",
    "ogg:",
    "include",
    "require_once",
    "file_put",
    "file_get",
    "readfile",
    "invokefunction",
    "call_user_func",
    "allow_url",
    "auto_prepend",
    "auto_append",
    "base64_decode",
    "globals",
    "ini_set",
    "print",
    "echo",
    "md5(",
    "chr(",
    "config-create",
    "create_function",
    "array_map",
    "array_filter",
    "array_walk",
    "usort",
    "preg_replace",
    "popen",
    "proc_open",
    "var_dump",
    "die(",
    "exit(",
    "show_source",
    "highlight_file",
    "scandir",
    "fputs",
    "fwrite",
    "fopen",
    "think\\",
    "think/",
    "__construct",
    "set_time_limit",
    "register_shutdown",
    "${@",
    "getcwd",
    "get_current_user",
    "convert.",
    "_server[",
    "_request[",
    "_session[",
    "_get[",
    "_post[",
    "_cookie[",
    "_files[",
    "_env[",
    "str_rot13",
    "gzinflate",
    "parse_str",
    "extract(",
    "unserialize(",
    "ReflectionFunction",
    "vars[",
    ")(",
    "move_uploaded",
    "error_reporting",
    "hex2bin",
    "curl_exec",
    "dl(",
    "\".\"",
    "request(",
    "request.",
    "request[",
    "response.write",
    "createobject",
    "ssh2.",
    "'.'",
    "pboot:",
    "(~",
    "getallheaders",
    "get_defined_vars",
    "apache_request_headers",
    "copy(",
    "rename(",
    "symlink(",
    "unlink(",
    "glob(",
    "phpversion",
    "fsockopen",
    "stream_socket_client",
    "putenv(",
    "ini_get(",
    "mail(",
    "ignore_user_abort",
    "splfileobject",
    "directoryiterator",
    "ffi::",
    "__halt_compiler",
    "$_=",
    "$__",
    "${$",
    "rar:",
    "\\\\",
    "//",
    "<php>",
    "cfexecute",
    "{if",
    "->|",
    ".txt?",
    "strrev(",
    "urldecode(",
    "implode(",
    "join(",
    "pack(",
    "localeconv",
    "end(",
    "next(",
    "reset(",
    "pos(",
]);
/// Compiles what is looked for here.
pub(super) fn prepare() {
    prepare_all(&[&WORDS, &PIECES, &SHAPES]);
}

pub(super) fn requirement() -> Requirement {
    needs(WORDS.list(), &[])
}

static SHAPES: [Shape; 60] = [
    // A variable that is given the name of a function, and called.
    shape(
        90,
        "call/assigned-name",
        r"(?i)\$\w{1,16}=['\x22](?:system|exec|passthru|shell_exec|assert|popen|eval|phpinfo)['\x22].{0,40}\$\w{1,16}\(",
    ),
    // A command in backticks, which PHP runs, as the only thing a function or an error is given.
    shape(
        84,
        "call/backticks",
        r"(?i)\b(?:throw new \w{0,24}exception|die|exit|var_dump|print_r|system|eval)\(`[^`\n]{2,120}`\)",
    ),
    // A name in pieces, to the script of ASP.
    shape(88, "asp/eval", r"(?i)\b(?:eval|execute|executeglobal)\(?['\x22]\w{0,12}['\x22]&(?:chrw?|\w{1,8})\(\d"),
    shape(
        88,
        "template/condition",
        r"(?i)\{(?:pboot|dede|eyou|if|volist|php)\s?:(?:if|php|eval)?\s?\(?.{0,80}(?:implode|call_user_func|system|assert|file_put_contents|phpinfo|strrev|chr)\(",
    ),
    shape(88, "call/inverted-name", r"\(~(?:%[89a-f][0-9a-f]|[\x80-\xff]|['\x22]){3,}\)\((?:~|\))"),
    shape(
        95,
        "call/superglobal",
        r"(?i)\b(?:eval|assert|system|exec|shell_exec|passthru|popen|proc_open|pcntl_exec|call_user_func(?:_array)?|create_function|array_map|array_filter|preg_replace|include(?:_once)?|require(?:_once)?|file_put_contents|file_get_contents|readfile|fopen|unserialize|extract|parse_str|move_uploaded_file|copy|unlink|print_r|echo|print|base64_decode|curl_exec|header)[( ]*@?\(?\$(?:_(?:get|post|request|cookie|server|files|session|env)|\{['\x22]?_(?:get|post)|globals)\b",
    ),
    shape(
        95,
        "call/decoded",
        r"(?i)\b(?:eval|assert|system|exec|create_function|include)\(+@?(?:base64_decode|gzinflate|gzuncompress|str_rot13|chr|hex2bin|strrev|urldecode|rawurldecode|pack|convert_uudecode|stripslashes|file_get_contents)\(",
    ),
    shape(
        92,
        "call/variable",
        r"(?i)\$\{?\w{1,24}\}?(?:\[['\x22]?\w{0,16}['\x22]?\])?\(@?\$_(?:get|post|request|cookie|server)|\$_(?:get|post|request|cookie|server)\[[^\]]{0,24}\]\(",
    ),
    shape(
        86,
        "call/broken-out",
        r"(?i)^[^'\x22]{0,64}['\x22]\.@?(?:phpinfo|system|exec|passthru|shell_exec|eval|assert|print|print_r|var_dump|md5|sha1|file_get_contents|phpversion|getcwd|die|exit)\(",
    ),
    shape(
        90,
        "call/decoded-name",
        r"(?i)(?:^|[^\w.>$])(?:hex2bin|strrev|str_rot13|base64_decode|urldecode|implode|join|pack|gzinflate)\([^()]{1,80}\)\(",
    ),
    shape(
        86,
        "call/environment",
        r"(?i)\(@?(?:getallheaders|get_defined_vars|apache_request_headers|localeconv|session_id)\(\)|(?:^|[^\w.>$])(?:putenv\(['\x22](?:ld_preload|path|bash_env)=|ini_get\(['\x22](?:disable_functions|open_basedir)|dl\(['\x22][^'\x22]{1,64}\.(?:so|dll)['\x22])",
    ),
    shape(66, "call/environment", r"(?i)^(?:getallheaders|get_defined_vars|apache_request_headers)\(\);?$"),
    shape(
        86,
        "call/probe",
        r"(?i)(?:^|[^\w.>$])(?:print|print_r|echo|die|exit|var_dump|var_export|json_encode)[( ]+@?(?:scandir|glob|getcwd|php_sapi_name|php_uname|phpversion|get_current_user|ini_get|file_get_contents|shell_exec)\(",
    ),
    shape(
        86,
        "call/read",
        r"(?i)(?:^|[^\w.>$])@?(?:highlight_file|show_source|readfile|include|require)\((?:__file__|__dir__)\b",
    ),
    shape(
        86,
        "call/write",
        r"(?i)(?:^|[^\w.>$])@?(?:copy|rename|symlink)\(['\x22][^'\x22]{1,200}['\x22],['\x22][^'\x22]{1,200}\.(?:php\d?|phtml|jspx?|aspx?|htaccess)['\x22]\)|(?:^|[^\w.>$])@?unlink\(['\x22](?:/|\.\./)",
    ),
    shape(
        84,
        "call/socket",
        r"(?i)(?:^|[^\w.>$])@?(?:p?fsockopen|stream_socket_client)\(['\x22][^'\x22]{3,64}['\x22](?:,\d|\))|(?:^|[^\w.>$])curl_exec\(@?curl_init\(",
    ),
    shape(84, "call/mail", r"(?i)(?:^|[^\w.>$])@?mail\(.{8,200}['\x22]-[xo]"),
    shape(
        84,
        "shell/prologue",
        r"(?i)(?:set_time_limit|ignore_user_abort|error_reporting)\(\w{0,8}\);@?(?:set_time_limit|ignore_user_abort|error_reporting|eval|system|assert)\(|(?:echo|print|response\.write)[( ]?['\x22]->\|",
    ),
    shape(
        88,
        "class/dangerous",
        r"(?i)\bnew (?:splfileobject|directoryiterator|filesystemiterator|globiterator|reflectionfunction)\(['\x22$]|\bffi::(?:cdef|load|scope)\(|__halt_compiler\(",
    ),
    shape(86, "string/evaluated", r"\$_{1,9}=[^;\n]{1,80};[^;\n]{0,40}\$_{1,9}[\[({;=]|\$\{\$_{1,9}\}"),
    shape(
        88,
        "template/condition",
        r"(?i)\{(?:[\w-]{1,16}:)?if[^{}]{0,40}[:( ]@?(?:system|exec|passthru|shell_exec|phpinfo|assert|eval|popen|file_put_contents|call_user_func)\(|<php>@?\w{2,24}\(|<cf(?:execute|query|file) [^>]{1,200}=",
    ),
    // A share of another machine, from which Windows includes a program as from a disk of its own.
    shape(
        84,
        "include/share",
        r"(?i)^\\{2}[\w.-]{1,64}(?:@\w+)?\\[\w$.-]{1,64}\\(?:[\w.-]+\\)*[\w.-]+\.(?:php\d?|phtml|inc|aspx?|jspx?)(?:\x00|%00)?$",
    ),
    shape(
        82,
        "include/share",
        r"(?i)^//(?:\d{1,3}\.){3}\d{1,3}/[\w$.-]{1,64}/(?:[\w.-]+/)*[\w.-]+\.(?:php\d?|phtml|inc)(?:\x00|%00)?$",
    ),
    shape(84, "wrapper/archive", r"(?i)(?:^|[^\w])rar://\S"),
    // The rest of the name that the program would add becomes the query of another site.
    shape(82, "include/remote", r"(?i)^(?:https?|ftp)://[^\s?]{4,200}\.txt\?+(?:%00|\x00|\.(?:jpe?g|png|gif|php))?$"),
    shape(86, "superglobal/index", r"(?i)\$_(?:get|post|request|cookie|server|files|session|env)(?:\[|\{)"),
    shape(84, "superglobal/globals", r"(?i)\$globals\[|\$\{['\x22]?_(?:get|post|request|cookie)"),
    shape(88, "tag/statement", r"(?i)<\?php(?:\b|\d|@|$).*?(?:[;(]|\?>)"),
    shape(86, "tag/expression", r"(?i)<\?=[ @]*(?:[\w\\]+\(|\$|`|['\x22]|\d)"),
    shape(
        86,
        "tag/call",
        r"(?i)<\?[ @]*(?:eval|assert|system|exec|passthru|shell_exec|phpinfo|echo|print|die|include|require)\b",
    ),
    shape(88, "call/command", r"(?i)(?:^|[^\w.>$:])(?:shell_exec|passthru|proc_open|pcntl_exec)\(+[^)]"),
    shape(
        86,
        "call/command",
        r"(?i)(?:^|[^\w.>$:])@?(?:system|popen)\(+(?:['\x22`] ?(?:(?:id|ls|cat|whoami|uname|wget|curl|ping|dir|echo|nc|bash|sh|pwd|php|net|type|cmd|rm|ps|env|ifconfig|ipconfig|chmod|touch|sleep|python\d?|perl|powershell|nslookup|netstat|systeminfo|tac|head|tail|more|find|grep|cp|mv|base64|printf|expr|certutil|date|hostname|ver)\b|[/$%;|&])|\$\w|chr\(|base64_decode\()",
    ),
    shape(
        80,
        "call/command",
        r"(?i)(?:^|[^\w.>$:])@?exec\(+(?:\$\w|chr\(|base64_decode\(|['\x22](?:(?:id|ls|cat|whoami|uname|wget|curl|ping|dir|echo|nc|bash|sh|pwd|php|net|type|cmd|rm|ps|env|ifconfig|ipconfig|chmod|touch|sleep|python\d?|perl|powershell|nslookup|netstat|systeminfo|tac|head|tail|more|find|grep|cp|mv|base64|printf|expr|certutil|date|hostname|ver)\b|/bin|/usr))",
    ),
    shape(
        86,
        "call/environment",
        r"(?i)(?:^|[^\w.>$])(?:phpinfo|php_uname|get_current_user|getmypid|posix_getpwuid|phpversion|get_defined_vars|php_ini_loaded_file)\((?:-?\d*|['\x22][^'\x22]{0,16}['\x22]|\$_server\[?.{0,24})\)",
    ),
    shape(
        86,
        "call/probe",
        r"(?i)(?:^|[^\w.])(?:print|print_r|echo|die|exit|var_dump|printf|var_export)[( ]+@?(?:md5|sha1|crc32|str_rot13|bin2hex|base64_encode|base64_decode|strrev|hash)\(",
    ),
    shape(
        84,
        "call/probe",
        r"(?i)(?:^|[;{\x22'>@])(?:print|die|echo|exit|var_dump|print_r)[( ]+['\x22]?\d{3,}['\x22]?[*+.-]['\x22]?\d{2,}",
    ),
    shape(
        91,
        "call/write",
        r"(?i)(?:^|[^\w.>$])@?(?:file_put_contents|move_uploaded_file)\(|(?:^|[^\w.>$])@?(?:fputs|fwrite)\(@?fopen\(",
    ),
    shape(
        84,
        "call/read",
        r"(?i)(?:^|[^\w.>$])@?(?:file_get_contents|readfile|show_source|highlight_file|scandir|php_strip_whitespace|parse_ini_file)\(+(?:['\x22$/]|\w+\()",
    ),
    shape(
        84,
        "include/path",
        r"(?i)(?:^|[;{?&=<>@\x22'(])(?:include(?:_once)?|require_once)[( ]*['\x22](?:https?:|ftp:|/[\w.$%{~]|\.\./|php:|data:|phar:)",
    ),
    shape(
        90,
        "callback/dangerous",
        r"(?i)\b(?:call_user_func(?:_array)?|array_map|array_filter|array_walk|usort|uasort|register_shutdown_function|forward_static_call|preg_replace_callback|ob_start|iterator_apply|set_error_handler)\([^;]{0,80}['\x22](?:assert|system|exec|shell_exec|passthru|eval|phpinfo|popen|file_put_contents)['\x22]",
    ),
    // `create_function(7)` is a page of a manual.
    shape(
        84,
        "callback",
        r"(?i)\b(?:(?:call_user_func(?:_array)?|reflectionfunction)\(|create_function\((?:[^\d)]|$))",
    ),
    shape(88, "callback/pattern", r"(?i)\bpreg_replace\(['\x22](.).{0,40}[/#~|]\w{0,5}e\w{0,5}['\x22],"),
    shape(
        94,
        "framework/invoke",
        r"(?i)\bthink[\\/]+(?:app|container|request|module|template|view|config|process|route)\b.{0,60}(?:invokefunction|invokeclass|[\\/](?:input|display|write|fetch|get|load|cache))",
    ),
    shape(
        86,
        "framework/invoke",
        r"(?i)[/\\.|]invokefunction\b|(?:^|[?&])(?:vars\[0\]|filter\[\])=(?:system|assert|phpinfo|exec|passthru|shell_exec|call_user_func|file_put_contents|think)",
    ),
    shape(91, "wrapper/php", r"(?i)\bphp://(?:filter|input|stdin|memory|temp|output|fd|stdout)"),
    shape(
        90,
        "wrapper/phar",
        r"(?i)(?:^|[^\w])(?:phar|expect|ssh2\.\w+)://\S|\bcompress\.(?:zlib|bzip2)://\S|(?:^|[^\w])(?:glob|ogg)://\S|(?:^|[^\w])zip://\S+(?:#|%23)",
    ),
    shape(
        90,
        "wrapper/data",
        r"(?i)\bdata:(?://)?(?:text/(?:plain|html)|application/\w+)?(?:;[\w-]+(?:=[\w-]+)?)*(?:;base64)?,(?:<\?|%3c%3f|pd9|pd8)|\bdata://(?:text/plain|;|,)",
    ),
    shape(
        88,
        "wrapper/filter-chain",
        r"(?i)\bconvert\.(?:base64-(?:en|de)code|iconv\.|quoted-printable)|\bresource=[\w.:/]+(?:\||$).{0,20}read=string\.",
    ),
    shape(
        92,
        "setting/include",
        r"(?i)\ballow_url_include[=+ ]+(?:on|1|true|['\x22])|\bauto_(?:prepend|append)_file[=+ ]+\S|-d[+ ]?allow_url_include|\bdisable_functions=(?:$|[&'\x22+ ])",
    ),
    shape(
        90,
        "shell/prologue",
        r"(?i)@?ini_set\(['\x22](?:display_errors|open_basedir|max_execution_time)|@set_time_limit\(|@error_reporting\(|@eval\(|@assert\(|@session_start\(\)",
    ),
    shape(
        88,
        "string/evaluated",
        r"(?i)\$\{@?(?:phpinfo|print|die|eval|system|assert|exec|passthru|md5|printf|print_r|var_dump)\(|\{\$\{@?\w+\(",
    ),
    shape(
        90,
        "call/quoted-name",
        r"(?i)(?:^|[^\w,:=])['\x22](?:system|exec|passthru|shell_exec|assert|phpinfo|print_r|popen|eval|printf|file_put_contents)['\x22]\)?\(",
    ),
    shape(
        90,
        "pear/command",
        r"(?i)\+config-create\+|\bconfig-create[+ &]+/|\bpearcmd\b.{0,80}config-create|pearcmd\.php&\+",
    ),
    shape(
        84,
        "eval/code",
        r"(?i)(?:^|[;{\x22'>])@?(?:eval|assert)\((?:['\x22](?:phpinfo|system|echo|print|die|eval|md5|sleep|passthru|\$|return\b)|\$\w+)",
    ),
    shape(
        82,
        "superglobal/overwritten",
        r"(?i)^(?:_(?:server|request|session|get|post|cookie|files|env)|globals)\[|[?&](?:_(?:server|request|session|get|post|cookie|files|env)|globals)\[",
    ),
    shape(84, "deserialise/call", r"(?i)\bunserialize\(['\x22$]|\bunserialize\(base64"),
    shape(
        86,
        "call/command",
        r"(?i)(?:^|[^\w.>$:])@?(?:system|exec|passthru|shell_exec|popen)\(@?(?:whoami|id|ls|pwd|uname|dir|ipconfig|ifconfig)\)",
    ),
    shape(
        86,
        "call/array-name",
        r"(?i)\[['\x22]?(?:system|exec|passthru|shell_exec|assert|phpinfo)['\x22]?\]\[0\]\}?\)?\(",
    ),
    shape(90, "tag/script", r"(?i)<script language=['\x22]?php\b"),
    shape(
        88,
        "asp/eval",
        r"(?i)\b(?:eval|execute|executeglobal)[ (]+request[(.\[]|\bresponse\.write\(\d{2,}[*+]\d{2,}|\bserver\.createobject\(['\x22](?:wscript\.shell|scripting|adodb)",
    ),
];

/// Functions that a dispatcher must not be given by name.
const WHOLE_NAMES: &str = "call_user_func call_user_func_array file_put_contents shell_exec passthru invokefunction create_function proc_open pcntl_exec";

/// Functions that a name in pieces comes to.
const CALLED: &str = "system exec passthru shell_exec assert phpinfo print_r popen eval";

/// `(sy.(st).em)(whoami)`: a name without quotes, in pieces.
static PIECES: Pattern = Pattern::new(r"\([\w.'\x22()^~]{4,48}\)\([\w.'\x22()\\ /-]{0,64}\)");

pub(super) fn find(value: &[u8], context: Context) -> Option<Finding> {
    // Uploaded scripts are judged by their file: see upload.
    if matches!(context.place, Place::ResponseBody | Place::ResponseHeader | Place::FileContent) || !WORDS.is_in(value)
    {
        return None;
    }
    let mut best = Best::default();
    let condensed = Condensed::of(value);
    condensed.offer_all(&SHAPES, &mut best);
    let trimmed = value.trim_ascii();
    if context.place != Place::Header && is_listed(trimmed, WHOLE_NAMES) {
        best.offer(66, 0..value.len(), "name/dangerous");
    }
    if trimmed == b"__construct" {
        best.offer(84, 0..value.len(), "framework/constructor");
    }
    if memchr::memmem::find(&condensed.text, b")(").is_some()
        && let Some(part) = PIECES.find(&condensed.text)
    {
        let name = window(&condensed.text, part.start, part.len());
        spend(name.len());
        let name = name.get(..memchr::memmem::find(name, b")(").unwrap_or(0)).unwrap_or_default();
        let letters: Vec<u8> = name.iter().copied().filter(|byte| is_word_byte(*byte)).collect();
        if is_listed(&letters, CALLED) {
            best.offer(88, condensed.span(&part), "call/name-in-pieces");
        }
    }
    if best.is_in_prose(value) { best.at_most(65) } else { best.into_finding() }
}
