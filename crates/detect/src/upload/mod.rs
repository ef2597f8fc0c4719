//! Uploaded files that a server would run.
//!
//! A name is judged as servers read it (Windows streams, IIS semicolons, double suffixes, settings files of a directory).
//! A content is judged by what stands in it whatever its name says: scripts of PHP, JSP, ASP and .NET, scripts inside
//! images, active drawings, settings that make others run. DICOM, PDF, HL7 and office files hold none of these.

mod name;
#[cfg(test)]
mod tests;

use super::condense::Condensed;
use super::gate::{Best, Shape, Words, prepare_all, shape};
use super::reading::{begins_with, from, until, window};
use super::{Context, Finding, Place, Requirement, either, needs};
use crate::ByteMask;

/// How much of a content is read; more is not handed to detectors (waf.md §5).
const CONTENT_BYTES: usize = 64 << 10;

static WORDS: Words = Words::of(&[
    "<?",
    "<%",
    "<script",
    "<jsp:",
    "runat",
    "wscript",
    "createobject",
    "addtype",
    "sethandler",
    "addhandler",
    "auto_prepend_file",
    "auto_append_file",
    "<!--#",
    "%pipe%",
    "push graphic-context",
    "onload",
    "java.lang",
    "processbuilder",
    "classloader",
    "__halt_compiler",
    "<svg",
    "<!entity",
    "executecgi",
    "<handlers",
    "getruntime",
    "msvg:",
    "ephemeral:",
    "url(",
    "<esi:",
    "<foreignobject",
    "${@",
    "suphp",
    "<cfexecute",
    "javascript:",
    "<fo:",
]);
/// Compiles what is looked for here.
pub(super) fn prepare() {
    prepare_all(&[&WORDS, &SHAPES]);
}

pub(super) fn requirement() -> Requirement {
    either([needs(WORDS.list(), &[]), needs(&[], &[ByteMask::of(b".")]), needs(&["authorized_keys", "crontab"], &[])])
}

static SHAPES: [Shape; 21] = [
    shape(
        96,
        "php/shell",
        r"(?i)<\?(?:(?:[^x?]|x[^mp?])(?:[^?]|\?[^>])*?)?(?:eval|assert|system|exec|shell_exec|passthru|popen|proc_open|pcntl_exec|create_function|array_map|call_user_func|preg_replace|include|require|file_put_contents|move_uploaded_file|base64_decode|gzinflate|str_rot13|phpinfo|md5|unlink|fwrite|\$_(?:get|post|request|cookie|server|files))\b",
    ),
    shape(88, "php/tag", r"(?i)<\?php(?:[ @$(;/#]|$|\w)|<\?=[ @]*[\w$`'\x22(]|<\?[ @]*(?:echo|print|eval|\$)"),
    shape(
        94,
        "jsp/shell",
        r"(?i)<%.*?(?:getruntime\(|processbuilder|request\.getparameter|defineclass|classloader|scriptengine|request\.getinputstream|request\.getreader|fileoutputstream|class\.forname|getmethod\()",
    ),
    shape(
        86,
        "jsp/tag",
        r"(?i)<%@ ?(?:page|include|taglib)\b|<%!|<jsp:(?:root|scriptlet|declaration|directive|expression|include|usebean|text)|<%=?(?:out\.print|new java|java\.|application\.|session\.|\w+\.getruntime)",
    ),
    shape(
        94,
        "asp/shell",
        r"(?i)<%.*?(?:eval|execute|executeglobal|server\.execute)[ (]+(?:request|session|\()|<%.*?(?:wscript\.shell|scripting\.filesystemobject|server\.createobject|shell\.application|adodb\.stream)",
    ),
    shape(
        86,
        "asp/tag",
        r"(?i)<%(?:=?response\.write|=?now\(|=?\d+\*\d+|@language|@webhandler|@webservice|@control|@assembly|@import|=system\.|=?request[(.]|dim |function |eval)",
    ),
    shape(
        92,
        "dotnet/script",
        r"(?i)<script language=['\x22]?php|<script [^>]*?runat=['\x22]?server|process\.start\(|system\.diagnostics\.process|assembly\.load\(|<%@ ?webhandler|<msxsl:script",
    ),
    shape(90, "cold-fusion/execute", r"(?i)<cfexecute|<cffile [^>]*action=['\x22]write"),
    shape(
        92,
        "settings/apache",
        r"(?im)^ ?(?:addtype|addhandler|sethandler|forcetype|php_value|php_flag|suphp_configpath)[ =]?['\x22]?(?:application/x-httpd|php|cgi-script|auto_|engine|x-httpd)|sethandler ?(?:application|cgi-script|['\x22]?proxy:|server-|ldap)|addhandler ?(?:cgi-script|php|application)|addtype ?application/x-httpd|options ?\+?execcgi",
    ),
    shape(90, "settings/php", r"(?i)\bauto_(?:prepend|append)_file ?=|\ballow_url_include ?=|\bdisable_functions ?="),
    shape(
        90,
        "settings/iis",
        r"(?i)<handlers[ >].*?(?:scriptprocessor|asp\.dll|fastcgimodule)|<add name=['\x22][^'\x22]{0,40}['\x22] path=['\x22]\*\.(?:config|jpg|png|gif|txt)",
    ),
    shape(90, "server-side-include", r"(?i)<!--# ?(?:exec|include) ?(?:cmd|cgi|file|virtual) ?="),
    shape(
        92,
        "imagemagick",
        r"(?i)push graphic-context.*?(?:url\(|image over)|\b(?:fill|image over)[^\n]{0,80}['\x22]?url\((?:https?|ephemeral|msl|label|text|file):|%pipe%|<image>.{0,40}<read filename|ephemeral:/|caption:@|label:@",
    ),
    shape(
        86,
        "drawing/script",
        r"(?i)<svg\b.*?(?:<script|\bon(?:load|click|error|begin|mouseover|focus)=|javascript:|<foreignobject|<!entity|<handler|xlink:href=['\x22](?:data:(?:[^i]|i[^m]|image/[^pjgw])|javascript|https?://[^'\x22]+\.js))",
    ),
    shape(88, "drawing/entity", r"(?i)<!entity %? ?\w+ (?:system|public) ?['\x22]"),
    shape(86, "phar", r"__HALT_COMPILER\(\);"),
    shape(86, "edge-side-include", r"(?i)<esi:(?:include|inline|debug|eval)\b"),
    shape(94, "jsp/expression", r"(?i)\$\{[^}]*?(?:getruntime\(|getclass\(\)|processbuilder|forname\()"),
    shape(86, "java/source", r"(?i)(?:public|private) [\w ]{0,40}(?:getruntime\(\)\.exec|new processbuilder\()"),
    shape(84, "page/script", r"(?i)^\xef?\xbb?\xbf?(?:gif8[79]a|\x89png|\xff\xd8\xff).*?<script"),
    shape(45, "page/active", r"(?i)^.*?<(?:script|html|iframe)[ >]"),
];

/// Beginnings of files that no script has any business in.
const IMAGES: &[&[u8]] = &[b"GIF8", b"\x89PNG", b"\xff\xd8\xff", b"BM", b"RIFF", b"%PDF", b"II*\0", b"MM\0*"];

pub(super) fn find(value: &[u8], context: Context) -> Option<Finding> {
    let mut best = Best::default();
    match context.place {
        Place::FileName => name::judge(value, &mut best),
        Place::FileContent => content(until(value, CONTENT_BYTES), &mut best),
        Place::BodyText if looks_like_a_file(value) => {
            content(until(value, CONTENT_BYTES), &mut best);
            return best.at_most(84);
        }
        _ => return None,
    }
    best.into_finding()
}

/// The body of a PUT or of a form of our own making: a script from its first byte.
fn looks_like_a_file(value: &[u8]) -> bool {
    let start = window(value, 0, 64).trim_ascii_start();
    [b"<?php".as_slice(), b"<?=", b"<%", b"<jsp:", b"<script runat"].iter().any(|opening| begins_with(start, opening))
        || IMAGES.iter().take(3).any(|magic| start.starts_with(magic))
}

fn content(value: &[u8], best: &mut Best) {
    if !WORDS.is_in(value) {
        return;
    }
    let image = IMAGES.iter().any(|magic| value.starts_with(magic));
    let mut found = Best::default();
    if image {
        // Compressed data holds any two bytes by chance, but not a script.
        image_script(value, &mut found);
    } else {
        Condensed::of(value).offer_all(&SHAPES, &mut found);
    }
    // Office files hold markup by the thousand, but zipped; a text about scripts is prose.
    // Shells have comments, too, in any language.
    let talked_about = !image && found.path().is_none_or(|path| !path.ends_with("/shell")) && found.is_in_prose(value);
    let finding = if talked_about { found.at_most(70) } else { found.into_finding() };
    if let Some(finding) = finding {
        best.offer(finding.confidence, finding.span, finding.path);
    }
}

/// A script in what begins as an image: an opening tag and readable text behind it.
fn image_script(value: &[u8], found: &mut Best) {
    for (span, word) in WORDS.find_iter(value).take(512) {
        let text = window(value, span.start, 24);
        let readable = text.iter().all(|byte| matches!(byte, b' '..=b'~' | b'\n' | b'\r' | b'\t')) && text.len() >= 6;
        if !readable {
            continue;
        }
        let (sure, path) = match word {
            "<?" if begins_with(text, b"<?php") || begins_with(text, b"<?=") => (93, "image/php"),
            "<?" if begins_with(text, b"<?xml") || begins_with(text, b"<?xpacket") => continue,
            "<%" if matches!(from(text, 2).first(), Some(b'@' | b'=' | b' ' | b'!' | b'e' | b'E' | b'r' | b'R')) => {
                (88, "image/server-page")
            }
            "<jsp:" | "__halt_compiler" | "%pipe%" => (90, "image/server-page"),
            "<script" => (if begins_with(from(text, 7), b" runat") { 92 } else { 84 }, "image/script"),
            _ => continue,
        };
        found.offer(sure, span.start..span.start + text.len(), path);
    }
}
