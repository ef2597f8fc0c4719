//! Paths that leave their directory, or name files that no visitor should name.
//!
//! A value is cut into path-like pieces; each is read segment by segment as file systems of both families do (`..`, `..;`,
//! `....//`, repeated and mixed separators), and its normalised rest is held against the sensitive files of [`target`].
//! Relative links climb, too: two steps up to an image are no attack, and in markup only a sensitive target is one.

mod target;
#[cfg(test)]
mod tests;

use std::ops::Range;

use super::gate::{Best, Pattern, prepare_all, spend};
use super::reading::{before, from, is_one_of, run, until, wide_characters, without};
use super::{Context, Finding, MENTION, Place, Requirement, needs};
use target::{MARKS, Target, is_directory, is_log_of_a_page, target, tells_little};

/// Longer pieces are no path of any file system.
const PIECE_BYTES: usize = 1024;
/// Compiles what is looked for here.
pub(super) fn prepare() {
    prepare_all(&[&NUL_SUFFIX, &WILDCARD, &HALF_DECODED, &STEPS_AND_WORDS, &WRITTEN]);
    target::prepare();
}

pub(super) fn requirement() -> Requirement {
    let more = [
        "..", ".|./", "file:", "\0", "%00", ".bak", ".old", ".orig", ".save", ".sw", ".tmp", ".zip", ".rar", ".7z",
        ".tar", ".tgz", ".gz", ".bz2", ".sql", ".war", ".mdb", "~", ".key", ".kdbx", ".ppk", ".pfx", ".jks", ".backup",
        ".copy", ".dist", ".php.", ".jsp.", ".asp", ".py.", ".inc.", ".ini.", ".yml.", ".conf",
    ];
    needs(&MARKS.iter().copied().chain(more).collect::<Vec<_>>(), &[])
}

/// A NUL where careless code ends a file name.
static NUL_SUFFIX: Pattern = Pattern::new(r"^[^\s<>\x22\x00]*(?:\.\w{2,5}(?:\x00|%00)|(?:\x00|%00)(?:\.\w{2,5})?$)");

/// A system path with wildcards that only a shell would fill in.
static WILDCARD: Pattern = Pattern::new(r"^/(?:etc|proc|usr/bin|bin)/[\w./-]*[?*\[][\w./?*!\[\]-]*$");

/// Steps up whose separators only a second decoder would see.
static HALF_DECODED: Pattern = Pattern::new(
    r"(?i)(?:\.\|\./){2}|(?:\.{2,3}(?:0x(?:2f|5c)|%{1,2}(?:25){0,4}(?:2f|5c|c0%af)|\xe2\x88[\x95\x96]|\xe2\x81\x84|\xef\xbc\x8f|\xc0\xaf)){2}",
);

/// Steps up that lead nowhere: words of people follow them.
static STEPS_AND_WORDS: Pattern = Pattern::new(
    r"(?i)^(?:\.\.(?:[/\\]|%(?:25)*(?:2f|5c)))+(?: |\+|%(?:25)*20)+(?:%(?:25)*e[3-9]%(?:25)*[89ab]|[\xe3-\xe9][\x80-\xbf])",
);

/// A blank and a Chinese character: words of people.
static WRITTEN: Pattern = Pattern::new(r"(?:%20| )(?:%E[3-9]|[\xe3-\xe9])");

pub(super) fn find(value: &[u8], context: Context) -> Option<Finding> {
    if matches!(context.place, Place::ResponseBody | Place::ResponseHeader | Place::FileContent) {
        return None;
    }
    let mut best = Best::default();
    let written = context.place == Place::Path && WRITTEN.is_in(value);
    if value.len() <= PIECE_BYTES && context.place != Place::Header {
        if memchr::memchr2(0, b'%', value).is_some()
            && value.iter().any(|byte| matches!(byte, b'/' | b'\\' | b'.'))
            && let Some(span) = NUL_SUFFIX.find(value)
        {
            let climbs = memchr::memmem::find(value, b"..").is_some();
            best.offer(if climbs { 90 } else { 84 }, span, "path/nul");
        }
        if let Some(span) = WILDCARD.find(value) {
            best.offer(80, span, "path/wildcard");
        }
        if let Some(span) = HALF_DECODED.find(value) {
            // A tag or a search word in the path is escaped once more than the path itself.
            let asked = written || STEPS_AND_WORDS.is_in(from(value, span.start));
            let confidence = if asked { 55 } else { 86 };
            best.offer(confidence, span, "path/half-decoded/up");
        }
    }
    let markup = memchr::memchr(b'<', value).is_some();
    for piece in pieces(value) {
        let bytes = value.get(piece.clone()).unwrap_or_default();
        let climb = read(bytes);
        if climb.ups == 0 && !has_mark(bytes, context.place) {
            continue;
        }
        let whole = piece.len() == value.trim_ascii().len();
        let assigned = before(value, piece.start).is_some_and(|byte| matches!(byte, b'=' | b'&' | b'?')) && !markup;
        // A blank inside a climb only breaks patterns.
        let whole = whole || (piece.start == 0 && climb.leaves && climb.ups > 2);
        let (confidence, path) = Piece { bytes, climb, whole: whole || assigned, context }.judge();
        // The same tag or search word, decoded once more.
        let confidence = if path == "path/up" && written { confidence.min(55) } else { confidence };
        // A title that became an address: `/tag/C:\Windows\System32 误删`.
        let titled = path == "path/sensitive" && context.place == Place::Path && {
            let text = until(from(value, piece.start), piece.len() + TITLE_BYTES);
            spend(text.len());
            text.iter().filter(|byte| matches!(byte, 0xe3..=0xe9)).count() >= 2
        };
        // What only names a file in a text never blocks alone; two notes in one form must not, either.
        let noted = path == "path/sensitive"
            && (60..70).contains(&confidence)
            && wide_characters(until(value, PIECE_BYTES)) >= NOTE_CHARACTERS;
        let most = if titled {
            35
        } else if noted {
            55
        } else {
            100
        };
        best.offer(confidence.min(most), piece, path);
    }
    let most = match (context.rich_text || markup, best.confidence()) {
        (true, _) => 78,
        (_, 40..90) if best.is_in_prose(value) => 55,
        _ => 100,
    };
    best.at_most(most)
}

/// What no path holds, so that it parts pieces.
const fn parts(byte: u8) -> bool {
    matches!(
        byte,
        0..=b' '
            | b'"'
            | b'\''
            | b'<'
            | b'>'
            | b'('
            | b')'
            | b','
            | b'|'
            | b'='
            | b'&'
            | b'?'
            | b'#'
            | b'`'
            | b'{'
            | b'}'
            | b'*'
    )
}

/// The pieces of `value` between such bytes that hold a dot or a separator.
fn pieces(value: &[u8]) -> impl Iterator<Item = Range<usize>> {
    let mut at = 0;
    std::iter::from_fn(move || {
        loop {
            at += run(from(value, at), parts);
            if at >= value.len() {
                return None;
            }
            let length = run(from(value, at), |byte| !parts(byte));
            let start = at;
            at += length;
            if length >= 3 {
                return Some(start..start + length.min(PIECE_BYTES));
            }
        }
    })
}

fn has_mark(piece: &[u8], place: Place) -> bool {
    // Every piece of a text would be normalised otherwise.
    let path_like = piece.iter().any(|byte| matches!(byte, b'/' | b'\\' | b'%' | b'.'));
    path_like && (place == Place::Path || piece.len() <= 256)
}

/// What the segments of a piece do.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
struct Climb {
    ups: usize,
    /// Steps written as only an evasion writes them: `....`, `..;`.
    odd: usize,
    parameters: usize,
    backslashes: usize,
    /// Below its start at some point.
    leaves: bool,
    /// The path after the last step up, normalised to single slashes and lower case.
    rest: Vec<u8>,
    /// `file:` or `netdoc:` before it.
    file_scheme: bool,
    /// A scheme of the web before it.
    web_scheme: bool,
    absolute: bool,
}

fn read(piece: &[u8]) -> Climb {
    let mut climb = Climb::default();
    let mut text = piece;
    for scheme in [b"view-source:".as_slice(), b"jar:", b"url:", b"netdoc:", b"file:"] {
        if let Some(rest) = without(text, scheme) {
            climb.file_scheme |= matches!(scheme, b"file:" | b"netdoc:");
            text = rest;
        }
    }
    if let Some(colon) = memchr::memmem::find(until(text, 24), b"://")
        && until(text, colon).iter().all(u8::is_ascii_alphabetic)
        && colon > 0
    {
        climb.web_scheme = true;
        text = from(text, colon + 3);
        text = from(text, text.iter().position(|byte| *byte == b'/').unwrap_or(text.len()));
    }
    climb.absolute = text.first().is_some_and(|byte| matches!(byte, b'/' | b'\\')) || matches!(text, [_, b':', ..]);
    let mut depth = 0isize;
    let separator = |byte: &u8| matches!(byte, b'/' | b'\\');
    spend(text.len() * 2);
    let mut segments = text.split(separator).peekable();
    while let Some(segment) = segments.next() {
        match segment {
            [] | [b'.'] => {}
            // `/a/.../b` leaves something out; only before what a filter cuts away (`..././`, `...//`) it climbs.
            [b'.', b'.', b'.']
                if segments.peek().is_some_and(|next| !matches!(next, [] | [b'.'] | [b'.', b'.', ..])) =>
            {
                depth += 1;
                climb.rest.extend(b"/...");
            }
            [b'.', b'.', tail @ ..]
                if tail.iter().all(|byte| matches!(byte, b'.' | b' ')) || tail.first() == Some(&b';') =>
            {
                climb.ups += 1;
                climb.parameters += usize::from(tail.first() == Some(&b';'));
                climb.odd += usize::from(matches!(tail.len(), 1 | 2) && tail.first() == Some(&b'.'));
                depth -= 1;
                climb.leaves |= depth < 0;
                climb.rest.clear();
            }
            _ => {
                depth += 1;
                climb.rest.push(b'/');
                climb.rest.extend(segment.iter().map(u8::to_ascii_lowercase));
            }
        }
    }
    climb.backslashes = memchr::memmem::find_iter(text, b"..\\").count();
    climb
}

/// So many Chinese characters make a note: `查看日志 tail -n 50 /var/log/nginx/error.log`.
const NOTE_CHARACTERS: usize = 4;

/// How far behind a path the words of a title may stand.
const TITLE_BYTES: usize = 24;

struct Piece<'v> {
    bytes: &'v [u8],
    climb: Climb,
    /// The value is this path and nothing else.
    whole: bool,
    context: Context,
}

impl Piece<'_> {
    fn judge(&self) -> (u8, &'static str) {
        let climb = &self.climb;
        let at_path = self.context.place == Place::Path;
        let target = target(&climb.rest);
        match target {
            Some(Target::Sensitive) if climb.ups > 0 => return (95, "path/up/sensitive"),
            Some(Target::Configuration | Target::Backup | Target::Source) if climb.ups > 1 => {
                return (90, "path/up/configuration");
            }
            Some(Target::Configuration) if climb.ups > 0 => {
                return (if at_path || self.whole { 84 } else { 60 }, "path/up/configuration");
            }
            Some(Target::Sensitive) if climb.file_scheme => return (92, "path/file-url/sensitive"),
            Some(Target::Sensitive) if self.is_foreign_document() => return (0, "path/link"),
            Some(Target::Sensitive) if self.is_in_a_sentence() => return (MENTION, "path/sensitive"),
            Some(Target::Sensitive) => return (self.sensitive_by_name(), "path/sensitive"),
            // Below folders, the page of an application that shows its own log.
            Some(Target::Configuration) if at_path && is_log_of_a_page(&climb.rest) => {
                return (62, "path/configuration");
            }
            Some(Target::Configuration) if at_path => return (86, "path/configuration"),
            Some(Target::Configuration) if self.whole && climb.file_scheme => {
                return (84, "path/file-url/configuration");
            }
            Some(Target::Configuration) if self.whole && self.is_in_repository() => return (82, "path/configuration"),
            Some(Target::Configuration) if self.whole && self.names_hidden_file() => return (62, "path/configuration"),
            Some(Target::Source) if climb.ups > 0 && self.whole => return (62, "path/up/configuration"),
            Some(Target::ToolFolder) if at_path => {
                return (if is_deep(&climb.rest) { 62 } else { 84 }, "path/tool-folder");
            }
            Some(Target::ToolFolder) if climb.ups > 0 => return (82, "path/up/tool-folder"),
            Some(Target::Backup) if at_path && self.whole => return (85, "path/backup"),
            Some(Target::Archive) if at_path && self.whole => return (82, "path/archive"),
            _ => {}
        }
        if climb.file_scheme {
            return (self.file_url(), "path/file-url");
        }
        if climb.ups == 0 {
            return (0, "path");
        }
        (self.ups(), "path/up")
    }

    /// A sensitive path in full, without a step up.
    fn sensitive_by_name(&self) -> u8 {
        match self.context.place {
            Place::Path | Place::FileName => 88,
            Place::Header | Place::BodyText => 60,
            // A name alone is also what people look for.
            _ if !self.bytes.iter().any(|byte| matches!(byte, b'/' | b'\\')) => 60,
            // A certificate is public, and a socket no file that could be read.
            _ if self.whole && is_public(&self.climb.rest) => 30,
            // Its own settings say where an application writes what it does.
            _ if self.whole && is_log_of_its_folder(&self.climb.rest) => 45,
            // What ships logs says where they come from.
            _ if self.whole && is_system_log(&self.climb.rest) => 65,
            // What people look for, too: whoever only wants to see whether a file is shown asks for another one.
            _ if self.whole && (is_directory(&self.climb.rest) || tells_little(&self.climb.rest)) => 65,
            _ if self.whole => 86,
            _ => 65,
        }
    }

    /// A page of another site about the file: https://example.org/man/etc/passwd.
    fn is_foreign_document(&self) -> bool {
        self.climb.web_scheme && self.context.place != Place::Path
    }

    /// `它与/etc/hosts文件的格式相似`: Chinese goes on without a blank, and no such file is there to be read.
    fn is_in_a_sentence(&self) -> bool {
        // Behind a semicolon stand parameters, which some servers cut off.
        let path = until(self.bytes, memchr::memchr(b';', self.bytes).unwrap_or(self.bytes.len()));
        self.climb.ups == 0 && self.context.place != Place::Path && wide_characters(path) >= 2
    }

    /// `.git/config`: a file inside the folder of a version control system.
    fn is_in_repository(&self) -> bool {
        let folders = [b".git/".as_slice(), b".svn/", b".hg/", b".bzr/"];
        folders.iter().any(|folder| memchr::memmem::find(&self.climb.rest, folder).is_some())
    }

    fn names_hidden_file(&self) -> bool {
        let name = self.climb.rest.rsplit(|byte| *byte == b'/').next().unwrap_or_default();
        name.first() == Some(&b'.') || self.climb.absolute || memchr::memmem::find(&self.climb.rest, b"/.").is_some()
    }

    /// `file:` URLs that pages saved on a disk and mobile applications send about themselves are not attacks.
    fn file_url(&self) -> u8 {
        let text = self.bytes;
        let root = self.climb.rest.split(|byte| *byte == b'/').nth(1).unwrap_or_default();
        let system = is_one_of(
            root,
            &[
                "etc", "proc", "root", "boot", "dev", "sys", "bin", "opt", "home", "tmp", "usr", "srv", "app", "flag",
                "flag.txt", "windows", "c:",
            ],
        );
        let slashes = run(from(text, 5), |byte| matches!(byte, b'/' | b'\\'));
        let directory_listing = slashes >= 3 && self.climb.rest.is_empty();
        match (self.whole, system) {
            // Every second start of a Java program names the source of its random numbers.
            (true, true) if self.climb.rest.ends_with(b"random") => 30,
            (true, true) if !has_page_suffix(&self.climb.rest) && root != b"c:" => 84,
            (true, _) if directory_listing => 82,
            (true, true) => 30,
            _ => 20,
        }
    }

    /// Steps up to something ordinary.
    fn ups(&self) -> u8 {
        let climb = &self.climb;
        let page = has_page_suffix(&climb.rest);
        let source = has_source_suffix(&climb.rest);
        if self.context.place == Place::Path {
            return match climb {
                Climb { parameters: 1.., .. } => 86,
                Climb { leaves: true, .. } => 84,
                Climb { ups: 3.., .. } | Climb { odd: 2.., .. } => 80,
                // An ellipsis.
                Climb { odd: 1, ups: 1, .. } => 0,
                Climb { backslashes: 1.., .. } => 70,
                Climb { ups: 2, .. } => 62,
                _ => 45,
            };
        }
        let climbs_out = self.whole && climb.leaves && climb.ups > 2 && !page && !climb.web_scheme;
        if climbs_out && self.context.place == Place::Header {
            return 84;
        }
        if !self.whole || climb.web_scheme || matches!(self.context.place, Place::Header | Place::BodyText) {
            let odd = climb.odd > 1 || climb.parameters > 1;
            return if odd {
                70
            } else if climb.ups > 3 && !page {
                60
            } else {
                0
            };
        }
        if climb.odd > 1
            || (climb.parameters > 0 && climb.ups > 1)
            || (self.context.place == Place::FileName && climb.ups > 0)
        {
            return 86;
        }
        if climb.parameters > 0 {
            return 70;
        }
        match climb.ups {
            4.. if !climb.leaves => 60,
            _ if !climb.leaves => 0,
            4.. if page => 80,
            4.. => 86,
            3 if page => 40,
            3 if source => 64,
            3 => 84,
            2 if climb.backslashes > 1 && !page => 82,
            2 if page || source || climb.rest.is_empty() => 0,
            2 if has_suffix(&climb.rest) => 80,
            2 => 55,
            _ => 0,
        }
    }
}

/// So many folders stand above the folder of a tool that a repository is browsed: a probe asks at the root of a site.
const REPOSITORY_DEPTH: usize = 3;

fn is_deep(path: &[u8]) -> bool {
    let above = until(path, memchr::memmem::find(path, b"/.").unwrap_or(path.len()));
    memchr::memchr_iter(b'/', above).count() >= REPOSITORY_DEPTH
}

/// Logs that no web server writes to.
fn is_system_log(path: &[u8]) -> bool {
    path.strip_prefix(b"/var/log/").is_some_and(|name| {
        is_one_of(name, &["secure", "messages", "syslog", "cron", "maillog", "boot.log", "kern.log"])
    })
}

/// A certificate, or a socket other than those that rule over containers.
fn is_public(path: &[u8]) -> bool {
    let name = path.rsplit(|byte| *byte == b'/').next().unwrap_or_default();
    match suffix(path) {
        b"crt" | b"cer" => true,
        b"sock" => !is_one_of(name, &["docker.sock", "containerd.sock", "crio.sock", "podman.sock"]),
        _ => false,
    }
}

/// `/var/log/cacti/cacti.log`, `/var/log/cacti/cacti_stderr.log`: a log called like its folder. What visitors write into is not
/// (`/var/log/nginx/access.log`).
fn is_log_of_its_folder(path: &[u8]) -> bool {
    let Some((folder, name)) = path.strip_prefix(b"/var/log/").and_then(|rest| {
        let at = memchr::memchr(b'/', rest)?;
        Some((until(rest, at), from(rest, at + 1)))
    }) else {
        return false;
    };
    let rest = name.strip_prefix(folder);
    folder.len() > 2 && rest.is_some_and(|rest| rest.ends_with(b".log") && !rest.contains(&b'/'))
}

fn suffix(path: &[u8]) -> &[u8] {
    let name = path.rsplit(|byte| *byte == b'/').next().unwrap_or_default();
    name.iter().rposition(|byte| *byte == b'.').map_or(b"".as_slice(), |dot| from(name, dot + 1))
}

fn has_suffix(path: &[u8]) -> bool {
    matches!(suffix(path).len(), 2..=5)
}

/// What pages link to.
fn has_page_suffix(path: &[u8]) -> bool {
    is_one_of(
        suffix(path),
        &[
            "png", "jpg", "jpeg", "gif", "webp", "svg", "ico", "bmp", "css", "js", "mjs", "map", "html", "htm",
            "shtml", "woff", "woff2", "ttf", "eot", "mp4", "mp3", "pdf", "swf", "vue", "ts", "less", "scss", "json",
            "wxml", "wxss", "xhtml", "m3u8", "flv", "doc", "docx", "xls", "xlsx", "md",
        ],
    )
}

/// What pages are made of: links, too, but rarer.
fn has_source_suffix(path: &[u8]) -> bool {
    is_one_of(suffix(path), &["php", "jsp", "asp", "aspx", "do", "action", "cgi", "ashx", "cfm"])
}
