//! Active content in tags.

use super::super::gate::spend;
use super::super::reading::{from, is_word_byte, run};
use super::Best;
use super::html::{Tag, tags};
use super::script::{Activity, judge, judge_program};
use super::statement::of_foreign_site;

/// A value with more tags than this, or one that says it is a document, is a page that somebody sends as data.
const PAGE_TAGS: usize = 24;
/// How much of a script or style sheet is read, and how many of them.
const SCRIPT_BYTES: usize = 4096;
const SCRIPTS: usize = 64;

/// What stands between a tag and the next closing one.
fn content<'v>(value: &'v [u8], tag: &Tag<'_>) -> &'v [u8] {
    let body = value.get(tag.end..).unwrap_or_default();
    let body = body.get(..SCRIPT_BYTES).unwrap_or(body);
    spend(body.len());
    body.get(..memchr::memmem::find(body, b"</").unwrap_or(body.len())).unwrap_or_default()
}

/// `data`: where the script elements begin that no browser runs, in order.
pub(super) fn find(value: &[u8], data: &[usize], best: &mut Best) {
    let page = is_page(value);
    let mut scripts = 0;
    for tag in tags(value) {
        if scripts >= SCRIPTS {
            // Nothing honest has so many.
            return best.keep(80, tag.start..tag.end, "element/script/many");
        }
        scripts += usize::from(tag.is("script") || tag.is("style"));
        if data.binary_search(&tag.start).is_ok() && judge_program(content(value, &tag)) != Activity::Hostile {
            // A program for the application that reads the document.
            best.keep(50, tag.start..tag.end, "element/script/data");
        } else if names_script(tag.name) {
            script_element(value, &tag, page, best);
        } else if tag.is("style") {
            style_element(value, &tag, best);
        }
        element(value, &tag, page, best);
        attributes(&tag, page, best);
    }
    if memchr::memmem::find(value, b"</").is_some() {
        closing_script(value, best);
    }
}

/// `script`, also in a namespace (`x:script`).
fn names_script(name: &[u8]) -> bool {
    name.rsplit(|byte| *byte == b':').next().unwrap_or(name).eq_ignore_ascii_case(b"script")
}

fn is_page(value: &[u8]) -> bool {
    let start = value.trim_ascii_start();
    let begins = |mark: &[u8]| start.get(..mark.len()).is_some_and(|start| start.eq_ignore_ascii_case(mark));
    begins(b"<!doctype") || begins(b"<html") || memchr::memchr_iter(b'<', value).nth(PAGE_TAGS).is_some()
}

/// `<script>…`, `<script src=…>`.
fn script_element(value: &[u8], tag: &Tag<'_>, page: bool, best: &mut Best) {
    let span = tag.start..tag.end;
    let data = tag.attribute("type").is_some_and(|kind| {
        kind.is_ascii()
            && kind.to_ascii_lowercase().windows(4).any(|part| matches!(part, b"json" | b"temp" | b"html" | b"x-tm"))
    });
    if data {
        return best.keep(45, span, "element/script/data");
    }
    let source = ["src", "href", "xlink:href"].iter().find_map(|name| tag.attribute(name)).unwrap_or_default();
    if !source.is_empty() {
        // A page's own script is loaded by a relative path, which an attacker does not control.
        let own = source.iter().all(|byte| byte.is_ascii_alphanumeric() || b"/._-?=&@".contains(byte));
        let own = own && !source.starts_with(b"//") && judge(source) != Activity::Hostile;
        return best.keep(if page || own { 62 } else { 93 }, span, "element/script/src");
    }
    let body = content(value, tag);
    let end = body.len();
    // `Map::<Script>::new()` is no markup.
    let activity = if body.starts_with(b"::") || !could_be_program(body) { Activity::None } else { judge(body) };
    let activity = if activity < Activity::Hostile && is_parameters(body) { Activity::None } else { activity };
    let inert = tag.attribute("type").is_none() && is_module(body);
    let foreign = !body.is_empty() && body.iter().filter(|byte| **byte >= 0x80).count() * 2 > body.len();
    let confidence = match activity {
        _ if inert => 35,
        Activity::Hostile => 95,
        Activity::Plain | Activity::Harmless if page => 60,
        Activity::Plain | Activity::Harmless => 88,
        Activity::None if foreign || page => 50,
        Activity::None if tag.closed && closes_script(value, tag.end + end) => 80,
        Activity::None if !tag.attributes.is_empty() && tag.closed => 65,
        Activity::None => 62,
    };
    best.keep(confidence, tag.start..tag.end + end, "element/script");
}

/// Source of a component or module: in a plain script element `export` is an error, and nothing of the element runs.
fn is_module(body: &[u8]) -> bool {
    let start = body.trim_ascii_start();
    let default = start.strip_prefix(b"export default").and_then(|rest| rest.trim_ascii_start().first());
    default == Some(&b'{')
}

/// False where no interpreter would take the text: behind a mention of the tag in Chinese, a template literal that never ends or is followed by a word, as behind
/// the mention `<script>` between backticks.
fn could_be_program(body: &[u8]) -> bool {
    let text = body.trim_ascii();
    let wide = text.iter().any(|byte| *byte >= 0x80);
    // 、 。 and ， begin nothing, and words between brackets alone do nothing.
    let words = text.iter().all(|byte| *byte >= 0x80 || b" ()?!,.;:\r\n".contains(byte));
    if (wide && words)
        || [[0xe3, 0x80, 0x81], [0xe3, 0x80, 0x82], [0xef, 0xbc, 0x8c]].iter().any(|mark| text.starts_with(mark))
    {
        return false;
    }
    let Some(literal) = body.strip_prefix(b"`") else { return true };
    let Some(end) = memchr::memchr(b'`', literal) else { return false };
    let (inside, rest) = literal.split_at_checked(end).unwrap_or((literal, b""));
    let quiet = !inside.contains(&b'\\') && memchr::memmem::find(inside, b"${").is_none();
    let followed = rest.get(1..).unwrap_or_default().trim_ascii_start().first().is_some_and(u8::is_ascii_alphabetic);
    let operator = rest.get(1..).is_some_and(|rest| {
        let rest = rest.trim_ascii_start();
        rest.starts_with(b"in") || rest.starts_with(b"of")
    });
    !(quiet && followed && !operator)
}

/// ` vue3&ie=utf-8&src=home`: a search word and the parameters behind it. No interpreter begins with what reads as an
/// assignment to `a & b`.
fn is_parameters(body: &[u8]) -> bool {
    let words = run(body, |byte| byte.is_ascii_alphanumeric() || byte >= 0x80 || b" _.+-".contains(&byte));
    let [b'&', parameter @ ..] = from(body, words) else { return false };
    let name = run(parameter, is_word_byte);
    name > 0 && matches!(from(parameter, name), [b'=', next, ..] if !matches!(next, b'=' | b'>'))
}

/// Whether the `</` at `at` is that of a script.
fn closes_script(value: &[u8], at: usize) -> bool {
    value.get(at + 2..at + 8).is_some_and(|name| name.eq_ignore_ascii_case(b"script"))
}

/// `</script>` closes the script the value stands in.
fn closing_script(value: &[u8], best: &mut Best) {
    let first = memchr::memmem::find_iter(value, b"</").find(|at| closes_script(value, *at));
    if let Some(at) = first
        && tags(value).next().is_none_or(|tag| tag.start > at)
    {
        best.keep(66, at..at + 8, "element/script/closed");
    }
}

/// `<style>@import 'http://…'`, `<style>*{x:expression(alert(1))}`.
fn style_element(value: &[u8], tag: &Tag<'_>, best: &mut Best) {
    let body = content(value, tag);
    let end = body.len();
    let lower = squeezed(body);
    let has = |needle: &[u8]| memchr::memmem::find(&lower, needle).is_some();
    if active_style(&lower) {
        best.keep(88, tag.start..tag.end + end, "element/style");
    } else if has(b"@import") && (has(b"//") || has(b"data:")) {
        best.keep(80, tag.start..tag.end + end, "element/style/import");
    }
}

/// Style that runs script in the browsers that allowed it. The text is [`squeezed`].
fn active_style(lower: &[u8]) -> bool {
    let has = |needle: &[u8]| memchr::memmem::find(lower, needle).is_some();
    has(b"expression(")
        || has(b"javascript:")
        || has(b"vbscript:")
        || has(b"-moz-binding")
        || has(b"behavior:url(")
        || has(b"behaviour:url(")
}

/// Elements that load or redirect by themselves.
fn element(value: &[u8], tag: &Tag<'_>, page: bool, best: &mut Best) {
    let span = tag.start..tag.end;
    let has = |name: &str| tag.attribute(name).is_some_and(|value| !value.is_empty());
    if tag.is("iframe") || tag.is("frame") {
        if let Some(document) = tag.attribute("srcdoc") {
            let mut inner = Best::default();
            if document.contains(&b'<') {
                find_once(document, &mut inner);
            }
            let active = inner.0.is_some_and(|finding| finding.confidence >= 80);
            best.keep(if active { 93 } else { 62 }, span, "element/srcdoc");
        } else if has("src") && !page {
            best.keep(if tag.attributes.len() == 1 { 50 } else { 45 }, span, "element/frame");
        }
    } else if tag.is("base") && has("href") && !page {
        let site = tag.attribute("href").unwrap_or_default();
        best.keep(of_foreign_site(value, &span, site, 82, 70), span, "element/base");
    } else if tag.is("meta")
        && tag.attribute("http-equiv").is_some_and(|name| name.eq_ignore_ascii_case(b"refresh"))
        && !page
    {
        let content = tag.attribute("content").unwrap_or_default();
        let target = memchr::memchr(b'=', content).and_then(|at| content.get(at + 1..)).unwrap_or_default();
        let runs = scheme(target).is_some();
        best.keep(if runs { 90 } else { of_foreign_site(value, &span, target, 80, 66) }, span, "element/refresh");
    } else if tag.is("link") && tag.attribute("rel").is_some_and(|rel| rel.eq_ignore_ascii_case(b"import")) {
        best.keep(82, span, "element/import");
    } else if tag.is("object")
        && tag.attribute("type").is_some_and(|kind| kind.eq_ignore_ascii_case(b"text/x-scriptlet"))
        || tag.is("embed")
            && tag.attribute("allowscriptaccess").is_some_and(|access| access.eq_ignore_ascii_case(b"always"))
    {
        best.keep(82, span, "element/object");
    } else if tag.attribute("attributename").is_some_and(is_handler) {
        // SVG: the animation writes the handler.
        let writes = ["to", "from", "values"].iter().filter_map(|name| tag.attribute(name));
        if writes.map(judge).any(|activity| activity == Activity::Hostile) {
            best.keep(86, span, "element/animation");
        }
    } else if (tag.is("object") && has("data")) || (tag.is("embed") && has("src") && !page) {
        best.keep(45, span, "element/object");
    }
}

/// The tags of a document in an attribute, without looking into documents inside it.
fn find_once(document: &[u8], best: &mut Best) {
    for tag in tags(document) {
        if tag.is("script") {
            script_element(document, &tag, false, best);
        }
        attributes(&tag, false, best);
    }
}

fn attributes(tag: &Tag<'_>, page: bool, best: &mut Best) {
    for attribute in &tag.attributes {
        let Some(value) = attribute.value else { continue };
        let span = tag.start..tag.end;
        if is_handler(attribute.name) {
            if let Some(confidence) = handler(tag, attribute.name, value, page) {
                best.keep(confidence, span, "attribute/handler");
            }
            continue;
        }
        if is_directive(attribute.name) {
            if judge(value) == Activity::Hostile || filters_by_code(value) {
                best.keep(82, span, "attribute/directive");
            }
            continue;
        }
        if attribute.name.eq_ignore_ascii_case(b"style") {
            if active_style(&squeezed(value)) {
                best.keep(82, span, "attribute/style");
            }
            continue;
        }
        if let Some(confidence) = url(tag, value, page) {
            best.keep(confidence, span, "attribute/url");
        }
    }
}

/// `on` and at least three letters.
pub(super) fn is_handler(name: &[u8]) -> bool {
    match name {
        [b'o' | b'O', b'n' | b'N', event @ ..] => event.len() >= 3 && event.iter().all(u8::is_ascii_alphabetic),
        _ => false,
    }
}

/// Attributes whose value the frameworks of browsers run: Angular, Vue, Alpine, htmx.
fn is_directive(name: &[u8]) -> bool {
    let starts =
        [b"ng-".as_slice(), b"data-ng-", b"x-", b"v-", b":", b"data-bind", b"@", b"hx-on", b"(click", b"(load"];
    starts.iter().any(|start| name.get(..start.len()).is_some_and(|head| head.eq_ignore_ascii_case(start)))
}

/// `$event.path|orderBy:'(z=alert)(1)'`: a filter of Angular whose argument is an expression, too.
fn filters_by_code(expression: &[u8]) -> bool {
    let Some(bar) = memchr::memchr(b'|', expression) else { return false };
    let arguments = expression.get(bar..).unwrap_or_default();
    spend(arguments.len());
    arguments.split(|byte| matches!(byte, b'\'' | b'"')).skip(1).step_by(2).any(|text| judge(text) == Activity::Hostile)
}

/// Elements whose handlers run without anybody doing anything, or that no page gives a handler.
fn runs_alone(tag: &Tag<'_>, name: &[u8]) -> bool {
    const CLICKED: &[&str] = &[
        "a", "button", "div", "span", "td", "tr", "li", "input", "label", "select", "form", "table", "p", "option",
        "i", "b", "textarea", "ul", "h1", "h2", "h3", "em", "strong", "font", "area", "dd", "dt", "th",
    ];
    const ALONE: &[&str] =
        &["onload", "onerror", "ontoggle", "onfocus", "onbegin", "onstart", "onanimationstart", "onpageshow"];
    let event = ALONE.iter().any(|event| name.eq_ignore_ascii_case(event.as_bytes()));
    event || !CLICKED.iter().any(|element| tag.is(element))
}

fn handler(tag: &Tag<'_>, name: &[u8], script: &[u8], page: bool) -> Option<u8> {
    Some(match judge(script) {
        Activity::Hostile => 94,
        // A page of a server's own language may stand around a handler.
        Activity::Plain if page || tag.name.starts_with(b"%") => 55,
        Activity::Plain if runs_alone(tag, name) => 80,
        Activity::Plain => 60,
        Activity::Harmless => 40,
        Activity::None => return None,
    })
}

/// An attribute value that is a URL and runs script.
fn url(tag: &Tag<'_>, value: &[u8], page: bool) -> Option<u8> {
    let (scheme, rest) = scheme(value)?;
    match scheme {
        Scheme::Script => Some(match judge(rest) {
            Activity::Hostile => 93,
            Activity::Plain if page => 50,
            Activity::Plain => 66,
            Activity::Harmless | Activity::None => 20,
        }),
        // An image may be data, a document may not.
        Scheme::Document if tag.is("img") || tag.is("image") => None,
        Scheme::Document => Some(88),
    }
    .filter(|confidence| *confidence >= 40)
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Scheme {
    /// `javascript:`, `vbscript:`.
    Script,
    /// `data:` with a type that holds script.
    Document,
}

/// The scheme of a URL that runs script, and what follows it. Browsers skip blanks and control characters.
pub(super) fn scheme(url: &[u8]) -> Option<(Scheme, &[u8])> {
    // Longest scheme, with room for the blanks between its letters.
    let mut name = Vec::with_capacity(16);
    let mut at = 0;
    while let Some(byte) = url.get(at).filter(|_| at < 96) {
        at += 1;
        match byte {
            // Entities of blanks, which an attribute's value may still have.
            b'&' => at += blank_entity(url.get(at..).unwrap_or_default())?,
            0..=b' ' | b'"' | b'\'' => {}
            b':' => break,
            letter if letter.is_ascii_alphabetic() || *letter == b'-' => name.push(letter.to_ascii_lowercase()),
            _ => return None,
        }
    }
    let rest = url.get(at..).unwrap_or_default();
    match name.as_slice() {
        b"javascript" | b"vbscript" | b"livescript" | b"mocha" | b"jscript" => Some((Scheme::Script, rest)),
        b"data" => {
            let kind = squeezed(rest.get(..48).unwrap_or(rest));
            let active = [
                b"text/html".as_slice(),
                b"text/xml",
                b"image/svg",
                // Not application/x-zip-compressed and its kin, in which pages send files.
                b"application/xhtml",
                b"application/xml",
                b"application/xslt",
                b"application/x-javascript",
                b"application/x-shockwave",
                b"text/javascript",
                b"application/javascript",
            ];
            active.iter().any(|active| kind.starts_with(active)).then_some((Scheme::Document, rest))
        }
        _ => None,
    }
}

/// How long the rest of an entity is that names a blank: `Tab;`, `#10;`.
fn blank_entity(text: &[u8]) -> Option<usize> {
    let end = memchr::memchr(b';', text.get(..12).unwrap_or(text))?;
    let name = text.get(..end)?.to_ascii_lowercase();
    let number = name.strip_prefix(b"#").map(|number| {
        let digits = number.strip_prefix(b"x").unwrap_or(number);
        let zeros = digits.iter().take_while(|digit| **digit == b'0').count();
        digits.get(zeros..).unwrap_or_default()
    });
    let blank = matches!(name.as_slice(), b"tab" | b"newline")
        || number.is_some_and(|digits| matches!(digits, b"9" | b"10" | b"13" | b"a" | b"d"));
    blank.then_some(end + 1)
}

/// Lower case, without blanks, control characters, comments of style sheets and backslashes.
pub(super) fn squeezed(text: &[u8]) -> Vec<u8> {
    let mut output = Vec::with_capacity(text.len());
    let mut rest = text;
    loop {
        rest = match rest {
            [] => return output,
            [b'/', b'*', body @ ..] => {
                memchr::memmem::find(body, b"*/").and_then(|at| body.get(at + 2..)).unwrap_or_default()
            }
            [b'\\', digits @ ..] => {
                // A style sheet's escape: up to six hex digits and a blank.
                let count = digits.iter().take(6).take_while(|byte| byte.is_ascii_hexdigit()).count();
                let code = std::str::from_utf8(digits.get(..count).unwrap_or_default()).unwrap_or_default();
                if let Ok(code) = u8::from_str_radix(code.trim_start_matches('0'), 16) {
                    output.push(code.to_ascii_lowercase());
                }
                digits.get(count..).unwrap_or_default()
            }
            [0..=b' ', rest @ ..] => rest,
            [byte, rest @ ..] => {
                output.push(byte.to_ascii_lowercase());
                rest
            }
        };
    }
}
