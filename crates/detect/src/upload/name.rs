//! What a server does with a file by its name.

use super::super::gate::{Best, spend};
use super::super::reading::{begins_with, from, is_listed, until};

/// Suffixes that web servers run in their common set-ups.
const SCRIPTS: &str = "php php3 php4 php5 php6 php7 php8 phps phtml pht phar phpt pgif shtml shtm stm jsp jspx jspf jspa jsw jsv jtml asp aspx asa asax ascx ashx asmx asps \
    cer cdx soap rem axd cshtml vbhtml cfm cfml cfc dbm war cgi fcgi action htr idc shtml svc xamlx msp";

/// Suffixes that run on the machine of whoever opens them, or where a server is set up for them.
const PROGRAMS: &str =
    "exe dll scr bat cmd ps1 vbs vbe hta msi com pif jar sh py pl rb lua elf so bin reg lnk wsf jse inf cpl class";

/// Suffixes of what people upload.
const DOCUMENTS: &str = "jpg jpeg png gif bmp webp svg ico tif tiff pdf doc docx xls xlsx ppt pptx txt csv zip rar 7z mp3 mp4 avi mov dcm xml json html htm gz tar log rtf wps et dps heic";

/// Files by which a directory changes what its server does.
const SETTINGS: &str = ".htaccess .htpasswd .user.ini web.config php.ini .env .bashrc .profile authorized_keys .npmrc web.xml crontab .git .ssh";

pub(super) fn judge(value: &[u8], best: &mut Best) {
    let value = until(value, 512);
    spend(value.len() * 4);
    let whole = 0..value.len();
    let name = value.rsplit(|byte| matches!(byte, b'/' | b'\\')).next().unwrap_or_default();
    let dotless = name.trim_ascii();
    let dotless = until(dotless, dotless.iter().rposition(|byte| *byte != b'.').map_or(0, |last| last + 1));
    if is_listed(dotless, SETTINGS) {
        best.offer(90, whole, "name/settings");
        return;
    }
    // IIS ends a name at a semicolon, Windows drops dots, blanks and streams behind it, C ends it at a NUL.
    let cut = name
        .iter()
        .position(|byte| matches!(byte, 0 | b';' | b':' | b'\n' | b'\r' | b'<' | b'>' | b'?'))
        .unwrap_or(name.len());
    let encoded =
        [b"%00".as_slice(), b"%0a", b"%20", b"\\0"].iter().filter_map(|mark| memchr::memmem::find(name, mark)).min();
    let cut = cut.min(encoded.unwrap_or(name.len()));
    let served = until(name, cut);
    let trimmed = served
        .iter()
        .rposition(|byte| !matches!(byte, b'.' | b' ' | b'\t'))
        .map_or(b"".as_slice(), |last| until(served, last + 1));
    let disguised = trimmed.len() < name.len();
    let parts: Vec<&[u8]> = trimmed.split(|byte| *byte == b'.').skip(1).collect();
    let (last, parts) = parts.split_last().map_or((b"".as_slice(), [].as_slice()), |(last, parts)| (*last, parts));
    let hidden = trimmed.first() == Some(&b'.') && !trimmed.get(1..).unwrap_or_default().contains(&b'.');
    if is_script(last) && !hidden {
        let sure = match disguised {
            true => 93,
            false if parts.iter().any(|part| is_listed(part, DOCUMENTS)) => 91,
            false => 84,
        };
        best.offer(sure, whole, "name/script");
        return;
    }
    // Apache runs a.php.jpg where a handler is set for .php; a.jsp.txt is a source.
    if is_listed(last, DOCUMENTS) && parts.iter().any(|part| is_script(part)) {
        // An image that a handler runs; a text that somebody explains a script with.
        let text = is_listed(last, "txt pdf doc docx md html htm log csv json xml wps");
        best.offer(if text { 60 } else { 82 }, whole, "name/script/document");
        return;
    }
    // Apache runs what has a handler anywhere in its name: a.php.foo, a.php.bak.
    if parts.iter().any(|part| is_script(part)) {
        let copy = is_listed(last, "md map min d ts tpl lang po mo sample example dist");
        best.offer(if copy { 50 } else { 82 }, whole, "name/script/unknown");
        return;
    }
    if is_listed(last, PROGRAMS) {
        let double = parts.iter().any(|part| is_listed(part, DOCUMENTS));
        best.offer(if double { 70 } else { 35 }, whole, "name/program");
    }
}

/// A suffix under which servers run scripts.
fn is_script(suffix: &[u8]) -> bool {
    let suffix = suffix.trim_ascii();
    let stem = until(suffix, suffix.iter().position(|byte| !byte.is_ascii_alphanumeric()).unwrap_or(suffix.len()));
    // a.p.phphp after a filter took ".php" out of it.
    let doubled = memchr::memmem::find(suffix, b"php")
        .is_some_and(|at| at > 0 && begins_with(from(suffix, at.saturating_sub(1)), b"p"));
    // "php教程" is a word of a language without blanks, no suffix.
    let word = suffix.get(stem.len()).is_some_and(|byte| *byte >= 0x80);
    (is_listed(stem, SCRIPTS) && !word) || (doubled && suffix.len() <= 8)
}
